//! What `Invoke` refuses before a function sees it, and the end of the log that it returns.

use super::PAYLOAD_LIMIT;

/// Bytes of an event that nobody waits for. Source: Lambda developer guide, "Lambda quotas".
const EVENT_LIMIT: usize = 1_048_576;
/// Bytes of base64. Source: Lambda API reference, `Invoke`.
const CONTEXT_LIMIT: usize = 3_583;
/// Source: Lambda API reference, `Invoke` (`LogType`).
const TAIL: usize = 4_096;

/// A call that Lambda does not take, in its words.
#[derive(Debug, thiserror::Error)]
pub enum BadRequest {
    #[error("Request must be smaller than {0} bytes for the InvokeFunction operation")]
    TooLarge(usize),
    #[error("{0}")]
    Unreadable(String),
}

impl BadRequest {
    /// Lambda's name of the error.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge(_) => "RequestTooLargeException",
            Self::Unreadable(_) => "InvalidRequestContentException",
        }
    }
}

/// Checks a call; returns the client context as it travels, on one line. `waits` is whether the
/// caller waits for the result. `context` is JSON.
pub fn check_request(payload: &[u8], waits: bool, context: Option<&str>) -> Result<Option<String>, BadRequest> {
    let limit = if waits { PAYLOAD_LIMIT } else { EVENT_LIMIT };
    if payload.len() > limit {
        return Err(BadRequest::TooLarge(limit));
    }
    if !payload.is_empty()
        && let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(payload)
    {
        let message = format!("Could not parse request body into json: {error}");
        return Err(BadRequest::Unreadable(message));
    }
    let Some(context) = context else {
        return Ok(None);
    };
    let value: serde_json::Value = serde_json::from_str(context).map_err(|error| {
        BadRequest::Unreadable(format!(
            "Client context must be a valid Base64-encoded JSON object: {error}"
        ))
    })?;
    if context.len().div_ceil(3) * 4 > CONTEXT_LIMIT {
        return Err(BadRequest::Unreadable(format!(
            "Client context must be no more than {CONTEXT_LIMIT} bytes when Base64-encoded."
        )));
    }
    Ok(Some(ascii(&value)))
}

/// JSON in plain ASCII, since it travels in a header: HTTP clients disagree about anything else.
fn ascii(value: &serde_json::Value) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    // Outside ASCII there is nothing in JSON but the insides of strings, where escapes may stand.
    for unit in value.to_string().encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => text.push(char::from(byte)),
            Ok(_) | Err(_) => write!(text, "\\u{unit:04x}").expect("writing to a String cannot fail"),
        }
    }
    text
}

/// The end of a log that comes with a result: the last bytes that are whole characters.
pub fn tail(log: &str) -> &str {
    let from = log.len().saturating_sub(TAIL);
    let from = (from..=log.len()).find(|at| log.is_char_boundary(*at));
    &log[from.unwrap_or(log.len())..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_contexts_travel_as_ascii() {
        let context = serde_json::json!({ "k": "ü🦀", "n": 1 });
        let text = ascii(&context);
        assert_eq!(text, r#"{"k":"\u00fc\ud83e\udd80","n":1}"#);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), context);
    }

    #[test]
    fn the_tail_is_four_kilobytes_of_whole_characters() {
        let log = "ü".repeat(3_000) + "x";
        let tail = tail(&log);
        assert!(tail.len() <= TAIL && tail.len() > TAIL - 2 && tail.ends_with('x'));
    }
}
