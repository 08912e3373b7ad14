//! Temporary folders that do not outlive lfn, even when it is killed: each holds a locked file, and
//! whoever finds a folder whose lock is free knows that its owner is gone, and clears up after it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

const PREFIX: &str = "lfn-run-";
const LOCK: &str = "lock";
/// Names the process groups that were started for this folder, one a line.
const GROUPS: &str = "groups";

/// A folder of an environment, or of the code that environments share.
pub(super) struct Scratch {
    folder: TempDir,
    _lock: File,
}

impl Scratch {
    pub fn new() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
        // Under another name first: a lock that is there is held.
        let (new, place) = (folder.path().join("lock.new"), folder.path().join(LOCK));
        let lock = File::create(&new)?;
        lock.lock()?;
        fs::rename(new, place)?;
        Ok(Self { folder, _lock: lock })
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes down what has to end with this folder.
    pub fn note_groups(&self, groups: &[u32]) -> io::Result<()> {
        let lines: Vec<String> = groups.iter().map(ToString::to_string).collect();
        fs::write(self.path().join(GROUPS), lines.join("\n"))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be made writable again cannot be removed, and stays in the temporary folder.
        let _ = super::unpacked::set_writable(self.path(), true);
    }
}

/// Removes what processes of lfn left behind that were killed, and ends what still runs for them.
pub fn sweep() {
    let Ok(entries) = fs::read_dir(std::env::temp_dir()) else {
        return;
    };
    let ours = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(PREFIX))
    };
    for folder in entries.flatten().map(|entry| entry.path()).filter(ours) {
        // Somebody else's folder, one that is in use, and one that is just being made are left alone.
        let abandoned = File::open(folder.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok());
        if abandoned {
            clear(&folder);
        }
    }
}

fn clear(folder: &Path) {
    let groups = fs::read_to_string(folder.join(GROUPS)).unwrap_or_default();
    for group in groups.lines().filter_map(|line| line.parse().ok()) {
        end_group(group, folder);
    }
    let _ = super::unpacked::set_writable(folder, true);
    let _ = fs::remove_dir_all(folder);
}

/// Ends a group whose first process still has this folder in its environment: a number alone may
/// have gone to somebody else meanwhile. Elsewhere than on Linux a runtime ends by itself, when the
/// API that it talks to is gone.
#[cfg(target_os = "linux")]
fn end_group(group: i32, folder: &Path) {
    use std::os::unix::ffi::OsStrExt as _;
    let environment = fs::read(format!("/proc/{group}/environ")).unwrap_or_default();
    let folder = folder.as_os_str().as_bytes();
    let ours = environment.windows(folder.len()).any(|window| window == folder);
    if let Some(group) = rustix::process::Pid::from_raw(group).filter(|_| ours) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

#[cfg(not(target_os = "linux"))]
fn end_group(_group: i32, _folder: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_abandoned_folder_goes_and_one_in_use_stays() {
        let kept = Scratch::new().unwrap();
        let abandoned = tempfile::Builder::new().prefix(PREFIX).tempdir().unwrap().keep();
        fs::write(abandoned.join(LOCK), "").unwrap();
        fs::create_dir(abandoned.join("code")).unwrap();
        fs::write(abandoned.join("code/app.py"), "").unwrap();
        super::super::unpacked::set_writable(&abandoned.join("code"), false).unwrap();
        let unfinished = tempfile::Builder::new().prefix(PREFIX).tempdir().unwrap();
        sweep();
        assert!(!abandoned.exists());
        assert!(kept.path().exists() && unfinished.path().exists());
    }
}
