//! Where calls go on to: whose credentials sign them, other roles, and nowhere.

use std::time::Duration;

use serde_json::{Value, json};

use super::{enforced, invoke, python, stage};
use crate::support::servers::{MiniStack, Server as _};
use crate::support::{allow, lfn, user, witness};

/// MiniStack checks every signature for the keys of a user: what was signed anew is right, or the call fails.
#[test]
fn what_goes_on_is_signed_with_the_callers_own_credentials() {
    let account = MiniStack::shared_with_auth().account();
    stage(&account, "s3", "create_bucket", &json!({ "Bucket": "shop" }));
    stage(&account, "sqs", "create_queue", &json!({ "QueueName": "fulfil" }));
    let may = allow(&["s3:*", "sqs:*", "sns:*", "lambda:*", "cloudwatch:*", "sts:*", "ssm:*"]);
    let caller = user(&account, "anna", &may);
    let key = "in/a b+c (1)/ü~.txt";
    let calls = json!([
        ["s3", "put_object", { "Bucket": "shop", "Key": key, "Body": "hello", "Metadata": { "a": "b  c" } }],
        ["s3", "get_object", { "Bucket": "shop", "Key": key }],
        ["s3", "list_objects_v2", { "Bucket": "shop", "Prefix": "in/a b+" }],
        ["sqs", "get_queue_url", { "QueueName": "fulfil" }],
        ["sns", "list_topics", {}],
        ["lambda", "list_functions", {}],
        ["lambda", "list_tags", { "Resource": format!("arn:aws:lambda:us-east-1:{}:function:none", account.id) }],
        ["cloudwatch", "list_metrics", {}],
        ["ssm", "get_parameter", { "Name": "/none" }],
        ["dynamodb", "list_tables", {}],
    ]);
    let function = python(&[
        "get s3://shop/in/*",
        "put s3://shop/in/*",
        "list s3://shop",
        "get-url sqs:fulfil",
        "get param:none",
        "{ actions: [lambda:ListTags], resources: [\"arn:aws:lambda:us-east-1:*:function:none\"] }",
        "{ actions: [sns:ListTopics, lambda:ListFunctions, cloudwatch:ListMetrics, dynamodb:ListTables], resources: [\"*\"], because: they take none }",
    ]);
    let said = enforced(&caller, &function, &calls);
    for index in [0, 1, 2, 3, 4, 5, 7] {
        assert!(said[index].get("answer").is_some(), "{}: {}", calls[index], said[index]);
    }
    assert_eq!(said[1]["answer"]["Body"], "hello");
    assert_eq!(said[2]["answer"]["KeyCount"], 1);
    // Verified, and then answered by the service itself.
    assert_eq!(said[6]["code"], "ResourceNotFoundException", "{}", said[6]);
    assert_eq!(said[8]["code"], "ParameterNotFound", "{}", said[8]);
    // The file allows it; the caller's own policy does not, and that is the server's to say.
    let message = said[9]["message"].as_str().unwrap_or_default();
    assert!(message.contains("user/anna"), "{}", said[9]);
    let objects = witness(&account, &["objects", "shop"]);
    assert_eq!(objects, json!({ key: 5 }));
}

const ANOTHER: &str = r#"
import boto3

def handler(event, context):
    given = boto3.client("sts").assume_role(RoleArn=event["role"], RoleSessionName="shop")["Credentials"]
    session = boto3.Session(
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )
    session.client("s3").put_object(Bucket="shop-other", Key="by/another", Body=b"x")
    stranger = boto3.Session(aws_access_key_id="AKIASTRANGER", aws_secret_access_key="x")
    try:
        stranger.client("s3").list_buckets()
    except Exception as error:
        return str(error)
"#;

