//! Why an archive is as big as it is, and which files a deploy changes.

use insta::assert_snapshot;
use serde_json::Value;

use crate::session::Session;

/// A Node.js function with dependencies of every kind.
fn shop() -> Session {
    let session = Session::new();
    let package = |name: &str, version: &str, needs: &str| {
        format!("{{\"name\": \"{name}\", \"version\": \"{version}\", \"dependencies\": {{{needs}}}}}\n")
    };
    session
        .project
        .write(
            "lambda.yaml",
            "name: shop\nruntime: nodejs24.x\nhandler: index.handler\n",
        )
        .write("index.mjs", "export const handler = async (event) => event;\n")
        .write(
            "package.json",
            package("shop", "1.0.0", "\"a\": \"1\", \"@aws-sdk/client-s3\": \"3\""),
        )
        .write("node_modules/a/package.json", package("a", "1.2.0", "\"b\": \"1\""))
        .write("node_modules/a/index.js", "module.exports = require('b');\n".repeat(50))
        .write("node_modules/a/index.js.map", "{\"mappings\": \"AAAA\"}\n".repeat(20))
        .write("node_modules/a/test/a.js", "// a test\n")
        .write("node_modules/a/node_modules/b/package.json", package("b", "1.0.0", ""))
        .write("node_modules/b/package.json", package("b", "2.0.0", ""))
        .write(
            "node_modules/@aws-sdk/client-s3/package.json",
            package("@aws-sdk/client-s3", "3.1.0", "\"b\": \"2\""),
        );
    session
}

fn files(answer: &Value) -> Vec<&str> {
    let files = answer["files"].as_array().unwrap().iter();
    files.map(|file| file["name"].as_str().unwrap()).collect()
}

#[test]
fn package_says_what_takes_the_room() {
    let mut session = shop();
    session.run("package --why").success();
    session.run("package --why -v").success();
    assert_snapshot!(session.transcript());
}

#[test]
fn what_could_go_goes_with_the_patterns_that_are_told() {
    let session = shop();
    let before = session.quietly("package --why --format json").json();
    let droppable = before["why"]["droppable"].as_array().unwrap();
    let patterns: Vec<&Value> = droppable
        .iter()
        .flat_map(|each| each["exclude"].as_array().unwrap())
        .collect();
    let count: u64 = droppable.iter().map(|each| each["files"].as_u64().unwrap()).sum();
    assert!(count > 3, "{droppable:?}");
    let exclude = serde_json::to_string(&patterns).unwrap();
    let yaml = session.project.read("lambda.yaml");
    session
        .project
        .write("lambda.yaml", format!("{yaml}package: {{ exclude: {exclude} }}\n"));
    let after = session.quietly("package --why --format json").json();
    assert_eq!(after["why"]["droppable"], Value::Array(Vec::new()));
    assert_eq!(
        files(&before).len() - files(&after).len(),
        usize::try_from(count).unwrap()
    );
    assert!(files(&after).contains(&"node_modules/a/node_modules/b/package.json"));
}

#[test]
fn an_archive_over_its_budget_is_shown_and_refused() {
    let mut session = shop();
    session.edit("name: shop", "name: shop\npackage: { budget: 1KB }");
    let refused = session.run("package --report map.html --format json").exits_with(1);
    assert_eq!(files(&refused.json()).len(), 9, "the answer is there all the same");
    assert!(refused.stderr.contains("could go: source maps"), "{refused}");
    let page = session.project.read("map.html");
    assert!(page.starts_with("<!doctype html>") && page.contains("node_modules/a/index.js.map"));
    session.run("deploy --local --yes").exits_with(1);
    session.edit("budget: 1KB", "budget: 1MB");
    session.run("package --report .lfn/maps/map.html").success();
    session.run("package --report lambda.yaml/map.html").exits_with(1);
    let transcript = session.transcript();
    assert!(
        transcript.contains("`map.html` lies in the packaged folder"),
        "{transcript}"
    );
}

#[test]
fn the_files_that_change_are_named() {
    let mut session = Session::deployed();
    session
        .project
        .write("app.py", "def handler(event, context):\n    return event\n")
        .write("lib/new.py", "NEW = True\n");
    session.run("plan --local").success();
    let plan = session.quietly("plan --local --format json").json();
    assert_eq!(plan["code"]["changes"]["added"][0]["name"], "lib/new.py");
    assert_eq!(plan["code"]["changes"]["changed"][0]["name"], "app.py");
    session.quietly("deploy --local --yes");
    let plan = session.quietly("plan --local --format json").json();
    assert_eq!(plan["code"].get("changes"), None, "nothing differs");
    for index in 0..20 {
        session.project.write(&format!("data/{index:02}.txt"), "more\n");
    }
    std::fs::remove_dir_all(session.project.path().join("lib")).unwrap();
    session.run("plan --local").success();
    assert_snapshot!(session.transcript());
}
