//! One file per verb: its flags, and a short story of load, observe, plan, show, ask, apply, report.

pub mod alias;
mod case;
pub mod ci;
pub mod completions;
mod debug;
pub mod denied;
pub mod deploy;
pub mod destroy;
pub mod dev;
mod enforced;
pub mod event;
mod fleet;
pub mod init;
pub mod invoke;
pub mod layer;
pub mod list;
pub mod package;
pub mod plan;
mod plan_file;
pub mod policy;
mod preflight;
mod prepare;
mod repeat;
pub mod schema;
pub mod status;
pub mod test;
pub mod validate;
pub mod versions;
mod watch;
pub mod working_tree;

use crate::error::Problem;
use crate::ports::{ErrorKind, PortError};

/// Wraps a failed look at a function; when the function is not there, says how to make it.
fn not_seen(doing: String, error: PortError) -> Problem {
    let missing = error.kind == ErrorKind::NotFound;
    let problem = Problem::failed(doing);
    let problem = if missing {
        problem
            .hint("make the function with `lfn deploy`, or name another one with `--function`; `lfn list` shows them")
    } else {
        problem
    };
    problem.caused_by(error)
}

/// How a command ended without an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Done,
    /// `plan --exit-code`: there is something to do.
    Changes,
    /// The person said no.
    Declined,
    /// `policy why`: the role's policy does not allow it.
    Denied,
    /// The function that was called failed.
    FunctionFailed,
}

impl Outcome {
    /// The process's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Declined | Self::Denied => 1,
            Self::Changes => 3,
            Self::FunctionFailed => 5,
        }
    }
}
