//! What differs between a reviewed plan and the world, in the form of steps.

use std::fmt::Write as _;

use super::files;
use super::plan::{Op, PlanView, StepView, view};
use crate::engine::reviewed::{Difference, Side};

impl PlanView {
    /// What differs, first in the project, then in the account; `all` names every file.
    pub fn moved(&self, differences: &[Difference], all: bool) -> String {
        let mut text = String::new();
        for (side, heading) in [
            (Side::Wanted, "what would be deployed is not what was reviewed:"),
            (Side::Found, "changed by someone else since it was made:"),
        ] {
            let of_side: Vec<&Difference> = differences.iter().filter(|one| one.side == side).collect();
            if of_side.is_empty() {
                continue;
            }
            write!(text, "\n\n{heading}").expect("writing to a String cannot fail");
            for difference in of_side {
                let step = StepView {
                    summary: difference.summary.clone(),
                    changes: difference.changes.clone(),
                    environment: difference.environment.clone(),
                    access: difference.access.clone(),
                    tags: difference.tags.clone(),
                    ..view(Op::Update, difference.kind, difference.name.clone())
                };
                let step = self.brief(&step.render(self.home()));
                write!(text, "\n{}", step.trim_end()).expect("writing to a String cannot fail");
                for line in difference.files.iter().flat_map(|changes| files::lines(changes, all)) {
                    write!(text, "\n      {line}").expect("writing to a String cannot fail");
                }
            }
        }
        text
    }
}
