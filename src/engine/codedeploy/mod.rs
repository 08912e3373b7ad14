//! Handing a shift of traffic to CodeDeploy: what has to be there first, the deployment, and watching it.
//!
//! CodeDeploy goes on whether or not lfn watches. So nothing of the alias is written before it has
//! succeeded, and whoever comes back finds the deployment again by its target.

mod beside;
mod follow;
mod prepare;

pub use self::beside::{UnderWay, stopping, under_way, unseen};
pub use self::follow::{Ended, Look, follow, settle};
pub use self::prepare::{Foreign, Step, perform, plan};

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::arn::{Arn, Place};
use crate::domain::codedeploy::{self, AppSpec, Routing, ServiceRole};
use crate::domain::function::TAG_FUNCTION;
use crate::domain::ledger::{Kind, Point};
use crate::domain::names::{AliasName, CodeDigest, FunctionName, Version};
use crate::domain::policy::PolicyDocument;
use crate::engine::release::{Move, Moved, Mover};
use crate::engine::wait::{Failure, Waiter};
use crate::ports::{AliasState, Cloud, Deployment, GroupState, NewDeployment, PortResult, RoleState};

/// What a shift by CodeDeploy needs.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    pub function: &'a FunctionName,
    pub alias: &'a AliasName,
    pub place: &'a Place,
    /// The tags of the function.
    pub tags: &'a BTreeMap<String, String>,
    pub routing: Routing,
    pub alarms: BTreeSet<String>,
    pub role: ServesAs,
}

/// The role that CodeDeploy works as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServesAs {
    /// Somebody else keeps it.
    Given(Arn),
    /// lfn keeps it.
    Own(Box<ServiceRole>),
}

/// What there is of it.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// The tags of the application.
    pub application: Option<BTreeMap<String, String>>,
    pub group: Option<Group>,
    /// Whether the deployment configuration is there.
    pub configuration: bool,
    pub role: Option<Role>,
    /// The deployments of the group that are not over.
    pub under_way: Vec<Deployment>,
}

/// A deployment group with its tags.
#[derive(Debug, Clone)]
pub struct Group {
    pub state: GroupState,
    pub tags: BTreeMap<String, String>,
}

/// The role that lfn keeps, with what it says about this alias.
#[derive(Debug, Clone)]
pub struct Role {
    pub state: RoleState,
    pub policy: Option<PolicyDocument>,
}

impl Wanted<'_> {
    pub fn application(&self) -> String {
        codedeploy::application(self.function)
    }

    pub fn group(&self) -> String {
        codedeploy::group(self.alias)
    }

    pub fn configuration(&self) -> String {
        self.routing.configuration(self.function)
    }

    /// Looks for everything that the shift needs.
    pub async fn look(&self, cloud: &Cloud) -> PortResult<Found> {
        let (groups, configuration, role) = tokio::try_join!(
            self.look_at_group(cloud),
            self.look_at_configuration(cloud),
            self.look_at_role(cloud)
        )?;
        let (application, group, under_way) = groups;
        Ok(Found {
            application,
            group,
            configuration,
            role,
            under_way,
        })
    }

    async fn look_at_configuration(&self, cloud: &Cloud) -> PortResult<bool> {
        if self.routing.is_predefined() {
            return Ok(true);
        }
        cloud.deployments.has_configuration(&self.configuration()).await
    }

    async fn look_at_role(&self, cloud: &Cloud) -> PortResult<Option<Role>> {
        let ServesAs::Own(role) = &self.role else {
            return Ok(None);
        };
        let policy = self.group();
        let (state, policy) = tokio::try_join!(cloud.roles.role(&role.name), cloud.roles.policy(&role.name, &policy))?;
        Ok(state.map(|state| Role { state, policy }))
    }

    async fn look_at_group(
        &self,
        cloud: &Cloud,
    ) -> PortResult<(Option<BTreeMap<String, String>>, Option<Group>, Vec<Deployment>)> {
        let (application, name) = (self.application(), self.group());
        let Some(tags) = cloud.deployments.application(&application).await? else {
            return Ok((None, None, Vec::new()));
        };
        let Some(state) = cloud.deployments.group(&application, &name).await? else {
            return Ok((Some(tags), None, Vec::new()));
        };
        let (group_tags, ids) = tokio::try_join!(
            cloud.deployments.group_tags(&application, &name),
            cloud.deployments.under_way(&application, &name),
        )?;
        let mut under_way = Vec::new();
        for id in ids {
            let deployment = cloud.deployments.deployment(&id).await?;
            // It may have ended between the two calls.
            if !deployment.course.is_over() {
                under_way.push(deployment);
            }
        }
        let group = Group {
            state,
            tags: group_tags,
        };
        Ok((Some(tags), Some(group), under_way))
    }

    /// The move that the newest successful deployment of the group made.
    pub async fn last_success(&self, cloud: &Cloud, found: &Found) -> PortResult<Option<AppSpec>> {
        let last = found.group.as_ref().and_then(|group| group.state.last_success.as_ref());
        let Some(id) = last else { return Ok(None) };
        let deployment = cloud.deployments.deployment(id).await?;
        Ok(AppSpec::parse(&deployment.revision))
    }

    /// Starts the deployment. One whose answer was lost is found again, and not started twice.
    pub async fn start(
        &self,
        cloud: &Cloud,
        spec: &AppSpec,
        description: &str,
        waiter: &Waiter<'_>,
    ) -> Result<String, Failure> {
        let new = NewDeployment {
            application: self.application(),
            group: self.group(),
            configuration: self.configuration(),
            revision: spec.text(),
            description: description.chars().take(DESCRIPTION_LIMIT).collect(),
        };
        match waiter.patiently(|| cloud.deployments.start(&new)).await {
            Err(Failure::Port(error)) if error.kind.leaves_open() => {
                for id in cloud.deployments.under_way(&new.application, &new.group).await? {
                    let deployment = cloud.deployments.deployment(&id).await?;
                    if deployment.revision == new.revision {
                        return Ok(id);
                    }
                }
                Err(error.into())
            }
            result => result,
        }
    }
}

/// More than anybody writes, and less than CodeDeploy takes.
const DESCRIPTION_LIMIT: usize = 256;

/// Whether something with these tags was made by lfn for this function.
fn is_ours(tags: &BTreeMap<String, String>, function: &FunctionName) -> bool {
    tags.get(TAG_FUNCTION).is_some_and(|name| name == function.as_str())
}

/// What is to be written into the ledger once CodeDeploy has moved an alias.
#[derive(Debug, Clone)]
pub struct Record<'a> {
    pub function: &'a FunctionName,
    /// The alias as CodeDeploy left it.
    pub now: &'a AliasState,
    pub from: Version,
    pub to: Version,
    pub digest: Option<&'a CodeDigest>,
    pub mover: &'a Mover,
    /// The tags of the function.
    pub tags: &'a BTreeMap<String, String>,
}

impl Record<'_> {
    /// Writes the entry: the alias stays where it is, and its description says how it came there.
    pub async fn write(&self, cloud: &Cloud) -> PortResult<Moved> {
        let before = AliasState {
            version: Some(self.from),
            weights: BTreeMap::new(),
            ..self.now.clone()
        };
        let entry = Move {
            function: self.function,
            alias: &self.now.name,
            from: Some(&before),
            to: Point::at(self.to),
            kind: Kind::Promote,
            digest: self.digest,
            mover: self.mover,
            tags: self.tags,
        };
        entry.perform(cloud).await
    }
}
