//! Which rights a function's code needs: read from the code itself, and never run.
//!
//! A front end for each language parses the files and follows names to their SDK clients; what it
//! finds are [`Call`]s in the SDK's own words. The rest is the same for all languages: calls become
//! needs (an action on a resource), and needs become lines of `allow`.

mod call;
mod go;
mod java;
mod javascript;
mod python;
mod rust;
mod syntax;

pub use call::{Call, Location, Piece, SourceFile, Text, Value};

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
type FrontEnd = fn(&[&SourceFile]) -> Vec<Call>;

/// Every SDK call in these files, sorted by place.
pub fn calls(files: &[SourceFile]) -> Vec<Call> {
    let mut calls: Vec<Call> = FRONT_ENDS
        .iter()
        .flat_map(|(endings, front_end)| {
            let own: Vec<&SourceFile> = files.iter().filter(|file| has_ending(&file.path, endings)).collect();
            front_end(&own)
        })
        .collect();
    calls.sort_by(|a, b| a.at.cmp(&b.at));
    calls
}

/// Whether this file is in a language that can be read.
pub fn is_readable(path: &str) -> bool {
    FRONT_ENDS.iter().any(|(endings, _)| has_ending(path, endings))
}

fn has_ending(path: &str, endings: &[&str]) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
}
