//! `uv.lock`: what it holds for one project and one target.
//!
//! Read directly instead of through `uv export`, so that it counts the same whether uv is installed or not.
//! Development groups and the project's own extras stay out.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use serde::Deserialize;

use super::super::Problem;
use super::marker::Marker;
use super::requirement::{Requirement, normalized};
use super::version::{Specifiers, Version};
use super::wanted::{Item, Package, Url, Wanted};
use super::wheel::is_wheel;
use super::{Pyproject, Target};

/// The version of the format; later revisions of it only add to it.
const FORMAT: u32 = 1;

#[derive(Deserialize)]
struct Lock {
    version: u32,
    #[serde(default, rename = "package")]
    packages: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: Option<String>,
    #[serde(default)]
    source: Source,
    #[serde(default)]
    dependencies: Vec<Dependency>,
    #[serde(default, rename = "optional-dependencies")]
    optional: BTreeMap<String, Vec<Dependency>>,
    sdist: Option<File>,
    #[serde(default)]
    wheels: Vec<File>,
    #[serde(default)]
    metadata: Metadata,
}

/// What the project asked for when the lock file was made.
#[derive(Deserialize, Default)]
struct Metadata {
    #[serde(default, rename = "requires-dist")]
    requires: Vec<Asked>,
}

#[derive(Deserialize)]
struct Asked {
    name: String,
    specifier: Option<String>,
    marker: Option<String>,
}

#[derive(Deserialize, Default, PartialEq, Eq)]
struct Source {
    registry: Option<String>,
    git: Option<String>,
    url: Option<String>,
    path: Option<String>,
    directory: Option<String>,
    editable: Option<String>,
    r#virtual: Option<String>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    version: Option<String>,
    source: Option<Source>,
    marker: Option<String>,
    #[serde(default)]
    extra: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    url: Option<String>,
    path: Option<String>,
    filename: Option<String>,
    hash: Option<String>,
}

impl File {
    fn name(&self) -> String {
        let place = self.filename.as_ref().or(self.url.as_ref()).or(self.path.as_ref());
        let name = place
            .and_then(|place| place.split(['#', '?']).next())
            .unwrap_or_default();
        let name = name.rsplit('/').next().unwrap_or_default();
        name.replace("%2B", "+").replace("%2b", "+")
    }
}

