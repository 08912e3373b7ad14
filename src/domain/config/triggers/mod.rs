//! `on`: what invokes the function. Each trigger is checked here as strictly as the rest of the file.

mod events;
mod origin;
mod queues;
mod web;

use serde_json::{Value, json};

use self::events::{EventTrigger, S3Trigger, Schedule as ScheduleTrigger, SnsTrigger};
use self::origin::Polling;
use self::queues::{DynamoTrigger, KinesisTrigger, SqsTrigger};
use self::web::{Routes, UrlTrigger};

use super::findings::{Complaint, Sink, listed, nearest};
use super::node::{Kind, Node, Path};
use super::scalars::Text;
use super::shape::{Definitions, Shape, shape};
use crate::domain::names::LogGroupName;
use crate::domain::schedule::Schedule;
use crate::domain::url::FunctionUrl;

/// One item of `on`: the kind of trigger is its only key.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// Where the kind stands.
    pub at: Path,
    /// What it comes to.
    pub meaning: Meaning,
}

/// What a trigger comes to, as far as lfn knows it.
#[derive(Debug, Clone)]
pub enum Meaning {
    /// What Lambda polls, since nobody sends it.
    Polled(Box<Polling>),
    Timed(Schedule),
    Url(FunctionUrl),
    /// Checked, and no more.
    Other,
}

macro_rules! triggers {
    ($($name:literal: $shape:ty, $about:literal;)+) => {
        const KINDS: &[&str] = &[$($name),+];

        fn read_trigger(kind: &str, node: &Node, sink: &Sink) -> Meaning {
            match kind {
                $( $name => match <$shape>::read(node, sink) {
                    Some(trigger) => {
                        trigger.check(node, sink);
                        trigger.meaning()
                    }
                    None => Meaning::Other,
                }, )+
                _ => Meaning::Other,
            }
        }

        impl Trigger {
            fn schemas(definitions: &mut Definitions) -> Vec<Value> {
                vec![$( json!({
                    "description": $about,
                    "type": "object",
                    "additionalProperties": false,
                    "required": [$name],
                    "properties": { $name: <$shape as Shape>::schema(definitions) },
                }) ),+]
            }
        }
    };
}

triggers! {
    "s3": S3Trigger, "Objects that come and go in a bucket.";
    "schedule": ScheduleTrigger, "A rate, a cron expression or one point in time.";
    "sqs": SqsTrigger, "Messages of a queue.";
    "dynamodb": DynamoTrigger, "Changes of a table, from its stream.";
    "kinesis": KinesisTrigger, "Records of a stream.";
    "sns": SnsTrigger, "Messages of a topic.";
    "event": EventTrigger, "Events of a bus.";
    "url": UrlTrigger, "A function URL.";
    "http": Routes, "Routes of an API Gateway HTTP API.";
    "rest": Routes, "Routes of an API Gateway REST API.";
    "logs": LogsTrigger, "Lines of another log group.";
    "email": EmailTrigger, "Mail that SES receives.";
}

/// What else must hold once a trigger's keys are read.
trait Checked {
    fn check(&self, node: &Node, sink: &Sink);

    /// What it comes to, once it was read.
    fn meaning(&self) -> Meaning {
        Meaning::Other
    }
}

impl Shape for Trigger {
    fn read(node: &Node, sink: &Sink) -> Option<Self> {
        const FORM: &str = "a trigger such as `- sqs: { queue: orders-in }`";
        let Kind::Map(entries) = &node.kind else {
            if let Some(kind) = node.text().and_then(|text| KINDS.iter().find(|kind| **kind == text)) {
                let complaint = Complaint::new(format!("the trigger `{kind}` needs keys of its own"));
                sink.error(&node.at, complaint.hint(format!("write `- {kind}: ...`")));
            } else {
                sink.wrong_kind(node, FORM);
            }
            return None;
        };
        let known = entries
            .iter()
            .find_map(|entry| Some((entry, *KINDS.iter().find(|kind| **kind == entry.key)?)));
        let Some((entry, kind)) = known else {
            match entries.first() {
                Some(entry) => {
                    let complaint = Complaint::new(format!("unknown trigger `{}`", entry.key));
                    let near = nearest(&entry.key, KINDS.iter().copied()).or(match entry.key.as_str() {
                        "cron" | "rate" | "timer" => Some("schedule"),
                        "httpApi" | "api" | "apigateway" => Some("http"),
                        "stream" => Some("kinesis"),
                        "eventBridge" | "eventbridge" | "events" => Some("event"),
                        "queue" => Some("sqs"),
                        "topic" => Some("sns"),
                        "bucket" => Some("s3"),
                        "ses" => Some("email"),
                        _ => None,
                    });
                    let hint = match near {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("triggers are {}", listed(KINDS.iter().copied(), "and")),
                    };
                    sink.error_at_key(&entry.node.at, complaint.hint(hint));
                }
                None => sink.wrong_kind(node, FORM),
            }
            return None;
        };
        for other in entries.iter().filter(|other| other.key != kind) {
            let complaint = Complaint::new(format!("`{}` stands beside the trigger `{kind}`", other.key));
            let hint = if KINDS.contains(&other.key.as_str()) {
                "begin a new item with `- ` for each trigger".to_owned()
            } else {
                format!("indent it below `{kind}:` if it belongs to it")
            };
            sink.error_at_key(&other.node.at, complaint.hint(hint));
        }
        Some(Self {
            at: entry.node.at.clone(),
            meaning: read_trigger(kind, &entry.node, sink),
        })
    }

    fn schema(definitions: &mut Definitions) -> Value {
        json!({ "anyOf": Self::schemas(definitions) })
    }
}

shape! {
    /// Lines of another log group.
    LogsTrigger {
        /// The log group that is read.
        group (required): LogGroupName,
        /// Only lines that match this filter pattern.
        filter: Text,
    }
}

impl Checked for LogsTrigger {
    fn check(&self, _: &Node, _: &Sink) {}
}

shape! {
    /// Mail that SES receives.
    EmailTrigger {
        /// The receipt rule set.
        rule_set (required): Text,
        /// The receipt rule.
        rule (required): Text,
    }
}

impl Checked for EmailTrigger {
    fn check(&self, _: &Node, _: &Sink) {}
}
