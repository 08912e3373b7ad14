//! Has anything in the project changed? Looked at again and again, which works on every system and file
//! system, and costs little: what version control ignores and installed packages are left out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use ignore::WalkBuilder;

/// How often.
const PAUSE: Duration = Duration::from_millis(300);
/// Folders that are made, not written.
const MADE: [&str; 6] = [".git", ".lfn", "node_modules", "target", ".venv", "__pycache__"];

/// The files as they were.
#[derive(PartialEq, Eq)]
pub struct Seen(BTreeMap<PathBuf, (Option<SystemTime>, u64)>);

impl Seen {
    /// The files as they are. A build that has just ended has changed what it changes.
    pub fn now(folder: &Path) -> Self {
        let entries = WalkBuilder::new(folder)
            .hidden(false)
            .require_git(false)
            .filter_entry(|entry| !MADE.iter().any(|made| entry.file_name() == *made))
            .build();
        let files = entries.flatten().filter_map(|entry| {
            let metadata = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
            Some((entry.into_path(), (metadata.modified().ok(), metadata.len())))
        });
        Self(files.collect())
    }

    /// Waits until a file comes, changes or goes, and everything has been still for a moment. Returns
    /// one that did.
    pub async fn changed(self, folder: &Path) -> PathBuf {
        loop {
            tokio::time::sleep(PAUSE).await;
            let mut last = Self::look(folder).await;
            let Some(path) = self.difference(&last) else { continue };
            // An editor or a checkout writes more than one file.
            loop {
                tokio::time::sleep(PAUSE / 3).await;
                let now = Self::look(folder).await;
                if now == last {
                    return path.strip_prefix(folder).unwrap_or(&path).to_owned();
                }
                last = now;
            }
        }
    }

    async fn look(folder: &Path) -> Self {
        let folder = folder.to_owned();
        let look = tokio::task::spawn_blocking(move || Self::now(&folder));
        look.await.expect("looking at files does not panic")
    }

    fn difference(&self, now: &Self) -> Option<PathBuf> {
        let changed = now.0.iter().find(|(path, state)| self.0.get(*path) != Some(state));
        let gone = || self.0.keys().find(|path| !now.0.contains_key(*path));
        changed.map(|(path, _)| path).or_else(gone).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn files_that_come_change_or_go_are_seen_and_made_ones_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("app.py", "1");
        write(".gitignore", "dist/\n");
        let seen = Seen::now(folder.path());
        write("node_modules/a.js", "");
        write("dist/a.js", "");
        assert!(seen == Seen::now(folder.path()));
        write("app.py", "10");
        assert_eq!(seen.changed(folder.path()).await, Path::new("app.py"));
        let seen = Seen::now(folder.path());
        std::fs::remove_file(folder.path().join("app.py")).unwrap();
        assert_eq!(seen.changed(folder.path()).await, Path::new("app.py"));
    }
}
