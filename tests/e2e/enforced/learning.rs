//! `--learn`, what it proposes, and that the proposal is enough; and what is reported of many calls.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::{enforced, invoke, python, stage};
use crate::shop::at;
use crate::support::servers::{Account, MiniStack, Server as _};
use crate::support::witness;

fn staged() -> (Account, Value) {
    let account = MiniStack::shared().account();
    stage(&account, "s3", "create_bucket", &json!({ "Bucket": "shop-learned" }));
    let queue = stage(&account, "sqs", "create_queue", &json!({ "QueueName": "fulfil" }))["QueueUrl"].clone();
    stage(
        &account,
        "ssm",
        "put_parameter",
        &json!({ "Name": "/shop/key", "Value": "one", "Type": "String" }),
    );
    stage(
        &account,
        "secretsmanager",
        "create_secret",
        &json!({ "Name": "prod/stripe", "SecretString": "s3cret" }),
    );
    let table = json!({
        "TableName": "orders", "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
    });
    stage(&account, "dynamodb", "create_table", &table);
    let mut calls: Vec<Value> = ["a", "b", "c", "d"]
        .map(|key| json!(["s3", "put_object", { "Bucket": "shop-learned", "Key": format!("in/{key}"), "Body": "x" }]))
        .to_vec();
    let item = json!({ "id": { "S": "1" } });
    calls.extend([
        json!(["s3", "put_object", { "Bucket": "shop-learned", "Key": "by/2026/11/30/x", "Body": "x" }]),
        json!(["s3", "list_objects_v2", { "Bucket": "shop-learned", "Prefix": "in/" }]),
        json!(["sqs", "send_message", { "QueueUrl": queue, "MessageBody": "hello" }]),
        json!(["ssm", "get_parameter", { "Name": "/shop/key" }]),
        json!(["secretsmanager", "get_secret_value", { "SecretId": "prod/stripe" }]),
        json!(["dynamodb", "put_item", { "TableName": "orders", "Item": item }]),
        json!(["dynamodb", "query", {
            "TableName": "orders", "KeyConditionExpression": "id = :id",
            "ExpressionAttributeValues": { ":id": { "S": "1" } },
        }]),
        json!(["events", "put_events", { "Entries": [{ "Source": "a", "DetailType": "b", "Detail": "{}" }] }]),
        json!(["cloudwatch", "put_metric_data", {
            "Namespace": "Shop", "MetricData": [{ "MetricName": "orders", "Value": 1.0 }],
        }]),
        json!(["sqs", "purge_queue", { "QueueUrl": queue }]),
    ]);
    (account, calls.into())
}

#[test]
fn what_is_learned_is_enough_and_no_more() {
    let (account, calls) = staged();
    let project = python(&["send sqs:fulfil"]);
    let learned = invoke(&account, &project, &["--learn"], &calls).success();
    let said = learned.json();
    assert!(
        said.as_array().unwrap().iter().all(|call| call.get("answer").is_some()),
        "{learned}"
    );
    // As people paste them.
    let (_, lines) = learned
        .stderr
        .split_once("add to `allow` in lambda.yaml:\n")
        .expect("lines");
    for line in [
        "  - put s3://shop-learned/in/*  # a guess, review it: from shop-learned/in/a, shop-learned/in/b, shop-learned/in/c\n",
        "  - put s3://shop-learned/by/*  # a guess, review it: from shop-learned/by/2026/11/30/x\n",
        "  - list s3://shop-learned/in/\n",
        "  - get param:shop/key\n",
        "  - get secret:prod/stripe\n",
        "  - put dynamodb:orders\n",
        "  - put events:default\n",
        "  - put metrics:Shop\n",
        "  - { actions: [\"sqs:PurgeQueue\"], resources: [\"arn:aws:sqs:${region}:${account}:fulfil\"] }\n",
    ] {
        assert!(lines.contains(line), "{line} is missing: {learned}");
    }
    assert!(
        !lines.contains("send sqs:fulfil"),
        "the file has that already: {learned}"
    );

    let before = project.read("lambda.yaml");
    assert!(
        before.ends_with("  - send sqs:fulfil\n"),
        "the file is never written to"
    );
    project.write("lambda.yaml", format!("{before}{lines}"));
    let all = enforced(&account, &project, &calls);
    for (call, said) in calls.as_array().unwrap().iter().zip(&all) {
        assert!(said.get("answer").is_some(), "{call}: {said}");
    }
    let more = json!([["s3", "delete_object", { "Bucket": "shop-learned", "Key": "in/a" }]]);
    assert_eq!(enforced(&account, &project, &more)[0]["code"], "AccessDenied");
    let again = invoke(&account, &project, &["--learn", "--format", "json"], &calls).success();
    assert_eq!(again.json()["access"]["learned"], json!([]), "{again}");
}

