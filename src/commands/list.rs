//! `lfn list`: every function of the account and region.

use anyhow::Context as _;
use serde::Serialize;

use super::Outcome;
use crate::ctx::Ctx;
use crate::ports::Snapshot;
use crate::ui::style;
use crate::ui::table::Table;
use crate::ui::time::moment;

/// List the functions of the account and region
#[derive(Debug, clap::Args)]
pub struct ListArgs {}

#[derive(Serialize)]
struct FunctionView {
    function: String,
    runtime: String,
    architecture: String,
    /// Megabytes.
    memory: u32,
    /// Bytes of the archive.
    size: u64,
    modified: String,
    /// Whether its role is one that lfn keeps.
    lfn_role: bool,
}

/// Runs `lfn list`.
pub async fn run(_: &ListArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let cloud = ctx.connect(ctx.file_region().as_ref()).await?;
    let functions = cloud
        .functions
        .functions()
        .await
        .context("could not list the functions")?;
    let views: Vec<FunctionView> = functions.into_iter().map(view).collect();
    if ctx.ui.json() {
        ctx.ui.document(&views)?;
        return Ok(Outcome::Done);
    }
    if views.is_empty() {
        ctx.ui.status("there are no functions here");
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(&["function", "runtime", "memory", "size", "modified", "role"]);
    for view in views {
        let role = if view.lfn_role { "lfn" } else { "other" };
        let runtime = format!("{} {}", view.runtime, view.architecture);
        let modified = moment(&view.modified);
        table.row(vec![
            view.function,
            runtime,
            format!("{} MB", view.memory),
            style::bytes(view.size),
            modified,
            role.into(),
        ]);
    }
    ctx.ui.data(table.render())?;
    Ok(Outcome::Done)
}

fn view(snapshot: Snapshot) -> FunctionView {
    FunctionView {
        function: snapshot.name.to_string(),
        runtime: snapshot.settings.runtime.to_string(),
        architecture: snapshot.architecture.to_string(),
        memory: snapshot.settings.memory,
        size: snapshot.code_size,
        modified: snapshot.modified,
        lfn_role: snapshot.settings.role.resource.starts_with("role/lfn/"),
    }
}
