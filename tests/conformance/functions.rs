//! Functions, their settings, and calls of them.

use std::collections::{BTreeMap, BTreeSet};

use lfn::domain::arn::Arn;
use lfn::domain::function::{
    Environment, FunctionSettings, LogFormat, LogLevel, Logging, SystemLogLevel, TagChange, Vpc,
};
use lfn::domain::names::{BucketName, FunctionName, LayerName, LogGroupName, Qualifier};
use lfn::ports::{CodeSource, CodeUpdate, ErrorKind, Invocation, InvocationType, NewLayerVersion};

use crate::quirks::Quirk;
use crate::subject::{Subject, plain_settings};

fn name(text: &str) -> FunctionName {
    FunctionName::new(text).expect("valid")
}

pub async fn a_function_lives_and_dies(subject: &Subject) {
    let functions = &subject.cloud.functions;
    let thumbs = name("thumbs");
    assert_eq!(functions.function(&thumbs).await, Ok(None));
    assert_eq!(functions.snapshot(&thumbs, &Qualifier::Latest).await, Ok(None));

    let (_, made) = subject.function("thumbs").await;
    let found = functions.function(&thumbs).await.expect("readable").expect("it exists");
    assert_eq!(found.latest.settings, made.settings);
    assert_eq!(found.latest.qualifier, Qualifier::Latest);
    assert_eq!(found.latest.revision, made.revision);
    assert!(found.latest.code_size > 0);
    assert_eq!(found.tags.get("lfn:function").map(String::as_str), Some("thumbs"));
    assert_eq!(found.reserved_concurrency, None);
    let listed = functions.functions().await.expect("readable");
    assert_eq!(listed.iter().map(|each| &each.name).collect::<Vec<_>>(), [&thumbs]);
    assert_eq!(listed[0].settings, made.settings);

    let new_code = subject.archive("def handler(event, context):\n    return 2\n");
    let update = |revision: &str| CodeUpdate {
        code: CodeSource::Direct(new_code.path.clone()),
        architecture: made.architecture,
        revision: revision.to_owned(),
    };
    functions
        .update_code(&thumbs, &update(&made.revision))
        .await
        .expect("the revision fits");
    let changed = subject.settled(&thumbs).await;
    assert_eq!(changed.digest, new_code.digest);
    assert_ne!(changed.revision, made.revision);
    let stale = functions.update_code(&thumbs, &update(&made.revision)).await;
    assert_eq!(stale.map_err(|error| error.kind), Err(ErrorKind::Stale));

    let change = TagChange {
        set: BTreeMap::from([("team".into(), "shop".into())]),
        remove: BTreeSet::from(["lfn:function".into()]),
    };
    functions.change_tags(&thumbs, &change).await.expect("tags change");
    functions
        .set_reserved_concurrency(&thumbs, Some(5))
        .await
        .expect("five of a thousand");
    let found = functions.function(&thumbs).await.expect("readable").expect("it exists");
    assert_eq!(found.tags, BTreeMap::from([("team".into(), "shop".into())]));
    assert_eq!(found.reserved_concurrency, Some(5));
    functions
        .set_reserved_concurrency(&thumbs, None)
        .await
        .expect("back to the pool");
    let found = functions.function(&thumbs).await.expect("readable").expect("it exists");
    assert_eq!(found.reserved_concurrency, None);

    assert_eq!(
        functions.code_signing(&thumbs).await,
        Ok(None),
        "a plain function has no code signing"
    );

    functions.delete_function(&thumbs).await.expect("it exists");
    assert_eq!(functions.function(&thumbs).await, Ok(None));
    let again = functions.delete_function(&thumbs).await;
    assert_eq!(again.map_err(|error| error.kind), Err(ErrorKind::NotFound));
}

pub async fn the_deployed_files_are_known(subject: &Subject) {
    let functions = &subject.cloud.functions;
    let (thumbs, _) = subject.function("thumbs").await;
    let files = || async { functions.contents(&thumbs, &Qualifier::Latest).await.expect("readable") };
    let listed = files().await;
    assert_eq!(listed.len(), 2, "{listed:?}");
    assert_eq!(
        (listed[0].name.as_str(), listed[0].size),
        ("app.py", crate::subject::ADDS_ONE.len() as u64)
    );

    let made = subject.settled(&thumbs).await;
    let new_code = subject.archive("# nothing\n");
    let update = CodeUpdate {
        code: CodeSource::Direct(new_code.path.clone()),
        architecture: made.architecture,
        revision: made.revision,
    };
    functions
        .update_code(&thumbs, &update)
        .await
        .expect("the revision fits");
    subject.settled(&thumbs).await;
    functions.function(&thumbs).await.expect("readable");
    let expected = lfn::domain::package::directory::list(&new_code.path).expect("just written");
    assert_eq!(files().await, expected, "the files of the archive that was sent last");
    let nobody = functions.contents(&name("nobody"), &Qualifier::Latest).await;
    assert_eq!(nobody.map_err(|error| error.kind), Err(ErrorKind::NotFound));
}

