//! Versions, aliases, and what is kept per alias.

use std::collections::BTreeMap;

use lfn::domain::function::AsyncInvoke;
use lfn::domain::names::{AliasName, CodeDigest, FunctionName, Qualifier, Version};
use lfn::ports::{AliasUpdate, CodeSource, CodeUpdate, ErrorKind, Invocation, InvocationType, Snapshot};

use crate::quirks::Quirk;
use crate::subject::Subject;

fn live() -> AliasName {
    AliasName::new("live").expect("valid")
}

fn pointing(version: Version) -> AliasUpdate {
    AliasUpdate {
        name: live(),
        version,
        weights: BTreeMap::new(),
        description: "serves traffic".into(),
    }
}

fn number(snapshot: &Snapshot) -> Version {
    match snapshot.qualifier {
        Qualifier::Version(version) => version,
        ref other => panic!("`{other}` is no version"),
    }
}

/// Changes the code and publishes it.
async fn next_version(subject: &Subject, function: &FunctionName, source: &str) -> Version {
    let functions = &subject.cloud.functions;
    let archive = subject.archive(source);
    let latest = subject.settled(function).await;
    let update = CodeUpdate {
        code: CodeSource::Direct(archive.path),
        architecture: latest.architecture,
        revision: latest.revision,
    };
    functions
        .update_code(function, &update)
        .await
        .expect("the revision fits");
    subject.settled(function).await;
    let published = functions.publish(function, &archive.digest, "").await.expect("settled");
    number(&published)
}

pub async fn versions_are_published_once(subject: &Subject) {
    let functions = &subject.cloud.functions;
    let (thumbs, made) = subject.function("thumbs").await;
    assert_eq!(functions.versions(&thumbs).await, Ok(Vec::new()));

    let first = functions
        .publish(&thumbs, &made.digest, "the first")
        .await
        .expect("settled");
    assert_eq!(first.qualifier, Qualifier::Version(Version(1)));
    assert_eq!(first.digest, made.digest);
    let again = functions
        .publish(&thumbs, &made.digest, "the first")
        .await
        .expect("settled");
    assert_eq!(again.qualifier, first.qualifier, "nothing changed since");

    let other = CodeDigest::from_sha256(&[7; 32]);
    let guarded = functions.publish(&thumbs, &other, "").await.map_err(|error| error.kind);
    let refused = guarded.err() == Some(ErrorKind::Stale);
    subject
        .quirks
        .check(Quirk::PublishIgnoresDigest, refused, "the digest guards a publication");

    assert_eq!(next_version(subject, &thumbs, "# two\n").await, Version(2));
    let versions = functions.versions(&thumbs).await.expect("readable");
    assert_eq!(
        versions.iter().map(number).collect::<Vec<_>>(),
        [Version(1), Version(2)]
    );
    assert_eq!(versions[0].digest, made.digest, "a version never changes");
    assert_eq!(versions[0].settings.description, "the first");
    let read = functions
        .snapshot(&thumbs, &Qualifier::Version(Version(1)))
        .await
        .expect("readable");
    assert_eq!(read.map(|version| version.digest), Some(made.digest));

    functions
        .create_alias(&thumbs, &pointing(Version(1)))
        .await
        .expect("a new alias");
    let used = functions
        .delete_version(&thumbs, Version(1))
        .await
        .map_err(|error| error.kind);
    let refused = used == Err(ErrorKind::InUse);
    subject
        .quirks
        .check(Quirk::UsedVersionsDeletable, refused, "a version in use stays");
    functions
        .delete_version(&thumbs, Version(2))
        .await
        .expect("nobody uses it");
    assert_eq!(
        functions.snapshot(&thumbs, &Qualifier::Version(Version(2))).await,
        Ok(None)
    );
}

