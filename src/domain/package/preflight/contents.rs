//! Looking into selected files. One that cannot be read says nothing here: packaging it reports why.

use std::fs::File;
use std::io::Read as _;

use crate::domain::package::{SelectedFile, Selection};

/// Source code that a person wrote is smaller; what is larger was generated.
const SOURCE_LIMIT: u64 = 2 << 20;

/// The file of this name, if it is in the archive.
pub fn file<'s>(selection: &'s Selection, name: &str) -> Option<&'s SelectedFile> {
    let files = &selection.files;
    let found = files.binary_search_by(|file| file.name.as_str().cmp(name));
    found.ok().map(|index| &files[index])
}

/// Whether the archive holds anything below this folder; `folder` ends with `/`.
pub fn holds_folder(selection: &Selection, folder: &str) -> bool {
    let files = &selection.files;
    let first = files.partition_point(|file| file.name.as_str() < folder);
    files.get(first).is_some_and(|file| file.name.starts_with(folder))
}

/// The text of a source file; `None` when it is too large, not UTF-8, or cannot be read.
pub fn source(file: &SelectedFile) -> Option<String> {
    if file.size > SOURCE_LIMIT {
        return None;
    }
    let bytes = start(file, SOURCE_LIMIT)?;
    let text = String::from_utf8(bytes).ok()?;
    Some(
        text.strip_prefix('\u{feff}')
            .map_or_else(|| text.clone(), str::to_owned),
    )
}

/// The first bytes of a file.
pub fn start(file: &SelectedFile, length: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(&file.path).ok()?.take(length).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}
