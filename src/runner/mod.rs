//! Runs a handler for real: Lambda's Runtime API on loopback, and one process that talks to it.
//!
//! An [`Environment`] is what Lambda calls an execution environment: started once, invoked one or
//! more times, gone with everything it started when dropped. [`run`] makes one for a single call.
//! Not enforced: memory, the size of `/tmp`, and what the role may do.

mod api;
mod environment;
mod failure;
mod host;
mod http;
mod launch;
mod process;
mod report;
mod transcript;

use std::path::Path;
use std::time::Duration;

use crate::domain::function::FunctionSettings;
use crate::domain::names::{FunctionName, Qualifier, Region, RuntimeId};

pub use environment::Environment;
pub use host::Host;

/// Bytes of an event, and of a response, that Lambda passes on in one piece.
/// Source: Lambda developer guide, "Lambda quotas".
pub const PAYLOAD_LIMIT: usize = 6_291_456;

/// The edition of a function to run.
#[derive(Debug, Clone)]
pub struct Function {
    pub name: FunctionName,
    /// `$LATEST` or a version, never an alias.
    pub version: Qualifier,
    pub region: Region,
    pub settings: FunctionSettings,
    pub log_stream: String,
}

/// The unpacked files of an environment.
#[derive(Debug, Clone, Copy)]
pub struct Files<'a> {
    /// What Lambda has in `/var/task`.
    pub code: &'a Path,
    /// What Lambda has in `/opt`: the layers, one over the other. None when the function has no layers.
    pub layers: Option<&'a Path>,
}

/// One call.
#[derive(Debug, Clone, Default)]
pub struct Event {
    pub payload: Vec<u8>,
    /// The ARN the caller used, with the alias if it named one.
    pub invoked_arn: String,
    /// JSON on one line.
    pub client_context: Option<String>,
}

/// What came of a call.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub request_id: String,
    pub payload: Vec<u8>,
    /// `Unhandled` when the function failed.
    pub function_error: Option<String>,
    /// The log as `CloudWatch` would have it.
    pub log: String,
    pub duration: Duration,
    pub billed: Duration,
    /// Present on the first call of an environment.
    pub init: Option<Duration>,
    /// Megabytes, where the system tells.
    pub max_memory: Option<u64>,
}

/// Why a function cannot be run on this machine. A function that fails is not an error here.
#[derive(Debug, thiserror::Error)]
pub enum Unrunnable {
    #[error("the runtime `{runtime}` needs {what}, and none was found on PATH; install {install} and try again")]
    MissingInterpreter {
        runtime: RuntimeId,
        what: &'static str,
        install: String,
    },
    #[error(
        "the runtime `{0}` is not supported by --local yet; `nodejs*`, `python3*` and `provided*` are: \
         invoke the function in AWS instead"
    )]
    UnsupportedRuntime(RuntimeId),
    #[error("Request must be smaller than {PAYLOAD_LIMIT} bytes for the InvokeFunction operation")]
    PayloadTooLarge,
    #[error("could not {doing}: {source}")]
    Io {
        doing: &'static str,
        source: std::io::Error,
    },
}

impl Unrunnable {
    /// For `map_err`: what was being done when the machine said no.
    fn io(doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }
}

/// Runs one call in an environment of its own.
pub async fn run(host: &Host, files: Files<'_>, function: Function, event: &Event) -> Result<Outcome, Unrunnable> {
    Environment::start(host, files, function).await?.invoke(event).await
}

/// A random (version 4) UUID.
pub fn random_id() -> std::io::Result<String> {
    let mut bytes: [u8; 16] = random_bytes()?;
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    Ok(parts.join("-"))
}

/// Random bytes from the system.
pub(crate) fn random_bytes<const N: usize>() -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_are_version_4_uuids_and_differ() {
        let (one, two) = (super::random_id().unwrap(), super::random_id().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), 36);
        assert_eq!(&one[14..15], "4");
        assert!("89ab".contains(&one[19..20]), "{one}");
    }
}
