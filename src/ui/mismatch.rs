//! What differs from an expectation, as a person reads it.

use serde_json::Value;

use super::style;
use crate::domain::expect::Mismatch;

/// How much of a value is shown.
const LENGTH: usize = 200;
/// How many lines of the end of a log are shown.
const LINES: usize = 20;

/// One difference: its place, then what was expected and what came.
pub fn render(mismatch: &Mismatch) -> String {
    let Mismatch {
        path,
        expected,
        got,
        message,
    } = mismatch;
    let path = style::strong(path);
    match (expected, got, message) {
        (None, None, message) => format!("  {path}: {}", message.as_deref().unwrap_or_default()),
        (None, Some(got), Some(message)) => {
            format!("  {path}: {message}\n    got       {}", style::removed(shown(got, 0)))
        }
        (Some(expected), None, _) => {
            format!(
                "  {path}\n    expected  {}\n    got       nothing",
                style::added(shown(expected, 0))
            )
        }
        (None, Some(got), None) => {
            format!(
                "  {path}\n    expected  nothing\n    got       {}",
                style::removed(shown(got, 0))
            )
        }
        (Some(expected), Some(got), _) => {
            let at = first_difference(&expected.to_string(), &got.to_string());
            format!(
                "  {path}\n    expected  {}\n    got       {}",
                style::added(shown(expected, at)),
                style::removed(shown(got, at))
            )
        }
    }
}

/// The end of a log.
pub fn log(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let from = lines.len().saturating_sub(LINES);
    let lines = lines[from..]
        .iter()
        .map(|line| format!("  {} {}", style::dim("│"), line.replace('\t', "  ")));
    lines.collect::<Vec<_>>().join("\n")
}

/// The character from which two texts differ.
fn first_difference(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count()
}

/// A value on one line; of a long one, the part around a character that matters.
fn shown(value: &Value, at: usize) -> String {
    let letters: Vec<char> = value.to_string().chars().collect();
    if letters.len() <= LENGTH {
        return letters.into_iter().collect();
    }
    let from = at.saturating_sub(LENGTH / 4).min(letters.len() - LENGTH);
    let to = from + LENGTH;
    let middle: String = letters[from..to].iter().collect();
    let before = if from > 0 { "…" } else { "" };
    let after = if to < letters.len() { "…" } else { "" };
    format!("{before}{middle}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_shown_where_they_differ() {
        let (one, other) = ("a".repeat(500) + "x" + &"b".repeat(500), "a".repeat(500) + "y");
        let at = first_difference(&one, &other);
        let shown = shown(&Value::from(one), at);
        assert!(
            shown.starts_with('…') && shown.ends_with('…') && shown.contains('x'),
            "{shown}"
        );
        assert_eq!(shown.chars().count(), LENGTH + 2);
    }
}
