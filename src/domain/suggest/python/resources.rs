//! The resource API: `boto3.resource("dynamodb").Table("orders").put_item(…)`.
//!
//! S3, SQS, SNS and DynamoDB are known by name. The others follow boto3's own pattern: a method of an
//! object is an operation named like both, and a collection is the operation that lists it.
//! Source: Boto3 documentation, "Resources".

use std::rc::Rc;

use super::arguments::Arguments;
use super::clients::Operation;
use super::thing::{Item, Thing, Things, joined, value};
use crate::domain::suggest::call::{Piece, Text, Value};
use crate::domain::suggest::need::is_operation;

/// Service, kind of object, method, operation, and the parameters of arguments that stand by place.
type Known = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
);

const KNOWN: &[Known] = &[
    ("s3", "Bucket", "load", "list_buckets", &[]),
    ("s3", "Bucket", "upload_file", "upload_file", &["Filename", "Key"]),
    ("s3", "Bucket", "upload_fileobj", "upload_fileobj", &["Fileobj", "Key"]),
    ("s3", "Bucket", "download_file", "download_file", &["Key", "Filename"]),
    (
        "s3",
        "Bucket",
        "download_fileobj",
        "download_fileobj",
        &["Key", "Fileobj"],
    ),
    ("s3", "Bucket", "copy", "copy", &["CopySource", "Key"]),
    ("s3", "Bucket", "delete_objects", "delete_objects", &[]),
    ("s3", "Bucket", "wait_until_exists", "head_bucket", &[]),
    ("s3", "Object", "copy", "copy", &["CopySource"]),
    ("s3", "Object", "copy_from", "copy_object", &[]),
    ("s3", "Object", "load", "head_object", &[]),
    ("s3", "Object", "reload", "head_object", &[]),
    ("s3", "Object", "wait_until_exists", "head_object", &[]),
    (
        "s3",
        "Object",
        "initiate_multipart_upload",
        "create_multipart_upload",
        &[],
    ),
    ("s3", "Object", "upload_file", "upload_file", &["Filename"]),
    ("s3", "Object", "upload_fileobj", "upload_fileobj", &["Fileobj"]),
    ("s3", "Object", "download_file", "download_file", &["Filename"]),
    ("s3", "Object", "download_fileobj", "download_fileobj", &["Fileobj"]),
    ("dynamodb", "Table", "batch_writer", "batch_write_item", &[]),
    ("dynamodb", "Table", "load", "describe_table", &[]),
    ("dynamodb", "Table", "wait_until_exists", "describe_table", &[]),
    ("dynamodb", "Table", "wait_until_not_exists", "describe_table", &[]),
    ("sqs", "", "get_queue_by_name", "get_queue_url", &[]),
    ("sqs", "Queue", "receive_messages", "receive_message", &[]),
    ("sqs", "Queue", "send_messages", "send_message_batch", &[]),
    ("sqs", "Queue", "delete_messages", "delete_message_batch", &[]),
    ("sqs", "Queue", "load", "get_queue_attributes", &[]),
    ("sqs", "Queue", "reload", "get_queue_attributes", &[]),
    ("sqs", "Queue", "set_attributes", "set_queue_attributes", &[]),
    ("sqs", "Message", "change_visibility", "change_message_visibility", &[]),
    ("sns", "Topic", "load", "get_topic_attributes", &[]),
    ("sns", "Topic", "set_attributes", "set_topic_attributes", &[]),
];

/// Service, collection, the kind of its objects, and the operation that lists them.
const COLLECTIONS: &[(&str, &str, &str, &str)] = &[
    ("s3", "buckets", "Bucket", "list_buckets"),
    ("s3", "objects", "Object", "list_objects"),
    ("s3", "object_versions", "ObjectVersion", "list_object_versions"),
    ("s3", "multipart_uploads", "MultipartUpload", "list_multipart_uploads"),
    ("sqs", "queues", "Queue", "list_queues"),
    ("sns", "topics", "Topic", "list_topics"),
    ("dynamodb", "tables", "Table", "list_tables"),
];

/// The parameters that an object's own names are; other objects follow the pattern `InstanceId`.
const NAMES: &[(&str, &str, &[&str])] = &[
    ("s3", "Bucket", &["Bucket"]),
    ("s3", "Object", &["Bucket", "Key"]),
    ("s3", "ObjectSummary", &["Bucket", "Key"]),
    ("s3", "ObjectVersion", &["Bucket", "Key", "VersionId"]),
    ("s3", "ObjectAcl", &["Bucket", "Key"]),
    ("s3", "MultipartUpload", &["Bucket", "Key", "UploadId"]),
    ("dynamodb", "Table", &["TableName"]),
    ("sqs", "Queue", &["QueueUrl"]),
    ("sqs", "Message", &["QueueUrl", "ReceiptHandle"]),
    ("sns", "Topic", &["TopicArn"]),
    ("sns", "PlatformEndpoint", &["TargetArn"]),
];

