//! Files and the names that pass between them: which file an import means, and what a file exports.

use std::collections::HashMap;

use super::super::call::SourceFile;
use super::scopes::Scopes;
use super::syntax::{Id, Tree};

/// A file of the program, by its place in the list.
pub type FileId = usize;

/// All files of a program, read.
pub struct Program<'a> {
    pub files: Vec<File<'a>>,
    by_path: HashMap<&'a str, FileId>,
}

/// A file, read.
pub struct File<'a> {
    pub path: &'a str,
    pub tree: Tree<'a>,
    pub scopes: Scopes<'a>,
    pub exports: Exports,
}

/// What a file exports.
#[derive(Debug, Default)]
pub struct Exports {
    named: Vec<(String, Export)>,
    /// The modules of `export * from`.
    pub all_of: Vec<String>,
    /// The values of `module.exports = value` and `export = value`.
    pub whole: Vec<Id>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Export {
    /// A name at the top of the file.
    Local(String),
    /// An expression, or a declaration without a name.
    Node(Id),
    /// A name of another module, or all of it.
    From(String, Option<String>),
}

const ENDINGS: &[&str] = &[".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

impl<'a> Program<'a> {
    pub fn read(sources: &[&'a SourceFile]) -> Self {
        let files = sources
            .iter()
            .map(|source| {
                let tree = Tree::read(&source.path, &source.text);
                let scopes = Scopes::of(&tree);
                let exports = Exports::of(&tree);
                File {
                    path: &source.path,
                    tree,
                    scopes,
                    exports,
                }
            })
            .collect();
        let by_path = sources
            .iter()
            .enumerate()
            .map(|(id, source)| (source.path.as_str(), id))
            .collect();
        Self { files, by_path }
    }

    /// The file that a specifier means in this file; none where it names a package.
    pub fn resolve(&self, from: FileId, specifier: &str) -> Option<FileId> {
        if specifier.starts_with('.') {
            let folder = self.files[from].path.rsplit_once('/').map_or("", |(folder, _)| folder);
            return self.at(&join(folder, specifier)?);
        }
        // `paths` of a tsconfig, `imports` of a package.json and layers: they all end like the file's own path.
        let bare = ["@/", "~/", "#/", "#", "/opt/nodejs/", "/opt/", "/var/task/", "/"]
            .iter()
            .find_map(|beginning| specifier.strip_prefix(beginning));
        let path = bare.unwrap_or(specifier);
        if bare.is_none() && !path.contains('/') {
            return None;
        }
        self.at(path).or_else(|| self.ending_with(path))
    }

    /// The file at this path, which may lack its ending or be a folder.
    fn at(&self, path: &str) -> Option<FileId> {
        candidates(path).find_map(|candidate| self.by_path.get(candidate.as_str()).copied())
    }

    /// The only file whose path ends like this.
    fn ending_with(&self, path: &str) -> Option<FileId> {
        let endings: Vec<String> = candidates(path).map(|candidate| format!("/{candidate}")).collect();
        let mut found =
            (0..self.files.len()).filter(|&id| endings.iter().any(|end| self.files[id].path.ends_with(end)));
        found.next().filter(|_| found.next().is_none())
    }
}

/// The paths that a specifier may mean, likeliest first.
fn candidates(path: &str) -> impl Iterator<Item = String> {
    // TypeScript names the file that it will become: `./orders.js` is orders.ts.
    let source = [
        (".js", ".ts"),
        (".js", ".tsx"),
        (".mjs", ".mts"),
        (".cjs", ".cts"),
        (".jsx", ".tsx"),
    ]
    .into_iter()
    .filter_map(|(ending, origin)| Some(format!("{}{origin}", path.strip_suffix(ending)?)));
    let folder = if path.is_empty() {
        String::new()
    } else {
        format!("{path}/")
    };
    std::iter::once(path.to_owned())
        .chain(source)
        .chain(ENDINGS.iter().map(|ending| format!("{path}{ending}")))
        .chain(ENDINGS.iter().map(move |ending| format!("{folder}index{ending}")))
        .collect::<Vec<_>>()
        .into_iter()
}

/// A relative specifier from a folder; none where it leads out of the project.
fn join(folder: &str, specifier: &str) -> Option<String> {
    let mut segments: Vec<&str> = folder.split('/').filter(|segment| !segment.is_empty()).collect();
    for segment in specifier.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            name => segments.push(name),
        }
    }
    Some(segments.join("/"))
}

impl Exports {
    /// Every export of this name; several where branches differ.
    pub fn named<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Export> {
        self.named
            .iter()
            .filter(move |(exported, _)| exported == name)
            .map(|(_, export)| export)
    }

