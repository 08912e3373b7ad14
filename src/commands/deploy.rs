//! `lfn deploy`: make the account match lambda.yaml.
//!
//! Asks and reports. What changes is decided in `engine::planner` and done in `engine::apply`;
//! `--dry-run` stops between the two, so it cannot drift from them.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::Outcome;
use super::alias::PointView;
use super::fleet::{self, Known, Selected, Selection, Verb};
use super::plan::refuse;
use super::plan_file::PlanFile;
use super::prepare::{Prepared, prepare_project};
use crate::build;
use crate::ctx::Ctx;
use crate::domain::ledger::{Point, reason};
use crate::domain::names::{AliasName, Version};
use crate::engine::apply::{self, Applied, Elsewhere, Event, Interrupted};
use crate::engine::plan::{Plan, Step};
use crate::engine::reviewed::{Difference, Standing};
use crate::engine::wait::Failure;
use crate::engine::widening::widening;
use crate::error::{Kind, Problem};
use crate::ports::ErrorKind;
use crate::settings::switch;
use crate::ui::fleet::Fate;
use crate::ui::plan::{NEW_VERSION, PlanView, StepView, step_view};
use crate::ui::{style, unfit};

/// Make AWS match lambda.yaml: package, plan, ask, apply
#[derive(Debug, clap::Args)]
pub struct DeployArgs {
    #[command(flatten)]
    pub(super) select: Selection,

    /// Show the plan and stop
    #[arg(long, env = "LFN_DRY_RUN", value_parser = switch)]
    pub(super) dry_run: bool,

    /// Take over a function that lfn did not make
    #[arg(long, env = "LFN_ADOPT", value_parser = switch)]
    pub(super) adopt: bool,

    /// Why, for `lfn alias history`
    #[arg(long, value_name = "TEXT", env = "LFN_BECAUSE", value_parser = reason)]
    pub(super) because: Option<String>,

    /// Let the function do more than it can now, without asking
    #[arg(long, env = "LFN_ALLOW_WIDENING", value_parser = switch)]
    pub(super) allow_widening: bool,

    /// Apply a plan that `lfn plan --out` wrote, without asking; stop if anything has moved since
    #[arg(long, value_name = "FILE", env = "LFN_PLAN", conflicts_with_all = ["paths", "all", "changed_since"])]
    plan: Option<PathBuf>,
}

/// What `--format json` prints, one line each.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub(super) enum Line<'a> {
    Plan {
        plan: &'a PlanView,
    },
    Moved {
        differences: &'a [Difference],
    },
    Started {
        step: usize,
        title: &'a str,
    },
    Waiting {
        what: &'a str,
        seconds: u64,
    },
    Finished {
        step: usize,
        title: &'a str,
        milliseconds: u128,
        version: Option<u64>,
    },
    Result {
        function: &'a str,
        alias: &'a str,
        version: Option<u64>,
        changed: bool,
        milliseconds: u128,
    },
}

/// What lets functions do more than they can now, in the words of the question.
pub(super) struct Wider {
    /// Who could do more.
    pub whom: String,
    /// `it` or `they`.
    pub they: &'static str,
    pub this: &'static str,
    /// What more, line by line.
    pub lines: String,
}

/// An apply that did not get to its end.
pub(super) struct Halted {
    pub error: anyhow::Error,
    /// What the alias points at now, as far as it is known.
    pub serves: Option<Version>,
    /// Whether anything was changed, or may have been.
    pub changed: bool,
}

/// What applying a plan is told besides the plan.
pub(super) struct How<'a> {
    pub because: Option<&'a String>,
    /// The command that does the rest after a failure.
    pub again: &'a str,
}

/// Runs `lfn deploy`.
pub async fn run(args: &DeployArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    match args.select.functions(ctx).await? {
        Selected::One(folder) => {
            let title = if args.dry_run {
                "lfn deploy --dry-run"
            } else {
                "lfn deploy"
            };
            let verb = Verb { title, lines: true };
            let command = async |ctx: &Ctx, known: &mut Known| Box::pin(one(args, ctx, known)).await;
            Box::pin(fleet::alone(ctx, folder, verb, command)).await
        }
        Selected::Many(folders) => Box::pin(fleet::deploy(args, ctx, &folders)).await,
    }
}

