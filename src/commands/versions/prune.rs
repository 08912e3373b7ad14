//! `lfn versions prune`: show what goes and what stays and why, ask, remove, say what was freed.

use std::collections::BTreeSet;

use anyhow::Context as _;
use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::commands::{Outcome, not_seen};
use crate::ctx::{Ctx, Subject};
use crate::domain::function::DIRECT_UPLOAD_LIMIT;
use crate::domain::names::FunctionName;
use crate::engine::desired;
use crate::engine::prune::{
    Leaving, Prune, Pruned, Refused, Removal, Rule, Staying, archives, decide, is_closed, leftovers, needed, words,
};
use crate::engine::stock::{Stock, stock};
use crate::error::{Kind, Problem};
use crate::ports::Cloud;
use crate::settings::switch;
use crate::ui::style;
use crate::ui::time::moment;

/// Arguments of `versions prune`.
#[derive(Debug, Args)]
pub struct PruneArgs {
    /// How many of the newest versions stay [default: `release.keep` of lambda.yaml]
    #[arg(long, value_name = "N", env = "LFN_KEEP")]
    keep: Option<usize>,

    /// Remove only versions that were published so long ago: `30d`, `12h`, `8w`
    #[arg(long, value_name = "AGE", env = "LFN_OLDER_THAN", value_parser = age)]
    older_than: Option<SignedDuration>,

    /// Show what would be removed and stop
    #[arg(long, env = "LFN_DRY_RUN", value_parser = switch)]
    dry_run: bool,

    /// The function [default: the one of lambda.yaml]
    #[arg(long, short, value_name = "NAME", env = "LFN_FUNCTION")]
    function: Option<FunctionName>,
}

/// What `--format json` shows.
#[derive(Serialize)]
struct Answer<'a> {
    function: &'a str,
    /// What went, or with `dry_run` would go.
    removed: &'a [Leaving],
    /// Bytes of these versions.
    freed: u64,
    /// How many archives went from the bucket.
    archives: usize,
    /// Versions that the rule would let go, and what leads to them.
    stays: &'a [Staying],
    /// How many more versions stay.
    kept: usize,
    failed: &'a [Refused],
    dry_run: bool,
}

/// Runs `lfn versions prune`.
pub async fn run(args: &PruneArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let Subject {
        cloud,
        name,
        caller,
        config,
        ..
    } = ctx.subject(args.function.as_ref()).await?;
    let keep = config.as_ref().and_then(|config| config.release.keep);
    let rule = rule(args, keep)?;
    let place = if let Some(caller) = caller {
        caller.place
    } else {
        let caller = cloud.identity.caller().await;
        caller
            .context("could not find out which account the credentials are for")?
            .place
    };
    let bucket = match &config {
        Some(config) => desired::archive_bucket(config, &place),
        None => desired::default_bucket(&place),
    };
    let found = stock(&cloud, &name)
        .await
        .map_err(|error| not_seen(format!("could not list the versions of `{name}`"), error))?;
    if let Err(error) = &found.sources {
        return Err(Problem::failed(format!(
            "which versions of `{name}` Lambda polls for is not known; nothing was removed"
        ))
        .caused_by(error.clone())
        .into());
    }
    let mut prune = decide(rule, &found, 0, Timestamp::now());
    let known = match archives(&cloud, &bucket, &name).await {
        Err(_) if !used_the_bucket(&found) => None,
        Err(error) if is_closed(&error) => {
            ctx.ui
                .warn(format_args!("archives in s3://{bucket} were not looked at: {error}"));
            None
        }
        other => other.with_context(|| format!("could not look into the bucket `{bucket}`"))?,
    };
    let gone: BTreeSet<_> = prune.versions.iter().map(|leaving| leaving.version).collect();
    let needed = needed(&found.versions, &gone, &found.latest);
    prune.archives = known.and_then(|known| leftovers(&known, &name, needed));
    settle(args, ctx, &cloud, &name, rule, &prune).await
}

async fn settle(
    args: &PruneArgs,
    ctx: &Ctx,
    cloud: &Cloud,
    name: &FunctionName,
    rule: Rule,
    prune: &Prune,
) -> anyhow::Result<Outcome> {
    let answer = |pruned: Option<&Pruned>| {
        let removed = pruned.map_or(&prune.versions, |pruned| &pruned.versions);
        let planned = prune.archives.as_ref().map_or(0, |left| left.keys.len());
        ctx.ui.document(&Answer {
            function: name.as_str(),
            removed,
            freed: removed.iter().map(|leaving| leaving.size).sum(),
            archives: pruned.map_or(planned, |pruned| pruned.archives),
            stays: &prune.stays,
            kept: prune.kept,
            failed: pruned.map_or(&[], |pruned| &pruned.failed),
            dry_run: args.dry_run,
        })
    };
    let answered = args.dry_run || prune.is_empty();
    if ctx.ui.json() && answered {
        answer(None)?;
    } else if answered {
        ctx.ui.data(render(name, prune))?;
    } else if !ctx.ui.json() || !ctx.settings.yes {
        // Nobody is asked about what was not shown.
        ctx.ui.status(render(name, prune));
    }
    if answered {
        return Ok(Outcome::Done);
    }
    if !ctx.settings.yes && !ctx.ui.confirm("\nThis cannot be undone. Remove them?").await? {
        ctx.ui.status("nothing was changed");
        return Ok(Outcome::Declined);
    }
    let _removing = ctx.stop.hold();
    let progress = ctx.ui.progress();
    let removal = Removal {
        cloud,
        name,
        rule,
        prune,
        coming: None,
        stop: &ctx.stop,
    };
    let pruned = removal
        .perform(|what| progress.doing(format_args!("removing {what}")))
        .await;
    drop(progress);
    let pruned = pruned.with_context(|| format!("could not look up `{name}`; nothing was removed"))?;
    if ctx.ui.json() {
        answer(Some(&pruned))?;
    } else {
        ctx.ui.data(told(&pruned))?;
    }
    ended(&pruned)
}

