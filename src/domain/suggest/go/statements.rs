//! Go statements: what they declare, assign and return.

use std::rc::Rc;

use super::Reader;
use super::declarations::specs;
use crate::domain::suggest::syntax::{Expr, Item, Key, Node, VariableId};

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
            "short_var_declaration" => self.short_declaration(node),
            "var_declaration" | "const_declaration" => self.local_declaration(node),
            "assignment_statement" => self.assignment(node),
            "return_statement" => self.return_statement(node),
            "range_clause" => self.range(node),
            "type_declaration" => {}
            "receive_statement" => {
                let value = node.field("right").map(|right| self.expression(&right));
                self.build.effect(value.unwrap_or_else(Expr::unknown));
            }
            "type_switch_statement" => {
                self.build.open();
                if let (Some(alias), Some(value)) = (node.field("alias"), node.field("value")) {
                    let value = self.expression(&value);
                    for name in alias.children() {
                        self.build.declare(name.text(), None);
                    }
                    self.build.effect(value);
                }
                self.statements(node);
                self.build.close();
            }
            "block"
            | "if_statement"
            | "for_statement"
            | "expression_switch_statement"
            | "select_statement"
            | "expression_case"
            | "default_case"
            | "type_case"
            | "communication_case" => {
                self.build.open();
                self.statements(node);
                self.build.close();
            }
            "statement_list"
            | "for_clause"
            | "labeled_statement"
            | "go_statement"
            | "defer_statement"
            | "expression_statement"
            | "expression_list"
            | "parenthesized_expression" => self.statements(node),
            _ => {
                let value = self.expression(node);
                self.build.effect(value);
            }
        }
    }

    fn short_declaration(&mut self, node: &Node<'_>) {
        let names = node.field("left").map(|left| left.children()).unwrap_or_default();
        let values = self.values_for(node.field("right").as_ref(), names.len());
        for (name, value) in names.iter().zip(values) {
            // Names that this block has already are assigned to.
            let variable = match self.build.find(name.text()) {
                Some(variable) if self.build.is_in_block(name.text()) => variable,
                _ => self.build.declare(name.text(), None),
            };
            self.build.assign(variable, value);
        }
    }

    fn local_declaration(&mut self, node: &Node<'_>) {
        for spec in specs(node) {
            let declared = spec.field("type").and_then(|kind| self.type_of(&kind));
            let names = spec.fields("name");
            let mut values = self.values_for(spec.field("value").as_ref(), names.len()).into_iter();
            for name in names {
                let variable = self.build.declare(name.text(), declared.clone());
                if let Some(value) = values.next() {
                    self.build.assign(variable, value);
                }
            }
        }
    }

    fn assignment(&mut self, node: &Node<'_>) {
        let targets = node.field("left").map(|left| left.children()).unwrap_or_default();
        let operator = node.field("operator").map_or("=", |operator| operator.text());
        let values = self.values_for(node.field("right").as_ref(), targets.len());
        for (target, value) in targets.iter().zip(values) {
            let value = match operator {
                "=" => value,
                "+=" => Rc::new(Expr::Concat(vec![self.expression(target), Expr::Nth(value, 0)])),
                _ => Rc::new(Expr::unknown()),
            };
            self.assign(target, value);
        }
    }

    fn assign(&mut self, target: &Node<'_>, value: Rc<Expr>) {
        match target.kind() {
            "identifier" => match self.variable_of(target) {
                Some(variable) => self.build.assign(variable, value),
                None => self.build.effect(value),
            },
            "selector_expression" => {
                let (Some(object), Some(field)) = (target.field("operand"), target.field("field")) else {
                    return;
                };
                let object_value = Rc::new(self.expression(&object));
                if let Expr::Variable(variable) = *object_value {
                    let key = Key::Field(field.text().to_owned());
                    self.build.assign_part(variable, key, value.clone());
                } else if let Some(variable) = self.variable_of(target) {
                    // A variable of another package.
                    self.build.assign(variable, value);
                    return;
                }
                self.build
                    .effect(Expr::Write(object_value, field.text().to_owned(), value));
            }
            "index_expression" => {
                let object = target.field("operand").map(|object| self.expression(&object));
                let key = target.field("index").map(|index| self.expression(&index));
                if let (Some(Expr::Variable(variable)), Some(key)) = (object, key) {
                    self.build.assign_part(variable, Key::Index(key), value);
                } else {
                    self.build.effect(value);
                }
            }
            "unary_expression" | "parenthesized_expression" => {
                let inner = target.field("operand").or_else(|| target.children().into_iter().next());
                if self.build.enter()
                    && let Some(inner) = inner
                {
                    self.assign(&inner, value);
                }
                self.build.leave();
            }
            _ => self.build.effect(value),
        }
    }

    /// The variable that a name stands for, in the function or in a package.
    fn variable_of(&mut self, target: &Node<'_>) -> Option<VariableId> {
        if let Some(local) = self.build.find(target.text()) {
            return Some(local);
        }
        let path = if target.kind() == "identifier" {
            format!("{}::{}", self.package, target.text())
        } else {
            let (package, name) = (target.field("operand")?, target.field("field")?);
            let scope = &self.build.program.scopes[self.scope];
            format!("{}::{}", scope.imports.get(package.text())?, name.text())
        };
        match self.build.program.items.get(&path) {
            Some(Item::Variable(variable)) => Some(*variable),
            _ => None,
        }
    }

    fn return_statement(&mut self, node: &Node<'_>) {
        let mut values: Vec<Expr> = node
            .child(&["expression_list"])
            .iter()
            .flat_map(Node::children)
            .map(|value| self.expression(&value))
            .collect();
        if values.is_empty() {
            let named = self.results.last().cloned().unwrap_or_default();
            values = named.into_iter().map(Expr::Variable).collect();
        }
        match values.len() {
            0 => {}
            1 => self.build.give(values.remove(0)),
            _ => self.build.give(Expr::Tuple(values)),
        }
    }

    fn range(&mut self, node: &Node<'_>) {
        let items = node.field("right").map(|right| Rc::new(self.expression(&right)));
        let names = node.field("left").map(|left| left.children()).unwrap_or_default();
        for (at, name) in names.iter().enumerate() {
            let variable = if node.has_token(":=") {
                self.build.declare(name.text(), None)
            } else if let Some(variable) = self.variable_of(name) {
                variable
            } else {
                continue;
            };
            if at == 1
                && let Some(items) = &items
            {
                self.build.assign(variable, Expr::Element(items.clone()));
            }
        }
        if let Some(items) = items {
            self.build.effect(items);
        }
    }
}
