//! lambda.yaml as people write it: right, wrong, and what lfn says about it.

use std::collections::BTreeSet;

use lfn::domain::arn::{Place, partition_of};
use lfn::domain::config::{self, EnvSegment, Finding, Inputs, Loaded, RoleChoice, Severity, SlimPart};
use lfn::domain::names::{AccountId, Region, StageName};
use lfn::domain::schedule::When;
use lfn::domain::url::{UrlAuth, UrlMode};
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

#[test]
fn a_small_file_gets_lambdas_defaults() {
    let config = good("name: thumbs\nruntime: nodejs24.x\nhandler: index.handler\n");
    assert_eq!(config.name.as_str(), "thumbs");
    assert_eq!((config.memory, config.timeout, config.ephemeral_storage), (128, 3, 512));
    assert_eq!((config.asynchronous.retries, config.asynchronous.max_age), (2, 21_600));
    assert_eq!((config.logs.retention, config.reserved_concurrency), (None, None));
    assert_eq!(config.release.alias.as_str(), "live");
    let RoleChoice::Auto(role) = &config.role else {
        panic!("lfn makes the role")
    };
    assert_eq!(
        (role.path.as_str(), role.trust.function_only, &role.name),
        ("/lfn/", false, &None)
    );
    assert_eq!(config.unsupported, []);
    assert_eq!(good("name: a\nruntime: provided.al2023\n").handler, "bootstrap");
}

#[test]
fn the_example_says_what_its_lines_say() {
    let config = load_stage(EXAMPLE, Some("prod")).config.expect("the example is right");
    assert_eq!(config.name.as_str(), "thumbs-prod");
    assert_eq!(
        (config.memory, config.timeout),
        (1024, 30),
        "the stage's memory, the file's timeout"
    );
    let text = |name: &str| {
        let (_, value) = config
            .env
            .iter()
            .find(|(key, _)| key.as_str() == name)
            .expect("it is there");
        value.0.clone()
    };
    let plain = |text: &str| EnvSegment::Text(text.into());
    assert!(text("TABLE") == [plain("orders-prod")]);
    assert!(text("LOG_LEVEL") == [plain("warn")], "the stage's, not the default");
    assert!(text("API_KEY") == [EnvSegment::Parameter("/shop/api-key".into())]);
    let failures = config.asynchronous.on_failure.as_ref().map(ToString::to_string);
    assert_eq!(
        failures.as_deref(),
        Some("arn:aws:sqs:eu-west-1:123456789012:dead-letters")
    );
    let key = config.kms_key.as_ref().map(ToString::to_string);
    assert_eq!(key.as_deref(), Some("arn:aws:kms:eu-west-1:123456789012:alias/shop"));
    assert_eq!(
        config.layers[0].to_string(),
        "arn:aws:lambda:eu-west-1:123456789012:layer:sharp:4"
    );
    assert_eq!(config.logs.retention, Some(14));
    assert_eq!(config.package.budget, Some(20 * 1024 * 1024));
    assert_eq!(config.provisioned_concurrency.values().sum::<u32>(), 2);
    assert_eq!(config.tags["cost-center"], "4711");
    assert_eq!(config.allow.len(), 6);
    assert_eq!(config.callers.len(), 10);

    let dev = load_stage(EXAMPLE, Some("dev")).config.expect("the example is right");
    assert_eq!(dev.reserved_concurrency, None, "null removes a key");
    assert_eq!((dev.memory, dev.logs.retention), (512, Some(3)));
    assert_eq!(dev.logs.group.expect("kept from the file").as_str(), "/shop/thumbs-dev");
}

#[test]
fn slim_is_a_truth_value_a_part_or_parts() {
    for (written, expected) in [
        ("true", &SlimPart::ALL[..]),
        ("false", &[]),
        ("docs", &[SlimPart::Docs]),
        ("[tests, maps]", &[SlimPart::Tests, SlimPart::Maps]),
    ] {
        let text = with(&format!("package: {{ slim: {written} }}\n"));
        assert_eq!(good(&text).package.slim, expected, "{written}");
        assert_eq!(valid_for_the_schema(&text), Ok(()), "{written}");
    }
    let wrong = with("package: { slim: [test] }\n");
    assert!(valid_for_the_schema(&wrong).is_err());
    let told = said(&wrong);
    assert!(told.contains("did you mean `tests`?"), "{told}");
}

