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
    let findings = found.findings.iter().map(|finding| row(finding, marks.as_ref()));
    let in_doubt = !found.unread.is_empty() && !found.is_accepted;
    let unread = found.unread.iter().filter(|_| in_doubt).map(|why| unread(why));
    let rows: Vec<Row> = findings.chain(unread).collect();
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
        if rows.is_empty() && !found.unread.is_empty() {
            ctx.ui.data(format_args!(
                "the code was not read whole, and every line of `allow` is accepted (`{UNUSED}`)"
            ))?;
        } else if rows.is_empty() {
            ctx.ui.data("code and `allow` agree")?;
        }
    }
    if rows.is_empty() {
        return Ok(Outcome::Done);
    }
    if in_doubt {
        let why = found.unread.join("; ");
        return Err(Problem::failed(format!("code and `allow` in {FILE} cannot be compared: {why}")).into());
    }
    let what = style::count(rows.len(), "finding");
    Err(Problem::failed(format!("code and `allow` in {FILE} do not agree: {what}")).into())
}

/// What was not read, as a finding.
fn unread(why: &str) -> Row {
    Row {
        file: FILE.to_owned(),
        document: None,
        mark: None,
        rule: UNUSED,
        severity: Severity::Warning,
        path: "allow".to_owned(),
        message: format!("{why}: what it calls is not known, and no line is called unused"),
        hint: Some(format!(
            "repair the file or leave it out with `package.exclude`; for code that cannot be read at all, write every \
             line of `allow` as a statement with `accept: [{UNUSED}]` and `because`"
        )),
        accepted: None,
    }
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
