//! A function's settings, as tests need them.

use lfn::domain::function::{Environment, FunctionSettings, LogFormat, Logging, Vpc};
use lfn::domain::names::{LogGroupName, RuntimeId};

/// Settings that every rule accepts. The role is another account's, of which nothing is known.
pub fn settings(name: &str, runtime: &str, handler: &str) -> FunctionSettings {
    FunctionSettings {
        description: String::new(),
        role: format!("arn:aws:iam::123456789012:role/{name}")
            .parse()
            .expect("a role's ARN"),
        runtime: RuntimeId::new(runtime).expect("a runtime"),
        handler: handler.into(),
        memory: 256,
        timeout: 20,
        ephemeral_storage: 512,
        environment: Environment::default(),
        kms_key: None,
        layers: vec![],
        vpc: Vpc::default(),
        dead_letter: None,
        tracing: false,
        snap_start: false,
        file_system: None,
        logging: Logging {
            format: LogFormat::Text,
            level: None,
            system_level: None,
            group: LogGroupName::new(format!("/aws/lambda/{name}")).expect("a function's log group"),
        },
    }
}
