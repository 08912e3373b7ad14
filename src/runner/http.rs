//! As much HTTP/1.1 as APIs on loopback need: bodies of known length or in chunks, either way.
//!
//! Written out rather than taken from hyper: its `server` feature would be switched on for every
//! crate of the AWS SDK, for the sake of a few endpoints on loopback.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Lambda's limit of the request line and headers together.
const HEAD_LIMIT: usize = 1024 * 1024;
/// How long nobody is let in when the system has no room for another connection.
const BREATH: Duration = Duration::from_millis(50);
/// More than any response may have; what is over the real limits is refused one floor up.
pub(super) const BODY_LIMIT: usize = 256 * 1024 * 1024;

pub struct Request {
    pub method: String,
    /// With the query.
    pub path: String,
    /// Lower-case names; trailers included once the body is read.
    pub headers: Vec<(String, String)>,
    /// What of the body has been asked for.
    pub body: Vec<u8>,
    unread: Unread,
    /// Whether another request may follow.
    pub keep_alive: bool,
}

/// The part of the body that is still on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unread {
    Bytes(usize),
    Chunks,
}

#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether the connection goes on after the answer.
    pub fn keeps_alive(&self) -> bool {
        self.keep_alive
    }

    /// Reads the next request as a whole; `None` when the client has hung up.
    pub async fn read<S: AsyncBufRead + AsyncWrite + Unpin>(stream: &mut S) -> io::Result<Option<Self>> {
        let Some(mut request) = Self::read_head(stream).await? else {
            return Ok(None);
        };
        request.read_body(stream).await?;
        Ok(Some(request))
    }

    /// Reads the next request up to its body.
    pub async fn read_head<S: AsyncBufRead + AsyncWrite + Unpin>(stream: &mut S) -> io::Result<Option<Self>> {
        let Some(head) = read_head(stream).await? else {
            return Ok(None);
        };
        let request = parse_head(&head)?;
        if request
            .header("expect")
            .is_some_and(|value| value.eq_ignore_ascii_case("100-continue"))
        {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
            stream.flush().await?;
        }
        Ok(Some(request))
    }

    /// Reads the rest of the body into `body`.
    pub async fn read_body<S: AsyncBufRead + Unpin>(&mut self, stream: &mut S) -> io::Result<()> {
        while let Some(part) = self.read_part(stream).await? {
            if self.body.is_empty() {
                self.body = part;
            } else {
                self.body.extend_from_slice(&part);
            }
            if self.body.len() > BODY_LIMIT {
                return Err(malformed("the body is too large"));
            }
        }
        Ok(())
    }

    /// The next part of the body as it was sent; `None` after the last, when trailers are known as well.
    pub async fn read_part<S: AsyncBufRead + Unpin>(&mut self, stream: &mut S) -> io::Result<Option<Vec<u8>>> {
        match self.unread {
            Unread::Bytes(0) => Ok(None),
            Unread::Bytes(length) => {
                self.unread = Unread::Bytes(0);
                read_bytes(stream, length).await.map(Some)
            }
            Unread::Chunks => {
                let line = read_line(stream).await?;
                let size = line.split(';').next().unwrap_or_default().trim();
                let size = usize::from_str_radix(size, 16).map_err(|_| malformed("a chunk has no size"))?;
                if size > 0 {
                    let part = read_bytes(stream, size).await?;
                    read_line(stream).await?;
                    return Ok(Some(part));
                }
                self.unread = Unread::Bytes(0);
                loop {
                    let line = read_line(stream).await?;
                    let Some((name, value)) = line.split_once(':') else {
                        return Ok(None);
                    };
                    self.headers
                        .push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
                }
            }
        }
    }
}

/// Has each connection served, beside the others. They end when this future is dropped.
pub async fn accept<F>(listener: TcpListener, converse: impl Fn(TcpStream, SocketAddr) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    // Dropping the set ends the connections.
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                connections.spawn(converse(stream, peer));
            }
            // The caller has hung up, or too many files are open: there is room again when a call is over.
            Err(_) => sleep(BREATH).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn read_bytes<S: AsyncBufRead + Unpin>(stream: &mut S, length: usize) -> io::Result<Vec<u8>> {
    if length > BODY_LIMIT {
        return Err(malformed("the body is too large"));
    }
    let mut bytes = Vec::new();
    let read = stream.take(length as u64).read_to_end(&mut bytes).await?;
    if read < length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}

