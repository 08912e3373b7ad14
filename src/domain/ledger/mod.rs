//! The ledger of an alias: what it pointed at, when, moved by whom, and why. Pure.
//!
//! Lambda keeps no history, and lfn keeps no state of its own, so the ledger lives on the function.
//! The newest entry is the alias's description, written by the very call that moves the alias and
//! guarded by its revision: of two writers one wins, and its entry is the one that stands. Every
//! entry is also a tag of the function, `lfn:step:ALIAS:NUMBER`, written right after the move; one
//! that an interruption kept from being written is made up for by the next move. Both are free, and
//! neither needs a right that a deploy does not need anyway.
//!
//! Its limits: a function has fifty tags, so the oldest entries go when there are more than
//! [`KEPT`] or no room is left (the newest is never lost); an entry has 256 characters, so a long
//! reason is cut; and a move by another tool is known only by what it left behind, as a gap.
//! Sources: Lambda API reference, `UpdateAlias` and `TagResource`; Lambda developer guide, "Using
//! tags on Lambda functions".

mod entry;

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

pub use self::entry::{Entry, Kind, Point, Share, reason};

use crate::domain::function::{TAG_STEP, TagChange};
use crate::domain::names::{AliasName, CodeDigest, Version};

/// The most entries that are kept of all aliases of a function together.
pub const KEPT: usize = 20;
/// The most tags a function may have. Source: Lambda developer guide, "Using tags on Lambda functions".
const TAG_LIMIT: usize = 50;
/// A tag's key has at most 128 characters, and an alias's name may have as many.
const NAME_LIMIT: usize = 96;

/// What is known of the moves of one alias.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    entries: BTreeMap<u64, Entry>,
}

/// One line of an alias's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<'a> {
    /// A move by lfn.
    Moved { number: u64, entry: &'a Entry },
    /// What lies between two entries, or after the newest: somebody else moved the alias.
    Elsewhere {
        from: Option<&'a Point>,
        to: Option<&'a Point>,
    },
    /// The oldest entry that is kept does not begin with the making of the alias.
    Unknown,
}

impl Ledger {
    /// The ledger of an alias, from its description and the function's tags.
    pub fn read(alias: &AliasName, description: &str, tags: &BTreeMap<String, String>) -> Self {
        let prefix = prefix(alias);
        let of_tag = |(key, value): (&String, &String)| {
            let number: u64 = key.strip_prefix(&prefix)?.parse().ok()?;
            Some((number, Entry::parse_tag(value)?))
        };
        let mut entries: BTreeMap<u64, Entry> = tags.iter().filter_map(of_tag).collect();
        entries.extend(Entry::parse_description(description));
        Self { entries }
    }

    /// The number of the entry to come.
    pub fn next(&self) -> u64 {
        self.newest().map_or(1, |(number, _)| number + 1)
    }

    /// The newest entry.
    pub fn newest(&self) -> Option<(u64, &Entry)> {
        self.entries.last_key_value().map(|(number, entry)| (*number, entry))
    }

    /// The canary that is under way on an alias that points at `now`, with the number of its entry.
    pub fn under_way(&self, now: &Point) -> Option<(u64, &Entry)> {
        self.newest()
            .filter(|(_, entry)| entry.is_under_way() && entry.to == *now)
    }

    /// The history, newest first, of an alias that points at `now`.
    pub fn history<'a>(&'a self, now: &'a Point) -> Vec<Step<'a>> {
        let mut steps = Vec::new();
        let mut at = None;
        for (&number, entry) in &self.entries {
            match (at, &entry.from) {
                (None, Some(_)) => steps.push(Step::Unknown),
                (Some(at), from) if Some(at) != from.as_ref() => steps.push(Step::Elsewhere {
                    from: Some(at),
                    to: from.as_ref(),
                }),
                _ => {}
            }
            steps.push(Step::Moved { number, entry });
            at = Some(&entry.to);
        }
        match at {
            None => steps.push(Step::Unknown),
            Some(at) if at != now => steps.push(Step::Elsewhere {
                from: Some(at),
                to: Some(now),
            }),
            Some(_) => {}
        }
        steps.reverse();
        steps
    }

