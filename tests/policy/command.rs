//! `lfn policy lint` on files, from the built binary: positions, formats, reasons, and the page about the rules.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use lfn::domain::policy::PolicyDocument;
use lfn::domain::policy::lint::{Kind, RULES, lint};
use serde_json::{Value, json};

const NINE: &str = include_str!("nine-faults.json");

/// The official schema, out of a package that checks SARIF in other people's tests.
const SCHEMA: &str = "node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";

struct Run {
    stdout: String,
    stderr: String,
    code: Option<i32>,
}

impl Run {
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", self.stdout, self.stderr))
    }
}

/// Lints with this on standard input, in a folder without a lambda.yaml.
fn lint_input(arguments: &[&str], input: &str) -> Run {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    fs::write(folder.path().join("a b.json"), input).expect("writable");
    let mut child = Command::new(env!("CARGO_BIN_EXE_lfn"))
        .args(["policy", "lint"])
        .args(arguments)
        .current_dir(folder.path())
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut stdin = child.stdin.take().expect("piped");
    // A run that refuses its arguments reads nothing.
    drop(stdin.write_all(input.as_bytes()));
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    Run {
        stdout: String::from_utf8(output.stdout).expect("text"),
        stderr: String::from_utf8(output.stderr).expect("text"),
        code: output.status.code(),
    }
}

fn schema() -> Value {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sarif-schema");
    let file = folder.join(SCHEMA);
    if !file.exists() {
        fs::create_dir_all(&folder).expect("the target folder can be written to");
        for (name, text) in [
            ("package.json", include_str!("sarif/package.json")),
            ("package-lock.json", include_str!("sarif/package-lock.json")),
        ] {
            fs::write(folder.join(name), text).expect("the target folder can be written to");
        }
        let installed = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .output()
            .expect("this test needs Node.js with npm");
        let said = String::from_utf8_lossy(&installed.stderr).into_owned();
        assert!(
            installed.status.success(),
            "this test needs the npm registry once: {said}"
        );
    }
    let text = fs::read_to_string(file).expect("installed");
    // Its pattern of languages has a bracket too many, which only lenient readers take.
    let text = text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    serde_json::from_str(&text).expect("a schema is JSON")
}

#[test]
fn sarif_is_what_its_schema_says() {
    let schema = schema();
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let trust = r#"{"Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}}"#;
    let accepted = ["--sarif", "--accept", "P01,P24", "--because", "a test", "-"];
    for (arguments, input) in [
        (&["--sarif", "-"][..], NINE),
        (&["--sarif", "a b.json"], NINE),
        (&accepted, NINE),
        (&["--sarif", "-"], trust),
        (&["--sarif", "-"], r#"{"Version": "2012-10-17", "Statement": []}"#),
    ] {
        let log = lint_input(arguments, input).json();
        let errors: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
        assert_eq!(errors, <[String; 0]>::default(), "{arguments:?}");
    }
    let broken = json!({ "version": "2.1.0", "runs": [{ "results": [] }] });
    assert!(!validator.is_valid(&broken), "the schema is in force");

    let log = lint_input(&["--sarif", "a b.json"], NINE).json();
    let run = &log["runs"][0];
    let place = &run["results"][1]["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b.json");
    assert_eq!(place["region"], json!({ "startLine": 13, "startColumn": 38 }));
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    assert_eq!(rules.len(), RULES.len());
    for result in run["results"].as_array().expect("results") {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("small");
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    let log = lint_input(&accepted, NINE).json();
    let suppressed = log["runs"][0]["results"].as_array().expect("results").iter();
    let suppressed: Vec<_> = suppressed
        .filter(|result| result["suppressions"] == json!([{ "kind": "external", "justification": "a test" }]))
        .map(|result| result["ruleId"].as_str().expect("an id"))
        .collect();
    assert_eq!(suppressed, ["P01", "P24"]);
}

#[test]
fn findings_can_be_set_aside_with_a_reason() {
    let wide = r#"[{"PolicyName": "p", "RoleName": "r", "PolicyDocument": {"Version": "2012-10-17", "Statement":
        {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}}}]"#;
    let open = lint_input(&["-"], wide);
    assert_eq!(open.code, Some(1), "{}", open.stderr);
    assert!(
        open.stdout
            .contains("--> stdin:2:70, policy p of role r, Statement[0].Resource"),
        "{}",
        open.stdout
    );
    let aside = lint_input(&["-", "--accept", "P12", "--because", "there is one queue"], wide);
    assert_eq!((aside.code, &*aside.stdout), (Some(0), "no findings\n"));
    assert!(
        aside.stderr.contains("1 finding set aside: there is one queue"),
        "{}",
        aside.stderr
    );
    let listed = lint_input(&["-", "--format", "json", "--accept", "P12", "--because", "x"], wide).json();
    assert_eq!(
        (&listed[0]["accepted"], &listed[0]["document"]),
        (&json!("x"), &json!("policy p of role r"))
    );
    for (arguments, says) in [
        (&["-", "--accept", "P12"][..], "--because"),
        (&["-", "--accept", "P99", "--because", "x"], "no such rule"),
        (
            &["--accept", "P12", "--because", "x"],
            "`--accept` is for policies outside",
        ),
        (&["-", "--live"], "cannot be used with"),
    ] {
        let refused = lint_input(arguments, wide);
        assert_eq!(refused.code, Some(2), "{}", refused.stderr);
        assert!(refused.stderr.contains(says), "{}", refused.stderr);
    }
    for (input, says) in [
        (
            "Resources:\n  Role:\n    Type: AWS::IAM::Role\n",
            "CloudFormation template",
        ),
        ("[", "not JSON"),
        ("[1, 2]", "no policy"),
        (r#"{"Statement": [{"Effect": "Allow"}]}"#, "`stdin:1:1` is no policy"),
    ] {
        let refused = lint_input(&["-"], input);
        assert_eq!(refused.code, Some(1), "{}", refused.stderr);
        assert!(refused.stderr.contains(says), "{}", refused.stderr);
    }
}

