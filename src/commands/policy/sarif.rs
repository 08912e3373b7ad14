//! Findings as SARIF 2.1.0, which code hosts show beside the lines they are about.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::lint::Row;
use crate::domain::policy::lint::Severity;

/// The log of one run.
pub fn log(rows: &[Row]) -> Value {
    let rules: BTreeSet<&str> = rows.iter().map(|row| row.rule).collect();
    let rules: Vec<Value> = rules.into_iter().map(|rule| json!({ "id": rule })).collect();
    let results: Vec<Value> = rows.iter().map(result).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "lfn", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "results": results,
        }],
    })
}

fn result(row: &Row) -> Value {
    let level = match row.severity {
        Severity::Info => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    let hint = row.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
    let mut location = json!({ "artifactLocation": { "uri": row.file } });
    if let Some(mark) = row.mark {
        location["region"] = json!({ "startLine": mark.line, "startColumn": mark.column });
    }
    json!({
        "ruleId": row.rule,
        "level": level,
        "message": { "text": format!("{}{hint}", row.message) },
        "locations": [{
            "physicalLocation": location,
            "logicalLocations": [{ "fullyQualifiedName": row.path }],
        }],
    })
}
