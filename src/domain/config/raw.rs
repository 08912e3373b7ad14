//! lambda.yaml as it is written: every key, its kind of value and its description.
//!
//! These declarations are read from the file and turned into the JSON Schema; what must hold
//! between keys is checked in `validate`.

use serde_json::{Value, json};

use super::access::Role;
use super::bundle::Bundling;
use super::callers::CallerItem;
use super::findings::{Complaint, Sink};
use super::model::{Allow, Dependencies, EnvValue, Manager, ModuleFormat, SlimPart};
use super::node::Node;
use super::scalars::{AlarmName, Flag, Handler, Limited, Text, VARIABLE, Whole, choice, text_of};
use super::shape::{Definitions, List, OneOrMany, Scalar, Shape, Table, shape};
use super::targets::{DEAD_LETTER, KmsKey, NOTICE, ON_FAILURE, ON_SUCCESS, Target};
use super::triggers::Trigger;
use super::units::{Bytes, Megabytes, Retention, Seconds};
use crate::domain::arn::Arn;
use crate::domain::function::{Architecture, LogFormat, LogLevel, SystemLogLevel};
use crate::domain::names::{AccountId, AliasName, BucketName, FunctionName, LogGroupName, Region, RuntimeId};

shape! {
    /// One AWS Lambda function: its code, its settings, what it may do, and how it is released.
    File {
        /// The function's name; `thumbs-${stage}` is usual when stages share an account.
        name: FunctionName,
        /// What the function is for, in at most 256 characters.
        description: Limited<256>,
        /// The language runtime, such as `nodejs24.x`, `python3.14` or `provided.al2023`.
        runtime: RuntimeId,
        /// The entry point, such as `index.handler`; `bootstrap` by default for `provided.*` runtimes.
        handler: Handler,
        /// The instruction set: `x86_64` (the default) or `arm64`.
        architecture: Architecture,
        /// Memory, 128MB (the default) to 10240MB; a bare number means MB.
        memory: Megabytes<128, 10_240>,
        /// Longest run, 1s to 15m, 3s by default; a bare number means seconds.
        timeout: Seconds<1, 900>,
        /// Size of `/tmp`, 512MB (the default) to 10240MB; a bare number means MB.
        ephemeral_storage: Megabytes<512, 10_240>,
        /// Guard: a deploy to another account is refused.
        account: AccountId,
        /// Guard: a deploy to another region is refused.
        region: Region,
        /// What goes into the archive.
        package: Package,
        /// Environment variables of the function.
        env: Table<EnvValue>,
        /// What invokes the function.
        on: List<Trigger>,
        /// What the function may do, such as `get s3://shop-photos/in/*`.
        allow: List<Allow>,
        /// Who else may invoke the function: accounts, roles, organisations, services.
        callers: List<CallerItem>,
        /// The execution role: `auto` (the default), the ARN of an existing role, or a map.
        role: Role,
        /// Where records of failed asynchronous invocations go.
        on_failure: Target<ON_FAILURE>,
        /// Where records of successful asynchronous invocations go.
        on_success: Target<ON_SUCCESS>,
        /// Retries of a failed asynchronous invocation: 0, 1 or 2 (the default).
        retries: Whole<0, 2>,
        /// How long an asynchronous event may wait, 60s to 6h (the default).
        max_age: Seconds<60, 21_600>,
        /// The queue or topic for asynchronous events that failed; `on_failure` says more.
        dead_letter: Target<DEAD_LETTER>,
        /// The network the function is attached to.
        vpc: VpcMap,
        /// Layers, at most five, each with its version.
        layers: List<Arn>,
        /// An EFS access point that is mounted; needs `vpc`.
        files: Files,
        /// The key that encrypts environment variables.
        kms_key: KmsKey,
        /// Whether X-Ray traces are recorded.
        tracing: Flag,
        /// Whether published versions start from a snapshot.
        snap_start: Flag,
        /// Reserved and provisioned concurrency.
        concurrency: Concurrency,
        /// Where and how the function logs.
        logs: Logs,
        /// Tags of everything lfn makes for this function, at most 50.
        tags: Table<Limited<256>>,
        /// Code signing configuration that deployed code must satisfy.
        code_signing: Arn,
        /// Alarms, and whom they tell.
        alarms: Alarms,
        /// How a deploy releases.
        release: ReleaseMap,
        /// Stages: keys that are laid over the rest of the file.
        stages: Stages,
    }
}

