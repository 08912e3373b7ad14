//! What an expression may stand for, as far as it can be told without running anything.

use std::rc::Rc;

use super::super::call::{Piece, Text, Value};
use super::clients::Client;
use super::modules::FileId;
use super::syntax::Id;

/// A node of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub file: FileId,
    pub node: Id,
}

/// Something that an expression stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Thing {
    Unknown,
    /// `null`, `undefined`, and what a cycle leads back to.
    Nothing,
    Text(Text),
    List(Rc<Vec<Thing>>),
    Object(Rc<Vec<(Text, Thing)>>),
    /// One of several, never nested.
    Any(Rc<Vec<Thing>>),
    /// `process.env`
    Environment,
    /// What a package exports under this path of names.
    Package(Rc<Package>),
    /// All exports of a file.
    File(FileId),
    Function(Place, Context),
    Class(Place),
    /// An object of a class; the context is that of its constructor.
    Instance(Place, Context),
    /// A value of a type that is known.
    Typed(Place),
    Client(Rc<Client>),
    /// A client's method.
    Operation(Rc<Client>, Rc<str>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    pub name: String,
    pub path: Vec<String>,
}

/// The call that is being looked into; none where a function is read for all its callers.
#[derive(Debug, Clone, Default)]
pub struct Context(pub Option<Rc<Frame>>);

#[derive(Debug)]
pub struct Frame {
    pub function: Place,
    pub arguments: Arguments,
    pub this: Option<Thing>,
    pub outer: Context,
}

/// The arguments of a call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Arguments {
    pub list: Vec<Thing>,
    /// Whether a spread adds more than is listed.
    pub open: bool,
}

/// More alternatives than this say nothing that `unknown` does not say.
const MAX_ALTERNATIVES: usize = 24;

impl PartialEq for Context {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (None, None) => true,
            (Some(one), Some(two)) => Rc::ptr_eq(one, two),
            _ => false,
        }
    }
}

impl Context {
    /// The innermost call of this function.
    pub fn frame_of(&self, function: Place) -> Option<&Frame> {
        self.frames().find(|frame| frame.function == function)
    }

    /// The calls that are being looked into, from the inside out.
    pub fn frames(&self) -> impl Iterator<Item = &Frame> {
        std::iter::successors(self.0.as_deref(), |frame| frame.outer.0.as_deref())
    }
}

impl Arguments {
    pub fn get(&self, position: usize) -> Thing {
        match self.list.get(position) {
            Some(thing) => thing.clone(),
            None if self.open => Thing::Unknown,
            None => Thing::Nothing,
        }
    }
}

impl Thing {
    pub fn literal(text: impl Into<String>) -> Self {
        Self::Text(Text::literal(text))
    }

    pub fn env(name: impl Into<String>) -> Self {
        Self::Text(Text::env(name))
    }

    pub fn list(things: Vec<Self>) -> Self {
        Self::List(Rc::new(things))
    }

    /// A package, or what it exports; interop's `default` is the package itself.
    pub fn package(name: &str, path: impl IntoIterator<Item = String>) -> Self {
        let name = name.strip_prefix("node:").unwrap_or(name).to_owned();
        let path: Vec<String> = path.into_iter().filter(|name| name != "default").collect();
        if name == "process" && path == ["env"] {
            return Self::Environment;
        }
        Self::Package(Rc::new(Package { name, path }))
    }

    /// One of these. `Nothing` is left out where there is something.
    pub fn any(things: impl IntoIterator<Item = Self>) -> Self {
        let mut all: Vec<Self> = Vec::new();
        for thing in things {
            for one in thing.alternatives() {
                if *one != Self::Nothing && !all.contains(one) {
                    all.push(one.clone());
                }
            }
            if all.len() > MAX_ALTERNATIVES {
                return Self::Unknown;
            }
        }
        match all.len() {
            0 => Self::Nothing,
            1 => all.remove(0),
            _ => Self::Any(Rc::new(all)),
        }
    }

