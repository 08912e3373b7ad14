//! `lfn schema`: the JSON Schema of lambda.yaml, for editors.

use std::path::PathBuf;

use anyhow::Context as _;

use super::Outcome;
use crate::ctx::Ctx;
use crate::domain::config;

/// Print the JSON Schema of lambda.yaml, for editors
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Put this line at the head of lambda.yaml to have editors check it:\n  # yaml-language-server: $schema=./lambda.schema.json"
)]
pub struct SchemaArgs {
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE", env = "LFN_OUTPUT")]
    output: Option<PathBuf>,
}

/// Runs `lfn schema`.
pub fn run(args: &SchemaArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let schema = config::schema();
    match &args.output {
        None => ctx.ui.document(&schema)?,
        Some(path) => {
            let path = ctx.at(path);
            let text = format!("{}\n", serde_json::to_string_pretty(&schema)?);
            std::fs::write(&path, text).with_context(|| format!("could not write `{}`", path.display()))?;
            ctx.ui.status(format_args!("wrote {}", path.display()));
        }
    }
    Ok(Outcome::Done)
}
