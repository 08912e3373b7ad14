//! Findings as SARIF 2.1.0, which code hosts show beside the lines they are about.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::lint::Row;
use crate::domain::policy::lint::{RULES, Rule, Severity};

/// The log of one run. It describes all rules, so that a host can close findings of those that ran clean.
pub fn log(rows: &[Row]) -> Value {
    let rules: Vec<Value> = RULES.iter().map(rule).collect();
    let results: Vec<Value> = rows.iter().map(result).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "lfn", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "name": rule.name,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.why },
        "help": { "text": rule.fix },
        "defaultConfiguration": { "level": level(rule.severity) },
    })
}

fn result(row: &Row) -> Value {
    let hint = row.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
    let mut location = json!({ "artifactLocation": { "uri": uri(&row.file) } });
    if let Some(mark) = row.mark {
        location["region"] = json!({ "startLine": mark.line, "startColumn": mark.column });
    }
    let path = match &row.document {
        Some(document) => format!("{document}: {}", row.path),
        None => row.path.clone(),
    };
    let mut result = json!({
        "ruleId": row.rule,
        "level": level(row.severity),
        "message": { "text": format!("{}{hint}", row.message) },
        "locations": [{
            "physicalLocation": location,
            "logicalLocations": [{ "fullyQualifiedName": path }],
        }],
    });
    if let Some(index) = RULES.iter().position(|rule| rule.id == row.rule) {
        result["ruleIndex"] = index.into();
    }
    if let Some(because) = &row.accepted {
        result["suppressions"] = json!([{ "kind": "external", "justification": because }]);
    }
    result
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// A path as a reference of a URI (RFC 3986): with forward slashes, other characters encoded.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.replace('\\', "/").bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte);
        if plain {
            uri.push(char::from(byte));
        } else {
            // A String takes everything.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
