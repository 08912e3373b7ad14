//! From a text to an [`Expectation`]: unknown fields and wrong values are errors.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{EventSource, Expectation, ExpectedError, Rule, Schema, Wrong};
use crate::domain::function::Environment;
use crate::domain::names::EnvName;

const FIELDS: [&str; 11] = [
    "$schema",
    "name",
    "event",
    "event_file",
    "result",
    "contains",
    "schema",
    "error",
    "max_duration",
    "max_memory",
    "env",
];

/// Reads an expectation.
pub fn parse(text: &str) -> Result<Expectation, Wrong> {
    let whole = |message: String| wrong("", message);
    let value: Value = serde_json::from_str(text).map_err(|error| whole(format!("this is not JSON: {error}")))?;
    let Value::Object(fields) = value else {
        return Err(whole("an expectation is an object".into()));
    };
    let mut expectation = Expectation::default();
    for (name, value) in fields {
        field(&mut expectation, &name, value)?;
    }
    if expectation.error.is_some() && !expectation.result.is_empty() {
        let message = "a function that fails has no result: say either `error` or what the result should be";
        return Err(wrong("error", message.into()));
    }
    Ok(expectation)
}

fn wrong(place: &str, message: String) -> Wrong {
    let place = if place.is_empty() {
        "$".to_owned()
    } else {
        format!("$.{place}")
    };
    Wrong { place, message }
}

fn field(expectation: &mut Expectation, name: &str, value: Value) -> Result<(), Wrong> {
    match name {
        // For editors.
        "$schema" => {}
        "name" => expectation.name = Some(text(name, value)?),
        "event" | "event_file" if expectation.event != EventSource::Beside => {
            return Err(wrong(name, "say either `event` or `event_file`".into()));
        }
        "event" => expectation.event = EventSource::Inline(value),
        "event_file" => expectation.event = EventSource::File(text(name, value)?.into()),
        "result" => expectation.result.push(Rule::Equals(value)),
        "contains" => expectation.result.push(Rule::Contains(value)),
        "schema" => {
            let validator = jsonschema::validator_for(&value)
                .map_err(|error| wrong(name, format!("this is no JSON Schema: {error}")))?;
            expectation.result.push(Rule::Schema(Schema(validator.into())));
        }
        "error" => expectation.error = Some(error(value)?),
        "max_duration" => {
            expectation.max_duration = Some(amount(name, &value, &[("ms", 1), ("s", 1_000), ("m", 60_000)])?);
        }
        "max_memory" => expectation.max_memory = Some(amount(name, &value, &[("MB", 1), ("GB", 1_024)])?),
        "env" => expectation.env = environment(value)?,
        "qualifier" => {
            let parsed = text(name, value)?.parse();
            expectation.qualifier = Some(parsed.map_err(|error| wrong(name, format!("{error}")))?);
        }
        _ => {
            let near = FIELDS
                .iter()
                .chain(&["qualifier"])
                .map(|field| (strsim::jaro_winkler(field, name), *field))
                .filter(|(likeness, _)| *likeness > 0.8)
                .max_by(|a, b| a.0.total_cmp(&b.0));
            let help = match near {
                Some((_, field)) => format!("did you mean `{field}`?"),
                None => format!("the fields are {}, qualifier", FIELDS[1..].join(", ")),
            };
            return Err(wrong(name, format!("there is no such field; {help}")));
        }
    }
    Ok(())
}

fn text(name: &str, value: Value) -> Result<String, Wrong> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(wrong(name, "write a text".into())),
    }
}

/// A number in the smallest unit, or a text with a unit.
fn amount(name: &str, value: &Value, units: &[(&str, u64)]) -> Result<u64, Wrong> {
    let from_text = |text: &str| {
        units.iter().find_map(|(unit, factor)| {
            let number = text.trim().strip_suffix(unit)?.trim_end().parse::<u64>().ok()?;
            number.checked_mul(*factor)
        })
    };
    let found = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => from_text(text),
        _ => None,
    };
    let (first, last) = (units[0].0, units[units.len() - 1].0);
    found.ok_or_else(|| {
        wrong(
            name,
            format!("write a whole number with a unit, such as `\"500{first}\"` or `\"2{last}\"`"),
        )
    })
}

/// `true` for any error, or an object with patterns.
fn error(value: Value) -> Result<ExpectedError, Wrong> {
    let mut expected = ExpectedError::default();
    match value {
        Value::Bool(true) => {}
        Value::Object(fields) => {
            for (name, value) in fields {
                let place = format!("error.{name}");
                match name.as_str() {
                    "type" => expected.kind = Some(text(&place, value)?),
                    "message" => expected.message = Some(text(&place, value)?),
                    _ => {
                        return Err(wrong(
                            &place,
                            "there is no such field; the fields are type, message".into(),
                        ));
                    }
                }
            }
        }
        _ => {
            let message = "write `true`, or an object with `type` and `message`";
            return Err(wrong("error", message.into()));
        }
    }
    Ok(expected)
}

fn environment(value: Value) -> Result<Environment, Wrong> {
    let Value::Object(fields) = value else {
        return Err(wrong("env", "write an object of texts".into()));
    };
    variables(fields).map(Environment)
}

fn variables(fields: Map<String, Value>) -> Result<BTreeMap<String, String>, Wrong> {
    let mut variables = BTreeMap::new();
    for (name, value) in fields {
        let place = format!("env.{name}");
        EnvName::new(&name).map_err(|error| wrong(&place, error.to_string()))?;
        // The value may be a secret: it is not repeated.
        let value = match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(truth) => truth.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => return Err(wrong(&place, "write a text".into())),
        };
        variables.insert(name, value);
    }
    Ok(variables)
}
