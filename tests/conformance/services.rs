//! Who lfn is, log groups, archives and parameters.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use lfn::domain::names::{AliasName, BucketName, FunctionName, LogGroupName, Version};
use lfn::ports::{AlarmState, BucketState, ErrorKind, Traffic};

use crate::subject::Subject;

pub async fn the_caller_has_a_place(subject: &Subject) {
    let caller = subject.cloud.identity.caller().await.expect("someone");
    assert_eq!(caller.place.region.as_str(), "us-east-1");
    assert_eq!(caller.place.partition, "aws");
    assert!(caller.arn.contains(caller.place.account.as_str()), "{caller:?}");
    if let Some(account) = &subject.account {
        assert_eq!(caller.place.account.as_str(), account.id);
    }
}

pub async fn log_groups_keep_retention_and_tags(subject: &Subject) {
    let logs = &subject.cloud.logs;
    let group = LogGroupName::new("/aws/lambda/thumbs").expect("valid");
    let longer = LogGroupName::new("/aws/lambda/thumbs-old").expect("valid");
    let tags = BTreeMap::from([("lfn:function".into(), "thumbs".into())]);
    logs.create_log_group(&longer, &BTreeMap::new())
        .await
        .expect("a new group");
    assert_eq!(logs.log_group(&group).await, Ok(None), "a longer name is another group");

    logs.create_log_group(&group, &tags).await.expect("a new group");
    let twice = logs.create_log_group(&group, &tags).await;
    assert_eq!(twice.map_err(|error| error.kind), Err(ErrorKind::AlreadyExists));
    assert_eq!(logs.log_group_tags(&group).await, Ok(tags));
    for days in [Some(14), None] {
        logs.set_retention(&group, days).await.expect("valid");
        let state = logs.log_group(&group).await.expect("readable").expect("it exists");
        assert_eq!(state.retention, days);
    }
    logs.delete_log_group(&group).await.expect("it exists");
    assert_eq!(logs.log_group(&group).await, Ok(None));
    let again = logs.delete_log_group(&group).await;
    assert_eq!(again.map_err(|error| error.kind), Err(ErrorKind::NotFound));
}

