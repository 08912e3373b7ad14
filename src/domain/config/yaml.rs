//! The YAML library's only home: text in, a [`Node`] tree out, and where in the text a node stands.
//!
//! `serde_yaml` gives no positions for good values, but an error raised while it reads an event
//! carries that event's place. [`locate`] therefore reads the text again, walks to the value it
//! is asked about and fails there on purpose.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{self, DeserializeSeed, EnumAccess, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::node::{Entry, Kind, Node, Path, Step};

/// Aliases can make a short text mean millions of values; no real file has this many.
const MOST_NODES: usize = 50_000;

/// Text that is not YAML, or YAML that a lambda.yaml cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The library's own words.
    pub message: String,
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
}

/// A text that was read.
pub struct Document {
    pub root: Node,
    /// Keys that stand twice in one map.
    pub duplicates: Vec<Path>,
}

/// Which part of an entry is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    Key,
    Value,
}

/// Reads a text.
pub fn parse(text: &str) -> Result<Document, Unreadable> {
    let count = Cell::new(0);
    let duplicates = RefCell::new(Vec::new());
    let builder = Builder {
        at: Path::default(),
        count: &count,
        duplicates: &duplicates,
    };
    let unreadable = |error: serde_yaml::Error| {
        let place = error.location();
        Unreadable {
            message: error.to_string(),
            line: place.as_ref().map_or(1, serde_yaml::Location::line),
            column: place.as_ref().map_or(1, serde_yaml::Location::column),
        }
    };
    let mut root = builder
        .deserialize(serde_yaml::Deserializer::from_str(text))
        .map_err(unreadable)?;
    AsWritten(&mut root)
        .deserialize(serde_yaml::Deserializer::from_str(text))
        .map_err(unreadable)?;
    let mut duplicates = duplicates.into_inner();
    merge(&mut root).map_err(|at| {
        let (line, column) = locate(text, &at, Spot::Value).unwrap_or((1, 1));
        Unreadable {
            message: "`<<` needs a map, or a list of maps".into(),
            line,
            column,
        }
    })?;
    duplicates.dedup();
    Ok(Document { root, duplicates })
}

/// The value of another tool's file; `None` when it is not YAML, or has no counterpart in JSON.
pub fn value(text: &str) -> Option<serde_json::Value> {
    serde_yaml::from_str(text).ok()
}

/// The line and column, from 1, of a key or value.
pub fn locate(text: &str, at: &Path, spot: Spot) -> Option<(usize, usize)> {
    let walk = Walk { steps: &at.0, spot };
    let error = walk.deserialize(serde_yaml::Deserializer::from_str(text)).err()?;
    let place = error.location()?;
    Some((place.line(), place.column()))
}

/// Builds the tree; `<<` is still an ordinary key.
struct Builder<'c> {
    at: Path,
    count: &'c Cell<usize>,
    duplicates: &'c RefCell<Vec<Path>>,
}

impl Builder<'_> {
    fn below(&self, at: Path) -> Self {
        Self { at, ..*self }
    }

    fn node(self, kind: Kind) -> Node {
        Node::new(self.at, kind)
    }
}

