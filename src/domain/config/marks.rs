//! Where the parts of a lambda.yaml stand, for those who trace something back to the file.

use std::fmt;

use serde::Serialize;

use super::findings::{Place, Sink};
use super::load::{stages, without_stages};
use super::node::{Kind, Node, Path};
use super::overlay::overlaid;
use super::render::{source_lines, without_mark};
use super::yaml::{self, Document, Spot};
use crate::domain::names::StageName;

/// A place in the file; both count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Mark {
    pub line: usize,
    pub column: usize,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A file at one stage: a list that a stage replaces stands in that stage.
pub struct Marks<'a> {
    text: &'a str,
    root: Node,
    effective: Node,
}

impl<'a> Marks<'a> {
    /// Reads the text; `None` when it is no YAML.
    pub fn read(text: &'a str, stage: Option<&StageName>) -> Option<Self> {
        let text = without_mark(text);
        let Document { root, .. } = yaml::parse(text).ok()?;
        let base = without_stages(&root);
        let stages = stages(&root, &Sink::default());
        let chosen = stages.iter().find(|(name, _)| Some(name) == stage);
        let effective = chosen.map_or_else(|| base.clone(), |(_, body)| overlaid(&base, body));
        Some(Self { text, root, effective })
    }

    /// The place of a key, and of an item of its list.
    pub fn of(&self, key: &str, item: Option<usize>) -> Option<Mark> {
        let node = self.effective.get(key)?;
        let mark = |at: &Path, spot: Spot| {
            let Place { line, column, .. } = Place::of(self.text, &source_lines(self.text), &self.root, at, spot);
            Mark { line, column }
        };
        let Some(item) = item else {
            return Some(mark(&node.at, Spot::Key));
        };
        match &node.kind {
            Kind::List(items) => Some(mark(&items.get(item)?.at, Spot::Value)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_found_where_the_stage_wrote_it() {
        let text =
            "name: thumbs\nallow:\n  - get s3://a/*\n  - send sqs:b\nstages:\n  prod:\n    allow: [put events:c]\n";
        let at = |stage: Option<&str>, key: &str, item: Option<usize>| {
            let stage = stage.map(|stage| StageName::new(stage).unwrap());
            let marks = Marks::read(text, stage.as_ref()).unwrap();
            marks.of(key, item).map(|mark| mark.to_string())
        };
        for (stage, key, item, expected) in [
            (None, "name", None, Some("1:1")),
            (None, "allow", Some(1), Some("4:5")),
            (Some("prod"), "allow", Some(0), Some("7:13")),
            (Some("prod"), "allow", Some(1), None),
            (None, "vpc", None, None),
        ] {
            assert_eq!(at(stage, key, item).as_deref(), expected, "{stage:?} {key} {item:?}");
        }
        assert!(Marks::read("a: [", None).is_none());
    }
}
