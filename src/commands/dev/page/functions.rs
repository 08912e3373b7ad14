//! The functions as the page shows them: editions, aliases, and the settings that matter. Of the environment,
//! names only.

use serde::Serialize;

use crate::domain::function::{Architecture, FunctionSettings, LogFormat};
use crate::domain::names::{AliasName, FunctionName, RuntimeId};
use crate::ports::{AliasState, Cloud, PortResult, Snapshot};
use crate::runner::Served;

/// A function that can be called.
#[derive(Debug, Serialize)]
pub(super) struct Function {
    name: FunctionName,
    /// Whether it is deployed to this machine; the folder's own is not.
    deployed: bool,
    aliases: Vec<Alias>,
    /// `$LATEST`, then versions, newest first.
    editions: Vec<Edition>,
}

#[derive(Debug, Serialize)]
struct Alias {
    name: AliasName,
    /// None is `$LATEST`.
    version: Option<u64>,
    /// Another version, and its share of the calls: 0.0 to 1.0.
    other: Option<(u64, f64)>,
    description: String,
}

#[derive(Debug, Serialize)]
struct Edition {
    qualifier: String,
    description: String,
    runtime: RuntimeId,
    handler: String,
    memory_mb: u32,
    timeout_s: u32,
    storage_mb: u32,
    environment: Vec<String>,
    layers: Vec<String>,
    log_format: LogFormat,
    /// Of one that is deployed.
    #[serde(flatten)]
    archive: Option<Archive>,
}

#[derive(Debug, Serialize)]
struct Archive {
    architecture: Architecture,
    code_bytes: u64,
    /// RFC 3339.
    modified: String,
}

/// The function of the folder.
pub(super) fn of_folder(served: &Served) -> Function {
    let function = served.pool.function();
    Function {
        name: function.name.clone(),
        deployed: false,
        aliases: vec![Alias {
            name: served.alias.clone(),
            version: None,
            other: None,
            description: String::new(),
        }],
        editions: vec![Edition::new(function.version.to_string(), &function.settings, None)],
    }
}

/// The functions that are deployed to this machine, by name.
pub(super) async fn deployed(cloud: &Cloud) -> PortResult<Vec<Function>> {
    let mut functions = Vec::new();
    for latest in cloud.functions.functions().await? {
        let aliases = cloud.functions.aliases(&latest.name).await?;
        let versions = cloud.functions.versions(&latest.name).await?;
        let editions = std::iter::once(&latest).chain(versions.iter().rev());
        functions.push(Function {
            name: latest.name.clone(),
            deployed: true,
            aliases: aliases.iter().map(Alias::new).collect(),
            editions: editions.map(Edition::of).collect(),
        });
    }
    Ok(functions)
}

impl Alias {
    fn new(state: &AliasState) -> Self {
        let other = state.weights.iter().next();
        Self {
            name: state.name.clone(),
            version: state.version.map(|version| version.0),
            other: other.map(|(version, weight)| (version.0, *weight)),
            description: state.description.clone(),
        }
    }
}

impl Edition {
    fn of(snapshot: &Snapshot) -> Self {
        let archive = Archive {
            architecture: snapshot.architecture,
            code_bytes: snapshot.code_size,
            modified: snapshot.modified.clone(),
        };
        Self::new(snapshot.qualifier.to_string(), &snapshot.settings, Some(archive))
    }

    fn new(qualifier: String, settings: &FunctionSettings, archive: Option<Archive>) -> Self {
        Self {
            qualifier,
            description: settings.description.clone(),
            runtime: settings.runtime.clone(),
            handler: settings.handler.clone(),
            memory_mb: settings.memory,
            timeout_s: settings.timeout,
            storage_mb: settings.ephemeral_storage,
            environment: settings.environment.0.keys().cloned().collect(),
            layers: settings.layers.iter().map(ToString::to_string).collect(),
            log_format: settings.logging.format,
            archive,
        }
    }
}
