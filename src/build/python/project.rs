//! Which file of a project says what it needs, and what it says.
//!
//! The source folder is looked at first, then the folder of lambda.yaml; in each the first of `uv.lock`,
//! `poetry.lock`, `Pipfile.lock`, `requirements.txt` and `pyproject.toml` counts. `package.dependencies` with a
//! manager's name looks for that manager's files alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::build::Request;
use crate::domain::config::{Dependencies, Manager};
use crate::domain::package::python::{
    Item, Line, Pyproject, Target, Wanted, parse_requirements, read_pipfile_lock, read_poetry_lock, read_uv_lock,
};
use crate::error::Problem;

/// The file that counts.
pub struct Found {
    /// Its name, for sentences.
    pub name: &'static str,
    /// The folder it lies in.
    pub folder: PathBuf,
    pub wanted: Wanted,
}

const UV: &str = "uv.lock";
const POETRY: &str = "poetry.lock";
const PIPENV: &str = "Pipfile.lock";
const PIPFILE: &str = "Pipfile";
const PIP: &str = "requirements.txt";
const PROJECT: &str = "pyproject.toml";

/// Finds the file and reads it. `None` when there is none, and nobody said that there must be.
pub fn find(request: &Request<'_>, target: &Target) -> anyhow::Result<Option<Found>> {
    let names: &[&'static str] = match request.config.package.dependencies {
        Dependencies::By(Manager::Pip) => &[PIP, PROJECT],
        Dependencies::By(Manager::Uv) => &[UV, PIP, PROJECT],
        Dependencies::By(Manager::Poetry) => &[POETRY],
        Dependencies::By(Manager::Pipenv) => &[PIPENV],
        _ => &[UV, POETRY, PIPENV, PIP, PROJECT],
    };
    let mut folders = vec![request.source];
    if !same(request.source, request.project) {
        folders.push(request.project);
    }
    let own: Vec<&Path> = vec![request.source, request.project];
    for folder in folders {
        for name in names {
            if let Some(mut found) = read(name, folder, target)? {
                expand(&mut found, &own, target)?;
                return Ok(Some(found));
            }
        }
        if request.config.package.dependencies == Dependencies::Auto {
            refuse_unlocked(folder)?;
        }
    }
    let (files, hint) = match request.config.package.dependencies {
        Dependencies::By(Manager::Poetry) => (POETRY, "make one with `poetry lock`"),
        Dependencies::By(Manager::Pipenv) => (PIPENV, "make one with `pipenv lock`"),
        Dependencies::By(Manager::Uv) => (UV, "make one with `uv lock`"),
        Dependencies::By(Manager::Pip) => (PIP, "write one, or take `package.dependencies` out of lambda.yaml"),
        _ => return Ok(None),
    };
    Err(
        Problem::failed(format!("there is no `{files}` in `{}`", request.source.display()))
            .hint(hint)
            .into(),
    )
}

fn same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// The text of a file; `None` when it is not there.
fn text(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Problem::failed(format!("could not read `{}`", path.display()))
            .caused_by(error)
            .into()),
    }
}

fn pyproject(folder: &Path) -> anyhow::Result<Option<Pyproject>> {
    match text(&folder.join(PROJECT))? {
        Some(text) => Ok(Some(Pyproject::parse(&text).map_err(problem)?)),
        None => Ok(None),
    }
}

fn read(name: &'static str, folder: &Path, target: &Target) -> anyhow::Result<Option<Found>> {
    let found = |folder: &Path, wanted| {
        Some(Found {
            name,
            folder: folder.to_path_buf(),
            wanted,
        })
    };
    match name {
        UV => {
            let Some((lock_folder, lock, member)) = uv_lock(folder)? else {
                return Ok(None);
            };
            let project = pyproject(folder)?.unwrap_or_default();
            let mut wanted = read_uv_lock(&lock, &lock_folder, (&member, &project), target).map_err(problem)?;
            wanted.settings = pyproject(&lock_folder)?.unwrap_or_default().indexes();
            Ok(found(&lock_folder, wanted))
        }
        POETRY => {
            let Some(lock) = text(&folder.join(POETRY))? else {
                return Ok(None);
            };
            let project = pyproject(folder)?.unwrap_or_default();
            let wanted = read_poetry_lock(&lock, folder, &project, target).map_err(problem)?;
            Ok(found(folder, wanted))
        }
        PIPENV => {
            let Some(lock) = text(&folder.join(PIPENV))? else {
                return Ok(None);
            };
            let pipfile = text(&folder.join(PIPFILE))?.unwrap_or_default();
            let wanted = read_pipfile_lock(&lock, &pipfile, folder, target).map_err(problem)?;
            Ok(found(folder, wanted))
        }
        PIP => {
            if !folder.join(PIP).is_file() {
                return Ok(None);
            }
            let mut wanted = Wanted::default();
            requirements(&folder.join(PIP), target, false, &mut BTreeSet::new(), &mut wanted)?;
            Ok(found(folder, wanted))
        }
        _ => match pyproject(folder)?.filter(Pyproject::has_dependencies) {
            Some(project) => Ok(found(folder, project.wanted(folder, &[], target).map_err(problem)?)),
            None => Ok(None),
        },
    }
}

