//! What lfn made for a function, and its removal. What it did not make is kept and named.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::arn::{Arn, Place};
use crate::domain::codedeploy;
use crate::domain::config::Config;
use crate::domain::function::{TAG_FUNCTION, TAG_STAGE};
use crate::domain::names::{AliasName, BucketName, FunctionName, LogGroupName, RoleName, StageName};
use crate::domain::policy::role_spec;
use crate::engine::desired;
use crate::engine::wait::{Failure, Waiter};
use crate::ports::{Cloud, ErrorKind, FunctionState, PortError, PortResult, State};

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
        attached: Vec<Arn>,
    },
    LogGroup {
        name: LogGroupName,
        bytes: u64,
    },
    Archives {
        bucket: BucketName,
        keys: Vec<String>,
    },
    /// What CodeDeploy shifts the function's traffic with.
    Deployments {
        application: String,
        groups: Vec<String>,
        configurations: Vec<String>,
    },
    /// The CodeDeploy application of the function, when nothing is left in it.
    Application(String),
}

/// What there is to delete, and what was found but is not lfn's.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    pub removals: Vec<Removal>,
    pub kept: Vec<String>,
    /// The function that shall be gone in the end; `None` when it is kept.
    pub gone: Option<Gone>,
}

/// A function that is deleted, or was not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    pub name: FunctionName,
    /// What it had when it was found.
    pub revision: Option<String>,
}

/// A removal that failed.
#[derive(Debug)]
pub struct Stopped {
    /// Whether a part of it was deleted, or may have been.
    pub touched: bool,
    pub failure: Failure,
}

/// Looks for everything lfn makes under the names of this file, and under those that the function
/// still has from earlier ones.
pub async fn inventory(cloud: &Cloud, config: &Config, place: &Place) -> PortResult<Inventory> {
    let search = Search {
        cloud,
        config,
        place,
        function: Function::look(cloud, config).await?,
    };
    let (roles, groups, archives, deployments) = tokio::try_join!(
        search.roles(),
        search.log_groups(),
        search.archives(),
        search.deployments()
    )?;
    let gone = search.function.as_ref().is_none_or(|function| !function.kept());
    let mut inventory = Inventory {
        gone: gone.then(|| Gone {
            name: config.name.clone(),
            revision: search.function.as_ref().map(|function| function.revision.clone()),
        }),
        ..Inventory::default()
    };
    let function = search.function.map(|function| function.found);
    let found = function.into_iter().chain(deployments).chain(roles).chain(groups);
    for found in found.chain(archives) {
        match found {
            Found::Ours(removal) => inventory.removals.push(removal),
            Found::Kept(what) => inventory.kept.push(what),
        }
    }
    Ok(inventory)
}

/// Deletes one thing. What is gone already counts as deleted. What a function uses stays when somebody made
/// the function again meanwhile.
pub async fn remove(cloud: &Cloud, removal: &Removal, gone: Option<&Gone>, waiter: &Waiter<'_>) -> Result<(), Stopped> {
    let mut deleting = Deleting { waiter, touched: false };
    let result = match (removal, gone) {
        (Removal::Function { .. }, _) | (_, None) => Ok(()),
        (_, Some(gone)) => still_gone(cloud, gone, waiter).await,
    };
    let result = match result {
        Ok(()) => deleting.remove(cloud, removal).await,
        failed => failed,
    };
    result.map_err(|failure| Stopped {
        touched: deleting.touched,
        failure,
    })
}

async fn still_gone(cloud: &Cloud, gone: &Gone, waiter: &Waiter<'_>) -> Result<(), Failure> {
    let Gone { name, revision } = gone;
    let found = waiter.patiently(|| cloud.functions.function(name)).await?;
    // For a moment Lambda may show what it has deleted, or is deleting (a state that lfn does not tell apart).
    let going =
        |found: FunctionState| found.latest.lifecycle.state == State::Other || Some(found.latest.revision) == *revision;
    if found.is_none_or(going) {
        return Ok(());
    }
    let message = "the function was made by someone else since lfn looked; what it uses is kept";
    Err(PortError::new(ErrorKind::Stale, "lambda:GetFunction", name.to_string(), message).into())
}