pub async fn archives_arrive_whole(subject: &Subject) {
    let artifacts = &subject.cloud.artifacts;
    let account = subject.cloud.identity.caller().await.expect("someone").place.account;
    let bucket = BucketName::new(format!("lfn-artifacts-{account}-us-east-1")).expect("valid");
    assert_eq!(artifacts.bucket(&bucket).await, Ok(BucketState::Missing));
    artifacts.create_bucket(&bucket).await.expect("a new bucket");
    artifacts
        .create_bucket(&bucket)
        .await
        .expect("a bucket of ours is fine");
    assert_eq!(artifacts.bucket(&bucket).await, Ok(BucketState::Ours));

    // One call, and parts of eight megabytes with a rest.
    for (key, length) in [("small.zip", 5), ("empty.zip", 0), ("large.zip", 20 * 1024 * 1024 + 3)] {
        let file = subject.files.path().join(key);
        let bytes: Vec<u8> = (0..length)
            .map(|n: usize| u8::try_from(n % 251).expect("small"))
            .collect();
        std::fs::write(&file, bytes).expect("the temporary folder is writable");
        assert_eq!(artifacts.has(&bucket, key).await, Ok(false));
        let told = Mutex::new(Vec::new());
        artifacts
            .put(&bucket, key, &file, &|sent| told.lock().expect("one thread").push(sent))
            .await
            .expect("the bucket is ours");
        assert_eq!(artifacts.has(&bucket, key).await, Ok(true));
        let told = told.into_inner().expect("one thread");
        assert!(told.is_sorted(), "{told:?}");
        assert_eq!(told.last().copied().unwrap_or(0), length as u64);
        let request = format!(r#"{{"Bucket": "{bucket}", "Key": "{key}"}}"#);
        if let Some(seen) = subject.outside(&["call", "s3", "head_object", &request]).await {
            assert_eq!(seen["ContentLength"], length);
        }
    }
    let all = ["empty.zip", "large.zip", "small.zip"].map(str::to_owned);
    assert_eq!(artifacts.keys(&bucket, "").await, Ok(all.to_vec()));
    artifacts.delete(&bucket, "large.zip").await.expect("it is ours");
    assert_eq!(artifacts.keys(&bucket, "la").await, Ok(Vec::new()));
    assert_eq!(artifacts.keys(&bucket, "sm").await, Ok(vec!["small.zip".to_owned()]));
    let missing = BucketName::new(format!("nowhere-{account}")).expect("valid");
    let file = subject.files.path().join("small.zip");
    let nowhere = artifacts.put(&missing, "x", &file, &|_| {}).await;
    assert_eq!(nowhere.map_err(|error| error.kind), Err(ErrorKind::NotFound));
    assert_eq!(artifacts.keys(&missing, "").await, Ok(Vec::new()));
    let gone = subject.files.path().join("gone.zip");
    let unreadable = artifacts.put(&bucket, "x", &gone, &|_| {}).await;
    assert!(unreadable.is_err());
    assert_eq!(artifacts.has(&bucket, "x").await, Ok(false));
}

/// `CreateBucket` landed, and what follows it did not: the next upload makes up for it.
pub async fn a_half_made_bucket_is_finished(subject: &Subject) {
    let artifacts = &subject.cloud.artifacts;
    let file = subject.files.path().join("small.zip");
    std::fs::write(&file, "small").expect("the temporary folder is writable");
    let target = subject.quirks.known_as();
    for (name, finished) in [
        (format!("lfn-artifacts-{target}-half-made"), true),
        // A bucket that lambda.yaml names is its owner's.
        (format!("own-{target}"), false),
    ] {
        let bucket = BucketName::new(name).expect("valid");
        artifacts.create_bucket(&bucket).await.expect("a new bucket");
        let request = format!(r#"{{"Bucket": "{bucket}"}}"#);
        let opened = subject
            .outside(&["call", "s3", "delete_public_access_block", &request])
            .await;
        artifacts
            .put(&bucket, "small.zip", &file, &|_| {})
            .await
            .expect("the bucket is ours");
        if opened.is_none() {
            // The embedded target makes a bucket whole or not at all.
            continue;
        }
        if finished {
            for (asked, answer) in [
                (
                    "get_public_access_block",
                    "/PublicAccessBlockConfiguration/BlockPublicPolicy",
                ),
                (
                    "get_bucket_encryption",
                    "/ServerSideEncryptionConfiguration/Rules/0/ApplyServerSideEncryptionByDefault/SSEAlgorithm",
                ),
            ] {
                let seen = subject
                    .outside(&["call", "s3", asked, &request])
                    .await
                    .expect("a server");
                let seen = seen
                    .pointer(answer)
                    .unwrap_or_else(|| panic!("{bucket} {asked}: {seen}"));
                assert!(seen == true || seen == "AES256", "{bucket} {asked}: {seen}");
            }
        } else {
            let put_back =
                format!(r#"{{"Bucket": "{bucket}", "PublicAccessBlockConfiguration": {{"BlockPublicAcls": false}}}}"#);
            subject
                .outside(&["call", "s3", "put_public_access_block", &put_back])
                .await;
            artifacts
                .put(&bucket, "small.zip", &file, &|_| {})
                .await
                .expect("the bucket is ours");
            let seen = subject
                .outside(&["call", "s3", "get_public_access_block", &request])
                .await;
            let seen = seen.expect("a server");
            assert_ne!(
                seen["PublicAccessBlockConfiguration"]["BlockPublicPolicy"], true,
                "{bucket}: {seen}"
            );
        }
    }
}

pub async fn a_dropped_upload_leaves_nothing(subject: &Subject) {
    let artifacts = &subject.cloud.artifacts;
    let bucket = BucketName::new(format!("dropped-{}", subject.quirks.known_as())).expect("valid");
    artifacts.create_bucket(&bucket).await.expect("a new bucket");
    let file = subject.files.path().join("huge.zip");
    let made = std::fs::File::create(&file).expect("the temporary folder is writable");
    made.set_len(80 * 1024 * 1024).expect("the temporary folder has room");
    let begun = tokio::sync::Notify::new();
    let sent = |bytes| {
        if bytes > 0 {
            begun.notify_one();
        }
    };
    tokio::select! {
        biased;
        () = begun.notified() => {}
        result = artifacts.put(&bucket, "huge.zip", &file, &sent) => {
            // The embedded target copies the file in one go.
            assert!(subject.account.is_none(), "it was to be dropped after its first part: {result:?}");
            return;
        }
    }
    let request = format!(r#"{{"Bucket": "{bucket}"}}"#);
    let give_up = Instant::now() + Duration::from_secs(30);
    while let Some(open) = subject
        .outside(&["call", "s3", "list_multipart_uploads", &request])
        .await
    {
        if open["Uploads"].as_array().is_none_or(Vec::is_empty) {
            break;
        }
        assert!(Instant::now() < give_up, "the parts are still there: {open}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    if subject.account.is_some() {
        assert_eq!(artifacts.has(&bucket, "huge.zip").await, Ok(false));
    }
}

pub async fn parameters_are_decrypted(subject: &Subject) {
    let parameters = &subject.cloud.parameters;
    let names: Vec<String> = (0..12).map(|n| format!("/shop/key-{n}")).collect();
    for name in &names {
        subject.put_parameter(name, &format!("value of {name}")).await;
    }
    // More than one call takes, and one name twice.
    let mut asked = names.clone();
    asked.push(names[0].clone());
    let values = parameters.parameters(&asked).await.expect("all are there");
    assert_eq!(values.len(), 12);
    assert_eq!(values["/shop/key-11"], "value of /shop/key-11");

    let missing = parameters.parameters(&[names[0].clone(), "/shop/none".into()]).await;
    let missing = missing.expect_err("one does not exist");
    assert_eq!(missing.kind, ErrorKind::NotFound);
    assert!(missing.message.contains("/shop/none"), "{missing}");
    assert!(!missing.to_string().contains("value of"), "values stay out of errors");
    assert_eq!(parameters.parameters(&[]).await, Ok(BTreeMap::new()));
}

pub async fn alarms_and_traffic_are_told(subject: &Subject) {
    let metrics = &subject.cloud.metrics;
    let states = [
        ("orders", AlarmState::Ok),
        ("latency", AlarmState::Alarm),
        ("idle", AlarmState::InsufficientData),
    ];
    for (name, state) in states {
        subject.put_alarm(name, state).await;
    }
    // More than one call takes; those that do not exist are left out.
    let mut names: Vec<String> = (0..120).map(|n| format!("missing-{n}")).collect();
    names.extend(["orders", "latency", "idle"].map(str::to_owned));
    let found = metrics.alarms(&names).await.expect("alarms can be read");
    assert_eq!(found, states.map(|(name, state)| (name.to_owned(), state)).into());
    assert_eq!(metrics.alarms(&["orders".into()]).await.map(|found| found.len()), Ok(1));
    assert_eq!(metrics.alarms(&[]).await, Ok(BTreeMap::new()));

    let (name, alias) = (
        FunctionName::new("nobody").expect("a valid name"),
        AliasName::new("live").expect("a valid name"),
    );
    let since = jiff::Timestamp::now();
    let traffic = metrics.traffic(&name, &alias, Version(1), since).await;
    assert_eq!(traffic, Ok(Traffic::default()), "nothing was called");
}
