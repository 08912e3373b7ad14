//! The writes of a shift: a weight more, and everything back. Each is one `UpdateAlias`, guarded by the
//! revision that was seen last, and amends the shift's one entry in the ledger.

use std::cmp::Ordering;
use std::time::Duration;

use jiff::Timestamp;

use super::{Aftermath, Shift, Why};
use crate::domain::ledger::{self, Entry, Kind, Ledger, Point};
use crate::engine::release;
use crate::engine::wait::{Failure, OnWait, Stop, Waiter};
use crate::ports::{AliasState, AliasUpdate, Cloud, ErrorKind, PortError, PortResult};

/// How often taking back is tried when the network or the service fails.
const TRIES: u32 = 5;
/// Hexadecimal digits of an archive's digest that an entry has.
const DIGEST_DIGITS: usize = 12;

/// An alias as this shift left it.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub revision: String,
    /// The one before it, which a look that comes too early may still show.
    pub before: Option<String>,
    pub point: Point,
    /// What is being written now, and may have landed or not.
    pub pending: Option<Point>,
}

impl Held {
    pub fn new(alias: &AliasState) -> Self {
        Self {
            revision: alias.revision.clone(),
            before: None,
            point: release::point(alias),
            pending: None,
        }
    }

    /// Whether an alias is as this shift left it.
    pub fn is_unchanged(&self, found: &AliasState) -> bool {
        found.revision == self.revision || self.before.as_ref() == Some(&found.revision)
    }

    fn has_set(&self, point: &Point) -> bool {
        self.point == *point || self.pending.as_ref() == Some(point)
    }
}

