//! What the account holds now: reads only, side by side, at most three in a row.

use std::collections::BTreeMap;

use super::beside::{Beside, beside};
use super::codedeploy::{self, UnderWay};
use super::desired::{ArchiveLocation, Desired};
use super::prune::{self, Archives};
use super::stock::{Stock, stock};
use super::wait::{Failure, Readiness, Waiter, readiness};
use crate::domain::arn::Arn;
use crate::domain::function::{AsyncInvoke, DIRECT_UPLOAD_LIMIT};
use crate::domain::names::{AliasName, FunctionName, LogGroupName, Qualifier, RoleName};
use crate::domain::package::{CodeChanges, directory};
use crate::domain::policy::{INLINE_POLICY, PolicyDocument};
use crate::ports::{
    AliasState, BucketState, Cloud, ErrorKind, FunctionState, LogGroupState, PortResult, ProvisionedState,
    ResourcePolicy, RoleState, Snapshot, UpdateStatus,
};

/// Which names to look up.
#[derive(Debug, Clone)]
pub struct Subjects {
    pub name: FunctionName,
    pub alias: AliasName,
    /// Aliases other than the released one for which the file asks provisioned concurrency.
    pub provisioned: Vec<AliasName>,
    /// `None` when the role is somebody else's.
    pub role: Option<RoleName>,
    pub log_group: LogGroupName,
}

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    pub function: Option<FunctionState>,
    pub alias: Option<AliasState>,
    /// The deployment of CodeDeploy's that moves the alias; looked up only when it splits its traffic.
    pub handed: Option<PortResult<UnderWay>>,
    /// The version the alias points at.
    pub live: Option<Snapshot>,
    /// Who else may invoke the alias.
    pub permissions: Option<ResourcePolicy>,
    pub role: Option<RoleState>,
    pub policy: Option<PolicyDocument>,
    /// What else the role has.
    pub beside: Beside,
    pub log_group: Option<LogGroupState>,
    pub async_invoke: Option<AsyncInvoke>,
    pub provisioned: BTreeMap<AliasName, ProvisionedState>,
    /// Aliases that the file asks provisioned concurrency for and that do not exist.
    pub missing_aliases: Vec<AliasName>,
    pub code_signing: Option<Arn>,
    /// The newest published version, looked up only when the live one is not what is wanted.
    pub newest: Option<Snapshot>,
    pub archive: ArchiveState,
    pub contents: Contents,
    /// The published versions and who uses them, looked up only when there are more than shall stay.
    pub stock: Option<Stock>,
    /// The function's archives, looked up only when the file says how many versions shall stay.
    pub archives: Option<Archives>,
    /// The published versions, oldest first, looked up only when the file says how many shall stay.
    pub versions: Vec<Snapshot>,
}

/// Which files differ between the new archive and the deployed one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Contents {
    /// Not asked: there is no function, or its code is the new one already.
    #[default]
    Unneeded,
    /// Why the deployed archive could not be looked into. No reason to stop.
    Unknown(String),
    Known(CodeChanges),
}

/// What is known about the bucket for large archives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ArchiveState {
    /// Not asked, since nothing goes through S3.
    #[default]
    Unneeded,
    BucketMissing,
    BucketForeign,
    NotUploaded,
    Uploaded,
}

