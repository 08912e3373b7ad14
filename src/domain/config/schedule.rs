//! The grammar of `EventBridge` schedules: `rate(5 minutes)`, `cron(0 9 ? * MON-FRI *)`, `at(...)`.
//!
//! Source: `EventBridge` Scheduler user guide, "Schedule types on `EventBridge` Scheduler".

use std::collections::BTreeSet;

use jiff::civil::Weekday;
use jiff::tz::TimeZoneDatabase;

use super::findings::{Complaint, nearest};
use crate::domain::schedule::{Cron, DayRule, When};

/// Reads a whole expression.
pub fn expression(text: &str) -> Result<When, Complaint> {
    let form = text.strip_suffix(')').and_then(|text| text.split_once('('));
    match form {
        Some(("rate", inner)) => rate(inner),
        Some(("cron", inner)) => cron(inner),
        Some(("at", inner)) => at(inner),
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

/// Reads what stands inside `rate(...)`.
pub fn rate(text: &str) -> Result<When, Complaint> {
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
    let (singular, plural, minutes) = match unit.trim_end_matches('s') {
        "minute" => ("minute", "minutes", 1),
        "hour" => ("hour", "hours", 60),
        "day" => ("day", "days", 24 * 60),
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
    match count.checked_mul(minutes) {
        Some(minutes) => Ok(When::Every(minutes)),
        None => complaint("a rate that long never comes round".into()),
    }
}

struct CronField {
    name: &'static str,
    range: (u32, u32),
    words: &'static [&'static str],
    special: &'static str,
}

const MINUTES: CronField = CronField {
    name: "minutes",
    range: (0, 59),
    words: &[],
    special: "",
};
const HOURS: CronField = CronField {
    name: "hours",
    range: (0, 23),
    words: &[],
    special: "",
};
const DAY: CronField = CronField {
    name: "day of month",
    range: (1, 31),
    words: &[],
    special: "?LW",
};
const MONTHS: CronField = CronField {
    name: "month",
    range: (1, 12),
    words: &[
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ],
    special: "",
};
const WEEKDAY: CronField = CronField {
    name: "day of week",
    range: (1, 7),
    words: &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"],
    special: "?L#",
};
const YEARS: CronField = CronField {
    name: "year",
    range: (1970, 2199),
    words: &[],
    special: "",
};

/// Reads the six fields inside `cron(...)`.
pub fn cron(text: &str) -> Result<When, Complaint> {
    let parts: Vec<&str> = text.split_whitespace().collect();
    if let [minutes, hours, day, month, weekday] = parts[..] {
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
    let [minutes, hours, day, month, weekday, year] = parts[..] else {
        let complaint = Complaint::new(format!("`{text}` has {} fields; AWS cron has six", parts.len()));
        return Err(complaint.hint("minutes, hours, day of month, month, day of week, year"));
    };
    let days = [
        items(&DAY, day)?.into_iter().flat_map(day_of_month).collect::<Vec<_>>(),
        items(&WEEKDAY, weekday)?.into_iter().flat_map(day_of_week).collect(),
    ];
    let cron = Cron {
        minutes: values(&MINUTES, minutes)?,
        hours: values(&HOURS, hours)?,
        months: values(&MONTHS, month)?,
        years: values(&YEARS, year)?,
        days: days.concat(),
    };
    if weekday.contains('#') && weekday.contains(',') {
        // Source: `EventBridge` user guide, "Cron expressions", wildcards.
        return Err(
            Complaint::new(format!("`{weekday}` has more than one expression beside `#`"))
                .hint("make one schedule for each"),
        );
    }
    match (day, weekday) {
        ("?", "?") => Err(Complaint::new("both day of month and day of week are `?`").hint("put `*` in one of them")),
        ("?", _) | (_, "?") => Ok(When::Cron(Box::new(cron))),
        _ => Err(
            Complaint::new("a cron schedule cannot set both day of month and day of week")
                .hint("put `?` in one of the two (the third and fifth field)"),
        ),
    }
}

/// One part of a field between commas.
enum Item {
    /// `*` or `?`.
    All,
    Values(Vec<u32>),
    Last,
    LastWeekday,
    /// `3W`.
    Near(u32),
    /// `5L`.
    LastOf(u32),
    /// `3#2`.
    Nth(u32, u32),
}

fn items(field: &CronField, part: &str) -> Result<Vec<Item>, Complaint> {
    let read: Option<Vec<Item>> = part.split(',').map(|item| read_item(field, item)).collect();
    read.ok_or_else(|| {
        let (low, high) = field.range;
        let complaint = Complaint::new(format!(
            "`{part}` is not right for the {} of a cron schedule",
            field.name
        ));
        let words = match field.words {
            [first, .., last] => format!(" or {first} to {last}"),
            _ => String::new(),
        };
        complaint.hint(format!("it takes {low} to {high}{words}, with `*`, `,`, `-` and `/`"))
    })
}

/// The values of a field that knows nothing but values.
fn values<N: TryFrom<u32> + Ord>(field: &CronField, part: &str) -> Result<BTreeSet<N>, Complaint> {
    let all = || (field.range.0..=field.range.1).collect();
    let values = items(field, part)?.into_iter().flat_map(|item| match item {
        Item::Values(values) => values,
        Item::All | Item::Last | Item::LastWeekday | Item::Near(_) | Item::LastOf(_) | Item::Nth(..) => all(),
    });
    Ok(values.filter_map(|value| N::try_from(value).ok()).collect())
}

fn day_of_month(item: Item) -> Vec<DayRule> {
    let day = |value: u32| i8::try_from(value).expect("a day of a month is small");
    match item {
        Item::Values(values) => values.into_iter().map(|value| DayRule::OfMonth(day(value))).collect(),
        Item::Last => vec![DayRule::LastOfMonth],
        Item::LastWeekday => vec![DayRule::LastWeekday],
        Item::Near(value) => vec![DayRule::NearestWeekday(day(value))],
        Item::All | Item::LastOf(_) | Item::Nth(..) => Vec::new(),
    }
}

fn day_of_week(item: Item) -> Vec<DayRule> {
    let small = |value: u32| i8::try_from(value).expect("a day of a week is small");
    let weekday = |value: u32| Weekday::from_sunday_one_offset(small(value)).expect("the field goes from 1 to 7");
    match item {
        Item::Values(values) => values
            .into_iter()
            .map(|value| DayRule::OfWeek(weekday(value)))
            .collect(),
        // The last day of the week.
        Item::Last => vec![DayRule::OfWeek(Weekday::Saturday)],
        Item::LastOf(value) => vec![DayRule::LastOfWeek(weekday(value))],
        Item::Nth(value, nth) => vec![DayRule::Nth(weekday(value), small(nth))],
        Item::All | Item::LastWeekday | Item::Near(_) => Vec::new(),
    }
}

fn read_item(field: &CronField, item: &str) -> Option<Item> {
    let (low, high) = field.range;
    let value = |text: &str| {
        let number = text
            .parse::<u32>()
            .ok()
            .filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
        let word = || field.words.iter().position(|word| word.eq_ignore_ascii_case(text));
        let value = number.or_else(|| word().and_then(|p| u32::try_from(p + 1).ok()));
        value.filter(|value| (low..=high).contains(value))
    };
    let has = |c: char| field.special.contains(c);
    match item {
        "*" => return Some(Item::All),
        "?" if has('?') => return Some(Item::All),
        "L" if has('L') => return Some(Item::Last),
        "LW" if has('W') => return Some(Item::LastWeekday),
        _ => {}
    }
    if let Some(day) = item.strip_suffix('W').filter(|_| has('W')) {
        return value(day).map(Item::Near);
    }
    if let Some(day) = item.strip_suffix('L').filter(|_| has('#')) {
        return value(day).map(Item::LastOf);
    }
    if let Some((day, nth)) = item.split_once('#') {
        let nth = nth.parse().ok().filter(|nth| (1..=5).contains(nth) && has('#'))?;
        return Some(Item::Nth(value(day)?, nth));
    }
    let (span, step) = match item.split_once('/') {
        Some((span, step)) => (span, Some(step.parse::<usize>().ok().filter(|step| *step > 0)?)),
        None => (item, None),
    };
    let within: Vec<u32> = match span.split_once('-') {
        Some((from, to)) => match (value(from)?, value(to)?) {
            (from, to) if from <= to => (from..=to).collect(),
            // `20-2` are the hours over midnight.
            (from, to) => (from..=high).chain(low..=to).collect(),
        },
        None if span == "*" => (low..=high).collect(),
        // `5/15` goes on to the end.
        None => (value(span)?..=step.map_or(value(span)?, |_| high)).collect(),
    };
    Some(Item::Values(within.into_iter().step_by(step.unwrap_or(1)).collect()))
}

/// Reads what stands inside `at(...)`.
pub fn at(text: &str) -> Result<When, Complaint> {
    match text.parse::<jiff::civil::DateTime>() {
        Ok(time) if text.len() == 19 && text.as_bytes()[10] == b'T' => Ok(When::Once(time)),
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

/// What to say of a time zone that looks like one and that this build does not know: it may be newer.
pub fn unknown_timezone(text: &str) -> Option<Complaint> {
    let known = TimeZoneDatabase::bundled().get(text).is_ok();
    (!known).then(|| {
        Complaint::new(format!("lfn does not know the time zone `{text}`"))
            .hint("AWS refuses what is not in the IANA database; write such as `Europe/Berlin` or `UTC`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_that_nobody_lives_in_are_not_known() {
        for known in ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "EST5EDT"] {
            assert!(
                check_timezone(known).is_ok() && unknown_timezone(known).is_none(),
                "{known}"
            );
        }
        assert!(check_timezone("Mars/Base").is_ok() && unknown_timezone("Mars/Base").is_some());
    }

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
            assert!(expression(good).is_ok(), "{good}");
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
            ("cron(0 9 ? * 1#1,3#1 *)", "one schedule for each"),
            ("cron(0 9 5L * ? *)", "1 to 31"),
            ("cron(0 9)", "minutes, hours"),
            ("at(tomorrow)", "2027-01-31"),
            ("5 minutes", "write `rate(5 minutes)`"),
            ("0 9 ? * MON *", "write `cron(0 9 ? * MON *)`"),
            ("daily", "expected `rate"),
        ] {
            let complaint = expression(bad).unwrap_err();
            assert!(
                complaint.hint.as_deref().is_some_and(|h| h.contains(hint)),
                "{bad}: {complaint:?}"
            );
        }
    }
}
