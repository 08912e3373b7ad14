//! Tables of grants, raw statements and the rights they stand for.

use std::collections::BTreeMap;

use lfn::domain::arn::Place;
use lfn::domain::names::{AccountId, Region};
use lfn::domain::policy::{Grant, PolicyDocument, RawStatement};
use serde_json::{Value, json};

pub fn ireland() -> Place {
    Place {
        partition: "aws".into(),
        region: Region::new("eu-west-1").expect("valid"),
        account: AccountId::new("123456789012").expect("valid"),
    }
}

/// The statements of a grant as JSON.
fn rights_in(line: &str, place: &Place) -> Value {
    let grant = Grant::parse(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    let document: Value = PolicyDocument::new(grant.statements(place)).into();
    document["Statement"].clone()
}

fn resources(line: &str, place: &Place) -> Value {
    rights_in(line, place)[0]["Resource"].clone()
}

#[test]
fn grants_become_exact_statements() {
    for (line, action, resource) in [
        (
            "get s3://shop-photos/in/*",
            json!("s3:GetObject"),
            json!("arn:aws:s3:::shop-photos/in/*"),
        ),
        (
            "get s3://shop-photos/*",
            json!("s3:GetObject"),
            json!("arn:aws:s3:::shop-photos/*"),
        ),
        (
            "get s3://shop-photos/a.json",
            json!("s3:GetObject"),
            json!("arn:aws:s3:::shop-photos/a.json"),
        ),
        (
            "put s3://shop-photos/in/*/raw",
            json!("s3:PutObject"),
            json!("arn:aws:s3:::shop-photos/in/*/raw"),
        ),
        (
            "upload s3://shop-photos/in/*",
            json!(["s3:AbortMultipartUpload", "s3:PutObject"]),
            json!("arn:aws:s3:::shop-photos/in/*"),
        ),
        (
            "delete s3://shop-photos/in/*",
            json!("s3:DeleteObject"),
            json!("arn:aws:s3:::shop-photos/in/*"),
        ),
        (
            "list s3://shop-photos",
            json!("s3:ListBucket"),
            json!("arn:aws:s3:::shop-photos"),
        ),
        (
            "list s3://shop-photos/*",
            json!("s3:ListBucket"),
            json!("arn:aws:s3:::shop-photos"),
        ),
        (
            "read dynamodb:orders",
            json!([
                "dynamodb:BatchGetItem",
                "dynamodb:ConditionCheckItem",
                "dynamodb:GetItem",
                "dynamodb:Query"
            ]),
            json!([
                "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
                "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/index/*"
            ]),
        ),
        (
            "get dynamodb:orders",
            json!("dynamodb:GetItem"),
            json!("arn:aws:dynamodb:eu-west-1:123456789012:table/orders"),
        ),
        (
            "query dynamodb:orders",
            json!("dynamodb:Query"),
            json!([
                "arn:aws:dynamodb:eu-west-1:123456789012:table/orders",
                "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/index/*"
            ]),
        ),
        (
            "query dynamodb:orders/by-date",
            json!("dynamodb:Query"),
            json!("arn:aws:dynamodb:eu-west-1:123456789012:table/orders/index/by-date"),
        ),
        (
            "write dynamodb:orders",
            json!([
                "dynamodb:BatchWriteItem",
                "dynamodb:DeleteItem",
                "dynamodb:PutItem",
                "dynamodb:UpdateItem"
            ]),
            json!("arn:aws:dynamodb:eu-west-1:123456789012:table/orders"),
        ),
        (
            "send sqs:jobs.fifo",
            json!("sqs:SendMessage"),
            json!("arn:aws:sqs:eu-west-1:123456789012:jobs.fifo"),
        ),
        (
            "publish sns:alerts",
            json!("sns:Publish"),
            json!("arn:aws:sns:eu-west-1:123456789012:alerts"),
        ),
        (
            "put events:default",
            json!("events:PutEvents"),
            json!("arn:aws:events:eu-west-1:123456789012:event-bus/default"),
        ),
        (
            "start states:rollup",
            json!("states:StartExecution"),
            json!("arn:aws:states:eu-west-1:123456789012:stateMachine:rollup"),
        ),
        (
            "stop states:rollup",
            json!("states:StopExecution"),
            json!("arn:aws:states:eu-west-1:123456789012:execution:rollup:*"),
        ),
        (
            "callback states",
            json!([
                "states:SendTaskFailure",
                "states:SendTaskHeartbeat",
                "states:SendTaskSuccess"
            ]),
            json!("*"),
        ),
        (
            "invoke lambda:other",
            json!("lambda:InvokeFunction"),
            json!("arn:aws:lambda:eu-west-1:123456789012:function:other"),
        ),
        (
            "invoke lambda:other:live",
            json!("lambda:InvokeFunction"),
            json!("arn:aws:lambda:eu-west-1:123456789012:function:other:live"),
        ),
        (
            "get secret:prod/stripe",
            json!("secretsmanager:GetSecretValue"),
            json!("arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/stripe-??????"),
        ),
        (
            "get param:/shop/flags",
            json!("ssm:GetParameter"),
            json!("arn:aws:ssm:eu-west-1:123456789012:parameter/shop/flags"),
        ),
        (
            "read param:flags",
            json!(["ssm:GetParameter", "ssm:GetParameters"]),
            json!("arn:aws:ssm:eu-west-1:123456789012:parameter/flags"),
        ),
        (
            "list param:/shop",
            json!("ssm:GetParametersByPath"),
            json!([
                "arn:aws:ssm:eu-west-1:123456789012:parameter/shop",
                "arn:aws:ssm:eu-west-1:123456789012:parameter/shop/*"
            ]),
        ),
        (
            "decrypt kms:1234abcd-12ab-34cd-56ef-1234567890ab",
            json!("kms:Decrypt"),
            json!("arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
        ),
        (
            "put kinesis:clicks",
            json!("kinesis:PutRecord"),
            json!("arn:aws:kinesis:eu-west-1:123456789012:stream/clicks"),
        ),
        (
            "put firehose:clicks",
            json!("firehose:PutRecord"),
            json!("arn:aws:firehose:eu-west-1:123456789012:deliverystream/clicks"),
        ),
        (
            "send ses:me@shop.example",
            json!("ses:SendEmail"),
            json!("arn:aws:ses:eu-west-1:123456789012:identity/me@shop.example"),
        ),
        (
            "invoke bedrock:amazon.nova-lite-v1:0",
            json!("bedrock:InvokeModel"),
            json!("arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0"),
        ),
        ("detect textract", json!("textract:DetectDocumentText"), json!("*")),
        (
            "detect rekognition:labels",
            json!("rekognition:DetectLabels"),
            json!("*"),
        ),
        ("describe ec2:instances", json!("ec2:DescribeInstances"), json!("*")),
        (
            "stop ec2:i-0abc",
            json!("ec2:StopInstances"),
            json!("arn:aws:ec2:eu-west-1:123456789012:instance/i-0abc"),
        ),
        (
            "invoke api:a1b2c3/prod/GET/orders/*",
            json!("execute-api:Invoke"),
            json!("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/prod/GET/orders/*"),
        ),
        (
            "get appconfig:app1/env1/prof1",
            json!([
                "appconfig:GetLatestConfiguration",
                "appconfig:StartConfigurationSession"
            ]),
            json!("arn:aws:appconfig:eu-west-1:123456789012:application/app1/environment/env1/configuration/prof1"),
        ),
        (
            "filter logs:/aws/lambda/other",
            json!("logs:FilterLogEvents"),
            json!("arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/other:*"),
        ),
        (
            "assume arn:aws:iam::444455556666:role/report-reader",
            json!("sts:AssumeRole"),
            json!("arn:aws:iam::444455556666:role/report-reader"),
        ),
        (
            "send websocket:a1b2c3/live",
            json!("execute-api:ManageConnections"),
            json!("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/live/POST/@connections/*"),
        ),
        (
            "connect rds:db-RES/app",
            json!("rds-db:connect"),
            json!("arn:aws:rds-db:eu-west-1:123456789012:dbuser:db-RES/app"),
        ),
    ] {
        let expected = json!([{ "Effect": "Allow", "Action": action, "Resource": resource }]);
        assert_eq!(rights_in(line, &ireland()), expected, "{line}");
    }
}

#[test]
fn some_grants_need_a_condition() {
    for (line, resource, condition) in [
        (
            "list s3://shop-photos/daily/*",
            "arn:aws:s3:::shop-photos",
            json!({ "StringLike": { "s3:prefix": "daily/*" } }),
        ),
        (
            "put metrics:Shop",
            "*",
            json!({ "StringEquals": { "cloudwatch:namespace": "Shop" } }),
        ),
        (
            "decrypt kms:alias/shop",
            "arn:aws:kms:eu-west-1:123456789012:key/*",
            json!({ "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/shop" } }),
        ),
        (
            "stop ec2:tag/Env=dev",
            "arn:aws:ec2:eu-west-1:123456789012:instance/*",
            json!({ "StringEquals": { "aws:ResourceTag/Env": "dev" } }),
        ),
        (
            "pass role:jobs/runner:scheduler",
            "arn:aws:iam::123456789012:role/jobs/runner",
            json!({ "StringEquals": { "iam:PassedToService": "scheduler.amazonaws.com" } }),
        ),
    ] {
        let rights = rights_in(line, &ireland());
        assert_eq!(
            (&rights[0]["Resource"], &rights[0]["Condition"]),
            (&json!(resource), &condition),
            "{line}"
        );
    }
}

#[test]
fn an_inference_profile_reaches_its_model_in_every_region_only_through_itself() {
    let profile = "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0";
    let expected = json!([
        { "Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0",
          "Condition": { "StringEquals": { "bedrock:InferenceProfileArn": profile } } },
        { "Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": profile },
    ]);
    assert_eq!(
        rights_in("invoke bedrock:eu.amazon.nova-lite-v1:0", &ireland()),
        expected
    );
}

#[test]
fn a_line_may_end_in_the_key_of_its_target() {
    let key = "1234abcd-12ab-34cd-56ef-1234567890ab";
    let by_alias = |service: &str| {
        json!({
            "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/shop" },
            "StringEquals": { "kms:ViaService": format!("{service}.eu-west-1.amazonaws.com") },
        })
    };
    let by_id = |service: &str, region: &str| json!({ "StringEquals": { "kms:ViaService": format!("{service}.{region}.amazonaws.com") } });
    let any = "arn:aws:kms:eu-west-1:123456789012:key/*".to_owned();
    let one = |region: &str, account: &str| format!("arn:aws:kms:{region}:{account}:key/{key}");
    for (line, actions, resource, condition) in [
        (
            "get secret:prod/stripe using kms:alias/shop".to_owned(),
            json!("kms:Decrypt"),
            any.clone(),
            by_alias("secretsmanager"),
        ),
        (
            "send sqs:q  using  kms:alias/shop".to_owned(),
            json!(["kms:Decrypt", "kms:GenerateDataKey"]),
            any,
            by_alias("sqs"),
        ),
        (
            format!("put s3://b-b/x/* using kms:{key}"),
            json!("kms:GenerateDataKey"),
            one("eu-west-1", "123456789012"),
            by_id("s3", "eu-west-1"),
        ),
        (
            format!("put param:/x using {}", one("us-east-1", "444455556666")),
            json!(["kms:Encrypt", "kms:GenerateDataKey"]),
            one("us-east-1", "444455556666"),
            by_id("ssm", "eu-west-1"),
        ),
        (
            format!(
                "consume arn:aws:sqs:us-east-1:444455556666:q using kms:{}",
                one("us-east-1", "444455556666")
            ),
            json!("kms:Decrypt"),
            one("us-east-1", "444455556666"),
            by_id("sqs", "us-east-1"),
        ),
    ] {
        let rights = rights_in(&line, &ireland());
        let expected = json!({ "Effect": "Allow", "Action": actions, "Resource": resource, "Condition": condition });
        let of_key: Vec<&Value> = rights
            .as_array()
            .unwrap()
            .iter()
            .filter(|s| s["Resource"].to_string().contains(":kms:"))
            .collect();
        assert_eq!(of_key, [&expected], "{line}");
        assert_eq!(rights.as_array().unwrap().len(), 2, "{line}");
    }
    let tidy = Grant::parse(" send sqs:q  using  kms:alias/shop").unwrap();
    assert_eq!(tidy.to_string(), "send sqs:q using kms:alias/shop");
}

