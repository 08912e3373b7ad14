//! Classes: fields, accessors, parameter properties, what constructors assign, inheritance and `this`.

use std::rc::Rc;

use super::evaluate::Reader;
use super::functions::heritage;
use super::scopes;
use super::syntax::{CLASSES, Id, Tree};
use super::things::{Arguments, Context, Frame, Place, Thing};

impl Reader<'_, '_> {
    /// `new class(arguments)`
    pub fn instance(&mut self, class: Place, arguments: Arguments, outer: &Context) -> Thing {
        let entry = constructor(&self.file(class).tree, class.node).map_or(class, |node| Place { node, ..class });
        Thing::Instance(
            class,
            Context(Some(Rc::new(Frame {
                function: entry,
                arguments,
                this: None,
                outer: outer.clone(),
            }))),
        )
    }

    /// What `this` is: the object whose method is being looked into, else any object of the class.
    pub fn this(&mut self, at: Place, context: &Context) -> Thing {
        let tree = &self.file(at).tree;
        // An object is `this` for its methods alone: arrow functions and plain values see what is around it.
        let mut in_method = false;
        for node in tree.ancestors(at.node) {
            let place = Place { node, ..at };
            if tree.is(node, CLASSES) {
                let own = context.frames().find(|frame| frame.function == place);
                return match own.and_then(|frame| frame.this.clone()) {
                    Some(this) => this,
                    None => Thing::Instance(place, construction_of(context, tree, place)),
                };
            }
            if tree.kind(node) == "object" && in_method {
                return self.evaluate(place, context);
            }
            in_method |= tree.is(node, &["method_definition", "function_expression"]);
        }
        Thing::Unknown
    }

    /// `object.name` for an object of a class, or for the class itself.
    pub fn class_member(&mut self, class: Place, name: &str, construction: &Context, object: &Thing) -> Thing {
        let tree = &self.file(class).tree;
        let inside = match construction.0 {
            None => Context::default(),
            Some(_) => Context(Some(Rc::new(Frame {
                function: class,
                arguments: Arguments::default(),
                this: Some(object.clone()),
                outer: construction.clone(),
            }))),
        };
        let mut found = self.own_members(class, name, &inside);
        let inherited = |found: &[Thing]| found.iter().all(|thing| !thing.is_known());
        if inherited(&found) {
            found.extend(self.inherited_member(class, name, &inside, construction, object));
        }
        // What an abstract class leaves to its subclasses.
        if inherited(&found) && construction.0.is_none() && tree.kind(class.node) == "abstract_class_declaration" {
            for subclass in self.subclasses(class) {
                found.extend(self.own_members(subclass, name, &Context::default()));
            }
        }
        if found.is_empty() {
            return Thing::Unknown;
        }
        Thing::any(found)
    }

    fn own_members(&mut self, class: Place, name: &str, inside: &Context) -> Vec<Thing> {
        let file = self.file(class);
        let tree = &file.tree;
        let mut found = Vec::new();
        let mut types = Vec::new();
        for node in members(tree, class.node) {
            let place = |node| Place { node, ..class };
            let key = tree.field(node, "name").or_else(|| tree.field(node, "property"));
            if key.and_then(|key| tree.property_name(key)).as_deref() != Some(name) {
                continue;
            }
            match tree.kind(node) {
                "method_definition" if tree.has_token(node, "get") => found.push(self.returned(place(node), inside)),
                "method_definition" if tree.has_token(node, "set") => {}
                "method_definition" => found.push(Thing::Function(place(node), inside.clone())),
                _ => {
                    if let Some(value) = tree.field(node, "value") {
                        found.push(self.evaluate(place(value), inside));
                    }
                    types.extend(tree.field(node, "type").map(place));
                }
            }
        }
        if let Some(constructor) = constructor(tree, class.node) {
            let function = Place {
                node: constructor,
                ..class
            };
            for (position, parameter) in scopes::parameters(tree, constructor).into_iter().enumerate() {
                let property = is_property(tree, parameter)
                    && tree
                        .field(parameter, "pattern")
                        .is_some_and(|pattern| tree.text(pattern) == name);
                if !property {
                    continue;
                }
                for thing in self.parameter(function, position, inside) {
                    found.push(match (thing, tree.field(parameter, "value")) {
                        (Thing::Nothing, Some(node)) => self.evaluate(Place { node, ..class }, inside),
                        (thing, _) => thing,
                    });
                }
            }
        }
        for &(property, value) in file.scopes.own_properties(class.node) {
            if tree.text(property) == name {
                found.push(self.evaluate(Place { node: value, ..class }, inside));
            }
        }
        if found.iter().all(|thing| !thing.is_known()) {
            for annotation in types {
                found.extend(Some(self.of_type(annotation)).filter(Thing::is_known));
            }
        }
        found
    }

