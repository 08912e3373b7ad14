//! AWS SDK calls in Rust: fluent builders, across the modules of a crate.

mod declarations;
mod expressions;
mod macros;
mod patterns;
mod sdk;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use tree_sitter::Tree;

use super::call::{Reading, SourceFile};
use super::syntax::{self, Builder, Node, ScopeId};

/// Every SDK call in these files.
pub fn calls(files: &[&SourceFile]) -> Reading {
    let files: Vec<&SourceFile> = files.iter().copied().filter(|file| is_built(&file.path)).collect();
    // Whoever calls AWS names a crate of its SDK.
    if !files.iter().any(|file| file.text.contains("aws_sdk_")) {
        return Reading::default();
    }
    let trees: Vec<Option<Tree>> = files
        .iter()
        .map(|file| syntax::parse(&tree_sitter_rust::LANGUAGE.into(), &file.text))
        .collect();
    let mut reader = Reader {
        build: Builder::begun(),
        scope: 0,
        module: String::new(),
        modules: HashSet::new(),
        own_type: None,
    };
    let roots = trees.iter().zip(&files).enumerate().filter_map(|(at, (tree, file))| {
        let root = Node::root(tree.as_ref()?, &file.text, at);
        Some((module_of(&file.path), root))
    });
    reader.read(&roots.collect::<Vec<_>>());
    let broken = trees.iter().zip(&files);
    let broken = broken.filter_map(|(tree, file)| syntax::broken(tree.as_ref()?, &file.path, &file.text));
    let mut reading = syntax::calls(&reader.build.program, &sdk::RustSdk, &files);
    reading.broken = broken.collect();
    reading
}

/// Whether the file is part of the program: no test, example or build script.
fn is_built(path: &str) -> bool {
    let folders = ["tests", "examples", "benches", "target"];
    !path.ends_with("build.rs") && !path.split('/').any(|segment| folders.contains(&segment))
}

/// The module that a file holds: `src/store/mod.rs` is `crate::store`. Crates of a workspace are told
/// apart by their folders.
fn module_of(path: &str) -> String {
    let (before, inside) = match path.rfind("src/") {
        Some(at) if at == 0 || path[..at].ends_with('/') => (path[..at].trim_end_matches('/'), &path[at + 4..]),
        _ => ("", path),
    };
    let root = match before.rsplit('/').next() {
        Some(name) if !name.is_empty() => name.replace('-', "_"),
        _ => "crate".to_owned(),
    };
    let inside = inside.trim_end_matches(".rs");
    let inside = inside.strip_suffix("/mod").unwrap_or(inside);
    if matches!(inside, "main" | "lib" | "mod") || inside.starts_with("bin/") {
        return root;
    }
    format!("{root}::{}", inside.replace('/', "::"))
}

/// Lowers Rust into a program.
struct Reader {
    build: Builder,
    scope: ScopeId,
    /// The path of the module that is being read.
    module: String,
    /// The paths of all modules.
    modules: HashSet<String>,
    /// The path that `Self` means.
    own_type: Option<String>,
}
