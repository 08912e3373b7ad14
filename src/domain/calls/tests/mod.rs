//! Requests as SDKs write them, and what IAM asks for each.

mod conditions;
mod data;
mod functions;
mod messages;
mod objects;

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
    let method = ["GET", "PUT", "POST", "HEAD", "DELETE", "PATCH"]
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

/// Operations in JSON, by name, with their bodies.
#[track_caller]
fn rpc(service: &str, target: &str, cases: &[(&str, &str, &[&str])]) {
    for (operation, body, expected) in cases {
        let sent = json(service, &format!("{target}.{operation}"), body);
        let expected = [&[*operation], *expected].concat().join("\n");
        assert_eq!(told(&sent), expected, "{body}");
    }
}

#[test]
fn requests_that_cannot_be_named_say_why() {
    let ec2 = Sent::signed("ec2", "POST", "/").body("Action=RunInstances");
    let other = Unnamed::OtherService {
        service: "ec2".into(),
        operation: Some("RunInstances".into()),
    };
    assert_eq!(ec2.name(), Err(other));
    let control = Sent::signed("s3", "GET", "/v20180820/jobs").with("x-amz-account-id", "123456789012");
    assert_eq!(
        told(&control),
        "error: S3 has no operation for `GET /v20180820/jobs` of S3 Control"
    );
    let object = s3("GET /secret/s.txt\nx-amz-account-id: 123456789012");
    assert_eq!(told(&object), "GetObject\ns3:GetObject arn:aws:s3:::secret/s.txt");
    let unsigned = Sent {
        headers: Vec::new(),
        ..Sent::signed("s3", "GET", "/shop/a")
    };
    assert_eq!(unsigned.name(), Err(Unnamed::Unsigned));
    for (sent, expected) in [
        (Sent::signed("sqs", "POST", "/"), "SQS has no operation for `POST /`"),
        (json("sqs", "AmazonSQS.", "{}"), "SQS has no operation for `AmazonSQS.`"),
        (
            json("ssm", "AmazonSSM.Get-It", "{}"),
            "SSM has no operation for `AmazonSSM.Get-It`",
        ),
        (
            json("dynamodb", "DynamoDB_20120810.GetItem", "[]"),
            "the body of this request to DynamoDB could not be read: it is no JSON object",
        ),
        (
            Sent::signed("sns", "POST", "/").body(b"\xff"),
            "the body of this request to SNS could not be read: it is no form",
        ),
    ] {
        assert_eq!(told(&sent), format!("error: {expected}"));
    }
    // What is newer than the data is taken for an action of its own name.
    assert_eq!(
        told(&json("sqs", "AmazonSQS.FoldQueue", "{}")),
        "FoldQueue\nsqs:FoldQueue *"
    );
}

const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

