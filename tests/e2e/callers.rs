//! Who else may invoke the function: let in, changed and kept out with the file, and nobody else touched.

use std::time::Duration;

use serde_json::{Value, json};

use crate::shop::{at, deploy, describe, handler, live, run, shop, versions};
use crate::support::command::Project;
use crate::support::proxy::FaultProxy;
use crate::support::proxy::rule::{Fault, on};
use crate::support::servers::{Account, LocalEmu, MiniStack, Server as _};
use crate::support::witness;

const TWO: &str = "callers:\n  - 444455556666:role/reader\n  - { service: s3, source: \"arn:aws:s3:::photos\" }\n";
const OTHER_TWO: &str = "callers:\n  - { service: s3, source: \"arn:aws:s3:::photos\" }\n  - o-a1b2c3d4e5\n";

const ADD: &str = "lambda:AddPermission";
const REMOVE: &str = "lambda:RemovePermission";

/// The statements of `live`, by what they are about, with their ids.
#[track_caller]
fn callers(account: &Account) -> Vec<(String, String)> {
    let statements = witness(account, &["function-policy", "shop", "live"]);
    let statements = statements.as_array().expect("a list of statements");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let mut callers: Vec<_> = statements
        .iter()
        .map(|statement| {
            let principal = &statement["Principal"];
            let who = ["AWS", "Service"].iter().find_map(|kind| principal[kind].as_str());
            (who.unwrap_or("*").to_owned(), text(&statement["Sid"]))
        })
        .collect();
    callers.sort();
    callers
}

#[track_caller]
fn principals(account: &Account) -> Vec<String> {
    callers(account).into_iter().map(|(who, _)| who).collect()
}

/// Lets somebody in by hand.
#[track_caller]
fn let_in(account: &Account, sid: &str, principal: &str) {
    let arguments = json!({
        "FunctionName": "shop", "Qualifier": "live", "StatementId": sid,
        "Action": "lambda:InvokeFunction", "Principal": principal,
    });
    witness(account, &["call", "lambda", "add_permission", &arguments.to_string()]);
}

#[track_caller]
fn keep_out(account: &Account, sid: &str) {
    let arguments = json!({ "FunctionName": "shop", "Qualifier": "live", "StatementId": sid });
    witness(
        account,
        &["call", "lambda", "remove_permission", &arguments.to_string()],
    );
}

struct Stage {
    account: Account,
    through: Account,
    proxy: FaultProxy,
    project: Project,
}

impl Stage {
    fn new(account: Account, settings: &str) -> Self {
        let proxy = FaultProxy::start(&account);
        Self {
            through: account.through(&proxy.endpoint()),
            account,
            proxy,
            project: shop(settings),
        }
    }

    /// Deploys, and insists on these writes at the end, in this order.
    #[track_caller]
    fn deploy_writing(&self, writes: &[&str]) {
        self.proxy.reset();
        let deployed = deploy(&self.through, &self.project).success();
        assert_eq!(self.proxy.writes(), writes, "{deployed}");
    }

    #[track_caller]
    fn is_settled(&self) {
        self.deploy_writing(&[]);
    }
}

