//! Watching a deployment of CodeDeploy's, from its beginning or from somewhere in its middle, and how it ends.

use std::collections::BTreeSet;
use std::sync::Mutex;

use anyhow::Context as _;
use serde::Serialize;
use tokio::time::Instant;

use super::super::PointView;
use super::Handing;
use crate::ctx::Ctx;
use crate::domain::codedeploy::AppSpec;
use crate::domain::ledger::{Point, Share};
use crate::domain::names::Version;
use crate::engine::codedeploy::{Ended, Found, Look, Record, Wanted, follow, settle, stopping};
use crate::engine::release::{self, Moved};
use crate::error::{Kind, Problem};
use crate::ports::{AliasState, Course, Deployment};
use crate::ui::{Progress, style};

/// What `--format json` prints, one line each.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub(super) enum Line<'a> {
    Handed {
        function: &'a str,
        alias: &'a str,
        from: PointView,
        to: PointView,
        deployment: &'a str,
        /// Whether it was under way already.
        attached: bool,
    },
    Seen {
        /// CodeDeploy's word for how far it is.
        state: &'a str,
        /// Of the traffic at the new version, 0 to 1.
        share: f64,
    },
    Result {
        function: &'a str,
        alias: &'a str,
        from: PointView,
        to: PointView,
        changed: bool,
        /// `null` when there was nothing to do.
        deployment: Option<&'a str>,
    },
}

/// A deployment to watch.
pub(super) struct Running<'a> {
    pub id: &'a str,
    pub from: Version,
}

