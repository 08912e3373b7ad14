//! Whether one statement applies to a request, and if not, which parts of it miss.

use std::collections::BTreeSet;

use super::condition::{Setting, holds};
use super::context::ContextValue;
use super::operator::Operator;
use super::principal::Naming;
use super::{Miss, Request};
use crate::domain::policy::glob::Pattern;
use crate::domain::policy::{Effect, POLICY_VERSION, PolicyDocument, Statement};

/// What one statement says about a request.
pub struct Match {
    /// Empty when the statement applies.
    pub misses: Vec<Miss>,
    /// How a statement with principals names the caller.
    pub naming: Option<Naming>,
}

/// Whose policy a statement stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// An identity's own: it has no principal.
    Caller,
    /// A resource's: the principal says who, and a missing resource means the one it is attached to.
    Resource { caller_is_bounded: bool },
}

/// Holds a statement against a request.
pub fn examine(document: &PolicyDocument, statement: &Statement, about: About, request: &Request) -> Match {
    let setting = Setting {
        context: &request.context,
        variables: document.version == POLICY_VERSION,
    };
    let mut misses = Vec::new();
    let naming = match about {
        About::Caller => None,
        About::Resource { caller_is_bounded } => naming(statement, request, caller_is_bounded),
    };
    if about != About::Caller && naming.is_none() {
        misses.push(Miss::Principal);
    }
    if !covers_action(statement, &request.action) {
        misses.push(Miss::Action);
    }
    if !covers_resource(statement, about, &request.resource, setting) {
        misses.push(Miss::Resource);
    }
    for (operator, keys) in &statement.conditions {
        let known = Operator::parse(operator);
        for (key, wanted) in keys {
            // A condition that cannot be read must not open anything.
            let met = known.map_or(statement.effect == Effect::Deny, |known| {
                holds(known, key, wanted, setting)
            });
            if !met {
                misses.push(Miss::Condition {
                    operator: operator.clone(),
                    key: key.clone(),
                    wanted: wanted.iter().cloned().collect(),
                    had: had(request.context.get(key)),
                });
            }
        }
    }
    Match { misses, naming }
}

fn had(value: Option<&ContextValue>) -> Option<Vec<String>> {
    value.map(|value| match value {
        ContextValue::One(value) => vec![value.clone()],
        ContextValue::Many(values) => values.clone(),
    })
}

/// How the statement names the caller.
///
/// "The `NotPrincipal` element with a `Deny` effect will always deny any IAM principal that has a
/// permissions boundary policy attached, regardless of the values specified."
/// Source: IAM user guide, "IAM JSON policy elements: `NotPrincipal`".
fn naming(statement: &Statement, request: &Request, caller_is_bounded: bool) -> Option<Naming> {
    let role = match request.context.get("aws:PrincipalArn") {
        Some(ContextValue::One(arn)) => Some(arn.as_str()),
        _ => None,
    };
    match (&statement.principal, &statement.not_principal) {
        (Some(principal), _) => request.caller.named_by(principal, role),
        (None, Some(others)) => {
            let named = request.caller.named_by(others, role);
            let always = caller_is_bounded && statement.effect == Effect::Deny;
            (named.is_none() || always).then_some(Naming::Everyone)
        }
        (None, None) => None,
    }
}

/// Actions have no case.
fn covers_action(statement: &Statement, action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    let any = |patterns: &BTreeSet<String>| {
        let mut patterns = patterns.iter();
        patterns.any(|pattern| Pattern::new(&pattern.to_ascii_lowercase()).matches(&action))
    };
    if statement.actions.is_empty() {
        !any(&statement.not_actions)
    } else {
        any(&statement.actions)
    }
}

fn covers_resource(statement: &Statement, about: About, resource: &str, setting: Setting<'_>) -> bool {
    let any = |patterns: &BTreeSet<String>| {
        patterns.iter().any(|pattern| {
            // "A resource that includes a policy variable with no value will not match any resource."
            let pieces = setting.expand(pattern);
            pieces.is_some_and(|pieces| Pattern::resource_of(&pieces).matches(resource))
        })
    };
    match (statement.resources.is_empty(), statement.not_resources.is_empty()) {
        (false, _) => any(&statement.resources),
        (true, false) => !any(&statement.not_resources),
        (true, true) => about != About::Caller,
    }
}
