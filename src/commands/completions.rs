//! `lfn completions`: command-line completion for the usual shells.

use clap_complete::Shell;

use super::Outcome;
use crate::ctx::Ctx;

/// Print the completion script of a shell
#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Runs `lfn completions`.
pub fn run(args: &CompletionsArgs, command: &mut clap::Command, ctx: &Ctx) -> anyhow::Result<Outcome> {
    ctx.ui.raw(&script(args.shell, command))?;
    Ok(Outcome::Done)
}

/// The completion script of a shell, the same that stands under `completions/`.
pub fn script(shell: Shell, command: &mut clap::Command) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, command, "lfn", &mut script);
    script
}
