//! The commands that are broken, and the accounts that they find.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::support::command::{Finished, Lfn, Project};
use crate::support::servers::{Account, MiniStack, Server as _};
use crate::support::{lfn, project, witness};

/// A file and code: what `lfn deploy` makes of them.
#[derive(Debug, Clone, Copy)]
pub struct Edition {
    pub settings: &'static str,
    pub code: &'static str,
}

/// A command and what comes before it.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    pub name: &'static str,
    /// Deployed first, one after the other.
    pub before: &'static [Edition],
    /// What the project says when the command runs; `None` leaves it as it is.
    pub edition: Option<Edition>,
    pub command: &'static [&'static str],
    /// The alias that it is about.
    pub alias: &'static str,
    /// Whether `cargo test` breaks its reads in every way too.
    pub whole: bool,
    /// Whether a broken run may leave an entry of its own in the ledger, as a canary does that was taken back.
    pub told: bool,
    /// Whether the command, when it has told that it is done, does something else the next time.
    pub goes_further: bool,
}

const FULL: &str = "\
memory: 256MB
logs: { retention: 14d }
env: { COLOR: green }
allow: [get s3://photos/in/*, read dynamodb:orders]
callers: ['444455556666:role/reader', { service: s3, source: 'arn:aws:s3:::photos' }]
retries: 0
concurrency: { reserved: 5 }
tags: { team: shop }
";

/// Other settings, nothing asynchronous, nothing reserved, logs for ever.
const OTHER: &str = "\
memory: 512MB
logs: { retention: never }
env: { COLOR: blue, SIZE: large }
allow: [get s3://photos/in/*, read dynamodb:orders]
callers: ['444455556666:role/reader', { service: s3, source: 'arn:aws:s3:::photos' }]
tags: { group: shop }
";

/// The same with other rights and other callers.
const OPEN: &str = "\
memory: 256MB
logs: { retention: 14d }
env: { COLOR: green }
allow: [get s3://photos/in/*, put s3://photos/out/*]
callers: ['444455556666:role/reader', '777788889999', o-a1b2c3d4e5]
retries: 0
concurrency: { reserved: 5 }
tags: { team: shop }
";

const DEPLOY: &[&str] = &["deploy", "--yes", "--allow-widening"];
const FIRST: Edition = Edition {
    settings: FULL,
    code: "first",
};
const SECOND: Edition = Edition {
    code: "second",
    ..FIRST
};

const THIRD: Edition = Edition { code: "third", ..FIRST };

const CREATE: Scenario = Scenario {
    name: "create",
    before: &[],
    edition: Some(FIRST),
    command: DEPLOY,
    alias: "live",
    whole: true,
    told: false,
    goes_further: false,
};

/// Every command.
pub const ALL: [Scenario; 9] = [
    CREATE,
    Scenario {
        name: "update code",
        before: &[FIRST],
        edition: Some(SECOND),
        ..CREATE
    },
    Scenario {
        name: "update configuration",
        before: &[FIRST],
        edition: Some(Edition {
            settings: OTHER,
            ..FIRST
        }),
        whole: false,
        ..CREATE
    },
    Scenario {
        name: "change permissions",
        before: &[FIRST],
        edition: Some(Edition {
            settings: OPEN,
            ..FIRST
        }),
        whole: false,
        ..CREATE
    },
    Scenario {
        name: "promote",
        before: &[FIRST, SECOND],
        edition: None,
        command: &["alias", "promote", "live", "--to", "1", "--yes"],
        ..CREATE
    },
    Scenario {
        name: "make an alias",
        before: &[FIRST],
        edition: None,
        command: &["alias", "promote", "staging", "--yes"],
        alias: "staging",
        whole: false,
        ..CREATE
    },
    Scenario {
        name: "canary",
        before: &[FIRST, SECOND],
        edition: None,
        command: &[
            "alias",
            "promote",
            "live",
            "--to",
            "1",
            "--canary",
            "10%",
            "--for",
            "1s",
            "--check-every",
            "1s",
            "--yes",
        ],
        whole: false,
        told: true,
        ..CREATE
    },
    Scenario {
        name: "rollback",
        before: &[FIRST, SECOND, THIRD],
        edition: None,
        command: &["alias", "rollback", "--yes"],
        whole: false,
        goes_further: true,
        ..CREATE
    },
    Scenario {
        name: "destroy",
        before: &[FIRST],
        edition: None,
        command: &["destroy", "--yes"],
        whole: false,
        ..CREATE
    },
];

/// A project and an account of its own in which the command is about to run.
#[derive(Debug)]
pub struct Stage {
    pub account: Account,
    project: Project,
    command: &'static [&'static str],
}

impl Scenario {
    /// Makes a stage.
    #[track_caller]
    pub fn stage(&self) -> Stage {
        let stage = Stage {
            account: account(),
            project: project(),
            command: self.command,
        };
        for edition in self.before {
            stage.write(*edition);
            let deploy = lfn(&stage.project).aws(&stage.account).args(DEPLOY.iter().copied());
            deploy.run().success();
        }
        if let Some(edition) = self.edition {
            stage.write(edition);
        }
        stage
    }
}

/// Accounts are spread over servers, as one of them keeps less than one core busy.
fn account() -> Account {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let servers = servers();
    servers[NEXT.fetch_add(1, Ordering::Relaxed) % servers.len()].account()
}

fn servers() -> &'static [MiniStack] {
    static SERVERS: std::sync::OnceLock<Vec<MiniStack>> = std::sync::OnceLock::new();
    SERVERS.get_or_init(|| (0..2).map(|_| MiniStack::start()).collect())
}

impl Stage {
    fn write(&self, edition: Edition) {
        let Edition { settings, code } = edition;
        let yaml = format!("name: shop\nruntime: python3.13\nhandler: app.handler\n{settings}");
        self.project.write("lambda.yaml", yaml);
        let code = format!("def handler(event, context):\n    return '{code}'\n");
        self.project.write("app.py", code);
    }

    /// The command, through this endpoint.
    pub fn command(&self, endpoint: &str) -> Lfn<'_> {
        let account = self.account.through(endpoint);
        let command = lfn(&self.project).aws(&account).args(self.command.iter().copied());
        command.env("AWS_MAX_ATTEMPTS", &super::way::ATTEMPTS.to_string())
    }

    /// The command without anybody in between.
    #[track_caller]
    pub fn undisturbed(&self) -> Finished {
        self.command(&self.account.endpoint).run()
    }

    /// All that stands in the account, without times and revisions.
    #[track_caller]
    pub fn state(&self) -> Value {
        witness(&self.account, &["everything"])
    }
}
