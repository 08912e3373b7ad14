//! What the function may do, who may invoke it, and the role it runs as, as they are written.

use serde_json::{Value, json};

use super::findings::{Complaint, Sink, nearest};
use super::model::Allow;
use super::node::{Kind, Node, Path};
use super::scalars::{Flag, Limited, Text, VARIABLE};
use super::shape::{Definitions, Field, OneOrMany, Shape, Table, shape};
use crate::domain::arn::Arn;
use crate::domain::names::{AccountId, RoleName};
use crate::domain::policy::{Grant, RawStatement};

shape! {
    /// Somebody else who may invoke the function.
    Caller {
        /// The account.
        account (required): AccountId,
        /// One role of it; the whole account without one.
        role: RoleName,
    }
}

/// The execution role.
#[derive(Debug, Clone)]
pub enum Role {
    Auto(Box<RoleMap>),
    Existing(Arn),
}

shape! {
    /// How lfn makes the role.
    RoleMap {
        /// The role's name; derived from function, stage and region by default.
        name: RoleName,
        /// The role's path; `/lfn/` by default.
        path: Text,
        /// The ARN of a permissions boundary.
        boundary: Arn,
        /// Who may assume the role.
        trust: Trust,
    }
}

shape! {
    /// Who may assume the role.
    Trust {
        /// Whether only this function may (`aws:SourceArn`), instead of Lambda in this account.
        function_only: Flag,
    }
}

impl Shape for Role {
    fn read(node: &Node, sink: &Sink) -> Option<Self> {
        const EXPECTED: &str = "`auto`, the ARN of a role, or a map with `name`, `path`, `boundary` and `trust`";
        match &node.kind {
            Kind::Map(_) => RoleMap::read(node, sink).map(Box::new).map(Self::Auto),
            Kind::Text(text) if text == "auto" => Some(Self::Auto(Box::default())),
            Kind::Text(text) => match text.parse::<Arn>() {
                Ok(arn) if arn.service == "iam" && arn.resource.starts_with("role/") => Some(Self::Existing(arn)),
                Ok(_) => {
                    let complaint = Complaint::new(format!("`{text}` is not the ARN of a role"));
                    sink.error(
                        &node.at,
                        complaint.hint("it looks like `arn:aws:iam::123456789012:role/NAME`"),
                    );
                    None
                }
                Err(_) => {
                    let complaint = Complaint::new(format!("`{text}` is neither `auto` nor the ARN of a role"));
                    let hint = format!("write `role: {{ name: {text} }}` to name the role that lfn makes");
                    sink.error(&node.at, complaint.hint(hint));
                    None
                }
            },
            _ => {
                sink.wrong_kind(node, EXPECTED);
                None
            }
        }
    }

    fn schema(definitions: &mut Definitions) -> Value {
        let text = format!("^(auto|arn:[^:]+:iam::[0-9]{{12}}:role/.+)$|{VARIABLE}");
        json!({ "anyOf": [{ "type": "string", "pattern": text }, RoleMap::schema(definitions)] })
    }
}

/// One thing the function may do: a short line, or a statement written out.
impl Shape for Allow {
    fn read(node: &Node, sink: &Sink) -> Option<Self> {
        if let Kind::Map(_) = node.kind {
            return AllowMap::read(node, sink)?.statement(sink).map(Self::Raw);
        }
        let Some(text) = node.text() else {
            sink.wrong_kind(
                node,
                "a line such as `get s3://shop-photos/in/*`, or a map with `actions` and `resources`",
            );
            return None;
        };
        match Grant::parse(text) {
            Ok(grant) => Some(Self::Grant(grant)),
            Err(why) => {
                let hint = "a line is a verb and a resource, such as `get s3://shop-photos/in/*`";
                sink.error(&node.at, Complaint::new(why.to_string()).hint(hint));
                None
            }
        }
    }

