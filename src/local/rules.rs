//! What Lambda refuses in a function's settings and tags.
//!
//! Ranges and patterns: Lambda API reference, `CreateFunction`. Where the API model is wider than
//! what an ordinary function accepts (memory, timeout), the narrower range is used.

use std::collections::BTreeMap;

use super::refusal::{Answer, Refusal};
use crate::domain::function::{AsyncInvoke, ENVIRONMENT_LIMIT, FunctionSettings, LogFormat, TagChange};
use crate::domain::names::RuntimeId;
use crate::ports::NewLayerVersion;

/// Environment variables that belong to Lambda.
/// Source: Lambda developer guide, "Defined runtime environment variables".
const RESERVED: [&str; 21] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_MAX_CONCURRENCY",
    "AWS_LAMBDA_METADATA_API",
    "AWS_LAMBDA_METADATA_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

const LAYER_LIMIT: usize = 5;
const TAG_LIMIT: usize = 50;

/// Refuses settings that Lambda would refuse, whatever else exists.
pub(super) fn check_settings(settings: &FunctionSettings) -> Answer<()> {
    in_range(settings.memory, 128, 10_240, "memorySize")?;
    in_range(settings.timeout, 1, 900, "timeout")?;
    in_range(settings.ephemeral_storage, 512, 10_240, "ephemeralStorage.size")?;
    at_most(&settings.description, 256, "description")?;
    at_most(&settings.handler, 128, "handler")?;
    if settings.handler.is_empty() || settings.handler.contains(char::is_whitespace) {
        return Err(Refusal::validation(
            &settings.handler,
            "handler",
            r"Member must satisfy regular expression pattern: [^\s]+",
        ));
    }
    check_role_pattern(settings)?;
    check_runtime(settings)?;
    check_environment(&settings.environment.0)?;
    if settings.layers.len() > LAYER_LIMIT {
        return Err(Refusal::invalid(format!(
            "Cannot reference more than {LAYER_LIMIT} layers."
        )));
    }
    if let Some(files) = &settings.file_system
        && !files.mount.starts_with("/mnt/")
    {
        return Err(Refusal::validation(
            &files.mount,
            "fileSystemConfigs.1.member.localMountPath",
            "Member must satisfy regular expression pattern: ^/mnt/[a-zA-Z0-9-_.]+$",
        ));
    }
    let logging = &settings.logging;
    if logging.format == LogFormat::Text && (logging.level.is_some() || logging.system_level.is_some()) {
        return Err(Refusal::invalid(
            "To set ApplicationLogLevel or SystemLogLevel, LogFormat must be JSON.",
        ));
    }
    Ok(())
}

fn check_role_pattern(settings: &FunctionSettings) -> Answer<()> {
    let role = &settings.role;
    if role.service == "iam"
        && role.region.is_empty()
        && role.account.len() == 12
        && role.account.bytes().all(|byte| byte.is_ascii_digit())
        && role.resource.len() > "role/".len()
        && role.resource.starts_with("role/")
    {
        return Ok(());
    }
    Err(Refusal::validation(
        role,
        "role",
        r"Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
    ))
}

fn check_runtime_family(runtime: &RuntimeId) -> Answer<()> {
    // Lambda gains runtimes faster than lfn gains releases, so families are known here, not members.
    const FAMILIES: [&str; 6] = ["nodejs", "python", "java", "dotnet", "ruby", "provided"];
    let runtime = runtime.as_str();
    if FAMILIES.iter().any(|family| runtime.starts_with(family)) {
        return Ok(());
    }
    Err(Refusal::invalid(format!(
        "Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: \
         [{}] or be a valid ARN",
        FAMILIES.map(|family| format!("{family}*")).join(", ")
    )))
}

fn check_runtime(settings: &FunctionSettings) -> Answer<()> {
    check_runtime_family(&settings.runtime)?;
    let runtime = settings.runtime.as_str();
    if !settings.snap_start {
        return Ok(());
    }
    // Source: Lambda developer guide, "Improving startup performance with Lambda SnapStart".
    if !["python", "java", "dotnet"]
        .iter()
        .any(|family| runtime.starts_with(family))
    {
        return Err(Refusal::invalid(format!(
            "{runtime} is not supported for SnapStart enabled functions."
        )));
    }
    if settings.ephemeral_storage > 512 {
        return Err(Refusal::invalid(
            "SnapStart is not supported with ephemeral storage larger than 512 MB.",
        ));
    }
    if settings.file_system.is_some() {
        return Err(Refusal::invalid("SnapStart is not supported with EFS."));
    }
    Ok(())
}

