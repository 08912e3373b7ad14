//! Hostile trees, one test each, through the built binary: a clear error or what the documentation of
//! `lfn::domain::package` says, never a hang and never a broken archive.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use lfn::domain::package::{Ingredients, Problem, select, write};

use super::openers::open_with_all;
use super::support::command::{Finished, Project};
use super::support::{lfn, project};
use super::{rules, tree};

/// A hang would take longer.
const PATIENCE: Duration = Duration::from_mins(1);
const ARCHIVE: &str = ".lfn/hostile.zip";

/// A project that packages well, until something is put into it.
fn hostile() -> Project {
    let project = project();
    project
        .write(
            "lambda.yaml",
            "name: hostile\nruntime: nodejs24.x\nhandler: index.handler\n",
        )
        .write("index.mjs", "export const handler = async () => 1;\n");
    project
}

fn run(project: &Project) -> Finished {
    lfn(project).args(["package"]).within(PATIENCE).run()
}

/// Insists on a refusal that says `why` and how to go on, and that the hint helps where it names a pattern.
#[track_caller]
fn refused(project: &Project, why: &str) -> Finished {
    let finished = run(project).exits_with(1);
    assert!(finished.stderr.contains(why), "{finished} does not say `{why}`");
    assert!(finished.stderr.contains("hint: "), "{finished}");
    assert!(!project.exists(ARCHIVE), "an archive was made");
    finished
}

/// Does what the hint says, and insists that it was enough.
#[track_caller]
fn excluded_as_told(project: &Project, finished: &Finished) -> Vec<String> {
    let hints = finished.stderr.lines().filter(|line| line.starts_with("hint: "));
    let patterns = hints.filter_map(|hint| hint.split_once("add `")?.1.split_once("` to `.lfnignore`"));
    let patterns: Vec<_> = patterns.map(|(pattern, _)| pattern).collect();
    assert!(!patterns.is_empty(), "{finished} names no pattern");
    project.write(".lfnignore", patterns.join("\n"));
    packaged(project)
}

/// Insists on an archive that opens; returns its names.
#[track_caller]
fn packaged(project: &Project) -> Vec<String> {
    run(project).success();
    names(&project.path().join(ARCHIVE))
}

fn names(archive: &Path) -> Vec<String> {
    let archive = zip::ZipArchive::new(File::open(archive).unwrap()).unwrap();
    archive.file_names().map(|name| name.unwrap().into_owned()).collect()
}

fn make(program: &str, arguments: &[&OsStr]) -> bool {
    let status = Command::new(program)
        .args(arguments)
        .stderr(std::process::Stdio::null())
        .status();
    status
        .unwrap_or_else(|error| panic!("this test needs `{program}`: {error}"))
        .success()
}

fn fifo(path: &Path) {
    assert!(make("mkfifo", &[path.as_os_str()]));
}

#[test]
fn a_fifo() {
    let project = hostile();
    fifo(&project.path().join("pipe"));
    let told = refused(&project, "`pipe` is neither a file nor a folder");
    assert_eq!(excluded_as_told(&project, &told), ["index.mjs"]);
}

#[test]
fn an_ignore_file_that_is_a_fifo() {
    let project = hostile();
    fifo(&project.path().join(".lfnignore"));
    assert_eq!(packaged(&project), ["index.mjs"]);
}

#[test]
fn a_socket() {
    let project = hostile();
    let _listener = UnixListener::bind(project.path().join("socket")).unwrap();
    let told = refused(&project, "`socket` is neither a file nor a folder");
    assert_eq!(excluded_as_told(&project, &told), ["index.mjs"]);
}

#[test]
fn a_device() {
    let project = hostile();
    let device = project.path().join("zero");
    // The device that never ends; making one takes rights, linking to it does not.
    if make("mknod", &[device.as_os_str(), "c".as_ref(), "1".as_ref(), "5".as_ref()]) {
        refused(&project, "`zero` is neither a file nor a folder");
        fs::remove_file(&device).unwrap();
    }
    symlink("/dev/zero", &device).unwrap();
    refused(
        &project,
        "the link `zero` points to `/dev/zero`, outside the source folder",
    );
}

