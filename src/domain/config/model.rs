//! lambda.yaml after parsing: valid by construction, every default filled in, one stage chosen.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::marks::Mark;
use crate::domain::arn::Arn;
use crate::domain::function::{Architecture, AsyncInvoke, FileSystem, LogFormat, LogLevel, SystemLogLevel, Vpc};
use crate::domain::names::{
    AccountId, AliasName, BucketName, EnvName, FunctionName, LogGroupName, Region, RoleName, RuntimeId, StageName,
};
use crate::domain::policy::callers::{Caller, Identity};
use crate::domain::policy::{Grant, RawStatement};
use crate::domain::schedule::Schedule;
use crate::domain::url::FunctionUrl;

/// One function at one stage, as the file describes it.
#[derive(Debug, Clone)]
pub struct Config {
    pub name: FunctionName,
    pub stage: Option<StageName>,
    /// Guards: a deploy to another account or region is refused.
    pub account: Option<AccountId>,
    pub region: Option<Region>,
    pub description: String,
    pub runtime: RuntimeId,
    pub handler: String,
    pub architecture: Architecture,
    /// Megabytes.
    pub memory: u32,
    /// Seconds.
    pub timeout: u32,
    /// Megabytes of `/tmp`.
    pub ephemeral_storage: u32,
    pub package: PackageConfig,
    pub env: BTreeMap<EnvName, EnvValue>,
    pub allow: Vec<Allow>,
    /// Who else may invoke the function, and where the file says so.
    pub callers: Vec<(Mark, Caller)>,
    pub role: RoleChoice,
    pub asynchronous: AsyncInvoke,
    pub dead_letter: Option<Arn>,
    pub vpc: Vpc,
    pub layers: Vec<Arn>,
    pub files: Option<FileSystem>,
    pub kms_key: Option<Arn>,
    pub tracing: bool,
    pub snap_start: bool,
    /// Reserved concurrency; `None` shares the account's pool.
    pub reserved_concurrency: Option<u32>,
    /// Provisioned concurrency by alias.
    pub provisioned_concurrency: BTreeMap<AliasName, u32>,
    pub logs: LogsConfig,
    /// The user's own tags; lfn's are added when resources are described.
    pub tags: BTreeMap<String, String>,
    pub code_signing: Option<Arn>,
    pub release: Release,
    /// Triggers that Lambda polls for the function.
    pub polled: Vec<Polled>,
    pub schedules: Vec<Schedule>,
    pub url: Option<FunctionUrl>,
    /// Parts of the file that are valid but that lfn does not carry out yet: refused when planning.
    pub unsupported: Vec<Unsupported>,
}

/// A valid part of the file that lfn cannot carry out yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsupported {
    /// Its path in the file, such as `on[0].s3`.
    pub path: String,
    pub line: usize,
    pub column: usize,
}

/// What Lambda polls for the function, with the rights of the function's role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polled {
    /// Which item of `on` it is.
    pub item: usize,
    pub kind: PolledKind,
    /// Of a table named without its stream, every stream.
    pub arn: Arn,
    /// Where records go that are given up on.
    pub on_failure: Option<Arn>,
    /// The key it is encrypted with, when the file names one.
    pub kms_key: Option<Arn>,
}

/// A kind of what is polled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolledKind {
    Queue,
    TableStream,
    Stream,
}

/// What goes into the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageConfig {
    /// Relative to lambda.yaml.
    pub source: PathBuf,
    pub include: Vec<String>,
    pub exclude: Vec<String>,
    pub build: Option<String>,
    pub dependencies: Dependencies,
    /// Whether one file is made of the handler and all it imports.
    pub bundle: Option<Box<Bundle>>,
    pub bucket: Option<BucketName>,
    /// Bytes; a larger archive is refused.
    pub budget: Option<u64>,
    /// Paths in the archive, files or folders, in which secrets are no mistake.
    pub allow_secrets: Vec<String>,
    /// What stays out of the packages that the project depends on.
    pub slim: Vec<SlimPart>,
}