    /// The things that this may be.
    pub fn alternatives(&self) -> &[Self] {
        match self {
            Self::Any(things) => things,
            one => std::slice::from_ref(one),
        }
    }

    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown | Self::Nothing)
    }

    /// One of the elements of a list.
    pub fn element(&self) -> Self {
        Self::any(self.alternatives().iter().map(|one| match one {
            Self::List(elements) => Self::any(elements.iter().cloned()),
            Self::Nothing => Self::Nothing,
            _ => Self::Unknown,
        }))
    }

    /// The texts that this may be; a text that only a run would tell for all else.
    pub fn texts(&self) -> Vec<Text> {
        let unknown = || Text(vec![Piece::Unknown]);
        self.alternatives()
            .iter()
            .map(|one| match one {
                Self::Text(text) => text.clone(),
                _ => unknown(),
            })
            .collect()
    }

    /// The text, if it is one alone and all of it is written in the code.
    pub fn as_literal(&self) -> Option<&str> {
        match self {
            Self::Text(Text(pieces)) => match pieces.as_slice() {
                [] => Some(""),
                [Piece::Literal(text)] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }

    /// All of these one after the other, as text.
    pub fn concatenation(parts: &[Self]) -> Self {
        let mut texts = vec![Text::default()];
        for part in parts {
            let mut endings = part.texts();
            if texts.len() * endings.len() > MAX_ALTERNATIVES {
                endings = vec![Text(vec![Piece::Unknown])];
            }
            texts = texts
                .iter()
                .flat_map(|text| endings.iter().map(|ending| joined(text, ending)))
                .collect();
        }
        Self::any(texts.into_iter().map(Self::Text))
    }

    /// What is told of this value outside.
    pub fn value(&self) -> Value {
        match self {
            Self::Text(text) => Value::Text(text.clone()),
            Self::List(elements) => Value::List(elements.iter().map(Self::value).collect()),
            Self::Object(properties) => Value::Map(
                properties
                    .iter()
                    .filter(|(_, thing)| *thing != Self::Nothing)
                    .map(|(name, thing)| (name.clone(), thing.value()))
                    .collect(),
            ),
            Self::Any(things) => {
                let mut values: Vec<Value> = Vec::new();
                for value in things.iter().map(Self::value) {
                    if !values.contains(&value) {
                        values.push(value);
                    }
                }
                if values.len() == 1 {
                    values.remove(0)
                } else {
                    Value::Any(values)
                }
            }
            _ => Value::Unknown,
        }
    }
}

fn joined(start: &Text, end: &Text) -> Text {
    let mut pieces = start.0.clone();
    for piece in &end.0 {
        match (pieces.last_mut(), piece) {
            (Some(Piece::Literal(before)), Piece::Literal(after)) => before.push_str(after),
            (Some(Piece::Unknown), Piece::Unknown) => {}
            _ => pieces.push(piece.clone()),
        }
    }
    Text(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_are_flat_and_told_once() {
        let (a, b) = (Thing::literal("a"), Thing::literal("b"));
        let both = Thing::any([a.clone(), b.clone()]);
        assert_eq!(Thing::any([both.clone(), a.clone(), Thing::Nothing]), both);
        assert_eq!(Thing::any([a.clone(), Thing::Nothing]), a);
        assert_eq!(Thing::any([]), Thing::Nothing);
        assert_eq!(
            Thing::any((0..100).map(|number| Thing::literal(number.to_string()))),
            Thing::Unknown
        );
    }

    #[test]
    fn texts_are_joined_in_every_combination() {
        let stage = Thing::any([Thing::literal("dev"), Thing::env("STAGE")]);
        let whole = Thing::concatenation(&[Thing::literal("in/"), stage, Thing::literal("/"), Thing::Unknown]);
        assert_eq!(
            whole.texts(),
            [
                Text(vec![Piece::Literal("in/dev/".into()), Piece::Unknown]),
                Text(vec![
                    Piece::Literal("in/".into()),
                    Piece::Env("STAGE".into(), Text::default()),
                    Piece::Literal("/".into()),
                    Piece::Unknown
                ]),
            ]
        );
    }
}
