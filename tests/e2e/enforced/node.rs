//! AWS's SDK for JavaScript reads the refusals as it reads AWS's own.

use serde_json::{Value, json};

use super::{describe, invoke, javascript_sdk, stage};
use crate::support::command::Project;
use crate::support::project;
use crate::support::servers::{Account, MiniStack, Server as _};

const HANDLER: &str = r"
const { Readable } = require('node:stream');

exports.handler = async (calls) => {
  const said = [];
  for (const [service, operation, input] of calls) {
    const sdk = require(`@aws-sdk/client-${service}`);
    const Client = Object.values(sdk).find((each) => each.name?.endsWith('Client') && each.name !== 'Client' && !each.name.startsWith('__'));
    const client = new Client({ maxAttempts: 1 });
    try {
      // A body of no known length goes up in chunks, with its checksum behind them.
      if (input.QueueUrl) input.QueueUrl = process.env.QUEUE;
      if (input.Stream) input.Body = Readable.from([Buffer.from(input.Stream)]);
      delete input.Stream;
      const { $metadata, Body, ...answer } = await client.send(new sdk[`${operation}Command`](input));
      if (Body?.transformToString) answer.Body = await Body.transformToString();
      said.push({ answer });
    } catch (error) {
      const { name, message, $metadata } = error;
      said.push({ name, message, status: $metadata?.httpStatusCode });
    }
  }
  return said;
};
";

fn node(queue: &str, lines: &[&str]) -> Project {
    let project = project();
    project.write("index.js", HANDLER);
    let modules = javascript_sdk().display().to_string();
    let env = [("NODE_PATH", modules.as_str()), ("QUEUE", queue)];
    describe(&project, "nodejs22.x\nhandler: index.handler", &env, lines);
    project
}

const LINES: [&str; 6] = [
    "put s3://shop-node/out/*",
    "get s3://shop-node/out/*",
    "send sqs:fulfil",
    "get-url sqs:fulfil",
    "publish sns:alerts",
    "put metrics:Shop",
];

fn metric(namespace: &str) -> Value {
    json!({ "Namespace": namespace, "MetricData": [{ "MetricName": "orders", "Value": 1 }] })
}

/// Service, operation and input of calls that these lines allow.
fn allowed(queue: &Value, topic: &Value) -> Value {
    let object = |key: &str| json!({ "Bucket": "shop-node", "Key": key });
    let mut whole = object("out/a");
    whole["Body"] = "whole".into();
    let mut chunks = object("out/b");
    (chunks["Stream"], chunks["ContentLength"]) = ("chunks".into(), 6.into());
    json!([
        ["s3", "PutObject", whole],
        ["s3", "PutObject", chunks],
        ["s3", "GetObject", object("out/b")],
        ["sqs", "SendMessage", { "QueueUrl": queue, "MessageBody": "hello" }],
        ["sqs", "GetQueueUrl", { "QueueName": "fulfil" }],
        ["sns", "Publish", { "TopicArn": topic, "Message": "hello" }],
        ["cloudwatch", "PutMetricData", metric("Shop")],
    ])
}

/// The same of calls that they do not, with the name of the error and its status.
fn denied(queue: &Value, topic: &Value, role: &str) -> Value {
    json!([
        ["s3", "DeleteObject", { "Bucket": "shop-node", "Key": "out/a" }, "AccessDenied", 403],
        ["dynamodb", "ListTables", {}, "AccessDeniedException", 400],
        ["sqs", "DeleteQueue", { "QueueUrl": queue }, "AccessDenied", 403],
        ["sns", "DeleteTopic", { "TopicArn": topic }, "AuthorizationErrorException", 403],
        ["lambda", "Invoke", { "FunctionName": "resize" }, "AccessDeniedException", 403],
        ["cloudwatch", "PutMetricData", metric("Other"), "AccessDenied", 403],
        ["sts", "AssumeRole", { "RoleArn": role, "RoleSessionName": "x" }, "AccessDenied", 403],
    ])
}

#[test]
fn the_sdk_for_javascript_raises_what_it_raises_in_aws() {
    let account = MiniStack::shared().account();
    stage(&account, "s3", "create_bucket", &json!({ "Bucket": "shop-node" }));
    let queue = stage(&account, "sqs", "create_queue", &json!({ "QueueName": "fulfil" }))["QueueUrl"].clone();
    let topic = stage(&account, "sns", "create_topic", &json!({ "Name": "alerts" }))["TopicArn"].clone();
    let (allowed, denied) = (allowed(&queue, &topic), denied(&queue, &topic, &role(&account)));
    let list = |calls: &Value| calls.as_array().expect("a list").clone();
    let project = node(queue.as_str().unwrap_or_default(), &LINES);
    let calls = Value::Array([list(&allowed), list(&denied)].concat());
    let finished = invoke(&account, &project, &["--enforce"], &calls).success();
    let said = list(&finished.json());
    let (answers, refusals) = said.split_at(list(&allowed).len());
    for (said, call) in answers.iter().zip(&list(&allowed)) {
        assert!(said.get("answer").is_some(), "{call}: {said}");
    }
    assert_eq!(answers[2]["answer"]["Body"], "chunks", "{finished}");
    // This SDK calls a queue at its URL, so that must not lead past lfn.
    let url = answers[4]["answer"]["QueueUrl"].as_str().unwrap_or_default();
    let leads_here = url.ends_with("/fulfil") && !url.starts_with(&account.endpoint);
    assert!(leads_here, "{finished}");
    for (said, call) in refusals.iter().zip(&list(&denied)) {
        let message = said["message"].as_str().unwrap_or_default();
        assert_eq!((&said["name"], &said["status"]), (&call[3], &call[4]), "{call}: {said}");
        assert!(message.contains("is not authorized to perform: "), "{call}: {said}");
    }
}

fn role(account: &Account) -> String {
    format!("arn:aws:iam::{}:role/admin", account.id)
}
