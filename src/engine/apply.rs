//! Performs a plan step by step, waits where AWS needs time, and says how far it got.
//!
//! Running a deploy again is how it recovers, so every step can be repeated: a write that landed
//! although its answer was lost is recognised by looking at what is there.

mod callers;
mod meanwhile;

use std::time::{Duration, Instant};

use self::callers::Known;
use self::meanwhile::GONE;
use super::desired::Desired;
use super::observe::Observed;
use super::plan::{Plan, Step, Target};
use super::prune::{Prune, Refused, Removal, Rule};
use super::release::{self, Move, Moved, Mover, Whereabouts};
use super::trial::Trial;
use super::wait::{Failure, Readiness, Stop, Waiter, Written, readiness};
use crate::domain::function::AsyncInvoke;
use crate::domain::ledger::{Kind, Point};
use crate::domain::names::{AliasName, Qualifier, Version};
use crate::domain::policy::{INLINE_POLICY, PolicyDocument, RoleSpec};
use crate::ports::{
    Cloud, CodeSource, CodeUpdate, ErrorKind, NewFunction, NewRole, PortError, PortResult, ProvisionedState, Snapshot,
};

/// What happens while a plan is applied. `version` is the one that was published or pointed at.
#[derive(Debug)]
pub enum Event<'a> {
    Started {
        index: usize,
        step: &'a Step,
    },
    /// Waiting for something AWS does in its own time.
    Waiting {
        what: &'a str,
        waited: Duration,
    },
    /// Bytes of the archive that have gone so far.
    Sent {
        bytes: u64,
        total: u64,
    },
    Finished {
        index: usize,
        step: &'a Step,
        took: Duration,
        version: Option<Version>,
    },
}

/// How a plan ended well.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Applied {
    /// The version that was published or reused, when the plan had to do with one.
    pub version: Option<Version>,
    /// What did not go well and stopped nothing.
    pub warnings: Vec<String>,
}

/// How far a plan got before it stopped.
#[derive(Debug)]
pub struct Interrupted {
    /// Steps that are done.
    pub done: usize,
    /// Whether the step in hand changed something, or may have.
    pub touched: bool,
    /// The version that was published, if that step was reached.
    pub version: Option<Version>,
    pub failure: Failure,
    pub alias: Elsewhere,
}

/// Whether somebody else moved the alias, when a step failed for what others did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Elsewhere {
    /// It is where it was found, or where this deploy moved it.
    No,
    /// To there, or nowhere when it is gone, by whom the ledger names.
    Moved { to: Option<Point>, by: Option<String> },
    /// Nobody could be asked.
    Unknown,
}

/// The inputs of [`apply`].
pub struct Context<'a> {
    pub cloud: &'a Cloud,
    pub desired: &'a Desired,
    pub observed: &'a Observed,
    pub mover: &'a Mover,
    pub stop: &'a Stop,
    pub on_event: &'a (dyn Fn(Event<'_>) + Send + Sync),
}

/// Performs the steps in order.
pub async fn apply(plan: &Plan, context: &Context<'_>) -> Result<Applied, Interrupted> {
    let on_wait = |what: &str, waited| (context.on_event)(Event::Waiting { what, waited });
    let Desired { role, place, .. } = context.desired;
    let written = role.as_ref().map(|role| Written {
        policy: &role.policy,
        place,
    });
    let mut run = Run {
        context,
        waiter: Waiter::new(context.stop, &on_wait)
            .propagating(role.is_some())
            .role(written),
        touched: false,
        latest: context
            .observed
            .function
            .as_ref()
            .map(|function| function.latest.clone()),
        version: None,
        warnings: Vec::new(),
        permissions: Known::Found,
        policy: context.observed.policy.clone(),
    };
    if !plan.steps.is_empty()
        && let Err(failure) = run.unmoved().await
    {
        return Err(Interrupted {
            done: 0,
            touched: false,
            version: None,
            alias: run.elsewhere(&failure, false).await,
            failure,
        });
    }
    for (index, step) in plan.steps.iter().enumerate() {
        run.touched = false;
        let result = if context.stop.requested() {
            Err(Failure::Interrupted)
        } else {
            (context.on_event)(Event::Started { index, step });
            let started = Instant::now();
            let result = run.perform(step).await;
            if result.is_ok() {
                let version = if matches!(step, Step::Publish | Step::Check { .. } | Step::PointAlias { .. }) {
                    run.version
                } else {
                    None
                };
                (context.on_event)(Event::Finished {
                    index,
                    step,
                    took: started.elapsed(),
                    version,
                });
            }
            result
        };
        if let Err(failure) = result {
            let failure = run.gone_meanwhile(step, failure).await;
            let released = plan.steps[..index]
                .iter()
                .any(|step| matches!(step, Step::PointAlias { .. }));
            return Err(Interrupted {
                done: index,
                touched: run.touched,
                version: run.version,
                alias: run.elsewhere(&failure, released).await,
                failure: failure.hiding(&context.desired.settings.environment),
            });
        }
    }
    Ok(Applied {
        version: run.version,
        warnings: run.warnings,
    })
}

