//! How a Node.js function is bundled, as it is written.

use serde_json::{Value, json};

use super::findings::{Complaint, Sink};
use super::model::{Bundle, ModuleFormat, SourceMaps};
use super::node::{Kind, Node};
use super::scalars::{Flag, Text};
use super::shape::{Definitions, Field, OneOrMany, Scalar, Shape, shape};

/// `true`, `false`, or a map.
#[derive(Debug, Clone)]
pub enum Bundling {
    Off,
    On(Box<BundleMap>),
}

shape! {
    /// How the project's own esbuild makes one file of a Node.js function.
    BundleMap {
        /// The file to begin with, relative to `source`; found by the handler's name by default.
        entry: Text,
        /// The kind of module to write: `esm` or `cjs`; by the entry and package.json by default.
        format: ModuleFormat,
        /// Whether the result is made small.
        minify: Flag,
        /// Where source maps go: `true` (the default) for a file beside the bundle, `inline`, or `false`.
        sourcemap: SourceMaps,
        /// Packages that are installed instead of bundled, such as native ones; `@aws-sdk/*` is left to the runtime.
        external: OneOrMany<Text>,
        /// What the code is written for, such as `node22`; by the runtime by default.
        target: Text,
        /// Further arguments for esbuild.
        args: OneOrMany<Text>,
    }
}

impl Shape for Bundling {
    fn read(node: &Node, sink: &Sink) -> Option<Self> {
        match &node.kind {
            Kind::Bool(true) => Some(Self::On(Box::default())),
            Kind::Bool(false) => Some(Self::Off),
            Kind::Map(_) => BundleMap::read(node, sink).map(Box::new).map(Self::On),
            _ => {
                sink.wrong_kind(node, "`true`, `false`, or a map with such as `external` and `minify`");
                None
            }
        }
    }

    fn schema(definitions: &mut Definitions) -> Value {
        json!({ "anyOf": [{ "type": "boolean" }, BundleMap::schema(definitions)] })
    }
}

impl Scalar for SourceMaps {
    const EXPECTED: &'static str = "`true`, `false` or `inline`";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        match &node.kind {
            Kind::Bool(true) => Some(Ok(Self::Linked)),
            Kind::Bool(false) => Some(Ok(Self::None)),
            Kind::Text(text) if text == "inline" => Some(Ok(Self::Inline)),
            Kind::Text(text) => Some(Err(Complaint::new(format!("`{text}` is no place for source maps")))),
            _ => None,
        }
    }

    fn schema() -> Value {
        json!({ "enum": [true, false, "inline"] })
    }
}

impl Bundling {
    /// What it means.
    pub fn bundle(self) -> Option<Bundle> {
        let Self::On(map) = self else {
            return None;
        };
        let texts = |field: Field<OneOrMany<Text>>| {
            let OneOrMany(items) = field.value.unwrap_or(OneOrMany(Vec::new()));
            items.into_iter().map(|(_, Text(text))| text).collect()
        };
        let text = |field: Field<Text>| field.value.map(|Text(text)| text);
        Some(Bundle {
            entry: text(map.entry),
            format: map.format.value,
            minify: map.minify.value.is_some_and(|Flag(minify)| minify),
            source_maps: map.sourcemap.value.unwrap_or_default(),
            external: texts(map.external),
            target: text(map.target),
            args: texts(map.args),
        })
    }
}
