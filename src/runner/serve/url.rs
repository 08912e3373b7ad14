//! A function URL: any HTTP request becomes an event of payload format 2.0, and the result a response.
//!
//! Source: Lambda developer guide, "Invoking Lambda function URLs". Signatures are not checked.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use tokio::io::BufReader;
use tokio::net::TcpStream;

use super::{Served, Shared};
use crate::runner::http::{Request, Response, decode};
use crate::runner::{Event, Outcome, PAYLOAD_LIMIT, random_id};

/// A JSON head, eight zero bytes, then the body.
const INTEGRATION: &str = "application/vnd.awslambda.http-integration-response";

pub(super) async fn answer(
    shared: &Shared,
    served: &Served,
    request: &Request,
    peer: SocketAddr,
    stream: &mut BufReader<TcpStream>,
) -> io::Result<bool> {
    let allowed = allowed_origin(served, request);
    let response = if is_preflight(request) && !served.cors.is_empty() {
        preflight(request)
    } else {
        call(shared, served, request, peer).await?
    };
    let response = allowed.iter().fold(response, |response, origin| {
        response
            .with("Access-Control-Allow-Origin", origin)
            .with("Vary", "Origin")
    });
    response.write(stream, request).await
}

async fn call(shared: &Shared, served: &Served, request: &Request, peer: SocketAddr) -> io::Result<Response> {
    let id = random_id()?;
    let payload = event(request, peer, &id).to_string().into_bytes();
    if payload.len() > PAYLOAD_LIMIT {
        return Ok(plain(413, "Request Entity Too Large"));
    }
    let arn = served.place.function_arn(&served.pool.function().name);
    let event = Event {
        payload,
        invoked_arn: arn.to_string(),
        trace_id: request.header("x-amzn-trace-id").map(str::to_owned),
        ..Event::default()
    };
    let outcome = served.pool.invoke(&event).await;
    let response = match &outcome {
        Ok(outcome) => response(outcome).unwrap_or_else(|| plain(502, "Internal Server Error")),
        Err(_) => plain(502, "Internal Server Error"),
    };
    let how = format!("{} {}", request.method, request.path);
    shared.tell(how, event, outcome.map_err(|error| error.to_string()));
    Ok(response.with("x-amzn-RequestId", id))
}

fn plain(status: u16, text: &str) -> Response {
    Response {
        status,
        headers: vec![("Content-Type".into(), "application/json".into())],
        body: json!({ "Message": text }).to_string().into_bytes(),
    }
}

fn is_preflight(request: &Request) -> bool {
    request.method == "OPTIONS" && request.header("access-control-request-method").is_some()
}

fn preflight(request: &Request) -> Response {
    let asked = |name: &str| request.header(name).unwrap_or_default().to_owned();
    let response = Response {
        status: 200,
        headers: Vec::new(),
        body: Vec::new(),
    };
    response
        .with("Access-Control-Allow-Methods", asked("access-control-request-method"))
        .with("Access-Control-Allow-Headers", asked("access-control-request-headers"))
}

/// The origin that called, when it may.
fn allowed_origin(served: &Served, request: &Request) -> Option<String> {
    let origin = request.header("origin")?;
    if served.cors.iter().any(|allowed| allowed == "*") {
        return Some("*".into());
    }
    served.cors.iter().find(|allowed| *allowed == origin).cloned()
}

/// The event, in payload format 2.0.
fn event(request: &Request, peer: SocketAddr, id: &str) -> Value {
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let mut headers: BTreeMap<&str, String> = BTreeMap::new();
    let mut cookies: Vec<&str> = Vec::new();
    for (name, value) in &request.headers {
        if name == "cookie" {
            cookies.extend(value.split(';').map(str::trim));
            continue;
        }
        headers
            .entry(name)
            .and_modify(|all| *all = format!("{all},{value}"))
            .or_insert_with(|| value.clone());
    }
    let now = jiff::Timestamp::now();
    let domain = request.header("host").unwrap_or_default();
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "lfn",
            "domainName": domain,
            "domainPrefix": domain.split('.').next().unwrap_or_default(),
            "http": {
                "method": request.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": peer.ip().to_string(),
                "userAgent": request.header("user-agent").unwrap_or_default(),
            },
            "requestId": id,
            "routeKey": "$default",
            "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "timeEpoch": now.as_millisecond(),
        },
        "isBase64Encoded": false,
    });
    if !cookies.is_empty() {
        event["cookies"] = json!(cookies);
    }
    let parameters = parameters(query);
    if !parameters.is_empty() {
        event["queryStringParameters"] = json!(parameters);
    }
    if !request.body.is_empty() {
        let text = std::str::from_utf8(&request.body).ok();
        let text = text.filter(|_| is_text(request.header("content-type").unwrap_or_default()));
        event["isBase64Encoded"] = text.is_none().into();
        event["body"] = text
            .map_or_else(|| STANDARD.encode(&request.body), str::to_owned)
            .into();
    }
    event
}

