//! What the network and AWS do at bad moments: waited out, recognised, or said in a sentence. Every call failed in
//! every way is what `tests/matrix` is for.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::shop::{answer, at, deploy, describe, handler, live, run, shop, versions};
use crate::support::guard::free_port;
use crate::support::proxy::FaultProxy;
use crate::support::proxy::rule::{Fault, on};
use crate::support::servers::{Account, MiniStack, Server as _};
use crate::support::witness;

const CANNOT_BE_ASSUMED: &str = "The role defined for the function cannot be assumed by Lambda.";
const IN_PROGRESS: &str = "The operation cannot be performed at this time. An update is in progress for resource: \
                           arn:aws:lambda:us-east-1:123456789012:function:shop";

fn start() -> (Account, Account, FaultProxy) {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    (account, through, proxy)
}

#[test]
fn a_role_that_has_not_reached_lambda_is_waited_for() {
    let (account, through, proxy) = start();
    let refusal = Fault::refuse(400, "InvalidParameterValueException", CANNOT_BE_ASSUMED);
    proxy.inject(on("lambda:CreateFunction").times(4), refusal.clone());
    let project = shop("");
    let deployed = deploy(&through, &project).success();
    let waits = deployed.stderr.matches("waiting for the role to reach Lambda").count();
    assert_eq!(waits, 1, "said once, not once a try: {deployed}");
    assert_eq!(
        proxy
            .names()
            .iter()
            .filter(|name| *name == "lambda:CreateFunction")
            .count(),
        5
    );
    assert_eq!(live(&account), "1");

    // A new right of a role takes its time as well.
    proxy.inject(on("lambda:UpdateFunctionConfiguration").times(2), refusal);
    describe(&project, "memory: 256MB\n");
    deploy(&through, &project).success();
    assert_eq!(live(&account), "2");
}

