//! Whatever is kept, and whatever happens to it: the archive is the one that would be made without.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use tempfile::TempDir;

use super::room::UNFINISHED;
use super::{KIND, Store, make_room};
use crate::domain::config::PackageConfig;
use crate::domain::package::{Artifact, Ingredients, Selection, pack, select, write};

/// A tree, a cache, and a place for archives.
struct Bench(TempDir);

const LARGE: usize = 5 << 20;

impl Bench {
    fn new(files: &[(&str, &str)]) -> Self {
        let bench = Self(tempfile::tempdir().unwrap());
        fs::create_dir(bench.tree()).unwrap();
        for (name, text) in files {
            bench.put(name, text.as_bytes());
        }
        bench
    }

    fn tree(&self) -> PathBuf {
        self.0.path().join("tree")
    }

    fn cache(&self) -> PathBuf {
        self.0.path().join("cache")
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.tree().join(name), bytes).unwrap();
    }

    fn selection(&self) -> Selection {
        select(&self.tree(), &PackageConfig::default(), &Ingredients::default()).unwrap()
    }

    /// `later`: whether the files were written long enough before that their time stamps count.
    fn store(&self, later: bool) -> Store {
        let wait = Duration::from_secs(if later { 3600 } else { 0 });
        Store::open(&self.cache(), &self.tree(), "function", SystemTime::now() + wait)
    }

    fn package(&self, later: bool) -> Artifact {
        self.package_and_tell(later).0
    }

    fn package_and_tell(&self, later: bool) -> (Artifact, Vec<String>) {
        let store = self.store(later);
        let packed = pack(&self.selection(), &self.0.path().join("out.zip"), store)
            .ok()
            .unwrap();
        packed.finish().unwrap()
    }

    /// Packages with and without what is kept, and compares all there is.
    fn agree(&self, later: bool) -> Artifact {
        let kept = self.package(later);
        let bytes = fs::read(&kept.path).unwrap();
        let fresh = write(&self.selection(), &self.0.path().join("fresh.zip")).unwrap();
        assert!(bytes == fs::read(&fresh.path).unwrap());
        assert_eq!(
            (&kept.digest, kept.size, kept.unzipped),
            (&fresh.digest, fresh.size, fresh.unzipped)
        );
        assert_eq!(kept.entries, fresh.entries);
        kept
    }

    /// How many files are taken over without being read.
    fn known(&self) -> usize {
        let store = self.store(true);
        let files = self.selection().files;
        files
            .iter()
            .filter(|file| store.known(&file.name, &file.identity).is_some())
            .count()
    }

    fn kept_files(&self) -> Vec<PathBuf> {
        files_of(&self.cache().join(KIND))
    }
}

