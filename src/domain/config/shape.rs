//! How a typed shape is read from the tree, and how the same shape describes itself as JSON Schema.
//!
//! Reading never stops at the first mistake: what cannot be read is reported to the [`Sink`] and
//! left out. [`shape!`] declares a map once and gives both its reading and its schema.

use serde_json::{Map, Value, json};

use super::findings::{Complaint, Sink, listed, nearest};
use super::node::{Entry, Kind, Node, Path};

/// Definitions that a schema refers to, by name.
pub type Definitions = Map<String, Value>;

/// A part of the file.
pub trait Shape: Sized {
    /// Reads it, or reports why not.
    fn read(node: &Node, sink: &Sink) -> Option<Self>;
    /// Its JSON Schema; maps with names go into the definitions.
    fn schema(definitions: &mut Definitions) -> Value;
    /// Whether it is a map without any of its keys.
    fn is_empty(&self) -> bool {
        false
    }
}

/// A single value: text, number or truth value.
pub trait Scalar: Sized {
    /// What may stand here, with an example, such as "a size such as `512MB`".
    const EXPECTED: &'static str;
    /// Reads the value; `None` when it is of the wrong kind.
    fn parse(node: &Node) -> Option<Result<Self, Complaint>>;
    /// Its JSON Schema.
    fn schema() -> Value;
}

impl<T: Scalar> Shape for T {
    fn read(node: &Node, sink: &Sink) -> Option<Self> {
        match T::parse(node) {
            Some(Ok(value)) => Some(value),
            Some(Err(complaint)) => {
                sink.error(
                    &node.at,
                    complaint.maybe_hint(Some(format!("expected {}", T::EXPECTED))),
                );
                None
            }
            None => {
                sink.wrong_kind(node, T::EXPECTED);
                None
            }
        }
    }

    fn schema(_: &mut Definitions) -> Value {
        <T as Scalar>::schema()
    }
}

/// A key that may be absent.
#[derive(Debug, Clone)]
pub struct Field<T> {
    /// Absent when the key is, or when its value was reported as wrong.
    pub value: Option<T>,
    /// Where it stands or would stand.
    pub at: Path,
    /// Whether the key is there.
    pub present: bool,
}

impl<T> Default for Field<T> {
    fn default() -> Self {
        Self {
            value: None,
            at: Path::default(),
            present: false,
        }
    }
}

impl<T: Shape> Field<T> {
    /// Reads a key of a map.
    pub fn read(map: &Node, key: &str, sink: &Sink) -> Self {
        match map.get(key) {
            Some(node) => Self {
                value: T::read(node, sink),
                at: node.at.clone(),
                present: true,
            },
            None => Self {
                value: None,
                at: map.at.key(key),
                present: false,
            },
        }
    }
}

/// A list; nothing under the key is an empty list.
#[derive(Debug, Clone)]
pub struct List<T>(pub Vec<(Path, T)>);

impl<T: Shape> Shape for List<T> {
    fn read(node: &Node, sink: &Sink) -> Option<Self> {
        match &node.kind {
            Kind::Null => Some(Self(Vec::new())),
            Kind::List(nodes) => {
                let read = |node: &Node| Some((node.at.clone(), T::read(node, sink)?));
                Some(Self(nodes.iter().filter_map(read).collect()))
            }
            _ => {
                sink.wrong_kind(node, "a list: one item a line after `- `, or `[a, b]`");
                None
            }
        }
    }

    fn schema(definitions: &mut Definitions) -> Value {
        json!({ "type": ["array", "null"], "items": T::schema(definitions) })
    }
}

/// One value, or a list of them.
#[derive(Debug, Clone)]
pub struct OneOrMany<T>(pub Vec<(Path, T)>);

impl<T: Shape> Shape for OneOrMany<T> {
    fn read(node: &Node, sink: &Sink) -> Option<Self> {
        if let Kind::List(_) = node.kind {
            return List::read(node, sink).map(|List(items)| Self(items));
        }
        Some(Self(vec![(node.at.clone(), T::read(node, sink)?)]))
    }

    fn schema(definitions: &mut Definitions) -> Value {
        let one = T::schema(definitions);
        json!({ "anyOf": [one.clone(), { "type": "array", "items": one }] })
    }
}

/// A map with keys of the user's own; nothing under the key is an empty map.
#[derive(Debug, Clone)]
pub struct Table<T>(pub Vec<(String, Path, T)>);

impl<T: Shape> Shape for Table<T> {
    fn read(node: &Node, sink: &Sink) -> Option<Self> {
        let entries = entries(node, sink)?;
        let read = |entry: &Entry| {
            let value = T::read(&entry.node, sink)?;
            Some((entry.key.clone(), entry.node.at.clone(), value))
        };
        Some(Self(entries.iter().filter_map(read).collect()))
    }

    fn schema(definitions: &mut Definitions) -> Value {
        json!({ "type": ["object", "null"], "additionalProperties": T::schema(definitions) })
    }
}

/// The entries of a map, or a report that this is none.
pub fn entries<'n>(node: &'n Node, sink: &Sink) -> Option<&'n [Entry]> {
    match &node.kind {
        Kind::Null => Some(&[]),
        Kind::Map(entries) => Some(entries),
        Kind::List(_) => {
            sink.wrong_kind(node, "a map: `key: value` lines without a `-` before them");
            None
        }
        _ => {
            sink.wrong_kind(node, "a map: `key: value` lines, indented below this key");
            None
        }
    }
}

