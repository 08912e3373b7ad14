//! Short resource names such as `sqs:dead-letters`, and the ARNs they stand for.

use serde_json::{Value, json};

use super::findings::{Complaint, nearest};
use super::node::Node;
use super::scalars::{VARIABLE, text_of};
use super::shape::Scalar;
use crate::domain::arn::{Arn, Place};
use crate::domain::names::BucketName;

/// Where a record of an invocation, or a notice, can be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    Sqs,
    Sns,
    Lambda,
    Events,
    S3,
}

/// Destination of failed asynchronous invocations.
/// Source: Lambda developer guide, "Capturing records of Lambda asynchronous invocations" (S3 is for failures only).
pub const ON_FAILURE: u8 = 0;
/// Destination of successful asynchronous invocations. Source: as above.
pub const ON_SUCCESS: u8 = 1;
/// Dead-letter queue. Source: Lambda developer guide, "Adding a dead-letter queue".
pub const DEAD_LETTER: u8 = 2;
/// Somebody to tell: a topic.
pub const NOTICE: u8 = 3;
/// Destination of batches that a stream's reader gave up on.
/// Source: Lambda developer guide, "Retain discarded records" of Kinesis and `DynamoDB` streams.
pub const STREAM_FAILURE: u8 = 4;

const fn accepted(usage: u8) -> &'static [Service] {
    match usage {
        ON_FAILURE => &[
            Service::Sqs,
            Service::Sns,
            Service::Lambda,
            Service::Events,
            Service::S3,
        ],
        ON_SUCCESS => &[Service::Sqs, Service::Sns, Service::Lambda, Service::Events],
        DEAD_LETTER => &[Service::Sqs, Service::Sns],
        STREAM_FAILURE => &[Service::Sqs, Service::Sns, Service::S3],
        _ => &[Service::Sns],
    }
}

impl Service {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "sqs" => Self::Sqs,
            "sns" => Self::Sns,
            "lambda" => Self::Lambda,
            "events" | "bus" => Self::Events,
            "s3" => Self::S3,
            _ => return None,
        })
    }

    /// How a short name of this service is written.
    fn form(self) -> &'static str {
        match self {
            Self::Sqs => "sqs:QUEUE",
            Self::Sns => "sns:TOPIC",
            Self::Lambda => "lambda:FUNCTION",
            Self::Events => "events:BUS",
            Self::S3 => "s3:BUCKET",
        }
    }
}

fn forms(usage: u8) -> String {
    let forms: Vec<String> = accepted(usage)
        .iter()
        .map(|service| format!("`{}`", service.form()))
        .collect();
    format!("{} or an ARN", forms.join(", "))
}

/// A resource that records are sent to, as a short name or an ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target<const USAGE: u8> {
    Short(Service, String),
    Full(Arn),
}

impl<const USAGE: u8> Target<USAGE> {
    /// The ARN in this account and region.
    pub fn arn(&self, place: &Place) -> Arn {
        match self {
            Self::Full(arn) => arn.clone(),
            Self::Short(Service::Sqs, name) => place.arn("sqs", name),
            Self::Short(Service::Sns, name) => place.arn("sns", name),
            Self::Short(Service::Lambda, name) => place.arn("lambda", format_args!("function:{name}")),
            Self::Short(Service::Events, name) => place.arn("events", format_args!("event-bus/{name}")),
            Self::Short(Service::S3, name) => Arn {
                account: String::new(),
                ..place.global_arn("s3", name)
            },
        }
    }
}

impl<const USAGE: u8> Scalar for Target<USAGE> {
    const EXPECTED: &'static str = match USAGE {
        ON_FAILURE => {
            "a destination such as `sqs:dead-letters`, `sns:failures`, `events:default` or `s3:failed-records`"
        }
        ON_SUCCESS => "a destination such as `sqs:done`, `lambda:next-step` or `events:default`",
        DEAD_LETTER => "a queue or topic such as `sqs:dead-letters` or `sns:failures`",
        STREAM_FAILURE => "a destination such as `sqs:dead-letters` or `sns:failures`",
        _ => "a topic such as `sns:oncall`",
    };

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        Some(text_of(node)?.and_then(|text| parse(text, USAGE)))
    }

    fn schema() -> Value {
        let words: Vec<&str> = accepted(USAGE)
            .iter()
            .map(|service| match service {
                Service::Sqs => "sqs",
                Service::Sns => "sns",
                Service::Lambda => "lambda",
                Service::Events => "events|bus",
                Service::S3 => "s3",
            })
            .collect();
        json!({ "type": "string", "pattern": format!("^({}|arn):.+|{VARIABLE}", words.join("|")) })
    }
}

