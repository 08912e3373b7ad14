//! Python: boto3, and what is built on it.
//!
//! All files are parsed together. A call counts when its name leads to a client, a resource, a paginator or a
//! waiter of the SDK, through assignments, attributes, parameters, helper functions and other modules.

mod arguments;
mod clients;
mod evaluate;
mod modules;
mod names;
mod resources;
mod scopes;
mod syntax;
mod text;
mod thing;

use tree_sitter::Parser;

use super::call::{Call, SourceFile};
use evaluate::Evaluator;
use scopes::Project;
use syntax::Source;

/// The calls of the SDK in these files.
pub(super) fn calls(files: &[&SourceFile]) -> Vec<Call> {
    let mut parser = Parser::new();
    if parser.set_language(&tree_sitter_python::LANGUAGE.into()).is_err() {
        return Vec::new();
    }
    let sources: Vec<Source> = files
        .iter()
        .filter_map(|file| {
            Some(Source {
                file,
                tree: parser.parse(&file.text, None)?,
            })
        })
        .collect();
    let project = Project::new(&sources);
    Evaluator::new(&project).calls()
}
