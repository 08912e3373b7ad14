//! Runtimes of others, unchanged: AWS's own clients for Python, Node.js and Rust, and a shell with curl.

use std::sync::Arc;

use lfn::domain::function::LogFormat;
use lfn::runner::{Event, Outcome, Part, Pool};
use serde_json::{Value, json};

use super::bench::{ARN, call, event, json, pool, pool_on, settings};
use super::ric::{Client, rust};

/// Everything that a caller can say of a call.
fn full(payload: &Value) -> Event {
    Event {
        client_context: Some(r#"{"custom":{"k":"v"},"env":{"locale":"de"},"client":{"installation_id":"1","app_title":"shop","app_version_name":"1","app_version_code":"1","app_package_name":"p"}}"#.into()),
        cognito_identity: Some(r#"{"cognitoIdentityId":"i","cognitoIdentityPoolId":"p"}"#.into()),
        tenant_id: Some("blue".into()),
        trace_id: Some("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1".into()),
        ..event(&payload.to_string())
    }
}

/// A function on `provided` whose bootstrap is AWS's client.
fn on(client: &Client, handler: &str, file: (&str, &str)) -> Arc<Pool> {
    let mut settings = settings("provided.al2023", handler);
    settings.timeout = 3;
    let bootstrap = client.bootstrap();
    pool_on(client.host(), settings, &[("bootstrap", &bootstrap), file], &[])
}

/// What every client has to show: a result and its context, an error in its own shape, the end of the process, a timeout, and
/// that the environment goes on after each.
async fn shows_everything(pool: &Pool, error: &Value) {
    let told = full(&json!({"n": "ü🦀"}));
    let first = pool.invoke(&told).await.unwrap();
    assert!(first.init.is_some() && first.function_error.is_none(), "{}", first.log);
    let answer = json(&first);
    for (name, expected) in [
        ("event", json!({"n": "ü🦀"})),
        ("request_id", json!(first.request_id)),
        ("arn", json!(ARN)),
        ("tenant", json!("blue")),
        ("custom", json!({"k": "v"})),
        ("identity", json!("i")),
        ("function", json!(["judged", "$LATEST", "/aws/lambda/judged", "stream"])),
    ] {
        assert_eq!(answer[name], expected, "{name}: {answer}");
    }
    assert_eq!(first.log.matches("called {\"n\":\"ü🦀\"}").count(), 1, "{}", first.log);
    let second = call(pool, "{}").await;
    assert_eq!((second.init, &json(&second)["identity"]), (None, &Value::Null));

    let failed = call(pool, r#"{"do":"fail"}"#).await;
    let seen = json(&failed);
    assert_eq!(
        (&seen["errorType"], &seen["errorMessage"]),
        (&error["errorType"], &error["errorMessage"]),
        "{seen}"
    );
    assert_eq!(failed.function_error.as_deref(), Some("Unhandled"));

    let ended = call(pool, r#"{"do":"exit"}"#).await;
    let message = format!(
        "RequestId: {} Error: Runtime exited with error: exit status 7",
        ended.request_id
    );
    assert_eq!(
        json(&ended),
        json!({"errorType": "Runtime.ExitError", "errorMessage": message})
    );
    let late = call(pool, r#"{"do":"sleep"}"#).await;
    let message = format!(
        "RequestId: {} Error: Task timed out after 3.00 seconds",
        late.request_id
    );
    assert_eq!(
        json(&late),
        json!({"errorType": "Sandbox.Timedout", "errorMessage": message})
    );
    assert_eq!(json(&call(pool, r#"{"last":1}"#).await)["event"], json!({"last": 1}));
}

/// The parts of a streamed response, joined, their type, and what came of the call.
async fn streamed(pool: &Pool, payload: &str) -> (Vec<u8>, Option<String>, Outcome) {
    let (parts, mut coming) = tokio::sync::mpsc::unbounded_channel();
    let outcome = pool.invoke_with(&event(payload), Some(&parts)).await.unwrap();
    let (mut body, mut kind) = (Vec::new(), None);
    while let Ok(part) = coming.try_recv() {
        match part {
            Part::Began { content_type } => kind = Some(content_type),
            Part::Bytes(bytes) => body.extend(bytes),
        }
    }
    (body, kind, outcome)
}

/// A prelude, eight zeros, and then this.
#[track_caller]
fn after_prelude(body: &[u8], status: u16) -> &[u8] {
    let end = body.windows(8).position(|window| window == [0; 8]).unwrap();
    let prelude: Value = serde_json::from_slice(&body[..end]).unwrap();
    assert_eq!(prelude["statusCode"], status);
    &body[end + 8..]
}

const HTTP: &str = "application/vnd.awslambda.http-integration-response";

#[tokio::test]
async fn awslambdaric_runs_as_it_is() {
    let app = "
import json, os, time
def handler(event, context):
    print('called', json.dumps(event, ensure_ascii=False, separators=(',', ':')))
    do = event.get('do')
    if do == 'fail': raise KeyError('no such thumbnail')
    if do == 'exit': os._exit(7)
    if do == 'sleep': time.sleep(60)
    return {'event': event, 'arn': context.invoked_function_arn, 'request_id': context.aws_request_id, 'tenant': context.tenant_id,
        'identity': context.identity.cognito_identity_id, 'custom': context.client_context and context.client_context.custom,
        'function': [context.function_name, context.function_version, context.log_group_name, context.log_stream_name]}
";
    let client = Client::python();
    let pool = on(&client, "app.handler", ("app.py", app));
    let error = json!({"errorType": "KeyError", "errorMessage": "'no such thumbnail'"});
    shows_everything(&pool, &error).await;
    let missing = call(&on(&client, "app.nothing", ("app.py", app)), "1").await;
    assert_eq!(
        json(&missing)["errorType"],
        "Runtime.HandlerNotFound",
        "{}",
        missing.log
    );
}

#[tokio::test]
async fn aws_lambda_ric_runs_as_it_is() {
    let app = "
exports.handler = async (event, context) => {
  console.log('called', JSON.stringify(event));
  if (event.do === 'fail') throw new RangeError('no such thumbnail');
  if (event.do === 'exit') process.exit(7);
  if (event.do === 'sleep') await new Promise((done) => setTimeout(done, 60000));
  return { event, arn: context.invokedFunctionArn, request_id: context.awsRequestId, tenant: context.tenantId, identity: context.identity?.cognitoIdentityId,
    custom: context.clientContext?.custom, function: [context.functionName, context.functionVersion, context.logGroupName, context.logStreamName] };
};
exports.stream = awslambda.streamifyResponse(async (event, stream) => {
  stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });
  stream.write('one '); stream.write('two ');
  if (event.do === 'fail') throw new RangeError('midway');
  stream.end();
});
";
    for major in [22, 24] {
        let client = Client::node(major);
        let pool = on(&client, "index.handler", ("index.js", app));
        let error = json!({"errorType": "RangeError", "errorMessage": "no such thumbnail"});
        shows_everything(&pool, &error).await;
        let missing = call(&on(&client, "index.nothing", ("index.js", app)), "1").await;
        assert_eq!(
            json(&missing)["errorType"],
            "Runtime.HandlerNotFound",
            "{}",
            missing.log
        );

        let streaming = on(&client, "index.stream", ("index.js", app));
        let (body, kind, _) = streamed(&streaming, "{}").await;
        assert_eq!(
            (after_prelude(&body, 201), kind.as_deref()),
            (&b"one two "[..], Some(HTTP))
        );
        let (body, _, outcome) = streamed(&streaming, r#"{"do":"fail"}"#).await;
        assert_eq!(after_prelude(&body, 201), b"one two ");
        assert_eq!(json(&outcome)["errorMessage"], "midway");
    }
}

#[tokio::test]
async fn lambda_runtime_of_rust_runs_as_it_is() {
    let bootstrap = format!("#!/bin/sh\nexec {}\n", rust().display());
    let on = |handler: &str| {
        let mut settings = settings("provided.al2023", handler);
        settings.timeout = 3;
        pool(settings, &[("bootstrap", &bootstrap)], &[])
    };
    let answering = on("answer");
    let boxed = "&alloc::boxed::Box<dyn core::error::Error + core::marker::Send + core::marker::Sync>";
    let error = json!({"errorType": boxed, "errorMessage": "no such thumbnail"});
    shows_everything(&answering, &error).await;
    let panicked = json(&call(&answering, r#"{"do":"panic"}"#).await);
    assert!(
        panicked["errorMessage"].as_str().unwrap().contains("out of paint"),
        "{panicked}"
    );

    let streaming = on("stream");
    let (body, kind, _) = streamed(&streaming, "{}").await;
    assert_eq!(
        (after_prelude(&body, 200), kind.as_deref()),
        (&b"one two "[..], Some(HTTP))
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
    let bootstrap = Client::python().bootstrap();
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
