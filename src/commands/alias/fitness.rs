//! Versions that an alias must not move to: not there, not ready, or not the ones that the ledger means; and
//! aliases that somebody else moves.

use std::collections::BTreeMap;

use anyhow::Context as _;

use super::moving::Wanted;
use crate::ctx::Ctx;
use crate::domain::ledger::{Kind, Ledger, Point};
use crate::domain::names::{AliasName, FunctionName, Qualifier, Version};
use crate::engine::codedeploy;
use crate::engine::release;
use crate::engine::wait::{Readiness, readiness};
use crate::error::Problem;
use crate::ports::{AliasState, Cloud, Snapshot};

/// CodeDeploy would go on, and move the alias again.
pub async fn refuse_handed(
    ctx: &Ctx,
    cloud: &Cloud,
    name: &FunctionName,
    current: &AliasState,
    tags: &BTreeMap<String, String>,
) -> anyhow::Result<()> {
    match codedeploy::under_way(cloud, name, current, tags).await {
        Ok(Some(deployment)) => {
            let refusal = deployment.refusal(&current.name);
            Err(Problem::failed(refusal.message).hint(refusal.hint).into())
        }
        Ok(None) => Ok(()),
        Err(error) => {
            ctx.ui.warn(codedeploy::unseen(&current.name, &error));
            Ok(())
        }
    }
}

/// An alias of `$LATEST` is no release.
pub fn latest_is_no_release(alias: &AliasName) -> Problem {
    Problem::failed(format!("`{alias}` points at $LATEST, which changes under its callers"))
        .hint("name a published version with `--to`; `lfn versions list` shows them")
}

/// Reads a version to point at; `$LATEST` is told apart from a slip of the pen.
pub fn published(text: &str) -> Result<Version, String> {
    if text == "$LATEST" {
        return Err("an alias of $LATEST changes under its callers; `lfn deploy` publishes a version".into());
    }
    text.parse()
        .map_err(|error: crate::domain::names::InvalidName| error.to_string())
}

impl Wanted<'_> {
    /// Refuses versions that cannot serve traffic, and returns the one that gets most of it.
    pub async fn serving(&self) -> anyhow::Result<Snapshot> {
        let current = self.current.map(|current| {
            let ledger = release::ledger(current, self.tags);
            (ledger, release::point(current))
        });
        let (ledger, from) = current.unwrap_or_default();
        let mut serving = None;
        for version in self.to.versions() {
            let snapshot = self
                .cloud
                .functions
                .snapshot(self.name, &Qualifier::Version(version))
                .await
                .with_context(|| format!("could not look up `{}:{version}`", self.name))?;
            let Some(snapshot) = snapshot else {
                return Err(self.missing(version, &ledger, &from).await.into());
            };
            refuse_unready(version, &snapshot)?;
            self.refuse_another(version, &snapshot, &ledger, &from)?;
            if self.to.version == Some(version) {
                serving = Some(snapshot);
            }
        }
        Ok(serving.expect("nobody moves an alias to $LATEST"))
    }

    /// Says that a version is gone, and after a removal of old versions where else one can go back to.
    async fn missing(&self, version: Version, ledger: &Ledger, from: &Point) -> Problem {
        let (name, alias) = (self.name, self.alias);
        let versions = "`lfn versions list` shows the versions there are";
        if self.kind != Kind::Rollback {
            return Problem::failed(format!("`{name}` has no version {version}")).hint(versions);
        }
        let problem = Problem::failed(format!(
            "version {version}, which `{alias}` pointed at before, was deleted since"
        ));
        let Ok(found) = self.cloud.functions.versions(name).await else {
            return problem.hint(versions);
        };
        let there = |version: Version| {
            let qualifier = Qualifier::Version(version);
            found.iter().any(|snapshot| snapshot.qualifier == qualifier)
        };
        let before = ledger.before(from);
        let mut others = before
            .iter()
            .enumerate()
            .filter(|(_, point)| point.version.is_some() && point.versions().all(there));
        match others.next() {
            Some((index, point)) => problem.hint(format!(
                "`lfn alias rollback {alias} --to-previous {}` goes back to version {point}",
                index + 1
            )),
            None => problem
                .hint(format!(
                    "no other version that `{alias}` pointed at is left; name one: `lfn alias promote {alias} --to VERSION`"
                ))
                .hint(versions),
        }
    }

    /// A function that was deleted and made again begins to count anew: its version 5 is another one.
    fn refuse_another(
        &self,
        version: Version,
        snapshot: &Snapshot,
        ledger: &Ledger,
        from: &Point,
    ) -> anyhow::Result<()> {
        if self.kind != Kind::Rollback || from.versions().any(|current| current == version) {
            return Ok(());
        }
        let Some(digest) = ledger.digest(version) else {
            return Ok(());
        };
        if snapshot.digest.to_hex().starts_with(digest) {
            return Ok(());
        }
        Err(Problem::failed(format!(
            "version {version} has other code than when `{}` pointed at it",
            self.alias
        ))
        .hint(format!(
            "look at it, and point at it by name if it is right: `lfn alias promote {} --to {version}`",
            self.alias
        ))
        .into())
    }
}

fn refuse_unready(version: Version, snapshot: &Snapshot) -> Result<(), Problem> {
    match readiness(&snapshot.lifecycle) {
        // The version would start cold in spite of what its settings say.
        // Source: Lambda API reference, `SnapStartResponse`.
        Readiness::Ready if snapshot.settings.snap_start && !snapshot.snap_started => Err(Problem::failed(format!(
            "version {version} has no snapshot for SnapStart (its `OptimizationStatus` is not `On`)"
        ))
        .hint("try again in a few minutes; if it stays so, publish anew with `lfn deploy`")),
        Readiness::Ready => Ok(()),
        Readiness::Waiting => {
            Err(Problem::failed(format!("version {version} is not active yet")).hint("try again in a minute"))
        }
        Readiness::Failed(reason) => Err(
            Problem::failed(format!("version {version} cannot serve traffic: {reason}"))
                .hint("point at another one; `lfn versions list` shows them"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latest_is_told_apart_from_a_slip_of_the_pen() {
        assert_eq!(published("7"), Ok(Version(7)));
        assert!(published("$LATEST").is_err_and(|why| why.contains("changes under its callers")));
        assert!(published("live").is_err_and(|why| why.contains("not a version")));
    }
}
