//! What the AWS SDKs for Java give: clients, builders, requests, tables.

use std::rc::Rc;

use super::arguments::{by_position, operation, renamed};
use super::library::{self, decapitalised, first};
use crate::domain::suggest::syntax::{Evaluator, Instance, Known, Origin, Sdk, SdkCall, any};

/// Java's libraries.
pub struct JavaSdk;

/// The ending of a type's path that means its builder.
const BUILDER: &str = "::Builder";
/// Methods of clients that are no operations.
const NOT_OPERATIONS: &[&str] = &[
    "close",
    "serviceName",
    "utilities",
    "waiter",
    "waiters",
    "serviceClientConfiguration",
    "builder",
    "create",
    "shutdown",
    "toString",
    "hashCode",
    "equals",
    "getClass",
    "getRegion",
    "setEndpoint",
    "setRegion",
    "getUrl",
    "table",
];
/// Types around another, by their last name.
const WRAPPERS: &[&str] = &[
    "Optional",
    "Supplier",
    "CompletableFuture",
    "AtomicReference",
    "Lazy",
    "Provider",
    "Callable",
    "Future",
];
/// Types of many things, by their last name.
const LISTS: &[&str] = &[
    "[]",
    "List",
    "ArrayList",
    "Set",
    "HashSet",
    "Collection",
    "Iterable",
    "Iterator",
    "Stream",
    "Map",
    "HashMap",
];
impl Sdk for JavaSdk {
    fn function(&self, _: &Evaluator<'_>, path: &str, arguments: &[Known], _: Origin) -> Known {
        let Some((class, name)) = path.rsplit_once("::") else {
            return Known::Unknown;
        };
        if !is_sdk(class) {
            return match library::function(path, arguments) {
                Known::Unknown if name == "new" => Known::instance(class),
                known => known,
            };
        }
        match (class.strip_suffix("Builder"), name) {
            // AmazonS3ClientBuilder makes an AmazonS3Client.
            (Some(client), "standard") => Known::instance(format!("{client}{BUILDER}")),
            (Some(client), "defaultClient") => Known::instance(client),
            (_, "builder") => Known::instance(format!("{class}{BUILDER}")),
            (_, "create" | "defaultClient") => Known::instance(class),
            (_, "new") => made(class, arguments),
            (_, "fromEnv" | "of" | "fromS" | "fromString") => first(arguments),
            _ => Known::Unknown,
        }
    }

    fn method(&self, run: &Evaluator<'_>, receiver: &Known, name: &str, arguments: &[Known], _: Origin) -> Known {
        let Known::Instance(instance) = receiver else {
            return library::method(run, receiver, name, arguments);
        };
        let path = instance.path.as_str();
        if let Some(built) = built_by(path) {
            return match name {
                "build" => Known::Instance(Rc::new(Instance {
                    path: built,
                    ..Instance::clone(instance)
                })),
                "applyMutation" => run.configured(&first(arguments), receiver),
                _ => with_field(run, receiver, name, arguments),
            };
        }
        if !is_sdk(path) {
            return library::method(run, receiver, name, arguments);
        }
        match (kind_of(path), name) {
            (_, "toBuilder") => Known::Instance(Rc::new(Instance {
                path: format!("{path}{BUILDER}"),
                ..Instance::clone(instance)
            })),
            (_, "waiter" | "waiters") => Known::instance(format!("{path}::Waiter")),
            ("DynamoDbEnhancedClient" | "DynamoDbEnhancedAsyncClient", "table") | ("DynamoDB", "getTable") => {
                Known::instance(beside(path, "DynamoDbTable")).with("tableName", first(arguments))
            }
            (_, "index" | "getIndex") => Known::instance(beside(path, "DynamoDbIndex"))
                .with(
                    "tableName",
                    instance.field("tableName").cloned().unwrap_or(Known::Unknown),
                )
                .with("indexName", first(arguments)),
            _ => match (name.strip_prefix("with"), arguments) {
                (Some(field), [value]) => receiver.with(&decapitalised(field), value.clone()),
                (None, []) => {
                    let field = name.strip_prefix("get").map_or_else(|| name.to_owned(), decapitalised);
                    instance.field(&field).cloned().unwrap_or(Known::Unknown)
                }
                _ => Known::Unknown,
            },
        }
    }

