//! What expressions may be, found by following names; nothing is run.
//!
//! A function's parameters are what its callers give. Where one call is looked at, a frame says which caller
//! is meant, so that arguments that belong together stay together.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use tree_sitter::Node;

use super::arguments::Arguments;
use super::scopes::{Project, ScopeKind, Site};
use super::syntax::{children, field};
use super::text::{concatenated, formatted, string};
use super::thing::{Thing, Things, add, literal, or_default};
use super::{clients, resources};
use crate::domain::suggest::call::{Call, Location, Piece, Reading, Text, Value};

/// A call of a function of the project's, while its body is looked at.
#[derive(Debug)]
pub(super) struct Frame<'t> {
    pub function: usize,
    pub site: Site<'t>,
    /// How many parameters come before the first argument: `self`.
    pub shift: usize,
    /// The frame that the site stands in.
    pub outer: Option<Rc<Frame<'t>>>,
    pub depth: usize,
    key: u64,
}

pub(super) type In<'t> = Option<Rc<Frame<'t>>>;

/// Callers of callers are told apart up to here.
const DEEPEST_FRAME: usize = 5;
/// Expressions within expressions, names within names.
const DEEPEST: usize = 150;
/// What one call is worth, in code that is hard to follow.
const MOST_STEPS: usize = 20_000;
/// What all calls are worth together; after that, a call is followed for a short way only, and then not at all.
const MANY_STEPS: usize = 100_000;
const SHORT_WAY: usize = 100;
const MOST_STEPS_IN_ALL: usize = 130_000;
/// So many callers of a function are told apart.
const MOST_SITES: usize = 24;

pub(super) struct Evaluator<'p, 't> {
    pub project: &'p Project<'t>,
    known: HashMap<(usize, u64), Things>,
    /// The same, but perhaps not all of it.
    so_far: HashMap<(usize, u64), Things>,
    /// What is being evaluated: a name that leads to itself leads nowhere.
    open: HashSet<(usize, u64)>,
    pub callers: HashMap<usize, Vec<(Site<'t>, usize)>>,
    pub callers_so_far: HashMap<usize, Vec<(Site<'t>, usize)>>,
    /// Functions whose callers are being looked for.
    pub asked: HashSet<usize>,
    /// Modules and their names that are being looked up.
    pub members: HashSet<(usize, String)>,
    /// Whether something was left out since it is being evaluated already.
    pub is_partial: bool,
    depth: usize,
    steps: usize,
    most_steps: usize,
    spent: usize,
}

impl<'p, 't> Evaluator<'p, 't> {
    pub fn new(project: &'p Project<'t>) -> Self {
        Self {
            project,
            known: HashMap::new(),
            so_far: HashMap::new(),
            open: HashSet::new(),
            callers: HashMap::new(),
            callers_so_far: HashMap::new(),
            asked: HashSet::new(),
            members: HashSet::new(),
            is_partial: false,
            depth: 0,
            steps: 0,
            most_steps: MOST_STEPS,
            spent: 0,
        }
    }

    /// Every call of the SDK.
    pub fn calls(&mut self) -> Reading {
        let (mut calls, mut ended) = (Vec::new(), None);
        for site in &self.project.calls {
            if self.spent > MANY_STEPS && ended.is_none() {
                ended = Some(self.location(*site));
            }
            if self.spent > MOST_STEPS_IN_ALL {
                break;
            }
            // What no caller makes a call of the SDK, none of them does.
            if self.sdk_calls(*site, &None).is_empty() {
                continue;
            }
            for frame in self.frames(site.scope) {
                for call in self.sdk_calls(*site, &frame) {
                    if !calls.contains(&call) {
                        calls.push(call);
                    }
                }
            }
        }
        Reading {
            calls,
            ended,
            broken: Vec::new(),
        }
    }

    fn location(&self, site: Site<'t>) -> Location {
        let module = self.project.scopes[site.scope].module;
        self.project.sources[module].location(site.node)
    }

    /// The callers of the function around a scope, or none in particular.
    fn frames(&mut self, scope: usize) -> Vec<In<'t>> {
        let mut around = Some(scope);
        while let Some(index) = around {
            if let ScopeKind::Function(function) = self.project.scopes[index].kind {
                let callers = self.callers(function);
                let takes_some = !self.project.functions[function].parameters.is_empty();
                if takes_some && !callers.is_empty() && callers.len() <= MOST_SITES {
                    let frames = callers
                        .iter()
                        .map(|(site, shift)| Self::frame(function, *site, *shift, &None));
                    return frames.collect();
                }
                if !self.project.functions[function].name.is_empty() {
                    break;
                }
            }
            around = self.project.scopes[index].parent;
        }
        vec![None]
    }

    fn frame(function: usize, site: Site<'t>, shift: usize, outer: &In<'t>) -> In<'t> {
        let (depth, before) = outer.as_ref().map_or((0, 17), |outer| (outer.depth + 1, outer.key));
        let key = before.wrapping_mul(0x0100_0000_01b3) ^ (site.node.id() as u64) ^ ((function as u64) << 48);
        (depth < DEEPEST_FRAME).then(|| {
            Rc::new(Frame {
                function,
                site,
                shift,
                outer: outer.clone(),
                depth,
                key,
            })
        })
    }

