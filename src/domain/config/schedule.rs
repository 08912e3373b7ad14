//! The grammar of `EventBridge` schedules: `rate(5 minutes)`, `cron(0 9 ? * MON-FRI *)`, `at(...)`.
//!
//! Source: `EventBridge` Scheduler user guide, "Schedule types on `EventBridge` Scheduler".

use super::findings::{Complaint, nearest};

/// Checks a whole expression.
pub fn check(text: &str) -> Result<(), Complaint> {
    let form = text.strip_suffix(')').and_then(|text| text.split_once('('));
    match form {
        Some(("rate", inner)) => check_rate(inner),
        Some(("cron", inner)) => check_cron(inner),
        Some(("at", inner)) => check_at(inner),
        _ => {
            let complaint = Complaint::new(format!("`{text}` is not a schedule"));
            let fields = text.split_whitespace().count();
            Err(match fields {
                5 | 6 => complaint.hint(format!("write `cron({text})` for a cron schedule; it has six fields")),
                2 if text.starts_with(|c: char| c.is_ascii_digit()) => complaint.hint(format!("write `rate({text})`")),
                _ => {
                    complaint.hint("expected `rate(5 minutes)`, `cron(0 9 ? * MON-FRI *)` or `at(2027-01-31T09:00:00)`")
                }
            })
        }
    }
}

/// Checks what stands inside `rate(...)`.
pub fn check_rate(text: &str) -> Result<(), Complaint> {
    let complaint = |hint: String| Err(Complaint::new(format!("`{text}` is not a rate")).hint(hint));
    let example = "write a number and a unit, such as `5 minutes`, `1 hour` or `7 days`".to_owned();
    let Some((number, unit)) = text.split_once(' ') else {
        return complaint(example);
    };
    let Ok(count) = number.parse::<u32>() else {
        return complaint(example);
    };
    if count == 0 {
        return complaint("a rate is at least 1".into());
    }
    let (singular, plural) = match unit.trim_end_matches('s') {
        "minute" => ("minute", "minutes"),
        "hour" => ("hour", "hours"),
        "day" => ("day", "days"),
        "second" => return complaint("the shortest rate is `1 minute`".into()),
        other => {
            return match nearest(other, ["minute", "hour", "day"]) {
                Some(near) => complaint(format!(
                    "did you mean `{number} {near}{}`?",
                    if count == 1 { "" } else { "s" }
                )),
                None => complaint(example),
            };
        }
    };
    let right = if count == 1 { singular } else { plural };
    if unit != right {
        return complaint(format!("write `{number} {right}`: the unit is singular exactly for 1"));
    }
    Ok(())
}

struct CronField {
    name: &'static str,
    range: (u32, u32),
    words: &'static [&'static str],
    special: &'static str,
}

const FIELDS: [CronField; 6] = [
    CronField {
        name: "minutes",
        range: (0, 59),
        words: &[],
        special: "",
    },
    CronField {
        name: "hours",
        range: (0, 23),
        words: &[],
        special: "",
    },
    CronField {
        name: "day of month",
        range: (1, 31),
        words: &[],
        special: "?LW",
    },
    CronField {
        name: "month",
        range: (1, 12),
        words: &[
            "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
        ],
        special: "",
    },
    CronField {
        name: "day of week",
        range: (1, 7),
        words: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
        special: "?L#",
    },
    CronField {
        name: "year",
        range: (1970, 2199),
        words: &[],
        special: "",
    },
];

/// Checks the six fields inside `cron(...)`.
pub fn check_cron(text: &str) -> Result<(), Complaint> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    if parts.len() == 5 {
        let [minutes, hours, day, month, weekday] = parts[..] else {
            return Ok(());
        };
        // Unix crontabs have five fields and no `?`.
        let (day, weekday) = match (day, weekday) {
            ("*", "*") => ("*", "?"),
            (day, "*") => (day, "?"),
            ("*", weekday) => ("?", weekday),
            both => both,
        };
        let complaint = Complaint::new(format!(
            "`{text}` has five fields, but AWS cron has six: the last is the year"
        ));
        return Err(complaint.hint(format!("write `{minutes} {hours} {day} {month} {weekday} *`")));
    }
    if parts.len() != 6 {
        let complaint = Complaint::new(format!("`{text}` has {} fields; AWS cron has six", parts.len()));
        return Err(complaint.hint("minutes, hours, day of month, month, day of week, year"));
    }
    for (field, part) in FIELDS.iter().zip(&parts) {
        if !part.split(',').all(|item| is_item(field, item)) {
            let (low, high) = field.range;
            let complaint = Complaint::new(format!(
                "`{part}` is not right for the {} of a cron schedule",
                field.name
            ));
            let words = match field.words {
                [first, .., last] => format!(" or {first} to {last}"),
                _ => String::new(),
            };
            return Err(complaint.hint(format!("it takes {low} to {high}{words}, with `*`, `,`, `-` and `/`")));
        }
    }
    match (parts[2], parts[4]) {
        ("?", "?") => Err(Complaint::new("both day of month and day of week are `?`").hint("put `*` in one of them")),
        ("?", _) | (_, "?") => Ok(()),
        _ => Err(
            Complaint::new("a cron schedule cannot set both day of month and day of week")
                .hint("put `?` in one of the two (the third and fifth field)"),
        ),
    }
}

