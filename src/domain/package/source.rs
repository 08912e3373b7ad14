//! Reading a selected file, and noticing when it is no longer what was selected.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::names::pattern;
use super::rules::IGNORE_FILE;
use super::{Problem, SelectedFile};

/// What tells a file from another, or from itself after a change, without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Identity {
    pub device: u64,
    pub inode: u64,
    pub size: u64,
    /// Nanoseconds since 1970.
    pub modified: u64,
    /// Of the status: a change of contents cannot hide from it behind a time stamp that was set back.
    pub changed: u64,
}

impl Identity {
    pub fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().map_or(0, nanoseconds);
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let seconds = u64::try_from(metadata.ctime()).unwrap_or(0);
            let rest = u64::try_from(metadata.ctime_nsec()).unwrap_or(0);
            Self {
                device: metadata.dev(),
                inode: metadata.ino(),
                size: metadata.len(),
                modified,
                changed: seconds.saturating_mul(1_000_000_000).saturating_add(rest),
            }
        }
        #[cfg(not(unix))]
        Self {
            device: 0,
            inode: 0,
            size: metadata.len(),
            modified,
            changed: metadata.created().map_or(0, nanoseconds),
        }
    }

    /// Whether a later change surely shows. Who writes to a file twice within one tick of the file system's
    /// clock leaves the same time stamps; FAT's tick is the longest, two seconds.
    pub fn is_settled(&self, at: SystemTime) -> bool {
        const TICK: Duration = Duration::from_secs(2);
        self.modified
            .max(self.changed)
            .saturating_add(nanoseconds(UNIX_EPOCH + TICK))
            < nanoseconds(at)
    }
}

fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// What a selected file was when it was selected; one that was put together by hand is looked at.
pub fn identify(selected: &SelectedFile) -> Result<Identity, Problem> {
    if selected.identity != Identity::default() {
        return Ok(selected.identity);
    }
    let metadata = fs::metadata(&selected.path).map_err(|error| failed(selected, &error))?;
    if metadata.is_file() && metadata.len() == selected.size {
        Ok(Identity::of(&metadata))
    } else {
        Err(changed(selected))
    }
}

/// Reads `length` bytes from `start` on, into the beginning of `buffer`.
pub fn read(
    selected: &SelectedFile,
    expected: &Identity,
    start: u64,
    length: usize,
    buffer: &mut Vec<u8>,
) -> Result<(), Problem> {
    let failed = |error: io::Error| failed(selected, &error);
    if buffer.len() < length {
        buffer.resize(length, 0);
    }
    let mut file = open(selected).map_err(failed)?;
    if start > 0 {
        file.seek(SeekFrom::Start(start)).map_err(failed)?;
    }
    let mut seen = 0;
    while seen < length {
        match file.read(&mut buffer[seen..length]) {
            Ok(0) => return Err(changed(selected)),
            Ok(more) => seen += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
    if Identity::of(&file.metadata().map_err(failed)?) == *expected {
        Ok(())
    } else {
        Err(changed(selected))
    }
}

/// Opens a file without waiting: a FIFO that took its place would wait for a writer.
fn open(selected: &SelectedFile) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    options.open(&selected.path)
}

fn changed(file: &SelectedFile) -> Problem {
    Problem::new(
        format!("`{}` changed while it was being packaged", file.name),
        "run the command again when nothing (a build, a watcher, an editor) writes to the source folder",
    )
}

fn failed(file: &SelectedFile, error: &io::Error) -> Problem {
    if error.kind() == io::ErrorKind::IsADirectory {
        return changed(file);
    }
    if error.kind() == io::ErrorKind::NotFound {
        return Problem::new(
            format!("`{}` vanished while it was being packaged", file.name),
            "run the command again when nothing (a build, a watcher, an editor) writes to the source folder",
        );
    }
    Problem::new(
        format!("cannot read `{}`: {error}", file.name),
        format!(
            "make it readable, or exclude it: add `{}` to `{IGNORE_FILE}`",
            pattern(Path::new(&file.name))
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(folder: &std::path::Path) -> SelectedFile {
        let path = folder.join("a.txt");
        fs::write(&path, "0123456789").unwrap();
        SelectedFile {
            name: "a.txt".into(),
            path,
            executable: false,
            size: 10,
            identity: Identity::default(),
        }
    }

    #[test]
    fn parts_are_read_and_changes_are_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let file = selected(folder.path());
        let identity = identify(&file).unwrap();
        let mut buffer = b"left over".to_vec();
        read(&file, &identity, 0, 10, &mut buffer).unwrap();
        assert_eq!(buffer, b"0123456789");
        read(&file, &identity, 7, 3, &mut buffer).unwrap();
        assert_eq!(buffer[..3], *b"789");

        let message = "`a.txt` changed while it was being packaged";
        assert_eq!(read(&file, &identity, 7, 4, &mut buffer).unwrap_err().message, message);
        let writer = File::options().write(true).open(&file.path).unwrap();
        writer.set_modified(UNIX_EPOCH).unwrap();
        assert_eq!(read(&file, &identity, 0, 10, &mut buffer).unwrap_err().message, message);
        writer.set_len(11).unwrap();
        assert_eq!(identify(&file).unwrap_err().message, message);
        fs::remove_file(&file.path).unwrap();
        assert_eq!(
            identify(&file).unwrap_err().message,
            "`a.txt` vanished while it was being packaged"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_fifo_in_its_place_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let file = selected(folder.path());
        let identity = identify(&file).unwrap();
        fs::remove_file(&file.path).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&file.path).status();
        assert!(made.expect("this test needs the `mkfifo` command").success());
        assert!(read(&file, &identity, 0, 10, &mut Vec::new()).is_err());
    }

    #[test]
    fn what_changed_a_moment_ago_may_change_again_unseen() {
        let at = UNIX_EPOCH + Duration::from_secs(100);
        let identity = |modified: u64, changed: u64| Identity {
            modified: modified * 1_000_000_000,
            changed: changed * 1_000_000_000,
            ..Identity::default()
        };
        assert!(identity(50, 97).is_settled(at));
        assert!(!identity(50, 98).is_settled(at));
        assert!(!identity(99, 50).is_settled(at));
        assert!(!identity(500, 50).is_settled(at), "a time stamp from the future");
    }
}
