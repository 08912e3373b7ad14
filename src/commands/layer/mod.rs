//! `lfn layer`: dependencies as a layer, which functions share and which is uploaded once.

mod contents;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde::Serialize;

use super::Outcome;
use crate::ctx::{Ctx, FILE, Target};
use crate::domain::arn::Arn;
use crate::domain::config::Config;
use crate::domain::names::LayerName;
use crate::engine::desired::archive_location;
use crate::engine::layers::{self, LayerPlan, Unpublished, Wanted};
use crate::engine::observe::ArchiveState;
use crate::engine::wait::{Failure, Waiter};
use crate::error::{Kind, Problem};
use crate::ports::{Cloud, LayerVersion};
use crate::settings::switch;
use crate::ui::plan::layer_view;
use crate::ui::style;
use crate::ui::table::Table;
use crate::ui::time::moment;
use contents::Packed;

/// Publish dependencies as a layer, and list its versions
#[derive(Debug, Subcommand)]
pub enum LayerCommand {
    /// Publish the dependencies of the function as a layer, unless a version has them already
    Publish(PublishArgs),
    /// List the versions of a layer, newest first
    List(ListArgs),
}

/// Arguments of `layer publish`.
#[derive(Debug, Args)]
pub struct PublishArgs {
    /// Name the layer [default: FUNCTION-deps]
    #[arg(long, value_name = "NAME", env = "LFN_LAYER")]
    name: Option<LayerName>,

    /// Describe the version [default: what is in it, and the digest]
    #[arg(long, value_name = "TEXT", env = "LFN_LAYER_DESCRIPTION")]
    description: Option<String>,

    /// Name the licence of the content, such as MIT
    #[arg(long, value_name = "LICENSE", env = "LFN_LAYER_LICENSE")]
    license: Option<String>,

    /// Publish what is in this folder as it is, in place of the dependencies
    #[arg(long, value_name = "FOLDER", env = "LFN_LAYER_FROM")]
    from: Option<PathBuf>,

    /// Show what would be published and stop
    #[arg(long, env = "LFN_DRY_RUN", value_parser = switch)]
    dry_run: bool,
}

/// Arguments of `layer list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Name the layer [default: FUNCTION-deps]
    #[arg(long, value_name = "NAME", env = "LFN_LAYER")]
    name: Option<LayerName>,
}

/// What `layer publish --format json` prints.
#[derive(Serialize)]
struct Answer<'a> {
    layer: &'a str,
    /// Null with `--dry-run`, when there is none with this content yet.
    version: Option<u64>,
    arn: Option<String>,
    /// Whether a version was published, or would be.
    changed: bool,
    dry_run: bool,
    sha256: &'a str,
    size: u64,
    unzipped: u64,
    files: usize,
}

#[derive(Serialize)]
struct VersionView {
    version: u64,
    arn: String,
    /// RFC 3339.
    published: String,
    runtimes: Vec<String>,
    architectures: Vec<String>,
    description: String,
    license: Option<String>,
}

/// Runs `lfn layer …`.
pub async fn run(command: &LayerCommand, ctx: &Ctx) -> anyhow::Result<Outcome> {
    match command {
        LayerCommand::Publish(args) => Box::pin(publish(args, ctx)).await,
        LayerCommand::List(args) => list(args, ctx).await,
    }
}

