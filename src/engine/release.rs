//! Moving aliases, and writing every move into the ledger.
//!
//! The move and its entry are one write, guarded by the alias's revision: the entry is the alias's
//! description. Its copy among the function's tags follows; without it nothing is lost but room for
//! a longer history, so a failure to write it is told and stops nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::function::{TAG_STEP, TagChange};
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

/// An alias that was moved, before its entry has its copy among the function's tags.
#[derive(Debug)]
pub struct Written {
    pub alias: AliasState,
    copy: TagChange,
}

/// A rollback that was made, and whose run was cut off before it had told.
#[derive(Debug, Clone, PartialEq)]
pub struct CutOff {
    pub entry: Entry,
    copy: TagChange,
}

/// An alias that was moved.
#[derive(Debug)]
pub struct Moved {
    pub alias: AliasState,
    /// Why the entry has no copy among the function's tags.
    pub unkept: Option<PortError>,
}

/// Where an alias is after a move of it failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whereabouts {
    /// Where it was before the move.
    Unmoved,
    /// Somewhere else; `None` when there is no such alias any more.
    Elsewhere(Option<Point>),
    /// Nobody could be asked.
    Unknown,
}

/// Where an alias points.
pub fn point(alias: &AliasState) -> Point {
    Point::new(alias.version, &alias.weights)
}

/// The ledger of an alias of a function with these tags.
pub fn ledger(alias: &AliasState, tags: &BTreeMap<String, String>) -> Ledger {
    Ledger::read(&alias.name, &alias.description, tags)
}

/// The commit that a version was built from: by the ledger of the alias, or else by that of another one.
pub fn commit(ledger: &Ledger, tags: &BTreeMap<String, String>, version: Version) -> Option<String> {
    let own = ledger.commit(version).map(str::to_owned);
    own.or_else(|| ledger::commit(tags, version))
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
        let known = version.and_then(|version| commit(ledger, self.tags, version));
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

    /// Makes or moves the alias, and keeps the entry.
    pub async fn perform(&self, cloud: &Cloud) -> PortResult<Moved> {
        let written = self.write(cloud).await?;
        let unkept = written.keep(self.function, cloud).await.err();
        Ok(Moved {
            alias: written.alias,
            unkept,
        })
    }

    /// Makes or moves the alias with one write. A write whose answer was lost may have
    /// landed, and when it is repeated it looks like a conflict; the alias itself tells.
    pub async fn write(&self, cloud: &Cloud) -> PortResult<Written> {
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
                    found => return Err(moved_meanwhile(self.alias, self.from, found.as_ref(), error)),
                }
            }
            Err(error) if error.kind.leaves_open() => match cloud.functions.alias(self.function, self.alias).await {
                Ok(Some(found)) if point(&found) == self.to && found.description == update.description => found,
                _ => return Err(error),
            },
            Err(error) => return Err(error),
        };
        // A move that landed unheard has the entry of the first try.
        let landed = Entry::parse_description(&alias.description).filter(|(number, _)| *number == ledger.next());
        let entry = landed.map_or(entry, |(_, landed)| landed);
        let copy = ledger::kept(self.alias, &ledger, (ledger.next(), &entry), self.tags);
        Ok(Written { alias, copy })
    }

    /// Looks where the alias is after a move of it failed.
    pub async fn whereabouts(&self, cloud: &Cloud) -> Whereabouts {
        match cloud.functions.alias(self.function, self.alias).await {
            Ok(found) => {
                let now = found.as_ref().map(point);
                if now == self.from.map(point) {
                    Whereabouts::Unmoved
                } else {
                    Whereabouts::Elsewhere(now)
                }
            }
            Err(_) => Whereabouts::Unknown,
        }
    }
}

impl Written {
    /// Keeps the entry among the function's tags. A rollback tells first that it is done: see [`cut_off`].
    pub async fn keep(&self, function: &FunctionName, cloud: &Cloud) -> PortResult<()> {
        keep(function, &self.copy, cloud).await
    }
}

impl CutOff {
    /// Keeps the entry, which the earlier run did not come to.
    pub async fn keep(&self, function: &FunctionName, cloud: &Cloud) -> PortResult<()> {
        keep(function, &self.copy, cloud).await
    }
}

async fn keep(function: &FunctionName, copy: &TagChange, cloud: &Cloud) -> PortResult<()> {
    if copy.is_empty() {
        return Ok(());
    }
    cloud.functions.change_tags(function, copy).await
}

/// The rollback over so many moves that an alias stands at the end of, if its run was cut off before it had told
/// that it is done: the copy of its entry, which a run writes last, is not there. Running the same command again
/// must not go further back then.
pub fn cut_off(alias: &AliasState, tags: &BTreeMap<String, String>, steps: usize) -> Option<CutOff> {
    let (number, entry) = Entry::parse_description(&alias.description)?;
    if entry.kind != Kind::Rollback || entry.to != point(alias) || ledger::is_kept(&alias.name, number, tags) {
        return None;
    }
    let before = Ledger::read(&alias.name, "", tags);
    let meant = before.before(entry.from.as_ref()?);
    if meant.get(steps.checked_sub(1)?).copied() != Some(&entry.to) {
        return None;
    }
    let copy = ledger::kept(&alias.name, &before, (number, &entry), tags);
    // Where there is no room for a copy, that there is none tells nothing.
    let kept = copy.set.keys().any(|key| !tags.contains_key(key));
    kept.then_some(CutOff { entry, copy })
}

/// Names who moved or made the alias first, when that was another lfn.
pub fn moved_meanwhile(
    alias: &AliasName,
    before: Option<&AliasState>,
    found: Option<&AliasState>,
    error: PortError,
) -> PortError {
    let no_tags = BTreeMap::new();
    let next = before.map_or(1, |before| ledger(before, &no_tags).next());
    let newest = found.map(|found| ledger(found, &no_tags));
    let by = newest
        .as_ref()
        .and_then(Ledger::newest)
        .filter(|(number, _)| *number >= next)
        .map_or("someone else", |(_, entry)| &entry.who);
    let version = found.and_then(|found| found.version);
    let version = version.map_or_else(|| "$LATEST".to_owned(), |version| format!("version {version}"));
    let what = match (before, found) {
        (_, None) => "deleted".to_owned(),
        (None, Some(_)) => format!("made for {version}"),
        (Some(_), Some(_)) => format!("moved to {version}"),
    };
    let message = format!("`{alias}` was {what} by {by} since lfn looked");
    PortError {
        kind: ErrorKind::Stale,
        message,
        ..error
    }
}
