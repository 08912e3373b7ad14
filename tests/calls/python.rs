//! Every operation of the twelve services, serialised by botocore.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use crate::support::node;
use crate::support::python::{MINISTACK, environment};
use crate::{Sent, exists};

/// Operations of the same request as another: what S3 has under an older name.
const OLDER_NAMES: [(&str, &str); 4] = [
    ("GetBucketLifecycle", "GetBucketLifecycleConfiguration"),
    ("PutBucketLifecycle", "PutBucketLifecycleConfiguration"),
    ("GetBucketNotification", "GetBucketNotificationConfiguration"),
    ("PutBucketNotification", "PutBucketNotificationConfiguration"),
];

/// Operations of directory buckets: S3's API, and another service to IAM.
const OTHER_SERVICE: [&str; 1] = ["ListDirectoryBuckets"];

/// Operations that IAM's index has no action for on the day of its data; they are taken for actions of their own name.
const NO_ACTION: [&str; 9] = [
    "cloudwatch:AssociateDatasetKmsKey",
    "cloudwatch:CreateResourceMetricsConfiguration",
    "cloudwatch:DeleteResourceMetricsConfiguration",
    "cloudwatch:DescribeAlarmContributors",
    "cloudwatch:DisassociateDatasetKmsKey",
    "cloudwatch:GetResourceMetricsConfiguration",
    "cloudwatch:UpdateOTelEnrichment",
    "cloudwatch:UpdateResourceMetricsConfiguration",
    "logs:GetLogObject",
];

/// Operations that need no right of whoever asks.
const OPEN: [&str; 2] = ["GetCallerIdentity", "GetSessionToken"];

/// Operations that SDKs do not sign: a token says who asks.
const UNSIGNED: [&str; 2] = ["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"];

#[test]
fn every_operation_of_botocore_is_named() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/calls/python.py");
    let mut python = Command::new(environment(MINISTACK).join("python"));
    python.arg(script);
    let all = Sent::read(&node::run(python));
    assert!(all.len() > 1_000, "{}", all.len());
    let mut wrong = Vec::new();
    let mut unknown = BTreeSet::new();
    for sent in &all {
        let Sent {
            service,
            style,
            operation,
            ..
        } = sent;
        let mut complain = |what: String| wrong.push(format!("{service} {style} {operation}: {what}"));
        let call = match sent.name() {
            Ok(call) => call,
            Err(error) => {
                if ![&OTHER_SERVICE[..], &UNSIGNED].concat().contains(&operation.as_str()) {
                    complain(error.to_string());
                }
                continue;
            }
        };
        let newer = OLDER_NAMES.iter().find(|(old, _)| service == "s3" && old == operation);
        let expected = newer.map_or(operation.as_str(), |(_, new)| new);
        if call.operation != expected {
            complain(format!("named `{}`", call.operation));
        }
        if call.needs.is_empty() != OPEN.contains(&operation.as_str()) {
            complain(format!("needs {:?}", call.needs));
        }
        for need in &call.needs {
            if !exists(&need.action) {
                unknown.insert(need.action.clone());
            }
            if !(need.resource == "*" || need.resource.starts_with("arn:aws:") || need.action == "sns:Publish") {
                complain(format!("on `{}`", need.resource));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        all.len(),
        wrong.join("\n")
    );
    assert_eq!(unknown, NO_ACTION.map(str::to_owned).into());
}
