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
        (None, None) => operator.negated || operator.if_exists,
        (None, Some(ContextValue::One(value))) => test(value),
        // "Multivalued context keys require a condition set operator": without one nothing holds.
        (None, Some(ContextValue::Many(_))) | (Some(SetOperator::ForAnyValue), None) => false,
        (Some(SetOperator::ForAllValues), None) => true,
        (Some(_), Some(ContextValue::One(value))) => test(value),
        (Some(SetOperator::ForAllValues), Some(ContextValue::Many(values))) => values.iter().all(test),
        (Some(SetOperator::ForAnyValue), Some(ContextValue::Many(values))) => values.iter().any(test),
    }
}

/// Whether the operator holds for one value of the request. A value of the wrong kind satisfies
/// neither an operator nor its negation; a value of the policy of the wrong kind is like no other.
fn holds_for(operator: Operator, value: &str, wanted: &BTreeSet<String>, setting: Setting<'_>) -> bool {
    let any = |compare: &dyn Fn(&str) -> bool| wanted.iter().any(|wanted| compare(wanted));
    let any_text = |compare: &dyn Fn(&str) -> bool| {
        any(&|wanted| {
            let pieces = setting.expand(wanted);
            pieces.is_some_and(|pieces| compare(&text(&pieces)))
        })
    };
    let found = match operator.compares {
        Comparison::Equal => any_text(&|wanted| wanted == value),
        Comparison::EqualIgnoringCase => any_text(&|wanted| wanted.to_lowercase() == value.to_lowercase()),
        Comparison::Bool => any_text(&|wanted| {
            let is_bool = wanted.eq_ignore_ascii_case("true") || wanted.eq_ignore_ascii_case("false");
            is_bool && wanted.eq_ignore_ascii_case(value)
        }),
        // Both sides are base64 of the same kind, so equal bytes are equal texts.
        Comparison::Binary => any(&|wanted| wanted == value),
        Comparison::Like => any(&|wanted| {
            let pieces = setting.expand(wanted);
            pieces.is_some_and(|pieces| Pattern::of(&pieces).matches(value))
        }),
        Comparison::Arn => {
            if value.split(':').count() < 6 {
                return false;
            }
            any(&|wanted| setting.expand(wanted).is_some_and(|pieces| arn_matches(&pieces, value)))
        }
        Comparison::Numbers(order) => {
            let Some(value) = number(value) else { return false };
            any(&|wanted| number(wanted).is_some_and(|wanted| order.is(value.partial_cmp(&wanted))))
        }
        Comparison::Dates(order) => {
            let Some(value) = moment(value) else { return false };
            any(&|wanted| moment(wanted).is_some_and(|wanted| order.is(Some(value.cmp(&wanted)))))
        }
        Comparison::Address => {
            let Ok(value) = value.parse::<IpAddr>() else {
                return false;
            };
            any(&|wanted| Range::parse(wanted).is_some_and(|range| range.holds(value)))
        }
        Comparison::Null => return false,
    };
    found != operator.negated
}

impl Order {
    fn is(self, found: Option<std::cmp::Ordering>) -> bool {
        found.is_some_and(|found| match self {
            Self::Equal => found.is_eq(),
            Self::Less => found.is_lt(),
            Self::AtMost => found.is_le(),
            Self::Greater => found.is_gt(),
            Self::AtLeast => found.is_ge(),
        })
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
