//! Roles, log groups, buckets and parameters.

use std::collections::BTreeMap;
use std::sync::Mutex;

use lfn::domain::function::TagChange;
use lfn::domain::names::{BucketName, LogGroupName, Region, RoleName};
use lfn::domain::policy::PolicyDocument;
use lfn::ports::{BucketState, ErrorKind, NewRole, RoleState};

use super::bench::{Bench, name, settings};

fn trust(service: &str) -> PolicyDocument {
    PolicyDocument::parse(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{service}"}},
            "Action":"sts:AssumeRole","Condition":{{"StringEquals":{{"aws:SourceAccount":"000000000000"}}}}}}]}}"#
    ))
    .unwrap()
}

fn role_name() -> RoleName {
    RoleName::new("thumbs-role").unwrap()
}

fn new_role(service: &str) -> NewRole {
    NewRole {
        name: role_name(),
        path: "/lfn/".into(),
        trust: trust(service),
        boundary: None,
        description: "for thumbs".into(),
        tags: BTreeMap::from([("team".into(), "shop".into())]),
    }
}

#[tokio::test]
async fn the_caller_is_a_user_of_the_local_account() {
    let caller = Bench::new().cloud.identity.caller().await.unwrap();
    assert_eq!(caller.arn, "arn:aws:iam::000000000000:user/local");
    assert_eq!(caller.place.region.as_str(), "eu-west-1");
    assert_eq!(caller.place.account.as_str(), "000000000000");
}

#[tokio::test]
async fn a_function_needs_a_role_that_lambda_can_assume() {
    let bench = Bench::new();
    let code = [("app.py", "")];
    let mut wanted = settings("python3.12", "app.handler");
    wanted.role = "arn:aws:iam::000000000000:role/lfn/thumbs-role".parse().unwrap();
    let new = bench.new_function(wanted.clone(), &code);
    let functions = &bench.cloud.functions;
    let refused = |error: lfn::ports::PortError| {
        assert_eq!(error.kind, ErrorKind::Invalid, "nothing to wait for");
        assert_eq!(error.code.as_deref(), Some("InvalidParameterValueException"));
        assert_eq!(
            error.message,
            "The role defined for the function cannot be assumed by Lambda."
        );
    };
    refused(functions.create_function(&new).await.unwrap_err());
    bench
        .cloud
        .roles
        .create_role(&new_role("ec2.amazonaws.com"))
        .await
        .unwrap();
    refused(functions.create_function(&new).await.unwrap_err());
    bench
        .cloud
        .roles
        .set_trust(&role_name(), &trust("lambda.amazonaws.com"))
        .await
        .unwrap();
    let mut elsewhere = new.clone();
    elsewhere.settings.role = "arn:aws:iam::000000000000:role/thumbs-role".parse().unwrap();
    refused(functions.create_function(&elsewhere).await.unwrap_err());
    let made = functions.create_function(&new).await.unwrap();
    refused(
        functions
            .update_settings(&made.name, &elsewhere.settings, &made.revision)
            .await
            .unwrap_err(),
    );
    functions
        .update_settings(&made.name, &wanted, &made.revision)
        .await
        .unwrap();
}

