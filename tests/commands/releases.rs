//! `alias`, `versions`, `status`, `list`: what serves traffic, and moving it.

use insta::assert_snapshot;

use crate::session::Session;

/// Two versions, `live` on the second.
fn released_twice() -> Session {
    let session = Session::deployed();
    session.edit("timeout: 10s", "timeout: 20s");
    session.quietly("deploy --local --yes");
    session
}

#[test]
fn an_alias_is_listed_promoted_rolled_back_and_deleted() {
    let mut session = released_twice();
    session.run("alias list --local").success();
    session.run("alias rollback --local --yes").success();
    session.run("alias list --local").success();
    session.run("alias promote live --local --yes").success();
    session.run("alias promote live --local --yes").success();
    session.run("alias promote beta --to 1 --local --yes").success();
    session.run("alias promote canary --from live --local --yes").success();
    session.run("alias delete beta --local --yes").success();
    session.run("alias list --local").success();
    assert_snapshot!(session.transcript());
}

#[test]
fn a_rollback_returns_to_where_the_alias_was_and_not_to_the_version_before() {
    let session = released_twice();
    session.edit("timeout: 20s", "timeout: 30s");
    session.quietly("deploy --local --yes");
    session.quietly("alias promote live --to 1 --local --yes");
    session.quietly("alias promote live --to 3 --local --yes");
    session.quietly("alias rollback --local --yes");
    let aliases = session.quietly("alias list --local --format json").json();
    assert_eq!(aliases[0]["version"], 1, "{aliases}");
}

#[test]
fn a_rollback_of_a_rollback_goes_further_back_and_never_to_what_was_taken_back() {
    let mut session = released_twice();
    session.edit("timeout: 20s", "timeout: 30s");
    session.quietly("deploy --local --yes");
    let live = |session: &Session| session.quietly("alias list --local --format json").json()[0]["version"].clone();
    session.quietly("alias rollback --local --yes");
    assert_eq!(live(&session), 2);
    session.quietly("alias rollback --local --yes");
    assert_eq!(live(&session), 1);
    session.run("alias rollback --local --yes").exits_with(1);
    session.quietly("alias promote live --to 3 --local --yes");
    session.quietly("alias promote live --to 2 --local --yes");
    session.quietly("alias rollback --to-previous 2 --local --yes");
    assert_eq!(live(&session), 1);
}

#[test]
fn moves_of_another_alias_leave_the_way_back_and_its_versions() {
    let session = released_twice();
    session.edit("timeout: 20s", "timeout: 30s");
    session.quietly("deploy --local --yes");
    for _ in 0..11 {
        session.quietly("alias promote staging --to 3 --local --yes");
        session.quietly("alias promote staging --to 2 --local --yes");
    }
    session.quietly("alias promote staging --to 3 --local --yes");
    session.quietly("versions prune --keep 1 --local --yes");
    session.quietly("alias rollback live --to-previous 2 --local --yes");
    let aliases = session.quietly("alias list --local --format json").json();
    assert_eq!(aliases[0]["version"], 1, "{aliases}");
}

#[test]
fn the_history_tells_every_move_and_why() {
    let mut session = released_twice();
    session.quietly("alias promote live --to 1 --because 'orders fail: see #12' --local --yes");
    session.quietly("alias rollback --local --yes");
    session.run("alias history --local").success();
    session.run("alias history live --local --format json").success();
    session.run("alias history beta --local").exits_with(1);
    assert_snapshot!(session.transcript());
}

#[test]
fn what_is_not_there_is_named() {
    let mut session = Session::deployed();
    session.run("alias rollback --local --yes").exits_with(1);
    session.run("alias rollback beta --local --yes").exits_with(1);
    session.run("alias promote live --to 99 --local --yes").exits_with(1);
    session
        .run("alias promote live --from beta --local --yes")
        .exits_with(1);
    session
        .run("alias promote live --to 1 --from beta --local --yes")
        .exits_with(2);
    session.run("alias delete beta --local --yes").exits_with(1);
    session.run("alias list --local --function nobody").exits_with(1);
    session.run("versions list --local --function nobody").exits_with(1);
    session.run("status --local --function nobody").exits_with(1);
    assert_snapshot!(session.transcript());
}

#[test]
fn versions_status_and_list_agree() {
    let mut session = released_twice();
    session.quietly("alias promote stable --to 1 --local --yes");
    session.run("versions list --local").success();
    session.run("status --local").success();
    session.run("list --local").success();
    session.run("list --local --function thumbs").exits_with(2);
    assert_snapshot!(session.transcript());
}

#[test]
fn list_asks_nothing_of_lambda_yaml() {
    let session = Session::deployed();
    session.project.write("lambda.yaml", "name: ${stage}\nmemry: 512\n");
    assert!(session.quietly("list --local").stdout.contains("thumbs"));
}

