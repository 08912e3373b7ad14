//! What Java files declare: imports, classes, records, enums, fields, methods.

use std::collections::{HashMap, HashSet};

use super::Reader;
use crate::domain::suggest::syntax::{Callee, Expr, Function, Item, Node, Scope, ScopeId, Type};

const CLASSES: &[&str] = &[
    "class_declaration",
    "record_declaration",
    "enum_declaration",
    "interface_declaration",
];

/// Names of the JDK that no package of an SDK means.
const JDK: &[&str] = &[
    "String",
    "System",
    "Map",
    "HashMap",
    "TreeMap",
    "List",
    "ArrayList",
    "Optional",
    "Objects",
    "Object",
    "Integer",
    "Long",
    "Boolean",
    "Collections",
    "Arrays",
    "Set",
    "HashSet",
    "Supplier",
    "Function",
    "Path",
    "Paths",
    "Files",
    "Collectors",
    "Stream",
    "CompletableFuture",
    "Iterable",
    "Iterator",
    "Collection",
    "AtomicReference",
];

/// A class, where it stands, and what names mean there.
struct Class<'t> {
    node: Node<'t>,
    path: String,
    scope: ScopeId,
}

impl Reader {
    /// Reads all files: first what they declare, then what stands in their methods.
    pub fn read(&mut self, roots: &[Node<'_>]) {
        let packages: HashSet<String> = roots.iter().map(package_of).collect();
        let mut classes = Vec::new();
        for root in roots {
            let package = package_of(root);
            let mut scope = imports(root, &packages);
            scope.own = vec![package.clone()];
            for child in root.children() {
                self.classes(child, &package, &scope, &mut classes);
            }
        }
        for class in &classes {
            self.declare_members(class);
        }
        for class in &classes {
            self.read_members(class);
        }
    }

    fn classes<'t>(&mut self, node: Node<'t>, outer: &str, around: &Scope, classes: &mut Vec<Class<'t>>) {
        let (true, Some(name)) = (CLASSES.contains(&node.kind()), node.field("name")) else {
            return;
        };
        let path = format!("{outer}::{}", name.text());
        let mut names = around.clone();
        names.own.insert(0, path.clone());
        let scope = self.build.add_scope(names.clone());
        self.build.add_type(path.clone(), scope);
        classes.push(Class {
            node,
            path: path.clone(),
            scope,
        });
        if !self.build.enter() {
            self.build.leave();
            return;
        }
        for member in members(&node) {
            self.classes(member, &path, &names, classes);
        }
        self.build.leave();
    }

    fn declare_members(&mut self, class: &Class<'_>) {
        (self.scope, self.class) = (class.scope, class.path.clone());
        let bases = [
            class.node.field("superclass"),
            class.node.field("interfaces"),
            class.node.child(&["extends_interfaces"]),
        ];
        let supers: Vec<Type> = bases
            .iter()
            .flatten()
            .flat_map(Node::children)
            .flat_map(|base| match base.kind() {
                "type_list" => base.children(),
                _ => vec![base],
            })
            .filter_map(|base| self.type_of(&base))
            .collect();
        if let Some(own) = self.build.program.types.get_mut(&class.path) {
            own.supers = supers;
        }
        for (name, declared) in self.record_parts(&class.node) {
            self.field(&name, declared);
        }
        for member in members(&class.node) {
            match member.kind() {
                "field_declaration" | "constant_declaration" => {
                    let declared = member.field("type").and_then(|kind| self.type_of(&kind));
                    for declarator in member.fields("declarator") {
                        if let Some(name) = declarator.field("name") {
                            self.field(name.text(), declared.clone());
                        }
                    }
                }
                "enum_constant" => {
                    if let Some(name) = member.field("name") {
                        let own = self.own_type();
                        self.field(name.text(), Some(own));
                    }
                }
                _ => {}
            }
        }
    }

    fn field(&mut self, name: &str, declared: Option<Type>) {
        let class = self.class.clone();
        self.build.add_field(&class, name, declared, None);
        self.build.program.items.insert(format!("{class}::{name}"), Item::Field);
    }

