//! Packages that lie in a folder, by their `*.dist-info`: in the source folder, put there with
//! `pip install --target .`, or in an installation of lfn's own.

use std::fs;
use std::path::{Path, PathBuf};

use crate::domain::package::python::{Installed, Item, Requirement, Target, Wanted, normalized, recorded};

/// A package in a folder.
pub struct Lying {
    pub package: Installed,
    /// Its `*.dist-info`.
    pub info: PathBuf,
    /// The tags of its wheel.
    tags: Vec<String>,
    /// The files that belong to it, relative to the folder and inside it.
    pub files: Vec<String>,
}

/// All packages at the top of a folder, by name.
pub fn packages(folder: &Path) -> Vec<Lying> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let infos = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "dist-info"));
    let mut found: Vec<Lying> = infos.filter_map(read).collect();
    found.sort_by(|a, b| a.package.name.cmp(&b.package.name));
    found
}

fn read(info: PathBuf) -> Option<Lying> {
    let text = |name: &str| fs::read(info.join(name)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let package = Installed::parse(&text("METADATA").ok()?)?;
    let wheel = text("WHEEL").unwrap_or_default();
    let tags = wheel.lines().filter_map(|line| line.strip_prefix("Tag:"));
    let record = text("RECORD").unwrap_or_default();
    let inside = |path: &&str| !path.starts_with("..") && !path.starts_with('/');
    Some(Lying {
        package,
        tags: tags.map(|tag| tag.trim().to_owned()).collect(),
        files: record
            .lines()
            .filter_map(recorded)
            .filter(inside)
            .map(str::to_owned)
            .collect(),
        info,
    })
}

/// Whether all that is wanted lies there, and runs on the target.
pub fn satisfy(lying: &[Lying], wanted: &Wanted, target: &Target) -> bool {
    let lies = |requirement: &Requirement| {
        lying.iter().any(|lying| {
            let fits = lying.tags.is_empty() || lying.tags.iter().any(|tag| target.fits_tag(tag));
            fits && lying.package.satisfies(requirement)
        })
    };
    wanted.items.iter().all(|item| match item {
        Item::Package(package) => lies(&package.requirement),
        Item::File { path, .. } => {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let mut parts = file.split('-');
            let (name, version) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            Requirement::parse(&format!("{name}=={version}")).is_some_and(|requirement| lies(&requirement))
        }
        // Nobody can tell whether it changed since.
        Item::Folder { .. } => false,
    })
}

/// What of the source folder an installation takes the place of.
#[derive(Default)]
pub struct Replaced {
    pub names: Vec<String>,
    /// In gitignore syntax.
    pub patterns: Vec<String>,
}

/// The packages of the source folder that are installed too: two versions of one package must not be mixed.
pub fn replaced(lying: &[Lying], installed: &[Lying]) -> Replaced {
    let mut replaced = Replaced::default();
    for own in lying {
        let name = normalized(&own.package.name);
        if !installed.iter().any(|other| normalized(&other.package.name) == name) {
            continue;
        }
        replaced.names.push(own.package.name.clone());
        let info = own.info.file_name().unwrap_or_default().to_string_lossy();
        replaced.patterns.push(format!("/{}/", literal(&info)));
        replaced
            .patterns
            .extend(own.files.iter().map(|file| format!("/{}", literal(file))));
    }
    replaced
}

/// A path as a pattern that matches nothing else.
fn literal(path: &str) -> String {
    path.chars().fold(String::new(), |mut pattern, c| {
        if "\\*?[]{}! ".contains(c) {
            pattern.push('\\');
        }
        pattern.push(c);
        pattern
    })
}
