//! `lfn destroy` deletes what lfn made for this function and stage, and names what it keeps.

use crate::faulty::{Fault, Faulty, Landed};
use crate::in_process::{Project, Run, observe};
use lfn::domain::arn::Arn;
use lfn::domain::function::{TAG_FUNCTION, TagChange};
use lfn::domain::names::{FunctionName, LogGroupName, RoleName};
use lfn::ports::Cloud;

const BARE: &str = "name: thumbs\nruntime: python3.13\nhandler: app.handler\n";
const CODE: &str = "def handler(event, context):\n    return 1\n";

async fn destroyed(project: &Project) -> Run {
    let run = project.lfn(&["destroy", "--yes"], project.local()).await;
    assert_eq!(run.code, 0, "{run}");
    run
}

async fn has_role(cloud: &Cloud, name: &str) -> bool {
    cloud.roles.role(&RoleName::new(name).unwrap()).await.unwrap().is_some()
}

async fn has_group(cloud: &Cloud, name: &str) -> bool {
    let name = LogGroupName::new(name).unwrap();
    cloud.logs.log_group(&name).await.unwrap().is_some()
}

#[tokio::test]
async fn another_stages_resources_are_kept() {
    // A role of one name for both stages, so that nothing but the tag tells them apart.
    let yaml = format!("{BARE}role: {{ name: thumbs-role }}\nstages: {{ dev: {{}}, prod: {{}} }}\n");
    let project = Project::new(&yaml, CODE);
    let deployed = project
        .lfn(&["deploy", "--yes", "--stage", "prod"], project.local())
        .await;
    assert_eq!(deployed.code, 0, "{deployed}");
    let before = observe(&project.local()).await;
    for stage in [&["--stage", "dev"][..], &[]] {
        let arguments = [&["destroy", "--yes"][..], stage].concat();
        let kept = project.lfn(&arguments, project.local()).await;
        assert_eq!(kept.code, 0, "{kept}");
        assert!(kept.stderr.contains("there is nothing that lfn made"), "{kept}");
        for what in ["function thumbs", "role thumbs-role", "log group /aws/lambda/thumbs"] {
            assert!(kept.stderr.contains(&format!("kept: {what}: ")), "{kept}");
        }
        assert!(kept.stderr.contains("made by lfn for stage prod"), "{kept}");
        assert_eq!(observe(&project.local()).await, before);
        assert!(has_role(&project.local(), "thumbs-role").await);
    }
    let gone = project
        .lfn(&["destroy", "--yes", "--stage", "prod"], project.local())
        .await;
    assert_eq!(gone.code, 0, "{gone}");
    assert_eq!(observe(&project.local()).await, crate::in_process::State::default());
    assert!(!has_role(&project.local(), "thumbs-role").await);
}

#[tokio::test]
async fn what_a_foreign_function_uses_is_kept() {
    let project = Project::new(BARE, CODE);
    project.start(Some(BARE)).await;
    let untagged = TagChange {
        remove: [TAG_FUNCTION.to_owned()].into(),
        ..TagChange::default()
    };
    let name = FunctionName::new("thumbs").unwrap();
    project.local().functions.change_tags(&name, &untagged).await.unwrap();
    let before = observe(&project.local()).await;
    let kept = destroyed(&project).await;
    assert_eq!(observe(&project.local()).await, before, "{kept}");
    assert!(kept.stderr.contains("kept: function thumbs: not made by lfn"), "{kept}");
    for what in ["role thumbs-eu-west-1", "log group /aws/lambda/thumbs"] {
        let line = format!("kept: {what}: function thumbs uses it and is kept");
        assert!(kept.stderr.contains(&line), "{kept}");
    }
}

