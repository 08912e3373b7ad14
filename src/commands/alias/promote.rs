//! `lfn alias promote`: which version, and how it comes to its traffic.

use anyhow::Context as _;
use clap::Args;

use super::fitness::{latest_is_no_release, published, refuse_handed};
use super::handed::{EngineArgs, Handed};
use super::moving::Wanted;
use super::shifting::{Gradual, ShiftArgs};
use super::{Outcome, existing, tags};
use crate::commands::not_seen;
use crate::commands::prepare::release_check;
use crate::ctx::{Ctx, Subject};
use crate::domain::arn::Arn;
use crate::domain::config::{Config, RoleChoice};
use crate::domain::ledger::{Kind, Point, reason};
use crate::domain::names::{AliasName, FunctionName, Qualifier, Version};
use crate::error::Problem;
use crate::ports::Cloud;
use crate::settings::switch;

/// Arguments of `alias promote`.
#[derive(Debug, Args)]
pub struct PromoteArgs {
    /// The alias to move
    alias: AliasName,

    /// The version to point at [default: the newest]
    #[arg(long, value_name = "VERSION", env = "LFN_TO", conflicts_with = "from", value_parser = published)]
    to: Option<Version>,

    /// Point at what this alias points at
    #[arg(long, value_name = "ALIAS", env = "LFN_FROM")]
    from: Option<AliasName>,

    /// Why, for `lfn alias history`
    #[arg(long, value_name = "TEXT", env = "LFN_BECAUSE", value_parser = reason)]
    because: Option<String>,

    #[command(flatten)]
    shift: ShiftArgs,

    #[command(flatten)]
    engine: EngineArgs,

    /// Move without the `release.check` of lambda.yaml
    #[arg(long, env = "LFN_SKIP_CHECK", value_parser = switch)]
    skip_check: bool,

    /// Show what the move means and stop
    #[arg(long, env = "LFN_DRY_RUN", value_parser = switch)]
    dry_run: bool,

    /// The function [default: the one of lambda.yaml]
    #[arg(long, short, value_name = "NAME", env = "LFN_FUNCTION")]
    function: Option<FunctionName>,
}

/// Runs `lfn alias promote`.
pub async fn promote(args: &PromoteArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let schedule = args.shift.schedule()?;
    args.engine.refuse_others(&args.shift)?;
    let Subject {
        cloud,
        name,
        caller,
        config,
        ..
    } = ctx.subject(args.function.as_ref()).await?;
    let check = match &config {
        Some(config) => release_check(ctx, config)?,
        None => None,
    };
    let looking = || format!("could not look up `{name}`");
    let (current, tags, target) = tokio::try_join!(
        async { cloud.functions.alias(&name, &args.alias).await.with_context(looking) },
        tags(&cloud, &name),
        target(&cloud, &name, args),
    )?;
    // CodeDeploy itself is told apart in `handed`: what goes to the same version is watched.
    if let Some(current) = current.as_ref().filter(|_| !args.engine.is_codedeploy()) {
        refuse_handed(ctx, &cloud, &name, current, &tags).await?;
    }
    let gradual = schedule.map(|schedule| Gradual {
        schedule,
        args: &args.shift,
        alarms: config.as_ref().map_or(&[], |config| &config.release.alarms),
        version: target,
    });
    let handed = args.engine.is_codedeploy().then(|| Handed {
        args: &args.engine,
        schedule: gradual.as_ref().map(|gradual| &gradual.schedule),
        alarms: args.shift.watched(config.as_ref()),
        boundary: config.as_ref().and_then(boundary),
    });
    let wanted = Wanted {
        cloud: &cloud,
        caller: caller.as_ref(),
        name: &name,
        alias: &args.alias,
        current: current.as_ref(),
        tags: &tags,
        to: Point::at(target),
        kind: Kind::Promote,
        because: args.because.as_ref(),
        gradual: gradual.as_ref(),
        handed: handed.as_ref(),
        check: check.as_ref(),
        skip_check: args.skip_check,
        dry_run: args.dry_run,
    };
    wanted.reach(ctx).await
}

/// The boundary of the function's own role.
fn boundary(config: &Config) -> Option<&Arn> {
    match &config.role {
        RoleChoice::Auto(role) => role.boundary.as_ref(),
        RoleChoice::Existing(_) => None,
    }
}

async fn target(cloud: &Cloud, name: &FunctionName, args: &PromoteArgs) -> anyhow::Result<Version> {
    if let Some(version) = args.to {
        return Ok(version);
    }
    if let Some(from) = &args.from {
        let found = existing(cloud, name, from).await?;
        return found.version.ok_or_else(|| latest_is_no_release(from).into());
    }
    let versions = cloud
        .functions
        .versions(name)
        .await
        .map_err(|error| not_seen(format!("could not list the versions of `{name}`"), error))?;
    let newest = versions.iter().rev().find_map(|snapshot| match snapshot.qualifier {
        Qualifier::Version(version) => Some(version),
        _ => None,
    });
    Ok(newest.ok_or_else(|| {
        Problem::failed(format!("`{name}` has no published version")).hint("`lfn deploy` publishes one")
    })?)
}
