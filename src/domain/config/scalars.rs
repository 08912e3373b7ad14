//! The single values of the file: names, words, numbers, ARNs. Names are parsed by `domain::names`.

use serde_json::{Value, json};

use super::findings::{Complaint, Sink, listed, nearest};
use super::model::{EnvSegment, EnvValue};
use super::node::{Kind, Node};
use super::shape::{Definitions, Scalar, Shape};
use crate::domain::arn::Arn;
use crate::domain::names::{AccountId, AliasName, BucketName, FunctionName, LogGroupName, Region, RoleName, RuntimeId};

/// A value that holds a variable: schemas must let it pass.
pub const VARIABLE: &str = "\\$\\{";

/// Text, or a complaint that a number or truth value needs quotes.
pub fn text_of(node: &Node) -> Option<Result<&str, Complaint>> {
    match &node.kind {
        Kind::Text(text) => Some(Ok(text)),
        Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) => {
            let written = &node.written;
            Some(Err(Complaint::new(format!(
                "`{}` must be text, but {}",
                node.at.leaf(),
                node.described()
            ))
            .hint(format!("put it in quotes: `\"{written}\"`"))))
        }
        _ => None,
    }
}

/// Any text but the empty one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(pub String);

impl Scalar for Text {
    const EXPECTED: &'static str = "text";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        Some(text_of(node)?.and_then(|text| {
            if text.trim().is_empty() {
                return Err(Complaint::new(format!("`{}` is empty", node.at.leaf())));
            }
            Ok(Self(text.into()))
        }))
    }

    fn schema() -> Value {
        json!({ "type": "string", "minLength": 1 })
    }
}

/// The name of a `CloudWatch` alarm: 1 to 255 characters.
/// Source: CloudWatch API reference, `PutMetricAlarm`, `AlarmName`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmName(pub String);

impl Scalar for AlarmName {
    const EXPECTED: &'static str = "the name of an alarm";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        Some(text_of(node)?.and_then(|text| {
            if text.starts_with("arn:") {
                return Err(Complaint::new(format!("`{text}` is an ARN")).hint("write the alarm's name alone"));
            }
            if text.trim().is_empty() || text.chars().count() > 255 || text.contains(char::is_control) {
                return Err(Complaint::new(format!("`{text}` is not the name of an alarm"))
                    .hint("a name has 1 to 255 characters on one line"));
            }
            Ok(Self(text.into()))
        }))
    }

    fn schema() -> Value {
        json!({ "type": "string", "minLength": 1, "maxLength": 255 })
    }
}

/// Text of at most this many characters; it may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limited<const MAX: usize>(pub String);

impl<const MAX: usize> Scalar for Limited<MAX> {
    const EXPECTED: &'static str = "text";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        Some(text_of(node)?.and_then(|text| {
            let length = text.chars().count();
            if length > MAX {
                let message = format!("`{}` is {length} characters long", node.at.leaf());
                return Err(Complaint::new(message).hint(format!("AWS accepts at most {MAX}")));
            }
            Ok(Self(text.into()))
        }))
    }

    fn schema() -> Value {
        json!({ "type": "string", "maxLength": MAX })
    }
}

/// The entry point in the code: 1 to 128 characters without spaces.
/// Source: Lambda API reference, `CreateFunction`, `Handler`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handler(pub String);

impl Scalar for Handler {
    const EXPECTED: &'static str = "a handler such as `index.handler`";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        Some(text_of(node)?.and_then(|text| {
            if text.is_empty() || text.contains(char::is_whitespace) {
                return Err(Complaint::new("a handler is one word without spaces"));
            }
            if text.chars().count() > 128 {
                return Err(Complaint::new("a handler has at most 128 characters"));
            }
            Ok(Self(text.into()))
        }))
    }

    fn schema() -> Value {
        json!({ "type": "string", "pattern": "^\\S+$", "maxLength": 128 })
    }
}

/// `true` or `false`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flag(pub bool);

impl Scalar for Flag {
    const EXPECTED: &'static str = "`true` or `false`";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        if let Some(value) = node.bool() {
            return Some(Ok(Self(value)));
        }
        let text = node.text()?;
        let meant = match text.to_lowercase().as_str() {
            "yes" | "on" | "y" | "true" | "enabled" | "active" => true,
            "no" | "off" | "n" | "false" | "disabled" => false,
            _ => return Some(Err(Complaint::new(format!("`{text}` is neither true nor false")))),
        };
        let message = format!("`{text}` is text in YAML 1.2, not a truth value");
        Some(Err(
            Complaint::new(message).hint(format!("write `{meant}`, without quotes"))
        ))
    }

    fn schema() -> Value {
        json!({ "anyOf": [{ "type": "boolean" }, { "type": "string", "pattern": VARIABLE }] })
    }
}

/// A whole number between two bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole<const MIN: i64, const MAX: i64>(pub i64);

impl<const MIN: i64, const MAX: i64> Scalar for Whole<MIN, MAX> {
    const EXPECTED: &'static str = "a whole number";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        let Some(number) = node.int() else {
            let number: i128 = node.text()?.trim().parse().ok()?;
            let message = format!("`{}` must be a number, but it stands in quotes", node.at.leaf());
            return Some(Err(Complaint::new(message).hint(format!("write `{number}`"))));
        };
        let (name, written) = (node.at.leaf(), &node.written);
        let complaint = || Complaint::new(format!("`{name}` is out of range: `{written}`"));
        Some(match i64::try_from(number) {
            Ok(number) if (MIN..=MAX).contains(&number) => Ok(Self(number)),
            _ if MAX == i64::MAX => Err(complaint().hint(format!("the least is {MIN}"))),
            _ => Err(complaint().hint(format!("AWS accepts {MIN} to {MAX}"))),
        })
    }

    fn schema() -> Value {
        let number = match MAX {
            i64::MAX => json!({ "type": "integer", "minimum": MIN }),
            _ => json!({ "type": "integer", "minimum": MIN, "maximum": MAX }),
        };
        json!({ "anyOf": [number, { "type": "string", "pattern": VARIABLE }] })
    }
}

