//! A deployment of CodeDeploy's that moves an alias while lfn is asked to do something else with it.

use std::collections::BTreeMap;

use super::super::check::Refusal;
use super::super::release;
use crate::domain::codedeploy::{self, AppSpec};
use crate::domain::names::{AliasName, FunctionName, Version};
use crate::ports::{AliasState, Cloud, Deployment, PortError, PortResult};

/// A deployment that is under way on an alias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnderWay {
    pub id: String,
    /// The version that traffic goes over to, as far as the AppSpec tells.
    pub to: Option<Version>,
}

impl UnderWay {
    fn new(deployment: Deployment) -> Self {
        Self {
            to: AppSpec::parse(&deployment.revision).map(|spec| spec.to),
            id: deployment.id,
        }
    }

    /// Why nothing else may move the alias now.
    pub fn refusal(&self, alias: &AliasName) -> Refusal {
        let id = &self.id;
        let target = self
            .to
            .map_or_else(|| "elsewhere".to_owned(), |to| format!("to version {to}"));
        let watch = self.to.map_or_else(String::new, |to| {
            format!("watch it: `lfn alias promote {alias} --to {to} --engine codedeploy`, or ")
        });
        Refusal {
            message: format!("CodeDeploy is moving `{alias}` {target} (deployment {id})"),
            hint: format!("{watch}{}", stopping(id)),
        }
    }
}

/// How a deployment is stopped.
pub fn stopping(id: &str) -> String {
    format!(
        "stop it, and return the traffic: `aws deploy stop-deployment --deployment-id {id} --auto-rollback-enabled`"
    )
}

/// What is said when CodeDeploy could not be asked.
pub fn unseen(alias: &AliasName, error: &PortError) -> String {
    format!("`{alias}` splits its traffic, and whether CodeDeploy moves it could not be seen: {error}")
}

/// Looks for a deployment that moves the alias. Only an alias with a split that is not a canary of lfn's own is
/// asked about; nobody else pays for the look.
pub async fn under_way(
    cloud: &Cloud,
    function: &FunctionName,
    alias: &AliasState,
    tags: &BTreeMap<String, String>,
) -> PortResult<Option<UnderWay>> {
    let now = release::point(alias);
    if now.weights.is_empty() || release::ledger(alias, tags).under_way(&now).is_some() {
        return Ok(None);
    }
    let (application, group) = (codedeploy::application(function), codedeploy::group(&alias.name));
    for id in cloud.deployments.under_way(&application, &group).await? {
        let deployment = cloud.deployments.deployment(&id).await?;
        // It may have ended between the two calls.
        if !deployment.course.is_over() {
            return Ok(Some(UnderWay::new(deployment)));
        }
    }
    Ok(None)
}
