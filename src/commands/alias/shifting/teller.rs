//! What a shift says while it goes on.

use std::time::Duration;

use super::lines::{Line, StageView, TrafficView};
use crate::ctx::Ctx;
use crate::domain::config::shown_seconds;
use crate::domain::names::Version;
use crate::engine::shift::{Compared, Event};
use crate::ui::{Progress, style};

/// Tells what happens: a calm line on a terminal, a line a stage elsewhere, a line an event in JSON.
pub(super) struct Teller<'a> {
    ctx: &'a Ctx,
    progress: &'a Progress<'a>,
    new: Version,
    now: std::sync::Mutex<Now>,
}

/// The stage in hand.
#[derive(Default)]
struct Now {
    index: usize,
    share: String,
    compared: Compared,
    red: usize,
}

impl<'a> Teller<'a> {
    pub(super) fn new(ctx: &'a Ctx, progress: &'a Progress<'a>, new: Version) -> Self {
        Self {
            ctx,
            progress,
            new,
            now: std::sync::Mutex::default(),
        }
    }

    pub(super) fn tell(&self, event: &Event<'_>) {
        // A reader that went away does not stop a shift half-way.
        let say = |line: &Line<'_>| drop(self.ctx.ui.event(line));
        let mut now = self.now.lock().expect("no teller panics");
        match event {
            Event::Stage { index, stage, resumed } => {
                *now = Now {
                    index: *index,
                    share: format!("{}% on version {}", stage.share, self.new),
                    ..Now::default()
                };
                let (stage, view, resumed) = (*index, StageView::new(stage), *resumed);
                say(&Line::Stage { stage, view, resumed });
            }
            Event::Tick { left } => self.show(&now, *left),
            Event::Seen { left, compared, red } => {
                now.compared = **compared;
                now.red = red.len();
                self.show(&now, *left);
                say(&Line::Seen {
                    stage: now.index,
                    seconds_left: left.as_secs(),
                    over: compared.over.as_secs(),
                    new: TrafficView::new(&compared.new),
                    old: TrafficView::new(&compared.old),
                    red: red.clone(),
                });
            }
            Event::Trouble { what, error } => {
                let what = what.name();
                self.progress.warn(format_args!(
                    "{what} could not be read, and will be tried again: {error}"
                ));
                let error = error.to_string();
                say(&Line::Trouble { what, error });
            }
            Event::Held { stage, compared, .. } => {
                let held = shown_seconds(stage.hold.as_secs());
                self.progress.done(format_args!(
                    "{} for {held}  {}",
                    now.share,
                    style::dim(calls(compared))
                ));
            }
            Event::Waiting { what, waited } => {
                self.progress.waiting(what, *waited);
                let seconds = waited.as_secs();
                say(&Line::Waiting { what, seconds });
            }
            Event::TakingBack => self.progress.doing("taking it back"),
        }
    }

    fn show(&self, now: &Now, left: Duration) {
        // Rounded up, so that the last second is not told as none.
        let left = shown_seconds((left + Duration::from_millis(999)).as_secs());
        let red = match now.red {
            0 => String::new(),
            red => format!(", {} red from the start", style::count(red, "alarm")),
        };
        self.progress.doing(format_args!(
            "{}, {left} left, {}{red}",
            now.share,
            calls(&now.compared)
        ));
    }
}

/// `132 calls, 0 failed`, and what was throttled.
fn calls(compared: &Compared) -> String {
    let new = compared.new;
    let calls = style::count(usize::try_from(new.invocations).unwrap_or(usize::MAX), "call");
    let throttled = match new.throttles {
        0 => String::new(),
        throttles => format!(", {throttles} throttled"),
    };
    format!("{calls}, {} failed{throttled}", new.errors)
}