#[test]
fn what_lfn_does_not_carry_out_yet_is_listed_with_its_place() {
    let config = good(&with(
        "on:\n  - s3: { bucket: photos }\n  - schedule: rate(5 minutes)\n\
         alarms: { errors: \"> 1% for 5m\" }\nrelease: { keep: 3, check: a.json }\n",
    ));
    let listed: Vec<String> = config
        .unsupported
        .iter()
        .map(|part| format!("{} {}:{}", part.path, part.line, part.column))
        .collect();
    let expected = ["on[0].s3 5:5", "on[1].schedule 6:5", "alarms 7:1"];
    assert_eq!(listed, expected);
    let none = good(&with("on: []\ncallers:\nalarms: {}\npackage: { dependencies: npm }\n"));
    assert_eq!(none.unsupported, []);
}

#[test]
fn what_lambda_polls_is_kept_with_its_arns() {
    let config = good(&with(
        "region: eu-west-1\naccount: \"123456789012\"\non:\n  - s3: { bucket: photos }\n  - sqs: { queue: in, kms_key: alias/shop }\n  \
         - dynamodb: { table: orders, on_failure: s3:failed }\n  \
         - kinesis: { stream: \"arn:aws:kinesis:us-east-1:444455556666:stream/clicks\" }\n",
    ));
    let told: Vec<String> = config
        .polled
        .iter()
        .map(|source| {
            let more = [&source.on_failure, &source.kms_key];
            let more: Vec<String> = more.into_iter().flatten().map(ToString::to_string).collect();
            format!("{} {:?} {} {}", source.item, source.kind, source.arn, more.join(" "))
        })
        .collect();
    let expected = [
        "1 Queue arn:aws:sqs:eu-west-1:123456789012:in arn:aws:kms:eu-west-1:123456789012:alias/shop",
        "2 TableStream arn:aws:dynamodb:eu-west-1:123456789012:table/orders/stream/* arn:aws:s3:::failed",
        "3 Stream arn:aws:kinesis:us-east-1:444455556666:stream/clicks ",
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_cannot_be_polled_is_refused_with_the_reason() {
    for (trigger, reason) in [
        (
            "sqs: { queue: https://sqs.eu-west-1.amazonaws.com/123456789012/in }",
            "write the queue's name, `in`",
        ),
        ("sqs: { queue: \"a b\" }", "cannot hold ` `"),
        (
            "sqs: { queue: \"arn:aws:sns:eu-west-1:123456789012:in\" }",
            "an ARN of `sns`, not of a queue",
        ),
        ("sqs: { queue: \"arn:aws:sqs\" }", "not a whole ARN"),
        ("sqs: { queue: q, kms_key: shop }", "`alias/shop`"),
        ("dynamodb: { table: ab }", "3 to 255 characters"),
        (
            "dynamodb: { table: \"arn:aws:dynamodb:eu-west-1:123456789012:table/orders\" }",
            "write the table's name, `orders`",
        ),
    ] {
        let text = with(&format!("on: [{{ {trigger} }}]\n"));
        let told = said(&text);
        assert!(told.contains(reason), "{trigger}: {told}");
    }
}

#[test]
fn a_policy_that_iam_would_not_take_is_refused() {
    let lines = |count: usize| {
        let lines = (0..count).map(|n| format!("  - get s3://shop-photos-of-a-rather-long-name/folder-{n:04}/*\n"));
        with(&format!("allow:\n{}", lines.collect::<String>()))
    };
    good(&lines(100));
    let told = said(&lines(200));
    assert!(
        told.contains("IAM allows 10240") && told.contains("--> lambda.yaml:4:1"),
        "{told}"
    );
}

#[test]
fn an_unknown_stage_names_the_stages_there_are() {
    let text = with("stages:\n  dev: {}\n  prod: {}\n");
    insta::assert_snapshot!("an_unknown_stage", said_for(&text, Some("prd")));
    insta::assert_snapshot!("a_stage_without_stages", said_for(&with(""), Some("dev")));
}

#[test]
fn a_stage_that_is_not_chosen_may_use_what_only_its_deploy_knows() {
    let text =
        with("stages:\n  prod:\n    env: { KEY: \"${env:ONLY_IN_CI}\" }\n    description: for ${stage}\n  dev:\n");
    assert_eq!(said(&text), "");
    assert_eq!(said_for(&text, Some("dev")), "");
    assert!(said_for(&text, Some("prod")).contains("`ONLY_IN_CI` is not set"));
}

#[test]
fn the_place_of_a_deploy_wins_over_stand_ins() {
    let text = with("description: ${account} ${region}\ndead_letter: sns:failures\n");
    let offline = good(&text);
    assert_eq!(offline.description, "123456789012 us-east-1");
    let region = Region::new("cn-north-1").unwrap();
    let place = Place {
        partition: partition_of(&region).into(),
        region,
        account: AccountId::new("444455556666").unwrap(),
    };
    let inputs = Inputs {
        stage: None,
        place: Some(&place),
        env: &environment,
    };
    let online = config::load(&text, &inputs).config.expect("it is right");
    assert_eq!(online.description, "444455556666 cn-north-1");
    let topic = online.dead_letter.map(|arn| arn.to_string());
    assert_eq!(
        topic.as_deref(),
        Some("arn:aws-cn:sns:cn-north-1:444455556666:failures")
    );
}

#[test]
fn variables_give_numbers_and_truth_values_too() {
    let config = good(&with(
        "memory: ${env:MEMORY}MB\nretries: ${env:RETRIES:-1}\ntracing: ${env:TRACE:-true}\ndescription: $${x} ${env:EMPTY:-e}\n",
    ));
    assert_eq!(
        (config.memory, config.asynchronous.retries, config.tracing),
        (256, 1, true)
    );
    assert_eq!(config.description, "${x} e");
}

#[test]
fn numbers_in_the_environment_keep_their_spelling() {
    let config = good(&with(
        "env: { VERSION: 1.10, PORT: 8080, ON: true, HEX: 0x10, ZERO: 007, NONE: \"\" }\n",
    ));
    let values: Vec<String> = config
        .env
        .iter()
        .map(|(name, value)| match &value.0[..] {
            [EnvSegment::Text(text)] => format!("{name}={text}"),
            other => panic!("one text, not {} parts", other.len()),
        })
        .collect();
    assert_eq!(
        values,
        ["HEX=0x10", "NONE=", "ON=true", "PORT=8080", "VERSION=1.10", "ZERO=007"]
    );
}

#[test]
fn a_wrong_grant_is_told_at_its_line() {
    let findings = load(&with("allow:\n  - get s3://photos/in/*\n  - get\n")).findings;
    let places: Vec<_> = findings
        .iter()
        .map(|f| (f.path.as_str(), f.line, f.column, f.length))
        .collect();
    assert_eq!(places, [("allow[1]", 6, 5, 3)]);
}

#[test]
fn no_value_of_the_environment_is_ever_told() {
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/config")).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for finding in load(&text).findings {
            assert!(!format!("{finding:?}").contains("hunter2"), "{finding:?}");
        }
    }
}

fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "name: thumbs\n",
        "runtime: nodejs24.x\n",
        "handler: a.b\n",
        "memory: ",
        "env:\n",
        "  A1: ",
        "on:\n",
        "  - ",
        "sqs: ",
        "{ ",
        " }",
        "[",
        "]",
        ", ",
        "queue: q",
        "${stage}",
        "${env:TOKEN}",
        "${",
        "$${",
        "&a ",
        "*a",
        "<<: ",
        "!tag ",
        "\"",
        "'",
        "\n",
        "\r\n",
        "\t",
        " ",
        "|\n",
        ">\n",
        "- ",
        ": ",
        "#",
        "~",
        "512MB",
        "1m30s",
        "5",
        "-1",
        "stages:\n",
        "  prod:\n",
        "    ",
        "role: ",
        "allow:\n",
        "layers: ",
        "\u{feff}",
        "\u{2028}",
        "é",
        "名",
        "\u{0}",
        "---\n",
        "...\n",
        "? ",
        "%",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..40).prop_map(|words| words.concat())
}

fn survives(text: &str) -> Result<(), TestCaseError> {
    for stage in [None, Some("prod")] {
        let loaded = load_stage(text, stage);
        let is_error = |finding: &Finding| finding.severity == Severity::Error;
        prop_assert_eq!(loaded.config.is_none(), loaded.findings.iter().any(is_error));
        for finding in &loaded.findings {
            let rendered = config::render(finding, "lambda.yaml", text);
            prop_assert!(rendered.contains(&finding.message));
            prop_assert!(finding.line > 0 && finding.column > 0);
            prop_assert!(!rendered.contains("hunter2"));
        }
    }
    Ok(())
}

