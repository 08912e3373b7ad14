//! Building a [`Program`]: open blocks, the functions that are being read, and what they declare.

use std::collections::HashMap;
use std::rc::Rc;

use super::program::{
    Declared, Expr, Field, Function, FunctionId, Item, Key, Program, START, Scope, ScopeId, Type, Variable, VariableId,
};

/// Code nested deeper than this is not followed.
const DEPTH: usize = 120;

/// A program in the making.
#[derive(Debug)]
pub struct Builder {
    pub program: Program,
    functions: Vec<FunctionId>,
    blocks: Vec<HashMap<String, VariableId>>,
    depth: usize,
}

impl Builder {
    pub fn begun() -> Self {
        let program = Program {
            functions: vec![Function::default()],
            ..Program::default()
        };
        Self {
            program,
            functions: vec![START],
            blocks: Vec::new(),
            depth: 0,
        }
    }

    pub fn add_scope(&mut self, scope: Scope) -> ScopeId {
        self.program.scopes.push(scope);
        self.program.scopes.len() - 1
    }

    pub fn add_type(&mut self, path: String, scope: ScopeId) -> &mut Declared {
        self.program.items.insert(path.clone(), Item::Type);
        let declared = self.program.types.entry(path).or_default();
        declared.scope = scope;
        declared
    }

    pub fn add_field(&mut self, owner: &str, name: &str, declared: Option<Type>, value: Option<Expr>) {
        let of = self.program.types.entry(owner.to_owned()).or_default();
        let field: &mut Field = of.fields.entry(name.to_owned()).or_default();
        field.declared = declared;
        field.values.extend(value);
    }

    /// A variable outside of functions.
    pub fn add_global(&mut self, path: String, declared: Option<Type>) -> VariableId {
        let variable = self.variable(START, declared);
        self.program.items.insert(path, Item::Variable(variable));
        variable
    }

    /// Begins a function; `path` names it outside of functions.
    pub fn begin(&mut self, path: Option<String>, function: Function) -> FunctionId {
        let id = self.program.functions.len();
        self.program.functions.push(function);
        if let Some(path) = path {
            match self.program.items.get_mut(&path) {
                Some(Item::Functions(ids)) => ids.push(id),
                _ => {
                    self.program.items.insert(path, Item::Functions(vec![id]));
                }
            }
        }
        self.functions.push(id);
        self.blocks.push(HashMap::new());
        id
    }

    /// Begins a function inside the present one.
    pub fn begin_closure(&mut self) -> FunctionId {
        let outer = Some(self.function());
        self.begin(
            None,
            Function {
                outer,
                ..Function::default()
            },
        )
    }

    pub fn end(&mut self) {
        self.functions.pop();
        self.blocks.pop();
    }

    /// The function that is being read.
    pub fn function(&self) -> FunctionId {
        self.functions.last().copied().unwrap_or(START)
    }

    pub fn open(&mut self) {
        self.blocks.push(HashMap::new());
    }

    pub fn close(&mut self) {
        self.blocks.pop();
    }

    pub fn parameter(&mut self, name: &str, declared: Option<Type>) {
        let variable = self.declare(name, declared);
        let function = self.function();
        self.program.functions[function].parameters.push(variable);
    }

    /// A new variable of the present block.
    pub fn declare(&mut self, name: &str, declared: Option<Type>) -> VariableId {
        let variable = self.variable(self.function(), declared);
        if let Some(block) = self.blocks.last_mut() {
            block.insert(name.to_owned(), variable);
        }
        variable
    }

    /// Whether the innermost block declares the name already.
    pub fn is_in_block(&self, name: &str) -> bool {
        self.blocks.last().is_some_and(|block| block.contains_key(name))
    }

    pub fn find(&self, name: &str) -> Option<VariableId> {
        self.blocks.iter().rev().find_map(|block| block.get(name).copied())
    }

    pub fn assign(&mut self, variable: VariableId, value: impl Into<Rc<Expr>>) {
        let function = self.function();
        self.program.variables[variable].values.push((value.into(), function));
    }

    pub fn assign_part(&mut self, variable: VariableId, key: Key, value: impl Into<Rc<Expr>>) {
        let function = self.function();
        self.program.variables[variable]
            .parts
            .push((key, value.into(), function));
    }

    pub fn effect(&mut self, expr: impl Into<Rc<Expr>>) {
        let function = self.function();
        self.program.functions[function].effects.push(expr.into());
    }

    pub fn give(&mut self, expr: impl Into<Rc<Expr>>) {
        let function = self.function();
        self.program.functions[function].returns.push(expr.into());
    }

    /// Goes one level deeper into the code; false if that is too deep.
    pub fn enter(&mut self) -> bool {
        self.depth += 1;
        self.depth <= DEPTH
    }

    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    fn variable(&mut self, owner: FunctionId, declared: Option<Type>) -> VariableId {
        self.program.variables.push(Variable {
            owner,
            declared,
            ..Variable::default()
        });
        self.program.variables.len() - 1
    }
}
