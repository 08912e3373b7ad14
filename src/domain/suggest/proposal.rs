//! From needs to lines of `allow`.
//!
//! A verb of the catalogue is used when the code needs every action that it grants; what no such verb
//! covers is written out, one statement for each resource.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::call::Location;
use super::need::{Condition, Need};
use super::resource::{Resource, StandIns};
use crate::domain::arn::Place;
use crate::domain::policy::{
    Effect, Grant, Pattern, Statement, Wanted, index, known_to_iam, lines_allowing, with_variables,
};
use crate::domain::printable::quoted;

/// A line of `allow` that the code needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// As it stands in the list, without the `- `: `get s3://shop/in/*`, or `{ actions: […], … }`. Holes are `<name>`.
    pub line: String,
    /// What people have to fill in first.
    pub holes: Vec<String>,
    pub actions: Vec<String>,
    /// The calls behind it, sorted.
    pub from: Vec<Location>,
    /// The needs that the line meets.
    pub needs: Vec<Need>,
}

/// Lines for `missing`, in the order of the code. `all` are the code's needs, those that are met among them: a
/// verb may grant what these need too.
pub fn propose(missing: &[&Need], all: &[Need], place: &Place) -> Vec<Proposal> {
    let cover = Cover::new(all, place);
    let lines: BTreeSet<String> = missing.iter().flat_map(|need| cover.lines(need)).collect();
    let candidates: Vec<Candidate> = lines.into_iter().filter_map(|line| cover.candidate(line)).collect();
    let mut left: Vec<&Need> = missing.to_vec();
    let mut proposals = Vec::new();
    while let Some((line, met)) = best(&candidates, &left) {
        left.retain(|need| !met.contains(need));
        proposals.push(proposal(cover.stand_ins.show(line), &met));
    }
    proposals.extend(cover.written_out(&left));
    proposals.sort_by(|a, b| a.from.cmp(&b.from).then_with(|| a.line.cmp(&b.line)));
    proposals
}

/// Of the short lines, the one that meets the most of these needs and is the shortest.
fn best<'c, 'a>(candidates: &'c [Candidate<'a>], left: &[&'a Need]) -> Option<(&'c str, Vec<&'a Need>)> {
    // Of two verbs for an index, the one for the whole table is only for who needs the table.
    let exact = candidates.iter().filter(|candidate| candidate.is_exact);
    let exactly_met: Vec<&Need> = exact.flat_map(|candidate| candidate.met.iter().copied()).collect();
    let ranked = candidates.iter().filter_map(|candidate| {
        let is_left = |need: &&&Need| left.iter().any(|left| std::ptr::eq(*left, **need));
        let met: Vec<&Need> = candidate.met.iter().filter(is_left).copied().collect();
        let is_avoidable = !candidate.is_exact && met.iter().all(|need| exactly_met.contains(need));
        // A line that keeps to what the calls carry is narrower than one that does not.
        let wider = met
            .iter()
            .filter(|need| candidate.is_open && !need.when.is_empty())
            .count();
        let line = candidate.line.as_str();
        let rank = (
            is_avoidable,
            usize::MAX - met.len(),
            wider,
            line.contains(" arn:"),
            line.len(),
        );
        (!met.is_empty()).then_some((rank, line, met))
    });
    let best = ranked.min_by(|(one, ..), (other, ..)| one.cmp(other));
    best.map(|(_, line, met)| (line, met))
}

/// Whether a statement allows all that a need stands for. A hole is met by whatever people put into it.
pub(super) fn meets(statement: &Statement, need: &Need) -> bool {
    if statement.effect != Effect::Allow || !statement.names_action(&need.action) {
        return false;
    }
    let wanted = need.resource.pattern();
    let reaches = statement.resources.iter().any(|resource| {
        let granted = Pattern::resource(resource);
        granted.includes(&wanted) || (!need.resource.is_known() && granted.overlaps(&wanted))
    });
    let conditions = statement.conditions.values().flatten();
    reaches
        && conditions.into_iter().all(|(key, values)| {
            let carried = need.when.iter().find(|known| known.key.eq_ignore_ascii_case(key));
            carried.is_some_and(|known| {
                let wanted = known.value.pattern();
                values.iter().any(|value| {
                    let granted = Pattern::new(value);
                    granted.includes(&wanted) || (!known.value.is_known() && granted.overlaps(&wanted))
                })
            })
        })
}

/// A short line that grants no action which the code does not need.
struct Candidate<'a> {
    line: String,
    /// Whether the code needs every resource that the line names.
    is_exact: bool,
    /// Whether it is without conditions.
    is_open: bool,
    met: Vec<&'a Need>,
}

struct Cover<'a> {
    /// Every need of the code, and the same with names in place of its holes.
    all: Vec<(&'a Need, Need)>,
    stand_ins: StandIns,
    place: &'a Place,
}

impl<'a> Cover<'a> {
    fn new(all: &'a [Need], place: &'a Place) -> Self {
        let stand_ins = StandIns::of(all.iter().flat_map(parts));
        let known = |resource: &Resource| Resource::text(stand_ins.put(resource));
        let with_names = |need: &Need| Need {
            resource: known(&need.resource),
            when: need
                .when
                .iter()
                .map(|condition| Condition {
                    value: known(&condition.value),
                    ..condition.clone()
                })
                .collect(),
            ..need.clone()
        };
        let all = all.iter().map(|need| (need, with_names(need))).collect();
        Self { all, stand_ins, place }
    }

