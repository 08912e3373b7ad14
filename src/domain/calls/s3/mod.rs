//! Buckets and objects.
//!
//! Source: S3 user guide, "Required permissions for Amazon S3 API operations"; Service Authorization Reference,
//! "Actions, resources, and condition keys for Amazon S3".

mod address;
mod xml;

use super::asked::Asked;
use super::request::pairs;
use super::{Need, Unnamed, body, general};
use crate::domain::policy::index;
use crate::domain::policy::sdk::{self, Step};
pub(super) use address::canonical_path;
use address::{Bucket, source};

/// So many objects may one call delete.
/// Source: S3 API reference, `DeleteObjects`.
const MOST_DELETED: usize = 1000;

/// Operations of which rights hang on the body.
const READS_BODY: [&str; 3] = ["CreateBucket", "DeleteObjects", "PutObjectTagging"];

/// Bodies that a parser may read otherwise than it is done here are not taken.
fn checked(asked: &Asked<'_>) -> Result<(), Unnamed> {
    let read = body::read(&asked.request).and_then(|body| {
        let text = std::str::from_utf8(&body).map_err(|_| "it is not in UTF-8".to_owned())?;
        xml::check(text)
    });
    read.map_err(|why| Unnamed::Unreadable {
        service: asked.service.clone(),
        why,
    })
}

pub(super) fn needs(asked: &Asked<'_>) -> Result<Vec<Need>, Unnamed> {
    let bucket = asked.text("Bucket").map(|name| Bucket::new(name, &asked.place));
    let operation = asked.operation.as_str();
    let key = asked.text("Key");
    if READS_BODY.contains(&operation) {
        checked(asked)?;
    }
    let mut needs = Vec::new();
    match (operation, &bucket, key) {
        // Policies give it on `*` or on `arn:aws:s3:::*`.
        ("ListBuckets", _, _) => {
            let all = format!("arn:{}:s3:::*", asked.place.partition);
            needs.push(Need::new("s3:ListAllMyBuckets", all));
        }
        ("DeleteObjects", Some(bucket), _) => needs.extend(deletions(asked, bucket)?),
        (_, Some(bucket), key) => {
            if let Some(header) = asked.request.header("x-amz-copy-source") {
                needs.extend(copied(asked, header)?);
            }
            let resource = key.map_or_else(|| bucket.arn().to_owned(), |key| bucket.object(key));
            let actions = actions(asked, operation);
            needs.extend(actions.iter().map(|action| Need::new(action, &resource)));
            let of_headers = of_headers(asked, operation);
            needs.extend(of_headers.into_iter().map(|action| Need::new(action, &resource)));
        }
        _ => needs.extend(general::needs(asked)),
    }
    if let Some(point) = bucket.and_then(|bucket| bucket.access_point) {
        for need in &mut needs {
            *need = need
                .clone()
                .with("s3:DataAccessPointArn", [&point.arn])
                .with("s3:DataAccessPointAccount", [&point.account]);
        }
    }
    Ok(needs)
}

/// The actions of the operation itself; of one version of an object where the request names one.
fn actions(asked: &Asked<'_>, operation: &str) -> Vec<String> {
    let steps = sdk::steps("s3", operation);
    let own = || vec![asked.action(operation)];
    let actions: Vec<String> = steps.map_or_else(own, |steps| {
        let actions = steps.iter().filter_map(|step| match step {
            Step::Action(action) => Some(sdk::full("s3", action)),
            // What is copied from, and what is deleted, is read from the request.
            Step::On { .. } | Step::Each { .. } => None,
        });
        actions.collect()
    });
    let is_of_version = asked.text("versionId").is_some();
    let of_version = |action: String| {
        let version = action.replacen("Object", "ObjectVersion", 1);
        if is_of_version && exists(&version) {
            version
        } else {
            action
        }
    };
    actions.into_iter().map(of_version).collect()
}

/// Whether IAM has this action: there is no `s3:PutObjectVersion`.
fn exists(action: &str) -> bool {
    let Some((prefix, name)) = action.split_once(':') else {
        return false;
    };
    index::service(prefix).is_some_and(|service| service.action(name).is_some())
}

