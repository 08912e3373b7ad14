//! `lfn policy suggest --write`: puts the lines that the code needs into lambda.yaml.

use serde::Serialize;

use crate::commands::Outcome;
use crate::commands::policy::file;
use crate::ctx::{Ctx, FILE};
use crate::domain::config::Config;
use crate::domain::config::edit::{self, NewLine};
use crate::domain::suggest::{Location, Proposal, Suggestion};
use crate::ui::style;

#[derive(Serialize)]
struct Answer<'a> {
    added: &'a [&'a Proposal],
    /// Lines with holes, which people have to fill in, and lines that lambda.yaml cannot hold.
    left: &'a [&'a Proposal],
    /// Why a line is none of lambda.yaml's.
    refused: &'a [Refused<'a>],
    written: bool,
}

/// A line that lambda.yaml cannot hold.
#[derive(Serialize)]
struct Refused<'a> {
    line: &'a str,
    why: String,
}

/// Adds the lines that are whole, and names the others. `text` is the file that the suggestion is about.
pub async fn run(ctx: &Ctx, config: &Config, text: &str, suggestion: &Suggestion) -> anyhow::Result<Outcome> {
    let (mut whole, mut open): (Vec<&Proposal>, Vec<&Proposal>) =
        (suggestion.missing.iter()).partition(|proposal| proposal.holes.is_empty());
    let refused: Vec<Refused> = whole
        .iter()
        .filter_map(|proposal| refusal(ctx, config, text, proposal))
        .collect();
    let holes = open.clone();
    whole.retain(|proposal| !refused.iter().any(|refused| refused.line == proposal.line));
    open = (suggestion.missing.iter())
        .filter(|proposal| !whole.iter().any(|whole| std::ptr::eq(*whole, *proposal)))
        .collect();
    let mut answer = Answer {
        added: &whole,
        left: &open,
        refused: &refused,
        written: false,
    };
    for note in &suggestion.notes {
        ctx.ui.warn(format_args!("{}: {}", note.at, note.message));
    }
    for unread in &suggestion.unread {
        ctx.ui.warn(unread);
    }
    if !ctx.ui.json() {
        show(ctx, "add to `allow`:", &whole, &style::added("+"))?;
        show(
            ctx,
            "left to you, since the code does not tell what `<…>` is:",
            &holes,
            "?",
        )?;
        if !refused.is_empty() {
            ctx.ui
                .data(style::strong("left to you, since lambda.yaml cannot hold it:"))?;
        }
        for Refused { line, why } in &refused {
            ctx.ui.data(format_args!("  ? {line}  {}", style::dim(why)))?;
        }
    }
    let mut outcome = Outcome::Done;
    if whole.is_empty() {
        ctx.ui.status("nothing to add");
    } else {
        let lines: Vec<NewLine> = whole.iter().map(|proposal| NewLine::read(&proposal.line)).collect();
        let after = edit::add(text, config.stage.as_ref(), &lines).map_err(|why| {
            let by_hand = whole.iter().map(|proposal| format!("- {}", proposal.line));
            let by_hand: Vec<String> = by_hand.collect();
            file::left_alone(&why).hint(format!("add to `allow` by hand:\n{}", by_hand.join("\n")))
        })?;
        if file::write(ctx, text, &after).await? {
            answer.written = true;
            ctx.ui
                .status(format_args!("{FILE}: {} added", style::count(whole.len(), "line")));
        } else {
            outcome = Outcome::Declined;
        }
    }
    if ctx.ui.json() {
        ctx.ui.document(&answer)?;
    }
    Ok(outcome)
}

/// Why the file would not be one with this line.
fn refusal<'a>(ctx: &Ctx, config: &Config, text: &str, proposal: &'a Proposal) -> Option<Refused<'a>> {
    // What cannot be edited at all is told when all lines are added.
    let after = edit::add(text, config.stage.as_ref(), &[NewLine::read(&proposal.line)]).ok()?;
    let why = ctx.errors(&after).join("; ");
    (!why.is_empty()).then_some(Refused {
        line: &proposal.line,
        why,
    })
}

fn show(ctx: &Ctx, heading: &str, proposals: &[&Proposal], sign: &str) -> anyhow::Result<()> {
    if !proposals.is_empty() {
        ctx.ui.data(style::strong(heading))?;
    }
    for proposal in proposals {
        let from: Vec<String> = proposal.from.iter().map(Location::to_string).collect();
        let from = style::dim(format_args!("({})", from.join(", ")));
        ctx.ui.data(format_args!("  {sign} {}  {from}", proposal.line))?;
    }
    Ok(())
}
