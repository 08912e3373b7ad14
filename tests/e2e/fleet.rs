//! Many functions at once: each stands for itself, all keep to one pace, and the end says how it went with each.

use std::fs;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::shop::at;
use crate::support::command::{Finished, Project};
use crate::support::project;
use crate::support::proxy::FaultProxy;
use crate::support::proxy::rule::{Fault, on};
use crate::support::servers::{Account, MiniStack, Server as _};
use crate::support::witness;

const SOON: Duration = Duration::from_mins(1);
const DEPLOY: [&str; 4] = ["deploy", "--all", "--yes", "--allow-widening"];

/// `f01`, `f02`, … in folders of these names below `functions`.
fn fleet(size: usize) -> Project {
    let project = project();
    for name in names(size) {
        describe(&project, &name, "");
        project.write(&format!("functions/{name}/app.py"), code("first"));
    }
    project
}

fn names(size: usize) -> Vec<String> {
    (1..=size).map(|number| format!("f{number:02}")).collect()
}

fn describe(project: &Project, name: &str, more: &str) {
    let text = format!("name: {name}\nruntime: python3.13\nhandler: app.handler\n{more}");
    project.write(&format!("functions/{name}/lambda.yaml"), text);
}

fn code(edition: &str) -> String {
    format!("def handler(event, context):\n    return '{edition}'\n")
}

fn start() -> (Account, Account, FaultProxy) {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    (account, through, proxy)
}

#[track_caller]
fn run(account: &Account, project: &Project, arguments: &[&str]) -> Finished {
    at(account, project, arguments).within(Duration::from_mins(5)).run()
}

/// The functions that have a `live`.
fn live(account: &Account, names: &[String]) -> Vec<String> {
    let has = |name: &&String| witness(account, &["aliases", name])["live"].is_object();
    let there = witness(account, &["functions"]);
    let there: Vec<&str> = there
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    names
        .iter()
        .filter(|name| there.contains(&name.as_str()))
        .filter(has)
        .cloned()
        .collect()
}

fn events(run: &Finished) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    run.stdout.lines().map(parse).collect()
}

/// The row of the final table.
#[track_caller]
fn row<'a>(run: &'a Finished, name: &str) -> Vec<&'a str> {
    let row = run
        .stdout
        .lines()
        .find(|line| line.split_whitespace().next() == Some(name));
    row.unwrap_or_else(|| panic!("no row of `{name}` in {run}"))
        .split_whitespace()
        .collect()
}

#[test]
fn each_function_stands_for_itself_and_a_second_run_writes_nothing() {
    let (account, through, proxy) = start();
    let project = fleet(12);
    let names = names(12);
    project.write(
        "functions/f03/lambda.yaml",
        "name: f03\nruntime: python3.13\nhandler: app.handler\nmemory: lots\n",
    );
    proxy.inject(
        on("lambda:CreateFunction").containing("\"f07\"").always(),
        Fault::refuse(400, "InvalidParameterValueException", "The runtime is not liked here."),
    );
    let first = run(&through, &project, &DEPLOY).exits_with(4);
    let well: Vec<String> = names
        .iter()
        .filter(|name| !["f03", "f07"].contains(&name.as_str()))
        .cloned()
        .collect();
    assert_eq!(live(&account, &names), well);
    assert_eq!(row(&first, "f01")[1..4], ["deployed", "1", "live"], "{first}");
    assert_eq!(row(&first, "f07")[1], "failed");
    assert_eq!(row(&first, "functions/f03")[1], "failed");
    for said in [
        "functions/f03/lambda.yaml:4",
        "could not prepare `functions/f03`",
        "could not deploy `f07`",
        "The runtime is not liked here",
        "`live` does not exist yet; nothing serves traffic through it",
        "run `lfn deploy functions/f07` again to do the rest",
        "2 of 12 functions failed: `functions/f03`, `f07`",
    ] {
        assert_eq!(first.stderr.matches(said).count(), 1, "`{said}`, once: {first}");
    }

    // Put right, the rest is done and nothing twice.
    describe(&project, "f03", "");
    proxy.reset();
    let second = run(&through, &project, &DEPLOY).success();
    assert_eq!(live(&account, &names), names);
    assert_eq!(row(&second, "f01")[1], "unchanged");
    assert_eq!(row(&second, "f07")[1], "deployed");
    let others = proxy.calls();
    let others = others
        .iter()
        .filter(|call| call.is_write() && call.path.contains("f01"));
    assert_eq!(others.count(), 0);

    proxy.reset();
    let third = run(&through, &project, &DEPLOY).success();
    assert_eq!(proxy.writes(), [""; 0]);
    assert!(
        third
            .stderr
            .contains("nothing to do: f01, f02, f03, f04, f05 and 7 more"),
        "{third}"
    );
    run(&through, &project, &["plan", "--all", "--exit-code"]).success();
    describe(&project, "f02", "memory: 256MB\n");
    let plan = run(
        &through,
        &project,
        &["plan", "functions/f01", "functions/f02/lambda.yaml", "--exit-code"],
    )
    .exits_with(3);
    assert!(plan.stdout.contains("~ configuration"), "{plan}");
    assert_eq!(proxy.writes(), [""; 0], "a plan writes nothing");
}

