//! `--debug`: real debuggers attach, stop the handler, look at it and let it go on.

use std::net::TcpListener;
use std::process::Command;

use serde_json::{Value, json};

use super::clients::node;
use super::dev::Dev;
use super::support::python::{self, DEBUGPY, MINISTACK};
use super::support::{lfn, project};

const NODE: &str = "
name: thumbs
runtime: nodejs22.x
handler: index.handler
timeout: 1s
";

/// The breakpoint is on the fourth line.
const JAVASCRIPT: &str = "exports.handler = async (event) => {
  const body = JSON.parse(event.body || JSON.stringify(event));
  const next = body.n + 1;
  return { next };
};
";

/// A session with the inspector of Node.js on this port: a breakpoint in the file, a look at an expression, and on.
/// `call` is what makes the function run, if it does not by itself.
fn inspect(port: u64, file: &str, call: &str) -> Value {
    node(&format!(
        r"
import WebSocket from 'ws';
const list = async () => {{
  for (const deadline = Date.now() + 90_000;;) {{
    try {{ return await (await fetch('http://127.0.0.1:{port}/json/list')).json(); }}
    catch (error) {{ if (Date.now() > deadline) throw error; }}
    await new Promise((resolve) => setTimeout(resolve, 20));
  }}
}};
// Nothing below takes that long.
setTimeout(() => process.exit(1), 120_000).unref();
const [target] = await list();
const socket = new WebSocket(target.webSocketDebuggerUrl);
await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject));
let last = 0;
const answers = new Map(), pauses = [], waiting = [];
socket.on('message', (text) => {{
  const message = JSON.parse(text);
  if (message.id) answers.get(message.id)(message);
  else if (message.method === 'Debugger.paused') (waiting.shift() ?? ((pause) => pauses.push(pause)))(message.params);
}});
const send = (method, params = {{}}) => new Promise((resolve) => {{
  answers.set(++last, resolve);
  socket.send(JSON.stringify({{ id: last, method, params }}));
}});
const paused = () => pauses.length ? Promise.resolve(pauses.shift()) : new Promise((resolve) => waiting.push(resolve));
await send('Runtime.enable');
await send('Debugger.enable');
await send('Debugger.setBreakpointByUrl', {{ url: new URL('file://{file}').href, lineNumber: 3 }});
await send('Runtime.runIfWaitingForDebugger');
// The first line of all is where --inspect-brk stops.
await paused();
await send('Debugger.resume');
const called = (async () => {{ {call} }})();
const stop = await paused();
const [frame] = stop.callFrames;
const value = await send('Debugger.evaluateOnCallFrame', {{ callFrameId: frame.callFrameId, expression: 'next * 2' }});
// Longer than the function's timeout, which does not hold now.
await new Promise((resolve) => setTimeout(resolve, 1500));
await send('Debugger.resume');
const result = await called;
socket.close();
console.log(JSON.stringify({{ line: frame.location.lineNumber, value: value.result.result.value, result }}));
process.exit();
"
    ))
}

/// The path of a file of the function, as the configuration for VS Code has it.
fn remote(launch: &Value, file: &str) -> String {
    format!("{}/{file}", launch["remoteRoot"].as_str().unwrap())
}

#[test]
fn the_inspector_of_node_stops_a_handler_that_is_kept_up() {
    let mut dev = Dev::of(&[("lambda.yaml", NODE), ("index.js", JAVASCRIPT)], &["--debug", "0"]);
    let debugging = dev.line();
    assert_eq!(debugging["event"], "debugging");
    let (port, launch) = (debugging["port"].as_u64().unwrap(), &debugging["launch"]);
    assert_eq!(
        (&launch["type"], &launch["request"], &launch["localRoot"]),
        (&json!("node"), &json!("attach"), &json!("${workspaceFolder}"))
    );
    let call = format!(
        "return await (await fetch('{}', {{ method: 'POST', body: '{{\"n\":20}}', headers: {{ 'content-type': 'application/json' }} }})).json();",
        dev.url
    );
    let seen = inspect(port, &remote(launch, "index.js"), &call);
    assert_eq!(seen, json!({"line": 3, "value": 42, "result": {"next": 21}}));
    let told = dev.told("POST /");
    assert_eq!(
        told["function_error"],
        Value::Null,
        "its second is over, and it was not killed"
    );

    // A saved file is debugged in the same place.
    dev.project
        .write("index.js", JAVASCRIPT.replace("n + 1", "n + 2").as_str());
    assert_eq!(dev.line()["event"], "reloaded");
    let seen = inspect(port, &remote(launch, "index.js"), &call);
    assert_eq!(seen, json!({"line": 3, "value": 44, "result": {"next": 22}}));
    dev.interrupt();
    assert!(
        TcpListener::bind(("127.0.0.1", u16::try_from(port).unwrap())).is_ok(),
        "nothing is left of it"
    );
}