fn a_life(account: Account) {
    let stage = Stage::new(account, TWO);
    let (account, project) = (&stage.account, &stage.project);
    let deployed = deploy(&stage.through, project).success();
    let writes = stage.proxy.writes();
    assert!(
        writes.ends_with(&[
            "lambda:CreateAlias".into(),
            "lambda:TagResource".into(),
            ADD.into(),
            ADD.into()
        ]),
        "{writes:?}\n{deployed}"
    );
    let reader = "arn:aws:iam::444455556666:role/reader";
    let first = callers(account);
    assert_eq!(principals(account), [reader, "s3.amazonaws.com"]);
    assert!(first.iter().all(|(_, sid)| sid.starts_with("lfn-caller-")), "{first:?}");
    stage.is_settled();

    // Somebody else's statement is told and left alone.
    let_in(account, "by-hand", "events.amazonaws.com");
    let planned = run(account, project, &["plan", "--exit-code"]).success();
    let said = "also, not made by lfn: allow service events.amazonaws.com";
    assert!(
        planned.stdout.contains("nothing to do") && planned.stdout.contains(said),
        "{planned}"
    );
    let shown = run(account, project, &["policy", "show", "--live"]).success();
    assert!(
        shown.stdout.contains("service events.amazonaws.com (not made by lfn)"),
        "{shown}"
    );
    assert!(shown.stdout.contains(&format!("{reader} (lambda.yaml:5:5)")), "{shown}");
    stage.is_settled();

    // Who comes does so before the alias moves; who goes, after. The alias's own revision has changed by then.
    describe(project, OTHER_TWO);
    project.write("app.py", handler("second"));
    stage.deploy_writing(&[
        "lambda:UpdateFunctionCode",
        "lambda:PublishVersion",
        ADD,
        "lambda:UpdateAlias",
        "lambda:TagResource",
        REMOVE,
    ]);
    assert_eq!(live(account), "2");
    assert_eq!(principals(account), ["*", "events.amazonaws.com", "s3.amazonaws.com"]);
    stage.is_settled();

    // Somebody put another account in the place of lfn's caller.
    let (_, replaced) = callers(account).remove(0);
    keep_out(account, &replaced);
    let_in(account, &replaced, "arn:aws:iam::999900001111:role/thief");
    stage.deploy_writing(&[REMOVE, ADD]);
    assert_eq!(principals(account), ["*", "events.amazonaws.com", "s3.amazonaws.com"]);

    // Callers alone make no version.
    describe(project, "");
    stage.deploy_writing(&[REMOVE, REMOVE]);
    assert_eq!(
        callers(account),
        [("events.amazonaws.com".to_owned(), "by-hand".to_owned())]
    );
    assert_eq!(versions(account), ["1", "2"]);
    stage.is_settled();
    run(account, project, &["destroy", "--yes"]).success();
    assert_eq!(witness(account, &["functions"]), json!([]));
}

#[test]
fn callers_live_with_the_file_on_ministack() {
    a_life(MiniStack::shared().account());
}

#[test]
fn callers_live_with_the_file_on_localemu() {
    a_life(LocalEmu::shared().account());
}

#[test]
fn a_deploy_that_ends_between_two_callers_is_finished_by_the_next() {
    for (write, fault) in [
        (ADD, Fault::HangBefore),
        (ADD, Fault::HangAfter),
        (REMOVE, Fault::HangBefore),
        (REMOVE, Fault::HangAfter),
    ] {
        let what = format!("killed at {write}, {fault:?}");
        let stage = Stage::new(MiniStack::shared().account(), TWO);
        deploy(&stage.account, &stage.project).success();
        let_in(&stage.account, "by-hand", "events.amazonaws.com");
        describe(&stage.project, "callers: ['777788889999', o-a1b2c3d4e5]\n");
        stage.proxy.inject(on(write), fault.clone());
        let running = at(&stage.through, &stage.project, &["deploy", "--yes", "--allow-widening"]).start();
        stage.proxy.wait_for(write, Duration::from_secs(20));
        if fault == Fault::HangAfter {
            // The proxy notes the call before the server has it.
            std::thread::sleep(Duration::from_millis(200));
        }
        running.kill();
        running.wait();
        if write == ADD {
            let there = principals(&stage.account);
            assert!(
                there.contains(&"s3.amazonaws.com".to_owned()),
                "nobody is kept out yet: {there:?}, {what}"
            );
        }
        deploy(&stage.account, &stage.project).success();
        let there = principals(&stage.account);
        assert_eq!(there.len(), 3, "{what}: {there:?}");
        for who in ["*", "777788889999", "events.amazonaws.com"] {
            assert!(there.iter().any(|there| there.contains(who)), "{what}: {there:?}");
        }
        let idle = Stage::new(stage.account, "callers: ['777788889999', o-a1b2c3d4e5]\n");
        idle.is_settled();
    }
}

#[test]
fn a_change_that_somebody_makes_meanwhile_stops_the_deploy() {
    let stage = Stage::new(LocalEmu::shared().account(), TWO);
    deploy(&stage.account, &stage.project).success();
    describe(&stage.project, OTHER_TWO);
    let said = "The Revision Id provided does not match the latest Revision Id. Call the GetPolicy API to retrieve the \
                latest Revision Id";
    stage
        .proxy
        .inject(on(ADD), Fault::refuse(412, "PreconditionFailedException", said));
    let stopped = deploy(&stage.through, &stage.project).exits_with(1);
    assert!(
        stopped.stderr.contains("changed by someone else since lfn looked"),
        "{stopped}"
    );
    deploy(&stage.account, &stage.project).success();
    assert_eq!(principals(&stage.account), ["*", "s3.amazonaws.com"]);
}