#[test]
fn when_nothing_was_changed_the_exit_code_says_so() {
    let (_, through, proxy) = start();
    let project = fleet(2);
    proxy.inject(on("iam:CreateRole").always(), Fault::refuse(403, "AccessDenied", "no"));
    let refused = run(&through, &project, &DEPLOY).exits_with(1);
    assert!(refused.stderr.contains("2 of 2 functions failed"), "{refused}");
    assert!(refused.stderr.contains("nothing was changed"), "{refused}");
}

#[test]
fn what_cannot_be_meant_is_refused_before_anything_is_changed() {
    let (_, through, proxy) = start();
    let project = fleet(2);
    for (arguments, code, said) in [
        (vec!["functions/f01", "functions/f01/lambda.yaml"], 1, "named twice"),
        (
            vec!["functions/f01", "functions/nowhere"],
            1,
            "there is no folder `functions/nowhere`",
        ),
        (
            vec!["functions", "functions/f01"],
            1,
            "there is no lambda.yaml in `functions`",
        ),
        (vec!["functions/f01", "--all"], 2, "`--all` is for every function"),
        (
            vec!["--changed-since", "HEAD"],
            1,
            "could not find out what changed since `HEAD`",
        ),
    ] {
        let refused = run(&through, &project, &[&["deploy", "--yes"], &arguments[..]].concat()).exits_with(code);
        assert!(refused.stderr.contains(said), "{arguments:?}: {refused}");
    }
    project.write(
        "functions/f02/lambda.yaml",
        "name: f01\nruntime: python3.13\nhandler: app.handler\n",
    );
    let twice = run(&through, &project, &DEPLOY).exits_with(1);
    assert!(
        twice.stderr.contains("`f01` in us-east-1 is described twice"),
        "{twice}"
    );
    let asking = run(&through, &fleet(2), &["deploy", "--all"]).exits_with(1);
    assert!(asking.stderr.contains("pass `--yes`"), "{asking}");
    assert_eq!(proxy.writes(), [""; 0]);
}

#[test]
fn widening_is_asked_about_once_for_all() {
    let (_, through, proxy) = start();
    let project = fleet(3);
    run(&through, &project, &DEPLOY).success();
    for name in ["f01", "f02"] {
        describe(&project, name, "allow:\n  - get s3://photos/in/*\n");
    }
    proxy.reset();
    let refused = run(&through, &project, &["deploy", "--all", "--yes"]).exits_with(1);
    assert!(
        refused
            .stderr
            .contains("would let 2 functions do more than they can now"),
        "{refused}"
    );
    assert_eq!(proxy.writes(), [""; 0]);
    run(&through, &project, &DEPLOY).success();
}

#[test]
fn one_path_is_one_function() {
    let (_, through, _proxy) = start();
    let project = fleet(2);
    let named = run(&through, &project, &["plan", "functions/f01"]).success();
    let inside = at(&through, &project, &["plan"])
        .in_folder("functions/f01")
        .run()
        .success();
    assert_eq!((named.stdout, named.stderr), (inside.stdout, inside.stderr));
}

