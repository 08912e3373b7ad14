//! What would fail in Lambda although it works here, found before anything is uploaded.
//!
//! Every check looks at a whole [`Selection`] and returns all it finds. A doubtful finding is worse than none:
//! a check that cannot tell stays silent.

mod binaries;
mod collisions;
mod contents;
mod dropped;
mod elf;
mod handler;
mod leftovers;
#[cfg(test)]
mod samples;
mod secrets;
mod wheels;

use serde::Serialize;

use super::facts::Fact;
use super::{Problem, Selection};
use crate::domain::config::{Config, Severity};
use crate::domain::function::Architecture;
use crate::domain::names::RuntimeId;

pub use secrets::{Secret, in_contents as secret_in};

/// What the archive is for.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    pub runtime: &'a RuntimeId,
    pub handler: &'a str,
    pub architecture: Architecture,
    /// Whether there are layers, which may bring what the archive does not hold.
    pub layered: bool,
    /// Paths in the archive that may hold secrets.
    pub allow_secrets: &'a [String],
}

impl<'a> Subject<'a> {
    /// The function that lambda.yaml describes.
    pub fn of(config: &'a Config) -> Self {
        Self {
            runtime: &config.runtime,
            handler: &config.handler,
            architecture: config.architecture,
            layered: !config.layers.is_empty(),
            allow_secrets: &config.package.allow_secrets,
        }
    }
}

/// Whether the files are those that will be deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// There is none, or it has run.
    Done,
    /// It has not run, and may make what is missing.
    Pending,
    /// It has not run, and makes the handler's file out of these.
    Bundling,
}

/// One thing to say about the archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub severity: Severity,
    /// A name in the archive; none when it is about the archive as a whole.
    pub path: Option<String>,
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Whether something is not there that a build could make.
    #[serde(skip)]
    missing: bool,
}

impl Finding {
    fn error(path: impl Into<String>, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            path: Some(path.into()),
            message: message.into(),
            hint: Some(hint.into()),
            missing: false,
        }
    }

    fn warning(path: impl Into<String>, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(path, message, hint)
        }
    }

    fn missing(path: impl Into<String>, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            missing: true,
            ..Self::error(path, message, hint)
        }
    }

    /// A remark about how the files came about.
    pub fn note(message: &str, hint: &str) -> Self {
        Self {
            severity: Severity::Warning,
            path: None,
            message: message.to_owned(),
            hint: Some(hint.to_owned()),
            missing: false,
        }
    }

    /// A reason why nothing can be packaged.
    pub fn unpackable(problem: Problem, build: Build) -> Self {
        let finding = Self {
            severity: Severity::Error,
            path: None,
            message: problem.message,
            hint: problem.hint,
            missing: true,
        };
        match build {
            Build::Done => finding,
            Build::Pending | Build::Bundling => finding.until_built(),
        }
    }

    fn until_built(self) -> Self {
        if !self.missing {
            return self;
        }
        Self {
            severity: Severity::Warning,
            message: format!("{}; the build may make it", self.message),
            ..self
        }
    }
}

/// Returns what is wrong with an archive of these files, errors first. `facts` are what reading them told.
pub fn check(selection: &Selection, facts: &[Fact], subject: &Subject<'_>, build: Build) -> Vec<Finding> {
    let mut findings = match build {
        Build::Done => handler::check(selection, subject),
        Build::Pending => {
            let findings = handler::check(selection, subject).into_iter();
            findings.map(Finding::until_built).collect()
        }
        Build::Bundling => Vec::new(),
    };
    findings.extend(check_layer(selection, facts, subject));
    findings.extend(dropped::check(selection, subject));
    findings.extend(leftovers::check(selection));
    findings.extend(collisions::check(selection));
    findings.sort_by_key(|finding| finding.severity);
    findings
}

/// Returns what is wrong with dependencies for a layer, errors first. They have the names that they would have
/// in the function's archive.
pub fn check_layer(selection: &Selection, facts: &[Fact], subject: &Subject<'_>) -> Vec<Finding> {
    let wheels = wheels::check(selection, subject);
    let mut findings = wheels.findings;
    findings.extend(binaries::check(selection, facts, subject, &wheels.reported));
    findings.extend(secrets::check(selection, facts, subject.allow_secrets));
    findings.sort_by_key(|finding| finding.severity);
    findings
}
