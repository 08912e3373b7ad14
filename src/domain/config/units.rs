//! Sizes and times as people write them: `512MB`, `1m30s`, `14d`, `20MB`.
//!
//! One spelling of each unit: a file reads the same whoever wrote it. The complaint about any
//! other spelling says the right one.

use serde_json::{Value, json};

use super::findings::Complaint;
use super::node::{Kind, Node};
use super::shape::Scalar;

/// A size in megabytes; a bare number means megabytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Megabytes<const MIN: u64, const MAX: u64>(pub u32);

/// A length of time in seconds; a bare number means seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seconds<const MIN: u64, const MAX: u64>(pub u32);

/// A size in bytes. `KB`, `MB` and `GB` count in steps of 1024, as Lambda's own limits do
/// ("50 MB" is 52,428,800 bytes). Source: Lambda developer guide, "Lambda quotas".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bytes(pub u64);

/// How many days logs are kept; `None` is for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention(pub Option<u32>);

/// The days that `CloudWatch` Logs knows.
/// Source: `CloudWatch` Logs API reference, `PutRetentionPolicy`.
const RETENTION_DAYS: [u32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/// Splits `512MB` into its number and its unit.
fn number_and_unit(text: &str) -> Option<(u64, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..digits].parse().ok()?, &text[digits..]))
}

fn bare(node: &Node) -> Option<Result<u64, Complaint>> {
    let number = node.int()?;
    Some(u64::try_from(number).map_err(|_| Complaint::new(format!("`{}` is below zero", node.written))))
}

fn in_range(value: u64, (min, max): (u64, u64), node: &Node, shown: fn(u64) -> String) -> Result<u32, Complaint> {
    let name = node.at.leaf();
    let written = &node.written;
    let bounds = format!("Lambda accepts {} to {}", shown(min), shown(max));
    if value < min {
        return Err(Complaint::new(format!("`{name}` is too small: `{written}`")).hint(bounds));
    }
    match u32::try_from(value) {
        Ok(small) if value <= max => Ok(small),
        _ => Err(Complaint::new(format!("`{name}` is too large: `{written}`")).hint(bounds)),
    }
}

fn shown_megabytes(value: u64) -> String {
    format!("{value}MB")
}

impl<const MIN: u64, const MAX: u64> Scalar for Megabytes<MIN, MAX> {
    const EXPECTED: &'static str = "a size such as `512MB` or `1GB`; a bare number means MB";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        let value = match bare(node) {
            Some(value) => value,
            None => megabytes(node.text()?),
        };
        Some(value.and_then(|value| in_range(value, (MIN, MAX), node, shown_megabytes).map(Self)))
    }

    fn schema() -> Value {
        json!({ "anyOf": [
            { "type": "integer", "minimum": MIN, "maximum": MAX },
            { "type": "string", "pattern": "^([0-9]+(MB|GB)|.*\\$\\{.*)$" },
        ] })
    }
}

fn megabytes(text: &str) -> Result<u64, Complaint> {
    let complaint = || Complaint::new(format!("`{text}` is not a size"));
    let compact = text.replace([' ', '_'], "");
    match number_and_unit(&compact) {
        Some((number, "MB")) if text == compact => Ok(number),
        Some((number, "GB")) if text == compact => Ok(number.saturating_mul(1024)),
        Some((number, unit)) => {
            let right = match unit.to_ascii_lowercase().as_str() {
                "" | "m" | "mb" | "mib" | "megabytes" => format!("{number}MB"),
                "g" | "gb" | "gib" | "gigabytes" => format!("{number}GB"),
                _ => return Err(complaint()),
            };
            Err(complaint().hint(format!("write `{right}`")))
        }
        None => Err(complaint()),
    }
}