#[test]
fn json_is_one_event_a_line_with_the_function_in_each() {
    let (_, through, proxy) = start();
    let project = fleet(3);
    proxy.inject(
        on("lambda:PublishVersion").containing("f02").always(),
        Fault::refuse(400, "InvalidParameterValueException", "no version today"),
    );
    let deployed = run(&through, &project, &[&DEPLOY[..], &["--format", "json"]].concat()).exits_with(4);
    let events = events(&deployed);
    let (summary, others) = events.split_last().expect("there are events");
    for event in others {
        assert!(
            ["f01", "f02", "f03"].contains(&event["function"].as_str().unwrap_or_default()),
            "{event}"
        );
    }
    for name in ["f01", "f03"] {
        let own: Vec<&Value> = others.iter().filter(|event| event["function"] == name).collect();
        assert_eq!(
            (&own[0]["event"], &own[own.len() - 1]["event"]),
            (&json!("plan"), &json!("result"))
        );
    }
    let failed = others
        .iter()
        .find(|event| event["event"] == "failed")
        .expect("one failed");
    assert_eq!((&failed["function"], &failed["exit_code"]), (&json!("f02"), &json!(4)));
    assert!(
        failed["error"]
            .as_str()
            .is_some_and(|error| error.contains("no version today")),
        "{failed}"
    );
    assert_eq!(summary["event"], "summary");
    assert_eq!(
        ["deployed", "failed", "unchanged", "changed"].map(|key| summary[key].clone()),
        [json!(2), json!(1), json!(0), json!(true)]
    );
    let results: Vec<&Value> = summary["functions"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| &row["result"])
        .collect();
    assert_eq!(results, ["deployed", "failed", "deployed"]);
    assert_eq!(summary["functions"][0]["path"], "functions/f01");
}

#[test]
fn json_tells_where_the_mistakes_of_a_file_are() {
    let (_, through, _proxy) = start();
    let project = fleet(2);
    describe(&project, "f02", "memory: lots\ntimeout: never\n");
    let plan = run(&through, &project, &["plan", "--all", "--format", "json"]).exits_with(1);
    let events = events(&plan);
    let failed = events.iter().find(|event| event["event"] == "failed");
    let error = failed.and_then(|event| event["error"].as_str()).expect("one failed");
    let row = events.last().map(|summary| &summary["functions"][1]);
    let brief = row.and_then(|row| row["error"].as_str()).expect("the row says why");
    for place in ["functions/f02/lambda.yaml:4:9: ", "functions/f02/lambda.yaml:5:10: "] {
        assert!(
            error.contains(place) && brief.contains(place),
            "{place}: {error}\n{brief}"
        );
    }
}

#[test]
fn github_shows_what_failed_and_a_table() {
    let (_, through, _proxy) = start();
    let project = fleet(2);
    describe(&project, "f02", "memory: lots\nenv:\n  TOKEN: s3cr3t-value\n");
    let summary = project.path().join("summary.md");
    fs::write(&summary, "before\n").expect("the project folder is writable");
    let top = project.path().display().to_string();
    let on_github = at(&through, &project, &DEPLOY)
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_WORKSPACE", &top)
        .env("GITHUB_STEP_SUMMARY", &summary.display().to_string())
        .run()
        .exits_with(4);
    let annotations: Vec<&str> = on_github.stderr.lines().filter(|line| line.starts_with("::")).collect();
    assert!(
        annotations[0].starts_with("::error file=functions/f02/lambda.yaml,line=4,title=lambda.yaml::"),
        "{annotations:?}"
    );
    assert!(
        annotations[1].starts_with("::error file=functions/f02/lambda.yaml,title=functions/f02::error%3A could not")
            || annotations[1]
                .starts_with("::error file=functions/f02/lambda.yaml,title=functions/f02::error: could not"),
        "{annotations:?}"
    );
    assert_eq!(annotations.len(), 2);
    let written = fs::read_to_string(&summary).expect("lfn appends to the file");
    assert!(
        written.starts_with("before\n### lfn deploy\n\n| Function |"),
        "{written}"
    );
    assert!(written.contains("| f01 | deployed | 1 | live |"), "{written}");
    assert!(written.contains("| functions/f02 | failed |"), "{written}");
    assert!(
        written.contains("`functions/f02`: lambda.yaml has 1 error: functions/f02/lambda.yaml:4:9: "),
        "{written}"
    );
    assert!(
        !written.contains("s3cr3t") && !on_github.stderr.contains("s3cr3t"),
        "{written}"
    );

    let elsewhere = run(&through, &project, &DEPLOY).exits_with(1);
    assert!(!elsewhere.stderr.contains("::error"), "{elsewhere}");
}

