//! Triggers by what happens: objects, schedules, and events and messages that match a pattern.

use serde_json::{Value, json};

use super::{Checked, Meaning};
use crate::domain::config::findings::{Complaint, Sink, listed, nearest};
use crate::domain::config::node::{Kind, Node};
use crate::domain::config::scalars::{Anything, Flag, Text, VARIABLE, choice, text_of};
use crate::domain::config::schedule;
use crate::domain::config::shape::{Definitions, Field, OneOrMany, Scalar, Shape, shape};
use crate::domain::config::targets::is_fifo;
use crate::domain::names::BucketName;
use crate::domain::schedule::{Schedule as Timed, When};

shape! {
    /// Objects that come and go in a bucket.
    S3Trigger {
        /// The bucket.
        bucket (required): BucketName,
        /// What happened: `created` by default.
        events: OneOrMany<S3Event>,
        /// Only keys that begin like this.
        prefix: Text,
        /// Only keys that end like this.
        suffix: Text,
    }
}

impl Checked for S3Trigger {
    fn check(&self, _: &Node, sink: &Sink) {
        // Source: S3 user guide, "Configuring event notifications using object key name filtering".
        for filter in [&self.prefix, &self.suffix] {
            if filter.value.as_ref().is_some_and(|Text(text)| text.contains('*')) {
                let complaint = Complaint::new(format!("`{}` knows no wildcards", filter.at.leaf()));
                sink.error(
                    &filter.at,
                    complaint.hint("S3 compares the text itself; leave the `*` out"),
                );
            }
        }
    }
}

/// What happened to an object: a word, or S3's own name such as `s3:ObjectCreated:Put`.
#[derive(Debug, Clone)]
pub struct S3Event;

/// Source: S3 API reference, `Event`.
const S3_EVENTS: &[&str] = &[
    "created",
    "removed",
    "restored",
    "replicated",
    "expired",
    "tagged",
    "s3:ReducedRedundancyLostObject",
    "s3:ObjectCreated:*",
    "s3:ObjectCreated:Put",
    "s3:ObjectCreated:Post",
    "s3:ObjectCreated:Copy",
    "s3:ObjectCreated:CompleteMultipartUpload",
    "s3:ObjectRemoved:*",
    "s3:ObjectRemoved:Delete",
    "s3:ObjectRemoved:DeleteMarkerCreated",
    "s3:ObjectRestore:*",
    "s3:ObjectRestore:Post",
    "s3:ObjectRestore:Completed",
    "s3:ObjectRestore:Delete",
    "s3:Replication:*",
    "s3:Replication:OperationFailedReplication",
    "s3:Replication:OperationNotTracked",
    "s3:Replication:OperationMissedThreshold",
    "s3:Replication:OperationReplicatedAfterThreshold",
    "s3:LifecycleTransition",
    "s3:IntelligentTiering",
    "s3:ObjectAcl:Put",
    "s3:LifecycleExpiration:*",
    "s3:LifecycleExpiration:Delete",
    "s3:LifecycleExpiration:DeleteMarkerCreated",
    "s3:ObjectTagging:*",
    "s3:ObjectTagging:Put",
    "s3:ObjectTagging:Delete",
];

impl Scalar for S3Event {
    const EXPECTED: &'static str = "an event such as `created` or `removed`";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        Some(text_of(node)?.and_then(|text| {
            if S3_EVENTS.contains(&text) {
                return Ok(Self);
            }
            let words = S3_EVENTS.iter().copied().filter(|event| !event.starts_with("s3:"));
            let hint = match nearest(text, S3_EVENTS.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!(
                    "use {}, or S3's own name such as `s3:ObjectCreated:Put`",
                    listed(words, "or")
                ),
            };
            Err(Complaint::new(format!("unknown event `{text}`")).hint(hint))
        }))
    }

    fn schema() -> Value {
        json!({ "anyOf": [{ "enum": S3_EVENTS }, { "type": "string", "pattern": VARIABLE }] })
    }
}