struct Deleting<'a> {
    waiter: &'a Waiter<'a>,
    touched: bool,
}

impl Deleting<'_> {
    async fn remove(&mut self, cloud: &Cloud, removal: &Removal) -> Result<(), Failure> {
        match removal {
            Removal::Function { name, .. } => {
                let deleted = self.delete(|| cloud.functions.delete_function(name)).await;
                if deleted.is_ok() || !self.touched {
                    return deleted;
                }
                // The function itself tells whether a deletion without an answer happened.
                match cloud.functions.function(name).await {
                    Ok(None) => Ok(()),
                    Ok(Some(_)) => {
                        self.touched = false;
                        deleted
                    }
                    Err(_) => deleted,
                }
            }
            Removal::Role {
                name,
                policies,
                attached,
            } => {
                for policy in attached {
                    self.delete(|| cloud.roles.detach_policy(name, policy)).await?;
                }
                for policy in policies {
                    self.delete(|| cloud.roles.delete_policy(name, policy)).await?;
                }
                let deleted = self.delete(|| cloud.roles.delete_role(name)).await;
                // It was emptied a moment ago.
                deleted.map_err(|failure| match failure {
                    Failure::Port(error) if error.kind == ErrorKind::InUse => {
                        let message = format!(
                            "the role was given something by someone else since lfn looked: {}",
                            error.message
                        );
                        PortError { message, ..error }.into()
                    }
                    other => other,
                })
            }
            Removal::LogGroup { name, .. } => self.delete(|| cloud.logs.delete_log_group(name)).await,
            Removal::Archives { bucket, keys } => {
                for key in keys {
                    self.delete(|| cloud.artifacts.delete(bucket, key)).await?;
                }
                Ok(())
            }
            Removal::Deployments {
                application,
                groups,
                configurations,
            } => {
                // A configuration that a group has cannot be deleted.
                for group in groups {
                    self.delete(|| cloud.deployments.delete_group(application, group))
                        .await?;
                }
                for name in configurations {
                    self.delete(|| cloud.deployments.delete_configuration(name)).await?;
                }
                Ok(())
            }
            Removal::Application(name) => self.delete(|| cloud.deployments.delete_application(name)).await,
        }
    }

    async fn delete<F>(&mut self, call: impl FnMut() -> F) -> Result<(), Failure>
    where
        F: Future<Output = PortResult<()>>,
    {
        match self.waiter.patiently(call).await {
            Err(Failure::Port(error)) if error.kind == ErrorKind::NotFound => Ok(()),
            result => {
                self.touched |= match &result {
                    Ok(()) => true,
                    Err(Failure::Port(error)) => error.kind.leaves_open(),
                    Err(_) => false,
                };
                result
            }
        }
    }
}

enum Found {
    Ours(Removal),
    /// What it is, and why it stays.
    Kept(String),
}

/// Why something with these tags is not this file's to delete, or `None` when it is.
fn foreign(tags: &BTreeMap<String, String>, config: &Config) -> Option<String> {
    let tag = |key: &str| tags.get(key).map(String::as_str);
    match (tag(TAG_FUNCTION), tag(TAG_STAGE)) {
        (None, _) => Some("not made by lfn".into()),
        (Some(function), _) if function != config.name.as_str() => Some(format!("made by lfn for function {function}")),
        (_, stage) if stage == config.stage.as_ref().map(StageName::as_str) => None,
        (_, Some(stage)) => Some(format!("made by lfn for stage {stage}")),
        (_, None) => Some("made by lfn for no stage".into()),
    }
}

