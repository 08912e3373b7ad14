//! `lfn validate`: everything about lambda.yaml and its archive that can be known offline, all findings at once.

use serde::Serialize;

use super::prepare::release_check;
use super::{Outcome, preflight};
use crate::build::{self, Built, Effort, Request};
use crate::ctx::{Ctx, FILE};
use crate::domain::config::{self, Config, Inputs, Severity};
use crate::domain::package::preflight::Finding;
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
    findings: &'a [config::Finding],
    preflight: &'a [Finding],
    /// What a deploy would run first, so that its results were not looked at.
    pending: &'a [String],
}

/// Runs `lfn validate`.
pub async fn run(_: &ValidateArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
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
    let (mut looked, pending) = match &loaded.config {
        Some(config) => look_over(config, ctx).await,
        None => (Vec::new(), Vec::new()),
    };
    let unsound = loaded
        .config
        .as_ref()
        .and_then(|config| release_check(ctx, config).err());
    looked.extend(unsound.as_ref().map(preflight::unbuildable));
    let unfit = preflight::errors(&looked);
    let warnings = loaded.findings.len() - errors + looked.len() - unfit;
    if ctx.ui.json() {
        ctx.ui.document(&Answer {
            file: FILE,
            valid: errors + unfit == 0,
            findings: &loaded.findings,
            preflight: &looked,
            pending: &pending,
        })?;
    } else {
        loaded.findings.iter().for_each(|finding| ctx.finding(finding, &text));
        for finding in &looked {
            ctx.ui.preflight(finding);
        }
        for command in &pending {
            ctx.ui.status(format_args!(
                "not looked at: what `{command}` would make; nothing is run here"
            ));
        }
    }
    if errors > 0 {
        return Err(Problem::failed(format!("{FILE} has {}", style::count(errors, "error"))).into());
    }
    if unfit > 0 {
        let errors = style::count(unfit, "error");
        return Err(Problem::failed(format!("{FILE} is valid, and its archive would have {errors}")).into());
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

/// Looks over the files as they lie there: nothing is built or installed. With it, what would be.
async fn look_over(config: &Config, ctx: &Ctx) -> (Vec<Finding>, Vec<String>) {
    let source = ctx.at(&config.package.source);
    let (cache, tools) = (ctx.cache(), ctx.tools());
    let request = Request {
        config,
        project: ctx.dir(),
        source: &source,
        cache: &cache,
        tools: &tools,
        effort: Effort::Look,
        tell: &|what| ctx.ui.status(what),
    };
    let (mut built, refused) = match build::build(&request).await {
        Ok(built) => (built, None),
        Err(error) => (Built::default(), Some(preflight::unbuildable(&error))),
    };
    built.ingredients = ctx.without_cache(&source, built.ingredients);
    let notes = built.notes.iter().map(|note| Finding::note(&note.message, &note.hint));
    let mut findings: Vec<Finding> = refused.into_iter().chain(notes).collect();
    findings.extend(preflight::as_it_lies(&source, config, &built, &ctx.store()));
    (findings, built.pending)
}
