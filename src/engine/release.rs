//! Moving aliases, and writing every move into the ledger.
//!
//! The move and its entry are one write, guarded by the alias's revision: the entry is the alias's
//! description. Its copy among the function's tags follows; without it nothing is lost but room for
//! a longer history, so a failure to write it is told and stops nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::function::TAG_STEP;
use crate::domain::ledger::{self, Entry, Kind, Ledger, Point};
use crate::domain::names::{AliasName, CodeDigest, FunctionName, Version};
use crate::ports::{AliasState, AliasUpdate, Cloud, ErrorKind, PortError, PortResult};

/// Hexadecimal digits of an archive's digest that an entry has.
const DIGEST_DIGITS: usize = 12;

/// Who moves an alias, and why, for the ledger.
#[derive(Debug, Clone, Default)]
pub struct Mover {
    pub who: String,
    /// The commit of the working tree, for a move to what was built from it.
    pub commit: Option<String>,
    pub because: Option<String>,
}

/// One move of an alias.
#[derive(Debug, Clone)]
pub struct Move<'a> {
    pub function: &'a FunctionName,
    pub alias: &'a AliasName,
    /// `None` makes the alias.
    pub from: Option<&'a AliasState>,
    pub to: Point,
    pub kind: Kind,
    /// The archive of the version it goes to.
    pub digest: Option<&'a CodeDigest>,
    pub mover: &'a Mover,
    /// The tags of the function.
    pub tags: &'a BTreeMap<String, String>,
}

/// An alias that was moved.
#[derive(Debug)]
pub struct Moved {
    pub alias: AliasState,
    /// Why the entry has no copy among the function's tags.
    pub unkept: Option<PortError>,
}

/// Where an alias points.
pub fn point(alias: &AliasState) -> Point {
    Point::new(alias.version, &alias.weights)
}

/// The ledger of an alias of a function with these tags.
pub fn ledger(alias: &AliasState, tags: &BTreeMap<String, String>) -> Ledger {
    Ledger::read(&alias.name, &alias.description, tags)
}

/// The function's tags as they are after a deploy that wants `wanted`: the ledger's stay.
pub fn tags_after(
    found: Option<&BTreeMap<String, String>>,
    wanted: &BTreeMap<String, String>,
) -> BTreeMap<String, String> {
    let steps = found.into_iter().flatten().filter(|(key, _)| key.starts_with(TAG_STEP));
    let steps = steps.map(|(key, value)| (key.clone(), value.clone()));
    wanted.clone().into_iter().chain(steps).collect()
}

/// What is said when an entry has no copy among the tags.
pub fn unkept_warning(alias: &AliasName, error: &PortError) -> String {
    format!("`{alias}` has moved, but the move is not kept in its history: {error}")
}

impl Move<'_> {
    fn ledger(&self) -> Ledger {
        let description = self.from.map(|from| from.description.as_str());
        Ledger::read(self.alias, description.unwrap_or_default(), self.tags)
    }

    fn entry(&self, ledger: &Ledger, at: Timestamp) -> Entry {
        let version = self.to.version;
        let known = version.and_then(|version| ledger.commit(version)).map(str::to_owned);
        Entry {
            kind: self.kind,
            from: self.from.map(point),
            to: self.to.clone(),
            at,
            who: self.mover.who.clone(),
            commit: self.mover.commit.clone().or(known),
            digest: self
                .digest
                .map(|digest| digest.to_hex().chars().take(DIGEST_DIGITS).collect()),
            because: self.mover.because.clone(),
        }
    }

    fn update(&self, version: Version, entry: &Entry, number: u64) -> AliasUpdate {
        AliasUpdate {
            name: self.alias.clone(),
            version,
            weights: self
                .to
                .weights
                .iter()
                .map(|(version, share)| (*version, share.weight()))
                .collect(),
            description: entry.description(number),
        }
    }

    /// Makes or moves the alias with one write, and keeps the entry. A write whose answer was lost and
    /// that is repeated looks like a conflict; the alias itself tells whether it landed.
    pub async fn perform(&self, cloud: &Cloud) -> PortResult<Moved> {
        let version = self.to.version.expect("nobody moves an alias to $LATEST");
        let ledger = self.ledger();
        let entry = self.entry(&ledger, Timestamp::now());
        let update = self.update(version, &entry, ledger.next());
        let result = match self.from {
            None => cloud.functions.create_alias(self.function, &update).await,
            Some(from) => {
                cloud
                    .functions
                    .update_alias(self.function, &update, &from.revision)
                    .await
            }
        };
        let alias = match result {
            Ok(alias) => alias,
            Err(error) if matches!(error.kind, ErrorKind::Stale | ErrorKind::AlreadyExists) => {
                match cloud.functions.alias(self.function, self.alias).await? {
                    Some(found) if point(&found) == self.to => found,
                    found => return Err(self.moved_meanwhile(found.as_ref(), error)),
                }
            }
            Err(error) => return Err(error),
        };
        // A move that landed unheard has the entry of the first try.
        let landed = Entry::parse_description(&alias.description).filter(|(number, _)| *number == ledger.next());
        let entry = landed.map_or(entry, |(_, landed)| landed);
        let change = ledger::kept(self.alias, &ledger, (ledger.next(), &entry), self.tags);
        let kept = if change.is_empty() {
            Ok(())
        } else {
            cloud.functions.change_tags(self.function, &change).await
        };
        Ok(Moved {
            alias,
            unkept: kept.err(),
        })
    }

    /// Names who came first, when that was another lfn.
    fn moved_meanwhile(&self, found: Option<&AliasState>, error: PortError) -> PortError {
        let now = found
            .and_then(|found| found.version)
            .map_or_else(|| "elsewhere".into(), |version| format!("to version {version}"));
        let before = self.ledger().next();
        let newest = found.map(|found| ledger(found, &BTreeMap::new()));
        let by = newest
            .as_ref()
            .and_then(Ledger::newest)
            .filter(|(number, _)| *number >= before)
            .map_or_else(
                || "by someone else".to_owned(),
                |(_, entry)| format!("by {}", entry.who),
            );
        let message = format!("`{}` was moved {now} {by} since lfn looked", self.alias);
        PortError {
            kind: ErrorKind::Stale,
            message,
            ..error
        }
    }
}
