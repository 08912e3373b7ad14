//! Queries and their percent-encoding, as signatures want them.

use std::fmt::Write as _;

use crate::domain::calls::decoded;

/// The names and values of a query, decoded, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pairs(Vec<(String, Option<String>)>);

impl Pairs {
    pub fn read(query: &str) -> Self {
        let parts = query.split('&').filter(|part| !part.is_empty());
        let pairs = parts.map(|part| match part.split_once('=') {
            Some((name, value)) => (decoded(name), Some(decoded(value))),
            None => (decoded(part), None),
        });
        Self(pairs.collect())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.and_then(|(_, value)| value.as_deref())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_deref()))
    }

    #[must_use]
    pub(super) fn without(mut self, left_out: impl Fn(&str) -> bool) -> Self {
        self.0.retain(|(name, _)| !left_out(name));
        self
    }

    /// As a query again.
    pub(super) fn written(&self) -> String {
        let parts = self.iter().map(|(name, value)| match value {
            Some(value) => format!("{}={}", encode(name, false), encode(value, false)),
            None => encode(name, false),
        });
        parts.collect::<Vec<_>>().join("&")
    }

    /// Sorted, and every name with a value.
    pub(super) fn canonical(&self) -> String {
        let pairs = self.iter();
        let mut parts: Vec<(String, String)> = pairs
            .map(|(name, value)| (encode(name, false), encode(value.unwrap_or_default(), false)))
            .collect();
        parts.sort_unstable();
        let parts = parts.into_iter().map(|(name, value)| format!("{name}={value}"));
        parts.collect::<Vec<_>>().join("&")
    }
}

/// Everything but letters, digits and `-_.~` as `%XX`; a slash stays one in paths.
pub(super) fn encode(text: &str, is_path: bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || (is_path && byte == b'/');
        if plain {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("a String takes everything");
        }
    }
    encoded
}
