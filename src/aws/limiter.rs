//! One pace for all calls of the process to Lambda's control plane.
//!
//! Lambda allows 15 requests a second for a whole account and region, all operations together, and
//! never more; `GetFunction` and `Invoke` have their own, larger quotas.
//! Source: Lambda developer guide, "Lambda quotas", "Lambda API requests".
//!
//! A turn is one call. The SDK's retries of it take no further turn: they follow a refusal or a
//! lost answer, are few, and back off on their own (`retry`), twice as long each time.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

const PER_SECOND: usize = 15;

/// The starts of the last calls: a call waits until the fifteenth before it is a second old.
#[derive(Debug, Default)]
struct Window {
    /// At most [`PER_SECOND`], the oldest first; some may lie ahead.
    starts: VecDeque<Instant>,
}

impl Window {
    /// A second, and a little since requests do not travel equally long.
    const LENGTH: Duration = Duration::from_millis(1_050);

    /// How long the next call waits; it counts from now on.
    fn admit(&mut self, now: Instant) -> Duration {
        let earliest = if self.starts.len() < PER_SECOND {
            None
        } else {
            self.starts.pop_front().map(|oldest| oldest + Self::LENGTH)
        };
        let start = earliest.map_or(now, |earliest| earliest.max(now));
        self.starts.push_back(start);
        start.saturating_duration_since(now)
    }
}

/// The limiter of one region; clones share it.
#[derive(Debug, Clone)]
pub struct Limiter(Option<Arc<Mutex<Window>>>);

/// Limiters live as long as the process, so several connections to one region share one.
static REGIONS: LazyLock<Mutex<HashMap<String, Arc<Mutex<Window>>>>> = LazyLock::new(Mutex::default);

impl Limiter {
    /// The limiter of a region. Profiles of different accounts share it too: slower than need be,
    /// but the account is not known before the first call.
    pub fn for_region(region: &str) -> Self {
        let mut regions = REGIONS.lock().unwrap_or_else(PoisonError::into_inner);
        let window = regions.entry(region.to_owned()).or_default();
        Self(Some(window.clone()))
    }

    /// No limit: a server on this machine has no quota that others share.
    pub fn unlimited() -> Self {
        Self(None)
    }

    /// Returns when the next call may be sent.
    pub async fn turn(&self) {
        let Some(window) = &self.0 else { return };
        let wait = window
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .admit(Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The most calls that start within any one second; `gaps` lie between the askings.
    fn busiest_second(gaps: impl Iterator<Item = Duration>) -> usize {
        let mut window = Window::default();
        let mut now = Instant::now();
        let mut starts = Vec::new();
        for gap in gaps {
            now += gap;
            starts.push(now + window.admit(now));
        }
        assert!(starts.is_sorted(), "first come, first served");
        let second = |from: &Instant| *from..*from + Duration::from_secs(1);
        let within = |from| starts.iter().filter(|&start| second(from).contains(start)).count();
        starts.iter().map(within).max().unwrap_or(0)
    }

    #[test]
    fn no_second_holds_more_than_fifteen_calls() {
        for milliseconds in [0, 1, 20, 60, 66] {
            let gap = Duration::from_millis(milliseconds);
            assert_eq!(busiest_second((0..100).map(|_| gap)), 15, "every {gap:?}");
        }
        // A burst just before the end of a second, and another just after it.
        let bursts = (0..60).map(|index| Duration::from_millis(if index % 15 == 0 { 900 } else { 0 }));
        assert_eq!(busiest_second(bursts), 15);
        assert_eq!(busiest_second((0..30).map(|_| Duration::from_millis(200))), 5);
    }

    #[test]
    fn only_what_is_too_much_waits() {
        let mut window = Window::default();
        let start = Instant::now();
        let waits: Vec<Duration> = (0..45).map(|_| window.admit(start)).collect();
        assert!(waits[..15].iter().all(Duration::is_zero), "a burst goes at once");
        assert!(waits[15..30].iter().all(|wait| *wait == Window::LENGTH));
        assert!(waits[30..].iter().all(|wait| *wait == Window::LENGTH * 2));
        assert!(window.admit(start + Duration::from_secs(10)).is_zero(), "after a rest");
    }

    #[test]
    fn connections_to_one_region_share_a_limiter() {
        let (Limiter(Some(first)), Limiter(Some(second))) =
            (Limiter::for_region("eu-test-1"), Limiter::for_region("eu-test-1"))
        else {
            panic!("regions are limited");
        };
        assert!(Arc::ptr_eq(&first, &second));
        assert!(Limiter::unlimited().0.is_none());
    }
}
