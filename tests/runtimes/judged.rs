//! The same handlers on lfn and on AWS's Runtime Interface Emulator: the same answers, but for the
//! differences that [`KNOWN`] lists, each with what settles it.

use std::path::Path;
use std::sync::LazyLock;

use lfn::runner::Host;
use regex::Regex;
use serde_json::{Value, json};

use super::bench::{event, pool_on, settings, write};
use super::emulator::Emulator;
use super::ric::Client;

/// Seconds.
const TIMEOUT: u32 = 2;

/// A difference: the runtime, the case, and the documentation that lfn follows where the emulator does not.
const KNOWN: &[(&str, &str, &str)] = &[
    ("python", "sleep", TIMED_OUT),
    ("node", "sleep", TIMED_OUT),
    ("provided", "sleep", TIMED_OUT),
    ("python", "environment", INITIALIZATION),
    ("node", "environment", INITIALIZATION),
    ("provided", "environment", INITIALIZATION),
    (
        "provided",
        "headers",
        "Using the Lambda runtime API for custom runtimes: `Lambda-Runtime-Trace-Id` and `Lambda-Runtime-Invocation-Id` come with \
         the next event",
    ),
    (
        "python",
        "raises",
        "Lambda function errors in Python: the stack trace is the function's own; lfn leaves out the frames of the \
         interpreter's import, which differ between versions",
    ),
    ("python", "exits", ENDED),
    ("node", "exits", ENDED),
];

const TIMED_OUT: &str =
    "Lambda API reference, Invoke: the payload of a failed call is a JSON document that describes the error";
const INITIALIZATION: &str =
    "Working with Lambda environment variables: `AWS_LAMBDA_INITIALIZATION_TYPE` is `on-demand`";
const ENDED: &str = "Lambda API reference, Invoke: a failure is described; the emulator's first answer to it is empty";