/// Names and values without escapes; the values of one name are joined with commas.
fn parameters(query: &str) -> BTreeMap<String, String> {
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let plain = |text: &str| decode(&text.replace('+', " "));
        let value = plain(value);
        all.entry(plain(name))
            .and_modify(|all| *all = format!("{all},{value}"))
            .or_insert(value);
    }
    all
}

/// What arrives as text; anything else is encoded.
fn is_text(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim();
    kind.is_empty()
        || kind.starts_with("text/")
        || matches!(kind, "application/json" | "application/javascript" | "application/xml")
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
}

/// The response that a result stands for; `None` when it stands for none.
fn response(outcome: &Outcome) -> Option<Response> {
    if outcome.function_error.is_some() {
        return None;
    }
    if let Some(content_type) = &outcome.content_type {
        return streamed(content_type, &outcome.payload);
    }
    let value: Value = serde_json::from_slice(&outcome.payload).ok()?;
    let Some(result) = value.as_object().filter(|result| result.contains_key("statusCode")) else {
        // A result of another shape is the body itself.
        let body = match &value {
            Value::String(text) => text.clone().into_bytes(),
            other => other.to_string().into_bytes(),
        };
        return Some(Response {
            status: 200,
            headers: vec![("Content-Type".into(), "application/json".into())],
            body,
        });
    };
    let body = match &result.get("body") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) if result.get("isBase64Encoded") == Some(&true.into()) => {
            STANDARD.decode(text).ok()?
        }
        Some(Value::String(text)) => text.clone().into_bytes(),
        Some(other) => other.to_string().into_bytes(),
    };
    head(result, body)
}

/// What a streaming handler wrote, with a head of its own or without.
fn streamed(content_type: &str, payload: &[u8]) -> Option<Response> {
    if content_type != INTEGRATION {
        return Some(Response {
            status: 200,
            headers: vec![("Content-Type".into(), content_type.into())],
            body: payload.to_vec(),
        });
    }
    let end = payload.windows(8).position(|window| window == [0; 8])?;
    let prelude: Map<String, Value> = serde_json::from_slice(&payload[..end]).ok()?;
    head(&prelude, payload[end + 8..].to_vec())
}

fn head(of: &Map<String, Value>, body: Vec<u8>) -> Option<Response> {
    let status = match of.get("statusCode") {
        None => 200,
        Some(Value::String(text)) => text.parse().ok()?,
        Some(number) => u16::try_from(number.as_u64()?).ok()?,
    };
    if !(100..=599).contains(&status) {
        return None;
    }
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in of.get("headers").and_then(Value::as_object).into_iter().flatten() {
        // What is said of the connection is the server's business.
        let own = ["content-length", "transfer-encoding", "connection"];
        if !own.contains(&name.to_ascii_lowercase().as_str()) {
            headers.push((name.clone(), text(value)));
        }
    }
    if !headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("content-type"))
    {
        headers.push(("Content-Type".into(), "application/json".into()));
    }
    for cookie in of.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        headers.push(("Set-Cookie".into(), text(cookie)));
    }
    Some(Response { status, headers, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_lose_their_escapes_and_share_a_name() {
        let all = parameters("a=1&b=x%20y+z&a=2&c");
        let expected = [("a", "1,2"), ("b", "x y z"), ("c", "")];
        assert_eq!(all, expected.map(|(name, value)| (name.into(), value.into())).into());
    }

    #[test]
    fn only_what_is_text_stays_text() {
        for (kind, text) in [
            ("text/plain; charset=utf-8", true),
            ("application/json", true),
            ("application/problem+json", true),
            ("application/x-www-form-urlencoded", false),
            ("image/png", false),
            ("", true),
        ] {
            assert_eq!(is_text(kind), text, "{kind}");
        }
    }
}
