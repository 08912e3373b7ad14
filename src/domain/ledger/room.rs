//! Which entries are kept among a function's tags when there is not room for all of them.
//!
//! What the last ways back of any alias need goes last, so an alias that moves often never pushes out the
//! past of one that moves seldom. Apart from that the alias with the most entries gives up its oldest ones.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{Entry, KEPT, Ledger, TAG_LIMIT, WAYS_BACK, prefix};
use crate::domain::function::{TAG_STEP, TagChange};
use crate::domain::names::AliasName;

/// The change of the function's tags that keeps an entry of this number, together with the one before
/// it, in case that one's own writing was interrupted.
pub fn kept(
    alias: &AliasName,
    ledger: &Ledger,
    (number, entry): (u64, &Entry),
    tags: &BTreeMap<String, String>,
) -> TagChange {
    let before = ledger.entries.range(..number).next_back();
    let written = before
        .map(|(number, entry)| (*number, entry))
        .into_iter()
        .chain([(number, entry)]);
    let own = prefix(alias);
    let mut set: BTreeMap<String, String> = written
        .map(|(number, entry)| (key(&own, number), entry.tag()))
        .filter(|(key, value)| tags.get(key) != Some(value))
        .collect();
    let others = tags.keys().filter(|key| !key.starts_with(TAG_STEP)).count();
    let room = TAG_LIMIT.saturating_sub(others).min(KEPT);
    let steps = tags.iter().filter(|(key, _)| key.starts_with(TAG_STEP));
    let after: BTreeMap<&String, &String> = steps.chain(&set).collect();
    // What cannot be read goes first; it is let be as long as there is room.
    if after.len() <= room {
        return TagChange {
            set,
            remove: BTreeSet::new(),
        };
    }
    let mut past = Past::read(&after);
    while past.count() > room {
        past.forget();
    }
    let remaining = past.keys();
    let remove = tags
        .keys()
        .filter(|key| key.starts_with(TAG_STEP) && !remaining.contains(*key));
    let remove = remove.cloned().collect();
    set.retain(|key, _| remaining.contains(key));
    TagChange { set, remove }
}

/// Whether the entry of this number has its copy among the tags.
pub fn is_kept(alias: &AliasName, number: u64, tags: &BTreeMap<String, String>) -> bool {
    tags.contains_key(&key(&prefix(alias), number))
}

fn key(prefix: &str, number: u64) -> String {
    format!("{prefix}{number:06}")
}

/// The entries of all aliases of a function, by what their tags begin with.
struct Past(BTreeMap<String, Ledger>);

impl Past {
    fn read(tags: &BTreeMap<&String, &String>) -> Self {
        let mut past: BTreeMap<String, Ledger> = BTreeMap::new();
        for (key, value) in tags {
            let Some((prefix, number)) = key.rsplit_once(':') else {
                continue;
            };
            if let (Ok(number), Some(entry)) = (number.parse(), Entry::parse_tag(value)) {
                let ledger = past.entry(format!("{prefix}:")).or_default();
                ledger.entries.insert(number, entry);
            }
        }
        Self(past)
    }

    fn count(&self) -> usize {
        self.0.values().map(|ledger| ledger.entries.len()).sum()
    }

    fn keys(&self) -> BTreeSet<String> {
        let keys = |(prefix, ledger): (&String, &Ledger)| {
            let keys = ledger.entries.keys().map(|number| key(prefix, *number));
            keys.collect::<Vec<_>>()
        };
        self.0.iter().flat_map(keys).collect()
    }

    /// Drops what is missed least: entries that the last ways back do not need, or else those that only fewer
    /// ways need, or else the oldest. Of several aliases the one with the most entries gives.
    fn forget(&mut self) {
        let mut ledgers: Vec<&mut Ledger> = self.0.values_mut().collect();
        ledgers.sort_by_key(|ledger| {
            let oldest = ledger.entries.values().next().map(|entry| entry.at);
            (Reverse(ledger.entries.len()), oldest)
        });
        for ways in (0..=WAYS_BACK).rev() {
            for ledger in &mut ledgers {
                if let Some(rest) = ledger.without_least(ways) {
                    **ledger = rest;
                    return;
                }
            }
        }
        if let Some(most) = ledgers.first_mut() {
            most.entries.pop_first();
        }
    }
}

impl Ledger {
    /// The ledger without its oldest run of entries, as short as can be, that so many of the last ways back do
    /// not need. The newest entry is never part of it, and no way back is made up by what is missing.
    fn without_least(&self, ways: usize) -> Option<Self> {
        let now = &self.newest()?.1.to;
        let all = self.before(now);
        let least = all.len().min(ways);
        let numbers: Vec<u64> = self.entries.keys().copied().collect();
        for first in 0..numbers.len() - 1 {
            for last in first..numbers.len() - 1 {
                let mut rest = self.clone();
                rest.entries
                    .retain(|number, _| !(numbers[first]..=numbers[last]).contains(number));
                let left = rest.before(now);
                if left.len() >= least && all.starts_with(&left) {
                    return Some(rest);
                }
            }
        }
        None
    }
}
