//! What Lambda gives back, brought to lfn's form: every default filled in, so that what was
//! written reads back equal.

use std::collections::BTreeMap;
use std::fmt::Display;

use aws_sdk_lambda::types::{
    ApplicationLogLevel, EphemeralStorage, FunctionConfiguration, LastUpdateStatus, LogFormat as GivenFormat,
    LoggingConfig, PackageType, Runtime, SnapStartApplyOn, SnapStartOptimizationStatus, State as GivenState,
    SystemLogLevel as GivenSystemLevel, TracingMode,
};

use crate::domain::arn::Arn;
use crate::domain::function::{
    Architecture, Environment, FileSystem, FunctionSettings, LogFormat, LogLevel, Logging, SystemLogLevel, Vpc,
};
use crate::domain::names::{CodeDigest, FunctionName, LogGroupName, RuntimeId};
use crate::ports::{ErrorKind, Lifecycle, Snapshot, State, UpdateStatus};

/// Why a configuration is not one that lfn can work with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    pub kind: ErrorKind,
    pub message: String,
}

fn odd(what: &str, why: impl Display) -> Unreadable {
    Unreadable {
        kind: ErrorKind::Internal,
        message: format!("the answer's {what} cannot be used: {why}"),
    }
}

/// The five calls that return a configuration return five types with the same members.
macro_rules! configuration {
    ($output:expr) => {{
        let output = $output;
        aws_sdk_lambda::types::FunctionConfiguration::builder()
            .set_function_name(output.function_name)
            .set_function_arn(output.function_arn)
            .set_runtime(output.runtime)
            .set_role(output.role)
            .set_handler(output.handler)
            .code_size(output.code_size)
            .set_description(output.description)
            .set_timeout(output.timeout)
            .set_memory_size(output.memory_size)
            .set_last_modified(output.last_modified)
            .set_code_sha256(output.code_sha256)
            .set_version(output.version)
            .set_vpc_config(output.vpc_config)
            .set_dead_letter_config(output.dead_letter_config)
            .set_environment(output.environment)
            .set_kms_key_arn(output.kms_key_arn)
            .set_tracing_config(output.tracing_config)
            .set_revision_id(output.revision_id)
            .set_layers(output.layers)
            .set_state(output.state)
            .set_state_reason(output.state_reason)
            .set_last_update_status(output.last_update_status)
            .set_last_update_status_reason(output.last_update_status_reason)
            .set_file_system_configs(output.file_system_configs)
            .set_package_type(output.package_type)
            .set_architectures(output.architectures)
            .set_ephemeral_storage(output.ephemeral_storage)
            .set_snap_start(output.snap_start)
            .set_logging_config(output.logging_config)
            .build()
    }};
}
pub(super) use configuration;

/// Whether this is a container image, which lfn does not deploy.
pub fn is_image(given: &FunctionConfiguration) -> bool {
    given.package_type() == Some(&PackageType::Image)
}

/// Reads one edition of a function.
pub fn snapshot(given: &FunctionConfiguration) -> Result<Snapshot, Unreadable> {
    if is_image(given) {
        return Err(Unreadable {
            kind: ErrorKind::Invalid,
            message: "it is a container image function, which lfn does not deploy".to_owned(),
        });
    }
    let name = required(given.function_name(), "name")?;
    let name = FunctionName::new(name).map_err(|why| odd("name", why))?;
    Ok(Snapshot {
        qualifier: given
            .version()
            .unwrap_or("$LATEST")
            .parse()
            .map_err(|why| odd("version", why))?,
        settings: settings(given, &name)?,
        architecture: architecture(given)?,
        digest: CodeDigest(required(given.code_sha256(), "code digest")?.to_owned()),
        code_size: u64::try_from(given.code_size()).unwrap_or(0),
        revision: given.revision_id().unwrap_or_default().to_owned(),
        lifecycle: lifecycle(given),
        modified: rfc_3339(given.last_modified().unwrap_or_default()),
        snap_started: given.snap_start().and_then(|config| config.optimization_status())
            == Some(&SnapStartOptimizationStatus::On),
        name,
    })
}

fn settings(given: &FunctionConfiguration, name: &FunctionName) -> Result<FunctionSettings, Unreadable> {
    let runtime = given.runtime().map(Runtime::as_str);
    Ok(FunctionSettings {
        description: given.description().unwrap_or_default().to_owned(),
        role: arn(required(given.role(), "role")?, "role")?,
        runtime: RuntimeId::new(required(runtime, "runtime")?).map_err(|why| odd("runtime", why))?,
        handler: given.handler().unwrap_or_default().to_owned(),
        memory: unsigned(given.memory_size(), 128),
        timeout: unsigned(given.timeout(), 3),
        ephemeral_storage: unsigned(given.ephemeral_storage().map(EphemeralStorage::size), 512),
        environment: environment(given),
        kms_key: optional_arn(given.kms_key_arn(), "KMS key")?,
        layers: given
            .layers()
            .iter()
            .filter_map(|layer| layer.arn())
            .map(|text| arn(text, "layer"))
            .collect::<Result<_, _>>()?,
        vpc: vpc(given),
        dead_letter: optional_arn(
            given.dead_letter_config().and_then(|config| config.target_arn()),
            "dead letter target",
        )?,
        tracing: given.tracing_config().and_then(|config| config.mode()) == Some(&TracingMode::Active),
        snap_start: given.snap_start().and_then(|config| config.apply_on())
            == Some(&SnapStartApplyOn::PublishedVersions),
        file_system: given
            .file_system_configs()
            .first()
            .map(|system| {
                Ok(FileSystem {
                    access_point: arn(system.arn(), "file system")?,
                    mount: system.local_mount_path().to_owned(),
                })
            })
            .transpose()?,
        logging: logging(given.logging_config(), name)?,
    })
}

