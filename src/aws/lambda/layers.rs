//! Layers through the SDK.

use async_trait::async_trait;
use aws_sdk_lambda::types::{Architecture as Given, LayerVersionContentInput, LayerVersionsListItem, Runtime};

use super::super::error::found;
use super::snapshot::rfc_3339;
use super::{LambdaFunctions, odd, settings};
use crate::domain::function::Architecture;
use crate::domain::names::{CodeDigest, LayerName, RuntimeId, Version};
use crate::ports::{LayerContent, LayerVersion, Layers, NewLayerVersion, PortResult};

#[async_trait]
impl Layers for LambdaFunctions {
    async fn layer_versions(&self, name: &LayerName) -> PortResult<Vec<LayerVersion>> {
        let action = "lambda:ListLayerVersions";
        let mut all = Vec::new();
        let mut marker = None;
        loop {
            let call = self
                .client
                .list_layer_versions()
                .layer_name(name.as_str())
                .set_marker(marker)
                .send();
            let Some(page) = found(self.paced(action, name, call).await)? else {
                break;
            };
            for listed in page.layer_versions() {
                all.push(version(listed).map_err(|why| odd(action, name, why))?);
            }
            marker = page.next_marker.filter(|marker| !marker.is_empty());
            if marker.is_none() {
                break;
            }
        }
        // Nothing is said about the order.
        all.sort_by_key(|version| std::cmp::Reverse(version.version));
        Ok(all)
    }

    async fn layer_content(&self, name: &LayerName, version: Version) -> PortResult<Option<LayerContent>> {
        let action = "lambda:GetLayerVersion";
        let resource = format!("{name}:{version}");
        let number = i64::try_from(version.0).map_err(|why| odd(action, &resource, why))?;
        let call = self
            .client
            .get_layer_version()
            .layer_name(name.as_str())
            .version_number(number)
            .send();
        let Some(answer) = found(self.paced(action, &resource, call).await)? else {
            return Ok(None);
        };
        let content = answer
            .content()
            .and_then(|content| Some((content.code_sha256()?, content.code_size())));
        let (digest, size) = content.ok_or_else(|| odd(action, &resource, "the answer has no digest"))?;
        Ok(Some(LayerContent {
            digest: CodeDigest(digest.to_owned()),
            size: u64::try_from(size).unwrap_or_default(),
        }))
    }

    async fn publish_layer(&self, new: &NewLayerVersion) -> PortResult<LayerVersion> {
        let action = "lambda:PublishLayerVersion";
        let name = &new.name;
        let (code, patience) = self.code(action, name.as_str(), &new.content).await?;
        let content = LayerVersionContentInput::builder()
            .set_zip_file(code.zip_file)
            .set_s3_bucket(code.s3_bucket)
            .set_s3_key(code.s3_key)
            .build();
        let runtimes = new.runtimes.iter().map(|runtime| Runtime::from(runtime.as_str()));
        let architectures = new.architectures.iter().copied().map(settings::architecture);
        let call = self
            .client
            .publish_layer_version()
            .layer_name(name.as_str())
            .description(&new.description)
            .set_license_info((!new.license.is_empty()).then(|| new.license.clone()))
            .content(content)
            .set_compatible_runtimes(Some(runtimes.collect()))
            .set_compatible_architectures(Some(architectures.collect()))
            .customize()
            .config_override(patience)
            .send();
        let answer = self.paced(action, name, call).await?;
        let published = LayerVersionsListItem::builder()
            .set_layer_version_arn(answer.layer_version_arn)
            .version(answer.version)
            .set_description(answer.description)
            .set_created_date(answer.created_date)
            .set_compatible_architectures(answer.compatible_architectures)
            .set_compatible_runtimes(answer.compatible_runtimes)
            .set_license_info(answer.license_info)
            .build();
        version(&published).map_err(|why| odd(action, name, why))
    }
}

fn version(given: &LayerVersionsListItem) -> Result<LayerVersion, String> {
    let arn = given.layer_version_arn().ok_or("the answer has no ARN")?;
    let number = given.version();
    Ok(LayerVersion {
        arn: arn.parse().map_err(|why| format!("the layer: {why}"))?,
        version: Version(u64::try_from(number).map_err(|_| format!("`{number}` is not a version"))?),
        description: given.description().unwrap_or_default().to_owned(),
        license: given.license_info().unwrap_or_default().to_owned(),
        // What lfn does not know cannot be what it looks for.
        runtimes: given
            .compatible_runtimes()
            .iter()
            .filter_map(|runtime| RuntimeId::new(runtime.as_str()).ok())
            .collect(),
        architectures: given
            .compatible_architectures()
            .iter()
            .filter_map(architecture)
            .collect(),
        published: rfc_3339(given.created_date().unwrap_or_default()),
    })
}

fn architecture(given: &Given) -> Option<Architecture> {
    match given {
        Given::X8664 => Some(Architecture::X86_64),
        Given::Arm64 => Some(Architecture::Arm64),
        _ => None,
    }
}
