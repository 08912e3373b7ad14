//! The few colours lfn uses. Streams that are no terminal strip them.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

fn color(color: AnsiColor) -> Style {
    color.on_default()
}

/// Something that comes.
pub fn added(text: impl Display) -> String {
    paint(color(AnsiColor::Green), text)
}

/// Something that changes.
pub fn changed(text: impl Display) -> String {
    paint(color(AnsiColor::Yellow), text)
}

/// Something that goes.
pub fn removed(text: impl Display) -> String {
    paint(color(AnsiColor::Red), text)
}

/// A name that matters.
pub fn strong(text: impl Display) -> String {
    paint(Style::new().bold(), text)
}

/// Something in the background.
pub fn dim(text: impl Display) -> String {
    paint(Style::new().dimmed(), text)
}

/// The word `error:`.
pub fn error(text: impl Display) -> String {
    paint(color(AnsiColor::Red).bold(), text)
}

/// The word `warning:`.
pub fn warning(text: impl Display) -> String {
    paint(color(AnsiColor::Yellow).bold(), text)
}

/// The word `hint:`.
pub fn hint(text: impl Display) -> String {
    paint(color(AnsiColor::Cyan).bold(), text)
}

/// Bytes as a person reads them; binary units, one decimal.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["KB", "MB", "GB", "TB"];
    if count < 1024 {
        return format!("{count} B");
    }
    let mut unit = 0;
    // Sizes of archives are far below the 2^52 at which f64 loses whole bytes.
    #[expect(clippy::cast_precision_loss, reason = "rounded to one decimal anyway")]
    let mut value = count as f64 / 1024.0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// A number of things: `1 file`, `2 files`.
pub fn count(number: usize, thing: &str) -> String {
    if number == 1 {
        format!("1 {thing}")
    } else {
        format!("{number} {thing}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_rounded_to_one_decimal() {
        for (count, expected) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.0 KB"),
            (1_572_864, "1.5 MB"),
            (52_428_800, "50.0 MB"),
        ] {
            assert_eq!(bytes(count), expected);
        }
    }
}
