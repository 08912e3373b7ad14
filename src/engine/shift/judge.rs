//! Whether a shift may go on: a judgement on what one look showed, after what the looks before it did. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::config::shown_seconds;
use crate::domain::ledger::Share;
use crate::domain::names::Version;
use crate::engine::wait::Readiness;
use crate::ports::{AlarmState, PortError, PortResult, Traffic};

/// How many looks in a row may fail before a shift that cannot be watched is given up.
pub const BLIND: u32 = 3;

/// How far back is looked at least: what went well an hour ago says nothing about what fails now.
const WINDOW: Duration = Duration::from_mins(5);

/// How far back to look `now` at a shift that `began` then, so that nothing since the last look that worked,
/// `before`, goes unseen.
pub fn look_back(began: Timestamp, before: Option<Timestamp>, now: Timestamp) -> Duration {
    let since = |then: Timestamp| Duration::try_from(now.duration_since(then)).unwrap_or_default();
    before
        .map_or(WINDOW, |before| since(before).max(WINDOW))
        .min(since(began))
}

/// What one look showed.
#[derive(Debug)]
pub struct Seen {
    pub alarms: PortResult<BTreeMap<String, AlarmState>>,
    pub traffic: PortResult<Compared>,
    /// Whether the new version can serve; `None` when it is gone.
    pub version: PortResult<Option<Readiness>>,
}

/// How the calls of both versions went over the same time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Compared {
    pub new: Traffic,
    pub old: Traffic,
    /// How far back was looked.
    pub over: Duration,
}

/// Why a shift cannot go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Breach {
    /// The new version fails more than it may, and more than the one before.
    Errors(Compared),
    /// The new version is throttled more than it may be, and more than the one before.
    Throttles(Compared),
    /// The new version cannot serve.
    Unready(String),
    /// An alarm that was not red turned red.
    Alarm(String),
    /// An alarm that was watched was deleted.
    AlarmGone(String),
    /// What was to be watched could not be seen, several times in a row.
    Blind { what: Sight, error: PortError },
}

/// The kinds of things that are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sight {
    Alarms,
    Traffic,
    Version,
    Alias,
}

impl Sight {
    /// What could not be read, in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alarms => "the alarms",
            Self::Traffic => "the metrics",
            Self::Version => "the state of the new version",
            Self::Alias => "the alias",
        }
    }
}

impl Breach {
    /// Whether the function itself is to blame.
    pub fn is_the_functions(&self) -> bool {
        matches!(self, Self::Errors(_) | Self::Unready(_))
    }

    /// What was seen, in one line.
    pub fn told(&self, new: Version, old: Version) -> String {
        let over = |compared: &Compared| shown_seconds(compared.over.as_secs().max(1));
        match self {
            Self::Errors(compared) => {
                let (errors, calls) = (compared.new.errors, compared.new.invocations);
                let before = (compared.old.errors, compared.old.invocations);
                format!(
                    "{errors} of {calls} calls of version {new} failed in {}; of version {old}, {} of {}",
                    over(compared),
                    before.0,
                    before.1
                )
            }
            Self::Throttles(compared) => {
                let all = |traffic: &Traffic| traffic.invocations + traffic.throttles;
                format!(
                    "{} of {} calls of version {new} were throttled in {}; of version {old}, {} of {}",
                    compared.new.throttles,
                    all(&compared.new),
                    over(compared),
                    compared.old.throttles,
                    all(&compared.old)
                )
            }
            Self::Unready(reason) => format!("version {new} cannot serve: {reason}"),
            Self::Alarm(name) => format!("the alarm `{name}` went off"),
            Self::AlarmGone(name) => format!("the alarm `{name}` does not exist any more"),
            Self::Blind { what, error } => {
                format!("{} could not be read {BLIND} times in a row: {error}", what.name())
            }
        }
    }
}

/// Judges look after look.
#[derive(Debug)]
pub struct Judge {
    alarms: Vec<String>,
    /// What is red and was so from the start. An alarm that was OK since is not among these.
    red: BTreeSet<String>,
    limit: Share,
    failures: BTreeMap<Sight, u32>,
}

impl Judge {
    /// From the states of the alarms before anything moves, and the share of calls that may fail.
    pub fn new(baseline: &BTreeMap<String, AlarmState>, limit: Share) -> Self {
        let red = baseline.iter().filter(|(_, state)| **state == AlarmState::Alarm);
        Self {
            alarms: baseline.keys().cloned().collect(),
            red: red.map(|(name, _)| name.clone()).collect(),
            limit,
            failures: BTreeMap::new(),
        }
    }

