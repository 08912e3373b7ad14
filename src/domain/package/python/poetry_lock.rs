//! `poetry.lock`: its main group for one target.
//!
//! Since Poetry 2 the file says for each package in which groups and on which machines it is needed. Before,
//! that has to be followed from pyproject.toml.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

use super::super::Problem;
use super::Target;
use super::marker::Marker;
use super::pyproject::{Pyproject, poetry_constraint};
use super::requirement::{Requirement, normalized};
use super::version::Version;
use super::wanted::{Item, Package, Setting, Wanted};

const ANEW: &str = "make it anew with `poetry lock`";

#[derive(Deserialize)]
struct Lock {
    #[serde(default, rename = "package")]
    packages: Vec<Locked>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Deserialize, Default)]
struct Metadata {
    /// Before Poetry 1.3 the files stood here.
    #[serde(default)]
    files: BTreeMap<String, Vec<File>>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    #[serde(default)]
    optional: bool,
    groups: Option<Vec<String>>,
    markers: Option<Value>,
    #[serde(default)]
    files: Vec<File>,
    #[serde(default)]
    dependencies: Table,
    #[serde(default)]
    extras: BTreeMap<String, Vec<String>>,
    source: Option<Source>,
}

#[derive(Deserialize, Clone)]
struct File {
    file: String,
    hash: String,
}

#[derive(Deserialize)]
struct Source {
    r#type: String,
    url: String,
}

/// Reads the lock file in `folder`, whose pyproject.toml is given.
pub fn read(text: &str, folder: &Path, project: &Pyproject, target: &Target) -> Result<Wanted, Problem> {
    let lock: Lock = toml::from_str(text)
        .map_err(|error| Problem::new(format!("`poetry.lock` cannot be read: {}", error.message()), ANEW))?;
    let chosen = if lock.packages.iter().any(|package| package.groups.is_some()) {
        let mut chosen = BTreeSet::new();
        for (index, package) in lock.packages.iter().enumerate() {
            if package.is_main(target)? {
                chosen.insert(index);
            }
        }
        chosen
    } else {
        lock.reachable(project, target)?
    };
    let mut wanted = Wanted {
        settings: project.indexes(),
        complete: true,
        ..Wanted::default()
    };
    for index in chosen {
        let package = &lock.packages[index];
        if let Some(source) = package.source.as_ref().filter(|source| source.r#type == "legacy") {
            let known = |setting: &Setting| setting.value.as_ref().is_some_and(|url| url.0 == source.url);
            if !wanted.settings.iter().any(known) {
                wanted
                    .settings
                    .push(Setting::new("--extra-index-url", source.url.clone()));
            }
        }
        let files = lock.metadata.files.get(&package.name).unwrap_or(&package.files);
        wanted.items.push(package.item(files, folder, target)?);
    }
    Ok(wanted)
}

impl Lock {
    /// The packages that the project's main dependencies lead to.
    fn reachable(&self, project: &Pyproject, target: &Target) -> Result<BTreeSet<usize>, Problem> {
        let mut reached = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut queue: VecDeque<Requirement> = project.main(target)?.into();
        while let Some(wanted) = queue.pop_front() {
            if !seen.insert(format!("{wanted}")) {
                continue;
            }
            let fitting = self.packages.iter().position(|package| {
                normalized(&package.name) == normalized(&wanted.name)
                    && Version::parse(&package.version).is_some_and(|version| wanted.specifiers.contain(&version))
            });
            let index = fitting.ok_or_else(|| {
                Problem::new(format!("`poetry.lock` does not hold `{wanted}`, which is needed"), ANEW)
            })?;
            reached.insert(index);
            queue.extend(self.packages[index].needs(&wanted.extras, target)?);
        }
        Ok(reached)
    }
}

impl Locked {
    /// Whether the main group needs it on the target.
    fn is_main(&self, target: &Target) -> Result<bool, Problem> {
        if !self.groups.iter().flatten().any(|group| group == "main") {
            return Ok(false);
        }
        let marker = match &self.markers {
            Some(Value::Table(by_group)) => by_group.get("main").and_then(Value::as_str),
            Some(other) => other.as_str(),
            None => None,
        };
        match marker {
            Some(marker) => self.holds(marker, target, &[]),
            // What only an extra of the project needs.
            None => Ok(!self.optional),
        }
    }

    fn holds(&self, marker: &str, target: &Target, extras: &[String]) -> Result<bool, Problem> {
        let parsed = Marker::parse(marker).ok_or_else(|| {
            let message = format!("`poetry.lock`: the marker `{marker}` at `{}` cannot be read", self.name);
            Problem::new(message, ANEW)
        })?;
        Ok(parsed.holds(target, extras))
    }

