//! Goes through every call and `new` of a program, and tells those that ask something of AWS.

use std::rc::Rc;

use super::super::call::{Call, Location, Reading, Value};
use super::evaluate::{Reader, merge};
use super::functions::callee;
use super::libraries::{self, Input, Use};
use super::modules::Program;
use super::things::{Arguments, Context, Place, Thing};

/// Every SDK call in a program.
pub fn calls(program: &Program<'_>) -> Reading {
    let mut reader = Reader::of(program);
    let (mut calls, mut ended) = (Vec::new(), None);
    let broken: Vec<Location> = (program.files.iter())
        .filter_map(|file| file.tree.broken.clone())
        .collect();
    for (file, read) in program.files.iter().enumerate() {
        for node in read.tree.all() {
            let Some(callee) = callee(&read.tree, node) else {
                continue;
            };
            let place = Place { file, node };
            if reader.is_tired() && ended.is_none() {
                ended = Some(reader.location(place));
            }
            if reader.is_spent() {
                return Reading { calls, ended, broken };
            }
            let found = reader.calls_at(place, Place { file, node: callee });
            let new = found
                .into_iter()
                .filter(|call| !calls.contains(call))
                .collect::<Vec<_>>();
            calls.extend(new);
        }
    }
    Reading { calls, ended, broken }
}

impl Reader<'_, '_> {
    fn calls_at(&mut self, at: Place, callee: Place) -> Vec<Call> {
        let everywhere = Context::default();
        let thing = self.ask(callee, &everywhere);
        if !thing.alternatives().iter().any(|one| self.may_use(at, one)) {
            return Vec::new();
        }
        let mut calls: Vec<Call> = Vec::new();
        for context in self.contexts(at) {
            let thing = self.ask(callee, &context);
            let arguments = self.arguments(at, &context);
            for one in thing.alternatives() {
                for (found, defaults) in self.uses(at, one, &arguments) {
                    for given in inputs(&found.input, &arguments, &defaults) {
                        let call = self.call_of(at, &found, given);
                        if !calls.contains(&call) {
                            calls.push(call);
                        }
                    }
                }
            }
        }
        calls
    }

    fn may_use(&self, at: Place, called: &Thing) -> bool {
        match called {
            Thing::Operation(..) => true,
            Thing::Package(_) => !self.uses(at, called, &Arguments::default()).is_empty(),
            _ => false,
        }
    }

    /// What this call comes to, each with the parameters that the client adds.
    fn uses(&self, at: Place, called: &Thing, arguments: &Arguments) -> Vec<(Use, Thing)> {
        let is_new = self.file(at).tree.kind(at.node) == "new_expression";
        match called {
            Thing::Package(package) if is_new => with(libraries::constructed(package), &Thing::Nothing),
            Thing::Package(package) => with(libraries::called(package), &Thing::Nothing),
            Thing::Operation(client, method) if !is_new => {
                let first = arguments.get(0);
                with(libraries::operation(client, method, first.as_literal()), &client.params)
            }
            _ => Vec::new(),
        }
    }

    fn call_of(&self, at: Place, found: &Use, arguments: Vec<(String, Value)>) -> Call {
        Call {
            at: self.location(at),
            service: found.service.clone(),
            operation: found.operation.clone(),
            arguments,
        }
    }

    fn location(&self, at: Place) -> Location {
        let file = self.file(at);
        let (line, column) = file.tree.position(at.node);
        Location {
            file: file.path.to_owned(),
            line,
            column,
        }
    }
}

fn with(uses: Vec<Use>, defaults: &Thing) -> Vec<(Use, Thing)> {
    uses.into_iter().map(|found| (found, defaults.clone())).collect()
}

/// The parameters of a call; several sets where it depends on the path that the code takes.
fn inputs(input: &Input, arguments: &Arguments, defaults: &Thing) -> Vec<Vec<(String, Value)>> {
    let field = |position: usize, name: &str| match arguments.get(position) {
        Thing::Object(properties) => properties
            .iter()
            .find(|(key, _)| key.as_literal() == Some(name))
            .map_or(Thing::Nothing, |(_, value)| value.clone()),
        _ => Thing::Unknown,
    };
    let given = match input {
        Input::Argument(position) => arguments.get(*position),
        Input::Field(position, name) => field(*position, name),
        Input::Parameter(position, name) => {
            return vec![vec![((*name).to_owned(), arguments.get(*position).value())]];
        }
        Input::Property(from, name) => return vec![vec![((*name).to_owned(), field(0, from).value())]],
        Input::Values(from, name) => {
            let Thing::Object(properties) = field(0, from) else {
                return vec![Vec::new()];
            };
            return properties
                .iter()
                .map(|(_, value)| vec![((*name).to_owned(), value.value())])
                .collect();
        }
    };
    let sets = given.alternatives().iter().map(|one| {
        let mut properties = Vec::new();
        merge(&mut properties, defaults);
        merge(&mut properties, one);
        match Thing::Object(Rc::new(properties)).value() {
            Value::Map(parameters) => parameters
                .into_iter()
                .filter_map(|(name, value)| Some((name.as_literal()?.to_owned(), value)))
                .collect(),
            _ => Vec::new(),
        }
    });
    sets.collect()
}
