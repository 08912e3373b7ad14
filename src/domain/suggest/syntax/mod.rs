//! What the front ends of Go, Java and Rust share: a small program that code is lowered into, and
//! an evaluator that follows names through it. What a library's function gives, and which of them
//! call AWS, each language says through [`Sdk`].

mod build;
mod calls;
mod contexts;
mod evaluate;
mod index;
mod known;
mod objects;
mod program;
#[cfg(test)]
pub mod testing;
mod texts;
mod tree;

pub use build::Builder;
pub use calls::calls;
pub use evaluate::Evaluator;
pub use known::{Instance, Known, Origin, any, concat};
pub use program::{Callee, Expr, Function, Item, Key, Scope, ScopeId, Type, VariableId};
pub use texts::{formatted, separated};
pub use tree::{Node, broken, parse};

use super::call::Value;

/// A call of the SDK: service, operation, arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SdkCall {
    pub service: String,
    pub operation: String,
    pub arguments: Vec<(String, Value)>,
    /// Where the operation is named, if that is not where the call is.
    pub origin: Option<Origin>,
}

/// What a language's libraries do.
pub trait Sdk {
    /// What a function of a library gives.
    fn function(&self, run: &Evaluator<'_>, path: &str, arguments: &[Known], origin: Origin) -> Known;
    /// What a method gives that is not the program's own.
    fn method(&self, run: &Evaluator<'_>, receiver: &Known, name: &str, arguments: &[Known], origin: Origin) -> Known;
    /// The object after a method that changes it; none if it does not.
    fn changed(&self, run: &Evaluator<'_>, object: &Known, name: &str, arguments: &[Known]) -> Option<Known>;
    /// What this call asks AWS for; no receiver means a function of a library.
    fn call(&self, run: &Evaluator<'_>, receiver: Option<&Known>, name: &str, arguments: &[Known]) -> Vec<SdkCall>;
    /// Whether a type is only a wrapper around its last argument, such as a pointer.
    fn is_wrapper(&self, path: &str) -> bool;
    /// Whether a type is a list of its first argument.
    fn is_list(&self, path: &str) -> bool;
}
