//! As much of HTTP/1.1 as a forwarding proxy needs, and AWS's four ways to write an error.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

/// One request as it came in.
#[derive(Debug)]
pub struct Request {
    pub method: String,
    /// Path and query.
    pub target: String,
    headers: Vec<(String, String)>,
    /// As it came, so a chunked body still has its chunk sizes in it.
    pub body: Vec<u8>,
}

impl Request {
    /// Reads a request; `None` when the client said nothing. Clients that ask for leave to send
    /// their body (`Expect: 100-continue`) get it on `permission`.
    pub fn read(from: &mut impl BufRead, mut permission: impl Write) -> io::Result<Option<Self>> {
        let (first, headers) = read_head(from)?;
        let mut words = first.split(' ');
        let (Some(method), Some(target)) = (words.next(), words.next()) else {
            return Ok(None);
        };
        let mut request = Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers,
            body: Vec::new(),
        };
        if request.header("expect").is_some() {
            permission.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        if request.header("transfer-encoding").is_some() {
            read_chunks(from, &mut request.body)?;
        } else if let Some(length) = request.header("content-length").and_then(|value| value.parse().ok()) {
            request.body.resize(length, 0);
            from.read_exact(&mut request.body)?;
        }
        Ok(Some(request))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// Whether the query has this parameter, with or without a value.
    pub fn asks(&self, parameter: &str) -> bool {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        query.split('&').any(|pair| pair.split('=').next() == Some(parameter))
    }
}

/// An answer of which the head has come.
pub struct Answer {
    pub status: u16,
    first: String,
    headers: Vec<(String, String)>,
    body: Box<dyn Read>,
}

impl Answer {
    /// An answer in JSON that no server gave.
    pub fn made(status: u16, body: &serde_json::Value) -> Self {
        let body = body.to_string();
        let headers = [
            ("Content-Type", "application/x-amz-json-1.1".to_owned()),
            ("Content-Length", body.len().to_string()),
        ];
        Self {
            status,
            first: format!("HTTP/1.1 {status} Made"),
            headers: headers.map(|(name, value)| (name.to_owned(), value)).into(),
            body: Box::new(io::Cursor::new(body)),
        }
    }

    /// Copies the whole answer, as it comes.
    pub fn copy_to(mut self, mut client: impl Write) -> io::Result<()> {
        client.write_all(&head(&self.first, &self.headers))?;
        io::copy(&mut self.body, &mut client)?;
        Ok(())
    }
}

/// Sends the request on and returns once the answer begins.
pub fn forward(request: &Request, upstream: SocketAddr) -> io::Result<Answer> {
    let mut server = TcpStream::connect(upstream)?;
    let first = format!("{} {} HTTP/1.1", request.method, request.target);
    server.write_all(&head(&first, &request.headers))?;
    server.write_all(&request.body)?;

    let mut body = BufReader::new(server);
    loop {
        let (first, headers) = read_head(&mut body)?;
        let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
        match status {
            // Leave to send a body that is already on its way.
            Some(100..=199) => {}
            Some(status) => {
                return Ok(Answer {
                    status,
                    first,
                    headers,
                    body: Box::new(body),
                });
            }
            None => return Err(io::ErrorKind::InvalidData.into()),
        }
    }
}

/// An error answer in the format of the service that the request is for.
pub fn refusal(request: &Request, status: u16, code: &str, message: &str) -> Vec<u8> {
    let json = serde_json::json!({ "__type": code, "Type": "User", "message": message, "Message": message });
    let xml = format!("<Code>{}</Code><Message>{}</Message>", escaped(code), escaped(message));
    let is_form = request
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    let (kind, body) = if is_form {
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type>{xml}</Error><RequestId>refused</RequestId></ErrorResponse>"
        );
        ("text/xml", body)
    } else if super::operation::service(request) == "s3" {
        (
            "application/xml",
            format!("<Error>{xml}<RequestId>refused</RequestId></Error>"),
        )
    } else {
        ("application/json", json.to_string())
    };
    let headers = [
        ("Content-Type", kind),
        ("Content-Length", &body.len().to_string()),
        ("x-amzn-ErrorType", code),
        ("x-amzn-RequestId", "refused"),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut answer = head(&format!("HTTP/1.1 {status} Refused"), &headers);
    // The answer to HEAD has the headers of a body, and no body.
    if request.method != "HEAD" {
        answer.extend(body.bytes());
    }
    answer
}

/// A first line with headers, in which the connection closes after the exchange.
fn head(first: &str, headers: &[(String, String)]) -> Vec<u8> {
    let mut lines = vec![first.to_owned()];
    let kept = headers
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("connection"));
    lines.extend(kept.map(|(name, value)| format!("{name}: {value}")));
    lines.push("Connection: close\r\n\r\n".to_owned());
    lines.join("\r\n").into_bytes()
}

fn read_head(from: &mut impl BufRead) -> io::Result<(String, Vec<(String, String)>)> {
    let first = read_line(from)?;
    let mut headers = Vec::new();
    loop {
        let line = read_line(from)?;
        let Some((name, value)) = line.split_once(':') else {
            return Ok((first, headers));
        };
        headers.push((name.to_owned(), value.trim().to_owned()));
    }
}

fn read_line(from: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    from.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

fn read_chunks(from: &mut impl BufRead, body: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let line = read_line(from)?;
        let size = line.split(';').next().unwrap_or_default();
        let size = u64::from_str_radix(size, 16).map_err(|_| io::ErrorKind::InvalidData)?;
        body.extend(format!("{line}\r\n").bytes());
        if size == 0 {
            break;
        }
        from.take(size + 2).read_to_end(body)?;
    }
    // Trailers, up to an empty line.
    loop {
        let line = read_line(from)?;
        body.extend(format!("{line}\r\n").bytes());
        if line.is_empty() {
            return Ok(());
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
