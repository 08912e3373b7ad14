//! Lines for what a comparison found: actions by name or by number, with their levels.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::compare::{Gain, Side, gains};
use super::right::{Right, Scope, follow};
use super::{AccessChange, AccessLine, Change};
use crate::domain::policy::Effect;
use crate::domain::policy::glob::Budget;
use crate::domain::policy::index::{self, Action, Level, Service};

/// So many actions are named one by one; more are counted.
const FEW: usize = 3;

/// Lines in the making.
pub struct Lines<'a> {
    before: &'a Side<'a>,
    after: &'a Side<'a>,
    change: AccessChange,
    /// Services of the index that were asked for.
    services: RefCell<BTreeMap<String, Option<Service>>>,
    /// For what is only said beside: which rights give a part.
    budget: Budget,
}

/// Actions that one line is about.
struct Actions {
    action: String,
    count: Option<usize>,
    others: bool,
    level: Option<Level>,
}

impl<'a> Lines<'a> {
    pub fn new(before: &'a Side<'a>, after: &'a Side<'a>) -> Self {
        Self {
            before,
            after,
            change: AccessChange::default(),
            services: RefCell::default(),
            budget: Budget::default(),
        }
    }

    /// A permission that comes, or a denial that goes.
    pub fn gained(&mut self, gain: &Gain<'_>) {
        let part = match gain.right.effect {
            Effect::Allow => parts(gain.right, &self.before.allows, &self.budget),
            Effect::Deny => Vec::new(),
        };
        let lines = self.lines(gain, Change::Gained, &part);
        match gain.right.effect {
            Effect::Allow => self.change.added.extend(lines),
            Effect::Deny => self.change.removed.extend(lines),
        }
    }

    /// A permission that goes, or a denial that comes.
    pub fn lost(&mut self, loss: &Gain<'_>) {
        match loss.right.effect {
            Effect::Allow => {
                let part = parts(loss.right, &self.after.allows, &self.budget);
                let kind = if part.is_empty() {
                    Change::Lost
                } else {
                    Change::Narrowed
                };
                let lines = self.lines(loss, kind, &part);
                self.change.removed.extend(lines);
            }
            Effect::Deny => {
                let lines = self.lines(loss, Change::Lost, &[]);
                self.change.added.extend(lines);
            }
        }
    }

    /// Denials that come together with what they keep from being allowed: nothing is lost through
    /// them, and what is gained is less than its lines say.
    pub fn limits(&mut self, gains_found: &[Gain<'_>], losses: &[Gain<'_>]) {
        let gained = |right: &&Right<'a>| gains_found.iter().any(|gain| gain.right == *right);
        let said =
            |right: &Right<'_>| losses.iter().any(|loss| loss.right == right) || self.before.denies.contains(right);
        let without = Side {
            allows: self.after.allows.iter().filter(gained).cloned().collect(),
            denies: Vec::new(),
        };
        let with = Side {
            allows: without.allows.clone(),
            denies: self.after.denies.iter().filter(|right| !said(right)).cloned().collect(),
        };
        let limits = gains(&with, &without);
        let lines = limits.iter().flat_map(|limit| self.lines(limit, Change::Narrowed, &[]));
        let lines: Vec<AccessLine> = lines.collect();
        self.change.added.extend(lines);
    }

    /// The lines in order: what weighs most first, then by what is acted on.
    pub fn finish(self) -> AccessChange {
        let mut change = self.change;
        for lines in [&mut change.added, &mut change.removed] {
            lines.sort_by(|one, other| order(one).cmp(&order(other)));
            lines.dedup();
        }
        change
    }