#[test]
fn a_function_can_be_named_without_its_file() {
    let session = released_twice();
    std::fs::remove_file(session.project.path().join("lambda.yaml")).unwrap();
    for line in ["status", "versions list", "alias list", "invoke"] {
        session.quietly(&format!("{line} --local --function thumbs"));
    }
    session.quietly("list --local");
}

/// The same with other code, settings, variables and rights in the second version.
fn changed_in_every_way() -> Session {
    let session = Session::deployed();
    session.edit("timeout: 10s", "timeout: 20s\nmemory: 256MB");
    session.edit(
        "{ TABLE: orders-hidden }",
        "{ TABLE: refunds-hidden, MODE: fast-hidden }",
    );
    session.project.write("extra.py", "X = 1\n");
    session.quietly("deploy --local --yes");
    session
}

#[test]
fn a_move_is_shown_before_it_is_made() {
    let mut session = changed_in_every_way();
    session.run("alias promote live --to 1 --local --dry-run").success();
    session.run("alias promote live --to 1 --local").exits_with(1);
    session.run("alias promote beta --local --dry-run").success();
    session.run("alias rollback --local --dry-run").success();
    session
        .run("alias promote live --to 1 --local --dry-run --format json")
        .success();
    assert_eq!(
        session.quietly("alias list --local --format json").json()[0]["version"],
        2
    );
    let shown = session.transcript();
    assert!(!shown.contains("hidden"), "{shown}");
    assert_snapshot!(shown);
}

#[test]
fn another_role_is_compared_by_what_it_may_do() {
    let session = released_twice();
    session.edit("allow: [", "role: { name: thumbs-other }\nallow: [get s3://other/*, ");
    session.quietly("deploy --local --yes --allow-widening");
    let shown = session.quietly("alias promote live --to 2 --local --dry-run").stdout;
    assert!(shown.contains("~ role"), "{shown}");
    assert!(
        shown.contains("- s3:GetObject") && shown.contains("s3://other/*"),
        "{shown}"
    );
}

/// Changes version 2 as the embedded target keeps it.
fn tamper(session: &Session, change: impl Fn(&mut serde_json::Value)) {
    let path = ".lfn/local/functions/thumbs.json";
    let mut document: serde_json::Value = serde_json::from_str(&session.project.read(path)).unwrap();
    change(&mut document["versions"]["2"]);
    session.project.write(path, document.to_string());
}

#[test]
fn a_version_that_cannot_serve_is_refused_before_anything_moves() {
    let session = released_twice();
    session.quietly("alias promote live --to 1 --local --yes");
    let refused = |code: i32, words: &str| {
        let run = crate::support::lfn(&session.project)
            .args(crate::session::words("alias promote live --to 2 --local --yes"));
        let run = run.run().exits_with(code);
        assert!(run.stderr.contains(words), "{run}");
        let live = session.quietly("alias list --local --format json").json()[0]["version"].clone();
        assert_eq!(live, 1, "{run}");
    };
    tamper(&session, |version| version["lifecycle"]["state"] = "Pending".into());
    refused(1, "version 2 is not active yet");
    tamper(&session, |version| {
        version["lifecycle"]["state"] = "Failed".into();
        version["lifecycle"]["reason"] = "the image cannot be read".into();
    });
    refused(1, "version 2 cannot serve traffic: the image cannot be read");
    tamper(&session, |version| {
        version["lifecycle"]["state"] = "Active".into();
        version["settings"]["snap_start"] = true.into();
    });
    refused(1, "version 2 has no snapshot for SnapStart");
    let latest = crate::support::lfn(&session.project)
        .args(crate::session::words("alias promote live --to $LATEST --local --yes"));
    let latest = latest.run().exits_with(2);
    assert!(latest.stderr.contains("changes under its callers"), "{latest}");
    // Idle for long: the next call wakes it.
    tamper(&session, |version| {
        version["lifecycle"]["state"] = "Inactive".into();
        version["snap_started"] = true.into();
    });
    session.quietly("alias promote live --to 2 --local --yes");
}

#[test]
fn a_rollback_names_what_is_gone_and_what_is_left() {
    let mut session = released_twice();
    session.edit("timeout: 20s", "timeout: 30s");
    session.quietly("deploy --local --yes");
    tamper(&session, |_| {});
    let path = ".lfn/local/functions/thumbs.json";
    let mut document: serde_json::Value = serde_json::from_str(&session.project.read(path)).unwrap();
    document["versions"].as_object_mut().unwrap().remove("2");
    session.project.write(path, document.to_string());
    session.run("alias rollback --local --yes").exits_with(1);
    session.run("alias rollback --to-previous 2 --local --yes").success();
    assert_snapshot!(session.transcript());
}

