//! `lfn policy`: what the function's role may do, why, and what is wrong with it.

mod file;
mod lint;
mod sarif;
mod show;
mod sources;
mod suggest;
mod tighten;
mod why;

use clap::Subcommand;

use super::Outcome;
use crate::ctx::{Ctx, FILE};
use crate::domain::arn::{Arn, Place, partition_of};
use crate::domain::config::{Config, Mark, Marks};
use crate::domain::names::{AccountId, Region};
use crate::domain::policy::{RoleSpec, Source, role_spec, sources};
use crate::error::Problem;
use crate::ports::Cloud;

/// Show, explain and check what the function may do
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    Show(show::ShowArgs),
    Why(why::WhyArgs),
    Lint(lint::LintArgs),
    Suggest(suggest::SuggestArgs),
    Tighten(tighten::TightenArgs),
}

/// Runs `lfn policy`.
pub async fn run(command: &PolicyCommand, ctx: &Ctx) -> anyhow::Result<Outcome> {
    match command {
        PolicyCommand::Show(args) => show::run(args, ctx).await,
        PolicyCommand::Why(args) => why::run(args, ctx).await,
        PolicyCommand::Lint(args) => lint::run(args, ctx).await,
        PolicyCommand::Suggest(args) => Box::pin(suggest::run(args, ctx)).await,
        PolicyCommand::Tighten(args) => Box::pin(tighten::run(args, ctx)).await,
    }
}

/// The role that lambda.yaml describes, and where its rights come from.
struct Rights {
    config: Config,
    place: Place,
    role: RoleSpec,
    sources: Vec<Source>,
    text: String,
    /// The account itself, when it was asked.
    cloud: Option<Cloud>,
}

impl Rights {
    /// Reads the file; with `live` for the account and region of the credentials, else for those of the
    /// file, of `near`, or for stand-ins.
    async fn read(ctx: &Ctx, live: bool, near: Option<&Arn>) -> anyhow::Result<Self> {
        let project = ctx.project()?;
        let text = ctx.read_file()?;
        let (config, place, cloud) = if live {
            let target = ctx.target(&project).await?;
            (target.config, target.caller.place, Some(target.cloud))
        } else {
            let place = stand_in(&project.offline, ctx, near);
            (ctx.load(&text, Some(&place), false)?, place, None)
        };
        Self::of(config, place, text, cloud)
    }

    /// The rights that this configuration gives; `text` is where it was read from.
    fn of(config: Config, place: Place, text: String, cloud: Option<Cloud>) -> anyhow::Result<Self> {
        let role = own_role(&config, &place)?;
        Ok(Self {
            sources: sources(&config, &place),
            config,
            place,
            role,
            text,
            cloud,
        })
    }

    /// Where the sources stand in the file; `None` for what the file has no line for.
    fn marks(&self) -> Vec<Option<Mark>> {
        let marks = Marks::read(&self.text, self.config.stage.as_ref());
        let mark = |source: &Source| marks.as_ref()?.of(source.key, source.item);
        self.sources.iter().map(mark).collect()
    }
}

/// The role that lfn makes for the function.
pub(super) fn own_role(config: &Config, place: &Place) -> anyhow::Result<RoleSpec> {
    role_spec(config, place).ok_or_else(|| {
        Problem::failed(format!(
            "{FILE} names a role that lfn does not make, so its rights are not known"
        ))
        .hint("write `role: auto`, or look at the role where it is made")
        .into()
    })
}

/// `lambda.yaml:12:5`, or what holds without a line.
fn position(mark: Option<Mark>) -> String {
    mark.map_or_else(|| "every function".to_owned(), |mark| format!("{FILE}:{mark}"))
}

/// `allow[2]`
fn path(source: &Source) -> String {
    source
        .item
        .map_or_else(|| source.key.to_owned(), |item| format!("{}[{item}]", source.key))
}

/// The account and region of the file, then of the command line, then of an ARN, then the usual examples.
pub(super) fn stand_in(config: &Config, ctx: &Ctx, near: Option<&Arn>) -> Place {
    let of_arn = near.and_then(|arn| Region::new(arn.region.clone()).ok());
    let region = config.region.clone().or_else(|| ctx.settings.region.clone()).or(of_arn);
    let region = region.unwrap_or_else(|| Region::new("us-east-1").expect("a region's name"));
    let of_arn = near.and_then(|arn| AccountId::new(arn.account.clone()).ok());
    let account = config.account.clone().or(of_arn);
    Place {
        partition: partition_of(&region).to_owned(),
        account: account.unwrap_or_else(|| AccountId::new("123456789012").expect("twelve digits")),
        region,
    }
}