const PYTHON: &str = r#"
import logging, os, sys, time
class Own(Exception): pass
def handler(event, context):
    do = event.get("do") if isinstance(event, dict) else None
    print("line of", do)
    if do == "raise": raise Own("bøom 🦀")
    if do == "chain":
        try: {}["x"]
        except KeyError as error: raise ValueError("outer") from error
    if do == "exit": os._exit(7)
    if do == "sys.exit": sys.exit("bye")
    if do == "zero": os._exit(0)
    if do == "kill": os.kill(os.getpid(), 9)
    if do == "sleep": time.sleep(30)
    if do == "unwritable": return {1, 2}
    if do == "nothing": return None
    if do == "unicode": return "ü🦀\u2028"
    if do == "number": return 1.5e300
    if do == "big": return "x" * event["n"]
    if do == "context":
        return [context.function_name, context.function_version, context.memory_limit_in_mb, context.aws_request_id,
            context.invoked_function_arn, str(context.client_context), str(context.identity.cognito_identity_id),
            0 < context.get_remaining_time_in_millis() <= 2000]
    if do == "environment":
        return {name: os.environ.get(name) for name in ["_HANDLER", "AWS_LAMBDA_FUNCTION_NAME", "AWS_LAMBDA_FUNCTION_VERSION",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_INITIALIZATION_TYPE", "LAMBDA_TASK_ROOT"]} | {
            "cwd": os.getcwd() == os.environ["LAMBDA_TASK_ROOT"], "api": "AWS_LAMBDA_RUNTIME_API" in os.environ}
    return event
"#;

const NODE: &str = r"
exports.handler = async (event, context) => {
  const it = event?.do;
  console.log('line of', it);
  if (it === 'raise') { class Own extends Error { name = 'Own'; } throw new Own('bøom 🦀'); }
  if (it === 'chain') throw new TypeError('outer', { cause: new Error('inner') });
  if (it === 'text') throw 'a text';
  if (it === 'exit') process.exit(7);
  if (it === 'zero') process.exit(0);
  if (it === 'kill') process.kill(process.pid, 'SIGKILL');
  if (it === 'later') { setTimeout(() => { throw new Error('late'); }, 10); await new Promise(() => {}); }
  if (it === 'rejection') { Promise.reject(new Error('unheard')); await new Promise((r) => setTimeout(r, 500)); }
  if (it === 'sleep') await new Promise((r) => setTimeout(r, 30000));
  if (it === 'unwritable') { const loop = {}; loop.loop = loop; return loop; }
  if (it === 'nothing') return undefined;
  if (it === 'unicode') return 'ü🦀\u2028';
  if (it === 'number') return 1.5e300;
  if (it === 'big') return 'x'.repeat(event.n);
  if (it === 'context') {
    const left = context.getRemainingTimeInMillis();
    return [context.functionName, context.functionVersion, context.memoryLimitInMB, context.awsRequestId,
      context.invokedFunctionArn, context.clientContext ?? null, context.identity ?? null, left > 0 && left <= 2000];
  }
  if (it === 'environment') {
    const names = ['_HANDLER', 'AWS_LAMBDA_FUNCTION_NAME', 'AWS_LAMBDA_FUNCTION_VERSION', 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_INITIALIZATION_TYPE', 'LAMBDA_TASK_ROOT'];
    return { ...Object.fromEntries(names.map((name) => [name, process.env[name] ?? null])),
      cwd: process.cwd() === process.env.LAMBDA_TASK_ROOT, api: 'AWS_LAMBDA_RUNTIME_API' in process.env };
  }
  return event;
};
";

/// A runtime of its own that answers what the event says with what the event says.
const SHELL: &str = r#"#!/bin/sh
cd "$LAMBDA_TASK_ROOT"
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
work=$(mktemp -d)
while :; do
  curl -sS -D "$work/head" -o "$work/event" "$api/invocation/next" || exit 1
  id=$(grep -i '^lambda-runtime-aws-request-id' "$work/head" | tr -d '\r' | cut -d' ' -f2)
  echo "line of $(jq -r '.do? // empty' "$work/event")"
  case $(jq -r 'if type == "object" then .do // "" else "" end' "$work/event") in
    raise) curl -sS -o /dev/null "$api/invocation/$id/error" -H 'Lambda-Runtime-Function-Error-Type: Own' -d '{"errorType":"Own","errorMessage":"bøom 🦀"}' ;;
    plain) curl -sS -o /dev/null "$api/invocation/$id/error" -d 'not json' ;;
    exit) exit 7 ;;
    zero) exit 0 ;;
    kill) kill -9 $$ ;;
    sleep) sleep 30 ;;
    nothing) curl -sS -o /dev/null "$api/invocation/$id/response" -d '' ;;
    unicode) curl -sS -o /dev/null "$api/invocation/$id/response" -d '"ü🦀"' ;;
    number) curl -sS -o /dev/null "$api/invocation/$id/response" -d '1.5e300' ;;
    text) curl -sS -o /dev/null "$api/invocation/$id/response" -d 'no json at all' ;;
    wrong) curl -sS -o "$work/answer" "$api/invocation/other/response" -d '1'; curl -sS -o /dev/null "$api/invocation/$id/response" -d "@$work/answer" ;;
    twice) curl -sS -o /dev/null "$api/invocation/$id/response" -d '1'; curl -sS -o "$work/twice" "$api/invocation/$id/response" -d '2' ;;
    refused) curl -sS -o /dev/null "$api/invocation/$id/response" -d "@$work/twice" ;;
    nowhere) code=$(curl -sS -o /dev/null -w '%{http_code}' "$api/nowhere"); curl -sS -o /dev/null "$api/invocation/$id/response" -d "$code" ;;
    big) head -c "$(jq .n "$work/event")" /dev/zero | tr '\0' x > "$work/big"
      code=$(curl -sS -o /dev/null -w '%{http_code}' "$api/invocation/$id/response" --data-binary "@$work/big"); echo "status $code" ;;
    environment) jq -n 'env | {_HANDLER, AWS_LAMBDA_FUNCTION_NAME, AWS_LAMBDA_FUNCTION_VERSION, AWS_LAMBDA_FUNCTION_MEMORY_SIZE, AWS_LAMBDA_INITIALIZATION_TYPE, LAMBDA_TASK_ROOT, AWS_EXECUTION_ENV}' > "$work/env"
      curl -sS -o /dev/null "$api/invocation/$id/response" -d "@$work/env" ;;
    headers) sed 's/: .*//' "$work/head" | tr -d '\r' | tr 'A-Z' 'a-z' | grep '^lambda-' | sort | jq -R . | jq -s . > "$work/names"
      curl -sS -o /dev/null "$api/invocation/$id/response" -d "@$work/names" ;;
    *) curl -sS -o /dev/null "$api/invocation/$id/response" -d "@$work/event" ;;
  esac
done
"#;

/// Calls that every runtime gets, by name.
const COMMON: &[&str] = &[
    "raise",
    "exit",
    "zero",
    "kill",
    "sleep",
    "nothing",
    "unicode",
    "number",
    "environment",
];

/// One function on both sides.
struct Subject<'a> {
    runtime: String,
    handler: &'static str,
    files: &'a [(&'a str, &'a str)],
}

