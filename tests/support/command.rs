//! Runs the built binary in a folder of its own, with nothing of the developer's environment:
//! no home, no AWS profile, no credentials but those a test gives.

use std::fs::{self, File};
use std::io::{PipeReader, PipeWriter, Read as _, Seek as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::servers::Account;

/// A project folder and a home folder, both empty and removed at the end.
#[derive(Debug)]
pub struct Project {
    root: TempDir,
}

impl Project {
    pub fn new() -> Self {
        let root = tempfile::tempdir().expect("the system's temporary folder is writable");
        for folder in ["project", "home"] {
            fs::create_dir(root.path().join(folder)).expect("the folder is new");
        }
        Self { root }
    }

    /// The folder that lfn runs in.
    pub fn path(&self) -> PathBuf {
        self.root.path().join("project")
    }

    /// The folder that lfn takes for the user's home.
    pub fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// Writes a file, making the folders on the way.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(path);
        let folder = path.parent().expect("a file has a folder");
        fs::create_dir_all(folder).expect("the project folder is writable");
        fs::write(path, content).expect("the project folder is writable");
        self
    }

    /// Writes a file that may be run.
    pub fn write_executable(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        self.write(path, content);
        let permissions = fs::Permissions::from_mode(0o755);
        fs::set_permissions(self.path().join(path), permissions).expect("the file is ours");
        self
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_else(|error| panic!("could not read `{path}`: {error}"))
    }

    pub fn exists(&self, path: &str) -> bool {
        self.path().join(path).exists()
    }
}

/// A run to be: arguments, variables, input.
#[derive(Debug)]
pub struct Lfn<'a> {
    project: &'a Project,
    folder: PathBuf,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    input: Vec<u8>,
    pipe_in: Option<PipeReader>,
    pipe_out: Option<PipeWriter>,
    within: Duration,
}

impl<'a> Lfn<'a> {
    pub fn new(project: &'a Project) -> Self {
        Self {
            project,
            folder: project.path(),
            arguments: Vec::new(),
            variables: Vec::new(),
            input: Vec::new(),
            pipe_in: None,
            pipe_out: None,
            within: Duration::from_mins(2),
        }
    }

    #[must_use]
    pub fn args<S: Into<String>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Works in this account.
    #[must_use]
    pub fn aws(self, account: &Account) -> Self {
        let variables = account.variables();
        variables.iter().fold(self, |lfn, (name, value)| lfn.env(name, value))
    }

    /// Runs in a folder below the project's.
    #[must_use]
    pub fn in_folder(mut self, path: &str) -> Self {
        self.folder = self.project.path().join(path);
        self
    }

    #[must_use]
    pub fn stdin(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// Reads standard input from a pipe, which may stay silent.
    #[must_use]
    pub fn stdin_from(mut self, pipe: PipeReader) -> Self {
        self.pipe_in = Some(pipe);
        self
    }

    /// Writes standard output to a pipe, whose reader may be gone.
    #[must_use]
    pub fn stdout_to(mut self, pipe: PipeWriter) -> Self {
        self.pipe_out = Some(pipe);
        self
    }

    /// Fails the test when the run takes longer.
    #[must_use]
    pub fn within(mut self, time: Duration) -> Self {
        self.within = time;
        self
    }

    /// Runs to the end.
    #[track_caller]
    pub fn run(self) -> Finished {
        self.start().wait()
    }

    /// Starts, for tests that interrupt.
    #[track_caller]
    pub fn start(self) -> Running {
        // Files instead of pipes: a process that lfn leaves behind cannot keep us reading.
        let file = || tempfile::tempfile().expect("the system's temporary folder is writable");
        let (mut input, stdout, stderr) = (file(), file(), file());
        input.write_all(&self.input).expect("the temporary file is writable");
        input.rewind().expect("a file can be rewound");
        let share = |file: &File| file.try_clone().expect("a file handle can be duplicated");
        let child = Command::new(env!("CARGO_BIN_EXE_lfn"))
            .args(&self.arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.project.home())
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .envs(self.variables)
            .stdin(self.pipe_in.map_or_else(|| Stdio::from(input), Stdio::from))
            .stdout(self.pipe_out.map_or_else(|| Stdio::from(share(&stdout)), Stdio::from))
            .stderr(share(&stderr))
            .process_group(0)
            .spawn()
            .expect("cargo built the binary before this test");
        Running {
            child,
            stdout,
            stderr,
            within: self.within,
            words: self.arguments.join(" "),
        }
    }
}

/// A run under way; dropping it kills it and what it started.
#[derive(Debug)]
pub struct Running {
    child: Child,
    stdout: File,
    stderr: File,
    within: Duration,
    words: String,
}

impl Running {
    /// What Ctrl-C does.
    pub fn interrupt(&self) {
        self.signal("INT");
    }

    /// What closing its terminal does.
    pub fn hang_up(&self) {
        self.signal("HUP");
    }

    /// Whether it has ended by itself.
    pub fn is_over(&mut self) -> bool {
        self.child.try_wait().expect("lfn is our child").is_some()
    }

    /// Whether lfn takes care of Ctrl-C by now; before that, the system ends it.
    #[cfg(target_os = "linux")]
    pub fn heeds_interrupts(&self) -> bool {
        const INTERRUPT: u64 = 1 << (2 - 1);
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        caught.is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).is_ok_and(|mask| mask & INTERRUPT != 0))
    }

    /// What a cable does.
    pub fn kill(&self) {
        self.signal("KILL");
    }

    /// Whether it has come to its end.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("lfn is our child").is_some()
    }

    /// Waits for the end.
    #[track_caller]
    pub fn wait(mut self) -> Finished {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("lfn is our child") {
                break Some(status);
            }
            if started.elapsed() > self.within {
                self.kill();
                break None;
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let finished = Finished {
            code: status.and_then(|status| status.code()),
            stdout: content(&mut self.stdout),
            stderr: content(&mut self.stderr),
            words: std::mem::take(&mut self.words),
        };
        assert!(status.is_some(), "{finished} took longer than {:?}", self.within);
        finished
    }

    /// To the whole group, like a terminal, so that the handler that lfn runs gets it too.
    fn signal(&self, name: &str) {
        let group = format!("-{}", self.child.id());
        let status = Command::new("kill").args(["-s", name, "--", &group]).status();
        status.expect("every Unix has `kill`");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.kill();
            drop(self.child.wait());
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone)]
pub struct Finished {
    /// `None` after a signal.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    words: String,
}

impl Finished {
    /// Insists on exit code 0.
    #[track_caller]
    pub fn success(self) -> Self {
        self.exits_with(0)
    }

    /// Insists on this exit code.
    #[track_caller]
    pub fn exits_with(self, code: i32) -> Self {
        assert!(self.code == Some(code), "{self} should have ended with {code}");
        self
    }

    /// What stdout says, as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{self} printed no JSON: {error}"))
    }
}

impl std::fmt::Display for Finished {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            code,
            stdout,
            stderr,
            words,
        } = self;
        write!(
            f,
            "`lfn {words}` (exit code {code:?})\n--- stdout\n{stdout}\n--- stderr\n{stderr}\n---\n"
        )
    }
}

fn content(file: &mut File) -> String {
    let mut bytes = Vec::new();
    file.rewind()
        .and_then(|()| file.read_to_end(&mut bytes))
        .expect("the temporary file is readable");
    String::from_utf8_lossy(&bytes).into_owned()
}
