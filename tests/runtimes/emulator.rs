//! AWS's Runtime Interface Emulator: one process for one function, on loopback, ended with the test.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::support::python::{RUNTIMES, environment};

/// A running emulator; dropping it ends it and its runtime.
pub struct Emulator {
    child: Child,
    port: u16,
    log: PathBuf,
}

/// The program inside the wheel, which is not executable there.
fn program() -> PathBuf {
    let root = environment(RUNTIMES).parent().unwrap().to_owned();
    let machine = if cfg!(target_arch = "aarch64") {
        "arm64"
    } else {
        "x86_64"
    };
    let libraries = fs::read_dir(root.join("lib")).unwrap().next().unwrap().unwrap().path();
    let found = libraries.join(format!("site-packages/samcli/local/rapid/aws-lambda-rie-{machine}"));
    fs::set_permissions(&found, fs::Permissions::from_mode(0o755)).unwrap();
    found
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Emulator {
    /// Runs this command as the runtime, in the function's folder.
    pub fn start(command: &[&str], code: &Path, log: &Path, timeout: u32, variables: &[(&str, &str)]) -> Self {
        let port = free_port();
        let output = File::create(log).unwrap();
        let child = Command::new(program())
            .args(["--runtime-interface-emulator-address", &format!("127.0.0.1:{port}")])
            .args(["--runtime-api-address", &format!("127.0.0.1:{}", free_port())])
            .args(["--log-level", "error"])
            .args(command)
            .current_dir(code)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("LANG", "en_US.UTF-8")
            .env("LAMBDA_TASK_ROOT", code)
            .env("AWS_LAMBDA_FUNCTION_NAME", "judged")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
            .env("AWS_LAMBDA_FUNCTION_TIMEOUT", timeout.to_string())
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .process_group(0)
            .spawn()
            .unwrap();
        let emulator = Self {
            child,
            port,
            log: log.to_owned(),
        };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "{}", emulator.log());
            std::thread::sleep(Duration::from_millis(10));
        }
        emulator
    }

    /// The body of the answer.
    pub fn call(&self, payload: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let head = format!(
            "POST /2015-03-31/functions/function/invocations HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            payload.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(payload.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let text = String::from_utf8(answer).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
            return whole(body);
        }
        body.to_owned()
    }

    /// What the emulator and the function have printed.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }
}

/// A body without the sizes of its chunks.
fn whole(mut chunks: &str) -> String {
    let mut body = String::new();
    while let Some((size, rest)) = chunks.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap();
        if size == 0 {
            break;
        }
        body.push_str(&rest[..size]);
        chunks = &rest[size + 2..];
    }
    body
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // The runtime is in a group of its own and ends when its API is gone.
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-s", "TERM", "--", &group]).status();
        std::thread::sleep(Duration::from_millis(20));
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
