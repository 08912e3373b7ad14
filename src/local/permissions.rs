//! Who else may invoke an alias: its resource policy, statement by statement, which goes with the alias.
//!
//! The revision of the policy is that of the alias, as at AWS: a change of either changes both.

use super::Local;
use super::control::revision;
use super::documents::AliasDocument;
use super::refusal::{Answer, Refusal};
use crate::domain::arn::Arn;
use crate::domain::names::{AccountId, AliasName, FunctionName, Qualifier, RoleName};
use crate::domain::policy::PolicyDocument;
use crate::domain::policy::callers::{Identity, Invoker, Permission, RESOURCE_POLICY_LIMIT};
use crate::ports::{ErrorKind, ResourcePolicy};

impl Local {
    pub(super) fn permissions(&self, name: &FunctionName, alias: &AliasName) -> Answer<Option<ResourcePolicy>> {
        let document = self.find(name)?;
        let found = document.and_then(|mut document| document.aliases.remove(alias));
        Ok(found.and_then(|AliasDocument { state, policy, .. }| {
            Some(ResourcePolicy {
                document: policy?,
                revision: state.revision,
            })
        }))
    }

    pub(super) fn add_permission(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        permission: &Permission,
        from: Option<&str>,
    ) -> Answer<()> {
        check_sid(&permission.sid)?;
        check_invoker(&permission.invoker)?;
        self.check_principal(&permission.invoker.principal)?;
        let arn = self.place.qualified_arn(name, &Qualifier::Alias(alias.clone()));
        self.change_policy(name, alias, from, |policy| {
            let mut statements = policy.take().map(|policy| policy.statements).unwrap_or_default();
            let sid = &permission.sid;
            if statements.iter().any(|statement| statement.sid.as_ref() == Some(sid)) {
                return Err(Refusal::new(
                    ErrorKind::AlreadyExists,
                    "ResourceConflictException",
                    format!(
                        "The statement id ({sid}) provided already exists. Please provide a new statement id, \
                         or remove the existing statement."
                    ),
                ));
            }
            statements.push(permission.statement(&arn));
            let document = PolicyDocument::new(statements);
            let size = document.to_json().len();
            if size > RESOURCE_POLICY_LIMIT {
                return Err(Refusal::new(
                    ErrorKind::Invalid,
                    "PolicyLengthExceededException",
                    format!("The final policy size ({size}) is bigger than the limit ({RESOURCE_POLICY_LIMIT})."),
                ));
            }
            *policy = Some(document);
            Ok(())
        })
    }

    pub(super) fn remove_permission(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        sid: &str,
        from: Option<&str>,
    ) -> Answer<()> {
        let missing = |message: String| Refusal::new(ErrorKind::NotFound, "ResourceNotFoundException", message);
        self.change_policy(name, alias, from, |policy| {
            let none = || missing("No policy is associated with the given resource.".into());
            let mut statements = policy.take().ok_or_else(none)?.statements;
            let before = statements.len();
            statements.retain(|statement| statement.sid.as_deref() != Some(sid));
            if statements.len() == before {
                return Err(missing(format!("Statement {sid} is not found in resource policy.")));
            }
            *policy = (!statements.is_empty()).then(|| PolicyDocument::new(statements));
            Ok(())
        })
    }

    fn change_policy(
        &self,
        name: &FunctionName,
        alias: &AliasName,
        from: Option<&str>,
        change: impl FnOnce(&mut Option<PolicyDocument>) -> Answer<()>,
    ) -> Answer<()> {
        self.change(name, |document, _| {
            let found = document.aliases.get_mut(alias);
            let found = found.ok_or_else(|| Refusal::no_alias(&self.place, name, alias))?;
            if from.is_some_and(|from| from != found.state.revision) {
                return Err(Refusal::stale());
            }
            change(&mut found.policy)?;
            found.state.revision = revision()?;
            Ok(())
        })
    }

    /// Roles of other accounts cannot be looked up; this account's own must be there.
    fn check_principal(&self, principal: &str) -> Answer<()> {
        let Ok(arn) = principal.parse::<Arn>() else {
            return Ok(());
        };
        let name = arn
            .resource
            .strip_prefix("role/")
            .and_then(|name| name.rsplit('/').next());
        let name = name.and_then(|name| RoleName::new(name).ok());
        let Some(name) = name.filter(|_| arn.account == self.place.account.as_str()) else {
            return Ok(());
        };
        match self.find_role(&name)? {
            Some(role) if role.state.arn == arn => Ok(()),
            _ => Err(invalid_principal()),
        }
    }
}

/// Source: Lambda API reference, `AddPermission`, `StatementId`.
fn check_sid(sid: &str) -> Answer<()> {
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let constraint = if sid.is_empty() || !sid.chars().all(valid) {
        "Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)"
    } else if sid.len() > 100 {
        "Member must have length less than or equal to 100"
    } else {
        return Ok(());
    };
    Err(Refusal::validation(sid, "statementId", constraint))
}

/// Source: Lambda API reference, `AddPermission`.
fn check_invoker(invoker: &Invoker) -> Answer<()> {
    let service = invoker.principal.contains('.') && invoker.principal.contains(".amazon");
    let named = AccountId::new(invoker.principal.as_str()).is_ok()
        || invoker.principal.starts_with("arn:") && invoker.principal.parse::<Identity>().is_ok();
    if !(service || named || invoker.principal == "*") {
        return Err(invalid_principal());
    }
    if let Some(source) = &invoker.source {
        let arn = source.parse::<Arn>().ok();
        let whose = |arn: &Arn| arn.account.is_empty() || AccountId::new(arn.account.as_str()).is_ok();
        if !arn.is_some_and(|arn| whose(&arn) && !arn.region.contains(['*', '?'])) {
            let pattern = "Member must satisfy regular expression pattern: \
                           arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:([a-z]{2}-[a-z]+-\\d{1})?:(\\d{12})?:(.*)";
            return Err(Refusal::validation(source, "sourceArn", pattern));
        }
    }
    if let Some(id) = &invoker.organization {
        let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if !id
            .strip_prefix("o-")
            .is_some_and(|id| (10..=32).contains(&id.len()) && id.chars().all(valid))
        {
            let pattern = "Member must satisfy regular expression pattern: ^o-[a-z0-9]{10,32}$";
            return Err(Refusal::validation(id, "principalOrgID", pattern));
        }
    }
    if let Some(token) = &invoker.token {
        let valid = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if token.is_empty() || token.len() > 256 || !token.chars().all(valid) {
            let pattern = r"Member must satisfy regular expression pattern: [a-zA-Z0-9._\-]+";
            return Err(Refusal::validation(token, "eventSourceToken", pattern));
        }
    }
    Ok(())
}

/// Nothing has to get around here, so waiting for a role that is new would not help.
fn invalid_principal() -> Refusal {
    Refusal::invalid("The provided principal was invalid. Please check the principal and try again.")
}
