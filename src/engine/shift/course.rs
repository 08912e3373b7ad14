//! Where a shift begins and what it may not begin with. Pure.

use crate::domain::ledger::{Entry, Ledger, Point, Share};
use crate::domain::names::{AliasName, Version};
use crate::domain::shift::Schedule;
use crate::engine::check::Refusal;
use crate::engine::release;
use crate::ports::{AliasState, ProvisionedState, Snapshot};

/// The way of one shift, from what was there before to the new version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    /// What is returned to when it goes wrong, weights included.
    pub before: Point,
    /// The version that gets most of the traffic before.
    pub old: Version,
    pub new: Version,
    /// The number of its entry in the ledger.
    pub number: u64,
    /// The first stage: not the first of the schedule when an earlier run was stopped in the middle.
    pub first: usize,
    /// The entry of that earlier run.
    pub resumed: Option<Entry>,
}

impl Course {
    /// The way from where an alias points to a version; one that a run before this one began is gone on with.
    pub fn new(schedule: &Schedule, alias: &AliasState, ledger: &Ledger, new: Version) -> Result<Self, Refusal> {
        let (name, now) = (&alias.name, release::point(alias));
        if let Some((number, entry)) = ledger.under_way(&now)
            && let Some(before) = &entry.from
            && let Some(old) = before.version
        {
            let share = now.weights.get(&new).ok_or_else(|| under_way(name, entry))?;
            let stages = schedule.stages().iter();
            let passed = stages.take_while(|stage| stage.share < *share).count();
            return Ok(Self {
                before: before.clone(),
                old,
                new,
                number,
                first: passed,
                resumed: Some(entry.clone()),
            });
        }
        let plain = format!("promote without stages: `lfn alias promote {name} --to {new}`");
        let old = now.version.ok_or_else(|| Refusal {
            message: format!("`{name}` points at $LATEST, and Lambda splits traffic between published versions alone"),
            hint: plain.clone(),
        })?;
        if old == new {
            return Err(Refusal {
                message: format!("version {new} gets most of the traffic of `{name}` already"),
                hint: plain,
            });
        }
        Ok(Self {
            before: now,
            old,
            new,
            number: ledger.next(),
            first: 0,
            resumed: None,
        })
    }

    /// Where the alias points when the new version has this share.
    pub fn at(&self, share: Share) -> Point {
        if share == Share::ALL {
            return Point::at(self.new);
        }
        Point {
            version: Some(self.old),
            weights: [(self.new, share)].into(),
        }
    }

    /// What Lambda does not let two versions behind one alias differ in.
    pub fn refuse_unlike(&self, alias: &AliasName, old: &Snapshot, new: &Snapshot) -> Result<(), Refusal> {
        refuse_unlike(alias, (self.old, old), (self.new, new))
    }
}

/// Refuses to split traffic between two versions that Lambda does not let share an alias.
/// Source: Lambda developer guide, "Implement Lambda canary deployments using a weighted alias".
pub fn refuse_unlike(
    alias: &AliasName,
    (old, of_old): (Version, &Snapshot),
    (new, of_new): (Version, &Snapshot),
) -> Result<(), Refusal> {
    let what = if of_old.settings.role != of_new.settings.role {
        "execution role"
    } else if of_old.settings.dead_letter != of_new.settings.dead_letter {
        "dead-letter target"
    } else {
        return Ok(());
    };
    Err(Refusal {
        message: format!(
            "versions {old} and {new} differ in their {what}, and Lambda splits no traffic between such versions"
        ),
        hint: format!("promote without stages: `lfn alias promote {alias} --to {new}`"),
    })
}

/// Provisioned concurrency is divided by the weights, anew at every stage: until the new part is ready,
/// and beyond it, calls meet cold starts. Source: Lambda developer guide, "Provisioned concurrency".
pub fn refuse_provisioned(alias: &AliasName, found: Option<&ProvisionedState>) -> Result<(), Refusal> {
    let Some(found) = found else { return Ok(()) };
    Err(Refusal {
        message: format!(
            "`{alias}` has provisioned concurrency ({}), which Lambda divides anew at every stage: meanwhile calls spill \
             over to cold starts",
            found.requested
        ),
        hint: "promote without stages, or accept the cold starts with `--allow-provisioned`".into(),
    })
}

