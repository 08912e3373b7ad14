//! What has to be made or brought up to date before a deployment can start. Deciding is pure.

use std::fmt;

use super::{Found, Group, Role, ServesAs, Wanted, is_ours};
use crate::domain::arn::Arn;
use crate::domain::codedeploy::own_tags;
use crate::engine::wait::{Failure, Waiter};
use crate::ports::{Cloud, DeploymentGroup, ErrorKind, NewRole};

/// Something to make or to change. They come in the order in which they can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    CreateApplication,
    CreateRole,
    SetTrust,
    SetBoundary,
    /// What the role may do with this alias.
    PutPolicy,
    CreateConfiguration,
    CreateGroup,
    /// With what differs.
    UpdateGroup(Vec<&'static str>),
}

/// Something that bears the name which lfn would give it, and that lfn did not make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign(pub String);

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} was not made by lfn for this function", self.0)
    }
}

/// The steps that turn what there is into what is wanted.
pub fn plan(wanted: &Wanted<'_>, found: &Found) -> Result<Vec<Step>, Foreign> {
    refuse_foreign(wanted, found)?;
    // The application comes first and goes last: where it is, `lfn destroy` looks for the rest.
    let mut steps = Vec::new();
    if found.application.is_none() {
        steps.push(Step::CreateApplication);
    }
    match (&wanted.role, &found.role) {
        (ServesAs::Given(_), _) => {}
        (ServesAs::Own(_), None) => steps.extend([Step::CreateRole, Step::PutPolicy]),
        (ServesAs::Own(role), Some(Role { state, policy })) => {
            let lacks_boundary = role.boundary.is_some() && state.boundary != role.boundary;
            steps.extend((state.trust != role.trust).then_some(Step::SetTrust));
            steps.extend(lacks_boundary.then_some(Step::SetBoundary));
            steps.extend((policy.as_ref() != Some(&role.policy)).then_some(Step::PutPolicy));
        }
    }
    if !found.configuration {
        steps.push(Step::CreateConfiguration);
    }
    match &found.group {
        None => steps.push(Step::CreateGroup),
        Some(group) => {
            let differs = differences(&group.state.settings, &group_settings(wanted));
            if !differs.is_empty() {
                steps.push(Step::UpdateGroup(differs));
            }
        }
    }
    Ok(steps)
}

fn refuse_foreign(wanted: &Wanted<'_>, found: &Found) -> Result<(), Foreign> {
    let foreign = |tags: &std::collections::BTreeMap<String, String>| !is_ours(tags, wanted.function);
    if found.application.as_ref().is_some_and(foreign) {
        return Err(Foreign(format!(
            "the CodeDeploy application `{}`",
            wanted.application()
        )));
    }
    if found.group.as_ref().is_some_and(|Group { tags, .. }| foreign(tags)) {
        let (application, group) = (wanted.application(), wanted.group());
        return Err(Foreign(format!("the deployment group `{group}` of `{application}`")));
    }
    match (&wanted.role, &found.role) {
        (ServesAs::Own(role), Some(Role { state, .. })) if foreign(&state.tags) => {
            Err(Foreign(format!("the role `{}`", role.name)))
        }
        _ => Ok(()),
    }
}

/// The deployment group that is wanted.
fn group_settings(wanted: &Wanted<'_>) -> DeploymentGroup {
    DeploymentGroup {
        configuration: wanted.configuration(),
        role: role_arn(&wanted.role).clone(),
        alarms: wanted.alarms.clone(),
        returns: true,
        shifts: true,
    }
}

fn role_arn(role: &ServesAs) -> &Arn {
    match role {
        ServesAs::Given(arn) => arn,
        ServesAs::Own(role) => &role.arn,
    }
}

fn differences(now: &DeploymentGroup, wanted: &DeploymentGroup) -> Vec<&'static str> {
    [
        (now.configuration != wanted.configuration, "configuration"),
        (now.role != wanted.role, "role"),
        (now.alarms != wanted.alarms, "alarms"),
        (now.returns != wanted.returns, "rollback"),
        (now.shifts != wanted.shifts, "deployment style"),
    ]
    .into_iter()
    .filter_map(|(differs, what)| differs.then_some(what))
    .collect()
}

/// Does one step. What is there already, because the answer to an earlier try was lost, counts as done.
pub async fn perform(cloud: &Cloud, wanted: &Wanted<'_>, step: &Step, waiter: &Waiter<'_>) -> Result<(), Failure> {
    let deployments = &cloud.deployments;
    let (application, group) = (wanted.application(), wanted.group());
    let tags = own_tags(wanted.function, wanted.tags);
    match (step, &wanted.role) {
        (Step::CreateRole | Step::SetTrust | Step::SetBoundary | Step::PutPolicy, ServesAs::Given(_)) => {
            unreachable!("nothing is planned for a role that somebody else keeps")
        }
        (Step::CreateRole, ServesAs::Own(role)) => {
            let new = NewRole {
                name: role.name.clone(),
                path: role.path.into(),
                trust: role.trust.clone(),
                boundary: role.boundary.clone(),
                description: role.description.clone(),
                tags: role.tags.clone(),
            };
            made(
                waiter
                    .patiently(|| async { cloud.roles.create_role(&new).await.map(drop) })
                    .await,
            )
        }
        (Step::SetTrust, ServesAs::Own(role)) => {
            waiter
                .patiently(|| cloud.roles.set_trust(&role.name, &role.trust))
                .await
        }
        (Step::SetBoundary, ServesAs::Own(role)) => {
            let boundary = role.boundary.as_ref();
            waiter
                .patiently(|| cloud.roles.set_boundary(&role.name, boundary))
                .await
        }
        (Step::PutPolicy, ServesAs::Own(role)) => {
            waiter
                .patiently(|| cloud.roles.put_policy(&role.name, &group, &role.policy))
                .await
        }
        (Step::CreateApplication, _) => made(
            waiter
                .patiently(|| deployments.create_application(&application, &tags))
                .await,
        ),
        (Step::CreateConfiguration, _) => {
            let name = wanted.configuration();
            let routing = wanted.routing;
            made(
                waiter
                    .patiently(|| deployments.create_configuration(&name, routing))
                    .await,
            )
        }
        (Step::CreateGroup, _) => {
            let settings = group_settings(wanted);
            let create = || deployments.create_group(&application, &group, &settings, &tags);
            made(waiter.patiently(create).await)
        }
        (Step::UpdateGroup(_), _) => {
            let settings = group_settings(wanted);
            waiter
                .patiently(|| deployments.update_group(&application, &group, &settings))
                .await
        }
    }
}

fn made(result: Result<(), Failure>) -> Result<(), Failure> {
    match result {
        Err(Failure::Port(error)) if error.kind == ErrorKind::AlreadyExists => Ok(()),
        result => result,
    }
}
