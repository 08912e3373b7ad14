//! Names to things: bindings and what is added to them, imports, exports, and `process`.

use std::rc::Rc;

use super::super::call::Text;
use super::evaluate::{Reader, or_default, set};
use super::modules::{Export, FileId};
use super::scopes::{Addition, Binding, Imported, Name, Origin, Step};
use super::things::{Context, Place, Thing};

/// Whether a name is asked for its value or for its type: TypeScript keeps them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    Value,
    Type,
}

/// How a property's name may stand in `name.property = …` and `name["property"] = …`.
const WRITTEN: &[&str] = &["property_identifier", "string"];

impl Reader<'_, '_> {
    /// What a name stands for where it is used.
    pub fn name(&mut self, at: Place, name: &str, context: &Context) -> Thing {
        let file = self.file(at);
        match file.scopes.find(&file.tree, at.node, name) {
            Some(known) => self.bound(at.file, known, context, Sense::Value),
            None if name == "process" => Thing::package("process", []),
            None => Thing::Unknown,
        }
    }

    /// What a name stands for as a type.
    pub fn type_name(&mut self, at: Place, name: &str) -> Thing {
        let file = self.file(at);
        match file.scopes.find(&file.tree, at.node, name) {
            Some(known) => self.bound(at.file, known, &Context::default(), Sense::Type),
            None => Thing::Unknown,
        }
    }

    fn bound(&mut self, file: FileId, name: &Name, context: &Context, sense: Sense) -> Thing {
        let mut things = Vec::new();
        for binding in &name.bindings {
            things.extend(self.binding(file, binding, context, sense));
        }
        let thing = Thing::any(things);
        if name.additions.is_empty() {
            return thing;
        }
        self.with_additions(file, thing, &name.additions, context)
    }

    fn binding(&mut self, file: FileId, binding: &Binding, context: &Context, sense: Sense) -> Vec<Thing> {
        let place = |node| Place { file, node };
        let origins = match &binding.origin {
            Origin::Declaration(node) => {
                let is_type = matches!(
                    self.program.files[file].tree.kind(*node),
                    "interface_declaration" | "type_alias_declaration"
                );
                match (is_type, sense) {
                    (true, Sense::Type) => vec![self.declared_type(place(*node))],
                    (true, Sense::Value) => Vec::new(),
                    (false, _) => vec![self.evaluate(place(*node), context)],
                }
            }
            Origin::Import { source, name } => vec![self.imported(file, source, name, sense)],
            Origin::Parameter { function, position } if sense == Sense::Value => {
                self.parameter(place(*function), *position, context)
            }
            Origin::Expression(node) if sense == Sense::Value => vec![self.evaluate(place(*node), context)],
            Origin::ElementOf(node) if sense == Sense::Value => vec![self.evaluate(place(*node), context).element()],
            Origin::Parameter { .. } | Origin::Expression(_) | Origin::ElementOf(_) => Vec::new(),
        };
        origins
            .into_iter()
            .map(|origin| {
                binding
                    .path
                    .iter()
                    .fold(origin, |thing, step| self.step(file, &thing, step, context))
            })
            .collect()
    }

    fn step(&mut self, file: FileId, thing: &Thing, step: &Step, context: &Context) -> Thing {
        match step {
            Step::Property(name) => self.member(thing, name),
            Step::Position(position) => self.subscript(thing, &Thing::literal(position.to_string())),
            Step::Default(node) => or_default(thing, || self.evaluate(Place { file, node: *node }, context)),
        }
    }