#[test]
fn names_expand_in_the_place_they_are_deployed_to() {
    let beijing = Place {
        partition: "aws-cn".into(),
        region: Region::new("cn-north-1").unwrap(),
        account: AccountId::new("210987654321").unwrap(),
    };
    assert_eq!(
        resources("send sqs:q", &beijing),
        "arn:aws-cn:sqs:cn-north-1:210987654321:q"
    );
    assert_eq!(resources("get s3://shop/*", &beijing), "arn:aws-cn:s3:::shop/*");
}

#[test]
fn a_whole_arn_keeps_its_own_account_and_region() {
    for (line, resource) in [
        (
            "send arn:aws:sqs:us-east-1:444455556666:fulfil",
            "arn:aws:sqs:us-east-1:444455556666:fulfil",
        ),
        (
            "send sqs:arn:aws:sqs:us-east-1:444455556666:fulfil",
            "arn:aws:sqs:us-east-1:444455556666:fulfil",
        ),
        ("get arn:aws:s3:::shop-photos/in/*", "arn:aws:s3:::shop-photos/in/*"),
        (
            "get arn:aws:secretsmanager:us-east-1:444455556666:secret:prod/stripe-a1B2c3",
            "arn:aws:secretsmanager:us-east-1:444455556666:secret:prod/stripe-a1B2c3",
        ),
        (
            "get arn:aws:ssm:us-east-1:444455556666:parameter/shop/flags",
            "arn:aws:ssm:us-east-1:444455556666:parameter/shop/flags",
        ),
        (
            "invoke arn:aws:lambda:us-east-1:444455556666:function:other:live",
            "arn:aws:lambda:us-east-1:444455556666:function:other:live",
        ),
        (
            "decrypt arn:aws:kms:us-east-1:444455556666:alias/shop",
            "arn:aws:kms:us-east-1:444455556666:key/*",
        ),
    ] {
        assert_eq!(resources(line, &ireland()), resource, "{line}");
    }
}

