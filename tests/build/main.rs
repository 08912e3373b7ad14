//! Dependencies and programs, made by the real tools from real projects, with the built binary.

#[path = "../support/mod.rs"]
mod support;

mod node;
