//! A request as it was sent, and as it is meant: what is about the connection and the signature taken off.

use crate::domain::calls::{Protocol, Request, chunks, whole_path};
use crate::domain::signature::{without_headers, without_signature};
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

    /// The same with what decides in one place, where it is judged and from where it is sent on: the bucket in the
    /// path and not in the host's name, and what an address of S3 carries for headers among the headers.
    #[must_use]
    pub fn in_place(mut self, service: &str) -> Self {
        self.path = whole_path(&self.request(), service);
        self.headers
            .retain(|(name, _)| !matches!(name.as_str(), "host" | ":authority"));
        if service.starts_with("s3") {
            let (query, headers) = without_headers(&self.query);
            self.query = query;
            self.headers.extend(headers);
        }
        self
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
    fn what_decides_is_in_one_place() {
        let mut sent = sent(
            &[("host", "shop-photos.s3.amazonaws.com"), ("x-amz-acl", "private")],
            b"",
        );
        sent.query = "X-Amz-Date=1&X-Amz-Copy-Source=a%2Fb&acl&prefix=a+b".into();
        let placed = sent.in_place("s3");
        assert_eq!(placed.path, "/shop-photos/bucket/key");
        assert_eq!(placed.query, "X-Amz-Date=1&acl&prefix=a+b");
        let expected = [("x-amz-acl", "private"), ("x-amz-copy-source", "a/b")];
        assert_eq!(
            placed.headers,
            expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn protocols_are_told_apart() {
        let form = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
        for (headers, service, protocol) in [
            (
                &[("x-amz-target", "Textract.DetectDocumentText")][..],
                "textract",
                Protocol::Json,
            ),
            (&form, "ses", Protocol::Query),
            (&[("smithy-protocol", "rpc-v2-cbor")], "x", Protocol::Cbor),
            (&[], "s3", Protocol::RestXml),
            (&[], "bedrock", Protocol::RestJson),
        ] {
            assert_eq!(sent(headers, b"").protocol(service), protocol, "{service}");
        }
    }
}
