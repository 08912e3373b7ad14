//! Rust source as a list of words and signs, without comments, strings and characters: enough to
//! find paths and macro calls, and far less than a parser.

/// A word, `::`, or one other sign, and the line it stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    pub text: &'a str,
    pub line: usize,
}

/// Splits the source.
pub fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let mut line = 1;
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let (length, is_kept) = measure(rest, first);
        let (text, after) = rest.split_at(length);
        if is_kept {
            found.push(Token { text, line });
        }
        line += text.matches('\n').count();
        rest = after;
    }
    found
}

/// The length of what stands first, and whether it is kept.
fn measure(rest: &str, first: char) -> (usize, bool) {
    if rest.starts_with("//") {
        (rest.find('\n').unwrap_or(rest.len()), false)
    } else if rest.starts_with("/*") {
        (block_comment(rest), false)
    } else if first == '"' {
        (string(rest), false)
    } else if first == '\'' {
        (character(rest), false)
    } else if let Some(length) = prefixed_literal(rest) {
        (length, false)
    } else if rest.starts_with("::") {
        (2, true)
    } else if is_word(first) {
        (word(rest), true)
    } else {
        (first.len_utf8(), !first.is_whitespace())
    }
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

fn word(rest: &str) -> usize {
    rest.find(|character| !is_word(character)).unwrap_or(rest.len())
}

/// The length of a string that starts with a quote.
fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, character) in rest.char_indices().skip(1) {
        match character {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// The length of a character, or of the quote of a lifetime.
fn character(rest: &str) -> usize {
    let mut characters = rest.char_indices().skip(1);
    match (characters.next(), characters.next()) {
        (Some((_, '\\')), Some(_)) => characters
            .find(|(_, end)| *end == '\'')
            .map_or(rest.len(), |(at, _)| at + 1),
        (_, Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

/// The length of `r"…"`, `r#"…"#`, `b"…"`, `b'…'`, `br"…"` and their like.
fn prefixed_literal(rest: &str) -> Option<usize> {
    let prefix = rest.find(|character| !matches!(character, 'r' | 'b' | 'c'))?;
    let after = &rest[prefix..];
    if prefix > 2 {
        return None;
    }
    if !rest[..prefix].contains('r') {
        return match after.chars().next()? {
            '"' => Some(prefix + string(after)),
            '\'' if &rest[..prefix] == "b" => Some(prefix + character(after)),
            _ => None,
        };
    }
    let hashes = after.find(|character| character != '#')?;
    if !after[hashes..].starts_with('"') {
        return None;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let body = prefix + hashes + 1;
    Some(rest[body..].find(&end).map_or(rest.len(), |at| body + at + end.len()))
}

/// The length of a block comment; they nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        let here = &rest[at..];
        if here.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if here.starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

#[test]
fn words_and_signs_are_kept_and_everything_quoted_is_left_out() {
    for (source, expected) in [
        ("use crate::ui; // crate::aws", "use crate :: ui ;"),
        ("a /* b /* c */ d */ e", "a e"),
        (r#"f("crate::aws \" x", 'c', '"', '\'', b'"')"#, "f ( , , , , )"),
        (r##"let x = r#"a "quoted" crate::aws"#; y"##, "let x = ; y"),
        ("fn f<'a>(x: &'a str) -> br", "fn f < a > ( x : & a str ) - > br"),
        (r#"b"x" br"\" c"y" rest"#, "rest"),
    ] {
        let found: Vec<_> = tokens(source).iter().map(|token| token.text).collect();
        assert_eq!(found.join(" "), expected, "{source}");
    }
    let lines: Vec<_> = tokens("a\n/* \n */ b \"\n\" c")
        .iter()
        .map(|token| token.line)
        .collect();
    assert_eq!(lines, [1, 3, 4]);
}
