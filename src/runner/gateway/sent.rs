//! A request as it was sent, and as it is meant: what is about the connection and the signature taken off.

use crate::domain::calls::{Protocol, Request, chunks};
use crate::domain::signature::without_signature;
use crate::runner::http;

/// Headers about the connection, the host and the signature, which are made anew.
const LEFT_OUT: [&str; 14] = [
    "host",
    "connection",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "te",
    "trailer",
    "upgrade",
    "expect",
    "content-length",
    "authorization",
    "x-amz-date",
    "x-amz-security-token",
    "x-amz-content-sha256",
];

/// What a function sent.
pub struct Sent {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Sent {
    pub fn new(request: &mut http::Request) -> Self {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        Self {
            method: request.method.clone(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: request.headers.clone(),
            body: std::mem::take(&mut request.body),
        }
    }

    pub fn request(&self) -> Request<'_> {
        Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body: &self.body,
        }
    }

    /// The same with a body in one piece. Trailers, which are checksums, become the headers that they could have been.
    pub fn in_one_piece(mut self) -> Option<Self> {
        let of_chunks = |(name, value): &&(String, String)| match name.as_str() {
            "x-amz-content-sha256" => value.starts_with("STREAMING-"),
            "content-encoding" => value.contains("aws-chunked"),
            _ => false,
        };
        if !self.headers.iter().any(|header| of_chunks(&header)) {
            return Some(self);
        }
        let plain = chunks::read(&self.body)?;
        self.body = plain.body;
        self.headers
            .retain(|(name, _)| !matches!(name.as_str(), "x-amz-decoded-content-length" | "x-amz-trailer"));
        for (name, value) in &mut self.headers {
            if name == "content-encoding" {
                let codings = value
                    .split(',')
                    .map(str::trim)
                    .filter(|coding| *coding != "aws-chunked");
                *value = codings.collect::<Vec<_>>().join(",");
            }
        }
        self.headers
            .retain(|(name, value)| name != "content-encoding" || !value.is_empty());
        self.headers.extend(plain.trailers);
        Some(self)
    }

    /// The headers to send on.
    pub fn onward_headers(&self) -> Vec<(String, String)> {
        let kept = self
            .headers
            .iter()
            .filter(|(name, _)| !LEFT_OUT.contains(&name.as_str()));
        kept.cloned().collect()
    }

    /// The query to send on.
    pub fn onward_query(&self) -> String {
        without_signature(&self.query)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// How an answer has to be written, for calls that could not be named.
    pub fn protocol(&self, service: &str) -> Protocol {
        let says = |name: &str, word: &str| self.header(name).is_some_and(|value| value.contains(word));
        match service {
            _ if says("smithy-protocol", "cbor") => Protocol::Cbor,
            _ if self.header("x-amz-target").is_some() => Protocol::Json,
            _ if service.starts_with("s3") => Protocol::RestXml,
            _ if says("content-type", "x-www-form-urlencoded") => Protocol::Query,
            _ => Protocol::RestJson,
        }
    }

    /// The operation, where protocols name it without the service's model.
    pub fn operation(&self) -> Option<String> {
        if let Some(target) = self.header("x-amz-target") {
            return target.rsplit('.').next().map(str::to_owned);
        }
        if let Some((_, operation)) = self.path.split_once("/operation/") {
            return Some(operation.to_owned());
        }
        let form = self.protocol("") == Protocol::Query;
        let body = std::str::from_utf8(&self.body).ok().filter(|_| form)?;
        let action = body.split('&').find_map(|pair| pair.strip_prefix("Action="));
        action.map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(headers: &[(&str, &str)], body: &[u8]) -> Sent {
        Sent {
            method: "PUT".into(),
            path: "/bucket/key".into(),
            query: "X-Amz-Signature=1&acl".into(),
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into()))
                .collect(),
            body: body.to_vec(),
        }
    }

    #[test]
    fn what_is_sent_on_has_one_body_and_nothing_of_the_signature() {
        let chunked = sent(
            &[
                ("host", "127.0.0.1:1"),
                ("authorization", "AWS4-HMAC-SHA256 x"),
                ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
                ("x-amz-decoded-content-length", "2"),
                ("x-amz-trailer", "x-amz-checksum-crc32"),
                ("content-encoding", "aws-chunked,gzip"),
                ("x-amz-meta-a", "b"),
            ],
            b"2\r\nhi\r\n0\r\nx-amz-checksum-crc32:AA==\r\n\r\n",
        );
        let plain = chunked.in_one_piece().unwrap();
        assert_eq!(plain.body, b"hi");
        assert_eq!(
            plain.onward_headers(),
            [
                ("content-encoding", "gzip"),
                ("x-amz-meta-a", "b"),
                ("x-amz-checksum-crc32", "AA==")
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert_eq!(plain.onward_query(), "acl");
        assert!(
            sent(&[("content-encoding", "aws-chunked")], b"hi")
                .in_one_piece()
                .is_none()
        );
        assert_eq!(sent(&[], b"hi").in_one_piece().unwrap().body, b"hi");
    }

    #[test]
    fn protocols_and_operations_are_told_apart() {
        let form = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
        for (headers, body, service, protocol, operation) in [
            (
                &[("x-amz-target", "Textract.DetectDocumentText")][..],
                "{}",
                "textract",
                Protocol::Json,
                Some("DetectDocumentText"),
            ),
            (
                &form,
                "Action=SendEmail&Version=1",
                "ses",
                Protocol::Query,
                Some("SendEmail"),
            ),
            (&[("smithy-protocol", "rpc-v2-cbor")], "", "x", Protocol::Cbor, None),
            (&[], "", "s3", Protocol::RestXml, None),
            (&[], "{}", "bedrock", Protocol::RestJson, None),
        ] {
            let sent = sent(headers, body.as_bytes());
            assert_eq!(sent.protocol(service), protocol, "{service}");
            assert_eq!(sent.operation().as_deref(), operation, "{service}");
        }
    }
}
