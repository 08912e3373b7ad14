//! `lfn dev`: the function of the folder, kept up on this machine: SDKs and the AWS CLI invoke it, browsers
//! open its URL, and a saved file is a new edition. A page shows it all.

mod page;
mod timetable;

use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::pin::Pin;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use self::page::Page;
use self::timetable::{Due, Timetable};
use super::Outcome;
use super::debug::{self, Debug, DebugPort};
use super::enforced::{self, EnforceArgs, Watched};
use super::watch::Seen;
use super::working_tree::{self, Built, Wishes};
use crate::ctx::Ctx;
use crate::domain::config::Config;
use crate::domain::enforce::Access;
use crate::domain::report::milliseconds;
use crate::domain::url::{UrlAuth, wrong_origin};
use crate::error::Problem;
use crate::runner::{Endpoints, Finished, Pages, Served, Then, Unrunnable, random_id};
use crate::settings::switch;
use crate::ui::{problem, style};

/// Keep the function up on this machine, for SDKs, the AWS CLI and browsers
#[derive(Debug, clap::Args)]
pub struct DevArgs {
    /// The port of the endpoint for `Invoke`; 0 is any that is free
    #[arg(long, value_name = "PORT", env = "LFN_PORT", default_value_t = 3001)]
    port: u16,

    /// The port of the function URL; 0 is any that is free
    #[arg(long, value_name = "PORT", env = "LFN_URL_PORT", default_value_t = 3000)]
    url_port: u16,

    /// The port of the page that shows it all; 0 is any that is free
    #[arg(long, value_name = "PORT", env = "LFN_PAGE_PORT", default_value_t = 3002)]
    page_port: u16,

    /// An origin of web pages that may call the URL, or `*` (repeatable) [default: `cors` of lambda.yaml]
    #[arg(long, value_name = "ORIGIN", env = "LFN_CORS", value_delimiter = ',', value_parser = origin)]
    cors: Vec<String>,

    /// Let the schedules of lambda.yaml rest
    #[arg(long, env = "LFN_NO_SCHEDULES", value_parser = switch)]
    no_schedules: bool,

    /// Run the handler under a debugger: Node.js's inspector or debugpy [default port: 9229 or 5678]
    #[arg(
        long,
        value_name = "PORT",
        env = "LFN_DEBUG",
        num_args = 0..=1,
        default_missing_value = "on",
        value_parser = debug::port
    )]
    debug: Option<DebugPort>,

    #[command(flatten)]
    calls: EnforceArgs,
}

/// An origin as browsers send it.
fn origin(text: &str) -> Result<String, String> {
    match wrong_origin(text) {
        None => Ok(text.to_owned()),
        Some((wrong, instead)) => Err(format!("it {wrong}: write `{instead}`")),
    }
}

/// Its AWS calls, when they are watched, and what was shown of them.
#[derive(Default)]
struct Calls {
    watched: Option<Watched>,
    shown: Option<Access>,
}

impl Calls {
    /// Shows what came of calls when there are more than before: as JSON all so far, as text those that came.
    fn show(&mut self, ctx: &Ctx) -> anyhow::Result<()> {
        let access = self.watched.as_ref().map(Watched::access);
        if access == self.shown {
            return Ok(());
        }
        let before = std::mem::replace(&mut self.shown, access);
        let Some(access) = &self.shown else { return Ok(()) };
        if ctx.ui.json() {
            return ctx
                .ui
                .event(&serde_json::json!({ "event": "access", "access": access }));
        }
        match before {
            Some(before) => enforced::show(ctx, &access.since(&before)),
            None => enforced::show(ctx, access),
        }
        Ok(())
    }
}

