//! Every verb of the catalogue against what AWS says about its actions: a verb gives what its name
//! promises, on what its target names, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use lfn::domain::policy::index::{self, Level};
use lfn::domain::policy::lint::{Kind, lint};
use lfn::domain::policy::{Grant, Pattern, PolicyDocument, Statement, grants_page, line_for};
use serde_json::Value;

use crate::grants::ireland;

/// Actions that work on a resource although the Service Authorization Reference lists none for them.
/// Source: SAM developer guide, "Deploying serverless applications gradually".
const BEYOND_THE_INDEX: [&str; 1] = ["codedeploy:PutLifecycleEventHookExecutionStatus"];

/// One verb with a target of sample names.
struct Line {
    text: String,
    service: String,
    form: usize,
    verb: String,
    level: Level,
    takes_key: bool,
}

fn catalogue() -> BTreeMap<String, Value> {
    serde_json::from_str(include_str!("../../data/grants.json")).expect("JSON")
}

fn level(value: &Value) -> Level {
    match value.as_str().expect("a level") {
        "list" => Level::List,
        "read" => Level::Read,
        "tag" => Level::Tagging,
        "write" => Level::Write,
        "permissions" => Level::PermissionsManagement,
        other => panic!("{other}"),
    }
}

/// A pattern with a valid value in place of every part.
fn sample(service: &Value, pattern: &str) -> String {
    let mut text = pattern.to_owned();
    for (part, value) in [("{p}", "aws"), ("{r}", "eu-west-1"), ("{a}", "123456789012")] {
        text = text.replace(part, value);
    }
    for (part, rules) in service["parts"].as_object().expect("parts") {
        let longest = usize::try_from(rules["max"].as_u64().expect("a length")).expect("small");
        let shortest = usize::try_from(rules["min"].as_u64().unwrap_or(1)).expect("small");
        let value = match rules["words"][0].as_str() {
            Some(word) => word.to_owned(),
            None => format!("{:x<shortest$}", &"sample"[..longest.min(6)]),
        };
        text = text.replace(&format!("{{{part}}}"), &value);
    }
    text
}

/// Every way to write every verb.
fn lines() -> Vec<Line> {
    let mut lines = Vec::new();
    for (name, service) in catalogue() {
        let scheme = service["scheme"].as_str().map_or(format!("{name}:"), str::to_owned);
        for (form, entry) in service["forms"].as_array().expect("forms").iter().enumerate() {
            let target = entry["target"].as_str().map(|target| match target {
                "" => name.clone(),
                target => format!("{scheme}{}", sample(&service, target)),
            });
            let arn = entry["arn"].as_str().map(|arn| sample(&service, arn));
            assert!(
                target.is_some() || arn.is_some(),
                "{name}: a form that cannot be written"
            );
            for (verb, rights) in entry["verbs"].as_object().expect("verbs") {
                lines.extend([&target, &arn].into_iter().flatten().map(|target| Line {
                    text: format!("{verb} {target}"),
                    service: name.clone(),
                    form,
                    verb: verb.clone(),
                    level: level(&rights["level"]),
                    takes_key: rights["key"].is_array(),
                }));
            }
        }
    }
    assert!(lines.len() > 250, "only {} lines", lines.len());
    lines
}

fn statements(line: &str) -> Vec<Statement> {
    let grant = Grant::parse(line).unwrap_or_else(|error| panic!("{line}: {error}"));
    assert_eq!(grant.to_string(), line);
    grant.statements(&ireland())
}

/// What AWS says about an action, and its service.
fn action(name: &str) -> (&'static index::Service, &'static index::Action) {
    // Unpacked once: some are large.
    static SERVICES: LazyLock<BTreeMap<String, index::Service>> = LazyLock::new(|| {
        let actions = lines().into_iter().flat_map(|line| statements(&line.text));
        let prefixes: BTreeSet<String> = actions
            .flat_map(|statement| statement.actions)
            .chain(["kms:Decrypt".to_owned()])
            .filter_map(|name| name.split(':').next().map(str::to_owned))
            .collect();
        let known = prefixes
            .into_iter()
            .filter_map(|prefix| Some((prefix.clone(), index::service(&prefix)?)));
        known.collect()
    });
    let (prefix, short) = name.split_once(':').expect("an action");
    let service = SERVICES
        .get(prefix)
        .unwrap_or_else(|| panic!("{name}: no such service"));
    let found = service
        .action(short)
        .unwrap_or_else(|| panic!("{name}: no such action"));
    assert_eq!(found.name, short, "as IAM spells it");
    (service, found)
}

/// Whether an action can be on a resource.
fn reaches(name: &str, resource: &str) -> bool {
    let (service, found) = action(name);
    if resource == "*" {
        return found.resources.iter().all(|used| !used.required);
    }
    let written = Pattern::resource(resource);
    let mut kinds = service.resources_of(found);
    kinds.any(|kind| kind.pattern().overlaps(&written)) || BEYOND_THE_INDEX.contains(&name)
}

#[test]
fn every_verb_allows_what_it_promises_and_no_more() {
    for line in lines() {
        let statements = statements(&line.text);
        let actions: BTreeSet<&String> = statements.iter().flat_map(|statement| &statement.actions).collect();
        let most = actions.iter().map(|name| action(name).1.level).max();
        assert_eq!(most, Some(line.level), "{}: {actions:?}", line.text);
        for statement in &statements {
            assert!(!statement.resources.is_empty(), "{}", line.text);
            for name in &statement.actions {
                let reached = statement.resources.iter().any(|resource| reaches(name, resource));
                assert!(reached, "{}: {name} is on none of {:?}", line.text, statement.resources);
            }
            for resource in &statement.resources {
                let reached = statement.actions.iter().any(|name| reaches(name, resource));
                assert!(reached, "{}: nothing is done on {resource}", line.text);
            }
            let keys = statement.conditions.values().flatten();
            for text in keys
                .flat_map(|(key, values)| values.iter().chain([key]))
                .chain(&statement.resources)
            {
                assert!(!text.contains(['{', '}']), "{}: {text}", line.text);
            }
        }
    }
}

