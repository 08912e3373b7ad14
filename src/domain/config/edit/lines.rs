//! A text as lines that keep how they end, counted from 0.

/// The lines of a text.
pub struct Lines(Vec<Line>);

struct Line {
    text: String,
    /// Empty at the end of a text without a last line break.
    ending: String,
}

impl Lines {
    /// Splits where YAML ends lines, as `render::source_lines` does.
    pub fn split(text: &str) -> Self {
        let mut rest = text;
        let mut lines = Vec::new();
        for line in super::super::render::source_lines(text) {
            rest = &rest[line.len()..];
            let mut chars = rest.chars();
            let ending = match chars.next() {
                Some('\r') if rest.starts_with("\r\n") => 2,
                Some(c) => c.len_utf8(),
                None => 0,
            };
            lines.push(Line {
                text: line.to_owned(),
                ending: rest[..ending].to_owned(),
            });
            rest = &rest[ending..];
        }
        // After the last line break there is no line.
        if lines.last().is_some_and(|last| last.text.is_empty()) {
            lines.pop();
        }
        Self(lines)
    }

    /// The text that these lines are.
    pub fn joined(&self) -> String {
        self.0
            .iter()
            .flat_map(|line| [line.text.as_str(), line.ending.as_str()])
            .collect()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn text(&self, line: usize) -> &str {
        self.0.get(line).map_or("", |line| &line.text)
    }

    pub fn set(&mut self, line: usize, text: String) {
        if let Some(line) = self.0.get_mut(line) {
            line.text = text;
        }
    }

    /// Puts lines in front of this one; behind the last, they leave the end of the text as it is.
    pub fn insert(&mut self, at: usize, texts: impl IntoIterator<Item = String>) {
        let usual = self.0.first().map(|line| line.ending.clone());
        let usual = usual.filter(|ending| !ending.is_empty()).unwrap_or_else(|| "\n".into());
        let near = self.0.get(at.wrapping_sub(1)).map(|line| line.ending.clone());
        let ending = near.filter(|ending| !ending.is_empty()).unwrap_or(usual);
        let new: Vec<Line> = texts
            .into_iter()
            .map(|text| Line {
                text,
                ending: ending.clone(),
            })
            .collect();
        let open = at == self.0.len() && self.0.last().is_some_and(|last| last.ending.is_empty());
        if open && let Some(last) = self.0.last_mut() {
            last.ending.clone_from(&ending);
        }
        self.0.splice(at..at, new);
        if open && let Some(last) = self.0.last_mut() {
            last.ending.clear();
        }
    }

    /// Takes lines out; when they are the last, the text ends as it did.
    pub fn remove(&mut self, lines: std::ops::Range<usize>) {
        let open = lines.end == self.0.len() && self.0.last().is_some_and(|last| last.ending.is_empty());
        self.0.drain(lines);
        if open && let Some(last) = self.0.last_mut() {
            last.ending.clear();
        }
    }

    pub fn is_blank(&self, line: usize) -> bool {
        self.text(line).trim().is_empty()
    }

    pub fn is_comment(&self, line: usize) -> bool {
        self.text(line).trim_start().starts_with('#')
    }

    /// Whether something stands here that is no comment.
    pub fn is_content(&self, line: usize) -> bool {
        !self.is_blank(line) && !self.is_comment(line)
    }

    /// The spaces that a line begins with.
    pub fn indent(&self, line: usize) -> usize {
        let text = self.text(line);
        text.len() - text.trim_start_matches(' ').len()
    }

    /// Whether a list item begins in this line, at this column.
    pub fn is_item(&self, line: usize, dash: usize) -> bool {
        self.indent(line) == dash && is_dash(&self.text(line)[dash..])
    }

    /// By how much the file indents its lists below their keys.
    pub fn list_indent(&self) -> usize {
        let content: Vec<usize> = (0..self.len()).filter(|line| self.is_content(*line)).collect();
        let lists = content.windows(2).filter_map(|pair| {
            let (key, item) = (pair[0], pair[1]);
            let below = self.indent(item).checked_sub(self.indent(key))?;
            let opens = self
                .text(key)
                .split(" #")
                .next()
                .is_some_and(|key| key.trim_end().ends_with(':'));
            let plain = !is_dash(self.text(key).trim_start());
            (opens && plain && is_dash(self.text(item).trim_start())).then_some(below)
        });
        lists.into_iter().next().unwrap_or(2)
    }
}

/// Whether a text begins with the dash of a list item.
pub fn is_dash(text: &str) -> bool {
    text.strip_prefix('-')
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// The byte at which a character of a line begins.
pub fn byte(text: &str, character: usize) -> usize {
    text.char_indices().nth(character).map_or(text.len(), |(at, _)| at)
}

/// Behind the colon of the key that a text begins with.
pub fn after_key(text: &str) -> Option<usize> {
    let end = match text.chars().next()? {
        quote @ ('"' | '\'') => text[1..].find(quote)? + 2,
        _ => text.find(':')?,
    };
    let name = text[..end].trim_matches(['"', '\'', ' ']);
    let spaces = text[end..].len() - text[end..].trim_start_matches(' ').len();
    let is_key = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (is_key && text[end + spaces..].starts_with(':')).then_some(end + spaces + 1)
}
