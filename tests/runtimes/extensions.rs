//! Programs of layers that run beside the runtime, and what they are told.

use serde_json::{Value, json};

use super::bench::{call, json, pool, settings};

const APP: [(&str, &str); 1] = [(
    "app.py",
    "def handler(event, context):\n    print('hello', event)\n    return event\n",
)];

/// Registers, subscribes to telemetry, and writes down everything that it hears.
fn extension(notes: &str, more: &str) -> String {
    format!(
        r#"#!/usr/bin/env python3
import http.client, http.server, json, os, sys, threading
def note(*what):
    with open({notes:?}, "a") as file:
        file.write(json.dumps(what) + "\n")
def ask(method, path, body=None, headers={{}}):
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    api.request(method, path, body, headers)
    answer = api.getresponse()
    return answer.status, answer.headers, answer.read().decode()
class Listener(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        for record in json.loads(self.rfile.read(int(self.headers["Content-Length"]))):
            note("telemetry", record["type"], record["record"])
        self.send_response(200)
        self.end_headers()
    def log_message(self, *_): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
threading.Thread(target=server.serve_forever, daemon=True).start()
status, headers, body = ask("POST", "/2020-01-01/extension/register", json.dumps({{"events": ["INVOKE", "SHUTDOWN"]}}),
    {{"Lambda-Extension-Name": os.path.basename(sys.argv[0])}})
note("registered", status, json.loads(body), "_HANDLER" in os.environ, "AWS_LAMBDA_FUNCTION_NAME" in os.environ)
me = {{"Lambda-Extension-Identifier": headers["Lambda-Extension-Identifier"]}}
note("subscribed", *ask("PUT", "/2022-07-01/telemetry", json.dumps({{"schemaVersion": "2022-12-13", "types": ["platform", "function"],
    "destination": {{"protocol": "HTTP", "URI": "http://sandbox.localdomain:%d" % server.server_port}}}}), me)[::2])
{more}
while True:
    event = json.loads(ask("GET", "/2020-01-01/extension/event/next", None, me)[2])
    note("event", event["eventType"], event.get("requestId") or event.get("shutdownReason"))
    if event["eventType"] == "SHUTDOWN":
        break
"#
    )
}

fn notes(path: &std::path::Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn an_extension_hears_of_calls_records_and_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes");
    let program = extension(path.to_str().unwrap(), "");
    let pool = pool(
        settings("python3.12", "app.handler"),
        &APP,
        &[("extensions/watcher", &program)],
    );
    let (one, two) = (call(&pool, "1").await, call(&pool, "2").await);
    assert_eq!((json(&one), json(&two)), (json!(1), json!(2)));
    pool.close().await;

    let heard = notes(&path);
    let of = |kind: &str| -> Vec<&Value> { heard.iter().filter(|note| note[0] == kind).collect() };
    let about = json!({"functionName": "judged", "functionVersion": "$LATEST", "handler": "app.handler"});
    assert_eq!(of("registered"), [&json!(["registered", 200, about, false, true])]);
    assert_eq!(of("subscribed"), [&json!(["subscribed", 200, "OK"])]);
    let told: Vec<Value> = of("event").into_iter().cloned().collect();
    assert_eq!(
        told,
        [
            json!(["event", "INVOKE", one.request_id]),
            json!(["event", "INVOKE", two.request_id]),
            json!(["event", "SHUTDOWN", "spindown"]),
        ]
    );
    let kinds: Vec<&str> = of("telemetry").iter().filter_map(|note| note[1].as_str()).collect();
    let call = ["platform.start", "function", "platform.runtimeDone", "platform.report"];
    let mut expected = vec!["platform.initStart", "platform.initRuntimeDone", "platform.initReport"];
    expected.extend(call.iter().chain(&call));
    let records: Vec<&str> = kinds
        .iter()
        .copied()
        .filter(|kind| *kind != "platform.telemetrySubscription")
        .collect();
    assert_eq!(records, expected);
    assert_eq!(kinds.len(), records.len() + 1, "the subscription itself is a record");
    assert!(heard.contains(&json!(["telemetry", "function", "hello 1"])));
}

#[tokio::test]
async fn an_extension_that_fails_fails_the_function() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes");
    for (more, kind) in [
        ("sys.exit(1)", "Extension.Crash"),
        (
            "ask('POST', '/2020-01-01/extension/init/error', '{}', {**me, 'Lambda-Extension-Function-Error-Type': 'Extension.NoKey'})",
            "Extension.NoKey",
        ),
    ] {
        let program = extension(path.to_str().unwrap(), more);
        let pool = pool(
            settings("python3.12", "app.handler"),
            &APP,
            &[("extensions/watcher", &program)],
        );
        let failed = call(&pool, "1").await;
        assert_eq!(json(&failed)["errorType"], kind, "{}", failed.log);
        assert!(failed.log.contains(&format!("Error Type: {kind}")), "{}", failed.log);
    }
    let heard = notes(&path);
    assert!(heard.iter().any(|note| note[0] == "registered"), "{heard:?}");
}

#[tokio::test]
async fn a_wrapper_script_of_a_layer_starts_the_runtime() {
    let wrapper = "#!/bin/sh\nexport WRAPPED=yes\nexec \"$@\"\n";
    let app = [(
        "app.py",
        "import os\ndef handler(event, context): return os.environ.get('WRAPPED')\n",
    )];
    let mut settings = settings("python3.12", "app.handler");
    let variables = &mut settings.environment.0;
    variables.insert("AWS_LAMBDA_EXEC_WRAPPER".into(), "/opt/wrapper".into());
    let pool = pool(settings, &app, &[("wrapper", wrapper)]);
    assert_eq!(json(&call(&pool, "1").await), json!("yes"));
}
