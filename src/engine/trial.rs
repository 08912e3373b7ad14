//! The release check: a version is called with an event of the project before it serves traffic, and held to
//! what is expected of it.

use std::fmt;

use super::desired::ReleaseCheck;
use crate::domain::expect::{Called, Mismatch};
use crate::domain::function::Environment;
use crate::domain::names::{FunctionName, Qualifier, Version};
use crate::domain::report::FunctionError;
use crate::ports::{Cloud, Invocation, InvocationType, PortResult};

/// One call of a version.
#[derive(Clone, Copy)]
pub struct Trial<'a> {
    pub cloud: &'a Cloud,
    pub name: &'a FunctionName,
    pub version: Version,
    pub check: &'a ReleaseCheck,
    /// Whose values are not repeated.
    pub environment: &'a Environment,
}

/// A version that failed, did not answer within its time, or answered otherwise than expected.
#[derive(Debug, Clone, PartialEq)]
pub struct Unfit {
    pub version: Version,
    /// The file with the event.
    pub file: String,
    /// What the function says of its failure, or that the call was not as expected.
    pub error: String,
    /// The file with the expectation, where it is not met.
    pub expectation: Option<String>,
    /// How it is not met.
    pub mismatches: Vec<Mismatch>,
    /// The end of its log.
    pub log: String,
}

/// The sentence alone.
impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "version {} failed its check with `{}`: {}",
            self.version, self.file, self.error
        )
    }
}

impl Trial<'_> {
    /// Calls the version and waits for its answer; one that is not fit to serve is told of.
    pub async fn run(&self) -> PortResult<Option<Unfit>> {
        let invocation = Invocation {
            name: self.name.clone(),
            qualifier: Qualifier::Version(self.version),
            kind: InvocationType::RequestResponse,
            payload: self.check.event.clone(),
            client_context: None,
        };
        let invoked = self.cloud.functions.invoke(&invocation).await?;
        let log = invoked.log_tail.unwrap_or_default();
        let called = Called::with_log(invoked.payload, invoked.function_error.is_some(), &log);
        let expected = self.check.expected.as_ref();
        let fails_on_purpose = expected.is_some_and(|expected| expected.expectation.error.is_some());
        let failure = invoked.function_error.filter(|_| !fails_on_purpose);
        let mismatches = match (expected, &failure) {
            // What the function says of its failure tells more than that there should be none.
            (_, Some(_)) | (None, _) => Vec::new(),
            (Some(expected), None) => expected.expectation.check(&called),
        };
        let hidden = |text: &str| self.environment.hidden_in(text);
        let error = match (failure, expected) {
            (Some(how), _) => hidden(&FunctionError::read(&called.payload).text(&how)),
            (None, Some(expected)) if !mismatches.is_empty() => {
                format!("the answer is not as `{}` expects", expected.file)
            }
            (None, _) => return Ok(None),
        };
        Ok(Some(Unfit {
            version: self.version,
            file: self.check.file.clone(),
            error,
            expectation: expected
                .filter(|_| !mismatches.is_empty())
                .map(|expected| expected.file.clone()),
            mismatches: mismatches.into_iter().map(|found| found.hiding(&hidden)).collect(),
            log: hidden(&log),
        }))
    }
}
