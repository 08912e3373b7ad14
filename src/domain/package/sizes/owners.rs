//! Whose file is it: the dependency that each file of an archive belongs to.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::super::Entry;
use super::manifests::{Manifests, python_name};

/// The function's own code, as a package.
pub const OWN: usize = 0;

/// What is installed by one family of package managers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ecosystem {
    Npm,
    Python,
    Java,
    Ruby,
}

/// A dependency, or the function's own code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    pub name: String,
    pub version: Option<String>,
    pub ecosystem: Option<Ecosystem>,
    /// Its folder, or its file; for Python its `.dist-info` folder.
    pub path: String,
}

/// The packages of an archive, the function's own code first, and whose each file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owned {
    pub packages: Vec<Package>,
    /// In the order of the archive.
    pub of_file: Vec<usize>,
}

/// Attributes every file.
pub fn attribute(entries: &[Entry], manifests: &Manifests) -> Owned {
    let mut packages = Packages::new(manifests);
    let python = Python::new(entries, manifests, &mut packages);
    let of_file = entries
        .iter()
        .map(|entry| {
            let name = entry.name.as_str();
            if let Some(folder) = npm_folder(name) {
                packages.npm(folder)
            } else if let Some(folder) = gem_folder(name) {
                packages.named(folder, Ecosystem::Ruby)
            } else if name.rsplit_once('.').is_some_and(|(_, end)| end == "jar") {
                packages.named(name, Ecosystem::Java)
            } else {
                python.owner(name).unwrap_or(OWN)
            }
        })
        .collect();
    Owned {
        packages: packages.list,
        of_file,
    }
}

/// The package's folder for a file in `node_modules`, the innermost one: `node_modules/a/node_modules/@s/b`.
pub fn npm_folder(name: &str) -> Option<&str> {
    const FOLDER: &str = "node_modules/";
    let at = name
        .rmatch_indices(FOLDER)
        .map(|(at, _)| at)
        .find(|&at| at == 0 || name.as_bytes()[at - 1] == b'/')?;
    let start = at + FOLDER.len();
    let rest = &name[start..];
    // Bookkeeping of package managers, such as `.package-lock.json`.
    if rest.starts_with('.') {
        return None;
    }
    let mut ends = rest.match_indices('/').map(|(at, _)| at);
    let end = if rest.starts_with('@') {
        ends.nth(1)?
    } else {
        ends.next()?
    };
    Some(&name[..start + end])
}

/// `vendor/bundle/ruby/3.4.0/gems/NAME-VERSION`. Source: Bundler, `bundle config path`.
fn gem_folder(name: &str) -> Option<&str> {
    let (before, rest) = name.split_once("/gems/")?;
    if !before.starts_with("ruby/") && !before.contains("/ruby/") {
        return None;
    }
    let end = rest.find('/')?;
    Some(&name[..before.len() + "/gems/".len() + end])
}

/// `NAME-VERSION` taken apart: the version begins at the last hyphen before a digit.
fn name_and_version(text: &str) -> (&str, Option<&str>) {
    let bytes = text.as_bytes();
    let split = text
        .match_indices('-')
        .map(|(at, _)| at)
        .rfind(|&at| at > 0 && bytes.get(at + 1).is_some_and(u8::is_ascii_digit));
    split.map_or((text, None), |at| (&text[..at], Some(&text[at + 1..])))
}

/// The packages found so far.
struct Packages<'a> {
    manifests: &'a Manifests,
    list: Vec<Package>,
    by_path: HashMap<String, usize>,
}

impl<'a> Packages<'a> {
    fn new(manifests: &'a Manifests) -> Self {
        let own = Package {
            name: "own code".into(),
            version: None,
            ecosystem: None,
            path: String::new(),
        };
        Self {
            manifests,
            list: vec![own],
            by_path: HashMap::new(),
        }
    }

    fn push(&mut self, package: Package) -> usize {
        let index = self.list.len();
        self.by_path.insert(package.path.clone(), index);
        self.list.push(package);
        index
    }

    fn npm(&mut self, folder: &str) -> usize {
        if let Some(&index) = self.by_path.get(folder) {
            return index;
        }
        let manifest = self.manifests.node(folder).unwrap_or_default();
        let placed = folder.rsplit_once("node_modules/").map_or(folder, |(_, name)| name);
        self.push(Package {
            // An alias (`npm:other@1`) is installed under a name that is not its own.
            name: manifest
                .name
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| placed.to_owned()),
            version: manifest.version,
            ecosystem: Some(Ecosystem::Npm),
            path: folder.to_owned(),
        })
    }

    /// A jar or a gem, which says in its name what it is.
    fn named(&mut self, path: &str, ecosystem: Ecosystem) -> usize {
        if let Some(&index) = self.by_path.get(path) {
            return index;
        }
        let last = path.rsplit('/').next().unwrap_or(path);
        let (name, version) = name_and_version(last.strip_suffix(".jar").unwrap_or(last));
        self.push(Package {
            name: name.to_owned(),
            version: version.map(str::to_owned),
            ecosystem: Some(ecosystem),
            path: path.to_owned(),
        })
    }
}

/// Python's packages share one folder; each lists its files in `RECORD`.
struct Python {
    files: HashMap<String, usize>,
    /// Folders by the one package that has files in them; `None` where several have.
    folders: HashMap<String, Option<usize>>,
}

