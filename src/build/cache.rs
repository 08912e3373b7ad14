//! Finished folders by key: what was installed once is not installed again.
//!
//! A folder appears under its key when it is complete, never before; two processes that want the same one
//! wait for each other. Nothing in a finished folder is ever changed: beside it lies the digest of its list of
//! files (names, sizes, times), and a folder that is not as that says any more is made again.

use std::fs::{self, File, Metadata};
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest as _, Sha256};
use walkdir::WalkDir;

use crate::error::Problem;

/// Changes when what lfn puts into a folder changes.
const LAYOUT: &str = "v1";

/// The ending of the file beside a folder that holds the digest of its listing.
const LISTING: &str = "listing";

/// A folder of lfn's own, shared by all projects of a user.
#[derive(Debug, Clone)]
pub struct Cache {
    root: PathBuf,
}

/// What a folder depends on, as one name.
#[derive(Debug, Clone, Default)]
pub struct Key(Sha256);

impl Key {
    /// Adds one thing that matters. Its name keeps neighbours apart.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        self.0.update(format!("{name}\0{}\0", value.len()));
        self.0.update(value);
        self
    }

    fn hex(&self) -> String {
        use std::fmt::Write as _;
        self.0.clone().finalize().iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("writing to a string does not fail");
            hex
        })
    }

    /// All that lies in a folder, without reading any file: as much as shows what was removed, cut short,
    /// written into or laid beside.
    fn listing(folder: &Path) -> io::Result<Self> {
        let walk = WalkDir::new(folder).min_depth(1).sort_by_file_name();
        walk.into_iter().try_fold(Self::default(), |key, entry| {
            let entry = entry?;
            let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
            let name = relative.as_os_str().as_encoded_bytes();
            if entry.file_type().is_dir() {
                return Ok(key.with("folder", name));
            }
            let metadata = entry.metadata()?;
            Ok(key
                .with("file", name)
                .with("size", metadata.len().to_le_bytes())
                .with("changed", format!("{:?}", metadata.modified()?))
                .with("mode", mode(&metadata)))
        })
    }
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> [u8; 4] {
    use std::os::unix::fs::MetadataExt as _;
    metadata.mode().to_le_bytes()
}

#[cfg(not(unix))]
fn mode(metadata: &Metadata) -> [u8; 1] {
    [metadata.permissions().readonly().into()]
}

impl Cache {
    /// The cache in this folder, which need not exist yet.
    pub fn new(root: impl AsRef<Path>) -> Self {
        Self {
            root: root.as_ref().join(LAYOUT),
        }
    }

    /// Where everything is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The finished folder of this kind and key. One that was damaged since counts as none.
    pub fn folder(&self, kind: &str, key: &Key) -> Option<PathBuf> {
        Self::finished(self.outputs(kind, key))
    }

    /// The folder at this place, if it is finished and undamaged.
    pub fn finished(folder: PathBuf) -> Option<PathBuf> {
        // What is used stays when room is made.
        if let Ok(lock) = File::options().write(true).open(folder.with_extension("lock")) {
            let _ = lock.set_modified(SystemTime::now());
        }
        is_whole(&folder).then_some(folder)
    }

    /// Where the outputs of one project are put: each build overwrites those of the build before. It need not exist.
    pub fn outputs(&self, kind: &str, key: &Key) -> PathBuf {
        self.root.join(kind).join(key.hex())
    }

    /// The finished folder of this kind and key; `make` fills an empty folder when there is none.
    pub async fn folder_or_make<F>(
        &self,
        kind: &str,
        key: &Key,
        make: impl FnOnce(PathBuf) -> F,
    ) -> anyhow::Result<PathBuf>
    where
        F: Future<Output = anyhow::Result<()>>,
    {
        if let Some(folder) = self.folder(kind, key) {
            return Ok(folder);
        }
        let parent = self.root.join(kind);
        let cannot = |error| unwritable(&parent, error);
        fs::create_dir_all(&parent).map_err(cannot)?;
        let finished = parent.join(key.hex());
        let lock = File::create(finished.with_extension("lock")).map_err(cannot)?;
        // Held until this function returns, or the process ends.
        let _lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock))
            .await
            .expect("locking does not panic")
            .map_err(cannot)?;
        if is_whole(&finished) {
            return Ok(finished);
        }
        let unfinished = || tempfile::Builder::new().prefix("unfinished-").tempdir_in(&parent);
        if finished.symlink_metadata().is_ok() {
            let damaged = unfinished().map_err(cannot)?;
            fs::rename(&finished, damaged.path().join("damaged")).map_err(cannot)?;
        }
        let unfinished = unfinished().map_err(cannot)?;
        make(unfinished.path().to_path_buf()).await?;
        let listing = Key::listing(unfinished.path()).map_err(cannot)?;
        fs::write(finished.with_extension(LISTING), listing.hex()).map_err(cannot)?;
        fs::rename(unfinished.path(), &finished).map_err(cannot)?;
        Ok(finished)
    }
}

