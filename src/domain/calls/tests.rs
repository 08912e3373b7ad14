//! Requests as SDKs write them, and what IAM asks for each.

use std::fmt::Write as _;

use super::*;
use crate::domain::policy::samples::ireland;

/// A request that is signed for a service in Ireland.
struct Sent {
    method: &'static str,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Sent {
    fn signed(service: &str, method: &'static str, address: &str) -> Self {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let scope = format!("AKIAEXAMPLE/20261130/eu-west-1/{service}/aws4_request");
        let signature = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
        Self {
            method,
            path: path.to_owned(),
            query: query.to_owned(),
            headers: vec![("authorization".to_owned(), signature)],
            body: Vec::new(),
        }
    }

    fn with(mut self, header: &str, value: &str) -> Self {
        self.headers.push((header.to_owned(), value.to_owned()));
        self
    }

    fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_vec();
        self
    }

    fn name(&self) -> Result<Call, Unnamed> {
        let request = Request {
            method: self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body: &self.body,
        };
        name(&request, &ireland())
    }
}

/// A request in JSON: `TARGET BODY`.
fn json(service: &str, target: &str, body: &str) -> Sent {
    Sent::signed(service, "POST", "/")
        .with("x-amz-target", target)
        .body(body)
}

/// A request of S3 from `METHOD ADDRESS`, and `header: value` after it, each on a line of its own.
fn s3(request: &str) -> Sent {
    let mut lines = request.lines();
    let (method, address) = lines.next().unwrap().split_once(' ').unwrap();
    let method = ["GET", "PUT", "POST", "HEAD", "DELETE"]
        .into_iter()
        .find(|m| *m == method)
        .unwrap();
    lines.fold(Sent::signed("s3", method, address), |sent, line| {
        let (name, value) = line.split_once(": ").unwrap();
        sent.with(name, value)
    })
}

/// `OPERATION`, and on a line of its own each `ACTION RESOURCE`; without the account and the region at hand.
fn told(sent: &Sent) -> String {
    match sent.name() {
        Ok(call) => {
            let mut told = call.operation.clone();
            for need in &call.needs {
                let resource = need.resource.replace(":eu-west-1:123456789012:", "::");
                write!(told, "\n{} {resource}", need.action).unwrap();
            }
            told
        }
        Err(error) => format!("error: {error}"),
    }
}

#[track_caller]
fn all(cases: impl IntoIterator<Item = (Sent, &'static [&'static str])>) {
    for (sent, expected) in cases {
        assert_eq!(
            told(&sent),
            expected.join("\n"),
            "{} {}?{}",
            sent.method,
            sent.path,
            sent.query
        );
    }
}

#[test]
fn objects_and_buckets() {
    let cases: [(&str, &[&str]); _] = [
        (
            "GET /shop/in/a%20b.jpg?x-id=GetObject",
            &["GetObject", "s3:GetObject arn:aws:s3:::shop/in/a b.jpg"],
        ),
        (
            "GET /shop/a?versionId=1",
            &["GetObject", "s3:GetObjectVersion arn:aws:s3:::shop/a"],
        ),
        ("HEAD /shop/a", &["HeadObject", "s3:GetObject arn:aws:s3:::shop/a"]),
        (
            "PUT /shop/a?x-id=PutObject",
            &["PutObject", "s3:PutObject arn:aws:s3:::shop/a"],
        ),
    ];
    all(cases.map(|(request, expected)| (s3(request), expected)));
}

#[test]
fn tables() {
    let cases: [(&str, &str, &[&str]); _] = [
        (
            "GetItem",
            r#"{"TableName": "orders", "Key": {"id": {"S": "1"}}}"#,
            &["GetItem", "dynamodb:GetItem arn:aws:dynamodb::table/orders"],
        ),
        (
            "DescribeTable",
            r#"{"TableName": "orders"}"#,
            &["DescribeTable", "dynamodb:DescribeTable arn:aws:dynamodb::table/orders"],
        ),
    ];
    all(cases.map(|(operation, body, expected)| {
        (
            json("dynamodb", &format!("DynamoDB_20120810.{operation}"), body),
            expected,
        )
    }));
}

#[test]
fn queues() {
    let cases: [(&str, &str, &[&str]); _] = [(
        "SendMessage",
        r#"{"QueueUrl": "http://127.0.0.1:4566/123456789012/jobs", "MessageBody": "x"}"#,
        &["SendMessage", "sqs:SendMessage arn:aws:sqs::jobs"],
    )];
    all(cases.map(|(operation, body, expected)| (json("sqs", &format!("AmazonSQS.{operation}"), body), expected)));
}
