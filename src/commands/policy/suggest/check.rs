//! `lfn policy suggest --check`: fails when code and `allow` do not agree.

use crate::commands::Outcome;
use crate::commands::policy::lint::Row;
use crate::commands::policy::sarif;
use crate::ctx::{Ctx, FILE};
use crate::domain::config::{Config, Mark, Marks};
use crate::domain::policy::lint::Severity;
use crate::domain::policy::tighten::UNUSED;
use crate::domain::suggest::check::{Comparison, Finding, Place};
use crate::error::Problem;
use crate::ui::style;

/// Tells what was found; `text` is the file, `as_sarif` asks for SARIF.
pub fn run(ctx: &Ctx, config: &Config, text: &str, found: &Comparison, as_sarif: bool) -> anyhow::Result<Outcome> {
    let marks = Marks::read(text, config.stage.as_ref());
    let rows: Vec<Row> = found
        .findings
        .iter()
        .map(|finding| row(finding, marks.as_ref()))
        .collect();
    if let Some(why) = &found.unread {
        ctx.ui
            .warn(format_args!("{why}: lines that no code needs are not looked for"));
    }
    if as_sarif {
        ctx.ui.document(&sarif::log(&rows))?;
    } else if ctx.ui.json() {
        ctx.ui.document(&rows)?;
    } else {
        for row in &rows {
            let word = match row.severity {
                Severity::Info => style::dim("info:"),
                Severity::Warning | Severity::Error => style::warning("warning:"),
            };
            let at = row.mark.map(|mark| format!(":{mark}")).unwrap_or_default();
            ctx.ui.data(format_args!("{word} {} ({UNUSED})", row.message))?;
            ctx.ui.data(format_args!("  --> {}{at}", row.file))?;
            if let Some(hint) = &row.hint {
                ctx.ui.data(format_args!("  = help: {hint}"))?;
            }
        }
        if rows.is_empty() {
            ctx.ui.data("code and `allow` agree")?;
        }
    }
    if rows.is_empty() {
        return Ok(Outcome::Done);
    }
    let what = style::count(rows.len(), "finding");
    Err(Problem::failed(format!("code and `allow` in {FILE} do not agree: {what}")).into())
}

fn row(finding: &Finding, marks: Option<&Marks<'_>>) -> Row {
    let (file, mark, path) = match &finding.at {
        Place::Code(at) => {
            let (line, column) = (at.line, at.column);
            (at.file.clone(), Some(Mark { line, column }), "allow".to_owned())
        }
        Place::Line(item) => {
            let mark = marks.and_then(|marks| marks.of("allow", Some(*item)));
            (FILE.to_owned(), mark, format!("allow[{item}]"))
        }
    };
    Row {
        file,
        document: None,
        mark,
        rule: UNUSED,
        severity: finding.severity,
        path,
        message: finding.message.clone(),
        hint: Some(finding.hint.clone()),
        accepted: None,
    }
}
