//! Rust macros: their arguments are read as expressions where they are such.

use super::Reader;
use crate::domain::suggest::syntax::{Expr, Node, parse};

impl Reader {
    pub fn macro_call(&mut self, node: &Node<'_>) -> Expr {
        let (Some(name), Some(tokens)) = (node.field("macro"), node.child(&["token_tree"])) else {
            return Expr::unknown();
        };
        let name = name.text().rsplit("::").next().unwrap_or("");
        let inner = tokens.text();
        let inner = inner.get(1..inner.len().saturating_sub(1)).unwrap_or("");
        match name {
            "panic" | "bail" | "unreachable" | "todo" | "unimplemented" => return Expr::Nothing,
            "env" | "option_env" | "include_str" | "stringify" => return Expr::unknown(),
            _ => {}
        }
        let values = self.expressions(inner, &tokens);
        match name {
            "format" | "concat" => match values.split_first() {
                Some(((_, Expr::Text(pattern)), _)) if name == "format" => self.formatted(&pattern.clone(), values),
                _ => Expr::Concat(values.into_iter().map(|(_, value)| value).collect()),
            },
            "vec" => Expr::List(values.into_iter().map(|(_, value)| value).collect()),
            "hashmap" => Expr::unknown(),
            _ => Expr::Opaque(values.into_iter().map(|(_, value)| value).collect()),
        }
    }

    /// The arguments, each with its name if it has one. They are parsed where they stand, so that
    /// places stay true.
    fn expressions(&mut self, text: &str, tokens: &Node<'_>) -> Vec<(String, Expr)> {
        let origin = tokens.origin();
        let open = "fn f(){(";
        let lines = "\n".repeat(origin.line.saturating_sub(1));
        let columns = " ".repeat(
            origin
                .column
                .saturating_sub(if lines.is_empty() { open.len() } else { 0 }),
        );
        let source = format!("{open}{lines}{columns}{text},);}}");
        let Some(tree) = parse(&tree_sitter_rust::LANGUAGE.into(), &source) else {
            return Vec::new();
        };
        let root = Node::root(&tree, &source, origin.file);
        let tuple = root
            .child(&["function_item"])
            .and_then(|function| function.field("body"))
            .and_then(|body| body.child(&["expression_statement"]))
            .and_then(|statement| statement.children().into_iter().next());
        let mut values = Vec::new();
        for part in tuple.map(|tuple| tuple.children()).unwrap_or_default() {
            match (part.kind(), part.field("left"), part.field("right")) {
                ("assignment_expression", Some(name), Some(value)) => {
                    values.push((name.text().to_owned(), self.expression(&value)));
                }
                _ => values.push((String::new(), self.expression(&part))),
            }
        }
        values
    }

    /// `format!("in/{id}/{}", name)`.
    fn formatted(&mut self, pattern: &str, values: Vec<(String, Expr)>) -> Expr {
        let values: Vec<(String, std::rc::Rc<Expr>)> = values
            .into_iter()
            .skip(1)
            .map(|(name, value)| (name, value.into()))
            .collect();
        let mut next = 0;
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut chars = pattern.chars().peekable();
        while let Some(char) = chars.next() {
            match char {
                '{' | '}' if chars.peek() == Some(&char) => {
                    chars.next();
                    literal.push(char);
                }
                '{' => {
                    let hole: String = chars.by_ref().take_while(|char| *char != '}').collect();
                    let name = hole.split(':').next().unwrap_or("").trim();
                    parts.push(Expr::Text(std::mem::take(&mut literal)));
                    let position = if name.is_empty() {
                        next += 1;
                        Some(next - 1)
                    } else {
                        let named = values.iter().position(|(own, _)| own == name);
                        named.or_else(|| name.parse().ok())
                    };
                    parts.push(match position {
                        Some(position) => values
                            .get(position)
                            .map_or_else(Expr::unknown, |(_, value)| Expr::Shared(value.clone())),
                        None => self.name(name),
                    });
                }
                _ => literal.push(char),
            }
        }
        parts.push(Expr::Text(literal));
        parts.retain(|part| !matches!(part, Expr::Text(text) if text.is_empty()));
        Expr::Concat(parts)
    }
}