fn files_of(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn an_edit_means_work_for_one_file() {
    let bench = Bench::new(&[("a", "1"), ("b", "2"), ("c", "3")]);
    bench.agree(true);
    assert_eq!(bench.known(), 3);
    let before = fs::metadata(bench.0.path().join("out.zip"))
        .unwrap()
        .modified()
        .unwrap();
    bench.package(true);
    let after = fs::metadata(bench.0.path().join("out.zip"))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(before, after, "what is there already is not written again");
    bench.put("b", b"X");
    assert_eq!(bench.known(), 2);
    bench.agree(true);
    assert_eq!((bench.known(), bench.kept_files().len()), (3, 2));
    fs::remove_file(bench.0.path().join("out.zip")).unwrap();
    bench.agree(true);
}

#[test]
fn what_changed_a_moment_ago_is_read_again() {
    let bench = Bench::new(&[("a", "1")]);
    bench.agree(false);
    assert_eq!(bench.known(), 0);
    bench.put("a", b"2");
    bench.agree(false);
}

#[derive(Debug, Clone)]
enum Edit {
    Write(u8, Vec<u8>),
    Large(u8, u8),
    Copy(u8, u8),
    Rename(u8, u8),
    Remove(u8),
    Touch(u8),
    Mode(u8),
    NewCache,
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let file = || 0..8_u8;
    let edit = prop_oneof![
        4 => (file(), prop::collection::vec(prop_oneof![Just(b'#'), Just(b'!'), any::<u8>()], 0..60))
            .prop_map(|(file, bytes)| Edit::Write(file, bytes)),
        1 => (file(), any::<u8>()).prop_map(|(file, byte)| Edit::Large(file, byte)),
        2 => (file(), file()).prop_map(|(from, to)| Edit::Copy(from, to)),
        2 => (file(), file()).prop_map(|(from, to)| Edit::Rename(from, to)),
        2 => file().prop_map(Edit::Remove),
        2 => file().prop_map(Edit::Touch),
        2 => file().prop_map(Edit::Mode),
        1 => Just(Edit::NewCache),
    ];
    prop::collection::vec(edit, 1..4)
}

/// What an edit cannot do, because the file is not there, it leaves.
fn apply(edit: &Edit, bench: &Bench) {
    let path = |file: &u8| bench.tree().join(format!("file{file}"));
    match edit {
        Edit::Write(file, bytes) => fs::write(path(file), bytes).unwrap(),
        Edit::Large(file, byte) => {
            let mut bytes = vec![7; LARGE];
            bytes[usize::from(*byte) * 10_000..][..9_000].fill(*byte);
            fs::write(path(file), bytes).unwrap();
        }
        Edit::Copy(from, to) => drop(fs::copy(path(from), path(to))),
        Edit::Rename(from, to) => drop(fs::rename(path(from), path(to))),
        Edit::Remove(file) => drop(fs::remove_file(path(file))),
        Edit::Touch(file) => {
            if let Ok(file) = File::options().append(true).open(path(file)) {
                file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000))
                    .unwrap();
            }
        }
        Edit::Mode(file) =>
        {
            #[cfg(unix)]
            if let Ok(file) = File::open(path(file)) {
                use std::os::unix::fs::PermissionsExt as _;
                let mode = file.metadata().unwrap().permissions().mode();
                file.set_permissions(fs::Permissions::from_mode(mode ^ 0o111)).unwrap();
            }
        }
        Edit::NewCache => drop(fs::remove_dir_all(bench.cache())),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn after_any_edits_the_archive_is_the_one_made_without(rounds in prop::collection::vec((edits(), any::<bool>()), 1..6)) {
        let bench = Bench::new(&[("always", "here")]);
        bench.agree(true);
        for (edits, later) in rounds {
            for edit in &edits {
                apply(edit, &bench);
            }
            bench.agree(later);
        }
    }

    #[test]
    fn damage_to_what_is_kept_never_shows(places in prop::collection::vec((any::<bool>(), any::<prop::sample::Index>(), 0..3_u8), 1..4), edit: bool) {
        let bench = Bench::new(&[("a", "1"), ("b", "some text, some text, some text, some text"), ("c", "#!/bin/sh")]);
        bench.put("large", &vec![3; LARGE]);
        bench.package(true);
        for (which, place, how) in places {
            let path = &bench.kept_files()[usize::from(which)];
            // Not in place: the archive that was written may be the same file.
            let mut bytes = fs::read(path).unwrap();
            if bytes.is_empty() {
                continue;
            }
            let at = place.index(bytes.len());
            match how {
                0 => bytes[at] ^= 0x10,
                1 => bytes.truncate(at),
                _ => bytes[at..].fill(0),
            }
            fs::remove_file(path).unwrap();
            fs::write(path, bytes).unwrap();
        }
        if edit {
            bench.put("b", b"edited");
        } else {
            fs::remove_file(bench.0.path().join("out.zip")).unwrap();
        }
        bench.agree(true);
        bench.agree(true);
    }
}

#[test]
fn an_archive_that_someone_wrote_into_is_made_again() {
    let bench = Bench::new(&[("a", "1"), ("b", "2")]);
    let artifact = bench.package(true);
    let mut bytes = fs::read(&artifact.path).unwrap();
    bytes[35] ^= 1;
    // In place: what is kept is the same file where the disk is the same.
    fs::write(&artifact.path, bytes).unwrap();
    let told = bench.package_and_tell(true).1;
    assert_eq!(
        told,
        ["the archive that was kept is not what it was: all files were packaged anew"]
    );
    bench.agree(true);
    assert!(bench.package_and_tell(true).1.is_empty());
}

#[test]
fn a_cache_that_cannot_be_written_is_done_without() {
    let bench = Bench::new(&[("a", "1")]);
    fs::write(bench.cache(), "a file where the folder would be").unwrap();
    bench.agree(true);
    bench.agree(true);
    let told = bench.package_and_tell(true).1;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("could not read what is kept in `"), "{told:?}");
    assert!(told[1].starts_with("could not keep the archive in `"), "{told:?}");
}