#[test]
fn no_two_verbs_of_a_target_mean_the_same() {
    let mut meanings: BTreeMap<(String, usize, Vec<Statement>), String> = BTreeMap::new();
    for line in lines() {
        let meaning = (line.service.clone(), line.form, statements(&line.text));
        if let Some(other) = meanings.insert(meaning, line.verb.clone()) {
            assert_eq!(other, line.verb, "{}", line.text);
        }
    }
}

#[test]
fn all_verbs_together_have_no_faults_but_known_ones() {
    let everything = lines().into_iter().flat_map(|line| statements(&line.text));
    let document = PolicyDocument::new(everything);
    let unexpected: Vec<_> = lint(&document, Kind::Identity)
        .into_iter()
        .filter(|finding| match finding.rule {
            // These read what has no resources of its own, metrics for one, and take an optional one.
            "P12" => {
                ![
                    "GetMetricData",
                    "ListMetrics",
                    "TranslateText",
                    "TranslateDocument",
                    "DetectEntities",
                    "DetectModerationLabels",
                    "SynthesizeSpeech",
                ]
                .iter()
                .any(|known| finding.message.contains(known))
                    && !finding.message.contains("StartSpeechSynthesisTask")
            }
            "P15" => !BEYOND_THE_INDEX.iter().any(|known| finding.message.contains(known)),
            // The reference counts logging in to a database as managing permissions.
            "P23" => !finding.message.contains("rds-db:connect"),
            // Each line alone is small; all of them are not one policy.
            "P40" | "P41" => false,
            _ => true,
        })
        .collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
}

#[test]
fn a_key_is_used_only_through_the_service_and_only_by_verbs_that_need_it() {
    let mut seen = 0;
    for line in lines() {
        let keyed = format!("{} using kms:alias/shop", line.text);
        if !line.takes_key {
            let error = Grant::parse(&keyed).expect_err(&keyed).0;
            assert!(
                error.contains("needs no key") && error.contains(&line.verb),
                "{keyed}: {error}"
            );
            continue;
        }
        let plain = statements(&line.text);
        let with_key = statements(&keyed);
        let [rest @ .., key] = &with_key[..] else {
            panic!("{keyed}")
        };
        assert_eq!(rest, plain, "{keyed}");
        let through = &key.conditions["StringEquals"]["kms:ViaService"];
        let service = through
            .iter()
            .next()
            .and_then(|name| name.split('.').next())
            .expect("a service");
        let prefixes: BTreeSet<&str> = plain[0]
            .actions
            .iter()
            .filter_map(|name| name.split(':').next())
            .collect();
        assert_eq!(prefixes, BTreeSet::from([service]), "{keyed}");
        assert_eq!(
            key.conditions["ForAnyValue:StringEquals"]["kms:ResourceAliases"].len(),
            1
        );
        for name in &key.actions {
            let (_, found) = action(name);
            assert!(found.keys.iter().any(|known| known.is("kms:ViaService")), "{name}");
            assert!(reaches(name, "arn:aws:kms:eu-west-1:123456789012:key/*"), "{name}");
        }
        seen += 1;
    }
    assert!(seen > 40, "only {seen}");
}

#[test]
fn every_example_is_a_grant_for_some_verb() {
    for (name, service) in catalogue() {
        let example = service["example"].as_str().expect("an example");
        let forms = service["forms"].as_array().expect("forms").iter();
        let mut verbs = forms.flat_map(|form| form["verbs"].as_object().expect("verbs").keys());
        assert!(
            verbs.any(|verb| Grant::parse(&format!("{verb} {example}")).is_ok()),
            "{name}: {example}"
        );
    }
}

#[test]
fn what_a_verb_alone_allows_is_proposed_with_no_more_than_that_verb() {
    for line in lines() {
        for statement in statements(&line.text)
            .iter()
            .filter(|statement| statement.conditions.is_empty())
        {
            for name in &statement.actions {
                for resource in &statement.resources {
                    let proposed = line_for(name, Some(resource), &ireland());
                    // One ARN does not say which user connects to a cache, or which table is read.
                    if ["elasticache", "glue"].contains(&line.service.as_str()) {
                        continue;
                    }
                    let grant =
                        Grant::parse(&proposed).unwrap_or_else(|why| panic!("{}: {proposed}: {why}", line.text));
                    let (mine, theirs) = (statements(&line.text), grant.statements(&ireland()));
                    let actions = |of: &[Statement]| of.iter().map(|statement| statement.actions.len()).sum::<usize>();
                    assert!(actions(&theirs) <= actions(&mine), "{}: {proposed}", line.text);
                }
            }
        }
    }
}

#[test]
fn the_page_about_grants_is_current() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/grants.md");
    let current = grants_page();
    let examples = current.lines().filter_map(|line| line.strip_prefix("  - "));
    let seen = examples.map(statements).count();
    assert!(seen >= 5, "only {seen} examples");
    if fs::read_to_string(&page).unwrap_or_default() != current {
        let renewed = Path::new(env!("CARGO_TARGET_TMPDIR")).join("grants.md");
        fs::write(&renewed, current).expect("writable");
        panic!("renew it: cp {} {}", renewed.display(), page.display());
    }
}
