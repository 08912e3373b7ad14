//! A function's AWS calls held against the role that lambda.yaml describes, while the function runs.
//!
//! [`Judge`] says of one call whether the role may make it, [`Seen`] keeps what was said of all of them,
//! and [`lines`] turns what was seen into lines of `allow`.

mod learn;
mod report;
mod seen;

use std::collections::{BTreeMap, BTreeSet};

pub use learn::{Learned, is_open, lines};
pub use report::{Access, Other, Row};
pub use seen::{Passed, Seen, Standing};

use crate::domain::arn::{Arn, Place};
use crate::domain::calls::refusal::Reason;
use crate::domain::calls::{Call, Need};
use crate::domain::policy::denial::Keeper;
use crate::domain::policy::evaluate::{ContextValue, Layer, Miss, Verdict};
use crate::domain::policy::why::{self, Question, ask};
use crate::domain::policy::{Effect, Pattern, PolicyDocument, RoleSpec, Source, Statement, index, sdk};

/// The role that a deploy would give the function.
#[derive(Debug, Clone)]
pub struct Judge {
    pub role: RoleSpec,
    pub sources: Vec<Source>,
    /// What the role's boundary says, where the file names one and it could be read.
    pub boundary: Option<PolicyDocument>,
    pub function: Arn,
    pub place: Place,
}

/// What the role says about one need of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ruling {
    Allowed,
    /// Allowed under conditions on these keys, of which a request does not tell.
    Depends(BTreeSet<String>),
    Denied(Reason),
}

/// A need, the ruling, and the parts of the file that it rests on, by their place among the sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruled {
    pub need: Need,
    pub ruling: Ruling,
    pub grounds: BTreeSet<usize>,
}

impl Judge {
    /// Who the function is to AWS.
    pub fn principal(&self) -> String {
        why::principal(&self.role, &self.function)
    }

    /// Every need of a call, ruled on. A call without needs is one that anybody may make.
    pub fn rule(&self, call: &Call) -> Vec<Ruled> {
        let needs = call.needs.iter();
        needs.map(|need| self.rule_on(need, &call.region)).collect()
    }

    /// One need of a call that is made in a region.
    pub fn rule_on(&self, need: &Need, region: &str) -> Ruled {
        let region = ("aws:RequestedRegion".to_owned(), ContextValue::One(region.to_owned()));
        let told = need.context.iter().map(|(key, values)| (key.clone(), value(values)));
        let given: Vec<(String, ContextValue)> = told.chain([region]).collect();
        let question = Question {
            action: &need.action,
            resource: Some(&need.resource),
            given: &given,
            boundary: self.boundary.as_ref(),
        };
        let answer = ask(&question, &self.role, &self.sources, &self.function, &self.place);
        let depends = || {
            let unless = answer.unless.iter();
            let found = unless.filter_map(|(source, misses)| Some((*source, untold(misses, need)?)));
            found.reduce(|(first, mut keys), (_, more)| {
                keys.extend(more);
                (first, keys)
            })
        };
        let (ruling, grounds) = match (answer.verdict, answer.layer) {
            (Verdict::Allowed, _) => (Ruling::Allowed, answer.grounds.clone()),
            (Verdict::ExplicitlyDenied, layer) => (denied(layer, true), answer.grounds.clone()),
            (Verdict::ImplicitlyDenied, layer) => match depends() {
                Some((source, keys)) => (Ruling::Depends(keys), BTreeSet::from([source])),
                None => (denied(layer, false), BTreeSet::new()),
            },
        };
        Ruled {
            need: need.clone(),
            ruling,
            grounds,
        }
    }