impl<'de> DeserializeSeed<'de> for Builder<'_> {
    type Value = Node;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        self.count.set(self.count.get() + 1);
        if self.count.get() > MOST_NODES {
            return Err(D::Error::custom(format!(
                "the file holds more than {MOST_NODES} values"
            )));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Builder<'_> {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(self.node(Kind::Null))
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(self.node(Kind::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(self.node(Kind::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(self.node(Kind::Int(value.into())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(self.node(Kind::Int(value.into())))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Node, E> {
        Ok(self.node(Kind::Int(value)))
    }

    fn visit_u128<E>(self, value: u128) -> Result<Node, E> {
        Ok(self.node(i128::try_from(value).map_or(Kind::Float(f64::INFINITY), Kind::Int)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(self.node(Kind::Float(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(self.node(Kind::Text(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = items.next_element_seed(self.below(self.at.item(nodes.len())))? {
            nodes.push(node);
        }
        Ok(self.node(Kind::List(nodes)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries: Vec<Entry> = Vec::new();
        while let Some(key) = map.next_key_seed(KeyText)? {
            let nth = entries.iter().filter(|entry| entry.key == key).count();
            let at = self.at.nth_key(&key, nth);
            if nth > 0 {
                self.duplicates.borrow_mut().push(at.clone());
            }
            let node = map.next_value_seed(self.below(at))?;
            entries.push(Entry { key, node });
        }
        Ok(self.node(Kind::Map(entries)))
    }

    fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Node, A::Error> {
        let (tag, _) = data.variant::<String>()?;
        Err(A::Error::custom(format!("tag `!{tag}`")))
    }
}

/// A key as it is written, whatever its type.
struct KeyText;

impl<'de> DeserializeSeed<'de> for KeyText {
    type Value = String;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyText {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text as the key")
    }

    fn visit_str<E>(self, key: &str) -> Result<String, E> {
        Ok(key.to_owned())
    }
}

/// Fills in how numbers and truth values are written: `1.10` is not `1.1` in an environment variable.
struct AsWritten<'n>(&'n mut Node);

impl<'de> DeserializeSeed<'de> for AsWritten<'_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0.kind {
            Kind::List(_) => deserializer.deserialize_seq(self),
            Kind::Map(_) => deserializer.deserialize_map(self),
            Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) => deserializer.deserialize_str(self),
            Kind::Null | Kind::Text(_) | Kind::Parts(_) | Kind::Unknown => {
                deserializer.deserialize_ignored_any(IgnoredAny).map(|_| ())
            }
        }
    }
}

impl<'de> Visitor<'de> for AsWritten<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the same text again")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        text.clone_into(&mut self.0.written);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        if let Kind::List(nodes) = &mut self.0.kind {
            for node in nodes {
                items.next_element_seed(AsWritten(node))?;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if let Kind::Map(entries) = &mut self.0.kind {
            for entry in entries {
                map.next_key_seed(KeyText)?;
                map.next_value_seed(AsWritten(&mut entry.node))?;
            }
        }
        Ok(())
    }
}

/// Carries out `<<`: keys written out win over merged ones, earlier ones over later ones.
/// Fails with the path of a `<<` that is neither a map nor a list of maps.
fn merge(node: &mut Node) -> Result<(), Path> {
    match &mut node.kind {
        Kind::List(nodes) => nodes.iter_mut().try_for_each(merge),
        Kind::Map(entries) => {
            for entry in entries.iter_mut() {
                merge(&mut entry.node)?;
            }
            let (merged, mut kept): (Vec<Entry>, Vec<Entry>) =
                std::mem::take(entries).into_iter().partition(|entry| entry.key == "<<");
            for from in merged {
                let sources = match from.node.kind {
                    Kind::List(nodes) => nodes,
                    _ => vec![from.node],
                };
                for source in sources {
                    let Kind::Map(more) = source.kind else {
                        return Err(source.at);
                    };
                    for entry in more {
                        if kept.iter().all(|known| known.key != entry.key) {
                            kept.push(entry);
                        }
                    }
                }
            }
            *entries = kept;
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Walks along the steps and fails where they end.
struct Walk<'p> {
    steps: &'p [Step],
    spot: Spot,
}

const ARRIVED: &str = "arrived";

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the end of the path")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let [Step::Item(index), rest @ ..] = self.steps else {
            return Err(A::Error::custom(ARRIVED));
        };
        for _ in 0..*index {
            items.next_element::<IgnoredAny>()?;
        }
        let walk = Walk { steps: rest, ..self };
        items.next_element_seed(walk)?;
        Err(A::Error::custom(ARRIVED))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let [Step::Key { name, nth }, rest @ ..] = self.steps else {
            return Err(A::Error::custom(ARRIVED));
        };
        let mut left = *nth;
        let stop_at_key = rest.is_empty() && self.spot == Spot::Key;
        while let Some(found) = map.next_key_seed(KeyWalk {
            name,
            stop: stop_at_key && left == 0,
        })? {
            if found && left == 0 {
                map.next_value_seed(Walk { steps: rest, ..self })?;
                break;
            }
            left -= usize::from(found);
            map.next_value::<IgnoredAny>()?;
        }
        Err(A::Error::custom(ARRIVED))
    }
}

/// Reads a key and says whether it is the one looked for, or fails there.
struct KeyWalk<'p> {
    name: &'p str,
    stop: bool,
}

impl<'de> DeserializeSeed<'de> for KeyWalk<'_> {
    type Value = bool;

    fn deserialize<D: de::Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyWalk<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<bool, E> {
        let found = key == self.name;
        if found && self.stop {
            return Err(E::custom(ARRIVED));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Path {
        text.split('.').fold(Path::default(), |path, step| match step.parse() {
            Ok(index) => path.item(index),
            Err(_) => path.key(step),
        })
    }

    #[test]
    fn every_kind_of_value_is_found_where_it_stands() {
        let text = "a: 1\nb:\n  - x\n  - { c: [2, \"q\"] }\nd: ~\ne:\n  f: true\n";
        for (at, key, value) in [
            ("a", (1, 1), (1, 4)),
            ("b.1.c", (4, 7), (4, 10)),
            ("b.1.c.1", (4, 14), (4, 14)),
            ("d", (5, 1), (5, 4)),
            ("e", (6, 1), (7, 3)),
            ("e.f", (7, 3), (7, 6)),
        ] {
            assert_eq!(locate(text, &path(at), Spot::Value), Some(value), "{at}");
            if !at.ends_with('1') {
                assert_eq!(locate(text, &path(at), Spot::Key), Some(key), "{at}");
            }
        }
    }

    #[test]
    fn duplicates_are_found_and_told_apart() {
        let text = "a: 1\nb: 2\na: 3\n";
        let document = parse(text).map_err(|e| e.message).unwrap();
        assert_eq!(document.duplicates, [Path::default().nth_key("a", 1)]);
        assert_eq!(locate(text, &document.duplicates[0], Spot::Key), Some((3, 1)));
    }

    #[test]
    fn merge_keys_fill_in_what_is_not_written_out() {
        let text = "base: &base { a: 1, b: 2 }\nuse:\n  <<: *base\n  b: 3\n";
        let document = parse(text).map_err(|e| e.message).unwrap();
        let merged = document.root.get("use").unwrap();
        assert_eq!(merged.get("a").unwrap().int(), Some(1));
        assert_eq!(merged.get("b").unwrap().int(), Some(3));
        let place = locate(text, &merged.get("a").unwrap().at, Spot::Value);
        assert_eq!(place, Some((1, 18)), "it points at the anchor");
        assert!(parse("a:\n  <<: 5\n").is_err());
    }

    #[test]
    fn numbers_keep_their_spelling_and_tags_are_refused() {
        let document = parse("a: 1.10\nb: [yes, 0x10]\n").map_err(|e| e.message).unwrap();
        assert_eq!(document.root.get("a").unwrap().written, "1.10");
        assert_eq!(document.root.get("b").unwrap().at, path("b"));
        let error = parse("a: !Ref b\n").err().unwrap();
        assert_eq!((error.line, error.column), (1, 4));
    }

    #[test]
    fn a_bomb_of_aliases_is_refused() {
        let mut text = String::from("a: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for level in 1..8 {
            let line = format!("*a{},", level - 1).repeat(9);
            text = format!("{text}b{level}: &a{level} [{line}]\n");
        }
        assert!(parse(&text).is_err());
    }
}
