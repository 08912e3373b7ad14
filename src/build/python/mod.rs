//! Python: wheels by lock file, for the function's own Python and machine.
//!
//! `uv` installs when it is there, else `pip`; both are given the same list, made by `domain::package::python`,
//! and what they leave behind of themselves is taken away, so that the archive is the same whoever installed.

mod failure;
mod install;
mod local;
mod lying;
mod project;
mod tidy;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::cache::{Cache, Key, unwritable};
use super::{Built, Effort, Note, Request};
use crate::domain::config::{Dependencies, Manager};
use crate::domain::package::python::{Item, Target, Wanted};
use crate::domain::package::{Ingredients, SourcePart, Tree};
use crate::error::Problem;
use install::Installer;
use project::Found;

/// Finished installations, by everything they depend on.
const KIND: &str = "python";
/// Where the installation of a list is, whatever tool made it. This is found without running anything.
const LAST_KIND: &str = "python-list";
const POINTER: &str = "folder";

/// Returns what the project brings besides its source files.
pub async fn build(request: &Request<'_>) -> anyhow::Result<Built> {
    let config = request.config;
    let runtime = &config.runtime;
    let target = Target::of(runtime, config.architecture).ok_or_else(|| {
        Problem::failed(format!(
            "`package.dependencies` names a Python tool, and the runtime is `{runtime}`"
        ))
        .hint("use a Python runtime, or `package.dependencies: auto`")
    })?;
    let Some(found) = project::find(request, &target)? else {
        return Ok(Built::default());
    };
    let wanted = &found.wanted;
    if wanted.items.is_empty() {
        return Ok(Built::default());
    }
    let lying = lying::packages(request.source);
    if lying::satisfy(&lying, wanted, &target) {
        return Ok(Built {
            notes: vec![Note {
                message: format!(
                    "the packages of `{}` lie in the source folder already, so they are not installed",
                    found.name
                ),
                hint: "delete them there and lfn installs them itself, by the lock file and for the function's machine"
                    .into(),
            }],
            ..Built::default()
        });
    }
    failure::refuse_missing(&found, &target)?;
    let list = list_key(wanted, &target)?;
    let folder = match request.effort {
        Effort::Look => last(request, &list),
        Effort::Make => Some(Box::pin(make(request, &found, &target, &list)).await?),
    };
    let Some(folder) = folder else {
        return Ok(Built {
            pending: vec![format!("installing the packages of `{}`", found.name)],
            ..Built::default()
        });
    };
    let replaced = lying::replaced(&lying, &lying::packages(&folder));
    let mut notes = Vec::new();
    if !replaced.names.is_empty() {
        notes.push(Note {
            message: format!(
                "{} in the source folder: what `{}` asks for is packaged in their place",
                listed(&replaced.names),
                found.name
            ),
            hint: "delete what was installed into the source folder".into(),
        });
    }
    let unpinned = wanted.unpinned();
    if !unpinned.is_empty() {
        notes.push(Note {
            message: format!(
                "`{}` leaves versions open ({}): another machine may package others",
                found.name,
                listed(&unpinned)
            ),
            hint: "make a lock file (`uv lock`), or pin them: `pip freeze`, `uv pip compile`".into(),
        });
    }
    Ok(Built {
        ingredients: Ingredients {
            source: SourcePart::Whole {
                replaced: replaced.patterns,
            },
            trees: vec![Tree::new(folder, "")],
        },
        notes,
        ..Built::default()
    })
}

/// The first of these names, for a sentence.
fn listed<S: AsRef<str>>(names: &[S]) -> String {
    const SHOWN: usize = 3;
    let shown = names.iter().take(SHOWN).map(|name| format!("`{}`", name.as_ref()));
    let text = shown.collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        return format!("{text} and {} more", names.len() - SHOWN);
    }
    text
}

/// What an installation depends on besides the tool that makes it. Passwords are no part of it.
fn list_key(wanted: &Wanted, target: &Target) -> anyhow::Result<Key> {
    // The debug form hides what is secret in URLs; should it ever change, packages are installed once more.
    let mut key = Key::default()
        .with("target", target.to_string())
        .with("wanted", format!("{wanted:?}"));
    for item in &wanted.items {
        key = match item {
            Item::Package(_) => key,
            Item::File { path, .. } => {
                let shown = || format!("could not read `{}`", path.display());
                key.with("file", fs::read(path).with_context(shown)?)
            }
            Item::Folder { path, .. } => local::add_files(key, path)?,
        };
    }
    Ok(key)
}

/// The last installation of this list.
fn last(request: &Request<'_>, list: &Key) -> Option<PathBuf> {
    let folder = fs::read_to_string(request.cache.outputs(LAST_KIND, list).join(POINTER)).ok()?;
    Cache::finished(folder.into())
}

/// Installs, unless it was done before.
async fn make(request: &Request<'_>, found: &Found, target: &Target, list: &Key) -> anyhow::Result<PathBuf> {
    let only_pip = request.config.package.dependencies == Dependencies::By(Manager::Pip);
    let installer = Installer::find(request.tools, only_pip).await?;
    let key = list.clone().with(installer.name(), &installer.version);
    let fill = |folder: PathBuf| async move {
        let (name, runtime) = (&found.name, &request.config.runtime);
        let architecture = request.config.architecture;
        let with = installer.name();
        (request.tell)(&format!(
            "installing the packages of `{name}` with {with} for {runtime} on {architecture}"
        ));
        fill(&installer, found, target, &folder).await
    };
    let folder = request.cache.folder_or_make(KIND, &key, fill).await?;
    let pointer = request.cache.outputs(LAST_KIND, list);
    point(&pointer, &folder).map_err(|error| unwritable(&pointer, error))?;
    Ok(folder)
}

/// Remembers where an installation is, in place of the one before.
fn point(pointer: &Path, folder: &Path) -> io::Result<()> {
    let (file, place) = (pointer.join(POINTER), folder.display().to_string());
    if fs::read_to_string(&file).is_ok_and(|before| before == place) {
        return Ok(());
    }
    fs::create_dir_all(pointer)?;
    // Another process may read it at this moment.
    let unfinished = tempfile::NamedTempFile::new_in(pointer)?;
    fs::write(unfinished.path(), place)?;
    unfinished.persist(file).map_err(|error| error.error)?;
    Ok(())
}

async fn fill(installer: &Installer, found: &Found, target: &Target, folder: &Path) -> anyhow::Result<()> {
    // Beside the finished folders, so that what is installed can be moved instead of copied.
    let parent = folder.parent().unwrap_or(folder);
    let scratch = tempfile::Builder::new().prefix("unfinished-").tempdir_in(parent);
    let scratch = scratch.map_err(|error| unwritable(parent, error))?;
    let wheels = local::wheels(installer, &found.wanted, target, scratch.path()).await?;
    installer
        .install(found, &wheels, target, scratch.path(), folder)
        .await?;
    tidy::tidy(folder).with_context(|| format!("could not tidy up `{}`", folder.display()))
}
