//! Requests of somebody else's program, sent on in its place.

use async_trait::async_trait;

use super::PortResult;
use crate::domain::signature::{Keys, Scope};

/// A request to a service, without a signature.
#[derive(Debug, Clone)]
pub struct Outgoing {
    pub method: String,
    /// Percent-encoded, as it came.
    pub path: String,
    pub query: String,
    /// Names in lower case. None that is about the connection, the host or a signature.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub scope: Scope,
    /// What stands before the service's host name, for the few operations that have something there.
    pub host_prefix: &'static str,
    /// What to sign with; the caller's own credentials when there are none.
    pub keys: Option<Keys>,
}

/// The service's answer, whatever it says.
pub struct Incoming {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Box<dyn Pieces>,
}

/// A body that comes piece by piece.
#[async_trait]
pub trait Pieces: Send {
    /// The next piece; `None` at the end.
    async fn next(&mut self) -> PortResult<Option<Vec<u8>>>;
}

/// Signs requests and sends them to where the caller's calls go.
#[async_trait]
pub trait Relay: Send + Sync {
    /// Where requests go, in words: an endpoint, or AWS.
    fn destination(&self) -> String;
    async fn send(&self, request: Outgoing) -> PortResult<Incoming>;
}
