//! The release check: a version is called with an event of the project before it serves traffic.

use std::fmt;

use super::desired::ReleaseCheck;
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

/// A version that failed, or did not answer within its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    pub version: Version,
    /// The file with the event.
    pub file: String,
    /// What the function says of it.
    pub error: String,
    /// The end of its log.
    pub log: String,
}

/// A sentence, then the end of the log.
impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "version {} failed its check with `{}`: {}",
            self.version, self.file, self.error
        )?;
        self.log
            .trim_end()
            .lines()
            .try_for_each(|line| write!(f, "\n    │ {}", line.replace('\t', "  ")))
    }
}

impl Trial<'_> {
    /// Calls the version and waits for its answer; one that fails is told of.
    pub async fn run(&self) -> PortResult<Option<Unfit>> {
        let invocation = Invocation {
            name: self.name.clone(),
            qualifier: Qualifier::Version(self.version),
            kind: InvocationType::RequestResponse,
            payload: self.check.event.clone(),
            client_context: None,
        };
        let invoked = self.cloud.functions.invoke(&invocation).await?;
        let Some(how) = invoked.function_error else {
            return Ok(None);
        };
        let hidden = |text: &str| self.environment.hidden_in(text);
        Ok(Some(Unfit {
            version: self.version,
            file: self.check.file.clone(),
            error: hidden(&FunctionError::read(&invoked.payload).text(&how)),
            log: hidden(invoked.log_tail.as_deref().unwrap_or_default()),
        }))
    }
}