/// Whether a folder is as it was when it was finished.
fn is_whole(folder: &Path) -> bool {
    let listing = fs::read_to_string(folder.with_extension(LISTING));
    listing.is_ok_and(|listing| Key::listing(folder).is_ok_and(|now| now.hex() == listing))
}

/// What to say when the cache cannot be written into.
pub fn unwritable(folder: &Path, error: io::Error) -> Problem {
    Problem::failed(format!("could not write into the cache `{}`", folder.display()))
        .hint("name a folder that can be written to and has room: `--cache-dir`, or `LFN_CACHE_DIR`")
        .caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_is_made_once_and_only_when_it_is_complete() {
        let root = tempfile::tempdir().unwrap();
        let cache = Cache::new(root.path());
        let key = Key::default().with("lock", "a");
        let failed = cache
            .folder_or_make("node", &key, |folder| async move {
                fs::write(folder.join("half"), "")?;
                anyhow::bail!("no network")
            })
            .await;
        assert_eq!(failed.unwrap_err().to_string(), "no network");
        assert_eq!(cache.folder("node", &key), None);
        let fill = |folder: PathBuf| async move { Ok(fs::write(folder.join("whole"), "")?) };
        let made = cache.folder_or_make("node", &key, fill).await.unwrap();
        assert!(made.join("whole").is_file() && !made.join("half").exists());
        let again = cache.folder_or_make("node", &key, |_| async { unreachable!("it is there") });
        assert_eq!(again.await.unwrap(), made);
        assert_eq!(cache.folder("node", &Key::default().with("lock", "b")), None);
    }

    #[tokio::test]
    async fn a_damaged_folder_is_made_again() {
        type Damage = fn(&Path) -> io::Result<()>;
        let damages: &[(&str, Damage)] = &[
            ("removed", |folder| fs::remove_file(folder.join("deep/file"))),
            ("cut short", |folder| fs::write(folder.join("deep/file"), "")),
            ("same size", |folder| fs::write(folder.join("deep/file"), "two")),
            ("added", |folder| fs::write(folder.join("deep/more"), "")),
            ("folder removed", |folder| fs::remove_dir(folder.join("empty"))),
            ("all removed", |folder| fs::remove_dir_all(folder)),
            ("a file", |folder| {
                fs::remove_dir_all(folder)?;
                fs::write(folder, "")
            }),
            ("no listing", |folder| fs::remove_file(folder.with_extension("listing"))),
            ("broken listing", |folder| {
                fs::write(folder.with_extension("listing"), b"\xff")
            }),
        ];
        let root = tempfile::tempdir().unwrap();
        let cache = Cache::new(root.path());
        let key = Key::default();
        let fill = |folder: PathBuf| async move {
            fs::create_dir_all(folder.join("empty"))?;
            fs::create_dir_all(folder.join("deep"))?;
            fs::write(folder.join("deep/file"), "one")?;
            // The clock of a file system may be slow: what is written again is told by its time.
            let hour_ago = SystemTime::now() - std::time::Duration::from_hours(1);
            let file = File::options().append(true).open(folder.join("deep/file"))?;
            Ok(file.set_modified(hour_ago)?)
        };
        let made = cache.folder_or_make("node", &key, fill).await.unwrap();
        for (name, damage) in damages {
            assert_eq!(cache.folder("node", &key).as_ref(), Some(&made), "{name}");
            damage(&made).unwrap();
            assert_eq!(cache.folder("node", &key), None, "{name}");
            cache.folder_or_make("node", &key, fill).await.unwrap();
            assert_eq!(fs::read_to_string(made.join("deep/file")).unwrap(), "one", "{name}");
            assert!(!made.join("deep/more").exists(), "{name}");
        }
        let left = fs::read_dir(made.parent().unwrap()).unwrap().count();
        assert_eq!(left, 3, "the folder, its lock and its listing");
    }

    #[tokio::test]
    async fn a_cache_that_cannot_be_written_into_names_the_way_out() {
        let root = tempfile::NamedTempFile::new().unwrap();
        let made = Cache::new(root.path())
            .folder_or_make("node", &Key::default(), |_| async { Ok(()) })
            .await;
        let error = made.unwrap_err();
        let problem = error.downcast_ref::<Problem>().unwrap();
        assert!(problem.to_string().starts_with("could not write into the cache `"));
        assert!(problem.hints()[0].contains("`--cache-dir`"));
    }

    #[test]
    fn neighbours_in_a_key_are_kept_apart() {
        let (one, other) = (Key::default().with("a", "bc"), Key::default().with("ab", "c"));
        assert_ne!(one.hex(), other.hex());
    }
}
