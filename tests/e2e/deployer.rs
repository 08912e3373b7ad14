//! The policy of `lfn ci policy` against the calls that lfn makes: it allows each of them, and nothing
//! in it can be spared.
//!
//! The server lets everything through; which right a call needs stands in [`needs`], and lfn's own
//! evaluator says whether the policy has it.

use std::collections::BTreeSet;

use ::lfn::domain::policy::evaluate::{Caller, Context, Policies, Request, decide};
use ::lfn::domain::policy::{Effect, PolicyDocument};

use crate::codedeploy;
use crate::rights::{Need, needs};
use crate::shop::{describe, handler, run, shop};
use crate::support::command::Project;
use crate::support::proxy::FaultProxy;
use crate::support::servers::{Account, MiniStack, Server as _};
use crate::support::witness;

/// lambda.yaml at first, after a change, and at last.
struct Life {
    before: &'static str,
    after: &'static str,
    last: &'static str,
    /// What the policy is printed for.
    works: &'static str,
    /// What comes after the three deploys.
    ends: &'static [&'static [&'static str]],
    /// Actions of the policy that this life has no use for, and what they are for.
    spared: &'static [(&'static str, &'static str)],
}

const PLAIN: Life = Life {
    before: "logs: { retention: 14d }\nallow: [send sqs:fulfil]\ntags: { team: shop, old: yes-please }\n\
             concurrency: { provisioned: { live: 1 } }\nretries: 1\n\
             callers: ['444455556666:role/reader', '777788889999']\n",
    after: "logs: { retention: 30d }\nmemory: 256MB\nconcurrency: { reserved: 2 }\ntags: { team: shop }\n\
            role: { trust: { function_only: true } }\ncallers: ['444455556666:role/reader']\n",
    last: "",
    works: EVERYTHING,
    ends: TO_THE_END,
    spared: &[DETACH, UNSIGN],
};

/// Old versions are removed by each deploy and by hand; the function itself stays.
const PRUNED: Life = Life {
    before: "release: { keep: 1, check: events/smoke.json }\npackage: { exclude: [events/] }\n",
    after: "release: { keep: 1, check: events/smoke.json }\npackage: { exclude: [events/] }\nmemory: 256MB\n",
    last: "release: { keep: 1, check: events/smoke.json }\npackage: { exclude: [events/] }\nmemory: 512MB\n",
    works: "deploy",
    ends: &[
        &["deploy", "--yes", "--allow-widening"],
        &["alias", "promote", "live", "--to", "2", "--yes"],
        &["alias", "promote", "live", "--to", "3", "--yes"],
        &["versions", "list"],
        &["versions", "prune", "--keep", "1", "--yes"],
    ],
    spared: &[],
};

const EVERYTHING: &str = "deploy,invoke,destroy";

const TO_THE_END: &[&[&str]] = &[
    &["plan"],
    &["deploy", "--yes", "--allow-widening"],
    &["alias", "rollback", "--yes"],
    &["alias", "promote", "live", "--canary", "50%", "--for", "1s", "--yes"],
    &["alias", "rollback", "--yes"],
    &["alias", "promote", "beta", "--to", "2", "--yes"],
    &["alias", "list"],
    &["versions", "list"],
    &["status"],
    &["invoke"],
    &["alias", "delete", "beta", "--yes"],
    &["destroy", "--yes"],
];

const BOUNDED: Life = Life {
    before: "role: { boundary: \"arn:aws:iam::${account}:policy/limits\" }\nenv: { FLAGS: \"${ssm:/shop/flags}\" }\n\
             logs: { retention: 14d }\ntags: { team: shop, old: yes-please }\nretries: 1\n\
             concurrency: { provisioned: { live: 1 } }\n",
    after: "role: { boundary: \"arn:aws:iam::${account}:policy/limits\", trust: { function_only: true } }\n\
            env: { FLAGS: \"${ssm:/shop/flags}\" }\nallow: [send sqs:fulfil]\nconcurrency: { reserved: 2 }\n",
    last: "role: { boundary: \"arn:aws:iam::${account}:policy/limits\" }\n",
    works: EVERYTHING,
    ends: TO_THE_END,
    spared: &[DETACH, UNSIGN, REBOUND, REVOKE],
};

const DETACH: (&str, &str) = (
    "iam:DetachRolePolicy",
    "destroys a role to which somebody attached a policy",
);
const UNSIGN: (&str, &str) = (
    "lambda:DeleteFunctionCodeSigningConfig",
    "takes away the code signing that somebody set",
);
const REVOKE: (&str, &str) = ("lambda:RemovePermission", "keeps out callers of an earlier file");
const REBOUND: (&str, &str) = (
    "iam:PutRolePermissionsBoundary",
    "gives its boundary to a role that had none or another",
);

/// A first deploy, a second one, a third that takes settings back, and what comes after.
fn a_life(account: &Account, project: &Project, life: &Life) {
    describe(project, life.before);
    project.write("app.py", handler("first"));
    run(account, project, &["deploy", "--yes", "--allow-widening"]).success();
    describe(project, life.after);
    project.write("app.py", handler("second"));
    run(account, project, &["deploy", "--yes", "--allow-widening"]).success();
    describe(project, life.last);
    for arguments in life.ends {
        run(account, project, arguments).success();
    }
}

/// What lfn needed, each thing once.
fn lived(life: &Life) -> (Account, BTreeSet<Need>, PolicyDocument) {
    let account = MiniStack::shared().account();
    witness(&account, &["put-parameter", "/shop/flags", "on"]);
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    let project = shop(life.before);
    project.write("events/smoke.json", "{}");
    let printed = run(&account, &project, &["ci", "policy", "--for", life.works])
        .success()
        .json();
    a_life(&through, &project, life);
    let needed = proxy.calls().iter().flat_map(|call| needs(call, &account)).collect();
    (account, needed, PolicyDocument::try_from(printed).expect("a policy"))
}

/// The statements that are there for CodeDeploy, which nothing else needs.
const FOR_CODEDEPLOY: [&str; 16] = [
    "CodeDeployApplication",
    "CodeDeployGroups",
    "MakeConfigurations",
    "ReadConfigurations",
    "WatchDeployments",
    "ReadCodeDeployRole",
    "WriteCodeDeployRole",
    "TagCodeDeployRole",
    "PassCodeDeployRole",
    "DeleteApplication",
    "DeleteGroups",
    "DeleteConfigurations",
    "ListConfigurations",
    "ListCodeDeployRole",
    "EmptyCodeDeployRole",
    "DeleteCodeDeployRole",
];

#[test]
fn the_policy_for_codedeploy_is_enough_and_has_nothing_to_spare() {
    let stage = codedeploy::stage("release: { alarms: [shop-errors] }\n");
    let works = "codedeploy,destroy";
    let printed = run(&stage.account, &stage.project, &["ci", "policy", "--for", works]);
    let policy = PolicyDocument::try_from(printed.success().json()).expect("a policy");
    stage.promoted_by(&["--canary", "5%", "--for", "7m"]);
    run(&stage.account, &stage.project, &["alias", "rollback", "--yes"]).success();
    // The role's trust and the group have changed meanwhile, and are brought back.
    let open = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"codedeploy.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let trust = serde_json::json!({ "RoleName": "lfn-codedeploy-shop-us-east-1", "PolicyDocument": open });
    let call = ["call", "iam", "update_assume_role_policy", &trust.to_string()];
    witness(&stage.account, &call);
    stage.promoted_by(&["--canary", "10%", "--for", "5m"]);
    run(&stage.through, &stage.project, &["destroy", "--yes"]).success();

    let calls = stage.proxy.calls();
    let needed: BTreeSet<Need> = calls.iter().flat_map(|call| needs(call, &stage.account)).collect();
    let denied: Vec<&Need> = needed
        .iter()
        .filter(|need| !allows(&policy, need, &stage.account))
        .collect();
    assert!(denied.is_empty(), "not allowed: {denied:#?}\n{}", policy.to_json());
    let idle = idle(&policy, &needed, &stage.account, |sid| FOR_CODEDEPLOY.contains(&sid));
    assert_eq!(idle, BTreeSet::from([DETACH.0]), "actions that no call needs");
}

/// The actions of these statements that could be left out.
fn idle<'a>(
    policy: &'a PolicyDocument,
    needed: &BTreeSet<Need>,
    account: &Account,
    of: impl Fn(&str) -> bool,
) -> BTreeSet<&'a str> {
    let mut idle = BTreeSet::new();
    // What is denied keeps lfn from nothing, as the calls above say.
    let granting = policy.statements.iter().enumerate().filter(|(_, statement)| {
        statement.effect == Effect::Allow && of(statement.sid.as_deref().expect("every statement has an id"))
    });
    for (index, statement) in granting {
        for action in &statement.actions {
            let mut less = policy.clone();
            less.statements[index].actions.remove(action);
            if less.statements[index].actions.is_empty() {
                less.statements.remove(index);
            }
            if needed.iter().all(|need| allows(&less, need, account)) {
                idle.insert(action.as_str());
            }
        }
    }
    idle
}

