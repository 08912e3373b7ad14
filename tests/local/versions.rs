//! Versions, aliases and concurrency: kept, and refused in Lambda's words.

use std::collections::BTreeSet;

use lfn::domain::function::FunctionSettings;
use lfn::domain::names::{Qualifier, Version};
use lfn::ports::{AliasUpdate, ErrorKind};

use super::bench::{Bench, CODE, alias, alias_name, name, python, refused};

#[tokio::test]
async fn versions_are_deduplicated_immutable_and_never_renumbered() {
    let bench = Bench::new();
    bench.create(python(), &CODE).await;
    let functions = &bench.cloud.functions;
    assert_eq!(bench.publish().await, Version(1));
    assert_eq!(bench.publish().await, Version(1), "nothing changed since");
    let first = functions
        .snapshot(&name("thumbs"), &Qualifier::Version(Version(1)))
        .await
        .unwrap()
        .unwrap();

    let mut changed = python();
    changed.memory = 512;
    let latest = bench.latest().await;
    functions
        .update_settings(&name("thumbs"), &changed, &latest.revision)
        .await
        .unwrap();
    let digest = bench.latest().await.digest;
    let second = functions.publish(&name("thumbs"), &digest, "bigger").await.unwrap();
    assert_eq!(
        second.qualifier,
        Qualifier::Version(Version(2)),
        "settings alone make a version"
    );
    assert_eq!(
        (second.settings.memory, second.settings.description.as_str()),
        (512, "bigger")
    );
    let all = functions.versions(&name("thumbs")).await.unwrap();
    assert_eq!(all, [first, second], "the first is as it was");

    functions.delete_version(&name("thumbs"), Version(2)).await.unwrap();
    assert_eq!(
        bench.publish().await,
        Version(3),
        "the number of a deleted version is not used again"
    );
    functions.delete_function(&name("thumbs")).await.unwrap();
    bench.create(python(), &CODE).await;
    assert_eq!(
        bench.publish().await,
        Version(4),
        "nor after the function was made anew"
    );
}

/// Aliases that are refused once versions 1 to 3 exist, of which 3 has another role.
fn wrong_aliases() -> [(AliasUpdate, ErrorKind, &'static str, &'static str); 7] {
    [
        (
            alias("live", 9, &[]),
            ErrorKind::NotFound,
            "ResourceNotFoundException",
            "Function not found: arn:aws:lambda:eu-west-1:000000000000:function:thumbs:9",
        ),
        (
            alias("live", 1, &[(9, 0.1)]),
            ErrorKind::NotFound,
            "ResourceNotFoundException",
            "function:thumbs:9",
        ),
        (
            alias("live", 1, &[(2, 0.1), (3, 0.1)]),
            ErrorKind::Invalid,
            "InvalidParameterValueException",
            "cannot be greater than 1",
        ),
        (
            alias("live", 1, &[(2, 1.5)]),
            ErrorKind::Invalid,
            "ValidationException",
            "Value '{2=1.5}' at 'routingConfig.additionalVersionWeights'",
        ),
        (
            alias("live", 1, &[(2, f64::NAN)]),
            ErrorKind::Invalid,
            "ValidationException",
            "Map value must satisfy constraint",
        ),
        (
            alias("live", 1, &[(1, 0.5)]),
            ErrorKind::Invalid,
            "InvalidParameterValueException",
            "Function version 1 is already included in routing configuration",
        ),
        (
            alias("live", 1, &[(3, 0.5)]),
            ErrorKind::Invalid,
            "InvalidParameterValueException",
            "must have the same execution role",
        ),
    ]
}

