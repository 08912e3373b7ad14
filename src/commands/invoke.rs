//! `lfn invoke`: call the function; the result on standard output, the summary and log on standard error.

use std::convert::Infallible;
use std::io::Read as _;

use anyhow::Context as _;
use serde::Serialize;

use super::Outcome;
use super::debug::{self, Debug, DebugPort};
use super::enforced::{self, EnforceArgs, Untold, Watched};
use super::repeat::{self, Times};
use super::watch::Seen;
use super::working_tree::{self, Built, Wishes};
use crate::ctx::{Ctx, Subject};
use crate::domain::enforce::Access;
use crate::domain::names::{FunctionName, Qualifier};
use crate::domain::report::{FunctionError, Report};
use crate::error::{Kind, Problem};
use crate::ports::{Cloud, ErrorKind, Invocation, InvocationType, Invoked};
use crate::runner::{self, Event, check_request};
use crate::settings::switch;
use crate::ui::{problem, style};

/// Call the function and show its result, figures and log
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub struct InvokeArgs {
    /// The event: a file, `-` for standard input, or JSON itself
    #[arg(long, short, value_name = "EVENT", default_value = "{}", env = "LFN_EVENT")]
    event: String,

    /// A version, an alias or `$LATEST` [default: the alias of lambda.yaml]
    #[arg(long, short, env = "LFN_QUALIFIER", conflicts_with_all = ["enforce", "learn"])]
    qualifier: Option<Qualifier>,

    /// The function [default: the one of lambda.yaml]
    #[arg(
        long,
        short,
        value_name = "NAME",
        env = "LFN_FUNCTION",
        conflicts_with_all = ["enforce", "learn"]
    )]
    function: Option<FunctionName>,

    /// Queue the event and do not wait for a result
    #[arg(
        long = "async",
        env = "LFN_ASYNC",
        conflicts_with_all = ["dry_run", "enforce", "learn"],
        value_parser = switch
    )]
    asynchronous: bool,

    /// Check parameters and rights only
    #[arg(
        long,
        env = "LFN_INVOKE_DRY_RUN",
        conflicts_with_all = ["enforce", "learn"],
        value_parser = switch
    )]
    dry_run: bool,

    /// Run the code of this folder on this machine, deployed or not
    #[arg(
        long,
        env = "LFN_WORKING_TREE",
        conflicts_with_all = ["qualifier", "function", "asynchronous", "dry_run"],
        value_parser = switch
    )]
    working_tree: bool,

    /// Run the code of this folder again whenever a file changes
    #[arg(
        long,
        env = "LFN_WATCH",
        conflicts_with_all = ["qualifier", "function", "asynchronous", "dry_run", "repeat"],
        value_parser = switch
    )]
    watch: bool,

    /// Call so often, and show what the durations come to
    #[arg(
        long,
        value_name = "N",
        env = "LFN_REPEAT",
        conflicts_with_all = ["asynchronous", "dry_run"],
        value_parser = clap::value_parser!(u16).range(1..)
    )]
    repeat: Option<u16>,

    /// With `--repeat`: so many calls at the same time
    #[arg(
        long,
        value_name = "N",
        env = "LFN_CONCURRENCY",
        requires = "repeat",
        default_value_t = 1,
        value_parser = clap::value_parser!(u16).range(1..=1_000)
    )]
    concurrency: u16,

    /// Run the code of this folder under a debugger: Node.js's inspector or debugpy [default port: 9229 or 5678]
    #[arg(
        long,
        value_name = "PORT",
        env = "LFN_DEBUG",
        num_args = 0..=1,
        default_missing_value = "on",
        conflicts_with_all = ["qualifier", "function", "asynchronous", "dry_run", "repeat"],
        value_parser = debug::port
    )]
    debug: Option<DebugPort>,

    /// A JSON object for the context's `clientContext`
    #[arg(long, value_name = "JSON", env = "LFN_CLIENT_CONTEXT")]
    client_context: Option<String>,

    #[command(flatten)]
    calls: EnforceArgs,
}

