//! IAM roles with their inline policies.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use jiff::Timestamp;

use super::documents::RoleDocument;
use super::refusal::{Answer, Refusal};
use super::rules;
use super::store::Kind;
use super::{Local, Target};
use crate::domain::arn::Arn;
use crate::domain::function::TagChange;
use crate::domain::names::RoleName;
use crate::domain::policy::PolicyDocument;
use crate::ports::{ErrorKind, NewRole, PortResult, Report, RoleState, Roles};

/// Characters of all inline policies of a role together, white space not counted.
/// Source: IAM user guide, "IAM and AWS STS quotas".
const INLINE_LIMIT: usize = 10_240;
/// Characters of a trust policy. Source: as above.
const TRUST_LIMIT: usize = 2_048;

fn no_role(name: &RoleName) -> Refusal {
    Refusal::new(
        ErrorKind::NotFound,
        "NoSuchEntity",
        format!("The role with name {name} cannot be found."),
    )
}

fn limit_exceeded(message: String) -> Refusal {
    Refusal::new(ErrorKind::Invalid, "LimitExceeded", message)
}

fn check_trust(trust: &PolicyDocument) -> Answer<()> {
    if trust.to_json().chars().count() > TRUST_LIMIT {
        return Err(limit_exceeded(format!(
            "Cannot exceed quota for ACLSizePerRole: {TRUST_LIMIT}"
        )));
    }
    Ok(())
}

impl Local {
    pub(super) fn find_role(&self, name: &RoleName) -> Answer<Option<RoleDocument>> {
        Ok(self.store.read(Kind::Roles, name.as_str())?)
    }

    fn change_role(&self, name: &RoleName, change: impl FnOnce(&mut RoleDocument) -> Answer<()>) -> Answer<()> {
        let writer = self.store.lock()?;
        let mut role = self.find_role(name)?.ok_or_else(|| no_role(name))?;
        change(&mut role)?;
        writer.write(Kind::Roles, name.as_str(), &role)?;
        Ok(())
    }

    fn create_role(&self, role: NewRole) -> Answer<RoleState> {
        if !(role.path.starts_with('/') && role.path.ends_with('/')) {
            return Err(Refusal::new(
                ErrorKind::Invalid,
                "ValidationError",
                "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric \
                 characters and/or / characters.",
            ));
        }
        check_trust(&role.trust)?;
        rules::check_tags(&role.tags)?;
        let writer = self.store.lock()?;
        if self.find_role(&role.name)?.is_some() {
            return Err(Refusal::new(
                ErrorKind::AlreadyExists,
                "EntityAlreadyExists",
                format!("Role with name {} already exists.", role.name),
            ));
        }
        let state = RoleState {
            arn: self
                .place
                .global_arn("iam", format_args!("role{}{}", role.path, role.name)),
            trust: role.trust,
            boundary: role.boundary,
            description: role.description,
            tags: role.tags,
        };
        let document = RoleDocument {
            name: role.name,
            state: state.clone(),
            policies: BTreeMap::new(),
            attached: BTreeSet::new(),
        };
        writer.write(Kind::Roles, document.name.as_str(), &document)?;
        Ok(state)
    }

    fn delete_role(&self, name: &RoleName) -> Answer<()> {
        let writer = self.store.lock()?;
        let role = self.find_role(name)?.ok_or_else(|| no_role(name))?;
        let first = if !role.policies.is_empty() {
            "delete policies first."
        } else if !role.attached.is_empty() {
            "detach all policies first."
        } else {
            writer.remove(Kind::Roles, name.as_str())?;
            return Ok(());
        };
        Err(Refusal::new(
            ErrorKind::InUse,
            "DeleteConflict",
            format!("Cannot delete entity, must {first}"),
        ))
    }
}

fn put_policy(role: &mut RoleDocument, policy: String, document: PolicyDocument) -> Answer<()> {
    role.policies.insert(policy, document);
    let size: usize = role
        .policies
        .values()
        .map(|document| document.to_json().chars().filter(|c| !c.is_whitespace()).count())
        .sum();
    if size > INLINE_LIMIT {
        return Err(limit_exceeded(format!(
            "Maximum policy size of {INLINE_LIMIT} bytes exceeded for role {}",
            role.name
        )));
    }
    Ok(())
}

#[async_trait]
impl Roles for Target {
    async fn role(&self, name: &RoleName) -> PortResult<Option<RoleState>> {
        let (resource, name) = (name.as_str(), name.clone());
        self.call("iam:GetRole", resource, move |local| {
            Ok(local.find_role(&name)?.map(|role| role.state))
        })
        .await
    }

    async fn create_role(&self, role: &NewRole) -> PortResult<RoleState> {
        let (resource, role) = (role.name.as_str(), role.clone());
        self.call("iam:CreateRole", resource, move |local| local.create_role(role))
            .await
    }

    async fn set_trust(&self, name: &RoleName, trust: &PolicyDocument) -> PortResult<()> {
        let (resource, name, trust) = (name.as_str(), name.clone(), trust.clone());
        self.call("iam:UpdateAssumeRolePolicy", resource, move |local| {
            check_trust(&trust)?;
            local.change_role(&name, |role| {
                role.state.trust = trust;
                Ok(())
            })
        })
        .await
    }

