//! What a ZIP file says at its end about the files in it. That end is enough: the files themselves need not be
//! there, so an archive far away is known by a few kilobytes of it.
//!
//! Layout: PKWARE APPNOTE, sections 4.3.12 to 4.3.16.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::Path;

/// How many bytes of an archive's end always hold its last record: that, and the longest comment.
pub const TAIL: u64 = 22 + 65_535;

/// A directory beyond this size is not looked at; Lambda's largest archives have far less.
const LARGEST_DIRECTORY: u64 = 64 << 20;

/// A file as the directory tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub name: String,
    /// Bytes, uncompressed.
    pub size: u64,
    /// Bytes in the archive.
    pub compressed: u64,
    /// Of the contents.
    pub crc32: u32,
    pub executable: bool,
}

/// Where the directory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    pub start: u64,
    pub length: u64,
}

/// The bytes are no directory, or no end of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is no ZIP archive that can be read")]
pub struct Unreadable;

impl From<Unreadable> for io::Error {
    fn from(error: Unreadable) -> Self {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}

/// The files in an archive on disk, by name.
pub fn list(archive: &Path) -> io::Result<Vec<Listed>> {
    let mut file = File::open(archive)?;
    let total = file.metadata()?.len();
    let mut read = |start: u64, length: u64| {
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        (&file).take(length).read_to_end(&mut bytes)?;
        io::Result::Ok(bytes)
    };
    let start = total.saturating_sub(TAIL);
    let tail = read(start, TAIL)?;
    let Extent { start, length } = locate(&tail, total)?;
    Ok(entries(&read(start, length)?)?)
}

/// Finds the directory of an archive of `total` bytes, given its last ones.
pub fn locate(tail: &[u8], total: u64) -> Result<Extent, Unreadable> {
    const END: &[u8] = b"PK\x05\x06";
    let first = total.checked_sub(tail.len() as u64).ok_or(Unreadable)?;
    let mut ends = (0..tail.len().saturating_sub(21)).rev();
    // The comment may hold the same letters; the last record says how long it is.
    let is_last = |at: &usize| {
        let comment = (tail.len() - at - 22) as u64;
        tail[*at..].starts_with(END) && number(tail, at + 20, 2) == Ok(comment)
    };
    let at = ends.find(is_last).ok_or(Unreadable)?;
    let record = &tail[at..];
    let (length, start) = (number(record, 12, 4)?, number(record, 16, 4)?);
    let count = number(record, 10, 2)?;
    let extent = if start == u64::from(u32::MAX) || length == u64::from(u32::MAX) || count == u64::from(u16::MAX) {
        large(tail, at, first)?.unwrap_or(Extent { start, length })
    } else {
        Extent { start, length }
    };
    let fits = extent.start.checked_add(extent.length).is_some_and(|end| end <= total);
    if fits && extent.length <= LARGEST_DIRECTORY {
        Ok(extent)
    } else {
        Err(Unreadable)
    }
}

/// The record of archives with very many files or bytes, which a locator before the last record leads to.
fn large(tail: &[u8], end: usize, first: u64) -> Result<Option<Extent>, Unreadable> {
    let Some(locator) = end.checked_sub(20).map(|at| &tail[at..]) else {
        return Ok(None);
    };
    if !locator.starts_with(b"PK\x06\x07") {
        return Ok(None);
    }
    let at = number(locator, 8, 8)?.checked_sub(first).ok_or(Unreadable)?;
    let record = usize::try_from(at)
        .ok()
        .and_then(|at| tail.get(at..))
        .ok_or(Unreadable)?;
    if !record.starts_with(b"PK\x06\x06") {
        return Err(Unreadable);
    }
    Ok(Some(Extent {
        start: number(record, 48, 8)?,
        length: number(record, 40, 8)?,
    }))
}

/// The files that a directory lists, by name; folders have no entry of their own.
pub fn entries(directory: &[u8]) -> Result<Vec<Listed>, Unreadable> {
    const HEADER: usize = 46;
    const UNIX: u64 = 3;
    let mut found = Vec::new();
    let mut rest = directory;
    while rest.starts_with(b"PK\x01\x02") {
        let [name, extra, comment] = [28, 30, 32].map(|at| number(rest, at, 2));
        let name_end = HEADER + short(name?);
        let name = rest.get(HEADER..name_end).ok_or(Unreadable)?;
        let by_unix = number(rest, 5, 1)? == UNIX;
        let mode = number(rest, 38, 4)? >> 16;
        if !name.ends_with(b"/") {
            found.push(Listed {
                name: String::from_utf8_lossy(name).into_owned(),
                size: number(rest, 24, 4)?,
                compressed: number(rest, 20, 4)?,
                crc32: u32::try_from(number(rest, 16, 4)?).map_err(|_| Unreadable)?,
                executable: by_unix && mode & 0o111 != 0,
            });
        }
        rest = rest
            .get(name_end + short(extra?) + short(comment?)..)
            .ok_or(Unreadable)?;
    }
    // A signature may follow; anything else is damage.
    if !rest.is_empty() && !rest.starts_with(b"PK") {
        return Err(Unreadable);
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

fn short(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// A number of `width` bytes, the lowest first.
fn number(bytes: &[u8], at: usize, width: usize) -> Result<u64, Unreadable> {
    let bytes = bytes.get(at..at + width).ok_or(Unreadable)?;
    Ok(bytes
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(files: usize, comment: &str, large: bool) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut zip = ZipWriter::new(file.as_file());
        zip.set_comment(comment).unwrap();
        let mode = |mode| SimpleFileOptions::DEFAULT.unix_permissions(mode).large_file(large);
        zip.add_directory("folder/", SimpleFileOptions::DEFAULT).unwrap();
        for index in 0..files {
            let mode = mode(if index == 1 { 0o755 } else { 0o644 });
            zip.start_file(format!("folder/{index:05}"), mode).unwrap();
            zip.write_all(format!("file {index}").as_bytes()).unwrap();
        }
        zip.finish().unwrap();
        file
    }

    #[test]
    fn the_end_of_an_archive_names_its_files() {
        for (files, comment) in [(3, ""), (3, "made by hand, PK\u{5}\u{6} included"), (66_000, "")] {
            let archive = archive(files, comment, false);
            let listed = list(archive.path()).unwrap();
            assert_eq!(listed.len(), files);
            let expected = Listed {
                name: "folder/00001".into(),
                size: 6,
                compressed: 8,
                crc32: libdeflater::crc32(b"file 1"),
                executable: true,
            };
            assert_eq!(listed[1], expected);
            assert!(!listed[2].executable);
        }
    }

    #[test]
    fn damage_is_noticed_and_never_panics() {
        let archive = archive(3, "", false);
        let whole = std::fs::read(archive.path()).unwrap();
        let total = whole.len() as u64;
        assert_eq!(locate(b"no archive at all, though long enough", total), Err(Unreadable));
        for cut in 0..whole.len() {
            let part = &whole[..cut];
            if let Ok(Extent { start, length }) = locate(part, part.len() as u64) {
                let end = usize::try_from(start + length).unwrap();
                drop(entries(&part[usize::try_from(start).unwrap()..end]));
            }
            drop(entries(&whole[cut..]));
            let mut broken = whole.clone();
            broken[cut] ^= 0xff;
            if let Ok(Extent { start, length }) = locate(&broken, total) {
                let end = usize::try_from(start + length).unwrap();
                drop(entries(&broken[usize::try_from(start).unwrap()..end]));
            }
        }
    }
}
