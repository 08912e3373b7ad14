//! The function URL as curl sees it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::dev::Dev;

/// What curl got: the status, headers by their lower-case names, and the body.
struct Answer {
    status: u16,
    headers: BTreeMap<String, Vec<String>>,
    body: Vec<u8>,
}

impl Answer {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The values of a header, in one text; empty when it is not there.
    fn header(&self, name: &str) -> String {
        self.headers
            .get(name)
            .map(|values| values.join(" + "))
            .unwrap_or_default()
    }
}

/// Calls a path of the URL.
#[track_caller]
fn curl(dev: &Dev, path: &str, arguments: &[&str]) -> Answer {
    let output = Command::new("curl")
        .args([
            "--silent",
            "--show-error",
            "--include",
            "--globoff",
            "--path-as-is",
            "--max-time",
            "100",
        ])
        .args(arguments)
        .arg(format!("{}{path}", dev.url.trim_end_matches('/')))
        .output()
        .expect("curl is on the PATH");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut rest = output.stdout.as_slice();
    loop {
        let end = rest.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        let head = String::from_utf8_lossy(&rest[..end]).into_owned();
        rest = &rest[end + 4..];
        let mut lines = head.lines();
        let status: u16 = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        if status == 100 {
            continue;
        }
        let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in lines {
            let (name, value) = line.split_once(": ").unwrap();
            headers.entry(name.to_lowercase()).or_default().push(value.to_owned());
        }
        return Answer {
            status,
            headers,
            body: rest.to_vec(),
        };
    }
}

const APP: &str = r"
import base64, time
def handler(event, context):
    path = event['rawPath']
    if path == '/full': return {'statusCode': 418, 'headers': {'content-type': 'text/plain', 'X-Number': 7, 'x-two': 'a, b'},
        'cookies': ['a=1; Path=/; HttpOnly', 'b=2'], 'body': 'short and stout'}
    if path == '/bytes': return {'statusCode': '200', 'headers': {'Content-Type': 'image/png'}, 'body': base64.b64encode(b'\x89PNG\x00\xff').decode(), 'isBase64Encoded': True}
    if path == '/text': return 'Hello, world!'
    if path == '/object': return {'message': 'Hello, world!'}
    if path == '/none': return None
    if path == '/empty': return {'statusCode': 204}
    if path == '/moved': return {'statusCode': 302, 'headers': {'Location': '/new'}}
    if path == '/odd': return {'statusCode': 'teapot'}
    if path == '/fail': raise ValueError('out of paint')
    if path == '/slow': time.sleep(60)
    if path == '/cors': return {'statusCode': 200, 'headers': {'Access-Control-Allow-Origin': 'https://own.example', 'X-Left': '1'}}
    return {'event': event, 'id': context.aws_request_id}
";

fn python(more: &str) -> Dev {
    let yaml = format!("name: thumbs\nruntime: python3.12\nhandler: app.handler\ntimeout: 3s\n{more}");
    Dev::of(&[("lambda.yaml", &yaml), ("app.py", APP)], &[])
}

