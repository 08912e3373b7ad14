//! The function as it stands in the folder, run without being deployed: packaged as a deploy would
//! package it, unpacked beside nothing else, with the settings that a deploy would give it.

use std::sync::Arc;

use anyhow::Context as _;

use super::prepare::build_archive;
use super::watch::Seen;
use crate::ctx::{Ctx, Target};
use crate::domain::arn::Place;
use crate::domain::names::{AliasName, CodeDigest, Qualifier};
use crate::engine::desired;
use crate::runner::{Edition, Function, Host, Pool, Unpacked, random_id};

/// The function of the folder, ready to be called.
pub struct Built {
    pub pool: Arc<Pool>,
    pub place: Place,
    /// The alias that a deploy moves.
    pub alias: AliasName,
    /// Of the archive.
    pub digest: CodeDigest,
    /// The files that it was built from.
    pub seen: Seen,
}

/// Packages what is in the folder. The target is the embedded Lambda: its account, parameters and layers.
pub async fn build(ctx: &Ctx) -> anyhow::Result<Built> {
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
    let Target { cloud, caller, config } = ctx.target(&project).await?;
    let names = desired::parameter_names(&config);
    let values = if names.is_empty() {
        std::collections::BTreeMap::new()
    } else {
        let values = cloud.parameters.parameters(&names).await;
        values.context("could not read the SSM parameters that lambda.yaml names")?
    };
    let place = caller.place;
    let settings = desired::settings_there(&config, &place, &values);
    let layers = ctx.local_layers(&place.region, &settings.layers)?;
    let digest = artifact.digest.clone();
    let code = tokio::task::spawn_blocking(move || {
        let code = Unpacked::of(&artifact.path)?;
        code.protect()?;
        std::io::Result::Ok(code)
    })
    .await
    .expect("unpacking does not panic")
    .context("could not unpack the archive")?;
    let stream = random_id().context("could not name a log stream")?.replace('-', "");
    let function = Function {
        name: config.name,
        version: Qualifier::Latest,
        region: place.region.clone(),
        settings,
        log_stream: format!("{}/[$LATEST]{stream}", jiff::Timestamp::now().strftime("%Y/%m/%d")),
    };
    drop(progress);
    let edition = Edition { function, code, layers };
    Ok(Built {
        pool: Pool::new(Host::current(), edition),
        place,
        alias: config.release.alias,
        digest,
        seen,
    })
}
