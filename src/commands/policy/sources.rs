//! The function's own code, for reading: no dependencies, no tests, nothing that a build made.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::ctx::{Ctx, FILE};
use crate::domain::config::Config;
use crate::domain::package::{self, Ingredients};
use crate::domain::suggest::{SourceFile, is_readable};

/// Code that was read, and what could not be.
pub(super) struct Code {
    pub files: Vec<SourceFile>,
    /// Sentences about files that were left out although they are code.
    pub unread: Vec<String>,
}

/// Folders of dependencies, of what a build makes, and of tests.
const LEFT_OUT: [&str; 22] = [
    "node_modules",
    "bower_components",
    "site-packages",
    "venv",
    "env",
    "virtualenv",
    "__pycache__",
    "__pypackages__",
    "vendor",
    "dist",
    "build",
    "out",
    "target",
    "cdk.out",
    "coverage",
    "test",
    "tests",
    "__tests__",
    "__mocks__",
    "spec",
    "testdata",
    "benches",
];

/// Code that people write is smaller.
const LARGEST: u64 = 1_000_000;

/// Reads the code beside lambda.yaml, and in `package.source` wherever that is.
pub(super) fn read(ctx: &Ctx, config: &Config) -> Code {
    let root = ctx.dir().to_path_buf();
    let source = ctx.at(&config.package.source);
    let mut paths = walk(&root);
    let is_made = config.package.build.is_some();
    // Who names a folder means it, whatever its name.
    if !is_made && !is_same(&source, &root) {
        paths.extend(walk(&source));
    }
    let packaged = packaged(&source, config).filter(|_| !is_made && config.package.bundle.is_none());
    let mut code = Code {
        files: Vec::new(),
        unread: Vec::new(),
    };
    let mut seen = BTreeSet::new();
    for path in paths {
        let name = shown(&path, &root);
        let is_left_out = packaged
            .as_ref()
            .is_some_and(|packaged| is_interpreted(&name) && is_within(&path, &source) && !packaged.contains(&path));
        if is_left_out || !is_readable(&name) || !seen.insert(name.clone()) {
            continue;
        }
        match text(&path) {
            Ok(text) => code.files.push(SourceFile { path: name, text }),
            Err(why) => code.unread.push(format!("{name} {why}")),
        }
    }
    code.files.sort_by(|a, b| a.path.cmp(&b.path));
    code
}

/// Code files below a folder, by name.
fn walk(root: &Path) -> Vec<PathBuf> {
    let entries = WalkDir::new(root).sort_by_file_name().into_iter();
    let entries = entries.filter_entry(|entry| entry.depth() == 0 || is_own(entry));
    let files = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file());
    files.map(DirEntry::into_path).filter(|path| !is_test(path)).collect()
}

/// Whether an entry may be the function's own: not hidden, no dependency, and not of another function.
fn is_own(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    if name.starts_with('.') {
        return false;
    }
    if !entry.file_type().is_dir() {
        return true;
    }
    let path = entry.path();
    !LEFT_OUT.contains(&name.as_ref()) && !path.join("pyvenv.cfg").is_file() && !path.join(FILE).is_file()
}

fn is_test(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.rsplit_once('.').map_or(&*name, |(stem, _)| stem);
    name == "conftest.py"
        || stem.starts_with("test_")
        || ["_test", ".test", ".spec", ".min"]
            .iter()
            .any(|ending| stem.ends_with(ending))
}

/// What the package rules let in, for languages whose source is what runs; `None` when they cannot be asked.
fn packaged(source: &Path, config: &Config) -> Option<BTreeSet<PathBuf>> {
    let resolved = source.canonicalize().ok()?;
    let selection = package::select(source, &config.package, &Ingredients::default()).ok()?;
    let files = selection.files.into_iter();
    let files = files.map(|file| source.join(file.path.strip_prefix(&resolved).unwrap_or(&file.path)));
    Some(files.collect())
}

fn is_interpreted(name: &str) -> bool {
    [".py", ".js", ".mjs", ".cjs"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

fn is_same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

fn is_within(path: &Path, folder: &Path) -> bool {
    path.starts_with(folder)
}

fn text(path: &Path) -> Result<String, String> {
    let size = path
        .metadata()
        .map_err(|error| format!("could not be read: {error}"))?
        .len();
    if size > LARGEST {
        return Err("is too large for code that people write".to_owned());
    }
    let bytes = std::fs::read(path).map_err(|error| format!("could not be read: {error}"))?;
    String::from_utf8(bytes).map_err(|_| "is not UTF-8".to_owned())
}

/// The path from the project's folder, with `/` between segments.
fn shown(path: &Path, root: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    let names = path.components().map(|name| name.as_os_str().to_string_lossy());
    names.filter(|name| name != ".").collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_functions_own_code_is_walked_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for path in [
            "app.py",
            "lib/store.py",
            "src/index.ts",
            "test_app.py",
            "tests/helper.py",
            "conftest.py",
            "node_modules/x/index.js",
            ".venv/lib/boto3.py",
            "my-environment/lib.py",
            "dist/index.js",
            "other/handler.py",
            "README.md",
            "src/app.test.ts",
            "main_test.go",
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        fs::write(folder.path().join("my-environment/pyvenv.cfg"), "").unwrap();
        fs::write(folder.path().join("other/lambda.yaml"), "").unwrap();
        let walked = walk(folder.path()).into_iter();
        let names: Vec<String> = walked.map(|path| shown(&path, folder.path())).collect();
        assert_eq!(names, ["README.md", "app.py", "lib/store.py", "src/index.ts"]);
    }

    #[test]
    fn code_that_is_not_text_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.py");
        fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
        assert_eq!(text(&path), Err("is not UTF-8".to_owned()));
    }
}
