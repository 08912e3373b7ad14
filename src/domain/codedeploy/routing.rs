//! How CodeDeploy moves traffic, and which deployment configuration says so.

use std::fmt;
use std::time::Duration;

use super::configuration_prefix;
use crate::domain::ledger::Share;
use crate::domain::names::FunctionName;
use crate::domain::shift::{Schedule, Stage};

/// The most minutes between the first and the last change.
/// Source: CodeDeploy user guide, "CodeDeploy quotas" (Lambda canary and linear deployments).
const LONGEST: u16 = 2880;

/// The configurations that every account has.
/// Source: CodeDeploy user guide, "Working with deployment configurations in CodeDeploy".
const PREDEFINED: [(Routing, &str); 9] = [
    (Routing::AllAtOnce, "CodeDeployDefault.LambdaAllAtOnce"),
    (Routing::tenth(5), "CodeDeployDefault.LambdaCanary10Percent5Minutes"),
    (Routing::tenth(10), "CodeDeployDefault.LambdaCanary10Percent10Minutes"),
    (Routing::tenth(15), "CodeDeployDefault.LambdaCanary10Percent15Minutes"),
    (Routing::tenth(30), "CodeDeployDefault.LambdaCanary10Percent30Minutes"),
    (
        Routing::tenths(1),
        "CodeDeployDefault.LambdaLinear10PercentEvery1Minute",
    ),
    (
        Routing::tenths(2),
        "CodeDeployDefault.LambdaLinear10PercentEvery2Minutes",
    ),
    (
        Routing::tenths(3),
        "CodeDeployDefault.LambdaLinear10PercentEvery3Minutes",
    ),
    (
        Routing::tenths(10),
        "CodeDeployDefault.LambdaLinear10PercentEvery10Minutes",
    ),
];

/// How traffic goes over to a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Routing {
    AllAtOnce,
    /// A share for so many minutes, then everything.
    Canary {
        percent: u8,
        minutes: u16,
    },
    /// The same share more every so many minutes.
    Linear {
        percent: u8,
        minutes: u16,
    },
}

impl Routing {
    const fn tenth(minutes: u16) -> Self {
        Self::Canary { percent: 10, minutes }
    }

    const fn tenths(minutes: u16) -> Self {
        Self::Linear { percent: 10, minutes }
    }

    /// What a schedule is to CodeDeploy, or why it cannot be expressed there.
    pub fn of(schedule: Option<&Schedule>) -> Result<Self, String> {
        let Some(schedule) = schedule else {
            return Ok(Self::AllAtOnce);
        };
        // The last stage is everything.
        let held = schedule.stages().split_last().map_or(&[][..], |(_, held)| held);
        let Some(first) = held.first() else {
            return Ok(Self::AllAtOnce);
        };
        let equal = (1..)
            .zip(held)
            .all(|(count, stage)| stage.hold == first.hold && stage.share == first.share.times(count));
        // A last step that is larger than the others would come as two.
        let to_the_end = u32::try_from(held.len() + 1).is_ok_and(|count| first.share.times(count) == Share::ALL);
        if held.len() > 1 && !(equal && to_the_end) {
            return Err(
                "CodeDeploy knows one stage before 100% (`--canary`) or equal steps to the end (`--linear`)".into(),
            );
        }
        let (percent, minutes) = (percent(first)?, minutes(first.hold)?);
        if schedule.length() > Duration::from_secs(u64::from(LONGEST) * 60) {
            return Err("CodeDeploy shifts traffic for at most 48 hours".into());
        }
        Ok(match held.len() {
            1 => Self::Canary { percent, minutes },
            _ => Self::Linear { percent, minutes },
        })
    }

    /// The name of the deployment configuration: one that every account has, else one of the function's own.
    pub fn configuration(self, function: &FunctionName) -> String {
        let predefined = PREDEFINED.iter().find(|(routing, _)| *routing == self);
        match (predefined, self) {
            (Some((_, name)), _) => (*name).to_owned(),
            (None, Self::AllAtOnce) => unreachable!("every account has a configuration for all at once"),
            (None, Self::Canary { percent, minutes }) => {
                let prefix = configuration_prefix(function);
                format!("{prefix}Canary{percent}Percent{minutes}Minutes")
            }
            (None, Self::Linear { percent, minutes }) => {
                let prefix = configuration_prefix(function);
                format!("{prefix}Linear{percent}PercentEvery{minutes}Minutes")
            }
        }
    }

