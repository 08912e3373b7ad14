//! How the traffic of an alias goes over to another version: a share, held for a while, then more. Pure.
//!
//! Three ways to write it: one share and then everything (`canary`), equal shares (`linear`), and every
//! stage by itself (`steps`). All three make the same list of stages, so nothing else tells them apart.

use std::fmt;
use std::time::Duration;

use super::config;
use super::ledger::Share;

/// The longest time a stage may be held: a week, in seconds. Something has to watch it all the while.
const LONGEST: u64 = 7 * 86_400;
/// What `--steps` looks like, for those who wrote something else.
const STEPS: &str = "write shares and times such as `5%:2m,25%:5m,100%`";

/// The stages of a shift. The shares rise, there are two stages or more, and the last one is everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    stages: Vec<Stage>,
}

/// A share of the traffic, and how long it stays so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    pub share: Share,
    /// At least a second; zero for the last stage, after which there is nothing to wait for.
    pub hold: Duration,
}

impl Schedule {
    /// One share for a while, then everything.
    pub fn canary(share: Share, hold: Duration) -> Result<Self, String> {
        if share >= Share::ALL {
            return Err("a canary is a part of the traffic, such as `10%`; all of it is a plain promote".into());
        }
        Self::new(vec![Stage { share, hold }])
    }

    /// The same share more, again and again, until it is everything.
    pub fn linear(share: Share, every: Duration) -> Result<Self, String> {
        if share >= Share::ALL {
            return Err("a step is a part of the traffic, such as `10%`; all of it is a plain promote".into());
        }
        check_share(share)?;
        let shares = (1..)
            .map(|count| share.times(count))
            .take_while(|share| *share < Share::ALL);
        Self::new(shares.map(|share| Stage { share, hold: every }).collect())
    }

    /// Reads `10%/1m`: ten per cent more every minute.
    pub fn parse_linear(text: &str) -> Result<Self, String> {
        let (share, every) = text
            .split_once('/')
            .ok_or_else(|| format!("`{text}` has no time; write a share and a time such as `10%/1m`"))?;
        Self::linear(parse_share(share.trim())?, parse_hold(every.trim())?)
    }

    /// Reads `5%:2m,25%:5m,100%`; the last `100%` may be left out.
    pub fn parse_steps(text: &str) -> Result<Self, String> {
        let mut stages = Vec::new();
        let mut parts = text.split(',').map(str::trim).peekable();
        while let Some(part) = parts.next() {
            if part.is_empty() {
                return Err(format!("a stage is empty; {STEPS}"));
            }
            match part.split_once(':') {
                None if parse_share(part)? == Share::ALL && parts.peek().is_none() => {}
                None if parse_share(part)? == Share::ALL => return Err(format!("nothing comes after 100%; {STEPS}")),
                None => return Err(format!("`{part}` does not say for how long; {STEPS}")),
                Some((share, hold)) => stages.push(Stage {
                    share: parse_share(share.trim())?,
                    hold: parse_hold(hold.trim())?,
                }),
            }
        }
        if stages.iter().any(|stage| stage.share == Share::ALL) {
            return Err(format!("100% is the end and takes no time; {STEPS}"));
        }
        if stages.is_empty() {
            return Err(format!(
                "there is no stage before 100%; {STEPS}, or promote without stages"
            ));
        }
        Self::new(stages)
    }

    /// From the stages before everything.
    fn new(mut stages: Vec<Stage>) -> Result<Self, String> {
        if let Some(pair) = stages.windows(2).find(|pair| pair[0].share >= pair[1].share) {
            let (before, after) = (pair[0].share, pair[1].share);
            return Err(format!(
                "shares rise from stage to stage: {after}% comes after {before}%"
            ));
        }
        for stage in &stages {
            check_share(stage.share)?;
            check_hold(stage.hold)?;
        }
        stages.push(Stage {
            share: Share::ALL,
            hold: Duration::ZERO,
        });
        Ok(Self { stages })
    }

    /// The stages in order; the last one is everything.
    pub fn stages(&self) -> &[Stage] {
        &self.stages
    }

    /// How long all stages together take.
    pub fn length(&self) -> Duration {
        self.stages.iter().map(|stage| stage.hold).sum()
    }