#[test]
fn waits_are_events_in_json() {
    let (_, through, proxy) = start();
    let refusal = Fault::refuse(400, "InvalidParameterValueException", CANNOT_BE_ASSUMED);
    proxy.inject(on("lambda:CreateFunction").times(2), refusal);
    let deployed = run(
        &through,
        &shop(""),
        &["deploy", "--yes", "--allow-widening", "--format", "json"],
    )
    .success();
    let events: Vec<serde_json::Value> = deployed
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let kinds: Vec<_> = events
        .iter()
        .map(|event| event["event"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(
        (kinds.first(), kinds.last()),
        (Some(&"plan"), Some(&"result")),
        "{deployed}"
    );
    assert!(kinds.contains(&"waiting") && kinds.contains(&"finished"), "{kinds:?}");
    assert_eq!(events.last().map(|event| event["version"].clone()), Some(json!(1)));
}

#[test]
fn an_update_in_progress_and_throttling_are_waited_out() {
    let (account, through, proxy) = start();
    let project = shop("");
    let throttled = || Fault::refuse(429, "TooManyRequestsException", "Rate exceeded");
    proxy.inject(on("lambda:GetFunction").times(2), throttled());
    proxy.inject(on("lambda:CreateFunction").times(2), throttled());
    proxy.inject(on("iam:CreateRole"), Fault::refuse(400, "Throttling", "Rate exceeded"));
    deploy(&through, &project).success();
    assert_eq!(versions(&account), ["1"]);

    describe(&project, "memory: 256MB\n");
    project.write("app.py", handler("second"));
    for write in [
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
        "lambda:PublishVersion",
        "lambda:UpdateAlias",
    ] {
        proxy.inject(
            on(write).times(2),
            Fault::refuse(409, "ResourceConflictException", IN_PROGRESS),
        );
    }
    let deployed = deploy(&through, &project).success();
    assert!(
        deployed.stderr.contains("waiting for an update in progress"),
        "{deployed}"
    );
    assert_eq!(
        (versions(&account), live(&account)),
        (vec!["1".into(), "2".into()], json!("2"))
    );
}

#[test]
fn a_refused_write_that_is_no_wait_ends_at_once() {
    let (account, through, proxy) = start();
    let said = "Unzipped size must be smaller than 262144000 bytes";
    proxy.inject(
        on("lambda:CreateFunction"),
        Fault::refuse(400, "InvalidParameterValueException", said),
    );
    let project = shop("");
    let refused = deploy(&through, &project).exits_with(4);
    assert!(refused.stderr.contains(said), "in AWS's own words: {refused}");
    assert_eq!(
        proxy
            .names()
            .iter()
            .filter(|name| *name == "lambda:CreateFunction")
            .count(),
        1
    );
    deploy(&through, &project).success();
    assert_eq!(live(&account), "1");
}

#[test]
fn somebody_elses_change_in_between_is_not_overwritten() {
    let (account, through, proxy) = start();
    let project = shop("");
    deploy(&through, &project).success();
    project.write("app.py", handler("second"));
    // Between lfn's look and its write, someone else changes the code.
    proxy.inject(on("lambda:UpdateFunctionCode"), Fault::Delay(Duration::from_secs(3)));
    let running = at(&through, &project, &["deploy", "--yes", "--allow-widening"]).start();
    proxy.wait_for("lambda:UpdateFunctionCode", Duration::from_secs(20));
    witness(&account, &["update-code", "shop", &handler("foreign")]);
    let refused = running.wait().exits_with(1);
    assert!(refused.stderr.contains("changed by someone else"), "{refused}");
    assert!(refused.stderr.contains("lfn plan"), "{refused}");
    assert_eq!((versions(&account).len(), live(&account)), (1, json!("1")));
    assert_eq!(answer(&account)["edition"], "first");
}

#[test]
fn nothing_listening_is_said_within_seconds() {
    let account = MiniStack::shared().account();
    let nowhere = account.through(&format!("http://127.0.0.1:{}", free_port()));
    let project = shop("");
    for arguments in [
        &["deploy", "--yes", "--allow-widening"][..],
        &["plan"],
        &["list"],
        &["invoke"],
        &["destroy", "--yes"],
    ] {
        let started = Instant::now();
        let failed = run(&nowhere, &project, arguments).exits_with(1);
        assert!(
            started.elapsed() < Duration::from_secs(10),
            "{:?}: {failed}",
            started.elapsed()
        );
        let sentence = format!("cannot reach {}: connection refused", nowhere.endpoint);
        assert!(failed.stderr.contains(&sentence), "{failed}");
        assert!(failed.stderr.contains("hint: check the network"), "{failed}");
        assert_eq!(failed.stdout, "");
    }
}

/// Without the flag it would be a minute.
#[test]
fn a_hanging_endpoint_is_given_up_when_its_time_is_over() {
    let (_, through, proxy) = start();
    proxy.inject(on("sts:GetCallerIdentity").always(), Fault::HangBefore);
    let started = Instant::now();
    let failed = at(&through, &shop(""), &["plan", "--call-timeout", "2s"])
        .within(Duration::from_secs(50))
        .run()
        .exits_with(1);
    assert!(started.elapsed() >= Duration::from_secs(2), "{:?}", started.elapsed());
    assert!(failed.stderr.contains("did not answer in time"), "{failed}");
    assert!(failed.stderr.contains("hint: check the network"), "{failed}");
}

#[test]
fn the_attempts_of_a_call_are_those_of_the_environment() {
    let (_, through, proxy) = start();
    let failing = Fault::refuse(500, "InternalFailure", "the service failed");
    proxy.inject(on("sts:GetCallerIdentity").always(), failing);
    let project = shop("");
    let planned = at(&through, &project, &["plan"]).env("AWS_MAX_ATTEMPTS", "1").run();
    let failed = planned.exits_with(1);
    assert_eq!(proxy.names(), ["sts:GetCallerIdentity"], "{failed}");
    assert!(
        failed.stderr.contains("hint: run the command again in a minute"),
        "{failed}"
    );
    let refused = at(&through, &project, &["plan"]).env("AWS_MAX_ATTEMPTS", "0").run();
    let refused = refused.exits_with(1);
    assert!(refused.stderr.contains("`AWS_MAX_ATTEMPTS`"), "{refused}");
}

#[test]
fn a_page_that_is_no_answer_is_said_so() {
    let (_, through, proxy) = start();
    proxy.inject(
        on("sts:GetCallerIdentity").always(),
        Fault::refuse(407, "", "Proxy Authentication Required"),
    );
    let failed = run(&through, &shop(""), &["plan"]).exits_with(1);
    assert!(
        failed.stderr.contains("407") || failed.stderr.contains("Proxy Authentication Required"),
        "{failed}"
    );
}