async fn publish(args: &PublishArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let project = ctx.project()?;
    let folder = tempfile::tempdir().context("could not make a temporary folder for the archive")?;
    let archive = folder.path().join("layer.zip");
    let progress = ctx.ui.progress();
    progress.doing("packaging");
    let packing = contents::pack(ctx, &project, args.from.as_deref(), archive);
    let (packed, target) = tokio::try_join!(packing, ctx.target(&project))?;
    let Packed { artifact, instead } = packed;
    progress.doing("looking at what is published");
    let Target { cloud, caller, config } = target;
    let wanted = Wanted {
        name: args.name.clone().unwrap_or_else(|| default_name(&config)),
        description: args.description.clone(),
        license: args.license.clone(),
        what: match args.from {
            Some(_) => format!("files for {}", config.name),
            None => format!("dependencies of {}", config.name),
        },
        runtime: config.runtime.clone(),
        architecture: config.architecture,
        storage: archive_location(&config, &caller.place, &artifact),
        artifact,
    };
    let name = &wanted.name;
    let plan = layers::plan(&cloud, &wanted).await;
    let plan = plan.with_context(|| format!("could not look up the layer `{name}`"))?;
    drop(progress);
    if let Some(refusal) = wanted.refusal(&plan) {
        return Err(Problem::failed(refusal.message).hint(refusal.hint).into());
    }
    let report = |version: Option<&LayerVersion>, changed| {
        if let Some(version) = version.filter(|_| !ctx.ui.json())
            && let Some(hint) = use_hint(&config.layers, &version.arn, instead.as_deref())
        {
            ctx.ui.hint(hint);
        }
        answer(ctx, &wanted, version, changed, args.dry_run)
    };
    let archive = match plan {
        LayerPlan::Keep(version) => {
            let number = version.version;
            ctx.ui
                .status(format_args!("`{name}` has this content already, as version {number}"));
            report(Some(&version), false)?;
            return Ok(Outcome::Done);
        }
        LayerPlan::Publish { archive } => archive,
    };
    let view = layer_view(&wanted, archive, &caller.place, ctx.settings.local);
    if args.dry_run {
        // What would be done is the answer, else it is what comes before it.
        if ctx.ui.json() {
            report(None, true)?;
        } else {
            ctx.ui.data(view)?;
        }
        return Ok(Outcome::Done);
    }
    ctx.ui.status(view);
    if !ctx.settings.yes && !ctx.ui.confirm("\nPublish this layer?").await? {
        ctx.ui.status("nothing was changed");
        return Ok(Outcome::Declined);
    }
    let published = perform(ctx, &cloud, &wanted, archive).await?;
    let title = style::strong(format_args!("{name}:{}", published.version));
    ctx.ui.status(format_args!("{} {title}", style::added("published:")));
    report(Some(&published), true)?;
    Ok(Outcome::Done)
}

fn default_name(config: &Config) -> LayerName {
    LayerName::new(format!("{}-deps", config.name)).expect("a function name is made of layer characters")
}

async fn perform(ctx: &Ctx, cloud: &Cloud, wanted: &Wanted, archive: ArchiveState) -> anyhow::Result<LayerVersion> {
    let progress = ctx.ui.progress();
    progress.doing(format_args!("publishing {}", wanted.name));
    let _publishing = ctx.stop.hold();
    let on_wait = |what: &str, waited| progress.waiting(what, waited);
    let total = wanted.artifact.size;
    let sent = |bytes| progress.sent(bytes, total);
    let waiter = Waiter::new(&ctx.stop, &on_wait);
    let published = layers::publish(cloud, wanted, archive, &waiter, &sent).await;
    published.map_err(|stopped| unpublished(wanted, stopped).into())
}

fn unpublished(wanted: &Wanted, stopped: Unpublished) -> Problem {
    let Unpublished { touched, failure } = stopped;
    let kind = match &failure {
        Failure::Interrupted => Kind::Interrupted,
        _ if touched => Kind::Partial,
        _ => Kind::Failed,
    };
    Problem::new(kind, format!("could not publish the layer `{}`", wanted.name))
        .hint("no function was changed; run `lfn layer publish` again: it finds what is there by its content")
        .caused_by(failure)
}

