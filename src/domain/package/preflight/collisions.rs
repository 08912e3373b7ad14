//! Names that Lambda keeps apart and other systems do not. One warning.
//!
//! Lambda's file system tells `A.js` from `a.js`, and an accent that is part of its letter from one that
//! follows it. Those of macOS and Windows do not: a checkout there has one file less, and another archive.

use std::borrow::Cow;
use std::collections::HashMap;

use icu_normalizer::ComposingNormalizerBorrowed;

use super::Finding;
use crate::domain::package::Selection;

/// Returns a warning when there are such names.
pub fn check(selection: &Selection) -> Option<Finding> {
    let nfc = ComposingNormalizerBorrowed::new_nfc();
    // Files and the folders around them, by the name that a lenient system knows them by.
    let mut known: HashMap<Cow<'_, str>, &str> = HashMap::with_capacity(selection.files.len());
    let mut collisions: Vec<(&str, &str)> = Vec::new();
    for file in &selection.files {
        let mut path = file.name.as_str();
        loop {
            match known.insert(lenient(path, &nfc), path) {
                // The folders around it are known as well.
                Some(before) if before == path => break,
                Some(before) => collisions.push((before, path)),
                None => {}
            }
            match path.rsplit_once('/') {
                Some((folder, _)) => path = folder,
                None => break,
            }
        }
    }
    // The outermost first: a folder explains the files inside.
    collisions.sort_by_key(|(_, path)| path.matches('/').count());
    let (before, path) = *collisions.first()?;
    let more = match collisions.len() - 1 {
        0 => String::new(),
        1 => ", and there is one more such name".to_owned(),
        more => format!(", and there are {more} more such names"),
    };
    Some(Finding::warning(
        path,
        format!("`{before}` and `{path}` differ only in case or in how accents are written{more}"),
        "a checkout on macOS or Windows has only one of them, and makes another archive: rename one",
    ))
}

fn lenient<'p>(path: &'p str, nfc: &ComposingNormalizerBorrowed<'_>) -> Cow<'p, str> {
    if !path.is_ascii() {
        // Upper case first, so that letters with several lower ones (`s` and `ſ`, `σ` and `ς`) meet.
        nfc.normalize(&path.to_uppercase().to_lowercase()).into_owned().into()
    } else if path.bytes().any(|byte| byte.is_ascii_uppercase()) {
        path.to_ascii_lowercase().into()
    } else {
        path.into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{Tree, line};
    use super::*;

    fn told(names: &[&str]) -> Option<String> {
        let files: Vec<_> = names.iter().map(|name| (*name, "")).collect();
        check(&Tree::of(&files).selection).as_ref().map(line)
    }

    #[test]
    fn names_that_are_one_elsewhere() {
        let cases: &[(&[&str], &str)] = &[
            (&["A.js", "a.js"], "`A.js` and `a.js`"),
            (&["Lib/a.js", "lib/b.js"], "`Lib` and `lib`"),
            (&["lib/X/a.js", "lib/x/a.js"], "`lib/X` and `lib/x`"),
            (&["e\u{301}.txt", "\u{e9}.txt"], "`e\u{301}.txt` and `\u{e9}.txt`"),
            (&["E\u{301}.txt", "\u{e9}.txt"], "`E\u{301}.txt` and `\u{e9}.txt`"),
            (&["Σ", "ς"], "`Σ` and `ς`"),
        ];
        for (names, expected) in cases {
            let told = told(names).unwrap_or_else(|| panic!("{names:?}"));
            assert!(told.starts_with(&format!("warning: {expected} differ only")), "{told}");
        }
    }

    #[test]
    fn more_than_one_are_counted() {
        let told = told(&["A/a", "A/b", "a/a", "a/b"]).unwrap();
        assert!(
            told.starts_with("warning: `A` and `a` differ only in case or in how accents are written, and there are 2 more such names"),
            "{told}"
        );
    }

    #[test]
    fn other_names_are_left_alone() {
        assert_eq!(told(&["a.js", "a/b", "a-b", "b/a", "日本", "naïve/ü", "naïve/u"]), None);
    }
}
