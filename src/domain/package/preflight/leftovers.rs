//! An archive that is close to Lambda's limit, and files that only development needs. Warnings, one of each.

use super::Finding;
use crate::domain::config::Severity;
use crate::domain::function::UNZIPPED_LIMIT;
use crate::domain::package::{SelectedFile, Selection};

/// From here on the limit is near; above the limit itself the deploy is refused elsewhere.
const LARGE: u64 = 200 << 20;
/// Smaller source maps do no harm.
const LARGE_MAP: u64 = 5 << 20;

/// Returns what could be left out.
pub fn check(selection: &Selection) -> Vec<Finding> {
    let size: u64 = selection.files.iter().map(|file| file.size).sum();
    let large = (LARGE..=UNZIPPED_LIMIT).contains(&size).then(|| Finding {
        severity: Severity::Warning,
        path: None,
        message: format!(
            "the files take {} MB of the {} MB that Lambda allows",
            size >> 20,
            UNZIPPED_LIMIT >> 20
        ),
        hint: Some("`lfn package` lists the largest files; leave some out with `package.exclude`".into()),
        missing: false,
    });
    large.into_iter().chain(development(selection)).collect()
}

fn development(selection: &Selection) -> Option<Finding> {
    let found: Vec<(&SelectedFile, String)> = selection
        .files
        .iter()
        .filter_map(|file| Some((file, pattern(file)?)))
        .collect();
    let (first, _) = found.first()?;
    let mut patterns: Vec<String> = Vec::new();
    for (_, pattern) in &found {
        if !patterns.contains(pattern) {
            patterns.push(pattern.clone());
        }
    }
    let these = match found.len() {
        1 => format!("`{}` is", first.name),
        2 => format!("`{}` and one more file are", first.name),
        more => format!("`{}` and {} more files are", first.name, more - 1),
    };
    let listed: Vec<String> = patterns.iter().map(|pattern| format!("\"{pattern}\"")).collect();
    let hint = format!(
        "leave out what the function does not read: `package.exclude: [{}]`",
        listed.join(", ")
    );
    Some(Finding::warning(
        &first.name,
        format!("{these} for development only"),
        hint,
    ))
}

/// A pattern that leaves out this file and others of its kind, when it surely serves development alone.
fn pattern(file: &SelectedFile) -> Option<String> {
    const TOOLS: &[&str] = &[
        "typescript",
        "jest",
        "eslint",
        "prettier",
        "vitest",
        "webpack",
        "nodemon",
    ];
    let (folders, name) = file.name.rsplit_once('/').unwrap_or(("", &file.name));
    if let Some((before, rest)) = file.name.split_once("node_modules/") {
        let package = rest.split('/').next().unwrap_or_default();
        if TOOLS.contains(&package) && before.is_empty() {
            return Some(format!("/node_modules/{package}/"));
        }
    } else {
        let mut ends = name.rsplit('.');
        let (end, middle) = (ends.next()?, ends.next());
        let middle = middle.filter(|_| ends.next().is_some());
        if matches!(middle, Some("test" | "spec")) && matches!(end, "js" | "mjs" | "cjs" | "ts" | "mts" | "tsx" | "jsx")
        {
            return Some(format!("*.{}.{end}", middle?));
        }
        if folders.split('/').next_back() == Some("coverage") && matches!(name, "lcov.info" | "coverage-final.json") {
            return Some("coverage/".into());
        }
    }
    let is_map = name.rsplit_once('.').is_some_and(|(_, end)| end == "map");
    (is_map && file.size > LARGE_MAP).then(|| "*.map".into())
}

#[cfg(test)]
mod tests {
    use super::super::samples::{Tree, line};
    use super::*;

    fn told(files: &[(&str, u64)]) -> Vec<String> {
        let mut tree = Tree::new();
        for (name, size) in files {
            tree = tree.with(name, "");
            let file = tree.selection.files.iter_mut().find(|file| file.name == *name);
            file.unwrap().size = *size;
        }
        check(&tree.selection).iter().map(line).collect()
    }

    #[test]
    fn a_large_archive_is_told_before_it_is_too_large() {
        assert_eq!(told(&[("a", LARGE - 1)]).len(), 0);
        assert_eq!(
            told(&[("a", UNZIPPED_LIMIT + 1)]).len(),
            0,
            "which is refused elsewhere"
        );
        assert_eq!(
            told(&[("a", LARGE), ("b", 10 << 20)]),
            [
                "warning: the files take 210 MB of the 250 MB that Lambda allows | `lfn package` lists the largest files; leave \
              some out with `package.exclude`"
            ]
        );
    }

    #[test]
    fn development_files_are_one_warning() {
        assert_eq!(
            told(&[
                ("app.test.js", 1),
                ("coverage/lcov.info", 1),
                ("index.js", 1),
                ("index.js.map", LARGE_MAP + 1),
                ("node_modules/typescript/lib/tsc.js", 1),
            ]),
            [
                "warning: `app.test.js` and 3 more files are for development only | leave out what the function does not read: \
              `package.exclude: [\"*.test.js\", \"coverage/\", \"*.map\", \"/node_modules/typescript/\"]`"
            ]
        );
        let harmless = [
            ("index.js.map", LARGE_MAP),
            ("test.js", 1),
            ("node_modules/a/a.test.js", 1),
            ("node_modules/a/typescript/x.js", 1),
        ];
        assert_eq!(told(&harmless).len(), 0);
    }
}
