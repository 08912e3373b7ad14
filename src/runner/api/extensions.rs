//! The Extensions API: who joined the environment, and what they are told.
//!
//! Source: Lambda developer guide, "Using the Lambda Extensions API to create extensions".

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::{Report, Shared, accepted, lock, refused};
use crate::runner::http::{Request, Response};
use crate::runner::random_id;

const NAME: &str = "lambda-extension-name";
const IDENTIFIER: &str = "lambda-extension-identifier";
/// Source: Lambda developer guide, "Configure extensions".
const LIMIT: usize = 10;

/// By identifier.
#[derive(Default)]
pub(super) struct Extensions {
    joined: BTreeMap<String, Extension>,
    closed: bool,
}

pub(super) struct Extension {
    name: String,
    events: Vec<String>,
    /// It waits for what comes next.
    waits: bool,
    notices: mpsc::UnboundedSender<Value>,
    queue: Arc<tokio::sync::Mutex<mpsc::UnboundedReceiver<Value>>>,
}

impl Extensions {
    pub fn all_wait(&self, started: usize) -> bool {
        self.joined.len() >= started && self.joined.values().all(|extension| extension.waits)
    }

    pub fn close(&mut self) {
        self.closed = true;
    }

    /// Tells those who asked for this kind of event; whether there is one.
    pub fn notify(&mut self, kind: &str, notice: &Value) -> bool {
        let mut told = false;
        for extension in self.joined.values_mut() {
            if extension.events.iter().any(|event| event == kind) {
                extension.waits = false;
                // It cannot fail: the receiver is kept beside it.
                let _ = extension.notices.send(notice.clone());
                told = true;
            }
        }
        told
    }
}

impl Shared {
    pub(super) fn register(&self, request: &Request) -> Response {
        let Some(name) = request.header(NAME).filter(|name| !name.is_empty()) else {
            return refused(400, "Extension.InvalidExtensionName", "Empty extension name");
        };
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let events: Vec<String> = body["events"]
            .as_array()
            .map(|events| events.iter().filter_map(Value::as_str).map(str::to_owned).collect())
            .unwrap_or_default();
        if let Some(unknown) = events
            .iter()
            .find(|event| !matches!(event.as_str(), "INVOKE" | "SHUTDOWN"))
        {
            let message = format!("{unknown}: Invalid event type");
            return refused(400, "Extension.InvalidEventType", &message);
        }
        let Ok(id) = random_id() else {
            return refused(500, "Extension.RegistrationFailed", "Failed to register extension");
        };
        let mut extensions = lock(&self.extensions);
        if extensions.closed {
            return refused(
                403,
                "Extension.RegistrationClosed",
                "Extension registration closed already",
            );
        }
        if extensions.joined.len() >= LIMIT {
            return refused(403, "Extension.TooManyExtensions", "Extension limit exceeded");
        }
        let (notices, queue) = mpsc::unbounded_channel();
        let extension = Extension {
            name: name.to_owned(),
            events,
            waits: false,
            notices,
            queue: Arc::new(tokio::sync::Mutex::new(queue)),
        };
        extensions.joined.insert(id.clone(), extension);
        let about = &self.about;
        let answer = json!({
            "functionName": about.name, "functionVersion": about.version, "handler": about.handler,
        });
        drop(extensions);
        self.tell(Report::Extension);
        Response::json(200, &answer).with("Lambda-Extension-Identifier", id)
    }

    pub(super) async fn next_event(&self, request: &Request) -> Response {
        let (id, queue) = match self.identify(request, |extension| {
            extension.waits = true;
            extension.queue.clone()
        }) {
            Ok(found) => found,
            Err(response) => return response,
        };
        self.tell(Report::Extension);
        match queue.lock().await.recv().await {
            Some(notice) => Response::json(200, &notice)
                .with("Lambda-Extension-Identifier", id)
                .with("Lambda-Extension-Event-Identifier", random_id().unwrap_or_default()),
            None => refused(500, "Extension.ReadyFailed", "the environment is ending"),
        }
    }

    pub(super) fn extension_failed(&self, request: &Request, kind: &str) -> Response {
        let kind = request.header("lambda-extension-function-error-type").unwrap_or(kind);
        let kind = kind.to_owned();
        match self.identify(request, |extension| extension.name.clone()) {
            Ok((_, name)) => {
                self.tell(Report::ExtensionFailed { name, kind });
                accepted()
            }
            Err(response) => response,
        }
    }

    /// Who asks, and something of theirs.
    pub(super) fn identify<T>(
        &self,
        request: &Request,
        of: impl FnOnce(&mut Extension) -> T,
    ) -> Result<(String, T), Response> {
        let Some(id) = request.header(IDENTIFIER) else {
            return Err(refused(
                403,
                "Extension.MissingExtensionIdentifier",
                "Missing Lambda-Extension-Identifier header",
            ));
        };
        match lock(&self.extensions).joined.get_mut(id) {
            Some(extension) => Ok((id.to_owned(), of(extension))),
            None => Err(refused(
                403,
                "Extension.UnknownExtensionIdentifier",
                "Unknown extension",
            )),
        }
    }
}

impl Extension {
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}