/// A schedule: an expression alone, or a map.
#[derive(Debug, Clone)]
pub enum Schedule {
    /// Absent when it was reported as wrong.
    Expression(Option<When>, String),
    Map(Box<ScheduleMap>),
}

shape! {
    /// A rate, a cron expression or one point in time; exactly one of the three.
    ScheduleMap {
        /// Such as `5 minutes`.
        rate: Text,
        /// Six fields, such as `0 9 ? * MON-FRI *`.
        cron: Text,
        /// Such as `2027-01-31T09:00:00`.
        at: Text,
        /// The IANA time zone; UTC by default.
        timezone: Text,
        /// What the function gets as its event.
        input: Anything,
        /// Whether it runs; `true` by default.
        enabled: Flag,
    }
}

impl Shape for Schedule {
    fn read(node: &Node, sink: &Sink) -> Option<Self> {
        if let Kind::Map(_) = node.kind {
            return ScheduleMap::read(node, sink).map(Box::new).map(Self::Map);
        }
        let Some(text) = node.text() else {
            sink.wrong_kind(node, "a schedule such as `rate(5 minutes)`");
            return None;
        };
        let when = schedule::expression(text);
        let when = when.map_err(|complaint| sink.error(&node.at, complaint));
        Some(Self::Expression(when.ok(), text.to_owned()))
    }

    fn schema(definitions: &mut Definitions) -> Value {
        let expression = format!("^(rate|cron|at)\\(.+\\)$|{VARIABLE}");
        json!({ "anyOf": [{ "type": "string", "pattern": expression }, ScheduleMap::schema(definitions)] })
    }
}

/// Reads a text by its grammar.
type Read = fn(&str) -> Result<When, Complaint>;

impl ScheduleMap {
    /// What may say when, each with its name and its grammar.
    fn forms(&self) -> [(&'static str, &Field<Text>, Read); 3] {
        [
            ("rate", &self.rate, schedule::rate),
            ("cron", &self.cron, schedule::cron),
            ("at", &self.at, schedule::at),
        ]
    }
}

impl Checked for Schedule {
    fn check(&self, node: &Node, sink: &Sink) {
        let Self::Map(map) = self else { return };
        let forms = map.forms();
        let present: Vec<&Field<Text>> = forms.iter().map(|form| form.1).filter(|form| form.present).collect();
        match present[..] {
            [] => sink.error(
                &node.at,
                Complaint::new("the schedule does not say when").hint("add `rate`, `cron` or `at`"),
            ),
            [_] => {}
            [_, second, ..] => sink.error_at_key(
                &second.at,
                Complaint::new("a schedule has one of `rate`, `cron` and `at`").hint("make one item for each"),
            ),
        }
        for (_, field, read) in forms {
            if let Some(Err(complaint)) = field.value.as_ref().map(|Text(text)| read(text)) {
                sink.error(&field.at, complaint);
            }
        }
        let timezone = &map.timezone;
        if let Some(Text(text)) = &timezone.value {
            if let Err(complaint) = schedule::check_timezone(text) {
                sink.error(&timezone.at, complaint);
            } else if let Some(complaint) = schedule::unknown_timezone(text) {
                sink.warning(&timezone.at, complaint);
            }
        }
    }

