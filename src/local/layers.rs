//! Layers: numbered versions that never change, and what a function's layers come to together.
//!
//! Layers of other accounts are noted and not looked into, as roles of other accounts are: a file that
//! names a real layer can be deployed here, only not invoked.

use std::collections::BTreeMap;
use std::path::Path;

use async_trait::async_trait;

use super::control::now;
use super::documents::{LayerDocument, LayerVersionDocument};
use super::refusal::{Answer, Refusal};
use super::store::Kind;
use super::{Local, Target, archives, rules};
use crate::domain::arn::Arn;
use crate::domain::function::UNZIPPED_LIMIT;
use crate::domain::names::{CodeDigest, LayerName, Version};
use crate::ports::{ErrorKind, LayerContent, LayerVersion, Layers, NewLayerVersion, PortResult};

impl Local {
    fn find_layer(&self, name: &LayerName) -> Answer<Option<LayerDocument>> {
        Ok(self.store.read(Kind::Layers, name.as_str())?)
    }

    fn layer_version(&self, name: &LayerName, version: Version, of: &LayerVersionDocument) -> LayerVersion {
        LayerVersion {
            arn: self.place.arn("lambda", format_args!("layer:{name}:{version}")),
            version,
            description: of.description.clone(),
            license: of.license.clone(),
            runtimes: of.runtimes.clone(),
            architectures: of.architectures.clone(),
            published: of.published.clone(),
        }
    }

    fn layer_versions(&self, name: &LayerName) -> Answer<Vec<LayerVersion>> {
        let found = self.find_layer(name)?;
        let versions = found.iter().flat_map(|layer| layer.versions.iter().rev());
        Ok(versions
            .map(|(version, of)| self.layer_version(name, *version, of))
            .collect())
    }

    fn layer_content(&self, name: &LayerName, version: Version) -> Answer<Option<LayerContent>> {
        let found = self
            .find_layer(name)?
            .and_then(|mut layer| layer.versions.remove(&version));
        Ok(found.map(|found| LayerContent {
            digest: found.digest,
            size: found.size,
        }))
    }

    fn publish_layer(&self, new: &NewLayerVersion) -> Answer<LayerVersion> {
        rules::check_layer(new)?;
        let writer = self.store.lock()?;
        let stored = archives::accept(
            &self.store,
            &writer,
            &new.content,
            "PublishLayerVersion",
            UNZIPPED_LIMIT,
        )?;
        let mut layer = self.find_layer(&new.name)?.unwrap_or_else(|| LayerDocument {
            name: new.name.clone(),
            versions: BTreeMap::new(),
        });
        let last = layer.versions.keys().next_back().map_or(0, |version| version.0);
        let document = LayerVersionDocument {
            description: new.description.clone(),
            license: new.license.clone(),
            runtimes: new.runtimes.clone(),
            architectures: new.architectures.clone(),
            published: now(),
            unzipped: archives::unzipped(&self.store, &stored.digest)?,
            digest: stored.digest,
            size: stored.size,
        };
        let version = Version(last + 1);
        let published = self.layer_version(&new.name, version, &document);
        layer.versions.insert(version, document);
        writer.write(Kind::Layers, new.name.as_str(), &layer)?;
        Ok(published)
    }

    /// The layer that an ARN names; `None` when it is of another account.
    fn named_layer(&self, arn: &Arn) -> Answer<Option<LayerVersionDocument>> {
        if arn.account != self.place.account.as_str() {
            return Ok(None);
        }
        let missing = || Refusal::invalid(format!("Layer version {arn} does not exist."));
        let parts: Vec<&str> = arn.resource.split(':').collect();
        let ["layer", name, version] = parts[..] else {
            return Err(missing());
        };
        if arn.region != self.place.region.as_str() {
            return Err(Refusal::invalid(format!(
                "Layers are not in the same region as the function. Layers are expected to be in region {}.",
                self.place.region
            )));
        }
        let (Ok(name), Ok(version)) = (LayerName::new(name), version.parse()) else {
            return Err(missing());
        };
        let layer = self.find_layer(&name)?;
        let found = layer.and_then(|mut layer| layer.versions.remove(&version));
        found.map(Some).ok_or_else(missing)
    }

    /// What these layers unpack to together, or why a function cannot have them.
    pub(super) fn unzipped_layers(&self, layers: &[Arn]) -> Answer<u64> {
        let mut seen: BTreeMap<String, &Arn> = BTreeMap::new();
        let mut unzipped = 0;
        for arn in layers {
            unzipped += self.named_layer(arn)?.map_or(0, |layer| layer.unzipped);
            let text = arn.to_string();
            let layer = text.rsplit_once(':').map_or(text.as_str(), |(layer, _)| layer);
            if let Some(other) = seen.insert(layer.to_owned(), arn) {
                return Err(Refusal::invalid(format!(
                    "Two different versions of the same layer are not allowed to be referenced in the same function. \
                     {other} and {arn}."
                )));
            }
        }
        Ok(unzipped)
    }

    /// Refuses layers that do not exist, or that do not fit beside this code.
    pub(super) fn check_room(&self, layers: &[Arn], code: &CodeDigest) -> Answer<()> {
        let all = self.unzipped_layers(layers)? + archives::unzipped(&self.store, code)?;
        if all <= UNZIPPED_LIMIT {
            return Ok(());
        }
        Err(Refusal::invalid(format!(
            "Function code combined with layers exceeds the maximum allowed size of {UNZIPPED_LIMIT} bytes. \
             The actual size is {all} bytes."
        )))
    }

    /// Unpacks the layers over each other, in their order: where two have the same file, the later one wins.
    /// Source: Lambda developer guide, "Adding layers to functions".
    pub(super) fn merge_layers(&self, layers: &[Arn], to: &Path) -> Answer<()> {
        for arn in layers {
            let layer = self.named_layer(arn)?.ok_or_else(|| Refusal {
                kind: ErrorKind::Invalid,
                code: None,
                message: format!(
                    "the layer {arn} is of another account, and its content is not on this machine; publish one of \
                     your own with `lfn layer publish --local`, or invoke the function in AWS"
                ),
            })?;
            archives::unpack(&self.store, &layer.digest, to)?
                .ok_or_else(|| Refusal::invalid(format!("Layer version {arn} does not exist.")))?;
        }
        Ok(())
    }
}

#[async_trait]
impl Layers for Target {
    async fn layer_versions(&self, name: &LayerName) -> PortResult<Vec<LayerVersion>> {
        let (resource, name) = (name.as_str(), name.clone());
        self.call("lambda:ListLayerVersions", resource, move |local| {
            local.layer_versions(&name)
        })
        .await
    }

    async fn layer_content(&self, name: &LayerName, version: Version) -> PortResult<Option<LayerContent>> {
        let (resource, name) = (format!("{name}:{version}"), name.clone());
        self.call("lambda:GetLayerVersion", resource, move |local| {
            local.layer_content(&name, version)
        })
        .await
    }

    async fn publish_layer(&self, new: &NewLayerVersion) -> PortResult<LayerVersion> {
        let (resource, new) = (new.name.as_str(), new.clone());
        self.call("lambda:PublishLayerVersion", resource, move |local| {
            local.publish_layer(&new)
        })
        .await
    }
}
