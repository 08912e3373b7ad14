//! `lfn completions`: command-line completion for the usual shells.

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::cli::{Cli, Outcome};
use crate::ctx::Ctx;

/// Print the completion script of a shell
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Runs `lfn completions`.
pub fn run(args: &CompletionsArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    ctx.ui.raw(&script(args.shell))?;
    Ok(Outcome::Done)
}

/// The completion script of a shell, the same that stands under `completions/`.
pub fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "lfn", &mut script);
    script
}
