//! What runs inside an environment talks to this server on loopback: the Runtime API (2018-06-01),
//! the Extensions API (2020-01-01) and the Telemetry API (2022-07-01).
//!
//! One server belongs to one process tree. What it hears it tells the environment as a [`Report`];
//! it decides nothing about time.

mod extensions;
mod runtime;
mod telemetry;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::json;
use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::http::{self, Request, Response};
use extensions::Extensions;
use runtime::Stage;
pub(super) use telemetry::Record;
use telemetry::Subscription;

/// An event for the runtime.
pub(super) struct Delivery {
    pub request_id: String,
    pub headers: Vec<(&'static str, String)>,
    pub payload: Vec<u8>,
    /// What extensions are told of it.
    pub notice: serde_json::Value,
}

/// What was said by those who run in the environment.
#[derive(Debug)]
pub(super) enum Report {
    /// The runtime waits for an event: init, or the call before, is over.
    Waiting,
    Answered(Vec<u8>),
    /// A streamed response begins; its parts follow, then `Streamed` or `Failed`.
    Began {
        content_type: String,
    },
    Part(Vec<u8>),
    Streamed,
    Failed(Vec<u8>),
    TooLarge,
    InitFailed(Vec<u8>),
    /// An extension has come, or is done with the call.
    Extension,
    ExtensionFailed {
        name: String,
        kind: String,
    },
}

/// What extensions are told about the function.
#[derive(Debug, Clone)]
pub(super) struct About {
    pub name: String,
    pub version: String,
    pub handler: String,
}

/// The server; it and its connections end when it is dropped.
pub(super) struct Api {
    pub address: SocketAddr,
    pub reports: mpsc::UnboundedReceiver<Report>,
    shared: Arc<Shared>,
    events: mpsc::UnboundedSender<Delivery>,
    task: JoinHandle<()>,
}

impl Drop for Api {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Shared {
    about: About,
    events: tokio::sync::Mutex<mpsc::UnboundedReceiver<Delivery>>,
    reports: mpsc::UnboundedSender<Report>,
    stage: Mutex<Stage>,
    extensions: Mutex<Extensions>,
    subscriptions: Mutex<Vec<Subscription>>,
}

impl Api {
    pub async fn start(about: About) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (events, deliveries) = mpsc::unbounded_channel();
        let (reporter, reports) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            about,
            events: tokio::sync::Mutex::new(deliveries),
            reports: reporter,
            stage: Mutex::new(Stage::Starting),
            extensions: Mutex::default(),
            subscriptions: Mutex::default(),
        });
        let served = shared.clone();
        let task = tokio::spawn(http::accept(listener, move |stream, _| {
            converse(stream, served.clone())
        }));
        Ok(Self {
            address,
            reports,
            shared,
            events,
            task,
        })
    }

    /// Hands an event to the runtime as soon as it asks, and tells the extensions of it.
    pub fn deliver(&self, delivery: Delivery) {
        lock(&self.shared.extensions).notify("INVOKE", &delivery.notice);
        // It fails only when the server is gone, and then the process is being ended too.
        let _ = self.events.send(delivery);
    }

    /// Whether this many extensions have come, and all of them wait for what comes next.
    pub fn extensions_wait(&self, started: usize) -> bool {
        lock(&self.shared.extensions).all_wait(started)
    }

    /// No extension may join any more.
    pub fn close_registration(&self) {
        lock(&self.shared.extensions).close();
    }

    /// Tells the extensions that the environment ends; whether there is anybody who asked to be told.
    pub fn announce_shutdown(&self, notice: &serde_json::Value) -> bool {
        lock(&self.shared.extensions).notify("SHUTDOWN", notice)
    }

    /// Sends records to those who subscribed to them.
    pub async fn publish(&self, records: &[Record]) {
        let subscriptions = lock(&self.shared.subscriptions).clone();
        for subscription in subscriptions {
            subscription.send(records).await;
        }
    }

    /// Whether anybody subscribed to records.
    pub fn has_subscribers(&self) -> bool {
        !lock(&self.shared.subscriptions).is_empty()
    }
}

async fn converse(stream: TcpStream, shared: Arc<Shared>) {
    // Answers are small and awaited.
    let _ = stream.set_nodelay(true);
    let mut stream = BufReader::new(stream);
    // A client that talks nonsense or hangs up is answered by the end of its process.
    while let Ok(Some(mut request)) = Request::read_head(&mut stream).await {
        let Ok(response) = shared.answer(&mut request, &mut stream).await else {
            return;
        };
        if !matches!(response.write(&mut stream, &request).await, Ok(true)) {
            return;
        }
    }
}

impl Shared {
    async fn answer(&self, request: &mut Request, stream: &mut BufReader<TcpStream>) -> io::Result<Response> {
        let (path, method) = (request.path.clone(), request.method.clone());
        let path = path.split('?').next().unwrap_or_default();
        if let Some(path) = path.strip_prefix("/2018-06-01/") {
            let parts: Vec<&str> = path.split('/').collect();
            if let ("POST", ["runtime", "invocation", id, "response"]) = (method.as_str(), parts.as_slice()) {
                return self.respond(id, request, stream).await;
            }
            request.read_body(stream).await?;
            return Ok(match (method.as_str(), parts.as_slice()) {
                ("GET", ["runtime", "invocation", "next"]) => self.next().await,
                ("POST", ["runtime", "invocation", id, "error"]) => self.fail(id, request),
                ("POST", ["runtime", "init" | "restore", "error"]) => self.init_failed(request),
                ("GET", ["runtime", "restore", "next"]) => self.restore(),
                ("GET", ["ping"]) => Response {
                    status: 200,
                    headers: Vec::new(),
                    body: b"pong".to_vec(),
                },
                _ => nowhere(),
            });
        }
        request.read_body(stream).await?;
        Ok(match (method.as_str(), path) {
            ("POST", "/2020-01-01/extension/register") => self.register(request),
            ("GET", "/2020-01-01/extension/event/next") => self.next_event(request).await,
            ("POST", "/2020-01-01/extension/init/error") => self.extension_failed(request, "Extension.InitError"),
            ("POST", "/2020-01-01/extension/exit/error") => self.extension_failed(request, "Extension.ExitError"),
            ("PUT", "/2022-07-01/telemetry" | "/2020-08-15/logs") => self.subscribe(request),
            _ => nowhere(),
        })
    }

    fn tell(&self, report: Report) {
        // Nobody listens any more when the environment is being dropped.
        let _ = self.reports.send(report);
    }
}

fn nowhere() -> Response {
    refused(404, "NotFound", "there is no such path in the APIs of an environment")
}

fn accepted() -> Response {
    Response::json(202, &json!({ "status": "OK" }))
}

fn refused(status: u16, kind: &str, message: &str) -> Response {
    Response::json(status, &json!({ "errorMessage": message, "errorType": kind }))
}

/// What is behind these locks is whole after every statement.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
