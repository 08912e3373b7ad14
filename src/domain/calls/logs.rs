//! Log groups and log streams.
//!
//! IAM sees a group as `log-group:NAME:log-stream:`, which `log-group:NAME:*` in a policy stands for, and the list of
//! all groups as `log-group::log-stream:`, as errors of AWS show. Calls about tags see the group's plain ARN.
//! Source: CloudWatch Logs user guide, "CloudWatch Logs resources and operations".

use super::Need;
use super::asked::Asked;
use crate::domain::policy::index;

const GROUPS: [&str; 6] = [
    "logGroupName",
    "logGroupIdentifier",
    "logGroupArn",
    "logGroupNames",
    "logGroupIdentifiers",
    "logGroupArnList",
];

pub(super) fn needs(asked: &Asked<'_>) -> Option<Vec<Need>> {
    let operation = asked.operation.as_str();
    if operation == "DescribeLogGroups" {
        return Some(vec![Need::new(
            asked.action(operation),
            asked.arn("log-group::log-stream:"),
        )]);
    }
    let service = index::service("logs")?;
    let types = service.resources_of(service.action(operation)?);
    let types: Vec<&str> = types.map(|kind| kind.name.as_str()).collect();
    let groups: Vec<&str> = GROUPS.iter().flat_map(|path| asked.texts(path)).collect();
    if groups.is_empty() {
        return None;
    }
    let stream = if types.contains(&"log-stream") {
        asked.text("logStreamName").unwrap_or("*")
    } else if types.contains(&"log-group") {
        ""
    } else {
        return None;
    };
    let needs = groups.into_iter().map(|group| {
        let resource = format!("{}:log-stream:{stream}", arn(asked, group));
        Need::new(asked.action(operation), resource)
    });
    Some(needs.collect())
}

/// A group may be named by its ARN, with `:*` at the end or without.
fn arn(asked: &Asked<'_>, group: &str) -> String {
    if group.starts_with("arn:") {
        group.trim_end_matches(":*").to_owned()
    } else {
        asked.arn(format_args!("log-group:{group}"))
    }
}