    /// Whether the shares grow by the same amount every time, up to the end.
    fn is_linear(&self) -> bool {
        let first = self.stages[0];
        let held = &self.stages[..self.stages.len() - 1];
        let equal = |(count, stage): (u32, &Stage)| stage.share == first.share.times(count);
        held.len() > 1 && held.iter().all(|stage| stage.hold == first.hold) && (1..).zip(&self.stages).all(equal)
    }
}

/// `10% for 10m, then 100%`, `10% more every 1m`, `5% for 2m, 25% for 5m, then 100%`.
impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = |stage: &Stage| config::shown_seconds(stage.hold.as_secs());
        if self.is_linear() {
            let first = &self.stages[0];
            return write!(f, "{}% more every {}", first.share, held(first));
        }
        for stage in &self.stages[..self.stages.len() - 1] {
            write!(f, "{}% for {}, ", stage.share, held(stage))?;
        }
        f.write_str("then 100%")
    }
}

/// Reads a share of the traffic: `10%`, `2.5%`. More than 0%, at most 100%, in steps of 0.01%.
pub fn parse_share(text: &str) -> Result<Share, String> {
    let share = parse_limit(text)?;
    check_share(share)
        .map(|()| share)
        .map_err(|why| format!("`{text}` is too small: {why}"))
}

/// Reads a share that may be nothing at all: `1%`, `0%`.
pub fn parse_limit(text: &str) -> Result<Share, String> {
    let wrong = || format!("`{text}` is not a share of the traffic; write one such as `10%` or `2.5%`");
    let number = text.strip_suffix('%').ok_or_else(|| match text.parse::<f64>() {
        Ok(_) => format!("`{text}` has no unit; write `{text}%`"),
        Err(_) => wrong(),
    })?;
    let plain = number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let percent: f64 = number.parse().ok().filter(|_| plain).ok_or_else(wrong)?;
    if percent > 100.0 {
        return Err(format!("`{text}` is more than there is; a share is at most `100%`"));
    }
    Ok(Share::from_weight(percent / 100.0))
}

/// Reads a time to hold a stage: `30s`, `10m`, `1h30m`.
pub fn parse_hold(text: &str) -> Result<Duration, String> {
    let seconds = config::seconds(text).map_err(|complaint| {
        let hint = complaint
            .hint
            .unwrap_or_else(|| "write one such as `30s`, `10m` or `1h30m`".into());
        format!("{}; {hint}", complaint.message)
    })?;
    let hold = Duration::from_secs(seconds);
    check_hold(hold).map(|()| hold)
}

fn check_share(share: Share) -> Result<(), String> {
    if share < Share::SMALLEST {
        return Err(format!("a share is at least `{}%`", Share::SMALLEST));
    }
    Ok(())
}

