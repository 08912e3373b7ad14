//! `lfn policy lint`: what is wrong, too wide or without effect in the role, in policy files, or in a
//! role of the account.

mod files;
mod project;
mod role;

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::{Outcome, sarif};
use crate::ctx::{Ctx, FILE};
use crate::domain::config::Mark;
use crate::domain::policy::lint::{Finding, RULES, Severity, rule_of};
use crate::error::{Kind, Problem};
use crate::ui::style;
use crate::ui::table::Table;

/// Check the function's role, policy files, or a role of the account
#[derive(Debug, Args)]
pub struct LintArgs {
    /// JSON files with policies, or `-` for standard input; the role of lambda.yaml by default
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Check this role as it is in the account
    #[arg(long, value_name = "NAME|ARN", conflicts_with_all = ["files", "live"])]
    role: Option<String>,

    /// Check the function's own role as it is in the account
    #[arg(long, conflicts_with = "files")]
    live: bool,

    /// Set the findings of a rule aside; in lambda.yaml, write `accept` beside the statement
    #[arg(long, value_name = "RULE", value_delimiter = ',', value_parser = known_rule, requires = "because")]
    accept: Vec<String>,

    /// Why they are meant to be so
    #[arg(long, value_name = "TEXT", requires = "accept")]
    because: Option<String>,

    /// Write the answer as SARIF 2.1.0
    #[arg(long)]
    sarif: bool,

    /// List the rules
    #[arg(long, conflicts_with_all = ["files", "role", "live", "accept", "sarif"])]
    rules: bool,
}

/// A finding and where it stands.
#[derive(Debug, Serialize)]
pub struct Row {
    /// A file, or the ARN of a role.
    pub file: String,
    /// Which policy of the file or role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    #[serde(flatten)]
    pub mark: Option<Mark>,
    pub rule: &'static str,
    pub severity: Severity,
    /// `allow[0].actions`, or `Statement[2].Action` of a policy.
    pub path: String,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Why it is set aside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<String>,
}

impl Row {
    fn new(file: &str, document: Option<String>, finding: Finding) -> Self {
        Self {
            file: file.to_owned(),
            document,
            mark: None,
            rule: finding.rule,
            severity: finding.severity,
            path: finding.path,
            message: finding.message,
            hint: finding.hint,
            accepted: None,
        }
    }
}

/// Runs `lfn policy lint`.
pub async fn run(args: &LintArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    if args.rules {
        return list(ctx);
    }
    let mut rows = rows(args, ctx).await?;
    for row in rows
        .iter_mut()
        .filter(|row| args.accept.iter().any(|rule| rule == row.rule))
    {
        row.accepted.clone_from(&args.because);
    }
    if args.sarif {
        ctx.ui.document(&sarif::log(&rows))?;
    } else if ctx.ui.json() {
        ctx.ui.document(&rows)?;
    } else {
        tell(ctx, &rows)?;
    }
    let open = rows.iter().filter(|row| row.accepted.is_none());
    let errors = open.filter(|row| row.severity == Severity::Error).count();
    if errors > 0 {
        let what = style::count(errors, "error");
        return Err(Problem::failed(format!("the policies have {what}")).into());
    }
    Ok(Outcome::Done)
}

async fn rows(args: &LintArgs, ctx: &Ctx) -> anyhow::Result<Vec<Row>> {
    if let Some(role) = &args.role {
        return role::rows(ctx, role).await;
    }
    if args.live {
        return role::own(ctx).await;
    }
    if args.files.is_empty() {
        if !args.accept.is_empty() {
            let problem = Problem::new(Kind::Usage, format!("`--accept` is for policies outside of {FILE}"));
            return Err(problem
                .hint("write `accept: [RULE]` and `because` beside the statement in the file")
                .into());
        }
        return project::rows(ctx);
    }
    let mut rows = Vec::new();
    for file in &args.files {
        rows.extend(files::rows(ctx, file)?);
    }
    Ok(rows)
}

fn tell(ctx: &Ctx, rows: &[Row]) -> anyhow::Result<()> {
    let (set_aside, open): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.accepted.is_some());
    for row in &open {
        let word = match row.severity {
            Severity::Info => style::dim("info:"),
            Severity::Warning => style::warning("warning:"),
            Severity::Error => style::error("error:"),
        };
        let at = row.mark.map(|mark| format!(":{mark}")).unwrap_or_default();
        let document = row.document.as_ref().map(|document| format!(", {document}"));
        let document = document.unwrap_or_default();
        ctx.ui.data(format_args!("{word} {} ({})", row.message, row.rule))?;
        ctx.ui
            .data(format_args!("  --> {}{at}{document}, {}", row.file, row.path))?;
        if let Some(hint) = &row.hint {
            ctx.ui.data(format_args!("  = help: {hint}"))?;
        }
    }
    if open.is_empty() {
        ctx.ui.data("no findings")?;
    }
    if let Some(because) = set_aside.first().and_then(|row| row.accepted.as_ref()) {
        let what = style::count(set_aside.len(), "finding");
        ctx.ui.status(format_args!("{what} set aside: {because}"));
    }
    Ok(())
}

/// `--rules`: every rule, what it finds and how bad that usually is.
fn list(ctx: &Ctx) -> anyhow::Result<Outcome> {
    if ctx.ui.json() {
        ctx.ui.document(&RULES.iter().collect::<Vec<_>>())?;
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(&["rule", "severity", "finds"]);
    for rule in &RULES {
        let cells = [rule.id, rule.severity.word(), rule.summary];
        table.row(cells.map(str::to_owned).into());
    }
    ctx.ui.data(table.render())?;
    Ok(Outcome::Done)
}

fn known_rule(text: &str) -> Result<String, String> {
    match rule_of(text) {
        Some(rule) => Ok(rule.id.to_owned()),
        None => Err("there is no such rule; `lfn policy lint --rules` lists them".into()),
    }
}
