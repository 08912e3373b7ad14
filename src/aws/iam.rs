//! IAM: roles and their policies.

use std::collections::BTreeMap;
use std::fmt::Display;

use async_trait::async_trait;
use aws_sdk_iam::types::{
    AccessAdvisorUsageGranularityType, ErrorDetails, JobStatusType, Role, ServiceLastAccessed, Tag,
    TrackedActionLastAccessed,
};
use aws_smithy_types::DateTime;
use jiff::Timestamp;

use super::error::{Explain, found};
use crate::domain::arn::Arn;
use crate::domain::function::TagChange;
use crate::domain::names::RoleName;
use crate::domain::policy::PolicyDocument;
use crate::domain::policy::file::percent_decoded;
use crate::domain::policy::tighten::{History, ServiceUse};
use crate::ports::{ErrorKind, NewRole, PortError, PortResult, Report, RoleState, Roles};

/// Roles through the SDK.
#[derive(Debug)]
pub struct IamRoles {
    pub client: aws_sdk_iam::Client,
    pub explain: Explain,
}

#[async_trait]
impl Roles for IamRoles {
    async fn role(&self, name: &RoleName) -> PortResult<Option<RoleState>> {
        let action = "iam:GetRole";
        let answer = self.client.get_role().role_name(name.as_str()).send().await;
        let answer = found(answer.map_err(|error| self.explain.call(action, name, &error)))?;
        let role = answer.and_then(|answer| answer.role);
        role.map(|role| state(&role).map_err(|why| odd(action, name, why)))
            .transpose()
    }

    async fn create_role(&self, role: &NewRole) -> PortResult<RoleState> {
        let action = "iam:CreateRole";
        let answer = self
            .client
            .create_role()
            .role_name(role.name.as_str())
            .path(&role.path)
            .assume_role_policy_document(role.trust.to_json())
            .set_description((!role.description.is_empty()).then(|| role.description.clone()))
            .set_permissions_boundary(role.boundary.as_ref().map(ToString::to_string))
            .set_tags(Some(tags(action, &role.name, &role.tags)?))
            .send()
            .await
            .map_err(|error| self.explain.call(action, &role.name, &error))?;
        let made = answer
            .role()
            .ok_or_else(|| odd(action, &role.name, "the answer has no role"))?;
        Ok(RoleState {
            arn: made.arn().parse().map_err(|why| odd(action, &role.name, why))?,
            trust: role.trust.clone(),
            boundary: role.boundary.clone(),
            description: role.description.clone(),
            tags: role.tags.clone(),
        })
    }

    async fn set_trust(&self, name: &RoleName, trust: &PolicyDocument) -> PortResult<()> {
        self.client
            .update_assume_role_policy()
            .role_name(name.as_str())
            .policy_document(trust.to_json())
            .send()
            .await
            .map(drop)
            .map_err(|error| self.explain.call("iam:UpdateAssumeRolePolicy", name, &error))
    }

    async fn set_boundary(&self, name: &RoleName, boundary: Option<&Arn>) -> PortResult<()> {
        match boundary {
            Some(arn) => self
                .client
                .put_role_permissions_boundary()
                .role_name(name.as_str())
                .permissions_boundary(arn.to_string())
                .send()
                .await
                .map(drop)
                .map_err(|error| self.explain.call("iam:PutRolePermissionsBoundary", name, &error)),
            None => self
                .client
                .delete_role_permissions_boundary()
                .role_name(name.as_str())
                .send()
                .await
                .map(drop)
                .map_err(|error| self.explain.call("iam:DeleteRolePermissionsBoundary", name, &error)),
        }
    }

    async fn change_role_tags(&self, name: &RoleName, change: &TagChange) -> PortResult<()> {
        if !change.set.is_empty() {
            let action = "iam:TagRole";
            self.client
                .tag_role()
                .role_name(name.as_str())
                .set_tags(Some(tags(action, name, &change.set)?))
                .send()
                .await
                .map_err(|error| self.explain.call(action, name, &error))?;
        }
        if !change.remove.is_empty() {
            self.client
                .untag_role()
                .role_name(name.as_str())
                .set_tag_keys(Some(change.remove.iter().cloned().collect()))
                .send()
                .await
                .map_err(|error| self.explain.call("iam:UntagRole", name, &error))?;
        }
        Ok(())
    }

    async fn delete_role(&self, name: &RoleName) -> PortResult<()> {
        self.client
            .delete_role()
            .role_name(name.as_str())
            .send()
            .await
            .map(drop)
            .map_err(|error| self.explain.call("iam:DeleteRole", name, &error))
    }

