//! `lfn versions`: what has been published, and who uses it.

use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Outcome, not_seen};
use crate::ctx::{Ctx, Subject};
use crate::domain::names::{FunctionName, Qualifier, Version};
use crate::ports::{AliasState, Snapshot};
use crate::ui::plan::percent;
use crate::ui::style;
use crate::ui::table::Table;

/// Show published versions
#[derive(Debug, Subcommand)]
pub enum VersionsCommand {
    /// List the published versions, newest first, and the aliases that use them
    List(ListArgs),
}

/// Arguments of `versions list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// The function [default: the one of lambda.yaml]
    #[arg(long, short, value_name = "NAME", env = "LFN_FUNCTION")]
    function: Option<FunctionName>,
}

#[derive(Serialize)]
struct VersionView {
    version: u64,
    /// RFC 3339.
    published: String,
    runtime: String,
    /// Bytes of the archive.
    size: u64,
    sha256: String,
    /// Aliases that send traffic to it, with the share: `live`, `live 10%`.
    aliases: Vec<String>,
}

/// Runs `lfn versions …`.
pub async fn run(command: &VersionsCommand, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let VersionsCommand::List(args) = command;
    let Subject { cloud, name, .. } = ctx.subject(args.function.as_ref()).await?;
    let (versions, aliases) = tokio::join!(cloud.functions.versions(&name), cloud.functions.aliases(&name));
    // One after the other, so that of two failures it is always the same that is reported.
    let failed = |error| not_seen(format!("could not list the versions of `{name}`"), error);
    let (versions, aliases) = (versions.map_err(failed)?, aliases.map_err(failed)?);
    let views: Vec<VersionView> = versions
        .iter()
        .rev()
        .filter_map(|snapshot| view(snapshot, &aliases))
        .collect();
    if ctx.ui.json() {
        ctx.ui.document(&views)?;
        return Ok(Outcome::Done);
    }
    if views.is_empty() {
        ctx.ui.status(format_args!("`{name}` has no published version"));
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(&["version", "published", "runtime", "size", "sha256", "used by"]);
    for view in views {
        let digest = crate::domain::names::CodeDigest(view.sha256).short();
        let published = moment(&view.published);
        table.row(vec![
            view.version.to_string(),
            published,
            view.runtime,
            style::bytes(view.size),
            digest,
            view.aliases.join(", "),
        ]);
    }
    ctx.ui.data(table.render())?;
    Ok(Outcome::Done)
}

fn view(snapshot: &Snapshot, aliases: &[AliasState]) -> Option<VersionView> {
    let Qualifier::Version(version) = snapshot.qualifier else {
        return None;
    };
    Some(VersionView {
        version: version.0,
        published: snapshot.modified.clone(),
        runtime: snapshot.settings.runtime.to_string(),
        size: snapshot.code_size,
        sha256: snapshot.digest.0.clone(),
        aliases: users(version, aliases),
    })
}

fn users(version: Version, aliases: &[AliasState]) -> Vec<String> {
    let share = |alias: &AliasState| {
        let others: f64 = alias.weights.values().sum();
        match (alias.version == Some(version), alias.weights.get(&version)) {
            (true, _) if alias.weights.is_empty() => Some(alias.name.to_string()),
            (true, _) => Some(format!("{} {}%", alias.name, percent(1.0 - others))),
            (false, Some(weight)) => Some(format!("{} {}%", alias.name, percent(*weight))),
            (false, None) => None,
        }
    };
    aliases.iter().filter_map(share).collect()
}

/// A time stamp to the minute; the original when it is in a form lfn does not know.
pub fn moment(rfc3339: &str) -> String {
    // Lambda writes `+0000`, without the colon RFC 3339 asks for.
    let parsed = rfc3339
        .parse::<jiff::Timestamp>()
        .or_else(|_| jiff::Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", rfc3339));
    parsed.map_or_else(
        |_| rfc3339.to_owned(),
        |time| time.strftime("%Y-%m-%d %H:%M").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::names::AliasName;

    #[test]
    fn aliases_are_shown_with_their_share() {
        let alias = |name: &str, version, weights: &[(u64, f64)]| AliasState {
            name: AliasName::new(name).unwrap(),
            version: Some(Version(version)),
            weights: weights
                .iter()
                .map(|(version, weight)| (Version(*version), *weight))
                .collect::<BTreeMap<_, _>>(),
            description: String::new(),
            revision: String::new(),
        };
        let aliases = [alias("live", 3, &[(4, 0.1)]), alias("staging", 4, &[])];
        assert_eq!(users(Version(3), &aliases), ["live 90%"]);
        assert_eq!(users(Version(4), &aliases), ["live 10%", "staging"]);
        assert!(users(Version(2), &aliases).is_empty());
    }

    #[test]
    fn lambdas_time_stamps_are_understood() {
        assert_eq!(moment("2026-11-22T16:10:56.123+0000"), "2026-11-22 16:10");
        assert_eq!(moment("2026-11-22T16:10:56Z"), "2026-11-22 16:10");
        assert_eq!(moment("yesterday"), "yesterday");
    }
}
