//! Lines of `allow` as YAML writes them.

use super::super::node::{Kind, Node};
use super::super::yaml;
use super::NewLine;

/// A new line as an item of a list in block style, from behind the dash; further lines are indented by this much.
pub fn in_block(line: &NewLine, indent: usize) -> Vec<String> {
    let block = |node: &Node| match &node.kind {
        Kind::Text(text) => scalar(text, |text| format!("- {text}")),
        _ => in_brackets(node),
    };
    let Kind::Map(entries) = &line.0.kind else {
        return vec![block(&line.0)];
    };
    let keys = entries.iter().enumerate().map(|(position, entry)| {
        let before = " ".repeat(if position == 0 { 0 } else { indent });
        format!("{before}{}: {}", entry.key, block(&entry.node))
    });
    keys.collect()
}

/// Several new lines as items of a list in brackets.
pub fn items_in_brackets(lines: &[NewLine]) -> String {
    let items: Vec<String> = lines.iter().map(|line| in_brackets(&line.0)).collect();
    items.join(", ")
}

fn in_brackets(node: &Node) -> String {
    match &node.kind {
        Kind::List(items) => {
            let items: Vec<String> = items.iter().map(in_brackets).collect();
            format!("[{}]", items.join(", "))
        }
        Kind::Map(entries) => {
            let word = |text: &str| scalar(text, |text| format!("[{text}]"));
            let entries: Vec<String> = entries
                .iter()
                .map(|entry| format!("{}: {}", word(&entry.key), in_brackets(&entry.node)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        _ => scalar(&node.written, |text| format!("[{text}]")),
    }
}

/// A text in quotes where YAML needs them: when, as the one item of a list, it would be read as anything else.
fn scalar(text: &str, as_list: impl Fn(&str) -> String) -> String {
    let is_plain = yaml::parse(&as_list(text)).is_ok_and(
        |document| matches!(&document.root.kind, Kind::List(items) if matches!(&items[..], [item] if item.text() == Some(text))),
    );
    if is_plain {
        text.to_owned()
    } else {
        // What JSON writes is YAML in double quotes.
        serde_json::Value::from(text).to_string()
    }
}

/// Where the scalar ends that a text begins with: in quotes, or up to a comment.
pub fn scalar_end(text: &str) -> usize {
    let close = |quote: char, escapes: bool| {
        let mut chars = text.char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            if escapes && c == '\\' || !escapes && c == quote && chars.peek().is_some_and(|(_, next)| *next == quote) {
                chars.next();
            } else if c == quote {
                return at + 1;
            }
        }
        text.len()
    };
    match text.chars().next() {
        Some('"') => close('"', true),
        Some('\'') => close('\'', false),
        _ => {
            let comment = [" #", "\t#"].iter().filter_map(|sign| text.find(sign)).min();
            text[..comment.unwrap_or(text.len())].trim_end().len()
        }
    }
}