    async fn policy(&self, role: &RoleName, policy: &str) -> PortResult<Option<PolicyDocument>> {
        let action = "iam:GetRolePolicy";
        let answer = self
            .client
            .get_role_policy()
            .role_name(role.as_str())
            .policy_name(policy)
            .send()
            .await
            .map_err(|error| self.explain.call(action, role, &error));
        found(answer)?
            .map(|answer| document(answer.policy_document()).map_err(|why| odd(action, role, why)))
            .transpose()
    }

    async fn policies(&self, role: &RoleName) -> PortResult<Vec<String>> {
        self.client
            .list_role_policies()
            .role_name(role.as_str())
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await
            .map_err(|error| self.explain.call("iam:ListRolePolicies", role, &error))
    }

    async fn put_policy(&self, role: &RoleName, policy: &str, document: &PolicyDocument) -> PortResult<()> {
        self.client
            .put_role_policy()
            .role_name(role.as_str())
            .policy_name(policy)
            .policy_document(document.to_json())
            .send()
            .await
            .map(drop)
            .map_err(|error| self.explain.call("iam:PutRolePolicy", role, &error))
    }

    async fn delete_policy(&self, role: &RoleName, policy: &str) -> PortResult<()> {
        self.client
            .delete_role_policy()
            .role_name(role.as_str())
            .policy_name(policy)
            .send()
            .await
            .map(drop)
            .map_err(|error| self.explain.call("iam:DeleteRolePolicy", role, &error))
    }

    async fn attached_policies(&self, role: &RoleName) -> PortResult<Vec<Arn>> {
        let action = "iam:ListAttachedRolePolicies";
        let attached = self
            .client
            .list_attached_role_policies()
            .role_name(role.as_str())
            .into_paginator()
            .items()
            .send()
            .collect::<Result<Vec<_>, _>>()
            .await
            .map_err(|error| self.explain.call(action, role, &error))?;
        attached
            .iter()
            .filter_map(|policy| policy.policy_arn())
            .map(|arn| arn.parse().map_err(|why| odd(action, role, why)))
            .collect()
    }

    async fn managed_policy(&self, policy: &Arn) -> PortResult<Option<PolicyDocument>> {
        let action = "iam:GetPolicy";
        let answer = self.client.get_policy().policy_arn(policy.to_string()).send().await;
        let Some(answer) = found(answer.map_err(|error| self.explain.call(action, policy, &error)))? else {
            return Ok(None);
        };
        let version = answer.policy().and_then(|policy| policy.default_version_id());
        let version = version.ok_or_else(|| odd(action, policy, "the answer names no version in force"))?;
        let action = "iam:GetPolicyVersion";
        let answer = self.client.get_policy_version().policy_arn(policy.to_string());
        let answer = answer.version_id(version).send().await;
        let answer = answer.map_err(|error| self.explain.call(action, policy, &error))?;
        let text = answer.policy_version().and_then(|version| version.document());
        let text = text.ok_or_else(|| odd(action, policy, "the answer has no document"))?;
        document(text).map(Some).map_err(|why| odd(action, policy, why))
    }

    async fn detach_policy(&self, role: &RoleName, policy: &Arn) -> PortResult<()> {
        self.client
            .detach_role_policy()
            .role_name(role.as_str())
            .policy_arn(policy.to_string())
            .send()
            .await
            .map(drop)
            .map_err(|error| self.explain.call("iam:DetachRolePolicy", role, &error))
    }

    async fn role_created(&self, name: &RoleName) -> PortResult<Option<Timestamp>> {
        let action = "iam:GetRole";
        let answer = self.client.get_role().role_name(name.as_str()).send().await;
        let answer = found(answer.map_err(|error| self.explain.call(action, name, &error)))?;
        let role = answer.and_then(|answer| answer.role);
        let created = role.map(|role| timestamp(role.create_date()));
        created.transpose().map_err(|why| odd(action, name, why))
    }

    async fn order_history(&self, role: &Arn) -> PortResult<String> {
        let answer = self
            .client
            .generate_service_last_accessed_details()
            .arn(role.to_string())
            .granularity(AccessAdvisorUsageGranularityType::ActionLevel)
            .send()
            .await
            .map_err(|error| self.explain.call(ORDER, role, &error))?;
        let report = answer.job_id().map(str::to_owned);
        report.ok_or_else(|| odd(ORDER, role, "the answer names no job"))
    }

