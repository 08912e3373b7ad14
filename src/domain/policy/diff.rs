//! What changes for access when one document replaces another, in lines a person can read.

use serde::Serialize;

use super::PolicyDocument;

/// One right: who may (not) do what, on what, when.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct AccessLine {
    /// `allow` or `deny`.
    pub effect: String,
    pub action: String,
    pub resource: String,
    /// Empty when unconditional.
    pub condition: String,
}

/// Rights gained and lost.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct AccessChange {
    pub added: Vec<AccessLine>,
    pub removed: Vec<AccessLine>,
}

impl AccessChange {
    /// Compares two documents right by right; absent means no rights.
    pub fn between(_from: Option<&PolicyDocument>, _to: Option<&PolicyDocument>) -> Self {
        todo!()
    }

    /// Whether both documents give the same rights.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}
