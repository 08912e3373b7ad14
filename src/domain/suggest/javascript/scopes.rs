//! What the names of a file stand for: every declaration, import and assignment, by the scope it is in.
//!
//! Nothing is evaluated here. A name may have several bindings (`let client; … client = new S3()`).

use std::collections::HashMap;

use super::syntax::{CLASSES, FUNCTIONS, Id, Tree};

/// Something that a name stands for, and the way into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    pub origin: Origin,
    /// For `const { a: [x] } = origin`: `.a`, then `[0]`.
    pub path: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Import {
        source: String,
        name: Imported,
    },
    Expression(Id),
    /// An element of what this stands for, as in `for (const x of list)`.
    ElementOf(Id),
    Parameter {
        function: Id,
        position: usize,
    },
    /// A function, a class, an enumeration or a type.
    Declaration(Id),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    Everything,
    Name(String),
}

/// A step from a value to a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Property(String),
    Position(usize),
    /// What is taken when there is nothing.
    Default(Id),
}

/// What is added to a value after its declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addition {
    /// `name.property = value` or `name[property] = value`, by the two nodes.
    Property(Id, Id),
    /// `name.push(value)`
    Element(Id),
}

/// All that is known of a name in its scope.
#[derive(Debug, Default)]
pub struct Name {
    pub bindings: Vec<Binding>,
    pub additions: Vec<Addition>,
}

/// The scopes of a file.
#[derive(Default)]
pub struct Scopes<'a> {
    names: HashMap<Id, HashMap<&'a str, Name>>,
    /// Class → the `this.property = value` of its methods.
    own_properties: HashMap<Id, Vec<(Id, Id)>>,
}

const SCOPES: &[&str] = &[
    "program",
    "statement_block",
    "for_statement",
    "for_in_statement",
    "catch_clause",
    "switch_body",
    "class_static_block",
    "function_declaration",
    "generator_function_declaration",
    "function_expression",
    "generator_function",
    "arrow_function",
    "method_definition",
];

impl<'a> Scopes<'a> {
    pub fn of(tree: &Tree<'a>) -> Self {
        let mut scopes = Self::default();
        for id in tree.all() {
            scopes.declare(tree, id);
        }
        // Assignments look for the declaration, which may stand below them.
        for id in tree.all() {
            scopes.assign(tree, id);
        }
        scopes
    }

    /// What a name stands for where it is used.
    pub fn find(&self, tree: &Tree<'a>, at: Id, name: &str) -> Option<&Name> {
        self.names.get(&self.scope_of_name(tree, at, name)?)?.get(name)
    }

    /// What a name stands for at the top of the file.
    pub fn at_top(&self, tree: &Tree<'a>, name: &str) -> Option<&Name> {
        self.names.get(&tree.root()?)?.get(name)
    }

    /// Property and value of every `this.property = value` in this class.
    pub fn own_properties(&self, class: Id) -> &[(Id, Id)] {
        self.own_properties.get(&class).map_or(&[], Vec::as_slice)
    }

    fn scope_of_name(&self, tree: &Tree<'a>, at: Id, name: &str) -> Option<Id> {
        std::iter::once(at)
            .chain(tree.ancestors(at))
            .find(|scope| self.names.get(scope).is_some_and(|names| names.contains_key(name)))
    }

    fn bind(&mut self, scope: Id, name: &'a str, origin: Origin, path: Vec<Step>) {
        let bindings = &mut self.names.entry(scope).or_default().entry(name).or_default().bindings;
        bindings.push(Binding { origin, path });
    }