#[test]
fn the_inspector_of_node_stops_a_single_call() {
    let project = project();
    project.write("lambda.yaml", NODE).write("index.js", JAVASCRIPT);
    let port = TcpListener::bind(("127.0.0.1", 0))
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let running = lfn(&project)
        .args(["invoke", "--debug", &port.to_string(), "-e", r#"{"n": 20}"#])
        .args(["--cache-dir", &project.home().display().to_string()])
        .start();
    // Where the code lies stands in the words for people; here it is looked for.
    let folder = project.home().join("v1/debug");
    let began = std::time::Instant::now();
    let file = loop {
        let found = std::fs::read_dir(&folder).ok().and_then(|mut entries| entries.next());
        if let Some(Ok(found)) = found {
            break found.path().join("index.js");
        }
        assert!(began.elapsed() < std::time::Duration::from_mins(1));
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    let file = file
        .parent()
        .unwrap()
        .parent()
        .unwrap()
        .canonicalize()
        .unwrap()
        .join(file.parent().unwrap().file_name().unwrap())
        .join("index.js");
    let seen = inspect(port.into(), &file.display().to_string(), "return null;");
    assert_eq!(seen, json!({"line": 3, "value": 42, "result": null}));
    let finished = running.wait().success();
    assert_eq!(finished.stdout.trim(), r#"{"next":21}"#);
    for words in [
        format!("on 127.0.0.1:{port}"),
        "chrome://inspect".into(),
        "\"continueOnAttach\": true".into(),
        format!("\"remoteRoot\": \"{}\"", file.parent().unwrap().display()),
        "neither the timeout nor the memory".into(),
    ] {
        assert!(finished.stderr.contains(&words), "{words}: {}", finished.stderr);
    }
}

const PYTHON: &str = "
name: thumbs
runtime: python3.12
handler: app.handler
timeout: 1s
";

/// The breakpoint is on the fifth line.
const APP: &str = "import json

def handler(event, context):
    found = json.loads(event['body'])['n'] + 1
    return {'found': found}
";

/// A client of the Debug Adapter Protocol: what editors speak with debugpy.
const DAP: &str = r#"
import json, socket, sys, threading, time, urllib.request
port, path, mappings, url = int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3]), sys.argv[4]
deadline = time.time() + 90
while True:
    try:
        sock = socket.create_connection(('127.0.0.1', port), timeout=90)
        break
    except OSError:
        if time.time() > deadline: raise
        time.sleep(0.05)
stream = sock.makefile('rwb')
sequence, kept = 0, []
def send(command, arguments):
    global sequence
    sequence += 1
    body = json.dumps({'seq': sequence, 'type': 'request', 'command': command, 'arguments': arguments}).encode()
    stream.write(b'Content-Length: %d\r\n\r\n' % len(body) + body)
    stream.flush()
def read():
    length = 0
    while True:
        line = stream.readline()
        if not line: raise EOFError('the debugger hung up')
        if line == b'\r\n': break
        name, _, value = line.partition(b':')
        if name.lower() == b'content-length': length = int(value)
    return json.loads(stream.read(length))
def wait(kind, name):
    for index, message in enumerate(kept):
        if message['type'] == kind and message.get('command' if kind == 'response' else 'event') == name: return kept.pop(index)
    while True:
        message = read()
        if message['type'] == kind and message.get('command' if kind == 'response' else 'event') == name:
            if kind == 'response' and not message['success']: raise RuntimeError(message)
            return message
        kept.append(message)
def ask(command, arguments):
    send(command, arguments)
    return wait('response', command)['body']
ask('initialize', {'clientID': 'test', 'adapterID': 'debugpy', 'pathFormat': 'path', 'linesStartAt1': True, 'columnsStartAt1': True})
send('attach', {'pathMappings': mappings, 'justMyCode': True})
wait('event', 'initialized')
points = ask('setBreakpoints', {'source': {'path': path}, 'breakpoints': [{'line': 5}]})['breakpoints']
send('configurationDone', {})
wait('response', 'attach')
result = []
def call():
    request = urllib.request.Request(url, b'{"n": 20}', {'Content-Type': 'application/json'})
    result.append(json.load(urllib.request.urlopen(request, timeout=90)))
caller = threading.Thread(target=call)
caller.start()
stopped = wait('event', 'stopped')['body']
frame = ask('stackTrace', {'threadId': stopped['threadId']})['stackFrames'][0]
value = ask('evaluate', {'expression': 'found * 2', 'frameId': frame['id'], 'context': 'watch'})['result']
# Longer than the function's timeout, which does not hold now.
time.sleep(1.5)
ask('continue', {'threadId': stopped['threadId']})
caller.join()
print(json.dumps({'reason': stopped['reason'], 'line': frame['line'], 'file': frame['source']['path'], 'value': value, 'result': result[0]}))
"#;

/// A `PATH` on which this environment's Python comes first.
fn path(bin: &std::path::Path) -> String {
    format!("{}:{}", bin.display(), std::env::var("PATH").unwrap())
}

#[test]
fn debugpy_stops_a_handler_in_python() {
    let bin = python::environment(DEBUGPY);
    let files = [("lambda.yaml", PYTHON), ("app.py", APP)];
    let mut dev = Dev::with(&files, &["--debug", "0"], &[("PATH", &path(&bin))]);
    let debugging = dev.line();
    let port = debugging["port"].as_u64().unwrap();
    let root = dev.project.path().canonicalize().unwrap().display().to_string();
    // As an editor puts it in.
    let mappings = debugging["launch"]["pathMappings"]
        .to_string()
        .replace("${workspaceFolder}", &root);
    let file = format!("{root}/app.py");
    let output = Command::new(bin.join("python"))
        .args(["-c", DAP, &port.to_string(), &file, &mappings, &dev.url])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}\n{errors}"));
    assert_eq!(
        seen,
        json!({"reason": "breakpoint", "line": 5, "file": file, "value": "42", "result": {"found": 21}})
    );
    assert_eq!(dev.told("POST /")["function_error"], Value::Null);
}

#[test]
fn what_cannot_be_debugged_is_said_at_once() {
    let project = project();
    project
        .write("app.py", APP)
        .write_executable("bootstrap", "#!/bin/sh\n");
    let refused = |yaml: &str, arguments: &[&str]| {
        project.write("lambda.yaml", yaml);
        let run = lfn(&project).env("PATH", &path(&python::environment(MINISTACK)));
        run.args(arguments.iter().copied()).run().exits_with(1).stderr
    };
    for arguments in [
        &[
            "dev",
            "--debug",
            "0",
            "--port",
            "0",
            "--url-port",
            "0",
            "--page-port",
            "0",
        ][..],
        &["invoke", "--debug=0"],
    ] {
        let said = refused(PYTHON, arguments);
        assert!(
            said.contains("needs the package `debugpy`")
                && said.contains("-m pip install debugpy")
                && !said.contains("launch.json"),
            "{said}"
        );
    }
    let said = refused("name: thumbs\nruntime: provided.al2023\n", &["invoke", "--debug"]);
    assert!(
        said.contains("no debugger for the runtime `provided.al2023`") && said.contains("Node.js and Python"),
        "{said}"
    );
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = refused(PYTHON, &["invoke", "--debug", &port]);
    assert!(
        said.contains(&format!("could not listen on port {port}")) && said.contains("--debug PORT"),
        "{said}"
    );
}
