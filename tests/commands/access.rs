//! What the function may do in the end: shown before it changes, and never widened by accident.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::session::Session;
use crate::support::lfn;

const ROLE: &str = ".lfn/local/roles/thumbs-us-east-1.json";

/// Changes the live role behind lfn's back.
fn by_hand(session: &Session, change: impl FnOnce(&mut Value)) {
    let mut role: Value = serde_json::from_str(&session.project.read(ROLE)).unwrap();
    change(&mut role);
    session.project.write(ROLE, role.to_string());
}

fn statement(action: &str, resource: &str) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

#[test]
fn widening_needs_a_word_of_its_own_and_narrowing_does_not() {
    let mut session = Session::deployed();
    session.edit("get s3://photos/in/*", "get s3://photos/*, write dynamodb:orders");
    session.run("plan --local --exit-code").exits_with(3);
    let before = session.project.read(ROLE);
    session.run("deploy --local --yes").exits_with(1);
    session.quietly("deploy --local --yes --dry-run");
    lfn(&session.project)
        .args(["deploy", "--local", "--yes", "--format", "json"])
        .run()
        .exits_with(1);
    assert_eq!(session.project.read(ROLE), before, "nothing was changed");
    let unasked = session.run("deploy --local --allow-widening").exits_with(1);
    assert!(unasked.stderr.contains("--yes"), "the other question stays: {unasked}");
    let by_variable = lfn(&session.project)
        .args(["deploy", "--local", "--yes"])
        .env("LFN_ALLOW_WIDENING", "true")
        .run();
    by_variable.success();
    session.edit("get s3://photos/*, write dynamodb:orders", "get s3://photos/out/*");
    session.run("deploy --local --yes").success();
    assert_snapshot!(session.transcript());
}

#[test]
fn the_live_role_counts_and_not_what_was_deployed() {
    let mut session = Session::deployed();
    by_hand(&session, |role| {
        let statements = role["policies"]["lfn"]["Statement"].as_array_mut().unwrap();
        statements.push(statement("s3:*", "arn:aws:s3:::photos/*"));
        role["state"]["trust"]["Statement"].as_array_mut().unwrap().push(json!({
            "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::444455556666:root" }, "Action": "sts:AssumeRole",
        }));
    });
    session.run("plan --local").success();
    // It goes without a question, since nothing is gained.
    session.quietly("deploy --local --yes");
    session.quietly("plan --local --exit-code");
    by_hand(&session, |role| {
        role["policies"]["lfn"]["Statement"].as_array_mut().unwrap().clear();
    });
    session.run("deploy --local --yes").exits_with(1);
    assert_snapshot!(session.transcript());
}

#[test]
fn what_others_put_into_the_role_is_told_and_left() {
    let mut session = Session::deployed();
    by_hand(&session, |role| {
        role["policies"]["extra"] = json!({ "Version": "2012-10-17", "Statement": [
            statement("sqs:*", "*"), statement("s3:GetObject", "arn:aws:s3:::photos/in/a.jpg")] });
        role["policies"]["same"] = json!({ "Version": "2012-10-17", "Statement": [
            statement("s3:GetObject", "arn:aws:s3:::photos/in/a.jpg")] });
        role["attached"] = json!(["arn:aws:iam::aws:policy/AmazonS3FullAccess"]);
    });
    session.run("plan --local").success();
    // What the role may do anyway is not gained.
    session.edit("get s3://photos/in/*", "get s3://photos/in/*, send sqs:jobs");
    session.run("deploy --local --yes").success();
    let role = session.project.read(ROLE);
    assert!(role.contains("extra") && role.contains("AmazonS3FullAccess"), "{role}");
    assert_snapshot!(session.transcript());
}
