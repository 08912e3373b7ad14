use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{Cron, When};
use crate::domain::config::schedule::expression;

fn when(text: &str) -> When {
    expression(text).unwrap_or_else(|complaint| panic!("{text}: {complaint:?}"))
}

fn cron(text: &str) -> Cron {
    let When::Cron(cron) = when(&format!("cron({text})")) else {
        panic!("{text} is cron")
    };
    *cron
}

/// The next times, as the clock of the zone shows them, with the offset.
fn times(text: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
    let (when, zone) = (when(text), TimeZone::get(zone).unwrap());
    let start: Timestamp = after.parse().unwrap();
    let next = |after: &Timestamp| when.next(*after, start, &zone);
    std::iter::successors(next(&start), next)
        .take(count)
        .map(|time| {
            time.to_zoned(zone.clone())
                .strftime("%Y-%m-%d %a %H:%M %:z")
                .to_string()
        })
        .collect()
}

fn utc(text: &str, after: &str, count: usize) -> Vec<String> {
    let times = times(text, "UTC", after, count).into_iter();
    times.map(|time| time.trim_end_matches(" +00:00").to_owned()).collect()
}

/// Source: `EventBridge` user guide, "Cron expressions", and Scheduler user guide, "Cron-based schedules".
#[test]
fn the_examples_of_the_documentation() {
    // A Friday.
    let friday = "2026-01-30T17:58:30Z";
    for (text, expected) in [
        ("cron(0 10 * * ? *)", "2026-01-31 Sat 10:00, 2026-02-01 Sun 10:00"),
        ("cron(15 12 * * ? *)", "2026-01-31 Sat 12:15, 2026-02-01 Sun 12:15"),
        ("cron(0 18 ? * MON-FRI *)", "2026-01-30 Fri 18:00, 2026-02-02 Mon 18:00"),
        ("cron(0 8 1 * ? *)", "2026-02-01 Sun 08:00, 2026-03-01 Sun 08:00"),
        ("cron(0/15 * * * ? *)", "2026-01-30 Fri 18:00, 2026-01-30 Fri 18:15"),
        (
            "cron(0/10 * ? * MON-FRI *)",
            "2026-01-30 Fri 18:00, 2026-01-30 Fri 18:10",
        ),
        (
            "cron(0/5 8-17 ? * MON-FRI *)",
            "2026-02-02 Mon 08:00, 2026-02-02 Mon 08:05",
        ),
        (
            "cron(0/30 20-2 ? * MON-FRI *)",
            "2026-01-30 Fri 20:00, 2026-01-30 Fri 20:30",
        ),
        (
            "cron(15 10 ? * 6L 2026-2027)",
            "2026-02-27 Fri 10:15, 2026-03-27 Fri 10:15",
        ),
        ("cron(0 12 ? * 3#2 *)", "2026-02-10 Tue 12:00, 2026-03-10 Tue 12:00"),
        ("cron(0 12 3W * ? *)", "2026-02-03 Tue 12:00, 2026-03-03 Tue 12:00"),
    ] {
        assert_eq!(utc(text, friday, 2).join(", "), expected, "{text}");
    }
}

