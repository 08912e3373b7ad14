//! What can be chosen about an event: names, kinds of values, defaults, and the check of what was given.

use serde::Serialize;
use serde_json::Value;

/// Something about an event that can be chosen.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Parameter {
    /// As on the command line, without the dashes.
    pub name: &'static str,
    pub about: &'static str,
    #[serde(flatten)]
    pub form: Form,
    /// Used when nothing is given. More than one stands for a parameter that is given more than once.
    #[serde(rename = "default")]
    pub defaults: &'static [&'static str],
}

/// How the values of a parameter look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Form {
    /// Any text, kept as it is.
    Text,
    /// Any text, given once for every record.
    Texts,
    /// A whole number.
    Number,
    /// Any JSON value.
    Json,
    /// `NAME=VALUE`, any number of times.
    Pairs,
    /// One of a few words.
    Choice {
        #[serde(rename = "values")]
        words: &'static [&'static str],
    },
}

impl Parameter {
    const fn new(name: &'static str, form: Form, defaults: &'static [&'static str], about: &'static str) -> Self {
        Self {
            name,
            about,
            form,
            defaults,
        }
    }

    pub(super) const fn text(name: &'static str, defaults: &'static [&'static str; 1], about: &'static str) -> Self {
        Self::new(name, Form::Text, defaults, about)
    }

    pub(super) const fn texts(name: &'static str, defaults: &'static [&'static str], about: &'static str) -> Self {
        Self::new(name, Form::Texts, defaults, about)
    }

    pub(super) const fn number(name: &'static str, defaults: &'static [&'static str; 1], about: &'static str) -> Self {
        Self::new(name, Form::Number, defaults, about)
    }

    pub(super) const fn json(name: &'static str, defaults: &'static [&'static str; 1], about: &'static str) -> Self {
        Self::new(name, Form::Json, defaults, about)
    }

    pub(super) const fn pairs(name: &'static str, defaults: &'static [&'static str], about: &'static str) -> Self {
        Self::new(name, Form::Pairs, defaults, about)
    }

    pub(super) const fn choice(
        name: &'static str,
        words: &'static [&'static str],
        defaults: &'static [&'static str; 1],
        about: &'static str,
    ) -> Self {
        Self::new(name, Form::Choice { words }, defaults, about)
    }

    /// Whether it may be given more than once.
    pub fn repeatable(&self) -> bool {
        match self.form {
            Form::Texts | Form::Pairs => true,
            Form::Text | Form::Number | Form::Json | Form::Choice { .. } => false,
        }
    }

    /// Refuses a value that is not of the parameter's form; the error says what it should be.
    pub fn check(&self, value: &str) -> Result<(), String> {
        match self.form {
            Form::Text | Form::Texts => Ok(()),
            Form::Number => value
                .parse::<i64>()
                .map(drop)
                .map_err(|_| "write a whole number".to_owned()),
            Form::Json => serde_json::from_str::<Value>(value)
                .map(drop)
                .map_err(|error| format!("write JSON: {error}")),
            Form::Pairs => match value.split_once('=') {
                Some((name, _)) if !name.is_empty() => Ok(()),
                Some(_) | None => Err("write NAME=VALUE".to_owned()),
            },
            Form::Choice { words } if words.contains(&value) => Ok(()),
            Form::Choice { words } => Err(format!("write one of {}", words.join(", "))),
        }
    }
}
