//! `lfn test`: cases of a folder against the working tree and against what is deployed.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::session::Session;
use crate::support::lfn;

const HANDLER: &str = "\
import os

calls = 0

def handler(event, context):
    global calls
    calls += 1
    if \"fail\" in event:
        raise ValueError(event[\"fail\"])
    print(\"worked on\", event)
    return {\"statusCode\": 200, \"calls\": calls, \"table\": os.environ[\"TABLE\"], \"body\": '{\"id\": 42, \"name\": \"Ada\"}'}
";

fn session() -> Session {
    let session = Session::thumbs();
    session.project.write("app.py", HANDLER);
    session
}

fn with(session: &Session, name: &str, value: &Value) {
    session.project.write(name, value.to_string());
}

#[test]
fn what_differs_is_shown_place_by_place() {
    let mut session = session();
    with(&session, "events/plain.json", &json!({}));
    with(&session, "events/orders/good.json", &json!({ "order": 1 }));
    with(
        &session,
        "events/orders/good.expect.json",
        &json!({ "contains": { "statusCode": 200, "calls": 1, "body": { "id": 42 } }, "max_duration": "1m", "max_memory": "1GB" }),
    );
    with(
        &session,
        "events/orders/wrong.expect.json",
        &json!({ "event": {}, "contains": { "statusCode": 201, "body": { "id": 7 }, "more": [1] } }),
    );
    with(
        &session,
        "tests/events/refused.expect.json",
        &json!({ "event": { "fail": "no such order" }, "error": { "type": "ValueError", "message": "no such *" } }),
    );
    with(
        &session,
        "tests/events/released.expect.json",
        &json!({ "event": {}, "qualifier": "live" }),
    );
    with(
        &session,
        "tests/events/unexpected.expect.json",
        &json!({ "event": { "fail": "out of paint" }, "name": "an unexpected error" }),
    );
    session.run("test --jobs 1").exits_with(5);
    session.run("test orders/good plain").success();
    session.run("test 'orders/*'").exits_with(5);
    session.run("test tests/events/refused.expect.json").success();
    session.run("test orders/bad").exits_with(1);
    assert_snapshot!(session.transcript());
}

#[test]
fn a_deployed_version_is_called_through_the_target() {
    let session = session();
    session.quietly("deploy --local --yes");
    session.project.write("app.py", HANDLER.replace("200", "500"));
    with(
        &session,
        "events/one.expect.json",
        &json!({ "event": {}, "contains": { "statusCode": 200 } }),
    );
    with(
        &session,
        "events/own.expect.json",
        &json!({ "event": {}, "env": { "TABLE": "x" } }),
    );
    // The working tree has changed since.
    let here = lfn(&session.project)
        .args(["test", "one", "--format", "json"])
        .run()
        .exits_with(5);
    assert_eq!(here.json()["cases"][0]["mismatches"][0]["got"], 500);
    assert_eq!(here.json().get("qualifier"), None);
    let there = session.quietly("test --local --qualifier live --format json").json();
    assert_eq!(there["qualifier"], "live");
    assert_eq!((&there["passed"], &there["skipped"]), (&json!(1), &json!(1)));
    assert!(there["cases"][0]["duration_ms"].is_number(), "{there}");
    let missing = lfn(&session.project)
        .args(["test", "one", "--local", "--qualifier", "beta"])
        .run()
        .exits_with(1);
    assert!(missing.stderr.contains("could not run the case `one`"), "{missing}");
}

#[test]
fn variables_can_be_set_and_are_not_told() {
    let session = session();
    session.edit("{ TABLE: orders-hidden }", "{ TABLE: \"${ssm:/shop/table}\" }");
    with(
        &session,
        "events/own.expect.json",
        &json!({ "event": {}, "env": { "TABLE": "own-secret" }, "contains": { "table": "x" } }),
    );
    with(&session, "events/given.json", &json!({}));
    let missing = lfn(&session.project).args(["test", "given"]).run().exits_with(5);
    assert!(missing.stderr.contains("the function has no `TABLE`"), "{missing}");
    let start = || lfn(&session.project).args(["test", "given"]);
    start().args(["--env", "TABLE=given-secret"]).run().success();
    start()
        .args(["--env", "TABLE"])
        .env("TABLE", "given-secret")
        .run()
        .success();
    start().env("LFN_TEST_ENV", "TABLE=given-secret").run().success();
    let unset = start().args(["--env", "TABLE"]).run().exits_with(1);
    assert!(unset.stderr.contains("write `--env TABLE=VALUE`"), "{unset}");
    let help = lfn(&session.project)
        .args(["test", "--help"])
        .env("LFN_TEST_ENV", "TABLE=given-secret")
        .run()
        .success();
    assert!(!help.stdout.contains("given-secret"), "{help}");
}

#[test]
fn a_new_function_passes_its_own_test() {
    let session = Session::new();
    for template in ["node", "python", "custom"] {
        session.quietly(&format!("init {template} --template {template}"));
        let tested = session.quietly(&format!("-C {template} test --format json")).json();
        assert_eq!(
            (&tested["passed"], &tested["failed"]),
            (&json!(1), &json!(0)),
            "{template}"
        );
    }
}

/// What is on this machine is used; what is not is told of, and the function runs without it.
#[test]
fn layers_and_parameters_are_those_of_this_machine() {
    let session = session();
    session.project.write(
        "app.py",
        "import os\n\ndef handler(event, context):\n    import greetings\n    \
         return greetings.GREETING + os.environ.get(\"NAME\", \"nobody\")\n",
    );
    session
        .project
        .write("layer/python/greetings.py", "GREETING = \"Hello, \"\n");
    session.edit("{ TABLE: orders-hidden }", "{ NAME: \"${ssm:/shop/name}\" }");
    session.edit(
        "timeout: 10s\n",
        "timeout: 10s\nlayers: [\"arn:aws:lambda:${region}:${account}:layer:greetings:1\"]\n",
    );
    with(
        &session,
        "events/greet.expect.json",
        &json!({ "event": {}, "result": "Hello, Ada" }),
    );
    let start = || lfn(&session.project);
    let without = start().args(["test"]).run().exits_with(5);
    for part in [
        "layer:greetings:1` is not on this machine",
        "the function has no `NAME`",
        "`/shop/name`",
    ] {
        assert!(without.stderr.contains(part), "{part}: {without}");
    }
    session.quietly("layer publish --local --yes --from layer --name greetings");
    session
        .project
        .write(".lfn/local/parameters.json", "{ \"/shop/name\": \"Ada\" }");
    let with_both = start().args(["test"]).run().success();
    assert_eq!(with_both.stderr, "", "{with_both}");
    let called = start().args(["invoke", "--working-tree"]).run().success();
    assert_eq!(called.stdout.trim(), "\"Hello, Ada\"", "{called}");
}

#[test]
fn ci_gets_junit() {
    let session = session();
    with(&session, "events/a<b>.json", &json!({}));
    with(
        &session,
        "events/z.expect.json",
        &json!({ "event": {}, "result": "& \"more\" \u{1}" }),
    );
    lfn(&session.project)
        .args(["test", "--junit", "out/results.xml"])
        .run()
        .exits_with(5);
    let xml = session.project.read("out/results.xml");
    for part in [
        "<testsuite name=\"thumbs\" tests=\"2\" failures=\"1\" skipped=\"0\" errors=\"0\"",
        "<testcase name=\"a&lt;b&gt;\" classname=\"thumbs\"",
        "<failure message=\"differs at $\">",
        "<system-out>START RequestId",
    ] {
        assert!(xml.contains(part), "{part} in\n{xml}");
    }
    // Another reader than ours takes it for XML.
    let python = std::process::Command::new("python3")
        .args(["-c", "import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])"])
        .arg(session.project.path().join("out/results.xml"))
        .output()
        .unwrap();
    assert!(python.status.success(), "{python:?}");
}

#[test]
fn what_cannot_be_read_is_told_at_once_and_nothing_runs() {
    let mut session = session();
    session.run("test").exits_with(1);
    session.project.write("events/broken.json", "{");
    with(
        &session,
        "events/typo.expect.json",
        &json!({ "event": {}, "resutl": 1 }),
    );
    with(&session, "events/alone.expect.json", &json!({ "result": 1 }));
    with(&session, "events/notes.schema.json", &json!({ "type": "object" }));
    session.run("test").exits_with(1);
    assert_snapshot!(session.transcript());
}

#[test]
fn an_event_that_cannot_be_read_is_told_of_as_an_event() {
    let session = session();
    session.project.write("events/broken.json", "{");
    let test = ["test", "--junit", "out.xml"];
    let said = lfn(&session.project).args(test).run().exits_with(1).stderr;
    assert!(said.contains("hint: an event is a file with JSON"), "{said}");
    // Who reads the report alone is told as well.
    let report = std::fs::read_to_string(session.project.path().join("out.xml")).unwrap();
    assert!(
        report.contains("errors=\"1\"") && report.contains("events/broken.json: is not JSON"),
        "{report}"
    );
}

#[test]
fn results_are_shown_even_when_the_report_cannot_be_written() {
    let session = session();
    session.project.write("events/one.json", "{}");
    let run = lfn(&session.project)
        .args(["test", "--junit", "events"])
        .run()
        .exits_with(1);
    assert!(
        run.stdout.contains("1 passed") && run.stderr.contains("could not write"),
        "{run}"
    );
}
