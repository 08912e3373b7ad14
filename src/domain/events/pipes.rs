//! What EventBridge Pipes hand over to functions, as enrichment or as target: a list of records, bare.
//!
//! Source: EventBridge user guide, "Amazon EventBridge Pipes batching and concurrency" and the pages of the
//! sources: records are those of event source mappings, but that what Kinesis tells of one is not nested.

use serde_json::Value;

use super::values::Values;
use super::{Kind, Service, queues, streams};

const MESSAGE: Kind = queues::SQS.kinds[0];
const CHANGE: Kind = streams::DYNAMODB.kinds[1];
const RECORD: Kind = streams::KINESIS.kinds[0];

/// Pipes.
pub const PIPES: Service = Service {
    name: "pipes",
    title: "Amazon EventBridge Pipes",
    kinds: &[
        Kind::batch("sqs", "messages of a queue", MESSAGE.parameters, |values| {
            bare(&MESSAGE, values)
        }),
        Kind::batch(
            "dynamodb",
            "items of a table were changed",
            CHANGE.parameters,
            |values| bare(&CHANGE, values),
        ),
        Kind::batch("kinesis", "records of a stream", RECORD.parameters, |values| {
            let mut records = bare(&RECORD, values);
            for record in records.as_array_mut().into_iter().flatten() {
                *record = flat(record.take());
            }
            records
        }),
    ],
};

/// The records of an event, without the object around them.
fn bare(kind: &Kind, values: &Values<'_>) -> Value {
    (kind.build)(values)["Records"].take()
}

/// A record with what is below `kinesis` beside the rest.
fn flat(mut record: Value) -> Value {
    let mut own = record["kinesis"].take();
    if let (Value::Object(own), Value::Object(record)) = (&mut own, record) {
        own.extend(record.into_iter().filter(|(name, _)| name != "kinesis"));
    }
    own
}
