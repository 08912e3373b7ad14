//! One request under some policies, in the form that both evaluators read.

use std::collections::BTreeMap;

use lfn::domain::policy::PolicyDocument;
use lfn::domain::policy::evaluate::{Caller, Context, ContextValue, Decision, Policies, Request, decide};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Case {
    pub id: String,
    /// The verdict, in written cases.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub expect: String,
    pub policies: Vec<Value>,
    pub principal: String,
    pub action: String,
    pub resource: String,
    pub resource_account: String,
    pub context: BTreeMap<String, Value>,
    pub boundary: Option<Value>,
    pub resource_policy: Option<Value>,
}

impl Case {
    /// Decides the case with lfn.
    pub fn decide(&self) -> Decision {
        let parse = |value: &Value| {
            PolicyDocument::try_from(value.clone()).unwrap_or_else(|error| panic!("{}: {error}", self.id))
        };
        let identity: Vec<PolicyDocument> = self.policies.iter().map(parse).collect();
        let boundary = self.boundary.as_ref().map(parse);
        let resource = self.resource_policy.as_ref().map(parse);
        decide(
            &self.request(),
            Policies {
                identity: &identity,
                boundary: boundary.as_ref(),
                resource: resource.as_ref(),
            },
        )
    }

    pub fn request(&self) -> Request {
        let mut context = Context::default();
        for (key, value) in &self.context {
            let value = match value {
                Value::Array(list) => {
                    ContextValue::Many(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
                }
                one => ContextValue::One(one.as_str().expect("a string").to_owned()),
            };
            context.insert(key, value);
        }
        Request {
            caller: Caller::parse(&self.principal),
            action: self.action.clone(),
            resource: self.resource.clone(),
            resource_account: self.resource_account.clone(),
            context,
        }
    }

    /// Every policy.
    pub fn documents(&self) -> impl Iterator<Item = &Value> {
        self.policies.iter().chain(&self.boundary).chain(&self.resource_policy)
    }

    /// Every statement.
    pub fn statements(&self) -> impl Iterator<Item = &Value> {
        self.documents()
            .filter_map(|document| document["Statement"].as_array())
            .flatten()
    }

    /// Every operator, key and list of values.
    pub fn conditions(&self) -> impl Iterator<Item = (&str, &str, Vec<&str>)> {
        let operators = self
            .statements()
            .filter_map(|statement| statement["Condition"].as_object())
            .flatten();
        operators.flat_map(|(operator, keys)| {
            keys.as_object().into_iter().flatten().map(move |(key, values)| {
                let values = match values {
                    Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
                    one => one.as_str().into_iter().collect(),
                };
                (operator.as_str(), key.as_str(), values)
            })
        })
    }
}
