//! What an execution role may do: the rights that the rest of lambda.yaml needs, then `allow`.
//!
//! Ids name the part of the file a statement comes from. One that was merged from several parts has
//! none, and neither have the items of `on` and `allow`.
//!
//! `kms_key` gives the role nothing. Lambda reads encrypted environment variables through a grant that
//! it makes with the rights of whoever deploys, so it is the deployer who needs the key. Code that
//! decrypts values by itself says so: `allow: [decrypt kms:KEY]`.
//! Source: Lambda developer guide, "Securing Lambda environment variables".

use super::merge::merge;
use super::{PolicyDocument, Statement};
use crate::domain::arn::{Arn, Place};
use crate::domain::config::{Allow, Config, Polled, PolledKind};
use crate::domain::names::FunctionName;

/// A part of lambda.yaml, and the rights that it gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The key, such as `allow` or `vpc`.
    pub key: &'static str,
    /// Which item of the key's list.
    pub item: Option<usize>,
    /// What it is for, in a few words.
    pub purpose: String,
    /// Why it is needed, where the file says so.
    pub because: Option<String>,
    pub statements: Vec<Statement>,
}

impl Source {
    fn new(key: &'static str, purpose: impl Into<String>, statements: impl IntoIterator<Item = Statement>) -> Self {
        Self {
            key,
            item: None,
            purpose: purpose.into(),
            because: None,
            statements: statements.into_iter().collect(),
        }
    }

    fn allowed(item: usize, line: &Allow, place: &Place) -> Self {
        let (purpose, because, statements) = match line {
            Allow::Grant(grant) => (grant.to_string(), None, grant.statements(place)),
            Allow::Raw(raw) => (
                "a statement written out".into(),
                raw.because.clone(),
                vec![raw.statement()],
            ),
        };
        Self {
            item: Some(item),
            because,
            ..Self::new("allow", purpose, statements)
        }
    }
}

/// Every part of the file that gives the role rights, in the order of the policy's making.
pub fn sources(config: &Config, place: &Place) -> Vec<Source> {
    let mut sources = vec![Source::new("logs", "write its logs", [logs(config, place)])];
    if !config.vpc.subnets.is_empty() {
        sources.push(Source::new(
            "vpc",
            "be attached to its network",
            network(&config.name, place),
        ));
    }
    if config.tracing {
        sources.push(Source::new("tracing", "send traces", [tracing()]));
    }
    let destinations = [
        (
            "dead_letter",
            "DeadLetter",
            "give up failed events",
            &config.dead_letter,
        ),
        (
            "on_failure",
            "OnFailure",
            "report failed invocations",
            &config.asynchronous.on_failure,
        ),
        (
            "on_success",
            "OnSuccess",
            "report successful invocations",
            &config.asynchronous.on_success,
        ),
    ];
    for (key, sid, purpose, arn) in destinations {
        let made = |arn| Source::new(key, purpose, destination(sid, arn, place));
        sources.extend(arn.as_ref().map(made));
    }
    let mounted = config.files.as_ref().map(|files| mount(&files.access_point));
    sources.extend(mounted.map(|mount| Source::new("files", "mount its file system", [mount])));
    sources.extend(config.polled.iter().map(|source| Source {
        item: Some(source.item),
        ..Source::new("on", poll_purpose(source), poll(source, place))
    }));
    let lines = config.allow.iter().enumerate();
    sources.extend(lines.map(|(item, line)| Source::allowed(item, line, place)));
    sources
}

/// The inline policy of this file's role.
pub fn policy(config: &Config, place: &Place) -> PolicyDocument {
    let statements = sources(config, place).into_iter().flat_map(|source| source.statements);
    PolicyDocument::new(merge(statements))
}

