//! What is said when dependencies cannot be had.

use super::tools::{manage, path};
use super::{architectures, lambda, run};
use crate::support::project;

const MANIFEST: &str = r#"{"name": "fn", "dependencies": {"ms": "2.1.3"}}"#;
const CODE: &str = "exports.handler = async () => require('ms')('1s');";

/// The files besides, what follows in lambda.yaml, and what is said.
const REFUSALS: &[(&[&str], &str, &[&str])] = &[
    (
        &[],
        "",
        &["has neither a lock file nor `node_modules`", "dependencies: none"],
    ),
    (
        &["pnpm-lock.yaml", "yarn.lock"],
        "",
        &[
            "lock files of several package managers: `pnpm-lock.yaml`, `yarn.lock`",
            "packageManager",
        ],
    ),
    (
        &["yarn.lock"],
        "package: { dependencies: pnpm }\n",
        &["says pnpm", "has no `pnpm-lock.yaml`"],
    ),
    (
        &["pnpm-lock.yaml"],
        "",
        &["asks for pnpm, which is not on the PATH", "corepack enable pnpm"],
    ),
    (&["bun.lock"], "", &["asks for bun, which is not on the PATH"]),
];

#[test]
fn refusals_name_the_next_move() {
    let [own, _] = architectures();
    let node = path("node");
    for (files, more, expected) in REFUSALS {
        let project = project();
        project.write("package.json", MANIFEST).write("index.js", CODE);
        project.write("lambda.yaml", lambda(own, more));
        for file in *files {
            project.write(file, "");
        }
        let failed = run(&project, ".", &node, &["package"]).exits_with(1);
        for text in *expected {
            assert!(failed.stderr.contains(text), "{files:?} {text}: {failed}");
        }
    }
}

#[test]
fn what_lies_there_is_packaged_when_nothing_says_more() {
    let [own, _] = architectures();
    let node = path("node");
    let project = project();
    project
        .write("package.json", MANIFEST)
        .write("index.js", CODE)
        .write("node_modules/ms/package.json", "{}")
        .write("lambda.yaml", lambda(own, ""));
    let told = run(&project, ".", &node, &["package"]).success();
    assert!(
        told.stderr
            .contains("has no lock file, so `node_modules` is packaged as it lies"),
        "{told}"
    );
    project.write("lambda.yaml", lambda(own, "package: { dependencies: none }\n"));
    let silent = run(&project, ".", &node, &["package"]).success();
    assert!(!silent.stderr.contains("lock file"), "{silent}");
}

#[test]
fn a_lock_file_out_of_step_and_a_check_without_running_anything() {
    let [own, _] = architectures();
    let project = project();
    project.write("package.json", MANIFEST).write("index.js", CODE);
    project.write("lambda.yaml", lambda(own, ""));
    manage(&project, "npm", "npm", &["install", "--package-lock-only"]);
    let npm = format!("{}:/usr/bin:/bin", path("npm"));
    // Nothing is installed, and validate installs nothing.
    run(&project, ".", &npm, &["validate"]).success();
    assert!(!project.home().join(".cache/lfn").exists());
    project.write(".npmrc", "//npm.example.com/:_authToken=very-secret\n");
    let told = run(&project, ".", &npm, &["package"]).success();
    assert!(
        told.stderr.contains("installing dependencies for") && !told.stderr.contains("very-secret"),
        "{told}"
    );
    // The token changed, and nothing is installed again.
    project.write(".npmrc", "//npm.example.com/:_authToken=another\n");
    let again = run(&project, ".", &npm, &["package"]).success();
    assert!(!again.stderr.contains("installing"), "{again}");
    for entry in walkdir::WalkDir::new(project.home().join(".cache/lfn")) {
        let entry = entry.unwrap();
        assert!(!entry.file_name().to_string_lossy().contains("npmrc"), "{entry:?}");
    }
    project.write("package.json", MANIFEST.replace("2.1.3", "2.0.0"));
    let failed = run(&project, ".", &npm, &["package"]).exits_with(1);
    assert!(
        failed
            .stderr
            .contains("the lock file does not fit package.json: run `npm install`"),
        "{failed}"
    );
}