    fn changed(&self, run: &Evaluator<'_>, object: &Known, name: &str, arguments: &[Known]) -> Option<Known> {
        let Known::Instance(instance) = object else {
            return library::changed(object, name, arguments);
        };
        if built_by(&instance.path).is_some() {
            return (name != "build" && !arguments.is_empty()).then(|| with_field(run, object, name, arguments));
        }
        let field = ["set", "with"].iter().find_map(|prefix| name.strip_prefix(prefix))?;
        match arguments {
            [value] if is_sdk(&instance.path) => Some(object.with(&decapitalised(field), value.clone())),
            _ => None,
        }
    }

    fn call(&self, run: &Evaluator<'_>, receiver: Option<&Known>, name: &str, arguments: &[Known]) -> Vec<SdkCall> {
        let Some(receiver) = receiver else { return Vec::new() };
        let path = match receiver {
            Known::Instance(instance) if is_sdk(&instance.path) => instance.path.as_str(),
            _ => return by_request(name, arguments),
        };
        let kind = kind_of(path);
        if built_by(path).is_some() || NOT_OPERATIONS.contains(&name) {
            return Vec::new();
        }
        let service = service_of(path);
        match kind {
            "Waiter" => waited(run, &service, name, arguments),
            "S3Presigner" => presigned(run, name, arguments),
            "S3TransferManager" | "TransferManager" => moved(run, name, arguments),
            _ if path.contains("::enhanced::dynamodb") || path.contains("::dynamodbv2::document") => {
                table(receiver, kind, name, &configured(run, arguments))
            }
            _ if is_client(kind) => {
                let name = name.strip_suffix("Paginator").unwrap_or(name);
                let name = if is_first(path) {
                    name.strip_suffix("Async").unwrap_or(name)
                } else {
                    name
                };
                let fields = fields_of(run, name, arguments);
                fields
                    .into_iter()
                    .map(|fields| call(&service, operation(name), &fields))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    fn is_wrapper(&self, path: &str) -> bool {
        !is_sdk(path) && WRAPPERS.contains(&kind_of(path))
    }

    fn is_list(&self, path: &str) -> bool {
        !is_sdk(path) && LISTS.contains(&kind_of(path))
    }
}

fn is_sdk(path: &str) -> bool {
    path.starts_with("software::amazon::awssdk::") || path.starts_with("com::amazonaws::services::")
}

/// Whether a type is of the first SDK.
fn is_first(path: &str) -> bool {
    path.starts_with("com::")
}

fn kind_of(path: &str) -> &str {
    path.rsplit("::").next().unwrap_or(path)
}

/// The path of a type beside another.
fn beside(path: &str, kind: &str) -> String {
    let package = path.rsplit_once("::").map_or("", |(package, _)| package);
    format!("{package}::{kind}")
}

/// What a builder builds: `X.Builder` and `XBuilder` an `X`.
fn built_by(path: &str) -> Option<String> {
    if !is_sdk(path) {
        return None;
    }
    let built = path.strip_suffix(BUILDER).or_else(|| path.strip_suffix("Builder"))?;
    Some(built.to_owned())
}

fn is_client(kind: &str) -> bool {
    let others = [
        "Request",
        "Response",
        "Result",
        "Iterable",
        "Publisher",
        "Builder",
        "Utilities",
        "Exception",
    ];
    let is_named = kind.ends_with("Client") || kind.starts_with("Amazon") || kind.starts_with("AWS");
    is_named && !others.iter().any(|other| kind.ends_with(other))
}

/// The service of a type's package: `software.amazon.awssdk.services.sfn`.
fn service_of(path: &str) -> String {
    if path.contains("::enhanced::dynamodb") {
        return "dynamodb".to_owned();
    }
    let mut segments = path.split("::").skip_while(|segment| *segment != "services").skip(1);
    match segments.next().unwrap_or("") {
        // Packages of the first SDK that no other SDK has.
        "dynamodbv2" => "dynamodb".to_owned(),
        "simplesystemsmanagement" => "ssm".to_owned(),
        "simpleemail" | "simpleemailv2" => "ses".to_owned(),
        service => service.to_owned(),
    }
}

/// `new X(…)` of the first SDK.
fn made(class: &str, arguments: &[Known]) -> Known {
    let mut instance = Instance {
        path: class.to_owned(),
        fields: Vec::new(),
        origin: None,
    };
    if let Some(operation) = kind_of(class).strip_suffix("Request") {
        instance.fields = by_position(&decapitalised(operation), arguments);
    }
    Known::Instance(Rc::new(instance))
}

/// A builder after one of its methods; what a lambda configures is an object of its own.
fn with_field(run: &Evaluator<'_>, builder: &Known, name: &str, arguments: &[Known]) -> Known {
    let value = match arguments {
        [closure @ Known::Closure(..)] => run.configured(
            closure,
            &Known::instance(format!("software::amazon::awssdk::{name}{BUILDER}")),
        ),
        [value] => value.clone(),
        [] => return builder.clone(),
        several => Known::List(several.to_vec()),
    };
    let name = match builder {
        // Builders of the first SDK's clients and requests.
        Known::Instance(instance) if is_first(&instance.path) => name.strip_prefix("with").unwrap_or(name),
        _ => name,
    };
    builder.with(&decapitalised(name), value)
}

/// Arguments with the requests that lambdas make.
fn configured(run: &Evaluator<'_>, arguments: &[Known]) -> Vec<Known> {
    arguments
        .iter()
        .map(|argument| match argument {
            Known::Closure(..) => {
                run.configured(argument, &Known::instance(format!("software::amazon::awssdk{BUILDER}")))
            }
            other => other.clone(),
        })
        .collect()
}

/// The fields of a request, for each of the alternatives.
fn fields_of(run: &Evaluator<'_>, name: &str, arguments: &[Known]) -> Vec<Vec<(String, Known)>> {
    let Some(request) = arguments.first() else {
        return vec![Vec::new()];
    };
    let request = match request {
        Known::Closure(..) => run.configured(request, &Known::instance(format!("software::amazon::awssdk{BUILDER}"))),
        other => other.clone(),
    };
    let mut all = Vec::new();
    for one in request.alternatives() {
        match one {
            Known::Instance(instance) => all.push(instance.fields.clone()),
            _ => all.push(by_position(name, arguments)),
        }
    }
    all
}

fn call(service: &str, operation: &str, fields: &[(String, Known)]) -> SdkCall {
    SdkCall {
        service: service.to_owned(),
        operation: operation.to_owned(),
        arguments: renamed(fields)
            .into_iter()
            .filter(|(_, value)| *value != Known::Nothing)
            .map(|(name, value)| (name, value.to_value()))
            .collect(),
        origin: None,
    }
}

/// A request that names service and operation by its type, given to an object that could be anything.
fn by_request(method: &str, arguments: &[Known]) -> Vec<SdkCall> {
    let method = method.strip_suffix("Paginator").unwrap_or(method);
    let requests = arguments.first().map(Known::alternatives).unwrap_or_default();
    requests
        .iter()
        .filter_map(|request| {
            let Known::Instance(request) = request else { return None };
            let operation = decapitalised(kind_of(&request.path).strip_suffix("Request")?);
            (is_sdk(&request.path) && operation == method)
                .then(|| call(&service_of(&request.path), &operation, &request.fields))
        })
        .collect()
}

fn waited(run: &Evaluator<'_>, service: &str, name: &str, arguments: &[Known]) -> Vec<SdkCall> {
    let request = arguments.first().and_then(Known::as_instance);
    let of_request = request.and_then(|request| kind_of(&request.path).strip_suffix("Request"));
    let awaited = name.strip_prefix("waitUntil").unwrap_or(name);
    let operation = decapitalised(of_request.unwrap_or(awaited));
    let fields = fields_of(run, &operation, arguments);
    fields.iter().map(|fields| call(service, &operation, fields)).collect()
}

/// `presignGetObject(r -> r.getObjectRequest(…))`.
fn presigned(run: &Evaluator<'_>, name: &str, arguments: &[Known]) -> Vec<SdkCall> {
    let Some(operation) = name.strip_prefix("presign").map(decapitalised) else {
        return Vec::new();
    };
    nested(run, "s3", &operation, &format!("{operation}Request"), arguments)
}

/// Uploads and downloads in parts.
fn moved(run: &Evaluator<'_>, name: &str, arguments: &[Known]) -> Vec<SdkCall> {
    match name {
        "upload" | "uploadFile" | "uploadDirectory" => {
            let name = if arguments.len() > 1 { "putObject" } else { "" };
            by_manager(run, "upload", "putObjectRequest", name, arguments)
        }
        "download" | "downloadFile" | "downloadDirectory" => {
            let name = if arguments.len() > 1 { "getObject" } else { "" };
            by_manager(run, "download", "getObjectRequest", name, arguments)
        }
        "copy" => nested(run, "s3", "copyObject", "copyObjectRequest", arguments),
        _ => Vec::new(),
    }
}

fn by_manager(run: &Evaluator<'_>, operation: &str, inner: &str, shortcut: &str, arguments: &[Known]) -> Vec<SdkCall> {
    if shortcut.is_empty()
        || arguments
            .first()
            .is_some_and(|argument| argument.as_instance().is_some())
    {
        return nested(run, "s3", operation, inner, arguments);
    }
    vec![call("s3", operation, &by_position(shortcut, arguments))]
}

/// The request inside another.
fn nested(run: &Evaluator<'_>, service: &str, operation: &str, inner: &str, arguments: &[Known]) -> Vec<SdkCall> {
    fields_of(run, "", arguments)
        .iter()
        .map(|fields| {
            let request = fields
                .iter()
                .find(|(name, _)| name == inner)
                .map(|(_, request)| request);
            let request = request.and_then(Known::as_instance);
            call(
                service,
                operation,
                request.map_or(fields.as_slice(), |request| &request.fields),
            )
        })
        .collect()
}

/// Methods of the enhanced client's tables, and of its client for several tables at once.
fn table(receiver: &Known, kind: &str, name: &str, arguments: &[Known]) -> Vec<SdkCall> {
    let operation = match name {
        "getItem" | "putItem" | "updateItem" | "deleteItem" | "query" | "scan" | "createTable" | "describeTable"
        | "deleteTable" | "batchGetItem" | "batchWriteItem" | "transactWriteItems" | "transactGetItems" => name,
        "getItemWithResponse" | "putItemWithResponse" | "updateItemWithResponse" | "deleteItemWithResponse" => {
            name.trim_end_matches("WithResponse")
        }
        _ => return Vec::new(),
    };
    let own = receiver
        .as_instance()
        .map(|instance| instance.fields.clone())
        .unwrap_or_default();
    if !kind.contains("Client") && kind != "DynamoDB" {
        return vec![call("dynamodb", operation, &own)];
    }
    if operation.starts_with("transact") {
        return in_one_transaction(arguments);
    }
    let mut tables = Vec::new();
    for argument in arguments {
        tables_in(argument, &mut tables);
    }
    let entries = tables.into_iter().map(|name| (name, Known::List(Vec::new())));
    let items = ("requestItems".to_owned(), Known::Map(entries.collect()));
    vec![call("dynamodb", operation, &[items])]
}

/// The operations that a request of the enhanced client adds up: `addPutItem(orders, …)`.
fn in_one_transaction(arguments: &[Known]) -> Vec<SdkCall> {
    let request = arguments.first().and_then(Known::as_instance);
    let mut calls = Vec::new();
    for (name, value) in request.iter().flat_map(|request| &request.fields) {
        let operation = match name.as_str() {
            "addConditionCheck" => "conditionCheckItem".to_owned(),
            added => decapitalised(added.strip_prefix("add").unwrap_or(added)),
        };
        let mut tables = Vec::new();
        tables_in(value, &mut tables);
        calls.extend(
            tables
                .into_iter()
                .map(|table| call("dynamodb", &operation, &[("tableName".to_owned(), table)])),
        );
    }
    calls
}

/// The names of all tables that a request holds.
fn tables_in(value: &Known, tables: &mut Vec<Known>) {
    match value {
        Known::Instance(instance) => match instance.field("tableName") {
            Some(name) if instance.path.ends_with("::DynamoDbTable") => {
                *tables = any(tables.drain(..).chain([name.clone()])).alternatives().to_vec();
            }
            _ => instance.fields.iter().for_each(|(_, value)| tables_in(value, tables)),
        },
        Known::List(items) | Known::Any(items) => items.iter().for_each(|item| tables_in(item, tables)),
        _ => {}
    }
}