fn parse<const USAGE: u8>(text: &str, usage: u8) -> Result<Target<USAGE>, Complaint> {
    let complaint = |message: String| Err(Complaint::new(message).hint(format!("expected {}", forms(usage))));
    if text.starts_with("arn:") {
        let Ok(arn) = text.parse::<Arn>() else {
            return complaint(format!("`{text}` is not a whole ARN"));
        };
        return match Service::of(&arn.service) {
            Some(service) if accepted(usage).contains(&service) => {
                not_fifo(service, &arn.resource)?;
                Ok(Target::Full(arn))
            }
            _ => complaint(format!("`{}` cannot be used here", arn.service)),
        };
    }
    let Some((word, name)) = text.split_once(':') else {
        let first = accepted(usage)[0].form();
        let word = first.split(':').next().unwrap_or(first);
        return Err(
            Complaint::new(format!("`{text}` does not say which service it is of")).hint(format!(
                "write `{word}:{text}` for a {}; expected {}",
                kind_of(accepted(usage)[0]),
                forms(usage)
            )),
        );
    };
    let Some(service) = Service::of(word) else {
        let words = accepted(usage)
            .iter()
            .map(|service| service.form().split(':').next().unwrap_or_default());
        let near = nearest(word, words);
        return match near {
            Some(near) => {
                Err(Complaint::new(format!("unknown service `{word}`")).hint(format!("did you mean `{near}:{name}`?")))
            }
            None => complaint(format!("unknown service `{word}`")),
        };
    };
    if !accepted(usage).contains(&service) {
        return complaint(format!("`{word}` cannot be used here"));
    }
    not_fifo(service, name)?;
    check_name(service, name)?;
    Ok(Target::Short(service, name.into()))
}

fn kind_of(service: Service) -> &'static str {
    match service {
        Service::Sqs => "queue",
        Service::Sns => "topic",
        Service::Lambda => "function",
        Service::Events => "event bus",
        Service::S3 => "bucket",
    }
}

/// Whether this is the name of a FIFO queue or topic.
/// Source: SQS and SNS API references: such names end like this, in lower case.
pub fn is_fifo(name: &str) -> bool {
    name.strip_suffix(".fifo").is_some()
}

/// Source: Lambda developer guide, "Capturing records of Lambda asynchronous invocations": standard
/// queues and topics only.
fn not_fifo(service: Service, name: &str) -> Result<(), Complaint> {
    if matches!(service, Service::Sqs | Service::Sns) && is_fifo(name) {
        let kind = kind_of(service);
        return Err(
            Complaint::new(format!("`{name}` is a FIFO {kind}, which Lambda cannot send to"))
                .hint(format!("use a standard {kind}")),
        );
    }
    Ok(())
}

/// Sources: SQS, SNS, Lambda and `EventBridge` API references, patterns of the names.
fn check_name(service: Service, name: &str) -> Result<(), Complaint> {
    let (longest, extra) = match service {
        Service::Sqs => (80, "-_"),
        Service::Sns => (256, "-_"),
        Service::Lambda => (64 + 1 + 128, "-_:$"),
        Service::Events => (256, "/.-_"),
        Service::S3 => {
            return BucketName::new(name)
                .map(|_| ())
                .map_err(|why| Complaint::new(why.to_string()));
        }
    };
    let allowed = |c: char| c.is_ascii_alphanumeric() || extra.contains(c);
    let kind = kind_of(service);
    if name.is_empty() {
        return Err(
            Complaint::new(format!("the name of the {kind} is missing")).hint(format!("write `{}`", service.form()))
        );
    }
    if let Some(bad) = name.chars().find(|c| !allowed(*c)) {
        return Err(Complaint::new(format!("the name of a {kind} cannot hold `{bad}`")));
    }
    if name.chars().count() > longest {
        return Err(Complaint::new(format!(
            "the name of a {kind} has at most {longest} characters"
        )));
    }
    Ok(())
}

