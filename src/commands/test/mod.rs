//! `lfn test`: calls the function with the events of a folder, and holds it to what is expected.
//!
//! A case is an event (`events/NAME.json`), an expectation (`events/NAME.expect.json`), or both. Without an
//! expectation the function only has to succeed.

mod cases;
mod junit;
mod place;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::Outcome;
use super::case::Case;
use crate::ctx::Ctx;
use crate::domain::expect::{Mismatch, SUFFIX};
use crate::domain::names::{EnvName, FunctionName, Qualifier};
use crate::error::Problem;
use crate::ui::{mismatch, problem, style};
pub use cases::{FOLDERS, is_event};
use place::{Answer, Place};

/// Call the function with the events of a folder and check what it returns
#[derive(Debug, Args)]
#[command(
    after_help = "A case is an event, `events/NAME.json` or `tests/events/NAME.json`, or an expectation beside it, \
                  `NAME.expect.json`: an object with any of `result` (exactly that), `contains` (that among others), \
                  `schema` (JSON Schema), `error`, `max_duration`, `max_memory`, and with `env` and `event` of its own. \
                  Without `--qualifier` the code of the working tree runs on this machine; no \
                  account is needed. The exit code is 5 when a case fails, and 1 when one could not be run."
)]
pub struct TestArgs {
    /// Cases by name, with `*` for anything, or files and folders with cases [default: all]
    #[arg(value_name = "CASE")]
    cases: Vec<String>,

    /// Call this version or alias of the deployed function instead
    #[arg(long, short, env = "LFN_QUALIFIER")]
    qualifier: Option<Qualifier>,

    /// The function, with `--qualifier` [default: the one of lambda.yaml]
    #[arg(long, short, value_name = "NAME", env = "LFN_FUNCTION", requires = "qualifier")]
    function: Option<FunctionName>,

    /// Set an environment variable of the function; without a value, to that of lfn's own environment
    #[arg(long, value_name = "NAME[=VALUE]", env = "LFN_TEST_ENV", hide_env_values = true, value_parser = variable)]
    env: Vec<(EnvName, Option<String>)>,

    /// How many cases run at a time [default: one for each processor]
    #[arg(long, short, value_name = "NUMBER", env = "LFN_JOBS", value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: Option<u16>,

    /// Write the results to this file as JUnit XML
    #[arg(long, value_name = "FILE", env = "LFN_JUNIT")]
    junit: Option<PathBuf>,
}

/// How a case went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Passed,
    Failed,
    /// It cannot be run in this place.
    Skipped,
}

#[derive(Debug, Serialize)]
struct Row {
    name: String,
    /// With the expectation, or the event.
    file: String,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_memory_mb: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mismatches: Vec<Mismatch>,
    /// Why it was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// The end of the log of a case that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<String>,
}

#[derive(Serialize)]
struct Summary<'a> {
    function: &'a str,
    /// The qualifier that was called; absent when the working tree ran.
    #[serde(skip_serializing_if = "Option::is_none")]
    qualifier: Option<String>,
    passed: usize,
    failed: usize,
    skipped: usize,
    cases: &'a [Row],
}

/// Runs `lfn test`.
pub async fn run(args: &TestArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let (function, rows) = match run_cases(args, ctx).await {
        Ok(ran) => ran,
        Err(error) => {
            if let Some(path) = &args.junit
                && let Err(unwritten) = write(ctx, path, &junit::not_run(&problem::alone(&error)))
            {
                ctx.ui.status(problem::render(&unwritten));
            }
            return Err(error);
        }
    };
    let count = |status| rows.iter().filter(|row| row.status == status).count();
    let summary = Summary {
        function: &function,
        qualifier: args.qualifier.as_ref().map(ToString::to_string),
        passed: count(Status::Passed),
        failed: count(Status::Failed),
        skipped: count(Status::Skipped),
        cases: &rows,
    };
    // First: what cannot be written shall not take the results along.
    if ctx.ui.json() {
        ctx.ui.document(&summary)?;
    } else {
        tell(ctx, &summary)?;
    }
    if let Some(path) = &args.junit {
        write(ctx, path, &junit::report(&function, &rows))?;
    }
    Ok(if summary.failed > 0 {
        Outcome::FunctionFailed
    } else {
        Outcome::Done
    })
}

/// The function that was called, and how the cases went.
async fn run_cases(args: &TestArgs, ctx: &Ctx) -> anyhow::Result<(String, Vec<Row>)> {
    let cases = cases::find(&args.cases, ctx)?;
    let place = match &args.qualifier {
        Some(qualifier) => Place::deployed(ctx, args.function.as_ref(), qualifier).await?,
        None => Place::working_tree(ctx, &args.env).await?,
    };
    let function = place.function().to_string();
    let rows = run_all(cases, place, args.jobs, ctx).await?;
    Ok((function, rows))
}