/// Everything that differs from run to run, by its kind.
fn settled(text: &str, root: &Path) -> String {
    static CHANGING: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}").unwrap());
    static ELSEWHERE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(file://)?/[^ \x22']*/(node\.cjs|awslambdaric|aws-lambda-ric)[^ \x22]*").unwrap()
    });
    // The clients' own frames, and those of Node.js.
    static FRAMES: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r",\x22    at [^\x22]*(node:|CLIENT)[^\x22]*\x22").unwrap());
    static FOLDER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"/[^ \x22'(]*/lfn-run-[A-Za-z0-9]+/files").unwrap());
    let text = text.replace(&root.display().to_string(), "ROOT");
    let text = FOLDER.replace_all(&text, "ROOT");
    let text = ELSEWHERE.replace_all(&text, "CLIENT");
    let text = FRAMES.replace_all(&text, "").replace("file://ROOT", "ROOT");
    CHANGING.replace_all(&text, "ID").into_owned()
}

/// JSON as a value, anything else as text.
fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

/// The two answers to every call; the first of the pair is lfn's.
async fn both(subject: &Subject<'_>, calls: &[(String, String)]) -> Vec<(String, Value, Value)> {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap().join("code");
    write(&root, subject.files);
    let client = match subject.runtime.as_str() {
        "python3.12" => Some(Client::python()),
        "nodejs24.x" => Some(Client::node(24)),
        _ => None,
    };
    let host = client.as_ref().map_or_else(Host::current, Client::host);
    let own = vec![root.join("bootstrap").display().to_string()];
    let command = client.map_or(own, |client| client.command);
    let mut command: Vec<&str> = command.iter().map(String::as_str).collect();
    command.push(subject.handler);
    let (execution, path) = (format!("AWS_Lambda_{}", subject.runtime), root.display().to_string());
    let mut variables = vec![
        ("PYTHONPATH", path.as_str()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
    ];
    if command.len() > 2 {
        variables.push(("AWS_EXECUTION_ENV", &execution));
    }
    let emulator = Emulator::start(&command, &root, &folder.path().join("log"), TIMEOUT, &variables);

    let mut wanted = settings(&subject.runtime, subject.handler);
    wanted.timeout = TIMEOUT;
    let pool = pool_on(host, wanted, subject.files, &[]);
    let mut answers = Vec::new();
    for (name, payload) in calls {
        let mut call = event(payload);
        call.invoked_arn = "arn:aws:lambda:us-east-1:012345678912:function:judged".into();
        let ours = pool.invoke(&call).await.unwrap();
        let theirs = emulator.call(payload);
        let text = |text: &str| value(&settled(text, &root));
        answers.push((
            name.clone(),
            text(&String::from_utf8_lossy(&ours.payload)),
            text(&theirs),
        ));
    }
    let lines = |log: &str| log.matches("line of").count();
    let called = calls.len();
    assert!(lines(&emulator.log()) <= called, "each call prints once at most");
    answers
}

/// Compares; what it returns differs and is not known to, or the other way round.
async fn judge(runtime: &'static str, subject: &Subject<'_>, calls: &[(&str, Value)]) -> String {
    let calls: Vec<(String, String)> = calls
        .iter()
        .map(|(name, event)| ((*name).to_owned(), event.to_string()))
        .collect();
    let mut wrong = Vec::new();
    for (name, ours, theirs) in both(subject, &calls).await {
        let known = KNOWN
            .iter()
            .any(|(on, case, _)| (*on, *case) == (runtime, name.as_str()));
        if (ours == theirs) == known {
            let shown = |value: &Value| value.to_string().chars().take(1_500).collect::<String>();
            wrong.push(format!(
                "{runtime} {name}: known {known}\n  lfn      {}\n  emulator {}",
                shown(&ours),
                shown(&theirs)
            ));
        }
    }
    wrong.join("\n")
}

/// Loads each of these and calls it once.
async fn judge_loading(runtime: &'static str, of: &str, file: &str, cases: &[(&str, &'static str, &str)]) {
    let mut wrong = String::new();
    for (case, handler, text) in cases {
        let files = [(file, *text)];
        let subject = Subject {
            runtime: of.to_owned(),
            handler,
            files: &files,
        };
        wrong += &judge(runtime, &subject, &[(case, json!(1))]).await;
    }
    assert_eq!(wrong, "");
}

