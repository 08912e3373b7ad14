//! How it went with all of them: failures, a table, what GitHub shows, and the exit code.

use std::time::Duration;

use serde::Serialize;

use super::{Entry, Known, State, Verb};
use crate::commands::Outcome;
use crate::commands::deploy::Halted;
use crate::ctx::{Ctx, FILE};
use crate::domain::config::Severity;
use crate::error::{Kind, Problem};
use crate::ui::fleet::{self, Fate, Row};
use crate::ui::github::Annotation;
use crate::ui::plan::PlanView;
use crate::ui::{Ui, problem, style};

/// The last line of `--format json`, and one for each function that failed or stopped.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Line<'a> {
    Failed {
        /// As standard error has it, findings about lambda.yaml included.
        error: &'a str,
        exit_code: u8,
    },
    Stopped {
        error: &'a str,
        exit_code: u8,
    },
    Summary {
        functions: &'a [Row],
        deployed: usize,
        unchanged: usize,
        planned: usize,
        failed: usize,
        stopped: usize,
        not_started: usize,
        changed: bool,
        milliseconds: u128,
    },
}

impl<'a> Line<'a> {
    /// How a function ended that did not get to its end.
    fn of(why: &anyhow::Error, error: &'a str) -> Self {
        let exit_code = problem::exit_code(why);
        if interrupted(why) {
            Self::Stopped { error, exit_code }
        } else {
            Self::Failed { error, exit_code }
        }
    }
}

/// Whether it was Ctrl-C.
pub fn interrupted(error: &anyhow::Error) -> bool {
    problem::exit_code(error) == Kind::Interrupted.exit_code()
}

/// Shows every failure that was not shown yet, as that of one function is shown.
pub fn failures(ctx: &Ctx, entries: &mut [Entry]) {
    for entry in entries.iter_mut().filter(|entry| !entry.shown) {
        if let State::Failed(Halted { error, .. }) = &entry.state {
            ctx.ui.status(format_args!("\n{}", problem::render(error)));
            entry.shown = true;
        }
    }
}

/// Reports the end of a command for one function.
pub fn one(ctx: &Ctx, verb: &Verb, known: &Known, error: Option<&anyhow::Error>, took: Duration) -> anyhow::Result<()> {
    let path = ctx.dir().display().to_string();
    // The folder to work in has no name of its own.
    let folder = || if path == "." { FILE.to_owned() } else { path.clone() };
    let function = known.name.clone().unwrap_or_else(folder);
    if let Some(error) = error {
        failure(ctx, &ctx.ui.named(&function), &function, error, verb.lines)?;
    }
    let Some(result) = error.map(unfinished).or(known.fate) else {
        return Ok(());
    };
    let row = of_view(
        Row {
            function,
            path,
            result,
            version: known.serves.map(|version| version.0),
            alias: None,
            region: None,
            size: None,
            milliseconds: took.as_millis(),
            error: error.map(problem::brief),
        },
        known.view.as_ref(),
    );
    ctx.ui.summarize(&fleet::markdown(verb.title, &[row]))
}

/// Tells programs and GitHub about a function that did not get to its end.
fn failure(ctx: &Ctx, ui: &Ui, name: &str, error: &anyhow::Error, line: bool) -> anyhow::Result<()> {
    let text = problem::alone(error);
    if line {
        ui.event(&Line::of(error, &text))?;
    }
    ui.annotate(&Annotation {
        severity: Severity::Error,
        file: &ctx.at(FILE),
        line: None,
        title: name,
        message: &text,
    });
    Ok(())
}

/// How it went with what did not get to its end.
fn unfinished(error: &anyhow::Error) -> Fate {
    if interrupted(error) {
        Fate::Stopped
    } else {
        Fate::Failed
    }
}

