//! Temporary folders that do not outlive lfn, even when it is killed: each holds a locked file, and
//! whoever finds a folder whose lock is free knows that its owner is gone, and clears up after it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

const PREFIX: &str = "lfn-run-";
const LOCK: &str = "lock";

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
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What a function started and let go of has left the group of its runtime.
        end_processes(self.path());
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
    end_processes(folder);
    let _ = super::unpacked::set_writable(folder, true);
    let _ = fs::remove_dir_all(folder);
}

/// Ends the groups of all processes that have this folder in their environment, as everything has that was started
/// in it. Elsewhere than on Linux a runtime ends by itself, when the API that it talks to is gone.
#[cfg(target_os = "linux")]
fn end_processes(folder: &Path) {
    use std::os::unix::ffi::OsStrExt as _;

    use rustix::process::{Pid, Signal, getpgid, kill_process_group};

    let folder = folder.as_os_str().as_bytes();
    let ours = |process: &Pid| {
        let environment = fs::read(format!("/proc/{}/environ", process.as_raw_nonzero())).unwrap_or_default();
        environment.windows(folder.len()).any(|window| window == folder)
    };
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = entries.filter_map(|entry| Pid::from_raw(entry.file_name().to_str()?.parse().ok()?));
    for process in processes.filter(ours) {
        // It may have ended in between.
        let _ = getpgid(Some(process)).and_then(|group| kill_process_group(group, Signal::KILL));
    }
}

#[cfg(not(target_os = "linux"))]
fn end_processes(_folder: &Path) {}

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
