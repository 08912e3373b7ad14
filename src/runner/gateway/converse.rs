//! One connection: requests in, answers out, one after the other.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use super::Shared;
use super::answer::{Answer, answer, too_large};
use super::sent::Sent;
use crate::domain::calls::refusal::Refusal;
use crate::ports::Incoming;
use crate::runner::http::{BODY_LIMIT, Request, Response, write_chunk};

/// What is read of a stranger's request, so that clients see the answer.
const SMALL: usize = 64 << 10;

pub async fn converse(stream: TcpStream, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let mut stream = BufReader::new(stream);
    // Who talks nonsense gets no answer.
    while let Ok(Some(mut request)) = Request::read_head(&mut stream).await {
        let length = request
            .header("content-length")
            .and_then(|length| length.parse::<usize>().ok());
        if length.is_some_and(|length| length > BODY_LIMIT) {
            // The rest is not read, so nothing can follow.
            let refusal = too_large(&Sent::new(&mut request));
            drop(write(refusal, &mut stream, &request).await);
            return;
        }
        // Before anything large is kept: whoever has no keys gets the same answer without a body.
        let has_length = request.header("transfer-encoding").is_none();
        let is_small = has_length && length.is_none_or(|length| length <= SMALL);
        if !is_small {
            let head = Sent::new(&mut request);
            if !shared.knows(&head) {
                if let Answer::Refused(refusal) = answer(&shared, head).await {
                    drop(write(refusal, &mut stream, &request).await);
                }
                return;
            }
        }
        if request.read_body(&mut stream).await.is_err() {
            return;
        }
        let sent = Sent::new(&mut request);
        let written = match answer(&shared, sent).await {
            Answer::Refused(refusal) => write(refusal, &mut stream, &request).await,
            Answer::Passed(incoming) => pass(incoming, &mut stream, &request).await,
        };
        if !matches!(written, Ok(true)) {
            return;
        }
    }
}

async fn write(refusal: Refusal, stream: &mut BufReader<TcpStream>, to: &Request) -> io::Result<bool> {
    let Refusal { status, headers, body } = refusal;
    Response { status, headers, body }.write(stream, to).await
}

/// Passes an answer on while it comes.
async fn pass(incoming: Incoming, stream: &mut BufReader<TcpStream>, to: &Request) -> io::Result<bool> {
    let Incoming {
        status,
        headers,
        mut body,
    } = incoming;
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.and_then(|(_, length)| length.parse::<u64>().ok());
    let headers = headers
        .into_iter()
        .filter(|(name, _)| name != "content-length")
        .collect();
    let response = Response {
        status,
        headers,
        body: Vec::new(),
    };
    let has_no_body = to.method == "HEAD" || matches!(status, 204 | 304);
    if length.is_some() || has_no_body {
        response.write_head(stream, to, length).await?;
    } else {
        response.write_streamed(stream, to).await?;
    }
    if has_no_body {
        return Ok(to.keep_alive);
    }
    while let Some(piece) = body.next().await.map_err(io::Error::other)? {
        match length {
            Some(_) => stream.write_all(&piece).await?,
            // An empty one would be the end.
            None if piece.is_empty() => {}
            None => write_chunk(stream, &piece).await?,
        }
    }
    if length.is_none() {
        write_chunk(stream, b"").await?;
    }
    stream.flush().await?;
    Ok(to.keep_alive)
}
