//! Packaging a real tree: which files, with which modes, and the same bytes every time.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use lfn::domain::config::PackageConfig;
use lfn::domain::package::{Artifact, Ingredients, Problem, Selection, select, write};
use tempfile::TempDir;

#[cfg(unix)]
mod hostile;
mod openers;
#[cfg(unix)]
mod reproducible;
#[cfg(unix)]
#[path = "../support/mod.rs"]
mod support;
#[cfg(unix)]
mod targets;
mod trees;

fn rules() -> PackageConfig {
    PackageConfig::default()
}

fn including(patterns: &[&str]) -> PackageConfig {
    PackageConfig {
        include: patterns.iter().map(ToString::to_string).collect(),
        ..rules()
    }
}

/// Makes a tree from names and contents.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    for (name, contents) in files {
        put(root.path(), name, contents);
    }
    root
}

fn put(root: &Path, name: &str, contents: &str) {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, contents).unwrap();
}

fn names(root: &Path, rules: &PackageConfig) -> Vec<String> {
    let selection = select(root, rules, &Ingredients::default()).unwrap();
    selection.files.into_iter().map(|file| file.name).collect()
}

fn problems(root: &Path) -> Vec<Problem> {
    select(root, &rules(), &Ingredients::default()).unwrap_err()
}

fn messages(problems: &[Problem]) -> Vec<&str> {
    for problem in problems {
        assert!(problem.hint.is_some(), "no hint: {problem}");
    }
    problems.iter().map(|problem| problem.message.as_str()).collect()
}

/// Packages a tree into a folder of its own.
fn package(root: &Path, to: &TempDir) -> Artifact {
    write(
        &select(root, &rules(), &Ingredients::default()).unwrap(),
        &to.path().join("function.zip"),
    )
    .unwrap()
}

#[test]
fn files_come_in_the_order_of_their_bytes() {
    let root = tree(&[("b", ""), ("a/z", ""), ("a.txt", ""), ("B", ""), ("ü", ""), ("a-b", "")]);
    assert_eq!(names(root.path(), &rules()), ["B", "a-b", "a.txt", "a/z", "b", "ü"]);
}

#[test]
fn rules_apply_in_their_order() {
    let root = tree(&[
        (".lfnignore", "*.log\n/docs/\n!.env.example\n\n# a comment\n"),
        ("sub/.lfnignore", "!keep.log\n/only-here.txt\n"),
        ("lambda.yaml", "name: x"),
        (".gitignore", "index.mjs\nnode_modules\n"),
        (".git/config", ""),
        (".env", "SECRET=1"),
        (".env.example", ""),
        ("index.mjs", ""),
        ("node_modules/dep/index.js", ""),
        ("node_modules/.bin/tool", ""),
        ("__pycache__/a.cpython-313.pyc", ""),
        ("native.so", ""),
        ("a.log", ""),
        ("sub/keep.log", ""),
        ("sub/only-here.txt", ""),
        ("sub/deep/only-here.txt", ""),
        ("docs/guide.txt", ""),
        ("docs/api/index.txt", ""),
    ]);
    let by_default = [
        ".env.example",
        "index.mjs",
        "native.so",
        "node_modules/dep/index.js",
        "sub/deep/only-here.txt",
        "sub/keep.log",
    ];
    assert_eq!(names(root.path(), &rules()), by_default);

    let excluding = PackageConfig {
        exclude: vec!["*.log".into(), "node_modules/".into(), ".env.example".into()],
        ..including(&["docs/api/index.txt", "a.log", ".git/config"])
    };
    assert_eq!(
        names(root.path(), &excluding),
        [
            ".git/config",
            "a.log",
            "docs/api/index.txt",
            "index.mjs",
            "native.so",
            "sub/deep/only-here.txt"
        ]
    );
    let folder = including(&["docs/"]);
    assert!(names(root.path(), &folder).contains(&"docs/api/index.txt".to_owned()));
}

#[test]
fn a_wrong_pattern_is_found_where_it_was_written() {
    let root = tree(&[("index.mjs", ""), ("sub/.lfnignore", "fine\na{b\n")]);
    let found = problems(root.path());
    let messages = messages(&found);
    assert_eq!(messages.len(), 1);
    assert!(
        messages[0].starts_with("sub/.lfnignore:2: the pattern `a{b`"),
        "{messages:?}"
    );
}

#[test]
fn nothing_to_package_is_a_problem() {
    let root = tree(&[("lambda.yaml", "")]);
    let found = problems(root.path());
    assert!(messages(&found)[0].starts_with("there is nothing to package in"));
    let found = problems(&root.path().join("absent"));
    assert!(messages(&found)[0].starts_with("cannot open the source folder"));
    let found = problems(&root.path().join("lambda.yaml"));
    assert!(messages(&found)[0].ends_with("is not a folder"));
}