/// Parses `30s`, `5m`, `1m30s`, `6h` or `1d`.
pub fn seconds(text: &str) -> Result<u64, Complaint> {
    let complaint = || Complaint::new(format!("`{text}` is not a length of time"));
    let compact = text.replace(' ', "");
    let mut total = 0_u64;
    let mut rest = compact.as_str();
    let mut right = String::new();
    while !rest.is_empty() {
        let (number, after) = number_and_unit(rest).ok_or_else(complaint)?;
        let unit_end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, factor) = match after[..unit_end].to_ascii_lowercase().as_str() {
            "" | "s" | "sec" | "secs" | "second" | "seconds" => ("s", 1),
            "m" | "min" | "mins" | "minute" | "minutes" => ("m", 60),
            "h" | "hour" | "hours" => ("h", 3600),
            "d" | "day" | "days" => ("d", 86_400),
            _ => return Err(complaint()),
        };
        total = total.saturating_add(number.saturating_mul(factor));
        right = format!("{right}{number}{unit}");
        rest = &after[unit_end..];
    }
    match right == text && !text.is_empty() {
        true => Ok(total),
        false if right.is_empty() => Err(complaint()),
        false => Err(complaint().hint(format!("write `{right}`"))),
    }
}

/// Seconds in the longest units that fit: `90` is `1m30s`.
pub fn shown_seconds(value: u64) -> String {
    let parts = [(value / 3600, "h"), (value % 3600 / 60, "m"), (value % 60, "s")];
    let given: Vec<String> = parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, unit)| format!("{number}{unit}"))
        .collect();
    let shown = given.concat();
    if shown.is_empty() { "0s".into() } else { shown }
}

impl<const MIN: u64, const MAX: u64> Scalar for Seconds<MIN, MAX> {
    const EXPECTED: &'static str = "a length of time such as `30s`, `5m` or `1m30s`; a bare number means seconds";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        let value = match bare(node) {
            Some(value) => value,
            None => seconds(node.text()?),
        };
        Some(value.and_then(|value| in_range(value, (MIN, MAX), node, shown_seconds).map(Self)))
    }

    fn schema() -> Value {
        json!({ "anyOf": [
            { "type": "integer", "minimum": MIN, "maximum": MAX },
            { "type": "string", "pattern": "^(([0-9]+[smhd])+|.*\\$\\{.*)$" },
        ] })
    }
}

impl Scalar for Bytes {
    const EXPECTED: &'static str = "a size such as `20MB` (1MB is 1024KB); a bare number means bytes";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        let value = match bare(node) {
            Some(value) => value,
            None => bytes(node.text()?),
        };
        Some(value.and_then(|value| match value {
            0 => Err(Complaint::new("a budget of nothing lets no archive pass")),
            value => Ok(Self(value)),
        }))
    }

    fn schema() -> Value {
        json!({ "anyOf": [
            { "type": "integer", "minimum": 1 },
            { "type": "string", "pattern": "^([0-9]+(KB|MB|GB)|.*\\$\\{.*)$" },
        ] })
    }
}

fn bytes(text: &str) -> Result<u64, Complaint> {
    let complaint = || Complaint::new(format!("`{text}` is not a size"));
    let compact = text.replace([' ', '_'], "");
    let (number, unit) = number_and_unit(&compact).ok_or_else(complaint)?;
    let (right, factor) = match unit.to_ascii_uppercase().as_str() {
        "K" | "KB" | "KIB" => ("KB", 1 << 10),
        "M" | "MB" | "MIB" => ("MB", 1 << 20),
        "G" | "GB" | "GIB" => ("GB", 1 << 30),
        _ => return Err(complaint()),
    };
    if text == format!("{number}{right}") {
        return Ok(number.saturating_mul(factor));
    }
    Err(complaint().hint(format!("write `{number}{right}`")))
}

impl Scalar for Retention {
    const EXPECTED: &'static str = "days such as `14d`, or `never` to keep logs for ever";

