//! The stages of a promote, from the command line.

use clap::Args;

use crate::domain::ledger::Share;
use crate::domain::shift::{Schedule, parse_hold, parse_share};

/// How traffic goes over.
#[derive(Debug, Args)]
pub struct ShiftArgs {
    /// A share first
    #[arg(long, value_name = "SHARE", env = "LFN_CANARY", value_parser = parse_share, requires = "hold")]
    canary: Option<Share>,

    /// For how long
    #[arg(long = "for", value_name = "TIME", env = "LFN_FOR", value_parser = parse_hold)]
    hold: Option<std::time::Duration>,

    /// Equal steps
    #[arg(long, value_name = "SHARE/TIME", env = "LFN_LINEAR", value_parser = Schedule::parse_linear)]
    linear: Option<Schedule>,

    /// Every stage
    #[arg(long, value_name = "STAGES", env = "LFN_STEPS", value_parser = Schedule::parse_steps)]
    steps: Option<Schedule>,

    /// An alarm
    #[arg(long = "alarm", value_name = "NAME", env = "LFN_ALARM", value_delimiter = ',')]
    pub alarms: Vec<String>,
}

impl ShiftArgs {
    pub fn schedule(&self) -> anyhow::Result<Option<Schedule>> {
        if let (Some(share), Some(hold)) = (self.canary, self.hold) {
            return Ok(Some(Schedule::canary(share, hold).map_err(anyhow::Error::msg)?));
        }
        Ok(self.linear.clone().or_else(|| self.steps.clone()))
    }
}
