//! Dependencies and programs: what the tools of each language are told, and where what they make ends up.

#[path = "../support/mod.rs"]
mod support;

mod compiled;
mod python;
