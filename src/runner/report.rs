//! The lines that Lambda itself writes into a function's log, as text or as JSON.
//!
//! Source: Lambda developer guide, "Working with Lambda function logs"; text fields are separated by tabs.

use std::time::Duration;

use serde_json::json;

use super::failure::Failure;
use crate::domain::function::LogFormat;
use crate::domain::names::Qualifier;

/// What a finished invocation is reported with.
pub(super) struct Measured<'a> {
    pub duration: Duration,
    pub init: Option<Duration>,
    pub memory_size: u32,
    pub max_memory: Option<u64>,
    pub failure: Option<&'a Failure>,
}

impl Measured<'_> {
    /// Init is billed with the call that caused it (since August 2025), in whole milliseconds.
    pub fn billed(&self) -> Duration {
        let all = self.duration + self.init.unwrap_or_default();
        let rounded = all.as_nanos().div_ceil(1_000_000);
        Duration::from_millis(u64::try_from(rounded).unwrap_or(u64::MAX))
    }
}

pub(super) fn status(failure: Option<&Failure>) -> &'static str {
    match failure {
        None => "success",
        Some(Failure::TimedOut(_)) => "timeout",
        Some(
            Failure::Reported(_)
            | Failure::Exited(_)
            | Failure::Entrypoint(_)
            | Failure::TooLarge
            | Failure::OutOfMemory
            | Failure::Extension { .. },
        ) => "error",
    }
}

pub(super) fn start(format: LogFormat, request_id: &str, version: &Qualifier) -> String {
    match format {
        LogFormat::Text => format!("START RequestId: {request_id} Version: {version}\n"),
        LogFormat::Json => platform(
            "start",
            &json!({ "requestId": request_id, "version": version.to_string() }),
        ),
    }
}

/// What is said of an init that did not succeed.
pub(super) fn init(format: LogFormat, took: Duration, failure: &Failure) -> String {
    let milliseconds = took.as_secs_f64() * 1_000.0;
    let status = status(Some(failure));
    // A timeout is a status of its own and has no type.
    let kind = failure.reported_kind().filter(|_| status == "error");
    match format {
        LogFormat::Text => {
            let kind = kind.map(|kind| format!("\tError Type: {kind}")).unwrap_or_default();
            format!("INIT_REPORT Init Duration: {milliseconds:.2} ms\tPhase: init\tStatus: {status}{kind}\n")
        }
        LogFormat::Json => {
            let metrics = json!({ "durationMs": round(milliseconds) });
            let mut record = json!({ "phase": "init", "status": status, "metrics": metrics });
            if let Some(kind) = kind {
                record["errorType"] = kind.into();
            }
            platform("initReport", &record)
        }
    }
}

/// What Lambda logs about a failure that the runtime could not report; empty for one that it did.
pub(super) fn failure(format: LogFormat, request_id: &str, failure: &Failure) -> String {
    let (Some(kind), Some(message)) = (failure.kind(), failure.message(request_id)) else {
        return String::new();
    };
    match (format, failure) {
        // The JSON format tells in `platform.report`.
        (LogFormat::Json, _) => String::new(),
        (LogFormat::Text, Failure::TimedOut(after)) => format!(
            "{} {request_id} Task timed out after {:.2} seconds\n",
            milliseconds_timestamp(),
            after.as_secs_f64()
        ),
        (LogFormat::Text, Failure::TooLarge) => format!("{kind}: {message}\n"),
        (LogFormat::Text, _) => format!("{message}\n{kind}\n"),
    }
}

/// What `platform.report` says.
pub(super) fn record(request_id: &str, measured: &Measured<'_>) -> serde_json::Value {
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1_000.0;
    let mut metrics = json!({
        "durationMs": round(milliseconds(measured.duration)),
        "billedDurationMs": milliseconds(measured.billed()),
        "memorySizeMB": measured.memory_size,
    });
    if let Some(used) = measured.max_memory {
        metrics["maxMemoryUsedMB"] = used.into();
    }
    if let Some(init) = measured.init {
        metrics["initDurationMs"] = round(milliseconds(init)).into();
    }
    let mut record = json!({ "requestId": request_id, "metrics": metrics, "status": status(measured.failure) });
    if let Some(kind) = measured.failure.and_then(Failure::reported_kind) {
        record["errorType"] = kind.into();
    }
    record
}

/// The lines after the function's own.
pub(super) fn end(format: LogFormat, request_id: &str, measured: &Measured<'_>) -> String {
    if format == LogFormat::Json {
        return platform("report", &record(request_id, measured));
    }
    let milliseconds = |duration: Duration| duration.as_secs_f64() * 1_000.0;
    let mut fields = vec![
        format!("REPORT RequestId: {request_id}"),
        format!("Duration: {:.2} ms", milliseconds(measured.duration)),
        format!("Billed Duration: {} ms", measured.billed().as_millis()),
        format!("Memory Size: {} MB", measured.memory_size),
    ];
    fields.extend(measured.max_memory.map(|used| format!("Max Memory Used: {used} MB")));
    fields.extend(
        measured
            .init
            .map(|init| format!("Init Duration: {:.2} ms", milliseconds(init))),
    );
    if let Some(kind) = measured.failure.and_then(Failure::reported_kind) {
        fields.push(format!("Status: {}", status(measured.failure)));
        if status(measured.failure) == "error" {
            fields.push(format!("Error Type: {kind}"));
        }
    }
    format!("END RequestId: {request_id}\n{}\t\n", fields.join("\t"))
}

fn platform(what: &str, record: &serde_json::Value) -> String {
    let line = json!({ "time": milliseconds_timestamp(), "type": format!("platform.{what}"), "record": record });
    format!("{line}\n")
}

fn milliseconds_timestamp() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}

/// As Lambda prints milliseconds.
pub(super) fn round(milliseconds: f64) -> f64 {
    (milliseconds * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_tabs_and_bills_init_in_whole_milliseconds() {
        let mut measured = Measured {
            duration: Duration::from_micros(1_230),
            init: Some(Duration::from_micros(100_100)),
            memory_size: 128,
            max_memory: Some(50),
            failure: None,
        };
        assert_eq!(
            end(LogFormat::Text, "id", &measured),
            "END RequestId: id\nREPORT RequestId: id\tDuration: 1.23 ms\tBilled Duration: 102 ms\tMemory Size: 128 MB\t\
             Max Memory Used: 50 MB\tInit Duration: 100.10 ms\t\n"
        );
        let failure = Failure::Exited("Runtime exited with error: exit status 3".into());
        measured.failure = Some(&failure);
        measured.init = None;
        measured.max_memory = None;
        let report = end(LogFormat::Text, "id", &measured);
        assert!(
            report.ends_with("Memory Size: 128 MB\tStatus: error\tError Type: Runtime.ExitError\t\n"),
            "{report}"
        );
        let json: serde_json::Value = serde_json::from_str(&end(LogFormat::Json, "id", &measured)).unwrap();
        assert_eq!(json["type"], "platform.report");
        assert_eq!(json["record"]["metrics"]["billedDurationMs"], 2.0);
    }
}
