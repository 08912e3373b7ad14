//! What the function may do and the role it runs as, as they are written.

use serde_json::{Value, json};

use super::findings::{Complaint, Sink};
use super::model::Allow;
use super::node::{Kind, Node, Path};
use super::scalars::{Limited, Text, VARIABLE};
use super::shape::{Definitions, Field, OneOrMany, Shape, Table, shape};
use super::trust::Trust;
use crate::domain::arn::Arn;
use crate::domain::names::RoleName;
use crate::domain::policy::lint::Severity;
use crate::domain::policy::{Grant, Part, RawStatement};

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
        /// Rules of `lfn policy lint` that this statement breaks on purpose, such as `P12`; needs `because`.
        accept: OneOrMany<Text>,
    }
}

impl AllowMap {
    fn statement(self, sink: &Sink) -> Option<RawStatement> {
        let list = |field: Field<OneOrMany<Text>>| field.value.map(|OneOrMany(items)| (field.at, items));
        let (actions_at, actions) = list(self.actions)?;
        let (resources_at, resources) = list(self.resources)?;
        let accept = self.accept.value.map_or_else(Vec::new, |OneOrMany(items)| items);
        let Table(when) = self.when.value.unwrap_or(Table(Vec::new()));
        let texts = |items: &[(Path, Text)]| items.iter().map(|(_, Text(text))| text.clone()).collect();
        let keys = |Table(keys): &Table<OneOrMany<Limited<2048>>>| {
            let values = |OneOrMany(values): &OneOrMany<Limited<2048>>| {
                values.iter().map(|(_, Limited(value))| value.clone()).collect()
            };
            keys.iter()
                .map(|(key, _, value)| (key.clone(), values(value)))
                .collect()
        };
        let statement = RawStatement {
            actions: texts(&actions),
            resources: texts(&resources),
            when: when
                .iter()
                .map(|(operator, _, table)| (operator.clone(), keys(table)))
                .collect(),
            because: self.because.value.map(|Text(text)| text),
            accept: texts(&accept),
        };
        let place = |part: &Part| {
            let condition = |name: &str| when.iter().find(|(operator, ..)| operator == name);
            match part {
                Part::Actions => &actions_at,
                Part::Action(index) => &actions[*index].0,
                Part::Resources => &resources_at,
                Part::Resource(index) => &resources[*index].0,
                Part::Accepted(index) => &accept[*index].0,
                Part::Operator(operator) => condition(operator).map_or(&actions_at, |(_, at, _)| at),
                Part::Condition { operator, key } => condition(operator)
                    .and_then(|(_, _, Table(keys))| keys.iter().find(|(name, ..)| name == key))
                    .map_or(&actions_at, |(_, at, _)| at),
            }
        };
        let complaints = statement.complaints();
        for (part, why) in &complaints {
            sink.error(place(part), Complaint::new(why.to_string()).hint(STATEMENT));
        }
        if !complaints.is_empty() {
            return None;
        }
        for (part, found) in statement.findings() {
            let accept = format!("otherwise add `accept: [{}]` and the reason as `because`", found.rule);
            let hint = found.hint.map_or_else(
                || accept.replacen("otherwise ", "", 1),
                |hint| format!("{hint}; {accept}"),
            );
            let complaint = Complaint {
                rule: Some(found.rule),
                ..Complaint::new(format!("{} ({})", found.message, found.rule)).hint(hint)
            };
            match found.severity {
                Severity::Error => sink.error(place(&part), complaint),
                Severity::Warning => sink.warning(place(&part), complaint),
                // Worth a word in a review of the policy alone.
                Severity::Info => {}
            }
        }
        Some(statement)
    }
}

/// What a statement looks like, for those that do not.
const STATEMENT: &str =
    "a statement is such as `{ actions: [textract:DetectDocumentText], resources: [\"*\"], because: … }`";
