//! What a file is, by its name: the legend of the report.

use serde::Serialize;

use super::super::Entry;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    OwnCode,
    Dependency,
    /// Machine code: programs, libraries, native modules.
    NativeBinary,
    SourceMap,
    Tests,
}

impl Kind {
    /// In the order of the legend.
    pub const ALL: [Self; 5] = [
        Self::OwnCode,
        Self::Dependency,
        Self::NativeBinary,
        Self::SourceMap,
        Self::Tests,
    ];
}

const TEST_FOLDERS: [&str; 3] = ["test", "tests", "__tests__"];

/// The kind of this file.
pub fn of(entry: &Entry, in_dependency: bool) -> Kind {
    if is_source_map(&entry.name) {
        Kind::SourceMap
    } else if is_test(&entry.name) {
        Kind::Tests
    } else if is_native(entry) {
        Kind::NativeBinary
    } else if in_dependency {
        Kind::Dependency
    } else {
        Kind::OwnCode
    }
}

/// Maps of scripts and style sheets; a `.map` of anything else is data.
pub fn is_source_map(name: &str) -> bool {
    [
        ".js.map", ".mjs.map", ".cjs.map", ".ts.map", ".mts.map", ".cts.map", ".css.map",
    ]
    .iter()
    .any(|end| name.ends_with(end))
}

/// Whether it lies in a folder of tests, or is named as one. A package may itself be called `test`.
pub fn is_test(name: &str) -> bool {
    let mut folders: Vec<&str> = name.split('/').collect();
    let file = folders.pop().unwrap_or_default();
    let is_package = |index: usize| {
        let before = |steps: usize| index.checked_sub(steps).map(|index| folders[index]);
        before(1) == Some("node_modules")
            || (before(2) == Some("node_modules") && before(1).is_some_and(|scope| scope.starts_with('@')))
    };
    let in_folder = folders
        .iter()
        .enumerate()
        .any(|(index, folder)| TEST_FOLDERS.contains(folder) && !is_package(index));
    let mut words = file.rsplit('.').skip(1);
    in_folder || words.next().is_some_and(|word| ["test", "spec"].contains(&word)) && words.next().is_some()
}

fn is_native(entry: &Entry) -> bool {
    /// A `bootstrap` below this size is a script.
    const SCRIPT: u64 = 64 << 10;
    let file = entry.name.rsplit('/').next().unwrap_or_default();
    let ends = [".node", ".so", ".dylib", ".dll", ".exe", ".a"];
    ends.iter().any(|end| file.ends_with(end))
        || file.contains(".so.")
        || (entry.executable && entry.size >= SCRIPT && !file.contains('.'))
}
