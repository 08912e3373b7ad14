//! The policy of `lfn ci policy` against the calls that lfn makes: it allows each of them, and nothing
//! in it can be spared.
//!
//! The server lets everything through; which right a call needs stands in [`needs`], and lfn's own
//! evaluator says whether the policy has it.

use std::collections::BTreeSet;

use ::lfn::domain::policy::evaluate::{Caller, Context, Policies, Request, decide};
use ::lfn::domain::policy::{Effect, PolicyDocument};

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
    spared: &[DETACH, UNSIGN],
};

const BOUNDED: Life = Life {
    before: "role: { boundary: \"arn:aws:iam::${account}:policy/limits\" }\nenv: { FLAGS: \"${ssm:/shop/flags}\" }\n\
             logs: { retention: 14d }\ntags: { team: shop, old: yes-please }\nretries: 1\n\
             concurrency: { provisioned: { live: 1 } }\n",
    after: "role: { boundary: \"arn:aws:iam::${account}:policy/limits\", trust: { function_only: true } }\n\
            env: { FLAGS: \"${ssm:/shop/flags}\" }\nallow: [send sqs:fulfil]\nconcurrency: { reserved: 2 }\n",
    last: "role: { boundary: \"arn:aws:iam::${account}:policy/limits\" }\n",
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

/// A first deploy, a second one, a third that takes settings back, a rollback, another alias, a call, and the end.
fn a_life(account: &Account, project: &Project, life: &Life) {
    describe(project, life.before);
    project.write("app.py", handler("first"));
    run(account, project, &["deploy", "--yes", "--allow-widening"]).success();
    describe(project, life.after);
    project.write("app.py", handler("second"));
    run(account, project, &["deploy", "--yes", "--allow-widening"]).success();
    describe(project, life.last);
    for arguments in [
        &["plan"][..],
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
    ] {
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
    let works = "deploy,invoke,destroy";
    let printed = run(&account, &project, &["ci", "policy", "--for", works])
        .success()
        .json();
    a_life(&through, &project, life);
    let needed = proxy.calls().iter().flat_map(|call| needs(call, &account)).collect();
    (account, needed, PolicyDocument::try_from(printed).expect("a policy"))
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

    let mut idle = BTreeSet::new();
    // What is denied keeps lfn from nothing, as the calls above say.
    let granting = policy
        .statements
        .iter()
        .enumerate()
        .filter(|(_, statement)| statement.effect == Effect::Allow);
    for (index, statement) in granting {
        for action in &statement.actions {
            let mut less = policy.clone();
            less.statements[index].actions.remove(action);
            if less.statements[index].actions.is_empty() {
                less.statements.remove(index);
            }
            if needed.iter().all(|need| allows(&less, need, &account)) {
                idle.insert(action.as_str());
            }
        }
    }
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