#[test]
fn schedules_and_the_url_keep_what_the_file_says() {
    let config = good(&with(
        r#"on:
  - schedule: rate(2 hours)
  - schedule: { cron: "0 9 ? * MON-FRI *", timezone: Asia/Seoul, input: { job: report, n: [1, true, null] } }
  - schedule: { at: "2027-01-31T09:00:00", enabled: false }
  - url: { auth: iam, mode: stream, cors: { origins: "https://shop.example", methods: [GET], credentials: true, max_age: 5m } }
"#,
    ));
    let shown: Vec<(&str, Option<&str>, bool)> = config
        .schedules
        .iter()
        .map(|schedule| (schedule.text.as_str(), schedule.timezone.as_deref(), schedule.enabled))
        .collect();
    assert_eq!(
        shown,
        [
            ("rate(2 hours)", None, true),
            ("cron(0 9 ? * MON-FRI *)", Some("Asia/Seoul"), true),
            ("at(2027-01-31T09:00:00)", None, false),
        ]
    );
    assert_eq!(config.schedules[0].when, When::Every(120));
    let input = serde_json::json!({ "job": "report", "n": [1, true, null] });
    assert_eq!(config.schedules[1].input, Some(input));
    let url = config.url.unwrap();
    assert_eq!((url.auth, url.mode), (UrlAuth::Iam, UrlMode::Stream));
    let cors = url.cors.unwrap();
    assert_eq!(
        (cors.origins, cors.methods, cors.headers, cors.credentials, cors.max_age),
        (
            vec!["https://shop.example".to_owned()],
            vec!["GET".to_owned()],
            Vec::new(),
            true,
            Some(300)
        )
    );
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}") {
        survives(&text)?;
    }

    #[test]
    fn no_mix_of_familiar_pieces_makes_it_panic(text in pieces()) {
        survives(&text)?;
    }

    #[test]
    fn no_cut_through_the_example_makes_it_panic(from in 0..EXAMPLE.len(), length in 0..400usize) {
        let rest: String = EXAMPLE.char_indices().filter(|(at, _)| *at < from || *at >= from + length).map(|(_, c)| c).collect();
        survives(&rest)?;
    }
}

#[test]
fn variables_stand_inside_variables() {
    let text = "name: thumbs-${stage}\nruntime: python3.13\nhandler: a.b\n\
                env: { KEY: \"${ssm:/shop/${stage}/${region}/key}\", WHERE: \"${env:NOPE:-in ${stage}}!\" }\nstages: { prod: {} }\n";
    let stage = StageName::new("prod").expect("valid");
    let inputs = Inputs {
        stage: Some(&stage),
        place: None,
        env: &|_| None,
    };
    let config = config::load(text, &inputs).config.expect("valid");
    let segments: Vec<_> = config.env.values().map(|value| value.0.clone()).collect();
    let parameter = EnvSegment::Parameter("/shop/prod/us-east-1/key".into());
    assert!(segments[0] == [parameter] && segments[1] == [EnvSegment::Text("in prod!".into())]);

    let wrong = text.replace("${region}", "${env:HOME}");
    let inputs = Inputs {
        stage: Some(&stage),
        place: None,
        env: &|_| Some("hush".into()),
    };
    let findings = config::load(&wrong, &inputs).findings;
    let messages: Vec<_> = findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(
        messages,
        ["`/shop/${stage}/${env:HOME}/key` has a variable that cannot stand inside another"]
    );
}

#[test]
fn a_caller_may_be_written_in_several_ways() {
    let caller = |line: &str| {
        let text = with(&format!("callers:\n  - {line}\n"));
        assert_eq!(valid_for_the_schema(&text), Ok(()), "{line}");
        let mut callers = good(&text).callers;
        assert_eq!(callers.len(), 1, "{line}");
        let (mark, caller) = callers.remove(0);
        assert_eq!((mark.line, mark.column), (5, 5), "{line}");
        caller
    };
    for same in [
        &["\"444455556666\"", "{ account: \"444455556666\" }"][..],
        &[
            "444455556666:role/teams/reader",
            "\"444455556666:role//teams/reader\"",
            "{ account: \"444455556666\", role: teams/reader }",
            "{ account: \"444455556666\", role: /teams/reader }",
        ],
        &[
            "arn:aws:iam::444455556666:user/anna",
            "{ arn: \"arn:aws:iam::444455556666:user/anna\" }",
        ],
        &["o-a1b2c3d4e5", "{ organization: o-a1b2c3d4e5 }"],
        &[
            "{ service: s3, source: \"arn:aws:s3:::photos\" }",
            "{ service: s3.amazonaws.com, source: \"arn:aws:s3:::photos\" }",
        ],
    ] {
        let callers: Vec<_> = same.iter().map(|line| caller(line)).collect();
        assert!(callers.windows(2).all(|pair| pair[0] == pair[1]), "{callers:?}");
    }
}

#[test]
fn edge_is_for_one_region() {
    let edge = |region: &str| {
        said(&with(&format!(
            "region: {region}\nrole: {{ trust: {{ edge: true }} }}\n"
        )))
    };
    assert_eq!(edge("us-east-1"), "");
    assert!(edge("eu-west-1").contains("functions of Lambda@Edge are in us-east-1, and this one is in eu-west-1"));
    assert_eq!(
        said(&with("role: { trust: { edge: true } }\n")),
        "",
        "the region is not known yet"
    );
}
