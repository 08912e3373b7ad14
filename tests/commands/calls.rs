//! `invoke`: the result on standard output, the rest on standard error, and the exit code.

use insta::assert_snapshot;

use crate::session::Session;
#[cfg(target_os = "linux")]
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
    session.run("invoke --local").exits_with(1);
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
