//! What a request says about itself, and the policy variables that are filled in from it.

use std::collections::BTreeMap;

use crate::domain::policy::glob::Piece;

/// The value of one condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextValue {
    One(String),
    /// Of a key that may have several values, such as `aws:TagKeys`.
    Many(Vec<String>),
}

/// Condition key → value. The case of keys makes no difference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context(BTreeMap<String, ContextValue>);

impl Context {
    /// The same context with one more key.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.insert(key, ContextValue::One(value.into()));
        self
    }

    /// Sets a key.
    pub fn insert(&mut self, key: &str, value: ContextValue) {
        self.0.insert(key.to_ascii_lowercase(), value);
    }

    /// The value of a key. A key with an empty list of values counts as absent.
    /// Source: IAM user guide, "Single-valued vs. multivalued context keys".
    pub fn get(&self, key: &str) -> Option<&ContextValue> {
        let value = self.0.get(&key.to_ascii_lowercase());
        value.filter(|value| **value != ContextValue::Many(Vec::new()))
    }

    /// A key with a single value; keys with several cannot be used as variables, and an empty text is no value.
    fn single(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            ContextValue::One(value) => Some(value.as_str()).filter(|value| !value.is_empty()),
            ContextValue::Many(_) => None,
        }
    }
}

/// Puts values in place of `${…}`, or `None` when one of them has no value.
///
/// A value never brings wildcards with it: `*` in a user's name is a `*`.
/// Source: IAM user guide, "IAM policy elements: Variables and tags".
pub fn expand(text: &str, context: &Context) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, variable, after)) = next_variable(rest) {
        pieces.push(Piece::Written(before.to_owned()));
        pieces.push(Piece::Literal(value_of(variable, context)?));
        rest = after;
    }
    pieces.push(Piece::Written(rest.to_owned()));
    Some(pieces)
}

fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("${")?;
    let (variable, after) = rest.split_once('}')?;
    Some((before, variable, after))
}

fn value_of(variable: &str, context: &Context) -> Option<String> {
    if matches!(variable, "*" | "?" | "$") {
        return Some(variable.to_owned());
    }
    // `${key, 'default'}`: a comma and a space.
    let default = variable
        .split_once(", '")
        .and_then(|(key, quoted)| Some((key, quoted.strip_suffix('\'')?)));
    let (key, default) = default.map_or((variable, None), |(key, default)| (key, Some(default)));
    context.single(key.trim()).or(default).map(str::to_owned)
}

/// The text of pieces, when nothing in it is a wildcard any more.
pub fn text(pieces: &[Piece]) -> String {
    let texts = pieces.iter().map(|piece| match piece {
        Piece::Written(text) | Piece::Literal(text) => text.as_str(),
    });
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in() {
        let mut context = Context::default()
            .with("aws:username", "bo*b")
            .with("aws:PrincipalTag/Team", "red")
            .with("aws:PrincipalTag/empty", "");
        context.insert("aws:TagKeys", ContextValue::Many(vec!["a".into()]));
        for (written, expected) in [
            ("plain", Some("plain")),
            ("a/${aws:username}/b", Some("a/bo*b/b")),
            ("${AWS:UserName}", Some("bo*b")),
            ("${aws:principaltag/team}${aws:username}", Some("redbo*b")),
            ("${aws:absent}", None),
            ("${aws:absent, 'all of us'}", Some("all of us")),
            ("${aws:username, 'x'}", Some("bo*b")),
            // Without the space it is a name, and no key has it.
            ("${aws:absent,'x'}", None),
            ("${aws:TagKeys}", None),
            ("${aws:PrincipalTag/empty}", None),
            ("${*}${?}${$}", Some("*?$")),
            ("${}", None),
            ("${aws:username", Some("${aws:username")),
        ] {
            let pieces = expand(written, &context);
            assert_eq!(pieces.map(|pieces| text(&pieces)).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn an_empty_list_is_no_value() {
        let mut context = Context::default();
        context.insert("aws:TagKeys", ContextValue::Many(Vec::new()));
        assert_eq!(context.get("aws:tagkeys"), None);
    }
}
