//! Many functions at once: all are packaged, looked at and planned side by side, shown and asked about together,
//! and deployed side by side. One that fails stops no other.
//!
//! What happens to each is in `deploy` and `prepare`, as for one.

mod inputs;
mod report;
mod select;
mod side_by_side;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use self::select::{Selected, Selection};

use self::side_by_side::side_by_side;
use super::deploy::{self, DeployArgs, Halted, How, Line, Wider};
use super::plan::{PlanArgs, refuse};
use super::prepare::{Prepared, prepare_project};
use super::{Outcome, denied};
use crate::ctx::{Ctx, Project};
use crate::domain::names::Version;
use crate::engine::apply::Applied;
use crate::engine::widening::widening;
use crate::error::Problem;
use crate::ui::fleet::{self, Fate};
use crate::ui::plan::PlanView;
use crate::ui::style;

/// One function of several.
struct Member {
    /// For its folder, with a voice of its own.
    ctx: Ctx,
    /// Its folder, as it was named.
    path: PathBuf,
    /// The function's name; the folder's, where lambda.yaml cannot be read.
    name: String,
}

/// How far a function has come.
struct Entry {
    member: Arc<Member>,
    view: Option<PlanView>,
    state: State,
    /// The time that was spent on it.
    spent: Duration,
    /// Whether its failure was shown.
    shown: bool,
}

enum State {
    Ready(Box<Prepared>),
    Ended(Fate, Option<Version>),
    Failed(Halted),
}

/// A command for one function.
pub struct Verb {
    pub title: &'static str,
    /// Whether its answer is lines of JSON, which a failure ends.
    pub lines: bool,
}

/// What became known of the one function that a command is for.
#[derive(Default)]
pub struct Known {
    pub name: Option<String>,
    pub view: Option<PlanView>,
    /// What the alias points at.
    pub serves: Option<Version>,
    /// How it went; nothing after a failure, or when somebody said no.
    pub fate: Option<Fate>,
}

/// Runs a command for one function, which may be named by its folder, and reports how it went.
pub async fn alone(
    ctx: &Ctx,
    folder: Option<PathBuf>,
    verb: Verb,
    command: impl AsyncFnOnce(&Ctx, &mut Known) -> anyhow::Result<Outcome>,
) -> anyhow::Result<Outcome> {
    let started = Instant::now();
    let own = folder.map(|folder| ctx.in_folder(ctx.at(folder), Arc::clone(&ctx.ui)));
    let ctx = own.as_ref().unwrap_or(ctx);
    let mut known = Known::default();
    match command(ctx, &mut known).await {
        Ok(outcome) => {
            report::one(ctx, &verb, &known, None, started.elapsed())?;
            Ok(outcome)
        }
        Err(error) => {
            let error = Box::pin(denied::explain(error, ctx)).await;
            if let Err(why) = report::one(ctx, &verb, &known, Some(&error), started.elapsed()) {
                ctx.ui.warn(format_args!("{why:#}"));
            }
            Err(error)
        }
    }
}

/// `lfn plan` of several functions.
pub async fn plan(args: &PlanArgs, ctx: &Ctx, folders: &[PathBuf]) -> anyhow::Result<Outcome> {
    let started = Instant::now();
    let mut entries = prepare_all(ctx, &args.select, folders, args.adopt).await?;
    show(ctx, &mut entries, true)?;
    end_planned(&mut entries);
    let changes = entries
        .iter()
        .any(|entry| matches!(entry.state, State::Ended(Fate::Planned, _)));
    let outcome = report::end(ctx, "lfn plan", &entries, started.elapsed())?;
    Ok(if changes && args.exit_code {
        Outcome::Changes
    } else {
        outcome
    })
}

/// `lfn deploy` of several functions.
pub async fn deploy(args: &DeployArgs, ctx: &Ctx, folders: &[PathBuf]) -> anyhow::Result<Outcome> {
    let mut started = Instant::now();
    let mut entries = prepare_all(ctx, &args.select, folders, args.adopt).await?;
    show(ctx, &mut entries, args.dry_run)?;
    if args.dry_run {
        end_planned(&mut entries);
        return report::end(ctx, "lfn deploy --dry-run", &entries, started.elapsed());
    }
    end_unchanged(&mut entries)?;
    let wider = wider(&entries);
    let ready = entries
        .iter()
        .filter(|entry| matches!(entry.state, State::Ready(_)))
        .count();
    let question = format!("\nApply these steps to {}?", style::count(ready, "function"));
    let asked = Instant::now();
    if ready > 0 && !deploy::agreed(args, ctx, wider.as_ref(), &question).await? {
        ctx.ui.status("nothing was changed");
        return Ok(Outcome::Declined);
    }
    // The time it takes a person to answer is not lfn's.
    started += asked.elapsed();
    let mut entries = apply_all(args, ctx, entries).await;
    report::failures(ctx, &mut entries);
    report::end(ctx, "lfn deploy", &entries, started.elapsed())
}

