//! Which files of the code a deploy changes, in a few lines.

use std::collections::BTreeMap;

use super::style;
use crate::domain::package::{CodeChanges, FileChange, sizes};

/// So many lines are shown before the rest is counted.
const LINES: usize = 8;

/// What happens to a file: its sign, and how the line is painted.
type Sign = (char, fn(String) -> String);

/// The lines for these changes: file by file when they are few or `all` are wanted, else folder by folder.
pub fn lines(changes: &CodeChanges, all: bool) -> Vec<String> {
    let kinds: [(Sign, &[FileChange]); 3] = [
        (('~', |text| style::changed(text)), &changes.changed),
        (('+', |text| style::added(text)), &changes.added),
        (('-', |text| style::removed(text)), &changes.removed),
    ];
    let count: usize = kinds.iter().map(|(_, files)| files.len()).sum();
    if count == 0 {
        return vec![style::dim("the same files, packed otherwise")];
    }
    let one_by_one = all || count <= LINES;
    let mut rows: Vec<(Vec<&FileChange>, String)> = Vec::new();
    for ((sign, paint), files) in kinds {
        let mut groups: Vec<(String, Vec<&FileChange>)> = if one_by_one {
            files.iter().map(|file| (file.name.clone(), vec![file])).collect()
        } else {
            grouped(files)
        };
        if !one_by_one {
            groups.sort_by_key(|(_, files)| std::cmp::Reverse(bytes(files)));
        }
        for (name, files) in groups {
            let line = paint(format!("{sign} {}  {}", printable(&name), measure(&files)));
            rows.push((files, line));
        }
    }
    let shown = if one_by_one || rows.len() <= LINES + 1 {
        rows.len()
    } else {
        LINES
    };
    let rest: usize = rows[shown..].iter().map(|(files, _)| files.len()).sum();
    let mut lines: Vec<String> = rows.into_iter().take(shown).map(|(_, line)| line).collect();
    if rest > 0 {
        lines.push(style::dim(format_args!(
            "… and {}; `-v` names all",
            style::count(rest, "more file")
        )));
    }
    lines
}

/// By dependency, or by the first folder; what is alone in its group goes by its own name.
fn grouped(files: &[FileChange]) -> Vec<(String, Vec<&FileChange>)> {
    let mut groups: BTreeMap<String, Vec<&FileChange>> = BTreeMap::new();
    for file in files {
        let folder = sizes::dependency_folder(&file.name).or_else(|| file.name.split_once('/').map(|(first, _)| first));
        let group = folder.map_or_else(|| file.name.clone(), |folder| format!("{folder}/"));
        groups.entry(group).or_default().push(file);
    }
    let named = groups.into_iter().map(|(group, files)| match files[..] {
        [file] => (file.name.clone(), files),
        _ => (group, files),
    });
    named.collect()
}

fn bytes(files: &[&FileChange]) -> u64 {
    files.iter().map(|file| file.size).sum()
}

fn measure(files: &[&FileChange]) -> String {
    match files {
        [file] => match file.previous_size {
            Some(before) if style::bytes(before) != style::bytes(file.size) => {
                format!("{} → {}", style::bytes(before), style::bytes(file.size))
            }
            _ => style::bytes(file.size),
        },
        _ => format!("{}, {}", style::count(files.len(), "file"), style::bytes(bytes(files))),
    }
}

/// Names may come from anyone's archive: what would steer the terminal is not printed.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, size: u64, previous_size: Option<u64>) -> FileChange {
        FileChange {
            name: name.into(),
            size,
            previous_size,
        }
    }

    fn plain(changes: &CodeChanges, all: bool) -> Vec<String> {
        let lines = lines(changes, all).into_iter();
        lines
            .map(|line| anstream::adapter::strip_str(&line).to_string())
            .collect()
    }

    #[test]
    fn a_few_files_are_named_and_many_are_grouped() {
        let mut changes = CodeChanges {
            changed: vec![file("src/app.py", 1200, Some(900)), file("same.py", 10, Some(10))],
            added: Vec::new(),
            removed: vec![file("a\u{1b}[2J.py", 5, None)],
        };
        let few = [
            "~ src/app.py  900 B → 1.2 KB",
            "~ same.py  10 B",
            "- a\u{fffd}[2J.py  5 B",
        ];
        assert_eq!(plain(&changes, false), few);
        for index in 0..20 {
            changes
                .added
                .push(file(&format!("node_modules/@s/sharp/{index}.js"), 100, None));
            changes.added.push(file(&format!("f{index}/only.js"), 1, None));
        }
        let many = plain(&changes, false);
        assert_eq!(
            many[..3],
            [
                "~ src/app.py  900 B → 1.2 KB",
                "~ same.py  10 B",
                "+ node_modules/@s/sharp/  20 files, 2.0 KB"
            ]
        );
        assert_eq!(
            many.last().map(String::as_str),
            Some("… and 16 more files; `-v` names all")
        );
        assert_eq!(many.len(), LINES + 1);
        assert_eq!(plain(&changes, true).len(), 43);
        assert_eq!(
            plain(&CodeChanges::default(), false),
            ["the same files, packed otherwise"]
        );
    }
}
