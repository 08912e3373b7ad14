//! Collects what there is to say about a file, and finds the line and column of each finding.
//!
//! Values of lfn's own environment may be secrets. A finding about such a value never quotes it:
//! this is the one place through which all messages pass, so it is kept here.

use std::cell::RefCell;

use super::node::{Kind, Node, Path, Step, shortened};
use super::render::source_lines;
use super::yaml::{self, Spot};
use super::{Finding, Severity};

/// What is wrong with a value, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    pub message: String,
    pub hint: Option<String>,
    /// The rule of `lfn policy lint` behind it.
    pub rule: Option<&'static str>,
}

impl Complaint {
    /// A complaint without a hint.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
            rule: None,
        }
    }

    /// Adds the next move.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the next move when there is one.
    #[must_use]
    pub fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.hint = self.hint.or(hint);
        self
    }
}

#[derive(Clone, PartialEq)]
struct Note {
    severity: Severity,
    at: Path,
    spot: Spot,
    complaint: Complaint,
}

/// A value that must not be quoted.
struct Secret {
    at: Path,
    written: String,
    value: String,
}

/// Where findings are collected while a file is read.
#[derive(Default)]
pub struct Sink {
    notes: RefCell<Vec<Note>>,
    secrets: RefCell<Vec<Secret>>,
}

impl Sink {
    /// Reports an error at a value.
    pub fn error(&self, at: &Path, complaint: Complaint) {
        self.note(Severity::Error, at, Spot::Value, complaint);
    }

    /// Reports an error at a key.
    pub fn error_at_key(&self, at: &Path, complaint: Complaint) {
        self.note(Severity::Error, at, Spot::Key, complaint);
    }

    /// Reports something that does not stop a deploy.
    pub fn warning(&self, at: &Path, complaint: Complaint) {
        self.note(Severity::Warning, at, Spot::Value, complaint);
    }

    /// Reports a value of the wrong kind.
    pub fn wrong_kind(&self, node: &Node, expected: &str) {
        if node.kind == Kind::Unknown {
            return;
        }
        let name = node.at.leaf();
        let message = match &node.kind {
            Kind::Null => format!("`{name}` is empty"),
            _ if name.is_empty() => format!("the file must hold a map of keys and values, but {}", node.described()),
            _ => format!("`{name}` has the wrong kind of value: {}", node.described()),
        };
        self.error(&node.at, Complaint::new(message).hint(format!("expected {expected}")));
    }

    /// Remembers a value of the environment, so that it is never quoted.
    pub fn keep_secret(&self, node: &Node, value: &str) {
        self.secrets.borrow_mut().push(Secret {
            at: node.at.clone(),
            written: node.written.clone(),
            value: value.to_owned(),
        });
    }

    /// Whether an error was reported.
    pub fn has_errors(&self) -> bool {
        self.notes.borrow().iter().any(|note| note.severity == Severity::Error)
    }

    /// Takes over the findings of another reading that concern what lies under a path.
    pub fn adopt(&self, other: Self, under: &Path) {
        self.secrets.borrow_mut().extend(other.secrets.into_inner());
        let adopted = other
            .notes
            .into_inner()
            .into_iter()
            .filter(|note| note.at.is_under(under));
        self.notes.borrow_mut().extend(adopted);
    }

    fn note(&self, severity: Severity, at: &Path, spot: Spot, complaint: Complaint) {
        let note = Note {
            severity,
            at: at.clone(),
            spot,
            complaint: self.redacted(at, complaint),
        };
        let mut notes = self.notes.borrow_mut();
        if !notes.contains(&note) {
            notes.push(note);
        }
    }

    fn redacted(&self, at: &Path, complaint: Complaint) -> Complaint {
        let secrets = self.secrets.borrow();
        if let Some(secret) = secrets.iter().find(|secret| secret.at == *at) {
            let (name, written) = (at.leaf(), shortened(&secret.written));
            return Complaint::new(format!("`{name}` does not accept what `{written}` expands to"))
                .hint("check the variable's value; it is not shown here, since it may be a secret");
        }
        // A message about one value can name another; a value too short to be a secret would
        // turn up in innocent words.
        let hide = |text: String| {
            secrets
                .iter()
                .filter(|secret| secret.value.chars().count() > 3)
                .fold(text, |text, secret| text.replace(&secret.value, &secret.written))
        };
        Complaint {
            message: hide(complaint.message),
            hint: complaint.hint.map(hide),
            rule: complaint.rule,
        }
    }

    /// The findings in file order.
    pub fn into_findings(self, text: &str, root: &Node) -> Vec<Finding> {
        let lines = source_lines(text);
        let mut findings: Vec<Finding> = Vec::new();
        for note in self.notes.into_inner() {
            let place = Place::of(text, &lines, root, &note.at, note.spot);
            let finding = Finding {
                severity: note.severity,
                path: note.at.to_string(),
                line: place.line,
                column: place.column,
                length: place.length,
                message: note.complaint.message,
                hint: note.complaint.hint,
                rule: note.complaint.rule,
            };
            // An alias brings one mistake to several paths; it is still one place to put right.
            let told = |known: &Finding| {
                (known.line, known.column, &known.message) == (finding.line, finding.column, &finding.message)
            };
            if !findings.iter().any(told) {
                findings.push(finding);
            }
        }
        findings.sort_by_key(|finding| (finding.line, finding.column));
        findings
    }
}

