//! What people see: answers on standard output, commentary on standard error.
//!
//! Renders and asks; never decides.

pub mod access;
mod files;
pub mod mismatch;
pub mod plan;
pub mod problem;
mod progress;
pub mod report;
pub mod sizes;
pub mod style;
pub mod table;

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::sync::Mutex;

use anstream::{AutoStream, ColorChoice};
use serde::Serialize;

use crate::domain::config::{self, Finding, Severity};
use crate::domain::package::preflight;
use crate::error::Problem;
use crate::settings::{Color, Format};

pub use progress::Progress;

/// The two streams, the format of answers, and whether someone is there to be asked.
pub struct Ui {
    pub format: Format,
    verbose: bool,
    interactive: bool,
    animated: bool,
    out: Mutex<Box<dyn Write + Send>>,
    err: Mutex<Box<dyn Write + Send>>,
}

impl Ui {
    /// The real terminal.
    pub fn terminal(format: Format, color: Color, verbose: bool) -> Self {
        let choice = match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::AlwaysAnsi,
            Color::Never => ColorChoice::Never,
        };
        let (out, err) = (std::io::stdout(), std::io::stderr());
        let on_terminal = err.is_terminal();
        Self {
            format,
            verbose,
            interactive: std::io::stdin().is_terminal() && on_terminal,
            animated: on_terminal && format == Format::Text,
            out: Mutex::new(Box::new(AutoStream::new(out, choice))),
            err: Mutex::new(Box::new(AutoStream::new(err, choice))),
        }
    }

    /// Streams of the caller's own, without colour and without anyone to ask.
    pub fn captured(format: Format, out: Box<dyn Write + Send>, err: Box<dyn Write + Send>) -> Self {
        let plain = |stream| Mutex::new(Box::new(anstream::StripStream::new(stream)) as Box<dyn Write + Send>);
        Self {
            format,
            verbose: false,
            interactive: false,
            animated: false,
            out: plain(out),
            err: plain(err),
        }
    }

    /// Whether the answer is JSON.
    pub fn json(&self) -> bool {
        self.format == Format::Json
    }

    /// A part of the answer, on standard output.
    pub fn data(&self, text: impl Display) -> std::io::Result<()> {
        let mut out = self.out.lock().expect("no writer panics");
        unless_unread(writeln!(out, "{text}").and_then(|()| out.flush()))
    }

    /// The bytes of the answer as they are.
    pub fn raw(&self, bytes: &[u8]) -> std::io::Result<()> {
        let mut out = self.out.lock().expect("no writer panics");
        unless_unread(out.write_all(bytes).and_then(|()| out.flush()))
    }

    /// The answer as one JSON document.
    pub fn document(&self, value: &impl Serialize) -> anyhow::Result<()> {
        Ok(self.data(serde_json::to_string_pretty(value)?)?)
    }

    /// One line of an NDJSON stream; nothing when the format is text.
    pub fn event(&self, value: &impl Serialize) -> anyhow::Result<()> {
        if self.json() {
            self.data(serde_json::to_string(value)?)?;
        }
        Ok(())
    }

    /// Commentary, on standard error. A reader that went away does not stop the work.
    pub fn status(&self, text: impl Display) {
        let mut err = self.err.lock().expect("no writer panics");
        drop(writeln!(err, "{text}"));
    }

    /// Commentary that only `-v` asks for.
    pub fn detail(&self, text: impl Display) {
        if self.verbose {
            self.status(format_args!("{}", style::dim(text)));
        }
    }

    /// Whether `-v` asks for more.
    pub fn verbose(&self) -> bool {
        self.verbose
    }

    /// A warning, on standard error.
    pub fn warn(&self, text: impl Display) {
        self.status(format_args!("{} {text}", style::warning("warning:")));
    }

    /// The next move, on standard error.
    pub fn hint(&self, text: impl Display) {
        self.status(format_args!("{} {text}", style::hint("hint:")));
    }

    /// A finding about lambda.yaml.
    pub fn finding(&self, finding: &Finding, file: &str, text: &str) {
        let rendered = config::render(finding, file, text);
        let painted = match finding.severity {
            Severity::Error => rendered.replacen("error:", &style::error("error:"), 1),
            Severity::Warning => rendered.replacen("warning:", &style::warning("warning:"), 1),
        };
        self.status(format_args!("{painted}\n"));
    }

    /// A finding about the files of an archive.
    pub fn preflight(&self, finding: &preflight::Finding) {
        let word = match finding.severity {
            Severity::Error => style::error("error:"),
            Severity::Warning => style::warning("warning:"),
        };
        let help = finding.hint.as_ref().map(|hint| format!("\n  = help: {hint}"));
        self.status(format_args!("{word} {}{}\n", finding.message, help.unwrap_or_default()));
    }

    /// Asks a question that is answered with yes or no; no is the default.
    pub async fn confirm(&self, question: &str) -> anyhow::Result<bool> {
        self.ask("yes")?;
        let question = question.to_owned();
        let prompt = move || {
            dialoguer::Confirm::new()
                .with_prompt(question)
                .default(false)
                .interact_opt()
        };
        // Reading a key blocks; on a thread of its own it cannot hold up Ctrl-C.
        Ok(tokio::task::spawn_blocking(prompt).await??.unwrap_or(false))
    }

    /// Asks for one of several things; `flag` gives the answer without a terminal.
    pub async fn choose(&self, question: &str, choices: Vec<String>, flag: &str) -> anyhow::Result<usize> {
        self.ask(flag)?;
        let question = question.to_owned();
        let prompt = move || {
            dialoguer::Select::new()
                .with_prompt(question)
                .items(&choices)
                .default(0)
                .interact()
        };
        Ok(tokio::task::spawn_blocking(prompt).await??)
    }

    /// Whether someone is there to be asked.
    pub fn can_ask(&self) -> bool {
        self.interactive
    }

    fn ask(&self, flag: &str) -> anyhow::Result<()> {
        if self.interactive {
            return Ok(());
        }
        Err(Problem::failed("cannot ask without a terminal")
            .hint(format!("pass `--{flag}`"))
            .into())
    }

    /// Shows how long work goes on.
    pub fn progress(&self) -> Progress<'_> {
        Progress::new(self, self.animated)
    }
}

/// A reader that went away has what it wanted (`lfn list | head`), and stops no work: a deploy goes
/// on without it, and the exit code says how it went.
fn unless_unread(written: std::io::Result<()>) -> std::io::Result<()> {
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
