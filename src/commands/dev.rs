//! `lfn dev`: the function of the folder, kept up on this machine: SDKs and the AWS CLI invoke it, browsers
//! open its URL, and a saved file is a new edition.

use std::path::Path;
use std::time::Duration;

use super::Outcome;
use super::enforced::{self, EnforceArgs, Watched};
use super::watch::Seen;
use super::working_tree::{self, Built};
use crate::ctx::Ctx;
use crate::domain::enforce::Access;
use crate::error::Problem;
use crate::runner::{Endpoints, Finished, Served};
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

    /// An origin of web pages that may call the URL, or `*` (repeatable)
    #[arg(long, value_name = "ORIGIN", env = "LFN_CORS", value_delimiter = ',')]
    cors: Vec<String>,

    #[command(flatten)]
    calls: EnforceArgs,
}

/// Its AWS calls, when they are watched, and what was shown of them.
#[derive(Default)]
struct Calls {
    watched: Option<Watched>,
    shown: Option<Access>,
}

impl Calls {
    /// Shows what came of all calls so far, when there are more than before.
    fn show(&mut self, ctx: &Ctx) -> anyhow::Result<()> {
        let access = self.watched.as_ref().map(Watched::access);
        if access == self.shown {
            return Ok(());
        }
        self.shown = access;
        let Some(access) = &self.shown else { return Ok(()) };
        if ctx.ui.json() {
            return ctx
                .ui
                .event(&serde_json::json!({ "event": "access", "access": access }));
        }
        enforced::show(ctx, access);
        Ok(())
    }
}

/// Runs `lfn dev` until it is interrupted.
pub async fn run(args: &DevArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let ctx = &ctx.on_this_machine();
    let mut built = working_tree::build(ctx, args.calls.mode()).await?;
    let mut calls = Calls {
        watched: built.watched.take(),
        shown: None,
    };
    let name = built.pool.function().name.clone();
    // A runtime that is missing is said now, not at the first call.
    let warm = built.pool.warm_up().await;
    warm.map_err(|error| Problem::failed(format!("could not start `{name}`")).caused_by(error))?;
    let (served, seen) = served(built, args);
    let started = Endpoints::start(served, args.port, args.url_port).await;
    let mut endpoints = started.map_err(|error| {
        Problem::failed(format!("could not listen on ports {} and {}", args.port, args.url_port))
            .hint("choose others with `--port` and `--url-port`; 0 is any that is free")
            .caused_by(error)
    })?;
    announce(ctx, &endpoints, name.as_str())?;
    // The end is a step as well: extensions are told of it.
    let _hold = ctx.stop.hold();
    // Kept over calls: beginning to look anew with each of them, it would never get to look.
    let mut change = Box::pin(seen.changed(ctx.dir()));
    loop {
        tokio::select! {
            () = ctx.stop.heard() => {
                endpoints.close().await;
                return Ok(Outcome::Done);
            }
            Some(finished) = endpoints.finished.recv() => {
                show(ctx, &finished)?;
                calls.show(ctx)?;
            }
            path = &mut change => {
                let seen = reload(ctx, args, &endpoints, &path, &mut calls).await;
                change = Box::pin(seen.changed(ctx.dir()));
            }
        }
    }
}

fn served(built: Built, args: &DevArgs) -> (Served, Seen) {
    let served = Served {
        pool: built.pool,
        place: built.place,
        alias: built.alias,
        cors: args.cors.clone(),
    };
    (served, built.seen)
}

/// Where it is to be reached.
fn announce(ctx: &Ctx, endpoints: &Endpoints, name: &str) -> anyhow::Result<()> {
    if ctx.ui.json() {
        return ctx.ui.event(&serde_json::json!({
            "event": "listening",
            "function": name,
            "endpoint": format!("http://{}", endpoints.api),
            "url": format!("http://{}/", endpoints.url),
        }));
    }
    let (api, url) = (endpoints.api, endpoints.url);
    ctx.ui
        .data(format_args!("endpoint  http://{api}\nurl       http://{url}/"))?;
    ctx.ui.status(format_args!(
        "\n{name} is up; saved files are taken up at once, Ctrl-C ends it\n  \
         AWS_ENDPOINT_URL_LAMBDA=http://{api} aws lambda invoke --function-name {name} /dev/stdout\n  \
         curl http://{url}/\n"
    ));
    Ok(())
}

/// Builds anew. What does not build is said, and the edition before stays up. Returns the files as
/// they were then.
async fn reload(ctx: &Ctx, args: &DevArgs, endpoints: &Endpoints, path: &Path, calls: &mut Calls) -> Seen {
    let now = Seen::now(ctx.dir());
    ctx.ui.status(format_args!("{} changed", path.display()));
    let mut built = match working_tree::build(ctx, args.calls.mode()).await {
        Ok(built) => built,
        Err(error) => {
            ctx.ui.status(problem::render(&error));
            ctx.ui.status("the function before this change stays up");
            return now;
        }
    };
    let pool = built.pool.clone();
    let watched = built.watched.take();
    let (served, seen) = served(built, args);
    let before = endpoints.replace(served);
    before.pool.close().await;
    // Only now: what was under way has sent its calls to the endpoint before.
    *calls = Calls { watched, shown: None };
    match pool.warm_up().await {
        Ok(()) => ctx.ui.status(style::added("reloaded")),
        Err(error) => ctx.ui.status(format_args!("{} {error}", style::error("error:"))),
    }
    seen
}

fn show(ctx: &Ctx, finished: &Finished) -> anyhow::Result<()> {
    let outcome = match &finished.outcome {
        Ok(outcome) => outcome,
        Err(error) => {
            ctx.ui
                .status(format_args!("{} {}: {error}", style::error("error:"), finished.how));
            return Ok(());
        }
    };
    if ctx.ui.json() {
        return ctx.ui.event(&serde_json::json!({
            "event": "called",
            "how": finished.how,
            "request_id": outcome.request_id,
            "function_error": outcome.function_error,
            "duration_ms": milliseconds(outcome.duration),
            "init_ms": outcome.init.map(milliseconds),
            "max_memory_mb": outcome.max_memory,
            "log": outcome.log,
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
    Ok(())
}

/// With two decimals.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 100_000.0).round() / 100.0
}
