//! Functions: what a call hands back, what a parameter may be, and who calls whom.
//!
//! A function is read once for each of its calls where they are known (`save(ORDERS, order)`), else for all.

use std::rc::Rc;

use super::builtins;
use super::clients;
use super::evaluate::Reader;
use super::scopes::{self, Imported, Origin};
use super::syntax::{CLASSES, FUNCTIONS, Id, Tree};
use super::things::{Arguments, Context, Frame, Place, Thing};

/// A call of a function, and the context that the function was made in.
#[derive(Debug, Clone)]
pub struct Caller {
    pub call: Place,
    pub closure: Context,
}

/// More calls of a function than this are not told apart.
const MAX_CALLERS: usize = 60;
/// As many ways into a function are told apart.
const MAX_CONTEXTS: usize = 24;
/// Calls of calls of calls.
const MAX_CALL_DEPTH: usize = 4;

impl<'a> Reader<'_, 'a> {
    /// Notes every call under the last name of what it calls.
    pub fn index_sites(&mut self) {
        for (id, file) in self.program.files.iter().enumerate() {
            let tree = &file.tree;
            for node in tree.all() {
                let Some(callee) = callee(tree, node) else { continue };
                let name = match tree.kind(callee) {
                    "identifier" => Some(self.original_name(id, callee)),
                    "member_expression" => tree.field(callee, "property").map(|property| tree.text(property)),
                    "super" => tree
                        .enclosing(callee, CLASSES)
                        .and_then(|class| heritage(tree, class))
                        .map(|base| self.original_name(id, base)),
                    _ => None,
                };
                if let Some(name) = name {
                    self.sites.entry(name).or_default().push(Place { file: id, node });
                }
            }
        }
    }

    /// The name that the exporting file uses for what is imported here.
    fn original_name(&self, file: usize, identifier: Id) -> &'a str {
        let here = &self.program.files[file];
        let text = here.tree.text(identifier);
        let bindings = here.scopes.find(&here.tree, identifier, text);
        match bindings
            .and_then(|name| name.bindings.first())
            .map(|binding| &binding.origin)
        {
            Some(Origin::Import {
                name: Imported::Name(original),
                ..
            }) if original == "default" => "default",
            Some(Origin::Import {
                name: Imported::Name(original),
                ..
            }) if original != text => here
                .tree
                .all()
                .find(|&id| {
                    here.tree.kind(id) == "import_specifier" && here.tree.text(id).starts_with(original.as_str())
                })
                .and_then(|specifier| here.tree.field(specifier, "name"))
                .map_or(text, |name| here.tree.text(name)),
            // `const save = require("./save")`
            Some(Origin::Expression(value)) if here.tree.kind(*value) == "call_expression" => {
                let required = here
                    .tree
                    .field(*value, "function")
                    .is_some_and(|function| here.tree.text(function) == "require");
                if required { "default" } else { text }
            }
            _ => text,
        }
    }

    /// The arguments of a call.
    pub fn arguments(&mut self, call: Place, context: &Context) -> Arguments {
        let tree = &self.file(call).tree;
        let mut arguments = Arguments::default();
        let Some(list) = tree.field(call.node, "arguments") else {
            return arguments;
        };
        for node in tree.children(list) {
            if tree.kind(node) != "spread_element" {
                let thing = self.evaluate(Place { node, ..call }, context);
                arguments.list.push(thing);
                continue;
            }
            let inner = tree
                .first(node)
                .map(|node| self.evaluate(Place { node, ..call }, context));
            match inner {
                Some(Thing::List(elements)) => arguments.list.extend(elements.iter().cloned()),
                _ => {
                    arguments.open = true;
                    break;
                }
            }
        }
        arguments
    }

    /// What a call hands back.
    pub fn call(&mut self, at: Place, context: &Context) -> Thing {
        let tree = &self.file(at).tree;
        let Some(callee) = tree.field(at.node, "function") else {
            return Thing::Unknown;
        };
        let place = Place { node: callee, ..at };
        match tree.kind(callee) {
            "import" => self.required(at, context),
            "identifier" if tree.text(callee) == "require" => self.required(at, context),
            "member_expression" => match builtins::method(self, at, place, context) {
                Some(thing) => thing,
                None => self.plain_call(at, place, context),
            },
            _ => self.plain_call(at, place, context),
        }
    }

    fn required(&mut self, at: Place, context: &Context) -> Thing {
        match self.arguments(at, context).get(0).as_literal() {
            Some(source) => self.module(at.file, source),
            None => Thing::Unknown,
        }
    }

    fn plain_call(&mut self, at: Place, callee: Place, context: &Context) -> Thing {
        let function = self.evaluate(callee, context);
        if function == Thing::Unknown && self.file(at).tree.kind(callee.node) == "identifier" {
            let name = self.file(at).tree.text(callee.node);
            return match name {
                "String" => Thing::concatenation(&self.arguments(at, context).list),
                "Number" | "Boolean" | "BigInt" => Thing::Unknown,
                name if clients::is_wrapper(name) => self.arguments(at, context).get(0),
                _ => Thing::Unknown,
            };
        }
        let arguments = self.arguments(at, context);
        self.apply(&function, &arguments)
    }

    /// What a function hands back for these arguments.
    pub fn apply(&mut self, function: &Thing, arguments: &Arguments) -> Thing {
        let results: Vec<Thing> = function
            .alternatives()
            .iter()
            .map(|one| match one {
                Thing::Function(place, closure) => match entered(*place, arguments.clone(), closure) {
                    Some(context) => self.returned(*place, &context),
                    // A function that calls itself hands back what its other returns do.
                    None => Thing::Nothing,
                },
                Thing::Package(package) => match clients::returned(package, arguments) {
                    Thing::Unknown => builtins::passed_through(package, arguments),
                    thing => thing,
                },
                Thing::Operation(..) => Thing::Unknown,
                _ => builtins::checked_environment(arguments),
            })
            .collect();
        Thing::any(results)
    }

    /// What a function's `return`s hand back.
    pub fn returned(&mut self, function: Place, context: &Context) -> Thing {
        let tree = &self.file(function).tree;
        let Some(body) = tree.field(function.node, "body") else {
            return Thing::Unknown;
        };
        if tree.kind(body) != "statement_block" {
            return self.evaluate(Place { node: body, ..function }, context);
        }
        let mut results = Vec::new();
        let mut inner_ends = body;
        for node in tree.within(body) {
            if node < inner_ends {
                continue;
            }
            if tree.is(node, FUNCTIONS) || tree.is(node, CLASSES) {
                inner_ends = tree.after(node);
            } else if tree.kind(node) == "return_statement" {
                results.push(match tree.first(node) {
                    Some(node) => self.evaluate(Place { node, ..function }, context),
                    None => Thing::Nothing,
                });
            }
        }
        Thing::any(results)
    }

    /// What `new` makes.
    pub fn construction(&mut self, at: Place, context: &Context) -> Thing {
        let tree = &self.file(at).tree;
        let Some(constructor) = tree.field(at.node, "constructor") else {
            return Thing::Unknown;
        };
        let class = self.evaluate(
            Place {
                node: constructor,
                ..at
            },
            context,
        );
        let arguments = self.arguments(at, context);
        let made: Vec<Thing> = class
            .alternatives()
            .iter()
            .map(|one| match one {
                Thing::Class(class) => self.instance(*class, arguments.clone(), context),
                Thing::Package(package) => clients::constructed(package, &arguments),
                _ => Thing::Unknown,
            })
            .collect();
        Thing::any(made)
    }

    /// What a parameter may be: one thing for the call that is being looked into, else one for each call.
    pub fn parameter(&mut self, function: Place, position: usize, context: &Context) -> Vec<Thing> {
        let tree = &self.file(function).tree;
        let Some(&node) = scopes::parameters(tree, function.node).get(position) else {
            return vec![Thing::Unknown];
        };
        let rest = tree.kind(tree.field(node, "pattern").unwrap_or(node)) == "rest_pattern";
        let pick = |arguments: &Arguments| {
            if !rest {
                return arguments.get(position);
            }
            let mut list: Vec<Thing> = arguments.list.iter().skip(position).cloned().collect();
            if arguments.open {
                list.push(Thing::Unknown);
            }
            Thing::list(list)
        };
        let mut found = if let Some(frame) = context.frame_of(function) {
            vec![pick(&frame.arguments)]
        } else if let Some(element) = self.callback_argument(function, position, context) {
            vec![element]
        } else {
            let callers = self.callers_of(function);
            let mut found = Vec::new();
            for caller in callers.iter() {
                found.push(pick(&self.arguments(caller.call, &Context::default())));
            }
            found
        };
        let annotation = tree.field(node, "type").map(|node| Place { node, ..function });
        let has_default = tree.field(node, "value").is_some() || tree.kind(node) == "assignment_pattern";
        if found.is_empty() {
            found.push(if has_default { Thing::Nothing } else { Thing::Unknown });
        }
        if !has_default && found.iter().all(|thing| !thing.is_known()) {
            let known = annotation
                .map(|annotation| self.of_type(annotation))
                .filter(Thing::is_known);
            found = known.map_or(found, |known| vec![known]);
        }
        found
    }

    /// The element that `list.map(element => …)` hands its function.
    fn callback_argument(&mut self, function: Place, position: usize, context: &Context) -> Option<Thing> {
        let tree = &self.file(function).tree;
        let arguments = tree
            .parent(function.node)
            .filter(|&above| tree.kind(above) == "arguments")?;
        let callee = tree.field(tree.parent(arguments)?, "function")?;
        let object = tree.field(callee, "object")?;
        let method = tree.text(tree.field(callee, "property")?);
        let of_element = match method {
            "reduce" => 1,
            method if builtins::GIVES_ELEMENTS.contains(&method) => 0,
            _ => return None,
        };
        if position != of_element {
            return None;
        }
        let list = self.evaluate(
            Place {
                node: object,
                ..function
            },
            context,
        );
        Some(list.element())
    }

    /// Every known call of a function.
    pub fn callers_of(&mut self, function: Place) -> Rc<Vec<Caller>> {
        if let Some(known) = self.callers.get(&function) {
            return Rc::clone(known);
        }
        // Whoever asks while the answer is being found gets what there is.
        self.callers.insert(function, Rc::default());
        let (names, class) = self.names_of(function);
        let mut sites: Vec<Place> = names
            .iter()
            .filter_map(|name| self.sites.get(name.as_str()))
            .flatten()
            .copied()
            .collect();
        sites.sort_unstable();
        sites.dedup();
        let mut sure = Vec::new();
        let mut possible = Vec::new();
        if sites.len() <= MAX_CALLERS {
            for call in sites {
                match self.calls(call, function, class) {
                    Some(closure) if closure.1 => sure.push(Caller {
                        call,
                        closure: closure.0,
                    }),
                    Some(closure) => possible.push(Caller {
                        call,
                        closure: closure.0,
                    }),
                    None => {}
                }
            }
        }
        let callers = Rc::new(if sure.is_empty() { possible } else { sure });
        self.callers.insert(function, Rc::clone(&callers));
        callers
    }

    /// Whether a call is of this function (or of the class whose constructor it is), and whether that is sure.
    fn calls(&mut self, call: Place, function: Place, class: Option<Place>) -> Option<(Context, bool)> {
        let tree = &self.file(call).tree;
        let callee = callee(tree, call.node)?;
        let everywhere = Context::default();
        if let Some(class) = class {
            let named = if tree.kind(callee) == "super" {
                heritage(tree, tree.enclosing(callee, CLASSES)?)?
            } else {
                callee
            };
            let thing = self.evaluate(Place { node: named, ..call }, &everywhere);
            return thing
                .alternatives()
                .contains(&Thing::Class(class))
                .then_some((everywhere, true));
        }
        let thing = self.evaluate(Place { node: callee, ..call }, &everywhere);
        for one in thing.alternatives() {
            if let Thing::Function(place, closure) = one
                && *place == function
            {
                return Some((closure.clone(), true));
            }
        }
        // `this.store.save(order)`, where the store is only known by its interface.
        let object = tree.field(callee, "object")?;
        let receiver = self.evaluate(Place { node: object, ..call }, &everywhere);
        let open = matches!(receiver, Thing::Unknown | Thing::Typed(_)) && thing == Thing::Unknown;
        open.then_some((everywhere, false))
    }

    /// The names that a function is called by; a constructor is called by its class.
    fn names_of(&self, function: Place) -> (Vec<String>, Option<Place>) {
        let file = self.file(function);
        let tree = &file.tree;
        let own = tree
            .field(function.node, "name")
            .and_then(|name| tree.property_name(name));
        let mut class = None;
        let mut named = function.node;
        let mut names = Vec::new();
        if tree.kind(function.node) == "method_definition" && own.as_deref() == Some("constructor") {
            let Some(around) = tree.enclosing(function.node, CLASSES) else {
                return (names, None);
            };
            names.extend(tree.field(around, "name").map(|name| tree.text(name).to_owned()));
            class = Some(Place {
                node: around,
                ..function
            });
            named = around;
        } else {
            names.extend(own);
        }
        if let Some(above) = tree.parent(named) {
            let given = match tree.kind(above) {
                "variable_declarator" | "public_field_definition" => tree.field(above, "name"),
                "field_definition" => tree.field(above, "property"),
                "pair" => tree.field(above, "key"),
                "assignment_expression" => tree
                    .field(above, "left")
                    .and_then(|left| tree.field(left, "property").or(Some(left))),
                _ => None,
            };
            names.extend(given.and_then(|name| tree.property_name(name)));
            if tree.is(above, &["export_statement", "assignment_expression"]) {
                names.push("default".to_owned());
            }
        }
        let renamed: Vec<String> = names.iter().flat_map(|name| file.exports.other_names(name)).collect();
        names.extend(renamed);
        (names, class)
    }

    /// The ways in which the code at this place is reached, as far as they can be told apart.
    pub fn contexts(&mut self, at: Place) -> Vec<Context> {
        let found = self.contexts_to(at, MAX_CALL_DEPTH);
        if found.is_empty() || found.len() > MAX_CONTEXTS {
            return vec![Context::default()];
        }
        found
    }

    fn contexts_to(&mut self, at: Place, depth: usize) -> Vec<Context> {
        let tree = &self.file(at).tree;
        let functions: Vec<Id> = tree
            .ancestors(at.node)
            .filter(|&above| tree.is(above, FUNCTIONS))
            .collect();
        if depth == 0 {
            return vec![Context::default()];
        }
        for node in functions {
            let function = Place { node, ..at };
            let callers = self.callers_of(function);
            let takes_any = !scopes::parameters(tree, node).is_empty();
            let told_apart = takes_any || callers.iter().any(|caller| caller.closure.0.is_some());
            if callers.is_empty() || !told_apart {
                continue;
            }
            let mut contexts = Vec::new();
            for caller in callers.iter() {
                for outer in self.contexts_to(caller.call, depth - 1) {
                    if contexts.len() > MAX_CONTEXTS {
                        return contexts;
                    }
                    let arguments = self.arguments(caller.call, &outer);
                    let closure = if caller.closure.0.is_some() {
                        &caller.closure
                    } else {
                        &outer
                    };
                    contexts.extend(entered(function, arguments, closure));
                }
            }
            return contexts;
        }
        vec![Context::default()]
    }
}

/// The context inside a call; none for a call of itself.
pub fn entered(function: Place, arguments: Arguments, closure: &Context) -> Option<Context> {
    if closure.frame_of(function).is_some() {
        return None;
    }
    Some(Context(Some(Rc::new(Frame {
        function,
        arguments,
        this: None,
        outer: closure.clone(),
    }))))
}

/// What a call or a `new` calls.
pub fn callee(tree: &Tree<'_>, node: Id) -> Option<Id> {
    match tree.kind(node) {
        "call_expression" => tree.field(node, "function"),
        "new_expression" => tree.field(node, "constructor"),
        _ => None,
    }
}

/// What a class extends.
pub fn heritage(tree: &Tree<'_>, class: Id) -> Option<Id> {
    let clause = tree.child_of_kind(class, "class_heritage")?;
    match tree.child_of_kind(clause, "extends_clause") {
        Some(extends) => tree.field(extends, "value"),
        None => tree
            .first(clause)
            .filter(|&first| tree.kind(first) != "implements_clause"),
    }
}
