//! The project's names: which scope each belongs to, and everything that binds it.

use std::cell::OnceCell;
use std::collections::HashMap;

use tree_sitter::Node;

use super::modules::Modules;
use super::syntax::{Source, around, children, contains, field, text};

/// Deeper nesting than this no person writes.
const DEEPEST: usize = 1_000;

/// Everything that the files define.
pub(super) struct Project<'t> {
    pub sources: &'t [Source<'t>],
    pub modules: Modules,
    /// The first ones are those of the modules, in their order.
    pub scopes: Vec<Scope<'t>>,
    pub functions: Vec<Function<'t>>,
    pub classes: Vec<Class<'t>>,
    /// Every call, in the order of the files.
    pub calls: Vec<Site<'t>>,
    /// Last part of what is called → places in `calls`.
    pub calls_by_name: HashMap<&'t str, Vec<usize>>,
    /// The scopes of functions, classes, lambdas and comprehensions by their nodes.
    pub scope_of: HashMap<usize, usize>,
}

/// An expression, and where its names are looked up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site<'t> {
    pub node: Node<'t>,
    pub scope: usize,
}

pub(super) struct Scope<'t> {
    pub module: usize,
    pub parent: Option<usize>,
    pub kind: ScopeKind,
    pub names: HashMap<&'t str, Vec<Binding<'t>>>,
    /// `query["Limit"] = …`, `entries.append(…)`: what is put into a name's value.
    pub filled: HashMap<&'t str, Vec<Filling<'t>>>,
    /// Names of `global` and `nonlocal` statements.
    pub elsewhere: Vec<&'t str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    Function(usize),
    Class(usize),
    Comprehension,
}

pub(super) struct Function<'t> {
    pub name: &'t str,
    pub scope: usize,
    pub class: Option<usize>,
    pub decorators: Vec<&'t str>,
    pub parameters: Vec<Parameter<'t>>,
    /// What it returns or yields.
    pub returns: Vec<Node<'t>>,
    pub is_generator: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter<'t> {
    pub name: &'t str,
    pub stars: usize,
    pub default: Option<Node<'t>>,
    pub annotation: Option<Node<'t>>,
}

pub(super) struct Class<'t> {
    pub name: &'t str,
    pub scope: usize,
    pub bases: Vec<Site<'t>>,
    /// `self.name = …` in its methods.
    pub attributes: HashMap<&'t str, Vec<Binding<'t>>>,
    /// Names that are declared with a type only, as in a data class.
    pub fields: Vec<&'t str>,
}

/// Something that gives a name its value.
#[derive(Debug, Clone)]
pub(super) struct Binding<'t> {
    /// The whole statement.
    pub at: Node<'t>,
    pub how: How<'t>,
    /// The block that the statement stands in; a node's parents are searched for from the root, so once only.
    block: OnceCell<Option<Node<'t>>>,
}

impl<'t> Binding<'t> {
    fn new(at: Node<'t>, how: How<'t>) -> Self {
        let block = OnceCell::new();
        Self { at, how, block }
    }

    fn block(&self) -> Option<Node<'t>> {
        *self.block.get_or_init(|| around(self.at, &["block", "module"]))
    }
}

