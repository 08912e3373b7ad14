//! Payload format 2.0: the event that a request becomes, and the response that a result stands for.
//!
//! Source: Lambda developer guide, "Invoking Lambda function URLs", "Request and response payloads".

use std::collections::BTreeMap;
use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::runner::Outcome;
use crate::runner::http::{Request, Response, decode};

/// A JSON head, eight zero bytes, then the body.
pub(super) const INTEGRATION: &str = "application/vnd.awslambda.http-integration-response";

/// The event, in payload format 2.0.
pub(super) fn event(request: &Request, (client, server): (SocketAddr, SocketAddr), id: &str) -> Value {
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
    // Lambda writes these itself, whatever the client says.
    headers.insert("x-forwarded-for", client.ip().to_string());
    headers.insert("x-forwarded-port", server.port().to_string());
    headers.insert("x-forwarded-proto", "http".into());
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
                // Unlike `rawPath`, without its escapes.
                "path": decode(path),
                "protocol": "HTTP/1.1",
                "sourceIp": client.ip().to_string(),
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
pub(super) fn response(outcome: &Outcome) -> Option<Response> {
    if outcome.function_error.is_some() {
        return None;
    }
    if let Some(content_type) = &outcome.content_type {
        return streamed(content_type, &outcome.payload);
    }
    let value: Value = serde_json::from_slice(&outcome.payload).ok()?;
    let Some(result) = value.as_object().filter(|result| result.contains_key("statusCode")) else {
        // A result of another shape is the body itself, and text keeps its quotes.
        return Some(Response {
            status: 200,
            headers: vec![("Content-Type".into(), "application/json".into())],
            body: outcome.payload.clone(),
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
        return Some(plainly(content_type, payload.to_vec()));
    }
    let (prelude, body) = prelude(payload)?;
    prelude.map(|response| Response { body, ..response })
}

/// A body without a head of its own.
pub(super) fn plainly(content_type: &str, body: Vec<u8>) -> Response {
    Response {
        status: 200,
        headers: vec![("Content-Type".into(), content_type.into())],
        body,
    }
}

/// The head that a streaming handler wrote, and what of the body came with it. `None` when the zero bytes have not
/// come yet; the inner one when what stands before them is no head.
pub(super) fn prelude(bytes: &[u8]) -> Option<(Option<Response>, Vec<u8>)> {
    let end = bytes.windows(8).position(|window| window == [0; 8])?;
    let prelude = serde_json::from_slice(&bytes[..end]).ok();
    let response = prelude.and_then(|prelude| head(&prelude, Vec::new()));
    Some((response, bytes[end + 8..].to_vec()))
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
