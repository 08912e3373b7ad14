//! HTTP on loopback in front of a function that is kept up: Lambda's `Invoke`, and a function URL.
//!
//! The function can be replaced while calls are on their way; each goes on with what it began with.
//! What is served and what came of calls is told to the owner, who shows it: this is also the seam
//! for a page in a browser.

mod cors;
mod frames;
mod invoke;
mod payload;
mod queue;
mod slots;
mod url;

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use super::http::{self, Request, Response};
use super::{Event, Outcome, Pool, Unrunnable};
use crate::domain::arn::{Arn, Place};
use crate::domain::function::AsyncInvoke;
use crate::domain::names::{AliasName, CodeDigest, Qualifier};
use crate::domain::url::UrlMode;
pub use cors::Pages;
use slots::{Slot, Slots};

/// The function as it is now.
#[derive(Clone)]
pub struct Served {
    pub pool: Arc<Pool>,
    pub place: Place,
    /// Callers may use this alias as well as `$LATEST`.
    pub alias: AliasName,
    /// Of the code that it runs.
    pub digest: CodeDigest,
    /// How the URL answers, and which web pages may call it.
    pub mode: UrlMode,
    pub pages: Pages,
    /// In AWS the URL is for signed requests alone. Here nobody need sign, but no page may call that has no leave to:
    /// there it could not.
    pub signed: bool,
    /// Reserved concurrency: so many calls at the same time, and no more.
    pub reserved: Option<u32>,
    /// What becomes of events that nobody waits for.
    pub asynchronous: AsyncInvoke,
    /// Under a debugger there is one environment, and calls wait for their turn.
    pub debugged: bool,
}

/// A call that is over.
#[derive(Debug, Clone)]
pub struct Finished {
    /// `POST /path` for the URL, `Invoke` or `Event` for the endpoint, or what the caller in this process said.
    pub how: String,
    /// What the function was called with.
    pub event: Event,
    /// What came of it, or why it could not run.
    pub outcome: Result<Outcome, String>,
    /// What becomes of an event that nobody waits for, when it failed.
    pub then: Option<Then>,
}

/// What becomes of an event that failed.
#[derive(Debug, Clone)]
pub enum Then {
    /// It is tried again after this time.
    Again(Duration),
    /// It is not tried again; Lambda would send it, or a record of it, there.
    GivenUp { destination: Option<Arn> },
}

/// Both servers; they end when this is dropped.
pub struct Endpoints {
    pub api: SocketAddr,
    pub url: SocketAddr,
    shared: Arc<Shared>,
    tasks: JoinSet<()>,
}

/// How long the end of calls that are cut off may take; each ends processes and removes a folder.
const CUT_OFF: Duration = Duration::from_secs(20);

/// Calls the function from within this process, whichever edition is served then.
#[derive(Clone)]
pub struct Caller {
    shared: Arc<Shared>,
}

struct Shared {
    served: RwLock<Served>,
    finished: mpsc::UnboundedSender<Finished>,
    slots: Arc<Slots>,
    /// The turns of events that nobody waits for.
    events: Semaphore,
    at_events: Mutex<JoinSet<()>>,
    /// Events that nobody waits for and that are not done with.
    queued: AtomicUsize,
}

#[derive(Clone, Copy)]
enum Face {
    Api,
    Url,
}

impl Endpoints {
    /// Answers what comes to these listeners. Calls that are over come in the order in which
    /// they ended.
    pub fn start(
        served: Served,
        api: TcpListener,
        url: TcpListener,
    ) -> io::Result<(Self, mpsc::UnboundedReceiver<Finished>)> {
        let (reporter, finished) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            served: RwLock::new(served),
            finished: reporter,
            slots: Arc::default(),
            events: Semaphore::new(queue::AT_WORK),
            at_events: Mutex::default(),
            queued: AtomicUsize::new(0),
        });
        let mut tasks = JoinSet::new();
        let mut addresses = Vec::new();
        for (face, listener) in [(Face::Api, api), (Face::Url, url)] {
            addresses.push(listener.local_addr()?);
            let shared = shared.clone();
            tasks.spawn(http::accept(listener, move |stream, peer| {
                converse(stream, peer, face, shared.clone())
            }));
        }
        let endpoints = Self {
            api: addresses[0],
            url: addresses[1],
            shared,
            tasks,
        };
        Ok((endpoints, finished))
    }

    /// Serves another edition from now on; returns the one before.
    pub fn replace(&self, served: Served) -> Served {
        let mut current = self.shared.served.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut current, served)
    }

    /// For calls from within this process.
    pub fn caller(&self) -> Caller {
        Caller {
            shared: Arc::clone(&self.shared),
        }
    }

    /// Calls the alias without waiting for it, as other services of AWS do.
    pub fn send(&self, how: impl Into<String>, payload: Vec<u8>) {
        let served = self.shared.served();
        let (name, alias) = (&served.pool.function().name, Qualifier::Alias(served.alias));
        let event = Event {
            payload,
            invoked_arn: served.place.qualified_arn(name, &alias).to_string(),
            ..Event::default()
        };
        queue::accept(&self.shared, how.into(), event);
    }

    /// Starts an environment ahead of the first call.
    pub fn warm_up(&self) -> JoinHandle<Result<(), Unrunnable>> {
        let shared = self.shared.clone();
        tokio::spawn(async move {
            let (_slot, served) = shared.turn().await;
            served.pool.warm_up().await
        })
    }

    /// Waits until what is debugged is done with its call. Other calls wait as long as the result is kept.
    pub async fn hold(&self) -> impl Sized + use<> {
        self.shared.slots.wait(Some(1)).await
    }

    /// Where the function would be in AWS.
    pub fn place(&self) -> Place {
        self.shared.served().place
    }

    /// How many events wait or are at work that nobody waits for.
    pub fn queued(&self) -> usize {
        self.shared.queued.load(Ordering::Acquire)
    }

    /// How many calls are at work.
    pub fn at_work(&self) -> usize {
        self.shared.slots.busy()
    }

    /// Takes no calls any more, and ends all environments: of those that rest, extensions are told. Those at work end
    /// with their calls.
    pub async fn close(mut self) {
        self.tasks.shutdown().await;
        let mut events = std::mem::take(&mut *self.shared.at_events());
        events.shutdown().await;
        // What is at work is cut off on other threads.
        let _ = timeout(CUT_OFF, self.shared.slots.idle()).await;
        self.shared.served().pool.close().await;
    }
}