    /// What it needs on the target when it is asked for with these extras.
    fn needs(&self, extras: &[String], target: &Target) -> Result<Vec<Requirement>, Problem> {
        let mut needs = Vec::new();
        for (name, value) in &self.dependencies {
            let ways = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            for way in ways {
                let entry = |key: &str| way.get(key).and_then(Value::as_str);
                let optional = way.get("optional").and_then(Value::as_bool).unwrap_or(false);
                let marker = entry("markers");
                let brought = |extra: &String| {
                    let inside = self.extras.iter().find(|(other, _)| normalized(other) == *extra);
                    inside.is_some_and(|(_, needs)| {
                        let names = needs
                            .iter()
                            .filter_map(|need| need.split([' ', '(', '[', '<', '>', '=', '!', '~', ';']).next());
                        names.map(normalized).any(|need| need == normalized(name))
                    })
                };
                if optional && !extras.iter().any(brought) {
                    continue;
                }
                if let Some(marker) = marker
                    && !self.holds(marker, target, extras)?
                {
                    continue;
                }
                let version = way.as_str().or(entry("version")).unwrap_or("*");
                let asked = way.get("extras").and_then(Value::as_array);
                let asked = asked.into_iter().flatten().filter_map(Value::as_str).map(normalized);
                needs.push(Requirement {
                    extras: asked.collect(),
                    specifiers: poetry_constraint(version),
                    ..Requirement::named(name)
                });
            }
        }
        Ok(needs)
    }

