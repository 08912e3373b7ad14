//! Source code with comments and literals blanked out, so that words in them are not taken for code.
//!
//! Every byte keeps its place. Where the end of a literal cannot be found there is no answer.

/// JavaScript; strings, templates, regular expressions and comments become spaces.
pub fn javascript(text: &str) -> Option<String> {
    let mut masked = text.as_bytes().to_vec();
    let mut at = 0;
    let mut before = Before::default();
    while let Some(&byte) = masked.get(at) {
        let rest = &masked[at..];
        let end = match byte {
            b'/' if rest.starts_with(b"//") => at + line_length(rest),
            b'#' if at == 0 && rest.starts_with(b"#!") => line_length(rest),
            b'/' if rest.starts_with(b"/*") => at + 2 + position(&rest[2..], b"*/")? + 2,
            b'"' | b'\'' => at + quoted(rest, byte, false)?,
            b'`' => at + template(rest)?,
            b'/' if before.expects_value() => at + regular_expression(rest)?,
            _ => {
                before.see(byte);
                at += 1;
                continue;
            }
        };
        if !rest.starts_with(b"//") && !rest.starts_with(b"/*") {
            before = Before {
                last: b'"',
                word: Vec::new(),
            };
        }
        blank(&mut masked[at..end]);
        at = end;
    }
    String::from_utf8(masked).ok()
}

/// Python; strings and comments become spaces.
pub fn python(text: &str) -> Option<String> {
    let mut masked = text.as_bytes().to_vec();
    let mut at = 0;
    while let Some(&byte) = masked.get(at) {
        let rest = &masked[at..];
        let end = match byte {
            b'#' => at + line_length(rest),
            b'"' if rest.starts_with(b"\"\"\"") => at + triple(rest)?,
            b'\'' if rest.starts_with(b"'''") => at + triple(rest)?,
            b'"' | b'\'' => at + quoted(rest, byte, true)?,
            _ => {
                at += 1;
                continue;
            }
        };
        blank(&mut masked[at..end]);
        at = end;
    }
    String::from_utf8(masked).ok()
}

/// Whether a byte can be part of a name. Bytes of other alphabets are.
pub fn in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// Where `word` stands on its own in `text`.
pub fn words<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> + 't {
    let bytes = text.as_bytes();
    text.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = at.checked_sub(1).is_some_and(|before| in_name(bytes[before]));
        let after = bytes.get(at + word.len()).is_some_and(|byte| in_name(*byte));
        !before && !after
    })
}

/// What stood before a `/`, which says whether it divides or begins a regular expression.
#[derive(Default)]
struct Before {
    last: u8,
    word: Vec<u8>,
}

impl Before {
    fn see(&mut self, byte: u8) {
        if byte.is_ascii_whitespace() {
            return;
        }
        if !in_name(byte) || !in_name(self.last) {
            self.word.clear();
        }
        if in_name(byte) {
            self.word.push(byte);
        }
        self.last = byte;
    }

    fn expects_value(&self) -> bool {
        const WORDS: [&[u8]; 7] = [b"return", b"typeof", b"case", b"in", b"of", b"do", b"else"];
        match self.last {
            0 => true,
            b')' | b']' | b'}' | b'"' => false,
            last if in_name(last) => WORDS.contains(&self.word.as_slice()),
            _ => true,
        }
    }
}

fn blank(bytes: &mut [u8]) {
    bytes
        .iter_mut()
        .filter(|byte| **byte != b'\n')
        .for_each(|byte| *byte = b' ');
}

fn line_length(rest: &[u8]) -> usize {
    rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

/// The length of a string on one line, quotes included.
fn quoted(rest: &[u8], quote: u8, lenient: bool) -> Option<usize> {
    let mut at = 1;
    loop {
        match rest.get(at)? {
            b'\\' => at += 2,
            b'\n' if !lenient => return None,
            b'\n' => return Some(at),
            byte if *byte == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
}

fn triple(rest: &[u8]) -> Option<usize> {
    let mut at = 3;
    loop {
        match rest.get(at)? {
            b'\\' => at += 2,
            _ if rest[at..].starts_with(&rest[..3]) => return Some(at + 3),
            _ => at += 1,
        }
    }
}

/// The length of a template with everything inside; code within `${}` is blanked as well.
fn template(rest: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match rest.get(at)? {
            b'\\' => at += 2,
            b'`' => return Some(at + 1),
            b'$' if rest.get(at + 1) == Some(&b'{') => at += 2 + braces(&rest[at + 2..])?,
            _ => at += 1,
        }
    }
}

fn braces(rest: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 1);
    loop {
        match rest.get(at)? {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some(at + 1),
            b'}' => depth -= 1,
            quote @ (b'"' | b'\'') => at += quoted(&rest[at..], *quote, false)? - 1,
            b'`' => at += template(&rest[at..])? - 1,
            _ => {}
        }
        at += 1;
    }
}

fn regular_expression(rest: &[u8]) -> Option<usize> {
    let (mut at, mut in_class) = (1, false);
    loop {
        match rest.get(at)? {
            b'\\' => at += 1,
            b'\n' => return None,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn javascript_literals_and_comments_become_spaces() {
        for (text, masked) in [
            ("a // b\nc", "a     \nc"),
            ("a /* b\n */ c", "a     \n    c"),
            ("x = 'a\\'b' + \"c\"", "x =        +    "),
            ("x = `a ${b({c: `}`})} d` + e", "x =                      + e"),
            ("a / b / c", "a / b / c"),
            ("x = /[/'\"]/.test(y)", "x =        .test(y)"),
            ("return /a/", "return    "),
            ("#!/usr/bin/node's\na", "                 \na"),
        ] {
            assert_eq!(javascript(text).as_deref(), Some(masked), "{text}");
        }
        for text in ["'a\nb", "`a", "/* a", "x = /a\n"] {
            assert_eq!(javascript(text), None, "{text}");
        }
    }

    #[test]
    fn python_literals_and_comments_become_spaces() {
        for (text, masked) in [
            ("a # 'b\nc", "a     \nc"),
            ("x = '''a\n'b''' + c", "x =     \n      + c"),
            ("x = \"a\\\"b\" + c", "x =        + c"),
        ] {
            assert_eq!(python(text).as_deref(), Some(masked), "{text}");
        }
        assert_eq!(python("x = '''a"), None);
    }

    #[test]
    fn words_stand_alone() {
        assert_eq!(
            words("handler handlers my_handler x.handler", "handler").collect::<Vec<_>>(),
            [0, 30]
        );
    }
}