fn malformed(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

async fn read_line<S: AsyncBufRead + Unpin>(stream: &mut S) -> io::Result<String> {
    let mut line = Vec::new();
    let mut limited = stream.take(HEAD_LIMIT as u64);
    limited.read_until(b'\n', &mut line).await?;
    if line.last() != Some(&b'\n') {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

async fn read_head<S: AsyncBufRead + Unpin>(stream: &mut S) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::new();
    let mut limited = stream.take(HEAD_LIMIT as u64);
    loop {
        let read = limited.read_until(b'\n', &mut head).await?;
        if read == 0 {
            return if head.is_empty() {
                Ok(None)
            } else {
                Err(io::ErrorKind::UnexpectedEof.into())
            };
        }
        if head.ends_with(b"\r\n\r\n") || head.ends_with(b"\n\n") {
            return Ok(Some(head));
        }
    }
}

fn parse_head(head: &[u8]) -> io::Result<Request> {
    let mut headers = [httparse::EMPTY_HEADER; 128];
    let mut parsed = httparse::Request::new(&mut headers);
    parsed.parse(head).map_err(|error| malformed(&error.to_string()))?;
    let (Some(method), Some(path), Some(minor)) = (parsed.method, parsed.path, parsed.version) else {
        return Err(malformed("the request line is incomplete"));
    };
    let mut request = Request {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        unread: Unread::Bytes(0),
        keep_alive: minor >= 1,
    };
    for header in parsed.headers.iter() {
        let value = String::from_utf8_lossy(header.value).into_owned();
        request.headers.push((header.name.to_ascii_lowercase(), value));
    }
    if request
        .header("connection")
        .is_some_and(|value| value.eq_ignore_ascii_case("close"))
    {
        request.keep_alive = false;
    }
    let chunked = request
        .header("transfer-encoding")
        .is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
    if chunked {
        request.unread = Unread::Chunks;
    } else if let Some(length) = request.header("content-length") {
        let length = length.trim().parse();
        request.unread = Unread::Bytes(length.map_err(|_| malformed("content-length is not a number"))?);
    }
    Ok(request)
}

impl Response {
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".into(), "application/json".into())],
            body: body.to_string().into_bytes(),
        }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Writes the answer; `false` when the connection ends with it.
    pub async fn write<S: AsyncWrite + Unpin>(&self, stream: &mut S, to: &Request) -> io::Result<bool> {
        let mut bytes = self.head(to);
        if self.may_have_body() {
            write!(bytes, "Content-Length: {}\r\n", self.body.len()).expect("writing to a String cannot fail");
        }
        bytes.push_str("\r\n");
        let mut bytes = bytes.into_bytes();
        if self.has_body(to) {
            // One write, so that no packet waits for the acknowledgement of another.
            bytes.extend_from_slice(&self.body);
        }
        stream.write_all(&bytes).await?;
        stream.flush().await?;
        Ok(to.keep_alive)
    }

    /// Writes the head of an answer whose body, of this length, follows as it is; `body` is ignored.
    pub async fn write_head<S: AsyncWrite + Unpin>(
        &self,
        stream: &mut S,
        to: &Request,
        length: Option<u64>,
    ) -> io::Result<()> {
        let length = length.map_or_else(String::new, |length| format!("Content-Length: {length}\r\n"));
        let head = self.head(to) + &length + "\r\n";
        stream.write_all(head.as_bytes()).await?;
        stream.flush().await
    }

    /// Whether a body follows the head of this answer. Bytes where none belongs would be taken for the next answer.
    pub fn has_body(&self, to: &Request) -> bool {
        to.method != "HEAD" && self.may_have_body()
    }

    /// Source: RFC 9110, 15.3.5 and 15.4.5.
    fn may_have_body(&self) -> bool {
        !matches!(self.status, 204 | 304)
    }

    /// Writes the head of an answer whose body follows with [`write_chunk`] where there [is one](Self::has_body);
    /// `body` is ignored.
    pub async fn write_streamed<S: AsyncWrite + Unpin>(&self, stream: &mut S, to: &Request) -> io::Result<()> {
        let chunked = if self.may_have_body() {
            "Transfer-Encoding: chunked\r\n"
        } else {
            ""
        };
        let head = self.head(to) + chunked + "\r\n";
        stream.write_all(head.as_bytes()).await?;
        stream.flush().await
    }

    fn head(&self, to: &Request) -> String {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            // Values come from callers (client context) and functions; a line break would begin another header.
            let clean = |text: &str| text.chars().filter(|c| !c.is_control()).collect::<String>();
            write!(head, "{}: {}\r\n", clean(name), clean(value)).expect("writing to a String cannot fail");
        }
        if !to.keep_alive {
            head.push_str("Connection: close\r\n");
        }
        head
    }
}

