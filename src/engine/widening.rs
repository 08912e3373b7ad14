//! What a plan lets more be done than now, so that it never happens by accident. Pure.
//!
//! Only something live can be widened. A function that the plan makes has nobody who calls it yet;
//! its role counts all the same where it is there already, since others may be trusted to assume it.
//! What cannot be compared (a boundary, a role that lfn does not keep) counts as wider.

use super::plan::{FieldChange, Plan, Step};
use crate::domain::policy::AccessLine;

/// What is wider after the plan than before it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Widening {
    pub rights: Vec<AccessLine>,
    /// What is not told in rights, as sentences.
    pub others: Vec<String>,
}

impl Widening {
    /// Whether nothing is wider.
    pub fn is_empty(&self) -> bool {
        self.rights.is_empty() && self.others.is_empty()
    }
}

/// Looks over every step of a plan.
pub fn widening(plan: &Plan) -> Widening {
    let makes = |is_it: fn(&Step) -> bool| plan.steps.iter().any(is_it);
    let function = makes(|step| matches!(step, Step::CreateFunction { .. }));
    let role = makes(|step| matches!(step, Step::CreateRole { .. }));
    let of_role = |step: &&Step| {
        matches!(
            step,
            Step::SetTrust { .. } | Step::PutPolicy { .. } | Step::SetBoundary { .. }
        )
    };
    let live = |step: &&Step| !function || (!role && of_role(step));
    let changes = plan.steps.iter().filter(live).filter_map(Step::access);
    let rights = changes.flat_map(|change| change.lines().filter(|line| line.widening));
    Widening {
        rights: rights.cloned().collect(),
        others: plan.steps.iter().filter(live).filter_map(other).collect(),
    }
}

fn other(step: &Step) -> Option<String> {
    match step {
        Step::SetBoundary {
            from: Some(from), to, ..
        } => Some(match to {
            None => format!("the boundary `{from}` no longer holds"),
            Some(to) => format!("the boundary `{to}` takes the place of `{from}`, and may allow more"),
        }),
        Step::UpdateSettings { changes, .. } => {
            let role = changes.iter().find(|change| change.field == "role");
            role.map(|FieldChange { from, to, .. }| {
                let from = from.as_deref().unwrap_or("none");
                format!("the role `{to}` takes the place of `{from}`, and may allow more")
            })
        }
        _ => None,
    }
}
