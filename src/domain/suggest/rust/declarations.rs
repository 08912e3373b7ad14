//! What Rust files declare: modules, imports, types, functions, constants.

use super::Reader;
use crate::domain::suggest::syntax::{Expr, Function, Item, Node, Scope, ScopeId, Type};

/// A module that is being read.
struct Module<'t> {
    path: String,
    scope: ScopeId,
    items: Vec<Node<'t>>,
}

impl Reader {
    /// Reads all files: what they declare, what they import, then what stands in their functions.
    pub fn read(&mut self, files: &[(String, Node<'_>)]) {
        let mut modules = Vec::new();
        for (path, root) in files {
            self.module(path.clone(), root, &mut modules);
        }
        for module in &modules {
            self.enter_module(module);
            module.items.iter().for_each(|item| self.declare(item));
        }
        for module in &modules {
            self.enter_module(module);
            for item in &module.items {
                self.imports_in(item);
            }
        }
        for module in &modules {
            self.enter_module(module);
            module.items.iter().for_each(|item| self.supers(item));
        }
        for module in &modules {
            self.enter_module(module);
            module.items.iter().for_each(|item| self.item(item));
        }
    }

    fn enter_module(&mut self, module: &Module<'_>) {
        self.scope = module.scope;
        self.module.clone_from(&module.path);
    }

    fn module<'t>(&mut self, path: String, node: &Node<'t>, modules: &mut Vec<Module<'t>>) {
        self.modules.insert(path.clone());
        let scope = self.build.add_scope(Scope {
            own: vec![path.clone()],
            ..Scope::default()
        });
        let mut items = Vec::new();
        let mut is_test = false;
        for child in node.children() {
            match child.kind() {
                "attribute_item" => {
                    is_test |= child.text().replace(' ', "").starts_with("#[cfg(test)]");
                    continue;
                }
                "mod_item" if !is_test => {
                    if let (Some(name), Some(body)) = (child.field("name"), child.field("body")) {
                        if self.build.enter() {
                            self.module(format!("{path}::{}", name.text()), &body, modules);
                        }
                        self.build.leave();
                    }
                }
                _ if !is_test => items.push(child),
                _ => {}
            }
            is_test = false;
        }
        modules.push(Module { path, scope, items });
    }

    fn declare(&mut self, item: &Node<'_>) {
        let Some(name) = item.field("name") else { return };
        let path = format!("{}::{}", self.module, name.text());
        match item.kind() {
            "struct_item" | "enum_item" | "trait_item" | "union_item" => {
                self.build.add_type(path, self.scope);
            }
            "const_item" | "static_item" => {
                let declared = item.field("type").and_then(|kind| self.type_of(&kind));
                self.build.add_global(path, declared);
            }
            _ => {}
        }
    }

    /// Imports of a module, those inside of its functions too.
    fn imports_in(&mut self, item: &Node<'_>) {
        match item.kind() {
            "use_declaration" => {
                if let Some(argument) = item.field("argument") {
                    self.import("", &argument);
                }
            }
            "type_item" => {
                if let (Some(name), Some(kind)) = (item.field("name"), item.field("type"))
                    && let Some(kind) = self.type_of(&kind)
                {
                    let target = self.full(&kind.segments.join("::"));
                    self.alias(name.text(), target);
                }
            }
            "function_item" => {
                let body = item.field("body").map(|body| body.children()).unwrap_or_default();
                body.iter()
                    .filter(|child| child.kind() == "use_declaration")
                    .for_each(|child| self.imports_in(child));
            }
            _ => {}
        }
    }

    fn import(&mut self, before: &str, node: &Node<'_>) {
        let joined = |name: &str| {
            if before.is_empty() {
                name.to_owned()
            } else {
                format!("{before}::{name}")
            }
        };
        match node.kind() {
            "use_as_clause" => {
                if let (Some(path), Some(alias)) = (node.field("path"), node.field("alias")) {
                    self.alias(alias.text(), self.full(&joined(&plain(&path))));
                }
            }
            "use_list" => node.children().iter().for_each(|child| self.import(before, child)),
            "scoped_use_list" => {
                let path = node
                    .field("path")
                    .map_or_else(|| before.to_owned(), |path| joined(&plain(&path)));
                if self.build.enter()
                    && let Some(list) = node.field("list")
                {
                    self.import(&path, &list);
                }
                self.build.leave();
            }
            "use_wildcard" => {
                let inner = node.children().first().map_or_else(String::new, plain);
                let path = self.full(&joined(&inner));
                let scope = &mut self.build.program.scopes[self.scope];
                if path.starts_with("aws_sdk_") {
                    scope.library_globs.push(path);
                } else {
                    scope.globs.push(path);
                }
            }
            "self" => {
                let name = before.rsplit("::").next().unwrap_or(before).to_owned();
                self.alias(&name, self.full(before));
            }
            _ => {
                let path = joined(&plain(node));
                let name = path.rsplit("::").next().unwrap_or(&path).to_owned();
                self.alias(&name, self.full(&path));
            }
        }
    }

    fn alias(&mut self, name: &str, target: String) {
        let path = format!("{}::{name}", self.module);
        if path != target {
            self.build.program.items.entry(path).or_insert(Item::Alias(target));
        }
    }

    /// A path from its crate on.
    pub fn full(&self, path: &str) -> String {
        let root = self.module.split("::").next().unwrap_or("crate");
        let (first, rest) = path.split_once("::").unwrap_or((path, ""));
        let below = |module: &str| {
            if rest.is_empty() {
                module.to_owned()
            } else {
                format!("{module}::{rest}")
            }
        };
        match first {
            "crate" => below(root),
            "self" => below(&self.module),
            "super" => {
                let parent = self.module.rsplit_once("::").map_or(root, |(parent, _)| parent);
                let mut module = parent;
                let mut path = rest;
                while let Some(more) = path.strip_prefix("super::") {
                    module = module.rsplit_once("::").map_or(root, |(parent, _)| parent);
                    path = more;
                }
                if path.is_empty() {
                    module.to_owned()
                } else {
                    format!("{module}::{path}")
                }
            }
            _ => {
                let items = &self.build.program.items;
                let own = format!("{}::{first}", self.module);
                if let Some(Item::Alias(target)) = items.get(&own) {
                    return below(target);
                }
                let is_module = |path: &str| items.contains_key(path) || self.modules.contains(path);
                if first != self.module && is_module(&own) {
                    return below(&own);
                }
                // A program names the library beside it by the package's name, which is not known here.
                let beside = format!("{root}::{rest}");
                if !first.starts_with("aws_") && !rest.is_empty() && !is_module(first) && items.contains_key(&beside) {
                    return beside;
                }
                path.to_owned()
            }
        }
    }

    fn supers(&mut self, item: &Node<'_>) {
        if item.kind() != "impl_item" {
            return;
        }
        let implemented = item.field("trait").and_then(|base| self.type_of(&base));
        let own = item.field("type").and_then(|kind| self.type_of(&kind));
        if let (Some(base), Some(own)) = (implemented, own) {
            let path = self.full(&own.segments.join("::"));
            if let Some(own) = self.build.program.types.get_mut(&path) {
                own.supers.push(base);
            }
        }
    }

    fn item(&mut self, item: &Node<'_>) {
        match item.kind() {
            "struct_item" => self.fields(item),
            "const_item" | "static_item" => {
                let name = item.field("name").map_or("", |name| name.text());
                let path = format!("{}::{name}", self.module);
                if let (Some(Item::Variable(variable)), Some(value)) =
                    (self.build.program.items.get(&path), item.field("value"))
                {
                    let variable = *variable;
                    let value = self.expression(&value);
                    self.build.assign(variable, value);
                }
            }
            "function_item" => {
                let module = self.module.clone();
                self.function(item, &module, None);
            }
            "impl_item" => {
                if let Some(kind) = item.field("type").and_then(|kind| self.type_of(&kind)) {
                    let path = self.full(&kind.segments.join("::"));
                    self.methods(item, &path);
                }
            }
            "trait_item" => {
                let name = item.field("name").map_or("", |name| name.text());
                self.methods(item, &format!("{}::{name}", self.module));
            }
            _ => {}
        }
    }

    fn fields(&mut self, item: &Node<'_>) {
        let (Some(name), Some(body)) = (item.field("name"), item.field("body")) else {
            return;
        };
        let path = format!("{}::{}", self.module, name.text());
        if body.kind() == "ordered_field_declaration_list" {
            for (at, kind) in body.fields("type").iter().enumerate() {
                let declared = self.type_of(kind);
                self.build.add_field(&path, &at.to_string(), declared, None);
            }
        }
        for field in body.children() {
            if let (Some(name), Some(kind)) = (field.field("name"), field.field("type")) {
                let declared = self.type_of(&kind);
                self.build.add_field(&path, name.text(), declared, None);
            }
        }
    }

    fn methods(&mut self, item: &Node<'_>, path: &str) {
        self.own_type = Some(path.to_owned());
        for member in item.field("body").map(|body| body.children()).unwrap_or_default() {
            match member.kind() {
                "function_item" | "function_signature_item" => self.function(&member, path, Some(path)),
                "const_item" => {
                    let declared = member.field("type").and_then(|kind| self.type_of(&kind));
                    if let (Some(name), Some(value)) = (member.field("name"), member.field("value")) {
                        let variable = self.build.add_global(format!("{path}::{}", name.text()), declared);
                        let value = self.expression(&value);
                        self.build.assign(variable, value);
                    }
                }
                _ => {}
            }
        }
        self.own_type = None;
    }

    fn function(&mut self, node: &Node<'_>, owner: &str, receiver: Option<&str>) {
        let Some(name) = node.field("name") else { return };
        let body = node.field("body");
        let function = Function {
            name: name.text().to_owned(),
            receiver: receiver.map(str::to_owned),
            result: node.field("return_type").and_then(|kind| self.type_of(&kind)),
            is_abstract: body.is_none(),
            ..Function::default()
        };
        self.build.begin(Some(format!("{owner}::{}", name.text())), function);
        self.parameters(node.field("parameters"));
        if let Some(body) = body {
            let value = self.block(&body);
            self.build.give(value);
        }
        self.build.end();
    }

    /// Parameters of a function or closure.
    pub fn parameters(&mut self, list: Option<Node<'_>>) {
        let mut bindings = Vec::new();
        for parameter in list.map(|list| list.children()).unwrap_or_default() {
            if matches!(parameter.kind(), "self_parameter" | "attribute_item") {
                continue;
            }
            let declared = parameter.field("type").and_then(|kind| self.type_of(&kind));
            let pattern = parameter.field("pattern").unwrap_or(parameter);
            let name = match pattern.kind() {
                "identifier" => pattern.text(),
                _ => "_",
            };
            self.build.parameter(name, declared);
            if name == "_"
                && let Some(variable) = self.build.find("_")
            {
                bindings.push((pattern, variable));
            }
        }
        for (pattern, variable) in bindings {
            self.bind(&pattern, &Expr::Variable(variable).into());
        }
    }

    pub fn type_of(&self, node: &Node<'_>) -> Option<Type> {
        let named = |path: String, arguments: Vec<Type>| {
            Some(Type {
                scope: self.scope,
                segments: path.split("::").map(str::to_owned).collect(),
                arguments,
            })
        };
        match node.kind() {
            "type_identifier" | "scoped_type_identifier" | "identifier" | "scoped_identifier" => {
                named(self.named(&plain(node)), Vec::new())
            }
            "generic_type" => {
                let base = node.field("type")?;
                let list = node
                    .field("type_arguments")
                    .map(|list| list.children())
                    .unwrap_or_default();
                let arguments = list.iter().filter_map(|kind| self.type_of(kind)).collect();
                named(self.named(&plain(&base)), arguments)
            }
            "array_type" => named("Vec".to_owned(), vec![self.type_of(&node.field("element")?)?]),
            "reference_type" | "pointer_type" => self.type_of(&node.field("type")?),
            "dynamic_type" | "abstract_type" => self.type_of(&node.field("trait")?),
            "bounded_type" => node.children().iter().find_map(|part| self.type_of(part)),
            _ => None,
        }
    }

    /// A path with `Self`, `crate` and the like replaced.
    pub fn named(&self, path: &str) -> String {
        let (first, rest) = path.split_once("::").unwrap_or((path, ""));
        match (first, &self.own_type) {
            ("Self", Some(own)) if rest.is_empty() => own.clone(),
            ("Self", Some(own)) => format!("{own}::{rest}"),
            ("crate" | "self" | "super", _) => self.full(path),
            _ => path.to_owned(),
        }
    }
}

/// A path without type arguments.
pub fn plain(node: &Node<'_>) -> String {
    let mut path = String::new();
    let mut depth = 0_usize;
    for char in node.text().chars() {
        match char {
            '<' => depth += 1,
            '>' => depth = depth.saturating_sub(1),
            _ if depth == 0 && !char.is_whitespace() => path.push(char),
            _ => {}
        }
    }
    let path = path.replace("::::", "::");
    path.trim_matches(':').to_owned()
}
