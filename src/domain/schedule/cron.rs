//! Cron expressions of AWS: minutes, hours, day of month, month, day of week, year.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Time, Weekday};

/// Which times of which days. A set holds every value of its field that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    pub minutes: BTreeSet<i8>,
    pub hours: BTreeSet<i8>,
    pub months: BTreeSet<i8>,
    pub years: BTreeSet<i16>,
    /// A day counts when one of these holds; every day does when there are none.
    pub days: Vec<DayRule>,
}

/// What makes a day count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayRule {
    OfMonth(i8),
    /// `L`: the last one.
    LastOfMonth,
    /// `3W`: the day from Monday to Friday that is nearest to this one, in the same month.
    NearestWeekday(i8),
    /// `LW`: the last day from Monday to Friday.
    LastWeekday,
    OfWeek(Weekday),
    /// `5L`: the last such day of the month.
    LastOfWeek(Weekday),
    /// `3#2`: the second such day of the month.
    Nth(Weekday, i8),
}

impl DayRule {
    fn holds(self, date: Date) -> bool {
        match self {
            Self::OfMonth(day) => date.day() == day,
            Self::LastOfMonth => date == date.last_of_month(),
            Self::NearestWeekday(day) => day <= date.days_in_month() && date.day() == weekday_near(date, day),
            Self::LastWeekday => date.day() == weekday_near(date, date.days_in_month()),
            Self::OfWeek(weekday) => date.weekday() == weekday,
            Self::LastOfWeek(weekday) => date.weekday() == weekday && date.day() + 7 > date.days_in_month(),
            Self::Nth(weekday, nth) => date.weekday() == weekday && (date.day() - 1) / 7 + 1 == nth,
        }
    }
}

/// The day from Monday to Friday nearest to this day of the date's month, without leaving the month.
fn weekday_near(date: Date, day: i8) -> i8 {
    let last = date.days_in_month();
    let asked = Date::new(date.year(), date.month(), day).expect("the month has this day");
    match asked.weekday() {
        Weekday::Saturday if day == 1 => 3,
        Weekday::Saturday => day - 1,
        Weekday::Sunday if day == last => day - 2,
        Weekday::Sunday => day + 1,
        Weekday::Monday | Weekday::Tuesday | Weekday::Wednesday | Weekday::Thursday | Weekday::Friday => day,
    }
}

impl Cron {
    /// Every time after this one, in order.
    pub fn after(&self, after: DateTime) -> impl Iterator<Item = DateTime> + '_ {
        let years = self.years.range(after.year()..);
        years
            .flat_map(|year| self.months.iter().filter_map(|month| Date::new(*year, *month, 1).ok()))
            .flat_map(|first| {
                first
                    .series(jiff::Span::new().days(1))
                    .take_while(move |date| date.month() == first.month())
            })
            .filter(move |date| *date >= after.date() && self.is_day(*date))
            .flat_map(|date| self.times().map(move |time| date.to_datetime(time)))
            .filter(move |time| *time > after)
    }

    fn is_day(&self, date: Date) -> bool {
        self.days.is_empty() || self.days.iter().any(|rule| rule.holds(date))
    }

    fn times(&self) -> impl Iterator<Item = Time> + '_ {
        self.hours.iter().flat_map(|hour| {
            self.minutes
                .iter()
                .map(|minute| jiff::civil::time(*hour, *minute, 0, 0))
        })
    }
}
