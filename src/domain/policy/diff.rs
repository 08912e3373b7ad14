//! What changes for access when one document replaces another, in lines a person can read.
//!
//! Documents are taken apart into single rights first, so that order, grouping and ids make no
//! difference. Rights are compared as data and put into words afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::{Conditions, Effect, PolicyDocument, Principal, Statement};

/// One right: who may (not) do what, on what, when.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
pub struct AccessLine {
    /// `allow` or `deny`.
    pub effect: String,
    /// Who, in trust and resource policies; empty in a role's own policy, which is about the role.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub principal: String,
    pub action: String,
    /// Empty in trust policies.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub resource: String,
    /// `when …`, or empty when unconditional.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub condition: String,
}

impl fmt::Display for AccessLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.effect)?;
        if !self.principal.is_empty() {
            write!(f, " {}:", self.principal)?;
        }
        write!(f, " {}", self.action)?;
        if !self.resource.is_empty() {
            write!(f, " on {}", self.resource)?;
        }
        if !self.condition.is_empty() {
            write!(f, " {}", self.condition)?;
        }
        Ok(())
    }
}

/// Rights gained and lost.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct AccessChange {
    pub added: Vec<AccessLine>,
    pub removed: Vec<AccessLine>,
}

impl AccessChange {
    /// Compares two documents right by right; absent means no rights.
    pub fn between(from: Option<&PolicyDocument>, to: Option<&PolicyDocument>) -> Self {
        let (from, to) = (rights(from), rights(to));
        let lines = |rights: &BTreeSet<Right>, but: &BTreeSet<Right>| {
            let mut lines: Vec<AccessLine> = rights.difference(but).map(Right::line).collect();
            lines.sort();
            lines
        };
        Self {
            added: lines(&to, &from),
            removed: lines(&from, &to),
        }
    }

    /// Whether both documents give the same rights.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

/// One action on one resource for one principal.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Right<'a> {
    effect: Effect,
    principal: Option<Who<'a>>,
    action: Scope<'a>,
    resource: Option<Scope<'a>>,
    conditions: &'a Conditions,
    /// Under the old version of the language, `${aws:username}` and its like are plain text.
    literal_variables: bool,
}

/// One name, or everything but a set of names; a set is one right, since its names narrow each other.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Scope<'a> {
    One(&'a str),
    Except(&'a BTreeSet<String>),
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Who<'a> {
    One(&'a str, &'a str),
    Except(&'a Principal),
}

fn rights(document: Option<&PolicyDocument>) -> BTreeSet<Right<'_>> {
    let statements = document.iter().flat_map(|document| {
        let old = document.version != super::POLICY_VERSION;
        document.statements.iter().map(move |statement| (statement, old))
    });
    statements
        .flat_map(|(statement, old)| rights_of(statement, old))
        .collect()
}

fn rights_of(statement: &Statement, old: bool) -> Vec<Right<'_>> {
    let mut rights = Vec::new();
    let actions = scopes(&statement.actions, &statement.not_actions);
    let resources = or_none(scopes(&statement.resources, &statement.not_resources));
    for principal in or_none(principals(statement)) {
        for action in &actions {
            for resource in &resources {
                rights.push(Right {
                    effect: statement.effect,
                    principal: principal.clone(),
                    action: action.clone(),
                    resource: resource.clone(),
                    conditions: &statement.conditions,
                    literal_variables: old && has_variables(statement),
                });
            }
        }
    }
    rights
}

fn scopes<'a>(names: &'a BTreeSet<String>, but: &'a BTreeSet<String>) -> Vec<Scope<'a>> {
    let except = (!but.is_empty()).then_some(Scope::Except(but));
    names.iter().map(|name| Scope::One(name)).chain(except).collect()
}

fn principals(statement: &Statement) -> Vec<Who<'_>> {
    let named = statement.principal.iter().flatten();
    let named = named.flat_map(|(kind, names)| names.iter().map(|name| Who::One(kind, name)));
    named.chain(statement.not_principal.as_ref().map(Who::Except)).collect()
}

/// The elements, or one absence when there are none.
fn or_none<T>(elements: Vec<T>) -> Vec<Option<T>> {
    if elements.is_empty() {
        vec![None]
    } else {
        elements.into_iter().map(Some).collect()
    }
}

