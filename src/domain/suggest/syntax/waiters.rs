//! What SDKs ask AWS while they wait for something.

/// Waiters and their operations, from the SDKs' `waiters-2.json`.
const WAITERS: &[(&str, &str)] = &[
    ("BucketExists", "HeadBucket"),
    ("BucketNotExists", "HeadBucket"),
    ("ObjectExists", "HeadObject"),
    ("ObjectNotExists", "HeadObject"),
    ("TableExists", "DescribeTable"),
    ("TableNotExists", "DescribeTable"),
    ("FunctionExists", "GetFunction"),
    ("FunctionActive", "GetFunctionConfiguration"),
    ("FunctionActiveV2", "GetFunction"),
    ("FunctionUpdated", "GetFunctionConfiguration"),
    ("FunctionUpdatedV2", "GetFunction"),
    ("PublishedVersionActive", "GetFunctionConfiguration"),
    ("StreamExists", "DescribeStream"),
    ("StreamNotExists", "DescribeStream"),
    ("CommandExecuted", "GetCommandInvocation"),
    ("StackCreateComplete", "DescribeStacks"),
    ("StackUpdateComplete", "DescribeStacks"),
    ("StackDeleteComplete", "DescribeStacks"),
    ("InstanceRunning", "DescribeInstances"),
    ("InstanceStopped", "DescribeInstances"),
    ("InstanceTerminated", "DescribeInstances"),
    ("ServicesStable", "DescribeServices"),
    ("TasksRunning", "DescribeTasks"),
    ("TasksStopped", "DescribeTasks"),
    ("RoleExists", "GetRole"),
    ("CertificateValidated", "DescribeCertificate"),
    ("InvalidationCompleted", "GetInvalidation"),
];

/// The operation behind a waiter; both in capitals, `ObjectExists` and `HeadObject`.
pub fn asked_while_waiting(waiter: &str) -> Option<&'static str> {
    WAITERS
        .iter()
        .find(|(name, _)| *name == waiter)
        .map(|(_, operation)| *operation)
}
