//! How long lfn keeps trying: attempts, time limits, and a quick end when nothing can be reached.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority};

/// Throttling of a busy account clears in seconds; six attempts back off for up to half a minute.
const ATTEMPTS: u32 = 6;
/// Twice this is the longest that a network without answers is waited for.
const CONNECT: Duration = Duration::from_secs(4);
/// A function runs for at most 900 s; the answer needs a moment more.
/// Source: Lambda developer guide, "Lambda quotas".
const INVOKE: Duration = Duration::from_mins(15 + 1);
/// The slowest line that an upload is waited for.
const SLOWEST_BYTES_PER_SECOND: u64 = 100_000;

/// Retries of the control plane: as many attempts as `AWS_MAX_ATTEMPTS` or the profile says, which every AWS
/// tool reads. Source: AWS SDKs and tools reference guide, "Retry behavior".
pub fn retries(asked: Option<&str>) -> Result<RetryConfig, String> {
    let attempts = match asked {
        None => ATTEMPTS,
        Some(text) => text.parse().ok().filter(|attempts| *attempts > 0).ok_or_else(|| {
            format!("`AWS_MAX_ATTEMPTS` (`max_attempts` of the profile) is `{text}`: write a whole number from 1 on")
        })?,
    };
    Ok(RetryConfig::standard().with_max_attempts(attempts))
}

/// The limits of an ordinary call, retries included.
pub fn control_plane(limit: Duration) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .read_timeout(limit)
        .operation_timeout(limit)
        .build()
}

/// The limits of a call that waits for turns on its way, which take the time they take: each attempt has its
/// own limit from when it is sent, and [`NoRetryAfterSilence`] sees to it that there is one limit only.
/// `bytes` are those that it carries.
pub fn paced(limit: Duration, bytes: u64) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .read_timeout(attempt(limit, bytes))
        .disable_operation_timeout()
        .build()
}

/// The limits of a call that carries this many bytes. The SDK's read timeout runs from the first
/// byte sent, so it grows with the body; a line that stands still is found by the stalled-stream
/// protection long before.
pub fn upload(limit: Duration, bytes: u64) -> TimeoutConfig {
    let attempt = attempt(limit, bytes);
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .read_timeout(attempt)
        .operation_timeout(attempt * 3)
        .build()
}

fn attempt(limit: Duration, bytes: u64) -> Duration {
    limit + Duration::from_secs(bytes / SLOWEST_BYTES_PER_SECOND)
}

/// The limits of `Invoke`, which may run for as long as a function may.
pub fn invoke() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .read_timeout(INVOKE)
        .operation_timeout(INVOKE)
        .build()
}

/// Forbids a second retry when no connection can be made: a dead network is reported in seconds,
/// not after six attempts. Any attempt that connects starts the count again.
#[derive(Debug, Default)]
pub struct FewConnectRetries {
    failures: AtomicU32,
}

impl FewConnectRetries {
    const ALLOWED: u32 = 1;

    fn judge(&self, could_not_connect: bool) -> RetryAction {
        if !could_not_connect {
            self.failures.store(0, Ordering::Relaxed);
            return RetryAction::NoActionIndicated;
        }
        if self.failures.fetch_add(1, Ordering::Relaxed) < Self::ALLOWED {
            RetryAction::NoActionIndicated
        } else {
            RetryAction::RetryForbidden
        }
    }
}

impl ClassifyRetry for FewConnectRetries {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = match context.output_or_error() {
            Some(Err(error)) => error.as_connector_error(),
            Some(Ok(_)) | None => None,
        };
        self.judge(error.is_some_and(|error| never_connected(error)))
    }

    fn name(&self) -> &'static str {
        "few connect retries"
    }

    fn priority(&self) -> RetryClassifierPriority {
        // Last: its word stands over the SDK's "transient, try again".
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// Forbids a retry of what was not answered within its limit: waiting as long again seldom helps.
#[derive(Debug)]
pub struct NoRetryAfterSilence;

impl ClassifyRetry for NoRetryAfterSilence {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = match context.output_or_error() {
            Some(Err(error)) => error.as_connector_error(),
            Some(Ok(_)) | None => None,
        };
        match error {
            Some(error) if error.is_timeout() && !never_connected(error) => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "no retry after silence"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// Whether the chain says that no connection was made. The HTTP client keeps these types to
/// itself, so its two sentences are all there is; a test on a closed port watches them.
fn never_connected(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source()).any(|error| {
        let said = error.to_string();
        said.contains("client error (Connect)") || said.contains("HTTP connect timeout")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_retry_is_allowed_until_something_connects() {
        let classifier = FewConnectRetries::default();
        assert_eq!(classifier.judge(true), RetryAction::NoActionIndicated);
        assert_eq!(classifier.judge(true), RetryAction::RetryForbidden);
        assert_eq!(classifier.judge(false), RetryAction::NoActionIndicated);
        assert_eq!(classifier.judge(true), RetryAction::NoActionIndicated);
    }

    #[test]
    fn attempts_are_those_asked_for() {
        assert_eq!(retries(None).unwrap().max_attempts(), ATTEMPTS);
        assert_eq!(retries(Some("1")).unwrap().max_attempts(), 1);
        for wrong in ["0", "-1", "many", ""] {
            assert!(retries(Some(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn uploads_get_the_time_their_size_needs() {
        let limit = Duration::from_mins(1);
        assert_eq!(upload(limit, 0).read_timeout(), Some(limit));
        assert_eq!(upload(limit, 50_000_000).read_timeout(), Some(Duration::from_secs(560)));
        assert!(invoke().read_timeout() > Some(Duration::from_mins(15)));
        assert_eq!(paced(limit, 50_000_000).read_timeout(), Some(Duration::from_secs(560)));
        assert_eq!(
            paced(limit, 0).operation_timeout(),
            None,
            "turns take the time they take"
        );
        assert_eq!(control_plane(limit).operation_timeout(), Some(limit));
    }
}
