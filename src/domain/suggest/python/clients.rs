//! Clients: how they are made, what their methods are called, and what comes back.

use std::rc::Rc;

use super::arguments::Arguments;
use super::resources;
use super::text;
use super::thing::{Thing, Things, add, literal, or_default, texts, value};
use crate::domain::suggest::call::{Text, Value};

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

/// The value of a variable, with the code's default.
fn environment(arguments: &Arguments) -> Things {
    let Some(name) = arguments.get(0, "key").and_then(|name| literal(name)) else {
        return vec![Thing::Value(Value::Unknown)];
    };
    let default = arguments.get(1, "default").map_or(&[][..], |things| things);
    or_default(&Text::env(name), default)
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
    // A signed URL is as good as the right of whoever signed it.
    if name == "generate_presigned_url" {
        let operation = arguments.get(0, "ClientMethod").and_then(|name| literal(name));
        let given = match arguments.get(1, "Params").map(|params| value(params)) {
            Some(Value::Map(entries)) => entries
                .into_iter()
                .filter_map(|(key, value)| Some((key.as_literal()?.to_owned(), value)))
                .collect(),
            _ => Vec::new(),
        };
        return Some((service.to_owned(), operation.unwrap_or_default(), given));
    }
    let places = TRANSFERS.iter().find(|(known, _)| *known == name);
    let places = places.filter(|_| service == "s3").map_or(&[][..], |(_, places)| places);
    let operation = if name == "generate_presigned_post" {
        "put_object"
    } else {
        name
    };
    Some((service.to_owned(), operation.to_owned(), arguments.values(places)))
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

#[cfg(test)]
mod tests {
    use super::super::reading::{of, of_files};

    #[test]
    fn clients_are_known_however_they_are_made() {
        for (text, expected) in [
            ("boto3.client('s3').get_object(Key='a')", &["s3 get_object Key=a"][..]),
            (
                "boto3.client(service_name='s3').get_object(Key='a')",
                &["s3 get_object Key=a"],
            ),
            ("boto3.Session().client('s3').head_bucket()", &["s3 head_bucket"]),
            (
                "boto3.session.Session(region_name='x').client('s3').head_bucket()",
                &["s3 head_bucket"],
            ),
            (
                "from boto3 import client as c\nc('s3').head_bucket()",
                &["s3 head_bucket"],
            ),
            (
                "import boto3 as b\ns = b.session.Session()\ns.client('sqs').purge_queue()",
                &["sqs purge_queue"],
            ),
            (
                "import boto3.session\nboto3.session.Session().client('s3').head_bucket()",
                &["s3 head_bucket"],
            ),
            (
                "import aioboto3\nasync def f():\n  async with aioboto3.Session().client('s3') as s3:\n    await s3.head_bucket()",
                &["s3 head_bucket"],
            ),
            (
                "from aiobotocore.session import get_session\nasync def f():\n  async with get_session().create_client('s3') as c:\n    await c.head_bucket()",
                &["s3 head_bucket"],
            ),
            (
                "for n in ['s3', 'sqs']:\n  boto3.client(n).ping()",
                &["s3 ping", "sqs ping"],
            ),
            ("def f(n):\n  boto3.client(n).ping()", &[" ping"]),
            (
                "clients = {'a': boto3.client('s3')}\nclients['a'].head_bucket()",
                &["s3 head_bucket"],
            ),
            (
                "from mypy_boto3_s3 import S3Client\ndef f(c: S3Client):\n  c.head_bucket()",
                &["s3 head_bucket"],
            ),
            ("cache = {}\ncache.get_item(Key=1)\nobject().get_item()", &[]),
            (
                "s3 = boto3.client('s3')\ns3.close()\ns3.can_paginate('x')\ns3.exceptions.NoSuchKey()",
                &[],
            ),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn methods_that_stand_for_other_operations_are_known() {
        for (method, expected) in [
            (
                "get_paginator('list_objects_v2').paginate(Bucket='b')",
                "s3 list_objects_v2 Bucket=b",
            ),
            (
                "get_waiter('object_exists').wait(Bucket='b', Key='k')",
                "s3 object_exists Bucket=b Key=k",
            ),
            ("upload_file('f', 'b', 'k')", "s3 upload_file Filename=f Bucket=b Key=k"),
            (
                "download_fileobj('b', Key='k', Fileobj=f)",
                "s3 download_fileobj Bucket=b Key=k Fileobj=?",
            ),
            (
                "generate_presigned_url('put_object', Params={'Bucket': 'b', 'Key': 'k'})",
                "s3 put_object Bucket=b Key=k",
            ),
            ("generate_presigned_post('b', 'k')", "s3 put_object Bucket=b Key=k"),
        ] {
            let text = format!("s3 = boto3.client('s3')\ns3.{method}");
            assert_eq!(of(&text), [expected], "{method}");
        }
        for (text, expected) in [
            ("getattr(s3, 'get_object')(Key='a')", "s3 get_object Key=a"),
            ("def f(op):\n  getattr(s3, op)()", "s3 "),
            ("pool.submit(s3.delete_object, Key='a')", "s3 delete_object Key=a"),
            ("p = s3.get_object\np(Key='a')", "s3 get_object Key=a"),
            (
                "sqs = boto3.client('sqs')\nu = sqs.get_queue_url(QueueName='q')['QueueUrl']\nsqs.purge_queue(QueueUrl=u)",
                "sqs purge_queue QueueUrl=q",
            ),
        ] {
            let found = of(&format!("import pool\ns3 = boto3.client('s3')\n{text}"));
            assert_eq!(found.last().map(String::as_str), Some(expected), "{text}");
        }
    }

    #[test]
    fn powertools_read_parameters_and_secrets() {
        let text = "from aws_lambda_powertools.utilities import parameters\n\
            parameters.get_parameter('/a')\nparameters.get_parameters('/b')\nparameters.get_secret(name='c')";
        let expected = [
            "ssm get_parameter Name=/a",
            "ssm get_parameters_by_path Path=/b",
            "secretsmanager get_secret_value SecretId=c",
        ];
        assert_eq!(of_files(&[("app.py", text)]), expected);
    }
}
