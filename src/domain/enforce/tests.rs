use super::*;
use crate::domain::calls::{Protocol, Service};
use crate::domain::config::Allow;
use crate::domain::policy::samples::{config, ireland};
use crate::domain::policy::{Grant, PolicyDocument, Statement, role_spec, sources};

fn judge(lines: &[&str]) -> Judge {
    let (mut config, place) = (config(), ireland());
    config.allow = lines
        .iter()
        .map(|line| Allow::Grant(Grant::parse(line).unwrap()))
        .collect();
    config.vpc.subnets = ["subnet-1".to_owned()].into();
    Judge {
        role: role_spec(&config, &place).unwrap(),
        sources: sources(&config, &place),
        boundary: None,
        function: place.function_arn(&config.name),
        place,
    }
}

fn need(action: &str, resource: &str) -> Need {
    Need {
        action: action.into(),
        resource: resource.into(),
        context: BTreeMap::new(),
        untold: Vec::new(),
    }
}

fn call(operation: &str, needs: Vec<Need>) -> Call {
    Call {
        service: Service::S3,
        operation: operation.into(),
        protocol: Protocol::RestXml,
        region: "eu-west-1".into(),
        access_key: "key".into(),
        needs,
    }
}

#[test]
fn the_file_decides_and_says_who_keeps_a_right_back() {
    let mut judge = judge(&["get s3://shop/in/*", "list s3://shop/in/*"]);
    let ruling = |judge: &Judge, need: &Need| judge.rule_on(need, "eu-west-1").ruling;
    let denied = |keeper, explicit| Ruling::Denied(Reason { keeper, explicit });
    let object = need("s3:GetObject", "arn:aws:s3:::shop/in/a");
    let other = need("s3:GetObject", "arn:aws:s3:::shop/out/a");
    assert_eq!(ruling(&judge, &object), Ruling::Allowed);
    assert_eq!(ruling(&judge, &other), denied(Keeper::Identity, false));
    let network = need("ec2:CreateNetworkInterface", "*");
    assert_eq!(ruling(&judge, &network), denied(Keeper::Identity, true));
    let mut list = need("s3:ListBucket", "arn:aws:s3:::shop");
    assert_eq!(ruling(&judge, &list), denied(Keeper::Identity, false));
    list.context = BTreeMap::from([("s3:prefix".into(), vec!["in/x".into()])]);
    assert_eq!(ruling(&judge, &list), Ruling::Allowed);
    judge.boundary = Some(PolicyDocument::new([Statement::allow(["sqs:*"], ["*"])]));
    assert_eq!(ruling(&judge, &object), denied(Keeper::Boundary, false));
}

#[test]
fn a_condition_of_which_a_request_does_not_tell_lets_it_through() {
    let judge = judge(&["list s3://shop/in/*"]);
    let mut list = need("s3:ListBucket", "arn:aws:s3:::shop");
    list.untold = vec!["S3:Prefix".into()];
    let ruled = judge.rule_on(&list, "eu-west-1");
    assert_eq!(ruled.ruling, Ruling::Depends(["s3:prefix".to_owned()].into()));
    assert_eq!(ruled.grounds.len(), 1);
}

#[test]
fn an_object_that_is_not_there_is_told_to_those_who_may_list() {
    let get = || call("GetObject", vec![need("s3:GetObject", "arn:aws:s3:::shop/in/a")]);
    let (object, ruled) = judge(&["get s3://shop/in/*"]).absence(&get()).unwrap();
    assert_eq!(object, "arn:aws:s3:::shop/in/a");
    assert_eq!(
        (ruled.need.action.as_str(), ruled.need.resource.as_str()),
        ("s3:ListBucket", "arn:aws:s3:::shop")
    );
    assert_eq!(judge(&["get s3://shop/in/*", "list s3://shop"]).absence(&get()), None);
    let put = call("PutObject", vec![need("s3:PutObject", "arn:aws:s3:::shop/in/a")]);
    assert_eq!(judge(&[]).absence(&put), None);
}

#[test]
fn the_report_counts_and_names_what_was_not_used() {
    let judge = judge(&["get s3://shop/in/*", "put s3://shop/out/*"]);
    let mut seen = Seen::default();
    let get = call("GetObject", vec![need("s3:GetObject", "arn:aws:s3:::shop/in/a")]);
    let delete = call("DeleteObject", vec![need("s3:DeleteObject", "arn:aws:s3:::shop/in/a")]);
    for _ in 0..2 {
        seen.let_through(&judge.rule(&get));
    }
    seen.refused(&delete.needs[0]);
    seen.other("textract", Passed::Refused);
    let access = Access::of(&judge, &seen, None, false, Vec::new());
    let rows: Vec<_> = access
        .calls
        .iter()
        .map(|row| (row.verdict, &*row.action, row.count))
        .collect();
    assert_eq!(
        rows,
        [
            (Standing::Allowed, "s3:GetObject", 2),
            (Standing::Denied, "s3:DeleteObject", 1)
        ]
    );
    assert_eq!(access.calls[1].line.as_deref(), Some("delete s3://shop/in/a"));
    assert_eq!(access.unused, ["put s3://shop/out/*"]);
    assert_eq!((access.others[0].count, access.others[0].verdict), (1, Passed::Refused));
    assert_eq!(access.learned, None);
    assert_eq!(
        access.principal,
        "arn:aws:sts::123456789012:assumed-role/thumbs-eu-west-1/thumbs"
    );
}

