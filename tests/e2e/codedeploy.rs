//! Handing the shift of an alias to CodeDeploy. A stand-in of the tests' own plays CodeDeploy, in front of
//! a server that has the function; the witness moves the alias as CodeDeploy would.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::shop::{at, deploy, describe, handler, live, run, shop};
use crate::support::codedeploy::CodeDeploy;
use crate::support::command::{Finished, Lfn, Project, Running};
use crate::support::proxy::FaultProxy;
use crate::support::proxy::rule::{Fault, on};
use crate::support::servers::{Account, LocalEmu, MiniStack, Server as _};
use crate::support::witness;

const SOON: Duration = Duration::from_secs(30);
const CANARY: [&str; 4] = ["--canary", "10%", "--for", "10m"];

/// Two versions, `live` on the first one.
pub struct Stage {
    pub account: Account,
    pub through: Account,
    pub proxy: FaultProxy,
    codedeploy: Arc<CodeDeploy>,
    pub project: Project,
}

pub fn stage(settings: &str) -> Stage {
    let account = MiniStack::shared().account();
    let project = shop(settings);
    deploy(&account, &project).success();
    project.write("app.py", handler("second"));
    deploy(&account, &project).success();
    run(&account, &project, &["alias", "promote", "live", "--to", "1", "--yes"]).success();
    for name in ["shop-errors", "shop-slow"] {
        witness(&account, &["alarm", name, "OK"]);
    }
    let proxy = FaultProxy::start(&account);
    Stage {
        through: account.through(&proxy.endpoint()),
        codedeploy: CodeDeploy::behind(&proxy),
        account,
        proxy,
        project,
    }
}

impl Stage {
    fn promote<'a>(&'a self, to: &str, more: &[&str]) -> Lfn<'a> {
        let arguments = [
            "alias",
            "promote",
            "live",
            "--to",
            to,
            "--engine",
            "codedeploy",
            "--yes",
        ];
        at(&self.through, &self.project, &arguments).args(more.iter().copied())
    }

    /// Hands the canary to CodeDeploy, and returns once lfn watches it.
    fn handed(&self, more: &[&str]) -> Running {
        let running = self.promote("2", &[&CANARY[..], more].concat()).start();
        self.proxy.wait_for("codedeploy:ListDeploymentTargets", SOON);
        running
    }

    /// Moves the alias as CodeDeploy would.
    fn shift(&self, version: &str, weights: &Value) {
        let update = json!({
            "FunctionName": "shop", "Name": "live", "FunctionVersion": version,
            "RoutingConfig": { "AdditionalVersionWeights": weights },
        });
        witness(&self.account, &["call", "lambda", "update_alias", &update.to_string()]);
    }

    /// Everything goes over, and CodeDeploy says that it is done.
    fn succeed(&self) {
        self.shift("2", &json!({}));
        self.codedeploy.becomes("Succeeded");
    }

    fn history(&self) -> Value {
        run(&self.account, &self.project, &["alias", "history", "--format", "json"])
            .success()
            .json()
    }

    /// Promotes from the beginning to the end.
    fn promoted(&self, more: &[&str]) -> Finished {
        self.promoted_by(&[&CANARY[..], more].concat())
    }

    /// The same with these stages.
    pub fn promoted_by(&self, stages: &[&str]) -> Finished {
        let before = self.codedeploy.deployments().len();
        let running = self.promote("2", stages).start();
        until("a deployment", || self.codedeploy.deployments().len() > before);
        self.succeed();
        running.wait().success()
    }
}

