//! Rules against policies with planted faults, and against policies that have none.

use std::fs;
use std::path::Path;

use lfn::domain::policy::PolicyDocument;
use lfn::domain::policy::lint::{Finding, Kind, Severity, lint};
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

#[test]
fn policies_as_aws_documents_them_have_no_faults() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy/templates");
    let name = regex::Regex::new(r"\{[a-z]+\}").expect("valid");
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
        let unexpected: Vec<Finding> = lint(&document, Kind::Identity)
            .into_iter()
            .filter(|finding| match finding.rule {
                // Interfaces in a VPC.
                "P12" => finding.severity != Severity::Info,
                // Managing rights is what these parts of a deploy do.
                "P23" => !name.starts_with("deployer-"),
                _ => true,
            })
            .collect();
        assert!(unexpected.is_empty(), "{name}: {unexpected:#?}");
        seen += 1;
    }
    assert!(seen > 40, "only {seen} policies");
}