#[derive(Debug, Clone)]
pub(super) enum How<'t> {
    Assigned(Site<'t>),
    /// One of the elements of this, as in a loop.
    Element(Site<'t>),
    /// The element at this place.
    Part(Site<'t>, usize),
    Entered(Site<'t>),
    Imported {
        module: String,
        level: usize,
        name: Option<&'t str>,
    },
    Function(usize),
    Class(usize),
    Parameter(usize, usize),
    /// In a way that is not followed.
    Somehow,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Filling<'t> {
    Entry(Site<'t>, Site<'t>),
    Appended(Site<'t>),
    Updated(Site<'t>),
}

impl<'t> Project<'t> {
    pub fn new(sources: &'t [Source<'t>]) -> Self {
        let mut project = Self {
            sources,
            modules: Modules::new(&sources.iter().map(|source| source.file).collect::<Vec<_>>()),
            scopes: Vec::new(),
            functions: Vec::new(),
            classes: Vec::new(),
            calls: Vec::new(),
            calls_by_name: HashMap::new(),
            scope_of: HashMap::new(),
        };
        for module in 0..sources.len() {
            project.scopes.push(Scope::new(module, None, ScopeKind::Module));
        }
        for (module, source) in sources.iter().enumerate() {
            project.walk(source.tree.root_node(), module, 0);
        }
        project
    }

    pub fn text(&self, node: Node<'t>, scope: usize) -> &'t str {
        text(node, &self.sources[self.scopes[scope].module].file.text)
    }

    fn walk(&mut self, node: Node<'t>, scope: usize, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        match node.kind() {
            "function_definition" | "lambda" => return self.function(node, scope, depth),
            "class_definition" => return self.class(node, scope, depth),
            "list_comprehension" | "set_comprehension" | "dictionary_comprehension" | "generator_expression" => {
                return self.comprehension(node, scope, depth);
            }
            "assignment" => self.assignment(node, scope),
            "augmented_assignment" => self.augmented(node, scope),
            "named_expression" => {
                if let (Some(name), Some(value)) = (field(node, "name"), field(node, "value")) {
                    self.bind(name, How::Assigned(Site { node: value, scope }), node, scope);
                }
            }
            "for_statement" => self.each(node, scope),
            "as_pattern" => self.entered(node, scope),
            "import_statement" | "import_from_statement" => self.import(node, scope),
            "global_statement" | "nonlocal_statement" => {
                let names: Vec<&str> = children(node).into_iter().map(|name| self.text(name, scope)).collect();
                self.scopes[scope].elsewhere.extend(names);
            }
            "return_statement" | "yield" => self.returned(node, scope),
            "call" => self.call(node, scope),
            _ => {}
        }
        for child in children(node) {
            self.walk(child, scope, depth + 1);
        }
    }

    fn open(&mut self, node: Node<'t>, parent: usize, kind: ScopeKind) -> usize {
        let module = self.scopes[parent].module;
        self.scopes.push(Scope::new(module, Some(parent), kind));
        let scope = self.scopes.len() - 1;
        self.scope_of.insert(node.id(), scope);
        scope
    }

    fn function(&mut self, node: Node<'t>, outer: usize, depth: usize) {
        let index = self.functions.len();
        let scope = self.open(node, outer, ScopeKind::Function(index));
        let class = match self.scopes[outer].kind {
            ScopeKind::Class(class) => Some(class),
            ScopeKind::Module | ScopeKind::Function(_) | ScopeKind::Comprehension => None,
        };
        let body = field(node, "body");
        let is_lambda = node.kind() == "lambda";
        self.functions.push(Function {
            name: field(node, "name").map_or("", |name| self.text(name, outer)),
            scope,
            class,
            decorators: self.decorators(node, outer),
            parameters: self.parameters(node, outer),
            returns: body.filter(|_| is_lambda).into_iter().collect(),
            is_generator: false,
        });
        if let Some(name) = field(node, "name") {
            self.bind(name, How::Function(index), node, outer);
        }
        for place in 0..self.functions[index].parameters.len() {
            let name = self.functions[index].parameters[place].name;
            let how = How::Parameter(index, place);
            self.scopes[scope].bind(name, Binding::new(node, how));
        }
        // Defaults are evaluated outside.
        if let Some(parameters) = field(node, "parameters") {
            self.walk(parameters, outer, depth + 1);
        }
        if let Some(body) = body {
            self.walk(body, scope, depth + 1);
        }
    }

    fn decorators(&self, node: Node<'t>, scope: usize) -> Vec<&'t str> {
        let Some(decorated) = node.parent().filter(|parent| parent.kind() == "decorated_definition") else {
            return Vec::new();
        };
        let decorators = children(decorated)
            .into_iter()
            .filter(|child| child.kind() == "decorator");
        decorators
            .map(|decorator| {
                let name = self.text(decorator, scope).trim_start_matches('@');
                let name = name.split('(').next().unwrap_or_default();
                name.rsplit('.').next().unwrap_or_default().trim()
            })
            .collect()
    }

    fn parameters(&self, node: Node<'t>, scope: usize) -> Vec<Parameter<'t>> {
        let Some(list) = field(node, "parameters") else {
            return Vec::new();
        };
        let plain = |name: Node<'t>, stars| Parameter {
            name: self.text(name, scope),
            stars,
            default: None,
            annotation: None,
        };
        let one = |node: Node<'t>| match node.kind() {
            "identifier" => Some(plain(node, 0)),
            "list_splat_pattern" => Some(plain(node.named_child(0)?, 1)),
            "dictionary_splat_pattern" => Some(plain(node.named_child(0)?, 2)),
            "default_parameter" | "typed_default_parameter" => Some(Parameter {
                default: field(node, "value"),
                annotation: field(node, "type"),
                ..plain(field(node, "name")?, 0)
            }),
            "typed_parameter" => {
                let name = node.named_child(0)?;
                let stars = match name.kind() {
                    "list_splat_pattern" => 1,
                    "dictionary_splat_pattern" => 2,
                    _ => 0,
                };
                let name = if stars == 0 { name } else { name.named_child(0)? };
                Some(Parameter {
                    annotation: field(node, "type"),
                    ..plain(name, stars)
                })
            }
            _ => None,
        };
        children(list).into_iter().filter_map(one).collect()
    }

    fn class(&mut self, node: Node<'t>, outer: usize, depth: usize) {
        let index = self.classes.len();
        let scope = self.open(node, outer, ScopeKind::Class(index));
        let Some(name) = field(node, "name") else {
            return;
        };
        let bases = field(node, "superclasses").map(children).unwrap_or_default();
        let bases = bases.into_iter().filter(|base| base.kind() != "keyword_argument");
        self.classes.push(Class {
            name: self.text(name, outer),
            scope,
            bases: bases.map(|node| Site { node, scope: outer }).collect(),
            attributes: HashMap::new(),
            fields: Vec::new(),
        });
        self.bind(name, How::Class(index), node, outer);
        if let Some(body) = field(node, "body") {
            self.walk(body, scope, depth + 1);
        }
    }

    fn comprehension(&mut self, node: Node<'t>, outer: usize, depth: usize) {
        let scope = self.open(node, outer, ScopeKind::Comprehension);
        for child in children(node) {
            if child.kind() == "for_in_clause" {
                self.each(child, scope);
            }
            self.walk(child, scope, depth + 1);
        }
    }

    fn each(&mut self, node: Node<'t>, scope: usize) {
        if let (Some(left), Some(node_right)) = (field(node, "left"), field(node, "right")) {
            let site = Site {
                node: node_right,
                scope,
            };
            if left.kind() == "identifier" {
                self.bind(left, How::Element(site), node, scope);
            } else {
                for name in children(left).into_iter().filter(|name| name.kind() == "identifier") {
                    self.bind(name, How::Somehow, node, scope);
                }
            }
        }
    }

    fn entered(&mut self, node: Node<'t>, scope: usize) {
        let (Some(value), Some(alias)) = (node.named_child(0), field(node, "alias")) else {
            return;
        };
        let is_with = node.parent().is_some_and(|parent| parent.kind() == "with_item");
        let target = alias.named_child(0).unwrap_or(alias);
        let how = if is_with {
            How::Entered(Site { node: value, scope })
        } else {
            How::Somehow
        };
        self.bind(target, how, node, scope);
    }

    fn assignment(&mut self, node: Node<'t>, scope: usize) {
        let Some(left) = field(node, "left") else { return };
        let Some(right) = field(node, "right") else {
            if let ScopeKind::Class(class) = self.scopes[scope].kind {
                let name = self.text(left, scope);
                self.classes[class].fields.push(name);
            }
            return;
        };
        // Of `a = b = value`, the value is the last.
        let mut value = right;
        while value.kind() == "assignment" {
            let Some(inner) = field(value, "right") else { return };
            value = inner;
        }
        let site = Site { node: value, scope };
        match left.kind() {
            "pattern_list" | "tuple_pattern" | "list_pattern" => {
                let parts = matches!(value.kind(), "expression_list" | "tuple" | "list").then(|| children(value));
                for (place, name) in children(left).into_iter().enumerate() {
                    let how = match parts.as_ref().map(|parts| parts.get(place)) {
                        Some(Some(part)) => How::Assigned(Site { node: *part, scope }),
                        Some(None) => How::Somehow,
                        None => How::Part(site, place),
                    };
                    self.bind(name, how, node, scope);
                }
            }
            "subscript" => {
                if let (Some(name), Some(key)) = (field(left, "value"), field(left, "subscript")) {
                    let name = self.text(name, scope);
                    let filling = Filling::Entry(Site { node: key, scope }, site);
                    self.scopes[scope].filled.entry(name).or_default().push(filling);
                }
            }
            _ => self.bind(left, How::Assigned(site), node, scope),
        }
    }

    /// `key += …` leaves it open; a list that grows this way is a list all the same.
    fn augmented(&mut self, node: Node<'t>, scope: usize) {
        let (Some(left), Some(right)) = (field(node, "left"), field(node, "right")) else {
            return;
        };
        if matches!(right.kind(), "list" | "dictionary") {
            let name = self.text(left, scope);
            let filling = Filling::Updated(Site { node: right, scope });
            self.scopes[scope].filled.entry(name).or_default().push(filling);
        } else {
            self.bind(left, How::Somehow, node, scope);
        }
    }

    /// Gives a name, or an attribute of `self`, a value.
    fn bind(&mut self, target: Node<'t>, how: How<'t>, at: Node<'t>, scope: usize) {
        match target.kind() {
            "identifier" => {
                let name = self.text(target, scope);
                let home = self.home(name, scope);
                self.scopes[home].bind(name, Binding::new(at, how));
            }
            "attribute" => {
                let (Some(object), Some(name)) = (field(target, "object"), field(target, "attribute")) else {
                    return;
                };
                let (object, name) = (self.text(object, scope), self.text(name, scope));
                if let Some(class) = self.class_of_self(object, scope) {
                    let attributes = self.classes[class].attributes.entry(name).or_default();
                    attributes.push(Binding::new(at, how));
                }
            }
            _ => {}
        }
    }

    /// The scope that a name belongs to when it is bound here.
    fn home(&self, name: &str, scope: usize) -> usize {
        let own = &self.scopes[scope];
        if own.elsewhere.contains(&name) {
            let mut outer = own.parent;
            while let Some(index) = outer {
                if self.scopes[index].names.contains_key(name) || self.scopes[index].kind == ScopeKind::Module {
                    return index;
                }
                outer = self.scopes[index].parent;
            }
        }
        scope
    }

    /// The class whose object a method's first parameter is.
    pub fn class_of_self(&self, name: &str, scope: usize) -> Option<usize> {
        let mut around = Some(scope);
        while let Some(index) = around {
            if let ScopeKind::Function(function) = self.scopes[index].kind {
                let function = &self.functions[function];
                let first = function.parameters.first().map(|parameter| parameter.name);
                if function.class.is_some() && first == Some(name) {
                    return function.class;
                }
            }
            around = self.scopes[index].parent;
        }
        None
    }

    fn returned(&mut self, node: Node<'t>, scope: usize) {
        let mut around = Some(scope);
        while let Some(index) = around {
            if let ScopeKind::Function(function) = self.scopes[index].kind {
                let function = &mut self.functions[function];
                function.is_generator |= node.kind() == "yield";
                function.returns.extend(node.named_child(0));
                return;
            }
            around = self.scopes[index].parent;
        }
    }

    fn call(&mut self, node: Node<'t>, scope: usize) {
        let Some(callee) = field(node, "function") else { return };
        let place = self.calls.len();
        self.calls.push(Site { node, scope });
        let name = field(callee, "attribute").unwrap_or(callee);
        let name = self.text(name, scope);
        self.calls_by_name.entry(name).or_default().push(place);
        let first = field(node, "arguments").and_then(|arguments| arguments.named_child(0));
        let (Some(object), Some(first)) = (field(callee, "object"), first) else {
            return;
        };
        let site = Site { node: first, scope };
        let filling = match name {
            "append" => Filling::Appended(site),
            "update" | "extend" => Filling::Updated(site),
            _ => return,
        };
        let object = self.text(object, scope);
        self.scopes[scope].filled.entry(object).or_default().push(filling);
    }

    fn import(&mut self, node: Node<'t>, scope: usize) {
        let with_alias = |node: Node<'t>| {
            let is_aliased = node.kind() == "aliased_import";
            let name = if is_aliased { field(node, "name") } else { Some(node) };
            (name, if is_aliased { field(node, "alias") } else { None })
        };
        let mut cursor = node.walk();
        let names: Vec<Node<'t>> = node.children_by_field_name("name", &mut cursor).collect();
        let Some(from) = field(node, "module_name") else {
            for (name, alias) in names.into_iter().map(with_alias) {
                let Some(name) = name else { continue };
                let dotted = self.text(name, scope);
                // `import a.b` binds `a`.
                let first = dotted.split('.').next().unwrap_or_default();
                let (bound, module) = alias.map_or((first, first), |alias| (self.text(alias, scope), dotted));
                let how = How::Imported {
                    module: module.to_owned(),
                    level: 0,
                    name: None,
                };
                self.scopes[scope].bind(bound, Binding::new(node, how));
            }
            return;
        };
        let written = self.text(from, scope).replace(' ', "");
        let module = written.trim_start_matches('.').to_owned();
        let level = written.len() - module.len();
        for (name, alias) in names.into_iter().map(with_alias) {
            let Some(name) = name else { continue };
            let how = How::Imported {
                module: module.clone(),
                level,
                name: Some(self.text(name, scope)),
            };
            let bound = self.text(alias.unwrap_or(name), scope);
            self.scopes[scope].bind(bound, Binding::new(node, how));
        }
        if children(node).iter().any(|child| child.kind() == "wildcard_import") {
            let how = How::Imported {
                module,
                level,
                name: Some("*"),
            };
            self.scopes[scope].bind("*", Binding::new(node, how));
        }
    }
}

impl<'t> Scope<'t> {
    fn new(module: usize, parent: Option<usize>, kind: ScopeKind) -> Self {
        Self {
            module,
            parent,
            kind,
            names: HashMap::new(),
            filled: HashMap::new(),
            elsewhere: Vec::new(),
        }
    }

    fn bind(&mut self, name: &'t str, binding: Binding<'t>) {
        self.names.entry(name).or_default().push(binding);
    }
}

/// Of the bindings of a name in its own scope, those that may hold where it is used: from the last one that
/// is certain to have happened, and those of a later turn of the loop around.
pub(super) fn holding<'b, 't>(bindings: &'b [Binding<'t>], used: Node<'t>) -> Vec<&'b Binding<'t>> {
    let before = |binding: &&Binding<'t>| {
        // The names of a loop or a `with` hold inside it.
        let inside = matches!(binding.how, How::Element(_) | How::Entered(_) | How::Parameter(..));
        binding.at.end_byte() <= used.start_byte() || (inside && contains(binding.at, used))
    };
    let earlier: Vec<&Binding<'t>> = bindings.iter().filter(before).collect();
    let is_certain = |binding: &&&Binding<'t>| {
        matches!(binding.how, How::Parameter(..) | How::Element(_) | How::Entered(_)) && contains(binding.at, used)
            || binding.block().is_none_or(|block| contains(block, used))
    };
    let last = earlier.iter().rposition(|binding| is_certain(&binding)).unwrap_or(0);
    let mut holding: Vec<&Binding<'t>> = earlier[last.min(earlier.len())..].to_vec();
    let later: Vec<&Binding<'t>> = bindings.iter().filter(|binding| !before(binding)).collect();
    if !later.is_empty()
        && let Some(turn) = around(used, &["for_statement", "while_statement"])
    {
        holding.extend(later.into_iter().filter(|binding| contains(turn, binding.at)));
    }
    if holding.is_empty() {
        bindings.iter().collect()
    } else {
        holding
    }
}
