//! From nothing to a running function: `init`, `validate`, `package`, and the starters.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use insta::assert_snapshot;

use crate::session::Session;

#[test]
fn init_makes_a_folder_and_never_overwrites() {
    let mut session = Session::new();
    session.run("init hello --template node").success();
    session.run("init hello --template node").exits_with(1);
    session.run("init --template python --name shop").success();
    session.run("init other --template cobol").exits_with(2);
    session.run("init other").exits_with(1);
    session.run("init äöü --template node").exits_with(1);
    assert_snapshot!(session.transcript());
    assert!(!session.project.exists("other"), "a refused init leaves nothing behind");
    assert!(session.project.read("hello/lambda.yaml").contains("name: \"hello\""));
    assert!(session.project.read("lambda.yaml").contains("name: \"shop\""));
}

#[test]
fn init_names_the_function_after_a_folder_that_is_there() {
    let session = Session::new();
    session.quietly("init inner --template node");
    fs::remove_file(session.project.path().join("inner/lambda.yaml")).unwrap();
    for file in [
        ".lfnignore",
        "README.md",
        "index.mjs",
        "events/hello.json",
        "events/hello.expect.json",
    ] {
        fs::remove_file(session.project.path().join("inner").join(file)).unwrap();
    }
    session.quietly("-C inner init . --template node");
    assert!(session.project.read("inner/lambda.yaml").contains("name: \"inner\""));
}

#[test]
fn every_starter_deploys_and_answers() {
    for template in ["node", "python", "custom"] {
        let session = Session::new();
        session.quietly(&format!("init hello --template {template}"));
        session.quietly("-C hello validate");
        session.quietly("-C hello deploy --local --yes");
        let answer = session.quietly("-C hello invoke --local -e events/hello.json").json();
        assert_eq!(answer["message"], "Hello, Ada!", "{template}");
        assert_eq!(answer["version"], "1", "{template}");
        let again = session.quietly("-C hello plan --local --exit-code");
        assert!(again.stdout.contains("nothing to do"), "{template}: {again}");
    }
}

#[test]
fn the_starter_of_a_custom_runtime_keeps_its_exec_bit() {
    let session = Session::new();
    session.quietly("init hello --template custom");
    let mode = fs::metadata(session.project.path().join("hello/bootstrap"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o111, 0o111);
}

#[test]
fn validate_shows_all_findings_at_once() {
    let mut session = Session::thumbs();
    session.run("validate").success();
    session.project.write(
        "lambda.yaml",
        "name: thumbs\nruntime: nodejs14.x\nhandler: index.handler\nmemry: 512\ntimeout: 16m\n",
    );
    session.run("validate").exits_with(1);
    session.run("plan --local").exits_with(1);
    session.project.write(
        "lambda.yaml",
        "name: thumbs\nruntime: nodejs14.x\nhandler: index.handler\n",
    );
    session
        .project
        .write("index.js", "exports.handler = async (event) => event;\n");
    session.run("validate").success();
    assert_snapshot!(session.transcript());
}

#[test]
fn validate_knows_stages() {
    let mut session = Session::thumbs();
    session.edit(
        "name: thumbs",
        "name: thumbs-${stage}\nstages: { prod: { memory: 1GB } }",
    );
    session.run("validate").exits_with(1);
    session.run("validate --stage prod").success();
    session.run("validate --stage test").exits_with(1);
    assert_snapshot!(session.transcript());
}

#[test]
fn package_lists_what_goes_in_and_names_the_file() {
    let mut session = Session::thumbs();
    session
        .project
        .write("notes.md", "not shipped\n")
        .write(".lfnignore", "*.md\n");
    let first = session.run("package").success();
    assert_eq!(first.stdout, ".lfn/thumbs.zip\n", "standard output is the path alone");
    assert!(!first.stderr.contains("notes.md"));
    session.run("package --output ../code.zip").success();
    let bytes = |path: &str| fs::read(session.project.path().join(path)).unwrap();
    assert_eq!(
        bytes(".lfn/thumbs.zip"),
        bytes("../code.zip"),
        "the same files make the same archive"
    );
    session.edit("timeout: 10s", "package: { budget: 10 }");
    session.run("package").exits_with(1);
    session.edit(
        "package: { budget: 10 }",
        "package: { build: 'echo from the build; exit 3' }",
    );
    session.run("package").exits_with(1);
    assert_snapshot!(session.transcript());
}
