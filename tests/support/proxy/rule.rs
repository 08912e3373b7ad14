//! Which calls to break, and how.

use std::time::Duration;

use globset::{Glob, GlobMatcher};

use super::Call;

/// What happens to a call instead of, or besides, being answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It never reaches the server, which seems to have answered with this error.
    Refuse { status: u16, code: String, message: String },
    /// The connection closes and nothing has landed.
    DropBefore,
    /// It lands, and the answer is lost.
    DropAfter,
    /// It is forwarded after this time.
    Delay(Duration),
    /// It neither lands nor is answered, for as long as the proxy lives.
    HangBefore,
    /// It lands, and is not answered for as long as the proxy lives.
    HangAfter,
}

impl Fault {
    /// An AWS error, in the wire format of the service that was called.
    pub fn refuse(status: u16, code: &str, message: &str) -> Self {
        Self::Refuse {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
        }
    }
}

/// Which calls a fault is for.
#[derive(Debug, Clone)]
pub struct When {
    name: GlobMatcher,
    containing: Option<String>,
    skip: usize,
    times: usize,
}

/// The first call of this name, such as `lambda:CreateFunction`; `*` stands for anything, as in `iam:*Role*`.
pub fn on(name: &str) -> When {
    When {
        name: Glob::new(name)
            .expect("a call's name is a valid pattern")
            .compile_matcher(),
        containing: None,
        skip: 0,
        times: 1,
    }
}

impl When {
    /// Only calls with this text in the path, the query or the body.
    #[must_use]
    pub fn containing(mut self, text: &str) -> Self {
        self.containing = Some(text.to_owned());
        self
    }

    /// Lets this many matching calls through first.
    #[must_use]
    pub fn after(mut self, calls: usize) -> Self {
        self.skip = calls;
        self
    }

    /// This many calls instead of one.
    #[must_use]
    pub fn times(mut self, calls: usize) -> Self {
        self.times = calls;
        self
    }

    /// Every call instead of one.
    #[must_use]
    pub fn always(self) -> Self {
        self.times(usize::MAX)
    }

    /// Counts the call, and says whether the fault is for it.
    pub(super) fn applies(&mut self, call: &Call) -> bool {
        if self.times == 0 || !self.name.is_match(call.name()) || !self.mentions(call) {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        self.times -= 1;
        true
    }

    fn mentions(&self, call: &Call) -> bool {
        self.containing
            .as_ref()
            .is_none_or(|text| call.path.contains(text) || String::from_utf8_lossy(&call.body).contains(text))
    }
}