/// A canary that is under way, in words: which, by whom and since when.
pub fn told(entry: &Entry) -> String {
    let subject = entry.subject().map_or_else(String::new, |version| version.to_string());
    let who = if entry.who.is_empty() { "someone" } else { &entry.who };
    format!("a canary to version {subject} by {who} since {:.0}", entry.at)
}

/// Why nothing else may move an alias now.
pub fn under_way(alias: &AliasName, entry: &Entry) -> Refusal {
    let subject = entry.subject().map_or_else(String::new, |version| version.to_string());
    Refusal {
        message: format!(
            "a canary to version {subject} is under way on `{alias}`, started by {} at {:.0}",
            if entry.who.is_empty() { "someone" } else { &entry.who },
            entry.at
        ),
        hint: format!(
            "finish it with `lfn alias promote {alias} --to {subject}`, or take it back with `lfn alias rollback {alias}`"
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::ledger::Kind;

    fn alias(points_at: &str, description: &str) -> AliasState {
        let point: Point = points_at.parse().unwrap();
        let weights = point.weights.iter().map(|(version, share)| (*version, share.weight()));
        AliasState {
            name: AliasName::new("live").unwrap(),
            version: point.version,
            weights: weights.collect(),
            description: description.to_owned(),
            revision: "r".into(),
        }
    }

    fn canary(from: &str, to: &str) -> Entry {
        Entry {
            kind: Kind::Canary,
            from: Some(from.parse().unwrap()),
            to: to.parse().unwrap(),
            at: "2026-11-22T21:04:05Z".parse().unwrap(),
            who: "user/ana".into(),
            commit: None,
            digest: None,
            because: None,
        }
    }

    fn course(steps: &str, points_at: &str, description: &str, new: u64) -> Result<Course, Refusal> {
        let alias = alias(points_at, description);
        let ledger = release::ledger(&alias, &BTreeMap::new());
        Course::new(&Schedule::parse_steps(steps).unwrap(), &alias, &ledger, Version(new))
    }

    #[test]
    fn a_shift_begins_where_the_one_before_it_was_stopped() {
        for (to, steps, first) in [
            ("1+2:10", "10%:1m,50%:1m", 0),
            ("1+2:50", "10%:1m,50%:1m", 1),
            // Another schedule: on with the first share that is larger.
            ("1+2:30", "10%:1m,50%:1m", 1),
            ("1+2:60", "10%:1m,50%:1m", 2),
        ] {
            let course = course(steps, to, &canary("1", to).description(7), 2).unwrap();
            assert_eq!((course.first, course.number), (first, 7), "{to} {steps}");
            assert_eq!(course.before, Point::at(Version(1)));
        }
        let fresh = course("10%:1m", "1", "", 2).unwrap();
        assert_eq!((fresh.first, fresh.number, fresh.resumed), (0, 1, None));
    }

    #[test]
    fn what_was_split_before_is_what_is_returned_to() {
        let course = course("25%:1m", "1+2:10", "somebody's words", 2).unwrap();
        assert_eq!(course.before.to_string(), "1+2:10");
        assert_eq!(course.at(Share::from_weight(0.25)).to_string(), "1+2:25");
        assert_eq!(course.at(Share::ALL), Point::at(Version(2)));
    }

    #[test]
    fn some_shifts_are_refused() {
        let running = canary("1", "1+2:10").description(7);
        for (points_at, description, new, said) in [
            ("latest", "", 2, "points at $LATEST"),
            ("2", "", 2, "gets most of the traffic of `live` already"),
            ("2+3:10", "", 2, "gets most of the traffic"),
            (
                "1+2:10",
                &running,
                3,
                "a canary to version 2 is under way on `live`, started by user/ana at 2026-11-22T21:04:05Z",
            ),
        ] {
            let refusal = course("10%:1m", points_at, description, new).unwrap_err();
            assert!(refusal.message.contains(said), "{}", refusal.message);
        }
        let refusal = course("10%:1m", "1+2:10", &running, 3).unwrap_err();
        assert!(
            refusal.hint.contains("`lfn alias promote live --to 2`"),
            "{}",
            refusal.hint
        );
        assert!(refusal.hint.contains("`lfn alias rollback live`"), "{}", refusal.hint);
    }
}
