//! Handlers under a debugger: which one a runtime has, and where it listens.

use std::ffi::OsString;
use std::io;
use std::net::{Ipv4Addr, TcpListener};

use crate::domain::names::RuntimeId;

/// A debugger that lfn starts a runtime with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Debugger {
    /// Node.js has it.
    Inspector,
    /// A package for Python.
    Debugpy,
}

/// A debugger and the port of 127.0.0.1 that it listens on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Debugging {
    pub debugger: Debugger,
    pub port: u16,
}

impl Debugger {
    /// The one of this runtime; `None` when lfn knows none.
    pub fn of(runtime: &RuntimeId) -> Option<Self> {
        let runtime = runtime.as_str();
        if runtime.starts_with("nodejs") {
            Some(Self::Inspector)
        } else {
            runtime.starts_with("python3").then_some(Self::Debugpy)
        }
    }

    /// Where its clients look for it when they are not told otherwise.
    pub fn usual_port(self) -> u16 {
        match self {
            Self::Inspector => 9229,
            Self::Debugpy => 5678,
        }
    }

    /// Takes this port, when it is free; 0 is any that is.
    pub fn listen(self, port: u16) -> io::Result<Debugging> {
        // Bound for a moment: the debugger itself would complain in the function's log alone.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?.local_addr()?.port();
        Ok(Debugging { debugger: self, port })
    }
}

impl Debugging {
    /// What comes between the interpreter's options and the program. Both wait for a client before anything runs.
    pub(super) fn arguments(self) -> Vec<OsString> {
        let place = format!("127.0.0.1:{}", self.port);
        match self.debugger {
            Debugger::Inspector => vec![format!("--inspect-brk={place}").into()],
            Debugger::Debugpy => [
                // Otherwise breakpoints in modules that are frozen into Python are missed, with a warning.
                "-X",
                "frozen_modules=off",
                "-m",
                "debugpy",
                "--listen",
                &place,
                "--wait-for-client",
            ]
            .map(OsString::from)
            .to_vec(),
        }
    }
}
