//! A layer in front of a target that counts calls and fails some of them, before or after they land.

use std::collections::BTreeMap;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use lfn::domain::arn::Arn;
use lfn::domain::codedeploy::Routing;
use lfn::domain::function::{AsyncInvoke, FunctionSettings, TagChange};
use lfn::domain::names::{
    AliasName, BucketName, CodeDigest, FunctionName, LayerName, LogGroupName, Qualifier, RoleName, Version,
};
use lfn::domain::package::directory::Listed;
use lfn::domain::policy::PolicyDocument;
use lfn::domain::policy::callers::Permission;
use lfn::ports::{
    AlarmState, AliasState, AliasUpdate, Artifacts, BucketState, Caller, Cloud, CodeUpdate, Deployment,
    DeploymentGroup, Deployments, ErrorKind, EventSource, FunctionState, Functions, GroupState, Identity, Invocation,
    Invoked, LayerContent, LayerVersion, Layers, LifecycleEvent, LogGroupState, Logs, Metrics, NewDeployment,
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

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Refused: nothing has landed.
    Denied,
    /// The service failed before anything landed.
    Failed,
    /// No answer, and nothing has landed.
    Silent,
    /// It landed, and no answer came.
    Lost,
    /// It landed, and the service said that it failed.
    LandedAndFailed,
}

impl How {
    fn landed(self) -> bool {
        matches!(self, Self::Lost | Self::LandedAndFailed)
    }

    fn error(self, name: &'static str) -> PortError {
        let (kind, message) = match self {
            Self::Denied => (ErrorKind::Denied, "not allowed (on purpose)"),
            Self::Failed | Self::LandedAndFailed => (ErrorKind::Internal, "the service failed (on purpose)"),
            Self::Silent | Self::Lost => (ErrorKind::Unreachable, "connection reset (on purpose)"),
        };
        PortError::new(kind, name, "thumbs", message)
    }
}

/// Which call fails, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Break {
    /// The port's method: `create_function`.
    pub name: &'static str,
    /// How many calls of this method come first.
    pub nth: usize,
    pub how: How,
}

/// Counts and fails.
pub struct Faulty {
    inner: Cloud,
    fault: Option<Fault>,
    breaks: Mutex<Vec<Break>>,
    refusals: Mutex<Vec<Refusal>>,
    before: Mutex<Option<(&'static str, usize, Happening)>>,
    calls: Mutex<Calls>,
}

/// What somebody else does.
pub type Happening = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

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
    /// Both, in the order in which they came; those made side by side come in any.
    pub all: Vec<&'static str>,
    pub reads: Vec<&'static str>,
    pub writes: Vec<&'static str>,
}

impl Faulty {
    /// A target that behaves like `inner` but for one fault.
    pub fn new(inner: Cloud, fault: Option<Fault>) -> Arc<Self> {
        Arc::new(Self {
            inner,
            fault,
            breaks: Mutex::default(),
            refusals: Mutex::default(),
            before: Mutex::default(),
            calls: Mutex::default(),
        })
    }

    /// Breaks one call more.
    pub fn breaking(self: Arc<Self>, broken: Break) -> Arc<Self> {
        self.breaks.lock().unwrap().push(broken);
        self
    }

    /// Refuses the next calls of this method with this error.
    pub fn refuse(&self, name: &'static str, times: usize, error: PortError) {
        self.refusals.lock().unwrap().push(Refusal { name, times, error });
    }

    /// Has something happen right before a call of this name, after so many of them.
    pub fn before(&self, name: &'static str, calls: usize, happening: Happening) {
        *self.before.lock().unwrap() = Some((name, calls, happening));
    }

