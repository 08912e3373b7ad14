//! Rules about conditions: that the operator exists and fits the key, and that the key can be there.

use super::action::known;
use super::{Notes, Severity, allows, index};
use crate::domain::policy::Statement;
use crate::domain::policy::evaluate::{Comparison, Operator, SetOperator};
use crate::domain::policy::index::{Key, KeyKind, Service};

/// Keys of a service that requests to other services carry.
/// Source: Lambda developer guide, "Working with the source function ARN to control function access".
const EVERYWHERE: [&str; 1] = ["lambda:SourceFunctionArn"];

pub(super) fn check(statement: &Statement, found: &[(String, Service, String)], notes: &mut Notes) {
    for (name, keys) in &statement.conditions {
        let Some(operator) = Operator::parse(name) else {
            notes.add(
                "P30",
                Severity::Error,
                "Condition",
                format!("`{name}` is not a condition operator"),
            );
            notes.word(name);
            continue;
        };
        for key in keys.keys() {
            let guarded = (statement.conditions.get("Null")).is_some_and(|null| null.contains_key(key));
            if operator.set == Some(SetOperator::ForAllValues) && allows(statement) && !guarded {
                let message = format!("`{name}` also holds when the request has no `{key}` at all");
                notes.add("P30", Severity::Error, "Condition", message);
                notes.word(key);
                notes.hint(format!("add `\"Null\": {{ \"{key}\": \"false\" }}`"));
            }
            check_key(key, operator, found, notes);
        }
    }
}

fn check_key(key: &str, operator: Operator, found: &[(String, Service, String)], notes: &mut Notes) {
    let mut listed: Vec<&Key> = Vec::new();
    let actions: Vec<_> = known(found).collect();
    for known in &actions {
        let of_resources = known.service.resources_of(known.action).flat_map(|kind| &kind.keys);
        listed.extend(
            known
                .action
                .keys
                .iter()
                .chain(of_resources)
                .filter(|listed| listed.is(key)),
        );
    }
    let is_global = key.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:"));
    let is_everywhere = EVERYWHERE.iter().any(|known| known.eq_ignore_ascii_case(key));
    let of_service = key
        .split_once(':')
        .is_some_and(|(prefix, _)| index::service(prefix).is_some());
    if listed.is_empty() && !is_global && !is_everywhere && of_service && !actions.is_empty() {
        let message = format!("no action here is known to send `{key}`");
        notes.add("P30", Severity::Warning, "Condition", message);
        notes.word(key);
    }
    if let Some(wrong) = listed.iter().find(|listed| !fits(operator.compares, listed.kind)) {
        let message = format!("`{key}` is {}, which this operator does not compare", kind(wrong.kind));
        notes.add("P30", Severity::Warning, "Condition", message);
        notes.word(key);
    }
}

fn fits(comparison: Comparison, kind: KeyKind) -> bool {
    match comparison {
        Comparison::Null => true,
        Comparison::Equal | Comparison::EqualIgnoringCase | Comparison::Like | Comparison::Binary => {
            matches!(kind, KeyKind::String | KeyKind::Arn | KeyKind::Bool)
        }
        Comparison::Numbers(_) => matches!(kind, KeyKind::Numeric | KeyKind::Date),
        Comparison::Dates(_) => kind == KeyKind::Date,
        Comparison::Bool => matches!(kind, KeyKind::Bool | KeyKind::String),
        Comparison::Address => kind == KeyKind::Address,
        // The reference calls many keys that hold ARNs strings.
        Comparison::Arn => matches!(kind, KeyKind::Arn | KeyKind::String),
    }
}

fn kind(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::String => "a text",
        KeyKind::Bool => "true or false",
        KeyKind::Numeric => "a number",
        KeyKind::Date => "a date",
        KeyKind::Arn => "an ARN",
        KeyKind::Address => "an address",
    }
}
