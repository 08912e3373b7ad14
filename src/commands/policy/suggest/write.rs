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
    /// Lines with holes, which people have to fill in.
    left: &'a [&'a Proposal],
    written: bool,
}

/// Adds the lines that are whole, and names the others. `text` is the file that the suggestion is about.
pub async fn run(ctx: &Ctx, config: &Config, text: &str, suggestion: &Suggestion) -> anyhow::Result<Outcome> {
    let (whole, open): (Vec<&Proposal>, Vec<&Proposal>) =
        (suggestion.missing.iter()).partition(|proposal| proposal.holes.is_empty());
    let mut answer = Answer {
        added: &whole,
        left: &open,
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
            &open,
            "?",
        )?;
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
