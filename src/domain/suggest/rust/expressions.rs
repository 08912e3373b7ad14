//! Rust statements and expressions.

use std::rc::Rc;

use super::Reader;
use super::declarations::plain;
use crate::domain::suggest::syntax::{Callee, Expr, Node};

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

    /// What a block's last expression gives.
    pub fn block(&mut self, block: &Node<'_>) -> Expr {
        self.build.open();
        let children = block.children();
        let mut value = Expr::unknown();
        for (at, child) in children.iter().enumerate() {
            let is_last = at + 1 == children.len();
            match child.kind() {
                "let_declaration" => self.let_declaration(child),
                "expression_statement" => {
                    let inner = child.children();
                    for expr in &inner {
                        let expr = self.expression(expr);
                        // `if`, `match` and the like may be the value without being marked so.
                        if is_last && !child.has_token(";") {
                            value = expr;
                        } else {
                            self.build.effect(expr);
                        }
                    }
                }
                kind if kind.ends_with("_item") || kind == "use_declaration" => {}
                _ => {
                    let expr = self.expression(child);
                    if is_last {
                        value = expr;
                    } else {
                        self.build.effect(expr);
                    }
                }
            }
        }
        self.build.close();
        value
    }

    fn let_declaration(&mut self, node: &Node<'_>) {
        let value = node.field("value").map(|value| Rc::new(self.expression(&value)));
        if let Some(otherwise) = node.field("alternative") {
            let otherwise = self.expression(&otherwise);
            self.build.effect(otherwise);
        }
        let Some(pattern) = node.field("pattern") else { return };
        if pattern.kind() == "identifier" {
            let declared = node.field("type").and_then(|kind| self.type_of(&kind));
            let variable = self.build.declare(pattern.text(), declared);
            if let Some(value) = value {
                self.build.assign(variable, value);
            }
            return;
        }
        let value = value.unwrap_or_else(|| Rc::new(Expr::unknown()));
        self.bind(&pattern, &value);
        // A pattern that binds nothing, such as `_`, still runs its value.
        self.build.effect(value);
    }

    fn open_expression(&mut self, node: &Node<'_>) -> Expr {
        match node.kind() {
            "identifier" => self.name(node.text()),
            "scoped_identifier" => self.path(node),
            "generic_function" => match node.field("function") {
                Some(function) => self.expression(&function),
                None => Expr::unknown(),
            },
            "self" => Expr::This,
            "string_literal" | "raw_string_literal" => Expr::Text(text_of(node)),
            "field_expression" => match (node.field("value"), node.field("field")) {
                (Some(value), Some(field)) => Expr::Field(Rc::new(self.expression(&value)), field.text().to_owned()),
                _ => Expr::unknown(),
            },
            "call_expression" => self.call(node),
            "macro_invocation" => self.macro_call(node),
            "struct_expression" => self.literal(node),
            "closure_expression" => self.closure(node),
            "await_expression"
            | "try_expression"
            | "reference_expression"
            | "parenthesized_expression"
            | "unary_expression"
            | "type_cast_expression" => {
                let inner = node.field("value").or_else(|| {
                    let parts = node.children();
                    parts.into_iter().find(|part| part.kind() != "mutable_specifier")
                });
                inner.map_or_else(Expr::unknown, |inner| self.expression(&inner))
            }
            "block" => self.block(node),
            "async_block" | "unsafe_block" | "const_block" => match node.child(&["block"]) {
                Some(block) => self.block(&block),
                None => Expr::unknown(),
            },
            "if_expression" => self.if_expression(node),
            "else_clause" => match node.children().first() {
                Some(inner) => self.expression(inner),
                None => Expr::unknown(),
            },
            "let_condition" => {
                let value = node
                    .field("value")
                    .map_or_else(Expr::unknown, |value| self.expression(&value));
                let value = Rc::new(value);
                if let Some(pattern) = node.field("pattern") {
                    self.bind(&pattern, &value);
                }
                Expr::Opaque(vec![Expr::Shared(value)])
            }
            "match_expression" => self.match_expression(node),
            "for_expression" | "while_expression" | "loop_expression" => self.repeated(node),
            "return_expression" | "break_expression" => {
                if let Some(value) = node.children().iter().find(|part| part.kind() != "label") {
                    let value = self.expression(value);
                    if node.kind() == "return_expression" {
                        self.build.give(value);
                    } else {
                        self.build.effect(value);
                    }
                }
                Expr::Nothing
            }
            "continue_expression" => Expr::Nothing,
            "assignment_expression" => self.assignment(node),
            "binary_expression" if node.field("operator").is_some_and(|sign| sign.text() == "+") => {
                let sides = [node.field("left"), node.field("right")];
                Expr::Concat(sides.iter().flatten().map(|side| self.expression(side)).collect())
            }
            "tuple_expression" => Expr::Tuple(node.children().iter().map(|part| self.expression(part)).collect()),
            "array_expression" => Expr::List(node.children().iter().map(|item| self.expression(item)).collect()),
            "index_expression" => match node.children().first() {
                Some(of) => Expr::Element(Rc::new(self.expression(of))),
                None => Expr::unknown(),
            },
            _ => Expr::Opaque(node.children().iter().map(|child| self.expression(child)).collect()),
        }
    }

    /// A name alone: a local variable, or something of the module.
    pub fn name(&self, name: &str) -> Expr {
        match self.build.find(name) {
            Some(variable) => Expr::Variable(variable),
            None if name == "None" => Expr::Nothing,
            None => Expr::Path(self.scope, vec![name.to_owned()]),
        }
    }

    fn path(&self, node: &Node<'_>) -> Expr {
        let path = self.named(&plain(node));
        Expr::Path(self.scope, path.split("::").map(str::to_owned).collect())
    }

    fn call(&mut self, node: &Node<'_>) -> Expr {
        let Some(mut function) = node.field("function") else {
            return Expr::unknown();
        };
        if function.kind() == "generic_function" {
            function = function.field("function").unwrap_or(function);
        }
        let arguments = node.field("arguments").map(|list| list.children()).unwrap_or_default();
        let origin = function
            .field("field")
            .or_else(|| function.field("name"))
            .unwrap_or(function)
            .origin();
        let callee = Callee {
            function: self.expression(&function),
            arguments: arguments
                .iter()
                .filter(|argument| argument.kind() != "attribute_item")
                .map(|argument| self.expression(argument))
                .collect(),
            origin,
        };
        Expr::Call(Box::new(callee))
    }

    fn literal(&mut self, node: &Node<'_>) -> Expr {
        let kind = node.field("name").and_then(|name| self.type_of(&name));
        let mut fields = Vec::new();
        for part in node.field("body").map(|body| body.children()).unwrap_or_default() {
            match part.kind() {
                "shorthand_field_initializer" => {
                    let name = part.children().last().map_or("", Node::text);
                    fields.push((name.to_owned(), self.name(name)));
                }
                "field_initializer" => {
                    let name = part.field("field").or_else(|| part.field("name"));
                    if let (Some(name), Some(value)) = (name, part.field("value")) {
                        fields.push((name.text().to_owned(), self.expression(&value)));
                    }
                }
                _ => {
                    for base in part.children() {
                        let base = self.expression(&base);
                        self.build.effect(base);
                    }
                }
            }
        }
        match kind {
            Some(kind) => Expr::New(kind, fields),
            None => Expr::Opaque(fields.into_iter().map(|(_, value)| value).collect()),
        }
    }

    fn closure(&mut self, node: &Node<'_>) -> Expr {
        let id = self.build.begin_closure();
        self.parameters(node.field("parameters"));
        if let Some(body) = node.field("body") {
            let value = self.expression(&body);
            self.build.give(value);
        }
        self.build.end();
        Expr::Closure(id)
    }

    fn if_expression(&mut self, node: &Node<'_>) -> Expr {
        self.build.open();
        if let Some(condition) = node.field("condition") {
            let condition = self.expression(&condition);
            self.build.effect(condition);
        }
        let mut choices = Vec::new();
        if let Some(consequence) = node.field("consequence") {
            choices.push(self.expression(&consequence));
        }
        self.build.close();
        if let Some(alternative) = node.field("alternative") {
            choices.push(self.expression(&alternative));
        }
        Expr::Any(choices)
    }

    fn match_expression(&mut self, node: &Node<'_>) -> Expr {
        let value = node
            .field("value")
            .map_or_else(Expr::unknown, |value| self.expression(&value));
        let value = Rc::new(value);
        self.build.effect(value.clone());
        let mut choices = Vec::new();
        for arm in node.field("body").map(|body| body.children()).unwrap_or_default() {
            self.build.open();
            if let Some(pattern) = arm.field("pattern") {
                self.bind(&pattern, &value);
                if let Some(condition) = pattern.field("condition") {
                    let condition = self.expression(&condition);
                    self.build.effect(condition);
                }
            }
            if let Some(result) = arm.field("value") {
                choices.push(self.expression(&result));
            }
            self.build.close();
        }
        Expr::Any(choices)
    }

    fn repeated(&mut self, node: &Node<'_>) -> Expr {
        self.build.open();
        if let Some(condition) = node.field("condition") {
            let condition = self.expression(&condition);
            self.build.effect(condition);
        }
        if let Some(items) = node.field("value") {
            let items = Rc::new(self.expression(&items));
            if let Some(pattern) = node.field("pattern") {
                self.bind(&pattern, &Rc::new(Expr::Element(items.clone())));
            }
            self.build.effect(items);
        }
        if let Some(body) = node.field("body") {
            let body = self.expression(&body);
            self.build.effect(body);
        }
        self.build.close();
        Expr::unknown()
    }

    fn assignment(&mut self, node: &Node<'_>) -> Expr {
        let (Some(target), Some(value)) = (node.field("left"), node.field("right")) else {
            return Expr::unknown();
        };
        let value = Rc::new(self.expression(&value));
        match (target.kind(), target.field("value"), target.field("field")) {
            ("identifier", ..) => match self.build.find(target.text()) {
                Some(variable) => self.build.assign(variable, value),
                None => self.build.effect(value),
            },
            ("field_expression", Some(object), Some(field)) => {
                let object = Rc::new(self.expression(&object));
                self.build.effect(Expr::Write(object, field.text().to_owned(), value));
            }
            _ => self.build.effect(value),
        }
        Expr::Nothing
    }
}

/// The text of a literal whose escapes are the usual ones.
fn text_of(node: &Node<'_>) -> String {
    let mut text = String::new();
    for part in node.children() {
        match part.kind() {
            "escape_sequence" => text.push_str(match part.text() {
                "\\n" => "\n",
                "\\t" => "\t",
                other => other.trim_start_matches('\\'),
            }),
            _ => text.push_str(part.text()),
        }
    }
    text
}
