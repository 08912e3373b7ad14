//! From a source tree to an archive: which files, in which order, with which modes.
//!
//! The same tree gives the same bytes on any machine. Dependencies are a later concern with a
//! seam of its own: they enter as another tree that [`select`] walks.

mod archive;
mod select;

use std::path::PathBuf;

use super::names::CodeDigest;

pub use archive::write;
pub use select::{Problem, Selection, select};

/// A finished archive on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    pub path: PathBuf,
    pub digest: CodeDigest,
    /// Bytes of the archive.
    pub size: u64,
    /// Bytes of its contents.
    pub unzipped: u64,
    /// In archive order.
    pub entries: Vec<Entry>,
}

/// One file in an archive.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Entry {
    /// Relative, with `/` on every system.
    pub name: String,
    /// Bytes, uncompressed.
    pub size: u64,
    /// Bytes, compressed.
    pub compressed: u64,
    pub executable: bool,
}
