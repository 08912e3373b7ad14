//! Is it ready yet, and how long to wait: the judgement is pure, one driver sleeps.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::ports::{ErrorKind, Lifecycle, PortError, PortResult, State, UpdateStatus};

/// Whether a function or version can take the next call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    Ready,
    Waiting,
    Failed(String),
}

/// Judges a lifecycle. `Inactive` is ready: the next call wakes the function.
/// Source: Lambda developer guide, "Lambda function states".
pub fn readiness(lifecycle: &Lifecycle) -> Readiness {
    let reason = || {
        lifecycle
            .reason
            .clone()
            .unwrap_or_else(|| "Lambda gives no reason".into())
    };
    match (lifecycle.state, lifecycle.update) {
        (State::Failed, _) | (_, UpdateStatus::Failed) => Readiness::Failed(reason()),
        (State::Active | State::Inactive, UpdateStatus::Successful) => Readiness::Ready,
        (State::Pending | State::Other, _) | (_, UpdateStatus::InProgress) => Readiness::Waiting,
    }
}

/// How long a failed call is worth repeating, or `None` when it is not.
pub fn patience(kind: ErrorKind) -> Option<Duration> {
    match kind {
        // New roles and policies usually reach Lambda within ten seconds, at times within minutes.
        ErrorKind::Propagating => Some(Duration::from_secs(180)),
        ErrorKind::Busy => Some(Duration::from_secs(300)),
        ErrorKind::Throttled => Some(Duration::from_secs(120)),
        ErrorKind::NotFound
        | ErrorKind::AlreadyExists
        | ErrorKind::Denied
        | ErrorKind::Stale
        | ErrorKind::InUse
        | ErrorKind::Invalid
        | ErrorKind::Credentials
        | ErrorKind::Unreachable
        | ErrorKind::Internal => None,
    }
}

/// The pause before the next look: dense at first, two seconds at most.
pub fn pause(attempt: u32) -> Duration {
    let milliseconds = 200.0 * 1.5_f64.powi(i32::try_from(attempt).unwrap_or(i32::MAX));
    Duration::from_secs_f64((milliseconds / 1000.0).min(2.0))
}

/// How long a function may take to settle. VPC attachments take minutes, SnapStart up to a quarter of an hour.
pub const SETTLE_BUDGET: Duration = Duration::from_secs(900);

/// Ctrl-C, as the engine sees it.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<StopState>);

#[derive(Debug, Default)]
struct StopState {
    requested: AtomicBool,
    holding: AtomicBool,
    notify: Notify,
}

impl Stop {
    /// Asks for an end after the step in hand.
    pub fn request(&self) {
        self.0.requested.store(true, Ordering::SeqCst);
        self.0.notify.notify_waiters();
    }

    /// Whether an end was asked for.
    pub fn requested(&self) -> bool {
        self.0.requested.load(Ordering::SeqCst)
    }

    /// Says that changes are being made, until the returned guard is dropped: an interruption then
    /// waits for the step in hand.
    pub fn hold(&self) -> Hold<'_> {
        self.0.holding.store(true, Ordering::SeqCst);
        Hold(self)
    }

    /// Whether changes are being made.
    pub fn holding(&self) -> bool {
        self.0.holding.load(Ordering::SeqCst)
    }

    /// Sleeps, or returns at once when an end is asked for.
    async fn sleep(&self, duration: Duration) {
        let notified = self.0.notify.notified();
        if self.requested() {
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(duration) => {}
            () = notified => {}
        }
    }
}

/// Changes are being made as long as this lives.
pub struct Hold<'a>(&'a Stop);

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.0.0.holding.store(false, Ordering::SeqCst);
    }
}

/// Why waiting ended without success.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Port(#[from] PortError),
    /// AWS accepted the call and the change failed afterwards.
    #[error("{what} failed: {reason}")]
    Rejected { what: String, reason: String },
    #[error("{what} is not ready after {} seconds{}", .waited.as_secs(), last.as_ref().map(|last| format!("; the last answer was: {last}")).unwrap_or_default())]
    TimedOut {
        what: String,
        waited: Duration,
        last: Option<PortError>,
    },
    #[error("interrupted")]
    Interrupted,
}

/// Told how long a wait has gone on and for what.
pub type OnWait<'a> = &'a (dyn Fn(&str, Duration) + Send + Sync);

