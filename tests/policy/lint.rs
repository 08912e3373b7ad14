//! Rules against policies with planted faults, and against policies that have none.

use std::fs;
use std::path::Path;

use lfn::domain::policy::lint::{Finding, Kind, Severity, lint};
use lfn::domain::policy::{PolicyDocument, file};
use serde_json::{Value, json};

fn find(statement: &Value, kind: Kind) -> Vec<Finding> {
    let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
    lint(&document.try_into().expect("a policy"), kind)
}

/// A statement with these elements over harmless ones.
fn with(changes: &Value) -> Value {
    let mut statement = json!({ "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs" });
    for (key, value) in changes.as_object().expect("an object") {
        statement[key] = value.clone();
    }
    statement
}

#[test]
fn planted_faults_are_found_each_by_its_rule() {
    use Severity::{Error, Info, Warning};
    for (changes, rule, severity, says) in [
        (
            json!({ "Action": "sqss:SendMessage" }),
            "P01",
            Error,
            "did you mean `sqs`",
        ),
        (
            json!({ "Action": "sqs:SendMesage" }),
            "P02",
            Error,
            "did you mean `sqs:SendMessage`",
        ),
        (
            json!({ "Action": "lambda:InvokeWebFunctionEndpoint" }),
            "P02",
            Warning,
            "2026-",
        ),
        (json!({ "Action": "sqs:Zap*" }), "P02", Error, "no action"),
        (
            json!({ "Action": "s3:HeadObject" }),
            "P03",
            Error,
            "write `s3:GetObject`",
        ),
        (
            json!({ "Action": "s3:ListObjects" }),
            "P03",
            Error,
            "write `s3:ListBucket`",
        ),
        (json!({ "Action": "*" }), "P10", Error, "every action"),
        (json!({ "Action": "*:*" }), "P10", Error, "every action"),
        (json!({ "Resource": [] }), "P14", Error, "refused by IAM"),
        (
            json!({ "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b" }),
            "P14",
            Error,
            "`arn:aws:s3:::*/*`",
        ),
        (
            json!({ "Resource": "*" }),
            "P12",
            Error,
            "`arn:aws:sqs:REGION:ACCOUNT:*`",
        ),
        (json!({ "Action": "sqs:*" }), "P10", Error, "actions of Amazon SQS"),
        (json!({ "Action": "sqs:Send*" }), "P11", Warning, "AWS adds later"),
        (
            json!({ "Action": "sqs:Add*" }),
            "P11",
            Error,
            "`AddPermission` among them",
        ),
        (json!({ "Resource": "*" }), "P12", Error, "could be on single resources"),
        (
            json!({ "Action": "sqs:GetQueueUrl", "Resource": "*" }),
            "P12",
            Warning,
            "single resources",
        ),
        (
            json!({ "Action": "ec2:CreateNetworkInterface", "Resource": "*" }),
            "P12",
            Info,
            "AWS documents",
        ),
        (
            json!({ "Resource": "arn:aws:sqs:*:111122223333:jobs" }),
            "P13",
            Warning,
            "wildcard",
        ),
        (
            json!({ "Action": "s3:GetObject", "Resource": "arn:aws:s3:::orders" }),
            "P14",
            Error,
            "acts on",
        ),
        (
            json!({ "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::orders/*" }),
            "P14",
            Error,
            "acts on",
        ),
        (json!({ "Action": "sqs:ListQueues" }), "P15", Warning, "never match"),
        (
            json!({ "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/x" }),
            "P21",
            Error,
            "any service",
        ),
        (
            json!({ "Action": "sqs:AddPermission" }),
            "P23",
            Warning,
            "who may do what",
        ),
        (
            json!({ "Action": "secretsmanager:GetSecretValue", "Resource": "*" }),
            "P24",
            Error,
            "every secret",
        ),
        (
            json!({ "Condition": { "StringEquals": { "s3:prefix": "x" } } }),
            "P30",
            Warning,
            "`s3:prefix`",
        ),
        (
            json!({ "Condition": { "StringEqual": { "aws:SourceArn": "x" } } }),
            "P30",
            Error,
            "not a condition operator",
        ),
        (
            json!({ "Condition": { "ForAllValues:StringEquals": { "aws:TagKeys": "x" } } }),
            "P30",
            Error,
            "`aws:TagKeys` at all",
        ),
        (
            json!({ "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::b", "Condition": { "StringEquals": { "s3:max-keys": "1" } } }),
            "P30",
            Warning,
            "a number",
        ),
    ] {
        let found = find(&with(&changes), Kind::Identity);
        let [finding] = &found[..] else {
            panic!("{changes}: {found:#?}")
        };
        let text = format!("{} {}", finding.message, finding.hint.as_deref().unwrap_or_default());
        assert_eq!((finding.rule, finding.severity), (rule, severity), "{changes}: {text}");
        assert!(text.contains(says), "{changes}: {text}");
        assert!(finding.path.starts_with("Statement[0]."), "{}", finding.path);
    }
}

