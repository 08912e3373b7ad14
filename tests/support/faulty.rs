//! A layer in front of a target that counts writes and fails one of them, before or after it lands.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use lfn::domain::arn::Arn;
use lfn::domain::function::{AsyncInvoke, FunctionSettings, TagChange};
use lfn::domain::names::{
    AliasName, BucketName, CodeDigest, FunctionName, LayerName, LogGroupName, Qualifier, RoleName, Version,
};
use lfn::domain::package::directory::Listed;
use lfn::domain::policy::PolicyDocument;
use lfn::domain::policy::callers::Permission;
use lfn::ports::{
    AlarmState, AliasState, AliasUpdate, Artifacts, BucketState, Caller, Cloud, CodeUpdate, ErrorKind, FunctionState,
    Functions, Identity, Invocation, Invoked, LayerContent, LayerVersion, Layers, LogGroupState, Logs, Metrics,
    NewFunction, NewLayerVersion, NewRole, Parameters, PortError, PortResult, ProvisionedState, Report, ResourcePolicy,
    RoleState, Roles, Snapshot, Traffic,
};

/// Whether the failing write changes anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landed {
    /// Refused: the target is as before.
    No,
    /// Done, and its answer lost on the way back.
    Yes,
}

/// Which write fails, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Counted from 0.
    pub write: usize,
    pub landed: Landed,
}

/// Counts and fails.
pub struct Faulty {
    inner: Cloud,
    fault: Option<Fault>,
    refusals: Mutex<Vec<Refusal>>,
    calls: Mutex<Calls>,
}

/// Calls that the target refuses in its own words.
struct Refusal {
    /// The port's method: `create_function`.
    name: &'static str,
    times: usize,
    error: PortError,
}

/// The names of the calls so far.
#[derive(Debug, Default, Clone)]
pub struct Calls {
    pub reads: Vec<&'static str>,
    pub writes: Vec<&'static str>,
}

impl Faulty {
    /// A target that behaves like `inner` but for one fault.
    pub fn new(inner: Cloud, fault: Option<Fault>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            fault,
            refusals: Mutex::default(),
            calls: Mutex::default(),
        })
    }

    /// Refuses the next calls of this method with this error.
    pub fn refuse(&self, name: &'static str, times: usize, error: PortError) {
        self.refusals.lock().unwrap().push(Refusal { name, times, error });
    }

    fn refused(&self, name: &str) -> PortResult<()> {
        let mut refusals = self.refusals.lock().unwrap();
        let refusal = refusals
            .iter_mut()
            .find(|refusal| refusal.name == name && refusal.times > 0);
        match refusal {
            Some(refusal) => {
                refusal.times -= 1;
                Err(refusal.error.clone())
            }
            None => Ok(()),
        }
    }

    /// The layer as a target.
    pub fn cloud(self: &Arc<Self>) -> Cloud {
        Cloud {
            identity: self.clone(),
            functions: self.clone(),
            layers: self.clone(),
            roles: self.clone(),
            logs: self.clone(),
            artifacts: self.clone(),
            parameters: self.clone(),
            metrics: self.clone(),
        }
    }

    /// What has been called so far.
    pub fn calls(&self) -> Calls {
        self.calls.lock().unwrap().clone()
    }

    fn read(&self, name: &'static str) {
        self.calls.lock().unwrap().reads.push(name);
    }

    async fn write<T>(&self, name: &'static str, call: impl Future<Output = PortResult<T>>) -> PortResult<T> {
        let index = {
            let writes = &mut self.calls.lock().unwrap().writes;
            writes.push(name);
            writes.len() - 1
        };
        self.refused(name)?;
        match self.fault.filter(|fault| fault.write == index) {
            None => call.await,
            Some(Fault { landed: Landed::No, .. }) => Err(PortError::new(
                ErrorKind::Denied,
                name,
                "thumbs",
                "not allowed (on purpose)",
            )),
            Some(Fault {
                landed: Landed::Yes, ..
            }) => {
                call.await?;
                Err(PortError::new(
                    ErrorKind::Unreachable,
                    name,
                    "thumbs",
                    "connection reset (on purpose)",
                ))
            }
        }
    }
}

macro_rules! faulty {
    ($port:ident via $field:ident {
        $(read $read:ident($($r:ident: $rt:ty),*) -> $rr:ty;)*
        $(write $write:ident($($w:ident: $wt:ty),*) -> $wr:ty;)*
    }) => {
        #[async_trait]
        impl $port for Faulty {
            $(async fn $read(&self, $($r: $rt),*) -> PortResult<$rr> {
                self.read(stringify!($read));
                self.refused(stringify!($read))?;
                self.inner.$field.$read($($r),*).await
            })*
            $(async fn $write(&self, $($w: $wt),*) -> PortResult<$wr> {
                self.write(stringify!($write), self.inner.$field.$write($($w),*)).await
            })*
        }
    };
}

faulty!(Identity via identity {
    read caller() -> Caller;
});

