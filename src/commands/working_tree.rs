//! The function as it stands in the folder, run without being deployed: packaged as a deploy would
//! package it, unpacked beside nothing else, with the settings that a deploy would give it.

use std::sync::Arc;

use anyhow::Context as _;

use super::enforced::Watched;
use super::prepare::build_archive;
use super::watch::Seen;
use crate::ctx::{Ctx, Target};
use crate::domain::arn::Place;
use crate::domain::names::{AliasName, Qualifier};
use crate::engine::desired;
use crate::runner::{Edition, Function, Host, Mode, Pool, Unpacked, random_id};

/// The function of the folder, ready to be called.
pub struct Built {
    pub pool: Arc<Pool>,
    pub place: Place,
    /// The alias that a deploy moves.
    pub alias: AliasName,
    /// The files that it was built from.
    pub seen: Seen,
    /// Its AWS calls, when they are watched.
    pub watched: Option<Watched>,
}

/// Packages what is in the folder. The target is the embedded Lambda: its parameters and layers, and its account
/// unless the function's AWS calls go on to another one.
pub async fn build(ctx: &Ctx, mode: Option<Mode>) -> anyhow::Result<Built> {
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
    let beyond = match mode {
        Some(mode) => Some((mode, ctx.beyond(&project).await?)),
        None => None,
    };
    let Target { cloud, caller, config } = &here;
    let (place, config) = match &beyond {
        Some((_, Ok(target))) => (target.caller.place.clone(), target.config.clone()),
        Some((_, Err(_))) | None => (caller.place.clone(), config.clone()),
    };
    let names = desired::parameter_names(&config);
    let values = if names.is_empty() {
        std::collections::BTreeMap::new()
    } else {
        let values = cloud.parameters.parameters(&names).await;
        values.context("could not read the SSM parameters that lambda.yaml names")?
    };
    let mut settings = desired::settings_there(&config, &place, &values);
    let layers = desired::settings_there(&here.config, &here.caller.place, &values).layers;
    let layers = ctx.local_layers(&here.caller.place.region, &layers)?;
    let code = tokio::task::spawn_blocking(move || {
        let code = Unpacked::of(&artifact.path)?;
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
        name: config.name,
        version: Qualifier::Latest,
        region: place.region.clone(),
        settings,
        log_stream: format!("{}/[$LATEST]{stream}", jiff::Timestamp::now().strftime("%Y/%m/%d")),
        door: watched.as_ref().map(Watched::door),
    };
    let edition = Edition { function, code, layers };
    Ok(Built {
        pool: Pool::new(Host::current(), edition),
        place,
        alias: config.release.alias,
        seen,
        watched,
    })
}
