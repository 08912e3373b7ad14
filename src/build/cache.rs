//! Finished folders by key: what was installed once is not installed again.
//!
//! A folder appears under its key when it is complete, never before; two processes that want the same one
//! wait for each other. Nothing in a finished folder is ever changed.

use std::fs::{self, File};
use std::future::Future;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

/// Changes when what lfn puts into a folder changes.
const LAYOUT: &str = "v1";

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
}

impl Cache {
    /// The cache in this folder, which need not exist yet.
    pub fn new(root: impl AsRef<Path>) -> Self {
        Self {
            root: root.as_ref().join(LAYOUT),
        }
    }

    /// The finished folder of this kind and key.
    pub fn folder(&self, kind: &str, key: &Key) -> Option<PathBuf> {
        let folder = self.outputs(kind, key);
        folder.is_dir().then_some(folder)
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
        let cannot = || format!("could not write into the cache `{}`", parent.display());
        fs::create_dir_all(&parent).with_context(cannot)?;
        let finished = parent.join(key.hex());
        let lock = File::create(parent.join(format!("{}.lock", key.hex()))).with_context(cannot)?;
        // Held until this function returns, or the process ends.
        let _lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock))
            .await
            .expect("locking does not panic")
            .with_context(cannot)?;
        if finished.is_dir() {
            return Ok(finished);
        }
        let unfinished = tempfile::Builder::new()
            .prefix("unfinished-")
            .tempdir_in(&parent)
            .with_context(cannot)?;
        make(unfinished.path().to_path_buf()).await?;
        fs::rename(unfinished.path(), &finished).with_context(cannot)?;
        Ok(finished)
    }
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

    #[test]
    fn neighbours_in_a_key_are_kept_apart() {
        let (one, other) = (Key::default().with("a", "bc"), Key::default().with("ab", "c"));
        assert_ne!(one.hex(), other.hex());
    }
}
