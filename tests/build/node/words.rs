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
    let invalid = run(&project, ".", &npm, &["validate"]).exits_with(1);
    let expected = "`ms` is `2.0.0` in package.json and `2.1.3` in it";
    assert!(invalid.stderr.contains(expected), "{invalid}");
    let failed = run(&project, ".", &npm, &["package"]).exits_with(1);
    assert!(
        failed
            .stderr
            .contains("the lock file does not fit package.json: run `npm install`"),
        "{failed}"
    );
}

#[test]
fn a_broken_lock_file_is_named_before_anything_runs() {
    let [own, _] = architectures();
    let project = project();
    project.write("package.json", MANIFEST).write("index.js", CODE);
    project
        .write("lambda.yaml", lambda(own, ""))
        .write("package-lock.json", "{");
    for command in ["validate", "package"] {
        let failed = run(&project, ".", &path("node"), &[command]).exits_with(1);
        for text in ["package-lock.json` is not JSON", "npm install --package-lock-only"] {
            assert!(failed.stderr.contains(text), "{failed}");
        }
    }
}

#[test]
fn a_tool_of_another_language_is_refused() {
    let project = project();
    project
        .write("package.json", MANIFEST)
        .write("a.py", "def b(event, context): return 1\n");
    for manager in ["npm", "pnpm", "yarn", "bun"] {
        let text = format!("name: fn\nruntime: python3.14\nhandler: a.b\npackage: {{ dependencies: {manager} }}\n");
        project.write("lambda.yaml", text);
        let failed = run(&project, ".", &path("node"), &["package"]).exits_with(1);
        let expected = "names a Node.js tool, and the runtime is `python3.14`";
        assert!(failed.stderr.contains(expected), "{failed}");
    }
}

#[test]
fn a_registry_that_cannot_be_reached_is_said_without_a_stack() {
    let [own, _] = architectures();
    let project = project();
    project.write("package.json", MANIFEST).write("index.js", CODE);
    project.write("lambda.yaml", lambda(own, ""));
    // Nobody listens on this port.
    project.write(".npmrc", "registry=http://127.0.0.1:1/\nnoproxy=127.0.0.1\n");
    let package = r#"{"version": "2.1.3", "resolved": "http://127.0.0.1:1/ms/-/ms-2.1.3.tgz"}"#;
    project.write(
        "package-lock.json",
        format!(
            r#"{{"name": "fn", "lockfileVersion": 3, "packages":
                {{"": {{"name": "fn", "dependencies": {{"ms": "2.1.3"}}}}, "node_modules/ms": {package}}}}}"#
        ),
    );
    let npm = format!("{}:/usr/bin:/bin", path("npm"));
    let failed = run(&project, ".", &npm, &["package"]).exits_with(1);
    assert!(failed.stderr.contains("the registry cannot be reached"), "{failed}");
    assert!(!failed.stderr.contains("    at "), "{failed}");
}