/// A KMS key: `alias/NAME`, a key id, or an ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KmsKey {
    /// `alias/...` or `key/...`.
    Here(String),
    Full(Arn),
}

impl KmsKey {
    /// The ARN in this account and region.
    pub fn arn(&self, place: &Place) -> Arn {
        match self {
            Self::Here(resource) => place.arn("kms", resource),
            Self::Full(arn) => arn.clone(),
        }
    }
}

impl Scalar for KmsKey {
    const EXPECTED: &'static str = "a key such as `alias/shop`, a key id, or an ARN";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        Some(text_of(node)?.and_then(|text| {
            let is_key_id = |id: &str| {
                let hex = |part: &str| part.chars().all(|c| c.is_ascii_hexdigit());
                let parts: Vec<usize> = id.split('-').map(str::len).collect();
                (parts == [8, 4, 4, 4, 12] && id.split('-').all(hex))
                    || id
                        .strip_prefix("mrk-")
                        .is_some_and(|rest| rest.len() == 32 && hex(rest))
            };
            let alias = |c: char| c.is_ascii_alphanumeric() || "/_-".contains(c);
            match (text.parse::<Arn>(), text.strip_prefix("alias/")) {
                (Ok(arn), _) if arn.service == "kms" => Ok(Self::Full(arn)),
                (Ok(arn), _) => Err(Complaint::new(format!(
                    "this is an ARN of `{}`, not of a KMS key",
                    arn.service
                ))),
                (_, Some(name)) if !name.is_empty() && name.chars().all(alias) => Ok(Self::Here(text.into())),
                _ if is_key_id(text) => Ok(Self::Here(format!("key/{text}"))),
                _ if text.chars().all(alias) && !text.contains('/') => {
                    Err(Complaint::new(format!("`{text}` is neither an alias nor a key id"))
                        .hint(format!("write `alias/{text}` if that is the key's alias")))
                }
                _ => Err(Complaint::new(format!("`{text}` is not a KMS key"))),
            }
        }))
    }

    fn schema() -> Value {
        json!({ "type": "string", "pattern": format!("^(alias/.+|arn:.+|mrk-[0-9a-f]{{32}}|[0-9a-fA-F-]{{36}})$|{VARIABLE}") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::names::{AccountId, Region};

    #[test]
    fn short_names_become_arns() {
        let place = Place {
            partition: "aws".into(),
            region: Region::new("eu-west-1").unwrap(),
            account: AccountId::new("123456789012").unwrap(),
        };
        for (text, arn) in [
            ("sqs:dead", "arn:aws:sqs:eu-west-1:123456789012:dead"),
            ("sns:fail", "arn:aws:sns:eu-west-1:123456789012:fail"),
            ("lambda:next", "arn:aws:lambda:eu-west-1:123456789012:function:next"),
            (
                "events:default",
                "arn:aws:events:eu-west-1:123456789012:event-bus/default",
            ),
            ("bus:default", "arn:aws:events:eu-west-1:123456789012:event-bus/default"),
            ("s3:failed-records", "arn:aws:s3:::failed-records"),
            ("arn:aws:sqs:eu-west-2:1:q", "arn:aws:sqs:eu-west-2:1:q"),
        ] {
            let target = parse::<ON_FAILURE>(text, ON_FAILURE).map_err(|c| c.message).unwrap();
            assert_eq!(target.arn(&place).to_string(), arn);
        }
    }

    #[test]
    fn what_lambda_cannot_send_to_is_refused() {
        assert!(parse::<ON_SUCCESS>("s3:records", ON_SUCCESS).is_err());
        assert!(parse::<DEAD_LETTER>("lambda:next", DEAD_LETTER).is_err());
        assert!(parse::<DEAD_LETTER>("sqs:a.fifo", DEAD_LETTER).is_err());
        assert!(parse::<DEAD_LETTER>("arn:aws:sns:eu-west-1:1:a.fifo", DEAD_LETTER).is_err());
        let bare = parse::<DEAD_LETTER>("dead", DEAD_LETTER).unwrap_err();
        assert!(bare.hint.unwrap().contains("`sqs:dead`"));
    }
}
