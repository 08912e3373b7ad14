//! Roles and their policies.

use std::collections::{BTreeMap, BTreeSet};

use lfn::domain::arn::Arn;
use lfn::domain::function::TagChange;
use lfn::domain::names::RoleName;
use lfn::domain::policy::{PolicyDocument, Statement};
use lfn::ports::{ErrorKind, NewRole, Report};

use crate::in_process::Project;
use crate::quirks::Quirk;
use crate::subject::{Subject, lambda_trust};

fn name() -> RoleName {
    RoleName::new("thumbs-role").expect("valid")
}

pub async fn a_role_lives_and_dies(subject: &Subject) {
    let roles = &subject.cloud.roles;
    assert_eq!(roles.role(&name()).await, Ok(None));
    let account = subject.cloud.identity.caller().await.expect("someone").place.account;
    let boundary = boundary(subject, account.as_str()).await;
    let new = NewRole {
        name: name(),
        path: "/lfn/".into(),
        trust: lambda_trust(),
        boundary: Some(boundary.clone()),
        description: "what thumbs may do".into(),
        tags: BTreeMap::from([("lfn:function".into(), "thumbs".into())]),
    };
    let made = roles.create_role(&new).await.expect("a new role");
    assert_eq!(made.arn.resource, "role/lfn/thumbs-role");
    let read = roles.role(&name()).await.expect("readable").expect("it exists");
    assert_eq!(read, made);
    assert_eq!(read.boundary, Some(boundary.clone()));
    let kept = roles.managed_policy(&boundary).await.expect("readable");
    let wide = PolicyDocument::new([Statement::allow(["s3:*"], ["*"])]);
    // Nobody can make one on the embedded target.
    assert_eq!(kept, subject.account.as_ref().map(|_| wide));
    let other: Arn = format!("arn:aws:iam::{account}:policy/none").parse().expect("an ARN");
    assert_eq!(roles.managed_policy(&other).await, Ok(None));
    let twice = roles.create_role(&new).await;
    assert_eq!(twice.map_err(|error| error.kind), Err(ErrorKind::AlreadyExists));

    let trust = PolicyDocument::new([Statement::trust("lambda.amazonaws.com").when(
        "StringEquals",
        "aws:SourceAccount",
        account.as_str(),
    )]);
    roles.set_trust(&name(), &trust).await.expect("valid");
    roles.set_boundary(&name(), None).await.expect("it is there");
    let change = TagChange {
        set: BTreeMap::from([("team".into(), "shop".into())]),
        remove: BTreeSet::from(["lfn:function".into()]),
    };
    roles.change_role_tags(&name(), &change).await.expect("valid");
    let read = roles.role(&name()).await.expect("readable").expect("it exists");
    assert_eq!(read.trust, trust);
    assert_eq!(read.boundary, None);
    assert_eq!(read.tags, BTreeMap::from([("team".into(), "shop".into())]));
    roles
        .set_boundary(&name(), Some(&boundary))
        .await
        .expect("the policy exists");
    let read = roles.role(&name()).await.expect("readable").expect("it exists");
    assert_eq!(read.boundary, Some(boundary));

    roles.delete_role(&name()).await.expect("it is empty");
    assert_eq!(roles.role(&name()).await, Ok(None));
    let again = roles.delete_role(&name()).await;
    assert_eq!(again.map_err(|error| error.kind), Err(ErrorKind::NotFound));
}

