//! Metrics: what every invocation leaves behind, and alarms whose states are kept by hand.
//!
//! One line for each call, appended. A file that has grown large steps aside for a new one, and the one
//! before it goes: nobody asks about calls of long ago.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::refusal::Answer;
use super::store::read_document;
use super::{Local, Target};
use crate::domain::names::{AliasName, FunctionName, Version};
use crate::ports::{AlarmState, Metrics, PortResult, Traffic};

/// Bytes of the file of one function: some fifty thousand calls.
const FILE_LIMIT: u64 = 4 << 20;

/// One call through an alias.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Call {
    /// When it began, in milliseconds since 1970.
    pub at: i64,
    pub alias: AliasName,
    /// The version that ran, or would have.
    pub version: Version,
    pub end: End,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum End {
    Answered,
    Failed,
    Throttled,
}

impl Local {
    /// Keeps a call. Several processes may do so at once: a short line is appended whole.
    pub(super) fn record(&self, name: &FunctionName, call: &Call) -> Answer<()> {
        let file = self.store.calls(name.as_str());
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        if fs::metadata(&file).is_ok_and(|found| found.len() > FILE_LIMIT) {
            fs::rename(&file, file.with_extension("old"))?;
        }
        let line = serde_json::to_string(call).expect("a call is plain data") + "\n";
        let mut file = fs::OpenOptions::new().create(true).append(true).open(file)?;
        file.write_all(line.as_bytes())?;
        Ok(())
    }

    fn traffic(&self, name: &FunctionName, alias: &AliasName, version: Version, since: Timestamp) -> Answer<Traffic> {
        let file = self.store.calls(name.as_str());
        let mut traffic = Traffic::default();
        for file in [file.with_extension("old"), file] {
            // A line that is being written is the next look's.
            let calls = lines(&file)?;
            let calls = calls.lines().filter_map(|line| serde_json::from_str::<Call>(line).ok());
            let asked =
                |call: &Call| call.at >= since.as_millisecond() && call.alias == *alias && call.version == version;
            for call in calls.filter(asked) {
                match call.end {
                    End::Throttled => traffic.throttles += 1,
                    End::Answered => traffic.invocations += 1,
                    End::Failed => {
                        traffic.invocations += 1;
                        traffic.errors += 1;
                    }
                }
            }
        }
        Ok(traffic)
    }
}

fn lines(file: &Path) -> io::Result<String> {
    match fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        other => other,
    }
}

#[async_trait]
impl Metrics for Target {
    async fn alarms(&self, names: &[String]) -> PortResult<BTreeMap<String, AlarmState>> {
        let names = names.to_vec();
        self.call("cloudwatch:DescribeAlarms", names.join(", "), move |local| {
            let all: BTreeMap<String, AlarmState> = read_document(&local.store.alarms())?.unwrap_or_default();
            Ok(all.into_iter().filter(|(name, _)| names.contains(name)).collect())
        })
        .await
    }

    async fn traffic(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        version: Version,
        since: Timestamp,
    ) -> PortResult<Traffic> {
        let (resource, name, alias) = (format!("{name}:{alias}"), name.clone(), alias.clone());
        self.call("cloudwatch:GetMetricData", resource, move |local| {
            local.traffic(&name, &alias, version, since)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::names::Region;

    fn call(at: i64, alias: &str, version: u64, end: End) -> Call {
        Call {
            at,
            alias: AliasName::new(alias).unwrap(),
            version: Version(version),
            end,
        }
    }

    #[test]
    fn calls_are_counted_by_alias_version_and_time_and_old_ones_make_room() {
        let folder = tempfile::tempdir().unwrap();
        let region = Region::new("eu-west-1").unwrap();
        let place = crate::domain::arn::Place {
            partition: "aws".into(),
            region,
            account: crate::domain::names::AccountId::new("000000000000").unwrap(),
        };
        let local = Local {
            store: super::super::store::Store::open(folder.path().to_path_buf()).unwrap(),
            place,
            host: crate::runner::Host::current(),
        };
        let (name, live) = (FunctionName::new("thumbs").unwrap(), AliasName::new("live").unwrap());
        let traffic = |version, since| {
            let since = Timestamp::from_millisecond(since).unwrap();
            local.traffic(&name, &live, Version(version), since).unwrap()
        };
        assert_eq!(traffic(1, 0), Traffic::default());
        for call in [
            call(5, "live", 1, End::Answered),
            call(10, "live", 1, End::Failed),
            call(15, "live", 1, End::Throttled),
            call(15, "live", 2, End::Answered),
            call(15, "beta", 1, End::Answered),
        ] {
            local.record(&name, &call).unwrap();
        }
        let expected = Traffic {
            invocations: 2,
            errors: 1,
            throttles: 1,
        };
        assert_eq!(traffic(1, 0), expected);
        assert_eq!(traffic(1, 10).invocations, 1);
        assert_eq!(traffic(1, 16), Traffic::default());

        // A line that another process is writing, and a file that has grown large.
        let file = local.store.calls("thumbs");
        let half = "{\"at\": 15, \"ali";
        fs::write(&file, fs::read_to_string(&file).unwrap() + half).unwrap();
        assert_eq!(traffic(1, 0), expected);
        let long = fs::read_to_string(&file).unwrap() + "\n" + &" ".repeat(usize::try_from(FILE_LIMIT).unwrap());
        fs::write(&file, long).unwrap();
        local.record(&name, &call(20, "live", 1, End::Answered)).unwrap();
        assert!(fs::metadata(&file).unwrap().len() < FILE_LIMIT);
        assert_eq!(traffic(1, 0).invocations, 3);
    }
}
