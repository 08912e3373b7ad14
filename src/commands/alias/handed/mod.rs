//! `lfn alias promote --engine codedeploy`: what speaks against it, what has to be made, and handing over.

mod watching;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use self::watching::Running;
use super::shifting::{ShiftArgs, refuse_missing};
use super::{Outcome, PointView};
use crate::ctx::Ctx;
use crate::domain::arn::{Arn, Place};
use crate::domain::codedeploy::{self, ALARM_LIMIT, AppSpec, Routing};
use crate::domain::ledger::Point;
use crate::domain::names::{AliasName, CodeDigest, FunctionName, Qualifier, Version};
use crate::domain::shift::Schedule;
use crate::engine::codedeploy::{ServesAs, Step, Wanted, perform, plan};
use crate::engine::release;
use crate::engine::shift;
use crate::engine::wait::{Failure, Waiter};
use crate::error::{Kind, Problem};
use crate::ports::{AlarmState, AliasState, Caller, Cloud};
use crate::ui::style;

/// Who shifts the traffic.
#[derive(Debug, Args)]
pub struct EngineArgs {
    /// Who shifts the traffic
    #[arg(
        long,
        value_name = "ENGINE",
        env = "LFN_ENGINE",
        default_value = "lfn",
        help_heading = "Gradual release"
    )]
    engine: Engine,

    /// The role that CodeDeploy works as [default: one that lfn makes]
    #[arg(
        long,
        value_name = "ARN",
        env = "LFN_CODEDEPLOY_ROLE",
        help_heading = "Gradual release"
    )]
    codedeploy_role: Option<Arn>,
}

/// Who shifts the traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// lfn, for as long as it runs
    Lfn,
    /// AWS CodeDeploy, which goes on alone
    Codedeploy,
}

impl EngineArgs {
    /// Whether CodeDeploy is asked for.
    pub fn is_codedeploy(&self) -> bool {
        self.engine == Engine::Codedeploy
    }

    /// CodeDeploy watches alarms alone.
    pub fn refuse_others(&self, shift: &ShiftArgs) -> anyhow::Result<()> {
        let Some(flag) = shift.for_lfn_alone().filter(|_| self.is_codedeploy()) else {
            return Ok(());
        };
        Err(Problem::new(
            Kind::Usage,
            format!("`{flag}` is for `--engine lfn`: CodeDeploy watches alarms alone"),
        )
        .hint("leave it out, and name an alarm with `--alarm` or in `release.alarms`")
        .into())
    }
}

/// How a promote by CodeDeploy is asked for.
pub struct Handed<'a> {
    pub args: &'a EngineArgs,
    /// `None` moves all traffic at once.
    pub schedule: Option<&'a Schedule>,
    pub alarms: BTreeSet<String>,
    /// The boundary of the function's own role, which a role beside it gets as well.
    pub boundary: Option<&'a Arn>,
}

/// A promote that CodeDeploy is to do.
pub struct Handing<'a> {
    pub cloud: &'a Cloud,
    pub caller: Option<&'a Caller>,
    pub name: &'a FunctionName,
    pub alias: &'a AliasName,
    pub current: Option<&'a AliasState>,
    /// The tags of the function.
    pub tags: &'a BTreeMap<String, String>,
    pub to: Version,
    /// The archive of the version.
    pub digest: &'a CodeDigest,
    pub because: Option<&'a String>,
    /// Look, and change nothing.
    pub dry_run: bool,
    pub handed: &'a Handed<'a>,
    pub place: &'a Place,
}

/// A promote by CodeDeploy that nothing speaks against.
pub struct Prepared<'a> {
    handing: &'a Handing<'a>,
    wanted: Wanted<'a>,
    from: Version,
    steps: Vec<Step>,
    titles: Vec<String>,
    warnings: Vec<String>,
}

/// Where the alias is.
pub async fn place(cloud: &Cloud, caller: Option<&Caller>) -> anyhow::Result<Place> {
    if let Some(caller) = caller {
        return Ok(caller.place.clone());
    }
    let caller = cloud.identity.caller().await;
    let caller = caller.context("could not find out which account the credentials are for")?;
    Ok(caller.place)
}

