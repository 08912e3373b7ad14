//! The gradual way of `lfn alias promote`: stages, what is watched meanwhile, and how it ends.

mod ended;
mod lines;
mod teller;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::Context as _;
use clap::{ArgGroup, Args};

use self::lines::{Line, StageView};
use self::teller::Teller;
use super::{Outcome, PointView};
use crate::ctx::Ctx;
use crate::domain::config::{Config, shown_seconds};
use crate::domain::ledger::{Point, Share};
use crate::domain::names::{AliasName, CodeDigest, FunctionName, Qualifier, Version};
use crate::domain::shift::{Schedule, parse_hold, parse_limit, parse_share};
use crate::engine::check::Refusal;
use crate::engine::release::{self, Mover};
use crate::engine::shift::{self, Course, Event, Shift, Shifted, Watch};
use crate::error::{Kind, Problem};
use crate::ports::{AlarmState, AliasState, Cloud};
use crate::settings::switch;

pub use self::lines::GradualView;

/// How often is looked when `--check-every` does not say.
const EVERY: Duration = Duration::from_secs(15);
/// The share of calls that may fail when `--max-errors` does not say.
const LIMIT: &str = "1%";
/// What CloudWatch needs to tell of a call. Source: Lambda developer guide, "Types of metrics".
const LATE: Duration = Duration::from_mins(3);

/// How traffic goes over: gradually, watched by lfn.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("gradually").args(["canary", "linear", "steps"])))]
pub struct ShiftArgs {
    /// Give the version this share of the traffic first, such as `10%`, and all of it after `--for`
    #[arg(long, value_name = "SHARE", env = "LFN_CANARY", value_parser = parse_share, requires = "hold", help_heading = "Gradual release")]
    canary: Option<Share>,

    /// How long `--canary` holds, such as `10m`
    #[arg(long = "for", value_name = "TIME", env = "LFN_FOR", value_parser = parse_hold, requires = "canary", help_heading = "Gradual release")]
    hold: Option<Duration>,

    /// Give it the same share more again and again, such as `10%/1m`
    #[arg(long, value_name = "SHARE/TIME", env = "LFN_LINEAR", value_parser = Schedule::parse_linear, help_heading = "Gradual release")]
    linear: Option<Schedule>,

    /// Give it these shares, each for its time, such as `5%:2m,25%:5m,100%`
    #[arg(long, value_name = "STAGES", env = "LFN_STEPS", value_parser = Schedule::parse_steps, help_heading = "Gradual release")]
    steps: Option<Schedule>,

    /// Take it back when this `CloudWatch` alarm goes off, besides those of `release.alarms` (repeatable)
    #[arg(
        long = "alarm",
        value_name = "NAME",
        env = "LFN_ALARM",
        value_delimiter = ',',
        requires = "gradually",
        help_heading = "Gradual release"
    )]
    pub alarms: Vec<String>,

    /// How often to look whether all is well [default: 15s]
    #[arg(long, value_name = "TIME", env = "LFN_CHECK_EVERY", value_parser = parse_hold, requires = "gradually", help_heading = "Gradual release")]
    check_every: Option<Duration>,

    /// The share of its calls that may fail, as long as more than before fail [default: 1%]
    #[arg(long, value_name = "SHARE", env = "LFN_MAX_ERRORS", value_parser = parse_limit, requires = "gradually", help_heading = "Gradual release")]
    max_errors: Option<Share>,

    /// Shift an alias with provisioned concurrency, which is divided anew at every stage
    #[arg(long, env = "LFN_ALLOW_PROVISIONED", value_parser = switch, help_heading = "Gradual release")]
    allow_provisioned: bool,
}

impl ShiftArgs {
    /// The stages that the command line asks for, if any.
    pub fn schedule(&self) -> anyhow::Result<Option<Schedule>> {
        if let (Some(share), Some(hold)) = (self.canary, self.hold) {
            let schedule = Schedule::canary(share, hold).map_err(|why| Problem::new(Kind::Usage, why))?;
            return Ok(Some(schedule));
        }
        Ok(self.linear.clone().or_else(|| self.steps.clone()))
    }

    /// The alarms of lambda.yaml and of the command line.
    pub fn watched(&self, config: Option<&Config>) -> BTreeSet<String> {
        let named = config.into_iter().flat_map(|config| &config.release.alarms);
        named.chain(&self.alarms).cloned().collect()
    }

