//! What names stand for: bindings in scopes, members of modules and classes, parameters by their callers.

use tree_sitter::Node;

use super::clients;
use super::evaluate::{Evaluator, In, elements_of};
use super::scopes::{Binding, Filling, How, ScopeKind, Site, holding};
use super::thing::{Thing, Things, add, texts};
use crate::domain::suggest::call::{Text, Value};

/// Classes above classes are followed up to here.
const MOST_BASES: usize = 8;

impl<'t> Evaluator<'_, 't> {
    pub(super) fn name(&mut self, node: Node<'t>, scope: usize, frame: &In<'t>) -> Things {
        let name = self.project.text(node, scope);
        let project = self.project;
        let mut around = Some(scope);
        // A comprehension is part of the function around it.
        let mut own = scope;
        while project.scopes[own].kind == ScopeKind::Comprehension {
            own = project.scopes[own].parent.unwrap_or(own);
        }
        while let Some(index) = around {
            let looked_at = &project.scopes[index];
            around = looked_at.parent;
            if matches!(looked_at.kind, ScopeKind::Class(_)) && index != scope {
                continue;
            }
            if let Some(bindings) = looked_at.names.get(name) {
                let is_own = index == own || looked_at.kind == ScopeKind::Comprehension;
                let bindings: Vec<&Binding<'t>> = if is_own {
                    holding(bindings, node)
                } else {
                    bindings.iter().collect()
                };
                let frame = if looked_at.kind == ScopeKind::Module {
                    &None
                } else {
                    frame
                };
                let mut things = Things::new();
                for binding in bindings {
                    add(&mut things, self.bound(binding, index, frame));
                }
                let filled = looked_at.filled.get(name).map_or(&[][..], Vec::as_slice);
                return if filled.is_empty() {
                    things
                } else {
                    self.filled(things, filled, frame)
                };
            }
            if let Some(all) = looked_at.names.get("*") {
                for binding in all {
                    if let How::Imported { module, level, .. } = &binding.how
                        && let Some(found) = project.modules.find(module, *level, looked_at.module)
                        && project.scopes[found].names.contains_key(name)
                    {
                        return self.of_module(found, name);
                    }
                }
            }
        }
        vec![Thing::External(name.to_owned())]
    }

    fn bound(&mut self, binding: &Binding<'t>, scope: usize, frame: &In<'t>) -> Things {
        match &binding.how {
            How::Assigned(site) | How::Entered(site) => self.eval(site.node, site.scope, frame),
            How::Element(site) => {
                let all = self.eval(site.node, site.scope, frame);
                elements_of(&all)
            }
            How::Part(site, place) => {
                let whole = self.eval(site.node, site.scope, frame);
                super::evaluate::item(&whole, &[Thing::text(&place.to_string())])
            }
            How::Imported { module, level, name } => self.imported(module, *level, *name, scope),
            How::Function(function) => vec![Thing::Function(*function)],
            How::Class(class) => vec![Thing::Class(*class)],
            How::Parameter(function, place) => self.parameter(*function, *place, frame),
            How::Somehow => vec![Thing::Value(Value::Unknown)],
        }
    }

    /// A map or a list with what is put into it later.
    fn filled(&mut self, things: Things, filled: &[Filling<'t>], frame: &In<'t>) -> Things {
        let mut entries = Vec::new();
        let mut elements = Vec::new();
        for filling in filled {
            match filling {
                Filling::Entry(key, value) => {
                    let keys = texts(&self.eval(key.node, key.scope, frame));
                    let value = self.eval(value.node, value.scope, frame);
                    entries.extend(keys.into_iter().map(|key| (key, value.clone())));
                }
                Filling::Appended(value) => elements.push(self.eval(value.node, value.scope, frame)),
                Filling::Updated(value) => match self.eval(value.node, value.scope, frame).pop() {
                    Some(Thing::Map(more)) => entries.extend(more),
                    Some(Thing::List(more)) => elements.extend(more),
                    _ => elements.push(vec![Thing::Value(Value::Unknown)]),
                },
            }
        }
        let filled = things.into_iter().map(|thing| match thing {
            Thing::Map(mut known) => {
                for (key, value) in &entries {
                    let there: Option<&mut (Text, Things)> = known.iter_mut().find(|(known, _)| known == key);
                    match there {
                        Some((_, known)) => add(known, value.iter().cloned()),
                        None => known.push((key.clone(), value.clone())),
                    }
                }
                Thing::Map(known)
            }
            Thing::List(mut known) => {
                known.extend(elements.iter().cloned());
                Thing::List(known)
            }
            other => other,
        });
        filled.collect()
    }

    fn imported(&mut self, module: &str, level: usize, name: Option<&str>, scope: usize) -> Things {
        let from = self.project.scopes[scope].module;
        let modules = &self.project.modules;
        let Some(name) = name else {
            let found = modules.find(module, level, from);
            return vec![found.map_or_else(|| Thing::External(module.to_owned()), Thing::Module)];
        };
        if let Some(found) = modules.find(module, level, from)
            && self.project.scopes[found].names.contains_key(name)
        {
            return self.of_module(found, name);
        }
        let dotted = [module, name].join(".");
        match modules.find(dotted.trim_start_matches('.'), level, from) {
            Some(found) => vec![Thing::Module(found)],
            None => vec![clients::stub(&dotted).unwrap_or(Thing::External(dotted))],
        }
    }

    pub(super) fn of_module(&mut self, module: usize, name: &str) -> Things {
        let project = self.project;
        // The first scopes are those of the modules.
        if let Some(bindings) = project.scopes[module].names.get(name) {
            let mut things = Things::new();
            for binding in bindings {
                add(&mut things, self.bound(binding, module, &None));
            }
            let filled = project.scopes[module].filled.get(name).map_or(&[][..], Vec::as_slice);
            return if filled.is_empty() {
                things
            } else {
                self.filled(things, filled, &None)
            };
        }
        let below = project.modules.find(name, 1, module);
        below.map(Thing::Module).into_iter().collect()
    }

    pub(super) fn of_external(&mut self, path: &str, name: &str) -> Things {
        let dotted = format!("{path}.{name}");
        match self.project.modules.find(&dotted, 0, 0) {
            Some(module) => vec![Thing::Module(module)],
            None => vec![Thing::External(dotted)],
        }
    }

    /// A member of an object of the project's, or of a class itself.
    pub(super) fn of_object(&mut self, class: usize, name: &str, is_object: bool, depth: usize) -> Things {
        let project = self.project;
        let known = &project.classes[class];
        let mut things = Things::new();
        for binding in known.attributes.get(name).into_iter().flatten() {
            add(&mut things, self.bound(binding, known.scope, &None));
        }
        for binding in project.scopes[known.scope].names.get(name).into_iter().flatten() {
            let more = match binding.how {
                How::Function(function) => self.method(function, is_object, binding.at, known.scope),
                _ => self.bound(binding, known.scope, &None),
            };
            add(&mut things, more);
        }
        if let Some(place) = known.fields.iter().position(|field| *field == name) {
            for (site, _) in self.creations(class) {
                let arguments = self.arguments(site, &None);
                add(&mut things, arguments.get(place, name).cloned().unwrap_or_default());
            }
        }
        if things.is_empty() && depth < MOST_BASES {
            for base in &known.bases {
                for thing in self.eval(base.node, base.scope, &None) {
                    if let Thing::Class(base) = thing
                        && base != class
                    {
                        add(&mut things, self.of_object(base, name, is_object, depth + 1));
                    }
                }
            }
        }
        things
    }

    fn method(&mut self, function: usize, is_object: bool, at: Node<'t>, scope: usize) -> Things {
        let decorators = &self.project.functions[function].decorators;
        if decorators.iter().any(|name| name.ends_with("property")) {
            return self.result(function, Site { node: at, scope }, 1, &None);
        }
        let is_static = decorators.contains(&"staticmethod");
        let is_of_class = decorators.contains(&"classmethod");
        vec![if (is_object && !is_static) || is_of_class {
            Thing::Bound(function)
        } else {
            Thing::Function(function)
        }]
    }

    /// Objects of the classes above the one around.
    pub(super) fn parents(&mut self, scope: usize) -> Things {
        let mut around = Some(scope);
        while let Some(index) = around {
            if let ScopeKind::Class(class) = self.project.scopes[index].kind {
                let mut things = Things::new();
                for base in &self.project.classes[class].bases {
                    let bases = self.eval(base.node, base.scope, &None);
                    let objects = bases.into_iter().filter_map(|base| match base {
                        Thing::Class(class) => Some(Thing::Instance(class)),
                        _ => None,
                    });
                    add(&mut things, objects);
                }
                return things;
            }
            around = self.project.scopes[index].parent;
        }
        Things::new()
    }

    fn parameter(&mut self, function: usize, place: usize, frame: &In<'t>) -> Things {
        let project = self.project;
        let called = &project.functions[function];
        let parameter = called.parameters[place];
        let is_static = called.decorators.contains(&"staticmethod");
        if let (Some(class), 0, false) = (called.class, place, is_static) {
            let is_of_class = called.decorators.contains(&"classmethod");
            return vec![if is_of_class {
                Thing::Class(class)
            } else {
                Thing::Instance(class)
            }];
        }
        let mut inner = frame.as_ref();
        while let Some(frame) = inner {
            if frame.function == function {
                return self.argument(function, place, frame.site, frame.shift, &frame.outer.clone());
            }
            inner = frame.outer.as_ref();
        }
        let mut things = Things::new();
        let callers = self.callers(function);
        for (site, shift) in &callers {
            add(&mut things, self.argument(function, place, *site, *shift, &None));
        }
        if callers.is_empty()
            && let Some(default) = parameter.default
        {
            let outer = project.scopes[called.scope].parent.unwrap_or(called.scope);
            add(&mut things, self.eval(default, outer, &None));
        }
        // A type of the stubs for boto3 says what it is when no caller does.
        if things.is_empty()
            && let Some(annotation) = parameter.annotation
        {
            let outer = project.scopes[called.scope].parent.unwrap_or(called.scope);
            let named = annotation.named_child(0).unwrap_or(annotation);
            let types = self.eval(named, outer, &None);
            add(
                &mut things,
                types
                    .into_iter()
                    .filter(|thing| matches!(thing, Thing::Client(_) | Thing::Resource(_))),
            );
        }
        if things.is_empty() {
            vec![Thing::Value(Value::Unknown)]
        } else {
            things
        }
    }

    /// What one caller gives for a parameter.
    fn argument(&mut self, function: usize, place: usize, site: Site<'t>, shift: usize, outer: &In<'t>) -> Things {
        let called = &self.project.functions[function];
        let parameter = called.parameters[place];
        let arguments = self.arguments(site, outer);
        let names = || {
            called
                .parameters
                .iter()
                .filter(|known| known.stars == 0)
                .map(|known| known.name)
        };
        match parameter.stars {
            1 => {
                let rest = arguments.positional.iter().skip(place.saturating_sub(shift));
                vec![Thing::List(rest.cloned().collect())]
            }
            2 => {
                let named = arguments.named.into_iter();
                let rest = named.filter(|(name, _)| !names().any(|known| known == name));
                vec![Thing::Map(
                    rest.map(|(name, things)| (Text::literal(name), things)).collect(),
                )]
            }
            _ => {
                let at = place.checked_sub(shift);
                let given = at
                    .and_then(|at| arguments.positional.get(at))
                    .or_else(|| arguments.named(parameter.name));
                if let Some(given) = given {
                    return given.clone();
                }
                match parameter.default {
                    Some(default) if !arguments.is_open => {
                        let scope = self.project.scopes[called.scope].parent.unwrap_or(called.scope);
                        self.eval(default, scope, &None)
                    }
                    _ => vec![Thing::Value(Value::Unknown)],
                }
            }
        }
    }

    /// Where a function is called, with the number of parameters before the first argument.
    pub(super) fn callers(&mut self, function: usize) -> Vec<(Site<'t>, usize)> {
        if let Some(known) = self.callers.get(&function) {
            return known.clone();
        }
        if !self.asked.insert(function) {
            self.is_partial = true;
            return Vec::new();
        }
        let was_partial = std::mem::take(&mut self.is_partial);
        let called = &self.project.functions[function];
        let mut callers = Vec::new();
        if called.name == "__init__"
            && let Some(class) = called.class
        {
            callers = self.creations(class);
        }
        let places = self.project.calls_by_name.get(called.name).cloned().unwrap_or_default();
        for place in places {
            let site = self.project.calls[place];
            let Some(callee) = site.node.child_by_field_name("function") else {
                continue;
            };
            for thing in self.eval(callee, site.scope, &None) {
                match thing {
                    Thing::Function(found) if found == function => callers.push((site, 0)),
                    Thing::Bound(found) if found == function => callers.push((site, 1)),
                    _ => {}
                }
            }
        }
        self.asked.remove(&function);
        if !self.is_partial || self.asked.is_empty() {
            self.callers.insert(function, callers.clone());
        }
        self.is_partial |= was_partial;
        callers
    }

    /// Where objects of a class, or of one below it without a constructor of its own, are made.
    fn creations(&mut self, class: usize) -> Vec<(Site<'t>, usize)> {
        let mut names = vec![self.project.classes[class].name];
        for other in &self.project.classes {
            let own = self.project.scopes[other.scope].names.contains_key("__init__");
            let is_below = other.bases.iter().any(|base| {
                let text = self.project.text(base.node, base.scope);
                text.rsplit('.').next() == Some(names[0])
            });
            if is_below && !own {
                names.push(other.name);
            }
        }
        let places: Vec<usize> = names
            .iter()
            .flat_map(|name| self.project.calls_by_name.get(name).cloned().unwrap_or_default())
            .collect();
        let mut creations = Vec::new();
        for place in places {
            let site = self.project.calls[place];
            let Some(callee) = site.node.child_by_field_name("function") else {
                continue;
            };
            let made = self.eval(callee, site.scope, &None);
            let is_it = |thing: &Thing| matches!(thing, Thing::Class(made) if names.contains(&self.project.classes[*made].name));
            if made.iter().any(is_it) {
                creations.push((site, 1));
            }
        }
        creations
    }
}
