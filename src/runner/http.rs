//! As much HTTP/1.1 as a Runtime API needs: requests with a body of known length or in chunks.
//!
//! Written out rather than taken from hyper: its `server` feature would be switched on for every
//! crate of the AWS SDK, for the sake of four endpoints on loopback.

use std::fmt::Write as _;
use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// Lambda's limit of the request line and headers together.
const HEAD_LIMIT: usize = 1024 * 1024;
/// More than any response may have; what is over the real limits is refused one floor up.
const BODY_LIMIT: usize = 256 * 1024 * 1024;

pub(super) struct Request {
    pub method: String,
    pub path: String,
    /// Lower-case names; trailers included.
    headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    keep_alive: bool,
}

#[derive(Debug)]
pub(super) struct Response {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Reads the next request; `None` when the client has hung up.
    pub async fn read<S: AsyncBufRead + AsyncWrite + Unpin>(stream: &mut S) -> io::Result<Option<Self>> {
        let Some(head) = read_head(stream).await? else {
            return Ok(None);
        };
        let mut request = parse_head(&head)?;
        if request
            .header("expect")
            .is_some_and(|value| value.eq_ignore_ascii_case("100-continue"))
        {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
            stream.flush().await?;
        }
        let chunked = request
            .header("transfer-encoding")
            .is_some_and(|value| value.to_ascii_lowercase().contains("chunked"));
        if chunked {
            request.read_chunks(stream).await?;
        } else if let Some(length) = request.header("content-length") {
            let length: usize = length
                .trim()
                .parse()
                .map_err(|_| malformed("content-length is not a number"))?;
            request.read_bytes(stream, length).await?;
        }
        Ok(Some(request))
    }

    async fn read_bytes<S: AsyncBufRead + Unpin>(&mut self, stream: &mut S, length: usize) -> io::Result<()> {
        if self.body.len().saturating_add(length) > BODY_LIMIT {
            return Err(malformed("the body is too large"));
        }
        let read = stream.take(length as u64).read_to_end(&mut self.body).await?;
        if read < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    async fn read_chunks<S: AsyncBufRead + Unpin>(&mut self, stream: &mut S) -> io::Result<()> {
        loop {
            let line = read_line(stream).await?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = usize::from_str_radix(size, 16).map_err(|_| malformed("a chunk has no size"))?;
            if size == 0 {
                break;
            }
            self.read_bytes(stream, size).await?;
            read_line(stream).await?;
        }
        loop {
            let line = read_line(stream).await?;
            let Some((name, value)) = line.split_once(':') else {
                return Ok(());
            };
            self.headers
                .push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
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
    Ok(request)
}

impl Response {
    /// Writes the answer; `false` when the connection ends with it.
    pub async fn write<S: AsyncWrite + Unpin>(&self, stream: &mut S, to: &Request) -> io::Result<bool> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            // Values come from callers (client context); a line break would begin another header.
            let value: String = value.chars().filter(|c| !c.is_control()).collect();
            write!(head, "{name}: {value}\r\n").expect("writing to a String cannot fail");
        }
        write!(head, "Content-Length: {}\r\n", self.body.len()).expect("writing to a String cannot fail");
        head.push_str(if to.keep_alive {
            "\r\n"
        } else {
            "Connection: close\r\n\r\n"
        });
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(&self.body).await?;
        stream.flush().await?;
        Ok(to.keep_alive)
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        202 => "Accepted",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        413 => "Payload Too Large",
        _ => "Internal Server Error",
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