fn has_variables(statement: &Statement) -> bool {
    let values = statement.conditions.values().flat_map(BTreeMap::values).flatten();
    let resources = statement.resources.iter().chain(&statement.not_resources);
    resources.chain(values).any(|text| text.contains("${"))
}

impl Right<'_> {
    fn line(&self) -> AccessLine {
        let effect = match self.effect {
            Effect::Allow => "allow",
            Effect::Deny => "deny",
        };
        let mut condition = condition_text(self.conditions);
        if self.literal_variables {
            let space = if condition.is_empty() { "" } else { " " };
            condition = format!("{condition}{space}(variables taken as plain text)");
        }
        AccessLine {
            effect: effect.into(),
            principal: self.principal.as_ref().map(Who::text).unwrap_or_default(),
            action: self.action.text("anything"),
            resource: self.resource.as_ref().map(|r| r.text("everything")).unwrap_or_default(),
            condition,
        }
    }
}

impl Scope<'_> {
    fn text(&self, all: &str) -> String {
        match self {
            Self::One(name) => (*name).to_owned(),
            Self::Except(names) => format!("{all} except {}", list(names, "and")),
        }
    }
}

impl Who<'_> {
    fn text(&self) -> String {
        match self {
            Self::One(kind, name) => principal_text(kind, name),
            Self::Except(principal) => {
                let names = principal.iter();
                let names = names.flat_map(|(kind, names)| names.iter().map(|name| principal_text(kind, name)));
                format!("anyone except {}", list(&names.collect(), "and"))
            }
        }
    }
}

fn principal_text(kind: &str, name: &str) -> String {
    match (kind, name) {
        ("AWS", "*") => "anyone".into(),
        // The ARN says what it is.
        ("AWS", name) => name.into(),
        (kind, name) => format!("{} {name}", kind.to_ascii_lowercase()),
    }
}