/// The version that has the content; none when it was not published yet.
fn answer(
    ctx: &Ctx,
    wanted: &Wanted,
    version: Option<&LayerVersion>,
    changed: bool,
    dry_run: bool,
) -> anyhow::Result<()> {
    if !ctx.ui.json() {
        return Ok(version.map_or(Ok(()), |version| ctx.ui.data(&version.arn))?);
    }
    let artifact = &wanted.artifact;
    ctx.ui.document(&Answer {
        layer: wanted.name.as_str(),
        version: version.map(|version| version.version.0),
        arn: version.map(|version| version.arn.to_string()),
        changed,
        dry_run,
        sha256: &artifact.digest.0,
        size: artifact.size,
        unzipped: artifact.unzipped,
        files: artifact.entries.len(),
    })
}

/// What to do in lambda.yaml so that the function uses this version, when it does not yet. `instead` keeps
/// the same files out of the function's own archive.
fn use_hint(used: &[Arn], arn: &Arn, instead: Option<&str>) -> Option<String> {
    if used.contains(arn) {
        return None;
    }
    let layer = |arn: &Arn| arn.resource.rsplit_once(':').map(|(layer, _)| layer.to_owned());
    let older = used
        .iter()
        .find(|other| other.account == arn.account && layer(other) == layer(arn));
    Some(match (older, instead) {
        (Some(older), _) => {
            let number = older.resource.rsplit(':').next().unwrap_or_default();
            format!("{FILE} names version {number} of this layer: put this one in its place under `layers`")
        }
        (None, Some(instead)) => format!(
            "name it in {FILE} under `layers`, and keep the same files out of the function's own archive: `{instead}`"
        ),
        (None, None) => format!("name it in {FILE} under `layers`"),
    })
}

async fn list(args: &ListArgs, ctx: &Ctx) -> anyhow::Result<Outcome> {
    let (cloud, name) = if let Some(name) = &args.name {
        (ctx.connect(ctx.file_region().as_ref()).await?, name.clone())
    } else {
        let Target { cloud, config, .. } = ctx.target(&ctx.project()?).await?;
        (cloud, default_name(&config))
    };
    let versions = cloud.layers.layer_versions(&name).await;
    let versions = versions.with_context(|| format!("could not list the versions of the layer `{name}`"))?;
    let views: Vec<VersionView> = versions.into_iter().map(view).collect();
    if ctx.ui.json() {
        ctx.ui.document(&views)?;
        return Ok(Outcome::Done);
    }
    if views.is_empty() {
        ctx.ui.status(format_args!("there is no layer `{name}`"));
        ctx.ui
            .hint("`lfn layer publish` makes one; name another one with `--name`");
        return Ok(Outcome::Done);
    }
    let mut table = Table::new(&["version", "published", "runtimes", "architectures", "description"]);
    for view in views {
        table.row(vec![
            view.version.to_string(),
            moment(&view.published),
            view.runtimes.join(", "),
            view.architectures.join(", "),
            view.description,
        ]);
    }
    ctx.ui.data(table.render())?;
    Ok(Outcome::Done)
}

fn view(version: LayerVersion) -> VersionView {
    VersionView {
        version: version.version.0,
        arn: version.arn.to_string(),
        published: version.published,
        runtimes: version.runtimes.iter().map(ToString::to_string).collect(),
        architectures: version.architectures.iter().map(ToString::to_string).collect(),
        description: version.description,
        license: Some(version.license).filter(|license| !license.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hint_knows_what_lambda_yaml_names() {
        let arn = |text: &str| -> Arn {
            format!("arn:aws:lambda:eu-west-1:123456789012:layer:{text}")
                .parse()
                .unwrap()
        };
        let new = arn("deps:4");
        assert_eq!(use_hint(&[arn("other:1"), new.clone()], &new, None), None);
        let replace = use_hint(&[arn("deps:3")], &new, None).unwrap();
        assert!(replace.contains("version 3"), "{replace}");
        let add = use_hint(&[arn("deps-2:4")], &new, Some("package: x")).unwrap();
        assert!(add.ends_with("`package: x`"), "{add}");
    }
}
