//! The parsed files, and small questions about their nodes.

use tree_sitter::{Node, Tree};

use crate::domain::suggest::call::{Location, SourceFile};

/// A file with its tree.
pub(super) struct Source<'f> {
    pub file: &'f SourceFile,
    pub tree: Tree,
}

impl Source<'_> {
    /// Where a node begins.
    pub fn location(&self, node: Node<'_>) -> Location {
        let start = node.start_byte();
        let line_start = self.file.text[..start].rfind('\n').map_or(0, |at| at + 1);
        Location {
            file: self.file.path.clone(),
            line: node.start_position().row + 1,
            column: self.file.text[line_start..start].chars().count() + 1,
        }
    }
}

/// The text of a node.
pub(super) fn text<'s>(node: Node<'_>, source: &'s str) -> &'s str {
    source.get(node.byte_range()).unwrap_or_default()
}

/// The children that are no punctuation and no comments.
pub(super) fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    let named = node.named_children(&mut cursor);
    named.filter(|child| child.kind() != "comment").collect()
}

pub(super) fn field<'t>(node: Node<'t>, name: &str) -> Option<Node<'t>> {
    node.child_by_field_name(name)
}

/// The nearest node around this one of one of these kinds.
pub(super) fn around<'t>(node: Node<'t>, kinds: &[&str]) -> Option<Node<'t>> {
    let mut around = node.parent();
    while let Some(found) = around {
        if kinds.contains(&found.kind()) {
            return Some(found);
        }
        around = found.parent();
    }
    None
}

pub(super) fn contains(outer: Node<'_>, inner: Node<'_>) -> bool {
    outer.start_byte() <= inner.start_byte() && inner.end_byte() <= outer.end_byte()
}
