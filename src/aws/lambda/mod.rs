//! Lambda: functions, versions, aliases, invocations, layers.

mod alias;
mod call;
mod contents;
mod event_sources;
mod layers;
mod permissions;
mod settings;
mod snapshot;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_lambda::types::{FunctionCode, FunctionConfiguration};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::Blob;

use self::contents::Location;
use self::snapshot::{Unreadable, configuration, is_image, snapshot};
use super::error::{Explain, found};
use super::retry;
use super::sts::StsIdentity;
use super::transport::Route;
use crate::domain::arn::Arn;
use crate::domain::function::{AsyncInvoke, DIRECT_UPLOAD_LIMIT, FunctionSettings, TagChange};
use crate::domain::names::{AliasName, CodeDigest, FunctionName, Qualifier, Version};
use crate::domain::package::directory::Listed;
use crate::domain::policy::callers::Permission;
use crate::ports::{
    AliasState, AliasUpdate, CodeSource, CodeUpdate, ErrorKind, EventSource, FunctionState, Functions, Invocation,
    Invoked, NewFunction, PortError, PortResult, ProvisionedState, ResourcePolicy, Snapshot,
};

const GET_FUNCTION: &str = "lambda:GetFunction";

/// Lambda through the SDK.
#[derive(Debug)]
pub struct LambdaFunctions {
    pub client: aws_sdk_lambda::Client,
    pub explain: Explain,
    pub identity: Arc<StsIdentity>,
    pub timeout: Duration,
    pub route: Route,
    /// Where the code lies that the last look at a function saw.
    pub locations: Mutex<BTreeMap<FunctionName, Location>>,
}

impl LambdaFunctions {
    /// One control-plane call, with its error explained. The client sees to its turns (`pacing`).
    async fn paced<T, E>(
        &self,
        action: &'static str,
        resource: impl Display + Send,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>> + Send,
    ) -> PortResult<T>
    where
        T: Send,
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        call.await.map_err(|error| self.explain.call(action, &resource, &error))
    }

    /// Where the code of one edition lies.
    async fn locate(&self, name: &FunctionName, qualifier: &Qualifier) -> PortResult<Location> {
        let resource = format!("{name}:{qualifier}");
        let call = self
            .client
            .get_function()
            .function_name(name.as_str())
            .qualifier(qualifier.to_string())
            .send();
        let answer = call
            .await
            .map_err(|error| self.explain.call(GET_FUNCTION, &resource, &error))?;
        let address = answer.code().and_then(|code| code.location());
        address
            .map(Location::new)
            .ok_or_else(|| odd(GET_FUNCTION, resource, "the answer does not say where the code is"))
    }

    async fn function_arn(&self, name: &FunctionName) -> PortResult<String> {
        Ok(self.identity.place().await?.function_arn(name).to_string())
    }

    /// The archive as the call carries it, with the patience that its size needs.
    async fn code(
        &self,
        action: &'static str,
        resource: &str,
        code: &CodeSource,
    ) -> PortResult<(FunctionCode, aws_sdk_lambda::config::Builder)> {
        let refused = |message| PortError::new(ErrorKind::Invalid, action, resource, message);
        let (code, bytes) = match code {
            CodeSource::Bucket { bucket, key } => {
                let code = FunctionCode::builder().s3_bucket(bucket.as_str()).s3_key(key);
                (code.build(), 0)
            }
            CodeSource::Direct(path) => {
                let bytes = tokio::fs::read(path)
                    .await
                    .map_err(|why| refused(format!("cannot read `{}`: {why}", path.display())))?;
                let size = bytes.len() as u64;
                if size > DIRECT_UPLOAD_LIMIT {
                    return Err(refused(format!(
                        "the archive has {size} bytes; with the call itself at most {DIRECT_UPLOAD_LIMIT} can be sent, more goes through S3"
                    )));
                }
                // Base64 makes four bytes of three.
                (FunctionCode::builder().zip_file(Blob::new(bytes)).build(), size / 3 * 4)
            }
        };
        let patience = retry::paced(self.timeout, bytes);
        Ok((code, aws_sdk_lambda::config::Builder::new().timeout_config(patience)))
    }
}

