//! `lfn policy tighten`: which lines of `allow` the function has not used, by what IAM remembers.

use anyhow::Context as _;
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::{Outcome, Rights, file, path, position};
use crate::ctx::{Ctx, FILE};
use crate::domain::arn::Arn;
use crate::domain::config::edit::{self, LeftAlone, NewLine};
use crate::domain::config::{Allow, Mark};
use crate::domain::policy::tighten::{Advice, History, Proposal, cutoff, tighten};
use crate::domain::policy::{INLINE_POLICY, Source};
use crate::engine::wait::{Readiness, Waiter};
use crate::error::Problem;
use crate::ports::{ErrorKind, Report, Roles};
use crate::ui::style;
use crate::ui::table::Table;

/// Propose which lines of `allow` to remove, by what IAM remembers of the role's calls
#[derive(Debug, Args)]
pub struct TightenArgs {
    /// How long a right must have been unused, up to 400d
    #[arg(long, value_name = "DAYS", default_value = "90d", value_parser = days)]
    older_than: u32,

    /// Change lambda.yaml as proposed
    #[arg(long)]
    write: bool,
}

#[derive(Serialize)]
struct Answer {
    role: String,
    role_created: String,
    /// When IAM made the report.
    as_of: String,
    days: u32,
    /// Whether the role is old enough to be judged.
    judged: bool,
    lines: Vec<Row>,
    written: bool,
}

#[derive(Serialize)]
struct Row {
    path: String,
    /// Where it stands; `line` is its text.
    mark: Option<Mark>,
    line: String,
    last_used: Option<String>,
    proposal: &'static str,
    /// What to write in the line's place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    with: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unused: Vec<String>,
    /// Actions that IAM does not follow.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    untracked: Vec<String>,
}

/// Runs `lfn policy tighten`.
pub async fn run(args: &TightenArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let project = ctx.project()?;
    let target = ctx.target(&project).await?;
    let rights = Rights::of(target.config, target.caller.place, ctx.read_file()?, None)?;
    let days = args.older_than;
    let roles = target.cloud.roles.as_ref();
    let (created, history) = ask(ctx, roles, &rights).await?;
    let judged = created <= cutoff(&history, days);
    let advice = if judged {
        let role = &rights.role;
        let live = roles.policy(&role.name, INLINE_POLICY).await;
        let live = live.with_context(|| format!("could not read the policy of `{}`", role.name))?;
        let live = live.unwrap_or_else(|| crate::domain::policy::PolicyDocument::new([]));
        let (allow, place) = (&rights.config.allow, &rights.place);
        tighten(allow, &rights.sources, &live, &history, days, place)
    } else {
        Vec::new()
    };
    let mut answer = Answer {
        role: rights.role.arn.to_string(),
        role_created: created.to_string(),
        as_of: history.as_of.to_string(),
        days,
        judged,
        lines: rows(&rights, &advice),
        written: false,
    };
    let proposes = |row: &Row| matches!(row.proposal, "remove" | "narrow" | "drop");
    let found = answer.lines.iter().filter(|row| proposes(row)).count();
    if !ctx.ui.json() {
        show(ctx, &answer, found)?;
    }
    let mut outcome = Outcome::Done;
    if args.write && found > 0 {
        let after = applied(&rights, &advice)
            .map_err(|why| file::left_alone(&why).hint("change the lines by hand as proposed"))?;
        if file::write(ctx, &rights.text, &after).await? {
            answer.written = true;
            ctx.ui.status(format_args!(
                "{FILE}: {} changed; `lfn plan` shows what the role loses",
                style::count(found, "line")
            ));
        } else {
            outcome = Outcome::Declined;
        }
    }
    if ctx.ui.json() {
        ctx.ui.document(&answer)?;
    }
    Ok(outcome)
}

/// When the role was made, and what IAM remembers of it.
async fn ask(ctx: &Ctx, roles: &dyn Roles, rights: &Rights) -> anyhow::Result<(Timestamp, History)> {
    let role = &rights.role;
    let asking = || format!("could not ask IAM what `{}` has called", role.name);
    let created = roles.role_created(&role.name).await.map_err(|error| {
        let problem = Problem::failed(asking());
        let problem = match error.kind {
            ErrorKind::Invalid => problem.hint("the history is the account's; run it without `--local`"),
            _ => problem,
        };
        problem.caused_by(error)
    })?;
    let created = created.ok_or_else(|| {
        Problem::failed(format!("there is no role `{}` yet", role.name)).hint("make it with `lfn deploy`")
    })?;
    let progress = ctx.ui.progress();
    let on_wait = |what: &str, waited| progress.waiting(what, waited);
    let waiter = Waiter::new(&ctx.stop, &on_wait);
    let report = waiter
        .patiently(|| roles.order_history(&role.arn))
        .await
        .with_context(asking)?;
    let judge = |report: &Report| match report {
        Report::InProgress => Readiness::Waiting,
        Report::Completed(_) => Readiness::Ready,
        Report::Failed(why) => Readiness::Failed(why.clone()),
    };
    let done = waiter
        .until_ready("IAM's report", || roles.history(&report), judge)
        .await
        .with_context(asking)?;
    match done {
        Report::Completed(history) => Ok((created, history)),
        Report::InProgress | Report::Failed(_) => Err(Problem::failed(asking()).into()),
    }
}