    fn declare(&mut self, tree: &Tree<'a>, id: Id) {
        match tree.kind(id) {
            "import_statement" => self.import(tree, id),
            "variable_declarator" => {
                if let (Some(name), Some(value)) = (tree.field(id, "name"), tree.field(id, "value")) {
                    let hoisted = tree
                        .parent(id)
                        .is_some_and(|above| tree.kind(above) == "variable_declaration");
                    let scope = if hoisted {
                        function_scope(tree, id)
                    } else {
                        scope(tree, id)
                    };
                    self.pattern(tree, scope, name, &Origin::Expression(value), Vec::new());
                } else if let Some(name) = tree.field(id, "name").filter(|&name| tree.kind(name) == "identifier") {
                    // A declaration with no value makes the scope of the assignments that follow.
                    self.names
                        .entry(scope(tree, id))
                        .or_default()
                        .entry(tree.text(name))
                        .or_default();
                }
            }
            "for_in_statement" if tree.field(id, "kind").is_some() => {
                let each = tree
                    .field(id, "operator")
                    .is_some_and(|operator| tree.text(operator) == "of");
                if let (Some(left), Some(right), true) = (tree.field(id, "left"), tree.field(id, "right"), each) {
                    self.pattern(tree, id, left, &Origin::ElementOf(right), Vec::new());
                }
            }
            "function_declaration"
            | "generator_function_declaration"
            | "class_declaration"
            | "abstract_class_declaration"
            | "enum_declaration"
            | "interface_declaration"
            | "type_alias_declaration" => {
                if let Some(name) = tree.field(id, "name") {
                    let around = tree.parent(id).map_or(id, |above| scope(tree, above));
                    self.bind(around, tree.text(name), Origin::Declaration(id), Vec::new());
                }
            }
            "function_expression" | "generator_function" => {
                if let Some(name) = tree.field(id, "name") {
                    self.bind(id, tree.text(name), Origin::Declaration(id), Vec::new());
                }
            }
            _ => {}
        }
        if tree.is(id, FUNCTIONS) {
            for (position, parameter) in parameters(tree, id).into_iter().enumerate() {
                let pattern = tree.field(parameter, "pattern").unwrap_or(parameter);
                let origin = Origin::Parameter { function: id, position };
                let default = tree.field(parameter, "value").map(Step::Default);
                self.pattern(tree, id, pattern, &origin, default.into_iter().collect());
            }
        }
    }

