//! One file of the handler and all it imports.

use serde_json::json;

use super::tools::{manage, path};
use super::{architectures, deployed, lambda, packaged, packages, run, state};
use crate::support::project;

const HANDLER: &str = "\
import ms from 'ms';
import { crc32 } from '@node-rs/crc32';

interface Order { id: string }

// A name that the banner must not take.
const require = 5;
const order: Order = { id: 'a' };
export const handler = async () => {
  if (process.env.NEVER) await import('@aws-sdk/client-s3');
  return { ms: ms('1s'), crc: crc32('lambda'), require, order, here: typeof __dirname };
};
";

#[test]
fn typescript_becomes_one_module_and_native_packages_stay_outside() {
    let [own, _] = architectures();
    let project = project();
    let settings = "package: { bundle: { external: ['@node-rs/*', '@aws-sdk/*'] } }\n";
    project
        .write(
            "package.json",
            r#"{"type": "module", "dependencies": {"ms": "2.1.3", "@node-rs/crc32": "1.10.6", "semver": "7.6.3"},
                "devDependencies": {"esbuild": "0.25.10"}}"#,
        )
        .write("src/index.ts", HANDLER)
        .write("lambda.yaml", lambda(own, settings))
        .write("notes.txt", "not for the archive");
    manage(&project, "npm", "npm", &["install"]);
    let before = state(&project.path());
    let valid = run(&project, ".", &path("node"), &["validate"]).success();
    assert!(!valid.stderr.contains("the handler"), "{valid}");
    let node = format!("{}:/usr/bin:/bin", path("node"));
    let answer =
        json!({ "ms": 1000, "crc": 3_550_347_138_u32, "require": 5, "order": { "id": "a" }, "here": "string" });
    assert_eq!(deployed(&project, ".", &node), answer);
    let files = packaged(&project, ".", &node);
    let native = packages(&files);
    assert!(
        native.len() == 2
            && native
                .iter()
                .all(|name| name.starts_with("node_modules/@node-rs/crc32")),
        "{native:?}"
    );
    let own_files: Vec<&String> = files.keys().filter(|name| !name.starts_with("node_modules/")).collect();
    assert_eq!(own_files, ["index.mjs", "index.mjs.map"]);
    let map: serde_json::Value = serde_json::from_slice(&files["index.mjs.map"]).unwrap();
    assert_eq!(
        map["sources"],
        json!(["node_modules/ms/index.js", "src/index.ts"]),
        "the same on every machine"
    );

    let inline = "package: { bundle: { sourcemap: inline, minify: true, format: cjs, external: ['@node-rs/*', '@aws-sdk/*'] } }\n";
    project.write("lambda.yaml", lambda(own, inline));
    let files = packaged(&project, ".", &node);
    assert!(!files.contains_key("index.cjs.map"));
    let text = String::from_utf8_lossy(&files["index.cjs"]);
    assert!(text.contains("sourceMappingURL=data:application/json;base64,"));
    project.write("lambda.yaml", lambda(own, settings));
    assert_eq!(state(&project.path()), before, "nothing in the project was touched");

    project.write("src/index.ts", "export const handler = ;");
    let failed = run(&project, ".", &node, &["package"]).exits_with(1);
    assert!(
        failed.stderr.contains("esbuild could not bundle `src/index.ts`"),
        "{failed}"
    );
    assert!(failed.stderr.contains("src/index.ts:1:23"), "{failed}");
}

#[test]
fn what_is_missing_is_told() {
    let [own, _] = architectures();
    let project = project();
    let node = path("node");
    project.write("lambda.yaml", lambda(own, "package: { bundle: true }\n"));
    let failed = run(&project, ".", &node, &["package"]).exits_with(1);
    assert!(
        failed.stderr.contains("needs `index.ts`, `.mts`, `.js` or the like"),
        "{failed}"
    );
    project.write("index.ts", "export const handler = () => 1;");
    let failed = run(&project, ".", &node, &["package"]).exits_with(1);
    assert!(failed.stderr.contains("npm install --save-dev esbuild"), "{failed}");
    project.write("lambda.yaml", lambda(own, "package: { bundle: { entry: main.ts } }\n"));
    let failed = run(&project, ".", &node, &["package"]).exits_with(1);
    assert!(failed.stderr.contains("there is no file `main.ts`"), "{failed}");
    project.write(
        "lambda.yaml",
        "name: fn\nruntime: python3.14\nhandler: a.b\npackage: { bundle: true }\n",
    );
    let failed = run(&project, ".", &node, &["validate"]).exits_with(1);
    assert!(
        failed
            .stderr
            .contains("only functions with a Node.js runtime are bundled"),
        "{failed}"
    );
}
