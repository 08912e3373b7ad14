//! Settings go to Lambda and come back equal.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_lambda::types::builders::FunctionConfigurationBuilder;
use aws_sdk_lambda::types::{
    EnvironmentError, EnvironmentResponse, FunctionConfiguration, Layer, SnapStartResponse, TracingConfigResponse,
    VpcConfigResponse,
};

use super::super::settings as sent;
use super::*;

fn arn(text: &str) -> Arn {
    text.parse().expect("valid")
}

fn plain() -> FunctionSettings {
    FunctionSettings {
        description: String::new(),
        role: arn("arn:aws:iam::123456789012:role/thumbs"),
        runtime: RuntimeId::new("nodejs24.x").expect("valid"),
        handler: "index.handler".into(),
        memory: 128,
        timeout: 3,
        ephemeral_storage: 512,
        environment: Environment::default(),
        kms_key: None,
        layers: Vec::new(),
        vpc: Vpc::default(),
        dead_letter: None,
        tracing: false,
        snap_start: false,
        file_system: None,
        logging: Logging {
            format: LogFormat::Text,
            level: None,
            system_level: None,
            group: LogGroupName::new("/aws/lambda/thumbs").expect("valid"),
        },
    }
}

fn full() -> FunctionSettings {
    FunctionSettings {
        description: "Makes a thumbnail".into(),
        memory: 1024,
        timeout: 30,
        ephemeral_storage: 1024,
        environment: Environment(BTreeMap::from([("TABLE".into(), "orders".into())])),
        kms_key: Some(arn("arn:aws:kms:eu-west-1:123456789012:key/1")),
        layers: vec![
            arn("arn:aws:lambda:eu-west-1:123456789012:layer:b:1"),
            arn("arn:aws:lambda:eu-west-1:123456789012:layer:a:2"),
        ],
        vpc: Vpc {
            subnets: BTreeSet::from(["subnet-2".into(), "subnet-1".into()]),
            security_groups: BTreeSet::from(["sg-1".into()]),
            ipv6: true,
        },
        dead_letter: Some(arn("arn:aws:sqs:eu-west-1:123456789012:dead")),
        tracing: true,
        snap_start: true,
        file_system: Some(FileSystem {
            access_point: arn("arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-1"),
            mount: "/mnt/data".into(),
        }),
        logging: Logging {
            format: LogFormat::Json,
            level: Some(LogLevel::Warn),
            system_level: Some(SystemLogLevel::Debug),
            group: LogGroupName::new("/shared").expect("valid"),
        },
        ..plain()
    }
}

/// A configuration as Lambda holds it after these settings were sent.
fn echo(wanted: &FunctionSettings) -> FunctionConfigurationBuilder {
    let vpc = sent::vpc(&wanted.vpc);
    let tracing = sent::tracing(wanted.tracing);
    let snap_start = sent::snap_start(wanted.snap_start);
    let layers = sent::layers(&wanted.layers);
    FunctionConfiguration::builder()
        .function_name("thumbs")
        .version("$LATEST")
        .code_sha256("3q2+7w==")
        .revision_id("r1")
        .last_modified("2026-11-22T16:00:00.000+0000")
        .description(&wanted.description)
        .role(wanted.role.to_string())
        .runtime(wanted.runtime.as_str().into())
        .handler(&wanted.handler)
        .memory_size(sent::number(wanted.memory))
        .timeout(sent::number(wanted.timeout))
        .ephemeral_storage(sent::ephemeral_storage(wanted.ephemeral_storage).expect("complete"))
        .environment(
            EnvironmentResponse::builder()
                .set_variables(sent::environment(&wanted.environment).variables)
                .build(),
        )
        .kms_key_arn(sent::text_or_empty(wanted.kms_key.as_ref()))
        .set_layers(Some(
            layers
                .into_iter()
                .map(|arn| Layer::builder().arn(arn).build())
                .collect(),
        ))
        .vpc_config(
            VpcConfigResponse::builder()
                .set_subnet_ids(vpc.subnet_ids)
                .set_security_group_ids(vpc.security_group_ids)
                .set_ipv6_allowed_for_dual_stack(vpc.ipv6_allowed_for_dual_stack)
                .build(),
        )
        .dead_letter_config(sent::dead_letter(wanted.dead_letter.as_ref()))
        .tracing_config(TracingConfigResponse::builder().set_mode(tracing.mode).build())
        .snap_start(SnapStartResponse::builder().set_apply_on(snap_start.apply_on).build())
        .set_file_system_configs(Some(sent::file_systems(wanted.file_system.as_ref()).expect("complete")))
        .logging_config(sent::logging(&wanted.logging))
}

#[test]
fn what_was_written_reads_back_equal() {
    for wanted in [plain(), full()] {
        let read = snapshot(&echo(&wanted).build()).expect("readable");
        assert_eq!(read.settings, wanted);
        assert_eq!(read.modified, "2026-11-22T16:00:00.000Z");
        assert_eq!(read.revision, "r1");
    }
}

