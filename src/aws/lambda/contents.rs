//! What is in the deployed archive: the end of the file behind the address that `GetFunction` gives.
//!
//! The address is signed: who has it can read the code. It goes into no message, no log and no error.

use std::fmt;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::byte_stream::ByteStream;

use super::super::transport::Route;
use crate::domain::package::directory::{self, Extent, Listed};

/// Nobody waits longer for something that is only nice to know.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is read at most where a server sends the whole file in place of its end.
const WHOLE_AT_MOST: usize = 64 << 20;

/// A signed address.
#[derive(Clone)]
pub struct Location(String);

impl Location {
    pub fn new(address: &str) -> Self {
        Self(address.to_owned())
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Location(…)")
    }
}

/// Reads the directory of the archive at an address. An error says why in words that hold no address.
pub async fn list(route: &Route, location: &Location) -> Result<Vec<Listed>, String> {
    let reading = async {
        let connector = route.connector()?;
        read(&connector, location).await
    };
    let answer = tokio::time::timeout(PATIENCE, reading).await;
    answer.unwrap_or_else(|_| Err(format!("no answer within {} seconds", PATIENCE.as_secs())))
}

async fn read(connector: &SharedHttpConnector, location: &Location) -> Result<Vec<Listed>, String> {
    let unreadable = |why: directory::Unreadable| why.to_string();
    let (tail, total) = match get(connector, location, &format!("bytes=-{}", directory::TAIL)).await? {
        Answer::Whole(bytes) => {
            let total = bytes.len() as u64;
            (bytes, total)
        }
        Answer::Part { bytes, total } => (bytes, total),
    };
    let Extent { start, length } = directory::locate(&tail, total).map_err(unreadable)?;
    let first = total - tail.len() as u64;
    let end = start + length;
    if start >= first {
        let within = |at: u64| usize::try_from(at - first).unwrap_or(usize::MAX);
        let directory = tail.get(within(start)..within(end)).ok_or("it ended early")?;
        return directory::entries(directory).map_err(unreadable);
    }
    // Never empty: it begins before the tail does, and no directory is longer than the archive.
    match get(connector, location, &format!("bytes={start}-{}", end - 1)).await? {
        Answer::Part { bytes, .. } if bytes.len() as u64 == length => directory::entries(&bytes).map_err(unreadable),
        _ => Err("a part was asked for, and something else came".to_owned()),
    }
}

enum Answer {
    Whole(Vec<u8>),
    Part {
        bytes: Vec<u8>,
        /// Bytes of the whole file.
        total: u64,
    },
}

async fn get(connector: &SharedHttpConnector, location: &Location, range: &str) -> Result<Answer, String> {
    let mut request = HttpRequest::get(&location.0).map_err(|_| "its address cannot be read")?;
    request.headers_mut().insert("range", range.to_owned());
    // What went wrong may name the address, so only its kind is told.
    let response = connector.call(request).await.map_err(|error| {
        if error.is_timeout() {
            "no answer in time"
        } else {
            "the connection failed"
        }
    })?;
    match response.status().as_u16() {
        200 => Ok(Answer::Whole(body(response, WHOLE_AT_MOST).await?)),
        206 => {
            let total = response
                .headers()
                .get("content-range")
                .and_then(|range| range.rsplit('/').next());
            let total = total
                .and_then(|total| total.parse().ok())
                .ok_or("the answer does not say how large it is")?;
            let bytes = body(response, WHOLE_AT_MOST).await?;
            Ok(Answer::Part { bytes, total })
        }
        status => Err(format!("the storage answered with status {status}")),
    }
}

async fn body(response: HttpResponse, most: usize) -> Result<Vec<u8>, String> {
    let mut stream = ByteStream::new(response.into_body());
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| "the connection broke off")?;
        if bytes.len() + chunk.len() > most {
            return Err("the storage sends the whole archive, and that is large".to_owned());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
