//! `lfn policy`: the role in words, why something is allowed, and what is wrong with it.

use insta::assert_snapshot;

use crate::session::Session;

const SHOP: &str = "\
name: shop
runtime: python3.13
handler: app.handler
allow:
  - get s3://shop/in/*
  - list s3://shop/in/*
  - send sqs:fulfil
  - actions: [textract:DetectDocumentText]
    resources: [\"*\"]
    because: Textract has no resource types
on_failure: sqs:dead
vpc: { subnets: [subnet-12345678], security_groups: [sg-12345678] }
stages:
  prod:
    allow: [send sqs:fulfil-prod]
";

fn shop() -> Session {
    let session = Session::new();
    session.project.write("lambda.yaml", SHOP);
    session
        .project
        .write("app.py", "def handler(event, context):\n    return event\n");
    session
}

#[test]
fn the_role_is_shown_part_by_part() {
    let mut session = shop();
    session.run("policy show").success();
    session.run("policy show --stage prod").success();
    assert_snapshot!(session.transcript());
    let shown = session.quietly("policy show --format json --region eu-west-1").json();
    assert_eq!(shown["role"], "arn:aws:iam::123456789012:role/lfn/shop-eu-west-1");
    assert_eq!(shown["trust"]["Statement"][0]["Action"], "sts:AssumeRole");
    assert_eq!(shown["sources"][3]["path"], "allow[0]");
    assert_eq!(
        (&shown["sources"][3]["line"], &shown["sources"][3]["column"]),
        (&5.into(), &5.into())
    );
    session.edit("name: shop", "role: arn:aws:iam::123456789012:role/mine\nname: shop");
    let refused = crate::support::lfn(&session.project)
        .args(["policy", "show"])
        .run()
        .exits_with(1);
    assert!(refused.stderr.contains("role that lfn does not make"), "{refused}");
}

#[test]
fn what_lambda_polls_has_its_rights_and_its_line() {
    let mut session = shop();
    session.edit(
        "  - send sqs:fulfil",
        "  - get secret:prod/stripe using kms:alias/shop\n  - send sqs:fulfil",
    );
    session.edit(
        "vpc:",
        "on:\n  - s3: { bucket: shop }\n  - sqs: { queue: orders-in, kms_key: alias/shop }\nvpc:",
    );
    let shown = session.quietly("policy show --format json").json();
    let sources = shown["sources"].as_array().unwrap();
    let paths: Vec<&str> = sources.iter().filter_map(|source| source["path"].as_str()).collect();
    assert!(paths.contains(&"on[1]") && !paths.contains(&"on[0]"), "{paths:?}");
    assert_eq!(shown["limit"], 10_240);
    let why = session.quietly("policy why sqs:ReceiveMessage").stdout;
    assert!(
        why.contains("lambda.yaml:15:5: on[1] (poll the queue orders-in)"),
        "{why}"
    );
    let key = "policy why kms:Decrypt --when kms:ResourceAliases=alias/shop --when kms:ViaService=sqs.us-east-1.amazonaws.com";
    let why = session.quietly(key).stdout;
    assert!(
        why.starts_with("allowed: kms:Decrypt") && !why.contains("only when"),
        "{why}"
    );
    session.run("policy lint").success();
}

#[test]
fn why_names_the_line_or_the_one_that_is_missing() {
    let mut session = shop();
    for (question, code) in [
        ("s3:GetObject s3://shop/in/a.jpg", 0),
        ("s3:GetObject s3://shop/out/a.jpg", 1),
        ("s3:getobject", 0),
        ("s3:ListBucket s3://shop", 1),
        ("s3:ListBucket arn:aws:s3:::shop --when s3:prefix=in/a", 0),
        ("sqs:SendMessage", 0),
        ("sqs:SendMessage arn:aws:sqs:eu-west-1:210987654321:fulfil", 0),
        ("sqs:SendMessage sqs:fulfil-prod --stage prod", 0),
        ("sqs:SendMessage sqs:other", 1),
        ("sqs:PurgeQueue sqs:fulfil", 1),
        ("ec2:CreateNetworkInterface '*'", 1),
        ("sns:Publish", 1),
        // What is no action at all.
        ("sqs:SendMesage", 1),
        ("sqss:SendMessage", 1),
        ("s3:HeadObject", 1),
        ("s3:Get*", 1),
        ("SendMessage", 1),
        ("sqs:SendMessage sns:topic", 1),
        ("sqs:SendMessage --when prefix", 2),
        // AWS gains actions faster than tools gain releases.
        ("sqs:BrandNewThingToDo", 1),
    ] {
        session.run(&format!("policy why {question}")).exits_with(code);
    }
    assert_snapshot!(session.transcript());
}

#[test]
fn the_rules_find_what_is_wrong_and_a_reason_sets_them_aside() {
    let mut session = shop();
    session.run("policy lint").success();
    session.edit(
        "  - actions: [textract:DetectDocumentText]",
        "  - actions: [textract:DetectDocumentText, dynamodb:DeleteItem, \"s3:PutObjct\"]",
    );
    session.run("policy lint").exits_with(1);
    session.run("validate").exits_with(1);
    session.edit(", \"s3:PutObjct\"", "");
    session.edit("    because", "    accept: [P99]\n    because");
    session.run("validate").exits_with(1);
    session.edit("P99", "P12");
    session.run("policy lint").success();
    session.run("validate").success();
    session.edit("    because: Textract has no resource types\n", "");
    session.run("validate").exits_with(1);
    assert_snapshot!(session.transcript());
}

#[test]
fn any_policy_file_can_be_checked() {
    let mut session = shop();
    let write = |name: &str, text: &str| {
        session.project.write(name, text);
    };
    write(
        "wide.json",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"#,
    );
    write(
        "trust.json",
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"}}}"#,
    );
    write(
        "function.json",
        r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "lambda:InvokeFunction",
            "Principal": "*", "Resource": "*"}}"#,
    );
    write("broken.json", "{");
    session
        .run("policy lint wide.json trust.json function.json")
        .exits_with(1);
    session.run("policy lint trust.json").success();
    session.run("policy lint broken.json").exits_with(1);
    session.run("policy lint missing.json").exits_with(1);
    session.run("policy lint wide.json --sarif").exits_with(1);
    session.run("policy lint trust.json --format json").success();
    assert_snapshot!(session.transcript());
}
