//! What an expression is known to give, and how alternatives and texts are joined.

use std::rc::Rc;

use super::contexts::Frame;
use super::program::FunctionId;
use crate::domain::suggest::call::{Piece, Text, Value};

/// Alternatives beyond this number count as unknown.
const ALTERNATIVES: usize = 24;

/// Where something stands in the files that were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    pub file: usize,
    pub line: usize,
    pub column: usize,
}

/// What is known of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    Unknown,
    /// No value at all: `nil`, or a value that depends on itself.
    Nothing,
    Text(Text),
    List(Vec<Known>),
    Map(Vec<(Known, Known)>),
    Any(Vec<Known>),
    Tuple(Vec<Known>),
    /// An object, by its type.
    Instance(Rc<Instance>),
    /// A name of a library, or of the program where it is no value by itself.
    Name(Rc<str>),
    Closure(FunctionId, Option<Rc<Frame>>),
}

/// An object: its type, and the fields that are known.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    pub path: String,
    pub fields: Vec<(String, Known)>,
    pub origin: Option<Origin>,
}

impl Known {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Text::literal(text))
    }

    pub fn environment(name: &Known) -> Self {
        match name {
            Self::Any(names) => any(names.iter().map(Self::environment)),
            _ => name
                .as_literal()
                .map_or(Self::Unknown, |name| Self::Text(Text::env(name))),
        }
    }

    pub fn instance(path: impl Into<String>) -> Self {
        Self::Instance(Rc::new(Instance {
            path: path.into(),
            fields: Vec::new(),
            origin: None,
        }))
    }

    /// A text without unknown pieces and environment variables.
    pub fn as_literal(&self) -> Option<String> {
        let Self::Text(Text(pieces)) = self else { return None };
        let literals: Option<Vec<&str>> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Literal(text) => Some(text.as_str()),
                Piece::Env(..) | Piece::Unknown => None,
            })
            .collect();
        literals.map(|literals| literals.concat())
    }

    /// The object, or the first of several alternatives that is one.
    pub fn as_instance(&self) -> Option<&Rc<Instance>> {
        match self {
            Self::Instance(instance) => Some(instance),
            Self::Any(alternatives) => alternatives.iter().find_map(Self::as_instance),
            _ => None,
        }
    }

    /// The alternatives, one if there is no choice.
    pub fn alternatives(&self) -> &[Known] {
        match self {
            Self::Any(alternatives) => alternatives,
            one => std::slice::from_ref(one),
        }
    }

    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown | Self::Nothing)
    }

    /// What a list or map holds.
    #[must_use]
    pub fn element(&self) -> Known {
        match self {
            Self::List(items) => any(items.iter().cloned()),
            Self::Map(entries) => any(entries.iter().map(|(_, value)| value.clone())),
            Self::Any(alternatives) => any(alternatives.iter().map(Self::element)),
            _ => Self::Unknown,
        }
    }

    /// The same object with one more field.
    #[must_use]
    pub fn with(&self, field: &str, value: Known) -> Known {
        match self {
            Self::Instance(instance) => {
                let mut changed = Instance::clone(instance);
                changed.set(field, value);
                Self::Instance(Rc::new(changed))
            }
            Self::Any(alternatives) => any(alternatives.iter().map(|one| one.with(field, value.clone()))),
            other => other.clone(),
        }
    }

    /// What the call of an operation may be given.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Text(text) => Value::Text(text.clone()),
            Self::List(items) => Value::List(items.iter().map(Self::to_value).collect()),
            Self::Map(entries) => {
                let texts = entries.iter().flat_map(|(key, value)| {
                    let keys = key.alternatives().iter().map(|key| match key {
                        Self::Text(key) => key.clone(),
                        _ => Text(vec![Piece::Unknown]),
                    });
                    keys.map(|key| (key, value.to_value())).collect::<Vec<_>>()
                });
                Value::Map(texts.collect())
            }
            Self::Any(alternatives) => Value::Any(alternatives.iter().map(Self::to_value).collect()),
            Self::Instance(instance) if !instance.fields.is_empty() => Value::Map(
                instance
                    .fields
                    .iter()
                    .map(|(name, value)| (Text::literal(name), value.to_value()))
                    .collect(),
            ),
            Self::Unknown | Self::Nothing | Self::Tuple(_) | Self::Instance(_) | Self::Name(_) | Self::Closure(..) => {
                Value::Unknown
            }
        }
    }
}

