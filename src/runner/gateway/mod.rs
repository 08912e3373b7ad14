//! A loopback endpoint for the AWS calls of a function that runs here. It names each call, holds it against the
//! role that lambda.yaml describes, and refuses it as AWS would or signs it anew and passes it on.
//!
//! Only who has the function's made-up keys gets anything: every signature is checked, since what is passed on
//! is signed with the caller's own credentials. Bodies and values are kept nowhere.

mod answer;
mod borrowed;
mod converse;
mod queues;
mod sent;

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::TcpListener;
use tokio::task::JoinSet;

use self::borrowed::Borrowed;
use self::queues::Queues;
use super::{random_bytes, random_id};
use crate::domain::enforce::{Access, Judge, Seen};
use crate::domain::signature::Keys;
use crate::ports::Relay;

/// What is done with calls that the file does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They are refused.
    Enforce,
    /// They are passed on, to learn what the function needs.
    Learn,
}

/// What a function is told of the endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    pub url: String,
    /// Made up for this function; nobody but the endpoint knows them.
    pub keys: Keys,
}

/// Whether a variable of the function's would lead its calls past the endpoint.
/// Source: AWS SDKs and tools reference guide, "Service-specific endpoints".
pub fn is_way_around(name: &str) -> bool {
    name.starts_with("AWS_ENDPOINT_URL") || name == "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
}

/// The endpoint of one function; it ends when this is dropped.
pub struct Gateway {
    shared: Arc<Shared>,
    _task: JoinSet<()>,
}

struct Shared {
    judge: Judge,
    /// `None` where there is nowhere to pass calls on to.
    relay: Option<Arc<dyn Relay>>,
    mode: Mode,
    keys: Keys,
    borrowed: Borrowed,
    queues: Queues,
    seen: Mutex<Seen>,
}

impl Gateway {
    /// Listens on a free port of 127.0.0.1.
    pub async fn start(judge: Judge, relay: Option<Arc<dyn Relay>>, mode: Mode) -> io::Result<Self> {
        close_memory()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            judge,
            relay,
            mode,
            keys: made_up_keys()?,
            borrowed: Borrowed::default(),
            queues: Queues::new(format!("http://{address}")),
            seen: Mutex::default(),
        });
        let mut task = JoinSet::new();
        task.spawn(listen(listener, shared.clone()));
        Ok(Self { shared, _task: task })
    }

    /// The way in, for the function.
    pub fn door(&self) -> Door {
        Door {
            url: self.shared.queues.endpoint().to_owned(),
            keys: self.shared.keys.clone(),
        }
    }

    /// A value that the function is given: the URL of a queue leads to the endpoint, others stay.
    pub fn value(&self, text: &str) -> String {
        self.shared.queues.inward(text)
    }

    /// What came of the calls so far.
    pub fn access(&self, notes: Vec<String>) -> Access {
        let Shared { judge, relay, mode, .. } = &*self.shared;
        let upstream = relay.as_ref().map(|relay| relay.destination());
        let seen = self.shared.seen().clone();
        Access::of(judge, &seen, upstream, *mode == Mode::Learn, notes)
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let endpoint = self.shared.queues.endpoint();
        f.debug_struct("Gateway")
            .field("endpoint", &endpoint)
            .finish_non_exhaustive()
    }
}

impl Shared {
    /// Whole after every statement.
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    // Dropping the set ends the connections.
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(converse::converse(stream, shared.clone()));
        while connections.try_join_next().is_some() {}
    }
}

/// Closes this process, with the caller's credentials in its memory and environment, to the function, which runs as
/// the same user: on Linux neither `/proc` nor a debugger opens it. Root may look all the same.
/// Source: Linux, `PR_SET_DUMPABLE` in `prctl(2)` and `/proc/PID/environ` in `proc(5)`.
fn close_memory() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}

/// Keys that look like those of a role's session.
fn made_up_keys() -> io::Result<Keys> {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let random: [u8; 13] = random_bytes()?;
    let id: String = random
        .iter()
        .map(|byte| char::from(letters[usize::from(byte % 32)]))
        .collect();
    Ok(Keys {
        id: format!("ASIALFN{id}"),
        secret: random_id()?,
        token: Some(format!("lfn-{}", random_id()?)),
    })
}

#[cfg(test)]
mod tests;
