//! What `plan` and `deploy` share: package and look side by side, then compare.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::SystemTime;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use super::{case, preflight};
use crate::build::{self, Effort, Request};
use crate::ctx::{Ctx, FILE, Project, Target};
use crate::domain::config::Config;
use crate::domain::names::CodeDigest;
use crate::domain::package::preflight::Finding;
use crate::domain::package::sizes::{Breakdown, Manifests};
use crate::domain::package::{self, Artifact, Ingredients, Store, Unfinished};
use crate::engine::check::{self, Verdict};
use crate::engine::desired::{self, Desired, Expected, ReleaseCheck};
use crate::engine::observe::{self, Contents, Observed, Subjects};
use crate::engine::plan::Plan;
use crate::engine::planner;
use crate::engine::wait::Waiter;
use crate::error::Problem;
use crate::ports::{Caller, Cloud};
use crate::ui::{sizes, style};

/// A plan with everything that led to it.
pub struct Prepared {
    pub cloud: Cloud,
    pub caller: Caller,
    pub desired: Desired,
    pub observed: Observed,
    pub plan: Plan,
    pub verdict: Verdict,
    /// The folder with the code.
    pub source: PathBuf,
    /// Holds the archive until the plan is applied.
    _folder: TempDir,
}

/// Packages, observes and plans what a lambda.yaml that was read describes.
pub async fn prepare_project(ctx: &Ctx, project: Project, adopt: bool) -> anyhow::Result<Prepared> {
    refuse_unsupported(&project.offline, "")?;
    // A file that is missing is told before anything is packaged.
    let check = release_check(ctx, &project.offline)?;
    let folder = tempfile::tempdir().context("could not make a temporary folder for the archive")?;
    let archive = folder.path().join("code.zip");
    let progress = ctx.ui.progress();
    progress.doing("packaging and looking at what is deployed");
    let packaging = pack(ctx, &project, &archive);
    let looking = async {
        let target = ctx.target(&project).await?;
        let subjects = subjects(&target);
        let parameters = desired::parameter_names(&target.config);
        let looking_up = async {
            let on_wait = |what: &str, waited| progress.waiting(what, waited);
            let observed = observe::settled(&target.cloud, &subjects, &Waiter::new(&ctx.stop, &on_wait)).await;
            observed.with_context(|| format!("could not look up `{}`", subjects.name))
        };
        let (observed, values) = tokio::try_join!(looking_up, async {
            if parameters.is_empty() {
                return Ok(std::collections::BTreeMap::new());
            }
            let values = target.cloud.parameters.parameters(&parameters).await;
            values.context("could not read the SSM parameters that lambda.yaml names")
        })?;
        anyhow::Ok((target, observed, values))
    };
    let (artifact, (target, mut observed, values)) = tokio::try_join!(packaging, looking)?;
    drop(progress);
    let desired = Desired {
        check,
        ..desired::desired(&target.config, &target.caller.place, &values, artifact)
    };
    observe::observe_further(&target.cloud, &desired, &mut observed)
        .await
        .with_context(|| format!("could not look up `{}`", desired.name))?;
    if let Contents::Unknown(why) = &observed.contents {
        ctx.ui.detail(format_args!("which files change is not known: {why}"));
    }
    let plan = planner::plan(&desired, &observed);
    let verdict = check::check(&plan, &desired, &observed, adopt);
    Ok(Prepared {
        cloud: target.cloud,
        caller: target.caller,
        desired,
        observed,
        plan,
        verdict,
        source: project.source(),
        _folder: folder,
    })
}