#[tokio::test]
async fn roles_are_kept_and_guarded_as_iam_does() {
    let bench = Bench::new();
    let roles = &bench.cloud.roles;
    let name = role_name();
    assert_eq!(roles.role(&name).await.unwrap(), None);
    assert_eq!(roles.policy(&name, "lfn").await.unwrap(), None);
    for missing in [
        roles.delete_role(&name).await.unwrap_err(),
        roles.policies(&name).await.unwrap_err(),
        roles.set_boundary(&name, None).await.unwrap_err(),
    ] {
        assert_eq!(
            (missing.kind, missing.code.as_deref()),
            (ErrorKind::NotFound, Some("NoSuchEntity"))
        );
    }
    let new = new_role("lambda.amazonaws.com");
    let made = roles.create_role(&new).await.unwrap();
    let expected = RoleState {
        arn: "arn:aws:iam::000000000000:role/lfn/thumbs-role".parse().unwrap(),
        trust: new.trust.clone(),
        boundary: None,
        description: "for thumbs".into(),
        tags: new.tags.clone(),
    };
    assert_eq!(made, expected);
    assert_eq!(roles.role(&name).await.unwrap(), Some(expected));
    let twice = roles.create_role(&new).await.unwrap_err();
    assert_eq!(
        (twice.kind, twice.code.as_deref()),
        (ErrorKind::AlreadyExists, Some("EntityAlreadyExists"))
    );
    assert_eq!(twice.message, "Role with name thumbs-role already exists.");

    let boundary = "arn:aws:iam::000000000000:policy/edge".parse().unwrap();
    roles.set_boundary(&name, Some(&boundary)).await.unwrap();
    let change = TagChange {
        set: BTreeMap::from([("stage".into(), "prod".into())]),
        remove: ["team".into()].into(),
    };
    roles.change_role_tags(&name, &change).await.unwrap();
    let role = roles.role(&name).await.unwrap().unwrap();
    assert_eq!(role.boundary, Some(boundary));
    assert_eq!(role.tags, BTreeMap::from([("stage".into(), "prod".into())]));

    let policy = |resource: &str| {
        PolicyDocument::parse(&format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:GetObject","Resource":"{resource}"}}]}}"#
        ))
        .unwrap()
    };
    let small = policy("arn:aws:s3:::photos/*");
    roles.put_policy(&name, "lfn", &small).await.unwrap();
    let large = policy(&format!("arn:aws:s3:::{}", "x".repeat(10_240)));
    let error = roles.put_policy(&name, "lfn", &large).await.unwrap_err();
    assert_eq!(error.code.as_deref(), Some("LimitExceeded"));
    assert_eq!(roles.policy(&name, "lfn").await.unwrap(), Some(small));
    assert_eq!(roles.policies(&name).await.unwrap(), ["lfn"]);
    assert_eq!(roles.attached_policies(&name).await.unwrap(), []);
    let in_use = roles.delete_role(&name).await.unwrap_err();
    assert_eq!(
        (in_use.kind, in_use.code.as_deref()),
        (ErrorKind::InUse, Some("DeleteConflict"))
    );
    assert_eq!(in_use.message, "Cannot delete entity, must delete policies first.");
    roles.delete_policy(&name, "lfn").await.unwrap();
    assert_eq!(
        roles.delete_policy(&name, "lfn").await.unwrap_err().kind,
        ErrorKind::NotFound
    );
    roles.delete_role(&name).await.unwrap();
    assert_eq!(roles.role(&name).await.unwrap(), None);
}

#[tokio::test]
async fn log_groups_take_only_the_retentions_that_exist() {
    let bench = Bench::new();
    let logs = &bench.cloud.logs;
    let group = LogGroupName::new("/aws/lambda/thumbs").unwrap();
    assert_eq!(logs.log_group(&group).await.unwrap(), None);
    for missing in [
        logs.set_retention(&group, Some(14)).await.unwrap_err(),
        logs.delete_log_group(&group).await.unwrap_err(),
        logs.log_group_tags(&group).await.unwrap_err(),
    ] {
        assert_eq!(missing.kind, ErrorKind::NotFound);
        assert_eq!(missing.message, "The specified log group does not exist.");
    }
    let tags = BTreeMap::from([("lfn:function".to_owned(), "thumbs".to_owned())]);
    logs.create_log_group(&group, &tags).await.unwrap();
    let twice = logs.create_log_group(&group, &tags).await.unwrap_err();
    assert_eq!(
        (twice.kind, twice.code.as_deref()),
        (ErrorKind::AlreadyExists, Some("ResourceAlreadyExistsException"))
    );
    assert_eq!(logs.log_group_tags(&group).await.unwrap(), tags);
    let error = logs.set_retention(&group, Some(2)).await.unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (ErrorKind::Invalid, Some("InvalidParameterException"))
    );
    for days in [Some(14), Some(3653), None] {
        logs.set_retention(&group, days).await.unwrap();
        assert_eq!(logs.log_group(&group).await.unwrap().unwrap().retention, days);
    }
    logs.delete_log_group(&group).await.unwrap();
    assert_eq!(logs.log_group(&group).await.unwrap(), None);
}