/// Methods of collections that go through them.
const LISTING: [&str; 5] = ["all", "filter", "limit", "page_size", "pages"];

/// An attribute of a resource or of one of its objects.
pub(super) fn attribute(of: &Thing, name: &str) -> Things {
    let (service, parent) = match of {
        Thing::Resource(service) => (service, None),
        Thing::Item(item) => (&item.service, Some(item)),
        _ => return Things::new(),
    };
    if let Some(kind) = collected(service, name) {
        return vec![Thing::Items(Rc::new(child(
            service,
            parent.map(|item| &**item),
            &kind,
            &[],
        )))];
    }
    if let Some(value) = parent.and_then(|item| own_name(item, name)) {
        return vec![Thing::Value(value)];
    }
    vec![Thing::Method(Rc::new(of.clone()), name.to_owned())]
}

/// The kind of objects in a collection.
fn collected(service: &str, name: &str) -> Option<String> {
    let known = COLLECTIONS.iter().find(|(s, n, ..)| *s == service && *n == name);
    if let Some((_, _, kind, _)) = known {
        return Some((*kind).to_owned());
    }
    let is_known = COLLECTIONS.iter().any(|(s, ..)| *s == service);
    let singular = name.strip_suffix('s')?;
    (!is_known && lister(service, name).is_some()).then(|| camel(singular))
}

fn lister(service: &str, collection: &str) -> Option<String> {
    let known = COLLECTIONS.iter().find(|(s, n, ..)| *s == service && *n == collection);
    if let Some((.., operation)) = known {
        return Some((*operation).to_owned());
    }
    let verbs = ["describe", "list"].iter();
    let candidates = verbs.map(|verb| format!("{verb}_{collection}"));
    candidates
        .into_iter()
        .find(|operation| is_operation(service, operation))
}

/// `security_group` → `SecurityGroup`
fn camel(name: &str) -> String {
    let words = name.split('_').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        format!("{}{rest}", first.to_ascii_uppercase())
    });
    words.collect()
}

/// `SecurityGroup` → `security_groups`
fn plural(kind: &str) -> String {
    let mut name = String::new();
    for letter in kind.chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name + "s"
}

/// An object of this kind; its first names are those of what it belongs to.
fn child(service: &Rc<str>, parent: Option<&Item>, kind: &str, given: &[Value]) -> Item {
    let parameters = NAMES.iter().find(|(s, k, _)| **s == **service && *k == kind);
    let mut names = Vec::new();
    match parameters {
        Some((.., parameters)) => {
            let mut given = given.iter();
            for parameter in *parameters {
                let inherited = parent.and_then(|parent| parent.names.iter().find(|(name, _)| name == parameter));
                let value = match inherited {
                    Some((_, value)) => value.clone(),
                    None => given.next().cloned().unwrap_or(Value::Unknown),
                };
                names.push(((*parameter).to_owned(), value));
            }
        }
        None => {
            let value = given.first().cloned().unwrap_or(Value::Unknown);
            let endings = ["Id", "Ids", "Name"].iter();
            names.extend(endings.map(|ending| (format!("{kind}{ending}"), value.clone())));
        }
    }
    Item {
        service: service.clone(),
        kind: kind.to_owned(),
        names,
    }
}

/// `table.name`, `object.bucket_name`, `queue.url`: what the object was made with.
fn own_name(item: &Item, attribute: &str) -> Option<Value> {
    let kind = item.kind.to_ascii_lowercase();
    let asked: String = attribute.chars().filter(|c| *c != '_').collect();
    let is_asked = |parameter: &str| {
        let parameter = parameter.to_ascii_lowercase();
        let own = parameter.strip_prefix(&kind).unwrap_or(&parameter);
        parameter == asked
            || own == asked
            || format!("{parameter}name") == asked
            || (parameter == kind && asked == "name")
    };
    let found = item.names.iter().find(|(parameter, _)| is_asked(parameter));
    found.map(|(_, value)| value.clone())
}

