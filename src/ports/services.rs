//! The services around Lambda: who lfn is, roles, logs, archives in S3, parameters.

use std::collections::BTreeMap;
use std::path::Path;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::PortResult;
use crate::domain::arn::{Arn, Place};
use crate::domain::function::TagChange;
use crate::domain::names::{BucketName, LogGroupName, RoleName};
use crate::domain::policy::PolicyDocument;
use crate::domain::policy::tighten::History;

/// The identity lfn runs as, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub place: Place,
    /// The caller's own ARN.
    pub arn: String,
}

/// `GetCallerIdentity`.
#[async_trait]
pub trait Identity: Send + Sync {
    async fn caller(&self) -> PortResult<Caller>;
}

/// An IAM role as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleState {
    pub arn: Arn,
    pub trust: PolicyDocument,
    pub boundary: Option<Arn>,
    pub description: String,
    pub tags: BTreeMap<String, String>,
}

/// What `CreateRole` is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRole {
    pub name: RoleName,
    pub path: String,
    pub trust: PolicyDocument,
    pub boundary: Option<Arn>,
    pub description: String,
    pub tags: BTreeMap<String, String>,
}

/// Roles and their policies.
#[async_trait]
pub trait Roles: Send + Sync {
    async fn role(&self, name: &RoleName) -> PortResult<Option<RoleState>>;
    async fn create_role(&self, role: &NewRole) -> PortResult<RoleState>;
    async fn set_trust(&self, name: &RoleName, trust: &PolicyDocument) -> PortResult<()>;
    async fn set_boundary(&self, name: &RoleName, boundary: Option<&Arn>) -> PortResult<()>;
    async fn change_role_tags(&self, name: &RoleName, change: &TagChange) -> PortResult<()>;
    async fn delete_role(&self, name: &RoleName) -> PortResult<()>;

    /// One inline policy, or `None` when the role or the policy does not exist.
    async fn policy(&self, role: &RoleName, policy: &str) -> PortResult<Option<PolicyDocument>>;
    /// The names of the inline policies.
    async fn policies(&self, role: &RoleName) -> PortResult<Vec<String>>;
    async fn put_policy(&self, role: &RoleName, policy: &str, document: &PolicyDocument) -> PortResult<()>;
    async fn delete_policy(&self, role: &RoleName, policy: &str) -> PortResult<()>;
    /// Managed policies attached by somebody else.
    async fn attached_policies(&self, role: &RoleName) -> PortResult<Vec<Arn>>;
    /// What a managed policy says in the version that is in force, or `None` when there is no such policy.
    async fn managed_policy(&self, policy: &Arn) -> PortResult<Option<PolicyDocument>>;
    async fn detach_policy(&self, role: &RoleName, policy: &Arn) -> PortResult<()>;

    /// When the role was made, or `None` when it does not exist.
    async fn role_created(&self, name: &RoleName) -> PortResult<Option<Timestamp>>;
    /// Asks for a report on what a role has called, and gives back the report's name.
    async fn order_history(&self, role: &Arn) -> PortResult<String>;
    async fn history(&self, report: &str) -> PortResult<Report>;
}

/// A report on what a role has called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// Ask again.
    InProgress,
    Completed(History),
    /// With IAM's reason.
    Failed(String),
}

/// A log group as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogGroupState {
    /// Days; `None` keeps logs for ever.
    pub retention: Option<u32>,
    /// Bytes stored, for the question before it is deleted.
    pub stored_bytes: u64,
}

/// CloudWatch log groups.
#[async_trait]
pub trait Logs: Send + Sync {
    async fn log_group(&self, name: &LogGroupName) -> PortResult<Option<LogGroupState>>;
    async fn log_group_tags(&self, name: &LogGroupName) -> PortResult<BTreeMap<String, String>>;
    async fn create_log_group(&self, name: &LogGroupName, tags: &BTreeMap<String, String>) -> PortResult<()>;
    async fn set_retention(&self, name: &LogGroupName, days: Option<u32>) -> PortResult<()>;
    async fn delete_log_group(&self, name: &LogGroupName) -> PortResult<()>;
}

/// An S3 bucket as lfn needs to know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BucketState {
    /// In this account.
    Ours,
    /// The name is taken by another account.
    Foreign,
    Missing,
}

/// Archives in S3. Every call passes the expected owner, so a foreign bucket is never written to.
#[async_trait]
pub trait Artifacts: Send + Sync {
    async fn bucket(&self, bucket: &BucketName) -> PortResult<BucketState>;
    /// Makes a private, encrypted bucket.
    async fn create_bucket(&self, bucket: &BucketName) -> PortResult<()>;
    async fn has(&self, bucket: &BucketName, key: &str) -> PortResult<bool>;
    /// The keys that begin with `prefix`, sorted; none when the bucket is missing. A foreign bucket is
    /// [`ErrorKind::Denied`](super::ErrorKind::Denied), as is one that lfn may not look into.
    async fn keys(&self, bucket: &BucketName, prefix: &str) -> PortResult<Vec<String>>;
    async fn delete(&self, bucket: &BucketName, key: &str) -> PortResult<()>;
    /// Uploads a file, in parts when it is large; `sent` is told how many bytes have gone so far.
    async fn put(
        &self,
        bucket: &BucketName,
        key: &str,
        file: &Path,
        sent: &(dyn Fn(u64) + Send + Sync),
    ) -> PortResult<()>;
}

/// SSM parameters.
#[async_trait]
pub trait Parameters: Send + Sync {
    /// The values of these parameters, decrypted. One that does not exist is an error that names it.
    async fn parameters(&self, names: &[String]) -> PortResult<BTreeMap<String, String>>;
}
