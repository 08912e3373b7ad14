//! A call held to an expectation: every difference, with its place in the result.

use serde::Serialize;
use serde_json::Value;

use super::{Expectation, ExpectedError, Rule};
use crate::domain::report::Report;

/// What came of a call, as far as expectations ask.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Called {
    /// The result, or what Lambda says about a failure.
    pub payload: Vec<u8>,
    /// Whether the function failed.
    pub failed: bool,
    /// Milliseconds.
    pub duration_ms: Option<f64>,
    /// Megabytes.
    pub max_memory_mb: Option<u64>,
}

/// How a function failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    #[serde(rename = "type")]
    pub kind: String,
    pub message: String,
}

/// One difference between what was expected and what came.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Mismatch {
    /// A place in the result (`$.body`), or `error`, `duration`, `memory`.
    pub path: String,
    /// Absent when there should be nothing there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Value>,
    /// Absent when there is nothing there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub got: Option<Value>,
    /// What is wrong, where the two do not say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl Mismatch {
    fn values(path: &str, expected: Option<&Value>, got: Option<&Value>) -> Self {
        Self {
            path: path.to_owned(),
            expected: expected.cloned(),
            got: got.cloned(),
            message: None,
        }
    }

    /// The same, with texts as `hidden` leaves them.
    #[must_use]
    pub fn hiding(self, hidden: &impl Fn(&str) -> String) -> Self {
        Self {
            path: hidden(&self.path),
            expected: self.expected.map(|value| hide(value, hidden)),
            got: self.got.map(|value| hide(value, hidden)),
            message: self.message.map(|message| hidden(&message)),
        }
    }

    fn said(path: &str, got: Option<Value>, message: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            expected: None,
            got,
            message: Some(message.into()),
        }
    }
}

/// A value with every text in it as `hidden` leaves it; a number that is changed by it becomes a text.
fn hide(value: Value, hidden: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => hidden(&text).into(),
        Value::Array(items) => items.into_iter().map(|item| hide(item, hidden)).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (hidden(&name), hide(value, hidden)))
            .collect(),
        Value::Number(number) => {
            let text = number.to_string();
            let shown = hidden(&text);
            if shown == text { number.into() } else { shown.into() }
        }
        value @ (Value::Null | Value::Bool(_)) => value,
    }
}

impl Called {
    /// A call with the figures that stand at the end of its log.
    pub fn with_log(payload: Vec<u8>, failed: bool, log: &str) -> Self {
        let report = Report::find(log).unwrap_or_default();
        Self {
            payload,
            failed,
            duration_ms: report.duration_ms,
            max_memory_mb: report.max_memory_mb,
        }
    }

    /// The result as JSON; `null` when there is none, a text when it is no JSON.
    pub fn result(&self) -> Value {
        if self.payload.is_empty() {
            return Value::Null;
        }
        serde_json::from_slice(&self.payload)
            .unwrap_or_else(|_| String::from_utf8_lossy(&self.payload).into_owned().into())
    }

    /// How it failed, if it did.
    pub fn failure(&self) -> Option<Failure> {
        let result = self.failed.then(|| self.result())?;
        let text = |name: &str| result[name].as_str().unwrap_or_default().to_owned();
        Some(Failure {
            kind: text("errorType"),
            message: text("errorMessage"),
        })
    }
}

impl Expectation {
    /// Everything in which a call is not as expected; nothing when it is.
    pub fn check(&self, called: &Called) -> Vec<Mismatch> {
        let mut found = Vec::new();
        match (&self.error, called.failure()) {
            (None, Some(failure)) => {
                let got = format!("{}: {}", failure.kind, failure.message);
                found.push(Mismatch::said("error", Some(got.into()), "the function failed"));
            }
            (Some(_), None) => {
                let message = "the function should fail, and it succeeded";
                found.push(Mismatch::said("error", Some(called.result()), message));
            }
            (Some(expected), Some(failure)) => errors(expected, &failure, &mut found),
            (None, None) => {
                let result = called.result();
                for rule in &self.result {
                    rule.check(&result, &mut found);
                }
            }
        }
        self.check_figures(called, &mut found);
        found
    }

