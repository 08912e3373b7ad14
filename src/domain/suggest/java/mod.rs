//! AWS SDK calls in Java: both versions of the SDK, with the enhanced DynamoDB client.

mod arguments;
mod declarations;
mod expressions;
mod library;
mod sdk;
mod statements;
#[cfg(test)]
mod tests;

use tree_sitter::Tree;

use super::call::{Reading, SourceFile};
use super::syntax::{self, Builder, Expr, Node, ScopeId};

/// Every SDK call in these files.
pub fn calls(files: &[&SourceFile]) -> Reading {
    let files: Vec<&SourceFile> = files
        .iter()
        .copied()
        .filter(|file| !file.path.starts_with("src/test/") && !file.path.contains("/src/test/"))
        .collect();
    // Whoever calls AWS imports its SDK.
    let sdks = ["software.amazon.awssdk", "com.amazonaws"];
    if !files.iter().any(|file| sdks.iter().any(|sdk| file.text.contains(sdk))) {
        return Reading::default();
    }
    let trees: Vec<Option<Tree>> = files
        .iter()
        .map(|file| syntax::parse(&tree_sitter_java::LANGUAGE.into(), &file.text))
        .collect();
    let roots: Vec<Node<'_>> = trees
        .iter()
        .zip(&files)
        .enumerate()
        .filter_map(|(at, (tree, file))| Some(Node::root(tree.as_ref()?, &file.text, at)))
        .collect();
    let mut reader = Reader {
        build: Builder::begun(),
        scope: 0,
        class: String::new(),
        set: Vec::new(),
    };
    reader.read(&roots);
    let broken = trees.iter().zip(&files);
    let broken = broken.filter_map(|(tree, file)| syntax::broken(tree.as_ref()?, &file.path, &file.text));
    let mut reading = syntax::calls(&reader.build.program, &sdk::JavaSdk, &files);
    reading.broken = broken.collect();
    reading
}

/// Lowers Java into a program.
struct Reader {
    build: Builder,
    /// The class that is being read.
    scope: ScopeId,
    class: String,
    /// The fields that the present constructor sets.
    set: Vec<(String, Expr)>,
}