    fn schema(definitions: &mut Definitions) -> Value {
        json!({ "anyOf": [
            { "type": "string", "pattern": format!("^\\S+ \\S+.*$|{VARIABLE}") },
            AllowMap::schema(definitions),
        ] })
    }
}

shape! {
    /// An IAM statement written out.
    AllowMap {
        /// Actions, such as `textract:DetectDocumentText`.
        actions (required): OneOrMany<Text>,
        /// ARNs, or `*`.
        resources (required): OneOrMany<Text>,
        /// Conditions: operator, key, value or list of values.
        when: Table<Table<OneOrMany<Limited<2048>>>>,
        /// Why this is needed: shown wherever access is reviewed.
        because: Text,
    }
}

impl AllowMap {
    fn statement(self, sink: &Sink) -> Option<RawStatement> {
        let mut valid = true;
        let mut wrong = |at: &Path, complaint: Complaint| {
            valid = false;
            sink.error(at, complaint);
        };
        let list = |field: Field<OneOrMany<Text>>| field.value.map(|OneOrMany(items)| (field.at, items));
        let (actions_at, actions) = list(self.actions)?;
        let (resources_at, resources) = list(self.resources)?;
        for (at, name, items) in [
            (&actions_at, "actions", &actions),
            (&resources_at, "resources", &resources),
        ] {
            if items.is_empty() {
                wrong(
                    at,
                    Complaint::new(format!("`{name}` is empty")).hint("a statement about nothing allows nothing"),
                );
            }
        }
        for (at, Text(action)) in &actions {
            let shaped = |(service, name): (&str, &str)| {
                let word = |text: &str, extra: &str| {
                    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || extra.contains(c))
                };
                word(service, "-") && word(name, "*?")
            };
            if action != "*" && !action.split_once(':').is_some_and(shaped) {
                let complaint = Complaint::new(format!("`{action}` is not an IAM action"));
                wrong(at, complaint.hint("an action has two parts, such as `s3:GetObject`"));
            }
        }
        for (at, Text(resource)) in &resources {
            if resource != "*" && !(resource.starts_with("arn:") && resource.splitn(6, ':').count() == 6) {
                let complaint = Complaint::new(format!("`{resource}` is neither an ARN nor `*`"));
                let hint = "write a whole ARN; `${region}` and `${account}` can stand in it";
                wrong(at, complaint.hint(hint));
            }
        }
        let texts = |items: Vec<(_, Text)>| items.into_iter().map(|(_, Text(text))| text).collect();
        let Table(when) = self.when.value.unwrap_or(Table(Vec::new()));
        let keys = |Table(keys): Table<OneOrMany<Limited<2048>>>| {
            let values = |OneOrMany(values): OneOrMany<Limited<2048>>| {
                values.into_iter().map(|(_, Limited(value))| value).collect()
            };
            keys.into_iter().map(|(key, _, value)| (key, values(value))).collect()
        };
        for (operator, at, _) in &when {
            if !is_operator(operator) {
                let near = nearest(operator, OPERATORS.iter().copied());
                let hint = near.map_or_else(
                    || "an operator is a word such as `StringEquals` or `ArnLike`".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                wrong(
                    at,
                    Complaint::new(format!("unknown condition operator `{operator}`")).hint(hint),
                );
            }
        }
        valid.then(|| RawStatement {
            actions: texts(actions),
            resources: texts(resources),
            when: when
                .into_iter()
                .map(|(operator, _, table)| (operator, keys(table)))
                .collect(),
            because: self.because.value.map(|Text(text)| text),
        })
    }
}

/// Source: IAM user guide, "IAM JSON policy elements: Condition operators".
const OPERATORS: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];

fn is_operator(text: &str) -> bool {
    let text = text
        .strip_prefix("ForAllValues:")
        .or_else(|| text.strip_prefix("ForAnyValue:"))
        .unwrap_or(text);
    OPERATORS.contains(&text.strip_suffix("IfExists").unwrap_or(text))
}
