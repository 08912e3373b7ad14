//! CodeDeploy as the engine sees it: what a shift of traffic is handed to, and how far it is.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use jiff::Timestamp;

use super::PortResult;
use crate::domain::arn::Arn;
use crate::domain::codedeploy::Routing;

/// What a deployment group is set to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeploymentGroup {
    /// The name of the deployment configuration.
    pub configuration: String,
    /// The role that CodeDeploy works as.
    pub role: Arn,
    /// The names of the alarms that stop a deployment.
    pub alarms: BTreeSet<String>,
    /// Whether the alias returns after a failure, an alarm and a request to stop.
    pub returns: bool,
    /// Whether traffic is shifted between two versions (blue/green with traffic control), as Lambda needs it.
    pub shifts: bool,
}

/// A deployment group as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupState {
    pub settings: DeploymentGroup,
    /// The id of its newest deployment that succeeded.
    pub last_success: Option<String>,
}

/// A deployment to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDeployment {
    pub application: String,
    pub group: String,
    pub configuration: String,
    /// The text of the AppSpec.
    pub revision: String,
    /// For whoever looks at it.
    pub description: String,
}

/// How far a deployment is, in CodeDeploy's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    Created,
    Queued,
    InProgress,
    Baking,
    Ready,
    Succeeded,
    Failed,
    Stopped,
}

impl Course {
    /// Whether nothing more happens.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Stopped)
    }
}

/// A deployment as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    pub id: String,
    pub course: Course,
    /// The text of its AppSpec.
    pub revision: String,
    pub created: Option<Timestamp>,
    /// What started it: `user`, `codeDeployRollback`, …
    pub creator: String,
    pub description: String,
    /// Why it failed or was stopped: CodeDeploy's code and sentence.
    pub error: Option<(String, String)>,
    /// The deployment that returns what this one did.
    pub rollback: Option<String>,
}

/// A step of a deployment, such as `AllowTraffic`, and how far it is: `InProgress`, `Succeeded`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LifecycleEvent {
    pub name: String,
    pub status: String,
}

/// CodeDeploy, for Lambda.
#[async_trait]
pub trait Deployments: Send + Sync {
    /// The tags of an application, or `None` when there is none.
    async fn application(&self, name: &str) -> PortResult<Option<BTreeMap<String, String>>>;
    async fn create_application(&self, name: &str, tags: &BTreeMap<String, String>) -> PortResult<()>;
    /// Deletes it with every group that it has.
    async fn delete_application(&self, name: &str) -> PortResult<()>;

    /// The names of an application's groups.
    async fn groups(&self, application: &str) -> PortResult<Vec<String>>;
    async fn group(&self, application: &str, name: &str) -> PortResult<Option<GroupState>>;
    async fn group_tags(&self, application: &str, name: &str) -> PortResult<BTreeMap<String, String>>;
    async fn create_group(
        &self,
        application: &str,
        name: &str,
        group: &DeploymentGroup,
        tags: &BTreeMap<String, String>,
    ) -> PortResult<()>;
    async fn update_group(&self, application: &str, name: &str, group: &DeploymentGroup) -> PortResult<()>;
    async fn delete_group(&self, application: &str, name: &str) -> PortResult<()>;

    /// Whether there is a deployment configuration of this name.
    async fn has_configuration(&self, name: &str) -> PortResult<bool>;
    /// The names of the deployment configurations that begin so.
    async fn configurations(&self, prefix: &str) -> PortResult<Vec<String>>;
    async fn create_configuration(&self, name: &str, routing: Routing) -> PortResult<()>;
    async fn delete_configuration(&self, name: &str) -> PortResult<()>;

    /// Starts a deployment, and gives back its id.
    async fn start(&self, new: &NewDeployment) -> PortResult<String>;
    /// The ids of the deployments of a group that are not over.
    async fn under_way(&self, application: &str, group: &str) -> PortResult<Vec<String>>;
    async fn deployment(&self, id: &str) -> PortResult<Deployment>;
    /// The steps of a deployment so far; none before it has begun.
    async fn events(&self, id: &str) -> PortResult<Vec<LifecycleEvent>>;
}