#[test]
fn what_is_open_to_others_is_found() {
    let invoke = |principal: Value, condition: Value| {
        json!({ "Effect": "Allow", "Principal": principal, "Action": "lambda:InvokeFunction", "Condition": condition,
            "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:fn" })
    };
    let trust = |condition: Value| {
        json!({ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole",
            "Condition": condition })
    };
    let arn = json!({ "ArnLike": { "aws:SourceArn": "arn:aws:s3:::b" } });
    let account = json!({ "StringEquals": { "aws:SourceAccount": "111122223333" } });
    let service = |name: &str| json!({ "Service": name });
    for (statement, kind, rules) in [
        (
            invoke(service("s3.amazonaws.com"), arn.clone()),
            Kind::Function,
            &["P31"][..],
        ),
        (
            invoke(service("s3.amazonaws.com"), account.clone()),
            Kind::Function,
            &[],
        ),
        (
            invoke(service("sns.amazonaws.com"), account.clone()),
            Kind::Function,
            &["P31"],
        ),
        (invoke(service("sns.amazonaws.com"), arn.clone()), Kind::Function, &[]),
        (
            invoke(service("events.amazonaws.com"), json!({})),
            Kind::Function,
            &["P31"],
        ),
        (invoke(json!("*"), json!({})), Kind::Function, &["P32"]),
        (
            invoke(json!("*"), json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } })),
            Kind::Function,
            &[],
        ),
        (invoke(json!({ "AWS": "111122223333" }), json!({})), Kind::Function, &[]),
        (trust(json!({})), Kind::Trust, &["P34"]),
        (trust(account), Kind::Trust, &[]),
    ] {
        let found: Vec<_> = find(&statement, kind).iter().map(|finding| finding.rule).collect();
        assert_eq!(found, rules, "{statement}");
    }
}

