//! WebSocket APIs: connect, message, disconnect.
//!
//! Source: API Gateway developer guide, "Set up a WebSocket API integration request".

use serde_json::{Value, json};

use super::super::values::Values;
use super::request::put_filled;
use super::rest::{host, stage_variables};

/// How long before a message or the end the client has connected, in milliseconds.
const CONNECTED: i64 = 60_000;

pub(super) fn connect(values: &Values<'_>) -> Value {
    let mut headers: Vec<(String, String)> = [
        ("Host", host(values)),
        (
            "Sec-WebSocket-Extensions",
            "permessage-deflate; client_max_window_bits".into(),
        ),
        ("Sec-WebSocket-Key", values.token("websocket key", 16)),
        ("Sec-WebSocket-Version", "13".into()),
        ("User-Agent", values.text("user-agent").into()),
        ("X-Amzn-Trace-Id", super::rest::trace(values)),
        ("X-Forwarded-For", values.text("source-ip").into()),
        ("X-Forwarded-Port", "443".into()),
        ("X-Forwarded-Proto", "https".into()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let given = values.pairs("header");
    headers.retain(|(name, _)| !given.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)));
    headers.extend(
        given
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    let mut event = json!({ "headers": {}, "multiValueHeaders": {} });
    for (name, value) in headers {
        event["multiValueHeaders"][&name] = json!([value]);
        event["headers"][name] = value.into();
    }
    if let Value::Object(query) = values.map("query") {
        let lists = query.iter().map(|(name, value)| (name.clone(), json!([value])));
        put_filled(&mut event, "multiValueQueryStringParameters", lists.collect());
        put_filled(&mut event, "queryStringParameters", query);
    }
    with_variables(values, &mut event);
    event["requestContext"] = context(values, "$connect", "CONNECT", 0);
    event["isBase64Encoded"] = false.into();
    event
}

pub(super) fn message(values: &Values<'_>) -> Value {
    let mut event = json!({});
    with_variables(values, &mut event);
    let mut context = context(values, values.text("route"), "MESSAGE", CONNECTED);
    context["messageId"] = values.token("message", 11).into();
    event["requestContext"] = context;
    event["body"] = values.text("body").into();
    event["isBase64Encoded"] = false.into();
    event
}

pub(super) fn disconnect(values: &Values<'_>) -> Value {
    let mut event = json!({
        "headers": { "Host": host(values), "x-api-key": "", "X-Forwarded-For": "", "x-restapi": "" },
        "multiValueHeaders": { "Host": [host(values)], "x-api-key": [""], "X-Forwarded-For": [""], "x-restapi": [""] },
    });
    with_variables(values, &mut event);
    let mut context = context(values, "$disconnect", "DISCONNECT", CONNECTED);
    context["disconnectStatusCode"] = values.number("code").into();
    context["disconnectReason"] = values.text("reason").into();
    event["requestContext"] = context;
    event["isBase64Encoded"] = false.into();
    event
}

fn with_variables(values: &Values<'_>, event: &mut Value) {
    let variables = stage_variables(values);
    if !variables.is_null() {
        event["stageVariables"] = variables;
    }
}

fn context(values: &Values<'_>, route: &str, kind: &str, connected: i64) -> Value {
    let request = values.token("request", 11);
    json!({
        "routeKey": route,
        "eventType": kind,
        "extendedRequestId": request,
        "requestTime": values.request_time(),
        "messageDirection": "IN",
        "stage": values.text("api-stage"),
        "connectedAt": values.millis() - connected,
        "requestTimeEpoch": values.millis(),
        "identity": { "userAgent": values.text("user-agent"), "sourceIp": values.text("source-ip") },
        "requestId": request,
        "domainName": host(values),
        "connectionId": values.text("connection"),
        "apiId": values.text("api-id"),
    })
}