#[test]
fn the_report_names_calls_refusals_and_what_was_not_used() {
    let account = MiniStack::shared().account();
    stage(&account, "s3", "create_bucket", &json!({ "Bucket": "shop-report" }));
    let project = python(&["put s3://shop-report/in/*", "send sqs:fulfil"]);
    let calls = json!([
        ["s3", "put_object", { "Bucket": "shop-report", "Key": "in/a", "Body": "body-of-it" }],
        ["s3", "put_object", { "Bucket": "shop-report", "Key": "in/a", "Body": "body-of-it" }],
        ["s3", "put_object", { "Bucket": "shop-report", "Key": "out/a", "Body": "body-of-it" }],
        ["kinesis", "list_streams", {}],
    ]);
    let finished = invoke(&account, &project, &["--working-tree", "--enforce"], &calls).success();
    for part in [
        "as role shop-us-east-1; calls go to http://127.0.0.1:",
        "    allowed  2  s3:PutObject         arn:aws:s3:::shop-report/in/a\n",
        "    denied   1  kinesis:ListStreams  *\n",
        "    denied   1  s3:PutObject         arn:aws:s3:::shop-report/out/a\n",
        "allow it with `- put s3://shop-report/out/a`",
        "used none of     send sqs:fulfil",
    ] {
        assert!(finished.stderr.contains(part), "`{part}`: {finished}");
    }
    assert!(!finished.stderr.contains("body-of-it"), "{finished}");

    let json = invoke(
        &account,
        &project,
        &["--local", "--enforce", "--format", "json"],
        &calls,
    )
    .success();
    let access = json.json()["access"].clone();
    let row = |verdict: &str, action: &str, resource: &str, count: u64| json!({ "action": action, "resource": resource, "count": count, "verdict": verdict });
    let mut denied = row("denied", "s3:PutObject", "arn:aws:s3:::shop-report/out/a", 1);
    denied["line"] = "put s3://shop-report/out/a".into();
    let calls = access["calls"].as_array().expect("rows");
    assert!(
        calls.contains(&row("allowed", "s3:PutObject", "arn:aws:s3:::shop-report/in/a", 2)),
        "{json}"
    );
    assert!(calls.contains(&denied), "{json}");
    assert_eq!(access["unused"], json!(["send sqs:fulfil"]));
    assert_eq!(access["upstream"], account.endpoint.as_str());
    assert!(access.get("learned").is_none(), "{json}");
}

#[test]
fn many_calls_at_once_are_summed_up() {
    let account = MiniStack::shared().account();
    stage(&account, "s3", "create_bucket", &json!({ "Bucket": "shop-many" }));
    let project = python(&["put s3://shop-many/in/*"]);
    let put = |key: &str| json!(["s3", "put_object", { "Bucket": "shop-many", "Key": key, "Body": "x" }]);
    let calls = json!([put("in/a"), put("out/a"), put("in/a")]);
    let flags = ["--enforce", "--repeat", "12", "--concurrency", "4", "--format", "json"];
    let finished = invoke(&account, &project, &flags, &calls).success();
    let said = finished.json();
    assert_eq!((&said["calls"], &said["failed"]), (&json!(12), &json!(0)), "{finished}");
    let rows = said["access"]["calls"].as_array().expect("rows");
    let counts: Vec<(&Value, &Value)> = rows.iter().map(|row| (&row["verdict"], &row["count"])).collect();
    assert_eq!(
        counts,
        [(&json!("allowed"), &json!(24)), (&json!("denied"), &json!(12))],
        "{finished}"
    );
    assert_eq!(witness(&account, &["objects", "shop-many"]), json!({ "in/a": 1 }));
}

