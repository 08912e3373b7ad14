//! A failed call, classified once by the adapter so that nobody upstream compares strings.

use std::fmt;

/// The result of a call through a port.
pub type PortResult<T> = Result<T, PortError>;

/// Why a call failed, as far as the engine cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The thing the call names does not exist.
    NotFound,
    /// A thing of that name exists already.
    AlreadyExists,
    /// The identity lfn runs as may not do this.
    Denied,
    /// An update is in progress, or the function is still being created: wait and try again.
    Busy,
    /// A new role, policy or key has not reached Lambda yet: wait and try again.
    Propagating,
    /// The resource changed since lfn read it (a revision did not match).
    Stale,
    /// Something refers to the resource, so it cannot be deleted.
    InUse,
    /// Too many calls.
    Throttled,
    /// The service refuses the request itself.
    Invalid,
    /// There are no credentials, or they are expired or not accepted.
    Credentials,
    /// No answer: the network, the endpoint, a proxy.
    Unreachable,
    /// The service failed (5xx) or said something lfn does not understand.
    Internal,
}

/// A failed call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortError {
    pub kind: ErrorKind,
    /// The IAM action, such as `lambda:UpdateAlias`.
    pub action: &'static str,
    /// What it was asked about: a name or an ARN; may be empty.
    pub resource: String,
    /// The service's own code, such as `ResourceConflictException`.
    pub code: Option<String>,
    /// The service's own sentence.
    pub message: String,
    pub request_id: Option<String>,
}

impl PortError {
    /// An error of this kind, with the service's sentence.
    pub fn new(kind: ErrorKind, action: &'static str, resource: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            kind,
            action,
            resource: resource.into(),
            code: None,
            message: message.into(),
            request_id: None,
        }
    }

    /// The same error with the service's code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// The next move for a person who meets this error.
    pub fn hint(&self) -> Option<String> {
        match self.kind {
            ErrorKind::Denied => Some(format!("allow `{}` for the identity lfn runs as", self.action)),
            ErrorKind::Credentials => Some(
                "sign in (`aws login` or `aws sso login`), choose a profile with `--profile`, or set `AWS_ACCESS_KEY_ID` and \
                 `AWS_SECRET_ACCESS_KEY`; `--local` needs no account"
                    .into(),
            ),
            ErrorKind::Unreachable => {
                Some("check the network, the proxy settings and `AWS_ENDPOINT_URL`; `--local` works offline".into())
            }
            ErrorKind::Stale => Some("look at what changed with `lfn plan`, then run the command again".into()),
            ErrorKind::Throttled | ErrorKind::Busy | ErrorKind::Propagating => Some("run the command again in a minute".into()),
            ErrorKind::NotFound
            | ErrorKind::AlreadyExists
            | ErrorKind::InUse
            | ErrorKind::Invalid
            | ErrorKind::Internal => None,
        }
    }
}

impl fmt::Display for PortError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What fails before any call, such as a profile that does not exist, has no IAM action.
        if self.action.contains(':') {
            write!(f, "`{}`", self.action)?;
            if !self.resource.is_empty() {
                write!(f, " on `{}`", self.resource)?;
            }
            f.write_str(": ")?;
        }
        f.write_str(self.message.trim_end_matches('.'))?;
        if let Some(code) = &self.code {
            write!(f, " ({code})")?;
        }
        Ok(())
    }
}

impl std::error::Error for PortError {}
