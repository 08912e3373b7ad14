//! EventBridge: events of buses and rules, and schedules.
//!
//! Source: EventBridge user guide, "Events in Amazon EventBridge" and the events of each service;
//! EventBridge Scheduler user guide, "Using AWS Lambda with EventBridge Scheduler".

use serde_json::{Value, json};

use super::values::{Values, md5};
use super::{Kind, Parameter, Service};

/// Events of EventBridge.
pub const EVENTBRIDGE: Service = Service {
    name: "eventbridge",
    title: "Amazon EventBridge",
    kinds: &[
        Kind::new(
            "event",
            "an event of one's own",
            &[
                Parameter::text("source", &["shop.orders"], "Who tells it"),
                Parameter::text("detail-type", &["Order Placed"], "What it is about"),
                Parameter::json("detail", &[r#"{"order":42}"#], "What there is to say, an object"),
                Parameter::texts("resource", &[], "The ARN of something it is about"),
            ],
            |values| {
                let resources = values.texts("resource");
                event(
                    values,
                    values.text("source"),
                    values.text("detail-type"),
                    resources,
                    &values.json("detail"),
                )
            },
        ),
        Kind::new(
            "schedule",
            "a rule with a schedule",
            &[Parameter::text("rule", &["example-rule"], "The rule")],
            |values| {
                let rule = values.arn("events", format_args!("rule/{}", values.text("rule")));
                event(values, "aws.events", "Scheduled Event", &[rule], &json!({}))
            },
        ),
        Kind::new(
            "ec2-state",
            "an EC2 instance has another state",
            &[
                Parameter::text("instance", &["i-0123456789abcdef0"], "The instance"),
                Parameter::choice(
                    "state",
                    &[
                        "pending",
                        "running",
                        "shutting-down",
                        "stopped",
                        "stopping",
                        "terminated",
                    ],
                    &["running"],
                    "The state it has now",
                ),
            ],
            |values| {
                let instance = values.text("instance");
                let arn = values.arn("ec2", format_args!("instance/{instance}"));
                let detail = json!({ "instance-id": instance, "state": values.text("state") });
                event(
                    values,
                    "aws.ec2",
                    "EC2 Instance State-change Notification",
                    &[arn],
                    &detail,
                )
            },
        ),
        Kind::new(
            "s3-created",
            "an object was put into a bucket that tells EventBridge",
            &[
                Parameter::text("bucket", &["example-bucket"], "The bucket"),
                Parameter::text("key", &["photos/sunrise.jpg"], "The key of the object"),
                Parameter::text(
                    "content",
                    &["hello, world"],
                    "What is in it: size and ETag follow from it",
                ),
                Parameter::text("version-id", &[""], "The version, in a bucket that keeps versions"),
            ],
            |values| {
                let content = values.text("content");
                let mut detail = bucket_detail(values, "PutObject");
                detail["object"]["size"] = content.len().into();
                detail["object"]["etag"] = md5(content).into();
                event(values, "aws.s3", "Object Created", &bucket(values), &detail)
            },
        ),
        Kind::new(
            "s3-deleted",
            "an object was deleted from a bucket that tells EventBridge",
            &[
                Parameter::text("bucket", &["example-bucket"], "The bucket"),
                Parameter::text("key", &["photos/sunrise.jpg"], "The key of the object"),
                Parameter::text("version-id", &[""], "The version, in a bucket that keeps versions"),
            ],
            |values| {
                let mut detail = bucket_detail(values, "DeleteObject");
                detail["deletion-type"] = "Permanently Deleted".into();
                event(values, "aws.s3", "Object Deleted", &bucket(values), &detail)
            },
        ),
        Kind::new(
            "auto-scaling-launch",
            "an Auto Scaling group launched an instance",
            &[
                Parameter::text("group", &["example-group"], "The Auto Scaling group"),
                Parameter::text("instance", &["i-0123456789abcdef0"], "The instance"),
            ],
            auto_scaling,
        ),
        Kind::new(
            "ecr-push",
            "an image was pushed to a repository",
            &[
                Parameter::text("repository", &["example"], "The repository"),
                Parameter::text("tag", &["latest"], "The tag of the image"),
            ],
            |values| {
                let detail = json!({
                    "result": "SUCCESS",
                    "repository-name": values.text("repository"),
                    "image-digest": format!("sha256:{}", values.hex("image", 0, 64)),
                    "action-type": "PUSH",
                    "image-tag": values.text("tag"),
                });
                event(values, "aws.ecr", "ECR Image Action", &[], &detail)
            },
        ),
        Kind::new(
            "codepipeline",
            "a pipeline's execution has another state",
            &[
                Parameter::text("pipeline", &["example-pipeline"], "The pipeline"),
                Parameter::choice(
                    "state",
                    &[
                        "STARTED",
                        "SUCCEEDED",
                        "FAILED",
                        "STOPPED",
                        "STOPPING",
                        "SUPERSEDED",
                        "RESUMED",
                    ],
                    &["FAILED"],
                    "The state it has now",
                ),
            ],
            |values| {
                let pipeline = values.text("pipeline");
                let detail = json!({
                    "pipeline": pipeline,
                    "execution-id": values.uuid("execution"),
                    "state": values.text("state"),
                    "version": 1,
                });
                let arn = values.arn("codepipeline", pipeline);
                event(
                    values,
                    "aws.codepipeline",
                    "CodePipeline Pipeline Execution State Change",
                    &[arn],
                    &detail,
                )
            },
        ),
        Kind::new(
            "alarm",
            "a CloudWatch alarm has another state",
            &[
                Parameter::text("alarm", &["orders-errors"], "The alarm"),
                Parameter::choice(
                    "state",
                    &["OK", "ALARM", "INSUFFICIENT_DATA"],
                    &["ALARM"],
                    "The state it has now",
                ),
                Parameter::text("function", &["orders"], "The function it watches"),
            ],
            |values| {
                let alarm = values.text("alarm");
                let arn = values.arn("cloudwatch", format_args!("alarm:{alarm}"));
                let detail = super::logs::alarm_data(values);
                event(
                    values,
                    "aws.cloudwatch",
                    "CloudWatch Alarm State Change",
                    &[arn],
                    &detail,
                )
            },
        ),
    ],
};

/// Schedules of EventBridge Scheduler.
pub const SCHEDULER: Service = Service {
    name: "scheduler",
    title: "EventBridge Scheduler",
    kinds: &[
        Kind::new(
            "event",
            "a schedule without an input of its own",
            &[
                Parameter::text("schedule", &["example-schedule"], "The schedule"),
                Parameter::text("group", &["default"], "The group of the schedule"),
            ],
            |values| {
                let schedule = format!("schedule/{}/{}", values.text("group"), values.text("schedule"));
                let arn = values.arn("scheduler", schedule);
                // The scheduler writes an empty object as text here, unlike a rule with a schedule.
                event(values, "aws.scheduler", "Scheduled Event", &[arn], &"{}".into())
            },
        ),
        Kind::new(
            "input",
            "a schedule with an input: the event is that input",
            &[Parameter::json(
                "input",
                &[r#"{"job":"report"}"#],
                "The input of the schedule",
            )],
            |values| values.json("input"),
        ),
    ],
};

/// The envelope that all events of a bus have.
fn event(values: &Values<'_>, source: &str, about: &str, resources: &[String], detail: &Value) -> Value {
    json!({
        "version": "0",
        "id": values.uuid("event"),
        "detail-type": about,
        "source": source,
        "account": values.account(),
        "time": values.iso_seconds(),
        "region": values.region(),
        "resources": resources,
        "detail": detail,
    })
}

fn bucket(values: &Values<'_>) -> [String; 1] {
    [values.bucket_arn(values.text("bucket"))]
}

/// Unlike a notification, this has the key as it is.
fn bucket_detail(values: &Values<'_>, reason: &str) -> Value {
    let mut object = json!({ "key": values.text("key") });
    if !values.text("version-id").is_empty() {
        object["version-id"] = values.text("version-id").into();
    }
    object["sequencer"] = format!("00{}", values.upper_hex("sequencer", 16)).into();
    json!({
        "version": "0",
        "bucket": { "name": values.text("bucket") },
        "object": object,
        "request-id": values.upper_hex("request", 16),
        "requester": values.account(),
        "source-ip-address": "203.0.113.12",
        "reason": reason,
    })
}

fn auto_scaling(values: &Values<'_>) -> Value {
    let (group, instance) = (values.text("group"), values.text("instance"));
    let resources = [
        values.arn(
            "autoscaling",
            format_args!("autoScalingGroup:{}:autoScalingGroupName/{group}", values.uuid("group")),
        ),
        values.arn("ec2", format_args!("instance/{instance}")),
    ];
    let activity = values.uuid("activity");
    let detail = json!({
        "StatusCode": "InProgress",
        "Description": format!("Launching a new EC2 instance: {instance}"),
        "AutoScalingGroupName": group,
        "ActivityId": activity,
        "Details": {
            "Availability Zone": format!("{}a", values.region()),
            "Subnet ID": format!("subnet-{}", values.hex("subnet", 0, 17)),
        },
        "RequestId": activity,
        "StatusMessage": "",
        "EndTime": values.iso_seconds(),
        "EC2InstanceId": instance,
        "StartTime": values.iso_seconds(),
        "Cause": "an instance was started in response to a difference between desired and actual capacity",
    });
    event(
        values,
        "aws.autoscaling",
        "EC2 Instance Launch Successful",
        &resources,
        &detail,
    )
}
