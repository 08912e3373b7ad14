//! The clients that people have: the AWS CLI, the SDK for JavaScript, and many calls at the same time.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::{Value, json};

use super::dev::Dev;
use super::support::python::{self, LOCALEMU};

const YAML: &str = "
name: thumbs
runtime: python3.12
handler: app.handler
timeout: 60s
concurrency: { reserved: 3 }
retries: 0
";

const APP: &str = "
import os, time
def handler(event, context):
    if isinstance(event, dict) and event.get('fail'): raise ValueError('out of paint')
    if isinstance(event, dict) and event.get('gate'):
        open(os.path.join(event['gate'], context.aws_request_id), 'w').close()
        while not os.path.exists(os.path.join(event['gate'], 'open')): time.sleep(0.01)
    print('called')
    return {'event': event, 'arn': context.invoked_function_arn, 'id': context.aws_request_id, 'pid': os.getpid()}
";

fn start() -> Dev {
    Dev::of(&[("lambda.yaml", YAML), ("app.py", APP)], &[])
}

/// `aws lambda invoke` with these arguments: how it ended, what it printed, and what it wrote into the file.
fn aws(dev: &Dev, arguments: &[&str]) -> (Output, Vec<u8>) {
    let out = tempfile::tempdir().unwrap();
    let file = out.path().join("out.json");
    let output = Command::new(python::environment(LOCALEMU).join("aws"))
        .args([
            "lambda",
            "invoke",
            "--endpoint-url",
            &dev.endpoint,
            "--function-name",
            "thumbs",
        ])
        .args(arguments)
        .arg(&file)
        .env_clear()
        .env("HOME", dev.project.home())
        .envs([
            ("AWS_ACCESS_KEY_ID", "a"),
            ("AWS_SECRET_ACCESS_KEY", "b"),
            ("AWS_REGION", "eu-west-1"),
        ])
        .envs([
            ("AWS_DEFAULT_REGION", "eu-west-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_MAX_ATTEMPTS", "1"),
        ])
        .output()
        .unwrap();
    (output, fs::read(file).unwrap_or_default())
}

#[track_caller]
fn answer((output, written): (Output, Vec<u8>)) -> (Value, Value) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let read = |bytes: &[u8]| serde_json::from_slice(bytes).unwrap_or(Value::Null);
    (read(&output.stdout), read(&written))
}

