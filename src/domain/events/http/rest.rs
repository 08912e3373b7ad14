//! Payload format 1.0: REST APIs, and HTTP APIs that ask for it.
//!
//! Source: API Gateway developer guide, "Input format of a Lambda function for proxy integration" and
//! "AWS Lambda proxy integrations for HTTP APIs".

use serde_json::{Value, json};

use super::super::values::Values;
use super::request::{Web, or_null, path_parameters};

/// The headers that API Gateway's REST APIs add or pass on.
pub(super) fn web<'a>(values: &'a Values<'_>) -> Web<'a> {
    let host = host(values);
    let trace = trace(values);
    Web::new(
        values,
        &[
            ("Accept", "*/*"),
            ("Host", &host),
            ("User-Agent", values.text("user-agent")),
            ("X-Amzn-Trace-Id", &trace),
            ("X-Forwarded-For", values.text("source-ip")),
            ("X-Forwarded-Port", "443"),
            ("X-Forwarded-Proto", "https"),
        ],
    )
}

pub(super) fn host(values: &Values<'_>) -> String {
    format!(
        "{}.execute-api.{}.{}",
        values.text("api-id"),
        values.region(),
        values.domain()
    )
}

pub(super) fn trace(values: &Values<'_>) -> String {
    format!(
        "Root=1-{:08x}-{}",
        values.time().as_second(),
        values.hex("trace", 0, 24)
    )
}

/// The stage's variables, null when there are none.
pub(super) fn stage_variables(values: &Values<'_>) -> Value {
    match values.map("stage-variable") {
        Value::Object(map) => or_null(map),
        other => other,
    }
}

pub(super) fn rest(values: &Values<'_>) -> Value {
    let web = web(values);
    event(values, &web, values.text("resource"), values.text("resource"))
}

pub(super) fn http(values: &Values<'_>) -> Value {
    let web = web(values);
    let route = values.text("route");
    let resource = route.split_once(' ').map_or(route, |(_, path)| path);
    let mut event = json!({ "version": "1.0" });
    let rest = self::event(values, &web, resource, resource);
    if let (Value::Object(event), Value::Object(rest)) = (&mut event, rest) {
        event.extend(rest);
    }
    let authorizer = values.json("authorizer");
    if authorizer.is_null() {
        event["requestContext"]["authorizer"] = json!({ "claims": null, "scopes": null });
    }
    event
}

fn event(values: &Values<'_>, web: &Web<'_>, resource: &str, template: &str) -> Value {
    json!({
        "resource": resource,
        "path": web.rooted_path(),
        "httpMethod": web.method,
        "headers": web.headers(),
        "multiValueHeaders": web.listed_headers(),
        "queryStringParameters": or_null(web.query()),
        "multiValueQueryStringParameters": or_null(web.listed_query()),
        "pathParameters": or_null(path_parameters(template, web.path)),
        "stageVariables": stage_variables(values),
        "requestContext": context(values, web, resource),
        "body": web.body(),
        "isBase64Encoded": web.is_encoded(),
    })
}

/// What API Gateway tells about the request.
pub(super) fn context(values: &Values<'_>, web: &Web<'_>, resource: &str) -> Value {
    let stage = values.text("api-stage");
    let path = if stage == "$default" {
        web.rooted_path()
    } else {
        format!("/{stage}{}", web.rooted_path())
    };
    let mut context = json!({
        "resourceId": values.hex("resource", 0, 6),
        "resourcePath": resource,
        "httpMethod": web.method,
        "extendedRequestId": values.token("extended request", 11),
        "requestTime": values.request_time(),
        "path": path,
        "accountId": values.account(),
        "protocol": "HTTP/1.1",
        "stage": stage,
        "domainPrefix": values.text("api-id"),
        "requestTimeEpoch": values.millis(),
        "requestId": values.uuid("request"),
        "identity": {
            "cognitoIdentityPoolId": null,
            "accountId": null,
            "cognitoIdentityId": null,
            "caller": null,
            "sourceIp": values.text("source-ip"),
            "principalOrgId": null,
            "accessKey": null,
            "cognitoAuthenticationType": null,
            "cognitoAuthenticationProvider": null,
            "userArn": null,
            "userAgent": values.text("user-agent"),
            "user": null,
        },
        "domainName": host(values),
        "deploymentId": values.hex("deployment", 0, 6),
        "apiId": values.text("api-id"),
    });
    let authorizer = values.json("authorizer");
    if !authorizer.is_null() {
        context["authorizer"] = authorizer;
    }
    context
}
