//! The Telemetry API, and the Logs API that it follows: records of the platform and lines of the
//! function, sent to a port on which an extension listens.
//!
//! Batches go out at the end of each phase rather than after the buffering times that were asked for.
//! Source: Lambda developer guide, "Lambda Telemetry API reference".

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Shared, lock, refused};
use crate::runner::http::{Request, Response};

/// What a subscriber has to take a batch.
const PATIENCE: Duration = Duration::from_secs(1);

/// One record: its kind (`platform.start`, `function`) and its content.
#[derive(Debug, Clone)]
pub(in crate::runner) struct Record {
    pub kind: String,
    pub content: Value,
}

impl Record {
    pub fn platform(what: &str, content: Value) -> Self {
        Self {
            kind: format!("platform.{what}"),
            content,
        }
    }

    /// One for every line.
    pub fn lines(text: &str) -> impl Iterator<Item = Self> {
        text.lines().map(|line| Self {
            kind: "function".into(),
            content: line.into(),
        })
    }
}

/// Where an extension listens, and for what.
#[derive(Debug, Clone)]
pub(super) struct Subscription {
    port: u16,
    path: String,
    /// `platform`, `function`, `extension`.
    kinds: Vec<String>,
}

impl Subscription {
    /// A destination is a port of the environment itself, whose name is `sandbox`.
    fn of(body: &Value) -> Result<Self, String> {
        let destination = &body["destination"];
        let uri = destination["URI"].as_str().unwrap_or_default();
        let protocol = destination["protocol"].as_str().unwrap_or("HTTP");
        if protocol != "HTTP" {
            return Err(format!("the protocol `{protocol}` is not supported by lfn; `HTTP` is"));
        }
        let rest = uri
            .strip_prefix("http://")
            .ok_or("destination.URI is no http address")?;
        let (place, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = place.rsplit_once(':').unwrap_or((place, "80"));
        if !matches!(host, "sandbox" | "sandbox.localdomain" | "127.0.0.1" | "localhost") {
            return Err(format!(
                "destination.URI has the host `{host}`, not `sandbox.localdomain`"
            ));
        }
        let kinds: Vec<String> = body["types"]
            .as_array()
            .map(|kinds| kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect())
            .unwrap_or_default();
        if kinds.is_empty() {
            return Err("types is empty".into());
        }
        Ok(Self {
            port: port.parse().map_err(|_| "destination.URI has no valid port")?,
            path: if path.is_empty() { "/".into() } else { path.into() },
            kinds,
        })
    }

    /// Sends what was asked for. A subscriber that does not listen misses it, as in Lambda.
    pub async fn send(&self, records: &[Record]) {
        let time = format!("{:.3}", jiff::Timestamp::now());
        let wanted: Vec<Value> = records
            .iter()
            .filter(|record| {
                let kind = record.kind.split('.').next().unwrap_or_default();
                self.kinds.iter().any(|wanted| wanted == kind)
            })
            .map(|record| json!({ "time": time, "type": record.kind, "record": record.content }))
            .collect();
        if !wanted.is_empty() {
            let _ = tokio::time::timeout(PATIENCE, self.post(&Value::Array(wanted).to_string())).await;
        }
    }

    async fn post(&self, body: &str) -> std::io::Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: sandbox.localdomain:{}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.path,
            self.port,
            body.len()
        );
        stream.write_all((head + body).as_bytes()).await?;
        // Until it has answered, it may still be reading.
        stream.read_to_end(&mut Vec::new()).await?;
        Ok(())
    }
}

impl Shared {
    pub(super) fn subscribe(&self, request: &Request) -> Response {
        let name = match self.identify(request, |extension| extension.name().to_owned()) {
            Ok((_, name)) => name,
            Err(response) => return response,
        };
        let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        match Subscription::of(&body) {
            Ok(subscription) => {
                let types = subscription.kinds.clone();
                lock(&self.subscriptions).push(subscription.clone());
                let record = json!({ "name": name, "state": "Subscribed", "types": types });
                tokio::spawn(async move {
                    let joined = Record::platform("telemetrySubscription", record);
                    subscription.send(&[joined]).await;
                });
                Response {
                    status: 200,
                    headers: vec![("Content-Type".into(), "text/plain".into())],
                    body: b"OK".to_vec(),
                }
            }
            Err(why) => refused(400, "ValidationError", &why),
        }
    }
}
