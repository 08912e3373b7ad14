//! The fault matrix: every call to AWS of every command that changes something, failed in every way, and the
//! command run again.
//!
//! After each: the exit code and the last lines are true, no alias ever pointed at anything unproven, the second
//! run ends exactly where an undisturbed one does, and the third writes nothing. `cargo test --test matrix --
//! --nocapture` prints the table. `LFN_MATRIX=all` runs every point, else a fixed share; see CONTRIBUTING.md.

#[path = "../support/mod.rs"]
mod support;

mod judge;
mod scenario;
mod table;
mod way;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::thread;

use judge::{Calm, Point, Verdict};
use scenario::{ALL, Scenario};
use way::Way;

/// Runs side by side. Most of them wait: for a retry, or for an answer that does not come.
const SIDE_BY_SIDE: usize = 24;

#[test]
fn every_call_fails_in_every_way_and_the_next_run_finishes() {
    let only = std::env::var("LFN_MATRIX").unwrap_or_default();
    let chosen: Vec<Scenario> = ALL
        .into_iter()
        .filter(|scenario| only.is_empty() || only == "all" || only.split(',').any(|name| name == scenario.name))
        .collect();
    assert!(!chosen.is_empty(), "`LFN_MATRIX` names no command: `{only}`");
    let calm: Vec<Calm> = in_parallel(chosen, Calm::observe);
    let points: Vec<Point<'_>> = calm.iter().flat_map(|calm| points(calm, only != "all")).collect();
    let verdicts: Vec<(Point<'_>, Verdict)> = in_parallel(points, |point| (point, point.judge()));
    let loose: Vec<Verdict> = calm.iter().map(Calm::finish).collect();

    println!("{}", table::render(&calm, &verdicts));
    let failures: Vec<String> = verdicts
        .iter()
        .map(|(point, verdict)| (point.to_string(), verdict))
        .chain(loose.iter().map(|verdict| ("after all reads".to_owned(), verdict)))
        .filter_map(|(what, verdict)| Some(format!("== {what}: {}", verdict.as_ref().err()?)))
        .collect();
    assert!(
        failures.is_empty(),
        "{} points failed\n{}",
        failures.len(),
        failures.join("\n")
    );
}

/// Every call of the command in every way, or the share of them that a run of all tests takes.
fn points(calm: &Calm, share: bool) -> Vec<Point<'_>> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let mut points = Vec::new();
    for call in &calm.calls {
        let nth = seen.entry(&call.name).or_default();
        points.extend(Way::ALL.into_iter().map(|way| Point {
            calm,
            name: &call.name,
            nth: *nth,
            write: call.write,
            way,
        }));
        *nth += 1;
    }
    points.retain(|point| !share || point.is_of_the_share());
    points
}

fn in_parallel<T: Send, R: Send>(work: Vec<T>, perform: impl Fn(T) -> R + Sync) -> Vec<R> {
    let queue: Mutex<VecDeque<T>> = Mutex::new(work.into());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    thread::scope(|scope| {
        let worker = || {
            let mut done = Vec::new();
            while let Some(item) = next() {
                done.push(perform(item));
            }
            done
        };
        let workers: Vec<_> = (0..SIDE_BY_SIDE).map(|_| scope.spawn(worker)).collect();
        let results = workers
            .into_iter()
            .map(|worker| worker.join().expect("a worker ends well"));
        results.flatten().collect()
    })
}
