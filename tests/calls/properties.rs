//! Whatever is sent, naming answers: it never panics, and what it names is well-formed.

use lfn::domain::calls::{Request, name};
use proptest::prelude::*;

use crate::place;

const SCOPES: [&str; 14] = [
    "s3",
    "s3-object-lambda",
    "dynamodb",
    "sqs",
    "sns",
    "secretsmanager",
    "ssm",
    "events",
    "lambda",
    "states",
    "sts",
    "logs",
    "monitoring",
    "ec2",
];

/// Texts near to what the services read.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-Z0-9/:.%&=?*{}\\[\\]\"<> -]{0,40}",
        Just("arn:aws:s3:eu-west-1:123456789012:accesspoint/x".to_owned()),
        Just("/2015-03-31/functions/arn%3Aaws%3Alambda/invocations".to_owned()),
        Just("Action=Publish&A.member.1.B.entry.2.key=x&A=2".to_owned()),
        Just(r#"{"TableName":"é","Key":{"a":{"S":"1"}},"KeyConditionExpression":"a[0 = :b"}"#.to_owned()),
        Just(r#"{"Statement":"SELECT * FROM \"a"}"#.to_owned()),
        Just("<Delete><Object><Key>&#x110000;&#1;</Key></Object></Delete>".to_owned()),
        Just("rpc-v2-cbor".to_owned()),
        Just("gzip, aws-chunked".to_owned()),
        Just("DynamoDB_20120810.Query".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn naming_never_panics(
        scope in prop::sample::select(&SCOPES[..]),
        method in "GET|PUT|POST|HEAD|DELETE|[a-z]{0,3}",
        path in piece(),
        query in piece(),
        names in prop::collection::vec(
            prop::sample::select(&[
                "host", "x-amz-target", "smithy-protocol", "content-encoding", "x-amz-copy-source", "x-amz-tagging",
                "x-amz-region-set", "x-amz-acl",
            ][..]),
            0..4,
        ),
        values in prop::collection::vec(piece(), 4),
        text in piece(),
        bytes in prop::collection::vec(any::<u8>(), 0..60),
        is_text in any::<bool>(),
    ) {
        let signature = format!("AWS4-HMAC-SHA256 Credential=A/1/eu-west-1/{scope}/aws4_request");
        let own = [("authorization".to_owned(), signature)];
        let headers: Vec<(String, String)> = names.iter().map(|name| (*name).to_owned()).zip(values).chain(own).collect();
        let body = if is_text { text.as_bytes() } else { &bytes };
        let request = Request { method: &method, path: &path, query: &query, headers: &headers, body };
        if let Ok(call) = name(&request, &place()) {
            prop_assert!(!call.operation.is_empty());
            for need in call.needs {
                prop_assert!(need.action.contains(':') && !need.resource.is_empty());
            }
        }
    }

    #[test]
    fn a_header_that_is_no_signature_is_no_panic(header in any::<String>(), query in any::<String>()) {
        let headers = [("authorization".to_owned(), header)];
        let request = Request { method: "GET", path: "/", query: &query, headers: &headers, body: b"" };
        if let Ok(call) = name(&request, &place()) {
            prop_assert!(!call.operation.is_empty());
        }
    }
}
