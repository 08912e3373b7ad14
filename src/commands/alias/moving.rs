//! A move of an alias, whatever asks for it: show what it means for callers, ask, try the version out, move with
//! one write, report.

pub(super) mod view;

use std::collections::BTreeMap;

use anyhow::Context as _;

use self::view::{Check, MovedView};
use super::handed::{self, Handed, Handing};
use super::rollback::unkept_hint;
use super::shifting::{self, Gradual};
use super::stopped::perform;
use super::{Outcome, PointView};
use crate::ctx::Ctx;
use crate::domain::ledger::{Kind, Point};
use crate::domain::names::{AliasName, FunctionName, Qualifier, Version};
use crate::engine::compare::{self, Comparison, Effort, Provisioned};
use crate::engine::desired::ReleaseCheck;
use crate::engine::release::{self, Move};
use crate::engine::shift;
use crate::engine::trial::Trial;
use crate::error::Problem;
use crate::ports::{AliasState, Caller, Cloud, PortResult, Snapshot};
use crate::ui::unfit;

/// An alias, and what is wanted of it.
pub struct Wanted<'a> {
    pub cloud: &'a Cloud,
    pub caller: Option<&'a Caller>,
    pub name: &'a FunctionName,
    pub alias: &'a AliasName,
    pub current: Option<&'a AliasState>,
    pub tags: &'a BTreeMap<String, String>,
    pub to: Point,
    pub kind: Kind,
    pub because: Option<&'a String>,
    /// Stage after stage instead of all at once.
    pub gradual: Option<&'a Gradual<'a>>,
    /// By CodeDeploy instead of lfn.
    pub handed: Option<&'a Handed<'a>>,
    /// What the version has to answer first.
    pub check: Option<&'a ReleaseCheck>,
    pub skip_check: bool,
    pub dry_run: bool,
}

/// What a move means for callers.
struct Preview {
    from: Option<PointView>,
    target: PointView,
    /// The version that gets most of the traffic.
    serving: Snapshot,
    comparison: Option<Comparison>,
}

