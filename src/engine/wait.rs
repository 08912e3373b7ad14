//! Is it ready yet, and how long to wait: the judgement is pure, one driver sleeps.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::trial::Unfit;
use crate::domain::arn::Place;
use crate::domain::function::Environment;
use crate::domain::policy::PolicyDocument;
use crate::domain::policy::denial::RoleDenial;
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

/// For how many seconds a failed call is worth repeating, or `None` when it is not.
pub fn patience(kind: ErrorKind) -> Option<u32> {
    match kind {
        // New roles and policies usually reach Lambda within ten seconds, at times within minutes.
        ErrorKind::Propagating => Some(180),
        ErrorKind::Busy => Some(300),
        ErrorKind::Throttled => Some(120),
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

/// The pause before the next look, in seconds: dense at first, two seconds at most.
pub fn pause(attempt: u32) -> f64 {
    let exponent = i32::try_from(attempt).unwrap_or(i32::MAX);
    (0.2 * 1.5_f64.powi(exponent)).min(2.0)
}

/// For how many seconds a function may settle. VPC attachments take minutes, `SnapStart` up to a
/// quarter of an hour.
const SETTLE: u32 = 900;

/// For how many seconds a role that is not new may seem to be missing.
const SHORT: u32 = 10;

/// Ctrl-C, as the engine sees it.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<StopState>);

#[derive(Debug, Default)]
struct StopState {
    requested: AtomicBool,
    /// How many hold.
    holding: AtomicUsize,
    /// Whether the command itself says what it does when an end is asked for.
    speaks: AtomicBool,
    /// What an end in the middle of the step in hand may leave behind, and what to do then.
    left_behind: Mutex<Option<String>>,
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

    /// Says that changes are being made, until every guard that was returned is dropped: an interruption
    /// then waits for the steps in hand.
    pub fn hold(&self) -> Hold<'_> {
        self.0.holding.fetch_add(1, Ordering::SeqCst);
        Hold(self)
    }

    /// Whether changes are being made.
    pub fn holding(&self) -> bool {
        self.0.holding.load(Ordering::SeqCst) > 0
    }

    /// Whether the command itself says what it does when an end is asked for.
    pub fn speaks(&self) -> bool {
        self.0.speaks.load(Ordering::SeqCst)
    }

    /// What an end at once may leave behind, and the next command, where the step in hand has told.
    pub fn left_behind(&self) -> Option<String> {
        self.0.left_behind.lock().expect("nobody panics with it").clone()
    }

    /// Sleeps, or returns at once when an end is asked for.
    pub async fn sleep(&self, duration: Duration) {
        tokio::select! {
            () = tokio::time::sleep(duration) => {}
            () = self.heard() => {}
        }
    }

    /// Returns when an end is asked for.
    pub async fn heard(&self) {
        let notified = self.0.notify.notified();
        if !self.requested() {
            notified.await;
        }
    }
}

/// Changes are being made as long as this lives.
pub struct Hold<'a>(&'a Stop);

impl Hold<'_> {
    /// The command itself says what it does when an end is asked for: it is no step that could be finished.
    pub fn speaks(&self) {
        self.0.0.speaks.store(true, Ordering::SeqCst);
    }

    /// Says what an end at once would leave behind, and the next command, as long as this lives.
    pub fn leaves_behind(&self, told: String) {
        *self.0.0.left_behind.lock().expect("nobody panics with it") = Some(told);
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        // A step that is dropped by an end at once leaves its word to whoever reports that.
        if !self.0.requested() {
            *self.0.0.left_behind.lock().expect("nobody panics with it") = None;
        }
        self.0.0.holding.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Why waiting ended without success.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    // Not `transparent`: the error itself has to stay in the chain, for its hint.
    #[error("{0}")]
    Port(#[from] PortError),
    /// AWS accepted the call and the change failed afterwards.
    #[error("{what} failed: {reason}")]
    Rejected { what: String, reason: String },
    #[error("waited {seconds} seconds for {what}{}", last.as_ref().map(|last| format!("; the last answer was: {last}")).unwrap_or_default())]
    TimedOut {
        what: String,
        seconds: u64,
        last: Option<Box<PortError>>,
    },
    /// Lambda tried the role out, and the policy that lfn wrote does not have the right: waiting would not help.
    #[error("the role may not `{action}`: {error}")]
    Lacking {
        action: String,
        /// The line of `allow` that is missing.
        line: String,
        error: Box<PortError>,
    },
    /// A version failed the release check.
    #[error("{0}")]
    Unfit(Box<Unfit>),
    #[error("interrupted")]
    Interrupted,
}

impl Failure {
    /// The next move, where the failure itself knows it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Lacking { line, .. } => Some(format!("add to `allow` in lambda.yaml: `- {line}`")),
            Self::Port(_) | Self::Rejected { .. } | Self::TimedOut { .. } | Self::Unfit(_) | Self::Interrupted => None,
        }
    }

    /// The same failure without the values of this environment, which AWS may have repeated.
    #[must_use]
    pub fn hiding(self, environment: &Environment) -> Self {
        let hide = |error: PortError| PortError {
            message: environment.hidden_in(&error.message),
            ..error
        };
        match self {
            Self::Port(error) => Self::Port(hide(error)),
            Self::Rejected { what, reason } => Self::Rejected {
                what,
                reason: environment.hidden_in(&reason),
            },
            Self::TimedOut { what, seconds, last } => Self::TimedOut {
                what,
                seconds,
                last: last.map(|error| Box::new(hide(*error))),
            },
            Self::Lacking { action, line, error } => Self::Lacking {
                action,
                line,
                error: Box::new(hide(*error)),
            },
            // Hidden where it was made.
            Self::Unfit(unfit) => Self::Unfit(unfit),
            Self::Interrupted => Self::Interrupted,
        }
    }
}

