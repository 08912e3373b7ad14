//! The ways in which a function is called: what its parameters are then, one frame for each way.

use std::rc::Rc;

use super::evaluate::Evaluator;
use super::known::Known;
use super::program::{Callee, Expr, FunctionId};

/// More ways than these are not told apart: parameters are unknown then.
const WAYS: usize = 40;
/// Callers of callers are followed so far.
const CALLERS: usize = 24;

/// A function as it is called from somewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    pub function: FunctionId,
    pub receiver: Option<Known>,
    /// Empty if nothing is known of how the function is called.
    pub arguments: Vec<Known>,
    /// The frame that a closure stands in.
    pub outer: Option<Rc<Frame>>,
}

impl Frame {
    /// The frame of this function or of one that it stands in.
    pub fn find(self: &Rc<Self>, function: FunctionId) -> Option<&Rc<Self>> {
        if self.function == function {
            return Some(self);
        }
        self.outer.as_ref()?.find(function)
    }
}

/// A place where a function of the program is called.
#[derive(Debug, Clone, Copy)]
pub struct Site<'p> {
    pub callee: &'p Callee,
    pub within: FunctionId,
}

impl<'p> Evaluator<'p> {
    /// All ways in which a function is called, at least one.
    pub fn contexts(&self, function: FunctionId) -> Vec<Rc<Frame>> {
        if let Some(known) = self.known_contexts.borrow().get(&function) {
            return known.clone();
        }
        let position = self.asked.borrow().iter().position(|asked| *asked == function);
        if let Some(position) = position {
            self.turned_back.set(self.turned_back.get().min(position));
        }
        let depth = self.asked.borrow().len();
        if position.is_some() || depth > CALLERS || !self.has_callers() || self.is_spent() {
            return vec![self.bare(function)];
        }
        let before = self.turned_back.replace(usize::MAX);
        self.asked.borrow_mut().push(function);
        let contexts = self.find_contexts(function);
        self.asked.borrow_mut().pop();
        // What turned back at a function that is still in question is incomplete.
        if self.turned_back.get() >= depth {
            self.known_contexts.borrow_mut().insert(function, contexts.clone());
            self.turned_back.set(before);
        } else {
            self.turned_back.set(self.turned_back.get().min(before));
        }
        contexts
    }

    /// The function as if called with nothing known.
    pub fn bare(&self, function: FunctionId) -> Rc<Frame> {
        let outer = self.program.functions[function].outer.map(|outer| self.bare(outer));
        Rc::new(Frame {
            function,
            receiver: None,
            arguments: Vec::new(),
            outer,
        })
    }

    fn find_contexts(&self, function: FunctionId) -> Vec<Rc<Frame>> {
        let outer = self.program.functions[function].outer;
        let mut found: Vec<Rc<Frame>> = Vec::new();
        for site in self.sites(function) {
            for caller in self.contexts(site.within) {
                let frame = Rc::new(Frame {
                    function,
                    receiver: self.receiver_of(site.callee, Some(&caller)),
                    arguments: self.all(&site.callee.arguments, Some(&caller)),
                    outer: outer.map(|outer| caller.find(outer).cloned().unwrap_or_else(|| self.bare(outer))),
                });
                if !found.contains(&frame) {
                    found.push(frame);
                }
                if found.len() > WAYS {
                    return vec![self.bare(function)];
                }
            }
        }
        if found.is_empty() {
            let outers = outer.map_or_else(
                || vec![None],
                |outer| self.contexts(outer).into_iter().map(Some).collect(),
            );
            found.extend(outers.into_iter().map(|outer| {
                Rc::new(Frame {
                    function,
                    receiver: None,
                    arguments: Vec::new(),
                    outer,
                })
            }));
        }
        found
    }

    fn receiver_of(&self, callee: &'p Callee, frame: Option<&Rc<Frame>>) -> Option<Known> {
        match &callee.function {
            Expr::Field(object, _) => Some(self.evaluate(object, frame)),
            Expr::Path(scope, segments) if segments.len() > 1 => {
                Some(self.path(*scope, &segments[..segments.len() - 1], frame))
            }
            // A method that names another of the same object.
            Expr::Path(..) => Some(self.this(frame)),
            _ => None,
        }
    }
}
