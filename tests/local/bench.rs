//! A target in a temporary folder, and short ways to fill it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use lfn::domain::function::{Architecture, FunctionSettings};
use lfn::domain::names::{AliasName, CodeDigest, FunctionName, Qualifier, Region, Version};
use lfn::ports::{
    AliasUpdate, Cloud, CodeSource, CodeUpdate, ErrorKind, Invocation, InvocationType, Invoked, NewFunction, PortError,
    PortResult, Snapshot,
};
use serde_json::Value;
use tempfile::TempDir;

pub struct Bench {
    pub folder: TempDir,
    pub cloud: Cloud,
}

pub fn name(text: &str) -> FunctionName {
    FunctionName::new(text).unwrap()
}

pub fn alias_name(text: &str) -> AliasName {
    AliasName::new(text).unwrap()
}

pub fn settings(runtime: &str, handler: &str) -> FunctionSettings {
    super::function::settings("thumbs", runtime, handler)
}

pub fn alias(name: &str, version: u64, weights: &[(u64, f64)]) -> AliasUpdate {
    AliasUpdate {
        name: alias_name(name),
        version: Version(version),
        weights: weights
            .iter()
            .map(|(version, weight)| (Version(*version), *weight))
            .collect(),
        description: String::new(),
    }
}

impl Bench {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let cloud = lfn::local::open(folder.path().join("local"), Region::new("eu-west-1").unwrap()).unwrap();
        Self { folder, cloud }
    }

    /// Another view of the same folder, as a second process would have.
    pub fn again(&self) -> Cloud {
        lfn::local::open(self.folder.path().join("local"), Region::new("eu-west-1").unwrap()).unwrap()
    }

    /// Writes an archive; `bootstrap` is executable.
    pub fn zip(&self, files: &[(&str, &str)]) -> PathBuf {
        let mut all = zip::ZipWriter::new(tempfile::NamedTempFile::new_in(&self.folder).unwrap());
        for (name, text) in files {
            let mode = if *name == "bootstrap" { 0o755 } else { 0o644 };
            let options = zip::write::SimpleFileOptions::DEFAULT.unix_permissions(mode);
            all.start_file(*name, options).unwrap();
            all.write_all(text.as_bytes()).unwrap();
        }
        all.finish().unwrap().keep().unwrap().1
    }

    /// A file that is no archive, with a hole of this size.
    pub fn blob(&self, size: u64) -> PathBuf {
        let file = tempfile::NamedTempFile::new_in(&self.folder).unwrap();
        file.as_file().set_len(size).unwrap();
        file.keep().unwrap().1
    }

    pub fn new_function(&self, settings: FunctionSettings, files: &[(&str, &str)]) -> NewFunction {
        NewFunction {
            name: name("thumbs"),
            settings,
            architecture: Architecture::X86_64,
            code: CodeSource::Direct(self.zip(files)),
            tags: BTreeMap::new(),
            code_signing: None,
        }
    }

    pub async fn create(&self, settings: FunctionSettings, files: &[(&str, &str)]) -> Snapshot {
        let new = self.new_function(settings, files);
        self.cloud.functions.create_function(&new).await.unwrap()
    }

    pub async fn update(&self, files: &[(&str, &str)]) -> Snapshot {
        let latest = self.latest().await;
        let update = CodeUpdate {
            code: CodeSource::Direct(self.zip(files)),
            architecture: Architecture::X86_64,
            revision: latest.revision,
        };
        self.cloud.functions.update_code(&latest.name, &update).await.unwrap()
    }

    pub async fn latest(&self) -> Snapshot {
        self.cloud
            .functions
            .function(&name("thumbs"))
            .await
            .unwrap()
            .unwrap()
            .latest
    }

    pub async fn publish(&self) -> Version {
        let digest: CodeDigest = self.latest().await.digest;
        let published = self
            .cloud
            .functions
            .publish(&name("thumbs"), &digest, "")
            .await
            .unwrap();
        match published.qualifier {
            Qualifier::Version(version) => version,
            other => panic!("{other} is not a version"),
        }
    }

    pub async fn call(&self, kind: InvocationType, qualifier: &str, payload: &str) -> PortResult<Invoked> {
        let invocation = Invocation {
            name: name("thumbs"),
            qualifier: qualifier.parse().unwrap(),
            kind,
            payload: payload.into(),
            client_context: None,
        };
        self.cloud.functions.invoke(&invocation).await
    }

    pub async fn invoke(&self, qualifier: &str, payload: &str) -> Invoked {
        self.call(InvocationType::RequestResponse, qualifier, payload)
            .await
            .unwrap()
    }
}

/// The payload as JSON.
pub fn json(invoked: &Invoked) -> serde_json::Value {
    serde_json::from_slice(&invoked.payload).unwrap()
}

pub const PYTHON: &str = "python3.12";

pub const CODE: [(&str, &str); 1] = [("app.py", "def handler(event, context): return 1\n")];

pub fn python() -> FunctionSettings {
    settings("python3.12", "app.handler")
}

#[track_caller]
pub fn refused<T: std::fmt::Debug>(result: PortResult<T>, kind: ErrorKind, code: &str, sentence: &str) -> PortError {
    let error = result.unwrap_err();
    assert_eq!((error.kind, error.code.as_deref()), (kind, Some(code)), "{error}");
    assert!(
        error.message.contains(sentence),
        "`{}` does not contain `{sentence}`",
        error.message
    );
    error
}

/// Runs these files once and checks what comes out: `Ok(payload)`, or the error's type and message.
pub async fn expect(
    runtime: &str,
    handler: &str,
    files: &[(&str, &str)],
    expected: Result<Value, (&str, &str)>,
) -> Invoked {
    let bench = Bench::new();
    bench.create(settings(runtime, handler), files).await;
    let invoked = bench.invoke("$LATEST", r#"{"n": 20}"#).await;
    let payload = json(&invoked);
    let log = invoked.log_tail.as_deref().unwrap();
    assert_eq!(invoked.status, 200);
    match expected {
        Ok(value) => {
            assert_eq!(payload, value, "{runtime} {handler}: {log}");
            assert_eq!(invoked.function_error, None);
        }
        Err((kind, message)) => {
            assert_eq!(payload["errorType"], kind, "{runtime} {handler}: {payload}");
            let text = payload["errorMessage"].as_str().unwrap();
            assert!(text.contains(message), "{runtime} {handler}: {text}");
            assert_eq!(invoked.function_error.as_deref(), Some("Unhandled"));
        }
    }
    invoked
}