/// Conditions with which a statement stays open to strangers.
#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn a_condition_that_keeps_nobody_out_is_no_guard() {
    let statement = |principal: Value, action: &str, condition: Value| json!({ "Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition });
    let everybody = |condition| statement(json!("*"), "lambda:InvokeFunction", condition);
    let service = |condition| {
        let events = json!({ "Service": "events.amazonaws.com" });
        statement(events, "lambda:InvokeFunction", condition)
    };
    let trust = |condition| {
        statement(
            json!({ "Service": "lambda.amazonaws.com" }),
            "sts:AssumeRole",
            condition,
        )
    };
    let host = "token.actions.githubusercontent.com";
    let federated = |claims: Value| {
        let provider = json!({ "Federated": format!("arn:aws:iam::111122223333:oidc-provider/{host}") });
        let claims: serde_json::Map<_, _> = (claims.as_object().expect("an object").iter())
            .map(|(claim, value)| (format!("{host}:{claim}"), value.clone()))
            .collect();
        statement(
            provider,
            "sts:AssumeRoleWithWebIdentity",
            json!({ "StringLike": claims }),
        )
    };
    for (statement, kind, rule) in [
        (
            everybody(json!({ "StringNotEquals": { "aws:PrincipalOrgID": "o-1" } })),
            Kind::Function,
            Some("P32"),
        ),
        (
            everybody(json!({ "StringLike": { "aws:PrincipalOrgID": "*" } })),
            Kind::Function,
            Some("P32"),
        ),
        (
            everybody(json!({ "StringEqualsIfExists": { "aws:PrincipalOrgID": "o-1" } })),
            Kind::Function,
            Some("P32"),
        ),
        (
            everybody(json!({ "ArnLike": { "aws:SourceArn": "*" } })),
            Kind::Resource,
            Some("P32"),
        ),
        (
            service(json!({ "ArnLike": { "AWS:SourceArn": "*" } })),
            Kind::Function,
            Some("P31"),
        ),
        (
            service(json!({ "StringNotEquals": { "aws:SourceAccount": "1" } })),
            Kind::Resource,
            Some("P31"),
        ),
        (
            service(json!({ "StringEqualsIfExists": { "aws:SourceAccount": "1" } })),
            Kind::Function,
            Some("P31"),
        ),
        (
            service(json!({ "StringEquals": { "aws:SourceOrgID": "o-1" } })),
            Kind::Function,
            None,
        ),
        (
            trust(json!({ "StringNotEquals": { "aws:SourceAccount": "1" } })),
            Kind::Trust,
            Some("P34"),
        ),
        (
            trust(json!({ "StringEqualsIfExists": { "aws:SourceAccount": "1" } })),
            Kind::Trust,
            Some("P34"),
        ),
        (federated(json!({})), Kind::Trust, Some("P34")),
        (
            federated(json!({ "aud": "sts.amazonaws.com" })),
            Kind::Trust,
            Some("P34"),
        ),
        (federated(json!({ "sub": "repo:*" })), Kind::Trust, Some("P34")),
        (federated(json!({ "sub": "repo:acme*" })), Kind::Trust, Some("P34")),
        (federated(json!({ "ref": "refs/heads/main" })), Kind::Trust, Some("P34")),
        (federated(json!({ "sub": "repo:acme/shop:*" })), Kind::Trust, None),
        (federated(json!({ "repository_owner_id": "1234" })), Kind::Trust, None),
        (
            statement(
                json!({ "Federated": "arn:aws:iam::111122223333:saml-provider/ours" }),
                "sts:AssumeRoleWithSAML",
                json!({}),
            ),
            Kind::Trust,
            None,
        ),
    ] {
        let found = find(&statement, kind);
        let rules: Vec<_> = found.iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, Vec::from_iter(rule), "{statement}");
        let void = statement["Condition"]
            .as_object()
            .is_some_and(|all| !all.contains_key("StringLike"));
        if void && rule.is_some() {
            assert!(found[0].message.contains("keeps nobody out"), "{found:#?}");
        }
    }
    let pass = |operator: &str, to: &str| {
        let condition = json!({ operator: { "iam:PassedToService": to } });
        with(
            &json!({ "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/x", "Condition": condition }),
        )
    };
    for (statement, is_found) in [
        (pass("StringLike", "*"), true),
        (pass("StringEqualsIfExists", "lambda.amazonaws.com"), true),
        (pass("StringNotEquals", "ec2.amazonaws.com"), true),
        (pass("StringEquals", "lambda.amazonaws.com"), false),
    ] {
        let found: Vec<_> = find(&statement, Kind::Identity).iter().map(|f| f.rule).collect();
        assert_eq!(found, Vec::from_iter(is_found.then_some("P21")), "{statement}");
    }
    for (action, resource, is_found) in [
        (
            "secretsmanager:Get*",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:*",
            true,
        ),
        ("secretsmanager:Get*", "*", true),
        ("ssm:Get*", "arn:aws:ssm:eu-west-1:111122223333:parameter/shop/*", false),
        ("secretsmanager:List*", "*", false),
    ] {
        let found = find(
            &with(&json!({ "Action": action, "Resource": resource })),
            Kind::Identity,
        );
        assert_eq!(found.iter().any(|f| f.rule == "P24"), is_found, "{action} {found:#?}");
    }
    // Neither a narrower resource nor an end of an escalation.
    let any_queue = json!({ "Resource": "*", "Condition": { "StringNotEquals": { "sqs:Owner": "x" } } });
    assert!(find(&with(&any_queue), Kind::Identity).iter().any(|f| f.rule == "P12"));
    let any_boundary = json!({ "Action": "iam:PutRolePolicy", "Resource": "arn:aws:iam::111122223333:role/x",
        "Condition": { "StringLike": { "iam:PermissionsBoundary": "*" } } });
    assert!(
        find(&with(&any_boundary), Kind::Identity)
            .iter()
            .any(|f| f.rule == "P22")
    );
}