#[test]
fn a_grant_prints_as_one_tidy_line() {
    let grant = Grant::parse("  read \t dynamodb:orders ").unwrap();
    assert_eq!(grant.to_string(), "read dynamodb:orders");
    assert_eq!(Grant::parse(&grant.to_string()).unwrap().to_string(), grant.to_string());
}

#[test]
fn wrong_grants_say_what_would_be_right() {
    for (line, hints) in [
        ("", &["a verb and a target"][..]),
        ("send", &["`send` needs a target", "`send ses:shop.example`"]),
        ("detect", &["`detect comprehend:sentiment`"]),
        ("textract", &["needs a verb", "`analyze`, `detect`"]),
        ("send sqs", &["takes `sqs:QUEUE`, not `sqs`"]),
        ("list s3", &["takes `s3://BUCKET/*`, ", "or `s3://BUCKET`, not `s3`"]),
        ("detect textract:", &["takes `textract`, not `textract:`"]),
        ("detect textrct", &["did you mean `textract`?"]),
        ("detect image", &["`comprehend:sentiment`"]),
        ("translate text", &["takes `translate:text` or `translate:document`"]),
        ("send email:me@shop.example", &["did you mean `ses`"]),
        ("put cloudwatch:Shop", &["did you mean `metrics`"]),
        ("enable cloudwatch:errors", &["did you mean `alarm`"]),
        ("read s3://shop/x", &["did you mean `get`"]),
        ("write sqs:fulfil", &["did you mean `send`"]),
        ("call lambda:resize", &["did you mean `invoke`"]),
        ("start ec2:tag/Env", &["takes `ec2:tag/TAG=VALUE` here"]),
        ("pass role:x:lambda.amazonaws.com", &["must not contain `.`"]),
        ("detect rekognition", &["`rekognition:labels`"]),
        ("detect rekognition:label", &["`rekognition:labels`"]),
        ("describe ec2", &["`ec2:instances`"]),
        ("describe ec2:i-0abc", &["`ec2:instances`"]),
        ("invoke api:a1/prod/get/orders", &["one of GET", "not `get`"]),
        ("invoke arn:aws:execute-api:us-east-1:123456789012:a1/prod", &["api"]),
        ("pass arn:aws:iam::123456789012:role/x", &["takes `role:ROLE:SERVICE`"]),
        ("pass role:x", &["takes `role:ROLE:SERVICE`"]),
        ("get s3://shop/x using", &["`using` needs a key"]),
        ("get s3://shop/x using alias/shop", &["`using kms:alias/shop`"]),
        (
            "get s3://shop/x using shop",
            &["`shop` is not a key", "`kms:alias/NAME`"],
        ),
        ("get s3://shop/x using sqs:shop", &["`sqs:shop` is not a key"]),
        ("get s3://shop/x using kms:shop", &["36 characters", "`alias/NAME`"]),
        ("get s3://shop/x using arn:aws:s3:::shop", &["is not a key"]),
        ("get s3://shop/x with kms:alias/shop", &["4 words"]),
        ("delete s3://shop/x using kms:alias/shop", &["needs no key", "`get`"]),
        (
            "put events:default using kms:alias/shop",
            &["needs no key", "`decrypt kms:alias/shop`"],
        ),
        ("sqs:fulfil", &["needs a verb", "`receive`, `send`"]),
        ("snd:fulfil", &["no service `snd`"]),
        ("send sqs:my queue", &["neither has spaces", "3 words"]),
        ("send fulfil", &["`sqs:fulfil`"]),
        ("snd sqs:fulfil", &["did you mean `send`", "`receive`, `send`"]),
        ("SEND sqs:fulfil", &["did you mean `send`"]),
        ("frobnicate sqs:fulfil", &["no verb `frobnicate`", "`receive`, `send`"]),
        ("* sqs:fulfil", &["no verb for everything", "`receive`, `send`"]),
        ("send sqss:fulfil", &["did you mean `sqs`"]),
        (
            "get secretsmanager:prod/stripe",
            &["did you mean `secret`", "`secret:prod/stripe`"],
        ),
        ("get ssm:/shop", &["did you mean `param`"]),
        ("attach mq:b-1", &["no verbs for `mq`", "`actions` and `resources`"]),
        ("get s3:shop/x", &["begin with `s3://`"]),
        ("get s3://shop", &["`s3://BUCKET/KEY`"]),
        ("get s3:///x", &["a bucket name is missing"]),
        ("get s3://*/x", &["`*` is not allowed in a bucket name"]),
        ("get s3://Shop/x", &["capital letters"]),
        ("get s3://shop/", &["an object key is missing"]),
        ("list s3://shop/", &["an object key is missing"]),
        ("get s3://shop/f*", &["`f*` would match more", "`folder/*`"]),
        ("get s3://shop/in/*.jpg", &["`*.jpg`", "`folder/*`"]),
        ("get s3://shop/${aws:username}", &["must not contain `$`"]),
        ("get s3://shop/a?", &["must not contain `?`"]),
        ("send sqs:jobs-*", &["`*` is not allowed in a queue name"]),
        ("send sqs:*", &["`*` is not allowed in a queue name"]),
        ("send sqs:a/b", &["must not contain `/`"]),
        ("send sqs:", &["a queue name is missing"]),
        ("get secret:*", &["`*` alone is not a secret name"]),
        ("get param:/*", &["`*` alone is not a parameter name"]),
        ("get param://shop", &["empty segment"]),
        ("list param:/shop/*", &["`*` is not allowed in a parameter path"]),
        ("read dynamodb:ab", &["3 to 255 characters"]),
        ("callback states:rollup", &["takes `states`, not `states:rollup`"]),
        ("callback states:*", &["takes `states`, not `states:*`"]),
        ("connect rds:db-RES", &["`rds:RESOURCE/USER`"]),
        ("send arn:aws:sqs", &["six parts"]),
        ("send arn:aws:sqs:us-east-1:12:q", &["twelve digits"]),
        ("send arn:aws:sqs:*:123456789012:q", &["region"]),
        (
            "publish sns:arn:aws:sqs:us-east-1:123456789012:q",
            &["not an ARN of `sns`"],
        ),
        (
            "publish arn:aws:sqs:us-east-1:123456789012:q",
            &["`sqs` has no verb `publish`"],
        ),
        (
            "attach arn:aws:mq:us-east-1:123456789012:broker:b:b-1",
            &["no verbs for resources of `mq`"],
        ),
        (
            "get arn:aws:secretsmanager:us-east-1:123456789012:secret:prod",
            &["secret:SECRET-SUFFIX"],
        ),
    ] {
        let error = Grant::parse(line).unwrap_err().0;
        for hint in hints {
            assert!(error.contains(hint), "{line}: {error}");
        }
        assert!(
            !error.ends_with('.') && !error.starts_with(char::is_uppercase),
            "{error}"
        );
    }
}

