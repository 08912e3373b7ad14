//! `lfn policy show`: the role in plain words, part by part of lambda.yaml, and who may invoke the function.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::{Outcome, Rights, path, position};
use crate::ctx::Ctx;
use crate::domain::arn::Place;
use crate::domain::config::{Config, Mark};
use crate::domain::names::Qualifier;
use crate::domain::policy::callers::Permission;
use crate::domain::policy::index::{self, Level};
use crate::domain::policy::{
    AccessChange, AccessLine, Effect, INLINE_POLICY_LIMIT, PolicyDocument, Source, Statement, statement_json,
};
use crate::engine::callers::foreign;
use crate::engine::desired;
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
    /// Characters that IAM counts, and how many it allows.
    size: usize,
    limit: usize,
    sources: Vec<Part<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    callers: Vec<CallerView>,
    /// Of the account itself: what lfn did not make.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    foreign_callers: Vec<AccessLine>,
}

#[derive(Serialize)]
struct CallerView {
    path: String,
    #[serde(flatten)]
    mark: Option<Mark>,
    statement: Value,
    #[serde(skip)]
    line: AccessLine,
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
    let callers = callers(&rights);
    let foreign_callers = foreign_callers(&rights).await?;
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
            callers,
            foreign_callers,
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
    let own = callers.iter().map(|caller| (&caller.line, position(caller.mark)));
    let foreign = foreign_callers.iter().map(|line| (line, "not made by lfn".to_owned()));
    for (index, (line, origin)) in own.chain(foreign).enumerate() {
        if index == 0 {
            let Config { name, release, .. } = &rights.config;
            let heading = style::strong(format_args!("who may invoke {name}:{}", release.alias));
            ctx.ui.data(format_args!("\n{heading}"))?;
        }
        ctx.ui.data(format_args!(
            "  {} {}",
            who(line),
            style::dim(format_args!("({origin})"))
        ))?;
    }
    let size = role.policy.size();
    ctx.ui.data(format_args!(
        "\n{size} of the {INLINE_POLICY_LIMIT} characters that IAM allows"
    ))?;
    Ok(Outcome::Done)
}

/// The callers that lambda.yaml names.
fn callers(rights: &Rights) -> Vec<CallerView> {
    let Rights { config, place, .. } = rights;
    let function = place.qualified_arn(&config.name, &Qualifier::Alias(config.release.alias.clone()));
    let permissions = desired::permissions(config, place).into_iter().enumerate();
    let view = |(index, permission): (usize, Permission)| {
        let statement = permission.statement(&function);
        let json = statement_json(&statement);
        let lines = AccessChange::between(None, Some(&PolicyDocument::new([statement]))).added;
        Some(CallerView {
            path: format!("callers[{index}]"),
            mark: permission.at,
            statement: json,
            line: lines.into_iter().next()?,
        })
    };
    permissions.filter_map(view).collect()
}

/// Those whom the account lets in besides, when it is asked.
async fn foreign_callers(rights: &Rights) -> anyhow::Result<Vec<AccessLine>> {
    let Some(cloud) = &rights.cloud else {
        return Ok(Vec::new());
    };
    let Config { name, release, .. } = &rights.config;
    let found = cloud.functions.permissions(name, &release.alias).await;
    let found = found.with_context(|| format!("could not look up who may invoke `{name}:{}`", release.alias))?;
    Ok(foreign(found.as_ref()))
}

/// Without what all callers have in common: the function and the call.
fn who(line: &AccessLine) -> String {
    let AccessLine {
        effect,
        principal,
        condition,
        ..
    } = line;
    let effect = if effect == "allow" { "" } else { "never " };
    format!("{effect}{principal} {condition}").trim_end().to_owned()
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
