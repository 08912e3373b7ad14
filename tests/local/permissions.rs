//! Who else may invoke an alias: what the embedded target refuses, in AWS's words.

use lfn::domain::names::{AccountId, AliasName, FunctionName};
use lfn::domain::policy::callers::{Invoker, Permission};
use lfn::ports::{ErrorKind, PortError};

use super::bench::{Bench, alias, alias_name, name, python};

fn live() -> AliasName {
    alias_name("live")
}

/// A function with the alias `live`.
async fn released(bench: &Bench) -> FunctionName {
    let made = bench.create(python(), &[("app.py", "")]).await;
    bench.publish().await;
    let functions = &bench.cloud.functions;
    functions
        .create_alias(&made.name, &alias("live", 1, &[]))
        .await
        .unwrap();
    made.name
}

fn permission(principal: &str) -> Permission {
    Permission::new("caller", Invoker::new(principal))
}

async fn add(bench: &Bench, function: &FunctionName, permission: &Permission) -> Result<(), PortError> {
    let functions = &bench.cloud.functions;
    functions.add_permission(function, &live(), permission, None).await
}

#[tokio::test]
async fn what_no_permission_can_say_is_refused() {
    let bench = Bench::new();
    let function = released(&bench).await;
    let with = |change: &dyn Fn(&mut Permission)| {
        let mut one = permission("events.amazonaws.com");
        change(&mut one);
        one
    };
    let cases: Vec<(Permission, &str, &str)> = vec![
        (
            with(&|one| one.sid = "a b".into()),
            "ValidationException",
            "'statementId'",
        ),
        (
            with(&|one| one.sid = "a".repeat(101)),
            "ValidationException",
            "less than or equal to 100",
        ),
        (
            permission("reader"),
            "InvalidParameterValueException",
            "principal was invalid",
        ),
        (
            permission("arn:aws:iam::444455556666:role/*"),
            "InvalidParameterValueException",
            "principal was invalid",
        ),
        (
            permission("arn:aws:sts::444455556666:assumed-role/a/b"),
            "InvalidParameterValueException",
            "principal was invalid",
        ),
        // A role of this account that is not there.
        (
            permission("arn:aws:iam::000000000000:role/reader"),
            "InvalidParameterValueException",
            "principal was invalid",
        ),
        (
            with(&|one| one.invoker.source = Some("photos".into())),
            "ValidationException",
            "'sourceArn'",
        ),
        (
            with(&|one| one.invoker.source = Some("arn:aws:events:*:444455556666:rule/x".into())),
            "ValidationException",
            "'sourceArn'",
        ),
        (
            with(&|one| one.invoker.organization = Some("acme".into())),
            "ValidationException",
            "'principalOrgID'",
        ),
        (
            with(&|one| one.invoker.token = Some("a b".into())),
            "ValidationException",
            "'eventSourceToken'",
        ),
    ];
    for (wrong, code, said) in cases {
        let error = add(&bench, &function, &wrong).await.unwrap_err();
        assert_eq!(
            (error.kind, error.code.as_deref()),
            (ErrorKind::Invalid, Some(code)),
            "{wrong:?}"
        );
        assert!(error.message.contains(said), "{wrong:?}: {error}");
    }
    assert_eq!(bench.cloud.functions.permissions(&function, &live()).await, Ok(None));
    let nowhere = add(&bench, &name("nothing"), &permission("444455556666"))
        .await
        .unwrap_err();
    assert_eq!(nowhere.kind, ErrorKind::NotFound);
}

#[tokio::test]
async fn a_policy_has_a_size_and_an_alias_in_which_it_lives() {
    let bench = Bench::new();
    let function = released(&bench).await;
    let functions = &bench.cloud.functions;
    let mut added = 0;
    let error = loop {
        let mut one = permission("444455556666");
        one.sid = format!("lfn-caller-{added:080}");
        one.invoker.account = Some(AccountId::new("444455556666").unwrap());
        match add(&bench, &function, &one).await {
            Ok(()) => added += 1,
            Err(error) => break error,
        }
    };
    assert!((40..120).contains(&added), "{added}");
    assert_eq!(error.code.as_deref(), Some("PolicyLengthExceededException"));
    let found = functions.permissions(&function, &live()).await.unwrap().unwrap();
    assert_eq!(found.document.statements.len(), added, "as before");
    functions.delete_alias(&function, &live()).await.unwrap();
    assert_eq!(functions.permissions(&function, &live()).await, Ok(None));
}