/// Reports the end of a run.
pub fn end(ctx: &Ctx, title: &str, entries: &[Entry], took: Duration) -> anyhow::Result<Outcome> {
    let rows: Vec<Row> = entries.iter().map(row).collect();
    for entry in entries {
        let State::Failed(Halted { error, .. }) = &entry.state else {
            continue;
        };
        let member = &entry.member;
        failure(&member.ctx, &member.ctx.ui, &member.name, error, true)?;
    }
    let count = |fate: Fate| rows.iter().filter(|row| row.result == fate).count();
    ctx.ui.event(&Line::Summary {
        functions: &rows,
        deployed: count(Fate::Deployed),
        unchanged: count(Fate::Unchanged),
        planned: count(Fate::Planned),
        failed: count(Fate::Failed),
        stopped: count(Fate::Stopped),
        not_started: count(Fate::NotStarted),
        changed: changed(entries),
        milliseconds: took.as_millis(),
    })?;
    ctx.ui.summarize(&fleet::markdown(title, &rows))?;
    let planned = count(Fate::Planned) > 0 || title != "lfn deploy";
    if !ctx.ui.json() && !planned && !rows.is_empty() {
        ctx.ui.status("");
        ctx.ui.data(fleet::results(&rows))?;
        ctx.ui
            .status(style::dim(format_args!("in {:.1} s", took.as_secs_f64())));
    }
    verdict(ctx, entries, &rows)
}

fn row(entry: &Entry) -> Row {
    let (result, version, error) = match &entry.state {
        State::Ready(prepared) => (Fate::NotStarted, prepared.plan.live, None),
        State::Ended(fate, version) => (*fate, *version, None),
        State::Failed(Halted { error, serves, .. }) => (unfinished(error), *serves, Some(error)),
    };
    let row = Row {
        function: entry.member.name.clone(),
        path: entry.member.path.display().to_string(),
        result,
        version: version.map(|version| version.0),
        alias: None,
        region: None,
        size: None,
        milliseconds: entry.spent.as_millis(),
        error: error.map(problem::brief),
    };
    of_view(row, entry.view.as_ref())
}

/// The row with what its plan tells.
fn of_view(row: Row, view: Option<&PlanView>) -> Row {
    Row {
        alias: view.map(|view| view.alias.clone()),
        region: view.map(|view| view.region.clone()),
        size: view.map(|view| view.code.size),
        ..row
    }
}

fn codes(entries: &[Entry]) -> impl Iterator<Item = u8> {
    entries.iter().filter_map(|entry| match &entry.state {
        State::Failed(Halted { error, .. }) => Some(problem::exit_code(error)),
        State::Ready(_) | State::Ended(..) => None,
    })
}

/// Whether anything was changed, or may have been.
fn changed(entries: &[Entry]) -> bool {
    entries.iter().any(|entry| match &entry.state {
        State::Ended(fate, _) => *fate == Fate::Deployed,
        State::Failed(halted) => halted.changed,
        State::Ready(_) => false,
    })
}

/// What the run comes to. Of several failures, Ctrl-C counts most; then that something was changed. What a
/// function answered itself counts when every failure is one of these.
fn verdict(ctx: &Ctx, entries: &[Entry], rows: &[Row]) -> anyhow::Result<Outcome> {
    let codes: Vec<u8> = codes(entries).collect();
    let count = |fate: Fate| rows.iter().filter(|row| row.result == fate).count();
    let not_started = count(Fate::NotStarted);
    let all = style::count(rows.len(), "function");
    if codes.contains(&Kind::Interrupted.exit_code()) || (not_started > 0 && ctx.stop.requested()) {
        let message = format!(
            "interrupted: of {all}, {} deployed, {} stopped, {} failed, {not_started} not started",
            count(Fate::Deployed),
            count(Fate::Stopped),
            count(Fate::Failed)
        );
        let problem = Problem::new(Kind::Interrupted, message);
        return Err(problem.hint("run the same command again to do the rest").into());
    }
    if codes.is_empty() {
        return Ok(Outcome::Done);
    }
    let kind = if codes.iter().all(|code| *code == Kind::Function.exit_code()) {
        Kind::Function
    } else if changed(entries) {
        Kind::Partial
    } else {
        Kind::Failed
    };
    let failed = rows.iter().filter(|row| row.result == Fate::Failed);
    let names: Vec<String> = failed.map(|row| format!("`{}`", row.function)).collect();
    let message = format!("{} of {all} failed: {}", names.len(), names.join(", "));
    Err(Problem::new(kind, message)
        .hint("run the same command again when that is put right; what is done is not done again")
        .into())
}