fn check_hold(hold: Duration) -> Result<(), String> {
    let shown = || config::shown_seconds(hold.as_secs());
    match hold.as_secs() {
        0 => Err("a stage is held for at least `1s`".into()),
        seconds if seconds > LONGEST => Err(format!("`{}` is too long: a stage is held for at most `7d`", shown())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(percent: f64) -> Share {
        Share::from_weight(percent / 100.0)
    }

    /// The stages as percent and seconds.
    fn told(schedule: &Schedule) -> Vec<(String, u64)> {
        let stage = |stage: &Stage| (stage.share.to_string(), stage.hold.as_secs());
        schedule.stages().iter().map(stage).collect()
    }

    #[test]
    fn every_way_to_write_it_makes_stages() {
        let canary = Schedule::canary(share(10.0), Duration::from_mins(10));
        for (schedule, stages, shown) in [
            (canary, "10:600 100:0", "10% for 10m, then 100%"),
            (
                Schedule::parse_linear("25%/1m"),
                "25:60 50:60 75:60 100:0",
                "25% more every 1m",
            ),
            (
                Schedule::parse_linear("30% / 90s"),
                "30:90 60:90 90:90 100:0",
                "30% more every 1m30s",
            ),
            (
                Schedule::parse_linear("50%/1h"),
                "50:3600 100:0",
                "50% for 1h, then 100%",
            ),
            (
                Schedule::parse_steps("5%:2m,25%:5m,100%"),
                "5:120 25:300 100:0",
                "5% for 2m, 25% for 5m, then 100%",
            ),
            (
                Schedule::parse_steps("0.01%:1s"),
                "0.01:1 100:0",
                "0.01% for 1s, then 100%",
            ),
            (
                Schedule::parse_steps(" 10%:1m , 20%:1m , 100% "),
                "10:60 20:60 100:0",
                "10% for 1m, 20% for 1m, then 100%",
            ),
            (
                Schedule::parse_steps("40%:1m,80%:1m"),
                "40:60 80:60 100:0",
                "40% more every 1m",
            ),
            (
                Schedule::parse_steps("10%:1m,20%:2m"),
                "10:60 20:120 100:0",
                "10% for 1m, 20% for 2m, then 100%",
            ),
        ] {
            let schedule = schedule.unwrap();
            let written: Vec<String> = told(&schedule)
                .iter()
                .map(|(share, hold)| format!("{share}:{hold}"))
                .collect();
            assert_eq!(written.join(" "), stages);
            assert_eq!(schedule.to_string(), shown);
        }
        let linear = Schedule::parse_linear("10%/1m").unwrap();
        assert_eq!((linear.stages().len(), linear.length()), (10, Duration::from_mins(9)));
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_the_way_out() {
        for (steps, said) in [
            (
                "",
                "a stage is empty; write shares and times such as `5%:2m,25%:5m,100%`",
            ),
            ("5%:2m,", "a stage is empty"),
            ("100%", "there is no stage before 100%"),
            ("5%:2m,100%:5m", "100% is the end and takes no time"),
            ("5%:2m,100%,50%:1m", "nothing comes after 100%"),
            ("5%,25%:5m", "`5%` does not say for how long"),
            ("25%:5m,5%:2m", "shares rise from stage to stage: 5% comes after 25%"),
            ("5%:2m,5%:2m", "shares rise from stage to stage: 5% comes after 5%"),
            ("5:2m", "`5` has no unit; write `5%`"),
            ("0%:2m", "`0%` is too small: a share is at least `0.01%`"),
            ("0.001%:2m", "is too small"),
            ("101%:2m", "`101%` is more than there is"),
            (
                "-5%:2m",
                "`-5%` is not a share of the traffic; write one such as `10%` or `2.5%`",
            ),
            ("NaN%:2m", "is not a share of the traffic"),
            ("1e1%:2m", "is not a share of the traffic"),
            ("five:2m", "is not a share of the traffic"),
            ("5%:0s", "a stage is held for at least `1s`"),
            ("5%:8d", "`192h` is too long: a stage is held for at most `7d`"),
            ("5%:99999999999999999999d", "is not a length of time"),
            ("5%:2 minutes", "`2 minutes` is not a length of time; write `2m`"),
            (
                "5%:soon",
                "`soon` is not a length of time; write one such as `30s`, `10m` or `1h30m`",
            ),
        ] {
            let error = Schedule::parse_steps(steps).unwrap_err();
            assert!(error.contains(said), "{steps}: {error}");
        }
        for (linear, said) in [
            ("10%", "`10%` has no time; write a share and a time such as `10%/1m`"),
            ("100%/1m", "all of it is a plain promote"),
            ("0%/1m", "is too small"),
            ("10%/0s", "at least `1s`"),
        ] {
            let error = Schedule::parse_linear(linear).unwrap_err();
            assert!(error.contains(said), "{linear}: {error}");
        }
        for (percent, seconds, said) in [
            (100.0, 1, "plain promote"),
            (10.0, 0, "at least `1s`"),
            (0.0, 1, "at least `0.01%`"),
        ] {
            let error = Schedule::canary(share(percent), Duration::from_secs(seconds)).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
        assert!(Schedule::linear(share(0.0), Duration::from_secs(1)).is_err());
    }

    /// As many stages as there can be.
    #[test]
    fn the_smallest_steps_end_all_the_same() {
        let schedule = Schedule::linear(Share::SMALLEST, Duration::from_secs(1)).unwrap();
        assert_eq!(schedule.stages().len(), 10_000);
        assert_eq!(schedule.stages().last().unwrap().share, Share::ALL);
    }
}