/// Repeats a call while its failure is worth waiting out.
pub async fn patiently<T, F>(mut call: impl FnMut() -> F, stop: &Stop, on_wait: OnWait<'_>) -> Result<T, Failure>
where
    F: Future<Output = PortResult<T>>,
{
    let started = Instant::now();
    for attempt in 0.. {
        let error = match call().await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let Some(budget) = patience(error.kind) else {
            return Err(error.into());
        };
        let waited = started.elapsed();
        if waited >= budget {
            return Err(Failure::TimedOut {
                what: waiting_for(error.kind).into(),
                waited,
                last: Some(error),
            });
        }
        if stop.requested() {
            return Err(Failure::Interrupted);
        }
        on_wait(waiting_for(error.kind), waited);
        stop.sleep(pause(attempt)).await;
    }
    unreachable!("the loop ends by returning")
}

/// Looks until `look` says that the subject is ready.
pub async fn until_ready<T, F>(
    what: &str,
    mut look: impl FnMut() -> F,
    judge: impl Fn(&T) -> Readiness,
    stop: &Stop,
    on_wait: OnWait<'_>,
) -> Result<T, Failure>
where
    F: Future<Output = PortResult<T>>,
{
    let started = Instant::now();
    for attempt in 0.. {
        let value = patiently(&mut look, stop, on_wait).await?;
        match judge(&value) {
            Readiness::Ready => return Ok(value),
            Readiness::Failed(reason) => {
                return Err(Failure::Rejected {
                    what: what.into(),
                    reason,
                });
            }
            Readiness::Waiting => {}
        }
        let waited = started.elapsed();
        if waited >= SETTLE_BUDGET {
            return Err(Failure::TimedOut {
                what: what.into(),
                waited,
                last: None,
            });
        }
        if stop.requested() {
            return Err(Failure::Interrupted);
        }
        on_wait(what, waited);
        stop.sleep(pause(attempt)).await;
    }
    unreachable!("the loop ends by returning")
}

fn waiting_for(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Propagating => "the new role to reach Lambda (IAM is eventually consistent)",
        ErrorKind::Busy => "an update in progress to finish",
        _ => "AWS to accept more calls (throttled)",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn lifecycle(state: State, update: UpdateStatus) -> Lifecycle {
        Lifecycle {
            state,
            update,
            reason: Some("because".into()),
        }
    }

    #[test]
    fn readiness_follows_lambdas_states() {
        use State::{Active, Failed, Inactive, Other, Pending};
        use UpdateStatus::{InProgress, Successful};
        let failed = Readiness::Failed("because".into());
        for (state, update, expected) in [
            (Active, Successful, Readiness::Ready),
            (Inactive, Successful, Readiness::Ready),
            (Active, InProgress, Readiness::Waiting),
            (Pending, Successful, Readiness::Waiting),
            (Other, Successful, Readiness::Waiting),
            (Failed, Successful, failed.clone()),
            (Active, UpdateStatus::Failed, failed.clone()),
        ] {
            assert_eq!(readiness(&lifecycle(state, update)), expected, "{state:?} {update:?}");
        }
    }

    #[test]
    fn pauses_grow_to_two_seconds() {
        assert_eq!(pause(0), Duration::from_millis(200));
        assert!(pause(3) > pause(2));
        assert_eq!(pause(40), Duration::from_secs(2));
    }

    fn propagating() -> PortError {
        PortError::new(
            ErrorKind::Propagating,
            "lambda:CreateFunction",
            "thumbs",
            "The role cannot be assumed",
        )
    }

    #[tokio::test(start_paused = true)]
    async fn a_propagating_role_is_waited_out_and_said_so() {
        let (calls, said) = (Mutex::new(0), Mutex::new(Vec::new()));
        let result = patiently(
            || async {
                let mut calls = calls.lock().unwrap();
                *calls += 1;
                if *calls < 4 { Err(propagating()) } else { Ok(*calls) }
            },
            &Stop::default(),
            &|what, _| said.lock().unwrap().push(what.to_owned()),
        )
        .await;
        assert_eq!(result.unwrap(), 4);
        assert_eq!(said.lock().unwrap().len(), 3);
        assert!(said.lock().unwrap()[0].contains("role"), "{said:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_ends_with_the_last_answer() {
        let result: Result<(), _> = patiently(|| async { Err(propagating()) }, &Stop::default(), &|_, _| {}).await;
        let message = result.unwrap_err().to_string();
        assert!(
            message.contains("180 seconds") && message.contains("cannot be assumed"),
            "{message}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_call_is_not_repeated_and_a_stop_ends_a_wait() {
        let calls = Mutex::new(0);
        let refused: Result<(), _> = patiently(
            || async {
                *calls.lock().unwrap() += 1;
                Err(PortError::new(ErrorKind::Denied, "iam:CreateRole", "r", "no"))
            },
            &Stop::default(),
            &|_, _| {},
        )
        .await;
        assert!(matches!(refused, Err(Failure::Port(_))));
        assert_eq!(*calls.lock().unwrap(), 1);

        let stop = Stop::default();
        stop.request();
        let stopped: Result<(), _> = patiently(|| async { Err(propagating()) }, &stop, &|_, _| {}).await;
        assert!(matches!(stopped, Err(Failure::Interrupted)));
    }
}
