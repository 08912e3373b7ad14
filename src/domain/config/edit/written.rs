//! Lines of `allow` as YAML writes them: what they mean as nodes, and the text of a node.

use super::super::node::{Entry, Kind, Node, Path};
use super::super::yaml;
use super::NewLine;
use crate::domain::policy::RawStatement;

/// What a new line means.
pub fn node(line: &NewLine) -> Node {
    match line {
        NewLine::Short(short) => text(short),
        NewLine::Statement(statement) => map(keys(statement)),
    }
}

fn keys(statement: &RawStatement) -> Vec<(&str, Node)> {
    let mut keys = vec![
        ("actions", list(&statement.actions)),
        ("resources", list(&statement.resources)),
    ];
    if !statement.when.is_empty() {
        let operators = statement.when.iter().map(|(operator, conditions)| {
            let conditions = conditions.iter().map(|(key, values)| (key.as_str(), list(values)));
            (operator.as_str(), map(conditions))
        });
        keys.push(("when", map(operators)));
    }
    keys.extend(statement.because.iter().map(|because| ("because", text(because))));
    if !statement.accept.is_empty() {
        keys.push(("accept", list(&statement.accept)));
    }
    keys
}

fn text(text: &str) -> Node {
    Node::new(Path::default(), Kind::Text(text.to_owned()))
}

fn list(texts: &[String]) -> Node {
    Node::new(
        Path::default(),
        Kind::List(texts.iter().map(|item| text(item)).collect()),
    )
}

fn map<'k>(keys: impl IntoIterator<Item = (&'k str, Node)>) -> Node {
    let entry = |(key, node): (&str, Node)| Entry {
        key: key.to_owned(),
        node,
    };
    Node::new(Path::default(), Kind::Map(keys.into_iter().map(entry).collect()))
}

/// A new line as an item of a list in block style, from behind the dash; further lines are indented by this much.
pub fn in_block(line: &NewLine, indent: usize) -> Vec<String> {
    match line {
        NewLine::Short(short) => vec![scalar(short, |text| format!("- {text}"))],
        NewLine::Statement(statement) => {
            let keys = keys(statement).into_iter().enumerate().map(|(position, (key, node))| {
                let before = " ".repeat(if position == 0 { 0 } else { indent });
                let value = match &node.kind {
                    Kind::Text(text) => scalar(text, |text| format!("- {text}")),
                    _ => in_brackets_node(&node),
                };
                format!("{before}{key}: {value}")
            });
            keys.collect()
        }
    }
}

/// A new line as an item of a list in brackets.
pub fn in_brackets(line: &NewLine) -> String {
    in_brackets_node(&node(line))
}

fn in_brackets_node(node: &Node) -> String {
    match &node.kind {
        Kind::List(items) => {
            let items: Vec<String> = items.iter().map(in_brackets_node).collect();
            format!("[{}]", items.join(", "))
        }
        Kind::Map(entries) => {
            let word = |text: &str| scalar(text, |text| format!("[{text}]"));
            let entries: Vec<String> = entries
                .iter()
                .map(|entry| format!("{}: {}", word(&entry.key), in_brackets_node(&entry.node)))
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