/// Looks up everything whose name follows from the file.
pub async fn observe(cloud: &Cloud, subjects: &Subjects) -> PortResult<Observed> {
    let Subjects {
        name,
        alias,
        provisioned: others,
        role,
        log_group,
    } = subjects;
    let role_and_policy = async {
        let Some(role) = role else {
            return Ok((None, None, Beside::default()));
        };
        let roles = &*cloud.roles;
        tokio::try_join!(roles.role(role), roles.policy(role, INLINE_POLICY), beside(roles, role))
    };
    // The alias leads to two more reads; start those as soon as the alias is known.
    let alias_and_live = async {
        let Some(found) = cloud.functions.alias(name, alias).await? else {
            return Ok((None, None, None));
        };
        let live = async {
            match found.version {
                Some(version) => cloud.functions.snapshot(name, &Qualifier::Version(version)).await,
                None => Ok(None),
            }
        };
        let (live, permissions) = tokio::try_join!(live, cloud.functions.permissions(name, alias))?;
        Ok((Some(found), live, permissions))
    };
    let aliases = [alias].into_iter().chain(others).cloned().map(Qualifier::Alias);
    let aliases: Vec<Qualifier> = aliases.collect();
    let missing = async {
        let mut missing = Vec::new();
        for other in others {
            if cloud.functions.alias(name, other).await?.is_none() {
                missing.push(other.clone());
            }
        }
        Ok(missing)
    };
    let (
        function,
        (alias, live, permissions),
        (role, policy, beside),
        log_group,
        async_invoke,
        provisioned,
        code_signing,
        missing_aliases,
    ) = tokio::try_join!(
        cloud.functions.function(name),
        alias_and_live,
        role_and_policy,
        cloud.logs.log_group(log_group),
        async { absent_is_default(cloud.functions.async_invoke(name, alias).await) },
        async { absent_is_default(cloud.functions.all_provisioned(name, &aliases).await) },
        async { absent_is_default(cloud.functions.code_signing(name).await) },
        missing,
    )?;
    let handed = match (&function, &alias) {
        (Some(function), Some(alias)) => codedeploy::under_way(cloud, name, alias, &function.tags)
            .await
            .transpose(),
        _ => None,
    };
    Ok(Observed {
        function,
        handed,
        alias,
        live,
        permissions,
        role,
        policy,
        beside,
        log_group,
        async_invoke,
        // One of a bare version is somebody else's.
        provisioned: provisioned
            .into_iter()
            .filter_map(|(qualifier, state)| match qualifier {
                Qualifier::Alias(alias) => Some((alias, state)),
                Qualifier::Latest | Qualifier::Version(_) => None,
            })
            .collect(),
        missing_aliases,
        code_signing,
        newest: None,
        archive: ArchiveState::Unneeded,
        contents: Contents::Unneeded,
        stock: None,
        archives: None,
        versions: Vec::new(),
    })
}

/// Looks up everything, once no earlier change is in progress: in between, what is read may be
/// neither the old state nor the new one.
pub async fn settled(cloud: &Cloud, subjects: &Subjects, waiter: &Waiter<'_>) -> Result<Observed, Failure> {
    let observed = observe(cloud, subjects).await?;
    let waiting = |function: &FunctionState| readiness(&function.latest.lifecycle) == Readiness::Waiting;
    if !observed.function.as_ref().is_some_and(waiting) {
        return Ok(observed);
    }
    let look = || cloud.functions.snapshot(&subjects.name, &Qualifier::Latest);
    // A failed update is for the plan to judge, and a deleted function to find missing.
    let judge = |found: &Option<Snapshot>| match found.as_ref().map(|found| readiness(&found.lifecycle)) {
        Some(Readiness::Waiting) => Readiness::Waiting,
        _ => Readiness::Ready,
    };
    waiter.until_ready("an earlier change to finish", look, judge).await?;
    Ok(observe(cloud, subjects).await?)
}

