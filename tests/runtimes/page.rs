//! The server of `lfn dev`'s page: what it tells, whom it refuses, and where it writes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use super::dev::{Dev, ask};
use super::support::lfn;

const APP: &str = "
import os, time
def handler(event, context):
    print('called')
    if event.get('fail'): raise ValueError('out of paint')
    return {'event': event, 'pid': os.getpid(), 'arn': context.invoked_function_arn}
";

impl Dev {
    pub fn page(&self) -> &str {
        self.listening["page"].as_str().unwrap()
    }

    /// Asks the page's server as the page does; the status and the JSON of the answer.
    fn own(&self, request: &str) -> (u16, Value) {
        let (line, body) = request.split_once("\n\n").unwrap_or((request, ""));
        let (head, body) = ask(self.page(), &format!("{line}\nX-Lfn-Page: 1\n\n{body}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let text = String::from_utf8_lossy(&body);
        let json = serde_json::from_slice(&body).unwrap_or_else(|error| panic!("{error}\n{head}\n{text}"));
        (status, json)
    }

    fn well(&self, request: &str) -> Value {
        let (status, json) = self.own(request);
        assert_eq!(status, 200, "{request}: {json}");
        json
    }

    fn invoke(&self, event: &str) -> Value {
        let request = format!("POST /2015-03-31/functions/thumbs/invocations\n\n{event}");
        serde_json::from_slice(&ask(&self.endpoint, &request).1).unwrap()
    }

    fn news(&self) -> News {
        let place = self.page().trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(place).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let request = format!("GET /api/news HTTP/1.1\r\nHost: {place}\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut news = News(BufReader::new(stream));
        // From here on it hears everything.
        while news.line() != "retry: 1000" {}
        news
    }
}

/// Server-sent events as they come.
struct News(BufReader<TcpStream>);

impl News {
    fn line(&mut self) -> String {
        let mut line = String::new();
        let read = self.0.read_line(&mut line).expect("there is news");
        assert!(read > 0, "the news went on");
        line.trim_end().to_owned()
    }

    fn next(&mut self, kind: &str) -> Value {
        while self.line() != format!("event: {kind}") {}
        let line = self.line();
        serde_json::from_str(line.strip_prefix("data: ").unwrap()).unwrap()
    }

    /// Waits for this state of the folder's function.
    fn state(&mut self, state: &str) -> Value {
        loop {
            let next = self.next("state");
            if next["state"] == state {
                return next;
            }
        }
    }
}

#[test]
fn functions_are_shown_with_names_of_variables_alone() {
    let dev = Dev::start(APP, &[]);
    for memory in ["128", "256"] {
        let yaml = format!(
            "name: thumbs\nruntime: python3.12\nhandler: app.handler\nmemory: {memory}\nenv: {{ SECRET: hidden }}\n"
        );
        dev.project.write("lambda.yaml", yaml);
        let deploy = lfn(&dev.project).args(["deploy", "--local", "--yes"]).run();
        deploy.success();
    }
    let overview = dev.well("GET /api/overview");
    assert!(!overview.to_string().contains("hidden"), "{overview}");
    assert_eq!(
        (&overview["endpoint"], &overview["url"]),
        (&json!(dev.endpoint), &json!(dev.url))
    );
    assert_eq!(
        overview["given"],
        json!([]),
        "it was started in its folder, without a stage"
    );
    let [folder, deployed] = overview["functions"].as_array().unwrap().as_slice() else {
        panic!("{overview}");
    };
    assert_eq!(
        (&folder["deployed"], &folder["editions"][0]["qualifier"]),
        (&json!(false), &json!("$LATEST"))
    );
    assert_eq!(folder["editions"][0]["environment"], json!(["SECRET"]));
    assert_eq!(
        (&deployed["deployed"], &deployed["name"]),
        (&json!(true), &json!("thumbs"))
    );
    let live = json!({"name": "live", "version": 2, "other": null});
    let alias = &deployed["aliases"][0];
    assert_eq!(
        json!({"name": alias["name"], "version": alias["version"], "other": alias["other"]}),
        live
    );
    let editions: Vec<(&str, u64)> = deployed["editions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edition| {
            (
                edition["qualifier"].as_str().unwrap(),
                edition["memory_mb"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(editions, [("$LATEST", 256), ("2", 256), ("1", 128)]);
    let called = dev.well("POST /api/invoke?function=thumbs&qualifier=1\n\n{\"n\": 1}");
    assert_eq!(
        (&called["version"], &called["memory_mb"], &called["ending"]),
        (&json!("1"), &json!(128), &json!("ok"))
    );
    let result: Value = serde_json::from_str(called["payload"].as_str().unwrap()).unwrap();
    assert_eq!(result["arn"], "arn:aws:lambda:us-east-1:000000000000:function:thumbs:1");
    let nothing = dev.well("POST /api/invoke?function=thumbs&qualifier=7\n\n{}");
    assert_eq!(nothing["ending"], "refused");
    assert!(nothing["payload"].as_str().unwrap().contains("thumbs:7"), "{nothing}");
    let calls = dev.well("GET /api/calls");
    assert_eq!(
        (&calls[0]["deployed"], &calls[0]["qualifier"]),
        (&json!(true), &json!("1"))
    );
}

#[test]
fn calls_from_everywhere_are_told_and_kept() {
    let mut dev = Dev::start(APP, &[]);
    let mut news = dev.news();
    let called = dev.well("POST /api/invoke?qualifier=live\n\n{\"n\": 12345678901234567890}");
    assert_eq!(
        (&called["ending"], &called["version"]),
        (&json!("ok"), &json!("$LATEST"))
    );
    let payload = called["payload"].as_str().unwrap();
    assert!(
        payload.contains("12345678901234567890") && payload.contains("function:thumbs:live"),
        "{payload}"
    );
    assert!(called["log"].as_str().unwrap().contains("\ncalled\n"), "{called}");
    assert!(
        called["duration_ms"].as_f64().is_some() && called["memory_mb"] == 128,
        "{called}"
    );
    // The terminal tells of it as well.
    assert_eq!(dev.line()["how"], "page");

    let told = news.next("call");
    assert_eq!(
        (&told["request_id"], &told["number"]),
        (&called["request_id"], &json!(1))
    );
    dev.invoke("{\"n\": 2}");
    assert_eq!(news.next("call")["how"], "Invoke");
    ask(&dev.url, "GET /orders?id=7");
    assert_eq!(news.next("call")["how"], "GET /orders?id=7");
    dev.invoke("{\"fail\": true}");
    let failed = news.next("call");
    assert_eq!(
        (&failed["ending"], &failed["error"]),
        (&json!("failed"), &json!("ValueError"))
    );

    let numbers: Vec<u64> = dev
        .well("GET /api/calls")
        .as_array()
        .unwrap()
        .iter()
        .map(|call| call["number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    let url = dev.well("GET /api/calls/3");
    assert!(
        url["event"].as_str().unwrap().contains("\"rawPath\":\"/orders\""),
        "{url}"
    );
    let error: Value = serde_json::from_str(dev.well("GET /api/calls/4")["payload"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&error["errorMessage"], error["stackTrace"].as_array().map(Vec::len)),
        (&json!("out of paint"), Some(1))
    );
    assert_eq!(dev.own("GET /api/calls/5").0, 404);
    dev.well("DELETE /api/calls");
    assert_eq!(dev.well("GET /api/calls"), json!([]));

    for (request, status) in [
        ("POST /api/invoke?qualifier=$LATEST\n\n{", 400),
        ("POST /api/invoke?qualifier=7\n\n{}", 404),
        ("POST /api/invoke?qualifier=beta\n\n{}", 404),
        ("GET /api/nothing", 404),
        ("POST /api/overview\n\n{}", 405),
    ] {
        let (answered, why) = dev.own(request);
        assert_eq!(answered, status, "{request}");
        assert!(!why["message"].as_str().unwrap().is_empty(), "{request}");
    }
}

#[test]
fn only_the_page_itself_is_served() {
    let dev = Dev::start(APP, &[]);
    let place = dev
        .page()
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .to_owned();
    let save = "PUT /api/events/saved?name=planted";
    let invoke = "POST /api/invoke?qualifier=$LATEST";
    for request in [
        "GET /\nHost: evil.example".to_owned(),
        "GET /api/overview\nHost: evil.example:80".into(),
        format!("GET /api/overview\nOrigin: {}", dev.url.trim_end_matches('/')),
        "GET /api/news\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: cors".into(),
        "GET /page.js\nSec-Fetch-Site: same-site\nSec-Fetch-Mode: no-cors".into(),
        // What a form or a simple request of another page can send.
        format!("{save}\n\n{{}}"),
        format!("{invoke}\n\n{{}}"),
        format!("{invoke}\nContent-Type: text/plain\nOrigin: null\n\n{{}}"),
        "DELETE /api/calls".into(),
        // With the header, which browsers ask leave for.
        format!("{save}\nX-Lfn-Page: 1\nOrigin: https://evil.example\n\n{{}}"),
        format!("{invoke}\nX-Lfn-Page: 1\nHost: evil.example\nOrigin: http://evil.example\n\n{{}}"),
        "OPTIONS /api/invoke\nOrigin: https://evil.example\nAccess-Control-Request-Method: POST".into(),
    ] {
        let (head, body) = ask(dev.page(), &request);
        let body = String::from_utf8_lossy(&body);
        assert!(head.starts_with("http/1.1 403 "), "{request}: {head}\n{body}");
        assert!(!head.contains("access-control"), "{request}: {head}");
    }
    assert!(!dev.project.exists("events/planted.json"));
    assert_eq!(dev.well("GET /api/calls"), json!([]), "nothing was called");

    let own = format!("GET /\nOrigin: http://{place}\nSec-Fetch-Site: same-origin");
    for request in [
        "GET /",
        &own,
        "GET /\nSec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate",
    ] {
        let (head, body) = ask(dev.page(), request);
        assert!(
            head.starts_with("http/1.1 200 ") && body.starts_with(b"<!doctype html>"),
            "{head}"
        );
        for line in [
            "content-security-policy: default-src 'none'; script-src 'self';",
            "frame-ancestors 'none'",
            "x-content-type-options: nosniff",
            "cross-origin-resource-policy: same-origin",
        ] {
            assert!(head.contains(line), "{line}: {head}");
        }
    }
}

#[test]
fn events_are_read_and_written_inside_the_project_only() {
    let dev = Dev::start(APP, &[]);
    let secret = dev.project.path().with_file_name("secret.json");
    std::fs::write(&secret, "[\"secret\"]").unwrap();
    dev.project
        .write("events/hello.json", "{ \"n\": 1 }\n")
        .write("package.json", "{}");
    let put = |name: &str, text: &str| dev.own(&format!("PUT /api/events/saved?name={name}\n\n{text}"));
    for name in [
        "..%2Fplanted",
        "%2Ftmp%2Fplanted",
        "a%2F..%2F..%2Fplanted",
        "..",
        "a%00b",
        "a%5Cb",
        ".hidden",
        "",
        "%2e%2e%2fplanted",
        "x.expect",
    ] {
        let (status, why) = put(name, "{}");
        assert_eq!(status, 400, "{name}: {why}");
    }
    assert!(!dev.project.exists("planted.json") && !secret.with_file_name("planted.json").exists());
    for path in [
        "../secret.json",
        "events/../package.json",
        "package.json",
        "/etc/hostname",
        "events/../../secret.json",
    ] {
        let (status, why) = dev.own(&format!("GET /api/events/saved?path={}", path.replace('/', "%2F")));
        assert_eq!(status, 404, "{path}: {why}");
    }
    assert_eq!(put("new", "{").0, 400, "it is no JSON");
    assert_eq!(put("new", "{\"n\": 2}"), (200, json!({"path": "events/new.json"})));
    assert_eq!(dev.project.read("events/new.json"), "{\"n\": 2}\n");
    let (status, why) = put("hello", "{}");
    assert_eq!(
        (status, why["message"].as_str().unwrap().contains("`events/hello.json`")),
        (409, true)
    );
    assert_eq!(dev.project.read("events/hello.json"), "{ \"n\": 1 }\n");
    assert_eq!(put("hello&replace=yes", "{}").0, 200);
    assert_eq!(dev.project.read("events/hello.json"), "{}\n");

    let events = dev.well("GET /api/events");
    let names: Vec<&str> = events["saved"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["hello", "new"]);
    assert!(
        events["services"].as_array().unwrap().len() > 40,
        "the samples of `lfn event`"
    );
    let printed = lfn(&dev.project).args(["event", "show", "s3", "put"]).run().success();
    assert_eq!(dev.well("GET /api/events/sample?service=s3&kind=put"), printed.json());
    assert_eq!(dev.own("GET /api/events/sample?service=s3&kind=nothing").0, 404);
}

#[test]
fn changes_are_told_and_a_saved_event_leaves_the_function_warm() {
    let dev = Dev::start(APP, &[]);
    dev.project.write(".lfnignore", "events/\n");
    let mut news = dev.news();
    news.state("up");
    let first = dev.invoke("{}")["pid"].clone();
    dev.own("PUT /api/events/saved?name=kept\n\n{}");
    assert_eq!(news.state("building")["path"], "events/kept.json");
    news.state("up");
    assert_eq!(dev.invoke("{}")["pid"], first, "the environment is the same");

    dev.project.write("lambda.yaml", "name: thumbs\nrumtime: python3.12\n");
    let failed = news.state("failed");
    assert!(
        failed["message"].as_str().unwrap().contains("unknown key `rumtime`"),
        "{failed}"
    );
    assert_eq!(dev.well("GET /api/overview")["state"], failed);
    assert_eq!(dev.invoke("{}")["pid"], first, "the edition before stays up");

    let yaml = "name: thumbs\nruntime: python3.12\nhandler: app.handler\nmemory: 256MB\n";
    dev.project.write("lambda.yaml", yaml);
    news.state("up");
    assert_ne!(dev.invoke("{}")["pid"], first, "other settings need other environments");
    assert_eq!(
        dev.well("GET /api/overview")["functions"][0]["editions"][0]["memory_mb"],
        256
    );
}
