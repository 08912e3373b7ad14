//! Payload format 2.0: HTTP APIs and function URLs.
//!
//! Source: API Gateway developer guide, "AWS Lambda proxy integrations for HTTP APIs"; Lambda developer
//! guide, "Invoking Lambda function URLs". Fields without a value are left out, not null.

use serde_json::{Value, json};

use super::super::values::Values;
use super::request::{Web, path_parameters, put_filled};
use super::rest::{host, trace};

/// Where a request arrived.
struct Place<'a> {
    account: &'a str,
    id: &'a str,
    domain: String,
    stage: &'a str,
    route: &'a str,
}

pub(super) fn http(values: &Values<'_>) -> Value {
    let place = Place {
        account: values.account(),
        id: values.text("api-id"),
        domain: host(values),
        stage: values.text("api-stage"),
        route: values.text("route"),
    };
    let web = web(values, &place.domain);
    let mut event = event(values, &web, &place);
    let authorizer = values.json("authorizer");
    if !authorizer.is_null() {
        event["requestContext"]["authorizer"] = authorizer;
    }
    if let Some((_, template)) = place.route.split_once(' ') {
        put_filled(&mut event, "pathParameters", path_parameters(template, web.path));
    }
    if let Value::Object(variables) = values.map("stage-variable") {
        put_filled(&mut event, "stageVariables", variables);
    }
    event
}

pub(super) fn url(values: &Values<'_>) -> Value {
    // Who is not asked to sign is nobody.
    function_url(values, "anonymous")
}

pub(super) fn signed_url(values: &Values<'_>) -> Value {
    let mut event = function_url(values, values.account());
    let caller = values.principal("AIDA");
    event["requestContext"]["authorizer"] = json!({
        "iam": {
            "accessKey": values.principal("AKIA"),
            "accountId": values.account(),
            "callerId": caller,
            "cognitoIdentity": null,
            "principalOrgId": null,
            "userArn": values.global_arn("iam", "user/example"),
            "userId": caller,
        },
    });
    event
}

fn function_url(values: &Values<'_>, account: &str) -> Value {
    let id = values.text("url-id");
    let place = Place {
        account,
        id,
        domain: format!("{id}.lambda-url.{}.on.aws", values.region()),
        stage: "$default",
        route: "$default",
    };
    event(values, &web(values, &place.domain), &place)
}

fn web<'a>(values: &'a Values<'_>, host: &str) -> Web<'a> {
    let trace = trace(values);
    Web::new(
        values,
        &[
            ("accept", "*/*"),
            ("host", host),
            ("user-agent", values.text("user-agent")),
            ("x-amzn-trace-id", &trace),
            ("x-forwarded-for", values.text("source-ip")),
            ("x-forwarded-port", "443"),
            ("x-forwarded-proto", "https"),
        ],
    )
}

fn event(values: &Values<'_>, web: &Web<'_>, place: &Place<'_>) -> Value {
    let path = if place.stage == "$default" {
        web.rooted_path()
    } else {
        format!("/{}{}", place.stage, web.rooted_path())
    };
    let mut event = json!({
        "version": "2.0",
        "routeKey": place.route,
        "rawPath": path,
        "rawQueryString": web.raw_query(),
    });
    let cookies = web.cookies();
    if !cookies.is_empty() {
        event["cookies"] = cookies.into();
    }
    event["headers"] = web.lower_headers(false).into();
    put_filled(&mut event, "queryStringParameters", web.joined_query());
    event["requestContext"] = json!({
        "accountId": place.account,
        "apiId": place.id,
        "domainName": place.domain,
        "domainPrefix": place.id,
        "http": {
            "method": web.method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": values.text("source-ip"),
            "userAgent": values.text("user-agent"),
        },
        "requestId": values.uuid("request"),
        "routeKey": place.route,
        "stage": place.stage,
        "time": values.request_time(),
        "timeEpoch": values.millis(),
    });
    if let Some(body) = web.body() {
        event["body"] = body.into();
    }
    event["isBase64Encoded"] = web.is_encoded().into();
    event
}
