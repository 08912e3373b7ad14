//! One edition of a function in a folder of its own, and calls of it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use lfn::domain::function::{Environment, FunctionSettings, LogFormat, Logging, Vpc};
use lfn::domain::names::{FunctionName, LogGroupName, Qualifier, Region, RuntimeId};
use lfn::runner::{Edition, Event, Function, Host, Outcome, Pool, Unpacked};
use serde_json::Value;

pub const ARN: &str = "arn:aws:lambda:us-east-1:012345678912:function:judged";

/// The settings that the emulator has as well.
pub fn settings(runtime: &str, handler: &str) -> FunctionSettings {
    FunctionSettings {
        description: String::new(),
        role: "arn:aws:iam::123456789012:role/judged".parse().unwrap(),
        runtime: RuntimeId::new(runtime).unwrap(),
        handler: handler.into(),
        memory: 512,
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
            group: LogGroupName::new("/aws/lambda/judged").unwrap(),
        },
    }
}

/// Writes files; programs (`bootstrap`, and what begins with `#!`) may be run.
pub fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        if *name == "bootstrap" || text.starts_with("#!") {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
}

/// The environments of a function with this code and, when there are any, these files of layers.
pub fn pool(settings: FunctionSettings, code: &[(&str, &str)], layers: &[(&str, &str)]) -> Arc<Pool> {
    let unpacked = |files: &[(&str, &str)]| {
        let folder = Unpacked::new().unwrap();
        write(folder.path(), files);
        folder
    };
    let function = Function {
        name: FunctionName::new("judged").unwrap(),
        version: Qualifier::Latest,
        region: Region::new("us-east-1").unwrap(),
        settings,
        log_stream: "stream".into(),
        door: None,
    };
    let edition = Edition {
        function,
        code: unpacked(code),
        layers: (!layers.is_empty()).then(|| unpacked(layers)),
    };
    Pool::new(Host::current(), edition)
}

pub fn event(payload: &str) -> Event {
    Event {
        payload: payload.into(),
        invoked_arn: ARN.into(),
        ..Event::default()
    }
}

pub async fn call(pool: &Pool, payload: &str) -> Outcome {
    pool.invoke(&event(payload)).await.unwrap()
}

#[track_caller]
pub fn json(outcome: &Outcome) -> Value {
    let text = String::from_utf8_lossy(&outcome.payload);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}\n{}", outcome.log))
}
