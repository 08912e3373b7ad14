//! Messages: SQS, SNS, Kafka, Amazon MQ.
//!
//! Source: Lambda developer guide, "Using Lambda with Amazon SQS", "... Amazon SNS", "... Amazon MSK",
//! "... self-managed Apache Kafka" and "... Amazon MQ".

use serde_json::{Map, Value, json};

use super::values::{Values, base64, md5, records};
use super::{Kind, Parameter, Service};

const MESSAGE: &str = r#"{"order":42}"#;
const ATTRIBUTE: Parameter = Parameter::pairs("attribute", &[], "A message attribute, a text");

/// Queues of SQS.
pub const SQS: Service = Service {
    name: "sqs",
    title: "Amazon SQS",
    kinds: &[
        Kind::batch(
            "message",
            "messages of a standard queue",
            &[
                Parameter::texts("body", &[MESSAGE], "The text of a message"),
                Parameter::text("queue", &["example-queue"], "The queue"),
                ATTRIBUTE,
            ],
            |values| {
                records(values.count("body"), |index| {
                    message(values, index, values.text("queue"), json!({}))
                })
            },
        ),
        Kind::batch(
            "fifo",
            "messages of a FIFO queue",
            &[
                Parameter::texts("body", &[MESSAGE], "The text of a message"),
                Parameter::text("queue", &["example-queue.fifo"], "The queue"),
                Parameter::text("group", &["customer-7"], "The message group"),
                ATTRIBUTE,
            ],
            |values| {
                records(values.count("body"), |index| {
                    let further = json!({
                        "SequenceNumber": format!("{}", 18_849_496_460_467_696_128_u128 + index as u128 * 256),
                        "MessageGroupId": values.text("group"),
                        "MessageDeduplicationId": values.hex("deduplication", index, 64),
                    });
                    message(values, index, values.text("queue"), further)
                })
            },
        ),
        Kind::batch(
            "dead-letter",
            "messages of a dead-letter queue",
            &[
                Parameter::texts("body", &[MESSAGE], "The text of a message"),
                Parameter::text("queue", &["example-dead-letters"], "The queue"),
                Parameter::text("from", &["example-queue"], "The queue it could not be worked on from"),
                ATTRIBUTE,
            ],
            |values| {
                records(values.count("body"), |index| {
                    let from = json!({ "DeadLetterQueueSourceArn": values.arn("sqs", values.text("from")) });
                    message(values, index, values.text("queue"), from)
                })
            },
        ),
    ],
};

fn message(values: &Values<'_>, index: usize, queue: &str, further: Value) -> Value {
    let body = values.text_of("body", index);
    let mut attributes = json!({
        "ApproximateReceiveCount": "1",
        "SentTimestamp": values.millis().to_string(),
        "SenderId": values.principal("AIDA"),
        "ApproximateFirstReceiveTimestamp": (values.millis() + 4).to_string(),
    });
    if let (Value::Object(all), Value::Object(further)) = (&mut attributes, further) {
        all.extend(further);
    }
    let given = values.pairs("attribute");
    let described: Map<String, Value> = given
        .iter()
        .map(|(name, value)| {
            let described = json!({
                "stringValue": value,
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": "String",
            });
            ((*name).to_owned(), described)
        })
        .collect();
    let mut message = json!({
        "messageId": values.uuid_of("message", index),
        "receiptHandle": format!("AQEB{}", base64(values.hex("receipt", index, 64))),
        "body": body,
        "attributes": attributes,
        "messageAttributes": described,
        "md5OfBody": md5(body),
    });
    if !given.is_empty() {
        message["md5OfMessageAttributes"] = md5_of_attributes(&described).into();
    }
    message["eventSource"] = "aws:sqs".into();
    message["eventSourceARN"] = values.arn("sqs", queue).into();
    message["awsRegion"] = values.region().into();
    message
}

