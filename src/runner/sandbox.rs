//! The processes of an environment and the server that they alone talk to: started together, watched
//! together, stopped and ended together.

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::Unrunnable;
use super::api::{About, Api, Delivery, Record, Report};
use super::failure::Failure;
use super::launch::Launch;
use super::process::Process;
use super::transcript::Transcript;

/// How often memory and extensions are looked at.
const LOOK: Duration = Duration::from_millis(100);
/// What the runtime and the extensions have to end in, after they were told.
/// Source: Lambda developer guide, "Understanding the Lambda execution environment lifecycle".
const RUNTIME_FAREWELL: Duration = Duration::from_millis(500);
const FAREWELL: Duration = Duration::from_secs(2);

pub(super) struct Sandbox {
    api: Api,
    runtime: Process,
    extensions: Vec<(String, Process)>,
    /// Megabytes of the function.
    memory: u64,
    /// The most that was seen in use, in megabytes.
    seen: u64,
    /// The runtime waits for an event.
    waiting: bool,
}

impl Sandbox {
    /// Starts the processes; the inner failure is the function's own.
    pub async fn start(
        launch: &Launch,
        transcript: &Transcript,
        about: About,
        memory: u64,
    ) -> Result<Result<Self, Failure>, Unrunnable> {
        let api = Api::start(about).await.map_err(Unrunnable::io("listen on 127.0.0.1"))?;
        let stream = || transcript.stream().map_err(Unrunnable::io("share a pipe"));
        let mut extensions = Vec::new();
        for program in &launch.extensions {
            let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let mut command = launch.extension(program, api.address);
            command.stdout(stream()?).stderr(stream()?);
            let Ok(process) = Process::start(command).await else {
                let kind = "Extension.LaunchError".to_owned();
                return Ok(Err(Failure::Extension { kind, name }));
            };
            extensions.push((name, process));
        }
        let mut command = launch.command(api.address);
        command.stdout(stream()?).stderr(stream()?);
        let runtime = match Process::start(command).await {
            Ok(process) => process,
            Err(error) => {
                return Ok(Err(Failure::Entrypoint(format!(
                    "fork/exec /var/task/bootstrap: {error}"
                ))));
            }
        };
        Ok(Ok(Self {
            api,
            runtime,
            extensions,
            memory,
            seen: 0,
            waiting: false,
        }))
    }

    /// Waits until the runtime and all extensions are ready for the first event.
    pub async fn initialised(&mut self, until: Instant, timeout: Duration) -> Result<(), Failure> {
        while !(self.waiting && self.api.extensions_wait(self.extensions.len())) {
            match self.next_report(until, timeout).await? {
                Report::InitFailed(body) => return Err(Failure::Reported(body)),
                // Answers to nothing are refused by the API already.
                Report::Waiting
                | Report::Extension
                | Report::ExtensionFailed { .. }
                | Report::Answered(_)
                | Report::Began { .. }
                | Report::Part(_)
                | Report::Streamed
                | Report::Failed(_)
                | Report::TooLarge => {}
            }
        }
        self.api.close_registration();
        Ok(())
    }

    pub fn deliver(&mut self, delivery: Delivery) {
        self.waiting = false;
        self.api.deliver(delivery);
    }

    /// Lets the runtime and the extensions come back for more, so that they are ready and have printed
    /// what they had to. The runtime alone gets `grace`, extensions have until `until`.
    pub async fn wind_down(&mut self, grace: Duration, until: Instant) -> Result<(), Failure> {
        let grace = Instant::now() + grace;
        while !self.waiting || !self.api.extensions_wait(0) {
            let limit = if self.api.extensions_wait(0) { grace } else { until };
            match timeout_at(limit, self.next_report(until, Duration::ZERO)).await {
                Ok(Ok(_)) => {}
                Ok(Err(Failure::TimedOut(_))) | Err(_) => return Ok(()),
                Ok(Err(failure)) => return Err(failure),
            }
        }
        Ok(())
    }

