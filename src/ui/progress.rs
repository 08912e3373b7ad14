//! A spinner on a terminal, plain lines elsewhere.

use std::fmt::Display;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::{Ui, style};

/// Work that goes on. What is finished stays on the screen; what is in hand spins below it.
pub struct Progress<'a> {
    ui: &'a Ui,
    bar: Option<ProgressBar>,
    said: Mutex<String>,
}

impl<'a> Progress<'a> {
    pub(super) fn new(ui: &'a Ui, animated: bool) -> Self {
        Self {
            ui,
            bar: animated.then(spinner),
            said: Mutex::default(),
        }
    }

    /// Says what is in hand. Off a terminal nothing is said until it is done.
    pub fn doing(&self, what: impl Display) {
        if let Some(bar) = &self.bar {
            bar.set_message(what.to_string());
        }
    }

    /// Says what is waited for; off a terminal once for each thing.
    pub fn waiting(&self, what: &str, waited: Duration) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!("waiting for {what}, {} s", waited.as_secs()));
            return;
        }
        let mut said = self.said.lock().expect("no writer panics");
        if *said != what {
            what.clone_into(&mut said);
            self.ui.status(format_args!("  waiting for {what}"));
        }
    }

    /// Shows how much has been sent.
    pub fn sent(&self, bytes: u64, total: u64) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!("uploading, {} of {}", style::bytes(bytes), style::bytes(total)));
        }
    }

    /// A warning, which stays on the screen.
    pub fn warn(&self, text: impl Display) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.ui.warn(text)),
            None => self.ui.warn(text),
        }
    }

    /// A thing is done.
    pub fn done(&self, line: impl Display) {
        let line = format!("  {} {line}", style::added("✓"));
        match &self.bar {
            Some(bar) => bar.suspend(|| self.ui.status(line)),
            None => self.ui.status(line),
        }
    }
}

impl Drop for Progress<'_> {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    let style = ProgressStyle::with_template("  {spinner:.cyan} {msg}").expect("the template is valid");
    bar.set_style(style.tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ "));
    bar.enable_steady_tick(Duration::from_millis(80));
    bar
}
