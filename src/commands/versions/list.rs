//! `lfn versions list`: every published version, where it comes from and who uses it.

use clap::Args;
use serde::Serialize;

use crate::commands::{Outcome, not_seen};
use crate::ctx::{Ctx, Subject};
use crate::domain::names::{FunctionName, Version};
use crate::engine::prune::words;
use crate::engine::stock::{Stock, Use, stock};
use crate::ports::Snapshot;
use crate::ui::style;
use crate::ui::table::Table;
use crate::ui::time::moment;

/// Arguments of `versions list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// The function [default: the one of lambda.yaml]
    #[arg(long, short, value_name = "NAME", env = "LFN_FUNCTION")]
    function: Option<FunctionName>,
}

/// A version as `--format json` shows it.
#[derive(Serialize)]
struct VersionView {
    version: u64,
    /// RFC 3339.
    published: String,
    runtime: String,
    /// Bytes of the archive.
    size: u64,
    sha256: String,
    /// The commit that it was built from, if the ledger of some alias tells.
    commit: Option<String>,
    /// Aliases that send traffic to it, with the share: `live`, `live 10%`.
    aliases: Vec<String>,
    /// Of the version itself; that of an alias belongs to the alias.
    provisioned: Option<u32>,
    /// Event source mappings that name the version; `null` when they could not be listed.
    event_sources: Option<Vec<SourceView>>,
    #[serde(skip)]
    users: Vec<Use>,
}

#[derive(Serialize)]
struct SourceView {
    id: String,
    source: Option<String>,
}

/// Runs `lfn versions list`.
pub async fn run(args: &ListArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let Subject { cloud, name, .. } = ctx.subject(args.function.as_ref()).await?;
    let found = stock(&cloud, &name)
        .await
        .map_err(|error| not_seen(format!("could not list the versions of `{name}`"), error))?;
    let numbers = found.numbers().rev();
    let views: Vec<VersionView> = numbers
        .map(|(version, snapshot)| view(version, snapshot, &found))
        .collect();
    if let Err(error) = &found.sources {
        ctx.ui.warn(format_args!(
            "which versions event source mappings use is not known: {error}"
        ));
    }
    if ctx.ui.json() {
        ctx.ui.document(&views)?;
        return Ok(Outcome::Done);
    }
    if views.is_empty() {
        ctx.ui.status(format_args!("`{name}` has no published version"));
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(&["version", "published", "runtime", "size", "sha256", "commit", "used by"]);
    for view in views {
        let digest = crate::domain::names::CodeDigest(view.sha256).short();
        let published = moment(&view.published);
        table.row(vec![
            view.version.to_string(),
            published,
            view.runtime,
            style::bytes(view.size),
            digest,
            view.commit.unwrap_or_default(),
            words(&view.users),
        ]);
    }
    ctx.ui.data(table.render())?;
    Ok(Outcome::Done)
}

fn view(version: Version, snapshot: &Snapshot, stock: &Stock) -> VersionView {
    let users = stock.uses(version);
    let mut view = VersionView {
        version: version.0,
        published: snapshot.modified.clone(),
        runtime: snapshot.settings.runtime.to_string(),
        size: snapshot.code_size,
        sha256: snapshot.digest.0.clone(),
        commit: stock.commit(version).map(str::to_owned),
        aliases: Vec::new(),
        provisioned: None,
        event_sources: stock.sources.is_ok().then(Vec::new),
        users,
    };
    for user in &view.users {
        match user {
            Use::Alias { .. } => view.aliases.push(user.to_string()),
            Use::Provisioned { executions } => view.provisioned = Some(*executions),
            Use::EventSource { id, source } => view.event_sources.iter_mut().for_each(|sources| {
                sources.push(SourceView {
                    id: id.clone(),
                    source: source.clone(),
                });
            }),
            Use::WayBack { .. } | Use::PerhapsWayBack { .. } => {}
        }
    }
    view
}
