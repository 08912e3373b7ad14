//! `lfn alias promote --engine codedeploy`: show, ask, hand the shift to CodeDeploy, and watch it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde::Serialize;
use tokio::time::Instant;

use super::shifting::{ShiftArgs, refuse_missing};
use super::{Outcome, PointView};
use crate::ctx::Ctx;
use crate::domain::arn::{Arn, Place};
use crate::domain::codedeploy::{self, ALARM_LIMIT, AppSpec, Routing};
use crate::domain::ledger::{Point, Share};
use crate::domain::names::{AliasName, CodeDigest, FunctionName, Qualifier, Version};
use crate::domain::shift::Schedule;
use crate::engine::codedeploy::{Ended, Found, Look, Record, ServesAs, Step, Wanted, follow, perform, plan, settle};
use crate::engine::release::{self, Moved};
use crate::engine::shift;
use crate::engine::wait::{Failure, Waiter};
use crate::error::{Kind, Problem};
use crate::ports::{AlarmState, AliasState, Caller, Cloud, Course, Deployment};
use crate::ui::{Progress, style};

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

/// What `--format json` prints, one line each.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Line<'a> {
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
struct Running<'a> {
    id: &'a str,
    from: Version,
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

    /// The alias is where it shall be. If CodeDeploy brought it there and nobody wrote that down, it is done now.
    async fn already(&self, ctx: &Ctx, wanted: &Wanted<'_>, found: &Found, current: &AliasState) -> anyhow::Result<()> {
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

    fn beginning<'b>(&'b self, running: &Running<'b>, attached: bool) -> Line<'b> {
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

    /// Watches a deployment of the same target that somebody else, or an earlier run, has started.
    async fn attach(&self, ctx: &Ctx, deployment: &Deployment) -> anyhow::Result<()> {
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

    async fn watch(&self, ctx: &Ctx, progress: &Progress<'_>, running: &Running<'_>) -> anyhow::Result<()> {
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

fn stopping(id: &str) -> String {
    format!(
        "stop it, and return the traffic: `aws deploy stop-deployment --deployment-id {id} --auto-rollback-enabled`"
    )
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
