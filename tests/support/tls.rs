//! HTTPS in front of a test server: see `tests/servers/tls.py`.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::python::{self, LOCALEMU};
use super::servers::Server;

/// A running TLS end; it ends when its standard input closes.
#[derive(Debug)]
pub struct Tls {
    child: Child,
    folder: TempDir,
    port: u16,
}

impl Tls {
    pub fn start(server: &dyn Server) -> Self {
        let folder = tempfile::tempdir().expect("the system's temporary folder is writable");
        // LocalEmu's environment, since it has a library that makes certificates.
        let mut child = Command::new(python::environment(LOCALEMU).join("python"))
            .arg(python::server_files().join("tls.py"))
            .arg(folder.path())
            .arg(server.process().port().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the environment has a working python");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout is piped"))
            .read_line(&mut line)
            .expect("stdout is readable");
        let port = line
            .trim()
            .parse()
            .unwrap_or_else(|_| panic!("tls.py ended before it listened: its words are in the test's stderr"));
        Self { child, folder, port }
    }

    pub fn endpoint(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// The certificate of the CA that signed this end's own.
    pub fn ca_bundle(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}
