//! What a plan rests on, written down: what lambda.yaml and the archive ask for, and what was found.
//!
//! Both are taken apart whole, so that something new in either has to be written down here too. Environments
//! are sealed: their names are kept, and one fingerprint of everything in them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::domain::arn::Arn;
use crate::domain::fingerprint::fingerprint;
use crate::domain::function::{Architecture, AsyncInvoke, Environment, FunctionSettings, TAG_STEP};
use crate::domain::ledger::{Ledger, Point};
use crate::domain::names::{AccountId, AliasName, CodeDigest, FunctionName, Qualifier, Region, StageName, Version};
use crate::domain::package::directory::Listed;
use crate::domain::policy::{PolicyDocument, RoleSpec};
use crate::engine::beside::Beside;
use crate::engine::callers;
use crate::engine::desired::{ArchiveLocation, Desired, Retention};
use crate::engine::observe::{ArchiveState, Observed};
use crate::ports::{AliasState, FunctionState, LogGroupState, RoleState, Snapshot, State, UpdateStatus};

/// What a plan is about, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scene {
    /// `aws` or `local`.
    pub target: String,
    pub function: FunctionName,
    pub stage: Option<StageName>,
    pub account: AccountId,
    pub region: Region,
    /// The alias that is released.
    pub alias: AliasName,
}

/// What lambda.yaml and the archive ask for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Wanted {
    pub code: Code,
    pub configuration: Configuration,
    pub environment: Sealed,
    pub architecture: Architecture,
    /// Where the archive goes when it is too large to be sent with the call.
    pub storage: Option<String>,
    pub role: Option<RoleState>,
    pub policy: Option<PolicyDocument>,
    /// In words.
    pub retention: String,
    pub tags: BTreeMap<String, String>,
    pub reserved: Option<u32>,
    pub provisioned: BTreeMap<AliasName, u32>,
    pub code_signing: Option<Arn>,
    pub asynchronous: AsyncInvoke,
    pub callers: PolicyDocument,
    /// The event of the release check, and what is expected: their files, and the beginnings of their SHA-256.
    pub check: Option<String>,
    /// How many published versions stay.
    pub keep: Option<usize>,
}

/// An archive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    pub digest: CodeDigest,
    /// Bytes of the archive.
    pub size: u64,
    /// Each file with its size and checksum: `363 bytes, crc32 1a2b3c4d`.
    pub files: BTreeMap<String, String>,
}

/// The settings of a function but for its environment, which is never written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct Configuration(FunctionSettings);

/// An environment that can be compared and not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    pub names: BTreeSet<String>,
    /// Of everything together; see [`fingerprint`].
    pub fingerprint: String,
}

/// Makes fingerprints with one salt, each environment's once: it takes a moment.
pub struct Sealer {
    salt: String,
    sealed: Vec<(Environment, Sealed)>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    pub function: Option<Function>,
    pub alias: Option<Alias>,
    /// What the alias points at.
    pub live: Option<Edition>,
    /// The newest version, where it was looked up.
    pub newest: Option<Edition>,
    pub callers: Option<PolicyDocument>,
    pub role: Option<RoleState>,
    pub policy: Option<PolicyDocument>,
    /// Other policies of the role; one that may not be read is `null`.
    pub beside: BTreeMap<String, Option<PolicyDocument>>,
    pub log_group: bool,
    /// Days.
    pub retention: Option<u32>,
    pub asynchronous: AsyncInvoke,
    pub provisioned: BTreeMap<AliasName, u32>,
    pub missing_aliases: Vec<AliasName>,
    pub code_signing: Option<Arn>,
    /// In words, where the archive goes through a bucket.
    pub archive: Option<String>,
}

/// `$LATEST` and what is kept beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Function {
    pub digest: CodeDigest,
    pub architecture: Architecture,
    pub configuration: Configuration,
    pub environment: Sealed,
    pub revision: String,
    pub state: State,
    pub update: UpdateStatus,
    /// Without the ledger's.
    pub tags: BTreeMap<String, String>,
    pub reserved: Option<u32>,
}

/// An alias, and the newest of its moves that lfn made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alias {
    /// `7`, or `7+9:10` with ten per cent on version 9.
    pub point: String,
    pub revision: String,
    /// The number of the move in the ledger; 0 when lfn made none.
    pub entry: u64,
    /// Who made it, and when; nothing when the alias is elsewhere by now.
    pub moved: Option<String>,
}

