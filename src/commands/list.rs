//! `lfn list`: every function of the account and region.

use anyhow::Context as _;
use serde::Serialize;

use super::Outcome;
use super::versions::moment;
use crate::ctx::Ctx;
use crate::domain::config::{self, Inputs};
use crate::domain::names::Region;
use crate::ports::Snapshot;
use crate::settings;
use crate::ui::style;
use crate::ui::table::Table;

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
    managed: bool,
}

/// Runs `lfn list`.
pub async fn run(_: &ListArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let cloud = ctx.connect(region(ctx).as_ref()).await?;
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
        let role = if view.managed { "lfn" } else { "other" };
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

/// The region of lambda.yaml, when there is one that says. Its mistakes are another command's business.
fn region(ctx: &Ctx) -> Option<Region> {
    let text = ctx.read_file().ok()?;
    let inputs = Inputs {
        stage: ctx.settings.stage.as_ref(),
        place: None,
        env: &settings::env,
    };
    config::load(&text, &inputs).config?.region
}

fn view(snapshot: Snapshot) -> FunctionView {
    FunctionView {
        function: snapshot.name.to_string(),
        runtime: snapshot.settings.runtime.to_string(),
        architecture: snapshot.architecture.to_string(),
        memory: snapshot.settings.memory,
        size: snapshot.code_size,
        modified: snapshot.modified,
        managed: snapshot.settings.role.resource.starts_with("role/lfn/"),
    }
}
