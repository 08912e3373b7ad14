//! What is said of a shift that ended early: why, what serves traffic now, and the next command.

use super::super::PointView;
use super::super::rollback::unkept_hint;
use super::Prepared;
use super::lines::Line;
use crate::ctx::Ctx;
use crate::domain::names::AliasName;
use crate::engine::release;
use crate::engine::shift::{Aftermath, Course, Ended, Why};
use crate::error::{Kind, Problem};

impl Prepared<'_> {
    /// What a person reads about a shift that ended early: what was seen, what serves now, what to do.
    pub(super) fn ended(&self, ctx: &Ctx, ended: Ended) -> anyhow::Result<anyhow::Error> {
        let Ended { why, aftermath } = ended;
        let (alias, new) = (self.subject.alias, self.course.new);
        let kind = kind(&why, &aftermath);
        let said = said(&why, &aftermath, &self.course, alias);
        let before = PointView::new(&self.course.before);
        let serves = |point: &PointView| format!("`{alias}` serves version {}", point.text());
        let (word, now, told) = match &aftermath {
            Aftermath::Untouched => (
                "untouched",
                Some(before.clone()),
                format!("nothing was changed: {}", serves(&before)),
            ),
            Aftermath::TakenBack { .. } => (
                "restored",
                Some(before.clone()),
                format!("{} again, as before", serves(&before)),
            ),
            Aftermath::Elsewhere { now: None, .. } => ("elsewhere", None, format!("`{alias}` does not exist any more")),
            Aftermath::Elsewhere { now: Some(now), .. } => {
                let now = PointView::new(now);
                let told = format!("{}; it was left as it is", serves(&now));
                ("elsewhere", Some(now), told)
            }
            Aftermath::Stuck { now, .. } => {
                let now = PointView::new(now);
                let told = format!(
                    "IT WAS NOT TAKEN BACK: {} most likely; take it back with `lfn alias rollback {alias}`",
                    serves(&now)
                );
                ("stuck", Some(now), told)
            }
        };
        ctx.ui.event(&Line::Ended {
            because: said.clone(),
            alias: word,
            serves: now,
        })?;
        if let Aftermath::TakenBack { unkept: Some(error) } = &aftermath {
            ctx.ui.warn(release::unkept_warning(alias, error));
            ctx.ui.hint(unkept_hint(alias));
        }
        let next = match (&why, &aftermath) {
            (_, Aftermath::Elsewhere { .. }) => format!("`lfn alias history {alias}` tells what is known of it"),
            (Why::Breach(breach), _) if breach.is_the_functions() => format!(
                "find the cause in the function's log, deploy a fix and shift again; `lfn alias promote {alias} --to {new}` \
                 releases version {new} all the same"
            ),
            (Why::Breach(_), _) => format!(
                "run the command again when that is over; `lfn alias promote {alias} --to {new}` releases version {new} all \
                 the same"
            ),
            (Why::Interrupted | Why::Failed(_) | Why::Lost(_), _) => "run the command again to begin anew".to_owned(),
        };
        let mut problem = Problem::new(kind, said).hint(told).hint(next);
        if let Why::Failed(failure) = why {
            problem = problem.caused_by(failure);
        }
        if let Aftermath::Stuck { failure, .. } = aftermath {
            ctx.ui
                .warn(format_args!("`{alias}` could not be taken back: {failure}"));
        }
        Ok(anyhow::Error::from(problem).context(format!("could not shift `{alias}` to version {new}")))
    }
}

/// A version that fails in a canary is a function that failed; whatever else stops one half-way.
fn kind(why: &Why, aftermath: &Aftermath) -> Kind {
    match (why, aftermath) {
        (_, Aftermath::Stuck { .. }) => Kind::Partial,
        (Why::Interrupted, _) => Kind::Interrupted,
        (Why::Breach(breach), _) if breach.is_the_functions() => Kind::Function,
        (Why::Failed(_), Aftermath::Untouched) => Kind::Failed,
        _ => Kind::Partial,
    }
}

fn said(why: &Why, aftermath: &Aftermath, course: &Course, alias: &AliasName) -> String {
    match why {
        Why::Breach(breach) => breach.told(course.new, course.old),
        Why::Interrupted => "interrupted".into(),
        Why::Failed(_) => format!("could not set the share of version {}", course.new),
        Why::Lost(None) => format!("`{alias}` was deleted meanwhile"),
        Why::Lost(Some(_)) => match aftermath {
            Aftermath::Elsewhere { now: Some(now), by } => format!(
                "`{alias}` was moved to version {} by {} meanwhile",
                PointView::new(now).text(),
                by.as_deref().unwrap_or("someone else")
            ),
            _ => format!("`{alias}` was changed by someone else meanwhile, such as who may call it"),
        },
    }
}
