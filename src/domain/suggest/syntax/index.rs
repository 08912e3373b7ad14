//! What is gathered from the whole program before values are followed: which functions are called
//! where, what fields are set to, and which calls change a variable's object.

use std::collections::HashMap;
use std::rc::Rc;

use super::contexts::{Frame, Site};
use super::evaluate::Evaluator;
use super::known::Known;
use super::program::{Callee, Expr, FunctionId, Program, VariableId};

/// Places in a program, by what they concern.
#[derive(Debug, Default)]
pub struct Index<'p> {
    /// By type and field: values, each with the function that it stands in.
    pub fields: HashMap<(String, String), Vec<(&'p Expr, FunctionId)>>,
    pub sites: HashMap<FunctionId, Vec<Site<'p>>>,
    /// Calls of methods on a variable.
    pub changes: HashMap<VariableId, Vec<(&'p str, &'p Callee)>>,
    /// Methods by name.
    pub methods: HashMap<&'p str, Vec<FunctionId>>,
}

/// The expressions of each function, those of its variables too.
pub fn expressions(program: &Program) -> Vec<Vec<&Expr>> {
    let mut all: Vec<Vec<&Expr>> = program
        .functions
        .iter()
        .map(|function| {
            function
                .effects
                .iter()
                .chain(&function.returns)
                .map(Rc::as_ref)
                .collect()
        })
        .collect();
    for variable in &program.variables {
        for (value, function) in &variable.values {
            all[*function].push(value.as_ref());
        }
        for (_, value, function) in &variable.parts {
            all[*function].push(value.as_ref());
        }
    }
    for declared in program.types.values() {
        for field in declared.fields.values() {
            all[super::program::START].extend(&field.values);
        }
    }
    all
}

/// Visits an expression and all below it.
pub fn visit<'p>(expr: &'p Expr, each: &mut impl FnMut(&'p Expr)) {
    each(expr);
    for part in expr.parts() {
        visit(part, each);
    }
}

/// The variable that a chain of calls begins with, as in `builder.bucket(a).key(b)`; what is built
/// at its end is another object.
fn root(object: &Expr) -> Option<VariableId> {
    match object {
        Expr::Variable(variable) => Some(*variable),
        Expr::Call(callee) => match &callee.function {
            Expr::Field(object, name) if name != "build" => root(object),
            _ => None,
        },
        _ => None,
    }
}

impl<'p> Evaluator<'p> {
    /// Fills the index.
    pub fn gather(&mut self) {
        let program = self.program;
        let everything = expressions(program);
        let mut index = Index::default();
        for (id, function) in program.functions.iter().enumerate() {
            if function.receiver.is_some() && !function.is_abstract {
                index.methods.entry(function.name.as_str()).or_default().push(id);
            }
        }
        let mut literals: Vec<(&'p Expr, FunctionId)> = Vec::new();
        let mut writes: Vec<(&'p Expr, FunctionId)> = Vec::new();
        let mut callees: Vec<(&'p Callee, FunctionId)> = Vec::new();
        for (function, exprs) in everything.iter().enumerate() {
            for expr in exprs {
                visit(expr, &mut |expr| match expr {
                    Expr::New(..) => literals.push((expr, function)),
                    Expr::Write(..) => writes.push((expr, function)),
                    Expr::Call(callee) => callees.push((callee.as_ref(), function)),
                    _ => {}
                });
            }
        }
        for (callee, _) in &callees {
            if let Expr::Field(object, name) = &callee.function
                && let Some(variable) = root(object)
            {
                index.changes.entry(variable).or_default().push((name, callee));
            }
        }
        for (literal, function) in literals {
            if let Expr::New(kind, fields) = literal
                && let Some(path) = self.type_path(kind)
                && program.types.contains_key(&path)
            {
                for (name, value) in fields {
                    let key = (path.clone(), name.clone());
                    index.fields.entry(key).or_default().push((value, function));
                }
            }
        }
        self.index = index;
        for (write, function) in writes {
            if let Expr::Write(object, name, value) = write {
                self.refuel();
                let object = self.evaluate(object, Some(&self.bare(function)));
                if let Some(instance) = object.as_instance()
                    && program.types.contains_key(&instance.path)
                {
                    let key = (self.field_owner(&instance.path, name), name.clone());
                    self.index.fields.entry(key).or_default().push((value, function));
                }
            }
        }
        let mut sites: HashMap<FunctionId, Vec<Site<'p>>> = HashMap::new();
        for (callee, within) in callees {
            self.refuel();
            for target in self.targets(callee, &self.bare(within)) {
                sites.entry(target).or_default().push(Site { callee, within });
            }
        }
        self.index.sites = sites;
        self.gathered = true;
    }

    /// The functions of the program that a call may lead to.
    fn targets(&self, callee: &'p Callee, frame: &Rc<Frame>) -> Vec<FunctionId> {
        let count = callee.arguments.len();
        match &callee.function {
            Expr::Field(object, name) => {
                let receiver = self.evaluate(object, Some(frame));
                let mut targets: Vec<FunctionId> = receiver
                    .alternatives()
                    .iter()
                    .flat_map(|one| self.functions_of(one, name, count))
                    .collect();
                // A method of an object of unknown type, if only one has the name.
                if !receiver.is_known()
                    && let Some([only]) = self.index.methods.get(name.as_str()).map(Vec::as_slice)
                    && self.program.functions[*only].parameters.len() == count
                {
                    targets.push(*only);
                }
                targets
            }
            Expr::Path(scope, segments) => self.named_functions(*scope, segments, count, Some(frame)),
            function => match self.evaluate(function, Some(frame)) {
                Known::Closure(function, _) => vec![function],
                Known::Name(path) => self.functions_at(&path, count),
                _ => Vec::new(),
            },
        }
    }
}
