//! What a service's refusal means: code, status and sentence become an [`ErrorKind`].
//!
//! The one place where AWS's words are compared. Pure, so the whole table is tested.

use crate::ports::ErrorKind;

/// A refusal as the service gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal<'a> {
    pub code: &'a str,
    /// The HTTP status.
    pub status: u16,
    pub message: &'a str,
}

/// Lambda's sentences for what a new role, policy or key needs some seconds for. It checks them
/// itself and answers 400, so only the words tell them from a mistake in the request.
const PROPAGATING: [&str; 6] = [
    // Of `AddPermission`: a role or account that is new, or that is not there.
    "provided principal was invalid",
    "cannot be assumed by lambda",
    "does not have permissions to call",
    "please ensure the role can perform",
    "kms key is invalid for creategrant",
    "throttled by ec2",
];

/// Says what a refusal means to the engine.
pub fn classify(refusal: Refusal<'_>) -> ErrorKind {
    let Refusal { code, status, message } = refusal;
    let said = message.to_ascii_lowercase();
    if let Some(kind) = by_code(code, &said) {
        return kind;
    }
    match status {
        404 => ErrorKind::NotFound,
        403 => ErrorKind::Denied,
        401 => ErrorKind::Credentials,
        412 => ErrorKind::Stale,
        429 => ErrorKind::Throttled,
        400..=499 => ErrorKind::Invalid,
        _ => ErrorKind::Internal,
    }
}

fn by_code(code: &str, said: &str) -> Option<ErrorKind> {
    Some(match code {
        "ExpiredToken"
        | "ExpiredTokenException"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "InvalidToken"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "IncompleteSignatureException"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "RequestExpired"
        | "RequestTimeTooSkewed"
        | "TokenRefreshRequired"
        | "NotSignedUp" => ErrorKind::Credentials,
        "AllAccessDisabled" | "UnauthorizedOperation" | "NotAuthorized" => ErrorKind::Denied,
        _ if code.starts_with("AccessDenied") => ErrorKind::Denied,
        "TooManyRequestsException"
        | "RequestLimitExceeded"
        | "SlowDown"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "EC2ThrottledException"
        | "PriorRequestNotComplete" => ErrorKind::Throttled,
        _ if code.starts_with("Throttl") => ErrorKind::Throttled,
        "ResourceConflictException" | "ConflictException" => conflict(said),
        "PreconditionFailedException" | "PreconditionFailed" => ErrorKind::Stale,
        "InvalidParameterValueException" => invalid_parameter(said),
        // A role that trusts somebody who is new, or who is not there.
        "MalformedPolicyDocument" | "MalformedPolicyDocumentException" if said.contains("invalid principal") => {
            ErrorKind::Propagating
        }
        "OperationAborted"
        | "OperationAbortedException"
        | "ConcurrentModification"
        | "EntityTemporarilyUnmodifiable"
        | "ResourceNotReadyException"
        | "SnapStartNotReadyException" => ErrorKind::Busy,
        "DeleteConflict" | "BucketNotEmpty" | "ResourceInUseException" | "DeploymentConfigInUseException" => {
            ErrorKind::InUse
        }
        "EntityAlreadyExists"
        | "EntityAlreadyExistsException"
        | "ResourceAlreadyExistsException"
        | "BucketAlreadyOwnedByYou"
        | "BucketAlreadyExists"
        | "ApplicationAlreadyExistsException"
        | "DeploymentGroupAlreadyExistsException"
        | "DeploymentConfigAlreadyExistsException" => ErrorKind::AlreadyExists,
        // Of CodeDeploy, about a role that is new or that does not trust it.
        "InvalidRoleException" if said.contains("assume") => ErrorKind::Propagating,
        "NoSuchEntity" | "NoSuchBucket" | "NoSuchKey" | "NoSuchUpload" | "NotFound" | "ParameterNotFound" => {
            ErrorKind::NotFound
        }
        // CodeDeploy's word for it.
        _ if code.ends_with("DoesNotExistException") => ErrorKind::NotFound,
        _ if code.ends_with("NotFoundException") || code.starts_with("NoSuchEntity") => ErrorKind::NotFound,
        _ => return None,
    })
}

/// 409 says four different things; only the sentence tells which.
/// Sources: Lambda developer guide, "Lambda function states"; API reference, `DeleteFunction` and `CreateAlias`.
fn conflict(said: &str) -> ErrorKind {
    if said.contains("in progress") || said.contains("currently in the following state") {
        ErrorKind::Busy
    } else if said.contains("already exist") {
        ErrorKind::AlreadyExists
    } else if said.contains("alias") {
        ErrorKind::InUse
    } else {
        // The API reference knows "exists already" and "another operation is in progress" only.
        ErrorKind::Busy
    }
}

fn invalid_parameter(said: &str) -> ErrorKind {
    if PROPAGATING.iter().any(|sentence| said.contains(sentence)) {
        ErrorKind::Propagating
    } else if said.contains("codesha256") && said.contains("different from current") {
        // `PublishVersion` guards with the digest: somebody else changed the code.
        ErrorKind::Stale
    } else {
        ErrorKind::Invalid
    }
}

