//! The Runtime API: what a runtime asks for events and tells results.
//!
//! Source: Lambda developer guide, "Using the Lambda runtime API for custom runtimes". The words of
//! refusals are those of AWS's Runtime Interface Emulator.

use std::io;

use base64::Engine as _;
use tokio::io::BufReader;
use tokio::net::TcpStream;

use super::{Report, Shared, accepted, lock, refused};
use crate::runner::RESPONSE_LIMIT;
use crate::runner::http::{Request, Response};

/// A streamed response may be larger. Source: Lambda developer guide, "Lambda quotas".
const STREAM_LIMIT: usize = 200 * 1024 * 1024;
/// The type of a stream that names none.
const OCTETS: &str = "application/octet-stream";

/// Where the runtime is in its cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    /// It has not asked for an event yet.
    Starting,
    /// It asked, and got none so far.
    Waiting,
    /// It works on this call.
    Running(String),
    /// It sends the response of this call.
    Responding(String),
    /// It has answered this call and not asked again.
    Answered(String),
}

impl Stage {
    fn name(&self) -> &'static str {
        match self {
            Self::Starting => "RuntimeStartedState",
            Self::Waiting => "RuntimeReadyState",
            Self::Running(_) => "RuntimeRunningState",
            Self::Responding(_) => "RuntimeInvocationResponseState",
            Self::Answered(_) => "RuntimeResponseSentState",
        }
    }

    fn request(&self) -> Option<&str> {
        match self {
            Self::Starting | Self::Waiting => None,
            Self::Running(id) | Self::Responding(id) | Self::Answered(id) => Some(id),
        }
    }
}

impl Shared {
    pub(super) async fn next(&self) -> Response {
        {
            let mut stage = lock(&self.stage);
            match *stage {
                Stage::Starting | Stage::Waiting | Stage::Answered(_) => *stage = Stage::Waiting,
                Stage::Running(_) | Stage::Responding(_) => return not_allowed(&stage, "Ready"),
            }
        }
        self.tell(Report::Waiting);
        let Some(delivery) = self.events.lock().await.recv().await else {
            return refused(500, "Runtime.Shutdown", "the environment is ending");
        };
        *lock(&self.stage) = Stage::Running(delivery.request_id);
        let head = Response {
            status: 200,
            headers: vec![("Content-Type".into(), "application/json".into())],
            body: delivery.payload,
        };
        delivery
            .headers
            .into_iter()
            .fold(head, |head, (name, value)| head.with(name, value))
    }

    /// After a restore there is nothing to do: no snapshot was taken.
    pub(super) fn restore(&self) -> Response {
        let stage = lock(&self.stage);
        if *stage != Stage::Starting {
            return not_allowed(&stage, "RestoreReady");
        }
        Response {
            status: 200,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    pub(super) fn init_failed(&self, request: &Request) -> Response {
        let stage = lock(&self.stage);
        if *stage != Stage::Starting {
            return not_allowed(&stage, "InitError");
        }
        self.tell(Report::InitFailed(request.body.clone()));
        accepted()
    }

    pub(super) fn fail(&self, id: &str, request: &Request) -> Response {
        if let Err(response) = self.begin_answer(id, request) {
            return response;
        }
        *lock(&self.stage) = Stage::Answered(id.to_owned());
        self.tell(Report::Failed(request.body.clone()));
        accepted()
    }

    /// Takes the response of a call, part by part when it is streamed.
    pub(super) async fn respond(
        &self,
        id: &str,
        request: &mut Request,
        stream: &mut BufReader<TcpStream>,
    ) -> io::Result<Response> {
        if let Err(response) = self.begin_answer(id, request) {
            // The connection goes on with the next request, so this one must be out of the way.
            request.read_body(stream).await?;
            return Ok(response);
        }
        let response = match request.header("lambda-runtime-function-response-mode") {
            None => {
                request.read_body(stream).await?;
                self.buffered(request)
            }
            Some(mode) if mode.eq_ignore_ascii_case("streaming") => self.streamed(request, stream).await?,
            Some(_) => {
                request.read_body(stream).await?;
                self.tell(Report::Failed(
                    br#"{"errorType":"Runtime.InvalidResponseModeHeader","errorMessage":"the response mode is not `streaming`"}"#
                        .to_vec(),
                ));
                refused(400, "Runtime.InvalidResponseModeHeader", "Invalid response mode header")
            }
        };
        *lock(&self.stage) = Stage::Answered(id.to_owned());
        Ok(response)
    }

    fn buffered(&self, request: &mut Request) -> Response {
        if request.body.len() > RESPONSE_LIMIT {
            self.tell(Report::TooLarge);
            let message = format!("Exceeded maximum allowed payload size ({RESPONSE_LIMIT} bytes).");
            return refused(413, "RequestEntityTooLarge", &message);
        }
        self.tell(Report::Answered(std::mem::take(&mut request.body)));
        accepted()
    }

    async fn streamed(&self, request: &mut Request, stream: &mut BufReader<TcpStream>) -> io::Result<Response> {
        let content_type = request.header("content-type").unwrap_or(OCTETS).to_owned();
        self.tell(Report::Began { content_type });
        let mut size = 0;
        while let Some(part) = request.read_part(stream).await? {
            size += part.len();
            if size > STREAM_LIMIT {
                self.tell(Report::TooLarge);
                return Err(io::ErrorKind::FileTooLarge.into());
            }
            self.tell(Report::Part(part));
        }
        // An error in the middle of a stream comes as trailers.
        if request.header("lambda-runtime-function-error-type").is_some() {
            let body = request.header("lambda-runtime-function-error-body").unwrap_or_default();
            let decoded = base64::engine::general_purpose::STANDARD.decode(body);
            self.tell(Report::Failed(decoded.unwrap_or_default()));
        } else {
            self.tell(Report::Streamed);
        }
        Ok(accepted())
    }

    /// Checks that the answer is to the call in hand.
    fn begin_answer(&self, id: &str, request: &Request) -> Result<(), Response> {
        let mut stage = lock(&self.stage);
        let Some(current) = stage.request() else {
            return Err(not_allowed(&stage, "InvocationResponse"));
        };
        if current != id {
            return Err(refused(400, "InvalidRequestID", "Invalid request ID"));
        }
        if !matches!(*stage, Stage::Running(_)) {
            return Err(not_allowed(&stage, "InvocationResponse"));
        }
        // Runtimes may leave the header out, but not make it up.
        if request
            .header("lambda-runtime-invocation-id")
            .is_some_and(|echoed| echoed != id)
        {
            return Err(refused(400, "InvalidInvocationId", "Invalid invocation ID"));
        }
        *stage = Stage::Responding(id.to_owned());
        Ok(())
    }
}

fn not_allowed(from: &Stage, to: &str) -> Response {
    let message = format!(
        "State transition from {} to {to} failed for runtime. Error: State transition is not allowed",
        from.name()
    );
    refused(403, "InvalidStateTransition", &message)
}
