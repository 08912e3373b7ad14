//! The gradual way of `lfn alias promote`: stages, what is watched meanwhile, and how it ends.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::Context as _;
use clap::{ArgGroup, Args};
use serde::Serialize;

use super::{Outcome, PointView};
use crate::ctx::Ctx;
use crate::domain::config::{Config, shown_seconds};
use crate::domain::ledger::{Point, Share};
use crate::domain::names::{AliasName, CodeDigest, FunctionName, Qualifier, Version};
use crate::domain::shift::{Schedule, Stage, parse_hold, parse_limit, parse_share};
use crate::engine::check::Refusal;
use crate::engine::release::{self, Mover};
use crate::engine::shift::{self, Aftermath, Compared, Course, Ended, Event, Shift, Shifted, Watch, Why};
use crate::error::{Kind, Problem};
use crate::ports::{AlarmState, AliasState, Cloud, Traffic};
use crate::settings::switch;
use crate::ui::{Progress, style};

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

/// What `--format json` prints, one line each.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum Line<'a> {
    Shift {
        function: &'a str,
        alias: &'a str,
        from: PointView,
        to: PointView,
        stages: Vec<StageView>,
        /// The stage that it begins with.
        first: usize,
        alarms: &'a BTreeMap<String, AlarmState>,
    },
    Stage {
        stage: usize,
        #[serde(flatten)]
        view: StageView,
        resumed: bool,
    },
    Seen {
        stage: usize,
        /// Of the stage.
        seconds_left: u64,
        /// How far back was looked.
        over: u64,
        new: TrafficView,
        old: TrafficView,
        /// Alarms that were red from the start.
        red: Vec<&'a str>,
    },
    Trouble {
        what: &'a str,
        error: String,
    },
    Waiting {
        what: &'a str,
        seconds: u64,
    },
    Ended {
        because: String,
        /// `restored`, `untouched`, `elsewhere` or `stuck`.
        alias: &'static str,
        serves: Option<PointView>,
    },
    Result {
        function: &'a str,
        alias: &'a str,
        from: PointView,
        to: PointView,
        changed: bool,
    },
}

/// What would be done in stages, for a dry run.
#[derive(Serialize)]
pub struct GradualView<'a> {
    stages: Vec<StageView>,
    /// The stage that it begins with.
    first: usize,
    alarms: &'a BTreeMap<String, AlarmState>,
    /// Seconds between two looks.
    check_every: u64,
    /// The share of calls that may fail, 0 to 1.
    max_errors: f64,
}

/// A stage of the schedule.
#[derive(Serialize)]
struct StageView {
    /// 0 to 1.
    share: f64,
    /// How long it holds; 0 for the last.
    seconds: u64,
}

#[derive(Serialize)]
struct TrafficView {
    calls: u64,
    errors: u64,
    throttles: u64,
}

impl StageView {
    fn new(stage: &Stage) -> Self {
        Self {
            share: stage.share.weight(),
            seconds: stage.hold.as_secs(),
        }
    }
}

impl TrafficView {
    fn new(traffic: &Traffic) -> Self {
        Self {
            calls: traffic.invocations,
            errors: traffic.errors,
            throttles: traffic.throttles,
        }
    }
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

    /// What a person reads about a shift that ended early: what was seen, what serves now, what to do.
    fn ended(&self, ctx: &Ctx, ended: Ended) -> anyhow::Result<anyhow::Error> {
        let Ended { why, aftermath } = ended;
        let (alias, new) = (self.subject.alias, self.course.new);
        let kind = kind(&why, &aftermath);
        let said = said(&why, &aftermath, &self.course, alias);
        let before = PointView::new(&self.course.before);
        let serves = |point: &PointView| format!("`{alias}` serves version {}", point.text());
        let (word, now, told) = match &aftermath {
            Aftermath::Untouched => (
                "untouched",
                Some(before.clone()),
                format!("nothing was changed: {}", serves(&before)),
            ),
            Aftermath::TakenBack { .. } => (
                "restored",
                Some(before.clone()),
                format!("{} again, as before", serves(&before)),
            ),
            Aftermath::Elsewhere { now: None, .. } => ("elsewhere", None, format!("`{alias}` does not exist any more")),
            Aftermath::Elsewhere { now: Some(now), .. } => {
                let now = PointView::new(now);
                let told = format!("{}; it was left as it is", serves(&now));
                ("elsewhere", Some(now), told)
            }
            Aftermath::Stuck { now, .. } => {
                let now = PointView::new(now);
                let told = format!(
                    "IT WAS NOT TAKEN BACK: {} most likely; take it back with `lfn alias rollback {alias}`",
                    serves(&now)
                );
                ("stuck", Some(now), told)
            }
        };
        ctx.ui.event(&Line::Ended {
            because: said.clone(),
            alias: word,
            serves: now,
        })?;
        if let Aftermath::TakenBack { unkept: Some(error) } = &aftermath {
            ctx.ui.warn(release::unkept_warning(alias, error));
            ctx.ui.hint(super::moving::unkept_hint(alias));
        }
        let next = match (&why, &aftermath) {
            (_, Aftermath::Elsewhere { .. }) => format!("`lfn alias history {alias}` tells what is known of it"),
            (Why::Breach(breach), _) if breach.is_the_functions() => format!(
                "find the cause in the function's log, deploy a fix and shift again; `lfn alias promote {alias} --to {new}` \
                 releases version {new} all the same"
            ),
            (Why::Breach(_), _) => format!(
                "run the command again when that is over; `lfn alias promote {alias} --to {new}` releases version {new} all \
                 the same"
            ),
            (Why::Interrupted | Why::Failed(_) | Why::Lost(_), _) => "run the command again to begin anew".to_owned(),
        };
        let mut problem = Problem::new(kind, said).hint(told).hint(next);
        if let Why::Failed(failure) = why {
            problem = problem.caused_by(failure);
        }
        if let Aftermath::Stuck { failure, .. } = aftermath {
            ctx.ui
                .warn(format_args!("`{alias}` could not be taken back: {failure}"));
        }
        Ok(anyhow::Error::from(problem).context(format!("could not shift `{alias}` to version {new}")))
    }
}

