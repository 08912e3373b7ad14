//! `lfn ci`: what a pipeline needs to run lfn: the policy of its identity, and its workflow.

use std::collections::BTreeSet;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::Outcome;
use crate::ctx::{Ctx, Target};
use crate::domain::config::RoleChoice;
use crate::domain::policy::{Archives, Work, deployer_policy};
use crate::engine::desired;

/// What a pipeline needs to run lfn
#[derive(Debug, Subcommand)]
pub enum CiCommand {
    Policy(PolicyArgs),
    Github(GithubArgs),
}

/// Print the smallest policy for the identity that runs lfn
#[derive(Debug, Args)]
pub struct PolicyArgs {
    /// What the identity does
    #[arg(long = "for", value_name = "WORK", value_delimiter = ',', default_value = "deploy")]
    works: Vec<WorkArg>,

    /// Allow archives above 50 MB, which go through a bucket; so does `package.bucket`
    #[arg(long)]
    large_archives: bool,
}

/// A kind of work.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum WorkArg {
    /// Read only: plan, status, alias list, versions list
    Plan,
    /// Deploy and release, with all that they read
    Deploy,
    /// Call the function
    Invoke,
    /// Delete what lfn made
    Destroy,
    /// Publish the function's dependencies as a layer
    Layers,
    /// Remove old versions; with `release.keep`, deploy does it too
    Prune,
    /// Ask what the role has called
    Tighten,
    /// Hand traffic to CodeDeploy, with all that it reads; with `destroy`, remove it there
    Codedeploy,
}

impl From<WorkArg> for Work {
    fn from(work: WorkArg) -> Self {
        match work {
            WorkArg::Plan => Self::Plan,
            WorkArg::Deploy => Self::Deploy,
            WorkArg::Invoke => Self::Invoke,
            WorkArg::Destroy => Self::Destroy,
            WorkArg::Layers => Self::Layers,
            WorkArg::Prune => Self::Prune,
            WorkArg::Tighten => Self::Tighten,
            WorkArg::Codedeploy => Self::Codedeploy,
        }
    }
}

/// Print the trust policy and a workflow for GitHub Actions
#[derive(Debug, Args)]
pub struct GithubArgs {
    /// The repository, as GitHub names it in its tokens: OWNER/NAME, or OWNER@ID/NAME@ID
    #[arg(long, value_name = "OWNER/NAME", value_parser = repository)]
    repository: String,

    /// The environment of GitHub whose jobs may deploy
    #[arg(long, value_name = "NAME", default_value = "production", value_parser = environment)]
    environment: String,

    /// The name of the role that the workflow assumes
    #[arg(long, value_name = "NAME", default_value = "lfn-deployer", value_parser = environment)]
    role_name: String,
}

/// Runs `lfn ci`.
pub async fn run(command: &CiCommand, ctx: &Ctx) -> anyhow::Result<Outcome> {
    match command {
        CiCommand::Policy(args) => policy(args, ctx).await,
        CiCommand::Github(args) => github(args, ctx).await,
    }
}

async fn policy(args: &PolicyArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let Target { config, caller, .. } = ctx.target(&ctx.project()?).await?;
    let works: BTreeSet<Work> = args.works.iter().map(|work| Work::from(*work)).collect();
    let archives = Archives {
        bucket: &desired::archive_bucket(&config, &caller.place),
        used: args.large_archives || config.package.bucket.is_some(),
    };
    let document = deployer_policy(&config, &caller.place, &works, archives);
    ctx.ui.document(&Value::from(document))?;
    let unbounded = matches!(&config.role, RoleChoice::Auto(role) if role.boundary.is_none());
    if unbounded && works.contains(&Work::Deploy) {
        ctx.ui.warn(
            "who may write a role's policy, pass the role and change the function's code can give that code any right",
        );
        ctx.ui
            .hint("set `role: { boundary: ARN }` in lambda.yaml: the policy then insists on the boundary");
    }
    Ok(Outcome::Done)
}

async fn github(args: &GithubArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let Target { config, caller, .. } = ctx.target(&ctx.project()?).await?;
    let place = &caller.place;
    let trust = trust(args, &place.partition, place.account.as_str());
    let stage = config
        .stage
        .as_ref()
        .map(|stage| format!(" --stage {stage}"))
        .unwrap_or_default();
    let role = place.global_arn("iam", format_args!("role/{}", args.role_name));
    let workflow = workflow(args, &role.to_string(), place.region.as_str(), &stage);
    if ctx.ui.json() {
        ctx.ui.document(&json!({ "trust": trust, "workflow": workflow }))?;
        return Ok(Outcome::Done);
    }
    ctx.ui
        .status(format_args!("trust policy of the role {}:", args.role_name));
    ctx.ui.document(&trust)?;
    ctx.ui.status("\n.github/workflows/deploy.yml:");
    ctx.ui.data(workflow.trim_end())?;
    ctx.ui.hint(format_args!(
        "give the role the policy that `lfn ci policy{stage}` prints; repositories made after July 2026 name \
         themselves OWNER@ID/NAME@ID in their tokens"
    ));
    Ok(Outcome::Done)
}

/// Lets jobs of one environment of one repository assume the role.
/// Source: GitHub documentation, "Configuring `OpenID` Connect in Amazon Web Services".
fn trust(args: &GithubArgs, partition: &str, account: &str) -> Value {
    const ISSUER: &str = "token.actions.githubusercontent.com";
    let provider = format!("arn:{partition}:iam::{account}:oidc-provider/{ISSUER}");
    let subject = format!("repo:{}:environment:{}", args.repository, args.environment);
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "GitHub",
            "Effect": "Allow",
            "Principal": { "Federated": provider },
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": { "StringEquals": {
                format!("{ISSUER}:aud"): "sts.amazonaws.com",
                format!("{ISSUER}:sub"): subject,
            }},
        }],
    })
}

fn workflow(args: &GithubArgs, role: &str, region: &str, stage: &str) -> String {
    format!(
        "\
name: deploy
on:
  push:
    branches: [main]
# One deploy after another: the later one would find the first in the middle of its work.
concurrency: deploy-{environment}
permissions:
  contents: read
  id-token: write
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: {environment}
    steps:
      - uses: actions/checkout@v5
      - uses: aws-actions/configure-aws-credentials@v5
        with:
          role-to-assume: {role}
          aws-region: {region}
      # Put lfn on the PATH here, in the version that you have tested.
      - run: lfn validate{stage}
      - run: lfn plan{stage}
      - run: lfn deploy{stage} --yes
",
        environment = args.environment,
    )
}

fn repository(text: &str) -> Result<String, String> {
    let part = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '@'))
    };
    match text.split_once('/') {
        Some((owner, name)) if part(owner) && part(name) => Ok(text.to_owned()),
        _ => Err("say OWNER/NAME, such as `octo/shop`".into()),
    }
}

/// No wildcards and nothing that could end the subject early.
fn environment(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if !text.is_empty() && text.len() <= 64 && text.chars().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err("use up to 64 letters, digits, `-`, `_` and `.`".into())
    }
}
