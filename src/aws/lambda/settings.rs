//! lfn's settings as Lambda takes them.
//!
//! Two rules: a value that is the default is written the way Lambda gives it back, and an update
//! sends every member, since a member that is absent keeps its old value.
//! Source: Lambda API reference, `UpdateFunctionConfiguration`.

use aws_sdk_lambda::types::{
    ApplicationLogLevel, DeadLetterConfig, DestinationConfig, Environment as SentEnvironment, EphemeralStorage,
    FileSystemConfig, LogFormat as SentFormat, LoggingConfig, OnFailure, OnSuccess, SnapStart, SnapStartApplyOn,
    SystemLogLevel as SentSystemLevel, TracingConfig, TracingMode, VpcConfig,
};

use crate::domain::arn::Arn;
use crate::domain::function::{
    Architecture, AsyncInvoke, Environment, FileSystem, LogFormat, LogLevel, Logging, SystemLogLevel, Vpc,
};

pub fn architecture(architecture: Architecture) -> aws_sdk_lambda::types::Architecture {
    match architecture {
        Architecture::X86_64 => aws_sdk_lambda::types::Architecture::X8664,
        Architecture::Arm64 => aws_sdk_lambda::types::Architecture::Arm64,
    }
}

/// A whole number as the SDK wants it. Ranges are checked long before.
pub fn number(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

pub fn environment(environment: &Environment) -> SentEnvironment {
    SentEnvironment::builder()
        .set_variables(Some(environment.0.clone().into_iter().collect()))
        .build()
}

/// Empty lists take the function out of its VPC.
pub fn vpc(vpc: &Vpc) -> VpcConfig {
    VpcConfig::builder()
        .set_subnet_ids(Some(vpc.subnets.iter().cloned().collect()))
        .set_security_group_ids(Some(vpc.security_groups.iter().cloned().collect()))
        .ipv6_allowed_for_dual_stack(vpc.ipv6)
        .build()
}

/// An empty target removes the queue.
pub fn dead_letter(target: Option<&Arn>) -> DeadLetterConfig {
    DeadLetterConfig::builder().target_arn(text_or_empty(target)).build()
}

/// An ARN, or the empty text that removes one.
pub fn text_or_empty(arn: Option<&Arn>) -> String {
    arn.map(ToString::to_string).unwrap_or_default()
}

pub fn layers(layers: &[Arn]) -> Vec<String> {
    layers.iter().map(ToString::to_string).collect()
}

/// The list has one entry or none. `Err` cannot happen: both parts are there.
pub fn file_systems(
    file_system: Option<&FileSystem>,
) -> Result<Vec<FileSystemConfig>, aws_sdk_lambda::error::BuildError> {
    file_system
        .into_iter()
        .map(|system| {
            FileSystemConfig::builder()
                .arn(system.access_point.to_string())
                .local_mount_path(&system.mount)
                .build()
        })
        .collect()
}

pub fn ephemeral_storage(megabytes: u32) -> Result<EphemeralStorage, aws_sdk_lambda::error::BuildError> {
    EphemeralStorage::builder().size(number(megabytes)).build()
}

pub fn tracing(active: bool) -> TracingConfig {
    let mode = if active {
        TracingMode::Active
    } else {
        TracingMode::PassThrough
    };
    TracingConfig::builder().mode(mode).build()
}

pub fn snap_start(on: bool) -> SnapStart {
    let apply = if on {
        SnapStartApplyOn::PublishedVersions
    } else {
        SnapStartApplyOn::None
    };
    SnapStart::builder().apply_on(apply).build()
}

/// Levels may be sent with JSON only; with Text Lambda drops the old ones itself.
pub fn logging(logging: &Logging) -> LoggingConfig {
    let sent = LoggingConfig::builder().log_group(logging.group.as_str());
    match logging.format {
        LogFormat::Text => sent.log_format(SentFormat::Text),
        LogFormat::Json => sent
            .log_format(SentFormat::Json)
            .application_log_level(level(logging.level.unwrap_or_default()))
            .system_log_level(system_level(logging.system_level.unwrap_or_default())),
    }
    .build()
}

fn level(level: LogLevel) -> ApplicationLogLevel {
    match level {
        LogLevel::Trace => ApplicationLogLevel::Trace,
        LogLevel::Debug => ApplicationLogLevel::Debug,
        LogLevel::Info => ApplicationLogLevel::Info,
        LogLevel::Warn => ApplicationLogLevel::Warn,
        LogLevel::Error => ApplicationLogLevel::Error,
        LogLevel::Fatal => ApplicationLogLevel::Fatal,
    }
}

fn system_level(level: SystemLogLevel) -> SentSystemLevel {
    match level {
        SystemLogLevel::Debug => SentSystemLevel::Debug,
        SystemLogLevel::Info => SentSystemLevel::Info,
        SystemLogLevel::Warn => SentSystemLevel::Warn,
    }
}

/// Where the records of asynchronous calls go. A side that is absent stays absent.
pub fn destinations(settings: &AsyncInvoke) -> DestinationConfig {
    let success = settings.on_success.as_ref();
    let failure = settings.on_failure.as_ref();
    let success = success.map(|arn| OnSuccess::builder().destination(arn.to_string()).build());
    let failure = failure.map(|arn| OnFailure::builder().destination(arn.to_string()).build());
    DestinationConfig::builder()
        .set_on_success(success)
        .set_on_failure(failure)
        .build()
}