/// Looks up what only matters once the archive is known and something has changed.
pub async fn observe_further(cloud: &Cloud, desired: &Desired, observed: &mut Observed) -> PortResult<()> {
    let Some(function) = &observed.function else {
        observed.archive = archive_state(cloud, desired.storage.as_ref()).await?;
        return Ok(());
    };
    let code_differs = function.latest.digest != desired.artifact.digest
        || function.latest.architecture != desired.architecture
        || function.latest.lifecycle.update == UpdateStatus::Failed;
    let location = if code_differs { desired.storage.as_ref() } else { None };
    // Only an interrupted deploy leaves a wanted `$LATEST` behind with another version live.
    let live = live_is_wanted(desired, observed);
    let interrupted = !live && is_wanted(&function.latest, desired);
    let versions = async {
        if !interrupted && desired.keep.is_none() {
            return Ok(Vec::new());
        }
        cloud.functions.versions(&desired.name).await
    };
    let archives = async {
        if desired.keep.is_none() {
            return Ok(None);
        }
        // The bucket of others is no business of a function whose archives are sent directly.
        let used = desired.storage.is_some() || function.latest.code_size > DIRECT_UPLOAD_LIMIT;
        match prune::archives(cloud, &desired.bucket, &desired.name).await {
            Err(error) if !used || prune::is_closed(&error) => Ok(None),
            other => other,
        }
    };
    let contents = async {
        let differs = function.latest.digest != desired.artifact.digest;
        Ok(if differs {
            contents(cloud, desired).await
        } else {
            Contents::Unneeded
        })
    };
    let (archive, mut versions, contents, archives) =
        tokio::try_join!(archive_state(cloud, location), versions, contents, archives)?;
    let newest = if interrupted { versions.last().cloned() } else { None };
    let more = |keep: usize| versions.len() + usize::from(!live) > keep.max(1);
    let stock = if desired.keep.is_some_and(more) {
        Some(stock(cloud, &desired.name).await?)
    } else {
        None
    };
    if desired.keep.is_none() {
        versions.clear();
    }
    observed.stock = stock;
    observed.archives = archives;
    observed.versions = versions;
    observed.contents = contents;
    observed.archive = archive;
    observed.newest = newest;
    Ok(())
}

/// Whether this edition has the code and the settings that the file asks for.
pub fn is_wanted(snapshot: &Snapshot, desired: &Desired) -> bool {
    snapshot.digest == desired.artifact.digest
        && snapshot.architecture == desired.architecture
        && snapshot.settings == desired.settings
}

/// Whether the alias points at a version that has what the file asks for. A description may have
/// been given when publishing; that is no reason to publish again when `$LATEST` has the right one.
pub fn live_is_wanted(desired: &Desired, observed: &Observed) -> bool {
    let Some(live) = &observed.live else { return false };
    let latest = observed.function.as_ref().map(|function| &function.latest);
    if !latest.is_some_and(|latest| is_wanted(latest, desired)) {
        return is_wanted(live, desired);
    }
    let mut described = live.clone();
    described.settings.description.clone_from(&desired.settings.description);
    is_wanted(&described, desired)
}

async fn contents(cloud: &Cloud, desired: &Desired) -> Contents {
    let new = match directory::list(&desired.artifact.path) {
        Ok(new) => new,
        Err(error) => return Contents::Unknown(error.to_string()),
    };
    match cloud.functions.contents(&desired.name, &Qualifier::Latest).await {
        Ok(deployed) => Contents::Known(CodeChanges::between(&deployed, &new)),
        Err(error) => Contents::Unknown(error.to_string()),
    }
}

/// What is known about the place an archive goes to.
pub(super) async fn archive_state(cloud: &Cloud, location: Option<&ArchiveLocation>) -> PortResult<ArchiveState> {
    let Some(ArchiveLocation { bucket, key }) = location else {
        return Ok(ArchiveState::Unneeded);
    };
    Ok(match cloud.artifacts.bucket(bucket).await? {
        BucketState::Missing => ArchiveState::BucketMissing,
        BucketState::Foreign => ArchiveState::BucketForeign,
        BucketState::Ours if cloud.artifacts.has(bucket, key).await? => ArchiveState::Uploaded,
        BucketState::Ours => ArchiveState::NotUploaded,
    })
}

/// A function that does not exist has no configuration of any kind.
fn absent_is_default<T: Default>(result: PortResult<T>) -> PortResult<T> {
    match result {
        Err(error) if error.kind == ErrorKind::NotFound => Ok(T::default()),
        other => other,
    }
}
