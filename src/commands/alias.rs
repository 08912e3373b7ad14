//! `lfn alias`: what serves traffic, and moving it.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Outcome, not_seen};
use crate::ctx::{Ctx, Subject};
use crate::domain::names::{AliasName, FunctionName, Qualifier, Version};
use crate::engine::release;
use crate::engine::wait::{Readiness, readiness};
use crate::error::Problem;
use crate::ports::{AliasState, Cloud, Snapshot};
use crate::ui::plan::percent;
use crate::ui::style;
use crate::ui::table::Table;

/// Show and move aliases
#[derive(Debug, Subcommand)]
pub enum AliasCommand {
    /// List the aliases and what they point at
    List(ListArgs),
    /// Point an alias at a version: the newest one by default
    Promote(PromoteArgs),
    /// Return an alias to the version it pointed at before
    Rollback(RollbackArgs),
    /// Delete an alias; its version stays
    Delete(DeleteArgs),
}

/// Arguments of `alias list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// The function [default: the one of lambda.yaml]
    #[arg(long, short, value_name = "NAME", env = "LFN_FUNCTION")]
    function: Option<FunctionName>,
}

/// Arguments of `alias promote`.
#[derive(Debug, Args)]
pub struct PromoteArgs {
    /// The alias to move
    alias: AliasName,

    /// The version to point at [default: the newest]
    #[arg(long, value_name = "VERSION", env = "LFN_TO", conflicts_with = "from")]
    to: Option<Version>,

    /// Point at what this alias points at
    #[arg(long, value_name = "ALIAS", env = "LFN_FROM")]
    from: Option<AliasName>,

    /// The function [default: the one of lambda.yaml]
    #[arg(long, short, value_name = "NAME", env = "LFN_FUNCTION")]
    function: Option<FunctionName>,
}

/// Arguments of `alias rollback`.
#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// The alias to return [default: the one of lambda.yaml]
    alias: Option<AliasName>,

    /// The function [default: the one of lambda.yaml]
    #[arg(long, short, value_name = "NAME", env = "LFN_FUNCTION")]
    function: Option<FunctionName>,
}

/// Arguments of `alias delete`.
#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// The alias to delete
    alias: AliasName,

    /// The function [default: the one of lambda.yaml]
    #[arg(long, short, value_name = "NAME", env = "LFN_FUNCTION")]
    function: Option<FunctionName>,
}

/// An alias as `--format json` shows it.
#[derive(Debug, Serialize)]
pub struct AliasView {
    pub name: String,
    /// `null` when it points at `$LATEST`.
    pub version: Option<u64>,
    /// Other version → share of the traffic, 0 to 1.
    pub weights: std::collections::BTreeMap<u64, f64>,
    /// The version `alias rollback` returns to.
    pub previous: Option<u64>,
}

impl AliasView {
    /// The view of an alias.
    pub fn new(alias: &AliasState) -> Self {
        Self {
            name: alias.name.to_string(),
            version: alias.version.map(|version| version.0),
            weights: alias
                .weights
                .iter()
                .map(|(version, weight)| (version.0, *weight))
                .collect(),
            previous: release::previous(alias).map(|version| version.0),
        }
    }

    /// The version as text, `$LATEST` when there is none.
    pub fn version(&self) -> String {
        self.version
            .map_or_else(|| "$LATEST".into(), |version| version.to_string())
    }

