//! Parses flags, runs the command, turns the result into an exit code.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Parser;
use tokio::sync::Notify;

use lfn::cli::{self, Cli};
use lfn::ctx::Ctx;
use lfn::engine::wait::Stop;
use lfn::error::{Kind, Problem};
use lfn::ui::{Ui, problem};

fn main() -> ExitCode {
    let Cli { settings, command } = Cli::parse();
    let ui = Arc::new(Ui::terminal(settings.format, settings.color, settings.verbose > 0));
    let ctx = Ctx {
        settings,
        ui,
        stop: Stop::default(),
        given: None,
        shared: Arc::default(),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report(&ctx, &anyhow::Error::new(error).context("could not start")),
    };
    let result = runtime.block_on(async {
        let heard = Arc::new(Notify::new());
        let watch = tokio::spawn(watch(ctx.stop.clone(), Arc::clone(&ctx.ui), Arc::clone(&heard)));
        let result = tokio::select! {
            result = cli::run(&command, &ctx) => result,
            () = heard.notified() => Err(interrupted(&ctx.stop)),
        };
        watch.abort();
        if ctx.stop.requested() {
            tidied_up().await;
        }
        result
    });
    // A prompt may still hold a thread; there is nothing to wait for.
    runtime.shutdown_background();
    match result {
        Ok(outcome) => ExitCode::from(outcome.exit_code()),
        Err(error) => report(&ctx, &error),
    }
}

/// Says when the process shall end at once: at the first signal, or at the second while a step that
/// changes something is in hand. It runs beside the command, which may be busy with reckoning and
/// then hears nothing: the process ends without it.
#[expect(clippy::exit, reason = "a command that hears nothing cannot return either")]
async fn watch(stop: Stop, ui: Arc<Ui>, heard: Arc<Notify>) {
    const PATIENCE: Duration = Duration::from_millis(500);
    loop {
        // Without a handler the system's own default applies.
        let Ok(signal) = signal().await else { return };
        if signal == Signal::HangUp && stop.requested() {
            continue;
        }
        if !stop.holding() || stop.requested() {
            break;
        }
        stop.request();
        if !stop.speaks() {
            ui.status("finishing the step in hand; interrupt again to stop at once");
        }
    }
    heard.notify_one();
    tokio::time::sleep(PATIENCE).await;
    let error = interrupted(&stop);
    ui.status(problem::render(&error));
    std::process::exit(problem::exit_code(&error).into());
}

fn interrupted(stop: &Stop) -> anyhow::Error {
    let problem = Problem::new(Kind::Interrupted, "interrupted");
    if !stop.requested() {
        return problem.into();
    }
    // The second signal: it did not wait for the step in hand.
    let left = stop.left_behind();
    let left = left.unwrap_or_else(|| {
        "whether the step in hand is done is unknown: `lfn status` shows what serves traffic".to_owned()
    });
    problem.hint(left).into()
}

/// Waits a moment for what a dropped step does in the background, such as giving up an upload in
/// parts, which S3 would keep and charge for.
async fn tidied_up() {
    const PATIENCE: Duration = Duration::from_secs(2);
    const LOOK: Duration = Duration::from_millis(10);
    let started = Instant::now();
    let metrics = tokio::runtime::Handle::current().metrics();
    while metrics.num_alive_tasks() > 0 && started.elapsed() < PATIENCE {
        tokio::time::sleep(LOOK).await;
    }
}

/// What ended a wait for a signal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Signal {
    Interrupt,
    /// The terminal was closed, or the connection to it is gone. A shell and the system both tell of it, so a
    /// second one is no wish for more haste.
    #[cfg_attr(not(unix), expect(dead_code, reason = "other systems have no such signal"))]
    HangUp,
}

#[cfg(unix)]
async fn signal() -> std::io::Result<Signal> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    if hang_up_is_ignored() {
        return tokio::select! {
            result = tokio::signal::ctrl_c() => result.map(|()| Signal::Interrupt),
            _ = terminate.recv() => Ok(Signal::Interrupt),
        };
    }
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result.map(|()| Signal::Interrupt),
        _ = terminate.recv() => Ok(Signal::Interrupt),
        _ = hang_up.recv() => Ok(Signal::HangUp),
    }
}

/// Whether whoever started lfn wants it to outlive the terminal, as `nohup` does: a handler would undo that.
/// Where the system does not tell, a standard error that is no terminal is taken for `nohup`'s.
#[cfg(unix)]
fn hang_up_is_ignored() -> bool {
    use std::io::IsTerminal as _;
    /// Signal 1 is the lowest bit.
    const HANG_UP: u64 = 1;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    match ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()) {
        Some(mask) => mask & HANG_UP != 0,
        None => !std::io::stderr().is_terminal(),
    }
}

#[cfg(not(unix))]
async fn signal() -> std::io::Result<Signal> {
    tokio::signal::ctrl_c().await.map(|()| Signal::Interrupt)
}

fn report(ctx: &Ctx, error: &anyhow::Error) -> ExitCode {
    ctx.ui.status(problem::render(error));
    ExitCode::from(problem::exit_code(error))
}