struct Run<'a> {
    context: &'a Context<'a>,
    waiter: Waiter<'a>,
    /// Whether the step in hand has landed, or may have.
    touched: bool,
    /// `$LATEST` as it was found, or as lfn's own last write left it.
    latest: Option<Snapshot>,
    version: Option<Version>,
    warnings: Vec<String>,
    permissions: Known,
    /// The policy of the role as it was found, or as lfn's own last write left it.
    policy: Option<PolicyDocument>,
}

impl Run<'_> {
    async fn perform(&mut self, step: &Step) -> Result<(), Failure> {
        let Context { cloud, desired, .. } = *self.context;
        let name = &desired.name;
        match step {
            Step::CreateRole { .. } => self.create_role().await,
            Step::SetTrust { role, .. } => {
                let trust = &self.context.role().trust;
                self.write_about_others(|| cloud.roles.set_trust(role, trust)).await
            }
            Step::PutPolicy { role, document, .. } => {
                self.write(|| cloud.roles.put_policy(role, INLINE_POLICY, document))
                    .await?;
                self.policy = Some(document.clone());
                Ok(())
            }
            Step::SetBoundary { role, to, .. } => {
                let set = self.write(|| cloud.roles.set_boundary(role, to.as_ref())).await;
                unless_gone(set, to.is_none())
            }
            Step::TagRole { role, change } => self.write(|| cloud.roles.change_role_tags(role, change)).await,
            Step::CreateLogGroup { group } => {
                let created = self.write(|| cloud.logs.create_log_group(group, &desired.tags)).await;
                unless_there(created)
            }
            Step::SetRetention { group, to, .. } => self.write(|| cloud.logs.set_retention(group, *to)).await,
            Step::CreateBucket { bucket } => self.write(|| cloud.artifacts.create_bucket(bucket)).await,
            Step::Upload { bucket, key, size } => {
                let sent = |bytes| (self.context.on_event)(Event::Sent { bytes, total: *size });
                self.write(|| cloud.artifacts.put(bucket, key, &desired.artifact.path, &sent))
                    .await
            }
            Step::CreateFunction { .. } => self.create_function().await,
            Step::UpdateCode { .. } => self.update_code().await,
            Step::UpdateSettings { .. } => self.update_settings().await,
            Step::SetCodeSigning { to, .. } => {
                self.write(|| cloud.functions.set_code_signing(name, to.as_ref()))
                    .await?;
                self.renew_revision().await
            }
            Step::TagFunction { change } => self.write(|| cloud.functions.change_tags(name, change)).await,
            Step::SetReserved { to, .. } => self.write(|| cloud.functions.set_reserved_concurrency(name, *to)).await,
            Step::Publish => self.publish().await,
            Step::Check { version, .. } => self.check(*version).await,
            Step::PointAlias { alias, to, .. } => self.point_alias(alias, *to).await,
            Step::AllowCallers { alias, permissions, .. } => self.allow_callers(alias, permissions).await,
            Step::RevokeCallers { alias, sids, .. } => self.revoke_callers(alias, sids).await,
            Step::SetAsyncInvoke { alias, to, .. } => {
                let settings = (*to != AsyncInvoke::default()).then_some(to);
                let set = self
                    .write(|| cloud.functions.set_async_invoke(name, alias, settings))
                    .await;
                unless_gone(set, settings.is_none())
            }
            Step::SetProvisioned { alias, to, .. } => self.set_provisioned(alias, *to).await,
            Step::Prune(prune) => self.prune(prune).await,
        }
    }

    /// Performs a write, waiting out what is worth waiting out, and remembers whether it landed.
    async fn write<T, F>(&mut self, call: impl FnMut() -> F) -> Result<T, Failure>
    where
        F: Future<Output = PortResult<T>>,
    {
        self.write_waiting(self.waiter, call).await
    }

    /// The same for a write that names roles or accounts of others: they are seldom new, and when they
    /// are not there, waiting does not help.
    async fn write_about_others<T, F>(&mut self, call: impl FnMut() -> F) -> Result<T, Failure>
    where
        F: Future<Output = PortResult<T>>,
    {
        self.write_waiting(self.waiter.propagating(false), call).await
    }

    async fn write_waiting<T, F>(&mut self, waiter: Waiter<'_>, call: impl FnMut() -> F) -> Result<T, Failure>
    where
        F: Future<Output = PortResult<T>>,
    {
        let result = waiter.patiently(call).await;
        self.touched |= match &result {
            Ok(_) => true,
            Err(Failure::Port(error)) => error.kind.leaves_open(),
            Err(_) => false,
        };
        result
    }

    async fn create_role(&mut self) -> Result<(), Failure> {
        let Context { cloud, .. } = *self.context;
        let spec = self.context.role();
        let new = NewRole {
            name: spec.name.clone(),
            path: spec.path.clone(),
            trust: spec.trust.clone(),
            boundary: spec.boundary.clone(),
            description: spec.description.clone(),
            tags: spec.tags.clone(),
        };
        match self.write_about_others(|| cloud.roles.create_role(&new)).await {
            Err(Failure::Port(error)) if error.kind == ErrorKind::AlreadyExists => {
                let found = cloud.roles.role(&spec.name).await?;
                if found.is_some_and(|found| found.tags == spec.tags && found.trust == spec.trust) {
                    self.touched = true;
                    Ok(())
                } else {
                    let message = "the role was made by someone else since lfn looked".into();
                    Err(PortError { message, ..error }.into())
                }
            }
            other => other.map(drop),
        }
    }

    async fn create_function(&mut self) -> Result<(), Failure> {
        let Context { cloud, desired, .. } = *self.context;
        let new = NewFunction {
            name: desired.name.clone(),
            settings: desired.settings.clone(),
            architecture: desired.architecture,
            code: self.context.code_source(),
            tags: desired.tags.clone(),
            code_signing: desired.code_signing.clone(),
        };
        let created = self.write(|| cloud.functions.create_function(&new)).await;
        let landed = |found: &Snapshot| has_code(found, desired) && found.settings == desired.settings;
        self.settle(created, landed, "the function to become active").await
    }

    async fn update_code(&mut self) -> Result<(), Failure> {
        let Context { cloud, desired, .. } = *self.context;
        let before = self.before().clone();
        let update = CodeUpdate {
            code: self.context.code_source(),
            architecture: desired.architecture,
            revision: before.revision.clone(),
        };
        let updated = self.write(|| cloud.functions.update_code(&desired.name, &update)).await;
        let landed = |found: &Snapshot| has_code(found, desired) && found.settings == before.settings;
        self.settle(updated, landed, "the new code to be in place").await
    }

    async fn update_settings(&mut self) -> Result<(), Failure> {
        let Context { cloud, desired, .. } = *self.context;
        let before = self.before().clone();
        let (name, settings, revision) = (&desired.name, &desired.settings, &before.revision);
        let updated = self
            .write(|| cloud.functions.update_settings(name, settings, revision))
            .await;
        let landed = |found: &Snapshot| same_code(found, &before) && found.settings == desired.settings;
        self.settle(updated, landed, "the new configuration to be in place")
            .await
    }

    /// Waits until `$LATEST` can take the next call. A conflict may be the echo of a write that
    /// landed and whose answer was lost: then what is there is just what was written.
    async fn settle(
        &mut self,
        written: Result<Snapshot, Failure>,
        landed: impl Fn(&Snapshot) -> bool,
        what: &str,
    ) -> Result<(), Failure> {
        let written = match written {
            Err(Failure::Port(error)) if matches!(error.kind, ErrorKind::Stale | ErrorKind::AlreadyExists) => {
                let found = self.look().await?;
                if !landed(&found) {
                    return Err(self.changed_meanwhile(error).await);
                }
                self.touched = true;
                found
            }
            other => other?,
        };
        let settled = if readiness(&written.lifecycle) == Readiness::Ready {
            written
        } else {
            let judge = |snapshot: &Snapshot| readiness(&snapshot.lifecycle);
            self.waiter.until_ready(what, || self.look(), judge).await?
        };
        self.latest = Some(settled);
        Ok(())
    }

    /// `$LATEST` before the step in hand.
    fn before(&self) -> &Snapshot {
        self.latest.as_ref().expect("a function is there before it is updated")
    }

    async fn look(&self) -> PortResult<Snapshot> {
        let name = &self.context.desired.name;
        let found = self.context.cloud.functions.snapshot(name, &Qualifier::Latest).await?;
        found.ok_or_else(|| PortError::new(ErrorKind::NotFound, "lambda:GetFunction", name.to_string(), GONE))
    }

    /// A write beside the configuration may have changed the revision, and nothing else.
    async fn renew_revision(&mut self) -> Result<(), Failure> {
        let found = self.look().await?;
        let before = self.before();
        if !same_code(&found, before) || found.settings != before.settings {
            let message = "the revision does not match";
            let name = self.context.desired.name.to_string();
            let error = PortError::new(ErrorKind::Stale, "lambda:GetFunction", name, message);
            return Err(self.changed_meanwhile(error).await);
        }
        self.latest = Some(found);
        Ok(())
    }

    async fn publish(&mut self) -> Result<(), Failure> {
        let Context { cloud, desired, .. } = *self.context;
        // Lambda takes an empty description to mean the function's own.
        let published = self
            .write(|| cloud.functions.publish(&desired.name, &desired.artifact.digest, ""))
            .await;
        let published = match published {
            Err(Failure::Port(error)) if error.kind == ErrorKind::Stale => {
                return Err(self.changed_meanwhile(error).await);
            }
            other => other?,
        };
        let Qualifier::Version(version) = published.qualifier else {
            let message = format!("the answer names `{}` instead of a version", published.qualifier);
            return Err(PortError::new(
                ErrorKind::Internal,
                "lambda:PublishVersion",
                desired.name.to_string(),
                message,
            )
            .into());
        };
        self.version = Some(version);
        // Only the digest guards the call itself; what was published must be what was settled.
        let mut settled = self.before().settings.clone();
        settled.description.clone_from(&published.settings.description);
        if !same_code(&published, self.before()) || published.settings != settled {
            let name = desired.name.to_string();
            let error = PortError::new(ErrorKind::Stale, "lambda:PublishVersion", name, "another configuration");
            return Err(self.changed_meanwhile(error).await);
        }
        if readiness(&published.lifecycle) == Readiness::Ready {
            return Ok(());
        }
        self.version_ready(version).await.map(drop)
    }

    /// Waits until a version can serve traffic, and looks at it.
    async fn version_ready(&self, version: Version) -> Result<Snapshot, Failure> {
        let Context { cloud, desired, .. } = *self.context;
        let look = || async {
            let found = cloud
                .functions
                .snapshot(&desired.name, &Qualifier::Version(version))
                .await?;
            found.ok_or_else(|| {
                let (subject, message) = (format!("{}:{version}", desired.name), "the version is gone");
                PortError::new(ErrorKind::NotFound, "lambda:GetFunction", subject, message)
            })
        };
        let what = format!("version {version} to become active");
        let judge = |snapshot: &Snapshot| readiness(&snapshot.lifecycle);
        self.waiter.until_ready(&what, look, judge).await
    }

    /// The number of the version that is meant.
    fn number(&self, to: Target) -> Version {
        match to {
            Target::Known(version) => version,
            Target::Published => self.version.expect("publishing comes before what needs the version"),
        }
    }

    async fn check(&mut self, to: Target) -> Result<(), Failure> {
        let Context {
            cloud, desired, stop, ..
        } = *self.context;
        let version = self.number(to);
        if matches!(to, Target::Known(_)) {
            // Publishing waited for it; one that an interrupted deploy published may still be starting.
            self.version_ready(version).await?;
        }
        let check = desired
            .check
            .as_ref()
            .expect("a plan checks only what the file asks for");
        let trial = Trial {
            cloud,
            name: &desired.name,
            version,
            check,
            environment: &desired.settings.environment,
        };
        // A version that is new may not be everywhere yet, and a full account may have room in a moment.
        let checked = tokio::select! {
            checked = self.waiter.patiently(|| trial.run()) => checked?,
            // A check changes nothing, so that it can be given up, however long the function takes.
            () = stop.heard() => return Err(Failure::Interrupted),
        };
        match checked {
            Some(unfit) => Err(Failure::Unfit(Box::new(unfit))),
            None => Ok(()),
        }
    }

    /// The release is done by now, so nothing here fails it.
    async fn prune(&mut self, prune: &Prune) -> Result<(), Failure> {
        let Context {
            cloud, desired, stop, ..
        } = *self.context;
        let removal = Removal {
            cloud,
            name: &desired.name,
            rule: Rule {
                keep: desired.keep,
                older_than: None,
            },
            prune,
            coming: Some(&desired.artifact.digest),
            stop,
        };
        let pruned = match removal.perform(|_| {}).await {
            Ok(pruned) => pruned,
            Err(error) => {
                self.warnings.push(format!("old versions were not removed: {error}"));
                return Ok(());
            }
        };
        self.touched |= pruned.any();
        self.warnings.extend(
            pruned
                .failed
                .iter()
                .map(|Refused { what, why }| format!("{what} was not removed: {why}")),
        );
        if pruned.interrupted {
            return Err(Failure::Interrupted);
        }
        Ok(())
    }

    async fn point_alias(&mut self, alias: &AliasName, to: Target) -> Result<(), Failure> {
        let Context {
            cloud,
            desired,
            observed,
            mover,
            ..
        } = *self.context;
        let version = self.number(to);
        // A version that an interrupted deploy published may still be starting, or have failed to.
        let found = self.version_ready(version).await?;
        self.as_wanted(found).await?;
        let from = match &observed.alias {
            Some(found) => Some(self.alias_now(found).await?),
            None => None,
        };
        let found = observed.function.as_ref().map(|function| &function.tags);
        let step = Move {
            function: &desired.name,
            alias,
            from: from.as_ref(),
            to: Point::at(version),
            kind: Kind::Deploy,
            digest: Some(&desired.artifact.digest),
            mover,
            tags: &release::tags_after(found, &desired.tags),
        };
        let moved = self.write(|| step.perform(cloud)).await;
        if moved.is_err() && self.touched && step.whereabouts(cloud).await == Whereabouts::Unmoved {
            self.touched = false;
        }
        let Moved { unkept, .. } = moved?;
        self.warnings
            .extend(unkept.map(|error| release::unkept_warning(alias, &error)));
        if from.is_some() {
            self.permissions = Known::Changed;
        }
        self.version = Some(version);
        Ok(())
    }

    async fn set_provisioned(&mut self, alias: &AliasName, to: Option<u32>) -> Result<(), Failure> {
        let Context { cloud, desired, .. } = *self.context;
        let set = self
            .write(|| cloud.functions.set_provisioned(&desired.name, alias, to))
            .await;
        unless_gone(set, to.is_none())?;
        if to.is_none() {
            return Ok(());
        }
        let look = || cloud.functions.provisioned(&desired.name, alias);
        let judge = |state: &Option<ProvisionedState>| match state {
            Some(ProvisionedState {
                failure: Some(reason), ..
            }) => Readiness::Failed(reason.clone()),
            Some(ProvisionedState { ready: true, .. }) => Readiness::Ready,
            _ => Readiness::Waiting,
        };
        let what = format!("provisioned concurrency of `{alias}`");
        self.waiter.until_ready(&what, look, judge).await.map(drop)
    }
}

impl Context<'_> {
    fn role(&self) -> &RoleSpec {
        self.desired
            .role
            .as_ref()
            .expect("a plan has role steps only when lfn keeps the role")
    }

    fn code_source(&self) -> CodeSource {
        match &self.desired.storage {
            Some(location) => CodeSource::Bucket {
                bucket: location.bucket.clone(),
                key: location.key.clone(),
            },
            None => CodeSource::Direct(self.desired.artifact.path.clone()),
        }
    }
}

fn unless_there(result: Result<(), Failure>) -> Result<(), Failure> {
    match result {
        Err(Failure::Port(error)) if error.kind == ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// What is gone already counts as taken away: the answer to the call that did it may have been lost.
fn unless_gone(result: Result<(), Failure>, taken_away: bool) -> Result<(), Failure> {
    match result {
        Err(Failure::Port(error)) if taken_away && error.kind == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn has_code(found: &Snapshot, desired: &Desired) -> bool {
    found.digest == desired.artifact.digest && found.architecture == desired.architecture
}

fn same_code(one: &Snapshot, other: &Snapshot) -> bool {
    one.digest == other.digest && one.architecture == other.architecture
}
