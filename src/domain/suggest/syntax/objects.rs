//! Names, types, fields and methods: what of an object belongs to the program, and what to libraries.

use std::rc::Rc;

use super::contexts::Frame;
use super::evaluate::{Busy, Evaluator};
use super::known::{Known, Origin, any};
use super::program::{FunctionId, Item, ScopeId, Type};

/// Chains of aliases and of base classes end here.
const CHAIN: usize = 8;

impl<'p> Evaluator<'p> {
    /// The whole path that a name stands for.
    pub(super) fn absolute(&self, scope: ScopeId, segments: &[String]) -> String {
        self.looked_up(scope, segments, |prefix, first| {
            let owner = self.field_owner(prefix, first);
            (owner != *prefix).then(|| format!("{owner}::{first}"))
        })
    }

    /// The paths of a type's bases; their own names are not looked up in bases.
    fn bases(&self, path: &str) -> Vec<String> {
        let own = self.program.types.get(path);
        own.iter()
            .flat_map(|own| &own.supers)
            .map(|base| self.looked_up(base.scope, &base.segments, |_, _| None))
            .filter(|base| base.contains("::"))
            .collect()
    }

    fn looked_up(
        &self,
        scope: ScopeId,
        segments: &[String],
        inherited: impl Fn(&str, &str) -> Option<String>,
    ) -> String {
        let Some((first, rest)) = segments.split_first() else {
            return String::new();
        };
        let names = &self.program.scopes[scope];
        let declared = |prefix: &String| {
            let path = format!("{prefix}::{first}");
            self.program.items.contains_key(&path).then_some(path)
        };
        let external = || {
            // `S3Client` is the package `s3`'s, whatever else is imported.
            let lower = first.to_lowercase();
            let names_it = |glob: &&String| glob.rsplit("::").next().is_some_and(|last| lower.contains(last));
            let globs = &names.library_globs;
            let glob = globs.iter().find(names_it).or(globs.first())?;
            first
                .starts_with(char::is_uppercase)
                .then(|| format!("{glob}::{first}"))
        };
        let beginning = names
            .own
            .iter()
            .find_map(|prefix| declared(prefix).or_else(|| inherited(prefix, first)))
            .or_else(|| names.imports.get(first).cloned())
            .or_else(|| names.globs.iter().find_map(declared))
            .or_else(external)
            .unwrap_or_else(|| first.clone());
        let path = std::iter::once(beginning.as_str())
            .chain(rest.iter().map(String::as_str))
            .collect::<Vec<_>>()
            .join("::");
        self.without_aliases(path)
    }

    fn without_aliases(&self, mut path: String) -> String {
        for _ in 0..CHAIN {
            let (item, rest) = self.item(&path);
            let Some((_, Item::Alias(target))) = item else { break };
            path = std::iter::once(target.as_str())
                .chain(rest)
                .collect::<Vec<_>>()
                .join("::");
        }
        path
    }

