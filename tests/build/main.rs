//! Dependencies and programs: what the tools of each language are told, and where what they make ends up.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

#[path = "../support/mod.rs"]
mod support;

// The stand-ins are shell scripts.
#[cfg(unix)]
mod compiled;
mod node;
mod python;
