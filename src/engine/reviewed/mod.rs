//! A plan that somebody reviewed, with everything that it rests on, and whether it still holds. Pure.
//!
//! A deploy of a reviewed plan packages, observes and plans again. It goes on only when what is wanted is the
//! same, when every part of what was found is as it was, and when nothing is to be done that was not shown. A
//! part that has changed is excused in one case: a step of the reviewed plan that may change this part is not
//! needed any more, so that it was done, by a deploy of the same plan that was stopped on its way. The alias
//! moves last: when it is still to be moved, by a plan that moved it already, somebody took the release back.

mod basis;
mod differences;
mod part;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use self::basis::{Alias, Code, Configuration, Edition, Found, Function, Scene, Sealed, Sealer, Wanted};
pub use self::differences::{Difference, Side};
pub use self::part::Part;

use self::part::touches;
use super::desired::Desired;
use super::observe::Observed;
use super::plan::{Plan, Step, Target};
use crate::domain::package::directory::Listed;

/// A plan and what it rests on. It holds no value of the environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reviewed {
    pub scene: Scene,
    pub wanted: Wanted,
    pub found: Found,
    pub steps: Vec<Deed>,
}

/// One step of a plan, as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deed {
    /// What of the things that were found it may change.
    pub touches: Vec<Part>,
    #[serde(flatten)]
    pub step: Map<String, Value>,
}

/// How a reviewed plan and the world stand to each other.
#[derive(Debug, PartialEq)]
pub enum Standing {
    /// Everything is as it was. `done` steps were done already, by a deploy of this plan that was stopped.
    Holds {
        done: usize,
    },
    /// Everything that the plan would do is done.
    Applied,
    Moved(Vec<Difference>),
}

impl Reviewed {
    /// Writes down what a plan rests on. `files` are those of the archive.
    pub fn new(
        target: &str,
        desired: &Desired,
        observed: &Observed,
        plan: &Plan,
        files: &[Listed],
        sealer: &mut Sealer,
    ) -> Self {
        Self {
            scene: Scene::new(target, desired),
            wanted: Wanted::new(desired, files, sealer),
            found: Found::new(observed, sealer),
            steps: plan.steps.iter().map(Deed::new).collect(),
        }
    }

    /// Compares this plan with what was found out just now; `plan` is the one of `now`.
    pub fn standing(&self, now: &Self, plan: &Plan) -> Standing {
        let elsewhere = differences::scene(self, now);
        if !elsewhere.is_empty() {
            return Standing::Moved(elsewhere);
        }
        let mut moved = differences::wanted(self, now);
        if moved.is_empty() && plan.steps.is_empty() {
            return match self.steps.len() {
                0 => Standing::Holds { done: 0 },
                _ => Standing::Applied,
            };
        }
        let remaining = self.remaining(plan);
        let excused: &[Part] = match &remaining {
            Some(remaining) if moved.is_empty() => &remaining.touched,
            _ => &[],
        };
        moved.extend(differences::found(self, now, excused));
        match remaining {
            Some(Remaining { done, .. }) if moved.is_empty() => Standing::Holds { done },
            Some(_) => Standing::Moved(moved),
            None => {
                // Other steps follow from what moved; alone they are all that can be told.
                if moved.is_empty() {
                    moved.push(differences::steps());
                }
                Standing::Moved(moved)
            }
        }
    }

    /// What is left of the plan, or `None` when there is something to do that it does not have. The order is
    /// the planner's own: the one that is safe from where things stand now.
    fn remaining(&self, now: &Plan) -> Option<Remaining> {
        let published = !now.steps.contains(&Step::Publish);
        let mut left: Vec<&Deed> = self.steps.iter().collect();
        let mut touched = Vec::new();
        for step in &now.steps {
            let index = left.iter().position(|deed| is_rest(step, deed, published))?;
            let deed = left.remove(index);
            // An alias moves with one write: while that is to do, it has to be as reviewed, and only the number
            // of the version is news. One that moved and was taken back is somebody's decision.
            if !matches!(step, Step::PointAlias { .. }) && Deed::new(step) != *deed {
                touched.extend(&deed.touches);
            }
        }
        touched.extend(left.iter().flat_map(|deed| &deed.touches));
        Some(Remaining {
            done: left.len(),
            touched,
        })
    }
}

/// What is left of a plan.
struct Remaining {
    /// How many steps are done.
    done: usize,
    /// What the steps that are done, wholly or in part, may have changed.
    touched: Vec<Part>,
}

impl Deed {
    fn new(step: &Step) -> Self {
        let value = serde_json::to_value(step).expect("a step is plain data");
        let Value::Object(step_as_data) = value else {
            unreachable!("a step is written as an object")
        };
        Self {
            touches: touches(step).to_vec(),
            step: step_as_data,
        }
    }
}

