//! What leads to a version keeps it, checks come before traffic, and a rollback lands where it should.

use serde_json::{Value, json};

use crate::shop::{deploy, describe, handler, live, run, shop, versions};
use crate::support::command::Project;
use crate::support::proxy::FaultProxy;
use crate::support::proxy::rule::{Fault, on};
use crate::support::servers::{Account, LocalEmu, MiniStack, Server as _};
use crate::support::witness;

/// Publishes one version after the other.
#[track_caller]
fn publish(account: &Account, project: &Project, numbers: std::ops::RangeInclusive<u32>, settings: &str) {
    for number in numbers {
        describe(project, &format!("memory: {}MB\n{settings}", 128 + number));
        deploy(account, project).success();
    }
}

fn call(account: &Account, service: &str, operation: &str, arguments: &Value) -> Value {
    witness(account, &["call", service, operation, &arguments.to_string()])
}

fn numbers(list: &Value) -> Vec<u64> {
    let list = list.as_array().expect("a list");
    list.iter().filter_map(|one| one["version"].as_u64()).collect()
}

/// Versions 1 to 10: an alias, a weight, provisioned concurrency, an event source mapping and the last two ways
/// back hold all but 6 and 7.
fn what_leads_to_a_version_keeps_it(account: &Account) {
    let project = shop("");
    publish(account, &project, 1..=10, "");
    run(account, &project, &["alias", "promote", "old", "--to", "1", "--yes"]).success();
    let split = json!({
        "FunctionName": "shop", "Name": "split", "FunctionVersion": "3",
        "RoutingConfig": { "AdditionalVersionWeights": { "2": 0.1 } },
    });
    call(account, "lambda", "create_alias", &split);
    let provisioned = json!({ "FunctionName": "shop", "Qualifier": "4", "ProvisionedConcurrentExecutions": 1 });
    call(account, "lambda", "put_provisioned_concurrency_config", &provisioned);
    witness(account, &["create-queue", "orders"]);
    let (region, id) = (account.region, &account.id);
    let mapping = json!({
        "FunctionName": format!("arn:aws:lambda:{region}:{id}:function:shop:5"),
        "EventSourceArn": format!("arn:aws:sqs:{region}:{id}:orders"), "Enabled": false,
    });
    call(account, "lambda", "create_event_source_mapping", &mapping);

    let listed = run(account, &project, &["versions", "list", "--format", "json"])
        .success()
        .json();
    let version =
        |number: u64| listed.as_array().expect("a list")[usize::try_from(10 - number).expect("small")].clone();
    assert_eq!(version(10)["aliases"], json!(["live"]), "{listed}");
    assert_eq!(version(3)["aliases"], json!(["split 90%"]), "{listed}");
    assert_eq!(version(2)["aliases"], json!(["split 10%"]), "{listed}");
    assert_eq!(version(4)["provisioned"], 1, "{listed}");
    assert_eq!(
        version(5)["event_sources"].as_array().map(Vec::len),
        Some(1),
        "{listed}"
    );

    let young = run(
        account,
        &project,
        &["versions", "prune", "--keep", "1", "--older-than", "1h", "--yes"],
    );
    assert!(
        young.success().stdout.contains("nothing to remove"),
        "all of them are young"
    );
    let dry = run(
        account,
        &project,
        &["versions", "prune", "--keep", "1", "--dry-run", "--format", "json"],
    );
    let dry = dry.success().json();
    assert_eq!(numbers(&dry["removed"]), [6, 7], "{dry}");
    assert_eq!(numbers(&dry["stays"]), [1, 2, 3, 4, 5, 8, 9], "{dry}");
    let why = |number: usize| dry["stays"][number]["uses"][0]["kind"].clone();
    let kinds = [0, 1, 2, 3, 4, 5, 6].map(why);
    let expected = [
        "alias",
        "alias",
        "alias",
        "provisioned",
        "event_source",
        "way_back",
        "way_back",
    ];
    assert_eq!(kinds, expected.map(Value::from), "{dry}");
    assert_eq!(versions(account).len(), 10, "a dry run removes nothing");

    let proxy = FaultProxy::start(account);
    let through = account.through(&proxy.endpoint());
    let words = "Lambda was unable to delete shop:6 because it is a replicated function";
    proxy.inject(
        on("lambda:DeleteFunction").containing("Qualifier=6").times(2),
        Fault::refuse(400, "InvalidParameterValueException", words),
    );
    let prune = ["versions", "prune", "--keep", "1", "--yes"];
    let partial = run(&through, &project, &prune).exits_with(4);
    assert!(partial.stderr.contains(words), "{partial}");
    assert!(partial.stdout.contains("removed 1 version"), "{partial}");
    let left = ["1", "2", "3", "4", "5", "6", "8", "9", "10"];
    assert_eq!(versions(account), left, "{partial}");
    // Of one that cannot be removed, nothing is done.
    run(&through, &project, &prune).exits_with(1);
    assert_eq!(versions(account), left);
    proxy.reset();
    run(&through, &project, &prune).success();
    assert_eq!(versions(account), ["1", "2", "3", "4", "5", "8", "9", "10"]);
    proxy.reset();
    let done = run(&through, &project, &prune).success();
    assert!(done.stdout.contains("nothing to remove"), "{done}");
    assert_eq!(proxy.writes(), [""; 0]);
    // The ways back lead where they did.
    run(account, &project, &["alias", "rollback", "--to-previous", "2", "--yes"]).success();
    assert_eq!(live(account), "8");
}

