//! Runtimes of others, unchanged: AWS's own client for Python, a shell with curl, what a compiled
//! program would do.

use lfn::domain::function::LogFormat;
use serde_json::json;

use super::bench::{ARN, call, json, pool, settings};
use super::support::python::{RUNTIMES, environment};

/// A function on `provided` whose bootstrap is AWS's client for Python.
fn awslambdaric(handler: &str, app: &str) -> std::sync::Arc<lfn::runner::Pool> {
    let python = environment(RUNTIMES).join("python");
    let bootstrap = format!(
        "#!/bin/sh\nexport PYTHONPATH=\"$LAMBDA_TASK_ROOT\" PYTHONDONTWRITEBYTECODE=1\nexec {} -m awslambdaric \"$_HANDLER\"\n",
        python.display()
    );
    let mut settings = settings("provided.al2023", handler);
    settings.timeout = 5;
    pool(settings, &[("bootstrap", &bootstrap), ("app.py", app)], &[])
}

#[tokio::test]
async fn awslambdaric_runs_as_it_is() {
    let app = "
import os
calls = 0
def handler(event, context):
    global calls
    calls += 1
    print('called', event)
    if event == 'fail': raise KeyError('no')
    if event == 'exit': os._exit(7)
    return {'calls': calls, 'event': event, 'arn': context.invoked_function_arn, 'id': context.aws_request_id,
        'left': context.get_remaining_time_in_millis() > 3000, 'identity': context.identity.cognito_identity_id}
";
    let pool = awslambdaric("app.handler", app);
    let first = call(&pool, r#"{"u": "ü🦀"}"#).await;
    assert!(first.init.is_some());
    let expected =
        json!({"calls": 1, "event": {"u": "ü🦀"}, "arn": ARN, "id": first.request_id, "left": true, "identity": null});
    assert_eq!(json(&first), expected);
    let second = call(&pool, "2").await;
    assert_eq!((&json(&second)["calls"], second.init), (&json!(2), None));
    let failed = call(&pool, "\"fail\"").await;
    assert_eq!(json(&failed)["errorType"], "KeyError");
    assert_eq!(failed.log.matches("called fail").count(), 1, "{}", failed.log);
    let ended = call(&pool, "\"exit\"").await;
    assert_eq!(json(&ended)["errorType"], "Runtime.ExitError");
    assert_eq!(json(&call(&pool, "3").await)["calls"], 1, "it was started again");

    let missing = call(&awslambdaric("app.nothing", app), "1").await;
    assert_eq!(
        json(&missing)["errorType"],
        "Runtime.HandlerNotFound",
        "{}",
        missing.log
    );
}

#[tokio::test]
async fn a_shell_with_curl_is_a_runtime() {
    // The tutorial of Lambda's developer guide for custom runtimes, in its own steps.
    let bootstrap = r#"#!/bin/sh
set -u
cd "$LAMBDA_TASK_ROOT"
. "./$(echo $_HANDLER | cut -d. -f1).sh"
while true
do
  HEADERS="$(mktemp)"
  EVENT_DATA=$(curl -sS -LD "$HEADERS" "http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/next")
  REQUEST_ID=$(grep -Fi Lambda-Runtime-Aws-Request-Id "$HEADERS" | tr -d '[:space:]' | cut -d: -f2)
  RESPONSE=$($(echo "$_HANDLER" | cut -d. -f2) "$EVENT_DATA")
  curl -sS "http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation/$REQUEST_ID/response" -d "$RESPONSE" > /dev/null
done
"#;
    let function =
        "handler () {\n  echo \"said: $1\" 1>&2\n  printf '{\"echo\": %s, \"tmp\": \"%s\"}' \"$1\" \"$TMPDIR\"\n}\n";
    let files = [("bootstrap", bootstrap), ("function.sh", function)];
    let pool = pool(settings("provided.al2023", "function.handler"), &files, &[]);
    for n in 1..=3 {
        let outcome = call(&pool, &format!("{{\"n\": {n}}}")).await;
        let answer = json(&outcome);
        assert_eq!(answer["echo"], json!({ "n": n }));
        assert!(answer["tmp"].as_str().unwrap().contains("lfn-run-"), "{answer}");
        assert!(
            outcome.log.contains(&format!("said: {{\"n\": {n}}}\n")),
            "{}",
            outcome.log
        );
        assert_eq!(outcome.init.is_some(), n == 1);
    }
}

#[tokio::test]
async fn the_json_log_format_is_told_to_runtimes() {
    let python = environment(RUNTIMES).join("python");
    let bootstrap = format!(
        "#!/bin/sh\nexport PYTHONPATH=\"$LAMBDA_TASK_ROOT\" PYTHONDONTWRITEBYTECODE=1\nexec {} -m awslambdaric \"$_HANDLER\"\n",
        python.display()
    );
    let app = "import logging\ndef handler(event, context):\n    logging.getLogger().error('told')\n";
    let mut settings = settings("provided.al2023", "app.handler");
    settings.logging.format = LogFormat::Json;
    let pool = pool(settings, &[("bootstrap", &bootstrap), ("app.py", app)], &[]);
    let log = call(&pool, "1").await.log;
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = lines
        .iter()
        .map(|line| line["type"].as_str().unwrap_or("line"))
        .collect();
    assert_eq!(kinds, ["platform.start", "line", "platform.report"], "{log}");
    assert_eq!(lines[1]["message"], "told");
}
