//! Layers and their versions, which never change once they are published.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::{CodeSource, PortResult};
use crate::domain::arn::Arn;
use crate::domain::function::Architecture;
use crate::domain::names::{CodeDigest, LayerName, RuntimeId, Version};

/// A version of a layer, as lists tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerVersion {
    /// With the version at its end: what a function names.
    pub arn: Arn,
    pub version: Version,
    pub description: String,
    /// Empty when none was given.
    pub license: String,
    /// Empty when it was published for no one in particular.
    pub runtimes: BTreeSet<RuntimeId>,
    /// Empty when it was published for no one in particular.
    pub architectures: BTreeSet<Architecture>,
    /// RFC 3339.
    pub published: String,
}

/// The archive of a layer's version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerContent {
    pub digest: CodeDigest,
    /// Bytes of the archive. What it unpacks to, Lambda does not say.
    pub size: u64,
}

/// What `PublishLayerVersion` is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLayerVersion {
    pub name: LayerName,
    pub description: String,
    pub license: String,
    pub content: CodeSource,
    pub runtimes: BTreeSet<RuntimeId>,
    pub architectures: BTreeSet<Architecture>,
}

/// Layers of this account and region.
#[async_trait]
pub trait Layers: Send + Sync {
    /// `ListLayerVersions`, newest first; none when there is no such layer.
    async fn layer_versions(&self, name: &LayerName) -> PortResult<Vec<LayerVersion>>;
    /// `GetLayerVersion`, or `None` when there is none.
    async fn layer_content(&self, name: &LayerName, version: Version) -> PortResult<Option<LayerContent>>;
    /// Always makes a new version, whatever the content.
    async fn publish_layer(&self, new: &NewLayerVersion) -> PortResult<LayerVersion>;
}
