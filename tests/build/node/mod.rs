//! Node.js projects and the package managers they belong to.

mod bundles;
mod npm;
mod others;
mod tools;
mod words;

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::support::command::{Finished, Project};
use crate::support::lfn;

/// A lambda.yaml for this architecture, and what else stands in it.
fn lambda(architecture: &str, more: &str) -> String {
    format!("name: fn\nruntime: nodejs24.x\nhandler: index.handler\narchitecture: {architecture}\ntimeout: 10s\n{more}")
}

/// The architecture of this machine, whose functions can be run here, and the other one.
fn architectures() -> [&'static str; 2] {
    if cfg!(target_arch = "aarch64") {
        ["arm64", "x86_64"]
    } else {
        ["x86_64", "arm64"]
    }
}

/// Runs lfn in a folder with these programs alone.
fn run(project: &Project, folder: &str, path: &str, arguments: &[&str]) -> Finished {
    let arguments = arguments.iter().copied();
    let lfn = lfn(project).in_folder(folder).env("PATH", path).args(arguments);
    let network = tools::network();
    network
        .iter()
        .fold(lfn, |lfn, (name, value)| lfn.env(name, value))
        .run()
}

/// Deploys to the embedded Lambda and returns what the function answers.
fn deployed(project: &Project, folder: &str, path: &str) -> Value {
    run(project, folder, path, &["deploy", "--local", "--yes"]).success();
    run(project, folder, path, &["invoke", "--local"]).success().json()
}

/// Packages, and returns the contents of the archive.
fn packaged(project: &Project, folder: &str, path: &str) -> BTreeMap<String, Vec<u8>> {
    let file = project.home().join("fn.zip");
    let name = file.display().to_string();
    run(project, folder, path, &["package", "-o", &name]).success();
    let mut archive = zip::ZipArchive::new(File::open(&file).unwrap()).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        files.insert(name, content);
    }
    files
}

/// The packages in an archive, by the folder that holds their package.json.
fn packages(files: &BTreeMap<String, Vec<u8>>) -> Vec<&str> {
    let folders = files.keys().filter_map(|name| name.strip_suffix("/package.json"));
    let mut folders: Vec<&str> = folders.filter(|name| name.starts_with("node_modules/")).collect();
    folders.sort_unstable();
    folders
}

/// Every file of a project with its digest, but for what `--local` keeps there.
fn state(folder: &Path) -> BTreeMap<String, String> {
    let entries = walkdir::WalkDir::new(folder).into_iter();
    let entries = entries.filter_entry(|entry| entry.file_name() != ".lfn");
    let files = entries.map(Result::unwrap).filter(|entry| !entry.file_type().is_dir());
    let digest = |path: &Path| format!("{:x?}", Sha256::digest(fs::read(path).unwrap_or_default()));
    files
        .map(|entry| (entry.path().display().to_string(), digest(entry.path())))
        .collect()
}