    /// Whether every account has a configuration for it.
    pub fn is_predefined(self) -> bool {
        PREDEFINED.iter().any(|(routing, _)| *routing == self)
    }
}

/// `all at once`, `10% for 10 minutes, then 100%`, `10% more every minute`.
impl fmt::Display for Routing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AllAtOnce => f.write_str("all at once"),
            Self::Canary { percent, minutes: 1 } => write!(f, "{percent}% for a minute, then 100%"),
            Self::Canary { percent, minutes } => write!(f, "{percent}% for {minutes} minutes, then 100%"),
            Self::Linear { percent, minutes: 1 } => write!(f, "{percent}% more every minute"),
            Self::Linear { percent, minutes } => write!(f, "{percent}% more every {minutes} minutes"),
        }
    }
}

fn percent(stage: &Stage) -> Result<u8, String> {
    let share = stage.share;
    share
        .whole_percent()
        .ok_or_else(|| format!("CodeDeploy takes whole per cent, and {share}% is none"))
}

fn minutes(hold: Duration) -> Result<u16, String> {
    let seconds = hold.as_secs();
    if !seconds.is_multiple_of(60) || seconds == 0 {
        return Err(format!(
            "CodeDeploy takes whole minutes, and {seconds} seconds are none"
        ));
    }
    u16::try_from(seconds / 60).map_err(|_| "CodeDeploy shifts traffic for at most 48 hours".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canary(percent: f64, seconds: u64) -> Result<Schedule, String> {
        Schedule::canary(Share::from_weight(percent / 100.0), Duration::from_secs(seconds))
    }

    #[test]
    fn a_schedule_becomes_a_configuration() {
        let function = FunctionName::new("thumbs").unwrap();
        let configuration = |schedule: Option<Result<Schedule, String>>| {
            let schedule = schedule.map(Result::unwrap);
            let routing = Routing::of(schedule.as_ref()).unwrap();
            (
                routing.configuration(&function),
                routing.is_predefined(),
                routing.to_string(),
            )
        };
        for (schedule, name, predefined, told) in [
            (None, "CodeDeployDefault.LambdaAllAtOnce", true, "all at once"),
            (
                Some(canary(10.0, 600)),
                "CodeDeployDefault.LambdaCanary10Percent10Minutes",
                true,
                "10% for 10 minutes, then 100%",
            ),
            (
                Some(Schedule::parse_linear("10%/1m")),
                "CodeDeployDefault.LambdaLinear10PercentEvery1Minute",
                true,
                "10% more every minute",
            ),
            (
                Some(Schedule::parse_linear("10%/2m")),
                "CodeDeployDefault.LambdaLinear10PercentEvery2Minutes",
                true,
                "10% more every 2 minutes",
            ),
            (
                Some(canary(10.0, 420)),
                "lfn-thumbs.Canary10Percent7Minutes",
                false,
                "10% for 7 minutes, then 100%",
            ),
            (
                Some(Schedule::parse_steps("25%:5m,50%:5m,75%:5m")),
                "lfn-thumbs.Linear25PercentEvery5Minutes",
                false,
                "25% more every 5 minutes",
            ),
            (
                Some(Schedule::parse_steps("5%:1m")),
                "lfn-thumbs.Canary5Percent1Minutes",
                false,
                "5% for a minute, then 100%",
            ),
        ] {
            assert_eq!(configuration(schedule), (name.to_owned(), predefined, told.to_owned()));
        }
    }

    #[test]
    fn what_codedeploy_cannot_do_is_refused_with_the_reason() {
        for (schedule, said) in [
            (Schedule::parse_steps("5%:2m,25%:5m"), "one stage before 100%"),
            (Schedule::parse_steps("10%:2m,20%:2m"), "equal steps to the end"),
            (canary(2.5, 600), "whole per cent, and 2.5% is none"),
            (canary(10.0, 90), "whole minutes, and 90 seconds are none"),
            (canary(10.0, 30), "whole minutes, and 30 seconds are none"),
            (canary(10.0, 2881 * 60), "at most 48 hours"),
            (Schedule::parse_linear("1%/1h"), "at most 48 hours"),
        ] {
            let why = Routing::of(Some(&schedule.unwrap())).unwrap_err();
            assert!(why.contains(said), "{why}");
        }
        assert!(Routing::of(Some(&canary(10.0, 2880 * 60).unwrap())).is_ok());
    }
}
