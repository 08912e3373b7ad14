//! What the integration tests stand on: AWS-compatible servers, an outside witness, a proxy that
//! breaks calls on purpose, and a way to run the built binary. `mod support;` brings it in.
//!
//! Everything listens on 127.0.0.1 and ends with the test process.
#![expect(dead_code, reason = "each test binary uses its own part of this module")]

pub mod codedeploy;
pub mod command;
pub mod function;
pub mod guard;
pub mod node;
pub mod proxy;
pub mod python;
pub mod servers;
pub mod tls;
pub mod witness;

use serde_json::Value;

use self::command::{Lfn, Project};
use self::servers::Account;
use self::witness::Refused;

/// What the outside witness sees in the account: `["function", "NAME"]`, `["aliases", "NAME"]`,
/// … or does there: `["put-parameter", "NAME", "VALUE"]`. See `tests/servers/witness.py`.
#[track_caller]
pub fn witness(account: &Account, arguments: &[&str]) -> Value {
    try_witness(account, arguments).unwrap_or_else(|refused| panic!("witness {arguments:?}: {refused}"))
}

/// The same, for what may be refused.
pub fn try_witness(account: &Account, arguments: &[&str]) -> Result<Value, Refused> {
    witness::ask(account, arguments)
}

/// Makes an IAM user with this policy and returns the account signed with the user's key, which
/// is what a server started with authentication checks.
#[track_caller]
pub fn user(account: &Account, name: &str, policy: &Value) -> Account {
    let key = witness(account, &["create-user", name, &policy.to_string()]);
    let field = |name: &str| key[name].as_str().expect("an access key has both halves").to_owned();
    account.with_key(&field("AccessKeyId"), &field("SecretAccessKey"))
}

/// A policy that allows these actions on everything.
pub fn allow(actions: &[&str]) -> Value {
    serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": "*" }],
    })
}

/// An empty project folder.
pub fn project() -> Project {
    Project::new()
}

/// A run of the built binary, in the project's folder and with a clean environment.
pub fn lfn(project: &Project) -> Lfn<'_> {
    Lfn::new(project)
}
