//! `Pipfile.lock`: its `default` section for one target.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::super::Problem;
use super::Target;
use super::marker::Marker;
use super::requirement::{Requirement, normalized};
use super::requirements_txt::from_url;
use super::version::{Specifiers, Version};
use super::wanted::{Item, Package, Setting, Url, Wanted};

const ANEW: &str = "make it anew with `pipenv lock`";
/// What pipenv calls the public index. It is not named to the installer, whose own settings may name a mirror.
const PUBLIC: &str = "pypi";

#[derive(Deserialize)]
struct Lock {
    #[serde(default, rename = "_meta")]
    meta: Meta,
    #[serde(default)]
    default: BTreeMap<String, Locked>,
}

#[derive(Deserialize, Default)]
struct Meta {
    #[serde(default)]
    sources: Vec<Source>,
}

#[derive(Deserialize)]
struct Source {
    #[serde(default)]
    name: String,
    url: String,
}

#[derive(Deserialize)]
struct Locked {
    version: Option<String>,
    #[serde(default)]
    hashes: Vec<String>,
    markers: Option<String>,
    #[serde(default)]
    extras: Vec<String>,
    path: Option<String>,
    file: Option<String>,
    git: Option<String>,
}

/// What the lock file is made from.
#[derive(Deserialize)]
struct Pipfile {
    #[serde(default)]
    packages: toml::Table,
}

/// Reads the lock file in this folder. What `pipfile`, the text beside it, asks for now must be in it.
pub fn read(text: &str, pipfile: &str, folder: &Path, target: &Target) -> Result<Wanted, Problem> {
    let lock: Lock = serde_json::from_str(text)
        .map_err(|error| Problem::new(format!("`Pipfile.lock` cannot be read: {error}"), ANEW))?;
    lock.refuse_stale(pipfile)?;
    let flag = |index| if index == 0 { "--index-url" } else { "--extra-index-url" };
    let own = lock
        .meta
        .sources
        .iter()
        .enumerate()
        .filter(|(_, source)| source.name != PUBLIC);
    let mut wanted = Wanted {
        settings: own
            .map(|(index, source)| Setting::new(flag(index), source.url.clone()))
            .collect(),
        complete: true,
        ..Wanted::default()
    };
    for (name, locked) in &lock.default {
        if locked.holds(name, target)? {
            wanted.items.push(locked.item(name, folder)?);
        }
    }
    Ok(wanted)
}

impl Lock {
    /// Refuses a lock file that was made before the packages in `Pipfile` were changed.
    fn refuse_stale(&self, pipfile: &str) -> Result<(), Problem> {
        let pipfile: Pipfile = toml::from_str(pipfile).map_err(|error| {
            let message = format!("`Pipfile` cannot be read: {}", error.message());
            Problem::new(message, "correct it; `pipenv verify` says where it is wrong")
        })?;
        for (name, value) in &pipfile.packages {
            let own: Vec<&str> = value
                .as_table()
                .into_iter()
                .flat_map(toml::Table::keys)
                .map(String::as_str)
                .collect();
            // Of a place pipenv may take the name from there, and where a marker does not hold it may leave it out.
            if own
                .iter()
                .any(|key| ["path", "file", "git", "markers"].contains(key) || key.contains('_'))
            {
                continue;
            }
            let locked = self
                .default
                .iter()
                .find(|(locked, _)| normalized(locked) == normalized(name));
            let Some((_, locked)) = locked else {
                let message = format!("the lock file `Pipfile.lock` does not hold `{name}`, which `Pipfile` names");
                return Err(Problem::new(message, "bring it up to date: run `pipenv lock`"));
            };
            let asked = value
                .as_str()
                .or_else(|| value.get("version").and_then(toml::Value::as_str));
            let asked = asked.and_then(|asked| Specifiers::parse(asked.trim_start_matches('*')));
            let version = locked
                .version
                .as_ref()
                .and_then(|text| Version::parse(text.trim_start_matches('=')));
            if let (Some(asked), Some(version)) = (asked, version)
                && !asked.contain(&version)
            {
                let message = format!(
                    "the lock file `Pipfile.lock` holds another version than `{name}{asked}`, which `Pipfile` names"
                );
                return Err(Problem::new(message, "bring it up to date: run `pipenv lock`"));
            }
        }
        Ok(())
    }
}

impl Locked {
    fn holds(&self, name: &str, target: &Target) -> Result<bool, Problem> {
        let Some(text) = &self.markers else { return Ok(true) };
        let marker = Marker::parse(text).ok_or_else(|| {
            Problem::new(
                format!("`Pipfile.lock`: the marker `{text}` of `{name}` cannot be read"),
                ANEW,
            )
        })?;
        Ok(marker.holds(target, &[]))
    }

