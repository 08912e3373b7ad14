//! Layers by content: a version is published when none has these bytes yet.
//!
//! Two that publish at the same time may both make a version of the same bytes. That does no harm: either
//! of them will do, and later runs find the newest.

use super::check::Refusal;
use super::desired::ArchiveLocation;
use super::observe::{ArchiveState, archive_state};
use super::wait::{Failure, Waiter};
use crate::domain::function::{Architecture, UNZIPPED_LIMIT};
use crate::domain::names::{CodeDigest, LayerName, RuntimeId};
use crate::domain::package::Artifact;
use crate::ports::{Cloud, CodeSource, ErrorKind, LayerVersion, NewLayerVersion, PortResult};

/// The layer that shall be there.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub name: LayerName,
    /// What was asked for; else lfn writes one that says what is inside.
    pub description: Option<String>,
    pub license: Option<String>,
    /// What is in it, in words: `dependencies of thumbs`.
    pub what: String,
    pub runtime: RuntimeId,
    pub architecture: Architecture,
    pub artifact: Artifact,
    /// Where the archive goes when it is too large to be sent with the call.
    pub storage: Option<ArchiveLocation>,
}

/// What has to be done for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LayerPlan {
    /// This version is it.
    Keep(Box<LayerVersion>),
    Publish {
        archive: ArchiveState,
    },
}

impl Wanted {
    /// What is written beside the version. Lists have no digests, so lfn's own description holds the beginning
    /// of one: with it the version with these bytes is found in one look, however old it is.
    fn description(&self) -> String {
        self.description
            .clone()
            .unwrap_or_else(|| format!("{}, {}", self.what, mark(&self.artifact.digest)))
    }

    /// Whether a version is what is wanted, its bytes apart.
    fn accepts(&self, version: &LayerVersion) -> bool {
        let fits = |asked: Option<&String>, found: &str| asked.is_none_or(|asked| asked == found);
        fits(self.description.as_ref(), &version.description)
            && fits(self.license.as_ref(), &version.license)
            && (version.runtimes.is_empty() || version.runtimes.contains(&self.runtime))
            && (version.architectures.is_empty() || version.architectures.contains(&self.architecture))
    }

    /// The versions that are worth a look, best first: those whose description says so, and the newest.
    fn candidates<'a>(&self, versions: &'a [LayerVersion]) -> Vec<&'a LayerVersion> {
        let mark = mark(&self.artifact.digest);
        let marked = versions.iter().find(|version| version.description.ends_with(&mark));
        let newest = versions.first().filter(|newest| Some(*newest) != marked);
        let both = marked.into_iter().chain(newest);
        both.filter(|version| self.accepts(version)).collect()
    }

    /// Reasons not to publish it.
    pub fn refusal(&self, plan: &LayerPlan) -> Option<Refusal> {
        let unzipped = self.artifact.unzipped;
        if unzipped > UNZIPPED_LIMIT {
            return Some(Refusal {
                message: format!(
                    "the layer unpacks to {unzipped} bytes; Lambda allows {UNZIPPED_LIMIT} for a function with all its layers"
                ),
                hint: "leave dependencies out, or deploy the function as a container image".into(),
            });
        }
        match (plan, &self.storage) {
            (
                LayerPlan::Publish {
                    archive: ArchiveState::BucketForeign,
                },
                Some(location),
            ) => Some(Refusal::foreign_bucket(&location.bucket)),
            _ => None,
        }
    }
}

fn mark(digest: &CodeDigest) -> String {
    format!("sha256 {}", digest.short())
}

/// Looks for a version with these bytes.
pub async fn plan(cloud: &Cloud, wanted: &Wanted) -> PortResult<LayerPlan> {
    let versions = cloud.layers.layer_versions(&wanted.name).await?;
    for candidate in wanted.candidates(&versions) {
        let content = cloud.layers.layer_content(&wanted.name, candidate.version).await?;
        if content.is_some_and(|content| content.digest == wanted.artifact.digest) {
            return Ok(LayerPlan::Keep(Box::new(candidate.clone())));
        }
    }
    Ok(LayerPlan::Publish {
        archive: archive_state(cloud, wanted.storage.as_ref()).await?,
    })
}

/// How publishing ended without a version.
#[derive(Debug)]
pub struct Unpublished {
    /// Whether something was changed, or may have been.
    pub touched: bool,
    pub failure: Failure,
}

