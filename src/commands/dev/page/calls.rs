//! The calls of a session: what the page shows of each, kept in memory and bounded.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::domain::names::{FunctionName, Qualifier};
use crate::domain::report::{FunctionError, Report, milliseconds};
use crate::ports::{Invoked, PortResult};
use crate::runner::{Event, Outcome};

/// At most so many calls are kept,
const MOST: usize = 200;
/// and at most so many bytes of their events, results and logs; the newest is kept whatever it has.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// A call in a line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Summary {
    /// Its place in the session; `None` as long as it is not kept.
    pub number: Option<u64>,
    /// When it began, in milliseconds since 1970.
    pub at: i64,
    /// Who called: `page`, `Invoke`, `Event`, `GET /path` …
    pub how: String,
    pub function: FunctionName,
    /// Whether it is the one deployed to this machine, and not the folder's.
    pub deployed: bool,
    pub qualifier: String,
    /// What ran.
    pub version: Option<String>,
    pub request_id: Option<String>,
    pub ending: Ending,
    /// What a failure is called.
    pub error: Option<String>,
    #[serde(flatten)]
    pub figures: Report,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Ending {
    Ok,
    /// The function failed.
    Failed,
    /// It could not be run.
    Refused,
}

/// A call with everything that is known of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Call {
    #[serde(flatten)]
    pub summary: Summary,
    pub event: String,
    /// The result, or what the runtime says of the failure; why it could not be run when it was refused.
    pub payload: String,
    pub log: String,
}

impl Call {
    /// A call of the folder's function, which has this memory, that ended at `ended`.
    pub fn of_folder(
        (name, memory): (&FunctionName, u32),
        how: &str,
        event: &Event,
        outcome: Result<&Outcome, &str>,
        ended: Timestamp,
    ) -> Self {
        // `arn:aws:lambda:REGION:ACCOUNT:function:NAME:QUALIFIER`
        let asked = event.invoked_arn.split(':').nth(7).unwrap_or("$LATEST");
        let mut call = Self::new(how, name, asked, &event.payload, ended);
        match outcome {
            Err(why) => call.refused(why),
            Ok(outcome) => {
                call.summary.version = Some(Qualifier::Latest.to_string());
                call.summary.request_id = Some(outcome.request_id.clone());
                call.ended(outcome.function_error.as_deref(), &outcome.payload, &outcome.log);
                call.summary.figures = Report {
                    duration_ms: Some(milliseconds(outcome.duration)),
                    billed_ms: Some(milliseconds(outcome.billed)),
                    memory_mb: Some(memory.into()),
                    max_memory_mb: outcome.max_memory,
                    init_ms: outcome.init.map(milliseconds),
                };
            }
        }
        call.began_before(ended)
    }

    /// A call of a function that is deployed to this machine.
    pub fn of_deployed(
        (name, qualifier): (&FunctionName, &Qualifier),
        event: &[u8],
        invoked: &PortResult<Invoked>,
        ended: Timestamp,
    ) -> Self {
        let mut call = Self::new("page", name, &qualifier.to_string(), event, ended);
        call.summary.deployed = true;
        match invoked {
            Err(error) => call.refused(&error.to_string()),
            Ok(invoked) => {
                let log = invoked.log_tail.as_deref().unwrap_or_default();
                call.summary.version = invoked.executed_version.as_ref().map(ToString::to_string);
                call.summary.request_id.clone_from(&invoked.request_id);
                call.ended(invoked.function_error.as_deref(), &invoked.payload, log);
                call.summary.figures = Report::find(log).unwrap_or_default();
            }
        }
        call.began_before(ended)
    }

    fn new(how: &str, name: &FunctionName, qualifier: &str, event: &[u8], ended: Timestamp) -> Self {
        Self {
            summary: Summary {
                number: None,
                at: ended.as_millisecond(),
                how: how.to_owned(),
                function: name.clone(),
                deployed: false,
                qualifier: qualifier.to_owned(),
                version: None,
                request_id: None,
                ending: Ending::Ok,
                error: None,
                figures: Report::default(),
            },
            event: text(event),
            payload: String::new(),
            log: String::new(),
        }
    }

    fn refused(&mut self, why: &str) {
        self.summary.ending = Ending::Refused;
        self.summary.error = Some("could not run".into());
        why.clone_into(&mut self.payload);
    }

    fn ended(&mut self, function_error: Option<&str>, payload: &[u8], log: &str) {
        self.payload = text(payload);
        log.clone_into(&mut self.log);
        if let Some(error) = function_error {
            self.summary.ending = Ending::Failed;
            self.summary.error = FunctionError::read(payload).kind.or_else(|| Some(error.to_owned()));
        }
    }