#[tokio::test]
async fn looking_makes_no_folder() {
    let bench = Bench::new();
    let (cloud, folder) = (&bench.cloud, bench.folder.path().join("local"));
    let bucket = BucketName::new("shop-artifacts").unwrap();
    let group = LogGroupName::new("/aws/lambda/thumbs").unwrap();
    assert_eq!(cloud.functions.functions().await, Ok(vec![]));
    assert_eq!(cloud.functions.function(&name("thumbs")).await, Ok(None));
    assert_eq!(cloud.roles.role(&role_name()).await, Ok(None));
    assert_eq!(cloud.logs.log_group(&group).await, Ok(None));
    assert_eq!(cloud.artifacts.keys(&bucket, "").await, Ok(vec![]));
    cloud
        .parameters
        .parameters(&["/shop/url".to_owned()])
        .await
        .unwrap_err();
    assert!(!folder.exists());
    cloud.artifacts.create_bucket(&bucket).await.unwrap();
    assert_eq!(std::fs::read_to_string(folder.join(".gitignore")).unwrap(), "*\n");

    let file = bench.blob(1);
    assert!(
        lfn::local::open(file, Region::new("eu-west-1").unwrap()).is_err(),
        "a file is no folder"
    );
}

#[tokio::test]
async fn buckets_hold_archives_and_tell_how_far_an_upload_is() {
    let bench = Bench::new();
    let artifacts = &bench.cloud.artifacts;
    let bucket = BucketName::new("shop-artifacts").unwrap();
    let archive = bench.blob(700_000);
    assert_eq!(artifacts.bucket(&bucket).await.unwrap(), BucketState::Missing);
    assert!(!artifacts.has(&bucket, "a/b.zip").await.unwrap());
    let error = artifacts.put(&bucket, "a/b.zip", &archive, &|_| {}).await.unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (ErrorKind::NotFound, Some("NoSuchBucket"))
    );
    artifacts.create_bucket(&bucket).await.unwrap();
    // A rerun finds its own bucket.
    artifacts.create_bucket(&bucket).await.unwrap();
    assert_eq!(artifacts.bucket(&bucket).await.unwrap(), BucketState::Ours);
    let steps = Mutex::new(Vec::new());
    artifacts
        .put(&bucket, "a/b.zip", &archive, &|bytes| steps.lock().unwrap().push(bytes))
        .await
        .unwrap();
    let steps = steps.into_inner().unwrap();
    assert!(steps.is_sorted() && steps.len() > 1, "{steps:?}");
    assert_eq!(steps.last(), Some(&700_000));
    assert!(artifacts.has(&bucket, "a/b.zip").await.unwrap());
    assert!(!artifacts.has(&bucket, "a/c.zip").await.unwrap());
}

#[tokio::test]
async fn parameters_are_read_from_a_file_kept_by_hand() {
    let bench = Bench::new();
    let names = ["/shop/api-key".to_owned(), "/shop/url".to_owned()];
    let error = bench.cloud.parameters.parameters(&names).await.unwrap_err();
    assert_eq!(
        (error.kind, error.code.as_deref()),
        (ErrorKind::NotFound, Some("ParameterNotFound"))
    );
    assert!(
        error.message.contains("/shop/api-key") && error.message.contains("parameters.json"),
        "{error}"
    );
    let file = bench.folder.path().join("local/parameters.json");
    std::fs::create_dir(file.parent().unwrap()).unwrap();
    std::fs::write(&file, r#"{"/shop/api-key": "s3cret", "/shop/url": "u", "/other": "x"}"#).unwrap();
    let values = bench.cloud.parameters.parameters(&names).await.unwrap();
    assert_eq!(
        values,
        BTreeMap::from([
            ("/shop/api-key".into(), "s3cret".into()),
            ("/shop/url".into(), "u".into())
        ])
    );
    std::fs::write(&file, r#"{"/shop/api-key": "s3cret","#).unwrap();
    let error = bench.cloud.parameters.parameters(&names).await.unwrap_err().to_string();
    assert!(
        error.contains("parameters.json") && !error.contains("s3cret"),
        "{error}"
    );
}