/// What the headers of a request ask for beside its operation.
fn of_headers(asked: &Asked<'_>, operation: &str) -> Vec<&'static str> {
    let has = |name: &str| asked.request.signed_header(name).is_some();
    let has_grants = || {
        let names = asked.request.headers.iter().map(|(name, _)| name.as_str());
        has("x-amz-acl") || names.into_iter().any(|name| name.starts_with("x-amz-grant-"))
    };
    let mut actions = Vec::new();
    match operation {
        "PutObject" | "CopyObject" | "CreateMultipartUpload" => {
            if has_grants() {
                actions.push("s3:PutObjectAcl");
            }
            if has("x-amz-tagging") {
                actions.push("s3:PutObjectTagging");
            }
            if has("x-amz-object-lock-mode") {
                actions.push("s3:PutObjectRetention");
            }
            if has("x-amz-object-lock-legal-hold") {
                actions.push("s3:PutObjectLegalHold");
            }
        }
        "CreateBucket" => {
            if has_grants() {
                actions.push("s3:PutBucketAcl");
            }
            if has("x-amz-bucket-object-lock-enabled") {
                actions.extend(["s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"]);
            }
            if has("x-amz-object-ownership") {
                actions.push("s3:PutBucketOwnershipControls");
            }
        }
        _ => {}
    }
    if asked.request.header("x-amz-bypass-governance-retention") == Some("true") {
        actions.push("s3:BypassGovernanceRetention");
    }
    actions
}

/// What is copied from must be read. Its tags go with it, which only AWS knows of.
fn copied(asked: &Asked<'_>, header: &str) -> Result<Vec<Need>, Unnamed> {
    let Some((bucket, key, is_version)) = source(header, &asked.place) else {
        return Err(Unnamed::Unreadable {
            service: asked.service.clone(),
            why: format!("`x-amz-copy-source` is no `BUCKET/KEY`: `{header}`"),
        });
    };
    let action = if is_version {
        "s3:GetObjectVersion"
    } else {
        "s3:GetObject"
    };
    Ok(vec![Need::new(action, bucket.object(&key))])
}

/// A right for each object to delete.
fn deletions(asked: &Asked<'_>, bucket: &Bucket) -> Result<Vec<Need>, Unnamed> {
    let unreadable = |why: String| Unnamed::Unreadable {
        service: asked.service.clone(),
        why,
    };
    let body = body::read(&asked.request).map_err(unreadable)?;
    let body = std::str::from_utf8(&body).map_err(|_| unreadable("it is not in UTF-8".to_owned()))?;
    let objects = xml::elements(body, "Object");
    if objects.is_empty() {
        return Err(unreadable("it names no objects".to_owned()));
    }
    if objects.len() > MOST_DELETED {
        return Err(unreadable(format!("it names more than {MOST_DELETED} objects")));
    }
    if xml::elements(body, "Key").len() != objects.len() {
        return Err(unreadable("an object has not one key".to_owned()));
    }
    let bypasses = asked.request.header("x-amz-bypass-governance-retention") == Some("true");
    let mut needs = Vec::new();
    for object in objects {
        let key = xml::only(object, "Key").map_err(unreadable)?;
        let key = key.ok_or_else(|| unreadable("an object has no key".to_owned()))?;
        let version = xml::only(object, "VersionId").map_err(unreadable)?;
        let is_version = version.is_some_and(|id| !id.is_empty());
        let action = if is_version {
            "s3:DeleteObjectVersion"
        } else {
            "s3:DeleteObject"
        };
        let bypass = bypasses.then_some("s3:BypassGovernanceRetention");
        let resource = bucket.object(&key);
        let actions = [action].into_iter().chain(bypass);
        needs.extend(actions.map(|action| Need::new(action, resource.clone())));
    }
    Ok(needs)
}

/// The value of one of S3's condition keys, by its name without `s3:`.
/// Source: Service Authorization Reference, "Condition keys for Amazon S3".
pub(super) fn condition(asked: &Asked<'_>, key: &str) -> Vec<String> {
    let request = &asked.request;
    let header = |name: &str| request.signed_header(name).into_iter().collect();
    let query = |name: &str| asked.text(name).map(str::to_owned).into_iter().collect();
    match key {
        "prefix" | "delimiter" | "max-keys" => query(key),
        "versionid" => query("versionId"),
        "if-match" | "if-none-match" => header(key),
        "object-lock-mode" | "object-lock-legal-hold" | "object-lock-retain-until-date" => {
            header(&format!("x-amz-{key}"))
        }
        "authType" => {
            let is_header = request.header("authorization").is_some();
            vec![if is_header { "REST-HEADER" } else { "REST-QUERY-STRING" }.to_owned()]
        }
        "signatureversion" => {
            let of_header = request
                .header("authorization")
                .and_then(|header| header.split(' ').next());
            let algorithm = of_header
                .map(str::to_owned)
                .or_else(|| request.parameter("X-Amz-Algorithm"));
            vec![algorithm.unwrap_or_else(|| "AWS".to_owned())]
        }
        // The parts of an upload do not make an object yet.
        // Source: S3 user guide, "Enforce conditional writes on Amazon S3 buckets".
        "ObjectCreationOperation" => {
            let is_part = ["CreateMultipartUpload", "UploadPart", "UploadPartCopy"].contains(&asked.operation.as_str());
            vec![(!is_part).to_string()]
        }
        "RequestObjectTagKeys" => object_tags(asked).into_iter().map(|(name, _)| name).collect(),
        "locationconstraint" => xml::texts(&String::from_utf8_lossy(request.body), "LocationConstraint"),
        _ if key.starts_with("x-amz-") => header(key),
        _ => Vec::new(),
    }
}

/// The tags that a request gives an object: in a header, or as the body of `PutObjectTagging`.
pub(super) fn object_tags(asked: &Asked<'_>) -> Vec<(String, String)> {
    if let Some(header) = asked.request.signed_header("x-amz-tagging") {
        return pairs(&header).collect();
    }
    if asked.operation != "PutObjectTagging" {
        return Vec::new();
    }
    let body = String::from_utf8_lossy(asked.request.body);
    let first = |tag: &str, name: &str| xml::texts(tag, name).into_iter().next().unwrap_or_default();
    let tags = xml::elements(&body, "Tag").into_iter();
    tags.map(|tag| (first(tag, "Key"), first(tag, "Value"))).collect()
}