#[test]
fn exceptions_in_permissions_old_versions_sizes_and_copies_are_found() {
    let not = json!({ "Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::b" });
    let rules: Vec<_> = find(&not, Kind::Identity).iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, ["P20", "P20"]);
    let deny = json!({ "Effect": "Deny", "NotAction": "iam:*", "Resource": "*" });
    assert_eq!(find(&deny, Kind::Identity), []);

    let many: Vec<String> = (0..300)
        .map(|n| format!("arn:aws:sqs:eu-west-1:111122223333:queue-{n:03}"))
        .collect();
    let wide = with(&json!({ "Resource": many }));
    let document = json!({ "Statement": [wide, wide] });
    let document: PolicyDocument = document.try_into().expect("a policy");
    let found = lint(&document, Kind::Identity);
    let rules: Vec<_> = found.iter().map(|finding| (finding.rule, finding.severity)).collect();
    assert_eq!(
        rules,
        [
            ("P33", Severity::Error),
            ("P40", Severity::Error),
            ("P41", Severity::Info)
        ]
    );
    assert_eq!(found[2].path, "Statement[1]");
}

/// The policy with nine planted faults: in the order of its statements, where each is and what it is.
const PLANTED: [(&str, Severity, &str, &str); 9] = [
    ("P01", Severity::Error, "7:17", "`sqss`"),
    ("P02", Severity::Error, "13:38", "`GetItme`"),
    ("P03", Severity::Error, "19:17", "`s3:ListObjectsV2`"),
    ("P14", Severity::Error, "26:19", "acts on none"),
    ("P15", Severity::Warning, "32:19", "no resource but `*`"),
    ("P21", Severity::Error, "38:19", "any role"),
    ("P30", Severity::Warning, "46:40", "`dynamodb:LeadingKeys`"),
    ("P24", Severity::Error, "52:19", "every secret"),
    ("P30", Severity::Error, "59:53", "no `aws:TagKeys` at all"),
];

#[test]
fn nine_planted_faults_are_found_and_nothing_else() {
    let text = include_str!("nine-faults.json");
    let found = file::documents(text).expect("a policy").remove(0);
    let findings = lint(&found.document, found.kind);
    for (finding, (index, planted)) in findings.iter().zip(PLANTED.iter().enumerate()) {
        let (rule, severity, at, says) = *planted;
        let place = found.mark(finding, text).to_string();
        assert_eq!(
            (finding.rule, finding.severity, &*place),
            (rule, severity, at),
            "{finding:#?}"
        );
        assert_eq!(finding.statement, Some(index), "{finding:#?}");
        assert!(finding.message.contains(says), "{finding:#?}");
    }
    assert_eq!(findings.len(), PLANTED.len(), "{findings:#?}");
}

