//! One execution environment: init, then calls, one at a time.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::api::{About, Delivery, Record, Report};
use super::failure::Failure;
use super::host::Host;
use super::launch::Launch;
use super::records;
use super::report::{self, Measured};
use super::sandbox::{Sandbox, epoch_milliseconds};
use super::scratch::Scratch;
use super::transcript::Transcript;
use super::{Event, Files, Function, Outcome, PAYLOAD_LIMIT, Part, Parts, RESPONSE_LIMIT, Unrunnable, random_id};

/// What init may take; then it is begun again inside the first call.
/// Source: Lambda developer guide, "Understanding the Lambda execution environment lifecycle".
const INIT_LIMIT: Duration = Duration::from_secs(10);
/// How long a runtime that has answered may take to ask for the next event, so that what it
/// printed meanwhile is part of this call's log.
const WIND_DOWN: Duration = Duration::from_millis(500);
/// In place of every other limit while somebody looks at the function with a debugger.
const UNHURRIED: Duration = Duration::from_hours(24);

/// A started function. Dropping it kills everything that it started.
pub struct Environment {
    function: Function,
    debugged: bool,
    launch: Launched,
    // Before the folder: the processes must be gone when their folder is removed.
    sandbox: Option<Sandbox>,
    transcript: Transcript,
    state: State,
    /// Not reported yet: how long init took, and Lambda's line when it did not succeed.
    init: Option<Duration>,
    init_report: String,
    /// Holds the client, `/tmp` and home; removed at the end.
    _scratch: Scratch,
}

/// The way to start it, or why there is none.
type Launched = Result<Launch, Failure>;

enum State {
    /// The runtime waits for an event.
    Ready,
    /// Init failed; the next call is told, and the one after begins afresh.
    Failed(Failure),
    /// There is no usable process: init happens inside the next call.
    Cold,
}

/// What the function answered.
struct Answer {
    payload: Vec<u8>,
    /// Of a streamed response.
    content_type: Option<String>,
}

impl Environment {
    /// Starts the runtime and lets it load the handler.
    pub async fn start(host: &Host, files: Files<'_>, function: Function) -> Result<Self, Unrunnable> {
        let scratch = Scratch::new().map_err(Unrunnable::io("make a temporary folder"))?;
        let launch = Launch::prepare(host, files, scratch.path(), &function).await?;
        let debugged = host.debugger().is_some();
        let mut environment = Self {
            function,
            debugged,
            launch,
            sandbox: None,
            transcript: Transcript::open().map_err(Unrunnable::io("make a pipe"))?,
            state: State::Cold,
            init: None,
            init_report: String::new(),
            _scratch: scratch,
        };
        let began = Instant::now();
        let limit = if debugged { UNHURRIED } else { INIT_LIMIT };
        let initialised = environment.initialise(began + limit).await?;
        let took = began.elapsed();
        if let Err(failure) = &initialised {
            let format = environment.function.settings.logging.format;
            environment.init_report = report::init(format, took, failure);
        }
        let failure = initialised.as_ref().err();
        environment
            .publish(|function| records::of_init(function, took, failure))
            .await;
        (environment.state, environment.init) = match initialised {
            Ok(()) => (State::Ready, Some(took)),
            Err(Failure::TimedOut(_)) => (State::Cold, None),
            Err(failure) => (State::Failed(failure), Some(took)),
        };
        Ok(environment)
    }

    /// Hands one event to the function and waits for the answer, at most as long as its timeout.
    pub async fn invoke(&mut self, event: &Event) -> Result<Outcome, Unrunnable> {
        self.invoke_with(event, None).await
    }