#[test]
fn a_request_becomes_an_event_of_payload_format_2() {
    let dev = python("");
    let answer = curl(
        &dev,
        "/a%20b/%C3%BC/../c?x=1&x=2&y=%20z+%26&empty&e=",
        &[
            "-X",
            "PUT",
            "-H",
            "X-Two: 1",
            "-H",
            "X-Two: 2",
            "-H",
            "X-Forwarded-For: 6.6.6.6",
            "-H",
            "Content-Type: application/json",
            "-A",
            "tester/1",
            "-b",
            "a=1; b=x=y",
            "-d",
            "{\"n\": \"ü\"}",
        ],
    );
    assert_eq!(
        (answer.status, answer.header("content-type").as_str()),
        (200, "application/json")
    );
    let event = &answer.json()["event"];
    // As it came: of API Gateway's HTTP APIs alone, it is without its escapes.
    assert_eq!(event["rawPath"], "/a%20b/%C3%BC/../c");
    assert_eq!(event["requestContext"]["http"]["path"], "/a b/ü/../c");
    assert_eq!(event["rawQueryString"], "x=1&x=2&y=%20z+%26&empty&e=");
    assert_eq!(
        event["queryStringParameters"],
        json!({"x": "1,2", "y": " z &", "empty": "", "e": ""})
    );
    assert_eq!(
        (&event["cookies"], &event["headers"]["cookie"]),
        (&json!(["a=1", "b=x=y"]), &Value::Null)
    );
    let headers = &event["headers"];
    assert_eq!(
        (&headers["x-two"], &headers["x-forwarded-for"]),
        (&json!("1,2"), &json!("127.0.0.1"))
    );
    let port = dev.url.trim_end_matches('/').rsplit(':').next().unwrap();
    assert_eq!(
        (&headers["x-forwarded-port"], &headers["x-forwarded-proto"]),
        (&json!(port), &json!("http"))
    );
    assert_eq!(
        (&event["body"], &event["isBase64Encoded"]),
        (&json!("{\"n\": \"ü\"}"), &json!(false))
    );
    assert_eq!(
        (&event["version"], &event["routeKey"]),
        (&json!("2.0"), &json!("$default"))
    );
    let context = &event["requestContext"];
    assert_eq!(
        (
            &context["http"]["method"],
            &context["http"]["userAgent"],
            &context["http"]["sourceIp"],
            &context["http"]["protocol"]
        ),
        (
            &json!("PUT"),
            &json!("tester/1"),
            &json!("127.0.0.1"),
            &json!("HTTP/1.1")
        )
    );
    assert_eq!(
        (&context["stage"], &context["accountId"]),
        (&json!("$default"), &json!("anonymous"))
    );
    // One id for all: the event, the function and the caller.
    assert_eq!(context["requestId"], answer.json()["id"]);
    assert_eq!(answer.header("x-amzn-requestid"), answer.json()["id"].as_str().unwrap());
    assert!(
        context["timeEpoch"].as_u64().unwrap() > 1_700_000_000_000
            && context["time"].as_str().unwrap().ends_with(" +0000")
    );

    let file = dev.project.path().join("picture");
    fs::write(&file, b"\x89PNG\x00\xff").unwrap();
    let data = format!("@{}", file.display());
    let answer = curl(&dev, "/", &["-H", "Content-Type: image/png", "--data-binary", &data]);
    let event = &answer.json()["event"];
    assert_eq!(
        (&event["body"], &event["isBase64Encoded"]),
        (&json!("iVBORwD/"), &json!(true))
    );
    assert_eq!(event["requestContext"]["http"]["method"], "POST");
    let plain = curl(&dev, "", &[]).json();
    for absent in ["body", "cookies", "queryStringParameters"] {
        assert_eq!(plain["event"].get(absent), None, "{absent}");
    }
    assert_eq!(
        (&plain["event"]["rawPath"], &plain["event"]["rawQueryString"]),
        (&json!("/"), &json!(""))
    );
}

#[test]
fn a_result_becomes_a_response() {
    let dev = python("");
    let full = curl(&dev, "/full", &[]);
    assert_eq!((full.status, full.body.as_slice()), (418, &b"short and stout"[..]));
    assert_eq!(
        [
            full.header("content-type"),
            full.header("x-number"),
            full.header("x-two"),
            full.header("set-cookie")
        ],
        ["text/plain", "7", "a, b", "a=1; Path=/; HttpOnly + b=2"]
    );
    let bytes = curl(&dev, "/bytes", &[]);
    assert_eq!(
        (
            bytes.status,
            bytes.header("content-type").as_str(),
            bytes.body.as_slice()
        ),
        (200, "image/png", &b"\x89PNG\x00\xff"[..])
    );
    // Without a `statusCode` the result is the body, as JSON: text keeps its quotes, as the guide shows it.
    for (path, body) in [
        ("/text", "\"Hello, world!\""),
        ("/object", "{\"message\": \"Hello, world!\"}"),
        ("/none", "null"),
    ] {
        let answer = curl(&dev, path, &[]);
        assert_eq!(
            (
                answer.status,
                answer.header("content-type").as_str(),
                String::from_utf8_lossy(&answer.body).as_ref()
            ),
            (200, "application/json", body)
        );
    }
    let empty = curl(&dev, "/empty", &[]);
    assert_eq!(
        (empty.status, empty.body.len(), empty.header("content-length").as_str()),
        (204, 0, "")
    );
    let moved = curl(&dev, "/moved", &[]);
    assert_eq!((moved.status, moved.header("location").as_str()), (302, "/new"));
    for path in ["/fail", "/odd", "/slow"] {
        let answer = curl(&dev, path, &[]);
        assert_eq!(
            (answer.status, answer.json()),
            (502, json!({"Message": "Internal Server Error"})),
            "{path}"
        );
    }
    let head = curl(&dev, "/full", &["--head"]);
    assert_eq!(
        (head.status, head.body.len(), head.header("content-length").as_str()),
        (418, 0, "15")
    );
    let options = curl(&dev, "/", &["-X", "OPTIONS"]);
    assert_eq!(
        options.json()["event"]["requestContext"]["http"]["method"],
        "OPTIONS",
        "without CORS the function answers"
    );
}

