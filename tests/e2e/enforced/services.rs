//! A call that lambda.yaml allows and one that it does not, of each service that lfn knows.

use serde_json::{Value, json};

use super::{enforced, python, refused, stage};
use crate::support::servers::{Account, MiniStack, Server as _};
use crate::support::witness;

fn because(action: &str) -> String {
    format!("because no identity-based policy allows the {action} action")
}

/// `ARN` of something in the account.
fn arn(account: &Account, service: &str, rest: &str) -> String {
    format!("arn:aws:{service}:us-east-1:{}:{rest}", account.id)
}

/// The two answers: of the allowed call, and of the refused one.
#[track_caller]
fn two(account: &Account, lines: &[&str], allowed: Value, forbidden: Value) -> (Value, Value) {
    let said = enforced(account, &python(lines), &Value::Array(vec![allowed, forbidden]));
    let [first, second] = &said[..] else { panic!("{said:?}") };
    assert!(first.get("answer").is_some(), "the allowed call: {first}");
    (first["answer"].clone(), second.clone())
}

#[test]
fn s3() {
    let account = MiniStack::shared().account();
    stage(&account, "s3", "create_bucket", &json!({ "Bucket": "shop-s3" }));
    for (key, body) in [("in/a", "one"), ("out/a", "two")] {
        stage(
            &account,
            "s3",
            "put_object",
            &json!({ "Bucket": "shop-s3", "Key": key, "Body": body }),
        );
    }
    let (got, denied) = two(
        &account,
        &["get s3://shop-s3/in/*"],
        json!(["s3", "get_object", { "Bucket": "shop-s3", "Key": "in/a" }]),
        json!(["s3", "delete_object", { "Bucket": "shop-s3", "Key": "out/a" }]),
    );
    assert_eq!(got["Body"], "one");
    let on = "s3:DeleteObject on resource: \"arn:aws:s3:::shop-s3/out/a\" ";
    refused(
        &denied,
        "AccessDenied",
        403,
        &format!("{on}{}", because("s3:DeleteObject")),
    );
    assert_eq!(
        witness(&account, &["objects", "shop-s3"]),
        json!({ "in/a": 3, "out/a": 3 })
    );
}

#[test]
fn dynamodb() {
    let account = MiniStack::shared().account();
    let key = json!([{ "AttributeName": "id", "KeyType": "HASH" }]);
    let table = json!({
        "TableName": "orders", "KeySchema": key, "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
    });
    stage(&account, "dynamodb", "create_table", &table);
    let item = json!({ "id": { "S": "1" }, "state": { "S": "new" } });
    let (_, denied) = two(
        &account,
        &["put dynamodb:orders"],
        json!(["dynamodb", "put_item", { "TableName": "orders", "Item": item }]),
        json!(["dynamodb", "delete_item", { "TableName": "orders", "Key": { "id": { "S": "1" } } }]),
    );
    let on = format!(
        "dynamodb:DeleteItem on resource: {} ",
        arn(&account, "dynamodb", "table/orders")
    );
    refused(
        &denied,
        "AccessDeniedException",
        400,
        &format!("{on}{}", because("dynamodb:DeleteItem")),
    );
    let found = stage(&account, "dynamodb", "scan", &json!({ "TableName": "orders" }));
    assert_eq!(found["Items"], json!([item]));
}

#[test]
fn sqs() {
    let account = MiniStack::shared().account();
    let queue = |name: &str| {
        let made = stage(&account, "sqs", "create_queue", &json!({ "QueueName": name }));
        made["QueueUrl"].as_str().expect("a queue has a URL").to_owned()
    };
    let (fulfil, other) = (queue("fulfil"), queue("other"));
    let message = |url: &str| json!(["sqs", "send_message", { "QueueUrl": url, "MessageBody": "hello" }]);
    let (sent, denied) = two(&account, &["send sqs:fulfil"], message(&fulfil), message(&other));
    assert!(sent["MessageId"].is_string(), "{sent}");
    let on = format!("sqs:sendmessage on resource: {} ", arn(&account, "sqs", "other"));
    refused(
        &denied,
        "AccessDenied",
        403,
        &format!("{on}{}", because("sqs:sendmessage")),
    );
    let received = |url: &str| {
        let received = stage(&account, "sqs", "receive_message", &json!({ "QueueUrl": url }));
        received["Messages"].as_array().map_or(0, Vec::len)
    };
    assert_eq!((received(&fulfil), received(&other)), (1, 0));
}

