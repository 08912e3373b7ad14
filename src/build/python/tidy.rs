//! Takes away what installers leave behind of themselves and of this machine, so that the same packages give the
//! same archive whoever installed them.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use super::lying::{self, Lying};
use crate::domain::package::python::tidy_record;

/// Who installed, from where, and whether it was asked for by name.
/// Source: packaging.python.org, "Recording installed projects".
const BOOKKEEPING: &[&str] = &[
    "INSTALLER",
    "REQUESTED",
    "direct_url.json",
    "uv_cache.json",
    "uv_build.json",
];

/// Tidies up a folder that was installed into.
pub fn tidy(folder: &Path) -> io::Result<()> {
    remove_file(&folder.join(".lock"))?;
    scripts(&folder.join("bin"))?;
    let caches = walkdir::WalkDir::new(folder).into_iter().flatten();
    let caches = caches.filter(|entry| entry.file_type().is_dir() && entry.file_name() == "__pycache__");
    for cache in caches.collect::<Vec<_>>() {
        fs::remove_dir_all(cache.path())?;
    }
    for lying in lying::packages(folder) {
        for name in BOOKKEEPING {
            remove_file(&lying.info.join(name))?;
        }
        let path = lying.info.join("RECORD");
        let Ok(record) = fs::read_to_string(&path) else {
            continue;
        };
        let is_there = |file: &str| !file.starts_with("..") && folder.join(file).is_file();
        // uv links files from its own cache: writing into one would change that.
        fs::remove_file(&path)?;
        fs::write(
            &path,
            tidy_record(&record, |file| file.ends_with(".dist-info/RECORD") || is_there(file)),
        )?;
    }
    Ok(())
}

/// Scripts carry the place of this machine's interpreter and do not run in Lambda; programs stay.
fn scripts(folder: &Path) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries.flatten() {
        let mut start = Vec::new();
        fs::File::open(entry.path())?.take(4).read_to_end(&mut start)?;
        if start != *b"\x7fELF" {
            remove_file(&entry.path())?;
        }
    }
    remove_empty(folder);
    Ok(())
}

/// Takes a package away.
pub fn remove(folder: &Path, package: &Lying) -> io::Result<()> {
    for file in &package.files {
        let path = folder.join(file);
        remove_file(&path)?;
        let inside = path.ancestors().skip(1).take_while(|ancestor| *ancestor != folder);
        inside.for_each(remove_empty);
    }
    match fs::remove_dir_all(&package.info) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A folder with something in it stays.
fn remove_empty(folder: &Path) {
    let _still_needed = fs::remove_dir(folder);
}

fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