/// Runs `lfn dev` until it is interrupted.
pub async fn run(args: &DevArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let ctx = &ctx.on_this_machine();
    let debug = Debug::prepare(ctx, args.debug)?;
    let mut built = working_tree::build(ctx, wishes(args, debug.as_ref())).await?;
    let mut calls = Calls {
        watched: built.watched.take(),
        shown: None,
    };
    let name = built.pool.function().name.clone();
    let cloud = ctx.connect(Some(&built.place.region)).await?;
    let could_not_start = |error: Unrunnable| Problem::failed(format!("could not start `{name}`")).caused_by(error);
    // A runtime or debugger that is missing is said now, not at the first call.
    let can_start = match &debug {
        None => built.pool.warm_up().await,
        Some(_) => built.pool.check().await,
    };
    can_start.map_err(could_not_start)?;
    let since = Timestamp::now();
    let mut timetable = timetable(ctx, args, &built.config, since);
    let (served, seen) = (served(&built, args, debug.as_ref()), built.seen);
    let api = listen(args.port, "--port").await?;
    let url = listen(args.url_port, "--url-port").await?;
    let of_page = listen(args.page_port, "--page-port").await?;
    let (endpoints, mut finished) = Endpoints::start(served, api, url)?;
    let page = Page::start(ctx, cloud, &endpoints, of_page)?;
    // The end is a step as well: extensions are told of it. Whoever reads that it is up may end it.
    let hold = ctx.stop.hold();
    hold.speaks();
    hold.leaves_behind("temporary folders that are left are removed by the next run of lfn".into());
    announce(ctx, args, (&endpoints, &page), &built.config, &timetable)?;
    // Under a debugger the start takes as long as somebody takes to attach.
    let mut starting = debug.as_ref().map(|_| endpoints.warm_up());
    match &debug {
        Some(debug) if ctx.ui.json() => ctx.ui.event(&debug.event())?,
        Some(debug) => debug.announce(ctx),
        None => {}
    }
    // Kept over calls: beginning to look anew with each of them, it would never get to look.
    let mut change = Box::pin(seen.changed(ctx.dir()));
    // The next edition, while it is built, and the files as they were when that began.
    let mut reloading = None;
    loop {
        tokio::select! {
            () = ctx.stop.heard() => {
                let queued = endpoints.queued();
                // A start that waits for a debugger is no call.
                tell_ending(ctx, endpoints.at_work().saturating_sub(starting.is_some().into()));
                if let Some(starting) = starting {
                    starting.abort();
                }
                drop(reloading);
                drop(page);
                endpoints.close().await;
                while let Ok(finished) = finished.try_recv() {
                    show(ctx, &finished)?;
                }
                tell_dropped(ctx, queued)?;
                return Ok(Outcome::Done);
            }
            Some(finished) = finished.recv() => {
                page.called(&finished);
                show(ctx, &finished)?;
                calls.show(ctx)?;
            }
            Due { schedule, name, time } = timetable.due() => {
                let payload = schedule.payload(&name, &endpoints.place(), time, &random_id()?);
                endpoints.send(format!("schedule {}", schedule.text), payload.to_string().into_bytes());
            }
            started = end_of(&mut starting) => {
                starting = None;
                started.map_err(could_not_start)?;
            }
            path = &mut change, if reloading.is_none() => {
                ctx.ui.status(format_args!("{} changed", path.display()));
                // Nobody has attached so far, or this would be over.
                if let Some(starting) = starting.take() {
                    starting.abort();
                }
                page.building(&path);
                let reload = reload(ctx, args, debug.as_ref(), (&endpoints, &page));
                reloading = Some((Box::pin(reload), Seen::now(ctx.dir())));
            }
            (built, before) = end_of_reload(&mut reloading) => {
                let seen = match built {
                    None => before,
                    Some(built) => {
                        calls = Calls { watched: built.watched, shown: None };
                        let next = self::timetable(ctx, args, &built.config, since).after(&timetable);
                        tell_reloaded(ctx, &timetable, &next)?;
                        timetable = next;
                        built.seen
                    }
                };
                starting = debug.as_ref().map(|_| endpoints.warm_up());
                change = Box::pin(seen.changed(ctx.dir()));
            }
        }
    }
}

/// What came of building anew, and the files as they were before, if it is being built.
async fn end_of_reload<R>(reloading: &mut Option<(Pin<Box<R>>, Seen)>) -> (Option<Built>, Seen)
where
    R: Future<Output = Option<Built>>,
{
    let built = match reloading {
        Some((reload, _)) => reload.await,
        None => std::future::pending().await,
    };
    let (_, before) = reloading.take().expect("it has just ended");
    (built, before)
}

/// Listens on this port of 127.0.0.1; 0 is any that is free.
async fn listen(port: u16, flag: &str) -> Result<TcpListener, Problem> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    listener.map_err(|error| {
        let problem = Problem::failed(format!("could not listen on port {port} (`{flag}`)"));
        let choose = format!("choose another with `{flag}`; 0 is any that is free");
        let hint = if error.kind() == ErrorKind::AddrInUse {
            format!("another `lfn dev` may have it: end that one, or {choose}")
        } else {
            choose
        };
        problem.hint(hint).caused_by(error)
    })
}

/// When the start is over, if there is one; a start that was given up never is.
async fn end_of(starting: &mut Option<JoinHandle<Result<(), Unrunnable>>>) -> Result<(), Unrunnable> {
    if let Some(starting) = starting
        && let Ok(started) = starting.await
    {
        return started;
    }
    std::future::pending().await
}

fn timetable(ctx: &Ctx, args: &DevArgs, config: &Config, since: Timestamp) -> Timetable {
    let schedules = if args.no_schedules { &[] } else { &config.schedules[..] };
    Timetable::of(&config.name, schedules, since, &ctx.ui)
}

