//! Text that is not YAML: what the library says, in plain words.

use super::findings::Complaint;
use super::render::source_lines;
use super::yaml::Unreadable;

/// A complaint, and the line and column, from 1, to show it at.
pub struct SyntaxError {
    pub complaint: Complaint,
    pub line: usize,
    pub column: usize,
    /// Characters to mark.
    pub length: usize,
}

/// Says in plain words why a text cannot be read.
pub fn explain(text: &str, error: &Unreadable) -> SyntaxError {
    let lines = source_lines(text);
    let at = |complaint: Complaint, line: usize, column: usize, length: usize| SyntaxError {
        complaint,
        line: line.clamp(1, lines.len().max(1)),
        column: column.max(1),
        length,
    };
    let line_of = |line: usize| lines.get(line.wrapping_sub(1)).copied().unwrap_or_default();
    let message = error.message.as_str();
    if let Some((line, column)) = first_tab(&lines, error.line) {
        let complaint = Complaint::new("a tab indents this line, but YAML is indented with spaces");
        return at(complaint.hint("replace the tab with spaces"), line, column, 1);
    }
    if message.contains("quoted scalar")
        && let Some((line, column)) = context_place(message).or_else(|| open_quote(&lines, error.line))
    {
        let complaint =
            Complaint::new("this quote is never closed").hint("add the closing quote at the end of the text");
        return at(complaint, line, column, 1);
    }
    if let Some(tag) = message.split('`').nth(1).filter(|tag| tag.starts_with('!')) {
        let complaint = Complaint::new(format!("the tag `{tag}` means nothing here"));
        let hint =
            "lambda.yaml is plain YAML without CloudFormation's functions; write names and ARNs, or `${...}` variables";
        return at(complaint.hint(hint), error.line, error.column, tag.len());
    }
    if message.contains("more than one document") {
        let mut second = lines
            .iter()
            .enumerate()
            .skip(1)
            .filter(|(_, line)| line.starts_with("---"))
            .map(|(n, _)| n + 1);
        let complaint = Complaint::new("a second document begins here, but one file describes one function");
        let line = second.next_back().unwrap_or(error.line);
        return at(complaint.hint("move it to a file of its own"), line, 1, 3);
    }
    for quote in ['@', '`', '%', '*', '&', '!'] {
        let value = line_of(error.line).chars().nth(error.column.saturating_sub(1));
        if message.contains("cannot start any token") && value == Some(quote) {
            let complaint = Complaint::new(format!("a value cannot begin with `{quote}`"));
            return at(complaint.hint("put the value in quotes"), error.line, error.column, 1);
        }
    }
    let stopped = line_of(error.line);
    if message.contains("',' or '}'") && stopped.contains("${") {
        let column = stopped
            .chars()
            .take(error.column)
            .collect::<Vec<_>>()
            .windows(2)
            .rposition(|w| w == ['$', '{']);
        let complaint = Complaint::new("a variable inside `{ }` needs quotes: its own braces end the map otherwise");
        let column = column.map_or(error.column, |position| position + 1);
        let variable: String = stopped.chars().skip(column - 1).collect();
        let length = variable.find('}').map_or(1, |end| variable[..=end].chars().count());
        let hint = "write `\"${...}\"` in double quotes, or put the key on a line of its own";
        return at(complaint.hint(hint), error.line, column, length);
    }
    for (words, plain, hint) in EXPLANATIONS {
        if message.contains(words) {
            let mut place = (error.line, error.column);
            if *words == "could not find expected ':'" {
                place = context_place(message)
                    .or_else(|| line_without_colon(&lines, error.line))
                    .unwrap_or(place);
            }
            let length = line_of(place.0)
                .trim_end()
                .chars()
                .count()
                .saturating_sub(place.1 - 1)
                .max(1);
            return at(Complaint::new(*plain).hint(*hint), place.0, place.1, length);
        }
    }
    let plain = message
        .split(" at line ")
        .next()
        .unwrap_or(message)
        .trim_start_matches(". ");
    let complaint = Complaint::new(format!("this is not YAML: {plain}"));
    at(
        complaint.hint("look at the quotes, colons and indentation around here"),
        error.line,
        error.column,
        1,
    )
}

