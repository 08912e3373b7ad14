//! What people and programs see of lfn: words, streams and exit codes of the built binary, over
//! the embedded Lambda in a folder of each test's own.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod access;
mod calls;
mod canary;
mod cases;
mod changes;
mod documents;
mod events;
mod layers;
mod policy;
mod preflight;
mod releases;
mod session;
mod sizes;
mod start;
mod suggest;
#[path = "../support/mod.rs"]
mod support;
mod usage;