#[test]
fn every_sign_has_its_meaning() {
    let start = "2026-05-01T00:00:00Z";
    for (text, expected) in [
        // The last day, in a leap year too.
        (
            "cron(0 0 L 2 ? 2027-2028)",
            "2027-02-28 Sun 00:00, 2028-02-29 Tue 00:00",
        ),
        ("cron(0 0 LW * ? *)", "2026-05-29 Fri 00:00, 2026-06-30 Tue 00:00"),
        // 2 May 2026 is a Saturday, 3 May a Sunday: to Friday and to Monday.
        ("cron(0 9 2W 5 ? *)", "2026-05-01 Fri 09:00, 2027-05-03 Mon 09:00"),
        ("cron(0 9 3W 5 ? 2026)", "2026-05-04 Mon 09:00"),
        // A Saturday or Sunday at the edge stays in its month: 1 August 2026 and 31 May 2026.
        ("cron(0 9 1W 8 ? 2026)", "2026-08-03 Mon 09:00"),
        ("cron(0 9 31W 5 ? 2026)", "2026-05-29 Fri 09:00"),
        // Months without a 31st are left out.
        ("cron(0 9 31W * ? *)", "2026-05-29 Fri 09:00, 2026-07-31 Fri 09:00"),
        ("cron(0 0 31 * ? *)", "2026-05-31 Sun 00:00, 2026-07-31 Fri 00:00"),
        // Saturday is the last day of a week.
        ("cron(0 0 ? * L *)", "2026-05-02 Sat 00:00, 2026-05-09 Sat 00:00"),
        ("cron(0 0 ? * 1L *)", "2026-05-31 Sun 00:00, 2026-06-28 Sun 00:00"),
        // Not every month has a fifth Friday.
        ("cron(0 1 ? * FRI#5 *)", "2026-05-29 Fri 01:00, 2026-07-31 Fri 01:00"),
        ("cron(0 0 ? * fri-MON *)", "2026-05-02 Sat 00:00, 2026-05-03 Sun 00:00"),
        ("cron(0 0 1 NOV-jan ? *)", "2026-11-01 Sun 00:00, 2026-12-01 Tue 00:00"),
        ("cron(5/20 1 * * ? *)", "2026-05-01 Fri 01:05, 2026-05-01 Fri 01:25"),
        ("cron(10-30/15 1 * * ? *)", "2026-05-01 Fri 01:10, 2026-05-01 Fri 01:25"),
        ("cron(*/45 1 * * ? *)", "2026-05-01 Fri 01:00, 2026-05-01 Fri 01:45"),
        ("cron(0,30 1 1,15 * ? *)", "2026-05-01 Fri 01:00, 2026-05-01 Fri 01:30"),
        ("cron(0 0 29 2 ? 2026/2)", "2028-02-29 Tue 00:00, 2032-02-29 Sun 00:00"),
        ("cron(0 0 30 2 ? *)", ""),
        ("cron(0 0 1 1 ? 2020)", ""),
        ("rate(5 minutes)", "2026-05-01 Fri 00:05, 2026-05-01 Fri 00:10"),
        ("rate(1 hour)", "2026-05-01 Fri 01:00, 2026-05-01 Fri 02:00"),
        ("rate(2 days)", "2026-05-03 Sun 00:00, 2026-05-05 Tue 00:00"),
        ("at(2026-05-01T09:30:00)", "2026-05-01 Fri 09:30"),
        ("at(2026-05-01T00:00:00)", ""),
    ] {
        assert_eq!(utc(text, start, 2).join(", "), expected, "{text}");
    }
}

#[test]
fn a_rate_keeps_its_beat() {
    let since: Timestamp = "2026-05-01T00:00:30Z".parse().unwrap();
    let next = |after: &str| {
        when("rate(5 minutes)")
            .next(after.parse().unwrap(), since, &TimeZone::UTC)
            .unwrap()
    };
    for (after, expected) in [
        ("2026-05-01T00:00:30Z", "2026-05-01T00:05:30Z"),
        ("2026-05-01T00:05:29.9Z", "2026-05-01T00:05:30Z"),
        ("2026-05-01T00:05:30Z", "2026-05-01T00:10:30Z"),
        // The machine was asleep meanwhile: what was missed is not made up for.
        ("2026-05-01T09:03:00Z", "2026-05-01T09:05:30Z"),
    ] {
        assert_eq!(next(after).to_string(), expected);
    }
}

/// Source: `EventBridge` Scheduler user guide, "Daylight savings time on EventBridge Scheduler".
#[test]
fn clocks_that_change_leave_out_one_and_repeat_none() {
    let berlin = |text: &str, after: &str, count| times(text, "Europe/Berlin", after, count).join(", ");
    // On 29 March 2026 two o'clock is three at once.
    assert_eq!(
        berlin("cron(30 2 * * ? *)", "2026-03-27T12:00:00Z", 2),
        "2026-03-28 Sat 02:30 +01:00, 2026-03-30 Mon 02:30 +02:00"
    );
    // On 25 October 2026 the hour from two to three comes twice.
    assert_eq!(
        berlin("cron(30 2 * * ? *)", "2026-10-24T12:00:00Z", 2),
        "2026-10-25 Sun 02:30 +02:00, 2026-10-26 Mon 02:30 +01:00"
    );
    assert_eq!(
        berlin("cron(0/30 2-3 * * ? *)", "2026-10-25T00:15:00Z", 3),
        "2026-10-25 Sun 02:30 +02:00, 2026-10-25 Sun 03:00 +01:00, 2026-10-25 Sun 03:30 +01:00"
    );
    assert_eq!(
        times("cron(0 9 ? * MON-FRI *)", "Asia/Seoul", "2026-11-27T00:00:00Z", 1),
        ["2026-11-30 Mon 09:00 +09:00"]
    );
    // A rate does not know clocks.
    assert_eq!(
        berlin("rate(1 day)", "2026-03-28T10:00:00Z", 1),
        "2026-03-29 Sun 12:00 +02:00"
    );
}