/// The event of the release check and what is expected of it, when the file asks for one.
pub fn release_check(ctx: &Ctx, config: &Config) -> anyhow::Result<Option<ReleaseCheck>> {
    let Some(file) = &config.release.check else {
        return Ok(None);
    };
    let path = case::file_of(ctx.at(file));
    let case = case::read(&path, file).map_err(|why| {
        Problem::failed(format!("could not read the case of `release.check`: {why}"))
            .hint("`release.check` names a file with a JSON event, from the folder of lambda.yaml")
    })?;
    if !case.expectation.env.0.is_empty() {
        return Err(Problem::failed(format!(
            "`{}` sets environment variables, and the version that `release.check` calls has its own",
            case.file
        ))
        .hint("take `env` out of it, or give `release.check` an event of its own")
        .into());
    }
    let expected = case.text.map(|text| Expected {
        // As lambda.yaml would name it.
        file: Path::new(file)
            .with_file_name(path.file_name().unwrap_or_default())
            .display()
            .to_string(),
        expectation: case.expectation,
        digest: CodeDigest::from_sha256(&Sha256::digest(text)),
    });
    Ok(Some(ReleaseCheck {
        file: file.clone(),
        event: case.event,
        expected,
    }))
}

/// The names to look up for this file.
pub fn subjects(target: &Target) -> Subjects {
    let config = &target.config;
    let role = crate::domain::policy::role_spec(config, &target.caller.place).map(|spec| spec.name);
    Subjects {
        name: config.name.clone(),
        alias: config.release.alias.clone(),
        provisioned: config
            .provisioned_concurrency
            .keys()
            .filter(|alias| **alias != config.release.alias)
            .cloned()
            .collect(),
        role,
        log_group: desired::log_group(config),
    }
}

/// Runs the project's build command, and brings together what an archive is made of.
pub async fn ingredients(ctx: &Ctx, project: &Project, config: &Config) -> anyhow::Result<Ingredients> {
    refuse_unsupported(config, "package.")?;
    let source = project.source();
    if let Some(command) = &config.package.build {
        run_build(ctx, command, &source).await?;
    }
    let (cache, tools) = (ctx.cache(), ctx.tools());
    let built = build::build(&Request {
        config,
        project: &project.dir,
        source: &source,
        cache: &cache,
        tools: &tools,
        effort: Effort::Make,
        tell: &|what| ctx.ui.status(what),
    })
    .await?;
    for note in &built.notes {
        ctx.ui.warn(&note.message);
        ctx.ui.hint(&note.hint);
    }
    Ok(ctx.without_cache(&source, built.ingredients))
}

/// Runs the project's build command, writes the archive, and refuses one that is over its budget.
async fn pack(ctx: &Ctx, project: &Project, archive: &Path) -> anyhow::Result<Artifact> {
    let _leave = ctx.packaging().await;
    let artifact = build_archive(ctx, project, archive).await?;
    keep_to_budget(project, &artifact)?;
    Ok(artifact)
}

/// Runs the project's build command, then writes the archive.
pub async fn build_archive(ctx: &Ctx, project: &Project, archive: &Path) -> anyhow::Result<Artifact> {
    let ingredients = ingredients(ctx, project, &project.offline).await?;
    let root = project.source();
    let (store, archive) = (ctx.store(), archive.to_path_buf());
    let config = project.offline.clone();
    let pack = move || pack_and_check(&root, &config, &ingredients, &archive, store);
    let (unfinished, findings) = tokio::task::spawn_blocking(pack)
        .await
        .expect("packaging does not panic")?;
    preflight::settle(&ctx.ui, &findings)?;
    let root = project.source();
    let finish = move || unfinished.finish().map_err(|problem| all(&[problem], &root));
    let (artifact, troubles) = tokio::task::spawn_blocking(finish)
        .await
        .expect("naming a file does not panic")?;
    for trouble in troubles {
        ctx.ui.detail(trouble);
    }
    let (cache, limit) = (ctx.cache(), ctx.settings.cache_limit);
    let make_room = move || package::make_room(cache.root(), limit, SystemTime::now());
    tokio::task::spawn_blocking(make_room)
        .await
        .expect("making room does not panic");
    Ok(artifact)
}