    fn check_figures(&self, called: &Called, found: &mut Vec<Mismatch>) {
        if let Some(limit) = self.max_duration {
            match called.duration_ms {
                // Durations are far below the 2^52 milliseconds at which f64 loses whole ones.
                #[expect(clippy::cast_precision_loss, reason = "a duration of minutes")]
                Some(took) if took > limit as f64 => {
                    let whole = format!("{took:.0}");
                    // 1.4 ms are more than 1 ms, and say so.
                    let took = if whole == limit.to_string() {
                        took.to_string()
                    } else {
                        whole
                    };
                    let message = format!("took {took} ms, and at most {limit} ms are allowed");
                    found.push(Mismatch::said("duration", None, message));
                }
                Some(_) => {}
                None => {
                    let message = format!("the log does not tell how long it took, and at most {limit} ms are allowed");
                    found.push(Mismatch::said("duration", None, message));
                }
            }
        }
        if let Some(limit) = self.max_memory {
            match called.max_memory_mb {
                Some(used) if used > limit => {
                    let message = format!("used {used} MB, and at most {limit} MB are allowed");
                    found.push(Mismatch::said("memory", None, message));
                }
                Some(_) => {}
                None => {
                    let message = format!("the log does not tell what was used, and at most {limit} MB are allowed");
                    found.push(Mismatch::said("memory", None, message));
                }
            }
        }
    }
}

fn errors(expected: &ExpectedError, failure: &Failure, found: &mut Vec<Mismatch>) {
    for (path, pattern, got) in [
        ("error.type", &expected.kind, &failure.kind),
        ("error.message", &expected.message, &failure.message),
    ] {
        if let Some(pattern) = pattern
            && !matches(pattern, got)
        {
            let (pattern, got) = (Value::from(pattern.as_str()), Value::from(got.as_str()));
            found.push(Mismatch::values(path, Some(&pattern), Some(&got)));
        }
    }
}

/// Whether a text is as a pattern says, in which `*` stands for anything.
pub fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

impl Rule {
    fn check(&self, result: &Value, found: &mut Vec<Mismatch>) {
        match self {
            Self::Equals(expected) => compare("$", expected, result, true, found),
            Self::Contains(expected) => compare("$", expected, result, false, found),
            Self::Schema(schema) => {
                for error in schema.0.iter_errors(result) {
                    let path = path_of(&error.instance_path().to_string());
                    // Without the value, which the message would repeat in full.
                    let message = error.masked_with("this").to_string();
                    found.push(Mismatch::said(
                        &path,
                        Some(error.instance().clone().into_owned()),
                        message,
                    ));
                }
            }
        }
    }
}

/// A JSON pointer in the way other places are written: `$.a[0]`.
fn path_of(pointer: &str) -> String {
    let mut path = "$".to_owned();
    for part in pointer.split('/').skip(1) {
        let name = part.replace("~1", "/").replace("~0", "~");
        match name.parse::<usize>() {
            Ok(index) => path.extend(["[", &index.to_string(), "]"]),
            Err(_) => path.push_str(&member(&name)),
        }
    }
    path
}

/// `.name`, or `["odd name"]`.
fn member(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(plain) {
        format!(".{name}")
    } else {
        format!("[{}]", Value::from(name))
    }
}

/// Compares two values; `exact` says whether there may be fields that were not expected.
fn compare(path: &str, expected: &Value, got: &Value, exact: bool, found: &mut Vec<Mismatch>) {
    match (expected, got) {
        (Value::Object(wanted), Value::Object(there)) => {
            for (name, expected) in wanted {
                let path = format!("{path}{}", member(name));
                match there.get(name) {
                    Some(got) => compare(&path, expected, got, exact, found),
                    None => found.push(Mismatch::values(&path, Some(expected), None)),
                }
            }
            for (name, got) in there.iter().filter(|(name, _)| exact && !wanted.contains_key(*name)) {
                found.push(Mismatch::values(&format!("{path}{}", member(name)), None, Some(got)));
            }
        }
        (Value::Array(wanted), Value::Array(there)) => {
            for index in 0..wanted.len().max(there.len()) {
                let path = format!("{path}[{index}]");
                match (wanted.get(index), there.get(index)) {
                    (Some(expected), Some(got)) => compare(&path, expected, got, exact, found),
                    (expected, got) => found.push(Mismatch::values(&path, expected, got)),
                }
            }
        }
        // Services hand bodies over as texts: JSON in them may be expected as JSON.
        (Value::Object(_) | Value::Array(_), Value::String(text)) if !exact && inner(text).is_some() => {
            let got = inner(text).expect("looked at in the guard");
            compare(path, expected, &got, exact, found);
        }
        // Two texts that are JSON differ somewhere in it.
        (Value::String(wanted), Value::String(there)) if wanted != there => match (inner(wanted), inner(there)) {
            (Some(wanted), Some(there)) if wanted != there => compare(path, &wanted, &there, true, found),
            _ => found.push(Mismatch::values(path, Some(expected), Some(got))),
        },
        (Value::Number(wanted), Value::Number(there)) if same_number(wanted, there) => {}
        _ if expected == got => {}
        _ => found.push(Mismatch::values(path, Some(expected), Some(got))),
    }
}

