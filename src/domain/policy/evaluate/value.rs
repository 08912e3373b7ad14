//! Values that condition operators compare: numbers, moments and address ranges.

use std::net::IpAddr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A whole or decimal number.
pub fn number(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    // Rust would also read `1e3`, `inf` and `+1`.
    (all_digits(whole) && all_digits(fraction))
        .then(|| text.parse().ok())
        .flatten()
}

/// A moment in one of the W3C forms of ISO 8601, or seconds since 1970; UTC where no zone is given.
/// Source: IAM user guide, "Condition operators: Date condition operators".
pub fn moment(text: &str) -> Option<Timestamp> {
    let is_year = text.len() == 4;
    if !is_year && text.bytes().all(|b| b.is_ascii_digit()) {
        return Timestamp::from_second(text.parse().ok()?).ok();
    }
    let Some((date, time)) = text.split_once('T') else {
        let full = match text.len() {
            4 => format!("{text}-01-01"),
            7 => format!("{text}-01"),
            _ => text.to_owned(),
        };
        return utc(&format!("{full}T00:00:00"));
    };
    let (clock, zone) = match time.find(['Z', '+', '-']) {
        Some(at) => time.split_at(at),
        None => (time, "Z"),
    };
    let clock = if clock.len() == 5 {
        format!("{clock}:00")
    } else {
        clock.to_owned()
    };
    let civil = format!("{date}T{clock}");
    if zone == "Z" {
        return utc(&civil);
    }
    format!("{civil}{zone}").parse().ok()
}

fn utc(civil: &str) -> Option<Timestamp> {
    let civil: DateTime = civil.parse().ok()?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// A range of addresses: `203.0.113.0/24`, `2001:db8::/32`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    network: IpAddr,
    bits: u32,
}

impl Range {
    /// Reads a range in CIDR form.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse().ok()?)),
            None => (text, None),
        };
        let network: IpAddr = address.parse().ok()?;
        let width = if network.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(width);
        (bits <= width).then_some(Self { network, bits })
    }

    /// Whether an address lies in the range.
    pub fn holds(self, address: IpAddr) -> bool {
        match (self.network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let shift = |ip: std::net::Ipv4Addr| ip.to_bits().checked_shr(32 - self.bits);
                shift(network) == shift(address)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let shift = |ip: std::net::Ipv6Addr| ip.to_bits().checked_shr(128 - self.bits);
                shift(network) == shift(address)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_digits_with_a_point() {
        for (text, expected) in [
            ("10", Some(10.0)),
            ("-1.5", Some(-1.5)),
            ("1.0", Some(1.0)),
            ("1e3", None),
            ("+1", None),
            ("inf", None),
            ("", None),
            (".5", None),
            ("5.", None),
            ("1,5", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }

    #[test]
    fn moments_are_read_in_every_documented_form() {
        for same in [
            "2026-01-01",
            "2026-01",
            "2026",
            "2026-01-01T00:00Z",
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00.000Z",
            "2026-01-01T00:00:00",
            "2026-01-01T02:00:00+02:00",
            "2025-12-31T19:00-05:00",
            "1767225600",
        ] {
            assert_eq!(moment(same).map(Timestamp::as_second), Some(1_767_225_600), "{same}");
        }
        for bad in [
            "",
            "yesterday",
            "2026-13-01",
            "2026-01-01T25:00Z",
            "T",
            "2026-01-01T00:00:00X",
        ] {
            assert_eq!(moment(bad), None, "{bad}");
        }
    }

    #[test]
    fn ranges_hold_addresses_of_their_own_kind() {
        for (range, address, expected) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.1.2.3/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("10.0.0.1", "10.0.0.1", true),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/32", "2001:0db8:1::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
        ] {
            let held = Range::parse(range).unwrap().holds(address.parse().unwrap());
            assert_eq!(held, expected, "{range} {address}");
        }
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/x", "::/129"] {
            assert_eq!(Range::parse(bad), None, "{bad}");
        }
    }
}