fn allows(policy: &PolicyDocument, need: &Need, account: &Account) -> bool {
    let context = need.context.iter().fold(Context::default(), |context, (key, value)| {
        context.with(key, value.as_str())
    });
    let request = Request {
        caller: Caller::Identity(format!("arn:aws:iam::{}:user/deployer", account.id)),
        action: need.action.clone(),
        resource: need.resource.clone(),
        resource_account: account.id.clone(),
        context,
    };
    let identity = std::slice::from_ref(policy);
    decide(
        &request,
        Policies {
            identity,
            ..Policies::default()
        },
    )
    .is_allowed()
}

#[track_caller]
fn check(life: &Life) {
    let (account, needed, policy) = lived(life);
    let denied: Vec<&Need> = needed.iter().filter(|need| !allows(&policy, need, &account)).collect();
    assert!(denied.is_empty(), "not allowed: {denied:#?}\n{}", policy.to_json());

    let idle = idle(&policy, &needed, &account, |_| true);
    let spared: BTreeSet<&str> = life.spared.iter().map(|(action, _)| *action).collect();
    assert_eq!(idle, spared, "actions that no call needs");
}

#[test]
fn the_policy_of_a_plain_function_is_enough_and_has_nothing_to_spare() {
    check(&PLAIN);
}

#[test]
fn so_is_that_of_a_function_with_a_boundary_and_parameters() {
    check(&BOUNDED);
}

#[test]
fn so_is_that_of_a_function_whose_old_versions_go() {
    let (account, needed, policy) = lived(&PRUNED);
    let denied: Vec<&Need> = needed.iter().filter(|need| !allows(&policy, need, &account)).collect();
    assert!(denied.is_empty(), "not allowed: {denied:#?}\n{}", policy.to_json());
    // What is new in it is used, and goes no further than versions.
    let whole = Need::new(
        "lambda:DeleteFunction",
        format!("arn:aws:lambda:us-east-1:{}:function:shop", account.id),
    );
    assert!(!allows(&policy, &whole, &account), "{}", policy.to_json());
    for action in [
        "lambda:DeleteFunction",
        "lambda:InvokeFunction",
        "lambda:ListEventSourceMappings",
    ] {
        assert!(
            needed.iter().any(|need| need.action == action),
            "{action} was not called"
        );
    }
}
