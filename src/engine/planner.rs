//! `plan(desired, observed)`: the one place that decides what a deploy changes. Pure.

use std::collections::BTreeMap;
use std::fmt::Display;

use jiff::Timestamp;

use super::callers::{self, Doors};
use super::creation::create_function;
use super::desired::{Desired, Retention};
use super::observe::{ArchiveState, Contents, Observed, is_wanted, live_is_wanted};
use super::plan::{AliasPoint, CodeSummary, EnvironmentChange, FieldChange, Plan, Step, Target};
use super::prune::{Prune, Rule, decide, leftovers, needed};
use super::rights::{Passage, passage};
use crate::domain::arn::Arn;
use crate::domain::function::{AsyncInvoke, Environment, FunctionSettings, TAG_FUNCTION, TagChange};
use crate::domain::names::Qualifier;
use crate::domain::policy::{AccessChange, PolicyDocument, RoleSpec};
use crate::ports::{FunctionState, RoleState, UpdateStatus};

/// Returns the steps that bring what was observed to what is desired, in a safe order:
/// rights and storage first, the function next, the alias that serves traffic last.
pub fn plan(desired: &Desired, observed: &Observed) -> Plan {
    let mut steps = Vec::new();
    if let Some(spec) = &desired.role {
        plan_role(spec, observed, &mut steps);
    }
    plan_logs(desired, observed, &mut steps);
    plan_archive(desired, observed, &mut steps);
    match &observed.function {
        None => {
            steps.push(create_function(desired));
        }
        Some(function) => plan_function(desired, observed, function, &mut steps),
    }
    let (raise, lower) = match reserved_step(desired, observed) {
        Some((step, true)) => (Some(step), None),
        Some((step, false)) => (None, Some(step)),
        None => (None, None),
    };
    steps.extend(raise);
    plan_release(desired, observed, &mut steps);
    plan_callers(desired, observed, &mut steps);
    plan_alias_settings(desired, observed, &mut steps);
    steps.extend(lower);
    if let Some(spec) = &desired.role {
        plan_policy(spec, observed, &mut steps);
    }
    plan_prune(desired, observed, &mut steps);
    let latest = observed.function.as_ref().map(|function| &function.latest);
    Plan {
        name: desired.name.clone(),
        stage: desired.stage.clone(),
        place: desired.place.clone(),
        alias: desired.alias.clone(),
        live: observed.alias.as_ref().and_then(|alias| alias.version),
        code: CodeSummary {
            from: latest.map(|latest| latest.digest.clone()),
            to: desired.artifact.digest.clone(),
            size: desired.artifact.size,
            previous_size: latest.map(|latest| latest.code_size),
            unzipped: desired.artifact.unzipped,
            files: desired.artifact.entries.len(),
            changes: match &observed.contents {
                Contents::Known(changes) => Some(changes.clone()),
                Contents::Unneeded | Contents::Unknown(_) => None,
            },
        },
        steps,
        foreign: callers::foreign(observed.permissions.as_ref()),
    }
}

fn plan_role(spec: &RoleSpec, observed: &Observed, steps: &mut Vec<Step>) {
    match &observed.role {
        None => {
            let trust = AccessChange::between(None, Some(&spec.trust));
            steps.push(Step::CreateRole {
                role: spec.name.clone(),
                trust,
                boundary: spec.boundary.clone(),
                tags: TagChange::between(&BTreeMap::new(), &spec.tags),
            });
        }
        Some(found) => plan_existing_role(spec, found, steps),
    }
}

/// Rights come before everything else and go after everything else.
fn plan_policy(spec: &RoleSpec, observed: &Observed, steps: &mut Vec<Step>) {
    let released = steps
        .iter()
        .any(|step| matches!(step, Step::PointAlias { from: Some(_), .. }));
    let put = |from: Option<&PolicyDocument>, to: &PolicyDocument| Step::PutPolicy {
        role: spec.name.clone(),
        access: AccessChange::beside(from, Some(to), &observed.beside.documents()),
        document: to.clone(),
        existed: from.is_some(),
    };
    let from = observed.policy.as_ref();
    let Passage { before, after } = passage(from, &spec.policy, released);
    if let Some(document) = &after {
        steps.push(put(before.as_ref().or(from), document));
    }
    if let Some(document) = &before {
        // A policy needs its role; every other step may need the policy.
        let made = steps.iter().position(|step| matches!(step, Step::CreateRole { .. }));
        steps.insert(made.map_or(0, |index| index + 1), put(from, document));
    }
}

