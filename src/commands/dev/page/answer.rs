//! The answers of the page's server.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::broadcast::error::RecvError;

use super::calls::Call;
use super::route::{Callee, Route, Wrong};
use super::saved::{self, NotSaved};
use super::{Desk, files, functions};
use crate::domain::events::{self, SERVICES};
use crate::domain::names::Qualifier;
use crate::ports::{Invocation, InvocationType};
use crate::runner::http::{Request, Response, write_chunk};
use crate::runner::{Event, check_request};

/// How often a connection without news is tried: whoever is gone shall not keep it.
const PULSE: Duration = Duration::from_secs(15);

/// Answers a request; `false` when the connection ends with it.
pub(super) async fn answer(desk: &Desk, request: &Request, stream: &mut BufReader<TcpStream>) -> io::Result<bool> {
    let response = match Route::read(&request.method, &request.path) {
        Ok(Route::News) => return news(desk, request, stream).await,
        Ok(route) => respond(desk, route, &request.body).await,
        Err(wrong) => Err(wrong),
    };
    let response = response.unwrap_or_else(|Wrong(status, why)| refused(status, &why));
    files::secured(response).write(stream, request).await
}

/// A refusal as the page reads it.
pub(super) fn refused(status: u16, why: &str) -> Response {
    Response::json(status, &json!({ "message": why }))
}

async fn respond(desk: &Desk, route: Route, body: &[u8]) -> Result<Response, Wrong> {
    match route {
        Route::File(file) => Ok(file.response()),
        Route::Overview => overview(desk).await,
        Route::Events => document(&json!({ "saved": saved::list(&desk.folder), "services": SERVICES })),
        Route::Saved(path) => match saved::read(&desk.folder, &path) {
            Ok(Some(text)) => Ok(json_text(text)),
            Ok(None) => Err(Wrong(404, format!("there is no event `{path}`"))),
            Err(error) => Err(Wrong(500, format!("could not read `{path}`: {error}"))),
        },
        Route::Sample { service, kind } => sample(desk, &service, &kind),
        Route::Save { name, replace } => save(desk, &name, body, replace),
        Route::Invoke(callee) => invoke(desk, callee, body).await,
        Route::Calls => document(&desk.calls().summaries()),
        Route::Forget => {
            desk.calls().forget();
            document(&json!({}))
        }
        Route::Call(number) => match desk.calls().find(number) {
            Some(call) => document(call),
            None => Err(Wrong(404, format!("the call {number} is no longer kept"))),
        },
        Route::News => unreachable!("it has no answer that ends"),
    }
}

fn document(value: &impl Serialize) -> Result<Response, Wrong> {
    let value = serde_json::to_value(value).map_err(|error| Wrong(500, error.to_string()))?;
    Ok(Response::json(200, &value))
}

/// JSON as somebody wrote it, or what should be JSON.
fn json_text(text: String) -> Response {
    let response = Response {
        status: 200,
        headers: Vec::new(),
        body: text.into_bytes(),
    };
    response.with("Content-Type", "application/json")
}

async fn overview(desk: &Desk) -> Result<Response, Wrong> {
    let deployed = functions::deployed(&desk.cloud).await;
    let mut all = vec![functions::of_folder(&desk.caller.served())];
    // What is damaged there is told; the folder's own function can be called none the less.
    let damaged = match deployed {
        Ok(deployed) => {
            all.extend(deployed);
            None
        }
        Err(error) => Some(error.to_string()),
    };
    document(&json!({
        "functions": all,
        "damaged": damaged,
        "endpoint": format!("http://{}", desk.endpoint),
        "url": format!("http://{}/", desk.url),
        "given": desk.given,
        "state": *desk.state(),
    }))
}

