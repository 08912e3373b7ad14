//! What others change behind lfn's back, and what is theirs to begin with.

use std::time::Duration;

use serde_json::{Value, json};

use crate::shop::{answer, at, deploy, describe, handler, live, run, shop, versions, without_ledger};
use crate::support::proxy::FaultProxy;
use crate::support::proxy::rule::{Fault, on};
use crate::support::servers::{Account, LocalEmu, MiniStack, Server as _};
use crate::support::witness;

const SETTINGS: &str = "env: { COLOR: green }\nallow: [get s3://photos/in/*]\nlogs: { retention: 14d }\nretries: 0\n\
                        concurrency: { reserved: 5 }\ntags: { team: shop }\n";
const ROLE: &str = "shop-us-east-1";
const GROUP: &str = "/aws/lambda/shop";

/// Everything that a deploy makes, without what time changes.
fn everything(account: &Account) -> Value {
    let function = witness(account, &["function", "shop", "live"]);
    let configuration = &function["Configuration"];
    let kept = [
        "Environment",
        "MemorySize",
        "Role",
        "CodeSha256",
        "LoggingConfig",
        "Handler",
    ];
    let kept: Value = kept
        .map(|name| (name.to_owned(), configuration[name].clone()))
        .into_iter()
        .collect();
    let latest = witness(account, &["function", "shop"]);
    json!({
        "configuration": kept,
        "tags": without_ledger(&latest["Tags"]),
        "reserved": latest["ReservedConcurrentExecutions"],
        "code": latest["Configuration"]["CodeSha256"],
        "role": witness(account, &["role", ROLE]),
        "group": witness(account, &["log-group", GROUP]),
        "retries": witness(account, &["event-invoke-config", "shop", "live"])["MaximumRetryAttempts"],
    })
}

/// One thing that someone does, and the writes that put it right.
struct Change {
    what: &'static str,
    /// The witness's commands.
    done: Vec<Vec<String>>,
    writes: &'static [&'static str],
}