#[derive(Serialize)]
struct Answer<'a> {
    function: &'a str,
    qualifier: String,
    status: u16,
    executed_version: Option<String>,
    request_id: Option<&'a str>,
    function_error: Option<&'a str>,
    /// The result as JSON, or as a string when it is no JSON.
    payload: serde_json::Value,
    report: Option<Report>,
    log: Option<&'a str>,
    /// What became of its AWS calls, when they were watched.
    #[serde(skip_serializing_if = "Option::is_none")]
    access: Option<&'a Access>,
}

/// Runs `lfn invoke`.
pub async fn run(args: &InvokeArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let payload = event(&args.event, ctx).await?;
    let client_context = args.client_context.clone();
    if let Some(text) = &client_context {
        serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text)
            .map_err(|error| Problem::new(Kind::Usage, "`--client-context` is not a JSON object").caused_by(error))?;
    }
    let folder = Folder {
        payload: &payload,
        client_context: client_context.as_deref(),
    };
    let debugged = args.debug.is_some_and(|port| port != DebugPort::Off);
    if args.working_tree || args.watch || debugged || args.calls.mode().is_some() {
        return folder.run(args, &ctx.on_this_machine()).await;
    }
    let Subject { cloud, name, alias, .. } = ctx.subject(args.function.as_ref()).await?;
    let asks_for_no_edition = args.function.is_none() && args.qualifier.is_none();
    if ctx.settings.local && asks_for_no_edition && cloud.functions.function(&name).await?.is_none() {
        ctx.ui.status(format_args!(
            "{name} is not deployed on this machine: running the code of this folder"
        ));
        return folder.run(args, ctx).await;
    }
    let qualifier = args.qualifier.clone().unwrap_or(Qualifier::Alias(alias));
    let kind = match (args.asynchronous, args.dry_run) {
        (true, _) => InvocationType::Event,
        (_, true) => InvocationType::DryRun,
        _ => InvocationType::RequestResponse,
    };
    let invocation = Invocation {
        name: name.clone(),
        qualifier: qualifier.clone(),
        kind,
        payload,
        client_context,
    };
    let call = || {
        let (cloud, invocation) = (cloud.clone(), invocation.clone());
        async move { call(&cloud, &invocation).await }
    };
    if let Some(times) = args.times() {
        return repeat::run(ctx, (name.as_str(), &qualifier.to_string()), times, None, call).await;
    }
    let progress = ctx.ui.progress();
    progress.doing(format_args!("calling {name}:{qualifier}"));
    let invoked = call().await;
    drop(progress);
    report(ctx, &invocation, &invoked?, None)
}

async fn call(cloud: &Cloud, invocation: &Invocation) -> anyhow::Result<Invoked> {
    let result = cloud.functions.invoke(invocation).await;
    result.map_err(|error| {
        let missing = error.kind == ErrorKind::NotFound;
        let (name, qualifier) = (&invocation.name, &invocation.qualifier);
        let problem = Problem::failed(format!("could not call `{name}:{qualifier}`"));
        let problem = if missing {
            problem.hint("`lfn deploy` makes it; `lfn alias list` and `lfn versions list` show what there is")
        } else {
            problem
        };
        problem.caused_by(error).into()
    })
}

/// Shows the result; the function's failure is how the command ends.
fn report(ctx: &Ctx, invocation: &Invocation, invoked: &Invoked, access: Option<&Access>) -> anyhow::Result<Outcome> {
    show(ctx, invocation, invoked, access)?;
    if invoked.function_error.is_none() {
        return Ok(Outcome::Done);
    }
    ctx.ui
        .status(format_args!("{} {}", style::error("error:"), failure(invoked)));
    Ok(Outcome::FunctionFailed)
}

impl InvokeArgs {
    fn times(&self) -> Option<Times> {
        Some(Times {
            repeat: self.repeat?.into(),
            concurrency: self.concurrency.into(),
        })
    }
}

/// A call of the code of the folder.
struct Folder<'a> {
    payload: &'a [u8],
    client_context: Option<&'a str>,
}

