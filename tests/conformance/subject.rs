//! What the suite runs on: a target, its quirks, and what only an outsider can put there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use lfn::domain::arn::Arn;
use lfn::domain::function::{Architecture, Environment, FunctionSettings, LogFormat, Logging, Vpc};
use lfn::domain::names::{CodeDigest, FunctionName, LogGroupName, Qualifier, Region, RoleName, RuntimeId};
use lfn::domain::policy::{PolicyDocument, Statement};
use lfn::ports::{AlarmState, Cloud, CodeSource, NewFunction, NewRole, Snapshot, State, UpdateStatus};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::quirks::{self, Quirks};
use crate::support::servers::{Account, LocalEmu, MiniStack, Server as _};
use crate::support::witness;

/// A target under test. Every one has an account of its own.
pub struct Subject {
    pub cloud: Cloud,
    pub quirks: Quirks,
    /// Of a server: the way to look at it from outside.
    pub account: Option<Account>,
    pub files: TempDir,
}

/// An archive with one Python handler.
pub struct Archive {
    pub path: PathBuf,
    pub digest: CodeDigest,
}

impl Subject {
    pub async fn ministack() -> Self {
        Self::over(quirks::MINISTACK, || MiniStack::shared().account()).await
    }

    pub async fn localemu() -> Self {
        Self::over(quirks::LOCALEMU, || LocalEmu::shared().account()).await
    }

    #[expect(clippy::unused_async, reason = "the suite opens every target alike")]
    pub async fn embedded() -> Self {
        let files = tempfile::tempdir().expect("the temporary folder is writable");
        let region = Region::new("us-east-1").expect("valid");
        let cloud = lfn::local::open(files.path().join("target"), region).expect("the folder is new");
        Self {
            cloud,
            quirks: quirks::EMBEDDED,
            account: None,
            files,
        }
    }

    /// The AWS adapter over a server, reached through a profile as a person would.
    async fn over(quirks: Quirks, start: fn() -> Account) -> Self {
        let account = tokio::task::spawn_blocking(start).await.expect("the server starts");
        let files = tempfile::tempdir().expect("the temporary folder is writable");
        let config = files.path().join("config");
        let mut profile = String::from("[profile conformance]\n");
        for (key, value) in [
            ("region", account.region),
            ("endpoint_url", &account.endpoint),
            ("aws_access_key_id", &account.access_key),
            ("aws_secret_access_key", &account.secret_key),
        ] {
            writeln!(profile, "{key} = {value}").expect("a String takes everything");
        }
        std::fs::write(&config, profile).expect("the temporary folder is writable");
        let options = lfn::aws::ConnectOptions {
            profile: Some("conformance".into()),
            region: Some(Region::new(account.region).expect("valid")),
            config_file: Some(config),
            ..lfn::aws::ConnectOptions::default()
        };
        Self {
            cloud: lfn::aws::connect(options).await.expect("the profile is complete"),
            quirks,
            account: Some(account),
            files,
        }
    }

    /// Does something in the account from outside; on the embedded target nothing.
    pub async fn outside(&self, arguments: &[&str]) -> Option<serde_json::Value> {
        let account = self.account.clone()?;
        let arguments: Vec<String> = arguments.iter().map(|&text| text.to_owned()).collect();
        let answer = tokio::task::spawn_blocking(move || {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            witness::ask(&account, &arguments)
        });
        Some(
            answer
                .await
                .expect("the witness answers")
                .expect("the witness may do everything"),
        )
    }

    /// Puts a parameter where `lfn` has no call for it.
    pub async fn put_parameter(&self, name: &str, value: &str) {
        if self.outside(&["put-parameter", name, value]).await.is_none() {
            let file = self.files.path().join("target/parameters.json");
            let mut all: BTreeMap<String, String> = match std::fs::read(&file) {
                Ok(bytes) => serde_json::from_slice(&bytes).expect("an object of names and values"),
                Err(_) => BTreeMap::new(),
            };
            all.insert(name.into(), value.into());
            let bytes = serde_json::to_vec(&all).expect("text is JSON");
            std::fs::create_dir_all(self.files.path().join("target")).expect("the temporary folder is writable");
            std::fs::write(file, bytes).expect("the target's folder is writable");
        }
    }

