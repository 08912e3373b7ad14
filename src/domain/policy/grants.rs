//! One line of `allow`: a verb and a target, or a raw statement.

use super::Statement;
use crate::domain::arn::Place;
use crate::domain::names::InvalidName;

/// A short grant such as `get s3://shop-photos/in/*`, parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The line as written.
    pub text: String,
}

/// A statement written out in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawStatement {
    pub actions: Vec<String>,
    pub resources: Vec<String>,
    /// `when`: operator → key → values.
    pub when: std::collections::BTreeMap<String, std::collections::BTreeMap<String, Vec<String>>>,
    pub because: Option<String>,
}

impl Grant {
    /// Parses a line, or says what is wrong and what the nearest right verb or service is.
    pub fn parse(_text: &str) -> Result<Self, InvalidName> {
        todo!()
    }

    /// The statements this line stands for in this account and region.
    pub fn statements(&self, _place: &Place) -> Vec<Statement> {
        todo!()
    }
}
