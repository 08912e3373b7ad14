//! IAM policy documents in canonical form: equal documents compare equal however they were written.
//!
//! Order of statements, order in lists, and single values against lists of one make no difference;
//! statement ids do, and so does the case of names, which is kept as it was.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::glob::Pattern;

/// The version of the policy language that lfn writes.
pub const POLICY_VERSION: &str = "2012-10-17";
/// The most that all inline policies of one role may have together, in characters that are not white space.
/// Source: IAM user guide, "IAM and AWS STS quotas".
pub const INLINE_POLICY_LIMIT: usize = 10_240;

/// Whether a statement allows or denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Effect {
    Allow,
    Deny,
}

/// Who a statement of a trust or resource policy is about: `Service`, `AWS`, `Federated` → names.
/// `"*"` is kept as `AWS` → `*`.
pub type Principal = BTreeMap<String, BTreeSet<String>>;

/// Operator → key → values.
pub type Conditions = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// One statement. Single strings and lists are the same thing here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Statement {
    pub sid: Option<String>,
    pub effect: Effect,
    pub principal: Option<Principal>,
    pub not_principal: Option<Principal>,
    pub actions: BTreeSet<String>,
    pub not_actions: BTreeSet<String>,
    pub resources: BTreeSet<String>,
    pub not_resources: BTreeSet<String>,
    /// Operator → key → values.
    pub conditions: Conditions,
}

impl Statement {
    /// Allows these actions on these resources.
    pub fn allow<A, R>(actions: A, resources: R) -> Self
    where
        A: IntoIterator<Item: Into<String>>,
        R: IntoIterator<Item: Into<String>>,
    {
        Self {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            not_principal: None,
            actions: actions.into_iter().map(Into::into).collect(),
            not_actions: BTreeSet::new(),
            resources: resources.into_iter().map(Into::into).collect(),
            not_resources: BTreeSet::new(),
            conditions: Conditions::new(),
        }
    }

    /// Denies these actions on these resources.
    pub fn deny<A, R>(actions: A, resources: R) -> Self
    where
        A: IntoIterator<Item: Into<String>>,
        R: IntoIterator<Item: Into<String>>,
    {
        Self {
            effect: Effect::Deny,
            ..Self::allow(actions, resources)
        }
    }

    /// Lets a service assume the role this statement is the trust of.
    pub fn trust(service: impl Into<String>) -> Self {
        let names = BTreeSet::from([service.into()]);
        Self {
            principal: Some(Principal::from([("Service".into(), names)])),
            ..Self::allow(["sts:AssumeRole"], [] as [&str; 0])
        }
    }

    /// The same statement under a condition. A second value of one key is an alternative to the first.
    #[must_use]
    pub fn when(mut self, operator: &str, key: &str, value: impl Into<String>) -> Self {
        let keys = self.conditions.entry(operator.into()).or_default();
        keys.entry(key.into()).or_default().insert(value.into());
        self
    }

    /// Whether the statement's actions name this one, in any case.
    pub fn names_action(&self, action: &str) -> bool {
        let action = action.to_ascii_lowercase();
        let names = |pattern: &String| Pattern::new(&pattern.to_ascii_lowercase()).matches(&action);
        self.actions.iter().any(names)
    }

    /// The same statement with an id: letters and digits only, unique in its document.
    #[must_use]
    pub fn sid(mut self, sid: impl Into<String>) -> Self {
        self.sid = Some(sid.into());
        self
    }
}

/// A policy document. A parsed one keeps its statements in the order they were written in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct PolicyDocument {
    pub version: String,
    pub statements: Vec<Statement>,
}

impl PolicyDocument {
    /// A document of these statements, in canonical order.
    pub fn new(statements: impl IntoIterator<Item = Statement>) -> Self {
        let statements: BTreeSet<Statement> = statements.into_iter().collect();
        Self {
            version: POLICY_VERSION.into(),
            statements: statements.into_iter().collect(),
        }
    }

    /// Parses a document as AWS returns it (already URL-decoded).
    pub fn parse(text: &str) -> Result<Self, String> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| format!("the policy document is not JSON: {error}"))?;
        value.try_into()
    }

    /// The document as compact JSON, ready to send.
    pub fn to_json(&self) -> String {
        Value::from(self.clone()).to_string()
    }

    /// Its size as IAM counts it against [`INLINE_POLICY_LIMIT`]: characters that are not white space.
    pub fn size(&self) -> usize {
        self.to_json().chars().filter(|c| !c.is_whitespace()).count()
    }

    fn canonical(&self) -> BTreeSet<&Statement> {
        self.statements.iter().collect()
    }
}

impl PartialEq for PolicyDocument {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version && self.canonical() == other.canonical()
    }
}

impl Eq for PolicyDocument {}

impl From<PolicyDocument> for Value {
    fn from(document: PolicyDocument) -> Self {
        let statements: Vec<Value> = document.canonical().into_iter().map(statement_json).collect();
        json!({ "Version": document.version, "Statement": statements })
    }
}

