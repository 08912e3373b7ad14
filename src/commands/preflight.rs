//! What validate, package, plan and deploy share: looking over the archive's files before they are packaged.

use std::path::Path;

use crate::build::Built;
use crate::domain::config::{Config, Severity};
use crate::domain::package::preflight::{self, Build, Finding, Subject};
use crate::domain::package::{self, Fact, Selection, Store};
use crate::error::Problem;
use crate::ui::{Ui, style};

/// Looks over the files as they lie there, without running the build.
pub fn as_it_lies(root: &Path, config: &Config, ready: &Built, store: &Store) -> Vec<Finding> {
    let build = if ready.makes_handler {
        Build::Bundling
    } else if config.package.build.is_some() || !ready.pending.is_empty() {
        Build::Pending
    } else {
        Build::Done
    };
    let looked = package::select(root, &config.package, &ready.ingredients)
        .and_then(|selection| Ok((package::look(&selection, store)?, selection)));
    match looked {
        Ok((facts, selection)) => preflight::check(&selection, &facts, &Subject::of(config), build),
        Err(problems) => problems
            .into_iter()
            .map(|problem| Finding::unpackable(problem, build))
            .collect(),
    }
}

/// Why dependencies cannot be installed, or a program not built.
pub fn unbuildable(error: &anyhow::Error) -> Finding {
    let problem = error.chain().find_map(|cause| cause.downcast_ref::<Problem>());
    let problem = package::Problem {
        message: error.to_string(),
        hint: problem.and_then(|problem| problem.hints().first().cloned()),
    };
    Finding::unpackable(problem, Build::Done)
}

/// Looks over the files of an archive that has no name yet.
pub fn built(selection: &Selection, facts: &[Fact], config: &Config) -> Vec<Finding> {
    preflight::check(selection, facts, &Subject::of(config), Build::Done)
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
