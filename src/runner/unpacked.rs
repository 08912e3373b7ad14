//! A function's code, or its layers, unpacked for one environment or for several of one edition.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::scratch::Scratch;

/// A folder of files to run.
///
/// It lies outside the project: `node` looks for packages and `package.json` in all folders above, and
/// would find the project's, which Lambda does not have. Once protected it is read-only, as
/// `/var/task` and `/opt` are.
pub struct Unpacked {
    files: PathBuf,
    /// Removes the folder at the end; none when it is kept.
    _scratch: Option<Scratch>,
}

impl Unpacked {
    pub fn new() -> io::Result<Self> {
        let scratch = Scratch::new()?;
        let files = scratch.path().join("files");
        fs::create_dir(&files)?;
        Ok(Self {
            files,
            _scratch: Some(scratch),
        })
    }

    /// What is in this archive, in a folder that stays: its path is the same the next time, which is what debuggers
    /// know files by. What was in it is replaced.
    pub fn kept(archive: &Path, folder: &Path) -> io::Result<Self> {
        if folder.exists() {
            set_writable(folder, true)?;
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
        let unpacked = Self {
            files: folder.canonicalize()?,
            _scratch: None,
        };
        unpacked.add(archive)?;
        Ok(unpacked)
    }

    /// What is in this archive.
    pub fn of(archive: &Path) -> io::Result<Self> {
        let unpacked = Self::new()?;
        unpacked.add(archive)?;
        Ok(unpacked)
    }

    pub fn path(&self) -> &Path {
        &self.files
    }

    /// Unpacks an archive over what is there.
    pub fn add(&self, archive: &Path) -> io::Result<()> {
        zip::ZipArchive::new(File::open(archive)?)
            .and_then(|mut archive| archive.extract(&self.files))
            .map_err(|error| io::Error::other(format!("could not unpack the code: {error}")))
    }

    pub fn protect(&self) -> io::Result<()> {
        set_writable(&self.files, false)
    }
}

pub(super) fn set_writable(root: &Path, writable: bool) -> io::Result<()> {
    // Folders are opened up before, and closed after, what is in them.
    for entry in walkdir::WalkDir::new(root).contents_first(!writable) {
        let entry = entry?;
        if entry.file_type().is_symlink() {
            continue;
        }
        let mut permissions = entry.metadata()?.permissions();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = permissions.mode();
            permissions.set_mode(if writable { mode | 0o700 } else { mode & !0o222 });
        }
        #[cfg(not(unix))]
        permissions.set_readonly(!writable);
        fs::set_permissions(entry.path(), permissions)?;
    }
    Ok(())
}
