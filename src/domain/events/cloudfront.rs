//! Lambda@Edge: requests and responses on their way through CloudFront.
//!
//! Source: CloudFront developer guide, "Lambda@Edge event structure".

use serde_json::{Value, json};

use super::values::{Values, base64, percent};
use super::{Kind, Parameter, Service};

const METHOD: Parameter = Parameter::text("method", &["GET"], "The method");
const URI: Parameter = Parameter::text("uri", &["/index.html"], "The path, as it stands in the URL");
const QUERY: Parameter = Parameter::pairs("query", &[], "A parameter of the query, not encoded");
const HEADER: Parameter = Parameter::pairs("header", &[], "A header of the request");
const BODY: Parameter = Parameter::text("body", &[""], "The body, where the trigger includes it");
const DISTRIBUTION: Parameter = Parameter::text("distribution", &["EDFDVBD6EXAMPLE"], "The distribution");
const HOST: Parameter = Parameter::text(
    "host",
    &["d111111abcdef8.cloudfront.net"],
    "The domain of the distribution",
);
const CLIENT_IP: Parameter = Parameter::text("client-ip", &["203.0.113.12"], "The viewer's address");
const ORIGIN: Parameter = Parameter::text("origin", &["example.org"], "The domain of the origin");
const STATUS: Parameter = Parameter::number("status", &["200"], "The status of the response");
const RESPONSE_HEADER: Parameter = Parameter::pairs("response-header", &[], "A header of the response");

/// CloudFront distributions.
pub const CLOUDFRONT: Service = Service {
    name: "cloudfront",
    title: "CloudFront, Lambda@Edge",
    kinds: &[
        Kind::new(
            "viewer-request",
            "a request of a viewer has arrived",
            &[METHOD, URI, QUERY, HEADER, BODY, HOST, DISTRIBUTION, CLIENT_IP],
            |values| event(values, "viewer-request", &viewer_request(values), None),
        ),
        Kind::new(
            "origin-request",
            "a request goes to the origin",
            &[METHOD, URI, QUERY, HEADER, BODY, HOST, DISTRIBUTION, CLIENT_IP, ORIGIN],
            |values| event(values, "origin-request", &origin_request(values), None),
        ),
        Kind::new(
            "origin-request-s3",
            "a request goes to an S3 bucket",
            &[METHOD, URI, QUERY, HEADER, BODY, HOST, DISTRIBUTION, CLIENT_IP, BUCKET],
            |values| event(values, "origin-request", &s3_request(values), None),
        ),
        Kind::new(
            "origin-response",
            "the origin has answered",
            &[
                METHOD,
                URI,
                QUERY,
                HEADER,
                BODY,
                HOST,
                DISTRIBUTION,
                CLIENT_IP,
                ORIGIN,
                STATUS,
                RESPONSE_HEADER,
            ],
            |values| {
                event(
                    values,
                    "origin-response",
                    &origin_request(values),
                    Some(response(values)),
                )
            },
        ),
        Kind::new(
            "viewer-response",
            "an answer goes to the viewer",
            &[
                METHOD,
                URI,
                QUERY,
                HEADER,
                BODY,
                HOST,
                DISTRIBUTION,
                CLIENT_IP,
                STATUS,
                RESPONSE_HEADER,
            ],
            |values| {
                event(
                    values,
                    "viewer-response",
                    &viewer_request(values),
                    Some(response(values)),
                )
            },
        ),
    ],
};

const BUCKET: Parameter = Parameter::text("bucket", &["example-bucket"], "The bucket");

fn event(values: &Values<'_>, kind: &str, request: &Value, response: Option<Value>) -> Value {
    let mut cf = json!({
        "config": {
            "distributionDomainName": values.text("host"),
            "distributionId": values.text("distribution"),
            "eventType": kind,
            "requestId": values.token("request", 32),
        },
        "request": request,
    });
    if let Some(response) = response {
        cf["response"] = response;
    }
    json!({ "Records": [{ "cf": cf }] })
}

fn viewer_request(values: &Values<'_>) -> Value {
    let usual = [
        ("Host", values.text("host")),
        ("User-Agent", "curl/8.11.0"),
        ("Accept", "*/*"),
    ];
    request(values, &usual)
}

/// The cache has put its own headers over those of the viewer.
fn origin_request(values: &Values<'_>) -> Value {
    let mut request = cached_request(values, values.text("origin"));
    request["origin"] = json!({
        "custom": {
            "customHeaders": {},
            "domainName": values.text("origin"),
            "keepaliveTimeout": 5,
            "path": "",
            "port": 443,
            "protocol": "https",
            "readTimeout": 30,
            "sslProtocols": ["TLSv1", "TLSv1.1", "TLSv1.2"],
        },
    });
    request
}

fn s3_request(values: &Values<'_>) -> Value {
    let domain = format!("{}.s3.{}.{}", values.text("bucket"), values.region(), values.domain());
    let mut request = cached_request(values, &domain);
    request["origin"] = json!({
        "s3": {
            "authMethod": "origin-access-identity",
            "customHeaders": {},
            "domainName": domain,
            "path": "",
            "region": values.region(),
        },
    });
    request
}

fn cached_request(values: &Values<'_>, host: &str) -> Value {
    let via = format!("2.0 {} (CloudFront)", values.text("host"));
    let usual = [
        ("X-Forwarded-For", values.text("client-ip")),
        ("User-Agent", "Amazon CloudFront"),
        ("Via", &via),
        ("Host", host),
        ("Cache-Control", "no-cache"),
    ];
    request(values, &usual)
}

fn request(values: &Values<'_>, usual: &[(&str, &str)]) -> Value {
    let query = values.pairs("query").into_iter();
    let query: Vec<String> = query
        .map(|(name, value)| format!("{}={}", percent(name, ""), percent(value, "")))
        .collect();
    let mut request = json!({
        "clientIp": values.text("client-ip"),
        "headers": headers(usual, &values.pairs("header")),
        "method": values.text("method"),
        "querystring": query.join("&"),
        "uri": values.text("uri"),
    });
    let body = values.text("body");
    if !body.is_empty() {
        request["body"] =
            json!({ "inputTruncated": false, "action": "read-only", "encoding": "base64", "data": base64(body) });
    }
    request
}

fn response(values: &Values<'_>) -> Value {
    let status = values.number("status");
    let date = values.formatted("%a, %d %b %Y %H:%M:%S GMT");
    let usual = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Date", &date),
        ("Server", "example"),
    ];
    json!({
        "headers": headers(&usual, &values.pairs("response-header")),
        "status": status.to_string(),
        "statusDescription": description(status),
    })
}

/// Headers by their name in lower case, each with a list of names and values as they came.
fn headers(usual: &[(&str, &str)], given: &[(&str, &str)]) -> Value {
    let mut headers = json!({});
    let replaced = |name: &str| given.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
    for (name, value) in usual.iter().filter(|(name, _)| !replaced(name)).chain(given) {
        let lower = name.to_lowercase();
        if headers[&lower].is_null() {
            headers[&lower] = json!([]);
        }
        if let Value::Array(list) = &mut headers[&lower] {
            list.push(json!({ "key": name, "value": value }));
        }
    }
    headers
}

/// The usual words for a status; empty for an unusual one.
fn description(status: i64) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        206 => "Partial Content",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}