    fn item(&self, files: &[File], folder: &Path, target: &Target) -> Result<Item, Problem> {
        let refused = |what: &str, url: &str| {
            let name = &self.name;
            let url = super::redacted(url);
            Problem::new(
                format!("`poetry.lock` takes `{name}` from {what} `{url}`, and lfn installs wheels alone"),
                "build a wheel of it with `pip wheel --no-deps`, keep the file in the project, and name it as a `path` \
                 dependency",
            )
        };
        let hashes = || files.iter().map(|file| file.hash.clone()).collect::<Vec<_>>();
        match self
            .source
            .as_ref()
            .map(|source| (source.r#type.as_str(), source.url.as_str()))
        {
            Some(("git", url)) => return Err(refused("the repository", url)),
            Some(("directory", path)) => {
                return Ok(Item::Folder {
                    path: folder.join(path),
                    extras: Vec::new(),
                });
            }
            Some(("file", path)) if path.ends_with(".whl") => {
                return Ok(Item::File {
                    path: folder.join(path),
                    extras: Vec::new(),
                    hashes: hashes(),
                });
            }
            Some(("file", path)) => return Err(refused("the source archive", path)),
            Some(("url", url)) if !url.contains(".whl") => return Err(refused("the source archive", url)),
            Some(_) | None => {}
        }
        let mut package = Package::pinned(&self.name, &self.version).ok_or_else(|| {
            let message = format!("`poetry.lock`: `{}` is not a version of `{}`", self.version, self.name);
            Problem::new(message, ANEW)
        })?;
        if let Some(source) = self.source.as_ref().filter(|source| source.r#type == "url") {
            package.requirement.url = Some(super::Url(source.url.clone()));
        }
        Ok(Item::Package(Package {
            hashes: hashes(),
            files: (!files.is_empty()).then(|| files.iter().map(|file| file.file.clone()).collect()),
            needs: self
                .needs(&[], target)?
                .iter()
                .map(|need| normalized(&need.name))
                .collect(),
            ..package
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::function::Architecture;

    fn told(lock: &str, project: &str, minor: u32) -> Vec<String> {
        let target = Target::new(minor, Architecture::X86_64, 34);
        let project = Pyproject::parse(project).unwrap();
        match read(lock, Path::new("/w"), &project, &target) {
            Ok(wanted) => {
                let missing = wanted.missing(&target).into_iter();
                let show = |item: &Item| match item {
                    Item::Package(package) => format!("{} {}", package.requirement, package.hashes.join(" ")),
                    Item::Folder { path, .. } | Item::File { path, .. } => path.display().to_string(),
                };
                let missing =
                    missing.map(|missing| format!("no wheel of {} for {:?}", missing.name, missing.needed_by));
                wanted.items.iter().map(show).chain(missing).collect()
            }
            Err(problem) => vec![problem.message],
        }
    }

    #[test]
    fn the_main_group_is_taken_by_its_markers() {
        let lock = r#"
[[package]]
name = "six"
version = "1.17.0"
optional = false
groups = ["main", "dev"]
files = [{ file = "six-1.17.0-py2.py3-none-any.whl", hash = "sha256:aa" }]

[[package]]
name = "tomli"
version = "2.0"
optional = false
groups = ["main", "dev"]
markers = { main = "python_version < \"3.11\"", dev = "python_version < \"4\"" }
files = []

[[package]]
name = "async-timeout"
version = "5.0"
optional = false
groups = ["main"]
markers = "python_full_version < \"3.11.3\""
files = [{ file = "async_timeout-5.0-py3-none-any.whl", hash = "sha256:bb" }]

[[package]]
name = "plotly"
version = "6.0"
optional = true
groups = ["main"]
markers = "extra == \"plot\""
files = []

[[package]]
name = "pytest"
version = "8.0"
optional = false
groups = ["dev"]
files = []

[[package]]
name = "lib"
version = "0.1"
optional = false
groups = ["main"]
files = []
[package.source]
type = "directory"
url = "../lib"

[metadata]
lock-version = "2.1"
"#;
        assert_eq!(told(lock, "", 13), ["six==1.17.0 sha256:aa", "/w/../lib"]);
        assert_eq!(
            told(lock, "", 11),
            ["six==1.17.0 sha256:aa", "async-timeout==5.0 sha256:bb", "/w/../lib"]
        );
    }

    #[test]
    fn before_poetry_2_the_project_is_followed() {
        let lock = r#"
[[package]]
name = "requests"
version = "2.32.0"
optional = false
files = [{ file = "requests-2.32.0-py3-none-any.whl", hash = "sha256:aa" }]
[package.dependencies]
urllib3 = ">=1.21.1,<3"
docopt = { version = "*", markers = "python_version >= \"3.12\"" }
PySocks = { version = ">=1.5.6,!=1.5.7", optional = true, markers = "extra == \"socks\"" }
chardet = { version = "*", optional = true }
[package.extras]
socks = ["PySocks (>=1.5.6,!=1.5.7)"]
chardet = ["chardet"]

[[package]]
name = "urllib3"
version = "1.26.0"
optional = false
files = [{ file = "urllib3-1.26.0-py3-none-any.whl", hash = "sha256:b1" }]

[[package]]
name = "urllib3"
version = "2.2.0"
optional = false
files = [{ file = "urllib3-2.2.0-py3-none-any.whl", hash = "sha256:b2" }]

[[package]]
name = "pysocks"
version = "1.7.1"
optional = true
files = [{ file = "PySocks-1.7.1-py3-none-any.whl", hash = "sha256:cc" }]

[[package]]
name = "docopt"
version = "0.6.2"
optional = false
files = [{ file = "docopt-0.6.2.tar.gz", hash = "sha256:dd" }]

[[package]]
name = "black"
version = "24.0"
optional = false
files = []
"#;
        let project = "[tool.poetry.dependencies]\npython = \"^3.11\"\n\
             requests = { version = \"^2.31\", extras = [\"socks\"] }\nurllib3 = \"~2.2\"\n\
             win = { version = \"*\", platform = \"win32\" }\n\
             [tool.poetry.group.dev.dependencies]\nblack = \"*\"";
        assert_eq!(
            told(lock, project, 11),
            [
                "requests==2.32.0 sha256:aa",
                "urllib3==1.26.0 sha256:b1",
                "urllib3==2.2.0 sha256:b2",
                "pysocks==1.7.1 sha256:cc",
            ][..]
        );
        let wanted = told(lock, "[tool.poetry.dependencies]\nrequests = \"*\"", 12);
        assert_eq!(wanted.last().unwrap(), "no wheel of docopt for Some(\"requests\")");
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        let git = "[[package]]\nname = \"a\"\nversion = \"1\"\ngroups = [\"main\"]\n\
             [package.source]\ntype = \"git\"\nurl = \"https://u:p@h/r.git\"";
        for (lock, project, expected) in [
            ("x", "", "`poetry.lock` cannot be read"),
            (
                "",
                "[tool.poetry.dependencies]\nsix = \"^1.2\"",
                "`poetry.lock` does not hold `six>=1.2,<2`, which is needed",
            ),
            (
                git,
                "",
                "`poetry.lock` takes `a` from the repository `https://****@h/r.git`, and lfn installs wheels alone",
            ),
        ] {
            let message = told(lock, project, 13).remove(0);
            assert!(message.starts_with(expected), "{message}");
        }
    }
}
