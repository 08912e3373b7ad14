//! A failed call, classified once by the adapter so that nobody upstream compares strings.

use std::fmt;

use crate::domain::policy::denial::Denial;

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

impl ErrorKind {
    /// Whether the call may have landed all the same: no answer is no proof that nothing happened.
    pub fn leaves_open(self) -> bool {
        matches!(self, Self::Unreachable | Self::Internal)
    }
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
            ErrorKind::Denied => Some(self.missing_right()),
            ErrorKind::Credentials => Some(
                "sign in (`aws login` or `aws sso login`), choose a profile with `--profile`, or set `AWS_ACCESS_KEY_ID` and \
                 `AWS_SECRET_ACCESS_KEY`; `--local` needs no account"
                    .into(),
            ),
            ErrorKind::Unreachable => {
                Some("check the network, the proxy settings and `AWS_ENDPOINT_URL`; `--local` works offline".into())
            }
            ErrorKind::Stale => Some("look at what changed with `lfn plan`, then run the command again".into()),
            ErrorKind::Throttled | ErrorKind::Busy | ErrorKind::Propagating | ErrorKind::Internal => {
                Some("run the command again in a minute".into())
            }
            ErrorKind::NotFound | ErrorKind::AlreadyExists | ErrorKind::InUse | ErrorKind::Invalid => None,
        }
    }

    /// AWS reports a missing right on the call that needed it: `iam:PassRole` on `CreateFunction`,
    /// so its sentence knows better than the call.
    fn missing_right(&self) -> String {
        let denial = Denial::read(&self.message);
        let action = denial.action.as_deref().unwrap_or(self.action);
        let on = denial
            .resource
            .map(|resource| format!(" on `{resource}`"))
            .unwrap_or_default();
        if denial.explicit {
            return format!("`{action}`{on} is denied explicitly: lift that deny for the identity lfn runs as");
        }
        format!("allow `{action}`{on} for the identity lfn runs as")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_right_that_is_missing() {
        const USER: &str = "User: arn:aws:sts::123456789012:assumed-role/deployer/ci is not authorized to perform: ";
        const ROLE: &str = "arn:aws:iam::123456789012:role/thumbs-role";
        for (call, said, hint) in [
            (
                "lambda:CreateFunction",
                format!(
                    "{USER}iam:PassRole on resource: {ROLE} because no identity-based policy allows the iam:PassRole action"
                ),
                format!("allow `iam:PassRole` on `{ROLE}` for the identity lfn runs as"),
            ),
            (
                "iam:CreateRole",
                format!("{USER}iam:TagRole on resource: {ROLE} because no identity-based policy allows the iam:TagRole action"),
                format!("allow `iam:TagRole` on `{ROLE}` for the identity lfn runs as"),
            ),
            (
                "lambda:CreateFunction",
                format!(
                    "{USER}lambda:TagResource on resource: arn:aws:lambda:eu-west-1:123456789012:function:thumbs because no \
                     permissions boundary allows the lambda:TagResource action"
                ),
                "allow `lambda:TagResource` on `arn:aws:lambda:eu-west-1:123456789012:function:thumbs` for the identity \
                 lfn runs as"
                    .to_owned(),
            ),
            (
                "logs:CreateLogGroup",
                format!(
                    "{USER}logs:TagResource on resource: \
                     arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/thumbs:log-stream: because no \
                     identity-based policy allows the logs:TagResource action"
                ),
                "allow `logs:TagResource` on \
                 `arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/thumbs:log-stream:` for the identity lfn runs as"
                    .to_owned(),
            ),
            (
                "iam:GetRole",
                format!(
                    "{USER}iam:GetRole on resource: role thumbs-role because no identity-based policy allows the iam:GetRole action"
                ),
                "allow `iam:GetRole` on `role thumbs-role` for the identity lfn runs as".to_owned(),
            ),
            (
                "lambda:ListFunctions",
                format!(
                    "{USER}lambda:ListFunctions on resource: * because no identity-based policy allows the \
                     lambda:ListFunctions action"
                ),
                "allow `lambda:ListFunctions` for the identity lfn runs as".to_owned(),
            ),
            (
                "lambda:UpdateAlias",
                format!("{USER}lambda:UpdateAlias on resource: {ROLE} with an explicit deny in a service control policy"),
                format!(
                    "`lambda:UpdateAlias` on `{ROLE}` is denied explicitly: lift that deny for the identity lfn runs as"
                ),
            ),
            (
                "s3:PutObject",
                format!(
                    "{USER}s3:PutObject on resource: \"arn:aws:s3:::shop/lfn/thumbs/a.zip\" because no identity-based \
                     policy allows the s3:PutObject action"
                ),
                "allow `s3:PutObject` on `arn:aws:s3:::shop/lfn/thumbs/a.zip` for the identity lfn runs as".to_owned(),
            ),
            (
                "lambda:GetFunction",
                format!("{USER}lambda:GetFunction"),
                "allow `lambda:GetFunction` for the identity lfn runs as".to_owned(),
            ),
            (
                "s3:PutObject",
                "Access Denied".to_owned(),
                "allow `s3:PutObject` for the identity lfn runs as".to_owned(),
            ),
            (
                "ssm:GetParameters",
                "you are not authorized to perform: this".to_owned(),
                "allow `ssm:GetParameters` for the identity lfn runs as".to_owned(),
            ),
        ] {
            let denied = PortError::new(ErrorKind::Denied, call, "thumbs", &said);
            assert_eq!(denied.hint(), Some(hint), "{said}");
        }
    }
}
