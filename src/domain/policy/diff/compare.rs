//! What somebody may do under some statements and may not under others.
//!
//! Requests are sorted by which patterns match their action and their resource; within a class all are
//! alike but for the facts (conditions, principals, variables), which are taken as independent of each
//! other, except where one follows from another. Every rule is so made that a request which is allowed
//! under the one side and not under the other is found; where it cannot be told, it counts as found.

use std::collections::BTreeSet;

use super::right::{Area, Fact, Right, follow, rights};
use crate::domain::policy::glob::{Budget, Pattern};
use crate::domain::policy::{Effect, PolicyDocument};

/// The rights of some documents together.
#[derive(Debug, Clone, Default)]
pub struct Side<'a> {
    pub allows: Vec<Right<'a>>,
    pub denies: Vec<Right<'a>>,
}

impl<'a> Side<'a> {
    /// What these documents allow and deny.
    pub fn of(documents: impl IntoIterator<Item = &'a PolicyDocument>) -> Self {
        let all = documents.into_iter().flat_map(rights);
        let (allows, denies) = all.partition(|right| right.effect == Effect::Allow);
        Self { allows, denies }
    }
}

/// A right through which more is allowed on one side: a permission that the other side has not, or
/// a denial of the other side's.
#[derive(Debug)]
pub struct Gain<'a> {
    pub right: &'a Right<'a>,
    /// The patterns of actions that make a difference, and for each class of actions whether more is allowed.
    patterns: Vec<Pattern>,
    classes: Vec<(Vec<bool>, bool)>,
    /// One request that is allowed on the one side alone, unless none could be named.
    pub witness: Option<Witness>,
}

/// An action, a resource, and what must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    pub action: String,
    pub resource: String,
    pub facts: BTreeSet<Fact>,
}

impl Gain<'_> {
    /// Whether more is allowed for this action of the right.
    pub fn is_about(&self, action: &str) -> bool {
        let action = action.to_ascii_lowercase();
        let matched: Vec<bool> = self.patterns.iter().map(|pattern| pattern.matches(&action)).collect();
        let known = self.classes.iter().find(|(class, _)| *class == matched);
        known.is_none_or(|(_, gained)| *gained)
    }
}

/// Every right through which `after` allows what `before` does not.
pub fn gains<'a>(before: &'a Side<'a>, after: &'a Side<'a>) -> Vec<Gain<'a>> {
    gains_within(before, after, &Budget::default())
}

/// The same within a budget: what that does not suffice for counts as found.
pub fn gains_within<'a>(before: &'a Side<'a>, after: &'a Side<'a>, budget: &Budget) -> Vec<Gain<'a>> {
    let sides = Sides { before, after, budget };
    let permissions = after.allows.iter().filter(|right| !sides.plainly_known(right));
    let denials = before.denies.iter().filter(|right| !after.denies.contains(right));
    permissions
        .chain(denials)
        .filter_map(|right| sides.gain(right))
        .collect()
}

struct Sides<'a, 'b> {
    before: &'a Side<'a>,
    after: &'a Side<'a>,
    budget: &'b Budget,
}

/// The rights that are about one class of requests, side by side.
struct Relevant<'a> {
    allowed_before: Vec<&'a Right<'a>>,
    allowed_after: Vec<&'a Right<'a>>,
    denied_before: Vec<&'a Right<'a>>,
    denied_after: Vec<&'a Right<'a>>,
}

impl<'a> Relevant<'a> {
    /// Those of them about texts of a class.
    fn among(&self, area: for<'r> fn(&'r Right<'a>) -> &'r Area, patterns: &Patterns<'_>, matched: &[bool]) -> Self {
        let only = |rights: &[&'a Right<'a>]| -> Vec<&'a Right<'a>> {
            let holds = |right: &&&'a Right<'a>| patterns.hold(area(right), matched);
            rights.iter().filter(holds).copied().collect()
        };
        Self {
            allowed_before: only(&self.allowed_before),
            allowed_after: only(&self.allowed_after),
            denied_before: only(&self.denied_before),
            denied_after: only(&self.denied_after),
        }
    }

    fn all(&self) -> impl Iterator<Item = &'a Right<'a>> {
        let allowed = self.allowed_before.iter().chain(&self.allowed_after);
        allowed.chain(&self.denied_before).chain(&self.denied_after).copied()
    }

