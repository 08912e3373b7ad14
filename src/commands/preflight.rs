//! What validate, package, plan and deploy share: looking over the archive's files before they are packaged.

use std::path::Path;

use crate::build::Built;
use crate::domain::config::{Config, Severity};
use crate::domain::package::preflight::{self, Build, Finding, Subject};
use crate::domain::package::{self, Selection};
use crate::error::Problem;
use crate::ui::{Ui, style};

/// Looks over the files as they lie there, without running the build.
pub fn as_it_lies(root: &Path, config: &Config, brought: &Built) -> Vec<Finding> {
    let build = if config.package.build.is_some() || !brought.pending.is_empty() {
        Build::Pending
    } else {
        Build::Done
    };
    match package::select(root, &config.package, &brought.ingredients) {
        Ok(selection) => preflight::check(&selection, &Subject::of(config), build),
        Err(problems) => problems
            .into_iter()
            .map(|problem| Finding::unpackable(problem, build))
            .collect(),
    }
}

/// Looks over the files that are about to be packaged.
pub fn built(selection: &Selection, config: &Config) -> Vec<Finding> {
    preflight::check(selection, &Subject::of(config), Build::Done)
}

/// How many of these are errors.
pub fn errors(findings: &[Finding]) -> usize {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    errors.count()
}

/// Shows all findings, and refuses the archive when one is an error.
pub fn settle(ui: &Ui, findings: &[Finding]) -> anyhow::Result<()> {
    for finding in findings {
        ui.preflight(finding);
    }
    match errors(findings) {
        0 => Ok(()),
        errors => {
            let errors = style::count(errors, "error");
            Err(Problem::failed(format!("the archive would have {errors}; nothing was packaged")).into())
        }
    }
}