#[test]
fn projects_and_labels_are_kept_apart() {
    let bench = Bench::new(&[("a", "1")]);
    bench.package(true);
    let other = Store::open(&bench.cache(), &bench.tree(), "layer", SystemTime::now());
    assert!(other.index().is_none());
    let other = Store::open(&bench.cache(), bench.0.path(), "function", SystemTime::now());
    assert!(other.index().is_none());
}

#[test]
fn two_at_once_do_not_meet() {
    let bench = Bench::new(&[("a", "1"), ("b", "2"), ("c", "3")]);
    bench.put("large", &vec![3; LARGE]);
    let expected = fs::read(
        write(&bench.selection(), &bench.0.path().join("fresh.zip"))
            .unwrap()
            .path,
    )
    .unwrap();
    thread::scope(|scope| {
        for process in 0..4 {
            let (bench, expected) = (&bench, &expected);
            scope.spawn(move || {
                for round in 0..8 {
                    let to = bench.0.path().join(format!("{process}.zip"));
                    let packed = pack(&bench.selection(), &to, bench.store(true)).ok().unwrap();
                    packed.finish().unwrap();
                    assert!(fs::read(&to).unwrap() == *expected, "{process} {round}");
                    if round % 3 == process % 3 {
                        drop(fs::remove_dir_all(bench.cache()));
                    }
                }
            });
        }
    });
}

#[test]
fn what_was_used_longest_ago_goes_first() {
    let root = tempfile::tempdir().unwrap();
    let cache = root.path();
    let day = Duration::from_hours(24);
    let now = SystemTime::now();
    let at = |path: &Path, days: u32| {
        let file = File::options().append(true).open(path).unwrap();
        file.set_modified(now - days * day).unwrap();
    };
    let folder = |name: &str, days| {
        let path = cache.join("node").join(name);
        fs::create_dir_all(path.join("deep")).unwrap();
        fs::write(path.join("deep/file"), vec![0; 100_000]).unwrap();
        fs::write(path.with_extension("lock"), "").unwrap();
        fs::write(path.with_extension("listing"), "").unwrap();
        at(&path.with_extension("lock"), days);
        path
    };
    let (old, older, today) = (folder("old", 5), folder("older", 9), folder("today", 0));
    let held = folder("held", 20);
    let lock = File::options().append(true).open(held.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    fs::create_dir_all(cache.join(KIND)).unwrap();
    let archive = cache.join(KIND).join("abc-def.zip");
    fs::write(&archive, vec![0; 100_000]).unwrap();
    fs::write(cache.join(KIND).join("abc.index"), "").unwrap();
    at(&cache.join(KIND).join("abc.index"), 7);
    let left_behind = cache.join(KIND).join(format!("{UNFINISHED}x"));
    fs::write(&left_behind, "").unwrap();
    at(&left_behind, 3);
    let fresh = cache.join(KIND).join(format!("{UNFINISHED}y"));
    fs::write(&fresh, "").unwrap();

    make_room(cache, 1 << 30, now);
    assert!(older.is_dir() && archive.is_file() && fresh.is_file() && !left_behind.exists());
    make_room(cache, 0, now);
    assert!(older.is_dir(), "a look a day is enough");
    make_room(cache, 450_000, now + 2 * day);
    assert!(!older.exists() && archive.is_file() && old.is_dir());
    make_room(cache, 350_000, now + 4 * day);
    assert!(!archive.exists() && old.is_dir());
    make_room(cache, 0, now + 6 * day);
    assert!(!old.exists() && !today.exists() && held.is_dir());
    let left: Vec<_> = files_of(&cache.join("node"))
        .into_iter()
        .filter(|path| path.is_dir())
        .collect();
    assert_eq!(left, std::slice::from_ref(&held));
    assert!(held.with_extension("listing").is_file() && !old.with_extension("listing").exists());
}

#[test]
fn what_is_in_use_stays_however_large_the_cache_is() {
    let bench = Bench::new(&[("a", "1")]);
    bench.package(true);
    make_room(&bench.cache(), 0, SystemTime::now());
    assert_eq!(bench.known(), 1);
}