    /// A value with its `name.property = …` and `name.push(…)`.
    fn with_additions(&mut self, file: FileId, thing: Thing, additions: &[Addition], context: &Context) -> Thing {
        match thing {
            Thing::Object(properties) => {
                let mut properties = properties.as_ref().clone();
                for addition in additions {
                    let Addition::Property(name, value) = *addition else {
                        continue;
                    };
                    // What stands under a computed name is not told.
                    let tree = &self.program.files[file].tree;
                    let Some(written) = tree.property_name(name).filter(|_| tree.is(name, WRITTEN)) else {
                        continue;
                    };
                    let name = Text::literal(written);
                    let value = self.evaluate(Place { file, node: value }, context);
                    let old = properties
                        .iter()
                        .find(|(known, _)| *known == name)
                        .map(|(_, old)| old.clone());
                    let value = Thing::any(old.into_iter().chain([value]));
                    set(&mut properties, name, value);
                }
                Thing::Object(Rc::new(properties))
            }
            Thing::List(elements) => {
                let mut elements = elements.as_ref().clone();
                for addition in additions {
                    let Addition::Element(value) = *addition else { continue };
                    let tree = &self.program.files[file].tree;
                    let value = match tree.first(value).filter(|_| tree.kind(value) == "spread_element") {
                        Some(node) => self.evaluate(Place { file, node }, context).element(),
                        None => self.evaluate(Place { file, node: value }, context),
                    };
                    if !elements.contains(&value) {
                        elements.push(value);
                    }
                }
                Thing::list(elements)
            }
            other => other,
        }
    }

    fn imported(&mut self, file: FileId, source: &str, name: &Imported, sense: Sense) -> Thing {
        match (name, self.program.resolve(file, source)) {
            (Imported::Everything, _) => self.module(file, source),
            (Imported::Name(name), Some(target)) => self.exported_as(target, name, sense),
            (Imported::Name(name), None) => Thing::package(source, [name.clone()]),
        }
    }

    /// `require(source)`, and all that `import * as` gives.
    pub fn module(&mut self, file: FileId, source: &str) -> Thing {
        let Some(target) = self.program.resolve(file, source) else {
            return Thing::package(source, []);
        };
        let exports = &self.program.files[target].exports;
        if exports.whole.is_empty() || exports.names_any() {
            Thing::File(target)
        } else {
            self.whole(target)
        }
    }

    /// What stands behind `module.exports = …`.
    fn whole(&mut self, file: FileId) -> Thing {
        let values: Vec<Thing> = self.program.files[file]
            .exports
            .whole
            .iter()
            .map(|&node| self.evaluate(Place { file, node }, &Context::default()))
            .collect();
        Thing::any(values)
    }

    /// The value that a file exports under this name.
    pub fn exported(&mut self, file: FileId, name: &str) -> Thing {
        self.exported_as(file, name, Sense::Value)
    }

    fn exported_as(&mut self, file: FileId, name: &str, sense: Sense) -> Thing {
        let key = (file, name.to_owned());
        if self.exporting.contains(&key) {
            return Thing::Nothing;
        }
        self.exporting.push(key);
        let thing = self.look_up_export(file, name, sense);
        self.exporting.pop();
        thing
    }

    fn look_up_export(&mut self, file: FileId, name: &str, sense: Sense) -> Thing {
        let exporter = &self.program.files[file];
        let mut things = Vec::new();
        for export in exporter.exports.named(name) {
            things.push(match export {
                Export::Local(local) => match exporter.scopes.at_top(&exporter.tree, local) {
                    Some(known) => self.bound(file, known, &Context::default(), sense),
                    None => Thing::Unknown,
                },
                Export::Node(node) => self.evaluate(Place { file, node: *node }, &Context::default()),
                Export::From(source, Some(original)) => {
                    self.imported(file, source, &Imported::Name(original.clone()), sense)
                }
                Export::From(source, None) => self.module(file, source),
            });
        }
        if things.is_empty() && !exporter.exports.whole.is_empty() {
            let whole = self.whole(file);
            things.push(if name == "default" {
                whole
            } else {
                self.member(&whole, name)
            });
        }
        if things.is_empty() {
            things = self.re_exported(file, name, sense);
        }
        Thing::any(things)
    }

    /// What `export * from` passes on: of the project's own files first, since those tell what they export.
    fn re_exported(&mut self, file: FileId, name: &str, sense: Sense) -> Vec<Thing> {
        let sources = &self.program.files[file].exports.all_of;
        let (own, packages): (Vec<&String>, Vec<&String>) = sources
            .iter()
            .partition(|source| self.program.resolve(file, source).is_some());
        let mut found = Vec::new();
        for source in own {
            let thing = self.imported(file, source, &Imported::Name(name.to_owned()), sense);
            if thing != Thing::Nothing {
                found.push(thing);
            }
        }
        if found.is_empty() {
            let packaged = packages
                .into_iter()
                .map(|source| Thing::package(source, [name.to_owned()]));
            found.extend(packaged);
        }
        found
    }
}