impl Python {
    fn new(entries: &[Entry], manifests: &Manifests, packages: &mut Packages<'_>) -> Self {
        let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
        let mut python = Self {
            files: HashMap::new(),
            folders: HashMap::new(),
        };
        for entry in entries {
            let Some((folder, _)) = entry.name.rsplit_once('/') else {
                continue;
            };
            let Some(end) = folder.find(".dist-info").map(|at| at + ".dist-info".len()) else {
                continue;
            };
            let folder = &folder[..end];
            if folders.contains_key(folder) || npm_folder(&entry.name).is_some() {
                continue;
            }
            let last = folder.rsplit('/').next().unwrap_or(folder);
            let stem = last.strip_suffix(".dist-info").unwrap_or(last);
            let (name, version) = stem.split_once('-').unwrap_or((stem, ""));
            let manifest = manifests.python(folder).unwrap_or_default();
            let or = |said: String, otherwise: &str| if said.is_empty() { otherwise.to_owned() } else { said };
            let index = packages.push(Package {
                name: or(manifest.name, name),
                version: Some(or(manifest.version, version)).filter(|version| !version.is_empty()),
                ecosystem: Some(Ecosystem::Python),
                path: folder.to_owned(),
            });
            folders.insert(folder, index);
        }
        for (folder, index) in folders {
            python.claim(folder, index, &packages.list[index].name, manifests);
        }
        python
    }

    /// Notes what `RECORD` lists; without it, what `top_level.txt` names, or the package's own name.
    fn claim(&mut self, dist_info: &str, index: usize, name: &str, manifests: &Manifests) {
        let (prefix, last) = dist_info
            .rsplit_once('/')
            .map_or(("", dist_info), |(folder, last)| (folder, last));
        let below = |path: &str| {
            if prefix.is_empty() {
                path.to_owned()
            } else {
                format!("{prefix}/{path}")
            }
        };
        self.folders.insert(below(last), Some(index));
        if let Some(record) = manifests.text(&format!("{dist_info}/RECORD")) {
            for path in record.lines().filter_map(recorded) {
                // Scripts lie beside the packages when pip installs into a folder of its own.
                let path = below(path.trim_start_matches("../"));
                let mut folder = path.as_str();
                while let Some((parent, _)) = folder.rsplit_once('/').filter(|(parent, _)| *parent != prefix) {
                    let owner = self.folders.entry(parent.to_owned()).or_insert(Some(index));
                    if *owner != Some(index) {
                        *owner = None;
                    }
                    folder = parent;
                }
                self.files.insert(path, index);
            }
            return;
        }
        let top_level = manifests.text(&format!("{dist_info}/top_level.txt"));
        let own_name = python_name(name).replace('-', "_");
        for module in top_level.map_or_else(|| vec![own_name.as_str()], |text| text.lines().collect()) {
            let module = module.trim();
            if !module.is_empty() {
                self.folders.entry(below(module)).or_insert(Some(index));
                self.files.entry(below(&format!("{module}.py"))).or_insert(index);
            }
        }
    }

    fn owner(&self, name: &str) -> Option<usize> {
        if let Some(&index) = self.files.get(name) {
            return Some(index);
        }
        let mut rest = name;
        while let Some((folder, _)) = rest.rsplit_once('/') {
            match self.folders.get(folder) {
                Some(Some(index)) => return Some(*index),
                Some(None) | None => rest = folder,
            }
        }
        None
    }
}

/// The path in a line of `RECORD`: the first field of CSV.
fn recorded(line: &str) -> Option<&str> {
    let path = match line.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => line.split(',').next()?,
    };
    (!path.is_empty()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn npm_packages_have_their_innermost_folder() {
        for (name, folder) in [
            ("node_modules/a/index.js", Some("node_modules/a")),
            ("node_modules/@s/a/lib/x.js", Some("node_modules/@s/a")),
            (
                "node_modules/a/node_modules/@s/b/x.js",
                Some("node_modules/a/node_modules/@s/b"),
            ),
            ("nodejs/node_modules/a/x.js", Some("nodejs/node_modules/a")),
            ("node_modules/.package-lock.json", None),
            ("node_modules/stray.js", None),
            ("node_modules/@s/stray.js", None),
            ("my_node_modules/a/x.js", None),
            ("src/app.js", None),
        ] {
            assert_eq!(npm_folder(name), folder, "{name}");
        }
    }

    #[test]
    fn jars_and_gems_say_what_they_are() {
        for (text, expected) in [
            ("aws-lambda-java-core-1.4.0", ("aws-lambda-java-core", Some("1.4.0"))),
            ("log4j-1.2-api-2.25.1", ("log4j-1.2-api", Some("2.25.1"))),
            (
                "netty-4.1.129.Final-linux-x86_64",
                ("netty", Some("4.1.129.Final-linux-x86_64")),
            ),
            ("guava-33.5.0-jre", ("guava", Some("33.5.0-jre"))),
            ("app", ("app", None)),
        ] {
            assert_eq!(name_and_version(text), expected);
        }
        assert_eq!(
            gem_folder("vendor/bundle/ruby/3.4.0/gems/json-2.9.1/lib/json.rb"),
            Some("vendor/bundle/ruby/3.4.0/gems/json-2.9.1")
        );
        assert_eq!(gem_folder("src/gems/a/b.rb"), None);
    }
}
