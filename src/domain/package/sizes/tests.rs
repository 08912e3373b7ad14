use std::collections::BTreeMap;
use std::path::PathBuf;

use super::*;
use crate::domain::config::{self, Inputs};
use crate::domain::names::CodeDigest;
use crate::domain::package::Entry;

/// The breakdown of files of a thousand bytes each, half of it compressed; those with a text are manifests.
fn of(files: &[(&str, &str)], yaml: &str) -> Breakdown {
    let mut entries: Vec<Entry> = files
        .iter()
        .map(|(name, _)| Entry {
            name: (*name).to_owned(),
            size: 1000,
            compressed: 500,
            executable: false,
        })
        .collect();
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    let size = entries.len() as u64 * 500 + 100;
    let artifact = Artifact {
        path: PathBuf::new(),
        digest: CodeDigest::from_sha256(b"x"),
        size,
        unzipped: entries.len() as u64 * 1000,
        entries,
    };
    let texts = files.iter().filter(|(_, text)| !text.is_empty());
    let texts: BTreeMap<String, String> = texts.map(|(name, text)| ((*name).into(), (*text).into())).collect();
    let text = format!("name: shop\nhandler: index.handler\n{yaml}");
    let inputs = Inputs {
        stage: None,
        place: None,
        env: &|_| None,
    };
    let config = config::load(&text, &inputs).config.expect("it is valid");
    breakdown(&artifact, &config, &Manifests::new(texts, None))
}

/// The tree, a line for each part: name, version, files of its own, files in all.
fn lines(parts: &[Part], indent: usize, found: &mut Vec<String>) {
    for part in parts {
        let (name, version) = (&part.name, part.version.as_deref().unwrap_or("-"));
        found.push(format!(
            "{}{name} {version} {}/{}",
            " ".repeat(indent),
            part.own.files,
            part.total.files
        ));
        lines(&part.brings, indent + 1, found);
    }
}

fn tree(breakdown: &Breakdown) -> Vec<String> {
    let mut found = Vec::new();
    lines(&breakdown.tree, 0, &mut found);
    found
}

const NODE: &str = "runtime: nodejs24.x\n";

const SHOP: &[(&str, &str)] = &[
    (
        "package.json",
        r#"{"dependencies": {"a": "1", "@aws-sdk/client-s3": "3"}, "devDependencies": {"jest": "1"}}"#,
    ),
    ("index.mjs", ""),
    ("src/one.js", ""),
    ("src/two.js", ""),
    (
        "node_modules/a/package.json",
        r#"{"name": "a", "version": "1.0.0", "dependencies": {"b": "*", "c": "*"}}"#,
    ),
    ("node_modules/a/a.js", ""),
    ("node_modules/a/a.js.map", ""),
    (
        "node_modules/a/node_modules/b/package.json",
        r#"{"name": "b", "version": "1.5.0"}"#,
    ),
    ("node_modules/b/package.json", r#"{"name": "b", "version": "2.0.0"}"#),
    ("node_modules/b/test/b.js", ""),
    ("node_modules/c/package.json", "not JSON"),
    (
        "node_modules/@aws-sdk/client-s3/package.json",
        r#"{"name": "@aws-sdk/client-s3", "version": "3.1.0", "dependencies": {"tslib": "2", "c": "*"}}"#,
    ),
    (
        "node_modules/tslib/package.json",
        r#"{"name": "tslib", "version": "2.8.0"}"#,
    ),
    (
        "node_modules/jest/package.json",
        r#"{"name": "jest", "version": "30.0.0", "dependencies": {"b": "2"}}"#,
    ),
];

#[test]
fn dependencies_hang_below_those_who_bring_them() {
    let found = of(SHOP, NODE);
    assert_eq!(
        tree(&found),
        [
            "a 1.0.0 3/4",
            " b 1.5.0 1/1",
            "own code - 4/4",
            " src/ - 2/2",
            " index.mjs - 1/1",
            " package.json - 1/1",
            "@aws-sdk/client-s3 3.1.0 1/3",
            " c - 1/1",
            " tslib 2.8.0 1/1",
            "jest 30.0.0 1/3",
            " b 2.0.0 2/2",
        ]
    );
    assert_eq!(found.overhead, 100);
    let total: usize = found.tree.iter().map(|part| part.total.files).sum();
    assert_eq!(total, SHOP.len(), "every file is in the tree once");
    let kinds: Vec<(Kind, usize)> = found.kinds.iter().map(|kind| (kind.kind, kind.sum.files)).collect();
    assert_eq!(
        kinds,
        [
            (Kind::OwnCode, 4),
            (Kind::Dependency, 8),
            (Kind::SourceMap, 1),
            (Kind::Tests, 1)
        ]
    );
    let nested = found
        .owners
        .iter()
        .find(|owner| owner.path == "node_modules/a/node_modules/b");
    assert_eq!(
        nested.map(|owner| owner.needed_by.as_slice()),
        Some(["a".to_owned()].as_slice())
    );
}

#[test]
fn copies_at_several_versions_are_named() {
    let found = of(SHOP, NODE).duplicates;
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].name.as_str(), found[0].wasted), ("b", 500));
    let copies: Vec<_> = found[0].copies.iter().map(|copy| copy.version.as_deref()).collect();
    assert_eq!(copies, [Some("1.5.0"), Some("2.0.0")]);
    assert_eq!(found[0].copies[0].needed_by, ["a"]);
}

