//! Old versions: what is not known keeps them, and what cannot be removed stops nothing.

use jiff::Timestamp;
use lfn::domain::names::FunctionName;
use lfn::engine::prune::{Leaving, Removal, Rule, decide};
use lfn::engine::stock::stock;
use lfn::engine::wait::Stop;
use lfn::ports::{Cloud, ErrorKind, PortError};

use crate::faulty::Faulty;
use crate::in_process::{Project, Run};

const KEEP: &str = "name: thumbs\nruntime: python3.13\nhandler: app.handler\nrelease: { keep: 1 }\n";
const CODE: &str = "def handler(event, context):\n    return 1\n";

async fn deploy(project: &Project, memory: u32, cloud: Cloud) -> Run {
    project.write("lambda.yaml", &format!("{KEEP}memory: {memory}MB\n"));
    project.lfn(&["deploy", "--yes"], cloud).await
}

/// Five versions, the first of which the next deploy removes together with the second.
async fn five() -> Project {
    let project = Project::new(KEEP, CODE);
    for memory in 1..=5 {
        let text = format!(
            "name: thumbs\nruntime: python3.13\nhandler: app.handler\nmemory: {}MB\n",
            200 + memory
        );
        project.write("lambda.yaml", &text);
        let run = project.lfn(&["deploy", "--yes"], project.local()).await;
        assert_eq!(run.code, 0, "{run}");
    }
    project
}

async fn versions(project: &Project) -> usize {
    let name = FunctionName::new("thumbs").unwrap();
    project.local().functions.versions(&name).await.unwrap().len()
}

fn denied(action: &'static str) -> PortError {
    PortError::new(ErrorKind::Denied, action, "", "no identity-based policy allows it")
}

#[tokio::test]
async fn without_its_event_sources_no_version_goes() {
    let project = five().await;
    let faulty = Faulty::new(project.local(), None);
    faulty.refuse("event_sources", 9, denied("lambda:ListEventSourceMappings"));
    let run = deploy(&project, 300, faulty.cloud()).await;
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr.contains("old versions stay in spite of `release.keep`"),
        "{run}"
    );
    assert!(!faulty.calls().writes.contains(&"delete_version"), "{run}");
    let pruned = project
        .lfn(&["versions", "prune", "--keep", "1", "--yes"], faulty.cloud())
        .await;
    assert_eq!(pruned.code, 1, "{pruned}");
    assert!(pruned.stderr.contains("nothing was removed"), "{pruned}");
    let listed = project.lfn(&["versions", "list"], faulty.cloud()).await;
    assert_eq!(listed.code, 0, "{listed}");
    assert!(listed.stderr.contains("is not known"), "{listed}");
    assert_eq!(versions(&project).await, 6);
}

#[tokio::test]
async fn a_bucket_that_may_not_be_read_is_no_failure() {
    let project = five().await;
    let faulty = Faulty::new(project.local(), None);
    faulty.refuse("keys", 9, denied("s3:ListBucket"));
    let run = deploy(&project, 300, faulty.cloud()).await;
    assert_eq!(run.code, 0, "{run}");
    assert!(!run.stderr.contains("s3"), "{run}");
    assert_eq!(
        versions(&project).await,
        3,
        "6 is live, 5 and 4 are its ways back: {run}"
    );
    let pruned = project.lfn(&["versions", "prune", "--keep", "9"], faulty.cloud()).await;
    assert_eq!(pruned.code, 0, "{pruned}");
}

#[tokio::test]
async fn an_alias_that_was_made_meanwhile_keeps_its_version_and_the_rest_goes() {
    let project = five().await;
    let faulty = Faulty::new(project.local(), None);
    let words = "Unable to delete version because the following aliases reference it: [beta]";
    let error = PortError::new(ErrorKind::InUse, "lambda:DeleteFunction", "thumbs:1", words);
    faulty.refuse("delete_version", 1, error.clone());
    let run = deploy(&project, 300, faulty.cloud()).await;
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.stderr.contains("version 1 was not removed") && run.stderr.contains(words),
        "{run}"
    );
    assert_eq!(versions(&project).await, 4, "2 and 3 went: {run}");
    faulty.refuse("delete_version", 1, error);
    let pruned = project
        .lfn(&["versions", "prune", "--keep", "1", "--yes"], faulty.cloud())
        .await;
    assert_eq!(pruned.code, 1, "nothing went: {pruned}");
    assert!(pruned.stderr.contains(words), "{pruned}");
}

#[tokio::test]
async fn what_came_into_use_since_it_was_shown_stays() {
    let project = five().await;
    let cloud = project.local();
    let name = FunctionName::new("thumbs").unwrap();
    let rule = Rule {
        keep: Some(1),
        older_than: None,
    };
    let shown = decide(rule, &stock(&cloud, &name).await.unwrap(), 0, Timestamp::now());
    let numbers = |leaving: &[Leaving]| -> Vec<u64> { leaving.iter().map(|one| one.version.0).collect() };
    assert_eq!(numbers(&shown.versions), [1, 2]);
    // While somebody thinks about the question.
    let run = project
        .lfn(&["alias", "promote", "beta", "--to", "1", "--yes"], project.local())
        .await;
    assert_eq!(run.code, 0, "{run}");
    let removal = Removal {
        cloud: &cloud,
        name: &name,
        rule,
        prune: &shown,
        coming: None,
        stop: &Stop::default(),
    };
    let pruned = removal.perform(|_| {}).await.unwrap();
    assert_eq!(numbers(&pruned.versions), [2]);
    let failed: Vec<String> = pruned
        .failed
        .iter()
        .map(|one| format!("{}: {}", one.what, one.why))
        .collect();
    assert_eq!(failed, ["version 1: it is in use by now: beta"]);
}
