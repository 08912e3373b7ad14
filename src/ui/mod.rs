//! What people see: answers on standard output, commentary on standard error.
//!
//! Renders and asks; never decides.

pub mod access;
pub mod calls;
pub mod comparison;
mod files;
pub mod fleet;
pub mod github;
pub mod mismatch;
pub mod plan;
pub mod problem;
mod progress;
pub mod report;
mod reviewed;
pub mod sizes;
pub mod style;
pub mod table;
pub mod time;
pub mod timing;
pub mod unfit;

use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use anstream::{AutoStream, ColorChoice};
use anyhow::Context as _;
use indicatif::MultiProgress;
use serde::Serialize;
use serde_json::Value;

use crate::domain::config::{self, Finding, Severity};
use crate::domain::package::preflight;
use crate::error::{Kind, Problem};
use crate::settings::{self, Color, Format, GitHub};

pub use progress::Progress;

/// The two streams, the format of answers, and whether someone is there to be asked.
///
/// Several functions speak through one pair of streams, each by a voice of its own ([`Ui::named`]).
pub struct Ui {
    pub format: Format,
    verbose: bool,
    interactive: bool,
    /// The function that speaks, when it is one of several.
    name: Option<String>,
    github: Option<GitHub>,
    streams: Arc<Streams>,
}

struct Streams {
    out: Mutex<Box<dyn Write + Send>>,
    err: Mutex<Box<dyn Write + Send>>,
    /// What moves on a terminal.
    bars: Option<MultiProgress>,
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
        let animated = on_terminal && format == Format::Text;
        Self {
            format,
            verbose,
            interactive: std::io::stdin().is_terminal() && on_terminal,
            name: None,
            github: settings::github(),
            streams: Arc::new(Streams {
                out: Mutex::new(Box::new(AutoStream::new(out, choice))),
                err: Mutex::new(Box::new(AutoStream::new(err, choice))),
                bars: animated.then(MultiProgress::new),
            }),
        }
    }

    /// Streams of the caller's own, without colour and without anyone to ask.
    pub fn captured(format: Format, out: Box<dyn Write + Send>, err: Box<dyn Write + Send>) -> Self {
        let plain = |stream| Mutex::new(Box::new(anstream::StripStream::new(stream)) as Box<dyn Write + Send>);
        Self {
            format,
            verbose: false,
            interactive: false,
            name: None,
            github: None,
            streams: Arc::new(Streams {
                out: plain(out),
                err: plain(err),
                bars: None,
            }),
        }
    }

    /// The voice of one function among several: its lines begin with its name, its events have it, and it
    /// asks nothing.
    pub fn named(&self, name: &str) -> Arc<Self> {
        Arc::new(self.voice(Some(name.to_owned())))
    }

    /// The same streams for what belongs to no function.
    pub fn nameless(&self) -> Arc<Self> {
        Arc::new(self.voice(None))
    }

    fn voice(&self, name: Option<String>) -> Self {
        Self {
            format: self.format,
            verbose: self.verbose,
            interactive: self.interactive && name.is_none(),
            name,
            github: self.github.clone(),
            streams: Arc::clone(&self.streams),
        }
    }

    /// The function that speaks, when it is one of several.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// What GitHub Actions tells, when lfn runs there.
    pub fn github(&self) -> Option<&GitHub> {
        self.github.as_ref()
    }

    /// Whether the answer is JSON.
    pub fn json(&self) -> bool {
        self.format == Format::Json
    }

    /// A part of the answer, on standard output.
    pub fn data(&self, text: impl Display) -> std::io::Result<()> {
        let mut out = self.streams.out.lock().expect("no writer panics");
        unless_unread(writeln!(out, "{text}").and_then(|()| out.flush()))
    }

    /// The bytes of the answer as they are.
    pub fn raw(&self, bytes: &[u8]) -> std::io::Result<()> {
        let mut out = self.streams.out.lock().expect("no writer panics");
        unless_unread(out.write_all(bytes).and_then(|()| out.flush()))
    }

    /// The answer as one JSON document.
    pub fn document(&self, value: &impl Serialize) -> anyhow::Result<()> {
        Ok(self.data(serde_json::to_string_pretty(value)?)?)
    }

    /// One line of an NDJSON stream; nothing when the format is text.
    pub fn event(&self, value: &impl Serialize) -> anyhow::Result<()> {
        if !self.json() {
            return Ok(());
        }
        let mut line = serde_json::to_value(value)?;
        if let (Some(name), Value::Object(fields)) = (&self.name, &mut line)
            && !fields.contains_key("function")
        {
            // Behind `event`.
            fields.shift_insert(1.min(fields.len()), "function".into(), name.as_str().into());
        }
        Ok(self.data(serde_json::to_string(&line)?)?)
    }

    /// Commentary, on standard error. A reader that went away does not stop the work.
    pub fn status(&self, text: impl Display) {
        let text = match &self.name {
            Some(name) => {
                let name = style::strong(format_args!("{name}:"));
                let lines: Vec<String> = text.to_string().lines().map(|line| format!("{name} {line}")).collect();
                lines.join("\n")
            }
            None => text.to_string(),
        };
        let write = || {
            let mut err = self.streams.err.lock().expect("no writer panics");
            drop(writeln!(err, "{text}"));
        };
        match &self.streams.bars {
            Some(bars) => bars.suspend(write),
            None => write(),
        }
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
        // It names its file, so it needs no name before it.
        self.voice(None).status(format_args!("{painted}\n"));
    }

    /// Puts a finding or a failure beside the code that GitHub shows; nothing elsewhere. The runner reads these
    /// lines from both streams, and standard output is for the answer.
    pub fn annotate(&self, annotation: &github::Annotation<'_>) {
        if let Some(github) = &self.github {
            self.voice(None).status(annotation.line(github.workspace.as_deref()));
        }
    }

    /// Adds to the summary of the step that GitHub shows; nothing elsewhere.
    pub fn summarize(&self, markdown: &str) -> anyhow::Result<()> {
        let summary = self.github.as_ref().and_then(|github| github.summary.as_deref());
        summary.map_or(Ok(()), |path| append(path, markdown))
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
        Ok(answered(tokio::task::spawn_blocking(prompt).await?)?.unwrap_or(false))
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
        answered(tokio::task::spawn_blocking(prompt).await?)
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
        Progress::new(self, self.streams.bars.as_ref())
    }
}

