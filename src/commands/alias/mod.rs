//! `lfn alias`: what serves traffic, and moving it.

mod fitness;
mod handed;
mod history;
mod moving;
mod promote;
mod rollback;
mod shifting;
mod stopped;

use std::collections::BTreeMap;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde::Serialize;

use self::history::HistoryArgs;
use self::promote::PromoteArgs;
use self::rollback::RollbackArgs;
use super::{Outcome, not_seen};
use crate::ctx::{Ctx, Subject};
use crate::domain::ledger::{Entry, Point};
use crate::domain::names::{AliasName, FunctionName};
use crate::engine::codedeploy::{self, UnderWay};
use crate::engine::{release, shift};
use crate::error::Problem;
use crate::ports::{AliasState, Cloud};
use crate::ui::plan::percent;
use crate::ui::table::Table;
use crate::ui::time::moment;

/// Show and move aliases
#[derive(Debug, Subcommand)]
pub enum AliasCommand {
    /// List the aliases and what they point at
    List(ListArgs),
    /// Point an alias at a version: the newest one by default
    Promote(Box<PromoteArgs>),
    /// Return an alias to what it pointed at before
    Rollback(RollbackArgs),
    /// Show what an alias pointed at, when, by whom and why
    History(HistoryArgs),
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

/// Arguments of `alias delete`.
#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// The alias to delete
    alias: AliasName,

    /// The function [default: the one of lambda.yaml]
    #[arg(long, short, value_name = "NAME", env = "LFN_FUNCTION")]
    function: Option<FunctionName>,
}

/// Where an alias points, as `--format json` shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PointView {
    /// `null` when it is `$LATEST`.
    pub version: Option<u64>,
    /// Other version → share of the traffic, 0 to 1.
    pub weights: BTreeMap<u64, f64>,
}

impl PointView {
    /// The view of where an alias points.
    pub fn new(point: &Point) -> Self {
        Self {
            version: point.version.map(|version| version.0),
            weights: point
                .weights
                .iter()
                .map(|(version, share)| (version.0, share.weight()))
                .collect(),
        }
    }

    /// `7`, `$LATEST`, `7 (10% on 8)`.
    pub fn text(&self) -> String {
        let version = self
            .version
            .map_or_else(|| "$LATEST".into(), |version| version.to_string());
        match self.split() {
            split if split.is_empty() => version,
            split => format!("{version} ({split})"),
        }
    }

    /// The split as text: `10% on 4`, empty when there is none.
    fn split(&self) -> String {
        let parts = self
            .weights
            .iter()
            .map(|(version, weight)| format!("{}% on {version}", percent(*weight)));
        parts.collect::<Vec<_>>().join(", ")
    }
}

/// An alias as `--format json` shows it.
#[derive(Debug, Serialize)]
pub struct AliasView {
    pub name: String,
    #[serde(flatten)]
    pub point: PointView,
    /// Where `alias rollback` returns to.
    pub previous: Option<PointView>,
    /// The canary that is under way.
    pub canary: Option<CanaryView>,
    /// The deployment of CodeDeploy's that is under way.
    pub codedeploy: Option<HandedView>,
}

/// A deployment of CodeDeploy's that is under way, as `--format json` shows it.
#[derive(Debug, Serialize)]
pub struct HandedView {
    pub deployment: String,
    /// The version that traffic goes over to; `null` when it cannot be told.
    pub to: Option<u64>,
}

impl HandedView {
    fn new(deployment: UnderWay) -> Self {
        Self {
            deployment: deployment.id,
            to: deployment.to.map(|version| version.0),
        }
    }
}

/// A canary that is under way, as `--format json` shows it.
#[derive(Debug, Serialize)]
pub struct CanaryView {
    /// The version that traffic goes over to.
    pub to: Option<u64>,
    /// What is returned to when it is taken back.
    pub from: Option<PointView>,
    pub who: String,
    /// When it began, RFC 3339.
    pub at: String,
}

impl CanaryView {
    fn new(entry: &Entry) -> Self {
        Self {
            to: entry.subject().map(|version| version.0),
            from: entry.from.as_ref().map(PointView::new),
            who: entry.who.clone(),
            at: format!("{:.0}", entry.at),
        }
    }
}

