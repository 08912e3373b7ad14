//! What the account shall hold: lambda.yaml and the archive, brought to the form AWS uses.

use std::collections::BTreeMap;

use crate::domain::arn::{Arn, Place};
use crate::domain::config::{Config, EnvSegment, RoleChoice};
use crate::domain::expect::Expectation;
use crate::domain::function::{
    Architecture, AsyncInvoke, DIRECT_UPLOAD_LIMIT, Environment, FunctionSettings, LogFormat, Logging, TAG_FUNCTION,
    TAG_STAGE,
};
use crate::domain::names::{AliasName, BucketName, CodeDigest, FunctionName, LogGroupName, StageName};
use crate::domain::package::Artifact;
use crate::domain::policy::callers::Permission;
use crate::domain::policy::{RoleSpec, role_spec};

/// Everything a deploy makes true.
#[derive(Debug, Clone)]
pub struct Desired {
    pub name: FunctionName,
    pub stage: Option<StageName>,
    pub place: Place,
    pub settings: FunctionSettings,
    pub architecture: Architecture,
    pub artifact: Artifact,
    /// Where the archive goes when it is too large to be sent with the call.
    pub storage: Option<ArchiveLocation>,
    /// `None` when the file names an existing role.
    pub role: Option<RoleSpec>,
    pub retention: Retention,
    pub tags: BTreeMap<String, String>,
    pub reserved_concurrency: Option<u32>,
    pub provisioned_concurrency: BTreeMap<AliasName, u32>,
    pub code_signing: Option<Arn>,
    pub async_invoke: AsyncInvoke,
    pub alias: AliasName,
    /// Who else may invoke the alias.
    pub permissions: Vec<Permission>,
    /// How many published versions stay; `None` keeps all.
    pub keep: Option<usize>,
    /// The bucket for archives, whether this one goes there or not.
    pub bucket: BucketName,
    /// What a version has to answer before the alias moves to it.
    pub check: Option<ReleaseCheck>,
}

/// An event that a version has to answer as expected; where nothing is, without an error.
#[derive(Debug, Clone)]
pub struct ReleaseCheck {
    /// The file that it is read from, as lambda.yaml names it.
    pub file: String,
    /// JSON.
    pub event: Vec<u8>,
    pub expected: Option<Expected>,
}

/// What the answer to a release check is held to.
#[derive(Debug, Clone)]
pub struct Expected {
    /// The file that it is read from.
    pub file: String,
    pub expectation: Expectation,
    /// Of the file, to tell one from another.
    pub digest: CodeDigest,
}

/// A place in S3 that the archive's digest names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveLocation {
    pub bucket: BucketName,
    pub key: String,
}

/// How long the log group keeps its logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retention {
    /// Exactly this; `None` is for ever.
    Set(Option<u32>),
    /// A shared group that the file says nothing about: left alone.
    Unmanaged,
}

