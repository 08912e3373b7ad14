//! One execution environment: init, then calls, one at a time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tempfile::TempDir;
use tokio::time::Instant;

use super::api::{Api, Delivery, Report};
use super::failure::Failure;
use super::host::Host;
use super::launch::Launch;
use super::process::Process;
use super::report::{self, Measured};
use super::transcript::Transcript;
use super::{Event, Files, Function, Outcome, PAYLOAD_LIMIT, Unrunnable, random_id};

/// What init may take; then it is begun again inside the first call.
/// Source: Lambda developer guide, "Understanding the Lambda execution environment lifecycle".
const INIT_LIMIT: Duration = Duration::from_secs(10);
/// How long a runtime that has answered may take to ask for the next event, so that what it
/// printed meanwhile is part of this call's log.
const WIND_DOWN: Duration = Duration::from_millis(500);

/// A started function. Dropping it kills everything that it started.
pub struct Environment {
    function: Function,
    launch: Launched,
    // Before the folder: the process must be gone when its folder is removed.
    sandbox: Option<Sandbox>,
    transcript: Transcript,
    state: State,
    /// Not reported yet: how long init took, and Lambda's line when it did not succeed.
    init: Option<Duration>,
    init_report: String,
    /// Holds the client, `/tmp` and home; removed at the end.
    _scratch: TempDir,
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

/// A process and the Runtime API that it alone talks to.
struct Sandbox {
    api: Api,
    process: Process,
}

impl Environment {
    /// Starts the runtime and lets it load the handler.
    pub async fn start(host: &Host, files: Files<'_>, function: Function) -> Result<Self, Unrunnable> {
        let scratch = tempfile::Builder::new()
            .prefix("lfn-run-")
            .tempdir()
            .map_err(Unrunnable::io("make a temporary folder"))?;
        let launch = Launch::prepare(host, files, scratch.path(), &function).await?;
        let mut environment = Self {
            function,
            launch,
            sandbox: None,
            transcript: Transcript::open().map_err(Unrunnable::io("make a pipe"))?,
            state: State::Cold,
            init: None,
            init_report: String::new(),
            _scratch: scratch,
        };
        let began = Instant::now();
        let initialised = environment.initialise(began + INIT_LIMIT).await?;
        let took = began.elapsed();
        if let Err(failure) = &initialised {
            let format = environment.function.settings.logging.format;
            environment.init_report = report::init(format, took, failure);
        }
        (environment.state, environment.init) = match initialised {
            Ok(()) => (State::Ready, Some(took)),
            Err(Failure::TimedOut(_)) => (State::Cold, None),
            Err(failure) => (State::Failed(failure), Some(took)),
        };
        Ok(environment)
    }

    /// Hands one event to the function and waits for the answer, at most as long as its timeout.
    pub async fn invoke(&mut self, event: &Event) -> Result<Outcome, Unrunnable> {
        if event.payload.len() > PAYLOAD_LIMIT {
            return Err(Unrunnable::PayloadTooLarge);
        }
        let request_id = random_id().map_err(Unrunnable::io("make a request id"))?;
        let mark = self.transcript.mark().map_err(Unrunnable::io("write to a pipe"))?;
        let began = Instant::now();
        let answer = self.call(event, &request_id, began).await?;
        let duration = began.elapsed();
        let max_memory = self.sandbox.as_ref().and_then(|sandbox| sandbox.process.peak_memory());
        if self.runtime_is_usable(&answer) {
            self.wind_down().await;
        } else {
            self.sandbox = None;
            self.state = State::Cold;
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
            max_memory,
            failure: answer.as_ref().err(),
        };
        let log = [
            excerpt.before,
            std::mem::take(&mut self.init_report),
            report::start(format, &request_id, &self.function.version),
            excerpt.after,
            measured
                .failure
                .map(|failure| report::failure(format, &request_id, failure))
                .unwrap_or_default(),
            report::end(format, &request_id, &measured),
        ]
        .concat();
        Ok(Outcome {
            duration,
            billed: measured.billed(),
            init: measured.init,
            max_memory,
            log,
            function_error: answer.is_err().then(|| "Unhandled".to_owned()),
            payload: match answer {
                Ok(payload) => payload,
                Err(failure) => failure.payload(&request_id),
            },
            request_id,
        })
    }

    fn timeout(&self) -> Duration {
        Duration::from_secs(u64::from(self.function.settings.timeout))
    }

