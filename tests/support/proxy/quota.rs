//! Lambda's quota of the control plane, as AWS keeps it for an account and region.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::Call;
use super::rule::Fault;

/// So many calls within any one second; `GetFunction` and `Invoke` have quotas of their own.
#[derive(Debug)]
pub struct Quota {
    per_second: usize,
    /// When the calls of the last second came that were let through.
    taken: VecDeque<Instant>,
}

impl Quota {
    pub fn new(per_second: usize) -> Self {
        Self {
            per_second,
            taken: VecDeque::new(),
        }
    }

    /// What happens to a call that is one too many.
    pub fn refuses(&mut self, call: &Call) -> Option<Fault> {
        if call.service != "lambda" || ["GetFunction", "Invoke"].contains(&call.operation.as_str()) {
            return None;
        }
        while self
            .taken
            .front()
            .is_some_and(|at| call.arrived.duration_since(*at) >= Duration::from_secs(1))
        {
            self.taken.pop_front();
        }
        if self.taken.len() < self.per_second {
            self.taken.push_back(call.arrived);
            return None;
        }
        Some(Fault::refuse(429, "TooManyRequestsException", "Rate exceeded"))
    }
}
