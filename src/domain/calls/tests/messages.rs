//! Queues, topics, roles, buses and state machines.

use super::*;

const MACHINE: &str = r#"{"stateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:rollup"}"#;

const ALERTS: &str = "TopicArn=arn:aws:sns:eu-west-1:123456789012:alerts";

const JOBS: &str = r#"{"QueueUrl": "http://127.0.0.1:4566/123456789012/jobs"}"#;

const QUEUES: &[(&str, &str, &[&str])] = &[
    ("SendMessage", JOBS, &["sqs:SendMessage arn:aws:sqs::jobs"]),
    ("SendMessageBatch", JOBS, &["sqs:SendMessage arn:aws:sqs::jobs"]),
    ("DeleteMessageBatch", JOBS, &["sqs:DeleteMessage arn:aws:sqs::jobs"]),
    (
        "ChangeMessageVisibilityBatch",
        JOBS,
        &["sqs:ChangeMessageVisibility arn:aws:sqs::jobs"],
    ),
    ("PurgeQueue", JOBS, &["sqs:PurgeQueue arn:aws:sqs::jobs"]),
    (
        "SendMessage",
        r#"{"QueueUrl": "https://sqs.us-east-1.amazonaws.com/210987654321/jobs.fifo"}"#,
        &["sqs:SendMessage arn:aws:sqs:us-east-1:210987654321:jobs.fifo"],
    ),
    (
        "ReceiveMessage",
        r#"{"QueueUrl": "https://us-west-2.queue.amazonaws.com/210987654321/jobs"}"#,
        &["sqs:ReceiveMessage arn:aws:sqs:us-west-2:210987654321:jobs"],
    ),
    (
        "ReceiveMessage",
        r#"{"QueueUrl": "http://sqs.eu-west-1.localhost.localstack.cloud:4566/123456789012/jobs"}"#,
        &["sqs:ReceiveMessage arn:aws:sqs::jobs"],
    ),
    (
        "GetQueueUrl",
        r#"{"QueueName": "jobs"}"#,
        &["sqs:GetQueueUrl arn:aws:sqs::jobs"],
    ),
    (
        "GetQueueUrl",
        r#"{"QueueName": "jobs", "QueueOwnerAWSAccountId": "210987654321"}"#,
        &["sqs:GetQueueUrl arn:aws:sqs:eu-west-1:210987654321:jobs"],
    ),
    ("ListQueues", "{}", &["sqs:ListQueues *"]),
    (
        "StartMessageMoveTask",
        r#"{"SourceArn": "arn:aws:sqs:eu-west-1:123456789012:dead", "DestinationArn": "arn:aws:sqs:eu-west-1:123456789012:jobs"}"#,
        &[
            "sqs:DeleteMessage arn:aws:sqs::dead",
            "sqs:ReceiveMessage arn:aws:sqs::dead",
            "sqs:SendMessage arn:aws:sqs::jobs",
            "sqs:StartMessageMoveTask arn:aws:sqs::dead",
        ],
    ),
];

#[test]
fn queues() {
    rpc("sqs", "AmazonSQS", QUEUES);
    // As older SDKs ask.
    let form = "Action=SendMessageBatch&Version=2012-11-05&QueueUrl=https%3A%2F%2Fsqs.eu-west-1.amazonaws.com%2F123456789012%2Fjobs\
                &SendMessageBatchRequestEntry.1.Id=a";
    all([(
        Sent::signed("sqs", "POST", "/123456789012/jobs").body(form),
        &["SendMessageBatch", "sqs:SendMessage arn:aws:sqs::jobs"][..],
    )]);
}

const TOPICS: &[(&str, &str, &str, &[&str])] = &[
    ("sns", "Publish", ALERTS, &["sns:Publish arn:aws:sns::alerts"]),
    (
        "sns",
        "Publish",
        "TargetArn=arn:aws:sns:eu-west-1:123456789012:endpoint/GCM/shop/1",
        &["sns:Publish arn:aws:sns::endpoint/GCM/shop/1"],
    ),
    ("sns", "Publish", "PhoneNumber=%2B15550100", &["sns:Publish +15550100"]),
    ("sns", "PublishBatch", ALERTS, &["sns:Publish arn:aws:sns::alerts"]),
    ("sns", "Subscribe", ALERTS, &["sns:Subscribe arn:aws:sns::alerts"]),
    (
        "sns",
        "CreateTopic",
        "Name=alerts",
        &["sns:CreateTopic arn:aws:sns::alerts"],
    ),
    ("sns", "ListTopics", "", &["sns:ListTopics *"]),
    (
        "sts",
        "AssumeRole",
        "RoleArn=arn:aws:iam::210987654321:role/reader&RoleSessionName=x",
        &["sts:AssumeRole arn:aws:iam::210987654321:role/reader"],
    ),
    (
        "sts",
        "AssumeRole",
        "RoleArn=arn:aws:iam::210987654321:role/reader&Tags.member.1.Key=a&Tags.member.1.Value=b&SourceIdentity=me",
        &[
            "sts:AssumeRole arn:aws:iam::210987654321:role/reader",
            "sts:SetSourceIdentity arn:aws:iam::210987654321:role/reader",
            "sts:TagSession arn:aws:iam::210987654321:role/reader",
        ],
    ),
    ("sts", "GetCallerIdentity", "", &[]),
    ("sts", "GetSessionToken", "", &[]),
    (
        "sts",
        "GetFederationToken",
        "Name=bob",
        &["sts:GetFederationToken arn:aws:sts::123456789012:federated-user/bob"],
    ),
    (
        "monitoring",
        "PutMetricAlarm",
        "AlarmName=errors",
        &["cloudwatch:PutMetricAlarm arn:aws:cloudwatch::alarm:errors"],
    ),
];