fn calls(more: &[&'static str]) -> Vec<(&'static str, Value)> {
    let mut calls: Vec<(&str, Value)> = COMMON
        .iter()
        .chain(more)
        .map(|name| (*name, json!({ "do": name })))
        .collect();
    let large = "y".repeat(5_000_000);
    calls.extend([
        ("an object", json!({"a": [1, {"b": null}], "u": "ü🦀"})),
        ("a text", json!("x")),
        ("a large event", json!({ "large": large })),
        ("the largest response", json!({"do": "big", "n": 6_291_554})),
        ("too large a response", json!({"do": "big", "n": 6_291_557})),
        ("after it", json!([])),
    ]);
    calls
}

#[tokio::test]
async fn python_answers_as_awslambdaric_does_on_the_emulator() {
    let (runtime, files) = ("python3.12".to_owned(), [("app.py", PYTHON)]);
    let subject = Subject {
        runtime,
        handler: "app.handler",
        files: &files,
    };
    let calls = calls(&["chain", "sys.exit", "unwritable", "context"]);
    assert_eq!(judge("python", &subject, &calls).await, "");
}

#[tokio::test]
async fn python_that_does_not_load_fails_as_on_the_emulator() {
    let cases = [
        ("no function", "app.nothing", ""),
        ("no module", "other.handler", ""),
        ("no dot", "app", ""),
        ("built in", "sys.handler", ""),
        ("missing import", "app.handler", "import nowhere_to_be_found\n"),
        ("syntax", "app.handler", "def handler(:\n"),
        ("raises", "app.handler", "raise ValueError('at load')\n"),
        ("exits", "app.handler", "import os\nos._exit(3)\n"),
    ];
    judge_loading("python", "python3.12", "app.py", &cases).await;
}

#[tokio::test]
async fn node_answers_as_aws_lambda_ric_does_on_the_emulator() {
    let (runtime, files) = ("nodejs24.x".to_owned(), [("index.js", NODE)]);
    let subject = Subject {
        runtime,
        handler: "index.handler",
        files: &files,
    };
    let calls = calls(&["chain", "text", "later", "rejection", "unwritable", "context"]);
    assert_eq!(judge("node", &subject, &calls).await, "");
}

#[tokio::test]
async fn node_that_does_not_load_fails_as_on_the_emulator() {
    let cases = [
        ("no function", "index.nothing", ""),
        ("no module", "other.handler", ""),
        ("no dot", "index", ""),
        ("missing import", "index.handler", "require('nowhere-to-be-found')"),
        ("syntax", "index.handler", "exports.handler = async ( => {"),
        ("raises", "index.handler", "throw new RangeError('at load')"),
        (
            "callback",
            "index.handler",
            "exports.handler = (event, context, callback) => callback(null, 1)",
        ),
        ("exits", "index.handler", "process.exit(3)"),
    ];
    judge_loading("node", "nodejs24.x", "index.js", &cases).await;
}

#[tokio::test]
async fn a_runtime_of_ones_own_answers_as_on_the_emulator() {
    let (runtime, files) = ("provided.al2023".to_owned(), [("bootstrap", SHELL)]);
    let subject = Subject {
        runtime,
        handler: "app.handler",
        files: &files,
    };
    let calls = calls(&["plain", "text", "wrong", "twice", "refused", "nowhere", "headers"]);
    assert_eq!(judge("provided", &subject, &calls).await, "");
}

/// A line of Lambda's own with every figure as N; the fields of a report by name, since the emulator has them in another order
/// than Lambda (developer guide, "Working with Lambda function logs").
fn shape(line: &str) -> Vec<String> {
    static FIGURES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\d+(\.\d+)?").unwrap());
    let line = settled(line, Path::new("/nowhere"));
    let mut fields: Vec<String> = line
        .split('\t')
        .map(|field| FIGURES.replace(field, "N").into_owned())
        .collect();
    fields.sort();
    fields
}

#[tokio::test]
async fn the_lines_around_a_functions_own_are_the_emulators() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("code");
    write(&root, &[("bootstrap", SHELL)]);
    let bootstrap = root.join("bootstrap").display().to_string();
    let emulator = Emulator::start(&[&bootstrap, "x"], &root, &folder.path().join("log"), TIMEOUT, &[]);
    let pool = pool_on(
        Host::current(),
        settings("provided.al2023", "x"),
        &[("bootstrap", SHELL)],
        &[],
    );
    let mut ours = String::new();
    for _ in 0..2 {
        ours += &pool.invoke(&event("{}")).await.unwrap().log;
        emulator.call("{}");
    }
    let shapes = |log: &str| -> Vec<Vec<String>> {
        let lines = log.lines().filter(|line| {
            ["START ", "END ", "REPORT "]
                .iter()
                .any(|start| line.starts_with(start))
        });
        lines.map(shape).collect()
    };
    let shapes = [shapes(&ours), shapes(&emulator.log())];
    assert_eq!(shapes[0].len(), 6, "{ours}");
    assert_eq!(shapes[0], shapes[1]);
}

#[test]
fn every_known_difference_says_what_settles_it() {
    for (runtime, case, why) in KNOWN {
        assert!(why.len() > 20, "{runtime} {case}");
    }
}