    fn sdk_calls(&mut self, site: Site<'t>, frame: &In<'t>) -> Vec<Call> {
        let Some(callee) = field(site.node, "function") else {
            return Vec::new();
        };
        let things = self.eval(callee, site.scope, frame);
        let mut found = Vec::new();
        for thing in &things {
            let arguments = |this: &mut Self| this.arguments(site, frame);
            match thing {
                Thing::Method(of, name) => {
                    let arguments = arguments(self);
                    found.extend(clients::operations(of, name, &arguments));
                }
                Thing::External(path) => {
                    let arguments = arguments(self);
                    found.extend(clients::of_library(path, &arguments));
                    found.extend(handed_over(path, &arguments));
                }
                _ => {}
            }
        }
        let at = field(callee, "attribute").unwrap_or(callee);
        let module = self.project.scopes[site.scope].module;
        let at = self.project.sources[module].location(at);
        let calls = found.into_iter().map(|(service, operation, arguments)| Call {
            at: at.clone(),
            service,
            operation,
            arguments,
        });
        calls.collect()
    }

    /// What an expression may be.
    pub fn eval(&mut self, node: Node<'t>, scope: usize, frame: &In<'t>) -> Things {
        let key = (node.id(), frame.as_ref().map_or(0, |frame| frame.key));
        if let Some(things) = self.known.get(&key) {
            return things.clone();
        }
        if let Some(things) = self.so_far.get(&key) {
            self.is_partial = true;
            return things.clone();
        }
        let is_spent = self.steps > self.most_steps || self.spent + self.steps > MOST_STEPS_IN_ALL;
        if self.depth > DEEPEST || is_spent || !self.open.insert(key) {
            self.is_partial = true;
            return Things::new();
        }
        self.steps += 1;
        self.depth += 1;
        let was_partial = std::mem::take(&mut self.is_partial);
        let things = self.expression(node, scope, frame);
        self.depth -= 1;
        self.open.remove(&key);
        // What was found on the way round a circle is not all that there is to find: it holds until the
        // question that led there is answered.
        if !self.is_partial || self.depth == 0 {
            self.known.insert(key, things.clone());
        } else {
            self.so_far.insert(key, things.clone());
        }
        self.is_partial = (self.is_partial || was_partial) && self.depth > 0;
        if self.depth == 0 {
            self.so_far.clear();
            self.callers_so_far.clear();
            self.spent += self.steps;
            self.steps = 0;
            if self.spent > MANY_STEPS {
                self.most_steps = SHORT_WAY;
            }
        }
        things
    }