pub async fn aliases_move_under_their_revision(subject: &Subject) {
    let functions = &subject.cloud.functions;
    let (thumbs, made) = subject.function("thumbs").await;
    functions.publish(&thumbs, &made.digest, "").await.expect("settled");
    next_version(subject, &thumbs, "# two\n").await;
    assert_eq!(functions.alias(&thumbs, &live()).await, Ok(None));
    assert_eq!(functions.aliases(&thumbs).await, Ok(Vec::new()));

    let first = functions
        .create_alias(&thumbs, &pointing(Version(1)))
        .await
        .expect("a new alias");
    assert_eq!(
        (first.version, first.description.as_str()),
        (Some(Version(1)), "serves traffic")
    );
    assert_eq!(functions.alias(&thumbs, &live()).await, Ok(Some(first.clone())));
    let twice = functions.create_alias(&thumbs, &pointing(Version(1))).await;
    assert_eq!(twice.map_err(|error| error.kind), Err(ErrorKind::AlreadyExists));
    let nothing = AliasUpdate {
        name: AliasName::new("nothing").expect("valid"),
        ..pointing(Version(99))
    };
    let nothing = functions
        .create_alias(&thumbs, &nothing)
        .await
        .map_err(|error| error.kind);
    let refused = nothing.err() == Some(ErrorKind::NotFound);
    subject
        .quirks
        .check(Quirk::AliasOfNothing, refused, "an alias needs a version");

    let shifted = AliasUpdate {
        weights: BTreeMap::from([(Version(2), 0.25)]),
        ..pointing(Version(1))
    };
    let second = functions
        .update_alias(&thumbs, &shifted, &first.revision)
        .await
        .expect("the revision fits");
    assert_eq!(second.weights, shifted.weights);
    let stale = functions
        .update_alias(&thumbs, &pointing(Version(2)), &first.revision)
        .await;
    assert_eq!(stale.map_err(|error| error.kind), Err(ErrorKind::Stale));
    let third = functions
        .update_alias(&thumbs, &pointing(Version(2)), &second.revision)
        .await;
    let third = third.expect("the revision fits");
    assert_eq!(third.version, Some(Version(2)));
    assert_eq!(third.weights, BTreeMap::new(), "the split ends");
    let call = Invocation {
        name: thumbs.clone(),
        qualifier: Qualifier::Alias(live()),
        kind: InvocationType::DryRun,
        payload: b"{}".to_vec(),
        client_context: None,
    };
    assert_eq!(functions.invoke(&call).await.map(|answer| answer.status), Ok(204));

    functions.delete_alias(&thumbs, &live()).await.expect("it exists");
    assert_eq!(functions.alias(&thumbs, &live()).await, Ok(None));
}

pub async fn traffic_is_kept_per_alias(subject: &Subject) {
    let functions = &subject.cloud.functions;
    let (thumbs, made) = subject.function("thumbs").await;
    functions.publish(&thumbs, &made.digest, "").await.expect("settled");
    functions
        .create_alias(&thumbs, &pointing(Version(1)))
        .await
        .expect("a new alias");

    assert_eq!(functions.async_invoke(&thumbs, &live()).await, Ok(None));
    subject.outside(&["create-queue", "failures"]).await;
    let place = subject.cloud.identity.caller().await.expect("someone").place;
    let wanted = AsyncInvoke {
        on_success: None,
        on_failure: Some(place.arn("sqs", "failures")),
        retries: 1,
        max_age: 120,
    };
    for wanted in [wanted, AsyncInvoke::default()] {
        functions
            .set_async_invoke(&thumbs, &live(), Some(&wanted))
            .await
            .expect("valid");
        assert_eq!(functions.async_invoke(&thumbs, &live()).await, Ok(Some(wanted)));
    }
    functions
        .set_async_invoke(&thumbs, &live(), None)
        .await
        .expect("it is there");
    assert_eq!(functions.async_invoke(&thumbs, &live()).await, Ok(None));

    assert_eq!(functions.provisioned(&thumbs, &live()).await, Ok(None));
    functions
        .set_provisioned(&thumbs, &live(), Some(1))
        .await
        .expect("one is little");
    let provisioned = functions.provisioned(&thumbs, &live()).await.expect("readable");
    let found = provisioned.map(|state| (state.requested, state.failure));
    assert_eq!(found, Some((1, None)));
    functions
        .set_provisioned(&thumbs, &live(), None)
        .await
        .expect("it is there");
    assert_eq!(functions.provisioned(&thumbs, &live()).await, Ok(None));
}

