//! Packages that are there more than once.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::Entry;
use super::Sum;
use super::needs::Graph;
use super::owners::{Ecosystem, OWN, Owned};

/// A package that is there more than once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Duplicate {
    pub name: String,
    pub ecosystem: Ecosystem,
    /// What one copy, the largest, would save if it could serve for all: bytes in the archive.
    pub wasted: u64,
    /// By path.
    pub copies: Vec<Copy>,
}

/// One of several copies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Copy {
    pub version: Option<String>,
    pub path: String,
    /// Who brings it, from what the function itself needs to what needs this one.
    pub needed_by: Vec<String>,
    #[serde(flatten)]
    pub sum: Sum,
}

/// Finds them, the most wasteful first.
pub fn duplicates(entries: &[Entry], owned: &Owned, graph: &Graph) -> Vec<Duplicate> {
    let mut sums = vec![Sum::default(); owned.packages.len()];
    for (entry, &owner) in entries.iter().zip(&owned.of_file) {
        sums[owner].add(Sum::from(entry));
    }
    let mut by_name: BTreeMap<(Ecosystem, &str), Vec<Copy>> = BTreeMap::new();
    for (index, package) in owned.packages.iter().enumerate().skip(OWN + 1) {
        let Some(ecosystem) = package.ecosystem else { continue };
        by_name.entry((ecosystem, &package.name)).or_default().push(Copy {
            version: package.version.clone(),
            path: package.path.clone(),
            needed_by: graph.chain(index, owned),
            sum: sums[index],
        });
    }
    let mut found: Vec<Duplicate> = by_name
        .into_iter()
        .filter(|(_, copies)| copies.len() > 1)
        .map(|((ecosystem, name), copies)| {
            let all: u64 = copies.iter().map(|copy| copy.sum.compressed).sum();
            let largest = copies.iter().map(|copy| copy.sum.compressed).max().unwrap_or(0);
            Duplicate {
                name: name.to_owned(),
                ecosystem,
                wasted: all - largest,
                copies,
            }
        })
        .collect();
    found.sort_by_key(|duplicate| std::cmp::Reverse(duplicate.wasted));
    found
}