#[test]
fn what_could_go_has_its_pattern_and_counts_once() {
    let what = |yaml: &str| -> Vec<(String, usize, Vec<String>)> {
        let found = of(SHOP, yaml).droppable.into_iter();
        found.map(|each| (each.what, each.sum.files, each.exclude)).collect()
    };
    let each = |what: &str, files, exclude: &[&str]| {
        let exclude = exclude.iter().map(|pattern| (*pattern).to_owned()).collect();
        (what.to_owned(), files, exclude)
    };
    let sdk = each("AWS SDK", 2, &["/node_modules/@aws-sdk/", "/node_modules/tslib/"]);
    // `b` at version 2 is there for jest alone.
    let development = each(
        "development dependencies",
        3,
        &["/node_modules/b/", "/node_modules/jest/"],
    );
    let maps = each("source maps", 1, &["*.map"]);
    assert_eq!(what(NODE), [development.clone(), sdk, maps]);
    let with_maps = format!("{NODE}env: {{ NODE_OPTIONS: --enable-source-maps }}\n");
    assert_eq!(what(&with_maps).len(), 2, "source maps that are read stay");
    assert_eq!(what("runtime: nodejs16.x\n").len(), 2, "an old runtime has no v3");
}

#[test]
fn python_files_belong_to_the_package_that_records_them() {
    let found = of(
        &[
            ("app.py", ""),
            ("boto3/__init__.py", ""),
            (
                "boto3-1.40.0.dist-info/METADATA",
                "Name: boto3\nVersion: 1.40.0\nRequires-Dist: botocore (<2)\n",
            ),
            ("boto3-1.40.0.dist-info/RECORD", "boto3/__init__.py,sha256=x,1\n"),
            ("botocore/data/big.json", ""),
            (
                "botocore-1.40.0.dist-info/METADATA",
                "Name: botocore\nVersion: 1.40.0\nRequires-Dist: urllib3\n",
            ),
            ("urllib3/__init__.py", ""),
            ("urllib3-2.0.dist-info/METADATA", "Name: urllib3\nVersion: 2.0\n"),
            ("google/one/a.py", ""),
            (
                "google_one-1.dist-info/RECORD",
                "google/one/a.py,,\n\"google/one/b,c.py\",,\n../../bin/tool,,\n",
            ),
            ("google/two/a.py", ""),
            ("google/two/more/compiled.so", ""),
            ("google_two-2.dist-info/RECORD", "google/two/a.py,,\n"),
            ("bin/tool", ""),
        ],
        "runtime: python3.13\n",
    );
    assert_eq!(
        tree(&found),
        [
            "boto3 1.40.0 3/7",
            " botocore 1.40.0 2/4",
            "  urllib3 2.0 2/2",
            "google_one 1 3/3",
            "google_two 2 3/3",
            "own code - 1/1",
            " app.py - 1/1",
        ]
    );
    let what: Vec<&str> = found.droppable.iter().map(|each| each.what.as_str()).collect();
    assert_eq!(what, ["AWS SDK"]);
    assert_eq!(found.droppable[0].sum.files, 7);
    assert_eq!(
        found.droppable[0].exclude,
        [
            "/boto3-1.40.0.dist-info/",
            "/boto3/",
            "/botocore-1.40.0.dist-info/",
            "/botocore/",
            "/urllib3-2.0.dist-info/",
            "/urllib3/"
        ]
    );
}

#[test]
fn jars_and_gems_are_dependencies() {
    let found = of(
        &[
            ("lib/guava-33.5.0-jre.jar", ""),
            ("lib/guava-32.0.0-jre.jar", ""),
            ("com/shop/Handler.class", ""),
            ("vendor/bundle/ruby/3.4.0/gems/aws-sdk-s3-1.200.0/lib/s3.rb", ""),
        ],
        "runtime: ruby3.4\n",
    );
    assert_eq!(found.duplicates[0].name, "guava");
    assert_eq!(found.droppable[0].what, "AWS SDK");
    assert_eq!(found.tree.len(), 4);
}