fn wishes<'a>(args: &DevArgs, debug: Option<&'a Debug>) -> Wishes<'a> {
    Wishes {
        debug,
        calls: args.calls.mode(),
        ..Wishes::default()
    }
}

fn served(built: &Built, args: &DevArgs, debug: Option<&Debug>) -> Served {
    let config = &built.config;
    let cors = config.url.as_ref().and_then(|url| url.cors.clone());
    Served {
        pool: built.pool.clone(),
        place: built.place.clone(),
        alias: config.release.alias.clone(),
        digest: built.digest.clone(),
        mode: config.url.as_ref().map(|url| url.mode).unwrap_or_default(),
        pages: match cors {
            _ if !args.cors.is_empty() => Pages::From(args.cors.clone()),
            Some(cors) => Pages::Ruled(cors),
            None => Pages::Untold,
        },
        signed: config.url.as_ref().is_some_and(|url| url.auth == UrlAuth::Iam),
        reserved: config.reserved_concurrency,
        asynchronous: config.asynchronous.clone(),
        debugged: debug.is_some(),
    }
}

/// Where it is to be reached, and when it is called by itself.
fn announce(
    ctx: &Ctx,
    args: &DevArgs,
    (endpoints, page): (&Endpoints, &Page),
    config: &Config,
    timetable: &Timetable,
) -> anyhow::Result<()> {
    let name = &config.name;
    if ctx.ui.json() {
        return ctx.ui.event(&serde_json::json!({
            "event": "listening",
            "function": name.as_str(),
            "endpoint": format!("http://{}", endpoints.api),
            "url": format!("http://{}/", endpoints.url),
            "page": format!("http://{}/", page.address),
            "schedules": timetable.json(),
        }));
    }
    let (api, url, page) = (endpoints.api, endpoints.url, page.address);
    ctx.ui.data(format_args!(
        "endpoint  http://{api}\nurl       http://{url}/\npage      http://{page}/"
    ))?;
    for line in timetable.lines() {
        ctx.ui.data(line)?;
    }
    if args.no_schedules && !config.schedules.is_empty() {
        ctx.ui.status("the schedules of lambda.yaml rest (`--no-schedules`)");
    }
    if config.url.as_ref().is_some_and(|url| url.auth == UrlAuth::Iam) {
        ctx.ui
            .status("the URL is for signed requests in AWS (`auth: iam`); here it answers unsigned ones too");
    }
    ctx.ui.status(format_args!(
        "\n{name} is up; saved files are taken up at once, Ctrl-C ends it\n  \
         AWS_ENDPOINT_URL_LAMBDA=http://{api} aws lambda invoke --function-name {name} /dev/stdout\n  \
         curl http://{url}/\n"
    ));
    Ok(())
}

/// Builds anew; `None` when it does not build: that is said, and the edition before stays up. What is being looked
/// at with a debugger is left alone until it is done.
async fn reload(
    ctx: &Ctx,
    args: &DevArgs,
    debug: Option<&Debug>,
    (endpoints, page): (&Endpoints, &Page),
) -> Option<Built> {
    let _turn = match debug {
        Some(_) => Some(endpoints.hold().await),
        None => None,
    };
    let mut built = match working_tree::build(ctx, wishes(args, debug)).await {
        Ok(built) => built,
        Err(error) => {
            ctx.ui.status(problem::render(&error));
            ctx.ui.status("the function before this change stays up");
            page.not_built(&error);
            return None;
        }
    };
    let before = endpoints.caller().served();
    // What is watched is held against rights, which may have changed without the function.
    let same = debug.is_none() && built.watched.is_none() && is_same(&before, &built);
    if same {
        built.pool = before.pool;
    }
    let before = endpoints.replace(served(&built, args, debug));
    if same {
        ctx.ui.status(style::dim("the function is the same"));
        page.up();
        return Some(built);
    }
    before.pool.close().await;
    if debug.is_some() {
        ctx.ui
            .status(format_args!("{}; attach the debugger again", style::added("reloaded")));
        page.up();
        return Some(built);
    }
    match built.pool.warm_up().await {
        Ok(()) => {
            ctx.ui.status(style::added("reloaded"));
            page.up();
        }
        Err(error) => {
            ctx.ui.status(format_args!("{} {error}", style::error("error:")));
            page.not_started(&error);
        }
    }
    Some(built)
}

/// Whether environments of the one are as good as those of the other: a saved event or note is no reason to
/// start them again.
fn is_same(served: &Served, built: &Built) -> bool {
    let (one, other) = (served.pool.function(), built.pool.function());
    let function = one.name == other.name && one.region == other.region && one.settings == other.settings;
    function && served.digest == built.digest
}