    /// The same; the parts of a streamed response are passed on while they come.
    pub async fn invoke_with(&mut self, event: &Event, parts: Option<&Parts>) -> Result<Outcome, Unrunnable> {
        if event.payload.len() > PAYLOAD_LIMIT {
            return Err(Unrunnable::PayloadTooLarge);
        }
        self.thaw();
        let request_id = match &event.request_id {
            Some(id) => id.clone(),
            None => random_id().map_err(Unrunnable::io("make a request id"))?,
        };
        let mark = self.transcript.mark().map_err(Unrunnable::io("write to a pipe"))?;
        let began = Instant::now();
        let answer = self.call(event, &request_id, began, parts).await?;
        let duration = began.elapsed();
        let answer = self.settle(answer, began).await;
        let max_memory = self.sandbox.as_ref().and_then(Sandbox::peak_memory);
        if !self.runtime_is_usable(answer.as_ref().err()) {
            let reason = match &answer {
                Err(Failure::TimedOut(_)) => "timeout",
                Ok(_) | Err(_) => "failure",
            };
            self.end(reason).await;
        }
        let excerpt = self
            .transcript
            .take(&mark)
            .await
            .map_err(Unrunnable::io("read the function's output"))?;

        let settings = &self.function.settings;
        let format = settings.logging.format;
        let measured = Measured {
            duration,
            init: self.init.take(),
            memory_size: settings.memory,
            // Where memory is watched, more than there is cannot have been used.
            max_memory: match &answer {
                Err(Failure::OutOfMemory) => Some(u64::from(settings.memory)),
                Ok(_) | Err(_) => max_memory,
            },
            failure: answer.as_ref().err(),
        };
        let start = report::start(format, &request_id, &self.function.version);
        let log = [
            excerpt.before.as_str(),
            &std::mem::take(&mut self.init_report),
            &start,
            &excerpt.after,
            &measured
                .failure
                .map(|failure| report::failure(format, &request_id, failure))
                .unwrap_or_default(),
            &report::end(format, &request_id, &measured),
        ]
        .concat();
        self.publish(|function| records::of_call(function, &request_id, &excerpt, &measured))
            .await;
        let (billed, init, max_memory) = (measured.billed(), measured.init, measured.max_memory);
        let function_error = answer.is_err().then(|| "Unhandled".to_owned());
        let answer = answer.unwrap_or_else(|failure| Answer {
            payload: failure.payload(&request_id),
            content_type: None,
        });
        Ok(Outcome {
            duration,
            billed,
            init,
            max_memory,
            log,
            function_error,
            payload: answer.payload,
            content_type: answer.content_type,
            request_id,
        })
    }

    /// Lets the processes rest until the next call, as Lambda does: timers stand still, and what runs
    /// in the background goes on with the next call.
    pub fn freeze(&self) {
        // A debugger cannot talk to what rests.
        if let Some(sandbox) = self.sandbox.as_ref().filter(|_| !self.debugged) {
            sandbox.freeze();
        }
    }

    fn thaw(&mut self) {
        if let Some(sandbox) = &mut self.sandbox {
            sandbox.thaw();
            // It may have ended between two calls.
            if sandbox.is_over() {
                self.sandbox = None;
                self.state = State::Cold;
            }
        }
    }

    /// Ends the environment; extensions are told and have their time.
    pub async fn close(mut self) {
        self.end("spindown").await;
    }

    async fn end(&mut self, reason: &str) {
        self.state = State::Cold;
        if let Some(sandbox) = self.sandbox.take() {
            sandbox.shut_down(reason).await;
        }
    }

    fn timeout(&self) -> Duration {
        if self.debugged {
            return UNHURRIED;
        }
        Duration::from_secs(u64::from(self.function.settings.timeout))
    }

    /// Megabytes that it may use.
    fn memory(&self) -> u64 {
        // What the debugger itself needs is not the function's.
        if self.debugged {
            return u64::MAX;
        }
        u64::from(self.function.settings.memory)
    }

    /// Starts the processes and waits until they are ready for an event.
    async fn initialise(&mut self, until: Instant) -> Result<Result<(), Failure>, Unrunnable> {
        let launch = match &self.launch {
            Ok(launch) => launch,
            Err(failure) => return Ok(Err(failure.clone())),
        };
        let about = About {
            name: self.function.name.to_string(),
            version: self.function.version.to_string(),
            handler: self.function.settings.handler.clone(),
        };
        let (memory, timeout) = (self.memory(), self.timeout());
        let sandbox = match Sandbox::start(launch, &self.transcript, about, memory).await? {
            Ok(sandbox) => self.sandbox.insert(sandbox),
            Err(failure) => return Ok(Err(failure)),
        };
        let outcome = sandbox.initialised(until, timeout).await;
        if outcome.is_err() {
            self.sandbox = None;
        }
        Ok(outcome)
    }

