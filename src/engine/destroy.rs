//! What lfn made for a function, and its removal. What it did not make is kept and named.

use crate::domain::arn::Place;
use crate::domain::config::Config;
use crate::domain::function::TAG_FUNCTION;
use crate::domain::names::{AliasName, BucketName, FunctionName, LogGroupName, RoleName};
use crate::domain::policy::{RoleSpec, role_spec};
use crate::engine::desired;
use crate::engine::wait::{Failure, Waiter};
use crate::ports::{Cloud, ErrorKind, PortResult};

/// One thing to delete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    /// The function with all its versions and aliases.
    Function {
        name: FunctionName,
        versions: usize,
        aliases: Vec<AliasName>,
    },
    /// The role with its inline policies, after detaching what others attached.
    Role {
        name: RoleName,
        policies: Vec<String>,
        attached: Vec<crate::domain::arn::Arn>,
    },
    LogGroup {
        name: LogGroupName,
        bytes: u64,
    },
    Archives {
        bucket: BucketName,
        keys: Vec<String>,
    },
}

/// What there is to delete, and what was found but is not lfn's.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    pub removals: Vec<Removal>,
    pub kept: Vec<String>,
}

/// Looks for everything lfn makes under the names of this file.
pub async fn inventory(cloud: &Cloud, config: &Config, place: &Place) -> PortResult<Inventory> {
    let spec = role_spec(config, place);
    let group = desired::log_group(config);
    let (function, role, logs, archives) = tokio::try_join!(
        function(cloud, &config.name),
        role(cloud, spec.as_ref(), &config.name),
        log_group(cloud, &group, &config.name),
        archives(cloud, config, place),
    )?;
    let mut inventory = Inventory::default();
    for found in [function, role, logs, archives] {
        match found {
            Found::Ours(removal) => inventory.removals.push(removal),
            Found::Foreign(what) => inventory.kept.push(what),
            Found::Nothing => {}
        }
    }
    Ok(inventory)
}

/// Deletes one thing. What is gone already counts as deleted.
pub async fn remove(cloud: &Cloud, removal: &Removal, waiter: &Waiter<'_>) -> Result<(), Failure> {
    match removal {
        Removal::Function { name, .. } => {
            gone_is_fine(waiter.patiently(|| cloud.functions.delete_function(name)).await)
        }
        Removal::Role {
            name,
            policies,
            attached,
        } => {
            for policy in attached {
                gone_is_fine(waiter.patiently(|| cloud.roles.detach_policy(name, policy)).await)?;
            }
            for policy in policies {
                gone_is_fine(waiter.patiently(|| cloud.roles.delete_policy(name, policy)).await)?;
            }
            gone_is_fine(waiter.patiently(|| cloud.roles.delete_role(name)).await)
        }
        Removal::LogGroup { name, .. } => gone_is_fine(waiter.patiently(|| cloud.logs.delete_log_group(name)).await),
        Removal::Archives { bucket, keys } => {
            for key in keys {
                gone_is_fine(waiter.patiently(|| cloud.artifacts.delete(bucket, key)).await)?;
            }
            Ok(())
        }
    }
}

enum Found {
    Ours(Removal),
    Foreign(String),
    Nothing,
}

async fn function(cloud: &Cloud, name: &FunctionName) -> PortResult<Found> {
    let Some(function) = cloud.functions.function(name).await? else {
        return Ok(Found::Nothing);
    };
    if function.tags.get(TAG_FUNCTION).map(String::as_str) != Some(name.as_str()) {
        return Ok(Found::Foreign(format!("function {name}: not made by lfn")));
    }
    let (versions, aliases) = tokio::try_join!(cloud.functions.versions(name), cloud.functions.aliases(name))?;
    let aliases = aliases.into_iter().map(|alias| alias.name).collect();
    Ok(Found::Ours(Removal::Function {
        name: name.clone(),
        versions: versions.len(),
        aliases,
    }))
}

async fn role(cloud: &Cloud, spec: Option<&RoleSpec>, function: &FunctionName) -> PortResult<Found> {
    let Some(RoleSpec { name, .. }) = spec else {
        return Ok(Found::Nothing);
    };
    let Some(role) = cloud.roles.role(name).await? else {
        return Ok(Found::Nothing);
    };
    if role.tags.get(TAG_FUNCTION).map(String::as_str) != Some(function.as_str()) {
        return Ok(Found::Foreign(format!(
            "role {name}: not made by lfn for this function"
        )));
    }
    let (policies, attached) = tokio::try_join!(cloud.roles.policies(name), cloud.roles.attached_policies(name))?;
    Ok(Found::Ours(Removal::Role {
        name: name.clone(),
        policies,
        attached,
    }))
}

async fn log_group(cloud: &Cloud, name: &LogGroupName, function: &FunctionName) -> PortResult<Found> {
    let Some(group) = cloud.logs.log_group(name).await? else {
        return Ok(Found::Nothing);
    };
    let tags = cloud.logs.log_group_tags(name).await?;
    if tags.get(TAG_FUNCTION).map(String::as_str) != Some(function.as_str()) {
        return Ok(Found::Foreign(format!(
            "log group {name}: not made by lfn for this function"
        )));
    }
    Ok(Found::Ours(Removal::LogGroup {
        name: name.clone(),
        bytes: group.stored_bytes,
    }))
}

async fn archives(cloud: &Cloud, config: &Config, place: &Place) -> PortResult<Found> {
    let bucket = desired::archive_bucket(config, place);
    let keys = cloud
        .artifacts
        .keys(&bucket, &desired::archive_prefix(&config.name))
        .await?;
    Ok(if keys.is_empty() {
        Found::Nothing
    } else {
        Found::Ours(Removal::Archives { bucket, keys })
    })
}

fn gone_is_fine(result: Result<(), Failure>) -> Result<(), Failure> {
    match result {
        Err(Failure::Port(error)) if error.kind == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