/// Runs lfn as a user who may not read everything, even when the tests run as one who may.
#[track_caller]
fn refused_to_a_stranger(project: &Project, why: &str) {
    const NOBODY: u32 = 65_534;
    let mut command = if fs::metadata("/proc/self").unwrap().uid() == 0 {
        let root = project.path().parent().unwrap().to_path_buf();
        let binary = root.join("lfn");
        fs::copy(env!("CARGO_BIN_EXE_lfn"), &binary).unwrap();
        let owner = NOBODY.to_string();
        assert!(make("chown", &["-R".as_ref(), owner.as_ref(), root.as_os_str()]));
        let mut command = Command::new(binary);
        command.uid(NOBODY).gid(NOBODY);
        command
    } else {
        Command::new(env!("CARGO_BIN_EXE_lfn"))
    };
    command.env_clear().env("HOME", project.home()).arg("package");
    let output = command.current_dir(project.path()).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains(why) && told.contains("hint: make it readable, or exclude it: add `/"),
        "{told}"
    );
    assert!(!project.exists(ARCHIVE));
}

#[test]
fn a_file_that_cannot_be_read() {
    let project = hostile();
    project.write("closed.txt", "");
    fs::set_permissions(project.path().join("closed.txt"), fs::Permissions::from_mode(0)).unwrap();
    refused_to_a_stranger(&project, "cannot read `closed.txt`: Permission denied");
}

#[test]
fn a_folder_that_cannot_be_read() {
    let project = hostile();
    project.write("closed/a.txt", "");
    fs::set_permissions(project.path().join("closed"), fs::Permissions::from_mode(0)).unwrap();
    refused_to_a_stranger(&project, "cannot read `closed`: Permission denied");
}

#[test]
fn a_name_that_is_not_utf_8() {
    let project = hostile();
    fs::write(project.path().join(OsStr::from_bytes(b"odd-\xff.txt")), "").unwrap();
    fs::create_dir(project.path().join(OsStr::from_bytes(b"dir-\xfe"))).unwrap();
    let told = refused(&project, "the name `odd-\u{fffd}.txt` is not valid UTF-8");
    assert!(
        told.stderr.contains("the name `dir-\u{fffd}` is not valid UTF-8"),
        "{told}"
    );
    assert_eq!(excluded_as_told(&project, &told), ["index.mjs"]);
}

#[test]
fn a_name_with_a_backslash() {
    let project = hostile();
    project.write("a\\b.txt", "").write("..\\..\\escape", "");
    let told = refused(&project, "the name `a\\b.txt` has a backslash");
    assert!(
        told.stderr.contains("the name `..\\..\\escape` has a backslash"),
        "{told}"
    );
    assert_eq!(excluded_as_told(&project, &told), ["index.mjs"]);
}

#[test]
fn a_name_with_a_newline_and_one_that_drives_the_terminal() {
    let project = hostile();
    project.write("a\nerror: b", "").write("\u{1b}[2Jc", "");
    let told = refused(&project, "the name `a\\nerror: b` has a control character");
    assert!(!told.stderr.contains("\u{1b}[2J"), "{told}");
    assert_eq!(excluded_as_told(&project, &told), ["index.mjs"]);
}

#[test]
fn names_that_look_like_the_folder_above() {
    let project = hostile();
    project
        .write("...", "")
        .write(".. /a", "")
        .write("..a", "")
        .write("C:", "");
    assert_eq!(packaged(&project), [".. /a", "...", "..a", "C:", "index.mjs"]);
    open_with_all(&project.path().join(ARCHIVE));
}

#[test]
fn names_that_are_patterns() {
    let project = hostile();
    fs::create_dir(project.path().join("pages")).unwrap();
    project.write("pages/i.js", "");
    fifo(&project.path().join("pages/[id] .js"));
    let told = refused(&project, "`pages/[id] .js` is neither");
    assert_eq!(excluded_as_told(&project, &told), ["index.mjs", "pages/i.js"]);
}

