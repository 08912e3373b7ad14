//! npm's lock file (`package-lock.json`, version 2 and 3), and whether a `node_modules` folder is what it says.
//!
//! npm keeps a lock file of what it installed inside `node_modules`; the two are compared, so nothing is run.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::{Manifest, Platform};

/// A lock file: packages by their path from the root, such as `node_modules/a`.
#[derive(Debug, Clone, PartialEq)]
pub struct Lock {
    packages: BTreeMap<String, Value>,
}

/// Why an installed folder cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// package.json and the lock file differ.
    Stale,
    /// This package is not installed, or another version of it.
    Differs(String),
    /// This package was built for the machine that installed it.
    BuiltHere(String),
}

impl Lock {
    /// Reads a lock file; `None` when it is not one, or of version 1.
    pub fn parse(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let packages = value.get("packages")?.as_object()?;
        Some(Self {
            packages: packages
                .iter()
                .map(|(key, entry)| (key.clone(), entry.clone()))
                .collect(),
        })
    }

    /// The paths of packages that lie in `node_modules`.
    pub fn installed(&self) -> impl Iterator<Item = &str> {
        let paths = self.packages.keys().map(String::as_str);
        paths.filter(|path| path.starts_with("node_modules/") || path.contains("/node_modules/"))
    }

    /// Whether this path is a link to a folder of the project.
    pub fn is_link(&self, path: &str) -> bool {
        self.packages.get(path).is_some_and(is_link)
    }

    /// The version at this path.
    pub fn version(&self, path: &str) -> Option<&str> {
        self.packages.get(path)?.get("version")?.as_str()
    }

    /// Where package.json and this file differ, in a sentence: an added package, or another range.
    pub fn difference(&self, from: &str, manifest: &Manifest) -> Option<String> {
        let entry = self.packages.get(from)?;
        for key in ["dependencies", "optionalDependencies", "devDependencies"] {
            let locked = ranges(entry, key);
            for (name, range) in manifest.ranges(key) {
                let Some(range) = range.as_str() else {
                    continue;
                };
                match locked.get(&name).and_then(Value::as_str) {
                    Some(other) if other == range => {}
                    // npm takes another range as long as the version is in it.
                    Some(_) if self.locked(from, &name).is_some_and(|version| may_hold(range, version)) => {}
                    Some(other) => return Some(format!("`{name}` is `{range}` in package.json and `{other}` in it")),
                    None => return Some(format!("`{name}` is in package.json alone")),
                }
            }
        }
        None
    }

    /// What the package at `from` needs at run time on this platform, when it is all in `installed`, npm's
    /// own list inside `node_modules`. `own_platform` says whether this machine is like the target.
    pub fn needed(
        &self,
        installed: &Self,
        (from, manifest): (&str, &Manifest),
        platform: Platform,
        own_platform: bool,
    ) -> Result<BTreeSet<String>, Unusable> {
        let entry = self.packages.get(from).ok_or(Unusable::Stale)?;
        if ["dependencies", "optionalDependencies"]
            .iter()
            .any(|key| ranges(entry, key) != manifest.ranges(key))
        {
            return Err(Unusable::Stale);
        }
        let mut needed = BTreeSet::new();
        let mut waiting = vec![from.to_owned()];
        while let Some(path) = waiting.pop() {
            let manifest = Manifest::of(&self.packages[&path]);
            let (required, perhaps) = manifest.needs();
            let mut builds = perhaps.iter().filter(|name| platform.is_named(name)).peekable();
            if let Some(build) = builds.peek().copied()
                && !builds.any(|name| self.resolve(&path, name).is_some())
            {
                return Err(Unusable::Differs(format!("{path}/node_modules/{build}")));
            }
            let all = required.iter().map(|name| (name, true));
            for (name, required) in all.chain(perhaps.iter().map(|name| (name, false))) {
                let Some(key) = self.resolve(&path, name) else {
                    if required && !manifest.is_peer(name) {
                        return Err(Unusable::Stale);
                    }
                    continue;
                };
                let entry = &self.packages[&key];
                if !required && !Manifest::of(entry).runs_on(platform) {
                    continue;
                }
                if !installed.packages.get(&key).is_some_and(|other| same(entry, other)) {
                    return Err(Unusable::Differs(key));
                }
                if !own_platform && entry.get("hasInstallScript") == Some(&Value::Bool(true)) {
                    return Err(Unusable::BuiltHere(key));
                }
                if !needed.insert(key.clone()) {
                    continue;
                }
                match entry.get("resolved").and_then(Value::as_str).filter(|_| is_link(entry)) {
                    Some(target) if self.packages.contains_key(target) => waiting.push(target.to_owned()),
                    Some(_) => return Err(Unusable::Stale),
                    None => waiting.push(key),
                }
            }
        }
        Ok(needed)
    }

