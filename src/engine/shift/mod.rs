//! Shifting the traffic of an alias to another version, stage after stage, and back when something is wrong.
//!
//! [`judge`] decides whether it may go on and [`course`] where it begins; both are pure. The driver here
//! sets a weight, looks again and again while it holds, and goes on. Whatever ends it early, the
//! alias is returned to what was there before, unless somebody else has moved it since.

mod course;
mod judge;
mod weights;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

pub use self::course::{Course, refuse_provisioned, refuse_unlike, told, under_way};
use self::judge::look_back;
pub use self::judge::{BLIND, Breach, Compared, Judge, Seen, Sight};
use self::weights::Held;
use super::release::{self, Mover};
use super::wait::{Failure, OnWait, Stop, Waiter, readiness};
use crate::domain::ledger::{Point, Share};
use crate::domain::names::{AliasName, CodeDigest, FunctionName, Qualifier, Version};
use crate::domain::shift::{Schedule, Stage};
use crate::ports::{AlarmState, AliasState, Cloud, PortError, PortResult};

/// The longest pause before a stage that is over is looked at again, when the look at its end failed.
const RETRY: Duration = Duration::from_secs(5);
/// The pause between two signs of life.
const TICK: Duration = Duration::from_secs(1);

/// One shift.
#[derive(Debug, Clone, Copy)]
pub struct Shift<'a> {
    pub function: &'a FunctionName,
    /// The alias as it was when the course was set.
    pub current: &'a AliasState,
    /// The tags of the function.
    pub tags: &'a BTreeMap<String, String>,
    pub schedule: &'a Schedule,
    pub course: &'a Course,
    pub watch: &'a Watch,
    /// The archive of the version it goes to.
    pub digest: Option<&'a CodeDigest>,
    pub mover: &'a Mover,
}

/// What is watched, and how closely.
#[derive(Debug, Clone)]
pub struct Watch {
    /// The alarms and their states before anything moves.
    pub alarms: BTreeMap<String, AlarmState>,
    pub every: Duration,
    /// The share of the new version's calls that may fail.
    pub limit: Share,
}

/// What happens on the way.
#[derive(Debug)]
pub enum Event<'a> {
    /// A stage has begun: the alias has its weight.
    Stage {
        index: usize,
        stage: &'a Stage,
        resumed: bool,
    },
    /// Time goes by.
    Tick {
        left: Duration,
    },
    /// A look that worked.
    Seen {
        left: Duration,
        compared: &'a Compared,
        red: Vec<&'a str>,
    },
    /// A look that failed.
    Trouble {
        what: Sight,
        error: &'a PortError,
    },
    /// A stage has come to its end.
    Held {
        index: usize,
        stage: &'a Stage,
        compared: &'a Compared,
    },
    Waiting {
        what: &'a str,
        waited: Duration,
    },
    /// The alias is about to be returned.
    TakingBack,
}

