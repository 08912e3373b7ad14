//! `lfn alias history`: what an alias pointed at, when, moved by whom and why.

use clap::Args;
use serde::Serialize;

use super::{Outcome, PointView, existing, tags};
use crate::ctx::{Ctx, Subject};
use crate::domain::ledger::{Entry, Point, Step};
use crate::domain::names::{AliasName, FunctionName};
use crate::engine::release;
use crate::ui::style;
use crate::ui::table::Table;

/// Arguments of `alias history`.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// The alias [default: the one of lambda.yaml]
    alias: Option<AliasName>,

    /// The function [default: the one of lambda.yaml]
    #[arg(long, short, value_name = "NAME", env = "LFN_FUNCTION")]
    function: Option<FunctionName>,
}

/// A line of the history, newest first, as `--format json` shows it.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Line {
    Moved {
        step: u64,
        /// `deploy`, `promote`, `canary` or `rollback`.
        by: String,
        /// `null` when the alias was made.
        from: Option<PointView>,
        to: PointView,
        /// RFC 3339.
        at: String,
        who: String,
        commit: Option<String>,
        /// The beginning of the SHA-256 of the archive.
        sha256: Option<String>,
        because: Option<String>,
    },
    /// Moved by something other than lfn.
    Elsewhere {
        from: Option<PointView>,
        to: Option<PointView>,
    },
    /// What was before is not known.
    Unknown,
}

/// Runs `lfn alias history`.
pub async fn run(args: &HistoryArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let Subject { cloud, name, alias, .. } = ctx.subject(args.function.as_ref()).await?;
    let alias = args.alias.clone().unwrap_or(alias);
    let (current, tags) = tokio::try_join!(existing(&cloud, &name, &alias), tags(&cloud, &name))?;
    let now = release::point(&current);
    let ledger = release::ledger(&current, &tags);
    let history = ledger.history(&now);
    if ctx.ui.json() {
        ctx.ui.document(&history.iter().map(line).collect::<Vec<_>>())?;
    } else {
        ctx.ui.data(render(&history))?;
    }
    Ok(Outcome::Done)
}

fn line(step: &Step<'_>) -> Line {
    let view = |point: Option<&Point>| point.map(PointView::new);
    match step {
        Step::Moved { number, entry } => Line::Moved {
            step: *number,
            by: entry.kind.to_string(),
            from: view(entry.from.as_ref()),
            to: PointView::new(&entry.to),
            at: entry.at.to_string(),
            who: entry.who.clone(),
            commit: entry.commit.clone(),
            sha256: entry.digest.clone(),
            because: entry.because.clone(),
        },
        Step::Elsewhere { from, to } => Line::Elsewhere {
            from: view(*from),
            to: view(*to),
        },
        Step::Unknown => Line::Unknown,
    }
}

fn render(history: &[Step<'_>]) -> String {
    let mut table = Table::new(&["when", "what", "from", "to", "commit", "who", "because"]);
    let text = |point: Option<&Point>| point.map_or_else(|| "-".to_owned(), |point| PointView::new(point).text());
    for (index, step) in history.iter().enumerate() {
        match step {
            Step::Moved { entry, .. } => table.row(moved(entry)),
            Step::Unknown if index + 1 < history.len() => {
                table.row(["unknown", "not kept", "", "", "", "", ""].map(str::to_owned).to_vec());
            }
            Step::Elsewhere { from, to } => table.row(
                [
                    "unknown",
                    if to.is_some() { "not by lfn" } else { "deleted" },
                    &text(*from),
                    &text(*to),
                    "",
                    "",
                    "",
                ]
                .map(str::to_owned)
                .to_vec(),
            ),
            Step::Unknown => {}
        }
    }
    let mut lines = Vec::new();
    if history.iter().any(|step| !matches!(step, Step::Unknown)) {
        lines.push(table.render());
    }
    if history.last() == Some(&Step::Unknown) {
        lines.push(style::dim("unknown before this point"));
    }
    lines.join("\n")
}

fn moved(entry: &Entry) -> Vec<String> {
    let from = entry
        .from
        .as_ref()
        .map_or_else(|| "-".to_owned(), |from| PointView::new(from).text());
    vec![
        entry.at.strftime("%Y-%m-%d %H:%M").to_string(),
        entry.kind.to_string(),
        from,
        PointView::new(&entry.to).text(),
        entry.commit.clone().unwrap_or_default(),
        entry.who.clone(),
        entry.because.clone().unwrap_or_default(),
    ]
}
