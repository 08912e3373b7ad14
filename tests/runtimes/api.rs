//! The Runtime API as a runtime sees it: headers, states, limits, streams.

use lfn::runner::{Event, Part, RESPONSE_LIMIT};
use serde_json::json;

use super::bench::{ARN, call, event, json, pool, settings};

/// Asks for one event, plays the given part, and answers with what it saw.
fn runtime(play: &str) -> String {
    let play = play.replace('\n', "\n    ");
    format!(
        r#"#!/usr/bin/env python3
import http.client, json, os
BASE = "/2018-06-01/runtime"
def ask(method, path, body=None, headers={{}}):
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    api.request(method, path if path.startswith("/20") else BASE + path, body, headers)
    answer = api.getresponse()
    return answer.status, answer.headers, answer.read().decode()
def refused(method, path, body=None, headers={{}}):
    status, _, text = ask(method, path, body, headers)
    return [status, json.loads(text)["errorType"]]
early = refused("POST", "/invocation/x/response", "1")
while True:
    _, headers, body = ask("GET", "/invocation/next")
    id = headers["Lambda-Runtime-Aws-Request-Id"]
    def answer(value):
        return ask("POST", "/invocation/" + id + "/response", json.dumps(value))
    {play}
"#
    )
}

async fn play(text: &str, event: &Event) -> lfn::runner::Outcome {
    let bootstrap = runtime(text);
    let pool = pool(settings("provided.al2023", "x"), &[("bootstrap", &bootstrap)], &[]);
    pool.invoke(event).await.unwrap()
}

