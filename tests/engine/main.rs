//! Commands run in this process over the embedded target, so that a test can stand in between.

#![expect(clippy::unwrap_used, reason = "what is missing ends the test")]

mod canary;
mod denied;
mod destroy;
#[path = "../support/faulty.rs"]
mod faulty;
#[path = "../support/in_process.rs"]
mod in_process;
mod meanwhile;
mod recovery;
mod retention;
mod reviewed;
mod tighten;
mod trial;