const EXPLANATIONS: &[(&str, &str, &str)] = &[
    (
        "mapping values are not allowed",
        "there is a second `: ` in this line, so it is not clear where the value begins",
        "put the value in quotes if the colon belongs to it; begin a new line if it is a new key",
    ),
    (
        "could not find expected ':'",
        "this key has no `:`",
        "write `key: value`, with a space after the colon",
    ),
    (
        "did not find expected key",
        "the indentation of this line fits no line above it",
        "keys of one map begin in the same column; look at this line and the one above",
    ),
    (
        "did not find expected '-' indicator",
        "this line is indented like a list item but does not begin with `- `",
        "begin it with `- `, or indent it less",
    ),
    (
        "did not find expected ',' or ']'",
        "the list in square brackets is not closed",
        "add `]`, or a comma between two items",
    ),
    (
        "did not find expected ',' or '}'",
        "the map in braces is not closed",
        "add `}`, or a comma between two keys",
    ),
    (
        "block sequence entries are not allowed",
        "a list item cannot begin here",
        "put `- ` on a line of its own below the key",
    ),
    (
        "did not find expected node content",
        "a value is missing here",
        "write a value, or remove the comma or bracket",
    ),
    (
        "unknown escape character",
        "this backslash begins no escape that YAML knows",
        "use single quotes, in which a backslash is a backslash, or double it",
    ),
    (
        "unknown anchor",
        "this alias names an anchor that the file does not have",
        "an alias `*name` repeats what stands after `&name` further up; put the text in quotes if it is no alias",
    ),
    (
        "control characters are not allowed",
        "the file holds a control character that YAML does not allow",
        "remove it; it is often pasted in by accident",
    ),
    (
        "repetition limit exceeded",
        "the aliases of this file repeat each other without end",
        "write the values out",
    ),
    (
        "recursion limit exceeded",
        "values are nested too deeply here",
        "a lambda.yaml needs a few levels only",
    ),
    (
        "text as the key",
        "a key must be a single word, not a list or a map",
        "put a text in quotes if it begins with `{` or `[`",
    ),
];

/// A line that begins with a tab, at or shortly before where reading stopped.
fn first_tab(lines: &[&str], stopped: usize) -> Option<(usize, usize)> {
    let last = stopped.min(lines.len());
    (last.saturating_sub(2)..last).find_map(|index| {
        let line = lines[index];
        let indent = &line[..line.len() - line.trim_start().len()];
        let before = indent.find('\t')?;
        (!line.trim().is_empty()).then_some((index + 1, before + 1))
    })
}

/// The place of the second half of the library's messages: "..., while ... at line 2 column 7".
fn context_place(message: &str) -> Option<(usize, usize)> {
    let (_, place) = message.split_once(", while")?.1.rsplit_once(" at line ")?;
    let (line, column) = place.split_once(" column ")?;
    Some((line.parse().ok()?, column.parse().ok()?))
}

/// The last quote that opens without closing on its line.
fn open_quote(lines: &[&str], stopped: usize) -> Option<(usize, usize)> {
    let last = stopped.min(lines.len());
    (0..last).rev().find_map(|index| {
        let quote = lines[index].chars().find(|c| matches!(c, '"' | '\''))?;
        let odd = lines[index].matches(quote).count() % 2 == 1;
        let before = lines[index].chars().take_while(|c| *c != quote).count();
        odd.then_some((index + 1, before + 1))
    })
}

/// The line that lacks its colon, at or before where reading stopped.
fn line_without_colon(lines: &[&str], stopped: usize) -> Option<(usize, usize)> {
    let last = stopped.min(lines.len());
    (last.saturating_sub(2)..last).find_map(|index| {
        let line = lines[index];
        let text = line.trim();
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        (!text.is_empty() && !text.starts_with('#') && !text.contains(": ") && !text.ends_with(':'))
            .then_some((index + 1, indent + 1))
    })
}