/// Other tools' names for lfn's keys.
const SYNONYMS: &[(&str, &str)] = &[
    ("environment", "env"),
    ("environment_variables", "env"),
    ("variables", "env"),
    ("triggers", "on"),
    ("events", "on"),
    ("true", "on"),
    ("permissions", "allow"),
    ("policies", "allow"),
    ("iam", "allow"),
    ("memory_size", "memory"),
    ("memorysize", "memory"),
    ("function_name", "name"),
    ("functionname", "name"),
    ("architectures", "architecture"),
    ("dlq", "dead_letter"),
    ("dead_letter_queue", "dead_letter"),
    ("storage", "ephemeral_storage"),
    ("tmp", "ephemeral_storage"),
    ("efs", "files"),
    ("file_system", "files"),
    ("xray", "tracing"),
    ("snapstart", "snap_start"),
    ("security_group_ids", "security_groups"),
    ("subnet_ids", "subnets"),
    ("code", "package"),
    ("log_group", "group"),
    ("cron", "schedule"),
    ("maximum_batching_window", "window"),
    ("condition", "when"),
    ("conditions", "when"),
    ("action", "actions"),
    ("resource", "resources"),
];

/// Reports keys that a map does not know, with the key that was probably meant.
pub fn check_keys(node: &Node, entries: &[Entry], known: &[&'static str], sink: &Sink) {
    let taken = |key: &str| entries.iter().any(|entry| entry.key == key);
    for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
        let lower = entry.key.to_lowercase();
        let synonym = SYNONYMS
            .iter()
            .find(|(other, own)| *other == lower && known.contains(own));
        let near = synonym
            .map(|(_, own)| *own)
            .or_else(|| nearest(&entry.key, known.iter().copied()));
        let hint = match near {
            Some(near) if taken(near) => format!("`{near}` is the right key, and it stands in this map already"),
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("known keys here: {}", listed(known.iter().copied(), "and")),
        };
        let place = match node.at.leaf() {
            name if name.is_empty() => String::new(),
            name => format!(" in `{name}`"),
        };
        let message = format!("unknown key `{}`{place}", entry.key);
        sink.error_at_key(&entry.node.at, Complaint::new(message).hint(hint));
    }
}

/// Reports a key that must be there.
pub fn check_required(node: &Node, key: &str, about: &str, sink: &Sink) {
    if node.get(key).is_none() {
        let message = match node.at.leaf() {
            name if name.is_empty() => format!("`{key}` is missing"),
            name => format!("`{key}` is missing in `{name}`"),
        };
        let about = about.trim().trim_end_matches('.');
        let sentence = about.strip_prefix("The ").map(|rest| format!("the {rest}"));
        let about = sentence.as_deref().unwrap_or(about);
        sink.error(
            &node.at,
            Complaint::new(message).hint(format!("add `{key}: ...` ({about})")),
        );
    }
}

/// The schema of a map with known keys.
pub fn map_schema(title: &str, required: &[&str], properties: Vec<(&str, String, Value)>) -> Value {
    let mut schemas = Map::new();
    for (name, about, schema) in properties {
        let mut described = Map::new();
        described.insert("description".into(), about.into());
        if let Value::Object(schema) = schema {
            described.extend(schema);
        }
        schemas.insert(name.into(), described.into());
    }
    let mut schema = json!({
        "description": title,
        "type": "object",
        "additionalProperties": false,
        "properties": schemas,
    });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

/// Declares a map of the file: a struct of [`Field`]s that reads itself and knows its schema.
/// `key (required): Type` must be there.
macro_rules! shape {
    (
        $(#[doc = $about:literal])+
        $name:ident {
            $( $(#[doc = $field_about:literal])+ $field:ident $(($required:ident))? : $type:ty, )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Debug, Clone, Default)]
        pub struct $name {
            $( $(#[doc = $field_about])+ pub $field: $crate::domain::config::shape::Field<$type>, )+
        }

        impl $crate::domain::config::shape::Shape for $name {
            fn read(
                node: &$crate::domain::config::node::Node,
                sink: &$crate::domain::config::findings::Sink,
            ) -> Option<Self> {
                use $crate::domain::config::shape;
                let entries = shape::entries(node, sink)?;
                shape::check_keys(node, entries, &[$(stringify!($field)),+], sink);
                let keys = [$( (stringify!($field), [$($field_about),+][0], shape!(@required $($required)?)) ),+];
                for (key, about, _) in keys.iter().filter(|(.., required)| *required) {
                    shape::check_required(node, key, about, sink);
                }
                Some(Self { $( $field: shape::Field::read(node, stringify!($field), sink), )+ })
            }

            fn is_empty(&self) -> bool {
                [$(self.$field.present),+].iter().all(|present| !present)
            }

            fn schema(definitions: &mut $crate::domain::config::shape::Definitions) -> serde_json::Value {
                if !definitions.contains_key(stringify!($name)) {
                    definitions.insert(stringify!($name).into(), serde_json::Value::Null);
                    let keys = [$( (stringify!($field), shape!(@required $($required)?)) ),+];
                    let required: Vec<&str> = keys.iter().filter(|(_, required)| *required).map(|(key, _)| *key).collect();
                    let properties = vec![$( (
                        stringify!($field),
                        [$($field_about),+].map(str::trim).join(" "),
                        <$type as $crate::domain::config::shape::Shape>::schema(definitions),
                    ) ),+];
                    let about = [$($about),+].map(str::trim).join(" ");
                    let schema = $crate::domain::config::shape::map_schema(&about, &required, properties);
                    definitions.insert(stringify!($name).into(), schema);
                }
                serde_json::json!({ "$ref": format!("#/$defs/{}", stringify!($name)) })
            }
        }
    };
    (@required) => { false };
    (@required $required:ident) => { true };
}
pub(in crate::domain::config) use shape;
