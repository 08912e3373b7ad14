//! Runs commands in this process over the embedded target, so that a test can stand between.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use clap::Parser as _;
use lfn::cli::{self, Cli};
use lfn::ctx::Ctx;
use lfn::domain::arn::Arn;
use lfn::domain::function::{AsyncInvoke, FunctionSettings};
use lfn::domain::ledger::{Ledger, Point, Step};
use lfn::domain::names::{AliasName, FunctionName, LogGroupName, Qualifier, Region, RoleName, Version};
use lfn::domain::policy::PolicyDocument;
use lfn::engine::wait::Stop;
use lfn::ports::Cloud;
use lfn::ui::{Ui, problem};

/// A folder with a lambda.yaml, code, and an embedded target.
pub struct Project {
    dir: tempfile::TempDir,
}

/// What a command printed and how it ended.
pub struct Run {
    pub stdout: String,
    pub stderr: String,
    pub code: u8,
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "exit: {}\n--- stdout ---\n{}--- stderr ---\n{}",
            self.code, self.stdout, self.stderr
        )
    }
}

impl Project {
    /// A project with this lambda.yaml and this `app.py`.
    pub fn new(yaml: &str, code: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let project = Self { dir };
        project.write("lambda.yaml", yaml);
        project.write("app.py", code);
        project
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file of the project.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.dir.path().join(name), text).unwrap();
    }

    /// Reads a file of the project.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.dir.path().join(name)).unwrap()
    }

    /// The embedded target of this project.
    pub fn local(&self) -> Cloud {
        lfn::local::open(self.dir.path().join(".lfn/local"), Region::new("eu-west-1").unwrap()).unwrap()
    }

    /// Deploys another lambda.yaml first, then puts the project's own back.
    pub async fn start(&self, yaml: Option<&str>) {
        let Some(yaml) = yaml else { return };
        let own = std::fs::read_to_string(self.dir.path().join("lambda.yaml")).unwrap();
        self.write("lambda.yaml", yaml);
        let run = self.lfn(&["deploy", "--yes"], self.local()).await;
        assert_eq!(run.code, 0, "{run}");
        self.write("lambda.yaml", &own);
    }

    /// Runs a command over this target.
    pub async fn lfn(&self, args: &[&str], cloud: Cloud) -> Run {
        let dir = self.dir.path().to_str().unwrap();
        let cache = format!("{dir}/.lfn/cache");
        let Cli { settings, command } = Cli::parse_from(["lfn", "-C", dir, "--cache-dir", &cache].iter().chain(args));
        let (out, err) = (Capture::default(), Capture::default());
        let ui = Arc::new(Ui::captured(
            settings.format,
            Box::new(out.clone()),
            Box::new(err.clone()),
        ));
        let ctx = Ctx {
            settings,
            ui,
            stop: Stop::default(),
            given: Some(cloud),
            shared: Arc::default(),
        };
        let code = match Box::pin(cli::run(&command, &ctx)).await {
            Ok(outcome) => outcome.exit_code(),
            Err(error) => {
                ctx.ui.status(problem::render(&error));
                problem::exit_code(&error)
            }
        };
        Run {
            stdout: out.text(),
            stderr: err.text(),
            code,
        }
    }
}

#[derive(Clone, Default)]
struct Capture(Arc<Mutex<Vec<u8>>>);

impl Capture {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What matters of a target's state: everything but revisions, time stamps and notes.
#[derive(Debug, Default, PartialEq)]
pub struct State {
    pub live: Option<Version>,
    pub callers: Option<PolicyDocument>,
    pub settings: Option<FunctionSettings>,
    pub digest: Option<String>,
    pub tags: BTreeMap<String, String>,
    /// The moves of the alias by its ledger, oldest first, without their times.
    pub moves: Vec<String>,
    pub reserved: Option<u32>,
    pub versions: Vec<FunctionSettings>,
    pub async_invoke: Option<AsyncInvoke>,
    pub trust: Option<PolicyDocument>,
    pub policy: Option<PolicyDocument>,
    pub boundary: Option<Arn>,
    pub role_tags: BTreeMap<String, String>,
    pub log_group: bool,
    pub retention: Option<u32>,
}

/// Reads the state of the function `thumbs`.
pub async fn observe(cloud: &Cloud) -> State {
    let name = FunctionName::new("thumbs").unwrap();
    let live = AliasName::new("live").unwrap();
    let role_name = lfn::domain::policy::role_name(&name, None, &Region::new("eu-west-1").unwrap());
    let function = cloud.functions.function(&name).await.unwrap();
    let exists = function.is_some();
    let role = cloud.roles.role(&role_name).await.unwrap();
    let log_group = cloud
        .logs
        .log_group(&LogGroupName::new("/aws/lambda/thumbs").unwrap())
        .await
        .unwrap();
    let mut state = State {
        log_group: log_group.is_some(),
        retention: log_group.and_then(|group| group.retention),
        policy: policy(cloud, &role_name).await,
        ..State::default()
    };
    if let Some(role) = role {
        (state.trust, state.boundary, state.role_tags) = (Some(role.trust), role.boundary, role.tags);
    }
    if let Some(function) = function {
        state.digest = Some(function.latest.digest.0);
        state.settings = Some(function.latest.settings);
        (state.tags, state.reserved) = (function.tags, function.reserved_concurrency);
    }
    let every_tag = state.tags.clone();
    state.tags.retain(|key, _| !key.starts_with("lfn:step:"));
    if exists {
        let versions = cloud.functions.versions(&name).await.unwrap();
        state.versions = versions.into_iter().map(|version| version.settings).collect();
        let alias = cloud.functions.alias(&name, &live).await.unwrap();
        state.live = alias.as_ref().and_then(|alias| alias.version);
        if let Some(alias) = alias {
            let now = Point::new(alias.version, &alias.weights);
            let ledger = Ledger::read(&live, &alias.description, &every_tag);
            let told = |step: &Step<'_>| match step {
                Step::Moved { number, entry } => format!("{number}: {} {:?} to {}", entry.kind, entry.from, entry.to),
                other => format!("{other:?}"),
            };
            state.moves = ledger.history(&now).iter().rev().map(told).collect();
        }
        state.async_invoke = cloud.functions.async_invoke(&name, &live).await.unwrap();
        let permissions = cloud.functions.permissions(&name, &live).await.unwrap();
        state.callers = permissions.map(|policy| policy.document);
        if let Some(version) = state.live {
            let found = cloud
                .functions
                .snapshot(&name, &Qualifier::Version(version))
                .await
                .unwrap();
            assert!(found.is_some(), "the alias points at a version that exists");
        }
    }
    state
}

async fn policy(cloud: &Cloud, role: &RoleName) -> Option<PolicyDocument> {
    cloud
        .roles
        .policy(role, lfn::domain::policy::INLINE_POLICY)
        .await
        .unwrap()
}
