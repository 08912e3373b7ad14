//! Which files go into the archive.

use std::path::{Path, PathBuf};

use crate::domain::config::PackageConfig;

/// A file chosen for the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectedFile {
    /// Its name in the archive: relative, with `/`.
    pub name: String,
    /// Where its bytes are.
    pub path: PathBuf,
    pub executable: bool,
    pub size: u64,
}

/// The files of an archive, in archive order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    pub files: Vec<SelectedFile>,
}

/// Why a tree cannot be packaged.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Walks `root` and applies the rules of the file, `.lfnignore` and the built-in exclusions.
/// All problems are returned at once.
pub fn select(_root: &Path, _rules: &PackageConfig) -> Result<Selection, Vec<Problem>> {
    todo!()
}
