//! Signed requests against a server that verifies signatures and enforces policies.
//!
//! MiniStack does not enforce `iam:PassRole`, nor the tagging rights of calls that create with tags:
//! the policy below names them because AWS does. It checks `lambda:ListAliases` for every call to
//! one alias, and `lambda:GetFunction` for reading asynchronous settings and provisioned concurrency.

use serde_json::json;

use crate::shop::{answer, deploy, describe, live, run, shop, versions};
use crate::support::proxy::FaultProxy;
use crate::support::proxy::rule::{Fault, on};
use crate::support::servers::{Account, MiniStack, Server as _};
use crate::support::{allow, user, witness};

/// What a first deploy reads before it changes anything: the right that the server checks, and
/// those of AWS that it stands for.
const READS: &[(&str, &[&str])] = &[
    ("iam:GetRole", &["iam:GetRole"]),
    ("iam:GetRolePolicy", &["iam:GetRolePolicy"]),
    ("lambda:ListAliases", &["lambda:GetAlias"]),
    (
        "lambda:GetFunction",
        &[
            "lambda:GetFunction",
            "lambda:GetFunctionEventInvokeConfig",
            "lambda:ListProvisionedConcurrencyConfigs",
        ],
    ),
    (
        "lambda:GetFunctionCodeSigningConfig",
        &["lambda:GetFunctionCodeSigningConfig"],
    ),
    ("logs:DescribeLogGroups", &["logs:DescribeLogGroups"]),
];

/// What a first deploy does after that, in order.
const STEPS: &[&str] = &[
    "iam:CreateRole",
    "iam:PutRolePolicy",
    "logs:CreateLogGroup",
    "logs:PutRetentionPolicy",
    "lambda:CreateFunction",
    "lambda:PublishVersion",
    "lambda:CreateAlias",
];

/// What else a deployer needs.
const OTHERS: &[&str] = &[
    // Without these a plan says nothing of policies that others put into the role.
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:PassRole",
    "iam:TagRole",
    // There is no policy to read before there is an alias.
    "lambda:GetPolicy",
    "lambda:ListVersionsByFunction",
    "lambda:TagResource",
    "lambda:UpdateAlias",
    "lambda:UpdateFunctionCode",
    "lambda:UpdateFunctionConfiguration",
    "logs:TagResource",
];

fn all() -> Vec<&'static str> {
    let reads = READS
        .iter()
        .flat_map(|(checked, meant)| [*checked].into_iter().chain(meant.iter().copied()));
    reads
        .chain(STEPS.iter().copied())
        .chain(OTHERS.iter().copied())
        .collect()
}

fn without(action: &str) -> String {
    let rest: Vec<_> = all().into_iter().filter(|other| *other != action).collect();
    allow(&rest).to_string()
}

fn deployer(account: &Account) -> Account {
    user(account, "deployer", &allow(&all()))
}

#[test]
fn a_deployer_needs_these_rights_and_no_other() {
    let account = MiniStack::shared_with_auth().account();
    let deployer = deployer(&account);
    let project = shop("logs: { retention: 14d }\n");
    deploy(&deployer, &project).success();
    assert_eq!(live(&account), "1");
    project.write("app.py", crate::shop::handler("second"));
    describe(&project, "logs: { retention: 14d }\nmemory: 256MB\n");
    deploy(&deployer, &project).success();
    assert_eq!(live(&account), "2");
    assert_eq!(answer(&account)["edition"], "second");
    let again = deploy(&deployer, &project).success();
    assert!(again.stderr.contains("nothing to do"), "{again}");
}

#[test]
fn a_missing_right_to_read_is_named_and_nothing_changes() {
    let account = MiniStack::shared_with_auth().account();
    let deployer = deployer(&account);
    let project = shop("");
    for (checked, meant) in READS {
        witness(&account, &["set-user-policy", "deployer", &without(checked)]);
        let denied = deploy(&deployer, &project).exits_with(1);
        // The error names the call; the hint, the right that the server's sentence names.
        let named = meant
            .iter()
            .any(|action| denied.stderr.contains(&format!("`{action}`")));
        assert!(named, "{denied}");
        assert!(denied.stderr.contains(&format!("hint: allow `{checked}`")), "{denied}");
    }
    assert_eq!(witness(&account, &["roles"]), json!([]));
    assert_eq!(witness(&account, &["functions"]), json!([]));
}

#[test]
fn a_missing_right_to_write_is_named_and_the_next_deploy_finishes() {
    let server = MiniStack::shared_with_auth();
    for (position, action) in STEPS.iter().enumerate() {
        let account = server.account();
        let deployer = deployer(&account);
        let project = shop("logs: { retention: 14d }\n");
        witness(&account, &["set-user-policy", "deployer", &without(action)]);
        // The first write that fails has changed nothing; later ones leave a part.
        let denied = deploy(&deployer, &project).exits_with(if position == 0 { 1 } else { 4 });
        assert!(denied.stderr.contains(&format!("hint: allow `{action}`")), "{denied}");
        assert!(denied.stderr.contains("run `lfn deploy` again"), "{denied}");
        assert!(denied.stderr.contains("nothing serves traffic"), "{denied}");

        witness(&account, &["set-user-policy", "deployer", &allow(&all()).to_string()]);
        let finished = deploy(&deployer, &project).success();
        assert_eq!(
            (live(&account), versions(&account)),
            (json!("1"), vec!["1".to_owned()]),
            "{finished}"
        );
        let again = deploy(&deployer, &project).success();
        assert!(again.stderr.contains("nothing to do"), "{again}");
    }
}

#[test]
fn a_denied_release_leaves_the_traffic_where_it_was() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    let project = shop("");
    deploy(&through, &project).success();
    project.write("app.py", crate::shop::handler("second"));
    let said = "User: arn:aws:iam::1:user/deployer is not authorized to perform: lambda:UpdateAlias on resource: shop";
    proxy.inject(
        on("lambda:UpdateAlias"),
        Fault::refuse(403, "AccessDeniedException", said),
    );
    let denied = deploy(&through, &project).exits_with(4);
    assert!(denied.stderr.contains("hint: allow `lambda:UpdateAlias`"), "{denied}");
    assert!(denied.stderr.contains("`live` serves version 1, as before"), "{denied}");
    assert_eq!(answer(&account)["edition"], "first");

    deploy(&through, &project).success();
    assert_eq!((live(&account), versions(&account).len()), (json!("2"), 2));
    assert_eq!(answer(&account)["edition"], "second");
}

#[test]
fn a_wrong_secret_and_an_unknown_key_are_credentials_errors() {
    let account = MiniStack::shared_with_auth().account();
    let deployer = deployer(&account);
    let project = shop("");
    let wrong = deployer.with_key(&deployer.access_key, "wrong");
    let refused = deploy(&wrong, &project).exits_with(1);
    assert!(
        refused.stderr.contains("the secret access key does not belong"),
        "{refused}"
    );
    assert!(refused.stderr.contains("hint: sign in"), "{refused}");
    let unknown = deployer.with_key("AKIAIOSFODNN7EXAMPLE", "wrong");
    for arguments in [&["deploy", "--yes"][..], &["list"], &["invoke"], &["destroy", "--yes"]] {
        let refused = run(&unknown, &project, arguments).exits_with(1);
        assert!(refused.stderr.contains("does not know these credentials"), "{refused}");
    }
    assert_eq!(witness(&account, &["roles"]), json!([]));
}