/// What is new about the times at which it is called by itself.
fn tell_reloaded(ctx: &Ctx, before: &Timetable, now: &Timetable) -> anyhow::Result<()> {
    if ctx.ui.json() {
        return ctx
            .ui
            .event(&serde_json::json!({ "event": "reloaded", "schedules": now.json() }));
    }
    if !now.is_same(before) {
        now.lines().into_iter().for_each(|line| ctx.ui.status(line));
    }
    Ok(())
}

/// What the end does to calls.
fn tell_ending(ctx: &Ctx, at_work: usize) {
    match at_work {
        0 => {}
        1 => ctx.ui.status("ending; 1 call is cut off"),
        calls => ctx.ui.status(format_args!("ending; {calls} calls are cut off")),
    }
}

/// Events that are accepted and not done with end with lfn, which Lambda's queue would not let happen.
fn tell_dropped(ctx: &Ctx, queued: usize) -> anyhow::Result<()> {
    if queued == 0 {
        return Ok(());
    }
    if ctx.ui.json() {
        return ctx
            .ui
            .event(&serde_json::json!({ "event": "dropped", "count": queued }));
    }
    let events = if queued == 1 {
        "event that was"
    } else {
        "events that were"
    };
    ctx.ui
        .status(format_args!("dropped {queued} {events} accepted and not done with"));
    Ok(())
}

fn show(ctx: &Ctx, finished: &Finished) -> anyhow::Result<()> {
    let outcome = match &finished.outcome {
        Ok(outcome) => outcome,
        Err(error) => {
            if ctx.ui.json() {
                let (retry, destination) = then(finished.then.as_ref());
                return ctx.ui.event(&serde_json::json!({
                    "event": "refused",
                    "how": finished.how,
                    "error": error,
                    "retry_in_ms": retry,
                    "given_up": matches!(finished.then, Some(Then::GivenUp { .. })),
                    "destination": destination,
                }));
            }
            ctx.ui
                .status(format_args!("{} {}: {error}", style::error("error:"), finished.how));
            show_then(ctx, finished.then.as_ref());
            return Ok(());
        }
    };
    if ctx.ui.json() {
        let (retry, destination) = then(finished.then.as_ref());
        return ctx.ui.event(&serde_json::json!({
            "event": "called",
            "how": finished.how,
            "request_id": outcome.request_id,
            "function_error": outcome.function_error,
            "duration_ms": milliseconds(outcome.duration),
            "init_ms": outcome.init.map(milliseconds),
            "max_memory_mb": outcome.max_memory,
            "log": outcome.log,
            "retry_in_ms": retry,
            "given_up": matches!(finished.then, Some(Then::GivenUp { .. })),
            "destination": destination,
        }));
    }
    let ending = match &outcome.function_error {
        None => style::added("ok"),
        Some(error) => style::error(error),
    };
    let init = outcome.init.map(|init| format!(", init {:.0} ms", milliseconds(init)));
    ctx.ui.status(format_args!(
        "{}  {ending}  {:.2} ms{}",
        finished.how,
        milliseconds(outcome.duration),
        init.unwrap_or_default()
    ));
    // Lambda's own lines say what the line above says.
    let own = ["START ", "END ", "REPORT "];
    for line in outcome
        .log
        .lines()
        .filter(|line| !own.iter().any(|own| line.starts_with(own)))
    {
        ctx.ui
            .status(format_args!("  {} {}", style::dim("│"), line.replace('\t', "  ")));
    }
    show_then(ctx, finished.then.as_ref());
    Ok(())
}

/// What becomes of an event that failed and that nobody waits for.
fn show_then(ctx: &Ctx, then: Option<&Then>) {
    match then {
        None => {}
        Some(Then::Again(delay)) => ctx.ui.status(format_args!(
            "  {} again in {} s (Lambda waits {} min)",
            style::dim("↻"),
            delay.as_secs(),
            delay.as_secs()
        )),
        Some(Then::GivenUp { destination: Some(arn) }) => ctx
            .ui
            .status(format_args!("  {} given up; in AWS it goes to {arn}", style::dim("→"))),
        Some(Then::GivenUp { destination: None }) => ctx.ui.status(format_args!(
            "  {} given up and lost: lambda.yaml names neither `on_failure` nor `dead_letter`",
            style::dim("→")
        )),
    }
}

/// The same for programs: milliseconds until the next attempt, and where it would go.
fn then(then: Option<&Then>) -> (Option<f64>, Option<String>) {
    match then {
        None | Some(Then::GivenUp { destination: None }) => (None, None),
        Some(Then::Again(delay)) => (Some(milliseconds(*delay)), None),
        Some(Then::GivenUp { destination: Some(arn) }) => (None, Some(arn.to_string())),
    }
}