/// The lock file of this folder, or of the workspace that it is a member of: its folder, its text, and where the
/// project lies in it.
fn uv_lock(folder: &Path) -> anyhow::Result<Option<(PathBuf, String, String)>> {
    if let Some(lock) = text(&folder.join(UV))? {
        return Ok(Some((folder.to_path_buf(), lock, ".".into())));
    }
    let Ok(absolute) = folder.canonicalize() else {
        return Ok(None);
    };
    if !absolute.join(PROJECT).is_file() {
        return Ok(None);
    }
    for around in absolute.ancestors().skip(1) {
        let is_workspace = text(&around.join(PROJECT))?.is_some_and(|text| text.contains("[tool.uv.workspace]"));
        if !is_workspace {
            continue;
        }
        let Some(lock) = text(&around.join(UV))? else { continue };
        let inside = absolute.strip_prefix(around).unwrap_or(&absolute);
        let parts: Vec<_> = inside
            .components()
            .map(|part| part.as_os_str().to_string_lossy())
            .collect();
        return Ok(Some((around.to_path_buf(), lock, parts.join("/"))));
    }
    Ok(None)
}

/// Reads a requirements file and those that it names.
fn requirements(
    path: &Path,
    target: &Target,
    only_constraints: bool,
    seen: &mut BTreeSet<PathBuf>,
    wanted: &mut Wanted,
) -> anyhow::Result<()> {
    if !seen.insert(path.to_path_buf()) {
        return Ok(());
    }
    let clean = path.strip_prefix(".").unwrap_or(path);
    let shown = clean.display();
    let text = text(path)?.ok_or_else(|| {
        Problem::failed(format!("there is no file `{shown}`, which a requirements file names"))
            .hint("correct the line that begins with `-r` or `-c`")
    })?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let lines = parse_requirements(&text, folder, target).map_err(|found| {
        let message = format!("`{shown}`: {}", found.message);
        found.hint.into_iter().fold(Problem::failed(message), Problem::hint)
    })?;
    for line in lines {
        match line {
            Line::Include(path) => requirements(&path, target, only_constraints, seen, wanted)?,
            Line::Constraints(path) => requirements(&path, target, true, seen, wanted)?,
            Line::Setting(setting) => wanted.settings.push(setting),
            Line::Item(item) => match *item {
                Item::Package(package) if only_constraints => wanted.constraints.push(package.requirement),
                Item::File { .. } | Item::Folder { .. } if only_constraints => {}
                item => wanted.items.push(item),
            },
        }
    }
    Ok(())
}

/// Puts the project's own dependencies in the place of `-e .`: its code is packaged from the source folder.
fn expand(found: &mut Found, own: &[&Path], target: &Target) -> anyhow::Result<()> {
    let mut items = Vec::new();
    let mut settings = Vec::new();
    for item in std::mem::take(&mut found.wanted.items) {
        let Item::Folder { path, extras } = &item else {
            items.push(item);
            continue;
        };
        if !own.iter().any(|own| same(own, path)) {
            items.push(item);
        } else if !found.wanted.complete {
            let project = pyproject(path)?.ok_or_else(|| {
                let line = line_of(found, path)
                    .map(|number| format!(", line {number},"))
                    .unwrap_or_default();
                Problem::failed(format!(
                    "`{}`{line} names the project itself, and it has no `{PROJECT}`",
                    found.name
                ))
                .hint(format!(
                    "write the packages that it needs into `{}` in place of that line",
                    found.name
                ))
            })?;
            let wanted = project.wanted(path, extras, target).map_err(problem)?;
            items.extend(wanted.items);
            settings.extend(wanted.settings);
        }
    }
    found.wanted.items = items;
    found.wanted.settings.extend(settings);
    Ok(())
}

/// The line of the file that names this folder, unless it stands in another file.
fn line_of(found: &Found, folder: &Path) -> Option<usize> {
    let text = text(&found.folder.join(found.name)).ok()??;
    let names = |line: &str| {
        let words = line.split([' ', '\t', '=', '[', '#']).filter(|word| !word.is_empty());
        let word = words.into_iter().find(|word| !word.starts_with('-'));
        word.is_some_and(|word| same(&found.folder.join(word), folder))
    };
    text.lines().position(names).map(|index| index + 1)
}

/// Refuses projects whose dependencies only their manager's lock file can tell.
fn refuse_unlocked(folder: &Path) -> anyhow::Result<()> {
    let (file, lock, manager) = if pyproject(folder)?.is_some_and(|project| project.is_for_poetry()) {
        (PROJECT, POETRY, "poetry")
    } else if text(&folder.join(PIPFILE))?.is_some_and(|text| text.contains("[packages]")) {
        (PIPFILE, PIPENV, "pipenv")
    } else {
        return Ok(());
    };
    Err(Problem::failed(format!("`{file}` names dependencies, and there is no `{lock}`"))
        .hint(format!(
            "make one with `{manager} lock`, or package the folder as it lies there with `package.dependencies: none`"
        ))
        .into())
}

/// The domain's problem as one for a person.
fn problem(found: crate::domain::package::Problem) -> Problem {
    found
        .hint
        .into_iter()
        .fold(Problem::failed(found.message), Problem::hint)
}