    fn parse(node: &Node) -> Option<Result<Self, Complaint>> {
        let days = match (bare(node), &node.kind) {
            (Some(days), _) => days,
            (None, Kind::Text(text)) if text == "never" => return Some(Ok(Self(None))),
            (None, Kind::Text(text)) => days(text),
            _ => return None,
        };
        Some(days.and_then(|days| {
            let allowed = RETENTION_DAYS.iter().copied();
            if let Some(days) = allowed.clone().find(|known| u64::from(*known) == days) {
                return Ok(Self(Some(days)));
            }
            let near = allowed
                .min_by_key(|known| u64::from(*known).abs_diff(days))
                .unwrap_or(14);
            let message = format!("CloudWatch Logs cannot keep logs for {days} days");
            Err(Complaint::new(message).hint(format!("the nearest it knows is `{near}d`")))
        }))
    }

    fn schema() -> Value {
        let written: Vec<String> = RETENTION_DAYS.iter().map(u32::to_string).collect();
        json!({ "anyOf": [
            { "enum": RETENTION_DAYS },
            { "type": "string", "pattern": format!("^(never|({})d|.*\\$\\{{.*)$", written.join("|")) },
        ] })
    }
}

fn days(text: &str) -> Result<u64, Complaint> {
    let complaint = || Complaint::new(format!("`{text}` is not a number of days"));
    let compact = text.replace(' ', "").to_ascii_lowercase();
    let (number, unit) = number_and_unit(&compact).ok_or_else(complaint)?;
    let factor = match unit {
        "d" if text == format!("{number}d") => return Ok(number),
        "d" | "day" | "days" => 1,
        "w" | "week" | "weeks" => 7,
        "m" | "month" | "months" => 30,
        "y" | "year" | "years" => 365,
        _ => return Err(complaint()),
    };
    Err(complaint().hint(format!("write `{}d`", number.saturating_mul(factor))))
}

#[cfg(test)]
mod tests {
    use super::super::node::Path;
    use super::*;

    fn text(text: &str) -> Node {
        Node::new(Path::default().key("x"), Kind::Text(text.into()))
    }

    #[test]
    fn times_are_read_and_shown() {
        for (written, value) in [("30s", 30), ("5m", 300), ("1m30s", 90), ("6h", 21_600), ("1d", 86_400)] {
            assert_eq!(seconds(written), Ok(value));
        }
        assert_eq!(shown_seconds(90), "1m30s");
        assert_eq!(shown_seconds(0), "0s");
        for (wrong, right) in [
            ("30 s", "write `30s`"),
            ("5 minutes", "write `5m`"),
            ("30S", "write `30s`"),
        ] {
            assert_eq!(seconds(wrong).unwrap_err().hint.as_deref(), Some(right));
        }
        for wrong in ["", "s", "soon", "5 parsecs", "-1s", "1.5m"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_have_one_spelling() {
        type Memory = Megabytes<128, 10_240>;
        let parse = |node: &str| Memory::parse(&text(node)).unwrap();
        assert_eq!(parse("512MB"), Ok(Megabytes(512)));
        assert_eq!(parse("10GB"), Ok(Megabytes(10_240)));
        for (wrong, right) in [
            ("512 mb", "write `512MB`"),
            ("1gb", "write `1GB`"),
            ("512", "write `512MB`"),
        ] {
            assert_eq!(parse(wrong).unwrap_err().hint.as_deref(), Some(right));
        }
        for wrong in ["64MB", "11GB", "99999999999999999999MB", "MB", "1TB"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Bytes::parse(&text("20MB")).unwrap(), Ok(Bytes(20_971_520)));
        assert_eq!(
            Bytes::parse(&text("20 mb")).unwrap().unwrap_err().hint.as_deref(),
            Some("write `20MB`")
        );
    }

    #[test]
    fn retention_takes_the_days_that_cloudwatch_knows() {
        assert_eq!(Retention::parse(&text("14d")).unwrap(), Ok(Retention(Some(14))));
        assert_eq!(Retention::parse(&text("never")).unwrap(), Ok(Retention(None)));
        let hint = |written: &str| Retention::parse(&text(written)).unwrap().unwrap_err().hint;
        assert_eq!(hint("15d").as_deref(), Some("the nearest it knows is `14d`"));
        assert_eq!(hint("2 weeks").as_deref(), Some("write `14d`"));
    }
}
