//! The command line: the tree of commands, and one match that runs them.

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::commands::{
    Outcome, alias, ci, completions, denied, deploy, destroy, dev, event, init, invoke, layer, list, package, plan,
    policy, schema, status, test, validate, versions,
};
use crate::ctx::Ctx;
use crate::settings::Settings;

/// Package, deploy and release AWS Lambda functions
#[derive(Debug, Parser)]
#[command(name = "lfn", version, propagate_version = true)]
#[command(after_help = "Start with `lfn init`, then `lfn deploy --local`: no AWS account is needed.")]
pub struct Cli {
    #[command(flatten)]
    pub settings: Settings,
    #[command(subcommand)]
    pub command: Command,
}

/// What lfn can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    Init(init::InitArgs),
    Validate(validate::ValidateArgs),
    Package(package::PackageArgs),
    Plan(plan::PlanArgs),
    Deploy(deploy::DeployArgs),
    Invoke(invoke::InvokeArgs),
    Dev(dev::DevArgs),
    #[command(subcommand)]
    Event(event::EventCommand),
    Test(test::TestArgs),
    #[command(subcommand)]
    Alias(alias::AliasCommand),
    #[command(subcommand)]
    Versions(versions::VersionsCommand),
    #[command(subcommand)]
    Layer(layer::LayerCommand),
    Status(status::StatusArgs),
    List(list::ListArgs),
    Destroy(destroy::DestroyArgs),
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    #[command(subcommand)]
    Ci(ci::CiCommand),
    Schema(schema::SchemaArgs),
    Completions(completions::CompletionsArgs),
}

/// Runs a command; a call that AWS refused is explained.
pub async fn run(command: &Command, ctx: &Ctx) -> anyhow::Result<Outcome> {
    match Box::pin(perform(command, ctx)).await {
        Err(error) => Err(Box::pin(denied::explain(error, ctx)).await),
        done => done,
    }
}

async fn perform(command: &Command, ctx: &Ctx) -> anyhow::Result<Outcome> {
    if !matches!(command, Command::Init(_)) {
        ctx.refuse_missing_dir()?;
    }
    match command {
        Command::Init(args) => init::run(args, ctx).await,
        Command::Validate(args) => validate::run(args, ctx).await,
        Command::Package(args) => package::run(args, ctx).await,
        Command::Plan(args) => plan::run(args, ctx).await,
        Command::Deploy(args) => Box::pin(deploy::run(args, ctx)).await,
        Command::Invoke(args) => Box::pin(invoke::run(args, ctx)).await,
        Command::Dev(args) => Box::pin(dev::run(args, ctx)).await,
        Command::Event(command) => event::run(command, ctx).await,
        Command::Test(args) => Box::pin(test::run(args, ctx)).await,
        Command::Alias(command) => alias::run(command, ctx).await,
        Command::Versions(command) => versions::run(command, ctx).await,
        Command::Layer(command) => layer::run(command, ctx).await,
        Command::Status(args) => status::run(args, ctx).await,
        Command::List(args) => list::run(args, ctx).await,
        Command::Destroy(args) => destroy::run(args, ctx).await,
        Command::Policy(command) => policy::run(command, ctx).await,
        Command::Ci(command) => ci::run(command, ctx).await,
        Command::Schema(args) => schema::run(args, ctx),
        Command::Completions(args) => completions::run(args, &mut for_completions(), ctx),
    }
}

/// The tree of commands as completions have it.
fn for_completions() -> clap::Command {
    Cli::command().mut_subcommand("event", |event| event.mut_subcommand("show", event::without_kinds))
}