/// `1` and `1.0` are one number to JSON; whole numbers are compared as such, however large.
fn same_number(one: &serde_json::Number, other: &serde_json::Number) -> bool {
    one == other || ((one.is_f64() || other.is_f64()) && one.as_f64() == other.as_f64())
}

/// The object or list that a text is, if it is one.
fn inner(text: &str) -> Option<Value> {
    let text = text.trim_start();
    if !text.starts_with(['{', '[']) {
        return None;
    }
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::parse;
    use super::*;

    fn mismatches(expectation: &Value, result: &Value) -> Vec<String> {
        let called = Called {
            payload: result.to_string().into_bytes(),
            ..Called::default()
        };
        shown(expectation, &called)
    }

    fn shown(expectation: &Value, called: &Called) -> Vec<String> {
        let expectation = parse(&expectation.to_string()).expect("an expectation");
        let found = expectation.check(called);
        found
            .iter()
            .map(|mismatch| {
                let value = |value: &Option<Value>| value.as_ref().map_or("-".to_owned(), ToString::to_string);
                let message = mismatch.message.clone().unwrap_or_default();
                format!(
                    "{} {} {} {message}",
                    mismatch.path,
                    value(&mismatch.expected),
                    value(&mismatch.got)
                )
                .trim_end()
                .to_owned()
            })
            .collect()
    }

    #[test]
    fn nothing_expected_is_success_expected() {
        assert!(mismatches(&json!({}), &json!({ "any": 1 })).is_empty());
        let failed = Called {
            payload: br#"{"errorType":"ValueError","errorMessage":"no"}"#.to_vec(),
            failed: true,
            ..Called::default()
        };
        assert_eq!(
            shown(&json!({}), &failed),
            [r#"error - "ValueError: no" the function failed"#]
        );
        assert!(shown(&json!({ "error": true }), &failed).is_empty());
        assert!(shown(&json!({ "error": { "type": "Value*", "message": "n*" } }), &failed).is_empty());
        assert_eq!(
            shown(&json!({ "error": { "type": "KeyError", "message": "*o" } }), &failed),
            [r#"error.type "KeyError" "ValueError""#]
        );
        assert_eq!(
            mismatches(&json!({ "error": true }), &json!(1)),
            ["error - 1 the function should fail, and it succeeded"]
        );
    }

    #[test]
    fn a_duration_just_above_its_limit_is_shown_to_be_so() {
        for (took, told) in [(1.378, "1.378"), (1.6, "2"), (250.4, "250")] {
            let called = Called {
                duration_ms: Some(took),
                ..Called::default()
            };
            assert_eq!(
                shown(&json!({ "max_duration": "1ms" }), &called),
                [format!("duration - - took {told} ms, and at most 1 ms are allowed")]
            );
        }
    }

    #[test]
    fn results_are_compared_place_by_place() {
        let got = json!({ "a": [1, { "b": "x" }], "odd name": null, "n": 1.0 });
        assert!(mismatches(&json!({ "result": got }), &got).is_empty());
        assert!(
            mismatches(
                &json!({ "result": { "a": [1, { "b": "x" }], "odd name": null, "n": 1 } }),
                &got
            )
            .is_empty()
        );
        assert_eq!(
            mismatches(
                &json!({ "result": { "a": [2, { "b": "y" }, 3], "n": 1, "m": true } }),
                &got
            ),
            [
                "$.a[0] 2 1",
                r#"$.a[1].b "y" "x""#,
                "$.a[2] 3 -",
                "$.m true -",
                r#"$["odd name"] - null"#
            ]
        );
        assert!(mismatches(&json!({ "contains": { "a": [1, {}] } }), &got).is_empty());
        assert_eq!(
            mismatches(&json!({ "contains": { "a": [1] } }), &got),
            [r#"$.a[1] - {"b":"x"}"#]
        );
        assert_eq!(
            mismatches(
                &json!({ "result": 9_007_199_254_740_993_u64 }),
                &json!(9_007_199_254_740_992_u64)
            )
            .len(),
            1
        );
    }

    #[test]
    fn json_in_texts_is_looked_into() {
        let got = json!({ "statusCode": 200, "body": "{\"id\": 42, \"ok\": true}" });
        assert!(mismatches(&json!({ "contains": { "body": { "id": 42 } } }), &got).is_empty());
        assert_eq!(
            mismatches(&json!({ "contains": { "body": { "id": 7 } } }), &got),
            ["$.body.id 7 42"]
        );
        // A result that is told exactly is one text.
        assert_eq!(
            mismatches(&json!({ "result": { "statusCode": 200, "body": { "id": 42 } } }), &got).len(),
            1
        );
        assert_eq!(
            mismatches(
                &json!({ "result": { "statusCode": 200, "body": "{\"id\":7,\"ok\":true}" } }),
                &got
            ),
            ["$.body.id 7 42"]
        );
        // The same JSON, written differently, is another text.
        assert_eq!(
            mismatches(
                &json!({ "result": { "statusCode": 200, "body": "{\"id\":42,\"ok\":true}" } }),
                &got
            )
            .len(),
            1
        );
    }

    #[test]
    fn schemas_say_where_it_is_wrong() {
        let schema = json!({ "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" } } });
        assert!(mismatches(&json!({ "schema": schema }), &json!({ "id": 1 })).is_empty());
        let found = mismatches(&json!({ "schema": schema }), &json!({ "id": "x" }));
        assert_eq!(found, [r#"$.id - "x" this is not of type "integer""#]);
        let wrong = parse(&json!({ "schema": { "type": "nothing" } }).to_string()).unwrap_err();
        assert_eq!(wrong.place, "$.schema");
    }

    #[test]
    fn figures_are_limits() {
        let called = Called {
            payload: b"1".to_vec(),
            duration_ms: Some(501.0),
            max_memory_mb: Some(200),
            ..Called::default()
        };
        assert_eq!(
            shown(&json!({ "max_duration": "500ms", "max_memory": "128MB" }), &called),
            [
                "duration - - took 501 ms, and at most 500 ms are allowed",
                "memory - - used 200 MB, and at most 128 MB are allowed"
            ]
        );
        assert!(shown(&json!({ "max_duration": "1s", "max_memory": "1GB" }), &called).is_empty());
    }

    #[test]
    fn wrong_expectations_are_refused() {
        for (text, place, message) in [
            ("[]", "$", "an object"),
            ("{", "$", "not JSON"),
            (r#"{"resutl": 1}"#, "$.resutl", "did you mean `result`?"),
            (r#"{"max_duration": "soon"}"#, "$.max_duration", "500ms"),
            (r#"{"error": "x"}"#, "$.error", "`true`"),
            (r#"{"error": {"typ": "x"}}"#, "$.error.typ", "type, message"),
            (r#"{"env": {"A B": "x"}}"#, "$.env.A B", ""),
            (r#"{"env": {"KEY": ["secret"]}}"#, "$.env.KEY", "a text"),
            (r#"{"error": true, "result": 1}"#, "$.error", "either"),
            (r#"{"event": 1, "event_file": "x"}"#, "$.event_file", "either"),
            (r#"{"qualifier": "a b"}"#, "$.qualifier", ""),
        ] {
            let wrong = parse(text).unwrap_err();
            assert_eq!(wrong.place, place, "{text}");
            assert!(wrong.message.contains(message), "{text}: {wrong}");
            assert!(!wrong.to_string().contains("secret"), "{wrong}");
        }
    }

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, expected) in [
            ("no", "no", true),
            ("no", "not", false),
            ("*", "", true),
            ("a*c", "abc", true),
            ("a*c", "acb", false),
            ("*b*", "abc", true),
            ("a*a", "a", false),
            ("a**b", "ab", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
