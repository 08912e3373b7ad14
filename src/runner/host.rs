//! The machine's own interpreters: where they are, and what they can do.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::process::Command;

use super::debug::Debugging;

/// Where interpreters are looked for. What was found is remembered for the life of the value.
#[derive(Debug, Clone)]
pub struct Host {
    path: OsString,
    debugging: Option<Debugging>,
    home: Option<PathBuf>,
    found: Arc<Mutex<HashMap<String, Interpreter>>>,
}

/// An interpreter that answered.
#[derive(Debug, Clone)]
pub(super) struct Interpreter {
    /// The real program, not the shim of a version manager: the function's environment has none
    /// of the variables that shims need.
    pub program: PathBuf,
    /// Of the options that were asked about, those that it knows.
    pub options: Vec<String>,
}

/// Options that make newer Node behave as Lambda's Node 20 and 22 do.
pub(super) const NODE_STRICT: [&str; 2] = ["--no-experimental-require-module", "--no-experimental-detect-module"];

impl Host {
    /// Looks in the folders of this `PATH`.
    pub fn new(path: impl Into<OsString>) -> Self {
        Self {
            path: path.into(),
            debugging: None,
            home: None,
            found: Arc::default(),
        }
    }

    /// Looks where this process would look.
    pub fn current() -> Self {
        let host = Self::new(std::env::var_os("PATH").unwrap_or_default());
        match std::env::home_dir() {
            Some(home) => host.with_home(home),
            None => host,
        }
    }

    /// Looks for AWS's runtime clients where the package managers of this user put them.
    #[must_use]
    pub fn with_home(self, home: impl Into<PathBuf>) -> Self {
        Self {
            home: Some(home.into()),
            ..self
        }
    }

    /// The same, with handlers under a debugger.
    #[must_use]
    pub fn debugging(self, debugging: Option<Debugging>) -> Self {
        Self { debugging, ..self }
    }

    pub(super) fn debugger(&self) -> Option<Debugging> {
        self.debugging
    }

    /// Variables without which programs of this system do not start at all.
    pub(super) fn required() -> Vec<(&'static str, OsString)> {
        let names: &[&'static str] = if cfg!(windows) { &["SYSTEMROOT"] } else { &[] };
        let values = names.iter().map(|name| (*name, std::env::var_os(name)));
        values.filter_map(|(name, value)| Some((name, value?))).collect()
    }

    pub(super) fn path(&self) -> &OsStr {
        &self.path
    }

    pub(super) fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    pub(super) async fn java(&self) -> Option<Interpreter> {
        self.find("java", &["--version"]).await
    }

    pub(super) async fn dotnet(&self) -> Option<Interpreter> {
        self.find("dotnet", &["--list-runtimes"]).await
    }

    /// The option of Ruby is the folder of AWS's client, if that is installed.
    pub(super) async fn ruby(&self) -> Option<Interpreter> {
        let probe = "found = Gem::Specification.find_all_by_name('aws_lambda_ric').max_by(&:version); \
                     puts RbConfig.ruby, *(found && found.full_require_paths.first)";
        self.find("ruby", &["-e", probe]).await
    }

    pub(super) async fn node(&self) -> Option<Interpreter> {
        let [require, detect] = NODE_STRICT;
        let probe = format!(
            "console.log([process.execPath, ...['{require}', '{detect}'].filter(\
             (option) => process.allowedNodeEnvironmentFlags.has(option))].join('\\n'))"
        );
        self.find("node", &["-e", &probe]).await
    }

    /// This minor version of Python 3 if there is one, else any Python 3.
    pub(super) async fn python(&self, minor: Option<u32>) -> Option<Interpreter> {
        let probe = [
            "-c",
            "import sys; print(sys.executable) if sys.version_info[0] == 3 else sys.exit(1)",
        ];
        if let Some(minor) = minor
            && let Some(found) = self.find(&format!("python3.{minor}"), &probe).await
        {
            return Some(found);
        }
        match self.find("python3", &probe).await {
            Some(found) => Some(found),
            None => self.find("python", &probe).await,
        }
    }

    /// Whether this Python can import a package, from this folder and with these variables.
    pub(super) async fn imports(
        python: &Path,
        package: &str,
        folder: &Path,
        variables: &[(OsString, OsString)],
    ) -> bool {
        let mut command = Command::new(python);
        command
            .args(["-c", &format!("import {package}")])
            .current_dir(folder)
            .env_clear()
            .envs(variables.iter().map(|(name, value)| (name, value)))
            .kill_on_drop(true);
        command.output().await.is_ok_and(|output| output.status.success())
    }

    /// Finds a program and asks it where it really is and which options it knows.
    async fn find(&self, name: &str, probe: &[&str]) -> Option<Interpreter> {
        let known = self
            .found
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned();
        if known.is_some() {
            return known;
        }
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        for folder in std::env::split_paths(&self.path) {
            let candidate = folder.join(&file);
            if let Some(found) = self.ask(&candidate, probe).await {
                let mut all = self.found.lock().unwrap_or_else(PoisonError::into_inner);
                all.insert(name.to_owned(), found.clone());
                return Some(found);
            }
        }
        None
    }

    /// `None` when it is not there or does not run: version managers leave such programs behind.
    async fn ask(&self, candidate: &Path, probe: &[&str]) -> Option<Interpreter> {
        if !candidate.is_file() {
            return None;
        }
        let mut command = Command::new(candidate);
        command.args(probe).env("PATH", &self.path).kill_on_drop(true);
        let output = command.output().await.ok()?;
        if !output.status.success() {
            return None;
        }
        let answer = String::from_utf8(output.stdout).ok()?;
        let mut lines = answer.lines().map(str::to_owned);
        let program = PathBuf::from(lines.next()?);
        Some(Interpreter {
            program: if program.is_absolute() {
                program
            } else {
                candidate.to_owned()
            },
            options: lines.collect(),
        })
    }
}
