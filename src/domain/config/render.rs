//! A finding as a person reads it: the message, the line, a marker, the next move. No colour.

use super::{Finding, Severity};

/// Longer lines are cut on both sides of what is marked.
const WIDEST: usize = 120;
/// What is shown before a mark on a cut line.
const BEFORE: usize = 40;
/// A tab is drawn as this many spaces, so that the marker stands right.
const TAB: &str = "    ";

/// Splits where YAML ends lines, so that line numbers agree.
/// Source: YAML 1.1, section 4.2 (line feed, carriage return, next line, line and paragraph separator).
pub fn source_lines(text: &str) -> Vec<&str> {
    let text = without_mark(text);
    let mut lines = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((position, c)) = chars.next() {
        if matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}') {
            lines.push(&text[start..position]);
            let mut end = position + c.len_utf8();
            if c == '\r' && chars.peek().is_some_and(|(_, next)| *next == '\n') {
                chars.next();
                end += 1;
            }
            start = end;
        }
    }
    lines.push(&text[start..]);
    lines
}

/// The text without a byte order mark.
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// Draws a finding.
pub fn render(finding: &Finding, file: &str, text: &str) -> String {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let number = finding.line.to_string();
    let margin = " ".repeat(number.len());
    let mut out = vec![
        format!("{severity}: {}", finding.message),
        format!("{margin}--> {file}:{}:{}", finding.line, finding.column),
    ];
    if let Some(line) = source_lines(text).get(finding.line.saturating_sub(1)) {
        let (shown, marks) = excerpt(line, finding.column.saturating_sub(1), finding.length);
        out.push(format!("{margin} |"));
        out.push(format!("{number} | {shown}").trim_end().to_owned());
        out.push(format!("{margin} | {marks}"));
    }
    if let Some(hint) = &finding.hint {
        out.push(format!("{margin} = help: {hint}"));
    }
    out.join("\n")
}

/// The part of a line to show, and the marker below it.
fn excerpt(line: &str, column: usize, length: usize) -> (String, String) {
    let chars: Vec<char> = line.chars().collect();
    let column = column.min(chars.len());
    let end = (column + length.max(1)).min(chars.len().max(column + 1));
    let (from, to) = if chars.len() <= WIDEST {
        (0, chars.len())
    } else {
        let from = column.saturating_sub(BEFORE);
        (from, chars.len().min(from + WIDEST))
    };
    let drawn = |chars: &[char]| -> String {
        chars
            .iter()
            .map(|c| match c {
                '\t' => TAB.to_owned(),
                c if c.is_control() => "\u{fffd}".to_owned(),
                c => c.to_string(),
            })
            .collect()
    };
    let width = |chars: &[char]| -> usize { drawn(chars).chars().map(columns).sum() };
    let (cut_before, cut_after) = (
        if from > 0 { "..." } else { "" },
        if to < chars.len() { "..." } else { "" },
    );
    let marked = &chars[column.min(to)..end.min(to).max(column.min(to))];
    let marks = format!(
        "{}{}",
        " ".repeat(cut_before.len() + width(&chars[from..column])),
        "^".repeat(width(marked).max(1))
    );
    (format!("{cut_before}{}{cut_after}", drawn(&chars[from..to])), marks)
}

/// How many terminal cells a character takes: none for combining marks, two for wide scripts.
/// The ranges are the common blocks of Unicode Annex 11; a marker need not be perfect for the rest.
fn columns(c: char) -> usize {
    match u32::from(c) {
        0x0300..=0x036f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f
        | 0x2e80..=0xa4cf
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0x1f300..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(line: usize, column: usize, length: usize) -> Finding {
        Finding {
            severity: Severity::Error,
            path: "a".into(),
            line,
            column,
            length,
            message: "wrong".into(),
            hint: Some("right".into()),
            rule: None,
        }
    }

    #[test]
    fn the_marker_stands_under_the_value() {
        let drawn = render(&finding(2, 4, 3), "lambda.yaml", "x: 1\na: abc # why\n");
        insta::assert_snapshot!(drawn, @r"
        error: wrong
         --> lambda.yaml:2:4
          |
        2 | a: abc # why
          |    ^^^
          = help: right
        ");
    }

    #[test]
    fn tabs_wide_characters_and_windows_lines_keep_the_marker_in_place() {
        for (text, column, shown, under) in [
            ("\ta: b", 5, "    a: b", "       ^"),
            ("\u{feff}a: b\r\n", 4, "a: b", "   ^"),
            ("名: b", 4, "名: b", "    ^"),
            ("é: b", 4, "é: b", "   ^"),
            ("", 1, "", "^"),
        ] {
            let drawn = render(&finding(1, column, 1), "f", text);
            let lines: Vec<&str> = drawn.lines().collect();
            assert_eq!(lines[3], format!("1 | {shown}").trim_end(), "{text:?}");
            assert_eq!(lines[4], format!("  | {under}"), "{text:?}");
        }
    }

    #[test]
    fn long_lines_are_cut_around_the_mark() {
        let text = format!("a: {}", "x".repeat(5000));
        for column in [4, 2500, 5003] {
            let drawn = render(&finding(1, column, 4000), "f", &text);
            assert!(drawn.lines().all(|line| line.chars().count() < WIDEST + 12), "{drawn}");
        }
    }

    #[test]
    fn a_finding_past_the_end_is_drawn_without_a_line() {
        assert!(!render(&finding(9, 9, 9), "f", "a: b").contains('|'));
    }
}
