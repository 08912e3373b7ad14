//! What reading the files told: needed for their modes and by the checks before an upload, and remembered.

use super::preflight::{Secret, secret_in};

/// What one file's contents told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fact {
    /// It begins like a program: `#!` or ELF.
    pub is_program: bool,
    pub secret: Option<Secret>,
}

impl Fact {
    /// What these contents tell, or the beginning of a file too large for a text.
    pub fn of(name: &str, size: u64, contents: &[u8]) -> Self {
        Self {
            is_program: contents.starts_with(b"#!") || contents.starts_with(b"\x7fELF"),
            secret: secret_in(name, size, contents),
        }
    }
}

/// One for each file of a selection, in its order.
pub type Facts = Vec<Fact>;
