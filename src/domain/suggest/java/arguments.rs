//! Arguments by position, as the first SDK takes them, and what its names mean in the second.

use crate::domain::suggest::syntax::{Known, concat};

/// Constructors of requests and shortcuts of clients of the first SDK:
/// <https://docs.aws.amazon.com/AWSJavaSDK/latest/javadoc/>.
const BY_POSITION: &[(&str, &[&str])] = &[
    (
        "copyObject",
        &[
            "sourceBucketName",
            "sourceKey",
            "destinationBucketName",
            "destinationKey",
        ],
    ),
    ("getObject", &["bucketName", "key"]),
    ("getObjectAsString", &["bucketName", "key"]),
    ("getObjectMetadata", &["bucketName", "key"]),
    ("doesObjectExist", &["bucketName", "key"]),
    ("putObject", &["bucketName", "key"]),
    ("deleteObject", &["bucketName", "key"]),
    ("deleteObjects", &["bucketName"]),
    ("generatePresignedUrl", &["bucketName", "key"]),
    ("listObjects", &["bucketName", "prefix"]),
    ("listObjectsV2", &["bucketName", "prefix"]),
    ("createBucket", &["bucketName"]),
    ("deleteBucket", &["bucketName"]),
    ("doesBucketExistV2", &["bucketName"]),
    ("getItem", &["tableName", "key"]),
    ("putItem", &["tableName", "item"]),
    ("updateItem", &["tableName", "key"]),
    ("deleteItem", &["tableName", "key"]),
    ("scan", &["tableName"]),
    ("query", &["tableName"]),
    ("describeTable", &["tableName"]),
    ("batchWriteItem", &["requestItems"]),
    ("batchGetItem", &["requestItems"]),
    ("sendMessage", &["queueUrl", "messageBody"]),
    ("receiveMessage", &["queueUrl"]),
    ("deleteMessage", &["queueUrl", "receiptHandle"]),
    ("getQueueUrl", &["queueName"]),
    ("publish", &["topicArn", "message"]),
];

/// Methods of the first SDK that go by another name than the operation.
const RENAMED: &[(&str, &str)] = &[
    ("getObjectAsString", "getObject"),
    ("getObjectMetadata", "headObject"),
    ("doesObjectExist", "headObject"),
    ("doesBucketExistV2", "headBucket"),
    ("generatePresignedUrl", "getObject"),
];

/// The operation that a method of the first SDK asks for.
pub fn operation(method: &str) -> &str {
    RENAMED
        .iter()
        .find(|(name, _)| *name == method)
        .map_or(method, |(_, operation)| operation)
}

/// Arguments with their names.
pub fn by_position(operation: &str, arguments: &[Known]) -> Vec<(String, Known)> {
    let names = BY_POSITION.iter().find(|(name, _)| *name == operation);
    let pairs = names.iter().flat_map(|(_, names)| names.iter().zip(arguments));
    // What is a request or a file is no name.
    pairs
        .filter(|(_, value)| !matches!(value, Known::Instance(_) | Known::Closure(..)))
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect()
}

/// Fields as the second SDK names them.
pub fn renamed(fields: &[(String, Known)]) -> Vec<(String, Known)> {
    let find = |name: &str| {
        fields
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.clone())
    };
    let mut renamed: Vec<(String, Known)> = fields
        .iter()
        .filter(|(name, _)| !name.starts_with("source") || !name.ends_with(['e', 'y']))
        .map(|(name, value)| {
            let name = match name.as_str() {
                "bucketName" | "destinationBucketName" | "destinationBucket" => "bucket",
                "destinationKey" => "key",
                other => other,
            };
            (name.to_owned(), value.clone())
        })
        .collect();
    let bucket = find("sourceBucketName").or_else(|| find("sourceBucket"));
    if let (Some(bucket), Some(key)) = (bucket, find("sourceKey")) {
        renamed.retain(|(name, _)| name != "sourceBucket");
        renamed.push(("copySource".to_owned(), concat(&[bucket, Known::text("/"), key])));
    }
    renamed
}
