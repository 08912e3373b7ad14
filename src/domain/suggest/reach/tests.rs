use super::*;
use crate::domain::policy::samples::ireland;

fn text(text: &str) -> Value {
    Value::Text(Text::literal(text))
}

fn of(pieces: &[Piece]) -> Value {
    Value::Text(Text(pieces.to_vec()))
}

fn literal(text: &str) -> Piece {
    Piece::Literal(text.into())
}

/// `RESOURCE`, or `RESOURCE when KEY=VALUE`.
fn reached(action: &str, arguments: &[(&str, Value)]) -> Vec<String> {
    let place = ireland();
    let around = Around {
        place: &place,
        env: [
            ("TABLE", Some("orders")),
            ("TOPIC", Some("arn:aws:sns:us-east-1:210987654321:news")),
            ("HIDDEN", None),
        ]
        .map(|(name, value)| (name.to_owned(), value.map(str::to_owned)))
        .into(),
    };
    let arguments: Vec<(String, Value)> = arguments.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect();
    let reached = resources(action, &arguments, None, &around).into_iter();
    let shown = reached.map(|(resource, when)| {
        let when = when.iter().map(|c| format!(" when {}={}", c.key, c.value));
        format!("{resource}{}", when.collect::<String>())
    });
    shown.collect()
}

/// An action, the arguments of a call, and what it acts on.
type Case = (&'static str, Vec<(&'static str, Value)>, Vec<String>);