shape! {
    /// What goes into the archive.
    Package {
        /// The folder with the code, relative to lambda.yaml; its own folder by default.
        source: Text,
        /// Files to take although they would be left out, in gitignore syntax.
        include: OneOrMany<Text>,
        /// Files to leave out, in gitignore syntax; `.lfnignore` is read too.
        exclude: OneOrMany<Text>,
        /// A command that is run first, in the source folder.
        build: Text,
        /// How dependencies get in: `auto` (the default) goes by the lock file, `none` takes what lies there.
        dependencies: Dependencies,
        /// Whether the project's own esbuild makes one file of a Node.js function: `true`, or a map.
        bundle: Bundling,
        /// The bucket for archives over the direct limit; `lfn-artifacts-ACCOUNT-REGION` by default.
        bucket: BucketName,
        /// Fail when the archive grows past this; 1MB is 1024KB.
        budget: Bytes,
        /// Files and folders of the archive in which keys and tokens are no mistake.
        allow_secrets: OneOrMany<Text>,
        /// What to leave out of the packages that the project depends on: `true` for all parts, or some of them.
        slim: Slim,
    }
}

/// Which parts of packages stay out.
#[derive(Debug, Clone)]
pub struct Slim(pub Vec<SlimPart>);

impl Shape for Slim {
    fn read(node: &Node, sink: &Sink) -> Option<Self> {
        match node.bool() {
            Some(true) => Some(Self(SlimPart::ALL.to_vec())),
            Some(false) => Some(Self(Vec::new())),
            None => OneOrMany::read(node, sink)
                .map(|OneOrMany(parts)| Self(parts.into_iter().map(|(_, part)| part).collect())),
        }
    }

    fn schema(definitions: &mut Definitions) -> Value {
        json!({ "anyOf": [{ "type": "boolean" }, OneOrMany::<SlimPart>::schema(definitions)] })
    }
}

choice! {
    SlimPart, "`true`, or parts such as `tests`", [
        "tests" => SlimPart::Tests,
        "metadata" => SlimPart::Metadata,
        "types" => SlimPart::Types,
        "maps" => SlimPart::Maps,
        "docs" => SlimPart::Docs,
    ];
    Dependencies, "`auto`, `none` or a package manager", [
        "auto" => Dependencies::Auto,
        "none" => Dependencies::None,
        "npm" => Dependencies::By(Manager::Npm),
        "pnpm" => Dependencies::By(Manager::Pnpm),
        "yarn" => Dependencies::By(Manager::Yarn),
        "bun" => Dependencies::By(Manager::Bun),
        "pip" => Dependencies::By(Manager::Pip),
        "uv" => Dependencies::By(Manager::Uv),
        "poetry" => Dependencies::By(Manager::Poetry),
        "pipenv" => Dependencies::By(Manager::Pipenv),
    ];
    ModuleFormat, "`esm` or `cjs`", ["esm" => ModuleFormat::Esm, "cjs" => ModuleFormat::CommonJs];
    Architecture, "`x86_64` or `arm64`", ["x86_64" => Architecture::X86_64, "arm64" => Architecture::Arm64];
    LogFormat, "`text` or `json`", ["text" => LogFormat::Text, "json" => LogFormat::Json];
    LogLevel, "a level such as `info`", [
        "trace" => LogLevel::Trace,
        "debug" => LogLevel::Debug,
        "info" => LogLevel::Info,
        "warn" => LogLevel::Warn,
        "error" => LogLevel::Error,
        "fatal" => LogLevel::Fatal,
    ];
    SystemLogLevel, "`debug`, `info` or `warn`", [
        "debug" => SystemLogLevel::Debug,
        "info" => SystemLogLevel::Info,
        "warn" => SystemLogLevel::Warn,
    ];
}

shape! {
    /// The network a function is attached to.
    VpcMap {
        /// One to sixteen subnets, such as `subnet-0abc`.
        subnets: OneOrMany<Text>,
        /// One to five security groups, such as `sg-0abc`.
        security_groups: OneOrMany<Text>,
        /// Whether IPv6 works in dual-stack subnets.
        ipv6: Flag,
    }
}

shape! {
    /// An EFS access point and where it is mounted.
    Files {
        /// The ARN of the access point.
        access_point (required): Arn,
        /// A folder right below `/mnt`, such as `/mnt/data`.
        mount (required): Mount,
    }
}

/// A folder right below `/mnt`.
/// Source: Lambda API reference, `FileSystemConfig`, `LocalMountPath`.
#[derive(Debug, Clone)]
pub struct Mount(pub String);

