//! `lfn alias promote` and `rollback`: show, ask, move with one write, report.

use std::collections::BTreeMap;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use super::shifting::{self, Gradual, ShiftArgs};
use super::{Outcome, PointView, existing, tags};
use crate::commands::not_seen;
use crate::ctx::{Ctx, Subject};
use crate::domain::ledger::{Kind, Ledger, Point, Step, reason};
use crate::domain::names::{AliasName, CodeDigest, FunctionName, Qualifier, Version};
use crate::engine::release::{self, Move, Moved};
use crate::engine::wait::{Readiness, readiness};
use crate::error::Problem;
use crate::ports::{AliasState, Caller, Cloud, Snapshot};
use crate::ui::style;

/// Arguments of `alias promote`.
#[derive(Debug, Args)]
pub struct PromoteArgs {
    /// The alias to move
    alias: AliasName,

    /// The version to point at [default: the newest]
    #[arg(long, value_name = "VERSION", env = "LFN_TO", conflicts_with = "from")]
    to: Option<Version>,

    /// Point at what this alias points at
    #[arg(long, value_name = "ALIAS", env = "LFN_FROM")]
    from: Option<AliasName>,

    /// Why, for `lfn alias history`
    #[arg(long, value_name = "TEXT", env = "LFN_BECAUSE", value_parser = reason)]
    because: Option<String>,

    #[command(flatten)]
    shift: ShiftArgs,

    /// The function [default: the one of lambda.yaml]
    #[arg(long, short, value_name = "NAME", env = "LFN_FUNCTION")]
    function: Option<FunctionName>,
}

/// Arguments of `alias rollback`.
#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// The alias to return [default: the one of lambda.yaml]
    alias: Option<AliasName>,

    /// How many moves to go back over
    #[arg(long, value_name = "N", env = "LFN_TO_PREVIOUS", default_value = "1", value_parser = clap::value_parser!(u8).range(1..))]
    to_previous: u8,

    /// Why, for `lfn alias history`
    #[arg(long, value_name = "TEXT", env = "LFN_BECAUSE", value_parser = reason)]
    because: Option<String>,

    /// The function [default: the one of lambda.yaml]
    #[arg(long, short, value_name = "NAME", env = "LFN_FUNCTION")]
    function: Option<FunctionName>,
}

/// What moving an alias did, as `--format json` shows it.
#[derive(Serialize)]
struct MovedView<'a> {
    function: &'a str,
    alias: &'a str,
    /// `null` when the alias was made.
    from: Option<PointView>,
    to: PointView,
    changed: bool,
}

/// An alias, and what is wanted of it.
struct Wanted<'a> {
    cloud: &'a Cloud,
    caller: Option<&'a Caller>,
    name: &'a FunctionName,
    alias: &'a AliasName,
    current: Option<&'a AliasState>,
    tags: &'a BTreeMap<String, String>,
    to: Point,
    kind: Kind,
    because: Option<&'a String>,
    /// Stage after stage instead of all at once.
    gradual: Option<&'a Gradual<'a>>,
}

/// Runs `lfn alias promote`.
pub async fn promote(args: &PromoteArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let schedule = args.shift.schedule()?;
    let Subject {
        cloud,
        name,
        caller,
        config,
        ..
    } = ctx.subject(args.function.as_ref()).await?;
    let looking = || format!("could not look up `{name}`");
    let (current, tags, target) = tokio::try_join!(
        async { cloud.functions.alias(&name, &args.alias).await.with_context(looking) },
        tags(&cloud, &name),
        target(&cloud, &name, args),
    )?;
    let gradual = schedule.map(|schedule| Gradual {
        schedule,
        args: &args.shift,
        alarms: config.as_ref().map_or(&[], |config| &config.release.alarms),
        version: target,
    });
    let wanted = Wanted {
        cloud: &cloud,
        caller: caller.as_ref(),
        name: &name,
        alias: &args.alias,
        current: current.as_ref(),
        tags: &tags,
        to: Point::at(target),
        kind: Kind::Promote,
        because: args.because.as_ref(),
        gradual: gradual.as_ref(),
    };
    wanted.reach(ctx).await
}

