//! Rights that add up to more rights, from `data/escalations.json`.
//!
//! A set is complete when each of its actions is allowed on something that no statement names: a limit to
//! named roles or functions, a condition, or a denial of one member breaks it. Writing policies is
//! enough on a single resource (`named`), which may be the caller's own.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Notes, Severity, guard, index};
use crate::domain::policy::evaluate::{Caller, Context, Layer, Policies, Request, decide};
use crate::domain::policy::glob::Pattern;
use crate::domain::policy::index::{ResourceType, Service};
use crate::domain::policy::why::open_resource;
use crate::domain::policy::{Effect, PolicyDocument, Statement};

static SETS: LazyLock<Vec<Set>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../data/escalations.json")).expect("the embedded sets are JSON")
});

/// What no statement has a name for.
const UNNAMED: &str = "lfn-probe-7c1e";

/// Actions that together give their holder more rights than the policy says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    pub name: String,
    actions: Vec<Member>,
    /// Whether one named resource is enough.
    #[serde(default)]
    named: bool,
    pub why: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Member {
    Action(String),
    /// Handing a role over to this service.
    Passing {
        action: String,
        to: String,
    },
}

impl Member {
    fn action(&self) -> &str {
        match self {
            Self::Action(action) | Self::Passing { action, .. } => action,
        }
    }
}

impl Set {
    /// The actions, in order.
    pub fn actions(&self) -> impl Iterator<Item = &str> {
        self.actions.iter().map(Member::action)
    }

    fn is_part_of(&self, other: &Self) -> bool {
        let theirs: BTreeSet<&str> = other.actions().collect();
        self.name != other.name && self.actions().all(|action| theirs.contains(action))
    }
}

/// The statements that complete some sets: policy and statement, by index.
pub type Grounds = BTreeSet<(usize, usize)>;

/// All sets.
pub fn sets() -> &'static [Set] {
    &SETS
}

/// The sets that these policies of one identity complete, by the statements that do. Of sets that
/// contain each other, the smallest; permissions for everything do not count.
pub fn complete(
    policies: &[PolicyDocument],
    boundary: Option<&PolicyDocument>,
) -> BTreeMap<Grounds, Vec<&'static Set>> {
    let policies: Vec<PolicyDocument> = policies.iter().map(without_open).collect();
    let asked = Asked {
        policies: &policies,
        boundary,
        services: RefCell::default(),
    };
    let found: Vec<(&Set, Grounds)> = SETS
        .iter()
        .filter_map(|set| asked.grounds(set).map(|grounds| (set, grounds)))
        .collect();
    let mut ways: BTreeMap<Grounds, Vec<&Set>> = BTreeMap::new();
    for (set, grounds) in &found {
        if !found.iter().any(|(other, _)| other.is_part_of(set)) {
            ways.entry(grounds.clone()).or_default().push(set);
        }
    }
    ways
}

/// The same policy without the permissions for everything: who has one needs no way to it, and P10 and
/// P20 say so. Nor do conditions count that let everything through. Statements keep their places.
fn without_open(document: &PolicyDocument) -> PolicyDocument {
    let closed = |statement: &Statement| {
        let is_open = statement
            .actions
            .iter()
            .any(|action| matches!(action.as_str(), "*" | "*:*"))
            || !statement.not_actions.is_empty();
        if statement.effect == Effect::Allow && is_open {
            Statement::allow(["lfn:Nothing"], ["*"])
        } else if statement.effect == Effect::Allow {
            Statement {
                conditions: guard::without_vacuous(&statement.conditions),
                ..statement.clone()
            }
        } else {
            statement.clone()
        }
    };
    PolicyDocument {
        version: document.version.clone(),
        statements: document.statements.iter().map(closed).collect(),
    }
}

