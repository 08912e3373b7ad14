//! One file as a complete archive in memory, which the `zip` crate then copies without touching the data.
//!
//! The crate compresses with its own encoders only; this is the way to hand it libdeflate's output, which
//! is smaller and takes half the time. Layout: PKWARE APPNOTE, sections 4.3.7, 4.3.12 and 4.3.16.

use libdeflater::{CompressionLvl, Compressor};

use super::{Problem, SelectedFile};

/// Files of this size and more go through `zip`'s own streaming encoder, so that memory stays bounded.
/// Lambda takes nothing larger: this is its limit for a whole unzipped archive.
pub const STREAMED_FROM: u64 = crate::domain::function::UNZIPPED_LIMIT;

const VERSION_NEEDED: u16 = 20;
/// The upper byte says Unix, without which readers ignore the mode bits.
const MADE_BY_UNIX: u16 = (3 << 8) | VERSION_NEEDED;
/// The name is UTF-8.
const UTF8_NAME: u16 = 1 << 11;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;
/// 1980-01-01, the earliest date a ZIP can hold.
const DATE: u16 = (1 << 5) | 1;
const MIDNIGHT: u16 = 0;

/// The Unix mode of a file in the archive.
pub fn mode(executable: bool) -> u32 {
    if executable { 0o755 } else { 0o644 }
}

/// Compresses files one after another, with buffers that live as long as the thread.
pub struct Packer {
    compressor: Compressor,
    /// The file's bytes, put here by the caller.
    pub contents: Vec<u8>,
    scratch: Vec<u8>,
}

/// A file that is ready for the archive.
pub struct Packed {
    /// An archive with this one entry.
    pub archive: Vec<u8>,
    pub compressed: u64,
}

impl Packer {
    pub fn new() -> Self {
        Self {
            // Level 6: 8 and 9 take twice the time for one per cent.
            compressor: Compressor::new(CompressionLvl::new(6).expect("libdeflate has levels 0 to 12")),
            contents: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Makes the entry of the file whose bytes are in `contents`.
    pub fn pack(&mut self, file: &SelectedFile) -> Result<Packed, Problem> {
        let contents = self.contents.as_slice();
        // More room than the contents themselves is never needed: then they are stored as they are.
        if self.scratch.len() < contents.len() {
            self.scratch.resize(contents.len(), 0);
        }
        let room = &mut self.scratch[..contents.len()];
        let (method, data) = match self.compressor.deflate_compress(contents, room) {
            Ok(length) if length < contents.len() => (DEFLATED, &self.scratch[..length]),
            Ok(_) | Err(_) => (STORED, contents),
        };
        let crc = libdeflater::crc32(contents);
        let archive = one_entry(&file.name, file.executable, method, crc, contents.len(), data).ok_or_else(|| {
            Problem::new(
                format!("`{}` does not fit into an archive", file.name),
                "names may have 65,535 bytes at most; use a shorter one",
            )
        })?;
        Ok(Packed {
            archive,
            compressed: data.len() as u64,
        })
    }
}

/// `None` when a number does not fit its field.
fn one_entry(name: &str, executable: bool, method: u16, crc: u32, size: usize, data: &[u8]) -> Option<Vec<u8>> {
    let flags = if name.is_ascii() { 0 } else { UTF8_NAME };
    let mut common = Vec::with_capacity(26);
    for field in [VERSION_NEEDED, flags, method, MIDNIGHT, DATE] {
        common.extend(field.to_le_bytes());
    }
    for field in [crc, u32::try_from(data.len()).ok()?, u32::try_from(size).ok()?] {
        common.extend(field.to_le_bytes());
    }
    common.extend(u16::try_from(name.len()).ok()?.to_le_bytes());
    common.extend(0_u16.to_le_bytes()); // extra field

    let mut archive = Vec::with_capacity(data.len() + 2 * name.len() + 98);
    archive.extend(b"PK\x03\x04");
    archive.extend(&common);
    archive.extend(name.as_bytes());
    archive.extend(data);

    let directory = archive.len();
    archive.extend(b"PK\x01\x02");
    archive.extend(MADE_BY_UNIX.to_le_bytes());
    archive.extend(&common);
    archive.extend([0; 6]); // comment, disk, internal attributes
    archive.extend(((0o100_000 | mode(executable)) << 16).to_le_bytes());
    archive.extend(0_u32.to_le_bytes()); // where the local header is
    archive.extend(name.as_bytes());

    let directory_size = archive.len() - directory;
    archive.extend(b"PK\x05\x06");
    archive.extend([0, 0, 0, 0, 1, 0, 1, 0]); // one disk, one entry
    archive.extend(u32::try_from(directory_size).ok()?.to_le_bytes());
    archive.extend(u32::try_from(directory).ok()?.to_le_bytes());
    archive.extend(0_u16.to_le_bytes()); // comment
    Some(archive)
}