async fn one(args: &DeployArgs, ctx: &Ctx, known: &mut Known) -> anyhow::Result<Outcome> {
    let mut started = Instant::now();
    let reviewed = args
        .plan
        .as_ref()
        .map(|file| PlanFile::read(&ctx.at(file)))
        .transpose()?;
    let of_plan;
    let (ctx, adopt) = match &reviewed {
        Some(file) => {
            of_plan = file.context(ctx, args.adopt)?;
            (&of_plan, file.adopt)
        }
        None => (ctx, args.adopt),
    };
    let project = ctx.project()?;
    known.name = Some(project.offline.name.to_string());
    let prepared = Box::pin(prepare_project(ctx, project, adopt)).await?;
    let plan = &prepared.plan;
    known.serves = plan.live;
    let mut view = PlanView::new(plan, &prepared.verdict.warnings, ctx.settings.local);
    view.reviewed = reviewed.is_some();
    let view: &PlanView = known.view.insert(view);
    ctx.ui.event(&Line::Plan { plan: view })?;
    if let Some(file) = &reviewed {
        insist(ctx, file, &prepared, view)?;
    }
    if !ctx.ui.json() {
        // With `--dry-run` the plan is the answer, else it is what comes before it.
        if args.dry_run {
            ctx.ui.data(view.render(ctx.ui.verbose()))?;
        } else {
            ctx.ui.status(view.render(ctx.ui.verbose()));
        }
    }
    view.warnings.iter().for_each(|warning| ctx.ui.warn(warning));
    refuse(&prepared.verdict)?;
    if args.dry_run {
        known.fate = Some(Fate::planned(view.changes));
        return Ok(Outcome::Done);
    }
    if plan.steps.is_empty() {
        known.fate = Some(Fate::Unchanged);
        report(ctx, plan, plan.live, false, started)?;
        return Ok(Outcome::Done);
    }
    let asked = Instant::now();
    let widening = widening(plan);
    let wider = (!widening.is_empty()).then(|| Wider {
        whom: format!("`{}`", view.function),
        they: "it",
        this: "This lets the function do more than it can now:",
        lines: view.widened(&widening),
    });
    // Who reviewed the plan agreed to it, widening included.
    if reviewed.is_none() && !agreed(args, ctx, wider.as_ref(), "\nApply these steps?").await? {
        ctx.ui.status("nothing was changed");
        return Ok(Outcome::Declined);
    }
    // The time it takes a person to answer is not lfn's.
    started += asked.elapsed();
    let again = match &args.plan {
        Some(file) => format!("lfn deploy --plan {}", file.display()),
        None => "lfn deploy".to_owned(),
    };
    let how = How {
        because: args.because.as_ref(),
        again: &again,
    };
    let Applied { version, warnings } = perform(ctx, &prepared, &how).await.map_err(|halted| {
        known.serves = halted.serves;
        halted.error
    })?;
    for warning in &warnings {
        ctx.ui.warn(warning);
    }
    known.serves = version.or(plan.live);
    known.fate = Some(Fate::Deployed);
    report(ctx, plan, version.or(plan.live), true, started)?;
    Ok(Outcome::Done)
}

/// Stops when a reviewed plan does not hold any more, and says what moved.
fn insist(ctx: &Ctx, file: &PlanFile, prepared: &Prepared, view: &PlanView) -> anyhow::Result<()> {
    match file.standing(prepared, view)? {
        Standing::Holds { done: 0 } => {}
        Standing::Holds { done } => ctx.ui.status(format_args!(
            "of the reviewed plan {} done already; this is the rest\n",
            if done == 1 {
                "1 step is".to_owned()
            } else {
                format!("{done} steps are")
            }
        )),
        Standing::Applied => ctx.ui.status("the reviewed plan was applied already\n"),
        Standing::Moved(differences) => {
            ctx.ui.event(&Line::Moved {
                differences: &differences,
            })?;
            return Err(file.moved(ctx, view, &differences).into());
        }
    }
    Ok(())
}

