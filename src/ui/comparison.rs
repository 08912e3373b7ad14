//! What the move of an alias means for its callers, in the look of plans.

use jiff::Timestamp;

use super::access::{self, Home};
use super::plan::environment_lines;
use super::{files, style, time};
use crate::domain::names::Version;
use crate::engine::compare::{Access, Comparison, Edition, Files, Provisioned};
use crate::engine::plan::FieldChange;

/// The lines below the heading; `all` names every file that changes.
pub fn lines(comparison: &Comparison, home: Home<'_>, now: Timestamp, all: bool) -> Vec<String> {
    let Comparison { from, to, access, .. } = comparison;
    let mut lines = editions([from, to], now);
    lines.push(String::new());
    lines.extend(code(comparison, all));
    lines.extend(configuration(comparison));
    lines.extend(rights(access, home));
    let to = named(to.version);
    lines.extend(comparison.provisioned.map(|provisioned| concurrency(provisioned, &to)));
    lines
}

/// One edition alone, for an alias that is yet to be made.
pub fn alone(edition: &Edition, now: Timestamp) -> String {
    editions([edition], now).concat()
}

/// When each was published, from what, and what runs it.
fn editions<const COUNT: usize>(editions: [&Edition; COUNT], now: Timestamp) -> Vec<String> {
    let rows = editions.map(|edition| {
        let Edition {
            published,
            commit,
            runtime,
            architecture,
            ..
        } = edition;
        let commit = commit
            .as_ref()
            .map(|commit| format!("commit {}", files::printable(commit)));
        [
            named(edition.version),
            format!("published {}", time::age(published, now)),
            commit.unwrap_or_default(),
            format!("{runtime} on {architecture}"),
        ]
    });
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let line = |row: &[String; 4]| {
        let cells = row.iter().enumerate().map(|(column, cell)| (cell, width(column)));
        let cells = cells
            .filter(|(_, width)| *width > 0)
            .map(|(cell, width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        style::dim(format_args!("    {}", line.trim_end()))
    };
    rows.iter().map(line).collect()
}

fn named(version: Option<Version>) -> String {
    version.map_or_else(|| "$LATEST".into(), |version| format!("version {version}"))
}

fn changed(kind: &str, what: &str) -> String {
    if what.is_empty() {
        return style::changed(format_args!("  ~ {kind}"));
    }
    format!("{} {what}", style::changed(format_args!("  ~ {kind:<18}")))
}

fn same(kind: &str, what: &str) -> String {
    style::dim(format_args!("  = {kind:<18} {what}"))
}

fn below(lines: impl IntoIterator<Item = String>) -> impl Iterator<Item = String> {
    lines.into_iter().map(|line| format!("      {line}"))
}

fn code(comparison: &Comparison, all: bool) -> Vec<String> {
    let Comparison { from, to, code, .. } = comparison;
    if *code == Files::Same {
        return vec![same("code", &to.sha256.short())];
    }
    let summary = format!(
        "{} → {}, {} → {}",
        from.sha256.short(),
        to.sha256.short(),
        style::bytes(from.size),
        style::bytes(to.size)
    );
    let details = match code {
        Files::Same | Files::Unasked => Vec::new(),
        Files::Unreadable { why } => vec![style::dim(format_args!("which files is not known: {why}"))],
        Files::Changed { files } => files::lines(files, all),
    };
    let heading = changed("code", &style::dim(summary));
    [heading].into_iter().chain(below(details)).collect()
}

fn configuration(comparison: &Comparison) -> Vec<String> {
    let Comparison {
        changes, environment, ..
    } = comparison;
    if changes.is_empty() && environment.is_empty() {
        return vec![same("configuration", "the same")];
    }
    let width = changes.iter().map(|change| change.field.len()).max().unwrap_or(0);
    let fields = changes.iter().map(|FieldChange { field, from, to }| {
        let from = from.as_deref().unwrap_or("none");
        format!("{field:<width$}  {from} → {to}")
    });
    let details: Vec<String> = fields.chain(environment_lines(environment)).collect();
    [changed("configuration", "")]
        .into_iter()
        .chain(below(details))
        .collect()
}

fn rights(access: &Access, home: Home<'_>) -> Vec<String> {
    match access {
        Access::SameRole { role } => vec![same("role", &role.resource.replacen("role/", "", 1))],
        Access::OtherRole { from, to, change, why } => {
            let details = match (change, why) {
                (Some(change), _) if change.is_empty() => vec![style::dim("it may do the same")],
                (Some(change), _) => access::lines(change, home),
                (None, Some(why)) => vec![style::dim(format_args!("what it may do is not known: {why}"))],
                (None, None) => vec![style::dim("what it may do was not compared")],
            };
            let heading = changed("role", &format!("{} → {}", from.resource, to.resource));
            [heading].into_iter().chain(below(details)).collect()
        }
    }
}

fn concurrency(provisioned: Provisioned, to: &str) -> String {
    let Provisioned { executions, follows } = provisioned;
    if follows {
        same("concurrency", &format!("provisioned {executions}, follows the alias"))
    } else {
        let what = format!("provisioned {executions} belongs to the version that is left; {to} starts cold");
        changed("concurrency", &what)
    }
}