impl Caller {
    /// The function as it is now.
    pub fn served(&self) -> Served {
        self.shared.served()
    }

    /// Runs one call as soon as there is room for it; the owner is told of it as of every other.
    pub async fn call(&self, how: &str, event: Event) -> Result<Outcome, Unrunnable> {
        let (_slot, served) = self.shared.turn().await;
        let outcome = served.pool.invoke(&event).await;
        let told = outcome.as_ref().map_err(ToString::to_string).cloned();
        self.shared.tell(how, event, told);
        outcome
    }
}

async fn converse(stream: TcpStream, peer: SocketAddr, face: Face, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let mut stream = BufReader::new(stream);
    // Who talks nonsense gets no answer.
    while let Ok(Some(request)) = Request::read(&mut stream).await {
        let served = shared.served();
        let answered = match face {
            _ if !is_for_this_machine(&request) => refuse(&request, &mut stream).await,
            Face::Api => invoke::answer(&shared, &served, &request, &mut stream).await,
            Face::Url => url::answer(&shared, &served, &request, peer, &mut stream).await,
        };
        if !matches!(answered, Ok(true)) {
            return;
        }
    }
}

/// A page of the web can make a browser call 127.0.0.1 under a name of its own: whoever calls must say
/// where to.
pub fn is_for_this_machine(request: &Request) -> bool {
    let host = request.header("host").unwrap_or_default();
    let port = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let name = host.rsplit_once(':').filter(|(_, rest)| port(rest));
    let name = name.map_or(host, |(name, _)| name).to_ascii_lowercase();
    matches!(name.as_str(), "localhost" | "127.0.0.1" | "[::1]") || name.ends_with(".localhost")
}

async fn refuse(request: &Request, stream: &mut BufReader<TcpStream>) -> io::Result<bool> {
    let body = serde_json::json!({ "Message": "the host is neither `localhost` nor `127.0.0.1`" });
    Response::json(403, &body).write(stream, request).await
}

impl Shared {
    fn served(&self) -> Served {
        self.served.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The tasks of events that nobody waits for.
    fn at_events(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.at_events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The leave for a call, and the function as it is then; `None` when there is no room.
    async fn enter(&self) -> Option<(Slot, Served)> {
        let served = self.served();
        if served.debugged {
            return Some(self.turn().await);
        }
        Some((self.slots.take(served.reserved)?, served))
    }

    /// The same for one that waits until there is room.
    async fn turn(&self) -> (Slot, Served) {
        let served = self.served();
        let most = if served.debugged { Some(1) } else { served.reserved };
        let slot = self.slots.wait(most).await;
        // It may have been replaced meanwhile.
        (slot, self.served())
    }

    fn tell(&self, how: impl Into<String>, event: Event, outcome: Result<Outcome, String>) {
        self.tell_then(how, event, outcome, None);
    }

    fn tell_then(&self, how: impl Into<String>, event: Event, outcome: Result<Outcome, String>, then: Option<Then>) {
        // Nobody listens any more when the process is about to end.
        let _ = self.finished.send(Finished {
            how: how.into(),
            event,
            outcome,
            then,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn names_of_this_machine_have_any_case_and_need_no_port() {
        for (host, ours) in [
            ("localhost:3000", true),
            ("LOCALHOST:3000", true),
            ("thumbs.localhost", true),
            ("127.0.0.1", true),
            ("[::1]", true),
            ("[::1]:3000", true),
            ("evil.example:3000", false),
            ("localhost.evil.example", false),
            ("127.0.0.1:evil.example", false),
        ] {
            let (mut client, server) = tokio::io::duplex(1024);
            let text = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
            tokio::io::AsyncWriteExt::write_all(&mut client, text.as_bytes())
                .await
                .unwrap();
            let request = Request::read(&mut BufReader::new(server)).await.unwrap().unwrap();
            assert_eq!(is_for_this_machine(&request), ours, "{host}");
        }
    }
}