impl Instance {
    pub fn field(&self, name: &str) -> Option<&Known> {
        self.fields.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// Fields as arguments of a call.
    pub fn arguments(&self) -> Vec<(String, Value)> {
        self.fields
            .iter()
            .filter(|(_, value)| *value != Known::Nothing)
            .map(|(name, value)| (name.clone(), value.to_value()))
            .collect()
    }

    /// Sets a field; what stood there stays possible.
    pub fn set(&mut self, name: &str, value: Known) {
        if let Some((_, own)) = self.fields.iter_mut().find(|(own, _)| own == name) {
            *own = any([own.clone(), value]);
        } else {
            self.fields.push((name.to_owned(), value));
        }
    }
}

/// One of these. What cannot name a resource (nothing, an empty text) is left out, and a text beside an
/// environment variable is what the code puts in its place.
pub fn any(alternatives: impl IntoIterator<Item = Known>) -> Known {
    let mut all: Vec<Known> = Vec::new();
    for alternative in alternatives {
        for one in alternative.alternatives() {
            if *one != Known::Nothing && !all.contains(one) {
                all.push(one.clone());
            }
        }
    }
    if all.len() > 1 {
        all.retain(|one| !one.as_literal().is_some_and(|text| text.is_empty()));
    }
    let is_variable = |one: &Known| matches!(one, Known::Text(text) if text.is_env());
    if all.iter().any(is_variable) {
        all = with_defaults(all);
    }
    match all.len() {
        0 => Known::Nothing,
        1 => all.remove(0),
        count if count > ALTERNATIVES => Known::Unknown,
        _ => Known::Any(all),
    }
}

/// Environment variables with the texts beside them as defaults.
fn with_defaults(all: Vec<Known>) -> Vec<Known> {
    let defaults: Vec<Text> = all.iter().filter_map(Known::as_literal).map(Text::literal).collect();
    let mut with: Vec<Known> = Vec::new();
    for one in all {
        match one {
            Known::Text(text) if text.is_env() && !defaults.is_empty() => {
                let more = defaults.iter().map(|default| Known::Text(text.clone().or(default)));
                for one in more {
                    if !with.contains(&one) {
                        with.push(one);
                    }
                }
            }
            one if one.as_literal().is_some() => {}
            one => with.push(one),
        }
    }
    // The same variable with a default says more.
    let has_default = |name: &str| {
        with.iter().any(
            |one| matches!(one, Known::Text(Text(pieces)) if matches!(&pieces[..], [Piece::Env(own, default)] if own == name && !default.0.is_empty())),
        )
    };
    let says_less = |one: &Known| matches!(one, Known::Text(Text(pieces)) if matches!(&pieces[..], [Piece::Env(name, default)] if default.0.is_empty() && has_default(name)));
    with.iter().filter(|one| !says_less(one)).cloned().collect()
}

/// The texts one after another; what is no text is an unknown piece.
pub fn concat(parts: &[Known]) -> Known {
    let mut texts: Vec<Vec<Piece>> = vec![Vec::new()];
    for part in parts {
        let choices: Vec<&[Piece]> = part
            .alternatives()
            .iter()
            .map(|choice| match choice {
                Known::Text(Text(pieces)) => pieces.as_slice(),
                _ => [Piece::Unknown].as_slice(),
            })
            .collect();
        let choices = if texts.len() * choices.len() > ALTERNATIVES {
            vec![[Piece::Unknown].as_slice()]
        } else {
            choices
        };
        texts = texts
            .iter()
            .flat_map(|text| choices.iter().map(|choice| joined(text, choice)))
            .collect();
    }
    any(texts.into_iter().map(|pieces| Known::Text(Text(pieces))))
}

fn joined(text: &[Piece], more: &[Piece]) -> Vec<Piece> {
    let mut pieces = text.to_vec();
    for piece in more {
        match (pieces.last_mut(), piece) {
            (Some(Piece::Literal(last)), Piece::Literal(next)) => last.push_str(next),
            (Some(Piece::Unknown), Piece::Unknown) => {}
            _ => pieces.push(piece.clone()),
        }
    }
    pieces
}