    fn read_members(&mut self, class: &Class<'_>) {
        (self.scope, self.class) = (class.scope, class.path.clone());
        self.record(&class.node);
        let is_interface = class.node.kind() == "interface_declaration";
        for member in members(&class.node) {
            match member.kind() {
                "field_declaration" | "constant_declaration" => {
                    for declarator in member.fields("declarator") {
                        if let (Some(name), Some(value)) = (declarator.field("name"), declarator.field("value")) {
                            let value = self.expression(&value);
                            self.initial_value(name.text(), value);
                        }
                    }
                }
                "enum_constant" => {
                    if let Some(name) = member.field("name") {
                        let arguments = member
                            .field("arguments")
                            .map(|list| list.children())
                            .unwrap_or_default();
                        let value = Expr::Call(Box::new(Callee {
                            function: Expr::Path(self.scope, vec![self.class.clone(), "new".to_owned()]),
                            arguments: arguments.iter().map(|argument| self.expression(argument)).collect(),
                            origin: name.origin(),
                        }));
                        self.initial_value(name.text(), value);
                    }
                }
                "method_declaration" => self.method(&member, is_interface),
                "constructor_declaration" | "compact_constructor_declaration" => self.constructor(&member),
                "static_initializer" | "block" => {
                    let function = self.function("", None);
                    self.build.begin(None, function);
                    self.statements(&member);
                    self.build.end();
                }
                _ => {}
            }
        }
    }

    fn initial_value(&mut self, name: &str, value: Expr) {
        if let Some(field) = self
            .build
            .program
            .types
            .get_mut(&self.class)
            .and_then(|own| own.fields.get_mut(name))
        {
            field.values.push(value);
        }
    }

    fn method(&mut self, node: &Node<'_>, is_interface: bool) {
        let Some(name) = node.field("name") else { return };
        let result = node.field("type").and_then(|kind| self.type_of(&kind));
        let body = node.field("body");
        let mut function = self.function(name.text(), result);
        function.is_abstract = body.is_none() && (is_interface || node.child(&["modifiers"]).is_some());
        self.build
            .begin(Some(format!("{}::{}", self.class, name.text())), function);
        self.parameters(node.field("parameters"));
        if let Some(body) = body {
            self.statements(&body);
        }
        self.build.end();
    }

    fn constructor(&mut self, node: &Node<'_>) {
        let own = self.own_type();
        let function = self.function("new", Some(own.clone()));
        self.build.begin(Some(format!("{}::new", self.class)), function);
        self.parameters(node.field("parameters"));
        self.set = Vec::new();
        if let Some(body) = node.field("body") {
            self.statements(&body);
        }
        let set = std::mem::take(&mut self.set);
        self.build.give(Expr::New(own, set));
        self.build.end();
    }

    /// A record's constructor and its accessors.
    fn record(&mut self, node: &Node<'_>) {
        let parts = self.record_parts(node);
        if parts.is_empty() {
            return;
        }
        let own = self.own_type();
        let function = self.function("new", Some(own.clone()));
        self.build.begin(Some(format!("{}::new", self.class)), function);
        let mut fields = Vec::new();
        for (name, declared) in &parts {
            self.build.parameter(name, declared.clone());
            if let Some(variable) = self.build.find(name) {
                fields.push((name.clone(), Expr::Variable(variable)));
            }
        }
        self.build.give(Expr::New(own, fields));
        self.build.end();
        for (name, declared) in parts {
            let function = self.function(&name, declared);
            self.build.begin(Some(format!("{}::{name}", self.class)), function);
            self.build.give(Expr::Field(Expr::This.into(), name));
            self.build.end();
        }
    }

    fn record_parts(&self, node: &Node<'_>) -> Vec<(String, Option<Type>)> {
        if node.kind() != "record_declaration" {
            return Vec::new();
        }
        let list = node.field("parameters").map(|list| list.children()).unwrap_or_default();
        list.iter()
            .filter_map(|part| {
                let declared = part.field("type").and_then(|kind| self.type_of(&kind));
                Some((part.field("name")?.text().to_owned(), declared))
            })
            .collect()
    }

