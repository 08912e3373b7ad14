//! Amazon S3: notifications, batch operations, object Lambda.
//!
//! Source: S3 user guide, "Event message structure", "Invoking a Lambda function from Amazon S3 Batch
//! Operations" and "Event context format and usage".

use serde_json::{Value, json};

use super::values::{Values, base64, iso, md5};
use super::{Kind, Parameter, Service};

const BUCKET: Parameter = Parameter::text("bucket", &["example-bucket"], "The bucket");
const KEY: Parameter = Parameter::text("key", &["photos/sunrise.jpg"], "The key of the object, not encoded");
const CONTENT: Parameter = Parameter::text(
    "content",
    &["hello, world"],
    "What is in the object: its size and ETag follow from it",
);
const SIZE: Parameter = Parameter::number("size", &[""], "Bytes of the object, instead of those of the content");
const VERSION_ID: Parameter = Parameter::text("version-id", &[""], "The version, in a bucket that keeps versions");
const CONFIGURATION: Parameter = Parameter::text("configuration-id", &["on-upload"], "The id of the notification");
const SOURCE_IP: Parameter = Parameter::text("source-ip", &["203.0.113.12"], "The caller's address");

const CREATED: &[Parameter] = &[BUCKET, KEY, CONTENT, SIZE, VERSION_ID, CONFIGURATION, SOURCE_IP];
const REMOVED: &[Parameter] = &[BUCKET, KEY, VERSION_ID, CONFIGURATION, SOURCE_IP];
/// What S3 does of its own accord has no caller.
const CHANGED_BY_S3: &[Parameter] = &[BUCKET, KEY, CONTENT, SIZE, VERSION_ID, CONFIGURATION];
const REMOVED_BY_S3: &[Parameter] = &[BUCKET, KEY, VERSION_ID, CONFIGURATION];

/// Notifications of buckets.
pub const S3: Service = Service {
    name: "s3",
    title: "Amazon S3",
    kinds: &[
        Kind::new("put", "an object was uploaded", CREATED, |values| {
            created(values, "ObjectCreated:Put")
        }),
        Kind::new("post", "an object was uploaded with a form", CREATED, |values| {
            created(values, "ObjectCreated:Post")
        }),
        Kind::new("copy", "an object was copied", CREATED, |values| {
            created(values, "ObjectCreated:Copy")
        }),
        Kind::new(
            "multipart-complete",
            "an upload in parts was completed",
            CREATED,
            |values| {
                let mut event = created(values, "ObjectCreated:CompleteMultipartUpload");
                // The ETag of an object in parts is the digest of the parts' digests, and their number.
                let whole = md5(md5_bytes(values.text("content")));
                event["Records"][0]["s3"]["object"]["eTag"] = format!("{whole}-1").into();
                event
            },
        ),
        Kind::new("delete", "an object was deleted", REMOVED, |values| {
            removed(values, "ObjectRemoved:Delete")
        }),
        Kind::new(
            "delete-marker",
            "a version was hidden by a delete marker",
            REMOVED,
            |values| {
                let mut event = removed(values, "ObjectRemoved:DeleteMarkerCreated");
                let object = &mut event["Records"][0]["s3"]["object"];
                object["eTag"] = md5("").into();
                if object["versionId"].is_null() {
                    object["versionId"] = version(values).into();
                }
                event
            },
        ),
        Kind::new(
            "restore-post",
            "a restore from an archive has begun",
            CREATED,
            |values| created(values, "ObjectRestore:Post"),
        ),
        Kind::new(
            "restore-completed",
            "an archived object can be read again",
            CREATED,
            |values| {
                let mut event = created(values, "ObjectRestore:Completed");
                let week = jiff::SignedDuration::from_hours(7 * 24);
                event["Records"][0]["glacierEventData"] = json!({
                    "restoreEventData": {
                        "lifecycleRestorationExpiryTime": iso(values.time() + week),
                        "lifecycleRestoreStorageClass": "GLACIER",
                    },
                });
                event
            },
        ),
        Kind::new("tagging-put", "tags were put on an object", CREATED, |values| {
            created(values, "ObjectTagging:Put")
        }),
        Kind::new(
            "acl-put",
            "the access control list of an object was changed",
            CREATED,
            |values| created(values, "ObjectAcl:Put"),
        ),
        Kind::new(
            "lifecycle-expired",
            "a lifecycle rule deleted an object",
            REMOVED_BY_S3,
            |values| record(values, By::S3, "LifecycleExpiration:Delete", key(values)),
        ),
        Kind::new(
            "lifecycle-transition",
            "a lifecycle rule moved an object to another storage class",
            CHANGED_BY_S3,
            |values| {
                let mut event = record(values, By::S3, "LifecycleTransition", object(values));
                event["Records"][0]["lifecycleEventData"] =
                    json!({ "transitionEventData": { "destinationStorageClass": "GLACIER" } });
                event
            },
        ),
        Kind::new(
            "intelligent-tiering",
            "an object went to another tier of S3 Intelligent-Tiering",
            CHANGED_BY_S3,
            |values| {
                let mut event = record(values, By::S3, "IntelligentTiering", object(values));
                event["Records"][0]["intelligentTieringEventData"] =
                    json!({ "destinationAccessTier": "ARCHIVE_ACCESS" });
                event
            },
        ),
        Kind::new(
            "replication-failed",
            "an object could not be replicated",
            CHANGED_BY_S3,
            |values| {
                let mut event = record(values, By::S3, "Replication:OperationFailedReplication", object(values));
                event["Records"][0]["replicationEventData"] = json!({
                    "replicationRuleId": "example-rule",
                    "destinationBucket": values.bucket_arn("example-replica"),
                    "s3Operation": "OBJECT_PUT",
                    "requestTime": values.iso(),
                    "failureReason": "AssumeRoleNotPermitted",
                });
                event
            },
        ),
        Kind::new(
            "test",
            "the message that S3 sends when a notification is set up",
            &[BUCKET],
            |values| {
                json!({
                    "Service": "Amazon S3",
                    "Event": "s3:TestEvent",
                    "Time": values.iso(),
                    "Bucket": values.text("bucket"),
                    "RequestId": values.upper_hex("request", 16),
                    "HostId": values.token("host", 32),
                })
            },
        ),
    ],
};

