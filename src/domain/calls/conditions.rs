//! Condition keys that are the same for all operations: tags in a request, and keys named like parameters.

use serde_json::{Map, Value};

use super::asked::{Asked, each};
use super::{Need, Service, s3};
use crate::domain::policy::index;
use crate::domain::policy::sdk::normal;

/// Adds the keys that IAM knows for the action and the request tells.
pub(super) fn add(need: &mut Need, asked: &Asked<'_>) {
    let action = need.action.clone();
    let Some((prefix, name)) = action.split_once(':') else {
        return;
    };
    let service = index::service(prefix);
    let Some(action) = service.as_ref().and_then(|service| service.action(name)) else {
        return;
    };
    let is_own = prefix == asked.service.prefix();
    for key in action.keys.iter().filter(|_| is_own) {
        if key.is("aws:TagKeys") {
            let tags = tags(&asked.parameters);
            let names: Vec<String> = tags.iter().map(|(name, _)| name.clone()).collect();
            insert(need, "aws:TagKeys", names);
            for (name, value) in tags {
                insert(need, &format!("aws:RequestTag/{name}"), vec![value]);
            }
        } else if key.name == "s3:RequestObjectTag/<key>" {
            for (name, value) in s3::object_tags(asked) {
                insert(need, &format!("s3:RequestObjectTag/{name}"), vec![value]);
            }
        } else if let Some(word) = key.name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix(':')) {
            let values = match asked.service {
                Service::S3 => s3::condition(asked, word),
                _ => parameter(&asked.parameters, word),
            };
            insert(need, &key.name, values);
        }
    }
}

/// What a service's own module has said stands.
fn insert(need: &mut Need, key: &str, values: Vec<String>) {
    if !values.is_empty() && !need.untold.iter().any(|untold| untold == key) {
        need.context.entry(key.to_owned()).or_insert(values);
    }
}

/// The value of the parameter that a key is named after: `secretsmanager:VersionStage`.
fn parameter(parameters: &Map<String, Value>, word: &str) -> Vec<String> {
    let word = normal(word);
    let found = parameters.iter().find(|(name, _)| normal(name) == word);
    let values = found.map(|(_, value)| each(value)).unwrap_or_default();
    values.into_iter().filter_map(scalar).collect()
}

pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The tags that a call sets, and the names of those it takes away.
fn tags(parameters: &Map<String, Value>) -> Vec<(String, String)> {
    let found = parameters.iter().find(|(name, _)| normal(name) == "tags");
    let given = match found.map(|(_, value)| value) {
        Some(Value::Object(tags)) => tags
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), scalar(value)?)))
            .collect(),
        Some(Value::Array(tags)) => tags.iter().filter_map(tag).collect(),
        _ => Vec::new(),
    };
    given
}

fn tag(value: &Value) -> Option<(String, String)> {
    let fields = value.as_object()?;
    let field = |wanted: &str| {
        let found = fields.iter().find(|(name, _)| normal(name) == wanted);
        found.and_then(|(_, value)| scalar(value))
    };
    Some((
        field("key").or_else(|| field("tagkey"))?,
        field("value").or_else(|| field("tagvalue")).unwrap_or_default(),
    ))
}
