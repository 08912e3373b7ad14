//! What a Python expression can turn out to be, as far as the SDK is concerned.

use std::rc::Rc;

use crate::domain::suggest::call::{Piece, Text, Value};

/// One thing that a name may stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Thing {
    /// Something of a module that is not the project's own, by its dotted name: `os.environ`.
    External(String),
    Module(usize),
    Function(usize),
    /// A method of an object of the project's.
    Bound(usize),
    Class(usize),
    Instance(usize),
    /// `boto3` itself or one of its sessions.
    Session,
    /// A client; its service is empty when it could not be read.
    Client(Rc<str>),
    Resource(Rc<str>),
    Item(Rc<Item>),
    /// Several items, such as `bucket.objects`.
    Items(Rc<Item>),
    Paginator {
        service: Rc<str>,
        operation: String,
    },
    Waiter {
        service: Rc<str>,
        name: String,
    },
    /// Something that is called: `s3.get_object`.
    Method(Rc<Thing>, String),
    /// The answer of a call.
    Answer {
        operation: String,
        arguments: Vec<(String, Value)>,
    },
    Map(Vec<(Text, Things)>),
    List(Vec<Things>),
    Value(Value),
}

/// What an expression may be: one of several, or nothing that is known.
pub(super) type Things = Vec<Thing>;

/// An object of the resource API: `boto3.resource("s3").Bucket("shop")`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub service: Rc<str>,
    /// `Bucket`
    pub kind: String,
    /// Parameter of the API → value.
    pub names: Vec<(String, Value)>,
}

/// So many possibilities of one expression are followed.
pub(super) const MOST: usize = 16;

impl Thing {
    pub fn text(text: &str) -> Self {
        Self::Value(Value::Text(Text::literal(text)))
    }

    fn env(variable: Text) -> Self {
        Self::Value(Value::Text(variable))
    }

    /// The environment variable that this is the value of.
    pub fn as_env(&self) -> Option<&Text> {
        match self {
            Self::Value(Value::Text(text)) if text.is_env() => Some(text),
            _ => None,
        }
    }
}

/// Adds what is not there yet.
pub(super) fn add(things: &mut Things, more: impl IntoIterator<Item = Thing>) {
    for thing in more {
        if things.len() < MOST && !things.contains(&thing) {
            things.push(thing);
        }
    }
}

/// What is known of an expression as an argument of a call.
pub(super) fn value(things: &[Thing]) -> Value {
    let mut values: Vec<Value> = Vec::new();
    for thing in things {
        let value = match thing {
            Thing::Value(value) => value.clone(),
            Thing::Map(entries) => Value::Map(
                entries
                    .iter()
                    .map(|(key, things)| (key.clone(), value(things)))
                    .collect(),
            ),
            Thing::List(elements) => Value::List(elements.iter().map(|things| value(things)).collect()),
            _ => Value::Unknown,
        };
        if !values.contains(&value) {
            values.push(value);
        }
    }
    if values.len() > 1 {
        Value::Any(values)
    } else {
        values.pop().unwrap_or(Value::Unknown)
    }
}

/// An environment variable with what the code puts in its place.
pub(super) fn or_default(variable: &Text, default: &[Thing]) -> Things {
    let mut things = Things::new();
    let defaults = if default.is_empty() { Vec::new() } else { texts(default) };
    add(
        &mut things,
        defaults.iter().map(|text| Thing::env(variable.clone().or(text))),
    );
    if things.is_empty() {
        things.push(Thing::env(variable.clone()));
    }
    things
}

/// The texts that an expression may be; one that is not known among them.
pub(super) fn texts(things: &[Thing]) -> Vec<Text> {
    fn of(value: &Value) -> Vec<Text> {
        match value {
            Value::Text(text) => vec![text.clone()],
            Value::Any(values) => values.iter().flat_map(of).collect(),
            Value::List(_) | Value::Map(_) | Value::Unknown => vec![Text(vec![Piece::Unknown])],
        }
    }
    let mut texts = of(&value(things));
    texts.truncate(MOST);
    texts
}

/// The text that an expression is, when it is known and the only one.
pub(super) fn literal(things: &[Thing]) -> Option<String> {
    match &texts(things)[..] {
        [text] => text.as_literal().map(str::to_owned),
        _ => None,
    }
}

/// One text after the other, with neighbouring literals joined.
pub(super) fn joined(parts: impl IntoIterator<Item = Text>) -> Text {
    let mut all = Text::default();
    for piece in parts.into_iter().flat_map(|text| text.0) {
        match (all.0.last_mut(), piece) {
            (Some(Piece::Literal(last)), Piece::Literal(text)) => last.push_str(&text),
            (Some(Piece::Unknown), Piece::Unknown) => {}
            (_, piece) => all.0.push(piece),
        }
    }
    all
}