fn raw(actions: &[&str], resources: &[&str], because: Option<&str>) -> RawStatement {
    RawStatement {
        actions: actions.iter().map(ToString::to_string).collect(),
        resources: resources.iter().map(ToString::to_string).collect(),
        when: BTreeMap::new(),
        because: because.map(Into::into),
        accept: Vec::new(),
    }
}

fn under(operator: &str, key: &str, values: &[&str]) -> RawStatement {
    let values = values.iter().map(ToString::to_string).collect();
    RawStatement {
        when: BTreeMap::from([(operator.into(), BTreeMap::from([(key.into(), values)]))]),
        ..raw(&["textract:DetectDocumentText"], &["*"], None)
    }
}

#[test]
fn raw_statements_are_kept_word_for_word() {
    let statement = under(
        "StringEqualsIfExists",
        "aws:RequestedRegion",
        &["eu-west-1", "eu-west-2"],
    );
    assert_eq!(statement.complaints(), []);
    let document: Value = PolicyDocument::new([statement.statement()]).into();
    let expected = json!([{
        "Effect": "Allow", "Action": "textract:DetectDocumentText", "Resource": "*",
        "Condition": { "StringEqualsIfExists": { "aws:RequestedRegion": ["eu-west-1", "eu-west-2"] } },
    }]);
    assert_eq!(document["Statement"], expected);
    for good in [
        raw(
            &["s3:*"],
            &["arn:aws:s3:::shop/*"],
            Some("the migration moves everything"),
        ),
        raw(&["*"], &["*"], Some("break glass")),
        raw(
            &["rds-db:connect"],
            &["arn:aws:rds-db:*:123456789012:dbuser:*/app"],
            None,
        ),
        under("ForAllValues:StringLike", "dynamodb:LeadingKeys", &["shop-*"]),
        under("Null", "aws:TokenIssueTime", &["false"]),
    ] {
        assert_eq!(good.complaints(), [], "{good:?}");
    }
}

