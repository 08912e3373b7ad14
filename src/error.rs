//! What a person reads when something fails, and the exit code that goes with it.

use std::fmt;

/// The kinds of failure that exit codes tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing was changed: bad input, a refused read, a failed check.
    Failed,
    /// The command line itself is wrong.
    Usage,
    /// Stopped part-way: some steps are done, some are not.
    Partial,
    /// The function itself failed.
    Function,
    /// Ctrl-C.
    Interrupted,
}

impl Kind {
    /// The process's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Partial => 4,
            Self::Function => 5,
            Self::Interrupted => 130,
        }
    }
}

/// An error with the next move. It survives any `.context()` and is found again by downcasting.
#[derive(Debug)]
pub struct Problem {
    pub kind: Kind,
    message: String,
    hints: Vec<String>,
    told: Vec<String>,
    cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Problem {
    /// A failure that changed nothing.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Kind::Failed, message)
    }

    /// A failure of this kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hints: Vec::new(),
            told: Vec::new(),
            cause: None,
        }
    }

    /// Adds the next move.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds why.
    #[must_use]
    pub fn caused_by(mut self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.cause = Some(Box::new(cause));
        self
    }

    /// Adds what was shown before, in lines, for readers who see nothing but the error.
    #[must_use]
    pub fn told(mut self, lines: Vec<String>) -> Self {
        self.told = lines;
        self
    }

    /// What was shown before the error, in lines.
    pub fn shown_before(&self) -> &[String] {
        &self.told
    }

    /// What to do next, in order.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }
}

/// An error together with next moves that were found out after it happened.
#[derive(Debug)]
pub struct Explained {
    pub error: anyhow::Error,
    pub hints: Vec<String>,
}

impl fmt::Display for Explained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Explained {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}
