//! The projects that these tests deploy, and short ways to run lfn on them.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support::command::{Finished, Lfn, Project};
use crate::support::python::{self, Requirements};
use crate::support::servers::Account;
use crate::support::{lfn, project, witness};

/// A handler that says which edition it is.
pub fn handler(edition: &str) -> String {
    format!("def handler(event, context):\n    return {{'edition': '{edition}', 'event': event}}\n")
}

/// A project with one Python file and this `lambda.yaml` after the first three lines.
pub fn shop(settings: &str) -> Project {
    let project = project();
    describe(&project, settings);
    project.write("app.py", handler("first"));
    project
}

/// Writes `lambda.yaml` anew.
pub fn describe(project: &Project, settings: &str) {
    let text = format!("name: shop\nruntime: python3.13\nhandler: app.handler\n{settings}");
    project.write("lambda.yaml", text);
}

/// A run of lfn in this account, to be completed.
pub fn at<'a>(account: &Account, project: &'a Project, arguments: &[&str]) -> Lfn<'a> {
    lfn(project).aws(account).args(arguments.iter().copied())
}

/// A run of lfn in this account.
#[track_caller]
pub fn run(account: &Account, project: &Project, arguments: &[&str]) -> Finished {
    at(account, project, arguments).run()
}

/// Nothing that compresses.
pub fn noise(bytes: usize) -> Vec<u8> {
    let mut state: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    (0..bytes.div_ceil(8)).flat_map(|_| next()).take(bytes).collect()
}

/// `lfn deploy` without a question.
#[track_caller]
pub fn deploy(account: &Account, project: &Project) -> Finished {
    run(account, project, &["deploy", "--yes", "--allow-widening"])
}

/// The version that `live` points at; null without the alias.
#[track_caller]
pub fn live(account: &Account) -> Value {
    witness(account, &["aliases", "shop"])["live"]["FunctionVersion"].clone()
}

/// The numbers of the published versions.
#[track_caller]
pub fn versions(account: &Account) -> Vec<String> {
    let versions = witness(account, &["versions", "shop"]);
    let versions = versions.as_array().expect("the witness lists versions");
    let number = |version: &Value| version["Version"].as_str().expect("a version has a number").to_owned();
    versions.iter().map(number).collect()
}

/// What `live` answers when it is called from outside.
#[track_caller]
pub fn answer(account: &Account) -> Value {
    witness(account, &["invoke", "shop", "live"])["Payload"].clone()
}

/// Installs a package with a compiled part for the interpreter that the server runs handlers
/// with, and returns the runtime's name.
pub fn install_wheel(environment: Requirements, into: &Path) -> String {
    let bin = python::environment(environment);
    let mut install = Command::new(bin.join("uv"));
    install
        .args(["pip", "install", "--quiet", "--python"])
        .arg(bin.join("python"))
        .arg("--target")
        .arg(into)
        .arg("markupsafe==3.0.4");
    finish(
        install,
        "could not install the Python package `markupsafe` for this test",
    );
    let mut version = Command::new(bin.join("python"));
    version.args(["-c", "import sys; print('python%d.%d' % sys.version_info[:2], end='')"]);
    finish(version, "could not ask the interpreter for its version")
}

/// Installs a pinned npm package with everything it needs.
pub fn install_npm(package: &str, into: &Path) {
    let mut install = Command::new("npm");
    install
        .args(["install", "--no-audit", "--no-fund", "--loglevel=error", package])
        .current_dir(into);
    finish(install, "could not install npm packages for this test");
}

fn finish(mut command: Command, what: &str) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{what}: {command:?}: {error}"));
    assert!(
        output.status.success(),
        "{what} (is the package registry out of reach?): {command:?} ended with {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr),
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The tags of a function beside those of its ledger.
pub fn without_ledger(tags: &Value) -> Value {
    let tags = tags.as_object().expect("tags are an object");
    let own = tags.iter().filter(|(key, _)| !key.starts_with("lfn:step:"));
    own.map(|(key, value)| (key.clone(), value.clone())).collect()
}