fn plan_existing_role(spec: &RoleSpec, found: &RoleState, steps: &mut Vec<Step>) {
    let role = &spec.name;
    if found.trust != spec.trust {
        let access = AccessChange::between(Some(&found.trust), Some(&spec.trust));
        steps.push(Step::SetTrust {
            role: role.clone(),
            access,
        });
    }
    if found.boundary != spec.boundary {
        let (from, to) = (found.boundary.clone(), spec.boundary.clone());
        steps.push(Step::SetBoundary {
            role: role.clone(),
            from,
            to,
        });
    }
    let change = TagChange::between(&found.tags, &spec.tags);
    if !change.is_empty() {
        steps.push(Step::TagRole {
            role: role.clone(),
            change,
        });
    }
}

fn plan_logs(desired: &Desired, observed: &Observed, steps: &mut Vec<Step>) {
    let group = &desired.settings.logging.group;
    let found = observed.log_group.as_ref();
    if found.is_none() {
        steps.push(Step::CreateLogGroup { group: group.clone() });
    }
    let from = found.and_then(|found| found.retention);
    if let Retention::Set(to) = desired.retention
        && from != to
    {
        steps.push(Step::SetRetention {
            group: group.clone(),
            from,
            to,
        });
    }
}

fn plan_archive(desired: &Desired, observed: &Observed, steps: &mut Vec<Step>) {
    let Some(location) = &desired.storage else { return };
    let bucket = location.bucket.clone();
    match observed.archive {
        // A foreign bucket is refused by `check` before anything is applied.
        ArchiveState::Unneeded | ArchiveState::Uploaded | ArchiveState::BucketForeign => return,
        ArchiveState::BucketMissing => steps.push(Step::CreateBucket { bucket: bucket.clone() }),
        ArchiveState::NotUploaded => {}
    }
    steps.push(Step::Upload {
        bucket,
        key: location.key.clone(),
        size: desired.artifact.size,
    });
}

fn plan_function(desired: &Desired, observed: &Observed, function: &FunctionState, steps: &mut Vec<Step>) {
    let latest = &function.latest;
    // Signing rules apply to the upload that follows them.
    if observed.code_signing != desired.code_signing {
        let (from, to) = (observed.code_signing.clone(), desired.code_signing.clone());
        steps.push(Step::SetCodeSigning { from, to });
    }
    // After a failed update Lambda goes on with the old code and configuration, whatever it shows.
    let failed = latest.lifecycle.update == UpdateStatus::Failed;
    let architecture =
        (latest.architecture != desired.architecture).then_some((latest.architecture, desired.architecture));
    if latest.digest != desired.artifact.digest || architecture.is_some() || failed {
        let (from, to) = (latest.digest.clone(), desired.artifact.digest.clone());
        steps.push(Step::UpdateCode { from, to, architecture });
    }
    if latest.settings != desired.settings || failed {
        steps.push(Step::UpdateSettings {
            changes: field_changes(&latest.settings, &desired.settings),
            environment: environment_change(&latest.settings.environment, &desired.settings.environment),
        });
    }
    let change = TagChange::between(&function.tags, &desired.tags);
    if !change.is_empty() {
        steps.push(Step::TagFunction { change });
    }
}

/// Reserved concurrency bounds provisioned concurrency at every moment, so it is raised before and
/// lowered after.
fn reserved_step(desired: &Desired, observed: &Observed) -> Option<(Step, bool)> {
    let from = observed
        .function
        .as_ref()
        .and_then(|function| function.reserved_concurrency);
    let to = desired.reserved_concurrency;
    let raised = to.is_none_or(|to| from.is_some_and(|from| to > from));
    (from != to).then_some((Step::SetReserved { from, to }, raised))
}

