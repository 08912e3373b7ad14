//! Following values: what an expression is known to give in a frame.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use super::Sdk;
use super::contexts::{Frame, Site};
use super::index::Index;
use super::known::{Instance, Known, any, concat};
use super::program::{Callee, Expr, FunctionId, Item, Key, Program, ScopeId, VariableId};

/// Steps that one question may take, and how deep they may nest.
const FUEL: u32 = 20_000;
const DEPTH: u32 = 90;
/// Steps for a whole program; what is asked in the last of them gets short answers, and after that none.
const BUDGET: u32 = 800_000;
const LAST: u32 = 200_000;
const SHORT: u32 = 50;

/// What is being looked at, so that what depends on itself ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Busy {
    Value(VariableId, usize),
    Part(VariableId),
    Function(FunctionId),
    Field(String, String),
}

/// Follows values through a program.
pub struct Evaluator<'p> {
    pub(super) program: &'p Program,
    pub(super) sdk: &'p dyn Sdk,
    pub(super) index: Index<'p>,
    pub(super) gathered: bool,
    pub(super) known_contexts: RefCell<HashMap<FunctionId, Vec<Rc<Frame>>>>,
    /// The functions whose callers are being looked for.
    pub(super) asked: RefCell<Vec<FunctionId>>,
    busy: RefCell<Vec<Busy>>,
    /// The first function in `asked` that was asked for again.
    pub(super) turned_back: Cell<usize>,
    budget: Cell<u32>,
    fuel: Cell<u32>,
    depth: Cell<u32>,
}

impl<'p> Evaluator<'p> {
    pub fn new(program: &'p Program, sdk: &'p dyn Sdk) -> Self {
        let mut evaluator = Self {
            program,
            sdk,
            index: Index::default(),
            gathered: false,
            known_contexts: RefCell::default(),
            asked: RefCell::default(),
            busy: RefCell::default(),
            turned_back: Cell::new(usize::MAX),
            budget: Cell::new(BUDGET),
            fuel: Cell::new(FUEL),
            depth: Cell::new(0),
        };
        evaluator.gather();
        evaluator
    }

    pub(super) fn has_callers(&self) -> bool {
        self.gathered
    }