fn check_environment(variables: &BTreeMap<String, String>) -> Answer<()> {
    for name in variables.keys() {
        // Reserved names come first: `_HANDLER` does not even fit the pattern.
        if !RESERVED.contains(&name.as_str()) && crate::domain::names::EnvName::new(name.as_str()).is_err() {
            return Err(Refusal::validation(
                name,
                "environment.variables",
                "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]",
            ));
        }
    }
    let reserved: Vec<&str> = variables
        .keys()
        .map(String::as_str)
        .filter(|name| RESERVED.contains(name))
        .collect();
    if !reserved.is_empty() {
        return Err(Refusal::invalid(format!(
            "Lambda was unable to configure your environment variables because the environment variables you have \
             provided contains reserved keys that are currently not supported for modification. \
             Reserved keys used in this request: {}",
            reserved.join(", ")
        )));
    }
    let size: usize = variables.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size > ENVIRONMENT_LIMIT {
        // Lambda's sentence goes on with the variables themselves; they may be secrets.
        return Err(Refusal::invalid(
            "Lambda was unable to configure your environment variables because the environment variables you have \
             provided exceeded the 4KB limit.",
        ));
    }
    Ok(())
}

/// Refuses a layer's version that Lambda would refuse, whatever is in it.
/// Source: Lambda API reference, `PublishLayerVersion`.
pub(super) fn check_layer(new: &NewLayerVersion) -> Answer<()> {
    at_most(&new.description, 256, "description")?;
    at_most(&new.license, 512, "licenseInfo")?;
    if new.runtimes.len() > 15 {
        let runtimes: Vec<&str> = new.runtimes.iter().map(RuntimeId::as_str).collect();
        return Err(Refusal::validation(
            format_args!("[{}]", runtimes.join(", ")),
            "compatibleRuntimes",
            "Member must have length less than or equal to 15",
        ));
    }
    new.runtimes.iter().try_for_each(check_runtime_family)
}

/// Refuses asynchronous settings out of range.
pub(super) fn check_async_invoke(settings: &AsyncInvoke) -> Answer<()> {
    in_range(u32::from(settings.retries), 0, 2, "maximumRetryAttempts")?;
    in_range(settings.max_age, 60, 21_600, "maximumEventAgeInSeconds")
}

/// Refuses tags that no resource may have.
pub(super) fn check_tags(tags: &BTreeMap<String, String>) -> Answer<()> {
    for (key, value) in tags {
        if key.is_empty() || key.chars().count() > 128 {
            return Err(Refusal::validation(
                key,
                "tags",
                "Map keys must satisfy constraint: [Member must have length less than or equal to 128, \
                 Member must have length greater than or equal to 1]",
            ));
        }
        if key.starts_with("aws:") {
            return Err(Refusal::invalid(format!(
                "Tag key `{key}` begins with `aws:`, which is reserved for system use."
            )));
        }
        if value.chars().count() > 256 {
            return Err(Refusal::validation(
                key,
                "tags",
                "Map value must satisfy constraint: [Member must have length less than or equal to 256]",
            ));
        }
    }
    if tags.len() > TAG_LIMIT {
        return Err(Refusal::invalid("Number of tags exceeds resource tag limit."));
    }
    Ok(())
}

/// The tags after a change, or why it is refused.
pub(super) fn changed_tags(tags: &BTreeMap<String, String>, change: &TagChange) -> Answer<BTreeMap<String, String>> {
    let mut tags = tags.clone();
    tags.retain(|key, _| !change.remove.contains(key));
    tags.extend(change.set.iter().map(|(key, value)| (key.clone(), value.clone())));
    check_tags(&tags)?;
    Ok(tags)
}

fn in_range(value: u32, least: u32, most: u32, member: &str) -> Answer<()> {
    let constraint = if value < least {
        format!("Member must have value greater than or equal to {least}")
    } else if value > most {
        format!("Member must have value less than or equal to {most}")
    } else {
        return Ok(());
    };
    Err(Refusal::validation(value, member, constraint))
}

fn at_most(text: &str, most: usize, member: &str) -> Answer<()> {
    if text.chars().count() <= most {
        return Ok(());
    }
    Err(Refusal::validation(
        text,
        member,
        format!("Member must have length less than or equal to {most}"),
    ))
}
