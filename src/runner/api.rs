//! The Runtime API, 2018-06-01: what a runtime asks for events and tells results.
//!
//! Source: Lambda developer guide, "Using the Lambda runtime API for custom runtimes".

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use serde_json::json;
use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

use super::PAYLOAD_LIMIT;
use super::http::{Request, Response};

const ROOT: &str = "/2018-06-01/runtime/";
/// A streamed response may be larger. Source: Lambda developer guide, "Lambda quotas".
const STREAM_LIMIT: usize = 200 * 1024 * 1024;

/// An event for the runtime.
pub(super) struct Delivery {
    pub request_id: String,
    pub headers: Vec<(&'static str, String)>,
    pub payload: Vec<u8>,
}

/// What the runtime said.
#[derive(Debug)]
pub(super) enum Report {
    /// It waits for an event: init, or the call before, is over.
    Waiting,
    Answered(Vec<u8>),
    Failed(Vec<u8>),
    TooLarge,
    InitFailed(Vec<u8>),
}

/// The server; it and its connections end when it is dropped.
pub(super) struct Api {
    pub address: SocketAddr,
    pub reports: mpsc::UnboundedReceiver<Report>,
    events: mpsc::UnboundedSender<Delivery>,
    task: JoinHandle<()>,
}

impl Drop for Api {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Shared {
    events: tokio::sync::Mutex<mpsc::UnboundedReceiver<Delivery>>,
    reports: mpsc::UnboundedSender<Report>,
    /// The call that waits for its answer.
    current: Mutex<Option<String>>,
}

impl Api {
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (events, deliveries) = mpsc::unbounded_channel();
        let (reporter, reports) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            events: tokio::sync::Mutex::new(deliveries),
            reports: reporter,
            current: Mutex::new(None),
        });
        let task = tokio::spawn(async move {
            // Dropping the set ends the connections.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(converse(stream, shared.clone()));
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Self {
            address,
            reports,
            events,
            task,
        })
    }

    /// Hands an event to the runtime as soon as it asks.
    pub fn deliver(&self, delivery: Delivery) {
        // It fails only when the server is gone, and then the process is being ended too.
        let _ = self.events.send(delivery);
    }
}

async fn converse(stream: TcpStream, shared: Arc<Shared>) {
    let mut stream = BufReader::new(stream);
    // A client that talks nonsense or hangs up is answered by the end of its process.
    while let Ok(Some(request)) = Request::read(&mut stream).await {
        let response = shared.answer(&request).await;
        if !matches!(response.write(&mut stream, &request).await, Ok(true)) {
            return;
        }
    }
}

fn reply(status: u16, body: &serde_json::Value) -> Response {
    Response {
        status,
        headers: vec![("Content-Type", "application/json".to_owned())],
        body: body.to_string().into_bytes(),
    }
}

fn accepted() -> Response {
    reply(202, &json!({ "status": "OK" }))
}

fn refused(status: u16, kind: &str, message: &str) -> Response {
    reply(status, &json!({ "errorMessage": message, "errorType": kind }))
}

impl Shared {
    async fn answer(&self, request: &Request) -> Response {
        let path = request.path.strip_prefix(ROOT).unwrap_or_default();
        let parts: Vec<&str> = path.split('/').collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("GET", ["invocation", "next"]) => self.next().await,
            ("POST", ["init", "error"]) => {
                self.tell(Report::InitFailed(request.body.clone()));
                accepted()
            }
            ("POST", ["invocation", id, kind @ ("response" | "error")]) => {
                if let Err(response) = self.finish(id, request) {
                    return response;
                }
                if *kind == "response" {
                    return self.respond(request);
                }
                self.tell(Report::Failed(request.body.clone()));
                accepted()
            }
            _ => refused(404, "NotFound", "there is no such path in the Runtime API 2018-06-01"),
        }
    }

    async fn next(&self) -> Response {
        self.tell(Report::Waiting);
        let Some(delivery) = self.events.lock().await.recv().await else {
            return refused(500, "Runtime.Shutdown", "the environment is ending");
        };
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(delivery.request_id);
        let mut headers = vec![("Content-Type", "application/json".to_owned())];
        headers.extend(delivery.headers);
        Response {
            status: 200,
            headers,
            body: delivery.payload,
        }
    }

    /// Checks that the answer is to the call in hand, and ends that call.
    fn finish(&self, id: &str, request: &Request) -> Result<(), Response> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        match current.as_deref() {
            Some(expected) if expected == id => {}
            Some(_) => return Err(refused(400, "InvalidRequestID", "Invalid request ID")),
            None => {
                return Err(refused(
                    403,
                    "InvalidStateTransition",
                    "State transition is not allowed: no invocation waits for an answer",
                ));
            }
        }
        // Runtimes may leave the header out, but not make it up.
        if request
            .header("lambda-runtime-invocation-id")
            .is_some_and(|echoed| echoed != id)
        {
            return Err(refused(400, "InvalidInvocationId", "Invalid invocation ID"));
        }
        *current = None;
        Ok(())
    }

    fn respond(&self, request: &Request) -> Response {
        let streaming = request
            .header("lambda-runtime-function-response-mode")
            .is_some_and(|mode| mode.eq_ignore_ascii_case("streaming"));
        // An error in the middle of a stream comes as trailers.
        if request.header("lambda-runtime-function-error-type").is_some() {
            let body = request.header("lambda-runtime-function-error-body").unwrap_or_default();
            let decoded = base64::engine::general_purpose::STANDARD.decode(body);
            self.tell(Report::Failed(decoded.unwrap_or_default()));
            return accepted();
        }
        if request.body.len() > if streaming { STREAM_LIMIT } else { PAYLOAD_LIMIT } {
            self.tell(Report::TooLarge);
            let message = format!("Exceeded maximum allowed payload size ({PAYLOAD_LIMIT} bytes).");
            return refused(413, "RequestEntityTooLarge", &message);
        }
        self.tell(Report::Answered(request.body.clone()));
        accepted()
    }

    fn tell(&self, report: Report) {
        // Nobody listens any more when the environment is being dropped.
        let _ = self.reports.send(report);
    }
}