    fn expression(&mut self, node: Node<'t>, scope: usize, frame: &In<'t>) -> Things {
        // Comprehensions and lambdas have scopes of their own.
        let scope = match self.project.scope_of.get(&node.id()) {
            Some(inner) if node.kind() != "lambda" => *inner,
            _ => scope,
        };
        match node.kind() {
            "identifier" => self.name(node, scope, frame),
            "attribute" => self.attribute(node, scope, frame),
            "call" => self.call(node, scope, frame),
            "subscript" => self.subscript(node, scope, frame),
            "string" => string(self, node, scope, frame),
            "concatenated_string" => {
                let parts = children(node).into_iter();
                let parts: Vec<Things> = parts.map(|part| self.eval(part, scope, frame)).collect();
                concatenated(&parts)
            }
            "integer" => vec![Thing::text(self.project.text(node, scope))],
            "binary_operator" => self.binary(node, scope, frame),
            "boolean_operator" => self.either(node, scope, frame),
            "conditional_expression" => {
                let parts = children(node);
                let [mut things, other] = [parts.first(), parts.get(2)]
                    .map(|part| part.map_or_else(Things::new, |part| self.eval(*part, scope, frame)));
                // `environ["T"] if "T" in environ else "orders"`
                if let [variable] = &things[..]
                    && let Some(variable) = variable.as_env()
                {
                    return or_default(variable, &other);
                }
                add(&mut things, other);
                things
            }
            "parenthesized_expression" | "await" | "expression_list" if node.named_child_count() == 1 => node
                .named_child(0)
                .map_or_else(Things::new, |inner| self.eval(inner, scope, frame)),
            "named_expression" => match field(node, "value") {
                Some(value) => self.eval(value, scope, frame),
                None => Things::new(),
            },
            "list" | "tuple" | "set" | "expression_list" => {
                let mut elements = Vec::new();
                for child in children(node) {
                    if child.kind() == "list_splat" {
                        let inner = child.named_child(0).map(|inner| self.eval(inner, scope, frame));
                        elements.push(elements_of(&inner.unwrap_or_default()));
                    } else {
                        elements.push(self.eval(child, scope, frame));
                    }
                }
                vec![Thing::List(elements)]
            }
            "list_comprehension" | "set_comprehension" | "generator_expression" => {
                let body = field(node, "body").map(|body| self.eval(body, scope, frame));
                vec![Thing::List(body.into_iter().collect())]
            }
            "dictionary" => self.dictionary(node, scope, frame),
            "lambda" => {
                let kind = self
                    .project
                    .scope_of
                    .get(&node.id())
                    .map(|scope| self.project.scopes[*scope].kind);
                match kind {
                    Some(ScopeKind::Function(function)) => vec![Thing::Function(function)],
                    _ => Things::new(),
                }
            }
            "none" => Things::new(),
            _ => vec![Thing::Value(Value::Unknown)],
        }
    }