#[tokio::test]
async fn what_the_file_no_longer_names_is_deleted_too() {
    let project = Project::new(&format!("{BARE}role: {{ name: other-role }}\n"), CODE);
    project.start(Some(BARE)).await;
    project.write(
        "lambda.yaml",
        &format!("{BARE}role: {{ name: other-role }}\nlogs: {{ group: /shop/logs }}\n"),
    );
    let dry = project.lfn(&["destroy", "--dry-run"], project.local()).await;
    assert!(dry.stdout.contains("- role thumbs-eu-west-1"), "{dry}");
    destroyed(&project).await;
    assert_eq!(observe(&project.local()).await, crate::in_process::State::default());
}

#[tokio::test]
async fn a_log_group_that_the_file_names_is_kept_and_the_own_one_deleted() {
    let shared = format!("{BARE}logs: {{ group: /shop/logs }}\n");
    let project = Project::new(&shared, CODE);
    project.start(Some(BARE)).await;
    let deployed = project
        .lfn(&["deploy", "--yes", "--allow-widening"], project.local())
        .await;
    assert_eq!(deployed.code, 0, "{deployed}");
    let gone = destroyed(&project).await;
    assert!(
        gone.stderr
            .contains("kept: log group /shop/logs: other functions may log there"),
        "{gone}"
    );
    assert!(has_group(&project.local(), "/shop/logs").await);
    assert_eq!(observe(&project.local()).await, crate::in_process::State::default());
}

#[tokio::test]
async fn a_role_of_their_own_is_kept_and_named() {
    let project = Project::new(BARE, CODE);
    project.start(Some(BARE)).await;
    let role = RoleName::new("thumbs-eu-west-1").unwrap();
    let retag = TagChange {
        set: [(TAG_FUNCTION.to_owned(), "resize".to_owned())].into(),
        ..TagChange::default()
    };
    project.local().roles.change_role_tags(&role, &retag).await.unwrap();
    let arn: Arn = "arn:aws:iam::000000000000:role/lfn/thumbs-eu-west-1".parse().unwrap();
    project.write("lambda.yaml", &format!("{BARE}role: \"{arn}\"\n"));
    let gone = destroyed(&project).await;
    assert!(
        gone.stderr
            .contains("kept: role thumbs-eu-west-1: made by lfn for function resize"),
        "{gone}"
    );
    assert!(has_role(&project.local(), "thumbs-eu-west-1").await);
}

#[tokio::test]
async fn a_role_that_lost_its_policy_and_stayed_is_a_stop_part_way() {
    // The first write is refused: nothing happened. One whose answer is lost may have landed, and
    // when the second is refused the role is without its policy.
    for (write, landed, code) in [(0, Landed::No, 1), (0, Landed::Yes, 4), (1, Landed::No, 4)] {
        let project = Project::new(BARE, CODE);
        project.start(Some(BARE)).await;
        // Without the function, the role comes first.
        let name = FunctionName::new("thumbs").unwrap();
        project.local().functions.delete_function(&name).await.unwrap();
        let faulty = Faulty::new(project.local(), Some(Fault { write, landed }));
        let broken = project.lfn(&["destroy", "--yes"], faulty.cloud()).await;
        let calls = ["delete_policy", "delete_role"];
        assert_eq!(faulty.calls().writes, calls[..=write]);
        assert_eq!(broken.code, code, "{broken}");
    }
}

#[tokio::test]
async fn a_question_brings_the_list_with_every_format() {
    let project = Project::new(BARE, CODE);
    project.start(Some(BARE)).await;
    for arguments in [&["destroy"][..], &["destroy", "--format", "json"]] {
        let asked = project.lfn(arguments, project.local()).await;
        assert_eq!((asked.code, asked.stdout.as_str()), (1, ""), "{asked}");
        assert!(asked.stderr.contains("- function thumbs"), "{asked}");
    }
    let told = project
        .lfn(&["destroy", "--yes", "--format", "json"], project.local())
        .await;
    assert_eq!(told.stderr.matches("- function thumbs").count(), 0, "{told}");
}
