//! Plan files with the built binary: on a server, between two runs, and with secrets to hide.

use serde_json::json;

use crate::shop::{at, describe, handler, live, run, shop, without_ledger};
use crate::support::proxy::FaultProxy;
use crate::support::proxy::rule::{Fault, on};
use crate::support::servers::{MiniStack, Server as _};
use crate::support::witness;

const SETTINGS: &str = "env: { PLAIN: planted-one-4711, KEY: \"${ssm:/shop/key}\" }\nallow: [get s3://photos/in/*]\n";
const NEXT: &str =
    "memory: 256MB\nenv: { PLAIN: planted-two-0815, KEY: \"${ssm:/shop/key}\" }\nallow: [get s3://photos/*]\n";
const SECRETS: [&str; 3] = ["planted-one-4711", "planted-two-0815", "planted-in-ssm-42"];

#[test]
fn what_was_reviewed_is_applied_from_a_clean_checkout() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    witness(&account, &["put-parameter", "/shop/key", SECRETS[2]]);
    let project = shop(SETTINGS);
    run(&account, &project, &["plan", "--out", "plan.lfn"]).success();
    run(&account, &project, &["deploy", "--plan", "plan.lfn"]).success();
    assert_eq!(live(&account), "1");

    describe(&project, NEXT);
    project.write("app.py", handler("second"));
    let planned = run(&account, &project, &["plan", "--out", "plan.lfn"]).success();
    let plan = project.read("plan.lfn");
    for secret in SECRETS {
        assert!(!plan.contains(secret), "`{secret}` is in the file");
    }
    // As a pipeline has it: the same files elsewhere, and the plan of another job.
    let checkout = shop(NEXT);
    checkout.write("app.py", handler("second"));
    checkout.write("from-the-other-job/plan.lfn", plan);
    let applied = run(
        &through,
        &checkout,
        &["deploy", "--plan", "from-the-other-job/plan.lfn"],
    )
    .success();
    for step in planned
        .stdout
        .lines()
        .filter(|line| line.trim_start().starts_with(['+', '~']))
    {
        assert!(applied.stderr.contains(step), "{step}\n{applied}");
    }
    assert_eq!(live(&account), "2");
    proxy.reset();
    let again = run(
        &through,
        &checkout,
        &["deploy", "--plan", "from-the-other-job/plan.lfn"],
    )
    .success();
    assert!(again.stderr.contains("applied already"), "{again}");
    assert_eq!(proxy.writes(), [""; 0]);
}

#[test]
fn what_others_do_between_plan_and_deploy_is_named() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    witness(&account, &["put-parameter", "/shop/key", SECRETS[2]]);
    let project = shop(SETTINGS);
    run(&account, &project, &["deploy", "--yes"]).success();
    describe(&project, NEXT);
    let call = |service: &str, operation: &str, arguments: &serde_json::Value| {
        witness(&account, &["call", service, operation, &arguments.to_string()]);
    };
    let everybody = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "sts:AssumeRole" }] });
    let moves: [(&str, &dyn Fn()); 6] = [
        ("environment", &|| {
            witness(&account, &["put-parameter", "/shop/key", "another"]);
        }),
        ("timeout", &|| {
            let timeout = json!({ "FunctionName": "shop", "Timeout": 77 });
            call("lambda", "update_function_configuration", &timeout);
        }),
        ("role trust", &|| {
            let trust = json!({ "RoleName": "shop-us-east-1", "PolicyDocument": everybody.to_string() });
            call("iam", "update_assume_role_policy", &trust);
        }),
        ("other policies", &|| {
            let name = json!({ "RoleName": "shop-us-east-1", "PolicyName": "more", "PolicyDocument":
                json!({ "Version": "2012-10-17", "Statement": [
                    { "Effect": "Allow", "Action": "s3:DeleteObject", "Resource": "*" }] }).to_string() });
            call("iam", "put_role_policy", &name);
        }),
        ("alias", &|| {
            let version = json!({ "FunctionName": "shop" });
            call("lambda", "publish_version", &version);
            let move_it = json!({ "FunctionName": "shop", "Name": "live", "FunctionVersion": "2" });
            call("lambda", "update_alias", &move_it);
        }),
        ("code", &|| {
            witness(&account, &["update-code", "shop", &handler("foreign")]);
        }),
    ];
    for (what, happens) in moves {
        run(&account, &project, &["plan", "--out", "plan.lfn"]).success();
        happens();
        proxy.reset();
        let stopped = run(&through, &project, &["deploy", "--plan", "plan.lfn"]).exits_with(1);
        assert!(
            stopped.stderr.contains("does not hold any more; nothing was changed"),
            "{what}: {stopped}"
        );
        assert!(stopped.stderr.contains(what), "{what}: {stopped}");
        assert_eq!(proxy.writes(), [""; 0], "{what}: {stopped}");
        assert_eq!(stopped.stdout, "");
    }
}

#[test]
fn a_change_between_the_comparison_and_the_write_is_not_overwritten() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    witness(&account, &["put-parameter", "/shop/key", SECRETS[2]]);
    let project = shop(SETTINGS);
    run(&account, &project, &["deploy", "--yes"]).success();
    project.write("app.py", handler("second"));
    run(&account, &project, &["plan", "--out", "plan.lfn"]).success();
    let second = std::time::Duration::from_secs(1);
    proxy.inject(on("lambda:UpdateFunctionCode"), Fault::Delay(second));
    let running = at(&through, &project, &["deploy", "--plan", "plan.lfn"]).start();
    proxy.wait_for("lambda:UpdateFunctionCode", 20 * second);
    let timeout = json!({ "FunctionName": "shop", "Timeout": 77 }).to_string();
    witness(&account, &["call", "lambda", "update_function_configuration", &timeout]);
    let stopped = running.wait().exits_with(1);
    assert!(
        stopped.stderr.contains("changed by someone else since lfn looked"),
        "{stopped}"
    );
    assert_eq!(live(&account), "1");
    assert_eq!(witness(&account, &["function", "shop"])["Configuration"]["Timeout"], 77);
    let tags = without_ledger(&witness(&account, &["function", "shop"])["Tags"]);
    assert_eq!(tags, json!({ "lfn:function": "shop" }));
}
