//! What a call of a library asks of AWS: commands, paginators, waiters, and the helpers built on them.

use super::clients::{Client, ClientKind, service_of};
use super::things::Package;

/// An operation that a call comes to, and where in the call its parameters are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    pub service: String,
    pub operation: String,
    pub input: Input,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The argument at this position is an object of parameters.
    Argument(usize),
    /// A property of the argument at this position is.
    Field(usize, &'static str),
    /// The argument at this position is the value of this parameter.
    Parameter(usize, &'static str),
    /// This property of the first argument is the value of this parameter.
    Property(&'static str, &'static str),
    /// The values of this property of the first argument are values of this parameter.
    Values(&'static str, &'static str),
}

/// The document client's names → DynamoDB's.
const DOCUMENT_OPERATIONS: &[(&str, &str)] = &[
    ("get", "GetItem"),
    ("put", "PutItem"),
    ("update", "UpdateItem"),
    ("delete", "DeleteItem"),
    ("query", "Query"),
    ("scan", "Scan"),
    ("batchGet", "BatchGetItem"),
    ("batchWrite", "BatchWriteItem"),
    ("transactGet", "TransactGetItems"),
    ("transactWrite", "TransactWriteItems"),
    ("executeStatement", "ExecuteStatement"),
    ("executeTransaction", "ExecuteTransaction"),
    ("batchExecuteStatement", "BatchExecuteStatement"),
];

/// Waiter → the operation that it polls, as the models' waiters say; the service's where they share a name.
const WAITERS: &[(&str, &str, &str)] = &[
    ("s3", "BucketExists", "HeadBucket"),
    ("s3", "BucketNotExists", "HeadBucket"),
    ("s3", "ObjectExists", "HeadObject"),
    ("s3", "ObjectNotExists", "HeadObject"),
    ("dynamodb", "TableExists", "DescribeTable"),
    ("dynamodb", "TableNotExists", "DescribeTable"),
    ("lambda", "FunctionActive", "GetFunctionConfiguration"),
    ("lambda", "FunctionUpdated", "GetFunctionConfiguration"),
    ("lambda", "FunctionActiveV2", "GetFunction"),
    ("lambda", "FunctionUpdatedV2", "GetFunction"),
    ("lambda", "FunctionExists", "GetFunction"),
    ("lambda", "PublishedVersionActive", "GetFunctionConfiguration"),
    ("acm", "CertificateValidated", "DescribeCertificate"),
    ("cloudformation", "ChangeSetCreateComplete", "DescribeChangeSet"),
    ("cloudformation", "StackCreateComplete", "DescribeStacks"),
    ("cloudformation", "StackDeleteComplete", "DescribeStacks"),
    ("cloudformation", "StackExists", "DescribeStacks"),
    ("cloudformation", "StackRollbackComplete", "DescribeStacks"),
    ("cloudformation", "StackUpdateComplete", "DescribeStacks"),
    ("cloudfront", "DistributionDeployed", "GetDistribution"),
    ("cloudfront", "InvalidationCompleted", "GetInvalidation"),
    ("ec2", "ImageAvailable", "DescribeImages"),
    ("ec2", "ImageExists", "DescribeImages"),
    ("ec2", "InstanceExists", "DescribeInstances"),
    ("ec2", "InstanceRunning", "DescribeInstances"),
    ("ec2", "InstanceStatusOk", "DescribeInstanceStatus"),
    ("ec2", "InstanceStopped", "DescribeInstances"),
    ("ec2", "InstanceTerminated", "DescribeInstances"),
    ("ec2", "SnapshotCompleted", "DescribeSnapshots"),
    ("ec2", "VolumeAvailable", "DescribeVolumes"),
    ("ec2", "VolumeInUse", "DescribeVolumes"),
    ("ecr", "ImageScanComplete", "DescribeImageScanFindings"),
    ("ecs", "ServicesInactive", "DescribeServices"),
    ("ecs", "ServicesStable", "DescribeServices"),
    ("ecs", "TasksRunning", "DescribeTasks"),
    ("ecs", "TasksStopped", "DescribeTasks"),
    ("eks", "ClusterActive", "DescribeCluster"),
    ("eks", "ClusterDeleted", "DescribeCluster"),
    ("iam", "InstanceProfileExists", "GetInstanceProfile"),
    ("iam", "PolicyExists", "GetPolicy"),
    ("iam", "RoleExists", "GetRole"),
    ("iam", "UserExists", "GetUser"),
    ("kinesis", "StreamExists", "DescribeStream"),
    ("kinesis", "StreamNotExists", "DescribeStream"),
    ("rds", "DBClusterAvailable", "DescribeDBClusters"),
    ("rds", "DBInstanceAvailable", "DescribeDBInstances"),
    ("rds", "DBInstanceDeleted", "DescribeDBInstances"),
    ("route-53", "ResourceRecordSetsChanged", "GetChange"),
    ("ssm", "CommandExecuted", "GetCommandInvocation"),
];

/// Methods of clients that are no operations.
const NO_OPERATIONS: &[&str] = &[
    "addListener",
    "catch",
    "config",
    "createSet",
    "customizeRequests",
    "defineService",
    "destroy",
    "emit",
    "finally",
    "makeUnauthenticatedRequest",
    "middlewareStack",
    "on",
    "once",
    "removeListener",
    "send",
    "setupRequestListeners",
    "then",
];

impl Use {
    fn new(service: &str, operation: &str, input: Input) -> Vec<Self> {
        vec![Self {
            service: service.to_owned(),
            operation: operation.to_owned(),
            input,
        }]
    }
}

/// What `new` of a package's export comes to.
pub fn constructed(package: &Package) -> Vec<Use> {
    let path: Vec<&str> = package.path.iter().map(String::as_str).collect();
    let [.., name] = path.as_slice() else { return Vec::new() };
    if let Some(service) = service_of(&package.name) {
        return match name.strip_suffix("Command") {
            Some(operation) if !operation.is_empty() => Use::new(service, operation, Input::Argument(0)),
            _ => Vec::new(),
        };
    }
    match (package.name.as_str(), *name) {
        ("@aws-sdk/lib-storage", "Upload") => Use::new("s3", "Upload", Input::Field(0, "params")),
        ("@aws-sdk/lib-dynamodb", name) => match name.strip_suffix("Command").and_then(document_operation) {
            Some(operation) => Use::new("dynamodb", operation, Input::Argument(0)),
            None => Vec::new(),
        },
        (v2, "ManagedUpload") if v2.starts_with("aws-sdk") => Use::new("s3", "Upload", Input::Field(0, "params")),
        ("@aws-lambda-powertools/idempotency/dynamodb", "DynamoDBPersistenceLayer") => {
            ["GetItem", "PutItem", "UpdateItem", "DeleteItem"]
                .iter()
                .flat_map(|operation| Use::new("dynamodb", operation, Input::Property("tableName", "TableName")))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// What a call of a package's export comes to.
pub fn called(package: &Package) -> Vec<Use> {
    let name = package.path.last().map_or("", String::as_str);
    if let Some(service) = service_of(&package.name) {
        return helper(service, name, 1);
    }
    match (package.name.as_str(), name) {
        ("@aws-sdk/lib-dynamodb", name) => match name.strip_prefix("paginate") {
            Some(operation) => Use::new("dynamodb", operation, Input::Argument(1)),
            None => Vec::new(),
        },
        ("@aws-sdk/s3-presigned-post", "createPresignedPost") => Use::new("s3", "PutObject", Input::Argument(1)),
        ("@aws-sdk/credential-providers", "fromTemporaryCredentials") => {
            Use::new("sts", "AssumeRole", Input::Field(0, "params"))
        }
        ("@aws-lambda-powertools/parameters/ssm", "getParameter") => {
            Use::new("ssm", "GetParameter", Input::Parameter(0, "Name"))
        }
        ("@aws-lambda-powertools/parameters/ssm", "getParameters") => {
            Use::new("ssm", "GetParametersByPath", Input::Parameter(0, "Path"))
        }
        ("@aws-lambda-powertools/parameters/secrets", "getSecret") => {
            Use::new("secrets-manager", "GetSecretValue", Input::Parameter(0, "SecretId"))
        }
        ("@middy/ssm", _) => Use::new("ssm", "GetParameters", Input::Values("fetchData", "Names")),
        ("@middy/secrets-manager", _) => Use::new(
            "secrets-manager",
            "GetSecretValue",
            Input::Values("fetchData", "SecretId"),
        ),
        _ => Vec::new(),
    }
}

/// What a call of a client's method comes to; `first` is the first argument where it is a plain text.
pub fn operation(client: &Client, method: &str, first: Option<&str>) -> Vec<Use> {
    let service = client.service.as_str();
    match client.kind {
        ClientKind::Commands => Vec::new(),
        ClientKind::Documents => match document_operation(method) {
            Some(operation) => Use::new(service, operation, Input::Argument(0)),
            None => Vec::new(),
        },
        ClientKind::Operations => match (method, first) {
            ("getSignedUrl" | "getSignedUrlPromise" | "makeRequest", Some(operation)) => {
                Use::new(service, operation, Input::Argument(1))
            }
            ("waitFor", Some(waiter)) => match waiter_operation(service, waiter) {
                Some(operation) => Use::new(service, operation, Input::Argument(1)),
                None => Vec::new(),
            },
            ("createPresignedPost", _) => Use::new(service, "putObject", Input::Argument(0)),
            ("getSignedUrl" | "getSignedUrlPromise" | "makeRequest" | "waitFor", None) => Vec::new(),
            (method, _) if NO_OPERATIONS.contains(&method) => Vec::new(),
            (method, _) if method.starts_with("paginate") || method.starts_with("waitUntil") => {
                helper(service, method, 0)
            }
            (method, _) => Use::new(service, method, Input::Argument(0)),
        },
    }
}

/// `paginateListObjectsV2`, `waitUntilObjectExists`
fn helper(service: &str, name: &str, input: usize) -> Vec<Use> {
    if let Some(operation) = name.strip_prefix("paginate") {
        return Use::new(service, operation, Input::Argument(input));
    }
    let waiter = name.strip_prefix("waitUntil").or_else(|| name.strip_prefix("waitFor"));
    match waiter.and_then(|waiter| waiter_operation(service, waiter)) {
        Some(operation) => Use::new(service, operation, Input::Argument(input)),
        None => Vec::new(),
    }
}

/// v2 names a waiter `objectExists` and its service `S3`.
fn waiter_operation(service: &str, waiter: &str) -> Option<&'static str> {
    WAITERS
        .iter()
        .find(|(of, name, _)| of.eq_ignore_ascii_case(service) && name.eq_ignore_ascii_case(waiter))
        .map(|(_, _, operation)| *operation)
}

/// `get`, or `Get` of `GetCommand`.
fn document_operation(name: &str) -> Option<&'static str> {
    DOCUMENT_OPERATIONS
        .iter()
        .find(|(short, _)| short.eq_ignore_ascii_case(name))
        .map(|(_, operation)| *operation)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, export: &str) -> Package {
        Package {
            name: name.to_owned(),
            path: vec![export.to_owned()],
        }
    }

    #[test]
    fn exports_come_to_operations() {
        let presigned = "@aws-sdk/s3-presigned-post";
        for (name, export, expected) in [
            ("@aws-sdk/client-s3", "paginateListObjectsV2", "s3 ListObjectsV2"),
            ("@aws-sdk/client-s3", "waitUntilObjectExists", "s3 HeadObject"),
            (
                "@aws-sdk/client-dynamodb",
                "waitUntilTableExists",
                "dynamodb DescribeTable",
            ),
            ("@aws-sdk/client-s3", "waitUntilNever", ""),
            ("@aws-sdk/lib-dynamodb", "paginateQuery", "dynamodb Query"),
            (presigned, "createPresignedPost", "s3 PutObject"),
            (
                "@aws-sdk/credential-providers",
                "fromTemporaryCredentials",
                "sts AssumeRole",
            ),
            (
                "@aws-lambda-powertools/parameters/ssm",
                "getParameter",
                "ssm GetParameter",
            ),
            ("@aws-sdk/s3-request-presigner", "getSignedUrl", ""),
        ] {
            let found: Vec<String> = called(&package(name, export))
                .iter()
                .map(|found| format!("{} {}", found.service, found.operation))
                .collect();
            assert_eq!(found.join(", "), expected, "{name} {export}");
        }
        for (name, export, expected) in [
            ("@aws-sdk/client-sfn", "StartExecutionCommand", "sfn StartExecution"),
            ("@aws-sdk/client-s3", "S3Client", ""),
            (
                "@aws-sdk/lib-dynamodb",
                "TransactWriteCommand",
                "dynamodb TransactWriteItems",
            ),
            ("@aws-sdk/lib-storage", "Upload", "s3 Upload"),
            ("./commands", "PlaceOrderCommand", ""),
        ] {
            let found: Vec<String> = constructed(&package(name, export))
                .iter()
                .map(|found| format!("{} {}", found.service, found.operation))
                .collect();
            assert_eq!(found.join(", "), expected, "new {name} {export}");
        }
    }
}