/// The function as it is, and what its editions refer to.
struct Function {
    found: Found,
    revision: String,
    roles: Vec<Arn>,
    groups: BTreeSet<LogGroupName>,
}

impl Function {
    async fn look(cloud: &Cloud, config: &Config) -> PortResult<Option<Self>> {
        let name = &config.name;
        let Some(function) = cloud.functions.function(name).await? else {
            return Ok(None);
        };
        let (versions, aliases) = tokio::try_join!(cloud.functions.versions(name), cloud.functions.aliases(name))?;
        let found = match foreign(&function.tags, config) {
            Some(why) => Found::Kept(format!("function {name}: {why}")),
            None => Found::Ours(Removal::Function {
                name: name.clone(),
                versions: versions.len(),
                aliases: aliases.into_iter().map(|alias| alias.name).collect(),
            }),
        };
        let revision = function.latest.revision.clone();
        let (mut roles, mut groups) = (Vec::new(), BTreeSet::new());
        for edition in [function.latest].into_iter().chain(versions) {
            if !roles.contains(&edition.settings.role) {
                roles.push(edition.settings.role);
            }
            groups.insert(edition.settings.logging.group);
        }
        Ok(Some(Self {
            found,
            revision,
            roles,
            groups,
        }))
    }

    fn kept(&self) -> bool {
        matches!(self.found, Found::Kept(_))
    }
}

struct Search<'a> {
    cloud: &'a Cloud,
    config: &'a Config,
    place: &'a Place,
    function: Option<Function>,
}