#[test]
fn topics_and_roles() {
    for (service, operation, form, expected) in TOPICS.iter().copied() {
        let sent = Sent::signed(service, "POST", "/").body(format!("Action={operation}&{form}"));
        assert_eq!(told(&sent), [&[operation], expected].concat().join("\n"), "{form}");
        let sent = Sent::signed(service, "GET", &format!("/?Action={operation}&{form}"));
        assert_eq!(told(&sent), [&[operation], expected].concat().join("\n"), "{form}");
    }
}

const BUSES: &[(&str, &str, &[&str])] = &[
    (
        "PutEvents",
        r#"{"Entries": [{"Source": "a"}, {"EventBusName": "shop"},
                {"EventBusName": "arn:aws:events:eu-west-1:210987654321:event-bus/far"}]}"#,
        &[
            "events:PutEvents arn:aws:events::event-bus/default",
            "events:PutEvents arn:aws:events::event-bus/shop",
            "events:PutEvents arn:aws:events:eu-west-1:210987654321:event-bus/far",
        ],
    ),
    (
        "PutRule",
        r#"{"Name": "nightly"}"#,
        &["events:PutRule arn:aws:events::rule/nightly"],
    ),
    (
        "PutTargets",
        r#"{"Rule": "nightly", "EventBusName": "shop", "Targets": [{"Id": "1", "Arn": "x", "RoleArn": "arn:aws:iam::123456789012:role/r"}]}"#,
        &[
            "events:PutTargets arn:aws:events::rule/shop/nightly",
            "iam:PassRole arn:aws:iam::123456789012:role/r",
        ],
    ),
    (
        "DescribeRule",
        r#"{"Name": "n", "EventBusName": "arn:aws:events:eu-west-1:123456789012:event-bus/shop"}"#,
        &["events:DescribeRule arn:aws:events::rule/shop/n"],
    ),
    ("ListRules", "{}", &["events:ListRules *"]),
];

const MACHINES: &[(&str, &str, &[&str])] = &[
    (
        "StartExecution",
        MACHINE,
        &["states:StartExecution arn:aws:states::stateMachine:rollup"],
    ),
    (
        "StartExecution",
        r#"{"stateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:rollup:live"}"#,
        &["states:StartExecution arn:aws:states::stateMachine:rollup"],
    ),
    (
        "ListExecutions",
        MACHINE,
        &["states:ListExecutions arn:aws:states::stateMachine:rollup"],
    ),
    (
        "DescribeStateMachine",
        MACHINE,
        &["states:DescribeStateMachine arn:aws:states::stateMachine:rollup"],
    ),
    (
        "DescribeExecution",
        r#"{"executionArn": "arn:aws:states:eu-west-1:123456789012:execution:rollup:1"}"#,
        &["states:DescribeExecution arn:aws:states::execution:rollup:1"],
    ),
    (
        "GetActivityTask",
        r#"{"activityArn": "arn:aws:states:eu-west-1:123456789012:activity:sign"}"#,
        &["states:GetActivityTask arn:aws:states::activity:sign"],
    ),
    (
        "SendTaskSuccess",
        r#"{"taskToken": "x"}"#,
        &["states:SendTaskSuccess *"],
    ),
    (
        "CreateStateMachine",
        r#"{"name": "rollup", "roleArn": "arn:aws:iam::123456789012:role/r"}"#,
        &[
            "iam:PassRole arn:aws:iam::123456789012:role/r",
            "states:CreateStateMachine arn:aws:states::stateMachine:rollup",
        ],
    ),
];

#[test]
fn buses_and_machines() {
    rpc("events", "AWSEvents", BUSES);
    rpc("states", "AWSStepFunctions", MACHINES);
}
