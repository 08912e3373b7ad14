//! From a source tree to an archive: which files, in which order, with which modes.
//!
//! The same tree gives the same bytes on any machine. Dependencies and built programs enter as further
//! trees ([`Ingredients`]) that [`select`] walks: the four lists below hold for the names that their files get
//! in the archive, but of the `.lfnignore` files only the one at the top of the source folder counts for them.
//! A pattern that excludes `node_modules/` leaves out a tree that would be put there; preflight warns of it.
//!
//! # Which files
//!
//! Four lists of gitignore patterns are asked in turn; the first that has an opinion decides:
//!
//! 1. `package.include` brings a file back, whatever the lists below say. A folder that it names comes back
//!    with everything inside but what lfn leaves out anyway (`include: [vendor/]` packages `vendor`, not
//!    `vendor/.git`). To reach into an excluded folder a pattern must name a folder: `dist/keep.js` does,
//!    `*.js` looks only where files are packaged already.
//! 2. `package.exclude` leaves a file out.
//! 3. `.lfnignore`, in the source folder and in any folder below: the deepest one first.
//! 4. What lfn leaves out anyway: version control, caches, editor folders, lfn's own files; `.env*` and the settings
//!    of package managers, which hold passwords (`.npmrc`, `.netrc`, `pip.conf`); lock files at the root, but not
//!    those of Bundler, which reads them in Lambda.
//!
//! In each list the last matching pattern wins and `!` turns a pattern round, so `!.env.example` in
//! `.lfnignore` is enough to package that file. As in Git, nothing inside an excluded folder can come back
//! by `!` alone. `.gitignore` is not read: it usually names `node_modules` and build results.
//!
//! # Links and modes
//!
//! Links are followed and stored as what they point to, since Lambda's handling of link entries is
//! undocumented. Refused: one that leaves the source folder, that leads nowhere, or to a folder that holds it.
//! One into an excluded folder is followed; hard links are files like others. Files are 0644, or 0755 when the
//! owner may execute them, when they are `bootstrap` at the root, or when they begin like a program (`#!` or
//! ELF), so that a system without execute bits makes a working archive too. Empty folders are not stored.
//!
//! # What is refused
//!
//! What is neither file nor folder, what cannot be read, names that are not UTF-8 or hold `\` or a control
//! character, paths too long for Lambda, a file where another tree has a folder: each with the pattern that
//! excludes it, all at once. Also more files, links to folders, or links inside links than any real tree has.
//! What is excluded is never a problem. Names that differ only in case are packaged, since Lambda tells them
//! apart, and warned of.

mod archive;
mod changes;
mod combine;
mod deflate;
pub mod directory;
mod entry;
mod facts;
mod ingredients;
mod layer;
mod names;
pub mod node;
mod ordered;
pub mod preflight;
pub mod python;
mod rules;
mod select;
pub mod sizes;
pub mod slim;
mod source;
mod store;
mod work;

use std::path::PathBuf;

use super::names::CodeDigest;

pub use archive::{Unfinished, pack, write};
pub use changes::{CodeChanges, FileChange};
pub use facts::{Fact, Facts};
pub use ingredients::{Ingredients, SourcePart, Tree};
pub use layer::Layout;
pub use names::pattern;
pub use select::{Dropped, Problem, SelectedFile, Selection, select};
pub use source::Identity;
pub use store::{Store, make_room};
pub use work::look;

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
