//! Aliases with their weights, and the asynchronous settings that belong to an alias.

use std::collections::BTreeMap;

use super::Local;
use super::control::revision;
use super::documents::{AliasDocument, FunctionDocument};
use super::refusal::{Answer, Refusal};
use super::rules;
use crate::domain::function::AsyncInvoke;
use crate::domain::names::{AliasName, FunctionName, Qualifier, Version};
use crate::ports::{AliasState, AliasUpdate, ErrorKind, Snapshot};

impl Local {
    pub(super) fn alias(&self, name: &FunctionName, alias: &AliasName) -> Answer<Option<AliasState>> {
        let document = self.find(name)?;
        Ok(document
            .and_then(|mut document| document.aliases.remove(alias))
            .map(|alias| alias.state))
    }

    pub(super) fn aliases(&self, name: &FunctionName) -> Answer<Vec<AliasState>> {
        Ok(self
            .load(name)?
            .aliases
            .into_values()
            .map(|alias| alias.state)
            .collect())
    }

    pub(super) fn create_alias(&self, name: &FunctionName, alias: AliasUpdate) -> Answer<AliasState> {
        self.change(name, |document, _| {
            if document.aliases.contains_key(&alias.name) {
                let arn = self.place.qualified_arn(name, &Qualifier::Alias(alias.name.clone()));
                return Err(Refusal::new(
                    ErrorKind::AlreadyExists,
                    "ResourceConflictException",
                    format!("Alias already exists: {arn}"),
                ));
            }
            self.check_alias(name, document, &alias)?;
            let state = desired(alias)?;
            let made = AliasDocument {
                state: state.clone(),
                policy: None,
                async_invoke: None,
                provisioned: None,
            };
            document.aliases.insert(state.name.clone(), made);
            Ok(state)
        })
    }

    pub(super) fn update_alias(&self, name: &FunctionName, alias: AliasUpdate, revision: &str) -> Answer<AliasState> {
        self.change(name, |document, _| {
            let current = document.aliases.get(&alias.name);
            let current = current.ok_or_else(|| Refusal::no_alias(&self.place, name, &alias.name))?;
            if current.state.revision != revision {
                return Err(Refusal::stale());
            }
            self.check_alias(name, document, &alias)?;
            let state = desired(alias)?;
            if let Some(current) = document.aliases.get_mut(&state.name) {
                current.state = state.clone();
            }
            Ok(state)
        })
    }

    /// Deleting an alias that is not there succeeds, as it does at AWS.
    pub(super) fn delete_alias(&self, name: &FunctionName, alias: &AliasName) -> Answer<()> {
        self.change(name, |document, _| {
            document.aliases.remove(alias);
            Ok(())
        })
    }

    fn check_alias(&self, name: &FunctionName, document: &FunctionDocument, alias: &AliasUpdate) -> Answer<()> {
        if alias.description.chars().count() > 256 {
            return Err(Refusal::validation(
                &alias.description,
                "description",
                "Member must have length less than or equal to 256",
            ));
        }
        let published = |version: Version| {
            let missing = || Refusal::no_function(&self.place, name, Some(&Qualifier::Version(version)));
            document.versions.get(&version).ok_or_else(missing)
        };
        let main = published(alias.version)?;
        check_weights(&alias.weights)?;
        for version in alias.weights.keys() {
            if *version == alias.version {
                return Err(Refusal::invalid(format!(
                    "Invalid function version {version}. \
                     Function version {version} is already included in routing configuration."
                )));
            }
            check_alike(main, published(*version)?)?;
        }
        Ok(())
    }

    pub(super) fn async_invoke(&self, name: &FunctionName, alias: &AliasName) -> Answer<Option<AsyncInvoke>> {
        let document = self.find(name)?;
        Ok(document
            .and_then(|mut document| document.aliases.remove(alias))
            .and_then(|alias| alias.async_invoke))
    }

    pub(super) fn set_async_invoke(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        settings: Option<AsyncInvoke>,
    ) -> Answer<()> {
        if let Some(settings) = &settings {
            rules::check_async_invoke(settings)?;
        }
        self.change(name, |document, _| {
            let found = document.aliases.get_mut(alias);
            found
                .ok_or_else(|| Refusal::no_alias(&self.place, name, alias))?
                .async_invoke = settings;
            Ok(())
        })
    }
}

fn desired(alias: AliasUpdate) -> Answer<AliasState> {
    Ok(AliasState {
        name: alias.name,
        version: Some(alias.version),
        weights: alias.weights,
        description: alias.description,
        revision: revision()?,
    })
}

fn check_weights(weights: &BTreeMap<Version, f64>) -> Answer<()> {
    if weights.len() > 1 {
        return Err(Refusal::invalid(
            "Number of items in AdditionalVersionWeights cannot be greater than 1",
        ));
    }
    for (version, weight) in weights {
        if !(0.0..=1.0).contains(weight) {
            return Err(Refusal::validation(
                format_args!("{{{version}={weight}}}"),
                "routingConfig.additionalVersionWeights",
                "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, \
                 Member must have value greater than or equal to 0.0, Member must not be null]",
            ));
        }
    }
    Ok(())
}

/// Both versions behind an alias must have the same role and the same dead-letter queue.
/// Source: Lambda developer guide, "Implement Lambda canary deployments using a weighted alias".
fn check_alike(main: &Snapshot, other: &Snapshot) -> Answer<()> {
    let property = if main.settings.role != other.settings.role {
        "execution role"
    } else if main.settings.dead_letter != other.settings.dead_letter {
        "dead-letter queue configuration"
    } else {
        return Ok(());
    };
    Err(Refusal::invalid(format!(
        "Function versions {} and {} must have the same {property} to be used in one routing configuration.",
        main.qualifier, other.qualifier
    )))
}
