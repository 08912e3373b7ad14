//! The Lambda port: each call by its IAM action, carried out elsewhere in this module.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::Target;
use crate::domain::arn::Arn;
use crate::domain::function::{AsyncInvoke, FunctionSettings, TagChange};
use crate::domain::names::{AliasName, CodeDigest, FunctionName, Qualifier, Version};
use crate::domain::package::directory::Listed;
use crate::domain::policy::callers::Permission;
use crate::ports::{
    AliasState, AliasUpdate, CodeUpdate, EventSource, FunctionState, Functions, Invocation, Invoked, NewFunction,
    PortResult, ProvisionedState, ResourcePolicy, Snapshot,
};

#[async_trait]
impl Functions for Target {
    async fn function(&self, name: &FunctionName) -> PortResult<Option<FunctionState>> {
        let (resource, name) = (name.as_str(), name.clone());
        self.call("lambda:GetFunction", resource, move |local| local.function(&name))
            .await
    }

    async fn contents(&self, name: &FunctionName, qualifier: &Qualifier) -> PortResult<Vec<Listed>> {
        let (name, qualifier) = (name.clone(), qualifier.clone());
        let resource = format!("{name}:{qualifier}");
        self.call("lambda:GetFunction", resource, move |local| {
            local.contents(&name, &qualifier)
        })
        .await
    }

    async fn snapshot(&self, name: &FunctionName, qualifier: &Qualifier) -> PortResult<Option<Snapshot>> {
        let (name, qualifier) = (name.clone(), qualifier.clone());
        let resource = format!("{name}:{qualifier}");
        self.call("lambda:GetFunction", resource, move |local| {
            local.snapshot(&name, &qualifier)
        })
        .await
    }

    async fn functions(&self) -> PortResult<Vec<Snapshot>> {
        self.call("lambda:ListFunctions", "", super::Local::functions).await
    }

    async fn create_function(&self, new: &NewFunction) -> PortResult<Snapshot> {
        let (resource, new) = (new.name.as_str(), new.clone());
        self.call("lambda:CreateFunction", resource, move |local| {
            local.create_function(new)
        })
        .await
    }

    async fn update_code(&self, name: &FunctionName, update: &CodeUpdate) -> PortResult<Snapshot> {
        let (resource, name, update) = (name.as_str(), name.clone(), update.clone());
        self.call("lambda:UpdateFunctionCode", resource, move |local| {
            local.update_code(&name, &update)
        })
        .await
    }

    async fn update_settings(
        &self,
        name: &FunctionName,
        settings: &FunctionSettings,
        revision: &str,
    ) -> PortResult<Snapshot> {
        let (resource, name) = (name.as_str(), name.clone());
        let (settings, revision) = (settings.clone(), revision.to_owned());
        self.call("lambda:UpdateFunctionConfiguration", resource, move |local| {
            local.update_settings(&name, settings, &revision)
        })
        .await
    }

    async fn delete_function(&self, name: &FunctionName) -> PortResult<()> {
        let (resource, name) = (name.as_str(), name.clone());
        self.call("lambda:DeleteFunction", resource, move |local| {
            local.delete_function(&name)
        })
        .await
    }

    async fn change_tags(&self, name: &FunctionName, change: &TagChange) -> PortResult<()> {
        let (resource, name, change) = (name.as_str(), name.clone(), change.clone());
        self.call("lambda:TagResource", resource, move |local| {
            local.change_tags(&name, &change)
        })
        .await
    }

    async fn set_reserved_concurrency(&self, name: &FunctionName, reserved: Option<u32>) -> PortResult<()> {
        let (resource, name) = (name.as_str(), name.clone());
        let action = match reserved {
            Some(_) => "lambda:PutFunctionConcurrency",
            None => "lambda:DeleteFunctionConcurrency",
        };
        self.call(action, resource, move |local| {
            local.set_reserved_concurrency(&name, reserved)
        })
        .await
    }

    async fn code_signing(&self, name: &FunctionName) -> PortResult<Option<Arn>> {
        let (resource, name) = (name.as_str(), name.clone());
        self.call("lambda:GetFunctionCodeSigningConfig", resource, move |local| {
            Ok(local.load(&name)?.code_signing)
        })
        .await
    }

    async fn set_code_signing(&self, name: &FunctionName, config: Option<&Arn>) -> PortResult<()> {
        let (resource, name, config) = (name.as_str(), name.clone(), config.cloned());
        let action = match config {
            Some(_) => "lambda:PutFunctionCodeSigningConfig",
            None => "lambda:DeleteFunctionCodeSigningConfig",
        };
        self.call(action, resource, move |local| local.set_code_signing(&name, config))
            .await
    }

    async fn publish(&self, name: &FunctionName, expected: &CodeDigest, description: &str) -> PortResult<Snapshot> {
        let (resource, name) = (name.as_str(), name.clone());
        let (expected, description) = (expected.clone(), description.to_owned());
        self.call("lambda:PublishVersion", resource, move |local| {
            local.publish(&name, &expected, &description)
        })
        .await
    }

    async fn versions(&self, name: &FunctionName) -> PortResult<Vec<Snapshot>> {
        let (resource, name) = (name.as_str(), name.clone());
        self.call("lambda:ListVersionsByFunction", resource, move |local| {
            local.versions(&name)
        })
        .await
    }

    async fn delete_version(&self, name: &FunctionName, version: Version) -> PortResult<()> {
        let (resource, name) = (format!("{name}:{version}"), name.clone());
        self.call("lambda:DeleteFunction", resource, move |local| {
            local.delete_version(&name, version)
        })
        .await
    }