    fn inherited_member(
        &mut self,
        class: Place,
        name: &str,
        inside: &Context,
        construction: &Context,
        object: &Thing,
    ) -> Option<Thing> {
        let tree = &self.file(class).tree;
        let base = Place {
            node: heritage(tree, class.node)?,
            ..class
        };
        let base = self.evaluate(base, &Context::default());
        let mut found = Vec::new();
        for one in base.alternatives() {
            found.push(match one {
                Thing::Class(base) if *base != class => {
                    let context = match construction.0.as_deref() {
                        None => Context::default(),
                        Some(frame) => {
                            let handed_on = match super_call(tree, class.node) {
                                Some(node) => self.arguments(Place { node, ..class }, inside),
                                None => frame.arguments.clone(),
                            };
                            match self.instance(*base, handed_on, &frame.outer) {
                                Thing::Instance(_, context) => context,
                                _ => Context::default(),
                            }
                        }
                    };
                    self.class_member(*base, name, &context, object)
                }
                Thing::Package(package) => {
                    let made = super::clients::constructed(package, &Arguments::default());
                    self.member(&made, name)
                }
                _ => Thing::Unknown,
            });
        }
        Some(Thing::any(found))
    }

    fn subclasses(&mut self, class: Place) -> Vec<Place> {
        let mut found = Vec::new();
        for (id, file) in self.program.files.iter().enumerate() {
            for node in file.tree.all().filter(|&node| file.tree.is(node, CLASSES)) {
                let Some(base) = heritage(&file.tree, node) else {
                    continue;
                };
                let base = self.evaluate(Place { file: id, node: base }, &Context::default());
                if base.alternatives().contains(&Thing::Class(class)) {
                    found.push(Place { file: id, node });
                }
            }
        }
        found
    }
}

/// The construction that is being looked into, where `this` stands in a constructor.
fn construction_of(context: &Context, tree: &Tree<'_>, class: Place) -> Context {
    let entry = constructor(tree, class.node);
    let mut context = context;
    while let Some(frame) = context.0.as_deref() {
        if frame.function.file == class.file && Some(frame.function.node) == entry {
            return context.clone();
        }
        context = &frame.outer;
    }
    Context::default()
}

fn members<'t>(tree: &'t Tree<'_>, class: Id) -> impl Iterator<Item = Id> + use<'t> {
    let body = tree.field(class, "body");
    body.into_iter().flat_map(|body| tree.children(body))
}

fn constructor(tree: &Tree<'_>, class: Id) -> Option<Id> {
    members(tree, class).find(|&member| {
        tree.kind(member) == "method_definition"
            && tree
                .field(member, "name")
                .is_some_and(|name| tree.text(name) == "constructor")
    })
}

fn super_call(tree: &Tree<'_>, class: Id) -> Option<Id> {
    let constructor = constructor(tree, class)?;
    tree.within(constructor).find(|&node| {
        tree.kind(node) == "call_expression"
            && tree
                .field(node, "function")
                .is_some_and(|function| tree.kind(function) == "super")
    })
}

/// Whether a parameter is a property too: `constructor(private readonly s3: S3Client)`.
fn is_property(tree: &Tree<'_>, parameter: Id) -> bool {
    tree.has_token(parameter, "readonly")
        || ["accessibility_modifier", "override_modifier"]
            .iter()
            .any(|modifier| tree.child_of_kind(parameter, modifier).is_some())
}