    /// The split as text: `10% on 4`, empty when there is none.
    pub fn split(&self) -> String {
        let parts = self
            .weights
            .iter()
            .map(|(version, weight)| format!("{}% on {version}", percent(*weight)));
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// What moving an alias did, as `--format json` shows it.
#[derive(Serialize)]
struct Moved<'a> {
    function: &'a str,
    alias: &'a str,
    from: Option<u64>,
    to: u64,
    changed: bool,
}

/// Runs `lfn alias …`.
pub async fn run(command: &AliasCommand, ctx: &Ctx) -> anyhow::Result<Outcome> {
    match command {
        AliasCommand::List(args) => list(args, ctx).await,
        AliasCommand::Promote(args) => promote(args, ctx).await,
        AliasCommand::Rollback(args) => rollback(args, ctx).await,
        AliasCommand::Delete(args) => delete(args, ctx).await,
    }
}

async fn list(args: &ListArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let Subject { cloud, name, .. } = ctx.subject(args.function.as_ref()).await?;
    let aliases = cloud
        .functions
        .aliases(&name)
        .await
        .map_err(|error| not_seen(format!("could not list the aliases of `{name}`"), error))?;
    let views: Vec<AliasView> = aliases.iter().map(AliasView::new).collect();
    if ctx.ui.json() {
        ctx.ui.document(&views)?;
        return Ok(Outcome::Done);
    }
    if views.is_empty() {
        ctx.ui.status(format_args!("`{name}` has no aliases"));
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(&["alias", "version", "split", "rollback to"]);
    for view in &views {
        let previous = view.previous.map(|version| version.to_string()).unwrap_or_default();
        table.row(vec![view.name.clone(), view.version(), view.split(), previous]);
    }
    ctx.ui.data(table.render())?;
    Ok(Outcome::Done)
}

async fn promote(args: &PromoteArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let Subject { cloud, name, .. } = ctx.subject(args.function.as_ref()).await?;
    let looking = || format!("could not look up `{name}`");
    let (current, target) = tokio::try_join!(
        async { cloud.functions.alias(&name, &args.alias).await.with_context(looking) },
        target(&cloud, &name, args),
    )?;
    change(ctx, &cloud, &name, &args.alias, current.as_ref(), target).await
}

async fn target(cloud: &Cloud, name: &FunctionName, args: &PromoteArgs) -> anyhow::Result<Version> {
    if let Some(version) = args.to {
        return Ok(version);
    }
    if let Some(from) = &args.from {
        let found = cloud
            .functions
            .alias(name, from)
            .await
            .with_context(|| format!("could not look up `{name}:{from}`"))?;
        let found = found.ok_or_else(|| {
            Problem::failed(format!("`{name}` has no alias `{from}`"))
                .hint("`lfn alias list` shows the aliases there are")
        })?;
        return found.version.ok_or_else(|| latest_is_no_release(from).into());
    }
    let versions = cloud
        .functions
        .versions(name)
        .await
        .map_err(|error| not_seen(format!("could not list the versions of `{name}`"), error))?;
    let newest = versions.iter().rev().find_map(|snapshot| match snapshot.qualifier {
        Qualifier::Version(version) => Some(version),
        _ => None,
    });
    Ok(newest.ok_or_else(|| {
        Problem::failed(format!("`{name}` has no published version")).hint("`lfn deploy` publishes one")
    })?)
}

fn latest_is_no_release(alias: &AliasName) -> Problem {
    Problem::failed(format!("`{alias}` points at $LATEST, which changes under its callers"))
        .hint("name a published version with `--to`; `lfn versions list` shows them")
}

async fn rollback(args: &RollbackArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let Subject { cloud, name, alias } = ctx.subject(args.function.as_ref()).await?;
    let alias = args.alias.clone().unwrap_or(alias);
    let current = existing(&cloud, &name, &alias).await?;
    let previous = release::previous(&current).ok_or_else(|| {
        Problem::failed(format!("nothing is known about what `{alias}` pointed at before")).hint(format!(
            "name the version yourself: `lfn alias promote {alias} --to VERSION`"
        ))
    })?;
    change(ctx, &cloud, &name, &alias, Some(&current), previous).await
}

async fn existing(cloud: &Cloud, name: &FunctionName, alias: &AliasName) -> anyhow::Result<AliasState> {
    let found = cloud
        .functions
        .alias(name, alias)
        .await
        .with_context(|| format!("could not look up `{name}:{alias}`"))?;
    Ok(found.ok_or_else(|| {
        Problem::failed(format!("`{name}` has no alias `{alias}`")).hint("`lfn alias list` shows the aliases there are")
    })?)
}

/// Shows, asks, moves and reports.
async fn change(
    ctx: &Ctx,
    cloud: &Cloud,
    name: &FunctionName,
    alias: &AliasName,
    current: Option<&AliasState>,
    to: Version,
) -> anyhow::Result<Outcome> {
    let snapshot = cloud
        .functions
        .snapshot(name, &Qualifier::Version(to))
        .await
        .with_context(|| format!("could not look up `{name}:{to}`"))?;
    refuse_unready(name, to, snapshot.as_ref())?;
    let from = current.and_then(|alias| alias.version);
    let settled = from == Some(to) && current.is_some_and(|alias| alias.weights.is_empty());
    let moved = |changed| Moved {
        function: name.as_str(),
        alias: alias.as_str(),
        from: from.map(|version| version.0),
        to: to.0,
        changed,
    };
    if settled {
        if ctx.ui.json() {
            ctx.ui.document(&moved(false))?;
        } else {
            ctx.ui.data(format_args!("`{alias}` points at version {to} already"))?;
        }
        return Ok(Outcome::Done);
    }
    let before = current.map_or_else(
        || "nothing".into(),
        |alias| {
            let view = AliasView::new(alias);
            if view.weights.is_empty() {
                view.version()
            } else {
                format!("{} ({})", view.version(), view.split())
            }
        },
    );
    let arrow = format!(
        "{} {before} → {}",
        style::strong(format_args!("{name}:{alias}")),
        style::strong(to)
    );
    if !ctx.settings.yes {
        ctx.ui.status(&arrow);
        let question = if current.is_some() { "Move it?" } else { "Make it?" };
        if !ctx.ui.confirm(question).await? {
            ctx.ui.status("nothing was changed");
            return Ok(Outcome::Declined);
        }
    }
    let update = release::point(alias, current, to);
    release::move_alias(cloud, name, &update, current.map(|alias| alias.revision.as_str()))
        .await
        .with_context(|| format!("could not move `{alias}`"))?;
    if ctx.ui.json() {
        ctx.ui.document(&moved(true))?;
    } else {
        ctx.ui.data(arrow)?;
    }
    Ok(Outcome::Done)
}

fn refuse_unready(name: &FunctionName, version: Version, snapshot: Option<&Snapshot>) -> anyhow::Result<()> {
    let Some(snapshot) = snapshot else {
        return Err(Problem::failed(format!("`{name}` has no version {version}"))
            .hint("`lfn versions list` shows the versions there are")
            .into());
    };
    match readiness(&snapshot.lifecycle) {
        Readiness::Ready => Ok(()),
        Readiness::Waiting => Err(Problem::failed(format!("version {version} is not active yet"))
            .hint("try again in a minute")
            .into()),
        Readiness::Failed(reason) => {
            Err(Problem::failed(format!("version {version} cannot serve traffic: {reason}")).into())
        }
    }
}

async fn delete(args: &DeleteArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let Subject { cloud, name, .. } = ctx.subject(args.function.as_ref()).await?;
    let alias = &args.alias;
    let current = AliasView::new(&existing(&cloud, &name, alias).await?);
    if !ctx.settings.yes {
        let question = format!(
            "Callers of {name}:{alias}, which points at {}, will fail. Delete it?",
            current.version()
        );
        if !ctx.ui.confirm(&question).await? {
            ctx.ui.status("nothing was changed");
            return Ok(Outcome::Declined);
        }
    }
    cloud
        .functions
        .delete_alias(&name, alias)
        .await
        .with_context(|| format!("could not delete `{alias}`"))?;
    if ctx.ui.json() {
        ctx.ui.document(&current)?;
    } else {
        ctx.ui.data(format_args!(
            "deleted {name}:{alias}; version {} stays",
            current.version()
        ))?;
    }
    Ok(Outcome::Done)
}
