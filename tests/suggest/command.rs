//! `lfn policy suggest` from the built binary.

use std::path::{Path, PathBuf};
use std::process::Command;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/suggest/samples")
        .join(name)
}

/// Success, stdout, stderr.
fn suggest(folder: &Path, args: &[&str]) -> (bool, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_lfn"))
        .args(["policy", "suggest", "--region", "eu-west-1", "--color", "never", "-C"])
        .arg(folder)
        .args(args)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

#[test]
fn lines_come_with_the_calls_behind_them() {
    let (is_done, out, err) = suggest(&sample("python/thumbnailer"), &[]);
    assert!(is_done, "{err}");
    assert!(
        out.contains("  - get s3://shop-photos/in/*\n      storage.py:14  s3:GetObject\n"),
        "{out}"
    );
    assert!(out.contains("  - put metrics:Shop/Thumbs\n"), "{out}");
    assert!(out.contains("  - publish sns:<TOPIC_ARN>\n"), "{out}");
    assert!(err.contains("hint: add these lines to `allow` in lambda.yaml"), "{err}");
    assert!(
        err.contains("`<TOPIC_ARN>` is the value of an environment variable"),
        "{err}"
    );
}

#[test]
fn what_is_allowed_and_what_is_not_understood_is_told() {
    let (_, out, err) = suggest(&sample("python/report"), &[]);
    assert!(out.contains("allowed already: get secret:prod/warehouse"), "{out}");
    assert!(
        err.contains("lib/reporter.py:34: s3 had no action for `forget_everything`"),
        "{err}"
    );
}

#[test]
fn json_says_the_same() {
    let (is_done, out, err) = suggest(&sample("python/stop-untagged"), &["--format", "json"]);
    assert!(is_done, "{err}");
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    let lines: Vec<&str> = answer["missing"]
        .as_array()
        .unwrap()
        .iter()
        .map(|proposal| proposal["line"].as_str().unwrap())
        .collect();
    assert!(lines.contains(&"publish sns:<TOPIC_ARN>"), "{lines:?}");
    assert_eq!(answer["files"], 1);
    assert_eq!(answer["missing"][0]["from"][0]["file"], "app.py");
    assert_eq!(answer["missing"][0]["from"][0]["line"], 14);
}

#[test]
fn a_folder_without_code_is_an_error_with_a_next_move() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("lambda.yaml"),
        "name: x\nruntime: python3.13\nhandler: a.b\n",
    )
    .unwrap();
    let (is_done, _, err) = suggest(folder.path(), &[]);
    assert!(
        !is_done && err.contains("there is no code to read") && err.contains("hint:"),
        "{err}"
    );
    // Code of others is not the function's.
    std::fs::create_dir(folder.path().join("node_modules")).unwrap();
    std::fs::write(folder.path().join("node_modules/a.py"), "import boto3\n").unwrap();
    assert!(!suggest(folder.path(), &[]).0);
    std::fs::write(folder.path().join("a.py"), "print('hello')\n").unwrap();
    let (is_done, _, err) = suggest(folder.path(), &[]);
    assert!(
        is_done && err.contains("no call of an AWS SDK was found in 1 file"),
        "{err}"
    );
}

#[test]
fn the_rules_of_the_package_hold_for_code_that_runs_as_it_lies_there() {
    let folder = tempfile::tempdir().unwrap();
    let yaml = "name: x\nruntime: python3.13\nhandler: a.b\npackage: { exclude: [scripts/**] }\n";
    std::fs::write(folder.path().join("lambda.yaml"), yaml).unwrap();
    std::fs::create_dir(folder.path().join("scripts")).unwrap();
    let call = "import boto3\nboto3.client('sqs').purge_queue(QueueUrl='jobs')\n";
    std::fs::write(folder.path().join("scripts/purge.py"), call).unwrap();
    std::fs::write(folder.path().join("a.py"), "print('hello')\n").unwrap();
    let (_, out, _) = suggest(folder.path(), &[]);
    assert!(!out.contains("PurgeQueue"), "{out}");
    std::fs::write(folder.path().join("a.py"), call).unwrap();
    let (_, out, _) = suggest(folder.path(), &[]);
    assert!(out.contains("sqs:PurgeQueue") && out.contains("a.py:2"), "{out}");
}