impl Wanted<'_> {
    /// Shows, asks, tries out, moves and reports.
    pub async fn reach(&self, ctx: &Ctx) -> anyhow::Result<Outcome> {
        let preview = self.preview().await?;
        if let Some(handed) = self.handed {
            return self.hand_over(handed, &preview, ctx).await;
        }
        let target = preview.target.text();
        let subject = shifting::Subject {
            cloud: self.cloud,
            name: self.name,
            alias: self.alias,
            current: self.current,
            tags: self.tags,
        };
        if preview.from.as_ref() == Some(&preview.target) {
            if ctx.ui.json() && self.gradual.is_some() {
                Gradual::report_unchanged(ctx, subject, &self.to)?;
            } else if ctx.ui.json() {
                ctx.ui.document(&self.view(&preview, false, None))?;
            } else {
                ctx.ui
                    .data(format_args!("`{}` points at version {target} already", self.alias))?;
            }
            return Ok(Outcome::Done);
        }
        let shift = match self.gradual {
            Some(gradual) => Some(gradual.prepare(subject).await?),
            None => None,
        };
        let shown = self.render(&preview, ctx.ui.verbose());
        if self.dry_run {
            if ctx.ui.json() {
                let view = MovedView {
                    gradual: shift.as_ref().map(shifting::Prepared::view),
                    ..self.view(&preview, false, self.check.map(|_| self.planned()))
                };
                ctx.ui.document(&view)?;
            } else {
                ctx.ui.data(shown)?;
                if let Some(shift) = &shift {
                    shift.announce(ctx)?;
                }
                self.warn_of_canary(ctx);
            }
            return Ok(Outcome::Done);
        }
        if !ctx.settings.yes || !ctx.ui.json() {
            ctx.ui.status(&shown);
        }
        if let Some(shift) = &shift {
            shift.announce(ctx)?;
        }
        self.warn_of_canary(ctx);
        if !ctx.settings.yes {
            let question = if self.current.is_some() { "Move it?" } else { "Make it?" };
            if !ctx.ui.confirm(&format!("\n{question}")).await? {
                ctx.ui.status("nothing was changed");
                return Ok(Outcome::Declined);
            }
        }
        let check = self.tried(ctx, &preview.serving).await?;
        let mover = ctx.mover(self.cloud, self.caller, self.because).await;
        if let Some(shift) = shift {
            let digest = Some(&preview.serving.digest);
            return shift.perform(ctx, &mover, digest, &self.arrow(&preview)).await;
        }
        let step = Move {
            function: self.name,
            alias: self.alias,
            from: self.current,
            to: self.to.clone(),
            kind: self.kind,
            digest: Some(&preview.serving.digest),
            mover: &mover,
            tags: self.tags,
        };
        // A first Ctrl-C lets the move come to its end.
        let _moving = ctx.stop.hold();
        let written = perform(&step, self.cloud, ctx).await?;
        // The copy comes last: a rollback without it is one that was cut off before it could tell.
        if ctx.ui.json() {
            ctx.ui.document(&self.view(&preview, true, check))?;
        } else {
            ctx.ui.data(self.arrow(&preview))?;
        }
        if let Err(error) = written.keep(self.name, self.cloud).await {
            ctx.ui.warn(release::unkept_warning(self.alias, &error));
            if self.kind == Kind::Rollback {
                ctx.ui.hint(unkept_hint(self.alias));
            }
        }
        Ok(Outcome::Done)
    }

    /// Says that a move in one step ends a canary that somebody may still be watching. A rollback is there for that.
    fn warn_of_canary(&self, ctx: &Ctx) {
        let Some(current) = self
            .current
            .filter(|_| self.kind == Kind::Promote && self.gradual.is_none())
        else {
            return;
        };
        let ledger = release::ledger(current, self.tags);
        if let Some((_, entry)) = ledger.under_way(&release::point(current)) {
            ctx.ui.warn(format_args!(
                "{} is under way on `{}`, perhaps still watched by another lfn: this ends it",
                shift::told(entry),
                self.alias
            ));
        }
    }

    /// Lets CodeDeploy do it, after the same looks, the same question and the same check.
    async fn hand_over(&self, handed: &Handed<'_>, preview: &Preview, ctx: &Ctx) -> anyhow::Result<Outcome> {
        let handing = Handing {
            cloud: self.cloud,
            caller: self.caller,
            name: self.name,
            alias: self.alias,
            current: self.current,
            tags: self.tags,
            to: self.to.version.expect("a promote is to a version"),
            digest: &preview.serving.digest,
            because: self.because,
            dry_run: self.dry_run,
            handed,
            place: &handed::place(self.cloud, self.caller).await?,
        };
        let Some(prepared) = handing.prepare(ctx).await? else {
            return Ok(Outcome::Done);
        };
        let shown = self.render(preview, ctx.ui.verbose());
        if self.dry_run {
            if ctx.ui.json() {
                let check = self.check.map(|_| self.planned());
                ctx.ui.document(&self.view(preview, false, check))?;
            } else {
                ctx.ui.data(shown)?;
                prepared.announce(ctx);
            }
            return Ok(Outcome::Done);
        }
        if !ctx.settings.yes || !ctx.ui.json() {
            ctx.ui.status(&shown);
        }
        prepared.announce(ctx);
        if !ctx.settings.yes && !ctx.ui.confirm("\nHand it to CodeDeploy?").await? {
            ctx.ui.status("nothing was changed");
            return Ok(Outcome::Declined);
        }
        self.tried(ctx, &preview.serving).await?;
        prepared.perform(ctx).await
    }

    /// Looks at both sides of the move. A rollback is not kept waiting for what takes time.
    async fn preview(&self) -> anyhow::Result<Preview> {
        let now = self.current.map(release::point);
        let looking = || format!("could not look up `{}`", self.name);
        let effort = match self.kind {
            Kind::Rollback => Effort::Brief,
            Kind::Deploy | Kind::Promote | Kind::Canary => Effort::Whole,
        };
        let before = async {
            let Some(now) = now.as_ref().filter(|now| now.version != self.to.version) else {
                return Ok(None);
            };
            let edition = now.version.map_or(Qualifier::Latest, Qualifier::Version);
            let found = self.cloud.functions.snapshot(self.name, &edition).await;
            found.with_context(looking)
        };
        let provisioned = async { anyhow::Ok(self.provisioned(now.as_ref()).await.ok().flatten()) };
        let (serving, before, provisioned) = tokio::try_join!(self.serving(), before, provisioned)?;
        let comparison = match &before {
            Some(before) => {
                let sides = [before, &serving];
                let (files, access) = tokio::join!(
                    compare::files(self.cloud, sides, effort),
                    compare::access(self.cloud, sides, effort)
                );
                let commit = |version| self.commit(version);
                Some(Comparison::between(sides, commit, files, access, provisioned))
            }
            None => None,
        };
        Ok(Preview {
            from: now.as_ref().map(PointView::new),
            target: PointView::new(&self.to),
            serving,
            comparison,
        })
    }

    /// What callers of the alias have of provisioned concurrency now. Nobody has to be allowed to ask.
    async fn provisioned(&self, now: Option<&Point>) -> PortResult<Option<Provisioned>> {
        let Some(now) = now else { return Ok(None) };
        let alias = Qualifier::Alias(self.alias.clone());
        let version = now.version.map(Qualifier::Version);
        let known: Vec<Qualifier> = [alias.clone()].into_iter().chain(version.clone()).collect();
        let all = self.cloud.functions.all_provisioned(self.name, &known).await?;
        let of = |qualifier: &Qualifier| all.get(qualifier).map(|state| state.requested);
        let own = of(&alias).map(|executions| Provisioned {
            executions,
            follows: true,
        });
        let left = version.as_ref().and_then(of).map(|executions| Provisioned {
            executions,
            follows: false,
        });
        Ok(own.or(left))
    }

    fn commit(&self, version: Version) -> Option<String> {
        let ledger = self.current.map(|current| release::ledger(current, self.tags));
        release::commit(&ledger.unwrap_or_default(), self.tags, version)
    }

    /// Calls the version with the event of `release.check`; one that is not fit leaves the alias where it is.
    async fn tried(&self, ctx: &Ctx, serving: &Snapshot) -> anyhow::Result<Option<Check>> {
        let (Some(check), Some(version)) = (self.check, self.to.version) else {
            return Ok(None);
        };
        let file = &check.file;
        if self.skip_check {
            ctx.ui.status(format_args!("the check with `{file}` was skipped"));
            return Ok(Some(Check::Skipped));
        }
        let trial = Trial {
            cloud: self.cloud,
            name: self.name,
            version,
            check,
            environment: &serving.settings.environment,
        };
        let progress = ctx.ui.progress();
        progress.doing(format_args!("checking version {version} with {file}"));
        let outcome = trial.run().await;
        drop(progress);
        let outcome =
            outcome.with_context(|| format!("could not check version {version} with `{file}`; nothing was changed"))?;
        if let Some(unfit) = outcome {
            let serves = match self.current {
                Some(_) => format!("`{}` stays where it was", self.alias),
                None => format!("`{}` was not made", self.alias),
            };
            return Err(Problem::new(crate::error::Kind::Function, unfit::told(&unfit))
                .hint(format!("{serves}; run the command again to try again"))
                .hint("`--skip-check` moves it without the check")
                .into());
        }
        ctx.ui
            .status(format_args!("version {version} passed the check with `{file}`"));
        Ok(Some(Check::Passed))
    }
}
