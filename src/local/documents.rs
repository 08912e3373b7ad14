//! What each file holds. A function is one document, so any change of it is one rename.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::arn::Arn;
use crate::domain::function::{Architecture, AsyncInvoke};
use crate::domain::names::{AliasName, BucketName, CodeDigest, LayerName, LogGroupName, RoleName, RuntimeId, Version};
use crate::domain::policy::PolicyDocument;
use crate::ports::{AliasState, RoleState, Snapshot};

/// A function with everything that goes when it is deleted.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct FunctionDocument {
    pub latest: Snapshot,
    pub versions: BTreeMap<Version, Snapshot>,
    pub aliases: BTreeMap<AliasName, AliasDocument>,
    pub tags: BTreeMap<String, String>,
    pub reserved_concurrency: Option<u32>,
    pub code_signing: Option<Arn>,
    /// The newest version, and the revision of `$LATEST` that it was made from.
    pub published: Option<Published>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Published {
    pub version: Version,
    pub revision: String,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct AliasDocument {
    pub state: AliasState,
    /// Who else may invoke it; no policy without a statement.
    #[serde(default)]
    pub policy: Option<PolicyDocument>,
    pub async_invoke: Option<AsyncInvoke>,
    pub provisioned: Option<u32>,
}

impl FunctionDocument {
    /// The sum of provisioned concurrency over all aliases.
    pub fn provisioned(&self) -> u32 {
        self.aliases.values().filter_map(|alias| alias.provisioned).sum()
    }

    /// The concurrency that the rest of the account cannot use.
    pub fn claimed_concurrency(&self) -> u32 {
        self.reserved_concurrency.unwrap_or_else(|| self.provisioned())
    }

    /// The digests that this function still needs.
    pub fn digests(&self) -> impl Iterator<Item = &CodeDigest> {
        self.versions
            .values()
            .chain([&self.latest])
            .map(|edition| &edition.digest)
    }
}

/// A layer. Nothing here is ever changed or removed, so the next number is one more than the last.
#[derive(Serialize, Deserialize)]
pub(super) struct LayerDocument {
    pub name: LayerName,
    pub versions: BTreeMap<Version, LayerVersionDocument>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct LayerVersionDocument {
    pub description: String,
    pub license: String,
    pub runtimes: BTreeSet<RuntimeId>,
    pub architectures: BTreeSet<Architecture>,
    pub published: String,
    pub digest: CodeDigest,
    /// Bytes of the archive.
    pub size: u64,
    /// Bytes of its contents.
    pub unzipped: u64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct CounterDocument {
    pub last_version: Version,
}

#[derive(Clone, Serialize, Deserialize)]
pub(super) struct RoleDocument {
    pub name: RoleName,
    pub state: RoleState,
    pub policies: BTreeMap<String, PolicyDocument>,
    pub attached: BTreeSet<Arn>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct LogGroupDocument {
    pub name: LogGroupName,
    pub retention: Option<u32>,
    pub tags: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct BucketDocument {
    pub name: BucketName,
    pub objects: BTreeMap<String, ObjectDocument>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct ObjectDocument {
    pub digest: CodeDigest,
    pub size: u64,
}