async fn target(cloud: &Cloud, name: &FunctionName, args: &PromoteArgs) -> anyhow::Result<Version> {
    if let Some(version) = args.to {
        return Ok(version);
    }
    if let Some(from) = &args.from {
        let found = existing(cloud, name, from).await?;
        return found.version.ok_or_else(|| latest_is_no_release(from).into());
    }
    let versions = cloud
        .functions
        .versions(name)
        .await
        .map_err(|error| not_seen(format!("could not list the versions of `{name}`"), error))?;
    let newest = versions.iter().rev().find_map(|snapshot| match snapshot.qualifier {
        Qualifier::Version(version) => Some(version),
        _ => None,
    });
    Ok(newest.ok_or_else(|| {
        Problem::failed(format!("`{name}` has no published version")).hint("`lfn deploy` publishes one")
    })?)
}

fn latest_is_no_release(alias: &AliasName) -> Problem {
    Problem::failed(format!("`{alias}` points at $LATEST, which changes under its callers"))
        .hint("name a published version with `--to`; `lfn versions list` shows them")
}

/// Runs `lfn alias rollback`.
pub async fn rollback(args: &RollbackArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let Subject {
        cloud,
        name,
        alias,
        caller,
        ..
    } = ctx.subject(args.function.as_ref()).await?;
    let alias = args.alias.clone().unwrap_or(alias);
    let (current, tags) = tokio::try_join!(existing(&cloud, &name, &alias), tags(&cloud, &name))?;
    let now = release::point(&current);
    let ledger = release::ledger(&current, &tags);
    let before = ledger.before(&now);
    let to = before.get(usize::from(args.to_previous) - 1).ok_or_else(|| {
        let whole = !ledger.history(&now).contains(&Step::Unknown);
        unknown_before(&alias, before.len(), whole)
    })?;
    if to.version.is_none() {
        return Err(latest_is_no_release(&alias).into());
    }
    let wanted = Wanted {
        cloud: &cloud,
        caller: caller.as_ref(),
        name: &name,
        alias: &alias,
        current: Some(&current),
        tags: &tags,
        to: (*to).clone(),
        kind: Kind::Rollback,
        because: args.because.as_ref(),
        gradual: None,
    };
    wanted.reach(ctx).await
}

fn unknown_before(alias: &AliasName, known: usize, whole: bool) -> Problem {
    let message = match known {
        0 if whole => format!("there is no move of `{alias}` left to go back over"),
        0 => format!("nothing is known about what `{alias}` pointed at before"),
        1 => format!("only one move of `{alias}` can be gone back over"),
        known => format!("only {known} moves of `{alias}` can be gone back over"),
    };
    Problem::failed(message).hint(format!(
        "`lfn alias history {alias}` shows what is known; or name the version yourself: \
         `lfn alias promote {alias} --to VERSION`"
    ))
}

