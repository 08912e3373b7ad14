//! Calling a deployed function: the result, the figures, and a function that fails.

use serde_json::json;

use crate::shop::{at, deploy, run, shop};
use crate::support::servers::{LocalEmu, MiniStack, Server as _};

const HANDLER: &str = "\
def handler(event, context):
    print('looking at', event.get('n'))
    if event.get('n') == 13:
        raise ValueError('thirteen is too many')
    return {'n': event.get('n'), 'client': getattr(context.client_context, 'custom', None)}
";

#[test]
fn a_call_shows_result_figures_and_log() {
    // MiniStack's log tail has neither START nor REPORT lines.
    let account = LocalEmu::shared().account();
    let project = shop("timeout: 10s\n");
    project.write("app.py", HANDLER);
    deploy(&account, &project).success();

    let called = at(&account, &project, &["invoke", "-e", "-"])
        .stdin(r#"{"n": 1}"#)
        .run()
        .success();
    assert_eq!(called.json()["n"], 1, "{called}");
    for part in ["duration", "memory size", "128 MB", "looking at 1", "version"] {
        assert!(called.stderr.contains(part), "{part}: {called}");
    }
    let called = run(&account, &project, &["invoke", "-e", r#"{"n": 2}"#, "--format", "json"]).success();
    let called = called.json();
    assert_eq!((&called["status"], &called["payload"]["n"]), (&json!(200), &json!(2)));
    assert!(called["report"]["duration_ms"].as_f64() > Some(0.0), "{called}");
    assert!(
        called["log"].as_str().is_some_and(|log| log.contains("looking at 2")),
        "{called}"
    );

    let failed = run(&account, &project, &["invoke", "-e", r#"{"n": 13}"#]).exits_with(5);
    assert_eq!(failed.json()["errorType"], "ValueError", "{failed}");
    assert!(
        failed
            .stderr
            .contains("the function failed: ValueError: thirteen is too many"),
        "{failed}"
    );
}

#[test]
fn calls_that_wait_for_no_result_and_calls_that_cannot_be_made() {
    let account = MiniStack::shared().account();
    let project = shop("");
    project.write("app.py", HANDLER);
    let absent = run(&account, &project, &["invoke"]).exits_with(1);
    assert!(absent.stderr.contains("could not call `shop:live`"), "{absent}");
    assert!(absent.stderr.contains("lfn deploy"), "{absent}");
    deploy(&account, &project).success();

    let queued = run(&account, &project, &["invoke", "--async"]).success();
    assert!(queued.stderr.contains("the event is queued"), "{queued}");
    let checked = run(&account, &project, &["invoke", "--dry-run"]).success();
    assert!(checked.stderr.contains("would be allowed"), "{checked}");
    // Exit code 5 for MiniStack too, which calls every exception `Runtime.HandlerError`.
    let failed = run(&account, &project, &["invoke", "-e", r#"{"n": 13}"#, "-q", "$LATEST"]).exits_with(5);
    assert!(failed.stderr.contains("the function failed"), "{failed}");
    let malformed = run(&account, &project, &["invoke", "-e", "{not json"]).exits_with(1);
    assert!(malformed.stderr.contains("is not JSON"), "{malformed}");
}