#[test]
fn sns() {
    let account = MiniStack::shared().account();
    let topic = stage(&account, "sns", "create_topic", &json!({ "Name": "alerts" }));
    let topic = topic["TopicArn"].clone();
    let (published, denied) = two(
        &account,
        &["publish sns:alerts"],
        json!(["sns", "publish", { "TopicArn": topic, "Message": "hello" }]),
        json!(["sns", "delete_topic", { "TopicArn": topic }]),
    );
    assert!(published["MessageId"].is_string(), "{published}");
    let on = format!("SNS:DeleteTopic on resource: {} ", arn(&account, "sns", "alerts"));
    refused(
        &denied,
        "AuthorizationError",
        403,
        &format!("{on}{}", because("SNS:DeleteTopic")),
    );
    assert_eq!(denied["class"], "AuthorizationErrorException");
    let topics = stage(&account, "sns", "list_topics", &json!({}));
    assert_eq!(topics["Topics"], json!([{ "TopicArn": topic }]));
}

#[test]
fn secrets_manager() {
    let account = MiniStack::shared().account();
    let secret = json!({ "Name": "prod/stripe", "SecretString": "s3cret" });
    stage(&account, "secretsmanager", "create_secret", &secret);
    let (got, denied) = two(
        &account,
        &["get secret:prod/stripe"],
        json!(["secretsmanager", "get_secret_value", { "SecretId": "prod/stripe" }]),
        json!(["secretsmanager", "put_secret_value", { "SecretId": "prod/stripe", "SecretString": "other" }]),
    );
    assert_eq!(got["SecretString"], "s3cret");
    refused(
        &denied,
        "AccessDeniedException",
        400,
        "secretsmanager:PutSecretValue on resource: arn:aws:secretsmanager:",
    );
    let now = stage(
        &account,
        "secretsmanager",
        "get_secret_value",
        &json!({ "SecretId": "prod/stripe" }),
    );
    assert_eq!(now["SecretString"], "s3cret");
}

#[test]
fn parameters() {
    let account = MiniStack::shared().account();
    let parameter = json!({ "Name": "/shop/key", "Value": "one", "Type": "String" });
    stage(&account, "ssm", "put_parameter", &parameter);
    let mut other = parameter.clone();
    other["Value"] = "two".into();
    other["Overwrite"] = true.into();
    let (got, denied) = two(
        &account,
        &["get param:shop/key"],
        json!(["ssm", "get_parameter", { "Name": "/shop/key" }]),
        json!(["ssm", "put_parameter", other]),
    );
    assert_eq!(got["Parameter"]["Value"], "one");
    let on = format!(
        "ssm:PutParameter on resource: {} ",
        arn(&account, "ssm", "parameter/shop/key")
    );
    refused(
        &denied,
        "AccessDeniedException",
        400,
        &format!("{on}{}", because("ssm:PutParameter")),
    );
    let now = stage(&account, "ssm", "get_parameter", &json!({ "Name": "/shop/key" }));
    assert_eq!(now["Parameter"]["Value"], "one");
}

#[test]
fn eventbridge() {
    let account = MiniStack::shared().account();
    stage(
        &account,
        "events",
        "put_rule",
        &json!({ "Name": "nightly", "ScheduleExpression": "rate(1 day)" }),
    );
    let entry = json!({ "Source": "shop", "DetailType": "order", "Detail": "{}" });
    let (put, denied) = two(
        &account,
        &["put events:default"],
        json!(["events", "put_events", { "Entries": [entry] }]),
        json!(["events", "delete_rule", { "Name": "nightly" }]),
    );
    assert_eq!(put["FailedEntryCount"], 0);
    let on = format!(
        "events:DeleteRule on resource: {} ",
        arn(&account, "events", "rule/nightly")
    );
    refused(
        &denied,
        "AccessDeniedException",
        400,
        &format!("{on}{}", because("events:DeleteRule")),
    );
    let rules = stage(&account, "events", "list_rules", &json!({}));
    assert_eq!(rules["Rules"][0]["Name"], "nightly");
}

#[test]
fn lambda() {
    let account = MiniStack::shared().account();
    witness(&account, &["create-function", "resize"]);
    let (invoked, denied) = two(
        &account,
        &["invoke lambda:resize"],
        json!(["lambda", "invoke", { "FunctionName": "resize", "Payload": "{\"n\": 1}" }]),
        json!(["lambda", "delete_function", { "FunctionName": "resize" }]),
    );
    assert_eq!(
        invoked["Payload"].as_str().map(str::trim),
        Some("{\"n\": 1}"),
        "{invoked}"
    );
    let on = format!(
        "lambda:DeleteFunction on resource: {} ",
        arn(&account, "lambda", "function:resize")
    );
    refused(
        &denied,
        "AccessDeniedException",
        403,
        &format!("{on}{}", because("lambda:DeleteFunction")),
    );
    assert!(!witness(&account, &["function", "resize"]).is_null());
}

