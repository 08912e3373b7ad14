//! One pace for all calls of the process to Lambda's control plane.
//!
//! Lambda allows 15 requests a second for a whole account and region, all operations together, and
//! never more; `GetFunction` and `Invoke` have their own, larger quotas.
//! Source: Lambda developer guide, "Lambda quotas", "Lambda API requests".

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant};

const PER_SECOND: u32 = 15;

/// A token bucket that hands out times to wait instead of tokens.
#[derive(Debug)]
struct Bucket {
    /// When the bucket is full again, as far as calls were admitted.
    full_at: Option<Instant>,
}

impl Bucket {
    const INTERVAL: Duration = Duration::from_nanos(1_000_000_000 / PER_SECOND as u64);

    /// How long the next call waits; it counts from now on.
    fn admit(&mut self, now: Instant) -> Duration {
        let start = self.full_at.map_or(now, |at| at.max(now));
        // A full bucket admits a second's worth at once.
        let burst = Self::INTERVAL * (PER_SECOND - 1);
        self.full_at = Some(start + Self::INTERVAL);
        start.saturating_duration_since(now + burst)
    }
}

/// The limiter of one region; clones share it.
#[derive(Debug, Clone)]
pub struct Limiter(Option<Arc<Mutex<Bucket>>>);

/// Limiters live as long as the process, so several connections to one region share one.
static REGIONS: LazyLock<Mutex<HashMap<String, Arc<Mutex<Bucket>>>>> = LazyLock::new(Mutex::default);

impl Limiter {
    /// The limiter of a region. Profiles of different accounts share it too: slower than need be,
    /// but the account is not known before the first call.
    pub fn for_region(region: &str) -> Self {
        let mut regions = REGIONS.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = regions
            .entry(region.to_owned())
            .or_insert_with(|| Arc::new(Mutex::new(Bucket { full_at: None })));
        Self(Some(bucket.clone()))
    }

    /// No limit: a server on this machine has no quota that others share.
    pub fn unlimited() -> Self {
        Self(None)
    }

    /// Returns when the next call may be sent.
    pub async fn turn(&self) {
        let Some(bucket) = &self.0 else { return };
        let wait = bucket
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

    #[test]
    fn a_second_admits_fifteen_calls_and_no_more() {
        let mut bucket = Bucket { full_at: None };
        let start = Instant::now();
        let waits: Vec<Duration> = (0..45).map(|_| bucket.admit(start)).collect();
        assert!(waits[..15].iter().all(Duration::is_zero), "a burst goes at once");
        assert!(!waits[15].is_zero());
        // Whatever second is looked at after the burst, it holds fifteen calls.
        for (index, wait) in waits.iter().enumerate().skip(15) {
            let earlier = waits[index - 15];
            assert!(
                index < 30 || *wait >= earlier + Duration::from_millis(999),
                "{index}: {earlier:?} {wait:?}"
            );
        }
        assert!(waits[44] >= Duration::from_millis(1900));
    }

    #[test]
    fn an_idle_bucket_fills_again() {
        let mut bucket = Bucket { full_at: None };
        let start = Instant::now();
        for _ in 0..40 {
            bucket.admit(start);
        }
        assert!(bucket.admit(start + Duration::from_secs(10)).is_zero());
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
