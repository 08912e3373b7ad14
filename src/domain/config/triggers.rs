//! `on`: what invokes the function. Each trigger is checked here as strictly as the rest of the file.

use serde_json::{Value, json};

use super::findings::{Complaint, Sink, listed, nearest};
use super::node::{Kind, Node, Path};
use super::scalars::{Anything, Flag, Text, VARIABLE, Whole, choice, text_of};
use super::schedule;
use super::shape::{Definitions, Field, OneOrMany, Scalar, Shape, shape};
use super::targets::{STREAM_FAILURE, Target, is_fifo};
use super::units::Seconds;
use crate::domain::names::{BucketName, LogGroupName};

/// One item of `on`: the kind of trigger is its only key.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// Where the kind stands.
    pub at: Path,
}

macro_rules! triggers {
    ($($name:literal: $shape:ty, $about:literal;)+) => {
        const KINDS: &[&str] = &[$($name),+];

        fn read_trigger(kind: &str, node: &Node, sink: &Sink) {
            match kind {
                $( $name => { if let Some(trigger) = <$shape>::read(node, sink) { trigger.check(node, sink); } } )+
                _ => {}
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
    "schedule": Schedule, "A rate, a cron expression or one point in time.";
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
        read_trigger(kind, &entry.node, sink);
        Some(Self {
            at: entry.node.at.clone(),
        })
    }

    fn schema(definitions: &mut Definitions) -> Value {
        json!({ "anyOf": Self::schemas(definitions) })
    }
}

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
    Expression,
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
        if let Err(complaint) = schedule::check(text) {
            sink.error(&node.at, complaint);
        }
        Some(Self::Expression)
    }

    fn schema(definitions: &mut Definitions) -> Value {
        let expression = format!("^(rate|cron|at)\\(.+\\)$|{VARIABLE}");
        json!({ "anyOf": [{ "type": "string", "pattern": expression }, ScheduleMap::schema(definitions)] })
    }
}

/// Checks a text by its grammar.
type Check = fn(&str) -> Result<(), Complaint>;

impl Checked for Schedule {
    fn check(&self, node: &Node, sink: &Sink) {
        let Self::Map(map) = self else { return };
        let forms = [&map.rate, &map.cron, &map.at];
        let present: Vec<&&Field<Text>> = forms.iter().filter(|form| form.present).collect();
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
        let checks: [(&Field<Text>, Check); 4] = [
            (&map.rate, schedule::check_rate),
            (&map.cron, schedule::check_cron),
            (&map.at, schedule::check_at),
            (&map.timezone, schedule::check_timezone),
        ];
        for (field, check) in checks {
            if let Some(Err(complaint)) = field.value.as_ref().map(|Text(text)| check(text)) {
                sink.error(&field.at, complaint);
            }
        }
    }
}

shape! {
    /// Messages of a queue.
    SqsTrigger {
        /// The queue: its name in this account, or its ARN.
        queue (required): Text,
        /// Messages per invocation; 10 by default.
        batch_size: Whole<1, 10_000>,
        /// How long to gather messages, up to five minutes.
        window: Seconds<0, 300>,
        /// At most this many invocations at a time.
        max_concurrency: Whole<2, 1000>,
        /// Whether the function answers with the messages that failed.
        report_failures: Flag,
        /// Only messages that match one of these patterns.
        filter: OneOrMany<Pattern>,
        /// Whether it runs; `true` by default.
        enabled: Flag,
    }
}

impl Checked for SqsTrigger {
    /// Source: Lambda API reference, `CreateEventSourceMapping`, `BatchSize` and `MaximumBatchingWindowInSeconds`.
    fn check(&self, _: &Node, sink: &Sink) {
        let fifo = self.queue.value.as_ref().is_some_and(|Text(queue)| is_fifo(queue));
        let size = self.batch_size.value.map_or(10, |Whole(size)| size);
        let window = self.window.value.map_or(0, |Seconds(window)| window);
        if fifo && size > 10 {
            sink.error(
                &self.batch_size.at,
                Complaint::new("a FIFO queue gives at most 10 messages at a time").hint("lower `batch_size` to 10"),
            );
        } else if size > 10 && window == 0 {
            let complaint = Complaint::new("a batch of more than 10 messages needs a `window`");
            sink.error(&self.batch_size.at, complaint.hint("add `window: 1s`, or more"));
        }
        if fifo && window > 0 {
            sink.error(
                &self.window.at,
                Complaint::new("a FIFO queue has no `window`").hint("remove it"),
            );
        }
        check_filters(&self.filter, sink);
    }
}

