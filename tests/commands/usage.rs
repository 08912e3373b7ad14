//! The command line itself: wrong flags, help, variables, completions, schema.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;

use crate::session::{Session, THUMBS};
use crate::support::lfn;

#[test]
fn a_wrong_command_line_ends_with_2() {
    let mut session = Session::new();
    for line in [
        "--nope",
        "deplyo",
        "plan --format yaml",
        "plan --stage 'a b'",
        "plan --region nowhere",
        "alias",
        "alias promote",
        "alias promote live --to newest",
        "completions csh",
    ] {
        let finished = session.run(line).exits_with(2);
        assert_eq!(finished.stdout, "", "{finished}");
    }
    session.run("plan --local").exits_with(1);
    session.run("-C nowhere plan --local").exits_with(1);
    assert_snapshot!(session.transcript());
}

#[test]
fn help_names_every_command() {
    let mut session = Session::new();
    session.run("--help").success();
    for command in [
        "init",
        "validate",
        "package",
        "plan",
        "deploy",
        "invoke",
        "event",
        "test",
        "alias",
        "versions",
        "status",
        "list",
        "destroy",
        "schema",
        "completions",
    ] {
        let help = session.quietly(&format!("{command} --help"));
        assert!(help.stdout.contains("Usage: lfn"), "{help}");
    }
    session.run("deploy -h").success();
    assert_snapshot!(session.transcript());
}

#[test]
fn flags_have_environment_names() {
    let session = Session::deployed();
    let run = |variables: &[(&str, &str)]| {
        let start = lfn(&session.project).args(["plan"]);
        variables
            .iter()
            .fold(start, |lfn, (name, value)| lfn.env(name, value))
            .run()
    };
    run(&[("LFN_LOCAL", "true"), ("LFN_EXIT_CODE", "true")]).success();
    let json = run(&[("LFN_LOCAL", "true"), ("LFN_FORMAT", "json")]).success().json();
    assert_eq!(json["changes"], false);
    for (on, off) in [("1", "0"), ("yes", "no"), ("TRUE", ""), ("on", "off")] {
        run(&[("LFN_LOCAL", on), ("LFN_EXIT_CODE", off)]).success();
    }
    let wrong = run(&[("LFN_LOCAL", "perhaps")]).exits_with(2);
    assert!(wrong.stderr.contains("`yes` or `no`"), "{wrong}");
    let away = run(&[("LFN_LOCAL", "0"), ("LFN_REGION", "eu-west-1")]).exits_with(1);
    assert!(away.stderr.contains("could not find out which account"), "{away}");
    run(&[("LFN_LOCAL", "true"), ("LFN_STAGE", "prod")]).exits_with(1);
    run(&[("LFN_LOCAL", "true"), ("LFN_REGION", "nowhere")]).exits_with(2);
}

#[test]
fn a_dry_run_of_deploys_is_none_of_invocations() {
    let session = Session::deployed();
    let call = |variable: &str| {
        let start = lfn(&session.project).args(["invoke", "--local", "-e", "{\"a\": 1}"]);
        start.env(variable, "1").run().success()
    };
    assert_eq!(call("LFN_DRY_RUN").stdout, "{\"a\": 1}\n");
    assert_eq!(call("LFN_INVOKE_DRY_RUN").stdout, "");
}

#[test]
fn more_is_said_when_asked_for() {
    let session = Session::deployed();
    let said = "account 000000000000, us-east-1, as arn:aws:";
    assert!(!session.quietly("plan --local").stderr.contains(said));
    let more = session.quietly("plan --local -v");
    assert!(more.stderr.contains(said), "{more}");
    session.quietly("plan --local -vv");
}

#[test]
fn a_folder_that_is_not_there_is_not_made() {
    let session = Session::new();
    for line in [
        "list --local -C typo/x",
        "completions bash -C typo/x",
        "schema -C typo/x",
    ] {
        let missing = lfn(&session.project)
            .args(crate::session::words(line))
            .run()
            .exits_with(1);
        assert!(missing.stderr.contains("there is no folder `typo/x`"), "{missing}");
        assert!(!session.project.exists("typo"), "{missing}");
    }
    session.quietly("init -C typo/x --template node");
    assert!(session.project.exists("typo/x/lambda.yaml"));
}

#[test]
fn a_function_that_is_named_is_looked_for_in_the_region_of_the_file() {
    let session = Session::thumbs();
    for (region, said) in [("", "no region is set"), ("region: eu-west-1\n", "connection refused")] {
        session.project.write("lambda.yaml", format!("{THUMBS}{region}"));
        let away = lfn(&session.project)
            .args(["status", "--function", "thumbs"])
            .env("AWS_ACCESS_KEY_ID", "key")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            // Nobody answers there.
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
            .run()
            .exits_with(1);
        assert!(away.stderr.contains(said), "{away}");
    }
}

#[test]
fn colour_is_for_terminals_or_on_request() {
    let session = Session::deployed();
    assert!(!session.quietly("status --local").stdout.contains('\u{1b}'));
    assert!(
        session
            .quietly("status --local --color always")
            .stdout
            .contains('\u{1b}')
    );
}

/// `lfn completions SHELL > completions/FILE` renews them.
#[test]
fn the_completions_that_are_checked_in_are_current() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
    let session = Session::new();
    for (shell, file) in [
        ("bash", "lfn.bash"),
        ("zsh", "_lfn"),
        ("fish", "lfn.fish"),
        ("powershell", "_lfn.ps1"),
        ("elvish", "lfn.elv"),
    ] {
        let checked_in = fs::read_to_string(folder.join(file)).unwrap();
        let current = session.quietly(&format!("completions {shell}")).stdout;
        assert!(
            checked_in == current,
            "renew it: lfn completions {shell} > completions/{file}"
        );
    }
    assert_eq!(fs::read_dir(folder).unwrap().count(), 5, "nothing else lies there");
}

#[test]
fn schema_goes_to_standard_output_or_a_file() {
    let session = Session::new();
    let printed = session.quietly("schema");
    assert_eq!(printed.json()["type"], "object");
    let written = session.quietly("schema -o lambda.schema.json");
    assert_eq!(written.stdout, "");
    assert_eq!(session.project.read("lambda.schema.json"), printed.stdout);
    session
        .project
        .write("lambda.yaml", THUMBS)
        .write("app.py", "handler = print\n");
    let files = session.quietly("package --format json").json()["files"].clone();
    assert_eq!(
        files.as_array().map(Vec::len),
        Some(1),
        "the schema is for editors, not for the archive: {files}"
    );
}

#[test]
fn flags_that_would_do_nothing_are_refused() {
    let session = Session::new();
    for (arguments, told) in [
        (&["invoke", "--concurrency", "2"][..], "--repeat"),
        (&["dev", "--cors", "nonsense"][..], "write `https://nonsense`"),
    ] {
        let run = lfn(&session.project)
            .args(arguments.iter().copied())
            .run()
            .exits_with(2);
        assert!(run.stderr.contains(told), "{run}");
    }
}
