//! The function as it stands in the folder, run without being deployed: packaged as a deploy would
//! package it, unpacked beside nothing else, with the settings that a deploy would give it.
//!
//! Parameters and layers are those of the embedded Lambda. A layer that is not on this machine is told of, and
//! the function runs without it; a parameter is refused as in a deploy, unless variables can be given instead.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;

use super::debug::Debug;
use super::enforced::Watched;
use super::prepare::build_archive;
use super::watch::Seen;
use crate::ctx::{Ctx, Target};
use crate::domain::arn::{Arn, Place};
use crate::domain::config::{Config, EnvSegment};
use crate::domain::function::{Environment, FunctionSettings};
use crate::domain::names::{CodeDigest, LayerName, Qualifier, Version};
use crate::engine::desired;
use crate::ports::{Cloud, ErrorKind, PortResult};
use crate::runner::{Edition, Function, Host, Mode, Pool, Unpacked, random_id};
use crate::ui::style;

/// The function of the folder, ready to be called.
pub struct Built {
    pub pool: Arc<Pool>,
    pub place: Place,
    pub config: Config,
    /// Of the archive.
    pub digest: CodeDigest,
    /// The files that it was built from.
    pub seen: Seen,
    /// Its AWS calls, when they are watched.
    pub watched: Option<Watched>,
}

/// The function of the folder with its files.
pub struct Packaged {
    pub edition: Edition,
    pub place: Place,
    config: Config,
    digest: CodeDigest,
    seen: Seen,
    watched: Option<Watched>,
}

/// What is asked for beside the function as it stands.
#[derive(Default)]
pub struct Wishes<'a> {
    /// Variables in place of the file's own. Who can give variables may do without those that are made of
    /// parameters that are not on this machine.
    pub given: Option<&'a Environment>,
    /// With a debugger, the code lies in a folder that it finds again.
    pub debug: Option<&'a Debug>,
    /// What becomes of its AWS calls, when they are watched.
    pub calls: Option<Mode>,
}

/// Packages what is in the folder. The target is the embedded Lambda: its parameters and layers, and its account
/// unless the function's AWS calls go on to another one.
pub async fn build(ctx: &Ctx, wishes: Wishes<'_>) -> anyhow::Result<Built> {
    let debugging = wishes.debug.map(|debug| debug.debugging);
    let packaged = package(ctx, wishes).await?;
    Ok(Built {
        pool: Pool::new(Host::current().debugging(debugging), packaged.edition),
        place: packaged.place,
        config: packaged.config,
        digest: packaged.digest,
        seen: packaged.seen,
        watched: packaged.watched,
    })
}

/// The same, for whoever starts environments of their own.
pub async fn package(ctx: &Ctx, wishes: Wishes<'_>) -> anyhow::Result<Packaged> {
    let Wishes { given, debug, calls } = wishes;
    let before = Seen::now(ctx.dir());
    let project = ctx.project()?;
    let folder = tempfile::tempdir().context("could not make a temporary folder for the archive")?;
    let archive = folder.path().join("code.zip");
    let progress = ctx.ui.progress();
    progress.doing("packaging");
    let artifact = build_archive(ctx, &project, &archive).await?;
    // What the project's own build has written is no change.
    let seen = match &project.offline.package.build {
        Some(_) => Seen::now(ctx.dir()),
        None => before,
    };
    let here = ctx.target(&project).await?;
    let beyond = match calls {
        Some(mode) => Some((mode, ctx.beyond(&project).await?)),
        None => None,
    };
    let Target { caller, config, .. } = match &beyond {
        Some((_, Ok(there))) => there,
        Some((_, Err(_))) | None => &here,
    };
    let (place, config) = (caller.place.clone(), config.clone());
    let mut settings = settings(ctx, &here.cloud, &config, &place, given).await?;
    let layers = layers(ctx, &here.cloud, &here.caller.place, &here.config.layers).await?;
    let digest = artifact.digest.clone();
    let kept = debug.map(|debug| debug.code.clone());
    let code = tokio::task::spawn_blocking(move || {
        let code = match &kept {
            Some(folder) => Unpacked::kept(&artifact.path, folder)?,
            None => Unpacked::of(&artifact.path)?,
        };
        code.protect()?;
        std::io::Result::Ok(code)
    })
    .await
    .expect("unpacking does not panic")
    .context("could not unpack the archive")?;
    let stream = random_id().context("could not name a log stream")?.replace('-', "");
    drop(progress);
    let watched = match &beyond {
        Some((mode, beyond)) => Some(Watched::start(ctx, *mode, &config, &place, beyond.as_ref()).await?),
        None => None,
    };
    if let Some(watched) = &watched {
        watched.lead(&mut settings.environment);
    }
    let function = Function {
        name: config.name.clone(),
        version: Qualifier::Latest,
        region: place.region.clone(),
        settings,
        log_stream: format!("{}/[$LATEST]{stream}", jiff::Timestamp::now().strftime("%Y/%m/%d")),
        door: watched.as_ref().map(Watched::door),
    };
    Ok(Packaged {
        edition: Edition { function, code, layers },
        place,
        config,
        digest,
        seen,
        watched,
    })
}

