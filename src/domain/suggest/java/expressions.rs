//! Java expressions.

use std::rc::Rc;

use super::Reader;
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

    fn open_expression(&mut self, node: &Node<'_>) -> Expr {
        match node.kind() {
            "identifier" | "type_identifier" => match self.build.find(node.text()) {
                Some(variable) => Expr::Variable(variable),
                None => Expr::Path(self.scope, vec![node.text().to_owned()]),
            },
            "scoped_identifier" | "scoped_type_identifier" => {
                Expr::Path(self.scope, node.text().split('.').map(str::to_owned).collect())
            }
            "this" | "super" => Expr::This,
            "null_literal" => Expr::Nothing,
            "string_literal" => Expr::Text(text_of(node)),
            "field_access" => match (node.field("object"), node.field("field")) {
                (Some(object), Some(field)) => {
                    let object = self.expression(&object);
                    below(object, field.text())
                }
                _ => Expr::unknown(),
            },
            "method_invocation" => self.invocation(node),
            "object_creation_expression" => self.creation(node),
            "lambda_expression" => self.lambda(node),
            "method_reference" => self.reference(node),
            "binary_expression" => match (node.field("left"), node.field("operator"), node.field("right")) {
                (Some(left), Some(operator), Some(right)) if operator.text() == "+" => {
                    Expr::Concat(vec![self.expression(&left), self.expression(&right)])
                }
                _ => self.opaque(node),
            },
            "ternary_expression" => {
                if let Some(condition) = node.field("condition") {
                    let condition = self.expression(&condition);
                    self.build.effect(condition);
                }
                let choices = [node.field("consequence"), node.field("alternative")];
                Expr::Any(choices.iter().flatten().map(|choice| self.expression(choice)).collect())
            }
            "switch_expression" => self.switch(node),
            "assignment_expression" => self.assignment(node),
            "parenthesized_expression" => match node.children().first() {
                Some(inner) => self.expression(inner),
                None => Expr::unknown(),
            },
            "cast_expression" | "array_creation_expression" => match node.field("value") {
                Some(value) => self.expression(&value),
                None => Expr::unknown(),
            },
            "array_initializer" => Expr::List(node.children().iter().map(|item| self.expression(item)).collect()),
            "array_access" => match node.field("array") {
                Some(array) => Expr::Element(Rc::new(self.expression(&array))),
                None => Expr::unknown(),
            },
            "instanceof_expression" => {
                let value = node.field("left").map(|value| self.expression(&value));
                if let Some(name) = node.field("name") {
                    let declared = node.field("right").and_then(|kind| self.type_of(&kind));
                    self.build.declare(name.text(), declared);
                }
                Expr::Opaque(value.into_iter().collect())
            }
            _ => self.opaque(node),
        }
    }

    /// Nothing known of the whole, though calls may stand in its parts.
    fn opaque(&mut self, node: &Node<'_>) -> Expr {
        Expr::Opaque(node.children().iter().map(|child| self.expression(child)).collect())
    }

    fn arguments(&mut self, node: &Node<'_>) -> Vec<Expr> {
        let list = node.field("arguments").map(|list| list.children()).unwrap_or_default();
        list.iter().map(|argument| self.expression(argument)).collect()
    }

    fn invocation(&mut self, node: &Node<'_>) -> Expr {
        let Some(name) = node.field("name") else {
            return self.opaque(node);
        };
        let function = match node.field("object") {
            Some(object) => {
                let object = self.expression(&object);
                below(object, name.text())
            }
            None => Expr::Path(self.scope, vec![name.text().to_owned()]),
        };
        Expr::Call(Box::new(Callee {
            function,
            arguments: self.arguments(node),
            origin: name.origin(),
        }))
    }

    fn creation(&mut self, node: &Node<'_>) -> Expr {
        let Some(kind) = node.field("type") else {
            return self.opaque(node);
        };
        if let Some(body) = node.child(&["class_body"]) {
            self.unnamed_class(&body);
        }
        let mut segments = self.type_of(&kind).map(|kind| kind.segments).unwrap_or_default();
        segments.push("new".to_owned());
        Expr::Call(Box::new(Callee {
            function: Expr::Path(self.scope, segments),
            arguments: self.arguments(node),
            origin: node.origin(),
        }))
    }

    /// The methods of a class without a name see the variables around them, as closures do.
    fn unnamed_class(&mut self, body: &Node<'_>) {
        for member in body.children() {
            if member.kind() != "method_declaration" {
                continue;
            }
            let id = self.build.begin_closure();
            self.parameters(member.field("parameters"));
            if let Some(body) = member.field("body") {
                self.statements(&body);
            }
            self.build.end();
            self.build.effect(Expr::Closure(id));
        }
    }

    fn lambda(&mut self, node: &Node<'_>) -> Expr {
        let id = self.build.begin_closure();
        self.parameters(node.field("parameters"));
        if let Some(body) = node.field("body") {
            if body.kind() == "block" {
                self.statements(&body);
            } else {
                let value = self.expression(&body);
                self.build.give(value);
            }
        }
        self.build.end();
        Expr::Closure(id)
    }

    /// `Type::method` and `object::method`.
    fn reference(&mut self, node: &Node<'_>) -> Expr {
        let parts = node.children();
        let [object, .., name] = parts.as_slice() else {
            return Expr::unknown();
        };
        let object = self.expression(object);
        match object {
            Expr::This => Expr::Path(self.scope, vec![name.text().to_owned()]),
            object => below(object, name.text()),
        }
    }

    fn switch(&mut self, node: &Node<'_>) -> Expr {
        let mut choices = Vec::new();
        if let Some(condition) = node.field("condition") {
            let condition = self.expression(&condition);
            self.build.effect(condition);
        }
        for part in node.field("body").map(|body| body.children()).unwrap_or_default() {
            self.build.open();
            if part.kind() == "switch_rule" {
                for child in part.children() {
                    match (child.kind(), child.children().first()) {
                        ("expression_statement", Some(value)) => choices.push(self.expression(value)),
                        ("switch_label", _) => {}
                        _ => self.statements(&child),
                    }
                }
            } else {
                self.statements(&part);
            }
            self.build.close();
        }
        Expr::Any(choices)
    }

    /// `this(…)` and `super(…)`.
    pub fn constructor_call(&mut self, node: &Node<'_>) -> Expr {
        let own = self.class.clone();
        let is_super = node.field("constructor").is_some_and(|which| which.kind() == "super");
        let base = self.build.program.types.get(&own).and_then(|own| own.supers.first());
        let segments = match base {
            Some(base) if is_super => base.segments.clone(),
            _ => vec![own],
        };
        Expr::Call(Box::new(Callee {
            function: Expr::Path(self.scope, segments.into_iter().chain(["new".to_owned()]).collect()),
            arguments: self.arguments(node),
            origin: node.origin(),
        }))
    }
}

/// A name below an object, or below another name.
fn below(object: Expr, name: &str) -> Expr {
    match object {
        Expr::Path(scope, mut segments) => {
            segments.push(name.to_owned());
            Expr::Path(scope, segments)
        }
        object => Expr::Field(Rc::new(object), name.to_owned()),
    }
}

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