    /// The facts under which the right makes the difference, if there are any.
    ///
    /// All facts are demanded and none is excluded, so the fewest facts leave the fewest rights of both
    /// sides: what is not found with those is not found with more.
    fn difference(&self, right: &Right<'_>) -> Option<BTreeSet<Fact>> {
        let apply = |rights: &[&Right<'_>], facts: &BTreeSet<Fact>| rights.iter().any(|r| follow(&r.facts, facts));
        match right.effect {
            Effect::Allow => {
                let facts = right.facts.clone();
                let gained = !apply(&self.denied_after, &facts) && !apply(&self.allowed_before, &facts);
                gained.then_some(facts)
            }
            Effect::Deny => {
                let together = self.allowed_after.iter().map(|allowed| &allowed.facts | &right.facts);
                let mut together = together.filter(|facts| !apply(&self.denied_after, facts));
                together.find(|facts| apply(&self.allowed_before, facts))
            }
        }
    }
}

impl<'a> Sides<'a, '_> {
    /// Whether the other side plainly has the same permission: the usual case.
    fn plainly_known(&self, right: &Right<'_>) -> bool {
        let same = |other: &Right<'_>| {
            other.actions == right.actions && other.resources == right.resources && follow(&other.facts, &right.facts)
        };
        self.before.allows.iter().any(same)
    }

    fn gain(&self, right: &'a Right<'a>) -> Option<Gain<'a>> {
        let all = Relevant {
            allowed_before: self.before.allows.iter().collect(),
            allowed_after: self.after.allows.iter().collect(),
            denied_before: self.before.denies.iter().collect(),
            denied_after: self.after.denies.iter().collect(),
        };
        let patterns = Patterns::of(all.all().chain([right]).map(|right| &right.actions));
        let Some(classes) = right.actions.within.classes(&patterns.0, self.budget) else {
            return Some(Gain {
                right,
                patterns: Vec::new(),
                classes: Vec::new(),
                witness: None,
            });
        };
        let mut gain = Gain {
            right,
            classes: Vec::new(),
            witness: None,
            patterns: Vec::new(),
        };
        for class in &classes {
            if !patterns.hold(&right.actions, &class.matched) {
                continue;
            }
            let relevant = all.among(|right| &right.actions, &patterns, &class.matched);
            let found = on_some_resource(right, &relevant, self.budget);
            let gained = !matches!(found, Found::Nowhere);
            gain.classes.push((class.matched.clone(), gained));
            if let (None, Found::On(resource, facts)) = (&gain.witness, found) {
                gain.witness = Some(Witness {
                    action: class.example.clone(),
                    resource,
                    facts,
                });
            }
        }
        gain.patterns = patterns.0.into_iter().cloned().collect();
        gain.classes.iter().any(|(_, gained)| *gained).then_some(gain)
    }
}

/// Whether the right makes a difference on some resource.
enum Found {
    Nowhere,
    /// It cannot be told, and so counts as found.
    Somewhere,
    On(String, BTreeSet<Fact>),
}

fn on_some_resource(right: &Right<'_>, relevant: &Relevant<'_>, budget: &Budget) -> Found {
    let patterns = Patterns::of(relevant.all().chain([right]).map(|right| &right.resources));
    let Some(classes) = right.resources.within.classes(&patterns.0, budget) else {
        return Found::Somewhere;
    };
    let within = classes
        .iter()
        .filter(|class| patterns.hold(&right.resources, &class.matched));
    let cost = relevant.all().count() * patterns.0.len();
    for class in within {
        if budget.spend(cost).is_none() {
            return Found::Somewhere;
        }
        let relevant = relevant.among(|right| &right.resources, &patterns, &class.matched);
        if let Some(facts) = relevant.difference(right) {
            return Found::On(class.example.clone(), facts);
        }
    }
    Found::Nowhere
}

/// Different patterns, each once.
struct Patterns<'a>(Vec<&'a Pattern>);

impl<'a> Patterns<'a> {
    fn of(areas: impl Iterator<Item = &'a Area>) -> Self {
        let mut patterns = Vec::new();
        for pattern in areas.flat_map(Area::patterns) {
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        }
        Self(patterns)
    }

    /// Whether texts that match just so lie in an area.
    fn hold(&self, area: &Area, matched: &[bool]) -> bool {
        let does = |pattern: &Pattern| {
            let at = self.0.iter().position(|known| *known == pattern);
            at.is_some_and(|at| matched[at])
        };
        area.holds(does)
    }
}
