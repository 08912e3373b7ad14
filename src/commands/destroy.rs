//! `lfn destroy`: delete what lfn made for this function, and nothing else.

use serde::Serialize;

use anyhow::Context as _;

use super::Outcome;
use crate::ctx::{Ctx, Target};
use crate::engine::destroy::{Inventory, Removal, Stopped, inventory, remove};
use crate::engine::wait::{Failure, Waiter};
use crate::error::{Kind, Problem};
use crate::settings::switch;
use crate::ui::style;

/// Delete what lfn made for this function, and nothing else
#[derive(Debug, clap::Args)]
pub struct DestroyArgs {
    /// Show what would be deleted and stop
    #[arg(long, env = "LFN_DRY_RUN", value_parser = switch)]
    dry_run: bool,
}

#[derive(Serialize)]
struct Answer {
    function: String,
    deleted: Vec<String>,
    kept: Vec<String>,
    dry_run: bool,
}

/// Runs `lfn destroy`.
pub async fn run(args: &DestroyArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let project = ctx.project()?;
    let Target { cloud, caller, config } = ctx.target(&project).await?;
    let found = inventory(&cloud, &config, &caller.place)
        .await
        .with_context(|| format!("could not look up what belongs to `{}`", config.name))?;
    let titles: Vec<String> = found.removals.iter().map(title).collect();
    show(ctx, config.name.as_str(), &titles, &found, args.dry_run)?;
    let answer = |deleted: Vec<String>| Answer {
        function: config.name.to_string(),
        deleted,
        kept: found.kept.clone(),
        dry_run: args.dry_run,
    };
    if titles.is_empty() || args.dry_run {
        if ctx.ui.json() {
            ctx.ui.document(&answer(titles))?;
        }
        return Ok(Outcome::Done);
    }
    if !ctx.settings.yes && !ctx.ui.confirm("\nThis cannot be undone. Delete all of it?").await? {
        ctx.ui.status("nothing was changed");
        return Ok(Outcome::Declined);
    }
    let _deleting = ctx.stop.hold();
    let progress = ctx.ui.progress();
    let on_wait = |what: &str, waited| progress.waiting(what, waited);
    let waiter = Waiter::new(&ctx.stop, &on_wait);
    for (done, removal) in found.removals.iter().enumerate() {
        progress.doing(&titles[done]);
        let result = if ctx.stop.requested() {
            Err(Stopped {
                touched: false,
                failure: Failure::Interrupted,
            })
        } else {
            remove(&cloud, removal, found.gone.as_ref(), &waiter).await
        };
        result.map_err(|how| stopped(done, &titles, &found.removals, how))?;
        progress.done(format_args!("deleted {}", titles[done]));
    }
    drop(progress);
    if ctx.ui.json() {
        ctx.ui.document(&answer(titles))?;
    } else {
        ctx.ui.data(format_args!("deleted {}", config.name))?;
    }
    Ok(Outcome::Done)
}

/// Shows what goes and what stays; with `--dry-run` that is the answer. Nobody is asked about what
/// was not shown, so a question brings the list with every format.
fn show(ctx: &Ctx, function: &str, titles: &[String], found: &Inventory, answer: bool) -> anyhow::Result<()> {
    let question = !answer && !ctx.settings.yes;
    if ctx.ui.json() && !question {
        return Ok(());
    }
    let kept = found.kept.iter().map(|kept| style::dim(format_args!("  kept: {kept}")));
    if titles.is_empty() {
        ctx.ui
            .status(format_args!("there is nothing that lfn made for `{function}`"));
    } else {
        let heading = format!("{}\n", style::strong(function));
        let gone = titles.iter().map(|title| style::removed(format_args!("  - {title}")));
        let lines: Vec<String> = [heading].into_iter().chain(gone).chain(kept).collect();
        if answer {
            ctx.ui.data(lines.join("\n"))?;
        } else {
            ctx.ui.status(lines.join("\n"));
        }
        return Ok(());
    }
    kept.for_each(|line| ctx.ui.status(line));
    Ok(())
}

fn title(removal: &Removal) -> String {
    match removal {
        Removal::Function {
            name,
            versions,
            aliases,
        } => {
            let aliases: Vec<String> = aliases.iter().map(ToString::to_string).collect();
            let aliases = if aliases.is_empty() {
                String::new()
            } else {
                format!(", alias {}", aliases.join(", alias "))
            };
            format!("function {name}: {}{aliases}", style::count(*versions, "version"))
        }
        Removal::Role { name, attached, .. } => {
            let attached = match attached.len() {
                0 => String::new(),
                1 => ", after detaching 1 managed policy".into(),
                number => format!(", after detaching {number} managed policies"),
            };
            format!("role {name}{attached}")
        }
        Removal::LogGroup { name, bytes } => format!("log group {name}: {} of logs", style::bytes(*bytes)),
        Removal::Archives { bucket, keys } => format!("{} in s3://{bucket}", style::count(keys.len(), "archive")),
        Removal::Deployments {
            application,
            groups,
            configurations,
        } => {
            let groups = groups.iter().map(|name| format!("deployment group {name}"));
            let configurations = configurations
                .iter()
                .map(|name| format!("deployment configuration {name}"));
            let names: Vec<String> = groups.chain(configurations).collect();
            format!("{} of {application}", names.join(", "))
        }
        Removal::Application(name) => format!("CodeDeploy application {name}"),
    }
}

fn stopped(done: usize, titles: &[String], removals: &[Removal], how: Stopped) -> Problem {
    let Stopped { touched, failure } = how;
    let function = removals.iter().enumerate().find_map(|(index, removal)| match removal {
        Removal::Function { name, .. } => Some((index, name)),
        _ => None,
    });
    let serving = function.map(|(index, name)| {
        if index < done {
            format!("`{name}` is deleted: nothing serves traffic through it")
        } else if index == done && touched {
            format!("whether `{name}` is deleted is unknown: `lfn list` shows it if it is still there")
        } else {
            format!("`{name}` is still there and serves traffic as before")
        }
    });
    let kind = match &failure {
        Failure::Interrupted => Kind::Interrupted,
        _ if done == 0 && !touched => Kind::Failed,
        _ => Kind::Partial,
    };
    let problem = Problem::new(
        kind,
        format!(
            "stopped after {done} of {}, at: {}",
            style::count(titles.len(), "deletion"),
            titles[done]
        ),
    );
    let problem = serving.into_iter().fold(problem, Problem::hint);
    problem
        .hint(format!(
            "run `lfn destroy` again to delete the rest: {}",
            titles[done..].join("; ")
        ))
        .caused_by(failure)
}
