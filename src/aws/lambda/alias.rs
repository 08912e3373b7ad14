//! Aliases, and what is kept per alias: asynchronous settings and provisioned concurrency.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;

use aws_sdk_lambda::types::{
    AliasConfiguration, AliasRoutingConfiguration, DestinationConfig, ProvisionedConcurrencyConfigListItem,
    ProvisionedConcurrencyStatusEnum,
};

use super::super::error::found;
use super::{LambdaFunctions, odd, revision, settings};
use crate::domain::arn::Arn;
use crate::domain::function::AsyncInvoke;
use crate::domain::names::{AliasName, FunctionName, Qualifier, Version};
use crate::ports::{AliasState, AliasUpdate, PortResult, ProvisionedState};

/// The three calls that return an alias return three types with the same members.
macro_rules! alias {
    ($output:expr) => {{
        let output = $output;
        AliasConfiguration::builder()
            .set_name(output.name)
            .set_function_version(output.function_version)
            .set_description(output.description)
            .set_routing_config(output.routing_config)
            .set_revision_id(output.revision_id)
            .build()
    }};
}

impl LambdaFunctions {
    pub(super) async fn read_alias(&self, name: &FunctionName, alias: &AliasName) -> PortResult<Option<AliasState>> {
        let action = "lambda:GetAlias";
        let resource = format!("{name}:{alias}");
        let call = self
            .client
            .get_alias()
            .function_name(name.as_str())
            .name(alias.as_str())
            .send();
        found(self.paced(action, &resource, call).await)?
            .map(|answer| state(&alias!(answer)).map_err(|why| odd(action, &resource, why)))
            .transpose()
    }