    fn binary(&mut self, node: Node<'t>, scope: usize, frame: &In<'t>) -> Things {
        let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) else {
            return Things::new();
        };
        let operator = field(node, "operator").map(|operator| operator.kind());
        let (one, other) = (self.eval(left, scope, frame), self.eval(right, scope, frame));
        match operator {
            Some("+") => match (&one[..], &other[..]) {
                ([Thing::List(one)], [Thing::List(other)]) => {
                    vec![Thing::List(one.iter().chain(other).cloned().collect())]
                }
                _ => concatenated(&[one, other]),
            },
            Some("%") => formatted(&one, &other),
            Some("|") => match (&one[..], &other[..]) {
                ([Thing::Map(one)], [Thing::Map(other)]) => {
                    vec![Thing::Map(one.iter().chain(other).cloned().collect())]
                }
                _ => vec![Thing::Value(Value::Unknown)],
            },
            // Paths: `root / "name"`.
            Some("/") => concatenated(&[one, vec![Thing::text("/")], other]),
            _ => vec![Thing::Value(Value::Unknown)],
        }
    }

    /// `a or b`
    fn either(&mut self, node: Node<'t>, scope: usize, frame: &In<'t>) -> Things {
        let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) else {
            return Things::new();
        };
        let one = self.eval(left, scope, frame);
        let is_or = field(node, "operator").is_some_and(|operator| operator.kind() == "or");
        let mut things = self.eval(right, scope, frame);
        let variables: Option<Vec<&Text>> = one.iter().map(Thing::as_env).collect();
        if let Some(variables) = variables.filter(|variables| is_or && !variables.is_empty()) {
            let with_default = variables.into_iter().flat_map(|variable| or_default(variable, &things));
            return with_default.collect();
        }
        if is_or {
            // What is not known may well be nothing, and then it is the other.
            let known = one
                .into_iter()
                .filter(|thing| *thing != Thing::Value(Value::Unknown) || things.is_empty());
            let known: Things = known.collect();
            add(&mut things, known);
        }
        things
    }

    fn dictionary(&mut self, node: Node<'t>, scope: usize, frame: &In<'t>) -> Things {
        let mut entries = Vec::new();
        for child in children(node) {
            match (child.kind(), field(child, "key"), field(child, "value")) {
                ("pair", Some(key), Some(value)) => {
                    let key = super::thing::texts(&self.eval(key, scope, frame));
                    let value = self.eval(value, scope, frame);
                    entries.extend(key.into_iter().map(|key| (key, value.clone())));
                }
                ("dictionary_splat", ..) => {
                    let inner = child.named_child(0).map(|inner| self.eval(inner, scope, frame));
                    match inner.as_deref() {
                        Some([Thing::Map(more)]) => entries.extend(more.iter().cloned()),
                        _ => entries.push((Text(vec![Piece::Unknown]), Things::new())),
                    }
                }
                _ => {}
            }
        }
        vec![Thing::Map(entries)]
    }

    fn subscript(&mut self, node: Node<'t>, scope: usize, frame: &In<'t>) -> Things {
        let (Some(of), Some(key)) = (field(node, "value"), field(node, "subscript")) else {
            return Things::new();
        };
        let of = self.eval(of, scope, frame);
        let key = self.eval(key, scope, frame);
        item(&of, &key)
    }

    /// The arguments of a call.
    pub fn arguments(&mut self, site: Site<'t>, frame: &In<'t>) -> Arguments {
        let mut arguments = Arguments::default();
        let Some(list) = field(site.node, "arguments") else {
            return arguments;
        };
        if list.kind() == "generator_expression" {
            arguments.positional.push(self.eval(list, site.scope, frame));
            return arguments;
        }
        for child in children(list) {
            match child.kind() {
                "keyword_argument" => {
                    if let (Some(name), Some(value)) = (field(child, "name"), field(child, "value")) {
                        let value = self.eval(value, site.scope, frame);
                        arguments.put(self.project.text(name, site.scope), value);
                    }
                }
                "dictionary_splat" => {
                    let inner = child.named_child(0).map(|inner| self.eval(inner, site.scope, frame));
                    arguments.unpack(&inner.unwrap_or_default());
                }
                "list_splat" => {
                    let inner = child.named_child(0).map(|inner| self.eval(inner, site.scope, frame));
                    match inner.as_deref() {
                        Some([Thing::List(elements)]) => arguments.positional.extend(elements.iter().cloned()),
                        _ => arguments.is_open = true,
                    }
                }
                _ => {
                    let value = self.eval(child, site.scope, frame);
                    arguments.positional.push(value);
                }
            }
        }
        arguments
    }

    fn call(&mut self, node: Node<'t>, scope: usize, frame: &In<'t>) -> Things {
        let Some(callee) = field(node, "function") else {
            return Things::new();
        };
        let site = Site { node, scope };
        let mut things = Things::new();
        for thing in self.eval(callee, scope, frame) {
            let result = match thing {
                Thing::Function(function) => self.result(function, site, 0, frame),
                Thing::Bound(function) => self.result(function, site, 1, frame),
                Thing::Class(class) => vec![Thing::Instance(class)],
                Thing::External(path) if path == "super" => self.parents(scope),
                Thing::External(path) => {
                    let arguments = self.arguments(site, frame);
                    self.external(&path, &arguments)
                }
                Thing::Method(of, name) => {
                    let arguments = self.arguments(site, frame);
                    clients::result(&of, &name, &arguments)
                }
                _ => Things::new(),
            };
            add(&mut things, result);
        }
        things
    }

    /// What a function of the project's gives back to this caller.
    pub fn result(&mut self, function: usize, site: Site<'t>, shift: usize, outer: &In<'t>) -> Things {
        let Some(frame) = Self::frame(function, site, shift, outer) else {
            return Things::new();
        };
        let frame = Some(frame);
        let called = &self.project.functions[function];
        let mut things = Things::new();
        for node in &called.returns {
            let result = self.eval(*node, called.scope, &frame);
            add(&mut things, result);
        }
        let is_context = called.decorators.iter().any(|name| name.ends_with("contextmanager"));
        if called.is_generator && !is_context {
            return vec![Thing::List(vec![elements_or_self(things)])];
        }
        things
    }

    fn external(&mut self, path: &str, arguments: &Arguments) -> Things {
        let first = || arguments.positional.first().cloned().unwrap_or_default();
        match path {
            "str"
            | "list"
            | "tuple"
            | "set"
            | "sorted"
            | "reversed"
            | "iter"
            | "copy.copy"
            | "copy.deepcopy"
            | "contextlib.closing"
            | "pathlib.Path"
            | "pathlib.PurePosixPath" => first(),
            "next" => elements_of(&first()),
            "typing.cast" => arguments.positional.get(1).cloned().unwrap_or_default(),
            "dict" => {
                let mut entries: Vec<(Text, Things)> = Vec::new();
                if let [Thing::Map(more)] = &first()[..] {
                    entries.extend(more.iter().cloned());
                }
                let named = arguments.named.iter();
                entries.extend(named.map(|(name, things)| (Text::literal(name), things.clone())));
                vec![Thing::Map(entries)]
            }
            "getattr" => {
                let name = arguments.positional.get(1).and_then(|name| literal(name));
                let mut things = Things::new();
                for thing in first() {
                    add(&mut things, self.member(&thing, name.as_deref().unwrap_or_default()));
                }
                things
            }
            "os.path.join" | "posixpath.join" => {
                let mut parts = Vec::new();
                for part in &arguments.positional {
                    if !parts.is_empty() {
                        parts.push(vec![Thing::text("/")]);
                    }
                    parts.push(part.clone());
                }
                concatenated(&parts)
            }
            _ if path.ends_with(".enter_async_context") || path.ends_with(".enter_context") => first(),
            _ => clients::made(path, arguments),
        }
    }

    /// An attribute of a thing; its name is empty when it could not be read.
    pub fn member(&mut self, thing: &Thing, name: &str) -> Things {
        match thing {
            Thing::External(path) => self.of_external(path, name),
            Thing::Module(module) => self.of_module(*module, name),
            Thing::Instance(class) => self.of_object(*class, name, true, 0),
            Thing::Class(class) => self.of_object(*class, name, false, 0),
            Thing::Resource(_) | Thing::Item(_) => resources::attribute(thing, name),
            Thing::Method(of, meta) if meta == "meta" && name == "client" => match &**of {
                Thing::Resource(service) => vec![Thing::Client(service.clone())],
                Thing::Item(item) => vec![Thing::Client(item.service.clone())],
                Thing::Client(_) => vec![(**of).clone()],
                _ => Things::new(),
            },
            Thing::Function(_) | Thing::Bound(_) | Thing::Method(..) => Things::new(),
            Thing::Session
            | Thing::Client(_)
            | Thing::Items(_)
            | Thing::Paginator { .. }
            | Thing::Waiter { .. }
            | Thing::Answer { .. }
            | Thing::Map(_)
            | Thing::List(_)
            | Thing::Value(_) => vec![Thing::Method(Rc::new(thing.clone()), name.to_owned())],
        }
    }

    fn attribute(&mut self, node: Node<'t>, scope: usize, frame: &In<'t>) -> Things {
        let (Some(object), Some(name)) = (field(node, "object"), field(node, "attribute")) else {
            return Things::new();
        };
        let name = self.project.text(name, scope);
        let mut things = Things::new();
        for thing in self.eval(object, scope, frame) {
            add(&mut things, self.member(&thing, name));
        }
        things
    }
}

