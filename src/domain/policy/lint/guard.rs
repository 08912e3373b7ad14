//! What counts as a guard: a condition that holds for few requests, and for none that lacks its key.
//!
//! Negated operators and `…IfExists` hold without the key. Source: IAM user guide, "IAM JSON policy
//! elements: Condition operators".

use std::collections::BTreeSet;

use crate::domain::policy::Conditions;
use crate::domain::policy::evaluate::{Comparison, Operator, SetOperator};

/// Keys whose ARNs say who comes: one that leaves the account open is anybody's.
const SOURCES: [&str; 2] = ["aws:sourcearn", "aws:principalarn"];

/// What the subjects of well-known token issuers begin with, and what ends the name of the owner.
/// Source: IAM user guide, "Create a role for OIDC federation".
const SUBJECTS: [(&str, char); 3] = [("repo:", '/'), ("project_path:", '/'), ("system:serviceaccount:", ':')];

/// The keys that conditions keep to some values, in lower case.
pub(super) fn keys(conditions: &Conditions) -> BTreeSet<String> {
    let all = conditions.iter().flat_map(|(operator, keys)| {
        let operator = Operator::parse(operator);
        let narrowing = move |(key, values): (&String, &BTreeSet<String>)| {
            let narrows = operator.is_some_and(|operator| narrows(operator, key, values, conditions));
            narrows.then(|| key.to_ascii_lowercase())
        };
        keys.iter().filter_map(narrowing)
    });
    all.collect()
}

/// Conditions without those that every request with the key meets.
pub(super) fn without_vacuous(conditions: &Conditions) -> Conditions {
    let mut kept = conditions.clone();
    for (name, keys) in &mut kept {
        if let Some(operator) = Operator::parse(name) {
            keys.retain(|key, values| !is_vacuous(operator, key, values));
        }
    }
    kept
}

fn narrows(operator: Operator, key: &str, values: &BTreeSet<String>, conditions: &Conditions) -> bool {
    let holds_without_key = operator.negated
        || operator.if_exists
        || operator.set == Some(SetOperator::ForAllValues) && !is_required(key, conditions);
    !holds_without_key && operator.compares != Comparison::Null && !is_vacuous(operator, key, values)
}

/// Whether a `Null` condition insists on the key.
fn is_required(key: &str, conditions: &Conditions) -> bool {
    let mut nulls = (conditions.iter()).filter(|(operator, _)| operator.eq_ignore_ascii_case("Null"));
    nulls.any(|(_, keys)| {
        let mut keys = keys.iter().filter(|(other, _)| other.eq_ignore_ascii_case(key));
        keys.any(|(_, values)| values.iter().all(|value| value.eq_ignore_ascii_case("false")))
    })
}

/// Values are alternatives, so that one open one is enough.
fn is_vacuous(operator: Operator, key: &str, values: &BTreeSet<String>) -> bool {
    let itself = format!("${{{key}}}");
    let open = |value: &String| match operator.compares {
        Comparison::Null => value.eq_ignore_ascii_case("false"),
        Comparison::Address => value.ends_with("/0"),
        Comparison::Like | Comparison::Arn => is_open(key, value) || value.eq_ignore_ascii_case(&itself),
        Comparison::Equal | Comparison::EqualIgnoringCase => value.eq_ignore_ascii_case(&itself),
        Comparison::Numbers(_) | Comparison::Dates(_) | Comparison::Bool | Comparison::Binary => false,
    };
    !operator.negated && values.iter().any(open)
}

