//! The SDK's packages: which export makes a client, of which service, and what its methods are.

use std::rc::Rc;

use super::things::{Arguments, Package, Thing};

/// A client of a service, or something that stands for one.
#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    /// The service as the SDK at hand names it.
    pub service: String,
    pub kind: ClientKind,
    /// The parameters that `new S3({ params })` of v2 adds to every call.
    pub params: Thing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientKind {
    /// Sends commands alone.
    Commands,
    /// Has a method for each operation.
    Operations,
    /// Has the document client's methods, whose names leave out `Item`.
    Documents,
}

/// A wrapper's methods that hand back the client they are given: X-Ray's and the Powertools' tracer's.
const WRAPPERS: &[&str] = &["captureAWS", "captureAWSClient", "captureAWSv3Client"];

/// Exports at the top of v2 that are no clients.
const NO_SERVICES: &[&str] = &[
    "Config",
    "CredentialProviderChain",
    "Endpoint",
    "HttpClient",
    "HttpRequest",
    "HttpResponse",
    "MetadataService",
    "NodeHttpClient",
    "Request",
    "Response",
    "Service",
    "TokenProviderChain",
];

impl Client {
    fn thing(service: &str, kind: ClientKind, params: Thing) -> Thing {
        Thing::Client(Rc::new(Self {
            service: service.to_owned(),
            kind,
            params,
        }))
    }
}

/// The service of `@aws-sdk/client-s3`, also of a file inside it.
pub fn service_of(package: &str) -> Option<&str> {
    let rest = package.strip_prefix("@aws-sdk/client-")?;
    rest.split('/').next()
}

/// What `new` makes of an export.
pub fn constructed(package: &Package, arguments: &Arguments) -> Thing {
    let path: Vec<&str> = package.path.iter().map(String::as_str).collect();
    if let Some(service) = service_of(&package.name) {
        return match path.as_slice() {
            [name] => typed(service, name),
            _ => Thing::Unknown,
        };
    }
    let params = || match arguments.get(0) {
        Thing::Object(options) => options
            .iter()
            .find(|(name, _)| *name == super::super::call::Text::literal("params"))
            .map_or(Thing::Nothing, |(_, params)| params.clone()),
        _ => Thing::Nothing,
    };
    match (v2_service(package), path.as_slice()) {
        (_, [.., "DocumentClient"]) if is_v2(&package.name) => {
            Client::thing("dynamodb", ClientKind::Documents, params())
        }
        (Some(service), _) => Client::thing(service, ClientKind::Operations, params()),
        _ => Thing::Unknown,
    }
}

/// What a value of this exported type is.
pub fn of_type(package: &Package) -> Thing {
    match (package.name.as_str(), package.path.last().map(String::as_str)) {
        ("@aws-sdk/lib-dynamodb", Some("DynamoDBDocument")) => document(ClientKind::Documents),
        ("@aws-sdk/lib-dynamodb", Some("DynamoDBDocumentClient")) => document(ClientKind::Commands),
        _ => constructed(package, &Arguments::default()),
    }
}

/// What a call of an export hands back.
pub fn returned(package: &Package, arguments: &Arguments) -> Thing {
    let path: Vec<&str> = package.path.iter().map(String::as_str).collect();
    match (package.name.as_str(), path.as_slice()) {
        ("@aws-sdk/lib-dynamodb", ["DynamoDBDocument", "from"]) => document(ClientKind::Documents),
        ("@aws-sdk/lib-dynamodb", ["DynamoDBDocumentClient", "from"]) => document(ClientKind::Commands),
        (_, [.., name]) if is_wrapper(name) => arguments.get(0),
        // v2's constructors work without `new`.
        _ if is_v2(&package.name) => constructed(package, arguments),
        _ => Thing::Unknown,
    }
}

/// Whether a function of this name hands back the client that it is given.
pub fn is_wrapper(name: &str) -> bool {
    WRAPPERS.contains(&name)
}

fn document(kind: ClientKind) -> Thing {
    Client::thing("dynamodb", kind, Thing::Nothing)
}

fn typed(service: &str, name: &str) -> Thing {
    if name.ends_with("Client") {
        Client::thing(service, ClientKind::Commands, Thing::Nothing)
    } else if name.ends_with("Command") || name.ends_with("Exception") || name.starts_with(char::is_lowercase) {
        Thing::Unknown
    } else {
        Client::thing(service, ClientKind::Operations, Thing::Nothing)
    }
}

fn is_v2(package: &str) -> bool {
    package == "aws-sdk" || package.starts_with("aws-sdk/")
}

/// The service of `AWS.S3`, or of the package `aws-sdk/clients/s3`.
fn v2_service(package: &Package) -> Option<&str> {
    match (package.name.as_str(), package.path.as_slice()) {
        ("aws-sdk" | "aws-sdk/global" | "aws-sdk/clients/all", [name]) => {
            let named = name.starts_with(char::is_uppercase)
                && !name.ends_with("Credentials")
                && !NO_SERVICES.contains(&name.as_str());
            named.then_some(name)
        }
        (file, []) => file.strip_prefix("aws-sdk/clients/"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_make_the_clients_that_they_name() {
        use ClientKind::{Commands, Documents, Operations};
        for (name, path, expected) in [
            ("@aws-sdk/client-s3", "S3Client", Some(("s3", Commands))),
            ("@aws-sdk/client-s3", "S3", Some(("s3", Operations))),
            ("@aws-sdk/client-sfn/dist-es", "SFNClient", Some(("sfn", Commands))),
            ("@aws-sdk/client-s3", "GetObjectCommand", None),
            ("@aws-sdk/client-s3", "NoSuchKeyException", None),
            ("aws-sdk", "StepFunctions", Some(("StepFunctions", Operations))),
            ("aws-sdk", "DynamoDB.DocumentClient", Some(("dynamodb", Documents))),
            ("aws-sdk", "Endpoint", None),
            ("aws-sdk", "SharedIniFileCredentials", None),
            (
                "aws-sdk/clients/dynamodb",
                "DocumentClient",
                Some(("dynamodb", Documents)),
            ),
            ("aws-sdk/clients/s3", "", Some(("s3", Operations))),
            ("pg", "Client", None),
            ("aws-sdk-mock", "S3", None),
        ] {
            let package = Package {
                name: name.to_owned(),
                path: path
                    .split('.')
                    .filter(|part| !part.is_empty())
                    .map(str::to_owned)
                    .collect(),
            };
            let found = match constructed(&package, &Arguments::default()) {
                Thing::Client(client) => Some((client.service.clone(), client.kind)),
                _ => None,
            };
            let expected = expected.map(|(service, kind)| (service.to_owned(), kind));
            assert_eq!(found, expected, "{name} {path}");
        }
    }
}
