//! Where a function's package.json is, and the lock file and workspace it belongs to.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use walkdir::WalkDir;

use crate::domain::config::yaml_value;
use crate::domain::package::node::{LOCK_FILES, Manifest};
use crate::error::Problem;

/// A package and its workspace. All folders are free of links.
#[derive(Debug)]
pub struct Project {
    /// The folder of the function's package.json.
    pub package: PathBuf,
    /// The source folder.
    pub source: PathBuf,
    pub manifest: Manifest,
    /// The folder with the lock file: the package's own, or the root of its workspace.
    pub root: PathBuf,
    pub root_manifest: Manifest,
    /// Of the known lock files, those that lie in the root.
    pub lock_files: Vec<&'static str>,
    /// The folders of the workspace's packages, without the root.
    pub members: Vec<PathBuf>,
}

impl Project {
    /// Looks for the package.json around the source folder, up to the folder of lambda.yaml.
    pub fn find(source: &Path, project: &Path) -> anyhow::Result<Option<Self>> {
        let (Ok(source), Ok(project)) = (source.canonicalize(), project.canonicalize()) else {
            return Ok(None); // what selects the files reports it
        };
        let around = source.ancestors().take_while(|folder| folder.starts_with(&project));
        let Some(package) = std::iter::once(source.as_path())
            .chain(around)
            .find(|folder| folder.join("package.json").is_file())
            .map(Path::to_path_buf)
        else {
            return Ok(None);
        };
        let manifest = manifest(&package)?;
        let mut root = (package.clone(), Vec::new());
        for folder in package.ancestors() {
            let lock_files = lock_files(folder);
            let own = folder == package;
            if own && !lock_files.is_empty() {
                root = (package.clone(), Vec::new());
                break;
            }
            if !own && let Some(members) = members(folder)?.filter(|members| members.contains(&package)) {
                root = (folder.to_path_buf(), members);
                break;
            }
        }
        let (root, mut folders) = root;
        if root == package {
            folders = members(&root)?.unwrap_or_default();
        }
        Ok(Some(Self {
            lock_files: lock_files(&root),
            root_manifest: self::manifest(&root)?,
            members: folders,
            package,
            source,
            manifest,
            root,
        }))
    }

    /// What package.json says about its package manager: the root's word, or the package's.
    pub fn declared_manager(&self) -> Option<&str> {
        self.root_manifest
            .package_manager()
            .or_else(|| self.manifest.package_manager())
    }

    /// Whether something is installed where the function finds it.
    pub fn has_node_modules(&self) -> bool {
        [&self.package, &self.root, &self.source]
            .iter()
            .any(|folder| folder.join("node_modules").is_dir())
    }
}

/// Reads the package.json of a folder; a root without one is empty.
pub fn manifest(folder: &Path) -> anyhow::Result<Manifest> {
    let path = folder.join("package.json");
    let shown = path.display();
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => "{}".to_owned(),
        text => text.with_context(|| format!("could not read `{shown}`"))?,
    };
    Manifest::parse(&text).map_err(|error| {
        Problem::failed(format!("`{shown}` is not JSON: {error}"))
            .hint("correct the file; package managers refuse it too")
            .into()
    })
}

fn lock_files(folder: &Path) -> Vec<&'static str> {
    let names = LOCK_FILES.iter().map(|(name, _)| *name);
    names.filter(|name| folder.join(name).is_file()).collect()
}

/// The packages of the workspace whose root this is; `None` when it is none.
fn members(root: &Path) -> anyhow::Result<Option<Vec<PathBuf>>> {
    let mut patterns = if root.join("package.json").is_file() {
        manifest(root)?.workspaces()
    } else {
        None
    };
    if let Ok(text) = fs::read_to_string(root.join("pnpm-workspace.yaml"))
        && let Some(list) = yaml_value(&text)
            .as_ref()
            .and_then(|value| value.get("packages")?.as_array())
    {
        let more = list.iter().filter_map(|pattern| pattern.as_str().map(str::to_owned));
        patterns.get_or_insert_default().extend(more);
    }
    let Some(patterns) = patterns else {
        return Ok(None);
    };
    let wanted = set(patterns
        .iter()
        .filter(|pattern| !pattern.starts_with('!'))
        .map(String::as_str))?;
    let unwanted = set(patterns.iter().filter_map(|pattern| pattern.strip_prefix('!')))?;
    let skip = |name: &str| name == "node_modules" || name.starts_with('.');
    let folders = WalkDir::new(root)
        .min_depth(1)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| entry.file_type().is_dir() && !entry.file_name().to_str().is_some_and(skip))
        .filter_map(Result::ok);
    let members = folders.map(walkdir::DirEntry::into_path).filter(|folder| {
        let relative = folder.strip_prefix(root).unwrap_or(folder);
        wanted.is_match(relative) && !unwanted.is_match(relative) && folder.join("package.json").is_file()
    });
    Ok(Some(members.collect()))
}

fn set<'a>(patterns: impl Iterator<Item = &'a str>) -> anyhow::Result<GlobSet> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let pattern = pattern.trim_start_matches("./").trim_end_matches('/');
        let glob = GlobBuilder::new(pattern).literal_separator(true).build();
        set.add(glob.with_context(|| format!("could not read the workspace pattern `{pattern}`"))?);
    }
    set.build().context("could not read the patterns of the workspace")
}
