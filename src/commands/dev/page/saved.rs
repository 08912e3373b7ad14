//! The project's own events: files that `lfn test` runs as cases, listed, read, and written by the page.
//!
//! A file is read only when the list has it, and written only where a valid name leads inside the project.

use std::fs;
use std::io;
use std::path::Path;

use serde::Serialize;
use walkdir::WalkDir;

use crate::commands::test::{FOLDERS, is_event};

/// Where new ones go.
const FOLDER: &str = FOLDERS[0];
/// More than anybody looks through.
const MOST: usize = 2_000;
/// Characters, `/` included.
const LONGEST: usize = 100;

/// A saved event.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Saved {
    /// From the project's folder, with `/`.
    path: String,
    /// The path without its folder and ending.
    name: String,
    bytes: u64,
}

/// Why an event is not saved.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotSaved {
    #[error("`{0}` is no name for an event: letters, digits, `.`, `-` and `_`, and `/` between folders")]
    Name(String),
    #[error("the event is not JSON: {0}")]
    NotJson(serde_json::Error),
    #[error("`{0}` is there already, with another content")]
    Exists(String),
    #[error("`{0}` leads out of the project")]
    Outside(String),
    #[error("could not write `{0}`: {1}")]
    Io(String, io::Error),
}

/// The events of a project, by path.
pub(super) fn list(project: &Path) -> Vec<Saved> {
    let files = FOLDERS.iter().flat_map(|folder| {
        let entries = WalkDir::new(project.join(folder)).sort_by_file_name();
        let files = entries.into_iter().filter_map(Result::ok);
        let events = files.filter(|entry| entry.file_type().is_file() && is_event(entry.path()));
        events.filter_map(move |entry| {
            let path = slashed(entry.path().strip_prefix(project).ok()?)?;
            let name = path.strip_prefix(folder)?.strip_prefix('/')?.strip_suffix(".json")?;
            let bytes = entry.metadata().ok()?.len();
            Some(Saved {
                name: name.to_owned(),
                path,
                bytes,
            })
        })
    });
    files.take(MOST).collect()
}

fn slashed(path: &Path) -> Option<String> {
    Some(path.to_str()?.replace('\\', "/"))
}

/// The text of an event that is in the list.
pub(super) fn read(project: &Path, path: &str) -> io::Result<Option<String>> {
    if !list(project).iter().any(|saved| saved.path == path) {
        return Ok(None);
    }
    fs::read_to_string(project.join(path)).map(Some)
}

/// Saves an event and returns its path. What is there already with another content is replaced only when
/// `replace` says so.
pub(super) fn save(project: &Path, name: &str, text: &str, replace: bool) -> Result<String, NotSaved> {
    let name = name.strip_suffix(".json").unwrap_or(name);
    if !is_name(name) {
        return Err(NotSaved::Name(name.to_owned()));
    }
    serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(NotSaved::NotJson)?;
    let path = format!("{FOLDER}/{name}.json");
    let text = format!("{}\n", text.trim_end());
    let failed = |error| NotSaved::Io(path.clone(), error);
    let root = project.canonicalize().map_err(failed)?;
    let file = root.join(&path);
    // What is there of the way must not lead elsewhere: neither the file nor its folders.
    let is_there = |part: &&Path| part.symlink_metadata().is_ok();
    let there = file.ancestors().find(is_there).unwrap_or(&root);
    if !there.canonicalize().map_err(failed)?.starts_with(&root) {
        return Err(NotSaved::Outside(path));
    }
    if there == file && fs::read(&file).map_err(failed)? == text.as_bytes() {
        return Ok(path);
    }
    if there == file && !replace {
        return Err(NotSaved::Exists(path));
    }
    let write = || {
        fs::create_dir_all(file.parent().unwrap_or(&root))?;
        fs::write(&file, text)
    };
    write().map_err(failed)?;
    Ok(path)
}

