//! Work on all cores whose results are taken in order, with a bound on what is under way.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::thread;

/// So many bytes may be under way, which bounds memory. One job may weigh more: then it is alone.
const BUDGET: u64 = 16 << 20;

struct State<R> {
    next: usize,
    weight: u64,
    done: BTreeMap<usize, R>,
    stopped: bool,
}

struct Shared<R> {
    state: Mutex<State<R>>,
    room: Condvar,
    ready: Condvar,
}

impl<R> Shared<R> {
    fn lock(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().expect("no job panics")
    }
}

/// Does the jobs on `threads` threads, and hands the results in the order of the jobs to `take`. Jobs that
/// weigh nothing are not done: `take` gets them with no result when it is their turn.
///
/// `tools` makes what a thread works with. When `take` fails, what is left is dropped.
pub fn in_order<J: Sync, T, R: Send, E>(
    jobs: &[J],
    weight: impl Fn(&J) -> u64 + Sync,
    threads: usize,
    tools: impl Fn() -> T + Sync,
    work: impl Fn(&mut T, &J) -> R + Sync,
    mut take: impl FnMut(&J, Option<R>) -> Result<(), E>,
) -> Result<(), E> {
    let heavy: Vec<usize> = (0..jobs.len()).filter(|index| weight(&jobs[*index]) > 0).collect();
    let shared = Shared {
        state: Mutex::new(State {
            next: 0,
            weight: 0,
            done: BTreeMap::new(),
            stopped: false,
        }),
        room: Condvar::new(),
        ready: Condvar::new(),
    };
    let worker = || {
        let mut tools = tools();
        loop {
            let mut state = shared.lock();
            let index = loop {
                let Some(index) = heavy.get(state.next).filter(|_| !state.stopped) else {
                    return;
                };
                if state.weight == 0 || state.weight + weight(&jobs[*index]) <= BUDGET {
                    break *index;
                }
                state = shared.room.wait(state).expect("no job panics");
            };
            state.next += 1;
            state.weight += weight(&jobs[index]);
            drop(state);
            let result = work(&mut tools, &jobs[index]);
            shared.lock().done.insert(index, result);
            shared.ready.notify_one();
        }
    };
    thread::scope(|scope| {
        for _ in 0..threads.max(1).min(heavy.len()) {
            scope.spawn(worker);
        }
        let mut taken = Ok(());
        for (index, job) in jobs.iter().enumerate() {
            let result = (weight(job) > 0).then(|| {
                let mut state = shared.lock();
                loop {
                    if let Some(result) = state.done.remove(&index) {
                        return result;
                    }
                    state = shared.ready.wait(state).expect("no job panics");
                }
            });
            taken = take(job, result);
            let mut state = shared.lock();
            state.weight -= weight(job);
            state.stopped = taken.is_err();
            drop(state);
            shared.room.notify_all();
            if taken.is_err() {
                break;
            }
        }
        taken
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_what_weighs_nothing_is_left_to_the_taker() {
        let jobs: Vec<u64> = (0..1000).map(|index| index * 7919 % 31 * (BUDGET / 20)).collect();
        for threads in [0, 1, 3, 8] {
            let mut taken = Vec::new();
            let work = |(): &mut (), job: &u64| job + 1;
            let take = |job: &u64, result: Option<u64>| -> Result<(), ()> {
                assert_eq!(result, (*job > 0).then_some(job + 1));
                taken.push(*job);
                Ok(())
            };
            in_order(&jobs, |job| *job, threads, || (), work, take).unwrap();
            assert_eq!(taken, jobs);
        }
    }

    #[test]
    fn a_failure_ends_it() {
        let jobs = vec![1; 100];
        let mut taken = 0;
        let take = |_: &u64, _: Option<()>| {
            taken += 1;
            if taken == 10 { Err("full") } else { Ok(()) }
        };
        assert_eq!(in_order(&jobs, |job| *job, 4, || (), |(), _| (), take), Err("full"));
        assert_eq!(taken, 10);
    }
}
