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