    /// The other names under which a name of the file is exported.
    pub fn other_names(&self, local: &str) -> Vec<String> {
        self.named
            .iter()
            .filter(|(name, export)| name != local && *export == Export::Local(local.to_owned()))
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// Whether the file itself names anything that it exports.
    pub fn names_any(&self) -> bool {
        !self.named.is_empty()
    }

    fn of(tree: &Tree<'_>) -> Self {
        let mut exports = Self::default();
        for id in tree.all() {
            match tree.kind(id) {
                "export_statement" => exports.statement(tree, id),
                "assignment_expression" => exports.assignment(tree, id),
                _ => {}
            }
        }
        exports
    }

    fn add(&mut self, name: impl Into<String>, export: Export) {
        self.named.push((name.into(), export));
    }

    fn statement(&mut self, tree: &Tree<'_>, id: Id) {
        let source = tree.field(id, "source").and_then(|source| tree.string(source));
        let default = tree.has_token(id, "default");
        if let Some(declaration) = tree.field(id, "declaration") {
            for name in declared_names(tree, declaration) {
                self.add(name.clone(), Export::Local(name));
            }
            if default {
                self.add("default", Export::Node(declaration));
            }
        } else if let Some(value) = tree.field(id, "value") {
            self.add("default", Export::Node(value));
        } else if let Some(clause) = tree.child_of_kind(id, "export_clause") {
            for specifier in tree.children(clause) {
                let part = |field| tree.field(specifier, field).and_then(|part| tree.property_name(part));
                let Some(name) = part("name") else { continue };
                let export = match &source {
                    Some(source) => Export::From(source.clone(), Some(name.clone())),
                    None => Export::Local(name.clone()),
                };
                self.add(part("alias").unwrap_or(name), export);
            }
        } else if let Some(source) = source {
            let namespace = tree
                .child_of_kind(id, "namespace_export")
                .and_then(|part| tree.first(part));
            match namespace.and_then(|name| tree.property_name(name)) {
                Some(name) => self.add(name, Export::From(source, None)),
                None => self.all_of.push(source),
            }
        } else if tree.has_token(id, "=") {
            self.whole.extend(tree.first(id));
        }
    }

    /// `CommonJS`: `module.exports = …`, `module.exports.name = …`, `exports.name = …`.
    fn assignment(&mut self, tree: &Tree<'_>, id: Id) {
        let (Some(left), Some(right)) = (tree.field(id, "left"), tree.field(id, "right")) else {
            return;
        };
        if is_module_exports(tree, left) {
            self.whole.push(innermost_right(tree, right));
            return;
        }
        let (Some(object), Some(property)) = (tree.field(left, "object"), tree.field(left, "property")) else {
            return;
        };
        if is_module_exports(tree, object) || (tree.kind(object) == "identifier" && tree.text(object) == "exports") {
            self.add(tree.text(property), Export::Node(innermost_right(tree, right)));
        }
    }
}

fn is_module_exports(tree: &Tree<'_>, id: Id) -> bool {
    let part = |field| tree.field(id, field).map(|part| tree.text(part));
    tree.kind(id) == "member_expression" && part("object") == Some("module") && part("property") == Some("exports")
}

/// `value` of `a = b = value`.
fn innermost_right(tree: &Tree<'_>, mut id: Id) -> Id {
    while tree.kind(id) == "assignment_expression"
        && let Some(right) = tree.field(id, "right")
    {
        id = right;
    }
    id
}

/// The names of `const a = 1, { b } = c`, `function d() {}` and the like.
fn declared_names(tree: &Tree<'_>, declaration: Id) -> Vec<String> {
    if let Some(name) = tree.field(declaration, "name") {
        return vec![tree.text(name).to_owned()];
    }
    tree.children(declaration)
        .filter_map(|declarator| tree.field(declarator, "name"))
        .flat_map(|pattern| {
            tree.within(pattern)
                .filter(|&part| tree.is(part, &["identifier", "shorthand_property_identifier_pattern"]))
                .map(|part| tree.text(part).to_owned())
                .collect::<Vec<_>>()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifiers_lead_to_files() {
        let paths = [
            "src/handler.ts",
            "src/lib/clients.ts",
            "src/lib/index.ts",
            "src/view.tsx",
            "src/old.js",
            "common/util/keys.mts",
            "other/util/same.ts",
            "more/util/same.ts",
        ];
        let sources: Vec<SourceFile> = paths
            .iter()
            .map(|path| SourceFile {
                path: (*path).to_owned(),
                text: String::new(),
            })
            .collect();
        let program = Program::read(&sources.iter().collect::<Vec<_>>());
        for (from, specifier, expected) in [
            (0, "./lib/clients", Some("src/lib/clients.ts")),
            (0, "./lib/clients.js", Some("src/lib/clients.ts")),
            (0, "./lib", Some("src/lib/index.ts")),
            (0, "./lib/", Some("src/lib/index.ts")),
            (1, ".", Some("src/lib/index.ts")),
            (1, "..", None),
            (1, "../old.js", Some("src/old.js")),
            (0, "./view.jsx", Some("src/view.tsx")),
            (0, "../common/util/keys.mjs", Some("common/util/keys.mts")),
            (0, "@/lib/clients", Some("src/lib/clients.ts")),
            (0, "src/lib/clients", Some("src/lib/clients.ts")),
            (0, "util/same", None),
            (0, "../../../out", None),
            (0, "clients", None),
            (0, "@aws-sdk/client-s3", None),
        ] {
            let found = program.resolve(from, specifier).map(|id| program.files[id].path);
            assert_eq!(found, expected, "{specifier} in {}", paths[from]);
        }
    }

    #[test]
    fn exports_of_both_kinds_are_seen() {
        let local = |name: &str| Some(Export::Local(name.to_owned()));
        let from = |source: &str, name: Option<&str>| Some(Export::From(source.to_owned(), name.map(str::to_owned)));
        for (source, name, expected) in [
            ("export const a = 1, { b: [c] } = d;", "c", local("c")),
            ("export function f() {}", "f", local("f")),
            ("const x = 1; export { x as y };", "y", local("x")),
            ("export { x as y } from './m';", "y", from("./m", Some("x"))),
            ("export * as m from './m';", "m", from("./m", None)),
            ("export const a = 1;", "missing", None),
        ] {
            let exports = Exports::of(&Tree::read("a.ts", source));
            assert_eq!(exports.named(name).next().cloned(), expected, "{source}");
        }
        for (source, name) in [
            ("export default class {}", "default"),
            ("export default 1 + 1", "default"),
            ("exports.a = 1", "a"),
            ("module.exports.a = exports.b = 1", "b"),
        ] {
            let exports = Exports::of(&Tree::read("a.ts", source));
            assert!(matches!(exports.named(name).next(), Some(Export::Node(_))), "{source}");
        }
        let exports = Exports::of(&Tree::read(
            "a.ts",
            "export * from './m'; export = x; module.exports = y",
        ));
        assert_eq!(exports.all_of, ["./m"]);
        assert_eq!(exports.whole.len(), 2);
    }
}