    fn began_before(mut self, ended: Timestamp) -> Self {
        let Report {
            duration_ms, init_ms, ..
        } = self.summary.figures;
        let took = duration_ms.unwrap_or_default() + init_ms.unwrap_or_default();
        let took = SignedDuration::try_from_secs_f64(took / 1_000.0).unwrap_or_default();
        self.summary.at = (ended - took).as_millisecond();
        self
    }

    fn bytes(&self) -> usize {
        self.event.len() + self.payload.len() + self.log.len()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The calls that are kept, oldest first.
#[derive(Debug, Default)]
pub(super) struct Calls {
    kept: VecDeque<Call>,
    /// How many there have been.
    count: u64,
    bytes: usize,
}

impl Calls {
    /// Keeps a call, and drops the oldest ones for it where need be. Returns it with its number.
    pub fn keep(&mut self, mut call: Call) -> Summary {
        self.count += 1;
        call.summary.number = Some(self.count);
        let summary = call.summary.clone();
        self.bytes += call.bytes();
        self.kept.push_back(call);
        while self.kept.len() > MOST || (self.bytes > MOST_BYTES && self.kept.len() > 1) {
            let dropped = self.kept.pop_front();
            self.bytes -= dropped.map_or(0, |call| call.bytes());
        }
        summary
    }

    pub fn summaries(&self) -> Vec<&Summary> {
        self.kept.iter().map(|call| &call.summary).collect()
    }

    pub fn find(&self, number: u64) -> Option<&Call> {
        self.kept.iter().find(|call| call.summary.number == Some(number))
    }

    /// Drops them all; numbers go on.
    pub fn forget(&mut self) {
        self.kept.clear();
        self.bytes = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn call(event: &str, outcome: Result<&Outcome, &str>) -> Call {
        let name = FunctionName::new("thumbs").unwrap();
        let event = Event {
            payload: event.into(),
            invoked_arn: "arn:aws:lambda:us-east-1:000000000000:function:thumbs:live".into(),
            ..Event::default()
        };
        let ended = Timestamp::from_millisecond(10_000).unwrap();
        Call::of_folder((&name, 128), "Invoke", &event, outcome, ended)
    }

    fn outcome() -> Outcome {
        Outcome {
            request_id: "id".into(),
            payload: b"{\"errorType\":\"ValueError\",\"errorMessage\":\"no\"}".to_vec(),
            content_type: None,
            function_error: Some("Unhandled".into()),
            log: "hello\n".into(),
            duration: Duration::from_micros(1_234_560),
            billed: Duration::from_millis(1_500),
            init: Some(Duration::from_micros(265_440)),
            max_memory: Some(40),
        }
    }

    #[test]
    fn a_call_says_who_called_what_when_and_how_it_ended() {
        let failed = call("{}", Ok(&outcome()));
        let summary = serde_json::to_value(&failed.summary).unwrap();
        let expected = serde_json::json!({
            "number": null, "at": 8_500, "how": "Invoke", "function": "thumbs", "deployed": false, "qualifier": "live",
            "version": "$LATEST", "request_id": "id", "ending": "failed", "error": "ValueError", "duration_ms": 1_234.56,
            "billed_ms": 1_500.0, "memory_mb": 128, "max_memory_mb": 40, "init_ms": 265.44,
        });
        assert_eq!(summary, expected);
        let refused = call("{}", Err("no python3"));
        assert_eq!(
            (refused.summary.ending, refused.payload.as_str()),
            (Ending::Refused, "no python3")
        );
    }

    #[test]
    fn old_calls_go_when_there_are_too_many_or_they_are_too_large() {
        let mut calls = Calls::default();
        for _ in 0..=MOST {
            calls.keep(call("{}", Err("no")));
        }
        assert_eq!(calls.summaries().len(), MOST);
        assert!(calls.find(1).is_none() && calls.find(2).is_some());
        let large = "x".repeat(MOST_BYTES / 2);
        calls.keep(call(&large, Err("no")));
        let number = calls.keep(call(&large, Err("no"))).number;
        assert_eq!(
            calls.summaries().len(),
            1,
            "the newest alone is nearly all there may be"
        );
        calls.keep(call(&"x".repeat(MOST_BYTES + 1), Err("no")));
        assert_eq!((calls.summaries().len(), calls.find(number.unwrap())), (1, None));
        calls.forget();
        assert_eq!(calls.keep(call("{}", Err("no"))).number, Some(MOST as u64 + 5));
    }
}
