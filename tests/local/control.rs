//! Functions, versions, aliases and concurrency: kept, and refused in Lambda's words.

use std::collections::{BTreeMap, BTreeSet};

use lfn::domain::function::{Architecture, AsyncInvoke, Environment, FunctionSettings, TagChange};
use lfn::domain::names::{BucketName, CodeDigest, Qualifier, Version};
use lfn::ports::{CodeSource, CodeUpdate, ErrorKind, PortError, PortResult};

use super::bench::{Bench, alias, alias_name, name, settings};

const CODE: [(&str, &str); 1] = [("app.py", "def handler(event, context): return 1\n")];

fn python() -> FunctionSettings {
    settings("python3.12", "app.handler")
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: PortResult<T>, kind: ErrorKind, code: &str, sentence: &str) -> PortError {
    let error = result.unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (kind, Some(code)), "{error}");
    assert!(
        error.message.contains(sentence),
        "`{}` does not contain `{sentence}`",
        error.message
    );
    error
}

type Change = fn(&mut FunctionSettings);

#[tokio::test]
async fn settings_that_lambda_refuses_are_refused() {
    let bench = Bench::new();
    bench.create(python(), &CODE).await;
    let revision = bench.latest().await.revision;
    let environment = |name: &str, value: String| Environment(BTreeMap::from([(name.to_owned(), value)]));
    let cases: &[(Change, &str)] = &[
        (
            |s| s.memory = 127,
            "Value '127' at 'memorySize' failed to satisfy constraint: Member must have value greater",
        ),
        (
            |s| s.memory = 10_241,
            "Member must have value less than or equal to 10240",
        ),
        (|s| s.timeout = 0, "at 'timeout'"),
        (|s| s.timeout = 901, "Member must have value less than or equal to 900"),
        (|s| s.ephemeral_storage = 511, "at 'ephemeralStorage.size'"),
        (|s| s.ephemeral_storage = 10_241, "at 'ephemeralStorage.size'"),
        (|s| s.description = "x".repeat(257), "at 'description'"),
        (|s| s.handler = "a b".into(), "at 'handler'"),
        (|s| s.role = "arn:aws:iam::1:role/x".parse().unwrap(), "at 'role'"),
        (|s| s.runtime = "cobol".parse().unwrap(), "Value cobol at 'runtime'"),
        (|s| s.snap_start = true, ""),
        (
            |s| s.layers = vec!["arn:aws:lambda:eu-west-1:1:layer:x:1".parse().unwrap(); 6],
            "more than 5 layers",
        ),
        (
            |s| s.logging.level = Some(lfn::domain::function::LogLevel::Info),
            "LogFormat must be JSON",
        ),
    ];
    for (index, (change, sentence)) in cases.iter().enumerate() {
        let mut wrong = python();
        change(&mut wrong);
        if sentence.is_empty() {
            wrong.runtime = "nodejs24.x".parse().unwrap();
        }
        let error = bench
            .cloud
            .functions
            .update_settings(&name("thumbs"), &wrong, &revision)
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid, "case {index}: {error}");
        assert!(error.message.contains(sentence), "case {index}: {error}");
    }
    for (variable, value, sentence) in [
        (
            "AWS_REGION",
            String::new(),
            "Reserved keys used in this request: AWS_REGION",
        ),
        (
            "_HANDLER",
            String::new(),
            "Reserved keys used in this request: _HANDLER",
        ),
        ("9X", String::new(), "environment.variables"),
        ("TOKEN", "s3cret".repeat(700), "exceeded the 4KB limit"),
    ] {
        let wrong = FunctionSettings {
            environment: environment(variable, value),
            ..python()
        };
        let error = bench
            .cloud
            .functions
            .update_settings(&name("thumbs"), &wrong, &revision)
            .await
            .unwrap_err();
        assert!(error.message.contains(sentence), "{error}");
        assert!(!error.to_string().contains("s3cret"), "values are never printed");
    }
    assert_eq!(bench.latest().await.revision, revision, "nothing was changed");
    let fits = FunctionSettings {
        environment: environment("TOKEN", "x".repeat(4096 - 5)),
        ..python()
    };
    bench
        .cloud
        .functions
        .update_settings(&name("thumbs"), &fits, &revision)
        .await
        .unwrap();
}