pub async fn settings_round_trip(subject: &Subject) {
    let functions = &subject.cloud.functions;
    let (thumbs, made) = subject.function("thumbs").await;
    let plain = plain_settings("thumbs", made.settings.role.clone());
    assert_eq!(made.settings, plain, "defaults read back as defaults");

    let everything = everything(subject, &plain).await;
    let mut last = made;
    let snappy = FunctionSettings {
        snap_start: true,
        ..plain.clone()
    };
    for wanted in [&everything, &plain, &snappy, &plain] {
        functions
            .update_settings(&thumbs, wanted, &last.revision)
            .await
            .expect("valid settings");
        let settled = subject.settled(&thumbs).await;
        let mut expected = wanted.clone();
        if wanted.kms_key.is_some() {
            let kept = settled.settings.kms_key == wanted.kms_key;
            subject.quirks.check(Quirk::KmsKeyDropped, kept, "the KMS key is kept");
            expected.kms_key.clone_from(&settled.settings.kms_key);
        }
        assert_eq!(settled.settings, expected);
        assert_ne!(settled.revision, last.revision);
        let stale = functions.update_settings(&thumbs, wanted, &last.revision).await;
        assert_eq!(stale.map_err(|error| error.kind), Err(ErrorKind::Stale));
        last = settled;
    }
    assert!(
        !format!("{:?}", everything.environment).contains("orders"),
        "values are never printed"
    );
}

