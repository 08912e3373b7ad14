//! Tables, parameters and secrets.

use super::*;

const TRANSACTION: &str = r#"{"TransactItems": [
        {"Put": {"TableName": "orders", "Item": {"id": {"S": "1"}}}},
        {"Update": {"TableName": "orders", "Key": {"id": {"S": "1"}}}},
        {"Delete": {"TableName": "users", "Key": {"id": {"S": "1"}}}},
        {"ConditionCheck": {"TableName": "users", "Key": {"id": {"S": "1"}}}}]}"#;

const TABLES: &[(&str, &str, &[&str])] = &[
    (
        "GetItem",
        r#"{"TableName": "orders", "Key": {"id": {"S": "1"}}}"#,
        &["dynamodb:GetItem arn:aws:dynamodb::table/orders"],
    ),
    (
        "PutItem",
        r#"{"TableName": "arn:aws:dynamodb:us-east-1:210987654321:table/orders", "Item": {}}"#,
        &["dynamodb:PutItem arn:aws:dynamodb:us-east-1:210987654321:table/orders"],
    ),
    (
        "Query",
        r#"{"TableName": "orders", "IndexName": "by-day"}"#,
        &["dynamodb:Query arn:aws:dynamodb::table/orders/index/by-day"],
    ),
    (
        "Scan",
        r#"{"TableName": "orders"}"#,
        &["dynamodb:Scan arn:aws:dynamodb::table/orders"],
    ),
    (
        "BatchGetItem",
        r#"{"RequestItems": {"orders": {"Keys": []}, "users": {"Keys": []}}}"#,
        &[
            "dynamodb:BatchGetItem arn:aws:dynamodb::table/orders",
            "dynamodb:BatchGetItem arn:aws:dynamodb::table/users",
        ],
    ),
    (
        "BatchWriteItem",
        r#"{"RequestItems": {"orders": [{"PutRequest": {"Item": {}}}]}}"#,
        &["dynamodb:BatchWriteItem arn:aws:dynamodb::table/orders"],
    ),
    (
        "TransactGetItems",
        r#"{"TransactItems": [{"Get": {"TableName": "orders", "Key": {}}}]}"#,
        &["dynamodb:GetItem arn:aws:dynamodb::table/orders"],
    ),
    (
        "TransactWriteItems",
        TRANSACTION,
        &[
            "dynamodb:ConditionCheckItem arn:aws:dynamodb::table/users",
            "dynamodb:DeleteItem arn:aws:dynamodb::table/users",
            "dynamodb:PutItem arn:aws:dynamodb::table/orders",
            "dynamodb:UpdateItem arn:aws:dynamodb::table/orders",
        ],
    ),
    (
        "ExecuteStatement",
        r#"{"Statement": "SELECT * FROM \"orders\".\"by-day\" WHERE day = ?"}"#,
        &["dynamodb:PartiQLSelect arn:aws:dynamodb::table/orders/index/by-day"],
    ),
    (
        "BatchExecuteStatement",
        r#"{"Statements": [{"Statement": "DELETE FROM orders"}, {"Statement": "UPDATE users SET a=1"}]}"#,
        &[
            "dynamodb:PartiQLDelete arn:aws:dynamodb::table/orders",
            "dynamodb:PartiQLUpdate arn:aws:dynamodb::table/users",
        ],
    ),
    (
        "ExecuteTransaction",
        r#"{"TransactStatements": [{"Statement": "INSERT INTO orders VALUE {'id': 1}"}]}"#,
        &["dynamodb:PartiQLInsert arn:aws:dynamodb::table/orders"],
    ),
    (
        "DescribeTable",
        r#"{"TableName": "orders"}"#,
        &["dynamodb:DescribeTable arn:aws:dynamodb::table/orders"],
    ),
    (
        "DeleteBackup",
        r#"{"BackupArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/backup/1"}"#,
        &["dynamodb:DeleteBackup arn:aws:dynamodb::table/orders/backup/1"],
    ),
    (
        "GetRecords",
        r#"{"ShardIterator": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/2026|1|AAA"}"#,
        &["dynamodb:GetRecords arn:aws:dynamodb::table/orders/stream/2026"],
    ),
    ("ListTables", "{}", &["dynamodb:ListTables *"]),
    (
        "TagResource",
        r#"{"ResourceArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/orders", "Tags": []}"#,
        &["dynamodb:TagResource arn:aws:dynamodb::table/orders"],
    ),
];

#[test]
fn tables() {
    rpc("dynamodb", "DynamoDB_20120810", TABLES);
    let broken = json(
        "dynamodb",
        "DynamoDB_20120810.ExecuteStatement",
        r#"{"Statement": "hello"}"#,
    );
    assert!(told(&broken).contains("names no table"));
}

