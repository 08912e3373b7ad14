//! The values an event is made of: what was given, the defaults, and what follows from them.
//!
//! Nothing here is random and there is no clock: ids are digests of what they name, so that the same
//! command writes the same event.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use md5::Md5;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::Request;
use crate::domain::arn::domain_of;

/// The chosen values of one event.
pub(super) struct Values<'a> {
    request: &'a Request,
    /// What ids are made from: the service and kind.
    seed: String,
    chosen: BTreeMap<&'static str, Vec<String>>,
}

impl<'a> Values<'a> {
    pub fn new(request: &'a Request, seed: String, chosen: BTreeMap<&'static str, Vec<String>>) -> Self {
        Self { request, seed, chosen }
    }

    /// All values of a parameter.
    pub fn texts(&self, name: &str) -> &[String] {
        self.chosen
            .get(name)
            .expect("builders ask for declared parameters only")
    }

    /// The value of a parameter; empty when it has none.
    pub fn text(&self, name: &str) -> &str {
        self.texts(name).last().map_or("", String::as_str)
    }

    /// The value for one record: a parameter that was given less often begins anew.
    pub fn text_of(&self, name: &str, record: usize) -> &str {
        let texts = self.texts(name);
        if texts.is_empty() {
            ""
        } else {
            &texts[record % texts.len()]
        }
    }

    /// The value of a parameter, or JSON's null when it is empty.
    pub fn optional(&self, name: &str) -> Value {
        Some(self.text(name)).filter(|text| !text.is_empty()).into()
    }

    pub fn number(&self, name: &str) -> i64 {
        self.text(name).parse().expect("numbers were checked")
    }

    /// The number, if one was given.
    pub fn optional_number(&self, name: &str) -> Option<i64> {
        self.text(name).parse().ok()
    }

    pub fn json(&self, name: &str) -> Value {
        serde_json::from_str(self.text(name)).expect("JSON was checked")
    }

    /// `NAME=VALUE`, in the order in which they were given.
    pub fn pairs(&self, name: &str) -> Vec<(&str, &str)> {
        let pairs = self.texts(name).iter();
        pairs
            .map(|pair| pair.split_once('=').expect("pairs were checked"))
            .collect()
    }

    /// The pairs as an object; of two values for one name the last counts.
    pub fn map(&self, name: &str) -> Value {
        let pairs = self.pairs(name).into_iter();
        pairs
            .map(|(name, value)| (name.to_owned(), Value::from(value)))
            .collect::<Map<_, _>>()
            .into()
    }

    /// How many records a batch has: as many as asked for, and at least one for every value given.
    pub fn count(&self, name: &str) -> usize {
        self.request.count.max(self.texts(name).len()).max(1)
    }

    pub fn region(&self) -> &str {
        self.request.place.region.as_str()
    }

    pub fn account(&self) -> &str {
        self.request.place.account.as_str()
    }

    pub fn partition(&self) -> &str {
        &self.request.place.partition
    }

    /// The domain of the services' addresses.
    pub fn domain(&self) -> &'static str {
        domain_of(self.partition())
    }

    pub fn arn(&self, service: &str, resource: impl std::fmt::Display) -> String {
        self.request.place.arn(service, resource).to_string()
    }

    /// The ARN of a resource without a region.
    pub fn global_arn(&self, service: &str, resource: impl std::fmt::Display) -> String {
        self.request.place.global_arn(service, resource).to_string()
    }

    /// The ARN of a bucket.
    pub fn bucket_arn(&self, bucket: &str) -> String {
        format!("arn:{}:s3:::{bucket}", self.partition())
    }

    pub fn time(&self) -> Timestamp {
        self.request.time
    }

    /// `2026-01-15T09:30:00.250Z`.
    pub fn iso(&self) -> String {
        iso(self.time())
    }

    /// `2026-01-15T09:30:00Z`.
    pub fn iso_seconds(&self) -> String {
        self.formatted("%Y-%m-%dT%H:%M:%SZ")
    }

    /// `2026-01-15T09:30:00.250+0000`.
    pub fn iso_offset(&self) -> String {
        self.formatted("%Y-%m-%dT%H:%M:%S%.3f+0000")
    }

    /// `15/Jan/2026:09:30:00 +0000`, as API Gateway writes it.
    pub fn request_time(&self) -> String {
        self.formatted("%d/%b/%Y:%H:%M:%S +0000")
    }

    pub fn formatted(&self, format: &str) -> String {
        self.time().to_zoned(TimeZone::UTC).strftime(format).to_string()
    }

    pub fn millis(&self) -> i64 {
        self.time().as_millisecond()
    }

    /// Seconds with three decimals, as streams tell when a record arrived.
    pub fn seconds(&self) -> Value {
        let millis = self.millis();
        let fraction = format!("{}.{:03}", millis.div_euclid(1000), millis.rem_euclid(1000));
        fraction.parse::<f64>().map_or(Value::Null, Value::from)
    }

    fn digest(&self, label: &str, record: usize) -> [u8; 32] {
        Sha256::digest(format!("{}/{label}/{record}", self.seed)).into()
    }

    /// Lower-case hexadecimal digits that name one thing of this event.
    pub fn hex(&self, label: &str, record: usize, length: usize) -> String {
        let digest = self.digest(label, record);
        hexadecimal(&digest)[..length.min(64)].to_owned()
    }

    pub fn upper_hex(&self, label: &str, length: usize) -> String {
        self.hex(label, 0, length).to_uppercase()
    }

    /// Base64 that names one thing of this event.
    pub fn token(&self, label: &str, bytes: usize) -> String {
        STANDARD.encode(&self.digest(label, 0)[..bytes.min(32)])
    }

    /// Ids of resources as IAM makes them: a prefix of four letters and capital letters and digits.
    pub fn principal(&self, prefix: &str) -> String {
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let digest = self.digest(prefix, 0);
        let end = digest[..17]
            .iter()
            .map(|byte| char::from(letters[usize::from(byte % 32)]));
        prefix.chars().chain(end).collect()
    }

    pub fn uuid(&self, label: &str) -> String {
        self.uuid_of(label, 0)
    }

    /// The UUID (in the form of version 4) of one record.
    pub fn uuid_of(&self, label: &str, record: usize) -> String {
        let mut hex = self.hex(label, record, 32);
        hex.replace_range(12..13, "4");
        hex.replace_range(16..17, "a");
        [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
    }
}

/// `2026-01-15T09:30:00.250Z`.
pub(super) fn iso(time: Timestamp) -> String {
    time.to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
        .to_string()
}

pub(super) fn base64(data: impl AsRef<[u8]>) -> String {
    STANDARD.encode(data)
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).expect("four bits");
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// The MD5 digest in hexadecimal digits.
pub(super) fn md5(data: impl AsRef<[u8]>) -> String {
    let digest = Md5::digest(data);
    hexadecimal(&digest)
}

/// `{"Records": […]}` with one record for each number.
pub(super) fn records(count: usize, record: impl Fn(usize) -> Value) -> Value {
    json!({ "Records": (0..count).map(record).collect::<Vec<_>>() })
}

/// Bytes of UTF-8 outside the unreserved characters of RFC 3986 and `keep` as `%XX`.
pub(super) fn percent(text: &str, keep: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        let c = char::from(byte);
        if byte.is_ascii_alphanumeric() || "-._~".contains(c) || (byte.is_ascii() && keep.contains(c)) {
            encoded.push(c);
        } else {
            encoded.extend(["%", &format!("{byte:02X}")]);
        }
    }
    encoded
}
