//! Other programs open the archive and agree on what is in it.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use super::{GOLDEN, package, tree};

/// Opens an archive with every program; returns how many files each found.
pub fn open_with_all(archive: &Path) -> Vec<(&'static str, usize)> {
    vec![
        ("unzip", unzip(archive)),
        ("7z", seven_zip(archive)),
        ("python", python(archive).lines().count()),
        ("jar", jar(archive)),
        ("java", java(archive)),
    ]
}

#[test]
fn every_program_opens_the_archive() {
    let root = tree(GOLDEN);
    let to = tempfile::tempdir().unwrap();
    let artifact = package(root.path(), &to);
    for (program, files) in open_with_all(&artifact.path) {
        assert_eq!(files, GOLDEN.len(), "{program}");
    }
}

#[test]
fn modes_and_times_are_those_that_were_promised() {
    let root = tree(GOLDEN);
    let to = tempfile::tempdir().unwrap();
    let artifact = package(root.path(), &to);
    assert_eq!(
        python(&artifact.path).lines().collect::<Vec<_>>(),
        [
            "bootstrap 0o100755 3 1980 20",
            "index.mjs 0o100644 3 1980 44",
            "lib/empty 0o100644 3 1980 0",
            "lib/numbers.txt 0o100644 3 1980 55",
            "naïve/ü.txt 0o100644 3 1980 31",
        ]
    );
}

#[test]
fn what_comes_out_is_what_went_in() {
    let root = tree(GOLDEN);
    let to = tempfile::tempdir().unwrap();
    let artifact = package(root.path(), &to);
    for (name, text) in GOLDEN {
        let arguments = ["-p".as_ref(), artifact.path.as_os_str(), name.as_ref()];
        assert_eq!(run("unzip", &arguments), *text, "{name}");
    }
}

fn unzip(archive: &Path) -> usize {
    let told = run("unzip", &["-t".as_ref(), archive.as_os_str()]);
    assert!(told.contains("No errors detected"), "{told}");
    told.lines().filter(|line| line.trim_end().ends_with("OK")).count()
}

fn seven_zip(archive: &Path) -> usize {
    // `7zz` is the newer name of the same program.
    let program = ["7zz", "7z"]
        .into_iter()
        .find(|program| Command::new(program).output().is_ok());
    let program = program.expect("this test opens archives with 7-Zip: install the package `7zip`");
    let told = run(program, &["t".as_ref(), archive.as_os_str()]);
    assert!(told.contains("Everything is Ok"), "{told}");
    let files = told.lines().find_map(|line| line.strip_prefix("Files: "));
    files.map_or(1, |files| files.trim().parse().unwrap())
}

fn python(archive: &Path) -> String {
    const SCRIPT: &str = "import sys, zipfile\n\
                          archive = zipfile.ZipFile(sys.argv[1])\n\
                          assert archive.testzip() is None\n\
                          for i in archive.infolist():\n\
                          \x20   print(i.filename, oct(i.external_attr >> 16), i.create_system, i.date_time[0], i.file_size)\n";
    let arguments = ["-X", "utf8", "-c", SCRIPT].map(OsStr::new);
    run("python3", &[&arguments[..], &[archive.as_os_str()]].concat())
}

fn jar(archive: &Path) -> usize {
    let arguments = ["--list".as_ref(), "--file".as_ref(), archive.as_os_str()];
    run("jar", &arguments).lines().count()
}

/// With `java.util.zip.ZipFile`, which trusts the directory alone, and checks every file's sum.
fn java(archive: &Path) -> usize {
    const PROGRAM: &str = "import java.util.zip.*;\n\
        class Open {\n\
        public static void main(String[] a) throws Exception {\n\
        try (ZipFile zip = new ZipFile(a[0])) {\n\
        for (ZipEntry entry : java.util.Collections.list(zip.entries())) {\n\
        CheckedInputStream in = new CheckedInputStream(zip.getInputStream(entry), new CRC32());\n\
        long size = in.transferTo(java.io.OutputStream.nullOutputStream());\n\
        if (size != entry.getSize() || in.getChecksum().getValue() != entry.getCrc()) throw new Exception(entry.getName());\n\
        }\n\
        System.out.println(zip.size());\n\
        } } }\n";
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("Open.java");
    fs::write(&program, PROGRAM).unwrap();
    let told = run("java", &[program.as_os_str(), archive.as_os_str()]);
    told.trim().parse().unwrap()
}

#[track_caller]
fn run(program: &str, arguments: &[&OsStr]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap_or_else(|error| panic!("this test opens archives with `{program}`, so install it: {error}"));
    let (out, err) = (output.stdout, String::from_utf8_lossy(&output.stderr).into_owned());
    let out = String::from_utf8(out).unwrap();
    assert!(output.status.success(), "{program}: {out}\n{err}");
    out
}
