//! The AWS-compatible servers: MiniStack (fast, verifies signatures and policies on request) and
//! LocalEmu (strict about Lambda; runs Python handlers only, since the other runtime clients
//! need a compiler or a container).
//!
//! Tests share a server and keep apart by account: both servers take a 12-digit access key id
//! for the account it names, and every account starts empty.

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::guard::{Guarded, Launch, Program};
use super::python::{self, LOCALEMU, MINISTACK};

/// Where a test does its work: an endpoint and the credentials to sign with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: String,
    pub endpoint: String,
    pub region: &'static str,
    pub access_key: String,
    pub secret_key: String,
}

impl Account {
    /// The environment that points an AWS client at this account and nowhere else.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", self.endpoint.clone()),
            ("AWS_ACCESS_KEY_ID", self.access_key.clone()),
            ("AWS_SECRET_ACCESS_KEY", self.secret_key.clone()),
            ("AWS_REGION", self.region.to_owned()),
            ("AWS_DEFAULT_REGION", self.region.to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ]
    }

    /// The same account, reached through another address, such as a proxy's.
    #[must_use]
    pub fn through(&self, endpoint: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            ..self.clone()
        }
    }

    /// The same endpoint, signed with another key.
    #[must_use]
    pub fn with_key(&self, access_key: &str, secret_key: &str) -> Self {
        Self {
            access_key: access_key.to_owned(),
            secret_key: secret_key.to_owned(),
            ..self.clone()
        }
    }
}

/// A server that hands out accounts.
pub trait Server {
    fn process(&self) -> &Guarded;

    fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.process().port())
    }

    /// Returns an account that nobody has used on this server. Its key is the account's root key.
    fn account(&self) -> Account {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let id = format!("2000{:08}", NEXT.fetch_add(1, Ordering::Relaxed));
        Account {
            access_key: id.clone(),
            id,
            endpoint: self.endpoint(),
            region: "us-east-1",
            secret_key: "test".to_owned(),
        }
    }
}

/// MiniStack.
#[derive(Debug)]
pub struct MiniStack(Guarded);

impl MiniStack {
    /// Starts a server that lets everyone do everything.
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server that verifies signatures and enforces policies, for users and roles:
    /// root keys may do everything and any secret passes for them. Sign with a user's key
    /// (see `support::user`) to have either checked.
    pub fn start_with_auth() -> Self {
        Self::start_with(&[("AUTH", "true")])
    }

    /// The server that this process's tests share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<MiniStack> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// The server with checked signatures and policies that this process's tests share.
    pub fn shared_with_auth() -> &'static Self {
        static SHARED: OnceLock<MiniStack> = OnceLock::new();
        SHARED.get_or_init(Self::start_with_auth)
    }

    fn start_with(extra: &[(&str, &str)]) -> Self {
        let bin = python::environment(MINISTACK);
        let program = |port: u16, state: &Path| {
            let folder = |name: &str| state.join(name).display().to_string();
            let mut variables = owned(&[
                ("BIND_HOST", "127.0.0.1"),
                ("GATEWAY_PORT", &port.to_string()),
                ("STATE_DIR", &folder("state")),
                ("S3_DATA_DIR", &folder("s3")),
                ("AWS_ACCESS_KEY_ID", "test"),
                ("AWS_SECRET_ACCESS_KEY", "test"),
            ]);
            variables.extend(owned(extra));
            Program {
                command: vec![bin.join("ministack").display().to_string()],
                variables,
            }
        };
        Self(Guarded::start(&Launch {
            name: "ministack",
            bin: &bin,
            health: "/_ministack/health",
            within: Duration::from_mins(1),
            program: &program,
        }))
    }
}

impl Server for MiniStack {
    fn process(&self) -> &Guarded {
        &self.0
    }
}

/// LocalEmu.
#[derive(Debug)]
pub struct LocalEmu(Guarded);

impl LocalEmu {
    /// Starts a server.
    pub fn start() -> Self {
        let bin = python::environment(LOCALEMU);
        let plugin = python::server_files().join("localemu-executor").display().to_string();
        let program = |port: u16, state: &Path| {
            let address = format!("127.0.0.1:{port}");
            let variables = owned(&[
                // The default server ignores the host and listens on every interface.
                ("GATEWAY_SERVER", "hypercorn"),
                ("GATEWAY_LISTEN", &address),
                ("LOCALEMU_HOST", &address),
                // Without this, root gets a DNS server on every interface.
                ("DNS_ADDRESS", "0"),
                ("SKIP_SSL_CERT_DOWNLOAD", "1"),
                ("DISABLE_EVENTS", "1"),
                ("FILESYSTEM_ROOT", &state.join("fs").display().to_string()),
                ("LAMBDA_RUNTIME_EXECUTOR", "local"),
                ("PYTHONPATH", &plugin),
            ]);
            let arguments = ["start", "--host", "127.0.0.1", "--port"].map(str::to_owned);
            let mut command = vec![bin.join("localemu").display().to_string()];
            command.extend(arguments);
            command.push(port.to_string());
            Program { command, variables }
        };
        Self(Guarded::start(&Launch {
            name: "localemu",
            bin: &bin,
            health: "/_localemu/health",
            within: Duration::from_mins(2),
            program: &program,
        }))
    }

    /// The server that this process's tests share.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<LocalEmu> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }
}

impl Server for LocalEmu {
    fn process(&self) -> &Guarded {
        &self.0
    }
}

fn owned(variables: &[(&str, &str)]) -> Vec<(String, String)> {
    variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}
