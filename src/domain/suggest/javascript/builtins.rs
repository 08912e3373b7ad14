//! JavaScript's own functions, and a few packages', that hand on what they are given.

use std::rc::Rc;

use super::super::call::Text;
use super::clients;
use super::evaluate::{Reader, merge};
use super::things::{Arguments, Context, Package, Place, Thing};

/// Array methods that hand their function an element at a time.
pub const GIVES_ELEMENTS: &[&str] = &[
    "map", "flatMap", "forEach", "filter", "find", "findLast", "some", "every",
];

/// Methods that hand back what they are called on.
const SAME: &[&str] = &[
    "asString", "bind", "catch", "default", "filter", "finally", "flat", "required", "reverse", "slice", "sort",
    "toSorted", "toString", "trim", "valueOf",
];

/// A call of a method that is known by its name; none where the object has to tell.
pub fn method(reader: &mut Reader<'_, '_>, at: Place, callee: Place, context: &Context) -> Option<Thing> {
    let tree = &reader.file(at).tree;
    let object = tree.field(callee.node, "object")?;
    let name = tree.text(tree.field(callee.node, "property")?);
    let place = Place { node: object, ..at };
    if clients::is_wrapper(name) {
        return Some(reader.arguments(at, context).get(0));
    }
    if tree.kind(object) == "identifier"
        && let Some(thing) = global(reader, tree.text(object), name, at, context)
    {
        return Some(thing);
    }
    let receiver = match name {
        "map" | "flatMap" | "join" | "concat" | "at" | "pop" | "shift" | "find" => reader.evaluate(place, context),
        name if SAME.contains(&name) => reader.evaluate(place, context),
        _ => return None,
    };
    let is_plain = matches!(
        receiver,
        Thing::Text(_) | Thing::List(_) | Thing::Unknown | Thing::Any(_)
    );
    match name {
        "map" | "flatMap" if matches!(receiver, Thing::List(_) | Thing::Unknown) => {
            Some(mapped(reader, &receiver, name, at, context))
        }
        "join" if matches!(receiver, Thing::List(_)) => Some(joined(reader, &receiver, at, context)),
        "concat" => match &receiver {
            Thing::Text(_) => {
                let mut parts = vec![receiver.clone()];
                parts.extend(reader.arguments(at, context).list);
                Some(Thing::concatenation(&parts))
            }
            Thing::List(elements) => {
                let mut all = elements.as_ref().clone();
                for argument in reader.arguments(at, context).list {
                    match argument {
                        Thing::List(more) => all.extend(more.iter().cloned()),
                        other => all.push(other),
                    }
                }
                Some(Thing::list(all))
            }
            _ => None,
        },
        "at" | "pop" | "shift" | "find" if matches!(receiver, Thing::List(_)) => Some(receiver.element()),
        "bind" if matches!(receiver, Thing::Function(..) | Thing::Operation(..)) => Some(receiver),
        name if SAME.contains(&name) && is_plain => Some(receiver),
        _ => None,
    }
}

/// `Object.freeze(x)`, `path.join(…)` and the like.
fn global(reader: &mut Reader<'_, '_>, object: &str, name: &str, at: Place, context: &Context) -> Option<Thing> {
    let mut arguments = || reader.arguments(at, context);
    Some(match (object, name) {
        ("Object", "freeze" | "seal") | ("Promise", "all" | "resolve" | "allSettled") | ("structuredClone", _) => {
            arguments().get(0)
        }
        ("Object", "assign") => {
            let mut properties = Vec::new();
            for argument in arguments().list {
                merge(&mut properties, &argument);
            }
            Thing::Object(Rc::new(properties))
        }
        ("Object", "values") => match arguments().get(0) {
            Thing::Object(properties) => Thing::list(properties.iter().map(|(_, value)| value.clone()).collect()),
            _ => Thing::Unknown,
        },
        ("Object", "keys") => match arguments().get(0) {
            Thing::Object(properties) => {
                Thing::list(properties.iter().map(|(name, _)| Thing::Text(name.clone())).collect())
            }
            _ => Thing::Unknown,
        },
        ("Object", "entries") => match arguments().get(0) {
            Thing::Object(properties) => Thing::list(
                properties
                    .iter()
                    .map(|(name, value)| Thing::list(vec![Thing::Text(name.clone()), value.clone()]))
                    .collect(),
            ),
            _ => Thing::Unknown,
        },
        ("Array", "of") => Thing::list(arguments().list),
        ("path" | "posix", "join") => {
            let arguments = arguments();
            if arguments.open {
                return Some(Thing::Unknown);
            }
            separated(&arguments.list, "/")
        }
        _ => return None,
    })
}

fn mapped(reader: &mut Reader<'_, '_>, receiver: &Thing, name: &str, at: Place, context: &Context) -> Thing {
    let function = reader.arguments(at, context).get(0);
    let elements = match receiver {
        Thing::List(elements) => elements.as_ref().clone(),
        _ => vec![Thing::Unknown],
    };
    let results = elements.into_iter().flat_map(|element| {
        let arguments = Arguments {
            list: vec![element],
            open: true,
        };
        match reader.apply(&function, &arguments) {
            Thing::List(inner) if name == "flatMap" => inner.as_ref().clone(),
            other => vec![other],
        }
    });
    Thing::list(results.collect())
}

fn joined(reader: &mut Reader<'_, '_>, receiver: &Thing, at: Place, context: &Context) -> Thing {
    let separator = match reader.arguments(at, context).get(0) {
        Thing::Nothing => Thing::literal(","),
        other => other,
    };
    match (receiver, separator.as_literal()) {
        (Thing::List(elements), Some(separator)) => separated(elements, separator),
        _ => Thing::Unknown,
    }
}

fn separated(parts: &[Thing], separator: &str) -> Thing {
    let mut all = Vec::new();
    for part in parts {
        if !all.is_empty() {
            all.push(Thing::literal(separator));
        }
        all.push(part.clone());
    }
    Thing::concatenation(&all)
}

/// What a package's function hands back of its arguments.
pub fn passed_through(package: &Package, arguments: &Arguments) -> Thing {
    let name = package.path.last().map_or("", String::as_str);
    match (package.name.as_str(), name) {
        ("path" | "path/posix", "join") if !arguments.open => separated(&arguments.list, "/"),
        ("util", "promisify") => arguments.get(0),
        ("env-var", "get") => match arguments.get(0).as_literal() {
            Some(name) => Thing::env(name),
            None => Thing::Unknown,
        },
        // lodash, lodash/memoize, memoize-one and their like hand back the function.
        (_, "once" | "memoize") | ("once" | "memoizee" | "memoize-one" | "p-memoize" | "mem", "") => arguments.get(0),
        ("lodash/once" | "lodash/memoize" | "lodash.once" | "lodash.memoize", _) => arguments.get(0),
        _ => checked_environment(arguments),
    }
}

/// `schema.parse(process.env)`, `cleanEnv(process.env, …)`: whatever checks the environment hands it on.
pub fn checked_environment(arguments: &Arguments) -> Thing {
    if arguments.list.contains(&Thing::Environment) {
        Thing::Environment
    } else {
        Thing::Unknown
    }
}

/// Whether a name is written out, and which.
pub fn written(name: &Text) -> Option<&str> {
    match name.0.as_slice() {
        [super::super::call::Piece::Literal(text)] => Some(text),
        _ => None,
    }
}
