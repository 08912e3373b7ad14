//! The published versions of a function, and all that leads to them: aliases and their weights, the
//! ways back of their ledgers, provisioned concurrency, event source mappings.
//!
//! A function URL is no way of its own: Lambda has them on aliases and `$LATEST` alone.
//! Source: Lambda developer guide, "Creating and managing Lambda function URLs".

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::release;
use crate::domain::ledger::{Ledger, Point, WAYS_BACK};
use crate::domain::names::{AliasName, CodeDigest, FunctionName, Qualifier, Version};
use crate::ports::{AliasState, Cloud, ErrorKind, EventSource, PortError, PortResult, Snapshot};

/// What was found.
#[derive(Debug, Clone)]
pub struct Stock {
    /// The code of `$LATEST`.
    pub latest: CodeDigest,
    /// Oldest first.
    pub versions: Vec<Snapshot>,
    pub aliases: Vec<Standing>,
    /// By alias or version.
    pub provisioned: BTreeMap<Qualifier, u32>,
    /// Or why they could not be listed.
    pub sources: Result<Vec<EventSource>, PortError>,
}

/// An alias: where it points, and what is known of its past.
#[derive(Debug, Clone)]
pub struct Standing {
    pub name: AliasName,
    pub now: Point,
    pub ledger: Ledger,
}

/// What leads to a version.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Use {
    /// `share` of its traffic, 0 to 1.
    Alias { alias: AliasName, share: f64 },
    /// One of the last ways back of this alias.
    WayBack { alias: AliasName },
    /// The ledger of this alias does not reach back so far, and the version may be one of the last ways back.
    PerhapsWayBack { alias: AliasName },
    /// Of the version itself, not of an alias.
    Provisioned { executions: u32 },
    /// An event source mapping that names the version.
    EventSource { id: String, source: Option<String> },
}

/// `live`, `live 90%`, `rollback of live`, `5 provisioned`, `mapping of arn:…`.
impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Alias { alias, share } if (*share - 1.0).abs() < f64::EPSILON => write!(f, "{alias}"),
            Self::Alias { alias, share } => write!(f, "{alias} {}%", (share * 1000.0).round() / 10.0),
            Self::WayBack { alias } => write!(f, "rollback of {alias}"),
            Self::PerhapsWayBack { alias } => write!(f, "perhaps rollback of {alias}, whose history is unknown"),
            Self::Provisioned { executions } => write!(f, "{executions} provisioned"),
            Self::EventSource { id, source } => write!(f, "mapping of {}", source.as_ref().unwrap_or(id)),
        }
    }
}

/// Looks everything up.
pub async fn stock(cloud: &Cloud, name: &FunctionName) -> PortResult<Stock> {
    let functions = &cloud.functions;
    let (found, versions, aliases, sources) = tokio::join!(
        functions.function(name),
        functions.versions(name),
        functions.aliases(name),
        functions.event_sources(name),
    );
    // One after the other, so that of several failures it is always the same that is reported.
    let (found, versions, aliases) = (found?, versions?, aliases?);
    let found = found.ok_or_else(|| {
        PortError::new(
            ErrorKind::NotFound,
            "lambda:GetFunction",
            name.as_str(),
            "there is no such function",
        )
    })?;
    let known: Vec<Qualifier> = aliases
        .iter()
        .map(|alias| Qualifier::Alias(alias.name.clone()))
        .chain(versions.iter().map(|version| version.qualifier.clone()))
        .collect();
    let provisioned = functions.all_provisioned(name, &known).await?;
    Ok(Stock {
        latest: found.latest.digest,
        aliases: aliases.iter().map(|alias| Standing::new(alias, &found.tags)).collect(),
        versions,
        provisioned: provisioned
            .into_iter()
            .map(|(qualifier, state)| (qualifier, state.requested))
            .collect(),
        sources,
    })
}

impl Standing {
    /// An alias of a function with these tags.
    pub fn new(alias: &AliasState, tags: &BTreeMap<String, String>) -> Self {
        Self {
            name: alias.name.clone(),
            now: release::point(alias),
            ledger: release::ledger(alias, tags),
        }
    }

    fn share(&self, version: Version) -> Option<f64> {
        let others: f64 = self.now.weights.values().map(|share| share.weight()).sum();
        if self.now.version == Some(version) {
            return Some(1.0 - others);
        }
        self.now.weights.get(&version).map(|share| share.weight())
    }
}

impl Stock {
    /// The numbers, oldest first.
    pub fn numbers(&self) -> impl DoubleEndedIterator<Item = (Version, &Snapshot)> {
        self.versions.iter().filter_map(|snapshot| match snapshot.qualifier {
            Qualifier::Version(version) => Some((version, snapshot)),
            Qualifier::Latest | Qualifier::Alias(_) => None,
        })
    }

    /// What leads to a version now.
    pub fn uses(&self, version: Version) -> Vec<Use> {
        let aliases = self.aliases.iter().filter_map(|alias| {
            alias.share(version).map(|share| Use::Alias {
                alias: alias.name.clone(),
                share,
            })
        });
        let here = Qualifier::Version(version);
        let provisioned = self.provisioned.get(&here).map(|executions| Use::Provisioned {
            executions: *executions,
        });
        let sources = self.sources.iter().flatten().filter(|source| source.qualifier == here);
        let sources = sources.map(|source| Use::EventSource {
            id: source.id.clone(),
            source: source.source.clone(),
        });
        aliases.chain(provisioned).chain(sources).collect()
    }

    /// Which versions may be meant by the ways back that no ledger tells any more: as many of the newest ones
    /// older than all that is known of the alias as ways are missing.
    pub fn perhaps_ways_back(&self) -> BTreeMap<Version, BTreeSet<AliasName>> {
        let mut ways: BTreeMap<Version, BTreeSet<AliasName>> = BTreeMap::new();
        for alias in self
            .aliases
            .iter()
            .filter(|alias| alias.ledger.is_cut_short(&alias.now))
        {
            let known = alias.ledger.before(&alias.now);
            let missing = WAYS_BACK - known.len();
            let oldest = known.last().copied().unwrap_or(&alias.now).version;
            let older = self.numbers().rev().map(|(version, _)| version);
            let older = older.filter(|version| oldest.is_none_or(|oldest| *version < oldest));
            for version in older.take(missing) {
                ways.entry(version).or_default().insert(alias.name.clone());
            }
        }
        ways
    }

    /// Which aliases' rollbacks may lead to which versions.
    pub fn ways_back(&self) -> BTreeMap<Version, BTreeSet<AliasName>> {
        let mut ways: BTreeMap<Version, BTreeSet<AliasName>> = BTreeMap::new();
        for alias in &self.aliases {
            for version in alias.ledger.versions(&alias.now) {
                ways.entry(version).or_default().insert(alias.name.clone());
            }
        }
        ways
    }

    /// The commit that a version was built from, if the ledger of some alias tells.
    pub fn commit(&self, version: Version) -> Option<&str> {
        self.aliases.iter().find_map(|alias| alias.ledger.commit(version))
    }

    /// The same stock after an alias was moved to a version, or to one that is yet to be published.
    #[must_use]
    pub fn after_move(mut self, alias: &AliasName, to: Option<Version>) -> Self {
        // A number that no version has.
        let to = Point::at(to.unwrap_or(Version(u64::MAX)));
        if let Some(standing) = self.aliases.iter_mut().find(|standing| standing.name == *alias) {
            standing.ledger = standing.ledger.moved(Some(standing.now.clone()), to.clone());
            standing.now = to;
        }
        self
    }
}
