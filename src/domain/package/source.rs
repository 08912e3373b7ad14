//! Reading a selected file, and noticing when it is no longer what was selected.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::time::SystemTime;

use super::{Problem, SelectedFile};

/// A selected file while it is read.
pub struct Source<'a> {
    selected: &'a SelectedFile,
    file: File,
    modified: Option<SystemTime>,
    seen: u64,
}

impl<'a> Source<'a> {
    /// Opens the file if it still is a file of the selected size.
    pub fn open(selected: &'a SelectedFile) -> Result<Self, Problem> {
        let failed = |error: io::Error| failed(selected, &error);
        // Looked at before it is opened: opening a FIFO that took its place would wait for a writer.
        let metadata = fs::metadata(&selected.path).map_err(failed)?;
        if !metadata.is_file() || metadata.len() != selected.size {
            return Err(changed(selected));
        }
        Ok(Self {
            selected,
            file: File::open(&selected.path).map_err(failed)?,
            modified: metadata.modified().ok(),
            seen: 0,
        })
    }

    /// Reads the next bytes; 0 at the end.
    pub fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Problem> {
        let length = self.file.read(buffer).map_err(|error| failed(self.selected, &error))?;
        self.seen += length as u64;
        Ok(length)
    }

    /// Confirms that everything was read and nothing changed meanwhile.
    pub fn finish(self) -> Result<(), Problem> {
        let metadata = self.file.metadata().map_err(|error| failed(self.selected, &error))?;
        let size = self.selected.size;
        if self.seen == size && metadata.len() == size && metadata.modified().ok() == self.modified {
            Ok(())
        } else {
            Err(changed(self.selected))
        }
    }
}

/// Reads the whole file into `contents`.
pub fn read(selected: &SelectedFile, contents: &mut Vec<u8>) -> Result<(), Problem> {
    let mut source = Source::open(selected)?;
    contents.clear();
    // A little more room than the file needs, so that its end is found without growing.
    contents.reserve(usize::try_from(selected.size).unwrap_or(0) + 32);
    let length = source
        .file
        .read_to_end(contents)
        .map_err(|error| failed(selected, &error))?;
    source.seen = length as u64;
    source.finish()
}

fn changed(file: &SelectedFile) -> Problem {
    Problem::new(
        format!("`{}` changed while it was being packaged", file.name),
        "run the command again when nothing (a build, a watcher, an editor) writes to the source folder",
    )
}

fn failed(file: &SelectedFile, error: &io::Error) -> Problem {
    if error.kind() == io::ErrorKind::NotFound {
        return Problem::new(
            format!("`{}` vanished while it was being packaged", file.name),
            "run the command again when nothing (a build, a watcher, an editor) writes to the source folder",
        );
    }
    Problem::new(
        format!("cannot read `{}`: {error}", file.name),
        "make it readable, or exclude it",
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
        }
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let file = selected(folder.path());
        let mut source = Source::open(&file).unwrap();
        assert_eq!(source.read(&mut [0; 4]).unwrap(), 4);
        fs::write(&file.path, "01234567890123456789").unwrap();
        while source.read(&mut [0; 4]).unwrap() > 0 {}
        let problem = source.finish().unwrap_err();
        assert_eq!(problem.message, "`a.txt` changed while it was being packaged");
    }

    #[test]
    fn a_file_that_is_rewritten_at_the_same_size_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let file = selected(folder.path());
        let mut source = Source::open(&file).unwrap();
        while source.read(&mut [0; 64]).unwrap() > 0 {}
        let writer = File::options().write(true).open(&file.path).unwrap();
        writer.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        assert!(source.finish().is_err());
    }

    #[test]
    fn a_whole_file_is_read_again_into_the_same_buffer() {
        let folder = tempfile::tempdir().unwrap();
        let file = selected(folder.path());
        let mut contents = b"left over".to_vec();
        read(&file, &mut contents).unwrap();
        assert_eq!(contents, b"0123456789");
    }
}