/// A stretch of one line; everything counts from 1, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub line: usize,
    pub column: usize,
    pub length: usize,
}

impl Place {
    /// Where a key or value stands. What is not in the file stands where its nearest container is named.
    pub fn of(text: &str, lines: &[&str], root: &Node, at: &Path, spot: Spot) -> Self {
        let rest = |line: usize, column: usize| -> String {
            let line = lines.get(line - 1).copied().unwrap_or_default();
            line.chars().skip(column - 1).collect()
        };
        let mut steps = at.clone();
        let mut spot = spot;
        loop {
            if let Some((line, column)) = yaml::locate(text, &steps, spot) {
                let after = rest(line, column);
                let is_block = !after.starts_with(['[', '{', '"', '\'', '&', '*']);
                let holds_more = matches!(root_node(root, &steps).map(|node| &node.kind), Some(Kind::Map(_)));
                let ends_in_key = matches!(steps.0.last(), Some(Step::Key { .. }));
                if spot == Spot::Value && ends_in_key && holds_more && is_block {
                    spot = Spot::Key;
                    continue;
                }
                let written = root_node(root, &steps).map_or("", |node| node.written.as_str());
                let empty = spot == Spot::Value && (after.trim().is_empty() || after.trim_start().starts_with('#'));
                if empty && ends_in_key {
                    spot = Spot::Key;
                    continue;
                }
                let length = extent(&after, written, spot);
                return Self { line, column, length };
            }
            if steps.0.pop().is_none() {
                return Self {
                    line: 1,
                    column: 1,
                    length: 1,
                };
            }
            spot = Spot::Key;
            if !matches!(steps.0.last(), Some(Step::Key { .. })) {
                spot = Spot::Value;
            }
        }
    }
}

fn root_node<'n>(root: &'n Node, at: &Path) -> Option<&'n Node> {
    at.0.iter().try_fold(root, |node, step| match (step, &node.kind) {
        (Step::Key { name, nth: 0 }, _) => node.get(name),
        (Step::Item(index), Kind::List(nodes)) => nodes.get(*index),
        _ => None,
    })
}

/// How many characters to mark at the beginning of the rest of a line.
fn extent(after: &str, written: &str, spot: Spot) -> usize {
    let length = match after.chars().next() {
        Some(quote @ ('"' | '\'')) => after[1..].find(quote).map(|end| after[..end + 2].chars().count()),
        Some(open @ ('[' | '{')) if spot == Spot::Value => matching(after, open),
        _ if spot == Spot::Key => after.find(':').map(|end| after[..end].chars().count()),
        _ if !written.is_empty() && after.starts_with(written) => Some(written.chars().count()),
        _ => None,
    };
    let whole = || {
        after
            .find(" #")
            .map_or(after, |end| &after[..end])
            .trim_end()
            .chars()
            .count()
    };
    length.unwrap_or_else(whole).max(1)
}

fn matching(after: &str, open: char) -> Option<usize> {
    let close = if open == '[' { ']' } else { '}' };
    let mut depth = 0_usize;
    for (position, c) in after.chars().enumerate() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth -= 1;
            if depth == 0 {
                return Some(position + 1);
            }
        }
    }
    None
}

/// The candidate that a mistyped word most likely stands for.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let plain = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    let wanted = plain(word);
    if wanted.is_empty() {
        return None;
    }
    let longer = |a: &str, b: &str| a.chars().count() > 2 && b.starts_with(a);
    let begun = |candidate: &&'c str| longer(&wanted, &plain(candidate)) || longer(&plain(candidate), &wanted);
    let candidates: Vec<&'c str> = candidates.into_iter().collect();
    let distance = |candidate: &'c str| (strsim::damerau_levenshtein(&wanted, &plain(candidate)), candidate);
    let (distance, closest) = candidates
        .iter()
        .copied()
        .map(distance)
        .min_by_key(|(distance, _)| *distance)?;
    if distance <= (wanted.chars().count() / 3).clamp(1, 3) {
        return Some(closest);
    }
    candidates.into_iter().find(begun)
}

/// Words in backticks with commas between: `` `a`, `b` and `c` ``.
pub fn listed<'w>(words: impl IntoIterator<Item = &'w str>, last: &str) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_forgives_case_and_slips_but_not_everything() {
        let known = ["memory", "timeout", "ephemeral_storage"];
        assert_eq!(nearest("memroy", known), Some("memory"));
        assert_eq!(nearest("ephemeralStorage", known), Some("ephemeral_storage"));
        assert_eq!(nearest("mem", known), Some("memory"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("", known), None);
    }

    #[test]
    fn a_secret_is_never_quoted() {
        let sink = Sink::default();
        let mut node = Node::new(Path::default().key("name"), Kind::Text("hunter2-password".into()));
        node.written = "${env:SECRET}".into();
        sink.keep_secret(&node, "hunter2-password");
        sink.error(
            &node.at,
            Complaint::new("`hunter2-password` is bad").hint("not hunter2-password"),
        );
        sink.error(&Path::default().key("role"), Complaint::new("unlike hunter2-password"));
        let findings = sink.into_findings("name: ${env:SECRET}\nrole: x\n", &node);
        assert_eq!(findings.len(), 2);
        assert!(
            findings.iter().all(|f| !format!("{f:?}").contains("hunter2")),
            "{findings:?}"
        );
    }
}
