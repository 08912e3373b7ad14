//! `lfn event`: sample events of every service that calls functions.

mod list;
mod show;

use clap::Subcommand;

use super::Outcome;
use crate::ctx::Ctx;

pub use show::{usual, without_kinds};

/// Show sample events of the services that call functions
#[derive(Debug, Subcommand)]
pub enum EventCommand {
    List(list::ListArgs),
    Show(show::ShowArgs),
}

/// Runs `lfn event …`.
pub async fn run(command: &EventCommand, ctx: &Ctx) -> anyhow::Result<Outcome> {
    match command {
        EventCommand::List(args) => list::run(args, ctx),
        EventCommand::Show(args) => show::run(args, ctx).await,
    }
}
