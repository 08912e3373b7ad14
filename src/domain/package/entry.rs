//! The records of an archive around the compressed data: local headers, the directory, its end.
//!
//! Written here, so that bytes can be moved from one archive to the next without looking inside. Layout:
//! PKWARE APPNOTE, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16.

use super::Problem;

/// What data is, in the terms of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Stored,
    Deflated,
}

impl Method {
    fn number(self) -> u16 {
        match self {
            Self::Stored => 0,
            Self::Deflated => 8,
        }
    }

    /// The version of the format that a reader must know.
    fn version(self) -> u16 {
        match self {
            Self::Stored => 10,
            Self::Deflated => 20,
        }
    }
}

/// One file of an archive, all but its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'n> {
    pub name: &'n str,
    pub method: Method,
    pub crc: u32,
    pub size: u32,
    pub compressed: u32,
}

/// The upper byte of the version that made an entry; without it readers ignore the mode bits.
const UNIX: u16 = 3 << 8;
/// The version of the format that knows Zip64.
const ZIP64: u16 = 0x2d;
/// The name is UTF-8.
const UTF8_NAME: u16 = 1 << 11;
/// 1980-01-01, the earliest date a ZIP can hold.
const DATE: u16 = (1 << 5) | 1;
const MIDNIGHT: u16 = 0;
/// Bytes of a local header besides the name.
pub const LOCAL: usize = 30;
/// From here on sizes and places would need Zip64 in every reader; Lambda takes far less.
pub const LIMIT: u64 = u32::MAX as u64;

impl Header<'_> {
    /// Appends what stands before the data.
    pub fn local(&self, to: &mut Vec<u8>) {
        to.extend(b"PK\x03\x04");
        self.common(to);
        to.extend(self.name.as_bytes());
    }

    /// Appends the entry of the directory.
    pub fn central(&self, executable: bool, offset: u32, to: &mut Vec<u8>) {
        to.extend(b"PK\x01\x02");
        to.extend((UNIX | self.method.version()).to_le_bytes());
        self.common(to);
        to.extend([0; 6]); // comment, disk, internal attributes
        let mode: u32 = if executable { 0o100_755 } else { 0o100_644 };
        to.extend((mode << 16).to_le_bytes());
        to.extend(offset.to_le_bytes());
        to.extend(self.name.as_bytes());
    }

    fn common(&self, to: &mut Vec<u8>) {
        let flags = if self.name.is_ascii() { 0 } else { UTF8_NAME };
        for field in [self.method.version(), flags, self.method.number(), MIDNIGHT, DATE] {
            to.extend(field.to_le_bytes());
        }
        for field in [self.crc, self.compressed, self.size] {
            to.extend(field.to_le_bytes());
        }
        let length = u16::try_from(self.name.len()).expect("`refuse_name` has measured every name");
        to.extend(length.to_le_bytes());
        to.extend(0_u16.to_le_bytes()); // extra field
    }
}

/// Refuses a name that its field cannot hold.
pub fn refuse_name(name: &str) -> Result<(), Problem> {
    if u16::try_from(name.len()).is_ok() {
        return Ok(());
    }
    let shown: String = name.chars().take(60).collect();
    Err(Problem::new(
        format!("the name `{shown}…` does not fit into an archive"),
        "names may have 65,535 bytes at most; use a shorter one",
    ))
}

/// Appends the end of an archive. Only the number of entries may need Zip64, and only then it is used.
pub fn end(entries: usize, directory: u32, size: u32, to: &mut Vec<u8>) {
    let count = u16::try_from(entries).ok().filter(|count| *count < u16::MAX);
    if count.is_none() {
        let zip64_end = u64::from(directory) + u64::from(size);
        to.extend(b"PK\x06\x06");
        to.extend(44_u64.to_le_bytes()); // bytes that follow
        to.extend((UNIX | ZIP64).to_le_bytes());
        to.extend(ZIP64.to_le_bytes());
        to.extend([0; 8]); // disks
        for field in [entries as u64, entries as u64, size.into(), directory.into()] {
            to.extend(field.to_le_bytes());
        }
        to.extend(b"PK\x06\x07");
        to.extend(0_u32.to_le_bytes());
        to.extend(zip64_end.to_le_bytes());
        to.extend(1_u32.to_le_bytes());
    }
    to.extend(b"PK\x05\x06");
    to.extend([0; 4]); // disks
    for _ in 0..2 {
        to.extend(count.unwrap_or(u16::MAX).to_le_bytes());
    }
    to.extend(size.to_le_bytes());
    to.extend(directory.to_le_bytes());
    to.extend(0_u16.to_le_bytes()); // comment
}