#[test]
fn a_path_longer_than_the_system_allows() {
    let project = hostile();
    // Step by step, since no call takes the whole path.
    let name = "d".repeat(200);
    let script = "for i in $(seq 30); do mkdir \"$1\" && cd -P -- \"$1\" || exit; done; : > deepest";
    let made = Command::new("bash")
        .args(["-c", script, "bash", &name])
        .current_dir(project.path())
        .status();
    assert!(made.expect("this test needs `bash`").success());
    let told = refused(&project, "is too long for Lambda, which has room for 4085 bytes");
    assert!(told.stderr.len() < 2000, "{told}");
    project.write(".lfnignore", "/ddd*/\n");
    assert_eq!(packaged(&project), ["index.mjs"]);
}

#[test]
fn very_deep_folders() {
    let project = hostile();
    let deep = "d/".repeat(1200) + "deepest";
    project.write(&deep, "");
    assert_eq!(packaged(&project), [deep.as_str(), "index.mjs"]);
    open_with_all(&project.path().join(ARCHIVE));
}

#[test]
fn a_link_to_itself() {
    let project = hostile();
    symlink("self", project.path().join("self")).unwrap();
    let told = refused(&project, "the link `self` to `self` cannot be followed");
    assert_eq!(excluded_as_told(&project, &told), ["index.mjs"]);
}

#[test]
fn folders_that_link_to_each_other() {
    let project = hostile();
    project.write("a/x", "").write("b/y", "");
    symlink("../b", project.path().join("a/to-b")).unwrap();
    symlink("../a", project.path().join("b/to-a")).unwrap();
    let told = refused(
        &project,
        "the link `a/to-b/to-a` points to `../a`, a folder that holds the link itself",
    );
    let names = excluded_as_told(&project, &told);
    assert_eq!(names, ["a/to-b/y", "a/x", "b/to-a/x", "b/y", "index.mjs"]);
}

#[test]
fn a_link_to_the_folder_above() {
    let project = hostile();
    project.write("sub/a", "");
    symlink("..", project.path().join("sub/up")).unwrap();
    let told = refused(
        &project,
        "the link `sub/up` points to `..`, a folder that holds the link itself",
    );
    assert_eq!(excluded_as_told(&project, &told), ["index.mjs", "sub/a"]);
}

#[test]
fn links_that_double_the_files_at_every_level() {
    let project = hostile();
    for level in 0..64 {
        let folder = project.path().join(format!("l{level}"));
        fs::create_dir(&folder).unwrap();
        for link in ["a", "b"] {
            symlink(format!("../l{}", level + 1), folder.join(link)).unwrap();
        }
    }
    project.write("l64/leaf", "");
    refused(&project, "or 16 links one inside the other");
}

#[test]
fn a_link_to_nowhere() {
    let project = hostile();
    symlink("nowhere", project.path().join("dangling")).unwrap();
    let told = refused(
        &project,
        "the link `dangling` points to `nowhere`, which does not exist",
    );
    assert_eq!(excluded_as_told(&project, &told), ["index.mjs"]);
}

#[test]
fn an_absolute_link_inside() {
    let project = hostile();
    symlink(project.path().join("index.mjs"), project.path().join("absolute.mjs")).unwrap();
    assert_eq!(packaged(&project), ["absolute.mjs", "index.mjs"]);
}

#[test]
fn links_that_leave_the_source_folder() {
    let project = hostile();
    fs::write(project.home().join("secret"), "").unwrap();
    symlink("../home/secret", project.path().join("file")).unwrap();
    symlink("../home", project.path().join("folder")).unwrap();
    // Its own name is a beginning of the other folder's: only whole names count.
    let neighbour = project.path().with_file_name("project-2");
    fs::create_dir(&neighbour).unwrap();
    symlink(&neighbour, project.path().join("neighbour")).unwrap();
    let told = refused(
        &project,
        "the link `file` points to `../home/secret`, outside the source folder",
    );
    for link in ["folder", "neighbour"] {
        assert!(told.stderr.contains(&format!("the link `{link}` points to")), "{told}");
    }
    assert_eq!(excluded_as_told(&project, &told), ["index.mjs"]);
}