#[tokio::test]
async fn code_that_lambda_refuses_is_refused() {
    let bench = Bench::new();
    let text = bench.folder.path().join("text.zip");
    std::fs::write(&text, "not a zip").unwrap();
    let bucket = BucketName::new("shop-artifacts").unwrap();
    let in_bucket = |bucket: &BucketName| CodeSource::Bucket {
        bucket: bucket.clone(),
        key: "x.zip".into(),
    };
    let cases = [
        (
            CodeSource::Direct(text),
            "InvalidParameterValueException",
            "Could not unzip uploaded file. Please check your file, then try to upload again.",
        ),
        (
            CodeSource::Direct(bench.zip(&[])),
            "InvalidParameterValueException",
            "Uploaded file must be a non-empty zip",
        ),
        (
            CodeSource::Direct(bench.blob(52_428_801)),
            "InvalidParameterValueException",
            "Zipped size must be smaller than 52428800 bytes",
        ),
        (
            CodeSource::Direct(bench.blob(60_000_000)),
            "RequestEntityTooLargeException",
            "Request must be smaller than 70167211 bytes for the CreateFunction operation",
        ),
        (
            in_bucket(&bucket),
            "InvalidParameterValueException",
            "S3 Error Code: NoSuchBucket.",
        ),
    ];
    for (code, expected, sentence) in cases {
        let mut new = bench.new_function(python(), &CODE);
        new.code = code;
        refused(
            bench.cloud.functions.create_function(&new).await,
            ErrorKind::Invalid,
            expected,
            sentence,
        );
    }
    bench
        .cloud
        .artifacts
        .create_bucket(&bucket, &BTreeMap::new())
        .await
        .unwrap();
    let mut new = bench.new_function(python(), &CODE);
    new.code = in_bucket(&bucket);
    let sentence =
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.";
    refused(
        bench.cloud.functions.create_function(&new).await,
        ErrorKind::Invalid,
        "InvalidParameterValueException",
        sentence,
    );
    assert_eq!(bench.cloud.functions.function(&name("thumbs")).await.unwrap(), None);
    let archive = bench.zip(&CODE);
    bench
        .cloud
        .artifacts
        .put(&bucket, "x.zip", &archive, &|_| {})
        .await
        .unwrap();
    assert_eq!(
        bench.cloud.functions.create_function(&new).await.unwrap().code_size,
        std::fs::metadata(archive).unwrap().len()
    );
}

#[tokio::test]
async fn an_archive_that_unpacks_to_too_much_is_refused() {
    use std::io::Write as _;
    let bench = Bench::new();
    let path = bench.folder.path().join("bomb.zip");
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    let options = zip::write::SimpleFileOptions::DEFAULT.compression_method(zip::CompressionMethod::Deflated);
    archive.start_file("zeros", options).unwrap();
    let megabyte = vec![0; 1024 * 1024];
    for _ in 0..251 {
        archive.write_all(&megabyte).unwrap();
    }
    archive.finish().unwrap();
    let mut new = bench.new_function(python(), &CODE);
    new.code = CodeSource::Direct(path);
    let sentence = "Unzipped size must be smaller than 262144000 bytes";
    refused(
        bench.cloud.functions.create_function(&new).await,
        ErrorKind::Invalid,
        "InvalidParameterValueException",
        sentence,
    );
}

