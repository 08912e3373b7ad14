//! npm: installed for the target, or the project's own folder.

use std::path::Path;

use serde_json::json;

use super::tools::{manage, path};
use super::{architectures, deployed, lambda, packaged, packages, run, state};
use crate::support::{command::Project, project};

const MANIFEST: &str = r#"{
    "name": "shop",
    "dependencies": { "sharp": "0.34.4", "@aws-sdk/client-s3": "^3.500.0" },
    "devDependencies": { "is-odd": "3.0.1" }
}"#;

const HANDLER: &str = "\
const sharp = require('sharp');
const { S3Client } = require('@aws-sdk/client-s3');
exports.handler = async () => {
  const image = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } }).png().toBuffer();
  return { image: image.length > 50, s3: typeof new S3Client({ region: 'eu-west-1' }).send };
};
";

/// ELF header, `e_machine`.
fn machine(file: &[u8]) -> u16 {
    u16::from_le_bytes([file[18], file[19]])
}

fn images() -> Project {
    let project = project();
    project.write("package.json", MANIFEST).write("index.js", HANDLER);
    manage(&project, "npm", "npm", &["install", "--package-lock-only"]);
    project
}

#[test]
fn native_packages_fit_the_target_and_the_own_folder_is_as_good_as_a_new_one() {
    let [own, other] = architectures();
    let project = images();
    project.write("lambda.yaml", lambda(own, ""));
    let before = state(&project.path());
    let npm = format!("{}:/usr/bin:/bin", path("npm"));
    assert_eq!(
        deployed(&project, ".", &npm),
        json!({ "image": true, "s3": "function" })
    );
    let installed = packaged(&project, ".", &npm);
    assert!(
        !installed.contains_key("node_modules/is-odd/package.json"),
        "it is for development"
    );
    project.write("lambda.yaml", lambda(other, ""));
    let foreign = packaged(&project, ".", &npm);
    let binaries: Vec<(&String, u16)> = foreign
        .iter()
        .filter(|(name, _)| Path::new(name).extension().is_some_and(|extension| extension == "node"))
        .map(|(name, content)| (name, machine(content)))
        .collect();
    let expected = if other == "arm64" { 183 } else { 62 };
    assert!(binaries.len() == 1 && binaries[0].1 == expected, "{binaries:?}");
    project.write("lambda.yaml", lambda(own, ""));
    assert_eq!(state(&project.path()), before, "nothing in the project was touched");

    // npm is not even there.
    manage(&project, "npm", "npm", &["ci"]);
    let nothing = path("node");
    let taken = packaged(&project, ".", &nothing);
    assert!(taken == installed, "the same files with the same content");
    // This machine's packages are no good for the other architecture.
    project.write("lambda.yaml", lambda(other, ""));
    let refused = run(&project, ".", &nothing, &["package", "--cache-dir", "empty"]).exits_with(1);
    assert!(refused.stderr.contains("which is not on the PATH"), "{refused}");
    // A package that somebody removed is missed.
    project.write("lambda.yaml", lambda(own, ""));
    std::fs::remove_dir_all(project.path().join("node_modules/semver")).unwrap();
    run(&project, ".", &nothing, &["package", "--cache-dir", "empty"]).exits_with(1);
}

#[test]
fn express_and_links_out_of_the_project_work_from_the_own_folder() {
    let [own, _] = architectures();
    let project = project();
    project
        .write("common/package.json", r#"{"name": "common", "version": "1.0.0"}"#)
        .write(
            "common/index.js",
            "exports.days = (milliseconds) => milliseconds / 86400000;",
        )
        .write(
            "api/package.json",
            r#"{"type": "module", "dependencies": {"express": "4.21.2", "common": "file:../common", "ms": "2.0.0"},
                "devDependencies": {"is-odd": "3.0.1"}}"#,
        )
        .write(
            "api/lambda.yaml",
            lambda(own, "package: { exclude: [node_modules/express/History.md] }\n"),
        )
        .write(
            "api/index.js",
            "import express from 'express';\nimport { days } from 'common';\n\
             export const handler = async () => ({ app: typeof express(), days: days(172800000) });",
        );
    manage(&project, "npm", "npm", &["install", "--prefix", "api"]);
    let before = state(&project.path());
    let node = path("node");
    assert_eq!(
        deployed(&project, "api", &node),
        json!({ "app": "function", "days": 2 })
    );
    let files = packaged(&project, "api", &node);
    let found = packages(&files);
    for name in ["express", "ms", "common"] {
        assert!(
            found.contains(&format!("node_modules/{name}").as_str()),
            "{name}: {found:?}"
        );
    }
    assert!(!found.iter().any(|name| name.contains("is-odd")), "{found:?}");
    assert!(
        !files.contains_key("node_modules/express/History.md"),
        "`package.exclude` holds here too"
    );
    assert_eq!(state(&project.path()), before);
    let valid = run(&project, "api", &node, &["validate"]).success();
    assert!(valid.stdout.contains("is valid"), "{valid}");

    // A file that somebody removed or emptied is missed.
    let npm = format!("{}:/usr/bin:/bin", path("npm"));
    let index = project.path().join("api/node_modules/express/index.js");
    std::fs::write(&index, "").unwrap();
    assert_eq!(packaged(&project, "api", &npm), files);
    std::fs::remove_file(&index).unwrap();
    let told = run(&project, "api", &npm, &["package"]).success();
    assert!(told.stderr.contains("`node_modules/express` lacks files"), "{told}");
    assert_eq!(packaged(&project, "api", &npm), files);

    // The same from the lock file, without the folder.
    std::fs::remove_dir_all(project.path().join("api/node_modules")).unwrap();
    assert_eq!(packaged(&project, "api", &npm), files);
}

#[test]
fn a_package_without_its_build_for_the_target_is_refused() {
    let [own, _] = architectures();
    let cpu = if own == "arm64" { "arm64" } else { "x64" };
    let project = project();
    project
        .write(
            "package.json",
            r#"{"name": "fn", "dependencies": {"@node-rs/crc32": "1.10.6"}}"#,
        )
        .write("index.js", "exports.handler = async () => 1;")
        .write("lambda.yaml", lambda(own, ""));
    manage(&project, "npm", "npm", &["install", "--package-lock-only"]);
    project.write(".npmrc", "optional=false\n");
    let npm = format!("{}:/usr/bin:/bin", path("npm"));
    let refused = run(&project, ".", &npm, &["package"]).exits_with(1);
    let expected = format!("`@node-rs/crc32` needs `@node-rs/crc32-linux-{cpu}-gnu` on the function's machine");
    assert!(refused.stderr.contains(&expected), "{refused}");
}

#[test]
fn a_folder_beside_the_project_that_npm_does_not_serve_is_named() {
    let [own, _] = architectures();
    let project = project();
    project
        .write(
            "lib/package.json",
            r#"{"name": "lib", "version": "1.0.0", "dependencies": {"ms": "2.1.3"}}"#,
        )
        .write(
            "api/package.json",
            r#"{"name": "api", "dependencies": {"lib": "file:../lib"}}"#,
        )
        .write("api/index.js", "exports.handler = async () => 1;")
        .write("api/lambda.yaml", lambda(own, ""));
    manage(
        &project,
        "npm",
        "npm",
        &["install", "--package-lock-only", "--prefix", "api"],
    );
    let npm = format!("{}:/usr/bin:/bin", path("npm"));
    let refused = run(&project, "api", &npm, &["package"]).exits_with(1);
    assert!(refused.stderr.contains("`lib` needs `ms`"), "{refused}");
    assert!(refused.stderr.contains("run `npm install` in `lib`"), "{refused}");
}
