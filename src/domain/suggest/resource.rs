//! What a call acts on, as far as code tells: known text, and holes for what only people can fill in.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Serialize, Serializer};

use crate::domain::policy::Pattern;

/// An ARN, a name or a value of a condition, with holes.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Resource(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Text(String),
    /// Something that is not known, by what it is: `bucket`, or `TABLE` for an environment variable.
    Hole(String),
}

impl Resource {
    pub fn text(text: impl Into<String>) -> Self {
        let mut resource = Self::default();
        resource.push_text(&text.into());
        resource
    }

    pub fn hole(name: impl Into<String>) -> Self {
        Self(vec![Part::Hole(name.into())])
    }

    pub(super) fn push_text(&mut self, text: &str) {
        match self.0.last_mut() {
            Some(Part::Text(last)) => last.push_str(text),
            _ if text.is_empty() => {}
            _ => self.0.push(Part::Text(text.to_owned())),
        }
    }

    pub(super) fn push(&mut self, other: Self) {
        for part in other.0 {
            match part {
                Part::Text(text) => self.push_text(&text),
                // Two things that are not known beside each other are one.
                Part::Hole(_) if self.0.last() == Some(&part) => {}
                Part::Hole(_) => self.0.push(part),
            }
        }
    }

    /// The names of the holes, each once.
    pub fn holes(&self) -> Vec<&str> {
        let mut holes = Vec::new();
        for part in &self.0 {
            if let Part::Hole(name) = part
                && !holes.contains(&name.as_str())
            {
                holes.push(name.as_str());
            }
        }
        holes
    }

    /// Whether nothing is missing.
    pub fn is_known(&self) -> bool {
        !self.0.iter().any(|part| matches!(part, Part::Hole(_)))
    }

    /// The text it begins with, before the first hole.
    pub fn beginning(&self) -> &str {
        match self.0.first() {
            Some(Part::Text(text)) => text,
            Some(Part::Hole(_)) | None => "",
        }
    }

    /// The text it ends with, after the last hole.
    pub(super) fn ending(&self) -> &str {
        match self.0.last() {
            Some(Part::Text(text)) => text,
            Some(Part::Hole(_)) | None => "",
        }
    }

    /// Everything that it may turn out to be.
    pub fn pattern(&self) -> Pattern {
        Pattern::new(&self.open())
    }

    /// The text with `*` in place of each hole.
    pub fn open(&self) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Text(text) => text.as_str(),
            Part::Hole(_) => "*",
        });
        parts.collect()
    }

    /// The pieces between the separators.
    pub(super) fn split(&self, separator: char) -> Vec<Self> {
        let mut pieces = vec![Self::default()];
        for part in &self.0 {
            match part {
                Part::Hole(_) => {
                    if let Some(last) = pieces.last_mut() {
                        last.push(Self(vec![part.clone()]));
                    }
                }
                Part::Text(text) => {
                    for (index, piece) in text.split(separator).enumerate() {
                        if index > 0 {
                            pieces.push(Self::default());
                        }
                        if let Some(last) = pieces.last_mut() {
                            last.push_text(piece);
                        }
                    }
                }
            }
        }
        pieces
    }

    /// Without this at its beginning.
    pub(super) fn without_beginning(mut self, beginning: &str) -> Self {
        if let Some(Part::Text(text)) = self.0.first_mut()
            && let Some(rest) = text.strip_prefix(beginning)
        {
            *text = rest.to_owned();
        }
        self.0.retain(|part| *part != Part::Text(String::new()));
        self
    }

    /// What is known of it up to the first hole of this name, and anything after that.
    pub(super) fn opened(&self, label: &str) -> Option<Self> {
        let unknown = Part::Hole(label.to_owned());
        let end = self.0.iter().position(|part| *part == unknown)?;
        let mut known = Self(self.0[..end].to_vec());
        (!known.0.is_empty()).then(|| {
            known.push_text("*");
            known
        })
    }
}

/// Names that stand for holes where only a valid name will do.
#[derive(Debug, Default)]
pub(super) struct StandIns(Vec<String>);

impl StandIns {
    pub fn of<'a>(resources: impl IntoIterator<Item = &'a Resource>) -> Self {
        let holes: BTreeSet<&str> = resources.into_iter().flat_map(Resource::holes).collect();
        Self(holes.into_iter().map(str::to_owned).collect())
    }

    /// The resource with valid names in place of its holes.
    pub fn put(&self, resource: &Resource) -> String {
        let parts = resource.0.iter().map(|part| match part {
            Part::Text(text) => text.clone(),
            Part::Hole(name) => stand_in(self.0.iter().position(|known| known == name).unwrap_or_default()),
        });
        parts.collect()
    }

    /// The text with its holes as they are shown.
    pub fn show(&self, text: &str) -> String {
        let holes = self.0.iter().enumerate();
        holes.fold(text.to_owned(), |text, (index, name)| {
            text.replace(&stand_in(index), &format!("<{name}>"))
        })
    }
}

/// Names of every service may look so.
fn stand_in(index: usize) -> String {
    format!("lfn0hole{index}x")
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.0 {
            match part {
                Part::Text(text) => f.write_str(text)?,
                Part::Hole(name) => write!(f, "<{name}>")?,
            }
        }
        Ok(())
    }
}

impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