/// The function's settings. See [`package`].
async fn settings(
    ctx: &Ctx,
    cloud: &Cloud,
    config: &Config,
    place: &Place,
    given: Option<&Environment>,
) -> anyhow::Result<FunctionSettings> {
    let (mut values, mut missing) = (BTreeMap::new(), Vec::new());
    for name in desired::parameter_names(config) {
        match cloud.parameters.parameters(std::slice::from_ref(&name)).await {
            Ok(found) => values.extend(found),
            Err(error) if given.is_some() && error.kind == ErrorKind::NotFound => {
                values.insert(name.clone(), String::new());
                missing.push(name);
            }
            Err(error) => return Err(error).with_context(|| format!("could not read the SSM parameter `{name}`")),
        }
    }
    let mut settings = desired::settings_there(config, place, &values);
    let Some(given) = given else { return Ok(settings) };
    let is_missing = |segment: &EnvSegment| matches!(segment, EnvSegment::Parameter(name) if missing.contains(name));
    let unknown = config.env.iter().filter(|(_, value)| value.0.iter().any(is_missing));
    let mut without = Vec::new();
    for (name, _) in unknown {
        settings.environment.0.remove(name.as_str());
        if !given.0.contains_key(name.as_str()) {
            without.push(format!("`{name}`"));
        }
    }
    settings.environment.0.extend(given.0.clone());
    if !without.is_empty() {
        ctx.ui.warn(format_args!(
            "the function has no {}: {} not on this machine",
            without.join(", "),
            match &missing[..] {
                [one] => format!("the SSM parameter `{one}` is"),
                _ => format!("{} are", style::count(missing.len(), "SSM parameter")),
            }
        ));
        ctx.ui.hint(
            "write values into `.lfn/local/parameters.json`, an object of names and values, or give them with \
             `--env NAME=VALUE`, or with `env` in the expectation",
        );
    }
    Ok(settings)
}

/// The layers that are on this machine, one over the other.
async fn layers(ctx: &Ctx, cloud: &Cloud, place: &Place, all: &[Arn]) -> anyhow::Result<Option<Unpacked>> {
    let mut here = Vec::new();
    for arn in all {
        let found = is_here(cloud, place, arn).await;
        if found.with_context(|| format!("could not look for the layer `{arn}`"))? {
            here.push(arn.clone());
        } else {
            ctx.ui.warn(format_args!(
                "the layer `{arn}` is not on this machine: the function runs without it"
            ));
            ctx.ui.hint("`lfn layer publish --local` makes layers of your own here");
        }
    }
    ctx.local_layers(&place.region, &here)
}

async fn is_here(cloud: &Cloud, place: &Place, arn: &Arn) -> PortResult<bool> {
    let named = arn
        .resource
        .strip_prefix("layer:")
        .and_then(|rest| rest.rsplit_once(':'));
    let parsed = named.and_then(|(name, version)| Some((LayerName::new(name).ok()?, version.parse::<Version>().ok()?)));
    let Some((name, version)) = parsed else {
        return Ok(false);
    };
    let is_own = arn.account == place.account.as_str() && arn.region == place.region.as_str();
    Ok(is_own && cloud.layers.layer_content(&name, version).await?.is_some())
}