    /// A flag that says how lfn watches, and so means nothing to anybody else.
    pub fn for_lfn_alone(&self) -> Option<&'static str> {
        let every = self.check_every.map(|_| "--check-every");
        every.or_else(|| self.max_errors.map(|_| "--max-errors"))
    }
}

/// A promote in stages.
pub struct Gradual<'a> {
    pub schedule: Schedule,
    pub args: &'a ShiftArgs,
    /// The alarms of lambda.yaml.
    pub alarms: &'a [String],
    pub version: Version,
}

/// What is moved, as the promote has looked it up.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    pub cloud: &'a Cloud,
    pub name: &'a FunctionName,
    pub alias: &'a AliasName,
    pub current: Option<&'a AliasState>,
    pub tags: &'a BTreeMap<String, String>,
}

/// A promote in stages that nothing speaks against.
pub struct Prepared<'a> {
    gradual: &'a Gradual<'a>,
    subject: Subject<'a>,
    current: &'a AliasState,
    course: Course,
    watch: Watch,
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::failed(refusal.message).hint(refusal.hint)
    }
}

impl<'a> Gradual<'a> {
    /// Looks at everything that could speak against it, before anything moves.
    pub async fn prepare(&'a self, subject: Subject<'a>) -> anyhow::Result<Prepared<'a>> {
        let Subject {
            cloud,
            name,
            alias,
            current,
            tags,
        } = subject;
        let new = self.version;
        let current = current.ok_or_else(|| {
            Problem::failed(format!(
                "`{name}` has no alias `{alias}`, so there is nothing to shift from"
            ))
            .hint(format!(
                "make it with `lfn alias promote {alias} --to {new}`, without stages"
            ))
        })?;
        let ledger = release::ledger(current, tags);
        let course = Course::new(&self.schedule, current, &ledger, new).map_err(Problem::from)?;
        let looking = || format!("could not look up `{name}`");
        let (one, two) = (Qualifier::Version(course.old), Qualifier::Version(new));
        let functions = &cloud.functions;
        let (old, found, provisioned) = tokio::try_join!(
            functions.snapshot(name, &one),
            functions.snapshot(name, &two),
            functions.provisioned(name, alias),
        )
        .with_context(looking)?;
        if let (Some(old), Some(new)) = (&old, &found) {
            course.refuse_unlike(alias, old, new).map_err(Problem::from)?;
        }
        if !self.args.allow_provisioned {
            shift::refuse_provisioned(alias, provisioned.as_ref()).map_err(Problem::from)?;
        }
        let names: BTreeSet<&String> = self.alarms.iter().chain(&self.args.alarms).collect();
        let names: Vec<String> = names.into_iter().cloned().collect();
        let alarms = shift::look_first(cloud, name, alias, new, &names)
            .await
            .context("could not look at what is to be watched; nothing was changed")?;
        refuse_missing(&names, &alarms)?;
        Ok(Prepared {
            gradual: self,
            subject,
            current,
            course,
            watch: Watch {
                alarms,
                every: self.args.check_every.unwrap_or(EVERY),
                limit: self
                    .args
                    .max_errors
                    .unwrap_or_else(|| parse_limit(LIMIT).expect("a valid share")),
            },
        })
    }

    /// The answer when the alias points there already.
    pub fn report_unchanged(ctx: &Ctx, subject: Subject<'_>, point: &Point) -> anyhow::Result<()> {
        ctx.ui.event(&Line::Result {
            function: subject.name.as_str(),
            alias: subject.alias.as_str(),
            from: PointView::new(point),
            to: PointView::new(point),
            changed: false,
        })
    }
}

/// Alarms that are not there watch over nothing.
pub fn refuse_missing(names: &[String], found: &BTreeMap<String, AlarmState>) -> anyhow::Result<()> {
    let missing: Vec<String> = names
        .iter()
        .filter(|name| !found.contains_key(*name))
        .map(|name| format!("`{name}`"))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = match missing.as_slice() {
        [name] => format!("there is no alarm {name}"),
        names => format!("there are no alarms {}", names.join(", ")),
    };
    Err(Problem::failed(message)
        .hint("name alarms of this account and region, in `release.alarms` or with `--alarm`; with `--local` they are kept in `.lfn/local/alarms.json`")
        .into())
}

