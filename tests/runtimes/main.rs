//! Programs that were written for Lambda run on lfn's Runtime API as they are, and get from it what
//! AWS's own emulator gives them.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "clippy knows test functions, but not what they call")]

mod api;
mod bench;
mod clients;
mod dev;
mod emulator;

mod extensions;
mod judged;
mod lines;

mod pool;
mod programs;
mod published;
mod soak;
#[path = "../support/mod.rs"]
mod support;