/// What the ways that the same statements open have in common, in words.
pub fn sentence(sets: &[&Set]) -> Option<String> {
    let (first, others) = sets.split_first()?;
    let actions: Vec<String> = first.actions().map(|action| format!("`{action}`")).collect();
    let more = match others {
        [] => String::new(),
        [one] => format!("; so does the way called {}", one.name),
        many => {
            let names: Vec<&str> = many.iter().map(|set| set.name.as_str()).collect();
            format!("; so do {} more ways: {}", many.len(), names.join(", "))
        }
    };
    let gives = if actions.len() == 1 { "gives" } else { "together give" };
    Some(format!(
        "{} {gives} more rights: {}{more}",
        actions.join(", "),
        first.why
    ))
}

pub(super) fn check(document: &PolicyDocument, notes: &mut Notes) {
    for (grounds, sets) in complete(std::slice::from_ref(document), None) {
        let named: Vec<usize> = grounds.iter().map(|(_, statement)| *statement).collect();
        let (Some(last), Some(message)) = (named.last(), sentence(&sets)) else {
            continue;
        };
        notes.statement = Some(*last);
        notes.add("P22", Severity::Error, "Action", message);
        let statements: Vec<String> = named.iter().map(|index| format!("`Statement[{index}]`")).collect();
        let limit = "take an action away, name the roles and resources, or insist on a boundary";
        let complete = if statements.len() == 1 { "completes" } else { "complete" };
        notes.hint(format!("{} {complete} it: {limit}", statements.join(" and ")));
        if let Some(action) = sets[0].actions().last() {
            notes.word(action);
        }
    }
    notes.statement = None;
}

/// Policies under questions.
struct Asked<'a> {
    policies: &'a [PolicyDocument],
    boundary: Option<&'a PolicyDocument>,
    /// Unpacked once for all sets.
    services: RefCell<BTreeMap<String, Option<Rc<Service>>>>,
}

impl Asked<'_> {
    fn service(&self, prefix: &str) -> Option<Rc<Service>> {
        let mut known = self.services.borrow_mut();
        let unpack = || index::service(prefix).map(Rc::new);
        known.entry(prefix.to_owned()).or_insert_with(unpack).clone()
    }

    fn grounds(&self, set: &Set) -> Option<Grounds> {
        // Naming is cheap to see; what it is worth is not.
        let named = |member: &Member| self.naming(member.action()).next().is_some();
        if !set.actions.iter().all(named) {
            return None;
        }
        let mut grounds = Grounds::new();
        for member in &set.actions {
            grounds.extend(self.allowed(member, set.named)?);
        }
        Some(grounds)
    }

    fn naming<'a>(&'a self, action: &'a str) -> impl Iterator<Item = &'a Statement> {
        let statements = self.policies.iter().flat_map(|document| &document.statements);
        statements.filter(move |statement| statement.effect == Effect::Allow && statement.names_action(action))
    }

    /// The statements that allow an action on what they do not name, or with `named` on anything.
    fn allowed(&self, member: &Member, named: bool) -> Option<Grounds> {
        let (prefix, name) = member.action().split_once(':')?;
        let service = self.service(prefix)?;
        let action = service.action(name)?;
        let written: BTreeSet<&str> = self
            .naming(member.action())
            .flat_map(|statement| {
                let open = statement.resources.is_empty().then_some("*");
                statement.resources.iter().map(String::as_str).chain(open)
            })
            .collect();
        let types: Vec<&ResourceType> = service.resources_of(action).collect();
        if types.is_empty() {
            return self.on(member, "*", "111122223333");
        }
        let required: Vec<&ResourceType> = required(&service, action);
        written.iter().find_map(|pattern| {
            let place = Segments::of(pattern);
            let on = |kind: &&ResourceType| self.on(member, &place.unnamed(kind), place.account);
            if let Some(grounds) = required.iter().map(on).collect::<Option<Vec<_>>>()
                && !required.is_empty()
            {
                return Some(grounds.into_iter().flatten().collect());
            }
            if let Some(grounds) = types.iter().find_map(on).filter(|_| required.is_empty()) {
                return Some(grounds);
            }
            let is_it = types
                .iter()
                .any(|kind| kind.pattern().overlaps(&Pattern::resource(pattern)));
            let one = pattern.replace(['*', '?'], "x");
            (named && is_it).then(|| self.on(member, &one, place.account)).flatten()
        })
    }

    fn on(&self, member: &Member, resource: &str, account: &str) -> Option<Grounds> {
        let mut context = Context::default()
            .with("aws:SecureTransport", "true")
            .with("aws:PrincipalAccount", account)
            .with("aws:ResourceAccount", account);
        if let Member::Passing { to, .. } = member {
            context = context.with("iam:PassedToService", to.as_str());
        }
        let request = Request {
            caller: Caller::Identity(format!("arn:aws:iam::{account}:role/{UNNAMED}-caller")),
            action: member.action().to_owned(),
            resource: resource.to_owned(),
            resource_account: account.to_owned(),
            context,
        };
        let open = open_resource(account);
        let policies = Policies {
            identity: self.policies,
            boundary: self.boundary,
            resource: Some(&open),
        };
        let decision = decide(&request, policies);
        let own = |finding: &&crate::domain::policy::evaluate::Finding| finding.layer == Layer::Identity;
        decision.is_allowed().then(|| {
            let grounds = decision.grounds().into_iter().filter(own);
            grounds.map(|finding| (finding.policy, finding.statement)).collect()
        })
    }
}

