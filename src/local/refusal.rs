//! How the embedded services say no: kind, code and sentence as AWS has them.

use crate::domain::arn::Place;
use crate::domain::names::{AliasName, FunctionName, Qualifier};
use crate::ports::{ErrorKind, PortError};

/// A refused call, before it is known which call it was.
#[derive(Debug)]
pub(super) struct Refusal {
    pub kind: ErrorKind,
    pub code: Option<&'static str>,
    pub message: String,
}

/// What the embedded services answer.
pub(super) type Answer<T> = Result<T, Refusal>;

impl Refusal {
    pub fn new(kind: ErrorKind, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind,
            code: Some(code),
            message: message.into(),
        }
    }

    /// `InvalidParameterValueException`: Lambda's answer to a value that makes no sense.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, "InvalidParameterValueException", message)
    }

    /// `ValidationException`: what the API's front door says before Lambda is asked.
    pub fn validation(value: impl std::fmt::Display, member: &str, constraint: impl std::fmt::Display) -> Self {
        Self::new(
            ErrorKind::Invalid,
            "ValidationException",
            format!(
                "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
            ),
        )
    }

    /// There is no such function, or no such edition of it.
    pub fn no_function(place: &Place, name: &FunctionName, qualifier: Option<&Qualifier>) -> Self {
        let arn = match qualifier {
            Some(qualifier) => place.qualified_arn(name, qualifier),
            None => place.function_arn(name),
        };
        Self::new(
            ErrorKind::NotFound,
            "ResourceNotFoundException",
            format!("Function not found: {arn}"),
        )
    }

    pub fn no_alias(place: &Place, name: &FunctionName, alias: &AliasName) -> Self {
        let arn = place.qualified_arn(name, &Qualifier::Alias(alias.clone()));
        Self::new(
            ErrorKind::NotFound,
            "ResourceNotFoundException",
            format!("Cannot find alias arn: {arn}"),
        )
    }

    pub fn stale() -> Self {
        Self::new(
            ErrorKind::Stale,
            "PreconditionFailedException",
            "The Revision Id provided does not match the latest Revision Id. \
             Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
        )
    }

    /// The same refusal as the answer to this call.
    pub fn of(self, action: &'static str, resource: impl Into<String>) -> PortError {
        let error = PortError::new(self.kind, action, resource, self.message);
        match self.code {
            Some(code) => error.with_code(code),
            None => error,
        }
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self {
            kind: ErrorKind::Internal,
            code: None,
            message: format!("the local target could not use its folder: {error}"),
        }
    }
}