    /// What an alias that points at `now` pointed at before, newest first. A rollback undoes the move
    /// that it went back over: the next one goes further back, never forward to what was taken back.
    /// The weights of a canary on its way are no place to return to; what was there before it is.
    pub fn before<'a>(&'a self, now: &'a Point) -> Vec<&'a Point> {
        let mut stack: Vec<&Point> = Vec::new();
        let mut at: Option<&Point> = None;
        let mut passing: Option<&Point> = None;
        for entry in self.entries.values() {
            // Moved by somebody else in between.
            if let Some(at) = at
                && entry.from.as_ref() != Some(at)
                && passing != Some(at)
            {
                stack.push(at);
            }
            let from = entry.from.as_ref();
            match stack.iter().rposition(|point| **point == entry.to) {
                Some(index) if entry.kind == Kind::Rollback => stack.truncate(index),
                _ => stack.extend(from.filter(|from| **from != entry.to && passing != Some(from))),
            }
            at = Some(&entry.to);
            passing = at.filter(|_| entry.is_under_way());
        }
        stack.extend(at.filter(|at| passing != Some(at)));
        // Where the alias points already is no way back, such as after it was deleted and made again.
        stack.retain(|point| *point != now);
        stack.reverse();
        stack
    }

    /// The commit that a version was built from, if a move to it told.
    pub fn commit(&self, version: Version) -> Option<&str> {
        let to = |entry: &&Entry| entry.subject() == Some(version);
        self.entries
            .values()
            .rev()
            .filter(to)
            .find_map(|entry| entry.commit.as_deref())
    }

    /// The beginning of the digest of a version's archive, if a move to it told.
    pub fn digest(&self, version: Version) -> Option<&str> {
        let to = |entry: &&Entry| entry.subject() == Some(version);
        self.entries
            .values()
            .rev()
            .filter(to)
            .find_map(|entry| entry.digest.as_deref())
    }

    /// Every version that the last `steps` ways back lead to.
    pub fn versions(&self, now: &Point, steps: usize) -> BTreeSet<Version> {
        let back = self.before(now).into_iter().take(steps);
        back.flat_map(Point::versions).collect()
    }
}

/// The change of the function's tags that keeps an entry of this number, together with the one before
/// it, in case that one's own writing was interrupted.
pub fn kept(
    alias: &AliasName,
    ledger: &Ledger,
    (number, entry): (u64, &Entry),
    tags: &BTreeMap<String, String>,
) -> TagChange {
    let before = ledger.entries.range(..number).next_back();
    let written = [before.map(|(number, entry)| (*number, entry)), Some((number, entry))];
    let mut set: BTreeMap<String, String> = written
        .into_iter()
        .flatten()
        .map(|(number, entry)| (format!("{}{number:06}", prefix(alias)), entry.tag()))
        .filter(|(key, value)| tags.get(key) != Some(value))
        .collect();
    let others = tags.keys().filter(|key| !key.starts_with(TAG_STEP)).count();
    let room = TAG_LIMIT.saturating_sub(others).min(KEPT);
    let mut all: Vec<(String, &str)> = tags
        .iter()
        .filter(|(key, _)| key.starts_with(TAG_STEP) && !set.contains_key(*key))
        .map(|(key, value)| (moment(value), key.as_str()))
        .collect();
    all.sort_unstable();
    while set.len() > room {
        set.pop_first();
    }
    let surplus = (all.len() + set.len()).saturating_sub(room);
    TagChange {
        set,
        remove: all.into_iter().take(surplus).map(|(_, key)| key.to_owned()).collect(),
    }
}

/// When an entry was made, as text that sorts; what cannot be read goes first.
fn moment(tag: &str) -> String {
    Entry::parse_tag(tag).map_or_else(String::new, |entry| entry.at.to_string())
}

/// What the tags of this alias's entries begin with.
fn prefix(alias: &AliasName) -> String {
    let name = alias.as_str();
    if name.len() <= NAME_LIMIT {
        return format!("{TAG_STEP}{name}:");
    }
    let hash = CodeDigest::from_sha256(&Sha256::digest(name)).to_hex();
    format!("{TAG_STEP}{}-{}:", &name[..NAME_LIMIT - 11], &hash[..10])
}

#[cfg(test)]
mod tests;