    /// An alarm in this state.
    pub async fn put_alarm(&self, name: &str, state: AlarmState) {
        let word = serde_json::to_value(state).expect("a state is a word");
        let word = word.as_str().expect("a state is a word");
        if self.outside(&["alarm", name, word]).await.is_some() {
            return;
        }
        let file = self.files.path().join("target/alarms.json");
        let mut all: BTreeMap<String, AlarmState> = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).expect("an object of names and states"),
            Err(_) => BTreeMap::new(),
        };
        all.insert(name.into(), state);
        std::fs::create_dir_all(self.files.path().join("target")).expect("the temporary folder is writable");
        let bytes = serde_json::to_vec(&all).expect("text is JSON");
        std::fs::write(file, bytes).expect("the target's folder is writable");
    }

    /// A ZIP with `app.py`; the same text always gives the same bytes.
    pub fn archive(&self, source: &str) -> Archive {
        self.archive_with("app.py", source, &[])
    }

    /// A ZIP with one file of this name.
    pub fn archive_of(&self, name: &str, text: &str) -> Archive {
        self.archive_with(name, text, &[])
    }

    /// One that is sent in parts, every one of them different.
    pub fn large_archive(&self) -> Archive {
        let ballast: Vec<u8> = (0..18 * 1024 * 1024_u32 / 32)
            .flat_map(|block| Sha256::digest(block.to_le_bytes()).to_vec())
            .collect();
        self.archive_with("app.py", "# large\n", &ballast)
    }

    fn archive_with(&self, name: &str, source: &str, ballast: &[u8]) -> Archive {
        let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::DEFAULT
            .unix_permissions(0o644)
            .compression_method(zip::CompressionMethod::Stored);
        for (name, bytes) in [(name, source.as_bytes()), ("ballast", ballast)] {
            archive.start_file(name, options).expect("a short name");
            archive.write_all(bytes).expect("memory");
        }
        let bytes = archive.finish().expect("memory").into_inner();
        let digest = CodeDigest::from_sha256(&Sha256::digest(&bytes));
        let path = self.files.path().join(format!("{}.zip", digest.to_hex()));
        std::fs::write(&path, bytes).expect("the temporary folder is writable");
        Archive { path, digest }
    }

    /// A role that Lambda may assume.
    pub async fn role(&self, name: &str) -> Arn {
        let role = NewRole {
            name: RoleName::new(name).expect("valid"),
            path: "/".into(),
            trust: lambda_trust(),
            boundary: None,
            description: String::new(),
            tags: BTreeMap::new(),
        };
        let made = self.cloud.roles.create_role(&role).await.expect("a new role");
        made.arn
    }

    /// A function with plain settings that answers with its input's `n` plus one.
    pub async fn function(&self, name: &str) -> (FunctionName, Snapshot) {
        self.function_of(name, ADDS_ONE).await
    }

    pub async fn function_of(&self, name: &str, source: &str) -> (FunctionName, Snapshot) {
        let archive = self.archive(source);
        let new = self.new_function(name, CodeSource::Direct(archive.path)).await;
        let made = self
            .cloud
            .functions
            .create_function(&new)
            .await
            .expect("a new function");
        assert_eq!(made.digest, archive.digest);
        let settled = self.settled(&new.name).await;
        (new.name, settled)
    }

    pub async fn new_function(&self, name: &str, code: CodeSource) -> NewFunction {
        let role = self.role(&format!("{name}-role")).await;
        NewFunction {
            name: FunctionName::new(name).expect("valid"),
            settings: plain_settings(name, role),
            architecture: Architecture::X86_64,
            code,
            tags: BTreeMap::from([("lfn:function".into(), name.into())]),
            code_signing: None,
        }
    }

    /// The function once Lambda is done with it.
    pub async fn settled(&self, name: &FunctionName) -> Snapshot {
        let give_up = Instant::now() + Duration::from_mins(1);
        loop {
            let found = self.cloud.functions.snapshot(name, &Qualifier::Latest).await;
            let found = found.expect("readable").expect("it exists");
            match (found.lifecycle.state, found.lifecycle.update) {
                (State::Active | State::Inactive, UpdateStatus::Successful) => return found,
                (State::Failed, _) | (_, UpdateStatus::Failed) => panic!("it failed: {:?}", found.lifecycle),
                _ => assert!(Instant::now() < give_up, "it did not settle: {:?}", found.lifecycle),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

pub const ADDS_ONE: &str = "def handler(event, context):\n    print('added')\n    return {'n': event['n'] + 1}\n";

pub fn lambda_trust() -> PolicyDocument {
    PolicyDocument::new([Statement::trust("lambda.amazonaws.com")])
}

/// Everything at Lambda's defaults.
pub fn plain_settings(name: &str, role: Arn) -> FunctionSettings {
    FunctionSettings {
        description: String::new(),
        role,
        runtime: RuntimeId::new("python3.13").expect("valid"),
        handler: "app.handler".into(),
        memory: 128,
        timeout: 3,
        ephemeral_storage: 512,
        environment: Environment::default(),
        kms_key: None,
        layers: Vec::new(),
        vpc: Vpc {
            subnets: BTreeSet::new(),
            security_groups: BTreeSet::new(),
            ipv6: false,
        },
        dead_letter: None,
        tracing: false,
        snap_start: false,
        file_system: None,
        logging: Logging {
            format: LogFormat::Text,
            level: None,
            system_level: None,
            group: LogGroupName::new(format!("/aws/lambda/{name}")).expect("valid"),
        },
    }
}