fn sample(desk: &Desk, service: &str, kind: &str) -> Result<Response, Wrong> {
    let missing = || Wrong(404, format!("there is no sample `{service} {kind}`"));
    let service = events::service(service).ok_or_else(missing)?;
    let found = service.kind(kind).ok_or_else(missing)?;
    let event = events::event(service, found, &desk.sample).map_err(|error| Wrong(500, error.to_string()))?;
    let text = serde_json::to_string_pretty(&event).map_err(|error| Wrong(500, error.to_string()))?;
    Ok(json_text(text))
}

fn save(desk: &Desk, name: &str, body: &[u8], replace: bool) -> Result<Response, Wrong> {
    let text = std::str::from_utf8(body).map_err(|_| Wrong(400, "the event is not UTF-8".into()))?;
    let path = saved::save(&desk.folder, name, text, replace).map_err(|error| {
        let status = match error {
            NotSaved::Name(_) | NotSaved::NotJson(_) => 400,
            NotSaved::Outside(_) => 403,
            NotSaved::Exists(_) => 409,
            NotSaved::Io(..) => 500,
        };
        Wrong(status, error.to_string())
    })?;
    document(&json!({ "path": path }))
}

async fn invoke(desk: &Desk, callee: Callee, body: &[u8]) -> Result<Response, Wrong> {
    check_request(body, true, None).map_err(|error| Wrong(400, error.to_string()))?;
    match callee {
        Callee::Folder(qualifier) => {
            let served = desk.caller.served();
            let function = served.pool.function();
            let arn = match &qualifier {
                Qualifier::Latest => served.place.function_arn(&function.name),
                Qualifier::Alias(alias) if *alias == served.alias => {
                    served.place.qualified_arn(&function.name, &qualifier)
                }
                Qualifier::Alias(_) | Qualifier::Version(_) => {
                    let why = format!("the function of the folder has no `{qualifier}`: it is not deployed");
                    return Err(Wrong(404, why));
                }
            };
            let event = Event {
                payload: body.to_vec(),
                invoked_arn: arn.to_string(),
                ..Event::default()
            };
            let outcome = desk.caller.call("page", event.clone()).await;
            let outcome = outcome.map_err(|error| error.to_string());
            let told = outcome.as_ref().map_err(String::as_str);
            let of = (&function.name, function.settings.memory);
            // The command hears of it as of every call, and has it kept.
            document(&Call::of_folder(of, "page", &event, told, Timestamp::now()))
        }
        Callee::Deployed(name, qualifier) => {
            let invocation = Invocation {
                name,
                qualifier,
                kind: InvocationType::RequestResponse,
                payload: body.to_vec(),
                client_context: None,
            };
            let invoked = desk.cloud.functions.invoke(&invocation).await;
            let of = (&invocation.name, &invocation.qualifier);
            let call = Call::of_deployed(of, body, &invoked, Timestamp::now());
            desk.keep(call.clone());
            document(&call)
        }
    }
}

/// Server-sent events until the page is gone. Source: HTML standard, "Server-sent events".
async fn news(desk: &Desk, request: &Request, stream: &mut BufReader<TcpStream>) -> io::Result<bool> {
    let mut news = desk.news.subscribe();
    let head = Response {
        status: 200,
        headers: vec![("Content-Type".into(), "text/event-stream".into())],
        body: Vec::new(),
    };
    files::secured(head).write_streamed(stream, request).await?;
    write_chunk(stream, b"retry: 1000\n\n").await?;
    loop {
        let message = tokio::select! {
            told = news.recv() => match told {
                Ok(message) => message,
                // It was too slow, and asks for everything anew.
                Err(RecvError::Lagged(_)) => "event: missed\ndata: {}\n\n".into(),
                Err(RecvError::Closed) => return Ok(false),
            },
            // A page has nothing more to say here: this is its end.
            _ = stream.fill_buf() => return Ok(false),
            () = tokio::time::sleep(PULSE) => ":\n\n".into(),
        };
        write_chunk(stream, message.as_bytes()).await?;
    }
}
