//! Whether one line of a `Condition` holds for a request.
//!
//! Sources: IAM user guide, "Condition operators", "Single-valued vs. multivalued context keys" and
//! "Variables and tags".

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::context::{Context, ContextValue, expand, text};
use super::operator::{Comparison, Operator, Order, SetOperator};
use super::value::{Range, moment, number};
use crate::domain::policy::glob::{Pattern, Piece};

/// What conditions are evaluated against.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    pub context: &'a Context,
    /// Policy variables are plain text under the old version of the language.
    pub variables: bool,
}

impl Setting<'_> {
    /// The pieces of a value of the policy, or `None` when a variable in it has no value.
    pub fn expand(&self, written: &str) -> Option<Vec<Piece>> {
        if self.variables {
            expand(written, self.context)
        } else {
            Some(vec![Piece::Written(written.to_owned())])
        }
    }
}

/// Whether the operator holds for the key and the values that the policy wants.
pub fn holds(operator: Operator, key: &str, wanted: &BTreeSet<String>, setting: Setting<'_>) -> bool {
    let value = setting.context.get(key);
    if operator.compares == Comparison::Null {
        let absent = if value.is_none() { "true" } else { "false" };
        return wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(absent));
    }
    let test = |value: &String| holds_for(operator, value, wanted, setting);
    match (operator.set, value) {
        (_, Some(ContextValue::One(value))) => test(value),
        (None, None) => operator.negated || operator.if_exists,
        // "Multivalued context keys require a condition set operator": without one nothing holds.
        (None, Some(ContextValue::Many(_))) | (Some(SetOperator::ForAnyValue), None) => false,
        (Some(SetOperator::ForAllValues), None) => true,
        (Some(SetOperator::ForAllValues), Some(ContextValue::Many(values))) => values.iter().all(test),
        (Some(SetOperator::ForAnyValue), Some(ContextValue::Many(values))) => values.iter().any(test),
    }
}

/// Whether the operator holds for one value of the request: it must compare with one of the values of
/// the policy, or with none of them when the operator is negated.
fn holds_for(operator: Operator, value: &str, wanted: &BTreeSet<String>, setting: Setting<'_>) -> bool {
    let mut compared = wanted
        .iter()
        .map(|wanted| compare(operator.compares, value, wanted, setting));
    if operator.negated {
        compared.all(|equal| equal == Some(false))
    } else {
        compared.any(|equal| equal == Some(true))
    }
}

/// Compares one value of the request with one of the policy; `None` when either is of the wrong kind,
/// such as a word for a number. That satisfies neither an operator nor its negation.
fn compare(comparison: Comparison, value: &str, wanted: &str, setting: Setting<'_>) -> Option<bool> {
    let has_variables = matches!(
        comparison,
        Comparison::Equal | Comparison::EqualIgnoringCase | Comparison::Like | Comparison::Arn | Comparison::Bool
    );
    let pieces = if has_variables {
        setting.expand(wanted)
    } else {
        Some(vec![Piece::Written(wanted.to_owned())])
    };
    let Some(pieces) = pieces else {
        // "There is no equal or like value", so that negated operators do match.
        return Some(false);
    };
    let wanted = text(&pieces);
    match comparison {
        // Binary values are base64 of the same kind, so equal bytes are equal texts.
        Comparison::Equal | Comparison::Binary => Some(wanted == value),
        Comparison::EqualIgnoringCase => Some(wanted.to_lowercase() == value.to_lowercase()),
        Comparison::Like => Some(Pattern::of(&pieces).matches(value)),
        Comparison::Bool => {
            let wanted = wanted.to_ascii_lowercase();
            matches!(&*wanted, "true" | "false").then(|| wanted.eq_ignore_ascii_case(value))
        }
        Comparison::Arn => (value.split(':').count() >= 6).then(|| arn_matches(&pieces, value)),
        Comparison::Numbers(order) => Some(order.is(number(value)?.partial_cmp(&number(&wanted)?)?)),
        Comparison::Dates(order) => Some(order.is(moment(value)?.cmp(&moment(&wanted)?))),
        Comparison::Address => Some(Range::parse(&wanted)?.holds(value.parse::<IpAddr>().ok()?)),
        Comparison::Null => None,
    }
}

impl Order {
    fn is(self, found: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => found.is_eq(),
            Self::Less => found.is_lt(),
            Self::AtMost => found.is_le(),
            Self::Greater => found.is_gt(),
            Self::AtLeast => found.is_ge(),
        }
    }
}

/// "Each of the six colon-delimited components of the ARN is checked separately."
fn arn_matches(pieces: &[Piece], arn: &str) -> bool {
    let components = components(pieces);
    let values: Vec<&str> = arn.splitn(6, ':').collect();
    components.len() == values.len()
        && components
            .iter()
            .zip(values)
            .all(|(component, value)| Pattern::of(component).matches(value))
}

/// Splits at the first five colons that were written; one in a value of the request splits nothing.
fn components(pieces: &[Piece]) -> Vec<Vec<Piece>> {
    let mut components = vec![Vec::new()];
    for piece in pieces {
        let Piece::Written(text) = piece else {
            if let Some(last) = components.last_mut() {
                last.push(piece.clone());
            }
            continue;
        };
        let mut parts = text.splitn(7 - components.len(), ':');
        if let (Some(first), Some(last)) = (parts.next(), components.last_mut()) {
            last.push(Piece::Written(first.to_owned()));
        }
        components.extend(parts.map(|part| vec![Piece::Written(part.to_owned())]));
    }
    components
}