#[test]
fn a_link_into_an_excluded_folder() {
    let project = hostile();
    project.write("private/a.txt", "a").write(".lfnignore", "/private/\n");
    symlink("private/a.txt", project.path().join("public.txt")).unwrap();
    assert_eq!(packaged(&project), ["index.mjs", "public.txt"]);
}

#[test]
fn hard_links() {
    let project = hostile();
    fs::hard_link(project.path().join("index.mjs"), project.path().join("twin.mjs")).unwrap();
    assert_eq!(packaged(&project), ["index.mjs", "twin.mjs"]);
}

/// What packaging says when the tree changes after the walk.
fn changed_meanwhile(change: impl FnOnce(&Path)) -> Problem {
    let root = tree(&[("a", "0123456789"), ("b", "")]);
    let to = tempfile::tempdir().unwrap();
    let selection = select(root.path(), &rules(), &Ingredients::default()).unwrap();
    change(&root.path().join("a"));
    let archive = to.path().join("x.zip");
    let (done, result) = mpsc::channel();
    let target = archive.clone();
    thread::spawn(move || done.send(write(&selection, &target)));
    let problem = result
        .recv_timeout(PATIENCE)
        .expect("packaging does not hang")
        .unwrap_err();
    assert!(problem.hint.is_some(), "{problem}");
    assert!(!archive.exists());
    problem
}

#[test]
fn a_file_that_grows() {
    let problem = changed_meanwhile(|path| fs::write(path, "01234567890").unwrap());
    assert_eq!(problem.message, "`a` changed while it was being packaged");
}

#[test]
fn a_file_that_shrinks() {
    let problem = changed_meanwhile(|path| fs::write(path, "0").unwrap());
    assert_eq!(problem.message, "`a` changed while it was being packaged");
}

#[test]
fn a_file_that_vanishes() {
    let problem = changed_meanwhile(|path| fs::remove_file(path).unwrap());
    assert_eq!(problem.message, "`a` vanished while it was being packaged");
}

#[test]
fn a_file_that_becomes_a_fifo() {
    let problem = changed_meanwhile(|path| {
        fs::remove_file(path).unwrap();
        fifo(path);
    });
    assert_eq!(problem.message, "`a` changed while it was being packaged");
}

#[test]
fn a_file_that_becomes_a_folder() {
    let problem = changed_meanwhile(|path| {
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
    });
    assert_eq!(problem.message, "`a` changed while it was being packaged");
}

#[test]
fn a_log_that_something_writes_to_all_the_time() {
    let project = hostile();
    project.write("busy.log", "begin\n");
    let mut log = File::options()
        .append(true)
        .open(project.path().join("busy.log"))
        .unwrap();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                log.write_all(b"one more line\n").unwrap();
                thread::yield_now();
            }
        });
        let finished = run(&project);
        stop.store(true, Ordering::Relaxed);
        if finished.code == Some(0) {
            open_with_all(&project.path().join(ARCHIVE));
        } else {
            let finished = finished.exits_with(1);
            assert!(
                finished
                    .stderr
                    .contains("`busy.log` changed while it was being packaged"),
                "{finished}"
            );
            assert!(!project.exists(ARCHIVE));
        }
    });
}

#[test]
fn names_that_differ_in_case() {
    let project = hostile();
    project.write("A.js", "").write("a.js", "");
    let finished = run(&project).success();
    assert!(
        finished.stderr.contains("`A.js` and `a.js` differ only in case"),
        "{finished}"
    );
    assert_eq!(names(&project.path().join(ARCHIVE)), ["A.js", "a.js", "index.mjs"]);
}

#[test]
fn names_that_differ_in_how_an_accent_is_written() {
    let project = hostile();
    project.write("e\u{301}.txt", "").write("\u{e9}.txt", "");
    let finished = run(&project).success();
    assert!(finished.stderr.contains("or in how accents are written"), "{finished}");
    assert_eq!(names(&project.path().join(ARCHIVE)).len(), 3);
}

