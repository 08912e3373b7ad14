//! lambda.yaml as people write it: right, wrong, and what lfn says about it.

use std::collections::BTreeSet;

use lfn::domain::arn::{Place, partition_of};
use lfn::domain::config::{self, EnvSegment, Finding, Inputs, Loaded, RoleChoice, Severity};
use lfn::domain::names::{AccountId, Region, StageName};
use proptest::prelude::*;

const EXAMPLE: &str = include_str!("../lambda.yaml.example");

fn environment(name: &str) -> Option<String> {
    match name {
        "TOKEN" => Some("hunter2-hunter2".into()),
        "MEMORY" => Some("256".into()),
        "EMPTY" => Some(String::new()),
        _ => None,
    }
}

fn load_stage(text: &str, stage: Option<&str>) -> Loaded {
    let stage = stage.map(|name| StageName::new(name).expect("a stage's name"));
    let inputs = Inputs {
        stage: stage.as_ref(),
        place: None,
        env: &environment,
    };
    config::load(text, &inputs)
}

fn load(text: &str) -> Loaded {
    load_stage(text, None)
}

/// All findings as a person reads them.
fn said(text: &str) -> String {
    said_for(text, None)
}

fn said_for(text: &str, stage: Option<&str>) -> String {
    let loaded = load_stage(text, stage);
    let rendered: Vec<String> = loaded
        .findings
        .iter()
        .map(|finding| config::render(finding, "lambda.yaml", text))
        .collect();
    let errors = loaded
        .findings
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    assert_eq!(
        loaded.config.is_none(),
        errors,
        "a configuration is there exactly when nothing is wrong"
    );
    rendered.join("\n\n")
}

fn good(text: &str) -> config::Config {
    let loaded = load(text);
    assert_eq!(loaded.findings, []);
    loaded.config.expect("nothing is wrong with it")
}

/// A file that is right, with more lines after it.
fn with(lines: &str) -> String {
    format!("name: thumbs\nruntime: nodejs24.x\nhandler: index.handler\n{lines}")
}

#[test]
fn the_example_has_every_key_and_is_right() {
    for stage in ["dev", "prod"] {
        assert_eq!(said_for(EXAMPLE, Some(stage)), "");
    }
    let schema = config::schema();
    let definitions = schema["$defs"].as_object().expect("definitions");
    let mut keys: BTreeSet<&str> = BTreeSet::new();
    let named = definitions
        .iter()
        .filter(|(name, _)| !name.ends_with("Overlay") && *name != "Stage");
    for map in named.map(|(_, map)| map).chain([&schema]) {
        keys.extend(
            map["properties"]
                .as_object()
                .into_iter()
                .flat_map(|map| map.keys().map(String::as_str)),
        );
    }
    let triggers = schema["properties"]["on"]["items"]["anyOf"]
        .as_array()
        .expect("triggers");
    for trigger in triggers {
        keys.extend(
            trigger["properties"]
                .as_object()
                .expect("one key")
                .keys()
                .map(String::as_str),
        );
    }
    assert!(keys.len() > 100, "the schema is read as meant: {}", keys.len());
    let told = |key: &str| {
        let key = format!("{key}:");
        let mut uncommented = EXAMPLE.lines().map(|line| line.split(" #").next().unwrap_or(line));
        uncommented.any(|line| {
            !line.starts_with('#')
                && line
                    .match_indices(&key)
                    .any(|(at, _)| line[..at].chars().last().is_none_or(|c| " {-".contains(c)))
        })
    };
    let missing: Vec<&str> = keys.into_iter().filter(|key| !told(key)).collect();
    assert_eq!(missing, [""; 0], "lambda.yaml.example tells every key");
}

fn valid_for_the_schema(text: &str) -> Result<(), String> {
    let schema = config::schema();
    let value: serde_json::Value = serde_yaml::from_str(text).expect("YAML");
    let validator = jsonschema::validator_for(&schema).expect("a right schema");
    let errors: Vec<String> = validator
        .iter_errors(&value)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors.join("\n"))
    }
}

#[test]
fn the_schema_agrees_with_the_reader() {
    assert_eq!(
        config::schema()["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert!(jsonschema::meta::is_valid(&config::schema()));
    for right in [
        EXAMPLE.to_owned(),
        with("memory: 512\nenv:\nrole: auto\nlogs:\n"),
        with("memory: ${env:MEMORY}\nretries: ${env:RETRIES:-1}\ntracing: ${env:TRACE:-true}\n"),
        with("on:\n  - http: GET /\n  - s3: { bucket: photos, events: \"s3:ObjectCreated:Put\" }\n"),
        with(
            "files: { access_point: \"arn:aws:s3files:a\", mount: /mnt/a }\nstages: { p: { files: { mount: /mnt/b } } }\n",
        ),
        with("stages:\n  dev:\n  prod: { env: { A1: ~ }, vpc: ~, kms_key: ~ }\n"),
        "stages: { dev: { name: a, runtime: nodejs24.x, handler: a.b } }\n".to_owned(),
    ] {
        assert_eq!(valid_for_the_schema(&right), Ok(()), "{right}");
    }
    for wrong in [
        "runtime: nodejs24.x\n".to_owned(),
        with("memroy: 512\n"),
        with("memory: 64\n"),
        with("memory: 512 mb\n"),
        with("timeout: soon\n"),
        with("account: 123456789012\n"),
        with("architecture: arm\n"),
        with("env: [A]\n"),
        with("on: [{ sqs: { batch_size: 5 } }]\n"),
        with("on: [{ sqs: { queue: a, size: 5 } }]\n"),
        with("logs: { retention: 15d }\n"),
        with("stages: { prod: { memroy: 512 } }\n"),
        with("stages: { prod: { package: { sauce: a } } }\n"),
        with("stages: { prod: { stages: {} } }\n"),
        with("dead_letter: lambda:next\n"),
        with("role: developer\n"),
    ] {
        assert!(valid_for_the_schema(&wrong).is_err(), "{wrong}");
        assert!(load(&wrong).config.is_none(), "{wrong}");
    }
}

#[test]
fn every_wrong_file_is_told_where_what_and_what_to_do() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/config");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(files.len() >= 30, "the folder of wrong files is there");
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&file).unwrap();
        let findings = load(&text).findings;
        assert!(!findings.is_empty(), "{name} is wrong");
        for finding in &findings {
            assert!(finding.hint.is_some(), "{name}: it says what to do: {finding:?}");
            assert!(
                finding.line > 0 && finding.column > 0 && finding.length > 0,
                "{name}: {finding:?}"
            );
            assert!(finding.line <= text.lines().count().max(1), "{name}: {finding:?}");
        }
        insta::assert_snapshot!(name, said(&text));
    }
}