    fn meaning(&self) -> Meaning {
        let timed = match self {
            Self::Expression(when, text) => when.clone().map(|when| Timed {
                text: text.clone(),
                when,
                timezone: None,
                input: None,
                enabled: true,
            }),
            Self::Map(map) => map.forms().into_iter().find_map(|(name, field, read)| {
                let Text(text) = field.value.as_ref()?;
                Some(Timed {
                    text: format!("{name}({text})"),
                    when: read(text).ok()?,
                    timezone: map.timezone.value.as_ref().map(|Text(zone)| zone.clone()),
                    input: map.input.value.as_ref().map(|Anything(input)| input.clone()),
                    enabled: map.enabled.value != Some(Flag(false)),
                })
            }),
        };
        timed.map_or(Meaning::Other, Meaning::Timed)
    }
}

/// An event pattern: a map from keys to lists of accepted values.
#[derive(Debug, Clone)]
pub struct Pattern;

impl Shape for Pattern {
    /// Source: `EventBridge` user guide, "Creating Amazon `EventBridge` event patterns": a leaf is a list.
    fn read(node: &Node, sink: &Sink) -> Option<Self> {
        let Kind::Map(entries) = &node.kind else {
            sink.wrong_kind(node, "a pattern such as `{ source: [aws.ec2] }`");
            return None;
        };
        if entries.is_empty() {
            sink.error(
                &node.at,
                Complaint::new("the pattern is empty").hint("say what to match, such as `{ source: [aws.ec2] }`"),
            );
        }
        for entry in entries {
            match &entry.node.kind {
                Kind::List(_) | Kind::Unknown => {}
                Kind::Map(_) => {
                    Self::read(&entry.node, sink);
                }
                _ => {
                    let complaint = Complaint::new(format!("`{}` in a pattern must be a list of values", entry.key));
                    sink.error(
                        &entry.node.at,
                        complaint.hint(format!("write `{}: [{}]`", entry.key, entry.node.written)),
                    );
                }
            }
        }
        Some(Self)
    }

    fn schema(definitions: &mut Definitions) -> Value {
        let pattern = json!({
            "description": "An event pattern: keys, and lists of accepted values.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": { "anyOf": [{ "type": "array" }, { "$ref": "#/$defs/Pattern" }] },
        });
        definitions.insert("Pattern".into(), pattern);
        json!({ "$ref": "#/$defs/Pattern" })
    }
}

/// Source: Lambda developer guide, "Control which events Lambda sends to your function": five filters.
pub fn check_filters(filters: &Field<OneOrMany<Pattern>>, sink: &Sink) {
    if filters
        .value
        .as_ref()
        .is_some_and(|OneOrMany(filters)| filters.len() > 5)
    {
        sink.error(
            &filters.at,
            Complaint::new("an event source has at most five filters").hint("one filter can list several values"),
        );
    }
}

shape! {
    /// Messages of a topic.
    SnsTrigger {
        /// The topic: its name in this account, or its ARN.
        topic (required): Text,
        /// Only messages that match this policy.
        filter: Pattern,
        /// What the filter looks at: `attributes` (the default) or `body`.
        filter_scope: FilterScope,
    }
}

/// What an SNS filter looks at.
#[derive(Debug, Clone, Copy)]
pub enum FilterScope {
    Attributes,
    Body,
}

impl Checked for SnsTrigger {
    fn check(&self, _: &Node, sink: &Sink) {
        if self.topic.value.as_ref().is_some_and(|Text(topic)| is_fifo(topic)) {
            let complaint = Complaint::new("a FIFO topic cannot invoke a function");
            sink.error(
                &self.topic.at,
                complaint.hint("subscribe an SQS queue to it, and use `sqs` here"),
            );
        }
        if self.filter_scope.present && !self.filter.present {
            sink.error_at_key(
                &self.filter_scope.at,
                Complaint::new("`filter_scope` needs a `filter`").hint("add `filter`, or remove `filter_scope`"),
            );
        }
    }
}

shape! {
    /// Events of a bus.
    EventTrigger {
        /// The bus; `default` by default.
        bus: Text,
        /// Which events.
        pattern (required): Pattern,
        /// What the function gets instead of the event.
        input: Anything,
        /// Whether it runs; `true` by default.
        enabled: Flag,
    }
}

impl Checked for EventTrigger {
    fn check(&self, _: &Node, _: &Sink) {}
}

choice! {
    FilterScope, "`attributes` or `body`", ["attributes" => FilterScope::Attributes, "body" => FilterScope::Body];
}
