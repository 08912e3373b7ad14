//! Wheels and projects of this machine that a file names: `./wheels/x.whl`, `-e ./lib`, members of a workspace.
//!
//! A project is built from a copy, since build tools write into the folder they build.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

use super::install::{Installer, LocalWheel};
use crate::build::cache::Key;
use crate::domain::package::python::{Item, Target, Wanted};
use crate::error::Problem;

/// What tools leave in a project's folder: it neither enters a wheel nor changes one.
const LEFT_OVER: &[&str] = &[
    ".git",
    ".hg",
    ".venv",
    "venv",
    ".lfn",
    "__pycache__",
    "node_modules",
    "build",
    "dist",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".tox",
    ".nox",
];

/// The wheels of all local files and projects.
pub async fn wheels(
    installer: &Installer,
    wanted: &Wanted,
    target: &Target,
    scratch: &Path,
) -> anyhow::Result<Vec<LocalWheel>> {
    let mut wheels = Vec::new();
    for (index, item) in wanted.items.iter().enumerate() {
        match item {
            Item::Package(_) => {}
            Item::File { path, extras, hashes } => {
                let path = path
                    .canonicalize()
                    .with_context(|| format!("could not read `{}`", path.display()))?;
                refuse_unfit(&path, target)?;
                let hashes = if hashes.is_empty() {
                    vec![hash(&path)?]
                } else {
                    hashes.clone()
                };
                let extras = extras.clone();
                wheels.push(LocalWheel { path, extras, hashes });
            }
            Item::Folder { path, extras } => {
                let scratch = scratch.join(format!("project-{index}"));
                let built = build(installer, path, target, &scratch).await?;
                wheels.push(LocalWheel {
                    hashes: vec![hash(&built)?],
                    path: built,
                    extras: extras.clone(),
                });
            }
        }
    }
    Ok(wheels)
}

fn hash(path: &Path) -> anyhow::Result<String> {
    use std::fmt::Write as _;
    let bytes = fs::read(path).with_context(|| format!("could not read `{}`", path.display()))?;
    let mut hash = String::from("sha256:");
    for byte in Sha256::digest(bytes) {
        write!(hash, "{byte:02x}").expect("writing to a string does not fail");
    }
    Ok(hash)
}

fn refuse_unfit(path: &Path, target: &Target) -> anyhow::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if target.fits(&name) == Some(true) {
        return Ok(());
    }
    Err(Problem::failed(format!("the wheel `{name}` does not fit {target}"))
        .hint("build it on Amazon Linux, with the function's Python: `pip wheel --no-deps`")
        .into())
}

/// Builds a wheel of a copy of the project.
async fn build(installer: &Installer, project: &Path, target: &Target, scratch: &Path) -> anyhow::Result<PathBuf> {
    let shown = project.display();
    let (copy, out) = (scratch.join("source"), scratch.join("wheel"));
    let cannot = || format!("could not copy `{shown}`");
    fs::create_dir_all(&out).with_context(cannot)?;
    for (relative, path) in files(project)? {
        let place = copy.join(relative);
        fs::create_dir_all(place.parent().unwrap_or(&copy)).with_context(cannot)?;
        fs::copy(path, place).with_context(cannot)?;
    }
    installer.build_wheel(&copy, &out).await.map_err(|error| {
        Problem::failed(format!("could not build a wheel of `{shown}`"))
            .hint("try `pip wheel --no-deps` there, or name a wheel in its place: `./wheels/NAME.whl`")
            .caused_by(Problem::failed(error.to_string()))
    })?;
    let built = fs::read_dir(&out)
        .with_context(cannot)?
        .flatten()
        .map(|entry| entry.path());
    let wheel = built
        .into_iter()
        .find(|path| path.extension().is_some_and(|end| end == "whl"));
    let wheel = wheel.ok_or_else(|| Problem::failed(format!("building `{shown}` made no wheel")))?;
    let name = wheel.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if name.ends_with("-none-any.whl") && target.fits(&name) == Some(true) {
        return Ok(wheel);
    }
    Err(Problem::failed(format!(
        "`{shown}` is built for this machine alone (`{name}`), and the function runs {target}"
    ))
    .hint("build its wheel on Amazon Linux with `pip wheel --no-deps`, and name the file: `./wheels/NAME.whl`")
    .into())
}

/// Adds the content of a project to what an installation depends on.
pub fn add_files(key: Key, project: &Path) -> anyhow::Result<Key> {
    files(project)?.into_iter().try_fold(key, |key, (relative, path)| {
        let shown = || format!("could not read `{}`", path.display());
        Ok(key.with(&relative.display().to_string(), fs::read(&path).with_context(shown)?))
    })
}

/// The files of a project, in order: their places in it, and where they are.
fn files(project: &Path) -> anyhow::Result<Vec<(PathBuf, PathBuf)>> {
    if !project.is_dir() {
        return Err(Problem::failed(format!("there is no folder `{}`", project.display()))
            .hint("a requirements file or a lock file names it: correct it, or make the folder")
            .into());
    }
    let left_over = |name: &str| LEFT_OVER.contains(&name) || name.ends_with(".egg-info");
    let walk = walkdir::WalkDir::new(project)
        .follow_links(true)
        .sort_by_file_name()
        .into_iter();
    let entries = walk.filter_entry(|entry| entry.depth() == 0 || !left_over(&entry.file_name().to_string_lossy()));
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.with_context(|| format!("could not read `{}`", project.display()))?;
        if entry.file_type().is_file() {
            let relative = entry.path().strip_prefix(project).unwrap_or(entry.path());
            files.push((relative.to_path_buf(), entry.path().to_path_buf()));
        }
    }
    Ok(files)
}