#[tokio::test]
async fn names_that_are_taken_or_missing_are_told_apart() {
    let bench = Bench::new();
    let functions = &bench.cloud.functions;
    let missing = name("thumbs");
    let arn = "Function not found: arn:aws:lambda:eu-west-1:000000000000:function:thumbs";
    let gone = (ErrorKind::NotFound, "ResourceNotFoundException");
    refused(functions.delete_function(&missing).await, gone.0, gone.1, arn);
    refused(
        functions.update_settings(&missing, &python(), "x").await,
        gone.0,
        gone.1,
        arn,
    );
    refused(
        functions.publish(&missing, &CodeDigest("x".into()), "").await,
        gone.0,
        gone.1,
        arn,
    );
    assert_eq!(functions.function(&missing).await.unwrap(), None);
    assert_eq!(functions.snapshot(&missing, &Qualifier::Latest).await.unwrap(), None);

    bench.create(python(), &CODE).await;
    let again = functions.create_function(&bench.new_function(python(), &CODE)).await;
    refused(
        again,
        ErrorKind::AlreadyExists,
        "ResourceConflictException",
        "Function already exist: thumbs",
    );

    let digest = bench.latest().await.digest;
    let other = functions.publish(&missing, &CodeDigest("other=".into()), "").await;
    let sentence = format!("CodeSHA256 (other=) is different from current CodeSHA256 in $LATEST [{digest}]");
    refused(other, ErrorKind::Invalid, "InvalidParameterValueException", &sentence);

    let stale = CodeUpdate {
        code: CodeSource::Direct(bench.zip(&CODE)),
        architecture: Architecture::Arm64,
        revision: "old".into(),
    };
    let sentence = "The Revision Id provided does not match the latest Revision Id.";
    let precondition = (ErrorKind::Stale, "PreconditionFailedException");
    refused(
        functions.update_code(&missing, &stale).await,
        precondition.0,
        precondition.1,
        sentence,
    );
    refused(
        functions.update_settings(&missing, &python(), "old").await,
        precondition.0,
        precondition.1,
        sentence,
    );
    let fresh = CodeUpdate {
        revision: bench.latest().await.revision,
        ..stale
    };
    assert_eq!(
        functions.update_code(&missing, &fresh).await.unwrap().architecture,
        Architecture::Arm64
    );
}

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

    let cases = [
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
    ];
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
    let provisioned = functions.provisioned(&thumbs).await.unwrap();
    assert_eq!(provisioned[&live].requested, 5);
    assert!(provisioned[&live].ready);
    refused(
        functions.set_reserved_concurrency(&thumbs, Some(4)).await,
        invalid.0,
        invalid.1,
        "total provisioned concurrency [5]",
    );
    functions.set_provisioned(&thumbs, &live, None).await.unwrap();
    functions.set_reserved_concurrency(&thumbs, None).await.unwrap();
    assert!(functions.provisioned(&thumbs).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_hangs_on_a_function_goes_with_it() {
    let bench = Bench::new();
    bench.create(python(), &CODE).await;
    let functions = bench.cloud.functions.clone();
    let (thumbs, live) = (name("thumbs"), alias_name("live"));
    bench.publish().await;
    functions.create_alias(&thumbs, &alias("live", 1, &[])).await.unwrap();
    let settings = AsyncInvoke {
        retries: 0,
        ..AsyncInvoke::default()
    };
    functions
        .set_async_invoke(&thumbs, &live, Some(&settings))
        .await
        .unwrap();
    assert_eq!(functions.async_invoke(&thumbs, &live).await.unwrap(), Some(settings));
    for wrong in [
        AsyncInvoke {
            retries: 3,
            ..AsyncInvoke::default()
        },
        AsyncInvoke {
            max_age: 59,
            ..AsyncInvoke::default()
        },
    ] {
        let error = functions
            .set_async_invoke(&thumbs, &live, Some(&wrong))
            .await
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid);
    }
    let signing = "arn:aws:lambda:eu-west-1:000000000000:code-signing-config:csc-1"
        .parse()
        .unwrap();
    functions.set_code_signing(&thumbs, Some(&signing)).await.unwrap();
    assert_eq!(functions.code_signing(&thumbs).await.unwrap(), Some(signing));

    let tags = |range: std::ops::Range<u32>| range.map(|n| (format!("t{n}"), "x".to_owned())).collect();
    let fifty = TagChange {
        set: tags(0..50),
        remove: BTreeSet::new(),
    };
    functions.change_tags(&thumbs, &fifty).await.unwrap();
    let one_more = TagChange {
        set: tags(50..51),
        remove: BTreeSet::new(),
    };
    let error = functions.change_tags(&thumbs, &one_more).await;
    refused(
        error,
        ErrorKind::Invalid,
        "InvalidParameterValueException",
        "Number of tags exceeds resource tag limit.",
    );
    let exchanged = TagChange {
        remove: BTreeSet::from(["t0".into()]),
        ..one_more
    };
    functions.change_tags(&thumbs, &exchanged).await.unwrap();
    let reserved = TagChange {
        set: BTreeMap::from([("aws:x".into(), String::new())]),
        ..TagChange::default()
    };
    assert_eq!(
        functions.change_tags(&thumbs, &reserved).await.unwrap_err().kind,
        ErrorKind::Invalid
    );

    let archives = || {
        std::fs::read_dir(bench.folder.path().join("local/archives"))
            .unwrap()
            .count()
    };
    assert_eq!(archives(), 1);
    functions.delete_function(&thumbs).await.unwrap();
    assert_eq!(archives(), 0, "nothing needs the archive any more");
    bench.create(python(), &CODE).await;
    assert_eq!(functions.versions(&thumbs).await.unwrap(), []);
    assert_eq!(functions.aliases(&thumbs).await.unwrap(), []);
    assert_eq!(functions.async_invoke(&thumbs, &live).await.unwrap(), None);
    let names: Vec<String> = functions
        .functions()
        .await
        .unwrap()
        .iter()
        .map(|f| f.name.to_string())
        .collect();
    assert_eq!(names, ["thumbs"]);
}

/// The archive of `$LATEST` is kept once, and as long as a version needs it.
#[tokio::test]
async fn archives_are_kept_once_and_as_long_as_needed() {
    let bench = Bench::new();
    let archives = || {
        std::fs::read_dir(bench.folder.path().join("local/archives"))
            .unwrap()
            .count()
    };
    bench.create(python(), &CODE).await;
    bench.publish().await;
    bench.update(&CODE).await;
    assert_eq!(archives(), 1, "the same bytes");
    bench.update(&[("app.py", "two")]).await;
    assert_eq!(archives(), 2, "version 1 still needs the first");
    bench.update(&[("app.py", "three")]).await;
    assert_eq!(archives(), 2, "nothing needs the second");
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
