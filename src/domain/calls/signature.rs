//! Whose request it is, and of which service: the scope of its signature.
//!
//! Source: IAM user guide, "Elements of an AWS API request signature".

use super::{Place, Request};
use crate::domain::arn::partition_of;
use crate::domain::names::Region;

/// What a signature tells. Whether it is right is for AWS to say.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Signature {
    pub access_key: String,
    /// As signatures name it: `monitoring`.
    pub service: String,
    region: Option<String>,
}

/// The signature of a request, in its header or in its address.
pub(super) fn read(request: &Request<'_>) -> Option<Signature> {
    let from_header = request.header("authorization").and_then(in_header);
    let mut signature = from_header.or_else(|| in_address(request))?;
    // A signature for several regions names them in a header of its own.
    if signature.region.is_none() {
        let set = request.signed_header("x-amz-region-set");
        let first = set.as_deref().and_then(|set| set.split(',').next());
        signature.region = first.map(|region| region.trim().to_owned());
    }
    Some(signature)
}

/// `AWS4-HMAC-SHA256 Credential=KEY/20261130/eu-west-1/s3/aws4_request, SignedHeaders=…, Signature=…`
fn in_header(header: &str) -> Option<Signature> {
    // Version 2 of S3's signatures: `AWS KEY:SIGNATURE`.
    if let Some(rest) = header.strip_prefix("AWS ") {
        let (access_key, _) = rest.split_once(':')?;
        return Some(of_s3(access_key));
    }
    let (algorithm, rest) = header.split_once(' ')?;
    if !algorithm.starts_with("AWS4-") {
        return None;
    }
    let fields = rest.split(',').map(str::trim);
    let credential = fields.into_iter().find_map(|field| field.strip_prefix("Credential="))?;
    scope(credential)
}

fn in_address(request: &Request<'_>) -> Option<Signature> {
    if let Some(credential) = request.parameter("X-Amz-Credential") {
        return scope(&credential);
    }
    request.parameter("Signature")?;
    request.parameter("AWSAccessKeyId").map(|key| of_s3(&key))
}

fn scope(credential: &str) -> Option<Signature> {
    let mut parts = credential.rsplit('/');
    if parts.next()? != "aws4_request" {
        return None;
    }
    let service = parts.next()?.to_owned();
    let mut before: Vec<&str> = parts.collect();
    before.reverse();
    // Signatures for several regions have none in their scope.
    let (access_key, region) = match before[..] {
        [key, _date, region] => (key, Some(region.to_owned())),
        [key, _date] => (key, None),
        _ => return None,
    };
    Some(Signature {
        access_key: access_key.to_owned(),
        service,
        region,
    })
}

fn of_s3(access_key: &str) -> Signature {
    Signature {
        access_key: access_key.to_owned(),
        service: "s3".to_owned(),
        region: None,
    }
}

impl Signature {
    /// The place that the call is made in: the region of the signature, in the account at hand.
    pub fn place(&self, here: &Place) -> Place {
        let region = self.region.as_deref().and_then(|region| Region::new(region).ok());
        match region {
            Some(region) if region != here.region => Place {
                partition: partition_of(&region).to_owned(),
                region,
                account: here.account.clone(),
            },
            _ => here.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request<'a>(query: &'a str, headers: &'a [(String, String)], body: &'a [u8]) -> Request<'a> {
        Request {
            method: "GET",
            path: "/",
            query,
            headers,
            body,
        }
    }

    #[test]
    fn signatures_are_found_where_sdks_put_them() {
        let header = |value: &str| vec![("authorization".to_owned(), value.to_owned())];
        for (query, headers, expected) in [
            (
                "",
                header(
                    "AWS4-HMAC-SHA256 Credential=AKIA1/20261130/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0",
                ),
                Some(("AKIA1", "s3", Some("eu-west-1"))),
            ),
            (
                "",
                header("AWS4-HMAC-SHA256 SignedHeaders=host,Signature=0,Credential=AKIA1/1/us-east-1/sqs/aws4_request"),
                Some(("AKIA1", "sqs", Some("us-east-1"))),
            ),
            (
                "",
                [
                    header("AWS4-ECDSA-P256-SHA256 Credential=AKIA1/20261130/s3/aws4_request, Signature=0"),
                    vec![("x-amz-region-set".to_owned(), "eu-north-1,us-east-1".to_owned())],
                ]
                .concat(),
                Some(("AKIA1", "s3", Some("eu-north-1"))),
            ),
            ("", header("AWS AKIA1:c2ln"), Some(("AKIA1", "s3", None))),
            (
                "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA1%2F1%2Feu-west-1%2Fs3%2Faws4_request",
                vec![],
                Some(("AKIA1", "s3", Some("eu-west-1"))),
            ),
            (
                "AWSAccessKeyId=AKIA1&Signature=x&Expires=1",
                vec![],
                Some(("AKIA1", "s3", None)),
            ),
            ("", header("Bearer abc"), None),
            ("", header("AWS4-HMAC-SHA256 Credential=AKIA1"), None),
            ("", header("AWS4-HMAC-SHA256"), None),
            ("", vec![], None),
        ] {
            let found = read(&request(query, &headers, b""));
            let expected = expected.map(|(key, service, region)| Signature {
                access_key: key.into(),
                service: service.into(),
                region: region.map(str::to_owned),
            });
            assert_eq!(found, expected, "{query} {headers:?}");
        }
    }
}