    /// Starts a process and waits until it asks for its first event.
    async fn initialise(&mut self, until: Instant) -> Result<Result<(), Failure>, Unrunnable> {
        let launch = match &self.launch {
            Ok(launch) => launch,
            Err(failure) => return Ok(Err(failure.clone())),
        };
        let api = Api::start().await.map_err(Unrunnable::io("listen on 127.0.0.1"))?;
        let mut command = launch.command(api.address);
        let stream = || self.transcript.stream().map_err(Unrunnable::io("share a pipe"));
        command.stdout(stream()?).stderr(stream()?);
        let process = match Process::start(command).await {
            Ok(process) => process,
            Err(error) => {
                return Ok(Err(Failure::Entrypoint(format!(
                    "fork/exec /var/task/bootstrap: {error}"
                ))));
            }
        };
        let sandbox = self.sandbox.insert(Sandbox { api, process });
        let outcome = loop {
            match sandbox.next_report(until, self.function.settings.timeout).await {
                Ok(Report::Waiting) => break Ok(()),
                Ok(Report::InitFailed(body)) => break Err(Failure::Reported(body)),
                // Answers to nothing are refused by the API already.
                Ok(Report::Answered(_) | Report::Failed(_) | Report::TooLarge) => {}
                Err(failure) => break Err(failure),
            }
        };
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
    ) -> Result<Result<Vec<u8>, Failure>, Unrunnable> {
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
        sandbox.api.deliver(delivery(event, request_id, timeout)?);
        loop {
            let seconds = self.function.settings.timeout;
            return Ok(match sandbox.next_report(until, seconds).await {
                Ok(Report::Answered(payload)) => Ok(payload),
                Ok(Report::Failed(body) | Report::InitFailed(body)) => Err(Failure::Reported(body)),
                Ok(Report::TooLarge) => Err(Failure::TooLarge),
                // A runtime with several threads may ask again before it answers.
                Ok(Report::Waiting) => continue,
                Err(failure) => Err(failure),
            });
        }
    }

    fn runtime_is_usable(&self, answer: &Result<Vec<u8>, Failure>) -> bool {
        self.sandbox.is_some()
            && match answer {
                Ok(_) | Err(Failure::Reported(_) | Failure::TooLarge) => true,
                Err(Failure::Exited(_) | Failure::Entrypoint(_) | Failure::TimedOut(_)) => false,
            }
    }

    /// Lets the runtime come back for more, so that it is ready and has printed what it had to.
    async fn wind_down(&mut self) {
        let Some(sandbox) = &mut self.sandbox else { return };
        let until = Instant::now() + WIND_DOWN;
        loop {
            match sandbox.next_report(until, 0).await {
                Ok(Report::Waiting) => return,
                Ok(_) => {}
                Err(_) => {
                    self.sandbox = None;
                    self.state = State::Cold;
                    return;
                }
            }
        }
    }
}

impl Sandbox {
    /// What the runtime says next, unless it ends or time is up. What was said before either of
    /// those still counts.
    async fn next_report(&mut self, until: Instant, timeout: u32) -> Result<Report, Failure> {
        tokio::select! {
            biased;
            Some(report) = self.api.reports.recv() => Ok(report),
            ended = self.process.ended() => {
                // The last request may still be on its way through the server's task.
                let late = tokio::time::timeout(Duration::from_millis(100), self.api.reports.recv()).await;
                match (late, ended) {
                    (Ok(Some(report)), _) => Ok(report),
                    (_, Ok(status)) => Err(Failure::exited(status)),
                    (_, Err(error)) => Err(Failure::Exited(format!("Runtime exited with error: {error}"))),
                }
            }
            () = tokio::time::sleep_until(until) => Err(Failure::TimedOut(Duration::from_secs(u64::from(timeout)))),
        }
    }
}

fn delivery(event: &Event, request_id: &str, timeout: Duration) -> Result<Delivery, Unrunnable> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let deadline = (now + timeout).as_millis();
    let trace = random_id().map_err(Unrunnable::io("make a trace id"))?.replace('-', "");
    let mut headers = vec![
        ("Lambda-Runtime-Aws-Request-Id", request_id.to_owned()),
        ("Lambda-Runtime-Invocation-Id", request_id.to_owned()),
        ("Lambda-Runtime-Deadline-Ms", deadline.to_string()),
        ("Lambda-Runtime-Invoked-Function-Arn", event.invoked_arn.clone()),
        (
            "Lambda-Runtime-Trace-Id",
            format!(
                "Root=1-{:08x}-{};Parent={};Sampled=0",
                now.as_secs(),
                &trace[..24],
                &trace[16..]
            ),
        ),
    ];
    if let Some(context) = &event.client_context {
        headers.push(("Lambda-Runtime-Client-Context", context.clone()));
    }
    Ok(Delivery {
        request_id: request_id.to_owned(),
        headers,
        // A call without a payload is a call with an empty object.
        payload: if event.payload.is_empty() {
            b"{}".to_vec()
        } else {
            event.payload.clone()
        },
    })
}
