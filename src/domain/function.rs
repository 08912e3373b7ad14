//! A function's settings, in the one form that both lambda.yaml and AWS are brought to.
//!
//! Every default is filled in, so two settings are equal exactly when no update is needed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::arn::Arn;
use super::names::{LogGroupName, RuntimeId};

/// The archive limit of a direct upload: 50 MiB.
/// Source: Lambda developer guide, "Lambda quotas".
pub const DIRECT_UPLOAD_LIMIT: u64 = 52_428_800;
/// The limit of the unzipped archive with its layers: 250 MiB. Source: as above.
pub const UNZIPPED_LIMIT: u64 = 262_144_000;

/// The limit of all environment variables, names and values together. Source: as above.
pub const ENVIRONMENT_LIMIT: usize = 4096;

/// The instruction set a function runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Architecture {
    #[default]
    #[serde(rename = "x86_64")]
    X86_64,
    Arm64,
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        })
    }
}

/// Environment variables. `Debug` shows names only: values may be secrets.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Environment(pub BTreeMap<String, String>);

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

impl Environment {
    /// In the place of a variable's name, which has neither brackets nor spaces.
    const UNDECRYPTABLE: &str = "(cannot be decrypted)";

    /// The environment of a function whose key is disabled, deleted or denied: nobody can say what is
    /// in it. It differs from every environment that lambda.yaml can ask for, the empty one included,
    /// so a deploy sets it anew; the names that lists and plans show tell what is the matter.
    pub fn undecryptable(why: impl Into<String>) -> Self {
        Self(BTreeMap::from([(Self::UNDECRYPTABLE.to_owned(), why.into())]))
    }

    /// Why nobody can say what is in it.
    pub fn why_undecryptable(&self) -> Option<&str> {
        self.0.get(Self::UNDECRYPTABLE).map(String::as_str)
    }

    /// The text without the values. AWS repeats in some refusals what it was sent:
    /// `Value '{KEY=…}' at 'environment.variables' failed to satisfy constraint`.
    pub fn hidden_in(&self, text: &str) -> String {
        // A shorter value, such as `1`, means something else anywhere but behind its name.
        const TELLING: usize = 8;
        let mut variables: Vec<(&String, &String)> = self.0.iter().filter(|(_, value)| !value.is_empty()).collect();
        // One value may be a part of another.
        variables.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
        variables.into_iter().fold(text.to_owned(), |text, (name, value)| {
            let text = text.replace(&format!("{name}={value}"), &format!("{name}=***"));
            if value.len() < TELLING {
                text
            } else {
                text.replace(value.as_str(), "***")
            }
        })
    }
}

/// The network a function is attached to; empty sets mean none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Vpc {
    pub subnets: BTreeSet<String>,
    pub security_groups: BTreeSet<String>,
    pub ipv6: bool,
}

/// An EFS access point and where it is mounted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSystem {
    pub access_point: Arn,
    pub mount: String,
}

/// The format of a function's log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// What is logged by the function's own code (JSON format only).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    Trace,
    Debug,
    #[default]
    Info,
    Warn,
    Error,
    Fatal,
}

/// What is logged by Lambda itself (JSON format only).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SystemLogLevel {
    Debug,
    #[default]
    Info,
    Warn,
}

/// Where and how a function logs. Levels are present exactly when the format is JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logging {
    pub format: LogFormat,
    pub level: Option<LogLevel>,
    pub system_level: Option<SystemLogLevel>,
    pub group: LogGroupName,
}

/// Everything `UpdateFunctionConfiguration` sets, with defaults filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionSettings {
    pub description: String,
    pub role: Arn,
    pub runtime: RuntimeId,
    pub handler: String,
    /// Megabytes, 128 to 10,240.
    pub memory: u32,
    /// Seconds, 1 to 900.
    pub timeout: u32,
    /// Megabytes of `/tmp`, 512 to 10,240.
    pub ephemeral_storage: u32,
    pub environment: Environment,
    pub kms_key: Option<Arn>,
    pub layers: Vec<Arn>,
    pub vpc: Vpc,
    pub dead_letter: Option<Arn>,
    pub tracing: bool,
    pub snap_start: bool,
    pub file_system: Option<FileSystem>,
    pub logging: Logging,
}

/// How asynchronous invocations of an alias are retried and where their records go.
/// The default is Lambda's: two retries, six hours, no destinations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsyncInvoke {
    pub on_success: Option<Arn>,
    pub on_failure: Option<Arn>,
    /// 0 to 2.
    pub retries: u8,
    /// Seconds, 60 to 21,600.
    pub max_age: u32,
}

impl Default for AsyncInvoke {
    fn default() -> Self {
        Self {
            on_success: None,
            on_failure: None,
            retries: 2,
            max_age: 21_600,
        }
    }
}

/// Tags to set and tag keys to remove.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct TagChange {
    pub set: BTreeMap<String, String>,
    pub remove: BTreeSet<String>,
}

impl TagChange {
    /// What turns `from` into `to`, leaving `aws:` tags (which nobody can change) and the
    /// entries of the ledger alone.
    pub fn between(from: &BTreeMap<String, String>, to: &BTreeMap<String, String>) -> Self {
        let set = to.iter().filter(|(key, value)| from.get(*key) != Some(value));
        let remove = from
            .keys()
            .filter(|key| !to.contains_key(*key) && !key.starts_with("aws:") && !key.starts_with(TAG_STEP));
        Self {
            set: set.map(|(k, v)| (k.clone(), v.clone())).collect(),
            remove: remove.cloned().collect(),
        }
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.remove.is_empty()
    }
}

/// The tag that names the function a resource was made for; it marks the resource as lfn's own.
pub const TAG_FUNCTION: &str = "lfn:function";
/// The tag that names the stage a resource was made for.
pub const TAG_STAGE: &str = "lfn:stage";
/// What the tags begin with that keep the ledger of a function's aliases.
pub const TAG_STEP: &str = "lfn:step:";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_environment_is_none_that_can_be_wanted() {
        let unknown = Environment::undecryptable("the key is disabled");
        assert_ne!(unknown, Environment::default());
        assert_eq!(unknown.why_undecryptable(), Some("the key is disabled"));
        assert_eq!(Environment::default().why_undecryptable(), None);
        let name = unknown.0.keys().next().unwrap();
        assert!(
            !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'),
            "`{name}` is no variable's name"
        );
    }

    #[test]
    fn what_aws_repeats_of_the_environment_is_hidden() {
        let variables = [
            ("URL", "db://u:pa55word@host"),
            ("PASSWORD", "pa55word"),
            ("DEBUG", "1"),
            ("EMPTY", ""),
        ];
        let environment = Environment(
            variables
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
        );
        for (said, shown) in [
            (
                "1 error: Value '{URL=db://u:pa55word@host, PASSWORD=pa55word, DEBUG=1, EMPTY=}' is bad",
                "1 error: Value '{URL=***, PASSWORD=***, DEBUG=***, EMPTY=}' is bad",
            ),
            ("the variable `pa55word` has 1 fault", "the variable `***` has 1 fault"),
            ("Rate exceeded", "Rate exceeded"),
        ] {
            assert_eq!(environment.hidden_in(said), shown);
        }
    }
}