#[test]
fn old_versions_are_removed_and_what_leads_somewhere_stays() {
    let mut session = released_twice();
    for timeout in 21..=24 {
        session.edit(&format!("timeout: {}s", timeout - 1), &format!("timeout: {timeout}s"));
        session.quietly("deploy --local --yes");
    }
    session.quietly("alias promote stable --to 2 --local --yes");
    session.run("versions prune --local").exits_with(2);
    session.run("versions prune --keep 1 --local").exits_with(1);
    session
        .run("versions prune --keep 1 --older-than 1d --local --yes")
        .success();
    session.run("versions prune --keep 1 --local --dry-run").success();
    session.run("versions prune --keep 1 --local --yes").success();
    session
        .run("versions prune --keep 1 --local --yes --format json")
        .success();
    session.run("versions list --local").success();
    // What the file says is what goes without saying.
    session.edit("name: thumbs", "name: thumbs\nrelease: { keep: 9 }");
    session.run("versions prune --local --yes").success();
    assert_snapshot!(session.transcript());
}

/// What stops a release says what differs; what is expected is part of a plan.
#[test]
fn a_version_is_held_to_what_is_expected_of_it() {
    let mut session = Session::deployed();
    session.edit(
        "name: thumbs",
        "name: thumbs\nrelease: { check: events/smoke.json }\npackage: { exclude: [events/] }",
    );
    session.edit("timeout: 10s", "timeout: 20s");
    session
        .project
        .write(
            "events/smoke.json",
            r#"{"order": 7, "table": "orders-hidden", "list": [1, 2]}"#,
        )
        .write(
            "events/smoke.expect.json",
            r#"{"contains": {"order": 8, "table": "orders", "list": [1]}}"#,
        );
    session.run("deploy --local --yes").exits_with(5);
    session.run("alias promote live --local --yes").exits_with(5);
    session.project.write(
        "events/smoke.expect.json",
        r#"{"schema": {"required": ["order"]}, "max_duration": "20s"}"#,
    );
    session.quietly("plan --local --out smoke.lfn");
    session
        .project
        .write("events/smoke.expect.json", r#"{"schema": {"required": ["id"]}}"#);
    session.run("deploy --local --plan smoke.lfn").exits_with(1);
    session.project.write(
        "events/smoke.expect.json",
        r#"{"contains": {"order": 7}, "env": {"TABLE": "x"}}"#,
    );
    session.run("validate").exits_with(1);
    session.project.write(
        "events/smoke.expect.json",
        r#"{"contains": {"order": 7}, "max_duration": "20s"}"#,
    );
    session.run("deploy --local --yes").success();
    // The event of an expectation is that of `lfn test`, and an error may be what is expected.
    session.project.write(
        "events/smoke.expect.json",
        r#"{"event": {"fail": "no such table"}, "error": {"type": "ValueError", "message": "no such *"}}"#,
    );
    session.edit("timeout: 20s", "timeout: 21s");
    session.run("deploy --local --yes").success();
    session.project.write(
        "events/smoke.expect.json",
        r#"{"event": {}, "error": {"type": "ValueError"}}"#,
    );
    session.edit("timeout: 21s", "timeout: 22s");
    session.run("deploy --local --yes").exits_with(5);
    let transcript = session.transcript();
    assert!(!transcript.contains("orders-hidden"), "{transcript}");
    let live = session.quietly("alias list --local --format json").json();
    assert_eq!(live[0]["version"], 3, "{live}");
    assert_snapshot!(transcript);
}

#[test]
fn a_version_is_tried_before_an_alias_moves_to_it() {
    let mut session = released_twice();
    session.edit(
        "name: thumbs",
        "name: thumbs\nrelease: { check: events/smoke.json }\npackage: { exclude: [events/] }",
    );
    session.run("validate").exits_with(1);
    session.run("plan --local").exits_with(1);
    session
        .project
        .write("events/smoke.json", r#"{"fail": "no such table"}"#);
    session.run("alias promote beta --local --yes").exits_with(5);
    session
        .run("alias promote beta --local --yes --skip-check --format json")
        .success();
    session.project.write("events/smoke.json", "{}");
    session
        .run("alias promote live --to 1 --local --yes --format json")
        .success();
    session.run("alias rollback --local --yes --format json").success();
    session.edit("timeout: 20s", "timeout: 25s");
    session.run("deploy --local --yes").success();
    session
        .project
        .write("events/smoke.json", r#"{"fail": "no such table"}"#);
    session.edit("timeout: 25s", "timeout: 26s");
    session.run("deploy --local --yes").exits_with(5);
    let transcript = session.transcript();
    let live = session.quietly("alias list --local --format json").json();
    assert_eq!(live[1]["version"], 3, "{live}");
    assert_snapshot!(transcript);
}
