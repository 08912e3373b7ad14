//! lambda.yaml: text in, a valid [`Config`] or findings with line and column out.

mod access;
mod bundle;
mod callers;
pub mod edit;
mod findings;
mod limits;
mod load;
mod marks;
mod model;
mod node;
mod overlay;
mod raw;
mod render;
mod runtimes;
mod scalars;
pub(super) mod schedule;
mod schema;
mod sections;
mod shape;
mod syntax;
mod targets;
mod triggers;
mod trust;
mod units;
mod validate;
mod variables;
mod yaml;

pub use findings::nearest;
pub use marks::{Mark, Marks};
pub use model::{
    Allow, AutoRole, Bundle, Config, Dependencies, EnvSegment, EnvValue, ExternalParty, LogsConfig, Manager,
    ModuleFormat, PackageConfig, Polled, PolledKind, Release, RoleChoice, SlimPart, SourceMaps, TrustConfig,
    Unsupported,
};
pub use runtimes::{RuntimeInfo, runtime_info, runtimes_as_of};
pub use units::{seconds, shown_seconds};
pub use yaml::value as yaml_value;

use super::arn::Place;
use super::names::StageName;

/// What a file is read with.
pub struct Inputs<'a> {
    pub stage: Option<&'a StageName>,
    /// Where it will be deployed; `None` offline, when stand-ins are used for account and region.
    pub place: Option<&'a Place>,
    /// Looks up a variable of lfn's own environment, for `${env:NAME}`.
    pub env: &'a dyn Fn(&str) -> Option<String>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
}

/// One thing to say about the file. Lines and columns count from 1.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    pub severity: Severity,
    /// The path of the value, such as `stages.prod.memory`.
    pub path: String,
    pub line: usize,
    pub column: usize,
    /// Characters to mark.
    pub length: usize,
    pub message: String,
    pub hint: Option<String>,
    /// The rule of `lfn policy lint` that found it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<&'static str>,
}

/// A file that was read.
pub struct Loaded {
    /// Present when no finding is an error.
    pub config: Option<Config>,
    /// In file order.
    pub findings: Vec<Finding>,
}

/// Reads the text of a lambda.yaml.
pub fn load(text: &str, inputs: &Inputs<'_>) -> Loaded {
    load::load(render::without_mark(text), inputs)
}

/// The JSON Schema (2020-12) of lambda.yaml, from the types that parse it.
pub fn schema() -> serde_json::Value {
    schema::schema()
}

/// A finding as a person reads it: message, `file:line:column`, the line, a marker, the hint.
pub fn render(finding: &Finding, file: &str, text: &str) -> String {
    render::render(finding, file, text)
}