fn plan_release(desired: &Desired, observed: &Observed, steps: &mut Vec<Step>) {
    // A version never changes: the live one stays when `$LATEST` alone has drifted, and one that an
    // interrupted deploy published is reused.
    let live = observed.live.as_ref().filter(|_| live_is_wanted(desired, observed));
    let newest = observed.newest.as_ref().filter(|newest| is_wanted(newest, desired));
    let reusable = live.or(newest);
    let to = if let Some(Qualifier::Version(version)) = reusable.map(|snapshot| &snapshot.qualifier) {
        Target::Known(*version)
    } else {
        steps.push(Step::Publish);
        Target::Published
    };
    let from = observed.alias.as_ref().map(|alias| AliasPoint {
        version: alias.version,
        weights: alias.weights.clone(),
    });
    let settled = from
        .as_ref()
        .is_some_and(|from| from.version.map(Target::Known) == Some(to) && from.weights.is_empty());
    if !settled {
        steps.extend(desired.check.as_ref().map(|check| Step::Check {
            file: check.file.clone(),
            expectation: check.expected.as_ref().map(|expected| expected.file.clone()),
            version: to,
        }));
        steps.push(Step::PointAlias {
            alias: desired.alias.clone(),
            from,
            to,
        });
    }
}

/// Around the move of the alias, or after it is made.
fn plan_callers(desired: &Desired, observed: &Observed, steps: &mut Vec<Step>) {
    let Doors { open, close, tight } = callers::doors(desired, observed.permissions.as_ref());
    let move_at = steps
        .iter()
        .position(|step| matches!(step, Step::PointAlias { from: Some(_), .. }))
        .unwrap_or(steps.len());
    let (before, after) = if tight { (close, open) } else { (open, close) };
    steps.extend(after);
    if let Some(step) = before {
        steps.insert(move_at, step);
    }
}

fn plan_alias_settings(desired: &Desired, observed: &Observed, steps: &mut Vec<Step>) {
    let from = observed.async_invoke.clone().unwrap_or_default();
    if from != desired.async_invoke {
        let (alias, to) = (desired.alias.clone(), desired.async_invoke.clone());
        steps.push(Step::SetAsyncInvoke { alias, from, to });
    }
    for (alias, &executions) in &desired.provisioned_concurrency {
        let from = observed.provisioned.get(alias).map(|state| state.requested);
        if from != Some(executions) {
            steps.push(Step::SetProvisioned {
                alias: alias.clone(),
                from,
                to: Some(executions),
            });
        }
    }
    for (alias, state) in &observed.provisioned {
        if !desired.provisioned_concurrency.contains_key(alias) {
            steps.push(Step::SetProvisioned {
                alias: alias.clone(),
                from: Some(state.requested),
                to: None,
            });
        }
    }
}

/// What is left over once the alias has moved.
fn plan_prune(desired: &Desired, observed: &Observed, steps: &mut Vec<Step>) {
    let (Some(keep), Some(function)) = (desired.keep, &observed.function) else {
        return;
    };
    let coming = usize::from(steps.contains(&Step::Publish));
    let moved = steps.iter().find_map(|step| match step {
        Step::PointAlias { alias, to, .. } => Some((alias, to)),
        _ => None,
    });
    // Without its event source mappings nobody knows which versions Lambda polls for; `check` says so.
    let stock = observed.stock.clone().filter(|stock| stock.sources.is_ok());
    let mut prune = stock.map_or_else(Prune::default, |stock| {
        let stock = match moved {
            Some((alias, Target::Known(version))) => stock.after_move(alias, Some(*version)),
            Some((alias, Target::Published)) => stock.after_move(alias, None),
            None => stock,
        };
        let rule = Rule {
            keep: Some(keep),
            older_than: None,
        };
        decide(rule, &stock, coming, Timestamp::UNIX_EPOCH)
    });
    let gone = prune.versions.iter().map(|leaving| leaving.version).collect();
    let needed = needed(&observed.versions, &gone, &function.latest.digest).chain([&desired.artifact.digest]);
    let archives = observed.archives.as_ref();
    prune.archives = archives.and_then(|archives| leftovers(archives, &desired.name, needed));
    if !prune.is_empty() {
        steps.push(Step::Prune(prune));
    }
}

/// Whether this function was made by lfn, for this function name.
pub fn is_ours(function: &FunctionState, desired: &Desired) -> bool {
    function
        .tags
        .get(TAG_FUNCTION)
        .is_some_and(|owner| *owner == desired.name.to_string())
}

pub(super) fn environment_change(from: &Environment, to: &Environment) -> EnvironmentChange {
    let names = |keys: &mut dyn Iterator<Item = &String>| keys.cloned().collect();
    EnvironmentChange {
        added: names(&mut to.0.keys().filter(|key| !from.0.contains_key(*key))),
        changed: names(
            &mut to
                .0
                .iter()
                .filter(|(key, value)| from.0.get(*key).is_some_and(|old| old != *value))
                .map(|(key, _)| key),
        ),
        removed: names(&mut from.0.keys().filter(|key| !to.0.contains_key(*key))),
    }
}

