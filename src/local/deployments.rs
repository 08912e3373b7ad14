//! CodeDeploy is a service of its own, and the embedded Lambda has none: nothing is there, and nothing can be made.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::Target;
use crate::domain::codedeploy::Routing;
use crate::ports::{
    Deployment, DeploymentGroup, Deployments, ErrorKind, GroupState, LifecycleEvent, NewDeployment, PortError,
    PortResult,
};

fn absent<T>(action: &'static str, resource: &str) -> PortResult<T> {
    let why = "the embedded Lambda has no CodeDeploy; shift traffic with `--engine lfn`";
    Err(PortError::new(ErrorKind::Invalid, action, resource, why))
}

#[async_trait]
impl Deployments for Target {
    async fn application(&self, _name: &str) -> PortResult<Option<BTreeMap<String, String>>> {
        Ok(None)
    }

    async fn create_application(&self, name: &str, _tags: &BTreeMap<String, String>) -> PortResult<()> {
        absent("codedeploy:CreateApplication", name)
    }

    async fn delete_application(&self, name: &str) -> PortResult<()> {
        absent("codedeploy:DeleteApplication", name)
    }

    async fn groups(&self, _application: &str) -> PortResult<Vec<String>> {
        Ok(Vec::new())
    }

    async fn group(&self, _application: &str, _name: &str) -> PortResult<Option<GroupState>> {
        Ok(None)
    }

    async fn group_tags(&self, _application: &str, _name: &str) -> PortResult<BTreeMap<String, String>> {
        Ok(BTreeMap::new())
    }

    async fn create_group(
        &self,
        _application: &str,
        name: &str,
        _group: &DeploymentGroup,
        _tags: &BTreeMap<String, String>,
    ) -> PortResult<()> {
        absent("codedeploy:CreateDeploymentGroup", name)
    }

    async fn update_group(&self, _application: &str, name: &str, _group: &DeploymentGroup) -> PortResult<()> {
        absent("codedeploy:UpdateDeploymentGroup", name)
    }

    async fn delete_group(&self, _application: &str, name: &str) -> PortResult<()> {
        absent("codedeploy:DeleteDeploymentGroup", name)
    }

    async fn has_configuration(&self, _name: &str) -> PortResult<bool> {
        Ok(false)
    }

    async fn configurations(&self, _prefix: &str) -> PortResult<Vec<String>> {
        Ok(Vec::new())
    }

    async fn create_configuration(&self, name: &str, _routing: Routing) -> PortResult<()> {
        absent("codedeploy:CreateDeploymentConfig", name)
    }

    async fn delete_configuration(&self, name: &str) -> PortResult<()> {
        absent("codedeploy:DeleteDeploymentConfig", name)
    }

    async fn start(&self, new: &NewDeployment) -> PortResult<String> {
        absent("codedeploy:CreateDeployment", &new.group)
    }

    async fn under_way(&self, _application: &str, _group: &str) -> PortResult<Vec<String>> {
        Ok(Vec::new())
    }

    async fn deployment(&self, id: &str) -> PortResult<Deployment> {
        absent("codedeploy:GetDeployment", id)
    }

    async fn events(&self, _id: &str) -> PortResult<Vec<LifecycleEvent>> {
        Ok(Vec::new())
    }
}
