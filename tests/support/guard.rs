//! A server process that cannot outlive the test process, however that one ends: see
//! `tests/servers/guard.py`, which waits for its standard input to close.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::python;

/// What a server needs to be started; the port and the folder are chosen anew for every try.
pub struct Launch<'a> {
    pub name: &'a str,
    /// The environment's `bin` folder, which goes first on the PATH.
    pub bin: &'a Path,
    /// A path that answers 200 once the server is up.
    pub health: &'a str,
    pub within: Duration,
    pub program: &'a dyn Fn(u16, &Path) -> Program,
}

/// What to run, and in which environment.
pub struct Program {
    pub command: Vec<String>,
    pub variables: Vec<(String, String)>,
}

/// A running server; dropping it kills the server and everything it started.
#[derive(Debug)]
pub struct Guarded {
    guard: Child,
    port: u16,
    state: PathBuf,
}

impl Guarded {
    /// Starts the server on a free port and returns once it is healthy.
    pub fn start(launch: &Launch<'_>) -> Self {
        let mut log = String::new();
        // Between our choosing a port and the server's taking it, someone else may have it.
        for _ in 0..3 {
            let mut server = Self::spawn(launch);
            match server.wait_until_healthy(launch) {
                Ok(()) => return server,
                Err(Unhealthy::Ended) => log = server.log(),
                Err(Unhealthy::TooSlow) => {
                    panic!(
                        "`{}` was not up within {:?}; its log:\n{}",
                        launch.name,
                        launch.within,
                        server.log()
                    )
                }
            }
        }
        panic!("`{}` ended while it was starting; its log:\n{log}", launch.name);
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Everything the server has written so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.state.join("log")).unwrap_or_default()
    }

    fn spawn(launch: &Launch<'_>) -> Self {
        let cache = python::cache();
        fs::create_dir_all(&cache).expect("the target folder is writable");
        let state = tempfile::Builder::new()
            .prefix("run-")
            .tempdir_in(cache)
            .expect("the target folder is writable")
            // The guard removes it: it lives longer than we do when a test is killed.
            .keep();
        let temporary = state.join("tmp");
        fs::create_dir(&temporary).expect("the target folder is writable");
        let log = File::create(state.join("log")).expect("the target folder is writable");

        let port = free_port();
        let program = (launch.program)(port, &state);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths([launch.bin.to_owned()].into_iter().chain(std::env::split_paths(&path)))
            .expect("the PATH was split a moment ago");
        let guard = Command::new(launch.bin.join("python"))
            .arg(python::server_files().join("guard.py"))
            .arg(&state)
            .args(program.command)
            .env_clear()
            .env("PATH", path)
            .env("HOME", &state)
            .env("TMPDIR", &temporary)
            .env("LANG", "C.UTF-8")
            // Compiled once for all runs, and never into the source tree.
            .env("PYTHONPYCACHEPREFIX", python::cache().join("pycache"))
            .envs(program.variables)
            .stdin(Stdio::piped())
            .stdout(log.try_clone().expect("a fresh file handle can be duplicated"))
            .stderr(log)
            // Ctrl-C at `cargo test` reaches the tests alone; the guard sees them end.
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("could not start `{}`: {error}", launch.name));
        Self { guard, port, state }
    }

    fn wait_until_healthy(&mut self, launch: &Launch<'_>) -> Result<(), Unhealthy> {
        let started = Instant::now();
        while started.elapsed() < launch.within {
            let ended = self.guard.try_wait().expect("the guard is our child").is_some();
            if ended {
                return Err(Unhealthy::Ended);
            }
            if is_healthy(self.port, launch.health) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(Unhealthy::TooSlow)
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        // Failing here would hide the panic that brought us here; the guard has done its part.
        drop(self.guard.wait());
        drop(fs::remove_dir_all(&self.state));
    }
}

enum Unhealthy {
    Ended,
    TooSlow,
}

/// Returns a port on which nothing listens.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}

fn is_healthy(port: u16, path: &str) -> bool {
    let answer = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
        )?;
        let mut start = vec![0; 12];
        stream.read_exact(&mut start)?;
        Ok(start)
    };
    answer().is_ok_and(|start| start.ends_with(b" 200"))
}
