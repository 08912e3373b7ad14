//! The embedded target: what it keeps, what it refuses, and that it really runs handlers.

#![expect(clippy::unwrap_used, reason = "clippy knows test functions, but not what they call")]

#[path = "local/bench.rs"]
mod bench;
#[path = "local/control.rs"]
mod control;
#[path = "support/function.rs"]
mod function;
#[path = "local/invoke.rs"]
mod invoke;
#[path = "local/layers.rs"]
mod layers;
#[path = "local/node.rs"]
mod node;
#[path = "local/permissions.rs"]
mod permissions;
#[path = "local/python.rs"]
mod python;
#[path = "local/services.rs"]
mod services;
#[path = "local/versions.rs"]
mod versions;
