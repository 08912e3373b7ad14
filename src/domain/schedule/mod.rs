//! When a schedule calls the function, reckoned as `EventBridge` Scheduler does. How expressions are
//! written is `domain::config::schedule`'s business.
//!
//! Source: `EventBridge` Scheduler user guide, "Schedule types in EventBridge Scheduler".

mod cron;
mod payload;
#[cfg(test)]
mod tests;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

pub use cron::{Cron, DayRule};

/// A schedule of lambda.yaml.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// As it is written, such as `rate(5 minutes)`.
    pub text: String,
    pub when: When,
    /// The IANA name of the zone that `cron` and `at` are reckoned in; UTC when absent.
    pub timezone: Option<String>,
    /// What the function gets in place of the scheduler's event.
    pub input: Option<Value>,
    pub enabled: bool,
}

/// The times of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// Every so many minutes; a day has 24 hours.
    Every(u32),
    Cron(Box<Cron>),
    Once(DateTime),
}

impl When {
    /// The first time after `after`; `None` when there is none any more. A rate counts from `since`.
    pub fn next(&self, after: Timestamp, since: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Every(minutes) => {
                let interval = i64::from(*minutes) * 60;
                let passed = after.duration_since(since).as_secs().max(0);
                let next = SignedDuration::from_secs((passed / interval + 1) * interval);
                since.checked_add(next).ok()
            }
            Self::Cron(cron) => cron
                .after(after.to_zoned(zone.clone()).datetime())
                .filter_map(|time| instant(time, zone))
                .find(|time| *time > after),
            // A time that a change of clocks leaves out is taken as the clock would have shown it.
            Self::Once(time) => {
                let time = zone.to_ambiguous_timestamp(*time).compatible().ok()?;
                (time > after).then_some(time)
            }
        }
    }
}

/// When the clock of a zone shows this time. What it leaves out in spring never comes; of what it shows
/// twice in autumn, the first counts.
fn instant(time: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let shown = zone.to_ambiguous_timestamp(time);
    if matches!(shown.offset(), jiff::tz::AmbiguousOffset::Gap { .. }) {
        return None;
    }
    shown.earlier().ok()
}
