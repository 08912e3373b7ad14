//! Functions and their archives: kept, and refused in Lambda's words.

use std::collections::{BTreeMap, BTreeSet};

use lfn::domain::function::{Architecture, AsyncInvoke, Environment, FunctionSettings, TagChange};
use lfn::domain::names::{BucketName, CodeDigest, Qualifier};
use lfn::ports::{CodeSource, CodeUpdate, ErrorKind};

use super::bench::{Bench, CODE, alias, alias_name, name, python, refused};

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
    bench.cloud.artifacts.create_bucket(&bucket).await.unwrap();
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
    refused(other, ErrorKind::Stale, "InvalidParameterValueException", &sentence);

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
