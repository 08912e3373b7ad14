//! AWS SDK calls in Go: both versions of the SDK, across the packages of a module.

mod declarations;
mod expressions;
mod sdk;
mod statements;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use tree_sitter::Tree;

use super::call::{Reading, SourceFile};
use super::syntax::{self, Builder, Node, ScopeId, VariableId};

/// Every SDK call in these files.
pub fn calls(files: &[&SourceFile]) -> Reading {
    let files: Vec<&SourceFile> = files.iter().copied().filter(|file| is_built(&file.path)).collect();
    // Whoever calls AWS imports its SDK.
    if !files.iter().any(|file| file.text.contains("github.com/aws/")) {
        return Reading::default();
    }
    let trees: Vec<Option<Tree>> = files
        .iter()
        .map(|file| syntax::parse(&tree_sitter_go::LANGUAGE.into(), &file.text))
        .collect();
    let roots: Vec<Node<'_>> = trees
        .iter()
        .zip(&files)
        .enumerate()
        .filter_map(|(at, (tree, file))| Some(Node::root(tree.as_ref()?, &file.text, at)))
        .collect();
    let mut reader = Reader::new();
    reader.read(&files, &roots);
    let broken = trees.iter().zip(&files);
    let broken = broken.filter_map(|(tree, file)| syntax::broken(tree.as_ref()?, &file.path, &file.text));
    let mut reading = syntax::calls(&reader.build.program, &sdk::GoSdk, &files);
    reading.broken = broken.collect();
    reading
}

/// Whether the file is part of the program and its own: no test, no copy of a library.
fn is_built(path: &str) -> bool {
    !path.ends_with("_test.go") && !path.starts_with("vendor/") && !path.contains("/vendor/")
}

/// Lowers Go into a program.
struct Reader {
    build: Builder,
    /// Folder → name of its package.
    packages: BTreeMap<String, String>,
    /// The file that is being read: its scope, and the path of its package.
    scope: ScopeId,
    package: String,
    /// The named results of the functions that are being read.
    results: Vec<Vec<VariableId>>,
    /// Types without a name so far.
    unnamed: usize,
}

impl Reader {
    fn new() -> Self {
        Self {
            build: Builder::begun(),
            packages: BTreeMap::new(),
            scope: 0,
            package: String::new(),
            results: Vec::new(),
            unnamed: 0,
        }
    }
}
