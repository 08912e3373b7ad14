//! The size of the cache: what was used longest ago goes first, and what dead processes left behind.
//!
//! Nothing in use is removed: an archive is opened before it is read, and a folder that was used within the
//! last day stays, however large the cache is.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use walkdir::WalkDir;

use super::KIND;

/// How names begin that are not finished.
pub const UNFINISHED: &str = "unfinished-";
/// Marks when there was a look at the size last.
const LOOKED: &str = "looked-at";
/// Between two looks, since each reads all of the cache's folders.
const PAUSE: Duration = Duration::from_hours(24);
/// Installing and packaging take less.
const IN_USE: Duration = Duration::from_hours(24);

/// What goes or stays as one.
struct Unit {
    used: SystemTime,
    size: u64,
    paths: Vec<PathBuf>,
    /// Held by the process that makes it.
    lock: Option<PathBuf>,
}

/// Brings the cache in this folder down to `limit` bytes, at most once a day.
pub fn make_room(cache: &Path, limit: u64, now: SystemTime) {
    let mark = cache.join(LOOKED);
    let age = |path: &Path| Some(now.duration_since(modified(path)?).unwrap_or_default());
    if age(&mark).is_some_and(|age| age < PAUSE) || File::create(&mark).is_err() {
        return;
    }
    let old = |path: &Path| age(path).is_some_and(|age| age > IN_USE);
    let mut units = Vec::new();
    for kind in entries(cache).filter(|path| path.is_dir()) {
        for path in entries(&kind).filter(|path| name(path).starts_with(UNFINISHED) && old(path)) {
            remove(&path);
        }
        if name(&kind) == KIND {
            units.extend(archives(&kind));
        } else {
            units.extend(folders(&kind));
        }
    }
    let mut size: u64 = units.iter().map(|unit| unit.size).sum();
    units.sort_by_key(|unit| unit.used);
    for unit in units {
        if size <= limit {
            break;
        }
        let age = now.duration_since(unit.used).unwrap_or_default();
        if age > IN_USE && discard(&unit) {
            size -= unit.size;
        }
    }
}

/// Each index with its archives.
fn archives(folder: &Path) -> Vec<Unit> {
    let indexes = entries(folder).filter(|path| path.extension().is_some_and(|end| end == "index"));
    let unit = |index: PathBuf| {
        let key = index.file_stem()?.to_string_lossy().into_owned();
        let mut paths: Vec<PathBuf> = entries(folder).filter(|path| name(path).starts_with(&key)).collect();
        // The index first: archives without one are not found any more.
        paths.sort_by_key(|path| *path != index);
        Some(Unit {
            used: modified(&index)?,
            size: paths.iter().map(|path| size(path)).sum(),
            paths,
            lock: None,
        })
    };
    indexes.filter_map(unit).collect()
}

/// Each folder with what lies beside it: what it should hold, and its lock, which is touched when it is used.
fn folders(kind: &Path) -> Vec<Unit> {
    let folders = entries(kind).filter(|path| path.is_dir() && !name(path).starts_with(UNFINISHED));
    let unit = |folder: PathBuf| {
        let lock = folder.with_extension("lock");
        let listing = Some(folder.with_extension("listing")).filter(|listing| listing.is_file());
        Some(Unit {
            used: modified(&lock).or_else(|| modified(&folder))?,
            size: size(&folder),
            paths: std::iter::once(folder).chain(listing).collect(),
            lock: Some(lock),
        })
    };
    folders.filter_map(unit).collect()
}

/// Removes what nobody is making or removing at this moment.
fn discard(unit: &Unit) -> bool {
    let lock = match &unit.lock {
        None => None,
        Some(lock) => match File::options().append(true).create(true).open(lock) {
            Ok(lock) if lock.try_lock().is_ok() => Some(lock),
            Ok(_) | Err(_) => return false,
        },
    };
    let removed = unit.paths.iter().all(|path| remove(path));
    drop(lock);
    removed
}

/// A folder gets an unfinished one's name first, so that nobody ever finds half of it under its own.
fn remove(path: &Path) -> bool {
    if !path.is_dir() {
        return fs::remove_file(path).is_ok();
    }
    let doomed = path.with_file_name(format!("{UNFINISHED}{}", name(path)));
    let doomed = if fs::rename(path, &doomed).is_ok() {
        doomed.as_path()
    } else {
        path
    };
    fs::remove_dir_all(doomed).is_ok()
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path())
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::symlink_metadata(path).ok()?.modified().ok()
}

fn size(path: &Path) -> u64 {
    let files = WalkDir::new(path).into_iter().flatten();
    files.filter_map(|entry| Some(entry.metadata().ok()?.len())).sum()
}