    /// The alarms that are red and do not stop anything, since they were red before.
    pub fn red(&self) -> impl Iterator<Item = &str> {
        self.red.iter().map(String::as_str)
    }

    /// Counts a look at one thing that failed or not; too many failures in a row are a breach.
    pub fn heed<T>(&mut self, what: Sight, result: &PortResult<T>) -> Option<Breach> {
        let Err(error) = result else {
            self.failures.remove(&what);
            return None;
        };
        let count = self.failures.entry(what).or_default();
        *count += 1;
        (*count >= BLIND).then(|| Breach::Blind {
            what,
            error: error.clone(),
        })
    }

    /// The first reason to stop, the function's own failures before everything else.
    pub fn judge(&mut self, seen: &Seen) -> Option<Breach> {
        let blind = [
            self.heed(Sight::Version, &seen.version),
            self.heed(Sight::Traffic, &seen.traffic),
            self.heed(Sight::Alarms, &seen.alarms),
        ];
        let unready = match &seen.version {
            Ok(None) => Some(Breach::Unready("it was deleted".into())),
            Ok(Some(Readiness::Failed(reason))) => Some(Breach::Unready(reason.clone())),
            Ok(Some(Readiness::Ready | Readiness::Waiting)) | Err(_) => None,
        };
        let traffic = seen.traffic.as_ref().ok();
        let failing = traffic.and_then(|compared| self.failing(compared));
        let alarm = seen.alarms.as_ref().ok().and_then(|states| self.alarm(states));
        unready.or(failing).or(alarm).or(blind.into_iter().flatten().next())
    }

    fn failing(&self, compared: &Compared) -> Option<Breach> {
        let Compared { new, old, .. } = compared;
        let limit = self.limit.weight();
        let exceeds = |rate: f64, before: f64| rate > limit && rate > before;
        if new.errors > 0 && exceeds(new.error_rate(), old.error_rate()) {
            return Some(Breach::Errors(*compared));
        }
        if new.throttles > 0 && exceeds(new.throttle_rate(), old.throttle_rate()) {
            return Some(Breach::Throttles(*compared));
        }
        None
    }

