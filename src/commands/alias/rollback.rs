//! `lfn alias rollback`: back to what the alias pointed at before.

use clap::Args;

use super::fitness::{latest_is_no_release, refuse_handed};
use super::moving::Wanted;
use super::moving::view::MovedView;
use super::{Outcome, PointView, existing, tags};
use crate::ctx::{Ctx, Subject};
use crate::domain::ledger::{Kind, Step, reason};
use crate::domain::names::{AliasName, FunctionName};
use crate::engine::release::{self, CutOff};
use crate::error::Problem;
use crate::ports::Cloud;
use crate::settings::switch;

/// Arguments of `alias rollback`.
#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// The alias to return [default: the one of lambda.yaml]
    alias: Option<AliasName>,

    /// How many moves to go back over
    #[arg(long, value_name = "N", env = "LFN_TO_PREVIOUS", default_value = "1", value_parser = clap::value_parser!(u8).range(1..))]
    to_previous: u8,

    /// Why, for `lfn alias history`
    #[arg(long, value_name = "TEXT", env = "LFN_BECAUSE", value_parser = reason)]
    because: Option<String>,

    /// Show what the move means and stop
    #[arg(long, env = "LFN_DRY_RUN", value_parser = switch)]
    dry_run: bool,

    /// The function [default: the one of lambda.yaml]
    #[arg(long, short, value_name = "NAME", env = "LFN_FUNCTION")]
    function: Option<FunctionName>,
}

/// Runs `lfn alias rollback`.
pub async fn rollback(args: &RollbackArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let Subject {
        cloud,
        name,
        alias,
        caller,
        ..
    } = ctx.subject(args.function.as_ref()).await?;
    let alias = args.alias.clone().unwrap_or(alias);
    let (current, tags) = tokio::try_join!(existing(&cloud, &name, &alias), tags(&cloud, &name))?;
    if let Some(cut_off) = release::cut_off(&current, &tags, args.to_previous.into()) {
        let mover = ctx.mover(&cloud, caller.as_ref(), None).await;
        if cut_off.entry.is_by(&mover.who) {
            return finish(&cut_off, args, ctx, &cloud, &name, &alias).await;
        }
    }
    refuse_handed(ctx, &cloud, &name, &current, &tags).await?;
    let now = release::point(&current);
    let ledger = release::ledger(&current, &tags);
    let before = ledger.before(&now);
    let to = before.get(usize::from(args.to_previous) - 1).ok_or_else(|| {
        let whole = !ledger.history(&now).contains(&Step::Unknown);
        unknown_before(&alias, before.len(), whole)
    })?;
    if to.version.is_none() {
        return Err(latest_is_no_release(&alias).into());
    }
    let wanted = Wanted {
        cloud: &cloud,
        caller: caller.as_ref(),
        name: &name,
        alias: &alias,
        current: Some(&current),
        tags: &tags,
        to: (*to).clone(),
        kind: Kind::Rollback,
        because: args.because.as_ref(),
        gradual: None,
        handed: None,
        // What served before serves again at once.
        check: None,
        skip_check: false,
        dry_run: args.dry_run,
    };
    wanted.reach(ctx).await
}

/// Tells of a rollback that an earlier run made, and keeps its entry, which that run did not come to.
async fn finish(
    cut_off: &CutOff,
    args: &RollbackArgs,
    ctx: &Ctx,
    cloud: &Cloud,
    name: &FunctionName,
    alias: &AliasName,
) -> anyhow::Result<Outcome> {
    let to = PointView::new(&cut_off.entry.to);
    if ctx.ui.json() {
        ctx.ui.document(&MovedView {
            function: name.as_str(),
            alias: alias.as_str(),
            from: cut_off.entry.from.as_ref().map(PointView::new),
            to,
            changed: !args.dry_run,
            dry_run: args.dry_run,
            check: None,
            comparison: None,
            gradual: None,
        })?;
    } else {
        let done = if args.dry_run {
            "running it again completes the history and goes no further"
        } else {
            "it is done now"
        };
        ctx.ui.data(format_args!(
            "`{alias}` was rolled back to {} by a run that was cut off; {done}",
            to.text()
        ))?;
    }
    if args.dry_run {
        return Ok(Outcome::Done);
    }
    if let Err(error) = cut_off.keep(name, cloud).await {
        ctx.ui.warn(release::unkept_warning(alias, &error));
        ctx.ui.hint(unkept_hint(alias));
    }
    Ok(Outcome::Done)
}

/// What follows when the entry of a rollback has no copy: the next run takes it for one that was cut off.
pub fn unkept_hint(alias: &AliasName) -> String {
    format!(
        "if it is not there by then, the next `lfn alias rollback {alias}` completes the history and goes no further"
    )
}

fn unknown_before(alias: &AliasName, known: usize, whole: bool) -> Problem {
    let message = match known {
        0 if whole => format!("there is no move of `{alias}` left to go back over"),
        0 => format!("nothing is known about what `{alias}` pointed at before"),
        1 => format!("only one move of `{alias}` can be gone back over"),
        known => format!("only {known} moves of `{alias}` can be gone back over"),
    };
    Problem::failed(message).hint(format!(
        "`lfn alias history {alias}` shows what is known; or name the version yourself: \
         `lfn alias promote {alias} --to VERSION`"
    ))
}