impl Wanted<'_> {
    /// Shows, asks, moves and reports.
    async fn reach(&self, ctx: &Ctx) -> anyhow::Result<Outcome> {
        let Self {
            cloud, name, alias, to, ..
        } = self;
        let from = self.current.map(release::point);
        let digest = self.serving(&from.unwrap_or_default()).await?;
        let from = self.current.map(|current| PointView::new(&release::point(current)));
        let view = |changed| MovedView {
            function: name.as_str(),
            alias: alias.as_str(),
            from: from.clone(),
            to: PointView::new(to),
            changed,
        };
        let target = PointView::new(to);
        let subject = shifting::Subject {
            cloud,
            name,
            alias,
            current: self.current,
            tags: self.tags,
        };
        if from.as_ref() == Some(&target) {
            if ctx.ui.json() && self.gradual.is_some() {
                Gradual::report_unchanged(ctx, subject, to)?;
            } else if ctx.ui.json() {
                ctx.ui.document(&view(false))?;
            } else {
                ctx.ui
                    .data(format_args!("`{alias}` points at version {} already", target.text()))?;
            }
            return Ok(Outcome::Done);
        }
        let shift = match self.gradual {
            Some(gradual) => Some(gradual.prepare(subject).await?),
            None => None,
        };
        let before = from.as_ref().map_or_else(|| "nothing".into(), PointView::text);
        let arrow = format!(
            "{} {before} → {}",
            style::strong(format_args!("{name}:{alias}")),
            style::strong(target.text())
        );
        if !ctx.settings.yes || shift.is_some() {
            ctx.ui.status(&arrow);
        }
        if let Some(shift) = &shift {
            shift.announce(ctx)?;
        }
        if !ctx.settings.yes {
            let question = if self.current.is_some() { "Move it?" } else { "Make it?" };
            if !ctx.ui.confirm(question).await? {
                ctx.ui.status("nothing was changed");
                return Ok(Outcome::Declined);
            }
        }
        let mover = ctx.mover(cloud, self.caller, self.because).await;
        if let Some(shift) = shift {
            return shift.perform(ctx, &mover, digest.as_ref(), &arrow).await;
        }
        let step = Move {
            function: name,
            alias,
            from: self.current,
            to: to.clone(),
            kind: self.kind,
            digest: digest.as_ref(),
            mover: &mover,
            tags: self.tags,
        };
        let Moved { unkept, .. } = step
            .perform(cloud)
            .await
            .with_context(|| format!("could not move `{alias}`"))?;
        if ctx.ui.json() {
            ctx.ui.document(&view(true))?;
        } else {
            ctx.ui.data(arrow)?;
        }
        if let Some(error) = unkept {
            ctx.ui.warn(release::unkept_warning(alias, &error));
        }
        Ok(Outcome::Done)
    }

    /// Refuses versions that cannot serve traffic, and returns the digest of the one that gets most of it.
    async fn serving(&self, from: &Point) -> anyhow::Result<Option<CodeDigest>> {
        let ledger = self
            .current
            .map(|current| release::ledger(current, self.tags))
            .unwrap_or_default();
        let mut digest = None;
        for version in self.to.versions() {
            let snapshot = self
                .cloud
                .functions
                .snapshot(self.name, &Qualifier::Version(version))
                .await
                .with_context(|| format!("could not look up `{}:{version}`", self.name))?;
            self.refuse_unready(version, snapshot.as_ref())?;
            self.refuse_another(version, snapshot.as_ref(), &ledger, from)?;
            if self.to.version == Some(version) {
                digest = snapshot.map(|snapshot| snapshot.digest);
            }
        }
        Ok(digest)
    }

    fn refuse_unready(&self, version: Version, snapshot: Option<&Snapshot>) -> anyhow::Result<()> {
        let Some(snapshot) = snapshot else {
            let problem = Problem::failed(format!("`{}` has no version {version}", self.name));
            let problem = if self.kind == Kind::Rollback {
                problem.hint(format!(
                    "it was deleted since `{}` pointed at it; `lfn alias history {0}` shows others",
                    self.alias
                ))
            } else {
                problem
            };
            return Err(problem.hint("`lfn versions list` shows the versions there are").into());
        };
        match readiness(&snapshot.lifecycle) {
            Readiness::Ready => Ok(()),
            Readiness::Waiting => Err(Problem::failed(format!("version {version} is not active yet"))
                .hint("try again in a minute")
                .into()),
            Readiness::Failed(reason) => {
                Err(Problem::failed(format!("version {version} cannot serve traffic: {reason}")).into())
            }
        }
    }

    /// A function that was deleted and made again begins to count anew: its version 5 is another one.
    fn refuse_another(
        &self,
        version: Version,
        snapshot: Option<&Snapshot>,
        ledger: &Ledger,
        from: &Point,
    ) -> anyhow::Result<()> {
        if self.kind != Kind::Rollback || from.versions().any(|current| current == version) {
            return Ok(());
        }
        let (Some(snapshot), Some(digest)) = (snapshot, ledger.digest(version)) else {
            return Ok(());
        };
        if snapshot.digest.to_hex().starts_with(digest) {
            return Ok(());
        }
        Err(Problem::failed(format!(
            "version {version} has other code than when `{}` pointed at it",
            self.alias
        ))
        .hint(format!(
            "look at it, and point at it by name if it is right: `lfn alias promote {} --to {version}`",
            self.alias
        ))
        .into())
    }
}
