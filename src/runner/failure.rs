//! How a function fails without saying so itself, in the words that Lambda finds for it.

use std::process::ExitStatus;
use std::time::Duration;

use super::RESPONSE_LIMIT;

/// A failed invocation.
#[derive(Debug, Clone)]
pub(super) enum Failure {
    /// What the runtime reported: the body goes to the caller as it is.
    Reported(Vec<u8>),
    /// The process ended before it answered.
    Exited(String),
    /// There is nothing to start, or it cannot be started.
    Entrypoint(String),
    TimedOut(Duration),
    TooLarge,
    /// It used more memory than the function has, and was killed for it.
    OutOfMemory,
    /// An extension gave up or ended: Lambda's word for how, and who it was.
    Extension {
        kind: String,
        name: String,
    },
}

impl Failure {
    /// The failure of a process that ended, in the words of Go's `os/exec`, which Lambda uses.
    pub fn exited(status: ExitStatus) -> Self {
        #[cfg(unix)]
        if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
            let name = match signal {
                4 => "illegal instruction".to_owned(),
                6 => "aborted".to_owned(),
                7 => "bus error".to_owned(),
                8 => "floating point exception".to_owned(),
                9 => "killed".to_owned(),
                11 => "segmentation fault".to_owned(),
                15 => "terminated".to_owned(),
                other => other.to_string(),
            };
            return Self::Exited(format!("Runtime exited with error: signal: {name}"));
        }
        Self::Exited(match status.code() {
            Some(0) | None => "Runtime exited without providing a reason".to_owned(),
            Some(code) => format!("Runtime exited with error: exit status {code}"),
        })
    }

    /// `errorType`, when Lambda itself is the one who names it.
    pub fn kind(&self) -> Option<&str> {
        match self {
            Self::Reported(_) => None,
            Self::Exited(_) | Self::OutOfMemory => Some("Runtime.ExitError"),
            Self::Entrypoint(_) => Some("Runtime.InvalidEntrypoint"),
            Self::TimedOut(_) => Some("Sandbox.Timedout"),
            Self::TooLarge => Some("Function.ResponseSizeTooLarge"),
            Self::Extension { kind, .. } => Some(kind),
        }
    }

    /// `Error Type` of the report: there Lambda tells a lack of memory from other ends of the process.
    pub fn reported_kind(&self) -> Option<&str> {
        match self {
            Self::OutOfMemory => Some("Runtime.OutOfMemory"),
            other => other.kind(),
        }
    }

    /// `errorMessage`, when Lambda itself is the one who writes it.
    pub fn message(&self, request_id: &str) -> Option<String> {
        let error = |reason: &str| Some(format!("RequestId: {request_id} Error: {reason}"));
        match self {
            Self::Reported(_) => None,
            Self::Exited(reason) | Self::Entrypoint(reason) => error(reason),
            Self::OutOfMemory => error("Runtime exited with error: signal: killed"),
            Self::TimedOut(after) => error(&format!("Task timed out after {:.2} seconds", after.as_secs_f64())),
            Self::TooLarge => Some(format!(
                "Response payload size exceeded maximum allowed payload size ({RESPONSE_LIMIT} bytes)."
            )),
            Self::Extension { kind, name } if kind == "Extension.Crash" => {
                error(&format!("Extension {name} ended before it was done"))
            }
            Self::Extension { kind, name } => error(&format!("Extension {name} reported {kind}")),
        }
    }

    /// What the caller gets.
    pub fn payload(&self, request_id: &str) -> Vec<u8> {
        if let Self::Reported(body) = self {
            return body.clone();
        }
        serde_json::json!({ "errorType": self.kind(), "errorMessage": self.message(request_id) })
            .to_string()
            .into_bytes()
    }
}
