//! The parts of what is found that can move on their own, and which of them a step may move.

use serde::{Deserialize, Serialize};

use crate::engine::plan::Step;

/// One part of what a plan rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Whether there is a function.
    Function,
    Code,
    Configuration,
    Environment,
    /// What Lambda gives anew with every change of the function.
    Revision,
    State,
    Tags,
    Reserved,
    CodeSigning,
    Alias,
    /// What Lambda gives anew with every change of the alias or of its policy.
    AliasRevision,
    Live,
    Newest,
    Callers,
    /// Whether there is a role, and which.
    Role,
    Trust,
    Boundary,
    RoleTags,
    Policy,
    Beside,
    LogGroup,
    Retention,
    Asynchronous,
    Provisioned,
    MissingAliases,
    Archive,
}

/// What a step may change of what was found. A tag or a setting beside the configuration may come with a new
/// revision of the function.
pub fn touches(step: &Step) -> &'static [Part] {
    match step {
        Step::CreateRole { .. } => &[Part::Role],
        Step::SetTrust { .. } => &[Part::Trust],
        Step::PutPolicy { .. } => &[Part::Policy],
        Step::SetBoundary { .. } => &[Part::Boundary],
        Step::TagRole { .. } => &[Part::RoleTags],
        Step::CreateLogGroup { .. } => &[Part::LogGroup],
        Step::SetRetention { .. } => &[Part::Retention],
        Step::CreateBucket { .. } | Step::Upload { .. } => &[Part::Archive],
        Step::CreateFunction { .. } => &[Part::Function, Part::CodeSigning],
        Step::UpdateCode { .. } => &[Part::Code, Part::State, Part::Revision],
        Step::UpdateSettings { .. } => &[Part::Configuration, Part::Environment, Part::State, Part::Revision],
        Step::SetCodeSigning { .. } => &[Part::CodeSigning, Part::Revision],
        Step::TagFunction { .. } => &[Part::Tags, Part::Revision],
        Step::SetReserved { .. } => &[Part::Reserved, Part::Revision],
        Step::Publish => &[Part::Newest, Part::Revision],
        // The ledger's copy is a tag of the function.
        Step::PointAlias { .. } => &[Part::Alias, Part::AliasRevision, Part::Live, Part::Revision],
        Step::AllowCallers { .. } | Step::RevokeCallers { .. } => &[Part::Callers, Part::AliasRevision],
        Step::SetAsyncInvoke { .. } => &[Part::Asynchronous],
        Step::SetProvisioned { .. } => &[Part::Provisioned],
    }
}
