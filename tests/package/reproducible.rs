//! The same source gives the same bytes: whoever checks it out, where, when, and on which machine.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use proptest::collection::btree_map;
use proptest::prelude::*;

use super::support::{lfn, project};
use super::{GOLDEN, make_executable, package, put, tree};

/// Text, binary, programs, folders, names beyond ASCII, and nothing at all.
fn mixed(root: &Path) {
    for (name, text) in GOLDEN {
        put(root, name, text);
    }
    put(root, "deep/er/and/deeper/日本語.txt", "日本語");
    put(root, "bin/tool", "a program by its mode");
    make_executable(&root.join("bin/tool"));
    let mut state = 1_u32;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    fs::write(
        root.join("noise.bin"),
        (0..100_000).map(|_| noise()).collect::<Vec<_>>(),
    )
    .unwrap();
    fs::write(root.join("long.txt"), "a line of text\n".repeat(20_000)).unwrap();
}

// A change here means that every user's next deploy uploads code that did not change.
#[test]
fn fixed_trees_have_fixed_digests() {
    let to = tempfile::tempdir().unwrap();
    let artifact = package(tree(GOLDEN).path(), &to);
    assert_eq!(
        artifact.digest.to_hex(),
        "634bb954198fb215d02ccbc3e976a42e8e7f661b43e6ed87d9e002430554b98f"
    );
    assert_eq!(artifact.size, fs::metadata(&artifact.path).unwrap().len());
    assert_eq!(
        artifact.unzipped,
        GOLDEN.iter().map(|(_, text)| text.len() as u64).sum::<u64>()
    );
    let root = tempfile::tempdir().unwrap();
    mixed(root.path());
    assert_eq!(
        package(root.path(), &to).digest.to_hex(),
        "06858e7d1e542a84ca7ade25c8ce848dfcccfdd5567f857adb4f24feec0c032d"
    );
}

#[test]
fn nothing_of_the_place_shows() {
    let root = tree(GOLDEN);
    let to = tempfile::tempdir().unwrap();
    let expected = package(root.path(), &to).digest;
    // Over an archive that exists already, and by another path.
    assert_eq!(package(&root.path().join("lib/.."), &to).digest, expected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn order_times_and_modes_do_not_show(
        files in btree_map("[a-cü]{1,2}\\.d/[A-C]{1,2}|[x-z]{1,3}", ("[ab#!]{0,200}", any::<bool>()), 1..12),
        seed in any::<u64>(),
        umask in prop::sample::select(vec![0o000_u32, 0o002, 0o022, 0o027, 0o077]),
    ) {
        let to = tempfile::tempdir().unwrap();
        let make = |order: &[&String], umask: u32, time: u64| {
            let root = tempfile::tempdir().unwrap();
            for name in order {
                let (text, executable) = &files[*name];
                put(root.path(), name, text);
                let file = File::options().append(true).open(root.path().join(name)).unwrap();
                let mode = if *executable { 0o777 } else { 0o666 };
                file.set_permissions(fs::Permissions::from_mode(mode & !umask)).unwrap();
                file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(time)).unwrap();
            }
            package(root.path(), &to)
        };
        let order: Vec<&String> = files.keys().collect();
        let mut shuffled = order.clone();
        shuffled.sort_by_key(|name| {
            name.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
        });
        let (one, other) = (make(&order, 0o022, 1_000_000_000), make(&shuffled, umask, seed >> 33));
        prop_assert_eq!(&one.digest, &other.digest);
        prop_assert_eq!(one.entries, other.entries);
    }
}

#[test]
fn two_clean_checkouts_make_one_archive() {
    let project = project();
    let origin = project.path().join("origin");
    fs::create_dir(&origin).unwrap();
    mixed(&origin);
    put(
        &origin,
        "lambda.yaml",
        "name: twice\nruntime: provided.al2023\nhandler: bootstrap\n",
    );
    let shell = |umask: &str, zone: &str, locale: &str, script: &str, arguments: &[&str]| {
        let output = Command::new("sh")
            .args(["-ec", &format!("umask {umask}; {script}"), "sh"])
            .args(arguments)
            .env_clear()
            .envs(std::env::var("PATH").map(|path| ("PATH", path)))
            .env("HOME", project.home())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs([("TZ", zone), ("LC_ALL", locale), ("LANG", locale)])
            .current_dir(project.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let commit = "cd origin; git init --quiet; git add --all; \
                  git -c user.name=x -c user.email=x@example.com commit --quiet -m x";
    shell("022", "UTC", "C", commit, &[]);
    let binary = env!("CARGO_BIN_EXE_lfn");
    // In another place, by another user's settings, long ago, and on one core.
    let check_out = "git clone --quiet origin \"$1\"; cd \"$1\"; ";
    let first = format!("{check_out} \"$2\" package --format json");
    let second = format!(
        "{check_out} find . -type f -not -path './.git/*' -exec touch -d 1999-12-31 {{}} +; \
         exec taskset -c 0 \"$2\" package --format json"
    );
    let first = shell("022", "UTC", "C", &first, &["here", binary]);
    let second = shell("077", "Asia/Seoul", "tr_TR.UTF-8", &second, &["an other/place", binary]);
    let digest = |json: &str| serde_json::from_str::<serde_json::Value>(json).unwrap()["sha256"].clone();
    assert!(digest(&first).is_string(), "{first}");
    assert_eq!(digest(&first), digest(&second));
    let bytes = |place: &str| fs::read(project.path().join(place).join(".lfn/twice.zip")).unwrap();
    assert!(bytes("here") == bytes("an other/place"), "the digests are of the files");
    // And it is what the other form of the answer says.
    let told = lfn(&project).args(["package"]).in_folder("here").run().success();
    assert!(told.stderr.contains(digest(&first).as_str().unwrap()), "{told}");
}
