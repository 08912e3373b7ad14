//! JSON with the place of every value, so that a finding can point into a file.
//!
//! `serde_json` checks the text first; what walks it here only has to find its way.

use serde_json::Value;

use crate::domain::config::Mark;

/// A value and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Spanned {
    /// In bytes.
    pub at: usize,
    pub node: Node,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// In the order of the text, with the place of each key.
    Object(Vec<(usize, String, Spanned)>),
    List(Vec<Spanned>),
    Text(String),
    /// A number, `true`, `false` or `null`.
    Other(Value),
}

impl Spanned {
    /// Reads a text; the error names line and column.
    pub fn parse(text: &str) -> Result<Self, String> {
        // Files that Windows tools wrote may begin with a byte order mark.
        let start = text.len() - text.trim_start_matches('\u{feff}').len();
        // Into a value, which is refused when it is nested too deeply to be walked.
        let _: Value = serde_json::from_str(&text[start..])
            .map_err(|error| format!("the policy document is not JSON: {error}"))?;
        let mut walk = Walk { text, at: start };
        Ok(walk.value())
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        let Node::Object(members) = &self.node else {
            return None;
        };
        members
            .iter()
            .find(|(_, name, _)| name == key)
            .map(|(_, _, value)| value)
    }

    /// The place of a key, or of the value when it is no object.
    pub fn key(&self, key: &str) -> Option<usize> {
        let Node::Object(members) = &self.node else {
            return None;
        };
        members.iter().find(|(_, name, _)| name == key).map(|(at, ..)| *at)
    }

    /// The first place of this text, as a value or as a key.
    pub fn find(&self, text: &str) -> Option<usize> {
        match &self.node {
            Node::Text(own) => (own == text).then_some(self.at),
            Node::List(items) => items.iter().find_map(|item| item.find(text)),
            Node::Object(members) => members.iter().find_map(|(at, key, value)| {
                let own = (key == text).then_some(*at);
                own.or_else(|| value.find(text))
            }),
            Node::Other(_) => None,
        }
    }

    /// A key that an object has twice: the later one would hide the earlier.
    pub fn doubled(&self) -> Option<(usize, &str)> {
        match &self.node {
            Node::Object(members) => {
                let own = members.iter().enumerate().find_map(|(index, (at, key, _))| {
                    let earlier = members[..index].iter().any(|(_, other, _)| other == key);
                    earlier.then_some((*at, key.as_str()))
                });
                own.or_else(|| members.iter().find_map(|(_, _, value)| value.doubled()))
            }
            Node::List(items) => items.iter().find_map(Self::doubled),
            Node::Text(_) | Node::Other(_) => None,
        }
    }

    /// The value without places.
    pub fn value(&self) -> Value {
        match &self.node {
            Node::Object(members) => {
                let members = members.iter().map(|(_, key, value)| (key.clone(), value.value()));
                Value::Object(members.collect())
            }
            Node::List(items) => items.iter().map(Self::value).collect(),
            Node::Text(text) => text.as_str().into(),
            Node::Other(value) => value.clone(),
        }
    }
}

/// Line and column of a place, both from 1; columns count characters.
pub fn mark(text: &str, at: usize) -> Mark {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    Mark {
        line: before.matches('\n').count() + 1,
        column: line.trim_start_matches('\u{feff}').chars().count() + 1,
    }
}

/// Walks a text that is known to be JSON.
struct Walk<'a> {
    text: &'a str,
    at: usize,
}

impl Walk<'_> {
    fn value(&mut self) -> Spanned {
        self.skip_space();
        let at = self.at;
        let node = match self.peek() {
            b'{' => Node::Object(self.members()),
            b'[' => Node::List(self.items()),
            b'"' => Node::Text(self.string()),
            _ => Node::Other(self.other()),
        };
        Spanned { at, node }
    }

    fn members(&mut self) -> Vec<(usize, String, Spanned)> {
        let mut members = Vec::new();
        while self.next_within(b'}') {
            let (at, key) = (self.at, self.string());
            self.skip_space();
            // The colon.
            self.at += 1;
            members.push((at, key, self.value()));
        }
        members
    }

    fn items(&mut self) -> Vec<Spanned> {
        let mut items = Vec::new();
        while self.next_within(b']') {
            items.push(self.value());
        }
        items
    }

    /// Steps over the bracket or comma before the next entry, or over the bracket that closes.
    fn next_within(&mut self, close: u8) -> bool {
        self.skip_space();
        if self.peek() != close {
            self.at += 1;
            self.skip_space();
        }
        let more = self.peek() != close && self.at < self.text.len();
        if !more {
            self.at += 1;
        }
        more
    }

    fn string(&mut self) -> String {
        let rest = &self.text[self.at..];
        let mut escaped = false;
        let end = rest.bytes().enumerate().skip(1).find_map(|(index, byte)| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends.then_some(index + 1)
        });
        let literal = &rest[..end.unwrap_or(rest.len())];
        self.at += literal.len();
        serde_json::from_str(literal).unwrap_or_default()
    }

    fn other(&mut self) -> Value {
        let rest = &self.text[self.at..];
        let ends = |c: char| c.is_ascii_whitespace() || matches!(c, ',' | '}' | ']');
        let literal = &rest[..rest.find(ends).unwrap_or(rest.len())];
        self.at += literal.len();
        serde_json::from_str(literal).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_value_has_its_place() {
        let text = "{\n  \"a\": [1, \"é\\\"x\", {\"b\": null}],\r\n\t\"c\" : {} , \"d\":[ ], \"a2\": -1.5e3\n}";
        let spanned = Spanned::parse(text).unwrap();
        assert_eq!(spanned.value(), serde_json::from_str::<Value>(text).unwrap());
        let place = |at: Option<usize>| at.map(|at| mark(text, at).to_string());
        for (found, expected) in [
            (Some(spanned.at), "1:1"),
            (spanned.key("a"), "2:3"),
            (spanned.find("é\"x"), "2:12"),
            (spanned.find("b"), "2:21"),
            (spanned.get("a").map(|value| value.at), "2:8"),
            (spanned.key("c"), "3:2"),
            (spanned.key("a2"), "3:22"),
        ] {
            assert_eq!(place(found).as_deref(), Some(expected));
        }
        assert_eq!(spanned.find("missing"), None);
        assert_eq!(spanned.doubled(), None);
        let twice = Spanned::parse(r#"{"x": [{"k": 1, "k": 2}]}"#).unwrap();
        assert_eq!(twice.doubled(), Some((16, "k")));
        assert!(Spanned::parse("{").unwrap_err().contains("line 1"));
        assert!(Spanned::parse(&"[".repeat(100_000)).is_err());
        assert_eq!(Spanned::parse("\u{feff} 1").unwrap().at, 4);
    }

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "\\PC{0,6}".prop_map(Value::from),
            "[\\\\\"{}\\[\\],:\n]{0,4}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("\\PC{0,3}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_serde_json_reads(value in json(), pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            let spanned = Spanned::parse(&text.unwrap()).unwrap();
            prop_assert_eq!(spanned.value(), value);
        }
    }
}