impl Folder<'_> {
    async fn run(&self, args: &InvokeArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
        if !args.watch {
            return self.build_and_call(args, ctx).await.map(|(outcome, _)| outcome);
        }
        // Ctrl-C is how it ends, and no mishap.
        let hold = ctx.stop.hold();
        hold.speaks();
        tokio::select! {
            never = self.watch(args, ctx) => match never {},
            () = ctx.stop.heard() => Ok(Outcome::Done),
        }
    }

    async fn watch(&self, args: &InvokeArgs, ctx: &Ctx) -> Infallible {
        loop {
            let seen = match self.build_and_call(args, ctx).await {
                Ok((_, seen)) => seen,
                Err(error) => {
                    ctx.ui.status(problem::render(&error));
                    Seen::now(ctx.dir())
                }
            };
            ctx.ui.status("waiting for a change; Ctrl-C ends");
            let path = seen.changed(ctx.dir()).await;
            ctx.ui.status(format_args!("\n{} changed", path.display()));
        }
    }

    async fn build_and_call(&self, args: &InvokeArgs, ctx: &Ctx) -> anyhow::Result<(Outcome, Seen)> {
        let debug = Debug::prepare(ctx, args.debug)?;
        let wishes = Wishes {
            debug: debug.as_ref(),
            calls: args.calls.mode(),
            ..Wishes::default()
        };
        let Built {
            pool,
            place,
            seen,
            watched,
            ..
        } = working_tree::build(ctx, wishes).await?;
        let name = pool.function().name.clone();
        let doing = format!("could not call the `{name}` of this folder");
        let client_context = check_request(self.payload, true, self.client_context)
            .map_err(|error| Problem::failed(doing.clone()).caused_by(error))?;
        let event = Event {
            payload: self.payload.to_vec(),
            invoked_arn: place.function_arn(&name).to_string(),
            client_context,
            ..Event::default()
        };
        if let Some(debug) = &debug {
            let checked = pool.check().await;
            checked.map_err(|error| Problem::failed(doing.clone()).caused_by(error))?;
            debug.announce(ctx);
        }
        let call = || {
            let (pool, event, doing) = (pool.clone(), event.clone(), doing.clone());
            async move {
                let outcome = pool.invoke(&event).await;
                outcome
                    .map(invoked)
                    .map_err(|error| Problem::failed(doing).caused_by(error).into())
            }
        };
        let invocation = Invocation {
            name: name.clone(),
            qualifier: Qualifier::Latest,
            kind: InvocationType::RequestResponse,
            payload: Vec::new(),
            client_context: None,
        };
        // Calls that were made are real, whatever becomes of the rest.
        let untold = Untold::of(ctx, watched.as_ref());
        let outcome = if let Some(times) = args.times() {
            let outcome = repeat::run(ctx, (name.as_str(), "$LATEST"), times, watched.as_ref(), call).await?;
            untold.told();
            outcome
        } else {
            let invoked = call().await?;
            untold.told();
            let access = watched.as_ref().map(Watched::access);
            report(ctx, &invocation, &invoked, access.as_ref())?
        };
        pool.close().await;
        Ok((outcome, seen))
    }
}

/// What Lambda would answer, with all of the log.
fn invoked(outcome: runner::Outcome) -> Invoked {
    Invoked {
        status: 200,
        function_error: outcome.function_error,
        payload: outcome.payload,
        log_tail: Some(outcome.log),
        executed_version: Some(Qualifier::Latest),
        request_id: Some(outcome.request_id),
    }
}

