//! What a front end finds in code: calls of an AWS SDK, and what is known of their arguments.
//!
//! Names are kept as the SDK at hand spells them (`get_object`, `GetObjectCommand` without its ending,
//! `eventbridge`, `client-sfn` without its beginning): one place turns them into IAM's.

use std::fmt;

use serde::Serialize;

/// A file of the function's own code, by its path from the project's folder, with `/` between segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    pub path: String,
    pub text: String,
}

/// Where something stands; lines and columns count from one, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Location {
    pub file: String,
    pub line: usize,
    pub column: usize,
}

/// One call of an SDK operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub at: Location,
    /// The service as the SDK at hand names it.
    pub service: String,
    /// The operation as the SDK at hand names it.
    pub operation: String,
    /// Parameter as the SDK at hand names it → what is known of its value.
    pub arguments: Vec<(String, Value)>,
}

/// The calls that were found, and how far was looked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    pub calls: Vec<Call>,
    /// Where code became too much to follow: of what comes after it, calls may be missing.
    pub ended: Option<Location>,
    /// Where files stop being code in their language: their calls may be missing too.
    pub broken: Vec<Location>,
}

/// What is known of a value without running the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Text(Text),
    List(Vec<Value>),
    Map(Vec<(Text, Value)>),
    /// One of several, depending on the path the code takes.
    Any(Vec<Value>),
    Unknown,
}

/// A text in pieces, such as `in/` followed by something that only a run would tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Piece>);

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Literal(String),
    /// The value of an environment variable, by its name, and what the code puts in its place where it is
    /// not set; empty when the code does not tell.
    Env(String, Text),
    Unknown,
}

impl Text {
    /// A text that is known.
    pub fn literal(text: impl Into<String>) -> Self {
        Self(vec![Piece::Literal(text.into())])
    }

    /// The value of an environment variable.
    pub fn env(name: impl Into<String>) -> Self {
        Self(vec![Piece::Env(name.into(), Self::default())])
    }

    /// Whether this is the value of an environment variable and nothing else.
    pub fn is_env(&self) -> bool {
        matches!(self.0[..], [Piece::Env(..)])
    }

    /// With what the code puts in the place of an environment variable that is not set. An empty text names
    /// nothing, and what is not known tells no more than the variable's own name.
    #[must_use]
    pub fn or(mut self, other: &Self) -> Self {
        let says_something = |piece: &Piece| match piece {
            Piece::Literal(text) => !text.is_empty(),
            Piece::Env(..) => true,
            Piece::Unknown => false,
        };
        if let [Piece::Env(_, default)] = &mut self.0[..]
            && other.0.iter().any(says_something)
        {
            *default = if default.0.is_empty() {
                other.clone()
            } else {
                std::mem::take(default).or(other)
            };
        }
        self
    }

    /// The text, when it is known as it stands.
    pub fn as_literal(&self) -> Option<&str> {
        match &self.0[..] {
            [] => Some(""),
            [Piece::Literal(text)] => Some(text),
            _ => None,
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
