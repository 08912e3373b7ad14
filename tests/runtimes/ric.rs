//! AWS's runtime clients as they are published, with the interpreters that they are for: installed once, from
//! pinned versions, into cargo's target folder.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use lfn::runner::Host;

use super::support::python::{RUNTIMES, cache, environment};

/// Node.js as a package of npm, with its headers.
const NODES: [(u32, &str); 3] = [(20, "20.20.2"), (22, "22.23.5"), (24, "24.22.3")];
/// For Node.js 24, and for the versions before it.
const NODE_CLIENTS: [&str; 2] = ["aws-lambda-ric@4.0.2", "older@npm:aws-lambda-ric@3.3.0"];

/// A runtime of Lambda and AWS's client for it.
pub struct Client {
    pub runtime: String,
    /// Where the interpreter is found.
    pub path: String,
    /// The command of the client, without the handler.
    pub command: Vec<String>,
}

impl Client {
    pub fn python() -> Self {
        let folder = environment(RUNTIMES);
        let python = folder.join("python3.12").display().to_string();
        assert!(Path::new(&python).exists(), "the clients are judged on Python 3.12");
        Self {
            runtime: "python3.12".into(),
            path: with_tools(&folder),
            command: vec![python, "-B".into(), "-m".into(), "awslambdaric".into()],
        }
    }

    pub fn node(major: u32) -> Self {
        let modules = node_modules();
        let folder = node_folder(&modules, major).join("bin");
        let program = if major >= 24 {
            "aws-lambda-ric/index.mjs"
        } else {
            "older/bin/index.mjs"
        };
        let [node, program] = [folder.join("node"), modules.join(program)].map(|path| path.display().to_string());
        Self {
            runtime: format!("nodejs{major}.x"),
            path: with_tools(&folder),
            command: vec![node, program],
        }
    }

    /// The machine on which lfn finds this version of the interpreter.
    pub fn host(&self) -> Host {
        Host::new(&self.path)
    }

    /// A `bootstrap` that is the client and nothing else.
    pub fn bootstrap(&self) -> String {
        format!(
            "#!/bin/sh\nexport AWS_EXECUTION_ENV=AWS_Lambda_{} PYTHONPATH=\"$LAMBDA_TASK_ROOT\"\nexec {} \"$_HANDLER\"\n",
            self.runtime,
            self.command.join(" ")
        )
    }
}

/// This folder first, then the system's.
fn with_tools(folder: &Path) -> String {
    format!("{}:/usr/local/bin:/usr/bin:/bin", folder.display())
}

fn node_folder(modules: &Path, major: u32) -> PathBuf {
    modules.join(format!("node{major}"))
}

/// The folder of the packages, after installing them and building the part of AWS's client that is C++.
///
/// npm is not left to run the scripts of packages: they are run here as it would. The two versions of the
/// client are built from one and the same `rapid-client.cc`, so one build serves both.
fn node_modules() -> PathBuf {
    let os = if cfg!(target_os = "macos") { "darwin" } else { "linux" };
    let processor = if cfg!(target_arch = "aarch64") { "arm64" } else { "x64" };
    let nodes = NODES.map(|(major, version)| format!("node{major}@npm:node-{os}-{processor}@{version}"));
    let clients = NODE_CLIENTS.map(str::to_owned);
    let pins: Vec<String> = nodes.into_iter().chain(clients).collect();

    let folder = cache().join("node-clients");
    fs::create_dir_all(&folder).unwrap();
    let lock = File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let (ready, modules) = (folder.join("ready"), folder.join("node_modules"));
    if fs::read_to_string(&ready).ok() != Some(pins.join("\n")) {
        let mut npm = Command::new("npm");
        npm.args([
            "install",
            "--silent",
            "--no-save",
            "--no-package-lock",
            "--ignore-scripts",
            "--prefix",
        ]);
        run(npm.arg(&folder).args(&pins));
        build(&modules);
        fs::write(&ready, pins.join("\n")).unwrap();
    }
    modules
}

fn build(modules: &Path) {
    let (client, older) = (modules.join("aws-lambda-ric"), modules.join("older"));
    let source = |path: PathBuf| fs::read(path).unwrap();
    assert_eq!(
        source(client.join("src/native/rapid-client.cc")),
        source(older.join("src/rapid-client.cc")),
        "what one build is for"
    );
    let node = node_folder(modules, 24);
    let path = format!(
        "{}:{}",
        node.join("bin").display(),
        std::env::var("PATH").unwrap_or_default()
    );
    for script in ["preinstall.sh", "postinstall.sh"] {
        let mut shell = Command::new("sh");
        shell.arg(client.join("scripts").join(script));
        run(shell.env("PATH", &path).env("npm_config_nodedir", &node));
    }
    let addon = "rapid-client.node";
    fs::copy(client.join(addon), older.join("dist").join(addon)).unwrap();
}

/// A function with AWS's `lambda_runtime` crate, compiled: see `tests/runtimes/programs/rust`.
///
/// It is a package of its own, with a lock file of its own: as a dependency of lfn's tests, the crate would switch on features
/// of hyper for everything else.
pub fn rust() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/runtimes/programs/rust");
    let target = cache().join("rust-programs");
    // Cargo has a lock of its own, and knows whether there is something to do.
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--locked", "--quiet", "--manifest-path"])
        .arg(package.join("Cargo.toml"));
    run(cargo.arg("--target-dir").arg(&target));
    target.join("debug/function")
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?} ended with {}; AWS's client for Node.js needs g++, make, cmake and Python 3 to build:\n{}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}