#[tokio::test]
async fn alias_rules_are_lambdas() {
    let bench = Bench::new();
    bench.create(python(), &CODE).await;
    let functions = bench.cloud.functions.clone();
    let thumbs = name("thumbs");
    bench.publish().await;
    bench
        .update(&[("app.py", "def handler(event, context): return 2\n")])
        .await;
    bench.publish().await;
    let latest = bench.latest().await;
    let other_role = FunctionSettings {
        role: "arn:aws:iam::123456789012:role/other".parse().unwrap(),
        ..python()
    };
    functions
        .update_settings(&thumbs, &other_role, &latest.revision)
        .await
        .unwrap();
    bench.publish().await;

    let cases = wrong_aliases();
    for (wrong, kind, code, sentence) in &cases {
        refused(functions.create_alias(&thumbs, wrong).await, *kind, code, sentence);
    }
    let missing = "Cannot find alias arn: arn:aws:lambda:eu-west-1:000000000000:function:thumbs:live";
    refused(
        functions.update_alias(&thumbs, &alias("live", 1, &[]), "x").await,
        ErrorKind::NotFound,
        "ResourceNotFoundException",
        missing,
    );

    let live = functions
        .create_alias(&thumbs, &alias("live", 1, &[(2, 0.1)]))
        .await
        .unwrap();
    let again = functions.create_alias(&thumbs, &alias("live", 1, &[])).await;
    refused(
        again,
        ErrorKind::AlreadyExists,
        "ResourceConflictException",
        "Alias already exists: arn:aws:lambda:eu-west-1:000000000000:function:thumbs:live",
    );
    for (wrong, kind, code, sentence) in &cases {
        refused(
            functions.update_alias(&thumbs, wrong, &live.revision).await,
            *kind,
            code,
            sentence,
        );
    }
    refused(
        functions.update_alias(&thumbs, &alias("live", 2, &[]), "old").await,
        ErrorKind::Stale,
        "PreconditionFailedException",
        "does not match",
    );
    for version in [1, 2] {
        let sentence = "Unable to delete version because the following aliases reference it: [live]";
        refused(
            functions.delete_version(&thumbs, Version(version)).await,
            ErrorKind::InUse,
            "ResourceConflictException",
            sentence,
        );
    }
    let moved = functions
        .update_alias(&thumbs, &alias("live", 2, &[]), &live.revision)
        .await
        .unwrap();
    assert_eq!((moved.version, moved.weights.len()), (Some(Version(2)), 0));
    assert_ne!(moved.revision, live.revision);
    functions.delete_version(&thumbs, Version(1)).await.unwrap();
    refused(
        functions.delete_version(&thumbs, Version(1)).await,
        ErrorKind::NotFound,
        "ResourceNotFoundException",
        "function:thumbs:1",
    );
    let by_alias = functions
        .snapshot(&thumbs, &"live".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(by_alias.qualifier, Qualifier::Version(Version(2)));
    functions.delete_alias(&thumbs, &alias_name("live")).await.unwrap();
    functions.delete_alias(&thumbs, &alias_name("live")).await.unwrap();
    assert_eq!(functions.aliases(&thumbs).await.unwrap(), []);
}

#[tokio::test]
async fn concurrency_leaves_a_hundred_unreserved() {
    let bench = Bench::new();
    bench.create(python(), &CODE).await;
    let functions = bench.cloud.functions.clone();
    let (thumbs, live) = (name("thumbs"), alias_name("live"));
    bench.publish().await;
    functions.create_alias(&thumbs, &alias("live", 1, &[])).await.unwrap();
    let mut other = bench.new_function(python(), &CODE);
    other.name = name("other");
    functions.create_function(&other).await.unwrap();
    functions
        .set_reserved_concurrency(&name("other"), Some(600))
        .await
        .unwrap();

    let invalid = (ErrorKind::Invalid, "InvalidParameterValueException");
    let sentence = "decreases account's UnreservedConcurrentExecution below its minimum value of [100].";
    refused(
        functions.set_reserved_concurrency(&thumbs, Some(301)).await,
        invalid.0,
        invalid.1,
        sentence,
    );
    refused(
        functions.set_provisioned(&thumbs, &live, Some(301)).await,
        invalid.0,
        invalid.1,
        "account's unreserved concurrency [300]",
    );
    functions.set_reserved_concurrency(&thumbs, Some(300)).await.unwrap();
    assert_eq!(
        functions.function(&thumbs).await.unwrap().unwrap().reserved_concurrency,
        Some(300)
    );
    let sentence = "should not be greater than the reservedConcurrentExecution";
    refused(
        functions.set_provisioned(&thumbs, &live, Some(301)).await,
        invalid.0,
        invalid.1,
        sentence,
    );
    refused(
        functions.set_provisioned(&thumbs, &alias_name("none"), Some(1)).await,
        ErrorKind::NotFound,
        "ResourceNotFoundException",
        "Cannot find alias",
    );
    refused(
        functions.set_provisioned(&thumbs, &live, Some(0)).await,
        ErrorKind::Invalid,
        "ValidationException",
        "greater than or equal to 1",
    );
    functions.set_provisioned(&thumbs, &live, Some(5)).await.unwrap();
    let provisioned = functions.provisioned(&thumbs, &live).await.unwrap().unwrap();
    assert_eq!(provisioned.requested, 5);
    assert!(provisioned.ready);
    refused(
        functions.set_reserved_concurrency(&thumbs, Some(4)).await,
        invalid.0,
        invalid.1,
        "total provisioned concurrency [5]",
    );
    functions.set_provisioned(&thumbs, &live, None).await.unwrap();
    functions.set_reserved_concurrency(&thumbs, None).await.unwrap();
    assert_eq!(functions.provisioned(&thumbs, &live).await.unwrap(), None);
}
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_hands_at_once_leave_a_consistent_state() {
    const HANDS: usize = 4;
    const ROUNDS: usize = 10;
    let bench = Bench::new();
    bench.create(python(), &CODE).await;
    bench.publish().await;
    let thumbs = name("thumbs");
    bench
        .cloud
        .functions
        .create_alias(&thumbs, &alias("live", 1, &[]))
        .await
        .unwrap();
    // Each hand opens the folder for itself, as a process of its own would.
    let hands: Vec<_> = (0..HANDS)
        .map(|_| bench.again().functions)
        .map(|functions| {
            let thumbs = thumbs.clone();
            tokio::spawn(async move {
                let mut published = Vec::new();
                while published.len() < ROUNDS {
                    let latest = functions.function(&thumbs).await.unwrap().unwrap().latest;
                    let memory = if latest.settings.memory == 10_240 {
                        128
                    } else {
                        latest.settings.memory + 1
                    };
                    let settings = FunctionSettings {
                        memory,
                        ..latest.settings
                    };
                    match functions.update_settings(&thumbs, &settings, &latest.revision).await {
                        Ok(_) => {}
                        Err(error) if error.kind == ErrorKind::Stale => continue,
                        Err(error) => panic!("{error}"),
                    }
                    let Qualifier::Version(version) =
                        functions.publish(&thumbs, &latest.digest, "").await.unwrap().qualifier
                    else {
                        panic!("not a version");
                    };
                    published.push(version);
                    let live = functions.alias(&thumbs, &alias_name("live")).await.unwrap().unwrap();
                    match functions
                        .update_alias(&thumbs, &alias("live", version.0, &[]), &live.revision)
                        .await
                    {
                        Ok(_) => {}
                        Err(error) if error.kind == ErrorKind::Stale => {}
                        Err(error) => panic!("{error}"),
                    }
                }
                published
            })
        })
        .collect();
    let mut published = BTreeSet::from([Version(1)]);
    for hand in hands {
        published.extend(hand.await.unwrap());
    }
    let versions = bench.cloud.functions.versions(&thumbs).await.unwrap();
    let kept: BTreeSet<Version> = versions
        .iter()
        .map(|snapshot| match snapshot.qualifier {
            Qualifier::Version(version) => version,
            ref other => panic!("{other}"),
        })
        .collect();
    // Two hands may have been given the same version, when nothing changed in between.
    assert_eq!(
        kept, published,
        "every version that was handed out is there, and no other"
    );
    assert_eq!(kept.len() as u64, kept.last().unwrap().0, "no gaps");
    let live = bench
        .cloud
        .functions
        .alias(&thumbs, &alias_name("live"))
        .await
        .unwrap()
        .unwrap();
    assert!(kept.contains(&live.version.unwrap()));
    let left: Vec<_> = std::fs::read_dir(bench.folder.path().join("local/functions"))
        .unwrap()
        .collect();
    assert_eq!(left.len(), 1, "no half-written files");
}