/// A managed policy, which somebody else made.
async fn boundary(subject: &Subject, account: &str) -> Arn {
    let document = r#"{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"}]}"#;
    let request = format!(r#"{{"PolicyName": "edge", "PolicyDocument": "{document}"}}"#);
    let made = subject.outside(&["call", "iam", "create_policy", &request]).await;
    let arn = made.map_or_else(
        || format!("arn:aws:iam::{account}:policy/edge"),
        |made| made["Policy"]["Arn"].as_str().expect("an ARN").to_owned(),
    );
    arn.parse().expect("an ARN")
}

pub async fn policies_are_what_was_written(subject: &Subject) {
    let roles = &subject.cloud.roles;
    assert_eq!(roles.policy(&name(), "lfn").await, Ok(None), "neither role nor policy");
    subject.role("thumbs-role").await;
    assert_eq!(roles.policy(&name(), "lfn").await, Ok(None), "no policy");
    assert_eq!(roles.policies(&name()).await, Ok(Vec::new()));

    let first = PolicyDocument::new([
        Statement::allow(["s3:GetObject"], ["arn:aws:s3:::shop-photos/in/*"]),
        Statement::allow(["logs:PutLogEvents"], ["*"]).when("StringEquals", "aws:RequestTag/größe", "100%+1"),
    ]);
    roles.put_policy(&name(), "lfn", &first).await.expect("valid");
    assert_eq!(roles.policy(&name(), "lfn").await, Ok(Some(first)));
    let second = PolicyDocument::new([Statement::allow(["s3:GetObject"], ["arn:aws:s3:::other/*"])]);
    roles.put_policy(&name(), "lfn", &second).await.expect("valid");
    assert_eq!(roles.policy(&name(), "lfn").await, Ok(Some(second)));
    assert_eq!(roles.policies(&name()).await, Ok(vec!["lfn".to_owned()]));

    let in_use = roles.delete_role(&name()).await;
    assert_eq!(in_use.map_err(|error| error.kind), Err(ErrorKind::InUse));
    roles.delete_policy(&name(), "lfn").await.expect("it is there");
    assert_eq!(roles.policies(&name()).await, Ok(Vec::new()));

    if subject.account.is_some() {
        let arn: Arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
            .parse()
            .expect("an ARN");
        let request = format!(r#"{{"RoleName": "thumbs-role", "PolicyArn": "{arn}"}}"#);
        subject.outside(&["call", "iam", "attach_role_policy", &request]).await;
        assert_eq!(roles.attached_policies(&name()).await, Ok(vec![arn.clone()]));
        roles.detach_policy(&name(), &arn).await.expect("it is attached");
    }
    assert_eq!(roles.attached_policies(&name()).await, Ok(Vec::new()));
    roles.delete_role(&name()).await.expect("it is empty");
}

/// Reads the whole of a role through `lfn policy lint --role`, as somebody else left it.
pub async fn a_live_role_is_checked(subject: &Subject) {
    let roles = &subject.cloud.roles;
    subject.role("thumbs-role").await;
    let wrong = PolicyDocument::new([Statement::allow(
        ["sqs:SendMesage"],
        ["arn:aws:sqs:eu-west-1:000000000000:jobs"],
    )]);
    roles.put_policy(&name(), "extra", &wrong).await.expect("valid");
    let account = subject.cloud.identity.caller().await.expect("someone").place.account;
    let edge = boundary(subject, account.as_str()).await;
    let request = format!(r#"{{"RoleName": "thumbs-role", "PolicyArn": "{edge}"}}"#);
    subject.outside(&["call", "iam", "attach_role_policy", &request]).await;

    let project = Project::new("name: thumbs\n", "");
    let run = project
        .lfn(&["policy", "lint", "--role", "thumbs-role"], subject.cloud.clone())
        .await;
    assert_eq!(run.code, 1, "{run}");
    let role = roles.role(&name()).await.expect("readable").expect("it exists").arn;
    for (document, rule) in [("trust policy", "(P34)"), ("inline policy extra", "(P02)")] {
        assert!(
            run.stdout.contains(&format!("--> {role}, {document}, Statement[0]")),
            "{run}"
        );
        assert!(run.stdout.contains(rule), "{run}");
    }
    if subject.account.is_some() {
        let place = format!("--> {role}, managed policy {edge}, Statement[0].Action");
        assert!(run.stdout.contains(&place) && run.stdout.contains("(P10)"), "{run}");
        roles.detach_policy(&name(), &edge).await.expect("it is attached");
    }
    roles.delete_policy(&name(), "extra").await.expect("it is there");
    roles.delete_role(&name()).await.expect("it is empty");
}

pub async fn what_a_role_called_is_remembered(subject: &Subject) {
    let roles = &subject.cloud.roles;
    let role = subject.role("thumbs-role").await;
    let ordered = roles.order_history(&role).await;
    let history = match &ordered {
        Ok(report) => roles.history(report).await,
        Err(error) => Err(error.clone()),
    };
    let what = format!("{history:?}");
    subject.quirks.check(Quirk::NoHistory, history.is_ok(), &what);
    if history.is_err() {
        return;
    }
    let Ok(Report::Completed(history)) = history else {
        panic!("{what}");
    };
    let created = roles.role_created(&name()).await.expect("readable").expect("it exists");
    assert!(created <= history.as_of, "{created}, {history:?}");
    let nobody = RoleName::new("nobody").expect("valid");
    assert_eq!(roles.role_created(&nobody).await, Ok(None));
}
