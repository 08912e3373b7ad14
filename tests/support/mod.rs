//! What the integration tests stand on: AWS-compatible servers, an outside witness, a proxy that
//! breaks calls on purpose, and a way to run the built binary. `mod support;` brings it in.
//!
//! Everything listens on 127.0.0.1 and ends with the test process.
#![expect(dead_code, reason = "each test binary uses its own part of this module")]

pub mod guard;
pub mod python;
pub mod servers;