    fn import(&mut self, tree: &Tree<'a>, id: Id) {
        let required = tree.child_of_kind(id, "import_require_clause");
        let holder = required.unwrap_or(id);
        let Some(source) = tree.field(holder, "source").and_then(|source| tree.string(source)) else {
            return;
        };
        let mut bind = |local: Id, name: Imported| {
            let source = source.clone();
            self.bind(
                scope(tree, id),
                tree.text(local),
                Origin::Import { source, name },
                Vec::new(),
            );
        };
        if let Some(local) = required.and_then(|clause| tree.child_of_kind(clause, "identifier")) {
            bind(local, Imported::Everything);
        }
        let Some(clause) = tree.child_of_kind(id, "import_clause") else {
            return;
        };
        for part in tree.children(clause) {
            match tree.kind(part) {
                "identifier" => bind(part, Imported::Name("default".to_owned())),
                "namespace_import" => {
                    if let Some(local) = tree.first(part) {
                        bind(local, Imported::Everything);
                    }
                }
                "named_imports" => {
                    for specifier in tree.children(part) {
                        let Some(name) = tree.field(specifier, "name") else {
                            continue;
                        };
                        let local = tree.field(specifier, "alias").unwrap_or(name);
                        if let Some(name) = tree.property_name(name) {
                            bind(local, Imported::Name(name));
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Binds every name of a pattern such as `{ a, b: [c = 1], ...rest }`.
    fn pattern(&mut self, tree: &Tree<'a>, scope: Id, pattern: Id, origin: &Origin, path: Vec<Step>) {
        let onward = |step: Step| path.iter().cloned().chain([step]).collect::<Vec<_>>();
        match tree.kind(pattern) {
            "identifier" | "shorthand_property_identifier_pattern" => {
                self.bind(scope, tree.text(pattern), origin.clone(), path);
            }
            "object_pattern" => {
                for part in tree.children(pattern) {
                    match tree.kind(part) {
                        "shorthand_property_identifier_pattern" => {
                            let step = onward(Step::Property(tree.text(part).to_owned()));
                            self.pattern(tree, scope, part, origin, step);
                        }
                        "object_assignment_pattern" => {
                            if let (Some(left), Some(right)) = (tree.field(part, "left"), tree.field(part, "right")) {
                                let mut steps = onward(Step::Property(tree.text(left).to_owned()));
                                steps.push(Step::Default(right));
                                self.pattern(tree, scope, left, origin, steps);
                            }
                        }
                        "pair_pattern" => {
                            let key = tree.field(part, "key").and_then(|key| tree.property_name(key));
                            if let (Some(key), Some(value)) = (key, tree.field(part, "value")) {
                                self.pattern(tree, scope, value, origin, onward(Step::Property(key)));
                            }
                        }
                        // The rest of an object holds at most what the object holds.
                        "rest_pattern" => self.rest(tree, scope, part, origin, path.clone()),
                        _ => {}
                    }
                }
            }
            "array_pattern" => {
                for (position, part) in tree.elements(pattern) {
                    self.pattern(tree, scope, part, origin, onward(Step::Position(position)));
                }
            }
            "assignment_pattern" => {
                if let (Some(left), Some(right)) = (tree.field(pattern, "left"), tree.field(pattern, "right")) {
                    self.pattern(tree, scope, left, origin, onward(Step::Default(right)));
                }
            }
            "rest_pattern" => self.rest(tree, scope, pattern, origin, path),
            _ => {}
        }
    }

    fn rest(&mut self, tree: &Tree<'a>, scope: Id, pattern: Id, origin: &Origin, path: Vec<Step>) {
        if let Some(inner) = tree.first(pattern) {
            self.pattern(tree, scope, inner, origin, path);
        }
    }

    fn assign(&mut self, tree: &Tree<'a>, id: Id) {
        match tree.kind(id) {
            "assignment_expression" | "augmented_assignment_expression" => {
                let (Some(left), Some(right)) = (tree.field(id, "left"), tree.field(id, "right")) else {
                    return;
                };
                match tree.kind(left) {
                    "identifier" => {
                        let name = tree.text(left);
                        if let Some(scope) = self.scope_of_name(tree, id, name) {
                            self.bind(scope, name, Origin::Expression(id), Vec::new());
                        }
                    }
                    "member_expression" | "subscript_expression" => self.assign_property(tree, id, left, right),
                    _ => {}
                }
            }
            "call_expression" => {
                let Some(callee) = tree.field(id, "function") else {
                    return;
                };
                let pushes = tree
                    .field(callee, "property")
                    .is_some_and(|name| matches!(tree.text(name), "push" | "unshift"));
                if let (true, Some(object), Some(arguments)) =
                    (pushes, tree.field(callee, "object"), tree.field(id, "arguments"))
                {
                    for argument in tree.children(arguments).collect::<Vec<_>>() {
                        self.add(tree, object, Addition::Element(argument));
                    }
                }
            }
            _ => {}
        }
    }

    fn assign_property(&mut self, tree: &Tree<'a>, id: Id, left: Id, right: Id) {
        let property = tree.field(left, "property").or_else(|| tree.field(left, "index"));
        let (Some(object), Some(property)) = (tree.field(left, "object"), property) else {
            return;
        };
        if tree.kind(object) == "this" {
            if let Some(class) = tree.enclosing(id, CLASSES) {
                self.own_properties.entry(class).or_default().push((property, right));
            }
        } else {
            self.add(tree, object, Addition::Property(property, right));
        }
    }

    fn add(&mut self, tree: &Tree<'a>, object: Id, addition: Addition) {
        if tree.kind(object) != "identifier" {
            return;
        }
        let name = tree.text(object);
        if let Some(scope) = self.scope_of_name(tree, object, name)
            && let Some(known) = self.names.get_mut(&scope).and_then(|names| names.get_mut(name))
        {
            known.additions.push(addition);
        }
    }
}

/// A function's parameters as they stand between its brackets.
pub fn parameters(tree: &Tree<'_>, function: Id) -> Vec<Id> {
    if let Some(only) = tree.field(function, "parameter") {
        return vec![only];
    }
    let Some(list) = tree.field(function, "parameters") else {
        return Vec::new();
    };
    tree.children(list)
        // TypeScript's `this: Type` is no parameter.
        .filter(|&parameter| {
            tree.field(parameter, "pattern")
                .is_none_or(|name| tree.kind(name) != "this")
        })
        .collect()
}

fn scope(tree: &Tree<'_>, id: Id) -> Id {
    std::iter::once(id)
        .chain(tree.ancestors(id))
        .find(|&above| tree.is(above, SCOPES))
        .unwrap_or(id)
}

fn function_scope(tree: &Tree<'_>, id: Id) -> Id {
    tree.ancestors(id)
        .find(|&above| tree.kind(above) == "program" || tree.is(above, FUNCTIONS))
        .unwrap_or(id)
}