    /// A call of a service whose calls are not named, by the service's name in signatures and the operation where a
    /// request tells it: whether the file allows that, or anything of the service, on anything at all.
    pub fn rule_on_service(&self, service: &str, operation: Option<&str>) -> Option<Ruled> {
        let prefix = index::service(service).map(|known| known.prefix);
        let prefix = prefix.or_else(|| sdk::prefix(service))?;
        let action = operation.map_or_else(|| format!("{prefix}:*"), |operation| sdk::full(prefix, operation));
        let is_about = |known: &String| match operation {
            Some(_) => Pattern::new(&known.to_ascii_lowercase()).includes(&Pattern::new(&action.to_ascii_lowercase())),
            None => known == "*" || known.to_ascii_lowercase().starts_with(&format!("{prefix}:")),
        };
        // All but some actions may be any of the others.
        let names = |statement: &Statement| {
            statement.actions.iter().any(is_about)
                || (!statement.not_actions.is_empty() && !statement.not_actions.iter().any(is_about))
        };
        let allows = |statement: &Statement| statement.effect == Effect::Allow && names(statement);
        let sources = self.sources.iter().enumerate();
        let grounds: BTreeSet<usize> = sources
            .filter(|(_, source)| source.statements.iter().any(allows))
            .map(|(index, _)| index)
            .collect();
        // What a boundary does not allow on anything, nothing else gives.
        let is_bounded = self
            .boundary
            .as_ref()
            .is_some_and(|boundary| !boundary.statements.iter().any(allows));
        let denies = |statement: &Statement| {
            let action = action.to_ascii_lowercase();
            let includes = |known: &String| Pattern::new(&known.to_ascii_lowercase()).includes(&Pattern::new(&action));
            statement.effect == Effect::Deny
                && statement.conditions.is_empty()
                && statement.resources.contains("*")
                && statement.actions.iter().any(includes)
        };
        let bounds = self.boundary.iter().flat_map(|boundary| &boundary.statements);
        let own = self.sources.iter().flat_map(|source| &source.statements);
        let (ruling, grounds) = if own.into_iter().any(denies) {
            (denied(Layer::Identity, true), BTreeSet::new())
        } else if bounds.into_iter().any(denies) {
            (denied(Layer::Boundary, true), BTreeSet::new())
        } else if grounds.is_empty() {
            (denied(Layer::Identity, false), grounds)
        } else if is_bounded {
            (denied(Layer::Boundary, false), BTreeSet::new())
        } else {
            (Ruling::Allowed, grounds)
        };
        Some(Ruled {
            need: Need {
                action,
                resource: "*".to_owned(),
                context: BTreeMap::new(),
                untold: Vec::new(),
            },
            ruling,
            grounds,
        })
    }

    /// What S3 keeps from those who may not list a bucket: that an object is not there. The object, and the
    /// refusal that S3 answers with in place of 404.
    /// Source: S3 API reference, `GetObject` and `HeadObject`, "Permissions".
    pub fn absence(&self, call: &Call) -> Option<(String, Ruled)> {
        let reads = matches!(call.operation.as_str(), "GetObject" | "HeadObject");
        let object = call.needs.iter().find(|need| need.action == "s3:GetObject")?;
        let (bucket, _) = object.resource.split_once('/').filter(|_| reads)?;
        let list = Need {
            action: "s3:ListBucket".to_owned(),
            resource: bucket.to_owned(),
            context: BTreeMap::new(),
            untold: Vec::new(),
        };
        let ruled = self.rule_on(&list, &call.region);
        matches!(ruled.ruling, Ruling::Denied(_)).then(|| (object.resource.clone(), ruled))
    }
}

fn value(values: &[String]) -> ContextValue {
    match values {
        [one] => ContextValue::One(one.clone()),
        several => ContextValue::Many(several.to_vec()),
    }
}

fn denied(layer: Layer, explicit: bool) -> Ruling {
    let keeper = match layer {
        Layer::Identity => Keeper::Identity,
        Layer::Boundary => Keeper::Boundary,
        Layer::Resource => Keeper::Resource,
        Layer::Trust => Keeper::Trust,
    };
    Ruling::Denied(Reason { keeper, explicit })
}

/// The keys of conditions that did not hold, if a request tells of none of them.
fn untold(misses: &[Miss], need: &Need) -> Option<BTreeSet<String>> {
    let keys = misses.iter().map(|miss| match miss {
        Miss::Condition { key, had: None, .. } => {
            let known = need.untold.iter().any(|untold| untold.eq_ignore_ascii_case(key));
            known.then(|| key.clone())
        }
        Miss::Condition { .. } | Miss::Principal | Miss::Action | Miss::Resource => None,
    });
    keys.collect()
}

#[cfg(test)]
mod tests;
