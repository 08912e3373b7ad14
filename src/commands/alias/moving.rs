//! `lfn alias promote` and `rollback`: show what it means for callers, ask, try the version out, move with one
//! write, report.

use std::collections::BTreeMap;

use anyhow::Context as _;
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::fitness::{latest_is_no_release, published};
use super::handed::{self, EngineArgs, Handed, Handing};
use super::shifting::{self, Gradual, GradualView, ShiftArgs};
use super::stopped::perform;
use super::{Outcome, PointView, existing, tags};
use crate::commands::not_seen;
use crate::commands::prepare::release_check;
use crate::ctx::{Ctx, Subject};
use crate::domain::arn::Arn;
use crate::domain::config::{Config, RoleChoice};
use crate::domain::ledger::{Kind, Point, Step, reason};
use crate::domain::names::{AliasName, FunctionName, Qualifier, Version};
use crate::engine::codedeploy;
use crate::engine::compare::{self, Comparison, Edition, Effort, Provisioned};
use crate::engine::desired::ReleaseCheck;
use crate::engine::release::{self, CutOff, Move};
use crate::engine::shift;
use crate::engine::trial::Trial;
use crate::error::Problem;
use crate::ports::{AliasState, Caller, Cloud, PortResult, Snapshot};
use crate::settings::switch;
use crate::ui::access::Home;
use crate::ui::plan::check_expects;
use crate::ui::{comparison, style, unfit};

/// Arguments of `alias promote`.
#[derive(Debug, Args)]
pub struct PromoteArgs {
    /// The alias to move
    alias: AliasName,

    /// The version to point at [default: the newest]
    #[arg(long, value_name = "VERSION", env = "LFN_TO", conflicts_with = "from", value_parser = published)]
    to: Option<Version>,

    /// Point at what this alias points at
    #[arg(long, value_name = "ALIAS", env = "LFN_FROM")]
    from: Option<AliasName>,

    /// Why, for `lfn alias history`
    #[arg(long, value_name = "TEXT", env = "LFN_BECAUSE", value_parser = reason)]
    because: Option<String>,

    #[command(flatten)]
    shift: ShiftArgs,

    #[command(flatten)]
    engine: EngineArgs,

    /// Move without the `release.check` of lambda.yaml
    #[arg(long, env = "LFN_SKIP_CHECK", value_parser = switch)]
    skip_check: bool,

    /// Show what the move means and stop
    #[arg(long, env = "LFN_DRY_RUN", value_parser = switch)]
    dry_run: bool,

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

    /// Show what the move means and stop
    #[arg(long, env = "LFN_DRY_RUN", value_parser = switch)]
    dry_run: bool,

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
    dry_run: bool,
    /// What came of the release check; `null` where there is none.
    check: Option<Check>,
    /// What the move means; `null` when the alias is made or only its weights change.
    comparison: Option<&'a Comparison>,
    /// A dry run in stages: these, and what would be watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    gradual: Option<GradualView<'a>>,
}

/// How the release check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Check {
    /// It would be made.
    Pending,
    Passed,
    Skipped,
}

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

/// Runs `lfn alias promote`.
pub async fn promote(args: &PromoteArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let schedule = args.shift.schedule()?;
    args.engine.refuse_others(&args.shift)?;
    let Subject {
        cloud,
        name,
        caller,
        config,
        ..
    } = ctx.subject(args.function.as_ref()).await?;
    let check = match &config {
        Some(config) => release_check(ctx, config)?,
        None => None,
    };
    let looking = || format!("could not look up `{name}`");
    let (current, tags, target) = tokio::try_join!(
        async { cloud.functions.alias(&name, &args.alias).await.with_context(looking) },
        tags(&cloud, &name),
        target(&cloud, &name, args),
    )?;
    // CodeDeploy itself is told apart in `handed`: what goes to the same version is watched.
    if let Some(current) = current.as_ref().filter(|_| !args.engine.is_codedeploy()) {
        refuse_handed(ctx, &cloud, &name, current, &tags).await?;
    }
    let gradual = schedule.map(|schedule| Gradual {
        schedule,
        args: &args.shift,
        alarms: config.as_ref().map_or(&[], |config| &config.release.alarms),
        version: target,
    });
    let handed = args.engine.is_codedeploy().then(|| Handed {
        args: &args.engine,
        schedule: gradual.as_ref().map(|gradual| &gradual.schedule),
        alarms: args.shift.watched(config.as_ref()),
        boundary: config.as_ref().and_then(boundary),
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
        handed: handed.as_ref(),
        check: check.as_ref(),
        skip_check: args.skip_check,
        dry_run: args.dry_run,
    };
    wanted.reach(ctx).await
}

/// CodeDeploy would go on, and move the alias again.
async fn refuse_handed(
    ctx: &Ctx,
    cloud: &Cloud,
    name: &FunctionName,
    current: &AliasState,
    tags: &BTreeMap<String, String>,
) -> anyhow::Result<()> {
    match codedeploy::under_way(cloud, name, current, tags).await {
        Ok(Some(deployment)) => {
            let refusal = deployment.refusal(&current.name);
            Err(Problem::failed(refusal.message).hint(refusal.hint).into())
        }
        Ok(None) => Ok(()),
        Err(error) => {
            ctx.ui.warn(codedeploy::unseen(&current.name, &error));
            Ok(())
        }
    }
}

/// The boundary of the function's own role.
fn boundary(config: &Config) -> Option<&Arn> {
    match &config.role {
        RoleChoice::Auto(role) => role.boundary.as_ref(),
        RoleChoice::Existing(_) => None,
    }
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
    if let Some(cut_off) = release::cut_off(&current, &tags, args.to_previous.into()) {
        let mover = ctx.mover(&cloud, caller.as_ref(), None).await;
        if cut_off.entry.is_by(&mover.who) {
            return finish(&cut_off, args, ctx, &cloud, &name, &alias).await;
        }
    }
    refuse_handed(ctx, &cloud, &name, &current, &tags).await?;
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
        handed: None,
        // What served before serves again at once.
        check: None,
        skip_check: false,
        dry_run: args.dry_run,
    };
    wanted.reach(ctx).await
}

