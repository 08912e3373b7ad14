//! Reading code for the rights it needs, held against what a careful engineer derives by hand.
//!
//! `samples/LANGUAGE/NAME/` is a function: a lambda.yaml, its code, and `expected.json`:
//!
//! ```json
//! {
//!   "needs": [
//!     ["s3:GetObject", "arn:aws:s3:::shop-photos/in/*"],
//!     ["sqs:SendMessage", "arn:aws:sqs:eu-west-1:123456789012:<queue>"],
//!     ["cloudwatch:PutMetricData", "*", "cloudwatch:namespace=Shop"]
//!   ],
//!   "notes": 0
//! }
//! ```
//!
//! A need is an action and a resource, and what its calls carry for a condition where that narrows it.
//! The account is 123456789012 and the region eu-west-1. A name that code does not tell is a hole: `<TABLE>`
//! for an environment variable that lambda.yaml does not set, else `<table>`, as `data/sdk.json` labels it.
//! `notes` counts the calls that cannot be understood. Where not everything is found, or too much, the
//! file records `"recall"` and `"precision"` (1.0 by default), and `"because"` says why.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod command;
mod lines;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use lfn::domain::arn::Place;
use lfn::domain::config::{self, Config, Inputs};
use lfn::domain::names::{AccountId, Region};
use lfn::domain::suggest::{self, Need, Needs, SourceFile, is_readable};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    needs: BTreeSet<Vec<String>>,
    notes: usize,
    #[serde(default = "all")]
    recall: f64,
    #[serde(default = "all")]
    precision: f64,
    because: Option<String>,
}

fn all() -> f64 {
    1.0
}

/// A sample, read.
struct Sample {
    name: String,
    config: Config,
    files: Vec<SourceFile>,
    expected: Expected,
}

fn place() -> Place {
    Place {
        partition: "aws".into(),
        region: Region::new("eu-west-1").unwrap(),
        account: AccountId::new("123456789012").unwrap(),
    }
}

fn folders(parent: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent).unwrap_or_else(|error| panic!("{}: {error}", parent.display()));
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut folders: Vec<PathBuf> = paths.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn samples() -> Vec<Sample> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suggest/samples");
    let languages = folders(&root);
    languages
        .iter()
        .flat_map(|language| folders(language))
        .map(|folder| sample(&folder, &root))
        .collect()
}

fn sample(folder: &Path, root: &Path) -> Sample {
    let name = folder.strip_prefix(root).unwrap().display().to_string();
    let read = |file: &str| fs::read_to_string(folder.join(file)).unwrap_or_else(|why| panic!("{name}/{file}: {why}"));
    let inputs = Inputs {
        stage: None,
        place: Some(&place()),
        env: &|_| None,
    };
    let loaded = config::load(&read("lambda.yaml"), &inputs);
    let config = loaded
        .config
        .unwrap_or_else(|| panic!("{name}: lambda.yaml: {:?}", loaded.findings));
    let expected = serde_json::from_str(&read("expected.json")).unwrap_or_else(|why| panic!("{name}: {why}"));
    let mut files = Vec::new();
    sources(folder, folder, &mut files);
    assert!(!files.is_empty(), "{name} has no code that can be read");
    Sample {
        name,
        config,
        files,
        expected,
    }
}

fn sources(folder: &Path, root: &Path, files: &mut Vec<SourceFile>) {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let relative = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        if path.is_dir() {
            sources(&path, root, files);
        } else if is_readable(&relative) {
            let text = fs::read_to_string(&path).unwrap();
            files.push(SourceFile { path: relative, text });
        }
    }
}

/// A need as `expected.json` writes it.
fn written(need: &Need) -> Vec<String> {
    let conditions = need.when.iter().map(|when| format!("{}={}", when.key, when.value));
    [need.action.clone(), need.resource.to_string()]
        .into_iter()
        .chain(conditions)
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "a handful of needs")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

#[test]
fn every_sample_needs_what_an_engineer_says_it_needs() {
    let mut wrong = Vec::new();
    for Sample {
        name,
        config,
        files,
        expected,
    } in samples()
    {
        let Needs { needs, notes, unread } = suggest::needs(&files, &config, &place());
        assert_eq!(unread, Vec::<String>::new(), "{name}");
        let found: BTreeSet<Vec<String>> = needs.iter().map(written).collect();
        let right = found.intersection(&expected.needs).count();
        let (recall, precision) = (share(right, expected.needs.len()), share(right, found.len()));
        let differs = |one: f64, other: f64| (one - other).abs() > 0.005;
        if differs(recall, expected.recall) || differs(precision, expected.precision) {
            let missed: Vec<_> = expected.needs.difference(&found).collect();
            let extra: Vec<_> = found.difference(&expected.needs).collect();
            wrong.push(format!(
                "{name}: recall {recall:.2}, precision {precision:.2}\n  missed {missed:#?}\n  too much {extra:#?}"
            ));
        }
        if expected.recall < 1.0 || expected.precision < 1.0 {
            assert!(expected.because.is_some(), "{name} must say why it finds less, or more");
        }
        if notes.len() != expected.notes {
            wrong.push(format!("{name}: {} notes: {notes:#?}", notes.len()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
