//! `pyproject.toml`: the dependencies that the project itself needs, and where its packages come from.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

use super::super::Problem;
use super::Target;
use super::requirement::{Requirement, normalized};
use super::requirements_txt::from_url;
use super::version::{Specifiers, Version};
use super::wanted::{Item, Package, Setting, Wanted};

/// The parts that matter.
#[derive(Debug, Default, Deserialize)]
pub struct Pyproject {
    project: Option<Project>,
    #[serde(default)]
    tool: Tool,
}

#[derive(Debug, Default, Deserialize)]
struct Project {
    name: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
    #[serde(default)]
    dynamic: Vec<String>,
    #[serde(default, rename = "optional-dependencies")]
    optional: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
struct Tool {
    #[serde(default)]
    poetry: Poetry,
    #[serde(default)]
    uv: Uv,
}

#[derive(Debug, Default, Deserialize)]
struct Poetry {
    name: Option<String>,
    #[serde(default)]
    dependencies: Table,
    #[serde(default)]
    source: Vec<Index>,
}

#[derive(Debug, Default, Deserialize)]
struct Uv {
    #[serde(default)]
    index: Vec<Index>,
    #[serde(default)]
    sources: Table,
}

#[derive(Deserialize)]
struct Index {
    url: Option<String>,
    default: Option<bool>,
    priority: Option<String>,
}

/// URLs may hold passwords.
impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Index(..)")
    }
}

impl Pyproject {
    pub fn parse(text: &str) -> Result<Self, Problem> {
        toml::from_str(text).map_err(|error| {
            let message = format!("`pyproject.toml` cannot be read: {}", error.message());
            Problem::new(message, "correct it; `pip` and `uv` say where it is wrong")
        })
    }

    /// Whether this is the project's own name: what it depends on may depend on it in turn.
    pub fn is_called(&self, name: &str) -> bool {
        let own = self.project.as_ref().and_then(|project| project.name.as_ref());
        let own = own.or(self.tool.poetry.name.as_ref());
        own.is_some_and(|own| normalized(own) == normalized(name))
    }

    /// The indexes that it names, as settings for an installer.
    pub fn indexes(&self) -> Vec<Setting> {
        let all = self.tool.uv.index.iter().chain(&self.tool.poetry.source);
        all.filter_map(|index| {
            let first = index.default == Some(true) || matches!(index.priority.as_deref(), Some("default"));
            let flag = if first { "--index-url" } else { "--extra-index-url" };
            Some(Setting::new(flag, index.url.clone()?))
        })
        .collect()
    }

    /// Whether it has dependencies in Poetry's own words, which need its lock file.
    pub fn is_for_poetry(&self) -> bool {
        self.tool.poetry.dependencies.keys().any(|name| name != "python")
    }

    /// Whether `[project]` names dependencies.
    pub fn has_dependencies(&self) -> bool {
        self.project
            .as_ref()
            .is_some_and(|project| !project.dependencies.is_empty() || project.is_dynamic())
    }

    /// What `[project]` names, for any machine; `None` when it leaves that to others.
    pub fn dependencies(&self) -> Result<Option<Vec<Requirement>>, Problem> {
        let project = self.project.as_ref().filter(|project| !project.is_dynamic());
        let all = project.map(|project| project.dependencies.iter().map(|text| parsed(text)).collect());
        all.transpose()
    }

    /// What `[project]` needs, with these extras of its own, in this folder.
    pub fn wanted(&self, folder: &Path, extras: &[String], target: &Target) -> Result<Wanted, Problem> {
        let mut wanted = Wanted {
            settings: self.indexes(),
            ..Wanted::default()
        };
        let Some(project) = &self.project else {
            return Ok(wanted);
        };
        if project.is_dynamic() {
            return Err(Problem::new(
                "`pyproject.toml` leaves its dependencies to the build (`dynamic`)",
                "make a lock file: `uv lock`, or `pip freeze > requirements.txt`",
            ));
        }
        let optional = extras.iter().flat_map(|extra| {
            let found = project
                .optional
                .iter()
                .filter(move |(name, _)| normalized(name) == *extra);
            found.flat_map(|(_, requirements)| requirements)
        });
        for text in project.dependencies.iter().chain(optional) {
            let requirement = parsed(text)?;
            if requirement.holds(target, &[]) {
                wanted.items.push(self.item(requirement, folder)?);
            }
        }
        Ok(wanted)
    }