#[test]
fn what_leads_to_a_version_keeps_it_on_ministack() {
    what_leads_to_a_version_keeps_it(&MiniStack::shared().account());
}

#[test]
fn what_leads_to_a_version_keeps_it_on_localemu() {
    what_leads_to_a_version_keeps_it(&LocalEmu::shared().account());
}

/// Lambda tells of a hundred mappings at a time.
#[test]
fn mappings_are_read_to_the_last_page() {
    let account = MiniStack::shared().account();
    let project = shop("");
    publish(&account, &project, 1..=4, "");
    witness(&account, &["create-queue", "orders"]);
    witness(&account, &["create-function", "other"]);
    let arn = |service: &str, resource: &str| format!("arn:aws:{service}:{}:{}:{resource}", account.region, account.id);
    let map = |function: &str| {
        let function = arn("lambda", &format!("function:{function}"));
        let mapping = json!({ "FunctionName": function, "EventSourceArn": arn("sqs", "orders"), "Enabled": false });
        call(&account, "lambda", "create_event_source_mapping", &mapping);
    };
    (0..100).for_each(|_| map("other"));
    map("shop:1");
    let pruned = run(&account, &project, &["versions", "prune", "--keep", "1", "--yes"]).success();
    assert!(pruned.stdout.contains("nothing to remove"), "{pruned}");
    assert_eq!(versions(&account), ["1", "2", "3", "4"]);
}

/// A version cannot have a URL of its own, so an alias covers every URL there is.
#[test]
fn versions_have_no_urls() {
    for account in [MiniStack::shared().account(), LocalEmu::shared().account()] {
        let project = shop("");
        deploy(&account, &project).success();
        let url = |qualifier: &str| {
            let arguments = json!({ "FunctionName": "shop", "Qualifier": qualifier, "AuthType": "AWS_IAM" });
            crate::support::witness::ask(
                &account,
                &["call", "lambda", "create_function_url_config", &arguments.to_string()],
            )
        };
        assert!(url("live").is_ok());
        let refused = url("1").expect_err("a version has no URL");
        assert_eq!(refused.status, Some(400), "{refused}");
    }
}

/// Archives of versions that are gone go, those that are needed and what lfn did not put there stay.
#[test]
fn archives_that_no_version_needs_go() {
    let account = MiniStack::shared().account();
    let project = shop("");
    publish(&account, &project, 1..=2, "");
    let bucket = format!("lfn-artifacts-{}-us-east-1", account.id);
    witness(&account, &["create-bucket", &bucket]);
    let needed = hex(&account, "2");
    let keys = [
        format!("lfn/shop/{needed}.zip"),
        // Its version was removed by a run that did not get further.
        format!("lfn/shop/{}.zip", "ab".repeat(32)),
        "lfn/shop/notes.txt".to_owned(),
        format!("lfn/other/{}.zip", "cd".repeat(32)),
    ];
    for key in &keys {
        call(
            &account,
            "s3",
            "put_object",
            &json!({ "Bucket": bucket, "Key": key, "Body": "x" }),
        );
    }
    let pruned = run(&account, &project, &["versions", "prune", "--keep", "5", "--yes"]).success();
    assert!(pruned.stdout.contains("removed 0 versions and 1 archive"), "{pruned}");
    let objects = witness(&account, &["objects", &bucket]);
    let mut left: Vec<&String> = objects.as_object().expect("sizes by key").keys().collect();
    left.sort_unstable();
    let mut expected = [&keys[0], &keys[2], &keys[3]];
    expected.sort_unstable();
    assert_eq!(left, expected);
}

