//! `lfn policy tighten`, with a target that remembers what the role has called.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use insta::assert_snapshot;
use jiff::Timestamp;
use lfn::domain::arn::Arn;
use lfn::domain::function::TagChange;
use lfn::domain::names::RoleName;
use lfn::domain::policy::PolicyDocument;
use lfn::domain::policy::tighten::{History, ServiceUse};
use lfn::ports::{Cloud, NewRole, PortResult, Report, RoleState, Roles};

use crate::in_process::Project;

const SHOP: &str = "\
name: shop   # the shop
runtime: python3.13
handler: app.handler

# what it may do
allow:
  # photos
  - get s3://shop-photos/in/*
  - send sqs:fulfil   # orders

  # rarely
  - actions: [ssm:GetParameter, ssm:PutParameter]  # both?
    resources: [\"arn:aws:ssm:eu-west-1:000000000000:parameter/shop\"]
  - get secret:prod/stripe
";
const CODE: &str = "def handler(event, context):\n    return 1\n";

/// The roles of another target, with a memory.
struct Remembering {
    inner: Arc<dyn Roles>,
    created: &'static str,
    reports: Mutex<Vec<Report>>,
}

macro_rules! passed_on {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl Roles for Remembering {
            $(async fn $name(&self, $($argument: $type),*) -> PortResult<$answer> {
                self.inner.$name($($argument),*).await
            })*

            async fn role_created(&self, name: &RoleName) -> PortResult<Option<Timestamp>> {
                let role = self.inner.role(name).await?;
                Ok(role.map(|_| self.created.parse().unwrap()))
            }

            async fn order_history(&self, role: &Arn) -> PortResult<String> {
                Ok(format!("report on {role}"))
            }

            async fn history(&self, report: &str) -> PortResult<Report> {
                assert_eq!(report, "report on arn:aws:iam::000000000000:role/lfn/shop-eu-west-1");
                Ok(self.reports.lock().unwrap().pop().unwrap())
            }
        }
    };
}

passed_on! {
    role(name: &RoleName) -> Option<RoleState>;
    create_role(role: &NewRole) -> RoleState;
    set_trust(name: &RoleName, trust: &PolicyDocument) -> ();
    set_boundary(name: &RoleName, boundary: Option<&Arn>) -> ();
    change_role_tags(name: &RoleName, change: &TagChange) -> ();
    delete_role(name: &RoleName) -> ();
    policy(role: &RoleName, policy: &str) -> Option<PolicyDocument>;
    policies(role: &RoleName) -> Vec<String>;
    put_policy(role: &RoleName, policy: &str, document: &PolicyDocument) -> ();
    delete_policy(role: &RoleName, policy: &str) -> ();
    attached_policies(role: &RoleName) -> Vec<Arn>;
    detach_policy(role: &RoleName, policy: &Arn) -> ();
    managed_policy(policy: &Arn) -> Option<PolicyDocument>;
}

fn history() -> Report {
    let known =
        |day: &str| -> Option<Timestamp> { (!day.is_empty()).then(|| format!("{day}T10:00:00Z").parse().unwrap()) };
    let service = |prefix: &str, last: &str, actions: &[(&str, &str)]| {
        let actions = actions.iter().map(|(name, last)| ((*name).to_owned(), known(last)));
        let service = ServiceUse {
            last: known(last),
            actions: actions.collect(),
        };
        (prefix.to_owned(), service)
    };
    let services = [
        service("s3", "2026-11-20", &[]),
        service("sqs", "", &[]),
        service(
            "ssm",
            "2026-11-01",
            &[("GetParameter", "2026-11-01"), ("PutParameter", "2026-02-03")],
        ),
        service("secretsmanager", "2026-07-01", &[("GetSecretValue", "2026-07-01")]),
    ];
    Report::Completed(History {
        as_of: known("2026-11-22").unwrap(),
        services: services.into(),
    })
}

fn remembering(project: &Project, created: &'static str, reports: Vec<Report>) -> Cloud {
    let local = project.local();
    let roles = Remembering {
        inner: local.roles.clone(),
        created,
        reports: Mutex::new(reports.into_iter().rev().collect()),
    };
    Cloud {
        roles: Arc::new(roles),
        ..local
    }
}

async fn deployed() -> Project {
    let project = Project::new(SHOP, CODE);
    let run = project.lfn(&["deploy", "--yes"], project.local()).await;
    assert_eq!(run.code, 0, "{run}");
    project
}

