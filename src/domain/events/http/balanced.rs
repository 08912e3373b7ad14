//! Requests that a load balancer or VPC Lattice spreads over targets.
//!
//! Source: Application Load Balancers user guide, "Lambda functions as targets"; VPC Lattice user guide,
//! "Lambda functions as targets".

use serde_json::{Map, Value, json};

use super::super::values::Values;
use super::request::Web;
use super::rest::trace;

fn balanced<'a>(values: &'a Values<'_>) -> Web<'a> {
    let trace = trace(values);
    let host = format!("orders-1234567890.{}.elb.{}", values.region(), values.domain());
    Web::new(
        values,
        &[
            ("accept", "*/*"),
            ("host", &host),
            ("user-agent", values.text("user-agent")),
            ("x-amzn-trace-id", &trace),
            ("x-forwarded-for", values.text("source-ip")),
            ("x-forwarded-port", "443"),
            ("x-forwarded-proto", "https"),
        ],
    )
}

fn load_balancer(values: &Values<'_>) -> Value {
    let group = format!(
        "targetgroup/{}/{}",
        values.text("target-group"),
        values.hex("target group", 0, 16)
    );
    json!({ "elb": { "targetGroupArn": values.arn("elasticloadbalancing", group) } })
}

/// The query is handed over as it stands in the URL, not decoded.
pub(super) fn alb(values: &Values<'_>) -> Value {
    let web = balanced(values);
    let query: Map<String, Value> = web
        .encoded_query()
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect();
    json!({
        "requestContext": load_balancer(values),
        "httpMethod": web.method,
        "path": web.rooted_path(),
        "queryStringParameters": query,
        "headers": web.lower_headers(true),
        "body": web.body().unwrap_or_default(),
        "isBase64Encoded": web.is_encoded(),
    })
}

pub(super) fn alb_multi_value(values: &Values<'_>) -> Value {
    let web = balanced(values);
    let mut query: Map<String, Value> = Map::new();
    for (name, value) in web.encoded_query() {
        match query.get_mut(&name) {
            Some(Value::Array(list)) => list.push(value.into()),
            Some(_) | None => {
                query.insert(name, json!([value]));
            }
        }
    }
    json!({
        "requestContext": load_balancer(values),
        "httpMethod": web.method,
        "path": web.rooted_path(),
        "multiValueQueryStringParameters": query,
        "multiValueHeaders": web.lower_listed_headers(),
        "body": web.body().unwrap_or_default(),
        "isBase64Encoded": web.is_encoded(),
    })
}

fn meshed<'a>(values: &'a Values<'_>) -> Web<'a> {
    let host = format!(
        "orders-{}.{}.vpc-lattice-svcs.{}.on.aws",
        values.hex("service", 0, 17),
        values.hex("zone", 0, 7),
        values.region()
    );
    Web::new(
        values,
        &[
            ("accept", "*/*"),
            ("host", &host),
            ("user-agent", values.text("user-agent")),
            ("x-forwarded-for", values.text("source-ip")),
        ],
    )
}

pub(super) fn lattice(values: &Values<'_>) -> Value {
    let web = meshed(values);
    let id = |kind: &str, prefix: &str| format!("{kind}/{prefix}-0{}", values.hex(kind, 0, 16));
    let mut event = json!({
        "version": "2.0",
        "path": web.rooted_path(),
        "method": web.method,
        "headers": web.lower_listed_headers(),
        "queryStringParameters": web.listed_query(),
        "isBase64Encoded": web.is_encoded(),
        "requestContext": {
            "serviceNetworkArn": values.arn("vpc-lattice", id("servicenetwork", "sn")),
            "serviceArn": values.arn("vpc-lattice", id("service", "svc")),
            "targetGroupArn": values.arn("vpc-lattice", id("targetgroup", "tg")),
            "identity": { "sourceVpcArn": values.arn("ec2", id("vpc", "vpc")) },
            "region": values.region(),
            // Microseconds, as text.
            "timeEpoch": values.time().as_microsecond().to_string(),
        },
    });
    if let Some(body) = web.body() {
        event["body"] = body.into();
    }
    event
}

pub(super) fn lattice_v1(values: &Values<'_>) -> Value {
    let web = meshed(values);
    let query = web.raw_query();
    let separator = if query.is_empty() { "" } else { "?" };
    json!({
        "raw_path": format!("{}{separator}{query}", web.rooted_path()),
        "method": web.method,
        "headers": web.lower_headers(true),
        "query_string_parameters": web.joined_query(),
        "body": web.body().unwrap_or_default(),
        "is_base64_encoded": web.is_encoded(),
    })
}