    /// What is said next, unless the runtime ends, memory runs out or time is up. What was said before
    /// any of those still counts.
    pub async fn next_report(&mut self, until: Instant, timeout_after: Duration) -> Result<Report, Failure> {
        loop {
            let look = Instant::now() + LOOK;
            let report = tokio::select! {
                biased;
                Some(report) = self.api.reports.recv() => report,
                ended = self.runtime.ended() => {
                    // The last request may still be on its way through the server's task.
                    let late = timeout(Duration::from_millis(100), self.api.reports.recv()).await;
                    match (late, ended) {
                        (Ok(Some(report)), _) => report,
                        (_, Ok(status)) => return Err(Failure::exited(status)),
                        (_, Err(error)) => return Err(Failure::Exited(format!("Runtime exited with error: {error}"))),
                    }
                }
                () = sleep_until(until.min(look)) => {
                    self.look_around()?;
                    if Instant::now() >= until {
                        return Err(Failure::TimedOut(timeout_after));
                    }
                    continue;
                }
            };
            match report {
                Report::Waiting => self.waiting = true,
                Report::ExtensionFailed { name, kind } => return Err(Failure::Extension { kind, name }),
                Report::Extension
                | Report::Answered(_)
                | Report::Began { .. }
                | Report::Part(_)
                | Report::Streamed
                | Report::Failed(_)
                | Report::TooLarge
                | Report::InitFailed(_) => {}
            }
            return Ok(report);
        }
    }

    fn look_around(&mut self) -> Result<(), Failure> {
        if let Some(used) = self.memory_in_use() {
            self.seen = self.seen.max(used);
            if used > self.memory {
                return Err(Failure::OutOfMemory);
            }
        }
        for (name, process) in &mut self.extensions {
            if process.is_over() {
                let (kind, name) = ("Extension.Crash".into(), name.clone());
                return Err(Failure::Extension { kind, name });
            }
        }
        Ok(())
    }

    fn memory_in_use(&self) -> Option<u64> {
        let extensions = self.extensions.iter().filter_map(|(_, process)| process.memory());
        Some(self.runtime.memory()? + extensions.sum::<u64>())
    }

    /// The most memory in use so far, in megabytes, as far as it was seen.
    pub fn peak_memory(&self) -> Option<u64> {
        self.runtime.peak_memory().map(|peak| peak.max(self.seen))
    }

    /// Whether the runtime is gone.
    pub fn is_over(&mut self) -> bool {
        self.runtime.is_over()
    }

    /// Lets everything rest until the next call, as Lambda does.
    pub fn freeze(&self) {
        self.runtime.stop();
        for (_, process) in &self.extensions {
            process.stop();
        }
    }

    pub fn thaw(&self) {
        for (_, process) in &self.extensions {
            process.wake();
        }
        self.runtime.wake();
    }

    /// Whether somebody is told of the end; everybody else is just ended.
    pub fn has_extensions(&self) -> bool {
        !self.extensions.is_empty()
    }

    pub fn has_subscribers(&self) -> bool {
        self.api.has_subscribers()
    }

    pub async fn publish(&self, records: &[Record]) {
        self.api.publish(records).await;
    }

    /// Ends everything in Lambda's order: the runtime is asked, then the extensions are told.
    pub async fn shut_down(mut self, reason: &str) {
        if self.has_extensions() {
            self.thaw();
            self.runtime.ask_to_end();
            let _ = timeout(RUNTIME_FAREWELL, self.runtime.ended()).await;
            self.runtime.kill();
            let deadline = epoch_milliseconds() + FAREWELL.as_millis();
            let notice = json!({
                "eventType": "SHUTDOWN", "shutdownReason": reason, "deadlineMs": u64::try_from(deadline).unwrap_or_default(),
            });
            if self.api.announce_shutdown(&notice) {
                let until = Instant::now() + FAREWELL;
                for (_, process) in &mut self.extensions {
                    let _ = timeout_at(until, process.ended()).await;
                }
            }
        }
        self.runtime.kill();
        // Whoever looks next finds it gone.
        let _ = timeout(RUNTIME_FAREWELL, self.runtime.ended()).await;
    }
}

pub(super) fn epoch_milliseconds() -> u128 {
    let now = std::time::SystemTime::now();
    now.duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default()
        .as_millis()
}
