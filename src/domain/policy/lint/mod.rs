//! What is wrong, too wide or without effect in a policy document, by rules with stable names.
//!
//! The index behind the rules is right to about two per cent and some weeks old, so that a rule stops
//! nobody over something that may only be new: see [`Severity`].

mod action;
mod condition;
mod principal;
mod resource;

use serde::Serialize;

pub use action::action_of_operation;

use super::index::{Action, Service};
use super::{Effect, POLICY_VERSION, PolicyDocument, Statement, index};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Info,
    Warning,
    /// Stops a deploy.
    Error,
}

/// The names of all rules.
pub const RULES: [&str; 21] = [
    "P01", "P02", "P03", "P10", "P11", "P12", "P13", "P14", "P15", "P20", "P21", "P23", "P24", "P30", "P31", "P32",
    "P33", "P34", "P40", "P41", "P50",
];

/// What a document is attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An identity: a role's own policy, or a boundary.
    Identity,
    /// A role: who may assume it.
    Trust,
    /// A function: who may invoke it.
    Function,
}

/// Something a rule found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// `P02`
    pub rule: &'static str,
    pub severity: Severity,
    /// Which statement, in the order of the document; absent when it is about the whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<usize>,
    /// `Statement[2].Action`
    pub path: String,
    pub message: String,
    /// The next move.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// Everything that the rules find, in the order of the statements.
pub fn lint(document: &PolicyDocument, kind: Kind) -> Vec<Finding> {
    let mut notes = Notes {
        statement: None,
        found: Vec::new(),
    };
    whole(document, kind, &mut notes);
    for (index, statement) in document.statements.iter().enumerate() {
        notes.statement = Some(index);
        let actions = action::check(statement, kind, &mut notes);
        if kind == Kind::Identity {
            resource::check(statement, &actions, &mut notes);
        }
        condition::check(statement, &actions, &mut notes);
        principal::check(statement, kind, &mut notes);
    }
    notes.found
}

/// An action that a statement names, and what the index knows about it.
struct Known<'a> {
    /// As written.
    written: &'a str,
    service: &'a Service,
    action: &'a Action,
}

/// The findings so far, and the statement under the lens.
struct Notes {
    statement: Option<usize>,
    found: Vec<Finding>,
}

impl Notes {
    fn add(&mut self, rule: &'static str, severity: Severity, element: &str, message: impl Into<String>) {
        let path = match self.statement {
            Some(index) => format!("Statement[{index}].{element}"),
            None => element.to_owned(),
        };
        self.found.push(Finding {
            rule,
            severity,
            statement: self.statement,
            path,
            message: message.into(),
            hint: None,
        });
    }

    /// The next move for the finding that was added last.
    fn hint(&mut self, hint: impl Into<String>) {
        if let Some(last) = self.found.last_mut() {
            last.hint = Some(hint.into());
        }
    }
}

/// Rules about the document as a whole.
fn whole(document: &PolicyDocument, kind: Kind, notes: &mut Notes) {
    if document.version != POLICY_VERSION {
        let message = format!(
            "version `{}` takes variables such as `${{aws:username}}` as plain text",
            document.version
        );
        notes.add("P33", Severity::Error, "Version", message);
        notes.hint(format!("write `{POLICY_VERSION}`"));
    }
    let (limit, what) = match kind {
        Kind::Identity => (super::INLINE_POLICY_LIMIT, "all inline policies of a role together"),
        // Source: IAM user guide, "IAM and AWS STS quotas".
        Kind::Trust => (2_048, "a trust policy"),
        // Source: Lambda developer guide, "Lambda quotas".
        Kind::Function => (20_480, "the policy of a function"),
    };
    let size = document.size();
    if size > limit {
        let message = format!("{size} characters; {what} may have {limit}");
        notes.add("P40", Severity::Error, "Statement", message);
    } else if size * 5 > limit * 4 {
        let message = format!("{size} characters of the {limit} that {what} may have");
        notes.add("P40", Severity::Warning, "Statement", message);
    }
    // Source: IAM API reference, `PutRolePolicy`: U+0009, U+000A, U+000D and U+0020 to U+00FF.
    if let Some(c) = document.to_json().chars().find(|c| *c > '\u{ff}') {
        notes.add(
            "P40",
            Severity::Error,
            "Statement",
            format!("IAM refuses the character `{c}` in a policy"),
        );
    }
    for (index, statement) in document.statements.iter().enumerate() {
        let without_id = |statement: &Statement| Statement {
            sid: None,
            ..statement.clone()
        };
        let earlier = document.statements[..index].iter();
        if let Some(first) = earlier
            .map(without_id)
            .position(|earlier| earlier == without_id(statement))
        {
            let message = format!("says the same as statement {first}");
            notes.add("P41", Severity::Info, &format!("Statement[{index}]"), message);
        }
    }
}

fn allows(statement: &Statement) -> bool {
    statement.effect == Effect::Allow
}
