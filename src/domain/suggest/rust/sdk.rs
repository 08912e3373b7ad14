//! What the AWS SDK for Rust and the standard library give: clients, fluent builders, environment
//! variables, and the many wrappers that a value passes through.

use std::rc::Rc;

use crate::domain::suggest::syntax::{Evaluator, Instance, Known, Origin, Sdk, SdkCall, any, concat};

/// Rust's libraries.
pub struct RustSdk;

/// Types around another, by their last name.
const WRAPPERS: &[&str] = &[
    "Arc",
    "Rc",
    "Box",
    "Option",
    "Result",
    "State",
    "Extension",
    "Data",
    "OnceCell",
    "OnceLock",
    "LazyLock",
    "Lazy",
    "LazyCell",
    "Mutex",
    "RwLock",
    "Cow",
    "Pin",
    "AsyncOnce",
    "RefCell",
    "Cell",
];
const LISTS: &[&str] = &["Vec", "VecDeque", "HashSet", "BTreeSet", "HashMap", "BTreeMap"];
/// Methods that give what they are called on, or what it wraps.
const TRANSPARENT: &[&str] = &[
    "clone",
    "cloned",
    "copied",
    "as_ref",
    "as_str",
    "as_deref",
    "as_mut",
    "to_string",
    "to_owned",
    "into",
    "try_into",
    "into_owned",
    "unwrap",
    "expect",
    "unwrap_or_default",
    "ok",
    "ok_or",
    "ok_or_else",
    "map_err",
    "context",
    "with_context",
    "get",
    "lock",
    "read",
    "write",
    "borrow",
    "borrow_mut",
    "deref",
    "trim",
    "into_string",
    "iter",
    "into_iter",
    "to_str",
    "into_inner",
    "inspect_err",
    "wrap_err",
    "filter",
    "or_else_err",
    "unwrap_unchecked",
    "await",
    "as_slice",
    "get_ref",
    "force",
    "leak",
    "to_string_lossy",
    "into_boxed_str",
];
/// Methods that end a fluent builder and ask AWS, now or through what they give.
const ENDS: &[&str] = &["send", "into_paginator", "presigned", "send_with", "customize", "wait"];

impl Sdk for RustSdk {
    fn function(&self, run: &Evaluator<'_>, path: &str, arguments: &[Known], _: Origin) -> Known {
        let mut names = path.rsplit("::");
        let (name, class) = (names.next().unwrap_or(""), names.next().unwrap_or(""));
        if path.starts_with("aws_sdk_") {
            let owner = path.rsplit_once("::").map_or("", |(owner, _)| owner);
            return match (class, name) {
                ("Client", "new" | "from_conf") => Known::instance(owner),
                (_, "builder") => Known::instance(format!("{owner}Builder")),
                _ => Known::Unknown,
            };
        }
        match (class, name) {
            ("env", "var" | "var_os") => first(arguments, Known::environment),
            ("" | "Option" | "Result", "Some" | "Ok")
            | ("String" | "Cow", "from" | "from_str" | "Borrowed" | "Owned")
            | (
                "Arc" | "Rc" | "Box" | "Mutex" | "RwLock" | "RefCell" | "State" | "Extension" | "Data",
                "new" | "from",
            )
            | ("Arc" | "Rc" | "String" | "Clone", "clone")
            | ("Box", "leak" | "pin")
            | ("Vec" | "VecDeque", "from")
            | ("", "State" | "Extension") => first(arguments, Known::clone),
            ("", "Err") => Known::Nothing,
            ("LazyLock" | "Lazy" | "LazyCell" | "OnceCell" | "AsyncOnce", "new" | "from" | "new_with" | "force") => {
                first(arguments, |value| match value {
                    Known::Closure(..) => run.apply(value, &[]),
                    other => other.clone(),
                })
            }
            ("HashMap" | "BTreeMap", "new") => Known::Map(Vec::new()),
            ("HashMap" | "BTreeMap", "from") => first(arguments, map_of),
            ("Vec", "new" | "with_capacity") => Known::List(Vec::new()),
            _ => Known::Unknown,
        }
    }