    fn item(&self, name: &str, folder: &Path) -> Result<Item, Problem> {
        let unreadable = || Problem::new(format!("`Pipfile.lock`: `{name}` cannot be read"), ANEW);
        let mut requirement = Requirement::parse(name).ok_or_else(unreadable)?;
        requirement.extras = self.extras.iter().map(|extra| normalized(extra)).collect();
        if let Some(version) = &self.version {
            requirement.specifiers = Specifiers::parse(version.trim_start_matches('*')).ok_or_else(unreadable)?;
        }
        let repository = self.git.as_ref().map(|url| format!("git+{url}"));
        let place = repository.as_ref().or(self.path.as_ref()).or(self.file.as_ref());
        requirement.url = place.cloned().map(Url);
        let package = Package {
            hashes: self.hashes.clone(),
            ..Package::new(requirement)
        };
        let Some(place) = place else {
            return Ok(Item::Package(package));
        };
        from_url(place, package, folder).map_err(|problem| Problem {
            message: format!("`Pipfile.lock`: {}", problem.message),
            hint: problem.hint,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::function::Architecture;

    #[test]
    fn a_lock_file_older_than_its_pipfile_is_refused() {
        let lock = r#"{ "default": { "ruamel-yaml": { "version": "==1.17.0" }, "abc": { "path": "./lib" } } }"#;
        let target = Target::new(13, Architecture::X86_64, 34);
        for (packages, expected) in [
            (
                "\"Ruamel.yaml\" = \"*\"\nlib = { path = \"./lib\" }\nwin = { version = \"*\", sys_platform = \"== 'win32'\" }",
                None,
            ),
            ("ruamel-yaml = { version = \">=1\", extras = [\"a\"] }", None),
            (
                "flask = \"*\"",
                Some("the lock file `Pipfile.lock` does not hold `flask`, which `Pipfile` names"),
            ),
            (
                "ruamel-yaml = \">=2\"",
                Some("the lock file `Pipfile.lock` holds another version than `ruamel-yaml>=2`, which `Pipfile` names"),
            ),
            ("x", Some("`Pipfile` cannot be read")),
        ] {
            let read = read(lock, &format!("[packages]\n{packages}"), Path::new("/w"), &target);
            let message = read.err().map(|problem| problem.message).unwrap_or_default();
            assert_eq!(message.is_empty(), expected.is_none(), "{packages}: {message}");
            assert!(
                message.starts_with(expected.unwrap_or_default()),
                "{packages}: {message}"
            );
        }
    }

    #[test]
    fn the_default_section_is_taken_by_its_markers() {
        let lock = r#"{
            "_meta": { "sources": [
                { "name": "pypi", "url": "https://public.example/simple", "verify_ssl": true },
                { "name": "own", "url": "https://${USER}:${TOKEN}@own.example/simple", "verify_ssl": true }
            ] },
            "default": {
                "six": { "hashes": ["sha256:aa", "sha256:bb"], "index": "pypi",
                         "markers": "python_version >= '2.7'", "version": "==1.17.0" },
                "requests": { "extras": ["socks"], "hashes": ["sha256:cc"], "version": "==2.32.0" },
                "colorama": { "markers": "sys_platform == 'win32'", "version": "==0.4.6" },
                "lib": { "editable": true, "path": "./lib" },
                "tool": { "file": "wheels/tool-1-py3-none-any.whl" }
            },
            "develop": { "pytest": { "version": "==8.0" } }
        }"#;
        let target = Target::new(13, Architecture::X86_64, 34);
        let wanted = read(lock, "", Path::new("/w"), &target).unwrap();
        assert_eq!(
            wanted.settings,
            [Setting::new(
                "--extra-index-url",
                "https://${USER}:${TOKEN}@own.example/simple"
            )]
        );
        let told: Vec<String> = wanted
            .items
            .iter()
            .map(|item| match item {
                Item::Package(package) => format!("{} {}", package.requirement, package.hashes.join(" ")),
                Item::Folder { path, .. } | Item::File { path, .. } => path.display().to_string(),
            })
            .collect();
        assert_eq!(
            told,
            [
                "/w/lib",
                "requests[socks]==2.32.0 sha256:cc",
                "six==1.17.0 sha256:aa sha256:bb",
                "/w/wheels/tool-1-py3-none-any.whl",
            ]
        );
        for (lock, expected) in [
            ("{", "`Pipfile.lock` cannot be read"),
            (
                r#"{ "default": { "a": { "git": "https://u:p@h/r.git", "ref": "abc" } } }"#,
                "`Pipfile.lock`: `git+https://****@h/r.git` is a repository",
            ),
        ] {
            let message = read(lock, "", Path::new("/w"), &target).unwrap_err().message;
            assert!(message.starts_with(expected), "{message}");
        }
    }
}
