//! The function's own code, for reading: no dependencies, no tests, nothing that a build made.

use std::collections::{BTreeSet, HashSet};
use std::fs;
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

/// The SDK of Python, which people install beside their code, often without what pip records of it.
const SDKS: [&str; 6] = ["boto3", "botocore", "s3transfer", "aioboto3", "aiobotocore", "pip"];

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
    let mut installed = HashSet::new();
    let entries = WalkDir::new(root).sort_by_file_name().into_iter();
    let entries = entries.filter_entry(|entry| {
        if entry.file_type().is_dir() && (entry.depth() == 0 || is_own(entry)) {
            installed.extend(self::installed(entry.path()));
        }
        entry.depth() == 0 || (is_own(entry) && !installed.contains(entry.path()))
    });
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

/// What pip and its like have put into a folder beside the code, by what they record of it.
/// Source: Python packaging user guide, "Recording installed projects"; setuptools, `installed-files.txt`.
fn installed(folder: &Path) -> Vec<PathBuf> {
    let names = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let records = names.map(|entry| entry.path()).filter_map(|path| {
        let name = path.file_name()?.to_str()?.to_owned();
        let read = |file: &str| fs::read_to_string(path.join(file)).ok();
        if name.ends_with(".dist-info") {
            // A project that is installed from its own folder is no dependency.
            let is_own = read("direct_url.json").is_some_and(|origin| origin.contains("\"file://"));
            return read("RECORD").or_else(|| read("top_level.txt")).filter(|_| !is_own);
        }
        // The project's own `.egg-info` lists no installed files.
        let is_installed = name.ends_with(".egg-info") && path.join("installed-files.txt").is_file();
        is_installed.then(|| read("top_level.txt")).flatten()
    });
    let tops = |record: String| {
        let first = |line: &str| line.split([',', '/']).next().map(str::trim).map(str::to_owned);
        let tops: BTreeSet<String> = record.lines().filter_map(first).collect();
        tops
    };
    let tops = records.flat_map(tops).filter(|top| !top.is_empty() && top != "..");
    let both = tops.flat_map(|top| [folder.join(format!("{top}.py")), folder.join(top)]);
    let sdks = SDKS.iter().map(|name| folder.join(name));
    both.chain(sdks.filter(|sdk| sdk.join("__init__.py").is_file()))
        .collect()
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
    fn packages_that_are_installed_beside_the_code_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        for path in [
            "app.py",
            "lib/app.py",
            "lib/requests/api.py",
            "lib/six.py",
            "lib/yaml/loader.py",
            "own/app.py",
            "shop/app.py",
            "botocore/__init__.py",
        ] {
            write(path, "");
        }
        write(
            "lib/requests-2.32.0.dist-info/RECORD",
            "../bin/x,,\nrequests/api.py,sha256=x,1\n",
        );
        write("lib/six-1.17.0.dist-info/RECORD", "six.py,sha256=x,1\n");
        write("lib/PyYAML-6.0.egg-info/installed-files.txt", "../yaml/loader.py\n");
        write("lib/PyYAML-6.0.egg-info/top_level.txt", "yaml\n");
        write("own.egg-info/top_level.txt", "own\n");
        write("shop-1.0.dist-info/RECORD", "shop/app.py,,\n");
        write("shop-1.0.dist-info/direct_url.json", "{\"url\": \"file:///src\"}");
        let walked = walk(folder.path()).into_iter();
        let names: Vec<String> = walked.map(|path| shown(&path, folder.path())).collect();
        let code: Vec<&String> = names.iter().filter(|name| is_readable(name)).collect();
        assert_eq!(code, ["app.py", "lib/app.py", "own/app.py", "shop/app.py"]);
    }

    #[test]
    fn code_that_is_not_text_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.py");
        fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
        assert_eq!(text(&path), Err("is not UTF-8".to_owned()));
    }
}