pub async fn every_version_has_its_files(subject: &Subject) {
    let functions = &subject.cloud.functions;
    let (thumbs, made) = subject.function("thumbs").await;
    functions.publish(&thumbs, &made.digest, "").await.expect("settled");
    let second = "# another, and longer\n";
    next_version(subject, &thumbs, second).await;
    let listed = |source: &str| {
        let archive = subject.archive(source).path;
        lfn::domain::package::directory::list(&archive).expect("just written")
    };
    let found = |version| async move {
        let version = Qualifier::Version(Version(version));
        functions
            .contents(&FunctionName::new("thumbs").expect("valid"), &version)
            .await
    };
    assert_eq!(found(2).await, Ok(listed(second)));
    let first = found(1).await == Ok(listed(crate::subject::ADDS_ONE));
    subject
        .quirks
        .check(Quirk::VersionsShareCode, first, "a version keeps its code");
    let none = functions.contents(&thumbs, &Qualifier::Version(Version(9))).await;
    assert_eq!(none.map_err(|error| error.kind), Err(ErrorKind::NotFound));
}

pub async fn what_leads_to_a_version_is_known(subject: &Subject) {
    let functions = &subject.cloud.functions;
    let (thumbs, made) = subject.function("thumbs").await;
    functions.publish(&thumbs, &made.digest, "").await.expect("settled");
    functions
        .create_alias(&thumbs, &pointing(Version(1)))
        .await
        .expect("a new alias");
    let (version, alias) = (Qualifier::Version(Version(1)), Qualifier::Alias(live()));
    let known = [version.clone(), alias.clone()];
    let provisioned = || async { functions.all_provisioned(&thumbs, &known).await.expect("readable") };
    assert_eq!(provisioned().await, BTreeMap::new());
    assert_eq!(functions.event_sources(&thumbs).await, Ok(Vec::new()));
    // On the embedded target nothing but lfn makes anything, and lfn makes neither.
    let Some(account) = subject.account.clone() else { return };
    let own = r#"{"FunctionName": "thumbs", "Qualifier": "1", "ProvisionedConcurrentExecutions": 2}"#;
    subject
        .outside(&["call", "lambda", "put_provisioned_concurrency_config", own])
        .await;
    let found = provisioned().await;
    assert_eq!(found.keys().collect::<Vec<_>>(), [&version], "{found:?}");
    assert_eq!(found[&version].requested, 2);

    subject.outside(&["create-queue", "orders"]).await;
    let arn = |service: &str, resource: &str| format!("arn:aws:{service}:{}:{}:{resource}", account.region, account.id);
    let queue = arn("sqs", "orders");
    // One is of a function whose name begins alike.
    subject.outside(&["create-function", "thumbs-2"]).await;
    for function in ["thumbs-2", "thumbs:1", "thumbs:live", "thumbs"] {
        let function = arn("lambda", &format!("function:{function}"));
        let mapping =
            serde_json::json!({ "FunctionName": function, "EventSourceArn": queue, "Enabled": false }).to_string();
        subject
            .outside(&["call", "lambda", "create_event_source_mapping", &mapping])
            .await;
    }
    let mut sources = functions.event_sources(&thumbs).await.expect("readable");
    sources.sort_by(|one, other| one.qualifier.cmp(&other.qualifier));
    let qualifiers: Vec<&Qualifier> = sources.iter().map(|source| &source.qualifier).collect();
    assert_eq!(qualifiers, [&Qualifier::Latest, &version, &alias]);
    assert!(
        sources
            .iter()
            .all(|source| source.source.as_ref() == Some(&queue) && !source.id.is_empty())
    );
}

pub async fn a_snapshot_for_snap_start_is_told(subject: &Subject) {
    let functions = &subject.cloud.functions;
    let archive = subject.archive(crate::subject::ADDS_ONE);
    let mut new = subject
        .new_function("thumbs", CodeSource::Direct(archive.path.clone()))
        .await;
    new.settings.snap_start = true;
    functions.create_function(&new).await.expect("a new function");
    let latest = subject.settled(&new.name).await;
    assert!(
        latest.settings.snap_start && !latest.snap_started,
        "`$LATEST` never has one"
    );
    let published = functions
        .publish(&new.name, &archive.digest, "")
        .await
        .expect("settled");
    assert!(published.settings.snap_start && published.snap_started, "{published:?}");
}