/// Asks whether the steps may be applied; what lets the function do more is a question of its own,
/// which `--yes` does not answer.
pub(super) async fn agreed(
    args: &DeployArgs,
    ctx: &Ctx,
    wider: Option<&Wider>,
    question: &str,
) -> anyhow::Result<bool> {
    if let Some(Wider {
        whom,
        they,
        this,
        lines,
    }) = wider.filter(|_| !args.allow_widening)
    {
        if !ctx.ui.can_ask() {
            let message = format!("this deploy would let {whom} do more than {they} can now:\n{lines}");
            let problem = Problem::failed(message).hint("if that is meant, pass `--allow-widening`");
            return Err(problem.into());
        }
        ctx.ui.status(format_args!("\n{}\n{lines}", style::strong(this)));
        if !ctx.ui.confirm("Allow it?").await? {
            return Ok(false);
        }
    }
    Ok(ctx.settings.yes || ctx.ui.confirm(question).await?)
}

/// Applies a plan and shows what happens.
pub(super) async fn perform(ctx: &Ctx, prepared: &Prepared, how: &How<'_>) -> Result<Applied, Halted> {
    let Prepared {
        cloud,
        desired,
        observed,
        plan,
        caller,
        ..
    } = prepared;
    let titles: Vec<String> = plan.steps.iter().map(|step| step_view(step, plan).title()).collect();
    let progress = ctx.ui.progress();
    // A reader that went away does not stop a deploy half-way.
    let say = |line: &Line<'_>| drop(ctx.ui.event(line));
    let on_event = |event: Event<'_>| match event {
        Event::Started { index, .. } => {
            let title = &titles[index];
            progress.doing(title);
            say(&Line::Started { step: index, title });
        }
        Event::Waiting { what, waited } => {
            progress.waiting(what, waited);
            let seconds = waited.as_secs();
            say(&Line::Waiting { what, seconds });
        }
        Event::Sent { bytes, total } => progress.sent(bytes, total),
        Event::Finished {
            index, took, version, ..
        } => {
            // The number of the new version is known by now.
            let title = match version {
                Some(version) => &titles[index].replace(NEW_VERSION, &format!("version {version}")),
                None => &titles[index],
            };
            let seconds = style::dim(format_args!("{:.1} s", took.as_secs_f64()));
            progress.done(format_args!("{title}  {seconds}"));
            let (version, milliseconds) = (version.map(|version| version.0), took.as_millis());
            say(&Line::Finished {
                step: index,
                title,
                milliseconds,
                version,
            });
        }
    };
    let tools = ctx.tools();
    let (mut mover, commit) = tokio::join!(
        ctx.mover(cloud, Some(caller), how.because),
        build::commit(ctx.dir(), &tools)
    );
    mover.commit = commit;
    let _applying = ctx.stop.hold();
    let context = apply::Context {
        cloud,
        desired,
        observed,
        mover: &mover,
        stop: &ctx.stop,
        on_event: &on_event,
    };
    apply::apply(plan, &context).await.map_err(|stopped| {
        let views: Vec<StepView> = plan.steps.iter().map(|step| step_view(step, plan)).collect();
        let serves = serving(plan, &stopped).version();
        let changed = stopped.done > 0 || stopped.touched;
        let error = anyhow::Error::from(interrupted(plan, &views, stopped, how.again));
        Halted {
            error: error.context(format!("could not deploy `{}`", plan.name)),
            serves,
            changed,
        }
    })
}

/// Says how it ended for a function.
pub(super) fn tell(
    ctx: &Ctx,
    plan: &Plan,
    version: Option<Version>,
    changed: bool,
    took: Duration,
) -> anyhow::Result<()> {
    let (function, alias, version) = (
        plan.name.as_str(),
        plan.alias.as_str(),
        version.map(|version| version.0),
    );
    ctx.ui.event(&Line::Result {
        function,
        alias,
        version,
        changed,
        milliseconds: took.as_millis(),
    })?;
    if ctx.ui.json() || !changed {
        return Ok(());
    }
    let number = version
        .map(|version| format!(" as version {version}"))
        .unwrap_or_default();
    let seconds = style::dim(format_args!("in {:.1} s", took.as_secs_f64()));
    let deployed = style::added("deployed:");
    let target = style::strong(format_args!("{function}:{alias}"));
    // One of several says it in a row of lines.
    let gap = if ctx.ui.name().is_some() { "" } else { "\n" };
    ctx.ui
        .status(format_args!("{gap}{deployed} {target}{number}  {seconds}"));
    Ok(())
}