    fn locked(&self, from: &str, name: &str) -> Option<&str> {
        self.version(&self.resolve(from, name)?)
    }

    /// Where the package at `from` finds `name`.
    fn resolve(&self, from: &str, name: &str) -> Option<String> {
        let mut folder = from;
        loop {
            let slash = if folder.is_empty() { "" } else { "/" };
            // Node looks into no `node_modules` of a folder that is one itself.
            if !folder.ends_with("node_modules") {
                let key = format!("{folder}{slash}node_modules/{name}");
                if self.packages.contains_key(&key) {
                    return Some(key);
                }
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder.rfind('/').map_or("", |end| &folder[..end]);
        }
    }
}

/// Whether a version may be in a range; only the usual ranges are known, all others may hold it.
fn may_hold(range: &str, version: &str) -> bool {
    let numbers = |text: &str| {
        let parts: Result<Vec<u64>, _> = text.split('.').map(str::parse).collect();
        parts.ok().filter(|parts| parts.len() <= 3)
    };
    let (operator, rest) = match range.strip_prefix(['^', '~']) {
        Some(rest) => (&range[..1], rest),
        None => ("", range),
    };
    let (Some(from), Some(version)) = (numbers(rest), numbers(version)) else {
        return true;
    };
    let same = match operator {
        _ if from.len() < 3 => 1,
        "^" => from.iter().position(|number| *number > 0).unwrap_or(2) + 1,
        "~" => 2,
        _ => 3,
    };
    version >= from && version.iter().zip(&from).take(same).all(|(one, other)| one == other)
}

fn is_link(entry: &Value) -> bool {
    entry.get("link") == Some(&Value::Bool(true))
}

/// Whether two entries are one package.
fn same(entry: &Value, other: &Value) -> bool {
    let equal = |key: &str| entry.get(key) == other.get(key);
    if is_link(entry) {
        return is_link(other) && equal("resolved");
    }
    // Integrity is missing for what came from Git or a folder: there `resolved` tells.
    equal("version") && equal("integrity") && (entry.get("integrity").is_some() || equal("resolved"))
}

fn ranges(entry: &Value, key: &str) -> Map<String, Value> {
    entry.get(key).and_then(Value::as_object).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::function::Architecture;

    fn lock(packages: &Value) -> Lock {
        Lock::parse(&json!({ "lockfileVersion": 3, "packages": packages }).to_string()).unwrap()
    }

    fn project() -> Value {
        json!({
            "": { "dependencies": { "a": "^1", "sharp": "^1" }, "devDependencies": { "jest": "1" } },
            "node_modules/a": { "version": "1.0.0", "integrity": "sha512-a", "dependencies": { "ms": "2" } },
            "node_modules/a/node_modules/ms": { "version": "2.0.0", "integrity": "sha512-ms2" },
            "node_modules/jest": { "version": "1.0.0", "integrity": "sha512-j", "dev": true,
                "dependencies": { "ms": "3" } },
            "node_modules/ms": { "version": "3.0.0", "integrity": "sha512-ms3", "dev": true },
            "node_modules/sharp": { "version": "1.0.0", "integrity": "sha512-s",
                "optionalDependencies": { "@s/arm": "1", "@s/x64": "1", "@s/wasm": "1" } },
            "node_modules/@s/arm": { "version": "1.0.0", "integrity": "sha512-sa", "optional": true,
                "os": ["linux"], "cpu": ["arm64"] },
            "node_modules/@s/x64": { "version": "1.0.0", "integrity": "sha512-sx", "optional": true,
                "os": ["linux"], "cpu": ["x64"] },
            "node_modules/@s/wasm": { "version": "1.0.0", "integrity": "sha512-sw", "optional": true,
                "cpu": ["wasm32"], "dependencies": { "tslib": "2" } },
            "node_modules/tslib": { "version": "2.0.0", "integrity": "sha512-t", "optional": true },
        })
    }

    fn manifest() -> Manifest {
        Manifest::parse(r#"{"dependencies": {"a": "^1", "sharp": "^1"}, "devDependencies": {"jest": "1"}}"#).unwrap()
    }

    fn without(paths: &[&str]) -> Value {
        let mut packages = project();
        for path in paths {
            packages.as_object_mut().unwrap().remove(*path);
        }
        packages
    }

    /// As npm leaves it on Linux and x64.
    fn on_x64() -> Value {
        without(&["", "node_modules/@s/arm", "node_modules/@s/wasm", "node_modules/tslib"])
    }

    fn needed(installed: &Value, architecture: Architecture) -> Result<Vec<String>, Unusable> {
        let platform = Platform::of(architecture);
        let found = lock(&project()).needed(&lock(installed), ("", &manifest()), platform, true)?;
        Ok(found.into_iter().collect())
    }

    #[test]
    fn what_production_needs_is_found_without_development_and_other_platforms() {
        assert_eq!(
            needed(&on_x64(), Architecture::X86_64).unwrap(),
            [
                "node_modules/@s/x64",
                "node_modules/a",
                "node_modules/a/node_modules/ms",
                "node_modules/sharp"
            ]
        );
    }

    #[test]
    fn a_folder_of_another_platform_or_version_is_refused() {
        let arm = needed(&on_x64(), Architecture::Arm64);
        assert_eq!(arm, Err(Unusable::Differs("node_modules/@s/arm".into())));
        let mut old = on_x64();
        old["node_modules/a"]["integrity"] = "sha512-other".into();
        let found = needed(&old, Architecture::X86_64);
        assert_eq!(found, Err(Unusable::Differs("node_modules/a".into())));
        let missing = without(&["node_modules/a/node_modules/ms"]);
        let found = needed(&missing, Architecture::X86_64);
        assert_eq!(found, Err(Unusable::Differs("node_modules/a/node_modules/ms".into())));
    }

    #[test]
    fn a_lock_file_out_of_step_is_refused() {
        let changed = Manifest::parse(r#"{"dependencies": {"a": "^2", "sharp": "^1"}}"#).unwrap();
        let platform = Platform::of(Architecture::X86_64);
        let found = lock(&project()).needed(&lock(&on_x64()), ("", &changed), platform, true);
        assert_eq!(found, Err(Unusable::Stale));
    }

    #[test]
    fn the_difference_is_named() {
        let lock = lock(&project());
        for (manifest, expected) in [
            (r#"{"dependencies": {"a": "^1"}}"#, None),
            (r#"{"dependencies": {"a": "^1.0.0"}}"#, None),
            (r#"{"dependencies": {"a": ">=1 <3"}}"#, None),
            (
                r#"{"dependencies": {"a": "~1.1.0"}}"#,
                Some("`a` is `~1.1.0` in package.json and `^1` in it"),
            ),
            (
                r#"{"dependencies": {"a": "2.0.0"}}"#,
                Some("`a` is `2.0.0` in package.json and `^1` in it"),
            ),
            (
                r#"{"dependencies": {"a": "^2"}}"#,
                Some("`a` is `^2` in package.json and `^1` in it"),
            ),
            (
                r#"{"devDependencies": {"b": "1"}}"#,
                Some("`b` is in package.json alone"),
            ),
        ] {
            let found = lock.difference("", &Manifest::parse(manifest).unwrap());
            assert_eq!(found.as_deref(), expected, "{manifest}");
        }
    }

    #[test]
    fn what_was_built_here_serves_this_platform_alone() {
        let mut packages = project();
        packages["node_modules/a"]["hasInstallScript"] = true.into();
        let platform = Platform::of(Architecture::X86_64);
        let lock = lock(&packages);
        let manifest = manifest();
        assert!(lock.needed(&lock, ("", &manifest), platform, true).is_ok());
        assert_eq!(
            lock.needed(&lock, ("", &manifest), platform, false),
            Err(Unusable::BuiltHere("node_modules/a".into()))
        );
    }

    #[test]
    fn links_lead_into_the_workspace() {
        let packages = json!({
            "": { "workspaces": ["packages/*"] },
            "packages/fn": { "dependencies": { "inner": "*", "ms": "2" } },
            "packages/inner": { "dependencies": { "ms": "3", "fn": "*" }, "devDependencies": { "jest": "1" } },
            "packages/inner/node_modules/ms": { "version": "3.0.0", "integrity": "sha512-ms3" },
            "node_modules/fn": { "link": true, "resolved": "packages/fn" },
            "node_modules/inner": { "link": true, "resolved": "packages/inner" },
            "node_modules/ms": { "version": "2.0.0", "integrity": "sha512-ms2" },
            "node_modules/jest": { "version": "1.0.0", "integrity": "sha512-j", "dev": true },
        });
        let manifest = Manifest::parse(r#"{"dependencies": {"inner": "*", "ms": "2"}}"#).unwrap();
        let lock = lock(&packages);
        let platform = Platform::of(Architecture::Arm64);
        let found = lock.needed(&lock, ("packages/fn", &manifest), platform, true).unwrap();
        let found: Vec<&str> = found.iter().map(String::as_str).collect();
        assert_eq!(
            found,
            [
                "node_modules/fn",
                "node_modules/inner",
                "node_modules/ms",
                "packages/inner/node_modules/ms"
            ]
        );
    }

    #[test]
    fn other_texts_are_no_lock_files() {
        for text in ["", "{}", "[]", r#"{"lockfileVersion": 1, "dependencies": {}}"#] {
            assert_eq!(Lock::parse(text), None, "{text}");
        }
    }
}
