//! One edition of a function in a folder of its own, and calls of it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;

use lfn::domain::function::FunctionSettings;
use lfn::domain::names::{FunctionName, Qualifier, Region};
use lfn::runner::{Edition, Event, Function, Host, Outcome, Pool, Unpacked};
use serde_json::Value;

use super::support::function;

pub const ARN: &str = "arn:aws:lambda:us-east-1:012345678912:function:judged";

/// The settings that the emulator has as well.
pub fn settings(runtime: &str, handler: &str) -> FunctionSettings {
    FunctionSettings {
        memory: 512,
        ..function::settings("judged", runtime, handler)
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
    pool_on(Host::current(), settings, code, layers)
}

/// The same on a machine that has these interpreters.
pub fn pool_on(host: Host, settings: FunctionSettings, code: &[(&str, &str)], layers: &[(&str, &str)]) -> Arc<Pool> {
    let unpacked = |files: &[(&str, &str)]| {
        let folder = Unpacked::new().unwrap();
        write(folder.path(), files);
        folder
    };
    let layers = (!layers.is_empty()).then(|| unpacked(layers));
    pool_of(host, settings, unpacked(code), layers)
}

/// The same with files that are there.
pub fn pool_of(host: Host, settings: FunctionSettings, code: Unpacked, layers: Option<Unpacked>) -> Arc<Pool> {
    let function = Function {
        name: FunctionName::new("judged").unwrap(),
        version: Qualifier::Latest,
        region: Region::new("us-east-1").unwrap(),
        settings,
        log_stream: "stream".into(),
        door: None,
    };
    Pool::new(host, Edition { function, code, layers })
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