/// Refuses an archive that is over `package.budget`, and says what takes the room.
pub fn keep_to_budget(project: &Project, artifact: &Artifact) -> anyhow::Result<()> {
    let Some(budget) = project.offline.package.budget.filter(|budget| artifact.size > *budget) else {
        return Ok(());
    };
    let breakdown = breakdown(project, artifact)?;
    let (size, over) = (style::bytes(artifact.size), style::bytes(artifact.size - budget));
    let message = format!(
        "the archive has {size}, {over} more than `package.budget` allows ({}):\n{}",
        style::bytes(budget),
        sizes::brief(&breakdown)
    );
    Err(Problem::failed(message)
        .hint("`lfn package --why` says more; leave some out with `package.exclude`, or raise the budget")
        .into())
}

/// Where the bytes of a finished archive are.
pub fn breakdown(project: &Project, artifact: &Artifact) -> anyhow::Result<Breakdown> {
    let own = project.source().join("package.json");
    let manifests = Manifests::read(artifact, std::fs::read_to_string(own).ok())
        .with_context(|| format!("could not look into `{}`", artifact.path.display()))?;
    Ok(package::sizes::breakdown(artifact, &project.offline, &manifests))
}

/// The files are read once, for the archive and for the checks; without a name the archive counts for nothing.
fn pack_and_check(
    root: &Path,
    config: &Config,
    ingredients: &Ingredients,
    archive: &Path,
    store: Store,
) -> anyhow::Result<(Unfinished, Vec<Finding>)> {
    let failed = |problems: Vec<_>| all(&problems, root);
    let selection = package::select(root, &config.package, ingredients).map_err(failed)?;
    let unfinished = package::pack(&selection, archive, store).map_err(failed)?;
    let findings = preflight::built(&selection, &unfinished.facts(), config);
    Ok((unfinished, findings))
}

/// All problems as one error.
pub fn all(problems: &[package::Problem], root: &Path) -> anyhow::Error {
    let messages: Vec<String> = problems
        .iter()
        .map(|problem| format!("  {}", problem.message))
        .collect();
    let heading = format!("could not package `{}`:", root.display());
    let problem = Problem::failed(format!("{heading}\n{}", messages.join("\n")));
    let mut hints: Vec<&String> = problems.iter().filter_map(|problem| problem.hint.as_ref()).collect();
    hints.dedup();
    hints.into_iter().fold(problem, Problem::hint).into()
}

/// The build's own output is commentary: it goes to standard error.
async fn run_build(ctx: &Ctx, command: &str, root: &Path) -> anyhow::Result<()> {
    ctx.ui.status(format_args!("building: {command}"));
    let shell = if cfg!(windows) { ["cmd", "/C"] } else { ["sh", "-c"] };
    let mut child = tokio::process::Command::new(shell[0]);
    child
        .args([shell[1], command])
        .current_dir(root)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let failed = || format!("could not run `{command}`");
    let status = if ctx.ui.name().is_some() {
        // Several at once must not talk into each other.
        let output = child.output().await.with_context(failed)?;
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        if !output.status.success() || ctx.ui.verbose() {
            ctx.ui.status(said.trim_end());
        }
        output.status
    } else {
        child.stdout(std::io::stderr()).status().await.with_context(failed)?
    };
    if status.success() {
        return Ok(());
    }
    Err(
        Problem::failed(format!("the build command failed: `{command}` ended with {status}"))
            .hint("its output is above; `package.build` in lambda.yaml names the command")
            .into(),
    )
}

/// Refuses the parts below this path that lfn does not carry out yet.
fn refuse_unsupported(config: &Config, below: &str) -> anyhow::Result<()> {
    let lines: Vec<String> = config
        .unsupported
        .iter()
        .filter(|part| part.path.starts_with(below))
        .map(|part| format!("  {FILE}:{}:{}  `{}`", part.line, part.column, part.path))
        .collect();
    if lines.is_empty() {
        return Ok(());
    }
    let message = format!("{FILE} asks for what lfn does not carry out yet:\n{}", lines.join("\n"));
    Err(Problem::failed(message)
        .hint("take these parts out to go on with the rest; nothing was changed")
        .into())
}
