//! What a new archive changes in the files of the deployed one.

use std::collections::BTreeMap;

use serde::Serialize;

use super::directory::Listed;

/// Files that come, change or go, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct CodeChanges {
    pub added: Vec<FileChange>,
    pub changed: Vec<FileChange>,
    pub removed: Vec<FileChange>,
}

/// One file. Sizes are bytes, uncompressed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileChange {
    pub name: String,
    /// What it has in the new archive, or had, when it goes.
    pub size: u64,
    /// What it had, when it changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_size: Option<u64>,
}

impl CodeChanges {
    /// Compares contents, by size and CRC-32, and the right to be executed.
    pub fn between(deployed: &[Listed], new: &[Listed]) -> Self {
        let mut before: BTreeMap<&str, &Listed> = deployed.iter().map(|file| (file.name.as_str(), file)).collect();
        let mut changes = Self::default();
        for file in new {
            let previous = before.remove(file.name.as_str());
            let change = FileChange {
                name: file.name.clone(),
                size: file.size,
                previous_size: previous.map(|file| file.size),
            };
            match previous {
                None => changes.added.push(change),
                Some(old) if same(old, file) => {}
                Some(_) => changes.changed.push(change),
            }
        }
        changes.removed = before
            .into_values()
            .map(|file| FileChange {
                name: file.name.clone(),
                size: file.size,
                previous_size: None,
            })
            .collect();
        changes
    }
}

fn same(old: &Listed, new: &Listed) -> bool {
    (old.size, old.crc32, old.executable) == (new.size, new.crc32, new.executable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(name: &str, size: u64, crc32: u32, executable: bool) -> Listed {
        Listed {
            name: name.into(),
            size,
            compressed: size,
            crc32,
            executable,
        }
    }

    #[test]
    fn contents_and_modes_decide() {
        let deployed = [
            listed("bootstrap", 5, 1, false),
            listed("gone", 5, 2, false),
            listed("kept", 5, 3, false),
            listed("other", 5, 4, false),
        ];
        let new = [
            listed("bootstrap", 5, 1, true),
            listed("kept", 5, 3, false),
            listed("new", 7, 6, false),
            listed("other", 5, 5, false),
        ];
        let changes = CodeChanges::between(&deployed, &new);
        let names = |files: &[FileChange]| -> Vec<String> { files.iter().map(|file| file.name.clone()).collect() };
        assert_eq!(names(&changes.added), ["new"]);
        assert_eq!(names(&changes.changed), ["bootstrap", "other"]);
        assert_eq!(names(&changes.removed), ["gone"]);
        assert_eq!(changes.changed[0].previous_size, Some(5));
        assert_eq!(CodeChanges::between(&new, &new), CodeChanges::default());
    }
}
