//! The few files that a package manager reads, and the copies of them that it works on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use walkdir::WalkDir;

use super::super::cache::Key;
use super::project::{Project, manifest};
use crate::domain::package::node::Choice;

/// Settings of package managers that lie in the root.
const SETTINGS: &[&str] = &[
    ".npmrc",
    ".yarnrc",
    ".yarnrc.yml",
    ".pnpmfile.cjs",
    ".pnpmfile.mjs",
    "bunfig.toml",
    "pnpm-workspace.yaml",
];

/// Folders that the settings and package.json refer to.
const FOLDERS: &[&str] = &["patches", ".yarn/releases", ".yarn/plugins", ".yarn/patches"];

/// Files by their path from the base.
#[derive(Debug)]
pub struct Staged {
    /// The folder that holds them all: the root, or one around it when dependencies lie beside it.
    pub base: PathBuf,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Staged {
    /// What was read, without the tokens in it.
    pub fn key(&self) -> Key {
        self.files.iter().fold(Key::default(), |key, (path, content)| {
            let name = path.to_string_lossy();
            let settings = path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().contains("rc"));
            if settings {
                key.with(&name, without_tokens(content))
            } else {
                key.with(&name, content)
            }
        })
    }

    /// Writes the copies.
    pub fn write(&self, folder: &Path) -> anyhow::Result<()> {
        for (path, content) in &self.files {
            let path = folder.join(path);
            let parent = path.parent().unwrap_or(folder);
            fs::create_dir_all(parent)
                .and_then(|()| fs::write(&path, content))
                .with_context(|| format!("could not write `{}`", path.display()))?;
        }
        Ok(())
    }
}

/// Collects what the manager of this lock file reads.
pub fn collect(project: &Project, choice: Choice) -> anyhow::Result<Staged> {
    let mut paths = BTreeSet::from([project.root.join(choice.lock_file)]);
    paths.extend(SETTINGS.iter().map(|name| project.root.join(name)));
    for folder in FOLDERS {
        paths.extend(files_below(&project.root.join(folder)));
    }
    let mut waiting: Vec<PathBuf> = project.members.clone();
    waiting.extend([project.root.clone(), project.package.clone()]);
    let mut seen = BTreeSet::new();
    while let Some(package) = waiting.pop() {
        if !seen.insert(package.clone()) {
            continue;
        }
        paths.extend(["package.json", ".npmrc"].map(|name| package.join(name)));
        for spec in manifest(&package)?.local_specs() {
            // One that is not there is the manager's to report.
            let Ok(target) = package.join(&spec.path).canonicalize() else {
                continue;
            };
            if target.is_file() {
                paths.insert(target);
                continue;
            }
            // A folder around the project would bring the whole project.
            if spec.copied && !project.root.starts_with(&target) {
                paths.extend(files_below(&target));
            }
            waiting.push(target);
        }
    }
    let mut base = project.root.clone();
    for path in &paths {
        while !path.starts_with(&base) && base.pop() {}
    }
    let mut files = BTreeMap::new();
    for path in paths.into_iter().filter(|path| path.is_file()) {
        let content = fs::read(&path).with_context(|| format!("could not read `{}`", path.display()))?;
        let relative = path.strip_prefix(&base).unwrap_or(&path);
        files.insert(relative.to_path_buf(), content);
    }
    Ok(Staged { base, files })
}

/// What a package manager would take of a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let skip = |name: &std::ffi::OsStr| ["node_modules", ".git", ".lfn"].iter().any(|skipped| name == *skipped);
    let entries = WalkDir::new(folder).into_iter();
    entries
        .filter_entry(|entry| !skip(entry.file_name()))
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect()
}

/// Without the lines that hold secrets, which change and do not matter.
fn without_tokens(content: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(content);
    let secret = |line: &&str| {
        let line = line.to_lowercase();
        ["_auth", "_password", "authtoken", "authident"]
            .iter()
            .any(|word| line.contains(word))
    };
    let lines: Vec<&str> = text.lines().filter(|line| !secret(line)).collect();
    lines.join("\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_do_not_count() {
        let old = b"registry=https://npm.example/\n//npm.example/:_authToken=abc\n";
        let new = b"registry=https://npm.example/\n//npm.example/:_authToken=xyz\n";
        assert_eq!(without_tokens(old), without_tokens(new));
        assert_eq!(without_tokens(old), b"registry=https://npm.example/");
    }
}
