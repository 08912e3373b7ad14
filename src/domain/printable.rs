//! Text of others that ends on a terminal or in a file: what moves the cursor or turns the direction of writing round.

/// Whether a character moves the cursor or turns the direction of writing round.
pub fn is_unprintable(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The text in one line, with `\n` or `\u{1b}` in place of what cannot be printed.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unprintable(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// The text in double quotes, as YAML and JSON read it.
pub fn quoted(text: &str) -> String {
    let mut shown = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => shown.extend(['\\', c]),
            // All of them are below U+10000.
            c if is_unprintable(c) => shown.extend(format!("\\u{:04x}", u32::from(c)).chars()),
            c => shown.push(c),
        }
    }
    shown.push('"');
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_moves_the_cursor_and_nothing_is_lost() {
        let text = "a\n  - b\u{1b}[2J\u{7}\u{9b}\u{202e}\"c\\ é";
        assert_eq!(visible(text), "a\\n  - b\\u{1b}[2J\\u{7}\\u{9b}\\u{202e}\"c\\ é");
        let quoted = quoted(text);
        assert!(!quoted.contains(is_unprintable), "{quoted}");
        assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), text);
    }
}