faulty!(Functions via functions {
    read function(name: &FunctionName) -> Option<FunctionState>;
    read contents(name: &FunctionName) -> Vec<Listed>;
    read snapshot(name: &FunctionName, qualifier: &Qualifier) -> Option<Snapshot>;
    read functions() -> Vec<Snapshot>;
    read code_signing(name: &FunctionName) -> Option<Arn>;
    read versions(name: &FunctionName) -> Vec<Snapshot>;
    read alias(name: &FunctionName, alias: &AliasName) -> Option<AliasState>;
    read aliases(name: &FunctionName) -> Vec<AliasState>;
    read permissions(name: &FunctionName, alias: &AliasName) -> Option<ResourcePolicy>;
    read async_invoke(name: &FunctionName, alias: &AliasName) -> Option<AsyncInvoke>;
    read all_provisioned(name: &FunctionName, known: &[AliasName]) -> BTreeMap<AliasName, ProvisionedState>;
    read provisioned(name: &FunctionName, alias: &AliasName) -> Option<ProvisionedState>;
    read invoke(invocation: &Invocation) -> Invoked;
    write create_function(new: &NewFunction) -> Snapshot;
    write update_code(name: &FunctionName, update: &CodeUpdate) -> Snapshot;
    write update_settings(name: &FunctionName, settings: &FunctionSettings, revision: &str) -> Snapshot;
    write delete_function(name: &FunctionName) -> ();
    write change_tags(name: &FunctionName, change: &TagChange) -> ();
    write set_reserved_concurrency(name: &FunctionName, reserved: Option<u32>) -> ();
    write set_code_signing(name: &FunctionName, config: Option<&Arn>) -> ();
    write publish(name: &FunctionName, expected: &CodeDigest, description: &str) -> Snapshot;
    write delete_version(name: &FunctionName, version: Version) -> ();
    write create_alias(name: &FunctionName, alias: &AliasUpdate) -> AliasState;
    write update_alias(name: &FunctionName, alias: &AliasUpdate, revision: &str) -> AliasState;
    write delete_alias(name: &FunctionName, alias: &AliasName) -> ();
    write add_permission(name: &FunctionName, alias: &AliasName, permission: &Permission, revision: Option<&str>) -> ();
    write remove_permission(name: &FunctionName, alias: &AliasName, sid: &str, revision: Option<&str>) -> ();
    write set_async_invoke(name: &FunctionName, alias: &AliasName, settings: Option<&AsyncInvoke>) -> ();
    write set_provisioned(name: &FunctionName, alias: &AliasName, executions: Option<u32>) -> ();
});

faulty!(Layers via layers {
    read layer_versions(name: &LayerName) -> Vec<LayerVersion>;
    read layer_content(name: &LayerName, version: Version) -> Option<LayerContent>;
    write publish_layer(new: &NewLayerVersion) -> LayerVersion;
});

faulty!(Roles via roles {
    read role(name: &RoleName) -> Option<RoleState>;
    read policy(role: &RoleName, policy: &str) -> Option<PolicyDocument>;
    read policies(role: &RoleName) -> Vec<String>;
    read attached_policies(role: &RoleName) -> Vec<Arn>;
    read managed_policy(policy: &Arn) -> Option<PolicyDocument>;
    read role_created(name: &RoleName) -> Option<jiff::Timestamp>;
    read order_history(role: &Arn) -> String;
    read history(report: &str) -> Report;
    write create_role(role: &NewRole) -> RoleState;
    write set_trust(name: &RoleName, trust: &PolicyDocument) -> ();
    write set_boundary(name: &RoleName, boundary: Option<&Arn>) -> ();
    write change_role_tags(name: &RoleName, change: &TagChange) -> ();
    write delete_role(name: &RoleName) -> ();
    write put_policy(role: &RoleName, policy: &str, document: &PolicyDocument) -> ();
    write delete_policy(role: &RoleName, policy: &str) -> ();
    write detach_policy(role: &RoleName, policy: &Arn) -> ();
});

faulty!(Logs via logs {
    read log_group(name: &LogGroupName) -> Option<LogGroupState>;
    read log_group_tags(name: &LogGroupName) -> BTreeMap<String, String>;
    write create_log_group(name: &LogGroupName, tags: &BTreeMap<String, String>) -> ();
    write set_retention(name: &LogGroupName, days: Option<u32>) -> ();
    write delete_log_group(name: &LogGroupName) -> ();
});

faulty!(Artifacts via artifacts {
    read bucket(bucket: &BucketName) -> BucketState;
    read has(bucket: &BucketName, key: &str) -> bool;
    read keys(bucket: &BucketName, prefix: &str) -> Vec<String>;
    write create_bucket(bucket: &BucketName) -> ();
    write put(bucket: &BucketName, key: &str, file: &Path, sent: &(dyn Fn(u64) + Send + Sync)) -> ();
    write delete(bucket: &BucketName, key: &str) -> ();
});

faulty!(Parameters via parameters {
    read parameters(names: &[String]) -> BTreeMap<String, String>;
});

faulty!(Metrics via metrics {
    read alarms(names: &[String]) -> BTreeMap<String, AlarmState>;
    read traffic(name: &FunctionName, alias: &AliasName, version: Version, since: jiff::Timestamp) -> Traffic;
});
