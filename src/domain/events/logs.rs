//! CloudWatch: log events and alarms.
//!
//! Source: CloudWatch Logs user guide, "Using subscription filters with Lambda"; CloudWatch user guide,
//! "Invoke a Lambda function from an alarm" and "Alarm events and EventBridge".

use libdeflater::{CompressionLvl, Compressor};
use serde_json::{Value, json};

use super::values::{Values, base64};
use super::{Kind, Parameter, Service};

/// Subscriptions of log groups.
pub const LOGS: Service = Service {
    name: "cloudwatch-logs",
    title: "Amazon CloudWatch Logs",
    kinds: &[Kind::batch(
        "data",
        "log events of a subscription, compressed as it sends them",
        &[
            Parameter::texts(
                "message",
                &["[ERROR] order 42 could not be stored"],
                "The text of a log event",
            ),
            Parameter::text("group", &["/aws/lambda/orders"], "The log group"),
            Parameter::text("stream", &["2026/01/15/[$LATEST]0123456789abcdef"], "The log stream"),
            Parameter::texts("filter", &["errors"], "A subscription filter"),
        ],
        |values| {
            let data = json!({
                "messageType": "DATA_MESSAGE",
                "owner": values.account(),
                "logGroup": values.text("group"),
                "logStream": values.text("stream"),
                "subscriptionFilters": values.texts("filter"),
                "logEvents": (0..values.count("message")).map(|index| log_event(values, index)).collect::<Vec<_>>(),
            });
            json!({ "awslogs": { "data": base64(gzip(data.to_string().as_bytes())) } })
        },
    )],
};

fn log_event(values: &Values<'_>, index: usize) -> Value {
    json!({
        // A number of 56 digits.
        "id": format!("3719{:052}", index + 1),
        "timestamp": values.millis(),
        "message": values.text_of("message", index),
    })
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut compressor = Compressor::new(CompressionLvl::default());
    let mut compressed = vec![0; compressor.gzip_compress_bound(data.len())];
    let length = compressor
        .gzip_compress(data, &mut compressed)
        .expect("the bound is large enough");
    compressed.truncate(length);
    compressed
}

const NAME: Parameter = Parameter::text("alarm", &["orders-errors"], "The alarm");
const STATE: Parameter = Parameter::choice(
    "state",
    &["OK", "ALARM", "INSUFFICIENT_DATA"],
    &["ALARM"],
    "The state it is in now",
);
const FUNCTION: Parameter = Parameter::text("function", &["orders"], "The function it watches");

/// Alarms that call a function.
pub const ALARM: Service = Service {
    name: "cloudwatch-alarm",
    title: "Amazon CloudWatch alarms",
    kinds: &[
        Kind::new(
            "metric",
            "an alarm of a metric has another state",
            &[NAME, STATE, FUNCTION],
            |values| alarm(values, &alarm_data(values)),
        ),
        Kind::new(
            "composite",
            "an alarm of several alarms has another state",
            &[
                NAME,
                STATE,
                Parameter::text("child", &["orders-throttles"], "An alarm that it looks at"),
            ],
            |values| {
                let child = values.arn("cloudwatch", format_args!("alarm:{}", values.text("child")));
                let reason = format!(
                    "{child} transitioned to {} at {}",
                    values.text("state"),
                    values.formatted("%A %d %B, %Y %H:%M:%S UTC")
                );
                let triggering = json!({
                    "triggeringAlarms": [{
                        "arn": child,
                        "state": { "value": values.text("state"), "timestamp": values.iso_offset() },
                    }],
                });
                let data = json!({
                    "alarmName": values.text("alarm"),
                    "state": state(values, values.text("state"), &reason, &triggering),
                    "previousState": state(values, before(values), &reason, &triggering),
                    "configuration": {
                        "alarmRule": format!("ALARM({})", values.text("child")),
                        "actionsSuppressor": "deploying",
                        "actionsSuppressorWaitPeriod": 120,
                        "actionsSuppressorExtensionPeriod": 180,
                    },
                });
                alarm(values, &data)
            },
        ),
    ],
};

fn alarm(values: &Values<'_>, data: &Value) -> Value {
    json!({
        "source": "aws.cloudwatch",
        "alarmArn": values.arn("cloudwatch", format_args!("alarm:{}", values.text("alarm"))),
        "accountId": values.account(),
        "time": values.iso_offset(),
        "region": values.region(),
        "alarmData": data,
    })
}

fn before(values: &Values<'_>) -> &'static str {
    if values.text("state") == "OK" { "ALARM" } else { "OK" }
}

/// What an alarm of a metric tells about itself.
pub(super) fn alarm_data(values: &Values<'_>) -> Value {
    let told = |word: &str| {
        let (value, is) = match word {
            "ALARM" => (3.0, "was"),
            _ => (0.0, "was not"),
        };
        let reason = format!("Threshold Crossed: 1 datapoint [{value:.1}] {is} greater than the threshold (0.0).");
        let data = json!({
            "version": "1.0",
            "queryDate": values.iso_offset(),
            "startDate": values.iso_offset(),
            "statistic": "Sum",
            "period": 60,
            "recentDatapoints": [value],
            "threshold": 0.0,
            "evaluatedDatapoints": [{ "timestamp": values.iso_offset(), "sampleCount": 3.0, "value": value }],
        });
        state(values, word, &reason, &data)
    };
    json!({
        "alarmName": values.text("alarm"),
        "state": told(values.text("state")),
        "previousState": told(before(values)),
        "configuration": {
            "description": "the function fails",
            "metrics": [{
                "id": values.uuid("metric"),
                "metricStat": {
                    "metric": {
                        "namespace": "AWS/Lambda",
                        "name": "Errors",
                        "dimensions": { "FunctionName": values.text("function") },
                    },
                    "period": 60,
                    "stat": "Sum",
                },
                "returnData": true,
            }],
        },
    })
}

/// A state; what led to it is JSON in a text.
fn state(values: &Values<'_>, value: &str, reason: &str, data: &Value) -> Value {
    json!({
        "value": value,
        "reason": reason,
        "reasonData": data.to_string(),
        "timestamp": values.iso_offset(),
    })
}
