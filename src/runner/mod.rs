//! Runs a handler for real: Lambda's Runtime API on loopback, and one process that talks to it.
//!
//! An [`Environment`] is what Lambda calls an execution environment: started once, invoked one or
//! more times, gone with everything it started when dropped. A [`Pool`] keeps some of them warm.
//! What the role may do is enforced by a [`Gateway`], for functions that are given its door. Not enforced:
//! the size of `/tmp`; memory only where `/proc` tells it.

mod api;
mod debug;
mod environment;
mod failure;
mod gateway;
mod host;
pub mod http;
mod launch;
mod memory;
mod pool;
mod process;
mod published;
mod records;
mod report;
mod request;
mod sandbox;
mod scratch;
mod serve;
mod transcript;
mod unpacked;

use std::path::Path;
use std::time::Duration;

use crate::domain::function::FunctionSettings;
use crate::domain::names::{FunctionName, Qualifier, Region, RuntimeId};

pub use debug::{Debugger, Debugging};
pub use environment::Environment;
pub use gateway::{Door, Gateway, Mode, is_way_around};
pub use host::Host;
pub use pool::{Edition, Pool};
pub use request::{BadRequest, check_request, tail};
pub use scratch::sweep;
pub use serve::{Caller, Endpoints, Finished, Pages, Served, Then, is_for_this_machine};
pub use unpacked::Unpacked;

/// Bytes of an event. Source: Lambda developer guide, "Lambda quotas".
pub const PAYLOAD_LIMIT: usize = 6_291_456;
/// Bytes of a response in one piece. Source: Lambda's own error text.
pub const RESPONSE_LIMIT: usize = 6_291_556;

/// The edition of a function to run.
#[derive(Debug, Clone)]
pub struct Function {
    pub name: FunctionName,
    /// `$LATEST` or a version, never an alias.
    pub version: Qualifier,
    pub region: Region,
    pub settings: FunctionSettings,
    pub log_stream: String,
    /// Where its AWS calls go, when they are watched; to nowhere by themselves otherwise.
    pub door: Option<Door>,
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
    /// The id of the request; made up when absent.
    pub request_id: Option<String>,
    /// The ARN the caller used, with the alias if it named one.
    pub invoked_arn: String,
    /// JSON on one line.
    pub client_context: Option<String>,
    /// JSON on one line: `cognitoIdentityId`, `cognitoIdentityPoolId`.
    pub cognito_identity: Option<String>,
    /// Of a function with tenant isolation.
    pub tenant_id: Option<String>,
    /// The caller's `X-Amzn-Trace-Id`; without one, a call begins its own trace.
    pub trace_id: Option<String>,
}

/// A piece of a response while the function is still at work on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The first one of a streamed response.
    Began {
        content_type: String,
    },
    Bytes(Vec<u8>),
}

/// Who wants the parts of a streamed response as they come.
pub type Parts = tokio::sync::mpsc::UnboundedSender<Part>;

/// What came of a call.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub request_id: String,
    /// All of the response, streamed or not; or what Lambda says of the failure.
    pub payload: Vec<u8>,
    /// Of a streamed response.
    pub content_type: Option<String>,
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
        "the runtime `{runtime}` runs here through AWS's runtime client, `{client}`, which is neither among the function's files nor \
         on this machine; run `{install}` and try again"
    )]
    MissingClient {
        runtime: RuntimeId,
        client: &'static str,
        install: &'static str,
    },
    #[error(
        "the runtime `{0}` is not supported by --local; `nodejs*`, `python3*`, `java*`, `dotnet*`, `ruby*` and `provided*` are: \
         invoke the function in AWS instead"
    )]
    UnsupportedRuntime(RuntimeId),
    #[error(
        "debugging Python needs the package `debugpy`, and `{python}` does not have it; \
         run `{python} -m pip install debugpy` and try again"
    )]
    MissingDebugger { python: String },
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