/// `when KEY is A or B and KEY is like C`; empty when there are no conditions.
fn condition_text(conditions: &Conditions) -> String {
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
fn list(words: &BTreeSet<String>, joiner: &str) -> String {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, before)) => format!("{} {joiner} {last}", before.join(", ")),
        None => "nothing".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(lines: &[AccessLine]) -> Vec<String> {
        lines.iter().map(ToString::to_string).collect()
    }

    fn all(statement: Statement) -> Vec<String> {
        lines(&AccessChange::between(None, Some(&PolicyDocument::new([statement]))).added)
    }

    #[test]
    fn each_right_is_one_line() {
        let from = PolicyDocument::new([Statement::allow(
            ["s3:GetObject"],
            ["arn:aws:s3:::b/x", "arn:aws:s3:::b/y"],
        )]);
        let to = PolicyDocument::new([
            Statement::allow(["s3:GetObject", "s3:PutObject"], ["arn:aws:s3:::b/x"]),
            Statement::deny(["s3:GetObject"], ["arn:aws:s3:::b/y"]),
        ]);
        let change = AccessChange::between(Some(&from), Some(&to));
        assert_eq!(
            lines(&change.added),
            [
                "allow s3:PutObject on arn:aws:s3:::b/x",
                "deny s3:GetObject on arn:aws:s3:::b/y"
            ]
        );
        assert_eq!(lines(&change.removed), ["allow s3:GetObject on arn:aws:s3:::b/y"]);
        let back = AccessChange::between(Some(&to), Some(&from));
        assert_eq!((back.added, back.removed), (change.removed, change.added));
    }

    #[test]
    fn grouping_order_and_ids_change_nothing() {
        let one = PolicyDocument::new([Statement::allow(["a:A", "a:B"], ["x", "y"]).sid("One")]);
        let many = ["y", "x"]
            .into_iter()
            .flat_map(|r| ["a:B", "a:A"].map(|a| Statement::allow([a], [r])));
        let many = PolicyDocument::new(many);
        assert_ne!(one, many);
        assert!(AccessChange::between(Some(&one), Some(&many)).is_empty());
        assert!(AccessChange::between(None, None).is_empty());
        assert!(!AccessChange::between(Some(&one), None).is_empty());
    }

    #[test]
    fn conditions_read_as_sentences() {
        let with = |operator: &str, values: &[&str]| {
            let statement = Statement::allow(["a:A"], ["*"]);
            let under = |s: Statement, value: &&str| s.when(operator, "aws:Key", *value);
            all(values.iter().fold(statement, under)).remove(0)
        };
        for (operator, values, text) in [
            ("StringEquals", &["1"][..], "aws:Key is 1"),
            ("StringEquals", &["1", "2", "3"], "aws:Key is 1, 2 or 3"),
            ("StringNotLike", &["a*", "b*"], "aws:Key is not like a* nor b*"),
            ("ArnLike", &["arn:*"], "aws:Key is like arn:*"),
            ("Bool", &["true"], "aws:Key is true"),
            ("Null", &["true"], "aws:Key is absent"),
            ("Null", &["false"], "aws:Key is present"),
            ("NumericLessThanEquals", &["10"], "aws:Key is at most 10"),
            ("IpAddress", &["10.0.0.0/8"], "aws:Key is in 10.0.0.0/8"),
            ("StringEqualsIfExists", &["1"], "aws:Key is 1 (or is absent)"),
            ("ForAnyValue:StringEquals", &["1"], "any value of aws:Key is 1"),
            ("ForAllValues:StringLike", &["a*"], "every value of aws:Key is like a*"),
            ("FutureOperator", &["1"], "aws:Key FutureOperator 1"),
        ] {
            assert_eq!(with(operator, values), format!("allow a:A on * when {text}"));
        }
        let two = Statement::allow(["a:A"], ["*"])
            .when("StringEquals", "aws:SourceAccount", "123456789012")
            .when("ArnLike", "aws:SourceArn", "arn:x");
        let text = "when aws:SourceArn is like arn:x and aws:SourceAccount is 123456789012";
        assert_eq!(all(two), [format!("allow a:A on * {text}")]);
    }

    #[test]
    fn a_changed_condition_is_one_right_lost_and_one_gained() {
        let under = |account: &str| {
            let statement = Statement::trust("lambda.amazonaws.com");
            PolicyDocument::new([statement.when("StringEquals", "aws:SourceAccount", account)])
        };
        let change = AccessChange::between(Some(&under("1")), Some(&under("2")));
        let text = "allow service lambda.amazonaws.com: sts:AssumeRole when aws:SourceAccount is";
        assert_eq!(lines(&change.added), [format!("{text} 2")]);
        assert_eq!(lines(&change.removed), [format!("{text} 1")]);
    }

    #[test]
    fn exceptions_and_principals_are_legible() {
        for (json, text) in [
            (
                r#"{"Effect":"Deny","NotAction":["iam:*","sts:*"],"NotResource":"arn:aws:iam::1:role/x"}"#,
                "deny anything except iam:* and sts:* on everything except arn:aws:iam::1:role/x",
            ),
            (
                r#"{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"arn:f"}"#,
                "allow anyone: lambda:InvokeFunction on arn:f",
            ),
            (
                r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:root"},"Action":"sts:AssumeRole"}"#,
                "allow arn:aws:iam::1:root: sts:AssumeRole",
            ),
            (
                r#"{"Effect":"Deny","NotPrincipal":{"AWS":"arn:x","Service":"s"},"Action":"sts:AssumeRole"}"#,
                "deny anyone except arn:x and service s: sts:AssumeRole",
            ),
        ] {
            let text_of = format!(r#"{{"Version":"2012-10-17","Statement":{json}}}"#);
            let document = PolicyDocument::parse(&text_of).unwrap();
            assert_eq!(lines(&AccessChange::between(None, Some(&document)).added), [text]);
        }
    }

    #[test]
    fn the_version_matters_where_there_are_variables() {
        let at = |version: &str, resource: &str| PolicyDocument {
            version: version.into(),
            ..PolicyDocument::new([Statement::allow(["a:A"], [resource])])
        };
        let change = |resource: &str| {
            AccessChange::between(Some(&at("2008-10-17", resource)), Some(&at("2012-10-17", resource)))
        };
        assert!(change("arn:x").is_empty());
        assert_eq!(
            lines(&change("arn:${aws:username}").removed),
            ["allow a:A on arn:${aws:username} (variables taken as plain text)"]
        );
    }

    #[test]
    fn a_line_is_plain_json() {
        let line = AccessLine {
            effect: "allow".into(),
            action: "a:A".into(),
            resource: "*".into(),
            ..AccessLine::default()
        };
        let json = serde_json::to_string(&line).unwrap();
        assert_eq!(json, r#"{"effect":"allow","action":"a:A","resource":"*"}"#);
    }
}
