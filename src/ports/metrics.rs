//! What is known of a function at work: alarms, and how the calls of one version go.

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::PortResult;
use crate::domain::names::{AliasName, FunctionName, Version};

/// The state of a `CloudWatch` alarm, in its own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum AlarmState {
    #[serde(rename = "OK")]
    Ok,
    #[serde(rename = "ALARM")]
    Alarm,
    /// There are not enough data points to say.
    #[serde(rename = "INSUFFICIENT_DATA")]
    InsufficientData,
}

impl fmt::Display for AlarmState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        })
    }
}

/// How the calls of one version went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Calls that ran, failed ones included and throttled ones not.
    pub invocations: u64,
    /// Calls in which the function itself failed.
    pub errors: u64,
    /// Calls that were turned away.
    pub throttles: u64,
}

impl Traffic {
    /// The share of the calls that failed, 0 to 1.
    pub fn error_rate(&self) -> f64 {
        // Errors may arrive before the calls that they belong to.
        ratio(self.errors, self.invocations.max(self.errors))
    }

    /// The share of all calls that were turned away, 0 to 1.
    pub fn throttle_rate(&self) -> f64 {
        ratio(self.throttles, self.invocations + self.throttles)
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "no alias is called 2^53 times in a few minutes"
)]
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Alarms and metrics.
#[async_trait]
pub trait Metrics: Send + Sync {
    /// The states of these alarms by name, metric and composite ones. One that does not exist is left out.
    async fn alarms(&self, names: &[String]) -> PortResult<BTreeMap<String, AlarmState>>;

    /// How the calls went that an alias gave to one version since a moment, as far as that is known by
    /// now: at AWS data points arrive a minute or two late, and are of whole minutes.
    async fn traffic(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        version: Version,
        since: Timestamp,
    ) -> PortResult<Traffic>;
}
