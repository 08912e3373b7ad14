//! pnpm, yarn and bun: a workspace with an internal package, another version of the same package in each,
//! and a native package.

use serde_json::json;

use super::tools::{manage, path};
use super::{architectures, deployed, lambda, packaged, packages, state};
use crate::support::{command::Project, project};

const HANDLER: &str = "\
exports.handler = async () => ({
  own: require('ms/package.json').version,
  inner: require('@shop/internal').versions(),
  crc: require('@node-rs/crc32').crc32('lambda'),
});
";

const INTERNAL: &str = "\
exports.versions = () => [require('ms/package.json').version, typeof require('debug')];
exports.back = () => require('fn');
";

fn workspace(range: &str) -> Project {
    let [own, _] = architectures();
    let project = project();
    let dependencies = json!({ "@shop/internal": range, "ms": "2.0.0", "@node-rs/crc32": "1.10.6" });
    let function = json!({
        "name": "fn", "version": "1.0.0",
        "dependencies": dependencies, "devDependencies": { "is-odd": "3.0.1" },
    });
    // It asks for the function in turn.
    let internal = json!({
        "name": "@shop/internal", "version": "1.0.0",
        "dependencies": { "ms": "2.1.3", "debug": "4.3.7", "fn": range }, "devDependencies": { "is-even": "1.0.0" },
    });
    let unrelated = json!({ "name": "unrelated", "version": "1.0.0", "dependencies": { "semver": "7.6.3" } });
    project
        .write(
            "package.json",
            r#"{"name": "shop", "private": true, "workspaces": ["packages/*"]}"#,
        )
        .write("packages/fn/package.json", function.to_string())
        .write("packages/fn/index.js", HANDLER)
        .write("packages/fn/lambda.yaml", lambda(own, ""))
        .write("packages/internal/package.json", internal.to_string())
        .write("packages/internal/index.js", INTERNAL)
        .write("packages/unrelated/package.json", unrelated.to_string());
    project
}

/// Packages without anything installed, for both architectures, and runs it.
fn proves(project: &Project, manager: &str) {
    let [own, other] = architectures();
    let before = state(&project.path());
    let path = format!("{}:/usr/bin:/bin", path(manager));
    let answer = deployed(project, "packages/fn", &path);
    assert_eq!(
        answer,
        json!({ "own": "2.0.0", "inner": ["2.1.3", "function"], "crc": 3_550_347_138_u32 })
    );
    for architecture in [own, other] {
        project.write("packages/fn/lambda.yaml", lambda(architecture, ""));
        let files = packaged(project, "packages/fn", &path);
        let found = packages(&files);
        let cpu = if architecture == "arm64" { "arm64" } else { "x64" };
        let native = format!("node_modules/@node-rs/crc32-linux-{cpu}-gnu");
        let expected = [
            "node_modules/@node-rs/crc32",
            native.as_str(),
            "node_modules/@shop/internal",
            "node_modules/@shop/internal/node_modules/ms",
            "node_modules/debug",
            "node_modules/debug/node_modules/ms",
            "node_modules/fn",
            "node_modules/ms",
        ];
        assert_eq!(found, expected, "{manager} for {architecture}");
        assert!(files.contains_key("node_modules/@shop/internal/index.js"));
    }
    project.write("packages/fn/lambda.yaml", lambda(own, ""));
    assert_eq!(state(&project.path()), before, "nothing in the project was touched");
}

#[test]
fn pnpm() {
    let project = workspace("workspace:*");
    project.write("pnpm-workspace.yaml", "packages:\n  - packages/*\n");
    manage(&project, "pnpm", "pnpm", &["install", "--lockfile-only"]);
    proves(&project, "pnpm");
}

#[test]
fn a_single_package_of_old_and_new_pnpm_fits_the_target() {
    for manager in ["pnpm", "pnpm12"] {
        let project = project();
        project
            .write(
                "package.json",
                r#"{"name": "fn", "dependencies": {"@node-rs/crc32": "1.10.6"}}"#,
            )
            .write("index.js", "exports.handler = async () => 1;");
        manage(&project, manager, "pnpm", &["install", "--lockfile-only"]);
        let path = format!("{}:/usr/bin:/bin", path(manager));
        for (architecture, cpu) in [("arm64", "arm64"), ("x86_64", "x64")] {
            project.write("lambda.yaml", lambda(architecture, ""));
            let files = packaged(&project, ".", &path);
            let native = format!("node_modules/@node-rs/crc32-linux-{cpu}-gnu");
            assert_eq!(
                packages(&files),
                ["node_modules/@node-rs/crc32", native.as_str()],
                "{manager} for {architecture}"
            );
        }
    }
}

#[test]
fn yarn_classic() {
    let project = workspace("1.0.0");
    manage(
        &project,
        "classic",
        "yarn",
        &["install", "--silent", "--ignore-scripts"],
    );
    for folder in ["", "packages/fn/", "packages/internal/"] {
        drop(std::fs::remove_dir_all(
            project.path().join(format!("{folder}node_modules")),
        ));
    }
    proves(&project, "classic");
}

#[test]
fn yarn_berry() {
    let project = workspace("workspace:*");
    project.write(".yarnrc.yml", "nodeLinker: node-modules\n");
    manage(&project, "berry", "yarn", &["install", "--mode=update-lockfile"]);
    proves(&project, "berry");
}

#[test]
fn bun() {
    let project = workspace("workspace:*");
    manage(&project, "bun", "bun", &["install", "--lockfile-only"]);
    proves(&project, "bun");
}

#[test]
fn npm() {
    let project = workspace("1.0.0");
    manage(&project, "npm", "npm", &["install", "--package-lock-only"]);
    proves(&project, "npm");
}
