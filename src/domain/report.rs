//! The figures of one invocation, read from the end of its log.
//!
//! Lambda writes them as a `REPORT` line (text format) or a `platform.report` record (JSON format).
//! Source: Lambda developer guide, "Viewing CloudWatch logs for Lambda functions".

use std::time::Duration;

use serde::Serialize;

/// With two decimals, as Lambda reports them.
pub fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}

/// What an invocation took, as far as the log says.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Report {
    pub duration_ms: Option<f64>,
    pub billed_ms: Option<f64>,
    pub memory_mb: Option<u64>,
    pub max_memory_mb: Option<u64>,
    /// Present on a cold start.
    pub init_ms: Option<f64>,
}

impl Report {
    /// Reads the last report in a log; `None` when there is none.
    pub fn find(log: &str) -> Option<Self> {
        log.lines()
            .rev()
            .find_map(|line| Self::from_text(line).or_else(|| Self::from_json(line)))
    }

    /// Fields may come in any order, and new ones may appear between them.
    fn from_text(line: &str) -> Option<Self> {
        let fields = line.strip_prefix("REPORT ")?;
        let value = |name: &str| {
            // `Duration:` also ends `Billed Duration:` and `Init Duration:`, so a field begins the text or follows a tab.
            let mut parts = fields.split(['\t', '\n']).map(str::trim);
            let rest = parts.find_map(|part| part.strip_prefix(name)?.strip_prefix(':'))?;
            rest.split_whitespace().next()?.parse::<f64>().ok()
        };
        Some(Self {
            duration_ms: value("Duration"),
            billed_ms: value("Billed Duration"),
            memory_mb: value("Memory Size").map(whole),
            max_memory_mb: value("Max Memory Used").map(whole),
            init_ms: value("Init Duration"),
        })
    }

    fn from_json(line: &str) -> Option<Self> {
        let record: serde_json::Value = serde_json::from_str(line.trim()).ok()?;
        if record["type"] != "platform.report" {
            return None;
        }
        let metrics = &record["record"]["metrics"];
        Some(Self {
            duration_ms: metrics["durationMs"].as_f64(),
            billed_ms: metrics["billedDurationMs"].as_f64(),
            memory_mb: metrics["memorySizeMB"].as_u64(),
            max_memory_mb: metrics["maxMemoryUsedMB"].as_u64(),
            init_ms: metrics["initDurationMs"].as_f64(),
        })
    }
}

/// What a function that failed says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FunctionError {
    /// The class of the error, when the payload tells.
    pub kind: Option<String>,
    pub message: Option<String>,
}

impl FunctionError {
    /// Reads the payload of a failed call. Source: Lambda developer guide, "Understanding retry behavior" and the
    /// pages about errors of each language.
    pub fn read(payload: &[u8]) -> Self {
        let payload: serde_json::Value = serde_json::from_slice(payload).unwrap_or_default();
        let text = |key: &str| payload[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        Self {
            kind: text("errorType"),
            message: text("errorMessage"),
        }
    }

    /// `ValueError: no such table`; `otherwise` where the payload says nothing.
    pub fn text(&self, otherwise: &str) -> String {
        match (&self.kind, &self.message) {
            (Some(kind), Some(message)) => format!("{kind}: {message}"),
            (None, Some(only)) | (Some(only), None) => only.clone(),
            (None, None) => otherwise.to_owned(),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "Lambda reports memory as a small whole number"
)]
fn whole(value: f64) -> u64 {
    value as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLD: &str = "START RequestId: 1 Version: 3\nhello\nEND RequestId: 1\nREPORT RequestId: 1\tDuration: 250.06 ms\tBilled Duration: 351 ms\tMemory Size: 1024 MB\tMax Memory Used: 350 MB\tInit Duration: 100.77 ms\t\n";

    #[test]
    fn the_text_report_of_a_cold_start_is_read() {
        let expected = Report {
            duration_ms: Some(250.06),
            billed_ms: Some(351.0),
            memory_mb: Some(1024),
            max_memory_mb: Some(350),
            init_ms: Some(100.77),
        };
        assert_eq!(Report::find(COLD), Some(expected));
    }

    #[test]
    fn a_warm_report_has_no_init_and_a_log_without_report_has_nothing() {
        let warm =
            "REPORT RequestId: 1\tDuration: 1.5 ms\tBilled Duration: 2 ms\tMemory Size: 128 MB\tMax Memory Used: 30 MB";
        assert_eq!(Report::find(warm).expect("a report").init_ms, None);
        assert_eq!(Report::find("hello\nREPORTER Duration: 1 ms"), None);
    }

    #[test]
    fn the_json_report_is_read() {
        let line = r#"{"time":"2026-01-01T00:00:00Z","type":"platform.report","record":{"requestId":"1","metrics":{"durationMs":12.5,"billedDurationMs":13,"memorySizeMB":128,"maxMemoryUsedMB":44}}}"#;
        let report = Report::find(line).expect("a report");
        assert_eq!((report.duration_ms, report.max_memory_mb), (Some(12.5), Some(44)));
    }
}
