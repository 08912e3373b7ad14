//! Calls that nobody waits for: events that fail and are tried again, and schedules by the clock.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::dev::Dev;
use super::support::{lfn, project};

const APP: &str = "
import json, os, time
def handler(event, context):
    with open(os.path.join(event['folder'], 'calls'), 'a') as file: file.write(context.aws_request_id + '\\n')
    if event.get('wait'): time.sleep(60)
    raise ValueError('out of paint')
";

const SCHEDULED: &str = "
import json, os
def handler(event, context):
    print(json.dumps({'event': event, 'arn': context.invoked_function_arn}))
";

fn yaml(more: &str) -> String {
    format!("name: thumbs\nruntime: python3.12\nhandler: app.handler\ntimeout: 60s\n{more}")
}

fn send(dev: &Dev, event: &Value) {
    let script = format!(
        "r = c.invoke(FunctionName='thumbs', InvocationType='Event', Payload={:?})\nprint(r['StatusCode'])",
        event.to_string()
    );
    assert_eq!(dev.boto3(&script), 202);
}

#[test]
fn an_event_that_fails_is_tried_three_times_and_then_goes_where_the_file_says() {
    let mut dev = Dev::of(
        &[("lambda.yaml", &yaml("on_failure: sqs:failures\n")), ("app.py", APP)],
        &[],
    );
    // Not in the project: what changes there is taken up.
    let folder = dev.project.home();
    send(&dev, &json!({ "folder": folder }));
    let told: Vec<Value> = (0..3).map(|_| dev.told("Event")).collect();
    let retries: Vec<&Value> = told.iter().map(|told| &told["retry_in_ms"]).collect();
    assert_eq!(retries, [&json!(1000.0), &json!(2000.0), &Value::Null]);
    let given_up: Vec<&Value> = told.iter().map(|told| &told["given_up"]).collect();
    assert_eq!(given_up, [&json!(false), &json!(false), &json!(true)]);
    assert_eq!(told[2]["destination"], "arn:aws:sqs:us-east-1:000000000000:failures");
    // It is one request, as in Lambda.
    let calls = fs::read_to_string(folder.join("calls")).unwrap();
    let ids: Vec<&str> = calls.lines().collect();
    assert!(
        ids.len() == 3 && ids.iter().all(|id| *id == ids[0] && told[0]["request_id"] == **id),
        "{calls}"
    );
}

#[test]
fn the_file_says_how_often_and_a_dead_letter_queue_is_named_too() {
    let more = "retries: 0\ndead_letter: sns:lost\n";
    let mut dev = Dev::of(&[("lambda.yaml", &yaml(more)), ("app.py", APP)], &[]);
    send(&dev, &json!({ "folder": dev.project.home() }));
    let told = dev.told("Event");
    assert_eq!(
        (&told["given_up"], &told["retry_in_ms"], &told["destination"]),
        (
            &json!(true),
            &Value::Null,
            &json!("arn:aws:sns:us-east-1:000000000000:lost")
        )
    );
}

#[test]
fn a_function_that_is_turned_off_gives_events_up_at_once() {
    let more = "concurrency: { reserved: 0 }\n";
    let mut dev = Dev::of(&[("lambda.yaml", &yaml(more)), ("app.py", APP)], &[]);
    send(&dev, &json!({ "folder": dev.project.home() }));
    let told = dev.told("Event");
    assert_eq!((&told["event"], &told["given_up"]), (&json!("refused"), &json!(true)));
    assert!(!dev.project.home().join("calls").exists());
}

#[test]
fn events_that_end_with_lfn_are_counted() {
    let dev = Dev::of(&[("lambda.yaml", &yaml("")), ("app.py", APP)], &[]);
    // Not in the project: what changes there is taken up.
    let folder = dev.project.home();
    for _ in 0..2 {
        send(&dev, &json!({ "folder": folder, "wait": true }));
    }
    let began = Instant::now();
    while fs::read_to_string(folder.join("calls"))
        .unwrap_or_default()
        .lines()
        .count()
        < 2
    {
        assert!(began.elapsed() < Duration::from_mins(1));
        std::thread::sleep(Duration::from_millis(20));
    }
    let (told, said) = dev.interrupt();
    assert_eq!(told, [json!({ "event": "dropped", "count": 2 })]);
    assert!(
        said.contains("ending; 2 calls are cut off") && !said.contains("the step in hand"),
        "{said}"
    );
}

#[test]
fn ten_events_are_at_work_and_the_others_wait_for_their_turn() {
    let app = "
import os, time
def handler(event, context):
    open(os.path.join(event['folder'], 'began-' + context.aws_request_id), 'w').close()
    while not os.path.exists(os.path.join(event['folder'], 'gate')): time.sleep(0.05)
";
    let mut dev = Dev::of(&[("lambda.yaml", &yaml("")), ("app.py", app)], &[]);
    let folder = dev.project.home();
    let payload = json!({ "folder": folder }).to_string();
    let script = format!(
        "for _ in range(14): c.invoke(FunctionName='thumbs', InvocationType='Event', Payload={payload:?})\nprint(14)"
    );
    assert_eq!(dev.boto3(&script), 14);
    let at_work = || {
        let entries = fs::read_dir(&folder).unwrap().flatten();
        entries
            .filter(|entry| entry.file_name().to_string_lossy().starts_with("began-"))
            .count()
    };
    let began = Instant::now();
    while at_work() < 10 {
        assert!(began.elapsed() < Duration::from_mins(1));
        std::thread::sleep(Duration::from_millis(20));
    }
    // An eleventh would need no longer than a call that has an environment of its own.
    let answer = dev.boto3(
        &"r = c.invoke(FunctionName='thumbs', Payload=json.dumps({'folder': FOLDER}))['StatusCode']\nprint(r)"
            .replace("FOLDER", &format!("{:?}", gate_elsewhere(&dev))),
    );
    assert_eq!((answer, at_work()), (json!(200), 10));
    fs::write(folder.join("gate"), "").unwrap();
    for _ in 0..14 {
        assert_eq!(dev.told("Event")["function_error"], Value::Null);
    }
    assert_eq!(at_work(), 14);
}