impl Scalar for Mount {
    const EXPECTED: &'static str = "a folder right below `/mnt`, such as `/mnt/data`";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        Some(text_of(node)?.and_then(|text| match text.strip_prefix("/mnt/") {
            Some(name) if !name.is_empty() && text.len() <= 160 && name.chars().all(allowed) => Ok(Self(text.into())),
            _ => Err(Complaint::new(format!("`{text}` cannot be a mount point"))),
        }))
    }

    fn schema() -> Value {
        json!({ "type": "string", "pattern": format!("^/mnt/[A-Za-z0-9_.-]+$|{VARIABLE}") })
    }
}

shape! {
    /// Reserved and provisioned concurrency.
    Concurrency {
        /// At most this many invocations at a time, taken from the account's pool; 0 turns the function off.
        reserved: Whole<0, { i64::MAX }>,
        /// Environments that are kept warm, by alias.
        provisioned: Table<Whole<1, { i64::MAX }>>,
    }
}

shape! {
    /// Where and how the function logs.
    Logs {
        /// The log group; `/aws/lambda/NAME` by default.
        group: LogGroupName,
        /// How long logs are kept: days such as `14d`, or `never` (the default, as in AWS).
        retention: Retention,
        /// `text` (the default) or `json`.
        format: LogFormat,
        /// What the function's own code logs; with `format: json`.
        level: LogLevel,
        /// What Lambda itself logs; with `format: json`.
        system_level: SystemLogLevel,
    }
}

shape! {
    /// Alarms, and whom they tell.
    Alarms {
        /// Failed invocations, such as `> 1% for 5m` or `> 10 for 5m`.
        errors: Threshold,
        /// Invocations that were refused, such as `> 0 for 5m`.
        throttles: Threshold,
        /// The topic that is told, such as `sns:oncall`.
        notify: Target<NOTICE>,
    }
}

/// When an alarm goes off: `> 1% for 5m`.
#[derive(Debug, Clone)]
pub struct Threshold;

impl Scalar for Threshold {
    const EXPECTED: &'static str = "a threshold such as `> 1% for 5m` or `> 0 for 5m`";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        Some(text_of(node)?.and_then(check_threshold))
    }

    fn schema() -> Value {
        json!({ "type": "string", "pattern": format!("^> ?[0-9]+(\\.[0-9]+)?%? for ([0-9]+[smhd])+$|{VARIABLE}") })
    }
}

fn check_threshold(text: &str) -> Result<Threshold, Complaint> {
    let complaint = || Complaint::new(format!("`{text}` is not a threshold"));
    let (limit, period) = text
        .strip_prefix('>')
        .and_then(|rest| rest.trim_start().split_once(" for "))
        .ok_or_else(complaint)?;
    let number = limit.strip_suffix('%').unwrap_or(limit);
    let value: f64 = number.parse().map_err(|_| complaint())?;
    if !number.starts_with(|c: char| c.is_ascii_digit()) || (limit.ends_with('%') && value >= 100.0) {
        return Err(complaint().hint("a share is from 0% to below 100%"));
    }
    let seconds = super::units::seconds(period)?;
    // Source: CloudWatch API reference, `PutMetricAlarm`: whole minutes, at most one day altogether.
    if seconds == 0 || seconds % 60 != 0 || seconds > 86_400 {
        return Err(
            Complaint::new(format!("an alarm cannot look at {period}")).hint("use whole minutes, at most one day")
        );
    }
    Ok(Threshold)
}

shape! {
    /// How a deploy releases.
    ReleaseMap {
        /// The alias that `lfn deploy` moves; `live` by default.
        alias: AliasName,
        /// How many published versions to keep; one that is in use is never removed.
        keep: Whole<1, { i64::MAX }>,
        /// An event file that the new version is invoked with before the alias moves.
        check: Text,
        /// CloudWatch alarms that are watched while traffic shifts, by name.
        alarms: OneOrMany<AlarmName>,
    }
}

/// The stages; what stands in them is read once it is laid over the rest of the file.
#[derive(Debug, Clone)]
pub struct Stages;

impl Shape for Stages {
    fn read(node: &Node, sink: &Sink) -> Option<Self> {
        super::shape::entries(node, sink).map(|_| Self)
    }

    fn schema(_: &mut Definitions) -> Value {
        json!({
            "type": ["object", "null"],
            "propertyNames": { "pattern": "^[A-Za-z0-9_-]{1,32}$" },
            "additionalProperties": { "$ref": "#/$defs/Stage" },
        })
    }
}
