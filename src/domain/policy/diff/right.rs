//! A document taken apart into single rights, ready to be compared.

use std::collections::{BTreeMap, BTreeSet};

use super::words::{condition_text, list, principal_text};
use crate::domain::policy::evaluate::Operator;
use crate::domain::policy::glob::{Budget, Pattern};
use crate::domain::policy::{Conditions, Effect, POLICY_VERSION, PolicyDocument, Principal, Statement};

/// One action, or set of actions, on one resource for one principal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right<'a> {
    pub effect: Effect,
    pub who: Option<Who<'a>>,
    pub action: Scope<'a>,
    pub resource: Option<Scope<'a>>,
    conditions: &'a Conditions,
    /// Under the old version of the language, `${aws:username}` and its like are plain text.
    literal_variables: bool,
    /// The actions it is about, in small letters.
    pub actions: Area,
    pub resources: Area,
    /// What must hold beside: all of them.
    pub facts: BTreeSet<Fact>,
}

/// One name, or everything but a set of names; a set is one right, since its names narrow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope<'a> {
    One(&'a str),
    Except(&'a BTreeSet<String>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who<'a> {
    One(&'a str, &'a str),
    Except(&'a Principal),
}

/// Texts that one pattern matches and none of some others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    pub within: Pattern,
    pub except: Vec<Pattern>,
}

/// Something that holds for a request or does not, and of which nothing more is known than what other
/// facts follow from it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// A line of a condition. The key is in small letters.
    Test {
        operator: String,
        key: String,
        values: BTreeSet<String>,
        literal_variables: bool,
    },
    /// The caller is named by this principal.
    Named(String, String),
    /// The caller is named by none of these.
    NotNamed(Principal),
    /// The resource is among these, once their variables are filled in.
    Among(BTreeSet<String>),
    /// The resource is not among these, once their variables are filled in.
    NotAmong(BTreeSet<String>),
}

impl Fact {
    /// Whether the other one holds whenever this one does. No is always a safe answer.
    fn implies(&self, other: &Self) -> bool {
        if self == other {
            return true;
        }
        let (
            Self::Test {
                operator,
                key,
                values,
                literal_variables,
            },
            Self::Test {
                operator: other_operator,
                key: other_key,
                values: other_values,
                literal_variables: other_literal,
            },
        ) = (self, other)
        else {
            return false;
        };
        let literal =
            values.union(other_values).all(|value| !has_variable(value)) || literal_variables == other_literal;
        let same = operator == other_operator && key == other_key && literal;
        // A value satisfies a positive operator if any matches, a negated one if none does.
        match Operator::parse(operator) {
            Some(parsed) if same && parsed.negated => values.is_superset(other_values),
            Some(_) if same => values.is_subset(other_values),
            Some(_) | None => false,
        }
    }
}

/// Whether all of these facts hold where the given ones do.
pub fn follow(facts: &BTreeSet<Fact>, given: &BTreeSet<Fact>) -> bool {
    let holds = |fact: &Fact| given.contains(fact) || given.iter().any(|one| one.implies(fact));
    facts.iter().all(holds)
}

impl Area {
    /// Whether one text lies in the area, by the index of each pattern in what was matched.
    pub fn holds(&self, matches: impl Fn(&Pattern) -> bool) -> bool {
        matches(&self.within) && !self.except.iter().any(matches)
    }

    /// Whether this area has everything that the other one has. No is always a safe answer, and the
    /// one when the budget does not suffice.
    pub fn includes(&self, other: &Self, budget: &Budget) -> bool {
        let within = || self.within.includes_within(&other.within, budget);
        self == other || (self.except.is_empty() && within().unwrap_or(false))
    }

    /// Every pattern of the area.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        [&self.within].into_iter().chain(&self.except)
    }
}

/// The rights of a document. What can never apply is left out.
pub fn rights(document: &PolicyDocument) -> Vec<Right<'_>> {
    let old = document.version != POLICY_VERSION;
    let mut rights: Vec<Right<'_>> = Vec::new();
    for right in document
        .statements
        .iter()
        .flat_map(|statement| rights_of(statement, old))
    {
        if !rights.contains(&right) {
            rights.push(right);
        }
    }
    rights
}

fn rights_of(statement: &Statement, old: bool) -> Vec<Right<'_>> {
    let mut rights = Vec::new();
    let principals = or_none(principals(statement));
    // An identity's own statement needs a resource.
    let resources = or_none(scopes(&statement.resources, &statement.not_resources));
    if principals == [None] && resources == [None] {
        return rights;
    }
    let literal_variables = old && has_variables(statement);
    let actions = match scopes(&statement.actions, &statement.not_actions) {
        none if none.is_empty() => vec![Scope::Except(&statement.not_actions)],
        some => some,
    };
    for who in principals {
        for action in &actions {
            for resource in &resources {
                let mut facts = tests(statement, literal_variables);
                facts.extend(who.as_ref().and_then(Who::fact));
                let (area, fact) = resource_area(resource.as_ref(), old);
                facts.extend(fact);
                rights.push(Right {
                    effect: statement.effect,
                    who: who.clone(),
                    action: action.clone(),
                    resource: resource.clone(),
                    conditions: &statement.conditions,
                    literal_variables,
                    actions: action_area(action),
                    resources: area,
                    facts,
                });
            }
        }
    }
    rights
}