/// A statement as JSON, as AWS writes it.
pub fn statement_json(statement: &Statement) -> Value {
    let mut json = Map::new();
    if let Some(sid) = &statement.sid {
        json.insert("Sid".into(), sid.as_str().into());
    }
    let effect = match statement.effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    };
    json.insert("Effect".into(), effect.into());
    for (key, principal) in [
        ("Principal", &statement.principal),
        ("NotPrincipal", &statement.not_principal),
    ] {
        if let Some(principal) = principal {
            json.insert(key.into(), map_json(principal));
        }
    }
    for (key, words) in [
        ("Action", &statement.actions),
        ("NotAction", &statement.not_actions),
        ("Resource", &statement.resources),
        ("NotResource", &statement.not_resources),
    ] {
        if !words.is_empty() {
            json.insert(key.into(), words_json(words));
        }
    }
    if !statement.conditions.is_empty() {
        let conditions = statement.conditions.iter();
        let conditions: Map<String, Value> = conditions.map(|(op, keys)| (op.clone(), map_json(keys))).collect();
        json.insert("Condition".into(), conditions.into());
    }
    json.into()
}

fn map_json(map: &BTreeMap<String, BTreeSet<String>>) -> Value {
    let entries: Map<String, Value> = map
        .iter()
        .map(|(key, words)| (key.clone(), words_json(words)))
        .collect();
    entries.into()
}

fn words_json(words: &BTreeSet<String>) -> Value {
    let mut words: Vec<Value> = words.iter().map(|word| word.as_str().into()).collect();
    if words.len() == 1 {
        words.remove(0)
    } else {
        words.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> PolicyDocument {
        PolicyDocument::parse(text).unwrap()
    }

    #[test]
    fn the_same_rights_written_differently_are_equal() {
        let short = parse(
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*",
                "Condition":{"Bool":{"aws:SecureTransport":true},"NumericLessThan":{"s3:max-keys":10}}}}"#,
        );
        let long = parse(
            r#"{"Id":"x","Statement":[{"Condition":{"NumericLessThan":{"s3:max-keys":["10"]},
                "Bool":{"aws:SecureTransport":["true"]},"Null":{}},"Resource":["*"],"Action":["sqs:SendMessage"],
                "Sid":"","Effect":"Allow"}],"Version":"2012-10-17"}"#,
        );
        assert_eq!(short, long);
        assert_eq!(short.to_json(), long.to_json());
    }

    #[test]
    fn order_makes_no_difference_but_ids_do() {
        let one = Statement::allow(["a:B", "a:A"], ["*"]).sid("One");
        let two = Statement::deny(["a:A"], ["arn:aws:a:::x"]);
        let mut backwards = PolicyDocument::new([one.clone(), two.clone()]);
        backwards.statements.reverse();
        assert_eq!(backwards, PolicyDocument::new([one.clone(), two.clone()]));
        assert_eq!(
            backwards.to_json(),
            PolicyDocument::new([two.clone(), one.clone()]).to_json()
        );
        assert_ne!(backwards, PolicyDocument::new([one.sid("Other"), two]));
    }

    #[test]
    fn json_is_compact_sorted_and_round_trips() {
        let document = PolicyDocument::new([
            Statement::allow(["b:B", "a:A"], ["arn:aws:a:::x"])
                .sid("Two")
                .when("StringLike", "aws:b", "2")
                .when("StringLike", "aws:b", "1"),
            Statement::trust("lambda.amazonaws.com"),
        ]);
        let json = concat!(
            r#"{"Version":"2012-10-17","Statement":["#,
            r#"{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"},"#,
            r#"{"Sid":"Two","Effect":"Allow","Action":["a:A","b:B"],"Resource":"arn:aws:a:::x","#,
            r#""Condition":{"StringLike":{"aws:b":["1","2"]}}}]}"#,
        );
        assert_eq!(document.to_json(), json);
        assert_eq!(parse(json), document);
        assert_eq!(serde_json::to_string(&document).unwrap(), json);
        assert_eq!(serde_json::from_str::<PolicyDocument>(json).unwrap(), document);
        assert_eq!(document.size(), json.len());
    }

    #[test]
    fn white_space_does_not_count_towards_the_size() {
        let with = |key: &str| PolicyDocument::new([Statement::allow(["a:A"], [key])]).size();
        assert_eq!(with("arn:aws:a:::x y"), with("arn:aws:a:::xy"));
        assert_eq!(with("arn:aws:a:::xyz"), with("arn:aws:a:::xy") + 1);
    }

    #[test]
    fn every_element_survives() {
        let text = concat!(
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","NotPrincipal":{"AWS":"*"},"#,
            r#""NotAction":"iam:*","NotResource":"arn:aws:s3:::b"}]}"#,
        );
        assert_eq!(parse(text).to_json(), text);
    }

    #[test]
    fn everybody_is_one_principal() {
        let of = |principal: &str| {
            parse(&format!(
                r#"{{"Statement":[{{"Effect":"Allow","Action":"a:A","Principal":{principal}}}]}}"#
            ))
        };
        assert_eq!(of(r#""*""#), of(r#"{"AWS":["*"]}"#));
        assert_ne!(of(r#""*""#), of(r#"{"Service":"*"}"#));
    }

    #[test]
    fn a_missing_version_is_the_old_one() {
        let text = r#"{"Statement":[{"Effect":"Allow","Action":"a:A","Resource":"*"}]}"#;
        assert_eq!(parse(text).version, "2008-10-17");
        assert_ne!(parse(text), PolicyDocument::new([Statement::allow(["a:A"], ["*"])]));
    }
}
