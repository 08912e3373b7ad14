//! What Go files declare: imports, types, functions, package variables.

use std::collections::HashMap;
use std::rc::Rc;

use super::Reader;
use crate::domain::suggest::call::SourceFile;
use crate::domain::suggest::syntax::{Callee, Expr, Function, Item, Node, Scope, Type};

impl Reader {
    /// Reads all files: first what they declare, then what stands in their functions.
    pub fn read(&mut self, files: &[&SourceFile], roots: &[Node<'_>]) {
        for (file, root) in files.iter().zip(roots) {
            let name = root
                .child(&["package_clause"])
                .and_then(|clause| clause.child(&["package_identifier"]))
                .map_or_else(String::new, |name| name.text().to_owned());
            self.packages.insert(folder(&file.path).to_owned(), name);
        }
        let mut scopes = Vec::new();
        for (file, root) in files.iter().zip(roots) {
            self.package = format!("./{}", folder(&file.path));
            let imports = self.imports(root);
            self.scope = self.build.add_scope(Scope {
                own: vec![self.package.clone()],
                imports,
                ..Scope::default()
            });
            scopes.push((self.scope, self.package.clone()));
            for child in root.children() {
                match child.kind() {
                    "type_declaration" => self.type_declaration(&child),
                    "var_declaration" | "const_declaration" => self.globals(&child),
                    _ => {}
                }
            }
        }
        for (root, (scope, package)) in roots.iter().zip(scopes) {
            (self.scope, self.package) = (scope, package);
            for child in root.children() {
                match child.kind() {
                    "function_declaration" => self.function(&child),
                    "method_declaration" => self.method(&child),
                    "var_declaration" | "const_declaration" => self.initial_values(&child),
                    _ => {}
                }
            }
        }
    }

    fn imports(&self, root: &Node<'_>) -> HashMap<String, String> {
        let mut imports = HashMap::new();
        for declaration in root
            .children()
            .iter()
            .filter(|child| child.kind() == "import_declaration")
        {
            let list = declaration.child(&["import_spec_list"]);
            for spec in list.as_ref().unwrap_or(declaration).children() {
                let Some(path) = spec.field("path") else { continue };
                let path = path.text().trim_matches(['"', '`']);
                let (name, target) = self.own_package(path).map_or_else(
                    || (package_name(path).to_owned(), path.to_owned()),
                    |(folder, name)| (name.clone(), format!("./{folder}")),
                );
                let name = spec.field("name").map_or(name, |alias| alias.text().to_owned());
                imports.insert(name, target);
            }
        }
        imports
    }

    /// The folder of this project that an import path ends with; the module's own name is not known.
    fn own_package(&self, path: &str) -> Option<(&String, &String)> {
        if path.starts_with("github.com/aws/") {
            return None;
        }
        self.packages
            .iter()
            .filter(|(folder, _)| {
                !folder.is_empty()
                    && path
                        .strip_suffix(folder.as_str())
                        .is_some_and(|rest| rest.ends_with('/'))
            })
            .max_by_key(|(folder, _)| folder.len())
    }

    fn type_declaration(&mut self, declaration: &Node<'_>) {
        for spec in declaration.children() {
            let (Some(name), Some(kind)) = (spec.field("name"), spec.field("type")) else {
                continue;
            };
            let path = format!("{}::{}", self.package, name.text());
            match kind.kind() {
                "struct_type" => self.fields(&path, &kind),
                "interface_type" => self.interface(&path, &kind),
                "qualified_type" if spec.kind() == "type_alias" => {
                    if let (Some(package), Some(name)) = (kind.field("package"), kind.field("name"))
                        && let Some(package) = self.build.program.scopes[self.scope].imports.get(package.text())
                    {
                        let target = format!("{package}::{}", name.text());
                        self.build.program.items.insert(path, Item::Alias(target));
                    }
                }
                _ => {
                    self.build.add_type(path, self.scope);
                }
            }
        }
    }

    fn fields(&mut self, path: &str, kind: &Node<'_>) {
        self.build.add_type(path.to_owned(), self.scope);
        let list = kind.child(&["field_declaration_list"]);
        for field in list.iter().flat_map(Node::children) {
            let Some(kind) = field.field("type") else { continue };
            let declared = self.type_of(&kind);
            let names = field.fields("name");
            if names.is_empty()
                && let Some(base) = declared.clone()
            {
                let name = base.segments.last().cloned().unwrap_or_default();
                self.build.add_field(path, &name, Some(base.clone()), None);
                if let Some(own) = self.build.program.types.get_mut(path) {
                    own.supers.push(base);
                }
            }
            let variable = field.field("tag").and_then(|tag| environment_of(tag.text()));
            for name in names {
                let value = variable.as_ref().map(|variable| {
                    Expr::Call(Box::new(Callee {
                        function: Expr::Path(self.scope, vec!["os::Getenv".to_owned()]),
                        arguments: vec![Expr::Text(variable.clone())],
                        origin: name.origin(),
                    }))
                });
                self.build.add_field(path, name.text(), declared.clone(), value);
            }
        }
    }

    fn interface(&mut self, path: &str, kind: &Node<'_>) {
        self.build.add_type(path.to_owned(), self.scope);
        for element in kind.children() {
            if let Some(name) = element.field("name") {
                let result = element.field("result").and_then(|result| self.result_of(&result));
                let function = Function {
                    name: name.text().to_owned(),
                    receiver: Some(path.to_owned()),
                    result,
                    is_abstract: true,
                    ..Function::default()
                };
                self.build.begin(Some(format!("{path}::{}", name.text())), function);
                if let Some(parameters) = element.field("parameters") {
                    self.parameters(&parameters);
                }
                self.build.end();
            } else {
                let bases: Vec<Type> = element
                    .children()
                    .iter()
                    .filter_map(|base| self.type_of(base))
                    .collect();
                if let Some(own) = self.build.program.types.get_mut(path) {
                    own.supers.extend(bases);
                }
            }
        }
    }

    fn globals(&mut self, declaration: &Node<'_>) {
        for spec in specs(declaration) {
            let declared = spec.field("type").and_then(|kind| self.type_of(&kind));
            for name in spec.fields("name") {
                let path = format!("{}::{}", self.package, name.text());
                self.build.add_global(path, declared.clone());
            }
        }
    }

    fn initial_values(&mut self, declaration: &Node<'_>) {
        for spec in specs(declaration) {
            let names = spec.fields("name");
            let values = self.values_for(spec.field("value").as_ref(), names.len());
            for (name, value) in names.iter().zip(values) {
                let path = format!("{}::{}", self.package, name.text());
                if let Some(Item::Variable(variable)) = self.build.program.items.get(&path) {
                    let variable = *variable;
                    self.build.assign(variable, value);
                }
            }
        }
    }

    /// One value for each of several names: its own, or its part of the only one.
    pub fn values_for(&mut self, list: Option<&Node<'_>>, names: usize) -> Vec<Rc<Expr>> {
        let values: Vec<Rc<Expr>> = list
            .map(Node::children)
            .unwrap_or_default()
            .iter()
            .map(|value| Rc::new(self.expression(value)))
            .collect();
        match values.as_slice() {
            [only] if names > 1 => (0..names).map(|at| Rc::new(Expr::Nth(only.clone(), at))).collect(),
            _ => values,
        }
    }

    fn function(&mut self, node: &Node<'_>) {
        let Some(name) = node.field("name") else { return };
        let result = node.field("result").and_then(|result| self.result_of(&result));
        let path = format!("{}::{}", self.package, name.text());
        let function = Function {
            name: name.text().to_owned(),
            result,
            ..Function::default()
        };
        // A package may have any number of `init`; none of them can be called.
        self.build.begin((name.text() != "init").then_some(path), function);
        self.body(node);
        self.build.end();
    }

    fn method(&mut self, node: &Node<'_>) {
        let (Some(name), Some(receiver)) = (node.field("name"), node.field("receiver")) else {
            return;
        };
        let Some(receiver) = receiver.child(&["parameter_declaration"]) else {
            return;
        };
        let declared = receiver.field("type").and_then(|kind| self.type_of(&kind));
        let Some(own) = declared.as_ref().and_then(|own| own.segments.last()) else {
            return;
        };
        let owner = format!("{}::{own}", self.package);
        let result = node.field("result").and_then(|result| self.result_of(&result));
        let function = Function {
            name: name.text().to_owned(),
            receiver: Some(owner.clone()),
            result,
            ..Function::default()
        };
        self.build.begin(Some(format!("{owner}::{}", name.text())), function);
        if let Some(own) = receiver.field("name") {
            let variable = self.build.declare(own.text(), declared);
            self.build.assign(variable, Expr::This);
        }
        self.body(node);
        self.build.end();
    }

    /// Parameters, named results and statements of a function that has begun.
    pub fn body(&mut self, node: &Node<'_>) {
        if let Some(parameters) = node.field("parameters") {
            self.parameters(&parameters);
        }
        let mut results = Vec::new();
        if let Some(list) = node.field("result").filter(|result| result.kind() == "parameter_list") {
            for result in list.children() {
                let declared = result.field("type").and_then(|kind| self.type_of(&kind));
                for name in result.fields("name") {
                    results.push(self.build.declare(name.text(), declared.clone()));
                }
            }
        }
        self.results.push(results);
        if let Some(body) = node.field("body") {
            self.statements(&body);
        }
        self.results.pop();
    }

    fn parameters(&mut self, list: &Node<'_>) {
        for parameter in list.children() {
            let mut declared = parameter.field("type").and_then(|kind| self.type_of(&kind));
            if parameter.kind() == "variadic_parameter_declaration" {
                declared = declared.map(|item| self.list_of(item));
            }
            let names = parameter.fields("name");
            if names.is_empty() {
                self.build.parameter("_", declared.clone());
            }
            for name in names {
                self.build.parameter(name.text(), declared.clone());
            }
        }
    }

    /// The first result, which is what the others accompany.
    pub fn result_of(&mut self, result: &Node<'_>) -> Option<Type> {
        if result.kind() == "parameter_list" {
            return result
                .children()
                .first()
                .and_then(|first| first.field("type"))
                .and_then(|kind| self.type_of(&kind));
        }
        self.type_of(result)
    }

    pub fn type_of(&mut self, node: &Node<'_>) -> Option<Type> {
        match node.kind() {
            "type_identifier" => Some(self.named(vec![node.text().to_owned()])),
            "qualified_type" => {
                let (package, name) = (node.field("package")?, node.field("name")?);
                Some(self.named(vec![package.text().to_owned(), name.text().to_owned()]))
            }
            "pointer_type" | "parenthesized_type" | "type_elem" => self.type_of(node.children().first()?),
            "generic_type" => self.type_of(&node.field("type")?),
            "slice_type" | "array_type" | "implicit_length_array_type" => {
                let item = self.type_of(&node.field("element")?)?;
                Some(self.list_of(item))
            }
            "map_type" | "channel_type" => {
                let item = self.type_of(&node.field("value")?)?;
                Some(self.list_of(item))
            }
            "struct_type" | "interface_type" => {
                self.unnamed += 1;
                let name = format!("#{}", self.unnamed);
                let path = format!("{}::{name}", self.package);
                if node.kind() == "struct_type" {
                    self.fields(&path, node);
                } else {
                    self.interface(&path, node);
                }
                Some(self.named(vec![name]))
            }
            _ => None,
        }
    }

    fn named(&self, segments: Vec<String>) -> Type {
        Type {
            scope: self.scope,
            segments,
            arguments: Vec::new(),
        }
    }

    fn list_of(&self, item: Type) -> Type {
        Type {
            arguments: vec![item],
            ..self.named(vec!["[]".to_owned()])
        }
    }
}

/// The specifications of a `var` or `const`, one or a list.
pub fn specs<'t>(declaration: &Node<'t>) -> Vec<Node<'t>> {
    declaration
        .children()
        .into_iter()
        .flat_map(|child| match child.kind() {
            "var_spec_list" => child.children(),
            _ => vec![child],
        })
        .collect()
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The name of a package by its path: the last segment that is no version.
fn package_name(path: &str) -> &str {
    let is_version = |segment: &str| {
        segment.len() > 1 && segment.starts_with('v') && segment[1..].bytes().all(|b| b.is_ascii_digit())
    };
    path.rsplit('/').find(|segment| !is_version(segment)).unwrap_or(path)
}

/// The environment variable that a field is filled from by libraries such as caarlos0/env and
/// kelseyhightower/envconfig: `env:"TABLE,required"`, `envconfig:"TABLE"`.
fn environment_of(tag: &str) -> Option<String> {
    let mut rest = tag.trim_matches('`');
    loop {
        let (key, after) = rest.split_once(":\"")?;
        let (value, after) = after.split_once('"')?;
        if matches!(key.trim(), "env" | "envconfig") {
            let name = value.split(',').next()?.trim();
            return (!name.is_empty()).then(|| name.to_owned());
        }
        rest = after;
    }
}
