//! What an AWS call needs: one HTTP request of an SDK in, the rights that IAM asks for out.
//!
//! A request is told apart by its signature (the service), its protocol (the operation) and what it says
//! (the resources). Nothing here looks at policies or at the network: a policy is held against a [`Need`]
//! elsewhere. Actions of other names and resources come from `data/sdk.json` and the index of IAM, as for
//! code that is read; a module for each service knows what these do not.

mod asked;
mod body;
mod cbor;
pub mod chunks;
mod conditions;
mod dynamodb;
mod events;
mod form;
mod general;
mod json;
mod lambda;
mod logs;
mod plain;
mod protocol;
pub mod refusal;
mod request;
mod routes;
mod s3;
mod secrets;
mod signature;
mod sns;
mod sqs;
mod ssm;
mod states;
mod sts;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

pub use super::arn::Place;
pub use request::Request;
pub(in crate::domain) use request::decoded;

use asked::Asked;

/// A service whose calls are named; any other by the name in its signatures.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    S3,
    DynamoDb,
    Sqs,
    Sns,
    SecretsManager,
    Ssm,
    EventBridge,
    Lambda,
    StepFunctions,
    Sts,
    Logs,
    CloudWatch,
    Other(String),
}

/// How a request is written, and so how errors are written in the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    RestXml,
    RestJson,
    /// AWS JSON 1.0 and 1.1.
    Json,
    Query,
    /// Smithy RPC v2 with CBOR.
    Cbor,
}

/// One right that a call needs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// As IAM spells it: `s3:GetObject`.
    pub action: String,
    /// An ARN, or `*` for an action that takes no resource. What a request does not tell of an ARN is a
    /// wildcard in it: `*`, or `??????` for the six characters that Secrets Manager puts after a name.
    pub resource: String,
    /// Condition keys of the service, and of tags, that the request itself tells: `s3:prefix` → `in/`.
    pub context: BTreeMap<String, Vec<String>>,
    /// Condition keys that AWS has for this call and the request does not tell, since they hang on the schema of
    /// the table: `dynamodb:LeadingKeys`.
    pub untold: Vec<String>,
}

impl Need {
    fn new(action: impl Into<String>, resource: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            resource: resource.into(),
            context: BTreeMap::new(),
            untold: Vec::new(),
        }
    }

    /// The same need with one more condition key; none when there is no value.
    fn with(mut self, key: &str, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        if !values.is_empty() {
            self.context.insert(key.to_owned(), values);
        }
        self
    }
}

/// A call, and what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub service: Service,
    /// As the API reference spells it: `GetObject`.
    pub operation: String,
    pub protocol: Protocol,
    /// The region that the request is signed for, which need not be the function's own.
    pub region: String,
    /// The key that signed the request.
    pub access_key: String,
    /// Empty for a call that anyone may make: `GetCallerIdentity`.
    pub needs: Vec<Need>,
}

/// Why a call cannot be named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unnamed {
    #[error("the request has no AWS signature")]
    Unsigned,
    /// Refused whatever the role allows: what is judged might not be what the service does.
    #[error("the request may be read in two ways: {why}")]
    Ambiguous { why: String },
    #[error("calls of `{service}` cannot be named")]
    OtherService { service: String, operation: Option<String> },
    #[error("{service} has no operation for {what}")]
    UnknownOperation { service: Service, what: String },
    #[error("the body of this request to {service} could not be read: {why}")]
    Unreadable { service: Service, why: String },
}

/// The path with everything in it that says what it is about: of S3, the bucket too.
pub fn whole_path(request: &Request<'_>, service: &str) -> String {
    match Service::signed(service) {
        Service::S3 => s3::canonical_path(request),
        _ => request.path.to_owned(),
    }
}

/// Names the call that a request makes.
///
/// # Errors
///
/// When the request is not signed, may be read in two ways, is for another service, for an operation that the service does not
/// have, or when its body is not what its headers say.
pub fn name(request: &Request<'_>, place: &Place) -> Result<Call, Unnamed> {
    let signature = signature::read(request).ok_or(Unnamed::Unsigned)?;
    plain::check(request).map_err(|why| Unnamed::Ambiguous { why })?;
    let place = signature.place(place);
    let service = Service::signed(&signature.service);
    if let Service::Other(service) = service {
        let operation = protocol::operation(request, &service)?;
        return Err(Unnamed::OtherService { service, operation });
    }
    let (protocol, asked) = protocol::read(request, &service, &place)?;
    let mut needs = needs(&asked)?;
    needs.extend(general::passed_roles(&asked));
    conditions::add(&mut needs, &asked);
    needs.sort();
    needs.dedup();
    Ok(Call {
        operation: asked.operation,
        service,
        protocol,
        region: place.region.to_string(),
        access_key: signature.access_key,
        needs,
    })
}

/// What the service's own module says, or else the tables.
fn needs(asked: &Asked<'_>) -> Result<Vec<Need>, Unnamed> {
    let own = match asked.service {
        Service::S3 => return s3::needs(asked),
        Service::DynamoDb => dynamodb::needs(asked)?,
        Service::Sqs => sqs::needs(asked),
        Service::Sns => sns::needs(asked),
        Service::SecretsManager => secrets::needs(asked),
        Service::Ssm => ssm::needs(asked),
        Service::EventBridge => events::needs(asked),
        Service::Lambda => lambda::needs(asked),
        Service::StepFunctions => states::needs(asked),
        Service::Sts => sts::needs(asked),
        Service::Logs => logs::needs(asked),
        Service::CloudWatch | Service::Other(_) => None,
    };
    Ok(own.unwrap_or_else(|| general::needs(asked)))
}

impl Service {
    /// The service that signatures name so.
    /// Source: the `signingName` of each service's model in botocore.
    pub fn signed(name: &str) -> Self {
        match name {
            // `WriteGetObjectResponse` is an operation of S3's API.
            "s3" | "s3-object-lambda" => Self::S3,
            "dynamodb" => Self::DynamoDb,
            "sqs" => Self::Sqs,
            "sns" => Self::Sns,
            "secretsmanager" => Self::SecretsManager,
            "ssm" => Self::Ssm,
            "events" => Self::EventBridge,
            "lambda" => Self::Lambda,
            "states" => Self::StepFunctions,
            "sts" => Self::Sts,
            "logs" => Self::Logs,
            "monitoring" => Self::CloudWatch,
            other => Self::Other(other.to_owned()),
        }
    }

    /// IAM's prefix of its actions.
    pub fn prefix(&self) -> &str {
        match self {
            Self::S3 => "s3",
            Self::DynamoDb => "dynamodb",
            Self::Sqs => "sqs",
            Self::Sns => "sns",
            Self::SecretsManager => "secretsmanager",
            Self::Ssm => "ssm",
            Self::EventBridge => "events",
            Self::Lambda => "lambda",
            Self::StepFunctions => "states",
            Self::Sts => "sts",
            Self::Logs => "logs",
            Self::CloudWatch => "cloudwatch",
            Self::Other(name) => name,
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::S3 => "S3",
            Self::DynamoDb => "DynamoDB",
            Self::Sqs => "SQS",
            Self::Sns => "SNS",
            Self::SecretsManager => "Secrets Manager",
            Self::Ssm => "SSM",
            Self::EventBridge => "EventBridge",
            Self::Lambda => "Lambda",
            Self::StepFunctions => "Step Functions",
            Self::Sts => "STS",
            Self::Logs => "CloudWatch Logs",
            Self::CloudWatch => "CloudWatch",
            Self::Other(name) => name,
        })
    }
}
