//! What DynamoDB's expressions say: the attributes that they name, and the partition key of a query.
//!
//! Source: DynamoDB developer guide, "Using expressions in DynamoDB".

use serde_json::{Map, Value};

use super::super::asked::text_in;

/// Words that are not names.
const KEYWORDS: [&str; 9] = ["and", "or", "not", "between", "in", "set", "remove", "add", "delete"];

/// The top-level attributes that an expression names, with `#names` resolved.
pub(super) fn attributes(expression: &str, names: &Map<String, Value>) -> Vec<String> {
    let words = words(expression);
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let is_nested = index > 0 && words[index - 1] == ".";
        let is_call = words.get(index + 1) == Some(&"(") && !KEYWORDS.contains(&word.to_ascii_lowercase().as_str());
        if is_nested || is_call || !is_name(word) || KEYWORDS.contains(&word.to_ascii_lowercase().as_str()) {
            continue;
        }
        found.push(resolved(word, names));
    }
    found
}

fn resolved(word: &str, names: &Map<String, Value>) -> String {
    text_in(names, word).unwrap_or(word).to_owned()
}

fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c == '#' || c == '_' || c.is_alphabetic())
}

/// Names, values and signs, without spaces and what is in brackets.
fn words(expression: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = expression.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '#' | ':' | '-');
        let length = if first == '[' {
            rest.find(']').map_or(rest.len(), |end| end + 1)
        } else {
            rest.find(|c: char| !is_part(c))
                .unwrap_or(rest.len())
                .max(first.len_utf8())
        };
        let (word, after) = rest.split_at(length);
        if first != '[' {
            words.push(word);
        }
        rest = after.trim_start();
    }
    words
}

/// The values that the partition key of a query may have: `None` when two keys are compared by `=` and nothing tells
/// which of them it is.
pub(super) fn partition(query: &Map<String, Value>) -> Option<String> {
    let empty = Map::new();
    let object = |name: &str| query.get(name).and_then(Value::as_object).unwrap_or(&empty);
    if let Some(expression) = text_in(query, "KeyConditionExpression") {
        let words = words(expression);
        let mut equal = words.windows(3).filter(|three| three[1] == "=");
        let (only, None) = (equal.next()?, equal.next()) else {
            return None;
        };
        let value = if only[2].starts_with(':') { only[2] } else { only[0] };
        return scalar(object("ExpressionAttributeValues").get(value)?);
    }
    let conditions = object("KeyConditions").values();
    let mut equal = conditions.filter(|condition| condition.get("ComparisonOperator") == Some(&"EQ".into()));
    let (only, None) = (equal.next()?, equal.next()) else {
        return None;
    };
    scalar(only.get("AttributeValueList")?.get(0)?)
}

/// A text, a number or bytes, as IAM compares them: `{"S": "a"}`.
pub(super) fn scalar(value: &Value) -> Option<String> {
    let fields = value.as_object().filter(|fields| fields.len() == 1)?;
    let (kind, value) = fields.iter().next()?;
    ["S", "N", "B"].contains(&kind.as_str()).then_some(())?;
    value.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn expressions_name_attributes() {
        let names = fields(&json!({ "#s": "status", "#t": "total" }));
        for (expression, expected) in [
            ("id, #s, lines[0].price, a.b.#t", &["id", "status", "lines", "a"][..]),
            (
                "SET #s = :new, visits = if_not_exists(visits, :zero) + :one",
                &["status", "visits", "visits"],
            ),
            ("attribute_exists(id) AND NOT (#t BETWEEN :a AND :b)", &["id", "total"]),
            ("id IN (:a, :b) or size(#s) > :c", &["id", "status"]),
            ("", &[]),
            ("[", &[]),
            ("é = :a", &["é"]),
        ] {
            assert_eq!(attributes(expression, &names), expected, "{expression}");
        }
    }

    #[test]
    fn a_query_tells_its_partition_unless_two_keys_may_be_it() {
        let values = json!({ ":a": { "S": "alice" }, ":b": { "N": "5" } });
        for (expression, expected) in [
            ("#u = :a", Some("alice")),
            ("#u = :a AND at > :b", Some("alice")),
            (":a = #u and begins_with(at, :b)", Some("alice")),
            ("at BETWEEN :b AND :b AND #u=:a", Some("alice")),
            ("#u = :a AND at = :b", None),
            ("#u = :missing", None),
            ("nonsense", None),
        ] {
            let query = json!({ "KeyConditionExpression": expression, "ExpressionAttributeValues": values });
            assert_eq!(partition(&fields(&query)).as_deref(), expected, "{expression}");
        }
        let old = json!({ "KeyConditions": {
            "id": { "ComparisonOperator": "EQ", "AttributeValueList": [{ "S": "x" }] },
            "at": { "ComparisonOperator": "GT", "AttributeValueList": [{ "N": "1" }] },
        } });
        assert_eq!(partition(&fields(&old)).as_deref(), Some("x"));
    }
}
