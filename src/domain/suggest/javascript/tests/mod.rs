//! The front end as a whole, on small programs.

use super::super::call::{Call, Piece, SourceFile, Text, Value};

/// Reads files, given as `path` and `text`, and tells the calls one a line.
fn told(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<SourceFile> = files
        .iter()
        .map(|(path, text)| SourceFile {
            path: (*path).to_owned(),
            text: (*text).to_owned(),
        })
        .collect();
    super::calls(&files.iter().collect::<Vec<_>>())
        .calls
        .iter()
        .map(line)
        .collect()
}

/// `s3 GetObject Bucket=$BUCKET Key=in/?`
fn line(call: &Call) -> String {
    let arguments: Vec<String> = call
        .arguments
        .iter()
        .map(|(name, value)| format!(" {name}={}", shown(value)))
        .collect();
    format!("{} {}{}", call.service, call.operation, arguments.concat())
}

fn shown(value: &Value) -> String {
    let all = |values: &[Value], between: &str| values.iter().map(shown).collect::<Vec<_>>().join(between);
    match value {
        Value::Text(text) => shown_text(text),
        Value::List(values) => format!("[{}]", all(values, ",")),
        Value::Any(values) => format!("({})", all(values, "|")),
        Value::Map(entries) => {
            let entries: Vec<String> = entries
                .iter()
                .map(|(name, value)| format!("{}:{}", shown_text(name), shown(value)))
                .collect();
            format!("{{{}}}", entries.join(","))
        }
        Value::Unknown => "?".to_owned(),
    }
}

fn shown_text(text: &Text) -> String {
    text.0
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Env(name, default) if default.0.is_empty() => format!("${name}"),
            Piece::Env(name, default) => format!("${name}|{}", shown_text(default)),
            Piece::Unknown => "?".to_owned(),
        })
        .collect()
}

mod clients;
mod functions;
mod modules;
mod values;