fn write(ctx: &Ctx, path: &Path, report: &str) -> anyhow::Result<()> {
    let path = ctx.at(path);
    let failed = || format!("could not write `{}`", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(failed)?;
    }
    std::fs::write(&path, report).with_context(failed)
}

/// Runs cases side by side; the rows come in the order of the cases. What cannot be run ends it all.
async fn run_all(cases: Vec<Case>, place: Place, jobs: Option<u16>, ctx: &Ctx) -> anyhow::Result<Vec<Row>> {
    let jobs = jobs.map_or_else(
        || std::thread::available_parallelism().map_or(1, usize::from),
        usize::from,
    );
    let (place, slots) = (Arc::new(place), Arc::new(Semaphore::new(jobs)));
    let progress = ctx.ui.progress();
    let total = cases.len();
    progress.doing(format_args!("running {}", style::count(total, "case")));
    let mut running = JoinSet::new();
    for (index, case) in cases.into_iter().enumerate() {
        let (place, slots) = (Arc::clone(&place), Arc::clone(&slots));
        running.spawn(async move {
            let _slot = slots.acquire_owned().await.expect("nobody closes it");
            let row = run_one(&case, &place).await;
            row.map(|row| (index, row))
                .with_context(|| format!("could not run the case `{}`", case.name))
        });
    }
    let mut rows = Vec::with_capacity(total);
    while let Some(done) = running.join_next().await {
        rows.push(done.expect("a case does not panic")?);
    }
    drop(progress);
    rows.sort_by_key(|(index, _)| *index);
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

async fn run_one(case: &Case, place: &Place) -> anyhow::Result<Row> {
    let mut row = Row {
        name: case.name.clone(),
        file: case.file.clone(),
        status: Status::Skipped,
        duration_ms: None,
        max_memory_mb: None,
        mismatches: Vec::new(),
        reason: None,
        log: None,
    };
    let Answer { called, log } = match place.call(case).await? {
        Ok(answer) => answer,
        Err(reason) => {
            row.reason = Some(reason);
            return Ok(row);
        }
    };
    row.mismatches = case.expectation.check(&called);
    row.duration_ms = called.duration_ms;
    row.max_memory_mb = called.max_memory_mb;
    row.status = if row.mismatches.is_empty() {
        Status::Passed
    } else {
        row.log = Some(log).filter(|log| !log.is_empty());
        Status::Failed
    };
    Ok(row)
}

fn tell(ctx: &Ctx, summary: &Summary<'_>) -> anyhow::Result<()> {
    let width = summary
        .cases
        .iter()
        .map(|row| row.name.chars().count())
        .max()
        .unwrap_or(0);
    for row in summary.cases {
        let word = match row.status {
            Status::Passed => style::added("ok     "),
            Status::Failed => style::removed("FAILED "),
            Status::Skipped => style::dim("skipped"),
        };
        let figures = match (row.duration_ms, row.reason) {
            (Some(duration), _) => format!("{duration:.0} ms"),
            (None, reason) => reason.unwrap_or_default().to_owned(),
        };
        ctx.ui
            .data(format!("{word}  {:<width$}  {}", row.name, style::dim(figures)).trim_end())?;
        for mismatch in &row.mismatches {
            ctx.ui.data(mismatch::render(mismatch))?;
        }
        if let Some(log) = &row.log {
            ctx.ui.data(mismatch::log(log))?;
        }
    }
    let mut parts = vec![format!("{} passed", summary.passed)];
    for (number, word) in [(summary.failed, "failed"), (summary.skipped, "skipped")] {
        if number > 0 {
            parts.push(format!("{number} {word}"));
        }
    }
    ctx.ui.data(parts.join(", "))?;
    Ok(())
}

fn variable(text: &str) -> Result<(EnvName, Option<String>), String> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (text, None),
    };
    let name = EnvName::new(name).map_err(|error| error.to_string())?;
    Ok((name, value))
}

/// An error about files with cases, all of them at once.
fn unreadable(problems: &[String]) -> anyhow::Error {
    let hint = if problems.iter().any(|problem| problem.contains(SUFFIX)) {
        "`lfn test --help` and the README say what an expectation may have in it; nothing was run"
    } else {
        "an event is a file with JSON; nothing was run"
    };
    let lines: Vec<String> = problems.iter().map(|problem| format!("  {problem}")).collect();
    Problem::failed(format!("some cases cannot be read:\n{}", lines.join("\n")))
        .hint(hint)
        .into()
}