fn command(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn call(service: &str, operation: &str, arguments: &Value) -> Vec<String> {
    command(&["call", service, operation, &arguments.to_string()])
}

fn changes_to_the_role(policy: &str) -> Vec<Change> {
    let everybody = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": "*" }, "Action": "sts:AssumeRole" }] });
    let trust = json!({ "RoleName": ROLE, "PolicyDocument": everybody.to_string() });
    let policy = json!({ "RoleName": ROLE, "PolicyName": policy });
    vec![
        Change {
            what: "the role's policy is gone",
            done: vec![call("iam", "delete_role_policy", &policy)],
            writes: &["iam:PutRolePolicy"],
        },
        Change {
            what: "everybody may assume the role",
            done: vec![call("iam", "update_assume_role_policy", &trust)],
            writes: &["iam:UpdateAssumeRolePolicy"],
        },
        Change {
            what: "the role is gone",
            done: vec![command(&["delete-role", ROLE])],
            writes: &["iam:CreateRole", "iam:PutRolePolicy"],
        },
    ]
}

fn changes_beside_the_function() -> Vec<Change> {
    vec![
        Change {
            what: "the log group is gone",
            done: vec![command(&["delete-log-group", GROUP])],
            writes: &["logs:CreateLogGroup", "logs:PutRetentionPolicy"],
        },
        Change {
            what: "logs are kept for ever",
            done: vec![call(
                "logs",
                "delete_retention_policy",
                &json!({ "logGroupName": GROUP }),
            )],
            writes: &["logs:PutRetentionPolicy"],
        },
        Change {
            // Its asynchronous settings go with it.
            what: "the alias is gone",
            done: vec![call(
                "lambda",
                "delete_alias",
                &json!({ "FunctionName": "shop", "Name": "live" }),
            )],
            writes: &[
                "lambda:CreateAlias",
                "lambda:TagResource",
                "lambda:PutFunctionEventInvokeConfig",
            ],
        },
    ]
}

fn changes_to_the_function(arn: &str) -> Vec<Change> {
    let name = json!({ "FunctionName": "shop" });
    let retries = json!({ "FunctionName": "shop", "Qualifier": "live", "MaximumRetryAttempts": 2 });
    let color = json!({ "FunctionName": "shop", "Environment": { "Variables": { "COLOR": "red" } } });
    vec![
        Change {
            what: "a tag is gone",
            done: vec![call(
                "lambda",
                "untag_resource",
                &json!({ "Resource": arn, "TagKeys": ["team"] }),
            )],
            writes: &["lambda:TagResource"],
        },
        Change {
            what: "the reserve is given up",
            done: vec![call("lambda", "delete_function_concurrency", &name)],
            writes: &["lambda:PutFunctionConcurrency"],
        },
        Change {
            what: "failures are retried",
            done: vec![call("lambda", "put_function_event_invoke_config", &retries)],
            writes: &["lambda:PutFunctionEventInvokeConfig"],
        },
        Change {
            // Version 1 is what lambda.yaml describes, and stays live; `$LATEST` alone has drifted.
            what: "a variable has another value",
            done: vec![call("lambda", "update_function_configuration", &color)],
            writes: &["lambda:UpdateFunctionConfiguration"],
        },
        Change {
            what: "the code is another",
            done: vec![command(&["update-code", "shop", &handler("foreign")])],
            writes: &["lambda:UpdateFunctionCode"],
        },
    ]
}

#[test]
fn what_others_changed_is_seen_and_put_right() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    let project = shop(SETTINGS);
    deploy(&through, &project).success();
    let calm = everything(&account);
    let policies = calm["role"]["Inline"].as_object().expect("policies by name");
    let policy = policies.keys().next().expect("the role has a policy");
    let arn = format!("arn:aws:lambda:us-east-1:{}:function:shop", account.id);
    let changes = [
        changes_to_the_role(policy),
        changes_beside_the_function(),
        changes_to_the_function(&arn),
    ];
    for Change { what, done, writes } in changes.into_iter().flatten() {
        for command in done {
            witness(&account, &command.iter().map(String::as_str).collect::<Vec<_>>());
        }
        let planned = run(&through, &project, &["plan", "--exit-code"]).exits_with(3);
        proxy.reset();
        let deployed = deploy(&through, &project).success();
        assert_eq!(proxy.writes(), writes, "{what}: {planned}");
        assert_eq!(everything(&account), calm, "{what}: {deployed}");
        let again = deploy(&through, &project).success();
        assert!(again.stderr.contains("nothing to do"), "{what}: {again}");
        assert_eq!(answer(&account)["edition"], "first", "{what}");
    }
}

#[test]
fn a_function_that_lfn_did_not_make_is_taken_over_only_when_asked() {
    let account = MiniStack::shared().account();
    witness(&account, &["create-function", "shop", &handler("foreign")]);
    let before = witness(&account, &["function", "shop"]);
    let project = shop("");
    let refused = deploy(&account, &project).exits_with(1);
    assert!(refused.stderr.contains("was not made by lfn"), "{refused}");
    assert!(refused.stderr.contains("--adopt"), "{refused}");
    let kept = run(&account, &project, &["destroy", "--yes"]).success();
    assert!(kept.stderr.contains("kept: function shop: not made by lfn"), "{kept}");
    assert_eq!(witness(&account, &["function", "shop"]), before);

    run(&account, &project, &["deploy", "--yes", "--allow-widening", "--adopt"]).success();
    assert_eq!(answer(&account)["edition"], "first");
    let again = deploy(&account, &project).success();
    assert!(again.stderr.contains("nothing to do"), "{again}");
}

#[test]
fn a_role_or_a_log_group_of_that_name_that_is_not_lfns_stays_as_it_is() {
    let account = MiniStack::shared().account();
    witness(&account, &["create-role", ROLE]);
    let before = witness(&account, &["role", ROLE]);
    let project = shop("");
    let refused = deploy(&account, &project).exits_with(1);
    assert!(
        refused.stderr.contains(&format!("the role `{ROLE}` exists")),
        "{refused}"
    );
    assert!(refused.stderr.contains("role: ARN"), "{refused}");
    assert_eq!(witness(&account, &["role", ROLE]), before);
    assert_eq!(witness(&account, &["functions"]), json!([]));

    // Used as it is, and kept as it is.
    let arn = before["Arn"].as_str().expect("a role has an ARN");
    witness(&account, &["create-log-group", GROUP]);
    describe(&project, &format!("role: \"{arn}\"\n"));
    deploy(&account, &project).success();
    assert_eq!(witness(&account, &["function", "shop"])["Configuration"]["Role"], arn);
    run(&account, &project, &["destroy", "--yes"]).success();
    assert_eq!(witness(&account, &["functions"]), json!([]));
    assert_eq!(witness(&account, &["role", ROLE]), before);
    assert!(witness(&account, &["log-group", GROUP]).is_object());
}