#[test]
fn programs_are_executable() {
    let root = tree(&[
        ("bootstrap", "anything"),
        ("bin/bootstrap", "anything"),
        ("script", "#!/bin/sh\n"),
        ("elf", "\u{7f}ELF and more"),
        ("text", "text"),
        ("empty", ""),
        ("x", ""),
    ]);
    make_executable(&root.path().join("x"));
    let to = tempfile::tempdir().unwrap();
    let artifact = package(root.path(), &to);
    let executable: Vec<_> = artifact.entries.iter().filter(|entry| entry.executable).collect();
    let executable: Vec<_> = executable.iter().map(|entry| entry.name.as_str()).collect();
    let mut expected = vec!["bootstrap", "elf", "script"];
    if cfg!(unix) {
        expected.push("x");
    }
    assert_eq!(executable, expected);

    let mut archive = zip::ZipArchive::new(File::open(&artifact.path).unwrap()).unwrap();
    for entry in &artifact.entries {
        let mut file = archive.by_name(&entry.name).unwrap();
        let mode = if entry.executable { 0o100_755 } else { 0o100_644 };
        assert_eq!(file.unix_mode(), Some(mode), "{}", entry.name);
        assert_eq!((file.size(), file.compressed_size()), (entry.size, entry.compressed));
        let mut contents = Vec::new();
        file.read_to_end(&mut contents).unwrap();
        assert_eq!(contents, fs::read(root.path().join(&entry.name)).unwrap());
    }
}

#[cfg(unix)]
fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[cfg(not(unix))]
fn make_executable(_: &Path) {}

const GOLDEN: &[(&str, &str)] = &[
    ("index.mjs", "export const handler = async () => 'hello';\n"),
    (
        "lib/numbers.txt",
        "0123456789 0123456789 0123456789 0123456789 0123456789\n",
    ),
    ("lib/empty", ""),
    ("bootstrap", "#!/bin/sh\nexec true\n"),
    ("naïve/ü.txt", "text in a folder with an accent"),
];

#[test]
fn an_archive_replaces_the_one_before_and_leaves_nothing_else() {
    let root = tree(GOLDEN);
    let to = tempfile::tempdir().unwrap();
    let selection = select(root.path(), &rules(), &Ingredients::default()).unwrap();
    let path = to.path().join("new/folder/function.zip");
    let first = write(&selection, &path).unwrap();
    let second = write(&selection, &path).unwrap();
    assert_eq!(first, second);

    fs::remove_file(root.path().join("lib/empty")).unwrap();
    let problem = write(&selection, &path).unwrap_err();
    assert_eq!(problem.message, "`lib/empty` vanished while it was being packaged");
    let left: Vec<_> = fs::read_dir(path.parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["function.zip"]);
    assert_eq!(
        fs::metadata(&path).unwrap().len(),
        first.size,
        "the archive before is as it was"
    );
}

#[test]
fn a_file_that_changed_since_it_was_selected_is_named() {
    let root = tree(&[("a", "1"), ("b", "1")]);
    let to = tempfile::tempdir().unwrap();
    let selection = select(root.path(), &rules(), &Ingredients::default()).unwrap();
    put(root.path(), "b", "22");
    let problem = write(&selection, &to.path().join("x.zip")).unwrap_err();
    assert_eq!(problem.message, "`b` changed while it was being packaged");
    assert!(problem.hint.is_some());
}

#[test]
fn an_archive_that_would_contain_itself_is_refused() {
    let root = tree(&[("a", "1")]);
    let to = root.path().join("out.zip");
    write(&select(root.path(), &rules(), &Ingredients::default()).unwrap(), &to).unwrap();
    let problem = write(&select(root.path(), &rules(), &Ingredients::default()).unwrap(), &to).unwrap_err();
    assert_eq!(problem.message, "the archive `out.zip` would contain itself");
}

#[test]
fn a_place_that_cannot_be_written_to_is_named() {
    let root = tree(&[("a", "1")]);
    let problem = write(
        &select(root.path(), &rules(), &Ingredients::default()).unwrap(),
        &root.path().join("a/x.zip"),
    )
    .unwrap_err();
    assert!(problem.message.starts_with("cannot write `"), "{problem}");
}

#[test]
fn ten_thousand_files() {
    let root = tempfile::tempdir().unwrap();
    for folder in 0..100 {
        let path = root.path().join(format!("node_modules/package-{folder}"));
        fs::create_dir_all(&path).unwrap();
        for file in 0..100 {
            fs::write(
                path.join(format!("{file}.js")),
                format!("module.exports = {file};\n").repeat(file),
            )
            .unwrap();
        }
    }
    let to = tempfile::tempdir().unwrap();
    let artifact = package(root.path(), &to);
    assert_eq!(artifact.entries.len(), 10_000);
    assert!(artifact.entries.is_sorted_by(|a, b| a.name < b.name));
    let archive = zip::ZipArchive::new(File::open(&artifact.path).unwrap()).unwrap();
    assert_eq!(archive.len(), 10_000);
}

