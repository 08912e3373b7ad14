//! An embedded Lambda in a folder: the second adapter of [`crate::ports`].
//!
//! Functions, versions, aliases, layers, roles, log groups and buckets are files; invocations run the code
//! through [`crate::runner`]. It refuses what AWS refuses, in AWS's words, and everything settles
//! at once. Absent on purpose: networks, keys and file systems are noted, never checked.

mod aliases;
mod archives;
mod artifacts;
mod concurrency;
mod control;
mod deployments;
mod documents;
mod functions;
mod invoke;
mod layers;
mod logs;
mod metrics;
mod parameters;
mod permissions;
mod refusal;
mod roles;
mod rules;
mod store;
mod trust;
mod versions;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;

use crate::domain::arn::{Arn, Place, partition_of};
use crate::domain::names::{AccountId, Region};
use crate::ports::{Caller, Cloud, ErrorKind, Identity, PortError, PortResult};
use crate::runner::{Host, Unpacked};
use invoke::Warm;
use refusal::Answer;
use store::Store;

/// The account of every local target.
pub const ACCOUNT: &str = "000000000000";

/// Opens the target in this folder (usually `.lfn/local`), which the first write makes when it is not there.
/// Functions run with the interpreters that this process itself would find.
pub fn open(root: PathBuf, region: Region) -> std::io::Result<Cloud> {
    open_with(root, region, Host::current())
}

/// The same, with interpreters looked up on this host.
pub fn open_with(root: PathBuf, region: Region, host: Host) -> std::io::Result<Cloud> {
    let place = Place {
        partition: partition_of(&region).to_owned(),
        region,
        account: AccountId::new(ACCOUNT).expect("twelve digits"),
    };
    let store = Store::open(root)?;
    let pools = Mutex::default();
    let target = Arc::new(Target(Arc::new(Local {
        store,
        place,
        host,
        pools,
    })));
    Ok(Cloud {
        identity: target.clone(),
        functions: target.clone(),
        layers: target.clone(),
        roles: target.clone(),
        logs: target.clone(),
        artifacts: target.clone(),
        parameters: target.clone(),
        deployments: target.clone(),
        metrics: target,
        relay: None,
    })
}

/// The files of these layers, one over the other, from the target in this folder; `None` when there are no layers.
pub fn layers(root: PathBuf, region: Region, layers: &[Arn]) -> PortResult<Option<Unpacked>> {
    let place = Place {
        partition: partition_of(&region).to_owned(),
        region,
        account: AccountId::new(ACCOUNT).expect("twelve digits"),
    };
    let unpack = || {
        let (store, pools) = (Store::open(root)?, Mutex::default());
        let local = Local {
            store,
            place,
            host: Host::current(),
            pools,
        };
        local.unpack_layers(layers)
    };
    unpack().map_err(|refusal: refusal::Refusal| refusal.of("lambda:GetLayerVersion", "the function's layers"))
}

/// The embedded services: short, synchronous calls over the files.
struct Local {
    store: Store,
    place: Place,
    host: Host,
    /// Warm environments, for as long as this process lives.
    pools: Mutex<Vec<Warm>>,
}

/// The services as ports.
struct Target(Arc<Local>);

impl Target {
    /// Runs one call off the async threads. A call may wait for another process's lock and for the
    /// disk; once begun it is finished even when nobody awaits it any more (Ctrl-C), so no
    /// half-done call is left behind.
    async fn call<T: Send + 'static>(
        &self,
        action: &'static str,
        resource: impl Into<String>,
        work: impl FnOnce(&Local) -> Answer<T> + Send + 'static,
    ) -> PortResult<T> {
        let local = self.0.clone();
        let resource = resource.into();
        match tokio::task::spawn_blocking(move || work(&local)).await {
            Ok(answer) => answer.map_err(|refusal| refusal.of(action, resource)),
            Err(error) => Err(PortError::new(
                ErrorKind::Internal,
                action,
                resource,
                format!("the local target stopped unexpectedly: {error}"),
            )),
        }
    }
}

#[async_trait]
impl Identity for Target {
    async fn caller(&self) -> PortResult<Caller> {
        let place = self.0.place.clone();
        let arn = place.global_arn("iam", "user/local").to_string();
        Ok(Caller { place, arn })
    }
}
