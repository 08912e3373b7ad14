//! What is wrong, too wide or without effect in a policy document, by rules with stable names.
//!
//! The index behind the rules is right to about two per cent and some weeks old, so that a rule stops
//! nobody over something that may only be new: see [`Severity`].

mod action;
mod condition;
pub mod escalation;
mod guard;
mod principal;
mod resource;
mod rules;

use std::collections::BTreeSet;

use serde::Serialize;

pub use action::action_of_operation;
pub use rules::{RULES, Rule, rule_of};

use super::glob::{Budget, Pattern};
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

impl Severity {
    /// As it is shown.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// What a document is attached to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An identity: a role's own policy, or a boundary.
    Identity,
    /// A role: who may assume it.
    Trust,
    /// A function: who may invoke it.
    Function,
    /// Something else with a policy of its own: a bucket, a queue, a key.
    Resource,
}

impl Kind {
    /// What a document is probably attached to: one that names principals, to what they act on.
    pub fn of(document: &PolicyDocument) -> Self {
        let names = |statement: &Statement| statement.principal.is_some() || statement.not_principal.is_some();
        if !document.statements.iter().any(names) {
            return Self::Identity;
        }
        let starts = |prefix: &str| {
            let mut actions = document.statements.iter().flat_map(|statement| &statement.actions);
            actions.any(|action| action.to_ascii_lowercase().starts_with(prefix))
        };
        if starts("sts:") {
            Self::Trust
        } else if starts("lambda:") {
            Self::Function
        } else {
            Self::Resource
        }
    }
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
    /// The value within the element that it is about, as written.
    #[serde(skip)]
    pub word: Option<String>,
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
    notes.statement = None;
    match kind {
        Kind::Identity => escalation::check(document, &mut notes),
        Kind::Trust => principal::check_trust(document, &mut notes),
        Kind::Function | Kind::Resource => {}
    }
    notes
        .found
        .sort_by_key(|finding| (finding.statement.is_some(), finding.statement));
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
            word: None,
        });
    }

    /// The value that the finding added last is about.
    fn word(&mut self, word: &str) {
        if let Some(last) = self.found.last_mut() {
            last.word = Some(word.to_owned());
        }
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
    let limit = match kind {
        Kind::Identity => Some((super::INLINE_POLICY_LIMIT, "all inline policies of a role together")),
        // Source: IAM user guide, "IAM and AWS STS quotas".
        Kind::Trust => Some((2_048, "a trust policy")),
        // Source: Lambda developer guide, "Lambda quotas".
        Kind::Function => Some((20_480, "the policy of a function")),
        // Each service has its own.
        Kind::Resource => None,
    };
    if let Some((limit, what)) = limit {
        let size = document.size();
        if size > limit {
            let message = format!("{size} characters; {what} may have {limit}");
            notes.add("P40", Severity::Error, "Statement", message);
        } else if size * 5 > limit * 4 {
            let message = format!("{size} characters of the {limit} that {what} may have");
            notes.add("P40", Severity::Warning, "Statement", message);
        }
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
    copies(document, notes);
}

/// Statements that another one makes needless. What the budget does not suffice for is no finding.
fn copies(document: &PolicyDocument, notes: &mut Notes) {
    let budget = Budget::default();
    let includes = |wide: &Statement, narrow: &Statement| includes(wide, narrow, &budget);
    for (index, statement) in document.statements.iter().enumerate() {
        let others = document.statements.iter().enumerate();
        let mut wider = others.filter(|(other, wider)| {
            // Of two that say the same, the later one is the copy.
            *other != index && includes(wider, statement) && (*other < index || !includes(statement, wider))
        });
        if let Some((first, wider)) = wider.next() {
            let says = if includes(statement, wider) {
                "says the same as"
            } else {
                "says nothing beyond"
            };
            let message = format!("{says} statement {first}");
            notes.add("P41", Severity::Info, &format!("Statement[{index}]"), message);
        }
    }
}

/// Whether one statement has all the effect of another, as far as their texts tell.
fn includes(wide: &Statement, narrow: &Statement, budget: &Budget) -> bool {
    let same_kind = wide.effect == narrow.effect
        && wide.principal == narrow.principal
        && wide.not_principal == narrow.not_principal
        && wide.not_actions == narrow.not_actions
        && wide.not_resources == narrow.not_resources;
    let conditions = wide.conditions.is_empty() || wide.conditions == narrow.conditions;
    same_kind
        && conditions
        && all_within(&narrow.actions, &wide.actions, budget, |text| {
            Pattern::new(&text.to_ascii_lowercase())
        })
        && all_within(&narrow.resources, &wide.resources, budget, Pattern::resource)
}

fn all_within(
    narrow: &BTreeSet<String>,
    wide: &BTreeSet<String>,
    budget: &Budget,
    pattern: impl Fn(&str) -> Pattern,
) -> bool {
    // Without wildcards there is nothing to compare but the words themselves.
    let wild: Vec<Pattern> = wide
        .iter()
        .filter(|word| word.contains(['*', '?']))
        .map(|word| pattern(word))
        .collect();
    let is_within = |word: &String| {
        let narrow = pattern(word);
        let mut wild = wild.iter();
        wild.any(|wide| wide.includes_within(&narrow, budget).unwrap_or(false))
    };
    narrow.is_empty() == wide.is_empty() && narrow.iter().all(|word| wide.contains(word) || is_within(word))
}

fn allows(statement: &Statement) -> bool {
    statement.effect == Effect::Allow
}
