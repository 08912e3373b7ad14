//! The files of several trees as one archive: which of two comes in, and what cannot come together.

use super::names::pattern;
use super::rules::IGNORE_FILE;
use super::{Problem, SelectedFile};

/// Puts files into archive order. Of two with one name the earlier stays; a file where another tree has a
/// folder is a problem, since no program could unpack both.
pub fn combine(files: &mut Vec<SelectedFile>) -> Vec<Problem> {
    files.sort_by(|a, b| a.name.cmp(&b.name)); // stable
    files.dedup_by(|later, earlier| later.name == earlier.name);
    let mut problems = Vec::new();
    // The files whose names the next one's begins with. In this order `a-b` comes between `a` and `a/b`.
    let mut beginnings: Vec<&SelectedFile> = Vec::new();
    for file in &*files {
        while beginnings
            .pop_if(|beginning| !file.name.starts_with(&beginning.name))
            .is_some()
        {}
        let around = beginnings
            .iter()
            .find(|beginning| file.name.as_bytes().get(beginning.name.len()) == Some(&b'/'));
        match around {
            Some(around) => problems.push(conflict(around, file)),
            None => beginnings.push(file),
        }
    }
    problems
}

fn conflict(file: &SelectedFile, inside: &SelectedFile) -> Problem {
    let (name, here, there) = (&file.name, file.path.display(), inside.path.display());
    Problem::new(
        format!("`{name}` is a file, `{here}`, and also a folder, which holds `{there}`"),
        format!(
            "rename one of them, or exclude the folder: add `{}/` to `{IGNORE_FILE}`",
            pattern(name.as_ref())
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(named: &[(&str, &str)]) -> Vec<SelectedFile> {
        let file = |(name, place): &(&str, &str)| SelectedFile {
            name: (*name).to_owned(),
            path: format!("{place}/{name}").into(),
            executable: false,
            size: 0,
        };
        named.iter().map(file).collect()
    }

    #[test]
    fn the_earlier_of_two_stays() {
        let mut files = files(&[
            ("b", "source"),
            ("a", "one"),
            ("b", "one"),
            ("a", "two"),
            ("a-b", "two"),
        ]);
        assert!(combine(&mut files).is_empty());
        let paths: Vec<_> = files.iter().map(|file| file.path.display().to_string()).collect();
        assert_eq!(paths, ["one/a", "two/a-b", "source/b"]);
    }

    #[test]
    fn a_file_and_a_folder_of_one_name_conflict() {
        let mut files = files(&[
            ("a", "source"),
            ("a-b", "source"),
            ("a/x/y", "one"),
            ("a.txt", "one"),
            ("c/a", "one"),
        ]);
        let problems = combine(&mut files);
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(
            problems[0].message,
            "`a` is a file, `source/a`, and also a folder, which holds `one/a/x/y`"
        );
    }
}
