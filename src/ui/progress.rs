//! A spinner on a terminal, plain lines elsewhere.

use std::fmt::Display;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::{Ui, style};

/// Work that goes on. What is finished stays on the screen; what is in hand spins below it.
pub struct Progress<'a> {
    ui: &'a Ui,
    bar: Option<ProgressBar>,
    said: Mutex<String>,
}

impl<'a> Progress<'a> {
    /// On a terminal, `bars` has the lines that move.
    pub(super) fn new(ui: &'a Ui, bars: Option<&MultiProgress>) -> Self {
        Self {
            ui,
            bar: bars.map(|bars| spinner(bars, ui.name())),
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
        self.ui.warn(text);
    }

    /// A thing is done. On a terminal, what one of several functions does is to be seen while it is done.
    pub fn done(&self, line: impl Display) {
        if self.ui.name().is_none() || self.bar.is_none() || self.ui.verbose() {
            self.ui.status(format_args!("  {} {line}", style::added("✓")));
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

fn spinner(bars: &MultiProgress, name: Option<&str>) -> ProgressBar {
    // Its line is there before it is drawn for the first time, so that it is drawn in its place.
    let bar = bars.add(ProgressBar::new_spinner());
    let template = match name {
        Some(_) => "  {spinner:.cyan} {prefix:.bold}  {msg}",
        None => "  {spinner:.cyan} {msg}",
    };
    let style = ProgressStyle::with_template(template).expect("the template is valid");
    bar.set_style(style.tick_chars("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏ "));
    bar.set_prefix(name.unwrap_or_default().to_owned());
    bar.enable_steady_tick(Duration::from_millis(80));
    bar
}
