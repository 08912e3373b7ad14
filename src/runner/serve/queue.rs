//! Events that nobody waits for: accepted at once, tried again when the function fails, and given up in the end.
//!
//! Source: Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation".

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::{Served, Shared, Then};
use crate::runner::{Event, Outcome};

/// Before the second and the third attempt; Lambda waits one and two minutes.
const DELAYS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(2)];

/// So many are at work at the same time: each needs a process, and this machine is no region of AWS.
pub(super) const AT_WORK: usize = 10;

/// Takes an event; `how` is what it is called when its outcome is told.
pub(super) fn accept(shared: &Arc<Shared>, how: String, event: Event) {
    shared.queued.fetch_add(1, Ordering::AcqRel);
    let of_task = shared.clone();
    let mut events = shared.at_events();
    while events.try_join_next().is_some() {}
    events.spawn(async move {
        work(&of_task, &how, &event).await;
        of_task.queued.fetch_sub(1, Ordering::AcqRel);
    });
}

async fn work(shared: &Arc<Shared>, how: &str, event: &Event) {
    let began = Instant::now();
    let mut attempts = 0;
    loop {
        // Each attempt meets the function as it is then.
        let served = shared.served();
        let age = Duration::from_secs(served.asynchronous.max_age.into());
        let Some(outcome) = attempt(shared, event, age.saturating_sub(began.elapsed())).await else {
            let why = if served.reserved == Some(0) {
                "the function is turned off: its reserved concurrency is 0".to_owned()
            } else {
                format!(
                    "no environment was free for as long as `max_age` allows, {} s",
                    age.as_secs()
                )
            };
            return shared.tell_then(how, event.clone(), Err(why), Some(given_up(&served)));
        };
        attempts += 1;
        let then = match &outcome {
            Ok(outcome) if outcome.function_error.is_none() => None,
            Ok(_) => match DELAYS.get(usize::from(attempts) - 1) {
                Some(delay) if attempts <= served.asynchronous.retries && began.elapsed() + *delay < age => {
                    Some(Then::Again(*delay))
                }
                Some(_) | None => Some(given_up(&served)),
            },
            // What this machine cannot run it cannot run a second time.
            Err(_) => Some(given_up(&served)),
        };
        shared.tell_then(how, event.clone(), outcome, then.clone());
        match then {
            Some(Then::Again(delay)) => sleep(delay).await,
            Some(Then::GivenUp { .. }) | None => return,
        }
    }
}

/// One attempt as soon as there is room for it; `None` when there was none in this time.
async fn attempt(shared: &Arc<Shared>, event: &Event, within: Duration) -> Option<Result<Outcome, String>> {
    if shared.served().reserved == Some(0) {
        return None;
    }
    let turn = async {
        let of_events = shared.events.acquire().await.expect("nobody closes it");
        (of_events, shared.turn().await)
    };
    let (_of_events, (_slot, served)) = timeout(within, turn).await.ok()?;
    let outcome = served.pool.invoke(event).await;
    Some(outcome.map_err(|error| error.to_string()))
}

fn given_up(served: &Served) -> Then {
    let dead_letter = || served.pool.function().settings.dead_letter.clone();
    Then::GivenUp {
        destination: served.asynchronous.on_failure.clone().or_else(dead_letter),
    }
}
