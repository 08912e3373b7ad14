//! The execution role that lambda.yaml asks for: name, trust, permissions, tags.

use std::collections::BTreeMap;

use super::PolicyDocument;
use crate::domain::arn::{Arn, Place};
use crate::domain::config::Config;
use crate::domain::names::{FunctionName, Region, RoleName, StageName};

/// The name of the one inline policy that lfn keeps in a role.
pub const INLINE_POLICY: &str = "lfn";

/// Everything lfn decides about a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleSpec {
    pub name: RoleName,
    pub path: String,
    /// Follows from account, path and name.
    pub arn: Arn,
    pub description: String,
    pub trust: PolicyDocument,
    pub policy: PolicyDocument,
    pub boundary: Option<Arn>,
    pub tags: BTreeMap<String, String>,
}

/// The role's name, derived so that a rerun finds it: at most 64 characters.
pub fn role_name(_function: &FunctionName, _stage: Option<&StageName>, _region: &Region) -> RoleName {
    todo!()
}

/// The role this file asks for, or `None` when it names an existing one.
pub fn role_spec(_config: &Config, _place: &Place) -> Option<RoleSpec> {
    todo!()
}