/// Whether a time fits the fields, told another way than by walking through them.
fn fits(cron: &Cron, time: DateTime) -> bool {
    cron.minutes.contains(&time.minute())
        && cron.hours.contains(&time.hour())
        && cron.months.contains(&time.month())
        && cron.years.contains(&time.year())
        && time.second() == 0
}

fn field(low: u32, high: u32) -> impl Strategy<Value = String> {
    let value = low..=high;
    prop_oneof![
        Just("*".to_owned()),
        value.clone().prop_map(|value| value.to_string()),
        (value.clone(), value.clone()).prop_map(|(a, b)| format!("{a}-{b}")),
        (value.clone(), 1_u32..20).prop_map(|(a, step)| format!("{a}/{step}")),
        (value.clone(), value).prop_map(|(a, b)| format!("{a},{b}")),
    ]
}

proptest! {
    #[test]
    fn the_next_time_is_later_and_fits_and_nothing_between_does(
        (minute, hour, month) in (field(0, 59), field(0, 23), field(1, 12)),
        days in prop_oneof![
            field(1, 28).prop_map(|day| (day, "?".to_owned())),
            field(1, 7).prop_map(|day| ("?".to_owned(), day)),
        ],
        seconds in 0_i64..4_000_000_000,
    ) {
        let (day, weekday) = days;
        let cron = cron(&format!("{minute} {hour} {day} {month} {weekday} *"));
        let after = Timestamp::from_second(seconds).unwrap().to_zoned(TimeZone::UTC).datetime();
        let next = cron.after(after).next().unwrap();
        prop_assert!(next > after && fits(&cron, next), "{next}");
        // Of two days at most, every minute is looked at.
        let mut between = after.with().second(0).build().unwrap();
        for _ in 0..2_880 {
            between = between.checked_add(jiff::Span::new().minutes(1)).unwrap();
            if between >= next {
                break;
            }
            let same_day = between.date() == next.date();
            prop_assert!(!(same_day && fits(&cron, between)), "{between} comes before {next}");
        }
        let second = When::Cron(Box::new(cron));
        let zone = TimeZone::get("America/New_York").unwrap();
        let now = Timestamp::from_second(seconds).unwrap();
        prop_assert!(second.next(now, now, &zone).unwrap() > now);
    }

    #[test]
    fn whatever_is_written_is_read_or_refused(text in "[0-9A-Z*?/#,LW -]{0,40}") {
        let _ = expression(&format!("cron({text})"));
        let _ = expression(&format!("rate({text})"));
        let _ = expression(&format!("at({text})"));
        let _ = expression(&text);
    }
}

#[test]
fn the_function_gets_the_schedulers_event_or_the_input() {
    let region = crate::domain::names::Region::new("eu-west-1").unwrap();
    let account = crate::domain::names::AccountId::new("123456789012").unwrap();
    let place = crate::domain::events::Request::in_place(region, account).place;
    let mut schedule = super::Schedule {
        text: "rate(5 minutes)".into(),
        when: when("rate(5 minutes)"),
        timezone: None,
        input: None,
        enabled: true,
    };
    let payload = |schedule: &super::Schedule| {
        schedule.payload("thumbs-1", &place, "2026-05-01T09:30:00.25Z".parse().unwrap(), "one-id")
    };
    let event = payload(&schedule);
    let arn = "arn:aws:scheduler:eu-west-1:123456789012:schedule/default/thumbs-1";
    assert_eq!(
        event,
        serde_json::json!({
            "version": "0", "id": "one-id", "detail-type": "Scheduled Event", "source": "aws.scheduler",
            "account": "123456789012", "time": "2026-05-01T09:30:00Z", "region": "eu-west-1",
            "resources": [arn], "detail": "{}",
        })
    );
    schedule.input = Some(serde_json::json!({
        "job": "report", "n": [1, "at <aws.scheduler.scheduled-time>"], "of": "<aws.scheduler.schedule-arn>",
    }));
    assert_eq!(
        payload(&schedule),
        serde_json::json!({ "job": "report", "n": [1, "at 2026-05-01T09:30:00Z"], "of": arn })
    );
}