#[test]
fn escalations_are_named_with_the_statements_that_complete_them() {
    let on = |actions: Value, resource: &str| json!({ "Effect": "Allow", "Action": actions, "Resource": resource });
    let functions = "arn:aws:lambda:eu-west-1:111122223333:function:*";
    let pass = json!({ "Effect": "Allow", "Action": "iam:PassRole", "Resource": "*" });
    let pass_to = |service: &str| {
        let mut pass = pass.clone();
        pass["Condition"] = json!({ "StringEquals": { "iam:PassedToService": service } });
        pass
    };
    let run = on(json!(["lambda:CreateFunction", "lambda:InvokeFunction"]), functions);
    let deny = |action: &str| json!({ "Effect": "Deny", "Action": action, "Resource": "*" });
    let role = "arn:aws:iam::111122223333:role/shop";
    let boundary = json!({ "StringEquals": { "iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/limits" } });
    let mut bounded = on(json!("iam:PutRolePolicy"), role);
    bounded["Condition"] = boundary;
    let names = ["`Statement[0]`", "`Statement[1]`"];
    for (statements, complete) in [
        (vec![pass.clone(), run.clone()], &names[..]),
        (vec![pass_to("lambda.amazonaws.com"), run.clone()], &names),
        (vec![pass_to("ec2.amazonaws.com"), run.clone()], &[]),
        // One member is gone.
        (vec![pass.clone()], &[]),
        (vec![pass.clone(), run.clone(), deny("lambda:InvokeFunction")], &[]),
        (vec![pass.clone(), run.clone(), deny("iam:Pass*")], &[]),
        (vec![pass.clone(), run.clone(), deny("lambda:DeleteFunction")], &names),
        // Named roles and functions.
        (vec![on(json!("iam:PassRole"), role), run], &[]),
        (vec![on(json!("lambda:UpdateFunctionCode"), functions)], &names[..1]),
        (
            vec![on(
                json!("lambda:UpdateFunctionCode"),
                "arn:aws:lambda:eu-west-1:111122223333:function:shop",
            )],
            &[],
        ),
        // Writing a role's policy is enough on one role, unless a boundary is insisted on.
        (vec![on(json!("iam:PutRolePolicy"), role)], &names[..1]),
        (vec![bounded], &[]),
        (vec![on(json!("iam:Put*"), role)], &names[..1]),
        (vec![on(json!("iam:UpdateAssumeRolePolicy"), "*")], &names[..1]),
        (vec![on(json!("iam:UpdateAssumeRolePolicy"), role)], &[]),
        (vec![on(json!("iam:UpdateAccessKey"), "*")], &names[..1]),
        (
            vec![pass.clone(), on(json!("ssm:StartAutomationExecution"), "*")],
            &names,
        ),
        (vec![pass.clone(), on(json!("iot:CreateTopicRule"), "*")], &names),
        (vec![pass.clone(), on(json!("imagebuilder:CreateImage"), "*")], &names),
        (
            vec![
                pass.clone(),
                on(
                    json!(["ec2:CreateLaunchTemplate", "autoscaling:CreateAutoScalingGroup"]),
                    "*",
                ),
            ],
            &names,
        ),
        // P10 and P20 say it.
        (vec![on(json!("*"), "*")], &[]),
    ] {
        let document = json!({ "Version": "2012-10-17", "Statement": statements });
        let document: PolicyDocument = document.try_into().expect("a policy");
        let found = lint(&document, Kind::Identity);
        let found: Vec<_> = found.iter().filter(|finding| finding.rule == "P22").collect();
        assert_eq!(
            found.len(),
            usize::from(!complete.is_empty()),
            "{statements:?} {found:#?}"
        );
        for finding in found {
            let hint = finding.hint.as_deref().expect("says which statements");
            assert!(
                hint.starts_with(&format!("{} complete", complete.join(" and "))),
                "{hint}"
            );
            assert_eq!(finding.severity, Severity::Error);
        }
    }
}

#[test]
fn wide_names_open_trust_and_redundancy_are_found() {
    let rules = |document: Value, kind: Kind| -> Vec<(&str, Severity, String)> {
        let document: PolicyDocument = document.try_into().expect("a policy");
        let found = lint(&document, kind).into_iter();
        found
            .map(|finding| (finding.rule, finding.severity, finding.path))
            .collect()
    };
    let get = |resource: &str| with(&json!({ "Action": "s3:GetObject", "Resource": resource }));
    for (resource, rule) in [
        ("arn:aws:s3:::orders/*", None),
        ("arn:aws:s3:::orders/in/2026-*", None),
        ("arn:aws:s3:::orders/in*", Some("P13")),
        ("arn:aws:s3:::order*/in/x", Some("P13")),
        ("arn:aws:s3:::*/in/x", Some("P13")),
    ] {
        let found: Vec<_> = find(&get(resource), Kind::Identity).iter().map(|f| f.rule).collect();
        assert_eq!(found, Vec::from_iter(rule), "{resource}");
    }
    let trust =
        json!({ "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" }, "Action": "sts:AssumeRole" });
    let mut closed = trust.clone();
    closed["Condition"] = json!({ "StringEquals": { "aws:SourceAccount": "111122223333" } });
    let document = json!({ "Version": "2012-10-17", "Statement": [closed, trust] });
    assert_eq!(
        rules(document, Kind::Trust),
        [
            ("P41", Severity::Info, "Statement[0]".to_owned()),
            ("P34", Severity::Error, "Statement[0].Condition".to_owned()),
            ("P34", Severity::Warning, "Statement[1].Principal".to_owned()),
        ]
    );
    let narrow = get("arn:aws:s3:::orders/in/*");
    let wide = with(&json!({ "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::orders/*" }));
    let document = json!({ "Version": "2012-10-17", "Statement": [narrow, wide] });
    assert_eq!(
        rules(document, Kind::Identity),
        [("P41", Severity::Info, "Statement[0]".to_owned())]
    );
    // The default policy of a key, which leaves the decision to the account's own policies.
    let key = json!({ "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:root" }, "Action": "kms:*",
        "Resource": "*" });
    assert_eq!(find(&key, Kind::Resource), []);
}