    fn method(&self, run: &Evaluator<'_>, receiver: &Known, name: &str, arguments: &[Known], origin: Origin) -> Known {
        if TRANSPARENT.contains(&name) {
            return receiver.clone();
        }
        match name {
            "get_or_init" | "get_or_try_init" => {
                let made = first(arguments, |value| run.apply(value, &[]));
                return if made.is_known() { made } else { receiver.clone() };
            }
            "unwrap_or" | "or" => return any([receiver.clone(), first(arguments, Known::clone)]),
            "unwrap_or_else" | "or_else" => {
                return any([
                    receiver.clone(),
                    first(arguments, |value| applied(run, value, &[Known::Unknown])),
                ]);
            }
            "map" | "and_then" => return first(arguments, |value| applied(run, value, std::slice::from_ref(receiver))),
            _ => {}
        }
        let Known::Instance(instance) = receiver else {
            return match (receiver, name) {
                (Known::List(parts), "concat") => concat(parts),
                _ => Known::Unknown,
            };
        };
        let path = instance.path.as_str();
        let Some(krate) = path.split("::").next().filter(|krate| krate.starts_with("aws_sdk_")) else {
            return Known::Unknown;
        };
        if is_client(path) {
            return Known::Instance(Rc::new(Instance {
                path: format!("{krate}::operation::{name}::"),
                fields: Vec::new(),
                origin: Some(origin),
            }));
        }
        if let Some(built) = path.strip_suffix("Builder").filter(|_| name == "build") {
            return Known::Instance(Rc::new(Instance {
                path: built.to_owned(),
                ..Instance::clone(instance)
            }));
        }
        if ENDS.contains(&name) || !is_builder(path) {
            return Known::Unknown;
        }
        let field = name.strip_prefix("set_").unwrap_or(name);
        match arguments {
            [value] => receiver.with(field, value.clone()),
            // Entries of a map, one a call.
            [key, value] => receiver.with(field, Known::Map(vec![(key.clone(), value.clone())])),
            _ => receiver.clone(),
        }
    }

    fn changed(&self, _: &Evaluator<'_>, object: &Known, name: &str, arguments: &[Known]) -> Option<Known> {
        match (object, name, arguments) {
            (Known::Map(entries), "insert", [key, value]) => {
                let mut entries = entries.clone();
                entries.push((key.clone(), value.clone()));
                Some(Known::Map(entries))
            }
            (Known::List(items), "push", [item]) => {
                let mut items = items.clone();
                items.push(item.clone());
                Some(Known::List(items))
            }
            _ => None,
        }
    }

    fn call(&self, _: &Evaluator<'_>, receiver: Option<&Known>, name: &str, _: &[Known]) -> Vec<SdkCall> {
        let Some(Known::Instance(instance)) = receiver else {
            return Vec::new();
        };
        let mut segments = instance.path.split("::");
        let (Some(service), Some("operation"), Some(method)) = (
            segments.next().and_then(|krate| krate.strip_prefix("aws_sdk_")),
            segments.next(),
            segments.next(),
        ) else {
            return Vec::new();
        };
        if !ENDS.contains(&name) {
            return Vec::new();
        }
        // A waiter goes by what it waits for.
        let operation = method.strip_prefix("wait_until_").unwrap_or(method).to_owned();
        vec![SdkCall {
            service: service.to_owned(),
            operation,
            arguments: instance.arguments(),
            origin: instance.origin,
        }]
    }

    fn is_wrapper(&self, path: &str) -> bool {
        WRAPPERS.contains(&path.rsplit("::").next().unwrap_or(path))
    }

    fn is_list(&self, path: &str) -> bool {
        LISTS.contains(&path.rsplit("::").next().unwrap_or(path))
    }
}

/// `aws_sdk_s3::Client`, also by the path of the module that it stands in.
fn is_client(path: &str) -> bool {
    path.ends_with("::Client")
}

/// A fluent builder of an operation, `…::operation::get_object::`, or a builder of a part of its input.
fn is_builder(path: &str) -> bool {
    path.ends_with("Builder") || path.ends_with("::")
}

fn first(arguments: &[Known], with: impl Fn(&Known) -> Known) -> Known {
    arguments.first().map_or(Known::Unknown, with)
}

/// What a function gives; that of a library, such as `String::from`, gives what it is given.
fn applied(run: &Evaluator<'_>, function: &Known, arguments: &[Known]) -> Known {
    match function {
        Known::Name(path)
            if ["String::from", "Into::into", "ToString::to_string"]
                .iter()
                .any(|one| path.ends_with(one)) =>
        {
            first(arguments, Known::clone)
        }
        _ => run.apply(function, arguments),
    }
}

/// A map from a list of pairs.
fn map_of(pairs: &Known) -> Known {
    let Known::List(pairs) = pairs else {
        return Known::Unknown;
    };
    let entries = pairs.iter().filter_map(|pair| match pair {
        Known::Tuple(parts) => Some((parts.first()?.clone(), parts.get(1)?.clone())),
        _ => None,
    });
    Known::Map(entries.collect())
}
