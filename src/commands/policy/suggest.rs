//! `lfn policy suggest`: the lines of `allow` that the function's code needs, with the calls behind each.

mod check;
mod write;

use clap::Args;
use serde::Serialize;

use super::sources::{self, Code};
use super::{Outcome, path, stand_in};
use crate::ctx::{Ctx, FILE};
use crate::domain::config::Config;
use crate::domain::policy::{self, Source};
use crate::domain::suggest::{self, Allowed, Location, Note, Proposal, Resource, Suggestion};
use crate::error::Problem;
use crate::ui::style;

/// Propose the lines of `allow` that the function's code needs
#[derive(Debug, Args)]
#[command(
    after_help = "The code is read and never run. What it does not tell is left open, as in `get s3://<bucket>/in/*`."
)]
pub struct SuggestArgs {
    /// Add the lines to lambda.yaml
    #[arg(long, conflicts_with = "check")]
    write: bool,

    /// Fail when code needs what `allow` does not give, or `allow` gives what no code calls
    #[arg(long)]
    check: bool,

    /// Write the answer of `--check` as SARIF 2.1.0
    #[arg(long, requires = "check")]
    sarif: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    files: usize,
    missing: &'a [Proposal],
    allowed: Vec<Met<'a>>,
    notes: &'a [Note],
    unread: Vec<&'a String>,
}

/// A need that the file meets, and the part of it that does.
#[derive(Serialize)]
struct Met<'a> {
    action: &'a str,
    resource: &'a Resource,
    from: &'a [Location],
    path: String,
    purpose: &'a str,
}

/// Runs `lfn policy suggest`.
pub async fn run(args: &SuggestArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let project = ctx.project()?;
    let place = stand_in(&project.offline, ctx, None);
    let text = ctx.read_file()?;
    let config = ctx.load(&text, Some(&place), false)?;
    let code = if args.check {
        sources::read(ctx, &config)
    } else {
        code(ctx, &config)?
    };
    let suggestion = suggest::suggest(&code.files, &config, &place);
    let sources = policy::sources(&config, &place);
    if args.write {
        return write::run(ctx, &config, &text, &suggestion).await;
    }
    if args.check {
        let Code { files, unread } = &code;
        let found = suggest::check::check(&suggestion, suggest::check::Code { files, unread }, &config, &sources);
        return check::run(ctx, &config, &text, &found, args.sarif);
    }
    if ctx.ui.json() {
        ctx.ui.document(&Answer {
            files: code.files.len(),
            missing: &suggestion.missing,
            allowed: suggestion
                .allowed
                .iter()
                .map(|allowed| met(allowed, &sources))
                .collect(),
            notes: &suggestion.notes,
            unread: code.unread.iter().chain(&suggestion.unread).collect(),
        })?;
    } else {
        tell(ctx, &suggestion, &sources, &code)?;
    }
    Ok(Outcome::Done)
}

/// The function's own code; an error when there is none that can be read.
fn code(ctx: &Ctx, config: &Config) -> anyhow::Result<Code> {
    let code = sources::read(ctx, config);
    if code.files.is_empty() {
        let folder = ctx.dir().display();
        return Err(Problem::failed(format!("there is no code to read in `{folder}`"))
            .hint("Python, JavaScript, TypeScript, Go, Rust and Java are read, where they lie beside lambda.yaml")
            .into());
    }
    Ok(code)
}

fn met<'a>(allowed: &'a Allowed, sources: &'a [Source]) -> Met<'a> {
    let source = &sources[allowed.source];
    Met {
        action: &allowed.need.action,
        resource: &allowed.need.resource,
        from: &allowed.need.from,
        path: path(source),
        purpose: &source.purpose,
    }
}

fn tell(ctx: &Ctx, suggestion: &Suggestion, sources: &[Source], code: &Code) -> anyhow::Result<()> {
    let Suggestion {
        missing,
        allowed,
        notes,
        unread,
    } = suggestion;
    if !missing.is_empty() {
        ctx.ui.data(style::strong("allow:"))?;
    }
    for proposal in missing {
        ctx.ui.data(format_args!("  - {}", with_holes(proposal)))?;
        for (at, actions) in by_place(proposal) {
            ctx.ui
                .data(style::dim(format_args!("      {at}  {}", actions.join(", "))))?;
        }
    }
    if !allowed.is_empty() {
        let mut lines: Vec<&str> = allowed.iter().map(|met| sources[met.source].purpose.as_str()).collect();
        lines.dedup();
        lines.sort_unstable();
        lines.dedup();
        ctx.ui
            .data(style::dim(format_args!("allowed already: {}", lines.join(", "))))?;
    }
    for note in notes {
        ctx.ui.warn(format_args!("{}: {}", note.at, note.message));
    }
    for unread in code.unread.iter().chain(unread) {
        ctx.ui.warn(unread);
    }
    let files = style::count(code.files.len(), "file");
    let open = missing.iter().filter(|proposal| !proposal.holes.is_empty()).count();
    if missing.is_empty() && allowed.is_empty() {
        ctx.ui
            .status(format_args!("no call of an AWS SDK was found in {files}"));
    } else if missing.is_empty() {
        ctx.ui
            .status(format_args!("{FILE} allows everything that the code of {files} calls"));
    } else if open == 0 {
        ctx.ui.hint(format_args!("add these lines to `allow` in {FILE}"));
    } else {
        ctx.ui.hint(format_args!(
            "add these lines to `allow` in {FILE}, with the right names in place of `<…>`: the code does not tell them"
        ));
    }
    for variable in variables(missing) {
        ctx.ui.hint(format_args!(
            "`<{variable}>` is the value of an environment variable; a literal one under `env` in {FILE} is found"
        ));
    }
    Ok(())
}

/// The line, with its holes made visible.
fn with_holes(proposal: &Proposal) -> String {
    let holes = proposal.holes.iter();
    holes.fold(proposal.line.clone(), |line, hole| {
        line.replace(&format!("<{hole}>"), &style::changed(format_args!("<{hole}>")))
    })
}

/// The places of a proposal's calls, and the actions that each needs.
fn by_place(proposal: &Proposal) -> Vec<(&Location, Vec<&str>)> {
    let at = |place: &Location| {
        let there = proposal.needs.iter().filter(|need| need.from.contains(place));
        let mut actions: Vec<&str> = there.map(|need| need.action.as_str()).collect();
        actions.sort_unstable();
        actions.dedup();
        actions
    };
    proposal.from.iter().map(|place| (place, at(place))).collect()
}

/// The holes that are environment variables: they are written in capitals.
fn variables(missing: &[Proposal]) -> Vec<&str> {
    let holes = missing.iter().flat_map(|proposal| &proposal.holes);
    let is_variable = |hole: &&String| !hole.chars().any(|c| c.is_ascii_lowercase());
    let mut variables: Vec<&str> = holes.filter(is_variable).map(String::as_str).collect();
    variables.sort_unstable();
    variables.dedup();
    variables
}