/// Whether a pattern leaves open all that tells one owner from another.
fn is_open(key: &str, pattern: &str) -> bool {
    let key = key.to_ascii_lowercase();
    // Services are all the same to whoever may pass a role to any of them.
    let name = pattern.strip_suffix(".amazonaws.com").unwrap_or(pattern);
    if is_wild(name) {
        return true;
    }
    if pattern.starts_with("arn:") {
        let mut segments = pattern.splitn(6, ':').skip(4);
        let account = segments.next().unwrap_or("*");
        let resource = segments.next().unwrap_or("*");
        // The ids of APIs are unique across accounts.
        let names_api = pattern.contains(":execute-api:") && !is_wild(resource);
        let is_source = SOURCES.contains(&key.as_str()) && !account.is_empty() && !names_api;
        return is_wild(account) && (is_source || is_wild(resource));
    }
    let subject = SUBJECTS.iter().find_map(|(start, end)| {
        let rest = pattern.strip_prefix(start).filter(|_| key.ends_with(":sub"))?;
        Some((rest, *end))
    });
    subject.is_some_and(|(rest, end)| {
        let literal = rest.split(['*', '?']).next().unwrap_or_default();
        // Without its end, the name of an owner is the start of a stranger's too.
        literal.len() < rest.len() && !literal.trim_start_matches(end).contains(end)
    })
}

fn is_wild(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '*' | '?'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::Statement;

    #[test]
    fn a_key_counts_where_its_condition_keeps_somebody_out() {
        for (operator, key, value, counts) in [
            ("StringEquals", "aws:PrincipalOrgID", "o-1", true),
            ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-1/*", true),
            ("ForAllValues:StringLike", "aws:PrincipalOrgPaths", "o-1/*", false),
            ("StringNotEquals", "aws:PrincipalOrgID", "o-1", false),
            ("StringEqualsIfExists", "aws:PrincipalOrgID", "o-1", false),
            ("StringLike", "aws:PrincipalOrgID", "*", false),
            ("StringLike", "aws:PrincipalOrgID", "**", false),
            ("StringLike", "aws:SourceAccount", "????????????", false),
            ("StringEquals", "aws:PrincipalOrgID", "${aws:PrincipalOrgID}", false),
            ("StringEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}", true),
            ("Null", "aws:PrincipalOrgID", "false", false),
            ("Null", "aws:PrincipalOrgID", "true", false),
            ("IpAddress", "aws:SourceIp", "0.0.0.0/0", false),
            ("IpAddress", "aws:SourceIp", "192.0.2.0/24", true),
            ("ArnLike", "aws:SourceArn", "*", false),
            ("ArnLike", "aws:SourceArn", "arn:*", false),
            ("ArnLike", "aws:SourceArn", "arn:aws:s3:::*", false),
            ("ArnLike", "aws:SourceArn", "arn:aws:s3:::orders", true),
            ("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:orders", false),
            ("ArnLike", "aws:SourceArn", "arn:aws:sns:*:111122223333:*", true),
            ("ArnLike", "aws:SourceArn", "arn:aws:execute-api:*:*:abc/*", true),
            ("StringLike", "iam:PassedToService", "*.amazonaws.com", false),
            ("StringLike", "iam:PassedToService", "lambda.*", true),
            ("StringLike", "host:sub", "repo:*", false),
            ("StringLike", "host:sub", "repo:acme*", false),
            ("StringLike", "host:sub", "repo:*/shop:*", false),
            ("StringLike", "host:sub", "repo:acme/*", true),
            ("StringEquals", "host:sub", "repo:acme/shop:ref:refs/heads/main", true),
            ("StringLike", "host:sub", "system:serviceaccount:*:*", false),
            ("StringLike", "host:sub", "system:serviceaccount:shop:*", true),
            ("StringLik", "aws:PrincipalOrgID", "o-1", false),
        ] {
            let statement = Statement::allow(["s3:GetObject"], ["*"]).when(operator, key, value);
            let found = keys(&statement.conditions).contains(&key.to_ascii_lowercase());
            assert_eq!(found, counts, "{operator} {key} {value}");
        }
    }

    #[test]
    fn one_open_value_opens_and_a_null_guard_closes() {
        let any = || Statement::allow(["s3:GetObject"], ["*"]);
        let two = any()
            .when("StringLike", "aws:PrincipalOrgID", "o-1")
            .when("StringLike", "aws:PrincipalOrgID", "*");
        assert!(keys(&two.conditions).is_empty());
        let guarded =
            any()
                .when("ForAllValues:StringEquals", "aws:TagKeys", "team")
                .when("Null", "aws:tagkeys", "false");
        assert_eq!(keys(&guarded.conditions), BTreeSet::from(["aws:tagkeys".to_owned()]));
    }
}
