//! What the JDK gives: environment variables, texts, lists, maps, optional values.

use crate::domain::suggest::syntax::{Evaluator, Known, any, concat, formatted, separated};

/// The type of `System.getenv()`.
const ENVIRONMENT: &str = "System::environment";

/// A static method or constructor.
pub fn function(path: &str, arguments: &[Known]) -> Known {
    let mut names = path.rsplit("::");
    let (name, class) = (names.next().unwrap_or(""), names.next().unwrap_or(""));
    match (class, name) {
        ("System", "getenv") => match arguments {
            [] => Known::instance(ENVIRONMENT),
            [name, ..] => Known::environment(name),
        },
        ("String", "format") => formatted(arguments),
        ("String", "join") => match arguments {
            [separator, Known::List(parts)] => joined(separator, parts),
            [separator, parts @ ..] => joined(separator, parts),
            [] => Known::Unknown,
        },
        ("String" | "Objects", "valueOf" | "toString" | "requireNonNull" | "copyValueOf")
        | ("Optional", "of" | "ofNullable")
        | ("CompletableFuture", "completedFuture" | "supplyAsync") => first(arguments),
        ("Objects", "requireNonNullElse") => any(arguments.iter().cloned()),
        ("Map", "of") | ("Collections", "singletonMap") => Known::Map(
            arguments
                .chunks_exact(2)
                .map(|entry| (entry[0].clone(), entry[1].clone()))
                .collect(),
        ),
        ("Collections", "emptyMap") | ("HashMap" | "TreeMap" | "LinkedHashMap" | "ConcurrentHashMap", "new") => {
            Known::Map(Vec::new())
        }
        ("List" | "Set" | "Arrays" | "Stream", "of" | "asList") | ("Collections", "singletonList" | "singleton") => {
            Known::List(arguments.to_vec())
        }
        ("ArrayList" | "LinkedList" | "HashSet", "new") => match arguments.first() {
            Some(Known::List(items)) => Known::List(items.clone()),
            _ => Known::List(Vec::new()),
        },
        _ => Known::Unknown,
    }
}

/// A method of a value that is neither the program's nor the SDK's.
pub fn method(run: &Evaluator<'_>, receiver: &Known, name: &str, arguments: &[Known]) -> Known {
    match (receiver, name) {
        (Known::Instance(instance), "get" | "getOrDefault") if instance.path == ENVIRONMENT => match arguments {
            [] => Known::Unknown,
            [name] => Known::environment(name),
            [name, default, ..] => match (Known::environment(name), default.as_literal()) {
                (variable @ Known::Text(_), Some(_)) => any([variable, default.clone()]),
                (variable, _) => variable,
            },
        },
        (Known::Closure(..), "get" | "apply" | "call" | "accept" | "run") => run.apply(receiver, arguments),
        (_, "orElse" | "orElseGet") => {
            let other = arguments.first().cloned().unwrap_or(Known::Unknown);
            let other = if let Known::Closure(..) = other {
                run.apply(&other, &[])
            } else {
                other
            };
            any([receiver.clone(), other])
        }
        (Known::Text(_), "concat") => concat(&[receiver.clone(), first(arguments)]),
        (Known::Text(_), "formatted") => formatted(&[std::slice::from_ref(receiver), arguments].concat()),
        (Known::Map(_), "get" | "getOrDefault") | (Known::List(_), "get" | "next" | "getFirst") => receiver.element(),
        (Known::Map(_), "values") => Known::List(vec![receiver.element()]),
        (
            _,
            "trim" | "strip" | "toString" | "intern" | "orElseThrow" | "get" | "join" | "stream" | "toList"
            | "iterator" | "getNow" | "filter" | "name",
        ) => receiver.clone(),
        // Accessors that a library such as Lombok writes.
        (Known::Instance(_), _) if arguments.is_empty() => {
            let field = ["get", "is"]
                .iter()
                .find_map(|prefix| name.strip_prefix(prefix))
                .unwrap_or(name);
            run.member(receiver, &decapitalised(field))
        }
        _ => Known::Unknown,
    }
}

/// A map or list after a method that changes it.
pub fn changed(object: &Known, name: &str, arguments: &[Known]) -> Option<Known> {
    match (object, name, arguments) {
        (Known::Map(entries), "put" | "putIfAbsent", [key, value]) => {
            let mut entries = entries.clone();
            entries.push((key.clone(), value.clone()));
            Some(Known::Map(entries))
        }
        (Known::List(items), "add", [item]) => {
            let mut items = items.clone();
            items.push(item.clone());
            Some(Known::List(items))
        }
        _ => None,
    }
}

pub fn first(arguments: &[Known]) -> Known {
    arguments.first().cloned().unwrap_or(Known::Unknown)
}

pub fn decapitalised(name: &str) -> String {
    let mut chars = name.chars();
    match chars.next() {
        Some(initial) => initial.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

fn joined(separator: &Known, parts: &[Known]) -> Known {
    match separator.as_literal() {
        Some(separator) => separated(parts, &separator),
        None => Known::Unknown,
    }
}
