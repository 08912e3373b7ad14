//! Sample events: lists, parameters, files, and the events themselves as an independent library reads them.

use std::io::Write as _;
use std::process::{Command, Stdio};

use insta::assert_snapshot;
use serde_json::{Map, Value, json};

use crate::session::Session;
use crate::support::{lfn, python};

/// Every kind of event, by `SERVICE KIND`, made by the built binary.
fn all(session: &Session) -> Map<String, Value> {
    let services = session.quietly("event list --format json").json();
    let mut events = Map::new();
    for service in services.as_array().unwrap() {
        for kind in service["kinds"].as_array().unwrap() {
            let name = format!(
                "{} {}",
                service["name"].as_str().unwrap(),
                kind["name"].as_str().unwrap()
            );
            let event = session.quietly(&format!("event show {name}")).json();
            events.insert(name, event);
        }
    }
    events
}

#[test]
fn powertools_read_what_services_send() {
    let events = all(&Session::new());
    assert!(events.len() > 130, "there are {}", events.len());
    let python = python::environment(python::POWERTOOLS).join("python");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/commands/events.py");
    let mut reading = Command::new(python)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let text = Value::Object(events).to_string();
    reading.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = reading.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["problems"], json!({}));
    assert_eq!(answer["missing"], json!([]));
    assert!(answer["read"].as_u64() >= Some(80), "{answer}");
}

#[test]
fn what_can_be_chosen_is_listed_and_explained() {
    let mut session = Session::new();
    session.run("event list sqs").success();
    session.run("event list dynamodb modify").success();
    session.run("event list sqss").exits_with(2);
    session.run("event list sqs messages").exits_with(2);
    session.run("event show sqs --bdy x").exits_with(2);
    session.run("event show sqss").exits_with(2);
    session.run("event show s3 puut").exits_with(2);
    session.run("event show s3 put --size large").exits_with(2);
    session
        .run("event show eventbridge ec2-state --state asleep")
        .exits_with(2);
    session.run("event show sqs --attribute none").exits_with(2);
    session.run("event show sqs --count 0").exits_with(2);
    session.run("event show sqs --set /Records/0/body=x").exits_with(2);
    session.run("event show sqs --set /Recs/0/body=1").exits_with(1);
    assert_snapshot!(session.transcript());
}

#[test]
fn every_service_and_kind_explains_itself() {
    let session = Session::new();
    let services = session.quietly("event list --format json").json();
    for service in services.as_array().unwrap() {
        let name = service["name"].as_str().unwrap();
        let help = session.quietly(&format!("event show {name} --help"));
        for kind in service["kinds"].as_array().unwrap() {
            let kind = kind["name"].as_str().unwrap();
            assert!(help.stdout.contains(kind), "{help}");
        }
        let last = service["kinds"].as_array().unwrap().last().unwrap();
        let kind = last["name"].as_str().unwrap();
        let help = session.quietly(&format!("event show {name} {kind} --help"));
        for parameter in last["parameters"].as_array().unwrap() {
            let flag = format!("--{}", parameter["name"].as_str().unwrap());
            assert!(help.stdout.contains(&flag), "{help}");
        }
    }
}

#[test]
fn a_body_with_quotes_is_a_body() {
    let session = Session::new();
    let sqs = session
        .quietly(r#"event show sqs message --body '{"a":1}' --count 2"#)
        .json();
    assert_eq!(sqs["Records"][1]["body"], r#"{"a":1}"#);
    assert_eq!(sqs["Records"][1]["md5OfBody"], "bb6cb5c68df4652941caf652a366f2d8");
    let set = session
        .quietly("event show sqs --set /Records/0/messageAttributes={} --set '/Records/0/awsRegion=\"mars=1\"'")
        .json();
    assert_eq!(set["Records"][0]["awsRegion"], "mars=1");
}

#[test]
fn place_and_time_are_those_of_the_file_or_of_the_command() {
    let session = Session::new();
    let queue = |arguments: &str| {
        let event = session.quietly(&format!("event show sqs {arguments}")).json();
        event["Records"][0]["eventSourceARN"].as_str().unwrap().to_owned()
    };
    assert_eq!(queue(""), "arn:aws:sqs:us-east-1:123456789012:example-queue");
    session.project.write(
        "lambda.yaml",
        "name: a\nruntime: nodejs24.x\nhandler: index.handler\nregion: eu-west-1\naccount: \"111122223333\"\n",
    );
    assert_eq!(queue(""), "arn:aws:sqs:eu-west-1:111122223333:example-queue");
    assert_eq!(
        queue("--region cn-north-1 --account 444455556666"),
        "arn:aws-cn:sqs:cn-north-1:444455556666:example-queue"
    );
    // A file with mistakes does not keep events back.
    session.project.write("lambda.yaml", "name: [");
    assert_eq!(queue(""), "arn:aws:sqs:us-east-1:123456789012:example-queue");
    let event = session.quietly("event show s3 put --time 2030-02-03T04:05:06Z").json();
    assert_eq!(event["Records"][0]["eventTime"], "2030-02-03T04:05:06.000Z");
}

#[test]
fn events_go_into_files_and_replace_none_unasked() {
    let session = Session::new();
    let written = session.quietly("event show sqs -o events/order.json");
    assert_eq!(written.stdout, "events/order.json\n");
    assert_eq!(
        session.project.read("events/order.json"),
        session.quietly("event show sqs").stdout
    );
    session.quietly("event show sqs -o events/order.json");
    session.project.write("events/order.json", "{ \"mine\": true }");
    let refused = crate::support::lfn(&session.project)
        .args(["event", "show", "sqs", "-o", "events/order.json"])
        .run()
        .exits_with(1);
    assert!(refused.stderr.contains("--yes"), "{refused}");
    assert_eq!(session.project.read("events/order.json"), "{ \"mine\": true }");
    session.quietly("event show sqs -o events/order.json --yes");
    assert!(session.project.read("events/order.json").contains("Records"));
}

#[test]
fn a_file_that_is_there_is_said_to_be_there() {
    let session = Session::new();
    session.project.write("events/put.json", "{}");
    let show = ["event", "show", "s3", "-o", "events/put.json"];
    let said = lfn(&session.project).args(show).run().exits_with(1).stderr;
    assert!(said.contains("is there with another content"), "{said}");
}
