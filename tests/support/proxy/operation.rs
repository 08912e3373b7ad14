//! What a request is called: AWS's name for its service and its operation.

use super::wire::Request;

/// Lambda's operations by method and path; the date that every path starts with is left out.
/// <https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html>
const LAMBDA: &[(&str, &str, &str)] = &[
    ("GET", "account-settings", "GetAccountSettings"),
    ("GET", "event-source-mappings", "ListEventSourceMappings"),
    ("POST", "event-source-mappings", "CreateEventSourceMapping"),
    ("GET", "event-source-mappings/*", "GetEventSourceMapping"),
    ("PUT", "event-source-mappings/*", "UpdateEventSourceMapping"),
    ("DELETE", "event-source-mappings/*", "DeleteEventSourceMapping"),
    ("GET", "functions", "ListFunctions"),
    ("POST", "functions", "CreateFunction"),
    ("GET", "functions/*", "GetFunction"),
    ("DELETE", "functions/*", "DeleteFunction"),
    ("GET", "functions/*/aliases", "ListAliases"),
    ("POST", "functions/*/aliases", "CreateAlias"),
    ("GET", "functions/*/aliases/*", "GetAlias"),
    ("PUT", "functions/*/aliases/*", "UpdateAlias"),
    ("DELETE", "functions/*/aliases/*", "DeleteAlias"),
    ("PUT", "functions/*/code", "UpdateFunctionCode"),
    ("GET", "functions/*/code-signing-config", "GetFunctionCodeSigningConfig"),
    ("GET", "functions/*/concurrency", "GetFunctionConcurrency"),
    ("PUT", "functions/*/concurrency", "PutFunctionConcurrency"),
    ("DELETE", "functions/*/concurrency", "DeleteFunctionConcurrency"),
    ("GET", "functions/*/configuration", "GetFunctionConfiguration"),
    ("PUT", "functions/*/configuration", "UpdateFunctionConfiguration"),
    ("GET", "functions/*/event-invoke-config", "GetFunctionEventInvokeConfig"),
    ("PUT", "functions/*/event-invoke-config", "PutFunctionEventInvokeConfig"),
    (
        "POST",
        "functions/*/event-invoke-config",
        "UpdateFunctionEventInvokeConfig",
    ),
    (
        "DELETE",
        "functions/*/event-invoke-config",
        "DeleteFunctionEventInvokeConfig",
    ),
    (
        "GET",
        "functions/*/event-invoke-config/list",
        "ListFunctionEventInvokeConfigs",
    ),
    ("POST", "functions/*/invocations", "Invoke"),
    ("GET", "functions/*/policy", "GetPolicy"),
    ("POST", "functions/*/policy", "AddPermission"),
    ("DELETE", "functions/*/policy/*", "RemovePermission"),
    (
        "GET",
        "functions/*/provisioned-concurrency",
        "GetProvisionedConcurrencyConfig",
    ),
    (
        "PUT",
        "functions/*/provisioned-concurrency",
        "PutProvisionedConcurrencyConfig",
    ),
    (
        "DELETE",
        "functions/*/provisioned-concurrency",
        "DeleteProvisionedConcurrencyConfig",
    ),
    (
        "GET",
        "functions/*/runtime-management-config",
        "GetRuntimeManagementConfig",
    ),
    (
        "PUT",
        "functions/*/runtime-management-config",
        "PutRuntimeManagementConfig",
    ),
    ("GET", "functions/*/url", "GetFunctionUrlConfig"),
    ("POST", "functions/*/url", "CreateFunctionUrlConfig"),
    ("PUT", "functions/*/url", "UpdateFunctionUrlConfig"),
    ("DELETE", "functions/*/url", "DeleteFunctionUrlConfig"),
    ("GET", "functions/*/urls", "ListFunctionUrlConfigs"),
    ("GET", "functions/*/versions", "ListVersionsByFunction"),
    ("POST", "functions/*/versions", "PublishVersion"),
    ("GET", "layers/*/versions", "ListLayerVersions"),
    ("POST", "layers/*/versions", "PublishLayerVersion"),
    ("GET", "layers/*/versions/*", "GetLayerVersion"),
    ("GET", "tags/*", "ListTags"),
    ("POST", "tags/*", "TagResource"),
    ("DELETE", "tags/*", "UntagResource"),
];

