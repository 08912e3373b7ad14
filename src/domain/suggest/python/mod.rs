//! Python: boto3, and what is built on it.
//!
//! All files are parsed together. A call counts when its name leads to a client, a resource, a paginator or a
//! waiter of the SDK, through assignments, attributes, parameters, helper functions and other modules.

mod arguments;
mod clients;
mod evaluate;
mod imports;
mod modules;
mod names;
mod resources;
mod scopes;
mod syntax;
mod text;
mod thing;

use tree_sitter::Parser;

use super::call::{Location, Reading, SourceFile};
use super::syntax::broken;
use evaluate::Evaluator;
use scopes::Project;
use syntax::Source;

/// The calls of the SDK in these files.
pub(super) fn calls(files: &[&SourceFile]) -> Reading {
    let mut parser = Parser::new();
    if parser.set_language(&tree_sitter_python::LANGUAGE.into()).is_err() {
        return Reading::default();
    }
    let (files, left_out) = imports::around_the_sdk(files);
    let sources: Vec<Source> = files
        .into_iter()
        .filter_map(|file| {
            Some(Source {
                file,
                tree: parser.parse(&file.text, None)?,
            })
        })
        .collect();
    let project = Project::new(&sources);
    let mut reading = Evaluator::new(&project).calls();
    reading.ended = reading.ended.or(left_out.map(|file| Location {
        file: file.path.clone(),
        line: 1,
        column: 1,
    }));
    let broken = sources
        .iter()
        .filter_map(|source| broken(&source.tree, &source.file.path, &source.file.text));
    reading.broken = broken.collect();
    reading
}

/// Reading small pieces of Python, for tests.
#[cfg(test)]
mod reading {
    use super::calls;
    use crate::domain::suggest::call::{Call, Piece, SourceFile, Value};

    fn shown(value: &Value) -> String {
        let all = |values: &[Value], between: &str| values.iter().map(shown).collect::<Vec<_>>().join(between);
        match value {
            Value::Text(text) => text
                .0
                .iter()
                .map(|piece| match piece {
                    Piece::Literal(text) => text.clone(),
                    Piece::Env(name, default) if default.0.is_empty() => format!("${name}"),
                    Piece::Env(name, default) => format!("${name}|{}", shown(&Value::Text(default.clone()))),
                    Piece::Unknown => "?".to_owned(),
                })
                .collect(),
            Value::List(values) => format!("[{}]", all(values, ",")),
            Value::Any(values) => format!("({})", all(values, "|")),
            Value::Map(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| format!("{}:{}", shown(&Value::Text(key.clone())), shown(value)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
            }
            Value::Unknown => "?".to_owned(),
        }
    }

    fn line(call: &Call) -> String {
        let arguments = call.arguments.iter();
        let arguments = arguments.map(|(name, value)| format!(" {name}={}", shown(value)));
        format!("{} {}{}", call.service, call.operation, arguments.collect::<String>())
    }

    /// The calls of several files, as `SERVICE OPERATION NAME=VALUE …`.
    pub fn of_files(files: &[(&str, &str)]) -> Vec<String> {
        let files: Vec<SourceFile> = files
            .iter()
            .map(|(path, text)| SourceFile {
                path: (*path).to_owned(),
                text: (*text).to_owned(),
            })
            .collect();
        let mut calls = calls(&files.iter().collect::<Vec<_>>()).calls;
        calls.sort_by(|a, b| a.at.cmp(&b.at));
        calls.iter().map(line).collect()
    }

    /// The calls of one file that imports `boto3` and `os`.
    pub fn of(text: &str) -> Vec<String> {
        of_files(&[("app.py", &format!("import boto3, os\n{text}"))])
    }
}