#[tokio::test]
async fn what_nobody_used_is_proposed_with_its_date_and_taken_out() {
    let project = deployed().await;
    let cloud = |reports| remembering(&project, "2025-01-01T00:00:00Z", reports);
    let shown = project
        .lfn(&["policy", "tighten"], cloud(vec![Report::InProgress, history()]))
        .await;
    assert_eq!(project.read("lambda.yaml"), SHOP, "looking changes nothing");
    let run = project
        .lfn(&["policy", "tighten", "--write", "--yes"], cloud(vec![history()]))
        .await;
    let again = project
        .lfn(&["policy", "tighten", "--write", "--yes"], cloud(vec![history()]))
        .await;
    assert_snapshot!(format!("{shown}\n{run}\n{}\n{again}", project.read("lambda.yaml")));
}

#[tokio::test]
async fn a_longer_period_keeps_what_a_shorter_one_takes() {
    let project = deployed().await;
    let ask = async |days: &str| {
        let cloud = remembering(&project, "2025-01-01T00:00:00Z", vec![history()]);
        let run = project
            .lfn(&["policy", "tighten", "--older-than", days, "--format", "json"], cloud)
            .await;
        assert_eq!(run.code, 0, "{run}");
        let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        let proposals = answer["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["proposal"].as_str().unwrap().to_owned());
        proposals.collect::<Vec<_>>()
    };
    assert_eq!(ask("300d").await, ["untracked", "remove", "keep", "keep"]);
    assert_eq!(ask("200").await, ["untracked", "remove", "drop", "keep"]);
    assert_eq!(ask("1d").await, ["remove", "remove", "remove", "remove"]);
}

#[tokio::test]
async fn what_cannot_be_known_is_said() {
    let project = deployed().await;
    let old = "2025-01-01T00:00:00Z";
    let run = async |cloud: Cloud| project.lfn(&["policy", "tighten", "--write", "--yes"], cloud).await;

    let young = run(remembering(&project, "2026-11-01T00:00:00Z", vec![history()])).await;
    assert_eq!(young.code, 0, "{young}");
    assert!(
        young
            .stdout
            .contains("role/lfn/shop-eu-west-1 was made on 2026-11-01, less than 90 days ago"),
        "{young}"
    );

    let failed = run(remembering(
        &project,
        old,
        vec![Report::Failed("An internal error".into())],
    ))
    .await;
    assert_eq!(failed.code, 1, "{failed}");
    assert!(
        failed.stderr.contains("IAM's report failed: An internal error"),
        "{failed}"
    );

    let local = run(project.local()).await;
    assert_eq!(local.code, 1, "{local}");
    assert!(local.stderr.contains("the local target keeps no history"), "{local}");

    let fresh = Project::new(SHOP, CODE);
    let missing = fresh
        .lfn(&["policy", "tighten"], remembering(&fresh, old, vec![]))
        .await;
    assert_eq!(missing.code, 1, "{missing}");
    assert!(
        missing.stderr.contains("there is no role `shop-eu-west-1` yet"),
        "{missing}"
    );
    assert_eq!(project.read("lambda.yaml"), SHOP);
}

#[tokio::test]
async fn a_file_that_cannot_be_changed_safely_stays_as_it_is() {
    let project = deployed().await;
    let text = SHOP.replace("allow:\n", "allow: &lines\n");
    project.write("lambda.yaml", &text);
    let cloud = remembering(&project, "2025-01-01T00:00:00Z", vec![history()]);
    let run = project.lfn(&["policy", "tighten", "--write", "--yes"], cloud).await;
    assert_eq!(run.code, 1, "{run}");
    assert!(
        run.stderr
            .contains("could not change lambda.yaml: line 6: the list is an anchor or an alias"),
        "{run}"
    );
    assert_eq!(project.read("lambda.yaml"), text);
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_behind_a_link_is_changed_and_keeps_its_mode() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = deployed().await;
    let (link, behind) = (project.path().join("lambda.yaml"), project.path().join("shared.yaml"));
    std::fs::rename(&link, &behind).unwrap();
    std::fs::set_permissions(&behind, std::fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("shared.yaml", &link).unwrap();
    let cloud = remembering(&project, "2025-01-01T00:00:00Z", vec![history()]);
    let run = project.lfn(&["policy", "tighten", "--write", "--yes"], cloud).await;
    assert_eq!(run.code, 0, "{run}");
    assert!(link.is_symlink());
    assert_eq!(behind.metadata().unwrap().permissions().mode() & 0o777, 0o640);
    assert!(!project.read("shared.yaml").contains("sqs:fulfil"));
    let left: Vec<_> = std::fs::read_dir(project.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(
        left.iter().all(|name| !name.to_string_lossy().starts_with(".tmp")),
        "{left:?}"
    );
}
