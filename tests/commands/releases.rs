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
