//! Streams: DynamoDB, Kinesis, Firehose, Kinesis Data Analytics, DocumentDB.
//!
//! Source: Lambda developer guide, "Using AWS Lambda with Amazon DynamoDB", "... Amazon Kinesis Data
//! Streams", "... Amazon DocumentDB"; Firehose developer guide, "Transform source data"; DynamoDB API
//! reference, `AttributeValue`.

use serde_json::{Map, Value, json};

use super::values::{Values, base64, md5, records};
use super::{Kind, Parameter, Service};

const TABLE: Parameter = Parameter::text("table", &["orders"], "The table");
const KEYS: Parameter = Parameter::json("keys", &[r#"{"id":"42"}"#], "The key of the item, as plain JSON");
const NEW: Parameter = Parameter::json(
    "new",
    &[r#"{"state":"paid","total":17.5}"#],
    "The attributes after the change, as plain JSON",
);
const OLD: Parameter = Parameter::json(
    "old",
    &[r#"{"state":"open","total":17.5}"#],
    "The attributes before the change, as plain JSON",
);
const VIEW: Parameter = Parameter::choice(
    "view",
    &["NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE", "KEYS_ONLY"],
    &["NEW_AND_OLD_IMAGES"],
    "What the stream tells about items",
);

/// Streams of DynamoDB tables.
pub const DYNAMODB: Service = Service {
    name: "dynamodb",
    title: "Amazon DynamoDB Streams",
    kinds: &[
        Kind::batch("insert", "items were added", &[TABLE, KEYS, NEW, VIEW], |values| {
            changes(values, "INSERT")
        }),
        Kind::batch(
            "modify",
            "items were changed",
            &[TABLE, KEYS, OLD, NEW, VIEW],
            |values| changes(values, "MODIFY"),
        ),
        Kind::batch("remove", "items were deleted", &[TABLE, KEYS, OLD, VIEW], |values| {
            changes(values, "REMOVE")
        }),
        Kind::batch(
            "expire",
            "items outlived their time to live",
            &[TABLE, KEYS, OLD, VIEW],
            |values| {
                let mut event = changes(values, "REMOVE");
                for record in event["Records"].as_array_mut().into_iter().flatten() {
                    record["userIdentity"] = json!({ "type": "Service", "principalId": "dynamodb.amazonaws.com" });
                }
                event
            },
        ),
    ],
};

fn changes(values: &Values<'_>, name: &str) -> Value {
    let view = values.text("view");
    let shows = |image: &str| view == "NEW_AND_OLD_IMAGES" || view == image;
    let keys = item(&values.json("keys"));
    let image = |parameter: &str| {
        let mut image = keys.clone();
        image.extend(item(&values.json(parameter)));
        image
    };
    records(values.count("table"), |index| {
        let mut size = attributes_size(&keys);
        let mut change = json!({ "ApproximateCreationDateTime": values.time().as_second(), "Keys": keys });
        for (field, parameter, view, among) in [
            ("NewImage", "new", "NEW_IMAGE", ["INSERT", "MODIFY"]),
            ("OldImage", "old", "OLD_IMAGE", ["MODIFY", "REMOVE"]),
        ] {
            if among.contains(&name) && shows(view) {
                let image = image(parameter);
                size += attributes_size(&image);
                change[field] = image.into();
            }
        }
        change["SequenceNumber"] = format!("{}", 4_421_584_500_000_000_017_450_439_091_u128 + index as u128).into();
        change["SizeBytes"] = size.into();
        change["StreamViewType"] = view.into();
        json!({
            "eventID": values.hex("record", index, 32),
            "eventName": name,
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": values.region(),
            "dynamodb": change,
            "eventSourceARN": values.arn(
                "dynamodb",
                format_args!("table/{}/stream/{}", values.text("table"), values.formatted("%Y-%m-%dT%H:%M:%S%.3f")),
            ),
        })
    })
}

/// Plain JSON as attribute values: what is no object is an item with one attribute.
fn item(plain: &Value) -> Map<String, Value> {
    match plain {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), attribute(value)))
            .collect(),
        other => Map::from_iter([("value".to_owned(), attribute(other))]),
    }
}

fn attribute(plain: &Value) -> Value {
    match plain {
        Value::Null => json!({ "NULL": true }),
        Value::Bool(truth) => json!({ "BOOL": truth }),
        Value::Number(number) => json!({ "N": number.to_string() }),
        Value::String(text) => json!({ "S": text }),
        Value::Array(items) => json!({ "L": items.iter().map(attribute).collect::<Vec<_>>() }),
        Value::Object(_) => json!({ "M": item(plain) }),
    }
}

/// Bytes as DynamoDB counts them, nearly: names and values in UTF-8, numbers at about half their digits.
/// Source: DynamoDB developer guide, "DynamoDB item sizes and formats".
fn attributes_size(attributes: &Map<String, Value>) -> usize {
    fn size(value: &Value) -> usize {
        let Some((kind, value)) = value.as_object().and_then(|value| value.iter().next()) else {
            return 0;
        };
        match (kind.as_str(), value) {
            ("S", Value::String(text)) => text.len(),
            ("N", Value::String(digits)) => digits.len().div_ceil(2) + 1,
            ("L", Value::Array(items)) => 3 + items.iter().map(|item| size(item) + 1).sum::<usize>(),
            ("M", Value::Object(fields)) => 3 + fields.len() + attributes_size(fields),
            _ => 1,
        }
    }
    attributes.iter().map(|(name, value)| name.len() + size(value)).sum()
}

const DATA: &str = r#"{"order":42}"#;

/// Kinesis data streams.
pub const KINESIS: Service = Service {
    name: "kinesis",
    title: "Amazon Kinesis Data Streams",
    kinds: &[Kind::batch(
        "record",
        "records of a stream",
        &[
            Parameter::texts("data", &[DATA], "The data of a record, before base64"),
            Parameter::text("stream", &["example-stream"], "The stream"),
            Parameter::text("partition-key", &["customer-7"], "The partition key"),
            Parameter::number("shard", &["0"], "The number of the shard"),
            Parameter::text("role", &["example-role"], "The role of the function"),
        ],
        |values| {
            let shard = format!("shardId-{:012}", values.number("shard"));
            records(values.count("data"), |index| {
                let sequence = sequence(index);
                json!({
                    "kinesis": {
                        "kinesisSchemaVersion": "1.0",
                        "partitionKey": values.text("partition-key"),
                        "sequenceNumber": sequence,
                        "data": base64(values.text_of("data", index)),
                        "approximateArrivalTimestamp": values.seconds(),
                    },
                    "eventSource": "aws:kinesis",
                    "eventVersion": "1.0",
                    "eventID": format!("{shard}:{sequence}"),
                    "eventName": "aws:kinesis:record",
                    "invokeIdentityArn": values.global_arn("iam", format_args!("role/{}", values.text("role"))),
                    "awsRegion": values.region(),
                    "eventSourceARN": values.arn("kinesis", format_args!("stream/{}", values.text("stream"))),
                })
            })
        },
    )],
};

/// A number of 56 digits, of which the last ones count.
fn sequence(index: usize) -> String {
    format!("4959033827149025660855969253836157{:022}", index + 1)
}

/// Firehose streams that transform what they deliver.
pub const FIREHOSE: Service = Service {
    name: "firehose",
    title: "Amazon Data Firehose",
    kinds: &[
        Kind::batch(
            "transform",
            "records that were put into the stream",
            &[
                Parameter::texts("data", &[DATA], "The data of a record, before base64"),
                Parameter::text("stream", &["example-delivery"], "The delivery stream"),
            ],
            |values| firehose(values, None),
        ),
        Kind::batch(
            "transform-kinesis",
            "records of a Kinesis stream that is delivered",
            &[
                Parameter::texts("data", &[DATA], "The data of a record, before base64"),
                Parameter::text("stream", &["example-delivery"], "The delivery stream"),
                Parameter::text("source", &["example-stream"], "The Kinesis stream"),
                Parameter::text("partition-key", &["customer-7"], "The partition key"),
            ],
            |values| firehose(values, Some(values.text("source"))),
        ),
    ],
};

fn firehose(values: &Values<'_>, source: Option<&str>) -> Value {
    let record = |index: usize| {
        let mut record = json!({
            "recordId": format!("{}000000", sequence(index)),
            "approximateArrivalTimestamp": values.millis(),
            "data": base64(values.text_of("data", index)),
        });
        if source.is_some() {
            record["kinesisRecordMetadata"] = json!({
                "sequenceNumber": sequence(index),
                "subsequenceNumber": 0,
                "partitionKey": values.text("partition-key"),
                "shardId": "shardId-000000000000",
                "approximateArrivalTimestamp": values.millis(),
            });
        }
        record
    };
    let mut event = json!({
        "invocationId": values.uuid("invocation"),
        "deliveryStreamArn": values.arn("firehose", format_args!("deliverystream/{}", values.text("stream"))),
        "region": values.region(),
    });
    if let Some(source) = source {
        event["sourceKinesisStreamArn"] = values.arn("kinesis", format_args!("stream/{source}")).into();
    }
    event["records"] = (0..values.count("data")).map(record).collect();
    event
}

/// SQL applications of Kinesis Data Analytics that hand records to a function first, or at the end.
pub const KINESIS_ANALYTICS: Service = Service {
    name: "kinesis-analytics",
    title: "Amazon Kinesis Data Analytics",
    kinds: &[
        Kind::batch(
            "preprocess",
            "records before an application sees them",
            &[
                Parameter::texts("data", &[DATA], "The data of a record, before base64"),
                Parameter::text("application", &["example-application"], "The application"),
                Parameter::text("stream", &["example-stream"], "The Kinesis stream"),
                Parameter::text("partition-key", &["customer-7"], "The partition key"),
            ],
            |values| {
                let mut event = analytics(values, |index, record| {
                    record["kinesisStreamRecordMetadata"] = json!({
                        "sequenceNumber": sequence(index),
                        "partitionKey": values.text("partition-key"),
                        "shardId": "shardId-000000000000",
                        "approximateArrivalTimestamp": values.millis(),
                    });
                });
                event["streamArn"] = values
                    .arn("kinesis", format_args!("stream/{}", values.text("stream")))
                    .into();
                event
            },
        ),
        Kind::batch(
            "output",
            "results of an application",
            &[
                Parameter::texts("data", &[DATA], "The data of a record, before base64"),
                Parameter::text("application", &["example-application"], "The application"),
            ],
            |values| {
                analytics(values, |_, record| {
                    record["lambdaDeliveryRecordMetadata"] = json!({ "retryHint": 0 });
                })
            },
        ),
    ],
};

fn analytics(values: &Values<'_>, describe: impl Fn(usize, &mut Value)) -> Value {
    let record = |index: usize| {
        let mut record = json!({
            "recordId": format!("{}000000", sequence(index)),
            "data": base64(values.text_of("data", index)),
        });
        describe(index, &mut record);
        record
    };
    let application = format!("application/{}", values.text("application"));
    json!({
        "invocationId": values.uuid("invocation"),
        "applicationArn": values.arn("kinesisanalytics", application),
        "records": (0..values.count("data")).map(record).collect::<Vec<_>>(),
    })
}

const CLUSTER: Parameter = Parameter::text("cluster", &["example"], "The cluster");
const DATABASE: Parameter = Parameter::text("database", &["shop"], "The database");
const COLLECTION: Parameter = Parameter::text("collection", &["orders"], "The collection");
const FIELDS: Parameter = Parameter::json(
    "document",
    &[r#"{"state":"paid"}"#],
    "The fields of the document, or those that changed",
);
const DOCUMENT: &[Parameter] = &[CLUSTER, DATABASE, COLLECTION, FIELDS];

/// Change streams of DocumentDB.
pub const DOCUMENTDB: Service = Service {
    name: "documentdb",
    title: "Amazon DocumentDB",
    kinds: &[
        Kind::batch("insert", "documents were added", DOCUMENT, |values| {
            documents(values, "insert")
        }),
        Kind::batch("update", "documents were changed", DOCUMENT, |values| {
            documents(values, "update")
        }),
        Kind::batch(
            "delete",
            "documents were deleted",
            &[CLUSTER, DATABASE, COLLECTION],
            |values| documents(values, "delete"),
        ),
    ],
};

fn documents(values: &Values<'_>, operation: &str) -> Value {
    let change = |index: usize| {
        let id = json!({ "$oid": md5(values.hex("document", index, 32))[..24].to_owned() });
        let mut change = json!({
            "_id": { "_data": values.hex("resume", index, 36) },
            "clusterTime": { "$timestamp": { "t": values.time().as_second(), "i": index + 1 } },
            "documentKey": { "_id": id },
        });
        match operation {
            "insert" => {
                let mut whole = json!({ "_id": id });
                match (&mut whole, values.json("document")) {
                    (Value::Object(whole), Value::Object(fields)) => whole.extend(fields),
                    (whole, other) => whole["value"] = other,
                }
                change["fullDocument"] = whole;
            }
            "update" => {
                change["updateDescription"] =
                    json!({ "removedFields": [], "truncatedArrays": [], "updatedFields": values.json("document") });
            }
            _ => {}
        }
        change["ns"] = json!({ "db": values.text("database"), "coll": values.text("collection") });
        change["operationType"] = operation.into();
        json!({ "event": change })
    };
    json!({
        "eventSourceArn": values.arn("rds", format_args!("cluster:{}", values.text("cluster"))),
        "events": (0..values.count("cluster")).map(change).collect::<Vec<_>>(),
        "eventSource": "aws:docdb",
    })
}