    /// The longest beginning of a path that the program declares, and the rest.
    pub(super) fn item<'s>(&self, path: &'s str) -> (Option<(&'s str, &'p Item)>, Vec<&'s str>) {
        let mut rest = Vec::new();
        let mut beginning = path;
        loop {
            if let Some(item) = self.program.items.get(beginning) {
                rest.reverse();
                return (Some((beginning, item)), rest);
            }
            let Some((before, last)) = beginning.rsplit_once("::") else {
                rest.push(beginning);
                rest.reverse();
                return (None, rest);
            };
            rest.push(last);
            beginning = before;
        }
    }

    /// The path of a type, without its wrappers.
    pub(super) fn type_path(&self, kind: &Type) -> Option<String> {
        match self.typed(kind) {
            Known::Instance(instance) => Some(instance.path.clone()),
            _ => None,
        }
    }

    /// Some value of a type.
    pub(super) fn typed(&self, kind: &Type) -> Known {
        let path = self.absolute(kind.scope, &kind.segments);
        if self.sdk.is_list(&path) {
            return match kind.arguments.last() {
                Some(item) => Known::List(vec![self.typed(item)]),
                None => Known::Unknown,
            };
        }
        if self.sdk.is_wrapper(&path) {
            return kind.arguments.first().map_or(Known::Unknown, |inner| self.typed(inner));
        }
        if path.contains("::") {
            Known::instance(path)
        } else {
            Known::Unknown
        }
    }

    /// The type, itself or a base of this one, that declares a field or method.
    pub(super) fn field_owner(&self, path: &str, name: &str) -> String {
        let mut next = vec![path.to_owned()];
        let mut seen: Vec<String> = Vec::new();
        while let Some(path) = next.pop() {
            if seen.contains(&path) || seen.len() > CHAIN {
                continue;
            }
            if let Some(own) = self.program.types.get(&path) {
                if own.fields.contains_key(name) || self.program.items.contains_key(&format!("{path}::{name}")) {
                    return path;
                }
                next.extend(self.bases(&path).into_iter().rev());
            }
            seen.push(path);
        }
        path.to_owned()
    }

    /// Whether a type is another or has it as a base.
    pub(super) fn is_kind_of(&self, path: &str, base: &str) -> bool {
        let mut next = vec![path.to_owned()];
        for _ in 0..CHAIN {
            let Some(path) = next.pop() else { return false };
            if path == base {
                return true;
            }
            next.extend(self.bases(&path));
        }
        false
    }

    /// A field of an object, or what a name leads to.
    pub fn member(&self, object: &Known, name: &str) -> Known {
        match object {
            Known::Any(alternatives) => any(alternatives.iter().map(|one| self.member(one, name))),
            Known::Instance(instance) => {
                let set = instance.field(name).cloned();
                match set {
                    Some(known) if known.is_known() => known,
                    set => {
                        let declared = self.field_of_type(&instance.path, name);
                        if declared.is_known() {
                            declared
                        } else {
                            set.unwrap_or(declared)
                        }
                    }
                }
            }
            Known::Tuple(parts) => name
                .parse::<usize>()
                .ok()
                .and_then(|position| parts.get(position).cloned())
                .unwrap_or(Known::Unknown),
            Known::Name(path) => {
                let path = self.without_aliases(format!("{path}::{name}"));
                match self.item(&path) {
                    (Some((_, Item::Variable(_) | Item::Field)), rest) if rest.is_empty() => self.path_of(&path),
                    _ => Known::Name(path.into()),
                }
            }
            _ => Known::Unknown,
        }
    }

    /// A global or static field, by its whole path.
    fn path_of(&self, path: &str) -> Known {
        match path.rsplit_once("::") {
            Some((owner, name)) if self.program.types.contains_key(owner) => self.field_of_type(owner, name),
            _ => self.path(0, &[path.to_owned()], None),
        }
    }

    /// What a field is set to in any object of a type.
    fn field_of_type(&self, path: &str, name: &str) -> Known {
        let owner = self.field_owner(path, name);
        let declared = self.program.types.get(&owner).and_then(|own| own.fields.get(name));
        let busy = Busy::Field(owner.clone(), name.to_owned());
        let set = self.once(busy, || {
            let initial = declared.iter().flat_map(|field| &field.values);
            let mut values: Vec<Known> = initial.map(|value| self.evaluate(value, None)).collect();
            let key = (owner.clone(), name.to_owned());
            for (value, function) in self.index.fields.get(&key).into_iter().flatten() {
                values.extend(
                    self.contexts(*function)
                        .iter()
                        .map(|frame| self.evaluate(value, Some(frame))),
                );
            }
            any(values)
        });
        match (set, declared.and_then(|field| field.declared.as_ref())) {
            (Some(set), _) if set.is_known() => set,
            (_, Some(declared)) => self.typed(declared),
            _ => Known::Unknown,
        }
    }

    /// The functions of the program that a method of an object leads to.
    pub(super) fn functions_of(&self, object: &Known, name: &str, count: usize) -> Vec<FunctionId> {
        let path = match object {
            Known::Instance(instance) => &instance.path,
            Known::Name(path) => return self.functions_at(&format!("{path}::{name}"), count),
            _ => return Vec::new(),
        };
        let owner = self.field_owner(path, name);
        let found = self.functions_at(&format!("{owner}::{name}"), count);
        if found.iter().any(|id| self.program.functions[*id].is_abstract) {
            let same = self.index.methods.get(name).into_iter().flatten();
            return same
                .copied()
                .filter(|id| self.program.functions[*id].parameters.len() == count)
                .collect();
        }
        found
    }

    /// The functions of this path, those that take so many arguments first of all.
    pub(super) fn functions_at(&self, path: &str, count: usize) -> Vec<FunctionId> {
        let path = self.without_aliases(path.to_owned());
        let functions = |path: &str| match self.program.items.get(path) {
            Some(Item::Functions(found)) => Some(found.clone()),
            _ => None,
        };
        let inherited = || {
            let (owner, name) = path.rsplit_once("::")?;
            functions(&format!("{}::{name}", self.field_owner(owner, name)))
        };
        let found = functions(&path).or_else(inherited).unwrap_or_default();
        let fitting: Vec<FunctionId> = found
            .iter()
            .copied()
            .filter(|id| self.program.functions[*id].parameters.len() == count)
            .collect();
        if fitting.is_empty() { found } else { fitting }
    }

    /// The functions of the program that a name in front of a call's arguments stands for.
    pub(super) fn named_functions(
        &self,
        scope: ScopeId,
        segments: &[String],
        count: usize,
        frame: Option<&Rc<Frame>>,
    ) -> Vec<FunctionId> {
        let path = self.absolute(scope, segments);
        let (item, rest) = self.item(&path);
        match item {
            Some((_, Item::Functions(_) | Item::Type)) => self.functions_at(&path, count),
            Some((at, Item::Variable(_) | Item::Field)) if !rest.is_empty() => {
                let length = segments.len() - 1;
                let before = &segments[..length];
                if before.is_empty() || !path.starts_with(at) {
                    return Vec::new();
                }
                let receiver = self.path(scope, before, frame);
                receiver
                    .alternatives()
                    .iter()
                    .flat_map(|one| self.functions_of(one, &segments[length], count))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// Calls a method of an object.
    pub(super) fn invoke(&self, object: &Known, name: &str, arguments: &[Known], origin: Origin) -> Known {
        let functions = self.functions_of(object, name, arguments.len());
        if !functions.is_empty() {
            return self.apply_all(&functions, Some(object), arguments);
        }
        match object {
            Known::Name(path) => self.sdk.function(self, &format!("{path}::{name}"), arguments, origin),
            Known::Instance(instance) if self.program.types.contains_key(&instance.path) => {
                let held = self.member(object, name);
                if let Known::Closure(..) = held {
                    return self.apply(&held, arguments);
                }
                match self.library_base(&instance.path) {
                    Some(base) => self.sdk.method(self, &base, name, arguments, origin),
                    None => self.sdk.method(self, object, name, arguments, origin),
                }
            }
            _ => self.sdk.method(self, object, name, arguments, origin),
        }
    }

    /// A base of the type that is a library's, such as an embedded client.
    pub(super) fn library_base(&self, path: &str) -> Option<Known> {
        let mut next = vec![path.to_owned()];
        for _ in 0..CHAIN {
            for base in self.bases(&next.pop()?) {
                if !self.program.types.contains_key(&base) {
                    return Some(Known::instance(base));
                }
                next.push(base);
            }
        }
        None
    }

    /// Calls a value, if it is a function of the program.
    pub fn apply(&self, function: &Known, arguments: &[Known]) -> Known {
        match function {
            Known::Closure(function, outer) => self.run(*function, None, arguments, outer.clone()),
            Known::Name(path) => self.apply_all(&self.functions_at(path, arguments.len()), None, arguments),
            Known::Any(choices) => any(choices.iter().map(|one| self.apply(one, arguments))),
            _ => Known::Unknown,
        }
    }

    /// What a closure makes of the object that it is given: what it returns, or the object it changed.
    pub fn configured(&self, closure: &Known, object: &Known) -> Known {
        let given = self.apply(closure, std::slice::from_ref(object));
        if given.as_instance().is_some() {
            return given;
        }
        let Known::Closure(function, outer) = closure else {
            return Known::Unknown;
        };
        let frame = Rc::new(Frame {
            function: *function,
            receiver: None,
            arguments: vec![object.clone()],
            outer: outer.clone(),
        });
        match self.program.functions[*function].parameters.first() {
            Some(parameter) => self.variable(*parameter, Some(&frame)),
            None => Known::Unknown,
        }
    }

    pub(super) fn apply_all(&self, functions: &[FunctionId], receiver: Option<&Known>, arguments: &[Known]) -> Known {
        any(functions
            .iter()
            .map(|function| self.run(*function, receiver, arguments, None)))
    }

    fn run(&self, id: FunctionId, receiver: Option<&Known>, arguments: &[Known], outer: Option<Rc<Frame>>) -> Known {
        let function = &self.program.functions[id];
        let frame = Rc::new(Frame {
            function: id,
            receiver: receiver.cloned(),
            arguments: arguments.to_vec(),
            outer,
        });
        let given = self.once(Busy::Function(id), || {
            any(function.returns.iter().map(|value| self.evaluate(value, Some(&frame))))
        });
        match (given, &function.result) {
            (Some(given), _) if given.is_known() => given,
            (_, Some(result)) => self.typed(result),
            (Some(given), None) => given,
            (None, None) => Known::Nothing,
        }
    }
}
