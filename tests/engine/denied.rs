//! Calls that AWS refuses: the identity's, held against the policy that `lfn ci policy` prints, and the role's,
//! held against the policy that lfn wrote. And a role as it is in the account.

use lfn::domain::names::RoleName;
use lfn::domain::policy::{PolicyDocument, Statement};
use lfn::ports::{ErrorKind, PortError};

use crate::faulty::Faulty;
use crate::in_process::{Project, Run};

const YAML: &str = "name: thumbs\nruntime: python3.13\nhandler: app.handler\nregion: eu-west-1\n";
const CODE: &str = "def handler(event, context):\n    return event\n";
const FUNCTION: &str = "arn:aws:lambda:eu-west-1:000000000000:function:thumbs";

fn denied(action: &'static str, right: &str, resource: &str, reason: &str) -> PortError {
    let user = "User: arn:aws:sts::000000000000:assumed-role/ci/run";
    let message = format!("{user} is not authorized to perform: {right} on resource: {resource} {reason}");
    PortError::new(ErrorKind::Denied, action, "thumbs", message).with_code("AccessDeniedException")
}

/// Runs a command that meets this refusal once.
async fn refused(command: &[&str], method: &'static str, error: PortError) -> Run {
    let project = Project::new(YAML, CODE);
    let faulty = Faulty::new(project.local(), None);
    faulty.refuse(method, 1, error);
    project.lfn(command, faulty.cloud()).await
}

#[tokio::test]
async fn a_missing_right_is_held_against_the_deployers_policy() {
    let nobody = |right: &str| format!("because no identity-based policy allows the {right} action");
    let create = "lambda:CreateFunction";
    for (right, resource, reason, says) in [
        (
            create,
            FUNCTION,
            nobody(create),
            "`lfn ci policy` has this right for lambda.yaml: the identity's policy is older than the file",
        ),
        (
            create,
            FUNCTION,
            "with an explicit deny in a service control policy".to_owned(),
            "a service control policy of the organization denies it",
        ),
        (
            create,
            FUNCTION,
            format!("because no permissions boundary allows the {create} action"),
            "the permissions boundary of the identity does not allow it",
        ),
        (
            create,
            "arn:aws:lambda:eu-west-1:000000000000:function:other",
            nobody(create),
            "has this right on `arn:aws:lambda:eu-west-1:000000000000:function:thumbs`",
        ),
        (
            "ec2:RunInstances",
            "arn:aws:ec2:eu-west-1:000000000000:instance/*",
            nobody("ec2:RunInstances"),
            "`lfn ci policy` does not have this right",
        ),
        (
            "lambda:InvokeFunction",
            FUNCTION,
            nobody("lambda:InvokeFunction"),
            "`lfn ci policy --for invoke` has this right",
        ),
    ] {
        let error = denied(create, right, resource, &reason);
        let run = refused(&["deploy", "--yes"], "create_function", error).await;
        // The role is there by then.
        assert_eq!(run.code, 4, "{run}");
        assert!(run.stderr.contains(&format!("`{right}` on `{resource}`")), "{run}");
        assert!(run.stderr.contains(says), "{run}");
        let hints = run.stderr.lines().filter(|line| line.starts_with("hint: "));
        assert_eq!(hints.filter(|hint| hint.contains("lfn ci policy")).count(), 1, "{run}");
    }
}

#[tokio::test]
async fn any_command_explains_a_refusal() {
    let reason = "because no identity-based policy allows it";
    let error = denied("lambda:GetFunction", "lambda:GetFunction", FUNCTION, reason);
    for command in [&["status"][..], &["plan"]] {
        let run = refused(command, "function", error.clone()).await;
        assert_eq!(run.code, 1, "{run}");
        assert!(run.stderr.contains("hint: allow `lambda:GetFunction` on"), "{run}");
        assert!(run.stderr.contains("hint: `lfn ci policy` has this right"), "{run}");
    }
    // Other errors are left as they are.
    let stale = PortError::new(ErrorKind::Internal, "lambda:GetFunction", "thumbs", "oh dear");
    let run = refused(&["status"], "function", stale).await;
    assert!(!run.stderr.contains("lfn ci policy"), "{run}");
}

fn role_may_not(call: &str) -> PortError {
    let message = format!("The provided execution role does not have permissions to call {call}");
    PortError::new(ErrorKind::Propagating, "lambda:CreateFunction", "thumbs", message)
}