/// What may go, by the command line or else by lambda.yaml.
fn rule(args: &PruneArgs, configured: Option<usize>) -> anyhow::Result<Rule> {
    let PruneArgs { keep, older_than, .. } = *args;
    match (keep, older_than, configured) {
        (None, None, None) => Err(Problem::new(Kind::Usage, "which versions may go is not said")
            .hint("pass `--keep N`, `--older-than AGE` or both, or put `release: { keep: N }` into lambda.yaml")
            .into()),
        (None, None, keep) | (keep, ..) => Ok(Rule { keep, older_than }),
    }
}

/// Whether some version came through the bucket.
fn used_the_bucket(stock: &Stock) -> bool {
    let mut versions = stock.versions.iter();
    versions.any(|version| version.code_size > DIRECT_UPLOAD_LIMIT)
}

/// What goes, what stays and why.
fn render(name: &FunctionName, prune: &Prune) -> String {
    let heading = if prune.is_empty() {
        format!(
            "nothing to remove: {} stay",
            style::count(prune.kept + prune.stays.len(), "version")
        )
    } else {
        format!(
            "{} of {} go, {} freed",
            prune.versions.len(),
            style::count(prune.versions.len() + prune.stays.len() + prune.kept, "version"),
            style::bytes(prune.bytes())
        )
    };
    let mut lines = vec![format!("{}  {}\n", style::strong(name), style::dim(heading))];
    lines.extend(prune.versions.iter().map(|leaving| {
        let Leaving {
            version,
            published,
            size,
            ..
        } = leaving;
        let what = style::removed(format_args!("  - version {version:<6}"));
        format!("{what}  {}  {}", moment(published), style::bytes(*size))
    }));
    if let Some(left) = &prune.archives {
        let what = style::removed(format_args!("  - {}", style::count(left.keys.len(), "archive")));
        lines.push(format!("{what} that no version needs, in s3://{}", left.bucket));
    }
    lines.extend(
        prune.stays.iter().map(|Staying { version, uses }| {
            style::dim(format_args!("  = version {version:<6}  stays: {}", words(uses)))
        }),
    );
    if prune.kept > 0 {
        let more = if prune.stays.is_empty() {
            "version"
        } else {
            "more version"
        };
        lines.push(style::dim(format_args!(
            "  = {} that the rule keeps",
            style::count(prune.kept, more)
        )));
    }
    lines.join("\n")
}

fn told(pruned: &Pruned) -> String {
    let archives = match pruned.archives {
        0 => String::new(),
        number => format!(" and {}", style::count(number, "archive")),
    };
    format!(
        "removed {}{archives}: {} freed",
        style::count(pruned.versions.len(), "version"),
        style::bytes(pruned.bytes())
    )
}

/// What could not be removed is an error, after all the rest was.
fn ended(pruned: &Pruned) -> anyhow::Result<Outcome> {
    if pruned.interrupted {
        let problem = Problem::new(Kind::Interrupted, "interrupted before everything was removed");
        return Err(problem.hint("run the command again to remove the rest").into());
    }
    if pruned.failed.is_empty() {
        return Ok(Outcome::Done);
    }
    let kind = if pruned.any() { Kind::Partial } else { Kind::Failed };
    let lines = pruned
        .failed
        .iter()
        .map(|Refused { what, why }| format!("\n  {what}: {why}"));
    let message = format!(
        "{} could not be removed:{}",
        pruned.failed.len(),
        lines.collect::<String>()
    );
    Err(Problem::new(kind, message)
        .hint("what is in use stays; run the command again to try the rest once more")
        .into())
}

/// Reads an age: a whole number of hours, days or weeks.
fn age(text: &str) -> Result<SignedDuration, String> {
    let units = [("h", 1), ("d", 24), ("w", 24 * 7)];
    let read = |(unit, hours): (&str, i64)| {
        let number: u32 = text.strip_suffix(unit)?.parse().ok()?;
        SignedDuration::try_from_hours(i64::from(number) * hours)
    };
    let read = units.into_iter().find_map(read);
    read.ok_or_else(|| "write a whole number of hours, days or weeks, such as `12h`, `30d` or `8w`".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_a_unit() {
        assert_eq!(age("12h"), Ok(SignedDuration::from_hours(12)));
        assert_eq!(age("30d"), Ok(SignedDuration::from_hours(720)));
        assert_eq!(age("2w"), Ok(SignedDuration::from_hours(336)));
        for bad in ["30", "d", "-3d", "1.5d", "30 days", "99999999999d"] {
            assert!(age(bad).is_err(), "{bad}");
        }
    }
}