#[test]
fn operations_of_other_services_are_told_where_protocols_name_them() {
    let operation = |sent: Sent| match sent.name() {
        Err(Unnamed::OtherService { operation, .. }) => Ok(operation),
        other => Err(format!("{other:?}")),
    };
    for (sent, expected) in [
        (
            json("textract", "Textract.DetectDocumentText", "{}"),
            Some("DetectDocumentText"),
        ),
        (
            Sent::signed("ses", "POST", "/")
                .with("content-type", FORM)
                .body("Action=SendEmail&Version=1"),
            Some("SendEmail"),
        ),
        (Sent::signed("iam", "GET", "/?Action=ListUsers"), Some("ListUsers")),
        (
            Sent::signed("kinesis", "POST", "/service/Kinesis/operation/GetRecords")
                .with("smithy-protocol", "rpc-v2-cbor"),
            Some("GetRecords"),
        ),
        (
            Sent::signed("bedrock", "POST", "/model/a/invoke").body(r#"{"a":"b&Action=c"}"#),
            None,
        ),
        (
            Sent::signed("ses", "POST", "/v2/email/outbound-emails")
                .with("content-type", "application/json")
                .body("{}"),
            None,
        ),
    ] {
        assert_eq!(operation(sent), Ok(expected.map(str::to_owned)));
    }
    // Every call of these has its `Action`; one without is not one of theirs.
    for sent in [
        Sent::signed("iam", "POST", "/"),
        Sent::signed("iam", "POST", "/x").body("Version=1"),
        Sent::signed("ses", "POST", "/"),
        Sent::signed("iam", "POST", "/?Action=Get-User"),
    ] {
        assert!(operation(sent).unwrap_err().contains("UnknownOperation"));
    }
}

#[test]
fn what_may_be_read_in_two_ways_is_not_named() {
    let get = || json("dynamodb", "DynamoDB_20120810.GetItem", r#"{"TableName": "orders"}"#);
    let form = |service: &str, address: &str, body: &str| {
        let address = address.to_owned();
        let mut sent = Sent::signed(service, "POST", "/").with("content-type", FORM).body(body);
        (sent.path, sent.query) = match address.split_once('?') {
            Some((path, query)) => (path.to_owned(), query.to_owned()),
            None => (address, String::new()),
        };
        sent
    };
    let at = |mut sent: Sent, path: &str, query: &str| {
        (sent.path, sent.query) = (path.to_owned(), query.to_owned());
        sent
    };
    let url = r#"{"QueueUrl": "http://x/123456789012/a"}"#;
    assert!(get().name().is_ok());
    for sent in [
        get().with("x-amz-target", "DynamoDB_20120810.PutItem"),
        at(
            get().with("smithy-protocol", "rpc-v2-json"),
            "/service/D/operation/PutItem",
            "",
        ),
        at(get(), "/service/D/operation/PutItem", ""),
        get().with("smithy-protocol", "rpc-v2-cbor"),
        at(get(), "/", "Action=PutItem"),
        at(get(), "/", "TableName=other"),
        at(get(), "/orders", ""),
        get().with("content-type", FORM).body("Action=PutItem"),
        form("sns", "/", "Action=Publish&TopicArn=a&TopicArn=b"),
        form("sns", "/?TopicArn=b", "Action=Publish&TopicArn=a"),
        form("sns", "/?Action=Publish", "Action=DeleteTopic"),
        form("iam", "/?Action=ListUsers", "Action=GetUser"),
        form("iam", "/", "Action=GetUser&Action=ListUsers"),
        form("iam", "/", "Action=GetUser").with("x-amz-target", "IAM.ListUsers"),
        at(json("sqs", "AmazonSQS.SendMessage", url), "/123456789012/b", ""),
        s3("GET /shop/a?acl&tagging"),
        s3("PUT /shop/a?partNumber=1&uploadId=2&tagging"),
        s3("GET /shop?prefix=a&prefix=b"),
        s3("DELETE /shop?Key=a"),
        s3("PUT /shop/a\nx-amz-copy-source: shop/b\nx-amz-copy-source: other/b"),
    ] {
        let named = sent.name();
        let is_refused = matches!(named, Err(Unnamed::Ambiguous { .. }));
        assert!(is_refused, "{} {}?{}: {named:?}", sent.method, sent.path, sent.query);
    }
    let send = at(json("sqs", "AmazonSQS.SendMessage", url), "/123456789012/a", "");
    assert!(send.name().is_ok());
    let twice = get().body(r#"{"TableName": "orders", "TableName": "other"}"#);
    assert!(told(&twice).contains("`TableName` stands in it twice"));
    let named = Sent::signed("lambda", "PUT", "/2015-03-31/functions/a/code").body(r#"{"FunctionName": "b"}"#);
    assert!(matches!(named.name(), Err(Unnamed::Ambiguous { .. })));
}

#[test]
fn the_signature_says_where() {
    let mut sent = json("dynamodb", "DynamoDB_20120810.GetItem", r#"{"TableName": "orders"}"#);
    sent.headers[0].1 = sent.headers[0].1.replace("eu-west-1", "cn-north-1");
    let call = sent.name().unwrap();
    assert_eq!(
        (call.region.as_str(), call.access_key.as_str()),
        ("cn-north-1", "AKIAEXAMPLE")
    );
    assert_eq!(
        call.needs[0].resource,
        "arn:aws-cn:dynamodb:cn-north-1:123456789012:table/orders"
    );
}