    async fn call(
        &mut self,
        event: &Event,
        request_id: &str,
        began: Instant,
        parts: Option<&Parts>,
    ) -> Result<Result<Answer, Failure>, Unrunnable> {
        let timeout = self.timeout();
        let until = began + timeout;
        match std::mem::replace(&mut self.state, State::Ready) {
            State::Ready => {}
            State::Failed(failure) => return Ok(Err(failure)),
            State::Cold => {
                if let Err(failure) = self.initialise(until).await? {
                    return Ok(Err(failure));
                }
            }
        }
        let Some(sandbox) = &mut self.sandbox else {
            return Ok(Err(Failure::Exited("Runtime exited without providing a reason".into())));
        };
        sandbox.deliver(delivery(event, request_id, timeout)?);
        let mut answer = Answer {
            payload: Vec::new(),
            content_type: None,
        };
        let pass = |part: Part| {
            // Nobody may be listening any more; the function goes on all the same.
            let _ = parts.map(|parts| parts.send(part));
        };
        loop {
            return Ok(match sandbox.next_report(until, timeout).await {
                Ok(Report::Answered(payload)) => {
                    answer.payload = payload;
                    Ok(answer)
                }
                Ok(Report::Began { content_type }) => {
                    pass(Part::Began {
                        content_type: content_type.clone(),
                    });
                    answer.content_type = Some(content_type);
                    continue;
                }
                Ok(Report::Part(bytes)) => {
                    answer.payload.extend_from_slice(&bytes);
                    pass(Part::Bytes(bytes));
                    continue;
                }
                // Whoever cannot take a stream gets no more than fits into one piece.
                Ok(Report::Streamed) if parts.is_none() && answer.payload.len() > RESPONSE_LIMIT => {
                    Err(Failure::TooLarge)
                }
                Ok(Report::Streamed) => Ok(answer),
                Ok(Report::Failed(body) | Report::InitFailed(body)) => Err(Failure::Reported(body)),
                Ok(Report::TooLarge) => Err(Failure::TooLarge),
                // Extensions have their say at the end; a runtime with several threads may ask again.
                Ok(Report::Waiting | Report::Extension | Report::ExtensionFailed { .. }) => continue,
                Err(failure) => Err(failure),
            });
        }
    }

    /// Lets the runtime and extensions finish what they do after the answer. An extension that fails
    /// then fails the call.
    async fn settle(&mut self, answer: Result<Answer, Failure>, began: Instant) -> Result<Answer, Failure> {
        if !self.runtime_is_usable(answer.as_ref().err()) {
            return answer;
        }
        let until = began + self.timeout();
        let Some(sandbox) = &mut self.sandbox else {
            return answer;
        };
        match sandbox
            .wind_down(WIND_DOWN, until.max(Instant::now() + WIND_DOWN))
            .await
        {
            Ok(()) => answer,
            Err(failure @ Failure::Extension { .. }) => Err(failure),
            // The runtime ended after it had answered: the next call starts another.
            Err(_) => {
                self.end("failure").await;
                answer
            }
        }
    }

    fn runtime_is_usable(&self, failure: Option<&Failure>) -> bool {
        self.sandbox.is_some()
            && match failure {
                None | Some(Failure::Reported(_) | Failure::TooLarge) => true,
                Some(
                    Failure::Exited(_)
                    | Failure::Entrypoint(_)
                    | Failure::TimedOut(_)
                    | Failure::OutOfMemory
                    | Failure::Extension { .. },
                ) => false,
            }
    }

    async fn publish(&self, records: impl FnOnce(&Function) -> Vec<Record>) {
        if let Some(sandbox) = self.sandbox.as_ref().filter(|sandbox| sandbox.has_subscribers()) {
            sandbox.publish(&records(&self.function)).await;
        }
    }
}

fn delivery(event: &Event, request_id: &str, timeout: Duration) -> Result<Delivery, Unrunnable> {
    let now = epoch_milliseconds();
    let deadline = now + timeout.as_millis();
    let trace = if let Some(trace) = &event.trace_id {
        trace.clone()
    } else {
        let id = random_id().map_err(Unrunnable::io("make a trace id"))?.replace('-', "");
        format!(
            "Root=1-{:08x}-{};Parent={};Sampled=0",
            now / 1_000,
            &id[..24],
            &id[16..]
        )
    };
    let notice = json!({
        "eventType": "INVOKE",
        "deadlineMs": u64::try_from(deadline).unwrap_or(u64::MAX),
        "requestId": request_id,
        "invokedFunctionArn": event.invoked_arn,
        "tracing": { "type": "X-Amzn-Trace-Id", "value": trace },
    });
    let mut headers = vec![
        ("Lambda-Runtime-Aws-Request-Id", request_id.to_owned()),
        ("Lambda-Runtime-Invocation-Id", request_id.to_owned()),
        ("Lambda-Runtime-Deadline-Ms", deadline.to_string()),
        ("Lambda-Runtime-Invoked-Function-Arn", event.invoked_arn.clone()),
        ("Lambda-Runtime-Trace-Id", trace),
    ];
    let optional = [
        ("Lambda-Runtime-Client-Context", &event.client_context),
        ("Lambda-Runtime-Cognito-Identity", &event.cognito_identity),
        ("Lambda-Runtime-Aws-Tenant-Id", &event.tenant_id),
    ];
    headers.extend(
        optional
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.clone()?))),
    );
    Ok(Delivery {
        request_id: request_id.to_owned(),
        headers,
        // A call without a payload is a call with an empty object.
        payload: if event.payload.is_empty() {
            b"{}".to_vec()
        } else {
            event.payload.clone()
        },
        notice,
    })
}