/// Told how long a wait has gone on and for what.
pub type OnWait<'a> = &'a (dyn Fn(&str, Duration) + Send + Sync);

/// The rights of the function's role, as lfn wrote them.
#[derive(Clone, Copy)]
pub struct Written<'a> {
    pub policy: &'a PolicyDocument,
    pub place: &'a Place,
}

impl Written<'_> {
    /// What Lambda found missing, if the policy really does not have it: the action, and the line for it.
    fn lacks(&self, error: &PortError) -> Option<(String, String)> {
        RoleDenial::read(&error.message)?.missing_from(self.policy, self.place)
    }
}

/// The one driver of every wait.
#[derive(Clone, Copy)]
pub struct Waiter<'a> {
    stop: &'a Stop,
    on_wait: OnWait<'a>,
    /// How long a second lasts; tests have shorter ones.
    second: Duration,
    /// Whether a role may still be on its way.
    propagating: bool,
    /// What the role may do, when lfn knows.
    role: Option<Written<'a>>,
}

impl<'a> Waiter<'a> {
    /// Waits in real time, until `stop`.
    pub fn new(stop: &'a Stop, on_wait: OnWait<'a>) -> Self {
        let second = Duration::from_secs(1);
        let propagating = true;
        Self {
            stop,
            on_wait,
            second,
            propagating,
            role: None,
        }
    }

    /// Says what the role may do once its policy has reached Lambda, so that a right that is really
    /// missing is not waited for.
    #[must_use]
    pub fn role(self, role: Option<Written<'a>>) -> Self {
        Self { role, ..self }
    }

    /// Says whether lfn keeps the role. One that somebody else keeps is not new, so that what Lambda
    /// refuses about it is waited out for a moment only.
    #[must_use]
    pub fn propagating(self, propagating: bool) -> Self {
        Self { propagating, ..self }
    }

    /// Repeats a call while its failure is worth waiting out.
    pub async fn patiently<T, F>(&self, mut call: impl FnMut() -> F) -> Result<T, Failure>
    where
        F: Future<Output = PortResult<T>>,
    {
        let started = Instant::now();
        for attempt in 0.. {
            let error = match call().await {
                Ok(value) => return Ok(value),
                Err(error) => error,
            };
            let Some(mut budget) = patience(error.kind) else {
                return Err(error.into());
            };
            let role = self.role.filter(|_| error.kind == ErrorKind::Propagating);
            if let Some((action, line)) = role.and_then(|role| role.lacks(&error)) {
                let error = Box::new(error);
                return Err(Failure::Lacking { action, line, error });
            }
            if error.kind == ErrorKind::Propagating && !self.propagating {
                budget = SHORT;
            }
            let what = waiting_for(&error, role.is_some());
            self.go_on(&what, started, budget, attempt, Some(error)).await?;
        }
        unreachable!("the loop ends by returning")
    }

    /// Looks until `judge` says that the subject is ready.
    pub async fn until_ready<T, F>(
        &self,
        what: &str,
        mut look: impl FnMut() -> F,
        judge: impl Fn(&T) -> Readiness,
    ) -> Result<T, Failure>
    where
        F: Future<Output = PortResult<T>>,
    {
        let started = Instant::now();
        for attempt in 0.. {
            let value = self.patiently(&mut look).await?;
            match judge(&value) {
                Readiness::Ready => return Ok(value),
                Readiness::Failed(reason) => {
                    let what = what.into();
                    return Err(Failure::Rejected { what, reason });
                }
                Readiness::Waiting => self.go_on(what, started, SETTLE, attempt, None).await?,
            }
        }
        unreachable!("the loop ends by returning")
    }