#[test]
fn what_is_larger_than_an_event_may_be_is_refused() {
    let dev = python("");
    let file = dev.project.path().join("large");
    fs::write(&file, vec![b'x'; 6 * 1024 * 1024]).unwrap();
    let data = format!("@{}", file.display());
    let refused = curl(&dev, "/", &["-H", "Content-Type: text/plain", "--data-binary", &data]);
    assert_eq!(refused.status, 413);
    fs::write(&file, vec![b'x'; 5 * 1024 * 1024]).unwrap();
    let taken = curl(
        &dev,
        "/object",
        &["-H", "Content-Type: text/plain", "--data-binary", &data],
    );
    assert_eq!(taken.status, 200);
    // As base64 it is larger.
    let refused = curl(&dev, "/", &["-H", "Content-Type: image/png", "--data-binary", &data]);
    assert_eq!(refused.status, 413);
}

const URL: &str = "
on:
  - url:
      auth: iam
      cors:
        origins: ['https://shop.example', 'http://localhost:5173']
        methods: [GET, PUT]
        headers: [x-own, content-type]
        expose: [x-left]
        credentials: true
        max_age: 10m
";

#[test]
fn cors_of_the_file_is_told_to_browsers() {
    let dev = python(URL);
    let ask = [
        "-X",
        "OPTIONS",
        "-H",
        "Access-Control-Request-Method: PUT",
        "-H",
        "Access-Control-Request-Headers: x-own",
    ];
    let told = |answer: &Answer| {
        ["origin", "methods", "headers", "credentials"]
            .map(|what| answer.header(&format!("access-control-allow-{what}")))
            .join(" | ")
    };
    let preflight = curl(
        &dev,
        "/cors",
        &[&ask[..], &["-H", "Origin: http://localhost:5173"]].concat(),
    );
    assert_eq!(
        told(&preflight),
        "http://localhost:5173 | GET,PUT | x-own,content-type | true"
    );
    assert_eq!(
        (
            preflight.status,
            preflight.header("access-control-max-age").as_str(),
            preflight.header("vary").as_str()
        ),
        (200, "600", "Origin")
    );
    let other = curl(
        &dev,
        "/cors",
        &[&ask[..], &["-H", "Origin: https://evil.example"]].concat(),
    );
    assert_eq!((other.status, told(&other).as_str()), (200, " |  |  | "));
    // What the file says comes before what the function says.
    let called = curl(&dev, "/cors", &["-H", "Origin: https://shop.example"]);
    assert_eq!(told(&called), "https://shop.example |  |  | true");
    assert_eq!(
        (
            called.header("access-control-expose-headers").as_str(),
            called.header("x-left").as_str()
        ),
        ("x-left", "1")
    );
    let failed = curl(&dev, "/fail", &["-H", "Origin: https://shop.example"]);
    assert_eq!(
        (failed.status, told(&failed).as_str()),
        (502, "https://shop.example |  |  | true")
    );
    let (_, said) = dev.interrupt();
    assert!(!said.contains("auth: iam"), "that is for people: {said}");
}

#[test]
fn pages_that_nobody_has_named_do_not_call_what_is_for_signed_requests() {
    for (auth, status) in [("iam", 403), ("none", 200)] {
        let yaml =
            format!("name: thumbs\nruntime: python3.12\nhandler: app.handler\non: [{{ url: {{ auth: {auth} }} }}]\n");
        let app = "def handler(event, context): return {'called': True}\n";
        let dev = Dev::of(
            &[("lambda.yaml", &yaml), ("app.py", app)],
            &["--cors", "https://shop.example"],
        );
        let status_for = |origin: &str| curl(&dev, "/", &["-X", "POST", "-H", &format!("Origin: {origin}")]).status;
        assert_eq!(status_for("https://evil.example"), status, "{auth}");
        assert_eq!(status_for("https://shop.example"), 200);
        assert_eq!(
            status_for(dev.url.trim_end_matches('/')),
            200,
            "the function's own page"
        );
        assert_eq!(curl(&dev, "/", &["-X", "POST"]).status, 200);
    }
}

