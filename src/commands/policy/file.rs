//! Changes of `allow` that a command writes into lambda.yaml.

use crate::ctx::{Ctx, FILE};
use crate::domain::config::edit::LeftAlone;
use crate::error::Problem;

/// Asks, and puts the changed text into the file. `false` when the person said no.
pub async fn write(ctx: &Ctx, before: &str, after: &str) -> anyhow::Result<bool> {
    // Whatever the change was made for, the file must still be one.
    ctx.load(after, None, false)?;
    if !ctx.settings.yes && !ctx.ui.confirm(&format!("\nChange {FILE}?")).await? {
        ctx.ui.status("nothing was changed");
        return Ok(false);
    }
    ctx.replace_file(before, after)?;
    Ok(true)
}

/// The error for a text that was left alone.
pub fn left_alone(why: &LeftAlone) -> Problem {
    Problem::failed(format!("could not change {FILE}: {why}"))
}