fn rows(rights: &Rights, advice: &[Advice]) -> Vec<Row> {
    let marks = rights.marks();
    let lines = rights
        .sources
        .iter()
        .zip(marks)
        .filter(|(source, _)| source.key == "allow");
    let row = |(source, mark): (&Source, Option<Mark>)| {
        let advice = advice.iter().find(|advice| Some(advice.item) == source.item)?;
        let mut row = Row {
            path: path(source),
            mark,
            line: shown(rights.config.allow.get(advice.item)?),
            last_used: advice.last.map(date),
            proposal: "keep",
            with: Vec::new(),
            unused: Vec::new(),
            untracked: Vec::new(),
        };
        match &advice.proposal {
            Proposal::Keep => {}
            Proposal::Remove => row.proposal = "remove",
            Proposal::Narrow { with, unused } => {
                (row.proposal, row.with, row.unused) = ("narrow", with.clone(), unused.clone());
            }
            Proposal::Drop { unused, .. } => (row.proposal, row.unused) = ("drop", unused.clone()),
            Proposal::Whole { unused } => (row.proposal, row.unused) = ("whole", unused.clone()),
            Proposal::Untracked { actions } => (row.proposal, row.untracked) = ("untracked", actions.clone()),
            Proposal::Accepted => row.proposal = "accepted",
            Proposal::Undeployed => row.proposal = "undeployed",
        }
        Some(row)
    };
    lines.filter_map(row).collect()
}

/// A line as a person knows it from the file.
fn shown(line: &Allow) -> String {
    match line {
        Allow::Grant(grant) => grant.to_string(),
        Allow::Raw(raw) => raw.actions.join(", "),
    }
}

fn show(ctx: &Ctx, answer: &Answer, found: usize) -> anyhow::Result<()> {
    let days = answer.days;
    if !answer.judged {
        let role = short(&answer.role);
        ctx.ui.data(format_args!(
            "{role} was made on {}, less than {days} days ago: nothing can be said yet",
            day(&answer.role_created)
        ))?;
        ctx.ui.hint("ask about fewer days with `--older-than`");
        return Ok(());
    }
    if answer.lines.is_empty() {
        ctx.ui.data(format_args!("{FILE} has no lines under `allow`"))?;
        return Ok(());
    }
    let mut table = Table::new(&["line", "at", "last used", "proposal"]);
    for row in &answer.lines {
        let never = || match row.proposal {
            "untracked" | "undeployed" | "accepted" => "not known".to_owned(),
            _ => format!("never in {days} days"),
        };
        let what = match row.proposal {
            "narrow" => format!("narrow to {}", quoted(&row.with)),
            "drop" => format!("without {}", quoted(&row.unused)),
            "whole" => format!(
                "keep: {} not used, but no verb gives the rest alone",
                quoted(&row.unused)
            ),
            "untracked" => format!("not tracked, left alone: {}", quoted(&row.untracked)),
            "accepted" => "keep: accepts P50".to_owned(),
            "undeployed" => "left alone: the role does not have it yet".to_owned(),
            other => other.to_owned(),
        };
        let last = row.last_used.as_deref().map_or_else(never, |last| day(last).to_owned());
        table.row(vec![row.line.clone(), position(row.mark), last, what]);
    }
    ctx.ui.data(table.render())?;
    if found > 0 {
        ctx.ui.hint(format_args!(
            "IAM hears of calls up to four hours late, and knows neither what they were about nor when a line was added: keep what is new or seldom needed"
        ));
    } else {
        ctx.ui
            .status(format_args!("nothing to remove as of {}", day(&answer.as_of)));
    }
    Ok(())
}

/// The text of the file as proposed.
fn applied(rights: &Rights, advice: &[Advice]) -> Result<String, LeftAlone> {
    let stage = rights.config.stage.as_ref();
    let mut text = rights.text.clone();
    for Advice { item, proposal, .. } in advice.iter().rev() {
        text = match proposal {
            Proposal::Remove => edit::remove(&text, stage, &[*item].into())?,
            Proposal::Narrow { with, .. } => {
                let with: Vec<NewLine> = with.iter().map(|line| NewLine::read(line)).collect();
                edit::replace(&text, stage, *item, &with)?
            }
            Proposal::Drop { actions, .. } => edit::remove_actions(&text, stage, *item, actions)?,
            Proposal::Keep
            | Proposal::Whole { .. }
            | Proposal::Untracked { .. }
            | Proposal::Accepted
            | Proposal::Undeployed => text,
        };
    }
    Ok(text)
}

fn quoted(texts: &[String]) -> String {
    format!("`{}`", texts.join("`, `"))
}

fn short(role: &str) -> String {
    role.parse::<Arn>().map_or_else(|_| role.to_owned(), |arn| arn.resource)
}

fn date(time: Timestamp) -> String {
    time.to_string()
}

/// The day of a time such as `2026-11-22T10:00:00Z`.
fn day(time: &str) -> &str {
    time.split('T').next().unwrap_or(time)
}

/// `90d`, or `90`.
fn days(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix('d').unwrap_or(text).parse();
    // Source: IAM API reference, `GenerateServiceLastAccessedDetails`: activity of the last 400 days.
    number
        .ok()
        .filter(|days| (1..=400).contains(days))
        .ok_or_else(|| "say a number of days from 1d to 400d, which is as long as IAM remembers".to_owned())
}
