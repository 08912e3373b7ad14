//! Syntax trees with their text at hand.

use tree_sitter::{Language, Parser, Tree};

use super::known::Origin;
use crate::domain::suggest::call::Location;

/// A node of a syntax tree.
#[derive(Debug, Clone, Copy)]
pub struct Node<'t> {
    inner: tree_sitter::Node<'t>,
    text: &'t str,
    file: usize,
}

/// Parses a file; none only if the parser itself fails, since broken code gives a tree too.
pub fn parse(language: &Language, text: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(language).ok()?;
    parser.parse(text, None)
}

/// Where a file first breaks the rules of its language.
pub fn broken(tree: &Tree, path: &str, text: &str) -> Option<Location> {
    let mut node = tree.root_node();
    if !node.has_error() {
        return None;
    }
    // Down to the innermost piece that is wrong: the first one on each level.
    loop {
        let mut cursor = node.walk();
        let wrong = node.children(&mut cursor).find(tree_sitter::Node::has_error);
        let Some(wrong) = wrong.filter(|_| !node.is_error()) else {
            break;
        };
        node = wrong;
    }
    let Origin { line, column, .. } = Node {
        inner: node,
        text,
        file: 0,
    }
    .origin();
    let file = path.to_owned();
    Some(Location { file, line, column })
}

impl<'t> Node<'t> {
    /// The root of a tree of the file with this number.
    pub fn root(tree: &'t Tree, text: &'t str, file: usize) -> Self {
        Self {
            inner: tree.root_node(),
            text,
            file,
        }
    }

    pub fn kind(&self) -> &'t str {
        self.inner.kind()
    }

    pub fn text(&self) -> &'t str {
        self.text.get(self.inner.byte_range()).unwrap_or("")
    }

    /// The child in this role.
    pub fn field(&self, name: &str) -> Option<Self> {
        self.inner.child_by_field_name(name).map(|inner| self.with(inner))
    }

    /// All children in this role.
    pub fn fields(&self, name: &str) -> Vec<Self> {
        let mut cursor = self.inner.walk();
        let nodes: Vec<_> = self.inner.children_by_field_name(name, &mut cursor).collect();
        nodes
            .into_iter()
            .filter(tree_sitter::Node::is_named)
            .map(|inner| self.with(inner))
            .collect()
    }

    /// The children that are more than punctuation, without comments.
    pub fn children(&self) -> Vec<Self> {
        let mut cursor = self.inner.walk();
        let nodes: Vec<_> = self.inner.named_children(&mut cursor).collect();
        nodes
            .into_iter()
            .filter(|inner| !inner.is_extra())
            .map(|inner| self.with(inner))
            .collect()
    }

    /// The first child of one of these kinds.
    pub fn child(&self, kinds: &[&str]) -> Option<Self> {
        self.children().into_iter().find(|child| kinds.contains(&child.kind()))
    }

    /// Whether a keyword or sign stands right below.
    pub fn has_token(&self, token: &str) -> bool {
        let mut cursor = self.inner.walk();
        self.inner.children(&mut cursor).any(|child| child.kind() == token)
    }

    /// Where the node begins.
    pub fn origin(&self) -> Origin {
        let start = self.inner.start_position();
        let line_start = self.inner.start_byte().saturating_sub(start.column);
        let before = self.text.get(line_start..self.inner.start_byte()).unwrap_or("");
        Origin {
            file: self.file,
            line: start.row + 1,
            column: before.chars().count() + 1,
        }
    }

    fn with(&self, inner: tree_sitter::Node<'t>) -> Self {
        Self { inner, ..*self }
    }
}
