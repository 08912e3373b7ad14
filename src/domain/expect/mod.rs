//! What a call of the function should come to: an expectation beside an event, and what differs from it.
//!
//! Pure: texts and results come in, differences go out. `lfn test` runs whole folders of them; a release
//! check may hold its one event to the expectation beside it in the same way.

mod check;
mod parse;

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;

use super::function::Environment;
use super::names::Qualifier;

pub use check::{Called, Failure, Mismatch, matches};
pub use parse::parse;

/// The end of the names of files with expectations.
pub const SUFFIX: &str = ".expect.json";

/// What one call should come to. Without any part, the function only has to succeed.
#[derive(Debug, Clone, Default)]
pub struct Expectation {
    /// What the case is called; the file's name when absent.
    pub name: Option<String>,
    pub event: EventSource,
    pub result: Vec<Rule>,
    /// Present when the function should fail.
    pub error: Option<ExpectedError>,
    /// Milliseconds.
    pub max_duration: Option<u64>,
    /// Megabytes.
    pub max_memory: Option<u64>,
    /// Environment variables in place of the function's own; only where the code runs on this machine.
    pub env: Environment,
    /// The version or alias to call; only where the function is deployed.
    pub qualifier: Option<Qualifier>,
}

/// Where the event of an expectation is.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum EventSource {
    /// In the file of the same name without `.expect`.
    #[default]
    Beside,
    /// In this file, relative to that with the expectation.
    File(PathBuf),
    Inline(Value),
}

/// A rule for the result.
#[derive(Debug, Clone)]
pub enum Rule {
    /// It is this.
    Equals(Value),
    /// It has this in it: further fields of objects are no matter.
    Contains(Value),
    Schema(Schema),
}

/// A JSON Schema, ready to be used.
#[derive(Clone)]
pub struct Schema(std::sync::Arc<jsonschema::Validator>);

impl std::fmt::Debug for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Schema(..)")
    }
}

/// How the function should fail: `*` in a text stands for anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExpectedError {
    pub kind: Option<String>,
    pub message: Option<String>,
}

/// The file with the expectation for an event: `orders.expect.json` for `orders.json`.
pub fn beside(event: &Path) -> Option<PathBuf> {
    let name = event.file_name()?.to_str()?;
    let stem = name.strip_suffix(".json").unwrap_or(name);
    Some(event.with_file_name(format!("{stem}{SUFFIX}")))
}

/// The file with the event that an expectation is beside: `orders.json` for `orders.expect.json`.
pub fn event_of(expectation: &Path) -> Option<PathBuf> {
    let name = expectation.file_name()?.to_str()?.strip_suffix(SUFFIX)?;
    Some(expectation.with_file_name(format!("{name}.json")))
}

/// Why a text is no expectation: a place in it and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("`{place}`: {message}")]
pub struct Wrong {
    pub place: String,
    pub message: String,
}