/// Told what happens.
pub type OnEvent<'a> = &'a (dyn Fn(Event<'_>) + Send + Sync);

/// Why a shift ended early.
#[derive(Debug)]
pub enum Why {
    Breach(Breach),
    Interrupted,
    /// A weight could not be set.
    Failed(Failure),
    /// Somebody else changed the alias; as it is now, or `None` when it is gone.
    Lost(Option<Box<AliasState>>),
}

impl Why {
    /// In one line, for the ledger.
    fn told(&self, course: &Course) -> String {
        match self {
            Self::Breach(breach) => breach.told(course.new, course.old),
            Self::Interrupted => "interrupted".into(),
            Self::Failed(failure) => failure.to_string(),
            Self::Lost(_) => "somebody else changed the alias".into(),
        }
    }
}

/// How an alias is left by a shift that ended early.
#[derive(Debug)]
pub enum Aftermath {
    /// Nothing was moved.
    Untouched,
    /// As before; and why that has no copy among the function's tags, if so.
    TakenBack { unkept: Option<PortError> },
    /// Somebody else moved it, and it was left alone.
    Elsewhere { now: Option<Point>, by: Option<String> },
    /// It could not be taken back, and most likely points here.
    Stuck { now: Point, failure: Failure },
}

/// A shift that ended early.
#[derive(Debug)]
pub struct Ended {
    pub why: Why,
    pub aftermath: Aftermath,
}

/// A shift that came to its end; and why its entry has no copy among the function's tags, if so.
#[derive(Debug)]
pub struct Shifted {
    pub unkept: Option<PortError>,
}

/// Looks once before anything moves, so that what cannot be watched is known in time: the states of these
/// alarms, of which none may be missing in the answer's keys, and the metrics of the new version.
pub async fn look_first(
    cloud: &Cloud,
    function: &FunctionName,
    alias: &AliasName,
    new: Version,
    alarms: &[String],
) -> PortResult<BTreeMap<String, AlarmState>> {
    let states = async {
        if alarms.is_empty() {
            return Ok(BTreeMap::new());
        }
        cloud.metrics.alarms(alarms).await
    };
    let traffic = cloud.metrics.traffic(function, alias, new, Timestamp::now());
    let (states, _) = tokio::try_join!(states, traffic)?;
    Ok(states)
}

impl Shift<'_> {
    /// Goes through the stages. Every way out but the last leaves the alias as it was before, if that is
    /// still up to this shift.
    pub async fn run(&self, cloud: &Cloud, stop: &Stop, on_event: OnEvent<'_>) -> Result<Shifted, Ended> {
        let on_wait = |what: &str, waited: Duration| on_event(Event::Waiting { what, waited });
        let mut held = Held::new(self.current);
        match self.go(cloud, stop, &mut held, on_event, &on_wait).await {
            Ok(shifted) => Ok(shifted),
            Err(why) => {
                on_event(Event::TakingBack);
                let aftermath = self.take_back(cloud, &held, &why, &on_wait).await;
                Err(Ended { why, aftermath })
            }
        }
    }

    async fn go(
        &self,
        cloud: &Cloud,
        stop: &Stop,
        held: &mut Held,
        on_event: OnEvent<'_>,
        on_wait: OnWait<'_>,
    ) -> Result<Shifted, Why> {
        let waiter = Waiter::new(stop, on_wait);
        let ledger = release::ledger(self.current, self.tags);
        let began = self
            .course
            .resumed
            .as_ref()
            .map_or_else(Timestamp::now, |entry| entry.at);
        let mut judge = Judge::new(&self.watch.alarms, self.watch.limit);
        let mut seen_at = None;
        let mut unkept = None;
        let stages = self.schedule.stages();
        for (index, stage) in stages.iter().enumerate().skip(self.course.first) {
            if stop.requested() {
                return Err(Why::Interrupted);
            }
            let entry = self.entry(&self.course.at(stage.share), began);
            let resumed = self.course.resumed.is_some() && held.point == entry.to;
            if !resumed {
                self.advance(cloud, &waiter, held, &entry).await?;
            }
            on_event(Event::Stage { index, stage, resumed });
            let last = index + 1 == stages.len();
            // In between, the description of the alias has what is newest.
            if index == self.course.first || last {
                let kept = self.keep(cloud, &ledger, self.course.number, &entry).await;
                unkept = kept.err().or(unkept);
            }
            if !last {
                let compared = self
                    .hold(cloud, stop, stage, held, &mut judge, (began, &mut seen_at), on_event)
                    .await?;
                on_event(Event::Held {
                    index,
                    stage,
                    compared: &compared,
                });
            }
        }
        Ok(Shifted { unkept })
    }

    /// Watches while a weight holds. A stage ends with a look that saw everything, at the very end of its time or,
    /// when that one failed, as soon after as one works.
    #[expect(clippy::too_many_arguments, reason = "what one stage needs of the whole shift")]
    async fn hold(
        &self,
        cloud: &Cloud,
        stop: &Stop,
        stage: &Stage,
        held: &Held,
        judge: &mut Judge,
        (began, seen_at): (Timestamp, &mut Option<Timestamp>),
        on_event: OnEvent<'_>,
    ) -> Result<Compared, Why> {
        let until = Instant::now() + stage.hold;
        let left = || until.saturating_duration_since(Instant::now());
        let mut newest = Compared::default();
        loop {
            let pause = if left().is_zero() { RETRY } else { left() };
            let look = Instant::now() + self.watch.every.min(pause);
            while Instant::now() < look {
                on_event(Event::Tick { left: left() });
                stop.sleep(TICK.min(look.saturating_duration_since(Instant::now())))
                    .await;
                if stop.requested() {
                    return Err(Why::Interrupted);
                }
            }
            let over = left().is_zero();
            let now = Timestamp::now();
            let (alias, seen) = tokio::select! {
                looked = self.look(cloud, now, look_back(began, *seen_at, now)) => looked,
                () = stop.heard() => return Err(Why::Interrupted),
            };
            let mut whole = true;
            for (what, error) in troubles(&alias, &seen) {
                whole = false;
                on_event(Event::Trouble { what, error });
            }
            let blind = judge.heed(Sight::Alias, &alias);
            if let Ok(found) = alias
                && !found.as_ref().is_some_and(|found| held.is_unchanged(found))
            {
                return Err(Why::Lost(found.map(Box::new)));
            }
            if let Some(breach) = judge.judge(&seen).or(blind) {
                return Err(Why::Breach(breach));
            }
            if let Ok(compared) = &seen.traffic {
                *seen_at = Some(now);
                newest = *compared;
                let (left, red) = (left(), judge.red().collect());
                on_event(Event::Seen { left, compared, red });
            }
            if over && whole {
                return Ok(newest);
            }
        }
    }

    /// One look at everything, side by side, this far back.
    async fn look(&self, cloud: &Cloud, now: Timestamp, over: Duration) -> (PortResult<Option<AliasState>>, Seen) {
        let (function, alias, course) = (self.function, &self.current.name, self.course);
        let since = now
            .checked_sub(over)
            .expect("what was looked back to is a time that was");
        let traffic = async {
            let (new, old) = tokio::try_join!(
                cloud.metrics.traffic(function, alias, course.new, since),
                cloud.metrics.traffic(function, alias, course.old, since),
            )?;
            Ok(Compared { new, old, over })
        };
        let alarms = async {
            if self.watch.alarms.is_empty() {
                return Ok(BTreeMap::new());
            }
            let names: Vec<String> = self.watch.alarms.keys().cloned().collect();
            cloud.metrics.alarms(&names).await
        };
        let qualifier = Qualifier::Version(course.new);
        let version = async {
            let snapshot = cloud.functions.snapshot(function, &qualifier).await?;
            Ok(snapshot.map(|snapshot| readiness(&snapshot.lifecycle)))
        };
        let (found, alarms, traffic, version) =
            tokio::join!(cloud.functions.alias(function, alias), alarms, traffic, version);
        let seen = Seen {
            alarms,
            traffic,
            version,
        };
        (found, seen)
    }
}

/// What could not be read.
fn troubles<'a>(
    alias: &'a PortResult<Option<AliasState>>,
    seen: &'a Seen,
) -> impl Iterator<Item = (Sight, &'a PortError)> {
    [
        (Sight::Alias, alias.as_ref().err()),
        (Sight::Version, seen.version.as_ref().err()),
        (Sight::Traffic, seen.traffic.as_ref().err()),
        (Sight::Alarms, seen.alarms.as_ref().err()),
    ]
    .into_iter()
    .filter_map(|(what, error)| error.map(|error| (what, error)))
}