fn md5_bytes(content: &str) -> impl AsRef<[u8]> {
    use md5::Digest as _;
    md5::Md5::digest(content)
}

fn version(values: &Values<'_>) -> String {
    values.token("version", 24).replace(['+', '/'], "_")
}

/// Who did it.
#[derive(Clone, Copy)]
enum By {
    User,
    S3,
}

fn created(values: &Values<'_>, name: &str) -> Value {
    record(values, By::User, name, object(values))
}

fn removed(values: &Values<'_>, name: &str) -> Value {
    record(values, By::User, name, key(values))
}

/// What has a size and an `ETag`.
fn object(values: &Values<'_>) -> Value {
    let content = values.text("content");
    let size = values.optional_number("size");
    json!({
        "key": object_key(values.text("key")),
        "size": size.map_or_else(|| content.len().into(), Value::from),
        "eTag": md5(content),
    })
}

/// What has neither any more.
fn key(values: &Values<'_>) -> Value {
    json!({ "key": object_key(values.text("key")) })
}

fn record(values: &Values<'_>, by: By, name: &str, mut object: Value) -> Value {
    let version = values.text("version-id");
    if !version.is_empty() {
        object["versionId"] = version.into();
    }
    object["sequencer"] = format!("00{}", values.upper_hex("sequencer", 16)).into();
    let bucket = values.text("bucket");
    let (principal, address) = match by {
        By::User => (format!("AWS:{}", values.principal("AIDA")), values.text("source-ip")),
        By::S3 => ("s3.amazonaws.com".to_owned(), "s3.amazonaws.com"),
    };
    json!({
        "Records": [{
            "eventVersion": "2.5",
            "eventSource": "aws:s3",
            "awsRegion": values.region(),
            "eventTime": values.iso(),
            "eventName": name,
            "userIdentity": { "principalId": principal },
            "requestParameters": { "sourceIPAddress": address },
            "responseElements": {
                "x-amz-request-id": values.upper_hex("request", 16),
                "x-amz-id-2": values.token("host", 32),
            },
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": values.text("configuration-id"),
                "bucket": {
                    "name": bucket,
                    "ownerIdentity": { "principalId": values.principal("A") },
                    "arn": values.bucket_arn(bucket),
                },
                "object": object,
            },
        }],
    })
}

/// A key as notifications have it: encoded like a form, but for slashes.
/// Source: S3 user guide, "Event message structure" ("The object key name value is URL encoded").
pub(super) fn object_key(key: &str) -> String {
    let mut encoded = String::with_capacity(key.len());
    for byte in key.bytes() {
        let c = char::from(byte);
        match c {
            ' ' => encoded.push('+'),
            _ if byte.is_ascii_alphanumeric() || "-._*/".contains(c) => encoded.push(c),
            _ => encoded.extend(["%", &format!("{byte:02X}")]),
        }
    }
    encoded
}

