//! Trees and functions for the tests of the checks.

use std::fs;

use tempfile::TempDir;

use super::{Build, Finding, Subject, check};
use crate::domain::config::Severity;
use crate::domain::function::Architecture;
use crate::domain::names::RuntimeId;
use crate::domain::package::facts::{Fact, Facts};
use crate::domain::package::{SelectedFile, Selection};

/// Files on disk, selected.
pub struct Tree {
    folder: TempDir,
    pub selection: Selection,
}

impl Tree {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            selection: Selection::default(),
        }
    }

    pub fn with(mut self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &bytes).unwrap();
        let size = bytes.as_ref().len() as u64;
        self.selection.files.push(SelectedFile {
            name: name.into(),
            path,
            executable: name == "bootstrap",
            size,
            identity: crate::domain::package::Identity::default(),
        });
        self.selection.files.sort_by(|a, b| a.name.cmp(&b.name));
        self
    }

    pub fn of(files: &[(&str, &str)]) -> Self {
        files
            .iter()
            .fold(Self::new(), |tree, (name, text)| tree.with(name, text))
    }

    pub fn facts(&self) -> Facts {
        let files = self.selection.files.iter();
        files
            .map(|file| Fact::of(&file.name, file.size, &fs::read(&file.path).unwrap()))
            .collect()
    }

    /// Everything that is found, for an `x86_64` function.
    pub fn findings(&self, runtime: &str, handler: &str) -> Vec<Finding> {
        self.findings_on(runtime, handler, Architecture::X86_64)
    }

    pub fn findings_on(&self, runtime: &str, handler: &str, architecture: Architecture) -> Vec<Finding> {
        let runtime = RuntimeId::new(runtime).unwrap();
        let subject = Subject {
            runtime: &runtime,
            handler,
            architecture,
            layered: false,
            allow_secrets: &[],
        };
        check(&self.selection, &self.facts(), &subject, Build::Done)
    }

    /// The same, one line each: severity, message, hint.
    pub fn told(&self, runtime: &str, handler: &str) -> Vec<String> {
        self.findings(runtime, handler).iter().map(line).collect()
    }
}

/// A finding on one line.
pub fn line(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let hint = finding.hint.as_deref().unwrap_or("nothing");
    format!("{severity}: {} | {hint}", finding.message)
}