#[test]
fn arguments_name_what_a_call_acts_on() {
    let env = |name: &str| Value::Text(Text::env(name));
    let or = |name: &str, default: &str| Value::Text(Text::env(name).or(&Text::literal(default)));
    let here = "eu-west-1:123456789012";
    let cases: Vec<Case> = vec![
        (
            "s3:GetObject",
            vec![("Bucket", text("shop")), ("Key", of(&[literal("in/"), Piece::Unknown]))],
            vec!["arn:aws:s3:::shop/in/*".into()],
        ),
        (
            "s3:GetObject",
            vec![("Bucket", text("shop")), ("Key", Value::Unknown)],
            vec!["arn:aws:s3:::shop/<key>".into()],
        ),
        (
            "s3:ListBucket",
            vec![("Bucket", text("shop")), ("Prefix", text("in/"))],
            vec!["arn:aws:s3:::shop when s3:prefix=in/*".into()],
        ),
        (
            "s3:ListBucket",
            vec![("Bucket", text("shop")), ("Prefix", Value::Unknown)],
            vec!["arn:aws:s3:::shop".into()],
        ),
        (
            "dynamodb:Query",
            vec![("TableName", env("TABLE")), ("IndexName", text("by-day"))],
            vec![format!("arn:aws:dynamodb:{here}:table/orders/index/by-day")],
        ),
        (
            "dynamodb:Query",
            vec![("TableName", env("OTHER"))],
            vec![format!("arn:aws:dynamodb:{here}:table/<OTHER>")],
        ),
        // lambda.yaml's value, known or not, wins over the code's default.
        (
            "dynamodb:GetItem",
            vec![("TableName", or("TABLE", "invoices"))],
            vec![format!("arn:aws:dynamodb:{here}:table/orders")],
        ),
        (
            "dynamodb:GetItem",
            vec![("TableName", or("HIDDEN", "invoices"))],
            vec![format!("arn:aws:dynamodb:{here}:table/<HIDDEN>")],
        ),
        (
            "dynamodb:GetItem",
            vec![("TableName", or("OTHER", "invoices"))],
            vec![format!("arn:aws:dynamodb:{here}:table/invoices")],
        ),
        (
            "ec2:StopInstances",
            vec![("InstanceIds", Value::List(vec![Value::Unknown]))],
            vec![format!("arn:aws:ec2:{here}:instance/*")],
        ),
        (
            "ec2:StopInstances",
            vec![("InstanceIds", Value::List(vec![env("OTHER")]))],
            vec![format!("arn:aws:ec2:{here}:instance/<OTHER>")],
        ),
        ("ce:GetCostAndUsage", vec![], vec!["*".into()]),
        (
            "dynamodb:BatchGetItem",
            vec![(
                "RequestItems",
                Value::Map(vec![
                    (Text::literal("a-1"), Value::Unknown),
                    (Text::literal("b-1"), Value::Unknown),
                ]),
            )],
            vec![
                format!("arn:aws:dynamodb:{here}:table/a-1"),
                format!("arn:aws:dynamodb:{here}:table/b-1"),
            ],
        ),
        (
            "sqs:SendMessage",
            vec![(
                "QueueUrl",
                text("https://sqs.us-east-1.amazonaws.com/210987654321/jobs"),
            )],
            vec!["arn:aws:sqs:us-east-1:210987654321:jobs".into()],
        ),
        (
            "sqs:SendMessage",
            vec![(
                "QueueUrl",
                of(&[
                    literal("https://sqs."),
                    Piece::Unknown,
                    literal(".amazonaws.com/"),
                    Piece::Unknown,
                    literal("/jobs"),
                ]),
            )],
            vec![format!("arn:aws:sqs:{here}:jobs")],
        ),
        (
            "sns:Publish",
            vec![("TopicArn", env("TOPIC"))],
            vec!["arn:aws:sns:us-east-1:210987654321:news".into()],
        ),
        (
            "sns:Publish",
            vec![(
                "TopicArn",
                of(&[
                    literal("arn:aws:sns:"),
                    Piece::Unknown,
                    literal(":"),
                    Piece::Unknown,
                    literal(":news"),
                ]),
            )],
            vec![format!("arn:aws:sns:{here}:news")],
        ),
        (
            "secretsmanager:GetSecretValue",
            vec![("SecretId", text("prod-stripe"))],
            vec![format!("arn:aws:secretsmanager:{here}:secret:prod-stripe-??????")],
        ),
        (
            "secretsmanager:GetSecretValue",
            vec![(
                "SecretId",
                text("arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf"),
            )],
            vec![format!("arn:aws:secretsmanager:{here}:secret:a-AbCdEf")],
        ),
        (
            "ssm:GetParametersByPath",
            vec![("Path", text("/shop"))],
            vec![
                format!("arn:aws:ssm:{here}:parameter/shop"),
                format!("arn:aws:ssm:{here}:parameter/shop/*"),
            ],
        ),
        (
            "kms:Decrypt",
            vec![("KeyId", text("alias/shop"))],
            vec![format!("arn:aws:kms:{here}:key/* when kms:ResourceAliases=alias/shop")],
        ),
        ("kms:Decrypt", vec![], vec![format!("arn:aws:kms:{here}:key/<key>")]),
        (
            "events:PutEvents",
            vec![(
                "Entries",
                Value::List(vec![Value::Map(vec![(Text::literal("Source"), text("x"))])]),
            )],
            vec![format!("arn:aws:events:{here}:event-bus/default")],
        ),
        (
            "events:PutEvents",
            vec![("Entries", Value::Unknown)],
            vec![format!("arn:aws:events:{here}:event-bus/<bus>")],
        ),
        (
            "lambda:InvokeFunction",
            vec![("FunctionName", text("resize")), ("Qualifier", text("live"))],
            vec![format!("arn:aws:lambda:{here}:function:resize:live")],
        ),
        (
            "glue:StartJobRun",
            vec![("JobName", text("cube"))],
            vec![format!("arn:aws:glue:{here}:job/cube")],
        ),
        (
            "bedrock:InvokeModel",
            vec![("modelId", text("amazon.nova-lite-v1:0"))],
            vec!["arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0".into()],
        ),
        ("textract:DetectDocumentText", vec![], vec!["*".into()]),
        (
            "dynamodb:GetItem",
            vec![("TableName", Value::Any(vec![text("one"), text("two")]))],
            vec![
                format!("arn:aws:dynamodb:{here}:table/one"),
                format!("arn:aws:dynamodb:{here}:table/two"),
            ],
        ),
    ];
    for (action, arguments, expected) in cases {
        assert_eq!(reached(action, &arguments), expected, "{action} {arguments:?}");
    }
}
