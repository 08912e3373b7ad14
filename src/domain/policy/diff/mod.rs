//! What changes for access when one document replaces another, in lines a person can read.
//!
//! What counts is what may be done in the end: order, grouping, ids and case make no difference, and
//! neither does a right that another statement gives or takes anyway. The rule that all rests on: what
//! cannot be shown to be no widening is a widening.

mod compare;
mod lines;
mod right;
#[cfg(test)]
mod tests;
mod words;

use std::fmt;

use serde::Serialize;

use self::compare::{Side, gains};
use self::lines::Lines;
use super::PolicyDocument;
use super::index::Level;

/// One right: who may (not) do what, on what, when; and what happens to it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct AccessLine {
    /// `allow` or `deny`.
    pub effect: String,
    /// Who, in trust and resource policies; empty in a role's own policy, which is about the role.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub principal: String,
    /// One action, or a pattern.
    pub action: String,
    /// How many known actions of this level a pattern stands for here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
    /// Whether the pattern stands for more actions, with which something else happens or nothing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub others: bool,
    /// Empty in trust policies.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub resource: String,
    /// `when …`, or empty when unconditional.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// The weightiest of the actions; absent when none of them is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    pub kind: Change,
    /// Whether more may be done than before.
    pub widening: bool,
    /// Of a right that is gained, what there was of it before; of one that is narrowed, what is left.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub part: Vec<String>,
}

/// What happens to a right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    #[default]
    Gained,
    Lost,
    /// A part of it is lost.
    Narrowed,
}

impl fmt::Display for AccessLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.effect)?;
        if !self.principal.is_empty() {
            write!(f, " {}:", self.principal)?;
        }
        write!(f, " {}", self.action_text())?;
        if !self.resource.is_empty() {
            write!(f, " on {}", self.resource)?;
        }
        if !self.condition.is_empty() {
            write!(f, " {}", self.condition)?;
        }
        Ok(())
    }
}

impl AccessLine {
    /// The action, or how many: `s3: 161 other actions`.
    pub fn action_text(&self) -> String {
        let service = self.action.split_once(':').map(|(service, _)| service);
        match (self.count, service) {
            (Some(count), Some(service)) if self.others => format!("{service}: {count} other actions"),
            (Some(count), _) => format!("{} ({count} actions)", self.action),
            (None, _) if self.others => format!("{}, but for some", self.action),
            (None, _) => self.action.clone(),
        }
    }

    /// How many rights the line stands for.
    pub fn rights(&self) -> usize {
        self.count.unwrap_or(1)
    }
}

/// What becomes different. A denial that is added takes rights away, and one that is removed gives some.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct AccessChange {
    pub added: Vec<AccessLine>,
    pub removed: Vec<AccessLine>,
}

impl AccessChange {
    /// Compares what may be done under two documents; absent means nothing.
    pub fn between(from: Option<&PolicyDocument>, to: Option<&PolicyDocument>) -> Self {
        Self::beside(from, to, &[])
    }

    /// The same, where other documents say more and stay as they are.
    pub fn beside(from: Option<&PolicyDocument>, to: Option<&PolicyDocument>, others: &[&PolicyDocument]) -> Self {
        let others = || others.iter().copied();
        let before = Side::of(from.into_iter().chain(others()));
        let after = Side::of(to.into_iter().chain(others()));
        let mut lines = Lines::new(&before, &after);
        let (gained, lost) = (gains(&before, &after), gains(&after, &before));
        for gain in &gained {
            lines.gained(gain);
        }
        for loss in &lost {
            lines.lost(loss);
        }
        lines.limits(&gained, &lost);
        lines.finish()
    }

    /// Whether the same may be done under both.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }

    /// Every line, those that widen first.
    pub fn lines(&self) -> impl Iterator<Item = &AccessLine> {
        let all = || self.added.iter().chain(&self.removed);
        let widening = all().filter(|line| line.widening);
        widening.chain(all().filter(|line| !line.widening))
    }

    /// Whether more may be done than before.
    pub fn widens(&self) -> bool {
        self.lines().any(|line| line.widening)
    }
}

/// Whether the same may be done under both documents.
pub fn same_access(one: &PolicyDocument, other: &PolicyDocument) -> bool {
    let (one, other) = (Side::of([one]), Side::of([other]));
    gains(&one, &other).is_empty() && gains(&other, &one).is_empty()
}