    fn item(&self, mut requirement: Requirement, folder: &Path) -> Result<Item, Problem> {
        let source = self
            .tool
            .uv
            .sources
            .iter()
            .find(|(name, _)| normalized(name) == normalized(&requirement.name));
        if let Some((name, source)) = source {
            let entry = |key: &str| source.get(key).and_then(Value::as_str);
            let place = entry("git").map(|url| format!("git+{url}"));
            let place = place.or_else(|| entry("path").or(entry("url")).map(str::to_owned));
            if source.get("workspace").is_some() {
                return Err(Problem::new(
                    format!("`{name}` is a member of a workspace, which has no `uv.lock`"),
                    "make one with `uv lock`",
                ));
            }
            requirement.url = place.map(super::Url).or(requirement.url);
        }
        let package = Package::new(requirement);
        match package.requirement.url.clone() {
            Some(url) => from_url(&url.0, package, folder),
            None => Ok(Item::Package(package)),
        }
    }

    /// The main dependencies of a project that Poetry keeps, with its own signs turned into the usual ones.
    pub fn main(&self, target: &Target) -> Result<Vec<Requirement>, Problem> {
        let mut main = Vec::new();
        for text in self.project.iter().flat_map(|project| &project.dependencies) {
            main.push(parsed(text)?);
        }
        for (name, value) in self
            .tool
            .poetry
            .dependencies
            .iter()
            .filter(|(name, _)| *name != "python")
        {
            let ways = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            for way in ways {
                let entry = |key: &str| way.get(key).and_then(Value::as_str);
                if way.get("optional").and_then(Value::as_bool) == Some(true) {
                    continue;
                }
                let mut conditions: Vec<String> = entry("markers")
                    .map(|marker| format!("({marker})"))
                    .into_iter()
                    .collect();
                conditions.extend(entry("platform").map(|platform| format!("sys_platform == '{platform}'")));
                let python = entry("python").map(poetry_constraint);
                let version = Version::parse(&format!("{}.0", target.python()));
                if python.is_some_and(|python| version.is_some_and(|version| !python.contain(&version))) {
                    continue;
                }
                let extras = way.get("extras").and_then(Value::as_array);
                let extras = extras.into_iter().flatten().filter_map(Value::as_str).map(normalized);
                let marked = format!("{name}; {}", conditions.join(" and "));
                let requirement = if conditions.is_empty() {
                    Requirement::named(name)
                } else {
                    parsed(&marked)?
                };
                main.push(Requirement {
                    extras: extras.collect(),
                    specifiers: poetry_constraint(way.as_str().or(entry("version")).unwrap_or("*")),
                    ..requirement
                });
            }
        }
        main.retain(|requirement| requirement.holds(target, &[]));
        Ok(main)
    }
}

impl Project {
    fn is_dynamic(&self) -> bool {
        self.dynamic.iter().any(|key| key == "dependencies")
    }
}

fn parsed(text: &str) -> Result<Requirement, Problem> {
    Requirement::parse(text).ok_or_else(|| {
        Problem::new(
            format!("`pyproject.toml`: `{}` is not a requirement", super::redacted(text)),
            "a requirement looks like `requests>=2.32`",
        )
    })
}