/// What a method gives back.
pub(super) fn result(of: &Thing, name: &str, arguments: &Arguments) -> Things {
    let unknown = || vec![Thing::Value(Value::Unknown)];
    let (service, parent) = match of {
        Thing::Resource(service) => (service, None),
        Thing::Item(item) => (&item.service, Some(&**item)),
        Thing::Items(item) if LISTING.contains(&name) => {
            return vec![Thing::Items(Rc::new(narrowed(item, arguments)))];
        }
        _ => return unknown(),
    };
    if name.starts_with(|c: char| c.is_ascii_uppercase()) {
        let given = arguments
            .positional
            .iter()
            .chain(arguments.named.iter().map(|(_, things)| things));
        let given: Vec<Value> = given.map(|things| value(things)).collect();
        return vec![Thing::Item(Rc::new(child(service, parent, name, &given)))];
    }
    let named = |parameter: &str| {
        arguments
            .named(parameter)
            .map_or(Value::Unknown, |things| value(things))
    };
    let made = match (&**service, name) {
        ("sqs", "get_queue_by_name" | "create_queue") => ("Queue", named("QueueName")),
        ("sns", "create_topic") => ("Topic", named("Name")),
        ("dynamodb", "create_table") => ("Table", named("TableName")),
        ("s3", "create_bucket") => ("Bucket", named("Bucket")),
        ("sqs", "receive_messages") => {
            let message = child(service, parent, "Message", &[]);
            return vec![Thing::Items(Rc::new(message))];
        }
        _ => return unknown(),
    };
    vec![Thing::Item(Rc::new(child(service, parent, made.0, &[made.1])))]
}

/// Objects of a collection of which the beginning of their keys is known.
fn narrowed(item: &Item, arguments: &Arguments) -> Item {
    let mut item = item.clone();
    let prefix = arguments.named("Prefix").map(|things| value(things));
    if let Some(Value::Text(prefix)) = prefix
        && let Some((_, key)) = item.names.iter_mut().find(|(name, _)| name == "Key")
    {
        *key = Value::Text(joined([prefix, Text(vec![Piece::Unknown])]));
    }
    item
}

/// The operations that a call of a method stands for.
pub(super) fn operations(of: &Thing, name: &str, arguments: &Arguments) -> Vec<Operation> {
    let (service, kind, names) = match of {
        Thing::Resource(service) => (service, "", &[][..]),
        Thing::Item(item) => (&item.service, item.kind.as_str(), &item.names[..]),
        Thing::Items(item) => return of_all(item, name, arguments),
        _ => return Vec::new(),
    };
    if name.starts_with(|c: char| c.is_ascii_uppercase()) {
        return Vec::new();
    }
    let known = KNOWN
        .iter()
        .find(|(s, k, n, ..)| **s == **service && *k == kind && *n == name);
    let (operation, places) = match known {
        Some((.., operation, places)) => ((*operation).to_owned(), *places),
        None => (by_pattern(service, kind, name), &[][..]),
    };
    let mut given = arguments.values(places);
    if operation == "batch_write_item" && kind == "Table" {
        let tables = names.iter().filter_map(|(_, value)| match value {
            Value::Text(text) => Some((text.clone(), Value::Unknown)),
            _ => None,
        });
        given = vec![("RequestItems".to_owned(), Value::Map(tables.collect()))];
    }
    let own = names
        .iter()
        .filter(|(name, _)| !given.iter().any(|(known, _)| known == name));
    let own: Vec<(String, Value)> = own.cloned().collect();
    given.extend(own);
    vec![(service.to_string(), operation, given)]
}

/// `stop` of an `Instance` is `stop_instances`.
fn by_pattern(service: &str, kind: &str, name: &str) -> String {
    let one = plural(kind);
    let one = one.strip_suffix('s').unwrap_or_default();
    let verbs: &[&str] = match name {
        "load" | "reload" => &["describe", "get"],
        _ if name.starts_with("wait_until") => &["describe", "get"],
        _ => &[],
    };
    let by_verb = verbs
        .iter()
        .flat_map(|verb| [format!("{verb}_{one}s"), format!("{verb}_{one}")]);
    let by_name = [format!("{name}_{one}"), format!("{name}_{one}s"), name.to_owned()];
    let candidates: Vec<String> = if verbs.is_empty() {
        by_name.into()
    } else {
        by_verb.collect()
    };
    let found = candidates
        .into_iter()
        .find(|operation| is_operation(service, operation));
    found.unwrap_or_else(|| name.to_owned())
}

/// A method of a collection: it lists, and what is no way of listing is done to every object.
fn of_all(item: &Item, name: &str, arguments: &Arguments) -> Vec<Operation> {
    let mut operations = Vec::new();
    let known = COLLECTIONS
        .iter()
        .find(|(s, _, k, _)| **s == *item.service && *k == item.kind);
    let collection = known.map_or_else(|| plural(&item.kind), |(_, collection, ..)| (*collection).to_owned());
    if let Some(operation) = lister(&item.service, &collection) {
        let mut given = arguments.values(&[]);
        // The bucket that a key is in, and not the key.
        let around = item
            .names
            .iter()
            .filter(|(name, _)| name == "Bucket" || name == "QueueUrl");
        given.extend(around.cloned());
        operations.push((item.service.to_string(), operation, given));
    }
    if !LISTING.contains(&name) {
        let one = Thing::Item(Rc::new(item.clone()));
        operations.extend(self::operations(&one, name, arguments));
    }
    operations
}