#[test]
fn step_functions() {
    let account = MiniStack::shared().account();
    let definition = json!({ "StartAt": "end", "States": { "end": { "Type": "Pass", "End": true } } }).to_string();
    let role = arn(&account, "iam", "role/states").replace("us-east-1", "");
    let machine = json!({ "name": "rollup", "definition": definition, "roleArn": role });
    let machine = stage(&account, "stepfunctions", "create_state_machine", &machine)["stateMachineArn"].clone();
    let (started, denied) = two(
        &account,
        &["start states:rollup"],
        json!(["stepfunctions", "start_execution", { "stateMachineArn": machine }]),
        json!(["stepfunctions", "delete_state_machine", { "stateMachineArn": machine }]),
    );
    assert!(
        started["executionArn"]
            .as_str()
            .is_some_and(|arn| arn.contains(":rollup:")),
        "{started}"
    );
    let on = format!(
        "states:DeleteStateMachine on resource: {} ",
        arn(&account, "states", "stateMachine:rollup")
    );
    refused(
        &denied,
        "AccessDeniedException",
        400,
        &format!("{on}{}", because("states:DeleteStateMachine")),
    );
    let machines = stage(&account, "stepfunctions", "list_state_machines", &json!({}));
    assert_eq!(machines["stateMachines"][0]["name"], "rollup");
}

#[test]
fn sts() {
    let account = MiniStack::shared().account();
    for name in ["reader", "admin"] {
        witness(&account, &["create-role", name]);
    }
    let role = |name: &str| format!("arn:aws:iam::{}:role/{name}", account.id);
    let assume = |name: &str| json!(["sts", "assume_role", { "RoleArn": role(name), "RoleSessionName": "shop" }]);
    let calls = json!([assume("reader"), assume("admin"), ["sts", "get_caller_identity", {}]]);
    let said = enforced(&account, &python(&["assume role:reader"]), &calls);
    assert!(
        said[0]["answer"]["Credentials"]["AccessKeyId"].is_string(),
        "{}",
        said[0]
    );
    refused(
        &said[1],
        "AccessDenied",
        403,
        &format!("sts:AssumeRole on resource: {}", role("admin")),
    );
    // Who the function would be in AWS, and not whose credentials its calls are signed with.
    let who = &said[2]["answer"];
    let expected = format!("arn:aws:sts::{}:assumed-role/shop-us-east-1/shop", account.id);
    assert_eq!(
        (&who["Arn"], &who["Account"]),
        (&json!(expected), &json!(account.id)),
        "{who}"
    );
}

#[test]
fn logs() {
    let account = MiniStack::shared().account();
    witness(&account, &["create-log-group", "/aws/lambda/shop"]);
    // Its own log group is every function's.
    let (_, denied) = two(
        &account,
        &[],
        json!(["logs", "create_log_stream", { "logGroupName": "/aws/lambda/shop", "logStreamName": "a" }]),
        json!(["logs", "delete_log_group", { "logGroupName": "/aws/lambda/shop" }]),
    );
    refused(
        &denied,
        "AccessDeniedException",
        400,
        "logs:DeleteLogGroup on resource: arn:aws:logs:us-east-1:",
    );
    let streams = stage(
        &account,
        "logs",
        "describe_log_streams",
        &json!({ "logGroupName": "/aws/lambda/shop" }),
    );
    assert_eq!(streams["logStreams"][0]["logStreamName"], "a");
}

#[test]
fn metrics() {
    let account = MiniStack::shared().account();
    let put = |namespace: &str| {
        json!(["cloudwatch", "put_metric_data", {
            "Namespace": namespace, "MetricData": [{ "MetricName": "orders", "Value": 1.0 }],
        }])
    };
    let (_, denied) = two(&account, &["put metrics:Shop"], put("Shop"), put("Other"));
    let action = "cloudwatch:PutMetricData";
    refused(&denied, "AccessDenied", 403, &format!("{action} {}", because(action)));
    let metrics = stage(&account, "cloudwatch", "list_metrics", &json!({}));
    let metrics = metrics["Metrics"].as_array().expect("a list").clone();
    let namespaces: Vec<&Value> = metrics.iter().map(|metric| &metric["Namespace"]).collect();
    assert_eq!(namespaces, ["Shop"]);
}