/// Every setting but the environment that differs, as a person reads it.
pub(super) fn field_changes(from: &FunctionSettings, to: &FunctionSettings) -> Vec<FieldChange> {
    let megabytes = |value: u32| format!("{value} MB");
    let seconds = |value: u32| format!("{value} s");
    let switch = |on: bool| if on { "on" } else { "off" }.to_owned();
    let rows = [
        ("description", text(&from.description), text(&to.description)),
        ("role", from.role.to_string(), to.role.to_string()),
        ("runtime", from.runtime.to_string(), to.runtime.to_string()),
        ("handler", from.handler.clone(), to.handler.clone()),
        ("memory", megabytes(from.memory), megabytes(to.memory)),
        ("timeout", seconds(from.timeout), seconds(to.timeout)),
        (
            "ephemeral storage",
            megabytes(from.ephemeral_storage),
            megabytes(to.ephemeral_storage),
        ),
        ("kms key", or_none(from.kms_key.as_ref()), or_none(to.kms_key.as_ref())),
        ("layers", list(&from.layers), list(&to.layers)),
        ("subnets", list(&from.vpc.subnets), list(&to.vpc.subnets)),
        (
            "security groups",
            list(&from.vpc.security_groups),
            list(&to.vpc.security_groups),
        ),
        ("ipv6", switch(from.vpc.ipv6), switch(to.vpc.ipv6)),
        (
            "dead letter",
            or_none(from.dead_letter.as_ref()),
            or_none(to.dead_letter.as_ref()),
        ),
        ("tracing", switch(from.tracing), switch(to.tracing)),
        ("snap start", switch(from.snap_start), switch(to.snap_start)),
        ("files", mount(from), mount(to)),
        ("log format", word(&from.logging.format), word(&to.logging.format)),
        (
            "log level",
            level(from.logging.level.as_ref()),
            level(to.logging.level.as_ref()),
        ),
        (
            "system log level",
            level(from.logging.system_level.as_ref()),
            level(to.logging.system_level.as_ref()),
        ),
        (
            "log group",
            from.logging.group.to_string(),
            to.logging.group.to_string(),
        ),
    ];
    rows.into_iter()
        .filter(|(_, from, to)| from != to)
        .map(|(field, from, to)| FieldChange {
            field,
            from: Some(from),
            to,
        })
        .collect()
}

/// Every asynchronous setting that differs, as a person reads it.
pub fn async_changes(from: &AsyncInvoke, to: &AsyncInvoke) -> Vec<FieldChange> {
    let arn = |arn: &Option<Arn>| or_none(arn.as_ref());
    let rows = [
        ("on success", arn(&from.on_success), arn(&to.on_success)),
        ("on failure", arn(&from.on_failure), arn(&to.on_failure)),
        ("retries", from.retries.to_string(), to.retries.to_string()),
        ("max age", format!("{} s", from.max_age), format!("{} s", to.max_age)),
    ];
    let changes = rows.into_iter().filter(|(_, from, to)| from != to);
    changes
        .map(|(field, from, to)| FieldChange {
            field,
            from: Some(from),
            to,
        })
        .collect()
}

fn text(value: &str) -> String {
    if value.is_empty() {
        "none".into()
    } else {
        format!("\"{value}\"")
    }
}

fn or_none<T: Display>(value: Option<T>) -> String {
    value.map_or_else(|| "none".into(), |value| value.to_string())
}

fn list<T: Display>(values: impl IntoIterator<Item = T>) -> String {
    let joined = values
        .into_iter()
        .map(|value| value.to_string())
        .collect::<Vec<_>>()
        .join(", ");
    if joined.is_empty() { "none".into() } else { joined }
}

fn mount(settings: &FunctionSettings) -> String {
    or_none(
        settings
            .file_system
            .as_ref()
            .map(|files| format!("{} at {}", files.access_point, files.mount)),
    )
}

fn word(value: &impl std::fmt::Debug) -> String {
    format!("{value:?}").to_lowercase()
}

fn level(value: Option<&impl std::fmt::Debug>) -> String {
    value.map_or_else(|| "default".into(), word)
}