    async fn history(&self, report: &str) -> PortResult<Report> {
        let mut services = BTreeMap::new();
        let mut marker = None;
        loop {
            let answer = self
                .client
                .get_service_last_accessed_details()
                .job_id(report)
                .set_marker(marker)
                .send()
                .await
                .map_err(|error| self.explain.call(READ, &report, &error))?;
            let odd = |why: String| odd(READ, &report, why);
            match answer.job_status() {
                JobStatusType::InProgress => return Ok(Report::InProgress),
                JobStatusType::Failed => {
                    let why = answer.error().map_or("IAM gives no reason", ErrorDetails::message);
                    return Ok(Report::Failed(why.to_owned()));
                }
                _ => {}
            }
            for service in answer.services_last_accessed() {
                let known = service_use(service).map_err(odd)?;
                services.insert(service.service_namespace().to_owned(), known);
            }
            if !answer.is_truncated() {
                let as_of = timestamp(answer.job_completion_date()).map_err(odd)?;
                return Ok(Report::Completed(History { as_of, services }));
            }
            marker = answer.marker().map(str::to_owned);
            if marker.is_none() {
                return Err(odd("the report goes on, but the answer does not say where".into()));
            }
        }
    }
}

const ORDER: &str = "iam:GenerateServiceLastAccessedDetails";
const READ: &str = "iam:GetServiceLastAccessedDetails";

fn timestamp(time: &DateTime) -> Result<Timestamp, String> {
    Timestamp::from_second(time.secs()).map_err(|why| why.to_string())
}

fn service_use(service: &ServiceLastAccessed) -> Result<ServiceUse, String> {
    let named = |action: &TrackedActionLastAccessed| {
        let last = action.last_accessed_time().map(timestamp).transpose();
        let name = action.action_name()?.to_owned();
        Some(last.map(|last| (name, last)))
    };
    let actions = service.tracked_actions_last_accessed().iter().filter_map(named);
    Ok(ServiceUse {
        last: service.last_authenticated().map(timestamp).transpose()?,
        actions: actions.collect::<Result<_, String>>()?,
    })
}

fn odd(action: &'static str, about: &impl Display, why: impl Display) -> PortError {
    PortError::new(ErrorKind::Internal, action, about.to_string(), why.to_string())
}

fn state(role: &Role) -> Result<RoleState, String> {
    let boundary = role
        .permissions_boundary()
        .and_then(|boundary| boundary.permissions_boundary_arn())
        .filter(|arn| !arn.is_empty());
    Ok(RoleState {
        arn: role.arn().parse().map_err(|why| format!("{why}"))?,
        trust: document(
            role.assume_role_policy_document()
                .ok_or("the role has no trust policy")?,
        )?,
        boundary: boundary
            .map(|arn| arn.parse().map_err(|why| format!("{why}")))
            .transpose()?,
        description: role.description().unwrap_or_default().to_owned(),
        tags: role
            .tags()
            .iter()
            .map(|tag| (tag.key().to_owned(), tag.value().to_owned()))
            .collect(),
    })
}

fn tags(action: &'static str, name: &RoleName, tags: &BTreeMap<String, String>) -> PortResult<Vec<Tag>> {
    tags.iter()
        .map(|(key, value)| Tag::builder().key(key).value(value).build())
        .collect::<Result<_, _>>()
        .map_err(|why| odd(action, name, why))
}

fn document(encoded: &str) -> Result<PolicyDocument, String> {
    let text = percent_decoded(encoded).ok_or("the policy document is not UTF-8")?;
    PolicyDocument::parse(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_decoded() {
        for (encoded, plain) in [
            (
                "%7B%22Version%22%3A%20%222012-10-17%22%7D",
                r#"{"Version": "2012-10-17"}"#,
            ),
            (r#"{"already": "plain+100%"}"#, r#"{"already": "plain+100%"}"#),
            ("caf%C3%A9", "café"),
            ("50%", "50%"),
            ("%zz%4", "%zz%4"),
        ] {
            assert_eq!(percent_decoded(encoded).as_deref(), Some(plain));
        }
        assert!(percent_decoded("%FF").is_none());
    }

    #[test]
    fn a_role_is_read_with_its_boundary_and_tags() {
        let role = Role::builder()
            .path("/lfn/")
            .role_name("thumbs")
            .role_id("AROA")
            .arn("arn:aws:iam::123456789012:role/lfn/thumbs")
            .create_date(aws_smithy_types::DateTime::from_secs(0))
            .assume_role_policy_document(
                "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22%3A%22lambda.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D",
            )
            .permissions_boundary(
                aws_sdk_iam::types::AttachedPermissionsBoundary::builder()
                    .permissions_boundary_arn("arn:aws:iam::123456789012:policy/edge")
                    .build(),
            )
            .tags(Tag::builder().key("lfn:function").value("thumbs").build().expect("complete"))
            .build()
            .expect("complete");
        let state = state(&role).expect("readable");
        assert_eq!(
            state.boundary.map(|arn| arn.to_string()).as_deref(),
            Some("arn:aws:iam::123456789012:policy/edge")
        );
        assert_eq!(state.tags.get("lfn:function").map(String::as_str), Some("thumbs"));
        assert!(state.trust.to_json().contains("sts:AssumeRole"));
        assert_eq!(state.description, "");
    }
}
