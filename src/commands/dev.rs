//! `lfn dev`: the function of the folder, kept up on this machine: SDKs and the AWS CLI invoke it, browsers
//! open its URL, and a saved file is a new edition. A page shows it all.

mod page;

use std::path::Path;
use std::time::Duration;

use self::page::Page;
use super::Outcome;
use super::watch::Seen;
use super::working_tree::{self, Built};
use crate::ctx::Ctx;
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

    /// The port of the page that shows it all; 0 is any that is free
    #[arg(long, value_name = "PORT", env = "LFN_PAGE_PORT", default_value_t = 3002)]
    page_port: u16,

    /// An origin of web pages that may call the URL, or `*` (repeatable)
    #[arg(long, value_name = "ORIGIN", env = "LFN_CORS", value_delimiter = ',')]
    cors: Vec<String>,
}

/// Runs `lfn dev` until it is interrupted.
pub async fn run(args: &DevArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let ctx = &ctx.on_this_machine();
    let built = working_tree::build(ctx).await?;
    let name = built.pool.function().name.clone();
    let cloud = ctx.connect(Some(&built.place.region)).await?;
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
    let page = Page::start(ctx, cloud, &endpoints, args.page_port).await;
    let page = page.map_err(|error| {
        Problem::failed(format!("could not listen on port {} for the page", args.page_port))
            .hint("choose another with `--page-port`; 0 is any that is free")
            .caused_by(error)
    })?;
    announce(ctx, &endpoints, &page, name.as_str())?;
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
                page.called(&finished);
                show(ctx, &finished)?;
            }
            path = &mut change => {
                let seen = reload(ctx, args, &endpoints, &page, &path).await;
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
        digest: built.digest,
        cors: args.cors.clone(),
    };
    (served, built.seen)
}

/// Where it is to be reached.
fn announce(ctx: &Ctx, endpoints: &Endpoints, page: &Page, name: &str) -> anyhow::Result<()> {
    if ctx.ui.json() {
        return ctx.ui.event(&serde_json::json!({
            "event": "listening",
            "function": name,
            "endpoint": format!("http://{}", endpoints.api),
            "url": format!("http://{}/", endpoints.url),
            "page": format!("http://{}/", page.address),
        }));
    }
    let (api, url, page) = (endpoints.api, endpoints.url, page.address);
    ctx.ui.data(format_args!(
        "endpoint  http://{api}\nurl       http://{url}/\npage      http://{page}/"
    ))?;
    ctx.ui.status(format_args!(
        "\n{name} is up; saved files are taken up at once, Ctrl-C ends it\n  \
         AWS_ENDPOINT_URL_LAMBDA=http://{api} aws lambda invoke --function-name {name} /dev/stdout\n  \
         curl http://{url}/\n"
    ));
    Ok(())
}

/// Builds anew. What does not build is said, and the edition before stays up. Returns the files as
/// they were then.
async fn reload(ctx: &Ctx, args: &DevArgs, endpoints: &Endpoints, page: &Page, path: &Path) -> Seen {
    let now = Seen::now(ctx.dir());
    ctx.ui.status(format_args!("{} changed", path.display()));
    page.building(path);
    let mut built = match working_tree::build(ctx).await {
        Ok(built) => built,
        Err(error) => {
            ctx.ui.status(problem::render(&error));
            ctx.ui.status("the function before this change stays up");
            page.not_built(&error);
            return now;
        }
    };
    let before = endpoints.caller().served();
    let same = is_same(&before, &built);
    if same {
        built.pool = before.pool;
    }
    let pool = built.pool.clone();
    let (served, seen) = served(built, args);
    let before = endpoints.replace(served);
    if same {
        ctx.ui.status(style::dim("the function is the same"));
        page.up();
        return seen;
    }
    before.pool.close().await;
    match pool.warm_up().await {
        Ok(()) => {
            ctx.ui.status(style::added("reloaded"));
            page.up();
        }
        Err(error) => {
            ctx.ui.status(format_args!("{} {error}", style::error("error:")));
            page.not_started(&error);
        }
    }
    seen
}

/// Whether environments of the one are as good as those of the other: a saved event or note is no reason to
/// start them again.
fn is_same(served: &Served, built: &Built) -> bool {
    let (one, other) = (served.pool.function(), built.pool.function());
    let function = one.name == other.name && one.region == other.region && one.settings == other.settings;
    function && served.digest == built.digest
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
