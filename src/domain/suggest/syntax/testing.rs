//! Calls in one line each, for tables of tests.

use crate::domain::suggest::call::{Call, Piece, Reading, SourceFile, Text, Value};

/// The calls in these files, `service operation name=value …`, sorted.
pub fn described(calls: fn(&[&SourceFile]) -> Reading, files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<SourceFile> = files
        .iter()
        .map(|(path, text)| SourceFile {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        })
        .collect();
    let mut lines: Vec<String> = calls(&files.iter().collect::<Vec<_>>())
        .calls
        .iter()
        .map(line)
        .collect();
    lines.sort();
    lines
}

fn line(call: &Call) -> String {
    let mut arguments: Vec<String> = call
        .arguments
        .iter()
        .map(|(name, value)| format!(" {name}={}", value_of(value)))
        .collect();
    arguments.sort();
    format!("{} {}{}", call.service, call.operation, arguments.concat())
}

fn value_of(value: &Value) -> String {
    let list = |values: &[Value], separator: &str| values.iter().map(value_of).collect::<Vec<_>>().join(separator);
    match value {
        Value::Text(text) => text_of(text),
        Value::List(items) => format!("[{}]", list(items, ",")),
        Value::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| format!("{}:{}", text_of(key), value_of(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
        Value::Any(choices) => list(choices, "|"),
        Value::Unknown => "?".to_owned(),
    }
}

fn text_of(text: &Text) -> String {
    let pieces = text.0.iter().map(|piece| match piece {
        Piece::Literal(text) => text.clone(),
        Piece::Env(name, default) if default.0.is_empty() => format!("${{{name}}}"),
        Piece::Env(name, default) => format!("${{{name}|{}}}", text_of(default)),
        Piece::Unknown => "<?>".to_owned(),
    });
    pieces.collect()
}
