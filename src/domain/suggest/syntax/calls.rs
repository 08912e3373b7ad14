//! The calls of AWS in a program: every call is looked at in every way that its function is called.

use std::collections::HashSet;
use std::rc::Rc;

use super::contexts::Frame;
use super::evaluate::Evaluator;
use super::index::{expressions, visit};
use super::known::{Known, Origin};
use super::program::{Callee, Expr, FunctionId, Program, VariableId};
use super::{Sdk, SdkCall};
use crate::domain::suggest::call::{Call, Location, Reading, SourceFile};

/// All calls of AWS, in the order of the files.
pub fn calls(program: &Program, sdk: &dyn Sdk, files: &[&SourceFile]) -> Reading {
    let run = Evaluator::new(program, sdk);
    let (mut calls, mut ended) = (Vec::new(), None);
    let location = |origin: Origin| {
        files.get(origin.file).map(|file| Location {
            file: file.path.clone(),
            line: origin.line,
            column: origin.column,
        })
    };
    for (function, exprs) in expressions(program).into_iter().enumerate() {
        let mut callees: Vec<&Callee> = Vec::new();
        let mut seen: HashSet<*const Callee> = HashSet::new();
        for expr in exprs {
            visit(expr, &mut |expr| {
                if let Expr::Call(callee) = expr
                    && seen.insert(callee.as_ref())
                {
                    callees.push(callee);
                }
            });
        }
        if run.is_spent() && ended.is_none() {
            ended = callees.first().and_then(|callee| location(callee.origin));
        }
        if run.is_over() {
            break;
        }
        // Most calls are none of AWS, in whatever way their function is called.
        let bare = run.bare(function);
        callees.retain(|callee| {
            run.refuel();
            run.is_loose(function) || !run.asks(callee, &bare).is_empty()
        });
        if callees.is_empty() {
            continue;
        }
        run.refuel();
        for frame in run.contexts(function) {
            for callee in &callees {
                run.refuel();
                for found in run.asks(callee, &frame) {
                    let origin = found.origin.unwrap_or(callee.origin);
                    let Some(at) = location(origin) else { continue };
                    let call = Call {
                        at,
                        service: found.service,
                        operation: found.operation,
                        arguments: found.arguments,
                    };
                    if !calls.contains(&call) {
                        calls.push(call);
                    }
                }
            }
        }
    }
    calls.sort_by(|a, b| a.at.cmp(&b.at));
    Reading {
        calls,
        ended,
        broken: Vec::new(),
    }
}

impl<'p> Evaluator<'p> {
    /// Whether parameters may be anything until the function is called.
    fn is_loose(&self, function: FunctionId) -> bool {
        let own = &self.program.functions[function];
        let untyped = |parameter: &VariableId| self.program.variables[*parameter].declared.is_none();
        own.parameters.iter().any(untyped) || own.outer.is_some_and(|outer| self.is_loose(outer))
    }

    /// What a call asks AWS for.
    fn asks(&self, callee: &'p Callee, frame: &Rc<Frame>) -> Vec<SdkCall> {
        let frame = Some(frame);
        let arguments = || self.all(&callee.arguments, frame);
        let (receiver, name) = match &callee.function {
            Expr::Field(object, name) => (self.evaluate(object, frame), name.as_str()),
            Expr::Path(scope, segments) => {
                if !self
                    .named_functions(*scope, segments, callee.arguments.len(), frame)
                    .is_empty()
                {
                    return Vec::new();
                }
                let Some((last, before)) = segments.split_last() else {
                    return Vec::new();
                };
                match self.path(*scope, before, frame) {
                    Known::Name(_) => {
                        let path = self.absolute(*scope, segments);
                        return self.sdk.call(self, None, &path, &arguments());
                    }
                    receiver => (receiver, last.as_str()),
                }
            }
            _ => return Vec::new(),
        };
        let arguments = arguments();
        let mut found: Vec<SdkCall> = Vec::new();
        for one in receiver.alternatives() {
            for call in self.asks_of(one, name, &arguments) {
                if !found.contains(&call) {
                    found.push(call);
                }
            }
        }
        found
    }

    fn asks_of(&self, receiver: &Known, name: &str, arguments: &[Known]) -> Vec<SdkCall> {
        if let Known::Instance(instance) = receiver
            && self.program.types.contains_key(&instance.path)
        {
            let owner = self.field_owner(&instance.path, name);
            let functions = self.functions_at(&format!("{owner}::{name}"), arguments.len());
            let is_own = functions.iter().any(|id| !self.program.functions[*id].is_abstract);
            if is_own {
                return Vec::new();
            }
            let base = self.library_base(&instance.path);
            return self
                .sdk
                .call(self, Some(base.as_ref().unwrap_or(receiver)), name, arguments);
        }
        if let Known::Name(path) = receiver {
            let path = format!("{path}::{name}");
            if !self.functions_at(&path, arguments.len()).is_empty() {
                return Vec::new();
            }
            return self.sdk.call(self, None, &path, arguments);
        }
        self.sdk.call(self, Some(receiver), name, arguments)
    }
}