impl Search<'_> {
    /// The role of the file, then those that the function has from earlier files.
    async fn roles(&self) -> PortResult<Vec<Found>> {
        let own = role_spec(self.config, self.place).map(|spec| spec.name);
        let used: Vec<RoleName> = self
            .function
            .iter()
            .flat_map(|function| &function.roles)
            .filter_map(|role| self.role_name(role))
            .collect();
        let stays = self.function.as_ref().is_some_and(Function::kept);
        let mut found = Vec::new();
        if let Some(name) = &own {
            found.extend(self.role(name, stays && used.contains(name)).await?);
        }
        let others = used.iter().filter(|name| !stays && own.as_ref() != Some(name));
        for name in others {
            match self.role(name, false).await {
                // Whoever uses a role of their own need not let lfn look at roles.
                Err(error) if error.kind == ErrorKind::Denied => {
                    found.push(Found::Kept(format!("role {name}: lfn may not see whose it is")));
                }
                result => found.extend(result?),
            }
        }
        Ok(found)
    }

    /// The name of a role of this account.
    fn role_name(&self, arn: &Arn) -> Option<RoleName> {
        let name = arn.resource.strip_prefix("role/")?.rsplit('/').next()?;
        (arn.account == self.place.account.as_str())
            .then(|| RoleName::new(name).ok())
            .flatten()
    }

    async fn role(&self, name: &RoleName, in_use: bool) -> PortResult<Option<Found>> {
        let roles = &self.cloud.roles;
        let Some(role) = roles.role(name).await? else {
            return Ok(None);
        };
        let why = if in_use {
            Some(self.used_by_the_function())
        } else {
            foreign(&role.tags, self.config)
        };
        if let Some(why) = why {
            return Ok(Some(Found::Kept(format!("role {name}: {why}"))));
        }
        let (policies, attached) = tokio::try_join!(roles.policies(name), roles.attached_policies(name))?;
        Ok(Some(Found::Ours(Removal::Role {
            name: name.clone(),
            policies,
            attached,
        })))
    }

    /// The log group of the file, then those that the function has from earlier files. Only the
    /// function's own is ever deleted: one that a file names may hold other functions' logs.
    async fn log_groups(&self) -> PortResult<Vec<Found>> {
        let named = desired::log_group(self.config);
        let stays = self.function.as_ref().is_some_and(Function::kept);
        let used = self.function.as_ref().map(|function| &function.groups);
        let in_use = stays && used.is_some_and(|used| used.contains(&named));
        let mut found: Vec<Found> = self.log_group(&named, in_use).await?.into_iter().collect();
        for group in used.into_iter().flatten().filter(|group| !stays && **group != named) {
            found.extend(self.log_group(group, false).await?);
        }
        Ok(found)
    }

    async fn log_group(&self, name: &LogGroupName, in_use: bool) -> PortResult<Option<Found>> {
        let logs = &self.cloud.logs;
        let Some(group) = logs.log_group(name).await? else {
            return Ok(None);
        };
        let why = if in_use {
            Some(self.used_by_the_function())
        } else if *name != desired::default_log_group(&self.config.name) {
            Some("other functions may log there".into())
        } else {
            foreign(&logs.log_group_tags(name).await?, self.config)
        };
        Ok(Some(match why {
            Some(why) => Found::Kept(format!("log group {name}: {why}")),
            None => Found::Ours(Removal::LogGroup {
                name: name.clone(),
                bytes: group.stored_bytes,
            }),
        }))
    }

    async fn archives(&self) -> PortResult<Option<Found>> {
        let bucket = desired::archive_bucket(self.config, self.place);
        let prefix = desired::archive_prefix(&self.config.name);
        let keys = self.cloud.artifacts.keys(&bucket, &prefix).await?;
        Ok(if keys.is_empty() {
            None
        } else if self.function.as_ref().is_some_and(Function::kept) {
            let name = &self.config.name;
            Some(Found::Kept(format!(
                "archives in s3://{bucket}/{prefix}: function {name} is kept"
            )))
        } else {
            Some(Found::Ours(Removal::Archives { bucket, keys }))
        })
    }

    /// What hands the function's traffic to CodeDeploy. The application goes last: where it is, the next
    /// run looks for the rest.
    async fn deployments(&self) -> PortResult<Vec<Found>> {
        let (deployments, name) = (&self.cloud.deployments, codedeploy::application(&self.config.name));
        let kept = |why: String| vec![Found::Kept(format!("CodeDeploy application {name}: {why}"))];
        let tags = match deployments.application(&name).await {
            Ok(Some(tags)) => tags,
            Ok(None) => return Ok(Vec::new()),
            // Whoever never hands a shift to CodeDeploy need not let lfn look there, nor have it in the region.
            Err(error) if error.kind == ErrorKind::Denied => {
                return Ok(kept("lfn may not see whether it is there".into()));
            }
            Err(error) => return Err(error),
        };
        if let Some(why) = foreign(&tags, self.config) {
            return Ok(kept(why));
        }
        if self.function.as_ref().is_some_and(Function::kept) {
            return Ok(kept(self.used_by_the_function()));
        }
        let mut found = Vec::new();
        let mut ours = Vec::new();
        for group in deployments.groups(&name).await? {
            match foreign(&deployments.group_tags(&name, &group).await?, self.config) {
                Some(why) => found.push(Found::Kept(format!("deployment group {group} of {name}: {why}"))),
                None => ours.push(group),
            }
        }
        let shared = !found.is_empty();
        let prefix = codedeploy::configuration_prefix(&self.config.name);
        let configurations = deployments.configurations(&prefix).await?;
        if !ours.is_empty() || !configurations.is_empty() {
            found.push(Found::Ours(Removal::Deployments {
                application: name.clone(),
                groups: ours,
                configurations,
            }));
        }
        let role = codedeploy::service_role_name(&self.config.name, self.place);
        found.extend(self.role(&role, false).await?);
        found.push(if shared {
            Found::Kept(format!(
                "CodeDeploy application {name}: it has groups that lfn did not make"
            ))
        } else {
            Found::Ours(Removal::Application(name))
        });
        Ok(found)
    }

    fn used_by_the_function(&self) -> String {
        format!("function {} uses it and is kept", self.config.name)
    }
}
