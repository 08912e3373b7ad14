//! The Query protocol: parameters as a form, with lists and maps written into their names.
//!
//! Source: Smithy, "AWS query protocol".

use serde_json::{Map, Value};

/// So many steps of a name lead inwards; no operation has parameters as deep.
const DEPTH: usize = 16;

/// `Entries.member.1.Id=a` → `{"Entries": [{"Id": "a"}]}`. Lists are in the order of their numbers, and maps
/// (`Attributes.entry.1.key`) become objects.
pub(super) fn read(pairs: impl Iterator<Item = (String, String)>) -> Result<Map<String, Value>, String> {
    let mut tree = Map::new();
    for (name, value) in pairs {
        let steps: Vec<&str> = name.splitn(DEPTH, '.').collect();
        if !insert(&mut tree, &steps, value) {
            return Err(format!("`{name}` stands in it twice"));
        }
    }
    Ok(tree.into_iter().map(|(name, value)| (name, shaped(value))).collect())
}

/// Whether there was nothing in its place.
fn insert(tree: &mut Map<String, Value>, steps: &[&str], value: String) -> bool {
    match steps {
        [] => false,
        [last] => tree.insert((*last).to_owned(), Value::String(value)).is_none(),
        [first, rest @ ..] => {
            let inner = tree.entry((*first).to_owned()).or_insert_with(|| Map::new().into());
            inner.as_object_mut().is_some_and(|inner| insert(inner, rest, value))
        }
    }
}

/// Objects whose names are numbers are lists, and lists of keys and values are maps.
fn shaped(value: Value) -> Value {
    let Value::Object(mut fields) = value else {
        return value;
    };
    for wrapper in ["member", "entry"] {
        if fields.len() == 1
            && let Some(inner) = fields.remove(wrapper)
        {
            return shaped(inner);
        }
    }
    let numbers: Option<Vec<u32>> = fields.keys().map(|name| name.parse().ok()).collect();
    let Some(numbers) = numbers.filter(|numbers| !numbers.is_empty()) else {
        return fields.into_iter().map(|(name, value)| (name, shaped(value))).collect();
    };
    let mut numbered: Vec<(u32, Value)> = numbers.into_iter().zip(fields.into_iter().map(|(_, v)| v)).collect();
    numbered.sort_by_key(|(number, _)| *number);
    let values: Vec<Value> = numbered.into_iter().map(|(_, value)| shaped(value)).collect();
    let entries: Option<Map<String, Value>> = values.iter().map(entry).collect();
    entries.map_or(Value::Array(values), Value::Object)
}

/// `{"key": …, "value": …}`
fn entry(value: &Value) -> Option<(String, Value)> {
    let fields = value.as_object().filter(|fields| fields.len() == 2)?;
    Some((fields.get("key")?.as_str()?.to_owned(), fields.get("value")?.clone()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::calls::request::pairs;

    #[test]
    fn names_lead_into_lists_and_maps() {
        for (form, expected) in [
            ("", json!({})),
            ("TopicArn=arn%3Aaws%3Asns", json!({ "TopicArn": "arn:aws:sns" })),
            (
                "E.member.2.Id=b&E.member.1.Id=a&E.member.10.Id=c",
                json!({ "E": [{ "Id": "a" }, { "Id": "b" }, { "Id": "c" }] }),
            ),
            ("A.1=x&A.2=y", json!({ "A": ["x", "y"] })),
            (
                "Attributes.entry.1.key=Policy&Attributes.entry.1.value=p",
                json!({ "Attributes": { "Policy": "p" } }),
            ),
            (
                "Tags.member.1.Key=team&Tags.member.1.Value=a",
                json!({ "Tags": [{ "Key": "team", "Value": "a" }] }),
            ),
        ] {
            assert_eq!(read(pairs(form)).map(Value::Object), Ok(expected), "{form}");
        }
        for twice in ["A=1&A=1", "A=1&%41=2", "A=1&A.b=2", "A.b=1&A=2"] {
            assert!(read(pairs(twice)).is_err(), "{twice}");
        }
        let deep = vec!["a"; 10_000].join(".");
        assert_eq!(read(pairs(&deep)).unwrap().len(), 1);
    }
}