/// `^1.2`, `~1.2`, `*`, `1.2` and what is usual. The lock file chose already, so alternatives (`||`) and whatever
/// else is not understood allow any version.
/// Source: Poetry documentation, "Dependency specification".
pub fn poetry_constraint(text: &str) -> Specifiers {
    let demand = |demand: &str| {
        let demand = demand.trim();
        let upper = |version: &str, keep: usize| {
            let mut release: Vec<u64> = version.split('.').map_while(|part| part.parse().ok()).collect();
            release.truncate(keep + 1);
            let last = release.get_mut(keep).or(None)?;
            *last += 1;
            Some(release.iter().map(u64::to_string).collect::<Vec<_>>().join("."))
        };
        if let Some(version) = demand.strip_prefix('^') {
            let numbers: Vec<&str> = version.split('.').collect();
            let first = numbers
                .iter()
                .position(|number| *number != "0")
                .unwrap_or(numbers.len() - 1);
            return Some(format!(">={version},<{}", upper(version, first)?));
        }
        if let Some(version) = demand.strip_prefix('~').filter(|version| !version.starts_with('=')) {
            let keep = usize::from(version.contains('.'));
            return Some(format!(">={version},<{}", upper(version, keep)?));
        }
        if demand.is_empty() || demand == "*" {
            return Some(String::new());
        }
        let bare = demand.starts_with(|c: char| c.is_ascii_digit());
        Some(if bare { format!("=={demand}") } else { demand.to_owned() })
    };
    let demands: Option<Vec<String>> = text.split(',').map(demand).collect();
    demands
        .filter(|_| !text.contains('|'))
        .and_then(|demands| Specifiers::parse(&demands.join(",")))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::function::Architecture;

    #[test]
    fn poetrys_signs_become_the_usual_ones() {
        for (text, expected) in [
            ("^1.2.3", ">=1.2.3,<2"),
            ("^0.2.3", ">=0.2.3,<0.3"),
            ("^0.0", ">=0.0,<0.1"),
            ("~1.2.3", ">=1.2.3,<1.3"),
            ("~1", ">=1,<2"),
            ("~=1.2", "~=1.2"),
            ("*", ""),
            ("1.2.*", "==1.2.*"),
            ("1.2", "==1.2"),
            (">=1, <2", ">=1,<2"),
            ("^1 || ^2", ""),
            ("^x", ""),
            ("^1.2rc1", ">=1.2rc1,<2"),
        ] {
            assert_eq!(poetry_constraint(text).to_string(), expected, "{text}");
        }
    }

    #[test]
    fn the_projects_own_dependencies_are_wanted() {
        let text = "[project]\nname = \"shop\"\ndependencies = [\"six>=1\", \"tomli; python_version < '3.11'\", \"lib\"]\n\
             optional-dependencies = { Plot_x = [\"plotly\"] }\n\
             [dependency-groups]\ndev = [\"pytest\"]\n\
             [tool.uv.sources]\nlib = { path = \"../lib\" }\n\
             [[tool.uv.index]]\nname = \"own\"\nurl = \"https://own.example/simple\"\ndefault = true";
        let target = Target::new(13, Architecture::X86_64, 34);
        let project = Pyproject::parse(text).unwrap();
        let wanted = project.wanted(Path::new("/w"), &["plot-x".into()], &target).unwrap();
        let package = |text: &str| Item::Package(Package::new(Requirement::parse(text).unwrap()));
        let lib = Item::Folder {
            path: "/w/../lib".into(),
            extras: Vec::new(),
        };
        assert_eq!(wanted.items, [package("six>=1"), lib, package("plotly")]);
        assert_eq!(
            wanted.settings,
            [Setting::new("--index-url", "https://own.example/simple")]
        );
        assert_eq!(wanted.unpinned(), ["six", "plotly"]);
        let dynamic = Pyproject::parse("[project]\nname = \"a\"\ndynamic = [\"dependencies\"]").unwrap();
        assert!(dynamic.has_dependencies());
        assert!(dynamic.wanted(Path::new("/w"), &[], &target).is_err());
    }
}
