//! What would fail in Lambda is found before anything is packaged or written.

use insta::assert_snapshot;

use crate::session::Session;

#[test]
fn a_missing_handler_is_refused_by_all_who_package() {
    let mut session = Session::thumbs();
    session.edit("app.handler", "app.handlr");
    session.run("validate").exits_with(1);
    session.run("package").exits_with(1);
    session.run("plan --local").exits_with(1);
    session.run("deploy --local --yes").exits_with(1);
    session.run("list --local").success();
    assert_snapshot!(session.transcript());
    assert!(!session.project.exists(".lfn/thumbs.zip"), "nothing was packaged");
}

#[test]
fn a_build_may_still_make_what_is_missing() {
    let mut session = Session::thumbs();
    session.edit("app.handler", "made.handler");
    session.edit(
        "timeout: 10s",
        "package: { build: 'echo \"handler = print\" > made.py' }",
    );
    session.run("validate").success();
    session.run("deploy --local --yes").success();
    assert_snapshot!(session.transcript());
}

#[test]
fn json_names_what_is_missing() {
    let session = Session::thumbs();
    session.edit("handler: app.", "handler: ap.");
    let answer = crate::support::lfn(&session.project)
        .args(["validate", "--format", "json"])
        .run()
        .exits_with(1)
        .json();
    assert_eq!(answer["valid"], false);
    assert_eq!(answer["findings"], serde_json::json!([]));
    assert_eq!(
        answer["preflight"],
        serde_json::json!([{
            "severity": "error",
            "path": "ap.py",
            "message": "the handler `ap.handler` needs `ap.py`, which is not in the archive",
            "hint": "did you mean `handler: app.handler`?",
        }])
    );
}

#[test]
fn a_folder_that_is_not_there_is_found_without_packaging() {
    let session = Session::thumbs();
    session.edit("timeout: 10s", "package: { source: dist }");
    let finished = crate::support::lfn(&session.project)
        .args(["validate"])
        .run()
        .exits_with(1);
    assert!(finished.stderr.contains("cannot open the source folder"), "{finished}");
}

#[test]
fn secrets_are_refused_unless_the_file_allows_them() {
    let mut session = Session::thumbs();
    let body = "MIIEvQ1BADz2Nk3qhki4G9w5BAQ6EFA7SCB8Kcw9ggSjAgEA";
    let key = format!("-----BEGIN {} KEY-----\n{body}\n", "PRIVATE");
    session.project.write("certs/client.pem", key);
    session.run("deploy --local --yes").exits_with(1);
    session.edit("timeout: 10s", "package: { allow_secrets: certs/client.pem }");
    session.run("validate").success();
    session.quietly("deploy --local --yes");
    let transcript = session.transcript();
    assert!(!transcript.contains(&body[..8]), "{transcript}");
    assert_snapshot!(transcript);
}

#[cfg(target_os = "linux")]
#[test]
fn programs_for_another_processor_are_refused() {
    let mut session = Session::thumbs();
    let shell = std::fs::read("/bin/sh").unwrap();
    let other = if cfg!(target_arch = "aarch64") {
        "x86_64"
    } else {
        "arm64"
    };
    std::fs::create_dir_all(session.project.path().join("bin")).unwrap();
    std::fs::write(session.project.path().join("bin/tool.so"), shell).unwrap();
    session.edit("timeout: 10s", &format!("architecture: {other}"));
    let refused = session.run("deploy --local --yes").exits_with(1);
    assert!(
        refused.stderr.contains("error: `bin/tool.so` is built for"),
        "{refused}"
    );
    assert!(
        refused.stderr.contains("= help: install for Lambda: `pip install"),
        "{refused}"
    );
    assert!(refused.stderr.contains("nothing was packaged"), "{refused}");
}