impl Shift<'_> {
    /// The shift's entry when the alias points at `to`.
    pub(super) fn entry(&self, to: &Point, began: Timestamp) -> Entry {
        let course = self.course;
        let because = self.mover.because.clone();
        if let Some(resumed) = &course.resumed {
            return Entry {
                to: to.clone(),
                because: because.or_else(|| resumed.because.clone()),
                ..resumed.clone()
            };
        }
        let ledger = release::ledger(self.current, self.tags);
        let known = ledger.commit(course.new).map(str::to_owned);
        Entry {
            kind: Kind::Canary,
            from: Some(course.before.clone()),
            to: to.clone(),
            at: began,
            who: self.mover.who.clone(),
            commit: self.mover.commit.clone().or(known),
            digest: self
                .digest
                .map(|digest| digest.to_hex().chars().take(DIGEST_DIGITS).collect()),
            because,
        }
    }

    fn update(&self, to: &Point, description: String) -> AliasUpdate {
        AliasUpdate {
            name: self.current.name.clone(),
            version: to.version.expect("a shift goes from a version to a version"),
            weights: to
                .weights
                .iter()
                .map(|(version, share)| (*version, share.weight()))
                .collect(),
            description,
        }
    }

    /// Sets a weight. A write whose answer was lost is recognised by looking.
    pub(super) async fn advance(
        &self,
        cloud: &Cloud,
        waiter: &Waiter<'_>,
        held: &mut Held,
        entry: &Entry,
    ) -> Result<(), Why> {
        let to = &entry.to;
        held.pending = Some(to.clone());
        let update = self.update(to, entry.description(self.course.number));
        let write = || cloud.functions.update_alias(self.function, &update, &held.revision);
        let alias = match waiter.patiently(write).await {
            Ok(alias) => alias,
            Err(failure) => match cloud.functions.alias(self.function, &self.current.name).await {
                Ok(Some(found)) if release::point(&found) == *to && found.description == update.description => found,
                Ok(found) if is_stale(&failure) => return Err(Why::Lost(found.map(Box::new))),
                Ok(_) | Err(_) => return Err(Why::Failed(failure)),
            },
        };
        *held = Held {
            before: Some(held.revision.clone()),
            revision: alias.revision,
            point: to.clone(),
            pending: None,
        };
        Ok(())
    }

    /// Keeps an entry among the function's tags; the description of the alias has it already.
    pub(super) async fn keep(&self, cloud: &Cloud, ledger: &Ledger, number: u64, entry: &Entry) -> PortResult<()> {
        let change = ledger::kept(&self.current.name, ledger, (number, entry), self.tags);
        if change.is_empty() {
            return Ok(());
        }
        cloud.functions.change_tags(self.function, &change).await
    }

    /// Returns the alias to exactly what was there before, if it still is where this shift put it.
    pub(super) async fn take_back(&self, cloud: &Cloud, held: &Held, why: &Why, on_wait: OnWait<'_>) -> Aftermath {
        // Whoever interrupts a shift wants it taken back, and not that to be cut short as well.
        let stop = Stop::default();
        let waiter = Waiter::new(&stop, on_wait);
        let because = why.told(self.course);
        let mut tries = 1;
        loop {
            // Where somebody else has moved it, even to what was there before, is no doing of this shift's.
            let lost = tries == 1 && matches!(why, Why::Lost(_));
            let failure = match self.try_take_back(cloud, &waiter, held, lost, &because).await {
                Ok(aftermath) => return aftermath,
                Err(failure) => failure,
            };
            if tries == TRIES || !may_pass(&failure) {
                return Aftermath::Stuck {
                    now: held.point.clone(),
                    failure,
                };
            }
            on_wait("the alias to be taken back", Duration::from_secs(tries.into()));
            stop.sleep(Duration::from_secs(tries.into())).await;
            tries += 1;
        }
    }

    async fn try_take_back(
        &self,
        cloud: &Cloud,
        waiter: &Waiter<'_>,
        held: &Held,
        lost: bool,
        because: &str,
    ) -> Result<Aftermath, Failure> {
        let (name, before) = (&self.current.name, &self.course.before);
        let look = || cloud.functions.alias(self.function, name);
        let Some(found) = waiter.patiently(look).await? else {
            return Ok(Aftermath::Elsewhere { now: None, by: None });
        };
        let (now, ledger) = (release::point(&found), release::ledger(&found, self.tags));
        let newest = ledger.newest();
        if now == *before && !lost {
            // An earlier try may have landed unheard.
            let undone = newest.filter(|(number, entry)| *number > self.course.number && entry.kind == Kind::Rollback);
            return Ok(if undone.is_some() || self.course.resumed.is_some() {
                Aftermath::TakenBack { unkept: None }
            } else {
                Aftermath::Untouched
            });
        }
        if !held.has_set(&now) {
            return Ok(Aftermath::Elsewhere {
                by: newest.and_then(|(number, entry)| match number.cmp(&self.course.number) {
                    Ordering::Greater => Some(entry.who.clone()),
                    // Whoever goes on with a canary amends its entry, which keeps who began it.
                    Ordering::Equal if entry.to == now => Some(format!(
                        "another lfn that goes on with this canary, begun by {},",
                        entry.who
                    )),
                    Ordering::Equal | Ordering::Less => None,
                }),
                now: Some(now),
            });
        }
        let entry = Entry {
            kind: Kind::Rollback,
            from: Some(now),
            to: before.clone(),
            at: Timestamp::now(),
            who: self.mover.who.clone(),
            commit: ledger.commit(self.course.old).map(str::to_owned),
            digest: ledger.digest(self.course.old).map(str::to_owned),
            because: Some(because.to_owned()),
        };
        let number = ledger.next();
        let update = self.update(before, entry.description(number));
        let write = || cloud.functions.update_alias(self.function, &update, &found.revision);
        waiter.patiently(write).await?;
        let unkept = self.keep(cloud, &ledger, number, &entry).await.err();
        Ok(Aftermath::TakenBack { unkept })
    }
}

fn is_stale(failure: &Failure) -> bool {
    matches!(failure, Failure::Port(error) if error.kind == ErrorKind::Stale)
}

/// Whether a failure to take back may be over in a moment.
fn may_pass(failure: &Failure) -> bool {
    let passes = |error: &PortError| {
        matches!(
            error.kind,
            ErrorKind::Unreachable | ErrorKind::Internal | ErrorKind::Stale | ErrorKind::Throttled | ErrorKind::Busy
        )
    };
    match failure {
        Failure::Port(error) => passes(error),
        Failure::TimedOut { .. } => true,
        Failure::Rejected { .. } | Failure::Lacking { .. } | Failure::Unfit(_) | Failure::Interrupted => false,
    }
}
