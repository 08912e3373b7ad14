//! What a shift says with `--format json`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::PointView;
use crate::domain::shift::Stage;
use crate::ports::{AlarmState, Traffic};

/// What `--format json` prints, one line each.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
pub(super) enum Line<'a> {
    Shift {
        function: &'a str,
        alias: &'a str,
        from: PointView,
        to: PointView,
        stages: Vec<StageView>,
        /// The stage that it begins with.
        first: usize,
        alarms: &'a BTreeMap<String, AlarmState>,
    },
    Stage {
        stage: usize,
        #[serde(flatten)]
        view: StageView,
        resumed: bool,
    },
    Seen {
        stage: usize,
        /// Of the stage.
        seconds_left: u64,
        /// How far back was looked.
        over: u64,
        new: TrafficView,
        old: TrafficView,
        /// Alarms that were red from the start.
        red: Vec<&'a str>,
    },
    Trouble {
        what: &'a str,
        error: String,
    },
    Waiting {
        what: &'a str,
        seconds: u64,
    },
    Ended {
        because: String,
        /// `restored`, `untouched`, `elsewhere` or `stuck`.
        alias: &'static str,
        serves: Option<PointView>,
    },
    Result {
        function: &'a str,
        alias: &'a str,
        from: PointView,
        to: PointView,
        changed: bool,
    },
}

/// What would be done in stages, for a dry run.
#[derive(Serialize)]
pub struct GradualView<'a> {
    pub(super) stages: Vec<StageView>,
    /// The stage that it begins with.
    pub(super) first: usize,
    pub(super) alarms: &'a BTreeMap<String, AlarmState>,
    /// Seconds between two looks.
    pub(super) check_every: u64,
    /// The share of calls that may fail, 0 to 1.
    pub(super) max_errors: f64,
}

/// A stage of the schedule.
#[derive(Serialize)]
pub(super) struct StageView {
    /// 0 to 1.
    share: f64,
    /// How long it holds; 0 for the last.
    seconds: u64,
}

#[derive(Serialize)]
pub(super) struct TrafficView {
    calls: u64,
    errors: u64,
    throttles: u64,
}

impl StageView {
    pub(super) fn new(stage: &Stage) -> Self {
        Self {
            share: stage.share.weight(),
            seconds: stage.hold.as_secs(),
        }
    }
}

impl TrafficView {
    pub(super) fn new(traffic: &Traffic) -> Self {
        Self {
            calls: traffic.invocations,
            errors: traffic.errors,
            throttles: traffic.throttles,
        }
    }
}