/// `executor.submit(s3.upload_file, …)`: a method that another function will call.
fn handed_over(path: &str, arguments: &Arguments) -> Vec<clients::Operation> {
    const CALLERS: [&str; 5] = ["submit", "to_thread", "run_in_executor", "map", "partial"];
    let called = path.rsplit('.').next().unwrap_or_default();
    if !CALLERS.contains(&called) {
        return Vec::new();
    }
    let places = arguments.positional.iter().enumerate();
    let methods = places.flat_map(|(place, things)| things.iter().map(move |thing| (place, thing)));
    methods
        .filter_map(|(place, thing)| match thing {
            Thing::Method(of, name) => {
                let given = if called == "map" {
                    Arguments::default()
                } else {
                    arguments.after(place + 1)
                };
                Some(clients::operations(of, name, &given))
            }
            _ => None,
        })
        .flatten()
        .collect()
}

/// What a loop over it goes through.
pub(super) fn elements_of(things: &[Thing]) -> Things {
    let mut elements = Things::new();
    for thing in things {
        match thing {
            Thing::List(all) => all.iter().for_each(|one| add(&mut elements, one.iter().cloned())),
            Thing::Map(entries) => {
                let keys = entries.iter().map(|(key, _)| Thing::Value(Value::Text(key.clone())));
                add(&mut elements, keys);
            }
            Thing::Items(item) => add(&mut elements, [Thing::Item(item.clone())]),
            _ => add(&mut elements, [Thing::Value(Value::Unknown)]),
        }
    }
    elements
}

