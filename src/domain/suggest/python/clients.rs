//! Clients: how they are made, what their methods are called, and what comes back.

use std::rc::Rc;

use super::arguments::Arguments;
use super::resources;
use super::text;
use super::thing::{Thing, Things, add, literal, texts, value};
use crate::domain::suggest::call::{Piece, Text, Value};

/// Service, operation and arguments.
pub(super) type Operation = (String, String, Vec<(String, Value)>);

/// Methods of clients that call nothing.
const SILENT: [&str; 5] = ["close", "can_paginate", "get_paginator", "get_waiter", "exceptions"];

/// The methods of S3's clients that take their arguments by place.
/// Source: Boto3 documentation, "S3 / Client / `upload_file`" and its neighbours.
const TRANSFERS: [(&str, &[&str]); 6] = [
    ("upload_file", &["Filename", "Bucket", "Key"]),
    ("upload_fileobj", &["Fileobj", "Bucket", "Key"]),
    ("download_file", &["Bucket", "Key", "Filename"]),
    ("download_fileobj", &["Bucket", "Key", "Fileobj"]),
    ("copy", &["CopySource", "Bucket", "Key"]),
    ("generate_presigned_post", &["Bucket", "Key"]),
];

/// What makes a session; `boto3` itself is as good as one.
const SESSIONS: [&str; 9] = [
    "boto3.Session",
    "boto3.session.Session",
    "aioboto3.Session",
    "aioboto3.session.Session",
    "aiobotocore.session.get_session",
    "aiobotocore.session.AioSession",
    "aiobotocore.get_session",
    "botocore.session.get_session",
    "botocore.session.Session",
];

/// What a function of a library makes.
pub(super) fn made(path: &str, arguments: &Arguments) -> Things {
    if SESSIONS.contains(&path) {
        return vec![Thing::Session];
    }
    match path {
        "boto3.client" | "aioboto3.client" => services(arguments, Thing::Client),
        "boto3.resource" | "aioboto3.resource" => services(arguments, Thing::Resource),
        "os.getenv" | "os.environ.get" | "environ.get" => environment(arguments),
        _ => vec![Thing::External(format!("{path}()"))],
    }
}

fn services(arguments: &Arguments, of: fn(Rc<str>) -> Thing) -> Things {
    let names = arguments
        .get(0, "service_name")
        .map_or_else(|| vec![Text::default()], |things| texts(things));
    let mut things = Things::new();
    add(
        &mut things,
        names
            .iter()
            .map(|name| of(Rc::from(name.as_literal().unwrap_or_default()))),
    );
    things
}

/// The value of a variable; lambda.yaml's wins over a default of the code.
fn environment(arguments: &Arguments) -> Things {
    let name = arguments.get(0, "key").and_then(|name| literal(name));
    let text = name.map(|name| Text(vec![Piece::Env(name)]));
    vec![Thing::Value(text.map_or(Value::Unknown, Value::Text))]
}

/// A type of the stubs for boto3, such as `mypy_boto3_s3.S3Client`.
pub(super) fn stub(dotted: &str) -> Option<Thing> {
    let (module, name) = dotted.rsplit_once('.')?;
    let module = module.split('.').next()?;
    let service = ["mypy_boto3_", "types_boto3_", "types_aiobotocore_"]
        .iter()
        .find_map(|prefix| module.strip_prefix(prefix))?;
    if name.ends_with("ServiceResource") {
        return Some(Thing::Resource(Rc::from(service)));
    }
    name.ends_with("Client").then(|| Thing::Client(Rc::from(service)))
}

/// What calling a method gives back.
pub(super) fn result(of: &Thing, name: &str, arguments: &Arguments) -> Things {
    match of {
        Thing::Session => match name {
            "client" | "create_client" => services(arguments, Thing::Client),
            "resource" => services(arguments, Thing::Resource),
            _ => vec![Thing::Value(Value::Unknown)],
        },
        Thing::Client(service) => match name {
            "get_paginator" => named(arguments, "operation_name", |operation| Thing::Paginator {
                service: service.clone(),
                operation,
            }),
            "get_waiter" => named(arguments, "waiter_name", |name| Thing::Waiter {
                service: service.clone(),
                name,
            }),
            // `async with session.client("s3") as s3` may be written out.
            "__aenter__" | "__enter__" => vec![of.clone()],
            _ => vec![Thing::Answer {
                operation: name.to_owned(),
                arguments: arguments.values(&[]),
            }],
        },
        Thing::Resource(_) | Thing::Item(_) | Thing::Items(_) => resources::result(of, name, arguments),
        Thing::Answer {
            operation,
            arguments: given,
        } if name == "get" => {
            let key = arguments.positional.first().and_then(|key| literal(key));
            vec![answered(operation, given, key.as_deref())]
        }
        Thing::Map(_) | Thing::List(_) | Thing::Value(_) => text::method(of, name, arguments),
        _ => vec![Thing::Value(Value::Unknown)],
    }
}