#[test]
fn the_aws_cli_invokes_it() {
    let mut dev = start();
    let (said, written) = answer(aws(
        &dev,
        &[
            "--qualifier",
            "live",
            "--log-type",
            "Tail",
            "--payload",
            r#"{"n": "ü"}"#,
        ],
    ));
    assert_eq!(
        (&said["StatusCode"], &said["ExecutedVersion"]),
        (&json!(200), &json!("$LATEST"))
    );
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:thumbs:live";
    assert_eq!((&written["event"], &written["arn"]), (&json!({"n": "ü"}), &json!(arn)));
    let log = said["LogResult"].as_str().unwrap();
    let log = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, log).unwrap();
    let log = String::from_utf8(log).unwrap();
    let id = written["id"].as_str().unwrap();
    assert!(
        log.contains(&format!("START RequestId: {id}")) && log.contains("\ncalled\n"),
        "{log}"
    );

    // A payload of bytes, from a file.
    dev.project.write("event.json", r#"["bytes"]"#);
    let file = format!("fileb://{}", dev.project.path().join("event.json").display());
    assert_eq!(answer(aws(&dev, &["--payload", &file])).1["event"], json!(["bytes"]));

    let (said, written) = answer(aws(&dev, &["--payload", r#"{"fail": true}"#]));
    assert_eq!(
        (&said["StatusCode"], &said["FunctionError"]),
        (&json!(200), &json!("Unhandled"))
    );
    assert_eq!(
        (&written["errorType"], &written["errorMessage"]),
        (&json!("ValueError"), &json!("out of paint"))
    );

    let (said, _) = answer(aws(&dev, &["--invocation-type", "DryRun"]));
    assert_eq!(said["StatusCode"], 204);
    let (said, written) = answer(aws(&dev, &["--invocation-type", "Event", "--payload", "{}"]));
    assert_eq!((&said["StatusCode"], written), (&json!(202), Value::Null));
    assert_eq!(dev.told("Event")["function_error"], Value::Null);

    let (output, _) = aws(&dev, &["--qualifier", "7"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && errors.contains("(ResourceNotFoundException)") && errors.contains(":thumbs:7"),
        "{errors}"
    );
    let (output, _) = aws(&dev, &["--payload", "{"]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("(InvalidRequestContentException)"), "{errors}");
}

/// The folder with the clients for Node.js, installed once from the lock file.
pub fn node_clients() -> PathBuf {
    const FILES: [(&str, &str); 2] = [
        ("package.json", include_str!("../servers/clients/package.json")),
        (
            "package-lock.json",
            include_str!("../servers/clients/package-lock.json"),
        ),
    ];
    let folder = python::cache().join("clients");
    fs::create_dir_all(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let current = |(name, text): &(&str, &str)| fs::read_to_string(folder.join(name)).is_ok_and(|now| now == *text);
    if !FILES.iter().all(current) || !folder.join("installed").exists() {
        let _ = fs::remove_file(folder.join("installed"));
        for (name, text) in FILES {
            fs::write(folder.join(name), text).unwrap();
        }
        let output = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .output()
            .expect("npm comes with Node.js");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fs::write(folder.join("installed"), "").unwrap();
    }
    folder
}

/// Runs a module among the clients; what it prints is JSON.
#[track_caller]
pub fn node(script: &str) -> Value {
    let folder = tempfile::Builder::new()
        .prefix("script-")
        .tempdir_in(node_clients())
        .unwrap();
    let file = folder.path().join("script.mjs");
    fs::write(&file, script).unwrap();
    let output = Command::new("node")
        .arg(&file)
        .env_remove("NODE_OPTIONS")
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{errors}"))
}

#[test]
fn the_sdk_for_javascript_invokes_it() {
    let dev = start();
    let seen = node(&format!(
        r#"
import {{ LambdaClient, InvokeCommand, InvokeWithResponseStreamCommand, ResourceNotFoundException, RequestTooLargeException,
  InvalidRequestContentException }} from '@aws-sdk/client-lambda';
const client = new LambdaClient({{ endpoint: '{}', region: 'eu-west-1', maxAttempts: 1,
  credentials: {{ accessKeyId: 'a', secretAccessKey: 'b' }} }});
const text = (bytes) => Buffer.from(bytes).toString();
const call = (more) => client.send(new InvokeCommand({{ FunctionName: 'thumbs', ...more }}));
const refused = (more) => call(more).then(() => null, (error) => error);
const good = await call({{ Payload: '{{"n":1}}', LogType: 'Tail', Qualifier: 'live' }});
const failed = await call({{ Payload: '{{"fail":true}}' }});
const stream = await client.send(new InvokeWithResponseStreamCommand({{ FunctionName: 'thumbs', Payload: '{{"n":2}}', LogType: 'Tail' }}));
let streamed = '', complete;
for await (const event of stream.EventStream) {{
  if (event.PayloadChunk) streamed += text(event.PayloadChunk.Payload);
  if (event.InvokeComplete) complete = event.InvokeComplete;
}}
const broken = await client.send(new InvokeWithResponseStreamCommand({{ FunctionName: 'thumbs', Payload: '{{"fail":true}}' }}));
let brokenEnd;
for await (const event of broken.EventStream) brokenEnd = event.InvokeComplete;
const missing = await refused({{ FunctionName: 'nobody' }});
const large = await refused({{ Payload: '"' + 'x'.repeat(6291456) + '"' }});
const open = await refused({{ Payload: '{{' }});
const plain = JSON.parse(text(good.Payload));
console.log(JSON.stringify({{
  answer: plain.event, id: plain.id === good.$metadata.requestId, version: good.ExecutedVersion,
  log: text(Buffer.from(good.LogResult, 'base64')).includes('called'), error: failed.FunctionError,
  why: JSON.parse(text(failed.Payload)).errorMessage, streamed: JSON.parse(streamed).event,
  streamedLog: text(Buffer.from(complete.LogResult, 'base64')).includes('REPORT'), brokenEnd: brokenEnd.ErrorCode,
  types: [missing instanceof ResourceNotFoundException, large instanceof RequestTooLargeException,
    open instanceof InvalidRequestContentException],
  status: [missing, large, open].map((error) => error.$metadata.httpStatusCode), message: missing.message,
}}));
"#,
        dev.endpoint
    ));
    assert_eq!(
        seen,
        json!({
            "answer": {"n": 1}, "id": true, "version": "$LATEST", "log": true, "error": "Unhandled", "why": "out of paint",
            "streamed": {"n": 2}, "streamedLog": true, "brokenEnd": "ValueError", "types": [true, true, true],
            "status": [404, 413, 400],
            "message": "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody",
        })
    );
}

#[test]
fn calls_at_the_same_time_have_environments_of_their_own_up_to_the_reserved_concurrency() {
    let mut dev = start();
    // Not in the project: what changes there is taken up.
    let gate = dev.project.home().join("gate");
    fs::create_dir(&gate).unwrap();
    // Fifty at once over kept connections: three get in, all others are refused while those wait; then the gate is opened.
    let script = format!(
        "
import os, threading, time
from concurrent.futures import ThreadPoolExecutor
c = boto3.client('lambda', endpoint_url='{}', region_name='us-east-1', aws_access_key_id='a', aws_secret_access_key='b',
    config=Config(retries={{'max_attempts': 0}}, max_pool_connections=50, read_timeout=120))
done = threading.Semaphore(0)
def call(_):
    try:
        try: return json.loads(c.invoke(FunctionName='thumbs', Payload=json.dumps({{'gate': {gate:?}}}))['Payload'].read())['pid']
        except ClientError as e: return [e.response['ResponseMetadata']['HTTPStatusCode'], e.response['Error']['Code'],
            e.response.get('Reason'), e.response['ResponseMetadata']['HTTPHeaders'].get('retry-after')]
    finally: done.release()
with ThreadPoolExecutor(50) as pool:
    calls = [pool.submit(call, n) for n in range(50)]
    for _ in range(47): done.acquire()
    while len(os.listdir({gate:?})) < 3: time.sleep(0.01)
    waiting = len(os.listdir({gate:?}))
    open(os.path.join({gate:?}, 'open'), 'w').close()
    results = [call.result() for call in calls]
print(json.dumps({{'waiting': waiting, 'pids': len(set(r for r in results if isinstance(r, int))),
    'refused': [r for r in results if not isinstance(r, int)]}}))",
        dev.endpoint
    );
    let seen = dev.boto3(&script);
    assert_eq!((&seen["waiting"], &seen["pids"]), (&json!(3), &json!(3)), "{seen}");
    let refused = seen["refused"].as_array().unwrap();
    let expected = json!([
        429,
        "TooManyRequestsException",
        "ReservedFunctionConcurrentInvocationLimitExceeded",
        "1"
    ]);
    assert!(
        refused.len() == 47 && refused.iter().all(|one| *one == expected),
        "{seen}"
    );
    let told = dev.line();
    assert_eq!(told["event"], "refused");
    assert!(
        told["error"].as_str().unwrap().contains("`concurrency.reserved` is 3"),
        "{told}"
    );
    // There is room again.
    assert_eq!(dev.boto3("print(c.invoke(FunctionName='thumbs')['StatusCode'])"), 200);
}