#[test]
fn an_empty_selection_makes_an_empty_archive() {
    let to = tempfile::tempdir().unwrap();
    let artifact = write(&Selection::default(), &to.path().join("x.zip")).unwrap();
    assert_eq!((artifact.entries.len(), artifact.unzipped), (0, 0));
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_inside_are_followed() {
        let root = tree(&[("packages/shared/index.js", "shared"), ("real.txt", "real")]);
        fs::create_dir(root.path().join("node_modules")).unwrap();
        symlink("../packages/shared", root.path().join("node_modules/shared")).unwrap();
        symlink(root.path().join("real.txt"), root.path().join("absolute.txt")).unwrap();
        let to = tempfile::tempdir().unwrap();
        let artifact = package(root.path(), &to);
        let found: Vec<_> = artifact.entries.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(
            found,
            [
                "absolute.txt",
                "node_modules/shared/index.js",
                "packages/shared/index.js",
                "real.txt"
            ]
        );
        let mut archive = zip::ZipArchive::new(File::open(&artifact.path).unwrap()).unwrap();
        let mut contents = String::new();
        archive
            .by_name("absolute.txt")
            .unwrap()
            .read_to_string(&mut contents)
            .unwrap();
        assert_eq!(contents, "real");
    }

    #[test]
    fn the_source_folder_may_be_a_link() {
        let root = tree(&[("a", "")]);
        let elsewhere = tempfile::tempdir().unwrap();
        let link = elsewhere.path().join("link");
        symlink(root.path(), &link).unwrap();
        assert_eq!(names(&link, &rules()), ["a"]);
    }

    #[test]
    fn every_problem_is_reported_at_once() {
        let outside = tree(&[("secret", "")]);
        let root = tree(&[("index.mjs", ""), ("sub/a", "")]);
        let at = |name: &str| root.path().join(name);
        symlink(outside.path().join("secret"), at("escape")).unwrap();
        symlink(outside.path(), at("escape-folder")).unwrap();
        symlink("nowhere", at("dangling")).unwrap();
        symlink("..", at("sub/up")).unwrap();
        symlink("ring-b", at("ring-a")).unwrap();
        symlink("ring-a", at("ring-b")).unwrap();
        let made = Command::new("mkfifo").arg(at("pipe")).status();
        assert!(made.expect("this test needs the `mkfifo` command").success());
        let _listener = std::os::unix::net::UnixListener::bind(at("socket")).unwrap();
        fs::write(root.path().join(OsStr::from_bytes(b"odd-\xff.txt")), "").unwrap();
        fs::create_dir(root.path().join(OsStr::from_bytes(b"odd-folder-\xff"))).unwrap();
        fs::write(root.path().join(OsStr::from_bytes(b"odd-folder-\xff/a")), "").unwrap();

        let found = problems(root.path());
        // Without the system's own words, which differ.
        let found: Vec<_> = messages(&found)
            .iter()
            .map(|message| message.split(": ").next().unwrap())
            .collect();
        let found = found
            .join("\n")
            .replace(&outside.path().display().to_string(), "OUTSIDE");
        insta::assert_snapshot!(found, @r"
        `pipe` is neither a file nor a folder, so it cannot be packaged
        `socket` is neither a file nor a folder, so it cannot be packaged
        the link `dangling` points to `nowhere`, which does not exist
        the link `escape-folder` points to `OUTSIDE`, outside the source folder
        the link `escape` points to `OUTSIDE/secret`, outside the source folder
        the link `ring-a` to `ring-b` cannot be followed
        the link `ring-b` to `ring-a` cannot be followed
        the link `sub/up` points to `..`, a folder that holds the link itself
        the name `odd-folder-�` is not valid UTF-8, so an archive cannot hold it
        the name `odd-�.txt` is not valid UTF-8, so an archive cannot hold it
        ");
    }

    #[test]
    fn what_is_excluded_is_no_problem() {
        let root = tree(&[("index.mjs", ""), (".lfnignore", "bad-*\n")]);
        let at = |name: &str| root.path().join(name);
        symlink("/", at("bad-escape")).unwrap();
        symlink("nowhere", at("bad-dangling")).unwrap();
        symlink(".", at("bad-loop")).unwrap();
        symlink("bad-self", at("bad-self")).unwrap();
        let _listener = std::os::unix::net::UnixListener::bind(at("bad-socket")).unwrap();
        fs::write(root.path().join(OsStr::from_bytes(b"bad-\xff")), "").unwrap();
        assert_eq!(names(root.path(), &rules()), ["index.mjs"]);
    }

    #[test]
    fn an_ignore_file_that_is_no_text_is_a_problem() {
        let root = tree(&[("index.mjs", "")]);
        fs::write(root.path().join(".lfnignore"), b"\xff\xfe").unwrap();
        let found = problems(root.path());
        assert!(messages(&found)[0].starts_with("cannot read `.lfnignore`"), "{found:?}");
    }

    #[test]
    fn the_finished_archive_is_an_ordinary_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tree(&[("a", "")]);
        let to = tempfile::tempdir().unwrap();
        let artifact = package(root.path(), &to);
        let ordinary = fs::metadata(root.path().join("a")).unwrap().permissions().mode();
        assert_eq!(fs::metadata(artifact.path).unwrap().permissions().mode(), ordinary);
    }
}