/// An answer that cannot be used, as the error of its call.
fn readable<T>(action: &'static str, resource: impl Display, result: Result<T, Unreadable>) -> PortResult<T> {
    result.map_err(|Unreadable { kind, message }| PortError::new(kind, action, resource.to_string(), message))
}

fn odd(action: &'static str, resource: impl Display, why: impl Display) -> PortError {
    PortError::new(ErrorKind::Internal, action, resource.to_string(), why.to_string())
}

#[async_trait]
impl Functions for LambdaFunctions {
    async fn function(&self, name: &FunctionName) -> PortResult<Option<FunctionState>> {
        let action = GET_FUNCTION;
        let answer = self.client.get_function().function_name(name.as_str()).send().await;
        let answer = found(answer.map_err(|error| self.explain.call(action, name, &error)))?;
        let Some(answer) = answer else { return Ok(None) };
        let configuration = answer
            .configuration()
            .ok_or_else(|| odd(action, name, "the answer has no configuration"))?;
        if let Some(error) = answer.tags_error() {
            let message = format!("the tags cannot be read: {}", error.message());
            return Err(PortError::new(
                ErrorKind::Denied,
                "lambda:ListTags",
                name.as_str(),
                message,
            ));
        }
        if let Some(address) = answer.code().and_then(|code| code.location()) {
            let mut locations = self.locations.lock().unwrap_or_else(PoisonError::into_inner);
            locations.insert(name.clone(), Location::new(address));
        }
        Ok(Some(FunctionState {
            latest: readable(action, name, snapshot(configuration))?,
            tags: answer.tags().cloned().unwrap_or_default().into_iter().collect(),
            reserved_concurrency: answer
                .concurrency()
                .and_then(aws_sdk_lambda::types::Concurrency::reserved_concurrent_executions)
                .and_then(|reserved| u32::try_from(reserved).ok()),
        }))
    }

    async fn contents(&self, name: &FunctionName, qualifier: &Qualifier) -> PortResult<Vec<Listed>> {
        // A look at the function a moment ago told the address; it holds for ten minutes.
        // Source: Lambda API reference, `FunctionCodeLocation`.
        let known = match qualifier {
            Qualifier::Latest => {
                let mut locations = self.locations.lock().unwrap_or_else(PoisonError::into_inner);
                locations.remove(name)
            }
            Qualifier::Version(_) | Qualifier::Alias(_) => None,
        };
        let location = match known {
            Some(location) => location,
            None => self.locate(name, qualifier).await?,
        };
        let listed = contents::list(&self.route, &location).await;
        listed.map_err(|why| {
            PortError::new(
                ErrorKind::Unreachable,
                GET_FUNCTION,
                format!("{name}:{qualifier}"),
                format!("the code cannot be read: {why}"),
            )
        })
    }

    async fn snapshot(&self, name: &FunctionName, qualifier: &Qualifier) -> PortResult<Option<Snapshot>> {
        // `GetFunctionConfiguration` would do, and take a turn of the control plane's quota.
        let action = "lambda:GetFunction";
        let resource = format!("{name}:{qualifier}");
        let call = self
            .client
            .get_function()
            .function_name(name.as_str())
            .qualifier(qualifier.to_string())
            .send();
        let Some(answer) = found(self.paced(action, &resource, call).await)? else {
            return Ok(None);
        };
        let configuration = answer
            .configuration()
            .ok_or_else(|| odd(action, &resource, "the answer has no configuration"))?;
        readable(action, &resource, snapshot(configuration)).map(Some)
    }