/// What is yielded; of `yield from` the elements.
fn elements_or_self(things: Things) -> Things {
    let is_list = |thing: &Thing| matches!(thing, Thing::List(_) | Thing::Items(_));
    if things.iter().any(is_list) {
        elements_of(&things)
    } else {
        things
    }
}

/// `of[key]`
pub(super) fn item(of: &[Thing], key: &[Thing]) -> Things {
    let name = literal(key);
    let mut things = Things::new();
    for thing in of {
        match thing {
            Thing::External(path) if path == "os.environ" => {
                let text = name.as_ref().map(Text::env);
                add(&mut things, [Thing::Value(text.map_or(Value::Unknown, Value::Text))]);
            }
            Thing::Map(entries) => {
                let fits = |key: &Text| {
                    name.as_deref()
                        .is_none_or(|name| key.as_literal().is_none_or(|key| key == name))
                };
                let fitting: Vec<_> = entries.iter().filter(|(key, _)| fits(key)).collect();
                for (_, value) in &fitting {
                    add(&mut things, value.iter().cloned());
                }
                if fitting.is_empty() {
                    add(&mut things, [Thing::Value(Value::Unknown)]);
                }
            }
            Thing::List(elements) => match name.as_deref().and_then(|name| name.parse::<usize>().ok()) {
                Some(place) if place < elements.len() => add(&mut things, elements[place].iter().cloned()),
                _ => add(&mut things, elements_of(std::slice::from_ref(thing))),
            },
            Thing::Answer { operation, arguments } => {
                add(&mut things, [clients::answered(operation, arguments, name.as_deref())]);
            }
            _ => add(&mut things, [Thing::Value(Value::Unknown)]),
        }
    }
    things
}
