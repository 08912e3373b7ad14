//! `lfn policy show`: the role in plain words, part by part of lambda.yaml.

use std::collections::BTreeMap;

use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::{Outcome, Rights, path, position};
use crate::ctx::Ctx;
use crate::domain::config::Mark;
use crate::domain::policy::index::{self, Level};
use crate::domain::policy::{Effect, INLINE_POLICY_LIMIT, Source, Statement, statement_json};
use crate::ui::style;

/// Show what the function's role may do, and where in lambda.yaml it comes from
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// Show it for the account and region of the credentials
    #[arg(long)]
    live: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    role: String,
    boundary: Option<String>,
    trust: Value,
    policy: Value,
    /// Characters that IAM counts, and how many it allows.
    size: usize,
    limit: usize,
    sources: Vec<Part<'a>>,
}

#[derive(Serialize)]
struct Part<'a> {
    path: String,
    purpose: &'a str,
    because: Option<&'a str>,
    #[serde(flatten)]
    mark: Option<Mark>,
    statements: Vec<Value>,
}

/// Runs `lfn policy show`.
pub async fn run(args: &ShowArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let rights = Rights::read(ctx, args.live, None).await?;
    let Rights { role, sources, .. } = &rights;
    let marks = rights.marks();
    if ctx.ui.json() {
        ctx.ui.document(&Answer {
            role: role.arn.to_string(),
            boundary: role.boundary.as_ref().map(ToString::to_string),
            trust: role.trust.clone().into(),
            policy: role.policy.clone().into(),
            size: role.policy.size(),
            limit: INLINE_POLICY_LIMIT,
            sources: sources
                .iter()
                .zip(&marks)
                .map(|(source, mark)| part(source, *mark))
                .collect(),
        })?;
        return Ok(Outcome::Done);
    }
    ctx.ui.data(format_args!("{} {}", style::strong("role"), role.arn))?;
    if let Some(boundary) = &role.boundary {
        ctx.ui.data(format_args!("  never more than {boundary} allows"))?;
    }
    for statement in &role.trust.statements {
        let services = statement.principal.iter().flat_map(BTreeMap::values).flatten();
        let services: Vec<&str> = services.map(String::as_str).collect();
        ctx.ui.data(format_args!("  assumed by {}", services.join(", ")))?;
        for condition in conditions(statement) {
            ctx.ui.data(format_args!("    when {condition}"))?;
        }
    }
    for (source, mark) in sources.iter().zip(&marks) {
        let heading = style::strong(&source.purpose);
        ctx.ui.data(format_args!(
            "\n{heading} {}",
            style::dim(format_args!("({})", position(*mark)))
        ))?;
        if let Some(because) = &source.because {
            ctx.ui.data(format_args!("  because: {because}"))?;
        }
        for statement in &source.statements {
            for line in words(statement) {
                ctx.ui.data(format_args!("  {line}"))?;
            }
        }
    }
    let size = role.policy.size();
    ctx.ui.data(format_args!(
        "\n{size} of the {INLINE_POLICY_LIMIT} characters that IAM allows"
    ))?;
    Ok(Outcome::Done)
}

fn part(source: &Source, mark: Option<Mark>) -> Part<'_> {
    Part {
        path: path(source),
        purpose: &source.purpose,
        because: source.because.as_deref(),
        mark,
        statements: source.statements.iter().map(statement_json).collect(),
    }
}

/// A statement in lines: the actions by what they do, the resources, the conditions.
fn words(statement: &Statement) -> Vec<String> {
    let verb = match statement.effect {
        Effect::Allow => "may",
        Effect::Deny => "may never",
    };
    let mut levels: BTreeMap<&'static str, Vec<&str>> = BTreeMap::new();
    for action in &statement.actions {
        levels.entry(level(action)).or_default().push(action);
    }
    let mut lines: Vec<String> = levels
        .into_iter()
        .map(|(level, actions)| format!("{verb} {level}: {}", actions.join(", ")))
        .collect();
    lines.extend(statement.resources.iter().map(|resource| match resource.as_str() {
        "*" => "  on anything".to_owned(),
        resource => format!("  on {resource}"),
    }));
    lines.extend(
        conditions(statement)
            .into_iter()
            .map(|condition| format!("  when {condition}")),
    );
    lines
}

/// The access level of an action, in the words of the Service Authorization Reference.
fn level(action: &str) -> &'static str {
    let known = action.split_once(':').and_then(|(prefix, name)| {
        let service = index::service(prefix)?;
        // The widest of those that a pattern stands for.
        service.expand(name).into_iter().map(|action| action.level).max()
    });
    match known {
        Some(Level::List) => "list",
        Some(Level::Read) => "read",
        Some(Level::Tagging) => "tag",
        Some(Level::Write) => "write",
        Some(Level::PermissionsManagement) => "manage permissions",
        None => "do",
    }
}

/// `aws:SourceAccount StringEquals 123456789012`, one a line.
pub(super) fn conditions(statement: &Statement) -> Vec<String> {
    let operators = statement.conditions.iter();
    let lines = operators.flat_map(|(operator, keys)| {
        keys.iter().map(move |(key, values)| {
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            format!("`{key}` {operator} `{}`", values.join("` or `"))
        })
    });
    lines.collect()
}
