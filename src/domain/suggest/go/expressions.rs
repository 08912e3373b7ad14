//! Go expressions.

use std::rc::Rc;

use super::Reader;
use crate::domain::suggest::syntax::{Callee, Expr, Function, Node, Type};

impl Reader {
    pub fn expression(&mut self, node: &Node<'_>) -> Expr {
        let expr = if self.build.enter() {
            self.open_expression(node)
        } else {
            Expr::unknown()
        };
        self.build.leave();
        expr
    }

    fn open_expression(&mut self, node: &Node<'_>) -> Expr {
        match node.kind() {
            "identifier" | "package_identifier" => match self.build.find(node.text()) {
                Some(variable) => Expr::Variable(variable),
                None => Expr::Path(self.scope, vec![node.text().to_owned()]),
            },
            "nil" => Expr::Nothing,
            "interpreted_string_literal" => Expr::Text(unescaped(node.text().trim_matches('"'))),
            "raw_string_literal" => Expr::Text(node.text().trim_matches('`').to_owned()),
            "selector_expression" => self.selector(node),
            "call_expression" => self.call(node),
            "composite_literal" => self.composite(node),
            "func_literal" => self.closure(node),
            "unary_expression" => match (node.field("operator"), node.field("operand")) {
                (Some(operator), Some(operand)) if matches!(operator.text(), "&" | "*") => self.expression(&operand),
                _ => self.opaque(node),
            },
            "binary_expression" => match (node.field("left"), node.field("operator"), node.field("right")) {
                (Some(left), Some(operator), Some(right)) if operator.text() == "+" => {
                    Expr::Concat(vec![self.expression(&left), self.expression(&right)])
                }
                _ => self.opaque(node),
            },
            "parenthesized_expression" | "literal_element" => match node.children().first() {
                Some(inner) => self.expression(inner),
                None => Expr::unknown(),
            },
            "type_conversion_expression" => match node.field("operand") {
                Some(operand) => self.expression(&operand),
                None => Expr::unknown(),
            },
            "index_expression" => match node.field("operand") {
                Some(operand) => Expr::Element(Rc::new(self.expression(&operand))),
                None => Expr::unknown(),
            },
            "type_assertion_expression" => match node.field("type").and_then(|kind| self.type_of(&kind)) {
                Some(kind) => Expr::Typed(kind),
                None => self.opaque(node),
            },
            _ => self.opaque(node),
        }
    }

    /// Nothing known of the whole, though calls may stand in its parts.
    fn opaque(&mut self, node: &Node<'_>) -> Expr {
        Expr::Opaque(node.children().iter().map(|child| self.expression(child)).collect())
    }

    fn selector(&mut self, node: &Node<'_>) -> Expr {
        let (Some(object), Some(field)) = (node.field("operand"), node.field("field")) else {
            return Expr::unknown();
        };
        let field = field.text().to_owned();
        match self.expression(&object) {
            Expr::Path(scope, mut segments) => {
                segments.push(field);
                Expr::Path(scope, segments)
            }
            object => Expr::Field(Rc::new(object), field),
        }
    }

    fn call(&mut self, node: &Node<'_>) -> Expr {
        let (Some(function), Some(list)) = (node.field("function"), node.field("arguments")) else {
            return self.opaque(node);
        };
        let arguments = list.children();
        match (function.text(), arguments.first()) {
            ("new", Some(kind)) => {
                if let Some(kind) = self.type_of_name(kind) {
                    return Expr::New(kind, Vec::new());
                }
            }
            ("make", Some(kind)) if kind.kind() == "map_type" => return Expr::Map(Vec::new()),
            ("make", Some(kind)) if kind.kind() == "slice_type" => return Expr::List(Vec::new()),
            _ => {}
        }
        let callee = Callee {
            function: self.expression(&function),
            arguments: arguments.iter().map(|argument| self.expression(argument)).collect(),
            origin: function.field("field").unwrap_or(function).origin(),
        };
        let call = Expr::Call(Box::new(callee));
        // caarlos0/env fills a struct that only its type argument names.
        if function.text().ends_with(".ParseAs")
            && let Some(kind) = node
                .field("type_arguments")
                .and_then(|list| list.children().first().and_then(|kind| self.type_of(kind)))
        {
            return Expr::Any(vec![call, Expr::Typed(kind)]);
        }
        call
    }