#[test]
fn one_function_tells_github_and_programs_as_many_do() {
    let (_, through, proxy) = start();
    let project = fleet(2);
    describe(&project, "f02", "memory: lots\n");
    let summary = project.path().join("summary.md");
    let deploy = |name: &str| {
        let deploy = ["deploy", "--yes", "--allow-widening", "--format", "json"];
        let deploy = at(&through, &project, &deploy).in_folder(&format!("functions/{name}"));
        deploy
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_WORKSPACE", &project.path().display().to_string())
            .env("GITHUB_STEP_SUMMARY", &summary.display().to_string())
            .run()
    };
    let said = |run: &Finished| -> Vec<String> {
        let lines = run.stderr.lines().filter(|line| line.starts_with("::"));
        lines.map(str::to_owned).collect()
    };
    deploy("f01").success();
    project.write("functions/f01/app.py", code("second"));
    proxy.inject(
        on("lambda:PublishVersion").always(),
        Fault::refuse(400, "InvalidParameterValueException", "no version today"),
    );
    let failed = deploy("f01").exits_with(4);
    let last = events(&failed).pop().expect("there are events");
    assert_eq!(
        ["event", "function", "exit_code"].map(|key| last[key].clone()),
        [json!("failed"), json!("f01"), json!(4)]
    );
    for text in [last["error"].as_str().expect("it says why"), &failed.stderr] {
        assert!(text.contains("no version today"), "{failed}");
    }
    let annotations = said(&failed);
    assert!(
        annotations[0].starts_with("::error file=functions/f01/lambda.yaml,title=f01::"),
        "{annotations:?}"
    );
    assert_eq!(annotations.len(), 1);

    let broken = deploy("f02").exits_with(1);
    let last = events(&broken).pop().expect("there is an event");
    assert_eq!(last["event"], "failed", "{broken}");
    assert!(
        last["error"]
            .as_str()
            .is_some_and(|error| error.contains("lambda.yaml:4:9: ")),
        "{last}"
    );
    assert_eq!(
        said(&broken).len(),
        2,
        "the mistake, and what became of the function: {broken}"
    );
    let written = fs::read_to_string(&summary).expect("lfn appends to the file");
    assert_eq!(written.matches("### lfn deploy\n").count(), 3, "{written}");
    assert!(written.contains("| f01 | deployed | 1 | live |"), "{written}");
    assert!(written.contains("| f01 | failed | 1 | live |"), "{written}");
    assert!(written.contains("has 1 error: lambda.yaml:4:9: "), "{written}");
}

