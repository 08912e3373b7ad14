//! Dependencies and programs, made by the built binary with the real tools.

#[path = "../support/mod.rs"]
mod support;

mod python;