impl AliasView {
    /// The view of an alias of a function with these tags.
    pub fn new(alias: &AliasState, tags: &BTreeMap<String, String>) -> Self {
        let now = release::point(alias);
        let ledger = release::ledger(alias, tags);
        Self {
            name: alias.name.to_string(),
            previous: ledger.before(&now).first().map(|point| PointView::new(point)),
            canary: ledger.under_way(&now).map(|(_, entry)| CanaryView::new(entry)),
            codedeploy: None,
            point: PointView::new(&now),
        }
    }

    /// The views of all these aliases, with what CodeDeploy does to them. Not to be let look is a warning.
    pub async fn all(
        ctx: &Ctx,
        cloud: &Cloud,
        name: &FunctionName,
        aliases: &[AliasState],
        tags: &BTreeMap<String, String>,
    ) -> Vec<Self> {
        let mut views = Vec::new();
        for alias in aliases {
            let mut view = Self::new(alias, tags);
            match codedeploy::under_way(cloud, name, alias, tags).await {
                Ok(found) => view.codedeploy = found.map(HandedView::new),
                Err(error) => ctx.ui.warn(codedeploy::unseen(&alias.name, &error)),
            }
            views.push(view);
        }
        views
    }

    /// Where it points, and whether it is on its way: `1 (10% on 2), a canary`.
    pub fn text(&self) -> String {
        let point = self.point.text();
        if let Some(canary) = &self.canary {
            return format!("{point}, a canary since {}", moment(&canary.at));
        }
        let Some(HandedView { deployment, to }) = &self.codedeploy else {
            return point;
        };
        let target = to.map(|to| format!(" to version {to}")).unwrap_or_default();
        format!("{point}, CodeDeploy {deployment}{target} under way")
    }
}

/// Runs `lfn alias …`.
pub async fn run(command: &AliasCommand, ctx: &Ctx) -> anyhow::Result<Outcome> {
    match command {
        AliasCommand::List(args) => list(args, ctx).await,
        AliasCommand::Promote(args) => promote::promote(args, ctx).await,
        AliasCommand::Rollback(args) => rollback::rollback(args, ctx).await,
        AliasCommand::History(args) => history::run(args, ctx).await,
        AliasCommand::Delete(args) => delete(args, ctx).await,
    }
}

async fn list(args: &ListArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let Subject { cloud, name, .. } = ctx.subject(args.function.as_ref()).await?;
    let (aliases, tags) = tokio::join!(cloud.functions.aliases(&name), tags(&cloud, &name));
    let aliases = aliases.map_err(|error| not_seen(format!("could not list the aliases of `{name}`"), error))?;
    let tags = tags?;
    let views = AliasView::all(ctx, &cloud, &name, &aliases, &tags).await;
    if ctx.ui.json() {
        ctx.ui.document(&views)?;
        return Ok(Outcome::Done);
    }
    if views.is_empty() {
        ctx.ui.status(format_args!("`{name}` has no aliases"));
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(&["alias", "version", "rollback to"]);
    for view in &views {
        let previous = view.previous.as_ref().map(PointView::text).unwrap_or_default();
        table.row(vec![view.name.clone(), view.text(), previous]);
    }
    ctx.ui.data(table.render())?;
    Ok(Outcome::Done)
}

/// The tags of a function, which the ledger is among.
async fn tags(cloud: &Cloud, name: &FunctionName) -> anyhow::Result<BTreeMap<String, String>> {
    let found = cloud
        .functions
        .function(name)
        .await
        .with_context(|| format!("could not look up `{name}`"))?;
    Ok(found.map(|function| function.tags).unwrap_or_default())
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

async fn delete(args: &DeleteArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let Subject { cloud, name, .. } = ctx.subject(args.function.as_ref()).await?;
    let alias = &args.alias;
    let (current, tags) = tokio::try_join!(existing(&cloud, &name, alias), tags(&cloud, &name))?;
    let ledger = release::ledger(&current, &tags);
    if let Some((_, entry)) = ledger.under_way(&release::point(&current)) {
        let canary = shift::told(entry);
        ctx.ui
            .warn(format_args!("{canary} is under way on `{alias}` and ends with it"));
    }
    let current = AliasView::new(&current, &tags);
    if !ctx.settings.yes {
        let question = format!(
            "Callers of {name}:{alias}, which points at {}, will fail. Delete it?",
            current.point.text()
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
            current.point.text()
        ))?;
    }
    Ok(Outcome::Done)
}