impl Prepared<'_> {
    /// The view of what is going to happen.
    pub fn view(&self) -> GradualView<'_> {
        GradualView {
            stages: self.gradual.schedule.stages().iter().map(StageView::new).collect(),
            first: self.course.first,
            alarms: &self.watch.alarms,
            check_every: self.watch.every.as_secs(),
            max_errors: self.watch.limit.weight(),
        }
    }

    /// What is going to happen, for those who are asked.
    pub fn announce(&self, ctx: &Ctx) -> anyhow::Result<()> {
        let Subject { name, alias, .. } = self.subject;
        let Course { old, new, .. } = self.course;
        let stages = self.gradual.schedule.stages();
        ctx.ui.event(&Line::Shift {
            function: name.as_str(),
            alias: alias.as_str(),
            from: PointView::new(&release::point(self.current)),
            to: PointView::new(&Point::at(new)),
            stages: stages.iter().map(StageView::new).collect(),
            first: self.course.first,
            alarms: &self.watch.alarms,
        })?;
        let every = shown_seconds(self.watch.every.as_secs());
        ctx.ui.status(format_args!(
            "  {}; lfn looks every {every} and takes it back when more than {}% of the calls of version {new} fail, and more \
             than of version {old}",
            self.gradual.schedule, self.watch.limit
        ));
        if !self.watch.alarms.is_empty() {
            let names: Vec<&str> = self.watch.alarms.keys().map(String::as_str).collect();
            ctx.ui.status(format_args!(
                "  or when one of these alarms goes off: {}",
                names.join(", ")
            ));
        }
        if let Some(entry) = &self.course.resumed {
            let share = stages[self.course.first].share;
            ctx.ui.warn(format_args!(
                "{} is under way, perhaps still watched by another lfn: this goes on with it at {share}%",
                shift::told(entry)
            ));
        }
        let red = self
            .watch
            .alarms
            .iter()
            .filter(|(_, state)| **state == AlarmState::Alarm);
        for (alarm, _) in red {
            ctx.ui.warn(format_args!(
                "the alarm `{alarm}` is red already: it stops this shift only when it turns red again"
            ));
        }
        let short = stages.iter().any(|stage| !stage.hold.is_zero() && stage.hold < LATE);
        if short && !ctx.settings.local {
            ctx.ui.warn(
                "CloudWatch tells of calls a minute or two late: a stage of less than 3m can pass before its errors are known",
            );
        }
        Ok(())
    }

    /// Shifts and reports. `arrow` is what was asked about.
    pub async fn perform(
        &self,
        ctx: &Ctx,
        mover: &Mover,
        digest: Option<&CodeDigest>,
        arrow: &str,
    ) -> anyhow::Result<Outcome> {
        let Subject {
            cloud,
            name,
            alias,
            tags,
            ..
        } = self.subject;
        let shift = Shift {
            function: name,
            current: self.current,
            tags,
            schedule: &self.gradual.schedule,
            course: &self.course,
            watch: &self.watch,
            digest,
            mover,
        };
        let ended = {
            let progress = ctx.ui.progress();
            let teller = Teller::new(ctx, &progress, self.course.new);
            let shifting = ctx.stop.hold();
            let leave = |share: &str| {
                shifting.leaves_behind(format!(
                    "`{alias}` may still give {share} of its traffic to version {}: `lfn alias list` shows whether, and \
                     `lfn alias rollback {alias}` takes it back",
                    self.course.new
                ));
            };
            leave("some");
            let on_event = |event: Event<'_>| {
                match &event {
                    Event::Stage { stage, .. } => leave(&format!("{}%", stage.share)),
                    // The next share is about to be set.
                    Event::Held { .. } => leave("some"),
                    _ => {}
                }
                teller.tell(&event);
            };
            shift.run(cloud, &ctx.stop, &on_event).await
        };
        match ended {
            Ok(Shifted { unkept }) => {
                ctx.ui.event(&Line::Result {
                    function: name.as_str(),
                    alias: alias.as_str(),
                    from: PointView::new(&self.course.before),
                    to: PointView::new(&Point::at(self.course.new)),
                    changed: true,
                })?;
                if !ctx.ui.json() {
                    ctx.ui.data(arrow)?;
                }
                if let Some(error) = unkept {
                    ctx.ui.warn(release::unkept_warning(alias, &error));
                }
                Ok(Outcome::Done)
            }
            Err(ended) => Err(self.ended(ctx, ended)?),
        }
    }
}