fn architecture(given: &FunctionConfiguration) -> Result<Architecture, Unreadable> {
    use aws_sdk_lambda::types::Architecture as Given;
    match given.architectures().first() {
        None | Some(Given::X8664) => Ok(Architecture::X86_64),
        Some(Given::Arm64) => Ok(Architecture::Arm64),
        Some(other) => Err(odd("architecture", other)),
    }
}

/// The environment; one that Lambda cannot decrypt would look empty.
/// Source: Lambda API reference, `EnvironmentResponse`, member `Error`.
fn environment(given: &FunctionConfiguration) -> Environment {
    let Some(environment) = given.environment() else {
        return Environment::default();
    };
    if let Some(error) = environment.error() {
        return Environment::undecryptable(error.message().or(error.error_code()).unwrap_or("no reason given"));
    }
    let variables = environment.variables().cloned().unwrap_or_default();
    Environment(variables.into_iter().collect::<BTreeMap<_, _>>())
}

fn vpc(given: &FunctionConfiguration) -> Vpc {
    let Some(vpc) = given.vpc_config() else {
        return Vpc::default();
    };
    Vpc {
        subnets: vpc.subnet_ids().iter().cloned().collect(),
        security_groups: vpc.security_group_ids().iter().cloned().collect(),
        ipv6: vpc.ipv6_allowed_for_dual_stack().unwrap_or(false),
    }
}

fn logging(given: Option<&LoggingConfig>, name: &FunctionName) -> Result<Logging, Unreadable> {
    let json = given.and_then(|config| config.log_format()) == Some(&GivenFormat::Json);
    let group = given
        .and_then(|config| config.log_group())
        .filter(|group| !group.is_empty());
    let group = group.map_or_else(|| format!("/aws/lambda/{name}"), str::to_owned);
    Ok(Logging {
        format: if json { LogFormat::Json } else { LogFormat::Text },
        level: json.then(|| level(given.and_then(|config| config.application_log_level()))),
        system_level: json.then(|| system_level(given.and_then(|config| config.system_log_level()))),
        group: LogGroupName::new(group).map_err(|why| odd("log group", why))?,
    })
}

fn level(given: Option<&ApplicationLogLevel>) -> LogLevel {
    match given {
        Some(ApplicationLogLevel::Trace) => LogLevel::Trace,
        Some(ApplicationLogLevel::Debug) => LogLevel::Debug,
        Some(ApplicationLogLevel::Warn) => LogLevel::Warn,
        Some(ApplicationLogLevel::Error) => LogLevel::Error,
        Some(ApplicationLogLevel::Fatal) => LogLevel::Fatal,
        // Lambda's default.
        _ => LogLevel::Info,
    }
}

fn system_level(given: Option<&GivenSystemLevel>) -> SystemLogLevel {
    match given {
        Some(GivenSystemLevel::Debug) => SystemLogLevel::Debug,
        Some(GivenSystemLevel::Warn) => SystemLogLevel::Warn,
        _ => SystemLogLevel::Info,
    }
}

fn lifecycle(given: &FunctionConfiguration) -> Lifecycle {
    let update = match given.last_update_status() {
        None | Some(LastUpdateStatus::Successful) => UpdateStatus::Successful,
        Some(LastUpdateStatus::Failed) => UpdateStatus::Failed,
        // A status newer than this list is not a finished one.
        Some(_) => UpdateStatus::InProgress,
    };
    let state = match given.state() {
        Some(GivenState::Active) => State::Active,
        Some(GivenState::Pending) => State::Pending,
        Some(GivenState::Inactive) => State::Inactive,
        Some(GivenState::Failed) => State::Failed,
        // Lists leave the state out: `ListFunctions` in the Lambda API reference.
        Some(_) | None => State::Other,
    };
    let update_reason = given
        .last_update_status_reason()
        .filter(|_| update != UpdateStatus::Successful);
    let reason = update_reason
        .or(given.state_reason())
        .filter(|reason| !reason.is_empty());
    Lifecycle {
        state,
        update,
        reason: reason.map(str::to_owned),
    }
}

/// Lambda writes `2026-11-22T16:00:00.000+0000`; RFC 3339 wants a colon in the offset, or `Z`.
pub fn rfc_3339(given: &str) -> String {
    match given.len().checked_sub(5).and_then(|at| given.split_at_checked(at)) {
        Some((time, "+0000")) => format!("{time}Z"),
        Some((time, offset)) if offset.starts_with(['+', '-']) && offset[1..].bytes().all(|b| b.is_ascii_digit()) => {
            format!("{time}{}:{}", &offset[..3], &offset[3..])
        }
        _ => given.to_owned(),
    }
}

fn required<'a>(value: Option<&'a str>, what: &str) -> Result<&'a str, Unreadable> {
    value
        .filter(|text| !text.is_empty())
        .ok_or_else(|| odd(what, "it is missing"))
}

fn arn(text: &str, what: &str) -> Result<Arn, Unreadable> {
    text.parse().map_err(|why| odd(what, why))
}

fn optional_arn(text: Option<&str>, what: &str) -> Result<Option<Arn>, Unreadable> {
    text.filter(|text| !text.is_empty())
        .map(|text| arn(text, what))
        .transpose()
}

fn unsigned(value: Option<i32>, default: u32) -> u32 {
    value.and_then(|value| u32::try_from(value).ok()).unwrap_or(default)
}

#[cfg(test)]
mod tests;