/// A folder in which a call need not wait.
fn gate_elsewhere(dev: &Dev) -> std::path::PathBuf {
    let folder = dev.project.home().join("elsewhere");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("gate"), "").unwrap();
    folder
}

#[test]
fn people_are_told_in_words() {
    let more = "
retries: 0
concurrency: { reserved: 1 }
on_failure: sqs:failures
on:
  - schedule: { rate: 7 days }
  - schedule: { at: '2020-01-01T00:00:00' }
  - url: { auth: iam }
";
    let project = project();
    project.write("lambda.yaml", yaml(more)).write("app.py", APP);
    let (reader, writer) = std::io::pipe().unwrap();
    let arguments = ["dev", "--port", "0", "--url-port", "0", "--page-port", "0"];
    let running = lfn(&project).args(arguments).stdout_to(writer).start();
    let mut lines = BufReader::new(reader).lines();
    let mut line = || lines.next().unwrap().unwrap();
    let endpoint = line().strip_prefix("endpoint  ").unwrap().to_owned();
    assert!(line().starts_with("url       http://127.0.0.1:"));
    assert!(line().starts_with("page      http://127.0.0.1:"));
    let (rate, past) = (line(), line());
    assert!(
        rate.starts_with("schedule  rate(7 days)  next ") && rate.contains(" UTC, in "),
        "{rate}"
    );
    assert_eq!(past, "schedule  at(2020-01-01T00:00:00)  never fires any more");

    let event = json!({ "folder": project.home() }).to_string();
    let call = |kind: &str| {
        let output = Command::new("curl")
            .args([
                "--silent",
                "--output",
                "/dev/null",
                "--write-out",
                "%{http_code}",
                "--data",
                &event,
            ])
            .args(["--header", &format!("X-Amz-Invocation-Type: {kind}")])
            .arg(format!("{endpoint}/2015-03-31/functions/thumbs/invocations"))
            .output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    assert_eq!(call("Event"), "202");
    // Once there is room for another call, the event has had its one attempt.
    let began = Instant::now();
    while call("RequestResponse") != "200" {
        assert!(began.elapsed() < Duration::from_mins(1));
    }
    running.interrupt();
    let said = running.wait().success().stderr;
    for words in [
        "(`auth: iam`); here it answers unsigned ones too",
        "Event  Unhandled  ",
        "given up; in AWS it goes to arn:aws:sqs:us-east-1:000000000000:failures",
        "Invoke  Unhandled  ",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn schedules_fire_by_the_clock() {
    let more = "
on:
  - schedule: { cron: '* * * * ? *', timezone: Asia/Seoul, input: { job: report, at: <aws.scheduler.scheduled-time> } }
  - schedule: cron(* * * * ? *)
  - schedule: { rate: 7 days, enabled: false }
  - schedule: at(2020-01-01T00:00:00)
";
    let mut dev = Dev::of(&[("lambda.yaml", &yaml(more)), ("app.py", SCHEDULED)], &[]);
    let schedules = dev.listening["schedules"].as_array().unwrap().clone();
    let shown: Vec<(&str, &str, bool)> = schedules
        .iter()
        .map(|one| {
            (
                one["schedule"].as_str().unwrap(),
                one["timezone"].as_str().unwrap(),
                one["next"].is_null(),
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("cron(* * * * ? *)", "Asia/Seoul", false),
            ("cron(* * * * ? *)", "UTC", false),
            ("rate(7 days)", "UTC", true),
            ("at(2020-01-01T00:00:00)", "UTC", true),
        ]
    );
    // Within a minute, both.
    let seen: Vec<Value> = (0..2)
        .map(|_| {
            let log = dev.told("schedule cron(* * * * ? *)")["log"]
                .as_str()
                .unwrap()
                .to_owned();
            let line = log.lines().find(|line| line.starts_with('{')).unwrap();
            serde_json::from_str(line).unwrap()
        })
        .collect();
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:thumbs:live";
    assert!(seen.iter().all(|one| one["arn"] == arn), "{seen:?}");
    let with_input = seen.iter().find(|one| one["event"]["job"] == "report").unwrap();
    let time = with_input["event"]["at"].as_str().unwrap();
    assert!(time.ends_with(":00Z"), "{time}");
    assert_eq!(schedules[0]["next"], time);
    let without = &seen
        .iter()
        .find(|one| one["event"]["source"] == "aws.scheduler")
        .unwrap()["event"];
    assert_eq!(
        (&without["detail-type"], &without["time"], &without["resources"]),
        (
            &json!("Scheduled Event"),
            &json!(time),
            &json!(["arn:aws:scheduler:us-east-1:000000000000:schedule/default/thumbs-2"])
        )
    );
}

#[test]
fn schedules_rest_when_told_so() {
    let more = "on: [{ schedule: cron(* * * * ? *) }]\n";
    let dev = Dev::of(
        &[("lambda.yaml", &yaml(more)), ("app.py", SCHEDULED)],
        &["--no-schedules"],
    );
    assert_eq!(dev.listening["schedules"], json!([]));
}