#[tokio::test]
async fn every_header_of_a_call_arrives() {
    let told = "answer({name: headers.get('Lambda-Runtime-' + name) for name in ['Aws-Request-Id', 'Invocation-Id', 'Invoked-Function-Arn', 'Trace-Id', 'Client-Context', 'Cognito-Identity', 'Aws-Tenant-Id', 'Deadline-Ms']})";
    let identity = r#"{"cognitoIdentityId":"i","cognitoIdentityPoolId":"p"}"#;
    let full = Event {
        client_context: Some(r#"{"custom":{"k":"v"}}"#.into()),
        cognito_identity: Some(identity.into()),
        tenant_id: Some("blue".into()),
        trace_id: Some("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1".into()),
        ..event("{}")
    };
    let outcome = play(told, &full).await;
    let seen = json(&outcome);
    for (name, value) in [
        ("Aws-Request-Id", outcome.request_id.as_str()),
        ("Invocation-Id", outcome.request_id.as_str()),
        ("Invoked-Function-Arn", ARN),
        ("Trace-Id", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"),
        ("Client-Context", r#"{"custom":{"k":"v"}}"#),
        ("Cognito-Identity", identity),
        ("Aws-Tenant-Id", "blue"),
    ] {
        assert_eq!(seen[name], value, "{name}");
    }
    assert!(seen["Deadline-Ms"].as_str().unwrap().parse::<u64>().unwrap() > 1_700_000_000_000);

    let bare = json(&play(told, &event("{}")).await);
    assert!(bare["Trace-Id"].as_str().unwrap().starts_with("Root=1-"), "{bare}");
    for absent in ["Client-Context", "Cognito-Identity", "Aws-Tenant-Id"] {
        assert_eq!(bare[absent], json!(null), "{absent}");
    }
}

#[tokio::test]
async fn what_comes_out_of_turn_is_refused() {
    let text = r#"
seen = {
    "early": early,
    "other": refused("POST", "/invocation/other/response", "1"),
    "echo": refused("POST", "/invocation/" + id + "/response", "1", {"Lambda-Runtime-Invocation-Id": "other"}),
    "next": refused("GET", "/invocation/next"),
    "init": refused("POST", "/init/error", "{}"),
    "restore": refused("GET", "/restore/next"),
    "nowhere": refused("GET", "/nowhere"),
    "extension": refused("GET", "/2020-01-01/extension/event/next"),
    "telemetry": refused("PUT", "/2022-07-01/telemetry", "{}"),
}
if json.loads(body) == {"again": True}:
    answer(last)
else:
    answer(1)
    seen["twice"] = refused("POST", "/invocation/" + id + "/response", "1")
    last = seen"#;
    let bootstrap = runtime(text);
    let pool = pool(settings("provided.al2023", "x"), &[("bootstrap", &bootstrap)], &[]);
    assert_eq!(json(&call(&pool, "{}").await), 1);
    let seen = json(&call(&pool, r#"{"again": true}"#).await);
    let state = json!([403, "InvalidStateTransition"]);
    assert_eq!(
        seen,
        json!({
            "early": state,
            "other": [400, "InvalidRequestID"],
            "echo": [400, "InvalidInvocationId"],
            "next": state,
            "init": state,
            "restore": state,
            "nowhere": [404, "NotFound"],
            "extension": [403, "Extension.MissingExtensionIdentifier"],
            "telemetry": [403, "Extension.MissingExtensionIdentifier"],
            "twice": state,
        })
    );
}

#[tokio::test]
async fn a_response_has_its_limit_and_a_stream_another() {
    let text = "
size = json.loads(body)
status = ask('POST', '/invocation/' + id + '/response', 'x' * size)[0]
print('status', status, flush=True)";
    let bootstrap = runtime(text);
    let pool = pool(settings("provided.al2023", "x"), &[("bootstrap", &bootstrap)], &[]);
    let fits = call(&pool, &RESPONSE_LIMIT.to_string()).await;
    assert_eq!(fits.payload.len(), RESPONSE_LIMIT);
    let over = call(&pool, &(RESPONSE_LIMIT + 1).to_string()).await;
    assert_eq!(json(&over)["errorType"], "Function.ResponseSizeTooLarge");
    assert!(over.log.contains("status 413\n"), "{}", over.log);
    assert_eq!(call(&pool, "2").await.payload, b"xx", "the environment goes on");
}

#[tokio::test]
async fn a_stream_arrives_in_parts_and_its_error_as_trailers() {
    let text = r#"
import socket, base64
host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
s = socket.create_connection((host, int(port)))
s.sendall(("POST %s/invocation/%s/response HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
    "Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n"
    "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\nConnection: close\r\n\r\n" % (BASE, id)).encode())
for part in [b"one", b"two"]:
    s.sendall(b"%x\r\n%s\r\n" % (len(part), part))
end = b"0\r\n"
if json.loads(body) == "fail":
    error = base64.b64encode(b'{"errorType":"Midway","errorMessage":"no more"}')
    end += b"Lambda-Runtime-Function-Error-Type: Midway\r\nLambda-Runtime-Function-Error-Body: " + error + b"\r\n"
s.sendall(end + b"\r\n")
s.recv(9999)"#;
    let bootstrap = runtime(text);
    let pool = pool(settings("provided.al2023", "x"), &[("bootstrap", &bootstrap)], &[]);
    let (parts, mut coming) = tokio::sync::mpsc::unbounded_channel();
    let outcome = pool.invoke_with(&event("1"), Some(&parts)).await.unwrap();
    assert_eq!(outcome.payload, b"onetwo");
    assert_eq!(outcome.content_type.as_deref(), Some("text/plain"));
    let content_type = "text/plain".to_owned();
    assert_eq!(coming.try_recv().unwrap(), Part::Began { content_type });
    assert_eq!(coming.try_recv().unwrap(), Part::Bytes(b"one".into()));
    assert_eq!(coming.try_recv().unwrap(), Part::Bytes(b"two".into()));
    let failed = call(&pool, "\"fail\"").await;
    assert_eq!(json(&failed), json!({"errorType": "Midway", "errorMessage": "no more"}));
    assert_eq!(failed.function_error.as_deref(), Some("Unhandled"));
}