#[test]
fn what_came_since_is_told_once() {
    let judge = judge(&["get s3://shop/in/*"]);
    let mut seen = Seen::default();
    let look = |seen: &Seen| Access::of(&judge, seen, None, true, vec!["a boundary is not looked at".into()]);
    let get = |key: &str| {
        let object = need("s3:GetObject", &format!("arn:aws:s3:::shop/{key}"));
        judge.rule(&call("GetObject", vec![object]))
    };
    seen.let_through(&get("in/a"));
    seen.let_through(&get("out/a"));
    seen.other("x", Passed::Refused);
    let before = look(&seen);
    let same = before.since(&before);
    assert_eq!((same.calls, same.others, same.learned), (Vec::new(), Vec::new(), None));
    seen.let_through(&get("in/a"));
    seen.let_through(&get("in/b"));
    seen.let_through(&get("out/b"));
    seen.absent("arn:aws:s3:::shop/in/b".into());
    let new = look(&seen).since(&before);
    let rows: Vec<_> = new
        .calls
        .iter()
        .map(|row| (row.verdict, &*row.resource, row.count))
        .collect();
    assert_eq!(
        rows,
        [
            (Standing::Allowed, "arn:aws:s3:::shop/in/a", 1),
            (Standing::Allowed, "arn:aws:s3:::shop/in/b", 1),
            (Standing::Missing, "arn:aws:s3:::shop/out/b", 1),
        ]
    );
    let lines: Vec<_> = new.learned.iter().flatten().map(|learned| &*learned.line).collect();
    assert_eq!(lines, ["get s3://shop/out/b"]);
    assert_eq!(
        new.notes,
        ["`arn:aws:s3:::shop/in/b` is not there, which S3 tells only those who may list the bucket; others are denied"]
    );
}

#[test]
fn an_operation_that_is_not_known_gets_no_line() {
    let judge = judge(&["get s3://shop/in/*"]);
    let ruled = judge.rule_on_service("batch", None).unwrap();
    let mut seen = Seen::default();
    seen.refused(&ruled.need);
    seen.let_through(&[ruled]);
    let access = Access::of(&judge, &seen, None, true, Vec::new());
    let rows: Vec<_> = access
        .calls
        .iter()
        .map(|row| (row.verdict, &*row.action, &row.line))
        .collect();
    assert_eq!(
        rows,
        [
            (Standing::Denied, "batch:*", &None),
            (Standing::Missing, "batch:*", &None)
        ]
    );
    assert_eq!(access.learned, Some(Vec::new()));
}

#[test]
fn of_a_service_whose_calls_are_not_named_the_action_decides() {
    let judge = judge(&["detect textract"]);
    let ruled = |service: &str, operation: Option<&str>| {
        let ruled = judge.rule_on_service(service, operation)?;
        Some((ruled.need.action, ruled.ruling == Ruling::Allowed))
    };
    for (service, operation, expected) in [
        (
            "textract",
            Some("DetectDocumentText"),
            Some(("textract:DetectDocumentText", true)),
        ),
        (
            "textract",
            Some("AnalyzeDocument"),
            Some(("textract:AnalyzeDocument", false)),
        ),
        ("textract", None, Some(("textract:*", true))),
        ("kinesis", Some("PutRecord"), Some(("kinesis:PutRecord", false))),
        ("bedrock-runtime", None, Some(("bedrock:*", false))),
        ("nothing-known", Some("X"), None),
    ] {
        let expected = expected.map(|(action, allowed)| (action.to_owned(), allowed));
        assert_eq!(ruled(service, operation), expected, "{service} {operation:?}");
    }
}

#[test]
fn a_boundary_bounds_services_that_are_not_named_too() {
    let mut judge = judge(&["list s3://shop"]);
    let allow = Statement::allow(["iam:GetUser"], ["*"]);
    judge.sources[0].statements = vec![allow.clone()];
    let ruling = |judge: &Judge, operation| judge.rule_on_service("iam", operation).unwrap().ruling;
    let denied = |keeper, explicit| Ruling::Denied(Reason { keeper, explicit });
    assert_eq!(ruling(&judge, Some("GetUser")), Ruling::Allowed);
    assert_eq!(ruling(&judge, Some("ListUsers")), denied(Keeper::Identity, false));
    assert_eq!(ruling(&judge, None), Ruling::Allowed);
    judge.boundary = Some(PolicyDocument::new([Statement::allow(["sqs:*"], ["*"])]));
    assert_eq!(ruling(&judge, Some("GetUser")), denied(Keeper::Boundary, false));
    assert_eq!(ruling(&judge, None), denied(Keeper::Boundary, false));
    let all = Statement::allow(["*"], ["*"]);
    judge.boundary = Some(PolicyDocument::new([all.clone(), Statement::deny(["iam:*"], ["*"])]));
    assert_eq!(ruling(&judge, Some("GetUser")), denied(Keeper::Boundary, true));
    judge.boundary = Some(PolicyDocument::new([all]));
    assert_eq!(ruling(&judge, Some("GetUser")), Ruling::Allowed);
    judge.sources[0].statements = vec![allow, Statement::deny(["iam:Get*"], ["*"])];
    assert_eq!(ruling(&judge, Some("GetUser")), denied(Keeper::Identity, true));
}