#[test]
fn wrong_raw_statements_are_refused_with_the_reason() {
    for (statement, reason) in [
        (raw(&[], &["*"], None), "at least one action"),
        (raw(&["s3:GetObject"], &[], None), "at least one resource"),
        (raw(&["*"], &["*"], None), "`because`"),
        (raw(&["s3:*"], &["*"], None), "`because`"),
        (raw(&["s3:Get*"], &["*"], Some("  ")), "`because`"),
        (raw(&["GetObject"], &["*"], None), "not an action"),
        (raw(&["s3:"], &["*"], None), "not an action"),
        (raw(&["s3:Get Object"], &["*"], None), "not an action"),
        (raw(&["*:GetObject"], &["*"], Some("why")), "not an action"),
        (raw(&["sqs:SendMessage"], &["sqs:fulfil"], None), "not an ARN"),
        (
            under("StringEqual", "aws:SourceAccount", &["1"]),
            "did you mean `StringEquals`",
        ),
        (
            under("NullIfExists", "aws:SourceAccount", &["true"]),
            "not a condition operator",
        ),
        (under("StringEquals", "SourceAccount", &["1"]), "not a condition key"),
        (under("StringEquals", "aws:SourceAccount", &[]), "no value"),
    ] {
        let complaints = statement.complaints();
        let [(_, error)] = &complaints[..] else {
            panic!("{statement:?}: {complaints:?}")
        };
        assert!(error.0.contains(reason), "{statement:?}: {error}");
    }
}
