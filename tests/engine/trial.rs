//! Release checks: a version is held to each thing that an expectation may say, and no move is made before.

use lfn::domain::names::FunctionName;
use lfn::ports::AliasState;

use crate::in_process::Project;

const FILE: &str = "\
name: thumbs
runtime: python3.13
handler: app.handler
timeout: 20s
env: { TABLE: orders-hidden-4711 }
release: { check: smoke.json }
package: { exclude: ['*.json'] }
";

const CODE: &str = "\
import os

def handler(event, context):
    if 'fail' in event:
        raise ValueError(event['fail'])
    return {'statusCode': 200, 'body': '{\"id\": 42}', 'table': os.environ['TABLE']}
";

async fn live(project: &Project) -> Option<AliasState> {
    let name = FunctionName::new("thumbs").unwrap();
    let alias = "live".parse().unwrap();
    project.local().functions.alias(&name, &alias).await.unwrap()
}

#[tokio::test]
async fn each_part_of_an_expectation_stops_a_release() {
    let project = Project::new(FILE, CODE);
    project.write("smoke.json", "{}");
    for (expectation, said) in [
        (r#"{"result": {"statusCode": 200}}"#, "$.body"),
        (r#"{"contains": {"body": {"id": 7}}}"#, "expected  7"),
        (r#"{"contains": {"table": "orders"}}"#, r#"got       "***""#),
        (r#"{"schema": {"required": ["id"]}}"#, "id"),
        (r#"{"error": true}"#, "the function should fail, and it succeeded"),
        (r#"{"event": {"fail": "no such table"}}"#, "ValueError: no such table"),
        (
            r#"{"event": {"fail": "no such table"}, "error": {"type": "KeyError"}}"#,
            "error.type",
        ),
        (r#"{"max_duration": 0}"#, "0 ms are allowed"),
        (r#"{"max_memory": "1MB"}"#, "at most 1 MB are allowed"),
    ] {
        project.write("smoke.expect.json", expectation);
        for command in [&["deploy", "--yes"][..], &["alias", "promote", "live", "--yes"]] {
            let run = project.lfn(command, project.local()).await;
            assert_eq!(run.code, 5, "{expectation}: {run}");
            assert!(run.stderr.contains(said), "{expectation}: {run}");
            assert!(!run.stderr.contains("orders-hidden"), "{run}");
        }
        assert_eq!(live(&project).await, None, "{expectation}");
    }
    project.write(
        "smoke.expect.json",
        r#"{"event": {"fail": "no such table"}, "error": {"message": "no such *"}, "max_duration": "20s", "max_memory": "1GB"}"#,
    );
    let run = project.lfn(&["deploy", "--yes"], project.local()).await;
    assert_eq!(run.code, 0, "{run}");
    let versions = project
        .local()
        .functions
        .versions(&FunctionName::new("thumbs").unwrap())
        .await
        .unwrap();
    assert_eq!(versions.len(), 1, "the version is tried again, not made again");
}

#[tokio::test]
async fn what_is_expected_is_part_of_a_reviewed_plan() {
    let project = Project::new(FILE, CODE);
    project.write("smoke.json", "{}");
    project.write("smoke.expect.json", r#"{"contains": {"statusCode": 200}}"#);
    let planned = project.lfn(&["plan", "--out", "plan.lfn"], project.local()).await;
    assert_eq!(planned.code, 0, "{planned}");
    let apply = async || project.lfn(&["deploy", "--plan", "plan.lfn"], project.local()).await;
    for changed in [Some(r#"{"contains": {}}"#), None] {
        match changed {
            Some(text) => project.write("smoke.expect.json", text),
            None => std::fs::remove_file(project.path().join("smoke.expect.json")).unwrap(),
        }
        let run = apply().await;
        assert_eq!(run.code, 1, "{run}");
        assert!(run.stderr.contains("smoke.expect.json"), "{run}");
        assert_eq!(live(&project).await, None);
    }
    project.write("smoke.expect.json", r#"{"contains": {"statusCode": 200}}"#);
    let run = apply().await;
    assert_eq!(run.code, 0, "{run}");
}