/// The calls were made, so they are told of.
#[test]
#[cfg(target_os = "linux")]
fn an_interrupted_run_tells_what_was_called() {
    let account = MiniStack::shared().account();
    stage(&account, "s3", "create_bucket", &json!({ "Bucket": "shop-cut" }));
    let project = python(&["put s3://shop-cut/in/*"]);
    let calls = json!([["s3", "put_object", { "Bucket": "shop-cut", "Key": "in/a", "Body": "x" }]]);
    let arguments = ["invoke", "-e", "-", "--enforce", "--repeat", "65535"];
    let mut running = at(&account, &project, &arguments).stdin(calls.to_string()).start();
    while witness(&account, &["objects", "shop-cut"]) != json!({ "in/a": 1 }) {
        assert!(!running.is_over(), "it ended by itself");
    }
    running.interrupt();
    let finished = running.wait();
    assert_eq!(finished.code, Some(130), "{finished}");
    assert!(
        finished.stderr.contains("  s3:PutObject  arn:aws:s3:::shop-cut/in/a\n"),
        "{finished}"
    );
}

/// A boundary that can be read is a part of it.
#[test]
fn a_boundary_has_a_say() {
    let account = MiniStack::shared().account();
    stage(&account, "s3", "create_bucket", &json!({ "Bucket": "shop-edge" }));
    let document = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::shop-edge/in/*" }],
    });
    let policy = json!({ "PolicyName": "edge", "PolicyDocument": document.to_string() });
    let policy = stage(&account, "iam", "create_policy", &policy)["Policy"]["Arn"].clone();
    let project = python(&["put s3://shop-edge/*"]);
    let text = format!("{}role: {{ boundary: {policy} }}\n", project.read("lambda.yaml"));
    project.write("lambda.yaml", text);
    let put = |key: &str| json!(["s3", "put_object", { "Bucket": "shop-edge", "Key": key, "Body": "x" }]);
    let said = enforced(&account, &project, &json!([put("in/a"), put("out/a")]));
    assert!(said[0].get("answer").is_some(), "{}", said[0]);
    let message = said[1]["message"].as_str().unwrap_or_default();
    assert!(
        message.contains("because no permissions boundary allows the s3:PutObject action"),
        "{}",
        said[1]
    );
}

const KEPT: &str = r#"
import boto3

def handler(event, context):
    s3 = boto3.client("s3")
    s3.put_object(Bucket="shop-dev", Key="in/a", Body=b"x")
    try:
        s3.put_object(Bucket="shop-dev", Key="out/a", Body=b"x")
    except s3.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
"#;

#[test]
fn a_function_that_is_kept_up_is_watched_too() {
    let account = MiniStack::shared().account();
    stage(&account, "s3", "create_bucket", &json!({ "Bucket": "shop-dev" }));
    let project = python(&["put s3://shop-dev/in/*"]);
    project.write("app.py", KEPT);
    let (reader, writer) = std::io::pipe().expect("the system has pipes");
    let arguments = "dev --enforce --port 0 --url-port 0 --page-port 0 --format json";
    let arguments: Vec<&str> = arguments.split(' ').collect();
    let running = at(&account, &project, &arguments).stdout_to(writer).start();
    let mut events = BufReader::new(reader).lines().map(|line| {
        let line = line.expect("a pipe can be read");
        serde_json::from_str::<Value>(&line).expect("a line is JSON")
    });
    let url = events.next().expect("it is up")["url"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(stream, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").expect("it listens");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("it answers");
    // A function URL passes on what the handler returned as JSON.
    assert!(answer.ends_with("\r\n\r\n\"AccessDenied\""), "{answer}");
    // What is told of a call is told at once, so nothing more is to come.
    assert!(events.any(|event| event["event"] == "called"));
    running.interrupt();
    let rest: Vec<Value> = events.collect();
    let access = rest.iter().find(|event| event["event"] == "access");
    let access = access.unwrap_or_else(|| panic!("{rest:?}"));
    let calls = &access["access"]["calls"];
    assert_eq!(
        (&calls[0]["verdict"], &calls[1]["verdict"]),
        (&json!("allowed"), &json!("denied")),
        "{access}"
    );
    assert_eq!(calls[1]["line"], "put s3://shop-dev/out/a");
}
