//! Texts that library functions put together, where several languages do so alike.

use super::known::{Known, concat};

/// The parts with a separator in between.
pub fn separated(parts: &[Known], separator: &str) -> Known {
    let mut pieces: Vec<Known> = Vec::new();
    for part in parts {
        if !pieces.is_empty() {
            pieces.push(Known::text(separator));
        }
        pieces.push(part.clone());
    }
    concat(&pieces)
}

/// A format of `%s` and the like, and its values: each verb is the next one.
pub fn formatted(arguments: &[Known]) -> Known {
    let Some((pattern, values)) = arguments.split_first() else {
        return Known::Unknown;
    };
    let Some(pattern) = pattern.as_literal() else {
        return Known::Unknown;
    };
    let mut values = values.iter();
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut chars = pattern.chars();
    while let Some(char) = chars.next() {
        if char != '%' {
            literal.push(char);
            continue;
        }
        let verb = chars.by_ref().find(|char| char.is_ascii_alphabetic() || *char == '%');
        if verb == Some('%') {
            literal.push('%');
            continue;
        }
        parts.push(Known::text(std::mem::take(&mut literal)));
        let value = values.next().cloned().unwrap_or(Known::Unknown);
        parts.push(if matches!(verb, Some('s' | 'v')) {
            value
        } else {
            Known::Unknown
        });
    }
    parts.push(Known::text(literal));
    parts.retain(|part| *part != Known::text(""));
    concat(&parts)
}
