//! Condition keys that are the same for all operations: tags in a request, and keys named like parameters.

use serde_json::{Map, Value};

use super::asked::{Asked, each};
use super::{Need, Service, s3};
use crate::domain::policy::index::{self, Key};
use crate::domain::policy::sdk::normal;

/// Adds the keys that IAM knows for each action of the service and the request tells.
pub(super) fn add(needs: &mut [Need], asked: &Asked<'_>) {
    let Some(service) = index::service(asked.service.prefix()) else {
        return;
    };
    for need in needs {
        let name = need
            .action
            .strip_prefix(service.prefix)
            .and_then(|rest| rest.strip_prefix(':'));
        for key in name
            .and_then(|name| service.action(name))
            .iter()
            .flat_map(|action| &action.keys)
        {
            add_key(need, asked, key);
        }
    }
}

fn add_key(need: &mut Need, asked: &Asked<'_>, key: &Key) {
    if key.is("aws:TagKeys") {
        let tags = tags(&asked.parameters);
        let mut names: Vec<String> = tags.iter().map(|(name, _)| name.clone()).collect();
        names.extend(parameter(&asked.parameters, "TagKeys"));
        insert(need, "aws:TagKeys", names);
        for (name, value) in tags {
            insert(need, &format!("aws:RequestTag/{name}"), vec![value]);
        }
    } else if key.name == "s3:RequestObjectTag/<key>" {
        for (name, value) in s3::object_tags(asked) {
            insert(need, &format!("s3:RequestObjectTag/{name}"), vec![value]);
        }
    } else if let Some((prefix, word)) = key.name.split_once(':')
        && prefix == asked.service.prefix()
    {
        let values = match asked.service {
            Service::S3 => s3::condition(asked, word),
            _ => parameter(&asked.parameters, word),
        };
        insert(need, &key.name, values);
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

/// The tags that a call sets.
fn tags(parameters: &Map<String, Value>) -> Vec<(String, String)> {
    let found = parameters.iter().find(|(name, _)| normal(name) == "tags");
    match found.map(|(_, value)| value) {
        Some(Value::Object(tags)) => tags
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), scalar(value)?)))
            .collect(),
        Some(Value::Array(tags)) => tags.iter().filter_map(tag).collect(),
        _ => Vec::new(),
    }
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