/// S3's sub-resources by the query parameter that names them; the method gives the verb.
const S3_BUCKET_PARTS: &[(&str, &str)] = &[
    ("encryption", "BucketEncryption"),
    ("lifecycle", "BucketLifecycleConfiguration"),
    ("location", "BucketLocation"),
    ("notification", "BucketNotificationConfiguration"),
    ("ownershipControls", "BucketOwnershipControls"),
    ("policy", "BucketPolicy"),
    ("publicAccessBlock", "PublicAccessBlock"),
    ("tagging", "BucketTagging"),
    ("versioning", "BucketVersioning"),
];

/// The service that the request is signed for.
pub fn service(request: &Request) -> String {
    // `AWS4-HMAC-SHA256 Credential=KEY/20260102/REGION/SERVICE/aws4_request, …`
    let signed = request
        .header("authorization")
        .and_then(|header| header.split_once("Credential="))
        .and_then(|(_, credential)| credential.split('/').nth(3));
    signed.unwrap_or("unsigned").to_owned()
}

/// The operation, or the method and path of a request that has no name here.
pub fn name(service: &str, request: &Request) -> String {
    if let Some(target) = request.header("x-amz-target") {
        return target.rsplit('.').next().unwrap_or(target).to_owned();
    }
    let found = match service {
        "lambda" => lambda(request).map(str::to_owned),
        "s3" => Some(s3(request)),
        // Smithy's RPC protocol: `/service/GraniteServiceVersion20100801/operation/DescribeAlarms`.
        "monitoring" => request
            .path()
            .rsplit_once("/operation/")
            .map(|(_, name)| name.to_owned()),
        _ => form_action(request),
    };
    found.unwrap_or_else(|| format!("{} {}", request.method, request.path()))
}

fn form_action(request: &Request) -> Option<String> {
    let body = str::from_utf8(&request.body).ok()?;
    body.split('&')
        .find_map(|pair| pair.strip_prefix("Action="))
        .map(str::to_owned)
}

fn lambda(request: &Request) -> Option<&'static str> {
    if request.method == "GET" && request.asks("List") {
        return Some("ListProvisionedConcurrencyConfigs");
    }
    let path = request.path().trim_matches('/');
    let (_date, path) = path.split_once('/')?;
    let found = LAMBDA
        .iter()
        .find(|(method, pattern, _)| *method == request.method && fits(pattern, path));
    found.map(|(_, _, name)| *name)
}

fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
    pattern.len() == path.len()
        && pattern
            .iter()
            .zip(&path)
            .all(|(wanted, found)| *wanted == "*" || wanted == found)
}

fn s3(request: &Request) -> String {
    let method = request.method.as_str();
    let path = request.path().trim_start_matches('/');
    if path.is_empty() {
        return "ListBuckets".to_owned();
    }
    let is_object = path.split_once('/').is_some_and(|(_, key)| !key.is_empty());
    let verb = match method {
        "PUT" => "Put",
        "DELETE" => "Delete",
        "HEAD" => "Head",
        _ => "Get",
    };
    let name = if is_object {
        match method {
            "PUT" if request.asks("partNumber") => "UploadPart",
            "PUT" if request.header("x-amz-copy-source").is_some() => "CopyObject",
            "POST" if request.asks("uploads") => "CreateMultipartUpload",
            "POST" if request.asks("uploadId") => "CompleteMultipartUpload",
            "DELETE" if request.asks("uploadId") => "AbortMultipartUpload",
            _ if request.asks("tagging") => return format!("{verb}ObjectTagging"),
            _ => return format!("{verb}Object"),
        }
    } else {
        if let Some((_, part)) = S3_BUCKET_PARTS.iter().find(|(parameter, _)| request.asks(parameter)) {
            return format!("{verb}{part}");
        }
        match method {
            "PUT" => "CreateBucket",
            "POST" => "DeleteObjects",
            "GET" if request.asks("list-type") => "ListObjectsV2",
            "GET" if request.asks("uploads") => "ListMultipartUploads",
            "GET" => "ListObjects",
            _ => return format!("{verb}Bucket"),
        }
    };
    name.to_owned()
}