#[tokio::test]
async fn a_right_that_the_role_has_is_waited_for() {
    let vpc = "vpc: { subnets: [subnet-12345678], security_groups: [sg-12345678] }\n";
    let project = Project::new(&format!("{YAML}{vpc}"), CODE);
    let faulty = Faulty::new(project.local(), None);
    faulty.refuse("create_function", 2, role_may_not("CreateNetworkInterface on EC2"));
    let run = project.lfn(&["deploy", "--yes"], faulty.cloud()).await;
    assert_eq!(run.code, 0, "{run}");
    let waiting = "waiting for `ec2:CreateNetworkInterface` to take effect: the role's policy allows it";
    assert!(run.stderr.contains(waiting), "{run}");
}

#[tokio::test]
async fn a_right_that_the_role_lacks_is_told_at_once() {
    let project = Project::new(YAML, CODE);
    let faulty = Faulty::new(project.local(), None);
    faulty.refuse("create_function", 1000, role_may_not("SendMessage on SQS"));
    let run = project.lfn(&["deploy", "--yes"], faulty.cloud()).await;
    assert_eq!(run.code, 4, "{run}");
    assert!(run.stderr.contains("the role may not `sqs:SendMessage`"), "{run}");
    let line = "hint: add to `allow` in lambda.yaml: `- send sqs:QUEUE`";
    assert!(run.stderr.contains(line), "{run}");
    let tries = faulty
        .calls()
        .writes
        .into_iter()
        .filter(|name| *name == "create_function");
    assert_eq!(tries.count(), 1);
}

#[tokio::test]
async fn a_live_role_is_checked_policy_by_policy() {
    let project = Project::new(YAML, CODE);
    let run = project.lfn(&["deploy", "--yes"], project.local()).await;
    assert_eq!(run.code, 0, "{run}");
    let run = project.lfn(&["policy", "lint", "--live"], project.local()).await;
    assert_eq!((run.code, &*run.stdout), (0, "no findings\n"), "{run}");

    let cloud = project.local();
    let role = RoleName::new("thumbs-eu-west-1").unwrap();
    let wrong = PolicyDocument::new([Statement::allow(
        ["sqs:SendMesage"],
        ["arn:aws:sqs:eu-west-1:000000000000:jobs"],
    )]);
    cloud.roles.put_policy(&role, "extra", &wrong).await.unwrap();
    let arn = "arn:aws:iam::000000000000:role/lfn/thumbs-eu-west-1";
    for command in [
        &["policy", "lint", "--live"][..],
        &["policy", "lint", "--role", "thumbs-eu-west-1"],
        &["policy", "lint", "--role", arn],
    ] {
        let run = project.lfn(command, project.local()).await;
        assert_eq!(run.code, 1, "{run}");
        let place = format!("--> {arn}, inline policy extra, Statement[0].Action");
        assert!(run.stdout.contains(&place), "{run}");
        assert!(run.stdout.contains("did you mean `sqs:SendMessage`"), "{run}");
    }
    // Half of an escalation in each policy.
    for (name, action) in [("one", "iam:PassRole"), ("two", "cloudformation:CreateStack")] {
        let half = PolicyDocument::new([Statement::allow([action], ["*"])]);
        cloud.roles.put_policy(&role, name, &half).await.unwrap();
    }
    let run = project.lfn(&["policy", "lint", "--live"], project.local()).await;
    assert!(run.stdout.contains("policies together"), "{run}");
    assert!(
        run.stdout.contains("`Statement[0]` of the inline policy one and"),
        "{run}"
    );

    let missing = project
        .lfn(&["policy", "lint", "--role", "nobody"], project.local())
        .await;
    assert!(
        missing.code == 1 && missing.stderr.contains("there is no role `nobody`"),
        "{missing}"
    );
    let faulty = Faulty::new(project.local(), None);
    let reason = "because no identity-based policy allows the iam:ListRolePolicies action";
    faulty.refuse(
        "policies",
        1,
        denied("iam:ListRolePolicies", "iam:ListRolePolicies", arn, reason),
    );
    let run = project.lfn(&["policy", "lint", "--live"], faulty.cloud()).await;
    assert_eq!(run.code, 1, "{run}");
    for says in [
        "could not read the inline policies of the role `thumbs-eu-west-1`",
        "hint: allow `iam:ListRolePolicies`",
        "`lfn ci policy` has this right",
    ] {
        assert!(run.stderr.contains(says), "{run}");
    }
}
