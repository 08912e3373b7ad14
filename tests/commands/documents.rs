//! The documents say what is so: every example in them is run and compared.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::session::{Session, settled};

/// A fenced block: its language and its text.
struct Block {
    language: String,
    text: String,
    line: usize,
}

fn blocks(file: &str) -> Vec<Block> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = fs::read_to_string(&path).unwrap();
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let body: Vec<&str> = lines
                .by_ref()
                .map(|(_, line)| line)
                .take_while(|line| *line != "```")
                .collect();
            blocks.push(Block {
                language: language.into(),
                text: body.join("\n"),
                line: number + 1,
            });
        }
    }
    assert!(!blocks.is_empty(), "{file} has no fenced blocks");
    blocks
}

/// What a command of a document printed, settled.
struct Printed {
    command: String,
    stdout: String,
    stderr: String,
}

/// Runs a shell command in a folder, with nothing of the developer's environment but the `PATH`.
#[track_caller]
fn run(session: &Session, folder: &Path, command: &str, codes: &[i32], place: &str) -> Printed {
    let binary = Path::new(env!("CARGO_BIN_EXE_lfn")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let output = std::process::Command::new("sh")
        .args(["-c", command])
        .current_dir(folder)
        .env_clear()
        .env("PATH", format!("{}:{path}", binary.display()))
        .env("HOME", session.project.home())
        .env("TZ", "UTC")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .unwrap();
    assert!(
        output.status.code().is_some_and(|code| codes.contains(&code)),
        "{place}: `{command}` ended with {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    let text = |bytes| settled(&String::from_utf8(bytes).unwrap());
    Printed {
        command: command.to_owned(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// `$ command` and the lines it prints, streams mixed as on a terminal; `…` stands for lines left out.
#[test]
fn the_readme_shows_what_happens() {
    let session = Session::new();
    let mut folder = session.project.path();
    let mut seen = 0;
    for block in blocks("README.md").iter().filter(|block| block.language == "console") {
        let mut printed: Vec<String> = Vec::new();
        for line in block.text.lines() {
            let place = format!("README.md:{}", block.line);
            if let Some(inner) = line.strip_prefix("$ cd ") {
                folder.push(inner);
            } else if let Some(command) = line.strip_prefix("$ ") {
                let Printed { stdout, stderr, .. } = run(&session, &folder, command, &[0, 3], &place);
                printed = stdout
                    .lines()
                    .chain(stderr.lines())
                    .map(|line| line.trim().to_owned())
                    .collect();
                seen += 1;
            } else if !line.trim().is_empty() && line.trim() != "…" {
                let line = settled(line).trim().to_owned();
                assert!(
                    printed.contains(&line),
                    "{place} shows `{line}`, and lfn printed\n{}",
                    printed.join("\n")
                );
            }
        }
    }
    assert!(seen > 5, "the README shows commands");
}

/// A part of a lambda.yaml is completed with the three keys that every file needs.
#[test]
fn every_lambda_yaml_in_the_documents_is_valid() {
    let mut seen = 0;
    for block in blocks("README.md").iter().filter(|block| block.language == "yaml") {
        let has = |key: &str| block.text.lines().any(|line| line.starts_with(key));
        let needed = [
            ("name:", "name: thumbs"),
            ("runtime:", "runtime: nodejs24.x"),
            ("handler:", "handler: index.handler"),
        ];
        let missing = needed
            .iter()
            .filter(|(key, _)| !has(key))
            .map(|(_, line)| format!("{line}\n"));
        let text = missing.collect::<String>() + &block.text + "\n";
        let session = Session::new();
        session.project.write("lambda.yaml", &text);
        let stage = if text.contains("${stage}") { " --stage dev" } else { "" };
        // The code of these functions is not here, so the archive would be empty; the file itself has to be right.
        let words = crate::session::words(&format!("validate --format json{stage}"));
        let answer = crate::support::lfn(&session.project).args(words).run().json();
        assert_eq!(
            answer["findings"],
            serde_json::json!([]),
            "README.md:{}\n{text}",
            block.line
        );
        seen += 1;
    }
    assert!(seen > 3, "the README shows lambda.yaml");
}

/// Every `sh` block of docs/json.md is run in order in one folder; the `json` block behind it is
/// what it printed, line by line for streams.
#[test]
fn the_json_document_shows_what_is_printed() {
    let session = Session::new();
    let blocks = blocks("docs/json.md");
    let mut folder = session.project.path();
    let mut printed: Option<Printed> = None;
    let mut seen = 0;
    for block in &blocks {
        let place = format!("docs/json.md:{}", block.line);
        match block.language.as_str() {
            "sh" => {
                for command in block.text.lines() {
                    if let Some(inner) = command.strip_prefix("cd ") {
                        folder.push(inner);
                    } else {
                        printed = Some(run(&session, &folder, command, &[0, 1, 3], &place));
                    }
                }
            }
            "json" => {
                let printed = printed.as_ref().expect("a command stands before its answer");
                assert_eq!(
                    settled(&block.text),
                    printed.stdout.trim_end(),
                    "{place}: `{}`",
                    printed.command
                );
                seen += 1;
            }
            other => panic!("{place}: `{other}` is not checked"),
        }
    }
    assert!(seen >= 12, "every command has its example");
}

/// Numbers and flags that programs decide by, which the comparison above does not look into.
#[test]
fn json_answers_can_be_relied_upon() {
    let session = Session::thumbs();
    let plan = session.quietly("plan --local --format json").json();
    assert_eq!((&plan["changes"], &plan["live"]), (&Value::Bool(true), &Value::Null));
    let lines = session.quietly("deploy --local --yes --format json").stdout;
    let events: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!((kinds[0], *kinds.last().unwrap()), ("plan", "result"));
    let steps = events[0]["plan"]["steps"].as_array().unwrap().len();
    let finished = kinds.iter().filter(|kind| **kind == "finished").count();
    assert_eq!(finished, steps, "every step that was planned is reported");
    assert_eq!(events.last().unwrap()["version"], 1);
    let again = session.quietly("deploy --local --yes --format json").stdout;
    let last: Value = serde_json::from_str(again.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&last["changed"], &last["version"]),
        (&Value::Bool(false), &Value::from(1))
    );
}