/// The digest of attributes that are texts.
/// Source: SQS developer guide, "Calculating the MD5 message digest for message attributes".
fn md5_of_attributes(attributes: &Map<String, Value>) -> String {
    let mut sorted: Vec<(&String, &Value)> = attributes.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    let mut bytes = Vec::new();
    for (name, attribute) in sorted {
        for (before, text) in [
            (&[][..], name.as_str()),
            (&[], "String"),
            // The kind of transport: 1 is a text.
            (&[1], attribute["stringValue"].as_str().unwrap_or_default()),
        ] {
            let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
            bytes.extend_from_slice(before);
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
    }
    md5(bytes)
}

/// Topics of SNS; one message is one event.
pub const SNS: Service = Service {
    name: "sns",
    title: "Amazon SNS",
    kinds: &[
        Kind::new(
            "message",
            "a message was published to a topic",
            &[
                Parameter::text("message", &[MESSAGE], "The text of the message"),
                Parameter::text("subject", &[""], "The subject; empty means none"),
                Parameter::text("topic", &["example-topic"], "The topic"),
                ATTRIBUTE,
            ],
            |values| {
                notification(
                    values,
                    values.text("topic"),
                    &values.optional("subject"),
                    values.text("message"),
                )
            },
        ),
        Kind::new(
            "alarm",
            "a CloudWatch alarm told a topic",
            &[
                Parameter::text("topic", &["example-alarms"], "The topic"),
                Parameter::text("alarm", &["orders-errors"], "The alarm"),
                Parameter::choice(
                    "state",
                    &["OK", "ALARM", "INSUFFICIENT_DATA"],
                    &["ALARM"],
                    "The state it is in now",
                ),
                Parameter::text("function", &["orders"], "The function it watches"),
                ATTRIBUTE,
            ],
            alarm,
        ),
    ],
};

fn notification(values: &Values<'_>, topic: &str, subject: &Value, message: &str) -> Value {
    let arn = values.arn("sns", topic);
    let host = format!("https://sns.{}.{}", values.region(), values.domain());
    let subscription = format!("{arn}:{}", values.uuid("subscription"));
    let attributes: Map<String, Value> = values
        .pairs("attribute")
        .into_iter()
        .map(|(name, value)| (name.to_owned(), json!({ "Type": "String", "Value": value })))
        .collect();
    records(1, |_| {
        json!({
            "EventSource": "aws:sns",
            "EventVersion": "1.0",
            "EventSubscriptionArn": subscription,
            "Sns": {
                "Type": "Notification",
                "MessageId": values.uuid("message"),
                "TopicArn": arn,
                "Subject": subject,
                "Message": message,
                "Timestamp": values.iso(),
                "SignatureVersion": "1",
                "Signature": values.token("signature", 32),
                "SigningCertUrl": format!(
                    "{host}/SimpleNotificationService-{}.pem", values.hex("certificate", 0, 32)
                ),
                "UnsubscribeUrl": format!("{host}/?Action=Unsubscribe&SubscriptionArn={subscription}"),
                "MessageAttributes": attributes,
            },
        })
    })
}

/// What CloudWatch writes into a topic: JSON in the text of the message.
fn alarm(values: &Values<'_>) -> Value {
    let (name, state) = (values.text("alarm"), values.text("state"));
    let before = if state == "OK" { "ALARM" } else { "OK" };
    let message = json!({
        "AlarmName": name,
        "AlarmDescription": "the function fails",
        "AWSAccountId": values.account(),
        "AlarmConfigurationUpdatedTimestamp": values.iso_offset(),
        "NewStateValue": state,
        "NewStateReason": "Threshold Crossed: 1 datapoint [3.0] was greater than the threshold (0.0).",
        "StateChangeTime": values.iso_offset(),
        "Region": values.region(),
        "AlarmArn": values.arn("cloudwatch", format_args!("alarm:{name}")),
        "OldStateValue": before,
        "OKActions": [],
        "AlarmActions": [values.arn("sns", values.text("topic"))],
        "InsufficientDataActions": [],
        "Trigger": {
            "MetricName": "Errors",
            "Namespace": "AWS/Lambda",
            "StatisticType": "Statistic",
            "Statistic": "SUM",
            "Unit": null,
            "Dimensions": [{ "value": values.text("function"), "name": "FunctionName" }],
            "Period": 60,
            "EvaluationPeriods": 1,
            "DatapointsToAlarm": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 0.0,
            "TreatMissingData": "notBreaching",
            "EvaluateLowSampleCountPercentile": "",
        },
    });
    let subject = format!("{state}: \"{name}\" in {}", values.region());
    notification(values, values.text("topic"), &subject.into(), &message.to_string())
}

const KAFKA_PARAMETERS: &[Parameter] = &[
    Parameter::texts("value", &[MESSAGE], "The value of a record"),
    Parameter::text("key", &["42"], "The key of the records"),
    Parameter::text("topic", &["orders"], "The topic"),
    Parameter::number("partition", &["0"], "The partition"),
    Parameter::number("offset", &["15"], "The offset of the first record"),
    Parameter::pairs("header", &[], "A header of the records"),
    Parameter::text("cluster", &["example"], "The cluster"),
];

/// Clusters of Kafka.
pub const KAFKA: Service = Service {
    name: "kafka",
    title: "Apache Kafka",
    kinds: &[
        Kind::batch("msk", "records of a topic in Amazon MSK", KAFKA_PARAMETERS, |values| {
            let cluster = format!("cluster/{}/{}-1", values.text("cluster"), values.uuid("cluster"));
            let host = format!(
                "{}.c1.kafka.{}.{}",
                values.hex("zone", 0, 6),
                values.region(),
                values.domain()
            );
            let brokers = [1, 2].map(|broker| format!("b-{broker}.{}.{host}:9098", values.text("cluster")));
            json!({
                "eventSource": "aws:kafka",
                "eventSourceArn": values.arn("kafka", cluster),
                "bootstrapServers": brokers.join(","),
                "records": kafka_records(values),
            })
        }),
        Kind::batch(
            "self-managed",
            "records of a topic in a cluster of one's own",
            KAFKA_PARAMETERS,
            |values| {
                let brokers =
                    [1, 2].map(|broker| format!("broker-{broker}.{}.example.com:9092", values.text("cluster")));
                json!({
                    "eventSource": "SelfManagedKafka",
                    "bootstrapServers": brokers.join(","),
                    "records": kafka_records(values),
                })
            },
        ),
    ],
};

fn kafka_records(values: &Values<'_>) -> Value {
    let (topic, partition) = (values.text("topic"), values.number("partition"));
    let headers: Vec<Value> = values
        .pairs("header")
        .into_iter()
        .map(|(name, value)| json!({ name: value.as_bytes() }))
        .collect();
    let record = |index: usize| {
        json!({
            "topic": topic,
            "partition": partition,
            "offset": values.number("offset").saturating_add(i64::try_from(index).unwrap_or(i64::MAX)),
            "timestamp": values.millis(),
            "timestampType": "CREATE_TIME",
            "key": base64(values.text("key")),
            "value": base64(values.text_of("value", index)),
            "headers": headers,
        })
    };
    json!({ format!("{topic}-{partition}"): (0..values.count("value")).map(record).collect::<Vec<_>>() })
}

/// Brokers of Amazon MQ.
pub const MQ: Service = Service {
    name: "mq",
    title: "Amazon MQ",
    kinds: &[
        Kind::batch(
            "activemq",
            "messages of a queue in ActiveMQ",
            &[
                Parameter::texts("body", &[MESSAGE], "The text of a message"),
                Parameter::text("queue", &["orders"], "The queue"),
                Parameter::text("broker", &["example"], "The broker"),
                Parameter::pairs("property", &[], "A property of the messages"),
            ],
            active_mq,
        ),
        Kind::batch(
            "rabbitmq",
            "messages of a queue in RabbitMQ",
            &[
                Parameter::texts("body", &[MESSAGE], "The text of a message"),
                Parameter::text("queue", &["orders"], "The queue"),
                Parameter::text("virtual-host", &["/"], "The virtual host"),
                Parameter::text("broker", &["example"], "The broker"),
                Parameter::pairs("header", &[], "A header of the messages"),
            ],
            rabbit_mq,
        ),
    ],
};

fn broker(values: &Values<'_>) -> String {
    let broker = format!("broker:{}:b-{}", values.text("broker"), values.uuid("broker"));
    values.arn("mq", broker)
}

fn active_mq(values: &Values<'_>) -> Value {
    let host = format!(
        "b-{}-1.mq.{}.{}",
        values.uuid("broker"),
        values.region(),
        values.domain()
    );
    let message = |index: usize| {
        json!({
            "messageID": format!("ID:{host}-37557-{}-4:1:1:1:{}", values.millis(), index + 1),
            "messageType": "jms/text-message",
            "deliveryMode": 1,
            "replyTo": null,
            "type": null,
            "expiration": "60000",
            "priority": 1,
            "correlationId": values.hex("correlation", index, 16),
            "redelivered": false,
            "destination": { "physicalName": values.text("queue") },
            "data": base64(values.text_of("body", index)),
            "timestamp": values.millis(),
            "brokerInTime": values.millis(),
            "brokerOutTime": values.millis() + 1,
            "properties": values.map("property"),
        })
    };
    json!({
        "eventSource": "aws:mq",
        "eventSourceArn": broker(values),
        "messages": (0..values.count("body")).map(message).collect::<Vec<_>>(),
    })
}

fn rabbit_mq(values: &Values<'_>) -> Value {
    let headers: Map<String, Value> = values
        .pairs("header")
        .into_iter()
        .map(|(name, value)| (name.to_owned(), json!({ "bytes": value.as_bytes() })))
        .collect();
    let message = |index: usize| {
        let body = values.text_of("body", index);
        json!({
            "basicProperties": {
                "contentType": "text/plain",
                "contentEncoding": null,
                "headers": headers,
                "deliveryMode": 1,
                "priority": 0,
                "correlationId": null,
                "replyTo": null,
                "expiration": "60000",
                "messageId": null,
                "timestamp": values.formatted("%b %-d, %Y, %-I:%M:%S %p"),
                "type": null,
                "userId": values.principal("AIDA"),
                "appId": null,
                "clusterId": null,
                "bodySize": body.len(),
            },
            "redelivered": false,
            "data": base64(body),
        })
    };
    let queue = format!("{}::{}", values.text("queue"), values.text("virtual-host"));
    json!({
        "eventSource": "aws:rmq",
        "eventSourceArn": broker(values),
        "rmqMessagesByQueue": { queue: (0..values.count("body")).map(message).collect::<Vec<_>>() },
    })
}
