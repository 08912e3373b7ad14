//! Python environments for the servers, made on first use from pinned requirements and kept
//! under cargo's target folder. A file lock keeps parallel test processes apart.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sha2::{Digest, Sha256};

/// A set of pinned packages and the interpreters that run it, best first.
#[derive(Debug, Clone, Copy)]
pub struct Requirements {
    name: &'static str,
    pins: &'static str,
    versions: &'static [&'static str],
}

/// MiniStack and boto3.
pub const MINISTACK: Requirements = Requirements {
    name: "ministack",
    pins: include_str!("../servers/ministack.txt"),
    versions: &["3.12", "3.13", "3.11"],
};

/// LocalEmu, which fails every Lambda call on Python 3.12 (`warnings.deprecated` came with 3.13).
pub const LOCALEMU: Requirements = Requirements {
    name: "localemu",
    pins: include_str!("../servers/localemu.txt"),
    versions: &["3.13"],
};

/// AWS's Python runtime client, and its Runtime Interface Emulator.
pub const RUNTIMES: Requirements = Requirements {
    name: "runtimes",
    pins: include_str!("../servers/runtimes.txt"),
    versions: &["3.12", "3.13"],
};

/// debugpy, which Python handlers are debugged with.
pub const DEBUGPY: Requirements = Requirements {
    name: "debugpy",
    pins: include_str!("../servers/debugpy.txt"),
    versions: &["3.12", "3.13", "3.11"],
};

/// uv, and a pip, which install Python packages.
pub const INSTALLERS: Requirements = Requirements {
    name: "installers",
    pins: "uv==0.13.9\n",
    versions: &["3.13", "3.12", "3.11"],
};

/// AWS Lambda Powertools, whose classes and models read events as functions do.
pub const POWERTOOLS: Requirements = Requirements {
    name: "powertools",
    pins: "\
uv==0.13.9
aws-lambda-powertools==3.37.0
annotated-types==0.8.0
jmespath==1.1.0
pydantic==2.14.4
pydantic-core==2.50.5
typing-extensions==4.16.0
typing-inspection==0.4.5
",
    versions: &["3.13", "3.12", "3.11"],
};

/// The folder with the files that the servers are started from.
pub fn server_files() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers")
}

/// The folder for environments and for the state of running servers.
pub fn cache() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .expect("cargo puts the folder for test files inside the target folder");
    target.join("lfn-test-servers")
}

/// Returns the `bin` folder of an environment with these packages, after making it if need be.
pub fn environment(requirements: Requirements) -> PathBuf {
    let digest = Sha256::digest(requirements.pins);
    let start = digest.first_chunk().expect("a digest has 32 bytes");
    let hash = u64::from_be_bytes(*start);
    let folder = cache().join(format!("{}-{hash:016x}", requirements.name));
    let ready = folder.join("ready");
    fs::create_dir_all(&folder).expect("the target folder is writable");
    let lock = File::create(folder.join("lock")).expect("the target folder is writable");
    lock.lock().expect("the target folder's file system has file locks");
    if !ready.exists() {
        install(requirements, &folder.join("venv"));
        File::create(&ready).expect("the target folder is writable");
    }
    folder.join("venv/bin")
}

fn install(requirements: Requirements, venv: &Path) {
    let interpreter = interpreter(requirements);
    let python = venv.join("bin/python");
    let pins = venv.join("requirements.txt");
    run(Command::new(interpreter).args(["-m", "venv", "--clear"]).arg(venv));
    fs::write(&pins, requirements.pins).expect("the target folder is writable");
    let uv = requirements
        .pins
        .lines()
        .find(|line| line.starts_with("uv=="))
        .expect("the pins name uv, which installs the rest");
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", uv]));
    run(Command::new(venv.join("bin/uv"))
        .args(["pip", "install", "--quiet", "--no-deps", "--python"])
        .arg(&python)
        .arg("--requirement")
        .arg(&pins));
}

/// Returns the first interpreter of a fitting version: on the PATH, or among pyenv's.
fn interpreter(requirements: Requirements) -> PathBuf {
    for version in requirements.versions {
        let mut candidates = vec![PathBuf::from(format!("python{version}")), PathBuf::from("python3")];
        candidates.extend(pyenv_interpreters());
        // pyenv's shims exist for versions that are not switched on, so asking is the only proof.
        if let Some(found) = candidates.into_iter().find(|python| is_version(python, version)) {
            return found;
        }
    }
    panic!(
        "the test server `{}` needs Python {}, and neither the PATH nor ~/.pyenv/versions has it: \
         install one, for example with `pyenv install {}` or your system's packages",
        requirements.name,
        requirements.versions.join(" or "),
        requirements.versions[0],
    );
}

fn pyenv_interpreters() -> Vec<PathBuf> {
    let Some(home) = std::env::home_dir() else {
        return Vec::new();
    };
    let Ok(versions) = fs::read_dir(home.join(".pyenv/versions")) else {
        return Vec::new();
    };
    versions
        .flatten()
        .map(|version| version.path().join("bin/python3"))
        .collect()
}

fn is_version(python: &Path, wanted: &str) -> bool {
    let script = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])";
    let output = Command::new(python).args(["-c", script]).output();
    output.is_ok_and(|output| output.status.success() && output.stdout.trim_ascii() == wanted.as_bytes())
}

fn run(command: &mut Command) {
    let Output { status, stderr, .. } = command
        .output()
        .unwrap_or_else(|error| panic!("could not run {command:?}: {error}"));
    assert!(
        status.success(),
        "could not make a Python environment for the test servers: {command:?} ended with {status}\n{}",
        String::from_utf8_lossy(&stderr),
    );
}