#[test]
fn what_lambda_leaves_out_is_the_default() {
    let bare = FunctionConfiguration::builder()
        .function_name("thumbs")
        .code_sha256("3q2+7w==")
        .role("arn:aws:iam::123456789012:role/thumbs")
        .runtime("nodejs24.x".into())
        .handler("index.handler")
        .build();
    let read = snapshot(&bare).expect("readable");
    assert_eq!(read.settings, plain());
    assert_eq!(read.architecture, Architecture::X86_64);
    assert_eq!(read.lifecycle.update, UpdateStatus::Successful);
}

#[test]
fn removing_a_setting_is_sent() {
    assert_eq!(sent::text_or_empty(None), "");
    assert_eq!(sent::dead_letter(None).target_arn(), Some(""));
    assert_eq!(sent::vpc(&Vpc::default()).subnet_ids, Some(Vec::new()));
    assert_eq!(sent::vpc(&Vpc::default()).security_group_ids, Some(Vec::new()));
    assert!(sent::environment(&Environment::default()).variables().is_some());
    assert_eq!(sent::tracing(false).mode(), Some(&TracingMode::PassThrough));
    assert_eq!(sent::snap_start(false).apply_on(), Some(&SnapStartApplyOn::None));
}

#[test]
fn levels_are_sent_with_json_only() {
    let text = sent::logging(&Logging {
        level: Some(LogLevel::Warn),
        system_level: Some(SystemLogLevel::Warn),
        ..plain().logging
    });
    assert_eq!(text.application_log_level(), None);
    assert_eq!(text.system_log_level(), None);
    let json = sent::logging(&full().logging);
    assert_eq!(json.application_log_level(), Some(&ApplicationLogLevel::Warn));
    assert_eq!(json.system_log_level(), Some(&GivenSystemLevel::Debug));
}

#[test]
fn a_container_image_is_refused_in_words() {
    let image = echo(&plain()).package_type(PackageType::Image).build();
    let refused = snapshot(&image).expect_err("an image");
    assert_eq!(refused.kind, ErrorKind::Invalid);
    assert!(refused.message.contains("container image"));
}

#[test]
fn an_environment_that_cannot_be_decrypted_is_no_empty_one() {
    let error = EnvironmentError::builder()
        .error_code("AccessDeniedException")
        .message("kms:Decrypt is denied")
        .build();
    let locked = echo(&full())
        .environment(EnvironmentResponse::builder().error(error).build())
        .build();
    let read = snapshot(&locked).expect("everything else is readable");
    assert_eq!(
        read.settings.environment.why_undecryptable(),
        Some("kms:Decrypt is denied")
    );
    let mut emptied = full();
    emptied.environment = Environment::default();
    assert_ne!(read.settings, emptied, "it is set anew");
    emptied.environment = read.settings.environment.clone();
    assert_eq!(read.settings, emptied, "nothing else is");
}

#[test]
fn states_and_reasons_are_read() {
    use aws_sdk_lambda::types::{LastUpdateStatus as Update, State as Given};
    let table = [
        (
            Given::Active,
            Update::Successful,
            State::Active,
            UpdateStatus::Successful,
        ),
        (
            Given::Pending,
            Update::InProgress,
            State::Pending,
            UpdateStatus::InProgress,
        ),
        (
            Given::Inactive,
            Update::Successful,
            State::Inactive,
            UpdateStatus::Successful,
        ),
        (Given::Failed, Update::Failed, State::Failed, UpdateStatus::Failed),
        (
            Given::from("Deactivating"),
            Update::from("Novel"),
            State::Other,
            UpdateStatus::InProgress,
        ),
    ];
    for (given_state, given_update, state, update) in table {
        let read = lifecycle(
            &echo(&plain())
                .state(given_state)
                .last_update_status(given_update)
                .build(),
        );
        assert_eq!((read.state, read.update), (state, update));
    }
    let failed = echo(&plain())
        .state(Given::Active)
        .last_update_status(Update::Failed)
        .last_update_status_reason("the KMS key is gone")
        .build();
    assert_eq!(lifecycle(&failed).reason.as_deref(), Some("the KMS key is gone"));
    // The reason of an update that went well is old news.
    let fine = echo(&plain())
        .last_update_status(Update::Successful)
        .last_update_status_reason("old")
        .build();
    assert_eq!(lifecycle(&fine).reason, None);
}

#[test]
fn times_become_rfc_3339() {
    for (given, wanted) in [
        ("2026-11-22T16:00:00.000+0000", "2026-11-22T16:00:00.000Z"),
        ("2026-11-22T16:00:00.000+0530", "2026-11-22T16:00:00.000+05:30"),
        ("2026-11-22T16:00:00Z", "2026-11-22T16:00:00Z"),
        ("", ""),
    ] {
        assert_eq!(rfc_3339(given), wanted);
    }
}