/// The parameters that must be read before the environment is known.
pub fn parameter_names(config: &Config) -> Vec<String> {
    let segments = config.env.values().flat_map(|value| &value.0);
    let mut names: Vec<String> = segments
        .filter_map(|segment| match segment {
            EnvSegment::Parameter(name) => Some(name.clone()),
            EnvSegment::Text(_) => None,
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

/// The log group this file uses.
pub fn log_group(config: &Config) -> LogGroupName {
    config
        .logs
        .group
        .clone()
        .unwrap_or_else(|| default_log_group(&config.name))
}

/// The log group Lambda uses when none is configured.
pub fn default_log_group(name: &FunctionName) -> LogGroupName {
    LogGroupName::new(format!("/aws/lambda/{name}")).expect("a function name is made of log group characters")
}

/// Tags on everything lfn makes for this function: the user's own, and the two that mark ownership.
pub fn tags(config: &Config) -> BTreeMap<String, String> {
    let mut tags = config.tags.clone();
    tags.insert(TAG_FUNCTION.into(), config.name.to_string());
    if let Some(stage) = &config.stage {
        tags.insert(TAG_STAGE.into(), stage.to_string());
    }
    tags
}

/// The bucket for archives that are too large to be sent directly.
pub fn archive_bucket(config: &Config, place: &Place) -> BucketName {
    config.package.bucket.clone().unwrap_or_else(|| default_bucket(place))
}

/// The bucket that lfn makes where the file names none.
pub fn default_bucket(place: &Place) -> BucketName {
    let name = format!("lfn-artifacts-{}-{}", place.account, place.region);
    BucketName::new(name).expect("account and region are made of bucket characters")
}

/// The prefix of a function's archives inside the bucket.
pub fn archive_prefix(name: &FunctionName) -> String {
    format!("lfn/{name}/")
}

/// The key of an archive inside the bucket.
pub fn archive_key(name: &FunctionName, digest: &CodeDigest) -> String {
    format!("{}{}.zip", archive_prefix(name), digest.to_hex())
}

/// Where an archive goes that is too large to be sent directly.
pub fn archive_location(config: &Config, place: &Place, artifact: &Artifact) -> Option<ArchiveLocation> {
    (artifact.size > DIRECT_UPLOAD_LIMIT).then(|| ArchiveLocation {
        bucket: archive_bucket(config, place),
        key: archive_key(&config.name, &artifact.digest),
    })
}

/// Brings the file, the archive and the parameters' values together. The event of the release check is a file
/// beside lambda.yaml, so whoever reads files puts it in.
pub fn desired(config: &Config, place: &Place, parameters: &BTreeMap<String, String>, artifact: Artifact) -> Desired {
    let role = role_spec(config, place);
    let role_arn = role_arn(config, role.as_ref());
    let storage = archive_location(config, place, &artifact);
    let own_group = config.logs.group.is_none();
    let retention = match config.logs.retention {
        None if !own_group => Retention::Unmanaged,
        days => Retention::Set(days),
    };
    Desired {
        name: config.name.clone(),
        stage: config.stage.clone(),
        place: place.clone(),
        settings: settings(config, role_arn, parameters),
        architecture: config.architecture,
        artifact,
        storage,
        role,
        retention,
        tags: tags(config),
        reserved_concurrency: config.reserved_concurrency,
        provisioned_concurrency: config.provisioned_concurrency.clone(),
        code_signing: config.code_signing.clone(),
        async_invoke: config.asynchronous.clone(),
        alias: config.release.alias.clone(),
        permissions: permissions(config, place),
        keep: config.release.keep,
        bucket: archive_bucket(config, place),
        check: None,
    }
}

fn role_arn(config: &Config, role: Option<&RoleSpec>) -> Arn {
    match (&config.role, role) {
        (RoleChoice::Existing(arn), _) => arn.clone(),
        (RoleChoice::Auto(_), Some(spec)) => spec.arn.clone(),
        (RoleChoice::Auto(_), None) => unreachable!("`role: auto` always yields a role"),
    }
}

/// What the function is set to, for whoever runs it without deploying it.
pub fn settings_there(config: &Config, place: &Place, parameters: &BTreeMap<String, String>) -> FunctionSettings {
    let role = role_arn(config, role_spec(config, place).as_ref());
    settings(config, role, parameters)
}

/// Who else may invoke the released alias.
pub fn permissions(config: &Config, place: &Place) -> Vec<Permission> {
    let callers = config.callers.iter();
    callers.map(|(at, caller)| caller.permission(place, *at)).collect()
}

fn settings(config: &Config, role: Arn, parameters: &BTreeMap<String, String>) -> FunctionSettings {
    let json = config.logs.format == LogFormat::Json;
    FunctionSettings {
        description: config.description.clone(),
        role,
        runtime: config.runtime.clone(),
        handler: config.handler.clone(),
        memory: config.memory,
        timeout: config.timeout,
        ephemeral_storage: config.ephemeral_storage,
        environment: environment(config, parameters),
        kms_key: config.kms_key.clone(),
        layers: config.layers.clone(),
        vpc: config.vpc.clone(),
        dead_letter: config.dead_letter.clone(),
        tracing: config.tracing,
        snap_start: config.snap_start,
        file_system: config.files.clone(),
        logging: Logging {
            format: config.logs.format,
            // Choosing JSON without levels sets both to INFO.
            level: json.then(|| config.logs.level.unwrap_or_default()),
            system_level: json.then(|| config.logs.system_level.unwrap_or_default()),
            group: log_group(config),
        },
    }
}

fn environment(config: &Config, parameters: &BTreeMap<String, String>) -> Environment {
    let resolve = |segment: &EnvSegment| match segment {
        EnvSegment::Text(text) => text.clone(),
        EnvSegment::Parameter(name) => parameters
            .get(name)
            .cloned()
            .expect("every parameter was read, or reading failed with its name"),
    };
    let variables = config
        .env
        .iter()
        .map(|(name, value)| (name.to_string(), value.0.iter().map(resolve).collect::<String>()));
    Environment(variables.collect())
}
