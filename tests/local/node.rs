//! Node handlers, run.

use serde_json::json;

use super::bench::{Bench, expect, json, settings};

type Files = &'static [(&'static str, &'static str)];

const ESM: &str = "export const handler = async (event) => event.n * 2;";
const CJS: &str = "exports.handler = async (event) => event.n * 2;";
const CALLBACK: &str = "exports.handler = (event, context, callback) => callback(null, 1);";
const LATE: &str = "exports.handler = () => new Promise(() => setTimeout(() => { throw new RangeError('late'); }));";
const NODE: &str = "nodejs24.x";
const PACKAGE: &str = r#"{"type": "module"}"#;

/// Runtime, handler, files.
const RUNS: [(&str, &str, Files); 9] = [
    (NODE, "index.handler", &[("index.mjs", ESM)]),
    (NODE, "index.handler", &[("index.cjs", CJS)]),
    (NODE, "index.handler", &[("index.js", CJS)]),
    (NODE, "index.handler", &[("index.js", ESM), ("package.json", PACKAGE)]),
    (
        NODE,
        "src/index.handler",
        &[("src/index.js", ESM), ("package.json", PACKAGE)],
    ),
    (
        NODE,
        "index.api.v1.handler",
        &[("index.js", "exports.api = { v1: { handler: (event) => event.n * 2 } };")],
    ),
    (
        NODE,
        "index.handler",
        &[("index.js", "exports.handler = (event) => event.n * 2;")],
    ),
    (
        "nodejs22.x",
        "index.handler",
        &[(
            "index.js",
            "exports.handler = (event, context, done) => { setTimeout(() => done(null, event.n * 2), 5); };",
        )],
    ),
    (
        "nodejs20.x",
        "index.handler",
        &[(
            "index.js",
            "exports.handler = (event, context) => { context.succeed(event.n * 2); setInterval(() => {}, 1000); };",
        )],
    ),
];

/// Runtime, handler, `index.js`, error type, message.
const FAILURES: [(&str, &str, &str, &str, &str); 14] = [
    (
        NODE,
        "index.handler",
        CALLBACK,
        "Runtime.CallbackHandlerDeprecated",
        "callback-based function handlers",
    ),
    (
        NODE,
        "index.nope",
        CJS,
        "Runtime.HandlerNotFound",
        "index.nope is undefined or not exported",
    ),
    (
        NODE,
        "index.handler",
        "exports.handler = 1;",
        "Runtime.HandlerNotFound",
        "index.handler is not a function",
    ),
    (
        NODE,
        "nope.handler",
        CJS,
        "Runtime.ImportModuleError",
        "Error: Cannot find module 'nope'",
    ),
    (NODE, "index", CJS, "Runtime.MalformedHandlerName", "Bad handler"),
    (
        NODE,
        "../index.handler",
        CJS,
        "Runtime.MalformedHandlerName",
        "is not a valid handler name",
    ),
    (
        NODE,
        "index.handler",
        "exports.handler = (",
        "Runtime.UserCodeSyntaxError",
        "SyntaxError: ",
    ),
    (
        NODE,
        "index.handler",
        "require('left-pad');",
        "Runtime.ImportModuleError",
        "Cannot find module 'left-pad'",
    ),
    (
        NODE,
        "index.handler",
        "throw new TypeError('early');",
        "TypeError",
        "early",
    ),
    (
        NODE,
        "index.handler",
        "exports.handler = async () => { throw 'text'; };",
        "string",
        "text",
    ),
    (
        NODE,
        "index.handler",
        "exports.handler = async () => 1n;",
        "Runtime.JSONStringifyError",
        "Unable to stringify",
    ),
    ("nodejs22.x", "index.handler", LATE, "RangeError", "late"),
    (NODE, "index.handler", LATE, "Runtime.ExitError", "exit status 1"),
    (
        "nodejs22.x",
        "index.handler",
        "exports.handler = (event, context, done) => done(new Error('called back'));",
        "Error",
        "called back",
    ),
];

#[tokio::test]
async fn node_handlers_run() {
    for (runtime, handler, files) in RUNS {
        expect(runtime, handler, files, Ok(json!(40))).await;
    }
}

#[tokio::test]
async fn node_failures_are_lambdas() {
    for (runtime, handler, text, kind, message) in FAILURES {
        expect(runtime, handler, &[("index.js", text)], Err((kind, message))).await;
    }
    let files = [(
        "index.mjs",
        "export const handler = async () => { console.log('before %d', 1); throw new RangeError('boom'); };",
    )];
    let raised = expect(NODE, "index.handler", &files, Err(("RangeError", "boom"))).await;
    let trace = json(&raised)["trace"].clone();
    assert_eq!(trace[0], "RangeError: boom");
    assert!(trace[1].as_str().unwrap().contains("index.mjs"), "{trace}");
    let id = raised.request_id.unwrap();
    let log = raised.log_tail.unwrap();
    assert!(log.contains(&format!("Z\t{id}\tINFO\tbefore 1\n")), "{log}");
    assert!(
        log.contains(&format!(
            "Z\t{id}\tERROR\tInvoke Error \t{{\"errorType\":\"RangeError\""
        )),
        "{log}"
    );
}

#[tokio::test]
async fn streaming_handlers_answer_with_what_they_wrote() {
    let streaming = "export const handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.setContentType('text/plain'); stream.write('one '); stream.write('two'); stream.end(); });";
    let bench = Bench::new();
    bench
        .create(settings("nodejs24.x", "index.handler"), &[("index.mjs", streaming)])
        .await;
    let invoked = bench.invoke("$LATEST", "{}").await;
    assert_eq!(String::from_utf8(invoked.payload).unwrap(), "one two");
    let failing = "export const handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.write('one '); throw new Error('midway'); });";
    expect(
        "nodejs24.x",
        "index.handler",
        &[("index.mjs", failing)],
        Err(("Error", "midway")),
    )
    .await;
}
