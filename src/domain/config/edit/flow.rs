//! A list in brackets on one line.

use std::ops::Range;

use super::lines::Lines;
use super::{LeftAlone, NewLine, written};

/// Where a list in brackets stands.
pub struct Flow {
    line: usize,
    /// Behind the opening bracket.
    start: usize,
    /// The items, without the spaces and commas between them.
    items: Vec<Range<usize>>,
}

impl Flow {
    /// Reads the list whose bracket opens at `open`; `None` when it does not close on this line.
    pub fn read(text: &str, line: usize, open: usize) -> Option<Self> {
        let mut items = Vec::new();
        let (mut depth, mut from) = (0_usize, open + 1);
        let mut at = open + 1;
        let mut end = |from: usize, to: usize| {
            let item = text[from..to].trim();
            let start = to - text[from..to].trim_start().len();
            if !item.is_empty() {
                items.push(start..start + item.len());
            }
        };
        loop {
            let c = text[at..].chars().next()?;
            let opens = text[from..at].trim().is_empty() || text[..at].trim_end().ends_with(['[', '{', ',', ':']);
            match c {
                '"' | '\'' if opens => {
                    at += written::scalar_end(&text[at..]);
                    continue;
                }
                '#' if text[..at].ends_with([' ', '\t']) => return None,
                '[' | '{' => depth += 1,
                ']' if depth == 0 => {
                    end(from, at);
                    break;
                }
                ']' | '}' => depth = depth.checked_sub(1)?,
                ',' if depth == 0 => {
                    end(from, at);
                    from = at + 1;
                }
                _ => {}
            }
            at += c.len_utf8();
        }
        let start = open + 1;
        Some(Self { line, start, items })
    }

    /// Puts new lines behind the last.
    pub fn add(&self, lines: &mut Lines, new: &[NewLine]) {
        let new = written::items_in_brackets(new);
        match self.items.last() {
            Some(last) => self.splice(lines, last.end..last.end, &format!(", {new}")),
            None => self.splice(lines, self.start..self.start, &new),
        }
    }

    /// Puts new lines in the place of one.
    pub fn replace(&self, lines: &mut Lines, item: usize, new: &[NewLine]) -> Result<(), LeftAlone> {
        self.splice(lines, self.item(item)?, &written::items_in_brackets(new));
        Ok(())
    }

    /// Takes one item out, with the comma that it needs no more.
    pub fn remove(&self, lines: &mut Lines, item: usize) -> Result<(), LeftAlone> {
        let mut range = self.item(item)?;
        if item > 0 {
            range.start = self.item(item - 1)?.end;
        } else if let Some(next) = self.items.get(1) {
            range.end = next.start;
        } else {
            // The comma behind the only item.
            let text = lines.text(self.line);
            let rest = &text[range.end..];
            if rest.trim_start().starts_with(',') {
                range.end += rest.find(',').map_or(0, |comma| comma + 1);
            }
        }
        self.splice(lines, range, "");
        Ok(())
    }

    fn item(&self, item: usize) -> Result<Range<usize>, LeftAlone> {
        let found = self.items.get(item).cloned();
        found.ok_or(LeftAlone::at(self.line, "the list is written in an unusual way"))
    }

    fn splice(&self, lines: &mut Lines, range: Range<usize>, new: &str) {
        let text = lines.text(self.line);
        let text = format!("{}{new}{}", &text[..range.start], &text[range.end..]);
        lines.set(self.line, text);
    }
}
