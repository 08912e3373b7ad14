//! What came of a function's calls, in the shape that is shown and printed as JSON.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::learn::{Learned, is_untold, line_for, lines};
use super::{Judge, Passed, Seen, Standing};
use crate::domain::calls::Need;
use crate::domain::policy::{Grant, Source};

/// What the function did with its rights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Access {
    /// Who the function is to AWS.
    pub principal: String,
    /// Where calls went; absent when there was nowhere to send them.
    pub upstream: Option<String>,
    /// Each action and resource once.
    pub calls: Vec<Row>,
    /// Calls that were not held against the role.
    pub others: Vec<Other>,
    /// Lines of `allow` that no call was allowed by.
    pub unused: Vec<String>,
    /// Lines that would allow what is missing; with `--learn` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub learned: Option<Vec<Learned>>,
    /// What was not looked at, and what a refusal does not say.
    pub notes: Vec<String>,
}

/// Calls that needed the same right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    pub action: String,
    pub resource: String,
    pub count: usize,
    pub verdict: Standing,
    /// The line of `allow` that would allow it; none where the request did not tell the operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
}

/// Calls that were not held against the role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Other {
    pub what: String,
    pub count: usize,
    pub verdict: Passed,
}

impl Access {
    /// Of everything that was seen.
    pub fn of(judge: &Judge, seen: &Seen, upstream: Option<String>, learning: bool, mut notes: Vec<String>) -> Self {
        notes.extend(seen.absent.values().map(|object| {
            format!("`{object}` is not there, which S3 tells only those who may list the bucket; others are denied")
        }));
        let others = seen.others.iter().map(|((what, verdict), count)| Other {
            what: what.clone(),
            count: *count,
            verdict: *verdict,
        });
        Self {
            principal: judge.principal(),
            upstream,
            calls: rows(judge, seen),
            others: others.collect(),
            unused: unused(judge, seen),
            learned: learning.then(|| lines(seen, &judge.place)),
            notes,
        }
    }

    /// What came since an earlier look.
    #[must_use]
    pub fn since(&self, before: &Self) -> Self {
        let calls = self.calls.iter().filter_map(|row| {
            let is_same =
                |old: &&Row| (old.verdict, &old.action, &old.resource) == (row.verdict, &row.action, &row.resource);
            let old = before.calls.iter().find(is_same).map_or(0, |old| old.count);
            (row.count > old).then(|| Row {
                count: row.count - old,
                ..row.clone()
            })
        });
        let others = self.others.iter().filter_map(|other| {
            let is_same = |old: &&Other| (&old.what, old.verdict) == (&other.what, other.verdict);
            let old = before.others.iter().find(is_same).map_or(0, |old| old.count);
            (other.count > old).then(|| Other {
                count: other.count - old,
                ..other.clone()
            })
        });
        let known = before.learned.iter().flatten().map(|learned| &learned.line);
        let known: BTreeSet<&String> = known.collect();
        let learned = self.learned.iter().flatten();
        let learned: Vec<Learned> = learned
            .filter(|learned| !known.contains(&learned.line))
            .cloned()
            .collect();
        let notes = self.notes.iter().filter(|note| !before.notes.contains(note));
        Self {
            principal: self.principal.clone(),
            upstream: self.upstream.clone(),
            calls: calls.collect(),
            others: others.collect(),
            // They can only have become fewer.
            unused: Vec::new(),
            learned: Some(learned).filter(|learned| !learned.is_empty()),
            notes: notes.cloned().collect(),
        }
    }
}

fn rows(judge: &Judge, seen: &Seen) -> Vec<Row> {
    // What calls carry besides makes no row of its own.
    let mut rows: BTreeMap<(Standing, &str, &str), (usize, &Need)> = BTreeMap::new();
    for ((need, standing), count) in &seen.needs {
        let row = rows
            .entry((*standing, &need.action, &need.resource))
            .or_insert((0, need));
        row.0 += count;
    }
    let rows = rows
        .into_iter()
        .map(|((verdict, action, resource), (count, need))| Row {
            action: action.to_owned(),
            resource: resource.to_owned(),
            count,
            verdict,
            line: match verdict {
                Standing::Denied | Standing::Missing if !is_untold(need) => Some(line_for(need, &judge.place)),
                _ => None,
            },
        });
    rows.collect()
}

fn unused(judge: &Judge, seen: &Seen) -> Vec<String> {
    let lines = judge.sources.iter().enumerate();
    let unused = lines.filter(|(index, source)| source.key == "allow" && !seen.used.contains(index));
    unused.map(|(_, source)| called(source)).collect()
}

/// A line of `allow` as people know it: itself, or the actions of a statement that is written out.
fn called(source: &Source) -> String {
    if Grant::parse(&source.purpose).is_ok() {
        return source.purpose.clone();
    }
    let actions = source.statements.iter().flat_map(|statement| &statement.actions);
    let actions: Vec<&str> = actions.map(String::as_str).collect();
    format!("allow[{}] ({})", source.item.unwrap_or_default(), actions.join(", "))
}
