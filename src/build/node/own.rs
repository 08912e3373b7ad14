//! The project's own `node_modules`, taken as it lies when npm put there just what the lock file says.
//!
//! npm notes what it installed in `node_modules/.package-lock.json`. Other managers keep no such list that
//! can be compared with the lock file in full, so they install into the cache.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;

use super::super::{Effort, Request};
use super::project::{Project, manifest};
use super::tree::Graph;
use super::{OWN_FOLDER, Wanted};
use crate::domain::function::Architecture;
use crate::domain::package::Tree;
use crate::domain::package::node::{Lock, Platform, Unusable};
use crate::error::Problem;

/// Refuses an npm lock file that cannot be read and, where npm itself will not be run, one that does not fit
/// package.json.
pub fn check(project: &Project, name: &str, content: &[u8], effort: Effort) -> anyhow::Result<()> {
    let shown = project.root.join(name);
    if let Err(error) = serde_json::from_slice::<IgnoredAny>(content) {
        let message = format!("`{}` is not JSON: {error}", shown.display());
        return Err(Problem::failed(message)
            .hint("take it back from version control, or delete it and make it anew with `npm install --package-lock-only`")
            .into());
    }
    let lock = std::str::from_utf8(content).ok().and_then(Lock::parse);
    let different = lock.and_then(|lock| lock.difference(&from(project), &project.manifest));
    match different.filter(|_| effort == Effort::Look) {
        Some(difference) => Err(
            Problem::failed(format!("`{name}` does not fit package.json: {difference}"))
                .hint("run `npm install`, and commit the lock file")
                .into(),
        ),
        None => Ok(()),
    }
}

/// The package's path from the root, as the lock file has it.
fn from(project: &Project) -> String {
    let from = project.package.strip_prefix(&project.root).unwrap_or(Path::new(""));
    from.to_string_lossy().replace('\\', "/")
}

/// Returns what the function needs of its own folder; `None` when the folder is not what the lock file says.
pub fn take(
    request: &Request<'_>,
    project: &Project,
    lock: &[u8],
    (platform, only): (Platform, Option<&[String]>),
) -> anyhow::Result<Option<Wanted>> {
    let lock = std::str::from_utf8(lock).ok().and_then(Lock::parse);
    let installed = fs::read_to_string(project.root.join("node_modules/.package-lock.json")).ok();
    let (Some(lock), Some(installed)) = (lock, installed.as_deref().and_then(Lock::parse)) else {
        return Ok(None);
    };
    let own_platform = is_like_this_machine(request.config.architecture);
    let needed = match lock.needed(&installed, (&from(project), &project.manifest), platform, own_platform) {
        Ok(needed) => needed,
        Err(why) => {
            if let (Unusable::Differs(path), Effort::Make) = (&why, request.effort) {
                (request.tell)(&format!(
                    "`{path}` is not as the lock file says, so dependencies are installed apart"
                ));
            }
            return Ok(None);
        }
    };
    if let Some(path) = needed.iter().find(|path| !lies_there(project, &lock, path)) {
        if request.effort == Effort::Make {
            (request.tell)(&format!(
                "`{path}` lacks files or is another version, so dependencies are installed apart"
            ));
        }
        return Ok(None);
    }
    let linked = needed.iter().any(|path| lock.is_link(path));
    if only.is_some() || linked || project.package != project.root {
        let graph = Graph::read(&project.package, &project.manifest, &base(project), (platform, only))?;
        return Ok(Some(Wanted {
            trees: graph.trees()?,
            replaced: vec![OWN_FOLDER.to_owned()],
            ..Wanted::default()
        }));
    }
    let unneeded = unneeded(&installed, &needed);
    if project.source == project.package {
        return Ok(Some(Wanted {
            replaced: unneeded,
            ..Wanted::default()
        }));
    }
    let mut tree = Tree::new(project.root.join("node_modules"), "node_modules/");
    let inside = unneeded.iter().map(|pattern| pattern.replacen("/node_modules", "", 1));
    tree.exclude = inside.collect();
    Ok(Some(Wanted {
        trees: vec![tree],
        replaced: vec![OWN_FOLDER.to_owned()],
        ..Wanted::default()
    }))
}

/// The folder that holds the workspace and all that its links lead to.
fn base(project: &Project) -> PathBuf {
    let mut base = project.root.clone();
    for spec in project.manifest.local_specs() {
        if let Ok(target) = project.package.join(spec.path).canonicalize() {
            while !target.starts_with(&base) && base.pop() {}
        }
    }
    base
}

/// Patterns of what is installed and not needed, each outermost folder once.
fn unneeded(installed: &Lock, needed: &BTreeSet<String>) -> Vec<String> {
    let mut patterns: Vec<String> = Vec::new();
    for path in installed.installed().filter(|path| !needed.contains(*path)) {
        let pattern = format!("/{path}/");
        if !patterns.last().is_some_and(|outer| pattern.starts_with(outer)) {
            patterns.push(pattern);
        }
    }
    patterns
}

/// Whether the folder is there with the version of the lock file and the files that Node begins with, since
/// people and tools change folders.
fn lies_there(project: &Project, lock: &Lock, path: &str) -> bool {
    let folder = project.root.join(path);
    if lock.is_link(path) {
        return folder.is_dir();
    }
    manifest(&folder).is_ok_and(|manifest| {
        manifest.version() == lock.version(path) && manifest.entries().iter().all(|entry| loads(&folder, entry))
    })
}

/// Whether Node finds something to load there.
/// Source: Node.js documentation, "Modules: `CommonJS` modules", `LOAD_AS_FILE` and `LOAD_AS_DIRECTORY`.
fn loads(folder: &Path, entry: &str) -> bool {
    let filled = |path: String| fs::metadata(folder.join(path)).is_ok_and(|found| found.is_file() && found.len() > 0);
    let index = format!("{}/index", entry.trim_end_matches('/'));
    [entry, &index].iter().any(|stem| {
        let mut endings = ["", ".js", ".json", ".node"].iter();
        endings.any(|ending| filled(format!("{stem}{ending}")))
    })
}

/// Whether what this machine compiles runs on the target.
fn is_like_this_machine(architecture: Architecture) -> bool {
    let own = match architecture {
        Architecture::X86_64 => cfg!(target_arch = "x86_64"),
        Architecture::Arm64 => cfg!(target_arch = "aarch64"),
    };
    own && cfg!(target_os = "linux")
}