impl Handing<'_> {
    /// Watches a deployment of the same target that somebody else, or an earlier run, has started.
    pub(super) async fn attach(&self, ctx: &Ctx, deployment: &Deployment) -> anyhow::Result<()> {
        let Deployment { id, .. } = deployment;
        let spec = AppSpec::parse(&deployment.revision);
        let Some(spec) = spec.filter(|spec| spec.to == self.to && spec.alias == *self.alias) else {
            return Err(self.busy(deployment).into());
        };
        let progress = ctx.ui.progress();
        progress.done(format_args!("deployment {id} is under way already"));
        if self.dry_run {
            return Ok(());
        }
        let _watching = ctx.stop.hold();
        let running = Running { id, from: spec.from };
        ctx.ui.event(&self.beginning(&running, true))?;
        self.watch(ctx, &progress, &running).await
    }

    fn busy(&self, deployment: &Deployment) -> Problem {
        let Deployment {
            id,
            creator,
            description,
            created,
            ..
        } = deployment;
        let target = match AppSpec::parse(&deployment.revision) {
            Some(spec) => format!("to version {}", spec.to),
            None => "elsewhere".to_owned(),
        };
        let since = created.map(|created| format!(" since {created}")).unwrap_or_default();
        let message = format!(
            "CodeDeploy is moving `{}` {target}{since} (deployment {id})",
            self.alias
        );
        let started = match (creator.as_str(), description.as_str()) {
            ("codeDeployRollback", _) => "it returns what another deployment did".to_owned(),
            ("", "") => "wait for its end".to_owned(),
            (creator, "") => format!("it was started by {creator}"),
            (_, description) => format!("it was started with the words: {description}"),
        };
        Problem::failed(message).hint(started).hint(stopping(id))
    }

    pub(super) async fn watch(&self, ctx: &Ctx, progress: &Progress<'_>, running: &Running<'_>) -> anyhow::Result<()> {
        let teller = Teller {
            ctx,
            progress,
            to: self.to,
            started: Instant::now(),
            told: Mutex::default(),
        };
        let on_look = |look: &Look| teller.tell(look);
        let subject = (self.name, self.alias);
        let ended = follow(self.cloud, subject, running.id, &ctx.stop, &on_look).await;
        let deployment = match ended {
            Ended::Over(deployment) => deployment,
            Ended::Interrupted => {
                let message = format!("stopped watching the move of `{}` to version {}", self.alias, self.to);
                return Err(self.goes_on(Kind::Interrupted, &message, running.id).into());
            }
            Ended::LostSight(error) => {
                let message = format!("cannot see any more how far `{}` is", self.alias);
                return Err(self
                    .goes_on(Kind::Partial, &message, running.id)
                    .caused_by(error)
                    .into());
            }
        };
        if deployment.course != Course::Succeeded {
            let now = settle(self.cloud, subject, &deployment, running.from, &ctx.stop, &on_look).await;
            let told = teller.told.into_inner().expect("no teller panics");
            let (now, at) = (now.ok().flatten(), told.failed.as_deref());
            return Err(self.came_back(&deployment, at, now.as_ref(), running).into());
        }
        self.arrived(ctx, running).await
    }

    /// How to look at what goes on without lfn, and how to stop it.
    fn goes_on(&self, kind: Kind, message: &str, id: &str) -> Problem {
        let (alias, to) = (self.alias, self.to);
        Problem::new(kind, format!("{message}: CodeDeploy goes on alone (deployment {id})"))
            .hint(format!(
                "watch it again: `lfn alias promote {alias} --to {to} --engine codedeploy`"
            ))
            .hint(stopping(id))
    }

    /// The alias is where it shall be: the move is written down.
    async fn arrived(&self, ctx: &Ctx, running: &Running<'_>) -> anyhow::Result<()> {
        let found = self.cloud.functions.alias(self.name, self.alias).await;
        let found = found.with_context(|| format!("could not look up `{}:{}`", self.name, self.alias))?;
        let Some(now) = found.filter(|now| release::point(now) == Point::at(self.to)) else {
            let message = format!(
                "deployment {} succeeded, but `{}` does not point at version {}",
                running.id, self.alias, self.to
            );
            return Err(Problem::new(Kind::Partial, message)
                .hint("somebody moved it since; `lfn alias list` shows where it points")
                .into());
        };
        self.record(ctx, &now, running.from).await;
        ctx.ui.event(&self.result(running.from, true, Some(running.id)))?;
        if !ctx.ui.json() {
            ctx.ui.data(self.arrow(running.from))?;
        }
        Ok(())
    }

    /// Traffic has moved already, so that a failure here is a warning.
    async fn record(&self, ctx: &Ctx, now: &AliasState, from: Version) {
        let mover = ctx.mover(self.cloud, self.caller, self.because).await;
        let record = Record {
            function: self.name,
            now,
            from,
            to: self.to,
            digest: Some(self.digest),
            mover: &mover,
            tags: self.tags,
        };
        match record.write(self.cloud).await {
            Ok(Moved { unkept, .. }) => {
                if let Some(error) = unkept {
                    ctx.ui.warn(release::unkept_warning(self.alias, &error));
                }
            }
            Err(error) => {
                ctx.ui.warn(release::unkept_warning(self.alias, &error));
                ctx.ui.hint("run the command again to write it down");
            }
        }
    }

    fn came_back(
        &self,
        deployment: &Deployment,
        at: Option<&str>,
        now: Option<&AliasState>,
        running: &Running<'_>,
    ) -> Problem {
        let (alias, to) = (self.alias, self.to);
        let how = match deployment.course {
            Course::Stopped => "was stopped",
            _ => "failed",
        };
        let why = match &deployment.error {
            Some((code, message)) if message.is_empty() => format!(": {code}"),
            Some((code, message)) => format!(": {} ({code})", message.trim_end_matches('.')),
            None => String::new(),
        };
        let at = at.map(|at| format!(" at {at}")).unwrap_or_default();
        let message = format!(
            "the move of `{alias}` to version {to} {how}{at} (deployment {}){why}",
            running.id
        );
        let serves = match now.map(release::point) {
            Some(point) if point == Point::at(running.from) => {
                format!("`{alias}` serves version {}, as before", running.from)
            }
            Some(point) => format!("`{alias}` points at {} now", PointView::new(&point).text()),
            None => format!("where `{alias}` points now could not be seen; `lfn alias list` shows it"),
        };
        Problem::new(Kind::Partial, message).hint(serves)
    }

    /// The alias is where it shall be. If CodeDeploy brought it there and nobody wrote that down, it is done now.
    pub(super) async fn already(
        &self,
        ctx: &Ctx,
        wanted: &Wanted<'_>,
        found: &Found,
        current: &AliasState,
    ) -> anyhow::Result<()> {
        let (alias, to) = (self.alias, PointView::new(&Point::at(self.to)));
        let ledger = release::ledger(current, self.tags);
        let told = ledger.newest().map(|(_, entry)| &entry.to);
        let last = wanted.last_success(self.cloud, found).await;
        let last = last.with_context(|| format!("could not look up the last deployment of `{alias}`"))?;
        let unwritten = last.filter(|spec| {
            let (from, to) = (Point::at(spec.from), Point::at(spec.to));
            to == Point::at(self.to) && told.is_none_or(|told| *told == from)
        });
        let unwritten = unwritten.filter(|_| !self.dry_run);
        if let Some(spec) = &unwritten {
            self.record(ctx, current, spec.from).await;
        }
        ctx.ui.event(&self.result(self.to, false, None))?;
        if !ctx.ui.json() {
            ctx.ui
                .data(format_args!("`{alias}` points at version {} already", to.text()))?;
        }
        if unwritten.is_some() {
            ctx.ui.status("CodeDeploy had moved it; the move is in its history now");
        }
        Ok(())
    }

    fn result<'b>(&'b self, from: Version, changed: bool, deployment: Option<&'b str>) -> Line<'b> {
        Line::Result {
            function: self.name.as_str(),
            alias: self.alias.as_str(),
            from: PointView::new(&Point::at(from)),
            to: PointView::new(&Point::at(self.to)),
            changed,
            deployment,
        }
    }

    pub(super) fn beginning<'b>(&'b self, running: &Running<'b>, attached: bool) -> Line<'b> {
        Line::Handed {
            function: self.name.as_str(),
            alias: self.alias.as_str(),
            from: PointView::new(&Point::at(running.from)),
            to: PointView::new(&Point::at(self.to)),
            deployment: running.id,
            attached,
        }
    }

    fn arrow(&self, from: Version) -> String {
        let (name, alias, to) = (self.name, self.alias, self.to);
        let subject = style::strong(format_args!("{name}:{alias}"));
        format!("{subject} {from} → {}", style::strong(to))
    }
}