/// Reads every lambda.yaml, then packages, observes and plans side by side.
async fn prepare_all(ctx: &Ctx, selection: &Selection, folders: &[PathBuf], adopt: bool) -> anyhow::Result<Vec<Entry>> {
    let work = move |(member, project): (Arc<Member>, anyhow::Result<Project>)| async move {
        let begun = Instant::now();
        let (view, state) = match prepare_member(&member, project, adopt).await {
            Ok((view, prepared)) => match refuse(&prepared.verdict) {
                Ok(()) => (Some(view), State::Ready(Box::new(prepared))),
                Err(error) => {
                    let live = prepared.plan.live;
                    (Some(view), State::Failed(failed(error, &member, "deploy", live).await))
                }
            },
            Err(error) => (None, State::Failed(failed(error, &member, "prepare", None).await)),
        };
        Entry {
            member,
            view,
            state,
            spent: begun.elapsed(),
            shown: false,
        }
    };
    let entries = side_by_side(selection.jobs(), load(ctx, folders), work).await;
    refuse_twice(&entries)?;
    Ok(entries)
}

async fn prepare_member(
    member: &Member,
    project: anyhow::Result<Project>,
    adopt: bool,
) -> anyhow::Result<(PlanView, Prepared)> {
    let ctx = &member.ctx;
    let prepared = Box::pin(prepare_project(ctx, project?, adopt)).await?;
    let view = PlanView::new(&prepared.plan, &prepared.verdict.warnings, ctx.settings.local);
    Ok((view, prepared))
}

/// A failure before anything was changed, which says the function that it is about.
async fn failed(error: anyhow::Error, member: &Member, doing: &str, serves: Option<Version>) -> Halted {
    let error = error.context(format!("could not {doing} `{}`", member.name));
    Halted {
        error: Box::pin(denied::explain(error, &member.ctx)).await,
        serves,
        changed: false,
    }
}

fn load(ctx: &Ctx, folders: &[PathBuf]) -> Vec<(Arc<Member>, anyhow::Result<Project>)> {
    let named = |path: &Path, name: &str| ctx.in_folder(ctx.at(path), ctx.ui.named(name));
    let projects: Vec<_> = folders
        .iter()
        .map(|path| (path, named(path, &path.display().to_string()).project()))
        .collect();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for (_, project) in &projects {
        let name = project.as_ref().map(|project| project.offline.name.to_string());
        *times.entry(name.unwrap_or_default()).or_default() += 1;
    }
    let member = |(path, project): (&PathBuf, anyhow::Result<Project>)| {
        let name = match &project {
            Ok(project) => {
                let name = project.offline.name.to_string();
                // The same name in two regions.
                if times[&name] > 1 {
                    format!("{name} ({})", path.display())
                } else {
                    name
                }
            }
            Err(_) => path.display().to_string(),
        };
        let member = Member {
            ctx: named(path, &name),
            path: path.clone(),
            name,
        };
        (Arc::new(member), project)
    };
    projects.into_iter().map(member).collect()
}

/// Two files for one function would take turns in undoing each other's work.
fn refuse_twice(entries: &[Entry]) -> anyhow::Result<()> {
    let mut seen: BTreeMap<(&str, &str, &str), &Path> = BTreeMap::new();
    for entry in entries {
        let Some(view) = &entry.view else { continue };
        let path = entry.member.path.as_path();
        if let Some(before) = seen.insert((&view.account, &view.region, &view.function), path) {
            let message = format!(
                "`{}` in {} is described twice: in `{}` and in `{}`",
                view.function,
                view.region,
                before.display(),
                path.display()
            );
            return Err(Problem::failed(message)
                .hint("give one of them another name or region, or leave it out; nothing was changed")
                .into());
        }
    }
    Ok(())
}

