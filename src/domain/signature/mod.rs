//! AWS's signatures of HTTP requests: whose a request is, whether its signature holds, and signing anew.
//!
//! Source: IAM user guide, "AWS Signature Version 4 for API requests"; S3 user guide, "Signing and authenticating
//! REST requests" for version 2, which boto3 still uses for addresses that it signs.

mod canonical;
mod query;
mod version2;

use std::fmt;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use self::canonical::canonical;
use self::query::Pairs;
use crate::domain::calls::{Request, decoded};
use crate::domain::fingerprint::hex;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// What every scope ends with.
const END: &str = "aws4_request";
/// In place of the digest of a body that is not signed.
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
/// Parameters of a signed address that are about its signature.
const OF_THE_SIGNATURE: [&str; 8] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
    "X-Amz-Security-Token",
    "X-Amz-Content-Sha256",
];

/// What a signature is made with.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    pub id: String,
    pub secret: String,
    /// Of credentials that last a while.
    pub token: Option<String>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The service and region that a signature is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// As services are called in signatures, such as `monitoring` for CloudWatch.
    pub service: String,
    pub region: String,
}

/// A signature as a request carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The id of the key that made it.
    pub key: String,
    pub scope: Scope,
    made: Made,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Made {
    /// In headers, or in the query of an address.
    Version4 {
        /// `YYYYMMDDThhmmssZ`
        time: String,
        headers: Vec<String>,
        signature: String,
        in_query: bool,
    },
    /// In the query of an address of S3.
    Version2 { signature: String },
}

/// What is wrong with a signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("the request is not signed")]
    Unsigned,
    #[error("its signature has no {0}")]
    Incomplete(&'static str),
    #[error("it is signed as `{0}`, and not as `AWS4-HMAC-SHA256`")]
    Algorithm(String),
}

impl Signature {
    /// Reads the signature of a request. `region` is for signatures that name none.
    pub fn read(request: &Request<'_>, region: &str) -> Result<Self, Flaw> {
        let query = Pairs::read(request.query);
        if let Some(header) = header(request, "authorization") {
            return Self::of_header(header, request);
        }
        if query.get("X-Amz-Signature").is_some() || query.get("X-Amz-Algorithm").is_some() {
            return Self::of_query(&query);
        }
        match (query.get("AWSAccessKeyId"), query.get("Signature")) {
            (Some(key), Some(signature)) => Ok(Self {
                key: key.to_owned(),
                scope: Scope {
                    service: "s3".to_owned(),
                    region: region.to_owned(),
                },
                made: Made::Version2 {
                    signature: signature.to_owned(),
                },
            }),
            _ => Err(Flaw::Unsigned),
        }
    }

    /// `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders=a;b, Signature=HEX`
    fn of_header(header: &str, request: &Request<'_>) -> Result<Self, Flaw> {
        let (algorithm, rest) = header.split_once(' ').unwrap_or((header, ""));
        let part = |name: &'static str| {
            let mut parts = rest.split(',').filter_map(|part| part.trim().split_once('='));
            let found = parts.find(|(known, _)| *known == name);
            found.map(|(_, value)| value).ok_or(Flaw::Incomplete(name))
        };
        known(algorithm)?;
        Self::version_4(
            part("Credential")?,
            self::header(request, "x-amz-date").ok_or(Flaw::Incomplete("x-amz-date"))?,
            part("SignedHeaders")?,
            part("Signature")?,
            false,
        )
    }

    fn of_query(query: &Pairs) -> Result<Self, Flaw> {
        let part = |name: &'static str| query.get(name).ok_or(Flaw::Incomplete(name));
        known(part("X-Amz-Algorithm")?)?;
        Self::version_4(
            part("X-Amz-Credential")?,
            part("X-Amz-Date")?,
            part("X-Amz-SignedHeaders")?,
            part("X-Amz-Signature")?,
            true,
        )
    }

    fn version_4(credential: &str, time: &str, headers: &str, signature: &str, in_query: bool) -> Result<Self, Flaw> {
        let mut parts = credential.rsplitn(5, '/');
        if parts.next() != Some(END) {
            return Err(Flaw::Incomplete("credential scope"));
        }
        let (Some(service), Some(region), Some(_), Some(key)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Flaw::Incomplete("credential scope"));
        };
        Ok(Self {
            key: key.to_owned(),
            scope: Scope {
                service: service.to_owned(),
                region: region.to_owned(),
            },
            made: Made::Version4 {
                time: time.to_owned(),
                headers: headers.split(';').map(str::to_owned).collect(),
                signature: signature.to_owned(),
                in_query,
            },
        })
    }

    /// Whether these keys made it, for this very request.
    pub fn holds(&self, request: &Request<'_>, keys: &Keys) -> bool {
        match &self.made {
            Made::Version4 {
                time,
                headers,
                signature,
                in_query,
            } => {
                let payload = self.payload(request, *in_query);
                if !covers(headers, request) || (is_digest(&payload) && payload != digest(request.body)) {
                    return false;
                }
                let text = canonical(request, &self.scope, headers, &payload);
                let expected = signed(&text, keys, &self.scope, time);
                same(expected.as_bytes(), signature.as_bytes())
            }
            Made::Version2 { signature } => same(version2::signature(request, keys).as_bytes(), signature.as_bytes()),
        }
    }

    /// Whether the address was signed for a time that is over. Other requests have no such time.
    pub fn is_over(&self, request: &Request<'_>, now: Timestamp) -> bool {
        let query = Pairs::read(request.query);
        let number = |name: &str| query.get(name).and_then(|text| text.parse::<i64>().ok());
        match &self.made {
            Made::Version4 {
                time, in_query: true, ..
            } => {
                let begun = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", time).ok();
                let begun = begun.and_then(|begun| begun.to_zoned(jiff::tz::TimeZone::UTC).ok());
                let (Some(begun), Some(seconds)) = (begun, number("X-Amz-Expires")) else {
                    return true;
                };
                now.as_second() > begun.timestamp().as_second().saturating_add(seconds)
            }
            Made::Version4 { .. } => false,
            Made::Version2 { .. } => number("Expires").is_none_or(|end| now.as_second() > end),
        }
    }

    fn payload(&self, request: &Request<'_>, in_query: bool) -> String {
        let query = Pairs::read(request.query);
        let said = header(request, "x-amz-content-sha256").or_else(|| query.get("X-Amz-Content-Sha256"));
        match said {
            Some(said) => said.to_owned(),
            None if in_query && self.scope.service == "s3" => UNSIGNED.to_owned(),
            None => digest(request.body),
        }
    }
}

