//! Ctrl-C and the pulled cable: live traffic stays as it was, and the next run finishes.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::shop::{answer, at, deploy, describe, handler, live, run, shop, versions};
use crate::support::command::Project;
use crate::support::proxy::FaultProxy;
use crate::support::proxy::rule::{Fault, on};
use crate::support::servers::{Account, MiniStack, Server as _};
use crate::support::witness;

const SOON: Duration = Duration::from_secs(20);

/// Version 1 is live; code and configuration have changed since.
struct Changed {
    account: Account,
    through: Account,
    proxy: FaultProxy,
    project: Project,
}

fn changed() -> Changed {
    let account = MiniStack::shared().account();
    let project = shop("");
    deploy(&account, &project).success();
    describe(&project, "memory: 256MB\n");
    project.write("app.py", handler("second"));
    let proxy = FaultProxy::start(&account);
    Changed {
        through: account.through(&proxy.endpoint()),
        account,
        proxy,
        project,
    }
}

impl Changed {
    #[track_caller]
    fn is_as_before(&self, what: &str) {
        assert_eq!(live(&self.account), "1", "{what}");
        assert_eq!(answer(&self.account)["edition"], "first", "{what}");
    }

    /// The next run ends where an undisturbed one does.
    #[track_caller]
    fn finishes(&self, what: &str) {
        deploy(&self.account, &self.project).success();
        assert_eq!(versions(&self.account), ["1", "2"], "{what}");
        assert_eq!(live(&self.account), "2", "{what}");
        assert_eq!(answer(&self.account)["edition"], "second", "{what}");
        let again = deploy(&self.account, &self.project).success();
        assert!(again.stderr.contains("nothing to do"), "{what}: {again}");
    }
}

#[test]
fn ctrl_c_finishes_the_step_in_hand_and_reports() {
    let stage = changed();
    stage
        .proxy
        .inject(on("lambda:UpdateFunctionCode"), Fault::Delay(Duration::from_secs(1)));
    let running = at(&stage.through, &stage.project, &["deploy", "--yes", "--allow-widening"]).start();
    stage.proxy.wait_for("lambda:UpdateFunctionCode", SOON);
    running.interrupt();
    let stopped = running.wait().exits_with(130);
    assert!(stopped.stderr.contains("finishing the step in hand"), "{stopped}");
    assert!(stopped.stderr.contains("stopped after"), "{stopped}");
    assert!(
        stopped.stderr.contains("`live` serves version 1, as before"),
        "{stopped}"
    );
    assert!(
        stopped.stderr.contains("run `lfn deploy` again to do the rest"),
        "{stopped}"
    );
    assert_eq!(stopped.stdout, "");
    assert!(!stage.proxy.names().contains(&"lambda:PublishVersion".to_owned()));
    stage.is_as_before("after Ctrl-C");
    stage.finishes("after Ctrl-C");
}

#[test]
fn a_second_ctrl_c_ends_at_once() {
    let stage = changed();
    stage.proxy.inject(on("lambda:UpdateFunctionCode"), Fault::HangAfter);
    let running = at(&stage.through, &stage.project, &["deploy", "--yes", "--allow-widening"]).start();
    stage.proxy.wait_for("lambda:UpdateFunctionCode", SOON);
    running.interrupt();
    std::thread::sleep(Duration::from_millis(300));
    let started = Instant::now();
    running.interrupt();
    running.wait().exits_with(130);
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    stage.is_as_before("after two");
    stage.finishes("after two");
}

#[test]
fn ctrl_c_while_looking_changes_nothing() {
    let stage = changed();
    stage.proxy.inject(on("lambda:GetFunction"), Fault::HangBefore);
    let running = at(&stage.through, &stage.project, &["deploy", "--yes", "--allow-widening"]).start();
    stage.proxy.wait_for("lambda:GetFunction", SOON);
    running.interrupt();
    running.wait().exits_with(130);
    assert_eq!(stage.proxy.writes(), [""; 0]);
    stage.finishes("after looking");
}

#[test]
fn ctrl_c_ends_a_wait() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    let said = "The role defined for the function cannot be assumed by Lambda.";
    proxy.inject(
        on("lambda:CreateFunction").always(),
        Fault::refuse(400, "InvalidParameterValueException", said),
    );
    let project = shop("");
    let running = at(&through, &project, &["deploy", "--yes", "--allow-widening"]).start();
    proxy.wait_for("lambda:CreateFunction", SOON);
    let started = Instant::now();
    running.interrupt();
    let stopped = running.wait().exits_with(130);
    assert!(
        started.elapsed() < Duration::from_secs(4),
        "{:?}: {stopped}",
        started.elapsed()
    );
    assert!(stopped.stderr.contains("nothing serves traffic"), "{stopped}");
    deploy(&account, &project).success();
    assert_eq!((versions(&account), live(&account)), (vec!["1".into()], json!("1")));
}

#[test]
fn a_killed_deploy_leaves_live_alone_and_the_next_one_finishes() {
    for write in [
        "lambda:UpdateFunctionCode",
        "lambda:UpdateFunctionConfiguration",
        "lambda:PublishVersion",
        "lambda:UpdateAlias",
    ] {
        for fault in [Fault::HangBefore, Fault::HangAfter] {
            let what = format!("killed at {write}, {fault:?}");
            let landed = fault == Fault::HangAfter;
            let stage = changed();
            stage.proxy.inject(on(write), fault);
            let running = at(&stage.through, &stage.project, &["deploy", "--yes", "--allow-widening"]).start();
            stage.proxy.wait_for(write, SOON);
            if landed {
                // The proxy notes the call before the server has it.
                std::thread::sleep(Duration::from_millis(200));
            }
            running.kill();
            assert_eq!(running.wait().code, None);
            if landed && write == "lambda:UpdateAlias" {
                assert_eq!(live(&stage.account), "2", "the last step was done: {what}");
            } else {
                stage.is_as_before(&what);
            }
            stage.finishes(&what);
        }
    }
}

#[test]
fn a_killed_first_deploy_and_a_killed_destroy_are_finished_by_the_next() {
    let account = MiniStack::shared().account();
    let project = shop("");
    let cut = |write: &str, arguments: &[&str]| {
        let proxy = FaultProxy::start(&account);
        proxy.inject(on(write), Fault::HangAfter);
        let running = at(&account.through(&proxy.endpoint()), &project, arguments).start();
        proxy.wait_for(write, SOON);
        std::thread::sleep(Duration::from_millis(200));
        running.kill();
        running.wait();
    };
    for write in [
        "iam:CreateRole",
        "logs:CreateLogGroup",
        "lambda:CreateFunction",
        "lambda:PublishVersion",
    ] {
        cut(write, &["deploy", "--yes", "--allow-widening"]);
    }
    deploy(&account, &project).success();
    assert_eq!((versions(&account), live(&account)), (vec!["1".into()], json!("1")));
    for write in ["lambda:DeleteFunction", "iam:DeleteRolePolicy", "iam:DeleteRole"] {
        cut(write, &["destroy", "--yes"]);
    }
    run(&account, &project, &["destroy", "--yes"]).success();
    assert_eq!(witness(&account, &["functions"]), json!([]));
    assert_eq!(witness(&account, &["roles"]), json!([]));
    assert!(witness(&account, &["log-group", "/aws/lambda/shop"]).is_null());
}