/// Writes a part of a streamed body; an empty one ends it.
pub async fn write_chunk<S: AsyncWrite + Unpin>(stream: &mut S, part: &[u8]) -> io::Result<()> {
    let mut bytes = format!("{:x}\r\n", part.len()).into_bytes();
    bytes.extend_from_slice(part);
    bytes.extend_from_slice(b"\r\n");
    stream.write_all(&bytes).await?;
    stream.flush().await
}

/// A part of a path or query without its percent signs.
pub fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The usual name of a status; other servers' clients show it.
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        308 => "Permanent Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Payload Too Large",
        415 => "Unsupported Media Type",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{BufReader, duplex};

    async fn read(text: &str) -> io::Result<Option<Request>> {
        let (mut client, server) = duplex(4096);
        client.write_all(text.as_bytes()).await.unwrap();
        client.shutdown().await.unwrap();
        Request::read(&mut BufReader::new(server)).await
    }

    #[tokio::test]
    async fn bodies_come_whole_or_in_chunks_with_trailers() {
        let whole = read("POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (whole.path.as_str(), whole.body.as_slice(), whole.keep_alive),
            ("/a", &b"abc"[..], true)
        );
        let chunked = "POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n\
                       3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nLambda-Error: yes\r\n\r\n";
        let chunked = read(chunked).await.unwrap().unwrap();
        assert_eq!(chunked.body, b"abcde");
        assert_eq!(chunked.header("lambda-error"), Some("yes"));
        assert!(!chunked.keep_alive);
    }

    #[tokio::test]
    async fn nothing_follows_an_answer_that_has_no_body() {
        for (status, method, body, length) in [
            (200, "GET", true, true),
            (200, "HEAD", false, true),
            (204, "GET", false, false),
            (304, "GET", false, false),
        ] {
            let request = read(&format!("{method} / HTTP/1.1\r\n\r\n")).await.unwrap().unwrap();
            let response = Response {
                status,
                headers: Vec::new(),
                body: b"abc".to_vec(),
            };
            let mut written = Vec::new();
            assert!(response.write(&mut written, &request).await.unwrap());
            let written = String::from_utf8(written).unwrap();
            assert_eq!(written.ends_with("\r\n\r\nabc"), body, "{written}");
            assert_eq!(written.contains("Content-Length: 3\r\n"), length, "{written}");
            let mut head = Vec::new();
            response.write_streamed(&mut head, &request).await.unwrap();
            assert_eq!(String::from_utf8(head).unwrap().contains("chunked"), length);
            assert_eq!(response.has_body(&request), body);
        }
    }

    #[tokio::test]
    async fn nonsense_is_an_error_and_silence_is_the_end() {
        assert!(read("").await.unwrap().is_none());
        for bad in [
            "what\r\n\r\n",
            "GET / HTTP/1.1\r\n",
            "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc",
            "POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ] {
            assert!(read(bad).await.is_err(), "{bad}");
        }
    }
}
