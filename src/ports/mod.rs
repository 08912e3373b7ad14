//! What the engine needs from the outside, in lfn's own words.
//!
//! Two adapters implement these traits: [`crate::aws`] and [`crate::local`]. Calls are as thin as
//! the services' own: waiting, retrying and ordering belong to the engine. Trait objects are used
//! because the target is chosen at run time and tests put a failing layer in front of it.

mod deployments;
mod error;
mod functions;
mod layers;
mod metrics;
mod relay;
mod services;

use std::sync::Arc;

pub use deployments::{Course, Deployment, DeploymentGroup, Deployments, GroupState, LifecycleEvent, NewDeployment};
pub use error::{ErrorKind, PortError, PortResult};
pub use functions::{
    AliasState, AliasUpdate, CodeSource, CodeUpdate, EventSource, FunctionState, Functions, Invocation, InvocationType,
    Invoked, Lifecycle, NewFunction, ProvisionedState, ResourcePolicy, Snapshot, State, UpdateStatus,
};
pub use layers::{LayerContent, LayerVersion, Layers, NewLayerVersion};
pub use metrics::{AlarmState, Metrics, Traffic};
pub use relay::{Incoming, Outgoing, Pieces, Relay};
pub use services::{
    Artifacts, BucketState, Caller, Identity, LogGroupState, Logs, NewRole, Parameters, Report, RoleState, Roles,
};

/// One target: every service of one account and region.
#[derive(Clone)]
pub struct Cloud {
    pub identity: Arc<dyn Identity>,
    pub functions: Arc<dyn Functions>,
    pub layers: Arc<dyn Layers>,
    pub roles: Arc<dyn Roles>,
    pub logs: Arc<dyn Logs>,
    pub artifacts: Arc<dyn Artifacts>,
    pub parameters: Arc<dyn Parameters>,
    pub deployments: Arc<dyn Deployments>,
    pub metrics: Arc<dyn Metrics>,
    /// `None` where there is nothing behind the target that requests could be sent to.
    pub relay: Option<Arc<dyn Relay>>,
}
