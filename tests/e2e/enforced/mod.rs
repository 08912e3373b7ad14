//! `lfn invoke --enforce` and `--learn`: AWS's own SDKs in a function, MiniStack behind lfn's endpoint, and the
//! witness, who sees what a refused call has left alone.

mod beyond;
mod learning;
mod node;
mod services;
mod storage;

use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::shop::at;
use crate::support;
use crate::support::command::{Finished, Project};
use crate::support::python::{self, MINISTACK};
use crate::support::servers::Account;
use crate::support::{project, witness};

/// Makes the calls of its event, one after the other, and tells what SDK and service said of each.
const PYTHON: &str = r#"
import json
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ONCE = Config(retries={"total_max_attempts": 1})

def plain(value):
    if hasattr(value, "read"):
        value = value.read()
    return value.decode() if isinstance(value, bytes) else str(value)

def call(service, operation, arguments):
    try:
        answer = getattr(boto3.client(service, config=ONCE), operation)(**arguments)
        answer.pop("ResponseMetadata")
        return {"answer": json.loads(json.dumps(answer, default=plain))}
    except ClientError as error:
        said = error.response["Error"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return {"class": type(error).__name__, "code": said["Code"], "message": said["Message"], "status": status}

def handler(event, context):
    return [call(*each) for each in event]
"#;

/// A Python function with boto3 and these lines of `allow`.
pub fn python(lines: &[&str]) -> Project {
    let bin = python::environment(MINISTACK);
    let found = fs::read_dir(bin.parent().expect("an environment has folders").join("lib"));
    let packages = found
        .expect("it has packages")
        .flatten()
        .next()
        .expect("for one Python");
    let project = project();
    project.write("app.py", PYTHON);
    let path = packages.path().join("site-packages").display().to_string();
    describe(
        &project,
        "python3.13\nhandler: app.handler",
        &[("PYTHONPATH", &path)],
        lines,
    );
    project
}

/// Writes lambda.yaml anew.
pub fn describe(project: &Project, runtime: &str, env: &[(&str, &str)], lines: &[&str]) {
    let mut text = format!("name: shop\nruntime: {runtime}\ntimeout: 5m\nmemory: 1024MB\nenv:\n");
    for (name, value) in env {
        text = format!("{text}  {name}: {value}\n");
    }
    if !lines.is_empty() {
        text.push_str("allow:\n");
    }
    for line in lines {
        text = format!("{text}  - {line}\n");
    }
    project.write("lambda.yaml", text);
}

/// The packages of AWS's SDK for JavaScript, installed once.
pub fn javascript_sdk() -> PathBuf {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let files = [
            ("package.json", include_str!("../../calls/javascript/package.json")),
            (
                "package-lock.json",
                include_str!("../../calls/javascript/package-lock.json"),
            ),
        ];
        support::node::installed("aws-sdk-js", &files)
    });
    FOLDER.join("node_modules")
}

/// Invokes the function of a project with these flags; the calls go on to the account.
#[track_caller]
pub fn invoke(account: &Account, project: &Project, flags: &[&str], event: &Value) -> Finished {
    let arguments = ["invoke", "-e", "-"].iter().chain(flags).copied().collect::<Vec<_>>();
    at(account, project, &arguments).stdin(event.to_string()).run()
}

/// What the function says of each of its calls, made with `--enforce`.
#[track_caller]
pub fn enforced(account: &Account, project: &Project, calls: &Value) -> Vec<Value> {
    let finished = invoke(account, project, &["--enforce"], calls).success();
    let said = finished.json();
    said.as_array().unwrap_or_else(|| panic!("{finished}")).clone()
}

/// Sets the stage with any operation of boto3.
#[track_caller]
pub fn stage(account: &Account, service: &str, operation: &str, arguments: &Value) -> Value {
    witness(account, &["call", service, operation, &arguments.to_string()])
}

/// Insists that the service refused a call, in its own words.
#[track_caller]
pub fn refused(said: &Value, code: &str, status: u16, rest: &str) {
    assert_eq!(
        (&said["code"], &said["status"]),
        (&json!(code), &json!(status)),
        "{said}"
    );
    let message = said["message"].as_str().unwrap_or_default();
    let who = "assumed-role/shop-us-east-1/shop is not authorized to perform: ";
    assert!(message.starts_with("User: arn:aws:sts::"), "{said}");
    assert!(message.contains(&format!("{who}{rest}")), "`{message}` has no `{rest}`");
}