/// Shows the plans in the order in which the functions were named, and what cannot be deployed.
fn show(ctx: &Ctx, entries: &mut [Entry], is_answer: bool) -> anyhow::Result<()> {
    for entry in &*entries {
        let Some(view) = &entry.view else { continue };
        entry.member.ctx.ui.event(&Line::Plan { plan: view })?;
        view.warnings
            .iter()
            .for_each(|warning| entry.member.ctx.ui.warn(warning));
    }
    report::failures(ctx, entries);
    let views: Vec<&PlanView> = entries.iter().filter_map(|entry| entry.view.as_ref()).collect();
    if views.is_empty() || ctx.ui.json() {
        return Ok(());
    }
    if entries.iter().any(|entry| entry.shown) {
        ctx.ui.status("");
    }
    let text = fleet::plans(&views, ctx.ui.verbose());
    if is_answer {
        ctx.ui.data(text)?;
    } else {
        ctx.ui.status(text);
    }
    Ok(())
}

/// Nothing more is done than planned.
fn end_planned(entries: &mut [Entry]) {
    for entry in entries {
        if let State::Ready(prepared) = &entry.state {
            let fate = Fate::planned(!prepared.plan.steps.is_empty());
            entry.state = State::Ended(fate, prepared.plan.live);
        }
    }
}

/// Functions with nothing to do are at their end.
fn end_unchanged(entries: &mut [Entry]) -> anyhow::Result<()> {
    for entry in entries {
        if let State::Ready(prepared) = &entry.state
            && prepared.plan.steps.is_empty()
        {
            let plan = &prepared.plan;
            deploy::tell(&entry.member.ctx, plan, plan.live, false, entry.spent)?;
            entry.state = State::Ended(Fate::Unchanged, plan.live);
        }
    }
    Ok(())
}

/// What the plans let the functions do more than now.
fn wider(entries: &[Entry]) -> Option<Wider> {
    let mut parts = Vec::new();
    for entry in entries {
        if let (State::Ready(prepared), Some(view)) = (&entry.state, &entry.view) {
            let widening = widening(&prepared.plan);
            if !widening.is_empty() {
                parts.push(format!(
                    "{}\n{}",
                    style::strong(&entry.member.name),
                    view.widened(&widening)
                ));
            }
        }
    }
    (!parts.is_empty()).then(|| Wider {
        whom: style::count(parts.len(), "function"),
        they: if parts.len() == 1 { "it" } else { "they" },
        this: "This lets functions do more than they can now:",
        lines: parts.join("\n"),
    })
}

/// Deploys what is ready side by side. After Ctrl-C nothing more begins.
async fn apply_all(args: &DeployArgs, ctx: &Ctx, entries: Vec<Entry>) -> Vec<Entry> {
    // Between two functions too, Ctrl-C waits for the steps in hand.
    let _applying = ctx.stop.hold();
    let because = args.because.clone();
    let work = move |entry: Entry| {
        let because = because.clone();
        async move {
            let Entry {
                member,
                view,
                state,
                spent,
                shown,
            } = entry;
            let begun = Instant::now();
            let state = match state {
                State::Ready(prepared) => apply_member(&member, &prepared, because.as_ref(), spent).await,
                ended => ended,
            };
            Entry {
                member,
                view,
                state,
                spent: spent + begun.elapsed(),
                shown,
            }
        }
    };
    side_by_side(args.select.jobs(), entries, work).await
}

async fn apply_member(member: &Member, prepared: &Prepared, because: Option<&String>, spent: Duration) -> State {
    let ctx = &member.ctx;
    if ctx.stop.requested() {
        return State::Ended(Fate::NotStarted, prepared.plan.live);
    }
    let begun = Instant::now();
    let again = format!("lfn deploy {}", member.path.display());
    let how = How { because, again: &again };
    let spent = |begun: Instant| spent + begun.elapsed();
    match Box::pin(deploy::perform(ctx, prepared, &how)).await {
        Ok(Applied { version, warnings }) => {
            for warning in &warnings {
                ctx.ui.warn(warning);
            }
            let version = version.or(prepared.plan.live);
            // A reader that went away does not stop the others.
            drop(deploy::tell(ctx, &prepared.plan, version, true, spent(begun)));
            State::Ended(Fate::Deployed, version)
        }
        Err(halted) => {
            let error = Box::pin(denied::explain(halted.error, ctx)).await;
            if report::interrupted(&error) {
                ctx.ui.status(style::changed("stopped"));
            } else {
                ctx.ui.status(style::removed("failed"));
            }
            State::Failed(Halted { error, ..halted })
        }
    }
}