impl<'a> Handing<'a> {
    /// Looks at everything that could speak against it. `None` when there is nothing to hand over: the alias is
    /// there already, or on its way, and then that is watched to its end.
    pub async fn prepare(&'a self, ctx: &Ctx) -> anyhow::Result<Option<Prepared<'a>>> {
        if ctx.settings.local {
            return Err(Problem::failed("there is no CodeDeploy on the embedded Lambda")
                .hint("shift the traffic with lfn itself: `--engine lfn`")
                .into());
        }
        let alias = self.alias;
        let current = self.current.ok_or_else(|| {
            Problem::failed(format!("there is no alias `{alias}` whose traffic could shift"))
                .hint(format!("make it first: `lfn alias promote {alias} --to VERSION`"))
        })?;
        let routing = Routing::of(self.handed.schedule).map_err(|why| {
            Problem::failed(format!("CodeDeploy cannot shift the traffic so: {why}"))
                .hint("change the stages, or shift the traffic with lfn itself: `--engine lfn`")
        })?;
        let wanted = self.wanted(routing);
        let found = wanted
            .look(self.cloud)
            .await
            .with_context(|| format!("could not look up what CodeDeploy has for `{}:{alias}`", self.name))?;
        if let Some(deployment) = found.under_way.first() {
            self.attach(ctx, deployment).await?;
            return Ok(None);
        }
        let now = release::point(current);
        if now == Point::at(self.to) {
            self.already(ctx, &wanted, &found, current).await?;
            return Ok(None);
        }
        let from = self.refuse_moving(&now)?;
        if routing != Routing::AllAtOnce {
            self.refuse_unlike(from).await?;
        }
        let mut warnings = self.look_at_alarms().await?;
        let steps = plan(&wanted, &found).map_err(|foreign| {
            Problem::failed(foreign.to_string())
                .hint("give it another name or delete it; lfn changes nothing that it did not make")
        })?;
        let provisioned = self.cloud.functions.provisioned(self.name, alias).await;
        let provisioned =
            provisioned.with_context(|| format!("could not look up the provisioned concurrency of `{alias}`"))?;
        warnings.extend(provisioned.map(|provisioned| {
            format!(
                "while it shifts, the {} provisioned executions of `{alias}` are split like its traffic; calls beyond a \
                 version's part run on demand",
                provisioned.requested
            )
        }));
        Ok(Some(Prepared {
            handing: self,
            titles: steps.iter().map(|step| title(step, &wanted)).collect(),
            wanted,
            from,
            steps,
            warnings,
        }))
    }

    fn wanted(&'a self, routing: Routing) -> Wanted<'a> {
        let Handed {
            args, alarms, boundary, ..
        } = self.handed;
        let own = || codedeploy::service_role(self.name, self.alias, self.place, alarms, *boundary, self.tags);
        let given = args.codedeploy_role.clone();
        Wanted {
            function: self.name,
            alias: self.alias,
            place: self.place,
            tags: self.tags,
            routing,
            alarms: alarms.clone(),
            role: given.map_or_else(|| ServesAs::Own(Box::new(own())), ServesAs::Given),
        }
    }

    /// CodeDeploy needs an alias that points at one version alone, and says so only after it has begun.
    fn refuse_moving(&self, now: &Point) -> anyhow::Result<Version> {
        let alias = self.alias;
        if !now.weights.is_empty() {
            let message = format!(
                "`{alias}` splits its traffic already: it points at {}",
                PointView::new(now).text()
            );
            return Err(Problem::failed(message)
                .hint(format!(
                    "end that first: `lfn alias promote {alias} --to VERSION --engine lfn` or `lfn alias rollback {alias}`"
                ))
                .into());
        }
        let from = now.version.ok_or_else(|| {
            Problem::failed(format!(
                "`{alias}` points at $LATEST, and traffic shifts between published versions"
            ))
            .hint(format!(
                "point it at a version first: `lfn alias promote {alias} --to VERSION`"
            ))
        })?;
        Ok(from)
    }

    /// CodeDeploy would find out while it shifts.
    async fn refuse_unlike(&self, from: Version) -> anyhow::Result<()> {
        let functions = &self.cloud.functions;
        let (one, two) = (Qualifier::Version(from), Qualifier::Version(self.to));
        let (old, new) = tokio::try_join!(functions.snapshot(self.name, &one), functions.snapshot(self.name, &two))
            .with_context(|| format!("could not look up `{}`", self.name))?;
        if let (Some(old), Some(new)) = (&old, &new) {
            shift::refuse_unlike(self.alias, (from, old), (self.to, new)).map_err(Problem::from)?;
        }
        Ok(())
    }

    /// Alarms that are missing are refused, and red ones are told.
    async fn look_at_alarms(&self) -> anyhow::Result<Vec<String>> {
        let names: Vec<String> = self.handed.alarms.iter().cloned().collect();
        if names.len() > ALARM_LIMIT {
            let message = format!(
                "CodeDeploy watches {ALARM_LIMIT} alarms at most, and these are {}",
                names.len()
            );
            return Err(Problem::failed(message)
                .hint("a composite alarm can stand for several")
                .into());
        }
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let states = self.cloud.metrics.alarms(&names).await;
        let states = states.context("could not look at the alarms; nothing was changed")?;
        refuse_missing(&names, &states)?;
        let red = states.iter().filter(|(_, state)| **state == AlarmState::Alarm);
        let told = red.map(|(name, _)| {
            format!("the alarm `{name}` is red already: CodeDeploy stops a deployment while one of its alarms is")
        });
        Ok(told.collect())
    }

    fn unprepared(&self, done: usize, titles: &[String], failure: Failure, from: Version) -> Problem {
        let kind = match failure {
            Failure::Interrupted => Kind::Interrupted,
            _ if done == 0 => Kind::Failed,
            _ => Kind::Partial,
        };
        let at = titles.get(done).map_or("the deployment itself", String::as_str);
        Problem::new(kind, format!("could not hand `{}` to CodeDeploy, at: {at}", self.alias))
            .hint(format!("`{}` serves version {from}, as before", self.alias))
            .hint("run the command again: what was made is used")
            .caused_by(failure)
    }
}

impl Prepared<'_> {
    /// What is going to happen, for those who are asked.
    pub fn announce(&self, ctx: &Ctx) {
        let Self { wanted, from, .. } = self;
        ctx.ui.status(format_args!("\n  by CodeDeploy: {}", wanted.routing));
        for title in &self.titles {
            ctx.ui.status(format_args!("  {title}"));
        }
        if !wanted.alarms.is_empty() {
            let alarms: Vec<String> = wanted.alarms.iter().map(|name| format!("`{name}`")).collect();
            ctx.ui.status(format_args!(
                "  returns to {from} when {} goes off",
                alarms.join(" or ")
            ));
        }
        for warning in &self.warnings {
            ctx.ui.warn(warning);
        }
    }

    /// Makes what is missing, starts the deployment and watches it.
    pub async fn perform(&self, ctx: &Ctx) -> anyhow::Result<Outcome> {
        let Self {
            handing,
            wanted,
            from,
            steps,
            titles,
            ..
        } = self;
        let unprepared = |done: usize, failure| handing.unprepared(done, titles, failure, *from);
        let _changing = ctx.stop.hold();
        let progress = ctx.ui.progress();
        let on_wait = |what: &str, waited| progress.waiting(what, waited);
        let waiter = Waiter::new(&ctx.stop, &on_wait);
        for (done, step) in steps.iter().enumerate() {
            progress.doing(&titles[done]);
            let result = if ctx.stop.requested() {
                Err(Failure::Interrupted)
            } else {
                perform(handing.cloud, wanted, step, &waiter).await
            };
            result.map_err(|failure| unprepared(done, failure))?;
            progress.done(&titles[done]);
        }
        if ctx.stop.requested() {
            return Err(unprepared(steps.len(), Failure::Interrupted).into());
        }
        let spec = AppSpec {
            function: handing.name.clone(),
            alias: handing.alias.clone(),
            from: *from,
            to: handing.to,
        };
        let mover = ctx.mover(handing.cloud, handing.caller, handing.because).await;
        let because = handing
            .because
            .map(|because| format!(": {because}"))
            .unwrap_or_default();
        let description = format!("lfn alias promote, by {}{because}", mover.who);
        let started = wanted.start(handing.cloud, &spec, &description, &waiter).await;
        let id = started.map_err(|failure| unprepared(steps.len(), failure))?;
        progress.done(format_args!("deployment {id}: {}", wanted.routing));
        let running = Running { id: &id, from: *from };
        ctx.ui.event(&handing.beginning(&running, false))?;
        handing.watch(ctx, &progress, &running).await?;
        Ok(Outcome::Done)
    }
}

/// What is made or changed, as a line of a plan.
fn title(step: &Step, wanted: &Wanted<'_>) -> String {
    let role = match &wanted.role {
        ServesAs::Own(role) => role.name.to_string(),
        ServesAs::Given(arn) => arn.resource.clone(),
    };
    let (application, group, configuration) = (wanted.application(), wanted.group(), wanted.configuration());
    match step {
        Step::CreateRole => style::added(format_args!(
            "+ role {role}: CodeDeploy may assume it for {application} alone"
        )),
        Step::SetTrust => style::changed(format_args!("~ role {role}: who may assume it")),
        Step::SetBoundary => style::changed(format_args!("~ role {role}: boundary")),
        Step::PutPolicy => {
            let alarms = if wanted.alarms.is_empty() {
                ""
            } else {
                ", and see the state of alarms"
            };
            style::added(format_args!(
                "+ policy {group} of role {role}: move aliases of {}{alarms}",
                wanted.function
            ))
        }
        Step::CreateApplication => style::added(format_args!("+ CodeDeploy application {application}")),
        Step::CreateConfiguration => style::added(format_args!(
            "+ deployment configuration {configuration}: {}",
            wanted.routing
        )),
        Step::CreateGroup => style::added(format_args!("+ deployment group {group}: {configuration}")),
        Step::UpdateGroup(differs) => {
            style::changed(format_args!("~ deployment group {group}: {}", differs.join(", ")))
        }
    }
}
