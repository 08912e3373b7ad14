//! A file's syntax as a flat table: nodes in source order, each before what it holds.
//!
//! tree-sitter's own tree borrows a cursor for every step up; here a step in any direction is an index.
//! Where the text is no valid program, the rest of it still is.

use std::ops::Range;

use tree_sitter::{Language, Parser};

use super::super::call::Location;
use super::super::syntax::broken;

/// A node, by its place in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(u32);

/// The syntax of one file.
pub struct Tree<'a> {
    text: &'a str,
    nodes: Vec<Node>,
    /// The grammar's names for the kinds of nodes.
    kinds: Vec<String>,
    /// Where the text stops being a program.
    pub broken: Option<Location>,
}

struct Node {
    kind: u16,
    field: Option<&'static str>,
    named: bool,
    parent: Id,
    /// One past the last node inside.
    end: u32,
    bytes: Range<u32>,
}

/// Nodes that make a function.
pub const FUNCTIONS: &[&str] = &[
    "function_declaration",
    "generator_function_declaration",
    "function_expression",
    "generator_function",
    "arrow_function",
    "method_definition",
];

/// The parts of nodes that are asked for by their names.
const FIELDS: &[&str] = &[
    "alias",
    "alternative",
    "arguments",
    "body",
    "consequence",
    "constructor",
    "declaration",
    "function",
    "index",
    "key",
    "kind",
    "left",
    "name",
    "object",
    "operator",
    "parameter",
    "parameters",
    "pattern",
    "property",
    "right",
    "source",
    "type",
    "type_arguments",
    "value",
];

/// Nodes that make a class.
pub const CLASSES: &[&str] = &["class_declaration", "abstract_class_declaration", "class"];

impl<'a> Tree<'a> {
    /// Reads a file in the language that its ending names.
    pub fn read(path: &str, text: &'a str) -> Self {
        let mut tree = Self {
            text,
            nodes: Vec::new(),
            kinds: Vec::new(),
            broken: None,
        };
        let mut parser = Parser::new();
        if u32::try_from(text.len()).is_err() || parser.set_language(&language(path)).is_err() {
            return tree;
        }
        if let Some(parsed) = parser.parse(text, None) {
            tree.broken = broken(&parsed, path, text);
            tree.fill(&parsed);
        }
        tree
    }

    fn fill(&mut self, parsed: &tree_sitter::Tree) {
        let language = parsed.language();
        let fields = field_names(&language);
        self.kinds = kind_names(&language);
        let mut cursor = parsed.walk();
        let mut open: Vec<Id> = Vec::new();
        loop {
            let node = cursor.node();
            let id = Id(index(self.nodes.len()));
            self.nodes.push(Node {
                kind: node.kind_id(),
                field: cursor
                    .field_id()
                    .and_then(|field| *fields.get(usize::from(field.get()))?),
                named: node.is_named(),
                parent: open.last().copied().unwrap_or(id),
                end: id.0 + 1,
                bytes: index(node.start_byte())..index(node.end_byte()),
            });
            if cursor.goto_first_child() {
                open.push(id);
                continue;
            }
            while !cursor.goto_next_sibling() {
                let Some(done) = open.pop() else { return };
                self.nodes[done.0 as usize].end = index(self.nodes.len());
                if !cursor.goto_parent() {
                    return;
                }
            }
        }
    }

    /// The whole file; nothing for a file that could not be read at all.
    pub fn root(&self) -> Option<Id> {
        (!self.nodes.is_empty()).then_some(Id(0))
    }

    /// The grammar's name for what a node is; nothing where the text is no program.
    pub fn kind(&self, id: Id) -> &str {
        self.kinds
            .get(usize::from(self.node(id).kind))
            .map_or("", String::as_str)
    }

    pub fn is(&self, id: Id, kinds: &[&str]) -> bool {
        kinds.contains(&self.kind(id))
    }

