//! A list with its items on lines of their own.

use std::ops::Range;

use super::lines::{Lines, is_dash};
use super::{LeftAlone, NewLine, written};

/// Where a list in block style stands; it may be empty.
pub struct Block {
    /// The line of the key, and the column where it begins.
    key: usize,
    key_column: usize,
    /// Behind the colon.
    after_key: usize,
    /// The column of the dashes.
    dash: usize,
    /// From the dash to the last line of the item.
    items: Vec<Range<usize>>,
}

impl Block {
    pub fn read(lines: &Lines, key: usize, key_column: usize, after_key: usize) -> Result<Self, LeftAlone> {
        let first = (key + 1..lines.len()).find(|line| lines.is_content(*line));
        let first = first.filter(|line| lines.indent(*line) >= key_column && !ends_document(lines, *line));
        let dash = first.map_or(key_column + lines.list_indent(), |line| lines.indent(line));
        let mut items: Vec<Range<usize>> = Vec::new();
        for line in first.unwrap_or(lines.len())..lines.len() {
            if lines.is_item(line, dash) {
                items.push(line..line + 1);
            } else if !lines.is_blank(line) && lines.indent(line) > dash {
                // Deeper comments speak of the item above, if nothing stands between.
                match items.last_mut() {
                    Some(item) if lines.is_content(line) || item.end == line => item.end = line + 1,
                    _ => {}
                }
            } else if lines.is_content(line) {
                break;
            }
        }
        let stray = first.filter(|_| items.is_empty());
        if stray.is_some_and(|line| lines.indent(line) > key_column) {
            return Err(LeftAlone::at(
                key,
                "the list below this key is written in an unusual way",
            ));
        }
        let dash = if items.is_empty() {
            key_column + lines.list_indent()
        } else {
            dash
        };
        Ok(Self {
            key,
            key_column,
            after_key,
            dash,
            items,
        })
    }

    fn written(&self, line: &NewLine) -> Vec<String> {
        let mut texts = written::in_block(line, self.dash + 2);
        texts[0] = format!("{}- {}", " ".repeat(self.dash), texts[0]);
        texts
    }

    /// Puts new lines behind the last.
    pub fn add(&self, lines: &mut Lines, new: &[NewLine]) {
        let end = self.items.last().map_or(self.key + 1, |item| item.end);
        lines.insert(end, new.iter().flat_map(|line| self.written(line)));
    }

    /// Puts new lines in the place of one short line, whose comments stay.
    pub fn replace(&self, lines: &mut Lines, item: usize, new: &[NewLine]) -> Result<(), LeftAlone> {
        let at = self.item(item)?.start;
        let text = lines.text(at).to_owned();
        let value = text[self.dash + 1..].trim_start();
        let start = text.len() - value.len();
        let end = start + written::scalar_end(value);
        let content = (at + 1..self.item(item)?.end).any(|line| lines.is_content(line));
        if content || value.is_empty() || value.starts_with(['&', '*', '{', '[', '|', '>', '#']) {
            return Err(LeftAlone::at(at, "what stands here is more than a line"));
        }
        let Some((first, others)) = new.split_first() else {
            return Ok(());
        };
        let mut first = written::in_block(first, self.dash + 2);
        first[0] = format!("{}{}{}", &text[..start], first[0], &text[end..]);
        lines.set(at, first.remove(0));
        lines.insert(
            at + 1,
            first
                .into_iter()
                .chain(others.iter().flat_map(|line| self.written(line))),
        );
        Ok(())
    }

    /// Takes one item out; a list that is empty then loses its key if `with_key` and if no comment stands there.
    pub fn remove(&self, lines: &mut Lines, item: usize, with_key: bool) -> Result<(), LeftAlone> {
        let Range { start, end } = self.item(item)?;
        if !is_dash(&lines.text(start)[self.dash..]) {
            return Err(LeftAlone::at(start, "the list is written in an unusual way"));
        }
        let above = |lines: &Lines, line: usize, column: usize| lines.is_comment(line) && lines.indent(line) == column;
        let comments = (self.key + 1..start)
            .rev()
            .take_while(|line| above(lines, *line, self.dash))
            .count();
        let speaks_of_the_next = end < lines.len() && lines.is_item(end, self.dash);
        let start = if speaks_of_the_next { start } else { start - comments };
        lines.remove(start..end);
        if self.items.len() > 1 {
            return Ok(());
        }
        let has_comment = lines.text(self.key)[self.after_key..].contains('#')
            || start > self.key + 1
            || self.key > 0 && above(lines, self.key - 1, self.key_column);
        if with_key && !has_comment {
            let blank_above = self.key > 0 && lines.is_blank(self.key - 1);
            let blank_below = self.key + 1 >= lines.len() || lines.is_blank(self.key + 1);
            let from = if blank_above && blank_below {
                self.key - 1
            } else {
                self.key
            };
            lines.remove(from..self.key + 1);
        } else {
            let text = lines.text(self.key);
            let text = format!("{} []{}", &text[..self.after_key], &text[self.after_key..]);
            lines.set(self.key, text);
        }
        Ok(())
    }

    fn item(&self, item: usize) -> Result<Range<usize>, LeftAlone> {
        let found = self.items.get(item).cloned();
        found.ok_or(LeftAlone::at(self.key, "the list is written in an unusual way"))
    }
}

/// Whether a line ends the document.
pub fn ends_document(lines: &Lines, line: usize) -> bool {
    ["---", "..."].iter().any(|sign| lines.text(line).starts_with(sign))
}
