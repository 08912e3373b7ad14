//! Errors as people read them: what we were doing, why it failed, what to do next.

use super::style;
use crate::engine::wait::Failure;
use crate::error::{Explained, Kind, Problem};
use crate::ports::PortError;

/// The whole error: the chain outermost first, then the hints.
pub fn render(error: &anyhow::Error) -> String {
    rendered(error, false)
}

/// The same for readers who see nothing else, without colour: with what was shown before it.
pub fn alone(error: &anyhow::Error) -> String {
    anstream::adapter::strip_str(&rendered(error, true)).to_string()
}

/// The chain in one sentence, with what was shown before it, without colour.
pub fn brief(error: &anyhow::Error) -> String {
    let chain = anstream::adapter::strip_str(&format!("{error:#}")).to_string();
    let before = shown_before(error);
    if before.is_empty() {
        return chain;
    }
    format!("{chain}: {}", before.join("; "))
}

fn rendered(error: &anyhow::Error, with_before: bool) -> String {
    if let Some(Explained { error, hints }) = error.downcast_ref() {
        let mut lines = vec![rendered(error, with_before)];
        lines.extend(hints.iter().map(|hint| format!("{} {hint}", style::hint("hint:"))));
        return lines.join("\n");
    }
    let mut lines = vec![format!("{} {error}", style::error("error:"))];
    let mut last = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        // A wrapper that shows its cause would say the same thing twice.
        if !last.ends_with(&cause) {
            lines.push(format!("  caused by: {cause}"));
        }
        last = cause;
    }
    if with_before {
        lines.extend(shown_before(error).iter().map(|line| format!("  {line}")));
    }
    lines.extend(
        hints(error)
            .iter()
            .map(|hint| format!("{} {hint}", style::hint("hint:"))),
    );
    lines.join("\n")
}

/// The exit code of an error.
pub fn exit_code(error: &anyhow::Error) -> u8 {
    if let Some(Explained { error, .. }) = error.downcast_ref() {
        return exit_code(error);
    }
    problems(error)
        .next()
        .map_or(Kind::Failed, |problem| problem.kind)
        .exit_code()
}

fn shown_before(error: &anyhow::Error) -> Vec<String> {
    if let Some(Explained { error, .. }) = error.downcast_ref() {
        return shown_before(error);
    }
    problems(error)
        .flat_map(|problem| problem.shown_before().iter().cloned())
        .collect()
}

fn hints(error: &anyhow::Error) -> Vec<String> {
    let own = problems(error).flat_map(|problem| problem.hints().iter().cloned());
    let ports = error.chain().filter_map(|cause| cause.downcast_ref::<PortError>());
    let failures = error.chain().filter_map(|cause| cause.downcast_ref::<Failure>());
    let mut hints: Vec<String> = Vec::new();
    let all = own
        .chain(failures.filter_map(Failure::hint))
        .chain(ports.filter_map(PortError::hint));
    for hint in all {
        if !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    hints
}

fn problems(error: &anyhow::Error) -> impl Iterator<Item = &Problem> {
    error.chain().filter_map(|cause| cause.downcast_ref::<Problem>())
}
