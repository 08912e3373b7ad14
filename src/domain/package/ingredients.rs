//! What an archive is made of: the source folder, or a part of it, and folders that come besides.
//!
//! Data only. What installs dependencies or builds a program says with this what it made.

use std::path::PathBuf;

/// What an archive is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ingredients {
    pub source: SourcePart,
    /// Folders that come besides. Where two bring the same name, the source folder wins, then the earlier one;
    /// where one brings a file and another a folder of that name, nothing is packaged.
    pub trees: Vec<Tree>,
}

/// Which of the source folder's own files are packaged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourcePart {
    /// All that the rules choose, but for what a tree brings in its place: patterns in gitignore syntax,
    /// such as `/node_modules/`. Not even `package.include` reaches into what they name.
    Whole { replaced: Vec<String> },
    /// Only what `package.include` names: a build made the program. A pattern without a folder, such as
    /// `*.json`, looks at the top of the source folder alone, so that a big `target/` is never walked.
    Included,
}

impl Default for SourcePart {
    fn default() -> Self {
        Self::Whole { replaced: Vec::new() }
    }
}

/// A folder whose content enters the archive, or one file. `package.include`, `package.exclude`, the `.lfnignore` of the
/// source folder and the built-in list hold for the names that its files get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    pub folder: PathBuf,
    /// Put before every name: empty, or a path that ends with `/`, such as `node_modules/`. A file's whole name.
    pub prefix: String,
    /// What of the folder stays out, whatever the rules say: gitignore patterns, relative to it.
    pub exclude: Vec<String>,
    /// Folders besides its own that its links may lead into, such as the root of a workspace. Those that do
    /// not exist count for nothing.
    pub links_into: Vec<PathBuf>,
}

impl Tree {
    /// The whole folder, below this prefix.
    pub fn new(folder: impl Into<PathBuf>, prefix: impl Into<String>) -> Self {
        Self {
            folder: folder.into(),
            prefix: prefix.into(),
            exclude: Vec::new(),
            links_into: Vec::new(),
        }
    }

    /// One file under this name.
    pub fn file(path: impl Into<PathBuf>, name: impl Into<String>) -> Self {
        Self::new(path, name)
    }
}