#[test]
fn other_roles_answer_for_themselves_and_strangers_get_nothing() {
    let account = MiniStack::shared().account();
    stage(&account, "s3", "create_bucket", &json!({ "Bucket": "shop-other" }));
    witness(&account, &["create-role", "writer"]);
    let project = python(&["assume role:writer"]);
    project.write("app.py", ANOTHER);
    let role = format!("arn:aws:iam::{}:role/writer", account.id);
    let event = json!({ "role": role });
    let finished = invoke(&account, &project, &["--enforce", "--format", "json"], &event).success();
    let said = finished.json();
    assert!(
        said["payload"]
            .as_str()
            .is_some_and(|text| text.contains("InvalidClientTokenId")),
        "{finished}"
    );
    let others = said["access"]["others"].as_array().expect("a list");
    let other = |verdict: &str| {
        let found = others.iter().find(|other| other["verdict"] == verdict);
        found.unwrap_or_else(|| panic!("{finished}"))["what"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    let passed = other("passed");
    assert!(
        passed.starts_with("s3:PutObject as arn:aws:sts::") && passed.contains("writer"),
        "{finished}"
    );
    assert!(other("refused").contains("AKIASTRANGER"), "{finished}");
    assert!(!finished.stderr.contains("SecretAccessKey") && !finished.stdout.contains("SecretAccessKey"));
}

#[test]
fn without_credentials_refusals_are_the_same_and_the_rest_says_what_to_set() {
    let project = python(&["get s3://shop/in/*"]);
    let calls = json!([
        ["s3", "get_object", { "Bucket": "shop", "Key": "in/a" }],
        ["s3", "get_object", { "Bucket": "shop", "Key": "out/a" }],
        ["sqs", "list_queues", {}],
        ["sts", "get_caller_identity", {}],
    ]);
    let finished = lfn(&project)
        .args(["invoke", "--enforce", "--format", "json", "-e", "-"])
        .stdin(calls.to_string())
        .within(Duration::from_mins(3))
        .run()
        .success();
    let said = finished.json();
    let payload = &said["payload"];
    assert_eq!(payload[0]["code"], "NoUpstream", "{finished}");
    assert!(
        payload[0]["message"]
            .as_str()
            .is_some_and(|said| said.contains("AWS_PROFILE")),
        "{finished}"
    );
    assert_eq!(
        (&payload[1]["code"], &payload[2]["code"]),
        (&json!("AccessDenied"), &json!("AccessDenied"))
    );
    assert_eq!(payload[3]["answer"]["Account"], "000000000000", "{finished}");
    assert_eq!(said["access"]["upstream"], Value::Null);
    let notes = said["access"]["notes"][0].as_str().unwrap_or_default();
    assert!(notes.contains("no AWS credentials were found"), "{finished}");
}

/// Real credentials stay outside, and what would lead past the endpoint does too.
#[test]
fn the_function_never_sees_the_callers_credentials() {
    let account = MiniStack::shared().account();
    let project = python(&[]);
    let mut text = project.read("lambda.yaml");
    text = text.replace("env:\n", "env:\n  AWS_ENDPOINT_URL_S3: http://127.0.0.1:1\n");
    project.write("lambda.yaml", text);
    project.write(
        "app.py",
        "import os\ndef handler(event, context):\n    return dict(os.environ)\n",
    );
    let finished = invoke(&account, &project, &["--enforce", "--format", "json"], &json!({})).success();
    let said = finished.json();
    let environment = said["payload"].as_object().expect("variables");
    for (name, value) in environment {
        let value = value.as_str().unwrap_or_default();
        assert!(
            value != account.secret_key && value != account.access_key,
            "{name}={value}"
        );
        assert!(!value.contains(&account.endpoint), "{name}={value}");
    }
    assert!(!environment.contains_key("AWS_ENDPOINT_URL_S3"), "{finished}");
    assert!(
        environment["AWS_ENDPOINT_URL"]
            .as_str()
            .is_some_and(|url| url.starts_with("http://127.0.0.1:"))
    );
    assert!(
        said["access"]["notes"][0]
            .as_str()
            .is_some_and(|note| note.contains("AWS_ENDPOINT_URL_S3")),
        "{finished}"
    );
}
