//! `lfn policy show`: the role in plain words, part by part of lambda.yaml.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::{Outcome, Rights, path, position};
use crate::ctx::Ctx;
use crate::domain::arn::Place;
use crate::domain::config::Mark;
use crate::domain::policy::index::{self, Level};
use crate::domain::policy::{Effect, Source, Statement, statement_json};
use crate::ui::access::{self, Home};
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
            for line in words(statement, &rights.place) {
                ctx.ui.data(format_args!("  {line}"))?;
            }
        }
    }
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
fn words(statement: &Statement, place: &Place) -> Vec<String> {
    let verb = match statement.effect {
        Effect::Allow => "may",
        Effect::Deny => "may never",
    };
    let home = Home {
        account: place.account.as_str(),
        region: place.region.as_str(),
    };
    let mut levels: BTreeMap<Reverse<Option<Level>>, Vec<&str>> = BTreeMap::new();
    for action in &statement.actions {
        levels.entry(Reverse(level(action))).or_default().push(action);
    }
    let mut lines: Vec<String> = Vec::new();
    for (Reverse(level), actions) in levels {
        lines.push(format!("{verb} {}: {}", does(level), actions.join(", ")));
    }
    let service = statement.actions.first().and_then(|action| action.split_once(':'));
    let service = service.map_or("", |(service, _)| service);
    let resources = statement.resources.iter();
    lines.extend(resources.map(|resource| format!("  on {}", thing(&access::short(resource, service, home)))));
    lines.extend(
        conditions(statement)
            .into_iter()
            .map(|condition| format!("  when {condition}")),
    );
    lines
}

/// A level as something that one may do.
fn does(level: Option<Level>) -> &'static str {
    match level {
        Some(Level::Tagging) => "tag",
        Some(Level::PermissionsManagement) => "change permissions",
        Some(level) => level.word(),
        None => "do",
    }
}

/// A resource as a person speaks of it: `objects below s3://photos/in/`.
fn thing(short: &str) -> String {
    let Some(path) = short.strip_prefix("s3://") else {
        return if short == "*" {
            "anything".to_owned()
        } else {
            short.to_owned()
        };
    };
    match path.split_once('/') {
        None => format!("the bucket {short}"),
        Some((_, key)) if key.trim_end_matches('*').contains(['*', '?']) => format!("objects like {short}"),
        Some((_, key)) if key.ends_with("/*") || key == "*" => {
            format!("objects below {}", short.trim_end_matches('*'))
        }
        Some((_, key)) if key.ends_with('*') => format!("objects that begin with {}", short.trim_end_matches('*')),
        Some(_) => format!("the object {short}"),
    }
}

/// The access level of an action, in the words of the Service Authorization Reference.
fn level(action: &str) -> Option<Level> {
    let (prefix, name) = action.split_once(':')?;
    // The weightiest of those that a pattern stands for.
    let service = index::service(prefix)?;
    service.expand(name).into_iter().map(|action| action.level).max()
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
