//! Functions, versions, aliases and invocations: the Lambda API as the engine sees it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::PortResult;
use crate::domain::arn::Arn;
use crate::domain::function::{Architecture, AsyncInvoke, FunctionSettings, TagChange};
use crate::domain::names::{AliasName, BucketName, CodeDigest, FunctionName, Qualifier, Version};
use crate::domain::package::directory::Listed;
use crate::domain::policy::PolicyDocument;
use crate::domain::policy::callers::Permission;

/// `State` of a function, as far as waiting needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    Pending,
    Active,
    /// Idle for so long that Lambda took its resources back; the next call wakes it.
    Inactive,
    Failed,
    /// A state lfn does not know (the list grows).
    Other,
}

/// `LastUpdateStatus` of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UpdateStatus {
    Successful,
    InProgress,
    Failed,
}

/// How far Lambda is with a function or version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifecycle {
    pub state: State,
    pub update: UpdateStatus,
    /// Lambda's own words, when it gives any (`StateReason` or `LastUpdateStatusReason`).
    pub reason: Option<String>,
}

/// One edition of a function: `$LATEST` or a published version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub name: FunctionName,
    /// `$LATEST` or a version, never an alias.
    pub qualifier: Qualifier,
    pub settings: FunctionSettings,
    pub architecture: Architecture,
    pub digest: CodeDigest,
    /// Bytes of the archive.
    pub code_size: u64,
    /// An opaque token that changes with every change; a precondition of writes.
    pub revision: String,
    pub lifecycle: Lifecycle,
    /// When it was last changed, or published: RFC 3339.
    pub modified: String,
    /// Whether `SnapStart` has made its snapshot of this version: `OptimizationStatus` is `On`.
    #[serde(default)]
    pub snap_started: bool,
}

/// A function with what is kept beside its configuration (one `GetFunction` call).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionState {
    pub latest: Snapshot,
    pub tags: BTreeMap<String, String>,
    pub reserved_concurrency: Option<u32>,
}

/// Where the code of a function comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeSource {
    /// Sent with the call itself: at most 50 MiB.
    Direct(PathBuf),
    Bucket {
        bucket: BucketName,
        key: String,
    },
}

/// What `CreateFunction` is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFunction {
    pub name: FunctionName,
    pub settings: FunctionSettings,
    pub architecture: Architecture,
    pub code: CodeSource,
    pub tags: BTreeMap<String, String>,
    pub code_signing: Option<Arn>,
}

/// What `UpdateFunctionCode` is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeUpdate {
    pub code: CodeSource,
    pub architecture: Architecture,
    /// Refused with [`super::ErrorKind::Stale`] when the function has another revision by now.
    pub revision: String,
}

/// An alias as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AliasState {
    pub name: AliasName,
    /// `None` when it points at `$LATEST`.
    pub version: Option<Version>,
    /// At most one other version and its share of the traffic, 0.0 to 1.0.
    pub weights: BTreeMap<Version, f64>,
    pub description: String,
    pub revision: String,
}

/// What an alias shall be. Weights are always sent, since Lambda keeps the old ones otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct AliasUpdate {
    pub name: AliasName,
    pub version: Version,
    pub weights: BTreeMap<Version, f64>,
    pub description: String,
}

/// Who else may invoke one alias: its resource policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourcePolicy {
    pub document: PolicyDocument,
    /// A precondition of the next change; at AWS the alias's own, so that a change of either changes both.
    pub revision: String,
}

/// Provisioned concurrency of one alias.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProvisionedState {
    pub requested: u32,
    pub ready: bool,
    /// Why it failed, if it did.
    pub failure: Option<String>,
}

/// An event source mapping: what Lambda polls on behalf of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSource {
    /// Its UUID.
    pub id: String,
    /// The ARN of the queue or stream; `None` where there is none, such as Kafka of one's own.
    pub source: Option<String>,
    /// Which edition it invokes.
    pub qualifier: Qualifier,
}

/// How a function is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvocationType {
    /// Wait for the result.
    RequestResponse,
    /// Queue the event and return.
    Event,
    /// Check parameters and rights only.
    DryRun,
}

/// One call of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    pub name: FunctionName,
    pub qualifier: Qualifier,
    pub kind: InvocationType,
    pub payload: Vec<u8>,
    /// JSON, before base64.
    pub client_context: Option<String>,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoked {
    pub status: u16,
    /// `Unhandled` or `Handled` when the function itself failed.
    pub function_error: Option<String>,
    pub payload: Vec<u8>,
    /// The last 4 KB of the log, when the call waited for a result.
    pub log_tail: Option<String>,
    pub executed_version: Option<Qualifier>,
    pub request_id: Option<String>,
}