/// A version that fails in a canary is a function that failed; whatever else stops one half-way.
fn kind(why: &Why, aftermath: &Aftermath) -> Kind {
    match (why, aftermath) {
        (_, Aftermath::Stuck { .. }) => Kind::Partial,
        (Why::Interrupted, _) => Kind::Interrupted,
        (Why::Breach(breach), _) if breach.is_the_functions() => Kind::Function,
        (Why::Failed(_), Aftermath::Untouched) => Kind::Failed,
        _ => Kind::Partial,
    }
}

fn said(why: &Why, aftermath: &Aftermath, course: &Course, alias: &AliasName) -> String {
    match why {
        Why::Breach(breach) => breach.told(course.new, course.old),
        Why::Interrupted => "interrupted".into(),
        Why::Failed(_) => format!("could not set the share of version {}", course.new),
        Why::Lost(None) => format!("`{alias}` was deleted meanwhile"),
        Why::Lost(Some(_)) => match aftermath {
            Aftermath::Elsewhere { now: Some(now), by } => format!(
                "`{alias}` was moved to version {} by {} meanwhile",
                PointView::new(now).text(),
                by.as_deref().unwrap_or("someone else")
            ),
            _ => format!("`{alias}` was changed by someone else meanwhile, such as who may call it"),
        },
    }
}

/// Tells what happens: a calm line on a terminal, a line a stage elsewhere, a line an event in JSON.
struct Teller<'a> {
    ctx: &'a Ctx,
    progress: &'a Progress<'a>,
    new: Version,
    now: std::sync::Mutex<Now>,
}

/// The stage in hand.
#[derive(Default)]
struct Now {
    index: usize,
    share: String,
    compared: Compared,
    red: usize,
}

impl<'a> Teller<'a> {
    fn new(ctx: &'a Ctx, progress: &'a Progress<'a>, new: Version) -> Self {
        Self {
            ctx,
            progress,
            new,
            now: std::sync::Mutex::default(),
        }
    }

    fn tell(&self, event: &Event<'_>) {
        // A reader that went away does not stop a shift half-way.
        let say = |line: &Line<'_>| drop(self.ctx.ui.event(line));
        let mut now = self.now.lock().expect("no teller panics");
        match event {
            Event::Stage { index, stage, resumed } => {
                *now = Now {
                    index: *index,
                    share: format!("{}% on version {}", stage.share, self.new),
                    ..Now::default()
                };
                let (stage, view, resumed) = (*index, StageView::new(stage), *resumed);
                say(&Line::Stage { stage, view, resumed });
            }
            Event::Tick { left } => self.show(&now, *left),
            Event::Seen { left, compared, red } => {
                now.compared = **compared;
                now.red = red.len();
                self.show(&now, *left);
                say(&Line::Seen {
                    stage: now.index,
                    seconds_left: left.as_secs(),
                    over: compared.over.as_secs(),
                    new: TrafficView::new(&compared.new),
                    old: TrafficView::new(&compared.old),
                    red: red.clone(),
                });
            }
            Event::Trouble { what, error } => {
                let what = what.name();
                self.progress.warn(format_args!(
                    "{what} could not be read, and will be tried again: {error}"
                ));
                let error = error.to_string();
                say(&Line::Trouble { what, error });
            }
            Event::Held { stage, compared, .. } => {
                let held = shown_seconds(stage.hold.as_secs());
                self.progress.done(format_args!(
                    "{} for {held}  {}",
                    now.share,
                    style::dim(calls(compared))
                ));
            }
            Event::Waiting { what, waited } => {
                self.progress.waiting(what, *waited);
                let seconds = waited.as_secs();
                say(&Line::Waiting { what, seconds });
            }
            Event::TakingBack => self.progress.doing("taking it back"),
        }
    }

    fn show(&self, now: &Now, left: Duration) {
        // Rounded up, so that the last second is not told as none.
        let left = shown_seconds((left + Duration::from_millis(999)).as_secs());
        let red = match now.red {
            0 => String::new(),
            red => format!(", {} red from the start", style::count(red, "alarm")),
        };
        self.progress.doing(format_args!(
            "{}, {left} left, {}{red}",
            now.share,
            calls(&now.compared)
        ));
    }
}

/// `132 calls, 0 failed`, and what was throttled.
fn calls(compared: &Compared) -> String {
    let new = compared.new;
    let calls = style::count(usize::try_from(new.invocations).unwrap_or(usize::MAX), "call");
    let throttled = match new.throttles {
        0 => String::new(),
        throttles => format!(", {throttles} throttled"),
    };
    format!("{calls}, {} failed{throttled}", new.errors)
}
