//! What subscribers of the Telemetry API are sent about a phase.
//!
//! Source: Lambda developer guide, "Lambda Telemetry API Event schema reference".

use std::time::Duration;

use serde_json::json;

use super::Function;
use super::api::Record;
use super::failure::Failure;
use super::report::{self, Measured};
use super::transcript::Excerpt;
use crate::domain::report::milliseconds;

pub(super) fn of_init(function: &Function, took: Duration, failure: Option<&Failure>) -> Vec<Record> {
    let (kind, phase, status) = ("on-demand", "init", report::status(failure));
    let metrics = json!({ "durationMs": milliseconds(took) });
    let start = json!({
        "initializationType": kind, "phase": phase,
        "functionName": function.name, "functionVersion": function.version.to_string(),
    });
    let done = json!({ "initializationType": kind, "phase": phase, "status": status });
    let report = json!({ "initializationType": kind, "phase": phase, "status": status, "metrics": metrics });
    vec![
        Record::platform("initStart", start),
        Record::platform("initRuntimeDone", done),
        Record::platform("initReport", report),
    ]
}

pub(super) fn of_call(function: &Function, request_id: &str, output: &Excerpt, measured: &Measured<'_>) -> Vec<Record> {
    let start = json!({ "requestId": request_id, "version": function.version.to_string() });
    let done = json!({
        "requestId": request_id, "status": report::status(measured.failure),
        "metrics": { "durationMs": milliseconds(measured.duration) },
    });
    let end = [
        Record::platform("runtimeDone", done),
        Record::platform("report", report::record(request_id, measured)),
    ];
    Record::lines(&output.before)
        .chain([Record::platform("start", start)])
        .chain(Record::lines(&output.after))
        .chain(end)
        .collect()
}
