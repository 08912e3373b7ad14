//! `plan`, `deploy`, `destroy`: what changes, shown before and after.

use insta::assert_snapshot;

use crate::session::{Session, THUMBS};
use crate::support::lfn;

#[test]
fn plan_shows_everything_a_first_deploy_makes() {
    let mut session = Session::thumbs();
    session.run("plan --local").success();
    session.run("plan --local --exit-code").exits_with(3);
    assert_snapshot!(session.transcript());
}

#[test]
fn deploy_applies_what_plan_showed_and_then_has_nothing_to_do() {
    let mut session = Session::thumbs();
    let deployed = session.run("deploy --local --yes").success();
    assert_eq!(
        deployed.stdout, "arn:aws:lambda:us-east-1:000000000000:function:thumbs:live\n",
        "standard output is the address alone"
    );
    session.run("plan --local --exit-code").success();
    session.run("deploy --local --yes").success();
    session.run("deploy --local").success();
    assert_snapshot!(session.transcript());
}

#[test]
fn every_kind_of_change_has_its_line() {
    let mut session = Session::deployed();
    session.project.write(
        "lambda.yaml",
        "name: thumbs
runtime: python3.13
handler: app.handler
description: Makes thumbnails
memory: 256MB
timeout: 20s
env: { TABLE: customers-hidden, MODE: fast-hidden }
allow: [put s3://photos/out/*]
retries: 0
concurrency: { reserved: 5 }
tags: { owner: ada }
",
    );
    session.run("plan --local --exit-code").exits_with(3);
    session.run("deploy --local --yes --allow-widening").success();
    session.run("plan --local --exit-code").success();
    assert_snapshot!(session.transcript());
}

#[test]
fn values_of_variables_are_never_printed() {
    let session = Session::thumbs();
    session
        .project
        .write(".lfn/local/parameters.json", r#"{ "/shop/key": "parameter-hidden" }"#);
    session.edit(
        "TABLE: orders-hidden",
        "TABLE: orders-hidden, KEY: '${ssm:/shop/key}', SHELL_KEY: '${env:KEY}'",
    );
    for line in [
        "plan --local",
        "plan --local --format json",
        "deploy --local --yes -vv",
        "deploy --local --yes --format json",
        "status --local",
        "status --local --format json",
    ] {
        let words = crate::session::words(line);
        let finished = lfn(&session.project)
            .args(words)
            .env("KEY", "shell-hidden")
            .run()
            .success();
        assert!(
            !finished.stdout.contains("hidden") && !finished.stderr.contains("hidden"),
            "{finished}"
        );
    }
    let status = lfn(&session.project)
        .args(["status", "--local"])
        .env("KEY", "shell-hidden")
        .run()
        .success();
    assert!(status.stdout.contains("KEY, SHELL_KEY, TABLE"), "{status}");
    session.edit("/shop/key", "/shop/other");
    let missing = lfn(&session.project)
        .args(["plan", "--local"])
        .env("KEY", "shell-hidden")
        .run();
    let missing = missing.exits_with(1);
    assert!(!missing.stderr.contains("hidden"), "{missing}");
    assert!(missing.stderr.contains("/shop/other"), "{missing}");
    assert_snapshot!(missing.stderr);
}

#[test]
fn dry_run_answers_and_changes_nothing() {
    let mut session = Session::thumbs();
    let dry = session.run("deploy --local --dry-run").success();
    assert!(dry.stdout.contains("+ function"), "the plan is the answer: {dry}");
    session.run("list --local").success();
    session.quietly("deploy --local --yes");
    let dry = session.run("destroy --local --dry-run").success();
    assert!(
        dry.stdout.contains("- function thumbs"),
        "the list is the answer: {dry}"
    );
    session.run("plan --local --exit-code").success();
    assert_snapshot!(session.transcript());
}

#[test]
fn nothing_is_asked_without_a_terminal() {
    let mut session = Session::thumbs();
    session.run("deploy --local").exits_with(1);
    session.quietly("deploy --local --yes");
    session.run_with_input("destroy --local", "y\n").exits_with(1);
    session.run("alias promote beta --local").exits_with(1);
    session.run("alias delete live --local").exits_with(1);
    session.quietly("plan --local --exit-code");
    let by_variable = lfn(&session.project)
        .args(["destroy", "--local"])
        .env("LFN_YES", "true")
        .run();
    by_variable.success();
    assert_snapshot!(session.transcript());
}

#[test]
fn what_is_not_carried_out_yet_is_valid_and_refused_when_planning() {
    let mut session = Session::thumbs();
    session.edit(
        "timeout: 10s",
        "on: [schedule: rate(5 minutes)]\n\
         alarms: { errors: '> 1% for 5m' }",
    );
    session.run("validate").success();
    session.run("package").success();
    session.run("plan --local").exits_with(1);
    session.run("deploy --local --yes").exits_with(1);
    assert_snapshot!(session.transcript());
}

#[test]
fn callers_are_let_in_and_kept_out() {
    let mut session = Session::deployed();
    let callers = |session: &Session, lines: &str| {
        let text = format!("{}callers:\n{lines}", crate::session::THUMBS);
        session.project.write("lambda.yaml", text);
    };
    callers(
        &session,
        "  - 444455556666:role/reader\n  - { service: s3, source: 'arn:aws:s3:::photos' }\n",
    );
    session.run("deploy --local --yes").exits_with(1);
    session.run("deploy --local --yes --allow-widening").success();
    session.run("policy show --local --live").success();
    callers(&session, "  - 444455556666:role/reader\n  - o-a1b2c3d4e5\n");
    session.run("plan --local").success();
    session.quietly("deploy --local --yes --allow-widening");
    session.run("plan --local").success();
    // This account has no such role.
    callers(
        &session,
        "  - 444455556666:role/reader\n  - o-a1b2c3d4e5\n  - 000000000000:role/nobody\n",
    );
    session.run("deploy --local --yes --allow-widening").exits_with(1);
    assert_snapshot!(session.transcript());
    let shown = session.quietly("policy show --format json").json();
    assert_eq!(shown["callers"][1]["path"], "callers[1]");
    assert_eq!(
        (&shown["callers"][1]["line"], &shown["callers"][1]["column"]),
        (&11.into(), &5.into())
    );
    assert_eq!(shown["callers"][1]["statement"]["Principal"]["AWS"], "*");
}

#[test]
fn guards_are_for_aws_and_not_for_the_embedded_lambda() {
    let session = Session::thumbs();
    session.project.write(
        "lambda.yaml",
        format!("{THUMBS}account: '123456789012'\nregion: eu-west-1\n"),
    );
    let deployed = session.quietly("deploy --local --yes");
    assert_eq!(
        deployed.stdout,
        "arn:aws:lambda:eu-west-1:000000000000:function:thumbs:live\n"
    );
    session.quietly("plan --local --region eu-central-1");
}

#[test]
fn destroy_deletes_everything_once() {
    let mut session = Session::deployed();
    session.quietly("alias promote beta --local --yes");
    session.quietly("invoke --local");
    session.run("destroy --local --yes").success();
    session.run("list --local").success();
    session.run("destroy --local --yes").success();
    session.run("status --local").exits_with(1);
    assert_snapshot!(session.transcript());
}

#[test]
fn a_reader_that_went_away_stops_no_deploy() {
    let session = Session::thumbs();
    let unread = |line: &str| {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        lfn(&session.project)
            .args(crate::session::words(line))
            .stdout_to(writer)
            .run()
            .success()
    };
    unread("deploy --local --yes --format json");
    session.quietly("plan --local --exit-code");
    unread("alias promote beta --local --yes --format json");
    assert!(session.quietly("alias list --local").stdout.contains("beta"));
    unread("list --local");
    unread("destroy --local --yes --format json");
    assert_eq!(
        session.quietly("list --local --format json").json(),
        serde_json::json!([])
    );
}