impl Default for PackageConfig {
    /// What holds when the file says nothing.
    fn default() -> Self {
        Self {
            source: ".".into(),
            include: Vec::new(),
            exclude: Vec::new(),
            build: None,
            dependencies: Dependencies::Auto,
            bundle: None,
            bucket: None,
            budget: None,
            allow_secrets: Vec::new(),
            slim: Vec::new(),
        }
    }
}

/// How dependencies, or the program itself, get into the archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dependencies {
    /// By the lock file or project file that lies in the source folder.
    #[default]
    Auto,
    /// The source folder is packaged as it lies there.
    None,
    By(Manager),
}

/// How esbuild makes one file of a Node.js function.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bundle {
    /// Relative to the source folder; found by the handler's name when absent.
    pub entry: Option<String>,
    /// By the entry and package.json when absent.
    pub format: Option<ModuleFormat>,
    pub minify: bool,
    pub source_maps: SourceMaps,
    /// Packages that are not bundled, in esbuild's words.
    pub external: Vec<String>,
    /// esbuild's `--target`; by the runtime when absent.
    pub target: Option<String>,
    /// Further arguments for esbuild.
    pub args: Vec<String>,
}

/// A kind of JavaScript module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModuleFormat {
    Esm,
    CommonJs,
}

/// Where the source map of a bundle goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SourceMaps {
    /// Into a file beside it.
    #[default]
    Linked,
    Inline,
    None,
}

/// Something in packages that a function seldom reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlimPart {
    Tests,
    Metadata,
    Types,
    Maps,
    Docs,
}

impl SlimPart {
    /// All of them: `slim: true`.
    pub const ALL: [Self; 5] = [Self::Tests, Self::Metadata, Self::Types, Self::Maps, Self::Docs];
}

/// A package manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manager {
    Npm,
    Pnpm,
    Yarn,
    Bun,
    Pip,
    Uv,
    Poetry,
    Pipenv,
}

/// An environment value: literal text and parameters that are read when deploying.
#[derive(Clone, PartialEq, Eq)]
pub struct EnvValue(pub Vec<EnvSegment>);

/// One part of an environment value.
#[derive(Clone, PartialEq, Eq)]
pub enum EnvSegment {
    Text(String),
    /// An SSM parameter's name.
    Parameter(String),
}

impl std::fmt::Debug for EnvValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EnvValue(..)")
    }
}

/// One line of `allow`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allow {
    Grant(Grant),
    Raw(RawStatement),
}

/// The execution role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleChoice {
    /// Made and kept by lfn.
    Auto(AutoRole),
    /// Used as it is, never touched.
    Existing(Arn),
}

/// How lfn makes the role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutoRole {
    /// Derived from function, stage and region when absent.
    pub name: Option<RoleName>,
    /// Begins and ends with `/`; `/lfn/` by default.
    pub path: String,
    pub boundary: Option<Arn>,
    pub trust: TrustConfig,
}

/// Who may assume the role: Lambda in this account, and whom the file adds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrustConfig {
    /// Whether only this function may (`aws:SourceArn`).
    pub function_only: bool,
    /// Whether Lambda@Edge may.
    pub edge: bool,
    /// Roles and users that may.
    pub roles: Vec<Identity>,
    /// Third parties that may when they give their external id.
    pub external: Vec<ExternalParty>,
}

/// Somebody else's account, or one role of it, that acts for many customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalParty {
    pub who: Identity,
    /// What they gave this customer. No secret: whoever may read the role may read it, and it protects
    /// only since the third party lets no other customer use it.
    /// Source: IAM user guide, "Access to AWS accounts owned by third parties".
    pub id: String,
}

/// Where and how the function logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogsConfig {
    pub group: Option<LogGroupName>,
    /// Days; `None` keeps logs for ever.
    pub retention: Option<u32>,
    pub format: LogFormat,
    pub level: Option<LogLevel>,
    pub system_level: Option<SystemLogLevel>,
}

/// How a deploy releases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The alias that `lfn deploy` moves.
    pub alias: AliasName,
    /// How many published versions stay; `None` keeps all.
    pub keep: Option<usize>,
    /// An event file that a version is invoked with before the alias moves to it.
    pub check: Option<String>,
    /// Names of `CloudWatch` alarms that are watched while traffic shifts.
    pub alarms: Vec<String>,
}
