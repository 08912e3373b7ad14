//! `invoke`: the result on standard output, the rest on standard error, and the exit code.

use insta::assert_snapshot;

use crate::session::Session;
use crate::support::lfn;

#[test]
fn the_result_is_the_answer_and_the_figures_are_commentary() {
    let mut session = Session::deployed();
    session.project.write("event.json", "{ \"from\": \"a file\" }");
    let finished = session.run("invoke --local -e event.json").success();
    assert_eq!(finished.json()["from"], "a file");
    let finished = session
        .run_with_input("invoke --local -e -", "{ \"from\": \"standard input\" }")
        .success();
    assert_eq!(finished.json()["from"], "standard input");
    let finished = session
        .run("invoke --local -e '{\"from\": \"the command line\"}' -q $LATEST")
        .success();
    assert_eq!(finished.json()["from"], "the command line");
    session.run("invoke --local").success();
    assert_snapshot!(session.transcript());
}

#[test]
fn a_failing_function_is_no_failure_of_lfn() {
    let mut session = Session::deployed();
    let failed = session
        .run("invoke --local -e '{\"fail\": \"out of paint\"}'")
        .exits_with(5);
    assert_eq!(failed.json()["errorType"], "ValueError");
    assert!(
        failed.stderr.contains("the function failed: ValueError: out of paint"),
        "{failed}"
    );
    let failed = session
        .run("invoke --local --format json -e '{\"fail\": \"out of paint\"}'")
        .exits_with(5);
    assert_eq!(failed.json()["function_error"], "Unhandled");
    assert_eq!(failed.json()["status"], 200);
}

#[test]
fn queued_and_dry_calls_wait_for_no_result() {
    let mut session = Session::deployed();
    session.run("invoke --local --async").success();
    session.run("invoke --local --dry-run").success();
    session.run("invoke --local --dry-run --async").exits_with(2);
    assert_snapshot!(session.transcript());
}

#[test]
fn wrong_events_and_missing_functions_are_refused() {
    let mut session = Session::thumbs();
    session.run("invoke --local --qualifier live").exits_with(1);
    session.quietly("deploy --local --yes");
    session.run("invoke --local -e '{\"open\":'").exits_with(1);
    session.run("invoke --local -e missing.json").exits_with(1);
    session.run_with_input("invoke --local -e -", "no JSON").exits_with(1);
    session.run("invoke --local --qualifier 7").exits_with(1);
    session.run("invoke --local --qualifier beta").exits_with(1);
    session.run("invoke --local --qualifier 'a b'").exits_with(2);
    session.run("invoke --local --client-context '[]'").exits_with(2);
    session.run("invoke --local --function nobody").exits_with(1);
    assert_snapshot!(session.transcript());
}

#[test]
fn what_is_not_deployed_runs_from_the_folder() {
    let mut session = Session::thumbs();
    let finished = session.run("invoke --local -e '{\"from\": \"the folder\"}'").success();
    assert_eq!(finished.json()["from"], "the folder");
    session.edit("orders-hidden", "changed");
    session.quietly("deploy --local --yes");
    session.edit("changed", "as it stands");
    // The deployed function, and the folder as it is now.
    session.run("invoke --local").success();
    session.run("invoke --working-tree").success();
    session.run("invoke --working-tree --qualifier live").exits_with(2);
    assert_snapshot!(session.transcript());
}

#[test]
fn parameters_and_failures_of_the_folder_are_those_of_a_deploy() {
    let session = Session::thumbs();
    session.edit("orders-hidden", "\"${ssm:/shop/table}\"");
    let refused = lfn(&session.project)
        .args(["invoke", "--working-tree"])
        .run()
        .exits_with(1);
    assert!(refused.stderr.contains("Parameter /shop/table not found"), "{refused}");
    session
        .project
        .write(".lfn/local/parameters.json", "{ \"/shop/table\": \"four\" }");
    let ran = lfn(&session.project).args(["invoke", "--working-tree"]).run().success();
    assert!(ran.stderr.contains("table has 4 letters"), "{ran}");
    let failed = ["invoke", "--working-tree", "--event", "{\"fail\": \"no\"}"];
    let failed = lfn(&session.project).args(failed).run().exits_with(5);
    assert!(
        failed.stderr.contains("the function failed: ValueError: no"),
        "{failed}"
    );
}

