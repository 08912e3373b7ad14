//! A statement written out in the file, for rights that no verb covers.
//!
//! Nothing is expanded here: resources are ARNs or `*`. What IAM would refuse is a complaint; what is
//! probably wrong or too wide is a finding of `lint`, which the statement may accept with a reason.

use super::catalog::nearest;
use super::evaluate::Operator;
use super::lint::{Finding, Kind, RULES, lint};
use super::{PolicyDocument, Statement};
use crate::domain::arn::Arn;
use crate::domain::names::InvalidName;

/// A statement written out in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawStatement {
    pub actions: Vec<String>,
    pub resources: Vec<String>,
    /// `when`: operator → key → values.
    pub when: std::collections::BTreeMap<String, std::collections::BTreeMap<String, Vec<String>>>,
    pub because: Option<String>,
    /// Rules of `lint` whose findings about this statement are meant to be so.
    pub accept: Vec<String>,
}

/// A part of a statement, so that whoever knows where it stands can point at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    Actions,
    Action(usize),
    Resources,
    Resource(usize),
    Operator(String),
    Accepted(usize),
    Condition { operator: String, key: String },
}

impl RawStatement {
    /// What IAM would refuse, and what is too wide to be written without a reason.
    pub fn complaints(&self) -> Vec<(Part, InvalidName)> {
        let mut complaints = Vec::new();
        let mut note = |part: Part, result: Result<(), InvalidName>| {
            complaints.extend(result.err().map(|complaint| (part, complaint)));
        };
        if self.actions.is_empty() {
            let message = "a statement needs at least one action, such as `textract:DetectDocumentText`";
            note(Part::Actions, invalid(message));
        }
        if self.resources.is_empty() {
            let message = "a statement needs at least one resource: an ARN, or `*` when the action takes no other";
            note(Part::Resources, invalid(message));
        }
        let reasoned = self.because.as_deref().is_some_and(|reason| !reason.trim().is_empty());
        for (index, action) in self.actions.iter().enumerate() {
            note(Part::Action(index), check_action(action, reasoned));
        }
        for (index, resource) in self.resources.iter().enumerate() {
            note(Part::Resource(index), check_resource(resource));
        }
        for (index, rule) in self.accept.iter().enumerate() {
            note(Part::Accepted(index), check_accepted(rule, reasoned));
        }
        for (operator, keys) in &self.when {
            note(Part::Operator(operator.clone()), check_operator(operator));
            for (key, values) in keys {
                let (operator, key) = (operator.clone(), key.clone());
                let checked = check_condition(&key, values);
                note(Part::Condition { operator, key }, checked);
            }
        }
        complaints
    }

    /// What the rules find, apart from what the statement accepts. A reason is all that wildcard actions need.
    pub fn findings(&self) -> Vec<(Part, Finding)> {
        let accepted = |finding: &Finding| {
            let is_wildcard = ["P10", "P11"].contains(&finding.rule) && self.because.is_some();
            is_wildcard || self.accept.iter().any(|rule| rule == finding.rule)
        };
        let document = PolicyDocument::new([self.statement()]);
        let found = lint(&document, Kind::Identity)
            .into_iter()
            .filter(|finding| !accepted(finding));
        found.map(|finding| (self.part(&finding), finding)).collect()
    }

    /// The part of the statement that a finding is about: the first value that its message quotes.
    fn part(&self, finding: &Finding) -> Part {
        let mentions = |value: &str| finding.message.contains(&format!("`{value}`"));
        let quoted = |value: &String| mentions(value);
        // Of an action that does not exist, the message quotes the name within the service.
        let named = |action: &String| quoted(action) || action.split_once(':').is_some_and(|(_, name)| mentions(name));
        if let Some(index) = self.actions.iter().position(named) {
            return Part::Action(index);
        }
        if let Some(index) = self.resources.iter().position(quoted) {
            return Part::Resource(index);
        }
        let operators = self.when.iter();
        let mut keys = operators.flat_map(|(operator, keys)| keys.keys().map(move |key| (operator, key)));
        match keys.find(|(_, key)| quoted(key)) {
            Some((operator, key)) => Part::Condition {
                operator: operator.clone(),
                key: key.clone(),
            },
            None => Part::Actions,
        }
    }

    /// The statement, without an id.
    pub fn statement(&self) -> Statement {
        let mut statement = Statement::allow(&self.actions, &self.resources);
        for (operator, keys) in &self.when {
            for (key, values) in keys {
                for value in values {
                    statement = statement.when(operator, key, value);
                }
            }
        }
        statement
    }
}

fn check_action(action: &str, reasoned: bool) -> Result<(), InvalidName> {
    if action.contains(['*', '?']) && !reasoned {
        return invalid(format!(
            "`{action}` allows actions that nobody listed; name each action, or add `because` with the reason"
        ));
    }
    if action == "*" {
        return Ok(());
    }
    let word = |text: &str, extra: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || extra.contains(c))
    };
    match action.split_once(':') {
        Some((service, name)) if word(service, "-") && word(name, "*?") => Ok(()),
        _ => invalid(format!(
            "`{action}` is not an action; actions look like `textract:DetectDocumentText`"
        )),
    }
}

fn check_accepted(rule: &str, reasoned: bool) -> Result<(), InvalidName> {
    let known = || RULES.iter().map(|rule| rule.id);
    if !known().any(|id| id == rule) {
        return invalid(match nearest(rule, known()) {
            Some(near) => format!("there is no rule `{rule}`; did you mean `{near}`?"),
            None => format!(
                "there is no rule `{rule}`; there are {}",
                known().collect::<Vec<_>>().join(", ")
            ),
        });
    }
    if !reasoned {
        return invalid(format!(
            "`{rule}` is accepted without a reason; add `because` with the reason"
        ));
    }
    Ok(())
}

fn check_resource(resource: &str) -> Result<(), InvalidName> {
    if resource == "*" || resource.parse::<Arn>().is_ok() {
        return Ok(());
    }
    invalid(format!(
        "`{resource}` is not an ARN; a statement with `actions` takes whole ARNs or `*`, not short names"
    ))
}

fn check_operator(operator: &str) -> Result<(), InvalidName> {
    let base = operator
        .strip_prefix("ForAllValues:")
        .or_else(|| operator.strip_prefix("ForAnyValue:"))
        .unwrap_or(operator);
    let base = base
        .strip_suffix("IfExists")
        .filter(|base| *base != "Null")
        .unwrap_or(base);
    if Operator::names().any(|name| name == base) {
        return Ok(());
    }
    invalid(match nearest(base, Operator::names()) {
        Some(near) => format!("`{operator}` is not a condition operator; did you mean `{near}`?"),
        None => format!("`{operator}` is not a condition operator; `StringEquals`, `StringLike` and `ArnLike` are"),
    })
}

fn check_condition(key: &str, values: &[String]) -> Result<(), InvalidName> {
    let named = key
        .split_once(':')
        .is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
    if !named || key.contains(char::is_whitespace) {
        return invalid(format!(
            "`{key}` is not a condition key; keys look like `aws:SourceAccount`"
        ));
    }
    if values.is_empty() {
        return invalid(format!("the condition on `{key}` has no value, so it would never hold"));
    }
    Ok(())
}

fn invalid<T>(message: impl Into<String>) -> Result<T, InvalidName> {
    Err(InvalidName(message.into()))
}
