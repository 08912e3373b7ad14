//! Moving an alias with patience, and what is said when that failed: whether it moved, what serves traffic now,
//! and the next command.

use super::PointView;
use crate::ctx::Ctx;
use crate::domain::ledger::Point;
use crate::engine::release::{Move, Whereabouts, Written, point};
use crate::engine::wait::{Failure, Waiter};
use crate::error::{self, Problem};
use crate::ports::{Cloud, ErrorKind};

/// Moves the alias.
pub async fn perform(step: &Move<'_>, cloud: &Cloud, ctx: &Ctx) -> Result<Written, Problem> {
    let progress = ctx.ui.progress();
    let on_wait = |what: &str, waited| progress.waiting(what, waited);
    let waiter = Waiter::new(&ctx.stop, &on_wait).propagating(false);
    match waiter.patiently(|| step.write(cloud)).await {
        Ok(written) => Ok(written),
        Err(failure) => {
            let open = matches!(&failure, Failure::Port(error) if error.kind.leaves_open());
            let now = if open {
                step.whereabouts(cloud).await
            } else {
                Whereabouts::Unmoved
            };
            Err(stopped(step, &now, failure))
        }
    }
}

fn stopped(step: &Move<'_>, now: &Whereabouts, failure: Failure) -> Problem {
    let alias = step.alias;
    let kind = match (&failure, now) {
        (Failure::Interrupted, _) => error::Kind::Interrupted,
        (_, Whereabouts::Unmoved) => error::Kind::Failed,
        (_, Whereabouts::Elsewhere(_) | Whereabouts::Unknown) => error::Kind::Partial,
    };
    let problem = Problem::new(kind, format!("could not move `{alias}`"));
    let port = match &failure {
        Failure::Port(error) => Some(error.kind),
        _ => None,
    };
    let problem = match now {
        // Who was quicker, and to where it moved, is what the error says.
        Whereabouts::Unmoved if port == Some(ErrorKind::Stale) => problem,
        Whereabouts::Unmoved => {
            let problem = problem.hint(match step.from.map(point) {
                Some(before) => format!("`{alias}` serves {}, as before", version(&before)),
                None => format!("`{alias}` does not exist yet; nothing serves traffic through it"),
            });
            if port.is_none_or(ErrorKind::leaves_open) {
                problem.hint("run the command again")
            } else {
                problem
            }
        }
        Whereabouts::Elsewhere(Some(now)) => problem.hint(format!("`{alias}` serves {}", version(now))).hint(format!(
            "`lfn alias history {alias}` shows who moved it; then run the command again"
        )),
        Whereabouts::Elsewhere(None) => problem.hint(format!(
            "`{alias}` is gone; nothing serves traffic through it: run the command again"
        )),
        Whereabouts::Unknown => {
            let problem = problem.hint(format!(
                "whether `{alias}` has moved is unknown: `lfn alias list` shows what it serves"
            ));
            problem.hint("run the command again: a move that is done is not made twice")
        }
    };
    problem.caused_by(failure)
}

fn version(point: &Point) -> String {
    match point.version {
        Some(_) => format!("version {}", PointView::new(point).text()),
        None => PointView::new(point).text(),
    }
}
