//! Principals and conditions in words.

use std::collections::BTreeSet;

use crate::domain::policy::Conditions;

/// A principal as a person reads it.
pub fn principal_text(kind: &str, name: &str) -> String {
    match (kind, name) {
        ("AWS", "*") => "anyone".into(),
        // The ARN says what it is.
        ("AWS", name) => name.into(),
        (kind, name) => format!("{} {name}", kind.to_ascii_lowercase()),
    }
}

/// `when KEY is A or B and KEY is like C`; empty when there are no conditions.
pub fn condition_text(conditions: &Conditions) -> String {
    let tests = conditions
        .iter()
        .flat_map(|(operator, keys)| keys.iter().map(move |(key, values)| test_text(operator, key, values)));
    let tests: Vec<String> = tests.collect();
    if tests.is_empty() {
        String::new()
    } else {
        format!("when {}", tests.join(" and "))
    }
}

fn test_text(operator: &str, key: &str, values: &BTreeSet<String>) -> String {
    let (subject, rest) = if let Some(rest) = operator.strip_prefix("ForAllValues:") {
        (format!("every value of {key}"), rest)
    } else if let Some(rest) = operator.strip_prefix("ForAnyValue:") {
        (format!("any value of {key}"), rest)
    } else {
        (key.to_owned(), operator)
    };
    let (base, or_absent) = match rest.strip_suffix("IfExists") {
        Some(base) => (base, " (or is absent)"),
        None => (rest, ""),
    };
    let one = values.first().filter(|_| values.len() == 1).map(String::as_str);
    match (base, one) {
        ("Null", Some("true")) => return format!("{subject} is absent"),
        ("Null", Some("false")) => return format!("{subject} is present"),
        _ => {}
    }
    // A value satisfies a positive operator if any matches, a negated one if none does.
    match verb(base) {
        Some((verb, joiner)) => format!("{subject} {verb} {}{or_absent}", list(values, joiner)),
        None => format!("{subject} {base} {}{or_absent}", list(values, "or")),
    }
}

/// An operator in words, and what stands between its values.
fn verb(operator: &str) -> Option<(&'static str, &'static str)> {
    Some(match operator {
        "StringEquals" | "ArnEquals" | "NumericEquals" | "DateEquals" | "Bool" | "BinaryEquals" => ("is", "or"),
        "StringNotEquals" | "ArnNotEquals" | "NumericNotEquals" | "DateNotEquals" => ("is not", "nor"),
        "StringEqualsIgnoreCase" => ("is, in any case,", "or"),
        "StringNotEqualsIgnoreCase" => ("is not, in any case,", "nor"),
        "StringLike" | "ArnLike" => ("is like", "or"),
        "StringNotLike" | "ArnNotLike" => ("is not like", "nor"),
        "NumericLessThan" => ("is less than", "or"),
        "NumericLessThanEquals" => ("is at most", "or"),
        "NumericGreaterThan" => ("is more than", "or"),
        "NumericGreaterThanEquals" => ("is at least", "or"),
        "DateLessThan" => ("is before", "or"),
        "DateLessThanEquals" => ("is at or before", "or"),
        "DateGreaterThan" => ("is after", "or"),
        "DateGreaterThanEquals" => ("is at or after", "or"),
        "IpAddress" => ("is in", "or"),
        "NotIpAddress" => ("is not in", "nor"),
        _ => return None,
    })
}

/// `a, b or c`.
pub fn list(words: &BTreeSet<String>, joiner: &str) -> String {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, before)) => format!("{} {joiner} {last}", before.join(", ")),
        None => "nothing".to_owned(),
    }
}
