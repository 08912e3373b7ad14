//! Flags and environment: what every command is told besides lambda.yaml.
//!
//! The only module that reads environment variables of lfn's own.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::domain::names::{Region, StageName};

/// Options every command takes
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub struct Settings {
    /// The stage of lambda.yaml to use
    #[arg(long, global = true, env = "LFN_STAGE", value_name = "STAGE")]
    pub stage: Option<StageName>,

    /// The profile of the AWS configuration files to use
    #[arg(long, global = true, env = "LFN_PROFILE", value_name = "NAME")]
    pub profile: Option<String>,

    /// The AWS region
    #[arg(long, global = true, env = "LFN_REGION", value_name = "REGION")]
    pub region: Option<Region>,

    /// Use the embedded Lambda in `.lfn/local/` instead of AWS
    #[arg(long, global = true, env = "LFN_LOCAL", value_parser = switch)]
    pub local: bool,

    /// How the answer on standard output is written
    #[arg(
        long,
        global = true,
        env = "LFN_FORMAT",
        value_name = "FORMAT",
        default_value = "text"
    )]
    pub format: Format,

    /// Do not ask
    #[arg(long, short, global = true, env = "LFN_YES", value_parser = switch)]
    pub yes: bool,

    /// How long one call to AWS may take, with its retries: `1s` to `15m`. Behind a slow proxy, give more
    #[arg(
        long,
        global = true,
        env = "LFN_CALL_TIMEOUT",
        value_name = "TIME",
        default_value = "1m",
        value_parser = call_timeout
    )]
    pub call_timeout: Duration,

    /// Show every call to AWS
    #[arg(long, short, global = true, env = "LFN_VERBOSE", action = clap::ArgAction::Count)]
    pub verbose: u8,

    /// When to use colour
    #[arg(long, global = true, env = "LFN_COLOR", value_name = "WHEN", default_value = "auto")]
    pub color: Color,

    /// Where installed dependencies and compressed files are kept [default: the user's cache folder]
    #[arg(long, global = true, env = "LFN_CACHE_DIR", value_name = "DIR")]
    pub cache_dir: Option<PathBuf>,

    /// How large that may grow: what was used longest ago goes first
    #[arg(
        long,
        global = true,
        env = "LFN_CACHE_LIMIT",
        value_name = "SIZE",
        default_value = "2GB",
        value_parser = size
    )]
    pub cache_limit: u64,

    /// Requests a second to Lambda's control plane, for the whole process; `off` for no limit [default: 15, AWS's
    /// quota for an account and region; off for a server on this machine]
    #[arg(long, global = true, env = "LFN_RATE", value_name = "N", value_parser = rate)]
    pub rate: Option<u32>,

    /// Work in this folder
    #[arg(
        long,
        short = 'C',
        global = true,
        env = "LFN_DIR",
        value_name = "DIR",
        default_value = ".",
        hide_default_value = true
    )]
    pub dir: PathBuf,
}

/// How answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

/// When colour is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

/// What the variable of a flag may say; an empty one is one that is not set.
pub fn switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Ok(true),
        "" | "0" | "false" | "no" | "off" => Ok(false),
        _ => Err("say `true` or `false`, `yes` or `no`, `1` or `0`".into()),
    }
}

/// A size in bytes, such as `500MB`.
fn size(text: &str) -> Result<u64, String> {
    let megabytes = text.strip_suffix("MB").map(|number| (number, 1_u64 << 20));
    let parsed = megabytes
        .or_else(|| text.strip_suffix("GB").map(|number| (number, 1 << 30)))
        .and_then(|(number, unit)| number.parse::<u64>().ok()?.checked_mul(unit));
    parsed.ok_or_else(|| "write a whole number of megabytes or gigabytes, such as `500MB` or `2GB`".into())
}

/// Requests a second; 0 is no limit.
fn rate(text: &str) -> Result<u32, String> {
    if text.eq_ignore_ascii_case("off") {
        return Ok(0);
    }
    text.parse()
        .map_err(|_| "write a whole number of requests a second, such as `10`, or `off`".into())
}

/// A time for one call, such as `30s`; a number alone means seconds.
fn call_timeout(text: &str) -> Result<Duration, String> {
    const RANGE: std::ops::RangeInclusive<u64> = 1..=15 * 60;
    let (number, unit) = match (text.strip_suffix('m'), text.strip_suffix('s')) {
        (Some(minutes), _) => (minutes, 60),
        (None, Some(seconds)) => (seconds, 1),
        (None, None) => (text, 1),
    };
    let seconds = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    seconds
        .filter(|seconds| RANGE.contains(seconds))
        .map(Duration::from_secs)
        .ok_or_else(|| "write a whole number of seconds or minutes from `1s` to `15m`, such as `30s` or `5m`".into())
}

/// A variable of lfn's own environment, for `${env:NAME}` in lambda.yaml.
pub fn env(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The folders in which programs are looked for.
pub fn path() -> OsString {
    std::env::var_os("PATH").unwrap_or_default()
}

/// Where programs of this user keep what they can make again.
pub fn user_cache() -> Option<PathBuf> {
    let absolute = |name| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    if cfg!(windows) {
        absolute("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        absolute("HOME").map(|home| home.join("Library/Caches"))
    } else {
        // XDG base directory specification: a relative path is to be ignored.
        absolute("XDG_CACHE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".cache")))
    }
}

/// What GitHub Actions tells a step; `None` elsewhere.
/// Source: GitHub docs, "Variables reference", "Default environment variables".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitHub {
    /// The folder that the repository is checked out to.
    pub workspace: Option<PathBuf>,
    /// The file that takes the summary of the step.
    pub summary: Option<PathBuf>,
}

/// Whether the process runs in GitHub Actions, and what is told there.
pub fn github() -> Option<GitHub> {
    let path = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let runs = std::env::var("GITHUB_ACTIONS").is_ok_and(|value| value == "true");
    runs.then(|| GitHub {
        workspace: path("GITHUB_WORKSPACE"),
        summary: path("GITHUB_STEP_SUMMARY"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_given_a_second_to_a_quarter_of_an_hour() {
        let seconds = |text| call_timeout(text).map(|time| time.as_secs());
        assert_eq!((seconds("1s"), seconds("90"), seconds("15m")), (Ok(1), Ok(90), Ok(900)));
        for wrong in [
            "",
            "0s",
            "16m",
            "901",
            "s",
            "1h",
            "-1s",
            "1.5s",
            "99999999999999999999m",
        ] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
