//! `lfn plan`: what a deploy would change.

use std::path::PathBuf;

use super::fleet::{self, Known, Selected, Selection, Verb};
use super::prepare::prepare_project;
use super::{Outcome, plan_file};
use crate::ctx::Ctx;
use crate::engine::check::Verdict;
use crate::error::Problem;
use crate::settings::switch;
use crate::ui::fleet::Fate;
use crate::ui::plan::PlanView;

/// Show what a deploy would change
#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    #[command(flatten)]
    pub(super) select: Selection,

    /// Exit with 3 when there is something to do
    #[arg(long, env = "LFN_EXIT_CODE", value_parser = switch)]
    pub(super) exit_code: bool,

    /// Allow taking over a function that lfn did not make
    #[arg(long, env = "LFN_ADOPT", value_parser = switch)]
    pub(super) adopt: bool,

    /// Write the plan to this file, for `lfn deploy --plan`
    #[arg(long, value_name = "FILE", env = "LFN_OUT", conflicts_with_all = ["paths", "all", "changed_since"])]
    out: Option<PathBuf>,
}

/// Runs `lfn plan`.
pub async fn run(args: &PlanArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    match args.select.functions(ctx).await? {
        Selected::One(folder) => {
            let verb = Verb {
                title: "lfn plan",
                lines: false,
            };
            let command = async |ctx: &Ctx, known: &mut Known| Box::pin(one(args, ctx, known)).await;
            Box::pin(fleet::alone(ctx, folder, verb, command)).await
        }
        Selected::Many(folders) => Box::pin(fleet::plan(args, ctx, &folders)).await,
    }
}

async fn one(args: &PlanArgs, ctx: &Ctx, known: &mut Known) -> anyhow::Result<Outcome> {
    let out = args.out.as_ref().map(|out| ctx.at(out));
    out.as_deref().map(plan_file::refuse_other_files).transpose()?;
    let project = ctx.project()?;
    known.name = Some(project.offline.name.to_string());
    let prepared = Box::pin(prepare_project(ctx, project, args.adopt)).await?;
    known.serves = prepared.plan.live;
    let view = PlanView::new(&prepared.plan, &prepared.verdict.warnings, ctx.settings.local);
    let view: &PlanView = known.view.insert(view);
    show(ctx, view)?;
    refuse(&prepared.verdict)?;
    if let Some(out) = &out {
        plan_file::write(ctx, out, args.adopt, &prepared, view)?;
    }
    let changes = !prepared.plan.steps.is_empty();
    known.fate = Some(Fate::planned(changes));
    Ok(if changes && args.exit_code {
        Outcome::Changes
    } else {
        Outcome::Done
    })
}

fn show(ctx: &Ctx, view: &PlanView) -> anyhow::Result<()> {
    if ctx.ui.json() {
        return ctx.ui.document(view);
    }
    ctx.ui.data(view.render(ctx.ui.verbose()))?;
    view.warnings.iter().for_each(|warning| ctx.ui.warn(warning));
    Ok(())
}

/// Turns what a check refuses into an error.
pub fn refuse(verdict: &Verdict) -> anyhow::Result<()> {
    let Some(first) = verdict.refusals.first() else {
        return Ok(());
    };
    let others = verdict.refusals[1..]
        .iter()
        .map(|refusal| format!("\n       {}", refusal.message));
    let problem = Problem::failed(format!("{}{}", first.message, others.collect::<String>()));
    Err(verdict
        .refusals
        .iter()
        .fold(problem, |problem, refusal| problem.hint(&refusal.hint))
        .into())
}