/// A plain sentence for credentials that a service does not accept.
pub fn credentials_sentence(code: &str, message: &str) -> String {
    let why = match code {
        "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => "the credentials have expired",
        "UnrecognizedClientException" | "InvalidClientTokenId" | "InvalidAccessKeyId" | "InvalidToken" => {
            "AWS does not know these credentials"
        }
        "SignatureDoesNotMatch" => "the secret access key does not belong to the access key id",
        "RequestTimeTooSkewed" | "RequestExpired" => "the clock of this machine is wrong",
        _ => "AWS does not accept these credentials",
    };
    match message.trim_end_matches('.') {
        "" => why.to_owned(),
        said => format!("{why}: {said}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::too_many_lines, reason = "one row per sentence of AWS's")]
    fn every_refusal_has_one_meaning() {
        use ErrorKind::{
            AlreadyExists, Busy, Credentials, Denied, InUse, Internal, Invalid, NotFound, Propagating, Stale, Throttled,
        };
        let table = [
            (
                409,
                "ResourceConflictException",
                "The operation cannot be performed at this time. An update is in progress for resource: arn:aws:lambda:x",
                Busy,
            ),
            (
                409,
                "ResourceConflictException",
                "The operation cannot be performed at this time. The function is currently in the following state: Pending",
                Busy,
            ),
            (
                409,
                "ResourceConflictException",
                "Function already exist: thumbs",
                AlreadyExists,
            ),
            (
                409,
                "ResourceConflictException",
                "Alias already exists: arn:aws:lambda:x",
                AlreadyExists,
            ),
            (
                409,
                "ResourceConflictException",
                "Unable to delete version because the following aliases reference it: [live]",
                InUse,
            ),
            (409, "ResourceConflictException", "", Busy),
            (
                412,
                "PreconditionFailedException",
                "The Revision Id provided does not match the latest Revision Id.",
                Stale,
            ),
            (
                400,
                "InvalidParameterValueException",
                "The role defined for the function cannot be assumed by Lambda.",
                Propagating,
            ),
            (
                400,
                "InvalidParameterValueException",
                "The provided execution role does not have permissions to call CreateNetworkInterface on EC2",
                Propagating,
            ),
            (
                400,
                "InvalidParameterValueException",
                "Lambda was unable to configure access to your environment variables because the KMS key is invalid for CreateGrant.",
                Propagating,
            ),
            (
                400,
                "InvalidParameterValueException",
                "Cannot access stream arn:aws:kinesis:x. Please ensure the role can perform the GetRecords Actions on it.",
                Propagating,
            ),
            (
                400,
                "InvalidParameterValueException",
                "Your request has been throttled by EC2, please make sure you have enough API rate limit.",
                Propagating,
            ),
            (
                400,
                "InvalidParameterValueException",
                "The provided principal was invalid. Please check the principal and try again.",
                Propagating,
            ),
            (
                400,
                "MalformedPolicyDocument",
                "Invalid principal in policy: \"AWS\":\"arn:aws:iam::1:role/x\"",
                Propagating,
            ),
            (
                409,
                "ResourceConflictException",
                "The statement id (lfn-caller-1) provided already exists. Please provide a new statement id, or remove the existing statement.",
                AlreadyExists,
            ),
            (
                400,
                "PolicyLengthExceededException",
                "The final policy size (20588) is bigger than the limit (20480).",
                Invalid,
            ),
            (
                400,
                "InvalidParameterValueException",
                "CodeSHA256 (a) is different from current CodeSHA256 in $LATEST [b]",
                Stale,
            ),
            (
                400,
                "InvalidParameterValueException",
                "Unzipped size must be smaller than 262144000 bytes",
                Invalid,
            ),
            (
                403,
                "AccessDeniedException",
                "User: x is not authorized to perform: lambda:GetFunction",
                Denied,
            ),
            (403, "AccessDenied", "no", Denied),
            (403, "", "", Denied),
            (429, "TooManyRequestsException", "Rate exceeded", Throttled),
            (400, "ThrottlingException", "Rate exceeded", Throttled),
            (400, "Throttling", "Rate exceeded", Throttled),
            (503, "SlowDown", "", Throttled),
            (429, "", "", Throttled),
            (404, "NoSuchEntity", "", NotFound),
            (404, "ResourceNotFoundException", "", NotFound),
            (400, "ResourceNotFoundException", "", NotFound),
            (404, "ProvisionedConcurrencyConfigNotFoundException", "", NotFound),
            (404, "", "", NotFound),
            (409, "EntityAlreadyExists", "", AlreadyExists),
            (400, "ResourceAlreadyExistsException", "", AlreadyExists),
            (409, "BucketAlreadyOwnedByYou", "", AlreadyExists),
            (
                409,
                "DeleteConflict",
                "Cannot delete entity, must delete policies first.",
                InUse,
            ),
            (403, "ExpiredTokenException", "", Credentials),
            (400, "ExpiredToken", "", Credentials),
            (403, "UnrecognizedClientException", "", Credentials),
            (403, "InvalidClientTokenId", "", Credentials),
            (403, "SignatureDoesNotMatch", "", Credentials),
            (400, "ValidationException", "", Invalid),
            (400, "MalformedPolicyDocument", "", Invalid),
            (500, "ServiceException", "", Internal),
            (502, "", "", Internal),
            (409, "OperationAborted", "", Busy),
            (400, "ApplicationDoesNotExistException", "", NotFound),
            (400, "DeploymentGroupAlreadyExistsException", "", AlreadyExists),
            (400, "InvalidRoleException", "Cannot assume role provided.", Propagating),
            (400, "InvalidRoleException", "", Invalid),
            (400, "DeploymentConfigInUseException", "", InUse),
        ];
        for (status, code, message, kind) in table {
            assert_eq!(
                classify(Refusal { code, status, message }),
                kind,
                "{status} {code} {message}"
            );
        }
    }

    #[test]
    fn refused_credentials_are_explained_in_plain_words() {
        assert_eq!(
            credentials_sentence(
                "ExpiredTokenException",
                "The security token included in the request is expired."
            ),
            "the credentials have expired: The security token included in the request is expired"
        );
        assert_eq!(
            credentials_sentence("InvalidClientTokenId", ""),
            "AWS does not know these credentials"
        );
    }
}