/// Whether a name leads to a file below the folder on every system, and to one that is an event.
fn is_name(name: &str) -> bool {
    let is_part = |part: &str| {
        let begins = part.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let holds = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        begins && part.chars().all(holds) && !part.ends_with('.')
    };
    name.len() <= LONGEST && name.split('/').all(is_part) && is_event(Path::new(&format!("{name}.json")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_below_the_folder() {
        for good in ["order", "order-1.paid", "_x", "shop/order", "1"] {
            assert!(is_name(good), "{good}");
        }
        for bad in [
            "",
            ".",
            "..",
            "../x",
            "a/../../x",
            "/etc/x",
            "a//b",
            "a/",
            "a\\b",
            "C:x",
            "a b",
            "a\0",
            ".hidden",
            "-x",
            "x.",
            "ä",
            "x.expect",
            "x.schema",
            "%2e%2e",
        ] {
            assert!(!is_name(bad), "{bad}");
        }
        assert!(!is_name(&"x".repeat(LONGEST + 1)));
    }

    #[test]
    fn events_are_listed_read_and_never_replaced_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path();
        assert_eq!(list(project), []);
        assert_eq!(
            save(project, "shop/order.json", "{\"n\": 1}", false).unwrap(),
            "events/shop/order.json"
        );
        assert_eq!(
            fs::read_to_string(project.join("events/shop/order.json")).unwrap(),
            "{\"n\": 1}\n"
        );
        assert!(matches!(
            save(project, "shop/order", "{\"n\": 2}", false),
            Err(NotSaved::Exists(_))
        ));
        save(project, "shop/order", "{\"n\": 1}\n", false).expect("it is the same");
        save(project, "shop/order", "{\"n\": 2}", true).unwrap();
        assert!(matches!(save(project, "bad", "{", false), Err(NotSaved::NotJson(_))));
        fs::create_dir_all(project.join("tests/events")).unwrap();
        for other in [
            "tests/events/two.json",
            "events/shop/order.expect.json",
            "events/x.schema.json",
            "events/notes.md",
            "secret.json",
        ] {
            fs::write(project.join(other), "[]").unwrap();
        }
        let listed: Vec<(String, String)> = list(project)
            .into_iter()
            .map(|saved| (saved.path, saved.name))
            .collect();
        let pair = |path: &str, name: &str| (path.to_owned(), name.to_owned());
        assert_eq!(
            listed,
            [
                pair("events/shop/order.json", "shop/order"),
                pair("tests/events/two.json", "two")
            ]
        );
        let read = |path: &str| read(project, path).unwrap();
        assert_eq!(read("events/shop/order.json").as_deref(), Some("{\"n\": 2}\n"));
        for hidden in [
            "secret.json",
            "events/../secret.json",
            "events/shop/../../secret.json",
            "/etc/passwd",
            "events/notes.md",
            "events",
        ] {
            assert_eq!(read(hidden), None, "{hidden}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_do_not_lead_out_of_the_project() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let project = folder.path();
        fs::write(elsewhere.path().join("kept.json"), "[]").unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), project.join("events")).unwrap();
        for name in ["new", "kept", "deep/new"] {
            let refused = save(project, name, "{}", true);
            assert!(matches!(refused, Err(NotSaved::Outside(_))), "{name}: {refused:?}");
        }
        fs::remove_file(project.join("events")).unwrap();
        fs::create_dir(project.join("events")).unwrap();
        std::os::unix::fs::symlink(elsewhere.path().join("kept.json"), project.join("events/link.json")).unwrap();
        assert!(matches!(save(project, "link", "{}", true), Err(NotSaved::Outside(_))));
        // A link to nothing is not followed to make something.
        std::os::unix::fs::symlink(elsewhere.path().join("new.json"), project.join("events/gone.json")).unwrap();
        for replace in [false, true] {
            assert!(save(project, "gone", "{}", replace).is_err());
        }
        assert_eq!(fs::read_to_string(elsewhere.path().join("kept.json")).unwrap(), "[]");
        assert!(!elsewhere.path().join("new.json").exists());
    }
}