/// What was answered. Ctrl-C at a question ends the reading of it as well as the command, and either may be first.
fn answered<T>(answer: dialoguer::Result<T>) -> anyhow::Result<T> {
    answer.map_err(|dialoguer::Error::IO(error)| match error.kind() {
        io::ErrorKind::Interrupted => Problem::new(Kind::Interrupted, "interrupted; nothing was changed").into(),
        _ => anyhow::Error::new(error).context("could not read the answer"),
    })
}

fn append(path: &Path, text: &str) -> anyhow::Result<()> {
    let write = || {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path)?;
        file.write_all(text.as_bytes())
    };
    write().with_context(|| format!("could not write the summary of the step to `{}`", path.display()))
}

/// A reader that went away has what it wanted (`lfn list | head`), and stops no work: a deploy goes
/// on without it, and the exit code says how it went.
fn unless_unread(written: std::io::Result<()>) -> std::io::Result<()> {
    match written {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ctrl_c_at_a_question_is_an_interruption() {
        let failing = |kind: io::ErrorKind| answered::<bool>(Err(dialoguer::Error::IO(kind.into()))).unwrap_err();
        let error = failing(io::ErrorKind::Interrupted);
        assert_eq!(problem::exit_code(&error), 130);
        assert_eq!(error.to_string(), "interrupted; nothing was changed");
        let error = failing(io::ErrorKind::UnexpectedEof);
        assert_eq!(problem::exit_code(&error), 1, "{error:#}");
        assert!(answered(Ok(true)).unwrap());
    }
}