#[test]
fn a_split_of_the_traffic_is_shown_and_ended_by_the_next_deploy() {
    // LocalEmu splits for real; MiniStack keeps weights and does not apply them.
    let account = LocalEmu::shared().account();
    let project = shop("");
    deploy(&account, &project).success();
    project.write("app.py", handler("second"));
    deploy(&account, &project).success();
    let split = json!({
        "FunctionName": "shop", "Name": "live", "FunctionVersion": "2",
        "RoutingConfig": { "AdditionalVersionWeights": { "1": 0.5 } },
    });
    witness(&account, &["call", "lambda", "update_alias", &split.to_string()]);
    let listed = run(&account, &project, &["alias", "list"]).success();
    assert!(listed.stdout.contains("50% on 1"), "{listed}");
    let used = run(&account, &project, &["versions", "list"]).success();
    assert_eq!(used.stdout.matches("live 50%").count(), 2, "{used}");
    let deployed = deploy(&account, &project).success();
    assert!(deployed.stderr.contains("this deploy ends the split"), "{deployed}");
    let alias = &witness(&account, &["aliases", "shop"])["live"];
    assert_eq!(
        (&alias["FunctionVersion"], &alias["Weights"]),
        (&json!("2"), &json!({}))
    );
    assert_eq!(versions(&account), ["1", "2"]);
}

#[test]
fn two_deploys_at_a_time_end_in_one_release() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    let project = shop("");
    deploy(&account, &project).success();
    project.write("app.py", handler("second"));
    // Both have looked before either writes.
    proxy.inject(
        on("lambda:UpdateFunctionCode").times(2),
        Fault::Delay(Duration::from_secs(1)),
    );
    let runs = [(); 2].map(|()| at(&through, &project, &["deploy", "--yes", "--allow-widening"]).start());
    for run in runs {
        let ended = run.wait();
        let words = ["deployed", "changed by someone else"];
        assert!(words.iter().any(|said| ended.stderr.contains(said)), "{ended}");
    }
    deploy(&account, &project).success();
    assert_eq!((versions(&account).len(), live(&account)), (2, json!("2")));
    assert_eq!(answer(&account)["edition"], "second");
}

#[test]
fn stages_live_side_by_side() {
    let account = MiniStack::shared().account();
    let project = shop("");
    let text = "name: shop-${stage}\nruntime: python3.13\nhandler: app.handler\nenv: { STAGE: \"${stage}\" }\n\
                stages: { dev: {}, prod: { memory: 256MB } }\n";
    project.write("lambda.yaml", text);
    for stage in ["dev", "prod"] {
        run(
            &account,
            &project,
            &["deploy", "--yes", "--allow-widening", "--stage", stage],
        )
        .success();
    }
    assert_eq!(witness(&account, &["functions"]), json!(["shop-dev", "shop-prod"]));
    let prod = witness(&account, &["function", "shop-prod"]);
    assert_eq!(prod["Configuration"]["MemorySize"], 256);
    assert_eq!(
        without_ledger(&prod["Tags"]),
        json!({ "lfn:function": "shop-prod", "lfn:stage": "prod" })
    );
    run(&account, &project, &["destroy", "--yes", "--stage", "dev"]).success();
    assert_eq!(witness(&account, &["functions"]), json!(["shop-prod"]));
    assert_eq!(witness(&account, &["roles"]).as_array().map(Vec::len), Some(1));
    let unknown = run(
        &account,
        &project,
        &["deploy", "--yes", "--allow-widening", "--stage", "pord"],
    )
    .exits_with(1);
    assert!(unknown.stderr.contains("prod"), "{unknown}");
}