/// Reads the lock file in `folder` for the project in its folder `member`: `.`, or a workspace's member.
/// What `project` asks for now must be in it.
pub fn read(
    text: &str,
    folder: &Path,
    (member, project): (&str, &Pyproject),
    target: &Target,
) -> Result<Wanted, Problem> {
    let lock: Lock = toml::from_str(text).map_err(|error| {
        Problem::new(
            format!("`uv.lock` cannot be read: {}", error.message()),
            "make it anew with `uv lock`",
        )
    })?;
    if lock.version != FORMAT {
        return Err(Problem::new(
            format!("`uv.lock` has the format {}, and lfn knows {FORMAT}", lock.version),
            "write a `requirements.txt` with `uv export`, and name `pip` in `package.dependencies`",
        ));
    }
    let is_root = |source: &Source| {
        let places = [&source.editable, &source.r#virtual, &source.directory];
        places
            .iter()
            .any(|place| place.as_deref().is_some_and(|place| clean(place) == clean(member)))
    };
    let root = lock
        .packages
        .iter()
        .position(|package| is_root(&package.source))
        .ok_or_else(|| {
            Problem::new(
                format!("`uv.lock` knows no project in `{member}`"),
                "bring it up to date with `uv lock`",
            )
        })?;
    if let Some(asked) = project.dependencies()? {
        lock.refuse_stale(root, &asked)?;
    }
    let mut wanted = Wanted {
        complete: true,
        ..Wanted::default()
    };
    let reached = lock.reachable(root, target)?;
    for (index, needs) in reached {
        let package = &lock.packages[index];
        if index != root {
            wanted.items.extend(package.item(folder, needs)?);
        }
    }
    Ok(wanted)
}

fn clean(path: &str) -> &str {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    if path.is_empty() { "." } else { path }
}

impl Lock {
    /// Refuses a lock file that was made before the project's dependencies were changed.
    fn refuse_stale(&self, root: usize, asked: &[Requirement]) -> Result<(), Problem> {
        let root = &self.packages[root];
        let stale = |message: String| Err(Problem::new(message, "bring it up to date: run `uv lock`"));
        for requirement in asked {
            let name = normalized(&requirement.name);
            let before: Vec<&Asked> = root
                .metadata
                .requires
                .iter()
                .filter(|asked| asked.name == name)
                .collect();
            let mut chosen = root
                .dependencies
                .iter()
                .filter(|dependency| dependency.name == name)
                .peekable();
            if before.is_empty() && chosen.peek().is_none() {
                return stale(format!(
                    "the lock file `uv.lock` does not hold `{requirement}`, which `pyproject.toml` names"
                ));
            }
            // Whether said in other words or overridden: what was asked before, and what fits, is right.
            let same = before.iter().any(|asked| asked.demands(&requirement.specifiers));
            let fits = chosen.filter_map(|dependency| self.find(dependency)).any(|index| {
                let version = self.packages[index].version.as_deref().and_then(Version::parse);
                version.is_none_or(|version| requirement.specifiers.contain(&version))
            });
            if !before.is_empty() && !same && !fits {
                return stale(format!(
                    "the lock file `uv.lock` holds another version than `{requirement}`, which `pyproject.toml` names"
                ));
            }
        }
        let is_asked = |name: &str| asked.iter().any(|requirement| normalized(&requirement.name) == name);
        let gone = root
            .metadata
            .requires
            .iter()
            .find(|before| !before.is_of_extra() && !is_asked(&before.name));
        match gone {
            Some(gone) => stale(format!(
                "the lock file `uv.lock` holds `{}`, which `pyproject.toml` does not name any more",
                gone.name
            )),
            None => Ok(()),
        }
    }

    /// The packages that the root needs on the target, each with the names of what it needs itself.
    fn reachable(&self, root: usize, target: &Target) -> Result<BTreeMap<usize, Vec<String>>, Problem> {
        let mut reached: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        let mut seen = BTreeSet::from([(root, String::new())]);
        let mut queue = VecDeque::from([(root, String::new())]);
        while let Some((index, extra)) = queue.pop_front() {
            let package = &self.packages[index];
            let dependencies = if extra.is_empty() {
                Some(&package.dependencies)
            } else {
                package.optional.get(&extra)
            };
            let needs = reached.entry(index).or_default();
            for dependency in dependencies.into_iter().flatten() {
                if !holds(dependency, target)? {
                    continue;
                }
                needs.push(normalized(&dependency.name));
                let next = self.find(dependency).ok_or_else(|| {
                    Problem::new(
                        format!(
                            "`uv.lock` does not hold `{}`, which `{}` needs",
                            dependency.name, package.name
                        ),
                        "make it anew with `uv lock`",
                    )
                })?;
                let extras = std::iter::once(String::new()).chain(dependency.extra.iter().cloned());
                for extra in extras {
                    if seen.insert((next, extra.clone())) {
                        queue.push_back((next, extra));
                    }
                }
            }
        }
        Ok(reached)
    }

    fn find(&self, dependency: &Dependency) -> Option<usize> {
        self.packages.iter().position(|package| {
            package.name == dependency.name
                && (dependency.version.is_none() || dependency.version == package.version)
                && dependency
                    .source
                    .as_ref()
                    .is_none_or(|source| *source == package.source)
        })
    }
}

fn holds(dependency: &Dependency, target: &Target) -> Result<bool, Problem> {
    let Some(text) = &dependency.marker else {
        return Ok(true);
    };
    let marker = Marker::parse(text).ok_or_else(|| {
        Problem::new(
            format!("`uv.lock`: the marker `{text}` of `{}` cannot be read", dependency.name),
            "make it anew with `uv lock`",
        )
    })?;
    Ok(marker.holds(target, &[]))
}

impl Asked {
    fn demands(&self, specifiers: &Specifiers) -> bool {
        let sorted = |text: String| {
            let mut demands: Vec<String> = text.split(',').map(|demand| demand.replace(' ', "")).collect();
            demands.sort();
            demands
        };
        sorted(self.specifier.clone().unwrap_or_default()) == sorted(specifiers.to_string())
    }

    /// Whether it stands among the optional dependencies.
    fn is_of_extra(&self) -> bool {
        self.marker.as_ref().is_some_and(|marker| marker.contains("extra =="))
    }
}

impl Locked {
    /// `None` for a project that has dependencies and no code.
    fn item(&self, folder: &Path, needs: Vec<String>) -> Result<Option<Item>, Problem> {
        let local = self.source.directory.as_ref().or(self.source.editable.as_ref());
        if let Some(path) = local {
            return Ok(Some(Item::Folder {
                path: folder.join(path),
                extras: Vec::new(),
            }));
        }
        if self.source.r#virtual.is_some() {
            return Ok(None);
        }
        let hashes: Vec<String> = self.wheels.iter().filter_map(|file| file.hash.clone()).collect();
        if let Some(path) = self.source.path.as_ref().filter(|path| is_wheel(path)) {
            return Ok(Some(Item::File {
                path: folder.join(path),
                extras: Vec::new(),
                hashes,
            }));
        }
        if let Some(git) = &self.source.git {
            return Err(Problem::new(
                format!(
                    "`uv.lock` takes `{}` from the repository `{}`, and lfn installs wheels alone",
                    self.name,
                    super::redacted(git)
                ),
                "build a wheel of it with `uv build --wheel`, keep the file in the project, and name it in \
                 `tool.uv.sources` as a `path`",
            ));
        }
        let version = self.version.as_deref().unwrap_or_default();
        let unreadable = || {
            Problem::new(
                format!("`uv.lock`: `{}` has no usable version", self.name),
                "make it anew with `uv lock`",
            )
        };
        let mut package = Package::pinned(&self.name, version).ok_or_else(unreadable)?;
        if let Some(url) = self.source.url.as_ref().filter(|url| url.contains(".whl")) {
            package.requirement = Requirement {
                url: Some(Url(url.clone())),
                ..package.requirement
            };
        }
        let files = self.wheels.iter().chain(&self.sdist).map(File::name).collect();
        Ok(Some(Item::Package(Package {
            hashes,
            files: Some(files),
            needs,
            ..package
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Missing;
    use super::*;
    use crate::domain::function::Architecture;

    const LOCK: &str = r#"
version = 1
revision = 3
requires-python = ">=3.11"

[[package]]
name = "shop"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "requests", extra = ["socks"] },
    { name = "pandas", version = "2.2.3", source = { registry = "https://index.example/simple" }, marker = "python_full_version < '3.12'" },
    { name = "pandas", version = "3.0.0", source = { registry = "https://index.example/simple" }, marker = "python_full_version >= '3.12'" },
    { name = "pywin32", marker = "sys_platform == 'win32'" },
    { name = "common" },
]

[package.optional-dependencies]
plot = [{ name = "extra-only" }]

[package.dev-dependencies]
dev = [{ name = "pytest" }]

[[package]]
name = "worker"
version = "0.1.0"
source = { editable = "services/worker" }
dependencies = [{ name = "common" }]

[[package]]
name = "common"
version = "1"
source = { editable = "libs/common" }
dependencies = [{ name = "six" }]

[[package]]
name = "requests"
version = "2.32.0"
source = { registry = "https://index.example/simple" }
wheels = [{ url = "https://f.example/requests-2.32.0-py3-none-any.whl", hash = "sha256:aa", size = 1 }]

[package.optional-dependencies]
socks = [{ name = "pysocks" }]

[[package]]
name = "pysocks"
version = "1.7.1"
source = { registry = "https://index.example/simple" }
wheels = [{ url = "https://f.example/PySocks-1.7.1-py3-none-any.whl", hash = "sha256:bb" }]

[[package]]
name = "pandas"
version = "2.2.3"
source = { registry = "https://index.example/simple" }
dependencies = [{ name = "six" }]
wheels = [
    { url = "https://f.example/pandas-2.2.3-cp311-cp311-manylinux_2_17_x86_64.whl", hash = "sha256:c1" },
    { url = "https://f.example/pandas-2.2.3-cp311-cp311-macosx_11_0_arm64.whl", hash = "sha256:c2" },
]

[[package]]
name = "pandas"
version = "3.0.0"
source = { registry = "https://index.example/simple" }
dependencies = [{ name = "docopt" }]
wheels = [{ url = "https://f.example/pandas-3.0.0%2Bcpu-cp313-cp313-manylinux_2_28_x86_64.whl", hash = "sha256:d1" }]

[[package]]
name = "six"
version = "1.17.0"
source = { registry = "https://index.example/simple" }
wheels = [{ url = "https://f.example/six-1.17.0-py2.py3-none-any.whl", hash = "sha256:ee" }]

[[package]]
name = "docopt"
version = "0.6.2"
source = { registry = "https://index.example/simple" }
sdist = { url = "https://f.example/docopt-0.6.2.tar.gz", hash = "sha256:ff" }

[[package]]
name = "pywin32"
version = "1"
source = { registry = "https://index.example/simple" }

[[package]]
name = "pytest"
version = "8"
source = { registry = "https://index.example/simple" }

[[package]]
name = "extra-only"
version = "8"
source = { registry = "https://index.example/simple" }
"#;

    fn told(wanted: &Wanted) -> Vec<String> {
        let show = |item: &Item| match item {
            Item::Package(package) => format!("{} {}", package.requirement, package.hashes.join(" ")),
            Item::Folder { path, .. } | Item::File { path, .. } => path.display().to_string(),
        };
        wanted.items.iter().map(show).collect()
    }

    #[test]
    fn only_what_the_target_needs_is_taken() {
        let folder = Path::new("/w");
        let old = Target::new(11, Architecture::X86_64, 26);
        let wanted = read(LOCK, folder, (".", &Pyproject::default()), &old).unwrap();
        assert_eq!(
            told(&wanted),
            [
                "/w/libs/common",
                "requests==2.32.0 sha256:aa",
                "pysocks==1.7.1 sha256:bb",
                "pandas==2.2.3 sha256:c1 sha256:c2",
                "six==1.17.0 sha256:ee",
            ]
        );
        assert_eq!(wanted.missing(&old), []);
        let member = read(LOCK, folder, ("services/worker", &Pyproject::default()), &old).unwrap();
        assert_eq!(told(&member), ["/w/libs/common", "six==1.17.0 sha256:ee"]);
    }

    #[test]
    fn what_has_no_wheel_is_named_with_who_needs_it() {
        let new = Target::new(13, Architecture::Arm64, 34);
        let wanted = read(LOCK, Path::new("/w"), (".", &Pyproject::default()), &new).unwrap();
        let missing = |name: &str, version: &str, needed_by: Option<&str>, source_only| Missing {
            name: name.into(),
            version: Some(version.into()),
            needed_by: needed_by.map(str::to_owned),
            source_only,
            newer_glibc: false,
        };
        assert_eq!(
            wanted.missing(&new),
            [
                missing("pandas", "3.0.0", None, false),
                missing("docopt", "0.6.2", Some("pandas"), true),
            ]
        );
    }

    #[test]
    fn a_lock_file_older_than_its_project_is_refused() {
        let lock = "version = 1\n[[package]]\nname = \"shop\"\nsource = { virtual = \".\" }\n\
             dependencies = [{ name = \"six\" }, { name = \"lib-b\" }, { name = \"bare\" }]\n\
             [package.metadata]\nrequires-dist = [{ name = \"six\", specifier = \">=1.0,<2\" }, \
             { name = \"lib-b\", directory = \"b\" }, { name = \"old\", marker = \"python_full_version < '3'\" }, \
             { name = \"plotly\", marker = \"extra == 'plot'\" }]\n\
             [[package]]\nname = \"six\"\nversion = \"1.17\"\n[[package]]\nname = \"lib-b\"\nversion = \"1\"\n\
             source = { directory = \"b\" }\n[[package]]\nname = \"bare\"\nversion = \"1\"";
        let target = Target::new(13, Architecture::X86_64, 34);
        for (dependencies, expected) in [
            (
                r#"["six < 2, >= 1.0", "Lib_b", "bare>2", "old; python_version < '3'"]"#,
                None,
            ),
            (r#"["six==1.*", "lib-b", "bare", "old"]"#, None),
            (
                r#"["six", "lib-b", "bare", "old", "Flask>=3"]"#,
                Some("the lock file `uv.lock` does not hold `Flask>=3`, which `pyproject.toml` names"),
            ),
            (
                r#"["six>=2", "lib-b", "bare", "old"]"#,
                Some("the lock file `uv.lock` holds another version than `six>=2`, which `pyproject.toml` names"),
            ),
            (
                r#"["six", "lib-b", "bare"]"#,
                Some("the lock file `uv.lock` holds `old`, which `pyproject.toml` does not name any more"),
            ),
        ] {
            let project =
                Pyproject::parse(&format!("[project]\nname = \"shop\"\ndependencies = {dependencies}")).unwrap();
            let read = read(lock, Path::new("/w"), (".", &project), &target);
            assert_eq!(
                read.err().map(|problem| problem.message).as_deref(),
                expected,
                "{dependencies}"
            );
        }
        let dynamic = Pyproject::parse("[project]\nname = \"shop\"\ndynamic = [\"dependencies\"]").unwrap();
        assert!(read(lock, Path::new("/w"), (".", &dynamic), &target).is_ok());
    }

    #[test]
    fn what_cannot_be_used_is_refused() {
        let target = Target::new(13, Architecture::X86_64, 34);
        for (text, expected) in [
            ("version = 2", "`uv.lock` has the format 2, and lfn knows 1"),
            ("version = 1", "`uv.lock` knows no project in `.`"),
            ("x", "`uv.lock` cannot be read"),
            (
                "version = 1\n[[package]]\nname = \"a\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"b\" }]",
                "`uv.lock` does not hold `b`, which `a` needs",
            ),
            (
                "version = 1\n[[package]]\nname = \"a\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"b\" }]\n\
                 [[package]]\nname = \"b\"\nversion = \"1\"\nsource = { git = \"https://u:p@h/r?rev=1#abc\" }",
                "`uv.lock` takes `b` from the repository `https://****@h/r?rev=1#abc`, and lfn installs wheels alone",
            ),
        ] {
            let problem = read(text, Path::new("/w"), (".", &Pyproject::default()), &target).unwrap_err();
            assert!(problem.message.starts_with(expected), "{}", problem.message);
        }
    }
}