/// Whether a signature stands for the host and all headers of AWS, as services want it.
fn covers(signed: &[String], request: &Request<'_>) -> bool {
    let names = request.headers.iter().map(|(name, _)| name.as_str());
    let mut wanted = names.filter(|name| *name == "host" || name.starts_with("x-amz-"));
    wanted.all(|name| signed.iter().any(|signed| signed == name))
}

/// Rather than a word such as `UNSIGNED-PAYLOAD`.
fn is_digest(payload: &str) -> bool {
    payload.len() == 64 && payload.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn known(algorithm: &str) -> Result<(), Flaw> {
    if algorithm == ALGORITHM {
        Ok(())
    } else {
        Err(Flaw::Algorithm(algorithm.to_owned()))
    }
}

/// The query as it was sent without what stands in it for headers of AWS, and these headers. Those of the signature
/// itself stay.
/// Source: S3 API reference, "Authenticating Requests: Using Query Parameters".
pub fn without_headers(query: &str) -> (String, Vec<(String, String)>) {
    let mut kept = Vec::new();
    let mut headers = Vec::new();
    for part in query.split('&') {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let name = decoded(name).to_ascii_lowercase();
        let is_own = OF_THE_SIGNATURE.iter().any(|own| own.eq_ignore_ascii_case(&name));
        if name.starts_with("x-amz-") && !is_own {
            headers.push((name, decoded(value)));
        } else {
            kept.push(part);
        }
    }
    (kept.join("&"), headers)
}

/// The query without what a signature put there.
pub fn without_signature(query: &str) -> String {
    let pairs = Pairs::read(query);
    let is_version_2 = pairs.get("AWSAccessKeyId").is_some();
    let own = |name: &str| {
        let known = OF_THE_SIGNATURE.iter().any(|own| own.eq_ignore_ascii_case(name));
        // With version 2, headers that were signed stand in the query once more.
        let of_version_2 = ["AWSAccessKeyId", "Signature", "Expires", "content-type", "content-md5"];
        known || (is_version_2 && of_version_2.contains(&name))
    };
    pairs.without(own).written()
}

/// The headers that sign a request: `authorization` and those that it stands on. `request` has all headers that
/// are sent, `host` with them; `time` is when.
pub fn sign(request: &Request<'_>, keys: &Keys, scope: &Scope, time: Timestamp) -> Vec<(String, String)> {
    let time = time.strftime("%Y%m%dT%H%M%SZ").to_string();
    let payload = digest(request.body);
    let mut added = vec![("x-amz-date".to_owned(), time.clone())];
    added.extend(
        keys.token
            .iter()
            .map(|token| ("x-amz-security-token".to_owned(), token.clone())),
    );
    if scope.service.starts_with("s3") {
        added.push(("x-amz-content-sha256".to_owned(), payload.clone()));
    }
    let mut all = request.headers.to_vec();
    all.extend(added.iter().cloned());
    let is_signed = |name: &str| name.starts_with("x-amz-") || matches!(name, "host" | "content-type" | "content-md5");
    let mut names: Vec<String> = all
        .iter()
        .map(|(name, _)| name.clone())
        .filter(|name| is_signed(name))
        .collect();
    names.sort_unstable();
    names.dedup();
    let text = canonical(
        &Request {
            headers: &all,
            ..*request
        },
        scope,
        &names,
        &payload,
    );
    let signature = signed(&text, keys, scope, &time);
    let credential = format!("{}/{}", keys.id, written(scope, &time));
    let names = names.join(";");
    let header = format!("{ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={signature}");
    added.push(("authorization".to_owned(), header));
    added
}

/// `DATE/REGION/SERVICE/aws4_request`
fn written(scope: &Scope, time: &str) -> String {
    let date = time.get(..8).unwrap_or_default();
    format!("{date}/{}/{}/{END}", scope.region, scope.service)
}

fn signed(canonical: &str, keys: &Keys, scope: &Scope, time: &str) -> String {
    let written = written(scope, time);
    let text = format!("{ALGORITHM}\n{time}\n{written}\n{}", digest(canonical.as_bytes()));
    let first = format!("AWS4{}", keys.secret).into_bytes();
    let key = written.split('/').fold(first, |key, part| code(&key, part.as_bytes()));
    hex(&code(&key, text.as_bytes()))
}

fn code(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut code = Hmac::<Sha256>::new_from_slice(key).expect("a key may have any length");
    code.update(text);
    code.finalize().into_bytes().to_vec()
}

fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Equal, without telling by the time it takes how far.
fn same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.iter().zip(other).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

fn header<'a>(request: &'a Request<'_>, name: &str) -> Option<&'a str> {
    let found = request.headers.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests;
