//! A plan: what a deploy would do, as data.
//!
//! A step holds what its call needs beyond [`super::desired::Desired`]; a value that appears only
//! while applying (the number of the version to come) is named, not guessed.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::prune::Prune;
use crate::domain::arn::{Arn, Place};
use crate::domain::function::{Architecture, AsyncInvoke, TagChange};
use crate::domain::names::{
    AliasName, BucketName, CodeDigest, FunctionName, LogGroupName, RoleName, StageName, Version,
};
use crate::domain::package::CodeChanges;
use crate::domain::policy::callers::Permission;
use crate::domain::policy::{AccessChange, AccessLine, PolicyDocument};

/// Everything a deploy would change, in the order in which it would.
#[derive(Debug, Clone)]
pub struct Plan {
    pub name: FunctionName,
    pub stage: Option<StageName>,
    pub place: Place,
    pub alias: AliasName,
    /// The version the alias points at now.
    pub live: Option<Version>,
    pub code: CodeSummary,
    pub steps: Vec<Step>,
    /// Who else may invoke the alias by statements that lfn did not make and leaves alone.
    pub foreign: Vec<AccessLine>,
}

/// The archive of this plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CodeSummary {
    /// The digest `$LATEST` has now.
    pub from: Option<CodeDigest>,
    pub to: CodeDigest,
    /// Bytes of the archive.
    pub size: u64,
    /// Bytes of the archive `$LATEST` has now.
    pub previous_size: Option<u64>,
    /// Bytes of the contents.
    pub unzipped: u64,
    /// Files in the archive.
    pub files: usize,
    /// Which files differ from those of `$LATEST`, when some do and it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<CodeChanges>,
}

/// One change.
#[expect(clippy::large_enum_variant, reason = "a plan has a dozen steps")]
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Step {
    CreateRole {
        role: RoleName,
        trust: AccessChange,
        boundary: Option<Arn>,
        tags: TagChange,
    },
    SetTrust {
        role: RoleName,
        access: AccessChange,
    },
    /// Replaces the role's policy. When rights are lost while a version that may need them serves
    /// traffic, they go in a second step of this kind, after the alias has moved.
    PutPolicy {
        role: RoleName,
        access: AccessChange,
        document: PolicyDocument,
        existed: bool,
    },
    SetBoundary {
        role: RoleName,
        from: Option<Arn>,
        to: Option<Arn>,
    },
    TagRole {
        role: RoleName,
        change: TagChange,
    },
    CreateLogGroup {
        group: LogGroupName,
    },
    SetRetention {
        group: LogGroupName,
        from: Option<u32>,
        to: Option<u32>,
    },
    CreateBucket {
        bucket: BucketName,
    },
    Upload {
        bucket: BucketName,
        key: String,
        size: u64,
    },
    CreateFunction {
        changes: Vec<FieldChange>,
        environment: EnvironmentChange,
        tags: TagChange,
    },
    UpdateCode {
        from: CodeDigest,
        to: CodeDigest,
        architecture: Option<(Architecture, Architecture)>,
    },
    UpdateSettings {
        changes: Vec<FieldChange>,
        environment: EnvironmentChange,
    },
    SetCodeSigning {
        from: Option<Arn>,
        to: Option<Arn>,
    },
    TagFunction {
        change: TagChange,
    },
    SetReserved {
        from: Option<u32>,
        to: Option<u32>,
    },
    Publish,
    /// Calls the version that the alias is about to move to.
    Check {
        /// The file with the event.
        file: String,
        /// The file with what is expected, where there is one.
        #[serde(skip_serializing_if = "Option::is_none")]
        expectation: Option<String>,
        version: Target,
    },
    PointAlias {
        alias: AliasName,
        from: Option<AliasPoint>,
        to: Target,
    },
    /// Lets callers in; those whose statement says something else by now are let in anew.
    AllowCallers {
        alias: AliasName,
        access: AccessChange,
        #[serde(serialize_with = "ids")]
        permissions: Vec<Permission>,
    },
    /// Takes statements out that lfn made for callers that the file does not name any more.
    RevokeCallers {
        alias: AliasName,
        access: AccessChange,
        sids: Vec<String>,
    },
    SetAsyncInvoke {
        alias: AliasName,
        from: AsyncInvoke,
        to: AsyncInvoke,
    },
    SetProvisioned {
        alias: AliasName,
        from: Option<u32>,
        to: Option<u32>,
    },
    /// Deletes versions that nobody needs, and their archives. The release is done by then.
    Prune(Prune),
}

/// A permission's id follows from what it says.
fn ids<S: serde::Serializer>(permissions: &[Permission], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(permissions.iter().map(|permission| &permission.sid))
}

impl Step {
    /// What the step changes about who may do what.
    pub fn access(&self) -> Option<&AccessChange> {
        match self {
            Self::CreateRole { trust, .. } => Some(trust),
            Self::SetTrust { access, .. }
            | Self::PutPolicy { access, .. }
            | Self::AllowCallers { access, .. }
            | Self::RevokeCallers { access, .. } => Some(access),
            // A boundary and a role are named and not read: `widening` tells of them.
            Self::SetBoundary { .. }
            | Self::UpdateSettings { .. }
            | Self::TagRole { .. }
            | Self::CreateLogGroup { .. }
            | Self::SetRetention { .. }
            | Self::CreateBucket { .. }
            | Self::Upload { .. }
            | Self::CreateFunction { .. }
            | Self::UpdateCode { .. }
            | Self::SetCodeSigning { .. }
            | Self::TagFunction { .. }
            | Self::SetReserved { .. }
            | Self::Publish
            | Self::Check { .. }
            | Self::PointAlias { .. }
            | Self::SetAsyncInvoke { .. }
            | Self::SetProvisioned { .. }
            | Self::Prune(_) => None,
        }
    }
}

/// Where an alias points: a version, and perhaps a second one with a share of the traffic.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AliasPoint {
    /// `None` is `$LATEST`.
    pub version: Option<Version>,
    pub weights: BTreeMap<Version, f64>,
}

/// A version that exists already, or that an earlier step will make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    Known(Version),
    Published,
}

/// One setting before and after, as a person reads it. Never an environment value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    pub field: &'static str,
    /// `None` while there is nothing yet.
    pub from: Option<String>,
    pub to: String,
}

/// Names of environment variables that come, go or change. Values are never shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct EnvironmentChange {
    pub added: BTreeSet<String>,
    pub changed: BTreeSet<String>,
    pub removed: BTreeSet<String>,
}

impl EnvironmentChange {
    /// Whether the environment stays as it is.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}
