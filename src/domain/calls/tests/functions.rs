//! Functions, logs and metrics.

use super::*;

const GROUP: &str = r#"{"logGroupName": "/aws/lambda/x"}"#;

const STREAM: &str = r#"{"logGroupName": "/aws/lambda/x", "logStreamName": "s"}"#;

const FUNCTIONS: &[(&str, &str, &str, &[&str])] = &[
    (
        "POST",
        "/2015-03-31/functions/resize/invocations",
        "",
        &["Invoke", "lambda:InvokeFunction arn:aws:lambda::function:resize"],
    ),
    (
        "POST",
        "/2015-03-31/functions/resize/invocations?Qualifier=live",
        "not JSON",
        &["Invoke", "lambda:InvokeFunction arn:aws:lambda::function:resize:live"],
    ),
    (
        "POST",
        "/2015-03-31/functions/resize%3A3/invocations",
        "",
        &["Invoke", "lambda:InvokeFunction arn:aws:lambda::function:resize:3"],
    ),
    (
        "POST",
        "/2015-03-31/functions/210987654321%3Afunction%3Aresize/invocations",
        "",
        &[
            "Invoke",
            "lambda:InvokeFunction arn:aws:lambda:eu-west-1:210987654321:function:resize",
        ],
    ),
    (
        "POST",
        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A210987654321%3Afunction%3Aresize%3Alive/invocations",
        "",
        &[
            "Invoke",
            "lambda:InvokeFunction arn:aws:lambda:us-east-1:210987654321:function:resize:live",
        ],
    ),
    (
        "POST",
        "/2014-11-13/functions/resize/invoke-async/",
        "",
        &["InvokeAsync", "lambda:InvokeFunction arn:aws:lambda::function:resize"],
    ),
    (
        "POST",
        "/2021-11-15/functions/resize/response-streaming-invocations",
        "",
        &[
            "InvokeWithResponseStream",
            "lambda:InvokeFunction arn:aws:lambda::function:resize",
        ],
    ),
    (
        "GET",
        "/2015-03-31/functions/",
        "",
        &["ListFunctions", "lambda:ListFunctions *"],
    ),
    (
        "GET",
        "/2015-03-31/functions/resize/configuration",
        "",
        &[
            "GetFunctionConfiguration",
            "lambda:GetFunctionConfiguration arn:aws:lambda::function:resize",
        ],
    ),
    (
        "POST",
        "/2015-03-31/functions",
        r#"{"FunctionName": "resize", "Role": "arn:aws:iam::123456789012:role/r"}"#,
        &[
            "CreateFunction",
            "iam:PassRole arn:aws:iam::123456789012:role/r",
            "lambda:CreateFunction arn:aws:lambda::function:resize",
        ],
    ),
    (
        "DELETE",
        "/2015-03-31/event-source-mappings/12-34",
        "",
        &[
            "DeleteEventSourceMapping",
            "lambda:DeleteEventSourceMapping arn:aws:lambda::event-source-mapping:12-34",
        ],
    ),
    (
        "GET",
        "/2018-10-31/layers?find=LayerVersion&Arn=arn%3Aaws%3Alambda%3Aeu-west-1%3A210987654321%3Alayer%3Asharp%3A4",
        "",
        &[
            "GetLayerVersionByArn",
            "lambda:GetLayerVersion arn:aws:lambda:eu-west-1:210987654321:layer:sharp:4",
        ],
    ),
    (
        "GET",
        "/2018-10-31/layers/sharp/versions/4",
        "",
        &[
            "GetLayerVersion",
            "lambda:GetLayerVersion arn:aws:lambda::layer:sharp:4",
        ],
    ),
    (
        "GET",
        "/2017-03-31/tags/arn%3Aaws%3Alambda%3Aeu-west-1%3A123456789012%3Afunction%3Aresize",
        "",
        &["ListTags", "lambda:ListTags arn:aws:lambda::function:resize"],
    ),
    (
        "GET",
        "/nothing?secret=1",
        "",
        &["error: Lambda has no operation for `GET /nothing?secret`"],
    ),
    (
        "POST",
        "/2015-03-31/functions",
        "{",
        &[
            "error: the body of this request to Lambda could not be read: it is not valid JSON: EOF while parsing an object at line 1 column 1",
        ],
    ),
];

#[test]
fn functions() {
    all(FUNCTIONS
        .iter()
        .map(|&(method, address, body, expected)| (Sent::signed("lambda", method, address).body(body), expected)));
}

const LOGS: &[(&str, &str, &[&str])] = &[
    (
        "CreateLogStream",
        STREAM,
        &["logs:CreateLogStream arn:aws:logs::log-group:/aws/lambda/x:log-stream:s"],
    ),
    (
        "PutLogEvents",
        STREAM,
        &["logs:PutLogEvents arn:aws:logs::log-group:/aws/lambda/x:log-stream:s"],
    ),
    (
        "CreateLogGroup",
        GROUP,
        &["logs:CreateLogGroup arn:aws:logs::log-group:/aws/lambda/x:log-stream:"],
    ),
    (
        "FilterLogEvents",
        GROUP,
        &["logs:FilterLogEvents arn:aws:logs::log-group:/aws/lambda/x:log-stream:"],
    ),
    (
        "StartQuery",
        r#"{"logGroupNames": ["a", "b"]}"#,
        &[
            "logs:StartQuery arn:aws:logs::log-group:a:log-stream:",
            "logs:StartQuery arn:aws:logs::log-group:b:log-stream:",
        ],
    ),
    (
        "StartLiveTail",
        r#"{"logGroupIdentifiers": ["arn:aws:logs:eu-west-1:210987654321:log-group:a:*"]}"#,
        &["logs:StartLiveTail arn:aws:logs:eu-west-1:210987654321:log-group:a:log-stream:"],
    ),
    (
        "DescribeLogGroups",
        "{}",
        &["logs:DescribeLogGroups arn:aws:logs::log-group::log-stream:"],
    ),
    (
        "TagResource",
        r#"{"resourceArn": "arn:aws:logs:eu-west-1:123456789012:log-group:a", "tags": {"team": "a"}}"#,
        &["logs:TagResource arn:aws:logs::log-group:a"],
    ),
];

const METRICS: &[(&str, &str, &[&str])] = &[
    (
        "PutMetricData",
        r#"{"Namespace": "Shop"}"#,
        &["cloudwatch:PutMetricData *"],
    ),
    ("GetMetricData", "{}", &["cloudwatch:GetMetricData *"]),
    (
        "DescribeAlarms",
        r#"{"AlarmNames": ["a"]}"#,
        &["cloudwatch:DescribeAlarms arn:aws:cloudwatch::alarm:a"],
    ),
    (
        "PutDashboard",
        r#"{"DashboardName": "d"}"#,
        &["cloudwatch:PutDashboard arn:aws:cloudwatch::123456789012:dashboard/d"],
    ),
];

#[test]
fn logs_and_metrics() {
    rpc("logs", "Logs_20140328", LOGS);
    rpc("monitoring", "GraniteServiceVersion20100801", METRICS);
    let cbor = Sent::signed(
        "monitoring",
        "POST",
        "/service/GraniteServiceVersion20100801/operation/PutMetricData",
    )
    .with("smithy-protocol", "rpc-v2-cbor")
    .body(b"\xbf\x69Namespace\x64Shop\xff");
    let call = cbor.name().unwrap();
    assert_eq!(call.protocol, Protocol::Cbor);
    assert_eq!(call.needs[0].context["cloudwatch:namespace"], ["Shop"]);
}