const PARAMETERS: &[(&str, &str, &[&str])] = &[
    (
        "GetParameter",
        r#"{"Name": "/shop/key"}"#,
        &["ssm:GetParameter arn:aws:ssm::parameter/shop/key"],
    ),
    (
        "GetParameter",
        r#"{"Name": "key"}"#,
        &["ssm:GetParameter arn:aws:ssm::parameter/key"],
    ),
    (
        "GetParameter",
        r#"{"Name": "/shop/key:3"}"#,
        &["ssm:GetParameter arn:aws:ssm::parameter/shop/key"],
    ),
    (
        "GetParameter",
        r#"{"Name": "arn:aws:ssm:eu-west-1:210987654321:parameter/shop/key:live"}"#,
        &["ssm:GetParameter arn:aws:ssm:eu-west-1:210987654321:parameter/shop/key"],
    ),
    (
        "GetParameter",
        r#"{"Name": "/aws/service/ami-amazon-linux-latest/x"}"#,
        &["ssm:GetParameter arn:aws:ssm:eu-west-1::parameter/aws/service/ami-amazon-linux-latest/x"],
    ),
    (
        "GetParameter",
        r#"{"Name": "/aws/reference/secretsmanager/prod/stripe"}"#,
        &[
            "secretsmanager:GetSecretValue arn:aws:secretsmanager::secret:prod/stripe-??????",
            "ssm:GetParameter arn:aws:ssm::parameter/aws/reference/secretsmanager/prod/stripe",
        ],
    ),
    (
        "GetParameters",
        r#"{"Names": ["/a", "b"]}"#,
        &[
            "ssm:GetParameters arn:aws:ssm::parameter/a",
            "ssm:GetParameters arn:aws:ssm::parameter/b",
        ],
    ),
    (
        "GetParametersByPath",
        r#"{"Path": "/shop/"}"#,
        &["ssm:GetParametersByPath arn:aws:ssm::parameter/shop/"],
    ),
    (
        "GetParametersByPath",
        r#"{"Path": "/"}"#,
        &["ssm:GetParametersByPath arn:aws:ssm::parameter/"],
    ),
    (
        "DeleteParameters",
        r#"{"Names": ["a"]}"#,
        &["ssm:DeleteParameters arn:aws:ssm::parameter/a"],
    ),
    (
        "AddTagsToResource",
        r#"{"ResourceType": "Parameter", "ResourceId": "/a"}"#,
        &["ssm:AddTagsToResource arn:aws:ssm::parameter/a"],
    ),
    ("DescribeParameters", "{}", &["ssm:DescribeParameters *"]),
    (
        "SendCommand",
        r#"{"DocumentName": "AWS-RunShellScript", "InstanceIds": ["i-1", "mi-2"]}"#,
        &[
            "ssm:SendCommand arn:aws:ec2::instance/i-1",
            "ssm:SendCommand arn:aws:ssm::managed-instance/mi-2",
            "ssm:SendCommand arn:aws:ssm:eu-west-1::document/AWS-RunShellScript",
        ],
    ),
];

const SECRETS: &[(&str, &str, &[&str])] = &[
    (
        "GetSecretValue",
        r#"{"SecretId": "prod/stripe"}"#,
        &["secretsmanager:GetSecretValue arn:aws:secretsmanager::secret:prod/stripe-??????"],
    ),
    (
        "GetSecretValue",
        r#"{"SecretId": "arn:aws:secretsmanager:eu-west-1:210987654321:secret:prod/stripe-AbCdEf"}"#,
        &["secretsmanager:GetSecretValue arn:aws:secretsmanager:eu-west-1:210987654321:secret:prod/stripe-AbCdEf"],
    ),
    (
        "DescribeSecret",
        r#"{"SecretId": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/stripe"}"#,
        &["secretsmanager:DescribeSecret arn:aws:secretsmanager::secret:prod/stripe-??????"],
    ),
    (
        "CreateSecret",
        r#"{"Name": "new"}"#,
        &["secretsmanager:CreateSecret arn:aws:secretsmanager::secret:new-??????"],
    ),
    (
        "BatchGetSecretValue",
        r#"{"SecretIdList": ["a", "b"]}"#,
        &[
            "secretsmanager:BatchGetSecretValue *",
            "secretsmanager:GetSecretValue arn:aws:secretsmanager::secret:a-??????",
            "secretsmanager:GetSecretValue arn:aws:secretsmanager::secret:b-??????",
        ],
    ),
    (
        "BatchGetSecretValue",
        r#"{"Filters": []}"#,
        &["secretsmanager:BatchGetSecretValue *", "secretsmanager:ListSecrets *"],
    ),
    ("ListSecrets", "{}", &["secretsmanager:ListSecrets *"]),
    ("GetRandomPassword", "", &["secretsmanager:GetRandomPassword *"]),
];

#[test]
fn parameters_and_secrets() {
    rpc("ssm", "AmazonSSM", PARAMETERS);
    rpc("secretsmanager", "secretsmanager", SECRETS);
}