    /// What a line is worth, if it grants no action that the code does not need.
    fn candidate(&self, line: String) -> Option<Candidate<'a>> {
        let statements = Grant::parse(&line).ok()?.statements(self.place);
        let met = self
            .all
            .iter()
            .filter(|(_, need)| statements.iter().any(|statement| grants(statement, need)));
        let met: Vec<&Need> = met.map(|(need, _)| *need).collect();
        let is_needed = |action: &String| met.iter().any(|need| need.action.eq_ignore_ascii_case(action));
        if !statements
            .iter()
            .flat_map(|statement| &statement.actions)
            .all(is_needed)
        {
            return None;
        }
        Some(Candidate {
            line,
            is_exact: statements.iter().all(|statement| self.needs_all_of(statement)),
            is_open: statements.iter().all(|statement| statement.conditions.is_empty()),
            met,
        })
    }

    /// Whether the code does something with every resource of a statement.
    fn needs_all_of(&self, statement: &Statement) -> bool {
        let named = self.all.iter().filter(|(need, _)| statement.names_action(&need.action));
        let wanted: Vec<Pattern> = named.map(|(_, need)| need.resource.pattern()).collect();
        statement.resources.iter().all(|resource| {
            let granted = Pattern::resource(resource);
            wanted.iter().any(|wanted| wanted.includes(&granted))
        })
    }

    fn lines(&self, need: &Need) -> Vec<String> {
        let carried = need.when.iter();
        let when: Vec<(String, String)> = carried
            .map(|condition| (condition.key.clone(), self.stand_ins.put(&condition.value)))
            .collect();
        let wanted = Wanted {
            action: &need.action,
            resource: &self.stand_ins.put(&need.resource),
            when: &when,
        };
        lines_allowing(wanted, self.place)
    }

    /// One statement for each resource.
    fn written_out(&self, left: &[&'a Need]) -> Vec<Proposal> {
        let mut by_resource: BTreeMap<_, Vec<&Need>> = BTreeMap::new();
        for need in left {
            by_resource.entry((&need.resource, &need.when)).or_default().push(need);
        }
        let proposals = by_resource.into_iter().map(|((resource, when), needs)| {
            let actions: BTreeSet<String> = needs.iter().map(|need| format!("\"{}\"", need.action)).collect();
            let actions: Vec<String> = actions.into_iter().collect();
            let shown = with_variables(&self.stand_ins.put(resource), self.place);
            let shown = self.stand_ins.show(&shown);
            let named = quoted(&known_to_iam(&shown));
            let mut line = format!("{{ actions: [{}], resources: [{named}]", actions.join(", "));
            if !when.is_empty() {
                line = format!("{line}, when: {{ {} }}", conditions(when));
            }
            if shown == "*" && when.is_empty() && needs.iter().all(|need| takes_nothing(&need.action)) {
                line.push_str(", because: they take no resource");
            }
            line.push_str(" }");
            proposal(line, &needs)
        });
        proposals.collect()
    }
}

/// Whether a statement allows all of a need, both with names in place of holes.
fn grants(statement: &Statement, need: &Need) -> bool {
    // A call that carries no more than another is met by what meets that one.
    let narrowed = statement.conditions.is_empty() == need.when.is_empty() || statement.conditions.is_empty();
    narrowed && meets(statement, need)
}

/// `StringLike: { "s3:prefix": "in/*" }`
fn conditions(when: &[Condition]) -> String {
    let mut operators: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for Condition { operator, key, value } in when {
        let keys = operators.entry(operator).or_default();
        keys.push(format!("\"{key}\": {}", quoted(&value.to_string())));
    }
    let operators = operators
        .into_iter()
        .map(|(operator, keys)| format!("\"{operator}\": {{ {} }}", keys.join(", ")));
    operators.collect::<Vec<_>>().join(", ")
}

fn takes_nothing(action: &str) -> bool {
    let known = action.split_once(':').and_then(|(prefix, name)| {
        let service = index::service(prefix)?;
        Some(service.action(name)?.resources.is_empty())
    });
    known.unwrap_or_default()
}

fn parts(need: &Need) -> impl Iterator<Item = &Resource> {
    [&need.resource]
        .into_iter()
        .chain(need.when.iter().map(|condition| &condition.value))
}

fn proposal(line: String, needs: &[&Need]) -> Proposal {
    let mut holes: Vec<String> = Vec::new();
    for hole in needs.iter().flat_map(|need| parts(need)).flat_map(|part| part.holes()) {
        if line.contains(&format!("<{hole}>")) && !holes.iter().any(|known| known == hole) {
            holes.push(hole.to_owned());
        }
    }
    let actions: BTreeSet<&String> = needs.iter().map(|need| &need.action).collect();
    let from: BTreeSet<&Location> = needs.iter().flat_map(|need| &need.from).collect();
    Proposal {
        line,
        holes,
        actions: actions.into_iter().cloned().collect(),
        from: from.into_iter().cloned().collect(),
        needs: needs.iter().copied().cloned().collect(),
    }
}