/// The digest of a version's archive as keys have it.
fn hex(account: &Account, version: &str) -> String {
    use base64::Engine as _;
    let digest = witness(account, &["function", "shop", version])["Configuration"]["CodeSha256"].clone();
    let digest = base64::engine::general_purpose::STANDARD
        .decode(digest.as_str().expect("a digest is a text"))
        .expect("a digest is base64");
    digest
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[test]
fn each_deploy_removes_what_the_file_does_not_keep() {
    let account = MiniStack::shared().account();
    let project = shop("");
    let keep = "release: { keep: 2 }\n";
    publish(&account, &project, 1..=4, keep);
    // Version 4 serves; 3 and 2 are its ways back.
    assert_eq!(versions(&account), ["2", "3", "4"]);
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    describe(&project, "memory: 256MB\nrelease: { keep: 2 }\n");
    let planned = run(&through, &project, &["plan"]).success();
    assert!(planned.stdout.contains("- prune              version 2"), "{planned}");
    proxy.reset();
    let deployed = deploy(&through, &project).success();
    let expected = [
        "lambda:UpdateFunctionConfiguration",
        "lambda:PublishVersion",
        "lambda:UpdateAlias",
        "lambda:TagResource",
        "lambda:DeleteFunction",
    ];
    assert_eq!(proxy.writes(), expected, "{deployed}");
    assert_eq!(versions(&account), ["3", "4", "5"]);

    // Unchanged: no write, and two reads more than without the key.
    let reads = |settings: &str| {
        describe(&project, settings);
        proxy.reset();
        let unchanged = deploy(&through, &project).success();
        assert!(unchanged.stderr.contains("nothing to do"), "{unchanged}");
        assert_eq!(proxy.writes(), [""; 0]);
        let mut names = proxy.names();
        names.sort_unstable();
        names
    };
    let with = reads("memory: 256MB\nrelease: { keep: 5 }\n");
    let without = reads("memory: 256MB\n");
    let mut more = with.clone();
    for name in &without {
        let at = more.iter().position(|one| one == name).expect("asked in both cases");
        more.remove(at);
    }
    assert_eq!(more, ["lambda:ListVersionsByFunction", "s3:ListObjectsV2"]);

    // A version that cannot be removed is no reason to fail: the release is done.
    describe(&project, "memory: 300MB\nrelease: { keep: 1 }\n");
    proxy.reset();
    proxy.inject(
        on("lambda:DeleteFunction"),
        Fault::refuse(400, "InvalidParameterValueException", "it is a replicated function"),
    );
    let warned = deploy(&through, &project).success();
    assert!(warned.stderr.contains("version 3 was not removed"), "{warned}");
    assert!(warned.stderr.contains("it is a replicated function"), "{warned}");
    assert_eq!(live(&account), "6");
    // Nothing else to do, and still something to remove.
    proxy.reset();
    let pruned = deploy(&through, &project).success();
    assert_eq!(proxy.writes(), ["lambda:DeleteFunction"], "{pruned}");
    assert_eq!(versions(&account), ["4", "5", "6"]);
}

fn a_rollback_lands_on_the_right_version(account: &Account) {
    let project = shop("");
    publish(account, &project, 1..=3, "");
    let rollback = |more: &[&str]| {
        let arguments: Vec<&str> = ["alias", "rollback", "--yes"].iter().chain(more).copied().collect();
        run(account, &project, &arguments)
    };
    // Someone else moves the alias: 3 to 1.
    let moved = |version: &str| json!({ "FunctionName": "shop", "Name": "live", "FunctionVersion": version });
    call(account, "lambda", "update_alias", &moved("1"));
    rollback(&[]).success();
    assert_eq!(live(account), "3", "where it was before the other tool");
    rollback(&[]).success();
    assert_eq!(live(account), "2");
    run(account, &project, &["alias", "promote", "live", "--to", "3", "--yes"]).success();

    // A split, by another tool, and back to it with its weights.
    let mut split = moved("3");
    split["RoutingConfig"] = json!({ "AdditionalVersionWeights": { "2": 0.25 } });
    call(account, "lambda", "update_alias", &split);
    publish(account, &project, 4..=4, "");
    let back = rollback(&["--format", "json"]).success().json();
    assert_eq!(back["to"], json!({ "version": 3, "weights": { "2": 0.25 } }), "{back}");
    let alias = witness(account, &["aliases", "shop"])["live"].clone();
    assert_eq!(
        (&alias["FunctionVersion"], &alias["Weights"]["2"]),
        (&json!("3"), &json!(0.25))
    );

    // A removal takes nothing that a rollback may lead to.
    publish(account, &project, 5..=6, "");
    let pruned = run(
        account,
        &project,
        &["versions", "prune", "--keep", "1", "--yes", "--format", "json"],
    );
    let pruned = pruned.success().json();
    assert_eq!(numbers(&pruned["removed"]), [1, 4], "{pruned}");
    rollback(&[]).success();
    assert_eq!(live(account), "5");
    rollback(&[]).success();
    assert_eq!(live(account), "3");
    // What is gone is named, and so is what is left.
    call(
        account,
        "lambda",
        "update_alias",
        &json!({
            "FunctionName": "shop", "Name": "live", "FunctionVersion": "6", "RoutingConfig": { "AdditionalVersionWeights": {} },
        }),
    );
    call(
        account,
        "lambda",
        "delete_function",
        &json!({ "FunctionName": "shop", "Qualifier": "2" }),
    );
    let gone = rollback(&[]).exits_with(1);
    assert!(
        gone.stderr
            .contains("version 2, which `live` pointed at before, was deleted since"),
        "{gone}"
    );
    assert!(gone.stderr.contains("--to-previous "), "{gone}");
    assert_eq!(live(account), "6");
}

#[test]
fn a_rollback_lands_on_the_right_version_on_ministack() {
    a_rollback_lands_on_the_right_version(&MiniStack::shared().account());
}

#[test]
fn a_rollback_lands_on_the_right_version_on_localemu() {
    a_rollback_lands_on_the_right_version(&LocalEmu::shared().account());
}

const TRIED: &str = "\
import time

def handler(event, context):
    if event.get('sleep') == 'EDITION':
        time.sleep(30)
    if event.get('fail') == 'EDITION':
        print('about to fail')
        raise ValueError('no such table')
    return 'EDITION'
";

fn a_version_is_tried_before_it_serves(account: &Account) {
    let project = shop("");
    let code = |edition: &str| {
        project.write("app.py", TRIED.replace("EDITION", edition));
    };
    let settings = "timeout: 3s\nrelease: { check: events/smoke.json }\npackage: { exclude: [events/] }\n";
    describe(&project, settings);
    project.write("events/smoke.json", r#"{"fail": "second", "sleep": "third"}"#);
    code("first");
    let passed = deploy(account, &project).success();
    assert!(passed.stderr.contains("events/smoke.json"), "{passed}");
    assert_eq!(live(account), "1");

    code("second");
    let failed = deploy(account, &project).exits_with(5);
    assert!(failed.stderr.contains("ValueError: no such table"), "{failed}");
    assert!(failed.stderr.contains("about to fail"), "the log is shown: {failed}");
    assert!(failed.stderr.contains("`live` serves version 1, as before"), "{failed}");
    assert!(
        failed.stderr.ends_with("hint: fix the function and deploy again\n"),
        "{failed}"
    );
    assert_eq!(live(account), "1");
    let again = deploy(account, &project).exits_with(5);
    assert_eq!(
        versions(account),
        ["1", "2"],
        "the version is tried again, not made again: {again}"
    );
    let promoted = run(account, &project, &["alias", "promote", "live", "--yes"]).exits_with(5);
    assert!(
        promoted.stderr.contains("no such table") && promoted.stderr.contains("--skip-check"),
        "{promoted}"
    );
    assert_eq!(live(account), "1");

    code("third");
    let late = deploy(account, &project).exits_with(5);
    assert!(late.stderr.to_lowercase().contains("timed out"), "{late}");
    assert_eq!(live(account), "1");
    let skipped = run(
        account,
        &project,
        &["alias", "promote", "live", "--skip-check", "--yes"],
    )
    .success();
    assert!(skipped.stderr.contains("was skipped"), "{skipped}");
    assert_eq!(live(account), "3");
    // A rollback is at once.
    run(account, &project, &["alias", "rollback", "--yes"]).success();
    assert_eq!(live(account), "1");

    project.write("events/smoke.expect.json", r#"{ "result": "third" }"#);
    code("fourth");
    let other = deploy(account, &project).exits_with(5);
    for part in [
        "events/smoke.expect.json",
        "expected  \"third\"",
        "got       \"fourth\"",
    ] {
        assert!(other.stderr.contains(part), "{part}: {other}");
    }
    let promoted = run(account, &project, &["alias", "promote", "live", "--yes"]).exits_with(5);
    assert!(promoted.stderr.contains("got       \"fourth\""), "{promoted}");
    assert_eq!(live(account), "1");
    project.write("events/smoke.expect.json", r#"{ "schema": { "const": "fourth" } }"#);
    deploy(account, &project).success();
    assert_eq!(live(account), "4");
    project.write("events/smoke.json", "{");
    code("fifth");
    let unsound = deploy(account, &project).exits_with(1);
    assert!(unsound.stderr.contains("is not JSON"), "{unsound}");
    let validated = run(account, &project, &["validate"]).exits_with(1);
    assert!(validated.stderr.contains("is not JSON"), "{validated}");
    assert_eq!(versions(account).len(), 4);
}

#[test]
fn a_version_is_tried_before_it_serves_on_ministack() {
    a_version_is_tried_before_it_serves(&MiniStack::shared().account());
}

#[test]
fn a_version_is_tried_before_it_serves_on_localemu() {
    a_version_is_tried_before_it_serves(&LocalEmu::shared().account());
}

/// `files` are what tells the archives of two versions apart.
fn a_move_is_shown_before_it_is_made(account: &Account, files: &[&str]) {
    let project = shop("env: { OLD: hush-hush-1, SAME: hush-hush-2 }\n");
    deploy(account, &project).success();
    project.write("app.py", handler("second and longer"));
    project.write("extra.py", "X = 1\n");
    describe(
        &project,
        "memory: 256MB\nenv: { NEW: hush-hush-3, SAME: hush-hush-4 }\n",
    );
    deploy(account, &project).success();
    run(account, &project, &["alias", "promote", "beta", "--to", "1", "--yes"]).success();
    let proxy = FaultProxy::start(account);
    let through = account.through(&proxy.endpoint());
    let shown = run(
        &through,
        &project,
        &["alias", "promote", "beta", "--from", "live", "--dry-run"],
    )
    .success();
    let settings = ["128 MB → 256 MB", "- env OLD", "~ env SAME", "+ env NEW", "= role"];
    for line in settings.iter().chain(files) {
        assert!(shown.stdout.contains(line), "no `{line}`: {shown}");
    }
    assert!(!shown.stdout.contains("hush"), "{shown}");
    let value = run(
        &through,
        &project,
        &["alias", "promote", "beta", "--dry-run", "--format", "json"],
    );
    let value = value.success().json();
    assert_eq!(value["comparison"]["code"]["state"], "changed", "{value}");
    assert_eq!(value["dry_run"], true);
    // A rollback looks into no archive: that would ask once more about each of the two versions.
    proxy.reset();
    let back = run(&through, &project, &["alias", "rollback", "--dry-run"]).success();
    assert!(
        back.stdout.contains("~ code") && !back.stdout.contains("extra.py"),
        "{back}"
    );
    assert_eq!(
        proxy
            .names()
            .iter()
            .filter(|name| *name == "lambda:GetFunction")
            .count(),
        3
    );
    assert_eq!(proxy.writes(), [""; 0]);
    // Code that cannot be read is said, and stops nothing. Both versions are looked at before their code.
    proxy.inject(
        on("lambda:GetFunction").containing("Qualifier=").after(2),
        Fault::refuse(403, "AccessDeniedException", "no"),
    );
    let unread = run(&through, &project, &["alias", "promote", "beta", "--yes"]).success();
    assert!(unread.stderr.contains("which files is not known"), "{unread}");
    let beta = witness(account, &["aliases", "shop"])["beta"]["FunctionVersion"].clone();
    assert_eq!(beta, "2");
}

#[test]
fn a_move_is_shown_before_it_is_made_on_ministack() {
    // MiniStack gives every version the code of `$LATEST`.
    a_move_is_shown_before_it_is_made(&MiniStack::shared().account(), &["~ code"]);
}

#[test]
fn a_move_is_shown_before_it_is_made_on_localemu() {
    a_move_is_shown_before_it_is_made(&LocalEmu::shared().account(), &["~ code", "~ app.py", "+ extra.py"]);
}
