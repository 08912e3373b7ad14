//! Signatures of version 2 in the query of an address of S3.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

use super::query::Pairs;
use super::{Keys, header};
use crate::domain::calls::Request;

/// Parameters that are a part of what is asked for, and so of the signature.
const SIGNED: [&str; 30] = [
    "accelerate",
    "acl",
    "analytics",
    "cors",
    "defaultObjectAcl",
    "delete",
    "inventory",
    "lifecycle",
    "location",
    "logging",
    "metrics",
    "notification",
    "partNumber",
    "policy",
    "replication",
    "requestPayment",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
    "restore",
    "tagging",
    "torrent",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
];

/// Source: S3 user guide, "Signing and authenticating REST requests (AWS Signature Version 2)".
pub(super) fn signature(request: &Request<'_>, keys: &Keys) -> String {
    let query = Pairs::read(request.query);
    // What was a header when the address was signed stands in its query now.
    let said = |name: &str| header(request, name).or_else(|| query.get(name)).unwrap_or_default();
    let headers = request
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.trim()));
    let mut amazon: Vec<(&str, &str)> = headers
        .chain(query.iter().filter_map(|(name, value)| Some((name, value?))))
        .filter(|(name, _)| name.starts_with("x-amz-"))
        .collect();
    amazon.sort_unstable();
    let amazon = amazon.iter().map(|(name, value)| format!("{name}:{value}\n"));
    let amazon = amazon.collect::<Vec<_>>().concat();
    let mut parts: Vec<String> = query
        .iter()
        .filter(|(name, _)| SIGNED.contains(name))
        .map(|(name, value)| value.map_or_else(|| name.to_owned(), |value| format!("{name}={value}")))
        .collect();
    parts.sort_unstable();
    let parts = if parts.is_empty() {
        String::new()
    } else {
        format!("?{}", parts.join("&"))
    };
    let text = format!(
        "{}\n{}\n{}\n{}\n{amazon}{}{parts}",
        request.method,
        said("content-md5"),
        said("content-type"),
        query.get("Expires").unwrap_or_default(),
        request.path,
    );
    let mut code = Hmac::<Sha1>::new_from_slice(keys.secret.as_bytes()).expect("a key may have any length");
    code.update(text.as_bytes());
    STANDARD.encode(code.finalize().into_bytes())
}