/// Uploads the archive if it has to be, and publishes the version.
pub async fn publish(
    cloud: &Cloud,
    wanted: &Wanted,
    archive: ArchiveState,
    waiter: &Waiter<'_>,
    sent: &(dyn Fn(u64) + Send + Sync),
) -> Result<LayerVersion, Unpublished> {
    let mut touched = false;
    let failed = |touched, failure| {
        // No answer is no proof that nothing happened.
        let unknown = matches!(&failure, Failure::Port(error) if matches!(error.kind, ErrorKind::Unreachable | ErrorKind::Internal));
        Unpublished {
            touched: touched || unknown,
            failure,
        }
    };
    let content = match &wanted.storage {
        None => CodeSource::Direct(wanted.artifact.path.clone()),
        Some(ArchiveLocation { bucket, key }) => {
            if archive == ArchiveState::BucketMissing {
                let made = waiter.patiently(|| cloud.artifacts.create_bucket(bucket)).await;
                made.map_err(|failure| failed(touched, failure))?;
                touched = true;
            }
            if archive != ArchiveState::Uploaded {
                let put = || cloud.artifacts.put(bucket, key, &wanted.artifact.path, sent);
                let uploaded = waiter.patiently(put).await;
                uploaded.map_err(|failure| failed(touched, failure))?;
                touched = true;
            }
            CodeSource::Bucket {
                bucket: bucket.clone(),
                key: key.clone(),
            }
        }
    };
    let new = NewLayerVersion {
        name: wanted.name.clone(),
        description: wanted.description(),
        license: wanted.license.clone().unwrap_or_default(),
        content,
        runtimes: [wanted.runtime.clone()].into(),
        architectures: [wanted.architecture].into(),
    };
    let published = waiter.patiently(|| cloud.layers.publish_layer(&new)).await;
    published.map_err(|failure| failed(touched, failure))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::names::Version;

    fn digest(byte: u8) -> CodeDigest {
        CodeDigest::from_sha256(&[byte; 32])
    }

    fn wanted() -> Wanted {
        Wanted {
            name: LayerName::new("thumbs-deps").unwrap(),
            description: None,
            license: None,
            what: "dependencies of thumbs".into(),
            runtime: RuntimeId::new("nodejs24.x").unwrap(),
            architecture: Architecture::Arm64,
            artifact: Artifact {
                path: "layer.zip".into(),
                digest: digest(1),
                size: 1,
                unzipped: 1,
                entries: Vec::new(),
            },
            storage: None,
        }
    }

    fn version(number: u64, description: &str) -> LayerVersion {
        LayerVersion {
            arn: format!("arn:aws:lambda:eu-west-1:123456789012:layer:thumbs-deps:{number}")
                .parse()
                .unwrap(),
            version: Version(number),
            description: description.into(),
            license: String::new(),
            runtimes: [RuntimeId::new("nodejs24.x").unwrap()].into(),
            architectures: [Architecture::Arm64].into(),
            published: String::new(),
        }
    }

    fn numbers(wanted: &Wanted, versions: &[LayerVersion]) -> Vec<u64> {
        let candidates = wanted.candidates(versions).into_iter();
        candidates.map(|version| version.version.0).collect()
    }

    #[test]
    fn the_version_that_says_so_and_the_newest_are_looked_at() {
        let own = wanted().description();
        assert_eq!(own, "dependencies of thumbs, sha256 010101010101");
        assert!(own.len() + 64 < 256, "descriptions have 256 characters");
        let versions = [version(4, ""), version(3, &own), version(2, &own), version(1, "")];
        assert_eq!(numbers(&wanted(), &versions), [3, 4]);
        assert_eq!(numbers(&wanted(), &versions[1..]), [3], "no version is looked at twice");
        assert_eq!(numbers(&wanted(), &[]), [0; 0]);
    }

    #[test]
    fn what_was_asked_for_has_to_be_there() {
        let found = version(1, "mine");
        for (change, accepted) in [
            ((|_| {}) as fn(&mut Wanted), true),
            (|wanted| wanted.description = Some("mine".into()), true),
            (|wanted| wanted.description = Some("yours".into()), false),
            (|wanted| wanted.license = Some("MIT".into()), false),
            (|wanted| wanted.runtime = RuntimeId::new("nodejs22.x").unwrap(), false),
            (|wanted| wanted.architecture = Architecture::X86_64, false),
        ] {
            let mut wanted = wanted();
            change(&mut wanted);
            assert_eq!(wanted.accepts(&found), accepted, "{wanted:?}");
        }
        let for_all = LayerVersion {
            runtimes: [].into(),
            architectures: [].into(),
            ..found
        };
        assert!(wanted().accepts(&for_all));
    }

    #[test]
    fn a_layer_that_cannot_be_used_is_refused() {
        let mut wanted = wanted();
        let plan = LayerPlan::Publish {
            archive: ArchiveState::Unneeded,
        };
        assert_eq!(wanted.refusal(&plan), None);
        wanted.artifact.unzipped = UNZIPPED_LIMIT + 1;
        assert!(wanted.refusal(&plan).unwrap().message.contains("262144000"));
    }
}