    fn function(&self, name: &str, result: Option<Type>) -> Function {
        Function {
            name: name.to_owned(),
            receiver: Some(self.class.clone()),
            result,
            ..Function::default()
        }
    }

    /// The parameters of a method, constructor or lambda.
    pub fn parameters(&mut self, list: Option<Node<'_>>) {
        let Some(list) = list else { return };
        if list.kind() == "identifier" {
            self.build.parameter(list.text(), None);
        }
        for parameter in list.children() {
            match parameter.kind() {
                "identifier" => self.build.parameter(parameter.text(), None),
                "formal_parameter" => {
                    let declared = parameter.field("type").and_then(|kind| self.type_of(&kind));
                    let name = parameter.field("name").map_or("_", |name| name.text());
                    self.build.parameter(name, declared);
                }
                "spread_parameter" => {
                    let name = parameter
                        .child(&["variable_declarator"])
                        .and_then(|declarator| declarator.field("name"));
                    self.build.parameter(name.map_or("_", |name| name.text()), None);
                }
                _ => {}
            }
        }
    }

    fn own_type(&self) -> Type {
        Type {
            scope: self.scope,
            segments: vec![self.class.clone()],
            arguments: Vec::new(),
        }
    }

    pub fn type_of(&self, node: &Node<'_>) -> Option<Type> {
        let named = |segments: Vec<String>, arguments: Vec<Type>| {
            Some(Type {
                scope: self.scope,
                segments,
                arguments,
            })
        };
        match node.kind() {
            "type_identifier" if node.text() == "var" => None,
            "type_identifier" | "identifier" => named(vec![node.text().to_owned()], Vec::new()),
            "scoped_type_identifier" | "scoped_identifier" => named(
                node.text().split('.').map(|part| part.trim().to_owned()).collect(),
                Vec::new(),
            ),
            "generic_type" => {
                let base = node.children().first().and_then(|base| self.type_of(base))?;
                let list = node
                    .child(&["type_arguments"])
                    .map(|list| list.children())
                    .unwrap_or_default();
                named(
                    base.segments,
                    list.iter().filter_map(|kind| self.type_of(kind)).collect(),
                )
            }
            "array_type" => named(vec!["[]".to_owned()], vec![self.type_of(&node.field("element")?)?]),
            "annotated_type" | "wildcard" => node.children().last().and_then(|inner| self.type_of(inner)),
            _ => None,
        }
    }
}

/// What stands in the braces of a class.
fn members<'t>(class: &Node<'t>) -> Vec<Node<'t>> {
    let body = class.field("body").map(|body| body.children()).unwrap_or_default();
    body.into_iter()
        .flat_map(|member| match member.kind() {
            "enum_body_declarations" => member.children(),
            _ => vec![member],
        })
        .collect()
}

fn package_of(root: &Node<'_>) -> String {
    root.child(&["package_declaration"])
        .and_then(|declaration| declaration.child(&["scoped_identifier", "identifier"]))
        .map_or_else(|| "app".to_owned(), |name| name.text().replace('.', "::"))
}

fn imports(root: &Node<'_>, packages: &HashSet<String>) -> Scope {
    let jdk = JDK.iter().map(|name| ((*name).to_owned(), (*name).to_owned()));
    let mut scope = Scope {
        imports: jdk.collect::<HashMap<_, _>>(),
        ..Scope::default()
    };
    for declaration in root
        .children()
        .iter()
        .filter(|child| child.kind() == "import_declaration")
    {
        let Some(name) = declaration.child(&["scoped_identifier", "identifier"]) else {
            continue;
        };
        let path = name.text().replace('.', "::");
        let is_jdk = path.starts_with("java::");
        if declaration.child(&["asterisk"]).is_none() {
            let last = path.rsplit("::").next().unwrap_or(&path).to_owned();
            if !(is_jdk && JDK.contains(&last.as_str())) {
                scope.imports.insert(last, path);
            }
        } else if path.starts_with("software::amazon::awssdk") || path.starts_with("com::amazonaws") {
            scope.library_globs.push(path);
        } else if packages.contains(&path) || declaration.has_token("static") {
            scope.globs.push(path);
        }
    }
    scope
}