fn report(ctx: &Ctx, plan: &Plan, version: Option<Version>, changed: bool, started: Instant) -> anyhow::Result<()> {
    tell(ctx, plan, version, changed, started.elapsed())?;
    if ctx.ui.json() {
        return Ok(());
    }
    Ok(ctx.ui.data(
        plan.place
            .qualified_arn(&plan.name, &crate::domain::names::Qualifier::Alias(plan.alias.clone())),
    )?)
}

/// What the alias points at after a stopped apply.
enum Serving {
    New(Version),
    Before(Version),
    /// Somebody else moved it.
    Elsewhere {
        to: Point,
        by: Option<String>,
    },
    Gone,
    Nothing,
    Unknown,
}

fn serving(plan: &Plan, stopped: &Interrupted) -> Serving {
    match &stopped.alias {
        Elsewhere::Moved { to: Some(to), by } => {
            let (to, by) = (to.clone(), by.clone());
            return Serving::Elsewhere { to, by };
        }
        Elsewhere::Moved { to: None, .. } => return Serving::Gone,
        Elsewhere::Unknown => return Serving::Unknown,
        Elsewhere::No => {}
    }
    let moves = |step: &Step| matches!(step, Step::PointAlias { .. });
    if stopped.touched && plan.steps.get(stopped.done).is_some_and(moves) {
        return Serving::Unknown;
    }
    let released = plan.steps[..stopped.done].iter().any(moves);
    match (stopped.version.filter(|_| released), plan.live) {
        (Some(version), _) => Serving::New(version),
        (None, Some(live)) => Serving::Before(live),
        (None, None) => Serving::Nothing,
    }
}

impl Serving {
    /// The version that gets most of the traffic, as far as it is known.
    fn version(&self) -> Option<Version> {
        match self {
            Self::New(version) | Self::Before(version) => Some(*version),
            Self::Elsewhere { to, .. } => to.version,
            Self::Gone | Self::Nothing | Self::Unknown => None,
        }
    }

    fn told(&self, alias: &AliasName) -> String {
        match self {
            Self::New(version) => format!("`{alias}` serves version {version}, the new one"),
            Self::Before(live) => format!("`{alias}` serves version {live}, as before"),
            Self::Elsewhere { to, by } => {
                let by = by.as_ref().map(|by| format!(", moved by {by}")).unwrap_or_default();
                let word = if to.version.is_some() { "version " } else { "" };
                format!("`{alias}` serves {word}{} now{by}", PointView::new(to).text())
            }
            Self::Gone => format!("`{alias}` is gone; nothing serves traffic through it"),
            Self::Nothing => format!("`{alias}` does not exist yet; nothing serves traffic through it"),
            Self::Unknown => {
                format!("whether `{alias}` has moved is unknown: `lfn alias list` shows what it serves")
            }
        }
    }
}

/// Turns a stopped apply into an error that says what was done, what was not, and what serves traffic.
fn interrupted(plan: &Plan, views: &[StepView], stopped: Interrupted, again: &str) -> Problem {
    let serving = serving(plan, &stopped).told(&plan.alias);
    let Interrupted {
        done, touched, failure, ..
    } = stopped;
    let kind = match &failure {
        Failure::Interrupted => Kind::Interrupted,
        Failure::Unfit(_) => Kind::Function,
        _ if done == 0 && !touched => Kind::Failed,
        _ => Kind::Partial,
    };
    let step = views.get(done).map(StepView::title).unwrap_or_default();
    let steps = style::count(views.len(), "step");
    let message = if done == 0 && !touched {
        format!("stopped at the first of {steps}: {step}; nothing was changed")
    } else {
        format!("stopped after {done} of {steps}, at: {step}")
    };
    let problem = Problem::new(kind, message).hint(serving);
    let problem = match &failure {
        // The rest would be done over what somebody else did: the error itself says to look first.
        Failure::Port(error) if error.kind == ErrorKind::Stale => problem,
        // The same version would fail the same check.
        Failure::Unfit(unfit) => {
            return problem
                .hint(match &unfit.expectation {
                    Some(file) => format!("fix the function, or what `{file}` expects, and deploy again"),
                    None => "fix the function and deploy again".into(),
                })
                .caused_by(Problem::new(kind, unfit::told(unfit)));
        }
        _ => {
            let left: Vec<String> = views[done..].iter().map(StepView::title).collect();
            problem.hint(format!("run `{again}` again to do the rest: {}", left.join("; ")))
        }
    };
    problem.caused_by(failure)
}
