//! Times as people read them.

use jiff::{SignedDuration, Timestamp};

use super::style;

/// Lambda writes `+0000`, without the colon RFC 3339 asks for.
fn parsed(rfc3339: &str) -> Option<Timestamp> {
    let strict = rfc3339.parse::<Timestamp>();
    strict
        .or_else(|_| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", rfc3339))
        .ok()
}

/// A time stamp to the minute; the original when it is in a form lfn does not know.
pub fn moment(rfc3339: &str) -> String {
    parsed(rfc3339).map_or_else(
        || rfc3339.to_owned(),
        |time| time.strftime("%Y-%m-%d %H:%M").to_string(),
    )
}

/// How long ago that was: `3 days ago`; the time itself when it cannot be told.
pub fn age(rfc3339: &str, now: Timestamp) -> String {
    let Some(time) = parsed(rfc3339) else {
        return rfc3339.to_owned();
    };
    let past = now.duration_since(time).max(SignedDuration::ZERO);
    let (minutes, hours) = (past.as_mins(), past.as_hours());
    let (number, unit) = match (hours / 24, hours, minutes) {
        (days, ..) if days > 0 => (days, "day"),
        (_, hours, _) if hours > 0 => (hours, "hour"),
        (_, _, minutes) if minutes > 0 => (minutes, "minute"),
        _ => return "just now".into(),
    };
    format!("{} ago", style::count(usize::try_from(number).unwrap_or(0), unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lambdas_time_stamps_are_understood() {
        assert_eq!(moment("2026-11-22T16:10:56.123+0000"), "2026-11-22 16:10");
        assert_eq!(moment("2026-11-22T16:10:56Z"), "2026-11-22 16:10");
        assert_eq!(moment("yesterday"), "yesterday");
    }

    #[test]
    fn an_age_has_one_unit() {
        let now: Timestamp = "2026-11-22T16:10:56Z".parse().unwrap();
        for (time, expected) in [
            ("2026-11-22T16:10:30Z", "just now"),
            ("2026-11-22T16:20:30Z", "just now"),
            ("2026-11-22T16:08:56.000+0000", "2 minutes ago"),
            ("2026-11-22T15:10:56Z", "1 hour ago"),
            ("2026-10-22T15:10:56Z", "31 days ago"),
            ("never", "never"),
        ] {
            assert_eq!(age(time, now), expected);
        }
    }
}