/// Tells of a rollback that an earlier run made, and keeps its entry, which that run did not come to.
async fn finish(
    cut_off: &CutOff,
    args: &RollbackArgs,
    ctx: &Ctx,
    cloud: &Cloud,
    name: &FunctionName,
    alias: &AliasName,
) -> anyhow::Result<Outcome> {
    let to = PointView::new(&cut_off.entry.to);
    if ctx.ui.json() {
        ctx.ui.document(&MovedView {
            function: name.as_str(),
            alias: alias.as_str(),
            from: cut_off.entry.from.as_ref().map(PointView::new),
            to,
            changed: !args.dry_run,
            dry_run: args.dry_run,
            check: None,
            comparison: None,
            gradual: None,
        })?;
    } else {
        let done = if args.dry_run {
            "running it again completes the history and goes no further"
        } else {
            "it is done now"
        };
        ctx.ui.data(format_args!(
            "`{alias}` was rolled back to {} by a run that was cut off; {done}",
            to.text()
        ))?;
    }
    if args.dry_run {
        return Ok(Outcome::Done);
    }
    if let Err(error) = cut_off.keep(name, cloud).await {
        ctx.ui.warn(release::unkept_warning(alias, &error));
        ctx.ui.hint(unkept_hint(alias));
    }
    Ok(Outcome::Done)
}

/// What follows when the entry of a rollback has no copy: the next run takes it for one that was cut off.
pub fn unkept_hint(alias: &AliasName) -> String {
    format!(
        "if it is not there by then, the next `lfn alias rollback {alias}` completes the history and goes no further"
    )
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
    async fn reach(&self, ctx: &Ctx) -> anyhow::Result<Outcome> {
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

    /// What would come of the check.
    fn planned(&self) -> Check {
        if self.skip_check {
            Check::Skipped
        } else {
            Check::Pending
        }
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

    fn view<'a>(&'a self, preview: &'a Preview, changed: bool, check: Option<Check>) -> MovedView<'a> {
        MovedView {
            function: self.name.as_str(),
            alias: self.alias.as_str(),
            from: preview.from.clone(),
            to: preview.target.clone(),
            changed,
            dry_run: self.dry_run,
            check,
            comparison: preview.comparison.as_ref(),
            gradual: None,
        }
    }

    fn arrow(&self, preview: &Preview) -> String {
        let before = preview.from.as_ref().map_or_else(|| "nothing".into(), PointView::text);
        format!(
            "{} {before} → {}",
            style::strong(format_args!("{}:{}", self.name, self.alias)),
            style::strong(preview.target.text())
        )
    }

    /// The arrow, and below it what changes.
    fn render(&self, preview: &Preview, all: bool) -> String {
        let place = self.caller.map(|caller| &caller.place);
        let home = Home {
            account: place.map_or("", |place| place.account.as_str()),
            region: place.map_or("", |place| place.region.as_str()),
        };
        let now = Timestamp::now();
        let mut lines = vec![self.arrow(preview), String::new()];
        match &preview.comparison {
            Some(found) => lines.extend(comparison::lines(found, home, now, all)),
            None if self.current.is_none() => {
                let edition = Edition::new(&preview.serving, |version| self.commit(version));
                lines.push(comparison::alone(&edition, now));
            }
            None => lines.push(style::dim(
                "    the version is the same; only the split of the traffic changes",
            )),
        }
        if let Some(check) = self.check {
            let when = if self.skip_check {
                "skipped"
            } else {
                "is called with it first"
            };
            lines.push(format!(
                "{} {}  {}",
                style::strong(format_args!("  > {:<18}", "check")),
                check.file,
                style::dim(format_args!(
                    "version {} {when}{}",
                    preview.target.text(),
                    check_expects(check.expected.as_ref().map(|expected| expected.file.as_str()))
                ))
            ));
        }
        lines.join("\n")
    }
}