#[track_caller]
fn git(project: &Project, arguments: &[&str]) {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@b",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments)
        .current_dir(project.path())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git is installed");
    assert!(
        output.status.success(),
        "git {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn only_what_changed_since_a_commit_is_looked_at() {
    let (_, through, _proxy) = start();
    let project = fleet(6);
    project.write("code/f05/app.py", code("first"));
    describe(&project, "f05", "package:\n  source: ../../code/f05\n");
    project.write(".gitignore", "*.log\n/.lfn/\nignored/\n");
    project.write("ignored/x/lambda.yaml", "name: x\n");
    project.write("node_modules/y/lambda.yaml", "name: y\n");
    git(&project, &["init", "--quiet"]);
    git(&project, &["add", "."]);
    git(&project, &["commit", "--quiet", "--message", "one"]);
    git(&project, &["tag", "before"]);

    let looked_at = |arguments: &[&str]| -> Vec<String> {
        let plan = run(&through, &project, &[&["plan", "--format", "json"], arguments].concat()).success();
        let plans = events(&plan).into_iter().filter(|event| event["event"] == "plan");
        plans
            .filter_map(|event| event["function"].as_str().map(str::to_owned))
            .collect()
    };
    assert_eq!(looked_at(&["--all"]), names(6), "what git ignores is no function");
    assert_eq!(looked_at(&["--changed-since", "before"]), [""; 0]);

    project.write("functions/f01/app.py", code("committed"));
    git(&project, &["commit", "--quiet", "--all", "--message", "two"]);
    project.write("functions/f02/app.py", code("staged"));
    git(&project, &["add", "."]);
    project.write("functions/f03/app.py", code("not staged"));
    project.write("functions/f04/new.py", "x = 1\n");
    project.write("code/f05/app.py", code("elsewhere"));
    project.write("functions/f06/debug.log", "ignored\n");
    project.write("README.md", "of no function\n");
    assert_eq!(
        looked_at(&["--changed-since", "before"]),
        ["f01", "f02", "f03", "f04", "f05"]
    );
    assert_eq!(
        looked_at(&["--changed-since", "HEAD", "--all"]),
        ["f02", "f03", "f04", "f05"]
    );
    assert_eq!(
        looked_at(&["functions/f04", "functions/f06", "--changed-since", "HEAD"]),
        ["f04"]
    );
    let unknown = run(&through, &project, &["plan", "--changed-since", "nowhere"]).exits_with(1);
    assert!(unknown.stderr.contains("there is no such commit"), "{unknown}");
    assert!(unknown.stderr.contains("fetch-depth"), "{unknown}");
}

#[test]
fn ctrl_c_finishes_the_steps_in_hand_and_starts_no_other_function() {
    let (account, through, proxy) = start();
    let project = fleet(6);
    proxy.inject(
        on("lambda:CreateFunction").always(),
        Fault::Delay(Duration::from_secs(1)),
    );
    let running = at(&through, &project, &[&DEPLOY[..], &["--jobs", "2"]].concat()).start();
    proxy.wait_for("lambda:CreateFunction", SOON);
    running.interrupt();
    let stopped = running.wait().exits_with(130);
    assert!(stopped.stderr.contains("finishing the step in hand"), "{stopped}");
    assert!(stopped.stderr.contains("interrupted: of 6 functions"), "{stopped}");
    assert_eq!(row(&stopped, "f06")[1..3], ["not", "started"], "{stopped}");
    assert_eq!(row(&stopped, "f01")[1..4], ["stopped", "-", "live"], "{stopped}");
    assert!(!proxy.names().contains(&"lambda:PublishVersion".to_owned()));
    proxy.reset();
    run(&through, &project, &DEPLOY).success();
    assert_eq!(live(&account, &names(6)), names(6));
}

#[test]
fn what_stopped_or_failed_says_what_serves() {
    let (_, through, proxy) = start();
    let project = fleet(3);
    run(&through, &project, &DEPLOY).success();
    for name in names(3) {
        project.write(&format!("functions/{name}/app.py"), code("second"));
    }
    let json = [&DEPLOY[..], &["--format", "json", "--jobs", "3"]].concat();
    proxy.inject(
        on("lambda:PublishVersion").containing("f02").always(),
        Fault::refuse(400, "InvalidParameterValueException", "no version today"),
    );
    let table = run(&through, &project, &[&DEPLOY[..], &["--jobs", "1"]].concat()).exits_with(4);
    assert_eq!(row(&table, "f02")[1..4], ["failed", "1", "live"], "{table}");
    assert_eq!(row(&table, "f03")[1..4], ["deployed", "2", "live"], "{table}");

    proxy.reset();
    for name in names(3) {
        project.write(&format!("functions/{name}/app.py"), code("third"));
    }
    proxy.inject(
        on("lambda:UpdateFunctionCode").always(),
        Fault::Delay(Duration::from_secs(2)),
    );
    let running = at(&through, &project, &json).start();
    proxy.wait_for("lambda:UpdateFunctionCode", SOON);
    running.interrupt();
    let stopped = running.wait().exits_with(130);
    let events = events(&stopped);
    let summary = events.last().expect("there are events");
    let own = events
        .iter()
        .find(|event| event["event"] == "stopped")
        .expect("one stopped");
    assert_eq!(own["exit_code"], 130, "{own}");
    assert_eq!(
        (&summary["failed"], &summary["changed"]),
        (&json!(0), &json!(true)),
        "{summary}"
    );
    let rows = summary["functions"].as_array().expect("the functions");
    let of = |name: &str| rows.iter().find(|row| row["function"] == name).expect("its row");
    assert_eq!(
        (&of("f02")["version"], &of("f03")["version"]),
        (&json!(1), &json!(2)),
        "{summary}"
    );
    assert!(rows.iter().any(|row| row["result"] == "stopped"), "{summary}");
}

#[test]
fn a_killed_run_is_finished_by_the_next() {
    let (account, through, proxy) = start();
    let project = fleet(6);
    proxy.inject(on("lambda:PublishVersion").after(2).always(), Fault::HangAfter);
    let running = at(&through, &project, &DEPLOY).start();
    proxy.wait_for("lambda:PublishVersion", SOON);
    std::thread::sleep(Duration::from_secs(1));
    running.kill();
    assert_eq!(running.wait().code, None);
    run(&account, &project, &DEPLOY).success();
    assert_eq!(live(&account, &names(6)), names(6));
    for name in names(6) {
        let versions = witness(&account, &["versions", &name]);
        assert_eq!(versions.as_array().map(Vec::len), Some(1), "{name}");
    }
}

#[test]
fn no_call_is_throttled_at_the_rate_that_aws_allows() {
    let (account, through, proxy) = start();
    proxy.limit_lambda(15);
    let project = fleet(12);
    run(&through, &project, &[&DEPLOY[..], &["--rate", "15"]].concat()).success();
    assert_eq!(live(&account, &names(12)), names(12));
    assert_eq!(proxy.throttled(), 0);
}

#[test]
fn no_function_fails_by_throttling() {
    let (account, through, proxy) = start();
    proxy.limit_lambda(15);
    let project = fleet(12);
    run(&through, &project, &[&DEPLOY[..], &["--rate", "off"]].concat()).success();
    assert_eq!(live(&account, &names(12)), names(12));
    assert!(proxy.throttled() > 0, "without a limit there are too many calls");
}

#[test]
fn a_quota_that_somebody_else_uses_too_is_enough() {
    let (account, through, proxy) = start();
    proxy.limit_lambda(15);
    let done = Arc::new(AtomicBool::new(false));
    let other = std::thread::spawn({
        let (done, other) = (Arc::clone(&done), through.clone());
        move || {
            let address = other.endpoint.trim_start_matches("http://").to_owned();
            while !done.load(Ordering::SeqCst) {
                another_call(&address, &other.access_key);
                std::thread::sleep(Duration::from_millis(133));
            }
        }
    });
    let project = fleet(12);
    let deployed = run(&through, &project, &[&DEPLOY[..], &["--rate", "15"]].concat());
    done.store(true, Ordering::SeqCst);
    other.join().expect("the other client does not panic");
    deployed.success();
    assert_eq!(live(&account, &names(12)), names(12));
    assert!(proxy.throttled() > 0, "the quota was too small for both");
}

/// A call of Lambda's control plane as another client makes it.
fn another_call(address: &str, key: &str) {
    use std::io::{Read as _, Write as _};
    let request = format!(
        "GET /2015-03-31/functions?MaxItems=1 HTTP/1.1\r\nHost: {address}\r\nAuthorization: AWS4-HMAC-SHA256 \
         Credential={key}/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0\r\n\
         Connection: close\r\n\r\n"
    );
    if let Ok(mut stream) = std::net::TcpStream::connect(address) {
        drop(stream.write_all(request.as_bytes()));
        drop(stream.read_to_end(&mut Vec::new()));
    }
}

#[test]
fn throttling_of_iam_and_logs_is_waited_out() {
    let (account, through, proxy) = start();
    let throttled = || Fault::refuse(400, "Throttling", "Rate exceeded");
    proxy.inject(on("iam:*").times(40), throttled());
    proxy.inject(
        on("logs:*").times(20),
        Fault::refuse(400, "ThrottlingException", "Rate exceeded"),
    );
    let project = fleet(4);
    run(&through, &project, &DEPLOY).success();
    assert_eq!(live(&account, &names(4)), names(4));
}
