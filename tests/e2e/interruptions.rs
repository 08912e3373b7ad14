//! Ctrl-C: the step in hand is finished, live traffic stays as it was, and the next run finishes. What a killed
//! run leaves behind is a part of `tests/matrix`.

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

/// It changes nothing, and the function may take its time.
#[test]
fn ctrl_c_gives_up_a_release_check() {
    let stage = changed();
    stage.project.write("smoke.json", "{}");
    describe(
        &stage.project,
        "memory: 256MB\nrelease: { check: smoke.json }\npackage: { exclude: [smoke.json] }\n",
    );
    stage.proxy.inject(on("lambda:Invoke"), Fault::HangBefore);
    let running = at(&stage.through, &stage.project, &["deploy", "--yes", "--allow-widening"]).start();
    stage.proxy.wait_for("lambda:Invoke", SOON);
    running.interrupt();
    // One that goes on waiting is ended by nobody, and then this test is.
    let stopped = running.wait().exits_with(130);
    assert!(stopped.stderr.contains("stopped after"), "{stopped}");
    assert!(stopped.stderr.contains("check "), "{stopped}");
    assert!(
        stopped.stderr.contains("`live` serves version 1, as before"),
        "{stopped}"
    );
    assert!(
        stopped.stderr.contains("run `lfn deploy` again to do the rest"),
        "{stopped}"
    );
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

/// Version 2 serves traffic, and version 1 did before.
fn released_twice() -> Changed {
    let stage = changed();
    deploy(&stage.account, &stage.project).success();
    stage
}

#[test]
fn ctrl_c_lets_a_move_come_to_its_end() {
    for arguments in [
        &["alias", "promote", "live", "--to", "1", "--yes"][..],
        &["alias", "rollback", "--yes"],
    ] {
        let stage = released_twice();
        let delay = Fault::Delay(Duration::from_secs(1));
        stage.proxy.inject(on("lambda:UpdateAlias"), delay);
        let running = at(&stage.through, &stage.project, arguments).start();
        stage.proxy.wait_for("lambda:UpdateAlias", SOON);
        running.interrupt();
        let moved = running.wait().success();
        assert!(moved.stderr.contains("finishing the step in hand"), "{moved}");
        assert_eq!(live(&stage.account), "1", "{moved}");
        let history = run(&stage.account, &stage.project, &["alias", "history"]).success();
        let newest = history.stdout.lines().nth(1).unwrap_or_default();
        assert!(newest.contains(arguments[1]), "the ledger has it: {history}");
    }
}

#[test]
fn a_second_ctrl_c_leaves_a_move_and_says_that_nobody_knows() {
    let stage = released_twice();
    stage.proxy.inject(on("lambda:UpdateAlias"), Fault::HangBefore);
    let arguments = ["alias", "rollback", "--yes"];
    let running = at(&stage.through, &stage.project, &arguments).start();
    stage.proxy.wait_for("lambda:UpdateAlias", SOON);
    running.interrupt();
    std::thread::sleep(Duration::from_millis(300));
    running.interrupt();
    let left = running.wait().exits_with(130);
    assert!(
        left.stderr.contains("whether the step in hand is done is unknown"),
        "{left}"
    );
    assert_eq!((live(&stage.account), left.stdout.as_str()), (json!("2"), ""), "{left}");
}

#[test]
fn ctrl_c_finishes_the_deletion_in_hand_and_says_what_is_left() {
    let stage = changed();
    let delay = Fault::Delay(Duration::from_secs(1));
    stage.proxy.inject(on("lambda:DeleteFunction"), delay);
    let running = at(&stage.through, &stage.project, &["destroy", "--yes"]).start();
    stage.proxy.wait_for("lambda:DeleteFunction", SOON);
    running.interrupt();
    let stopped = running.wait().exits_with(130);
    for said in [
        "finishing the step in hand",
        "stopped after 1 of 3 deletions",
        "`shop` is deleted: nothing serves traffic through it",
        "run `lfn destroy` again to delete the rest: role shop-us-east-1",
    ] {
        assert!(stopped.stderr.contains(said), "{said}: {stopped}");
    }
    assert_eq!(witness(&stage.account, &["functions"]), json!([]));
    assert_eq!(witness(&stage.account, &["roles"]), json!(["shop-us-east-1"]));
    run(&stage.account, &stage.project, &["destroy", "--yes"]).success();
    assert_eq!(witness(&stage.account, &["roles"]), json!([]));
}
