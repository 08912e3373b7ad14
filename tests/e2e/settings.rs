//! Every ordinary setting: set, seen from outside, left alone by the next deploy, and taken away.

use serde_json::{Value, json};

use crate::shop::{deploy, describe, shop, without_ledger};
use crate::support::command::Project;
use crate::support::proxy::FaultProxy;
use crate::support::servers::{Account, LocalEmu, MiniStack, Server as _};
use crate::support::witness;

/// What a server can be asked for.
struct Abilities {
    /// LocalEmu forgets `KMSKeyArn` on both calls that set it.
    kms_key: bool,
    /// LocalEmu checks subnets and groups against a network that a test would have to build.
    network: bool,
    /// MiniStack answers `CreateCodeSigningConfig` in a form that boto3 cannot read.
    code_signing: bool,
}

#[test]
fn every_setting_arrives_and_leaves_on_ministack() {
    let abilities = Abilities {
        kms_key: true,
        network: true,
        code_signing: false,
    };
    every_setting(&MiniStack::shared().account(), &abilities);
}

#[test]
fn every_setting_arrives_and_leaves_on_localemu() {
    let abilities = Abilities {
        kms_key: false,
        network: false,
        code_signing: true,
    };
    every_setting(&LocalEmu::shared().account(), &abilities);
}

fn every_setting(account: &Account, abilities: &Abilities) {
    let arn = |service: &str, rest: &str| format!("arn:aws:{service}:us-east-1:{}:{rest}", account.id);
    for queue in ["failed", "done", "refused"] {
        witness(account, &["create-queue", queue]);
    }
    let layer = witness(account, &["publish-layer", "sharp"])["LayerVersionArn"].clone();
    let layer = layer.as_str().expect("a layer has an ARN");
    let mut text = format!(
        "description: Everything at once\narchitecture: arm64\nmemory: 1024MB\ntimeout: 30s\nephemeral_storage: 1024MB\n\
         env: {{ TABLE: orders, SIZE: large }}\nlayers: [\"{layer}\"]\ndead_letter: sqs:refused\non_failure: sqs:failed\n\
         on_success: sqs:done\nretries: 1\nmax_age: 1h\ntracing: true\nconcurrency: {{ reserved: 5, provisioned: {{ live: 2 }} }}\n\
         logs: {{ group: /shop/logs, retention: 14d, format: json, level: debug, system_level: warn }}\n\
         tags: {{ team: shop, cost-center: \"4711\" }}\n"
    );
    let key = arn("kms", "key/11111111-2222-3333-4444-555555555555");
    let signing = abilities.code_signing.then(|| code_signing(account));
    if abilities.kms_key {
        text += &["kms_key: \"", &key, "\"\n"].concat();
    }
    if abilities.network {
        text.push_str("vpc: { subnets: [subnet-0a1b2c3d4e5f60718], security_groups: [sg-0a1b2c3d4e5f60718] }\n");
    }
    if let Some(signing) = &signing {
        text += &["code_signing: \"", signing, "\"\n"].concat();
    }

    // Set by the first deploy, and again on a function that has none of it.
    for first in [true, false] {
        let project = shop(if first { &text } else { "" });
        deploy(account, &project).success();
        if first && abilities.code_signing {
            // LocalEmu passes over `CodeSigningConfigArn` in `CreateFunction`: the next deploy sees that.
            deploy(account, &project).success();
        }
        if !first {
            assert_bare(account);
            describe(&project, &text);
            deploy(account, &project).success();
        }
        let function = witness(account, &["function", "shop", "live"]);
        let configuration = &function["Configuration"];
        assert_eq!(configuration["Description"], "Everything at once");
        assert_eq!(configuration["Architectures"], json!(["arm64"]));
        assert_eq!(configuration["MemorySize"], 1024);
        assert_eq!(configuration["Timeout"], 30);
        assert_eq!(configuration["EphemeralStorage"]["Size"], 1024);
        assert_eq!(
            configuration["Environment"]["Variables"],
            json!({ "TABLE": "orders", "SIZE": "large" })
        );
        assert_eq!(configuration["Layers"][0]["Arn"], layer);
        assert_eq!(configuration["DeadLetterConfig"]["TargetArn"], arn("sqs", "refused"));
        assert_eq!(configuration["TracingConfig"]["Mode"], "Active");
        assert_eq!(
            configuration["LoggingConfig"],
            json!({
                "LogFormat": "JSON", "ApplicationLogLevel": "DEBUG", "SystemLogLevel": "WARN", "LogGroup": "/shop/logs",
            })
        );
        if abilities.kms_key {
            assert_eq!(configuration["KMSKeyArn"], key);
        }
        if abilities.network {
            assert_eq!(
                configuration["VpcConfig"]["SubnetIds"],
                json!(["subnet-0a1b2c3d4e5f60718"])
            );
            assert_eq!(
                configuration["VpcConfig"]["SecurityGroupIds"],
                json!(["sg-0a1b2c3d4e5f60718"])
            );
        }
        assert_eq!(code_signing_of(account, abilities), signing);
        let function = witness(account, &["function", "shop"]);
        assert_eq!(function["ReservedConcurrentExecutions"], 5);
        assert_eq!(
            without_ledger(&function["Tags"]),
            json!({ "team": "shop", "cost-center": "4711", "lfn:function": "shop" })
        );
        let provisioned = witness(account, &["provisioned", "shop", "live"]);
        assert_eq!(provisioned["RequestedProvisionedConcurrentExecutions"], 2);
        assert_eq!(provisioned["Status"], "READY");
        let asynchronous = witness(account, &["event-invoke-config", "shop", "live"]);
        assert_eq!(asynchronous["MaximumRetryAttempts"], 1);
        assert_eq!(asynchronous["MaximumEventAgeInSeconds"], 3600);
        let destinations = &asynchronous["DestinationConfig"];
        assert_eq!(destinations["OnFailure"]["Destination"], arn("sqs", "failed"));
        assert_eq!(destinations["OnSuccess"]["Destination"], arn("sqs", "done"));
        let group = witness(account, &["log-group", "/shop/logs"]);
        assert_eq!(
            (&group["RetentionInDays"], &group["Tags"]["team"]),
            (&json!(14), &json!("shop"))
        );
        nothing_to_do(account, &project);

        // All of it taken away again.
        describe(&project, "");
        deploy(account, &project).success();
        assert_bare(account);
        assert_eq!(code_signing_of(account, abilities), None);
        nothing_to_do(account, &project);
        crate::shop::run(account, &project, &["destroy", "--yes"]).success();
    }
}