/// Declares how a name of `domain::names` stands in the file.
macro_rules! named {
    ($($type:ty, $expected:literal, $pattern:literal;)+) => { $(
        impl Scalar for $type {
            const EXPECTED: &'static str = $expected;

            fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
                Some(text_of(node)?.and_then(|text| Self::new(text).map_err(|why| Complaint::new(why.to_string()))))
            }

            fn schema() -> Value {
                json!({ "type": "string", "pattern": format!("^({})$|{VARIABLE}", $pattern) })
            }
        }
    )+ };
}

named! {
    FunctionName, "a name such as `thumbs` or `thumbs-${stage}`", "[A-Za-z0-9_-]{1,64}";
    AliasName, "an alias such as `live`", "[A-Za-z0-9_-]{1,128}";
    Region, "a region such as `eu-west-1`", "[a-z0-9]+(-[a-z0-9]+)+-[0-9]";
    RoleName, "a role name such as `thumbs-role`", "[A-Za-z0-9_+=,.@-]{1,64}";
    LogGroupName, "a log group such as `/aws/lambda/thumbs`", "[A-Za-z0-9._/#-]{1,512}";
    BucketName, "a bucket name such as `shop-photos`", "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]";
    RuntimeId, "a runtime such as `nodejs24.x`, `python3.14` or `provided.al2023`", "[A-Za-z0-9.-]{1,64}";
}

impl Scalar for AccountId {
    const EXPECTED: &'static str = "an account id such as `\"123456789012\"`";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        if let Kind::Int(_) = node.kind {
            let written = &node.written;
            let complaint = Complaint::new("an account id needs quotes: to YAML it is a number otherwise")
                .hint(format!("write `\"{written:0>12}\"`"));
            return Some(Err(complaint));
        }
        Some(text_of(node)?.and_then(|text| {
            Self::new(text).map_err(|_| Complaint::new(format!("`{text}` is not an account id: that is twelve digits")))
        }))
    }

    fn schema() -> Value {
        json!({ "type": "string", "pattern": format!("^[0-9]{{12}}$|{VARIABLE}") })
    }
}

impl Scalar for Arn {
    const EXPECTED: &'static str = "an ARN: `arn:aws:service:region:account:resource`";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        Some(text_of(node)?.and_then(|text| {
            text.parse()
                .map_err(|_| Complaint::new(format!("`{text}` is not an ARN")))
        }))
    }

    fn schema() -> Value {
        json!({ "type": "string", "pattern": format!("^arn:|{VARIABLE}") })
    }
}

/// One of the words that stand for a value.
pub fn word<T: Clone>(node: &Node, words: &[(&'static str, T)]) -> Option<Result<T, Complaint>> {
    let written = match &node.kind {
        Kind::Text(text) => text.as_str(),
        Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) => &node.written,
        _ => return None,
    };
    if let Some((_, value)) = words.iter().find(|(word, _)| *word == written) {
        return Some(Ok(value.clone()));
    }
    let known = || words.iter().map(|(word, _)| *word);
    let one_of = format!("it is one of {}", listed(known(), "and"));
    let hint = match nearest(written, known()) {
        Some(near) => format!("did you mean `{near}`? {one_of}"),
        None => one_of,
    };
    let message = format!("`{}` does not know `{written}`", node.at.leaf());
    Some(Err(Complaint::new(message).hint(hint)))
}

/// Declares a value that is one of a few words.
macro_rules! choice {
    ($($type:ty, $expected:literal, [$($word:literal => $value:expr),+ $(,)?];)+) => { $(
        impl $crate::domain::config::shape::Scalar for $type {
            const EXPECTED: &'static str = $expected;

            fn parse(
                node: &$crate::domain::config::node::Node,
            ) -> Option<Result<Self, $crate::domain::config::findings::Complaint>> {
                $crate::domain::config::scalars::word(node, &[$(($word, $value)),+])
            }

            fn schema() -> serde_json::Value {
                serde_json::json!({ "anyOf": [
                    { "enum": [$($word),+] },
                    { "type": "string", "pattern": $crate::domain::config::scalars::VARIABLE },
                ] })
            }
        }
    )+ };
}
pub(in crate::domain::config) use choice;

/// An environment value: text, a number or a truth value as written, and parameters.
impl Scalar for EnvValue {
    const EXPECTED: &'static str = "text; put lists and maps into one as JSON: `'[\"a\", \"b\"]'`";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        Some(Ok(match &node.kind {
            Kind::Text(text) => Self(vec![EnvSegment::Text(text.clone())]),
            Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) => Self(vec![EnvSegment::Text(node.written.clone())]),
            Kind::Parts(parts) => Self(parts.clone()),
            Kind::Null => {
                let complaint = Complaint::new(format!("`{}` is empty", node.at.leaf()));
                return Some(Err(complaint.hint("write `\"\"` for an empty value")));
            }
            Kind::List(_) | Kind::Map(_) | Kind::Unknown => return None,
        }))
    }

    fn schema() -> Value {
        json!({ "type": ["string", "number", "boolean"] })
    }
}

/// Any value at all.
#[derive(Debug, Clone)]
pub struct Anything(pub Value);

impl Shape for Anything {
    fn read(node: &Node, _: &Sink) -> Option<Self> {
        Some(Self(node.json()))
    }

    fn schema(_: &mut Definitions) -> Value {
        json!({})
    }
}