    pub(super) fn sites(&self, function: FunctionId) -> Vec<Site<'p>> {
        self.index.sites.get(&function).cloned().unwrap_or_default()
    }

    /// Begins a new question.
    pub(super) fn refuel(&self) {
        self.fuel.set(if self.is_spent() { SHORT } else { FUEL });
    }

    /// Whether the program has taken all the steps that it may take.
    pub(super) fn is_spent(&self) -> bool {
        self.budget.get() < LAST
    }

    /// Whether there are no answers any more.
    pub(super) fn is_over(&self) -> bool {
        self.budget.get() == 0
    }

    /// Does this unless it is being done already.
    pub(super) fn once(&self, busy: Busy, work: impl FnOnce() -> Known) -> Option<Known> {
        if self.busy.borrow().contains(&busy) {
            return None;
        }
        self.busy.borrow_mut().push(busy);
        let known = work();
        self.busy.borrow_mut().pop();
        Some(known)
    }

    /// What an expression gives.
    pub fn evaluate(&self, expr: &'p Expr, frame: Option<&Rc<Frame>>) -> Known {
        if self.is_over() || self.fuel.get() == 0 || self.depth.get() >= DEPTH {
            return Known::Unknown;
        }
        self.fuel.set(self.fuel.get() - 1);
        self.budget.set(self.budget.get().saturating_sub(1));
        self.depth.set(self.depth.get() + 1);
        let known = self.expression(expr, frame);
        self.depth.set(self.depth.get() - 1);
        known
    }

    pub(super) fn all(&self, exprs: &'p [Expr], frame: Option<&Rc<Frame>>) -> Vec<Known> {
        exprs.iter().map(|expr| self.evaluate(expr, frame)).collect()
    }

    fn expression(&self, expr: &'p Expr, frame: Option<&Rc<Frame>>) -> Known {
        match expr {
            Expr::Opaque(_) | Expr::Write(..) => Known::Unknown,
            Expr::Nothing => Known::Nothing,
            Expr::Text(text) => Known::text(text),
            Expr::Concat(parts) => concat(&self.all(parts, frame)),
            Expr::Variable(variable) => self.variable(*variable, frame),
            Expr::Path(scope, segments) => self.path(*scope, segments, frame),
            Expr::This => self.this(frame),
            Expr::Field(object, name) => self.member(&self.evaluate(object, frame), name),
            Expr::Call(callee) => self.call(callee, frame),
            Expr::New(kind, fields) => self.new_object(kind, fields, frame),
            Expr::List(items) => Known::List(self.all(items, frame)),
            Expr::Map(entries) => Known::Map(
                entries
                    .iter()
                    .map(|(key, value)| (self.evaluate(key, frame), self.evaluate(value, frame)))
                    .collect(),
            ),
            Expr::Any(choices) => any(self.all(choices, frame)),
            Expr::Tuple(parts) => Known::Tuple(self.all(parts, frame)),
            Expr::Nth(of, position) => nth(&self.evaluate(of, frame), *position),
            Expr::Element(of) => self.evaluate(of, frame).element(),
            Expr::Closure(function) => {
                let outer = self.program.functions[*function]
                    .outer
                    .and_then(|outer| frame?.find(outer).cloned());
                Known::Closure(*function, outer)
            }
            Expr::Shared(expr) => self.evaluate(expr, frame),
            Expr::Typed(kind) => self.typed(kind),
        }
    }

    pub(super) fn variable(&self, id: VariableId, frame: Option<&Rc<Frame>>) -> Known {
        let variable = &self.program.variables[id];
        let own = frame.and_then(|frame| frame.find(variable.owner));
        let mut values = Vec::new();
        let position = self.program.functions[variable.owner]
            .parameters
            .iter()
            .position(|parameter| *parameter == id);
        if let (Some(position), Some(own)) = (position, own) {
            values.extend(own.arguments.get(position).cloned());
        }
        for (at, (value, function)) in variable.values.iter().enumerate() {
            let local = own.is_some() || *function == variable.owner;
            let known = self.once(Busy::Value(id, at), || {
                if local {
                    return self.evaluate(value, own);
                }
                any(self
                    .contexts(*function)
                    .iter()
                    .map(|frame| self.evaluate(value, Some(frame))))
            });
            values.extend(known);
        }
        let is_unset = values.is_empty() && variable.values.is_empty();
        let mut known = if is_unset { Known::Unknown } else { any(values) };
        if !known.is_known()
            && let Some(declared) = &variable.declared
        {
            let declared = self.typed(declared);
            if declared.is_known() {
                known = declared;
            }
        }
        self.once(Busy::Part(id), || self.with_parts(id, known.clone(), own))
            .unwrap_or(known)
    }

    /// A variable's object after what is assigned to its parts and after calls that change it.
    fn with_parts(&self, id: VariableId, mut known: Known, frame: Option<&Rc<Frame>>) -> Known {
        for (key, value, _) in &self.program.variables[id].parts {
            let value = self.evaluate(value, frame);
            known = match (key, known) {
                (Key::Field(name), known) => known.with(name, value),
                (Key::Index(key), Known::Map(mut entries)) => {
                    entries.push((self.evaluate(key, frame), value));
                    Known::Map(entries)
                }
                (Key::Index(_), known) => known,
            };
        }
        for (name, callee) in self.index.changes.get(&id).into_iter().flatten() {
            if matches!(known, Known::Instance(_) | Known::Map(_) | Known::List(_)) {
                let arguments = self.all(&callee.arguments, frame);
                known = self.sdk.changed(self, &known, name, &arguments).unwrap_or(known);
            }
        }
        known
    }

    /// The object whose method is running.
    pub(super) fn this(&self, frame: Option<&Rc<Frame>>) -> Known {
        let mut next = frame;
        while let Some(frame) = next {
            if let Some(path) = &self.program.functions[frame.function].receiver {
                return match &frame.receiver {
                    Some(receiver) if receiver.as_instance().is_some_and(|own| own.path == *path) => receiver.clone(),
                    _ => Known::instance(path),
                };
            }
            next = frame.outer.as_ref();
        }
        Known::Unknown
    }

    /// What a name stands for.
    pub(super) fn path(&self, scope: ScopeId, segments: &[String], frame: Option<&Rc<Frame>>) -> Known {
        let path = self.absolute(scope, segments);
        let (item, rest) = self.item(&path);
        let (known, rest) = match item {
            Some((_, Item::Variable(variable))) => (self.variable(*variable, frame), rest),
            Some((at, Item::Field)) => {
                let Some((owner, name)) = at.rsplit_once("::") else {
                    return Known::Unknown;
                };
                (self.member(&self.this_or(owner, frame), name), rest)
            }
            Some((at, Item::Type)) if !rest.is_empty() => {
                let name = rest[0];
                let owner = self.field_owner(at, name);
                if self
                    .program
                    .types
                    .get(&owner)
                    .is_none_or(|own| !own.fields.contains_key(name))
                {
                    // A value of an enumeration, which is an object of its type.
                    return match rest.len() {
                        1 => Known::instance(at),
                        _ => Known::Name(path.into()),
                    };
                }
                (self.member(&Known::instance(at), name), rest[1..].to_vec())
            }
            _ => return Known::Name(path.into()),
        };
        rest.into_iter().fold(known, |known, name| self.member(&known, name))
    }

    /// The present object if it is of this type, or any object of the type.
    fn this_or(&self, path: &str, frame: Option<&Rc<Frame>>) -> Known {
        let this = self.this(frame);
        if this.as_instance().is_some_and(|own| self.is_kind_of(&own.path, path)) {
            return this;
        }
        Known::instance(path)
    }

    fn new_object(
        &self,
        kind: &'p super::program::Type,
        fields: &'p [(String, Expr)],
        frame: Option<&Rc<Frame>>,
    ) -> Known {
        let mut instance = Instance {
            path: self.type_path(kind).unwrap_or_default(),
            fields: Vec::new(),
            origin: None,
        };
        for (name, value) in fields {
            instance.fields.push((name.clone(), self.evaluate(value, frame)));
        }
        Known::Instance(Rc::new(instance))
    }

    fn call(&self, callee: &'p Callee, frame: Option<&Rc<Frame>>) -> Known {
        let arguments = self.all(&callee.arguments, frame);
        match &callee.function {
            Expr::Field(object, name) => {
                let receiver = self.evaluate(object, frame);
                any(receiver
                    .alternatives()
                    .iter()
                    .map(|one| self.invoke(one, name, &arguments, callee.origin)))
            }
            Expr::Path(scope, segments) => {
                let functions = self.named_functions(*scope, segments, arguments.len(), frame);
                if !functions.is_empty() {
                    let receiver = (segments.len() == 1).then(|| self.this(frame));
                    return self.apply_all(&functions, receiver.as_ref(), &arguments);
                }
                let (last, before) = segments
                    .split_last()
                    .map_or(("", segments.as_slice()), |(last, before)| (last.as_str(), before));
                if !before.is_empty() {
                    let receiver = self.path(*scope, before, frame);
                    if !matches!(receiver, Known::Name(_)) {
                        return any(receiver
                            .alternatives()
                            .iter()
                            .map(|one| self.invoke(one, last, &arguments, callee.origin)));
                    }
                }
                match self.path(*scope, segments, frame) {
                    Known::Name(path) => self.sdk.function(self, &path, &arguments, callee.origin),
                    object @ Known::Instance(_) => object,
                    value => self.apply(&value, &arguments),
                }
            }
            function => match self.evaluate(function, frame) {
                Known::Name(path) => self.sdk.function(self, &path, &arguments, callee.origin),
                value => self.apply(&value, &arguments),
            },
        }
    }
}

/// One of several results; a single value is the first, the others are errors and the like.
fn nth(known: &Known, position: usize) -> Known {
    match known {
        Known::Tuple(parts) => parts.get(position).cloned().unwrap_or(Known::Unknown),
        Known::Any(alternatives) => any(alternatives.iter().map(|one| nth(one, position))),
        Known::Nothing => Known::Nothing,
        one if position == 0 => one.clone(),
        _ => Known::Unknown,
    }
}