#[track_caller]
fn assert_bare(account: &Account) {
    let function = witness(account, &["function", "shop", "live"]);
    let configuration = &function["Configuration"];
    assert_eq!(configuration["Description"], "");
    assert_eq!(configuration["Architectures"], json!(["x86_64"]));
    assert_eq!(configuration["MemorySize"], 128);
    assert_eq!(configuration["Timeout"], 3);
    assert_eq!(configuration["EphemeralStorage"]["Size"], 512);
    assert!(is_empty(&configuration["Environment"]["Variables"]), "{configuration}");
    assert!(is_empty(&configuration["Layers"]), "{configuration}");
    assert!(
        is_empty(&configuration["DeadLetterConfig"]["TargetArn"]),
        "{configuration}"
    );
    assert!(is_empty(&configuration["KMSKeyArn"]), "{configuration}");
    assert!(is_empty(&configuration["VpcConfig"]["SubnetIds"]), "{configuration}");
    assert_eq!(configuration["TracingConfig"]["Mode"], "PassThrough");
    let logging = &configuration["LoggingConfig"];
    assert_eq!(
        (&logging["LogFormat"], &logging["LogGroup"]),
        (&json!("Text"), &json!("/aws/lambda/shop"))
    );
    let function = witness(account, &["function", "shop"]);
    assert_eq!(function["ReservedConcurrentExecutions"], json!(null));
    assert_eq!(without_ledger(&function["Tags"]), json!({ "lfn:function": "shop" }));
    assert!(witness(account, &["provisioned", "shop", "live"]).is_null());
    assert!(witness(account, &["event-invoke-config", "shop", "live"]).is_null());
}

/// Absent, null, or with nothing in it: servers differ.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(values) => values.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

#[track_caller]
fn nothing_to_do(account: &Account, project: &Project) {
    let proxy = FaultProxy::start(account);
    let deployed = deploy(&account.through(&proxy.endpoint()), project).success();
    assert!(deployed.stderr.contains("nothing to do"), "{deployed}");
    assert_eq!(proxy.writes(), [""; 0]);
}

fn code_signing(account: &Account) -> String {
    let profile = format!(
        "arn:aws:signer:us-east-1:{}:/signing-profiles/shop/abcdefghij",
        account.id
    );
    let allowed = json!({ "AllowedPublishers": { "SigningProfileVersionArns": [profile] } });
    let made = witness(
        account,
        &["call", "lambda", "create_code_signing_config", &allowed.to_string()],
    );
    let arn = &made["CodeSigningConfig"]["CodeSigningConfigArn"];
    arn.as_str()
        .expect("a code signing configuration has an ARN")
        .to_owned()
}

fn code_signing_of(account: &Account, abilities: &Abilities) -> Option<String> {
    if !abilities.code_signing {
        return None;
    }
    let function = json!({ "FunctionName": "shop" }).to_string();
    let found = witness(
        account,
        &["call", "lambda", "get_function_code_signing_config", &function],
    );
    found["CodeSigningConfigArn"]
        .as_str()
        .filter(|arn| !arn.is_empty())
        .map(str::to_owned)
}