/// Tells what a deployment does, each thing once.
struct Teller<'a> {
    ctx: &'a Ctx,
    progress: &'a Progress<'a>,
    to: Version,
    started: Instant,
    told: Mutex<Told>,
}

/// What has been told of a deployment.
#[derive(Default)]
struct Told {
    finished: BTreeSet<String>,
    /// The step that failed.
    failed: Option<String>,
    seen: Option<(Course, Share)>,
}

impl Teller<'_> {
    fn tell(&self, look: &Look) {
        let mut told = self.told.lock().expect("no teller panics");
        for event in &look.events {
            match event.status.as_str() {
                "Succeeded" if told.finished.insert(event.name.clone()) => self.progress.done(&event.name),
                "Failed" => told.failed = Some(event.name.clone()),
                _ => {}
            }
        }
        let (course, share) = (look.deployment.course, self.share(look));
        let state = format!("{course:?}");
        if told.seen.replace((course, share)) != Some((course, share)) {
            let line = Line::Seen {
                state: &state,
                share: share.weight(),
            };
            // A reader that went away does not stop the watching.
            drop(self.ctx.ui.event(&line));
        }
        if !course.is_over() {
            let now = format!("CodeDeploy ({state}, {share}% of the traffic at version {})", self.to);
            self.progress.waiting(&now, self.started.elapsed());
        }
    }

    fn share(&self, look: &Look) -> Share {
        match &look.alias {
            Some(alias) if alias.version == Some(self.to) => {
                let others: f64 = alias.weights.values().sum();
                Share::from_weight(1.0 - others)
            }
            Some(alias) => Share::from_weight(alias.weights.get(&self.to).copied().unwrap_or_default()),
            None => Share::from_weight(0.0),
        }
    }
}