/// Writing to the log group, which lfn makes itself: without `logs:CreateLogGroup`, a group with
/// the wrong retention never appears behind its back. The actions want the ARN with `:*`.
/// Source: Service Authorization Reference, "Amazon `CloudWatch` Logs".
fn logs(config: &Config, place: &Place) -> Statement {
    let group = match &config.logs.group {
        Some(group) => group.to_string(),
        None => format!("/aws/lambda/{}", config.name),
    };
    let arn = place.arn("logs", format_args!("log-group:{group}:*"));
    Statement::allow(["logs:CreateLogStream", "logs:PutLogEvents"], [arn.to_string()]).sid("Logs")
}

/// What Lambda needs to attach the function to a VPC, and a denial that keeps it from the code.
///
/// The six actions must be allowed on every resource. Calls of the function's own code carry
/// `lambda:SourceFunctionArn` (always the unqualified ARN), those of Lambda itself do not.
/// Source: Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC".
fn network(function: &FunctionName, place: &Place) -> [Statement; 2] {
    let actions = [
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSubnets",
        "ec2:UnassignPrivateIpAddresses",
    ];
    let denied = actions.into_iter().chain(["ec2:DetachNetworkInterface"]);
    let function = place.function_arn(function).to_string();
    [
        Statement::allow(actions, ["*"]).sid("VpcEni"),
        Statement::deny(denied, ["*"])
            .when("ArnEquals", "lambda:SourceFunctionArn", function)
            .sid("DenyNetworkApisFromCode"),
    ]
}

/// X-Ray has no resources to name. Source: Service Authorization Reference, "AWS X-Ray".
fn tracing() -> Statement {
    Statement::allow(["xray:PutTelemetryRecords", "xray:PutTraceSegments"], ["*"]).sid("Tracing")
}

/// Sending a record to a destination or a dead-letter queue.
/// Source: Lambda developer guide, "Capturing records of Lambda asynchronous invocations".
fn destination(sid: &str, arn: &Arn, place: &Place) -> Vec<Statement> {
    let action = match arn.service.as_str() {
        "sqs" => "sqs:SendMessage",
        "sns" => "sns:Publish",
        "lambda" => "lambda:InvokeFunction",
        "events" => "events:PutEvents",
        "s3" => return bucket(sid, arn, place),
        // The reader of the file lets no other service through.
        _ => return Vec::new(),
    };
    vec![Statement::allow([action], [arn.to_string()]).sid(sid)]
}

/// A bucket's ARN has no account: without the condition, records would go to whoever takes the
/// name after the bucket is deleted.
fn bucket(sid: &str, arn: &Arn, place: &Place) -> Vec<Statement> {
    let account = place.account.as_str();
    let ours = |statement: Statement| statement.when("StringEquals", "s3:ResourceAccount", account);
    vec![
        ours(Statement::allow(["s3:PutObject"], [format!("{arn}/*")])).sid(format!("{sid}Objects")),
        ours(Statement::allow(["s3:ListBucket"], [arn.to_string()])).sid(format!("{sid}Bucket")),
    ]
}

fn poll_purpose(source: &Polled) -> String {
    let resource = &source.arn.resource;
    let name = resource.split('/').nth(1).unwrap_or(resource);
    match source.kind {
        PolledKind::Queue => format!("poll the queue {name}"),
        PolledKind::TableStream => format!("poll the changes of the table {name}"),
        PolledKind::Stream => format!("poll the stream {name}"),
    }
}

/// What Lambda needs to poll a source, all with the function's role.
///
/// Listing streams takes no resource, so it is a statement of its own. Without ids: those of two
/// triggers would clash where the statements differ.
/// Source: Lambda developer guide, execution role permissions of each event source.
fn poll(source: &Polled, place: &Place) -> Vec<Statement> {
    let arn = source.arn.to_string();
    let mut statements = match source.kind {
        PolledKind::Queue => {
            let actions = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
            vec![Statement::allow(actions, [arn])]
        }
        PolledKind::TableStream => {
            let actions = [
                "dynamodb:DescribeStream",
                "dynamodb:GetRecords",
                "dynamodb:GetShardIterator",
            ];
            vec![
                Statement::allow(actions, [arn]),
                Statement::allow(["dynamodb:ListStreams"], ["*"]),
            ]
        }
        PolledKind::Stream => stream(&arn),
    };
    if let Some(key) = &source.kms_key {
        let Arn { service, region, .. } = &source.arn;
        statements.push(decryption(key).when(
            "StringEquals",
            "kms:ViaService",
            format!("{service}.{region}.amazonaws.com"),
        ));
    }
    let failures = source.on_failure.iter().flat_map(|arn| destination("", arn, place));
    statements.extend(failures.map(|statement| Statement { sid: None, ..statement }));
    statements
}

