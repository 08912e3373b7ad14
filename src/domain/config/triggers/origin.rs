//! What Lambda polls for a function: a queue, the stream of a table, or a stream.

use serde_json::{Value, json};

use crate::domain::arn::{Arn, Place};
use crate::domain::config::findings::Complaint;
use crate::domain::config::model::{Polled, PolledKind};
use crate::domain::config::node::Node;
use crate::domain::config::scalars::{VARIABLE, text_of};
use crate::domain::config::shape::Scalar;
use crate::domain::config::targets::{KmsKey, STREAM_FAILURE, Target};

/// A queue.
pub const QUEUE: u8 = 0;
/// The stream of a table.
pub const TABLE: u8 = 1;
/// A stream.
pub const STREAM: u8 = 2;

/// What is polled: its name in this account, or its ARN.
#[derive(Debug, Clone)]
pub enum Origin<const OF: u8> {
    Name(String),
    Full(Arn),
}

/// How names of a kind are made, and its ARNs.
struct Rules {
    kind: PolledKind,
    noun: &'static str,
    service: &'static str,
    /// Allowed in a name beside letters and digits.
    extra: &'static str,
    shortest: usize,
    longest: usize,
}

/// Sources: SQS, `DynamoDB` and Kinesis API references, patterns of the names.
const fn rules(of: u8) -> Rules {
    match of {
        QUEUE => Rules {
            kind: PolledKind::Queue,
            noun: "queue",
            service: "sqs",
            extra: "-_.",
            shortest: 1,
            longest: 80,
        },
        TABLE => Rules {
            kind: PolledKind::TableStream,
            noun: "table",
            service: "dynamodb",
            extra: "-_.",
            shortest: 3,
            longest: 255,
        },
        _ => Rules {
            kind: PolledKind::Stream,
            noun: "stream",
            service: "kinesis",
            extra: "-_.",
            shortest: 1,
            longest: 128,
        },
    }
}

impl<const OF: u8> Origin<OF> {
    /// The name, or what stands for it in an ARN.
    pub fn name(&self) -> &str {
        match self {
            Self::Name(name) => name,
            Self::Full(arn) => &arn.resource,
        }
    }

    /// What the role must know of it.
    pub fn polling(&self, on_failure: Option<&Target<STREAM_FAILURE>>, kms_key: Option<&KmsKey>) -> Polling {
        let Rules { kind, service, .. } = rules(OF);
        Polling {
            kind,
            origin: match self {
                Self::Full(arn) => Written::Full(arn.clone()),
                Self::Name(name) => Written::Here(
                    service,
                    match kind {
                        PolledKind::Queue => name.clone(),
                        // Which label the stream has now is known to DynamoDB alone.
                        PolledKind::TableStream => format!("table/{name}/stream/*"),
                        PolledKind::Stream => format!("stream/{name}"),
                    },
                ),
            },
            on_failure: on_failure.cloned(),
            kms_key: kms_key.cloned(),
        }
    }
}

impl<const OF: u8> Scalar for Origin<OF> {
    const EXPECTED: &'static str = match OF {
        QUEUE => "a queue such as `orders-in`, or its ARN",
        TABLE => "a table such as `orders`, or the ARN of its stream",
        _ => "a stream such as `clicks`, or its ARN",
    };

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        Some(text_of(node)?.and_then(|text| {
            if text.starts_with("arn:") {
                full(text, &rules(OF)).map(Self::Full)
            } else {
                name(text, &rules(OF)).map(Self::Name)
            }
        }))
    }

    fn schema() -> Value {
        let Rules {
            service,
            shortest,
            longest,
            ..
        } = rules(OF);
        let name = format!("[A-Za-z0-9_.-]{{{shortest},{longest}}}");
        json!({ "type": "string", "pattern": format!("^({name}|arn:[^:]+:{service}:.+)$|{VARIABLE}") })
    }
}

fn full(text: &str, rules: &Rules) -> Result<Arn, Complaint> {
    let Rules { noun, service, .. } = rules;
    let Ok(arn) = text.parse::<Arn>() else {
        return Err(Complaint::new(format!("`{text}` is not a whole ARN")));
    };
    if arn.service != *service {
        return Err(Complaint::new(format!(
            "this is an ARN of `{}`, not of a {noun}",
            arn.service
        )));
    }
    let table = (rules.kind == PolledKind::TableStream).then(|| arn.resource.strip_prefix("table/"));
    match table {
        Some(Some(table)) if !table.contains("/stream/") => {
            let complaint = Complaint::new("this is the ARN of a table, not of its stream");
            Err(complaint.hint(format!("write the table's name, `{table}`, or the ARN of its stream")))
        }
        _ => Ok(arn),
    }
}

fn name(text: &str, rules: &Rules) -> Result<String, Complaint> {
    let Rules { noun, extra, .. } = rules;
    let bad = text.chars().find(|c| !c.is_ascii_alphanumeric() && !extra.contains(*c));
    if let Some(bad) = bad {
        let complaint = Complaint::new(format!("the name of a {noun} cannot hold `{bad}`"));
        let named = text.rsplit('/').next().filter(|_| text.starts_with("https://"));
        return Err(complaint.maybe_hint(named.map(|name| format!("write the {noun}'s name, `{name}`, not its URL"))));
    }
    let length = text.chars().count();
    if length < rules.shortest || length > rules.longest {
        let (shortest, longest) = (rules.shortest, rules.longest);
        return Err(Complaint::new(format!(
            "the name of a {noun} has {shortest} to {longest} characters; `{text}` has {length}"
        )));
    }
    Ok(text.to_owned())
}

/// What a trigger polls, as it is written.
#[derive(Debug, Clone)]
pub struct Polling {
    kind: PolledKind,
    origin: Written,
    on_failure: Option<Target<STREAM_FAILURE>>,
    kms_key: Option<KmsKey>,
}

#[derive(Debug, Clone)]
enum Written {
    /// A service and a resource of it.
    Here(&'static str, String),
    Full(Arn),
}

impl Polling {
    /// The same with names made ARNs; `item` says which trigger it is.
    pub fn polled(&self, item: usize, place: &Place) -> Polled {
        Polled {
            item,
            kind: self.kind,
            arn: match &self.origin {
                Written::Here(service, resource) => place.arn(service, resource),
                Written::Full(arn) => arn.clone(),
            },
            on_failure: self.on_failure.as_ref().map(|target| target.arn(place)),
            kms_key: self.kms_key.as_ref().map(|key| key.arn(place)),
        }
    }
}
