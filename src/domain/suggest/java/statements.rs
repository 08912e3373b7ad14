//! Java statements: what they declare, assign and return.

use std::rc::Rc;

use super::Reader;
use crate::domain::suggest::syntax::{Expr, Node};

impl Reader {
    /// The statements of a block, without opening one.
    pub fn statements(&mut self, block: &Node<'_>) {
        for child in block.children() {
            self.statement(&child);
        }
    }

    fn statement(&mut self, node: &Node<'_>) {
        if self.build.enter() {
            self.open_statement(node);
        }
        self.build.leave();
    }

    fn open_statement(&mut self, node: &Node<'_>) {
        match node.kind() {
            "local_variable_declaration" => {
                let declared = node.field("type").and_then(|kind| self.type_of(&kind));
                for declarator in node.fields("declarator") {
                    let value = declarator.field("value").map(|value| self.expression(&value));
                    let Some(name) = declarator.field("name") else { continue };
                    let variable = self.build.declare(name.text(), declared.clone());
                    if let Some(value) = value {
                        self.build.assign(variable, value);
                    }
                }
            }
            "resource" => {
                let value = node.field("value").map(|value| self.expression(&value));
                let declared = node.field("type").and_then(|kind| self.type_of(&kind));
                if let Some(name) = node.field("name") {
                    let variable = self.build.declare(name.text(), declared);
                    if let Some(value) = value {
                        self.build.assign(variable, value);
                    }
                }
            }
            "enhanced_for_statement" => {
                self.build.open();
                let items = node.field("value").map(|value| self.expression(&value));
                let declared = node.field("type").and_then(|kind| self.type_of(&kind));
                if let Some(name) = node.field("name") {
                    let variable = self.build.declare(name.text(), declared);
                    if let Some(items) = items {
                        self.build.assign(variable, Expr::Element(Rc::new(items)));
                    }
                }
                if let Some(body) = node.field("body") {
                    self.statement(&body);
                }
                self.build.close();
            }
            "return_statement" => {
                if let Some(value) = node.children().first() {
                    let value = self.expression(value);
                    self.build.give(value);
                }
            }
            "explicit_constructor_invocation" => {
                let value = self.constructor_call(node);
                self.build.effect(value);
            }
            "block"
            | "constructor_body"
            | "if_statement"
            | "while_statement"
            | "do_statement"
            | "for_statement"
            | "try_statement"
            | "try_with_resources_statement"
            | "catch_clause"
            | "finally_clause"
            | "synchronized_statement"
            | "labeled_statement"
            | "switch_block_statement_group" => {
                self.build.open();
                self.statements(node);
                self.build.close();
            }
            "resource_specification" | "expression_statement" | "throw_statement" | "yield_statement" => {
                self.statements(node);
            }
            "class_declaration"
            | "record_declaration"
            | "enum_declaration"
            | "interface_declaration"
            | "catch_formal_parameter"
            | "switch_label"
            | "break_statement"
            | "continue_statement" => {}
            _ => {
                let value = self.expression(node);
                self.build.effect(value);
            }
        }
    }

    /// An assignment, as a statement or inside an expression.
    pub fn assignment(&mut self, node: &Node<'_>) -> Expr {
        let (Some(target), Some(value)) = (node.field("left"), node.field("right")) else {
            return Expr::unknown();
        };
        let value = Rc::new(self.expression(&value));
        let operator = node.field("operator").map_or("=", |operator| operator.text());
        let value = match operator {
            "=" => value,
            "+=" => Rc::new(Expr::Concat(vec![self.expression(&target), Expr::Shared(value)])),
            _ => Rc::new(Expr::unknown()),
        };
        match target.kind() {
            "identifier" => match self.build.find(target.text()) {
                Some(variable) => self.build.assign(variable, value.clone()),
                None => self.write(Expr::This, target.text(), &value),
            },
            "field_access" => {
                if let (Some(object), Some(field)) = (target.field("object"), target.field("field")) {
                    let object = self.expression(&object);
                    self.write(object, field.text(), &value);
                }
            }
            _ => self.build.effect(value.clone()),
        }
        Expr::Shared(value)
    }

    fn write(&mut self, object: Expr, field: &str, value: &Rc<Expr>) {
        if matches!(object, Expr::This) {
            self.set.push((field.to_owned(), Expr::Shared(value.clone())));
        }
        self.build
            .effect(Expr::Write(Rc::new(object), field.to_owned(), value.clone()));
    }
}