    async fn set_boundary(&self, name: &RoleName, boundary: Option<&Arn>) -> PortResult<()> {
        let (resource, name, boundary) = (name.as_str(), name.clone(), boundary.cloned());
        let action = match boundary {
            Some(_) => "iam:PutRolePermissionsBoundary",
            None => "iam:DeleteRolePermissionsBoundary",
        };
        self.call(action, resource, move |local| {
            local.change_role(&name, |role| {
                role.state.boundary = boundary;
                Ok(())
            })
        })
        .await
    }

    async fn change_role_tags(&self, name: &RoleName, change: &TagChange) -> PortResult<()> {
        let (resource, name, change) = (name.as_str(), name.clone(), change.clone());
        self.call("iam:TagRole", resource, move |local| {
            local.change_role(&name, |role| {
                role.state.tags = rules::changed_tags(&role.state.tags, &change)?;
                Ok(())
            })
        })
        .await
    }

    async fn delete_role(&self, name: &RoleName) -> PortResult<()> {
        let (resource, name) = (name.as_str(), name.clone());
        self.call("iam:DeleteRole", resource, move |local| local.delete_role(&name))
            .await
    }

    async fn policy(&self, role: &RoleName, policy: &str) -> PortResult<Option<PolicyDocument>> {
        let (resource, role, policy) = (role.as_str(), role.clone(), policy.to_owned());
        self.call("iam:GetRolePolicy", resource, move |local| {
            let found = local.find_role(&role)?;
            Ok(found.and_then(|mut role| role.policies.remove(&policy)))
        })
        .await
    }

    async fn policies(&self, role: &RoleName) -> PortResult<Vec<String>> {
        let (resource, role) = (role.as_str(), role.clone());
        self.call("iam:ListRolePolicies", resource, move |local| {
            let found = local.find_role(&role)?.ok_or_else(|| no_role(&role))?;
            Ok(found.policies.into_keys().collect())
        })
        .await
    }

    async fn put_policy(&self, role: &RoleName, policy: &str, document: &PolicyDocument) -> PortResult<()> {
        let (resource, role) = (role.as_str(), role.clone());
        let (policy, document) = (policy.to_owned(), document.clone());
        self.call("iam:PutRolePolicy", resource, move |local| {
            local.change_role(&role, |role| put_policy(role, policy, document))
        })
        .await
    }

    async fn delete_policy(&self, role: &RoleName, policy: &str) -> PortResult<()> {
        let (resource, role, policy) = (role.as_str(), role.clone(), policy.to_owned());
        self.call("iam:DeleteRolePolicy", resource, move |local| {
            local.change_role(&role, |document| match document.policies.remove(&policy) {
                Some(_) => Ok(()),
                None => Err(Refusal::new(
                    ErrorKind::NotFound,
                    "NoSuchEntity",
                    format!("The role policy with name {policy} cannot be found."),
                )),
            })
        })
        .await
    }

    async fn attached_policies(&self, role: &RoleName) -> PortResult<Vec<Arn>> {
        let (resource, role) = (role.as_str(), role.clone());
        self.call("iam:ListAttachedRolePolicies", resource, move |local| {
            let found = local.find_role(&role)?.ok_or_else(|| no_role(&role))?;
            Ok(found.attached.into_iter().collect())
        })
        .await
    }

    async fn managed_policy(&self, _: &Arn) -> PortResult<Option<PolicyDocument>> {
        // Attaching one is somebody else's work, and nobody else works here.
        Ok(None)
    }

    async fn detach_policy(&self, role: &RoleName, policy: &Arn) -> PortResult<()> {
        let (resource, role, policy) = (role.as_str(), role.clone(), policy.clone());
        self.call("iam:DetachRolePolicy", resource, move |local| {
            local.change_role(&role, |document| {
                if document.attached.remove(&policy) {
                    return Ok(());
                }
                Err(Refusal::new(
                    ErrorKind::NotFound,
                    "NoSuchEntity",
                    format!("Policy {policy} was not found."),
                ))
            })
        })
        .await
    }

    async fn role_created(&self, name: &RoleName) -> PortResult<Option<Timestamp>> {
        self.without_history("iam:GetRole", name.as_str()).await
    }

    async fn order_history(&self, role: &Arn) -> PortResult<String> {
        let action = "iam:GenerateServiceLastAccessedDetails";
        self.without_history(action, role.to_string()).await
    }

    async fn history(&self, report: &str) -> PortResult<Report> {
        self.without_history("iam:GetServiceLastAccessedDetails", report).await
    }
}

impl Target {
    /// Code that runs here calls AWS itself, if it calls it at all.
    async fn without_history<T: Send + 'static>(&self, action: &'static str, of: impl Into<String>) -> PortResult<T> {
        let message = "the local target keeps no history of what a role has called";
        self.call(action, of, move |_| {
            Err(Refusal {
                kind: ErrorKind::Invalid,
                code: None,
                message: message.into(),
            })
        })
        .await
    }
}
