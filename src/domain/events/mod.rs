//! Sample events: what every service sends that can call a function, with every field it sends.
//!
//! One registry of services, kinds and parameters. Events are built from values, never from text in
//! which something is replaced: whatever is given stays data. Pure and without chance or clock, so that
//! the same request makes the same event.

mod bus;
mod cloudfront;
mod cognito;
mod conversation;
mod delivery;
mod functions;
mod http;
mod logs;
mod mail;
mod operations;
mod parameter;
mod pipes;
mod queues;
mod storage;
mod streams;
#[cfg(test)]
mod tests;
mod things;
mod values;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::arn::{Place, partition_of};
use super::names::{AccountId, Region};
pub use parameter::{Form, Parameter};
use values::Values;

/// A service that calls functions.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Service {
    pub name: &'static str,
    pub title: &'static str,
    /// The usual one first.
    pub kinds: &'static [Kind],
}

/// A kind of event.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Kind {
    pub name: &'static str,
    /// What has happened.
    pub about: &'static str,
    /// Whether several records come in one event, so that their number can be chosen.
    pub batch: bool,
    pub parameters: &'static [Parameter],
    #[serde(skip)]
    build: fn(&Values<'_>) -> Value,
}

impl Kind {
    const fn new(
        name: &'static str,
        about: &'static str,
        parameters: &'static [Parameter],
        build: fn(&Values<'_>) -> Value,
    ) -> Self {
        Self {
            name,
            about,
            batch: false,
            parameters,
            build,
        }
    }

    const fn batch(
        name: &'static str,
        about: &'static str,
        parameters: &'static [Parameter],
        build: fn(&Values<'_>) -> Value,
    ) -> Self {
        let mut kind = Self::new(name, about, parameters, build);
        kind.batch = true;
        kind
    }
}

/// Every service, by name.
pub const SERVICES: &[Service] = &[
    http::ALB,
    conversation::ALEXA_SKILL,
    conversation::ALEXA_SMART_HOME,
    http::API,
    http::APPSYNC,
    http::AUTHORIZERS,
    functions::BATCH,
    conversation::BEDROCK_AGENT,
    operations::CLOUDFORMATION,
    cloudfront::CLOUDFRONT,
    logs::ALARM,
    logs::LOGS,
    delivery::CODECOMMIT,
    delivery::CODEDEPLOY,
    delivery::CODEPIPELINE,
    cognito::COGNITO,
    operations::CONFIG,
    conversation::CONNECT,
    functions::DESTINATION,
    streams::DOCUMENTDB,
    streams::DYNAMODB,
    bus::EVENTBRIDGE,
    streams::FIREHOSE,
    things::IOT,
    queues::KAFKA,
    streams::KINESIS,
    streams::KINESIS_ANALYTICS,
    conversation::LEX,
    queues::MQ,
    pipes::PIPES,
    functions::REDSHIFT,
    functions::REKOGNITION,
    storage::S3,
    storage::S3_BATCH,
    storage::S3_OBJECT_LAMBDA,
    functions::SAGEMAKER,
    bus::SCHEDULER,
    operations::SECRETS_MANAGER,
    mail::SES,
    queues::SNS,
    queues::SQS,
    functions::STEP_FUNCTIONS,
    operations::TRANSFER,
    http::URL,
    http::LATTICE,
    http::WEBSOCKET,
    mail::WORKMAIL,
];

/// The service of this name.
pub fn service(name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.name == name)
}

impl Service {
    /// The kind of this name.
    pub fn kind(&self, name: &str) -> Option<&'static Kind> {
        self.kinds.iter().find(|kind| kind.name == name)
    }
}

/// What every event is asked for with.
#[derive(Debug, Clone)]
pub struct Request {
    pub place: Place,
    pub time: Timestamp,
    /// The number of records in kinds that come in batches.
    pub count: usize,
    /// Values by the name of their parameter; what is missing has its default.
    pub values: BTreeMap<String, Vec<String>>,
    /// JSON pointers, and what to put there in the end.
    pub set: Vec<(String, Value)>,
}

/// The region and account of samples when nobody names others.
pub const REGION: &str = "us-east-1";
pub const ACCOUNT: &str = "123456789012";
/// When samples happen when nobody says when.
pub const TIME: &str = "2026-01-15T09:30:00.250Z";
/// At most this many records, which is more than any service sends at once.
pub const MOST_RECORDS: usize = 10_000;

impl Request {
    /// The usual request: defaults for everything.
    pub fn usual() -> Self {
        let region = Region::new(REGION).expect("a valid region");
        Self::in_place(region, AccountId::new(ACCOUNT).expect("twelve digits"))
    }

    /// The usual request in this region and account.
    pub fn in_place(region: Region, account: AccountId) -> Self {
        Self {
            place: Place {
                partition: partition_of(&region).to_owned(),
                region,
                account,
            },
            time: TIME.parse().expect("a valid time"),
            count: 1,
            values: BTreeMap::new(),
            set: Vec::new(),
        }
    }
}

/// Why an event cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("`{event}` has no parameter `{parameter}`")]
    Unknown { event: String, parameter: String },
    #[error("`{value}` is no value for `{parameter}`: {expected}")]
    Value {
        parameter: &'static str,
        value: String,
        expected: String,
    },
    #[error("`{0}` is no place in the event: a JSON pointer such as `/Records/0/body` names one that is there")]
    Pointer(String),
    #[error("an event has at most {MOST_RECORDS} records")]
    TooMany,
}

/// Makes an event.
pub fn event(service: &Service, kind: &Kind, request: &Request) -> Result<Value, Refused> {
    let name = format!("{} {}", service.name, kind.name);
    if request.count > MOST_RECORDS {
        return Err(Refused::TooMany);
    }
    let declared = |given: &str| kind.parameters.iter().any(|parameter| parameter.name == given);
    if let Some(unknown) = request.values.keys().find(|given| !declared(given)) {
        return Err(Refused::Unknown {
            event: name,
            parameter: unknown.clone(),
        });
    }
    let mut chosen = BTreeMap::new();
    for parameter in kind.parameters {
        let given = request.values.get(parameter.name);
        for value in given.into_iter().flatten() {
            parameter.check(value).map_err(|expected| Refused::Value {
                parameter: parameter.name,
                value: value.clone(),
                expected,
            })?;
        }
        let defaults = || parameter.defaults.iter().map(ToString::to_string).collect();
        let values = given.cloned().unwrap_or_else(defaults);
        chosen.insert(parameter.name, values);
    }
    let mut event = (kind.build)(&Values::new(request, name, chosen));
    for (pointer, value) in &request.set {
        set(&mut event, pointer, value).ok_or_else(|| Refused::Pointer(pointer.clone()))?;
    }
    Ok(event)
}

/// Puts a value in the place that a pointer (RFC 6901) names; a new field of an object, or a new item
/// at the end of a list (`-`), may be named too.
fn set(event: &mut Value, pointer: &str, value: &Value) -> Option<()> {
    if let Some(place) = event.pointer_mut(pointer) {
        *place = value.clone();
        return Some(());
    }
    let (parent, last) = pointer.rsplit_once('/')?;
    let last = last.replace("~1", "/").replace("~0", "~");
    match event.pointer_mut(parent)? {
        Value::Object(fields) => {
            fields.insert(last, value.clone());
            Some(())
        }
        Value::Array(items) if last == "-" => {
            items.push(value.clone());
            Some(())
        }
        _ => None,
    }
}
