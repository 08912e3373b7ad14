//! Rust patterns: the names that they bind, and to which part of the value.

use std::rc::Rc;

use super::Reader;
use crate::domain::suggest::syntax::{Expr, Node};

impl Reader {
    /// Declares the names of a pattern. `Some`, `Ok`, `State` and other wrappers are looked through.
    pub fn bind(&mut self, pattern: &Node<'_>, value: &Rc<Expr>) {
        if self.build.enter() {
            self.bind_open(pattern, value);
        }
        self.build.leave();
    }

    fn bind_open(&mut self, pattern: &Node<'_>, value: &Rc<Expr>) {
        let parts = pattern.children();
        match pattern.kind() {
            "identifier" | "shorthand_field_identifier" => {
                let variable = self.build.declare(pattern.text(), None);
                self.build.assign(variable, value.clone());
            }
            "mut_pattern" | "ref_pattern" | "reference_pattern" | "match_pattern" | "captured_pattern" => {
                if let Some(inner) = parts.iter().find(|part| part.kind() != "mutable_specifier") {
                    self.bind(inner, value);
                }
            }
            "tuple_struct_pattern" => {
                for inner in parts.iter().skip(1) {
                    self.bind(inner, value);
                }
            }
            "tuple_pattern" => {
                for (at, inner) in parts.iter().enumerate() {
                    self.bind(inner, &Rc::new(Expr::Nth(value.clone(), at)));
                }
            }
            "struct_pattern" => {
                for field in parts.iter().filter(|part| part.kind() == "field_pattern") {
                    let Some(name) = field.field("name") else { continue };
                    let part = Rc::new(Expr::Field(value.clone(), name.text().to_owned()));
                    self.bind(&field.field("pattern").unwrap_or(name), &part);
                }
            }
            _ => {}
        }
    }
}
