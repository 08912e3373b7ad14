//! A lambda.yaml as a tree that remembers where each value stands in the file.
//!
//! Everything between the YAML library and the typed shapes works on this tree: overlays move
//! nodes, variables change their text, and a finding still points at the place it came from.

use std::fmt;

use serde_json::Value;

use super::model::EnvSegment;

/// One step from a map or list to a value in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A key; `nth` tells duplicates apart.
    Key {
        name: String,
        nth: usize,
    },
    Item(usize),
}

/// Where a value stands in the file, from the root down.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Path(pub Vec<Step>);

impl Path {
    /// The path of a key in the map at this path.
    #[must_use]
    pub fn key(&self, name: &str) -> Self {
        self.nth_key(name, 0)
    }

    /// The path of the nth of several equal keys.
    #[must_use]
    pub fn nth_key(&self, name: &str, nth: usize) -> Self {
        self.with(Step::Key {
            name: name.to_owned(),
            nth,
        })
    }

    /// The path of an item of the list at this path.
    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        self.with(Step::Item(index))
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The last key with the items after it, such as `layers[2]`: what messages call the value.
    pub fn leaf(&self) -> String {
        let last_key = self.0.iter().rposition(|step| matches!(step, Step::Key { .. }));
        Self(self.0[last_key.unwrap_or(0)..].to_vec()).to_string()
    }

    /// Whether this path is `other` or lies below it.
    pub fn is_under(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Key { name, .. } if position == 0 => f.write_str(name)?,
                Step::Key { name, .. } => write!(f, ".{name}")?,
                Step::Item(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// A value and where it was written.
#[derive(Clone, PartialEq)]
pub struct Node {
    pub at: Path,
    pub kind: Kind,
    /// A scalar as it stands in the file, without quotes and before variables.
    pub written: String,
    /// What variables did to this value.
    pub expanded: Expanded,
}

/// What variables did to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Expanded {
    /// It held none.
    #[default]
    No,
    /// It was put together from `${stage}`, `${account}` or `${region}`.
    Plain,
    /// It holds a value of lfn's own environment, which must never be shown.
    Secret,
}

/// What kind of value a node is.
#[derive(Clone, PartialEq)]
pub enum Kind {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
    /// Text with parameters that are read when deploying; inside `env` alone.
    Parts(Vec<EnvSegment>),
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// A value that cannot be known now, such as a variable that only another stage's deploy sets.
    Unknown,
}

/// One key of a map and its value.
#[derive(Clone, PartialEq)]
pub struct Entry {
    pub key: String,
    pub node: Node,
}

impl Node {
    /// A value as read from the file.
    pub fn new(at: Path, kind: Kind) -> Self {
        let written = match &kind {
            Kind::Text(text) => text.clone(),
            _ => String::new(),
        };
        Self {
            at,
            kind,
            written,
            expanded: Expanded::No,
        }
    }

    /// The value of a key, when this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Kind::Map(entries) = &self.kind else {
            return None;
        };
        entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// Text, when it is text.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A whole number; text counts when variables made it.
    pub fn int(&self) -> Option<i128> {
        match &self.kind {
            Kind::Int(number) => Some(*number),
            Kind::Text(text) if self.expanded != Expanded::No => text.parse().ok(),
            _ => None,
        }
    }

    /// A truth value; text counts when variables made it.
    pub fn bool(&self) -> Option<bool> {
        match &self.kind {
            Kind::Bool(value) => Some(*value),
            Kind::Text(text) if self.expanded != Expanded::No => text.parse().ok(),
            _ => None,
        }
    }

    /// The same as JSON. What cannot be known now is null.
    pub fn json(&self) -> Value {
        match &self.kind {
            Kind::Null | Kind::Unknown | Kind::Parts(_) => Value::Null,
            Kind::Bool(value) => (*value).into(),
            Kind::Int(number) => i64::try_from(*number)
                .map(Value::from)
                .or_else(|_| u64::try_from(*number).map(Value::from))
                .unwrap_or_else(|_| self.written.clone().into()),
            Kind::Float(number) => (*number).into(),
            Kind::Text(text) => text.clone().into(),
            Kind::List(nodes) => nodes.iter().map(Self::json).collect(),
            Kind::Map(entries) => {
                let entries = entries.iter().map(|entry| (entry.key.clone(), entry.node.json()));
                Value::Object(entries.collect())
            }
        }
    }

    /// What a person would call this value: "the list", "the text `abc`".
    pub fn described(&self) -> String {
        match &self.kind {
            Kind::Null => "it is empty".into(),
            Kind::Bool(_) => format!("`{}` is true or false", self.written),
            Kind::Int(_) | Kind::Float(_) => format!("`{}` is a number", self.written),
            Kind::Text(_) | Kind::Parts(_) | Kind::Unknown => format!("`{}` is text", shortened(&self.written)),
            Kind::List(_) => "it is a list".into(),
            Kind::Map(_) => "it is a map".into(),
        }
    }
}

/// The first characters of a long text, on one line.
pub fn shortened(text: &str) -> String {
    const LONGEST: usize = 60;
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if line.chars().count() <= LONGEST {
        return line;
    }
    line.chars().take(LONGEST).chain("...".chars()).collect()
}