    async fn happen(&self, name: &'static str) {
        let due = self.before.lock().unwrap().take_if(|(of, left, _)| {
            if *of != name {
                return false;
            }
            *left = left.wrapping_sub(1);
            *left == usize::MAX
        });
        if let Some((_, _, happening)) = due {
            happening().await;
        }
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
            deployments: self.clone(),
            relay: None,
        }
    }

    /// What has been called so far.
    pub fn calls(&self) -> Calls {
        self.calls.lock().unwrap().clone()
    }

    async fn read<T>(&self, name: &'static str, call: impl Future<Output = PortResult<T>>) -> PortResult<T> {
        let nth = {
            let calls = &mut *self.calls.lock().unwrap();
            calls.reads.push(name);
            calls.add(name)
        };
        self.happen(name).await;
        self.refused(name)?;
        Self::perform(name, self.broken(name, nth), call).await
    }

    async fn write<T>(&self, name: &'static str, call: impl Future<Output = PortResult<T>>) -> PortResult<T> {
        let (index, nth) = {
            let calls = &mut *self.calls.lock().unwrap();
            calls.writes.push(name);
            (calls.writes.len() - 1, calls.add(name))
        };
        self.happen(name).await;
        self.refused(name)?;
        let fault = self.fault.filter(|fault| fault.write == index);
        let how = fault.map(|fault| match fault.landed {
            Landed::No => How::Denied,
            Landed::Yes => How::Lost,
        });
        Self::perform(name, how.or_else(|| self.broken(name, nth)), call).await
    }

    fn broken(&self, name: &'static str, nth: usize) -> Option<How> {
        let breaks = self.breaks.lock().unwrap();
        let broken = breaks.iter().find(|broken| (broken.name, broken.nth) == (name, nth));
        broken.map(|broken| broken.how)
    }

    async fn perform<T>(
        name: &'static str,
        how: Option<How>,
        call: impl Future<Output = PortResult<T>>,
    ) -> PortResult<T> {
        let Some(how) = how else { return call.await };
        if how.landed() {
            call.await?;
        }
        Err(how.error(name))
    }
}

impl Calls {
    /// Writes a call down and says how many of its name came first.
    fn add(&mut self, name: &'static str) -> usize {
        let nth = self.all.iter().filter(|other| **other == name).count();
        self.all.push(name);
        nth
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
                self.read(stringify!($read), self.inner.$field.$read($($r),*)).await
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
    read contents(name: &FunctionName, qualifier: &Qualifier) -> Vec<Listed>;
    read snapshot(name: &FunctionName, qualifier: &Qualifier) -> Option<Snapshot>;
    read functions() -> Vec<Snapshot>;
    read code_signing(name: &FunctionName) -> Option<Arn>;
    read versions(name: &FunctionName) -> Vec<Snapshot>;
    read alias(name: &FunctionName, alias: &AliasName) -> Option<AliasState>;
    read aliases(name: &FunctionName) -> Vec<AliasState>;
    read permissions(name: &FunctionName, alias: &AliasName) -> Option<ResourcePolicy>;
    read async_invoke(name: &FunctionName, alias: &AliasName) -> Option<AsyncInvoke>;
    read all_provisioned(name: &FunctionName, known: &[Qualifier]) -> BTreeMap<Qualifier, ProvisionedState>;
    read event_sources(name: &FunctionName) -> Vec<EventSource>;
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

faulty!(Deployments via deployments {
    read application(name: &str) -> Option<BTreeMap<String, String>>;
    read groups(application: &str) -> Vec<String>;
    read group(application: &str, name: &str) -> Option<GroupState>;
    read group_tags(application: &str, name: &str) -> BTreeMap<String, String>;
    read has_configuration(name: &str) -> bool;
    read configurations(prefix: &str) -> Vec<String>;
    read under_way(application: &str, group: &str) -> Vec<String>;
    read deployment(id: &str) -> Deployment;
    read events(id: &str) -> Vec<LifecycleEvent>;
    write create_application(name: &str, tags: &BTreeMap<String, String>) -> ();
    write delete_application(name: &str) -> ();
    write create_group(application: &str, name: &str, group: &DeploymentGroup, tags: &BTreeMap<String, String>) -> ();
    write update_group(application: &str, name: &str, group: &DeploymentGroup) -> ();
    write delete_group(application: &str, name: &str) -> ();
    write create_configuration(name: &str, routing: Routing) -> ();
    write delete_configuration(name: &str) -> ();
    write start(new: &NewDeployment) -> String;
});