/// A published version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    pub version: Version,
    pub digest: CodeDigest,
}

impl Scene {
    pub(super) fn new(target: &str, desired: &Desired) -> Self {
        Self {
            target: target.to_owned(),
            function: desired.name.clone(),
            stage: desired.stage.clone(),
            account: desired.place.account.clone(),
            region: desired.place.region.clone(),
            alias: desired.alias.clone(),
        }
    }
}

impl Wanted {
    pub(super) fn new(desired: &Desired, files: &[Listed], sealer: &mut Sealer) -> Self {
        let Desired {
            // These are of the scene.
            name: _,
            stage: _,
            place: _,
            alias: _,
            settings,
            architecture,
            artifact,
            storage,
            role,
            retention,
            tags,
            reserved_concurrency,
            provisioned_concurrency,
            code_signing,
            async_invoke,
            // With their statements instead, which follow from them.
            permissions: _,
            keep,
            // Told by the keys of what goes there or leaves it.
            bucket: _,
            check,
        } = desired;
        Self {
            code: Code {
                digest: artifact.digest.clone(),
                size: artifact.size,
                files: files.iter().map(mark).collect(),
            },
            configuration: Configuration::of(settings),
            environment: sealer.seal(&settings.environment),
            architecture: *architecture,
            storage: storage
                .as_ref()
                .map(|ArchiveLocation { bucket, key }| format!("s3://{bucket}/{key}")),
            role: role.as_ref().map(role_state),
            policy: role.as_ref().map(|role| role.policy.clone()),
            retention: match retention {
                Retention::Set(None) => "for ever".into(),
                Retention::Set(Some(days)) => format!("{days} days"),
                Retention::Unmanaged => "as it is".into(),
            },
            tags: tags.clone(),
            reserved: *reserved_concurrency,
            provisioned: provisioned_concurrency.clone(),
            code_signing: code_signing.clone(),
            asynchronous: async_invoke.clone(),
            callers: callers::wanted(desired),
            check: check.as_ref().map(|check| {
                let digest = CodeDigest::from_sha256(&Sha256::digest(&check.event));
                let event = format!("{} {}", check.file, digest.short());
                match &check.expected {
                    Some(expected) => format!("{event}, {} {}", expected.file, expected.digest.short()),
                    None => event,
                }
            }),
            keep: *keep,
        }
    }
}

/// The role as it will be.
fn role_state(spec: &RoleSpec) -> RoleState {
    let RoleSpec {
        // The ARN has both.
        name: _,
        path: _,
        arn,
        description,
        trust,
        // Kept beside it.
        policy: _,
        boundary,
        tags,
    } = spec;
    RoleState {
        arn: arn.clone(),
        trust: trust.clone(),
        boundary: boundary.clone(),
        description: description.clone(),
        tags: tags.clone(),
    }
}

/// A file's name, and what tells it from another of the same name.
fn mark(file: &Listed) -> (String, String) {
    let Listed {
        name,
        size,
        compressed: _,
        crc32,
        executable,
    } = file;
    let executable = if *executable { ", executable" } else { "" };
    (name.clone(), format!("{size} bytes, crc32 {crc32:08x}{executable}"))
}

impl Found {
    pub(super) fn new(observed: &Observed, sealer: &mut Sealer) -> Self {
        let Observed {
            function,
            alias,
            live,
            permissions,
            role,
            policy,
            beside,
            log_group,
            async_invoke,
            provisioned,
            missing_aliases,
            code_signing,
            newest,
            archive,
            // The alias itself has moved by then.
            handed: _,
            // Follows from the digests, and is not always known.
            contents: _,
            // Whatever is removed is looked at once more, just before.
            stock: _,
            archives: _,
            versions: _,
        } = observed;
        Self {
            function: function.as_ref().map(|function| Function::new(function, sealer)),
            alias: alias.as_ref().map(|alias| Alias::new(alias, function.as_ref())),
            live: live.as_ref().and_then(Edition::of),
            newest: newest.as_ref().and_then(Edition::of),
            callers: permissions.as_ref().map(|policy| policy.document.clone()),
            role: role.clone(),
            policy: policy.clone(),
            beside: others(beside),
            log_group: log_group.is_some(),
            retention: log_group
                .as_ref()
                .and_then(|LogGroupState { retention, .. }| *retention),
            asynchronous: async_invoke.clone().unwrap_or_default(),
            provisioned: provisioned
                .iter()
                .map(|(alias, state)| (alias.clone(), state.requested))
                .collect(),
            missing_aliases: missing_aliases.clone(),
            code_signing: code_signing.clone(),
            archive: match archive {
                ArchiveState::Unneeded => None,
                ArchiveState::BucketMissing => Some("there is no bucket".into()),
                ArchiveState::BucketForeign => Some("the bucket is another account's".into()),
                ArchiveState::NotUploaded => Some("not uploaded".into()),
                ArchiveState::Uploaded => Some("uploaded".into()),
            },
        }
    }
}