/// Where reading a stream begins.
#[derive(Debug, Clone, Copy)]
pub enum From {
    Latest,
    Oldest,
}

choice! {
    From, "`latest` or `oldest`", ["latest" => From::Latest, "oldest" => From::Oldest];
    UrlAuth, "`iam` or `none`", ["iam" => UrlAuth::Iam, "none" => UrlAuth::None];
    UrlMode, "`buffered` or `stream`", ["buffered" => UrlMode::Buffered, "stream" => UrlMode::Stream];
    FilterScope, "`attributes` or `body`", ["attributes" => FilterScope::Attributes, "body" => FilterScope::Body];
}

/// Declares a trigger that reads a stream; only the key that names the source differs.
macro_rules! stream_trigger {
    ($(#[doc = $about:literal])+ $name:ident, $(#[doc = $source_about:literal])+ $source:ident) => {
        shape! {
            $(#[doc = $about])+
            $name {
                $(#[doc = $source_about])+
                $source (required): Text,
                /// Where to begin: `latest` (the default) or `oldest`.
                from: From,
                /// Records per invocation; 100 by default.
                batch_size: Whole<1, 10_000>,
                /// How long to gather records, up to five minutes.
                window: Seconds<0, 300>,
                /// Invocations at a time for each shard.
                parallel: Whole<1, 10>,
                /// Retries of a failed batch; -1 means until the records expire.
                retries: Whole<-1, 10_000>,
                /// Older records are skipped.
                max_age: Seconds<60, 604_800>,
                /// Whether a failed batch is retried in halves.
                bisect: Flag,
                /// Whether the function answers with the record that failed.
                report_failures: Flag,
                /// Where records go that are given up on.
                on_failure: Target<STREAM_FAILURE>,
                /// Only records that match one of these patterns.
                filter: OneOrMany<Pattern>,
                /// Whether it runs; `true` by default.
                enabled: Flag,
            }
        }

        impl Checked for $name {
            fn check(&self, _: &Node, sink: &Sink) {
                check_filters(&self.filter, sink);
            }
        }
    };
}

stream_trigger! {
    /// Changes of a table, from its stream.
    DynamoTrigger,
    /// The table: its name in this account, or its stream's ARN.
    table
}

stream_trigger! {
    /// Records of a Kinesis stream.
    KinesisTrigger,
    /// The stream: its name in this account, or its ARN.
    stream
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
fn check_filters(filters: &Field<OneOrMany<Pattern>>, sink: &Sink) {
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

/// Who may call a function URL.
#[derive(Debug, Clone, Copy)]
pub enum UrlAuth {
    Iam,
    None,
}

/// How a function URL answers.
#[derive(Debug, Clone, Copy)]
pub enum UrlMode {
    Buffered,
    Stream,
}

shape! {
    /// A function URL.
    UrlTrigger {
        /// Who may call it: `iam` (signed requests) or `none` (everybody).
        auth (required): UrlAuth,
        /// Which web pages may call it.
        cors: Cors,
        /// How it answers: `buffered` (the default) or `stream`.
        mode: UrlMode,
    }
}

impl Checked for UrlTrigger {
    fn check(&self, _: &Node, sink: &Sink) {
        if let Some(cors) = &self.cors.value {
            cors.check(sink);
        }
    }
}

shape! {
    /// Which web pages may call a function URL.
    Cors {
        /// Such as `https://shop.example`, or `*`.
        origins: OneOrMany<Text>,
        /// Such as `GET`, or `*`.
        methods: OneOrMany<Text>,
        /// Request headers that pages may send.
        headers: OneOrMany<Text>,
        /// Response headers that pages may read.
        expose: OneOrMany<Text>,
        /// Whether cookies are sent.
        credentials: Flag,
        /// How long browsers remember the answer.
        max_age: Seconds<0, 86_400>,
    }
}

const METHODS: [&str; 8] = ["GET", "PUT", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS", "ANY"];

impl Cors {
    /// Source: Lambda API reference, `Cors`.
    fn check(&self, sink: &Sink) {
        for (at, Text(method)) in self.methods.value.iter().flat_map(|OneOrMany(methods)| methods) {
            if method != "*" && (method == "ANY" || !METHODS.contains(&method.as_str())) {
                sink.error(
                    at,
                    Complaint::new(format!("`{method}` is not an HTTP method"))
                        .hint("write such as `GET` or `POST` in capitals, or `*`"),
                );
            }
        }
        let mut any_origin = false;
        for (at, Text(origin)) in self.origins.value.iter().flat_map(|OneOrMany(origins)| origins) {
            any_origin |= origin == "*";
            if origin != "*" && !origin.contains("://") {
                let complaint = Complaint::new(format!("the origin `{origin}` lacks its scheme"));
                sink.error(at, complaint.hint(format!("write `https://{origin}`")));
            } else if origin.len() > 8 && origin.ends_with('/') {
                let complaint = Complaint::new(format!("the origin `{origin}` ends with `/`"));
                sink.error(at, complaint.hint(format!("write `{}`", origin.trim_end_matches('/'))));
            }
        }
        if any_origin && self.credentials.value == Some(Flag(true)) {
            let complaint = Complaint::new("browsers refuse `credentials` together with the origin `*`");
            sink.error(&self.credentials.at, complaint.hint("name the origins"));
        }
    }
}

/// Routes of an API: one, or a list.
#[derive(Debug, Clone)]
pub struct Routes(OneOrMany<Text>);

impl Shape for Routes {
    fn read(node: &Node, sink: &Sink) -> Option<Self> {
        OneOrMany::read(node, sink).map(Self)
    }

    fn schema(_: &mut Definitions) -> Value {
        let route = json!({
            "type": "string",
            "pattern": format!("^({}) /|^\\$default$|{VARIABLE}", METHODS.join("|")),
        });
        json!({ "anyOf": [route.clone(), { "type": "array", "items": route, "minItems": 1 }] })
    }
}

impl Checked for Routes {
    /// Source: API Gateway developer guide, "Working with routes for HTTP APIs".
    fn check(&self, node: &Node, sink: &Sink) {
        if self.0.0.is_empty() && node.kind == Kind::List(Vec::new()) {
            sink.error(
                &node.at,
                Complaint::new("there is no route").hint("add one, such as `GET /orders/{id}`"),
            );
        }
        for (at, Text(route)) in &self.0.0 {
            if let Err(complaint) = check_route(route) {
                sink.error(at, complaint);
            }
        }
    }
}

fn check_route(route: &str) -> Result<(), Complaint> {
    let complaint = Complaint::new(format!("`{route}` is not a route"));
    if route == "$default" {
        return Ok(());
    }
    let Some((method, path)) = route.split_once(' ') else {
        let hint = if route.starts_with('/') {
            format!("write `GET {route}`")
        } else {
            "write `GET /path`".into()
        };
        return Err(complaint.hint(hint));
    };
    if !METHODS.contains(&method) {
        let upper = method.to_uppercase();
        return Err(if METHODS.contains(&upper.as_str()) {
            complaint.hint(format!("write `{upper} {path}`"))
        } else {
            complaint.hint(format!("the method is one of {}", listed(METHODS, "and")))
        });
    }
    if !path.starts_with('/') || path.contains(char::is_whitespace) {
        return Err(complaint.hint(format!("write `{method} /{}`", path.trim().trim_start_matches('/'))));
    }
    let segments: Vec<&str> = path[1..].split('/').collect();
    for (position, segment) in segments.iter().enumerate() {
        let named = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        match named {
            Some("" | "+") => return Err(complaint.hint("give the parameter a name: `{id}`")),
            Some(name) if name.ends_with('+') && position + 1 < segments.len() => {
                return Err(complaint.hint(format!("`{segment}` takes the rest of the path, so it stands last")));
            }
            None if segment.starts_with(':') => {
                return Err(complaint.hint(format!("a parameter is written `{{{}}}`", &segment[1..])));
            }
            None if segment.contains(['{', '}']) => {
                return Err(complaint.hint("a parameter fills a whole segment: `/{id}/`"));
            }
            _ => {}
        }
    }
    Ok(())
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