fn scopes<'a>(names: &'a BTreeSet<String>, but: &'a BTreeSet<String>) -> Vec<Scope<'a>> {
    if names.is_empty() {
        (!but.is_empty()).then_some(Scope::Except(but)).into_iter().collect()
    } else {
        names.iter().map(|name| Scope::One(name)).collect()
    }
}

fn principals(statement: &Statement) -> Vec<Who<'_>> {
    let named = statement.principal.iter().flatten();
    let named = named.flat_map(|(kind, names)| names.iter().map(|name| Who::One(kind, name)));
    named.chain(statement.not_principal.as_ref().map(Who::Except)).collect()
}

/// The elements, or one absence when there are none.
fn or_none<T>(elements: Vec<T>) -> Vec<Option<T>> {
    if elements.is_empty() {
        vec![None]
    } else {
        elements.into_iter().map(Some).collect()
    }
}

fn has_variable(text: &str) -> bool {
    text.contains("${")
}

fn has_variables(statement: &Statement) -> bool {
    let values = statement.conditions.values().flat_map(BTreeMap::values).flatten();
    let resources = statement.resources.iter().chain(&statement.not_resources);
    resources.chain(values).any(|text| has_variable(text))
}

fn tests(statement: &Statement, literal_variables: bool) -> BTreeSet<Fact> {
    let operators = statement.conditions.iter();
    let tests = operators.flat_map(|(operator, keys)| {
        keys.iter().map(move |(key, values)| Fact::Test {
            operator: operator.to_ascii_lowercase(),
            key: key.to_ascii_lowercase(),
            values: values.clone(),
            literal_variables,
        })
    });
    tests.collect()
}

/// Actions have no case.
fn action_area(action: &Scope<'_>) -> Area {
    let pattern = |text: &str| Pattern::new(&text.to_ascii_lowercase());
    match action {
        Scope::One(name) => Area {
            within: pattern(name),
            except: Vec::new(),
        },
        Scope::Except(names) => Area {
            within: Pattern::new("*"),
            except: names.iter().map(|name| pattern(name)).collect(),
        },
    }
}

/// Where the resources lie; with variables in them, they lie there at most, and a fact stands for the rest.
fn resource_area(resource: Option<&Scope<'_>>, old: bool) -> (Area, Option<Fact>) {
    let everything = || Pattern::new("*");
    let filled_in = |text: &str| !old && has_variable(text);
    let (within, except, fact) = match resource {
        None => (everything(), Vec::new(), None),
        Some(Scope::One(text)) if filled_in(text) => {
            let fact = Fact::Among(BTreeSet::from([(*text).to_owned()]));
            (at_most(text), Vec::new(), Some(fact))
        }
        Some(Scope::One(text)) => (Pattern::resource(text), Vec::new(), None),
        Some(Scope::Except(texts)) => {
            let (variable, plain): (Vec<&String>, Vec<&String>) = texts.iter().partition(|text| filled_in(text));
            let except = plain.into_iter().map(|text| Pattern::resource(text)).collect();
            let fact = (!variable.is_empty()).then(|| Fact::NotAmong(variable.into_iter().cloned().collect()));
            (everything(), except, fact)
        }
    };
    (Area { within, except }, fact)
}

/// A pattern of everything that a resource with variables can stand for.
fn at_most(text: &str) -> Pattern {
    let mut pattern = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        pattern.push_str(before);
        pattern.push('*');
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    pattern.push_str(rest);
    if pattern.starts_with("arn:") && pattern.matches(':').count() < 5 {
        pattern.push('*');
    }
    Pattern::new(&pattern)
}

impl Who<'_> {
    fn fact(&self) -> Option<Fact> {
        match *self {
            // Everybody is.
            Self::One("AWS", "*") => None,
            // `arn:aws:iam::111122223333:root` is the account, as its number alone is.
            Self::One("AWS", name) => {
                let account = match name.split(':').collect::<Vec<_>>()[..] {
                    ["arn", _, "iam", "", account, "root"] => account,
                    _ => name,
                };
                Some(Fact::Named("AWS".into(), account.into()))
            }
            Self::One(kind, name) => Some(Fact::Named(kind.into(), name.to_ascii_lowercase())),
            Self::Except(principal) => Some(Fact::NotNamed(principal.clone())),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::One(kind, name) => principal_text(kind, name),
            Self::Except(principal) => {
                let names = principal.iter();
                let names = names.flat_map(|(kind, names)| names.iter().map(|name| principal_text(kind, name)));
                format!("anyone except {}", list(&names.collect(), "and"))
            }
        }
    }
}

impl Scope<'_> {
    /// The name, or everything that `all` calls but some names.
    pub fn text(&self, all: &str) -> String {
        match self {
            Self::One(name) => (*name).to_owned(),
            Self::Except(names) if names.is_empty() => all.to_owned(),
            Self::Except(names) => format!("{all} except {}", list(names, "and")),
        }
    }
}

impl Right<'_> {
    /// Who, in words; empty when the document is about its owner.
    pub fn principal_text(&self) -> String {
        self.who.as_ref().map(Who::text).unwrap_or_default()
    }

    /// On what; empty when the document is about what it is attached to.
    pub fn resource_text(&self) -> String {
        let text = self.resource.as_ref().map(|resource| resource.text("everything"));
        text.unwrap_or_default()
    }

    /// When, in words; empty when always.
    pub fn condition_text(&self) -> String {
        let condition = condition_text(self.conditions);
        if !self.literal_variables {
            return condition;
        }
        let space = if condition.is_empty() { "" } else { " " };
        format!("{condition}{space}(variables taken as plain text)")
    }
}