    pub(super) async fn list_aliases(&self, name: &FunctionName) -> PortResult<Vec<AliasState>> {
        let action = "lambda:ListAliases";
        let mut all = Vec::new();
        let mut marker = None;
        loop {
            let call = self
                .client
                .list_aliases()
                .function_name(name.as_str())
                .set_marker(marker)
                .send();
            let page = self.paced(action, name, call).await?;
            for alias in page.aliases() {
                all.push(state(alias).map_err(|why| odd(action, name, why))?);
            }
            marker = page.next_marker.filter(|marker| !marker.is_empty());
            if marker.is_none() {
                break;
            }
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }

    pub(super) async fn make_alias(&self, name: &FunctionName, alias: &AliasUpdate) -> PortResult<AliasState> {
        let action = "lambda:CreateAlias";
        let resource = format!("{name}:{}", alias.name);
        let call = self
            .client
            .create_alias()
            .function_name(name.as_str())
            .name(alias.name.as_str())
            .function_version(alias.version.to_string())
            .description(&alias.description)
            .set_routing_config((!alias.weights.is_empty()).then(|| routing(&alias.weights)))
            .send();
        let answer = self.paced(action, &resource, call).await?;
        state(&alias!(answer)).map_err(|why| odd(action, &resource, why))
    }

    pub(super) async fn move_alias(
        &self,
        name: &FunctionName,
        alias: &AliasUpdate,
        from: &str,
    ) -> PortResult<AliasState> {
        let action = "lambda:UpdateAlias";
        let resource = format!("{name}:{}", alias.name);
        let call = self
            .client
            .update_alias()
            .function_name(name.as_str())
            .name(alias.name.as_str())
            .function_version(alias.version.to_string())
            .description(&alias.description)
            // Without it the old split stays. Source: Lambda developer guide, "Implement Lambda
            // canary deployments using a weighted alias".
            .routing_config(routing(&alias.weights))
            .set_revision_id(revision(from))
            .send();
        let answer = self.paced(action, &resource, call).await?;
        state(&alias!(answer)).map_err(|why| odd(action, &resource, why))
    }

    pub(super) async fn drop_alias(&self, name: &FunctionName, alias: &AliasName) -> PortResult<()> {
        let call = self
            .client
            .delete_alias()
            .function_name(name.as_str())
            .name(alias.as_str())
            .send();
        self.paced("lambda:DeleteAlias", format!("{name}:{alias}"), call)
            .await
            .map(drop)
    }

    pub(super) async fn read_async(&self, name: &FunctionName, alias: &AliasName) -> PortResult<Option<AsyncInvoke>> {
        let action = "lambda:GetFunctionEventInvokeConfig";
        let resource = format!("{name}:{alias}");
        let call = self
            .client
            .get_function_event_invoke_config()
            .function_name(name.as_str())
            .qualifier(alias.as_str())
            .send();
        let Some(answer) = found(self.paced(action, &resource, call).await)? else {
            return Ok(None);
        };
        let defaults = AsyncInvoke::default();
        let (on_success, on_failure) =
            destinations(answer.destination_config()).map_err(|why| odd(action, &resource, why))?;
        let retries = answer.maximum_retry_attempts().and_then(|n| u8::try_from(n).ok());
        let max_age = answer
            .maximum_event_age_in_seconds()
            .and_then(|n| u32::try_from(n).ok());
        Ok(Some(AsyncInvoke {
            on_success,
            on_failure,
            retries: retries.unwrap_or(defaults.retries),
            max_age: max_age.unwrap_or(defaults.max_age),
        }))
    }

    pub(super) async fn write_async(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        wanted: Option<&AsyncInvoke>,
    ) -> PortResult<()> {
        let resource = format!("{name}:{alias}");
        let Some(wanted) = wanted else {
            let call = self
                .client
                .delete_function_event_invoke_config()
                .function_name(name.as_str())
                .qualifier(alias.as_str())
                .send();
            let action = "lambda:DeleteFunctionEventInvokeConfig";
            return self.paced(action, &resource, call).await.map(drop);
        };
        // `Put` replaces everything, so what is left out is removed.
        let call = self
            .client
            .put_function_event_invoke_config()
            .function_name(name.as_str())
            .qualifier(alias.as_str())
            .maximum_retry_attempts(i32::from(wanted.retries))
            .maximum_event_age_in_seconds(settings::number(wanted.max_age))
            .destination_config(settings::destinations(wanted))
            .send();
        self.paced("lambda:PutFunctionEventInvokeConfig", &resource, call)
            .await
            .map(drop)
    }

    pub(super) async fn list_provisioned(
        &self,
        name: &FunctionName,
        known: &[Qualifier],
    ) -> PortResult<BTreeMap<Qualifier, ProvisionedState>> {
        let mut all = BTreeMap::new();
        let mut marker = None;
        loop {
            let call = self
                .client
                .list_provisioned_concurrency_configs()
                .function_name(name.as_str())
                .set_marker(marker)
                .send();
            let page = match self.paced("lambda:ListProvisionedConcurrencyConfigs", name, call).await {
                Ok(page) => page,
                // Servers without this call take it for the question about one alias, whose answer
                // a list never gives.
                Err(error) if error.code.as_deref() == Some("ProvisionedConcurrencyConfigNotFoundException") => {
                    return self.ask_provisioned(name, known).await;
                }
                Err(error) => return Err(error),
            };
            all.extend(page.provisioned_concurrency_configs().iter().filter_map(listed));
            marker = page.next_marker.filter(|marker| !marker.is_empty());
            if marker.is_none() {
                return Ok(all);
            }
        }
    }

    async fn ask_provisioned(
        &self,
        name: &FunctionName,
        known: &[Qualifier],
    ) -> PortResult<BTreeMap<Qualifier, ProvisionedState>> {
        let mut all = BTreeMap::new();
        for qualifier in known {
            let state = self.read_provisioned(name, qualifier).await?;
            all.extend(state.map(|state| (qualifier.clone(), state)));
        }
        Ok(all)
    }

    pub(super) async fn read_provisioned(
        &self,
        name: &FunctionName,
        qualifier: &Qualifier,
    ) -> PortResult<Option<ProvisionedState>> {
        let call = self
            .client
            .get_provisioned_concurrency_config()
            .function_name(name.as_str())
            .qualifier(qualifier.to_string())
            .send();
        let resource = format!("{name}:{qualifier}");
        let answer = self
            .paced("lambda:GetProvisionedConcurrencyConfig", &resource, call)
            .await;
        Ok(found(answer)?.map(|given| {
            let requested = given.requested_provisioned_concurrent_executions();
            provisioned(requested, given.status(), given.status_reason())
        }))
    }

    pub(super) async fn write_provisioned(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        executions: Option<u32>,
    ) -> PortResult<()> {
        let resource = format!("{name}:{alias}");
        let Some(executions) = executions else {
            let call = self
                .client
                .delete_provisioned_concurrency_config()
                .function_name(name.as_str())
                .qualifier(alias.as_str())
                .send();
            let action = "lambda:DeleteProvisionedConcurrencyConfig";
            return self.paced(action, &resource, call).await.map(drop);
        };
        let call = self
            .client
            .put_provisioned_concurrency_config()
            .function_name(name.as_str())
            .qualifier(alias.as_str())
            .provisioned_concurrent_executions(settings::number(executions))
            .send();
        self.paced("lambda:PutProvisionedConcurrencyConfig", &resource, call)
            .await
            .map(drop)
    }
}

fn routing(weights: &BTreeMap<Version, f64>) -> AliasRoutingConfiguration {
    let weights: HashMap<String, f64> = weights
        .iter()
        .map(|(version, weight)| (version.to_string(), *weight))
        .collect();
    AliasRoutingConfiguration::builder()
        .set_additional_version_weights(Some(weights))
        .build()
}

fn state(given: &AliasConfiguration) -> Result<AliasState, String> {
    let text = |why: &dyn Display| why.to_string();
    let version = given.function_version().ok_or("the alias has no version")?;
    let version = match version.parse().map_err(|why| text(&why))? {
        Qualifier::Version(version) => Some(version),
        Qualifier::Latest => None,
        Qualifier::Alias(alias) => return Err(format!("the alias points at `{alias}`, which is no version")),
    };
    let weights = given
        .routing_config()
        .and_then(|routing| routing.additional_version_weights())
        .into_iter()
        .flatten()
        .map(|(version, weight)| Ok((version.parse().map_err(|why| text(&why))?, *weight)))
        .collect::<Result<_, String>>()?;
    Ok(AliasState {
        name: AliasName::new(given.name().ok_or("the alias has no name")?).map_err(|why| text(&why))?,
        version,
        weights,
        description: given.description().unwrap_or_default().to_owned(),
        revision: given.revision_id().unwrap_or_default().to_owned(),
    })
}

fn destinations(given: Option<&DestinationConfig>) -> Result<(Option<Arn>, Option<Arn>), String> {
    let parsed = |text: Option<&str>| {
        text.filter(|text| !text.is_empty())
            .map(|text| text.parse::<Arn>().map_err(|why| why.to_string()))
            .transpose()
    };
    let success = given.and_then(|config| config.on_success()?.destination());
    let failure = given.and_then(|config| config.on_failure()?.destination());
    Ok((parsed(success)?, parsed(failure)?))
}

/// One configuration by its alias or version.
fn listed(given: &ProvisionedConcurrencyConfigListItem) -> Option<(Qualifier, ProvisionedState)> {
    let (_, qualifier) = given.function_arn()?.rsplit_once(':')?;
    let requested = given.requested_provisioned_concurrent_executions();
    let state = provisioned(requested, given.status(), given.status_reason());
    Some((qualifier.parse().ok()?, state))
}

fn provisioned(
    requested: Option<i32>,
    status: Option<&ProvisionedConcurrencyStatusEnum>,
    reason: Option<&str>,
) -> ProvisionedState {
    let failed = status == Some(&ProvisionedConcurrencyStatusEnum::Failed);
    ProvisionedState {
        requested: requested.and_then(|n| u32::try_from(n).ok()).unwrap_or(0),
        ready: status == Some(&ProvisionedConcurrencyStatusEnum::Ready),
        failure: failed.then(|| reason.unwrap_or("no reason given").to_owned()),
    }
}
