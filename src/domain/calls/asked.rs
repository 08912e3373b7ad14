//! A call whose operation is known, with its parameters by the names that the API has for them.

use serde_json::{Map, Value};

use super::{Place, Request, Service};

/// What is asked of a service.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub service: Service,
    pub operation: String,
    pub parameters: Map<String, Value>,
    pub request: Request<'a>,
    /// Where resources without a region or account of their own are.
    pub place: Place,
}

impl Asked<'_> {
    /// A parameter that is a text, and not an empty one.
    pub fn text(&self, name: &str) -> Option<&str> {
        text_in(&self.parameters, name)
    }

    /// The texts at a path such as `Entries.Source`, out of lists.
    pub fn texts(&self, path: &str) -> Vec<&str> {
        texts_in(&self.parameters, path)
    }

    /// The ARN of a resource of this service in the place of the call.
    pub fn arn(&self, resource: impl std::fmt::Display) -> String {
        self.place.arn(self.service.prefix(), resource).to_string()
    }

    /// `SERVICE:ACTION`
    pub fn action(&self, name: &str) -> String {
        format!("{}:{name}", self.service.prefix())
    }
}

/// A member that is a text, and not an empty one.
pub(super) fn text_in<'v>(fields: &'v Map<String, Value>, name: &str) -> Option<&'v str> {
    let text = fields.get(name)?.as_str()?;
    (!text.is_empty()).then_some(text)
}

/// The texts at a path, out of lists.
pub(super) fn texts_in<'v>(fields: &'v Map<String, Value>, path: &str) -> Vec<&'v str> {
    let mut steps = path.split('.');
    let first = fields.get(steps.next().unwrap_or_default());
    let start: Vec<&Value> = first.into_iter().flat_map(each).collect();
    let found = steps.fold(start, |values, step| {
        let inner = values.into_iter().filter_map(|value| value.get(step));
        inner.flat_map(each).collect()
    });
    found.into_iter().filter_map(Value::as_str).collect()
}

/// The values of a list, or the only one.
pub(super) fn each(value: &Value) -> Vec<&Value> {
    value
        .as_array()
        .map_or_else(|| vec![value], |values| values.iter().collect())
}