fn is_item(field: &CronField, item: &str) -> bool {
    let value = |text: &str| {
        let number = text
            .parse::<u32>()
            .ok()
            .filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
        let word = || field.words.iter().position(|word| word.eq_ignore_ascii_case(text));
        number.or_else(|| word().and_then(|p| u32::try_from(p + 1).ok()))
    };
    let in_range = |text: &str| value(text).is_some_and(|v| (field.range.0..=field.range.1).contains(&v));
    let has = |c: char| field.special.contains(c);
    if item == "*" || (item == "?" && has('?')) || (item == "L" && has('L')) {
        return true;
    }
    if has('W') && (item == "LW" || item.strip_suffix('W').is_some_and(in_range)) {
        return true;
    }
    if has('L') && item.strip_suffix('L').is_some_and(in_range) {
        return true;
    }
    if let Some((day, nth)) = item.split_once('#') {
        return has('#') && in_range(day) && matches!(nth, "1" | "2" | "3" | "4" | "5");
    }
    let (span, step) = item.split_once('/').unwrap_or((item, "1"));
    let steps = step.parse::<u32>().is_ok_and(|step| step > 0);
    let spans = match span.split_once('-') {
        Some((from, to)) => in_range(from) && in_range(to),
        None => (span == "*" && item != span) || in_range(span),
    };
    steps && spans
}

/// Checks what stands inside `at(...)`.
pub fn check_at(text: &str) -> Result<(), Complaint> {
    match text.parse::<jiff::civil::DateTime>() {
        Ok(_) if text.len() == 19 && text.as_bytes()[10] == b'T' => Ok(()),
        _ => Err(Complaint::new(format!("`{text}` is not a point in time"))
            .hint("write `2027-01-31T09:00:00`; the time zone has its own key, `timezone`")),
    }
}

/// Zones that carry no city. Source: IANA time zone database.
const WITHOUT_CITY: [&str; 13] = [
    "UTC", "GMT", "CET", "EET", "WET", "MET", "EST", "MST", "HST", "EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT",
];

/// Checks the shape of an IANA time zone; which ones there are changes faster than tools do.
pub fn check_timezone(text: &str) -> Result<(), Complaint> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_+-/".contains(c);
    let known = text.contains('/') || WITHOUT_CITY.contains(&text);
    if known && text.len() <= 50 && text.chars().all(allowed) {
        return Ok(());
    }
    Err(Complaint::new(format!("`{text}` is not a time zone"))
        .hint("write an IANA name such as `Europe/Berlin` or `UTC`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules_that_aws_accepts() {
        for good in [
            "rate(1 minute)",
            "rate(5 minutes)",
            "rate(7 days)",
            "cron(0 9 ? * MON-FRI *)",
            "cron(0/15 8-17 1,15 * ? *)",
            "cron(0 0 L * ? 2027)",
            "cron(0 0 3W * ? *)",
            "cron(0 10 ? * 6#3 *)",
            "cron(0 10 ? jan,Feb 5L *)",
            "cron(*/5 * * * ? *)",
            "at(2027-01-31T09:00:00)",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn schedules_that_aws_refuses() {
        for (bad, hint) in [
            ("rate(1 minutes)", "write `1 minute`"),
            ("rate(5 minute)", "write `5 minutes`"),
            ("rate(0 days)", "at least 1"),
            ("rate(30 seconds)", "the shortest rate"),
            ("rate(5 huors)", "did you mean `5 hours`"),
            ("cron(0 9 * * MON-FRI)", "write `0 9 ? * MON-FRI *`"),
            ("cron(0 9 * * *)", "write `0 9 * * ? *`"),
            ("cron(0 9 * * MON-FRI *)", "put `?`"),
            ("cron(0 9 ? * ? *)", "put `*`"),
            ("cron(60 9 ? * * *)", "0 to 59"),
            ("cron(0 9 ? * FUN *)", "SUN to SAT"),
            ("cron(0 9 0 * ? *)", "1 to 31"),
            ("cron(0 9 ? * 1#6 *)", "1 to 7"),
            ("cron(0 9)", "minutes, hours"),
            ("at(tomorrow)", "2027-01-31"),
            ("5 minutes", "write `rate(5 minutes)`"),
            ("0 9 ? * MON *", "write `cron(0 9 ? * MON *)`"),
            ("daily", "expected `rate"),
        ] {
            let complaint = check(bad).unwrap_err();
            assert!(
                complaint.hint.as_deref().is_some_and(|h| h.contains(hint)),
                "{bad}: {complaint:?}"
            );
        }
    }
}
