//! Installed packages on disk: who finds whom, and their copies in one `node_modules`.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use super::super::Note;
use super::project::manifest;
use crate::domain::package::Tree;
use crate::domain::package::node::{Manifest, Package, Placement, Platform, lay_out};
use crate::error::Problem;

/// The file that says what belongs to an installed folder besides.
const CONTENTS: &str = "contents.json";

/// All packages that a function reaches, itself first.
#[derive(Debug)]
pub struct Graph {
    packages: Vec<Package>,
    folders: Vec<PathBuf>,
    with_scripts: Vec<String>,
    /// Holds everything; nothing is looked for above it.
    base: PathBuf,
}

/// What an installed folder does not hold, or does not tell.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Contents {
    /// Packages of the project itself, by their place in the archive: folders relative to the base.
    members: BTreeMap<String, PathBuf>,
    /// Packages whose install script was not run.
    with_scripts: Vec<String>,
}

impl Graph {
    /// Follows the requests from a package on, as Node does. With `only`, the package's own requests are these.
    pub fn read(
        package: &Path,
        manifest: &Manifest,
        base: &Path,
        (platform, only): (Platform, Option<&[String]>),
    ) -> anyhow::Result<Self> {
        let mut graph = Self {
            packages: vec![Package::default()],
            folders: vec![package.to_path_buf()],
            with_scripts: Vec::new(),
            base: base.to_path_buf(),
        };
        let mut numbers = HashMap::from([(package.to_path_buf(), 0)]);
        let mut manifests = vec![manifest.clone()];
        let mut requires: Vec<Vec<usize>> = vec![Vec::new()];
        let mut next = 0;
        while let Some(manifest) = manifests.get(next).cloned() {
            let (must, may) = manifest.needs();
            let must = must.into_iter().map(|name| (name, true));
            let wanted = must.chain(may.into_iter().map(|name| (name, false)));
            let own = |name: &String| next > 0 || only.is_none_or(|only| only.contains(name));
            for (name, required) in wanted.filter(|(name, _)| own(name)) {
                let Some(folder) = graph.resolve(&graph.folders[next], &name) else {
                    if required && !manifest.is_peer(&name) {
                        return Err(graph.missing(next, &name));
                    }
                    continue;
                };
                let number = if let Some(number) = numbers.get(&folder) {
                    *number
                } else {
                    let found = super::project::manifest(&folder)?;
                    if !required && !found.runs_on(platform) {
                        continue;
                    }
                    let number = manifests.len();
                    numbers.insert(folder.clone(), number);
                    manifests.push(found);
                    requires.push(Vec::new());
                    graph.packages.push(Package::default());
                    graph.folders.push(folder);
                    number
                };
                graph.packages[next].finds.insert(name, number);
                if required {
                    requires[next].push(number);
                }
            }
            next += 1;
        }
        graph.refuse_unbuilt(&manifests, &requires, platform)?;
        for (number, manifest) in manifests.iter().enumerate().skip(1) {
            // One that found a binary made for the platform has no need of its script.
            let prebuilt = graph.packages[number]
                .finds
                .values()
                .any(|found| manifests[*found].is_native());
            if manifest.has_install_script() && !prebuilt && !graph.is_member(&graph.folders[number]) {
                let name = manifest.name().unwrap_or("a package without a name");
                graph.with_scripts.push(name.to_owned());
            }
        }
        Ok(graph)
    }

    /// Refuses a package that comes as one build for each platform when there is none for this one. What is
    /// reached by optional dependencies alone may fail, since its users do without.
    fn refuse_unbuilt(
        &self,
        manifests: &[Manifest],
        requires: &[Vec<usize>],
        platform: Platform,
    ) -> anyhow::Result<()> {
        let mut reached = BTreeSet::new();
        let mut waiting = requires[0].clone();
        while let Some(number) = waiting.pop() {
            if !reached.insert(number) {
                continue;
            }
            waiting.extend(&requires[number]);
            let (_, perhaps) = manifests[number].needs();
            let builds: Vec<String> = perhaps.into_iter().filter(|name| platform.is_named(name)).collect();
            let found = |name: &String| self.packages[number].finds.contains_key(name);
            if let (Some(build), false) = (builds.first(), builds.iter().any(found)) {
                return Err(no_build(manifests[number].name().unwrap_or("a package"), build));
            }
        }
        Ok(())
    }

    /// The packages where they are, each as a tree of its own.
    pub fn trees(&self) -> anyhow::Result<Vec<Tree>> {
        let tree = |Placement { at, package }| {
            let folder = &self.folders[package];
            if self.is_member(folder) {
                member(folder.clone(), &at, &self.base)
            } else {
                let mut tree = Tree::new(folder, format!("{at}/"));
                tree.exclude = vec!["/node_modules/".into()];
                tree
            }
        };
        Ok(self.placements()?.into_iter().map(tree).collect())
    }