    /// A type that stands where expressions do.
    fn type_of_name(&mut self, node: &Node<'_>) -> Option<Type> {
        if node.kind() == "identifier" {
            return Some(Type {
                scope: self.scope,
                segments: vec![node.text().to_owned()],
                arguments: Vec::new(),
            });
        }
        if node.kind() == "selector_expression" {
            let (package, name) = (node.field("operand")?, node.field("field")?);
            return Some(Type {
                scope: self.scope,
                segments: vec![package.text().to_owned(), name.text().to_owned()],
                arguments: Vec::new(),
            });
        }
        self.type_of(node)
    }

    fn composite(&mut self, node: &Node<'_>) -> Expr {
        match node.field("body") {
            Some(body) => self.literal(node.field("type"), &body),
            None => Expr::unknown(),
        }
    }

    /// The braces of a literal; elements may leave out their type.
    fn literal(&mut self, kind: Option<Node<'_>>, body: &Node<'_>) -> Expr {
        let kind = kind.map(|kind| match kind.kind() {
            "pointer_type" => kind.children().into_iter().next().unwrap_or(kind),
            _ => kind,
        });
        match kind {
            Some(list) if matches!(list.kind(), "slice_type" | "array_type" | "implicit_length_array_type") => {
                let item = list.field("element");
                let items = body.children();
                Expr::List(
                    items
                        .iter()
                        .filter_map(|element| value_of(element))
                        .map(|value| self.element(item, &value))
                        .collect(),
                )
            }
            Some(map) if map.kind() == "map_type" => {
                let item = map.field("value");
                let mut entries = Vec::new();
                for element in body.children() {
                    if let (Some(key), Some(value)) = (key_of(&element), value_of(&element)) {
                        entries.push((self.expression(&key), self.element(item, &value)));
                    }
                }
                Expr::Map(entries)
            }
            Some(kind) => {
                let declared = self.type_of(&kind);
                let mut fields = Vec::new();
                for element in body.children() {
                    let name = key_of(&element).map_or_else(String::new, |key| key.text().to_owned());
                    if let Some(value) = value_of(&element) {
                        fields.push((name, self.element(None, &value)));
                    }
                }
                match declared {
                    Some(kind) => Expr::New(kind, fields),
                    None => Expr::Opaque(fields.into_iter().map(|(_, value)| value).collect()),
                }
            }
            None => {
                let mut entries = Vec::new();
                for element in body.children() {
                    if let (Some(key), Some(value)) = (key_of(&element), value_of(&element)) {
                        entries.push((Expr::Text(key.text().to_owned()), self.element(None, &value)));
                    }
                }
                Expr::Map(entries)
            }
        }
    }

    fn element(&mut self, kind: Option<Node<'_>>, value: &Node<'_>) -> Expr {
        if value.kind() != "literal_value" {
            return self.expression(value);
        }
        let expr = if self.build.enter() {
            self.literal(kind, value)
        } else {
            Expr::unknown()
        };
        self.build.leave();
        expr
    }

    fn closure(&mut self, node: &Node<'_>) -> Expr {
        let result = node.field("result").and_then(|result| self.result_of(&result));
        let id = self.build.begin_closure();
        self.build.program.functions[id] = Function {
            result,
            outer: self.build.program.functions[id].outer,
            ..Function::default()
        };
        self.body(node);
        self.build.end();
        Expr::Closure(id)
    }
}

/// The key of `key: value`.
fn key_of<'t>(element: &Node<'t>) -> Option<Node<'t>> {
    match element.kind() {
        "keyed_element" => inner(element.children().into_iter().next()?),
        _ => None,
    }
}

/// The value of an element with or without a key.
fn value_of<'t>(element: &Node<'t>) -> Option<Node<'t>> {
    match element.kind() {
        "keyed_element" => inner(element.children().into_iter().nth(1)?),
        _ => inner(*element),
    }
}

fn inner(element: Node<'_>) -> Option<Node<'_>> {
    match element.kind() {
        "literal_element" => element.children().into_iter().next(),
        _ => Some(element),
    }
}

/// The text of a literal whose escapes are the usual ones.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => match chars.next() {
                Some('n') => plain.push('\n'),
                Some('t') => plain.push('\t'),
                Some(other) => plain.push(other),
                None => {}
            },
            _ => plain.push(char),
        }
    }
    plain
}
