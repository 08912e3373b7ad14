//! `lfn policy lint`: what is wrong, too wide or without effect in the role, or in policy files.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{Outcome, path, sarif, stand_in};
use crate::ctx::{Ctx, FILE};
use crate::domain::config::{self, Config, Inputs, Mark, Marks};
use crate::domain::policy::lint::{Finding, Kind, Severity, lint};
use crate::domain::policy::{PolicyDocument, Source, role_spec, sources};
use crate::error::Problem;
use crate::settings;
use crate::ui::style;

/// Check the function's role, or policy files
#[derive(Debug, Args)]
pub struct LintArgs {
    /// JSON files with policies; the role of lambda.yaml by default
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Write the answer as SARIF 2.1.0
    #[arg(long)]
    sarif: bool,
}

/// A finding and where it stands.
#[derive(Debug, Serialize)]
pub struct Row {
    pub file: String,
    #[serde(flatten)]
    pub mark: Option<Mark>,
    pub rule: &'static str,
    pub severity: Severity,
    /// `allow[0].actions`, or `Statement[2].Action` of a policy.
    pub path: String,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// Runs `lfn policy lint`.
pub fn run(args: &LintArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let rows = if args.files.is_empty() {
        of_project(ctx)?
    } else {
        let mut rows = Vec::new();
        for file in &args.files {
            rows.extend(of_file(ctx, file)?);
        }
        rows
    };
    if args.sarif {
        ctx.ui.document(&sarif::log(&rows))?;
    } else if ctx.ui.json() {
        ctx.ui.document(&rows)?;
    } else {
        for row in &rows {
            let word = match row.severity {
                Severity::Info => style::dim("info:"),
                Severity::Warning => style::warning("warning:"),
                Severity::Error => style::error("error:"),
            };
            let at = row.mark.map(|mark| format!(":{mark}")).unwrap_or_default();
            ctx.ui.data(format_args!("{word} {} ({})", row.message, row.rule))?;
            ctx.ui.data(format_args!("  --> {}{at}, {}", row.file, row.path))?;
            if let Some(hint) = &row.hint {
                ctx.ui.data(format_args!("  = help: {hint}"))?;
            }
        }
        if rows.is_empty() {
            ctx.ui.data("no findings")?;
        }
    }
    let errors = rows.iter().filter(|row| row.severity == Severity::Error).count();
    if errors > 0 {
        let what = style::count(errors, "error");
        return Err(Problem::failed(format!("the policies have {what}")).into());
    }
    Ok(Outcome::Done)
}

/// The findings about statements written out, as the file's reader has them, and about the rest of the role.
fn of_project(ctx: &Ctx) -> anyhow::Result<Vec<Row>> {
    let text = ctx.read_file()?;
    let inputs = Inputs {
        stage: ctx.settings.stage.as_ref(),
        place: None,
        env: &settings::env,
    };
    let loaded = config::load(&text, &inputs);
    let mut rows: Vec<Row> = loaded.findings.iter().filter_map(written).collect();
    let others = loaded.findings.iter().filter(|finding| finding.rule.is_none());
    let errors: Vec<_> = others
        .filter(|finding| finding.severity == config::Severity::Error)
        .collect();
    for finding in &errors {
        ctx.ui.finding(finding, FILE, &text);
    }
    if !errors.is_empty() {
        let what = style::count(errors.len(), "error");
        return Err(Problem::failed(format!("{FILE} has {what}")).into());
    }
    if let Some(config) = &loaded.config {
        rows.extend(of_role(config, ctx, &text));
    }
    rows.sort_by_key(|row| row.mark.map(|mark| (mark.line, mark.column)));
    Ok(rows)
}

/// A finding of the file's reader that a rule made.
fn written(finding: &config::Finding) -> Option<Row> {
    let severity = match finding.severity {
        config::Severity::Error => Severity::Error,
        config::Severity::Warning => Severity::Warning,
    };
    Some(Row {
        file: FILE.to_owned(),
        mark: Some(Mark {
            line: finding.line,
            column: finding.column,
        }),
        rule: finding.rule?,
        severity,
        path: finding.path.clone(),
        message: finding
            .message
            .trim_end_matches(&format!(" ({})", finding.rule?))
            .to_owned(),
        hint: finding.hint.clone(),
    })
}

/// What lfn itself wrote: the rights that follow from the file, the policy as a whole, and the trust.
fn of_role(config: &Config, ctx: &Ctx, text: &str) -> Vec<Row> {
    let place = stand_in(config, ctx, None);
    let Some(role) = role_spec(config, &place) else {
        return Vec::new();
    };
    let marks = Marks::read(text, config.stage.as_ref());
    let row = |finding: Finding, mark: Option<Mark>, path: String| Row {
        file: FILE.to_owned(),
        mark,
        rule: finding.rule,
        severity: finding.severity,
        path,
        message: finding.message,
        hint: finding.hint,
    };
    let mut rows = Vec::new();
    for source in sources(config, &place)
        .into_iter()
        .filter(|source| !is_written_out(source, config))
    {
        let mark = marks.as_ref().and_then(|marks| marks.of(source.key, source.item));
        let document = PolicyDocument::new(source.statements.clone());
        // What lfn derives is as narrow as AWS lets it be; a remark on it has no next move.
        let found = lint(&document, Kind::Identity)
            .into_iter()
            .filter(|finding| source.item.is_some() || finding.severity > Severity::Info);
        rows.extend(found.map(|finding| row(finding, mark, path(&source))));
    }
    let key = |key: &str| marks.as_ref().and_then(|marks| marks.of(key, None));
    let whole = lint(&role.policy, Kind::Identity)
        .into_iter()
        .filter(|finding| finding.statement.is_none());
    rows.extend(whole.map(|finding| row(finding, key("allow"), "allow".to_owned())));
    let trust = lint(&role.trust, Kind::Trust).into_iter();
    rows.extend(trust.map(|finding| row(finding, key("role"), "role".to_owned())));
    rows
}

fn is_written_out(source: &Source, config: &Config) -> bool {
    let line = source.item.and_then(|item| config.allow.get(item));
    matches!(line, Some(config::Allow::Raw(_)))
}

fn of_file(ctx: &Ctx, file: &PathBuf) -> anyhow::Result<Vec<Row>> {
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(ctx.at(file))
        .map_err(|error| Problem::failed(format!("could not read `{shown}`")).caused_by(error))?;
    let document = PolicyDocument::parse(&text).map_err(|why| {
        Problem::failed(format!("`{shown}` is no policy: {why}")).hint("it must be a policy document in JSON")
    })?;
    let found = lint(&document, kind(&document));
    let rows = found.into_iter().map(|finding| Row {
        file: shown.clone(),
        mark: None,
        rule: finding.rule,
        severity: finding.severity,
        path: finding.path,
        message: finding.message,
        hint: finding.hint,
    });
    Ok(rows.collect())
}

/// A policy that names principals is attached to what they act on: a role, when it is assumed.
fn kind(document: &PolicyDocument) -> Kind {
    let names = |statement: &crate::domain::policy::Statement| {
        statement.principal.is_some() || statement.not_principal.is_some()
    };
    let assumes = |action: &String| action.to_ascii_lowercase().starts_with("sts:");
    if !document.statements.iter().any(names) {
        Kind::Identity
    } else if document
        .statements
        .iter()
        .flat_map(|statement| &statement.actions)
        .any(assumes)
    {
        Kind::Trust
    } else {
        Kind::Function
    }
}