fn others(beside: &Beside) -> BTreeMap<String, Option<PolicyDocument>> {
    let inline = beside
        .inline
        .iter()
        .map(|(name, document)| (format!("inline policy {name}"), document));
    let attached = beside
        .attached
        .iter()
        .map(|(arn, document)| (format!("policy {arn}"), document));
    inline
        .chain(attached)
        .map(|(name, document)| (name, document.clone()))
        .collect()
}

impl Function {
    fn new(found: &FunctionState, sealer: &mut Sealer) -> Self {
        let FunctionState {
            latest,
            tags,
            reserved_concurrency,
        } = found;
        let tags = tags.iter().filter(|(key, _)| !key.starts_with(TAG_STEP));
        Self {
            digest: latest.digest.clone(),
            architecture: latest.architecture,
            configuration: Configuration::of(&latest.settings),
            environment: sealer.seal(&latest.settings.environment),
            revision: latest.revision.clone(),
            state: latest.lifecycle.state,
            update: latest.lifecycle.update,
            tags: tags.map(|(key, value)| (key.clone(), value.clone())).collect(),
            reserved: *reserved_concurrency,
        }
    }
}

impl Alias {
    fn new(found: &AliasState, function: Option<&FunctionState>) -> Self {
        let none = BTreeMap::new();
        let tags = function.map_or(&none, |function| &function.tags);
        let ledger = Ledger::read(&found.name, &found.description, tags);
        let newest = ledger.newest();
        let point = Point::new(found.version, &found.weights);
        Self {
            moved: newest
                .filter(|(_, entry)| entry.to == point)
                .map(|(_, entry)| format!("{} by {} at {}", entry.kind, entry.who, entry.at)),
            point: point.to_string(),
            revision: found.revision.clone(),
            entry: newest.map_or(0, |(number, _)| number),
        }
    }
}

impl Edition {
    fn of(snapshot: &Snapshot) -> Option<Self> {
        let Qualifier::Version(version) = snapshot.qualifier else {
            return None;
        };
        Some(Self {
            version,
            digest: snapshot.digest.clone(),
        })
    }
}

impl Sealer {
    /// With a salt, which is text made by chance.
    pub fn new(salt: impl Into<String>) -> Self {
        Self {
            salt: salt.into(),
            sealed: Vec::new(),
        }
    }

    fn seal(&mut self, environment: &Environment) -> Sealed {
        if let Some((_, sealed)) = self.sealed.iter().find(|(seen, _)| seen == environment) {
            return sealed.clone();
        }
        let sealed = Sealed {
            names: environment.0.keys().cloned().collect(),
            fingerprint: fingerprint(environment, &self.salt),
        };
        self.sealed.push((environment.clone(), sealed.clone()));
        sealed
    }
}

/// The key of the environment in written settings.
const ENVIRONMENT: &str = "environment";

impl Configuration {
    fn of(settings: &FunctionSettings) -> Self {
        Self(FunctionSettings {
            environment: Environment::default(),
            ..settings.clone()
        })
    }

    /// The settings, with an empty environment.
    pub fn settings(&self) -> &FunctionSettings {
        &self.0
    }
}

impl From<Configuration> for Value {
    fn from(configuration: Configuration) -> Self {
        let mut value = serde_json::to_value(configuration.0).expect("settings are plain data");
        if let Some(settings) = value.as_object_mut() {
            settings.remove(ENVIRONMENT);
        }
        value
    }
}

impl TryFrom<Value> for Configuration {
    type Error = String;
    fn try_from(mut value: Value) -> Result<Self, String> {
        if let Some(settings) = value.as_object_mut() {
            settings.insert(ENVIRONMENT.into(), Value::Object(serde_json::Map::new()));
        }
        serde_json::from_value(value)
            .map(Self)
            .map_err(|error| error.to_string())
    }
}