/// Whether this step is the reviewed one, or what is left of it when it was stopped between two of its calls.
fn is_rest(step: &Step, deed: &Deed, published: bool) -> bool {
    let now = Deed::new(step);
    match step {
        // Statement by statement, tags that come before tags that go, version by version.
        Step::AllowCallers { .. }
        | Step::RevokeCallers { .. }
        | Step::TagFunction { .. }
        | Step::TagRole { .. }
        | Step::Prune(_) => is_part(&now.step.into(), &deed.step.clone().into()),
        Step::PointAlias { alias, from, to } => {
            let (alias, from, to) = (alias.clone(), from.clone(), to_come(*to, published));
            now.step == deed.step || Deed::new(&Step::PointAlias { alias, from, to }).step == deed.step
        }
        Step::Check {
            file,
            expectation,
            version,
        } => {
            let to_come = Step::Check {
                file: file.clone(),
                expectation: expectation.clone(),
                version: to_come(*version, published),
            };
            now.step == deed.step || Deed::new(&to_come).step == deed.step
        }
        Step::CreateRole { .. }
        | Step::SetTrust { .. }
        | Step::PutPolicy { .. }
        | Step::SetBoundary { .. }
        | Step::CreateLogGroup { .. }
        | Step::SetRetention { .. }
        | Step::CreateBucket { .. }
        | Step::Upload { .. }
        | Step::CreateFunction { .. }
        | Step::UpdateCode { .. }
        | Step::UpdateSettings { .. }
        | Step::SetCodeSigning { .. }
        | Step::SetReserved { .. }
        | Step::Publish
        | Step::SetAsyncInvoke { .. }
        | Step::SetProvisioned { .. } => now.step == deed.step,
    }
}

/// A version as the reviewed plan has it: one that was to come has a number by now.
fn to_come(to: Target, published: bool) -> Target {
    match to {
        Target::Known(_) if published => Target::Published,
        to => to,
    }
}

/// Whether everything in `part` is in `whole`, where a list or an object of `part` may lack some of its items.
fn is_part(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => part
            .iter()
            .all(|(key, value)| whole.get(key).is_some_and(|whole| is_part(value, whole))),
        (Value::Array(part), Value::Array(whole)) => part.iter().all(|item| whole.contains(item)),
        (part, whole) => part == whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::function::TagChange;
    use crate::domain::names::{AliasName, Version};
    use crate::engine::plan::AliasPoint;

    fn tags(set: &[&str], remove: &[&str]) -> Step {
        let change = TagChange {
            set: set.iter().map(|key| ((*key).to_owned(), "x".to_owned())).collect(),
            remove: remove.iter().map(|key| (*key).to_owned()).collect(),
        };
        Step::TagFunction { change }
    }

    fn point(from: u64, to: Target) -> Step {
        Step::PointAlias {
            alias: AliasName::new("live").unwrap(),
            from: Some(AliasPoint {
                version: Some(Version(from)),
                weights: [].into(),
            }),
            to,
        }
    }

    #[test]
    fn what_is_left_of_a_step_is_no_more_than_the_step() {
        let deed = Deed::new(&tags(&["a", "b"], &["c"]));
        for (step, rest) in [
            (tags(&["a", "b"], &["c"]), true),
            (tags(&[], &["c"]), true),
            (tags(&["b"], &[]), true),
            (tags(&["d"], &["c"]), false),
            (tags(&[], &["a"]), false),
        ] {
            assert_eq!(is_rest(&step, &deed, false), rest, "{step:?}");
        }
        let reserved = |to| Step::SetReserved { from: Some(1), to };
        let deed = Deed::new(&reserved(Some(5)));
        assert!(is_rest(&reserved(Some(5)), &deed, false));
        assert!(
            !is_rest(&reserved(None), &deed, false),
            "a step of one call has no rest"
        );
    }

    #[test]
    fn the_version_to_come_has_a_number_once_it_is_published() {
        let deed = Deed::new(&point(1, Target::Published));
        assert!(is_rest(&point(1, Target::Published), &deed, false));
        assert!(is_rest(&point(1, Target::Known(Version(2))), &deed, true));
        assert!(
            !is_rest(&point(1, Target::Known(Version(2))), &deed, false),
            "nothing was published"
        );
        assert!(
            !is_rest(&point(3, Target::Known(Version(2))), &deed, true),
            "somebody moved it"
        );
        let known = Deed::new(&point(1, Target::Known(Version(2))));
        assert!(is_rest(&point(1, Target::Known(Version(2))), &known, true));
        assert!(
            !is_rest(&point(1, Target::Known(Version(3))), &known, true),
            "another version"
        );
    }
}
