//! What API Gateway asks functions that decide who may call.
//!
//! Source: API Gateway developer guide, "Input to an API Gateway Lambda authorizer" and "Control access to
//! HTTP APIs with AWS Lambda authorizers".

use serde_json::{Value, json};

use super::super::values::Values;
use super::request::path_parameters;
use super::{rest, v2, websocket as socket};

/// `arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/PATH`.
fn method_arn(values: &Values<'_>, method: &str) -> String {
    let path = values.text("path").trim_start_matches('/');
    let (api, stage) = (values.text("api-id"), values.text("api-stage"));
    values.arn("execute-api", format_args!("{api}/{stage}/{method}/{path}"))
}

pub(super) fn token(values: &Values<'_>) -> Value {
    let method = match values.text("method") {
        "" => "GET".to_owned(),
        given => given.to_uppercase(),
    };
    json!({
        "type": "TOKEN",
        "authorizationToken": values.text("token"),
        "methodArn": method_arn(values, &method),
    })
}

/// What is asked about has the request, but for its body.
pub(super) fn request(values: &Values<'_>) -> Value {
    let whole = rest::rest(values);
    let mut event = json!({ "type": "REQUEST", "methodArn": method_arn(values, method(&whole)) });
    copy(&whole, &mut event);
    event["stageVariables"] = values.map("stage-variable");
    event["pathParameters"] = path_parameters(values.text("resource"), values.text("path")).into();
    for name in ["queryStringParameters", "multiValueQueryStringParameters"] {
        if event[name].is_null() {
            event[name] = json!({});
        }
    }
    event
}

pub(super) fn http_v1(values: &Values<'_>) -> Value {
    let whole = rest::http(values);
    let token = header(&whole, "authorization");
    let mut event = json!({
        "version": "1.0",
        "type": "REQUEST",
        "methodArn": method_arn(values, method(&whole)),
        "identitySource": token,
        "authorizationToken": token,
    });
    copy(&whole, &mut event);
    event
}

pub(super) fn http(values: &Values<'_>) -> Value {
    let whole = v2::http(values);
    let method = whole["requestContext"]["http"]["method"].as_str().unwrap_or_default();
    let token = header(&whole, "authorization");
    let mut event = json!({
        "version": "2.0",
        "type": "REQUEST",
        "routeArn": method_arn(values, method),
        "identitySource": [token],
    });
    copy(&whole, &mut event);
    event
}

/// What is asked about is the connection.
pub(super) fn websocket(values: &Values<'_>) -> Value {
    let (api, stage) = (values.text("api-id"), values.text("api-stage"));
    let mut event = json!({
        "type": "REQUEST",
        "methodArn": values.arn("execute-api", format_args!("{api}/{stage}/$connect")),
        "stageVariables": {},
        "queryStringParameters": {},
        "multiValueQueryStringParameters": {},
    });
    copy(&socket::connect(values), &mut event);
    event
}

fn method(whole: &Value) -> &str {
    whole["httpMethod"].as_str().unwrap_or_default()
}

/// The credential that an authorizer usually asks about, an example when none was given.
fn header(whole: &Value, name: &str) -> String {
    let headers = whole["headers"].as_object().into_iter().flatten();
    let mut named = headers.filter(|(other, _)| other.eq_ignore_ascii_case(name));
    let found = named.next().and_then(|(_, value)| value.as_str());
    found.unwrap_or("Bearer example-token").to_owned()
}

/// Copies all of a request that an authorizer is shown.
fn copy(whole: &Value, event: &mut Value) {
    for (name, value) in whole.as_object().into_iter().flatten() {
        if !["body", "isBase64Encoded", "version"].contains(&&**name) {
            event[name] = value.clone();
        }
    }
}
