//! `Invoke` and `InvokeWithResponseStream`, as SDKs and the AWS CLI call them.
//!
//! Source: Lambda API reference, `Invoke` and `InvokeWithResponseStream`.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tokio::io::BufReader;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{Served, Shared, frames, queue};
use crate::domain::names::Qualifier;
use crate::runner::http::{Request, Response, decode, write_chunk};
use crate::runner::{Event, Outcome, Part, Unrunnable, check_request, random_id, tail};

const OCTETS: &str = "application/octet-stream";

/// How the caller wants it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    RequestResponse,
    Event,
    DryRun,
}

/// A refusal: status, Lambda's name of the error, what it says.
struct Refusal(u16, &'static str, String);

/// A call that may run.
struct Call {
    kind: Kind,
    event: Event,
}

pub(super) async fn answer(
    shared: &std::sync::Arc<Shared>,
    served: &Served,
    request: &Request,
    stream: &mut BufReader<TcpStream>,
) -> io::Result<bool> {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let id = random_id()?;
    let call = |function: &str, streaming: bool| {
        read(served, request, function, query, streaming).map(|call| call.with_id(id.clone()))
    };
    let response = match (request.method.as_str(), parts.as_slice()) {
        // The older form with `/` in the end is what some SDKs send.
        ("POST", ["2015-03-31", "functions", function, "invocations"]) => match call(function, false) {
            Ok(call) => invoke(shared, served, call, request).await,
            Err(refusal) => refusal.response(),
        },
        ("POST", ["2021-11-15", "functions", function, "response-streaming-invocations"]) => {
            match call(function, true) {
                Ok(call) => return invoke_streaming(shared, served, call, request, stream).await,
                Err(refusal) => refusal.response(),
            }
        }
        _ => {
            let message = "lfn dev answers `Invoke` and `InvokeWithResponseStream`, and nothing else of Lambda's API";
            Refusal(404, "ResourceNotFoundException", message.into()).response()
        }
    };
    response.with("x-amzn-RequestId", id).write(stream, request).await
}

impl Call {
    /// What the caller is told as the id of the request is what the function is told.
    fn with_id(mut self, id: String) -> Self {
        self.event.request_id = Some(id);
        self
    }
}

fn read(served: &Served, request: &Request, function: &str, query: &str, streaming: bool) -> Result<Call, Refusal> {
    // Pages of the web have nothing to do here; the URL is for them.
    if request.header("origin").is_some() {
        let message = "web pages may call the function's URL, not Lambda's API".to_owned();
        return Err(Refusal(403, "AccessDeniedException", message));
    }
    let arn = find(served, &decode(function), query)?;
    let kind = match request.header("x-amz-invocation-type") {
        None | Some("RequestResponse") => Kind::RequestResponse,
        Some("Event") if !streaming => Kind::Event,
        Some("DryRun") => Kind::DryRun,
        Some(other) => {
            let message = format!("`{other}` is not an invocation type");
            return Err(Refusal(400, "InvalidParameterValueException", message));
        }
    };
    let context = request.header("x-amz-client-context").map(|context| {
        let decoded = STANDARD.decode(context).unwrap_or_default();
        String::from_utf8_lossy(&decoded).into_owned()
    });
    let client_context = check_request(&request.body, kind != Kind::Event, context.as_deref()).map_err(|refused| {
        let status = if refused.code() == "RequestTooLargeException" {
            413
        } else {
            400
        };
        Refusal(status, refused.code(), refused.to_string())
    })?;
    let event = Event {
        payload: request.body.clone(),
        invoked_arn: arn,
        client_context,
        tenant_id: request.header("x-amz-tenant-id").map(str::to_owned),
        trace_id: request.header("x-amzn-trace-id").map(str::to_owned),
        ..Event::default()
    };
    Ok(Call { kind, event })
}

/// The ARN that was invoked, when it is this function: by name, `name:qualifier`, or an ARN in part or whole.
fn find(served: &Served, function: &str, query: &str) -> Result<String, Refusal> {
    let own = &served.pool.function().name;
    let after = function.rsplit_once("function:").map_or(function, |(_, rest)| rest);
    let (name, in_name) = match after.split_once(':') {
        Some((name, qualifier)) => (name, Some(qualifier.to_owned())),
        None => (after, None),
    };
    let in_query = query
        .split('&')
        .find_map(|pair| pair.strip_prefix("Qualifier="))
        .map(decode);
    let qualifier = in_query.or(in_name);
    let asked = qualifier.as_deref().map(str::parse::<Qualifier>);
    let known = match &asked {
        None | Some(Ok(Qualifier::Latest)) => true,
        Some(Ok(Qualifier::Alias(alias))) => *alias == served.alias,
        Some(Ok(Qualifier::Version(_)) | Err(_)) => false,
    };
    let arn = served.place.function_arn(own);
    let invoked = match &qualifier {
        Some(qualifier) => format!("{arn}:{qualifier}"),
        None => arn.to_string(),
    };
    if name == own.as_str() && known {
        return Ok(invoked);
    }
    let looked_for = invoked.replacen(&format!("function:{own}"), &format!("function:{name}"), 1);
    let message = format!("Function not found: {looked_for}");
    Err(Refusal(404, "ResourceNotFoundException", message))
}

async fn invoke(shared: &std::sync::Arc<Shared>, served: &Served, call: Call, request: &Request) -> Response {
    let executed = served.pool.function().version.to_string();
    let empty = |status| Response {
        status,
        headers: vec![("X-Amz-Executed-Version".into(), executed.clone())],
        body: Vec::new(),
    };
    match call.kind {
        Kind::DryRun => empty(204),
        Kind::Event => {
            queue::accept(shared, "Event".into(), call.event);
            empty(202)
        }
        Kind::RequestResponse => {
            let Some((_slot, served)) = shared.enter().await else {
                return throttled(shared, served, "Invoke", call.event);
            };
            let outcome = served.pool.invoke(&call.event).await;
            let response = match &outcome {
                Ok(outcome) => {
                    let mut response = empty(200).with("Content-Type", "application/json");
                    if let Some(error) = &outcome.function_error {
                        response = response.with("X-Amz-Function-Error", error);
                    }
                    if wants_log(request) {
                        response = response.with("X-Amz-Log-Result", STANDARD.encode(tail(&outcome.log)));
                    }
                    response.body.clone_from(&outcome.payload);
                    response
                }
                Err(error) => cannot_run(error).response(),
            };
            shared.tell("Invoke", call.event, outcome.map_err(|error| error.to_string()));
            response
        }
    }
}

/// Passes the parts on as they come, each in a frame of its own.
async fn invoke_streaming(
    shared: &std::sync::Arc<Shared>,
    served: &Served,
    call: Call,
    request: &Request,
    stream: &mut BufReader<TcpStream>,
) -> io::Result<bool> {
    let executed = served.pool.function().version.to_string();
    let head = Response {
        status: 200,
        headers: vec![("X-Amz-Executed-Version".into(), executed)],
        body: Vec::new(),
    };
    let id = call.event.request_id.clone().unwrap_or_default();
    let head = head.with("x-amzn-RequestId", &id);
    if call.kind == Kind::DryRun {
        return Response { status: 204, ..head }.write(stream, request).await;
    }
    let how = "Invoke (streaming)";
    let Some((_slot, served)) = shared.enter().await else {
        let response = throttled(shared, served, how, call.event).with("x-amzn-RequestId", id);
        return response.write(stream, request).await;
    };
    let (parts, mut coming) = mpsc::unbounded_channel();
    let pool = served.pool.clone();
    // Dropped with the caller's connection when lfn ends.
    let mut running = JoinSet::new();
    running.spawn(async move {
        let outcome = pool.invoke_with(&call.event, Some(&parts)).await;
        (call.event, outcome)
    });
    // The head waits for the type of the content, or for the end of a call that streams nothing.
    let first = coming.recv().await;
    let content_type = match &first {
        Some(Part::Began { content_type }) => content_type.clone(),
        Some(Part::Bytes(_)) | None => OCTETS.into(),
    };
    let head = head
        .with("Content-Type", "application/vnd.amazon.eventstream")
        .with("X-Amzn-Remapped-Content-Type", content_type);
    // A caller who hangs up does not end the call.
    let mut written = head.write_streamed(stream, request).await;
    let streamed = first.is_some();
    while let Some(part) = coming.recv().await {
        if let (Part::Bytes(bytes), Ok(())) = (part, &written) {
            written = write_chunk(stream, &frames::event("PayloadChunk", OCTETS, &bytes)).await;
        }
    }
    let ended = running.join_next().await.expect("it was spawned");
    let (event, outcome) = ended.map_err(io::Error::other)?;
    shared.tell(
        how,
        event,
        outcome.as_ref().map(Outcome::clone).map_err(ToString::to_string),
    );
    written?;
    if let Ok(outcome) = &outcome
        && !streamed
        && outcome.function_error.is_none()
    {
        write_chunk(stream, &frames::event("PayloadChunk", OCTETS, &outcome.payload)).await?;
    }
    let complete = complete(&outcome, wants_log(request));
    let frame = frames::event("InvokeComplete", "application/json", complete.to_string().as_bytes());
    write_chunk(stream, &frame).await?;
    write_chunk(stream, b"").await?;
    Ok(request.keeps_alive())
}

/// Refuses a call for which there is no room. The body and `Retry-After` are those of the API.
/// Source: Lambda API reference, `Invoke`, `TooManyRequestsException`.
pub(super) fn throttled(shared: &Shared, served: &Served, how: &str, event: Event) -> Response {
    let most = served.reserved.unwrap_or_default();
    shared.tell(
        how,
        event,
        Err(format!(
            "throttled: `concurrency.reserved` is {most}, and as many calls are at work"
        )),
    );
    let body = json!({
        "Reason": "ReservedFunctionConcurrentInvocationLimitExceeded",
        "Type": "User",
        "message": "Rate Exceeded.",
    });
    Response::json(429, &body)
        .with("x-amzn-ErrorType", "TooManyRequestsException")
        .with("Retry-After", "1")
}

fn complete(outcome: &Result<Outcome, Unrunnable>, log: bool) -> serde_json::Value {
    let mut complete = json!({});
    match outcome {
        Ok(outcome) => {
            if outcome.function_error.is_some() {
                let error: serde_json::Value = serde_json::from_slice(&outcome.payload).unwrap_or_default();
                complete["ErrorCode"] = error["errorType"].clone();
                complete["ErrorDetails"] = String::from_utf8_lossy(&outcome.payload).into();
            }
            if log {
                complete["LogResult"] = STANDARD.encode(tail(&outcome.log)).into();
            }
        }
        Err(error) => {
            complete["ErrorCode"] = "InvalidRuntimeException".into();
            complete["ErrorDetails"] = error.to_string().into();
        }
    }
    complete
}

fn wants_log(request: &Request) -> bool {
    request.header("x-amz-log-type") == Some("Tail")
}

fn cannot_run(error: &Unrunnable) -> Refusal {
    let (status, code) = match error {
        Unrunnable::PayloadTooLarge => (413, "RequestTooLargeException"),
        Unrunnable::MissingInterpreter { .. }
        | Unrunnable::MissingClient { .. }
        | Unrunnable::UnsupportedRuntime(_)
        | Unrunnable::MissingDebugger { .. } => (502, "InvalidRuntimeException"),
        Unrunnable::Io { .. } => (500, "ServiceException"),
    };
    Refusal(status, code, error.to_string())
}

impl Refusal {
    fn response(self) -> Response {
        let Self(status, code, message) = self;
        let kind = if status < 500 { "User" } else { "Service" };
        Response::json(status, &json!({ "Type": kind, "Message": message })).with("x-amzn-ErrorType", code)
    }
}
