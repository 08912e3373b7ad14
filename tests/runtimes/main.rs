//! Programs that were written for Lambda run on lfn's Runtime API as they are, and get from it what
//! AWS's own emulator gives them.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "clippy knows test functions, but not what they call")]

mod api;
mod asynchronous;
mod bench;
mod browser;
mod clients;
mod debug;
mod dev;
mod emulator;

mod extensions;
mod judged;
mod lines;
mod page;

mod pool;
mod programs;
mod published;
mod ric;
mod soak;
#[path = "../support/mod.rs"]
mod support;
mod url;
