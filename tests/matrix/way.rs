//! The ways in which a call to AWS can fail.

use std::fmt;
use std::time::Duration;

use crate::support::proxy::rule::{Fault, When};

/// How many attempts the SDK makes in these runs: one retry.
pub const ATTEMPTS: usize = 2;
/// How long lfn waits for an answer in a run where none comes. Long enough that a busy machine answers all others.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(2);

/// One way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// HTTP 500, and the retry succeeds.
    FailsOnce,
    /// HTTP 500 at every attempt.
    Fails,
    /// HTTP 429, and the retry succeeds.
    ThrottledOnce,
    /// HTTP 429 at every attempt of one call. Of a write, lfn waits and calls once more.
    Throttled,
    /// The connection closes before anything landed, and the retry succeeds.
    ResetBeforeOnce,
    /// The same at every attempt.
    ResetBefore,
    /// It lands, the connection closes, and the retry meets what has landed.
    ResetAfterOnce,
    /// It lands with every attempt, and no answer arrives.
    ResetAfter,
    HangBefore,
    HangAfter,
    KillBefore,
    KillAfter,
}

impl Way {
    pub const ALL: [Self; 12] = [
        Self::FailsOnce,
        Self::Fails,
        Self::ThrottledOnce,
        Self::Throttled,
        Self::ResetBeforeOnce,
        Self::ResetBefore,
        Self::ResetAfterOnce,
        Self::ResetAfter,
        Self::HangBefore,
        Self::HangAfter,
        Self::KillBefore,
        Self::KillAfter,
    ];

    /// What the proxy does to the call.
    pub fn fault(self) -> Fault {
        match self {
            Self::FailsOnce | Self::Fails => Fault::refuse(500, "InternalFailure", "the service failed (on purpose)"),
            Self::ThrottledOnce | Self::Throttled => Fault::refuse(429, "ThrottlingException", "Rate exceeded"),
            Self::ResetBeforeOnce | Self::ResetBefore => Fault::DropBefore,
            Self::ResetAfterOnce | Self::ResetAfter => Fault::DropAfter,
            Self::HangBefore | Self::KillBefore => Fault::HangBefore,
            Self::HangAfter | Self::KillAfter => Fault::HangAfter,
        }
    }

    /// As often as it takes.
    pub fn often(self, when: When) -> When {
        match self {
            Self::Fails | Self::Throttled | Self::ResetBefore | Self::ResetAfter => when.times(ATTEMPTS),
            _ => when,
        }
    }

    /// Whether lfn is killed while the call hangs.
    pub fn kills(self) -> bool {
        matches!(self, Self::KillBefore | Self::KillAfter)
    }

    /// Whether lfn must come to a good end by itself.
    pub fn is_overcome(self, write: bool) -> bool {
        match self {
            Self::FailsOnce | Self::ThrottledOnce | Self::ResetBeforeOnce | Self::ResetAfterOnce => true,
            Self::Throttled => write,
            _ => false,
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::FailsOnce => "500 once",
            Self::Fails => "500",
            Self::ThrottledOnce => "429 once",
            Self::Throttled => "429",
            Self::ResetBeforeOnce => "reset before, once",
            Self::ResetBefore => "reset before",
            Self::ResetAfterOnce => "reset after, once",
            Self::ResetAfter => "reset after",
            Self::HangBefore => "hang before",
            Self::HangAfter => "hang after",
            Self::KillBefore => "kill before",
            Self::KillAfter => "kill after",
        })
    }
}