    fn lines(&self, gain: &Gain<'_>, kind: Change, part: &[String]) -> Vec<AccessLine> {
        let right = gain.right;
        let line = |actions: Actions| AccessLine {
            effect: match right.effect {
                Effect::Allow => "allow".into(),
                Effect::Deny => "deny".into(),
            },
            principal: right.principal_text(),
            action: actions.action,
            count: actions.count,
            others: actions.others,
            resource: right.resource_text(),
            condition: right.condition_text(),
            level: actions.level,
            kind,
            widening: kind == Change::Gained,
            part: part.to_vec(),
        };
        self.actions(gain).into_iter().map(line).collect()
    }

    fn actions(&self, gain: &Gain<'_>) -> Vec<Actions> {
        let as_written = |action: String, level: Option<Level>| Actions {
            action,
            count: None,
            others: false,
            level,
        };
        let Scope::One(action) = gain.right.action else {
            let text = gain.right.action.text("anything");
            return vec![as_written(text, Some(Level::PermissionsManagement))];
        };
        let is_pattern = |text: &str| text.contains(['*', '?']);
        let (prefix, name) = action.split_once(':').unwrap_or((action, ""));
        if is_pattern(prefix) {
            // Most of it counts as affected; one by one that would be thousands of actions.
            return vec![as_written(action.to_owned(), Some(Level::PermissionsManagement))];
        }
        let mut services = self.services.borrow_mut();
        let service = services
            .entry(prefix.to_ascii_lowercase())
            .or_insert_with_key(|prefix| index::service(prefix));
        let Some(service) = service else {
            return vec![as_written(action.to_owned(), None)];
        };
        if !is_pattern(name) {
            let known = service.action(name);
            let spelt = known.map_or_else(
                || action.to_owned(),
                |known| format!("{}:{}", service.prefix, known.name),
            );
            return vec![as_written(spelt, known.map(|known| known.level))];
        }
        let all = service.expand(name);
        let full = |name: &str| format!("{}:{name}", service.prefix);
        let (about, rest): (Vec<&Action>, Vec<&Action>) =
            all.iter().copied().partition(|known| gain.is_about(&full(&known.name)));
        let most = about.iter().map(|known| known.level).max();
        if about.is_empty() {
            // Actions that are not known, such as those to come.
            return vec![as_written(action.to_owned(), all.iter().map(|known| known.level).max())];
        }
        if rest.is_empty() && about.len() > 1 {
            let count = Some(about.len());
            return vec![Actions {
                count,
                ..as_written(action.to_owned(), most)
            }];
        }
        if about.len() <= FEW {
            let named = about
                .iter()
                .map(|known| as_written(full(&known.name), Some(known.level)));
            return named.collect();
        }
        let mut levels: BTreeMap<Reverse<Level>, usize> = BTreeMap::new();
        for known in &about {
            *levels.entry(Reverse(known.level)).or_default() += 1;
        }
        let counted = levels.into_iter().map(|(Reverse(level), count)| Actions {
            count: Some(count),
            others: true,
            ..as_written(action.to_owned(), Some(level))
        });
        counted.collect()
    }
}

/// Those of the rights that give a part of what this one gives, as resource and condition.
fn parts(whole: &Right<'_>, rights: &[Right<'_>], budget: &Budget) -> Vec<String> {
    let is_part = |right: &&Right<'_>| {
        right.actions.includes(&whole.actions, budget)
            && whole.resources.includes(&right.resources, budget)
            && follow(&whole.facts, &right.facts)
    };
    let text = |right: &Right<'_>| {
        let (resource, condition) = (right.resource_text(), right.condition_text());
        let space = if resource.is_empty() || condition.is_empty() {
            ""
        } else {
            " "
        };
        format!("{resource}{space}{condition}")
    };
    let mut texts: Vec<String> = rights.iter().filter(is_part).map(text).collect();
    texts.sort();
    texts.dedup();
    texts
}

fn order(line: &AccessLine) -> (Reverse<Option<Level>>, &str, &str, &str, &str, &str) {
    let AccessLine {
        effect,
        principal,
        action,
        resource,
        condition,
        level,
        ..
    } = line;
    (Reverse(*level), effect, principal, resource, action, condition)
}