    pub fn text(&self, id: Id) -> &'a str {
        let bytes = &self.node(id).bytes;
        &self.text[bytes.start as usize..bytes.end as usize]
    }

    pub fn parent(&self, id: Id) -> Option<Id> {
        let parent = self.node(id).parent;
        (parent != id).then_some(parent)
    }

    /// The nodes that this one stands in, from the inside out.
    pub fn ancestors(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(self.parent(id), |&above| self.parent(above))
    }

    /// This node and all it holds, in source order.
    pub fn within(&self, id: Id) -> impl Iterator<Item = Id> + use<> {
        (id.0..self.node(id).end).map(Id)
    }

    /// Whether a node is the outer one or stands in it.
    pub fn holds(&self, outer: Id, id: Id) -> bool {
        outer <= id && id.0 < self.node(outer).end
    }

    /// The node after everything that this one holds.
    pub fn after(&self, id: Id) -> Id {
        Id(self.node(id).end)
    }

    /// Every node of the file.
    pub fn all(&self) -> impl Iterator<Item = Id> + use<> {
        (0..index(self.nodes.len())).map(Id)
    }

    fn children_and_tokens(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        let end = self.node(id).end;
        let first = Some(Id(id.0 + 1)).filter(|child| child.0 < end);
        std::iter::successors(first, move |&child| Some(self.after(child)).filter(|next| next.0 < end))
    }

    /// What this node holds, without punctuation and comments.
    pub fn children(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        self.children_and_tokens(id)
            .filter(|&child| self.node(child).named && self.kind(child) != "comment")
    }

    pub fn first(&self, id: Id) -> Option<Id> {
        self.children(id).next()
    }

    pub fn child_of_kind(&self, id: Id, kind: &str) -> Option<Id> {
        self.children(id).find(|&child| self.kind(child) == kind)
    }

    pub fn field(&self, id: Id, name: &str) -> Option<Id> {
        self.children_and_tokens(id)
            .find(|&child| self.node(child).field == Some(name))
    }

    /// The elements of `[a, , b]` with their positions.
    pub fn elements(&self, array: Id) -> Vec<(usize, Id)> {
        let mut position = 0;
        let mut elements = Vec::new();
        for part in self.children_and_tokens(array) {
            match self.kind(part) {
                "," => position += 1,
                "comment" => {}
                _ if self.node(part).named => elements.push((position, part)),
                _ => {}
            }
        }
        elements
    }

    pub fn has_token(&self, id: Id, token: &str) -> bool {
        self.children_and_tokens(id)
            .any(|child| !self.node(child).named && self.kind(child) == token)
    }

    /// The innermost node around this one that is of one of these kinds.
    pub fn enclosing(&self, id: Id, kinds: &[&str]) -> Option<Id> {
        self.ancestors(id).find(|&above| self.is(above, kinds))
    }

    /// Line and column of a node, from one; columns in characters.
    pub fn position(&self, id: Id) -> (usize, usize) {
        let before = &self.text[..self.node(id).bytes.start as usize];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
        (line, before[line_start..].chars().count() + 1)
    }

    /// The text that a string literal stands for.
    pub fn string(&self, id: Id) -> Option<String> {
        (self.kind(id) == "string").then(|| self.children(id).map(|part| self.fragment(part)).collect())
    }

    /// A piece of a literal: plain, or one escape.
    pub fn fragment(&self, id: Id) -> String {
        let text = self.text(id);
        if self.kind(id) == "escape_sequence" {
            unescape(text)
        } else {
            text.to_owned()
        }
    }

    /// A name where it is written out: `name`, `#name`, `"name"`, `1`, or the `default` of an export.
    pub fn property_name(&self, id: Id) -> Option<String> {
        match self.kind(id) {
            "default"
            | "property_identifier"
            | "private_property_identifier"
            | "identifier"
            | "number"
            | "type_identifier"
            | "shorthand_property_identifier"
            | "shorthand_property_identifier_pattern" => Some(self.text(id).to_owned()),
            "string" => self.string(id),
            "computed_property_name" => self.string(self.first(id)?),
            _ => None,
        }
    }

    fn node(&self, id: Id) -> &Node {
        &self.nodes[id.0 as usize]
    }
}

fn language(path: &str) -> Language {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "ts" | "mts" | "cts" => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        "tsx" => tree_sitter_typescript::LANGUAGE_TSX.into(),
        _ => tree_sitter_javascript::LANGUAGE.into(),
    }
}

fn kind_names(language: &Language) -> Vec<String> {
    let kinds = u16::try_from(language.node_kind_count()).unwrap_or(u16::MAX);
    (0..kinds)
        .map(|kind| language.node_kind_for_id(kind).unwrap_or_default().to_owned())
        .collect()
}

/// A grammar's numbers for the fields that are asked for.
fn field_names(language: &Language) -> Vec<Option<&'static str>> {
    let mut names = vec![None; language.field_count() + 1];
    for &name in FIELDS {
        if let Some(known) = language
            .field_id_for_name(name)
            .and_then(|id| names.get_mut(usize::from(id.get())))
        {
            *known = Some(name);
        }
    }
    names
}

fn index(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

fn unescape(escape: &str) -> String {
    let body = escape.strip_prefix('\\').unwrap_or(escape);
    let code = |digits: &str| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
    match body.chars().next() {
        Some('n') => "\n".to_owned(),
        Some('t') => "\t".to_owned(),
        Some('r') => "\r".to_owned(),
        Some('\n' | '\r') => String::new(),
        Some('u' | 'x') => {
            let digits = body[1..].trim_start_matches('{').trim_end_matches('}');
            code(digits).map_or_else(|| body.to_owned(), String::from)
        }
        _ => body.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_of(tree: &Tree<'_>, kind: &str) -> Id {
        tree.all()
            .find(|&id| tree.kind(id) == kind)
            .unwrap_or_else(|| panic!("no {kind}"))
    }

    #[test]
    fn strings_are_read_with_their_escapes() {
        for (source, expected) in [
            (r#""plain""#, "plain"),
            (r"'a\'b'", "a'b"),
            (r#""\u0041\x42\u{43}\n""#, "ABC\n"),
            (r#""""#, ""),
        ] {
            let tree = Tree::read("a.js", source);
            assert_eq!(
                tree.string(first_of(&tree, "string")).as_deref(),
                Some(expected),
                "{source}"
            );
        }
    }

    #[test]
    fn nodes_lead_to_their_neighbours() {
        let tree = Tree::read("a.ts", "const é = f(1 /* one */, 2);\nclass A { m() { return this } }");
        let call = first_of(&tree, "call_expression");
        let arguments = tree.field(call, "arguments").unwrap();
        let texts: Vec<&str> = tree.children(arguments).map(|id| tree.text(id)).collect();
        assert_eq!(texts, ["1", "2"]);
        assert_eq!(tree.position(call), (1, 11));
        let this = first_of(&tree, "this");
        let class = tree.enclosing(this, CLASSES).unwrap();
        assert_eq!(tree.position(class), (2, 1));
        assert!(tree.within(class).any(|id| id == this));
        assert_eq!(tree.parent(tree.root().unwrap()), None);
    }
}
