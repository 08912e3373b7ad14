//! The ledger of an alias: what it pointed at, when, moved by whom, and why. Pure.
//!
//! Lambda keeps no history, and lfn keeps no state of its own, so the ledger lives on the function.
//! The newest entry is the alias's description, written by the very call that moves the alias and
//! guarded by its revision: of two writers one wins, and its entry is the one that stands. Every
//! entry is also a tag of the function, `lfn:step:ALIAS:NUMBER`, written right after the move; one
//! that an interruption kept from being written is made up for by the next move. Both are free, and
//! neither needs a right that a deploy does not need anyway.
//!
//! Its limits: a function has fifty tags, so old entries go when there are more than [`KEPT`] or no
//! room is left, last of all those that the last [`WAYS_BACK`] ways back of some alias need (the newest is
//! never lost); an entry has 256 characters, so a long reason is cut; and a move by another tool is known
//! only by what it left behind, as a gap.
//! Sources: Lambda API reference, `UpdateAlias` and `TagResource`; Lambda developer guide, "Using
//! tags on Lambda functions".

mod entry;
mod room;

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

pub use self::entry::{Entry, Kind, Point, Share, reason};
pub use self::room::{is_kept, kept};

use crate::domain::function::TAG_STEP;
use crate::domain::names::{AliasName, CodeDigest, Version};

/// The most entries that are kept of all aliases of a function together.
pub const KEPT: usize = 20;
/// So many ways back of every alias are kept open.
pub const WAYS_BACK: usize = 2;
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
    /// The oldest entry that is kept does not begin with the making of the alias, or some between two entries
    /// were not kept.
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

    /// The ledger as a deploy would leave it that moves the alias; what the entry tells besides is left open.
    #[must_use]
    pub fn moved(&self, from: Option<Point>, to: Point) -> Self {
        let mut entries = self.entries.clone();
        let entry = Entry {
            kind: Kind::Deploy,
            from,
            to,
            at: jiff::Timestamp::UNIX_EPOCH,
            who: String::new(),
            commit: None,
            digest: None,
            because: None,
        };
        entries.insert(self.next(), entry);
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
        let mut last = 0;
        for (&number, entry) in &self.entries {
            let skipped = at.is_some() && number > last + 1;
            last = number;
            match (at, &entry.from) {
                (None, Some(_)) => steps.push(Step::Unknown),
                (Some(at), from) if skipped && Some(at) != from.as_ref() => steps.push(Step::Unknown),
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
                // Beyond all that is known: what is known was taken back.
                None if entry.kind == Kind::Rollback => stack.clear(),
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

    /// Whether there may have been more ways back from where the alias points now than are known, although fewer
    /// than [`WAYS_BACK`] are.
    pub fn is_cut_short(&self, now: &Point) -> bool {
        self.before(now).len() < WAYS_BACK && self.history(now).contains(&Step::Unknown)
    }

    /// Every version that the last [`WAYS_BACK`] ways back lead to.
    pub fn versions(&self, now: &Point) -> BTreeSet<Version> {
        let back = self.before(now).into_iter().take(WAYS_BACK);
        back.flat_map(Point::versions).collect()
    }
}

/// The commit that a version was built from, if a move of any alias to it told.
pub fn commit(tags: &BTreeMap<String, String>, version: Version) -> Option<String> {
    let entries = tags.iter().filter(|(key, _)| key.starts_with(TAG_STEP));
    let to = |(_, value): (&String, &String)| Entry::parse_tag(value).filter(|entry| entry.to.version == Some(version));
    entries.filter_map(to).find_map(|entry| entry.commit)
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
