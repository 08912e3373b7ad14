//! Which rights a function's code needs: read from the code itself, and never run.
//!
//! A front end for each language parses the files and follows names to their SDK clients; what it
//! finds are [`Call`]s in the SDK's own words. The rest is the same for all languages: calls become
//! needs (an action on a resource), and needs become lines of `allow`.

mod call;
pub mod check;
mod go;
mod java;
mod javascript;
mod need;
mod partiql;
mod proposal;
mod python;
mod reach;
mod resource;
mod rust;
mod syntax;

use std::thread;

use serde::Serialize;

pub use call::{Call, Location, Piece, Reading, SourceFile, Text, Value};
pub use need::{Condition, Need, Note, rights_of};
pub use partiql::read as read_partiql;
pub use proposal::{Proposal, propose};
pub use reach::Around;
pub use resource::Resource;

use crate::domain::arn::Place;
use crate::domain::config::Config;
use crate::domain::policy::{Source, sources};

/// The languages that can be read, by the endings of their files.
const FRONT_ENDS: &[(&[&str], FrontEnd)] = &[
    (&["py"], python::calls),
    (
        &["js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx"],
        javascript::calls,
    ),
    (&["go"], go::calls),
    (&["rs"], rust::calls),
    (&["java"], java::calls),
];

/// Reads all files of one language together, since names lead from one to another.
type FrontEnd = fn(&[&SourceFile]) -> Reading;

/// Code may be nested as deeply as a program that writes code likes.
const STACK: usize = 256 << 20;

/// Every SDK call in these files, sorted by place, and sentences about code that was not read whole.
fn calls(files: &[SourceFile]) -> (Vec<Call>, Vec<String>) {
    let readings = thread::scope(|scope| {
        let reader = thread::Builder::new().stack_size(STACK);
        match reader.spawn_scoped(scope, || read(files)) {
            Ok(reading) => reading.join().expect("reading code does not panic"),
            Err(_) => read(files),
        }
    });
    let mut calls = Vec::new();
    let mut unread = Vec::new();
    for reading in readings {
        calls.extend(reading.calls);
        let ended = reading.ended.iter();
        unread.extend(ended.map(|at| format!("looked no further after {at}: the code is too much to follow")));
        let broken = reading.broken.iter();
        unread.extend(broken.map(|at| format!("{at}: this is no valid code, so that calls may be missing")));
    }
    calls.sort_by(|a, b| a.at.cmp(&b.at));
    (calls, unread)
}

fn read(files: &[SourceFile]) -> Vec<Reading> {
    let readings = FRONT_ENDS.iter().map(|(endings, front_end)| {
        let own: Vec<&SourceFile> = files.iter().filter(|file| has_ending(&file.path, endings)).collect();
        front_end(&own)
    });
    readings.collect()
}

/// Whether this file is in a language that can be read.
pub fn is_readable(path: &str) -> bool {
    FRONT_ENDS.iter().any(|(endings, _)| has_ending(path, endings))
}

fn has_ending(path: &str, endings: &[&str]) -> bool {
    path.rsplit_once('.')
        .is_some_and(|(_, ending)| endings.contains(&ending))
}

/// What the code needs, and which lines of `allow` it lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// Lines to add.
    pub missing: Vec<Proposal>,
    /// What lambda.yaml allows already.
    pub allowed: Vec<Allowed>,
    /// Calls that could not be understood.
    pub notes: Vec<Note>,
    /// Sentences about code that was too much to follow.
    pub unread: Vec<String>,
}

/// A need that lambda.yaml meets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Allowed {
    #[serde(flatten)]
    pub need: Need,
    /// The part of the file that allows it, by its place among [`sources`].
    pub source: usize,
}

/// Everything that code needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    /// Sorted, each once.
    pub needs: Vec<Need>,
    /// Calls that could not be understood.
    pub notes: Vec<Note>,
    /// Sentences about code that was too much to follow.
    pub unread: Vec<String>,
}

/// Everything that the code needs. `lambda.yaml` gives the values of environment variables.
pub fn needs(files: &[SourceFile], config: &Config, place: &Place) -> Needs {
    let (calls, unread) = calls(files);
    let (needs, notes) = need::needs(&calls, &Around::new(config, place));
    Needs { needs, notes, unread }
}

/// Reads the code and says which lines its lambda.yaml lacks.
pub fn suggest(files: &[SourceFile], config: &Config, place: &Place) -> Suggestion {
    let Needs { needs, notes, unread } = needs(files, config, place);
    let sources = sources(config, place);
    let mut allowed = Vec::new();
    let mut missing = Vec::new();
    for need in &needs {
        match source_of(need, &sources) {
            Some(source) => allowed.push(Allowed {
                need: need.clone(),
                source,
            }),
            None => missing.push(need),
        }
    }
    Suggestion {
        missing: proposal::propose(&missing, &needs, place),
        allowed,
        notes,
        unread,
    }
}

/// The part of the file that meets a need, by its place among `sources`.
pub fn source_of(need: &Need, sources: &[Source]) -> Option<usize> {
    sources.iter().position(|source| {
        source
            .statements
            .iter()
            .any(|statement| proposal::meets(statement, need))
    })
}