/// The rule that holds a policy against code; its own tests are those of `lfn policy suggest --check`.
const ABOUT_CODE: &str = "P50";

/// The sections of the page: rule, text, and the two examples, which a rule about code has none of.
fn sections(page: &str) -> Vec<(&str, &str, Option<[Value; 2]>)> {
    let parts = page.split("\n## ").skip(1);
    parts
        .map(|part| {
            let (id, text) = part.split_once('\n').expect("a heading");
            let mut examples = text.split("```json\n").skip(1);
            let mut example = || {
                let code = examples
                    .next()
                    .and_then(|rest| rest.split_once("```"))
                    .expect("two examples")
                    .0;
                serde_json::from_str(code).unwrap_or_else(|error| panic!("{id}: {error}"))
            };
            let pair = (id != ABOUT_CODE).then(|| [example(), example()]);
            (id, text, pair)
        })
        .collect()
}

#[test]
fn the_page_about_the_rules_is_in_step_with_them() {
    let page = include_str!("../../docs/lint.md");
    let sections = sections(page);
    let ids: Vec<&str> = sections.iter().map(|(id, ..)| *id).collect();
    assert_eq!(ids, RULES.map(|rule| rule.id));
    for (rule, (_, text, examples)) in RULES.iter().zip(sections) {
        let severity = rule.severity.word();
        let row = format!(
            "| [{}](#{}) | {severity} | {} |",
            rule.id,
            rule.id.to_lowercase(),
            rule.summary
        );
        assert!(page.contains(&row), "{row}");
        let tail = &rule.summary[1..];
        for part in [
            format!("{tail} ({severity}, `{}`).", rule.name),
            format!("Why: {}.", rule.why),
            format!("To fix it: {}.", rule.fix),
        ] {
            assert!(text.contains(&part), "{}: no `{part}` in {text}", rule.id);
        }
        let Some([wrong, right]) = examples else { continue };
        let finds = |document: Value| {
            let document = PolicyDocument::try_from(document).expect("a policy");
            let found = lint(&document, Kind::of(&document));
            found.iter().map(|finding| finding.rule).collect::<Vec<_>>()
        };
        assert!(
            finds(wrong).contains(&rule.id),
            "{} does not find its own example",
            rule.id
        );
        assert_eq!(
            finds(right),
            <[&str; 0]>::default(),
            "{}: the example without the fault",
            rule.id
        );
    }
    let listed = lint_input(&["--rules"], "").stdout;
    for rule in &RULES {
        assert!(listed.contains(rule.summary), "{listed}");
    }
    assert_eq!(
        lint_input(&["--rules", "--format", "json"], "")
            .json()
            .as_array()
            .map(Vec::len),
        Some(RULES.len())
    );
}
