//! What others do while a deploy is under way: nothing of theirs is overwritten unseen, and traffic never goes
//! to what is neither theirs nor this deploy's.

use std::sync::Arc;

use crate::faulty::{Faulty, Happening};
use crate::in_process::{Project, observe};
use lfn::domain::names::{FunctionName, Qualifier, Region, RoleName};
use lfn::domain::policy::{INLINE_POLICY, PolicyDocument};
use lfn::ports::{Cloud, Snapshot};

const FIRST: &str = "\
name: thumbs
runtime: python3.13
handler: app.handler
allow: [get s3://photos/in/*]
";

const SECOND: &str = "\
name: thumbs
runtime: python3.13
handler: app.handler
memory: 256MB
allow: [get s3://photos/in/*, put s3://photos/out/*]
";

const CODE: &str = "def handler(event, context):\n    return 1\n";
const DEPLOY: &[&str] = &["deploy", "--yes", "--allow-widening"];

fn thumbs() -> FunctionName {
    FunctionName::new("thumbs").unwrap()
}

fn role() -> RoleName {
    lfn::domain::policy::role_name(&thumbs(), None, &Region::new("eu-west-1").unwrap())
}

async fn latest(cloud: &Cloud) -> Snapshot {
    cloud
        .functions
        .snapshot(&thumbs(), &Qualifier::Latest)
        .await
        .unwrap()
        .unwrap()
}

/// FIRST is deployed, and the folder has SECOND.
async fn changed() -> (Project, Arc<Faulty>) {
    let project = Project::new(SECOND, CODE);
    project.start(Some(FIRST)).await;
    let faulty = Faulty::new(project.local(), None);
    (project, faulty)
}

/// Somebody else runs lfn, from a folder of their own.
fn other_run(other: Project, args: &'static [&'static str], cloud: Cloud) -> Happening {
    Box::new(move || {
        Box::pin(async move {
            // A run is of one thread.
            let run = std::thread::spawn(move || {
                let runtime = tokio::runtime::Runtime::new().unwrap();
                runtime.block_on(other.lfn(args, cloud))
            });
            let run = run.join().unwrap();
            assert_eq!(run.code, 0, "{run}");
        })
    })
}

/// Somebody gives the role another policy.
fn other_policy(project: &Project) -> Happening {
    let cloud = project.local();
    Box::new(move || {
        Box::pin(async move {
            let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}]}"#;
            let document = PolicyDocument::parse(text).unwrap();
            cloud.roles.put_policy(&role(), INLINE_POLICY, &document).await.unwrap();
        })
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deploy_that_lost_before_it_began_changes_nothing_not_even_the_role() {
    let (project, faulty) = changed().await;
    let other = Project::new(
        &SECOND.replace("photos/out", "photos/other"),
        "def handler(e, c):\n    return 9\n",
    );
    let cloud = project.local();
    // The live version was looked at; what is looked at next is the function, before the first write.
    faulty.before("snapshot", 1, other_run(other, DEPLOY, cloud));
    let run = project.lfn(DEPLOY, faulty.cloud()).await;
    assert_eq!(run.code, 1, "{run}");
    assert_eq!(faulty.calls().writes, [""; 0], "{run}");
    assert!(run.stderr.contains("changed by someone else since lfn looked"), "{run}");
    assert!(run.stderr.contains("`live` was moved to version 2 by "), "{run}");
    assert!(
        run.stderr.contains("hint: `live` serves version 2 now, moved by "),
        "{run}"
    );
    assert!(!run.stderr.contains("as before"), "{run}");
    // One next command: the rest is not to be done over what the other did.
    assert_eq!(run.stderr.matches("hint: ").count(), 2, "{run}");
    assert!(
        run.stderr.contains("hint: look at what changed with `lfn plan`"),
        "{run}"
    );
    let state = observe(&project.local()).await;
    let policy = state.policy.unwrap().to_json();
    assert!(
        policy.contains("photos/other") && !policy.contains("photos/out"),
        "{policy}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deploy_that_lost_at_any_of_its_writes_says_what_serves_now_and_whose_it_is() {
    for (start, write) in [
        (Some(FIRST), "update_code"),
        (Some(FIRST), "update_settings"),
        (Some(FIRST), "publish"),
        (Some(FIRST), "update_alias"),
        (None, "create_function"),
    ] {
        let project = Project::new(SECOND, CODE);
        project.start(start).await;
        project.write("app.py", "def handler(event, context):\n    return 2\n");
        let faulty = Faulty::new(project.local(), None);
        let other = Project::new(SECOND, "def handler(e, c):\n    return 9\n");
        faulty.before(write, 0, other_run(other, DEPLOY, project.local()));
        let run = project.lfn(DEPLOY, faulty.cloud()).await;
        assert_eq!(run.code, 4, "{write}: {run}");
        let live = observe(&project.local()).await.live.expect("the other released");
        let now = format!("hint: `live` serves version {live} now, moved by ");
        assert!(run.stderr.contains(&now), "{write}: {run}");
        assert!(
            run.stderr.contains(&format!("to version {live} by "))
                || run.stderr.contains(&format!("made for version {live} by ")),
            "{write}: {run}"
        );
        assert!(
            !run.stderr.contains("as before") && !run.stderr.contains("to do the rest"),
            "{write}: {run}"
        );
        assert!(
            run.stderr.contains("hint: look at what changed with `lfn plan`"),
            "{write}: {run}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rights_that_somebody_changed_before_the_first_write_stop_the_deploy() {
    let (project, faulty) = changed().await;
    // The second look at it is the last before the first write.
    faulty.before("policy", 1, other_policy(&project));
    let run = project.lfn(DEPLOY, faulty.cloud()).await;
    assert_eq!(run.code, 1, "{run}");
    assert!(
        run.stderr
            .contains("the rights of the role were changed by someone else"),
        "{run}"
    );
    assert_eq!(faulty.calls().writes, [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_traffic_goes_to_a_version_whose_rights_somebody_took() {
    let (project, faulty) = changed().await;
    faulty.before("publish", 0, other_policy(&project));
    let run = project.lfn(DEPLOY, faulty.cloud()).await;
    assert_eq!(run.code, 4, "{run}");
    assert!(
        run.stderr
            .contains("the rights of the role were changed by someone else"),
        "{run}"
    );
    assert!(run.stderr.contains("`live` serves version 1, as before"), "{run}");
    let again = project.lfn(DEPLOY, project.local()).await;
    assert_eq!(again.code, 0, "{again}");
    let state = observe(&project.local()).await;
    assert_eq!(state.live.map(|version| version.0), Some(2));
    assert!(state.policy.unwrap().to_json().contains("photos/out"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_traffic_goes_to_a_version_that_is_of_two() {
    let (project, faulty) = changed().await;
    let file = project.path().join(".lfn/local/functions/thumbs.json");
    // A server that published while somebody changed the settings. After the live version and `$LATEST`, what
    // is looked at is the new version.
    faulty.before(
        "snapshot",
        2,
        Box::new(move || {
            Box::pin(async move {
                let text = std::fs::read_to_string(&file).unwrap();
                let mut function: serde_json::Value = serde_json::from_str(&text).unwrap();
                assert_eq!(function["versions"]["2"]["settings"]["memory"], 256);
                function["versions"]["2"]["settings"]["memory"] = 1024.into();
                std::fs::write(&file, function.to_string()).unwrap();
            })
        }),
    );
    let run = project.lfn(DEPLOY, faulty.cloud()).await;
    assert_eq!(run.code, 4, "{run}");
    assert!(run.stderr.contains("changed by someone else since lfn looked"), "{run}");
    let state = observe(&project.local()).await;
    assert_eq!(state.live.map(|version| version.0), Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_function_that_is_deleted_meanwhile_is_said_to_be_gone() {
    for write in ["update_settings", "publish", "update_alias"] {
        let (project, faulty) = changed().await;
        let cloud = project.local();
        faulty.before(
            write,
            0,
            Box::new(move || Box::pin(async move { cloud.functions.delete_function(&thumbs()).await.unwrap() })),
        );
        let run = project.lfn(DEPLOY, faulty.cloud()).await;
        assert_eq!(run.code, 4, "{write}: {run}");
        assert!(
            run.stderr
                .contains("the function is gone; someone deleted it meanwhile"),
            "{write}: {run}"
        );
        assert!(
            run.stderr.contains("`live` is gone; nothing serves traffic through it"),
            "{write}: {run}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_is_deleted_meanwhile_is_said_to_be_gone() {
    let (project, faulty) = changed().await;
    let cloud = project.local();
    faulty.before(
        "put_policy",
        0,
        Box::new(move || {
            Box::pin(async move {
                cloud.roles.delete_policy(&role(), INLINE_POLICY).await.unwrap();
                cloud.roles.delete_role(&role()).await.unwrap();
            })
        }),
    );
    let run = project.lfn(DEPLOY, faulty.cloud()).await;
    assert_eq!(run.code, 1, "{run}");
    assert!(
        run.stderr.contains("the role is gone; someone deleted it meanwhile"),
        "{run}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_makes_the_alias_first_is_named() {
    let project = Project::new(FIRST, CODE);
    let faulty = Faulty::new(project.local(), None);
    let cloud = project.local();
    let other = Project::new(FIRST, CODE);
    faulty.before(
        "create_alias",
        0,
        Box::new(move || {
            Box::pin(async move {
                let mut found = latest(&cloud).await;
                found.settings.memory = 1024;
                let name = thumbs();
                cloud
                    .functions
                    .update_settings(&name, &found.settings, &found.revision)
                    .await
                    .unwrap();
                cloud.functions.publish(&name, &found.digest, "").await.unwrap();
                other_run(other, &["alias", "promote", "live", "--to", "2", "--yes"], cloud)().await;
            })
        }),
    );
    let run = project.lfn(&["deploy", "--yes"], faulty.cloud()).await;
    assert_eq!(run.code, 4, "{run}");
    assert!(run.stderr.contains("`live` was made for version 2 by "), "{run}");
    assert!(!run.stderr.contains("by someone else"), "the ledger knows: {run}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_destroy_keeps_the_role_of_a_function_that_was_made_again() {
    let (project, faulty) = changed().await;
    let other = Project::new(SECOND, CODE);
    let cloud = project.local();
    // Looked at first to know what there is, and again before the role goes.
    faulty.before("function", 1, other_run(other, DEPLOY, cloud));
    let run = project.lfn(&["destroy", "--yes"], faulty.cloud()).await;
    assert_eq!(run.code, 4, "{run}");
    assert!(
        run.stderr
            .contains("the function was made by someone else since lfn looked"),
        "{run}"
    );
    let state = observe(&project.local()).await;
    assert!(
        state.live.is_some() && state.policy.is_some() && state.log_group,
        "{run}"
    );
}