    fn alarm(&mut self, states: &BTreeMap<String, AlarmState>) -> Option<Breach> {
        for name in &self.alarms {
            match states.get(name) {
                None => return Some(Breach::AlarmGone(name.clone())),
                Some(AlarmState::Alarm) if !self.red.contains(name) => return Some(Breach::Alarm(name.clone())),
                // Once it was OK, the next red is new. Too little data says nothing either way.
                Some(AlarmState::Ok) => drop(self.red.remove(name)),
                Some(AlarmState::Alarm | AlarmState::InsufficientData) => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::ErrorKind;

    fn traffic(text: &str) -> Traffic {
        let numbers: Vec<u64> = text.split('/').map(|number| number.parse().unwrap()).collect();
        Traffic {
            errors: numbers[0],
            throttles: numbers[1],
            invocations: numbers[2],
        }
    }

    fn seen(new: &str, old: &str) -> Seen {
        Seen {
            alarms: Ok(BTreeMap::new()),
            traffic: Ok(Compared {
                new: traffic(new),
                old: traffic(old),
                over: Duration::from_secs(90),
            }),
            version: Ok(Some(Readiness::Ready)),
        }
    }

    /// Errors / throttles / calls of the new version and of the old one.
    #[test]
    fn a_version_stops_that_fails_more_than_it_may_and_more_than_before() {
        for (new, old, percent, stopped) in [
            ("0/0/0", "0/0/0", 1.0, None),
            ("0/0/900", "9/0/9", 1.0, None),
            ("1/0/100", "0/0/900", 1.0, None),
            ("2/0/100", "0/0/900", 1.0, Some("errors")),
            ("1/0/1", "0/0/0", 1.0, Some("errors")),
            // No worse than what it replaces.
            ("2/0/100", "18/0/900", 1.0, None),
            ("3/0/100", "18/0/900", 1.0, Some("errors")),
            ("1/0/1000", "0/0/9000", 0.0, Some("errors")),
            ("50/0/100", "0/0/900", 50.0, None),
            ("100/0/100", "0/0/900", 100.0, None),
            // Errors are told before the calls that they belong to.
            ("1/0/0", "0/0/0", 1.0, Some("errors")),
            ("0/1/100", "0/0/900", 1.0, None),
            ("0/2/98", "0/0/900", 1.0, Some("throttles")),
            ("0/2/98", "0/100/900", 1.0, None),
            ("0/5/0", "0/0/0", 1.0, Some("throttles")),
        ] {
            let mut judge = Judge::new(&BTreeMap::new(), Share::from_weight(percent / 100.0));
            let breach = judge.judge(&seen(new, old));
            let kind = breach.map(|breach| match breach {
                Breach::Errors(_) => "errors",
                Breach::Throttles(_) => "throttles",
                other => panic!("{other:?}"),
            });
            assert_eq!(kind, stopped, "new {new}, old {old}, limit {percent}");
        }
    }

    #[test]
    fn no_time_between_two_looks_goes_unseen() {
        let at = |minutes: i64| Timestamp::from_second(minutes * 60).unwrap();
        for (before, now, minutes) in [
            (None, 2, 2),
            (None, 60, 5),
            (Some(59), 60, 5),
            (Some(50), 60, 10),
            (Some(0), 60, 60),
            (Some(8), 9, 5),
        ] {
            let back = look_back(at(0), before.map(at), at(now));
            assert_eq!(back, Duration::from_mins(minutes), "{before:?} {now}");
        }
    }

    #[test]
    fn an_alarm_stops_when_it_turns_red_and_not_when_it_was() {
        use AlarmState::{Alarm, InsufficientData as Unknown, Ok as Green};
        for (start, looks, stopped) in [
            (Green, &[Green, Unknown, Green][..], None),
            (Green, &[Green, Alarm], Some(1)),
            (Unknown, &[Alarm], Some(0)),
            (Alarm, &[Alarm, Alarm, Unknown, Alarm], None),
            (Alarm, &[Alarm, Green, Alarm], Some(2)),
        ] {
            let states = |state| BTreeMap::from([("errors".to_owned(), state)]);
            let mut judge = Judge::new(&states(start), Share::ALL);
            let look = |state: &AlarmState| {
                let mut seen = seen("0/0/1", "0/0/9");
                seen.alarms = Ok(states(*state));
                judge.judge(&seen).is_some()
            };
            assert_eq!(
                looks.iter().map(look).position(|stop| stop),
                stopped,
                "{start} {looks:?}"
            );
        }
        let mut judge = Judge::new(&BTreeMap::from([("errors".to_owned(), Green)]), Share::ALL);
        assert_eq!(
            judge.judge(&seen("0/0/1", "0/0/9")),
            Some(Breach::AlarmGone("errors".into()))
        );
    }

    #[test]
    fn what_cannot_be_seen_is_tried_again_and_then_given_up() {
        let mut judge = Judge::new(&BTreeMap::new(), Share::from_weight(0.01));
        let error = PortError::new(ErrorKind::Unreachable, "cloudwatch:GetMetricData", "", "no way");
        let blind = || Seen {
            traffic: Err(error.clone()),
            ..seen("0/0/0", "0/0/0")
        };
        assert_eq!(judge.judge(&blind()), None);
        assert_eq!(judge.judge(&blind()), None);
        // One that works again begins anew.
        assert_eq!(judge.judge(&seen("0/0/0", "0/0/0")), None);
        assert_eq!(judge.judge(&blind()), None);
        assert_eq!(judge.judge(&blind()), None);
        let breach = judge.judge(&blind()).unwrap();
        let told = breach.told(Version(2), Version(1));
        assert!(
            told.contains("the metrics could not be read 3 times in a row"),
            "{told}"
        );
        assert!(!breach.is_the_functions());
    }

    #[test]
    fn a_version_that_cannot_serve_stops_before_anything_else() {
        for (version, reason) in [
            (None, "it was deleted"),
            (Some(Readiness::Failed("the key is gone".into())), "the key is gone"),
        ] {
            let mut judge = Judge::new(&BTreeMap::new(), Share::ALL);
            let breach = judge.judge(&Seen {
                version: Ok(version),
                ..seen("9/0/9", "0/0/9")
            });
            assert_eq!(breach, Some(Breach::Unready(reason.into())));
        }
        let mut judge = Judge::new(&BTreeMap::new(), Share::ALL);
        let waking = Seen {
            version: Ok(Some(Readiness::Waiting)),
            ..seen("0/0/9", "0/0/9")
        };
        assert_eq!(judge.judge(&waking), None);
    }

    #[test]
    fn a_breach_says_what_was_seen() {
        let compared = Compared {
            new: traffic("5/2/12"),
            old: traffic("0/0/90"),
            over: Duration::from_secs(90),
        };
        for (breach, told) in [
            (
                Breach::Errors(compared),
                "5 of 12 calls of version 2 failed in 1m30s; of version 1, 0 of 90",
            ),
            (
                Breach::Throttles(compared),
                "2 of 14 calls of version 2 were throttled in 1m30s; of version 1, 0 of 90",
            ),
            (Breach::Alarm("orders".into()), "the alarm `orders` went off"),
        ] {
            assert_eq!(breach.told(Version(2), Version(1)), told);
        }
    }
}