fn required<'a>(service: &'a Service, action: &'a index::Action) -> Vec<&'a ResourceType> {
    let used = action.resources.iter().filter(|used| used.required);
    used.filter_map(|used| service.resources.get(used.index)).collect()
}

/// Where a pattern reaches: what it leaves open is filled with something likely.
struct Segments<'a> {
    partition: &'a str,
    region: &'a str,
    account: &'a str,
}

impl<'a> Segments<'a> {
    fn of(pattern: &'a str) -> Self {
        let segments: Vec<&str> = pattern.splitn(6, ':').collect();
        let segment = |index: usize, usual: &'a str| {
            let found = segments.get(index).copied().unwrap_or_default();
            let is_open = found.is_empty() || found.contains(['*', '?', '$']);
            if is_open { usual } else { found }
        };
        Self {
            partition: segment(1, "aws"),
            region: segment(3, "us-east-1"),
            account: segment(4, "111122223333"),
        }
    }

    fn unnamed(&self, kind: &ResourceType) -> String {
        [
            ("{p}", self.partition),
            ("{r}", self.region),
            ("{a}", self.account),
            ("*", UNNAMED),
        ]
        .iter()
        .fold(kind.arn.clone(), |arn, (part, value)| arn.replace(part, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_set_is_of_actions_that_exist_and_says_why() {
        let mut names = BTreeSet::new();
        for set in sets() {
            assert!(names.insert(&set.name), "{} is there twice", set.name);
            assert!(set.why.len() > 20 && !set.why.ends_with('.'), "{}", set.name);
            for action in set.actions() {
                let (prefix, name) = action.split_once(':').unwrap();
                let service = index::service(prefix).unwrap_or_else(|| panic!("{action}"));
                assert!(service.action(name).is_some(), "{action}");
            }
        }
        assert!(sets().len() > 80, "only {} sets", sets().len());
    }

    #[test]
    fn every_set_is_complete_by_itself_and_broken_by_a_denial_of_any_member() {
        for set in sets() {
            let allow = Statement::allow(set.actions(), ["*"]);
            let document = PolicyDocument::new([allow.clone()]);
            let found = complete(std::slice::from_ref(&document), None);
            let smallest = found
                .values()
                .flatten()
                .any(|other| other.name == set.name || other.is_part_of(set));
            assert!(smallest, "{}", set.name);
            for action in set.actions() {
                let denied = PolicyDocument::new([allow.clone(), Statement::deny([action], ["*"])]);
                let found = complete(std::slice::from_ref(&denied), None);
                assert!(
                    !found.values().flatten().any(|other| other.name == set.name),
                    "{} without {action}",
                    set.name
                );
                let bounded = PolicyDocument::new([Statement::allow(["*"], ["*"]), Statement::deny([action], ["*"])]);
                let found = complete(std::slice::from_ref(&document), Some(&bounded));
                assert!(
                    !found.values().flatten().any(|other| other.name == set.name),
                    "{} bounded",
                    set.name
                );
            }
        }
    }
}