/// Every setting away from its default. The network, layer and queue are real where a server looks.
async fn everything(subject: &Subject, plain: &FunctionSettings) -> FunctionSettings {
    let place = subject.cloud.identity.caller().await.expect("someone").place;
    let text = |value: Option<serde_json::Value>, pointer: &str, otherwise: &str| {
        value.map_or_else(
            || otherwise.to_owned(),
            |value| {
                value
                    .pointer(pointer)
                    .and_then(|text| text.as_str())
                    .expect("the server says")
                    .to_owned()
            },
        )
    };
    let vpc = subject
        .outside(&["call", "ec2", "create_vpc", r#"{"CidrBlock": "10.0.0.0/16"}"#])
        .await;
    let vpc = text(vpc, "/Vpc/VpcId", "vpc-1");
    let subnet = format!(r#"{{"VpcId": "{vpc}", "CidrBlock": "10.0.1.0/24"}}"#);
    let subnet = subject.outside(&["call", "ec2", "create_subnet", &subnet]).await;
    let group = format!(r#"{{"VpcId": "{vpc}", "GroupName": "g", "Description": "g"}}"#);
    let group = subject.outside(&["call", "ec2", "create_security_group", &group]).await;
    let layer = layer(subject).await;
    subject.outside(&["create-queue", "dead"]).await;
    FunctionSettings {
        description: "Makes a thumbnail of every image".into(),
        memory: 1024,
        timeout: 30,
        ephemeral_storage: 1024,
        environment: Environment(BTreeMap::from([("TABLE".into(), "orders".into())])),
        kms_key: Some(place.arn("kms", "key/12345678-1234-1234-1234-123456789012")),
        layers: vec![layer],
        vpc: Vpc {
            subnets: BTreeSet::from([text(subnet, "/Subnet/SubnetId", "subnet-1")]),
            security_groups: BTreeSet::from([text(group, "/GroupId", "sg-1")]),
            ipv6: false,
        },
        dead_letter: Some(place.arn("sqs", "dead")),
        tracing: true,
        logging: Logging {
            format: LogFormat::Json,
            level: Some(LogLevel::Warn),
            system_level: Some(SystemLogLevel::Debug),
            group: LogGroupName::new("/shared/thumbs").expect("valid"),
        },
        ..plain.clone()
    }
}

async fn layer(subject: &Subject) -> Arn {
    let new = NewLayerVersion {
        name: LayerName::new("sharp").expect("valid"),
        description: String::new(),
        license: String::new(),
        content: CodeSource::Direct(subject.archive("# a layer\n").path),
        runtimes: [].into(),
        architectures: [].into(),
    };
    let made = subject.cloud.layers.publish_layer(&new).await;
    made.expect("a new layer").arn
}

pub async fn refusals_have_their_kinds(subject: &Subject) {
    let functions = &subject.cloud.functions;
    let (thumbs, made) = subject.function("thumbs").await;
    let archive = subject.archive("# another\n");
    let mut twin = subject
        .new_function("twin", CodeSource::Direct(archive.path.clone()))
        .await;
    twin.name = thumbs.clone();
    let twice = functions.create_function(&twin).await.expect_err("the name is taken");
    assert_eq!(twice.kind, ErrorKind::AlreadyExists, "{twice}");
    assert_eq!(twice.action, "lambda:CreateFunction");
    assert_eq!(twice.resource, "thumbs");

    let nobody = name("nobody");
    let missing = functions.update_settings(&nobody, &made.settings, &made.revision).await;
    assert_eq!(missing.map_err(|error| error.kind), Err(ErrorKind::NotFound));
    let missing = functions.publish(&nobody, &made.digest, "").await;
    assert_eq!(missing.map_err(|error| error.kind), Err(ErrorKind::NotFound));
    let missing = functions.invoke(&call(&nobody, Qualifier::Latest)).await;
    assert_eq!(missing.map_err(|error| error.kind), Err(ErrorKind::NotFound));

    let text = subject.files.path().join("not.zip");
    std::fs::write(&text, "no archive").expect("the temporary folder is writable");
    twin.name = name("other");
    twin.code = CodeSource::Direct(text);
    let refused = functions.create_function(&twin).await;
    assert_eq!(refused.map_err(|error| error.kind), Err(ErrorKind::Invalid));
    twin.code = CodeSource::Direct(archive.path);
    let nobodys: Arn = format!("arn:aws:iam::{}:role/nobody", made.settings.role.account)
        .parse()
        .expect("an ARN");
    twin.settings.role = nobodys;
    let role = functions
        .create_function(&twin)
        .await
        .map(drop)
        .map_err(|error| error.kind);
    // On the embedded target a role is there at once or not at all.
    let waited_for = match subject.account {
        Some(_) => ErrorKind::Propagating,
        None => ErrorKind::Invalid,
    };
    subject.quirks.check(
        Quirk::AnyRoleWillDo,
        role == Err(waited_for),
        "a role that Lambda cannot assume is refused",
    );
}

pub fn call(function: &FunctionName, qualifier: Qualifier) -> Invocation {
    Invocation {
        name: function.clone(),
        qualifier,
        kind: InvocationType::RequestResponse,
        payload: br#"{"n": 41}"#.to_vec(),
        client_context: None,
    }
}

pub async fn a_function_is_invoked(subject: &Subject) {
    let functions = &subject.cloud.functions;
    let (thumbs, _) = subject.function("thumbs").await;
    let answer = functions
        .invoke(&call(&thumbs, Qualifier::Latest))
        .await
        .expect("it runs");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.function_error, None);
    let payload: serde_json::Value = serde_json::from_slice(&answer.payload).expect("JSON");
    assert_eq!(payload, serde_json::json!({ "n": 42 }));
    assert_eq!(answer.executed_version, Some(Qualifier::Latest));
    assert!(answer.request_id.is_some());
    let log = answer.log_tail.expect("a tail was asked for");
    assert!(log.contains("added"), "{log}");
    subject.quirks.check(
        Quirk::TailWithoutReport,
        log.contains("REPORT"),
        "the tail ends with a report",
    );

    let dry = Invocation {
        kind: InvocationType::DryRun,
        ..call(&thumbs, Qualifier::Latest)
    };
    assert_eq!(functions.invoke(&dry).await.expect("allowed").status, 204);
    let queued = Invocation {
        kind: InvocationType::Event,
        ..call(&thumbs, Qualifier::Latest)
    };
    assert_eq!(functions.invoke(&queued).await.expect("queued").status, 202);

    let broken = "def handler(event, context):\n    raise ValueError('no picture')\n";
    let (broken, _) = subject.function_of("broken", broken).await;
    let answer = functions
        .invoke(&call(&broken, Qualifier::Latest))
        .await
        .expect("an answer all the same");
    assert_eq!(answer.function_error.as_deref(), Some("Unhandled"));
    let payload: serde_json::Value = serde_json::from_slice(&answer.payload).expect("JSON");
    assert_eq!(payload["errorMessage"], "no picture");
}

pub async fn code_comes_from_a_bucket(subject: &Subject) {
    let (functions, artifacts) = (&subject.cloud.functions, &subject.cloud.artifacts);
    let bucket = BucketName::new(format!("code-{}", subject.quirks.known_as())).expect("valid");
    artifacts.create_bucket(&bucket).await.expect("a new bucket");
    let (first, second) = (subject.archive("# one\n"), subject.large_archive());
    assert!(
        std::fs::metadata(&second.path).expect("just written").len() > 17 * 1024 * 1024,
        "it goes in parts"
    );
    let stored = |key: &str| CodeSource::Bucket {
        bucket: bucket.clone(),
        key: key.to_owned(),
    };
    artifacts
        .put(&bucket, "one.zip", &first.path, &|_| {})
        .await
        .expect("the bucket is ours");
    artifacts
        .put(&bucket, "two.zip", &second.path, &|_| {})
        .await
        .expect("the bucket is ours");

    let new = subject.new_function("thumbs", stored("one.zip")).await;
    let made = functions.create_function(&new).await.expect("a new function");
    assert_eq!(made.digest, first.digest);
    let made = subject.settled(&new.name).await;
    let update = CodeUpdate {
        code: stored("two.zip"),
        architecture: made.architecture,
        revision: made.revision,
    };
    functions
        .update_code(&new.name, &update)
        .await
        .expect("the revision fits");
    assert_eq!(subject.settled(&new.name).await.digest, second.digest);
}
