//! `layer publish` and `layer list`: dependencies apart from the code.

use insta::assert_snapshot;

use crate::session::Session;

const SHOP: &str = "\
name: shop
runtime: nodejs24.x
handler: index.handler
";
const INDEX: &str = "\
const { greet } = require(\"greetings\");
exports.handler = async (event) => greet(event.name);
";
const GREETINGS: &str = "exports.greet = (name) => `Hello, ${name}!`;\n";

/// A function whose one package lies beside it.
fn shop() -> Session {
    let session = Session::new();
    session
        .project
        .write("lambda.yaml", SHOP)
        .write("index.js", INDEX)
        .write("node_modules/greetings/index.js", GREETINGS);
    session
}

#[test]
fn a_layer_is_published_once_for_each_content_and_used() {
    let mut session = shop();
    session.run("layer list --local").success();
    session.run("layer publish --local --dry-run").success();
    session.run("layer publish --local --yes").success();
    session.run("layer publish --local").success();
    session.edit(
        "handler: index.handler\n",
        "handler: index.handler\n\
         layers: [\"arn:aws:lambda:${region}:${account}:layer:shop-deps:1\"]\n\
         package: { dependencies: none, exclude: [node_modules/] }\n",
    );
    let packaged = session.quietly("package --format json").json();
    assert_eq!(packaged["files"].as_array().unwrap().len(), 1, "{packaged}");
    session.quietly("deploy --local --yes");
    let invoked = session.quietly("invoke --local -e '{\"name\": \"Ada\"}'");
    assert_eq!(invoked.stdout.trim(), "\"Hello, Ada!\"", "{invoked}");
    session
        .project
        .write("node_modules/greetings/index.js", GREETINGS.replace("Hello", "Goodbye"));
    session.run("layer publish --local --yes").success();
    // What was published before is found again, although it is not the newest.
    session.project.write("node_modules/greetings/index.js", GREETINGS);
    session.run("layer publish --local").success();
    session.run("layer list --local").success();
    assert_snapshot!(session.transcript());
}

#[test]
fn a_description_or_licence_that_is_asked_for_makes_a_version() {
    let session = shop();
    let version = |line: &str| session.quietly(line).json()["version"].clone();
    assert_eq!(version("layer publish --local --yes --format json"), 1);
    assert_eq!(version("layer publish --local --yes --license MIT --format json"), 2);
    assert_eq!(version("layer publish --local --license MIT --format json"), 2);
    assert_eq!(
        version("layer publish --local --yes --description mine --format json"),
        3
    );
    assert_eq!(version("layer publish --local --description mine --format json"), 3);
    assert_eq!(version("layer publish --local --yes --name other --format json"), 1);
    let dry = session
        .quietly("layer publish --local --name third --dry-run --format json")
        .json();
    assert_eq!(
        (&dry["version"], &dry["changed"]),
        (&serde_json::Value::Null, &true.into())
    );
}

#[test]
fn what_cannot_be_a_layer_is_refused() {
    let mut session = shop();
    session.run("layer publish --local");
    session.run("layer publish --local --yes --name 'a b'");
    session.run("layer publish --local --yes --from nowhere");
    let of_macos = [0xcf, 0xfa, 0xed, 0xfe, 0, 0];
    session.project.write("node_modules/greetings/addon.node", of_macos);
    session.run("layer publish --local --yes");
    std::fs::remove_dir_all(session.project.path().join("node_modules")).unwrap();
    session.run("layer publish --local --yes");
    session.edit("nodejs24.x", "provided.al2023");
    session.run("layer publish --local --yes");
    session.edit("provided.al2023", "python3.13");
    session.run("layer publish --local --yes");
    assert!(!session.project.path().join(".lfn").exists(), "nothing was made");
    session.project.write("tools/bin/answer", "#!/bin/sh\necho 42\n");
    session
        .run("layer publish --local --yes --from tools --name tools")
        .success();
    assert_snapshot!(session.transcript());
}
