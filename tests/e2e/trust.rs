//! Who may assume the role: written with the role, changed in one call, and left alone when nothing changes.

use serde_json::{Value, json};

use crate::shop::{deploy, describe, run, shop};
use crate::support::proxy::FaultProxy;
use crate::support::servers::{Account, MiniStack, Server as _};
use crate::support::witness;

const EVERYBODY: &str = "\
role:
  trust:
    edge: true
    roles: [\"444455556666:role/ci\"]
    external: [{ account: \"777788889999\", external_id: shop/42 }]
";

/// The principals of the role's trust policy with what each is allowed under, sorted.
#[track_caller]
fn trusted(account: &Account) -> Vec<(String, Value)> {
    let role = witness(account, &["role", "shop-us-east-1"]);
    let statements = role["Trust"]["Statement"]
        .as_array()
        .expect("a trust policy has statements");
    let mut trusted: Vec<_> = statements
        .iter()
        .map(|statement| {
            let principal = &statement["Principal"];
            let who = ["AWS", "Service"].iter().find_map(|kind| principal[kind].as_str());
            (who.expect("one name").to_owned(), statement["Condition"].clone())
        })
        .collect();
    trusted.sort_by(|one, other| one.0.cmp(&other.0));
    trusted
}

#[test]
fn the_file_says_who_may_assume_the_role() {
    let account = MiniStack::shared().account();
    let proxy = FaultProxy::start(&account);
    let through = account.through(&proxy.endpoint());
    let project = shop(EVERYBODY);
    deploy(&through, &project).success();
    let lambda = (
        "lambda.amazonaws.com".to_owned(),
        json!({ "StringEquals": { "aws:SourceAccount": account.id } }),
    );
    assert_eq!(
        trusted(&account),
        [
            ("arn:aws:iam::444455556666:role/ci".to_owned(), json!(null)),
            (
                "arn:aws:iam::777788889999:root".to_owned(),
                json!({ "StringEquals": { "sts:ExternalId": "shop/42" } })
            ),
            ("edgelambda.amazonaws.com".to_owned(), json!(null)),
            lambda.clone(),
        ]
    );
    proxy.reset();
    deploy(&through, &project).success();
    assert_eq!(proxy.writes(), [""; 0], "as it was written");
    let shown = run(&account, &project, &["policy", "show", "--live"]).success();
    let said = "assumed by arn:aws:iam::777788889999:root\n    when `sts:ExternalId` StringEquals `shop/42`";
    assert!(shown.stdout.contains(said), "{shown}");

    describe(&project, "");
    deploy(&through, &project).success();
    assert_eq!(proxy.writes(), ["iam:UpdateAssumeRolePolicy"]);
    assert_eq!(trusted(&account), [lambda]);
    run(&account, &project, &["destroy", "--yes"]).success();
}