fn named(arguments: &Arguments, name: &str, thing: impl Fn(String) -> Thing) -> Things {
    let names = arguments
        .get(0, name)
        .map_or_else(|| vec![Text::default()], |names| texts(names));
    let names = names
        .iter()
        .map(|name| name.as_literal().unwrap_or_default().to_owned());
    names.map(thing).collect()
}

/// What an answer has under a key, where it follows from what was asked.
pub(super) fn answered(operation: &str, arguments: &[(String, Value)], key: Option<&str>) -> Thing {
    let asked = match (operation, key) {
        ("get_queue_url" | "create_queue", Some("QueueUrl")) => "QueueName",
        ("create_topic", Some("TopicArn")) => "Name",
        _ => return Thing::Value(Value::Unknown),
    };
    let found = arguments.iter().find(|(name, _)| name == asked);
    Thing::Value(found.map_or(Value::Unknown, |(_, value)| value.clone()))
}

/// The operations that a call of a method stands for.
pub(super) fn operations(of: &Thing, name: &str, arguments: &Arguments) -> Vec<Operation> {
    match of {
        Thing::Client(service) => of_client(service, name, arguments).into_iter().collect(),
        Thing::Paginator { service, operation } if name == "paginate" => {
            vec![(service.to_string(), operation.clone(), arguments.values(&[]))]
        }
        Thing::Waiter { service, name: waiter } if name == "wait" => {
            vec![(service.to_string(), waiter.clone(), arguments.values(&[]))]
        }
        Thing::Resource(_) | Thing::Item(_) | Thing::Items(_) => resources::operations(of, name, arguments),
        _ => Vec::new(),
    }
}

fn of_client(service: &str, name: &str, arguments: &Arguments) -> Option<Operation> {
    if SILENT.contains(&name) || name.starts_with("__") {
        return None;
    }
    let (operation, arguments) = match name {
        // A signed URL is as good as the right of whoever signed it.
        "generate_presigned_url" => {
            let operation = arguments.get(0, "ClientMethod").and_then(|name| literal(name));
            let given = arguments.get(1, "Params").map(|params| value(params));
            let given = match given {
                Some(Value::Map(entries)) => entries
                    .into_iter()
                    .filter_map(|(key, value)| Some((key.as_literal()?.to_owned(), value)))
                    .collect(),
                _ => Vec::new(),
            };
            (operation.unwrap_or_default(), given)
        }
        _ => {
            let places = TRANSFERS.iter().find(|(known, _)| *known == name);
            let places = places.filter(|_| service == "s3").map_or(&[][..], |(_, places)| places);
            let operation = if name == "generate_presigned_post" {
                "put_object"
            } else {
                name
            };
            (operation.to_owned(), arguments.values(places))
        }
    };
    Some((service.to_owned(), operation, arguments))
}

/// The operations behind functions of Powertools.
/// Source: Powertools for AWS Lambda (Python) documentation, "Parameters".
pub(super) fn of_library(path: &str, arguments: &Arguments) -> Vec<Operation> {
    let Some(function) = path.strip_prefix("aws_lambda_powertools.utilities.parameters.") else {
        return Vec::new();
    };
    let (service, operation, argument, parameter) = match function {
        "get_parameter" => ("ssm", "get_parameter", "name", "Name"),
        "get_parameters" => ("ssm", "get_parameters_by_path", "path", "Path"),
        "set_parameter" => ("ssm", "put_parameter", "name", "Name"),
        "get_secret" => ("secretsmanager", "get_secret_value", "name", "SecretId"),
        "set_secret" => ("secretsmanager", "put_secret_value", "name", "SecretId"),
        _ => return Vec::new(),
    };
    let given = arguments
        .get(0, argument)
        .map_or(Value::Unknown, |things| value(things));
    vec![(
        service.to_owned(),
        operation.to_owned(),
        vec![(parameter.to_owned(), given)],
    )]
}
