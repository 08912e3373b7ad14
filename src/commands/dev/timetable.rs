//! The schedules of lambda.yaml, by the clock of this machine.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::domain::names::FunctionName;
use crate::domain::schedule::Schedule;
use crate::ui::Ui;

/// At least so often the clock is looked at: it may be set, and a machine may sleep.
const LOOK: Duration = Duration::from_secs(10);

/// What is due when.
pub struct Timetable {
    entries: Vec<Entry>,
    /// When rates began to count.
    since: Timestamp,
}

struct Entry {
    schedule: Schedule,
    /// What `EventBridge` Scheduler would know it by.
    name: String,
    zone: TimeZone,
    next: Option<Timestamp>,
}

/// A schedule whose time has come.
pub struct Due {
    pub schedule: Schedule,
    pub name: String,
    pub time: Timestamp,
}

impl Timetable {
    /// The schedules of this function. What cannot be reckoned on this machine is said and left out.
    pub fn of(function: &FunctionName, schedules: &[Schedule], since: Timestamp, ui: &Ui) -> Self {
        let mut timetable = Self {
            entries: Vec::new(),
            since,
        };
        let now = Timestamp::now();
        for (index, schedule) in schedules.iter().enumerate() {
            let zone = match schedule.timezone.as_deref().map(TimeZone::get) {
                None => TimeZone::UTC,
                Some(Ok(zone)) => zone,
                Some(Err(error)) => {
                    ui.warn(format_args!("`{}` does not fire: {error}", schedule.text));
                    continue;
                }
            };
            timetable.entries.push(Entry {
                schedule: schedule.clone(),
                name: format!("{function}-{}", index + 1),
                next: timetable.next(schedule, now, &zone),
                zone,
            });
        }
        timetable
    }

    /// The same as the next edition's: a schedule that is as before has not missed what came due meanwhile.
    #[must_use]
    pub fn after(mut self, before: &Self) -> Self {
        for entry in &mut self.entries {
            let same = |other: &&Entry| other.name == entry.name && other.schedule == entry.schedule;
            if let Some(before) = before.entries.iter().find(same) {
                entry.next = before.next;
            }
        }
        self
    }

    fn next(&self, schedule: &Schedule, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let next = || schedule.when.next(after, self.since, zone);
        schedule.enabled.then(next).flatten()
    }

    /// Waits for the next one; for ever when there is none. What came while the machine slept comes once.
    pub async fn due(&mut self) -> Due {
        loop {
            let next = self.entries.iter().enumerate();
            let next = next.filter_map(|(index, entry)| Some((entry.next?, index))).min();
            let Some((time, index)) = next else {
                return std::future::pending().await;
            };
            let now = Timestamp::now();
            if now < time {
                let left = Duration::try_from(time.duration_since(now)).unwrap_or_default();
                tokio::time::sleep(left.min(LOOK)).await;
                continue;
            }
            let entry = &self.entries[index];
            let next = self.next(&entry.schedule, now, &entry.zone);
            let entry = &mut self.entries[index];
            entry.next = next;
            return Due {
                schedule: entry.schedule.clone(),
                name: entry.name.clone(),
                time,
            };
        }
    }

    /// Whether both hold the same schedules.
    pub fn is_same(&self, other: &Self) -> bool {
        let schedules = |timetable: &Self| {
            timetable
                .entries
                .iter()
                .map(|entry| entry.schedule.clone())
                .collect::<Vec<_>>()
        };
        schedules(self) == schedules(other)
    }

    /// One line for each: what it is, and when it fires next.
    pub fn lines(&self) -> Vec<String> {
        let now = Timestamp::now();
        let line = |entry: &Entry| {
            let next = match entry.next {
                None if !entry.schedule.enabled => "is off (`enabled: false`)".to_owned(),
                None => "never fires any more".to_owned(),
                Some(next) => {
                    let shown = next.to_zoned(entry.zone.clone());
                    let format = if next.duration_since(now) < SignedDuration::from_hours(24) {
                        "%H:%M"
                    } else {
                        "%a %-d %b %Y %H:%M"
                    };
                    let zone = entry.schedule.timezone.as_deref().unwrap_or("UTC");
                    format!(
                        "next {} {zone}, in {}",
                        shown.strftime(format),
                        length(next.duration_since(now))
                    )
                }
            };
            format!("schedule  {}  {next}", entry.schedule.text)
        };
        self.entries.iter().map(line).collect()
    }

    /// The same for programs.
    pub fn json(&self) -> serde_json::Value {
        let entries = self.entries.iter();
        entries
            .map(|entry| {
                json!({
                    "schedule": entry.schedule.text,
                    "timezone": entry.schedule.timezone.as_deref().unwrap_or("UTC"),
                    "next": entry.next.map(|next| next.to_string()),
                })
            })
            .collect()
    }
}

/// A length of time in its largest unit, and the next one where that is small.
fn length(time: SignedDuration) -> String {
    // A minute that has just begun is a minute.
    let seconds = (time.as_millis() + 999) / 1_000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (1.., 0, _) => format!("{days} d"),
        (1.., ..) => format!("{days} d {hours} h"),
        (_, 1.., 0) => format!("{hours} h"),
        (_, 1.., _) => format!("{hours} h {minutes} min"),
        (.., 1..) => format!("{minutes} min"),
        _ => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::schedule::When;

    #[test]
    fn what_came_due_while_the_next_edition_was_built_is_still_due() {
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        let entry = |name: &str, text: &str, next| Entry {
            schedule: Schedule {
                text: text.into(),
                when: When::Every(1),
                timezone: None,
                input: None,
                enabled: true,
            },
            name: name.into(),
            zone: TimeZone::UTC,
            next: Some(time(next)),
        };
        let since = time("2026-05-01T00:00:00Z");
        let (due, later) = ("2026-05-01T00:01:00Z", "2026-05-01T00:02:00Z");
        let before = Timetable {
            entries: vec![
                entry("a-1", "rate(1 minute)", due),
                entry("a-2", "rate(2 minutes)", due),
            ],
            since,
        };
        let next = Timetable {
            entries: vec![
                entry("a-1", "rate(1 minute)", later),
                entry("a-2", "rate(3 minutes)", later),
            ],
            since,
        };
        let next: Vec<_> = next.after(&before).entries.iter().map(|entry| entry.next).collect();
        assert_eq!(next, [Some(time(due)), Some(time(later))]);
    }

    #[test]
    fn lengths_are_short() {
        for (seconds, shown) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (61, "1 min"),
            (3_600, "1 h"),
            (11_100, "3 h 5 min"),
            (86_400, "1 d"),
            (200_000, "2 d 7 h"),
        ] {
            assert_eq!(length(SignedDuration::from_secs(seconds)), shown);
        }
        assert_eq!(length(SignedDuration::from_millis(59_200)), "1 min");
    }
}