#[test]
fn cors_of_the_command_line_comes_before_that_of_the_file() {
    let yaml = format!("name: thumbs\nruntime: python3.12\nhandler: app.handler\n{URL}");
    let dev = Dev::of(&[("lambda.yaml", &yaml), ("app.py", APP)], &["--cors", "*"]);
    let called = curl(&dev, "/cors", &["-H", "Origin: https://any.example"]);
    assert_eq!(
        (
            called.header("access-control-allow-origin").as_str(),
            called.header("access-control-expose-headers").as_str()
        ),
        ("*", "")
    );
}

const STREAMING: &str = r"
const fs = require('node:fs');
const until = async (file) => { while (!fs.existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 10)); };
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  const path = event.rawPath;
  const gate = (event.queryStringParameters || {}).gate;
  if (path === '/early') throw new Error('out of paint');
  if (path !== '/plain') stream = awslambda.HttpResponseStream.from(stream, {
    statusCode: 206, headers: { 'Content-Type': 'text/event-stream', 'X-Own': 'yes' }, cookies: ['a=1', 'b=2'],
  });
  stream.write('first\n');
  if (gate) await until(gate);
  if (path === '/late') throw new Error('out of paint');
  stream.write('second\n');
  stream.end();
});
";

fn streaming(mode: &str) -> Dev {
    let yaml = format!(
        "name: thumbs\nruntime: nodejs22.x\nhandler: index.handler\ntimeout: 100s\non: [{{ url: {{ auth: none{mode} }} }}]\n"
    );
    Dev::of(&[("lambda.yaml", &yaml), ("index.js", STREAMING)], &[])
}

/// What curl prints of a stream, and whether it was content with it. The function waits for a file before it writes the
/// second part, and gets it once the first part is here.
fn in_two_parts(dev: &Dev, path: &str) -> (String, bool) {
    let gate = dev.project.home().join("gate");
    let mut curl = Command::new("curl")
        .args(["--silent", "--no-buffer", "--include", "--max-time", "100"])
        .arg(format!("{}{path}?gate={}", dev.url, gate.display()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdout = curl.stdout.take().unwrap();
    let mut seen = String::new();
    while !seen.contains("first\n") {
        let mut buffer = [0; 1024];
        let count = stdout.read(&mut buffer).unwrap();
        assert!(count > 0, "{seen}");
        seen.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    assert!(!seen.contains("second") && !gate.exists());
    fs::write(&gate, "").unwrap();
    stdout.read_to_string(&mut seen).unwrap();
    (seen, curl.wait().unwrap().success())
}

#[test]
fn a_stream_reaches_the_caller_while_it_is_written() {
    let dev = streaming(", mode: stream");
    let (seen, content) = in_two_parts(&dev, "events");
    assert!(content, "{seen}");
    let (head, body) = seen.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, "first\nsecond\n");
    let head = head.to_lowercase();
    assert!(head.starts_with("http/1.1 206 "), "{head}");
    for line in [
        "content-type: text/event-stream",
        "x-own: yes",
        "set-cookie: a=1",
        "set-cookie: b=2",
        "transfer-encoding: chunked",
    ] {
        assert!(head.contains(line), "{line}: {head}");
    }
}

#[test]
fn a_stream_may_have_no_head_or_fail_early_or_late() {
    let dev = streaming(", mode: stream");
    let plain = curl(&dev, "/plain", &[]);
    assert_eq!((plain.status, plain.body.as_slice()), (200, &b"first\nsecond\n"[..]));
    assert_eq!(plain.header("content-type"), "application/octet-stream");
    let early = curl(&dev, "/early", &[]);
    assert_eq!(
        (early.status, early.json()),
        (502, json!({"Message": "Internal Server Error"}))
    );
    // When the status is gone already, the missing end tells.
    let (late, content) = in_two_parts(&dev, "late");
    assert!(!content && late.ends_with("first\n"), "{late}");
    let head = curl(&dev, "/plain", &["--head"]);
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[test]
fn a_buffered_url_has_all_of_a_stream_at_once() {
    let dev = streaming("");
    let answer = curl(&dev, "/events", &[]);
    assert_eq!((answer.status, answer.body.as_slice()), (206, &b"first\nsecond\n"[..]));
    assert_eq!(
        (
            answer.header("content-length").as_str(),
            answer.header("x-own").as_str()
        ),
        ("13", "yes")
    );
}

#[test]
fn a_result_in_one_piece_is_the_body_of_a_streaming_url() {
    let dev = python("on: [{ url: { auth: none, mode: stream } }]\n");
    let answer = curl(&dev, "/full", &[]);
    assert_eq!((answer.status, &answer.json()["statusCode"]), (200, &json!(418)));
}
