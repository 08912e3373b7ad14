//! IAM policy documents in canonical form: equal documents compare equal however they were written.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Whether a statement allows or denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Effect {
    Allow,
    Deny,
}

/// Who a statement of a trust or resource policy is about: `Service`, `AWS`, `Federated` → names.
/// `"*"` is kept as `AWS` → `*`.
pub type Principal = BTreeMap<String, BTreeSet<String>>;

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
    pub conditions: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
}

/// A policy document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "serde_json::Value", into = "serde_json::Value")]
pub struct PolicyDocument {
    pub version: String,
    pub statements: Vec<Statement>,
}

impl TryFrom<serde_json::Value> for PolicyDocument {
    type Error = String;
    fn try_from(_: serde_json::Value) -> Result<Self, String> {
        todo!()
    }
}

impl From<PolicyDocument> for serde_json::Value {
    fn from(_: PolicyDocument) -> Self {
        todo!()
    }
}

impl PolicyDocument {
    /// Parses a document as AWS returns it (already URL-decoded).
    pub fn parse(_text: &str) -> Result<Self, String> {
        todo!()
    }

    /// The document as compact JSON, ready to send.
    pub fn to_json(&self) -> String {
        todo!()
    }
}
