//! Cases written from IAM's documentation, with the verdict it asks for.

use lfn::domain::policy::evaluate::{Layer, Miss, Verdict};
use serde_json::json;

use crate::case::Case;

pub fn written_cases() -> Vec<Case> {
    serde_json::from_str(include_str!("eval-cases.json")).expect("the cases parse")
}

#[test]
fn every_written_case_is_decided_as_documented() {
    let wrong: Vec<String> = written_cases()
        .iter()
        .filter_map(|case| {
            let got = format!("{:?}", case.decide().verdict);
            (got != case.expect).then(|| format!("{}: {got}, not {}", case.id, case.expect))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn case(policies: &serde_json::Value) -> Case {
    serde_json::from_value(json!({
        "id": "why", "policies": policies, "principal": "arn:aws:iam::111122223333:role/fn",
        "action": "s3:GetObject", "resource": "arn:aws:s3:::orders/in/a.txt", "resourceAccount": "111122223333",
        "context": { "aws:SourceIp": "10.0.0.1" }, "boundary": null, "resourcePolicy": null,
    }))
    .expect("a case")
}

#[test]
fn a_decision_names_the_statements_it_rests_on() {
    let allow = json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*", "Sid": "Open" });
    let deny = json!({ "Effect": "Deny", "Action": "s3:Get*", "Resource": "*", "Sid": "Shut" });
    let other = json!({ "Effect": "Allow", "Action": "sqs:*", "Resource": "*" });
    let decision = case(&json!([{ "Version": "2012-10-17", "Statement": [other, allow] }])).decide();
    assert_eq!((decision.verdict, decision.layer), (Verdict::Allowed, Layer::Identity));
    let [ground] = decision.grounds()[..] else {
        panic!("{decision:?}")
    };
    assert_eq!(
        (ground.policy, ground.statement, ground.sid.as_deref()),
        (0, 1, Some("Open"))
    );

    let mut both = case(&json!([{ "Statement": [other] }, { "Statement": [allow, deny] }]));
    let decision = both.decide();
    assert_eq!(decision.verdict, Verdict::ExplicitlyDenied);
    let [ground] = decision.grounds()[..] else {
        panic!("{decision:?}")
    };
    assert_eq!(
        (ground.policy, ground.statement, ground.sid.as_deref()),
        (1, 1, Some("Shut"))
    );

    both.policies.truncate(1);
    both.policies.push(json!({ "Statement": [allow] }));
    both.boundary = Some(json!({ "Statement": [other] }));
    let decision = both.decide();
    assert_eq!(
        (decision.verdict, decision.layer),
        (Verdict::ImplicitlyDenied, Layer::Boundary)
    );
}

#[test]
fn a_miss_says_which_part_failed_and_what_it_wanted() {
    let near = json!({
        "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::orders/*",
        "Condition": { "IpAddress": { "aws:SourceIp": "192.0.2.0/24" }, "Bool": { "aws:SecureTransport": "true" } },
    });
    let nearer = json!({ "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::orders/out/*" });
    let far = json!({ "Effect": "Allow", "Action": "sqs:*", "Resource": "*" });
    let decision = case(&json!([{ "Statement": [far, near, nearer] }])).decide();
    assert_eq!(
        (decision.verdict, decision.layer),
        (Verdict::ImplicitlyDenied, Layer::Identity)
    );
    let [nearest] = decision.nearest()[..] else {
        panic!("{decision:?}")
    };
    assert_eq!((nearest.statement, &nearest.misses[..]), (2, &[Miss::Resource][..]));
    assert_eq!(decision.findings[0].misses, [Miss::Action]);
    let condition = |operator: &str, key: &str, wanted: &str, had: Option<&str>| Miss::Condition {
        operator: operator.into(),
        key: key.into(),
        wanted: vec![wanted.into()],
        had: had.map(|had| vec![had.into()]),
    };
    assert_eq!(
        decision.findings[1].misses,
        [
            condition("Bool", "aws:SecureTransport", "true", None),
            condition("IpAddress", "aws:SourceIp", "192.0.2.0/24", Some("10.0.0.1")),
        ]
    );
}

#[test]
fn an_operator_nobody_knows_opens_nothing_and_shuts_what_it_says() {
    let with = |effect: &str| {
        json!({
            "Effect": effect, "Action": "s3:*", "Resource": "*", "Condition": { "FutureEquals": { "aws:x": "y" } },
        })
    };
    let open = json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*" });
    let verdict = |statements: serde_json::Value| case(&json!([{ "Statement": statements }])).decide().verdict;
    assert_eq!(verdict(json!([with("Allow")])), Verdict::ImplicitlyDenied);
    assert_eq!(verdict(json!([open, with("Deny")])), Verdict::ExplicitlyDenied);
}

#[test]
fn variables_are_plain_text_under_the_old_version() {
    let statement = json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::orders/${aws:SourceIp}" });
    for (version, resource, expected) in [
        ("2012-10-17", "arn:aws:s3:::orders/10.0.0.1", Verdict::Allowed),
        ("2008-10-17", "arn:aws:s3:::orders/10.0.0.1", Verdict::ImplicitlyDenied),
        ("2008-10-17", "arn:aws:s3:::orders/${aws:SourceIp}", Verdict::Allowed),
    ] {
        let mut case = case(&json!([{ "Version": version, "Statement": statement }]));
        case.resource = resource.into();
        assert_eq!(case.decide().verdict, expected, "{version} {resource}");
    }
}
