//! Asks `tests/servers/witness.py`, which sees an account through boto3. Two Python processes
//! serve a whole test binary, since importing boto3 takes longer than a test should.

use std::fmt;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use serde_json::{Value, json};

use super::python::{self, MINISTACK};
use super::servers::Account;

/// An answer that is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// AWS's error code, or the class of boto3's exception when there was no answer.
    pub code: String,
    pub message: String,
    /// The HTTP status, when there was an answer.
    pub status: Option<u64>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({:?}): {}", self.code, self.status, self.message)
    }
}

/// Runs one witness command on the account.
pub fn ask(account: &Account, arguments: &[&str]) -> Result<Value, Refused> {
    static WITNESSES: [OnceLock<Mutex<Process>>; 2] = [OnceLock::new(), OnceLock::new()];
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let variables: serde_json::Map<String, Value> = account
        .variables()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    let mut answer = WITNESSES[NEXT.fetch_add(1, Ordering::Relaxed) % WITNESSES.len()]
        .get_or_init(|| Mutex::new(Process::start()))
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .exchange(&json!({ "variables": variables, "arguments": arguments }));

    let error = answer["error"].take();
    if error.is_null() {
        return Ok(answer["answer"].take());
    }
    Err(Refused {
        code: error["Code"].as_str().unwrap_or_default().to_owned(),
        message: error["Message"].as_str().unwrap_or_default().to_owned(),
        status: error["Status"].as_u64(),
    })
}

/// It reads until its input closes, which happens when the test process ends.
struct Process {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Process {
    fn start() -> Self {
        let mut child = Command::new(python::environment(MINISTACK).join("python"))
            .arg(python::server_files().join("witness.py"))
            .arg("--serve")
            // An own home, so that nobody's ~/.aws has a say.
            .env_clear()
            .env("HOME", python::cache())
            .env("PYTHONPYCACHEPREFIX", python::cache().join("pycache"))
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the environment has a working python");
        let requests = child.stdin.take().expect("stdin is piped");
        let answers = BufReader::new(child.stdout.take().expect("stdout is piped"));
        Self {
            child,
            requests,
            answers,
        }
    }

    fn exchange(&mut self, request: &Value) -> Value {
        let mut line = String::new();
        writeln!(self.requests, "{request}")
            .and_then(|()| self.answers.read_line(&mut line))
            .expect("the witness listens for as long as we do");
        serde_json::from_str(&line).unwrap_or_else(|_| {
            let status = self.child.wait();
            panic!("the witness ended ({status:?}) over {request}: its words are in the test's stderr")
        })
    }
}
