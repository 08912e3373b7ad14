//! Every starter of `lfn init` renders, and its handler really runs.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use lfn::domain::{events, expect};
use lfn::templates::{names, render};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Writes a rendered template as `lfn init` would.
fn written(template: &str) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for file in render(template, "greeter").unwrap() {
        let path = root.path().join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file.contents).unwrap();
    }
    root
}

fn settings(root: &Path) -> serde_yaml::Value {
    serde_yaml::from_str(&fs::read_to_string(root.join("lambda.yaml")).unwrap()).unwrap()
}

/// A starter's event is what somebody sends; it is written as `lfn event show` writes events.
#[test]
fn events_are_written_as_sample_events_are() {
    let service = events::service("stepfunctions").unwrap();
    let mut request = events::Request::usual();
    request.values.insert("input".into(), vec![r#"{"name":"Ada"}"#.into()]);
    let made = events::event(service, service.kind("task").unwrap(), &request).unwrap();
    for template in names() {
        let text = format!("{}\n", serde_json::to_string_pretty(&made).unwrap());
        assert_eq!(event(written(template.name).path()), text, "{}", template.name);
    }
}

/// And what it expects is what the handlers are held to below.
#[test]
fn expectations_of_starters_agree_with_their_handlers() {
    for template in names() {
        let root = written(template.name);
        let text = fs::read_to_string(root.path().join("events/hello.expect.json")).unwrap();
        let greeting = json!({ "message": "Hello, Ada!", "function": "greeter", "version": "7", "request": "1" });
        let called = expect::Called {
            payload: greeting.to_string().into_bytes(),
            ..expect::Called::default()
        };
        assert_eq!(expect::parse(&text).unwrap().check(&called), [], "{}", template.name);
    }
}

fn event(root: &Path) -> String {
    fs::read_to_string(root.join("events/hello.json")).unwrap()
}

/// What every handler answers to the sample event when `GREETING` is `Good "day"`.
fn expected() -> Value {
    json!({ "message": "Good \"day\", Ada!", "function": "greeter", "version": "7", "request": "request-1" })
}

#[test]
fn every_template_renders() {
    let listed: Vec<_> = names().iter().map(|template| template.name).collect();
    assert_eq!(listed, ["node", "python", "custom"]);
    for template in names() {
        let files = render(template.name, "greeter").unwrap();
        let paths: Vec<_> = files.iter().map(|file| file.path.display().to_string()).collect();
        for expected in [
            "lambda.yaml",
            ".lfnignore",
            "README.md",
            "events/hello.json",
            "events/hello.expect.json",
        ] {
            assert!(
                paths.iter().any(|path| path == expected),
                "{}: {paths:?}",
                template.name
            );
        }
        for file in &files {
            let text = String::from_utf8(file.contents.clone()).unwrap();
            assert!(!text.contains("{{"), "{}: {}", template.name, file.path.display());
            assert_eq!(
                file.executable,
                file.path == Path::new("bootstrap"),
                "{}",
                file.path.display()
            );
        }
    }
    assert_eq!(render("cobol", "greeter"), None);
}

#[test]
fn settings_name_the_function_and_a_handler_that_is_there() {
    for (template, runtime, code) in [
        ("node", "nodejs24.x", "index.mjs"),
        ("python", "python3.13", "handler.py"),
        ("custom", "provided.al2023", "bootstrap"),
    ] {
        let root = written(template);
        let settings = settings(root.path());
        assert_eq!(settings["name"], "greeter", "{template}");
        assert_eq!(settings["runtime"], runtime, "{template}");
        assert_eq!(settings["memory"], "128MB", "{template}");
        assert_eq!(settings["timeout"], "10s", "{template}");
        assert_eq!(settings["env"]["GREETING"], "Hello", "{template}");
        assert!(root.path().join(code).is_file(), "{template}");
        let handler = settings["handler"].as_str().unwrap();
        assert_eq!(handler.split('.').next(), code.split('.').next(), "{template}");
    }
}

#[test]
fn a_name_that_looks_like_a_number_stays_text() {
    for template in names() {
        let files = render(template.name, "123").unwrap();
        let yaml = files.iter().find(|file| file.path == Path::new("lambda.yaml")).unwrap();
        let settings: serde_yaml::Value = serde_yaml::from_slice(&yaml.contents).unwrap();
        assert_eq!(settings["name"].as_str(), Some("123"), "{}", template.name);
    }
}

#[test]
fn only_code_is_packaged() {
    for (template, code) in [("node", "index.mjs"), ("python", "handler.py"), ("custom", "bootstrap")] {
        let root = written(template);
        let rules = lfn::domain::config::PackageConfig::default();
        let selection =
            lfn::domain::package::select(root.path(), &rules, &lfn::domain::package::Ingredients::default()).unwrap();
        let selected: Vec<_> = selection.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(selected, [code]);
        assert_eq!(selection.files[0].executable, template == "custom");
    }
}

/// Runs an interpreter with a script that prints the handler's answer.
fn answer(root: &Path, interpreter: &str, arguments: &[&str]) -> Value {
    let output = Command::new(interpreter)
        .args(arguments)
        .arg(event(root))
        .current_dir(root)
        .env("GREETING", "Good \"day\"")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap_or_else(|error| panic!("this test runs a starter with `{interpreter}`: install it ({error})"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_node_starter_runs() {
    let root = written("node");
    let script = "const { handler } = await import(process.cwd() + '/index.mjs');\n\
        const context = { functionName: 'greeter', functionVersion: '7', awsRequestId: 'request-1' };\n\
        console.log(JSON.stringify(await handler(JSON.parse(process.argv[1]), context)));";
    let found = answer(root.path(), "node", &["--input-type=module", "-e", script]);
    assert_eq!(found, expected());
}

#[test]
fn the_python_starter_runs() {
    let root = written("python");
    let script = "import json, sys, types\n\
        sys.path.insert(0, '.')\n\
        from handler import handler\n\
        context = types.SimpleNamespace(function_name='greeter', function_version='7', aws_request_id='request-1')\n\
        print(json.dumps(handler(json.loads(sys.argv[1]), context)))";
    assert_eq!(answer(root.path(), "python3", &["-c", script]), expected());
}

/// Ends the program when the test does, however it ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// A request as far as the Runtime API needs it: path, headers in lower case, body.
struct Request {
    line: String,
    body: String,
}

fn read_request(stream: &TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let mut headers = HashMap::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        match header.trim_end().split_once(':') {
            Some((name, value)) => headers.insert(name.to_lowercase(), value.trim().to_owned()),
            None => break,
        };
    }
    let length = headers
        .get("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    Request {
        line: line.trim_end().to_owned(),
        body: String::from_utf8(body).unwrap(),
    }
}

/// Gives the program one event and returns what it posts.
fn exchange(listener: &TcpListener, event: &str) -> Request {
    let (mut stream, _) = listener.accept().unwrap();
    assert_eq!(
        read_request(&stream).line,
        "GET /2018-06-01/runtime/invocation/next HTTP/1.1"
    );
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: request-1\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{event}",
        event.len()
    )
    .unwrap();
    drop(stream);
    let (mut stream, _) = listener.accept().unwrap();
    let request = read_request(&stream);
    write!(
        stream,
        "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    request
}

#[test]
fn the_custom_starter_speaks_the_runtime_api() {
    let curl = Command::new("curl").arg("--version").stdout(Stdio::null()).status();
    curl.expect("the custom starter needs `curl`: install it");
    let root = written("custom");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let child = Command::new("bash")
        .arg("bootstrap")
        .current_dir(root.path())
        .env("AWS_LAMBDA_RUNTIME_API", listener.local_addr().unwrap().to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "greeter")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "7")
        .env("GREETING", "Good \"day\"")
        .env("TMPDIR", root.path())
        .spawn()
        .expect("the custom starter needs `bash`: install it");
    let _running = Running(child);

    let cases = [
        (event(root.path()), "Good \"day\", Ada!"),
        (
            r#"{"name": "a \"b\" \\ % 'c' é"}"#.to_owned(),
            "Good \"day\", a \"b\" \\ % 'c' é!",
        ),
        ("{}".to_owned(), "Good \"day\", world!"),
        // Larger than one argument of a program may be.
        (
            json!({ "padding": "x".repeat(300_000), "name": "Ada" }).to_string(),
            "Good \"day\", Ada!",
        ),
    ];
    for (event, message) in cases {
        let request = exchange(&listener, &event);
        assert_eq!(
            request.line,
            "POST /2018-06-01/runtime/invocation/request-1/response HTTP/1.1"
        );
        let mut expected = expected();
        expected["message"] = message.into();
        assert_eq!(serde_json::from_str::<Value>(&request.body).unwrap(), expected);
    }
}
