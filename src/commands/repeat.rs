//! `lfn invoke --repeat`: the same call many times, some at once, and what the durations come to.

use std::future::Future;

use serde::Serialize;
use tokio::task::JoinSet;

use super::Outcome;
use super::enforced::{self, Watched};
use crate::ctx::Ctx;
use crate::domain::enforce::Access;
use crate::domain::report::Report;
use crate::domain::spread::{Bar, Spread, histogram};
use crate::ports::Invoked;
use crate::ui::{style, timing};

/// Bars of the histogram at most.
const BARS: u32 = 10;

/// What many calls came to. Cold calls are those that started an environment.
#[derive(Serialize)]
struct Answer<'a> {
    function: &'a str,
    qualifier: &'a str,
    calls: usize,
    /// Calls that the function failed.
    failed: usize,
    concurrency: usize,
    init: Option<Spread>,
    cold: Option<Spread>,
    warm: Option<Spread>,
    histogram: Vec<Bar>,
    /// What became of the AWS calls of all of them, when they were watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<Access>,
}

/// How often, and how many at once.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    pub repeat: usize,
    pub concurrency: usize,
}

/// Calls, counts and shows. A call that could not be made ends it.
pub async fn run<F>(
    ctx: &Ctx,
    (function, qualifier): (&str, &str),
    times: Times,
    watched: Option<&Watched>,
    call: impl Fn() -> F,
) -> anyhow::Result<Outcome>
where
    F: Future<Output = anyhow::Result<Invoked>> + Send + 'static,
{
    let progress = ctx.ui.progress();
    let mut running = JoinSet::new();
    let mut done: Vec<Invoked> = Vec::new();
    let mut begun = 0;
    while done.len() < times.repeat {
        while begun < times.repeat && running.len() < times.concurrency {
            running.spawn(call());
            begun += 1;
        }
        progress.doing(format_args!(
            "calling {function}:{qualifier}, {} of {}",
            done.len() + 1,
            times.repeat
        ));
        if let Some(next) = running.join_next().await {
            done.push(next.expect("a call does not panic")?);
        }
    }
    drop(progress);

    let reports: Vec<Report> = done
        .iter()
        .filter_map(|invoked| Report::find(invoked.log_tail.as_deref()?))
        .collect();
    let durations = |cold: bool| -> Vec<f64> {
        let of = reports.iter().filter(|report| report.init_ms.is_some() == cold);
        of.filter_map(|report| report.duration_ms).collect()
    };
    let all: Vec<f64> = reports.iter().filter_map(|report| report.duration_ms).collect();
    let init: Vec<f64> = reports.iter().filter_map(|report| report.init_ms).collect();
    let failures: Vec<&Invoked> = done.iter().filter(|invoked| invoked.function_error.is_some()).collect();
    let answer = Answer {
        function,
        qualifier,
        calls: done.len(),
        failed: failures.len(),
        concurrency: times.concurrency,
        init: Spread::of(&init),
        cold: Spread::of(&durations(true)),
        warm: Spread::of(&durations(false)),
        histogram: histogram(&all, BARS),
        access: watched.map(Watched::access),
    };
    if ctx.ui.json() {
        ctx.ui.document(&answer)?;
    } else {
        let rows = [
            ("init", answer.init.as_ref()),
            ("cold", answer.cold.as_ref()),
            ("warm", answer.warm.as_ref()),
        ];
        ctx.ui.data(timing::render(&rows, &answer.histogram))?;
        if let Some(access) = &answer.access {
            enforced::show(ctx, access);
        }
    }
    let Some(first) = failures.first() else {
        return Ok(Outcome::Done);
    };
    let (failed, calls) = (answer.failed, style::count(answer.calls, "call"));
    let error = super::invoke::failure(first);
    ctx.ui.status(format_args!(
        "{} {failed} of {calls} failed, such as: {error}",
        style::error("error:")
    ));
    Ok(Outcome::FunctionFailed)
}
