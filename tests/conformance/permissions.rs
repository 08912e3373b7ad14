//! The resource policy of an alias: who else may invoke it.

use std::collections::BTreeMap;

use lfn::domain::names::{AccountId, AliasName, FunctionName, Version};
use lfn::domain::policy::callers::{Invoker, Permission};
use lfn::ports::{AliasUpdate, ErrorKind, ResourcePolicy};

use crate::quirks::Quirk;
use crate::subject::Subject;

fn alias(name: &str) -> AliasName {
    AliasName::new(name).expect("valid")
}

fn permission(principal: &str) -> Permission {
    Permission::new("caller", Invoker::new(principal))
}

async fn point(subject: &Subject, function: &FunctionName, name: &str) {
    let update = AliasUpdate {
        name: alias(name),
        version: Version(1),
        weights: BTreeMap::new(),
        description: String::new(),
    };
    let functions = &subject.cloud.functions;
    functions.create_alias(function, &update).await.expect("a new alias");
}

/// A function with the alias `live`.
async fn released(subject: &Subject) -> FunctionName {
    let (thumbs, made) = subject.function("thumbs").await;
    let functions = &subject.cloud.functions;
    functions.publish(&thumbs, &made.digest, "").await.expect("settled");
    point(subject, &thumbs, "live").await;
    thumbs
}

async fn policy(subject: &Subject, function: &FunctionName) -> Option<ResourcePolicy> {
    let functions = &subject.cloud.functions;
    functions.permissions(function, &alias("live")).await.expect("readable")
}

pub async fn callers_are_kept_per_alias(subject: &Subject) {
    let functions = &subject.cloud.functions;
    let thumbs = released(subject).await;
    let live = alias("live");
    assert_eq!(policy(subject, &thumbs).await, None);
    let (first, second) = (permission("444455556666"), permission("777788889999"));
    functions
        .add_permission(&thumbs, &live, &first, None)
        .await
        .expect("the first");
    let found = policy(subject, &thumbs).await.expect("there is one now");
    assert_eq!(found.document.statements.len(), 1);
    let statement = &found.document.statements[0];
    assert_eq!(statement.sid.as_ref(), Some(&first.sid));
    assert!(first.is_said_by(statement), "{statement:?}");
    let function = subject
        .cloud
        .identity
        .caller()
        .await
        .expect("someone")
        .place
        .function_arn(&thumbs);
    let resources: Vec<&String> = statement.resources.iter().collect();
    assert_eq!(resources, [&format!("{function}:live")]);

    let twice = functions.add_permission(&thumbs, &live, &first, None).await;
    assert_eq!(twice.map_err(|error| error.kind), Err(ErrorKind::AlreadyExists));

    // Revisions: the policy's is the alias's.
    let pointing = functions
        .alias(&thumbs, &live)
        .await
        .expect("readable")
        .expect("it exists");
    let same = pointing.revision == found.revision;
    subject.quirks.check(
        Quirk::PolicyHasFunctionsRevision,
        same,
        "the policy's revision is its alias's",
    );
    functions
        .add_permission(&thumbs, &live, &second, Some(&found.revision))
        .await
        .expect("the revision fits");
    let stale = functions
        .remove_permission(
            &thumbs,
            &live,
            &second.sid,
            Some("0d1e2f3a-0000-4000-8000-000000000000"),
        )
        .await;
    let refused = stale.map_err(|error| error.kind) == Err(ErrorKind::Stale);
    subject.quirks.check(
        Quirk::PermissionsIgnoreRevision,
        refused,
        "a revision guards the policy",
    );

    // Another alias has callers of its own.
    point(subject, &thumbs, "beta").await;
    assert_eq!(functions.permissions(&thumbs, &alias("beta")).await, Ok(None));
    let elsewhere = functions.add_permission(&thumbs, &alias("beta"), &first, None).await;
    let separate = elsewhere.is_ok();
    subject
        .quirks
        .check(Quirk::SidsOfAllAliases, separate, "each alias has ids of its own");

    for sid in [&first.sid, &second.sid] {
        let removed = functions.remove_permission(&thumbs, &live, sid, None).await;
        assert!(removed.is_ok() || !refused, "{removed:?}");
    }
    assert_eq!(policy(subject, &thumbs).await, None, "no statement, no policy");
    let missing = functions.remove_permission(&thumbs, &live, &first.sid, None).await;
    assert_eq!(missing.map_err(|error| error.kind), Err(ErrorKind::NotFound));

    functions
        .add_permission(&thumbs, &live, &second, None)
        .await
        .expect("again");
    functions.delete_alias(&thumbs, &live).await.expect("it exists");
    point(subject, &thumbs, "live").await;
    let gone = policy(subject, &thumbs).await.is_none();
    subject
        .quirks
        .check(Quirk::PolicyOutlivesAlias, gone, "a policy goes with its alias");
}

pub async fn every_kind_of_caller_is_kept_as_it_was_given(subject: &Subject) {
    let functions = &subject.cloud.functions;
    let thumbs = released(subject).await;
    let live = alias("live");
    let reader = subject.role("reader").await.to_string();
    let own = subject.cloud.identity.caller().await.expect("someone").place.account;
    let service = |principal: &str, source: Option<&str>, account: Option<&AccountId>, token: Option<&str>| {
        let invoker = Invoker {
            source: source.map(str::to_owned),
            account: account.cloned(),
            token: token.map(str::to_owned),
            ..Invoker::new(principal)
        };
        Permission::new("caller", invoker)
    };
    let organization = Invoker {
        organization: Some("o-a1b2c3d4e5".into()),
        ..Invoker::new("*")
    };
    let mut kept = vec![
        permission("444455556666"),
        permission(&reader),
        Permission::new("caller", organization),
        service("s3.amazonaws.com", Some("arn:aws:s3:::photos"), Some(&own), None),
        service(
            "sns.amazonaws.com",
            Some("arn:aws:sns:us-east-1:444455556666:alerts"),
            None,
            None,
        ),
        service(
            "events.amazonaws.com",
            Some("arn:aws:events:us-east-1:444455556666:rule/*"),
            None,
            None,
        ),
        service("config.amazonaws.com", None, Some(&own), None),
    ];
    for permission in &kept {
        let added = functions.add_permission(&thumbs, &live, permission, None).await;
        added.unwrap_or_else(|error| panic!("{permission}: {error}"));
    }
    let alexa = service("alexa-appkit.amazon.com", None, None, Some("amzn1.ask.skill.1"));
    let added = functions.add_permission(&thumbs, &live, &alexa, None).await;
    let statements = policy(subject, &thumbs)
        .await
        .expect("there is one")
        .document
        .statements;
    let said = |permission: &Permission| statements.iter().any(|one| permission.is_said_by(one));
    subject
        .quirks
        .check(Quirk::AlexaUnknown, added.is_ok() && said(&alexa), "Alexa is a service");
    kept.retain(|permission| !said(permission));
    assert_eq!(kept, [], "{statements:#?}");
}
