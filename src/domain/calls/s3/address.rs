//! The bucket and the key that a request is about: in the path, or the bucket in the host's name.

use super::super::request::decoded;
use super::super::{Place, Request};

/// Suffixes of AWS's own hosts.
/// Source: the partitions of botocore's endpoints.
const DOMAINS: [&str; 6] = [
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".api.aws",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
];

/// The path as it is when the bucket stands in it: `/BUCKET/KEY`, percent-encoded as it was sent.
///
/// Away from AWS's own hosts, only `BUCKET.localhost` is taken for a bucket: of another name nothing tells
/// whether its beginning is one.
pub(in super::super) fn canonical_path(request: &Request<'_>) -> String {
    let path = request.path;
    let Some(bucket) = bucket_of_host(request) else {
        return path.to_owned();
    };
    let separator = if path.starts_with('/') { "" } else { "/" };
    format!("/{bucket}{separator}{path}")
}

fn bucket_of_host(request: &Request<'_>) -> Option<String> {
    // What a function of Object Lambda answers goes to no bucket.
    if request.path == "/WriteGetObjectResponse" {
        return None;
    }
    let host = request.header("host").or_else(|| request.header(":authority"))?;
    let host = host
        .rsplit_once(':')
        .map_or(host, |(name, _port)| name)
        .to_ascii_lowercase();
    if let Some(bucket) = host.strip_suffix(".localhost") {
        return Some(bucket.to_owned());
    }
    let name = DOMAINS.iter().find_map(|domain| host.strip_suffix(domain))?;
    let labels: Vec<&str> = name.split('.').collect();
    // A bucket's name may have an `s3` of its own between dots.
    let service = labels
        .iter()
        .rposition(|label| *label == "s3" || label.starts_with("s3-"))?;
    let bucket = labels[..service].join(".");
    // `NAME-ACCOUNT.s3-accesspoint.REGION`, and for several regions `NAME.accesspoint.s3-global`.
    let bucket = match (labels[service], bucket.strip_suffix(".accesspoint")) {
        ("s3-accesspoint" | "s3-accesspoint-fips", _) => {
            let (name, account) = bucket.rsplit_once('-')?;
            let region = labels.last().filter(|_| labels.len() > service + 1)?;
            format!("arn%3Aaws%3As3%3A{region}%3A{account}%3Aaccesspoint%2F{name}")
        }
        ("s3-global", Some(name)) => format!("arn%3Aaws%3As3%3A%3A%3Aaccesspoint%2F{name}"),
        _ => bucket,
    };
    (!bucket.is_empty()).then_some(bucket)
}

/// What stands in the place of a bucket: its name, or the ARN of an access point.
#[derive(Debug)]
pub(super) struct Bucket {
    arn: String,
    pub access_point: Option<AccessPoint>,
}

#[derive(Debug)]
pub(super) struct AccessPoint {
    pub arn: String,
    pub account: String,
}

impl Bucket {
    pub fn new(name: &str, place: &Place) -> Self {
        if !name.starts_with("arn:") {
            return Self {
                arn: format!("arn:{}:s3:::{name}", place.partition),
                access_point: None,
            };
        }
        let mut parts: Vec<&str> = name.splitn(6, ':').collect();
        if parts.len() < 6 {
            parts.resize(6, "");
        }
        // The name of a host does not tell the partition, and for several regions not the account.
        parts[1] = &place.partition;
        if parts[4].is_empty() {
            parts[4] = place.account.as_str();
        }
        let arn = parts.join(":");
        Self {
            access_point: Some(AccessPoint {
                arn: arn.clone(),
                account: parts[4].to_owned(),
            }),
            arn,
        }
    }

    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The ARN of an object in it.
    pub fn object(&self, key: &str) -> String {
        match self.access_point {
            Some(_) => format!("{}/object/{key}", self.arn),
            None => format!("{}/{key}", self.arn),
        }
    }
}

/// A source to copy from: its bucket, key and version.
/// Source: S3 API reference, `CopyObject`, `x-amz-copy-source`.
pub(super) fn source(header: &str, place: &Place) -> Option<(Bucket, String, bool)> {
    let (path, query) = header.split_once('?').unwrap_or((header, ""));
    let path = decoded(path);
    let path = path.strip_prefix('/').unwrap_or(&path);
    let (bucket, key) = if path.starts_with("arn:") {
        path.split_once("/object/")?
    } else {
        path.split_once('/')?
    };
    let is_version = query.split('&').any(|piece| piece.starts_with("versionId="));
    Some((Bucket::new(bucket, place), key.to_owned(), is_version))
}