    async fn alias(&self, name: &FunctionName, alias: &AliasName) -> PortResult<Option<AliasState>> {
        let (name, alias) = (name.clone(), alias.clone());
        self.call("lambda:GetAlias", format!("{name}:{alias}"), move |local| {
            local.alias(&name, &alias)
        })
        .await
    }

    async fn aliases(&self, name: &FunctionName) -> PortResult<Vec<AliasState>> {
        let (resource, name) = (name.as_str(), name.clone());
        self.call("lambda:ListAliases", resource, move |local| local.aliases(&name))
            .await
    }

    async fn create_alias(&self, name: &FunctionName, alias: &AliasUpdate) -> PortResult<AliasState> {
        let (name, alias) = (name.clone(), alias.clone());
        let resource = format!("{name}:{}", alias.name);
        self.call("lambda:CreateAlias", resource, move |local| {
            local.create_alias(&name, alias)
        })
        .await
    }

    async fn update_alias(&self, name: &FunctionName, alias: &AliasUpdate, revision: &str) -> PortResult<AliasState> {
        let (name, alias, revision) = (name.clone(), alias.clone(), revision.to_owned());
        let resource = format!("{name}:{}", alias.name);
        self.call("lambda:UpdateAlias", resource, move |local| {
            local.update_alias(&name, alias, &revision)
        })
        .await
    }

    async fn delete_alias(&self, name: &FunctionName, alias: &AliasName) -> PortResult<()> {
        let (name, alias) = (name.clone(), alias.clone());
        self.call("lambda:DeleteAlias", format!("{name}:{alias}"), move |local| {
            local.delete_alias(&name, &alias)
        })
        .await
    }

    async fn permissions(&self, name: &FunctionName, alias: &AliasName) -> PortResult<Option<ResourcePolicy>> {
        let (name, alias) = (name.clone(), alias.clone());
        self.call("lambda:GetPolicy", format!("{name}:{alias}"), move |local| {
            local.permissions(&name, &alias)
        })
        .await
    }

    async fn add_permission(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        permission: &Permission,
        revision: Option<&str>,
    ) -> PortResult<()> {
        let (name, alias, permission) = (name.clone(), alias.clone(), permission.clone());
        let revision = revision.map(str::to_owned);
        self.call("lambda:AddPermission", format!("{name}:{alias}"), move |local| {
            local.add_permission(&name, &alias, &permission, revision.as_deref())
        })
        .await
    }

    async fn remove_permission(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        sid: &str,
        revision: Option<&str>,
    ) -> PortResult<()> {
        let (name, alias, sid) = (name.clone(), alias.clone(), sid.to_owned());
        let revision = revision.map(str::to_owned);
        self.call("lambda:RemovePermission", format!("{name}:{alias}"), move |local| {
            local.remove_permission(&name, &alias, &sid, revision.as_deref())
        })
        .await
    }

    async fn async_invoke(&self, name: &FunctionName, alias: &AliasName) -> PortResult<Option<AsyncInvoke>> {
        let (name, alias) = (name.clone(), alias.clone());
        let resource = format!("{name}:{alias}");
        self.call("lambda:GetFunctionEventInvokeConfig", resource, move |local| {
            local.async_invoke(&name, &alias)
        })
        .await
    }

    async fn set_async_invoke(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        settings: Option<&AsyncInvoke>,
    ) -> PortResult<()> {
        let (name, alias, settings) = (name.clone(), alias.clone(), settings.cloned());
        let action = match settings {
            Some(_) => "lambda:PutFunctionEventInvokeConfig",
            None => "lambda:DeleteFunctionEventInvokeConfig",
        };
        self.call(action, format!("{name}:{alias}"), move |local| {
            local.set_async_invoke(&name, &alias, settings)
        })
        .await
    }

    async fn all_provisioned(
        &self,
        name: &FunctionName,
        _known: &[Qualifier],
    ) -> PortResult<BTreeMap<Qualifier, ProvisionedState>> {
        let (resource, name) = (name.as_str(), name.clone());
        self.call("lambda:ListProvisionedConcurrencyConfigs", resource, move |local| {
            let all = local.all_provisioned(&name)?;
            Ok(all
                .into_iter()
                .map(|(alias, state)| (Qualifier::Alias(alias), state))
                .collect())
        })
        .await
    }

    async fn provisioned(&self, name: &FunctionName, alias: &AliasName) -> PortResult<Option<ProvisionedState>> {
        let (name, alias) = (name.clone(), alias.clone());
        let action = "lambda:GetProvisionedConcurrencyConfig";
        self.call(action, format!("{name}:{alias}"), move |local| {
            local.provisioned(&name, &alias)
        })
        .await
    }

    async fn set_provisioned(&self, name: &FunctionName, alias: &AliasName, executions: Option<u32>) -> PortResult<()> {
        let (name, alias) = (name.clone(), alias.clone());
        let action = match executions {
            Some(_) => "lambda:PutProvisionedConcurrencyConfig",
            None => "lambda:DeleteProvisionedConcurrencyConfig",
        };
        self.call(action, format!("{name}:{alias}"), move |local| {
            local.set_provisioned(&name, &alias, executions)
        })
        .await
    }

    /// None: nothing is polled here.
    async fn event_sources(&self, _name: &FunctionName) -> PortResult<Vec<EventSource>> {
        Ok(Vec::new())
    }

    async fn invoke(&self, invocation: &Invocation) -> PortResult<Invoked> {
        self.run(invocation).await
    }
}