#[test]
fn an_archive_inside_its_own_source() {
    let project = hostile();
    let package = || lfn(&project).args(["package", "-o", "out.zip"]).within(PATIENCE).run();
    let first = package().success();
    assert!(first.stderr.contains("the next archive would contain it"), "{first}");
    let second = package().exits_with(1);
    assert!(
        second.stderr.contains("the archive `out.zip` would contain itself"),
        "{second}"
    );
    assert_eq!(names(&project.path().join("out.zip")), ["index.mjs"]);
}

#[test]
fn an_archive_that_a_link_brings_into_its_own_source() {
    let project = hostile();
    packaged(&project);
    symlink(ARCHIVE, project.path().join("latest.zip")).unwrap();
    let finished = run(&project).exits_with(1);
    assert!(
        finished
            .stderr
            .contains("the archive `latest.zip` would contain itself"),
        "{finished}"
    );
    assert_eq!(names(&project.path().join(ARCHIVE)), ["index.mjs"]);
}

#[test]
fn an_empty_folder() {
    let project = hostile();
    fs::create_dir_all(project.path().join("empty/inside")).unwrap();
    assert_eq!(packaged(&project), ["index.mjs"]);
}

#[test]
fn an_empty_tree() {
    let project = hostile();
    fs::remove_file(project.path().join("index.mjs")).unwrap();
    refused(&project, "there is nothing to package in");
}

#[test]
fn seventy_thousand_files() {
    let project = hostile();
    for folder in 0..70 {
        let folder = project.path().join(format!("f{folder}"));
        fs::create_dir(&folder).unwrap();
        for file in 0..1000 {
            File::create(folder.join(format!("{file}.txt"))).unwrap();
        }
    }
    run(&project).success();
    // More than 65,535 take the ZIP64 form of the directory.
    for (program, files) in open_with_all(&project.path().join(ARCHIVE)) {
        assert_eq!(files, 70_001, "{program}");
    }
}

#[test]
fn names_in_many_scripts() {
    let project = hostile();
    let many = [
        "Ελληνικά.txt",
        "Русский/файл.txt",
        "עברית",
        "العربية",
        "हिन्दी",
        "日本語/ファイル.js",
        "한국어",
        "🦀",
    ];
    for name in many {
        project.write(name, name);
    }
    let mut expected: Vec<_> = many.iter().copied().chain(["index.mjs"]).collect();
    expected.sort_unstable();
    assert_eq!(packaged(&project), expected);
    for (program, files) in open_with_all(&project.path().join(ARCHIVE)) {
        assert_eq!(files, expected.len(), "{program}");
    }
}

#[test]
fn a_source_folder_that_is_a_link() {
    let project = hostile();
    project.write("real/index.mjs", "export const handler = async () => 1;\n");
    symlink("real", project.path().join("link")).unwrap();
    project.write(
        "lambda.yaml",
        "name: hostile\nruntime: nodejs24.x\nhandler: index.handler\npackage: { source: link }\n",
    );
    assert_eq!(packaged(&project), ["index.mjs"]);
}

#[test]
fn many_problems_are_told_at_once() {
    let project = hostile();
    fifo(&project.path().join("pipe"));
    symlink("nowhere", project.path().join("dangling")).unwrap();
    project.write("back\\slash", "");
    let told = refused(&project, "`pipe` is neither");
    for why in ["`dangling` points to", "`back\\slash` has a backslash"] {
        assert!(told.stderr.contains(why), "{told}");
    }
    assert_eq!(excluded_as_told(&project, &told), ["index.mjs"]);
}

#[test]
fn links_that_multiply_the_files_in_breadth() {
    let project = hostile();
    for level in 0..6 {
        let folder = project.path().join(format!("l{level}"));
        fs::create_dir(&folder).unwrap();
        for link in 0..20 {
            symlink(format!("../l{}", level + 1), folder.join(link.to_string())).unwrap();
        }
    }
    project.write("l6/leaf", "");
    refused(&project, "20000 links to folders");
}
