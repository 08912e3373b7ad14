//! Condition keys that requests tell.

use super::*;

/// `KEY=VALUE,VALUE` of the first need, sorted; `KEY?` where the request does not tell.
fn context(sent: &Sent) -> Vec<String> {
    let need = sent.name().unwrap().needs.remove(0);
    let told = need
        .context
        .iter()
        .map(|(key, values)| format!("{key}={}", values.join(",")));
    told.chain(need.untold.iter().map(|key| format!("{key}?"))).collect()
}

#[expect(clippy::too_many_lines, reason = "a table")]
#[test]
fn requests_tell_condition_keys() {
    let dynamodb = |operation: &str, body: &str| json("dynamodb", &format!("DynamoDB_20120810.{operation}"), body);
    let signed = ["s3:authType=REST-HEADER", "s3:signatureversion=AWS4-HMAC-SHA256"];
    for (request, expected) in [
        (
            "GET /shop?list-type=2&prefix=in%2F&delimiter=%2F&max-keys=5",
            &["s3:delimiter=/", "s3:max-keys=5", "s3:prefix=in/"][..],
        ),
        ("GET /shop/a?versionId=7", &["s3:versionid=7"]),
        (
            "PUT /shop/a\nx-amz-server-side-encryption: aws:kms\nx-amz-storage-class: GLACIER\nif-none-match: *",
            &[
                "s3:ObjectCreationOperation=true",
                "s3:if-none-match=*",
                "s3:x-amz-server-side-encryption=aws:kms",
                "s3:x-amz-storage-class=GLACIER",
            ],
        ),
        (
            "PUT /shop/a\nx-amz-tagging: team=a%20b",
            &[
                "s3:ObjectCreationOperation=true",
                "s3:RequestObjectTag/team=a b",
                "s3:RequestObjectTagKeys=team",
            ],
        ),
        (
            "GET /arn%3Aaws%3As3%3Aeu-west-1%3A123456789012%3Aaccesspoint%2Freaders/a",
            &[
                "s3:DataAccessPointAccount=123456789012",
                "s3:DataAccessPointArn=arn:aws:s3:eu-west-1:123456789012:accesspoint/readers",
            ],
        ),
    ] {
        let mut expected: Vec<&str> = expected.iter().copied().chain(signed).collect();
        expected.sort_unstable();
        assert_eq!(context(&s3(request)), expected, "{request}");
    }
    for (sent, expected) in [
        (
            dynamodb(
                "GetItem",
                r##"{"TableName": "t", "Key": {"id": {"S": "alice"}}, "ProjectionExpression": "a, #b", "ExpressionAttributeNames": {"#b": "c"}}"##,
            ),
            &["dynamodb:Attributes=a,c,id", "dynamodb:LeadingKeys=alice"][..],
        ),
        (
            dynamodb(
                "GetItem",
                r#"{"TableName": "t", "Key": {"id": {"S": "alice"}, "at": {"N": "1"}}}"#,
            ),
            &["dynamodb:Attributes=at,id", "dynamodb:LeadingKeys?"],
        ),
        (
            dynamodb(
                "Query",
                r#"{"TableName": "t", "Select": "COUNT", "KeyConditionExpression": "id = :i", "ExpressionAttributeValues": {":i": {"S": "alice"}}}"#,
            ),
            &[
                "dynamodb:Attributes=id",
                "dynamodb:LeadingKeys=alice",
                "dynamodb:Select=COUNT",
            ],
        ),
        (
            dynamodb(
                "BatchGetItem",
                r#"{"RequestItems": {"t": {"Keys": [{"id": {"S": "a"}}, {"id": {"S": "b"}}]}}}"#,
            ),
            &["dynamodb:Attributes=id", "dynamodb:LeadingKeys=a,b"],
        ),
        (
            dynamodb(
                "TransactGetItems",
                r#"{"TransactItems": [{"Get": {"TableName": "t", "Key": {"id": {"S": "a"}}}}]}"#,
            ),
            &[
                "dynamodb:Attributes=id",
                "dynamodb:EnclosingOperation=TransactGetItems",
                "dynamodb:LeadingKeys=a",
            ],
        ),
        (
            dynamodb("ExecuteStatement", r#"{"Statement": "SELECT * FROM t"}"#),
            &["dynamodb:FullTableScan=true", "dynamodb:LeadingKeys?"],
        ),
        (
            json(
                "events",
                "AWSEvents.PutEvents",
                r#"{"Entries": [{"Source": "shop", "DetailType": "Sold"}]}"#,
            ),
            &[
                "events:detail-type=Sold",
                "events:eventBusInvocation=false",
                "events:source=shop",
            ],
        ),
        (
            json(
                "events",
                "AWSEvents.PutRule",
                r#"{"Name": "n", "EventPattern": "{\"source\": [\"a\", \"b\"]}"}"#,
            ),
            &["events:source=a,b"],
        ),
        (
            json(
                "secretsmanager",
                "secretsmanager.GetSecretValue",
                r#"{"SecretId": "s", "VersionStage": "AWSPREVIOUS"}"#,
            ),
            &["secretsmanager:SecretId=s", "secretsmanager:VersionStage=AWSPREVIOUS"],
        ),
        (
            json(
                "ssm",
                "AmazonSSM.GetParametersByPath",
                r#"{"Path": "/", "Recursive": true}"#,
            ),
            &["ssm:Recursive=true"],
        ),
        (
            json(
                "states",
                "AWSStepFunctions.StartExecution",
                r#"{"stateMachineArn": "arn:aws:states:r:1:stateMachine:m:live"}"#,
            ),
            &["states:StateMachineQualifier=live"],
        ),
        (
            json(
                "sqs",
                "AmazonSQS.CreateQueue",
                r#"{"QueueName": "q", "tags": {"team": "a"}}"#,
            ),
            &["aws:RequestTag/team=a", "aws:TagKeys=team"],
        ),
        (
            json(
                "sqs",
                "AmazonSQS.UntagQueue",
                r#"{"QueueUrl": "http://x/123456789012/q", "TagKeys": ["team"]}"#,
            ),
            &["aws:TagKeys=team"],
        ),
        (
            Sent::signed("sts", "POST", "/").body("Action=AssumeRole&RoleArn=arn:r&ExternalId=e&RoleSessionName=s"),
            &["sts:ExternalId=e", "sts:RoleSessionName=s"],
        ),
        (
            Sent::signed("sns", "POST", "/")
                .body("Action=Subscribe&TopicArn=arn:t&Protocol=https&Endpoint=https%3A%2F%2Fx"),
            &["sns:Endpoint=https://x", "sns:Protocol=https"],
        ),
        (
            Sent::signed("lambda", "POST", "/2015-03-31/event-source-mappings").body(r#"{"FunctionName": "f"}"#),
            &["lambda:FunctionArn=arn:aws:lambda:eu-west-1:123456789012:function:f"],
        ),
    ] {
        assert_eq!(context(&sent), expected, "{:?}", sent.headers.last());
    }
}
