//! `lfn status`: one function at a glance.

use anyhow::Context as _;
use serde::Serialize;

use super::Outcome;
use super::alias::AliasView;
use crate::ctx::{Ctx, Subject};
use crate::domain::function::{TAG_FUNCTION, TAG_STAGE};
use crate::domain::names::FunctionName;
use crate::engine::wait::{Readiness, readiness};
use crate::error::Problem;
use crate::ports::FunctionState;
use crate::ui::style;
use crate::ui::time::moment;

/// Show one function: state, configuration, aliases
#[derive(Debug, clap::Args)]
pub struct StatusArgs {
    /// The function [default: the one of lambda.yaml]
    #[arg(long, short, value_name = "NAME", env = "LFN_FUNCTION")]
    function: Option<FunctionName>,
}

#[derive(Serialize)]
struct Answer {
    function: String,
    /// `ready`, `waiting` or `failed`.
    state: &'static str,
    reason: Option<String>,
    /// Whether lfn made it.
    managed: bool,
    stage: Option<String>,
    runtime: String,
    architecture: String,
    handler: String,
    /// Megabytes.
    memory: u32,
    /// Seconds.
    timeout: u32,
    role: String,
    log_group: String,
    /// Names only.
    environment: Vec<String>,
    sha256: String,
    /// Bytes of the archive.
    size: u64,
    modified: String,
    reserved_concurrency: Option<u32>,
    aliases: Vec<AliasView>,
}

/// Runs `lfn status`.
pub async fn run(args: &StatusArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let Subject { cloud, name, .. } = ctx.subject(args.function.as_ref()).await?;
    let looking = || format!("could not look up `{name}`");
    let function = cloud.functions.function(&name).await.with_context(looking)?;
    let function = function.ok_or_else(|| {
        Problem::failed(format!("there is no function `{name}`"))
            .hint("make it with `lfn deploy`, or name another one with `--function`; `lfn list` shows them")
    })?;
    let aliases = cloud.functions.aliases(&name).await.with_context(looking)?;
    let aliases = AliasView::all(ctx, &cloud, &name, &aliases, &function.tags).await;
    let answer = answer(function, aliases);
    if ctx.ui.json() {
        ctx.ui.document(&answer)?;
    } else {
        ctx.ui.data(render(&answer))?;
    }
    Ok(Outcome::Done)
}

fn answer(function: FunctionState, aliases: Vec<AliasView>) -> Answer {
    let FunctionState {
        latest,
        tags,
        reserved_concurrency,
    } = function;
    let (state, reason) = match readiness(&latest.lifecycle) {
        Readiness::Ready => ("ready", None),
        Readiness::Waiting => ("waiting", latest.lifecycle.reason),
        Readiness::Failed(reason) => ("failed", Some(reason)),
    };
    Answer {
        function: latest.name.to_string(),
        state,
        reason,
        managed: tags.contains_key(TAG_FUNCTION),
        stage: tags.get(TAG_STAGE).cloned(),
        runtime: latest.settings.runtime.to_string(),
        architecture: latest.architecture.to_string(),
        handler: latest.settings.handler,
        memory: latest.settings.memory,
        timeout: latest.settings.timeout,
        role: latest.settings.role.to_string(),
        log_group: latest.settings.logging.group.to_string(),
        environment: latest.settings.environment.0.into_keys().collect(),
        sha256: latest.digest.0,
        size: latest.code_size,
        modified: latest.modified,
        reserved_concurrency,
        aliases,
    }
}

fn render(answer: &Answer) -> String {
    let mut lines = vec![style::strong(&answer.function)];
    let mut row =
        |name: &str, value: String| lines.push(format!("  {} {value}", style::dim(format_args!("{name:<13}"))));
    let reason = answer
        .reason
        .as_ref()
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default();
    row("state", format!("{}{reason}", answer.state));
    row("made by", if answer.managed { "lfn".into() } else { "others".into() });
    if let Some(stage) = &answer.stage {
        row("stage", stage.clone());
    }
    row(
        "runtime",
        format!(
            "{} on {}, handler {}",
            answer.runtime, answer.architecture, answer.handler
        ),
    );
    row("limits", format!("{} MB, {} s", answer.memory, answer.timeout));
    if let Some(reserved) = answer.reserved_concurrency {
        row("reserved", format!("{reserved} concurrent executions"));
    }
    let digest = crate::domain::names::CodeDigest(answer.sha256.clone()).short();
    row(
        "code",
        format!("{digest}, {}, {}", style::bytes(answer.size), moment(&answer.modified)),
    );
    row("role", answer.role.clone());
    row("log group", answer.log_group.clone());
    if !answer.environment.is_empty() {
        row("environment", answer.environment.join(", "));
    }
    for alias in &answer.aliases {
        row("alias", format!("{} → {}", alias.name, alias.text()));
    }
    lines.join("\n")
}