    async fn functions(&self) -> PortResult<Vec<Snapshot>> {
        let action = "lambda:ListFunctions";
        let mut all = Vec::new();
        let mut marker = None;
        loop {
            let page = self
                .paced(action, "", self.client.list_functions().set_marker(marker).send())
                .await?;
            for listed in page.functions.unwrap_or_default() {
                if is_image(&listed) {
                    continue;
                }
                let resource = listed.function_name().unwrap_or_default().to_owned();
                all.push(readable(action, resource, snapshot(&listed))?);
            }
            marker = page.next_marker.filter(|marker| !marker.is_empty());
            if marker.is_none() {
                break;
            }
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }

    async fn create_function(&self, new: &NewFunction) -> PortResult<Snapshot> {
        let action = "lambda:CreateFunction";
        let (name, wanted) = (&new.name, &new.settings);
        let (code, patience) = self.code(action, name.as_str(), &new.code).await?;
        let unbuildable = |why| odd(action, name, why);
        let file_systems = settings::file_systems(wanted.file_system.as_ref()).map_err(unbuildable)?;
        let storage = settings::ephemeral_storage(wanted.ephemeral_storage).map_err(unbuildable)?;
        // What a new function does not have needs no removing, so it is left out.
        let call = self
            .client
            .create_function()
            .function_name(name.as_str())
            .description(&wanted.description)
            .role(wanted.role.to_string())
            .runtime(wanted.runtime.as_str().into())
            .handler(&wanted.handler)
            .memory_size(settings::number(wanted.memory))
            .timeout(settings::number(wanted.timeout))
            .ephemeral_storage(storage)
            .environment(settings::environment(&wanted.environment))
            .set_kms_key_arn(wanted.kms_key.as_ref().map(ToString::to_string))
            .set_layers((!wanted.layers.is_empty()).then(|| settings::layers(&wanted.layers)))
            .set_vpc_config((!wanted.vpc.subnets.is_empty()).then(|| settings::vpc(&wanted.vpc)))
            .set_dead_letter_config(
                wanted
                    .dead_letter
                    .as_ref()
                    .map(|target| settings::dead_letter(Some(target))),
            )
            .tracing_config(settings::tracing(wanted.tracing))
            .set_snap_start(wanted.snap_start.then(|| settings::snap_start(true)))
            .set_file_system_configs((!file_systems.is_empty()).then_some(file_systems))
            .logging_config(settings::logging(&wanted.logging))
            .architectures(settings::architecture(new.architecture))
            .set_tags((!new.tags.is_empty()).then(|| new.tags.clone().into_iter().collect()))
            .set_code_signing_config_arn(new.code_signing.as_ref().map(ToString::to_string))
            .code(code)
            // Versions are published once everything has settled, never on the way.
            .publish(false)
            .customize()
            .config_override(patience)
            .send();
        let answer = self.paced(action, name, call).await?;
        readable(action, name, snapshot(&configuration!(answer)))
    }

    async fn update_code(&self, name: &FunctionName, update: &CodeUpdate) -> PortResult<Snapshot> {
        let action = "lambda:UpdateFunctionCode";
        let (code, patience) = self.code(action, name.as_str(), &update.code).await?;
        let call = self
            .client
            .update_function_code()
            .function_name(name.as_str())
            .set_zip_file(code.zip_file)
            .set_s3_bucket(code.s3_bucket)
            .set_s3_key(code.s3_key)
            .architectures(settings::architecture(update.architecture))
            .set_revision_id(revision(&update.revision))
            .publish(false)
            .customize()
            .config_override(patience)
            .send();
        let answer = self.paced(action, name, call).await?;
        readable(action, name, snapshot(&configuration!(answer)))
    }

    async fn update_settings(
        &self,
        name: &FunctionName,
        wanted: &FunctionSettings,
        from: &str,
    ) -> PortResult<Snapshot> {
        let action = "lambda:UpdateFunctionConfiguration";
        let unbuildable = |why| odd(action, name, why);
        let file_systems = settings::file_systems(wanted.file_system.as_ref()).map_err(unbuildable)?;
        let storage = settings::ephemeral_storage(wanted.ephemeral_storage).map_err(unbuildable)?;
        let call = self
            .client
            .update_function_configuration()
            .function_name(name.as_str())
            .description(&wanted.description)
            .role(wanted.role.to_string())
            .runtime(wanted.runtime.as_str().into())
            .handler(&wanted.handler)
            .memory_size(settings::number(wanted.memory))
            .timeout(settings::number(wanted.timeout))
            .ephemeral_storage(storage)
            .environment(settings::environment(&wanted.environment))
            .kms_key_arn(settings::text_or_empty(wanted.kms_key.as_ref()))
            .set_layers(Some(settings::layers(&wanted.layers)))
            .vpc_config(settings::vpc(&wanted.vpc))
            .dead_letter_config(settings::dead_letter(wanted.dead_letter.as_ref()))
            .tracing_config(settings::tracing(wanted.tracing))
            .snap_start(settings::snap_start(wanted.snap_start))
            .set_file_system_configs(Some(file_systems))
            .logging_config(settings::logging(&wanted.logging))
            .set_revision_id(revision(from))
            .send();
        let answer = self.paced(action, name, call).await?;
        readable(action, name, snapshot(&configuration!(answer)))
    }

    async fn delete_function(&self, name: &FunctionName) -> PortResult<()> {
        let call = self.client.delete_function().function_name(name.as_str()).send();
        self.paced("lambda:DeleteFunction", name, call).await.map(drop)
    }

    async fn change_tags(&self, name: &FunctionName, change: &TagChange) -> PortResult<()> {
        if change.is_empty() {
            return Ok(());
        }
        let arn = self.function_arn(name).await?;
        if !change.set.is_empty() {
            let tags = change.set.clone().into_iter().collect();
            let call = self.client.tag_resource().resource(&arn).set_tags(Some(tags)).send();
            self.paced("lambda:TagResource", name, call).await?;
        }
        if !change.remove.is_empty() {
            let keys = change.remove.iter().cloned().collect();
            let call = self
                .client
                .untag_resource()
                .resource(&arn)
                .set_tag_keys(Some(keys))
                .send();
            self.paced("lambda:UntagResource", name, call).await?;
        }
        Ok(())
    }

    async fn set_reserved_concurrency(&self, name: &FunctionName, reserved: Option<u32>) -> PortResult<()> {
        if let Some(reserved) = reserved {
            let call = self
                .client
                .put_function_concurrency()
                .function_name(name.as_str())
                .reserved_concurrent_executions(settings::number(reserved))
                .send();
            return self.paced("lambda:PutFunctionConcurrency", name, call).await.map(drop);
        }
        let call = self
            .client
            .delete_function_concurrency()
            .function_name(name.as_str())
            .send();
        self.paced("lambda:DeleteFunctionConcurrency", name, call)
            .await
            .map(drop)
    }

    async fn code_signing(&self, name: &FunctionName) -> PortResult<Option<Arn>> {
        let action = "lambda:GetFunctionCodeSigningConfig";
        let call = self
            .client
            .get_function_code_signing_config()
            .function_name(name.as_str())
            .send();
        let answer = found(self.paced(action, name, call).await)?;
        answer
            .map(|answer| answer.code_signing_config_arn)
            .filter(|arn| !arn.is_empty())
            .map(|arn| arn.parse().map_err(|why| odd(action, name, why)))
            .transpose()
    }

    async fn set_code_signing(&self, name: &FunctionName, config: Option<&Arn>) -> PortResult<()> {
        if let Some(arn) = config {
            let call = self
                .client
                .put_function_code_signing_config()
                .function_name(name.as_str())
                .code_signing_config_arn(arn.to_string())
                .send();
            return self
                .paced("lambda:PutFunctionCodeSigningConfig", name, call)
                .await
                .map(drop);
        }
        let call = self
            .client
            .delete_function_code_signing_config()
            .function_name(name.as_str())
            .send();
        self.paced("lambda:DeleteFunctionCodeSigningConfig", name, call)
            .await
            .map(drop)
    }

    async fn publish(&self, name: &FunctionName, expected: &CodeDigest, description: &str) -> PortResult<Snapshot> {
        let action = "lambda:PublishVersion";
        let call = self
            .client
            .publish_version()
            .function_name(name.as_str())
            .code_sha256(&expected.0)
            .set_description((!description.is_empty()).then(|| description.to_owned()))
            .send();
        let answer = self.paced(action, name, call).await?;
        readable(action, name, snapshot(&configuration!(answer)))
    }

    async fn versions(&self, name: &FunctionName) -> PortResult<Vec<Snapshot>> {
        let action = "lambda:ListVersionsByFunction";
        let mut listed: Vec<FunctionConfiguration> = Vec::new();
        let mut marker = None;
        loop {
            let call = self
                .client
                .list_versions_by_function()
                .function_name(name.as_str())
                .set_marker(marker)
                .send();
            let page = self.paced(action, name, call).await?;
            listed.extend(page.versions.unwrap_or_default());
            marker = page.next_marker.filter(|marker| !marker.is_empty());
            if marker.is_none() {
                break;
            }
        }
        let all = listed.iter().map(snapshot).collect::<Result<Vec<_>, _>>();
        let mut all = readable(action, name, all)?;
        all.retain(|version| matches!(version.qualifier, Qualifier::Version(_)));
        all.sort_by(|a, b| a.qualifier.cmp(&b.qualifier));
        Ok(all)
    }

    async fn delete_version(&self, name: &FunctionName, version: Version) -> PortResult<()> {
        let call = self
            .client
            .delete_function()
            .function_name(name.as_str())
            .qualifier(version.to_string())
            .send();
        self.paced("lambda:DeleteFunction", format!("{name}:{version}"), call)
            .await
            .map(drop)
    }

    async fn alias(&self, name: &FunctionName, alias: &AliasName) -> PortResult<Option<AliasState>> {
        self.read_alias(name, alias).await
    }

    async fn aliases(&self, name: &FunctionName) -> PortResult<Vec<AliasState>> {
        self.list_aliases(name).await
    }

    async fn create_alias(&self, name: &FunctionName, alias: &AliasUpdate) -> PortResult<AliasState> {
        self.make_alias(name, alias).await
    }

    async fn update_alias(&self, name: &FunctionName, alias: &AliasUpdate, revision: &str) -> PortResult<AliasState> {
        self.move_alias(name, alias, revision).await
    }

    async fn delete_alias(&self, name: &FunctionName, alias: &AliasName) -> PortResult<()> {
        self.drop_alias(name, alias).await
    }

    async fn permissions(&self, name: &FunctionName, alias: &AliasName) -> PortResult<Option<ResourcePolicy>> {
        self.read_permissions(name, alias).await
    }

    async fn add_permission(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        permission: &Permission,
        revision: Option<&str>,
    ) -> PortResult<()> {
        self.make_permission(name, alias, permission, revision).await
    }

    async fn remove_permission(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        sid: &str,
        revision: Option<&str>,
    ) -> PortResult<()> {
        self.drop_permission(name, alias, sid, revision).await
    }

    async fn async_invoke(&self, name: &FunctionName, alias: &AliasName) -> PortResult<Option<AsyncInvoke>> {
        self.read_async(name, alias).await
    }

    async fn set_async_invoke(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        settings: Option<&AsyncInvoke>,
    ) -> PortResult<()> {
        self.write_async(name, alias, settings).await
    }

    async fn all_provisioned(
        &self,
        name: &FunctionName,
        known: &[Qualifier],
    ) -> PortResult<BTreeMap<Qualifier, ProvisionedState>> {
        self.list_provisioned(name, known).await
    }

    async fn provisioned(&self, name: &FunctionName, alias: &AliasName) -> PortResult<Option<ProvisionedState>> {
        self.read_provisioned(name, &Qualifier::Alias(alias.clone())).await
    }

    async fn set_provisioned(&self, name: &FunctionName, alias: &AliasName, executions: Option<u32>) -> PortResult<()> {
        self.write_provisioned(name, alias, executions).await
    }

    async fn event_sources(&self, name: &FunctionName) -> PortResult<Vec<EventSource>> {
        self.list_event_sources(name).await
    }

    async fn invoke(&self, invocation: &Invocation) -> PortResult<Invoked> {
        self.call_function(invocation).await
    }
}

/// A revision as a precondition. Some servers know none; then there is nothing to compare.
fn revision(given: &str) -> Option<String> {
    (!given.is_empty()).then(|| given.to_owned())
}
