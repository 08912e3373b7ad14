//! Which names an archive may hold, and how a message shows one.
//!
//! Lambda unpacks into `/var/task` on Linux; readers of archives differ on `\` and on control characters, so
//! both are refused.

use std::ffi::OsStr;
use std::path::Path;

use super::Problem;
use super::rules::IGNORE_FILE;

/// Linux's `PATH_MAX` with its closing zero, less `/var/task/`.
const LONGEST_PATH: usize = 4096 - 1 - "/var/task/".len();
/// Linux's `NAME_MAX`; macOS counts differently and allows more.
const LONGEST_NAME: usize = 255;
/// Longer paths are shortened in messages.
const SHOWN: usize = 200;

/// Why a name cannot be in an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    NotUnicode,
    Backslash,
    ControlCharacter,
    TooLong,
}

impl Flaw {
    pub fn problem(self, path: &Path) -> Problem {
        let shown = shown(path);
        let why = match self {
            Self::NotUnicode => "is not valid UTF-8, so an archive cannot hold it".to_owned(),
            Self::Backslash => "has a backslash, which some programs take for a folder".to_owned(),
            Self::ControlCharacter => "has a control character".to_owned(),
            Self::TooLong => {
                return Problem::new(
                    format!(
                        "the path `{shown}` is too long for Lambda, which has room for {LONGEST_PATH} bytes, \
                         {LONGEST_NAME} in each name"
                    ),
                    "use shorter names, or exclude a folder around it",
                );
            }
        };
        Problem::new(
            format!("the name `{shown}` {why}"),
            format!("rename it, or exclude it: add `{}` to `{IGNORE_FILE}`", pattern(path)),
        )
    }
}

/// The name in an archive: components with `/` in between.
pub fn archive_name(path: &Path) -> Result<String, Flaw> {
    let names: Option<Vec<&str>> = path.iter().map(OsStr::to_str).collect();
    let names = names.ok_or(Flaw::NotUnicode)?;
    let name = names.join("/");
    if name.contains('\\') {
        Err(Flaw::Backslash)
    } else if name.contains(char::is_control) {
        Err(Flaw::ControlCharacter)
    } else if name.len() > LONGEST_PATH || names.iter().any(|name| name.len() > LONGEST_NAME) {
        Err(Flaw::TooLong)
    } else {
        Ok(name)
    }
}

/// A path on one line of a message, whatever it holds.
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    let characters: Vec<char> = text.chars().collect();
    let escaped = |part: &[char]| part.iter().flat_map(|c| escape(*c)).collect::<String>();
    if characters.len() <= SHOWN {
        return escaped(&characters);
    }
    let (start, end) = (&characters[..SHOWN / 2], &characters[characters.len() - SHOWN / 2..]);
    format!("{}…{}", escaped(start), escaped(end))
}

fn escape(character: char) -> impl Iterator<Item = char> {
    let escaped = character.is_control().then(|| character.escape_default());
    let plain = escaped.is_none().then_some(character);
    escaped.into_iter().flatten().chain(plain)
}

/// A line for `.lfnignore` that names exactly this path, but for characters that cannot be typed.
pub fn pattern(path: &Path) -> String {
    let mut pattern = String::from("/");
    let text = path.to_string_lossy();
    for character in text.chars() {
        match character {
            char::REPLACEMENT_CHARACTER => pattern.push('*'),
            character if character.is_control() => pattern.push('?'),
            '\\' | '*' | '?' | '[' | ']' | '{' | '}' => pattern.extend(['\\', character]),
            character => pattern.push(character),
        }
    }
    if pattern.ends_with(' ') {
        // A line's spaces at the end are no part of the pattern.
        pattern.pop();
        pattern.push('?');
    }
    pattern
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::rules::compile;
    use super::*;

    #[test]
    fn flaws() {
        let long_name = "n".repeat(LONGEST_NAME);
        let long_path = "12345678/".repeat(LONGEST_PATH / 9) + &"x".repeat(LONGEST_PATH % 9);
        assert_eq!(long_path.len(), LONGEST_PATH);
        for fine in [
            "a/b",
            "naïve/ü",
            "日本語",
            "a b",
            "C:",
            "...",
            ".. ",
            "-rf",
            "[id].js",
            &long_name,
            &long_path,
        ] {
            assert_eq!(archive_name(Path::new(fine)).as_deref(), Ok(fine));
        }
        let cases = [
            ("a\\b".to_owned(), Flaw::Backslash),
            ("..\\..\\b".to_owned(), Flaw::Backslash),
            ("a\nb".to_owned(), Flaw::ControlCharacter),
            ("a\u{7f}".to_owned(), Flaw::ControlCharacter),
            ("\u{1b}[2J/a".to_owned(), Flaw::ControlCharacter),
            (format!("{long_name}n"), Flaw::TooLong),
            (format!("{long_path}x"), Flaw::TooLong),
        ];
        for (name, flaw) in cases {
            assert_eq!(archive_name(Path::new(&name)), Err(flaw), "{name:?}");
        }
    }

    #[test]
    fn a_message_stays_on_its_line_and_short() {
        assert_eq!(shown(Path::new("a\nb\u{1b}ü")), "a\\nb\\u{1b}ü");
        let long = shown(Path::new(&"ü".repeat(3000)));
        assert_eq!(long.chars().count(), SHOWN + 1);
    }

    #[test]
    fn patterns_for_odd_names() {
        for (name, expected) in [
            ("pages/[id].js", "/pages/\\[id\\].js"),
            ("a\nb", "/a?b"),
            ("a ", "/a?"),
            ("#a", "/#a"),
            ("!a", "/!a"),
        ] {
            assert_eq!(pattern(Path::new(name)), expected);
        }
    }

    proptest! {
        #[test]
        fn a_pattern_matches_its_path(name in "[a\\\\ \\[\\]{}*?!#\n,^ü-]{1,8}(/[a\\\\ \\[*]{1,3})?") {
            let mut problems = Vec::new();
            let line = pattern(Path::new(&name));
            let compiled = compile([line.as_str()].into_iter(), |_| String::new(), &mut problems);
            prop_assert!(problems.is_empty(), "{line}: {problems:?}");
            prop_assert!(compiled.matched(&name, false).is_ignore(), "{line}");
            prop_assert!(!compiled.matched(format!("{name}x"), false).is_ignore(), "{line}");
        }
    }
}
