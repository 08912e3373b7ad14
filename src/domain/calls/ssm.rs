//! Parameters, and commands on machines.

use super::asked::Asked;
use super::{Need, secrets};

/// Parameters that stand for secrets of Secrets Manager.
const SECRETS: &str = "/aws/reference/secretsmanager/";

pub(super) fn needs(asked: &Asked<'_>) -> Option<Vec<Need>> {
    let operation = asked.operation.as_str();
    match operation {
        "GetParameter"
        | "GetParameters"
        | "GetParameterHistory"
        | "PutParameter"
        | "DeleteParameter"
        | "DeleteParameters"
        | "LabelParameterVersion"
        | "UnlabelParameterVersion" => {
            let names: Vec<&str> = ["Name", "Names"].iter().flat_map(|path| asked.texts(path)).collect();
            let own = names
                .iter()
                .map(|name| Need::new(asked.action(operation), parameter(asked, name)));
            let secrets = names.iter().filter_map(|name| secret(asked, name));
            Some(own.chain(secrets).collect())
        }
        // IAM sees the path as it is written, be it with a slash at its end.
        "GetParametersByPath" => {
            let path = asked.text("Path").unwrap_or("/");
            Some(vec![Need::new("ssm:GetParametersByPath", parameter(asked, path))])
        }
        "AddTagsToResource" | "RemoveTagsFromResource" | "ListTagsForResource"
            if asked.text("ResourceType") == Some("Parameter") =>
        {
            let name = asked.text("ResourceId")?;
            Some(vec![Need::new(asked.action(operation), parameter(asked, name))])
        }
        // The document and each machine must be allowed.
        // Source: Systems Manager user guide, "Restricting Run Command access based on tags".
        "SendCommand" | "StartSession" => {
            let document = asked.text("DocumentName").unwrap_or("SSM-SessionManagerRunShell");
            let named = ["InstanceIds", "Target"].iter().flat_map(|path| asked.texts(path));
            let mut resources: Vec<String> = named.map(|id| machine(asked, id)).collect();
            if resources.is_empty() {
                resources.push(machine(asked, "*"));
            }
            resources.push(self::document(asked, document));
            let needs = resources.into_iter();
            Some(
                needs
                    .map(|resource| Need::new(asked.action(operation), resource))
                    .collect(),
            )
        }
        _ => None,
    }
}

/// A parameter's ARN has one slash before the name, be it `/shop/key` or `key`; a version or a label after a
/// colon is no part of it. Those under `/aws/service/` belong to no account.
/// Source: Systems Manager user guide, "Restricting access to Parameter Store parameters using IAM policies" and
/// "Working with public parameters".
fn parameter(asked: &Asked<'_>, name: &str) -> String {
    let (arn, name) = match name.split_once(":parameter/") {
        Some((arn, name)) if arn.starts_with("arn:") => (Some(arn), name),
        _ => (None, name),
    };
    let name = name.strip_prefix('/').unwrap_or(name);
    let name = name.split(':').next().unwrap_or_default();
    let resource = format!("parameter/{name}");
    match arn {
        Some(arn) => format!("{arn}:{resource}"),
        None if name.starts_with("aws/service/") => public(asked, &resource),
        None => asked.arn(resource),
    }
}

/// The ARN of what AWS itself owns.
fn public(asked: &Asked<'_>, resource: &str) -> String {
    let place = &asked.place;
    format!("arn:{}:ssm:{}::{resource}", place.partition, place.region)
}

/// The secret behind a parameter must be readable too.
/// Source: Systems Manager user guide, "Referencing AWS Secrets Manager secrets from Parameter Store parameters".
fn secret(asked: &Asked<'_>, name: &str) -> Option<Need> {
    let id = name.strip_prefix(SECRETS)?;
    let id = id.split(':').next()?;
    Some(Need::new(
        "secretsmanager:GetSecretValue",
        secrets::arn(&asked.place, id),
    ))
}

/// An instance of EC2, a task of ECS, or a machine that was registered.
fn machine(asked: &Asked<'_>, id: &str) -> String {
    if id.starts_with("mi-") {
        return asked.arn(format_args!("managed-instance/{id}"));
    }
    // `ecs:CLUSTER_TASK_RUNTIME`
    if let Some(task) = id.strip_prefix("ecs:") {
        let mut parts = task.split('_');
        let (cluster, task) = (parts.next().unwrap_or("*"), parts.next().unwrap_or("*"));
        return asked
            .place
            .arn("ecs", format_args!("task/{cluster}/{task}"))
            .to_string();
    }
    asked.place.arn("ec2", format_args!("instance/{id}")).to_string()
}

fn document(asked: &Asked<'_>, name: &str) -> String {
    let resource = format!("document/{name}");
    if name.starts_with("arn:") {
        name.to_owned()
    } else if name.starts_with("AWS-") || name.starts_with("Amazon") {
        public(asked, &resource)
    } else {
        asked.arn(resource)
    }
}