#[test]
fn many_calls_come_to_a_table() {
    let session = Session::thumbs();
    let many = ["invoke", "--working-tree", "--repeat", "12", "--concurrency", "2"];
    let shown = lfn(&session.project).args(many).run().success();
    let heading: Vec<&str> = shown.stdout.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(heading, ["CALLS", "COUNT", "MIN", "MEDIAN", "P95", "MAX"]);
    let counts = |name: &str| -> usize {
        let line = shown.stdout.lines().find(|line| line.starts_with(name));
        line.map_or(0, |line| line.split_whitespace().nth(1).unwrap().parse().unwrap())
    };
    assert!((1..=2).contains(&counts("cold")), "{shown}");
    assert_eq!(
        (counts("init"), counts("cold") + counts("warm")),
        (counts("cold"), 12),
        "{shown}"
    );
    assert!(shown.stdout.contains('▇'), "{shown}");

    session.quietly("deploy --local --yes");
    let json = [
        "invoke",
        "--local",
        "--repeat",
        "3",
        "--format",
        "json",
        "-e",
        "{\"fail\": \"x\"}",
    ];
    let answer = lfn(&session.project).args(json).run().exits_with(5);
    let value = answer.json();
    assert_eq!(
        (&value["calls"], &value["failed"], &value["qualifier"]),
        (&3.into(), &3.into(), &"live".into())
    );
    assert_eq!(
        (&value["cold"]["count"], &value["warm"]["count"]),
        (&1.into(), &2.into())
    );
    assert!(
        answer
            .stderr
            .contains("3 of 3 calls failed, such as: the function failed: ValueError: x"),
        "{answer}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_watched_folder_runs_again_when_a_file_changes() {
    use std::io::{BufRead as _, BufReader};

    let session = Session::thumbs();
    session
        .project
        .write("app.py", "def handler(event, context): return 'one'\n");
    let (reader, writer) = std::io::pipe().unwrap();
    let watching = lfn(&session.project)
        .args(["invoke", "--working-tree", "--watch"])
        .stdout_to(writer)
        .start();
    let mut answers = BufReader::new(reader).lines().map(Result::unwrap);
    assert_eq!(answers.next().unwrap(), "\"one\"");
    session
        .project
        .write("app.py", "def handler(event, context): return 'another'\n");
    assert_eq!(answers.next().unwrap(), "\"another\"");
    // A mistake ends one run, and not the watch.
    session.project.write("lambda.yaml", "name: [\n");
    std::thread::sleep(std::time::Duration::from_secs(1));
    session.project.write("lambda.yaml", crate::session::THUMBS);
    assert_eq!(answers.next().unwrap(), "\"another\"");
    watching.interrupt();
    let said = watching.wait().success().stderr;
    assert!(!said.contains("interrupt"), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn waiting_for_an_event_can_be_interrupted() {
    use std::time::{Duration, Instant};

    let session = Session::deployed();
    let (reader, _silent) = std::io::pipe().unwrap();
    let waiting = lfn(&session.project)
        .args(["invoke", "--local", "-e", "-"])
        .stdin_from(reader)
        .within(Duration::from_secs(20))
        .start();
    let started = Instant::now();
    while !waiting.heeds_interrupts() {
        assert!(started.elapsed() < Duration::from_secs(20), "lfn never listens");
        std::thread::sleep(Duration::from_millis(5));
    }
    waiting.interrupt();
    let ended = waiting.wait().exits_with(130);
    assert!(ended.stderr.contains("interrupted"), "{ended}");
}
