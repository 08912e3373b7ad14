//! What a package.json says. Published ones hold every mistake, so nothing here insists on a shape.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Platform;

/// A package.json.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest(Value);

/// A dependency that lies beside the project instead of in a registry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalSpec {
    /// As it is written, relative to the package.
    pub path: String,
    /// Whether the package manager takes its content, rather than a link to it.
    pub copied: bool,
}

impl Manifest {
    /// Reads a package.json; the error is the parser's.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map(Self)
    }

    /// One entry of npm's lock file has the same keys.
    pub(super) fn of(value: &Value) -> Self {
        Self(value.clone())
    }

    pub fn name(&self) -> Option<&str> {
        self.text("name")
    }

    pub fn version(&self) -> Option<&str> {
        self.text("version")
    }

    /// `packageManager`, or the name in `devEngines`.
    pub fn package_manager(&self) -> Option<&str> {
        self.text("packageManager")
            .or_else(|| self.0.get("devEngines")?.get("packageManager")?.get("name")?.as_str())
    }

    pub fn is_module(&self) -> bool {
        self.text("type") == Some("module")
    }

    /// What must be there at run time, peers included, and what may be: names, each once, sorted.
    pub fn needs(&self) -> (Vec<String>, Vec<String>) {
        let names = |key: &str| self.map(key).map(|map| map.keys().cloned().collect::<BTreeSet<_>>());
        let optional = names("optionalDependencies").unwrap_or_default();
        let mut required = names("dependencies").unwrap_or_default();
        let mut perhaps = optional.clone();
        let may_be_absent = |name: &str| {
            let meta = self.0.get("peerDependenciesMeta").and_then(|meta| meta.get(name));
            meta.and_then(|meta| meta.get("optional")).and_then(Value::as_bool) == Some(true)
        };
        for peer in names("peerDependencies").unwrap_or_default() {
            if may_be_absent(&peer) {
                perhaps.insert(peer);
            } else {
                required.insert(peer);
            }
        }
        // Source: npm documentation, package.json, `optionalDependencies`: they override `dependencies`.
        let required = required.into_iter().filter(|name| !optional.contains(name)).collect();
        (required, perhaps.into_iter().collect())
    }

    /// The peers, which a package manager may leave to whoever uses the package.
    pub fn is_peer(&self, name: &str) -> bool {
        let names = |key: &str| self.map(key).is_some_and(|map| map.contains_key(name));
        names("peerDependencies") && !names("dependencies")
    }

    /// Whether production needs anything.
    pub fn has_dependencies(&self) -> bool {
        let filled = |key| self.map(key).is_some_and(|map| !map.is_empty());
        filled("dependencies") || filled("optionalDependencies")
    }

    /// `dependencies` as a map of ranges.
    pub fn ranges(&self, key: &str) -> Map<String, Value> {
        self.map(key).cloned().unwrap_or_default()
    }

    /// The patterns of `workspaces`, a list or a map with `packages`.
    pub fn workspaces(&self) -> Option<Vec<String>> {
        let value = self.0.get("workspaces")?;
        let list = value.as_array().or_else(|| value.get("packages")?.as_array())?;
        Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }

    /// Whether it may be used on this platform.
    pub fn runs_on(&self, platform: Platform) -> bool {
        platform.allows(&self.list("os"), &self.list("cpu"), &self.list("libc"))
    }

    /// Whether it is made for some platforms, as packages with binaries are.
    pub fn is_native(&self) -> bool {
        !self.list("cpu").is_empty()
    }

    /// Whether it wants to run something when it is installed.
    pub fn has_install_script(&self) -> bool {
        let script = |name| self.0.get("scripts").and_then(|scripts| scripts.get(name)).is_some();
        ["preinstall", "install", "postinstall"].into_iter().any(script)
    }

    /// The files that the package is loaded by: `main`, and what `exports` has for Node.
    pub fn entries(&self) -> Vec<&str> {
        let mut entries: Vec<&str> = self.text("main").filter(|main| !main.is_empty()).into_iter().collect();
        if let Some(exports) = self.0.get("exports") {
            entries.extend(targets(exports).into_iter().filter(|target| !target.contains('*')));
        }
        let others = ["main", "exports", "bin", "types", "typings"];
        if entries.is_empty() && others.iter().all(|key| self.0.get(key).is_none()) {
            entries.push("index");
        }
        entries
    }

    /// Dependencies of all kinds that lie on this machine.
    pub fn local_specs(&self) -> BTreeSet<LocalSpec> {
        let keys = ["dependencies", "optionalDependencies", "devDependencies", "resolutions"];
        let overrides = [
            self.0.get("overrides"),
            self.0.get("pnpm").and_then(|pnpm| pnpm.get("overrides")),
        ];
        let maps = keys.iter().filter_map(|key| self.map(key));
        maps.chain(overrides.into_iter().flatten().filter_map(Value::as_object))
            .flat_map(Map::values)
            .filter_map(Value::as_str)
            .filter_map(local)
            .collect()
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str()
    }

    fn map(&self, key: &str) -> Option<&Map<String, Value>> {
        self.0.get(key)?.as_object()
    }

    fn list(&self, key: &str) -> Vec<&str> {
        match self.0.get(key) {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

/// What the main entry of `exports` leads to under the conditions of Node.
fn targets(exports: &Value) -> Vec<&str> {
    match exports {
        Value::String(target) => vec![target],
        Value::Object(map) => {
            let wanted = [".", "node", "import", "require", "default"];
            let wanted = wanted.iter().filter_map(|condition| map.get(*condition));
            wanted.flat_map(targets).collect()
        }
        _ => Vec::new(),
    }
}

fn local(spec: &str) -> Option<LocalSpec> {
    let of = |path: &str, copied| {
        let path = path.split("::").next().unwrap_or(path);
        Some(LocalSpec {
            path: path.to_owned(),
            copied,
        })
    };
    for (prefix, copied) in [("file:", true), ("link:", false), ("portal:", false)] {
        if let Some(path) = spec.strip_prefix(prefix) {
            return of(path, copied);
        }
    }
    // npm takes a bare path too.
    (spec.starts_with("./") || spec.starts_with("../")).then(|| of(spec, true))?
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn needs_are_told_apart() {
        let manifest = Manifest(json!({
            "dependencies": { "a": "1", "fsevents": "2" },
            "optionalDependencies": { "fsevents": "2" },
            "peerDependencies": { "react": "*", "types": "*" },
            "peerDependenciesMeta": { "types": { "optional": true } },
            "devDependencies": { "jest": "1" },
        }));
        let (required, perhaps) = manifest.needs();
        assert_eq!(required, ["a", "react"]);
        assert_eq!(perhaps, ["fsevents", "types"]);
        assert!(manifest.has_dependencies());
        assert!(!Manifest(json!({ "devDependencies": { "jest": "1" }, "dependencies": [] })).has_dependencies());
    }

    #[test]
    fn local_dependencies_are_found_in_every_spelling() {
        let manifest = Manifest(json!({
            "dependencies": { "a": "file:../a", "b": "link:./b", "c": "../c.tgz", "d": "^1", "e": "workspace:*" },
            "devDependencies": { "f": "portal:../f::locator=x" },
        }));
        let found: Vec<(String, bool)> = manifest
            .local_specs()
            .into_iter()
            .map(|spec| (spec.path, spec.copied))
            .collect();
        let expected = [("../a", true), ("../c.tgz", true), ("../f", false), ("./b", false)];
        assert_eq!(found, expected.map(|(path, copied)| (path.to_owned(), copied)));
    }

    #[test]
    fn entries_are_what_node_loads() {
        for (manifest, expected) in [
            (json!({ "main": "lib/a" }), vec!["lib/a"]),
            (json!({}), vec!["index"]),
            (json!({ "main": "", "types": "index.d.ts" }), vec![]),
            (json!({ "exports": "./a.js" }), vec!["./a.js"]),
            (
                json!({ "exports": { ".": { "types": "./a.d.ts", "import": { "default": "./a.mjs" }, "require": "./a.cjs" },
                    "./b": "./b.js", "./c/*": "./c/*.js" } }),
                vec!["./a.mjs", "./a.cjs"],
            ),
        ] {
            assert_eq!(Manifest(manifest.clone()).entries(), expected, "{manifest}");
        }
    }

    #[test]
    fn odd_shapes_are_nothing() {
        let odd = Manifest(json!({ "os": 3, "dependencies": [], "workspaces": "x", "scripts": [] }));
        assert!(odd.runs_on(Platform::of(crate::domain::function::Architecture::Arm64)));
        assert_eq!(odd.workspaces(), None);
        assert!(!odd.has_install_script());
        assert_eq!(
            Manifest(json!({ "workspaces": { "packages": ["a/*"] } })).workspaces(),
            Some(vec!["a/*".to_owned()])
        );
    }
}