    /// Puts the packages into `folder`, but for those of the project itself, which change without notice.
    pub fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let mut contents = Contents {
            with_scripts: self.with_scripts.clone(),
            ..Contents::default()
        };
        contents.with_scripts.sort();
        contents.with_scripts.dedup();
        for Placement { at, package } in self.placements()? {
            let from = &self.folders[package];
            if self.is_member(from) {
                let relative = from.strip_prefix(&self.base).unwrap_or(from);
                contents.members.insert(at, relative.to_path_buf());
            } else {
                copy(from, &folder.join(&at)).with_context(|| format!("could not copy `{}`", from.display()))?;
            }
        }
        let text = serde_json::to_string(&contents).context("could not describe what was installed")?;
        let path = folder.join(CONTENTS);
        fs::write(&path, text).with_context(|| format!("could not write `{}`", path.display()))
    }

    fn placements(&self) -> anyhow::Result<Vec<Placement>> {
        lay_out(&self.packages).map_err(|endless| {
            let message = format!("the versions around `{}` ask for each other in a circle", endless.at);
            Problem::failed(message)
                .hint("an archive has no links, so it cannot hold them; bring the versions together, or set `package.bundle`")
                .into()
        })
    }

    fn missing(&self, number: usize, name: &str) -> anyhow::Error {
        let folder = &self.folders[number];
        let at = manifest(folder).ok();
        let who = at.as_ref().and_then(Manifest::name).unwrap_or("the package");
        let problem = Problem::failed(format!("`{who}` needs `{name}`, which was not installed"));
        if number > 0 && self.is_member(folder) {
            let folder = folder.strip_prefix(&self.base).unwrap_or(folder).display();
            return problem
                .hint(format!(
                    "npm installs nothing for `{folder}`, which lies outside the project: make it a package of the \
                     workspace (`workspaces` in package.json), or set `package.bundle: true` and run `npm install` in `{folder}`"
                ))
                .into();
        }
        problem.hint("bring the lock file up to date, and commit it").into()
    }

    /// Whether this is a folder of the project, not of a package manager.
    fn is_member(&self, folder: &Path) -> bool {
        let relative = folder.strip_prefix(&self.base).unwrap_or(folder);
        !relative.components().any(|part| part.as_os_str() == "node_modules")
    }

    /// Where Node finds a package, free of links.
    fn resolve(&self, from: &Path, name: &str) -> Option<PathBuf> {
        let inside = from.ancestors().take_while(|folder| folder.starts_with(&self.base));
        let folders = inside.filter(|folder| folder.file_name().is_none_or(|name| name != "node_modules"));
        let candidates = folders.map(|folder| folder.join("node_modules").join(name));
        let found = candidates
            .into_iter()
            .find(|folder| folder.join("package.json").is_file());
        found?.canonicalize().ok()
    }
}

impl Contents {
    /// Of a finished folder.
    pub fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(CONTENTS);
        let text = fs::read_to_string(&path).with_context(|| format!("could not read `{}`", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("could not read `{}`", path.display()))
    }

    /// The project's own packages, as they lie there now.
    pub fn members(&self, base: &Path) -> Vec<Tree> {
        let members = self.members.iter();
        members
            .map(|(at, folder)| member(base.join(folder), at, base))
            .collect()
    }

    /// What to say about install scripts.
    pub fn note(&self) -> Option<Note> {
        let names: Vec<String> = self.with_scripts.iter().map(|name| format!("`{name}`")).collect();
        (!names.is_empty()).then(|| Note {
            message: format!("install scripts are not run: {}", names.join(", ")),
            hint: "most packages work without; if one compiles or downloads something, install on a machine like the target \
                   with npm: an exact `node_modules` is packaged as it is"
                .into(),
        })
    }
}

fn member(folder: PathBuf, at: &str, base: &Path) -> Tree {
    Tree {
        folder,
        prefix: format!("{at}/"),
        exclude: vec!["node_modules/".into()],
        links_into: vec![base.to_path_buf()],
    }
}

fn no_build(who: &str, build: &str) -> anyhow::Error {
    Problem::failed(format!(
        "`{who}` needs `{build}` on the function's machine, which was not installed"
    ))
    .hint("look whether the lock file names it: one made on another machine may not; remove it and `node_modules`, and install anew")
    .hint("an old package manager may not install for another machine: bring it up to date")
    .into()
}

/// Copies a package without the packages inside it. Links between the copies cost no space.
fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    let inner = from.join("node_modules");
    let entries = WalkDir::new(from)
        .into_iter()
        .filter_entry(|entry| entry.path() != inner);
    for entry in entries {
        let entry = entry?;
        let target = to.join(entry.path().strip_prefix(from)?);
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target)?;
        } else if entry.file_type().is_file() {
            if fs::hard_link(entry.path(), &target).is_err() {
                fs::copy(entry.path(), &target)?;
            }
        } else if entry
            .path()
            .canonicalize()
            .is_ok_and(|real| real.is_file() && real.starts_with(from))
        {
            fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
