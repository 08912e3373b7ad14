//! What was seen of a function's calls, counted.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Ruled, Ruling};
use crate::domain::calls::Need;

/// So many kinds of calls that were not held against the role are told apart: anybody on the machine may send some.
const MOST_OTHERS: usize = 100;

/// Everything that was seen so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    pub(super) needs: BTreeMap<(Need, Standing), usize>,
    pub(super) others: BTreeMap<(String, Passed), usize>,
    /// The parts of the file that calls were allowed by, by their place among the sources.
    pub(super) used: BTreeSet<usize>,
    /// Of each bucket, an object that was not there, which S3 tells only those who may list.
    pub(super) absent: BTreeMap<String, String>,
}

/// How a need was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    Allowed,
    /// Let through: the file allows it under a condition of which the request does not tell.
    Depends,
    Denied,
    /// Let through to learn, although the file does not allow it.
    Missing,
}

/// What became of a call that was not held against the role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Passed {
    Passed,
    Refused,
    /// There was nowhere to pass it on to.
    Unsent,
}

impl Seen {
    /// A call that went on to AWS.
    pub fn let_through(&mut self, ruled: &[Ruled]) {
        for Ruled { need, ruling, grounds } in ruled {
            let standing = match ruling {
                Ruling::Allowed => Standing::Allowed,
                Ruling::Depends(_) => Standing::Depends,
                Ruling::Denied(_) => Standing::Missing,
            };
            if standing != Standing::Missing {
                self.used.extend(grounds);
            }
            self.count(need, standing);
        }
    }

    /// A need for which a call was refused.
    pub fn refused(&mut self, need: &Need) {
        self.count(need, Standing::Denied);
    }

    /// A call that was not held against the role, in words.
    pub fn other(&mut self, what: impl Into<String>, passed: Passed) {
        let mut key = (what.into(), passed);
        if self.others.len() >= MOST_OTHERS && !self.others.contains_key(&key) {
            key = ("more requests".to_owned(), passed);
        }
        *self.others.entry(key).or_default() += 1;
    }

    /// An object that is not there.
    pub fn absent(&mut self, object: String) {
        let bucket = object.split('/').next().unwrap_or_default().to_owned();
        self.absent.entry(bucket).or_insert(object);
    }

    /// Parts of the file that a call was allowed by, which no need tells of.
    pub fn use_grounds(&mut self, grounds: &BTreeSet<usize>) {
        self.used.extend(grounds);
    }

    fn count(&mut self, need: &Need, standing: Standing) {
        *self.needs.entry((need.clone(), standing)).or_default() += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_may_send_is_counted_and_not_kept() {
        let mut seen = Seen::default();
        for path in 0..1_000 {
            seen.other(format!("GET /{path}"), Passed::Refused);
        }
        seen.other("GET /0", Passed::Refused);
        assert_eq!(seen.others.len(), MOST_OTHERS + 1);
        assert_eq!(seen.others.values().sum::<usize>(), 1_001);
        assert_eq!(seen.others[&("GET /0".to_owned(), Passed::Refused)], 2);
    }
}