/// S3 Batch Operations.
pub const S3_BATCH: Service = Service {
    name: "s3-batch",
    title: "S3 Batch Operations",
    kinds: &[
        Kind::batch(
            "task",
            "a job wants objects worked on, schema 2.0",
            &[
                BUCKET,
                Parameter::texts("key", &["photos/sunrise.jpg"], "The key of an object, not encoded"),
                VERSION_ID,
                Parameter::pairs("argument", &[], "An argument of the job"),
            ],
            |values| {
                let mut event = batch(values, "2.0", |task, bucket| task["s3Bucket"] = bucket.into());
                event["job"]["userArguments"] = values.map("argument");
                event
            },
        ),
        Kind::batch(
            "task-v1",
            "a job wants objects worked on, schema 1.0",
            &[
                BUCKET,
                Parameter::texts("key", &["photos/sunrise.jpg"], "The key of an object, not encoded"),
                VERSION_ID,
            ],
            |values| {
                batch(values, "1.0", |task, bucket| {
                    task["s3BucketArn"] = values.bucket_arn(bucket).into();
                })
            },
        ),
    ],
};

fn batch(values: &Values<'_>, schema: &str, name_bucket: impl Fn(&mut Value, &str)) -> Value {
    let task = |index: usize| {
        let mut task = json!({
            "taskId": base64(values.hex("task", index, 24)),
            "s3Key": object_key(values.text_of("key", index)),
            "s3VersionId": values.optional("version-id"),
        });
        name_bucket(&mut task, values.text("bucket"));
        task
    };
    json!({
        "invocationSchemaVersion": schema,
        "invocationId": values.token("invocation", 32),
        "job": { "id": values.uuid("job") },
        "tasks": (0..values.count("key")).map(task).collect::<Vec<_>>(),
    })
}

/// S3 Object Lambda.
pub const S3_OBJECT_LAMBDA: Service = Service {
    name: "s3-object-lambda",
    title: "S3 Object Lambda",
    kinds: &[
        Kind::new("get", "somebody reads an object", OBJECT_LAMBDA, |values| {
            object_lambda(values, "getObjectContext", values.text("key"), "1.00")
        }),
        Kind::new("head", "somebody asks about an object", OBJECT_LAMBDA, |values| {
            object_lambda(values, "headObjectContext", values.text("key"), "1.01")
        }),
        Kind::new(
            "list",
            "somebody lists objects",
            &[POINT, SUPPORTING, PAYLOAD, USER],
            |values| object_lambda(values, "listObjectsV2Context", "?list-type=2", "1.01"),
        ),
    ],
};

const POINT: Parameter = Parameter::text("access-point", &["example-point"], "The Object Lambda access point");
const SUPPORTING: Parameter = Parameter::text("supporting", &["example-supporting"], "The access point behind it");
const PAYLOAD: Parameter = Parameter::text("payload", &[""], "What the access point's configuration hands over");
const USER: Parameter = Parameter::text("user", &["ada"], "The IAM user who asks");
const OBJECT_LAMBDA: &[Parameter] = &[KEY, POINT, SUPPORTING, PAYLOAD, USER];

fn object_lambda(values: &Values<'_>, context: &str, target: &str, protocol: &str) -> Value {
    let (account, region, domain) = (values.account(), values.region(), values.domain());
    let (point, supporting) = (values.text("access-point"), values.text("supporting"));
    let path = if target.starts_with('?') {
        target.to_owned()
    } else {
        super::values::percent(target, "/")
    };
    let host = format!("{point}-{account}.s3-object-lambda.{region}.{domain}");
    let separator = if path.contains('?') { '&' } else { '?' };
    let mut given = json!({
        "inputS3Url": format!(
            "https://{supporting}-{account}.s3-accesspoint.{region}.{domain}/{path}{separator}X-Amz-Security-Token=example"
        ),
    });
    if context == "getObjectContext" {
        given["outputRoute"] = "io-use1-001".into();
        given["outputToken"] = values.token("output", 32).into();
    }
    let mut event = json!({ "xAmzRequestId": values.uuid("request") });
    event[context] = given;
    event["configuration"] = json!({
        "accessPointArn": values.arn("s3-object-lambda", format_args!("accesspoint/{point}")),
        "supportingAccessPointArn": values.arn("s3", format_args!("accesspoint/{supporting}")),
        "payload": values.text("payload"),
    });
    event["userRequest"] = json!({
        "url": format!("https://{host}/{path}"),
        "headers": {
            "Host": host,
            "Accept-Encoding": "identity",
            // The digest of a request without a body.
            "X-Amz-Content-SHA256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        },
    });
    event["userIdentity"] = json!({
        "type": "IAMUser",
        "principalId": values.principal("AIDA"),
        "arn": values.global_arn("iam", format_args!("user/{}", values.text("user"))),
        "accountId": account,
        "accessKeyId": values.principal("AKIA"),
        "userName": values.text("user"),
    });
    event["protocolVersion"] = protocol.into();
    event
}
