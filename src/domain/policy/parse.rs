//! Reads any policy document that IAM takes: single strings, lists, numbers and booleans in conditions.
//!
//! An error names the place: `Statement[2].Condition.StringEquals`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Conditions, Effect, PolicyDocument, Principal, Statement};

/// What a document without `Version` means to AWS; policy variables are plain text in it.
/// Source: IAM user guide, "IAM JSON policy elements: Version".
const DEFAULT_VERSION: &str = "2008-10-17";
/// Source: IAM user guide, "AWS JSON policy elements: Principal".
const PRINCIPAL_KINDS: [&str; 4] = ["AWS", "Service", "Federated", "CanonicalUser"];

impl TryFrom<Value> for PolicyDocument {
    type Error = String;
    fn try_from(value: Value) -> Result<Self, String> {
        let Value::Object(document) = value else {
            return Err("a policy document must be a JSON object".into());
        };
        let mut version = DEFAULT_VERSION.to_owned();
        let mut statements = Vec::new();
        for (key, value) in document {
            match (key.as_str(), value) {
                ("Version", Value::String(text)) => version = text,
                ("Statement", Value::Array(list)) => {
                    let numbered = list.into_iter().enumerate();
                    statements = numbered
                        .map(|(index, value)| parse_statement(&format!("Statement[{index}]"), value))
                        .collect::<Result<_, _>>()?;
                }
                ("Statement", one @ Value::Object(_)) => statements = vec![parse_statement("Statement", one)?],
                // A label without effect, and not part of what is compared.
                ("Id", Value::String(_)) => {}
                (known @ ("Version" | "Statement" | "Id"), _) => {
                    return Err(format!("`{known}` of a policy document has the wrong type"));
                }
                (other, _) => return Err(format!("a policy document has no element `{other}`")),
            }
        }
        Ok(Self { version, statements })
    }
}

fn parse_statement(place: &str, value: Value) -> Result<Statement, String> {
    let Value::Object(elements) = value else {
        return Err(format!("`{place}` must be a JSON object: a policy statement"));
    };
    let none: [&str; 0] = [];
    let mut statement = Statement::allow(none, none);
    let mut effect = None;
    for (key, value) in elements {
        let at = format!("{place}.{key}");
        match key.as_str() {
            "Sid" => statement.sid = parse_sid(&at, value)?,
            "Effect" => effect = Some(parse_effect(&at, &value)?),
            "Principal" => statement.principal = Some(parse_principal(&at, value)?),
            "NotPrincipal" => statement.not_principal = Some(parse_principal(&at, value)?),
            "Action" => statement.actions = parse_words(&at, value, Scalars::No)?,
            "NotAction" => statement.not_actions = parse_words(&at, value, Scalars::No)?,
            "Resource" => statement.resources = parse_words(&at, value, Scalars::No)?,
            "NotResource" => statement.not_resources = parse_words(&at, value, Scalars::No)?,
            "Condition" => statement.conditions = parse_conditions(&at, value)?,
            other => {
                return Err(format!(
                    "`{place}` has an element `{other}`, which policy statements do not have"
                ));
            }
        }
    }
    statement.effect = effect.ok_or_else(|| format!("`{place}` has no `Effect`"))?;
    if statement.actions.is_empty() == statement.not_actions.is_empty() {
        return Err(format!("`{place}` must have either `Action` or `NotAction`"));
    }
    for (one, other, both) in [
        (
            "Resource",
            "NotResource",
            (!statement.resources.is_empty()) && !statement.not_resources.is_empty(),
        ),
        (
            "Principal",
            "NotPrincipal",
            statement.principal.is_some() && statement.not_principal.is_some(),
        ),
    ] {
        if both {
            return Err(format!(
                "`{place}` has both `{one}` and `{other}`; only one of them is allowed"
            ));
        }
    }
    Ok(statement)
}

fn parse_sid(at: &str, value: Value) -> Result<Option<String>, String> {
    match value {
        // AWS takes an empty id and means none.
        Value::String(sid) => Ok(Some(sid).filter(|sid| !sid.is_empty())),
        other => Err(format!("`{at}` must be a string, not `{other}`")),
    }
}

fn parse_effect(at: &str, value: &Value) -> Result<Effect, String> {
    match value.as_str() {
        Some("Allow") => Ok(Effect::Allow),
        Some("Deny") => Ok(Effect::Deny),
        _ => Err(format!("`{at}` must be `Allow` or `Deny`, not `{value}`")),
    }
}

fn parse_principal(at: &str, value: Value) -> Result<Principal, String> {
    match value {
        Value::String(all) if all == "*" => Ok(Principal::from([("AWS".into(), BTreeSet::from([all]))])),
        Value::Object(kinds) => kinds
            .into_iter()
            .map(|(kind, names)| {
                if !PRINCIPAL_KINDS.contains(&kind.as_str()) {
                    let known = PRINCIPAL_KINDS.map(|known| format!("`{known}`")).join(", ");
                    return Err(format!("`{at}.{kind}` is not a kind of principal; there are {known}"));
                }
                let names = parse_words(&format!("{at}.{kind}"), names, Scalars::No)?;
                Ok((kind, names))
            })
            .collect(),
        other => Err(format!("`{at}` must be `*` or an object, not `{other}`")),
    }
}