/// What the rules say about the policies as AWS documents them, all of it: network interfaces in a VPC have
/// no narrower form, and deploying a role or a trigger is managing rights.
const EXPECTED: [&str; 24] = [
    "deployer-deploy-image P23 warning ecr:SetRepositoryPolicy",
    "deployer-deploy-kms-env P23 warning kms:CreateGrant",
    "deployer-deploy-resource-policy P23 warning lambda:AddPermission",
    "deployer-deploy-resource-policy P23 warning lambda:DeleteResourcePolicy",
    "deployer-deploy-resource-policy P23 warning lambda:PutResourcePolicy",
    "deployer-deploy-resource-policy P23 warning lambda:RemovePermission",
    "deployer-deploy-role P23 warning iam:DeleteRolePolicy",
    "deployer-deploy-role P23 warning iam:PutRolePermissionsBoundary",
    "deployer-deploy-role P23 warning iam:PutRolePolicy",
    "deployer-deploy-role P23 warning iam:UpdateAssumeRolePolicy",
    "deployer-destroy P23 warning iam:DeleteRolePolicy",
    "deployer-publish-layer P23 warning lambda:AddLayerVersionPermission",
    "role-esm-documentdb P12 info ec2:CreateNetworkInterface",
    "role-esm-documentdb P12 info ec2:DeleteNetworkInterface",
    "role-esm-kafka P12 info ec2:CreateNetworkInterface",
    "role-esm-kafka P12 info ec2:DeleteNetworkInterface",
    "role-esm-mq P12 info ec2:CreateNetworkInterface",
    "role-esm-mq P12 info ec2:DeleteNetworkInterface",
    "role-esm-msk P12 info ec2:CreateNetworkInterface",
    "role-esm-msk P12 info ec2:DeleteNetworkInterface",
    "role-vpc P12 info ec2:AssignPrivateIpAddresses",
    "role-vpc P12 info ec2:CreateNetworkInterface",
    "role-vpc P12 info ec2:DeleteNetworkInterface",
    "role-vpc P12 info ec2:UnassignPrivateIpAddresses",
];

#[test]
fn policies_as_aws_documents_them_have_no_other_faults() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy/templates");
    let name = regex::Regex::new(r"\{[a-z]+\}").expect("valid");
    let mut found = Vec::new();
    let mut seen = 0;
    for entry in fs::read_dir(folder).expect("the templates are there") {
        let path = entry.expect("readable").path();
        let mut text = fs::read_to_string(&path).expect("readable");
        for (part, value) in [("{p}", "aws"), ("{r}", "eu-west-1"), ("{a}", "111122223333")] {
            text = text.replace(part, value);
        }
        // What is left are names.
        let text = name.replace_all(&text, "orders").into_owned();
        let document = PolicyDocument::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        for finding in lint(&document, Kind::Identity) {
            let about = finding.message.split('`').nth(1).unwrap_or_default().to_owned();
            let severity = finding.severity.word();
            found.push(format!("{name} {} {severity} {about}", finding.rule));
        }
        seen += 1;
    }
    found.sort();
    assert_eq!(found, EXPECTED);
    assert_eq!(seen, 49);
}