/// Waits until what is looked at is so.
#[track_caller]
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < SOON, "never: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_canary_is_handed_over_watched_and_written_down() {
    let stage = stage("release: { alarms: [shop-errors] }\n");
    let running = stage.handed(&["--alarm", "shop-slow", "--because", "faster thumbnails"]);
    assert_eq!(live(&stage.account), "1", "lfn leaves the alias to CodeDeploy");

    stage.codedeploy.becomes("InProgress");
    stage
        .codedeploy
        .shows(&[("BeforeAllowTraffic", "Succeeded"), ("AllowTraffic", "InProgress")]);
    stage.shift("1", &json!({ "2": 0.1 }));
    let looks = |stage: &Stage| {
        let names = stage.proxy.names();
        names
            .iter()
            .filter(|name| *name == "codedeploy:GetDeploymentTarget")
            .count()
    };
    until("two looks", || looks(&stage) >= 2);
    stage.succeed();
    let done = running.wait().success();
    for line in [
        "✓ + CodeDeploy application lfn-shop",
        "✓ + deployment group live: CodeDeployDefault.LambdaCanary10Percent10Minutes",
        "✓ deployment d-000000001: 10% for 10 minutes, then 100%",
        "✓ BeforeAllowTraffic",
        "waiting for CodeDeploy (InProgress, 10% of the traffic at version 2)",
    ] {
        assert!(done.stderr.contains(line), "{line}: {done}");
    }
    assert_eq!(done.stdout, "shop:live 1 → 2\n");

    let history = stage.history();
    let newest = &history[0];
    assert_eq!(newest["by"], "promote", "{history:#}");
    assert_eq!(
        (&newest["from"]["version"], &newest["to"]["version"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(newest["because"], "faster thumbnails");
    run(&stage.account, &stage.project, &["alias", "rollback", "--yes"]).success();
    assert_eq!(live(&stage.account), "1", "a rollback knows where it came from");
}

#[test]
fn what_is_sent_is_what_was_asked_for() {
    let stage = stage("release: { alarms: [shop-errors] }\n");
    stage.promoted(&["--alarm", "shop-slow"]);
    let standing = stage.codedeploy.standing();
    let group = &standing["groups"][0];
    assert_eq!(
        group["alarmConfiguration"],
        json!({
            "enabled": true, "ignorePollAlarmFailure": false,
            "alarms": [{ "name": "shop-errors" }, { "name": "shop-slow" }],
        })
    );
    assert_eq!(
        group["autoRollbackConfiguration"],
        json!({
            "enabled": true,
            "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
        })
    );
    assert_eq!(
        group["deploymentStyle"],
        json!({ "deploymentType": "BLUE_GREEN", "deploymentOption": "WITH_TRAFFIC_CONTROL" })
    );
    let ours = json!([{ "Key": "lfn:function", "Value": "shop" }]);
    assert_eq!(
        standing["tags"],
        json!({ "application:lfn-shop": ours, "deploymentgroup:lfn-shop/live": ours })
    );

    let role = witness(&stage.account, &["role", "lfn-codedeploy-shop-us-east-1"]);
    assert_eq!(group["serviceRoleArn"], role["Arn"]);
    assert_eq!(
        (&role["Path"], &role["Tags"]),
        (&json!("/lfn/"), &json!({ "lfn:function": "shop" }))
    );
    let trust = &role["Trust"]["Statement"][0];
    assert_eq!(trust["Principal"]["Service"], "codedeploy.amazonaws.com");
    let id = &stage.account.id;
    let groups = format!("arn:aws:codedeploy:us-east-1:{id}:deploymentgroup:lfn-shop/*");
    assert_eq!(
        trust["Condition"],
        json!({ "StringEquals": { "aws:SourceAccount": id }, "StringLike": { "aws:SourceArn": groups } })
    );
    let rights = role["Inline"]["live"]["Statement"].to_string();
    for action in ["lambda:UpdateAlias", "lambda:GetAlias", "cloudwatch:DescribeAlarms"] {
        assert!(rights.contains(action), "{rights}");
    }

    let deployment = &stage.codedeploy.deployments()[0];
    let content = deployment["revision"]["appSpecContent"]["content"].as_str().unwrap();
    let spec: Value = serde_json::from_str(content).unwrap();
    assert_eq!(
        spec["Resources"][0]["shop"]["Properties"],
        json!({ "Name": "shop", "Alias": "live", "CurrentVersion": "1", "TargetVersion": "2" })
    );
    assert!(
        deployment["description"]
            .as_str()
            .unwrap()
            .contains("lfn alias promote")
    );
}

#[test]
fn a_second_promote_uses_what_the_first_one_made() {
    let stage = stage("");
    stage.promoted(&[]);
    let standing = stage.codedeploy.standing();
    run(&stage.account, &stage.project, &["alias", "rollback", "--yes"]).success();
    stage.proxy.reset();
    stage.promoted(&[]);
    assert_eq!(stage.codedeploy.standing(), standing);
    assert_eq!(
        stage.proxy.writes(),
        [
            "codedeploy:CreateDeployment",
            "lambda:UpdateAlias",
            "lambda:TagResource"
        ]
    );

    // Another schedule and an alarm: the group is brought up to date, and the configuration made once.
    for _ in 0..2 {
        run(&stage.account, &stage.project, &["alias", "rollback", "--yes"]).success();
        stage.proxy.reset();
        stage.promoted_by(&["--linear", "25%/5m", "--alarm", "shop-slow"]);
    }
    let standing = stage.codedeploy.standing();
    let name = "lfn-shop.Linear25PercentEvery5Minutes";
    assert_eq!(
        standing["configurations"],
        json!({ name: { "type": "TimeBasedLinear", "timeBasedLinear": { "linearPercentage": 25, "linearInterval": 5 } } })
    );
    assert_eq!(standing["groups"][0]["deploymentConfigName"], name);
    assert_eq!(
        standing["groups"][0]["alarmConfiguration"]["alarms"],
        json!([{ "name": "shop-slow" }])
    );
    let writes = stage.proxy.writes();
    assert!(
        !writes.contains(&"codedeploy:UpdateDeploymentGroup".to_owned()),
        "{writes:?}"
    );
}

#[test]
fn a_role_of_ones_own_is_used_as_it_is() {
    let stage = stage("");
    let role = "arn:aws:iam::123456789012:role/codedeploy";
    stage.promoted(&["--codedeploy-role", role]);
    assert_eq!(stage.codedeploy.standing()["groups"][0]["serviceRoleArn"], role);
    let writes = stage.proxy.writes();
    assert!(!writes.iter().any(|name| name.starts_with("iam:")), "{writes:?}");
}

#[test]
fn a_deployment_that_fails_says_why_and_what_serves() {
    let stage = stage("release: { alarms: [shop-errors] }\n");
    let running = stage.handed(&[]);
    stage.shift("1", &json!({ "2": 0.1 }));
    stage.codedeploy.becomes("InProgress");
    stage.shift("1", &json!({}));
    stage
        .codedeploy
        .ends("Stopped", "ALARM_ACTIVE", "Alarm shop-errors is active.");
    let failed = running.wait().exits_with(4);
    for words in [
        "the move of `live` to version 2 was stopped (deployment d-000000001): Alarm shop-errors is active (ALARM_ACTIVE)",
        "`live` serves version 1, as before",
    ] {
        assert!(failed.stderr.contains(words), "{words}: {failed}");
    }
    assert_eq!(failed.stdout, "");

    stage.proxy.reset();
    let running = stage.handed(&[]);
    stage.codedeploy.becomes("InProgress");
    stage.codedeploy.shows(&[("AllowTraffic", "Failed")]);
    stage.codedeploy.ends("Failed", "HOOK_EXECUTION_FAILURE", "");
    let failed = running.wait().exits_with(4);
    let words = "failed at AllowTraffic (deployment d-000000002): HOOK_EXECUTION_FAILURE";
    assert!(failed.stderr.contains(words), "{failed}");
    let moves = stage.history();
    assert_eq!(moves[0]["to"]["version"], 1, "nothing is in the history: {moves:#}");
}

#[test]
fn the_return_of_an_alias_is_waited_for() {
    let stage = stage("");
    let running = stage.handed(&[]);
    stage.shift("1", &json!({ "2": 0.1 }));
    stage.codedeploy.ends("Stopped", "MANUAL_STOP", "");
    // The alias comes back a moment later.
    std::thread::sleep(Duration::from_millis(300));
    stage.shift("1", &json!({}));
    let failed = running.wait().exits_with(4);
    assert!(failed.stderr.contains("`live` serves version 1, as before"), "{failed}");
}

#[test]
fn ctrl_c_leaves_it_running_and_the_next_run_watches_it_again() {
    let stage = stage("");
    let running = stage.handed(&[]);
    stage.codedeploy.becomes("InProgress");
    running.interrupt();
    let stopped = running.wait().exits_with(130);
    for words in [
        "CodeDeploy goes on alone (deployment d-000000001)",
        "`lfn alias promote live --to 2 --engine codedeploy`",
        "aws deploy stop-deployment --deployment-id d-000000001 --auto-rollback-enabled",
    ] {
        assert!(stopped.stderr.contains(words), "{words}: {stopped}");
    }
    let names = stage.proxy.names();
    assert!(!names.contains(&"codedeploy:StopDeployment".to_owned()), "{names:?}");

    // Another target is refused, with what goes on.
    let busy = stage.promote("1", &[]).run().exits_with(1);
    assert!(
        busy.stderr.contains("is moving `live` to version 2 since 2026-01-02"),
        "{busy}"
    );
    assert!(busy.stderr.contains("lfn alias promote, by"), "{busy}");

    stage.proxy.reset();
    stage.shift("1", &json!({ "2": 0.1 }));
    // Whoever only watches need not repeat the stages.
    let again = stage.promote("2", &[]).start();
    stage.proxy.wait_for("codedeploy:GetDeploymentTarget", SOON);
    stage.succeed();
    let again = again.wait().success();
    assert!(again.stderr.contains("d-000000001 is under way already"), "{again}");
    assert_eq!(stage.codedeploy.deployments().len(), 1);
    assert_eq!(stage.history()[0]["by"], "promote");
}

#[test]
fn a_move_that_nobody_watched_is_not_lfns_and_can_be_gone_back_over() {
    let stage = stage("");
    let running = stage.handed(&[]);
    running.interrupt();
    running.wait().exits_with(130);
    stage.succeed();
    assert_eq!(stage.history()[0]["kind"], "elsewhere");
    run(&stage.account, &stage.project, &["alias", "rollback", "--yes"]).success();
    assert_eq!(live(&stage.account), "1");
}

#[test]
fn a_move_that_nobody_watched_is_written_down_by_the_next_run() {
    let stage = stage("");
    let running = stage.handed(&[]);
    running.interrupt();
    running.wait().exits_with(130);
    stage.succeed();
    let again = stage.promote("2", &[]).run().success();
    assert!(again.stdout.contains("points at version 2 already"), "{again}");
    assert!(again.stderr.contains("the move is in its history now"), "{again}");
    assert_eq!(stage.history()[0]["by"], "promote");
    stage.proxy.reset();
    stage.promote("2", &[]).run().success();
    assert_eq!(stage.proxy.writes(), [""; 0], "once");
}

#[test]
fn a_split_alias_and_a_return_under_way_are_refused() {
    let stage = stage("");
    stage.shift("1", &json!({ "2": 0.1 }));
    let split = stage.promote("2", &CANARY).run().exits_with(1);
    assert!(split.stderr.contains("`live` splits its traffic already"), "{split}");
    assert!(split.stderr.contains("1 (10% on 2)"), "{split}");
    assert_eq!(stage.proxy.writes(), [""; 0]);

    stage.shift("1", &json!({}));
    stage.promoted(&[]);
    run(&stage.account, &stage.project, &["alias", "rollback", "--yes"]).success();
    let id = stage.codedeploy.started_elsewhere("live", "codeDeployRollback", "1");
    let busy = stage.promote("2", &CANARY).run().exits_with(1);
    assert!(busy.stderr.contains(&format!("(deployment {id})")), "{busy}");
    assert!(busy.stderr.contains("it returns what another deployment did"), "{busy}");
}

#[test]
fn what_codedeploy_cannot_do_is_refused_before_anything_is_looked_up_there() {
    let stage = stage("");
    let refused = stage.promote("2", &["--steps", "5%:2m,25%:5m"]).run().exits_with(1);
    assert!(
        refused.stderr.contains("CodeDeploy cannot shift the traffic so"),
        "{refused}"
    );
    assert!(refused.stderr.contains("`--engine lfn`"), "{refused}");
    let names = stage.proxy.names();
    assert!(!names.iter().any(|name| name.starts_with("codedeploy:")), "{names:?}");
    let asked = at(
        &stage.through,
        &stage.project,
        &["alias", "promote", "live", "--to", "2", "--engine", "codedeploy"],
    );
    let asked = asked.run().exits_with(1);
    for line in [
        "shop:live 1 → 2",
        "by CodeDeploy: all at once",
        "+ CodeDeploy application lfn-shop",
        "+ role lfn-codedeploy-shop-us-east-1",
        "+ policy live of role lfn-codedeploy-shop-us-east-1",
        "+ deployment group live: CodeDeployDefault.LambdaAllAtOnce",
        "pass `--yes`",
    ] {
        assert!(asked.stderr.contains(line), "{line}: {asked}");
    }
    assert_eq!(stage.proxy.writes(), [""; 0]);
}

#[test]
fn every_step_is_an_event_in_json() {
    let stage = stage("");
    let done = stage.promoted(&["--format", "json"]);
    let events: Vec<Value> = done
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let version = |number: u64| json!({ "version": number, "weights": {} });
    assert_eq!(
        events[0],
        json!({
            "event": "handed", "function": "shop", "alias": "live", "from": version(1), "to": version(2),
            "deployment": "d-000000001", "attached": false,
        })
    );
    assert!(
        events
            .iter()
            .any(|event| event["event"] == "seen" && event["state"] == "Succeeded"),
        "{done}"
    );
    assert_eq!(
        events.last(),
        Some(&json!({
            "event": "result", "function": "shop", "alias": "live", "from": version(1), "to": version(2),
            "changed": true, "deployment": "d-000000001",
        }))
    );
}

#[test]
fn a_missing_alarm_is_refused_and_a_red_one_is_told() {
    let stage = stage("");
    let missing = stage.promote("2", &[&CANARY[..], &["--alarm", "shop-eror"]].concat());
    let missing = missing.run().exits_with(1);
    assert!(missing.stderr.contains("there is no alarm `shop-eror`"), "{missing}");
    assert_eq!(stage.proxy.writes(), [""; 0]);
    witness(&stage.account, &["alarm", "shop-slow", "ALARM"]);
    let red = stage.promoted(&["--alarm", "shop-slow"]);
    assert!(red.stderr.contains("the alarm `shop-slow` is red already"), "{red}");
}

#[test]
fn versions_that_cannot_share_an_alias_are_refused() {
    let stage = stage("");
    describe(&stage.project, "dead_letter: sqs:failures\n");
    witness(&stage.account, &["create-queue", "failures"]);
    deploy(&stage.account, &stage.project).success();
    run(
        &stage.account,
        &stage.project,
        &["alias", "promote", "live", "--to", "1", "--yes"],
    )
    .success();
    let refused = stage.promote("3", &CANARY).run().exits_with(1);
    assert!(
        refused.stderr.contains("differ in their dead-letter target"),
        "{refused}"
    );
    assert_eq!(stage.proxy.writes(), [""; 0]);
}

/// What holds for every promote holds here: it can be looked at first, and the version is tried out.
#[test]
fn a_dry_run_shows_it_and_a_failed_check_stops_it() {
    let stage = stage("");
    stage.project.write("events/smoke.json", "{}");
    describe(&stage.project, "release: { check: events/smoke.json }\n");
    let shown = stage
        .promote("2", &[&CANARY[..], &["--dry-run"]].concat())
        .run()
        .success();
    assert!(shown.stderr.contains("+ CodeDeploy application lfn-shop"), "{shown}");
    assert_eq!(stage.proxy.writes(), [""; 0]);
    let broken = "def handler(event, context):\n    raise ValueError('broken')\n";
    witness(&stage.account, &["update-code", "shop", broken]);
    witness(&stage.account, &["publish-version", "shop"]);
    let refused = stage.promote("3", &CANARY).run().exits_with(5);
    assert!(refused.stderr.contains("`live` stays where it was"), "{refused}");
    assert_eq!(stage.codedeploy.standing()["applications"], json!([]));
}

#[test]
fn what_lfn_itself_would_watch_is_refused() {
    let stage = stage("");
    let refused = stage
        .promote("2", &[&CANARY[..], &["--max-errors", "2%"]].concat())
        .run()
        .exits_with(2);
    assert!(
        refused.stderr.contains("`--max-errors` is for `--engine lfn`"),
        "{refused}"
    );
}

#[test]
fn somebody_elses_application_is_left_alone() {
    let stage = stage("");
    let application = json!({ "applicationName": "lfn-shop", "computePlatform": "Lambda" });
    witness(
        &stage.through,
        &["call", "codedeploy", "create_application", &application.to_string()],
    );
    stage.proxy.reset();
    let refused = stage.promote("2", &CANARY).run().exits_with(1);
    assert!(
        refused
            .stderr
            .contains("the CodeDeploy application `lfn-shop` was not made by lfn"),
        "{refused}"
    );
    let destroyed = run(&stage.through, &stage.project, &["destroy", "--yes"]).success();
    assert!(
        destroyed
            .stderr
            .contains("kept: CodeDeploy application lfn-shop: not made by lfn"),
        "{destroyed}"
    );
    assert_eq!(stage.codedeploy.standing()["applications"], json!(["lfn-shop"]));
}

#[test]
fn destroy_removes_all_of_it() {
    let stage = stage("");
    stage.promoted_by(&["--canary", "5%", "--for", "7m"]);
    let shown = run(&stage.through, &stage.project, &["destroy", "--dry-run"]).success();
    for line in [
        "- deployment group live, deployment configuration lfn-shop.Canary5Percent7Minutes of lfn-shop",
        "- role lfn-codedeploy-shop-us-east-1",
        "- CodeDeploy application lfn-shop",
    ] {
        assert!(shown.stdout.contains(line), "{line}: {shown}");
    }
    run(&stage.through, &stage.project, &["destroy", "--yes"]).success();
    assert_eq!(
        stage.codedeploy.standing(),
        json!({ "applications": [], "groups": [], "tags": {}, "configurations": {} })
    );
    assert_eq!(witness(&stage.account, &["roles"]), json!([]));
}

/// Every write fails once, before and after it lands; the next run ends where an undisturbed one does.
#[test]
fn whatever_fails_the_next_run_finishes() {
    let calm = stage("");
    calm.promoted(&["--alarm", "shop-slow"]);
    let writes = calm.proxy.writes();
    assert_eq!(
        writes,
        [
            "codedeploy:CreateApplication",
            "iam:CreateRole",
            "iam:PutRolePolicy",
            "codedeploy:CreateDeploymentGroup",
            "codedeploy:CreateDeployment",
            "lambda:UpdateAlias",
            "lambda:TagResource"
        ]
    );
    let ours = |stage: &Stage| {
        let mut standing = stage.codedeploy.standing();
        standing["groups"][0]["serviceRoleArn"] = json!(null);
        let moves: Vec<Value> = stage
            .history()
            .as_array()
            .unwrap()
            .iter()
            .map(|step| step["to"].clone())
            .collect();
        (standing, moves, live(&stage.account))
    };
    let expected = ours(&calm);
    for write in &writes {
        for fault in [Fault::refuse(400, "AccessDeniedException", "no"), Fault::DropAfter] {
            let what = format!("{write} {fault:?}");
            let stage = stage("");
            stage.proxy.inject(on(write), fault);
            let arguments = [&CANARY[..], &["--alarm", "shop-slow"]].concat();
            for _ in 0..2 {
                let mut running = stage.promote("2", &arguments).start();
                until(&what, || {
                    let started = !stage.codedeploy.deployments().is_empty();
                    started || running.is_over()
                });
                if stage
                    .codedeploy
                    .deployments()
                    .last()
                    .is_some_and(|last| last["status"] == "Created")
                {
                    stage.succeed();
                }
                if running.wait().code == Some(0) && stage.history()[0]["by"] == "promote" {
                    break;
                }
            }
            assert_eq!(ours(&stage), expected, "{what}");
            assert_eq!(stage.codedeploy.deployments().len(), 1, "{what}");
        }
    }
}

/// What a real parser of CodeDeploy's requests makes of them, as far as LocalEmu goes.
#[test]
fn localemu_understands_what_is_sent() {
    let account = LocalEmu::shared().account();
    let project = shop("");
    deploy(&account, &project).success();
    project.write("app.py", handler("second"));
    deploy(&account, &project).success();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    let arguments = [
        "alias",
        "promote",
        "live",
        "--to",
        "1",
        "--engine",
        "codedeploy",
        "--yes",
    ];
    let promote = || at(&through, &project, &arguments).args(CANARY);
    let running = promote().start();
    proxy.wait_for("codedeploy:ListDeploymentTargets", SOON);
    running.interrupt();
    running.wait().exits_with(130);
    let found = json!({ "applicationName": "lfn-shop", "deploymentGroupName": "live" });
    let found = witness(
        &account,
        &["call", "codedeploy", "get_deployment_group", &found.to_string()],
    );
    let group = &found["deploymentGroupInfo"];
    assert_eq!(group["computePlatform"], "Lambda");
    assert_eq!(
        group["deploymentConfigName"],
        "CodeDeployDefault.LambdaCanary10Percent10Minutes"
    );
    proxy.reset();
    let running = promote().start();
    proxy.wait_for("codedeploy:ListDeploymentTargets", SOON);
    running.interrupt();
    let again = running.wait().exits_with(130);
    assert!(again.stderr.contains("is under way already"), "{again}");
    assert_eq!(proxy.writes(), [""; 0]);
}

/// CodeDeploy would go on, and overwrite whatever moved the alias meanwhile.
#[test]
fn nothing_else_moves_an_alias_that_codedeploy_moves() {
    let stage = stage("");
    let id = stage.codedeploy.started_elsewhere("live", "user", "2");
    stage.project.write("app.py", handler("third"));
    let moves: [&[&str]; 3] = [
        &["deploy", "--yes", "--allow-widening"],
        &["alias", "promote", "live", "--to", "2", "--yes"],
        &["alias", "rollback", "--yes"],
    ];
    stage.shift("1", &json!({ "2": 0.1 }));
    for arguments in moves {
        let refused = run(&stage.through, &stage.project, arguments).exits_with(1);
        for words in [
            format!("CodeDeploy is moving `live` to version 2 (deployment {id})"),
            "lfn alias promote live --to 2 --engine codedeploy".to_owned(),
            format!("aws deploy stop-deployment --deployment-id {id} --auto-rollback-enabled"),
        ] {
            assert!(refused.stderr.contains(&words), "{words}: {refused}");
        }
    }
    assert_eq!(stage.proxy.writes(), [""; 0]);
    for arguments in [&["alias", "list"][..], &["status"]] {
        let told = run(&stage.through, &stage.project, arguments).success();
        let words = format!("1 (10% on 2), CodeDeploy {id} to version 2 under way");
        assert!(told.stdout.contains(&words), "{told}");
    }

    // Who may not ask is warned, and goes on.
    let denied = Fault::refuse(400, "AccessDeniedException", "not authorized");
    stage.proxy.inject(on("codedeploy:ListDeployments"), denied);
    let told = run(&stage.through, &stage.project, &["alias", "list"]).success();
    assert!(
        told.stderr.contains("whether CodeDeploy moves it could not be seen"),
        "{told}"
    );

    stage.codedeploy.becomes("Stopped");
    run(&stage.through, &stage.project, &["alias", "rollback", "--yes"]).success();
}

#[test]
fn an_alias_that_is_whole_makes_no_call_to_codedeploy() {
    let stage = stage("");
    stage.project.write("app.py", handler("third"));
    for arguments in [
        &["alias", "list"][..],
        &["status"],
        &["deploy", "--yes", "--allow-widening"],
        &["alias", "promote", "live", "--to", "2", "--yes"],
        &["alias", "rollback", "--yes"],
    ] {
        run(&stage.through, &stage.project, arguments).success();
    }
    let names = stage.proxy.names();
    assert!(!names.iter().any(|name| name.starts_with("codedeploy:")), "{names:?}");
}
