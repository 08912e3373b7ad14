//! A function URL: any HTTP request becomes an event of payload format 2.0, and the result a response.
//!
//! Source: Lambda developer guide, "Invoking Lambda function URLs" and "Response streaming". Signatures are not checked.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::json;
use tokio::io::BufReader;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::payload::{self, INTEGRATION};
use super::{Served, Shared};
use crate::domain::url::UrlMode;
use crate::runner::http::{Request, Response, write_chunk};
use crate::runner::{Event, PAYLOAD_LIMIT, Part, random_id};

pub(super) async fn answer(
    shared: &Arc<Shared>,
    served: &Served,
    request: &Request,
    peer: SocketAddr,
    stream: &mut BufReader<TcpStream>,
) -> io::Result<bool> {
    if let Some(response) = served.pages.preflight(request) {
        return response.write(stream, request).await;
    }
    let id = random_id()?;
    let how = format!("{} {}", request.method, request.path);
    let ends = (peer, stream.get_ref().local_addr()?);
    let payload = payload::event(request, ends, &id).to_string().into_bytes();
    let told = |response: Response| served.pages.told(request, response.with("x-amzn-RequestId", &id));
    let large = payload.len() > PAYLOAD_LIMIT;
    let arn = served.place.function_arn(&served.pool.function().name);
    let event = Event {
        payload,
        request_id: Some(id.clone()),
        invoked_arn: arn.to_string(),
        trace_id: request.header("x-amzn-trace-id").map(str::to_owned),
        ..Event::default()
    };
    if served.signed && served.pages.is_foreign(request) {
        let why =
            "refused: with `auth: iam`, a web page may call when `cors` of lambda.yaml or `--cors` names its origin";
        shared.tell(how, event, Err(why.into()));
        return told(plain(403, "Forbidden")).write(stream, request).await;
    }
    if large {
        shared.tell(
            how,
            event,
            Err(format!("the request is larger than {PAYLOAD_LIMIT} bytes as an event")),
        );
        return told(plain(413, "Request Entity Too Large"))
            .write(stream, request)
            .await;
    }
    let Some((_slot, served)) = &shared.enter().await else {
        let response = told(super::invoke::throttled(shared, served, &how, event));
        return response.write(stream, request).await;
    };
    let call = Call {
        shared,
        served,
        request,
        how,
    };
    match served.mode {
        UrlMode::Buffered => call.buffered(event, told, stream).await,
        UrlMode::Stream => call.streamed(event, told, stream).await,
    }
}

/// A request that became a call.
struct Call<'a> {
    shared: &'a Shared,
    served: &'a Served,
    request: &'a Request,
    how: String,
}

impl Call<'_> {
    async fn buffered(
        self,
        event: Event,
        told: impl Fn(Response) -> Response,
        stream: &mut BufReader<TcpStream>,
    ) -> io::Result<bool> {
        let outcome = self.served.pool.invoke(&event).await;
        let response = outcome.as_ref().ok().and_then(payload::response);
        self.shared
            .tell(self.how, event, outcome.map_err(|error| error.to_string()));
        told(response.unwrap_or_else(failed)).write(stream, self.request).await
    }

    /// Passes on what the handler writes while it does. A result in one piece is the body as it is.
    async fn streamed(
        self,
        event: Event,
        told: impl Fn(Response) -> Response,
        stream: &mut BufReader<TcpStream>,
    ) -> io::Result<bool> {
        let (parts, mut coming) = mpsc::unbounded_channel();
        let pool = self.served.pool.clone();
        // Dropped with the caller's connection when lfn ends.
        let mut running = JoinSet::new();
        running.spawn(async move {
            let outcome = pool.invoke_with(&event, Some(&parts)).await;
            (event, outcome)
        });
        let mut body = Body {
            request: self.request,
            stream,
            follows: true,
            // A caller who hangs up does not end the call.
            written: Ok(()),
        };
        let mut begun = false;
        // With a head of its own, a response begins once that is there.
        let mut early: Option<Vec<u8>> = None;
        while let Some(part) = coming.recv().await {
            match (part, &mut early) {
                (Part::Began { content_type }, _) if content_type == INTEGRATION => early = Some(Vec::new()),
                (Part::Began { content_type }, _) => {
                    begun = true;
                    body.begin(&told(payload::plainly(&content_type, Vec::new()))).await;
                }
                (Part::Bytes(bytes), None) => body.part(&bytes).await,
                (Part::Bytes(bytes), Some(all)) => {
                    all.extend_from_slice(&bytes);
                    if let Some((head, rest)) = payload::prelude(all) {
                        early = None;
                        begun = true;
                        // What is no head is the function's mistake, and nothing can be made of what follows.
                        body.begin(&told(head.unwrap_or_else(failed))).await;
                        body.part(&rest).await;
                    }
                }
            }
        }
        let ended = running.join_next().await.expect("it was spawned");
        let (event, outcome) = ended.map_err(io::Error::other)?;
        let whole = outcome.as_ref().ok().filter(|outcome| outcome.function_error.is_none());
        let response = whole.filter(|_| early.is_none());
        let response = response.map(|outcome| payload::plainly("application/json", outcome.payload.clone()));
        let good = whole.is_some();
        self.shared
            .tell(self.how, event, outcome.map_err(|error| error.to_string()));
        if !begun {
            return told(response.unwrap_or_else(failed))
                .write(body.stream, self.request)
                .await;
        }
        body.written?;
        if !good {
            // Too late for a status: the missing end tells.
            return Ok(false);
        }
        if body.follows {
            write_chunk(body.stream, b"").await?;
        }
        Ok(self.request.keeps_alive())
    }
}

/// The response on its way to the caller.
struct Body<'a> {
    request: &'a Request,
    stream: &'a mut BufReader<TcpStream>,
    /// Whether anything follows the head.
    follows: bool,
    written: io::Result<()>,
}

impl Body<'_> {
    async fn begin(&mut self, head: &Response) {
        self.follows = head.has_body(self.request);
        self.written = head.write_streamed(self.stream, self.request).await;
    }

    async fn part(&mut self, bytes: &[u8]) {
        // An empty chunk would be the end.
        if self.written.is_ok() && !bytes.is_empty() && self.follows {
            self.written = write_chunk(self.stream, bytes).await;
        }
    }
}

fn failed() -> Response {
    plain(502, "Internal Server Error")
}

fn plain(status: u16, text: &str) -> Response {
    Response::json(status, &json!({ "Message": text }))
}
