//! `lfn validate`: everything about lambda.yaml that can be known offline, all findings at once.

use serde::Serialize;

use super::Outcome;
use crate::ctx::{Ctx, FILE};
use crate::domain::config::{self, Finding, Inputs, Severity};
use crate::error::Problem;
use crate::settings;
use crate::ui::style;

/// Check lambda.yaml without asking AWS
#[derive(Debug, clap::Args)]
pub struct ValidateArgs {}

#[derive(Serialize)]
struct Answer<'a> {
    file: &'a str,
    valid: bool,
    findings: &'a [Finding],
}

/// Runs `lfn validate`.
pub fn run(_: &ValidateArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let text = ctx.read_file()?;
    let inputs = Inputs {
        stage: ctx.settings.stage.as_ref(),
        place: None,
        env: &settings::env,
    };
    let loaded = config::load(&text, &inputs);
    let errors = loaded
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    let warnings = loaded.findings.len() - errors;
    if ctx.ui.json() {
        ctx.ui.document(&Answer {
            file: FILE,
            valid: errors == 0,
            findings: &loaded.findings,
        })?;
    } else {
        loaded
            .findings
            .iter()
            .for_each(|finding| ctx.ui.finding(finding, FILE, &text));
    }
    if errors > 0 {
        return Err(Problem::failed(format!("{FILE} has {}", style::count(errors, "error"))).into());
    }
    if !ctx.ui.json() {
        let stage = ctx
            .settings
            .stage
            .as_ref()
            .map(|stage| format!(" at stage {stage}"))
            .unwrap_or_default();
        let warned = if warnings == 0 {
            String::new()
        } else {
            format!(", with {}", style::count(warnings, "warning"))
        };
        ctx.ui.data(format_args!("{FILE} is valid{stage}{warned}"))?;
    }
    Ok(Outcome::Done)
}
