//! AWS SDK calls in JavaScript and TypeScript, of version 3 of the SDK and of version 2.
//!
//! Files become tables of syntax (`syntax`), names are bound (`scopes`, `modules`), and expressions are asked on
//! demand what they stand for (`evaluate` and its neighbours). What the SDK's packages export is in `clients` and
//! `libraries`; `finding` goes through all calls.

mod builtins;
mod classes;
mod clients;
mod evaluate;
mod finding;
mod functions;
mod libraries;
mod modules;
mod names;
mod scopes;
mod syntax;
mod things;
mod types;

#[cfg(test)]
mod tests;

use super::call::{Reading, SourceFile};

/// Every SDK call in these files.
pub fn calls(files: &[&SourceFile]) -> Reading {
    finding::calls(&modules::Program::read(files))
}
