//! A small configuration for tests, made by hand so that they do not depend on the reader of the file.

use std::collections::BTreeMap;

use crate::domain::arn::Place;
use crate::domain::config::{AutoRole, Config, LogsConfig, PackageConfig, Release, RoleChoice, TrustConfig};
use crate::domain::function::{Architecture, AsyncInvoke, LogFormat, Vpc};
use crate::domain::names::{AccountId, AliasName, FunctionName, Region, RuntimeId};

pub fn ireland() -> Place {
    Place {
        partition: "aws".into(),
        region: Region::new("eu-west-1").unwrap(),
        account: AccountId::new("123456789012").unwrap(),
    }
}

pub fn config() -> Config {
    Config {
        name: FunctionName::new("thumbs").unwrap(),
        stage: None,
        account: None,
        region: None,
        description: String::new(),
        runtime: RuntimeId::new("nodejs24.x").unwrap(),
        handler: "index.handler".into(),
        architecture: Architecture::Arm64,
        memory: 128,
        timeout: 3,
        ephemeral_storage: 512,
        package: PackageConfig::default(),
        env: BTreeMap::new(),
        allow: Vec::new(),
        callers: Vec::new(),
        role: RoleChoice::Auto(AutoRole {
            name: None,
            path: "/lfn/".into(),
            boundary: None,
            trust: TrustConfig::default(),
        }),
        asynchronous: AsyncInvoke::default(),
        dead_letter: None,
        vpc: Vpc::default(),
        layers: Vec::new(),
        files: None,
        kms_key: None,
        tracing: false,
        snap_start: false,
        reserved_concurrency: None,
        provisioned_concurrency: BTreeMap::new(),
        logs: LogsConfig {
            group: None,
            retention: None,
            format: LogFormat::Text,
            level: None,
            system_level: None,
        },
        tags: BTreeMap::new(),
        code_signing: None,
        release: Release {
            alias: AliasName::new("live").unwrap(),
            keep: None,
            check: None,
            alarms: Vec::new(),
        },
        polled: Vec::new(),
        schedules: Vec::new(),
        url: None,
        unsupported: Vec::new(),
    }
}