    /// Pauses once more, or says why not.
    async fn go_on(
        &self,
        what: &str,
        started: Instant,
        budget: u32,
        attempt: u32,
        last: Option<PortError>,
    ) -> Result<(), Failure> {
        let waited = started.elapsed();
        if waited >= self.second * budget {
            let what = what.into();
            let seconds = u64::from(budget);
            let last = last.map(Box::new);
            return Err(Failure::TimedOut { what, seconds, last });
        }
        if self.stop.requested() {
            return Err(Failure::Interrupted);
        }
        (self.on_wait)(what, waited);
        self.stop.sleep(self.second.mul_f64(pause(attempt))).await;
        Ok(())
    }
}

/// What a wait is for. What Lambda misses in a role whose policy is known to have it is on its way.
fn waiting_for(error: &PortError, known: bool) -> String {
    let on_its_way = || RoleDenial::read(&error.message).filter(|_| known);
    match error.kind {
        ErrorKind::Propagating if let Some(denial) = on_its_way() => format!(
            "{} to take effect: the role's policy allows it, and IAM is eventually consistent",
            denial.actions()
        ),
        ErrorKind::Propagating if error.message.contains("cannot be assumed") => {
            "the role to reach Lambda (IAM is eventually consistent)".into()
        }
        ErrorKind::Propagating if error.message.to_lowercase().contains("principal") => {
            "a role or account to be known (IAM is eventually consistent)".into()
        }
        ErrorKind::Propagating => format!("a right to take effect: {}", error.message.trim_end_matches('.')),
        ErrorKind::Busy => "an update in progress to finish".into(),
        _ => "AWS to accept more calls (throttled)".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_end_at_once_leaves_behind_is_told_until_the_step_is_done() {
        let stop = Stop::default();
        stop.hold().leaves_behind("a half".into());
        assert_eq!(stop.left_behind(), None);
        let hold = stop.hold();
        hold.leaves_behind("another half".into());
        stop.request();
        // An end at once drops the step before it reports.
        drop(hold);
        assert_eq!(stop.left_behind().as_deref(), Some("another half"));
    }

    fn lifecycle(state: State, update: UpdateStatus) -> Lifecycle {
        Lifecycle {
            state,
            update,
            reason: Some("because".into()),
        }
    }

    fn hurried<'a>(stop: &'a Stop, on_wait: OnWait<'a>) -> Waiter<'a> {
        let second = Duration::from_micros(50);
        let waiter = Waiter::new(stop, on_wait);
        Waiter { second, ..waiter }
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
        assert!(pause(0) < 0.25 && pause(3) > pause(2));
        assert!((pause(40) - 2.0).abs() < f64::EPSILON);
    }

    fn propagating() -> PortError {
        PortError::new(
            ErrorKind::Propagating,
            "lambda:CreateFunction",
            "thumbs",
            "The role cannot be assumed",
        )
    }

    #[tokio::test]
    async fn a_propagating_role_is_waited_out_and_said_so() {
        let (calls, said) = (Mutex::new(0), Mutex::new(Vec::new()));
        let (stop, on_wait) = (Stop::default(), |what: &str, _| {
            said.lock().unwrap().push(what.to_owned());
        });
        let call = || async {
            let mut calls = calls.lock().unwrap();
            *calls += 1;
            if *calls < 4 { Err(propagating()) } else { Ok(*calls) }
        };
        assert_eq!(hurried(&stop, &on_wait).patiently(call).await.unwrap(), 4);
        let said = said.lock().unwrap();
        assert_eq!(said.len(), 3);
        assert!(said[0].contains("role"), "{said:?}");
    }

    #[tokio::test]
    async fn waiting_ends_with_the_last_answer() {
        let stop = Stop::default();
        let call = || async { Err::<(), _>(propagating()) };
        let message = hurried(&stop, &|_, _| {})
            .patiently(call)
            .await
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("180 seconds") && message.contains("cannot be assumed"),
            "{message}"
        );
    }

    #[tokio::test]
    async fn a_refused_call_is_not_repeated_and_a_stop_ends_a_wait() {
        let (stop, calls) = (Stop::default(), Mutex::new(0));
        let denied = || async {
            *calls.lock().unwrap() += 1;
            Err::<(), _>(PortError::new(ErrorKind::Denied, "iam:CreateRole", "r", "no"))
        };
        let refused = hurried(&stop, &|_, _| {}).patiently(denied).await;
        assert!(matches!(refused, Err(Failure::Port(_))));
        assert_eq!(*calls.lock().unwrap(), 1);

        stop.request();
        let waiting = || async { Err::<(), _>(propagating()) };
        let stopped = Waiter::new(&stop, &|_, _| {}).patiently(waiting).await;
        assert!(matches!(stopped, Err(Failure::Interrupted)));
    }

    #[tokio::test]
    async fn a_failed_change_ends_the_wait_with_lambdas_reason() {
        let stop = Stop::default();
        let look = || async { Ok(lifecycle(State::Failed, UpdateStatus::Successful)) };
        let failed = hurried(&stop, &|_, _| {})
            .until_ready("the function", look, readiness)
            .await;
        assert_eq!(failed.unwrap_err().to_string(), "the function failed: because");
    }
}