/// The Lambda control plane, and `Invoke`.
#[async_trait]
pub trait Functions: Send + Sync {
    /// `GetFunction`, or `None` when there is none.
    async fn function(&self, name: &FunctionName) -> PortResult<Option<FunctionState>>;
    /// The files in the archive of `$LATEST` or a version, by name. Asked only where digests differ.
    async fn contents(&self, name: &FunctionName, qualifier: &Qualifier) -> PortResult<Vec<Listed>>;
    /// What `GetFunction` says of `$LATEST` or a version, or `None` when there is none.
    async fn snapshot(&self, name: &FunctionName, qualifier: &Qualifier) -> PortResult<Option<Snapshot>>;
    /// `ListFunctions`, by name.
    async fn functions(&self) -> PortResult<Vec<Snapshot>>;
    async fn create_function(&self, new: &NewFunction) -> PortResult<Snapshot>;
    async fn update_code(&self, name: &FunctionName, update: &CodeUpdate) -> PortResult<Snapshot>;
    async fn update_settings(
        &self,
        name: &FunctionName,
        settings: &FunctionSettings,
        revision: &str,
    ) -> PortResult<Snapshot>;
    /// Deletes the function with every version and alias.
    async fn delete_function(&self, name: &FunctionName) -> PortResult<()>;
    async fn change_tags(&self, name: &FunctionName, change: &TagChange) -> PortResult<()>;
    /// `None` returns the function to the account's shared pool.
    async fn set_reserved_concurrency(&self, name: &FunctionName, reserved: Option<u32>) -> PortResult<()>;
    async fn code_signing(&self, name: &FunctionName) -> PortResult<Option<Arn>>;
    async fn set_code_signing(&self, name: &FunctionName, config: Option<&Arn>) -> PortResult<()>;

    /// Publishes `$LATEST` if its code still is `expected`; returns the existing version when nothing changed since.
    async fn publish(&self, name: &FunctionName, expected: &CodeDigest, description: &str) -> PortResult<Snapshot>;
    /// Published versions, oldest first.
    async fn versions(&self, name: &FunctionName) -> PortResult<Vec<Snapshot>>;
    async fn delete_version(&self, name: &FunctionName, version: Version) -> PortResult<()>;

    async fn alias(&self, name: &FunctionName, alias: &AliasName) -> PortResult<Option<AliasState>>;
    /// Every alias, by name.
    async fn aliases(&self, name: &FunctionName) -> PortResult<Vec<AliasState>>;
    async fn create_alias(&self, name: &FunctionName, alias: &AliasUpdate) -> PortResult<AliasState>;
    /// Refused with [`super::ErrorKind::Stale`] when the alias has another revision by now.
    async fn update_alias(&self, name: &FunctionName, alias: &AliasUpdate, revision: &str) -> PortResult<AliasState>;
    async fn delete_alias(&self, name: &FunctionName, alias: &AliasName) -> PortResult<()>;

    /// `GetPolicy` of an alias, or `None` when nobody else may invoke it.
    async fn permissions(&self, name: &FunctionName, alias: &AliasName) -> PortResult<Option<ResourcePolicy>>;
    /// Refused with [`super::ErrorKind::Stale`] when the policy has another revision by now, and with
    /// [`super::ErrorKind::AlreadyExists`] when it has a statement of this id.
    async fn add_permission(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        permission: &Permission,
        revision: Option<&str>,
    ) -> PortResult<()>;
    async fn remove_permission(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        sid: &str,
        revision: Option<&str>,
    ) -> PortResult<()>;

    /// The asynchronous settings of an alias, or `None` when Lambda's defaults apply.
    async fn async_invoke(&self, name: &FunctionName, alias: &AliasName) -> PortResult<Option<AsyncInvoke>>;
    /// `None` returns to Lambda's defaults.
    async fn set_async_invoke(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        settings: Option<&AsyncInvoke>,
    ) -> PortResult<()>;

    /// Provisioned concurrency by alias or version.
    /// `known` are those to ask for one by one where a server cannot list.
    async fn all_provisioned(
        &self,
        name: &FunctionName,
        known: &[Qualifier],
    ) -> PortResult<BTreeMap<Qualifier, ProvisionedState>>;
    /// The provisioned concurrency of an alias, or `None` when it has none.
    async fn provisioned(&self, name: &FunctionName, alias: &AliasName) -> PortResult<Option<ProvisionedState>>;
    async fn set_provisioned(&self, name: &FunctionName, alias: &AliasName, executions: Option<u32>) -> PortResult<()>;

    /// `ListEventSourceMappings`: those of this function, with whatever edition they invoke.
    async fn event_sources(&self, name: &FunctionName) -> PortResult<Vec<EventSource>>;

    async fn invoke(&self, invocation: &Invocation) -> PortResult<Invoked>;
}