/// A stream, or one consumer of it with a share of its own.
fn stream(arn: &str) -> Vec<Statement> {
    let (stream, consumer) = match arn.split_once("/consumer/") {
        Some((stream, _)) => (stream, Some(arn)),
        None => (arn, None),
    };
    let actions = [
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
    ];
    let mut statements = vec![
        Statement::allow(actions, [stream]),
        Statement::allow(["kinesis:ListStreams"], ["*"]),
    ];
    let share = ["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"];
    statements.extend(consumer.map(|consumer| Statement::allow(share, [consumer])));
    statements
}

/// Decrypting with a key, by its alias when the file names that: an alias is no resource of its own.
fn decryption(key: &Arn) -> Statement {
    if !key.resource.starts_with("alias/") {
        return Statement::allow(["kms:Decrypt"], [key.to_string()]);
    }
    let keys = Arn {
        resource: "key/*".to_owned(),
        ..key.clone()
    };
    let alias = &key.resource;
    Statement::allow(["kms:Decrypt"], [keys.to_string()]).when("ForAnyValue:StringEquals", "kms:ResourceAliases", alias)
}

/// Mounting through one access point. The right is on the file system, which an access point's ARN
/// of EFS does not name, so it is given for any file system reached through this access point.
/// Source: EFS user guide, "Using IAM to control file system data access".
fn mount(access_point: &Arn) -> Statement {
    let service = &access_point.service;
    let file_system = match access_point.resource.split_once("/access-point/") {
        // S3 Files has the file system in the ARN: `file-system/ID/access-point/ID`.
        Some((file_system, _)) => file_system.to_owned(),
        None => "file-system/*".to_owned(),
    };
    let file_system = Arn {
        resource: file_system,
        ..access_point.clone()
    };
    let actions = ["ClientMount", "ClientWrite"].map(|action| format!("{service}:{action}"));
    Statement::allow(actions, [file_system.to_string()])
        .when(
            "StringEquals",
            &format!("{service}:AccessPointArn"),
            access_point.to_string(),
        )
        .sid("Mount")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::function::FileSystem;
    use crate::domain::names::LogGroupName;
    use crate::domain::policy::samples::{config, ireland};
    use crate::domain::policy::{Grant, RawStatement};

    /// The statements of a changed configuration, without the one for logs.
    fn beside_logs(change: impl FnOnce(&mut Config)) -> Value {
        let mut config = config();
        change(&mut config);
        let document: Value = policy(&config, &ireland()).into();
        let statements = document["Statement"].as_array().unwrap();
        statements.iter().filter(|s| s["Sid"] != "Logs").cloned().collect()
    }

    fn arn(text: &str) -> Arn {
        text.parse().unwrap()
    }

    fn allow(lines: &[&str]) -> Vec<Allow> {
        let grant = |line: &&str| Allow::Grant(Grant::parse(line).unwrap());
        lines.iter().map(grant).collect()
    }

    #[test]
    fn every_function_may_write_its_own_logs_and_nothing_else() {
        let logs = |config: &Config| Value::from(policy(config, &ireland()));
        let on = |group: &str| {
            json!({ "Version": "2012-10-17", "Statement": [{
                "Sid": "Logs", "Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": format!("arn:aws:logs:eu-west-1:123456789012:log-group:{group}:*"),
            }]})
        };
        let mut config = config();
        assert_eq!(logs(&config), on("/aws/lambda/thumbs"));
        config.logs.group = Some(LogGroupName::new("/shop/all").unwrap());
        assert_eq!(logs(&config), on("/shop/all"));
    }

    #[test]
    fn a_vpc_gives_lambda_the_network_but_not_the_code() {
        let six = json!([
            "ec2:AssignPrivateIpAddresses",
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:UnassignPrivateIpAddresses",
        ]);
        let mut denied = six.clone();
        denied
            .as_array_mut()
            .unwrap()
            .insert(5, "ec2:DetachNetworkInterface".into());
        let function = "arn:aws:lambda:eu-west-1:123456789012:function:thumbs";
        let statements = beside_logs(|config| config.vpc.subnets = ["subnet-1".to_owned()].into());
        assert_eq!(
            statements,
            json!([
                { "Sid": "DenyNetworkApisFromCode", "Effect": "Deny", "Action": denied, "Resource": "*",
                  "Condition": { "ArnEquals": { "lambda:SourceFunctionArn": function } } },
                { "Sid": "VpcEni", "Effect": "Allow", "Action": six, "Resource": "*" },
            ])
        );
    }

    #[test]
    fn tracing_gives_x_ray() {
        let statements = beside_logs(|config| config.tracing = true);
        let actions = json!(["xray:PutTelemetryRecords", "xray:PutTraceSegments"]);
        assert_eq!(
            statements,
            json!([{ "Sid": "Tracing", "Effect": "Allow", "Action": actions, "Resource": "*" }])
        );
    }

    #[test]
    fn each_kind_of_destination_needs_its_own_action() {
        for (arn, action) in [
            ("arn:aws:sqs:eu-west-1:123456789012:dead", "sqs:SendMessage"),
            ("arn:aws:sns:eu-west-1:123456789012:dead", "sns:Publish"),
            (
                "arn:aws:lambda:eu-west-1:123456789012:function:next:live",
                "lambda:InvokeFunction",
            ),
            (
                "arn:aws:events:eu-west-1:123456789012:event-bus/shop",
                "events:PutEvents",
            ),
        ] {
            let with = |sid: &str| json!([{ "Sid": sid, "Effect": "Allow", "Action": action, "Resource": arn }]);
            let arn: Arn = arn.parse().unwrap();
            let failure = beside_logs(|config| config.asynchronous.on_failure = Some(arn.clone()));
            assert_eq!(failure, with("OnFailure"));
            let success = beside_logs(|config| config.asynchronous.on_success = Some(arn.clone()));
            assert_eq!(success, with("OnSuccess"));
            assert_eq!(beside_logs(|config| config.dead_letter = Some(arn)), with("DeadLetter"));
        }
    }

    #[test]
    fn a_bucket_must_be_in_this_account() {
        let statements = beside_logs(|config| config.asynchronous.on_failure = Some(arn("arn:aws:s3:::failures")));
        let ours = json!({ "StringEquals": { "s3:ResourceAccount": "123456789012" } });
        assert_eq!(
            statements,
            json!([
                { "Sid": "OnFailureBucket", "Effect": "Allow", "Action": "s3:ListBucket",
                  "Resource": "arn:aws:s3:::failures", "Condition": ours },
                { "Sid": "OnFailureObjects", "Effect": "Allow", "Action": "s3:PutObject",
                  "Resource": "arn:aws:s3:::failures/*", "Condition": ours },
            ])
        );
    }

    #[test]
    fn a_file_system_is_reached_through_its_access_point_alone() {
        for (service, access_point, file_system) in [
            ("elasticfilesystem", "access-point/fsap-1", "file-system/*"),
            ("s3files", "file-system/fs-1/access-point/fsap-1", "file-system/fs-1"),
        ] {
            let prefix = format!("arn:aws:{service}:eu-west-1:123456789012:");
            let point = format!("{prefix}{access_point}");
            let statements = beside_logs(|config| {
                config.files = Some(FileSystem {
                    access_point: point.parse().unwrap(),
                    mount: "/mnt/data".into(),
                });
            });
            let mut key = serde_json::Map::new();
            key.insert(format!("{service}:AccessPointArn"), point.into());
            assert_eq!(
                statements,
                json!([{
                    "Sid": "Mount", "Effect": "Allow",
                    "Action": [format!("{service}:ClientMount"), format!("{service}:ClientWrite")],
                    "Resource": format!("{prefix}{file_system}"),
                    "Condition": { "StringEquals": key },
                }])
            );
        }
    }

    #[test]
    fn what_lambda_polls_is_read_with_the_role() {
        let polled = |kind: PolledKind, text: &str| Polled {
            item: 0,
            kind,
            arn: arn(text),
            on_failure: None,
            kms_key: None,
        };
        let allow = |actions: &[&str], resource: &str| {
            let actions = if actions.len() == 1 {
                json!(actions[0])
            } else {
                json!(actions)
            };
            json!({ "Effect": "Allow", "Action": actions, "Resource": resource })
        };
        let queue = "arn:aws:sqs:eu-west-1:123456789012:in";
        let table = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/*";
        let stream = "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks";
        let consumer = "arn:aws:kinesis:eu-west-1:123456789012:stream/clicks/consumer/me:1700000000";
        let of_queue = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
        let of_table = [
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
        ];
        let of_stream = [
            "DescribeStream",
            "DescribeStreamSummary",
            "GetRecords",
            "GetShardIterator",
            "ListShards",
        ]
        .map(|name| format!("kinesis:{name}"));
        let of_stream: Vec<&str> = of_stream.iter().map(String::as_str).collect();
        let share = ["kinesis:DescribeStreamConsumer", "kinesis:SubscribeToShard"];
        for (source, expected) in [
            (polled(PolledKind::Queue, queue), json!([allow(&of_queue, queue)])),
            (
                polled(PolledKind::TableStream, table),
                json!([allow(&of_table, table), allow(&["dynamodb:ListStreams"], "*")]),
            ),
            (
                polled(PolledKind::Stream, stream),
                json!([allow(&of_stream, stream), allow(&["kinesis:ListStreams"], "*")]),
            ),
            (
                polled(PolledKind::Stream, consumer),
                json!([
                    allow(&of_stream, stream),
                    allow(&share, consumer),
                    allow(&["kinesis:ListStreams"], "*")
                ]),
            ),
        ] {
            let statements = beside_logs(|config| config.polled = vec![source.clone()]);
            assert_eq!(statements, expected, "{source:?}");
        }
    }

    #[test]
    fn keys_and_failures_of_what_is_polled_add_their_rights() {
        let polled = |item: usize, key: Option<&str>, failure: Option<&str>| Polled {
            item,
            kind: PolledKind::Stream,
            arn: arn("arn:aws:kinesis:us-east-1:123456789012:stream/clicks"),
            on_failure: failure.map(arn),
            kms_key: key.map(arn),
        };
        let alias = "arn:aws:kms:us-east-1:123456789012:alias/shop";
        let key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        let statements = beside_logs(|config| {
            config.polled = vec![
                polled(0, Some(alias), Some("arn:aws:s3:::failures")),
                polled(1, Some(key), Some("arn:aws:sqs:us-east-1:123456789012:dead")),
                polled(2, None, Some("arn:aws:sns:us-east-1:123456789012:dead")),
            ];
        });
        let beside = statements.as_array().unwrap().iter();
        let beside: Vec<&Value> = beside.filter(|s| !s.to_string().contains("kinesis:List")).collect();
        let via = json!({ "kms:ViaService": "kinesis.us-east-1.amazonaws.com" });
        let ours = json!({ "StringEquals": { "s3:ResourceAccount": "123456789012" } });
        let mut expected = vec![
            json!({ "Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:us-east-1:123456789012:key/*",
                "Condition": { "ForAnyValue:StringEquals": { "kms:ResourceAliases": "alias/shop" }, "StringEquals": via } }),
            json!({ "Effect": "Allow", "Action": "kms:Decrypt", "Resource": key, "Condition": { "StringEquals": via } }),
            json!({ "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::failures/*", "Condition": ours }),
            json!({ "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::failures", "Condition": ours }),
            json!({ "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:dead" }),
            json!({ "Effect": "Allow", "Action": "sns:Publish", "Resource": "arn:aws:sns:us-east-1:123456789012:dead" }),
        ];
        expected.sort_by_key(Value::to_string);
        let mut beside: Vec<Value> = beside.into_iter().cloned().collect();
        beside.sort_by_key(Value::to_string);
        assert_eq!(beside, expected);
    }

    #[test]
    fn an_encryption_key_gives_the_role_nothing() {
        let key = "arn:aws:kms:eu-west-1:123456789012:alias/shop";
        assert_eq!(beside_logs(|config| config.kms_key = Some(arn(key))), json!([]));
    }

    #[test]
    fn allow_adds_its_statements_merged() {
        let statements = beside_logs(|config| {
            config.allow = allow(&["get s3://shop/in/*", "get s3://shop/x.json", "send sqs:fulfil"]);
            config.allow.push(Allow::Raw(RawStatement {
                actions: vec!["textract:DetectDocumentText".into()],
                resources: vec!["*".into()],
                when: std::collections::BTreeMap::new(),
                because: Some("Textract has no resource types".into()),
                accept: Vec::new(),
            }));
        });
        assert_eq!(
            statements,
            json!([
                { "Effect": "Allow", "Action": "s3:GetObject",
                  "Resource": ["arn:aws:s3:::shop/in/*", "arn:aws:s3:::shop/x.json"] },
                { "Effect": "Allow", "Action": "sqs:SendMessage",
                  "Resource": "arn:aws:sqs:eu-west-1:123456789012:fulfil" },
                { "Effect": "Allow", "Action": "textract:DetectDocumentText", "Resource": "*" },
            ])
        );
    }

    #[test]
    fn a_statement_from_several_parts_of_the_file_has_no_id() {
        let statements = beside_logs(|config| {
            config.dead_letter = Some(arn("arn:aws:sqs:eu-west-1:123456789012:dead"));
            config.asynchronous.on_failure = Some(arn("arn:aws:sqs:eu-west-1:123456789012:failed"));
        });
        assert_eq!(
            statements,
            json!([{ "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": [
                "arn:aws:sqs:eu-west-1:123456789012:dead", "arn:aws:sqs:eu-west-1:123456789012:failed",
            ]}])
        );
    }

    #[test]
    fn everything_at_once_is_stable_with_unique_ids_within_the_limit() {
        let document = |lines: &[&str]| {
            let mut config = config();
            config.vpc.subnets = ["subnet-1".to_owned()].into();
            config.dead_letter = Some(arn("arn:aws:sns:eu-west-1:123456789012:dead"));
            config.asynchronous.on_failure = Some(arn("arn:aws:s3:::failures"));
            config.asynchronous.on_success = Some(arn("arn:aws:s3:::successes"));
            config.allow = allow(lines);
            policy(&config, &ireland())
        };
        let one = document(&["get s3://shop/*", "read dynamodb:orders", "put metrics:Shop"]);
        let two = document(&["put metrics:Shop", "get s3://shop/*", "read dynamodb:orders"]);
        assert_eq!(one.to_json(), two.to_json());
        let ids: Vec<&str> = one.statements.iter().filter_map(|s| s.sid.as_deref()).collect();
        let unique: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{ids:?}");
        assert!(
            ids.iter().all(|id| id.chars().all(|c| c.is_ascii_alphanumeric())),
            "{ids:?}"
        );
        assert!(one.size() < crate::domain::policy::INLINE_POLICY_LIMIT);
    }
}
