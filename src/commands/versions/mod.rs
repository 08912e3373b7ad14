//! `lfn versions`: what has been published, who uses it, and removing what nobody does.

mod list;
mod prune;

use clap::Subcommand;

use self::list::ListArgs;
use self::prune::PruneArgs;
use super::Outcome;
use crate::ctx::Ctx;

/// Show and remove published versions
#[derive(Debug, Subcommand)]
pub enum VersionsCommand {
    /// List the published versions, newest first, and who uses them
    List(ListArgs),
    /// Remove old versions that nothing leads to, and their archives
    Prune(PruneArgs),
}

/// Runs `lfn versions …`.
pub async fn run(command: &VersionsCommand, ctx: &Ctx) -> anyhow::Result<Outcome> {
    match command {
        VersionsCommand::List(args) => list::run(args, ctx).await,
        VersionsCommand::Prune(args) => prune::run(args, ctx).await,
    }
}