/// The event as bytes; anything but JSON is refused before it is sent.
async fn event(argument: &str, ctx: &Ctx) -> anyhow::Result<Vec<u8>> {
    let inline = argument.trim_start().starts_with(['{', '[', '"']);
    let (text, source) = if inline {
        (argument.as_bytes().to_vec(), "the event".to_owned())
    } else if argument == "-" {
        // Reading blocks; on a thread of its own it cannot hold up Ctrl-C.
        let read = || {
            let mut text = Vec::new();
            std::io::stdin().read_to_end(&mut text).map(|_| text)
        };
        let text = tokio::task::spawn_blocking(read)
            .await?
            .context("could not read the event from standard input")?;
        (text, "standard input".into())
    } else {
        let path = ctx.at(argument);
        let text = std::fs::read(&path).map_err(|error| {
            Problem::failed(format!("could not read the event `{}`", path.display()))
                .hint("an event is a file, `-` for standard input, or JSON such as '{\"name\": \"Ada\"}'")
                .caused_by(error)
        })?;
        (text, format!("`{}`", path.display()))
    };
    serde_json::from_slice::<serde::de::IgnoredAny>(&text)
        .map_err(|error| Problem::failed(format!("{source} is not JSON")).caused_by(error))?;
    Ok(text)
}

fn show(ctx: &Ctx, invocation: &Invocation, invoked: &Invoked, access: Option<&Access>) -> anyhow::Result<()> {
    let report = invoked.log_tail.as_deref().and_then(Report::find);
    if ctx.ui.json() {
        let payload = serde_json::from_slice(&invoked.payload)
            .unwrap_or_else(|_| serde_json::Value::String(String::from_utf8_lossy(&invoked.payload).into_owned()));
        return ctx.ui.document(&Answer {
            function: invocation.name.as_str(),
            qualifier: invocation.qualifier.to_string(),
            status: invoked.status,
            executed_version: invoked.executed_version.as_ref().map(ToString::to_string),
            request_id: invoked.request_id.as_deref(),
            function_error: invoked.function_error.as_deref(),
            payload,
            report,
            log: invoked.log_tail.as_deref(),
            access,
        });
    }
    if !invoked.payload.is_empty() {
        ctx.ui.data(String::from_utf8_lossy(&invoked.payload))?;
    }
    ctx.ui.status(summary(invocation, invoked, report.as_ref()));
    if let Some(access) = access {
        enforced::show(ctx, access);
    }
    Ok(())
}

/// The figures as Lambda's console shows them, then the end of the log.
fn summary(invocation: &Invocation, invoked: &Invoked, report: Option<&Report>) -> String {
    let mut rows = Vec::new();
    let mut row =
        |name: &str, value: String| rows.push(format!("  {} {value}", style::dim(format_args!("{name:<16}"))));
    match invocation.kind {
        InvocationType::Event => row("accepted", "the event is queued".into()),
        InvocationType::DryRun => row("checked", "the call would be allowed".into()),
        InvocationType::RequestResponse => {}
    }
    if let Some(version) = &invoked.executed_version {
        row("version", version.to_string());
    }
    if let Some(id) = &invoked.request_id {
        row("request id", id.clone());
    }
    if let Some(report) = report {
        let milliseconds = |value: f64| format!("{value:.2} ms");
        let figures = [
            ("duration", report.duration_ms.map(milliseconds)),
            (
                "billed duration",
                report.billed_ms.map(|value| format!("{value:.0} ms")),
            ),
            ("memory size", report.memory_mb.map(|value| format!("{value} MB"))),
            (
                "max memory used",
                report.max_memory_mb.map(|value| format!("{value} MB")),
            ),
            ("init duration", report.init_ms.map(milliseconds)),
        ];
        for (name, value) in figures {
            if let Some(value) = value {
                row(name, value);
            }
        }
    }
    if let Some(log) = invoked
        .log_tail
        .as_deref()
        .map(str::trim_end)
        .filter(|log| !log.is_empty())
    {
        rows.push(String::new());
        rows.extend(
            log.lines()
                .map(|line| format!("  {} {}", style::dim("│"), line.replace('\t', "  "))),
        );
    }
    rows.join("\n")
}

/// What the function says of its failure.
pub fn failure(invoked: &Invoked) -> String {
    let how = format!("({})", invoked.function_error.as_deref().unwrap_or("Unhandled"));
    match FunctionError::read(&invoked.payload) {
        FunctionError { message: None, .. } => format!("the function failed {how}"),
        error => format!("the function failed: {}", error.text(&how)),
    }
}
