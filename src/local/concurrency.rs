//! Reserved and provisioned concurrency. Environments are made per call here, so what is kept is
//! the arithmetic: the account has 1,000, and 100 must stay unreserved.

use std::collections::BTreeMap;

use super::Local;
use super::documents::FunctionDocument;
use super::refusal::{Answer, Refusal};
use super::store::Kind;
use crate::domain::names::{AliasName, FunctionName};
use crate::ports::ProvisionedState;

/// Source: Lambda developer guide, "Lambda quotas" and "Configuring reserved concurrency".
const ACCOUNT_LIMIT: u32 = 1_000;
const KEPT_UNRESERVED: u32 = 100;

impl Local {
    pub(super) fn set_reserved_concurrency(&self, name: &FunctionName, reserved: Option<u32>) -> Answer<()> {
        self.change(name, |document, _| {
            if let Some(reserved) = reserved {
                if reserved > self.reservable(name)? {
                    return Err(Refusal::invalid(format!(
                        "Specified ReservedConcurrentExecutions for function decreases account's \
                         UnreservedConcurrentExecution below its minimum value of [{KEPT_UNRESERVED}]."
                    )));
                }
                let provisioned = document.provisioned();
                if reserved < provisioned {
                    return Err(Refusal::invalid(format!(
                        "ReservedConcurrentExecutions {reserved} should not be lower than function's total \
                         provisioned concurrency [{provisioned}]."
                    )));
                }
            }
            document.reserved_concurrency = reserved;
            Ok(())
        })
    }

    /// How much this function may claim, given what the others have.
    fn reservable(&self, name: &FunctionName) -> Answer<u32> {
        let all: Vec<FunctionDocument> = self.store.read_all(Kind::Functions)?;
        let others = all.iter().filter(|document| document.latest.name != *name);
        let claimed: u32 = others.map(FunctionDocument::claimed_concurrency).sum();
        Ok((ACCOUNT_LIMIT - KEPT_UNRESERVED).saturating_sub(claimed))
    }

    pub(super) fn all_provisioned(&self, name: &FunctionName) -> Answer<BTreeMap<AliasName, ProvisionedState>> {
        let aliases = self.load(name)?.aliases.into_iter();
        Ok(aliases
            .filter_map(|(name, alias)| {
                let state = ProvisionedState {
                    requested: alias.provisioned?,
                    ready: true,
                    failure: None,
                };
                Some((name, state))
            })
            .collect())
    }

    pub(super) fn provisioned(&self, name: &FunctionName, alias: &AliasName) -> Answer<Option<ProvisionedState>> {
        Ok(self.all_provisioned(name)?.remove(alias))
    }

    pub(super) fn set_provisioned(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        executions: Option<u32>,
    ) -> Answer<()> {
        self.change(name, |document, _| {
            let total = document.provisioned();
            let reserved = document.reserved_concurrency;
            let found = document.aliases.get_mut(alias);
            let found = found.ok_or_else(|| Refusal::no_alias(&self.place, name, alias))?;
            if let Some(executions) = executions {
                let Some(version) = found.state.version else {
                    return Err(Refusal::invalid(
                        "Provisioned Concurrency Configs cannot be applied to unpublished function versions.",
                    ));
                };
                if executions == 0 {
                    return Err(Refusal::validation(
                        executions,
                        "provisionedConcurrentExecutions",
                        "Member must have value greater than or equal to 1",
                    ));
                }
                if document
                    .versions
                    .get(&version)
                    .is_some_and(|version| version.settings.snap_start)
                {
                    return Err(Refusal::invalid(
                        "Provisioned Concurrency is not supported for SnapStart enabled functions.",
                    ));
                }
                let wanted = (total - found.provisioned.unwrap_or(0)).saturating_add(executions);
                if let Some(reserved) = reserved {
                    if wanted > reserved {
                        return Err(Refusal::invalid(
                            "Requested Provisioned Concurrency should not be greater than the \
                             reservedConcurrentExecution for function",
                        ));
                    }
                } else {
                    let most = self.reservable(name)?;
                    if wanted > most {
                        return Err(Refusal::invalid(format!(
                            "Specified ConcurrentExecutions for function is greater than account's unreserved \
                             concurrency [{most}]."
                        )));
                    }
                }
            }
            found.provisioned = executions;
            Ok(())
        })
    }
}
