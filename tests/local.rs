//! The embedded target: what it keeps, what it refuses, and that it really runs handlers.

#[path = "local/bench.rs"]
mod bench;
#[path = "local/control.rs"]
mod control;
#[path = "local/invoke.rs"]
mod invoke;
#[path = "local/services.rs"]
mod services;