fn parse_conditions(at: &str, value: Value) -> Result<Conditions, String> {
    let wrong = |at: &str, holds: &str, value: &Value| format!("`{at}` must be an object of {holds}, not `{value}`");
    let Value::Object(operators) = value else {
        return Err(wrong(at, "operators", &value));
    };
    let mut conditions = Conditions::new();
    for (operator, keys) in operators {
        let at = format!("{at}.{operator}");
        let Value::Object(keys) = keys else {
            return Err(wrong(&at, "condition keys", &keys));
        };
        let keys: BTreeMap<String, BTreeSet<String>> = keys
            .into_iter()
            .map(|(key, values)| {
                let values = parse_words(&format!("{at}.{key}"), values, Scalars::AsText)?;
                Ok((key, values))
            })
            .collect::<Result<_, String>>()?;
        if !keys.is_empty() {
            conditions.insert(operator, keys);
        }
    }
    Ok(conditions)
}

/// What becomes of numbers and booleans, which are common in conditions.
#[derive(Clone, Copy)]
enum Scalars {
    No,
    AsText,
}

/// A string or a list of strings.
fn parse_words(at: &str, value: Value, scalars: Scalars) -> Result<BTreeSet<String>, String> {
    let list = match value {
        Value::Array(list) => list,
        one => vec![one],
    };
    let words = list.into_iter().map(|word| match (word, scalars) {
        (Value::String(text), _) => Ok(text),
        (word @ (Value::Bool(_) | Value::Number(_)), Scalars::AsText) => Ok(word.to_string()),
        (other, _) => Err(format!("`{at}` must hold strings, not `{other}`")),
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_documents_are_refused_with_the_place_and_the_reason() {
        for (text, reasons) in [
            ("{", &["not JSON"][..]),
            ("[]", &["must be a JSON object"]),
            (r#"{"Version":1}"#, &["`Version`", "wrong type"]),
            (r#"{"Statements":[]}"#, &["no element `Statements`"]),
            (r#"{"Statement":["x"]}"#, &["`Statement[0]` must be a JSON object"]),
            (r#"{"Statement":{"Action":"a:A"}}"#, &["`Statement` has no `Effect`"]),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":"a:A"},{"Effect":"allow","Action":"a:A"}]}"#,
                &["`Statement[1].Effect` must be `Allow` or `Deny`"],
            ),
            (
                r#"{"Statement":[{"Effect":"Allow"}]}"#,
                &["either `Action` or `NotAction`"],
            ),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":"a:A","NotAction":"a:B"}]}"#,
                &["either `Action`"],
            ),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":"a:A","Resource":"*","NotResource":"x"}]}"#,
                &["both `Resource` and `NotResource`"],
            ),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":"a:A","Principal":"*","NotPrincipal":"*"}]}"#,
                &["both `Principal` and `NotPrincipal`"],
            ),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":[1]}]}"#,
                &["`Statement[0].Action` must hold strings", "`1`"],
            ),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":"a:A","Sid":1}]}"#,
                &["`Statement[0].Sid`"],
            ),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":"a:A","Principal":"x"}]}"#,
                &["`Statement[0].Principal`"],
            ),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":"a:A","Principal":{"Aws":"x"}}]}"#,
                &["`Statement[0].Principal.Aws` is not a kind", "`Federated`"],
            ),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":"a:A","Actoin":"x"}]}"#,
                &["`Statement[0]`", "`Actoin`"],
            ),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":"a:A","Condition":{"Bool":1}}]}"#,
                &["`Statement[0].Condition.Bool` must be an object"],
            ),
            (
                r#"{"Statement":[{"Effect":"Allow","Action":"a:A","Condition":{"Bool":{"k":null}}}]}"#,
                &["`Statement[0].Condition.Bool.k` must hold strings"],
            ),
        ] {
            let error = PolicyDocument::parse(text).unwrap_err();
            for reason in reasons {
                assert!(error.contains(reason), "{text}: {error}");
            }
        }
    }

    #[test]
    fn statements_stay_in_the_order_they_were_written_in() {
        let text = r#"{"Statement":[{"Sid":"B","Effect":"Deny","Action":"b:B","Resource":"*"},
            {"Sid":"A","Effect":"Allow","Action":["a:A"],"Resource":["*"]}]}"#;
        let document = PolicyDocument::parse(text).unwrap();
        let ids: Vec<_> = document
            .statements
            .iter()
            .filter_map(|statement| statement.sid.as_deref())
            .collect();
        assert_eq!(ids, ["B", "A"]);
    }
}
